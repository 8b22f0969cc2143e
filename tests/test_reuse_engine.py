"""The whole-corpus search for passages against the plain aligner, pair by pair, and its caps."""

from __future__ import annotations

import logging
import time
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.measures.reuse import alignment, chains, letters, passages, seeds
from fzanalytics.measures.reuse.alignment import align_pair
from fzanalytics.measures.reuse.chains import grow_chains
from fzanalytics.measures.reuse.letters import lay_out, leave_out, read_letters
from fzanalytics.measures.reuse.passages import find_passages
from fzanalytics.measures.reuse.reduced import common_subsequences, reduce_text
from fzanalytics.measures.reuse.seeds import find_runs
from helpers import make_corpus

PLACES = ["source", "target", "source_begin", "source_end", "target_begin", "target_end", "n_chars", "identity"]


def slow(texts, **options):
    """What `align_pair` finds in all pairs, by pair."""
    found = {}
    for a, b in combinations(sorted(texts), 2):
        if rows := align_pair(texts[a], texts[b], **options):
            found[a, b] = [tuple(row) for row in rows]
    return found


def fast(texts, *, min_chars, min_identity, seed_chars, max_gap):
    """The same from the engine, with options that `find_passages` does not have."""
    return fast_letters(
        {name: read_letters(text) for name, text in texts.items()}, min_chars, min_identity, seed_chars, max_gap
    )


def fast_letters(read, min_chars, min_identity, seed_chars, max_gap):
    layout = lay_out(read)
    runs = find_runs(
        layout, n=seed_chars, enough=min_chars, max_gap=max_gap, wanted=lambda a, b: np.ones(len(a), dtype=bool)
    )
    grown = grow_chains(
        layout, runs, min_chars=min_chars, min_identity=min_identity, seed_chars=seed_chars, max_gap=max_gap
    )
    found = {}
    for a_begin, a_end, b_begin, b_end, matched, lost, _ in zip(*(column.tolist() for column in grown), strict=True):
        sides = []
        for begin, end in ((a_begin, a_end), (b_begin, b_end)):
            at = int(layout.doc[begin])
            one, first = read[layout.ids[at]], int(layout.first[at])
            sides.append((layout.ids[at], int(one.begins[begin - first]), int(one.ends[end - 1 - first])))
        sides.sort()
        identity = 2 * matched / (2 * matched + lost)
        found.setdefault((sides[0][0], sides[1][0]), []).append((*sides[0][1:], *sides[1][1:], matched, identity))
    return {pair: sorted(rows) for pair, rows in found.items()}


def reshuffled(seed: int) -> dict[str, str]:
    """Texts of few letters, drawn from one stock: pieces moved, repeated, edited, with text of their own between."""
    rng = np.random.default_rng(seed)
    alphabet = "甲乙丙丁戊己庚辛壬癸子丑寅卯，。 "[: int(rng.choice([2, 3, 4, 6, 16]))]
    draw = lambda n: "".join(rng.choice(list(alphabet), int(n)))  # noqa: E731
    stock = draw(rng.choice([20, 60, 150]))
    texts = {}
    for name in "abcde"[: int(rng.choice([2, 2, 3, 5]))]:
        parts = []
        for _ in range(int(rng.integers(1, 7))):
            begin = int(rng.integers(len(stock)))
            piece = stock[begin : begin + int(rng.choice([6, 12, 30, 80]))] if rng.random() < 0.7 else draw(20)
            for _ in range(int(rng.choice([0, 0, 1, 3, 6]))):
                at = int(rng.integers(len(piece) + 1))
                piece = piece[:at] + draw(rng.integers(0, 5)) + piece[at + int(rng.integers(0, 5)) :]
            parts.append(piece)
        texts[name] = "".join(parts)
    if rng.random() < 0.1:
        texts["b"] = texts["a"]
    return texts


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 10**6), st.sampled_from([4, 5, 8]), st.sampled_from([0, 2, 8]), st.sampled_from([0.5, 0.7, 0.9, 1]),
    st.sampled_from([0, 3, 20, 30]),
)  # fmt: skip
def test_engine_equals_the_plain_aligner(seed, seed_chars, more, min_identity, max_gap):
    texts = reshuffled(seed)
    options = {
        "min_chars": seed_chars + more, "min_identity": min_identity, "seed_chars": seed_chars, "max_gap": max_gap,
    }  # fmt: skip
    assert fast(texts, **options) == slow(texts, **options)


def slow_letters(read, *options):
    """The same of texts with masked names, by the plain aligner."""
    found = {}
    for one, other in combinations(sorted(read), 2):
        key = lambda name: (len(read[name].codes), read[name].codes.tolist(), name)  # noqa: E731
        first, second = sorted([one, other], key=key)
        a, b = read[first], read[second]
        names = alignment._Names(a.names, b.names, a.sizes, b.sizes)
        for piece in alignment._align(a.codes, b.codes, *options, names):
            spans = [
                (name, int(side.begins[span[0]]), int(side.ends[span[1] - 1]))
                for name, side, span in ((first, a, piece.a), (second, b, piece.b))
            ]
            spans.sort()
            row = *spans[0][1:], *spans[1][1:], piece.matched, 2 * piece.matched / (2 * piece.matched + piece.lost)
            found.setdefault((one, other), []).append(row)
    return {pair: sorted(rows) for pair, rows in found.items()}


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([4, 8]), st.sampled_from([0, 4, 12]), st.sampled_from([0.5, 0.7, 0.9]))
def test_masked_names_count_alike_in_both(seed, seed_chars, more, min_identity):
    texts = reshuffled(seed)
    names = {"甲": 0, "乙": 1}  # two letters, each with one or two after it, are names of two classes
    spans = {
        name: [
            (at, at + 1 + (ord(text[at]) + at) % 3, names[one])
            for at, one in enumerate(text)
            if one in names and at % 3 == 0
        ]
        for name, text in texts.items()
    }
    spans = {name: [(a, min(b, len(texts[name])), kind) for a, b, kind in rows] for name, rows in spans.items()}
    read = {name: read_letters(text, spans[name]) for name, text in texts.items()}
    options = (seed_chars + more, min_identity, seed_chars, 20)
    assert fast_letters(read, *options) == slow_letters(read, *options)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([8, 12, 20]))
def test_find_passages_equals_the_plain_aligner(seed, min_chars):
    """The table itself: equal texts, empty texts, any order of the documents, any number of threads."""
    texts = {**reshuffled(seed), "empty": "", "marks": "，。！"}
    table = find_passages(make_corpus(texts), min_chars=min_chars)
    found = {}
    for row in table[PLACES].itertuples(index=False):
        found.setdefault((row[0], row[1]), []).append(tuple(row[2:]))
    assert {pair: sorted(rows) for pair, rows in found.items()} == slow(texts, min_chars=min_chars)
    turned = make_corpus(dict(reversed(texts.items())))
    pd.testing.assert_frame_equal(find_passages(turned, min_chars=min_chars, n_jobs=3), table)
    assert ((table["n_edits"] == 0) == (table["identity"] == 1)).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_seeds_that_share_a_hash_are_told_apart(seed):
    texts = reshuffled(seed)
    options = {"min_chars": 8, "min_identity": 0.7, "seed_chars": 5, "max_gap": 20}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "_MIX", np.uint64(0))  # every number and every mark is the same
        assert fast(texts, **options) == slow(texts, **options)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3))
def test_long_chains_of_low_identity_are_cut_alike(seed, most):
    texts = reshuffled(seed)
    options = {"min_chars": 5, "min_identity": 0.9, "seed_chars": 4, "max_gap": 20}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alignment, "MAX_TORN_LINKS", most)
        patch.setattr(chains, "MAX_TORN_LINKS", most)
        assert fast(texts, **options) == slow(texts, **options)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 8))
def test_under_the_cap_only_passages_of_frequent_text_are_lost(seed, cap):
    """Every run that holds an n-gram below the cap is still found, in full; the rest are runs of the plain search."""
    texts = reshuffled(seed)
    layout = lay_out({name: read_letters(text) for name, text in texts.items()})
    options = {"n": 4, "enough": 4, "max_gap": 5, "wanted": lambda a, b: np.ones(len(a), dtype=bool)}
    true = {row[:3] for row in zip(*(side.tolist() for side in find_runs(layout, **options)[:3]), strict=True)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeds, "MAX_PLACES", cap)
        runs = find_runs(layout, **options)
    found = {row[:3] for row in zip(*(side.tolist() for side in runs[:3]), strict=True)}
    assert found <= true
    text = layout.ahead.codes.tolist()
    whole = [
        tuple(text[at : at + 4])
        for first, size in zip(layout.first.tolist(), layout.size.tolist(), strict=True)
        for at in range(first, first + size - 3)
    ]
    count = {gram: whole.count(gram) for gram in set(whole)}
    for a, b, n in true - found:
        assert all(count[tuple(text[at : at + 4])] > cap for at in range(a, a + n - 3)), (a, b, n)
    assert (runs.capped > 0) == any(
        size > cap and len({layout.doc[at] for at in np.flatnonzero(layout.doc >= 0) if tuple(text[at : at + 4]) == gram}) > 1
        for gram, size in count.items()
    )  # fmt: skip


@given(st.lists(st.tuples(st.text("甲乙丙", max_size=20), st.text("甲乙丙", max_size=20)), min_size=1, max_size=8))
def test_common_subsequences_equal_the_table(pairs):
    codes, a, b = [], [], []
    for one, other in pairs:
        for text, begins in ((one, a), (other, b)):
            begins.append(len(codes))
            codes += [ord(letter) for letter in text]
    codes = np.array(codes + [0] * 64, dtype=np.uint16)
    sizes = [np.array([len(pair[k]) for pair in pairs]) for k in (0, 1)]
    found = common_subsequences(codes, np.array(a), sizes[0], np.array(b), sizes[1])
    for value, (one, other) in zip(found.tolist(), pairs, strict=True):
        table = np.zeros((len(one) + 1, len(other) + 1), dtype=int)
        for i, x in enumerate(one):
            for j, y in enumerate(other):
                table[i + 1, j + 1] = table[i, j] + 1 if x == y else max(table[i, j + 1], table[i + 1, j])
        assert value == table[-1, -1]


def test_more_characters_than_sixteen_bits():
    """70,000 different characters: the wide letters, and grams by rank."""
    rare = "".join(chr(point) for point in range(0x20000, 0x20000 + 70_000) if chr(point).isalnum())
    texts = {"a": rare[:30_000] + rare[100:200], "b": rare[40_000:] + rare[150:260]}
    read = {name: read_letters(text) for name, text in texts.items()}
    options = {"min_chars": 20, "min_identity": 0.7, "seed_chars": 8, "max_gap": 20}
    assert fast(texts, **options) == slow(texts, **options)
    assert len(read["a"].codes) == 30_100


# --- which pairs -----------------------------------------------------------------------------------------------------


def four(rng_seed=0):
    rng = np.random.default_rng(rng_seed)
    text = "".join(map(chr, rng.integers(0x4E00, 0x9F00, 60)))
    documents = {
        "nation": {"level": "national", "latest": "2015-01-01", "earliest": "2015-01-01"},
        "gansu": {"region": "甘肃省", "earliest": "2016-01-01", "latest": "2016-01-01"},
        "gannan": {"region": "甘肃省/甘南州", "level": "prefecture", "earliest": "2016-01-01", "latest": "2017-01-01"},
        "hebei": {"region": "河北省"},
    }
    return make_corpus({name: text + name * 3 for name in documents}, documents=documents)


def pairs_of(corpus, **options):
    return set(find_passages(corpus, **options)[["source", "target"]].itertuples(index=False, name=None))


def test_rules_for_pairs():
    corpus = four()
    assert len(pairs_of(corpus)) == len(pairs_of(corpus, pairs="all")) == 6
    assert pairs_of(corpus, pairs="earlier") == {("nation", "gansu"), ("nation", "gannan")}
    assert pairs_of(corpus, pairs="superior") == {
        ("nation", "gansu"), ("nation", "gannan"), ("nation", "hebei"), ("gansu", "gannan"),
    }  # fmt: skip
    assert pairs_of(corpus, pairs=("earlier", "superior")) == {("nation", "gansu"), ("nation", "gannan")}
    same = make_corpus(
        {"a": "依法行政" * 9, "b": "依法行政" * 9 + "甲"}, documents={"a": {"region": "x"}, "b": {"region": "x"}}
    )
    assert len(find_passages(same, pairs="other region")) == 0 < len(find_passages(same))


def test_a_function_says_which_pairs_matter():
    asked = []

    def same_level(source, target):
        asked.append((source["doc_id"], target["doc_id"]))
        return source["level"] == target["level"]

    assert pairs_of(four(), pairs=same_level) == {("gansu", "hebei")}
    assert len(asked) == len(set(asked)) == 6


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sets(st.sampled_from(list(combinations("abcde", 2))), min_size=1, max_size=5))
def test_listed_pairs_are_those_of_the_whole_table(seed, listed):
    texts = {**dict.fromkeys("abcde", ""), **reshuffled(seed)}
    corpus = make_corpus(texts)
    everything = find_passages(corpus, min_chars=8)
    keep = [pair in listed for pair in zip(everything["source"], everything["target"], strict=True)]
    expected = everything[np.array(keep, dtype=bool)].reset_index(drop=True)
    pd.testing.assert_frame_equal(find_passages(corpus, min_chars=8, pairs=listed), expected)


def test_unknown_rules_are_named():
    with pytest.raises(ValueError, match=r"`pairs` must be pairs of doc_ids, a function, or of 'all', .*; got 'newer'"):
        find_passages(make_corpus({"a": "文"}), pairs="newer")


# --- what is left out ------------------------------------------------------------------------------------------------


def test_ignored_text_is_no_text():
    phrase = "坚持以习近平新时代中国特色社会主义思想为指导"
    rng = np.random.default_rng(0)
    own = ["".join(map(chr, rng.integers(0x4E00, 0x9F00, 40))) for _ in range(2)]
    corpus = make_corpus({"a": own[0] + phrase, "b": f"{own[1]}坚持，以 {phrase[3:]}"})
    assert len(find_passages(corpus)) == 1
    assert len(find_passages(corpus, ignore=[phrase])) == 0
    assert len(find_passages(corpus, ignore=[("a", 40, 62)])) == 0
    spans = pd.DataFrame({"doc_id": ["a"], "begin": [40], "end": [42]})
    (row,) = find_passages(corpus, ignore=spans).itertuples()
    assert (row.source_begin, row.n_chars) == (42, 20)
    with pytest.raises(ValueError, match=r"`ignore` must be phrases .*; got \('x', 0, 1\); '，'; \('a', 0, 99\)"):
        leave_out({"a": "文"}, [("x", 0, 1), "，", ("a", 0, 99)])


@pytest.mark.parametrize(
    "span",
    [("a", None, 1), ("a", 0, None), ("a", "0", 1), ("a", 0, float("nan")), ("a", pd.NA, 1), ("a", 1, 0), ("a", 0), 5],
)
def test_a_span_that_is_none_is_told(span):
    with pytest.raises(ValueError, match=r"^`ignore` must be phrases that carry text, or spans .*; got") as caught:
        leave_out({"a": "文字"}, [span])
    assert f"got {span!r}. Take begin and end" in str(caught.value)


def test_spans_of_a_table_with_gaps_are_told():
    spans = pd.DataFrame({"doc_id": ["a", "a"], "begin": [0, 1], "end": [1, np.nan]})
    with pytest.raises(ValueError, match=r"got \('a', 1, nan\)\. Take begin"):
        leave_out({"a": "文字"}, spans)
    assert leave_out({"a": "文字"}, spans.head(1)) == {"a": " 字"}  # whole numbers, if written as 1.0


def test_what_cannot_be_gone_through_is_told():
    with pytest.raises(
        TypeError, match=r"^`ignore` must be a DataFrame of spans .*; got int\. Put one span into a list"
    ):
        find_passages(make_corpus({"a": "文字", "b": "文字"}), ignore=5)


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_many_copies_of_one_notice_are_aligned_once_and_told(caplog):
    rng = np.random.default_rng(0)
    notice = "".join(map(chr, rng.integers(0x4E00, 0x9F00, 300)))
    texts = {f"n{at:04}": notice for at in range(2_000)} | {"other": "前言" + notice[50:250]}
    started = time.perf_counter()
    with caplog.at_level(logging.WARNING):
        table = find_passages(make_corpus(texts))
    assert time.perf_counter() - started < 20
    cap = passages.MAX_COPIES
    assert len(table) == cap * (cap - 1) // 2 + (2_000 - cap) + cap
    assert (table[["source", "target"]] == "other").any(axis=1).sum() == cap
    assert set(table["source"]) | set(table["target"]) == set(texts)  # each is listed
    assert "1 texts are those of more than 50 documents each (2000 documents in all)" in caplog.text


def test_a_pair_that_is_named_is_listed_however_many_copies_there_are(caplog):
    rng = np.random.default_rng(0)
    notice = "".join(map(chr, rng.integers(0x4E00, 0x9F00, 60)))
    texts = {f"n{at:02}": notice for at in range(60)} | {"other": "前言" + notice[20:50], "else": notice[20:50]}
    pairs = [("n58", "other"), ("else", "n55"), ("n59", "n57"), ("n00", "n56"), ("other", "else")]
    with caplog.at_level(logging.WARNING):
        table = find_passages(make_corpus(texts), pairs=pairs)
    assert {frozenset(row) for row in table[["source", "target"]].values} == {frozenset(pair) for pair in pairs}
    assert sorted(table["n_chars"]) == [30, 30, 30, 60, 60] and not caplog.text


def test_a_phrase_in_very_many_places_is_bounded_and_told(caplog):
    phrase = "加强党的领导推进依法行政建设法治政府维护公平。"
    with caplog.at_level(logging.WARNING):
        table = find_passages(
            make_corpus({"a": phrase * 10_000, "b": phrase * 9_000, "c": "文" * 100_000, "d": "文" * 90_000})
        )
    assert table["n_chars"].max() == 9_000 * 22 and len(table) < 5
    assert "stand in more than 900 places of the corpus and were paired in order only" in caplog.text


def test_a_chain_of_low_identity_costs_no_more_than_its_length():
    """Eight shared characters, fourteen of their own, over and over: every seed is in one chain, and none is kept."""
    rng = np.random.default_rng(0)
    draw = lambda n: "".join(map(chr, rng.integers(0x4E00, 0x9F00, n)))  # noqa: E731
    shared = [draw(8) for _ in range(2_000)]
    texts = {name: "".join(one + draw(14) for one in shared) for name in "ab"}
    started = time.perf_counter()
    assert len(find_passages(make_corpus(texts))) == 0
    assert time.perf_counter() - started < 15


def test_two_nearly_identical_books():
    rng = np.random.default_rng(0)
    book = rng.integers(0x4E00, 0x4E00 + 3_000, 300_000)
    other = book.copy()
    other[::97] = 0x9FA0
    texts = {"a": "".join(map(chr, book)), "b": "".join(map(chr, other))}
    (row,) = find_passages(make_corpus(texts)).itertuples()
    assert row.n_chars == len(reduce_text(texts["b"])[0]) - len(book[::97]) and row.n_edits == len(book[::97]) - 1

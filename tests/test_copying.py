"""Sentences by how they were copied, and what of a text is new."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.measures import sentences
from fzanalytics.measures.diffusion.blanks import copied_blanks
from fzanalytics.measures.diffusion.copying import KINDS, copying_kinds
from fzanalytics.measures.diffusion.copying_shares import copying_curve, copying_shares
from fzanalytics.measures.diffusion.novelty import clause_novelty, reinvention
from fzanalytics.measures.inputs import compared_texts
from fzanalytics.measures.reuse.letters import read_masked
from fzanalytics.measures.reuse.passages import find_passages
from fzanalytics.measures.sections import clause_resampling_interval
from fzanalytics.measures.sentences import find_whole, most_alike, split_sentences
from helpers import make_corpus

#: One sentence a kind: as the source has it, as the target has it.
PLANTED = {
    "verbatim": (
        "全面清理行政审批事项，严格落实目录化管理和动态调整机制",
        "全面清理行政审批事项,严格落实目录化管理和动态调整机制",
    ),
    # place, agency and date differ
    "fill-in": (
        "河北省财政厅应当在2017年底前完成规范性文件的清理并向社会公布结果",
        "甘肃省财政厅应当在2018年底前完成规范性文件的清理并向社会公布结果",
    ),
    "edited": (
        "重大行政决策应当经过公众参与、专家论证和集体讨论后作出决定",
        "重大行政决策原则上应当经过公众参与、专家论证和集体讨论后再作出",
    ),
    # the same words in another order and between others: no run of eight
    "reworded": (
        "建立健全行政复议案件审理机制，提高办案质量，加强复议机构队伍建设",
        "加强队伍建设，复议机构提高质量，健全案件审理制度，办案建立行政复议机制",
    ),
    "slogan": (
        "高举中国特色社会主义伟大旗帜",
        "高举中国特色社会主义伟大旗帜",
    ),
    "own": (
        "加大对食品药品领域违法行为的惩处力度，维护群众切身利益",
        "依托草原牧区流动服务点，定期上门办理户籍与婚姻登记事项",
    ),
    "short": ("加强组织领导", "加强组织领导"),
}


def text_of(side):
    return "\n".join(f"{number}.{pair[side]}。" for number, pair in enumerate(PLANTED.values(), start=1 + 20 * side))


@pytest.fixture(scope="module")
def planted():
    return make_corpus(
        {"s": text_of(0), "t": text_of(1)},
        documents={"s": {"latest": "2016-06-01"}, "t": {"earliest": "2017-01-01"}},
    )


@pytest.fixture(scope="module")
def kinds(planted):
    return copying_kinds(planted, min_similarity=0.5)


def test_every_kind_is_found_where_it_was_planted(kinds):
    assert kinds["kind"].tolist() == list(PLANTED) and set(kinds["kind"]) == set(KINDS)
    assert kinds["target"].unique().tolist() == ["t"]  # s has nothing before it
    by_kind = kinds.set_index("kind")
    for kind in ("verbatim", "fill-in", "edited", "reworded"):
        assert by_kind.loc[kind, ["source", "order", "n_sources"]].tolist() == ["s", "earlier", 1]
    assert by_kind.loc[["slogan", "own", "short"], "source"].isna().all()
    assert by_kind.loc["slogan", "slogan_share"] == 1 and by_kind.loc["verbatim", "slogan_share"] == 0


def test_places_lead_back_to_both_texts(planted, kinds):
    texts = compared_texts(planted)
    for row, (before, after) in zip(kinds.itertuples(), PLANTED.values(), strict=True):
        assert texts["t"][row.begin : row.end] == row.text == after  # neither number nor full stop
        if row.kind in ("verbatim", "fill-in", "reworded"):
            assert texts["s"][row.source_begin : row.source_end] == before
        if row.kind == "edited":
            assert texts["s"][row.source_begin : row.source_end] in before


def test_blanks_tell_what_was_written_into_them(planted, kinds):
    blanks = copied_blanks(kinds, planted)
    written = blanks[["name", "source_text", "target_text"]].values.tolist()
    assert written == [["agency", "河北省财政厅", "甘肃省财政厅"], ["date", "2017年", "2018年"]]
    assert kinds["n_blanks"].tolist() == [0, 2, 0, 0, 0, 0, 0]
    texts = compared_texts(planted)
    for row in blanks.itertuples():
        assert texts["s"][row.source_begin : row.source_end] == row.source_text
        assert texts["t"][row.target_begin : row.target_end] == row.target_text


def test_shares_count_what_they_say(kinds):
    (row,) = copying_shares(kinds).itertuples()
    assert (row.n_sentences, row.n_borrowed, row.n_fill_in) == (5, 3, 1)  # slogans and short ones are neither
    assert row.borrowed_share == 3 / 5 and row.fill_in_share == 1 / 3


def test_few_characters_outside_of_names_are_no_form():
    """14 unmasked characters are too few for a blank form, 15 are enough."""
    form = "{}应当依法公开重大行政决策全部{}"
    texts = {
        side: "\n".join(form.format(name, tail) for tail in ("", "情"))
        for side, name in (("s", "河北省"), ("t", "甘肃省"))
    }
    corpus = make_corpus(texts, documents={"s": {"latest": "2016-01-01"}, "t": {"earliest": "2017-01-01"}})
    table = copying_kinds(corpus)
    assert table["n_unmasked"].tolist() == [14, 15] and table["kind"].tolist() == ["short", "fill-in"]


def test_only_what_surely_comes_before_is_a_source(planted):
    line = PLANTED["verbatim"][0]
    corpus = make_corpus(
        {"early": line, "late": line, "undated": line, "t": line},
        documents={"early": {"latest": "2015-01-01"}, "late": {"earliest": "2018-01-01"},
                   "t": {"earliest": "2016-01-01", "latest": "2017-01-01"}},
    )  # fmt: skip
    table = copying_kinds(corpus).set_index("target")
    assert table.loc["t", "source"] == "early" and "undated" not in table.index and "early" not in table.index
    assert table.loc["late", ["source", "n_sources"]].tolist() == ["early", 2]
    one = copying_kinds(corpus, source="undated").set_index("target")
    assert one["order"].to_dict() == {"early": "unknown", "late": "unknown", "t": "unknown"}


def test_a_declared_superior_goes_before_an_older_peer():
    line = PLANTED["verbatim"][0]
    corpus = make_corpus(
        {"a": line, "z": line, "t": line},
        documents={"a": {"latest": "2015-01-01"}, "z": {"latest": "2015-01-01"},
                   "t": {"earliest": "2016-01-01", "parent_ids": ["z"]}},
    )  # fmt: skip
    assert copying_kinds(corpus).set_index("target").loc["t", ["source", "n_sources"]].tolist() == ["z", 2]


def test_verbatim_goes_before_a_form_and_a_form_before_an_edit():
    here, there = PLANTED["fill-in"]
    corpus = make_corpus(
        {"edit": f"各地{here}。"[:30], "form": here, "same": there, "t": there},
        documents={name: {"latest": "2015-01-01"} for name in ("edit", "form", "same")}
        | {"t": {"earliest": "2016-01-01"}},
    )
    assert copying_kinds(corpus)[["kind", "source"]].values.tolist() == [["verbatim", "same"]]
    assert copying_kinds(corpus, source="form")[["kind", "source"]].values[-1].tolist() == ["fill-in", "form"]


def test_the_bracket_of_those_responsible_is_no_text(planted):
    pair = PLANTED["verbatim"]
    corpus = make_corpus(
        {"s": pair[0] + "。（省法制办、省编委办负责）", "t": pair[1] + "。（县审改办牵头，县财政局配合）"},
        documents={"s": {"latest": "2016-01-01"}, "t": {"earliest": "2017-01-01"}},
    )
    assert copying_kinds(corpus)["kind"].tolist() == ["verbatim"]


def test_the_order_of_rows_does_not_matter(planted, kinds):
    from dataclasses import replace

    turned = replace(planted, documents=planted.documents.iloc[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(copying_kinds(turned, min_similarity=0.5), kinds)


def test_share_is_that_of_a_slow_count(planted, kinds):
    """Characters outside of authority phrases in runs of two letters that the other side of the passage has, one by one."""
    from fzanalytics.features.masks import NAME_CLASSES
    from fzanalytics.measures.reuse.spread import find_slogans

    passages = find_passages(planted, min_chars=12, mask=NAME_CLASSES)
    texts = compared_texts(planted)
    text, inside, equal = texts["t"], set(), set()
    for row in passages.itertuples():
        span, side = range(row.target_begin, row.target_end), texts[row.source][row.source_begin : row.source_end]
        inside |= set(span)
        there = "".join(filter(str.isalnum, side))
        letters = [at for at in span if text[at].isalnum()]
        equal |= {at for pair in pairwise(letters) if "".join(text[i] for i in pair) in there for at in pair}
    phrases = find_slogans(planted).query("doc_id == 't'")
    slogan = {at for row in phrases.itertuples() for at in range(row.begin, row.end)}
    shares = []
    for row in kinds[kinds["kind"].isin(["edited", "reworded", "own"])].itertuples():
        own = [at for at in range(row.begin, row.end) if text[at].isalnum() and at not in slogan]
        assert row.share <= sum(at in inside for at in own) / len(own)
        assert row.share == pytest.approx(sum(at in equal for at in own) / len(own), abs=0.1)
        shares.append(row.share)
    assert 0 < max(shares) < 1


def test_a_sentence_put_in_between_two_that_were_copied_is_not_edited():
    one, new, other = (
        "各级政府应当依法公开重大行政决策事项并听取公众意见",
        "企业申报材料齐全即可当场领取执照文本",
        "建立健全专家论证和风险评估制度",
    )
    corpus = make_corpus(
        {"s": f"{one}。{other}。", "t": f"{one}。{new}。{other}。"},
        documents={"s": {"latest": "2016-01-01"}, "t": {"earliest": "2017-01-01"}},
    )
    (passage,) = find_passages(corpus, min_chars=12).itertuples()
    assert passage.target_end - passage.target_begin > len(one) + len(new) + len(other)
    table = copying_kinds(corpus, min_similarity=None)
    assert table["kind"].tolist() == ["verbatim", "own", "verbatim"] and table["share"].tolist() == [1, 0, 1]


def test_shares_tell_how_many_earlier_documents_there_were(planted, kinds):
    assert copying_shares(kinds)["n_earlier"].tolist() == kinds.groupby("target")["n_earlier"].first().tolist()
    assert (copying_kinds(planted, source="s", min_similarity=None)["n_earlier"] == 1).all()


def test_the_curve_falls_and_forms_weigh_more(kinds):
    curve = copying_curve(kinds, [0.1, 0.5, 0.9, 1.0])
    assert curve["borrowed_share"].is_monotonic_decreasing and curve["fill_in_share"].is_monotonic_increasing
    at_half = curve.set_index("threshold").loc[0.5, "n_borrowed"]
    assert at_half == copying_shares(kinds)["n_borrowed"].item()


def test_nothing_earlier_gives_an_empty_table():
    table = copying_kinds(make_corpus({"a": PLANTED["verbatim"][0], "b": PLANTED["verbatim"][0]}))
    assert table.empty and copying_shares(table).empty and copying_curve(table).empty
    assert len(copying_kinds(make_corpus({"a": ""}))) == 0


def test_faults(planted):
    with pytest.raises(
        ValueError, match=r"^`source` must be the doc_id of a held document; got 'x'\. Held are: s, t\.$"
    ):
        copying_kinds(planted, source="x")
    with pytest.raises(ValueError, match=r"^`threshold` must be above 0 and at most 1; got 0\."):
        copying_kinds(planted, threshold=0)
    with pytest.raises(ValueError, match="missing: source_begin"):
        copying_kinds(planted, passages=find_passages(planted).drop(columns="source_begin"))
    with pytest.raises(TypeError, match="`corpus` must be a Corpus"):
        copying_kinds(planted.documents)
    with pytest.raises(ValueError, match=r"^`thresholds` must be above 0"):
        copying_curve(copying_kinds(planted), [0])


def test_sentences_are_slices_without_numbers():
    corpus = make_corpus({"a": "（一）总则。\n第三条 行政机关应当公开；不得隐瞒！\n\n  2.要求？\n附则"})
    text = compared_texts(corpus)["a"]
    table = split_sentences(corpus)
    assert [text[row.begin : row.end] for row in table.itertuples()] == [
        "总则",
        "行政机关应当公开",
        "不得隐瞒",
        "要求",
        "附则",
    ]
    assert table["section"].unique().tolist() == ["（一）"]


# Whole sentences against a slow search -------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="ab", max_size=40), min_size=1, max_size=4), st.integers(8, 12), st.integers(0, 30))
def test_find_whole_equals_a_slow_search(texts, size, start):
    letters = {str(i): np.array([*map(ord, text)], dtype=np.int64) for i, text in enumerate(texts)}
    asked = [(i, start, start + size) for i, text in enumerate(texts) if start + size <= len(text)]
    doc, first, last = (np.array([one[k] for one in asked], dtype=np.int64) for k in range(3))
    found = set(zip(*(column.tolist() for column in find_whole(letters, doc, first, last)), strict=True))
    slow = {
        (row, other, at)
        for row, (i, begin, end) in enumerate(asked)
        for other, text in enumerate(texts)
        for at in range(len(text))
        if other != i and text[at : at + size] == texts[i][begin:end]
    }
    assert found == slow


@pytest.mark.parametrize("few", [{}, {"_SLICE": 7, "_COLUMNS": 5, "_BLOCK": 3}])
@pytest.mark.parametrize("weighing", [0, 10**6])  # by rare words alone; by the products of all
@pytest.mark.parametrize("floor", [0.3, 0.5, 0.8])
def test_most_alike_equals_a_slow_search(floor, weighing, few, monkeypatch):
    """Sentences of a few words, all pairs: the best cosine at or above the floor, and how many documents have one."""
    for name, value in {"_WEIGHING": weighing, **few}.items():
        monkeypatch.setattr(sentences, name, value)
    from fzanalytics.features.matrices import counts_of_terms, weigh_tfidf
    from fzanalytics.features.tokens import PolicyAnalyzer

    words = ["行政", "复议", "审理", "公开", "信息", "监督", "决策", "听证", "培训", "评估", "备案", "清理"]
    rng = np.random.default_rng(3)
    lines = ["、".join(rng.choice(words, size=6, p=np.arange(12, 0, -1) / 78)) for _ in range(60)]
    corpus = make_corpus({f"d{i}": "\n".join(lines[10 * i : 10 * i + 10]) for i in range(6)})
    texts, table = compared_texts(corpus), split_sentences(corpus)
    allowed = (rng.random((6, 6)) < 0.6).astype(np.int8)
    asked = rng.random(60) < 0.7
    found = most_alike(texts, table, [read_masked(text) for text in texts.values()], asked, allowed, floor)
    terms = [PolicyAnalyzer()(line) for line in lines]
    terms = [one if len(set(one)) >= 3 else [] for one in terms]
    weights = weigh_tfidf(counts_of_terms(terms).matrix)
    cosines = (weights @ weights.T).toarray()
    slow = {}
    for row in np.flatnonzero(asked):
        near = [
            (at, cosines[row, at]) for at in range(60) if allowed[row // 10, at // 10] and cosines[row, at] >= floor
        ]
        if near:
            best = max(value for _, value in near)
            slow[row] = (best, len({at // 10 for at, _ in near}))
    assert len(slow) > 5
    assert found[0].tolist() == sorted(slow)
    assert found[2] == pytest.approx([slow[row][0] for row in sorted(slow)])
    assert found[3].tolist() == [slow[row][1] for row in sorted(slow)]
    for row, other in zip(found[0], found[1], strict=True):
        assert cosines[row, other] == pytest.approx(slow[row][0]) and allowed[row // 10, other // 10]


# New text -----------------------------------------------------------------------------------------------------------------


def rare(n_chars, seed):
    rng = np.random.default_rng(seed)
    return "".join(map(chr, rng.integers(0x4E00 + 1000 * (seed % 20), 0x4E00 + 1000 * (seed % 20 + 1), n_chars)))


@pytest.fixture(scope="module")
def pool():
    """Of four stretches of t the first is in one earlier text, the second in two, the third in three, the last in none."""
    parts = [rare(40, seed) for seed in range(4)]
    texts = {
        "a": parts[0] + parts[1] + parts[2],
        "b": parts[1] + parts[2],
        "c": parts[2],
        "t": "\n".join(parts),
        "d": parts[3],
    }
    dates = {name: {"latest": "2015-01-01"} for name in "abc"} | {"t": {"earliest": "2016-01-01"}, "d": {}}
    return make_corpus(texts, documents=dates)


@pytest.mark.parametrize("k", [1, 2, 3, None])
def test_novelty_is_the_mean_over_all_pools(pool, k):
    holders = [{"a"}, {"a", "b"}, {"a", "b", "c"}, set()]
    pools = list(combinations("abc", k or 3))
    expected = [np.mean([not (one & set(chosen)) for chosen in pools]) for one in holders]
    table = clause_novelty(pool, pool_size=k)
    assert table[table["target"] == "t"]["novelty"].to_numpy() == pytest.approx(expected)
    whole = reinvention(pool, pool_size=k).set_index("target")
    assert whole.loc["t", "novelty"] == pytest.approx(np.mean(expected))
    assert whole.loc["t", ["n_earlier", "pool_size", "n_chars"]].tolist() == [3, k or 3, 160]


def test_too_small_a_pool_is_missing_and_not_new(pool):
    table = reinvention(pool, pool_size=4).set_index("target")["novelty"]
    assert table.isna().all()
    assert np.isnan(reinvention(pool).set_index("target").loc["a", "novelty"])  # nothing earlier is held


@pytest.mark.parametrize("k", [1, 2, None])
def test_novelty_against_as_many_documents_of_the_genre(k):
    """Of four stretches of t one is in one, and one in two, of three documents on another policy; two are in an earlier one."""
    parts = [rare(40, seed) for seed in range(4)]
    texts = {"a": parts[0] + parts[1], "e": rare(30, 9), "t": "\n".join(parts)}
    texts |= {"x": parts[2] + parts[0], "y": parts[2], "z": rare(30, 8)}
    days = {
        name: {"earliest": day, "latest": day}
        for name, day in zip("aetxyz", ["2015-01-01"] * 2 + ["2016-01-01"] * 4, strict=True)
    }
    for name in "xyz":  # younger than a, and not before t: order in time plays no part
        days[name]["lineage"] = "河长制"
    row = reinvention(make_corpus(texts, documents=days), pool_size=k).set_index("target").loc["t"]
    n = k or 2
    assert row["n_earlier"] == 2 and row["pool_size"] == n
    misses = [
        np.mean([not (have & set(chosen)) for chosen in combinations("xyz", n)])
        for have in ({"x"}, set(), {"x", "y"}, set())
    ]
    assert row["genre_novelty"] == pytest.approx(np.mean(misses))
    assert row["genre_excess"] == pytest.approx(np.mean(misses) - row["novelty"])
    assert row["n_genre"] == 3 and row["genre_reason"] == (
        "" if n == 1 else "3 documents to draw 2 from are hardly more than one draw"
    )


def test_novelty_without_a_genre_says_why(pool):
    table = reinvention(pool, pool_size=1).set_index("target")
    assert table[["genre_novelty", "genre_excess"]].isna().all(axis=None) and (table["n_genre"] == 0).all()
    assert table.loc["t", "genre_reason"] == "no such document held" and table.loc["a", "genre_reason"] == "no novelty"
    given = reinvention(pool, pool_size=1, genre=["d"]).set_index("target").loc["t"]
    assert given["genre_novelty"] == pytest.approx(3 / 4) and given["genre_reason"] == "one document is no distribution"
    with pytest.raises(ValueError, match=r"^`genre` must name documents that are held; got 'nobody'\."):
        reinvention(pool, genre=["nobody"])


def test_what_is_ignored_is_no_text(pool):
    third = rare(40, 2)
    table = clause_novelty(pool, pool_size=1, ignore=[third])
    row = table[table["target"] == "t"].iloc[2]
    assert row["n_chars"] == 0 and np.isnan(row["novelty"])
    assert reinvention(pool, pool_size=1, ignore=[third]).set_index("target").loc["t", "n_chars"] == 120


@pytest.mark.parametrize(
    "phrase", [rare(40, 2), rare(40, 2)[::2]], ids=["whole", "scattered"]
)  # the second stands nowhere, its characters do
@pytest.mark.parametrize("function", [clause_novelty, reinvention])
def test_a_phrase_alone_is_one_phrase(pool, function, phrase):
    one = function(pool, pool_size=1, ignore=phrase)
    pd.testing.assert_frame_equal(one, function(pool, pool_size=1, ignore=[phrase]), check_exact=True)
    assert one.loc[one["target"] == "t", "n_chars"].sum() == (120 if phrase == rare(40, 2) else 160)


def test_clauses_are_a_unit_too(pool):
    table = clause_novelty(pool, unit="clause", pool_size=1)
    assert table.columns[1:3].tolist() == ["clause_id", "path"] and len(table) == len(pool.clauses)


def test_faults_of_novelty(pool):
    with pytest.raises(ValueError, match=r"^`pool_size` must be at least 1; got 0\."):
        reinvention(pool, pool_size=0)
    with pytest.raises(ValueError, match=r"^`unit` must be 'paragraph' or 'clause'; got 'word'\."):
        clause_novelty(pool, unit="word")
    passages = find_passages(pool).assign(target_end=10_000)
    with pytest.raises(
        ValueError, match=r"^`passages` must lie within their texts; got 0 to 10000 in the 80 characters of b"
    ):
        reinvention(pool, passages=passages)


def test_an_empty_table_says_why(caplog):
    text = "全面清理行政审批事项，推行网上办理。"
    undated = make_corpus({"a": text, "b": text}, documents={"b": {"parent_ids": None}})
    assert copying_kinds(undated)["source"].isna().all()
    assert "No document is known to be a source of another: of 2 held, 0 are dated" in caplog.text
    caplog.clear()
    copying_kinds(make_corpus({"a": text, "b": text}, documents={"b": {"parent_ids": ["a"]}}))
    assert "No document" not in caplog.text


def test_shares_rest_on_sections():
    """Ten sections of four sentences; slogans and short ones are none of them."""
    rng = np.random.default_rng(3)
    kinds = pd.DataFrame(
        {
            "target": "t",
            "kind": rng.choice(["verbatim", "fill-in", "edited", "own", "short", "slogan"], 40),
            "section": np.repeat(list("abcdefghij"), 4),
        }
    )
    row = copying_shares(kinds, level=0.9).iloc[0]
    borrowed, counted = kinds["kind"].isin(["verbatim", "fill-in", "edited"]), ~kinds["kind"].isin(["short", "slogan"])
    expected = clause_resampling_interval(borrowed, counted, kinds["section"], level=0.9)
    assert row[["borrowed_share", "resampling_low", "resampling_high"]].tolist() == pytest.approx(expected)
    expected = clause_resampling_interval(kinds["kind"] == "fill-in", borrowed, kinds["section"], level=0.9)
    assert row[["fill_in_share", "fill_in_low", "fill_in_high"]].tolist() == pytest.approx(expected)
    assert row["fill_in_status"] == "coverage not estimable: fewer than 30 sections"
    assert row["n_sections"] == kinds.loc[counted, "section"].nunique()
    assert row["resampling_status"] == "coverage not estimable: fewer than 30 sections"
    bare = copying_shares(kinds.drop(columns="section")).iloc[0]
    assert np.isnan(bare["resampling_low"]) and bare["resampling_status"] == "not estimable: sections not given"

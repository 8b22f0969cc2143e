"""Passages of a corpus, the order of its documents, and the share of one text that is in another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.base.tables import COLUMNS, PASSAGE_COLUMNS
from fzanalytics.measures.reuse.passages import borrowing_share, find_passages, is_above, order_of_documents
from helpers import make_corpus

FOUND = list(COLUMNS["passages"])


def rare(n_chars: int, seed: int) -> str:
    """Text of its own: no two seeds share a run."""
    rng = np.random.default_rng(seed)
    return "".join(map(chr, rng.integers(0x4E00 + 1000 * (seed % 20), 0x4E00 + 1000 * (seed % 20 + 1), n_chars)))


def order_of(documents: dict[str, dict[str, object]]) -> list[tuple[str, ...]]:
    corpus = make_corpus(dict.fromkeys(documents, "文"), documents=documents)
    return [tuple(row) for row in order_of_documents(corpus.documents).itertuples(index=False)]


# --- order -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ({"a": {"latest": "2016-12-31"}, "b": {"earliest": "2017-01-01"}}, ("a", "b", "earlier")),
        ({"b": {"latest": "2016-12-31"}, "a": {"earliest": "2017-01-01"}}, ("b", "a", "earlier")),
        # the same day is not before
        ({"a": {"latest": "2017-01-01"}, "b": {"earliest": "2017-01-01"}}, ("a", "b", "unknown")),
        # an open end decides nothing
        ({"a": {"earliest": "2010-01-01"}, "b": {"earliest": "2017-01-01"}}, ("a", "b", "unknown")),
        # unknown: the higher level is named first, and that is no direction
        ({"a": {"level": "county"}, "b": {"level": "prefecture"}}, ("b", "a", "unknown")),
        # declared wins over dates that overlap
        ({"a": {"parent_ids": ["b"]}, "b": {"earliest": "2016-01-01"}}, ("b", "a", "declared")),
        # a declared parent that is surely younger than its child is none: the dates decide
        (
            {"a": {"parent_ids": ["b"], "latest": "2016-05-01"}, "b": {"earliest": "2016-06-01"}},
            ("a", "b", "earlier"),
        ),
        # two that declare each other decide nothing
        ({"a": {"parent_ids": ["b"]}, "b": {"parent_ids": ["a"]}}, ("a", "b", "unknown")),
        # line of command, same lineage, no dates
        (
            {"a": {"region": "甘肃省/甘南藏族自治州/夏河县", "level": "county"}, "b": {"region": "甘肃省"}},
            ("b", "a", "superior"),
        ),
        ({"a": {"region": "甘肃省"}, "b": {"level": "national"}}, ("b", "a", "superior")),
        # another province is not above
        ({"a": {"region": "甘肃省/甘南藏族自治州"}, "b": {"region": "河北省"}}, ("a", "b", "unknown")),
        # a region whose name begins alike is not above
        ({"a": {"region": "吉林省/吉林市"}, "b": {"region": "吉林"}}, ("a", "b", "unknown")),
        # line of command, but another policy, or another period
        (
            {"a": {"region": "甘肃省/兰州市", "lineage": "优化营商环境"}, "b": {"region": "甘肃省"}},
            ("a", "b", "unknown"),
        ),
        (
            {"a": {"region": "甘肃省/兰州市"}, "b": {"region": "甘肃省", "period_end": 2025}},
            ("a", "b", "unknown"),
        ),
        # a superior that is surely younger: the dates decide
        (
            {
                "a": {"region": "甘肃省/兰州市", "latest": "2016-01-01"},
                "b": {"region": "甘肃省", "earliest": "2017-01-01"},
            },
            ("a", "b", "earlier"),
        ),
    ],
)
def test_order(documents, expected):
    assert order_of(documents) == [expected]


def test_declared_runs_through_documents_that_are_not_held():
    corpus = make_corpus(
        {"nation": "文", "county": "文"},
        documents={"county": {"parent_ids": ["city"]}, "city": {"parent_ids": ["nation", "nowhere"]}},
    )
    assert order_of_documents(corpus.documents).values.tolist() == [["nation", "county", "declared"]]
    everything = order_of_documents(corpus.documents, held_only=False)
    assert set(everything["order"]) == {"declared"} and len(everything) == 3


def test_order_does_not_depend_on_the_order_of_rows():
    documents = {"a": {"latest": "2016-12-31"}, "b": {"earliest": "2017-01-01"}, "c": {"parent_ids": ["b"]}}
    assert order_of(documents) == order_of(dict(reversed(documents.items())))


def test_order_names_missing_columns():
    with pytest.raises(ValueError, match=r"`documents` must have the columns .* missing: .*latest"):
        order_of_documents(pd.DataFrame({"doc_id": ["a"]}))


def test_is_above():
    assert is_above("甘肃省", "甘肃省/甘南藏族自治州") and not is_above("甘肃省/甘南藏族自治州", "甘肃省")
    assert not is_above(None, "甘肃省") and not is_above("全国", None) and not is_above("全国", "全国")


# --- passages --------------------------------------------------------------------------------------------------


@pytest.fixture
def planted():
    """b holds 300 of a's 1000 characters in two pieces, reordered, and 200 of its own."""
    a, own = rare(1000, 0), rare(200, 1)
    b = own[:100] + a[700:900] + own[100:] + a[100:200]
    return make_corpus(
        {"b": b, "a": a, "c": rare(500, 2)},
        documents={"a": {"latest": "2016-06-01"}, "b": {"earliest": "2016-07-01"}},
    )


def test_planted_passages(planted):
    passages = find_passages(planted)
    assert list(passages.columns) == FOUND
    assert (passages[["n_blanks", "n_edits"]] == 0).all(axis=None)
    assert passages[["n_documents", "n_regions", "slogan_share"]].values.tolist() == [[2, 2, 0]] * 2
    assert passages[[*PASSAGE_COLUMNS[:7], "order"]].values.tolist() == [
        ["a", "b", 100, 200, 400, 500, 100, "earlier"],
        ["a", "b", 700, 900, 100, 300, 200, "earlier"],
    ]
    assert (passages["identity"] == 1).all()


@pytest.mark.filterwarnings("ignore::EncodingWarning")  # joblib opens a system file without encoding
def test_same_result_for_every_n_jobs_and_every_order(planted):
    once = find_passages(planted)
    turned = make_corpus(
        dict(reversed(list(zip(planted.documents["doc_id"], planted.documents["text"], strict=True)))),
        documents={"a": {"latest": "2016-06-01"}, "b": {"earliest": "2016-07-01"}},
    )
    pd.testing.assert_frame_equal(once, find_passages(planted, n_jobs=2))
    pd.testing.assert_frame_equal(once, find_passages(turned))


def test_nothing_shared_is_an_empty_table_with_its_columns():
    passages = find_passages(make_corpus({"a": rare(50, 0), "b": rare(50, 1), "empty": ""}))
    assert list(passages.columns) == FOUND and len(passages) == 0
    assert passages["n_chars"].dtype == np.int64
    assert len(find_passages(make_corpus({"a": rare(50, 0)}))) == 0


def test_pairs(planted):
    assert len(find_passages(planted, pairs=[("b", "a"), ("a", "b")])) == 2  # orientation comes from dates
    assert len(find_passages(planted, pairs=[("a", "c")])) == 0
    with pytest.raises(
        ValueError, match=r"`pairs` must be .*\('a', 'x'\) \('x' not held\); 'ab'; \('a', 'a'\)\. Held are: a, b, c"
    ):
        find_passages(planted, pairs=[("a", "x"), "ab", ("a", "a")])


def test_options_are_checked_without_any_pair():
    with pytest.raises(ValueError, match="`min_identity` must be above 0"):
        find_passages(make_corpus({"a": "文"}), min_identity=2)


@pytest.mark.parametrize("min_chars", [2, 7, -1])
def test_too_short_passages_are_refused_by_their_own_name(min_chars):
    with pytest.raises(ValueError, match=rf"^`min_chars` must be at least 8, .*; got {min_chars}\. Take 20") as caught:
        find_passages(make_corpus({"a": "文"}), min_chars=min_chars)
    assert "seed_chars" not in str(caught.value)


@pytest.mark.parametrize("given", ["corpora/plans", None, pd.DataFrame()])
def test_what_is_no_corpus_is_told(given):
    kind = type(given).__name__
    with pytest.raises(TypeError, match=rf"^`corpus` must be a Corpus; got {kind}\. Read one with read_corpus\.$"):
        find_passages(given)


def test_brackets_of_those_responsible_are_no_shared_text():
    """The same long bracket in two texts of their own is no passage; without its duty (负责) it is one."""
    agencies = "省法制办、省编委办、省发展改革委、省财政厅、各市县政府及省政府有关部门"
    texts = {name: rare(60, seed) + f"（{agencies}按职责分工分别负责）" for seed, name in enumerate("ab")}
    assert len(find_passages(make_corpus(texts))) == 0
    named = {name: text[:60] + f"，{agencies}。" for name, text in texts.items()}
    assert len(find_passages(make_corpus(named))) == 1


def test_a_passage_runs_over_a_bracket_only_if_both_texts_go_on():
    one, two, foreign = rare(30, 0), rare(30, 1), rare(30, 2)
    bracket = "（省法制办、省编委办等部门按职责分工分别负责）"
    source = f"{one}{bracket}\n{two}"
    goes_on = make_corpus({"s": source, "t": f"{one}（县政府负责）\n{two}"})
    (row,) = find_passages(goes_on).itertuples()
    assert (row.n_chars, row.identity) == (60, 1)  # the brackets count on neither side
    assert (row.source_begin, row.source_end) == (0, len(source))
    ends = make_corpus({"s": source, "t": f"{one}{bracket}\n{foreign}"})
    (row,) = find_passages(ends).itertuples()
    assert (row.source_begin, row.source_end, row.target_end) == (0, 30, 30)


def test_documents_that_are_not_held_are_not_aligned():
    corpus = make_corpus({"a": rare(50, 0)}, documents={"n": {"level": "national"}})
    assert len(find_passages(corpus)) == 0


# --- borrowing share -------------------------------------------------------------------------------------------


def test_borrowing_share_recovers_what_was_planted(planted):
    shares = borrowing_share(find_passages(planted), planted.documents).set_index(["source", "target"])
    assert shares.loc[("a", "b"), ["share", "n_chars", "n_target_chars"]].tolist() == [0.6, 300, 500]
    assert ("b", "a") not in shares.index  # a came first
    assert shares.loc[("a", "c"), "share"] == 0 and shares.loc[("c", "a"), "share"] == 0
    assert shares["resampling_low"].isna().all()  # no paragraphs, no interval


def test_both_directions_where_the_order_is_unknown():
    text = rare(100, 0)
    corpus = make_corpus({"a": text, "b": text[:50] + rare(150, 1)})
    shares = borrowing_share(find_passages(corpus), corpus.documents)
    assert shares[["source", "target", "share", "order"]].values.tolist() == [
        ["a", "b", 0.25, "unknown"],
        ["b", "a", 0.5, "unknown"],
    ]


def test_overlapping_passages_count_once_and_punctuation_not_at_all():
    corpus = make_corpus({"a": "依法行政，政务公开。", "b": "依法，行政！公开"}, documents={"a": {"level": "national"}})
    passages = pd.DataFrame(
        [("a", "b", 0, 4, 0, 4, 4, 1.0, "superior"), ("a", "b", 2, 4, 1, 5, 4, 1.0, "superior")],
        columns=list(PASSAGE_COLUMNS),
    )
    (share,) = borrowing_share(passages, corpus.documents)["share"]
    assert share == 4 / 6  # 依法行政 of 依法行政公开


def test_edits_inside_a_passage_count_as_shared():
    text = rare(100, 0)
    changed = text[:50] + "★新" + text[50:]  # one punctuation mark and one character put in
    corpus = make_corpus({"a": text, "b": changed}, documents={"a": {"level": "national"}})
    (share,) = borrowing_share(find_passages(corpus), corpus.documents)["share"]
    assert share == 1


def test_brackets_count_neither_as_shared_nor_as_text():
    bracket = "（省法制办、省编委办、省财政厅按职责分工分别负责）"
    texts = {"a": f"{rare(50, 0)}{bracket}", "b": f"{rare(50, 0)}{bracket}\n{rare(150, 1)}{bracket}"}
    corpus = make_corpus(texts, documents={"a": {"level": "national"}})
    row = borrowing_share(find_passages(corpus), corpus.documents).iloc[0]
    assert (row["share"], row["n_chars"], row["n_target_chars"]) == (0.25, 50, 200)


def test_a_corpus_stands_for_its_tables(planted):
    passages = find_passages(planted)
    expected = borrowing_share(passages, planted.documents, paragraphs=planted.paragraphs)
    pd.testing.assert_frame_equal(borrowing_share(passages, planted, paragraphs=planted), expected)
    pd.testing.assert_frame_equal(order_of_documents(planted), order_of_documents(planted.documents))


def test_what_is_no_table_is_told(planted):
    with pytest.raises(TypeError, match=r"^`passages` must be a DataFrame; got Corpus\. Take what find_passages ret"):
        borrowing_share(planted, planted.documents)
    with pytest.raises(TypeError, match=r"^`documents` must be a DataFrame; got str\. Take corpus\.documents of a co"):
        borrowing_share(find_passages(planted), "documents")


def test_empty_text_has_no_share():
    corpus = make_corpus({"a": rare(50, 0), "b": ""}, documents={"a": {"level": "national"}})
    row = borrowing_share(find_passages(corpus), corpus.documents, paragraphs=corpus.paragraphs).iloc[0]
    assert np.isnan(row["share"]) and row["n_target_chars"] == 0


def test_pairs_not_looked_at_get_no_zero(planted):
    passages = find_passages(planted, pairs=[("a", "b")])
    shares = borrowing_share(passages, planted.documents, pairs=[("a", "b")])
    assert shares[["source", "target"]].values.tolist() == [["a", "b"]]


def test_interval_with_paragraphs():
    """Eight sections of equal length, of which every second is copied: 0.5, and no certainty."""
    pieces = [rare(60, index) for index in range(8)]
    target = "\n".join(f"（{index}）{piece}" for index, piece in enumerate(pieces))
    corpus = make_corpus({"s": "\n".join(pieces[::2]), "t": target}, documents={"s": {"level": "national"}})
    passages = find_passages(corpus)
    row = borrowing_share(passages, corpus.documents, paragraphs=corpus.paragraphs).iloc[0]
    assert row["share"] == pytest.approx(0.5, abs=0.01)
    assert 0 < row["resampling_low"] < 0.3 and 0.7 < row["resampling_high"] < 1
    again = borrowing_share(passages, corpus.documents, paragraphs=corpus.paragraphs).iloc[0]
    assert again.equals(row)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(25, 60)), max_size=6), st.integers(0, 200))
def test_share_of_any_planting(plantings, own):
    """Pieces of five sections are strung together with foreign text between: the share is theirs."""
    sections = [rare(100, seed) for seed in range(5)]
    pieces = [sections[which][:size] for which, size in plantings]
    gaps = [rare(25, 6 + index) for index in range(len(pieces))]
    target = "".join(gap + piece for gap, piece in zip(gaps, pieces, strict=True)) + rare(own, 15)
    corpus = make_corpus({"s": "".join(sections), "t": target}, documents={"s": {"level": "national"}})
    (share,) = borrowing_share(find_passages(corpus), corpus.documents)["share"]
    if not target:
        assert np.isnan(share)
    else:
        assert share == pytest.approx(sum(map(len, pieces)) / len(target))


def test_bundled_corpus(sample):
    passages = find_passages(sample)
    shares = borrowing_share(passages, sample.documents, paragraphs=sample.paragraphs)
    shares = shares.set_index(["source", "target"])
    texts = sample.documents.set_index("doc_id")["text"]
    for row in passages.itertuples():
        assert texts[row.source][row.source_begin].isalnum() and texts[row.target][row.target_end - 1].isalnum()
    hebei = shares.loc[("hebei_province_2016", "shijiazhuang_city_2016")]
    assert (
        hebei["order"] == "declared" and 0.4 < hebei["resampling_low"] < hebei["share"] < hebei["resampling_high"] < 0.8
    )
    # a plan of the next period shares little with any of this one
    assert shares.loc[("hebei_province_2016", "henan_province_2021"), "share"] < 0.1


@pytest.fixture(scope="module")
def sample():
    from fzanalytics.texts.datasets import load_sample

    return load_sample()

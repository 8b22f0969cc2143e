"""Coverage of a source's paragraphs in other documents."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fzanalytics.measures.diffusion.coverage import coverage_curve, coverage_matrix, unmatched_paragraphs
from fzanalytics.measures.reuse.passages import find_passages
from helpers import make_corpus


def rare(n_chars: int, seed: int) -> str:
    """Text of its own: no two seeds share a run."""
    rng = np.random.default_rng(seed)
    return "".join(map(chr, rng.integers(0x4E00 + 1000 * (seed % 20), 0x4E00 + 1000 * (seed % 20 + 1), n_chars)))


PARAGRAPHS = [rare(80, seed) for seed in range(6)]
OWN = [rare(80, seed) for seed in range(6, 9)]


@pytest.fixture
def planted():
    """Of six paragraphs t copies 0 whole, 1 to three quarters, 2 to a quarter, 4 over two of its own, 5 edited."""
    lines = [
        OWN[0],
        PARAGRAPHS[5][:40] + "，新规，" + PARAGRAPHS[5][40:],
        PARAGRAPHS[1][:60] + OWN[1][:20],
        PARAGRAPHS[0],
        PARAGRAPHS[2][60:],
        PARAGRAPHS[4][:30],
        PARAGRAPHS[4][30:],
        OWN[2],
    ]
    return make_corpus(
        {"t": "\n".join(lines), "s": "\n".join(PARAGRAPHS), "old": "\n".join(PARAGRAPHS)},
        documents={
            "s": {"earliest": "2016-01-01", "latest": "2016-06-01"},
            "t": {"earliest": "2016-07-01"},
            "old": {"latest": "2015-01-01"},
            "gone": {"level": "national"},
        },
    )


def test_scores_recover_what_was_planted(planted):
    matrix = coverage_matrix(planted, "s")
    assert matrix["target"].unique().tolist() == ["t"]  # what is older than the source is no target
    assert matrix["source_paragraph"].tolist() == [f"s#{number}¶{number}" for number in range(1, 7)]
    assert matrix["score"].tolist() == [1, 0.75, 0.25, 0, 50 / 80, 1]
    assert matrix["covered"].tolist() == [True, True, False, False, True, True]
    found = [None if pd.isna(cell) else int(cell.split("¶")[1]) for cell in matrix["target_paragraph"]]
    assert found == [4, 3, 5, None, 7, 2]
    assert matrix["order"].unique().tolist() == ["earlier"]


def test_offsets_lead_to_the_match(planted):
    text = planted.documents.set_index("doc_id").loc["t", "text"]
    rows = coverage_matrix(planted, "s")
    assert text[rows["hull_begin"][0] : rows["hull_end"][0]] == PARAGRAPHS[0]
    assert text[rows["hull_begin"][1] : rows["hull_end"][1]] == PARAGRAPHS[1][:60]
    assert pd.isna(rows["hull_begin"][3]) and pd.isna(rows["hull_end"][3])
    assert rows["n_matched"].tolist() == [80, 60, 20, 0, 50, 80]


def test_hull_spans_more_than_is_matched():
    """A paragraph whose two ends are 100 characters apart in the target: the hull has those too, n_matched not."""
    target = PARAGRAPHS[0][:30] + OWN[0] + OWN[1][:20] + PARAGRAPHS[0][50:]
    (row,) = coverage_matrix(make_corpus({"s": PARAGRAPHS[0], "t": target}), "s").itertuples()
    assert row.n_matched == 60 and row.score == 0.75
    assert (row.hull_begin, row.hull_end) == (0, 160)


def test_brackets_of_those_responsible_are_not_compared():
    """Other agencies below the same task lower no score, and the same agencies below another task cover nothing."""
    bracket, other = (
        "（省法制办、省编委办、省财政厅、各市政府按职责分工分别负责）",
        "（县审改办、县发展改革局等部门负责）",
    )
    corpus = make_corpus(
        {
            "s": "\n".join([PARAGRAPHS[0] + bracket, PARAGRAPHS[1] + bracket, bracket]),
            "t": "\n".join([PARAGRAPHS[0] + other, OWN[0] + bracket]),
        }
    )
    matrix = coverage_matrix(corpus, "s")
    assert matrix["score"].tolist()[:2] == [1, 0] and np.isnan(matrix["score"][2])
    assert matrix["n_matched"].tolist() == [80, 0, 0]


@pytest.mark.parametrize("function", [coverage_matrix, unmatched_paragraphs])
def test_what_is_no_corpus_or_no_passages_is_told(function, planted):
    with pytest.raises(TypeError, match=r"^`corpus` must be a Corpus; got DataFrame\. Read one with read_corpus\.$"):
        function(planted.documents, "s")
    with pytest.raises(TypeError, match=r"^`passages` must be a DataFrame; got list\. Take what find_passages returns"):
        function(planted, "s", passages=[])
    with pytest.raises(TypeError, match=r"^`matrix` must be a DataFrame; got Corpus\. Take what coverage_matrix ret"):
        coverage_curve(planted)


def test_score_is_a_share_of_the_source(planted):
    """A paragraph of 80 characters whose first 20 are a whole paragraph of the target scores 0.25, not 1."""
    corpus = make_corpus({"s": PARAGRAPHS[0], "t": PARAGRAPHS[0][:20]})
    assert coverage_matrix(corpus, "s")["score"].tolist() == [0.25]
    assert coverage_matrix(corpus, "t")["score"].tolist() == [1.0]


def test_a_passage_over_two_paragraphs_counts_for_each_its_own_part():
    """Two paragraphs copied as one passage, the border shifted by nothing: each finds its own counterpart."""
    text = PARAGRAPHS[0] + "\n" + PARAGRAPHS[1]
    edited = PARAGRAPHS[0][:70] + "新增内容五字" + PARAGRAPHS[0][70:] + "\n" + PARAGRAPHS[1]
    corpus = make_corpus({"s": text, "t": edited})
    assert len(find_passages(corpus)) == 1
    matrix = coverage_matrix(corpus, "s")
    assert matrix["score"].tolist() == [1, 1]
    assert matrix["target_paragraph"].tolist() == ["t#1¶1", "t#2¶2"]


def test_short_matches_are_found_unless_passages_say_otherwise():
    corpus = make_corpus({"s": PARAGRAPHS[0][:14], "t": OWN[0] + PARAGRAPHS[0][:14]})
    assert coverage_matrix(corpus, "s")["score"].tolist() == [1]
    assert coverage_matrix(corpus, "s", passages=find_passages(corpus))["score"].tolist() == [0]


def test_given_passages_of_either_orientation():
    corpus = make_corpus({"a": PARAGRAPHS[0], "b": PARAGRAPHS[0]})
    passages = find_passages(corpus)
    assert coverage_matrix(corpus, "a", passages=passages)["score"].tolist() == [1]
    assert coverage_matrix(corpus, "b", passages=passages)["score"].tolist() == [1]


def test_repeated_passages_do_not_count_twice():
    corpus = make_corpus({"s": PARAGRAPHS[0], "t": PARAGRAPHS[0][:40] + OWN[0][:30] + PARAGRAPHS[0][:40]})
    assert coverage_matrix(corpus, "s")["score"].tolist() == [0.5]


def test_a_paragraph_without_text_has_no_score():
    corpus = make_corpus({"s": PARAGRAPHS[0] + "\n——————", "t": PARAGRAPHS[0]})
    matrix = coverage_matrix(corpus, "s")
    assert matrix["score"][0] == 1 and np.isnan(matrix["score"][1]) and not matrix["covered"][1]
    assert coverage_curve(matrix)["n_paragraphs"].unique().tolist() == [1]


def test_source_that_is_not_held(planted):
    with pytest.raises(
        ValueError, match=r"`source` must be a held document; 'gone' is not held.*gone\.txt.*Held are: old, s, t"
    ):
        coverage_matrix(planted, "gone")
    with pytest.raises(ValueError, match=r"`source` must be the doc_id of a held document; got 'x'"):
        coverage_matrix(planted, "x")
    with pytest.raises(ValueError, match=r"`threshold` must be above 0 and at most 1; got 0"):
        coverage_matrix(planted, "s", threshold=0)


def test_a_source_that_nothing_follows():
    matrix = coverage_matrix(make_corpus({"s": PARAGRAPHS[0]}), "s")
    assert len(matrix) == 0 and "score" in matrix and len(coverage_curve(matrix)) == 0


def test_curve_by_hand_and_falling(planted):
    curve = coverage_curve(coverage_matrix(planted, "s"), [0.2, 0.25, 0.5, 0.7, 1])
    assert curve["coverage"].tolist() == [5 / 6, 5 / 6, 4 / 6, 3 / 6, 2 / 6]
    assert curve["resampling_low"].isna().all()  # one section: not estimable


def test_curve_interval_by_sections():
    matrix = pd.DataFrame(
        {"target": "t", "section": np.repeat(list("abcdefgh"), 4), "score": np.tile([1.0, 0.0], 16), "order": "earlier"}
    )
    row = coverage_curve(matrix, [0.5]).iloc[0]
    assert row["coverage"] == 0.5 and row["resampling_low"] == row["resampling_high"] == 0.5  # every section is alike
    matrix["score"] = np.repeat([1.0, 0.0] * 4, 4)
    row = coverage_curve(matrix, [0.5]).iloc[0]
    assert row["resampling_low"] < 0.25 and row["resampling_high"] > 0.75  # it rests on whole sections


def test_unmatched_both_ways(planted):
    table = unmatched_paragraphs(planted, "s")
    dropped, added = table[table["side"] == "only in source"], table[table["side"] == "only in target"]
    assert len(dropped) + len(added) == len(table)
    assert dropped["text"].tolist() == [PARAGRAPHS[2], PARAGRAPHS[3]]
    assert dropped["score"].tolist() == [0.25, 0]
    assert added["text"].tolist() == [OWN[0], OWN[2]]
    assert set(added["doc_id"]) == {"t"} and set(dropped["doc_id"]) == {"s"}


def test_bundled_corpus():
    from fzanalytics.texts.datasets import load_sample

    corpus = load_sample()
    matrix = coverage_matrix(corpus, "hebei_province_2016")
    assert len(matrix) == 5 * (corpus.paragraphs["doc_id"] == "hebei_province_2016").sum()
    assert matrix["score"].between(0, 1).all()
    assert "hebei_province_2016" not in set(coverage_matrix(corpus, "shijiazhuang_city_2016")["target"])
    with pytest.raises(ValueError, match="'national_outline_2015' is not held"):
        coverage_matrix(corpus, "national_outline_2015")


def test_what_is_ignored_is_neither_shared_nor_to_be_shared(planted):
    """Without the half of paragraph 2 that the target has, the rest of it has no counterpart; without the other, all."""
    shared, rest = PARAGRAPHS[2][60:], PARAGRAPHS[2][:60]
    assert coverage_matrix(planted, "s", ignore=[shared])["score"].tolist() == [1, 0.75, 0, 0, 50 / 80, 1]
    assert coverage_matrix(planted, "s", ignore=[rest])["score"].tolist() == [1, 0.75, 1, 0, 50 / 80, 1]
    whole = coverage_matrix(planted, "s", ignore=iter([PARAGRAPHS[0]]))
    assert np.isnan(whole["score"][0]) and not whole["covered"][0] and whole["n_matched"][0] == 0
    spans = pd.DataFrame({"doc_id": ["s", "t"], "begin": [0, 0], "end": [80, 80]})
    assert np.isnan(coverage_matrix(planted, "s", ignore=spans)["score"][0])


@pytest.mark.parametrize(
    "phrase", [PARAGRAPHS[0], PARAGRAPHS[2][::2]], ids=["whole", "scattered"]
)  # the second stands nowhere, its characters do
@pytest.mark.parametrize("function", [coverage_matrix, unmatched_paragraphs])
def test_a_phrase_alone_is_one_phrase(planted, function, phrase):
    pd.testing.assert_frame_equal(
        function(planted, "s", ignore=phrase), function(planted, "s", ignore=[phrase]), check_exact=True
    )


def test_ignored_text_counts_in_given_passages_neither(planted):
    passages = find_passages(planted, min_chars=12)
    matrix = coverage_matrix(planted, "s", passages=passages, ignore=[PARAGRAPHS[2][:60], PARAGRAPHS[0]])
    assert matrix["score"].tolist()[1:] == [0.75, 1, 0, 50 / 80, 1] and np.isnan(matrix["score"][0])
    gone = unmatched_paragraphs(planted, "s", passages=passages, ignore=[PARAGRAPHS[3]])
    assert "s#4¶4" not in set(gone["paragraph_id"])  # nothing is left of it that could be missing
    assert "s#4¶4" in set(unmatched_paragraphs(planted, "s", passages=passages)["paragraph_id"])


def test_dropped_and_added_are_the_complement_of_what_is_covered(planted):
    """Both ways, every paragraph is covered or listed, at every threshold."""
    for threshold in (0.2, 0.5, 0.9):
        matrix = coverage_matrix(planted, "s", threshold=threshold)
        lost = unmatched_paragraphs(planted, "s", threshold=threshold)
        dropped = set(lost[lost["side"] == "only in source"]["paragraph_id"])
        assert dropped == set(matrix[~matrix["covered"]]["source_paragraph"])
        at = coverage_curve(matrix, [threshold])["coverage"].item()
        assert at == pytest.approx(1 - len(dropped) / len(matrix))

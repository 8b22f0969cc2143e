"""One text against the next: what is kept, changed, dropped, new."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fzanalytics.measures.diffusion.succession import added_terms, succession, succession_shares
from fzanalytics.measures.reuse.passages import find_passages
from helpers import make_corpus


def rare(n_chars, seed):
    rng = np.random.default_rng(seed)
    return "".join(map(chr, rng.integers(0x4E00 + 1000 * (seed % 20), 0x4E00 + 1000 * (seed % 20 + 1), n_chars)))


PARTS = [rare(60, seed) for seed in range(6)]
SAME = {"region": "河北省"}
DATES = {"old": {**SAME, "latest": "2016-01-01"}, "new": {**SAME, "earliest": "2021-01-01"}}


@pytest.fixture(scope="module")
def planted():
    """Kept but for number and punctuation; changed by a third; split in two; dropped; and one that is new."""
    old = [
        f"第一条 {PARTS[0][:30]}，{PARTS[0][30:]}。",
        f"第二条 {PARTS[1]}。",
        f"第三条 {PARTS[2]}。",
        f"第四条 {PARTS[3]}。",
    ]
    new = [
        f"第一条 {PARTS[4]}。",
        f"第二条 {PARTS[0]}。（省财政厅负责）",
        f"第三条 {PARTS[1][:40]}{PARTS[5][:20]}。",
        f"第四条 {PARTS[2][:35]}。",
        f"第五条 {PARTS[2][35:]}。",
    ]
    return make_corpus({"old": "\n".join(old), "new": "\n".join(new)}, documents=DATES)


@pytest.fixture(scope="module")
def table(planted):
    return succession(planted, "old", "new")


def test_what_was_planted_is_told(table):
    assert table["side"].tolist() == ["earlier"] * 4 + ["later"] * 5
    assert table["status"].tolist() == [
        "kept",
        "changed",
        "changed",
        "dropped",
        "new",
        "kept",
        "changed",
        "changed",
        "changed",
    ]
    others = [None if pd.isna(one) else int(one.split("¶")[1]) for one in table["other_paragraph"]]
    assert others == [2, 3, 4, None, None, 1, 2, 3, 3]
    assert table["comparison"].unique().tolist() == ["succession"]


def test_scores_are_shares_of_the_paragraph_itself(table):
    # the number 第二条 counts as text of three characters
    assert table["score"][1] == pytest.approx(40 / 63, abs=0.05) and table["score"][7] == pytest.approx(
        35 / 38, abs=0.08
    )
    assert table["score"][3] < 0.1 and table.loc[[0, 5], "score"].tolist() == [1, 1]


def test_counterparts_are_quoted(planted, table):
    texts = planted.paragraphs.set_index("paragraph_id")["text"]
    for row in table.itertuples():
        assert row.text == texts[row.paragraph_id]
        assert pd.isna(row.other_text) if pd.isna(row.other_paragraph) else row.other_text == texts[row.other_paragraph]


def test_shares_of_a_side_sum_to_one(table):
    shares = succession_shares(table)
    assert shares["n"].tolist() == [1, 2, 1, 1, 3, 1] and shares["status"].tolist()[2::3] == ["dropped", "new"]
    assert shares.groupby("side")[["share", "char_share"]].sum().to_numpy() == pytest.approx(1)
    assert shares["n_paragraphs"].tolist() == [4] * 3 + [5] * 3


def test_the_threshold_parts_changed_from_new(planted):
    strict, loose = (succession(planted, "old", "new", threshold=level)["status"].tolist() for level in (1.0, 0.3))
    assert strict.count("changed") < 5 and strict[0] == strict[5] == "kept"
    assert loose[3] == "dropped" and loose[4] == "new"


def test_what_was_said_anew_is_pointed_at():
    """No run in common, but the words: not found by text, found by likeness."""
    old = "建立健全行政复议案件审理机制，提高办案质量。\n加大食品药品领域违法行为惩处力度。"
    new = "提高办案质量，健全机制，审理行政复议案件。\n优化政务服务大厅窗口设置。"
    table = succession(make_corpus({"old": old, "new": new}, documents=DATES), "old", "new")
    assert table["status"].tolist() == ["dropped", "dropped", "new", "new"]
    assert table["similar_paragraph"].tolist()[0] == "new#1¶1" and table["similar_paragraph"].tolist()[2] == "old#1¶1"
    assert table["similarity"][0] == pytest.approx(table["similarity"][2]) and 0.5 < table["similarity"][0] <= 1
    assert np.isnan(table["similarity"][1]) and pd.isna(table["similar_paragraph"][1])


def test_several_earlier_texts_are_a_comparison_and_no_succession(planted):
    texts = planted.documents.set_index("doc_id")["text"]
    corpus = make_corpus(
        {"old": texts["old"], "peer": PARTS[4] + "。", "new": texts["new"]},
        documents={**DATES, "peer": {"latest": "2016-01-01"}},
    )
    table = succession(corpus, ["old", "peer"], "new")
    assert table["comparison"].unique().tolist() == ["comparison of these documents"]
    later = table[table["side"] == "later"].reset_index(drop=True)
    assert later["status"].tolist()[:2] == ["kept", "kept"] and later["other_doc_id"].tolist()[:2] == ["peer", "old"]
    other_place = succession(corpus, "peer", "new")
    assert other_place["comparison"].unique().tolist() == ["comparison of these documents"]


def test_passages_may_be_given(planted, table):
    pd.testing.assert_frame_equal(
        succession(planted, "old", "new", passages=find_passages(planted, min_chars=12)), table
    )


def test_added_terms_by_hand():
    old = "推进依法行政，加强行政复议。行政复议要公开。"
    new = "营商环境。优化营商环境，加强行政复议，营商环境要公开。\n营商环境和行政复议。"
    corpus = make_corpus({"old": old, "new": new}, documents=DATES)
    terms = added_terms(corpus, "old", "new", min_count=2).set_index("term")
    assert terms.loc["营商环境", ["n_later", "n_earlier", "n_paragraphs"]].tolist() == [3, 0, 2]
    assert "行政复议" not in terms.index
    both = added_terms(corpus, "old", "new", min_count=2, max_earlier=2).set_index("term")
    assert both.loc["行政复议", ["n_later", "n_earlier"]].tolist() == [2, 2]
    assert terms["per_10k"].between(0, 10_000).all()


def test_faults(planted):
    with pytest.raises(
        ValueError, match=r"^`earlier` must not come after `later` \(old\); got new\. Turn them round\.$"
    ):
        succession(planted, "new", "old")
    with pytest.raises(ValueError, match=r"^`earlier` and `later` must be different documents; both name old\.$"):
        succession(planted, ["new", "old"], "old")
    with pytest.raises(ValueError, match=r"^`min_count` must be a whole number of at least 1; got nan"):
        added_terms(planted, "old", "new", min_count=float("nan"))
    with pytest.raises(ValueError, match=r"^`earlier` must name at least one document"):
        succession(planted, [], "new")
    with pytest.raises(ValueError, match=r"^`later` must be held documents; got 'x'"):
        succession(planted, "old", "x")
    with pytest.raises(ValueError, match=r"^`threshold` must be above 0"):
        succession(planted, "old", "new", threshold=0)
    with pytest.raises(ValueError, match=r"^`min_count` must be at least 1; got 0\."):
        added_terms(planted, "old", "new", min_count=0)
    with pytest.raises(TypeError, match="`corpus` must be a Corpus"):
        succession(planted.documents, "old", "new")


@pytest.mark.skipif("FZANALYTICS_DATA" not in os.environ, reason="FZANALYTICS_DATA does not name the law families")
def test_two_versions_of_one_law():
    """立法法 of 2015 and 2023: 61 articles of 105 word by word, and the article on grassroots contact points is new."""
    from fzanalytics.texts.datasets import fetch_law_family, load_law_registry

    registry = load_law_registry()
    registry = registry[registry["doc_id"].isin(["L02381", "L02382"])]
    path = Path(os.environ["FZANALYTICS_DATA"]) / "law_families"
    corpus = fetch_law_family("legislation", path=path, registry=registry)
    table = succession(corpus, "L02381", "L02382")
    shares = succession_shares(table).set_index(["side", "status"])
    assert shares.loc[("earlier", "kept"), "n"] >= 55 and shares.loc[("earlier", "dropped"), "n"] <= 5
    new = table[table["status"] == "new"]
    assert new["text"].str.contains("基层立法联系点").sum() == 2
    assert table["comparison"].unique().tolist() == ["succession"]

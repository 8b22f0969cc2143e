"""One text against the next: what is kept, changed, dropped, new."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.measures.diffusion.succession import added_terms, succession, succession_shares
from fzanalytics.measures.reuse.passages import find_passages
from helpers import make_corpus


def rare(n_chars, seed):
    rng = np.random.default_rng(seed)
    return "".join(map(chr, rng.integers(0x4E00 + 1000 * (seed % 20), 0x4E00 + 1000 * (seed % 20 + 1), n_chars)))


PARTS = [rare(60, seed) for seed in range(6)]
SAME = {"region": "河北省"}
DATES = {"old": {**SAME, "latest": "2016-01-01"}, "new": {**SAME, "earliest": "2021-01-01", "period_end": 2025}}


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
    shared = [None if pd.isna(one) else int(one.split("¶")[1]) for one in table["shared_paragraph"]]
    below = {at: one for at, one in enumerate(shared) if table["status"][at] in ("dropped", "new")}
    assert [one for at, one in enumerate(shared) if at not in below] == [other for other in others if other]
    assert all((one is None) == (table["score"][at] == 0) for at, one in below.items())


def test_a_clause_of_which_little_is_left_tells_where():
    kept, words = (
        "各级人民政府应当依法公开重大行政决策的过程与结果，",
        "并说明理由和依据以及救济途径和期限与受理机关的名称地址。",
    )
    old = kept + "".join(dict.fromkeys(words * 2)) * 2
    new = (
        kept
        + "建立听证会制度与专家论证制度，健全合法性审查程序，落实集体讨论决定程序，追究违法决策的责任，纳入年度考核与督察的范围内。"
    )
    corpus = make_corpus({"old": old, "new": "总则的规定适用于全部的章节和条款。\n" + new}, documents=DATES)
    table = succession(corpus, "old", "new").set_index("doc_id")
    row = table.loc["old"]
    assert row["status"] == "dropped" and 0 < row["score"] < 0.5 and pd.isna(row["other_paragraph"])
    assert row["shared_paragraph"] == "new#2¶2"


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


@pytest.mark.parametrize(
    ("old", "new", "succeeds"),
    [
        ({"period_end": 2020}, {"period_end": 2025}, True),  # a plan of one period and that of the next, undated
        ({"period_end": 2025}, {"period_end": 2020}, False),
        ({"period_end": 2020, "latest": "2016-01-01"}, {"period_end": 2020, "earliest": "2017-01-01"}, False),
        ({"period_end": 2020}, {"period_end": 2020}, False),
        ({"latest": "2010-01-01"}, {"earliest": "2020-01-01"}, True),  # two versions of a regulation
        ({}, {}, False),  # in no known order, whichever is called the earlier
        ({}, {"parent_ids": ["old"]}, True),
        ({"period_end": 2020}, {}, False),
        ({"period_end": 2020, "latest": "2016-01-01"}, {"earliest": "2020-01-01"}, True),
    ],
)
def test_a_succession_has_an_order(planted, old, new, succeeds):
    texts, open_ = planted.documents.set_index("doc_id")["text"], {"period_start": pd.NA, "period_end": pd.NA}
    documents = {"old": {**SAME, **open_, **old}, "new": {**SAME, **open_, **new}}
    table = succession(make_corpus(dict(texts), documents=documents), "old", "new")
    assert table["comparison"].unique().tolist() == ["succession" if succeeds else "comparison of these documents"]


def test_slogans_of_a_whole_corpus_may_be_ignored(planted, table):
    texts = dict(planted.documents.set_index("doc_id")["text"])
    corpus = make_corpus(texts | {"other": "全面依法治国。"}, documents=DATES)
    spans = pd.DataFrame({"doc_id": ["other"], "begin": [0], "end": [6]})
    found = succession(corpus, "old", "new", ignore=spans)
    pd.testing.assert_frame_equal(found, table)
    with pytest.raises(ValueError, match="nobody"):
        succession(corpus, "old", "new", ignore=spans.assign(doc_id="nobody"))


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


def added(old, new, **options):
    """Terms and their counts; `new` is a list of articles behind a title and a note of enactment."""
    texts = {
        "old": old,
        "new": "某条例\n（2021年1月1日通过，数字证书修正，数字证书修正，数字证书修正）\n" + "\n".join(new),
    }
    table = pd.DataFrame(
        {"doc_id": ["old", "new"], "text": list(texts.values()), "dated": ["2016-01-01", "2021-01-01"]}
    )
    terms = added_terms(fz.read_corpus(table), "old", "new", **options)
    assert (terms["n_paragraphs"] > 0).all()
    return terms.set_index("term")["n_later"].to_dict()


NUMBERED = ["本市保护经营主体的合法权益", "支持经营主体，公示期为五日", "经营主体可以{}联合报装"]


def articles():
    """Nine articles, 第九十一条 to 第九十九条, of which all but the first cite the one before; and a long one."""
    numbers, verbs = "一二三四五六七八九", ["申请", "要求", "选择"]
    cited = ["", *(f"，依照第九十{one}条办理" for one in numbers)]
    filler = f"第一百条 {''.join(PARTS)}"  # what is firm is told in a text of some length
    bodies = [NUMBERED[i % 3].format(verbs[i // 3]) for i in range(9)]
    return [*(f"第九十{one}条 {body}{tail}。" for one, body, tail in zip(numbers, bodies, cited, strict=False)), filler]


def test_a_new_term_of_several_words_is_found_and_its_parts_are_not():
    """经营主体 (business entities, which 市场主体 were called before) is cut 经营 and 主体; 联合报装 (joint application) 联合报 and 装."""
    old = "第九条 本市保护市场主体的合法权益。\n第十条 支持市场主体，依法经营。市场主体可以申请。"
    found = added(old, articles())
    assert found["经营主体"] == 9 and found["联合报装"] == 3
    assert not {"经营", "联合报", "第九", "第九十", "期为", "市场主体"} & set(found)
    assert not [term for term in found if len(term) > 4 and "经营主体" in term]
    # what is said in the earlier text, if only once, is not new
    assert "经营主体" not in added(old + "经营主体。", articles())
    assert added(old + "经营主体。", articles(), max_earlier=1)["经营主体"] == 9


def test_notes_of_enactment_and_what_is_to_be_ignored_add_no_term():
    old = "第一条 依法行政。"
    assert "数字证书" not in added(old, articles())
    assert "数字证书" in added(old, [f"{one}数字证书。" for one in articles()])
    assert "经营主体" not in added(old, articles(), ignore="经营主体")
    assert "经营主体" in added(old, articles(), ignore=[("old", 0, 3)])


def test_words_of_ones_own_are_kept_whole():
    old, new = "第一条 支持市场主体。", ["第二条 依法申请联合报装服务。"]
    assert "联合报装" not in added(old, new, min_count=1)
    assert added(old, new, min_count=1, words=["联合报装"])["联合报装"] == 1


def test_spans_of_other_documents_are_for_other_pairs():
    table = pd.DataFrame({"doc_id": ["old", "new", "x"], "text": ["依法行政。", "\n".join(articles()), "依法行政。"],
                          "dated": ["2016-01-01", "2021-01-01", "2022-01-01"]})  # fmt: skip
    terms = added_terms(fz.read_corpus(table), "old", "new", ignore=[("x", 0, 2)])
    assert "经营主体" in set(terms["term"])


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


@pytest.mark.skipif("FZANALYTICS_DATA" not in os.environ, reason="FZANALYTICS_DATA does not name the law families")
def test_the_main_new_term_of_a_revised_regulation_leads_the_list():
    """上海市优化营商环境条例 of 2020 and 2024: 市场主体 are now called 经营主体, 59 times."""
    corpus = fz.fetch_law_family("business_env", path=Path(os.environ["FZANALYTICS_DATA"]) / "law_families")
    terms = added_terms(corpus, "L00025", "L00026")
    assert terms.iloc[0][["term", "n_later", "n_earlier"]].tolist() == ["经营主体", 59, 0]
    assert {"联合报装", "公示期"} <= set(terms["term"]) and (terms["n_paragraphs"] > 0).all()
    assert not {"期为", "联合报", "第九", "修正", "企业等经营主体"} & set(terms["term"])

"""From a citation to a document: exact before loose, nothing by containment, and two candidates are none."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from fzanalytics.texts.corpus import Corpus, read_corpus
from fzanalytics.texts.datasets import load_sample
from fzanalytics.texts.relations import fill_from_corpus, fill_mentions, resolve_citations


@cache
def sample() -> Corpus:
    return load_sample()


def documents(*rows: dict[str, object]) -> pd.DataFrame:
    empty = {"title": pd.NA, "doc_number": pd.NA, "region": "全国", "earliest": pd.NaT, "latest": pd.NaT}
    table = pd.DataFrame([{**empty, **row} for row in rows])
    for column in ("earliest", "latest"):
        table[column] = pd.to_datetime(table[column])
    return table


def answer(value: str, *rows: dict[str, object], citing: str = "me") -> tuple[object, str]:
    citations = pd.DataFrame({"doc_id": [citing], "value": [value], "kind": ["citation"]})
    found = resolve_citations(citations, documents(*rows)).iloc[0]
    return None if pd.isna(found["refers_to"]) else found["refers_to"], found["tier"]


PLAN = {"doc_id": "plan", "title": "河北省法治政府建设实施方案", "doc_number": "冀发〔2016〕24号", "region": "河北省"}
OTHER = {"doc_id": "other", "title": "河北省依法行政考核办法", "doc_number": "冀政发〔2015〕3号", "region": "河北省"}
LAW = {"doc_id": "law", "title": "中华人民共和国行政复议法"}
RULES = {"doc_id": "rules", "title": "中华人民共和国行政复议法实施条例"}
OUTLINE_15 = {"doc_id": "o15", "title": "法治政府建设实施纲要（2015—2020年）"}
OUTLINE_21 = {"doc_id": "o21", "title": "法治政府建设实施纲要（2021—2025年）"}


@pytest.mark.parametrize(
    ("value", "rows", "expected"),
    [
        ("《河北省法治政府建设实施方案》冀发〔2016〕24号", (PLAN, OTHER), ("plan", "number")),
        ("冀发〔2016〕24号", (PLAN, OTHER), ("plan", "number")),
        ("《一个写错的题目》冀发〔2016〕24号", (PLAN, OTHER), ("plan", "number")),  # the number decides
        ("《河北省法治政府建设实施方案》", (PLAN, OTHER), ("plan", "title")),
        ("《河北省法治政府建设实施方案》冀发〔2011〕2号", (PLAN, OTHER), (None, "contradicted")),
        ("《法治政府建设实施纲要(2015-2020年)》", (OUTLINE_15, OUTLINE_21), ("o15", "title")),
        ("《法治政府建设实施纲要(2018-2020年)》", (OUTLINE_15, OUTLINE_21), (None, "not found")),
        ("《法治政府建设实施纲要》", (OUTLINE_15, OUTLINE_21), (None, "ambiguous")),
        ("《法治政府建设实施纲要》", (OUTLINE_15, PLAN), ("o15", "title variant")),
        ("《行政复议法》", (LAW, RULES), ("law", "title variant")),
        ("《行政复议法实施条例》", (LAW, RULES), ("rules", "title variant")),
        ("《行政复议》", (LAW, RULES), (None, "not found")),  # contained in both
        ("《关于深化改革的意见》", ({"doc_id": "x", "title": "国务院关于深化改革的意见"},), ("x", "title variant")),
        ("《法治政府建设实施方案》", (PLAN,), (None, "not found")),  # a title without a place is not that of any place
        ("《甘肃省法治政府建设实施方案》", (PLAN,), (None, "not found")),
        (
            "《河北省政府立法规定(试行)》",
            ({"doc_id": "x", "title": "河北省政府立法规定", "region": "河北省"},),
            ("x", "title variant"),
        ),
        (
            "《河北省法治政府建设实施方案》",
            (PLAN, {**PLAN, "doc_id": "plan2", "doc_number": pd.NA}),
            (None, "ambiguous"),
        ),
        ("《》", (PLAN,), (None, "not found")),
    ],
)
def test_tiers(value: str, rows: tuple[dict[str, object], ...], expected: tuple[str | None, str]) -> None:
    assert answer(value, *rows) == expected


def test_a_document_does_not_cite_itself_nor_what_is_younger() -> None:
    assert answer("《河北省法治政府建设实施方案》", PLAN, citing="plan") == (None, "not found")
    young = {"doc_id": "law21", "title": "行政处罚法", "earliest": "2021-01-22"}
    old = {"doc_id": "law17", "title": "行政处罚法", "earliest": "2017-09-01"}
    me = {"doc_id": "me", "title": "方案", "latest": "2018-12-31"}
    assert answer("《行政处罚法》", young, me) == (None, "contradicted")
    assert answer("《行政处罚法》", young, old, me) == ("law17", "title")  # dates leave one version
    assert answer("《行政处罚法》", young, old) == (None, "ambiguous")  # of an undated text nothing is known


def test_all_candidates_are_listed() -> None:
    citations = pd.DataFrame({"doc_id": ["me"], "value": ["《法治政府建设实施纲要》"]}, index=[7])
    found = resolve_citations(citations, documents(OUTLINE_15, OUTLINE_21))
    assert found.index.tolist() == [7] and found["candidates"].tolist() == ["o15;o21"]
    assert resolve_citations(citations.iloc[:0], documents(PLAN)).empty


def test_columns_are_asked_for() -> None:
    with pytest.raises(ValueError, match=r"`citations` must have the columns doc_id, value; missing: value"):
        resolve_citations(pd.DataFrame({"doc_id": ["a"]}), documents(PLAN))


def test_fill_mentions_of_the_sample() -> None:
    corpus = sample()
    filled = fill_mentions(corpus.mentions, corpus.documents)
    assert len(filled) == len(corpus.mentions) and filled.columns.tolist() == corpus.mentions.columns.tolist()
    citations = filled[filled["kind"] == "citation"]
    told = citations.dropna(subset=["refers_to"])
    assert set(told["refers_to"]) <= set(corpus.documents["doc_id"])
    assert citations["evidence"].notna().all()
    pairs = set(zip(told["doc_id"], told["refers_to"], strict=True))
    assert {
        ("shijiazhuang_city_2016", "hebei_province_2016"),
        ("shijiazhuang_city_2016", "national_outline_2015"),
        ("xiahe_county_2017", "gansu_2016"),
        ("xiahe_county_2017", "gannan_2017"),
        ("henan_province_2021", "henan_2016"),
        ("henan_province_2021#2", "henan_assessment_2015"),
    } <= pairs
    assert ("henan_province_2021", "qingyuan_city_2017") not in pairs
    assert not any(source == target for source, target in pairs)
    others = corpus.mentions["kind"] != "citation"
    pd.testing.assert_frame_equal(filled[others], corpus.mentions[others], check_dtype=False)


def test_second_pass_is_repeatable() -> None:
    corpus = sample()
    problems: list[dict[str, object]] = []
    again = fill_from_corpus(corpus.documents, corpus.mentions, problems)
    assert again["parent_ids"].equals(corpus.documents["parent_ids"])
    assert again["doc_number"].equals(corpus.documents["doc_number"]) and not problems


def _statutes(
    basis: str, *, law_passed: str = "2019年10月8日", words: str = "根据{}，结合本市实际，制定本条例。"
) -> dict[str, object]:
    """The declared superiors of a city's regulation of 2023, beside a province's and a nation's, both held."""
    texts = {
        "law": f"优化营商环境条例\n（{law_passed}国务院第66次常务会议通过）\n第一条　为了持续优化营商环境，制定本条例。",
        "henan": "河南省优化营商环境条例\n（2020年11月28日河南省第十三届人民代表大会常务委员会第二十一次会议通过）\n"
        "第一章　总则\n第一条　为了优化营商环境，根据《优化营商环境条例》，制定本条例。",
        "hebei": "河北省优化营商环境条例\n（2017年12月1日河北省第十二届人民代表大会常务委员会第三十三次会议通过）\n"
        "第一条　为了优化营商环境，制定本条例。",
        "city": "驻马店市优化营商环境条例\n（2023年11月30日河南省第十四届人民代表大会常务委员会第六次会议批准）\n第一章　总则\n"
        f"第一条　为了优化营商环境，{words.format(basis)}\n第二条　市人民政府应当执行《河南省优化营商环境条例》。",
    }
    table = pd.DataFrame(
        {"doc_id": list(texts), "text": list(texts.values()), "region": ["全国", "河南省", "河北省", "河南省/驻马店市"]}
    )
    corpus = read_corpus(table)
    kinds = corpus.problems["kind"].tolist()
    return {
        **corpus.documents.set_index("doc_id")["parent_ids"].fillna("").to_dict(),
        "problems": kinds,
        "corpus": corpus,
    }


def test_the_legal_basis_in_article_1_is_a_declared_superior() -> None:
    found = _statutes("《优化营商环境条例》《河南省优化营商环境条例》")
    assert found["city"] == "law;henan" and found["henan"] == "law" and found["law"] == ""


def test_only_a_basis_of_a_jurisdiction_above_is_a_superior() -> None:
    assert _statutes("《河北省优化营商环境条例》")["city"] == ""  # another province
    assert _statutes("《河南省优化营商环境条例》", words="参见{}。")["city"] == ""  # no basis
    assert _statutes("有关法律")["city"] == ""  # named in article 2 alone


def test_a_basis_whose_version_is_younger_stays_declared_and_bounds_nothing() -> None:
    found = _statutes("《优化营商环境条例》", law_passed="2024年10月8日")
    assert found["city"] == "law" and "superior younger than its child" in found["problems"]
    dates = found["corpus"].documents.set_index("doc_id")["earliest"]  # type: ignore[attr-defined]
    assert dates["city"] < dates["law"]


def test_a_document_that_is_there_twice_is_found_by_its_first() -> None:
    law = "山东省优化营商环境条例\n（2020年9月25日山东省第十三届人民代表大会常务委员会第二十三次会议通过）\n第一条　为了优化营商环境，制定本条例。"
    city = "济南市优化营商环境条例\n第一条　根据《山东省优化营商环境条例》，制定本条例。"
    for second, tier in ((law, "title"), (law + "\n第二条　另一版本。", "ambiguous")):
        corpus = read_corpus(pd.DataFrame({"doc_id": ["one", "copy", "city"], "text": [law, second, city]}))
        answer = resolve_citations(corpus.mentions[corpus.mentions["doc_id"] == "city"], corpus.documents).iloc[0]
        assert answer["tier"] == tier and (tier == "ambiguous" or answer["refers_to"] == "one")

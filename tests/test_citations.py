"""Cited documents: by title, by number, by a short form; in one spelling; and never the document itself."""

from __future__ import annotations

import time
from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.datasets import load_sample
from fzanalytics.texts.extraction.citations import find_cited, read_citations

NO_CLAUSES = pd.DataFrame({"begin": []})


@cache
def sample() -> Corpus:
    return load_sample()


def cited(text: str, **document: str) -> list[str]:
    return [mention.value for mention in find_cited(text, NO_CLAUSES, document=document)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("《立法法》", ["《立法法》"]),
        ("《中华人民共和国 行政复议法》修订", ["《中华人民共和国行政复议法》"]),  # a stray space
        ("《纲要（２０１５－２０２０年）》", ["《纲要(2015-2020年)》"]),  # full-width digits and dash
        ("《关于印发〈河北省方案〉的通知》(冀发〔 2016 〕24 号)", ["《河北省方案》冀发〔2016〕24号"]),
        ("《关于印发<河北省方案>的通知》（冀发[2016]24号）", ["《河北省方案》冀发〔2016〕24号"]),
        (
            "《清远市人民政府关于印发清远市方案（2016—2018年）及五个行动计划的通知》",
            ["《清远市方案(2016-2018年)及五个行动计划》"],
        ),
        (
            "《河北省实施（中华人民共和国政府信息公开条例）办法》",
            ["《河北省实施(中华人民共和国政府信息公开条例)办法》"],
        ),
        ("《国务院关于修改〈A法〉、〈B法〉的决定》", ["《国务院关于修改<A法>、<B法>的决定》"]),
        ("《优化营商环境条例》《河南省优化营商环境条例》", ["《优化营商环境条例》", "《河南省优化营商环境条例》"]),
        ("《立法法、行政处罚法》", ["《立法法》", "《行政处罚法》"]),  # two titles in one pair of signs
        ("《关于文化、教育工作的规定》", ["《关于文化、教育工作的规定》"]),
        ("根据国发〔2016〕1号和粤府〔2016〕3号文件", ["国发〔2016〕1号", "粤府〔2016〕3号"]),
        ("贯彻落实国办发〔2015〕20号", ["国办发〔2015〕20号"]),  # the verb is no part of the number
        ("《意见》（国发〔2016〕1号、国发〔2016〕2号）", ["《意见》国发〔2016〕1号", "国发〔2016〕2号"]),
        ("在《人民日报》和《焦点访谈》上宣传", []),
        ("《没有结束", []),
        ("没有开始》《》", []),
        ("2016年24号", []),
    ],
)
def test_values(text: str, values: list[str]) -> None:
    assert cited(text) == values


def test_short_forms_mean_the_document_before_them() -> None:
    text = "根据《法治政府建设实施纲要（2015—2020年）》、《省纲要》（粤发〔2016〕1号，以下简称《实施纲要》）\n落实《实施纲要》和《其他纲要》。"
    assert cited(text) == [
        "《法治政府建设实施纲要(2015-2020年)》",
        "《省纲要》粤发〔2016〕1号",
        "《省纲要》粤发〔2016〕1号",
        "《其他纲要》",
    ]
    forms = [mention.evidence for mention in find_cited(text, NO_CLAUSES, document={})]
    assert forms == ["title", "title", "short form", "title"]


def test_a_short_form_within_the_title_signs() -> None:
    """Xiahe closes the bracket of the short form before the title: 《…〉的通知（以下简称《纲要》）》."""
    text = (
        "《中共中央国务院关于印发〈法治政府建设实施纲要（2015—2020年）〉的通知（以下简称《纲要》）》。完成《纲要》任务"
    )
    assert cited(text) == ["《法治政府建设实施纲要(2015-2020年)》"] * 2


def test_a_short_form_without_a_document_before_it_means_nothing() -> None:
    assert cited("实施方案（以下简称《方案》）。落实《方案》") == ["《方案》"]


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("现将《清远市实施方案》印发", True),
        ("《清远市实施方案（2016—2020年）》", False),  # may be an earlier one of that name
        ("《清远市实施方案》（清发〔2012〕1号）", False),  # that name, but another number
        ("《清远市实施方案细则》", False),
        ("清发〔2017〕3号", True),
        ("清发〔2017〕4号", False),
        ("《方案》中要求", True),
    ],
)
def test_a_document_does_not_cite_itself(text: str, own: bool) -> None:
    document = {"title": "清远市实施方案", "doc_number": "清发〔2017〕3号"}
    assert (find_cited(text, NO_CLAUSES, document=document) == []) == own
    kept = find_cited(text, NO_CLAUSES, document=document, keep_own=True)
    assert [mention.role == "own" for mention in kept] == [own]


def test_role_by_the_first_clause() -> None:
    text = "根据《甲法》\n一、落实《乙法》"
    clauses = pd.DataFrame({"begin": [text.index("一、")]})
    assert [mention.role for mention in find_cited(text, clauses, document={})] == ["opening", "body"]


def test_sample() -> None:
    """Counted by hand, short forms told apart."""
    expected = {
        "hebei_province_2016": (18, 3),
        "henan_province_2021": (14, 2),
        "henan_province_2021#2": (6, 0),
        "qingyuan_city_2017": (15, 3),
        "shijiazhuang_city_2016": (12, 0),
        "xiahe_county_2017": (9, 0),
    }
    for row in sample().held.itertuples(index=False):
        clauses = sample().clauses[sample().clauses["doc_id"] == row.doc_id]
        mentions = find_cited(row.text, clauses, document=row._asdict())
        short = sum(mention.evidence == "short form" for mention in mentions)
        assert (len(mentions), short) == expected[row.doc_id], row.doc_id
        for mention in mentions:
            assert row.text[mention.begin] == "《" and row.text[mention.end - 1] in "》）)"


def test_the_number_behind_a_title_is_of_it() -> None:
    text = "根据《中华人民共和国立法法》和《关于印发〈方案〉的通知》（国发〔2016〕1号）"
    assert [(text[one.begin : one.end], one.number) for one in read_citations(text)] == [
        ("《中华人民共和国立法法》", ""),
        ("《关于印发〈方案〉的通知》（国发〔2016〕1号）", "国发〔2016〕1号"),
    ]
    assert read_citations("《》《a》没有（2016）") == []


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="《》〈〉（）以下简称法条例国发〔〕2016号1、\n 关于印发的通知", max_size=120))
def test_any_text(text: str) -> None:
    for one in read_citations(text):
        assert 0 <= one.begin < one.end <= len(text)
        assert one.title or one.number
    assert [one.begin for one in read_citations(text)] == sorted(one.begin for one in read_citations(text))


@pytest.mark.parametrize(
    "unit",
    [
        "《",
        "》",
        "《a",
        "《立法法》",
        "以下简称",
        "（国发",
        "国发〔2016〕1号",
        "国发〔",
        "《〈",
        "简称《",
        "（以下简称《甲》）",
    ],
)
def test_time_is_linear(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    begin = time.perf_counter()
    find_cited(text, NO_CLAUSES, document={})
    assert time.perf_counter() - begin < 10


def test_a_short_form_that_nobody_introduced_means_the_only_document_it_can() -> None:
    full = "《法治政府建设实施纲要（2021—2025年）》（中发〔2021〕33号）"
    meant = "《法治政府建设实施纲要(2021-2025年)》中发〔2021〕33号"
    assert cited(f"落实{full}。对照《纲要》和《实施纲要》。") == [meant] * 3
    assert cited(f"对照《纲要》，落实{full}")[0] == "《纲要》"  # named before it, not behind it
    two = f"落实{full}和《国家信息化发展战略纲要》。对照《纲要》。"
    assert cited(two)[-1] == "《纲要》"  # two can be meant
    assert cited("依照《中华人民共和国立法法》和《办法》")[-1] == "《办法》"


def test_a_title_whose_sign_is_never_closed_ends_with_its_kind() -> None:
    assert cited("按照《河北省行政执法监督条例，开展检查。") == ["《河北省行政执法监督条例》"]
    assert cited("按照《河北省行政执法监督，开展检查。") == []  # nothing says where it ends
    assert cited("按照《甲乙丙条例，落实《立法法》。") == ["《甲乙丙条例》", "《立法法》"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("戏剧《城里的月光》等3部文艺作品", []),
        ("《金声玉振》上榜全国旅游演艺精品名录", []),
        ("编纂出版丛书《蜀道文库》", []),
        ("《志说运河十二景》《扬州通史》出版发行", []),
        ("出版发行《行政处罚法》读本", ["《行政处罚法》"]),  # the kind of the title tells more than the words around it
        ("《关于繁荣戏剧的意见》出台", ["《关于繁荣戏剧的意见》"]),
        ("世界城市排名见《世界城市名册》", ["《世界城市名册》"]),
    ],
)
def test_books_and_plays_are_no_documents(text: str, values: list[str]) -> None:
    assert cited(text) == values

"""Reports and speeches: the day of their delivery, and the year that they look back on, date them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pandas as pd
import pytest

from fzanalytics.base.tables import DATE_BASES
from fzanalytics.texts.cleaning.fixers import clean
from fzanalytics.texts.corpus import read_corpus
from fzanalytics.texts.dating import date_document
from fzanalytics.texts.documents.metadata import read_metadata
from fzanalytics.texts.structure.reports import find_delivery_day, find_report_bounds

SHARED = os.environ.get("FZANALYTICS_DATA")


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("政府工作报告\n——2024年1月16日在亳州市第五届人民代表大会第三次会议上\n市长 某某", "2024-01-16"),
        ("（２０２４年１月２９日在杭州市第十四届人民代表大会第四次会议上）\n各位代表：", "2024-01-29"),
        ("—— 2024 年 2 月 3 日在贵港市第六届人民代表大会\n\n第六次会议上\n各位代表：", "2024-02-03"),
        ("在全市法治工作会议上的讲话\n二〇一七年三月五日在全市法治工作会议上的讲话", "2017-03-05"),
        ("政府工作报告——2024年1月16日在甲市第五届人民代表大会第三次会议上", "2024-01-16"),
        ("2024年1月16日在全市经济工作会议上，市长作了部署。", None),  # a sentence about another meeting
        ("据报道，2024年1月16日在全市经济工作会议上", None),
        ("——2024年2月30日在甲市第五届人民代表大会第三次会议上", None),  # no such day
        ("甲" * 500 + "\n——2024年1月16日在甲市第五届人民代表大会第三次会议上\n", None),  # not at its head
    ],
)
def test_the_day_of_delivery_is_a_line_of_its_own_at_the_head(text: str, date: str | None) -> None:
    assert find_delivery_day(text) == (day(date) if date else None)
    bounds = date_document(text)
    assert (bounds.earliest == bounds.latest == day(date) and bounds.basis == "stated") if date else not bounds.latest


REVIEW = "各位代表：\n现在，我代表市人民政府向大会报告工作。\n一、2023年工作回顾\n{}\n二、2024年工作安排\n{}"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        (REVIEW.format("过去一年，团结奋斗。", "今年是新中国成立75周年。"), "2024-01-01", "2024-12-31"),
        (REVIEW.format("刚刚过去的2023年，团结奋斗。", "2024年是关键之年。"), "2024-01-01", "2024-12-31"),
        (REVIEW.format("团结奋斗。", "2024年是关键之年。"), "2023-12-01", "2024-12-31"),  # perhaps in December
        (REVIEW.format("今年是开局之年。", "今年政府工作的总体要求是：稳。"), "2023-12-01", "2024-12-31"),
        (REVIEW.replace("工作回顾", "主要工作").format("团结奋斗。", "做好今年工作。"), "2024-01-01", "2024-12-31"),
        (REVIEW.replace("各位代表：", "").format("团结奋斗。", "做好今年政府工作。"), "2024-01-01", "2024-12-31"),
        (REVIEW.replace("各位代表：", "").format("团结奋斗。", "做好工作。"), None, None),  # of a department, perhaps
        (REVIEW.replace("一、2023年", "一、2019年以来").format("团结奋斗。", "做好今年工作。"), None, None),
        (REVIEW.replace("一、2023年", "一、2019—2023年").format("团结奋斗。", "做好今年工作。"), None, None),
        ("各位代表：\n一、主要工作\n到2025年建成。", None, None),
    ],
)
def test_a_report_to_a_congress_is_given_after_the_year_that_it_reviews(
    text: str, first: str | None, last: str | None
) -> None:
    bounds = find_report_bounds(text)
    assert bounds == ((day(first), day(last)) if first and last else None)
    told = date_document(text)
    assert (told.basis == "what it looks back on") == (bounds is not None) and told.basis in (*DATE_BASES, "")
    if bounds:
        assert told[:2] == bounds and told.note == "a report on 2023"


def test_a_title_tells_a_report_and_may_contradict_its_review() -> None:
    text = REVIEW.replace("各位代表：", "").format("团结奋斗。", "今年是关键之年。")
    assert find_report_bounds(text, "2024年三亚市政府工作报告") == (day("2024-01-01"), day("2024-12-31"))
    assert find_report_bounds(text, "政府工作报告（2024年1月）") is not None
    assert find_report_bounds(text, "2023年三亚市政府工作报告") is None
    assert find_report_bounds(text, "关于落实政府工作报告重点工作分工的意见") is None


def test_what_a_report_names_and_its_page_narrow_its_year() -> None:
    text = REVIEW.format("过去一年，团结奋斗。", "今年是关键之年。")
    assert date_document(text, page_date="2024-02-20")[:3] == (
        day("2024-01-01"),
        day("2024-02-20"),
        "what it looks back on;page date",
    )
    named = date_document(text + "\n贯彻2024年1月5日印发的《规划》。")
    assert named[:2] == (day("2024-01-05"), day("2024-12-31"))
    later = date_document(text + "\n贯彻粤府〔2025〕1号文件。")  # then it is no report on 2023
    assert later[:3] == (day("2025-01-01"), None, "from what it cites")
    assert date_document(text, doc_number="粤府〔2025〕3号")[:2] == (day("2025-01-01"), day("2025-12-31"))


def test_a_corpus_has_the_dates_of_reports_and_names_each_basis_once() -> None:
    held = "政府工作报告\n——2024年1月16日在亳州市第五届人民代表大会第三次会议上\n各位代表：\n一、2023年工作回顾\n"
    texts = pd.DataFrame(
        {"doc_id": ["a", "b"], "text": [held, "某市方案\n贯彻党的十九大精神。\n一、目标\n到2020年建成。"]}
    )
    given_ = pd.DataFrame(
        {"doc_id": ["b"], "latest": ["2019-01-01"], "date_basis": ["page date;from what it cites;page date"]}
    )
    rows = read_corpus(texts, metadata=given_).documents.set_index("doc_id")
    assert rows.loc["a", "dated"] == day("2024-01-16") and rows.loc["a", "date_basis"] == "stated"
    assert rows.loc["b", "date_basis"] == "page date;from what it cites"


@pytest.mark.skipif(not SHARED, reason="FZANALYTICS_DATA is not set: reports of cities are not at hand")
def test_reports_of_cities_of_2024() -> None:
    """The congresses of 36 cities met between December 2023 and February 2024."""
    days, bounded = {}, 0
    for path in sorted((Path(str(SHARED)) / "city_reports" / "txt").glob("*.txt")):
        text = clean(path.read_text(encoding="utf-8"))
        bounds = date_document(text, title=read_metadata(text, path.stem).title)
        assert bounds.earliest is not None and bounds.latest is not None, path.stem
        assert bounds.earliest <= day("2024-02-29") and bounds.latest >= day("2024-01-01"), path.stem
        assert bounds.earliest >= day("2023-12-01") and bounds.latest <= day("2024-12-31"), path.stem
        bounded += 1
        if bounds.basis == "stated":
            days[path.stem] = f"{bounds.latest:%m-%d}"
        if path.stem == "GR069":  # calls 2023 this year
            assert bounds.earliest == day("2023-12-01")
    assert bounded == 36
    assert days == {"GR009": "01-16", "GR061": "01-29", "GR109": "02-03", "GR137": "01-13", "GR141": "01-31"}


@pytest.mark.parametrize(
    "unit", ["\n", "各位代表", "2023年工作", "\n2023年", "今年", "回顾\n", "2024年1月16日在", "会上", "—"]
)
def test_time_of_reports_is_linear(unit: str) -> None:
    text = "各位代表：\n一、2023年工作回顾\n" + (unit * 100_000)[:100_000]
    begin = time.perf_counter()
    find_report_bounds(text, unit * 10_000)
    find_delivery_day(unit * 100_000)
    assert time.perf_counter() - begin < 10

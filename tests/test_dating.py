"""Dates: what is stated decides, what is named bounds from below, a page from above, a deadline nothing."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzanalytics.base.resources import data_path
from fzanalytics.base.tables import DATE_BASES
from fzanalytics.texts.cleaning.fixers import clean
from fzanalytics.texts.corpus import read_corpus
from fzanalytics.texts.dating import (
    DOC_NUMBER,
    date_document,
    find_delivery_day,
    find_doc_numbers,
    find_lower_bound,
    find_report_bounds,
    find_stated_date,
    find_weak_upper_bound,
    normalise_number,
    parse_date,
)
from fzanalytics.texts.metadata import read_metadata
from fzanalytics.texts.regions import infer_region

SHARED = os.environ.get("FZANALYTICS_DATA")
#: laws whose text is of a later version than the list says: the text itself gives the session that passed it
STALE = {"L01250", "L00383"}


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2017年1月26日", "2017-01-26"),
        ("发布时间：2017-1-26 14:00", "2017-01-26"),
        ("2017/01/26", "2017-01-26"),
        ("2017.1.26", "2017-01-26"),
        ("2017-01-26 00:00:00", "2017-01-26"),
        ("2017年2月30日", None),
        ("2017年", None),
        ("2024-01/02 of the year", None),
        ("", None),
    ],
)
def test_parse_date(text: str, date: str | None) -> None:
    assert parse_date(text) == (day(date) if date else None)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("清远市人民政府\n  2017年1月26日\n", "2017-01-26"),
        ("（2017年1月26日）", "2017-01-26"),
        ("二〇一七年三月五日", "2017-03-05"),
        ("二○一七年十二月三十一日", "2017-12-31"),
        ("２０１７年１月", None),
        ("2017年1月26日印发方案", None),  # within a sentence
        ("2017年13月26日", None),
        ("2017年1月26日\n2018年1月26日", "2017-01-26"),  # the first: an attachment follows with its own
        ("一二一七年十十月二十日", None),
    ],
)
def test_stated_date(text: str, date: str | None) -> None:
    assert find_stated_date(text) == (day(date) if date else None)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("贯彻党的十八大和十八届三中、四中、五中、六中全会精神", "2016-10-27"),  # four plenums in one breath
        ("贯彻十八届三中、四中全会精神", "2014-10-23"),
        ("贯彻十九届二中全会精神", "2018-01-19"),
        ("全面贯彻党的十九大精神", "2017-10-18"),
        ("以习近平新时代中国特色社会主义思想为指导", "2017-10-18"),
        ("习近平法治思想", "2020-11-16"),
        ("喜迎党的十九大", None),  # still ahead
        ("以优异成绩迎接党的十九大胜利召开", None),
        ("为党的十九大胜利召开营造良好环境", None),
        ("党的十九大胜利召开以来", "2017-10-18"),
        ("根据国发〔2016〕24号", "2016-01-01"),
        ("根据（国发[2016]24号）和（国发〔2018〕1号）", "2018-01-01"),
        ("到2020年，2030年前完成", None),  # deadlines
        ("（2015年12月23日印发）", "2015-12-23"),
        ("2017年9月1日第十二届全国人民代表大会常务委员会第二十九次会议通过", "2017-09-01"),
        ("河南省人民政府办公厅2015年印发的《河南省依法行政考核方案》同时废止", "2015-01-01"),
        ("2016年5月印发的《意见》", "2016-05-01"),
        ("2017年6月30日前印发，2017年印发《办法》", None),  # tasks
        ("自2018年1月1日起施行", None),  # in force later than issued
        ("清远市人民政府办公室 2017年1月26日印发", None),  # its own printing
        ("国家监察委员会", "2018-03-20"),
        ("《中华人民共和国行政监察法》", None),  # of 1997
        ("生态环境部", "2018-03-17"),
        ("生态环境部门", None),  # any department for it
        ("《优化营商环境条例》", "2019-10-22"),
        ("《河南省优化营商环境条例》", None),
        ("加快民法典编纂，《民法典（草案）》", None),
        ("《民法典》", "2020-05-28"),
        ("", None),
    ],
)
def test_lower_bound(text: str, date: str | None) -> None:
    bound, note = find_lower_bound(text)
    assert bound == (day(date) if date else None)
    assert bool(note) == (date is not None)


def test_an_event_of_a_province_counts_there_only() -> None:
    text = "落实省第九次党代会部署"
    assert find_lower_bound(text, "河北省/石家庄市")[0] == day("2016-11-21")
    assert find_lower_bound(text, "广东省/清远市")[0] is None


def test_own_number_is_no_citation() -> None:
    assert find_lower_bound("冀发〔2016〕24号", own_number="冀发〔2016〕24号")[0] is None


@pytest.mark.parametrize(
    "spelling",
    [
        "冀发〔2016〕24号",
        "贯彻落实冀发〔２０１６〕24号",
        "(冀发[2016]24号)",
        "根据冀发〔 2016 〕第 024 号",
        "冀发（2016）24号",
        "冀发［2016］24号",
    ],
)
def test_normalise_number(spelling: str) -> None:
    assert normalise_number(spelling) == "冀发〔2016〕24号"


@pytest.mark.skipif(not SHARED, reason="FZANALYTICS_DATA is not set: laws of known date are not at hand")
def test_no_law_names_what_is_younger() -> None:
    folder = Path(str(SHARED)) / "law_families"
    registry = pd.read_csv(folder / "registry.csv", dtype=str, encoding="utf-8").dropna(subset=["version_date"])
    seen = 0
    for doc_id, version in zip(registry["doc_id"], registry["version_date"], strict=True):
        text = (folder / "raw" / f"{doc_id}.md").read_text(encoding="utf-8")
        bound = find_lower_bound(text)[0]
        if doc_id not in STALE:
            assert bound is None or bound <= day(version), doc_id
        seen += bound is not None
    assert seen > 20


def test_no_number() -> None:
    assert normalise_number("2016年24号") == ""


def test_bounds_together() -> None:
    both = date_document("习近平法治思想", page_date="发表时间:2022-03-20")
    assert (both.earliest, both.latest, both.basis) == (
        day("2020-11-16"),
        day("2022-03-20"),
        "from what it cites;page date",
    )
    number = date_document("贯彻十八届六中全会精神", doc_number="冀发〔2016〕24号")
    assert (number.earliest, number.latest) == (day("2016-10-27"), day("2016-12-31"))
    stated = date_document("2017年1月26日\n到2020年")
    assert (stated.earliest, stated.latest, stated.basis) == (day("2017-01-26"), day("2017-01-26"), "stated")
    nothing = date_document("到2020年建成。")
    assert nothing == (None, None, "", "")


def test_a_page_older_than_what_its_text_names_bounds_nothing() -> None:
    bounds = date_document("习近平法治思想", page_date="2018-01-01")
    assert (bounds.earliest, bounds.latest) == (day("2020-11-16"), None)


def test_a_deadline_bounds_nothing_from_above() -> None:
    """Xiahe cites the 19th Congress of October 2017, yet sets deadlines of April 2017."""
    text = (data_path("raw") / "xiahe_county_2017.txt").read_text(encoding="utf-8")
    bounds = date_document(text, region="甘肃省/甘南藏族自治州/夏河县")
    assert (bounds.earliest, bounds.latest) == (day("2017-10-18"), None)


def test_bodies_that_have_ended_are_a_hint_and_no_bound() -> None:
    text = "贯彻十八届五中全会精神。（省法制办、省国税局负责）"
    assert find_weak_upper_bound(text)[0] == day("2018-07-31")
    bounds = date_document(text)
    assert bounds.latest is None and bounds.earliest == day("2015-10-29")
    assert bounds.note.endswith("hint, no bound: names 国税局、地税局, which ended by 2018-07-31")
    assert find_weak_upper_bound("原省法制办，法制办公") == (None, "")
    assert "hint" not in date_document(text, page_date="2016-05-01").note  # a bound is better


def test_endings_are_dates_with_sources() -> None:
    endings = pd.read_csv(data_path("endings.csv"), dtype=str, keep_default_na=False, encoding="utf-8")
    assert pd.to_datetime(endings["ended"]).notna().all() and endings.ne("").all().all()


def test_events_are_dates_in_order() -> None:
    events = pd.read_csv(data_path("events.csv"), dtype=str, keep_default_na=False, encoding="utf-8")
    assert pd.to_datetime(events["date"]).notna().all() and events["source"].ne("").all()
    national = events[events["region"] == ""]
    assert national["date"].is_monotonic_increasing


@pytest.mark.skipif(not SHARED, reason="FZANALYTICS_DATA is not set: documents of known date are not at hand")
def test_true_dates_lie_within_the_bounds() -> None:
    folder = Path(str(SHARED)) / "state_council"
    manifest = pd.read_csv(folder / "manifest.csv", dtype=str, encoding="utf-8")
    exact, numbers = [], []
    for name, issued, number in zip(manifest.iloc[:, 0], manifest["issued"], manifest["doc_number"], strict=True):
        text = clean((folder / "txt" / f"{name}.txt").read_text(encoding="utf-8"))
        told = read_metadata(text, name)
        region, _ = infer_region(told.title, told.issuers, told.doc_number, name)
        assert region is not None and region.level == "national"
        bounds = date_document(text, region=region.path, doc_number=told.doc_number)
        assert bounds.earliest is None or bounds.earliest <= day(issued), name
        assert bounds.latest is None or day(issued) <= bounds.latest, name
        exact.append(bounds.earliest == bounds.latest == day(issued))
        numbers.append(told.doc_number in ("", number))
    assert sum(exact) >= 28 and all(numbers)  # 30 of 30 dates; of 30 numbers 28 are found, none is wrong


@pytest.mark.parametrize(
    "unit",
    [
        "2016",
        "中发",
        "中发〔",
        "年",
        "二〇",
        "十八届",
        "三中、",
        "十八届三中、",
        "为",
        " ",
        "2016年 ",
        "2016年1月1日",
        "2016年1月1日会议",
        "2016年印发的",
        "会议",
    ],
)
def test_time_is_linear(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    begin = time.perf_counter()
    date_document(text, region="河北省", page_date=text)
    normalise_number(text)
    assert time.perf_counter() - begin < 10


@given(st.text(alphabet="国发据〔〕[（)2019号第1 字\n", max_size=60))
def test_document_numbers_are_those_that_the_pattern_finds(text: str) -> None:
    assert [m.span() for m in find_doc_numbers(text)] == [m.span() for m in DOC_NUMBER.finditer(text)]


def test_two_numbers_without_a_mark_between_them_are_two() -> None:
    text = "国发〔2016〕1号粤府〔2017〕3号"
    assert [m[0] for m in find_doc_numbers(text)] == ["国发〔2016〕1号", "粤府〔2017〕3号"]


@pytest.mark.parametrize(
    ("told", "date", "note"),
    [
        ("（2017年1月1日甲市第一届人民代表大会常务委员会第一次会议通过）", "2017-01-01", "passed on 2017-01-01"),
        ("（1996年3月17日在第八届全国人民代表大会第四次会议上通过）", "1996-03-17", "passed on 1996-03-17"),
        ("（二〇二〇年三月二十七日甲省人大常委会会议通过）", "2020-03-27", "passed on 2020-03-27"),
        (
            "（2016年1月1日甲市人民代表大会常务委员会通过\n2016年3月1日甲省人民代表大会常务委员会批准\n"
            "根据2019年5月6日甲市人民代表大会常务委员会《关于修改〈甲市条例〉（2018年7月1日公布）的决定》修正）",
            "2019-05-06",
            "passed on 2016-01-01, last amended on 2019-05-06",
        ),
        (
            "（2019年10月8日国务院第66次常务会议通过　2019年10月22日国务院令第722号公布　自2020年1月1日起施行）",
            "2019-10-22",
            "passed on 2019-10-08, approved or promulgated on 2019-10-22",
        ),
        ("2017年1月1日 发布", None, ""),  # the line of a web page
        ("（2020年1月1日起施行）", None, ""),
        ("（1920年1月1日通过）", None, ""),
    ],
)
def test_a_law_is_of_the_day_on_which_it_was_passed_or_last_amended(told: str, date: str | None, note: str) -> None:
    bounds = date_document(f"甲市条例\n{told}\n第一条　为了防火，制定本条例。\n第二条　施行。")
    if date is None:
        assert bounds.basis != "stated"
    else:
        assert bounds == (day(date), day(date), "stated", note)


def test_the_passing_of_a_rule_and_other_dates() -> None:
    """A later date line is its issue, an earlier one that of its first version; a number of a later year: passed before."""
    law = "甲市条例\n（2017年1月1日甲市人民政府常务会议通过）\n第一条　防火。\n第二条　施行。\n甲市人民政府\n{}"
    assert date_document(law.format("2017年2月1日")).earliest == day("2017-02-01")
    assert date_document(law.format("2016年2月1日")).earliest == day("2017-01-01")
    bounds = date_document(law.format(""), doc_number="甲政发〔2018〕1号")
    assert (bounds.earliest, bounds.latest) == (day("2018-01-01"), day("2018-12-31"))


def test_a_number_without_a_year_bounds_nothing() -> None:
    """The order of a government (令) bears a number and no year."""
    assert date_document("公布施行。", doc_number="国令第588号") == date_document("公布施行。")
    assert date_document("公布施行。", doc_number="国发〔2016〕1号").latest == pd.Timestamp("2016-12-31")


# ---------------------------------------------------------------- reports and speeches


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

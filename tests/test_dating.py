"""Dates: what is stated decides, what is named bounds from below, a page from above, a deadline nothing."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pandas as pd
import pytest

from fzanalytics.base.resources import data_path
from fzanalytics.texts.cleaning.fixers import clean
from fzanalytics.texts.dating import (
    date_document,
    find_lower_bound,
    find_stated_date,
    find_weak_upper_bound,
    parse_date,
)
from fzanalytics.texts.documents.metadata import read_metadata
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
    assert time.perf_counter() - begin < 10


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

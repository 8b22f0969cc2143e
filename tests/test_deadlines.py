"""Deadlines: dated intervals, and what is told apart from them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.texts.extraction import deadlines, intervals, obligation, quantities, recurrence, wording
from fzanalytics.texts.extraction.deadlines import find_deadlines
from fzanalytics.texts.extraction.intervals import read_span
from fzanalytics.texts.extraction.mentions import Mention
from fzanalytics.texts.extraction.wording import prepare, read_number

CASES = json.loads((Path(__file__).parent / "cases" / "deadlines.json").read_text(encoding="utf-8"))


def document(given: dict[str, str]) -> dict[str, object]:
    return {key: pd.Timestamp(value) for key, value in given.items()}


def shown(text: str, one: Mention) -> list[str | None]:
    dates = [None if date is None else f"{date:%Y-%m-%d}" for date in (one.not_before, one.not_after)]
    return [text[one.begin : one.end], one.role, one.value, *dates]


@pytest.mark.parametrize("case", CASES["found"], ids=lambda case: case["text"])
def test_found(case: dict[str, object]) -> None:
    text = str(case["text"])
    found = find_deadlines(text, document=document(case.get("document", {})))  # type: ignore[arg-type]
    assert [shown(text, one) for one in found] == case["expected"]


@pytest.mark.parametrize("case", CASES["left out"], ids=lambda case: case["text"])
def test_left_out(case: dict[str, object]) -> None:
    assert find_deadlines(str(case["text"]), document=document(case.get("document", {}))) == []  # type: ignore[arg-type]


def test_evidence_says_what_was_chosen() -> None:
    one = find_deadlines("2017年2月30日前完成", document={})[0]
    assert one.not_after == pd.Timestamp("2017-02-28")
    assert one.evidence == "2月 of 2017 has no day 30: clipped"
    one = find_deadlines("2017年3月底前挂牌，6月底前运行。", document={})[1]
    assert (one.value, one.evidence) == ("2017-06-30", "year named before in the same line")


def test_evidence_says_that_a_bare_unit_is_included() -> None:
    notes = [one.evidence for one in find_deadlines("2018年3月前报送，2020年前建成，2018年3月底前公布", document={})]
    assert notes == ["前: the month that it names is included", "前: the year that it names is included", None]


def test_the_year_of_a_report_comes_from_its_headings() -> None:
    text = "一、2023年工作回顾\n2023年新建学校十所。\n二、2024年工作安排\n6月底前建成，2024年新增二十所。"
    for document in ({}, {"earliest": pd.Timestamp("2022-10-22"), "latest": pd.NaT}):
        found = find_deadlines("报告\n" + text, document=document)
        assert [(one.role, f"{one.not_after:%Y-%m-%d}") for one in found] == [
            ("deadline", "2024-06-30"),
            ("period", "2024-12-31"),
        ]
    later = {"earliest": pd.Timestamp("2025-03-01")}  # what the document cites says otherwise
    assert find_deadlines("报告\n" + text, document=later)[0].not_after is None


def test_missing_dates_are_no_dates() -> None:
    nothing = {"dated": pd.NaT, "earliest": None, "latest": pd.NA}
    one = find_deadlines("年底前完成", document=nothing)[0]
    assert (one.role, one.not_before, one.not_after) == ("deadline", None, None)
    assert find_deadlines("2016年出台", document=nothing)[0].value == "2016"


# Every line of the output was read against the text; every 年 with a year outside 《》 and the title is among them.
COUNTS = {
    "hebei_province_2016": {"deadline": 36, "period": 8, "recurring": 8, "relative": 2, "start": 1},
    "henan_province_2021": {"deadline": 14, "recurring": 3, "relative": 1},
    "henan_province_2021#2": {"recurring": 1, "relative": 1},
    "qingyuan_city_2017": {"deadline": 9, "period": 1, "recurring": 7, "relative": 1},
    "shijiazhuang_city_2016": {"deadline": 5, "period": 2, "recurring": 7, "relative": 1, "start": 2},
    "xiahe_county_2017": {"deadline": 17, "period": 9, "recurring": 7, "start": 3},
}


def test_bundled_documents() -> None:
    documents = fz.load_sample().documents.set_index("doc_id")
    for doc_id, expected in COUNTS.items():
        row = documents.loc[doc_id]
        found = find_deadlines(row["text"], document=row.to_dict())
        assert pd.Series([one.role for one in found]).value_counts().to_dict() == expected, doc_id
        assert [(one.begin, one.end) for one in found] == sorted((one.begin, one.end) for one in found)


@given(
    st.lists(
        st.sampled_from(
            [
                *"2017年月日前到至自起每底末初季度第一三十五“”《》（）()〔〕-—，。；\n lO0半内天中旬今后未来",
                "十三五",
                "2 0 1 7",
            ]
        ),
        max_size=40,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(pieces: list[str]) -> None:
    text = "".join(pieces)
    end = 0
    for one in find_deadlines(text, document={"dated": pd.Timestamp("2017-01-26")}):
        assert end <= one.begin < one.end <= len(text)
        assert "\n" not in text[one.begin : one.end]
        assert one.role in {"deadline", "period", "start", "recurring", "relative"}
        if one.not_before is not None and one.not_after is not None:
            assert one.not_before <= one.not_after
        end = one.end


@given(st.text(alphabet="a 年２\u3000《》“”（）\n1", max_size=60))
@settings(max_examples=150, deadline=None)
def test_prepared_text_leads_back(text: str) -> None:
    prepared = prepare(text)
    for place, character in enumerate(prepared.text):
        begin, end = prepared.span(place, place + 1)
        assert end == begin + 1
        if character not in "\x00 ":
            assert prepare(text[begin]).text == character


@pytest.mark.parametrize("year", [2015, 2016])
@pytest.mark.parametrize("month", range(1, 13))
def test_ends_of_months(year: int, month: int) -> None:
    span = read_span(year, {"month": str(month), "tail": "底"})
    assert span is not None
    assert (span.last + pd.Timedelta(days=1)).day == 1
    assert span.last.month == month


@given(st.integers(0, 9999))
def test_numbers_are_read_back(number: int) -> None:
    figures = "零一二三四五六七八九"
    written, pending = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            written += ("零" if pending and written else "") + figures[digit] + unit
            pending = False
        else:
            pending = True
    assert read_number(written or "零") == number
    assert read_number(str(number)) == number


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "年",
        "2017年",
        "每",
        "《",
        "《》",
        "自",
        "2017年3月至",
        "十",
        "1 ",
        "1年内",
        "之日起",
        "(2015年",
        "今年",
        "十三五",
    ],
)
def test_what_is_found_is_local(unit: str) -> None:
    """Ten times the text gives at most ten times the mentions, and none longer than a clause."""
    short, long = find_deadlines(unit * 300, document={}), find_deadlines(unit * 3000, document={})
    assert len(long) <= 10 * len(short) + 10
    assert all(one.end - one.begin <= 80 for one in long)


def repeats(pattern: object, inside: int = 1) -> list[int]:
    """The most often that anything in a parsed pattern can be repeated, loops within loops multiplied."""
    found = []
    for name, argument in pattern:  # type: ignore[attr-defined]
        if str(name) in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            times = inside * int(argument[1])
            found += [times, *repeats(argument[2], times)]
        elif str(name) == "BRANCH":
            found += [count for branch in argument[1] for count in repeats(branch, inside)]
        elif str(name) == "SUBPATTERN":
            found += repeats(argument[3], inside)
        elif str(name) in {"ASSERT", "ASSERT_NOT"}:
            found += repeats(argument[1], inside)
    return found


@pytest.mark.parametrize(
    "module", [wording, intervals, deadlines, recurrence, quantities, obligation], ids=lambda m: m.__name__
)
def test_every_pattern_is_bounded(module: ModuleType) -> None:
    """No pattern can read more than some hundred characters from where it starts, so the time is linear in the text."""
    patterns = {name: value for name, value in vars(module).items() if isinstance(value, re.Pattern)}
    if module is obligation:
        patterns |= {"words": module._words().words, "imperative": module._words().imperative}
    assert patterns or module is intervals
    for name, pattern in patterns.items():
        if name == "_SPACES":  # a run of one class, never tried twice
            continue
        assert max(repeats(re._parser.parse(pattern.pattern, pattern.flags)), default=0) <= 200, name  # type: ignore[attr-defined]


def test_an_open_pattern_would_be_seen() -> None:
    assert max(repeats(re._parser.parse("(?:a{1,20}b{1,30})*"))) > 200  # type: ignore[attr-defined]
    assert max(repeats(re._parser.parse("(?:a{1,20}){1,30}"))) == 600  # type: ignore[attr-defined]


def test_figures_of_other_scripts_raise_nothing() -> None:
    assert find_deadlines("2〇\u06621年底前，\u0662017年", document={}) == []
    assert (
        find_deadlines("自公布之日起十万亿日后施行", document={"dated": pd.Timestamp("2017-01-26")})[0].not_before
        is None
    )

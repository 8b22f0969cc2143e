"""Dates as plans write them, read as intervals of days: 2017年年底, 2018年3月, 第一季度, “十三五”."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.numbering import parse_number
from fzanalytics.texts.extraction.wording import read_number

_HAN_YEAR = "[二一][〇零Oo九八七六五四三二一]{3}"
#: A year in figures, with stray spaces (2 0 1 7) and letters that OCR put for figures (20l7); 年 is not part of it.
YEAR = rf"(?<![\d.\x00])(?:[12] ?[09oO] ?[0-9lIoO] ?[0-9lIoO]|{_HAN_YEAR})"
_LETTERS = str.maketrans("lIoO", "1100", " ")

# 初 of 初步, 底 of 底线, 中 of 中央 and the like are no parts of a date
_START = "初(?![步级中期创心任审次始稿衷诊评])"
_FINISH = "底(?![线数层册气蕴板])|末(?![端梢尾])"
_MIDDLE = "中旬|中期?(?=[,。;、]|前)"
_QUARTER = "第?[一二三四1-4]季度|前[一二三1-3]个?季度"
_TENTHS = "上旬|中旬|下旬"
_MONTH = r"1[0-2]|0?[1-9]|\d{2}|十[一二]?|[一二三四五六七八九]"
_DAY = r"\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]"

#: The part of a year, named by the letter that is put for %: 年年底, 第一季度, 3月, 3月5日, 3月上旬.
PARTS = (
    rf"(?:(?:年?(?P<part%>{_FINISH}|{_START}|{_MIDDLE}|内(?![容部外在涵蒙])|[上下]半年|上旬|下旬|{_QUARTER}|度(?!过)))"
    rf"|(?P<month%>{_MONTH})月份?(?:(?P<day%>{_DAY})日|(?P<tail%>{_TENTHS}|{_FINISH}|{_START}))?)"
)


class Span(NamedTuple):
    """First and last day of what a date names; `value` is its normalised form.

    `by` is true for 年底 and 月底: what ends a period rather than a period. `evidence` says what was mended or chosen.
    """

    first: pd.Timestamp
    last: pd.Timestamp
    value: str
    by: bool = False
    evidence: str | None = None


def read_year(text: str) -> int | None:
    """The year that figures name, in the years 1949 to 2099; None for any other.

    Examples
    --------
    >>> [read_year(year) for year in ("2017", "2 0 1 7", "20l7", "二〇一七", "2999")]
    [2017, 2017, 2017, 2017, None]
    """
    figures = text.translate(_LETTERS)
    if not figures.isascii():
        figures = str(parse_number(re.sub("[Oo0]", "〇", text)))
    year = int(figures) if figures.isdigit() else 0
    return year if 1949 <= year <= 2099 else None


def year_span(year: int) -> Span:
    """All days of a year."""
    return Span(pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31), str(year))


def read_span(year: int, parts: dict[str, str | None]) -> Span | None:
    """The days of a year that its parts name.

    Parameters
    ----------
    year : int
    parts : dict
        The groups part, month, day, tail of `PARTS`; None or absent where they did not match.

    Returns
    -------
    Span or None
        None if the month is none (13月). A day that the month has not (2月30日) is clipped to its last one, and said so.

    Examples
    --------
    >>> [read_span(2017, parts).value for parts in ({"part": "底"}, {"part": "第一季度"}, {"month": "6", "tail": "底"})]
    ['2017-12-31', '2017-Q1', '2017-06-30']
    >>> read_span(2017, {"month": "2", "day": "30"}).evidence
    '2月 of 2017 has no day 30: clipped'
    """
    if parts.get("month"):
        return _month_span(year, parse_number(parts["month"] or ""), parts.get("day"), parts.get("tail"))
    part = (parts.get("part") or "").removeprefix("第")
    if not part or part[0] in "度内":
        return year_span(year)
    if part[0] in "底末":
        return Span(pd.Timestamp(year, 12, 31), pd.Timestamp(year, 12, 31), f"{year}-12-31", by=True)
    if part.endswith("半年"):
        half = 1 if part[0] == "上" else 2
        return _months(year, 6 * half - 5, 6 * half, f"{year}-H{half}")
    if part.endswith("季度"):
        if part[0] == "前":
            return _months(year, 1, 3 * parse_number(part[1]))
        quarter = parse_number(part[0])
        return _months(year, 3 * quarter - 2, 3 * quarter, f"{year}-Q{quarter}")
    if part[0] == "初" or part in ("中", "中期"):
        month = 1 if part[0] == "初" else 6
        return _months(year, month, month)._replace(evidence=f"{part} of a year: its month {month}")
    third = {"中": 1, "上": 0, "下": 2}[part[0]]
    return _months(year, 4 * third + 1, 4 * third + 4)._replace(evidence=f"{part} of a year: its third of four months")


def _months(year: int, first: int, last: int, value: str = "") -> Span:
    begin, end = pd.Timestamp(year, first, 1), pd.Timestamp(year, last, monthrange(year, last)[1])
    return Span(begin, end, value or f"{begin:%Y-%m-%d}/{end:%Y-%m-%d}")


def _month_span(year: int, month: int, day: str | None, tail: str | None) -> Span | None:
    if not 1 <= month <= 12:
        return None
    n_days = monthrange(year, month)[1]
    if day:
        number = parse_number(day)
        if number < 1:
            return None
        date = pd.Timestamp(year, month, min(number, n_days))
        evidence = None if number <= n_days else f"{month}月 of {year} has no day {number}: clipped"
        return Span(date, date, f"{date:%Y-%m-%d}", evidence=evidence)
    if not tail:
        return _months(year, month, month, f"{year}-{month:02d}")
    if tail[0] in "底末":
        date = pd.Timestamp(year, month, n_days)
        return Span(date, date, f"{date:%Y-%m-%d}", by=True)
    third = {"初": 0, "上": 0, "中": 1, "下": 2}[tail[0]]
    begin = pd.Timestamp(year, month, 10 * third + 1)
    end = pd.Timestamp(year, month, 10 * third + 10 if third < 2 else n_days)
    evidence = "初 of a month: its first ten days" if tail == "初" else None
    return Span(begin, end, f"{begin:%Y-%m-%d}/{end:%Y-%m-%d}", evidence=evidence)


#: 十三五 and its like: the five-year plan, whose last character is the half-decade after 1950.
FIVE_YEAR_PLAN = '[“”"\']?(?P<plan>十[一二三四五六]|(?<=[“"])[七八九])五[“”"\']?'


def plan_span(name: str) -> Span:
    """The years of a five-year plan by its number: 十三 (of 十三五) is 2016 to 2020.

    Examples
    --------
    >>> plan_span("十三").value, plan_span("十四").value
    ('2016-01-01/2020-12-31', '2021-01-01/2025-12-31')
    """
    first = 1951 + 5 * parse_number(name)
    begin, end = pd.Timestamp(first, 1, 1), pd.Timestamp(first + 4, 12, 31)
    return Span(begin, end, f"{begin:%Y-%m-%d}/{end:%Y-%m-%d}")


class OwnDate(NamedTuple):
    """The first day on which a document can have been issued, the last, and its year if both fall into one."""

    first: pd.Timestamp | None
    last: pd.Timestamp | None
    year: int | None


def read_own_date(document: Mapping[str, object], *, text: str = "") -> OwnDate:
    """What is known of a document's own date.

    dated, else earliest and latest, else the year in the title of a report, else that of its headings: 2023年工作回顾 is
    told in 2024, and 2024年工作安排 too.

    Examples
    --------
    >>> read_own_date({"earliest": pd.Timestamp("2016-01-01"), "latest": pd.Timestamp("2016-12-31")}).year
    2016
    """
    dated = read_day(document, "dated")
    first, last = (
        (dated, dated) if dated is not None else (read_day(document, "earliest"), read_day(document, "latest"))
    )
    if first is None or last is None or first.year != last.year:
        begin, end = _year_of_report(document.get("title"), text)
        if (
            begin is not None
            and end is not None
            and (first is None or first <= end)
            and (last is None or last >= begin)
        ):
            first, last = max(begin, first or begin), min(end, last or end)
    known = first is not None and last is not None and first.year == last.year
    return OwnDate(first, last, first.year if known and first is not None else None)


_REPORT = re.compile(r"((?:19|20)\d{2})年[^年]{0,30}(?:报告|要点|计划|工作安排|任务清单|任务分工)$")


# 一、2023年工作回顾; 二、2024年工作安排: a line of its own
_LOOKED_BACK = re.compile(
    r"(?:^|\n)(?P<number>[一二]、)?[^。，,;\n]{0,12}(?P<year>(?:19|20)\d{2})年[^。，,;\n]{0,12}(?:回顾|总结)[^。，,;\n]{0,6}(?=\n)"
)
_NEXT_HEADING = {"一、": "二、", "二、": "三、"}
_LOOKED_AHEAD = re.compile(
    r"\n[^。，,;\n]{0,12}((?:19|20)\d{2})年[^。，,;\n]{0,12}(?:工作(?:的?总体)?(?:安排|任务|重点|思路|部署|目标|要求)?|总体(?:要求|思路)|(?:重点|主要)(?:工作|任务|目标)|预期目标|目标任务)[^。，,;\n]{0,12}(?=\n)"
)


def past_part(text: str) -> list[tuple[int, int]]:
    """The part of a report that looks back: from 一、2023年工作回顾 to 二、, or to 2024年工作安排; nothing where no end is found.

    Examples
    --------
    >>> past_part("\\n2023年工作回顾\\n每月召开座谈会。\\n2024年工作安排\\n6月底前建成。")
    [(0, 19)]
    """
    back = _LOOKED_BACK.search(text)
    if back is None:
        return []
    ahead = _LOOKED_AHEAD.search(text, back.end())
    ends = [ahead.start()] if ahead and int(ahead[1]) > int(back["year"]) else []
    if back["number"] and (following := text.find("\n" + _NEXT_HEADING[back["number"]], back.end())) >= 0:
        ends.append(following)
    return [(back.start(), min(ends))] if ends else []


def _year_of_report(title: object, text: str) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """2024年政府工作报告 is held in 2024, and tells of the year before; 2024年工作要点 plans 2024."""
    named = _REPORT.search(title) if isinstance(title, str) else None
    year = int(named[1]) if named else 0
    if not year and (back := _LOOKED_BACK.search(text)):
        year = int(back["year"]) + 1
    elif not year and (ahead := _LOOKED_AHEAD.search(text)):
        year = int(ahead[1])
    return (pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)) if 1949 <= year <= 2099 else (None, None)


def read_day(document: Mapping[str, object], key: str) -> pd.Timestamp | None:
    """A date of a document, without the time of day; None if it is missing."""
    value = document.get(key)
    return value.normalize() if isinstance(value, pd.Timestamp) else None


def last_day(first: pd.Timestamp, number: str, unit: str) -> pd.Timestamp | None:
    """The last day of a number of years or months that begin on `first`."""
    value = read_number(number)
    months = None if value is None else value * 12 if unit == "年" else value
    if months is None or not 1 <= months <= 600:
        return None
    return first + pd.DateOffset(months=int(months)) - pd.Timedelta(days=1)

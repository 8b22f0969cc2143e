"""Dates as plans write them, read as intervals of days: 2017年年底, 2018年3月, 第一季度, “十三五”.

Further times with a name of their own (“十三五”期间, 今明两年, 春节前, 自公布之日起), the document's own date, and the year that a
date without one means.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.numbering import parse_number
from fzanalytics.texts.extraction.mentions import Mention, dated_mention
from fzanalytics.texts.extraction.wording import (
    DONE,
    OF_SOMETHING,
    SEASON,
    TO,
    YEAR,
    Claims,
    nearest_before,
)
from fzanalytics.texts.numbers import HAN_NUMBER, read_number, read_year
from fzanalytics.texts.searching import sought
from fzanalytics.texts.structure.reports import LOOKED_AHEAD, LOOKED_BACK, YEAR_PAST, find_delivery_day

# 初 of 初步, 底 of 底线, 中 of 中央 and the like are no parts of a date
_START = "初(?![步级中期创心任审次始稿衷诊评])"
_FINISH = "底(?![线数层册气蕴板])|末(?![端梢尾])"
_MIDDLE = "中旬|中期?(?=[,。;、]|前|(?:全部|全面|基本)?(?:完成|建成|启动|开工|投用|投产|通车|开展|评估))"
_QUARTER = "第?[一二三四1-4]季度(?:末|底)?|前[一二三1-3]个?季度"
_TENTHS = "上旬|中旬|下旬"
_MONTH = r"1[0-2]|0?[1-9]|\d{2}|十[一二]?|[一二三四五六七八九]"
_DAY = r"\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]"

#: The part of a year, named by the letter that is put for %: 年年底, 第一季度, 3月, 3月5日, 3月上旬.
PARTS = (
    rf"(?:(?:年?(?P<part%>{_FINISH}|{_START}|{_MIDDLE}|内(?![容部外在涵蒙])|[上下]半年(?:末|底)?|上旬|下旬|{_QUARTER}|度内|度(?!过)))"
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
        return _end(pd.Timestamp(year, 12, 31))
    if part[-1] in "底末":  # 第一季度末, 上半年底
        whole = read_span(year, {"part": part[:-1]})
        return None if whole is None else _end(whole.last)
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


def _end(day: pd.Timestamp) -> Span:
    return Span(day, day, f"{day:%Y-%m-%d}", by=True)


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
        return _end(pd.Timestamp(year, month, n_days))
    third = {"初": 0, "上": 0, "中": 1, "下": 2}[tail[0]]
    begin = pd.Timestamp(year, month, 10 * third + 1)
    end = pd.Timestamp(year, month, 10 * third + 10 if third < 2 else n_days)
    evidence = "初 of a month: its first ten days" if tail == "初" else None
    return Span(begin, end, f"{begin:%Y-%m-%d}/{end:%Y-%m-%d}", evidence=evidence)


#: 十三五 and its like: the five-year plan, whose last character is the half-decade after 1950.
FIVE_YEAR_PLAN = '[“”"\']?(?P<plan>十[一二三四五六]|(?<=[“"])[七八九十])五[“”"\']?'


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
# 今年是中华人民共和国成立75周年
_ANNIVERSARY = re.compile(
    r"今年是[^。,;\n]{0,6}?(?P<who>中华人民共和国|新中国|中国共产党|建党)(?:成立)?(?P<n>\d{2,3})周年"
)
_FOUNDED = {"中国共产党": 1921, "建党": 1921, "中华人民共和国": 1949, "新中国": 1949}


def _year_of_report(title: object, text: str) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """2024年政府工作报告 is held in 2024, and tells of the year before; 2024年工作要点 plans 2024."""
    if (day := find_delivery_day(text, own_line=False)) is not None:
        return day, day
    named = _REPORT.search(title) if isinstance(title, str) else None
    year = int(named[1]) if named else 0
    if not year and (back := LOOKED_BACK.search(text) or YEAR_PAST.search(text)):
        year = int(back["year"] if "year" in back.groupdict() else back[1]) + 1
    elif not year and (ahead := [int(heading[1]) for heading in LOOKED_AHEAD.finditer(text)]):
        year = ahead[0] + (ahead[0] + 1 in ahead[1:2])  # 2023年主要工作, then 2024年主要工作
    elif not year and (jubilee := _ANNIVERSARY.search(text)):
        year = _FOUNDED[jubilee["who"]] + int(jubilee["n"])
    return (pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)) if 1949 <= year <= 2099 else (None, None)


_NEAR = 300  # how far before a date its year may stand, in characters
_WORDS = {"今年": 0, "本年": 0, "本年度": 0, "当年": 0, "明年": 1, "次年": 1, "翌年": 1, "第二年": 1, "后年": 2}
_WORDS |= {"下一年度": 1, "下一年": 1, "下年度": 1}
#: Years that count from a year named, not from that of the document.
COUNTED_ON = frozenset({"次年", "翌年", "第二年"})


def year_meant(text: str, begin: int, word: str | None, own: OwnDate, dated: list[int]) -> tuple[int | None, str]:
    """The year that a date without one means, and where it is told: a date before it in the same line, or the document.

    Parameters
    ----------
    text : str
        Prepared text.
    begin : int
        Where the date stands.
    word : str or None
        今年, 明年 and the like; None for 年底前.
    own : OwnDate
    dated : list of int
        Where dates with a year begin, in order.

    Returns
    -------
    year : int or None
    evidence : str

    Examples
    --------
    >>> own = OwnDate(None, None, 2024)
    >>> year_meant("明年6月底前", 0, "明年", own, [])
    (2025, 'year of the document')
    >>> year_meant("2017年3月挂牌,年底前运行", 9, None, own, [0])
    (2017, 'year named before in the same line')
    """
    ahead = _WORDS.get(word or "", 0)
    if word is None or word == "当年" or word in COUNTED_ON:
        floor = max(text.rfind("\n", max(0, begin - _NEAR), begin), begin - _NEAR)
        index = nearest_before(dated, begin, floor + 1)
        if index is not None and (named := re.search(YEAR, text[dated[index] : dated[index] + 14])):
            year = read_year(named[0])
            if year is not None:
                return year + ahead, "year named before in the same line"
    if own.year is not None and word != "当年" and word not in COUNTED_ON:
        return own.year + ahead, "year of the document"
    return None, ""


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


# Times with a name of their own ----------------------------------------------------------------------------------------

_PLAN = re.compile(
    rf"{FIVE_YEAR_PLAN}(?P<when>(?:期|时期)?末(?:期)?|(?:时期|期间)?(?P<side>[前后])(?P<n>[一二两三四])年|期间(?!第)|时期|规划期内?|期内)"
)
_DESCRIBED = re.compile(",?是")  # “十四五”时期是关键期
_ISSUE = re.compile(
    rf"[自从](?:本[\u4e00-\u9fff]{{1,4}})?(?P<event>公布|发布|印发|颁布|下发|签发)之日起(?:满?(?P<n>\d{{1,3}}|{HAN_NUMBER})[日天]后)?"
    r"(?=(?:开始|正式|起)?(?:施行|实施|执行|生效))"
)
# 今明两年, 下世纪初, 秋季投用; 春节前, 国庆节前; 到本世纪中叶
_BOTH = sought(
    "今明两年|今冬明春|(?<![到至])[本下]世纪(?:初|中叶|末)(?!以来)|(?:今[春夏秋冬]|(?<![年每届四\\d])[春夏秋冬]季)(?=搬迁|启用|投用|投入使用|建成|竣工|完工|开工|正式|全面)",
    core="今明两年|今冬明春|世纪|今[春夏秋冬]|季(?=搬迁|启用|投用|投入使用|建成|竣工|完工|开工|正式|全面)",
    reach=1,
)
_FEAST = {
    "国庆": (10, 1),
    "十一": (10, 1),
    "元旦": (1, 1),
    "五一": (5, 1),
    "七一": (7, 1),
}  # those of the sun: 春节 moves
_AT_ONCE = re.compile("[自从]?即日起")
_CENTURY = re.compile("[到至]本?世纪(?P<part>中叶|末)(?:前)?")


def find_named_times(text: str, claims: Claims, own: OwnDate, document: Mapping[str, object]) -> Iterator[Mention]:
    """“十三五”期间, 自公布之日起, 今明两年, 到本世纪中叶 with their days, as far as they can be told; 春节前 and 汛期前 without.

    Examples
    --------
    >>> text = "“十三五”期间建成,到本世纪中叶领先,春节前兑付"
    >>> found = find_named_times(text, Claims(len(text)), OwnDate(None, None, None), {})
    >>> [(text[one.begin : one.end], one.role, one.value) for one in found]  # doctest: +NORMALIZE_WHITESPACE
    [('“十三五”期间', 'period', '2016-01-01/2020-12-31'), ('到本世纪中叶', 'deadline', '2050-12-31'),
     ('春节前', 'deadline', '春节前')]
    """
    yield from _plans(text, claims, own)
    yield from _from_issue(text, claims, document)
    yield from _in_words(text, claims, own)


def _plans(text: str, claims: Claims, own: OwnDate) -> Iterator[Mention]:
    """“十三五”期间 is a period, 到“十三五”末 a deadline; both are left out once they lie behind the document."""
    for found in _PLAN.finditer(text):
        span = _side_of_plan(plan_span(found["plan"]), found["side"], found["n"])
        if own.first is not None and span.last < own.first:
            continue
        if (own.first is None or span.first <= own.first) and DONE.match(text, found.end()):
            continue
        if _DESCRIBED.match(text, found.end()):
            continue
        begin, end = found.span()
        if "末" in found["when"]:
            begin -= bool(TO.search(text[max(0, begin - 2) : begin]))
            mention = dated_mention("deadline", begin, end, None, span.last)
        else:
            mention = dated_mention("period", begin, end, span.first, span.last)
        if claims.claim(begin, end):
            yield mention


def _side_of_plan(span: Span, side: str | None, number: str | None) -> Span:
    """“十五”后两年: the last two of its years."""
    years = int(read_number(number) or 0) if number else 0
    if side == "后":
        return span._replace(first=pd.Timestamp(span.last.year - years + 1, 1, 1))
    return span._replace(last=pd.Timestamp(span.first.year + years - 1, 12, 31)) if side else span


def _from_issue(text: str, claims: Claims, document: Mapping[str, object]) -> Iterator[Mention]:
    """自公布之日起施行: the day on which the document was made public; 自印发之日起: its date. The date of a law is that of its vote."""
    for found in _ISSUE.finditer(text):
        if not claims.claim(*found.span()):
            continue
        basis = "published" if found["event"] in {"公布", "发布", "颁布"} else "dated"
        date = read_day(document, basis)
        days = read_number(found["n"]) if found["n"] else 0
        date = None if date is None or days is None or days > 999 else date + pd.Timedelta(days=int(days))
        value = found[0] if date is None else f"{date:%Y-%m-%d}"
        evidence = None if date is None else f"the document's own date: {basis}"
        yield Mention("deadline", value, "start", *found.span(), date, None, None, evidence)


def _in_words(text: str, claims: Claims, own: OwnDate) -> Iterator[Mention]:
    """今明两年, 国庆节前, 到本世纪中叶 with their days; 春节前 and 汛期前 without."""
    for found in _BOTH.finditer(text):
        if OF_SOMETHING.match(text, found.end()) or not claims.claim(*found.span()):
            continue
        if own.year is None or found[0] != "今明两年":
            yield Mention("deadline", found[0], "period", *found.span())
        else:
            first, last = pd.Timestamp(own.year, 1, 1), pd.Timestamp(own.year + 1, 12, 31)
            yield dated_mention("period", *found.span(), first, last, evidence="year of the document")
    for found in _CENTURY.finditer(text):
        if claims.claim(*found.span()):
            year = 2050 if found["part"] == "中叶" else 2100
            yield dated_mention(
                "deadline", *found.span(), None, pd.Timestamp(year, 12, 31), evidence=f"the century: {year}"
            )
    for pattern, role in ((SEASON, "deadline"), (_AT_ONCE, "start")):
        for found in pattern.finditer(text):
            if claims.claim(*found.span()):
                if role == "deadline" and (feast := _day_of_feast(found[0], own)) is not None:
                    yield dated_mention(
                        role,
                        *found.span(),
                        None,
                        feast,
                        evidence="a fixed day; the year from the words or the document",
                    )
                    continue
                day = own.first if role == "start" and own.first == own.last else None
                yield Mention("deadline", found[0], role, *found.span(), not_before=day)


def _day_of_feast(words: str, own: OwnDate) -> pd.Timestamp | None:
    """国庆节前 includes 1 October of the year that is named, else of the document's, or of the next if it is over."""
    name = next((name for name in _FEAST if name in words), None)
    named = re.match(r"20\d\d", words)
    if name is None or (own.year is None and not named):
        return None
    day = pd.Timestamp(int(named[0]) if named else (own.year or 0) + words.startswith("明"), *_FEAST[name])
    over = name == "元旦" or (own.first is not None and day < own.first)  # 元旦前 is by the next one
    return day + pd.DateOffset(years=1) if over and not named and not words.startswith("明") else day

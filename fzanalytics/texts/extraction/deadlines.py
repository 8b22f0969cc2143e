"""By when, over what period, from when on and how often: deadlines as dated intervals of days.

Dates in a plan are of two sorts: those by which something is to be done, and those that belong to something else, a
document cited, a meeting held, work reported. Only the first are deadlines; the rules that part them are in the
notes of `find_deadlines`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from fzanalytics.texts.extraction import wording
from fzanalytics.texts.extraction.intervals import (
    COUNTED_ON,
    PARTS,
    YEAR,
    OwnDate,
    Span,
    find_named_times,
    last_day,
    read_own_date,
    read_span,
    year_meant,
)
from fzanalytics.texts.extraction.mentions import Mention, dated_mention
from fzanalytics.texts.extraction.recurrence import find_durations, find_recurring
from fzanalytics.texts.extraction.wording import Claims, lines_without_deadlines, past_part, prepare
from fzanalytics.texts.numbers import read_year
from fzanalytics.texts.searching import sought


def find_deadlines(text: str, *, document: Mapping[str, object]) -> list[Mention]:
    """Deadlines, periods, starts, recurring and relative time limits of one document.

    Parameters
    ----------
    text : str
        Clean text.
    document : mapping
        What is known of the document: dated, earliest, latest, published, title; any may be missing or NaT.

    Returns
    -------
    list of Mention
        kind "deadline", in order of place, without overlap. not_before and not_after are inclusive days; None is open.

        ========== ============================== ====================== ================================
        role       what it is                     value                  interval
        ========== ============================== ====================== ================================
        deadline   2017年年底前, 到2020年         2017-12-31             .. not_after
        period     2018年3月, 2017年第一季度      2018-03, 2017-Q1       both ends: to be done in it
        period     2016—2020年, “十三五”期间      first/last day         both ends
        start      自2017年1月1日起, 2018年以后   2017-01-01, 2019-01-01 not_before ..
        recurring  每年第一季度, 每月5日前        R/P1Y Q1, R/P1M ---05  none
        relative   30日内, 今后三年, 不少于30日   P30D, P3Y, P30D        none
        ========== ============================== ====================== ================================

        Values are ISO 8601 where that has a form; 2017-Q1 and 2017-H1 are a quarter and a half year, the grammar of the
        recurring and relative ones is that of `recurrence`. `evidence` says what was chosen, mended or taken from
        elsewhere (the year of the sentence, the date of the document), else it is None.

    Notes
    -----
    Readings chosen. 底 and 末 name the last day, as does 内 behind a year. 前 includes the unit that it names, as 以内 does in
    statutes: 2017年5月前 runs to the end of May, 2020年前 to that of 2020; `evidence` says so where the unit is a bare month or
    year, for by the letter it would be done before that begins. 到2020年 runs to its end. 年初 is January, 年中 June; 2017年中旬,
    of a year, its middle third, May to August. 自2016年起，用两年时间 is one period, the words between in its span.

    No deadline, and left out: what stands in 《》 or a 发文字号; lines that are a title, a date line, or years in brackets; a year
    named to compare with (比2015年), to modify a noun (2016年的, 实施2024年重点项目) or to be described (2024年是); 以来; 截至, unless it
    lies ahead; a plain day without 前, 底, 到 or 起, unless the document is dated and older; what lies before the document's own
    month or year; the part of a report that looks back; a plain date with 已完成 or 了 behind it; conditions (一年内发生); names
    (“周调度”制度); what is thought likely. A date with 前, or with 到 before it, stays although it lies before the document: plans
    copy deadlines that have passed; not where it tells which things are meant (2000年底前建成的小区).

    自公布之日起 has a day only if that of publication is known, 自印发之日起 that of the document. 国庆节前 has one, 春节前 none.
    年底前, 6月底前 and 今年 get dates only from a year named before in the same sentence or line, or from the year of the document
    (dated, or earliest and latest in one year, or what its title, opening and headings tell): the first such date that is not
    before it. Else they are a deadline without dates. 10月全线通车 needs the document's year, and a task. Report texts without
    any date keep what they tell of past years, if no 了 or 已 shows it.

    Examples
    --------
    >>> text = "2017年6月底前完成清理。自2016年起，用两年时间评估。每年第一季度报告，30日内答复。"
    >>> for one in find_deadlines(text, document={}):
    ...     print(text[one.begin : one.end], one.role, one.value)
    2017年6月底前 deadline 2017-06-30
    自2016年起，用两年时间 period 2016-01-01/2017-12-31
    每年第一季度 recurring R/P1Y Q1
    30日内 relative P30D
    """
    prepared = prepare(text)
    ready = prepared.text
    claims = Claims(len(ready))
    for begin, end in [*past_part(ready), *lines_without_deadlines(ready)]:  # the part whole, before lines in it
        claims.claim(begin, end)
    own = read_own_date(document, text=ready)
    found = list(find_recurring(ready, claims))
    found += _absolute(ready, claims, own)
    found += find_named_times(ready, claims, own, document)
    found += find_durations(ready, claims)
    found += _yearless(ready, claims, own, sorted(one.begin for one in found if one.value[:2] in {"19", "20"}))
    mentions = []
    for one in sorted(found, key=lambda mention: mention.begin):
        begin, end = prepared.span(one.begin, one.end)
        mentions.append(one._replace(begin=begin, end=end))
    return mentions


# Dates with a year ------------------------------------------------------------------------------------------------------

_JOIN = "起?(?:[-—–~～]{1,2}|[至到])"
_DATE = re.compile(
    rf"(?P<year>{YEAR})(?:(?P<named>年|(?=[、和及](?:20\d\d[、和及]){{0,3}}20\d\d年))份?(?:{PARTS.replace('%', '1')}|(?P<bare>\d{{1,2}})(?=[-—–~～至到]{{1,2}}\d{{1,2}}月))?)?"
    rf"(?:{_JOIN}(?:(?P<year2>{YEAR})年份?(?:{PARTS.replace('%', '2')})?|{PARTS.replace('%', '3')}|(?P<day4>\d{{1,2}})日))?"
)


def _parts(found: re.Match[str], letter: str) -> dict[str, str | None]:
    groups = found.groupdict()
    parts = {name: groups.get(name + letter) for name in ("part", "month", "day", "tail")}
    if letter == "1" and groups.get("bare"):  # 2019年9-12月
        parts["month"] = groups["bare"]
    if letter == "2" and groups.get("day5"):  # 6月11日至20日
        parts |= {"month": groups["month1"], "day": groups["day5"]}
    return parts


def _absolute(text: str, claims: Claims, own: OwnDate) -> Iterator[Mention]:
    for found in _DATE.finditer(text):
        joined = found["year2"] or found["part3"] or found["month3"] or found["day4"]
        year = read_year(found["year"])
        if year is None or not (joined or found["named"] is not None):
            continue
        first = read_span(year, _parts(found, "1"))
        if first is None:
            continue
        if joined:
            mention = _period(text, found, year, first, own)
        else:
            mention = _single(text, found, first, own)
        if mention is not None and claims.claim(mention.begin, mention.end):
            yield mention


def _period(text: str, found: re.Match[str], year: int, first: Span, own: OwnDate) -> Mention | None:
    """2016—2020年, 从2017年3月至5月, 2017年3月1日至15日."""
    if found["year2"]:
        year_of_last = read_year(found["year2"])
        last = read_span(year_of_last, _parts(found, "2")) if year_of_last else None
    elif found["day4"]:
        last = read_span(year, {"month": found["month1"], "day": found["day4"]}) if found["month1"] else None
    else:
        last = read_span(year, _parts(found, "3"))
    before, after = text[max(0, found.start() - 10) : found.start()], text[found.end() : found.end() + 40]
    if (
        last is None
        or last.last < first.first
        or (own.first is not None and last.last.year < own.first.year)
        or (own.first is not None and own.first == own.last and found["day1"] and last.last < own.first)
        or wording.NAME_BEFORE.search(before)
        or wording.NAME_BEHIND.match(after)
        or wording.COMPARED.match(after)
    ):
        return None
    begin = found.start() - 1 if wording.SINCE.search(before) else found.start()
    during = wording.DURING.match(after)
    end = found.end() + (during.end() if during else 0)
    return dated_mention("period", begin, end, first.first, last.last, evidence=last.evidence or first.evidence)


def _single(text: str, found: re.Match[str], span: Span, own: OwnDate) -> Mention | None:
    """One date: by it, from it on, or in it."""
    begin, end = found.span()
    end += 2 * text.startswith("左右", end)
    before, after = text[max(0, begin - 10) : begin], text[end : end + 60]
    if (
        wording.NAME_BEFORE.search(before)
        or after.startswith("以来")
        or wording.COMPARED.search(before)
        or wording.COMPARED.match(after)
    ):
        return None
    if as_of := wording.AS_OF.search(before):
        aimed = own.first is not None and own.first <= span.last and wording.AIMED.match(after[1:])
        ahead = own.last is not None and (span.last > own.last or aimed)
        return dated_mention("deadline", begin - len(as_of[0]), end, None, span.last) if ahead else None
    since = wording.SINCE.search(before)
    if term := wording.TERM_OF_YEAR.match(after):
        month = 3 if term["term"] == "春" else 9
        span = span._replace(
            first=pd.Timestamp(span.first.year, month, 1), evidence=f"term of a school: from month {month} on"
        )
        end, after = end + term.end(), after[term.end() :]
    if using := wording.USING.match(after):
        last = last_day(span.first, using["n"], using["unit"])
        if last is not None:
            return dated_mention("period", begin - bool(since), end + using.end(), span.first, last)
    if (start := wording.FROM.match(after)) or since:
        if wording.FORMER.match(after, start.end() if start else 0):  # 2003年1月1日起施行的《办法》同时废止
            return None
        past = own.first is not None and span.last.year < own.first.year
        if past and not wording.IN_FORCE.match(after, start.end() if start else 0):
            return None
        stop = end + (start.end() if start else 0)
        return dated_mention("start", begin - bool(since), stop, span.first, None, evidence=span.evidence)
    if by := wording.BY.match(after):
        ahead = own.first is not None and span.last >= own.first
        long_ago = own.first is not None and span.last.year < own.first.year - 10
        which = (wording.DONE_BEFORE if ahead else wording.BUILT_BEFORE).match(after, by.end())
        if long_ago or which:
            return None
        if wording.TO.search(before):  # 到2020年前 runs to the end of 2020, as 到2020年 does
            return dated_mention("deadline", begin - 1, end + by.end(), None, span.last, evidence=span.evidence)
        return _by(begin, end + by.end(), span, _parts(found, "1"))
    if (
        (to := wording.TO.search(before))
        or wording.CLOSING.search(before)
        or (found["day1"] and wording.LISTED_BY.match(after))
    ):
        return dated_mention("deadline", begin - bool(to), end, None, span.last, evidence=span.evidence)
    if wording.TO_LIST.search(text[max(0, begin - 30) : begin]):  # 到2020年、2025年
        return dated_mention("deadline", begin, end, None, span.last, evidence=span.evidence)
    if later := wording.LATER.match(after):
        first = span.first if found["day1"] else span.last + pd.Timedelta(days=1)
        of_which = before.endswith("对") and re.match("[^,。;\n]{0,16}的", after[later.end() :])
        if of_which or (own.first is not None and own.first == own.last and first < own.first):
            return None
        return dated_mention("start", begin, end + later.end(), first, None, evidence=span.evidence)
    return _plain(text, found, end, after, span, own)


def _by(begin: int, end: int, span: Span, parts: Mapping[str, str | None], evidence: str | None = None) -> Mention:
    """前 includes what it names: 2017年6月底前 the day, 2017年5月前 the month, 2020年前 the year."""
    told = [evidence or span.evidence or ""]
    if not any(parts.get(name) for name in ("part", "day", "tail")):
        told.append(f"前: the {'month' if parts.get('month') else 'year'} that it names is included")
    return dated_mention("deadline", begin, end, None, span.last, evidence="; ".join(filter(None, told)) or None)


def _plain(text: str, found: re.Match[str], end: int, after: str, span: Span, own: OwnDate) -> Mention | None:
    """A date without a word that says by or from: something to be done in it, unless it is of something else."""
    if found["day1"] and (in_force := wording.FORCE.match(after)):
        end += len(in_force[0]) - len(in_force[0].lstrip("起"))
        return dated_mention("start", found.start(), end, span.first, None, evidence=span.evidence)
    exact = found["day1"] or own.first == own.last  # else the days of a document whose date is not known to the day
    past = own.first is not None and (span.last < own.first if exact else span.last.year < own.first.year)
    no_later = own.last is None or span.first.year <= own.last.year
    whole = not any(_parts(found, "1").values())
    modified = whole and no_later and not wording.TASK_NEXT.match(after)
    if (
        past
        or wording.SEASON.pattern.match(after)
        or (whole and wording.FORECAST.match(after))
        or (whole and _is_over(span, after, own))
        or (modified and wording.MODIFIES.search(text[max(0, found.start() - 3) : found.start()]))
        or wording.OF_SOMETHING.match(after)
        or _of_a_year(found["part1"], after)
        or (no_later and wording.DONE.match(after))
        or (found["day1"] and (own.first is None or wording.EVENT.match(after)))
    ):
        return None
    return _within(found.start(), end, span, _parts(found, "1"), span.evidence)


def _is_over(span: Span, after: str, own: OwnDate) -> bool:
    """2018年 in a document of December 2018, where nothing says that it is still to be done."""
    late = own.first is not None and own.first == own.last and own.first.month >= _LATE
    return late and own.first is not None and span.first.year == own.first.year and not wording.STILL.match(after)


def _of_a_year(part: str | None, after: str) -> bool:
    """2016年度考核: a year that modifies a noun; not 2019年度要完成."""
    return (part or "").endswith("度") and not (part or "").endswith("季度") and not wording.YEAR_TASK.match(after)


def _within(begin: int, end: int, span: Span, parts: Mapping[str, str | None], evidence: str | None) -> Mention:
    """A date alone: 底 and 内 say by when, others in which stretch."""
    if span.by or (parts.get("part") or "").endswith("内"):
        return dated_mention("deadline", begin, end, None, span.last, evidence=evidence)
    return Mention("deadline", span.value, "period", begin, end, span.first, span.last, None, evidence)


# Dates without a year -----------------------------------------------------------------------------------------------------

_HAN = "一二三四五六七八九十"
_LATE = 10  # the month from which on a document plans the year to come
_UNTIL = rf"(?:起?(?:[-—–~～]{{1,2}}|[至到])(?:{PARTS.replace('%', '2')}|(?P<day5>\d{{1,2}})日)内?)?"
_NAMED_YEAR = re.compile(
    rf"(?P<word>今年|下一年度?(?!度)|下年度|本年度|本年(?!度)|当年|明年|次年|翌年|后年|第二年(?=年?[底末初中上下第\d]))的?"
    rf"(?:(?:{PARTS.replace('%', '1')}){_UNTIL}|(?=[,要将起前拟再]|开始|以?前)|(?<=[今明]年){wording.NO_ADDRESS})"
)
_BARE = sought(
    rf"(?<![\d年每{_HAN}半数几多两今明去上当本次后历近同度前\x00])"
    rf"(?:年(?P<part0>底(?![线数])|末|内|中(?=前|(?:全部|全面|基本)?(?:完成|建成|启动|开工|投用|投产|通车|实现)))|(?P<part1>[上下]半年(?:末|底)?|第?[一二三四1-4]季度(?:末|底)?|前[一二三1-3]个?季度)|(?P<months>[当本]?月[底末])"
    rf"|(?:(?P<month1>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?(?:(?P<day1>\d{{1,2}})日|(?P<tail1>上旬|中旬|下旬|底|末|初))?|(?P<from>1[0-2]|[1-9])(?=[-—–~～至到]{{1,2}}\d{{1,2}}月)){_UNTIL})",
    core="年(?=[底末内中])|半年|季度|月",
    reach=6,
)
_TO_BARE = re.compile(r"(?<![达得受收回看溯遇年月日号])[到至]$")


def _yearless(text: str, claims: Claims, own: OwnDate, dated: list[int]) -> Iterator[Mention]:
    for pattern in (_NAMED_YEAR, _BARE):
        for found in pattern.finditer(text):
            begin, end = found.span()
            by = wording.BY.match(text, end)
            start = None if by else wording.FROM.match(text, end)
            if pattern is _BARE and not (_is_task(text, found, own) or _sets_limit(text, found, by, start)):
                continue
            if wording.AS_OF.search(text[max(0, begin - 3) : begin]) or not (by or start or _is_meant(text, found)):
                continue
            end = by.end() if by else start.end() if start else end
            begin -= bool((wording.SINCE if start else wording.TO).search(text[max(0, begin - 2) : begin]))
            mention = _resolve(text, found, begin, end, own, dated, by=bool(by), start=bool(start))
            if mention is not None and claims.claim(begin, end):
                yield mention


def _is_meant(text: str, found: re.Match[str]) -> bool:
    """Whether a date without a year, 前 and 起 is one of something to do: not 今年的, 今年6月已建成, 预计今年可."""
    begin, end = found.span()
    return not (
        wording.DONE.match(text, end)
        or wording.OF_SOMETHING.match(text, end)
        or wording.SEASON.pattern.match(text, end)
        or (text.startswith("可", end) and wording.EXPECTED.search(text[max(0, begin - 2) : begin]))
        or (found[0] == "今年" and wording.FORECAST.match(text, end))
        or _of_a_year(found.groupdict().get("part1"), text[end : end + 4])
    )


def _sets_limit(text: str, found: re.Match[str], by: object, start: object) -> bool:
    """A bare month or quarter is a limit only with 前 or 底; 年底, 年内 and a half year always are."""
    if by or found["part0"] or (found["month1"] and _TO_BARE.search(text[max(0, found.start() - 3) : found.start()])):
        return True
    if (found["part1"] or "").startswith("前"):
        return wording.TODO.match(text, found.end()) is not None
    if found["part1"]:
        aimed = wording.AIMED.search(text[max(0, found.start() - 8) : found.start()])
        return aimed is not None or not wording.GROWTH.match(text, found.end())
    return {found["tail1"], found["tail2"]} & {"底", "末"} != set() or bool(found["day1"] and start)


def _is_task(text: str, found: re.Match[str], own: OwnDate) -> bool:
    """10月全线通车, 6—9月集中开展, 3月、6月底前: a bare month in which something is to be done, in a document whose year is known."""
    if not (found["month1"] or found["from"]) or (found["month1"] or "1")[0] in _HAN:
        return False
    if wording.TOGETHER.match(text, found.end()):
        return True
    to = _parts(found, "2")
    bracketed = to["month"] and text[found.start() - 1 : found.start()] == "(" and text.startswith(")", found.end())
    step = (to["month"] or not found["day1"]) and wording.STEP.match(text, found.end())
    if own.year is None or not (bracketed or step or wording.TODO.match(text, found.end())):
        return False
    span = read_span(own.year, to if to["month"] else _parts(found, "1"))
    return span is not None and own.first is not None and span.last >= own.first


def _resolve(
    text: str, found: re.Match[str], begin: int, end: int, own: OwnDate, dated: list[int], *, by: bool, start: bool
) -> Mention | None:
    groups = found.groupdict()
    parts = _parts(found, "1") | ({"part": groups["part0"]} if groups.get("part0") else {})
    if groups.get("from"):
        parts["month"] = groups["from"]
    word = groups.get("word")
    year, evidence = year_meant(text, begin, word, own, dated)
    to = _parts(found, "2")
    ranged = any(to.values())
    ends = by or bool(groups.get("months")) or (not ranged and _names_end(parts)) or text[begin] in "到至"
    role = "start" if start else "deadline" if ends else "period"
    if word == "当年" and year is None and not any(parts.values()):  # 计划当年要提请审议的项目: of any year
        return None
    if word in COUNTED_ON and year is None:
        role = "relative"
    span = None if year is None or groups.get("months") else read_span(year, parts)
    if span is not None and evidence.endswith("document") and own.first and span.last < own.first:
        if not (by or ends) and (word or own.first.month < _LATE):  # 今年3月, 上半年 in August tell of the past
            return None
        span = span if word else read_span(span.last.year + 1, parts)  # 3月底前 in a plan of December
    last = read_span(span.first.year, to) if ranged and span is not None else span
    if span is None or last is None or last.last < span.first:
        return Mention("deadline", text[begin:end], role, begin, end)
    if ranged and not start:
        return dated_mention(role, begin, end, None if by else span.first, last.last, evidence=evidence)
    if start:
        return dated_mention("start", begin, end, span.first, None, evidence=evidence)
    if by:
        return _by(begin, end, span, parts, evidence)
    if text[begin] in "到至":
        return dated_mention("deadline", begin, end, None, span.last, evidence=evidence)
    return _within(begin, end, span, parts, evidence)


def _names_end(parts: Mapping[str, str | None]) -> bool:
    return (parts.get("part") or "")[-1:] in {*"底末内"} or (parts.get("tail") or "")[:1] in {*"底末"}

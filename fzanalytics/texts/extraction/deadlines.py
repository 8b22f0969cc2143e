"""By when, over what period, from when on and how often: deadlines as dated intervals of days.

Dates in a plan are of two sorts: those by which something is to be done, and those that belong to something else, a
document cited, a meeting held, work reported. Only the first are deadlines; the rules that part them are in the
notes of `find_deadlines`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from fzanalytics.texts.extraction.intervals import (
    FIVE_YEAR_PLAN,
    PARTS,
    YEAR,
    OwnDate,
    Span,
    last_day,
    past_part,
    plan_span,
    read_day,
    read_own_date,
    read_span,
    read_year,
)
from fzanalytics.texts.extraction.mentions import Mention
from fzanalytics.texts.extraction.recurrence import find_durations, find_recurring
from fzanalytics.texts.extraction.wording import HAN_NUMBER, Claims, nearest_before, prepare, read_number
from fzanalytics.texts.metadata import KINDS


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

    No deadline, and left out: what stands in 《》 or a 发文字号, with the date in brackets behind it; lines that are a
    title, a date line, or years in brackets; 2015年第3次常务会议; a year named to compare with (比2015年), to modify a noun
    (2016年的, 2016年度考核, 2015年印发的, 2024年重点工作) or to be described (2024年是); 以来; 截至, unless it lies ahead; a
    plain day without 前, 底, 到 or 起, unless the document is dated and older; a month, a year or a period of a year
    before the document's own; the part of a report that looks back (2023年工作回顾); a plain date not after the document's year with 已完成 or 了 behind it; 一年内发生 (a
    condition); 3月 alone. A date with 前, or with 到 before it, stays although it lies before the document:
    plans copy deadlines that have passed; not where it tells which things are meant (2000年底前建成的小区).

    年底前, 6月底前 and 今年 get dates only from a year named before in the same sentence or line, or from the year of the
    document (dated, or earliest and latest in one year, or 2024年政府工作报告, or a heading 2023年工作回顾): the first such date that is not before it.
    Else they are a deadline without dates. Report texts without any date keep what they tell of past years, if no 了 or 已 shows it.

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
    for begin, end in _lines_without_deadlines(ready):
        claims.claim(begin, end)
    for begin, end in past_part(ready):
        claims.claim(begin, end)
    own = read_own_date(document, text=ready)
    found = list(find_recurring(ready, claims))
    found += _absolute(ready, claims, own)
    found += _plans(ready, claims, own)
    found += _from_issue(ready, claims, document)
    found += _ahead(ready, claims)
    found += find_durations(ready, claims)
    found += _yearless(ready, claims, own, sorted(one.begin for one in found if one.value[:2] in {"19", "20"}))
    mentions = []
    for one in sorted(found, key=lambda mention: mention.begin):
        begin, end = prepared.span(one.begin, one.end)
        mentions.append(one._replace(begin=begin, end=end))
    return mentions


# Lines and stretches that hold no deadline ------------------------------------------------------------------------------

_TITLE_END = re.compile(rf"(?:{'|'.join(KINDS)})(?:\([^()\n]{{1,30}}\))?$")
_TITLE_HEAD = re.compile(r"[^。;,:\n]{0,30}关于")  # the first line of a title that wraps
# 二、2024年总体思路和预期目标
_YEAR_HEADING = re.compile(
    rf"(?:[一二三四五六七八九十]{{1,2}}、)?[^。;,:\n]{{0,8}}{YEAR}年[^。;,:\n]{{0,24}}(?:工作|任务|目标|思路|要求|安排|重点|建议|形势|趋势)"
)
_SENTENCE = re.compile(r"[。;,:!?每到前底内起]")
_YEARS_ALONE = re.compile(r"\(?[\d〇一二三四五六七八九十 年月日度至到—–~～-]{4,30}\)?$")


def _lines_without_deadlines(text: str) -> Iterator[tuple[int, int]]:
    """Titles, date lines and lines of years in brackets."""
    begin = 0
    for line in text.split("\n"):
        words = line.strip("#* ") if len(line) <= 110 else ""
        title = words and not _SENTENCE.search(words) and _TITLE_END.search(words[-60:])
        if (
            title
            or _YEARS_ALONE.match(words)
            or ((_TITLE_HEAD.match(words) or _YEAR_HEADING.fullmatch(words)) and not _SENTENCE.search(words))
        ):
            yield begin, begin + len(line)
        begin += len(line) + 1


# Dates with a year ------------------------------------------------------------------------------------------------------

_JOIN = "起?(?:[-—–~～]{1,2}|[至到])"
_DATE = re.compile(
    rf"(?P<year>{YEAR})(?:(?P<named>年)份?(?:{PARTS.replace('%', '1')}|(?P<bare>\d{{1,2}})(?=[-—–~～至到]{{1,2}}\d{{1,2}}月))?)?"
    rf"(?:{_JOIN}(?:(?P<year2>{YEAR})年份?(?:{PARTS.replace('%', '2')})?|{PARTS.replace('%', '3')}|(?P<day4>\d{{1,2}})日))?"
)
_BY = re.compile(r"(?:之前|以前|前(?![期后往列提置瞻沿景端述三两半几]))")
_FROM = re.compile(r"起(?![草诉步点源来])|开始|始(?!终)")
# 2000年底前建成的小区: which ones, not by when
_BUILT_BEFORE = re.compile(
    r"(?:建成|建设|竣工|交付|出生|成立|取得|获得|获批|参加|投入|符合|登记|注册|入职|已)[^。;,\n]{0,8}的(?!目标|任务)"
)
_LATER = re.compile(r"(?:之后|以后|后(?![续期备勤台]))")
_DURING = re.compile(r"(?:这)?(?:期间|间)")
_USING = re.compile(
    rf"(?:起|开始)?,?(?:力争|争取|计划|再)?用(?P<n>\d{{1,2}}|{HAN_NUMBER})(?P<unit>年|个月)(?:左右)?的?时间"
)
_IN_FORCE = re.compile(r"[^。;,\n]{0,6}(?:施行|实施|执行|生效)")
_AS_OF = re.compile(r"截[至止][到至]?$")
_COMPARED = re.compile(
    r"(?:比|较|同比|较之|过去的|承办|举办|办好|召开|参加)$|^(?:相比|基础上|水平|基期|同期|以来|来(?![源自])|为基)"
)
_TO = re.compile(r"(?<![达得受收回看溯遇])[到至]$")
_SINCE = re.compile(r"[自从]$")
# 2015年第3次常务会议; 2016年的工作; 2015年印发的; 2024年世界园艺博览会; 2023年工作回顾
_OF_SOMETHING = re.compile(
    r"第[\d一二三四五六七八九十]{1,4}[次届号期批]|的(?![^,。;、\n]{0,6}预期目标)|版|修[订正][版本]|远景目标|中央一号文件|国民经济|[^。;,、\n]{0,4}(?:预算|决算)"
    r"|[^。;,\n]{0,6}(?:印发|发布|公布|制定|出台|修订|颁布|通过|施行|下发|签订|批准)的"
    r"|[^。;,、\n]{0,14}(?:大督查|普查|对话会|大会|艺术节|文化节|旅游节|联赛|锦标赛|运动会|博览会|亚运会|奥运会|冬奥会|园博会|峰会|论坛|年会)"
    r"|,?是|预计|[及和](?:今后|未来)|[^。;,、\n]{0,12}(?:趋势|形势)|[^。;,、\n]{0,4}(?:发展|外部)环境|(?:政府)?(?:重点|主要)工作|主要目标任务|目标任务|(?:效能|绩效|述职|考核)|(?:政府)?工作(?=\n|$)|(?:政府)?工作(?:的|总体|任务|回顾|总结|报告|要点|情况|安排|思路|部署|重点|目标)|总体要求|(?:重点|主要|目标)(?:工作|任务)|[^。;,、\n]{0,10}(?:工作要点|工作计划|指标体系|考核标准)"
)
_EVENT = re.compile(r"[^。;\n]{0,40}(?:通过|修正|修订|公布|发布|印发|批准|召开|颁布|会议)")
_DONE = re.compile(
    r"[^。;\n]{0,24}?(?:已(?:经|完成|建成|建立|实现|取得|达到|形成|基本|全部|全面)|(?<![为除])了(?![解结])|同比)"
)
_NAME_BEFORE = re.compile(rf"(?:{'|'.join(KINDS)})\($")
_NAME_BEHIND = re.compile(r"\)?[^。;,、\n]{0,12}(?:规划|纲要|行动计划|实施方案|行动方案)(?:[》〉>)]|的通知)")


def _parts(found: re.Match[str], letter: str) -> dict[str, str | None]:
    groups = found.groupdict()
    parts = {name: groups.get(name + letter) for name in ("part", "month", "day", "tail")}
    if letter == "1" and groups.get("bare"):  # 2019年9-12月
        parts["month"] = groups["bare"]
    return parts


def _absolute(text: str, claims: Claims, own: OwnDate) -> Iterator[Mention]:
    for found in _DATE.finditer(text):
        joined = found["year2"] or found["part3"] or found["month3"] or found["day4"]
        year = read_year(found["year"])
        if year is None or not (joined or found["named"]):
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
        or _NAME_BEFORE.search(before)
        or _NAME_BEHIND.match(after)
        or _COMPARED.search(after)
    ):
        return None
    begin = found.start() - 1 if _SINCE.search(before) else found.start()
    during = _DURING.match(after)
    end = found.end() + (during.end() if during else 0)
    return _mention("period", begin, end, first.first, last.last, evidence=last.evidence or first.evidence)


def _single(text: str, found: re.Match[str], span: Span, own: OwnDate) -> Mention | None:
    """One date: by it, from it on, or in it."""
    begin, end = found.span()
    end += 2 * text.startswith("左右", end)
    before, after = text[max(0, begin - 10) : begin], text[end : end + 60]
    if _NAME_BEFORE.search(before) or after.startswith("以来") or _COMPARED.search(before) or _COMPARED.match(after):
        return None
    if as_of := _AS_OF.search(before):
        ahead = own.last is not None and span.last > own.last
        return _mention("deadline", begin - len(as_of[0]), end, None, span.last) if ahead else None
    since = _SINCE.search(before)
    if using := _USING.match(after):
        last = last_day(span.first, using["n"], using["unit"])
        if last is not None:
            return _mention("period", begin - bool(since), end + using.end(), span.first, last)
    if (start := _FROM.match(after)) or since:
        past = own.first is not None and span.last.year < own.first.year
        if past and not _IN_FORCE.match(after, start.end() if start else 0):
            return None
        stop = end + (start.end() if start else 0)
        return _mention("start", begin - bool(since), stop, span.first, None, evidence=span.evidence)
    if by := _BY.match(after):
        ahead = own.first is not None and span.last >= own.first
        long_ago = own.first is not None and span.last.year < own.first.year - 10
        if long_ago or (not ahead and _BUILT_BEFORE.match(after, by.end())):
            return None
        if _TO.search(before):  # 到2020年前 runs to the end of 2020, as 到2020年 does
            return _mention("deadline", begin - 1, end + by.end(), None, span.last, evidence=span.evidence)
        return _by(begin, end + by.end(), span, _parts(found, "1"))
    if _TO.search(before):
        return _mention("deadline", begin - 1, end, None, span.last, evidence=span.evidence)
    if later := _LATER.match(after):
        first = span.first if found["day1"] else span.last + pd.Timedelta(days=1)
        if own.first is not None and own.first == own.last and first < own.first:
            return None
        return _mention("start", begin, end + later.end(), first, None, evidence=span.evidence)
    return _plain(found, end, after, span, own)


def _by(begin: int, end: int, span: Span, parts: Mapping[str, str | None], evidence: str | None = None) -> Mention:
    """前 includes what it names: 2017年6月底前 the day, 2017年5月前 the month, 2020年前 the year."""
    told = [evidence or span.evidence or ""]
    if not any(parts.get(name) for name in ("part", "day", "tail")):
        told.append(f"前: the {'month' if parts.get('month') else 'year'} that it names is included")
    return _mention("deadline", begin, end, None, span.last, evidence="; ".join(filter(None, told)) or None)


def _plain(found: re.Match[str], end: int, after: str, span: Span, own: OwnDate) -> Mention | None:
    """A date without a word that says by or from: something to be done in it, unless it is of something else."""
    exact = found["day1"] or own.first == own.last  # else the days of a document whose date is not known to the day
    past = own.first is not None and (span.last < own.first if exact else span.last.year < own.first.year)
    no_later = own.last is None or span.first.year <= own.last.year
    if (
        past
        or _OF_SOMETHING.match(after)
        or ((found["part1"] or "").endswith("度") and not (found["part1"] or "").endswith("季度"))
        or (no_later and _DONE.match(after))
        or (found["day1"] and (own.first is None or _EVENT.match(after)))
    ):
        return None
    return _within(found.start(), end, span, _parts(found, "1"), span.evidence)


def _within(begin: int, end: int, span: Span, parts: Mapping[str, str | None], evidence: str | None) -> Mention:
    """A date alone: 底 and 内 say by when, others in which stretch."""
    if span.by or (parts.get("part") or "").endswith("内"):
        return _mention("deadline", begin, end, None, span.last, evidence=evidence)
    return Mention("deadline", span.value, "period", begin, end, span.first, span.last, None, evidence)


def _mention(
    role: str,
    begin: int,
    end: int,
    not_before: pd.Timestamp | None,
    not_after: pd.Timestamp | None,
    *,
    evidence: str | None = None,
) -> Mention:
    value = "/".join(f"{date:%Y-%m-%d}" for date in (not_before, not_after) if date is not None)
    return Mention("deadline", value, role, begin, end, not_before, not_after, None, evidence)


# Five-year plans, the years ahead, the day of issue -----------------------------------------------------------------------

_PLAN = re.compile(rf"{FIVE_YEAR_PLAN}(?P<when>期间(?!第)|时期|规划期内?|(?:期|时期)?末(?:期)?|期内)")
_AHEAD = re.compile(rf"(?:今后|未来|接下来)的?(?P<n>\d{{1,2}}|{HAN_NUMBER})(?P<unit>年|个月)(?:时间|内|间)?(?![来前])")
_ISSUE = re.compile(
    rf"[自从](?:本[\u4e00-\u9fff]{{1,4}})?(?P<event>公布|发布|印发|颁布|下发)之日起(?:满?(?P<n>\d{{1,3}}|{HAN_NUMBER})[日天]后)?"
    r"(?=(?:开始|正式|起)?(?:施行|实施|执行|生效))"
)


def _plans(text: str, claims: Claims, own: OwnDate) -> Iterator[Mention]:
    """“十三五”期间 is a period, 到“十三五”末 a deadline; both are left out once they lie behind the document."""
    for found in _PLAN.finditer(text):
        span = plan_span(found["plan"])
        if own.first is not None and span.last < own.first:
            continue
        begin, end = found.span()
        if "末" in found["when"]:
            begin -= bool(_TO.search(text[max(0, begin - 2) : begin]))
            mention = _mention("deadline", begin, end, None, span.last)
        else:
            mention = _mention("period", begin, end, span.first, span.last)
        if claims.claim(begin, end):
            yield mention


def _ahead(text: str, claims: Claims) -> Iterator[Mention]:
    """今后三年: a length of time, counted from an unnamed day."""
    for found in _AHEAD.finditer(text):
        value = read_number(found["n"])
        if value is None or value <= 0 or value != int(value) or not claims.claim(*found.span()):
            continue
        unit = "Y" if found["unit"] == "年" else "M"
        yield Mention("deadline", f"P{int(value)}{unit}", "relative", *found.span())


def _from_issue(text: str, claims: Claims, document: Mapping[str, object]) -> Iterator[Mention]:
    """自公布之日起施行: the day on which the document was made public, else its date."""
    for found in _ISSUE.finditer(text):
        if not claims.claim(*found.span()):
            continue
        published = read_day(document, "published") if found["event"] in {"公布", "发布", "颁布"} else None
        date = published if published is not None else read_day(document, "dated")
        basis = "published" if published is not None else "dated"
        days = read_number(found["n"]) if found["n"] else 0
        date = None if date is None or days is None or days > 999 else date + pd.Timedelta(days=int(days))
        value = found[0] if date is None else f"{date:%Y-%m-%d}"
        evidence = None if date is None else f"the document's own date: {basis}"
        yield Mention("deadline", value, "start", *found.span(), date, None, None, evidence)


# Dates without a year -----------------------------------------------------------------------------------------------------

_NEAR = 300  # how far before a date its year may stand, in characters
_HAN = "一二三四五六七八九十"
_WORDS = {"今年": 0, "本年": 0, "本年度": 0, "当年": 0, "明年": 1, "次年": 1, "翌年": 1, "后年": 2}
_WORDS |= {"下一年度": 1, "下一年": 1, "下年度": 1}
# 今年是关键之年, 今年工作的总体要求, 今年以来: no task
_NO_ADDRESS = r"(?![以来是也正恰既已工底前度]|适(?!当)|各项工作|政府工作|的(?![^,。;、\n]{0,6}预期目标)|重点(?!做好|抓好|推进|实施|建设|打造|要)|总体|两会|全国两会|春节|面临|[^,。;、\n]{0,14}(?:指导思想|总体要求|形势|之年))"
_NAMED_YEAR = re.compile(
    rf"(?P<word>今年|下一年度?(?!度)|下年度|本年度|本年(?!度)|当年|明年|次年|翌年|后年)(?:(?:{PARTS.replace('%', '1')})|(?=[,要将起前拟再]|开始|以?前)|(?<=[今明]年){_NO_ADDRESS})"
)
_BARE = re.compile(
    rf"(?<![\d年每{_HAN}半数几多两今明当本次后历近同度前\x00])"
    rf"(?:年(?P<part0>底(?![线数])|末|内)|(?P<part1>[上下]半年|第?[一二三四1-4]季度)|(?P<months>月底|月末)"
    rf"|(?P<month1>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?(?:(?P<day1>\d{{1,2}})日|(?P<tail1>上旬|中旬|下旬|底|末|初))?)"
)


def _yearless(text: str, claims: Claims, own: OwnDate, dated: list[int]) -> Iterator[Mention]:
    for pattern in (_NAMED_YEAR, _BARE):
        for found in pattern.finditer(text):
            begin, end = found.span()
            by = _BY.match(text, end)
            start = None if by else _FROM.match(text, end)
            if (pattern is _BARE and not _sets_limit(text, found, by, start)) or _AS_OF.search(
                text[max(0, begin - 3) : begin]
            ):
                continue
            if not by and not start and (_DONE.match(text, end) or _OF_SOMETHING.match(text, end)):
                continue
            end = by.end() if by else start.end() if start else end
            begin -= bool(_TO.search(text[max(0, begin - 2) : begin]))
            if claims.claim(begin, end):
                yield _resolve(text, found, begin, end, own, dated, by=bool(by), start=bool(start))


def _sets_limit(text: str, found: re.Match[str], by: object, start: object) -> bool:
    """A bare month or quarter is a limit only with 前 or 底; 年底, 年内 and a half year always are."""
    if by or found["part0"]:
        return True
    if found["part1"]:
        return not re.compile("[^,。;\n]{0,12}(?:增长|同比|下降|实现了)").match(text, found.end())
    return found["tail1"] in {"底", "末"} or (found["day1"] is not None and start is not None)


def _resolve(
    text: str, found: re.Match[str], begin: int, end: int, own: OwnDate, dated: list[int], *, by: bool, start: bool
) -> Mention:
    groups = found.groupdict()
    parts = _parts(found, "1") | ({"part": groups["part0"]} if groups.get("part0") else {})
    word = groups.get("word")
    year, evidence = _year_of(text, begin, word, own, dated)
    ends = by or bool(groups.get("months")) or _names_end(parts) or text[begin] in "到至"
    role = "start" if start else "deadline" if ends else "period"
    span = None if year is None or groups.get("months") else read_span(year, parts)
    if span is not None and word is None and evidence.endswith("document") and own.first and span.last < own.first:
        span = read_span(span.last.year + 1, parts)  # 3月底前 in a plan of December
    if span is None:
        return Mention("deadline", text[begin:end], role, begin, end)
    if start:
        return _mention("start", begin, end, span.first, None, evidence=evidence)
    if by:
        return _by(begin, end, span, parts, evidence)
    if text[begin] in "到至":
        return _mention("deadline", begin, end, None, span.last, evidence=evidence)
    return _within(begin, end, span, parts, evidence)


def _names_end(parts: Mapping[str, str | None]) -> bool:
    return (parts.get("part") or "")[-1:] in {*"底末内"} or (parts.get("tail") or "")[:1] in {*"底末"}


def _year_of(text: str, begin: int, word: str | None, own: OwnDate, dated: list[int]) -> tuple[int | None, str]:
    """The year meant, and where it is told: a date before it in the same sentence, or the document."""
    ahead = _WORDS.get(word or "", 0)
    if word in {None, "当年", "次年", "翌年"}:
        floor = max(text.rfind("\n", max(0, begin - _NEAR), begin), begin - _NEAR)
        index = nearest_before(dated, begin, floor + 1)
        if index is not None and (named := re.search(YEAR, text[dated[index] : dated[index] + 14])):
            year = read_year(named[0])
            if year is not None:
                return year + ahead, "year named before in the same line"
    if own.year is not None and word not in {"当年", "次年", "翌年"}:
        return own.year + ahead, "year of the document"
    return None, ""

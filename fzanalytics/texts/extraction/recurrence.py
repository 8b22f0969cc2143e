"""How often and how soon: what recurs (每年第一季度) and what counts from an event (30日内), in the style of ISO 8601.

The values are made of these parts:

    value     = "R/" duration [" " place]  |  ["-"] duration [".." duration] [" (working)"]
    duration  = "P" n ("Y" | "M" | "W" | "D")  |  "PT" n ("H" | "M")
    place     = unit | unit "/" unit | unit "," unit    where in each round: in that unit (from one to the other, in both),
                                                        or by that day
    place     = "end"                         the last day of each round
    unit      = "Q" 1..4 | "H" 1..2 | "--" MM | "--" MM "-" DD | "---" DD     quarter, half year, month, day of a year, of a month

每年12月底前 is "R/P1Y --12-31", 每月5日前 "R/P1M ---05", 每两年 "R/P2Y", 半年内 "P6M", 提前5日 "-P5D". 每季度末 is "R/P3M end".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fzanalytics.texts.extraction.intervals import PARTS, read_span
from fzanalytics.texts.extraction.mentions import Mention
from fzanalytics.texts.extraction.wording import HAN_NUMBER, Claims, read_number, show_value

_LEAP_YEAR = 2024  # so that 每年2月底 keeps its 29th day
_PART = PARTS.replace("%", "1")
_EVERY = re.compile(
    rf"每隔?(?P<n>\d{{1,3}}|[半一二两三四五六七八九十]{{1,3}})?个?(?P<unit>年度|年|季度|季|月|周|星期|日(?!常)|天|工作日)"
    rf"(?:(?:(?<=年)|(?<=年度))的?(?:{_PART})(?:(?P<join>[至到—~-]|底?[、和及与])(?:{PARTS.replace('%', '2')}))?|(?<=月|度)的?(?P<date>\d{{1,2}})日|(?P<end>底|末|初|中旬|上旬|下旬))?"
    rf"(?P<by>之前|以前|前(?!期))?(?P<once>[一1]次)?(?!\d[\d.,]{{0,9}}[万亿]?元|[约可](?:实现|节|增|减|产|带|新增|达))"
)
_ONCE = re.compile(
    r"(?<![\d每一二两三四五六七八九十第全近前去])(?P<n>[半一两三四五])?(?P<unit>年|个?季度|个?月|周)"
    r"(?:(?<=[半一两三四五个].)(?:安排|召开|开展|组织|进行|举行|修订|调整|评估|报告|通报))?(?P<once>[一1]次)"
)
_MONTHLY = re.compile(r"(?<![\u4e00-\u9fff])按(?P<unit>季度?|月|周)(?=[\u4e00-\u9fff])(?![份度期])")
_UNIT = r"个?工作日|个?自然日|日|天|个?小时|个?月|周|个?星期|年|个?季度"
_NUMBER = rf"\d{{1,4}}|半|{HAN_NUMBER}"
_LOW = r"(?:(?P<low>\d{1,4}|[一二两三四五六七八九十]{1,3})[-—–~～至到])?"
_WITHIN = re.compile(
    rf"(?<![\d.年月第一二两三四五六七八九十百\x00]){_LOW}(?P<n>{_NUMBER})(?P<unit>{_UNIT})(?P<half>半)?(?:时间)?(?:之内|以内|内(?![容部外在涵]|设(?:的)?(?:[机处科司室]|置的)))"
)
_BEFORE = re.compile(rf"提前(?:至少)?(?P<n>{_NUMBER})(?P<unit>{_UNIT})|(?<!\d)(?P<n2>\d{{1,2}})个工作日(?:之|以)?前")
_AHEAD_OF_PLAN = re.compile(
    r"(?:以上)?(?:全面|超额|顺利|基本)?(?:完成|实现|达到|达成|竣工|投产|建成|开通|通车|交付|退出|脱贫|摘帽)"
)
# 会议举行的三十日前, 公布三十日后施行, 实施一年后; not 三年前, which tells of the past
_AROUND = re.compile(
    rf"(?P<before>(?:的|举行|召开|届满|开始|到期|施工|开工|审议|表决|期满|使用|实施|施行|前|至少)(?P<n>{_NUMBER})(?P<unit>个?工作日|日|天|个?小时|个月)(?:之|以)?前)"
    rf"|(?P<after>(?<=[布行施准成束满业日的])起?(?P<n2>{_NUMBER})(?P<unit2>个?工作日|日|天|个月|年)(?:之|以)?后)(?![续来])"
)
# 压缩至5个工作日; 试点期限为3年, 暂定两年: a length that a duty has to keep
_CUT_TO = re.compile(
    rf"(?:压缩|缩短|压减|缩减|控制|减少)(?:至|到|在|为)(?P<limit>(?P<n>{_NUMBER})(?P<unit>个?工作日|日|天|个?小时|个月)(?:之内|以内|内|左右)?)"
)
_LASTS = re.compile(
    rf"(?P<share>分(?P<n2>[两二三四五六])年)(?=[^。;,\n]{{0,4}}(?:完成|实施|推进|落实|到位|建成|安排|投入))|(?:试点|试运行|试行|过渡|公示|公告|整改|改革|政策|执行)(?:工作)?(?:期限?|时间|时限)(?:一般)?(?:暂定|定|原则上)?为?(?P<limit>(?P<n>{_NUMBER})(?P<unit>个?工作日|日|天|个月|年))(?!以上)"
)
_USING = re.compile(rf"(?:用|经过|通过){_LOW}(?P<n>{_NUMBER})(?P<unit>年|个月)(?:左右)?的?时间")
# a length that a duty has to keep: 公开期限不少于30日, 本意见有效期5年; not that of a licence, a course or a term of work
_AT_LEAST = re.compile(
    rf"(?:(?:期限?|时间|期间|提前)(?:应当?|一般|均|原则上|最长|最短|最多|累计){{0,2}},?(?:不(?:得|能)?(?:少于|低于|短于|超过|多于|长于)|至少)"
    rf"|本[\u4e00-\u9fff]{{1,6}}有效期(?:限)?为?|至少(?:保存|保留|留存|公示|公开|公告)|(?P<bare>不(?:得)?(?:少于|低于|短于|超过)))"
    rf"(?P<limit>(?P<n>{_NUMBER})(?P<unit>个?工作日|个?自然日|日|天|个?小时|个月|年))"
)
_COURSE = re.compile(
    r"每次|每天|每人|培训|学习|训练|授课|研修|轮训|实训|实践|休假|假期|拘留|有效期|年龄|工龄|任期|任职"
)
_TERM = re.compile(
    r"(?:在)?(?P<term>(?:本届(?:[\u4e00-\u9fff]{1,4})?)?任期(?:之|以)?内)(?![^。，,;；\n]{0,6}(?:发生|出现|受到|因|被))"
)
_FROM_EVENT = re.compile(r"[自从](?:(?![自从])[^,。;、\n]){1,30}起的?$")
_AFTER_EVENT = re.compile(
    r"(?:印发|发布|公布|颁布|下发|施行|实施|收到|接到|受理|作出|签订|签署|成立|结束|届满|完成|批准|通过|立案|送达|任命|登记|备案|生效|开工|竣工"
    r"|评审|验收|到期|变更|届满)[\u4e00-\u9fff]{0,6}(?:之日起|(?:之日)?(?:之|以)?后的?)$"
)
_PAST = re.compile(r"(?:近|最近|过去|前|上|这|连续|此前|同)$")
# 一年内发生多起重大违法行政案件: a condition, no time limit
_CONDITION = re.compile(r"[^,。;\n]{0,4}?(?:发生|出现|累计|连续|受到|受过|被|曾|再次|两次|多次|三次|因)")
# 毕业2年内, 成立5年内的企业: who is meant, not by when
_STATUS = re.compile(
    r"(?:从业|任职|毕业|离校|成立|注册|登记|退役|退伍|回国|创办|创业|出生|入职|转业|脱贫|获释|释放|首次)(?:后|之日起|满)?的?$"
)
_STATUS_BEHIND = re.compile(
    r"(?:未就业|高校|毕业|的?(?:普通)?高校|的(?:企业|人员|退役|大学|初创|小微|幼儿|婴幼儿|儿童))"
)


def find_recurring(text: str, claims: Claims) -> Iterator[Mention]:
    """What is to be done in every round of a period: role "recurring", without dates.

    Examples
    --------
    >>> texts = "每年第一季度报告", "每年12月底前公布", "每两年一次", "每月5日前", "每半年", "按季度通报"
    >>> [one.value for text in texts for one in find_recurring(text, Claims(len(text)))]
    ['R/P1Y Q1', 'R/P1Y --12-31', 'R/P2Y', 'R/P1M ---05', 'R/P6M', 'R/P3M']
    """
    for found in _EVERY.finditer(text):
        duration = _duration(found["n"], found["unit"])
        place = _place(found)
        if duration and claims.claim(*found.span()):
            yield Mention("deadline", f"R/{duration}{' ' if place else ''}{place}", "recurring", *found.span())
    for pattern in (_ONCE, _MONTHLY):
        for found in pattern.finditer(text):
            duration = _duration(found.groupdict().get("n"), found["unit"])
            if duration and claims.claim(*found.span()):
                yield Mention("deadline", f"R/{duration}", "recurring", *found.span())


def _place(found: re.Match[str]) -> str:
    """Where in the round: the grammar's place, or nothing."""
    if found["date"]:
        day = int(found["date"])
        return f"---{day:02d}" if 1 <= day <= 31 else ""
    if found["end"]:
        return "end" if found["end"] in "底末" else ""
    first = _unit({name: found[name + "1"] for name in ("part", "month", "day", "tail")})
    second = _unit({name: found[name + "2"] for name in ("part", "month", "day", "tail")})
    return f"{first}{',' if found['join'][-1] in '、和及与' else '/'}{second}" if first and second else first


def _unit(parts: dict[str, str | None]) -> str:
    span = read_span(_LEAP_YEAR, parts) if parts["month"] or parts["part"] else None
    if span is None or (parts["part"] or "")[:1] in ("度", "内"):
        return ""
    value = span.value.replace(f"{_LEAP_YEAR}-", "")
    if value[0] in "QH":
        return value
    return "/".join(f"--{day}" for day in value.split("/"))


def find_durations(text: str, claims: Claims) -> Iterator[Mention]:
    """Time limits that count from an event, or back from one: role "relative", without dates.

    Examples
    --------
    >>> texts = "应当自收到申请之日起20日内答复", "印发后三个月内", "15个工作日内", "半年内", "提前5日公告", "一年内发生两起"
    >>> [(text[one.begin : one.end], one.value) for text in texts for one in find_durations(text, Claims(len(text)))]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('自收到申请之日起20日内', 'P20D'), ('印发后三个月内', 'P3M'), ('15个工作日内', 'P15D (working)'), ('半年内', 'P6M'),
     ('提前5日', '-P5D')]
    """
    for found in _WITHIN.finditer(text):
        begin, end = found.span()
        before = text[max(0, begin - 40) : begin]
        if _PAST.search(before) or (found["unit"] == "年" and _CONDITION.match(text, end)):
            continue
        if found["unit"] in {"年", "个月", "月"} and (_STATUS.search(before) or _STATUS_BEHIND.match(text, end)):
            continue
        if event := _FROM_EVENT.search(before) or _AFTER_EVENT.search(before[-20:]):
            begin -= len(event[0])
        duration = _from_to(found, half=bool(found["half"]))
        if duration and claims.claim(begin, end):
            yield Mention("deadline", duration, "relative", begin, end)
    for found in _BEFORE.finditer(text):
        if _AHEAD_OF_PLAN.match(text, found.end()):
            continue
        duration = _duration(found["n"] or found["n2"], found["unit"] or "工作日")
        if duration and claims.claim(*found.span()):
            yield Mention("deadline", f"-{duration}", "relative", *found.span())
    for found in _AT_LEAST.finditer(text):
        clause = text[max(0, found.start() - 16) : found.start("limit")]
        own = found[0].startswith("本")
        if (not own and _COURSE.search(clause)) or (found["bare"] and found["unit"] in {"年", "个月"}):
            continue
        duration = _duration(found["n"], found["unit"])
        if duration and claims.claim(*found.span("limit")):
            yield Mention("deadline", duration, "relative", *found.span("limit"))
    for found in _AROUND.finditer(text):
        if _AHEAD_OF_PLAN.match(text, found.end()):
            continue
        duration = _duration(found["n"] or found["n2"], found["unit"] or found["unit2"])
        begin = found.start("n") if found["n"] else found.start("n2")
        if duration and claims.claim(begin, found.end()):
            yield Mention("deadline", f"-{duration}" if found["n"] else duration, "relative", begin, found.end())
    for pattern in (_CUT_TO, _LASTS):
        for found in pattern.finditer(text):
            share = found.groupdict().get("share")
            duration = _duration(found["n2"], "年") if share else _duration(found["n"], found["unit"])
            span = found.span("share" if share else "limit")
            if duration and claims.claim(*span):
                yield Mention("deadline", duration, "relative", *span)
    for found in _TERM.finditer(text):
        if claims.claim(*found.span("term")):
            yield Mention("deadline", found["term"], "relative", *found.span("term"))
    for found in _USING.finditer(text):
        duration = _from_to(found)
        if duration and claims.claim(*found.span()):
            yield Mention("deadline", duration, "relative", *found.span())


def _from_to(found: re.Match[str], *, half: bool = False) -> str:
    """30日内 is P30D, 3至5年内 P3Y..P5Y."""
    highest = _duration(found["n"], found["unit"], half=half)
    lowest = _duration(found["low"], found["unit"]) if found["low"] else ""
    return f"{lowest}..{highest}" if lowest and highest else highest


def _duration(number: str | None, unit: str, *, half: bool = False) -> str:
    """A duration in ISO 8601, working days marked; "" if it is none."""
    value = read_number(number) if number else 1
    if value is None or value <= 0 or value > 9999:
        return ""
    value += 0.5 if half else 0
    unit = unit.removeprefix("个")
    if unit in {"年", "年度"} and value != int(value):
        value, unit = value * 12, "月"
    if unit == "小时" and value == 0.5:
        return "PT30M"
    if unit.startswith("季"):
        value, unit = value * 3, "月"
    if value != int(value):
        return ""
    letters = {"年": "Y", "年度": "Y", "月": "M", "周": "W", "星期": "W", "小时": "H"}
    letter = letters.get(unit, "D")
    working = " (working)" if unit == "工作日" else ""
    return f"{'PT' if letter == 'H' else 'P'}{show_value(value)}{letter}{working}"

"""A text made ready for extraction: spaces left out, figures in one spelling, names of documents blanked.

The patterns of the extractors run over this text, and what they find is led back to the clean text by offset. So a
pattern need not provide for 2 0 1 7 年, full-width figures, or a year that stands in the title of another document.

At the end what tells the dates of duties from others: lines and parts of a report that hold none, and the words around a date.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from fzanalytics.texts.documents.metadata import KINDS
from fzanalytics.texts.numbers import HAN_NUMBER
from fzanalytics.texts.searching import sought
from fzanalytics.texts.structure.reports import LOOKED_AHEAD, LOOKED_BACK
from fzanalytics.texts.titles import title_spans

#: What stands for a character that is part of a name: no pattern knows it.
BLANK = "\x00"

_HAN_YEAR = "[二一][〇零Oo九八七六五四三二一]{3}"
#: A year in figures, with stray spaces (2 0 1 7) and letters that OCR put for figures (20l7); 年 is not part of it.
YEAR = rf"(?<![\d.\x00])(?:[12] ?[09oO] ?[0-9lIoO] ?[0-9lIoO]|{_HAN_YEAR})"

_FOLD = str.maketrans("０１２３４５６７８９％﹪，；：（）－‐‑﹣○ＯО．", "0123456789%%,;:()----〇OO.")
_SPACES = re.compile(r"[^\S\n]+")
_MAX_TITLE, _MAX_QUOTE, _MAX_SPEECH = 200, 24, 40
_QUOTE = re.compile(rf"“[^“”。;,\n]{{1,{_MAX_QUOTE}}}”")
_OWN_NUMBER = re.compile(
    r"[〔\[﹝(][^\S\n]?(?:19|20)\d{2}[^\S\n]?[〕\]﹞)][^\S\n]?(?:第[^\S\n]?)?\d{1,5}[^\S\n]?号|第\d{1,5}号"
)
# what is said of a document behind its title: （2015年12月23日印发）, （国务院令第588号）
_BEHIND_TITLE = re.compile(
    r"\([^()\n]{0,80}(?:号|印发|发布|公布|颁布|通过|施行|修订|修正|实施)[^()\n]{0,20}\)|\([\d年月日,]{5,24}\)"
)


class Prepared(NamedTuple):
    """A text made ready: `text`, and the places in it behind which characters of the clean text were left out.

    `places` counts in the prepared text, `shifts` gives how many characters were left out up to there.
    """

    text: str
    places: list[int]
    shifts: list[int]

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """The stretch of the clean text for one of the prepared text, without the spaces around it."""
        return self._at(begin), self._at(end - 1) + 1

    def _at(self, place: int) -> int:
        known = bisect_right(self.places, place)
        return place + (self.shifts[known - 1] if known else 0)


def prepare(text: str, *, blank_quotes: bool = False) -> Prepared:
    """A clean text made ready for the patterns.

    Parameters
    ----------
    text : str
        Clean text.
    blank_quotes : bool
        Also blank what stands in “” and is short: “四个意识”, “一件事一次办” are names.

    Returns
    -------
    Prepared
        Horizontal space is left out; between two figures one space stays. Figures and marks have their half-width
        form. Titles in 《》 with what is said of them in brackets, and 发文字号, are blanked, character by character.

    Examples
    --------
    >>> prepared = prepare("自 ２０１７ 年起施行《规划（2016—2020年）》")
    >>> prepared.text.replace(BLANK, "_")
    '自2017年起施行________________'
    >>> prepared.span(1, 6)
    (2, 8)
    """
    compact = _compact(text)
    return compact._replace(text=_blank(compact.text, blank_quotes=blank_quotes))


@lru_cache(maxsize=4)
def _compact(text: str) -> Prepared:
    """A text without horizontal space and in half-width forms: the same for every extractor that reads it."""
    folded = text.translate(_FOLD)
    parts, places, shifts = [], [], []
    done, length, left_out = 0, 0, 0
    for gap in _SPACES.finditer(folded):
        begin, end = gap.span()
        keep = begin > 0 and end < len(folded) and folded[begin - 1].isdigit() and folded[end].isdigit()
        parts.append(folded[done:begin])
        length += begin - done
        if keep:
            parts.append(" ")
            length += 1
        left_out += end - begin - keep
        done = end
        places.append(length)
        shifts.append(left_out)
    parts.append(folded[done:])
    return Prepared("".join(parts), places, shifts)


def _blank(text: str, *, blank_quotes: bool) -> str:
    spans = [(found.start(), found.end()) for found in _OWN_NUMBER.finditer(text)]
    for begin, end in title_spans(text, longest=_MAX_TITLE):
        behind = _BEHIND_TITLE.match(text, end)
        spans.append((begin, behind.end() if behind else end))
    if blank_quotes:
        spans += [(found.start(), found.end()) for found in _QUOTE.finditer(text)]
    parts, done = [], 0
    for begin, end in sorted(spans):
        if end > done:
            begin = max(begin, done)
            parts += [text[done:begin], BLANK * (end - begin)]
            done = end
    return "".join([*parts, text[done:]])


def is_quoted(text: str, place: int) -> bool:
    """Whether a place stands in “”, opened at most 40 characters before it in the same line.

    Examples
    --------
    >>> is_quoted("坚持“周调度、月通报”制度", 7), is_quoted("坚持“两化”、周调度", 7)
    (True, False)
    """
    window = text[max(0, place - _MAX_SPEECH) : place]
    return window.rfind("“") > max(window.rfind("”"), window.rfind("\n"))


class Claims:
    """Stretches that are taken already, so that no character is read twice."""

    def __init__(self, length: int) -> None:
        """Nothing of a text of `length` characters is taken."""
        self._taken = bytearray(length)

    def claim(self, begin: int, end: int) -> bool:
        """Take a stretch; False, and nothing is taken, if part of it is taken already."""
        if any(self._taken[begin:end]):
            return False
        self._taken[begin:end] = b"\x01" * (end - begin)
        return True


def nearest_before(places: list[int], place: int, floor: int) -> int | None:
    """Index of the last of the sorted `places` before `place` and not before `floor`."""
    index = bisect_left(places, place) - 1
    return index if index >= 0 and places[index] >= floor else None


# Lines and stretches that hold no deadline ------------------------------------------------------------------------------

_TITLE_END = re.compile(rf"(?:{'|'.join(KINDS)})(?:\([^()\n]{{1,30}}\))?$")
_TITLE_HEAD = re.compile(r"[^。;,:\n]{0,30}关于")  # the first line of a title that wraps
# 二、2024年总体思路和预期目标
_YEAR_HEADING = re.compile(
    rf"(?:[一二三四五六七八九十]{{1,2}}、)?[^。;,:\n]{{0,8}}{YEAR}年[^。;,:\n]{{0,24}}(?:工作|任务|目标|思路|要求|安排|重点|建议|形势|趋势)"
)
_SENTENCE = re.compile(r"[。;,:!?每到前底内起]")
_YEARS_ALONE = re.compile(r"\(?[\d〇一二三四五六七八九十 年月日度至到—–~～-]{4,30}\)?$")


def lines_without_deadlines(text: str) -> Iterator[tuple[int, int]]:
    """Titles, date lines and lines of years in brackets.

    Examples
    --------
    >>> list(lines_without_deadlines("二、2024年重点工作\\n2024年建成。"))
    [(0, 11)]
    """
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


# 一、过去五年工作回顾: a line of its own
_LOOKED_BACK_UNDATED = re.compile(
    r"(?:^|\n)(?P<number>[一二]、)(?P<year>)(?:[^。，,:;\n]{0,24}回顾|(?:过去的?[一五]年|去年|五年来|一年来|本届政府)[^。，,:;\n]{0,16}(?:工作|成[就绩效]))[^。，,:;\n]{0,6}(?=\n)"
)
_NEXT_HEADING = {"一、": "二、", "二、": "三、"}
_THIS_YEAR = re.compile(
    r"\n(?:(?:今年|(?P<year>(?:19|20)\d{2})年),?是|[^\n]{0,150}?(?:做好今年的?|今年政府)(?:各项)?(?:政府)?工作)"
)


def past_part(text: str) -> list[tuple[int, int]]:
    """The part of a report that looks back: from 一、2023年工作回顾 to 二、, or to 2024年工作安排; nothing where no end is found.

    Where both are lost it ends at a line that opens with 今年是 or 2024年是, or speaks of 做好今年工作.

    Examples
    --------
    >>> past_part("\\n2023年工作回顾\\n每月召开座谈会。\\n2024年工作安排\\n6月底前建成。")
    [(0, 19)]
    """
    back = LOOKED_BACK.search(text) or _LOOKED_BACK_UNDATED.search(text)
    if back is None:  # 一、2023年主要工作 is told, if 二、2024年主要工作 follows
        ahead, then = [*LOOKED_AHEAD.finditer(text), None, None][:2]
        follows = ahead is not None and then is not None and int(then[1]) == int(ahead[1]) + 1
        return [(ahead.start(), then.start())] if follows and ahead and then else []
    ahead = LOOKED_AHEAD.search(text, back.end())
    ends = [ahead.start()] if ahead and int(ahead[1]) > int(back["year"] or 0) else []
    if back["number"] and (following := text.find("\n" + _NEXT_HEADING[back["number"]], back.end())) >= 0:
        ends.append(following)
    opening = _THIS_YEAR.search(text, back.end())
    if not ends and opening and (not opening["year"] or int(opening["year"]) > int(back["year"] or 9999)):
        ends.append(opening.start())
    return [(back.start(), min(ends))] if ends else []


# What the sentence does with a date -------------------------------------------------------------------------------------

#: Behind a date without 前 or 底: something that is to be done then.
TASK = (
    "建成|完成|实现|整改|自查|排查|整治|编制|制定|报送|评估|发放|投产|投用|投入|通车|通航|通水|开工|开建|竣工|启动|动工|开通|运营|试运行|开业|交付|出台|印发|上线|举办|召开|开展|达到|达产"
    "|挂牌|验收|封顶|招生|正式|下线|贯通|合龙|完工|落地|启用|集中|攻坚|建立|并网|开园|开馆|开学|首飞|入驻|办好|组织|实施|全面|全部|全线|基本|力争|确保|要"
)
#: Words before a date, or behind it, that compare with it, or count from it.
COMPARED = re.compile(
    r"(?:比|较|同比|较之|距离?|过去的|承办|举办|办好|召开|参加)$|^(?:相比|基础上|水平|基期|同期|以来|来(?![源自])|为基)"
)
_MEETING = "两会|测评|评选|[全残世省州市]运会|[^,。;、\n]博会|交易会|洽谈会|大督查|普查|对话会|大会|艺术节|文化节|旅游节|联赛|锦标赛|运动会|博览会|亚运会|奥运会|冬奥会|园博会|峰会|论坛|年会"
#: 2015年第3次常务会议; 2016年的工作; 2015年印发的; 2024年世界园艺博览会; 2023年工作回顾: the date of something.
OF_SOMETHING = re.compile(
    r"第[\d一二三四五六七八九十]{1,4}[次届号期批]|的(?![^,。;、\n]{0,16}(?:预期目标|目标(?:[是为]|设定|确定)))|版|修[订正][版本]|远景目标|中央一号文件|国民经济"
    r"|[^。;,、\n]{0,4}(?:预算|决算)|[^。;,\n]{0,6}(?:印发|发布|公布|制定|出台|修订|颁布|通过|施行|下发|签订|批准)的|[^。;,\n]{0,6}(?:到期|开工|竣工|建成|入学|毕业)的(?!目标|任务)"
    rf"|(?:(?!举办|召开|承办|举行|组织|开展|建成|完成|实现)[^。;,、\n]){{0,14}}(?:{_MEETING})"
    r"|,?是|预计|[及和](?:今后|未来)|[^。;,、\n]{0,12}(?:趋势|形势)|[^。;,、\n]{0,4}(?:发展|外部)环境"
    r"|(?:政府)?(?:重点|主要)工作|主要目标任务|目标任务|各项(?:目标|任务|工作)|(?:效能|绩效|述职|考核)"
    r"|(?:政府)?工作(?=\n|$)|(?:政府)?工作(?:的|总体|任务|回顾|总结|报告|要点|情况|安排|思路|部署|重点|目标)|总体要求"
    r"|(?:重点|主要|目标)(?:工作|任务)|[^。;,、\n]{0,10}(?:工作要点|工作计划|指标体系|考核标准)"
)
#: 1997年…的可能性较大, 预计今年可生产: what is thought likely is no task.
FORECAST = re.compile(r"(?:(?!要|应|力争|确保|争取)[^。;\n]){0,30}(?<!尽)可能|[^。;\n]{0,14}(?:面临的|依然|并存)")
EXPECTED = re.compile("预计$")
#: 前, with the hour that it may name: 6月30日24时前
BY = re.compile(
    r"(?:(?:\d{1,2}[时点:]?(?:00)?(?:分|整)?|\((?:含|含当[日天]|周.|星期.)\)))?(?:之前|以前|前(?![期后往列提置瞻沿景端述三两半几]))"
)
FROM = re.compile(r"起(?![草诉步点源来])|开始|始(?!终)")
LATER = re.compile(r"(?:之后|以后|后(?![续期备勤台]))")
DURING = re.compile(r"(?:这)?(?:期间|间)|止(?![痛血步损])")
IN_FORCE = re.compile(r"[^。;,\n]{0,6}(?:施行|实施|执行|生效)")
AS_OF = re.compile(r"截[至止][到至]?$")
TO_LIST = re.compile(r"(?<![达得受收回看溯遇])[到至](?:20\d\d年?[、和及]){1,4}$")
#: 从2019年秋季学期起: spring terms begin in March here, autumn terms in September
TERM_OF_YEAR = re.compile(r"(?P<term>[春秋])季(?:学期)?(?=开始|起)")
#: 报名截止时间为4月30日
CLOSING = re.compile("截[止至](?:时间|日期)?[为是:]$")
#: 6月30日、12月31日前: each of the days
LISTED_BY = re.compile(r"[、和及](?:20\d\d年)?\d{1,2}月\d{1,2}日(?:之|以)?前")
SINCE = re.compile(r"[自从]$")
NAME_BEFORE = re.compile(rf"(?:{'|'.join(KINDS)})\($")
NAME_BEHIND = re.compile(r"\)?[^。;,、\n]{0,12}(?:规划|纲要|行动计划|实施方案|行动方案)(?:[》〉>)]|的通知)")
#: 到 and 至 before a date, not those of 达到.
TO = re.compile(r"(?<![达得受收回看溯遇])[到至]$")
#: Before a year alone that is not ahead: it belongs to the noun behind it (实施2024年重点项目, 根据2018年落实情况).
MODIFIES = re.compile(
    r"(?:做好|抓好|落实|实施|推进|启动|编制|制定|下达|安排|印发|开展|迎接|筹备|筹办|列入|纳入|执行|批复|报送|公布|总结|审议|入选|获评"
    r"|荣获|按照|根据|依据|结合|对照|针对|围绕|聚焦|关于|(?<![应面相])对)$"
)
#: A season or a feast by which something is to be done: it has no days of its own here.
SEASON = sought(
    r"(?:(?:20\d\d|[今明])年)?(?:1?\d月)?(?:春节|元旦|国庆节?|“?七一”?|中秋节?|“?五一”?|“十一”|端午节?|清明节?|(?<!防)主?汛期?|雨季|入汛|供暖[季期]|采暖[季期]|入冬|(?:[春秋]季(?:学期)?)?开学|学期结束)(?:来临|到来|开始|结束)?(?:之|以)?前(?!后|夕|期|往|线|沿|指|检查|准备)",
    core="春节|元旦|国庆|七一|中秋|五一|十一”|端午|清明|汛|雨季|供暖|采暖|入冬|开学|学期结束",
    reach=13,
)
#: Behind a plain day: an event of that day.
EVENT = re.compile(r"[^。;\n]{0,40}(?:通过|修正|修订|公布|发布|印发|批准|召开|颁布|会议)|印(?:\n|$)")
#: Behind a date: it has been done. 同比 behind 目标 compares what is aimed at.
DONE = re.compile(
    r"[^。;\n]{0,24}?(?:已(?:经|完成|建成|建立|实现|取得|达到|形成|基本|全部|全面)|(?<![为除])了(?![解结]))"
    r"|(?:(?!目标|力争|确保|预期)[^。;\n]){0,24}?同比"
)
#: 12月31日前已备案的项目: which ones, even where the day lies ahead.
DONE_BEFORE = re.compile(r"已[^。;,\n]{1,12}的")
#: 2000年底前建成的小区: which ones, not by when.
BUILT_BEFORE = re.compile(
    r"(?:建成|建设|竣工|交付|出生|成立|取得|获得|获批|参加|投入|符合|登记|注册|入职|已)[^。;,\n]{0,8}的(?!目标|任务)"
)
#: 今年是关键之年, 今年工作的总体要求, 今年以来: no task.
NO_ADDRESS = (
    r"(?![以来是也正恰既已工底前度]|适(?!当)|各项工作|政府工作|的(?![^,。;、\n]{0,16}(?:预期目标|目标(?:[是为]|设定|确定)))|(?:目标)?(?:目标|任务)(?=[,。;\n])|重点(?=工作|任务|项目|[,:。;\n])|总体"
    r"|两会|全国两会|春节|面临|[^,。;、\n]{0,14}(?:指导思想|总体要求|总体思路|形势|之年))"
)
#: 自2016年起，用两年时间
USING = re.compile(
    rf"(?:起|开始)?,?(?:力争|争取|计划|再)?用(?P<n>\d{{1,2}}|{HAN_NUMBER})(?P<unit>年|个月)(?:左右)?的?时间"
)
#: 2003年1月1日起施行的《办法》: of another document.
FORMER = re.compile("(?:正式)?(?:施行|实施|执行|试行|生效)的")
FORCE = re.compile(r"(?:(?:起?正式)?(?:施行|生效)|正式(?:实施|执行))(?!的)")
#: 2019年度要完成
YEAR_TASK = re.compile(r",?(?:要|应|将|力争|拟|确保)|计划(?:新|建|完成|实施|开工|安排)")
#: What late in a year is still to be done.
STILL = re.compile(
    r"[^。;\n]{0,24}?(?:要|将|力争|争取|计划|拟|确保|应|必须|底|完成|实现|建成|建立|出台|制定|启动|推行)"
)
#: 12月份，对…进行验收; 10月全线通车; 3月、6月底前
STEP = re.compile(",(?:对|由|各|组织|开展|完成|召开|全面|进行|集中|启动)")
TASK_NEXT = re.compile(rf",|(?:{TASK})")
TODO = re.compile(rf"(?![的份])[^,。;:\n]{{0,10}}?(?:{TASK})(?!的)")
TOGETHER = re.compile(r"[、和及](?:1[0-2]|[1-9])月(?:\d{1,2}日)?(?:底|末)?前")
AIMED = re.compile("确保|力争|争取|预期")
GROWTH = re.compile("[^,。;\n]{0,12}(?:增长|同比|下降|实现了)")

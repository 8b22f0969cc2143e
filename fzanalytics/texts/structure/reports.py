"""The lines of a report to a people's congress that tell of its year: the day of its delivery, the review, the plan.

——2024年1月16日在某市第五届人民代表大会第三次会议上; 一、2023年工作回顾; 二、2024年工作安排.
"""

from __future__ import annotations

import re

import pandas as pd

from fzanalytics.base.numbering import parse_number
from fzanalytics.texts.numbers import make_day, read_year

_FOLD = str.maketrans("０１２３４５６７８９，；（）○ＯО", "0123456789,;()〇OO")
_SPACES = re.compile(r"[^\S\n]+")
# ——2024年1月13日在马鞍山市第十七届人民代表大会第四次会议上; its end may stand on the next line
_DELIVERED = re.compile(
    r"(?<![\d.\x00])(?P<year>[12][09oO][0-9lIoO]{2}|[二一][〇零Oo九八七六五四三二一]{3})年(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})月"
    r"(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})日在[^。,;\n]{2,40}(?:\n{1,2}第[^。,;\n]{1,20})?(?:会|会议)上"
)
_BEFORE_DAY = re.compile(r"(?:^|\n)(?:政府工作报告)?[-—–－─(]*$")
_BEHIND_PLACE = re.compile(r"(?:的(?:讲话|报告|说明|发言))?\)?(?:\n|$)")
_HEAD = 400  # characters from the head of a document within which the day of its delivery stands


def find_delivery_day(text: str, *, own_line: bool = True) -> pd.Timestamp | None:
    """The day on which a report or a speech was given: ——2024年1月16日在…会议上, at the head of a text.

    Parameters
    ----------
    text : str
        Clean text, or one made ready for extraction.
    own_line : bool
        The words must be a line of their own; within a sentence they tell of another meeting.

    Examples
    --------
    >>> find_delivery_day("政府工作报告\\n——2024年1月16日在亳州市第五届人民代表大会第三次会议上\\n各位代表：")
    Timestamp('2024-01-16 00:00:00')
    >>> find_delivery_day("2024年1月16日在全市工作会议上，市长作了部署。") is None
    True
    """
    head = _SPACES.sub("", text[: 3 * _HEAD].translate(_FOLD))[:_HEAD]
    for found in _DELIVERED.finditer(head):
        if own_line and not (_BEFORE_DAY.search(head[: found.start()]) and _BEHIND_PLACE.match(head, found.end())):
            continue
        year = read_year(found["year"])
        return make_day(year, parse_number(found["month"]), parse_number(found["day"])) if year else None
    return None


#: 一、2023年工作回顾, a line of its own.
LOOKED_BACK = re.compile(
    r"(?:^|\n)(?P<number>[一二]、)?[^。，,;\n]{0,12}(?P<year>(?:19|20)\d{2})年[^。，,;\n]{0,12}(?:回顾|总结)[^。，,;\n]{0,6}(?=\n)"
)
#: 二、2024年工作安排, a line of its own.
LOOKED_AHEAD = re.compile(
    r"\n[^。，,;\n]{0,12}((?:19|20)\d{2})年[^。，,;\n]{0,12}(?:工作(?:的?总体)?(?:安排|任务|重点|思路|部署|目标|要求)?|总体(?:要求|思路)|(?:重点|主要)(?:工作|任务|目标)|预期目标|目标任务)[^。，,;\n]{0,12}(?=\n)"
)
#: 刚刚过去的2023年
YEAR_PAST = re.compile(r"(?<!年)过去的((?:19|20)\d{2})年")
_TO_CONGRESS = re.compile(r"(?:^|\n)各位代表|今年政府工作")
_REPORT_TITLE = re.compile(r"(?:((?:19|20)\d{2})年?)?[^年]{0,30}政府工作报告(?:[（(][^（()）]{1,30}[)）])?$")
_THIS_YEAR_WORK = re.compile("今年政府工作|做好今年")
_YEAR_NOT_OVER = re.compile("今年(?:是|以来|全年)")
_SAYS_THIS_YEAR = re.compile(
    "做好今年|今年(?:是|的?(?:政府|各项)?工作|[^，。,;\\n]{0,6}(?:经济社会发展|主要|目标|要求|重点))"
)
_OPENING = 1000  # characters within which 过去的2023年 speaks of the year that is reported on


def find_report_bounds(text: str, title: str = "") -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """Between which days a report to a people's congress was given, from the year that it looks back on.

    Parameters
    ----------
    text : str
        Clean text.
    title : str

    Returns
    -------
    (Timestamp, Timestamp) or None
        The year is that in the heading of the review (2023年工作回顾; 2023年主要工作 where 2024年主要工作 follows), or in
        过去的2023年 in the opening. Where the text calls the year after it 今年, or its own year 过去的, that year after; else from
        December on, when some congresses meet. None for what is no such report (a department reviews a year before its
        end), for a review of several years, and where the title names another year.

    Examples
    --------
    >>> text = "各位代表：\\n一、2023年工作回顾\\n团结奋斗。\\n二、2024年工作安排\\n"
    >>> [str(day.date()) for day in find_report_bounds(text + "今年是新中国成立75周年。")]
    ['2024-01-01', '2024-12-31']
    >>> [str(day.date()) for day in find_report_bounds(text + "2024年是关键之年。")]
    ['2023-12-01', '2024-12-31']
    """
    squeezed = _SPACES.sub("", text.translate(_FOLD))
    named = _REPORT_TITLE.search(title)
    if not named and not _TO_CONGRESS.search(squeezed):
        return None
    year, begin = _year_of_review(squeezed)
    if year is None or (named and named[1] and int(named[1]) != year + 1):
        return None
    first = pd.Timestamp(year + 1, 1, 1) if _is_over(squeezed, year, begin) else pd.Timestamp(year, 12, 1)
    return first, pd.Timestamp(year + 1, 12, 31)


def _is_over(text: str, year: int, begin: int) -> bool:
    """Whether a report says that the year which it reviews from `begin` on lies behind it."""
    plan = LOOKED_AHEAD.search(text, begin) or _THIS_YEAR_WORK.search(text, begin)
    if _YEAR_NOT_OVER.search(text, begin, plan.start() if plan else begin + _HEAD):
        return False
    past = YEAR_PAST.search(text, 0, _OPENING)
    return (past is not None and int(past[1]) == year) or bool(plan and _SAYS_THIS_YEAR.search(text, plan.start()))


def _year_of_review(text: str) -> tuple[int | None, int]:
    """The year that is reviewed, and where the review begins."""
    if back := LOOKED_BACK.search(text):
        several = re.search(r"年(?:以来|来)|[-—–－~～至到](?:19|20)\d{2}年", back[0])
        return (None if several else int(back["year"])), back.end()
    if past := YEAR_PAST.search(text, 0, _OPENING):
        return int(past[1]), past.end()
    headings = [*LOOKED_AHEAD.finditer(text)][:2]
    if len(headings) == 2 and int(headings[1][1]) == int(headings[0][1]) + 1:
        return int(headings[0][1]), headings[0].end()
    return None, 0

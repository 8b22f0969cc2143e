"""When a document was issued: what it states, and the bounds that it betrays.

Five kinds of evidence count. A date that is stated decides; a law states below its title when it was passed and last
amended. The year in a document's own number (冀发〔2016〕24号) bounds it on both sides, also where only another document
gives that number. What a text names bounds it from below: a
plan that names the 19th Congress is not older than October 2017, one that names 国家监察委员会 not older than March 2018. A
web page's date bounds it from above. A report to a people's congress on the work of 2023 is given in 2024, or in the
December before. A deadline inside a text bounds nothing from above: plans are issued after the first deadlines that they
copy. Nor do bodies that have ended since (法制办): that is a hint, and stands in the note alone.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.numbering import parse_number
from fzanalytics.base.resources import read_data
from fzanalytics.texts.doc_numbers import find_doc_numbers, normalise_number, year_of_number
from fzanalytics.texts.numbers import make_day
from fzanalytics.texts.structure.history import read_history
from fzanalytics.texts.structure.reports import find_delivery_day, find_report_bounds

_ISO_DATE = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*(?:年\s*(\d{1,2})\s*月|([-/.])\s*(\d{1,2})\s*\3)\s*(\d{1,2})(?!\d)")
_DATE_LINE = re.compile(
    r"^[ \t\u3000（(]*(?:((?:19|20)\d{2})|([二一][〇零○ＯO0oО九八七六五四三二一]{3}))\s*年\s*(\d{1,2}|[一二三四五六七八九十]{1,2})"
    r"\s*月\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*日[ \t\u3000）)]*$",
    re.MULTILINE,
)
# a document named with the day or the month of its issue: 2015年12月23日印发, 2015年印发的《…》; not 2017年6月30日前印发
_ISSUED_ON = re.compile(
    r"((?:19|20)\d{2})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日(?:正式)?(?:联合)?(?:印发|发布|公布|颁布|下发|通过|批准|[^，。；（）()\n]{0,40}会议[^，。；（）()\n]{0,12}(?:通过|修订|修正))"
)
_ISSUED_IN = re.compile(r"((?:19|20)\d{2})\s?年(?:\s?(\d{1,2})\s?月)?(?:印发|发布|公布|颁布|下发|出台)的")
_PRINT_LINE = re.compile(r"办公[厅室]\s*$")
# an event that lies ahead: 喜迎党的十九大, 为党的十九大胜利召开营造良好环境
_AHEAD = re.compile(r"(?:迎接|喜迎|筹备|即将|备战|献礼)[^，。；]{0,6}$")
_FOR = re.compile(r"(?:为|确保|保障|服务|保证)[^，。；]{0,4}$")
_TO_BE_HELD = re.compile(r"[^，。；]{0,4}(?:胜利|顺利|圆满)?召开(?!以来|后|，)")

LOOKS_BACK = "what it looks back on"


class Bounds(NamedTuple):
    """Earliest and latest possible date of a document (None: open), with the kind of evidence and its wording."""

    earliest: pd.Timestamp | None
    latest: pd.Timestamp | None
    basis: str
    note: str


def parse_date(text: str) -> pd.Timestamp | None:
    """A date as people write it: 2017年1月26日, 2017-01-26, 2017/1/26; None if there is none.

    Examples
    --------
    >>> parse_date("发表时间:2022-03-20 14:44")
    Timestamp('2022-03-20 00:00:00')
    >>> parse_date("2017年") is None, parse_date("2024-01/02") is None
    (True, True)
    """
    match = _ISO_DATE.search(text)
    return make_day(int(match[1]), int(match[2] or match[4]), int(match[5])) if match else None


def find_stated_date(text: str) -> pd.Timestamp | None:
    """The date that stands on a line of its own, below a signature or a title.

    The first one if there are several: what is forwarded or attached comes behind with a date of its own.

    Examples
    --------
    >>> find_stated_date("清远市人民政府\\n\\n  2017年1月26日\\n\\n清远市法治政府建设实施方案")
    Timestamp('2017-01-26 00:00:00')
    >>> find_stated_date("二〇一七年三月五日")
    Timestamp('2017-03-05 00:00:00')
    >>> find_stated_date("2017年1月30日前报告") is None
    True
    """
    dates = []
    for match in _DATE_LINE.finditer(text):
        year = int(match[1]) if match[1] else parse_number(re.sub("[ＯO0oО]", "〇", match[2]))
        dates.append(make_day(year, parse_number(match[3]), parse_number(match[4])))
    known = [date for date in dates if date is not None]
    return known[0] if known else None


@cache
def _events() -> list[tuple[re.Pattern[str], str, pd.Timestamp, str]]:
    table = read_data("events.csv")
    return [
        (re.compile(pattern), region, pd.Timestamp(date), event)
        for pattern, region, date, event in zip(
            table["pattern"], table["region"], table["date"], table["event"], strict=True
        )
    ]


_PLENUMS = re.compile(r"((?:十[七八九]|二十)届)((?:[一二三四五六七八]中[、,，和及与以]{0,2}){2,8})全会")


def _spell_out_plenums(text: str) -> str:
    """十八届三中、四中全会 names two plenums: the short forms are spelt out behind it."""
    found = [match[1] + plenum for match in _PLENUMS.finditer(text) for plenum in re.findall(".中", match[2])]
    return "\n".join([text, *found])


def find_lower_bound(text: str, region: str = "", own_number: str = "") -> tuple[pd.Timestamp | None, str]:
    """The earliest date at which a text can have been written, from what it names.

    Parameters
    ----------
    text : str
    region : str
        Path of the document's jurisdiction: events of a province count for its own documents only.
    own_number : str
        The document's own number, which is no citation.

    Returns
    -------
    (Timestamp or None, str)
        The latest of: the events and institutions of data/events.csv that it names (unless as lying ahead:
        喜迎党的十九大), the first day of the years in the document numbers that it cites, and the dates of issue that it
        gives with documents (2015年12月23日印发). With the wording that says so.

    Examples
    --------
    >>> find_lower_bound("全面贯彻党的十九大精神")
    (Timestamp('2017-10-18 00:00:00'), 'names 十九大 (2017-10-18)')
    >>> find_lower_bound("喜迎党的十九大")[0] is None
    True
    """
    bounds: list[tuple[pd.Timestamp, str]] = []
    full = _spell_out_plenums(text)
    for pattern, only_region, date, event in _events():
        if only_region and not region.startswith(only_region):
            continue
        for match in pattern.finditer(full):
            if not _lies_ahead(full, match.start(), match.end()):
                bounds.append((date, f"names {event} ({date:%Y-%m-%d})"))
                break
    for match in find_doc_numbers(text):
        number = normalise_number(match[0])
        if number != own_number:
            bounds.append((pd.Timestamp(year=int(match[2]), month=1, day=1), f"cites {number}"))
    bounds += _dates_of_issue(text)
    return max(bounds, key=lambda bound: bound[0]) if bounds else (None, "")


def _dates_of_issue(text: str) -> list[tuple[pd.Timestamp, str]]:
    """When documents that a text names were issued, where it says so; the line of its own printing is left out."""
    bounds = []
    for match in _ISSUED_ON.finditer(text):
        date = make_day(int(match[1]), int(match[2]), int(match[3]))
        own = text[match.end() : match.end() + 1] in ("", "\n") and _PRINT_LINE.search(
            text[max(0, match.start() - 40) : match.start()]
        )
        if date is not None and not own and not _AHEAD.search(text[max(0, match.start() - 10) : match.start()]):
            bounds.append((date, f"names what was issued on {date:%Y-%m-%d}"))
    for match in _ISSUED_IN.finditer(text):
        date = make_day(int(match[1]), int(match[2] or 1), 1)
        if date is not None:
            written = f"{date:%Y-%m}" if match[2] else f"{date:%Y}"
            bounds.append((date, f"names what was issued in {written}"))
    return bounds


@cache
def _endings() -> list[tuple[re.Pattern[str], str, str]]:
    table = read_data("endings.csv")
    return [
        (re.compile(rf"(?<![原曾])(?:{pattern})"), ended, body)
        for pattern, ended, body in zip(table["pattern"], table["ended"], table["body"], strict=True)
    ]


def find_weak_upper_bound(text: str) -> tuple[pd.Timestamp | None, str]:
    """When the bodies that a text speaks of as living had ended: a hint at its latest date, and no bound.

    Parameters
    ----------
    text : str

    Returns
    -------
    (Timestamp or None, str)
        The earliest of the endings in data/endings.csv whose body is named, with the wording that says so. Local
        reforms differ by months, old names live on, and a plan may name a body that is about to go: `date_document`
        writes it into the note and bounds nothing by it.

    Examples
    --------
    >>> find_weak_upper_bound("（市法制办、市国税局负责）")
    (Timestamp('2018-07-31 00:00:00'), 'hint, no bound: names 国税局、地税局, which ended by 2018-07-31')
    >>> find_weak_upper_bound("原省法制办的职责")
    (None, '')
    """
    found = [(pd.Timestamp(ended), body) for pattern, ended, body in _endings() if pattern.search(text)]
    if not found:
        return None, ""
    ended, body = min(found)
    return ended, f"hint, no bound: names {body}, which ended by {ended:%Y-%m-%d}"


def _lies_ahead(text: str, begin: int, end: int) -> bool:
    before, behind = text[max(0, begin - 10) : begin], text[end : end + 12]
    return bool(_AHEAD.search(before) or (_FOR.search(before) and _TO_BE_HELD.match(behind)))


def date_document(text: str, *, region: str = "", doc_number: str = "", page_date: str = "", title: str = "") -> Bounds:
    """Bounds on the issuing date of one document, from the document alone.

    Parameters
    ----------
    text : str
        Clean text.
    region : str
        Path of its jurisdiction.
    doc_number : str
        Its own number, if known.
    page_date : str
        What a web page says of its own date, if anything.
    title : str
        Its title, if known: a government work report is known by it.

    Returns
    -------
    Bounds
        basis is one or more of "stated", "from what it cites", "what it looks back on", "page date", each once, joined
        by ";". An open side is None.

    Examples
    --------
    >>> date_document("某市消防条例\\n（2017年1月1日某市第一届人民代表大会常务委员会第一次会议通过）\\n第一条　为了防火。").note
    'passed on 2017-01-01'
    >>> date_document("根据中发〔2015〕36号，到2016年年底完成。")
    Bounds(earliest=Timestamp('2015-01-01 00:00:00'), latest=None, basis='from what it cites', note='cites 中发〔2015〕36号')
    """
    if (stated := find_delivery_day(text)) is not None:
        return Bounds(stated, stated, "stated", "day of its delivery")
    stated, words = _stated_or_passed(text, doc_number)
    if stated is not None:
        return Bounds(stated, stated, "stated", words)
    earliest, note = find_lower_bound(text, region, doc_number)
    bases, notes = ["from what it cites"] if earliest is not None else [], [note] if note else []
    latest = None
    if (year := year_of_number(doc_number)) is not None:
        first, latest = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
        earliest = max(first, earliest) if earliest is not None and earliest <= latest else first
        bases.insert(0, "stated")
        notes.append(f"own number {doc_number}")
    elif (told := find_report_bounds(text, title)) is not None and (earliest is None or earliest <= told[1]):
        earliest, latest = max(told[0], earliest or told[0]), told[1]
        bases.append(LOOKS_BACK)
        notes.append(f"a report on {latest.year - 1}")
    page = parse_date(page_date) if page_date else None
    if page is not None and (latest is None or page < latest) and (earliest is None or earliest <= page):
        latest = page
        bases.append("page date")
        notes.append(f"page of {page:%Y-%m-%d}")
    if latest is None and (hint := find_weak_upper_bound(text)[1]):
        notes.append(hint)
    return Bounds(earliest, latest, ";".join(bases), "; ".join(notes))


def _stated_or_passed(text: str, doc_number: str) -> tuple[pd.Timestamp | None, str]:
    """The day of the date line, or the last on which a law was passed or amended, whichever is later; and which it is.

    A text as it was amended is not older than its last amendment. Where its own number is of another year, a rule was
    passed in one year and issued in the next: then the passing bounds it, and no more.
    """
    stated, history = find_stated_date(text), read_history(text)
    if history is None or history.first is None or history.last is None:
        return stated, "date line"
    if stated is not None and stated >= history.last:
        return stated, "date line"
    if year_of_number(doc_number) not in (None, history.last.year):
        return stated, "date line"
    first = f"passed on {history.first:%Y-%m-%d}"
    if history.last == history.first:
        return history.last, first
    happened = "last amended" if history.amended else "approved or promulgated"
    return history.last, f"{first}, {happened} on {history.last:%Y-%m-%d}"

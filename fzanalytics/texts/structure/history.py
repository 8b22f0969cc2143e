"""The lines below the title of a law or rule that tell when it was passed, approved, promulgated and amended.

（2020年3月27日北京市第十五届人民代表大会常务委员会第二十次会议通过　根据2022年8月29日…修正）, in brackets or not, on one line or several.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.numbering import parse_number
from fzanalytics.texts.structure.layout import FIGURE
from fzanalytics.texts.structure.parts import list_parts

_DAY = re.compile(rf"({FIGURE}{{4}})\s?年\s?({FIGURE}{{1,3}})\s?月\s?({FIGURE}{{1,3}})\s?日")
_HAPPENED = re.compile("通过|批准|修正|修订|修改|公布|发布")
_AMENDED = re.compile("修正|修订|修改")
_QUOTED = re.compile(r"《[^》\n]*》")
# 公布 alone below a title is the line of a web page; who did it stands before it in a law
_BARE = re.compile(r"^[\s：:]*(?:公布|发布)")
_ZERO = str.maketrans("○Ｏ零", "〇〇〇")
_FIRST_YEAR = 1949

_PLACE = r"[\u4e00-\u9fff]{1,11}?(?:省|市|自治区|自治州|自治县|自治旗|[州县区旗])"
_SESSION = r"第?[一二三四五六七八九十\d]{1,4}届"
_CONGRESS = re.compile(
    rf"^[\s经由]*(?:(?P<place>{_PLACE})(?:{_SESSION})?|(?:{_SESSION})?(?P<nation>全国))(?P<house>人民代表大会(?:常务委员会)?)"
)
_GOVERNMENT = re.compile(
    rf"^[\s经由]*(?P<name>(?:中华人民共和国)?(?P<council>国务院)|{_PLACE}人民政府)(?:令|第[^，。]{{1,8}}常务会议)"
)
_COUNCIL_ORDER = re.compile(r"国务院令\s?(?:[（(]?第?\s?)(\d{1,4})\s?号")
#: Such a line in brackets behind a title.
_BRACKET = re.compile(
    rf"\s*([（(](?=[^（()）]{{0,400}}{_DAY.pattern})(?=[^（()）]{{0,400}}(?:通过|批准|修正|修订|公布|发布|施行))[^（()）]{{1,600}}[)）])"
)


class History(NamedTuple):
    """What the lines tell: the first and the last day (None: no day is named), whether the last is an amendment's, who
    passed it, and the number of the State Council's order, if it is one."""

    first: pd.Timestamp | None
    last: pd.Timestamp | None
    amended: bool
    issuer: str
    number: str


def read_history(text: str) -> History | None:
    """When a law was passed and last amended, as the lines below its title tell; None if none of them does.

    Parameters
    ----------
    text : str
        Clean text of one document.

    Notes
    -----
    A day of coming into force (自2020年4月28日起施行) is left out. The number of an order counts where one order is named.

    Examples
    --------
    >>> told = read_history(
    ...     "某市消防条例\\n（2015年3月1日某市第一届人民代表大会常务委员会第二次会议通过　根据2019年5月6日"
    ...     "某市第二届人民代表大会常务委员会第九次会议《关于修改〈某市消防条例〉的决定》修正）\\n第一条　为了防火。"
    ... )
    >>> str(told.first.date()), str(told.last.date()), told.amended, told.issuer
    ('2015-03-01', '2019-05-06', True, '某市人民代表大会常务委员会')
    """
    lines: dict[str, str] = {}
    for one in list_parts(text):
        words = text[one.begin : one.end]
        if one.part == "title":
            words = "".join(match[1] for match in _BRACKET.finditer(words))
        if one.part in ("title", "history"):
            lines[one.within] = lines.get(one.within, "") + words
    return _read_events(lines.get("document") or lines.get("wrapper") or "")


def cut_history(title: str) -> str:
    """A title without the bracket behind it that tells when the text was passed.

    Examples
    --------
    >>> cut_history("某市消防条例（2015年3月1日某市第一届人民代表大会常务委员会第二次会议通过）"), cut_history("某市规划（2017—2020年）")
    ('某市消防条例', '某市规划（2017—2020年）')
    """
    return _BRACKET.sub("", title)


def _read_events(told: str) -> History | None:
    told = _QUOTED.sub("", told.replace("\n", "").translate(_ZERO))
    events = [*_list_events(told)]
    numbers = set(_COUNCIL_ORDER.findall(told))
    if not events and not numbers:
        return None
    days = [day for day, _ in events]
    last = max(days, default=None)
    return History(
        min(days, default=None),
        last,
        any(_AMENDED.search(words) for day, words in events if day == last),
        next((issuer for _, words in events if (issuer := _issuer(words))), "国务院" if numbers else ""),
        f"国令第{numbers.pop()}号" if len(numbers) == 1 else "",
    )


def _list_events(told: str) -> Iterator[tuple[pd.Timestamp, str]]:
    """The days on which something happened, each with the words on it: those behind it, or before the only day."""
    found = [*_DAY.finditer(told)]
    for i, match in enumerate(found):
        before = told[: match.start()] if i == 0 else ""
        words = told[match.end() : found[i + 1].start() if i + 1 < len(found) else len(told)]
        coming = words.startswith("起") or told[: match.start()].rstrip().endswith("自")
        if not _HAPPENED.search(words) and len(found) == 1:
            words = before.strip("（( ")
        day = _day(match)
        if day is not None and not coming and _HAPPENED.search(words) and not _BARE.match(words):
            yield day, words


def _day(match: re.Match[str]) -> pd.Timestamp | None:
    try:
        day = pd.Timestamp(*(parse_number(part) for part in match.groups()))
    except ValueError:
        return None
    return day if day.year >= _FIRST_YEAR else None


def _issuer(words: str) -> str:
    """Who passed it: 北京市第十五届人民代表大会常务委员会第二十次会议通过 is of 北京市人民代表大会常务委员会."""
    if congress := _CONGRESS.match(words):
        return f"{congress['place'] or congress['nation']}{congress['house']}"
    government = _GOVERNMENT.match(words)
    return (government["council"] or government["name"]) if government else ""

"""Places: jurisdictions named in a text, with the codes in force at its date and their rank by the document's own place.

Only full names count (河北省, 即墨区, 甘南州): a short form is too often an ordinary word (和平, 长安, 新城), or a slogan
(法治河南). A place within an agency's name (河北省财政厅) or within 《》 belongs to these and is no mention of its own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping

import pandas as pd

from fzanalytics.texts.agency_names import is_body_behind
from fzanalytics.texts.extraction.mentions import Mention
from fzanalytics.texts.region_changes import Place, known_names, line_of_command, region_at
from fzanalytics.texts.titles import title_spans

_LAST = re.compile(r"[省市县区州盟旗岛]")
# names that are ordinary words too: only behind their superior, or in a document of that superior
_ORDINARY = frozenset(
    ["会同县", "东至县", "古城区", "西城区", "东城区", "越城区", "城区", "郊区", "矿区", "东区", "西区", "和县", "新城区", "老城区", "城关区",
     "城中区", "城东区", "城西区", "城北区", "市中区", "新市区", "港口区", "港北区", "港南区", "河口区"]
)  # fmt: skip
# names of two signs, and those on 城市, run into the word before them: 示范县, 管理县级, 沿海城市, 新兴城市
_NEEDS_EDGE = re.compile(r"..|.城市")
_EDGE = re.compile(r"(?:[^\u4e00-\u9fff]|[在到向从赴经至]|推广|学习|借鉴|选择|包括|例如|以及)$")
# 石家庄市级, 平安区域, 石家庄市民; 人民银行清远市中心支行
_NO_PLACE_BEFORE = re.compile(r"[级域场容际里]|民(?![政族间])|中心支行|支行|分行|监管分局|分局")
_MAX_BEHIND = 15


def find_places(text: str, *, document: Mapping[str, object]) -> list[Mention]:
    """The jurisdictions that a text names.

    Parameters
    ----------
    text : str
        Clean text.
    document : mapping
        `region_code` is the document's own place; the first of `dated`, `earliest`, `latest` that is known is the date
        at which names and codes must be in force.

    Returns
    -------
    list of Mention
        kind "place"; value is the full name; refers_to its code at the date, missing where several places bear the name
        and nothing decides; role by the document's own place: "own", "superior", "subordinate", "same province" or
        "elsewhere" (missing where either is unknown). evidence: "only one of that name", or what decides among several
        ("behind 南京市", "own jurisdiction", "named before: 南京市"), or "ambiguous"; and, where the name is not in force
        at the date, since or until when it is ("until 2017-11: 即墨区": the code is that of the successor).

    Notes
    -----
    Not found: short forms (京津冀, 法治河南) and words that point (我省, 本市).

    Examples
    --------
    >>> document = {"region_code": "320100", "dated": pd.Timestamp("2019-05-01")}
    >>> found = find_places("鼓楼区和山东省即墨市，江苏省财政厅。", document=document)
    >>> [(m.value, m.refers_to, m.role, m.evidence) for m in found]  # doctest: +NORMALIZE_WHITESPACE
    [('鼓楼区', '320106', 'subordinate', 'own jurisdiction'), ('山东省', '370000', 'elsewhere', 'only one of that name'),
     ('即墨区', '370215', 'elsewhere', 'only one of that name; until 2017-11: 即墨区')]
    """
    date = next((value for name in ("dated", "earliest", "latest") if _is_date(value := document.get(name))), None)
    own = document.get("region_code")
    own_line = line_of_command(own, date) if isinstance(own, str) else ()
    titles = title_spans(text)
    title_begins = [begin for begin, _ in titles]
    named: dict[str, tuple[int, str]] = {}  # of the places so far, by code: end of the last mention, and name
    last = ("", "", -1)
    mentions = []
    for begin, end in _name_spans(text):
        inside = bisect_right(title_begins, begin) - 1
        if inside >= 0 and begin < titles[inside][1]:
            continue
        if _NO_PLACE_BEFORE.match(text, end):
            continue
        place, why = _decide(region_at(text[begin:end], date), text, begin, end, own_line, named, last)
        if why == "":
            continue
        value, code = text[begin:end], None
        line: tuple[str, ...] = ()
        if place is not None:
            value, code, line = place.region.path.rpartition("/")[2], place.region.code, place.line
            named[code] = (end, value)
            last = (code, value, end)
            if place.evidence != "in force":
                why = f"{why}; {place.evidence}"
        if is_body_behind(text, end) or text[max(0, begin - 2) : begin] == "中共":
            continue
        mentions.append(Mention("place", value, _role(line, own, own_line), begin, end, refers_to=code, evidence=why))
    return mentions


def _is_date(value: object) -> bool:
    return isinstance(value, pd.Timestamp) and not pd.isna(value)


def _name_spans(text: str) -> list[tuple[int, int]]:
    """Where full names stand, the longest at each place; none within another one."""
    names = known_names()
    spans: list[tuple[int, int]] = []
    for match in _LAST.finditer(text):
        end = match.end()
        for length in range(min(_MAX_BEHIND, end), 1, -1):
            begin = end - length
            if text[begin:end] not in names:
                continue
            while spans and spans[-1][0] >= begin:  # 内蒙古自治区 over what ends within it
                spans.pop()
            if not spans or spans[-1][1] <= begin:
                spans.append((begin, end))
            break
    return spans


def _decide(
    places: list[Place],
    text: str,
    begin: int,
    end: int,
    own_line: tuple[str, ...],
    named: dict[str, tuple[int, str]],
    last: tuple[str, str, int],
) -> tuple[Place | None, str]:
    """Which place a name means, and what decides; (None, "") where it is no name at all."""
    written = text[begin:end]
    lines = [place.line for place in places]
    if last[2] == begin:
        below = [i for i, line in enumerate(lines) if last[0] in line[1:]]
        if len(below) == 1:
            return places[below[0]], f"behind {last[1]}" if len(places) > 1 else "only one of that name"
    if _NEEDS_EDGE.fullmatch(written) and begin and not _EDGE.search(text[max(0, begin - 2) : begin]):
        return None, ""
    home = [i for i, line in enumerate(lines) if own_line and (own_line[0] in line or line[0] in own_line)]
    if len(home) == 1 and (len(places) > 1 or written in _ORDINARY):
        return places[home[0]], "own jurisdiction"
    if written in _ORDINARY:
        return None, ""
    if len(places) == 1:
        return places[0], "only one of that name"
    above = {code for line in lines for code in line[1:] if code in named}
    for code in sorted(above, key=lambda one: -named[one][0]):
        below = [i for i, line in enumerate(lines) if code in line[1:]]
        if len(below) == 1:
            return places[below[0]], f"named before: {named[code][1]}"
    near = [i for i, line in enumerate(lines) if len(own_line) > 1 and own_line[1] in line]
    if len(near) == 1:
        return places[near[0]], "own superior"
    return (None, "ambiguous") if places else (None, "")


def _role(line: tuple[str, ...], own: object, own_line: tuple[str, ...]) -> str | None:
    if not line or not isinstance(own, str):
        return None
    if own == "000000":
        return "subordinate"
    if line[0] == own:
        return "own"
    if line[0] in own_line:
        return "superior"
    if own in line:
        return "subordinate"
    return "same province" if own_line and line[-1] == own_line[-1] else "elsewhere"

"""Jurisdictions: names, codes, levels and superiors, from a table (data/regions.csv), never from the digits of a code.

Several places bear one name; a name that does not decide is not guessed: it gives no region.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.resources import read_data

NATION = "全国"


class Region(NamedTuple):
    """A jurisdiction: its code, its path from the province down (甘肃省/甘南藏族自治州/夏河县), its level."""

    code: str
    path: str
    level: str


@cache
def _table() -> pd.DataFrame:
    return read_data("regions.csv")


def load_regions() -> pd.DataFrame:
    """All provinces, prefectures and counties with their superiors.

    Returns
    -------
    DataFrame
        code (six digits, Ministry of Civil Affairs, as in force at the beginning of 2021), name, level, superior
        (code), short (the name without 省, 市, 县 and the like). Districts of the four municipalities and counties
        run by a province have the province as superior.

    Examples
    --------
    >>> regions = load_regions().set_index("name")
    >>> regions.loc["济源市", ["level", "superior"]].tolist()
    ['county', '410000']
    """
    return _table().copy()


@cache
def regions_by_code() -> dict[str, tuple[str, str, str]]:
    """Name, level and superior by code: to read from, not to write to."""
    return {code: (name, level, superior) for code, name, level, superior in _rows("code", "name", "level", "superior")}


def _rows(*columns: str) -> Iterator[tuple[str, ...]]:
    """Cells of the table, row by row; plain lists are many times faster to walk than the columns of pandas."""
    return zip(*(_table()[column].tolist() for column in columns), strict=True)


@cache
def _codes_by_name() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, name, short in _rows("code", "name", "short"):
        for form in {name, short}:
            found.setdefault(form, []).append(code)
    return found


def region_of(code: str) -> Region:
    """The region with a code.

    Raises
    ------
    KeyError
        If the table has no such code.

    Examples
    --------
    >>> region_of("623027")
    Region(code='623027', path='甘肃省/甘南藏族自治州/夏河县', level='county')
    """
    if code not in regions_by_code():
        raise KeyError(f"`code` must be a code of data/regions.csv; got {code!r}.")
    return name_region(code, regions_by_code())


#: Name, level and superior by code: the state of the jurisdictions at one time.
State = Mapping[str, tuple[str, str, str]]


def line_up(code: str, state: State) -> tuple[str, ...]:
    """The codes from a jurisdiction up to its province, itself first; empty for 全国 and for what is not known.

    Examples
    --------
    >>> line_up("623027", regions_by_code()), line_up("000000", regions_by_code())
    (('623027', '623000', '620000'), ())
    """
    codes: list[str] = []
    while code in state and code != "000000":
        codes.append(code)
        code = state[code][2]
    return tuple(codes)


def name_region(code: str, state: State) -> Region:
    """A jurisdiction with its path and level in one state; see `region_of`."""
    path = "/".join(state[above][0] for above in reversed(line_up(code, state)))
    return Region(code, path or NATION, state[code][1])


def region_above(region: str) -> str:
    """The path of the direct superior: 全国 above a province; "" above 全国 and above what is not known ("").

    Examples
    --------
    >>> region_above("甘肃省/甘南藏族自治州/夏河县"), region_above("甘肃省"), region_above("全国")
    ('甘肃省/甘南藏族自治州', '全国', '')
    """
    return "" if region in ("", NATION) else region.rpartition("/")[0] or NATION


def province_of(region: object) -> str:
    """The first part of a path: the province, with all below it; 全国 is one of its own; "" where it is not known.

    Examples
    --------
    >>> province_of("甘肃省/甘南藏族自治州/夏河县"), province_of("全国"), province_of(None)
    ('甘肃省', '全国', '')
    """
    return region.partition("/")[0] if isinstance(region, str) else ""


@cache
def _leading_names() -> frozenset[str]:
    """Names that a title may begin with. A short form counts only for provinces and prefectures of two
    characters or more; 市中 or 城 would match anything."""
    table = _table()
    full = table["name"][table["level"] != "national"]
    short = table["short"][table["level"].isin(["province", "prefecture"]) & (table["short"].str.len() >= 2)]
    return frozenset(full) | frozenset(short)


def _leading_name(text: str, position: int) -> str:
    """The longest name that stands at a place of a text, or ""."""
    for length in range(min(_longest_name(), len(text) - position), 0, -1):
        if (name := text[position : position + length]) in _leading_names():
            return name
    return ""


_BEFORE_PLACE = re.compile(r"^(?:中国共产党|中共|《|关于|印发|\s)+")


def find_region(text: str, *, level: str | None = None) -> Region | None:
    """The jurisdiction that a title or an issuer names at its head.

    Parameters
    ----------
    text : str
        A title, an issuer, a path such as 甘肃省/甘南藏族自治州/夏河县, or a bare name.
    level : str, optional
        What is known of its level: 吉林 alone is the province, and the city if that is asked for.

    Returns
    -------
    Region or None
        The lowest place that the leading names lead to (河北省石家庄市... is Shijiazhuang). None if no place is
        named, or if several bear the name and nothing before it decides between them.

    Examples
    --------
    >>> find_region("石家庄市法治政府建设实施方案").path
    '河北省/石家庄市'
    >>> find_region("中共甘南州委甘南州人民政府关于印发") is None, find_region("鼓楼区") is None
    (False, True)
    >>> find_region("吉林").path, find_region("吉林", level="prefecture").path
    ('吉林省', '吉林省/吉林市')
    """
    text = _BEFORE_PLACE.sub("", text.strip())
    if text.startswith(NATION):
        return Region("000000", NATION, "national")
    above: str | None = None
    position = 0
    while name := _leading_name(text, position):
        end = position + len(name)
        candidates = _candidates(name, text[end : end + 1], above, level)
        if len(candidates) != 1:
            break
        above = candidates[0]
        position = end
        if text[position : position + 1] in ("/", "、", " "):
            position += 1
    return region_of(above) if above else None


def read_place_names(text: str) -> list[tuple[str, int, str]]:
    """The full names of places that a text begins with: 河北省石家庄市法制办 begins with two.

    Returns
    -------
    list of (str, int, str)
        Name, end of it in the text, level ("" where places of several levels bear the name). Short forms do not count.

    Examples
    --------
    >>> read_place_names("河北省石家庄市法制办")
    [('河北省', 3, 'province'), ('石家庄市', 7, 'prefecture')]
    """
    names: list[tuple[str, int, str]] = []
    position = 0
    while True:
        for length in range(min(_longest_name(), len(text) - position), 1, -1):
            name = text[position : position + length]
            codes = [code for code in _codes_by_name().get(name, []) if regions_by_code()[code][0] == name]
            if codes:
                break
        else:
            return names
        levels = {regions_by_code()[code][1] for code in codes}
        position += length
        names.append((name, position, levels.pop() if len(levels) == 1 else ""))


@cache
def _longest_name() -> int:
    return int(_table()["name"].str.len().max())


def strip_region(text: str) -> str:
    """A title without the places that it begins with.

    Examples
    --------
    >>> strip_region("河北省石家庄市法治政府建设实施方案")
    '法治政府建设实施方案'
    """
    position = 0
    while name := _leading_name(text, position):
        position += len(name)
    return text[position:]


def _candidates(name: str, follower: str, above: str | None, level: str | None) -> list[str]:
    codes = [code for code in _codes_by_name()[name] if code != "000000"]
    if above:
        return [code for code in codes if above in line_up(code, regions_by_code())[1:]]
    exact = [code for code in codes if regions_by_code()[code][0] == name]
    if exact:
        return exact if len(exact) == 1 else []
    levels = {"州": "prefecture", "市": "prefecture", "省": "province"}
    if follower in levels:
        codes = [code for code in codes if regions_by_code()[code][1] == levels[follower]]
    else:
        codes = [code for code in codes if regions_by_code()[code][1] in ("province", "prefecture")]
        if asked := [code for code in codes if regions_by_code()[code][1] == level]:
            return asked
        provinces = [code for code in codes if regions_by_code()[code][1] == "province"]
        codes = provinces or codes  # 吉林 alone is the province
    return codes


#: 发文字号 prefixes of the provinces: 冀发, 粤府, 甘政发; the central authorities: 中发, 国发.
PROVINCE_SIGNS = {
    "京": "110000", "津": "120000", "冀": "130000", "晋": "140000", "内": "150000", "辽": "210000", "吉": "220000",
    "黑": "230000", "沪": "310000", "苏": "320000", "浙": "330000", "皖": "340000", "闽": "350000", "赣": "360000",
    "鲁": "370000", "豫": "410000", "鄂": "420000", "湘": "430000", "粤": "440000", "桂": "450000", "琼": "460000",
    "渝": "500000", "川": "510000", "黔": "520000", "云": "530000", "藏": "540000", "陕": "610000", "甘": "620000",
    "青": "630000", "宁": "640000", "新": "650000",
}  # fmt: skip

_CENTRAL = re.compile(
    r"^(?:中共中央|中央|国务院|全国人大|全国人民代表大会|中华人民共和国|最高人民|国家[^，。]{0,12}[局委部])"
)


def infer_region(title: str, issuers: str = "", doc_number: str = "", name: str = "") -> tuple[Region | None, str]:
    """The jurisdiction of a document and what tells it.

    Parameters
    ----------
    title, issuers, doc_number : str
        As found in the text; may be empty.
    name : str
        The file's name, looked at last.

    Returns
    -------
    (Region or None, str)
        The evidence is "title", "issuer", "document number", "file name" or "".

    Examples
    --------
    >>> infer_region("清远市法治政府建设实施方案")[0].level
    'prefecture'
    >>> infer_region("法治政府建设实施纲要（2021—2025年）", issuers="中共中央;国务院")
    (Region(code='000000', path='全国', level='national'), 'issuer')
    """
    region, evidence, _ = _infer(title, issuers, doc_number, name)
    return region, evidence


def _infer(title: str, issuers: str, doc_number: str, name: str) -> tuple[Region | None, str, str]:
    """The region, the evidence, and the words that name it ("" where a number or a central authority tells)."""
    for evidence, text in (("title", title), ("issuer", issuers)):
        for part in filter(None, text.split(";")):
            if _CENTRAL.match(part.strip("《 ")):
                return Region("000000", NATION, "national"), evidence, ""
            region = find_region(part)
            if region:
                return region, evidence, part
    if doc_number:
        if re.match(r"(?:中发|国发|中办发|国办发|国函|国令)", doc_number):
            return Region("000000", NATION, "national"), "document number", ""
        if re.match(rf"[{''.join(PROVINCE_SIGNS)}](?:政|发|府|办|委)", doc_number):
            return region_of(PROVINCE_SIGNS[doc_number[0]]), "document number", ""
    region = find_region(name) if name else None
    return (region, "file name", name) if region else (None, "", "")


#: Characters from the head of a text within which it tells whether it speaks for a province or for a city.
_VOICE = 2000
#: So often a text says 我市, 全市 or 市委、市政府 within them that is one of the city.
_OWN_VOICE = 2


def _bare_name(words: str) -> str:
    """The place that stands first in a title or an issuer, as it is written there."""
    return _leading_name(_BEFORE_PLACE.sub("", words.strip()), 0)


def _bearers(region: Region, words: str) -> list[Region]:
    """The prefectures that bear the short form by which words name a province."""
    codes = _codes_by_name().get(_bare_name(words), []) if region.level == "province" else []
    if region.code not in codes or regions_by_code()[region.code][0] == _bare_name(words):
        return []
    return [region_of(code) for code in codes if regions_by_code()[code][1] == "prefecture"]


def settle_region(
    text: str, title: str, issuers: str = "", doc_number: str = "", name: str = ""
) -> tuple[Region | None, Region | None, str]:
    """The jurisdiction of a document as `infer_region` tells it, with the text heard where a bare name leaves a choice.

    吉林 is a province and a city, 海南 a province and a prefecture of 青海省. Without 省, 市 or 州 behind it the text's first
    2,000 characters decide: 我市, 全市, 市委、市政府 twice, or else 吉林市, 市人民政府, 全市, 市委 against 全省, 省人民政府, 省委, by the greater
    number.

    Parameters
    ----------
    text : str
        Clean text.
    title, issuers, doc_number, name : str
        As for `infer_region`.

    Returns
    -------
    region : Region or None
    other : Region or None
        The other place that bears the name; None where nothing had to be chosen.
    doubt : str
        What was taken, and why; "" where nothing had to be chosen.

    Examples
    --------
    >>> settle_region("市人民政府负责，全市推进。", "吉林法治建设实施方案")[0].path
    '吉林省/吉林市'
    >>> settle_region("到2020年建成。", "吉林法治建设实施方案")[2]
    '吉林 is 吉林省 and 吉林省/吉林市; taken as 吉林省, since nothing in the text decides'
    """
    region, _, words = _infer(title, issuers, doc_number, name)
    others = _bearers(region, words) if region else []
    if region is None or not others:
        return region, None, ""
    province, other = region, others[0]
    short = _bare_name(words)
    unit = other.path[-1]  # 市, 州
    head = text[:_VOICE]
    for_other = len(re.findall(rf"{short}{unit}|(?<!各){unit}人民政府|全{unit}(?!场)|(?<!各){unit}委", head))
    for_province = len(re.findall("全省|省人民政府|省委", head))
    # a city speaks of its province all the time, a province never of "our city"
    own = len(re.findall(rf"[我本]{unit}|全{unit}(?!场)|代表{unit}人民政府|{unit}委、{unit}政府", head))
    chosen = other if own >= _OWN_VOICE or for_other > for_province else province
    for_other = max(for_other, own)
    said = f"the text speaks {for_other} times for the {other.level} and {for_province} times for the province"
    why = said if for_other != for_province or own >= _OWN_VOICE else "nothing in the text decides"
    doubt = f"{short} is {province.path} and {other.path}; taken as {chosen.path}, since {why}"
    return chosen, province if chosen is other else other, doubt

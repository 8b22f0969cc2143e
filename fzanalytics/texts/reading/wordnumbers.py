"""The numbers that Word writes by itself: 一、 or 第一条 may stand in no run of a document, only in its list definitions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fzanalytics.base.numbering import format_number

if TYPE_CHECKING:
    from lxml.etree import _Element

_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_FINANCIAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_FINANCIAL_TRADITIONAL = str.maketrans("一二三四五六七八九十百千", "壹貳參肆伍陸柒捌玖拾佰仟")
_MAX_LEVELS = 9
_MAX_NUMBER = 9999


def _one_of(characters: str) -> Callable[[int], str]:
    return lambda number: characters[(number - 1) % len(characters)]


def _from(first: str, count: int) -> Callable[[int], str]:
    """Consecutive characters; beyond the last of them plain figures."""
    return lambda number: chr(ord(first) + number - 1) if number <= count else str(number)


def circled(number: int) -> str:
    """A number in a circle, up to 50.

    Examples
    --------
    >>> circled(1), circled(21), circled(51)
    ('①', '㉑', '51')
    """
    for first, last, character in ((1, 20, "①"), (21, 35, "㉑"), (36, 50, "㊱")):
        if first <= number <= last:
            return chr(ord(character) + number - first)
    return str(number)


def _digits(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "〇一二三四五六七八九"))


def _full_width(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


def _letters(number: int) -> str:
    return chr(97 + (number - 1) % 26) * min((number - 1) // 26 + 1, 10)


_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def roman(number: int) -> str:
    """A number in small Roman figures.

    Examples
    --------
    >>> roman(4), roman(1998)
    ('iv', 'mcmxcviii')
    """
    text = ""
    for value, figure in _ROMAN:
        text, number = text + figure * (number // value), number % value
    return text


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalEnclosedCircle": circled,
    "decimalEnclosedCircleChinese": circled,
    "decimalEnclosedFullstop": _from("⒈", 20),
    "decimalEnclosedParen": _from("⑴", 20),
    "ideographEnclosedCircle": _from("㊀", 10),
    "ideographDigital": _digits,
    "japaneseDigitalTenThousand": _digits,
    "taiwaneseDigital": _digits,
    "koreanDigital2": _digits,
    "ideographTraditional": _one_of(_STEMS),
    "ideographZodiac": _one_of(_BRANCHES),
    "ideographZodiacTraditional": lambda number: _one_of(_STEMS)(number) + _one_of(_BRANCHES)(number),
    "chineseLegalSimplified": lambda number: format_number(number).translate(_FINANCIAL),
    "ideographLegalTraditional": lambda number: format_number(number).translate(_FINANCIAL_TRADITIONAL),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand"),
        format_number,
    ),
}  # fmt: skip


def show(number: int, style: str) -> str:
    """A number as Word writes it in one of its styles; an unknown style is plain figures.

    Examples
    --------
    >>> show(12, "chineseCountingThousand"), show(3, "decimalEnclosedCircle"), show(2, "ideographTraditional")
    ('十二', '③', '乙')
    >>> show(10, "ideographDigital"), show(28, "lowerLetter"), show(0, "chineseCounting")
    ('一〇', 'bb', '〇')
    """
    if not 1 <= number <= _MAX_NUMBER:
        return "〇" if number == 0 and "ounting" in style else str(number)
    return _FORMATS.get(style, str)(number)


def name_of(element: Any) -> str:
    """The name of an element without its namespace, which differs between the two editions of the standard."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """An attribute by its name without namespace."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), None)


def child(element: Any, *path: str) -> Any:
    """The descendant of an element under names, one a level; None if it or the element is not there."""
    for name in path:
        element = None if element is None else next((part for part in element if name_of(part) == name), None)
    return element


@dataclass(frozen=True)
class Level:
    """One level of a list: how it counts and what it writes."""

    style: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    plain: bool = False
    gap: bool = True
    paragraph_style: str = ""


@dataclass
class _List:
    """An instance of a list: its definition, its levels, and where it starts anew."""

    definition: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of a document, and how far each has counted.

    Parameters
    ----------
    numbering, styles : element or None
        The roots of numbering.xml and styles.xml. Without the former nothing is numbered.
    """

    def __init__(self, numbering: _Element | None, styles: _Element | None) -> None:
        """Read the definitions; nothing is counted yet."""
        self._styles = _read_styles(styles)
        self._lists = _read_lists(numbering, self._styles) if numbering is not None else {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, paragraph: _Element) -> str:
        """The number before a paragraph, "" if it has none; counts on."""
        number_id, depth = self._place(paragraph)
        one = self._lists.get(number_id)
        level = one.levels.get(depth) if one else None
        if one is None or level is None:
            return ""
        counts = self._counts.setdefault(one.definition, {})
        if depth in one.starts and (number_id, depth) not in self._begun:
            counts[depth] = one.starts[depth]
        else:
            counts[depth] = counts[depth] + 1 if depth in counts else level.start
        self._begun.add((number_id, depth))
        for deeper in [other for other in counts if other > depth]:
            restart = one.levels[deeper].restart if deeper in one.levels else None
            if restart is None or depth < restart:
                del counts[deeper]
        if level.style in ("bullet", "none"):
            return ""
        label = re.sub("%([1-9])", lambda match: self._figure(one, counts, int(match[1]) - 1, level.plain), level.text)
        return f"{label} " if level.gap and label and label[-1] not in "、，．.)）]】〕〉:： \u3000\t" else label

    def _figure(self, one: _List, counts: dict[int, int], depth: int, plain: bool) -> str:
        level = one.levels.get(depth, Level())
        return show(counts.get(depth, level.start), "decimal" if plain else level.style)

    def _place(self, paragraph: _Element) -> tuple[str, int]:
        """The list and level of a paragraph: its own, or those of its style."""
        properties = child(paragraph, "pPr")
        own = child(properties, "numPr")
        style = _value(properties, "pStyle") or self._styles.get("", _Style()).base
        number_id, depth = _value(own, "numId"), _value(own, "ilvl")
        seen: set[str] = set()
        name = style
        while number_id is None and name and name in self._styles and name not in seen:
            seen.add(name)
            number_id, depth = self._styles[name].number_id, depth or self._styles[name].depth
            if number_id is not None and depth is None and number_id in self._lists:
                linked = (d for d, level in self._lists[number_id].levels.items() if level.paragraph_style == name)
                depth = str(next(linked, 0))
            name = self._styles[name].base
        return number_id or "", _whole(depth, 0)


@dataclass(frozen=True)
class _Style:
    number_id: str | None = None
    depth: str | None = None
    base: str = ""


def _read_styles(root: _Element | None) -> dict[str, _Style]:
    """The lists that styles bring; under "" the default style of paragraphs as base."""
    styles: dict[str, _Style] = {}
    for element in root if root is not None else ():
        if name_of(element) != "style":
            continue
        name = attribute(element, "styleId") or ""
        numbers = child(child(element, "pPr"), "numPr")
        styles[name] = _Style(_value(numbers, "numId"), _value(numbers, "ilvl"), _value(element, "basedOn") or "")
        if attribute(element, "type") == "paragraph" and attribute(element, "default") in ("1", "true", "on"):
            styles[""] = _Style(base=name)
    return styles


def _read_lists(root: _Element, styles: dict[str, _Style]) -> dict[str, _List]:
    definitions: dict[str, dict[int, Level]] = {}
    links: dict[str, str] = {}
    for element in root:
        if name_of(element) == "abstractNum":
            name = attribute(element, "abstractNumId") or ""
            definitions[name] = _read_levels(element)
            link = _value(element, "numStyleLink")
            if link:
                links[name] = link
    instances = [element for element in root if name_of(element) == "num"]
    of_instance = {attribute(element, "numId") or "": _value(element, "abstractNumId") or "" for element in instances}
    lists: dict[str, _List] = {}
    for element in instances:
        number_id = attribute(element, "numId") or ""
        definition = of_instance[number_id]
        if definition in links and not definitions.get(definition):  # a list that is a style defines it elsewhere
            definition = of_instance.get(styles.get(links[definition], _Style()).number_id or "", definition)
        levels = dict(definitions.get(definition, {}))
        starts: dict[int, int] = {}
        for override in [part for part in element if name_of(part) == "lvlOverride"]:
            depth = _whole(attribute(override, "ilvl"), 0)
            levels.update(_read_levels(override))
            start = _value(override, "startOverride")
            if start is not None:
                starts[depth] = _whole(start, 1)
        lists[number_id] = _List(definition, levels, starts)
    lists.pop("0", None)  # 0 takes a paragraph out of the list of its style
    return lists


def _read_levels(parent: _Element) -> dict[int, Level]:
    levels = {}
    for element in [part for part in parent if name_of(part) == "lvl"]:
        depth = _whole(attribute(element, "ilvl"), 0)
        plain = child(element, "isLgl")
        restart = _value(element, "lvlRestart")
        if depth < _MAX_LEVELS:
            levels[depth] = Level(
                style=_value(element, "numFmt") or "decimal",
                text=(_value(element, "lvlText") or "")[:40],
                start=_whole(_value(element, "start"), 0),
                restart=None if restart is None else _whole(restart, 0),
                plain=plain is not None and attribute(plain, "val") not in ("0", "false", "off"),
                gap=_value(element, "suff") != "nothing",
                paragraph_style=_value(element, "pStyle") or "",
            )
    return levels


def _value(element: Any, name: str) -> str | None:
    part = child(element, name)
    return None if part is None else attribute(part, "val")


def _whole(text: str | None, default: int) -> int:
    try:
        return int(text) if text is not None and len(text) <= 6 else default
    except ValueError:
        return default

"""A text made ready for extraction: spaces left out, figures in one spelling, names of documents blanked.

The patterns of the extractors run over this text, and what they find is led back to the clean text by offset. So a
pattern need not provide for 2 0 1 7 年, full-width figures, or a year that stands in the title of another document.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import NamedTuple

from fzanalytics.base.numbering import parse_number

#: What stands for a character that is part of a name: no pattern knows it.
BLANK = "\x00"

_FOLD = str.maketrans("０１２３４５６７８９％﹪，；：（）－‐‑﹣○ＯО．", "0123456789%%,;:()----〇OO.")
_SPACES = re.compile(r"[^\S\n]+")
_MAX_TITLE, _MAX_QUOTE = 200, 24
_TITLE_MARK = re.compile(r"[《》\n]")
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
    compact = "".join(parts)
    return Prepared(_blank(compact, blank_quotes=blank_quotes), places, shifts)


def _blank(text: str, *, blank_quotes: bool) -> str:
    spans = [(found.start(), found.end()) for found in _OWN_NUMBER.finditer(text)]
    for begin, end in title_spans(text):
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


def title_spans(text: str) -> list[tuple[int, int]]:
    """Where titles in 《》 stand, the outermost of nested ones; a title ends with its line or is none.

    Examples
    --------
    >>> title_spans("依《关于印发《规划》的通知》和《办法》及《未完")
    [(1, 14), (15, 19)]
    """
    spans: list[tuple[int, int]] = []
    opened: list[int] = []
    for mark in _TITLE_MARK.finditer(text):
        if mark[0] == "《":
            opened.append(mark.start())
        elif mark[0] == "》" and opened:
            begin = opened.pop()
            if mark.end() - begin <= _MAX_TITLE:
                while spans and spans[-1][0] >= begin:
                    spans.pop()
                spans.append((begin, mark.end()))
        elif mark[0] == "\n":
            opened.clear()
    return spans


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


_HAN_FIGURES = "〇零一二三四五六七八九两"
#: A number in Chinese figures, or in Arabic ones, not within a longer one. At most 12 characters.
HAN_NUMBER = f"[{_HAN_FIGURES}十百千万亿]{{1,12}}"
ARABIC_NUMBER = r"\d{1,12}(?:,\d{3}){0,4}(?:\.\d{1,6})?"
_SCALES = {"万": 10**4, "亿": 10**8}


def read_number(text: str) -> float | None:
    """The value of a number in Arabic or Chinese figures, 万 and 亿 included, 半 as 0.5; None if it is none.

    Examples
    --------
    >>> [read_number(number) for number in ("1,000.5", "三十", "两", "半", "1.2万", "三点五", "十万亿", "万")]
    [1000.5, 30, 2, 0.5, 12000, 3.5, 10000000000000, None]
    """
    factor = 1
    while len(text) > 1 and text[-1] in _SCALES:
        factor, text = factor * _SCALES[text[-1]], text[:-1]
    value = _read_plain(text)
    if value is None:
        return None
    value = round(value * factor, 9)
    return int(value) if value == int(value) else value


def _read_plain(text: str) -> float | None:
    if text == "半":
        return 0.5
    if re.fullmatch(ARABIC_NUMBER, text):
        return float(text.replace(",", ""))
    for scale, factor in (("亿", 10**8), ("万", 10**4)):
        head, found, tail = text.partition(scale)
        if found:
            whole, rest = _read_plain(head), _read_plain(tail.lstrip("零〇"))
            return None if whole is None or rest is None else whole * factor + rest
    whole_text, point, decimals = text.partition("点")
    try:
        value = parse_number(whole_text) if whole_text else None
        if value is None or not point:
            return value
        return float(f"{value}.{''.join(str(parse_number(figure)) for figure in decimals)}")
    except ValueError:
        return None


def show_value(value: float) -> str:
    """A number without needless decimals, never in powers of ten.

    Examples
    --------
    >>> show_value(0.30000000000000004), show_value(12000000.0)
    ('0.3', '12000000')
    """
    rounded = round(value, 6)
    return str(int(rounded)) if rounded == int(rounded) else f"{rounded:.6f}".rstrip("0")

"""Numbers in running text, in Arabic or Chinese figures, with 万 and 亿: how they look, what they mean, how they are shown.

The years and days that such numbers name are checked here too.
"""

from __future__ import annotations

import re

import pandas as pd

from fzanalytics.base.numbering import parse_number

#: Chinese figures, units and 两: the characters of a number within a sentence.
HAN_FIGURES = "〇零一二三四五六七八九十两百千万亿"
#: A number in Chinese figures, or in Arabic ones, not within a longer one. At most 12 characters.
HAN_NUMBER = f"[{HAN_FIGURES}]{{1,12}}"
ARABIC_NUMBER = r"\d{1,12}(?:,\d{3}){0,4}(?:\.\d{1,6})?"
_SCALES = {"亿": 10**8, "万": 10**4}


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
    for scale, factor in _SCALES.items():
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


# figures as machine reading gives them: l and I for 1, o and O for 0
_LETTERS = str.maketrans("lIoO", "1100", " ")


def read_year(text: str) -> int | None:
    """The year that figures name, in the years 1949 to 2099; None for any other.

    Examples
    --------
    >>> [read_year(year) for year in ("2017", "2 0 1 7", "20l7", "二〇一七", "2999")]
    [2017, 2017, 2017, 2017, None]
    """
    figures = text.translate(_LETTERS)
    if not figures.isascii():
        figures = str(parse_number(re.sub("[Oo0]", "〇", text)))
    year = int(figures) if figures.isdigit() else 0
    return year if 1949 <= year <= 2099 else None


def make_day(year: int, month: int, day: int) -> pd.Timestamp | None:
    """The day of that year and month; None if the calendar has none.

    Examples
    --------
    >>> make_day(2017, 1, 26), make_day(2017, 2, 30)
    (Timestamp('2017-01-26 00:00:00'), None)
    """
    try:
        return pd.Timestamp(year=year, month=month, day=day)
    except ValueError:
        return None

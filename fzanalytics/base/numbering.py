"""Numbers of clauses: the spellings in which official documents write them, and their order of rank.

The rules of official-document writing (GB/T 9704-2012, 7.3.3) give four ranks, 一、 then （一） then 1. then (1);
statutes number 编, 章, 节 and 条, below them 款 (a paragraph, never written as a number), 项 （一） and 目 1. (the law on
legislation, 立法法 article 65 of 2023). Emergency plans count in decimals, 1.1 and 1.1.1. Every spelling found in
the wild is read as one of these. What opens a line is read here; what only its place among the others can tell to be
a number (1.1, 第一条 without a space, 一是 within a sentence) is read by `fzanalytics.texts.structure.markers`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: The ways of numbering, from the highest rank to the lowest, each named by its first number.
NUMBERINGS = (
    "附件", "第一编", "第一章", "第一节", "第一条", "第一款", "一、", "（一）", "1.", "1.1", "1.1.1", "1.1.1.1", "(1)", "①",
    "一是", "第一，",
)  # fmt: skip

_DIGITS = {"〇": 0, "零": 0, "○": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_DIGITS |= {"两": 2, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_HAN_NUMBER = "[一二三四五六七八九十百千〇零○]"
_ARABIC = "[0-9０-９]"
_GAP = r"[^\S\n]*"
_OPEN, _CLOSE = r"[（(〔\[【﹙［]", r"[）)〕\]】﹚］]"
# 一、二、三产业, 3.5亿元, 10.31, 1、2号楼 open with a list or a decimal; 1.2017年底前 is a clause that opens with a year
_NO_LIST = f"(?!{_GAP}{_HAN_NUMBER}{{1,3}}、)"
_NO_DECIMAL = f"(?:(?!{_ARABIC})|(?=[2２][0０]{_ARABIC}{{2}}{_GAP}年))"
# （一）（二）项规定的, （一）至（三）项: items that are referred to
_NO_ITEMS = f"(?![^\\S\n]?[、和及至或]?[^\\S\n]?{_OPEN}[^\\S\n]?{_HAN_NUMBER}{{1,5}}[^\\S\n]?{_CLOSE})"
# 一　总体要求: a number without a mark counts only before a bare heading
_BARE_HEADING = f"(?!{_HAN_NUMBER})(?=[\u4e00-\u9fff][^。；，：;,:]{{1,39}}$)"

# 第十条之一: an article put in behind the tenth when the law was changed, so that the others kept their numbers
_INSERTED = f"(?:之({_HAN_NUMBER}{{1,3}}))?"

_MARKERS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (numbering, re.compile(pattern))
    for numbering, pattern in (
        *(
            (f"第一{rank}", rf"第{_GAP}({_HAN_NUMBER}{{1,9}}|{_ARABIC}{{1,4}}){_GAP}{rank}{_INSERTED}(?=\s|\*|$)")
            for rank in "编章节条"
        ),
        ("一、", rf"({_HAN_NUMBER}{{1,5}}){_GAP}[、．.﹒，,]{_NO_LIST}"),
        ("一、", rf"({_HAN_NUMBER}{{1,3}})[^\S\n]+{_BARE_HEADING}"),
        ("（一）", rf"{_OPEN}{_GAP}({_HAN_NUMBER}{{1,5}}){_GAP}{_CLOSE}{_NO_ITEMS}{_GAP}[、．.]?"),
        ("（一）", r"([㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩])"),
        ("1.", rf"({_ARABIC}{{1,3}}){_GAP}[．.、﹒。，,]{_NO_DECIMAL}"),
        ("1.", r"([\u2488-\u249b])"),
        ("(1)", rf"{_OPEN}{_GAP}({_ARABIC}{{1,3}}){_GAP}{_CLOSE}{_GAP}[、．.]?"),
        ("(1)", rf"({_ARABIC}{{1,2}}){_GAP}[）)]"),
        ("(1)", r"([\u2474-\u2487])"),
        ("①", r"([\u2460-\u2473\u3251-\u325f])"),
    )
)


class Marker(NamedTuple):
    """A clause number at the head of a line: its way of numbering, its value, and where the heading begins.

    `inserted` is 1 in 第十条之一, 0 elsewhere.
    """

    numbering: str
    number: int
    end: int
    inserted: int = 0


def parse_number(text: str) -> int:
    """The value of a number in Chinese, Arabic, full-width or circled figures.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> [parse_number(number) for number in ("三十八", "一百零二", "２０", "㈣", "⑿", "二〇一七")]
    [38, 102, 20, 4, 12, 2017]
    """
    if len(text) == 1:
        for first, last, value in ((0x2460, 0x2473, 1), (0x2474, 0x2487, 1), (0x2488, 0x249B, 1), (0x3220, 0x3229, 1)):
            if first <= ord(text) <= last:
                return ord(text) - first + value
        if 0x3251 <= ord(text) <= 0x325F:
            return ord(text) - 0x3251 + 21
    if text.isdecimal():
        return int(text)
    if not text or any(character not in _DIGITS and character not in _UNITS for character in text):
        raise ValueError(f"`text` must be a whole number in Chinese or Arabic figures; got {text!r}.")
    if not any(character in _UNITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total, digit = 0, 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


def format_number(number: int) -> str:
    """A whole number from 1 to 9999 as clauses are numbered in Chinese.

    Examples
    --------
    >>> [format_number(number) for number in (3, 10, 12, 20, 38, 102, 110, 1007, 1260)]
    ['三', '十', '十二', '二十', '三十八', '一百零二', '一百一十', '一千零七', '一千二百六十']

    Raises
    ------
    ValueError
        If the number is outside that range.
    """
    if not 1 <= number <= 9999:
        raise ValueError(f"`number` must be from 1 to 9999; got {number}.")
    figures = "零一二三四五六七八九"
    text = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("" if name == "十" and digit == 1 and not text else figures[digit]) + name
        elif text and number % unit and not text.endswith("零"):
            text += "零"
    return text


def read_marker(line: str) -> Marker | None:
    """The clause number that opens a line, in any of its spellings, or None.

    Parameters
    ----------
    line : str
        One line; white space and Markdown signs before the number are passed over.

    Returns
    -------
    Marker or None
        `end` counts characters of `line`, white space behind the number included.

    Examples
    --------
    >>> read_marker("( 四 ) 推进严格规范公正文明执法")
    Marker(numbering='（一）', number=4, end=6, inserted=0)
    >>> read_marker("５．加强市场监管。")[:3]
    ('1.', 5, 2)
    >>> read_marker("第十条之一　国家鼓励"), read_marker("第十条第二款规定的")
    (Marker(numbering='第一条', number=10, end=6, inserted=1), None)
    >>> read_marker("2017年年底前") is None, read_marker("3.5亿元") is None
    (True, True)
    """
    start = _LEAD.match(line).end()  # type: ignore[union-attr]
    if not _FIRST.match(line, start):  # most lines begin with words
        return None
    for numbering, pattern in _MARKERS:
        match = pattern.match(line, start)
        if match:
            number = parse_number(match[1])
            inserted = parse_number(match[2]) if match.lastindex == 2 else 0
            end = _LEAD_SPACE.match(line, match.end()).end()  # type: ignore[union-attr]
            return Marker(numbering, number, end, inserted)
    return None


_LEAD = re.compile(r"[\s#*>]*")
#: What a number may begin with.
_FIRST = re.compile("[第一二三四五六七八九十百千〇零○0-9０-９（(〔\\[【﹙［㈠-㈩\u2460-\u249b\u3251-\u325f]")
_LEAD_SPACE = re.compile(r"[\s*]*")


def show_number(numbering: str, number: int, inserted: int = 0) -> str:
    """A number as it stands in the path of a clause: 二 for 二、, （三） for any spelling of it, 4 for 4. and so on.

    Examples
    --------
    >>> "/".join([show_number("一、", 2), show_number("（一）", 1), show_number("1.", 3), show_number("第一条", 12)])
    '二/（一）/3/第十二条'
    >>> show_number("第一条", 10, 1), show_number("一是", 2), show_number("第一，", 2), show_number("第一条", 1260)
    ('第十条之一', '二是', '第二', '第一千二百六十条')
    """
    han = format_number(number) if 1 <= number <= 9999 else str(number)
    if numbering == "（一）":
        return f"（{han}）"
    if numbering == "第一，":
        return f"第{han}"
    if numbering.startswith("第"):
        return f"第{han}{numbering[-1]}" + (f"之{format_number(inserted)}" if inserted else "")
    shown = {"一、": han, "一是": f"{han}是", "(1)": f"({number})", "①": f"<{number}>", "附件": f"附件{number}"}
    return shown.get(numbering, str(number))

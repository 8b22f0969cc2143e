"""Repair of texts as they come, one fixer for one fault, every repair on record.

A fixer takes a text and returns the edits it would make; nothing else changes a text. So a repair can be
counted, listed, left out by name, and led back to the place in the file where it happened. A clean text passes
unchanged. Fixers are deliberately narrow: what they cannot be sure of, they leave alone.

Damage that only the rest of a corpus can undo (bytes shifted within GBK) is counted here and repaired in a second pass,
see `fzanalytics.texts.cleaning.byteshift`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection
from functools import cache
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.offsets import Edit, OffsetMap, apply_edits

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
SPACE = r"[ \t\u00a0\u2000-\u2002\u2004-\u200a\u202f\u205f]"
# the wide spaces U+3000 and U+2003 are layout: they indent, and part paragraphs and dates
ANY_SPACE = SPACE[:-1] + r"\u2003\u3000]"

# ---------------------------------------------------------------- characters that nobody sees

_INVISIBLE = re.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")


def fix_invisible(text: str) -> list[Edit]:
    """Zero-width, control and direction characters: left by word processors and web pages, never content.

    Half a character (a lone surrogate), which no file can hold, becomes U+FFFD.
    """
    halves = [Edit(*m.span(), "\ufffd") for m in _HALF_CHARACTER.finditer(text)]
    return [Edit(*m.span(), "") for m in _INVISIBLE.finditer(text)] + halves


def fix_line_ends(text: str) -> list[Edit]:
    """Line ends of other systems become a line feed."""
    return [Edit(*m.span(), "\n") for m in _LINE_ENDS.finditer(text)]


# ---------------------------------------------------------------- pinyin notes

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_PINYIN_NOTE = re.compile(
    rf"(?<=[{HAN}])(?:{ANY_SPACE}*[(（]{ANY_SPACE}*(?=[a-zü{_TONED}]{{1,6}}{ANY_SPACE}*[)）])"
    rf"[a-zü]*[{_TONED}][a-zü]*{ANY_SPACE}*[)）])+",
)


def fix_pinyin_notes(text: str) -> list[Edit]:
    """A reading in brackets behind a character, as some sites insert it: 設(shè) becomes 設.

    Only one syllable with one tone mark, in lower case and directly behind a Chinese character, counts:
    abbreviations such as 维生素(vc) or 中国(CN) stay.
    """
    return [Edit(*m.span(), "") for m in _PINYIN_NOTE.finditer(text)]


# ---------------------------------------------------------------- Traditional characters


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC

    return OpenCC("tw2s").convert  # type: ignore[no-any-return]


@cache
def to_simplified(character: str) -> str:
    """One character in Simplified writing."""
    return _converter()(character)[:1] or character


@cache
def is_traditional(character: str) -> bool:
    """Whether a character exists in Traditional writing only (GB 2312 holds the Simplified standard)."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return "\u3400" <= character <= "\u9fff" and _converter()(character) != character
    return False


@cache
def is_simplified(character: str) -> bool:
    """Whether a character exists in Simplified writing only (Big5 holds the Traditional standard)."""
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        try:
            character.encode("gb2312")
        except UnicodeEncodeError:
            return False
        return "\u4e00" <= character <= "\u9fff"
    return False


def fix_traditional(text: str) -> list[Edit]:
    """Traditional characters become Simplified, character for character, in lines written in Traditional.

    A line is Traditional if more of its characters exist in Traditional writing only than in Simplified
    writing only. So a quoted Traditional name in a Simplified line stays, and so do 著作 or 乾 in
    Simplified texts, which a blind conversion changes.
    """
    edits: list[Edit] = []
    begin = 0
    for line in text.splitlines(keepends=True):
        if not line.isascii():
            edits += _simplify_line(line, begin)
        begin += len(line)
    return edits


def _simplify_line(line: str, begin: int) -> list[Edit]:
    traditional = sum(map(is_traditional, line))
    if traditional <= sum(map(is_simplified, line)):
        return []
    line = _HALF_CHARACTER.sub("\ufffd", line)
    simplified = _converter()(line)
    if len(simplified) != len(line):  # a phrase changed its length: fall back to single characters
        simplified = "".join(_converter()(character)[:1] or character for character in line)
    return [
        Edit(begin + i, begin + i + 1, new)
        for i, (old, new) in enumerate(zip(line, simplified, strict=True))
        if old != new
    ]


# ---------------------------------------------------------------- stray spaces

_OPEN, _CLOSE = "(（〔[【〈《<“‘", ")）〕]】〉》>”’"
_MARKS = "，。；：、！？,;:!?"
_STRAY = [
    # 〔 2015 〕, ( 四 ), 《 办法 》: inside a bracket, at either border
    re.compile(rf"(?<=[{re.escape(_OPEN)}]){ANY_SPACE}+(?=\S)"),
    re.compile(rf"(?<=\S){ANY_SPACE}+(?=[{re.escape(_CLOSE)}])"),
    # 到 2020 年, 36 号: between a number and a Chinese character, either way
    re.compile(rf"(?<=[0-9０-９]){SPACE}+(?=[{HAN}〔〕%％])"),
    re.compile(rf"(?<=[{HAN}〔〕]){SPACE}+(?=[0-9０-９])"),
    # 作用 , 为: before and after a Chinese mark or an ASCII one between Chinese characters
    re.compile(rf"(?<=[{HAN}{re.escape(_CLOSE)}]){SPACE}+(?=[{_MARKS}])"),
    re.compile(rf"(?<=[{_MARKS}]){SPACE}+(?=[{HAN}])"),
    re.compile(rf"(?<=[，。；：、！？]){SPACE}+(?=[0-9０-９{re.escape(_OPEN)}])"),
    re.compile(rf"[{HAN}]{SPACE}*[,;:]({SPACE}+)(?=[0-9０-９{re.escape(_OPEN)}])"),
    # 20 22年: one number written apart, if a unit of time or a bracket of a 发文字号 follows
    re.compile(rf"(?<=[12][0-9]){SPACE}(?=[0-9]{{2}}{SPACE}*[年〕])"),
]
_PARAGRAPH_SPACE = re.compile(rf"(?<=[{HAN}〔〕）)”]) (?=[{HAN}〔（(“])|(?<=[{HAN}]) ?\+ ?(?=[{HAN}])")
# 1 总则, 1、 2017年: a number that opens a line and is no date is a heading's; its space parts it from the heading
_OPENING_NUMBER = re.compile(rf"^{SPACE}*[0-9０-９.．、]+({SPACE}+)(?![年月日号〕])", re.MULTILINE)
_QUOTED = re.compile("“[^”\n]*|《[^》\n]*")


def fix_stray_spaces(text: str) -> list[Edit]:
    """Spaces inside numbers, dates and brackets, and between the characters of a paragraph, are taken out.

    `( 四 )` becomes `(四)`, `〔 2015 〕 36 号` becomes `〔2015〕36号`, `到 2020 年` becomes `到2020年`.
    A single space between two Chinese characters counts as stray only in a line that is prose (at least 30
    characters with a full stop or semicolon); in titles, signatures and tables it parts names, and stays.
    So does a space inside quotation marks or a title, where it parts the halves of a slogan. Two spaces or
    more between Chinese characters are layout, and stay.
    """
    spans = {m.span(m.lastindex or 0) for pattern in _STRAY for m in pattern.finditer(text)}
    spans -= {m.span(1) for m in _OPENING_NUMBER.finditer(text)}
    begin = 0
    for line in text.splitlines(keepends=True):
        if len(line) >= 30 and ("。" in line or "；" in line):
            spans |= {(begin + i, begin + i + 1) for i in _paragraph_spaces(line)}
        begin += len(line)
    edits: list[Edit] = []
    for first, last in sorted(spans):
        if not edits or first >= edits[-1].end:
            edits.append(Edit(first, last, ""))
        elif last > edits[-1].end:
            edits[-1] = Edit(edits[-1].begin, last, "")
    return edits


def _paragraph_spaces(line: str) -> list[int]:
    """Single spaces between characters, but for those in quotation marks and titles, where they part a slogan."""
    quoted = [m.span() for m in _QUOTED.finditer(line)]
    starts = [begin for begin, _ in quoted]
    found = []
    for match in _PARAGRAPH_SPACE.finditer(line):
        before = bisect_right(starts, match.start()) - 1
        if before < 0 or match.start() >= quoted[before][1]:
            found += [i for i in range(*match.span()) if line[i].isspace()]
    return found


# ---------------------------------------------------------------- remains of web pages

_WEB_LINE = re.compile(
    r"""^[ \t\u00a0\u3000]*(?:
        (?:设为首页|加入收藏|收藏本站|网站首页)(?:[ \t\u00a0\u3000|｜]*(?:设为首页|加入收藏|收藏本站|网站首页))*
      | (?:发表|发布|更新|发文|录入)(?:时间|日期)[ \t\u00a0]*[:：][ \t\u00a0]*[12]\d{3}[-/.年]\d{1,2}[-/.月]\d{1,2}.{0,80}
      | (?:信息)?来源[:：].{0,40}(?:浏览|点击|字体|发布|时间).{0,60}
      | (?:浏览|点击|阅读)(?:次数|量|数)[:：].{0,30}
      | 【?字体(?:大小)?[:：]?(?:[^\u4e00-\u9fff\n]{0,6}[特大中小]){2,4}[^\u4e00-\u9fff\n]{0,6}(?:打印|关闭)?.{0,12}
      | 分享(?:到|至)(?:[:：].{0,30}|(?:微信|微博|QQ|朋友圈).{0,24})?
      | (?:打印本页|关闭窗口|打印|关闭|返回顶部)
      | (?:[上下]一篇|(?:您)?(?:所在的|当前的?)位置)[ \u3000]*[:：].{0,80}
      | 网站不良信息.{0,120}
      | (?:版权所有|网站标识码|[^\n]{0,12}ICP备).{0,120}
      | (?:主办|承办|技术支持)(?:单位)?[:：].{0,80}(?:版权|ICP备|网安备|标识码).{0,80}
    )[ \t\u00a0\u3000]*$""",
    re.VERBOSE | re.MULTILINE,
)


def fix_web_remains(text: str) -> list[Edit]:
    """Lines of a web page that are no part of the document: navigation, page date, sharing, imprint.

    A whole line goes or stays. What the line said (the page's date) is kept in the log.
    """
    return [Edit(*m.span(), "") for m in _WEB_LINE.finditer(text) if m.end() > m.start()]


# ---------------------------------------------------------------- all fixers, in order


class Fixer(NamedTuple):
    """A fault and what repairs it."""

    name: str
    find: Callable[[str], list[Edit]]


#: In the order in which they run. Traditional characters come after the pinyin notes, which stand between them,
#: and before the remains of web pages, which are recognised in Simplified.
FIXERS: tuple[Fixer, ...] = (
    Fixer("invisible", fix_invisible),
    Fixer("line_ends", fix_line_ends),
    Fixer("pinyin_notes", fix_pinyin_notes),
    Fixer("traditional", fix_traditional),
    Fixer("stray_spaces", fix_stray_spaces),
    Fixer("web_remains", fix_web_remains),
)


class Cleaned(NamedTuple):
    """A clean text, the way back to the raw one, and the log.

    repairs has the columns fixer, raw_begin, raw_end (characters of the raw text), before, after, certainty.
    """

    text: str
    offsets: OffsetMap
    repairs: pd.DataFrame


def clean_with_log(text: str, *, skip: Collection[str] = ()) -> Cleaned:
    """Clean a text and keep the log and the way back.

    Parameters
    ----------
    text : str
        As it came, decoded.
    skip : collection of str
        Names of fixers to leave out: "invisible", "line_ends", "pinyin_notes", "traditional",
        "stray_spaces", "web_remains".

    Returns
    -------
    Cleaned
        text, offsets (one entry a character of the clean text) and repairs (one row a repair).

    Raises
    ------
    ValueError
        If `skip` names a fixer that does not exist.

    Examples
    --------
    >>> cleaned = clean_with_log("到 2020 年,建設(shè)法治政府")
    >>> cleaned.text
    '到2020年,建设法治政府'
    >>> cleaned.repairs["fixer"].value_counts().to_dict()
    {'stray_spaces': 2, 'pinyin_notes': 1, 'traditional': 1}
    >>> begin = cleaned.text.index("法治")
    >>> cleaned.offsets.span(begin, begin + 2)
    (16, 18)
    """
    unknown = sorted(set(skip) - {fixer.name for fixer in FIXERS})
    if unknown:
        raise ValueError(
            f"`skip` must name fixers ({', '.join(fixer.name for fixer in FIXERS)}); got {', '.join(unknown)}."
        )
    offsets = OffsetMap.identity(len(text))
    rows: list[tuple[str, int, int, str, str]] = []
    for fixer in FIXERS:
        if fixer.name in skip:
            continue
        edits = fixer.find(text)
        if not edits:
            continue
        for edit in edits:
            raw_begin, raw_end = offsets.span(edit.begin, edit.end)
            rows.append((fixer.name, raw_begin, raw_end, text[edit.begin : edit.end], edit.replacement))
        text, step = apply_edits(text, edits)
        offsets = offsets.then(step)
    repairs = pd.DataFrame(rows, columns=["fixer", "raw_begin", "raw_end", "before", "after"])
    repairs["certainty"] = "exact"
    return Cleaned(text, offsets, repairs)


def clean(text: str, *, skip: Collection[str] = ()) -> str:
    """A text with the usual faults of official documents from the web repaired.

    Parameters
    ----------
    text : str
        As it came, decoded.
    skip : collection of str
        Fixers to leave out, by name.

    Returns
    -------
    str
        A clean text comes back unchanged. `explain_cleaning` lists what was done.

    Examples
    --------
    >>> clean("( 四 ) 推进严格规范公正文明执法")
    '(四) 推进严格规范公正文明执法'
    >>> clean("中共清远市委  清远市人民政府")
    '中共清远市委  清远市人民政府'
    """
    return clean_with_log(text, skip=skip).text


def explain_cleaning(text: str, *, skip: Collection[str] = ()) -> pd.DataFrame:
    """What `clean` does to a text, one row a repair.

    Parameters
    ----------
    text : str
        As it came, decoded.
    skip : collection of str
        Fixers to leave out, by name.

    Returns
    -------
    DataFrame
        Columns fixer, raw_begin, raw_end (characters of `text`, end excluded), before, after, certainty. A later fixer
        sees what an earlier one has left, so `before` may differ from the stretch of the raw text.

    Examples
    --------
    >>> explain_cleaning("中发〔 2015 〕36号")[["fixer", "raw_begin", "raw_end"]].values.tolist()
    [['stray_spaces', 3, 4], ['stray_spaces', 8, 9]]
    """
    return clean_with_log(text, skip=skip).repairs


def apply_repairs(text: str, repairs: pd.DataFrame) -> str:
    """Replay a log of repairs, or a part of it.

    Parameters
    ----------
    text : str
        The raw text that the log was made for.
    repairs : DataFrame
        Rows of `explain_cleaning`, in their order; rows may be left out, and so the repairs that they stand for.

    Returns
    -------
    str
        With all rows, what `clean` returns.

    Raises
    ------
    ValueError
        If the text does not read as the log says.

    Examples
    --------
    >>> text = "到 2020 年"
    >>> apply_repairs(text, explain_cleaning(text)), apply_repairs(text, explain_cleaning(text).iloc[:1])
    ('到2020年', '到2020 年')
    """
    cells = list(text)  # what each raw character has become; a replacement stands in the first cell of its stretch
    columns = ("raw_begin", "raw_end", "before", "after")
    for begin, end, before, after in zip(*(repairs[column].tolist() for column in columns), strict=True):
        now = "".join(cells[begin:end])
        if now != before:
            raise ValueError(
                f"`repairs` must be the log of this text, rows that build on one another together; "
                f"characters {begin} to {end} read {now!r}, the log says {before!r}. Make the log anew."
            )
        cells[begin:end] = [after] + [""] * (end - begin - 1)
    return "".join(cells)


# ---------------------------------------------------------------- damage that is only counted

# private use, Bopomofo, the replacement character, a corner of a box within a word; a half question mark before a full stop
_SURE_DAMAGE = re.compile(rf"[\ue000-\uf8ff\u3100-\u312f\ufffd]|(?<=[{HAN}])[\u2504-\u257f](?=[{HAN}])|\?[。，！？]")
# a half question mark that replaced a character; by itself it might be a question
_LIKELY_DAMAGE = re.compile(rf"(?<=[{HAN}、“（(])\?+(?=[{HAN}a-zA-Z0-9,，《“)）])")


def count_damaged_lines(text: str) -> int:
    """Lines with traces of a broken encoding: private-use or Bopomofo characters, "?" in place of a character.

    Returns
    -------
    int
        Lines, at least 0. It counts traces and repairs nothing: such lines stay as they are. A question mark
        between characters counts only where the text has surer traces as well.

    Examples
    --------
    >>> count_damaged_lines("?。ㄒ唬┲笇枷?\\n（一）指导思想。\\n真的吗？")
    1
    """
    if not _SURE_DAMAGE.search(text):
        return 0
    return sum(1 for line in text.splitlines() if _SURE_DAMAGE.search(line) or _LIKELY_DAMAGE.search(line))

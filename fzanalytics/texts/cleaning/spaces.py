"""Stray spaces: inside numbers, dates and brackets, and between the characters of a paragraph."""

from __future__ import annotations

import re
from bisect import bisect_right

from fzanalytics.base.offsets import Edit
from fzanalytics.texts.cleaning.characters import ANY_SPACE, HAN, SPACE

_OPEN, _CLOSE = "(（〔[【〈《<“‘", ")）〕]】〉》>”’"
_MARKS = "，。；：、！？,;:!?"


def _spaces(before: str, behind: str, space: str = SPACE) -> re.Pattern[str]:
    """Spaces between two characters; the first space stands first in the pattern, so that the search can leap to one."""
    return re.compile(rf"{space}(?<={before}{space}){space}*(?={behind})")


_STRAY = [
    # 〔 2015 〕, ( 四 ), 《 办法 》: inside a bracket, at either border
    _spaces(rf"[{re.escape(_OPEN)}]", r"\S", ANY_SPACE),
    _spaces(r"\S", rf"[{re.escape(_CLOSE)}]", ANY_SPACE),
    # 到 2020 年, 36 号: between a number and a Chinese character, either way
    _spaces("[0-9０-９]", f"[{HAN}〔〕%％]"),
    _spaces(f"[{HAN}〔〕]", "[0-9０-９]"),
    # 作用 , 为: before and after a Chinese mark or an ASCII one between Chinese characters
    _spaces(rf"[{HAN}{re.escape(_CLOSE)}]", f"[{_MARKS}]"),
    _spaces(f"[{_MARKS}]", f"[{HAN}]"),
    _spaces("[，。；：、！？]", rf"[0-9０-９{re.escape(_OPEN)}]"),
    re.compile(rf"[{HAN}]{SPACE}*[,;:]({SPACE}+)(?=[0-9０-９{re.escape(_OPEN)}])"),
    # 20 22年: one number written apart, if a unit of time or a bracket of a 发文字号 follows
    re.compile(rf"{SPACE}(?<=[12][0-9]{SPACE})(?=[0-9]{{2}}{SPACE}*[年〕])"),
]
_PARAGRAPH_SPACE = re.compile(
    rf" (?:(?<=[{HAN}〔〕）)”] )(?=[{HAN}〔（(“])|(?<=[{HAN}] )\+ ?(?=[{HAN}]))|\+(?<=[{HAN}]\+) ?(?=[{HAN}])"
)
# 1 总则, 1、 2017年: a number that opens a line and is no date is a heading's; its space parts it from the heading
_OPENING_NUMBER = re.compile(rf"^{ANY_SPACE}*[0-9０-９.．、]+({SPACE}+)(?![年月日号〕])", re.MULTILINE)
# 第一条 为了: the space behind the number of an article parts it from its text; in statutes it is the only mark
_OPENING_ARTICLE = re.compile(
    rf"^{ANY_SPACE}*(?:#+{ANY_SPACE}*|\*\*)?第{SPACE}{{0,2}}[一二三四五六七八九十百千〇零○0-9０-９]{{1,9}}{SPACE}{{0,2}}[编章节条款项]"
    rf"(?:之[一二三四五六七八九十]{{1,3}})?(?:\*\*)?({ANY_SPACE}+)",
    re.MULTILINE,
)
# 某某办公厅 2019年8月20日印发: before a whole date, in a line that is no prose, a space parts what happened or who signs
_BEFORE_DATE = re.compile(rf"({SPACE}(?<=[{HAN}]{SPACE}){SPACE}*)(?=[12][0-9]{{3}}年[0-9]{{1,2}}月[0-9]{{1,2}}日)")
_QUOTED = re.compile("“[^”\n]*|《[^》\n]*")


def fix_stray_spaces(text: str) -> list[Edit]:
    """Spaces inside numbers, dates and brackets, and between the characters of a paragraph, are taken out.

    `( 四 )` becomes `(四)`, `〔 2015 〕 36 号` becomes `〔2015〕36号`, `到 2020 年` becomes `到2020年`.
    A single space between two Chinese characters counts as stray only in a line that is prose (at least 30
    characters with a full stop or semicolon); in titles, signatures and tables it parts names, and stays.
    So does a space inside quotation marks or a title, where it parts the halves of a slogan. Two spaces or
    more between Chinese characters are layout, and stay; so does the space behind the number of an article.
    """
    spans = {m.span(m.lastindex or 0) for pattern in _STRAY for m in pattern.finditer(text)}
    spans -= {m.span(1) for m in _OPENING_NUMBER.finditer(text)}
    behind_article = {i for m in _OPENING_ARTICLE.finditer(text) for i in range(*m.span(1))}
    kept: set[tuple[int, int]] = set()
    begin = 0
    for line in text.splitlines(keepends=True):
        prose = len(line) >= 30 and ("。" in line or "；" in line)
        if prose:
            spans |= {(begin + i, begin + i + 1) for i in _paragraph_spaces(line)}
        for match in _BEFORE_DATE.finditer(line):
            if not prose or len(match[1]) > 1:
                kept.add((begin + match.start(1), begin + match.end(1)))
        begin += len(line)
    spans = {span for span in spans - kept if span[0] not in behind_article}
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

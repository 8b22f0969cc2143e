"""Paragraphs that were broken into lines of one width, joined again."""

from __future__ import annotations

import re

from fzanalytics.base.numbering import read_marker
from fzanalytics.base.offsets import Edit

_ENDS = ("。", "；", "：", "！", "？", "…", ";", ":", "”", "」")
_HAS_MARK = re.compile("[，。；]")
_TABLE = re.compile(r"\S(?:\t|[ \u3000]{2,})\S|[│┃|┌├└]")
_OPENS = re.compile(r"附件|附[:：]|附录|抄送|[（(]?此件|【|[-—]{2}|[●■◆★▲]")
_INDENT = re.compile(r"[ \t\u00a0\u3000]*")
#: Columns (a Chinese character has two) that a line may be short of the full width: a mark must not open a line.
_SLACK = 6
_NARROWEST, _WIDEST, _FEWEST = 24, 160, 6


def fix_wrapped_lines(text: str) -> list[Edit]:
    """Line ends within a paragraph, as a page of fixed width leaves them, are taken out.

    Whether a text is wrapped is decided on the whole of it: at least 45 in 100 of its lines reach the same width of 24
    to 160 columns, hardly one goes beyond it, half of the full ones do not end with a mark that ends a sentence, and
    there is prose in it. A text of one paragraph a line is never wrapped. Then a full line is joined with the next
    one, unless that is indented, numbered, a row of a table, or opens an attachment; where paragraphs are not indented, a line
    that ends a sentence a character or more before the full width ends the paragraph.
    """
    lines = text.split("\n")
    width = _full_width(lines)
    if width is None:
        return []
    indents = [_columns(_INDENT.match(line)[0]) if line.strip() else -1 for line in lines]  # type: ignore[index]
    base = min(indent for indent in indents if indent >= 0)
    n_indented = sum(indent > base for indent in indents)
    indented = n_indented >= 2 and n_indented * 2 < sum(indent >= 0 for indent in indents)
    edits, begin = [], 0
    for i, line in enumerate(lines[:-1]):
        following = lines[i + 1]
        joins = _columns(line.rstrip()) >= width - _SLACK and _goes_on(following)
        if joins and not _TABLE.search(line) and not _TABLE.search(following):
            at_end = line.rstrip().endswith(_ENDS) and _columns(line.rstrip()) < width - 1
            if indents[i + 1] == base if indented else not at_end:
                first, last = line.rstrip(), following.lstrip()
                both = first[-1:].isascii() and last[:1].isascii() and (first[-1:] + last[:1]).isalnum()
                apart = " " if both and not (first[-1] + last[0]).isdigit() else ""
                skipped = len(following) - len(last)
                edits.append(Edit(begin + len(first), begin + len(line) + 1 + skipped, apart))
        begin += len(line) + 1
    return edits


def _columns(line: str) -> int:
    return 2 * len(line) - len(line.encode("ascii", "ignore"))


def _goes_on(line: str) -> bool:
    """Whether a line may be the middle of a paragraph."""
    bare = line.strip()
    return bool(bare) and read_marker(bare[:40]) is None and _OPENS.match(bare) is None


def _full_width(lines: list[str]) -> int | None:
    """The width that the lines of a wrapped text reach, or None."""
    filled = [line.rstrip() for line in lines if line.strip()]
    if len(filled) < _FEWEST:
        return None
    widths = sorted(map(_columns, filled))
    width = widths[-1 - len(widths) // 33]
    if not _NARROWEST <= width <= _WIDEST or widths[-1] > 2 * _WIDEST:
        return None
    full = [line for line in filled if width - _SLACK <= _columns(line)]
    prose = sum(bool(_HAS_MARK.search(line)) for line in filled)
    broken = sum(not line.endswith(_ENDS) for line in full)
    tables = sum(bool(_TABLE.search(line)) for line in filled)
    if len(full) < 0.45 * len(filled) or 2 * broken < len(full) or 3 * prose < len(filled) or 3 * tables > len(filled):
        return None
    return width

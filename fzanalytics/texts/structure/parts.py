"""The parts of an official document: title, number, addressee, body, signature, date, attachments, and the notice around it.

The layout follows GB/T 9704-2012: title, 发文字号, addressee (主送机关), body, list of attachments (附件说明), signature
(发文机关署名), date (成文日期), notes (附注), then the attachments, each on a page of its own. A notice of promulgation
(印发…的通知) stands around the document that it makes known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.numbering import NUMBERINGS, read_marker
from fzanalytics.texts.structure.layout import (
    DATE,
    FIGURE,
    MAX_SIGNATURE,
    MAX_TITLE,
    NOTE,
    PROSE,
    end_of_wrapper,
    find_attachments,
    find_contents,
    is_bare_notice,
    name_attachments,
)
from fzanalytics.texts.structure.lines import Line, is_responsible, split_lines
from fzanalytics.texts.structure.markers import Mark, find_marks

#: The parts, in the order in which they usually stand.
PARTS = (
    "title", "number", "history", "contents", "addressee", "opening", "body", "closing", "attachment list", "signature", "date",
    "note",
)  # fmt: skip

_NUMBER = re.compile(
    r"[（(]?[\u4e00-\u9fff]{1,12}\s?[〔\[［（(【]\s?(?:19|20)\d{2}\s?[〕\]］)）】]\s?第?\s?\d{1,5}\s?号[)）]?$|第\s?\d{1,4}\s?号$"
)
# when a law was passed, approved, changed: below its title, in brackets or not
_HISTORY = re.compile(
    rf"[（(]?\s*(?:根据|依据)?\s*{FIGURE}{{4}}\s?年\s?{FIGURE}{{1,3}}\s?月\s?{FIGURE}{{1,3}}\s?日(?!$)"
)
_YEAR = re.compile(rf"{FIGURE}{{4}}\s?年")
_HISTORY_WORD = re.compile(r"通过|批准|修正|修订|公布|发布|施行")
# what ends with a colon but greets nobody: 现通知如下：, 为…提出以下意见：
_NO_ADDRESSEE = re.compile(
    r"[。；]|(?:如下|以下|下列|意见|决定|通知|规定|目标|措施|任务)[^，、]{0,6}[：:]$|^(?:为|根据|按照|现|经)"
)
# 国务院令第722号公布, without a day
_ORDER = re.compile(r"^[（(]?(?:中华人民共和国)?国务院令\s?第?\s?\d{1,4}\s?号(?:公布|发布)[^。]{0,60}$")
_MAX_ADDRESSEE = 300
_MAX_EVENTS = 16


class Outline(NamedTuple):
    """What each line of a text is, and the clause numbers in those that hold clauses.

    `within` is "document", "wrapper", or the name of an attachment; `part` one of `PARTS`; `ends` the index behind the last line of
    the last clause of the document and of each attachment, by name.
    """

    lines: list[Line]
    within: list[str]
    part: list[str]
    marks: list[Mark]
    ends: dict[str, int]


def find_parts(text: str) -> pd.DataFrame:
    """The parts of a document, in reading order.

    Parameters
    ----------
    text : str
        Clean text of one document.

    Returns
    -------
    DataFrame
        part (one of `PARTS`), within ("document"; "wrapper", the notice around it; "附件1" and so on, an attachment),
        begin, end (characters of the text, end excluded), text (the stretch between them). Stretches do not overlap, and every
        character that is not white space is in one. Empty for an empty text.

    Notes
    -----
    Nothing but the layout is read: a signature is what stands above a date line, not what is known to be an agency. A document
    without a date line has no signature. Attachments that are named but not held are in the attachment list only. A table of
    contents is found by its heading 目录, or by chapters in a row that come again.

    A notice whose title says that it promulgates (印发, 转发, 公布) is the wrapper of what follows its date line under a title of
    its own, or, if it has no clauses, of its first attachment: the plan is the document.

    Examples
    --------
    >>> text = (
    ...     "某市人民政府关于加强监管的意见\\n某政发〔2017〕3号\\n各县（市、区）人民政府：\\n为加强监管，提出以下意见。\\n"
    ...     "一、目标\\n到2020年建成。\\n附件：1.任务表\\n某市人民政府\\n2017年3月1日\\n（此件公开发布）\\n附件1\\n任务表\\n一、改革"
    ... )
    >>> parts = find_parts(text)
    >>> list(zip(parts["part"], parts["within"]))[:5]
    [('title', 'document'), ('number', 'document'), ('addressee', 'document'), ('opening', 'document'), ('body', 'document')]
    >>> list(zip(parts["part"], parts["within"]))[5:]  # doctest: +NORMALIZE_WHITESPACE
    [('attachment list', 'document'), ('signature', 'document'), ('date', 'document'), ('note', 'document'),
     ('title', '附件1'), ('body', '附件1')]
    """
    rows = [(one.part, one.within, one.begin, one.end, text[one.begin : one.end]) for one in list_parts(text)]
    return pd.DataFrame(rows, columns=["part", "within", "begin", "end", "text"])


class Stretch(NamedTuple):
    """Lines in a row of one part; begin and end in the text."""

    part: str
    within: str
    begin: int
    end: int


def list_parts(text: str) -> list[Stretch]:
    """The stretches of a text that `find_parts` gives as rows."""
    outline = read_outline(text)
    found: list[Stretch] = []
    for line, within, part in zip(outline.lines, outline.within, outline.part, strict=True):
        if found and (found[-1].within, found[-1].part) == (within, part):
            found[-1] = found[-1]._replace(end=line.end)
        else:
            found.append(Stretch(part, within, line.begin, line.end))
    return found


@lru_cache(maxsize=2)
def read_outline(text: str) -> Outline:
    """The lines of a text with their parts and the clause numbers in them; what `find_parts` and `find_clauses` build on.

    To read from, not to write to: those who ask for the last text again get the same lists.
    """
    lines = split_lines(text)
    part = [""] * len(lines)
    find_contents(lines, part)
    starts = find_attachments(lines, part)
    within = ["document"] * len(lines)
    body = end_of_wrapper(lines, part, starts)
    if not body and starts and is_bare_notice(lines[: starts[0][0]]):
        # the notice has nothing but its attachment: 附件 on a line of its own is the last line of the notice
        body = starts[0][0] + (len(lines[starts[0][0]].text) <= len(starts[0][1]) + 4)
        starts = starts[1:]
    within[:body] = ["wrapper"] * body
    bounds = [body, *(start for start, _ in starts), len(lines)]
    names = ["document", *name_attachments(starts)]
    for name, begin, end in zip(names, bounds[:-1], bounds[1:], strict=True):
        within[begin:end] = [name] * (end - begin)
        if name != "document" and part[begin] == "":
            part[begin] = "title"  # the line 附件1 itself
    _find_ending(lines, part, 0, body)
    for begin, end in pairwise(bounds):
        _find_ending(lines, part, begin, end)
    skip = [within[i] == "wrapper" or part[i] != "" for i in range(len(lines))]
    marks = find_marks(lines, skip)
    ends = _fill_parts(lines, within, part, marks, [(0, body), *pairwise(bounds)])
    return Outline(lines, within, part, marks, ends)


def _find_ending(lines: Sequence[Line], part: list[str], begin: int, end: int) -> None:
    """Notes, date and signature at the end of a stretch, from below."""
    i = end - 1
    while i >= begin and (part[i] == "attachment list" or NOTE.match(lines[i].text)):
        part[i] = part[i] or "note"
        i -= 1
    if i <= begin or part[i] or not DATE.match(lines[i].text):
        return
    part[i] = "date"
    i -= 1
    lowest = i
    while i > begin and not part[i] and lowest - i < 6 and _is_signature(lines[i].text):
        part[i] = "signature"
        i -= 1
    while i > begin and not part[i] and NOTE.match(lines[i].text):
        part[i] = "note"
        i -= 1


def _is_signature(line: str) -> bool:
    return (
        len(line) <= MAX_SIGNATURE
        and not re.search(r"[。；：:，,！？、)）]", line)
        and read_marker(line) is None
        and re.match(r"[\u4e00-\u9fff]", line) is not None
    )


def _fill_parts(
    lines: Sequence[Line],
    within: Sequence[str],
    part: list[str],
    marks: Sequence[Mark],
    stretches: Sequence[tuple[int, int]],
) -> dict[str, int]:
    """Give every line that has no part yet its own; returns the end of the last clause in each stretch."""
    ends: dict[str, int] = {}
    at = 0
    for begin, end in stretches:
        while at < len(marks) and marks[at].line < begin:
            at += 1
        first = at
        while at < len(marks) and marks[at].line < end:
            at += 1
        own = marks[first:at]
        i = _fill_head(lines, part, begin, own[0].line if own else end)
        free = [k for k in range(begin, end) if not part[k]]
        if not own:
            for k in free:
                part[k] = "body"
            continue
        limit = end
        while limit > own[-1].line + 1 and part[limit - 1]:
            limit -= 1
        last = _end_of_last_clause(lines, own, limit)
        ends[within[begin]] = last
        for k in free:
            part[k] = "opening" if k < max(i, own[0].line) else "body" if k < last else "closing"
    return ends


def _fill_head(lines: Sequence[Line], part: list[str], begin: int, end: int) -> int:
    """Title, number, history and addressee; the index of the first line below them."""
    i = begin
    while i < end and i - begin < 30:
        line = lines[i].text
        if part[i]:
            pass
        elif _NUMBER.match(line):
            part[i] = "number"
        elif DATE.match(line):
            part[i] = "date"
        elif (last := _end_of_bracket(lines, i, end)) > i:
            part[i:last] = ["history"] * (last - i)
            i = last - 1
        elif len(line) <= 400 and ((_HISTORY.match(line) and _HISTORY_WORD.search(line)) or _ORDER.match(line)):
            part[i] = "history"
        elif line[-1] in "：:" and len(line) <= _MAX_ADDRESSEE and not _NO_ADDRESSEE.search(line):
            part[i] = "addressee"
            return i + 1
        elif len(line) <= MAX_TITLE + 20 and not PROSE.search(line) and line[-1] not in "：:":
            part[i] = "title"
        else:
            return i
        i += 1
    return i


def _end_of_bracket(lines: Sequence[Line], first: int, end: int) -> int:
    """The line behind a bracket that tells when a text was passed, an event a line; `first` if there is none."""
    if not lines[first].text.startswith(("（", "(")):
        return first
    for last in range(first, min(first + _MAX_EVENTS, end)):
        line = lines[last].text
        if len(line) > 600 or read_marker(line) is not None:
            return first
        if line.endswith(("）", ")")):
            words = "".join(one.text for one in lines[first : last + 1])
            return last + 1 if _HISTORY_WORD.search(words) and _YEAR.search(words) else first
    return first


def _end_of_last_clause(lines: Sequence[Line], marks: Sequence[Mark], end: int) -> int:
    """The line behind the last clause.

    An article ends with the last full stop; any other clause behind its last responsibility bracket, else it is as long as its
    longest sibling without clauses of its own, but more than a heading. Without such siblings it reaches to the end.
    """
    index = marks[-1].line
    opening = [mark for mark in marks if not mark.inline]
    if opening and any(mark.numbering == "第一条" for mark in opening[-20:]):
        stop = opening[-1].line + 1
        while stop < end and (lines[stop].text.endswith(("。", "；", "：")) or stop <= index):
            stop += 1
        return stop
    brackets = [i for i in range(index, end) if is_responsible(lines[i].text)]
    if brackets:
        return brackets[-1] + 1
    longest = _longest_siblings(opening)
    if not longest:
        return end
    if longest == 1 and not PROSE.search(lines[index].text):
        longest = 2
    return min(end, index + longest)


def _longest_siblings(marks: Sequence[Mark]) -> int:
    """The lines of the longest earlier clause that has the parent and the numbering of the last one, and no sub-clauses."""
    stack: list[tuple[int, str]] = []
    longest: dict[tuple[tuple[tuple[int, str], ...], int], int] = {}
    key: tuple[tuple[tuple[int, str], ...], int] = ((), 0)
    ranks = [NUMBERINGS.index(mark.numbering) for mark in marks]
    for position, (mark, rank) in enumerate(zip(marks, ranks, strict=True)):
        while stack and stack[-1][0] >= rank:
            stack.pop()
        key = tuple(stack), rank
        stack.append((rank, mark.label))
        if position + 1 < len(marks) and ranks[position + 1] <= rank:
            longest[key] = max(longest.get(key, 0), marks[position + 1].line - mark.line)
    return longest.get(key, 0)

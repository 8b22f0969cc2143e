"""The clause tree of an official document, and the paragraphs that carry a task of their own.

Two tables come out of a clean text: clauses, one row a number (一、 or （一） or 1. in any spelling), and paragraphs,
the unit of most measures: a stretch that carries its own number or its own bracket of responsible agencies.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.numbering import NUMBERINGS, Marker, read_marker, show_number
from fzanalytics.base.offsets import OffsetMap
from fzanalytics.base.tables import make_table

_OPENING, _CLOSING = frozenset("（(〔[【"), frozenset("）)〕]】")
_MAX_BRACKET = 600
# what a bracket of responsible agencies begins and ends with: 省法制办…负责, 各县（市、区）政府, 市财政局等部门
_AGENCY_FIRST = re.compile(
    r"(?:[省市县区州旗镇乡各]|中央|国家|国务院|有关|相关|责任|牵头|[^，、,]{1,8}[局委办厅部院会行])"
)
_AGENCY_LAST = re.compile(
    r"(?:负责实?|贡|牵头|配合|落实|政府|部门|单位|学院|中心|乡镇|成员|[局委办厅院行会室部处所社])[。.]?$"
)
# what may follow: ，下同 (and so below), also after a sentence on who leads: 。除分别负责外，列在首位的为牵头部门，下同
_AND_SO_BELOW = re.compile(r"(?:[。；;][^。]*(?:负责|牵头)[^。]*)?[，,；;。]\s*下同[。.]?$")
_DUTY_LAST = re.compile(r"(?:负责实?|牵头|配合|落实)$")
_END_OF_HEADING = re.compile(r"[。：:；;！!？?]")
_MAX_HEADING = 40
_MIN_PARAGRAPH = 15


class Line(NamedTuple):
    """A line of text that is not empty; begin and end leave out the white space around it."""

    begin: int
    end: int
    text: str


def split_lines(text: str) -> list[Line]:
    """The lines of a text that are not empty, with their places."""
    lines = []
    begin = 0
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            first = begin + len(raw) - len(raw.lstrip())
            lines.append(Line(first, first + len(stripped), stripped))
        begin += len(raw) + 1
    return lines


def is_responsible(line: str) -> bool:
    """Whether a line ends with a bracket that names those responsible.

    Examples
    --------
    >>> is_responsible("控制新设行政许可。（省法制办、省编委办负责）")
    True
    >>> is_responsible("（以下简称《省实施纲要》）")
    False
    """
    return _find_responsibility(line) is not None


def blank_responsibility(text: str) -> str:
    """A text with spaces for the brackets that name those responsible.

    Parameters
    ----------
    text : str
        Clean text, n characters.

    Returns
    -------
    str
        n characters: those of each bracket that ends a line and `is_responsible`, its own signs included, are
        spaces; all others, and so all offsets, are the same. Several such brackets in a row are all blank. Applied
        twice it changes nothing more.

    Notes
    -----
    The brackets are a formula of the genre, and the agencies in them differ by locality: they say nothing of
    what a text shares with another, but make up to a fifth of it.

    Examples
    --------
    >>> blank_responsibility("1.控制新设许可（含备案）。（省法制办负责）\\n2.公开。").replace(" ", "_")
    '1.控制新设许可（含备案）。________\\n2.公开。'
    """
    spans = []
    for line in split_lines(text):
        end = len(line.text)
        while (span := _find_responsibility(line.text[:end])) is not None:
            spans.append((line.begin + span[0], line.begin + span[1]))
            end = span[0]
    parts, done = [], 0
    for begin, after in sorted(spans):
        parts += [text[done:begin], " " * (after - begin)]
        done = after
    return "".join([*parts, text[done:]])


def _find_responsibility(line: str) -> tuple[int, int] | None:
    """Begin and end of the bracket that ends a line, if it names those responsible."""
    span = _last_bracket(line)
    if span is None:
        return None
    content = line[span[0] + 1 : span[1] - 1].strip()
    if below := _AND_SO_BELOW.search(content):
        content = content[: below.start()]
        if not _DUTY_LAST.search(content):
            return None
    names = (
        _AGENCY_FIRST.match(content) is not None
        and _AGENCY_LAST.search(content) is not None
        and "简称" not in content
        and "。" not in content[:-1]
    )
    return span if names else None


def _last_bracket(line: str) -> tuple[int, int] | None:
    """Where the bracket that ends a line stands; brackets of different kinds may close one another."""
    end = len(line.rstrip("。．. \t\u3000"))
    if not end or line[end - 1] not in _CLOSING:
        return None
    depth = 0
    for i in range(end - 1, max(-1, end - 1 - _MAX_BRACKET), -1):
        depth += (line[i] in _CLOSING) - (line[i] in _OPENING)
        if depth == 0:
            return i, end
    return None


def find_clauses(doc_id: str, text: str, offsets: OffsetMap | None = None) -> pd.DataFrame:
    """The clause tree of one document.

    Parameters
    ----------
    doc_id : str
    text : str
        Clean text.
    offsets : OffsetMap, optional
        From the clean text to the raw one; without it both are the same.

    Returns
    -------
    DataFrame, shape (C, 12)
        doc_id, clause_id (unique), path (all numbers from the root, e.g. 二/（一）/3), depth (1 is the top), number,
        numbering ("一、", "（一）", "1.", ...: the way of numbering, whatever its spelling), heading, text (the clause's
        own, without its number and its sub-clauses), begin, end (of the same stretch, with the number; stretches
        do not overlap), raw_begin, raw_end. In reading order. Empty for a document without numbers.

    Notes
    -----
    The parent of a clause is the nearest earlier clause of a higher rank (`NUMBERINGS`), so that levels may be
    left out: Qingyuan's 三、 has 45. directly below it. A closing that belongs to the whole document
    (各级各部门要结合实际...) is not given to the last clause: that ends with its last responsibility bracket, or,
    where there is none, has no more lines than its longest sibling.

    Examples
    --------
    >>> clauses = find_clauses("a", "一、总体要求\\n（一）目标。到2020年建成。\\n二、任务\\n1.改革。深化改革。\\n２．监管。加强监管。")
    >>> clauses["path"].tolist()
    ['一', '一/（一）', '二', '二/1', '二/2']
    >>> clauses["heading"].tolist()
    ['总体要求', '目标', '任务', '改革', '监管']
    """
    offsets = offsets or OffsetMap.identity(len(text))
    lines = split_lines(text)
    marks = [(index, marker) for index, line in enumerate(lines) if (marker := read_marker(line.text))]
    rows: list[dict[str, object]] = []
    stack: list[tuple[int, str]] = []
    seen: dict[str, int] = {}
    n_lines: dict[tuple[str, int], int] = {}  # the longest clause so far of each parent and way of numbering
    for position, (index, marker) in enumerate(marks):
        rank = NUMBERINGS.index(marker.numbering)
        while stack and stack[-1][0] >= rank:
            stack.pop()
        parent = "/".join(number for _, number in stack)
        if position + 1 < len(marks):
            after = marks[position + 1][0]
            n_lines[parent, rank] = max(n_lines.get((parent, rank), 0), after - index)
        else:
            after = _end_of_last_clause(lines, index, n_lines.get((parent, rank)))
        stack.append((rank, show_number(marker.numbering, marker.number)))
        path = "/".join(number for _, number in stack)
        seen[path] = seen.get(path, 0) + 1
        suffix = f"~{seen[path]}" if seen[path] > 1 else ""  # a number that comes twice keeps two rows
        begin, end = lines[index].begin, lines[after - 1].end
        raw_begin, raw_end = offsets.span(begin, end)
        rows.append(
            {
                "doc_id": doc_id,
                "clause_id": f"{doc_id}#{path}{suffix}",
                "path": path,
                "depth": len(stack),
                "number": marker.number,
                "numbering": marker.numbering,
                "heading": _heading(lines[index].text, marker),
                "text": text[begin + marker.end : end],
                "begin": begin,
                "end": end,
                "raw_begin": raw_begin,
                "raw_end": raw_end,
            }
        )
    return make_table("clauses", rows)


def _end_of_last_clause(lines: list[Line], index: int, longest_sibling: int | None) -> int:
    brackets = [i for i in range(index, len(lines)) if is_responsible(lines[i].text)]
    if brackets:
        return brackets[-1] + 1
    return min(len(lines), index + longest_sibling) if longest_sibling else len(lines)


def _heading(line: str, marker: Marker) -> str:
    body = line[marker.end :].strip("* ")
    stop = _END_OF_HEADING.search(body)
    heading = body[: stop.start()] if stop else body
    return heading if len(heading) <= _MAX_HEADING else heading[:_MAX_HEADING] + "…"


def find_paragraphs(doc_id: str, text: str, clauses: pd.DataFrame, offsets: OffsetMap | None = None) -> pd.DataFrame:
    """The paragraphs that carry their own number or their own bracket of responsible agencies.

    Parameters
    ----------
    doc_id : str
    text : str
        Clean text.
    clauses : DataFrame, shape (C, 12)
        As `find_clauses` gives them.
    offsets : OffsetMap, optional
        From the clean text to the raw one.

    Returns
    -------
    DataFrame, shape (P, 9)
        doc_id, paragraph_id, clause_id, section (path of the nearest （一） clause, else of the top one: the block
        of resampling), text, begin, end, raw_begin, raw_end. A document without numbers gives one row a line
        of at least 15 characters, with section "".

    Notes
    -----
    A clause is cut behind every line that ends with a responsibility bracket; a clause that is a mere heading gives
    none. The opening before the first clause and the closing behind the last are in no paragraph: they are
    framing, and shared by genre.

    Examples
    --------
    >>> text = "1.审批改革。\\n全面清理行政审批事项。（省编委办负责）\\n规范行政审批行为，实行目录化管理。（省法制办负责）"
    >>> find_paragraphs("a", text, find_clauses("a", text))["text"].tolist()
    ['全面清理行政审批事项。（省编委办负责）', '规范行政审批行为，实行目录化管理。（省法制办负责）']
    """
    offsets = offsets or OffsetMap.identity(len(text))
    if clauses.empty:
        groups = [("", "", [line]) for line in split_lines(text) if len(line.text) >= _MIN_PARAGRAPH]
    else:
        groups = _clause_groups(text, clauses)
    rows: list[dict[str, object]] = []
    for clause_id, section, lines in groups:
        begin, end = lines[0].begin, lines[-1].end
        raw_begin, raw_end = offsets.span(begin, end)
        rows.append(
            {
                "doc_id": doc_id,
                "paragraph_id": f"{doc_id}:{len(rows) + 1:03d}",
                "clause_id": clause_id or pd.NA,
                "section": section,
                "text": text[begin:end],
                "begin": begin,
                "end": end,
                "raw_begin": raw_begin,
                "raw_end": raw_end,
            }
        )
    return make_table("paragraphs", rows)


def _clause_groups(text: str, clauses: pd.DataFrame) -> list[tuple[str, str, list[Line]]]:
    """Clause by clause, groups of lines that end with a bracket or with the clause."""
    groups: list[tuple[str, str, list[Line]]] = []
    lines = split_lines(text)
    position = 0
    for clause in clauses.itertuples(index=False):
        section = _section(clause.path)
        group: list[Line] = []
        while position < len(lines) and lines[position].begin < clause.begin:
            position += 1
        while position < len(lines) and lines[position].end <= clause.end:
            line = lines[position]
            position += 1
            if _is_heading(line):
                continue
            group.append(line)
            if is_responsible(line.text):
                groups.append((clause.clause_id, section, group))
                group = []
        if group and sum(len(line.text) for line in group) >= _MIN_PARAGRAPH:
            groups.append((clause.clause_id, section, group))
    return groups


def _section(path: str) -> str:
    parts = path.split("/")
    for i, part in enumerate(parts):
        if part.startswith("（"):
            return "/".join(parts[: i + 1])
    return parts[0]


def _is_heading(line: Line) -> bool:
    """A numbered line that says no more than its heading."""
    marker = read_marker(line.text)
    if marker is None:
        return line.text in ("措施：", "目标：", "措施:", "目标:")
    body = line.text[marker.end :].rstrip("。 ：:*")
    return len(body) <= _MAX_HEADING and not _END_OF_HEADING.search(body) and not is_responsible(line.text)

"""The paragraphs of a document that carry a task of their own: the unit of most measures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pandas as pd

from fzanalytics.base.numbering import read_marker
from fzanalytics.base.offsets import OffsetMap
from fzanalytics.base.tables import make_table
from fzanalytics.texts.structure.lines import Line, is_responsible, split_lines
from fzanalytics.texts.structure.markers import SPOKEN

#: What ends the heading of a clause, and how long one may be.
END_OF_HEADING = re.compile(r"[。：:；;！!？?]")
MAX_HEADING = 40
_MIN_PARAGRAPH = 15
# A numbered line that ends like this, with nothing below it, is a clause of one sentence and no heading.
_STOPS = ("。", "；", ";", "！", "？")
_ARTICLE = re.compile(r"(?:^|/)第[^/]{1,9}条(?:之[^/]{1,3})?/")
_CHAPTER = re.compile(r"第[^/]{1,9}[编章节]$")
_PROSE = re.compile(r"[。；;：:！？]")
_LABELS = frozenset(
    f"{prefix}{word}{colon}"
    for prefix in ("", "主要", "工作", "具体")
    for word in ("目标", "措施", "任务")
    for colon in "：:"
)


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
        doc_id, paragraph_id, clause_id, section (path of the （一） clause or the chapter it stands in, else of the top
        one: the block of resampling), text, begin, end, raw_begin, raw_end. A document without numbers gives one row a
        line of at least 15 characters, with section "".

    Notes
    -----
    A clause is cut behind every line that ends with a responsibility bracket; a clause that is a mere heading gives
    none: a short numbered line that has text below it, or no stop at its end. In a statute the unit is the article: it
    is what carries a number of its own, is cited and is copied as a whole, and its items (身份证；) are too short to be
    compared. So too in a plan what is counted within a sentence (一是…；二是…, or （1）…；（2）… within a line) stays in the
    paragraph of its clause; several 1. or （一） in one line are paragraphs of their own. The opening before the first
    clause and the closing behind the last are in no paragraph: they are framing, and shared by genre.

    Examples
    --------
    >>> text = "1.审批改革。\\n全面清理行政审批事项。（省编委办负责）\\n规范行政审批行为，实行目录化管理。（省法制办负责）"
    >>> from fzanalytics.texts.structure.clauses import find_clauses
    >>> find_paragraphs("a", text, find_clauses("a", text))["text"].tolist()
    ['全面清理行政审批事项。（省编委办负责）', '规范行政审批行为，实行目录化管理。（省法制办负责）']
    """
    offsets = offsets or OffsetMap.identity(len(text))
    groups: Iterable[tuple[str, str, list[Line]]]
    if clauses.empty:
        groups = (("", "", [line]) for line in split_lines(text) if len(line.text) >= _MIN_PARAGRAPH)
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


#: The share of a text outside its paragraphs above which a reader is told: an opening, headings and a closing together
#: take a few hundredths of a plan or a statute; a quarter is a part of the document itself.
MAX_OUTSIDE = 0.25
#: In a short text a title and an opening are much of the whole: fewer characters than these are not told of.
MIN_OUTSIDE = 500


def share_outside(text: str, paragraphs: pd.DataFrame) -> float:
    """The share of a text that stands in none of its paragraphs.

    Parameters
    ----------
    text : str
        Clean text.
    paragraphs : DataFrame, shape (P, 9)
        As `find_paragraphs` gives them, of this text.

    Returns
    -------
    float
        In [0, 1], of the characters that are no white space; 0 for a text without any. Openings and headings count.

    Examples
    --------
    >>> share_outside("总则 甲乙\\n一、丙丁", pd.DataFrame({"begin": [6], "end": [10]}))
    0.5
    """
    inside = done = 0
    for begin, end in sorted(zip(paragraphs["begin"].tolist(), paragraphs["end"].tolist(), strict=True)):
        inside += _count_written(text[max(begin, done) : end])
        done = max(done, end)
    counted = _count_written(text)
    return 1 - inside / counted if counted else 0.0


def _count_written(text: str) -> int:
    return len("".join(text.split()))


def _clause_groups(text: str, clauses: pd.DataFrame) -> Iterator[tuple[str, str, list[Line]]]:
    """Block by block, groups of lines that end with a bracket or with the block."""
    headed = {path.rpartition("/")[0] for path in clauses["path"]}
    for clause_id, path, begin, end in _blocks(text, clauses):
        section = _section(path)
        group: list[Line] = []
        whole = "条" in path.rpartition("/")[2]
        lines = [Line(line.begin + begin, line.end + begin, line.text) for line in split_lines(text[begin:end])]
        for line in lines:
            heads_nothing = line is lines[-1] and path not in headed and line.text.endswith(_STOPS)
            if not whole and _is_heading(line) and not heads_nothing:
                continue
            if not _PROSE.search(line.text) and _CHAPTER.search(path):
                continue  # the rest of a heading of two lines
            group.append(line)
            if is_responsible(line.text) and not whole:
                yield clause_id, section, group
                group = []
        if group and sum(len(line.text) for line in group) >= _MIN_PARAGRAPH:
            yield clause_id, section, group


def _blocks(text: str, clauses: pd.DataFrame) -> list[tuple[str, str, int, int]]:
    """Clause_id, path, begin and end of every clause, with the parts of it that are too small to stand alone."""
    blocks: list[tuple[str, str, int, int]] = []
    columns = (clauses[name].tolist() for name in ("clause_id", "path", "numbering", "begin", "end"))
    for clause_id, path, numbering, begin, end in zip(*columns, strict=True):
        if blocks and _is_small(path, numbering, text, begin):
            first_id, first_path, first, _ = blocks[-1]
            blocks[-1] = (first_id, first_path, first, end)
        else:
            blocks.append((clause_id, path, begin, end))
    return blocks


def _is_small(path: str, numbering: str, text: str, begin: int) -> bool:
    if numbering in SPOKEN or (numbering != "第一条" and _ARTICLE.search(path)):
        return True
    before = text[max(0, begin - 40) : begin].rpartition("\n")[2]
    return numbering in ("(1)", "①") and bool(before.strip())


def _section(path: str) -> str:
    parts = path.split("/")
    own = [i for i, part in enumerate(parts) if part.startswith("（") or (part.endswith("章") and _CHAPTER.match(part))]
    if own:
        return "/".join(parts[: own[0] + 1])
    return "/".join(parts[: 1 + parts[0].startswith("附")])


def _is_heading(line: Line) -> bool:
    """A numbered line that says no more than its heading."""
    marker = read_marker(line.text)
    if marker is None:
        return line.text in _LABELS
    body = line.text[marker.end :].rstrip("。 ：:*")
    return len(body) <= MAX_HEADING and not END_OF_HEADING.search(body) and not is_responsible(line.text)

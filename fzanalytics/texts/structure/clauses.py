"""The clause tree of an official document, of a plan as of a statute.

One row a number, in any spelling: 一、 （一） 1. (1) ① of plans, 编 章 节 条 款 项 目 of statutes, 1.1 of emergency plans, 一是 and
第一， within a sentence. The lines are told apart first (`fzanalytics.texts.structure.parts`), then the numbers found
(`fzanalytics.texts.structure.markers`); here they become a tree.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.numbering import NUMBERINGS, show_number
from fzanalytics.base.offsets import OffsetMap
from fzanalytics.base.tables import make_table
from fzanalytics.texts.structure.lines import Line, blank_responsibility, is_responsible, split_lines
from fzanalytics.texts.structure.markers import SPOKEN, Mark
from fzanalytics.texts.structure.paragraphs import END_OF_HEADING, MAX_HEADING, find_paragraphs
from fzanalytics.texts.structure.parts import Outline, read_outline

__all__ = ["Line", "blank_responsibility", "find_clauses", "find_paragraphs", "is_responsible", "split_lines"]

_OWN_TITLE = re.compile(r"[（(【\[]([^（()）【】\[\]]{2,30})[)）】\]]")
# what a paragraph of an article ends with when the next line is a new paragraph, not the rest of it or an item
_FULL_STOP = re.compile(r"[。！？!?][”’）)*]*$")


class _Node(NamedTuple):
    """A clause on its way into the table."""

    mark: Mark
    path: str
    depth: int
    end: int


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
        doc_id, clause_id (unique), path (all numbers from the root, e.g. 二/（一）/3 or 第一章/第五条/第二款/（三）), depth (1 is
        the top), number, numbering (one of `NUMBERINGS`: the way of numbering, whatever its spelling), heading, text (the
        clause's own, without its number and its sub-clauses), begin, end (of the same stretch, with the number; stretches
        do not overlap), raw_begin, raw_end. In reading order. Empty for a document without numbers.

    Notes
    -----
    *Levels.* The parent of a clause is the nearest earlier clause of a higher rank (`NUMBERINGS`), so that levels may be
    left out: Qingyuan's 三、 has 45. directly below it. A list within a line hangs below the clause it stands in.

    *Closing.* What belongs to the whole document (各级各部门要结合实际...) is not given to the last clause: that ends with its last
    responsibility bracket, or, where there is none, has no more lines than its longest sibling. Signature, date, notes, a
    table of contents and the notice around a document (印发…的通知) hold no clauses.

    *Attachments* are rows of their own (附件1; numbering "附件"), and their clauses hang below them: 附件1/一/（二）.

    *Statutes.* The paragraphs (款) of an article bear no numbers. Where an article has several, each is a row 第一款, 第二款, ..., its items
    (项) hang below it, and the article's own text is empty: 第五条第二款第（三）项 is 第五条/第二款/（三）. Where it has one, that is the
    article's own text, and the items hang on the article. A new paragraph begins with a line without a number behind one
    that ends with a full stop. Chapters are part of the path, though articles count through.

    *Blocks.* 目标： and 措施： on lines of their own (Qingyuan) are labels within a clause and no level of the tree.

    Examples
    --------
    >>> clauses = find_clauses("a", "一、总体要求\\n（一）目标。到2020年建成。\\n二、任务\\n1.改革。深化改革。\\n２．监管。加强监管。")
    >>> clauses["path"].tolist()
    ['一', '一/（一）', '二', '二/1', '二/2']
    >>> clauses["heading"].tolist()
    ['总体要求', '目标', '任务', '改革', '监管']
    >>> law = "第一章　总　则\\n第一条　为了立法，制定本法。\\n第二条　法律适用本法。\\n有下列情形的除外：\\n（一）条约；\\n（二）惯例。"
    >>> find_clauses("b", law)[["path", "heading"]].values.tolist()  # doctest: +NORMALIZE_WHITESPACE
    [['第一章', '总则'], ['第一章/第一条', '为了立法，制定本法'], ['第一章/第二条', '法律适用本法'],
     ['第一章/第二条/第一款', '法律适用本法'], ['第一章/第二条/第二款', '有下列情形的除外'],
     ['第一章/第二条/第二款/（一）', '条约'], ['第一章/第二条/第二款/（二）', '惯例']]
    """
    offsets = offsets or OffsetMap.identity(len(text))
    seen: dict[str, int] = {}
    rows: list[dict[str, object]] = []
    for mark, path, depth, end in _tree(text, read_outline(text)):
        seen[path] = seen.get(path, 0) + 1
        suffix = f"~{seen[path]}" if seen[path] > 1 else ""  # a number that comes twice keeps two rows
        raw_begin, raw_end = offsets.span(mark.begin, end)
        rows.append(
            {
                "doc_id": doc_id,
                "clause_id": f"{doc_id}#{path}{suffix}",
                "path": path,
                "depth": depth,
                "number": mark.number,
                "numbering": mark.numbering,
                "heading": _heading(text, mark),
                "text": text[mark.end : end],
                "begin": mark.begin,
                "end": end,
                "raw_begin": raw_begin,
                "raw_end": raw_end,
            }
        )
    return make_table("clauses", rows)


def _tree(text: str, outline: Outline) -> list[_Node]:
    """Every clause with its path and the end of its own text."""
    marks = _all_marks(outline)
    nodes: list[_Node] = []
    stack: list[Mark] = []
    parents: dict[int, list[Mark]] = {}  # of each list within a line, what it hangs below
    within = ""
    for position, mark in enumerate(marks):
        if outline.within[mark.line] != within:
            within, stack = outline.within[mark.line], []
        stack = _parents(stack, mark, parents)
        stack.append(mark)
        limit = outline.lines[_last_line(outline, mark) - 1].end
        if position + 1 < len(marks):
            limit = min(limit, marks[position + 1].begin)
        end = mark.begin + len(text[mark.begin : max(limit, mark.begin + 1)].rstrip())
        nodes.append(_Node(mark, "/".join(one.label for one in stack), len(stack), end))
    return nodes


def _parents(stack: list[Mark], mark: Mark, parents: dict[int, list[Mark]]) -> list[Mark]:
    if mark.chain in parents:
        return list(parents[mark.chain])
    rank = NUMBERINGS.index(mark.numbering)
    stack = list(stack)
    if mark.inline:  # a second list of a kind is beside the first, never within it
        like = [i for i, one in enumerate(stack) if one.inline and one.numbering == mark.numbering]
        stack = stack[: like[0]] if like else stack
    while stack and NUMBERINGS.index(stack[-1].numbering) >= rank:
        # a list within a line stays below the number that opens the line, and below 一是
        if mark.inline and (not stack[-1].inline or stack[-1].numbering in SPOKEN):
            break
        stack.pop()
    if mark.chain:
        parents[mark.chain] = list(stack)
    return stack


def _last_line(outline: Outline, mark: Mark) -> int:
    """The index behind the last line that a clause may reach."""
    name = outline.within[mark.line]
    return max(outline.ends.get(name, len(outline.lines)), mark.line + 1)


def _all_marks(outline: Outline) -> list[Mark]:
    """Numbers, attachments and the unnumbered paragraphs of articles, in their order."""
    marks = list(outline.marks)
    for index, name in enumerate(outline.within):
        if name not in ("document", "wrapper") and (index == 0 or outline.within[index - 1] != name):
            marks.append(_attachment(outline.lines, index, name))
    marks.sort(key=lambda mark: mark.begin)
    out: list[Mark] = []
    article: list[Mark] = []
    for mark in marks:
        if not mark.inline and NUMBERINGS.index(mark.numbering) <= NUMBERINGS.index("第一条"):
            out += _with_paragraphs(outline, article, mark.line)
            article = []
            if mark.numbering != "第一条":
                out.append(mark)
                continue
            article = [mark]
        elif article:
            article.append(mark)
        else:
            out.append(mark)
    return out + _with_paragraphs(outline, article, len(outline.lines))


def _attachment(lines: list[Line], index: int, name: str) -> Mark:
    """The row of an attachment begins with its line 附件1."""
    line = lines[index]
    kind, number = name.partition("~")[0], 1
    digits = re.search(r"\d+$", kind)
    if digits:
        number = int(digits[0])
    head = re.match(
        r"[#*\s【\[]*附\s*[件录表]?\s*[（(]?[0-9０-９一二三四五六七八九十]*[)）]?[】\]]?[：:.．、\s]*", line.text
    )
    end = line.begin + (head.end() if head else 0)
    if end >= line.end and index + 1 < len(lines):  # its title is below
        end = lines[index + 1].begin
    return Mark(index, line.begin, max(end, line.begin + 1), "附件", number, kind, inline=False)


def _with_paragraphs(outline: Outline, marks: list[Mark], after: int) -> list[Mark]:
    """An article with the numbers in it, and a mark for each of its paragraphs if it has several."""
    if not marks:
        return []
    article = marks[0]
    lines, name = outline.lines, outline.within[article.line]
    numbered = {mark.line for mark in marks if mark.begin == lines[mark.line].begin}
    after = min(after, outline.ends.get(name, after))
    begins = [
        index
        for index in range(article.line + 1, after)
        if index not in numbered
        and outline.part[index] == "body"
        and _FULL_STOP.search(lines[index - 1].text[-6:])
        and not lines[index].text.startswith(("|", "“", "<"))
    ]
    if not begins or article.chain:
        return marks
    first = (article.line, article.end)
    if article.end >= lines[article.line].end:  # the number stands on a line of its own
        first = (article.line + 1, lines[article.line + 1].begin)
    places = [first, *((index, lines[index].begin) for index in begins if index > first[0])]
    paragraphs = [
        Mark(index, begin, begin, "第一款", number, show_number("第一款", number), inline=False)
        for number, (index, begin) in enumerate(places, start=1)
    ]
    if len(paragraphs) == 1:
        return marks
    return sorted([*marks, *paragraphs], key=lambda mark: (mark.begin, mark.end > mark.begin))


def _heading(text: str, mark: Mark) -> str:
    body = text[mark.end : mark.end + 5 * MAX_HEADING].partition("\n")[0].strip("* \u3000")
    if mark.numbering in ("第一编", "第一章", "第一节"):  # 总　则
        return re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff](?:\s|$))", "", body)[:MAX_HEADING]
    if mark.numbering == "第一条" and (title := _OWN_TITLE.match(body)):  # （目的和依据）
        return title[1]
    stop = END_OF_HEADING.search(body)
    heading = body[: stop.start()] if stop else body
    fits = len("".join(heading.split())) <= MAX_HEADING  # spaces not counted
    return heading if fits else heading[:MAX_HEADING] + "…"

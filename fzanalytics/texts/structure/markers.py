"""Where clause numbers stand in a text: those that open a line, and those that only their neighbours prove to be numbers.

`read_marker` reads a line by itself. What it cannot decide is decided here by order: 1.1 counts where 1.1 is due,
第七条 without a space behind it where the seventh article is due or the eighth follows, （1）…；（2）… within a line where the
second follows the first. So a reference (第七条第二款规定的…), an amount (1.5亿元) or a date (3.15) is never a clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fzanalytics.base.numbering import parse_number, read_marker, show_number
from fzanalytics.texts.structure.lines import Line

_HAN = "[一二三四五六七八九十]"
_LEAD = re.compile(r"[\s#*>]{0,20}")
#: Numbers within a sentence; their list goes on from line to line.
SPOKEN = ("一是", "第一，")
_SENTENCE_END = frozenset("。！？!?；;：:”’』」）)】〕》*|")

# 第七条本法所称…, 第一条（目的和依据）…, 第一章总则: no space behind the number
_TIGHT = re.compile(
    r"第[^\S\n]{0,2}([一二三四五六七八九十百千〇零○]{1,9}|[0-9０-９]{1,4})[^\S\n]{0,2}([编章节条])(?:之([一二三四五六七八九十]{1,3}))?"
)
# what shows that 第七条 is only referred to: 第七条规定, 第七条第二款, 第七条、第八条, 第七条（二）项, 第七条中的
_REFERRED = re.compile(
    r"[^\S\n]{0,3}(?:第|[款项目条]|之|[和及与或至到、，,。；]|所[列指称述规]|规定|的|中的?[规所“]|以[上下外]|或者|并|情形|修改|明确|关于|内容"
    r"|[（(][^\S\n]?[一二三四五六七八九十]{1,3}[^\S\n]?[）)]|[—\-－～~])"
)
# of these, what is a reference for certain; 第七条与本市…, 第七条关于…, 第七条规定本市… may be the article itself
_SURELY_REFERRED = re.compile(
    r"[^\S\n]{0,3}(?:第|[款项目]|条(?!例)|之|[和及与或至到、，,][^\S\n]?(?:第|本条)|[。；]|所[列指称述规]|规定[的，,。；、]|的|中的?[规所“]|以[上下外]"
    r"|[（(][^\S\n]?[一二三四五六七八九十]{1,3}[^\S\n]?[）)]|[—\-－～~])"
)
#: How many numbers may be missing where the count of articles or chapters is taken up again.
_MAX_GAP = 3
_MAX_TITLE = 40
# 1.1 目的, 1.2.3目的, but no amount: 1.5亿元, 3.2%
_DECIMAL = re.compile(
    r"([0-9０-９]{1,2}(?:[.．][0-9０-９]{1,2}){1,3})[.．、]?([^\S\n]{0,8})(?=[\u4e00-\u9fff“《（(])"
    r"(?![亿万千百元倍个米吨公平升件项户人家年月日天小时分秒度级成％])"
)
_BARE = re.compile(r"([0-9０-９]{1,2})[^\S\n]{1,8}[\u4e00-\u9fff]{2,20}$")

# numbers within a line; what stands before them is looked at first, so that each place is tried once
_INLINE = re.compile(
    r"(?:(?<=[。；;：:！!？?）)”’，,])[^\S\n]{0,3}|(?<=[^\S\n]))"
    r"(?:[（(〔][^\S\n]?(?P<sub>[一二三四五六七八九十]{1,3})[^\S\n]?[）)〕]"
    r"|[（(〔][^\S\n]?(?P<bracket>[0-9０-９]{1,2})[^\S\n]?[）)〕]"
    r"|(?P<arabic>[0-9０-９]{1,3})[.．、](?![0-9０-９])"
    r"|第(?P<article>[一二三四五六七八九十百千零]{1,9})条[^\S\n]{0,3}"
    r"|第(?P<ordinal>[一二三四五六七八九十]{1,3})(?=[，,、][^第])[，,、]"
    r"|(?P<spoken>[一二三四五六七八九十]{1,3})是(?!否)"
    r"|(?P<han>[一二三四五六七八九十]{1,3})、(?![^\S\n]?[一二三四五六七八九十]{1,3}、))"
    r"|(?P<circled>[\u2460-\u2473])"
)
_KINDS = {
    "sub": "（一）", "bracket": "(1)", "arabic": "1.", "article": "第一条", "ordinal": "第一，", "spoken": "一是", "han": "一、",
    "circled": "①",
}  # fmt: skip
_SPOKEN_LEAD = re.compile(rf"(?:({_HAN}{{1,3}})是(?!否)|第({_HAN}{{1,3}})(?:是|[，,、](?!第)))")
# what must stand before a number of the upper ranks within a line: a sentence that has ended
_AFTER_SENTENCE = frozenset("。；;：:！!？?）)”’ \t\u3000\u2003\u00a0")
_MAX_QUOTE = 60
_LOW = (*SPOKEN, "(1)", "①")


class Mark(NamedTuple):
    """A clause number in a text.

    `begin` is where its line or, within a line, its number begins, `end` where the words behind it begin; `line` is the index of
    its line, `label` the number as it stands in a path, `chain` the list within a line it belongs to (0 for a number that opens a
    line and has no fellow within it).
    """

    line: int
    begin: int
    end: int
    numbering: str
    number: int
    label: str
    inline: bool
    chain: int = 0


def find_marks(lines: Sequence[Line], skip: Sequence[bool]) -> list[Mark]:
    """The clause numbers of a text in their order.

    Parameters
    ----------
    lines : sequence of Line
    skip : sequence of bool
        Lines that hold no clauses, such as a table of contents.

    Returns
    -------
    list of Mark
        Sorted by place. Lines that a quotation of several lines covers hold none.

    Notes
    -----
    A number within a line counts only in a list: the first, and the second behind it, or one that follows the number that opens
    the line. 首先, 其次 and 最后 are not read: they are ordinary adverbs as often as numbers.

    Examples
    --------
    >>> from fzanalytics.texts.structure.lines import split_lines
    >>> lines = split_lines("1.推进改革，包括：（1）清理；（2）公开。2.监管。一是巡查；二是考核。\\n1.5亿元，第（一）（二）项")
    >>> [(mark.label, mark.inline) for mark in find_marks(lines, [False] * len(lines))]
    [('1', False), ('(1)', True), ('(2)', True), ('2', True), ('一是', True), ('二是', True)]
    """
    opening = _opening_marks(lines, skip)
    found: list[Mark] = []
    lists = _Lists()
    for index, line in enumerate(lines):
        mark = opening[index]
        if mark is not None:
            lists.open_line(mark)
        if skip[index]:
            continue
        start = mark.end - line.begin if mark is not None else 0
        if mark is None and (spoken := _SPOKEN_LEAD.match(line.text)):
            kind = "一是" if spoken[1] else "第一，"
            lists.add(_mark(index, line.begin, line.begin + spoken.end(), kind, parse_number(spoken[1] or spoken[2])))
            start = spoken.end()
        for one in _inline_marks(index, line, start):
            lists.add(one)
        lists.close_line()
    found = lists.close()
    found += [mark for mark in opening if mark is not None and (mark.line, mark.begin) not in lists.based]
    found.sort(key=lambda mark: mark.begin)
    # what is counted within a sentence before the first clause is no clause: there is none to hang it on
    first = next((i for i, mark in enumerate(found) if mark.numbering not in _LOW), len(found))
    opened = next((i for i, mark in enumerate(found) if not mark.inline), len(found))
    return found[min(first, opened) :]


def _mark(line: int, begin: int, end: int, numbering: str, number: int, inline: bool = True) -> Mark:
    return Mark(line, begin, end, numbering, number, show_number(numbering, number), inline)


class _Lists:
    """Lists within lines while they grow: a list of one is none."""

    def __init__(self) -> None:
        self.growing: dict[str, list[Mark]] = {}
        self.done: list[Mark] = []
        self.based: set[tuple[int, int]] = set()  # numbers that open a line and begin a list within it
        self.n_lists = 0

    def open_line(self, mark: Mark) -> None:
        """A number that opens a line ends every list, and may begin one."""
        for numbering in list(self.growing):
            self._finish(numbering)
        self.growing[mark.numbering] = [mark]

    def add(self, mark: Mark) -> None:
        """A number that may belong to a list: the next of one that grows, or the first of a new one."""
        before = self.growing.get(mark.numbering)
        if before and mark.number == before[-1].number + 1 and mark.begin > before[-1].end:
            before.append(mark)
        elif mark.number == 1 and not (before and before[-1].number == 1 and not before[-1].inline):
            self._finish(mark.numbering)
            self.growing[mark.numbering] = [mark]

    def close_line(self) -> None:
        for numbering in [numbering for numbering in self.growing if numbering not in SPOKEN]:
            self._finish(numbering)

    def close(self) -> list[Mark]:
        for numbering in list(self.growing):
            self._finish(numbering)
        return self.done

    def _finish(self, numbering: str) -> None:
        marks = self.growing.pop(numbering, [])
        if len(marks) > 1:
            self.n_lists += 1
            self.done += [mark._replace(chain=self.n_lists) for mark in marks]
            if not marks[0].inline:
                self.based.add((marks[0].line, marks[0].begin))


def _inline_marks(index: int, line: Line, start: int) -> Iterator[Mark]:
    text = line.text
    for match in _INLINE.finditer(text, start):
        name = str(match.lastgroup)
        number = parse_number(match[name])
        first = match.end() - len(match[0].lstrip())
        before = text[match.start() - 1] if match.start() else ""
        if name not in ("spoken", "circled") and before not in _AFTER_SENTENCE:
            continue
        if name in ("han", "article") and before not in "。！？!?”）)":
            continue
        if name == "article" and _REFERRED.match(text, match.end()):
            continue
        yield _mark(index, line.begin + first, line.begin + match.end(), _KINDS[name], number)


# ---------------------------------------------------------------- numbers that open a line


def _opening_marks(lines: Sequence[Line], skip: Sequence[bool]) -> list[Mark | None]:
    quoted = _quoted(lines)
    closed = [skipped or within for skipped, within in zip(skip, quoted, strict=True)]
    state = _Order(any(_spaced_decimal(line.text) for line in lines), _following(lines, closed))
    marks: list[Mark | None] = []
    for index, line in enumerate(lines):
        if skip[index] or quoted[index]:
            marks.append(None)
            continue
        before = marks[-1] if marks else None
        after_sentence = (
            index == 0
            or skip[index - 1]
            or lines[index - 1].text[-1] in _SENTENCE_END
            or (before is not None and before.numbering in ("第一编", "第一章", "第一节"))
        )
        marks.append(state.read(index, line, after_sentence))
    return marks


def _spaced_decimal(text: str) -> bool:
    match = _DECIMAL.match(text)
    return bool(match and match[2])


def _following(lines: Sequence[Line], closed: Sequence[bool]) -> list[dict[str, int]]:
    """Of each line, the number of the next 编, 章, 节 and 条 that opens a later line and is no reference."""
    following: list[dict[str, int]] = []
    coming: dict[str, int] = {}
    for line, passed in zip(reversed(lines), reversed(closed), strict=True):
        following.append(coming)
        match = None if passed else _TIGHT.match(line.text, _LEAD.match(line.text).end())  # type: ignore[union-attr]
        if match and not match[3] and not _REFERRED.match(line.text, match.end()):
            coming = {**coming, match[2]: parse_number(match[1])}
    return following[::-1]


class _Order:
    """What has been counted so far, and so what is due; and what comes next."""

    def __init__(self, decimals: bool, following: Sequence[dict[str, int]]) -> None:
        self.decimals = decimals
        self.following = following
        self.last: dict[str, int] = {}  # of 编, 章, 节, 条
        self.counted: tuple[int, ...] = ()  # the last decimal number

    def read(self, index: int, line: Line, after_sentence: bool) -> Mark | None:
        marker = read_marker(line.text)
        if marker is None:
            return self._tight(index, line, after_sentence) or self._decimal(index, line)
        if marker.numbering.startswith("第"):
            rank, due = marker.numbering[-1], self._due(marker.numbering[-1])
            # 依照本法⏎第三十条 规定的…: a line broken within a sentence
            referred = not after_sentence or _REFERRED.match(line.text, line.text.index(rank) + 1)
            if rank == "条" and marker.number != due and not marker.inserted and referred:
                return None
            self._count(rank, marker.number)
        elif marker.numbering == "1.":
            self.counted = (marker.number,)
        label = show_number(marker.numbering, marker.number, marker.inserted)
        return Mark(index, line.begin, line.begin + marker.end, marker.numbering, marker.number, label, inline=False)

    def _due(self, rank: str) -> int:
        return self.last.get(rank, 0) + 1

    def _count(self, rank: str, number: int) -> None:
        self.last[rank] = number
        for lower in {"编": "章节", "章": "节"}.get(rank, ""):
            self.last.pop(lower, None)

    def _takes_up(self, number: int, rank: str, index: int) -> bool:
        """Whether a number that is not due goes on with the count: what is due was lost, and the next number follows."""
        due, coming = self._due(rank), self.following[index].get(rank, 1)
        if number == due + 1 and coming == 1:  # the last one
            return due > 1
        return (due > 1 or number <= _MAX_GAP) and due < number < coming <= number + _MAX_GAP

    def _tight(self, index: int, line: Line, after_sentence: bool) -> Mark | None:
        start = _LEAD.match(line.text).end()  # type: ignore[union-attr]
        match = _TIGHT.match(line.text, start)
        if match is None or _SURELY_REFERRED.match(line.text, match.end()):
            return None
        number, rank = parse_number(match[1]), match[2]
        inserted = parse_number(match[3]) if match[3] else 0
        due = number in (1, self._due(rank)) or bool(inserted and number == self.last.get(rank))
        if _REFERRED.match(line.text, match.end()):
            # 第七条与…: the article itself if it is due, and none of its number comes behind
            coming = self.following[index].get(rank, 1)
            if not (due and after_sentence and not inserted and (coming == 1 or number < coming)):
                return None
        elif not due and not (after_sentence and not inserted and self._takes_up(number, rank, index)):
            return None
        if rank != "条" and (len(line.text) > _MAX_TITLE or line.text[-1] in "。；，,"):
            return None
        self._count(rank, number)
        end = match.end() + (line.text[match.end() : match.end() + 1] in ("：", ":"))
        numbering = f"第一{rank}"
        label = show_number(numbering, number, inserted)
        return Mark(index, line.begin, line.begin + end, numbering, number, label, inline=False)

    def _decimal(self, index: int, line: Line) -> Mark | None:
        start = _LEAD.match(line.text).end()  # type: ignore[union-attr]
        if self.decimals and (bare := _BARE.match(line.text, start)):
            number = parse_number(bare[1])
            if number == (self.counted[0] if self.counted else 0) + 1:
                self.counted = (number,)
                end = line.begin + start + len(bare[1])
                return Mark(index, line.begin, end, "1.", number, str(number), inline=False)
        match = _DECIMAL.match(line.text, start)
        if match is None:
            return None
        numbers = tuple(parse_number(part) for part in re.split("[.．]", match[1]))
        if not _follows(numbers, self.counted, bool(match[2])):
            return None
        self.counted = numbers
        numbering = ".".join("1" * len(numbers))
        label = ".".join(map(str, numbers))
        return Mark(index, line.begin, line.begin + match.end(), numbering, numbers[-1], label, inline=False)


def _follows(numbers: tuple[int, ...], last: tuple[int, ...], spaced: bool) -> bool:
    """Whether 1.3 is due after 1.2, 2.1 after 1.4, 1.2.1 after 1.2; with a space behind it one or two may be missing."""
    shared = 0
    while shared < min(len(numbers), len(last)) and numbers[shared] == last[shared]:
        shared += 1
    if shared == len(numbers):
        return False
    step = numbers[shared] - (last[shared] if shared < len(last) else 0)
    return 1 <= step <= (3 if spaced else 1) and all(number == 1 for number in numbers[shared + 1 :])


def _quoted(lines: Sequence[Line]) -> list[bool]:
    """Lines within a quotation that begins a line or stands behind a colon and ends a later line.

    So one law quotes the articles of another: 将第三条修改为：“第三条 …⏎第四条 …”. A mark that is never closed quotes nothing.
    """
    quoted = [False] * len(lines)
    begin = -1
    for index, line in enumerate(lines):
        opens, closes = line.text.rfind("“"), line.text.rfind("”")
        if begin >= 0 and line.text.count("”") > line.text.count("“"):
            quoted[begin + 1 : index + 1] = [True] * (index - begin)
            begin = -1
        elif begin >= 0 and index - begin > _MAX_QUOTE:
            begin = -1
        if begin < 0 and opens > closes and (opens == 0 or line.text[opens - 1] in "：:"):
            begin = index
    return quoted

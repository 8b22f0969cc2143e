"""The lines of a text, and the brackets of responsible agencies that end them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

#: Brackets of all kinds, and how long a list of agencies in one may be.
OPENING, CLOSING = frozenset("（(〔[【"), frozenset("）)〕]】")
MAX_BRACKET = 600
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


@lru_cache(maxsize=2048)
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
    if not end or line[end - 1] not in CLOSING:
        return None
    depth = 0
    for i in range(end - 1, max(-1, end - 1 - MAX_BRACKET), -1):
        depth += (line[i] in CLOSING) - (line[i] in OPENING)
        if depth == 0:
            return i, end
    return None

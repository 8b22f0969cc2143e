"""The elements of a web page as lines of text: paragraphs stay paragraphs, rows of tables stay rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fzanalytics.texts.reading.wordnumbers import show

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p",
    "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul", "caption", "ucapcontent", "ucaptitle",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_SILENT = frozenset({
    "script", "style", "noscript", "template", "select", "option", "button", "input", "textarea", "iframe", "object",
    "embed", "svg", "canvas", "audio", "video", "map", "title", "meta", "link", "rp", "rt",
})  # fmt: skip
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.IGNORECASE)
_BLANK = re.compile(r"[ \t\r\n\x0b\x0c]+")
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s{0,3}:\s{0,3}([a-z-]{3,30})", re.IGNORECASE)
_LIST_STYLES = {
    "a": ("lowerLetter", "{}. "), "A": ("upperLetter", "{}. "), "i": ("lowerRoman", "{}. "), "I": ("upperRoman", "{}. "),
    "lower-alpha": ("lowerLetter", "{}. "), "upper-alpha": ("upperLetter", "{}. "), "lower-roman": ("lowerRoman", "{}. "),
    "upper-roman": ("upperRoman", "{}. "), "cjk-ideographic": ("chineseCounting", "{}、"),
    "simp-chinese-informal": ("chineseCounting", "{}、"), "trad-chinese-informal": ("chineseCounting", "{}、"),
    "cjk-heavenly-stem": ("ideographTraditional", "{}、"), "decimal-leading-zero": ("decimalZero", "{}. "),
}  # fmt: skip
_BARE_LISTS = frozenset({"none", "disc", "circle", "square"})
#: Deeper than this the parser goes no further either.
_MAX_DEPTH = 400


def is_silent(element: Any, hidden: bool = False) -> bool:
    """Whether nothing of an element is seen on the page; with `hidden`, what a style hides counts as seen."""
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return True
    return not hidden and bool(_HIDDEN.search(element.get("style") or ""))


def visible_text(element: Any, *, hidden: bool = False, limit: int | None = None) -> str:
    """All text below an element that the page shows, not parted into lines; no more than a little beyond `limit`."""
    parts: list[str] = []
    size = 0
    stack: list[tuple[Any, bool]] = [(element, True)]
    while stack and (limit is None or size < limit):
        part, opening = stack.pop()
        if opening and is_silent(part, hidden):
            continue
        parts.append((part.text if opening else part.tail) or "")
        size += len(parts[-1])
        if opening:
            for below in reversed(part):
                stack += [(below, False), (below, True)]
    return "".join(parts)


def count_own(root: Any) -> dict[Any, int]:
    """How many characters each element shows outside of links, blanks not counted; those that show nothing are left out."""
    counts: dict[Any, int] = {}
    stack: list[tuple[Any, bool]] = [(root, True)]
    while stack:
        part, opening = stack.pop()
        if opening:
            if not is_silent(part) and part.tag != "a":
                stack.append((part, False))
                stack += [(below, True) for below in part]
        else:
            count = len("".join((part.text or "").split()))
            count += sum(len("".join((below.tail or "").split())) + counts.get(below, 0) for below in part)
            counts[part] = count
    return counts


def render(element: Any, *, skip: Callable[[Any], bool] | None = None) -> list[str]:
    """The lines of an element.

    Parameters
    ----------
    element : element of a page
    skip : function of an element, optional
        Elements that are left out.

    Returns
    -------
    list of str
        One line a paragraph, row of a table, or part behind a line break; blanks of the source are joined, wide
        ones (U+3000, U+00A0) kept. The numbers of ordered lists, which a browser writes, stand before their items. Empty
        lines are left out.

    Examples
    --------
    >>> from lxml import html
    >>> render(html.fromstring("<div><p>一、总则</p><table><tr><td>甲</td><td>乙</td></tr></table>"))
    ['一、总则', '甲\\t乙']
    >>> render(html.fromstring("<ol start=3><li>监管<li>改革</ol>"))
    ['3. 监管', '4. 改革']
    """
    lines = _Lines(skip)
    lines.walk(element, 0)
    lines.end_line()
    return [line for line in lines.done if line.strip()]


class _Lines:
    """Text as it is collected, and the lines that are done."""

    def __init__(self, skip: Callable[[Any], bool] | None) -> None:
        self.skip = skip
        self.done: list[str] = []
        self.parts: list[str] = []

    def end_line(self) -> None:
        line = _BLANK.sub(" ", "".join(self.parts)).strip(" ")
        self.parts = []
        if line:
            self.done.append(line)

    def walk(self, element: Any, depth: int) -> None:
        if is_silent(element) or depth > _MAX_DEPTH or (self.skip is not None and self.skip(element)):
            return
        tag = element.tag
        if tag in ("table", "tbody", "thead", "tfoot"):
            self.end_line()
        if tag == "tr":
            self.row(element, depth)
            return
        if tag in _BLOCKS or tag in _CELLS:
            self.end_line()
        if tag == "br":
            self.end_line()
        if tag == "pre":
            self.verbatim(element)
            return
        labels = _labels(element) if tag == "ol" else {}
        self.parts.append(element.text or "")
        for part in element:
            if part in labels:
                self.end_line()
                self.item(part, labels[part], depth)
            else:
                self.walk(part, depth + 1)
            self.parts.append(part.tail or "")
        if tag in _BLOCKS or tag in _CELLS:
            self.end_line()

    def item(self, element: Any, label: str, depth: int) -> None:
        """An item of an ordered list: its number before its first line."""
        before = len(self.done)
        self.walk(element, depth + 1)
        if len(self.done) > before:
            self.done[before] = label + self.done[before]

    def verbatim(self, element: Any) -> None:
        for line in visible_text(element).splitlines():
            self.parts = [line]
            self.end_line()

    def row(self, element: Any, depth: int) -> None:
        """One line a row, cells parted by tabs; or one line a paragraph where a cell holds several."""
        self.end_line()
        cells = []
        for part in element:
            if isinstance(part.tag, str) and not (self.skip is not None and self.skip(part)):
                inner = _Lines(self.skip)
                inner.walk(part, depth + 1)
                inner.end_line()
                cells.append([line.strip() for line in inner.done if line.strip()])
        if all(len(cell) <= 1 for cell in cells):
            line = "\t".join("".join(cell) for cell in cells)
            if line.strip():
                self.done.append(line.rstrip("\t"))
        else:
            self.done += [line for cell in cells for line in cell]


def _labels(element: Any) -> dict[Any, str]:
    """The numbers that a browser writes before the items of a list."""
    style = _LIST_STYLE.search(element.get("style") or "")
    name = style[1].lower() if style else str(element.get("type") or "")
    if name in _BARE_LISTS:
        return {}
    number_style, pattern = _LIST_STYLES.get(name, ("decimal", "{}. "))
    labels: dict[Any, str] = {}
    number = _whole(element.get("start"), 1)
    for item in element:
        if isinstance(item.tag, str) and item.tag == "li":
            number = _whole(item.get("value"), number)
            labels[item] = pattern.format(show(number, number_style))
            number += 1
    return labels


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.strip().isdecimal() and len(text) < 6 else default

"""Titles of documents in 《》: where they stand in a text, and their one spelling for comparison."""

from __future__ import annotations

import re

_MARK = re.compile(r"[《》\n]")
_SIGNS = str.maketrans(
    dict(zip("（）［］【】，：", "()()(),:", strict=True))
    | dict.fromkeys("—–－～‐‑―﹣−─", "-")
    | dict.fromkeys("〈《＜", "<")
    | dict.fromkeys("〉》＞", ">")
    | {chr(ord("０") + i): str(i) for i in range(10)}
)


def title_spans(text: str, *, longest: int | None = None) -> list[tuple[int, int]]:
    """Where titles in 《》 stand, the outermost of nested ones; a title ends with its line or is none.

    Parameters
    ----------
    text : str
    longest : int, optional
        Characters, the signs included, beyond which a stretch is no title; what stands within it may be one.

    Returns
    -------
    list of (int, int)
        In order, without overlap.

    Examples
    --------
    >>> title_spans("依《关于印发《规划》的通知》和《办法》及《未完")
    [(1, 14), (15, 19)]
    >>> title_spans("依《关于印发《规划》的通知》", longest=8)
    [(6, 10)]
    """
    spans: list[tuple[int, int]] = []
    opened: list[int] = []
    for mark in _MARK.finditer(text):
        if mark[0] == "\n":
            opened.clear()
        elif mark[0] == "《":
            opened.append(mark.start())
        elif opened:
            begin = opened.pop()
            if longest is None or mark.end() - begin <= longest:
                while spans and spans[-1][0] >= begin:
                    spans.pop()
                spans.append((begin, mark.end()))
    return spans


def normalise_title(title: str) -> str:
    """A title without the notice around it, spaces, and differences of brackets, digits and dashes, for comparison.

    Examples
    --------
    >>> normalise_title("中共中央 国务院关于印发〈法治政府建设实施纲要（2015-2020 年）〉的通知")
    '法治政府建设实施纲要(2015-2020年)'
    """
    title = re.sub(r"[\s\u200b\ufeff]+", "", title)
    if "印发" in title or "转发" in title:
        inner = re.search(r"[〈<《＜]([^〈〉<>《》＜＞]{4,80})[〉>》＞]?", title)
        if inner:
            title = inner[1]
        elif "印发" in title:
            title = title.partition("印发")[2].removesuffix("的通知")
    title = re.sub(r"-+", "-", title.translate(_SIGNS))
    return re.sub(r"(\d{4})年?-(\d{4})年", r"\1-\2年", title).strip("<>")

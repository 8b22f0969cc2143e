"""The characters of a text, one by one: which section each lies in, and which lie in spans."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from fzanalytics.base.numbering import parse_number

Ints = NDArray[np.int64]

#: Neighbouring articles are copied together: in a statute without chapters so many are one block.
ARTICLES_A_BLOCK = 5
_ARTICLE = re.compile("第([^第条]+)条(?:之.+)?")


def section_labels(n_chars: int, paragraphs: pd.DataFrame) -> NDArray[np.int64]:
    """The block of each character of one document: its section, for resampling (`block_of`).

    Parameters
    ----------
    n_chars : int
        Characters of the document.
    paragraphs : DataFrame
        The paragraphs of this document: begin, end, section.

    Returns
    -------
    ndarray of int, shape (n_chars,)
        Blocks are numbered from 1 in the order of their names; 0 is all text outside of paragraphs.

    Examples
    --------
    >>> table = pd.DataFrame({"begin": [1, 3], "end": [3, 4], "section": ["（一）", "（二）"]})
    >>> section_labels(5, table).tolist()
    [0, 1, 1, 2, 0]
    """
    labels = np.zeros(n_chars, dtype=np.int64)
    sections = [block_of(section) for section in paragraphs["section"].fillna("").astype(str).tolist()]
    code = {section: number for number, section in enumerate(sorted(set(sections)), start=1)}
    for begin, end, section in zip(paragraphs["begin"].tolist(), paragraphs["end"].tolist(), sections, strict=True):
        labels[int(begin) : int(end)] = code[section]
    return labels


def block_of(section: str) -> str:
    """What is left out as one when an interval asks how far a number rests on single sections.

    Parameters
    ----------
    section : str
        As in the paragraphs table.

    Returns
    -------
    str
        The section itself; of an article that stands in no chapter the five it is one of, since neighbouring articles
        are copied together and are no independent draws.

    Examples
    --------
    >>> [block_of(section) for section in ("一/（三）", "第三章", "第七条", "第十条之一", "第十一条")]
    ['一/（三）', '第三章', '第6—10条', '第6—10条', '第11—15条']
    """
    found = _ARTICLE.fullmatch(section)
    if found is None:
        return section
    try:
        first = (parse_number(found[1]) - 1) // ARTICLES_A_BLOCK * ARTICLES_A_BLOCK + 1
    except ValueError:
        return section
    return f"第{first}—{first + ARTICLES_A_BLOCK - 1}条"


def covered_characters(n_chars: int, begins: ArrayLike, ends: ArrayLike) -> NDArray[np.bool_]:
    """Which characters of a text lie in at least one of the spans.

    Parameters
    ----------
    n_chars : int
        Characters of the text.
    begins, ends : array_like of int
        Half-open spans; they may overlap.

    Returns
    -------
    ndarray of bool, shape (n_chars,)

    Raises
    ------
    ValueError
        If a span is not within the text.

    Examples
    --------
    >>> covered_characters(5, [0, 1], [2, 3]).tolist()
    [True, True, True, False, False]
    """
    first, last = np.asarray(begins, dtype=np.int64), np.asarray(ends, dtype=np.int64)
    wrong = (first < 0) | (last < first) | (last > n_chars)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"`passages` must lie within their texts; got {first[at]} to {last[at]} in a text of {n_chars} "
            f"characters. Find the passages again with this corpus."
        )
    steps = np.zeros(n_chars + 1, dtype=np.int64)
    np.add.at(steps, first, 1)
    np.add.at(steps, last, -1)
    return np.cumsum(steps[:-1]) > 0


def covered_spans(mask: ArrayLike) -> list[tuple[int, int]]:
    """Begin and end of each run of True, half-open: the way back from `covered_characters`.

    Examples
    --------
    >>> covered_spans([True, True, False, True])
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], np.asarray(mask, dtype=bool), [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def disjoint_spans(row: Ints, begin: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Spans of many rows, each without what an earlier span of its row holds.

    Parameters
    ----------
    row, begin, end : ndarray of int, shape (P,)
        Half-open spans, in any order; rows and places at least 0, places below 2**40.

    Returns
    -------
    row, begin, end : ndarray of int
        Sorted by row and place; none is empty, none of a row overlap, and together they hold what the given ones hold.

    Examples
    --------
    >>> [column.tolist() for column in disjoint_spans(np.array([1, 0, 1]), np.array([0, 2, 1]), np.array([3, 4, 5]))]
    [[0, 1, 1], [2, 0, 3], [4, 3, 5]]
    """
    order = np.lexsort((end, begin, row))
    row, begin, end = row[order], begin[order], end[order]
    shift = row << 40
    reached = np.r_[-1, np.maximum.accumulate(end + shift)[:-1]][: len(row)] - shift
    begin = np.maximum(begin, reached)
    keep = begin < end
    return row[keep], begin[keep], end[keep]

"""How many independent lines have each stretch of a sentence, wherever in their texts, and who has most of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from fzanalytics.measures.lineage.proto_units import Unit
from fzanalytics.measures.reuse.reduced import number_grams

Number = TypeVar("Number", np.int64, np.float64)
#: Letters of the runs that are looked for in other lines; a run counts for all its letters, and long ones say more.
RUNS = (6, 10, 16)
#: A document has a sentence in which it has no variant if this share of the letters stands in it, in runs of `HELD_RUN`.
HELD_SHARE = 1 / 3
HELD_RUN = 8


class Votes(NamedTuple):
    """What all texts together say of each letter of each unit.

    lines: of each unit, by letter, the geometric mean over `RUNS` of the lines that have a run through the letter, at least
    1; shared: the same for the shortest run alone, whole numbers; quality: of each document, the share of its letters that
    other lines have in the shortest runs, relative to the document with most, in [0, 1].
    """

    lines: list[NDArray[np.float64]]
    shared: list[NDArray[np.int64]]
    quality: NDArray[np.float64]


def count_votes(units: Sequence[Unit]) -> Votes:
    """Count the lines of every run of letters.

    Examples
    --------
    >>> texts = ["应当依法公开决策", "必须依法公开决策", "另有规定"]
    >>> units = [Unit(n, n, 0.0, 0, "sentence", text, text) for n, text in enumerate(texts)]
    >>> votes = count_votes(units)
    >>> votes.shared[0].tolist(), votes.lines[0].round(2).tolist(), votes.quality.tolist()
    ([1, 1, 2, 2, 2, 2, 2, 2], [1.0, 1.0, 1.26, 1.26, 1.26, 1.26, 1.26, 1.26], [1.0, 1.0, 0.0])
    """
    size = np.array([len(unit.letters) for unit in units], dtype=np.int64)
    ends = np.cumsum(size)[:-1]
    lines = np.array([unit.line for unit in units], dtype=np.int64)
    found = [_through(units, np.repeat(lines, size), n) for n in RUNS]
    doc = np.repeat(np.array([unit.doc for unit in units], dtype=np.int64), size)
    share = np.bincount(doc, found[0] > 1) / np.maximum(np.bincount(doc), 1)
    mean = np.exp(np.mean(np.log(found), axis=0))
    return Votes(np.split(mean, ends), np.split(found[0], ends), share / max(float(share.max(initial=0)), 1e-9))


def find_runs(units: Sequence[Unit], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(place among all letters, number of the run) of every run of n letters within a unit."""
    codes = np.array([ord(letter) for unit in units for letter in unit.letters], dtype=np.int64)
    if len(codes) < n:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    owner = np.repeat(np.arange(len(units)), [len(unit.letters) for unit in units])
    at = np.flatnonzero(owner[n - 1 :] == owner[: len(owner) - n + 1])
    return at, np.unique(number_grams(codes, n)[at], return_inverse=True)[1].astype(np.int64)


def _through(units: Sequence[Unit], lines: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """For every letter the most lines that have one of the runs through it; 1 where there is none."""
    at, number = find_runs(units, n)
    width = int(lines.max(initial=0)) + 1
    pairs = np.unique(number * width + lines[at])
    counts = np.bincount(pairs // width)
    return spread_over_letters(at, counts[number], n, np.ones(len(lines), dtype=np.int64))


def spread_over_letters(
    at: NDArray[np.int64], worth: NDArray[Number], n: int, least: NDArray[Number]
) -> NDArray[Number]:
    """For every letter the most that a run of n letters through it is worth, or what it has at least.

    Examples
    --------
    >>> spread_over_letters(np.array([1]), np.array([5]), 2, np.ones(4, dtype=int)).tolist()
    [1, 5, 5, 1]
    """
    begin = least.copy()
    begin[at] = worth
    most = begin.copy()
    for shift in range(1, min(n, len(begin))):
        np.maximum(most[shift:], begin[:-shift], out=most[shift:])
    return most


def find_holders(units: Sequence[Unit], bases: Sequence[int]) -> list[list[int]]:
    """Of each base the numbers of the other documents that have at least `HELD_SHARE` of its letters, wherever.

    Examples
    --------
    >>> texts = ["各级政府应当依法公开决策并听取意见", "政府应当依法公开决策", "公开决策"]
    >>> units = [Unit(n, n, 0.0, 0, "sentence", text, text) for n, text in enumerate(texts)]
    >>> find_holders(units, [0, 1, 2])
    [[1], [0], []]
    """
    size = np.array([len(unit.letters) for unit in units], dtype=np.int64)
    start = np.concatenate([[0], np.cumsum(size)])
    docs = np.repeat(np.array([unit.doc for unit in units], dtype=np.int64), size)
    at, number = find_runs(units, HELD_RUN)
    width = int(docs.max(initial=0)) + 1
    pairs = np.unique(number * width + docs[at])
    first = np.searchsorted(pairs // width, np.arange(number.max(initial=-1) + 2))
    run_at = np.full(int(size.sum()), -1, dtype=np.int64)
    run_at[at] = number
    found = []
    for base in bases:
        has: dict[int, NDArray[np.bool_]] = {}
        for i, run in enumerate(run_at[start[base] : start[base + 1]].tolist()):
            if run < 0 or first[run + 1] - first[run] < 2:
                continue
            for doc in (pairs[first[run] : first[run + 1]] % width).tolist():
                has.setdefault(doc, np.zeros(size[base], dtype=bool))[i : i + HELD_RUN] = True
        own = units[base].doc
        found.append(sorted(doc for doc, mask in has.items() if doc != own and mask.mean() >= HELD_SHARE))
    return found

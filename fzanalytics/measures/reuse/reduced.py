"""The letters of a text without what hides a match, and the runs of letters that two texts share.

Also runs as numbers, so that sets of them can be sorted and counted over a whole corpus.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

Ints = NDArray[np.int64]
Grams = NDArray[np.uint64]

#: Seeds that occur more often than this (times in one text by times in the other) are paired in order only.
MAX_OCCURRENCES = 10_000
#: In long texts that number falls, so that no more pairs than about this are looked at.
MAX_PAIRS = 20_000_000
# Stretches are compared in classes of these lengths, so many pairs at once.
_LCS_CLASSES = (2, 4, 8, 20, 64)
_PAIRS = 1 << 12


def text_characters(text: str) -> NDArray[np.bool_]:
    """Which characters of a text carry text: letters, digits and Han, but no punctuation and no spaces.

    Parameters
    ----------
    text : str
        n characters.

    Returns
    -------
    ndarray of bool, shape (n,)
        What `str.isalnum` says of each character.

    Examples
    --------
    >>> text_characters("第 1 条，").tolist()
    [True, False, True, False, True, False]
    """
    return _carriers()[_code_points(text)]


@lru_cache(maxsize=1)
def _carriers() -> NDArray[np.bool_]:
    """Of every code point, whether it carries text."""
    return np.fromiter(map(str.isalnum, map(chr, range(0x110000))), dtype=bool, count=0x110000)


def reduce_text(text: str) -> tuple[Ints, Ints]:
    """The characters of a text that carry text, folded, and where each stood.

    Parameters
    ----------
    text : str
        n characters.

    Returns
    -------
    codes : ndarray of int, shape (m,)
        Code points of the m characters that carry text; full-width ASCII is made narrow, A-Z made a-z.
    places : ndarray of int, shape (m,)
        Their offsets in `text`, rising.

    Examples
    --------
    >>> codes, places = reduce_text("（Ａ）级， a 级")
    >>> "".join(map(chr, codes)), places.tolist()
    ('a级a级', [1, 3, 6, 8])
    """
    points = _code_points(text)
    places = np.flatnonzero(_carriers()[points])
    codes = points[places]
    codes = np.where((codes >= 0xFF01) & (codes <= 0xFF5E), codes - 0xFEE0, codes)
    return np.where((codes >= 65) & (codes <= 90), codes + 32, codes), places


def common_runs(a: Ints, b: Ints, n: int) -> Ints:
    """All maximal runs of at least `n` equal characters in two sequences.

    Parameters
    ----------
    a, b : ndarray of int, shapes (A,), (B,)
        Code points.
    n : int
        At least 1.

    Returns
    -------
    ndarray of int, shape (runs, 3)
        Begin in `a`, begin in `b`, length; sorted by begin in `a`, then in `b`. A run cannot be made longer on
        either end. An n-gram that occurs p times in `a` and q times in `b` with p * q above `occurrence_cap` is
        paired in order only (first with first, second with second, ...): every run is still maximal, but runs
        whose n-grams are all of this kind may be missing, and a warning says how many n-grams it befell.

    Examples
    --------
    >>> codes = lambda text: np.array([ord(character) for character in text])
    >>> common_runs(codes("xabcy"), codes("abczab"), 2).tolist()
    [[1, 0, 3], [1, 4, 2]]
    """
    grams_a, grams_b = gram_ranks(a, b, n)
    at_a, at_b = _seed_pairs(grams_a, grams_b)
    if not len(at_a):
        return np.zeros((0, 3), dtype=np.int64)
    diagonal, at_a = np.divmod(np.sort((at_a - at_b + len(b)) * len(a) + at_a), len(a))
    diagonal -= len(b)
    starts = np.flatnonzero(np.r_[True, (np.diff(diagonal) != 0) | (np.diff(at_a) != 1)])
    begin, shift = at_a[starts], diagonal[starts]
    end = at_a[np.r_[starts[1:] - 1, len(at_a) - 1]] + n
    # Only pairing in order can leave a run that goes on beyond its seeds, at most to the next on its diagonal.
    same = np.diff(shift) == 0
    room = np.r_[np.where(same, begin[1:] - end[:-1], len(a)), len(a)]
    end = end + _extension(a, b, end, end - shift, room)
    joined = np.r_[False, same & (end[:-1] >= begin[1:])]
    back = _extension(a[::-1], b[::-1], len(a) - begin, len(b) - (begin - shift), np.where(joined, 0, len(a)))
    firsts = np.flatnonzero(~joined)
    begin, shift = (begin - back)[firsts], shift[firsts]
    end = end[np.r_[firsts[1:] - 1, len(end) - 1]]
    runs = np.column_stack([begin, begin - shift, end - begin])
    return runs[np.lexsort((runs[:, 1], runs[:, 0]))]


def occurrence_cap(size_a: int, size_b: int) -> int:
    """How often n-grams may occur in two texts to be paired each with each.

    Returns
    -------
    int
        The smaller of `MAX_OCCURRENCES` and (2 * `MAX_PAIRS` / (size_a + size_b)) ** 2, at least 1. As n-grams
        of p and q occurrences make p * q <= sqrt(cap) * (p + q) / 2 pairs, all together are at most `MAX_PAIRS`.

    Examples
    --------
    >>> occurrence_cap(15_000, 12_000), occurrence_cap(1_000_000, 1_000_000)
    (10000, 400)
    """
    return max(1, min(MAX_OCCURRENCES, (2 * MAX_PAIRS // max(1, size_a + size_b)) ** 2))


def number_grams(codes: NDArray[np.int64], n: int) -> Grams:
    """Every run of `n` characters as one number.

    Parameters
    ----------
    codes : ndarray of int, shape (m,)
        Code points, as `reduce_text` gives them.
    n : int
        At least 1.

    Returns
    -------
    ndarray of uint64, shape (max(m - n + 1, 0),)
        Equal runs have equal numbers, in every text; two different runs have the same one with chance 2**-64.

    Examples
    --------
    >>> numbers = number_grams(np.array([1, 2, 3, 1, 2]), 2)
    >>> bool(numbers[0] == numbers[3]), len(np.unique(numbers))
    (True, 3)
    """
    count = max(len(codes) - n + 1, 0)
    wide = codes.astype(np.uint64)
    mixed = np.zeros(count, dtype=np.uint64)
    for shift in range(n):
        mixed = (mixed ^ wide[shift : shift + count]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def common_subsequences(codes: NDArray[np.unsignedinteger], a: Ints, la: Ints, b: Ints, lb: Ints) -> Ints:
    """Length of the longest common subsequence of each two stretches of at most 64 letters, one bit a letter.

    Examples
    --------
    >>> codes = np.array([1, 2, 3, 4, 2, 4, 1] + [0] * 64, dtype=np.uint16)
    >>> common_subsequences(codes, np.array([0]), np.array([4]), np.array([4]), np.array([3])).tolist()
    [2]
    """
    result = np.zeros(len(a), dtype=np.int64)
    longest = np.where(np.minimum(la, lb) > 0, np.maximum(la, lb), 0)
    below = 0
    for width in _LCS_CLASSES:
        chosen = np.flatnonzero((longest > below) & (longest <= width))
        for k in range(0, len(chosen), _PAIRS):
            rows = chosen[k : k + _PAIRS]
            result[rows] = _subsequence(codes, a[rows], la[rows], b[rows], lb[rows], width)
        below = width
    return result


def _subsequence(codes: NDArray[np.unsignedinteger], a: Ints, la: Ints, b: Ints, lb: Ints, width: int) -> Ints:
    windows = np.lib.stride_tricks.sliding_window_view(codes, width)
    x, y = np.ascontiguousarray(windows[a].T), np.ascontiguousarray(windows[b].T)
    kind: Any = np.uint32 if width < 32 else np.uint64
    full = (np.uint64(0xFFFFFFFFFFFFFFFF) >> (64 - la).astype(np.uint64)).astype(kind)
    row = full.copy()
    for column in range(width):
        places = np.zeros(len(a), dtype=kind)
        for step in range(width):
            places |= (x[step] == y[column]).astype(kind) << kind(step)
        hits = row & places
        row = np.where(column < lb, ((row + hits) | (row - hits)) & full, row)
    ones = np.unpackbits(row.view(np.uint8).reshape(len(row), -1), axis=1).sum(axis=1)
    return la - ones.astype(np.int64)


def _code_points(text: str) -> Ints:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)


def gram_ranks(a: Ints, b: Ints, n: int) -> tuple[Ints, Ints]:
    """For each n-gram of `a` and of `b` a number, equal if and only if the n-grams are (by doubling)."""
    size_a = len(a)
    ranks = np.unique(np.concatenate([a, b]), return_inverse=True)[1].astype(np.int64)
    ranks_a, ranks_b = ranks[:size_a], ranks[size_a:]
    width = 1
    while width < n and len(ranks_a) and len(ranks_b):
        step = min(width, n - width)
        base = max(int(np.max(ranks_a)), int(np.max(ranks_b))) + 1
        pairs_a = ranks_a[:-step] * base + ranks_a[step:]
        pairs_b = ranks_b[:-step] * base + ranks_b[step:]
        ranks = np.unique(np.concatenate([pairs_a, pairs_b]), return_inverse=True)[1].astype(np.int64)
        ranks_a, ranks_b = ranks[: len(pairs_a)], ranks[len(pairs_a) :]
        width += step
    return ranks_a, ranks_b


def _seed_pairs(grams_a: Ints, grams_b: Ints) -> tuple[Ints, Ints]:
    """All (place in a, place in b) of equal grams; those that occur too often paired in order."""
    order_a, order_b = np.argsort(grams_a, kind="stable"), np.argsort(grams_b, kind="stable")
    distinct_a, count_a = np.unique(grams_a, return_counts=True)
    distinct_b, count_b = np.unique(grams_b, return_counts=True)
    start_a = np.cumsum(count_a) - count_a
    start_b = np.cumsum(count_b) - count_b
    _, in_a, in_b = np.intersect1d(distinct_a, distinct_b, assume_unique=True, return_indices=True)
    p, q, from_a, from_b = count_a[in_a], count_b[in_b], start_a[in_a], start_b[in_b]
    cap = occurrence_cap(len(grams_a), len(grams_b))
    often = p * q > cap
    if often.any():
        logger.warning(
            "%d of %d shared character sequences occur too often (product over %d) and were paired in order "
            "only; passages made of nothing else may be missing.",
            int(often.sum()), len(often), cap,
        )  # fmt: skip
    pairs = np.where(often, np.minimum(p, q), p * q)
    gram = np.repeat(np.arange(len(pairs)), pairs)
    serial = np.arange(len(gram)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    row = np.where(often[gram], serial, serial // q[gram])
    column = np.where(often[gram], serial, serial % q[gram])
    return order_a[from_a[gram] + row], order_b[from_b[gram] + column]


def _extension(a: Ints, b: Ints, at_a: Ints, at_b: Ints, room: Ints) -> Ints:
    """How many equal characters follow from each pair of places, counted up to `room`."""
    length = np.zeros(len(at_a), dtype=np.int64)
    live = np.arange(len(at_a))
    while len(live):
        x, y = at_a[live] + length[live], at_b[live] + length[live]
        inside = (length[live] < room[live]) & (x < len(a)) & (y < len(b))
        live, x, y = live[inside], x[inside], y[inside]
        live = live[a[x] == b[y]]
        length[live] += 1
    return length

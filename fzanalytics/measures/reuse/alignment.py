"""Every passage that two texts share, however reordered, with its offsets in both.

This is the plain version: one pair at a time, exact runs first, then their edited surroundings. Its definition
stands in full in `align_pair`, so that a faster one can be held to it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fzanalytics.base.options import check_number
from fzanalytics.measures.reuse.reduced import Ints, common_runs, gram_ranks, reduce_text

#: A run that continues a passage after an edit has at least this many characters.
LINK_CHARS = 4
#: Longer than this, one candidate for the next run is not better than another.
LINK_CHARS_COUNTED = 32
#: Passages that are joined have at most this many characters between them.
MAX_JOIN_GAP = 64
#: Of a chain of too low an identity so many links on either side of its seed are looked at.
MAX_TORN_LINKS = 64
#: Seeds that may still start a passage are sifted anew after so many.
_SIFT_EVERY = 512


class AlignedPassage(NamedTuple):
    """A passage that two texts share; offsets in characters, half-open, into the texts as given."""

    a_begin: int
    a_end: int
    b_begin: int
    b_end: int
    n_chars: int
    identity: float


class _Run(NamedTuple):
    """`n` equal characters from `a` in one text and from `b` in the other."""

    a: int
    b: int
    n: int


def align_pair(
    a: str,
    b: str,
    *,
    min_chars: int = 20,
    min_identity: float = 0.7,
    seed_chars: int = 8,
    max_gap: int = 20,
) -> list[AlignedPassage]:
    """All passages that two texts share, reordered, repeated and locally edited ones included.

    Parameters
    ----------
    a, b : str
        Texts of any length.
    min_chars : int
        Fewest matched characters of a passage, at least `seed_chars`.
    min_identity : float
        Least identity of a passage, in (0, 1].
    seed_chars : int
        Length of the unbroken run without which there is no passage, at least 4.
    max_gap : int
        Most characters, on either side, between two runs of one passage.

    Returns
    -------
    list of AlignedPassage (a_begin, a_end, b_begin, b_end, n_chars, identity)
        Sorted by place in `a`, then in `b`. Offsets in characters, half-open, into `a` and `b` as given.
        n_chars: matched characters. identity in (0, 1]: 2 * n_chars over the text-carrying characters of both
        spans; 1 if they are equal but for punctuation, spaces, width and ASCII case. Symmetric: with `a` and `b`
        exchanged the same passages come out mirrored.

    Raises
    ------
    ValueError
        If an option is out of its range.

    Notes
    -----
    The definition, to the letter:

    1. Both texts are reduced by `reduce_text`. The shorter is taken first (of equally long ones, the smaller by
       code points), which makes the result symmetric. Lengths and gaps below count reduced characters.
    2. Seeds are the runs of `common_runs` with n = `seed_chars`, taken from the longest to the shortest (ties:
       first in the first text, then in the second). A seed that lies wholly inside kept passages on both sides
       is passed over.
    3. A seed grows to the right, then likewise to the left (in mirror image), link by link. A link is a run of
       at least `LINK_CHARS` equal characters that begins i and j characters after the end reached, with
       i, j <= `max_gap`; it cannot begin earlier after that end, goes on as long as it goes, and is at least
       half as long as the greater of i and j. Taken is the one with the greatest
       min(length, `LINK_CHARS_COUNTED`) - (i + j), ties to the smallest i + j, then the smallest i. Growth
       ends where there is none. Matched are the characters of all runs, and in each gap as many as the longest
       common subsequence of its two sides has. Of the links on either side those up to the one are kept at which
       2 * matched - unmatched characters is greatest (the first of several, none if all are below 1). An inner
       link is borne out by what follows it; one at the end by nothing but itself, and a few characters that
       are equal by chance beyond a gap would else draw the passage out.
    4. While the identity of the chain is below `min_identity` it is cut at the gap with the most unmatched
       characters (the first of several), and the part with the seed goes on.
    5. It is a passage if at least `min_chars` characters are matched. It is kept if on at least one side
       `min_chars` or more of its characters are in no passage kept before: what is new must itself be long
       enough for a passage, or one that ends in a phrase that stands elsewhere too is told again for each of
       these places. So a stretch that is repeated in one text, or in both, is found at every place.
    6. A kept passage that on both sides lies inside another one, whose seed came later, is left out: its characters
       are told there, and would else count as found in two pieces.
    7. Of the passages that begin i and j characters after the end of one, with min(i, j) <= `max_gap` and
       max(i, j) <= 2 * `max_gap` (or `MAX_JOIN_GAP`, if that is less), the nearest follows it, if this one is also the
       nearest before that (nearest: smallest i + j, then i; then by a_begin, b_begin, a_end, b_end). A row of passages
       that follow each other is joined, gaps matched as in rule 3, if its identity is at least `min_identity`.
       Two long passages in line are better evidence than a run of four characters, so the gap between them may
       be wider: a copy with a sentence put into it is one passage.

    What it cannot show: that one text was drawn from the other. Formulas of the genre that are `min_chars` long
    are passages too, and text rewritten throughout is none.

    Examples
    --------
    The text copied has one word changed and stands elsewhere (各级政府 all levels of government, 应当 shall,
    必须 must, 公开 publish, 行政决策 decisions, 重大 major, 依法 by law, 听取意见 hear opinions):

    >>> a = "总则。各级政府应当依法公开重大行政决策，听取意见。"
    >>> b = "各级政府必须依法公开重大行政决策，听取意见。附则。"
    >>> for passage in align_pair(a, b, min_chars=12):
    ...     print(a[passage.a_begin : passage.a_end], passage.n_chars, round(passage.identity, 2))
    各级政府应当依法公开重大行政决策，听取意见 18 0.9
    >>> align_pair("依法行政", "简政放权")
    []
    """
    check_options(min_chars, min_identity, seed_chars, max_gap)
    codes_a, places_a = reduce_text(a)
    codes_b, places_b = reduce_text(b)
    if min(len(codes_a), len(codes_b)) < seed_chars:
        return []
    swapped = (len(codes_b), codes_b.tolist()) < (len(codes_a), codes_a.tolist())
    if swapped:
        chains = _align(codes_b, codes_a, min_chars, min_identity, seed_chars, max_gap)
    else:
        chains = _align(codes_a, codes_b, min_chars, min_identity, seed_chars, max_gap)
    passages = []
    for first, second, matched, lost in chains:
        span_a, span_b = (second, first) if swapped else (first, second)
        passages.append(
            AlignedPassage(
                int(places_a[span_a[0]]),
                int(places_a[span_a[1] - 1]) + 1,
                int(places_b[span_b[0]]),
                int(places_b[span_b[1] - 1]) + 1,
                matched,
                2 * matched / (2 * matched + lost),
            )
        )
    return sorted(passages)


def counterparts(a: str, b: str) -> Ints:
    """Where in the other side of a passage each character stands.

    Parameters
    ----------
    a, b : str
        The two sides of one passage, n and m characters.

    Returns
    -------
    ndarray of int, shape (text-carrying characters of `a`,)
        Offsets in `b`, never falling. Exact for the characters of the runs that grow from the longest run of both
        sides (as in `align_pair`, any gap up to 64), in proportion for those between and beyond.

    Examples
    --------
    >>> counterparts("全面推进依法行政", "全面推进，落实依法行政").tolist()
    [0, 1, 2, 3, 7, 8, 9, 10]
    """
    codes_a, _ = reduce_text(a)
    codes_b, places_b = reduce_text(b)
    if not len(codes_a) or not len(codes_b):
        return np.zeros(len(codes_a), dtype=np.int64)
    points = [(0, 0), (len(codes_a) - 1, len(codes_b) - 1)]
    runs = common_runs(codes_a, codes_b, LINK_CHARS)
    if len(runs):
        seed = _Run(*runs[np.argmax(runs[:, 2])].tolist())
        chain, _ = _grow(*_sides(codes_a, codes_b), seed, 64)
        inner = [(run.a + step, run.b + step) for run in chain for step in (0, run.n - 1)]
        points = [point for point in points[:1] if point[0] < inner[0][0]] + inner
        points += [(len(codes_a) - 1, len(codes_b) - 1)] if inner[-1][0] < len(codes_a) - 1 else []
    known_a, known_b = (np.array(side, dtype=float) for side in zip(*points, strict=True))
    at = np.interp(np.arange(len(codes_a)), known_a, known_b)
    return places_b[np.rint(at).astype(np.int64)]


def check_options(min_chars: int, min_identity: float, seed_chars: int, max_gap: int) -> None:
    """Raise a ValueError if an option of `align_pair` is out of its range."""
    remedy = "Take 8 for policy documents."
    check_number(seed_chars, name="seed_chars", within=f"[{LINK_CHARS}, inf)", whole=True, remedy=remedy)
    check_number(min_chars, name="min_chars", whole=True, remedy="Take 20.")
    if min_chars < seed_chars:
        raise ValueError(
            f"`min_chars` must be at least `seed_chars` ({seed_chars}); got {min_chars}. "
            f"Raise it, or lower `seed_chars`."
        )
    check_number(min_identity, name="min_identity", within="(0, 1]", remedy="Take 0.7.")
    check_number(max_gap, name="max_gap", within="[0, inf)", whole=True, remedy="Take 20.")


class _Side(NamedTuple):
    """Two sequences as seen from one end of a chain: forward, or both reversed."""

    a: Ints
    b: Ints
    links_a: Ints
    links_b: Ints


def _sides(a: Ints, b: Ints) -> tuple[_Side, _Side]:
    links_a, links_b = gram_ranks(a, b, LINK_CHARS)
    return _Side(a, b, links_a, links_b), _Side(a[::-1], b[::-1], links_a[::-1], links_b[::-1])


class _Names(NamedTuple):
    """Of letters that stand for masked names: a number equal names share, and their characters; of others 0 and 1."""

    a: Ints
    b: Ints
    sizes_a: Ints
    sizes_b: Ints


class _Piece(NamedTuple):
    """A passage: spans in both texts, matched and unmatched characters."""

    a: tuple[int, int]
    b: tuple[int, int]
    matched: int
    lost: int


def _align(
    a: Ints, b: Ints, min_chars: int, min_identity: float, seed_chars: int, max_gap: int, names: _Names | None = None
) -> list[_Piece]:
    """The passages of two texts, rules 2 to 7; `names`: a letter may be a masked name, see `find_passages`."""
    runs = common_runs(a, b, seed_chars)
    ahead, back = _sides(a, b)
    runs = runs[np.lexsort((runs[:, 1], runs[:, 0], -runs[:, 2]))]
    free_a = np.ones(len(a), dtype=np.int64) if names is None else names.sizes_a.copy()
    free_b = np.ones(len(b), dtype=np.int64) if names is None else names.sizes_b.copy()
    kept: list[_Piece] = []
    while len(runs):
        for row in runs[:_SIFT_EVERY].tolist():
            seed = _Run(*row)
            if not (free_a[seed.a : seed.a + seed.n].any() or free_b[seed.b : seed.b + seed.n].any()):
                continue
            piece = _cut(a, b, *_grow(ahead, back, seed, max_gap, names), min_identity, names)
            new = max(free_a[slice(*piece.a)].sum(), free_b[slice(*piece.b)].sum())
            if piece.matched >= min_chars and new >= min_chars:
                kept.append(piece)
                free_a[slice(*piece.a)] = 0
                free_b[slice(*piece.b)] = 0
        runs = _still_free(runs[_SIFT_EVERY:], free_a > 0, free_b > 0)
    return _join(a, b, sorted(_outermost(kept), key=_order), min_identity, max_gap)


def _order(piece: _Piece) -> tuple[int, int, int, int]:
    return piece.a[0], piece.b[0], piece.a[1], piece.b[1]


def _outermost(kept: list[_Piece]) -> list[_Piece]:
    """Rule 6."""
    spans = np.array([(*piece.a, *piece.b) for piece in kept], dtype=np.int64).reshape(-1, 4)
    result = []
    for at, piece in enumerate(kept):
        (x, x_end), (y, y_end) = piece.a, piece.b
        around = (spans[:, 0] <= x) & (x_end <= spans[:, 1]) & (spans[:, 2] <= y) & (y_end <= spans[:, 3])
        around[at:] &= (spans[at:] != spans[at]).any(axis=1)
        if not around.any():
            result.append(piece)
    return result


def _join(a: Ints, b: Ints, pieces: list[_Piece], min_identity: float, max_gap: int) -> list[_Piece]:
    """Rule 7; the pieces come in order."""
    most = min(2 * max_gap, MAX_JOIN_GAP)
    begins = np.array([(piece.a[0], piece.b[0]) for piece in pieces], dtype=np.int64).reshape(-1, 2)
    onward: dict[int, tuple[int, int, int]] = {}
    back: dict[int, tuple[int, int, int]] = {}
    for p, piece in enumerate(pieces):
        i, j = (begins - [piece.a[1], piece.b[1]]).T
        near = (np.minimum(i, j) >= 0) & (np.minimum(i, j) <= max_gap) & (np.maximum(i, j) <= most)
        for q in np.flatnonzero(near).tolist():
            rank = int(i[q] + j[q]), int(i[q])
            onward[p] = min(onward.get(p, (*rank, q)), (*rank, q))
            back[q] = min(back.get(q, (*rank, p)), (*rank, p))
    follows = {p: q for p, (*_, q) in onward.items() if back[q][2] == p}
    result, joined = [], set(follows.values())
    for p in range(len(pieces)):
        if p in joined:
            continue
        row = [p]
        while row[-1] in follows:
            row.append(follows[row[-1]])
        result += _joined(a, b, [pieces[at] for at in row], min_identity)
    return result


def _joined(a: Ints, b: Ints, row: list[_Piece], min_identity: float) -> list[_Piece]:
    matched, lost = sum(piece.matched for piece in row), sum(piece.lost for piece in row)
    for left, right in pairwise(row):
        gap_a, gap_b = a[left.a[1] : right.a[0]].tolist(), b[left.b[1] : right.b[0]].tolist()
        common = _common_subsequence(gap_a, gap_b)
        matched, lost = matched + common, lost + len(gap_a) + len(gap_b) - 2 * common
    if 2 * matched < min_identity * (2 * matched + lost):
        return row
    return [_Piece((row[0].a[0], row[-1].a[1]), (row[0].b[0], row[-1].b[1]), matched, lost)]


def _still_free(runs: Ints, free_a: NDArray[np.bool_], free_b: NDArray[np.bool_]) -> Ints:
    total_a, total_b = np.r_[0, np.cumsum(free_a)], np.r_[0, np.cumsum(free_b)]
    in_a = total_a[runs[:, 0] + runs[:, 2]] - total_a[runs[:, 0]]
    in_b = total_b[runs[:, 1] + runs[:, 2]] - total_b[runs[:, 1]]
    return runs[(in_a > 0) | (in_b > 0)]


def _grow(ahead: _Side, back: _Side, seed: _Run, max_gap: int, names: _Names | None = None) -> tuple[list[_Run], int]:
    """The chain of runs around a seed, and the place of the seed in it."""
    size_a, size_b = len(back.a), len(back.b)
    right = _links(ahead, seed.a + seed.n, seed.b + seed.n, max_gap)
    right = [seed, *right][: _paying(ahead.a, ahead.b, [seed, *right], names)]
    left = _links(back, size_a - seed.a, size_b - seed.b, max_gap)
    mirrored = [_Run(size_a - run.a - run.n, size_b - run.b - run.n, run.n) for run in reversed(left)]
    left_pays = _paying(ahead.a, ahead.b, [*mirrored, seed], names, back=True) - 1
    mirrored = mirrored[len(mirrored) - left_pays :]
    return [*mirrored, *right], len(mirrored)


def _paying(a: Ints, b: Ints, chain: list[_Run], names: _Names | None, *, back: bool = False) -> int:
    """How many runs of a chain there are from its seed to the last that pays for the gaps before it (rule 3)."""
    gaps = [_gap(a, b, left, right) for left, right in pairwise(chain)]
    order = range(len(gaps) - 1, -1, -1) if back else range(len(gaps))
    score = best = pays = 0
    for links, gap in enumerate(order, start=1):
        common, unmatched = gaps[gap]
        score += 2 * (_worth(chain[gap if back else gap + 1], names) + common) - unmatched
        if score > best:
            best, pays = score, links
    return pays + 1


def _gap(a: Ints, b: Ints, left: _Run, right: _Run) -> tuple[int, int]:
    """Matched and unmatched characters between two runs."""
    gap_a, gap_b = a[left.a + left.n : right.a].tolist(), b[left.b + left.n : right.b].tolist()
    common = _common_subsequence(gap_a, gap_b)
    return common, len(gap_a) + len(gap_b) - 2 * common


def _worth(run: _Run, names: _Names | None) -> int:
    """The characters of a run: a masked name that is the same on both sides counts in full, another one 1."""
    if names is None:
        return run.n
    own = slice(run.a, run.a + run.n)
    same = names.a[own] == names.b[run.b : run.b + run.n]
    return run.n + int((names.sizes_a[own] - 1)[same].sum())


def _links(side: _Side, end_a: int, end_b: int, max_gap: int) -> list[_Run]:
    links: list[_Run] = []
    while (link := _next_link(side, end_a, end_b, max_gap)) is not None:
        links.append(link)
        end_a, end_b = link.a + link.n, link.b + link.n
    return links


def _next_link(side: _Side, end_a: int, end_b: int, max_gap: int) -> _Run | None:
    window_a = side.links_a[end_a : end_a + max_gap + 1]
    window_b = side.links_b[end_b : end_b + max_gap + 1]
    equal = window_a[:, None] == window_b[None, :]
    if not equal.any():
        return None
    first = equal.copy()
    first[1:, 1:] &= ~equal[:-1, :-1]
    best: tuple[int, int, int] | None = None
    for i, j in zip(*(index.tolist() for index in np.nonzero(first)), strict=True):
        counted = max(LINK_CHARS_COUNTED, (max(i, j) + 1) // 2)
        n = _equal_from(side, end_a + i, end_b + j, counted)
        if max(i, j) <= 2 * n:
            rank = (i + j - min(n, LINK_CHARS_COUNTED), i + j, i)
            best = rank if best is None else min(best, rank)
    if best is None:
        return None
    at_a, at_b = end_a + best[2], end_b + best[1] - best[2]
    return _Run(at_a, at_b, _equal_from(side, at_a, at_b, len(side.a)))


def _equal_from(side: _Side, at_a: int, at_b: int, most: int) -> int:
    """How many equal characters follow, counted up to `most`."""
    n, step = 0, 32
    while n < most:
        piece_a = side.a[at_a + n : at_a + min(n + step, most)]
        piece_b = side.b[at_b + n : at_b + min(n + step, most)]
        size = min(len(piece_a), len(piece_b))
        differ = np.flatnonzero(piece_a[:size] != piece_b[:size])
        if len(differ):
            return n + int(differ[0])
        n += size
        if size < step:
            return n
        step *= 2
    return n


def _cut(a: Ints, b: Ints, chain: list[_Run], seed: int, min_identity: float, names: _Names | None = None) -> _Piece:
    """The part of a chain around its seed whose identity is high enough."""
    gaps = [_gap(a, b, left, right) for left, right in pairwise(chain)]
    common, unmatched = [gap[0] for gap in gaps], [gap[1] for gap in gaps]
    worth = [_worth(run, names) for run in chain]
    first, last = 0, len(chain) - 1
    while True:
        matched = sum(worth[first : last + 1]) + sum(common[first:last])
        lost = sum(unmatched[first:last])
        if 2 * matched >= min_identity * (2 * matched + lost):
            left, right = chain[first], chain[last]
            return _Piece((left.a, right.a + right.n), (left.b, right.b + right.n), matched, lost)
        if first < seed - MAX_TORN_LINKS or last > seed + MAX_TORN_LINKS:
            first, last = max(first, seed - MAX_TORN_LINKS), min(last, seed + MAX_TORN_LINKS)
            continue
        worst = max(range(first, last), key=lambda gap: (unmatched[gap], -gap))
        first, last = (worst + 1, last) if worst < seed else (first, worst)


def _common_subsequence(a: list[int], b: list[int]) -> int:
    """Length of the longest common subsequence of two short sequences, one bit a character of `a`."""
    if not a or not b:
        return 0
    places: dict[int, int] = {}
    for index, code in enumerate(a):
        places[code] = places.get(code, 0) | (1 << index)
    full = (1 << len(a)) - 1
    row = full
    for code in b:
        hits = row & places.get(code, 0)
        row = ((row + hits) | (row - hits)) & full
    return len(a) - row.bit_count()

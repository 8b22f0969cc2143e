"""Runs of equal letters grown into passages, for all pairs of texts at once.

The definition is that of `align_pair`, rules 3 to 7. What follows a run is found before (`seeds.follow`); the rest is
sums along these paths.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fzanalytics.measures.reuse.alignment import MAX_JOIN_GAP, MAX_TORN_LINKS
from fzanalytics.measures.reuse.letters import Layout, in_characters, same_names
from fzanalytics.measures.reuse.reduced import Ints, common_subsequences
from fzanalytics.measures.reuse.seeds import Paths, Runs, follow, pair_numbers, sorted_once

_MET = 1 << 22


class Chains(NamedTuple):
    """Passages: spans in both texts (places of the layout), matched and unmatched characters, gaps between runs."""

    a_begin: Ints
    a_end: Ints
    b_begin: Ints
    b_end: Ints
    matched: Ints
    lost: Ints
    gaps: Ints


def grow_chains(
    layout: Layout, runs: Runs, *, min_chars: int, min_identity: float, seed_chars: int, max_gap: int
) -> Chains:
    """The passages that `align_pair` keeps, of all pairs of texts.

    Parameters
    ----------
    layout : Layout
    runs : Runs
        From `find_runs`, whole pairs of texts.
    min_chars, min_identity, seed_chars, max_gap
        See `align_pair`.

    Returns
    -------
    Chains
        Sorted by the two texts and places.
    """
    runs = sorted_once(layout, runs)
    options = (min_chars, min_identity, max_gap)
    # Long seeds come first in any case. Short ones inside what they leave are passed over without being grown.
    long = np.flatnonzero(runs.n >= max(min_chars, seed_chars))
    seeds, chains = _keep(layout, runs, *_grown(layout, runs, long, *options), min_chars)
    short = np.flatnonzero(runs.n < max(min_chars, seed_chars))
    inside = _covered(layout, runs, short, runs.a, seeds, chains.a_begin, chains.a_end)
    inside &= _covered(layout, runs, short, runs.b, seeds, chains.b_begin, chains.b_end)
    more, grown = _grown(layout, runs, short[~inside], *options)
    if len(more):
        order = np.argsort(np.r_[seeds, more])
        chains = _take(Chains(*(np.concatenate(pair) for pair in zip(chains, grown, strict=True))), order)
        _, chains = _keep(layout, runs, np.r_[seeds, more][order], chains, min_chars)
    return _join(layout, _outermost(layout, _in_order(layout, chains)), min_identity, max_gap)


def _in_order(layout: Layout, chains: Chains) -> Chains:
    pair = pair_numbers(layout, chains.a_begin, chains.b_begin)
    return _take(chains, np.lexsort((chains.b_end, chains.a_end, chains.b_begin, chains.a_begin, pair)))


def _covered(
    layout: Layout, runs: Runs, rows: Ints, side: Ints, seeds: Ints, begin: Ints, end: Ints
) -> NDArray[np.bool_]:
    """Which runs lie, on one side, wholly inside passages of their pair."""
    if not len(seeds):
        return np.zeros(len(rows), dtype=bool)
    pair = np.unique(pair_numbers(layout, runs.a, runs.b), return_inverse=True)[1]
    low, high = (pair[seeds] << 32) + begin, (pair[seeds] << 32) + end
    order = np.argsort(low)
    low, high = low[order], np.maximum.accumulate(high[order])
    opens = np.flatnonzero(np.r_[True, low[1:] > high[:-1]])
    closes = high[np.r_[opens[1:] - 1, len(high) - 1]]
    first = (pair[rows] << 32) + side[rows]
    at = np.searchsorted(low[opens], first, side="right") - 1
    return (at >= 0) & (first + runs.n[rows] <= closes[at])


def _grown(
    layout: Layout, runs: Runs, rows: Ints, min_chars: int, min_identity: float, max_gap: int
) -> tuple[Ints, Chains]:
    """Rules 3 and 4: what each of some seeds grows into, of those that have enough matched letters; in their order."""
    total = len(layout.doc)
    a, b, n = runs.a[rows], runs.b[rows], runs.n[rows]
    right, at_right = follow(layout, a + n, b + n, max_gap)
    left, at_left = follow(layout, total - a, total - b, max_gap, back=True)
    worth = n + same_names(layout, a, b, n)
    matched = worth + right.matched[at_right] + left.matched[at_left]
    lost = right.lost[at_right] + left.lost[at_left]
    enough = matched >= min_chars
    fits = 2 * matched >= min_identity * (2 * matched + lost)
    whole, torn = np.flatnonzero(enough & fits), np.flatnonzero(enough & ~fits)
    r, s = at_right[whole], at_left[whole]
    chains = Chains(
        total - left.far_a[s], right.far_a[r], total - left.far_b[s], right.far_b[r],
        matched[whole], lost[whole], right.links[r] + left.links[s],
    )  # fmt: skip
    own = runs._replace(a=a, b=b, n=n)
    cut, kept = _cut(own, worth, torn, (right, at_right), (left, at_left), min_chars, min_identity)
    seeds = np.concatenate([whole, kept])
    order = np.argsort(seeds)
    return rows[seeds[order]], _take(Chains(*(np.concatenate(pair) for pair in zip(chains, cut, strict=True))), order)


def _take(chains: Chains, rows: Ints) -> Chains:
    return Chains(*(column[rows] for column in chains))


def _cut(
    runs: Runs, worth: Ints, seeds: Ints, right: tuple[Paths, Ints], left: tuple[Paths, Ints],
    min_chars: int, min_identity: float,
) -> tuple[Chains, Ints]:  # fmt: skip
    """Rule 4 for chains of too low an identity: what is left of them, and the seeds of those that are long enough."""
    parts: list[Chains] = []
    kept: list[Ints] = []
    links = sum(np.minimum(paths.links[at[seeds]], MAX_TORN_LINKS) for paths, at in (right, left))
    ends = np.cumsum(links)
    begin = 0
    while begin < len(seeds):
        goal = (ends[begin - 1] if begin else 0) + (1 << 20)
        end = max(begin + 1, int(np.searchsorted(ends, goal, side="right")))
        chains, chosen = _cut_some(runs, worth, seeds[begin:end], right, left, min_chars, min_identity)
        parts.append(chains)
        kept.append(chosen)
        begin = end
    if not parts:
        return Chains(*(np.zeros(0, dtype=np.int64) for _ in Chains._fields)), seeds
    return Chains(*(np.concatenate(column) for column in zip(*parts, strict=True))), np.concatenate(kept)


def _cut_some(
    runs: Runs, worth: Ints, seeds: Ints, right: tuple[Paths, Ints], left: tuple[Paths, Ints],
    min_chars: int, min_identity: float,
) -> tuple[Chains, Ints]:  # fmt: skip
    chain, where, gap_a, gap_b, n, common, more = _gaps(seeds, right, left)
    lost = gap_a + gap_b - 2 * common
    results: list[Ints] = []
    while len(chain):
        starts = np.flatnonzero(np.r_[True, chain[1:] != chain[:-1]])
        size = np.diff(np.r_[starts, len(chain)])
        which = chain[starts]
        matched = np.add.reduceat(n + common + more, starts) + worth[seeds[which]]
        missing = np.add.reduceat(lost, starts)
        fits = 2 * matched >= min_identity * (2 * matched + missing)
        long = matched >= min_chars
        _collect(results, fits & long, which, starts, size, where, gap_a, gap_b, n, matched, missing)
        # The gap with most unmatched letters goes, with all that lies behind it as seen from the seed.
        worst = np.maximum.reduceat((lost << 24) + ((1 << 24) - 1 - _serial(size)), starts)
        at = (1 << 24) - 1 - (worst & ((1 << 24) - 1))
        cut = where[starts + at]
        cut = np.repeat(cut, size)
        stays = np.repeat(~fits & long, size) & np.where(cut < 0, where > cut, where < cut)
        alone = ~fits & long & (np.add.reduceat(stays, starts) == 0)
        lonely = alone & (worth[seeds[which]] >= min_chars)
        if lonely.any():
            who = which[lonely]
            zeros = np.zeros(len(who), dtype=np.int64)
            results.append(np.column_stack([who, zeros, zeros, zeros, zeros, worth[seeds[who]], zeros, zeros]))
        chain, where, gap_a, gap_b, n, common, more, lost = (
            column[stays] for column in (chain, where, gap_a, gap_b, n, common, more, lost)
        )
    table = np.concatenate(results) if results else np.zeros((0, 8), dtype=np.int64)
    who = seeds[table[:, 0]]
    a, b, size = runs.a[who], runs.b[who], runs.n[who]
    return Chains(
        a - table[:, 1], a + size + table[:, 3], b - table[:, 2], b + size + table[:, 4], *table[:, 5:].T
    ), who


def _gaps(seeds: Ints, right: tuple[Paths, Ints], left: tuple[Paths, Ints]) -> tuple[Ints, ...]:
    """The gaps of chains from left to right: chain, place as seen from the seed (-1, 1, 2), and what `Paths` tells."""
    parts = []
    for (paths, start), sign in ((left, -1), (right, 1)):
        at, chain, step = start[seeds], np.arange(len(seeds)), 1
        links = paths.links[at]
        while len(at) and step <= MAX_TORN_LINKS:
            live = links >= step
            at, chain, links = at[live], chain[live], links[live]
            what = (paths.gap_a[at], paths.gap_b[at], paths.n[at], paths.common[at], paths.more[at])
            parts.append((chain, np.full(len(at), sign * step), *what))
            at, step = paths.link[at], step + 1
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[1], columns[0]))
    return tuple(column[order] for column in columns)


def _serial(sizes: Ints) -> Ints:
    return np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def _collect(
    results: list[Ints], good: NDArray[np.bool_], which: Ints, starts: Ints, size: Ints, where: Ints,
    gap_a: Ints, gap_b: Ints, n: Ints, matched: Ints, lost: Ints,
) -> None:  # fmt: skip
    """Add the chains that are done: chain, letters before the seed in both texts, letters after it, matched, lost, gaps."""
    if not good.any():
        return
    back = where < 0
    reach = [
        np.add.reduceat(np.where(side, gap + n, 0), starts)[good] for side in (back, ~back) for gap in (gap_a, gap_b)
    ]
    results.append(np.column_stack([which[good], *reach, matched[good], lost[good], size[good]]))


def _keep(layout: Layout, runs: Runs, seeds: Ints, chains: Chains, min_chars: int) -> tuple[Ints, Chains]:
    """Rule 5: from the longest seed to the shortest, what adds enough to what was kept before; in the same order."""
    if not len(seeds):
        return seeds, chains
    part = _independent(layout, chains)
    order = np.argsort(part, kind="stable")
    part, seeds, chains = part[order], seeds[order], _take(chains, order)
    starts = np.flatnonzero(np.r_[True, part[1:] != part[:-1]])
    size = np.diff(np.r_[starts, len(part)])
    first = np.repeat(starts, size)
    # The first of each part is kept, which settles the seeds that lie wholly inside it.
    a, b, n = runs.a[seeds], runs.b[seeds], runs.n[seeds]
    inside = (a >= chains.a_begin[first]) & (a + n <= chains.a_end[first])
    inside &= (b >= chains.b_begin[first]) & (b + n <= chains.b_end[first])
    rest = ~inside
    rest[starts] = False
    kept = [starts]
    rest[starts] = np.add.reduceat(rest, starts) > 0
    rows = np.flatnonzero(rest)
    places = (a[rows], a[rows] + n[rows], b[rows], b[rows] + n[rows], *(column[rows] for column in chains[:4]))
    table = np.stack([in_characters(layout, column) for column in places], axis=1)
    edges = np.flatnonzero(np.r_[True, part[rows][1:] != part[rows][:-1], True]) if len(rows) else rows
    for low, high in pairwise(edges.tolist()):
        kept.append(rows[low:high][_greedy(table[low:high], min_chars)])
    rows = np.concatenate(kept)
    rows = rows[np.argsort(seeds[rows])]
    return seeds[rows], _take(chains, rows)


def _independent(layout: Layout, chains: Chains) -> Ints:
    """Numbers of the parts that share no letter on either side, so that each can be settled for itself."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pair = np.unique(pair_numbers(layout, chains.a_begin, chains.b_begin), return_inverse=True)[1]
    sides = []
    for begin, end in ((chains.a_begin, chains.a_end), (chains.b_begin, chains.b_end)):
        low, high = (pair << 32) + begin, (pair << 32) + end
        order = np.argsort(low, kind="stable")
        reach = np.maximum.accumulate(high[order])
        label = np.cumsum(np.r_[0, low[order][1:] >= reach[:-1]])
        sides.append(np.empty_like(label))
        sides[-1][order] = label
    n = int(sides[0].max()) + 1
    total = n + int(sides[1].max()) + 1
    graph = coo_array((np.ones(len(pair), dtype=np.int8), (sides[0], sides[1] + n)), shape=(total, total))
    return connected_components(graph, directed=False)[1][sides[0]].astype(np.int64)


def _greedy(table: Ints, min_chars: int) -> list[int]:
    """Which rows (seed and passage: begin and end in a, in b) are kept after the first, which is."""
    low, high = table.min(axis=0).tolist(), table.max(axis=0).tolist()
    low_a, low_b = low[4], low[6]
    free_a, free_b = bytearray(b"\1") * (high[5] - low_a), bytearray(b"\1") * (high[7] - low_b)
    table = table - np.array([low_a, low_a, low_b, low_b, low_a, low_a, low_b, low_b])
    kept = []
    for place, (x, x_end, y, y_end, a_begin, a_end, b_begin, b_end) in enumerate(table.tolist()):
        if free_a.find(1, x, x_end) < 0 and free_b.find(1, y, y_end) < 0:
            continue
        if max(free_a.count(1, a_begin, a_end), free_b.count(1, b_begin, b_end)) >= min_chars:
            kept.append(place)
            free_a[a_begin:a_end] = bytes(a_end - a_begin)
            free_b[b_begin:b_end] = bytes(b_end - b_begin)
    return kept[1:]


def _join(layout: Layout, chains: Chains, min_identity: float, max_gap: int) -> Chains:
    """Rule 7: passages of a pair, in order, that are torn by little are made one."""
    p, q, i, j = _neighbours(layout, chains, max_gap)
    if not len(p):
        return chains
    order = np.lexsort((q, i, i + j, p))
    onward = order[np.r_[True, np.diff(p[order]) > 0]]
    order = np.lexsort((p, i, i + j, q))
    both = np.intersect1d(onward, order[np.r_[True, np.diff(q[order]) > 0]])
    p, q, i, j = p[both], q[both], i[both], j[both]
    common = common_subsequences(layout.ahead.codes, chains.a_end[p], i, chains.b_end[p], j)
    row = np.arange(len(chains.matched))
    row[q] = p
    while (row[row] != row).any():
        row = row[row]
    matched, lost, gaps = (column.copy() for column in (chains.matched, chains.lost, chains.gaps))
    for column, further in ((matched, common), (lost, i + j - 2 * common), (gaps, np.ones_like(p))):
        own = column.copy()
        own[q] += further
        column[:] = 0
        np.add.at(column, row, own)
    fits = (2 * matched >= min_identity * (2 * matched + lost))[row]
    a_end, b_end = chains.a_end.copy(), chains.b_end.copy()
    np.maximum.at(a_end, row[fits], chains.a_end[fits])
    np.maximum.at(b_end, row[fits], chains.b_end[fits])
    first = row == np.arange(len(row))
    whole = Chains(chains.a_begin, a_end, chains.b_begin, b_end, matched, lost, gaps)
    joined = [np.where(fits, one, other) for one, other in zip(whole, chains, strict=True)]
    return _in_order(layout, _take(Chains(*joined), np.flatnonzero(first | ~fits)))


def _neighbours(layout: Layout, chains: Chains, max_gap: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Pairs of chains of which one begins soon after the other ends, on both sides, and the gaps between."""
    most = min(2 * max_gap, MAX_JOIN_GAP)
    found = []
    for p, q in _met(layout, chains, chains.a_end, chains.a_end + most, chains.b_end, chains.b_end + most):
        i, j = chains.a_begin[q] - chains.a_end[p], chains.b_begin[q] - chains.b_end[p]
        near = (np.minimum(i, j) >= 0) & (np.maximum(i, j) <= most) & (np.minimum(i, j) <= max_gap)
        found.append(np.stack([p, q, i, j])[:, near])
    p, q, i, j = np.concatenate([np.zeros((4, 0), dtype=np.int64), *found], axis=1)
    return p, q, i, j


def _outermost(layout: Layout, chains: Chains) -> Chains:
    """Rule 6: chains that do not lie, on both sides, inside another of their pair."""
    inner = np.zeros(len(chains.matched), dtype=bool)
    for p, q in _met(layout, chains, chains.a_begin, chains.a_end, chains.b_begin, chains.b_end):
        inside = (chains.a_begin[p] <= chains.a_begin[q]) & (chains.a_end[q] <= chains.a_end[p])
        inside &= (chains.b_begin[p] <= chains.b_begin[q]) & (chains.b_end[q] <= chains.b_end[p])
        inner[q[inside & (p != q)]] = True  # no two have the same spans: the later one adds nothing
    return _take(chains, np.flatnonzero(~inner))


def _met(
    layout: Layout, chains: Chains, a_low: Ints, a_high: Ints, b_low: Ints, b_high: Ints
) -> Iterator[tuple[Ints, Ints]]:
    """Each chain with those of its pair that begin in some stretch of one text: of the text with fewer of them."""
    pair = np.unique(pair_numbers(layout, chains.a_begin, chains.b_begin), return_inverse=True)[1] << 32
    sides = []
    for opens, low, high in ((chains.a_begin, a_low, a_high), (chains.b_begin, b_low, b_high)):
        order = np.argsort(pair + opens, kind="stable")
        begins = (pair + opens)[order]
        first = np.searchsorted(begins, pair + low)
        sides.append((order, first, np.searchsorted(begins, pair + high, side="right") - first))
    fewer = sides[0][2] <= sides[1][2]
    for (order, first, count), rows in zip(sides, (np.flatnonzero(fewer), np.flatnonzero(~fewer)), strict=True):
        total = np.cumsum(count[rows])
        begin = 0
        while begin < len(rows):
            goal = (int(total[begin - 1]) if begin else 0) + _MET
            end = max(begin + 1, int(np.searchsorted(total, goal, side="right")))
            part, begin = rows[begin:end], end
            p = np.repeat(part, count[part])
            yield p, order[first[p] + _serial(count[part])]

"""Every run of letters that two texts of a corpus share, found over the whole corpus at once.

An n-gram that stands in several texts is sorted next to its likes; two places of it begin a run if the letters
before them differ. So a run is met once, at its first letter, however long it is, and no pair of texts without a run
is ever looked at. Then what follows the ends of runs (`follow`, rule 3 of `align_pair`): it depends on the end alone, so
each is looked at once, whichever runs lead to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from fzanalytics.measures.reuse.alignment import LINK_CHARS_COUNTED
from fzanalytics.measures.reuse.letters import Layout, Side, equal_lengths, gram_keys, in_characters, same_names
from fzanalytics.measures.reuse.reduced import Ints, common_subsequences

Bools = NDArray[np.bool_]
T = TypeVar("T")
#: Which pairs of texts matter: (numbers of texts, numbers of texts) -> whether.
Wanted = Callable[[Ints, Ints], Bools]

#: An n-gram that stands in more places of the corpus than this is paired in order only.
MAX_PLACES = 900
#: That number falls until about so many pairs of places are looked at.
MAX_PLACE_PAIRS = 200_000_000
_CHUNK = 1 << 17
_ROWS = 1 << 11
_LINKED = 1 << 10


class Runs(NamedTuple):
    """Runs of equal letters, and how many n-grams were paired in order only, beyond how many places."""

    a: Ints
    b: Ints
    n: Ints
    capped: int
    cap: int


class _Groups(NamedTuple):
    """Places of n-grams that stand in several texts, by n-gram and within it by the letter before."""

    place: Ints
    begin: Ints
    end: Ints
    own_begin: Ints
    own_end: Ints


def find_runs(
    layout: Layout, *, n: int, enough: int, max_gap: int, wanted: Wanted, hubs: Bools | None = None, threads: int = 1
) -> Runs:
    """All maximal runs of at least `n` letters that may be part of a passage.

    Parameters
    ----------
    layout : Layout
    n : int
        Letters of a run, at least 4.
    enough : int
        A shorter run (masked names in full) is left out if no four equal letters follow within `max_gap` on either side
        of it.
    max_gap : int
        At most 64.
    wanted : callable
        Which pairs of texts matter.
    hubs : ndarray of bool, shape (D,), optional
        Every pair that matters has at least one of these texts; all if None.
    threads : int
        Chunks looked at together; the result is the same for every number.

    Returns
    -------
    Runs
        a < b: first places; n: letters; sorted by text of a, then of b. A run may be there twice (`sorted_once`).

    Notes
    -----
    An n-gram in more places than a cap (`MAX_PLACES`, or less if `MAX_PLACE_PAIRS` would be passed) is not paired
    each with each, but in order: its first place in a text with its first place in the next text that holds it,
    the second with the second, and so on. A run that holds any other n-gram is found all the same, in full.
    """
    places, group = _shared_places(layout, n)
    groups, frequent, cap, capped = _grouped(layout, places, group, n)
    hub = None if hubs is None else hubs[layout.doc[groups.place]]
    chunks = list(_chunks(groups, hub))

    def work(chunk: tuple[int, int]) -> tuple[Ints, Ints, Ints]:
        a, b = _pairs_of(groups, *chunk, hub)
        return _promising(layout, a, b, n, enough, max_gap, wanted)

    found = list(mapped(work, chunks, threads))
    if len(frequent[0]):
        found.append(_promising(layout, *_in_order(layout, *frequent), n, enough, max_gap, wanted))
    a, b, size = (np.concatenate([part[k] for part in found] or [np.zeros(0, np.int32)]) for k in range(3))
    order = np.argsort(pair_numbers(layout, a, b))
    return Runs(a[order], b[order], size[order], capped, cap)


def mapped(work: Callable[[tuple[int, int]], T], items: list[tuple[int, int]], threads: int) -> Iterator[T]:
    """The results of some work in the order of its items."""
    if threads == 1 or len(items) < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(work, items)


def _shared_places(layout: Layout, n: int) -> tuple[Ints, Ints]:
    """Places of the n-grams that stand in at least two texts, and the number of the n-gram, sorted by both."""
    grams = layout.ahead.grams
    places = np.flatnonzero(_whole(layout, n))
    key, steps = gram_keys(layout.ahead, places, n)
    order = np.argsort(key)
    key, places = key[order], places[order]
    new = np.r_[True, key[1:] != key[:-1]][: len(key)]
    if any((grams[places[1:] + step] != grams[places[:-1] + step])[~new[1:]].any() for step in steps):
        columns = [grams[places + step] for step in steps]
        order = np.lexsort(columns)
        places, columns = places[order], [column[order] for column in columns]
        new = np.r_[True, np.any([column[1:] != column[:-1] for column in columns], axis=0)]
    if not len(places):
        return places, places
    starts = np.flatnonzero(new)
    low = layout.doc[np.minimum.reduceat(places, starts)]
    high = layout.doc[np.maximum.reduceat(places, starts)]
    size = np.diff(np.r_[starts, len(places)])
    keep = np.repeat(low != high, size)
    return places[keep], np.repeat(np.arange(len(starts)), size)[keep]


def _whole(layout: Layout, n: int) -> Bools:
    """Where an n-gram fits into its text."""
    last = np.repeat(layout.first + layout.size - n, layout.size)
    whole = layout.doc >= 0
    whole[whole] = np.flatnonzero(whole) <= last
    return whole


def _grouped(layout: Layout, places: Ints, group: Ints, n: int) -> tuple[_Groups, tuple[Ints, Ints], int, int]:
    left = layout.ahead.codes[places - 1].astype(np.int64)
    alphabet = int(layout.ahead.codes.max(initial=0)) + 1
    size = np.bincount(group) if len(group) else np.zeros(0, np.int64)
    cap = _cap(size, group, left, alphabet)
    often = size[group] > cap
    # A letter before counts as equal only if the n-gram that it begins was itself paired each with each.
    unlike = left == 0
    if often.any():
        frequent = np.zeros(len(layout.doc) + 1, dtype=bool)
        frequent[places[often]] = True
        unlike |= frequent[places - 1]
    left[unlike] = alphabet + np.arange(int(unlike.sum()))
    # One number to sort by: n-gram, then the letter before. Within these the order does not matter.
    width = int(left.max(initial=0)) + 1
    key = (group * width + left)[~often]
    order = np.argsort(key)
    place, (kind, left) = places[~often][order], np.divmod(key[order], width)
    begin, end = _stretch(kind[1:] != kind[:-1], len(kind))
    own_begin, own_end = _stretch((kind[1:] != kind[:-1]) | (left[1:] != left[:-1]), len(kind))
    groups = _Groups(place, begin, end, own_begin, own_end)
    return groups, (places[often], group[often]), cap, int((size > cap).sum())


def _stretch(change: Bools, size: int) -> tuple[Ints, Ints]:
    """Begin and end of the stretch that each member is in."""
    starts = np.flatnonzero(np.r_[True, change])[: size or 0]
    lengths = np.diff(np.r_[starts, size])
    return np.repeat(starts, lengths), np.repeat(starts + lengths, lengths)


def _cap(size: Ints, group: Ints, left: Ints, alphabet: int) -> int:
    """Most places of an n-gram that is paired each with each."""
    if not len(group):
        return MAX_PLACES
    same = np.unique(group * alphabet + left, return_counts=True)
    alike = np.bincount(same[0] // alphabet, same[1] * (same[1] - 1.0) / 2, minlength=len(size))
    pairs = size * (size - 1.0) / 2 - alike
    by_size = np.cumsum(np.bincount(np.minimum(size, MAX_PLACES + 1), pairs)[: MAX_PLACES + 1])
    return int(np.flatnonzero(by_size <= MAX_PLACE_PAIRS)[-1])


def _chunks(groups: _Groups, hub: Bools | None) -> Iterator[tuple[int, int]]:
    """Stretches of members that have about `_CHUNK` partners together."""
    total = np.cumsum(_partners(groups, hub, slice(None)))
    begin, goal = 0, 0
    while begin < len(total) and total[-1] > goal:
        goal = (total[begin - 1] if begin else 0) + _CHUNK
        end = max(begin + 1, int(np.searchsorted(total, goal, side="right")))
        yield begin, end
        begin, goal = end, int(total[min(end, len(total)) - 1])


def _partners(groups: _Groups, hub: Bools | None, part: slice) -> Ints:
    before = groups.own_begin[part] - groups.begin[part]
    if hub is None:
        return before
    return np.where(hub[part], before + groups.end[part] - groups.own_end[part], 0)


def _pairs_of(groups: _Groups, begin: int, end: int, hub: Bools | None) -> tuple[Ints, Ints]:
    """The pairs of places of some members with members of another letter before them."""
    part = slice(begin, end)
    count = _partners(groups, hub, part)
    member = np.repeat(np.arange(begin, end), count)
    serial = np.arange(len(member)) - np.repeat(np.cumsum(count) - count, count)
    other = groups.begin[member] + serial
    if hub is not None:
        later = other >= groups.own_begin[member]
        other = np.where(later, other + groups.own_end[member] - groups.own_begin[member], other)
        keep = ~(later & hub[other])
        member, other = member[keep], other[keep]
    x, y = groups.place[member], groups.place[other]
    return np.minimum(x, y), np.maximum(x, y)


def _in_order(layout: Layout, places: Ints, group: Ints) -> tuple[Ints, Ints]:
    """The r-th place of an n-gram in a text with its r-th place in the next text that holds it; firsts of a run."""
    order = np.lexsort((places, group))
    places, group, doc = places[order], group[order], layout.doc[places[order]]
    begin, _ = _stretch((group[1:] != group[:-1]) | (doc[1:] != doc[:-1]), len(group))
    rank = np.arange(len(group)) - begin
    order = np.lexsort((doc, rank, group))
    places, group, rank = places[order], group[order], rank[order]
    same = (group[1:] == group[:-1]) & (rank[1:] == rank[:-1])
    a, b = places[:-1][same], places[1:][same]
    order = np.lexsort((a, b - a, layout.doc[b], layout.doc[a]))
    a, b = a[order], b[order]
    new = np.r_[True, (a[1:] != a[:-1] + 1) | (b[1:] != b[:-1] + 1)][: len(a)]
    return a[new], b[new]


def _promising(
    layout: Layout, a: Ints, b: Ints, n: int, enough: int, max_gap: int, wanted: Wanted
) -> tuple[Ints, Ints, Ints]:
    """The runs at pairs of places that matter and may be part of a passage."""
    doc_a, doc_b = layout.doc[a], layout.doc[b]
    keep = doc_a != doc_b
    keep[keep] = wanted(doc_a[keep], doc_b[keep])
    a, b = a[keep], b[keep]
    codes, total = layout.ahead.codes, len(layout.doc)
    before = np.flatnonzero((codes[a - 1] == codes[b - 1]) & (codes[a - 1] > 0))
    if len(before):
        longer = equal_lengths(layout.back.codes, total - a[before], total - b[before])
        a[before] -= longer
        b[before] -= longer
    size = equal_lengths(codes, a, b, n)
    short = np.flatnonzero(in_characters(layout, a + size) - in_characters(layout, a) < enough)
    linked = goes_on(layout.ahead, (a + size)[short], (b + size)[short], max_gap)
    alone = short[~linked]
    linked = goes_on(layout.back, total - a[alone], total - b[alone], max_gap)
    keep = np.ones(len(a), dtype=bool)
    keep[alone[~linked]] = False
    return a[keep].astype(np.int32), b[keep].astype(np.int32), size[keep].astype(np.int32)


def goes_on(side: Side, a: Ints, b: Ints, max_gap: int) -> Bools:
    """Whether equal marks stand within `max_gap` of both places: unequal ones surely mean that no link follows."""
    windows = np.lib.stride_tricks.sliding_window_view(side.marks, max_gap + 1)
    result = np.zeros(len(a), dtype=bool)
    for begin in range(0, len(a), _ROWS):
        part = slice(begin, begin + _ROWS)
        x, y = np.ascontiguousarray(windows[a[part]].T), np.ascontiguousarray(windows[b[part]].T)
        least, difference = x ^ y[0], np.empty_like(x)
        for column in y[1:]:
            np.bitwise_xor(x, column, out=difference)
            np.minimum(least, difference, out=least)
        result[part] = least.min(axis=0) == 0
    return result


def pair_numbers(layout: Layout, a: Ints, b: Ints) -> Ints:
    """The pair of texts of each run, as one number."""
    return layout.doc[a].astype(np.int64) * len(layout.ids) + layout.doc[b]


def sorted_once(layout: Layout, runs: Runs) -> Runs:
    """Each run once, by pair of texts, and within it from the longest to the shortest, by a, by b."""
    a, b, size = (side.astype(np.int64) for side in runs[:3])
    order = np.lexsort(((a << 32) | b, -size, pair_numbers(layout, a, b)))
    a, b, size = a[order], b[order], size[order]
    new = np.r_[True, (a[1:] != a[:-1]) | (b[1:] != b[:-1])][: len(a)]
    return runs._replace(a=a[new], b=b[new], n=size[new])


class Paths(NamedTuple):
    """What follows each end of a run.

    a, b: the places after the end; link: the number of the end that the next link leads to, -1 if there is none;
    gap_a, gap_b, n, common: of that link; more: characters of names that are the same in it, beyond one each.
    far_a, far_b: where the path stops, as far as it pays; matched, lost, links: sums along it up to there.
    """

    a: Ints
    b: Ints
    link: Ints
    gap_a: Ints
    gap_b: Ints
    n: Ints
    common: Ints
    more: Ints
    far_a: Ints
    far_b: Ints
    matched: Ints
    lost: Ints
    links: Ints


def follow(layout: Layout, a: Ints, b: Ints, max_gap: int, *, back: bool = False) -> tuple[Paths, Ints]:
    """The paths of links from each pair of places, and where in them each pair is; `back`: places of the mirror image."""
    keys, start = np.unique((a << 32) | b, return_inverse=True)
    known, columns = keys, [_links(layout, keys, max_gap, back)]
    parts, new = [keys], keys
    while len(new):
        found = columns[-1]
        ends = np.unique(found[5][found[5] >= 0])
        place = np.minimum(np.searchsorted(known, ends), len(known) - 1)
        new = ends[known[place] != ends]
        if len(new):
            parts.append(new)
            columns.append(_links(layout, new, max_gap, back))
            known = np.sort(np.concatenate([known, new]), kind="stable")
    keys = np.concatenate(parts)
    gap_a, gap_b, n, common, more, ends = (np.concatenate([part[k] for part in columns]) for k in range(6))
    order = np.argsort(keys, kind="stable")
    link = np.where(ends >= 0, order[np.minimum(np.searchsorted(keys[order], ends), len(keys) - 1)], -1)
    return _summed(keys >> 32, keys & 0xFFFFFFFF, link, gap_a, gap_b, n, common, more), start


def _summed(
    a: Ints, b: Ints, link: Ints, gap_a: Ints, gap_b: Ints, n: Ints, common: Ints, more: Ints
) -> Paths:  # fmt: skip
    """Sums along the paths up to where they pay most, by doubling."""
    has = link >= 0
    lost = gap_a + gap_b - 2 * common
    # Of the first so many links: matched, lost, links, the score; and the same of the best so many of these.
    total = np.stack([n + common + more, lost, has.astype(np.int64), 2 * (n + common + more) - lost], axis=1)
    total[~has] = 0
    pays = total[:, 3] > 0
    best = np.where(pays[:, None], total, 0)
    here = np.arange(len(link))
    far, best_far = np.where(has, link, here), np.where(pays, link, here)
    live = np.flatnonzero(has)
    live = live[has[far[live]]]
    while len(live):
        ahead = far[live]
        further = total[live] + best[ahead]
        good = further[:, 3] > best[live, 3]
        further_far, next_total, next_far = best_far[ahead], total[live] + total[ahead], far[ahead]
        best[live[good]], best_far[live[good]] = further[good], further_far[good]
        total[live], far[live] = next_total, next_far
        live = live[has[far[live]]]
    return Paths(a, b, link, gap_a, gap_b, n, common, more, a[best_far], b[best_far], *best[:, :3].T)


def _links(layout: Layout, keys: Ints, max_gap: int, back: bool) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """For each pair of places the next link: gap on both sides, letters, those common in the gap, names, its end or -1."""
    side = layout.back if back else layout.ahead
    a, b = keys >> 32, keys & 0xFFFFFFFF
    gap_a, gap_b, n, common, more = (np.zeros(len(keys), dtype=np.int64) for _ in range(5))
    ends = np.full(len(keys), -1, dtype=np.int64)
    live = np.flatnonzero(goes_on(side, a, b, max_gap))
    parts = [_choose(side, a, b, live[k : k + _LINKED], max_gap) for k in range(0, len(live), _LINKED)]
    if not parts:
        return gap_a, gap_b, n, common, more, ends
    at, i, j, size = (np.concatenate(column) for column in zip(*parts, strict=True))
    x, y = a[at] + i, b[at] + j
    long = size >= LINK_CHARS_COUNTED
    size[long] = equal_lengths(side.codes, x[long], y[long], LINK_CHARS_COUNTED)
    gap_a[at], gap_b[at], n[at] = i, j, size
    common[at] = common_subsequences(side.codes, a[at], i, b[at], j)
    ends[at] = ((x + size) << 32) | (y + size)
    total = len(layout.doc)
    more[at] = same_names(layout, *((total - x - size, total - y - size) if back else (x, y)), size)
    return gap_a, gap_b, n, common, more, ends


def _choose(side: Side, a: Ints, b: Ints, rows: Ints, max_gap: int) -> tuple[Ints, Ints, Ints, Ints]:
    """The best link of each row that has one: row, gaps, letters (counted up to `LINK_CHARS_COUNTED`)."""
    width = max_gap + 1
    windows = np.lib.stride_tricks.sliding_window_view(side.marks, width)
    x, y = np.ascontiguousarray(windows[a[rows]].T), np.ascontiguousarray(windows[b[rows]].T)
    hit = np.flatnonzero(x[:, None, :] == y[None, :, :])
    hit, row = np.divmod(hit, len(rows))
    i, j = np.divmod(hit, width)
    at_a, at_b = a[rows[row]] + i, b[rows[row]] + j
    grams, codes = side.grams, side.codes
    true = (grams[at_a] == grams[at_b]) & (grams[at_a] > 0)
    true &= (i == 0) | (j == 0) | (codes[at_a - 1] != codes[at_b - 1])
    row, i, j, at_a, at_b = row[true], i[true], j[true], at_a[true], at_b[true]
    windows = np.lib.stride_tricks.sliding_window_view(codes, LINK_CHARS_COUNTED)
    one = windows[at_a]
    equal = (one == windows[at_b]) & (one > 0)
    n = equal.argmin(axis=1)
    n[equal[np.arange(len(n)), n]] = LINK_CHARS_COUNTED
    fits = np.maximum(i, j) <= 2 * n
    row, i, j, n = row[fits], i[fits], j[fits], n[fits]
    rank = (((row << 10) + (i + j - n + LINK_CHARS_COUNTED) << 10) + i + j << 10) + i
    order = np.argsort(rank)
    order = order[np.r_[True, np.diff(row[order]) > 0][: len(order)]]
    return rows[row[order]], i[order], j[order], n[order]

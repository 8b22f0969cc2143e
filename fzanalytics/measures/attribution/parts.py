"""The parts of a text by the sets of documents that share it: every intersection, and what is known of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.measures.attribution.origins import Sources

Mask = NDArray[np.bool_]


def clause_labels(n_chars: int, clauses: pd.DataFrame | None) -> tuple[list[object], NDArray[np.int64]]:
    """The clause of each character: names (NA first: outside of clauses) and, by character, the place in them."""
    labels = np.zeros(n_chars, dtype=np.int64)
    names: list[object] = [pd.NA]
    if clauses is not None:
        for clause_id, begin, end in zip(clauses["clause_id"], clauses["begin"], clauses["end"], strict=True):
            labels[int(begin) : int(end)] = len(names)
            names.append(clause_id)
    return names, labels


def part_status(names: Sequence[str], sets: Sequence[str], sources: Sources, masks: Mapping[str, Mask]) -> str:
    """What the share of the part shared with `names` and no other of `sets` is."""
    if any(name in sources.without for name in names):
        return "not applicable"
    if not masks or any(name not in masks for name in names):
        return "not available"
    missing = [name for name in sets if name not in masks and name not in sources.without]
    if missing:
        return "centre not available" if missing[0] == "centre" else f"{missing[0]} not held"
    open_sets = unsure_sets(sources) & set(sets)  # what is missing of them can only add to what is shared with them
    if not open_sets:
        return "estimated"
    inside = open_sets & set(names)
    if inside and inside < open_sets:
        return "between bounds"
    bound = "lower bound" if inside else "upper bound"
    return f"{bound} by proxy" if "centre" in open_sets and sources.centre == "proxy" else bound


def unsure_sets(sources: Sources) -> frozenset[str]:
    """The sets of which a part only is at hand: the centre with a proxy, and those with documents that are not held."""
    return sources.partly | ({"centre"} if sources.centre == "proxy" else set())


def intersections(
    sources: Sources, masks: Mapping[str, Mask], sets: Sequence[str], carries: Mask
) -> Iterator[tuple[str, tuple[str, ...], Mask, Mask, Mask]]:
    """Every intersection: its name, its sets, its text, and the least and the most that it can be.

    A set that is held is known; one that is not lies between nothing and everything, and is taken for empty in the text
    (its own parts are never shown); the centre for which a proxy stands in lies between the proxy and everything.
    """
    nothing = np.zeros_like(carries)
    least = {name: masks.get(name, nothing) for name in sets}
    surely = {name for name in sets if name in masks} - unsure_sets(sources)
    known = surely | sources.without
    most = {name: least[name] if name in known else carries for name in sets}
    for names in part_sets(sets):
        text, low, high = carries, carries, carries
        for name in sets:
            inside = name in names
            text = text & (least[name] if inside else ~least[name])
            low = low & (least[name] if inside else ~most[name])
            high = high & (most[name] if inside else ~least[name])
        yield part_name(names, sets), names, text, low, high


def part_sets(sets: Sequence[str]) -> list[tuple[str, ...]]:
    """All subsets of the sets: those with the first one first, the empty one last.

    Examples
    --------
    >>> part_sets(["superior", "centre"])
    [('superior',), ('superior', 'centre'), ('centre',), ()]
    """
    if not sets:
        return [()]
    rest = part_sets(sets[1:])
    return [(sets[0],), *((sets[0], *names) for names in rest if names), *rest]


def part_name(names: Sequence[str], sets: Sequence[str]) -> str:
    """The name of an intersection.

    Examples
    --------
    >>> part_name(["superior"], ["superior", "centre"]), part_name([], ["superior", "centre"]), part_name([], ["peers"])
    ('superior only', 'neither', 'none')
    """
    if not names:
        return "neither" if tuple(sets) == ("superior", "centre") else "none"
    return f"{names[0]} only" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

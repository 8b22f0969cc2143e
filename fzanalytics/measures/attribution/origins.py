"""Which documents the text of a local one may come from: its superior, the centre, or witnesses of the centre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.measures.characters import covered_characters, disjoint_spans
from fzanalytics.measures.reuse.order import DocumentFacts, is_above
from fzanalytics.texts.regions import NATION, province_of, region_above

#: A stretch is in the proxy for the centre if documents of so many other provinces share it.
MIN_WITNESSES = 2
_SIDES = ("source", "target")


@dataclass(frozen=True)
class Sources:
    """Where the text of a document may come from, and what of it is at hand.

    `superiors` are the documents of the immediate superior, held or not. `held` maps the name of a set of documents to
    those held; a set that is not in it is not held, or, if it is in `without`, there is none: a province has no superior
    but the centre. Of a set in `partly` other documents are known that are not held: all that is not held of any set is in
    `not_held`. `younger` are superiors' documents that are surely younger than the text, and so no source of it;
    `undecided` those held of which dates do not tell that they are older, and the text does not declare them.
    `min_witnesses`: so many provinces must share what is in the proxy.
    """

    doc_id: str
    superiors: tuple[str, ...]
    superior_held: bool
    superior_is_centre: bool
    centre: Literal["held", "partly held", "proxy", "not available"]
    witnesses: Mapping[str, list[str]]
    held: Mapping[str, list[str]]
    partly: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    not_held: tuple[str, ...] = ()
    younger: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    min_witnesses: int = MIN_WITNESSES


def sources_of(doc_id: str, facts: DocumentFacts, *, min_witnesses: int = MIN_WITNESSES) -> Sources:
    """The superior, the centre and the independent witnesses of one local document, by the rules of `attribution`.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> found = sources_of("henan_province_2021#2", DocumentFacts(load_sample().documents))
    >>> found.superiors[0], found.superior_held, found.superior_is_centre, found.centre
    ('national_outline_2021', False, True, 'not available')
    """
    declared = facts.parents[doc_id]
    witnesses = find_witnesses(doc_id, facts)
    national = [other for other in _from_region(doc_id, NATION, facts) if facts.level[other] == 0]
    national = national or [other for other in declared if facts.level.get(other) == 0]
    is_province = region_above(facts.region[doc_id] or "") == NATION
    known = {"centre": _usable(doc_id, national, declared, facts)}
    known["superior"] = known["centre"] if is_province else _find_superiors(doc_id, declared, facts)
    between = _between(facts.region[doc_id])
    others = {region: _of_region(doc_id, region, declared, facts) for region in between}
    if between and all(any(facts.held[other] for other in found) for found in others.values()):
        known["other superiors"] = [other for found in others.values() for other in found]  # else the rest may be there
    held = {name: [other for other in known[name] if facts.held[other]] for name in known}
    not_held = {other for found in known.values() for other in found if not facts.held[other]}
    undecided = {other for found in held.values() for other in found if not _is_first(other, doc_id, facts)}
    superior_held = bool(held["superior"])
    if is_province:
        del held["superior"]
    if peers := _find_peers(doc_id, facts):
        held["peers"] = peers
    partly = frozenset(name for name in held if held[name] and len(held[name]) < len(known.get(name, [])))
    no_others = facts.region[doc_id] is not None and not between
    proxy: Literal["proxy", "not available"] = "proxy" if len(witnesses) >= min_witnesses else "not available"
    return Sources(
        doc_id=doc_id,
        superiors=tuple(known["superior"]),
        superior_held=superior_held,
        superior_is_centre=is_province,
        centre=proxy if not held["centre"] else "partly held" if "centre" in partly else "held",
        witnesses=witnesses,
        held={name: found for name, found in held.items() if found},
        partly=partly,
        without=frozenset(["superior"] * is_province + ["other superiors"] * no_others),
        not_held=tuple(sorted(not_held)),
        younger=_younger(doc_id, declared, facts),
        undecided=tuple(sorted(undecided)),
        min_witnesses=min_witnesses,
    )


def _from_region(doc_id: str, region: str, facts: DocumentFacts) -> list[str]:
    """Other documents of the same policy from a region; without any, those that may be, since a period is not known."""
    same = [other for other in facts.same_policy(doc_id) if facts.region[other] == region]
    return same or [other for other in facts.perhaps_same_policy(doc_id) if facts.region[other] == region]


def _is_first(other: str, doc_id: str, facts: DocumentFacts) -> bool:
    """Whether it is known that a document came before another: by date, or because the other declares it."""
    source, _, order = facts.order(other, doc_id)
    return source == other and order in ("declared", "earlier")


def _usable(doc_id: str, others: list[str], declared: list[str], facts: DocumentFacts) -> list[str]:
    """Those not surely younger; declared ones first, then held ones, then by doc_id."""
    usable = [other for other in others if not facts.before(doc_id, other)]
    return sorted(usable, key=lambda other: (other not in declared, not facts.held[other], other))


def _younger(doc_id: str, declared: list[str], facts: DocumentFacts) -> tuple[str, ...]:
    """Documents of superiors that are surely younger."""
    region = facts.region[doc_id]
    parts = (region or "").split("/")
    line = [NATION, *("/".join(parts[:n]) for n in range(1, len(parts)))]
    above = {other for one in line for other in _from_region(doc_id, one, facts)}
    above |= {other for other in declared if other in facts.region and is_above(facts.region[other], region)}
    return tuple(sorted(other for other in above if facts.before(doc_id, other)))


def _find_superiors(doc_id: str, declared: list[str], facts: DocumentFacts) -> list[str]:
    """All documents of the same policy for the region directly above, else those declared for the nearest one."""
    region = facts.region[doc_id]
    above = region_above(region or "")
    direct = _from_region(doc_id, above, facts) if above else []
    if usable := _usable(doc_id, direct, declared, facts):
        return usable
    named = [
        other
        for other in declared
        if other in facts.region and facts.level[other] > 0 and is_above(facts.region[other], region)
    ]
    usable = _usable(doc_id, named, declared, facts)
    same = [other for other in usable if facts.lineage[other] == facts.lineage[doc_id] is not None]
    nearest = max((same or usable), key=lambda other: len(facts.region[other].split("/")), default=None)
    return [other for other in same or usable if nearest and facts.region[other] == facts.region[nearest]]


def _between(region: str | None) -> list[str]:
    """The regions above the direct superior and below the centre."""
    parts = (region or "").split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts) - 1)]


def _of_region(doc_id: str, region: str, declared: list[str], facts: DocumentFacts) -> list[str]:
    """Documents of the same policy from one region, or else those that the text declares; none surely younger."""
    chosen = _from_region(doc_id, region, facts) or [other for other in declared if facts.region.get(other) == region]
    return _usable(doc_id, chosen, declared, facts)


def _find_peers(doc_id: str, facts: DocumentFacts) -> list[str]:
    """Held documents of the same policy from other regions of the same level that are surely older, or declared."""
    region, level = facts.region[doc_id], facts.level[doc_id]
    if region is None:
        return []
    return [
        other
        for other in facts.same_policy(doc_id)
        if facts.held[other]
        and facts.level[other] == level
        and facts.region[other] not in (None, region)
        and (facts.before(other, doc_id) or (other in facts.ancestors[doc_id] and not facts.before(doc_id, other)))
    ]


class PairSpans:
    """The stretches of each document that it shares with each other one, as arrays: fast with many documents.

    Examples
    --------
    >>> passages = pd.DataFrame({
    ...     "source": ["a", "a"], "target": "b", "source_begin": [0, 1], "source_end": [2, 4],
    ...     "target_begin": [5, 6], "target_end": [7, 9]})
    >>> spans = PairSpans(passages, ["a", "b"])
    >>> spans.mask("a", 6, ["b"]).tolist(), spans.mask("a", 6, []).any().item()
    ([True, True, True, True, False, False], False)
    >>> spans.disjoint("a")  # the one other document by its place, begins, ends
    (array([1, 1]), array([0, 2]), array([2, 4]))
    """

    def __init__(self, passages: pd.DataFrame, ids: list[str]) -> None:
        """Sort the passages by document, by other document and by place; those of strangers are left out."""
        self.ids = ids
        self.place = {doc_id: at for at, doc_id in enumerate(ids)}
        sides = {side: passages[side].astype(str).map(self.place).fillna(-1).to_numpy(int) for side in _SIDES}
        known = (sides["source"] >= 0) & (sides["target"] >= 0)
        parts = []
        for here, there in (_SIDES, _SIDES[::-1]):
            spans = passages[[f"{here}_begin", f"{here}_end"]].to_numpy(dtype=np.int64)
            parts.append(np.column_stack([sides[here], sides[there], spans])[known])
        rows = np.concatenate(parts)
        self._rows = rows[np.lexsort((rows[:, 3], rows[:, 2], rows[:, 1], rows[:, 0]))]
        self._starts = np.searchsorted(self._rows[:, 0], np.arange(len(ids) + 1))

    def _of(self, doc_id: str) -> NDArray[np.int64]:
        at = self.place[doc_id]
        return self._rows[self._starts[at] : self._starts[at + 1], 1:]

    def mask(self, doc_id: str, n_chars: int, others: Iterable[str]) -> NDArray[np.bool_]:
        """Which characters of a document are in passages shared with at least one of the others."""
        rows = self._of(doc_id)
        wanted = np.zeros(len(self.ids), dtype=bool)
        wanted[[self.place[other] for other in others if other in self.place]] = True
        rows = rows[wanted[rows[:, 0]]]
        return covered_characters(n_chars, rows[:, 1], rows[:, 2])

    def disjoint(self, doc_id: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Places of other documents, begins and ends: the passages of each pair without what they have twice."""
        return disjoint_spans(*self._of(doc_id).T)


def find_witnesses(doc_id: str, facts: DocumentFacts) -> dict[str, list[str]]:
    """Held documents of the same policy by province, without the document's own province and line."""
    if facts.region[doc_id] is None:
        return {}
    own = province_of(facts.region[doc_id])
    witnesses: dict[str, list[str]] = {}
    for other in facts.same_policy(doc_id):
        in_line = other in facts.ancestors[doc_id] or doc_id in facts.ancestors[other]
        if facts.region[other] is None or facts.level[other] == 0 or not facts.held[other] or in_line:
            continue
        province = province_of(facts.region[other])
        if province != own:
            witnesses.setdefault(province, []).append(other)
    return dict(sorted(witnesses.items()))

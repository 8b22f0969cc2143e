"""Which documents the text of a local one may come from: its superior, the centre, or witnesses of the centre."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from fzanalytics.measures.reuse.passages import DocumentFacts, is_above, split_ids

logger = logging.getLogger(__name__)

#: A stretch is in the proxy for the centre if documents of so many other provinces share it.
MIN_WITNESSES = 2


@dataclass(frozen=True)
class Sources:
    """Where the text of a document may come from, and what of it is at hand.

    `held` maps the name of a set of documents to those held; further sets (other superiors, earlier peers) join
    here. A set that is not in it is not held.
    """

    doc_id: str
    superior: str | None
    superior_held: bool
    superior_is_centre: bool
    centre: Literal["held", "proxy", "not available"]
    witnesses: Mapping[str, list[str]]
    held: Mapping[str, list[str]]


def find_sources(doc_id: str, facts: DocumentFacts, documents: pd.DataFrame) -> Sources:
    """The superior, the centre and the independent witnesses of one local document, by the rules of `attribution`.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> documents = load_sample().documents
    >>> found = find_sources("henan_province_2021#2", DocumentFacts(documents), documents)
    >>> found.superior, found.superior_held, found.superior_is_centre, found.centre
    ('national_outline_2021', False, True, 'not available')
    """
    cells = documents.loc[documents["doc_id"].astype(str) == doc_id, "parent_ids"]
    declared = split_ids(cells.iloc[0])
    witnesses = find_witnesses(doc_id, facts)
    national = [other for other in _same_policy(doc_id, facts) if facts.level[other] == 0]
    national = national or [other for other in declared if facts.level.get(other) == 0]
    national = _usable(doc_id, national, declared, facts)
    national_held = [other for other in national if facts.held[other]]
    is_province = _direct_superior(facts.region[doc_id]) == "全国"
    superior = _find_superior(doc_id, declared, facts) if not is_province else None
    if is_province and national:
        superior = national_held[0] if national_held else national[0]
    held: dict[str, list[str]] = {}
    if superior is not None and facts.held[superior] and not is_province:
        held["superior"] = [superior]
    if national_held:
        held["centre"] = national_held
    proxy: Literal["proxy", "not available"] = "proxy" if len(witnesses) >= MIN_WITNESSES else "not available"
    return Sources(
        doc_id=doc_id,
        superior=superior,
        superior_held=superior is not None and facts.held[superior],
        superior_is_centre=is_province,
        centre="held" if national_held else proxy,
        witnesses=witnesses,
        held=held,
    )


def _same_policy(doc_id: str, facts: DocumentFacts) -> list[str]:
    """Other documents of the same lineage and period."""
    policy = (facts.lineage[doc_id], facts.period[doc_id])
    if policy[0] is None:
        return []
    return [other for other in facts.ids if other != doc_id and (facts.lineage[other], facts.period[other]) == policy]


def _usable(doc_id: str, others: list[str], declared: list[str], facts: DocumentFacts) -> list[str]:
    """Those not surely younger; declared ones first, then held ones, then by doc_id."""
    usable = [other for other in others if not facts.before(doc_id, other)]
    if len(usable) < len(others):
        logger.warning("%s: a superior that is surely younger is not used as a source.", doc_id)
    return sorted(usable, key=lambda other: (other not in declared, not facts.held[other], other))


def _direct_superior(region: str | None) -> str | None:
    """The region directly above; None if the region is unknown."""
    if region is None or region == "全国":
        return None
    return region.rsplit("/", 1)[0] if "/" in region else "全国"


def _find_superior(doc_id: str, declared: list[str], facts: DocumentFacts) -> str | None:
    region = facts.region[doc_id]
    direct = [other for other in _same_policy(doc_id, facts) if facts.region[other] == _direct_superior(region)]
    if region is not None and (usable := _usable(doc_id, direct, declared, facts)):
        return usable[0]
    named = [
        other
        for other in declared
        if other in facts.region and facts.level[other] > 0 and is_above(facts.region[other], region)
    ]
    usable = _usable(doc_id, named, declared, facts)
    same = [other for other in usable if facts.lineage[other] == facts.lineage[doc_id] is not None]
    return max(same or usable, key=lambda other: len(facts.region[other].split("/")), default=None)


def find_witnesses(doc_id: str, facts: DocumentFacts) -> dict[str, list[str]]:
    """Held documents of the same policy by province, without the document's own province and line."""
    if facts.region[doc_id] is None:
        return {}
    own = facts.region[doc_id].split("/")[0]
    witnesses: dict[str, list[str]] = {}
    for other in _same_policy(doc_id, facts):
        in_line = other in facts.ancestors[doc_id] or doc_id in facts.ancestors[other]
        if facts.region[other] is None or facts.level[other] == 0 or not facts.held[other] or in_line:
            continue
        province = facts.region[other].split("/")[0]
        if province != own:
            witnesses.setdefault(province, []).append(other)
    return dict(sorted(witnesses.items()))

"""The lines from jurisdiction to jurisdiction, and what measures along them need of a corpus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.measures.attribution.origins import PairSpans
from fzanalytics.measures.reuse.order import DocumentFacts, OrderTable, is_above
from fzanalytics.measures.reuse.passages import shared_texts
from fzanalytics.measures.reuse.reduced import text_characters
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.regions import province_of

Flow = Literal[
    "vertical down", "vertical up", "horizontal, same province", "horizontal, other province", "diagonal", "own earlier"
]
FLOWS: tuple[Flow, ...] = (
    "vertical down", "vertical up", "horizontal, same province", "horizontal, other province", "diagonal", "own earlier",
)  # fmt: skip


def flow_of(source: str | None, target: str | None, source_level: str | None, target_level: str | None) -> Flow | None:
    """The line from one jurisdiction to another.

    Parameters
    ----------
    source, target : str or None
        Regions as paths ("甘肃省/甘南藏族自治州"), "全国" for the centre.
    source_level, target_level : str or None

    Returns
    -------
    str or None
        "vertical down": source is in the line of command above target; "vertical up": below it; "own earlier": both are one
        jurisdiction; "horizontal, same province" or "horizontal, other province": one level; "diagonal": another level
        and no line of command. None if a region is not known, or, outside of the line of command, a level.

    Examples
    --------
    >>> flow_of("全国", "甘肃省/甘南藏族自治州", "national", "prefecture")
    'vertical down'
    >>> flow_of("河北省", "甘肃省/甘南藏族自治州", "province", "prefecture")
    'diagonal'
    """
    if source is None or target is None:
        return None
    if source == target:
        return "own earlier"
    if is_above(source, target):
        return "vertical down"
    if is_above(target, source):
        return "vertical up"
    if source_level is None or target_level is None:
        return None
    if source_level != target_level:
        return "diagonal"
    same = province_of(source) == province_of(target)
    return "horizontal, same province" if same else "horizontal, other province"


class Look:
    """What flows need of a corpus, looked up once; documents by their place in `DocumentFacts.ids`."""

    def __init__(
        self, corpus: Corpus, passages: pd.DataFrame | None, ignore: pd.DataFrame | Iterable[object] | None
    ) -> None:
        """Take the tables apart; faults of the options are told."""
        self.texts, passages = shared_texts(corpus, passages, ignore)
        self.facts = DocumentFacts(corpus.documents)
        self.orders = OrderTable(self.facts)
        self.place = {doc_id: at for at, doc_id in enumerate(self.facts.ids)}
        self.spans = PairSpans(passages, self.facts.ids)
        self.carries = {doc_id: text_characters(text) for doc_id, text in self.texts.items()}
        self.sizes = {doc_id: int(mask.sum()) for doc_id, mask in self.carries.items()}
        self.held = [doc_id for doc_id in self.facts.ids if self.facts.held[doc_id]]
        self._here = np.array([self.place[doc_id] for doc_id in self.held], dtype=np.int64)
        levels = zip(corpus.documents["doc_id"].astype(str), corpus.documents["level"], strict=True)
        self._level = {doc_id: None if pd.isna(level) else str(level) for doc_id, level in levels}

    def shares(self, target: str) -> NDArray[np.float64]:
        """Text-carrying characters of a document that it shares with each other one."""
        others, begins, ends = self.spans.disjoint(target)
        steps = np.r_[0, np.cumsum(self.carries[target])]
        return np.bincount(others, steps[ends] - steps[begins], minlength=len(self.facts.ids)).astype(float)

    def before(self, target: str, *, undecided: bool) -> list[tuple[int, Flow, str]]:
        """Documents before a target (or, if wanted, not known to be after it): place, flow, order."""
        at, facts = self.place[target], self.facts
        others = self._here[self._here != at]
        declared = np.array(
            [facts.ids[one] in facts.ancestors[target] or target in facts.ancestors[facts.ids[one]] for one in others],
            dtype=bool,
        )
        same = (self.orders.lineage[others] == self.orders.lineage[at]) & (self.orders.lineage[at] >= 0)
        others = others[same | declared]
        source, _, kind = self.orders.order(others, np.full(len(others), at))
        found: list[tuple[int, Flow, str]] = []
        for one, first, number in zip(others.tolist(), source.tolist(), kind.tolist(), strict=True):
            order = OrderTable.KINDS[number]
            if (order == "unknown" and not undecided) or (order != "unknown" and first != one):
                continue
            name = facts.ids[one]
            flow = flow_of(facts.region[name], facts.region[target], self._level[name], self._level[target])
            if flow is not None:
                found.append((one, flow, order))
        return found

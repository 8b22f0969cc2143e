"""Documents that are no source of a text: of its genre, and of its own policy without kinship; what it shares with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_number
from fzanalytics.measures.attribution.origins import PairSpans
from fzanalytics.measures.reuse.order import DocumentFacts
from fzanalytics.measures.sections import clause_resampling_interval, excess_interval
from fzanalytics.texts.regions import province_of

#: Documents of a similar period are no more years apart.
MAX_YEARS = 5
#: A baseline of fewer documents is no distribution: the excess over it is that over one text or two.
MIN_POOL = 3
#: The columns of a baseline, each with its name before it.
BASELINE_NUMBERS = ("share", "excess", "excess_low", "excess_high")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Pools:
    """The documents of both baselines, by their place in `DocumentFacts.ids`."""

    def __init__(
        self, documents: pd.DataFrame, facts: DocumentFacts, *, genre: Iterable[str] | None, max_years: float
    ) -> None:
        """Look up what the rules ask for; faults of the options are told."""
        check_number(max_years, name="max_years", within="[0, inf]", remedy=f"Take {MAX_YEARS}.")
        self.facts, self.max_years = facts, max_years
        self.place = {doc_id: at for at, doc_id in enumerate(facts.ids)}
        table = documents.assign(doc_id=documents["doc_id"].astype(str)).set_index("doc_id").loc[facts.ids]
        self.held = np.array([facts.held[name] for name in facts.ids], dtype=bool)
        self.national = np.array([facts.level[name] == 0 for name in facts.ids], dtype=bool)
        self.lineage = _coded([facts.lineage[name] for name in facts.ids])
        self.policy = _coded([_pair(facts.lineage[name], facts.period[name]) for name in facts.ids])
        self.kind = _coded([None if pd.isna(kind) else kind for kind in table["kind"]])
        self.province = _coded([province_of(facts.region[name]) or None for name in facts.ids])
        self.first, self.last = _years(table)
        self.relatives: list[set[int]] = [set() for _ in facts.ids]
        for name in facts.ids:
            for other in facts.ancestors[name] & set(self.place):
                self.relatives[self.place[name]].add(self.place[other])
                self.relatives[self.place[other]].add(self.place[name])
        self.given = None if genre is None else self._given(genre)

    def _given(self, genre: Iterable[str]) -> Mask:
        names = [genre] if isinstance(genre, str) else [str(name) for name in genre]
        wrong = [name for name in names if not self.facts.held.get(name, False)]
        if wrong:
            raise ValueError(f"`genre` must name documents that are held; got {', '.join(map(repr, wrong))}.")
        given = np.zeros(len(self.held), dtype=bool)
        given[[self.place[name] for name in names]] = True
        return given

    def _no_relatives(self, at: int) -> Mask:
        free = self.held.copy()
        free[[at, *self.relatives[at]]] = False
        return free

    def genre_of(self, doc_id: str) -> Mask:
        """Held documents of the same kind on unrelated policies of a similar period."""
        at = self.place[doc_id]
        free = self._no_relatives(at)
        if self.given is not None:
            return free & self.given
        gap = np.maximum(self.first - self.last[at], self.first[at] - self.last)  # NaN where a year is unknown
        other = (self.lineage != self.lineage[at]) & (self.lineage >= 0) & (self.lineage[at] >= 0)
        same = (self.kind == self.kind[at]) & (self.kind[at] >= 0)
        return np.asarray(free & other & same & (gap <= self.max_years), dtype=bool)

    def ancestry_of(self, doc_id: str, sources: Iterable[str] = ()) -> Mask:
        """Held documents of the same policy that are no kin of the text, nor of its sources."""
        at = self.place[doc_id]
        free = self._no_relatives(at) & ~self.national & (self.province >= 0) & (self.province[at] >= 0)
        pool = free & (self.policy == self.policy[at]) & (self.policy[at] >= 0) & (self.province != self.province[at])
        kin = [self.place[source] for source in sources]
        pool[kin] = False
        provinces = np.unique(self.province[[one for one in kin if not self.national[one]]])
        return np.asarray(pool & ~np.isin(self.province, provinces[provinces >= 0]), dtype=bool)

    def chances(
        self, doc_id: str, n_chars: int, sources: Sequence[str], spans: PairSpans
    ) -> dict[str, tuple[Floats | None, int]]:
        """By baseline: how surely so many of its documents share each character, and how many documents it has."""
        pools = {"genre": self.genre_of(doc_id), "ancestry": self.ancestry_of(doc_id, sources)}
        pools["genre"][[self.place[source] for source in sources]] = False
        return {
            name: (chance_of_sharing(doc_id, n_chars, pool, len(sources), spans), int(pool.sum()))
            for name, pool in pools.items()
        }


def chance_of_sharing(doc_id: str, n_chars: int, pool: Mask, k: int, spans: PairSpans) -> Floats | None:
    """The chance that at least one of k documents drawn from a pool shares each character; None if it has fewer."""
    from scipy.special import gammaln

    n = int(pool.sum())
    if k < 1 or n < k:
        return None
    others, begins, ends = spans.disjoint(doc_id)
    wanted = pool[others]
    steps = np.zeros(n_chars + 1, dtype=np.int64)
    np.add.at(steps, begins[wanted], 1)
    np.add.at(steps, ends[wanted], -1)
    counts = np.cumsum(steps[:-1])
    left = n - np.arange(n + 1)  # documents that do not share it
    log_none = gammaln(left + 1) - gammaln(np.maximum(left - k, 0) + 1) - gammaln(n + 1) + gammaln(n - k + 1)
    chance = np.where(left >= k, -np.expm1(np.minimum(log_none, 0.0)), 1.0)
    return np.asarray(chance[counts], dtype=float)


def _coded(values: Iterable[object]) -> NDArray[np.int64]:
    """Equal values by equal numbers, None by -1."""
    seen: dict[object, int] = {}
    return np.array([-1 if value is None else seen.setdefault(value, len(seen)) for value in values], dtype=np.int64)


def _pair(lineage: object, period: object) -> object:
    return None if lineage is None else (lineage, period)


def _years(table: pd.DataFrame) -> tuple[Floats, Floats]:
    """First and last year of each document, with decimals: of its dates, or else of its period; NaN if unknown."""
    years = []
    for column, period in (("earliest", "period_start"), ("latest", "period_end")):
        days = (pd.to_datetime(table[column]) - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
        dates = 1970 + days.to_numpy(dtype=float) / 365.2425
        periods = pd.to_numeric(table[period], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        years.append((dates, periods))
    (early, start), (late, end) = years
    known = ~(np.isnan(early) & np.isnan(late))
    first, last = np.where(known, early, start), np.where(known, late, end)
    return np.where(np.isnan(first), last, first), np.where(np.isnan(last), first, last)


def share_limits(mask: Mask | None, carries: Mask, blocks: Ints | None, level: float) -> tuple[float, float]:
    """The clause-resampling interval of a share given by character; NaN where it, or the sections, are not known."""
    if mask is None or blocks is None:
        return float("nan"), float("nan")
    tops, bottoms = np.bincount(blocks, mask & carries), np.bincount(blocks, carries)
    return clause_resampling_interval(tops, bottoms, np.arange(len(tops)), level=level)[1:]


def excess_limits(
    mask: Mask | None, chance: Floats | None, carries: Mask, blocks: Ints | None, level: float
) -> tuple[float, float]:
    """The same of the share less what chance gives, by character (`excess_interval`); NaN where the share has none."""
    if mask is None or chance is None or blocks is None or not 0 < np.sum(mask & carries) < np.sum(carries):
        return float("nan"), float("nan")
    sums = [np.bincount(blocks, one * carries) for one in (mask * (1 - chance), ~mask * chance, 1)]
    return excess_interval(*sums, level=level)


def baseline_reason(status: str, n_sources: int, n_pool: int) -> str:
    """Why a baseline is not known, or is little to go by."""
    if status == "proxy":
        return "the proxy is made of the same documents"
    if status not in ("held", "partly held"):
        return f"set {status}" if status != "no source" else "no source in this line"
    if n_pool == 0:
        return "no such document held"
    if n_pool < n_sources:
        return f"{n_pool} documents, fewer than the {n_sources} of the set"
    if n_pool < MIN_POOL:
        return f"{'one document is' if n_pool == 1 else f'{n_pool} documents are'} no distribution"
    if n_pool < n_sources + MIN_POOL - 1:
        return f"{n_pool} documents to draw {n_sources} from are hardly more than one draw"
    return ""

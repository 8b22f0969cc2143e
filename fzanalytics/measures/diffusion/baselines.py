"""How much overlap is to be had without any borrowing: from the genre, and from a common ancestor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.measures.characters import section_labels
from fzanalytics.measures.diffusion.attribution import SetName, Unit, check_sets, set_masks
from fzanalytics.measures.diffusion.origins import PairSpans, Sources, sources_of
from fzanalytics.measures.diffusion.parts import clause_labels
from fzanalytics.measures.inputs import compared_texts, require_corpus, require_passages
from fzanalytics.measures.resampling import check_level
from fzanalytics.measures.reuse.order import DocumentFacts
from fzanalytics.measures.reuse.passages import find_passages
from fzanalytics.measures.reuse.reduced import text_characters
from fzanalytics.measures.sections import add_status, clause_resampling_interval, excess_interval
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.regions import province_of

#: Documents of a similar period are no more years apart.
MAX_YEARS = 5
#: A baseline of fewer documents is no distribution: the excess over it is that over one text or two.
MIN_POOL = 3
#: The columns of a baseline, each with its name before it.
BASELINE_NUMBERS = ("share", "excess", "excess_low", "excess_high")
_COLUMNS = (
    "doc_id", "set", "status", "share", "resampling_low", "resampling_high", "n_sections", "n_sources", "n_chars", "genre_share",
    "genre_excess", "genre_excess_low", "genre_excess_high", "n_genre", "genre_reason", "ancestry_share", "ancestry_excess",
    "ancestry_excess_low", "ancestry_excess_high", "n_ancestry", "ancestry_reason",
)  # fmt: skip
_BASELINES = [f"{baseline}_{number}" for baseline in ("genre", "ancestry") for number in BASELINE_NUMBERS]
_NUMBERS = ("share", "resampling_low", "resampling_high", *_BASELINES)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def overlap_baselines(
    corpus: Corpus,
    *,
    passages: pd.DataFrame | None = None,
    sets: Sequence[SetName] = ("superior", "other superiors", "centre", "peers"),
    unit: Unit = "document",
    genre: Iterable[str] | None = None,
    max_years: float = MAX_YEARS,
    level: float = 0.95,
) -> pd.DataFrame:
    """What each text shares with each set of its sources, and what it shares with as many documents that are none.

    Parameters
    ----------
    corpus : Corpus
        Held documents below the national level get rows.
    passages : DataFrame, optional
        From `find_passages` over *all* pairs; found here if None.
    sets, unit
        As for `attribution`.
    genre : iterable of doc_id, optional
        Documents to take for the genre baseline, in place of the rule below (relatives are left out even so).
    max_years : float
        Documents of a similar period are at most so many years apart, at least 0.
    level : float
        Nominal coverage of the intervals; see `clause_resampling_interval`.

    Returns
    -------
    DataFrame, one row a document and set (and clause, with unit="clause": clause_id follows doc_id, NA outside clauses)
        - doc_id, set; status: "held", "proxy" (text of independent provinces stands in for the centre), "not held",
          "not applicable" (there is no such source; see `attribution`).
        - share in [0, 1]: text-carrying characters shared with at least one of the set's n_sources documents, over all
          n_chars; NaN if none is at hand. It is *all* that is shared with the set, whether or not others have it too.
        - resampling_low, resampling_high, resampling_status, n_sections: its clause-resampling interval, see
          `borrowing_share`; a clause has none.
        - genre_share, ancestry_share: the same, expected of as many documents drawn at random from the baseline; NaN if
          it has fewer documents than the set, and for a proxy, which is made of the same documents.
        - genre_excess, ancestry_excess in [-1, 1]: share less that; genre_excess_low and so on: its clause-resampling interval
          (`excess_interval`; resampling_status holds for it, too). The baseline is taken as it is: what other documents in
          it would give is in no interval.
        - n_genre, n_ancestry: documents in the baselines, 0 where none is held.
        - genre_reason, ancestry_reason: why the baseline is NaN, or, where it has fewer than `MIN_POOL` (3) documents, that
          it is no distribution; "" where there is nothing to say.

    Raises
    ------
    ValueError
        If `sets`, `unit` or `max_years` is out of its range, or `genre` names a document that is not held.
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    *Genre*: held documents of the same kind (实施方案, 条例, ...) on an unrelated policy (both lineages known and
    different, neither declares the other) of a similar period. A year is that of the dates, or else of the period; where
    it is unknown on either side, the document is not in the baseline. What is shared with them is formula.

    *Common ancestry*: held documents of the same policy (lineage and end of period) that are no kin of the text: of
    another province, not national, and not in its declared line; and that are no kin of the set: none of its
    documents, nor of their provinces. What is shared with them both sides may have from the centre. Order in time
    plays no part, so one of them may itself have copied the text: the excess is rather too small than too large. For the
    set "centre" it says how much more a text shares with the centre than with others who had the same centre.

    Of a baseline of N documents of which c share a character, the chance that at least one of k drawn does is
    1 - C(N-c, k) / C(N, k); so a set of k documents is held against k others, at a fixed pool size. Documents are not
    matched for length: a longer one has more to share. `baseline_documents` lists them.

    On the bundled corpus n_genre is 0 and the genre baseline NaN: all its plans are of one policy, and the one
    document of another, Henan's assessment scheme (考核方案), is of another kind. `genre=["henan_province_2021#2"]`
    takes this one document for the genre, and one document is no distribution: genre_reason says so.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = overlap_baselines(load_sample(), sets=["superior"])
    >>> row = table[table["doc_id"] == "shijiazhuang_city_2016"].iloc[0]
    >>> row["status"], int(row["n_genre"]), int(row["n_ancestry"])
    ('held', 0, 2)
    >>> bool(row["share"] > row["ancestry_share"] > 0), bool(np.isnan(row["genre_share"]))
    (True, True)
    """
    chosen = check_sets(sets, unit)
    texts = compared_texts(require_corpus(corpus))
    if passages is None:
        passages = find_passages(corpus)
    passages = require_passages(passages, texts)
    facts = DocumentFacts(corpus.documents)
    spans = PairSpans(passages, facts.ids)
    pools = Pools(corpus.documents, facts, genre=genre, max_years=max_years)
    check_level(level)
    clauses = {str(doc_id): part for doc_id, part in corpus.clauses.groupby("doc_id", sort=False)}
    paragraphs = {str(doc_id): part for doc_id, part in corpus.paragraphs.groupby("doc_id", sort=False)}
    parts: list[dict[str, Sequence[object]]] = []
    for doc_id in facts.ids:
        if not facts.held[doc_id] or facts.level[doc_id] == 0:
            continue
        text = texts[doc_id]
        if unit == "clause":
            names, labels = clause_labels(len(text), clauses.get(doc_id))
            blocks = None
        else:
            names, labels = [pd.NA], np.zeros(len(text), dtype=np.int64)
            blocks = section_labels(len(text), paragraphs.get(doc_id, corpus.paragraphs.head(0)))
        look = _Text(doc_id, text_characters(text), names, labels, blocks)
        sources = sources_of(doc_id, facts)
        parts += _of_document(look, sources, set_masks(sources, text, chosen, spans), chosen, spans, pools, level)
    columns = [_COLUMNS[0], *["clause_id"] * (unit == "clause"), *_COLUMNS[1:]]
    table = pd.DataFrame({name: [value for part in parts for value in part[name]] for name in columns})
    return add_status(table.astype(dict.fromkeys(_NUMBERS, float)))


class _Text(NamedTuple):
    """A text by character: which carry text, the unit of each, and its section (None for clauses, which have none)."""

    doc_id: str
    carries: Mask
    names: list[object]
    labels: NDArray[np.int64]
    blocks: NDArray[np.int64] | None


def _of_document(
    text: _Text, sources: Sources, masks: Mapping[str, Mask], sets: Sequence[str], spans: PairSpans, pools: Pools, level: float
) -> list[dict[str, Sequence[object]]]:  # fmt: skip
    """The columns of one document, for each set."""
    sizes = np.bincount(text.labels, text.carries, minlength=len(text.names)).astype(float)
    begin = 0 if len(text.names) == 1 or sizes[0] else 1  # the text outside of all clauses, if there is any
    n, n_sections = len(text.names) - begin, 1 if text.blocks is None else len(np.unique(text.blocks[text.carries]))
    parts = []
    for name in sets:
        held = sources.held.get(name, [])
        proxy = name == "centre" and sources.centre == "proxy"
        status = "held" if held else "not applicable" if name in sources.without else "proxy" if proxy else "not held"
        witnesses = [other for others in sources.witnesses.values() for other in others] if proxy else []
        mask = masks.get(name)
        share = unit_share(None if mask is None else mask.astype(float), text.carries, text.labels, sizes)
        low, high = share_limits(mask, text.carries, text.blocks, level)
        columns: dict[str, Sequence[object]] = {
            "doc_id": [text.doc_id] * n, "clause_id": text.names[begin:], "set": [name] * n, "status": [status] * n,
            "n_sources": [len(held) or len(witnesses)] * n, "n_chars": sizes[begin:].astype(np.int64).tolist(),
            "share": share[begin:].tolist(), "resampling_low": [low] * n, "resampling_high": [high] * n,
            "n_sections": [n_sections] * n,
        }  # fmt: skip
        for baseline, (chance, n_pool) in pools.chances(text.doc_id, len(text.carries), held, spans).items():
            expected = unit_share(chance, text.carries, text.labels, sizes)
            low, high = excess_limits(mask, chance, text.carries, text.blocks, level)
            columns[f"{baseline}_share"] = expected[begin:].tolist()
            columns[f"{baseline}_excess"] = (share - expected)[begin:].tolist()
            columns[f"{baseline}_excess_low"], columns[f"{baseline}_excess_high"] = [low] * n, [high] * n
            columns[f"n_{baseline}"] = [n_pool] * n
            columns[f"{baseline}_reason"] = [baseline_reason(status, len(held), n_pool)] * n
        parts.append(columns)
    return parts


def share_limits(mask: Mask | None, carries: Mask, blocks: Ints | None, level: float) -> tuple[float, float]:
    """The clause-resampling interval of a share given by character; NaN where it, or the sections, are not known."""
    if mask is None or blocks is None:
        return float("nan"), float("nan")
    tops, bottoms = np.bincount(blocks, mask & carries), np.bincount(blocks, carries)
    return clause_resampling_interval(tops, bottoms, np.arange(len(tops)), level=level)[1:]


def excess_limits(
    mask: Mask | None, chance: Floats | None, carries: Mask, blocks: Ints | None, level: float
) -> tuple[float, float]:
    """The same of the share less what chance gives, by character: `excess_interval`."""
    if mask is None or chance is None or blocks is None:
        return float("nan"), float("nan")
    sums = [np.bincount(blocks, one * carries) for one in (mask * (1 - chance), ~mask * chance, 1)]
    return excess_interval(*sums, level=level)


def baseline_reason(status: str, n_sources: int, n_pool: int) -> str:
    """Why a baseline is not known, or is little to go by."""
    if status == "proxy":
        return "the proxy is made of the same documents"
    if status != "held":
        return f"set {status}"
    if n_pool == 0:
        return "no such document held"
    if n_pool < n_sources:
        return f"{n_pool} documents, fewer than the {n_sources} of the set"
    if n_pool < MIN_POOL:
        return f"{'one document is' if n_pool == 1 else f'{n_pool} documents are'} no distribution"
    return ""


def unit_share(chance: Floats | None, carries: Mask, labels: NDArray[np.int64], sizes: Floats) -> Floats:
    """Share of each unit, given by character how surely it is shared; NaN if that is unknown or the unit is empty."""
    share = np.full(len(sizes), np.nan)
    if chance is None:
        return share
    tops = np.bincount(labels, chance * carries, minlength=len(sizes))
    return np.divide(tops, sizes, out=share, where=sizes > 0)


def baseline_documents(
    corpus: Corpus, *, genre: Iterable[str] | None = None, max_years: float = MAX_YEARS
) -> pd.DataFrame:
    """Which documents the overlap of each text is held against.

    Parameters
    ----------
    corpus : Corpus
    genre, max_years
        As for `overlap_baselines`.

    Returns
    -------
    DataFrame
        doc_id; baseline: "genre" or "ancestry"; document, lineage, region, kind: one row for each document of each
        baseline, for held documents below the national level. For the ancestry baseline the kin of the set are left out
        on top of that.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = baseline_documents(load_sample())
    >>> table.loc[table["doc_id"] == "hebei_province_2016", ["baseline", "document"]].values.tolist()
    [['ancestry', 'qingyuan_city_2017'], ['ancestry', 'xiahe_county_2017']]
    """
    documents = require_corpus(corpus).documents
    facts = DocumentFacts(documents)
    pools = Pools(documents, facts, genre=genre, max_years=max_years)
    rows = []
    for doc_id in facts.ids:
        if facts.held[doc_id] and facts.level[doc_id] > 0:
            for name, pool in (("genre", pools.genre_of(doc_id)), ("ancestry", pools.ancestry_of(doc_id))):
                rows += [(doc_id, name, facts.ids[at]) for at in np.flatnonzero(pool)]
    table = pd.DataFrame(rows, columns=["doc_id", "baseline", "document"])
    known = documents[["doc_id", "lineage", "region", "kind"]].rename(columns={"doc_id": "document"})
    return table.merge(known, on="document", how="left")


class Pools:
    """The documents of both baselines, by their place in `DocumentFacts.ids`."""

    def __init__(
        self, documents: pd.DataFrame, facts: DocumentFacts, *, genre: Iterable[str] | None, max_years: float
    ) -> None:
        """Look up what the rules ask for; faults of the options are told."""
        if not max_years >= 0:
            raise ValueError(f"`max_years` must be at least 0; got {max_years}. Take {MAX_YEARS}.")
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

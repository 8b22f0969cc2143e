"""Who follows whom: the older text that each shares most with, how far it leads, and whether chance would do as much."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from joblib import effective_n_jobs
from numpy.typing import NDArray

from fzanalytics.base.options import check_number
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.base.tables import LEVELS
from fzanalytics.measures.attribution.origins import PairSpans
from fzanalytics.measures.characters import section_labels
from fzanalytics.measures.inputs import compared_texts, read_ignore, require_corpus, require_passages
from fzanalytics.measures.lineage.chance import source_p
from fzanalytics.measures.resampling import MIN_BLOCKS
from fzanalytics.measures.reuse.letters import leave_out
from fzanalytics.measures.reuse.order import DocumentFacts, OrderTable
from fzanalytics.measures.reuse.passages import find_passages
from fzanalytics.measures.reuse.reduced import number_grams, reduce_text, text_characters
from fzanalytics.measures.reuse.sources import GRAM_CHARS, document_grams
from fzanalytics.measures.vocabulary.formulas import adjust_p
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.regions import province_of

Score = Literal["grams", "passages"]
#: With fewer candidates there is neither a margin nor a p.
MIN_CANDIDATES = 20
#: With fewer candidates of the source's stratum, itself included, there is no p.
MIN_STRATUM = 5
#: The note says so where the source holds less of the target than this.
MIN_SHARED = 0.05
#: From one in so many on, documents without a region are told of.
MANY_PLACELESS = 3
#: How much a candidate shares with others is a mean over so many documents at most, spread evenly over the doc_ids.
MAX_ASKED = 200
#: Dates of one stratum are in one span of so many years (the period's end, if it is known, stands for the date).
STRATUM_YEARS = 5

_COLUMNS = (
    "target", "source", "relation", "order", "score", "shared", "second", "margin", "p", "p_adjusted", "n_candidates",
    "n_stratum", "n_sections", "note",
)  # fmt: skip

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Incidence(NamedTuple):
    """What a target shares: unit (a run, or a character) `column[i]` of the target is also in document `row[i]`."""

    row: Ints
    column: Ints
    block: Ints  # by unit: the section of the target
    n_units: int


def infer_sources(
    corpus: Corpus,
    *,
    targets: Iterable[str] | None = None,
    score: Score = "grams",
    passages: pd.DataFrame | None = None,
    mask_titles: bool = True,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    n_permutations: int = 499,
    random_state: RandomState = 0,
    progress: bool = False,
) -> pd.DataFrame:
    """The document that each text shares most with, among those that may have come before it.

    Parameters
    ----------
    corpus : Corpus
        D documents; those held are candidates, but for those that are surely younger than the target, or declare it.
    targets : iterable of doc_id, optional
        Documents to find a source for; without it all that are held.
    score : "grams" or "passages"
        What is counted: the text's distinct runs of four characters that a candidate holds, as in `find_sources`; or its
        text-carrying characters in passages shared with the candidate.
    passages : DataFrame, optional
        For score "passages", from `find_passages` over all pairs; found here if None.
    mask_titles : bool
        For score "grams": leave out what stands in 《》, and the documents' own titles.
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        Boilerplate that is no text, as if it were blank: neither shared nor to be shared; phrases wherever they stand,
        whatever their punctuation. For score "passages" also where these are found here, as in `find_passages`.
    n_permutations : int
        For p, at least 1.
    random_state
        See `make_generator`.
    progress : bool
        Show a bar.

    Returns
    -------
    DataFrame, one row a target, by doc_id
        - target; source: the candidate of the highest score (then of the highest shared, then the smaller doc_id), NA if
          none shares anything; relation: "superior", "subordinate", "same" or "other"; order: see `order_of_documents`,
          "unknown" where it does not put the source first.
        - shared in [0, 1]: share of the target that the source holds; score: the same for a superior, for all others
          without what any superior among the candidates holds. So what both have from a superior that is held does not
          count; what they have from one that is not held, or from any other common ancestor, does.
        - second: the next candidate. margin in [0, 1]: score less that of the second. p in (0, 1]: see Notes. Both are NaN
          with fewer than `MIN_CANDIDATES` (20) of n_candidates. p_adjusted in [0, 1]: p corrected by Benjamini and
          Hochberg for all targets of the table that have a p.
        - n_stratum: candidates of the source's stratum, itself included; n_sections: sections of the target that p rests
          on; note: why margin or p is missing, that the source holds less than `MIN_SHARED` (5 %) of the target, which
          documents the target declares that are not held, and that many regions are unknown (then provinces cannot be
          told apart, and p corrects for less).

    Raises
    ------
    TypeError
        If `corpus` is no Corpus, `passages` is no table, or `ignore` is nothing of the kind.
    ValueError
        If an option is out of its range, a target is not held, `passages` are not of this corpus, or `ignore` has a
        span that is not in its text, or a phrase without text.

    Notes
    -----
    A *stratum* is made of candidates of one level, one kind and one time: the end of the period, or else the span of
    `STRATUM_YEARS` years that the middle of the dates is in.

    *p* asks whether, section by section of the target, it is the same candidate that shares more than its part. All
    candidates of a stratum count alike: what a superior of a higher level holds counts for none of them. In each
    section what they share is compared with what is expected of them: the section's sum over the stratum, in
    proportion to how much each shares with documents of other provinces (of `MAX_ASKED` at most), so that a long
    document, or one that keeps much of a common ancestor, does not stand out for that. Then the labels of the
    candidates are permuted within strata, in each section on its own (by a random turn of their circle), and p is
    the share of permutations, the observed labels included, in which the largest sum over any candidate is at least
    as rare, in its own stratum, as that of the source is in its. So it is adjusted for choosing the best, and P(p
    <= a) <= a if labels are exchangeable in that sense. It is NaN if the source is alone in its stratum (as the
    national law is: there is no other to take for it) or has fewer than `MIN_STRATUM` with itself, and with fewer than
    `MIN_BLOCKS` sections.

    A small p says that the source is no chance among documents like it; not that anything was copied: both may have it
    from a third document that is not held, and it is also small where only the subject or the school of drafting is
    shared. The second may be close: read the margin. Many targets are many tests: read p_adjusted. Linear in runs shared, not in pairs times length.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> found = infer_sources(load_sample()).set_index("target").loc["shijiazhuang_city_2016"]
    >>> found["source"], found["relation"], found["order"], int(found["n_candidates"])
    ('hebei_province_2016', 'superior', 'declared', 5)
    >>> found["note"]
    'fewer than 20 candidates; declared but not held: national_outline_2015'
    >>> bool(np.isnan(found["margin"])), bool(np.isnan(found["p"]))
    (True, True)
    """
    from tqdm.auto import tqdm

    require_corpus(corpus)
    if score not in ("grams", "passages"):
        raise ValueError(f"`score` must be 'grams' or 'passages'; got {score!r}. Take 'grams'.")
    check_number(n_permutations, name="n_permutations", within="[1, inf)", whole=True, remedy="Take 499.")
    make_generator(random_state)  # refused before anything is counted, if it is none
    field = _Field(corpus, score, passages, mask_titles, read_ignore(ignore))
    wanted = (
        field.held if targets is None else sorted({targets} if isinstance(targets, str) else set(map(str, targets)))
    )
    if wrong := [name for name in wanted if name not in field.texts]:
        raise ValueError(f"`targets` must be documents that are held; got {', '.join(map(repr, wrong))}.")
    if any(int(field.candidates(name).sum()) >= MIN_CANDIDATES for name in wanted):
        field.find_tendencies()

    def infer(name: str) -> dict[str, object]:
        return _with_notes(_infer(name, field, n_permutations, random_state), field)

    with ThreadPoolExecutor(effective_n_jobs(-1)) as pool:
        rows = list(tqdm(pool.map(infer, wanted), total=len(wanted), desc="infer_sources", disable=not progress))
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    table["p_adjusted"] = adjust_p(table["p"].astype(float))
    return table.astype(dict.fromkeys(["score", "shared", "margin", "p"], float))


def _infer(target: str, field: _Field, n_permutations: int, random_state: RandomState) -> dict[str, object]:
    candidates = field.candidates(target)
    n = int(candidates.sum())
    row: dict[str, object] = {"target": target, "source": pd.NA, "relation": pd.NA, "order": pd.NA, "second": pd.NA}
    row.update(score=np.nan, shared=np.nan, margin=np.nan, p=np.nan, n_candidates=n, n_stratum=0, n_sections=0)
    if not n:
        return {**row, "note": "no candidate"}
    found = field.incidence(target)
    here, counted = field.counts(target, found, candidates)
    places = np.flatnonzero(candidates)
    order = places[np.lexsort((-here[places], -counted[places]))].tolist()
    best, size = order[0], max(found.n_units, 1)
    n_stratum = int(field.peers(best, candidates).sum())
    row.update(score=counted[best] / size, shared=here[best] / size, n_stratum=n_stratum)
    if not here[best]:
        return {**row, "n_stratum": 0, "note": "shares nothing with any candidate"}
    row.update(source=field.ids[best], relation=field.relation(best, target), order=field.order(best, target))
    row["second"] = field.ids[order[1]] if n > 1 and here[order[1]] else pd.NA
    if n < MIN_CANDIDATES:
        return {**row, "note": f"fewer than {MIN_CANDIDATES} candidates"}
    row["margin"] = (counted[best] - counted[order[1]]) / size
    blocks = field.block_counts(target, found, candidates)
    row["n_sections"] = blocks.shape[1]
    if n_stratum == 1:
        return {**row, "note": "the source is alone in its stratum"}
    if n_stratum < MIN_STRATUM:
        return {**row, "note": f"fewer than {MIN_STRATUM} candidates like the source"}
    if blocks.shape[1] < MIN_BLOCKS:
        return {**row, "note": f"fewer than {MIN_BLOCKS} sections"}
    chosen = np.flatnonzero(candidates)
    rng = make_generator(random_state, "follows", target)
    row["p"] = source_p(
        blocks[chosen], field.stratum[chosen], field.tendency(target)[chosen], int(np.searchsorted(chosen, best)),
        n_permutations=n_permutations, rng=rng,
    )  # fmt: skip
    return {**row, "note": ""}


def _with_notes(row: dict[str, object], field: _Field) -> dict[str, object]:
    """The row, its note with what a reader of the source must know."""
    notes = [str(row["note"])] if row["note"] else []
    if not pd.isna(row["source"]) and float(str(row["shared"])) < MIN_SHARED:
        notes.append(f"less than {MIN_SHARED:.0%} shared".replace("%", " %"))
    if lacking := [name for name in field.facts.parents[str(row["target"])] if not field.facts.held.get(name, False)]:
        notes.append(f"declared but not held: {', '.join(lacking)}")
    if field.n_placeless > len(field.held) / MANY_PLACELESS:
        notes.append(f"{field.n_placeless} of {len(field.held)} documents without a region")
    return {**row, "note": "; ".join(notes)}


class _Field:
    """All that can be source or target, by place in `DocumentFacts.ids`."""

    def __init__(
        self, corpus: Corpus, score: Score, passages: pd.DataFrame | None, mask_titles: bool,
        ignore: pd.DataFrame | list[object] | None,
    ) -> None:  # fmt: skip
        self.facts = DocumentFacts(corpus.documents)
        self.ids = self.facts.ids
        self.place = {name: at for at, name in enumerate(self.ids)}
        self.orders = OrderTable(self.facts)
        self.texts = leave_out(compared_texts(corpus), ignore)
        self.held = [name for name in self.ids if name in self.texts]
        self.n_placeless = sum(self.facts.region[name] is None for name in self.held)
        self._is_held = np.array([self.facts.held[name] for name in self.ids], dtype=bool)
        self._every = np.arange(len(self.ids))
        self._paragraphs = {str(doc_id): part for doc_id, part in corpus.paragraphs.groupby("doc_id", sort=False)}
        self._none = corpus.paragraphs.head(0)
        self.stratum = _strata(corpus.documents, self.facts)
        self._spans: PairSpans | None = None
        self._tendencies: Floats | None = None
        if score == "passages":
            found = find_passages(corpus, ignore=ignore) if passages is None else passages
            self._spans = PairSpans(require_passages(found, self.texts), self.ids)
        else:
            self._take_grams(document_grams(corpus.documents, mask_titles=mask_titles, ignore=ignore))

    def _take_grams(self, grams: dict[str, NDArray[np.uint64]]) -> None:
        """Documents by runs: the runs that at least two documents hold, with the documents that hold each."""
        empty = np.zeros(0, dtype=np.uint64)
        every = [grams.get(name, empty) for name in self.ids]
        self._sizes = [len(one) for one in every]
        known, place, counts = np.unique(np.concatenate(every), return_inverse=True, return_counts=True)
        document = np.repeat(self._every, self._sizes)
        several = counts[place] > 1
        self._known = known
        self._own = np.split(place, np.cumsum(self._sizes)[:-1])
        order = np.argsort(place[several], kind="stable")
        self._holders = document[several][order]
        self._first = np.searchsorted(place[several][order], np.arange(len(known) + 1))

    def candidates(self, target: str) -> Bools:
        """Held documents but the target that are not surely younger and do not declare it."""
        at = self.place[target]
        possible = self._is_held & ~self.orders.before(np.full(len(self.ids), at), self._every)
        later = [one for one in self.held if target in self.facts.ancestors[one]]
        possible[[at, *(self.place[one] for one in later)]] = False
        return np.asarray(possible, dtype=bool)

    def peers(self, at: int, candidates: Bools) -> Bools:
        """The candidates of one stratum."""
        return candidates & (self.stratum == self.stratum[at])

    def incidence(self, target: str) -> Incidence:
        """Which units of a target are in which other documents."""
        text = self.texts[target]
        labels = section_labels(len(text), self._paragraphs.get(target, self._none))
        if self._spans is not None:
            carries = text_characters(text)
            places = np.cumsum(carries) - 1
            row, begin, end = self._spans.disjoint(target)
            size = end - begin
            column = np.repeat(begin - (np.cumsum(size) - size), size) + np.arange(size.sum())
            keep = carries[column]
            return Incidence(np.repeat(row, size)[keep], places[column[keep]], labels[carries], int(carries.sum()))
        own = self._own[self.place[target]]
        first, last = self._first[own], self._first[own + 1]
        size = last - first
        column = np.repeat(np.arange(len(own)), size)
        row = self._holders[np.repeat(first - (np.cumsum(size) - size), size) + np.arange(size.sum())]
        codes, at = reduce_text(text)
        runs, where = np.unique(number_grams(codes, GRAM_CHARS), return_index=True)
        block = labels[at[where[np.searchsorted(runs, self._known[own])]]] if len(own) else np.zeros(0, dtype=np.int64)
        return Incidence(row, column, block, len(own))

    def _superiors(self, target: str) -> Bools:
        return self.orders.above(self._every, np.full(len(self.ids), self.place[target]))

    def _counted(self, target: str, found: Incidence, candidates: Bools) -> Bools:
        """Which of the incidences count for the score: not those that a superior explains, but its own."""
        superiors = self._superiors(target) & candidates
        explained = np.zeros(found.n_units, dtype=bool)
        explained[found.column[superiors[found.row]]] = True
        return candidates[found.row] & (superiors[found.row] | ~explained[found.column])

    def counts(self, target: str, found: Incidence, candidates: Bools) -> tuple[Ints, Ints]:
        """Units that each document shares, and those that count for its score."""
        counted = self._counted(target, found, candidates)
        every, some = (np.bincount(found.row[which], minlength=len(self.ids)) for which in (slice(None), counted))
        return every, some

    def _alike(self, target: str, found: Incidence, candidates: Bools) -> Bools:
        """Which incidences count for p: those that no superior of a level above the candidate's holds."""
        superiors = self._superiors(target) & candidates
        mine = np.flatnonzero(superiors[found.row])
        highest = np.full(found.n_units, len(LEVELS) + 1)
        levels = self.orders.level[found.row[mine]]
        for level in np.unique(levels)[::-1]:  # the highest level is written last
            highest[found.column[mine[levels == level]]] = level
        return candidates[found.row] & (highest[found.column] >= self.orders.level[found.row])

    def block_counts(self, target: str, found: Incidence, candidates: Bools) -> Ints:
        """Units that count for p, by document and section of the target."""
        counted = self._alike(target, found, candidates)
        sections, place = np.unique(found.block, return_inverse=True)
        n = len(sections)
        cells = found.row[counted] * n + place[found.column[counted]]
        return np.bincount(cells, minlength=len(self.ids) * n).reshape(len(self.ids), n)

    def find_tendencies(self) -> None:
        """What counts for p of documents asked with every other; rows are targets, NaN for its own province."""
        n = len(self.ids)
        # a document without a region is of no other's province
        roots = pd.factorize(np.array([province_of(self.facts.region[name]) or f"?{name}" for name in self.ids]))[0]
        chosen = np.unique(np.linspace(0, len(self.held) - 1, MAX_ASKED).astype(int))
        self._asked = np.array(sorted(self.place[self.held[at]] for at in chosen), dtype=np.int64)
        scores = np.full((len(self._asked), n), np.nan)
        for row, at in enumerate(self._asked):
            name = self.ids[at]
            found, candidates = self.incidence(name), self.candidates(name)
            counted = np.bincount(found.row[self._alike(name, found, candidates)], minlength=n)
            others = candidates & (roots != roots[self.place[name]])
            scores[row, others] = counted[others] / max(found.n_units, 1)
        self._tendencies = scores

    def tendency(self, target: str) -> Floats:
        """Mean of that for each document, over the documents but the target."""
        assert self._tendencies is not None
        scores = self._tendencies[self._asked != self.place[target]]
        known = np.isfinite(scores)
        total = np.where(known, scores, 0.0).sum(axis=0)
        return np.asarray(np.divide(total, known.sum(axis=0), out=np.zeros(len(total)), where=known.any(axis=0)))

    def relation(self, at: int, target: str) -> object:
        """How the jurisdiction of a source stands to that of the target."""
        one, other = np.array([at]), np.array([self.place[target]])
        if self.orders.region[at] < 0 or self.orders.region[other[0]] < 0:
            return pd.NA
        if self.orders.region[at] == self.orders.region[other[0]]:
            return "same"
        above, below = self.orders.above(one, other)[0], self.orders.above(other, one)[0]
        return "superior" if above else "subordinate" if below else "other"

    def order(self, at: int, target: str) -> str:
        """How it is known that a source came first, else "unknown"."""
        first, _, order = self.facts.order(self.ids[at], target)
        return order if first == self.ids[at] else "unknown"


def _strata(documents: pd.DataFrame, facts: DocumentFacts) -> Ints:
    """Level, kind and time of each document, as one number."""
    table = documents.assign(doc_id=documents["doc_id"].astype(str)).set_index("doc_id").loc[facts.ids]
    early, late = (pd.to_datetime(table[column]).dt.year.astype(float) for column in ("earliest", "latest"))
    middle = (early.fillna(late) + late.fillna(early)) / 2
    time = [
        f"to {facts.period[name]}" if facts.period[name] is not None else str(year)
        for name, year in zip(facts.ids, (middle // STRATUM_YEARS).tolist(), strict=True)
    ]
    # what is missing is a value of its own, not a stratum of all that lack it
    keys = table[["level", "kind"]].assign(time=time)
    return keys.groupby(list(keys), sort=False, dropna=False).ngroup().to_numpy(dtype=np.int64)

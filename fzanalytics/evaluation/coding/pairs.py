"""Pairs of paragraphs for people to code: drawn at random within strata, so that shares of the whole can be estimated."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_list, check_number
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.base.tables import LEVELS, require_columns
from fzanalytics.features.masks import MaskKind
from fzanalytics.measures.diffusion.coverage import COVERAGE_MIN_CHARS, read_paragraphs, shared_counts
from fzanalytics.measures.inputs import require_corpus
from fzanalytics.measures.reuse.order import order_of_documents
from fzanalytics.measures.reuse.passages import find_passages
from fzanalytics.measures.reuse.shares import SharedSpans
from fzanalytics.measures.similarity import tfidf_similarity
from fzanalytics.texts.corpus import Corpus

#: What a drawn pair is: where its two texts stand, the texts, and the design it was drawn by.
PAIR_COLUMNS = (
    "pair_id", "source", "source_begin", "source_end", "target", "target_begin", "target_end", "source_text",
    "target_text", "stratum", "n_stratum", "n_drawn", "weight",
)  # fmt: skip

#: Edges of the bands of likeness, of the cosine of TF-IDF and of coverage: four bands.
TFIDF_EDGES = (0.1, 0.2, 0.4)
COVERAGE_EDGES = (0.05, 0.25, 0.5)

#: With more paragraphs than this, all pairs do not fit into memory.
MAX_PARAGRAPHS = 5_000

_PLACE_COLUMNS = ("pair_id", "source", "source_begin", "source_text", "target", "target_begin", "target_text")

Floats = NDArray[np.float64]


def draw_pairs(
    corpus: Corpus,
    *,
    n: int = 200,
    tfidf_edges: Sequence[float] = TFIDF_EDGES,
    coverage_edges: Sequence[float] = COVERAGE_EDGES,
    passages: pd.DataFrame | None = None,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """Draw pairs of paragraphs at random within strata of likeness and level.

    Parameters
    ----------
    corpus : Corpus
        The population is every pair of paragraphs from two different held documents.
    n : int
        Pairs to draw, at least 2 a stratum.
    tfidf_edges, coverage_edges : sequences of float, equally long, rising, in (0, 1)
        Where the bands of likeness begin, by the cosine of TF-IDF and by coverage in the better of its two directions
        (see `pair_scores`). A pair is in the higher of the two bands that these give.
    passages : DataFrame, optional
        From `find_passages`; if None they are found here, with `min_chars` = `COVERAGE_MIN_CHARS`.
    random_state : int, Generator or None
        Same int, same corpus and same measures: same pairs.

    Returns
    -------
    DataFrame, n rows
        pair_id ("p001", ...), in an order and with numbers that tell nothing of the stratum; source, source_begin,
        source_end, target, target_begin, target_end: offsets in characters, half-open, into the clean texts (which
        of the two is the source: see `order_of_documents`); source_text, target_text; stratum: the two levels, higher
        one first ("unknown" last), and the band (0 is the least alike); n_stratum: pairs of the population in it; n_drawn; weight =
        n_stratum / n_drawn: pairs that each drawn one stands for. No scores: see `pair_scores`.

    Raises
    ------
    ValueError
        If an option is out of its range, there are no two documents with paragraphs, or more than `MAX_PARAGRAPHS`.

    Notes
    -----
    Like pairs are rare among all pairs (a few in a hundred), so that a plain random sample would hold next to none.
    Strata are drawn from in equal numbers, as far as they reach; the weights undo this. Every pair of the
    population has a known chance above 0, so weighted shares estimate shares of *these documents'* pairs. They say
    nothing about other documents. The strata rest on the measures of the day the pairs were drawn; the weights stay
    right when the measures change, so keep the table with the codes rather than draw it again.

    References
    ----------
    Cochran (1977), Sampling Techniques, 3rd edition, chapter 5 (stratified random sampling).

    Examples
    --------
    >>> from fzanalytics.texts.corpus import read_corpus
    >>> lines = ["各级政府应当依法公开重大行政决策的全部内容。", "完善行政复议案件的审理机制，加大实地调查力度。"]
    >>> texts = ["（省法制办负责）\\n".join([*lines, ""]), lines[0] + "（市法制办负责）"]
    >>> corpus = read_corpus(pd.DataFrame({"doc_id": ["a", "b"], "text": texts}))
    >>> draw_pairs(corpus, n=2)[["pair_id", "stratum", "weight"]].sort_values("stratum").values.tolist()
    [['p002', 'unknown/unknown:1', 1.0], ['p001', 'unknown/unknown:3', 1.0]]
    """
    _check_edges(tfidf_edges, coverage_edges)
    check_number(n, name="n", whole=True, remedy="Take 200.")
    likeness = _Likeness(corpus, passages=passages)
    blocks = [_population(likeness, *row, tfidf_edges, coverage_edges) for row in likeness.order]
    population = pd.concat(blocks, ignore_index=True)
    generator = make_generator(random_state, "coding pairs")
    groups = dict(sorted(population.groupby("stratum").indices.items()))
    sizes = _allocate({str(name): len(rows) for name, rows in groups.items()}, n)
    drawn = [generator.choice(rows, size=sizes[str(name)], replace=False) for name, rows in groups.items()]
    chosen = population.iloc[generator.permutation(np.concatenate(drawn))].reset_index(drop=True)
    chosen["n_stratum"] = chosen["stratum"].map({name: len(rows) for name, rows in groups.items()})
    chosen["n_drawn"] = chosen["stratum"].map(sizes)
    chosen["weight"] = chosen["n_stratum"] / chosen["n_drawn"]
    chosen["pair_id"] = [f"p{number:0{max(3, len(str(n)))}d}" for number in range(1, n + 1)]
    for side in ("source", "target"):
        rows = likeness.paragraphs.loc[chosen[f"{side}_paragraph"]]
        for column in ("begin", "end", "text"):
            chosen[f"{side}_{column}"] = rows[column].to_numpy()
    return chosen[list(PAIR_COLUMNS)]


def pair_scores(
    corpus: Corpus, pairs: pd.DataFrame, *, passages: pd.DataFrame | None = None, mask: Iterable[MaskKind] = ()
) -> pd.DataFrame:
    """The measures' scores of the drawn pairs: to be computed when all codes are given, not before.

    Parameters
    ----------
    corpus : Corpus
        That the pairs were drawn from.
    pairs : DataFrame
        From `draw_pairs` or `load_coded_sample`.
    passages : DataFrame, optional
        From `find_passages`; if None they are found here, with `min_chars` = `COVERAGE_MIN_CHARS`.
    mask : "place", "agency" or both
        Names taken out before TF-IDF; see `tfidf_similarity`.

    Returns
    -------
    DataFrame, indexed by pair_id
        tfidf: cosine of the two paragraphs, weighed among all paragraphs of the corpus; coverage: share of the source's
        text-carrying characters that lie in passages and have their counterpart in the target's paragraph, as
        `coverage_matrix` has it for its best match; coverage_either: the larger of coverage and the same share of
        the target's paragraph, which is the one to compare with codes, since these judge by the shorter text. All
        in [0, 1]; NaN for a pair that is not in the corpus any more, and for a text without terms.

    Warns
    -----
    UserWarning
        If a text of a pair is not found in its document; it names them.

    Examples
    --------
    >>> from fzanalytics.texts.corpus import read_corpus
    >>> ends = ("全部内容。（省法制办负责）", "执行情况。（市法制办负责）")
    >>> texts = ["各级政府应当依法公开重大行政决策的" + end for end in ends]
    >>> corpus = read_corpus(pd.DataFrame({"doc_id": ["a", "b"], "text": texts}))
    >>> pair = pd.DataFrame(
    ...     [["p1", "a", 0, texts[0], "b", 0, texts[1]]],
    ...     columns=["pair_id", "source", "source_begin", "source_text", "target", "target_begin", "target_text"])
    >>> pair_scores(corpus, pair)[["coverage", "coverage_either"]].round(2).values.tolist()
    [[0.81, 0.81]]
    """
    require_columns(pairs, _PLACE_COLUMNS, name="pairs")
    likeness = _Likeness(corpus, passages=passages, mask=mask)
    table = pd.DataFrame(np.nan, index=pd.Index(pairs["pair_id"], name="pair_id"), columns=list(_Block._fields))
    placed = {side: likeness.place(pairs, side) for side in ("source", "target")}
    lost = [str(one) for one, a, b in zip(pairs["pair_id"], *placed.values(), strict=True) if not (a and b)]
    if lost:
        warnings.warn(
            f"{len(lost)} of {len(pairs)} pairs have a text that is not in `corpus` as it was coded; their scores "
            f"are NaN: {', '.join(lost[:10])}.",
            stacklevel=2,
        )
    for at, (source, target) in enumerate(zip(*placed.values(), strict=True)):
        if source and target:
            table.iloc[at] = likeness.scores(source, target)
    return table


class _Block(NamedTuple):
    """Scores of every paragraph of one document with every one of another."""

    tfidf: Floats
    coverage: Floats
    coverage_either: Floats


class _Likeness:
    """The paragraphs of a corpus, and how alike those of any two documents are."""

    def __init__(self, corpus: Corpus, *, passages: pd.DataFrame | None, mask: Iterable[MaskKind] = ()) -> None:
        """Compute what all pairs of documents share."""
        held = require_corpus(corpus).held
        table = corpus.paragraphs[corpus.paragraphs["doc_id"].isin(held["doc_id"])]
        if table["doc_id"].nunique() < 2:
            raise ValueError(
                f"`corpus` must hold at least two documents with paragraphs; it holds {table['doc_id'].nunique()}. "
                "Add texts."
            )
        if len(table) > MAX_PARAGRAPHS:
            raise ValueError(
                f"`corpus` must have at most {MAX_PARAGRAPHS} paragraphs, since all their pairs are looked at; got "
                f"{len(table)}. Read a random part of its documents."
            )
        self.paragraphs = table.set_index("paragraph_id").sort_values(["doc_id", "begin", "end"])
        self.texts = {str(doc_id): str(text) for doc_id, text in zip(held["doc_id"], held["text"], strict=True)}
        levels = dict(
            zip(held["doc_id"].astype(str), held["level"].astype(object).fillna("unknown").astype(str), strict=True)
        )
        self.order = [
            (str(source), str(target), _level_pair(levels[str(source)], levels[str(target)]))
            for source, target in order_of_documents(corpus.documents)[["source", "target"]].itertuples(index=False)
        ]
        self._tfidf = tfidf_similarity(corpus, unit="paragraph", mask=mask)
        self._spans = SharedSpans(find_passages(corpus, min_chars=COVERAGE_MIN_CHARS) if passages is None else passages)
        self._sides = read_paragraphs(corpus, self.texts)
        self._shares: dict[tuple[str, str], Floats] = {}
        self._rows = {str(doc_id): rows for doc_id, rows in self.paragraphs.groupby("doc_id")}

    def ids(self, doc_id: str) -> list[str]:
        return self._sides[doc_id].ids

    def block(self, source: str, target: str) -> _Block:
        """Of every paragraph of source with every one of target."""
        tfidf = self._tfidf.loc[self.ids(source), self.ids(target)].to_numpy(dtype=float)
        there, back = self._share(source, target), self._share(target, source).T
        return _Block(tfidf, there, np.fmax(there, back))

    def scores(self, source: str, target: str) -> tuple[float, float, float]:
        """Of two paragraphs."""
        one, other = (str(self.paragraphs.at[name, "doc_id"]) for name in (source, target))
        p, q = self.ids(one).index(source), self.ids(other).index(target)
        there, back = self._share(one, other)[p, q], self._share(other, one)[q, p]
        return float(self._tfidf.at[source, target]), float(there), float(np.fmax(there, back))

    def place(self, pairs: pd.DataFrame, side: str) -> list[str | None]:
        """The paragraph in which each text of one side stands now, if there is one that holds half of it."""
        columns = [side, f"{side}_begin", f"{side}_text"]
        return [self._paragraph_at(str(a), int(b), str(c)) for a, b, c in pairs[columns].itertuples(index=False)]

    def _paragraph_at(self, doc_id: str, begin: int, text: str) -> str | None:
        whole = self.texts.get(doc_id, "")
        if whole[begin : begin + len(text)] != text:
            begin = whole.find(text)
        rows = self._rows.get(doc_id)
        if begin < 0 or rows is None or not text:
            return None
        first, last = rows["begin"].to_numpy(dtype=int), rows["end"].to_numpy(dtype=int)
        shared = np.minimum(last, begin + len(text)) - np.maximum(first, begin)
        best = int(np.argmax(shared))
        return str(rows.index[best]) if 2 * shared[best] >= len(text) else None

    def _share(self, source: str, target: str) -> Floats:
        """Share of each paragraph of source that stands in each paragraph of target, as `coverage_matrix` counts it."""
        if (source, target) not in self._shares:
            here, there = self._sides[source], self._sides[target]
            shared = shared_counts(here, there, self._spans)
            counts, sizes = np.zeros((len(here.ids), len(there.ids))), np.array(here.sizes, dtype=float)[:, None]
            counts[tuple(shared.links.T)] = shared.counts
            # a paragraph without text-carrying characters has no share
            self._shares[source, target] = np.divide(counts, sizes, out=np.full_like(counts, np.nan), where=sizes > 0)
        return self._shares[source, target]


def _population(
    likeness: _Likeness, source: str, target: str, levels: str, tfidf_edges: Sequence[float], edges: Sequence[float]
) -> pd.DataFrame:
    """Every pair of paragraphs of two documents, with its stratum."""
    block = likeness.block(source, target)
    tfidf, coverage = (np.nan_to_num(scores).ravel() for scores in (block.tfidf, block.coverage_either))
    band = np.maximum(np.searchsorted(tfidf_edges, tfidf, "right"), np.searchsorted(edges, coverage, "right"))
    ids, others = likeness.ids(source), likeness.ids(target)
    return pd.DataFrame(
        {
            "source": source,
            "target": target,
            "source_paragraph": np.repeat(np.array(ids, dtype=object), len(others)),
            "target_paragraph": np.tile(np.array(others, dtype=object), len(ids)),
            "stratum": [f"{levels}:{number}" for number in band],
        }
    )


def _level_pair(one: str, other: str) -> str:
    rank = {level: at for at, level in enumerate(LEVELS)}
    return "/".join(sorted((one, other), key=lambda level: (rank.get(level, len(LEVELS)), level)))


def _allocate(sizes: dict[str, int], n: int) -> dict[str, int]:
    """Equal numbers for all strata, as far as each reaches; what is left over goes to the others in turn."""
    least, most = sum(min(2, size) for size in sizes.values()), sum(sizes.values())
    if not least <= n <= most:
        raise ValueError(
            f"`n` must be between {least} (2 of each of {len(sizes)} strata) and {most} (all pairs); got {n}. "
            "Draw more pairs, or give fewer edges."
        )
    drawn = dict.fromkeys(sizes, 0)
    left = n
    while left:
        open_ = [name for name in sizes if drawn[name] < sizes[name]]
        step = max(1, left // len(open_))
        for name in open_:
            more = min(step, sizes[name] - drawn[name], left)
            drawn[name] += more
            left -= more
    return drawn


def _check_edges(tfidf_edges: Sequence[float], coverage_edges: Sequence[float]) -> None:
    remedy = "Leave them out for four bands."
    given = {"tfidf_edges": tfidf_edges, "coverage_edges": coverage_edges}
    for name, edges in given.items():
        check_list(edges, name=name, remedy=remedy)
    for name, edges in given.items():
        rising = all(a < b for a, b in zip(edges, list(edges)[1:], strict=False))
        if not rising or not all(0 < edge < 1 for edge in edges) or len(tfidf_edges) != len(coverage_edges):
            raise ValueError(
                f"`{name}` must rise, lie above 0 and below 1, and be as many as the other edges; got {tuple(edges)} "
                f"({len(tfidf_edges)} and {len(coverage_edges)}). {remedy}"
            )

"""Topic models one at a time: texts to units, units to topics, topics to coherence.

`fzanalytics.measures.topics.fitting` puts them behind one result. Shape letters: D documents, C units, V vocabulary, K topics.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from fzanalytics.features.matrices import counts_of_terms, weigh_tfidf
from fzanalytics.features.tokens import Analyzer, PolicyAnalyzer
from fzanalytics.measures.similarity import Unit, unit_texts
from fzanalytics.texts.corpus import Corpus

Model = Literal["lda", "nmf"]
Backend = Literal["sklearn", "gensim"]
Floats = np.ndarray[Any, np.dtype[np.float64]]

#: Rounds of each fit. On the bundled corpus 40 rounds of scikit-learn's LDA improve perplexity over 20 by less than 2 %.
DEFAULT_ITERATIONS = {("lda", "sklearn"): 20, ("lda", "gensim"): 40, ("nmf", "sklearn"): 400}

#: Words of a topic that coherence is about.
COHERENCE_TERMS = 10


class TopicUnits(NamedTuple):
    """What a topic model sees: the units that have a term in the vocabulary, and what did not get so far.

    counts : CSR, shape (C, V); vocabulary : shape (V,); terms : of each unit, in order, those of the vocabulary;
    documents : doc_id by unit; loss : numbers, see `prepare_units`; empty : the units without a term.
    """

    counts: sparse.csr_matrix
    vocabulary: np.ndarray[Any, Any]
    terms: list[list[str]]
    documents: pd.Series
    loss: pd.Series
    empty: tuple[str, ...]


class FittedTopics(NamedTuple):
    """One run. Rows sum to 1: `topic_terms`, shape (K, V), and `unit_topics`, shape (C, K; NaN where a unit got no weight).

    `alpha`, shape (K,), is the prior of the shares of a unit; None for a model without one.
    """

    topic_terms: Floats
    unit_topics: Floats
    n_iter: int
    converged: bool
    alpha: Floats | None = None


def prepare_units(corpus: Corpus, *, unit: Unit, analyzer: Analyzer, min_df: int, max_df: float) -> TopicUnits:
    """Cut the units of a corpus into terms and choose the vocabulary.

    Parameters
    ----------
    corpus : Corpus
        Held documents take part.
    unit : "document", "paragraph" or "clause"
        What a topic mixture is estimated for.
    analyzer : callable str -> list of str
        Text to terms; a `PolicyAnalyzer` also reports what it left out.
    min_df : int
        Terms in fewer units are dropped.
    max_df : float
        Terms in a larger share of the units are dropped; in (0, 1].

    Returns
    -------
    TopicUnits
        Its `loss` counts units (n_units, n_empty_units), words and what became of them (n_words = n_short + n_stopped
        + n_masked + n_rare + n_common + n_tokens) and types (n_types_seen = n_types_rare + n_types_common + n_types).

    Raises
    ------
    ValueError
        If an option is out of range, or no term is left.
    """
    if min_df < 1 or not 0 < max_df <= 1:
        raise ValueError(
            f"`min_df` must be at least 1 and `max_df` in (0, 1]; got {min_df!r} and {max_df!r}. "
            "The first is a number of units, the second a share of them."
        )
    texts = unit_texts(corpus, unit)
    terms, loss = _terms_of(texts.tolist(), analyzer)
    counts, vocabulary = counts_of_terms(terms)
    frequency = counts.getnnz(axis=0)
    totals = np.asarray(counts.sum(axis=0)).ravel()
    common = frequency > max_df * len(texts)
    rare = ~common & (frequency < min_df)
    kept = ~(common | rare)
    if not kept.any():
        raise ValueError(
            f"`min_df` and `max_df` must leave at least one term; got {min_df} and {max_df} for {len(texts)} units "
            f"({int(rare.sum())} terms too rare, {int(common.sum())} too common). Lower `min_df` or raise `max_df`."
        )
    counts = sparse.csr_matrix(counts[:, kept])
    filled = counts.getnnz(axis=1) > 0
    loss |= {
        "n_units": len(texts),
        "n_empty_units": int((~filled).sum()),
        "n_rare": int(totals[rare].sum()),
        "n_common": int(totals[common].sum()),
        "n_tokens": int(totals[kept].sum()),
        "n_types_seen": len(vocabulary),
        "n_types_rare": int(rare.sum()),
        "n_types_common": int(common.sum()),
        "n_types": int(kept.sum()),
    }
    known = set(vocabulary[kept])
    index = texts.index[filled]
    return TopicUnits(
        counts=sparse.csr_matrix(counts[filled]),
        vocabulary=vocabulary[kept],
        terms=[[term for term in row if term in known] for row, full in zip(terms, filled, strict=True) if full],
        documents=_documents_of(corpus, unit).reindex(index),
        loss=pd.Series(loss, name="count", dtype=int),
        empty=tuple(map(str, texts.index[~filled])),
    )


def fit_model(
    units: TopicUnits,
    *,
    model: Model,
    backend: Backend,
    n_topics: int,
    seed: int,
    max_iter: int,
    spread_start: bool = False,
) -> FittedTopics:
    """Fit one model and order its topics by prevalence, the largest first.

    `spread_start` starts NMF at random and not from the singular vectors, so that seeds differ at all; a latent Dirichlet
    allocation always starts at random.
    """
    fit = _FITS[model, backend]
    # One BLAS thread: sums in one order, hence the same bits on every run.
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1):
        if model == "nmf":
            init = "random" if spread_start else "nndsvda"
            fitted = fit(units, n_topics, seed, max_iter, init)
        else:
            fitted = fit(units, n_topics, seed, max_iter)
    tokens = np.asarray(units.counts.sum(axis=1)).ravel()
    prevalence = tokens @ np.nan_to_num(fitted.unit_topics)
    order = np.argsort(-np.round(prevalence, 9), kind="stable")
    return fitted._replace(
        topic_terms=fitted.topic_terms[order],
        unit_topics=fitted.unit_topics[:, order],
        alpha=None if fitted.alpha is None else fitted.alpha[order],
    )


def top_indices(topic_terms: Floats, n: int) -> np.ndarray[Any, Any]:
    """Columns of the n heaviest terms of each topic, shape (K, n); ties in the order of the vocabulary."""
    return np.argsort(-topic_terms, axis=1, kind="stable")[:, :n]


def match_topics(first: Floats, second: Floats) -> tuple[np.ndarray[Any, Any], Floats]:
    """Pair the topics of two runs so that the sum of their cosines is largest.

    Parameters
    ----------
    first, second : array, shape (K, V)
        Term shares over the same vocabulary.

    Returns
    -------
    partner : array of int, shape (K,)
        Row of `second` for each row of `first`.
    cosine : array of float, shape (K,)
        In [0, 1] for non-negative rows; 1 for rows in proportion.

    Examples
    --------
    >>> partner, cosine = match_topics(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> partner.tolist(), cosine.tolist()
    ([1, 0], [1.0, 1.0])
    """
    if first.shape != second.shape:
        raise ValueError(f"`second` must have the shape of `first` {first.shape}; got {second.shape}.")
    norms = np.outer(np.linalg.norm(first, axis=1), np.linalg.norm(second, axis=1))
    cosines = np.clip((first @ second.T) / np.where(norms > 0, norms, 1), 0, 1)
    rows, partner = linear_sum_assignment(-cosines)
    return partner, cosines[rows, partner]


def coherence_scores(topics: Sequence[Sequence[str]], terms: Sequence[Sequence[str]]) -> pd.DataFrame:
    """c_v and NPMI of lists of top terms, computed on the units themselves, through gensim.

    Parameters
    ----------
    topics : sequence of sequences of str
        The top terms of each topic, the heaviest first.
    terms : sequence of sequences of str
        The terms of each unit in order: the texts that the terms should meet in.

    Returns
    -------
    DataFrame, one row a topic
        c_v in [0, 1], npmi in [-1, 1]; higher is more coherent. NaN for a topic of fewer than two terms.

    References
    ----------
    Röder, Both and Hinneburg (2015), Exploring the space of topic coherence measures: windows of 110 and 10 terms.
    """
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    listed = [list(topic) for topic in topics]
    scored = [position for position, topic in enumerate(listed) if len(topic) > 1]
    scores = pd.DataFrame(np.nan, index=range(len(listed)), columns=["c_v", "npmi"])
    if scored:
        dictionary = Dictionary(terms)
        for column, measure in (("c_v", "c_v"), ("npmi", "c_npmi")):
            model = CoherenceModel(
                topics=[listed[position] for position in scored],
                texts=terms,
                dictionary=dictionary,
                coherence=measure,
                topn=COHERENCE_TERMS,
                processes=1,
            )
            scores.loc[scored, column] = model.get_coherence_per_topic()
    return scores


def _terms_of(texts: list[str], analyzer: Analyzer) -> tuple[list[list[str]], dict[str, int]]:
    """Terms of each text, and what the analyzer left out where it can tell."""
    if not isinstance(analyzer, PolicyAnalyzer):
        terms = [list(analyzer(text)) for text in texts]
        return terms, {"n_words": sum(map(len, terms)), "n_short": 0, "n_stopped": 0, "n_masked": 0}
    analyses = [analyzer.analyze(text) for text in texts]
    names = ("n_words", "n_short", "n_stopped", "n_masked")
    sums = {name: sum(getattr(analysis, name) for analysis in analyses) for name in names}
    return [analysis.terms for analysis in analyses], sums


def _documents_of(corpus: Corpus, unit: Unit) -> pd.Series:
    if unit == "document":
        table, label = corpus.documents, "doc_id"
    else:
        table = corpus.paragraphs if unit == "paragraph" else corpus.clauses
        label = f"{unit}_id"
    return pd.Series(table["doc_id"].to_numpy(), index=pd.Index(table[label], name=label), name="doc_id")


def _shares(weights: Floats) -> Floats:
    """Rows that sum to 1; NaN for a row of zeros."""
    totals = weights.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(totals > 0, weights / totals, np.nan)


def _fit_sklearn_lda(units: TopicUnits, n_topics: int, seed: int, max_iter: int) -> FittedTopics:
    from sklearn.decomposition import LatentDirichletAllocation

    model = LatentDirichletAllocation(
        n_components=n_topics,
        learning_method="batch",
        max_iter=max_iter,
        random_state=seed,
        n_jobs=1,
    )
    unit_topics = model.fit_transform(units.counts)
    alpha = np.full(n_topics, 1 / n_topics)
    return FittedTopics(_shares(model.components_), _shares(unit_topics), int(model.n_iter_), True, alpha)


def _fit_gensim_lda(units: TopicUnits, n_topics: int, seed: int, max_iter: int) -> FittedTopics:
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    bags = list(Sparse2Corpus(units.counts, documents_columns=False))
    model = LdaModel(
        corpus=bags,
        id2word=dict(enumerate(units.vocabulary)),
        num_topics=n_topics,
        passes=max_iter,
        iterations=100,
        chunksize=len(bags),
        update_every=0,
        eval_every=None,
        random_state=seed,
        dtype=np.float64,
    )
    gamma, _ = model.inference(bags)
    alpha = np.asarray(model.alpha, dtype=float)
    return FittedTopics(_shares(model.get_topics()), _shares(gamma), max_iter, True, alpha)


def _fit_sklearn_nmf(units: TopicUnits, n_topics: int, seed: int, max_iter: int, init: str) -> FittedTopics:
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    model = NMF(n_components=n_topics, init=init, max_iter=max_iter, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        weights = model.fit_transform(weigh_tfidf(units.counts))
    scale = model.components_.sum(axis=1)
    topic_terms = _shares(model.components_)
    # A topic that lost all its weight says nothing of any term.
    topic_terms[scale == 0] = 1 / topic_terms.shape[1]
    return FittedTopics(topic_terms, _shares(weights * scale), int(model.n_iter_), bool(model.n_iter_ < max_iter))


_FITS: dict[tuple[str, str], Callable[..., FittedTopics]] = {
    ("lda", "sklearn"): _fit_sklearn_lda,
    ("lda", "gensim"): _fit_gensim_lda,
    ("nmf", "sklearn"): _fit_sklearn_nmf,
}

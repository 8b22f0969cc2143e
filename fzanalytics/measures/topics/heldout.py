"""How well topics foretell the second half of units that the fit never saw: document completion.

Shape letters: D documents, C units, H held-out units, V vocabulary, K topics.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from fzanalytics.base.options import check_number
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.features.masks import MaskKind
from fzanalytics.features.tokens import Analyzer
from fzanalytics.measures.topics.em import fold_in, mixtures
from fzanalytics.measures.topics.models import Backend, Floats, Model, fit_model
from fzanalytics.measures.topics.options import (
    SEED_WEIGHT,
    check_n_topics,
    check_seed_weight,
    check_seeded,
    check_size,
    choose_analyzer,
    choose_backend,
    choose_rounds,
    find_seeds,
    prior_of_seeds,
    seed_of,
)
from fzanalytics.measures.topics.units import TopicUnit, prepare_units
from fzanalytics.texts.corpus import Corpus

HoldOut = Literal["unit", "document"]

#: Share of the corpus' own term shares that is mixed into each topic before it is scored: NMF gives many terms no weight
#: at all, and a single such token would make the perplexity infinite. The same for every model, or they would not compare.
FLOOR = 1e-3


class HeldOut(NamedTuple):
    """Units that the fit does not see, their tokens in two halves.

    train : rows of the units that are fitted; first, second : CSR, shape (H, V); background : shape (V,), term shares
    of the fitted units with half a token more for each term.
    """

    train: np.ndarray[Any, Any]
    first: sparse.csr_matrix
    second: sparse.csr_matrix
    background: Floats


def heldout_perplexity(
    corpus: Corpus,
    *,
    n_topics: int,
    model: Model = "lda",
    backend: Backend | None = None,
    share: float = 0.1,
    hold_out: HoldOut = "unit",
    unit: TopicUnit = "paragraph",
    passages: pd.DataFrame | None = None,
    mask: Iterable[MaskKind] = ("place", "agency"),
    analyzer: Analyzer | None = None,
    min_df: int = 2,
    max_df: float = 0.5,
    seed_words: Mapping[str, Iterable[str]] | None = None,
    seed_weight: float = SEED_WEIGHT,
    max_iter: int | None = None,
    random_state: RandomState = 0,
) -> pd.Series:
    """Fit without some units, learn their topics from half of their tokens, and score the other half.

    Parameters
    ----------
    corpus, n_topics, model, backend, unit, passages, mask, analyzer, min_df, max_df, seed_words, seed_weight, max_iter
        As for `fit_topics`. The vocabulary is that of all units.
    share : float
        Of the units (or documents) that are held out; in (0, 0.5].
    hold_out : "unit" or "document"
        Single units, or whole documents. Units of one document are alike, so that single units are easier: by document
        is the harder question, of a text that the fit never saw; it needs several documents.
    random_state : int, Generator or None
        Sets the start of the fit, the units held out and their halves.

    Returns
    -------
    Series
        log_likelihood (natural, per token of the second halves, at most 0, higher is better), perplexity (exp of minus
        that, at least 1, lower is better: among how many terms, as it were, the model is in doubt),
        perplexity_unigram (of one topic that has the term shares of the corpus: worse than that is worse than nothing),
        n_units (held out, of at least two tokens), n_tokens (scored).

    Raises
    ------
    ValueError
        If an option is out of range, or too little is left to fit or to score.

    Notes
    -----
    Shares of a held-out unit are learned by EM on its first half whatever the model, with the prior of the model, so
    that only the topics differ. Numbers compare between models and numbers of topics on the same vocabulary alone. What
    foretells words best need not be what people find readable (Chang and others 2009): read it with coherence.

    References
    ----------
    Wallach, Murray, Salakhutdinov and Mimno (2009), Evaluation methods for topic models: document completion.

    Examples
    --------
    >>> from fzanalytics import load_sample
    >>> found = heldout_perplexity(load_sample(), n_topics=6)
    >>> bool(1 < found["perplexity"] < found["perplexity_unigram"])
    True
    """
    check_n_topics(n_topics)
    check_seed_weight(seed_weight)
    chosen = choose_backend(model, backend)
    units = prepare_units(
        corpus,
        unit=unit,
        analyzer=choose_analyzer(mask, analyzer),
        min_df=min_df,
        max_df=max_df,
        passages=passages,
    )
    check_size(units, n_topics)
    prior = None
    if seed_words is not None:
        check_seeded(model, chosen)
        prior = prior_of_seeds(find_seeds(seed_words, units.vocabulary), units, n_topics, seed_weight)
    generator = make_generator(random_state, "topics", "held out")
    held = split_units(units.counts, units.documents, share=share, hold_out=hold_out, generator=generator)
    fitted = fit_model(
        units.counts[held.train],
        model=model,
        backend=chosen,
        n_topics=n_topics,
        seed=seed_of(random_state, model, chosen, n_topics, 0),
        max_iter=choose_rounds(model, chosen, max_iter),
        prior=prior,
    )
    likelihood = score_completion(fitted.topic_terms, fitted.alpha, held)
    return pd.Series(
        {
            "log_likelihood": likelihood,
            "perplexity": float(np.exp(-likelihood)),
            "perplexity_unigram": float(np.exp(-score_unigram(held))),
            "n_units": held.first.shape[0],
            "n_tokens": int(held.second.sum()),
        },
        name="held out",
    )


def split_units(
    counts: sparse.csr_matrix,
    documents: pd.Series,
    *,
    share: float,
    hold_out: HoldOut,
    generator: np.random.Generator,
) -> HeldOut:
    """Take units out, and cut each in two halves at random (of an odd number of tokens the first is larger by one).

    Units of a single token have no second half: they are neither fitted nor scored if they are drawn.
    """
    check_number(share, name="share", remedy="It is a share of the units, in (0, 0.5], such as 0.1.")
    if not 0 < share <= 0.5:
        raise ValueError(f"`share` of units held out must be in (0, 0.5]; got {share!r}. Use the default 0.1.")
    if hold_out not in ("unit", "document"):
        raise ValueError(f"`hold_out` must be 'unit' or 'document'; got {hold_out!r}. The first is usual.")
    n = counts.shape[0]
    if hold_out == "unit":
        drawn = np.zeros(n, dtype=bool)
        drawn[generator.permutation(n)[: max(1, round(share * n))]] = True
    else:
        codes, names = pd.factorize(documents)
        if len(names) < 3:
            raise ValueError(
                f"`hold_out` 'document' must have at least 3 documents with terms; got {len(names)}. Hold out units."
            )
        out = generator.permutation(len(names))[: max(1, round(share * len(names)))]
        drawn = np.isin(codes, out)
    tokens = np.asarray(counts.sum(axis=1)).ravel()
    scored = np.flatnonzero(drawn & (tokens > 1))
    train = np.flatnonzero(~drawn)
    if not len(scored) or not len(train):
        raise ValueError(
            f"`share` must leave units to fit and units of two tokens to score; got {len(train)} and {len(scored)}. "
            "Hold out another share, or add text."
        )
    first, second = _halves(sparse.csr_matrix(counts[scored]), generator)
    background = np.asarray(counts[train].sum(axis=0)).ravel() + 0.5
    return HeldOut(train, first, second, background / background.sum())


def score_completion(topic_terms: Floats, alpha: Floats | None, held: HeldOut) -> float:
    """Mean natural logarithm of the probability of a token of the second halves."""
    topics = (1 - FLOOR) * topic_terms + FLOOR * held.background
    shares = fold_in(held.first, topics, 1 / len(topics) if alpha is None else alpha)
    second = held.second
    rows = np.repeat(np.arange(second.shape[0]), np.diff(second.indptr))
    found = mixtures(shares, np.ascontiguousarray(topics.T), rows, second.indices)
    return float(second.data @ np.log(found)) / float(second.data.sum())


def score_unigram(held: HeldOut) -> float:
    """As `score_completion`, for the term shares of the fitted units without topics."""
    second = held.second
    return float(second.data @ np.log(held.background[second.indices])) / float(second.data.sum())


def _halves(counts: sparse.csr_matrix, generator: np.random.Generator) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    times = counts.data.astype(np.int64)
    rows = np.repeat(np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr)), times)
    columns = np.repeat(counts.indices, times)
    order = np.lexsort((generator.random(len(rows)), rows))
    rows, columns = rows[order], columns[order]
    begins = np.searchsorted(rows, rows)
    place = np.arange(len(rows)) - begins
    sizes = np.bincount(rows, minlength=counts.shape[0])[rows]
    first = place < (sizes + 1) // 2
    parts = [
        sparse.csr_matrix((np.ones(int(part.sum())), (rows[part], columns[part])), shape=counts.shape)
        for part in (first, ~first)
    ]
    return parts[0], parts[1]

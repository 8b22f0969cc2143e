"""What documents are about: topic models of their paragraphs, behind one result, and whether topics come back.

Shape letters: D documents, C units (paragraphs, clauses or documents), V vocabulary, K topics.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm.auto import tqdm

from fzanalytics.base.seeds import RandomState, integer_seed
from fzanalytics.base.tables import require_columns
from fzanalytics.features.masks import MaskKind
from fzanalytics.features.tokens import Analyzer, PolicyAnalyzer
from fzanalytics.measures.similarity import Unit
from fzanalytics.measures.topics.models import (
    COHERENCE_TERMS,
    DEFAULT_ITERATIONS,
    Backend,
    FittedTopics,
    Floats,
    Model,
    TopicUnits,
    coherence_scores,
    fit_model,
    match_topics,
    prepare_units,
    top_indices,
)
from fzanalytics.measures.topics.result import TopicResult, weighted_shares
from fzanalytics.texts.corpus import Corpus


def fit_topics(
    corpus: Corpus,
    *,
    n_topics: int,
    model: Model = "lda",
    backend: Backend = "sklearn",
    unit: Unit = "paragraph",
    mask: Iterable[MaskKind] = ("place", "agency"),
    analyzer: Analyzer | None = None,
    min_df: int = 2,
    max_df: float = 0.5,
    max_iter: int | None = None,
    random_state: RandomState = 0,
) -> TopicResult:
    """Fit a topic model to the paragraphs of the held documents.

    Parameters
    ----------
    corpus : Corpus
        At least K units with terms.
    n_topics : int
        K, at least 2. No number is the true one: see `topic_stability`.
    model : "lda" or "nmf"
        Latent Dirichlet allocation on counts, or non-negative matrix factorization of TF-IDF weights.
    backend : "sklearn" or "gensim"
        The library; NMF only through scikit-learn.
    unit : "paragraph", "clause" or "document"
        What a mixture of topics is estimated for. A handful of documents is too few to learn topics from.
    mask : "place", "agency" or both
        Names to take out first, or topics are about who signs a clause; with an `analyzer`, give the mask to it.
    analyzer : callable str -> list of str, optional
        Default: `PolicyAnalyzer(mask=mask)`.
    min_df, max_df : int, float
        Drop terms in fewer units, or in a larger share of them.
    max_iter : int, optional
        Rounds; by default 20 (scikit-learn's LDA), 40 (gensim), 400 (NMF).
    random_state : int, Generator or None
        The same int gives the same result to the last bit on one machine with the same library versions.

    Returns
    -------
    TopicResult

    Raises
    ------
    ValueError
        If an option is out of range, or the corpus has too few terms or units.

    Notes
    -----
    Priors are the libraries' own (1/K). A topic is a group of words that meet in the same units; its name is a reader's
    judgement. Topics of plans of one policy are parts of that policy, and shares say what is written about, not what is
    done. Shares of NMF are shares of its weights, not probabilities. On some hundred short paragraphs LDA varies with the
    seed; NMF, which here starts from the singular vectors,
    hardly does, which shows that it repeats and not that it is right.

    References
    ----------
    Blei, Ng and Jordan (2003), Latent Dirichlet allocation; Lee and Seung (1999), Learning the parts of objects by
    non-negative matrix factorization.

    Examples
    --------
    >>> from fzanalytics import load_sample
    >>> result = fit_topics(load_sample(), model="nmf", n_topics=8)
    >>> result.document_topics.shape, round(float(result.document_topics.iloc[0].sum()), 6)
    ((6, 8), 1.0)
    """
    _check_model(model, backend)
    _check_n_topics(n_topics)
    analyze = _choose_analyzer(mask, analyzer)
    units = prepare_units(corpus, unit=unit, analyzer=analyze, min_df=min_df, max_df=max_df)
    _check_size(units, n_topics)
    rounds = _rounds(model, backend, max_iter)
    seed = _seed(random_state, model, backend, n_topics, 0)
    fitted = fit_model(units, model=model, backend=backend, n_topics=n_topics, seed=seed, max_iter=rounds)
    if not fitted.converged:
        warnings.warn(
            f"`max_iter` {rounds} was too small for {model} to converge; the result is of the last round. Raise it.",
            stacklevel=2,
        )
    settings = {
        "model": model,
        "backend": backend,
        "n_topics": int(n_topics),
        "unit": unit,
        "mask": list(analyze.mask) if isinstance(analyze, PolicyAnalyzer) else None,
        "min_df": min_df,
        "max_df": max_df,
        "max_iter": rounds,
        "n_iter": fitted.n_iter,
        "converged": fitted.converged,
        "seed": seed,
    }
    return _result(corpus, units, fitted, settings)


def topic_stability(
    corpus: Corpus,
    *,
    n_topics: Sequence[int] = (4, 6, 8, 10, 12),
    n_seeds: int = 3,
    model: Model = "lda",
    backend: Backend = "sklearn",
    by: Literal["n_topics", "topic"] = "n_topics",
    min_cosine: float = 0.7,
    unit: Unit = "paragraph",
    mask: Iterable[MaskKind] = ("place", "agency"),
    analyzer: Analyzer | None = None,
    min_df: int = 2,
    max_df: float = 0.5,
    max_iter: int | None = None,
    random_state: RandomState = 0,
    n_jobs: int = 1,
    progress: bool = False,
) -> pd.DataFrame:
    """Fit with several seeds and numbers of topics, and see which topics come back.

    The topics of two runs are matched one to one so that the sum of cosines of their rows of term shares is largest.

    Parameters
    ----------
    corpus, model, backend, unit, mask, analyzer, min_df, max_df, max_iter, random_state
        As for `fit_topics`. The first of the runs with LDA is the run that `fit_topics` gives for the same int. NMF
        starts at random here, or its runs would not differ.
    n_topics : sequence of int
        The numbers of topics to try.
    n_seeds : int
        Runs for each, at least 2.
    by : "n_topics" or "topic"
        One row for each number of topics, or for each topic of the first run.
    min_cosine : float
        A topic recurs if its match in every other run is at least so like it; in [0, 1].
    n_jobs : int
        Processes, as joblib counts them; the result is the same for every number.
    progress : bool
        Show a bar.

    Returns
    -------
    DataFrame
        By number: n_topics, n_pairs (of runs), cosine_mean and cosine_min (of the matched topics of all pairs, in
        [0, 1], higher is steadier), n_recurring and recurring_share (topics of the first run that recur), c_v and npmi
        (means over topics and runs). By topic: n_topics, topic, terms (the top 10), prevalence, cosine_mean and
        cosine_min (with its match in each other run), recurs (bool), c_v, npmi.

    Raises
    ------
    ValueError
        If an option is out of range, or the corpus has too few terms or units.

    Notes
    -----
    Seeds say how far a topic hangs on where the fit began, not how far it hangs on these documents. Matching favours
    few topics: with more, chance matches are better too but each is smaller.

    References
    ----------
    Greene, O'Callaghan and Cunningham (2014), How many topics? Stability analysis for topic models; there lists of top
    terms are compared and documents resampled, here whole rows of shares, and only seeds vary.

    Examples
    --------
    >>> from fzanalytics import load_sample
    >>> table = topic_stability(load_sample(), model="nmf", n_topics=(4, 8), n_seeds=2)
    >>> table["n_topics"].tolist(), bool(table["cosine_mean"].between(0, 1).all())
    ([4, 8], True)
    """
    _check_model(model, backend)
    _check_grid(n_topics, n_seeds, min_cosine, by)
    analyze = _choose_analyzer(mask, analyzer)
    units = prepare_units(corpus, unit=unit, analyzer=analyze, min_df=min_df, max_df=max_df)
    _check_size(units, max(n_topics))
    rounds = _rounds(model, backend, max_iter)
    plan = [(number, run) for number in dict.fromkeys(n_topics) for run in range(n_seeds)]
    seeds = [_seed(random_state, model, backend, number, run) for number, run in plan]
    fitted = Parallel(n_jobs=n_jobs, return_as="generator")(
        delayed(fit_model)(
            units, model=model, backend=backend, n_topics=number, seed=seed, max_iter=rounds, spread_start=True
        )
        for (number, _), seed in zip(plan, seeds, strict=True)
    )
    bar = tqdm(fitted, total=len(plan), desc="topics", disable=not progress)
    fits: dict[tuple[int, int], FittedTopics] = dict(zip(plan, bar, strict=True))
    scores = _coherence_of(fits, units)
    if by == "topic":
        tables = [_topic_rows(number, n_seeds, fits, scores, units, min_cosine) for number in dict.fromkeys(n_topics)]
        return pd.concat(tables, ignore_index=True)
    return pd.DataFrame(
        [_number_row(number, n_seeds, fits, scores, units, min_cosine) for number in dict.fromkeys(n_topics)]
    )


def choose_n_topics(stability: pd.DataFrame) -> int:
    """The number of topics by a rule, not by taste: the largest of which every topic comes back.

    Parameters
    ----------
    stability : DataFrame
        From `topic_stability`, one row a number of topics.

    Returns
    -------
    int
        The largest number whose recurring_share is 1; if there is none, the one with the largest recurring_share, of
        equal ones the largest.

    Examples
    --------
    >>> choose_n_topics(pd.DataFrame({"n_topics": [4, 6, 8], "recurring_share": [1.0, 1.0, 0.875]}))
    6
    """
    require_columns(stability, ["n_topics", "recurring_share"], name="stability")
    best = stability[stability["recurring_share"] == stability["recurring_share"].max()]
    return int(best["n_topics"].max())


def _result(corpus: Corpus, units: TopicUnits, fitted: FittedTopics, settings: dict[str, Any]) -> TopicResult:
    topics = pd.RangeIndex(1, len(fitted.topic_terms) + 1, name="topic")
    unit_topics = pd.DataFrame(fitted.unit_topics, index=units.documents.index, columns=topics)
    n_tokens = np.asarray(units.counts.sum(axis=1)).ravel().astype(int)
    table = pd.DataFrame({"doc_id": units.documents, "n_tokens": n_tokens})
    documents = weighted_shares(unit_topics, table["n_tokens"], table["doc_id"])
    held = pd.Index(corpus.held["doc_id"], name="doc_id")
    coherence = coherence_scores(_top_lists(fitted.topic_terms, units), units.terms)
    return TopicResult(
        topic_terms=pd.DataFrame(
            fitted.topic_terms, index=topics, columns=pd.Index(units.vocabulary, name="term", dtype=object)
        ),
        unit_topics=unit_topics,
        document_topics=documents.reindex(held),
        units=table,
        coherence=coherence.set_axis(topics, axis=0).reset_index(),
        loss=units.loss,
        empty=units.empty,
        settings=settings,
        unit_weights=None if fitted.alpha is None else unit_topics.mul(n_tokens + fitted.alpha.sum(), axis=0),
    )


def _top_lists(topic_terms: Floats, units: TopicUnits) -> list[list[str]]:
    """The top terms of each topic that have any weight in it."""
    order = top_indices(topic_terms, COHERENCE_TERMS)
    return [
        [str(units.vocabulary[column]) for column in columns if topic_terms[topic, column] > 0]
        for topic, columns in enumerate(order)
    ]


def _coherence_of(
    fits: Mapping[tuple[int, int], FittedTopics], units: TopicUnits
) -> dict[tuple[int, int], pd.DataFrame]:
    """Coherence of every topic of every run, in one pass over the units."""
    lists = {key: _top_lists(fitted.topic_terms, units) for key, fitted in fits.items()}
    scores = coherence_scores([topic for topics in lists.values() for topic in topics], units.terms)
    begins = np.cumsum([0, *(len(topics) for topics in lists.values())])
    return {
        key: scores.iloc[begin : begin + len(lists[key])].reset_index(drop=True)
        for key, begin in zip(lists, begins[:-1], strict=True)
    }


def _first_run(number: int, n_seeds: int, fits: Mapping[tuple[int, int], FittedTopics]) -> Floats:
    """Cosines of the topics of the first run with their matches in the others, shape (K, n_seeds - 1)."""
    first = fits[number, 0].topic_terms
    return np.column_stack([match_topics(first, fits[number, run].topic_terms)[1] for run in range(1, n_seeds)])


def _number_row(
    number: int,
    n_seeds: int,
    fits: Mapping[tuple[int, int], FittedTopics],
    scores: Mapping[tuple[int, int], pd.DataFrame],
    units: TopicUnits,
    min_cosine: float,
) -> dict[str, object]:
    pairs = [
        match_topics(fits[number, one].topic_terms, fits[number, other].topic_terms)[1]
        for one, other in combinations(range(n_seeds), 2)
    ]
    recurs = _first_run(number, n_seeds, fits).min(axis=1) >= min_cosine
    means = pd.concat([scores[number, run] for run in range(n_seeds)]).mean()
    return {
        "n_topics": number,
        "n_pairs": len(pairs),
        "cosine_mean": float(np.mean(pairs)),
        "cosine_min": float(np.min(pairs)),
        "n_recurring": int(recurs.sum()),
        "recurring_share": float(recurs.mean()),
        "c_v": float(means["c_v"]),
        "npmi": float(means["npmi"]),
    }


def _topic_rows(
    number: int,
    n_seeds: int,
    fits: Mapping[tuple[int, int], FittedTopics],
    scores: Mapping[tuple[int, int], pd.DataFrame],
    units: TopicUnits,
    min_cosine: float,
) -> pd.DataFrame:
    fitted = fits[number, 0]
    cosines = _first_run(number, n_seeds, fits)
    tokens = np.asarray(units.counts.sum(axis=1)).ravel()
    weights = tokens @ np.nan_to_num(fitted.unit_topics)
    return pd.DataFrame(
        {
            "n_topics": number,
            "topic": range(1, number + 1),
            "terms": [" ".join(topic) for topic in _top_lists(fitted.topic_terms, units)],
            "prevalence": weights / weights.sum(),
            "cosine_mean": cosines.mean(axis=1),
            "cosine_min": cosines.min(axis=1),
            "recurs": cosines.min(axis=1) >= min_cosine,
            "c_v": scores[number, 0]["c_v"].to_numpy(),
            "npmi": scores[number, 0]["npmi"].to_numpy(),
        }
    )


def _choose_analyzer(mask: Iterable[MaskKind], analyzer: Analyzer | None) -> Analyzer:
    """The analyzer as given, or the policy analyzer with the mask."""
    return PolicyAnalyzer(mask=mask) if analyzer is None else analyzer


def _seed(random_state: RandomState, model: str, backend: str, n_topics: int, run: int) -> int:
    return integer_seed(random_state, "topics", model, backend, n_topics, run)


def _rounds(model: str, backend: str, max_iter: int | None) -> int:
    if max_iter is not None and max_iter < 1:
        raise ValueError(f"`max_iter` must be at least 1; got {max_iter!r}. Leave it out for the default.")
    return DEFAULT_ITERATIONS[model, backend] if max_iter is None else int(max_iter)


def _check_model(model: str, backend: str) -> None:
    if (model, backend) not in DEFAULT_ITERATIONS:
        known = " or ".join(f"{one!r} by {other!r}" for one, other in DEFAULT_ITERATIONS)
        raise ValueError(f"`model` and `backend` must be {known}; got {model!r} by {backend!r}. Choose one of these.")


def _check_n_topics(n_topics: object) -> None:
    if isinstance(n_topics, bool) or not isinstance(n_topics, int | np.integer) or cast(int, n_topics) < 2:
        raise ValueError(
            f"`n_topics` must be a whole number of at least 2; got {n_topics!r}. Use `topic_stability` to choose one."
        )


def _check_grid(n_topics: Sequence[int], n_seeds: int, min_cosine: float, by: str) -> None:
    if isinstance(n_topics, int) or not list(n_topics):
        raise ValueError(f"`n_topics` must be several whole numbers; got {n_topics!r}. For one, write (8,).")
    for number in n_topics:
        _check_n_topics(number)
    if n_seeds < 2:
        raise ValueError(f"`n_seeds` must be at least 2; got {n_seeds!r}. One run has nothing to be compared with.")
    if not 0 <= min_cosine <= 1:
        raise ValueError(f"`min_cosine` must be in [0, 1]; got {min_cosine!r}. Use the default 0.7.")
    if by not in ("n_topics", "topic"):
        raise ValueError(f"`by` must be 'n_topics' or 'topic'; got {by!r}. The first gives one row for each number.")


def _check_size(units: TopicUnits, n_topics: int) -> None:
    size = min(units.counts.shape)
    if n_topics > size:
        raise ValueError(
            f"`n_topics` must be at most the number of units and of terms; got {n_topics} for "
            f"{units.counts.shape[0]} units and {units.counts.shape[1]} terms. Use fewer topics or more text."
        )

"""What documents are about: topic models of their paragraphs, behind one result.

Shape letters: D documents, C units (paragraphs, clauses, passages or documents), V vocabulary, K topics.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from fzanalytics.base.seeds import RandomState
from fzanalytics.features.masks import MaskKind
from fzanalytics.features.tokens import Analyzer, PolicyAnalyzer
from fzanalytics.measures.topics.models import Backend, FittedTopics, Model, fit_model
from fzanalytics.measures.topics.options import (
    SEED_WEIGHT,
    SeedWords,
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
from fzanalytics.measures.topics.quality import quality_scores
from fzanalytics.measures.topics.result import TopicResult, weighted_shares
from fzanalytics.measures.topics.units import TopicUnit, TopicUnits, prepare_units, stream_of_terms
from fzanalytics.texts.corpus import Corpus


def fit_topics(
    corpus: Corpus,
    *,
    n_topics: int,
    model: Model = "lda",
    backend: Backend | None = None,
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
) -> TopicResult:
    """Fit a topic model to the paragraphs of the held documents.

    Parameters
    ----------
    corpus : Corpus
        At least K units with terms.
    n_topics : int
        K, at least 2. No number is the true one: see `topic_choice` and `topic_stability`.
    model : "lda" or "nmf"
        Latent Dirichlet allocation on counts, or non-negative matrix factorization of TF-IDF weights.
    backend : "em", "sklearn" or "gensim", optional
        Who fits. By default LDA is fitted by "em" (expectation and maximisation on SciPy's sparse matrices), NMF by
        scikit-learn, the only one for it.
    unit : "paragraph", "clause", "passage" or "document"
        What a mixture of topics is estimated for. A handful of documents is too few to learn topics from.
    passages : DataFrame, optional
        For unit "passage": columns target, target_begin, target_end, as `find_passages` gives. The stretches of each
        target that passages cover are the units; those that overlap are one.
    mask : "place", "agency" or both
        Names to take out first, or topics are about who signs a clause; with an `analyzer`, give the mask to it.
    analyzer : callable str -> list of str, optional
        Default: `PolicyAnalyzer(mask=mask)`.
    min_df, max_df : int, float
        Drop terms in fewer units, or in a larger share of them.
    seed_words : mapping of name to words, optional
        Topics that are to be about these words (LDA by EM or gensim). Other topics stay free. Words that are not in
        the vocabulary are listed in `TopicResult.seeds`, and warned of.
    seed_weight : float
        Prior tokens of the seed words of a topic together, as a share of the tokens a topic has on average; in (0, 1].
    max_iter : int, optional
        Rounds; by default at most 200 (EM, which ends sooner where it no longer gains), 20 (scikit-learn's LDA),
        40 (gensim), at most 400 (NMF).
    random_state : int, Generator or None
        The same int gives the same result to the last bit on one machine with the same library versions.

    Returns
    -------
    TopicResult
        Its tables flag topics that do not come back once `check_topics` has looked.

    Raises
    ------
    TypeError
        If `corpus` is no Corpus.
    ValueError
        If an option is out of range, or the corpus has too few terms or units.

    Notes
    -----
    Priors are 1/K, as the libraries have them. A topic is a group of words that meet in the same units; its name is a
    reader's judgement, and with seed words a wish: look whether the other top terms bear it out. Topics of plans of one
    policy are parts of that policy, and shares say what is written about, not what is done. Shares of NMF are shares of
    its weights, not probabilities. On some hundred short paragraphs LDA varies with the seed; NMF, which here starts from
    the singular vectors, hardly does, which shows that it repeats and not that it is right.

    EM is the default since it is the fastest of the three and foretells held-out text best (benchmarks/topics.py); see
    `heldout_perplexity`. No trainer with several workers inside is offered (gensim's LdaMulticore): its sums depend on
    who is ready first, so that a seed does not repeat.

    References
    ----------
    Blei, Ng and Jordan (2003), Latent Dirichlet allocation; Asuncion, Welling, Smyth and Teh (2009), On smoothing and
    inference for topic models (EM); Lee and Seung (1999), Learning the parts of objects by non-negative matrix
    factorization; Jagarlamudi, Daumé and Udupa (2012), Incorporating lexical priors into topic models.

    Examples
    --------
    >>> from fzanalytics import load_sample
    >>> result = fit_topics(load_sample(), model="nmf", n_topics=8)
    >>> result.document_topics.shape, round(float(result.document_topics.iloc[0].sum()), 6)
    ((6, 8), 1.0)

    >>> seeded = fit_topics(load_sample(), n_topics=6, seed_words={"复议": ["行政复议"], "立法": ["立法", "政府立法"]})
    >>> sorted(seeded.seeds["name"])
    ['复议', '立法']
    """
    chosen = choose_backend(model, backend)
    check_n_topics(n_topics)
    check_seed_weight(seed_weight)
    analyze = choose_analyzer(mask, analyzer)
    units = prepare_units(corpus, unit=unit, analyzer=analyze, min_df=min_df, max_df=max_df, passages=passages)
    check_size(units, n_topics)
    rounds = choose_rounds(model, chosen, max_iter)
    seed = seed_of(random_state, model, chosen, n_topics, 0)
    seeds, prior = None, None
    if seed_words is not None:
        check_seeded(model, chosen)
        seeds = find_seeds(seed_words, units.vocabulary)
        prior = prior_of_seeds(seeds, units, n_topics, seed_weight)
        _warn_of_missing(seeds)
    fitted = fit_model(
        units.counts, model=model, backend=chosen, n_topics=n_topics, seed=seed, max_iter=rounds, prior=prior
    )
    if not fitted.converged:
        warnings.warn(
            f"`max_iter` {rounds} was too small for {model} to converge; the result is of the last round. Raise it.",
            stacklevel=2,
        )
    settings: dict[str, Any] = {
        "model": model,
        "backend": chosen,
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
    if seed_words is not None:
        settings["seed_words"] = {str(name): list(words) for name, words in seed_words.items()}
        settings["seed_weight"] = seed_weight
    return _result(corpus, units, fitted, settings, seeds)


def _result(
    corpus: Corpus, units: TopicUnits, fitted: FittedTopics, settings: dict[str, Any], seeds: SeedWords | None
) -> TopicResult:
    topics = pd.RangeIndex(1, len(fitted.topic_terms) + 1, name="topic")
    unit_topics = pd.DataFrame(fitted.unit_topics, index=units.documents.index, columns=topics)
    n_tokens = np.asarray(units.counts.sum(axis=1)).ravel().astype(int)
    table = pd.DataFrame({"doc_id": units.documents, "n_tokens": n_tokens})
    documents = weighted_shares(unit_topics, table["n_tokens"], table["doc_id"])
    held = pd.Index(corpus.held["doc_id"], name="doc_id")
    scores = quality_scores(fitted.topic_terms, stream_of_terms(units)).set_axis(topics, axis=0).reset_index()
    return TopicResult(
        topic_terms=pd.DataFrame(
            fitted.topic_terms, index=topics, columns=pd.Index(units.vocabulary, name="term", dtype=object)
        ),
        unit_topics=unit_topics,
        document_topics=documents.reindex(held),
        units=table,
        coherence=scores.assign(recurs=pd.array([pd.NA] * len(scores), dtype="boolean")),
        loss=units.loss,
        empty=units.empty,
        settings=settings,
        unit_weights=None if fitted.alpha is None else unit_topics.mul(n_tokens + fitted.alpha.sum(), axis=0),
        seeds=None if seeds is None else _table_of_seeds(seeds, fitted, units),
        material=units,
    )


def _table_of_seeds(seeds: SeedWords, fitted: FittedTopics, units: TopicUnits) -> pd.DataFrame:
    """Which topic each name became, in order of the topics."""
    place = {int(origin): topic for topic, origin in enumerate(fitted.origin, start=1)}
    rows = [
        (place[number], name, " ".join(str(units.vocabulary[column]) for column in found), " ".join(missing))
        for number, (name, found, missing) in enumerate(zip(*seeds, strict=True))
    ]
    return pd.DataFrame(sorted(rows), columns=["topic", "name", "terms", "missing"])


def _warn_of_missing(seeds: SeedWords) -> None:
    lost = [f"{word} ({name})" for name, words in zip(seeds.names, seeds.missing, strict=True) for word in words]
    if lost:
        warnings.warn(
            f"`seed_words` should be terms of the vocabulary; not in it: {', '.join(lost)}. They have no effect.",
            stacklevel=3,
        )

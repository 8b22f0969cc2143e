"""Whether topics come back: from other seeds, and from other samples of the units.

Shape letters: C units, V vocabulary, K topics.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from fzanalytics.base.seeds import RandomState, integer_seed
from fzanalytics.base.tables import require_columns
from fzanalytics.features.masks import MaskKind
from fzanalytics.features.tokens import Analyzer
from fzanalytics.measures.topics.models import Backend, Model, match_topics
from fzanalytics.measures.topics.options import (
    check_numbers,
    check_runs,
    check_size,
    choose_analyzer,
    choose_backend,
    choose_rounds,
    find_seeds,
    prior_of_seeds,
    seed_of,
)
from fzanalytics.measures.topics.quality import top_columns
from fzanalytics.measures.topics.result import TopicResult
from fzanalytics.measures.topics.runs import Plan, Run, check_resample, cosines_with, make_runs, set_up
from fzanalytics.measures.topics.units import TopicUnit, TopicUnits, prepare_units
from fzanalytics.texts.corpus import Corpus


def topic_stability(
    corpus: Corpus,
    *,
    n_topics: Sequence[int] = (4, 6, 8, 10, 12),
    n_seeds: int = 3,
    model: Model = "lda",
    backend: Backend | None = None,
    by: Literal["n_topics", "topic"] = "n_topics",
    min_cosine: float = 0.7,
    unit: TopicUnit = "paragraph",
    passages: pd.DataFrame | None = None,
    mask: Iterable[MaskKind] = ("place", "agency"),
    analyzer: Analyzer | None = None,
    min_df: int = 2,
    max_df: float = 0.5,
    max_iter: int | None = None,
    random_state: RandomState = 0,
    cache: str | Path | None = None,
    n_jobs: int = 1,
    progress: bool = False,
) -> pd.DataFrame:
    """Fit with several seeds and numbers of topics, and see which topics come back.

    The topics of two runs are matched one to one so that the sum of cosines of their rows of term shares is largest.

    Parameters
    ----------
    corpus, model, backend, unit, passages, mask, analyzer, min_df, max_df, max_iter, random_state
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
    cache : path, optional
        A folder for finished runs, as for `topic_choice`.
    n_jobs : int
        Processes, as joblib counts them; the result is the same for every number.
    progress : bool
        Show a bar.

    Returns
    -------
    DataFrame
        By number: n_topics, n_pairs (of runs), cosine_mean and cosine_min (of the matched topics of all pairs, in
        [0, 1], higher is steadier), n_recurring and recurring_share (topics of the first run that recur), c_v, npmi and
        exclusivity (means over topics and runs). By topic: n_topics, topic, terms (the top 10), prevalence, cosine_mean
        and cosine_min (with its match in each other run), recurs (bool), c_v, npmi, exclusivity.

    Raises
    ------
    ValueError
        If an option is out of range, or the corpus has too few terms or units.

    Notes
    -----
    Seeds say how far a topic hangs on where the fit began, not how far it hangs on these documents: for that see
    `check_topics` and `topic_choice`, which also draw the units anew. Matching favours few topics: with more, chance
    matches are better too but each is smaller.

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
    chosen = choose_backend(model, backend)
    numbers = check_numbers(n_topics)
    check_runs(n_seeds, min_cosine, n_jobs)
    if by not in ("n_topics", "topic"):
        raise ValueError(f"`by` must be 'n_topics' or 'topic'; got {by!r}. The first gives one row for each number.")
    analyze = choose_analyzer(mask, analyzer)
    units = prepare_units(corpus, unit=unit, analyzer=analyze, min_df=min_df, max_df=max_df, passages=passages)
    check_size(units, max(numbers))
    setup = set_up(units, model=model, backend=chosen, max_iter=choose_rounds(model, chosen, max_iter))
    plans = seed_plans(numbers, n_seeds, model, chosen, random_state)
    runs = make_runs(setup, units, plans, cache=cache, n_jobs=n_jobs, progress=progress)
    if by == "topic":
        return pd.concat([topic_rows(number, runs, units, min_cosine) for number in numbers], ignore_index=True)
    table = pd.DataFrame([number_row(number, runs, min_cosine) for number in numbers])
    return table.drop(columns=["sample_cosine_mean", "sample_cosine_min", "found_share"])


def check_topics(
    result: TopicResult,
    *,
    n_seeds: int = 3,
    n_resamples: int = 3,
    resample: Literal["unit", "document"] = "unit",
    min_cosine: float = 0.7,
    cache: str | Path | None = None,
    n_jobs: int = 1,
    progress: bool = False,
) -> TopicResult:
    """Fit the model again, from other seeds and on other samples of its units, and flag the topics that do not come back.

    Parameters
    ----------
    result : TopicResult
        From `fit_topics`; fitted again with its own settings.
    n_seeds : int
        Further runs on the same units, each from a seed of its own; NMF starts at random in them.
    n_resamples : int
        Runs on units drawn with replacement, from the seed of `result`, so that the sample makes the difference.
    resample : "unit" or "document"
        What is drawn: units, or whole documents, of which there must be at least 30.
    min_cosine : float
        A topic recurs if its match in every further run is at least so like it; in [0, 1].
    cache, n_jobs, progress
        As for `topic_choice`.

    Returns
    -------
    TopicResult
        The same model; `recurrence` has columns topic, terms, prevalence, cosine_mean and cosine_min (with the match in
        the runs from other seeds), sample_cosine_mean and sample_cosine_min (on other samples; NaN without such runs),
        found_share (of the further runs, those with a match so like) and recurs (all of them), which now stands in its
        other tables too.

    Raises
    ------
    ValueError
        If an option is out of range, there is no run to make, or `result` was not made by `fit_topics`.

    Notes
    -----
    A topic that comes back is one that the model finds again in this corpus; that does not make it meaningful. To come
    back in all runs is the harder the more there are; found_share does not depend on their number. Drawn units keep nothing of the document that they are from: with few documents nothing is said of other documents.

    References
    ----------
    Greene, O'Callaghan and Cunningham (2014), How many topics? Stability analysis for topic models.

    Examples
    --------
    >>> from fzanalytics import fit_topics, load_sample
    >>> result = fit_topics(load_sample(), model="nmf", n_topics=4)
    >>> checked = check_topics(result, n_seeds=1, n_resamples=1)
    >>> bool(result.recurs.isna().all()), bool(checked.recurs.isna().any())
    (True, False)
    """
    if result.material is None:
        raise ValueError("`result` must be made by `fit_topics`; got one without its units. Fit it anew.")
    check_runs(n_seeds, min_cosine, n_jobs, least=0)
    units, settings = result.material, result.settings
    prior = None
    if "seed_words" in settings:
        seeds = find_seeds(settings["seed_words"], units.vocabulary)
        prior = prior_of_seeds(seeds, units, settings["n_topics"], settings["seed_weight"])
    setup = set_up(
        units,
        model=settings["model"],
        backend=settings["backend"],
        max_iter=settings["max_iter"],
        prior=prior,
        resample=resample,
    )
    check_resample(resample, n_resamples, setup.documents)
    if n_seeds + n_resamples == 0:
        raise ValueError("`n_seeds` and `n_resamples` must not both be 0; got 0 and 0. Use the defaults.")
    own, number = settings["seed"], settings["n_topics"]
    plans = [Plan(number, "seed", run, integer_seed(own, "check", run)) for run in range(1, n_seeds + 1)]
    plans += [Plan(number, "sample", run, own) for run in range(1, n_resamples + 1)]
    runs = make_runs(setup, units, plans, cache=cache, n_jobs=n_jobs, progress=progress)
    topic_terms = result.topic_terms.to_numpy()
    table = result.topics[["topic", "terms", "prevalence"]]
    return result.with_recurrence(table.assign(**_columns_of_recurrence(topic_terms, runs, number, 0, min_cosine)))


def choose_n_topics(stability: pd.DataFrame) -> int:
    """The number of topics by a rule, not by taste: the largest of which every topic comes back.

    Parameters
    ----------
    stability : DataFrame
        From `topic_stability`, one row a number of topics; or the `numbers` of `topic_choice`.

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


def seed_plans(numbers: Iterable[int], n_seeds: int, model: str, backend: str, random_state: RandomState) -> list[Plan]:
    """One fit for each number of topics and seed."""
    return [
        Plan(number, "seed", run, seed_of(random_state, model, backend, number, run))
        for number in numbers
        for run in range(n_seeds)
    ]


def runs_of(runs: Mapping[Plan, Run], n_topics: int, kind: str) -> list[Run]:
    """The runs of one number of topics and kind, in order."""
    return [run for plan, run in runs.items() if plan.n_topics == n_topics and plan.kind == kind]


def number_row(number: int, runs: Mapping[Plan, Run], min_cosine: float) -> dict[str, object]:
    """Stability over seeds and samples, and quality, of one number of topics."""
    fits = runs_of(runs, number, "seed")
    pairs = [match_topics(one.topic_terms, other.topic_terms)[1] for one, other in combinations(fits, 2)]
    again = _columns_of_recurrence(fits[0].topic_terms, runs, number, 1, min_cosine)
    recurs = again["recurs"]
    return {
        "n_topics": number,
        "n_pairs": len(pairs),
        "cosine_mean": float(np.mean(pairs)),
        "cosine_min": float(np.min(pairs)),
        "sample_cosine_mean": float(np.mean(again["sample_cosine_mean"])),
        "sample_cosine_min": float(np.min(again["sample_cosine_min"])),
        "n_recurring": int(np.sum(recurs)),
        "recurring_share": float(np.mean(recurs)),
        "found_share": float(np.mean(again["found_share"])),
        **{name: mean_of_known([getattr(run, name) for run in fits]) for name in ("c_v", "npmi", "exclusivity")},
    }


def topic_rows(
    number: int, runs: Mapping[Plan, Run], units: TopicUnits, min_cosine: float, *, samples: bool = False
) -> pd.DataFrame:
    """The topics of the first run of one number of topics, each with its matches in the other runs."""
    first = runs_of(runs, number, "seed")[0]
    found = _columns_of_recurrence(first.topic_terms, runs, number, 1, min_cosine)
    names = [
        "cosine_mean",
        "cosine_min",
        *(["sample_cosine_mean", "sample_cosine_min", "found_share"] if samples else []),
        "recurs",
    ]
    terms = [" ".join(str(units.vocabulary[one]) for one in row) for row in top_columns(first.topic_terms)]
    columns = {"n_topics": number, "topic": range(1, number + 1), "terms": terms, "prevalence": first.prevalence}
    scores = {"c_v": first.c_v, "npmi": first.npmi, "exclusivity": first.exclusivity}
    return pd.DataFrame({**columns, **{name: found[name] for name in names}, **scores})


def _columns_of_recurrence(
    topic_terms: np.ndarray, runs: Mapping[Plan, Run], number: int, skip: int, min_cosine: float
) -> dict[str, np.ndarray]:
    """How like each topic its matches are, in runs from seeds (without the first `skip`) and on samples; and if it recurs."""
    seeds = cosines_with(topic_terms, runs_of(runs, number, "seed")[skip:])
    samples = cosines_with(topic_terms, runs_of(runs, number, "sample"))
    missing = np.full(len(topic_terms), np.nan)
    columns: dict[str, np.ndarray] = {}
    for name, found in (("cosine", seeds), ("sample_cosine", samples)):
        columns[f"{name}_mean"] = found.mean(axis=1) if found.shape[1] else missing
        columns[f"{name}_min"] = found.min(axis=1) if found.shape[1] else missing
    found_again = np.hstack([seeds, samples]) >= min_cosine
    return {**columns, "found_share": found_again.mean(axis=1), "recurs": found_again.all(axis=1)}


def mean_of_known(values: Sequence[np.ndarray]) -> float:
    """Mean over topics and runs without NaN; NaN if there is nothing else."""
    everything = np.concatenate(values)
    known = everything[~np.isnan(everything)]
    return float(known.mean()) if len(known) else float("nan")

"""Choosing the number of topics in the open: held-out text, coherence, exclusivity and stability over a grid.

Shape letters: C units, V vocabulary, K topics.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.features.masks import MaskKind
from fzanalytics.features.tokens import Analyzer
from fzanalytics.measures.topics.heldout import HoldOut, score_unigram, split_units
from fzanalytics.measures.topics.models import Backend, Model
from fzanalytics.measures.topics.options import (
    check_numbers,
    check_runs,
    check_size,
    choose_analyzer,
    choose_backend,
    choose_rounds,
)
from fzanalytics.measures.topics.runs import Plan, Run, check_resample, make_runs, set_up
from fzanalytics.measures.topics.stability import (
    choose_n_topics,
    mean_of_known,
    number_row,
    runs_of,
    seed_plans,
    topic_rows,
)
from fzanalytics.measures.topics.units import TopicUnit, prepare_units
from fzanalytics.texts.corpus import Corpus


@dataclass(frozen=True)
class TopicChoice:
    """What a grid over numbers of topics shows; nothing in it is a choice by itself.

    Attributes
    ----------
    numbers : DataFrame
        One row a number of topics, see `topic_choice`.
    topics : DataFrame
        One row a topic of the first run of each number, with `recurs`.
    runs : DataFrame
        One row a fit: n_topics, kind ("seed" or "sample"), run, perplexity, c_v, npmi, exclusivity, n_iter, converged.
    settings : dict
        What all fits have in common; perplexity_unigram is that of one topic with the term shares of the corpus.
    """

    numbers: pd.DataFrame
    topics: pd.DataFrame
    runs: pd.DataFrame
    settings: dict[str, Any]

    @property
    def n_topics(self) -> int:
        """The number by the rule of `choose_n_topics`: the largest of which every topic comes back."""
        return choose_n_topics(self.numbers)

    def __repr__(self) -> str:
        """What was fitted, and the number by the rule."""
        grid = ", ".join(map(str, self.numbers["n_topics"]))
        return (
            f"TopicChoice({self.settings['model']} by {self.settings['backend']}: {len(self.runs)} fits of "
            f"{self.settings['n_units']} {self.settings['unit']}s, K = {grid}; by the rule of recurrence {self.n_topics})"
        )


def topic_choice(
    corpus: Corpus,
    *,
    n_topics: Sequence[int] = (4, 6, 8, 10, 12, 16, 20, 24),
    n_seeds: int = 5,
    n_resamples: int = 2,
    resample: Literal["unit", "document"] = "unit",
    share: float = 0.1,
    hold_out: HoldOut = "unit",
    model: Model = "lda",
    backend: Backend | None = None,
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
) -> TopicChoice:
    """Fit a grid of numbers of topics and seeds, and score each number by four criteria.

    Parameters
    ----------
    corpus, model, backend, unit, passages, mask, analyzer, min_df, max_df, max_iter, random_state
        As for `fit_topics`.
    n_topics : sequence of int
        The numbers of topics to try.
    n_seeds : int
        Fits for each number, from seeds of their own, at least 2.
    n_resamples : int
        Further fits for each, on units drawn with replacement, from the seed of the first fit.
    resample : "unit" or "document"
        What is drawn; documents only from 30 on.
    share, hold_out : float, "unit" or "document"
        What no fit sees, and perplexity is measured on, as for `heldout_perplexity`; the same for all fits.
    min_cosine : float
        A topic recurs if its match in every other fit of its number, whether from another seed or on another sample, is
        at least so like it; in [0, 1].
    cache : path, optional
        A folder for finished fits: a grid that was interrupted goes on where it stopped, one that is widened only adds.
        Each fit is a file of its own, known by a hash of units, settings and library versions, so that nothing stale is
        read. Delete the folder when you like. Without an int as `random_state` nothing is found again.
    n_jobs : int
        Processes, as joblib counts them (-1 for all cores, not 0); the result is the same to the last bit for every
        number.
    progress : bool
        Show a bar.

    Returns
    -------
    TopicChoice
        numbers: n_topics; perplexity (mean of the fits from seeds on the held-out units, lower is better),
        perplexity_min, perplexity_max (of the fits: no interval); c_v, npmi, exclusivity (means over topics and fits,
        higher is better); n_pairs, cosine_mean, cosine_min (of matched topics, all pairs of fits from seeds);
        sample_cosine_mean, sample_cosine_min (of the first fit with those on samples, NaN without them); n_recurring,
        recurring_share (topics of the first fit that come back in all fits: the more fits, the fewer), found_share (mean
        share of the fits in which such a topic comes back); n_unconverged (fits).
        topics: n_topics, topic, terms, prevalence, cosine_mean, cosine_min, sample_cosine_mean, sample_cosine_min,
        found_share, recurs, c_v, npmi, exclusivity.

    Raises
    ------
    ValueError
        If an option is out of range, or the corpus has too few terms or units.

    Notes
    -----
    The criteria disagree by nature: perplexity tends to fall with more topics, stability with fewer, and exclusivity and
    coherence are of top terms only. Say which one decided. Fits leave the held-out units out, so that the topics here are
    not quite those of `fit_topics` with the same number; flag those by `check_topics`.

    References
    ----------
    Wallach and others (2009), Evaluation methods for topic models; Greene, O'Callaghan and Cunningham (2014), How many
    topics?; Roberts, Stewart and Tingley (2014), stm: an R package (searchK).

    Examples
    --------
    >>> from fzanalytics import load_sample
    >>> choice = topic_choice(load_sample(), n_topics=(4, 8), n_seeds=2, n_resamples=1)
    >>> choice.numbers[["n_topics", "n_pairs"]].to_numpy().tolist(), len(choice.topics), len(choice.runs)
    ([[4, 1], [8, 1]], 12, 6)
    """
    chosen = choose_backend(model, backend)
    numbers = check_numbers(n_topics)
    check_runs(n_seeds, min_cosine, n_jobs)
    units = prepare_units(
        corpus, unit=unit, analyzer=choose_analyzer(mask, analyzer), min_df=min_df, max_df=max_df, passages=passages
    )
    check_size(units, max(numbers))
    generator = make_generator(random_state, "topics", "held out")
    held = split_units(units.counts, units.documents, share=share, hold_out=hold_out, generator=generator)
    rounds = choose_rounds(model, chosen, max_iter)
    setup = set_up(units, model=model, backend=chosen, max_iter=rounds, held=held, resample=resample)
    check_resample(resample, n_resamples, setup.documents)
    plans = seed_plans(numbers, n_seeds, model, chosen, random_state)
    first = {plan.n_topics: plan.seed for plan in reversed(plans)}
    plans += [Plan(number, "sample", run, first[number]) for number in numbers for run in range(1, n_resamples + 1)]
    runs = make_runs(setup, units, plans, cache=cache, n_jobs=n_jobs, progress=progress)
    topics = [topic_rows(number, runs, units, min_cosine, samples=True) for number in numbers]
    return TopicChoice(
        numbers=pd.DataFrame([_row(number, runs, min_cosine) for number in numbers]),
        topics=pd.concat(topics, ignore_index=True),
        runs=pd.DataFrame([_run_row(plan, run) for plan, run in runs.items()]),
        settings={
            "model": model,
            "backend": chosen,
            "unit": unit,
            "n_units": units.counts.shape[0],
            "n_heldout_units": held.first.shape[0],
            "hold_out": hold_out,
            "resample": resample,
            "min_cosine": min_cosine,
            "max_iter": rounds,
            "perplexity_unigram": float(np.exp(-score_unigram(held))),
        },
    )


def _row(number: int, runs: Mapping[Plan, Run], min_cosine: float) -> dict[str, object]:
    fits, samples = runs_of(runs, number, "seed"), runs_of(runs, number, "sample")
    perplexities = np.exp([-run.log_likelihood for run in fits])
    row = number_row(number, runs, min_cosine)
    return {
        "n_topics": number,
        "perplexity": float(perplexities.mean()),
        "perplexity_min": float(perplexities.min()),
        "perplexity_max": float(perplexities.max()),
        **{name: row.pop(name) for name in ("c_v", "npmi", "exclusivity")},
        **row,
        "n_unconverged": sum(not run.converged for run in [*fits, *samples]),
    }


def _run_row(plan: Plan, run: Run) -> dict[str, object]:
    return {
        "n_topics": plan.n_topics,
        "kind": plan.kind,
        "run": plan.number,
        "perplexity": float(np.exp(-run.log_likelihood)),
        **{name: mean_of_known([getattr(run, name)]) for name in ("c_v", "npmi", "exclusivity")},
        "n_iter": run.n_iter,
        "converged": run.converged,
    }

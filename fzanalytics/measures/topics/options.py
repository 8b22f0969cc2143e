"""What all ways to fit topics are asked, and what they refuse. Shape letters: C units, V vocabulary, K topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

import numpy as np

from fzanalytics.base.options import check_jobs, check_number
from fzanalytics.base.seeds import RandomState, integer_seed
from fzanalytics.features.masks import MaskKind
from fzanalytics.features.tokens import Analyzer, PolicyAnalyzer
from fzanalytics.measures.topics.models import DEFAULT_BACKENDS, DEFAULT_ITERATIONS, SEEDED, Backend, Floats
from fzanalytics.measures.topics.units import TopicUnits

#: Prior tokens of the seed words of one topic, as a share of the tokens that a topic has on average.
SEED_WEIGHT = 0.05


class SeedWords(NamedTuple):
    """The seed words of each named topic that are in the vocabulary (as columns), and those that are not."""

    names: list[str]
    found: list[list[int]]
    missing: list[list[str]]


def choose_analyzer(mask: Iterable[MaskKind], analyzer: Analyzer | None) -> Analyzer:
    """The analyzer as given, or the policy analyzer with the mask."""
    return PolicyAnalyzer(mask=mask) if analyzer is None else analyzer


def choose_backend(model: str, backend: str | None) -> Backend:
    """The library as given, or the default of the model."""
    chosen = DEFAULT_BACKENDS.get(model) if backend is None else backend
    if (model, chosen) not in DEFAULT_ITERATIONS:
        known = " or ".join(f"{one!r} by {other!r}" for one, other in DEFAULT_ITERATIONS)
        raise ValueError(f"`model` and `backend` must be {known}; got {model!r} by {backend!r}. Choose one of these.")
    return cast(Backend, chosen)


def seed_of(random_state: RandomState, model: str, backend: str, n_topics: int, run: int) -> int:
    """The seed of one run; of run 0, that of `fit_topics`."""
    return integer_seed(random_state, "topics", model, backend, n_topics, run)


def choose_rounds(model: str, backend: str, max_iter: int | None) -> int:
    """The rounds as given, or the default."""
    remedy = "Leave it out for the default."
    check_number(max_iter, name="max_iter", within="[1, inf)", whole=True, optional=True, remedy=remedy)
    return DEFAULT_ITERATIONS[model, backend] if max_iter is None else int(max_iter)


def check_n_topics(n_topics: object) -> None:
    """Refuse all but a whole number of at least 2."""
    if isinstance(n_topics, bool) or not isinstance(n_topics, int | np.integer) or cast(int, n_topics) < 2:
        raise ValueError(
            f"`n_topics` must be a whole number of at least 2; got {n_topics!r}. Use `topic_choice` to choose one."
        )


def check_numbers(n_topics: object) -> list[int]:
    """The numbers of topics to try, each once."""
    numbers = list(n_topics) if isinstance(n_topics, Iterable) and not isinstance(n_topics, str) else []
    if not numbers:
        raise ValueError(f"`n_topics` must be several whole numbers; got {n_topics!r}. For one, write (8,).")
    for number in numbers:
        check_n_topics(number)
    return list(dict.fromkeys(map(int, numbers)))


def check_runs(n_seeds: int, min_cosine: float, n_jobs: int, *, least: int = 2) -> None:
    """Refuse too few runs, a threshold that is no cosine, and what is no number of processes."""
    remedy = "One run has nothing to be compared with." if least else "Take 3."
    check_number(n_seeds, name="n_seeds", within=f"[{least}, inf)", whole=True, remedy=remedy)
    check_number(min_cosine, name="min_cosine", within="[0, 1]", remedy="Use the default 0.7.")
    check_jobs(n_jobs)


def check_seed_weight(seed_weight: float) -> None:
    """Refuse what is no share."""
    check_number(seed_weight, name="seed_weight", remedy=f"It is a share in (0, 1], such as {SEED_WEIGHT}.")
    if not 0 < seed_weight <= 1:
        raise ValueError(f"`seed_weight` must be in (0, 1]; got {seed_weight!r}. Use the default {SEED_WEIGHT}.")


def check_size(units: TopicUnits, n_topics: int) -> None:
    """Refuse more topics than there are units or terms."""
    size = min(units.counts.shape)
    if n_topics > size:
        raise ValueError(
            f"`n_topics` must be at most the number of units and of terms; got {n_topics} for "
            f"{units.counts.shape[0]} units and {units.counts.shape[1]} terms. Use fewer topics or more text."
        )


def find_seeds(seed_words: Mapping[str, Iterable[str]], vocabulary: Iterable[Any]) -> SeedWords:
    """Look the seed words up in the vocabulary.

    Raises
    ------
    ValueError
        If there is no topic, a topic is left without a word of the vocabulary, or its words are one string.
    """
    if not seed_words:
        raise ValueError("`seed_words` must name at least one topic; got none. Leave it out for topics without seeds.")
    column = {str(term): position for position, term in enumerate(vocabulary)}
    names, found, missing = [], [], []
    for name, words in seed_words.items():
        listed = list(dict.fromkeys(words))
        if isinstance(words, str) or not all(isinstance(word, str) for word in listed):
            raise ValueError(f"`seed_words` must give a list of words for each topic; got {words!r} for {name!r}.")
        names.append(str(name))
        found.append([column[word] for word in listed if word in column])
        missing.append([word for word in listed if word not in column])
        if not found[-1]:
            raise ValueError(
                f"`seed_words` must hold a word of the vocabulary for each topic; got none for {name!r} "
                f"({', '.join(missing[-1]) or 'no words'}). Look at what the analyzer makes of them, or lower `min_df`."
            )
    return SeedWords(names, found, missing)


def prior_of_seeds(seeds: SeedWords, units: TopicUnits, n_topics: int, seed_weight: float) -> Floats:
    """Prior tokens of each term in each topic, shape (K, V): 1/K, and more for the seed words in their topics."""
    if len(seeds.names) > n_topics:
        raise ValueError(
            f"`seed_words` must name at most `n_topics` topics; got {len(seeds.names)} for {n_topics}. Raise `n_topics`."
        )
    prior = np.full((n_topics, units.counts.shape[1]), 1 / n_topics)
    tokens = float(units.counts.sum()) / n_topics
    for topic, columns in enumerate(seeds.found):
        prior[topic, columns] += seed_weight * tokens / len(columns)
    return prior


def check_seeded(model: str, backend: str) -> None:
    """Refuse seed words where a library takes no prior of single words."""
    if (model, backend) not in SEEDED:
        raise ValueError(
            f"`seed_words` must be used with 'lda' by 'em' or by 'gensim'; got {model!r} by {backend!r}, which takes no "
            "prior of single words. Leave `backend` out."
        )

"""Many fits of the same units: in parallel, resumable, the same whatever the number of workers.

Shape letters: C units, V vocabulary, K topics.
"""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy import sparse
from tqdm.auto import tqdm

from fzanalytics.base.files import sha256_of, write_bytes_atomically
from fzanalytics.base.options import check_number
from fzanalytics.measures.topics.heldout import HeldOut, score_completion
from fzanalytics.measures.topics.models import Backend, Floats, Model, fit_model, match_topics
from fzanalytics.measures.topics.quality import quality_scores
from fzanalytics.measures.topics.units import TermStream, TopicUnits, fingerprint, stream_of_terms

#: Changes whenever a run would come out otherwise with the same settings and libraries.
RUN_FORMAT = 1
#: Libraries that a run depends on.
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "gensim")
#: Fewer documents than this are not resampled as documents.
MIN_DOCUMENTS = 30

_log = logging.getLogger(__name__)


class Plan(NamedTuple):
    """One fit to make: a seed of its own on all units, or units drawn with replacement from the start of run 0."""

    n_topics: int
    kind: Literal["seed", "sample"]
    number: int
    seed: int


class Setup(NamedTuple):
    """What all fits of a grid have in common."""

    counts: sparse.csr_matrix
    stream: TermStream
    documents: np.ndarray[Any, Any]
    model: Model
    backend: Backend
    max_iter: int
    held: HeldOut | None = None
    prior: Floats | None = None
    resample: Literal["unit", "document"] = "unit"


class Run(NamedTuple):
    """What is kept of one fit; arrays are of shape (K, V) and (K,). `log_likelihood` is NaN where nothing is held out."""

    topic_terms: Floats
    prevalence: Floats
    c_v: Floats
    npmi: Floats
    exclusivity: Floats
    log_likelihood: float
    n_iter: int
    converged: bool


def set_up(units: TopicUnits, **options: Any) -> Setup:
    """Units as arrays, with the options of `Setup`."""
    codes, _ = pd.factorize(units.documents)
    return Setup(units.counts, stream_of_terms(units), codes, **options)


def check_resample(resample: str, n_resamples: int, documents: np.ndarray[Any, Any]) -> None:
    """Refuse a negative number of samples, and samples of a handful of documents."""
    check_number(n_resamples, name="n_resamples", within="[0, inf)", whole=True, remedy="Use the default.")
    if resample not in ("unit", "document"):
        raise ValueError(f"`resample` must be 'unit' or 'document'; got {resample!r}. The first is usual.")
    n = len(np.unique(documents))
    if resample == "document" and n_resamples and n < MIN_DOCUMENTS:
        raise ValueError(
            f"`resample` 'document' must have at least {MIN_DOCUMENTS} documents with terms; got {n}. Resample units."
        )


def make_runs(
    setup: Setup,
    units: TopicUnits,
    plans: Sequence[Plan],
    *,
    cache: str | Path | None = None,
    n_jobs: int = 1,
    progress: bool = False,
) -> dict[Plan, Run]:
    """Make every planned fit, or take it from the cache; in the order of `plans`.

    Parameters
    ----------
    setup, units : Setup, TopicUnits
    plans : sequence of Plan
    cache : path, optional
        A folder, made if it is not there: each fit is a file of its own as soon as it is done, written whole or not at
        all, so that an interrupted grid goes on where it stopped. The name is a hash of the counts, the order of the
        terms, all settings and the versions of the libraries: nothing stale is ever read. Delete it at will.
    n_jobs, progress
        As joblib counts, and whether a bar is shown.
    """
    files: list[Path | None] = [None] * len(plans)
    if cache is not None:
        folder = Path(cache)
        folder.mkdir(parents=True, exist_ok=True)
        common = _identity(setup, units)
        files = [folder / f"topics-{_digest({**common, 'plan': list(plan)})}.npz" for plan in plans]
    # The largest fits first, so that no worker is left with one at the end.
    order = sorted(range(len(plans)), key=lambda position: -plans[position].n_topics)
    done = Parallel(n_jobs=n_jobs, return_as="generator_unordered", max_nbytes=None)(
        delayed(_numbered_run)(position, setup, plans[position], files[position]) for position in order
    )
    bar: Iterable[tuple[int, Run]] = tqdm(done, total=len(plans), desc="topics", disable=not progress)
    found = dict(bar)
    return {plan: found[position] for position, plan in enumerate(plans)}


def one_run(setup: Setup, plan: Plan) -> Run:
    """Fit and score once."""
    train = np.arange(setup.counts.shape[0]) if setup.held is None else setup.held.train
    sampled = plan.kind == "sample"
    rows = _drawn(train, setup, plan) if sampled else train
    fitted = fit_model(
        sparse.csr_matrix(setup.counts[rows]),
        model=setup.model,
        backend=setup.backend,
        n_topics=plan.n_topics,
        seed=plan.seed,
        max_iter=setup.max_iter,
        prior=setup.prior,
        spread_start=not sampled,
    )
    scores = quality_scores(fitted.topic_terms, setup.stream)
    tokens = np.asarray(setup.counts[rows].sum(axis=1)).ravel()
    weights = tokens @ np.nan_to_num(fitted.unit_topics)
    held = setup.held
    return Run(
        topic_terms=fitted.topic_terms,
        prevalence=weights / weights.sum(),
        c_v=scores["c_v"].to_numpy(),
        npmi=scores["npmi"].to_numpy(),
        exclusivity=scores["exclusivity"].to_numpy(),
        log_likelihood=np.nan if held is None else score_completion(fitted.topic_terms, fitted.alpha, held),
        n_iter=fitted.n_iter,
        converged=fitted.converged,
    )


def cosines_with(first: Floats, others: Iterable[Run]) -> Floats:
    """Cosines of topics with their matches in each other run, shape (K, runs)."""
    found = [match_topics(first, run.topic_terms)[1] for run in others]
    return np.column_stack(found) if found else np.empty((len(first), 0))


def _drawn(train: np.ndarray[Any, Any], setup: Setup, plan: Plan) -> np.ndarray[Any, Any]:
    """Rows drawn with replacement: units, or all units of drawn documents; in order, as copies stand beside each other."""
    generator = np.random.default_rng([plan.seed, plan.number])
    if setup.resample == "unit":
        return np.sort(train[generator.integers(len(train), size=len(train))])
    owners = setup.documents[train]
    present = np.unique(owners)
    times = np.bincount(generator.integers(len(present), size=len(present)), minlength=len(present))
    return np.repeat(train, times[np.searchsorted(present, owners)])


def _numbered_run(position: int, setup: Setup, plan: Plan, file: Path | None) -> tuple[int, Run]:
    known = None if file is None else _read_run(file)
    if known is not None:
        return position, known
    run = one_run(setup, plan)
    if file is not None:
        write_bytes_atomically(file, _bytes_of(run))
    return position, run


def _bytes_of(run: Run) -> bytes:
    stream = io.BytesIO()
    arrays: dict[str, Any] = {name: np.asarray(value) for name, value in run._asdict().items()}
    np.savez(stream, **arrays)
    return stream.getvalue()


def _read_run(file: Path) -> Run | None:
    """A run from its file; None if there is none, or one that cannot be read."""
    if not file.exists():
        return None
    try:
        with np.load(file, allow_pickle=False) as held:
            values = {name: held[name] for name in Run._fields}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
        _log.warning("%s cannot be read; its run is made anew", file)
        return None
    single = {"log_likelihood": float, "n_iter": int, "converged": bool}
    return Run(**{name: single[name](value) if name in single else value for name, value in values.items()})


def _identity(setup: Setup, units: TopicUnits) -> dict[str, Any]:
    """Everything but the plan that decides how a run comes out."""
    held, prior = setup.held, setup.prior
    return {
        "format": RUN_FORMAT,
        "units": fingerprint(units, setup.stream),
        "model": setup.model,
        "backend": setup.backend,
        "max_iter": setup.max_iter,
        "resample": setup.resample,
        "held": None if held is None else _hash_arrays(held.train, *_parts(held.first), *_parts(held.second)),
        "prior": None if prior is None else _hash_arrays(prior),
        "versions": {name: version(name) for name in _LIBRARIES},
    }


def _parts(matrix: sparse.csr_matrix) -> tuple[np.ndarray[Any, Any], ...]:
    return matrix.indptr, matrix.indices, matrix.data


def _hash_arrays(*arrays: np.ndarray[Any, Any]) -> str:
    return sha256_of(b"|".join(np.ascontiguousarray(one).tobytes() for one in arrays))


def _digest(identity: dict[str, Any]) -> str:
    return sha256_of(json.dumps(identity, sort_keys=True).encode("utf-8"))[:40]

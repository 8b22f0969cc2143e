"""Topic models on some 20,000 clauses: time, held-out perplexity and NPMI beside gensim; and a whole choice of K.

    FZANALYTICS_DATA=... python benchmarks/topics.py [--only fit grid seeds] [--quick] [--topics 20] [--jobs 2] [--n 8 12 ...]

fit     LDA at K = 20: the backends of `fit_topics` and gensim's LdaModel with one pass (its default) and more, online and
        batch (the backend "gensim" is the batch one), in one process and on one core; --quick leaves out all that is
        slow by itself
grid    `topic_choice` over 8 numbers of topics and 5 seeds (and 2 samples of units each), into a cache, in a process that
        is killed after a third of the fits and started again; at most 600 s on 2 cores
seeds   least, mean and largest perplexity and NPMI over seeds: 6 of EM, 3 of gensim in batch (these take minutes)

The corpus: the numbered clauses (headings with them) of 136 laws of six families, 36 city reports and 30 State Council
documents: 23,708 clauses, none drawn twice, of which 19,633 hold a term that is in at least 5 clauses and no place or
agency. A tenth of the clauses is held out, the same for all. Perplexity is by document completion with the same EM for
the shares of the held-out clauses whatever the model; for gensim the better of that and of its own inference is given.
NPMI is of the top 10 terms on all clauses, gensim's definition. Times are of one process' processor, fitting alone.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

import fzanalytics as fz
from fzanalytics.measures.topics.choice import topic_choice
from fzanalytics.measures.topics.heldout import FLOOR, HeldOut, score_completion, score_unigram, split_units
from fzanalytics.measures.topics.models import DEFAULT_ITERATIONS, fit_model
from fzanalytics.measures.topics.quality import quality_scores
from fzanalytics.measures.topics.units import TopicUnits, prepare_units, stream_of_terms

PARTS = ("fit", "grid", "seeds")
GRID = (5, 10, 15, 20, 25, 30, 40, 50)
OPTIONS: dict[str, object] = {"unit": "clause", "min_df": 5, "max_df": 0.5}


def corpus_of_clauses() -> fz.Corpus:
    folder = Path(os.environ["FZANALYTICS_DATA"])
    files = [
        *sorted((folder / "law_families").rglob("*.md")),
        *sorted((folder / "city_reports/txt").glob("*")),
        *sorted((folder / "state_council/txt").glob("*")),
    ]
    texts = {path.stem: path.read_text(encoding="utf-8") for path in files}
    return fz.read_corpus(pd.DataFrame({"doc_id": list(texts), "text": list(texts.values())}))


def material() -> tuple[TopicUnits, HeldOut]:
    analyzer = fz.PolicyAnalyzer(mask=("place", "agency"))
    units = prepare_units(corpus_of_clauses(), analyzer=analyzer, **OPTIONS)  # type: ignore[arg-type]
    generator = np.random.default_rng(0)
    held = split_units(units.counts, units.documents, share=0.1, hold_out="unit", generator=generator)
    print(
        f"{units.counts.shape[0]:,} clauses, {units.counts.shape[1]:,} terms, {int(units.counts.sum()):,} tokens; ",
        end="",
    )
    print(f"one topic: perplexity {np.exp(-score_unigram(held)):.0f}", flush=True)
    return units, held


def gensim_fit(counts: sparse.csr_matrix, n_topics: int, seed: int, **options: int):
    from gensim.matutils import Sparse2Corpus
    from gensim.models import LdaModel

    bags = list(Sparse2Corpus(counts, documents_columns=False))
    return lambda: LdaModel(
        corpus=bags,
        id2word={column: str(column) for column in range(counts.shape[1])},
        num_topics=n_topics,
        random_state=seed,
        **options,
    )


def own_score(model, held: HeldOut) -> float:
    """As `score_completion`, with the shares that gensim itself infers."""
    from gensim.matutils import Sparse2Corpus

    gamma, _ = model.inference(list(Sparse2Corpus(held.first, documents_columns=False)))
    shares = gamma / gamma.sum(axis=1, keepdims=True)
    topics = (1 - FLOOR) * model.get_topics() + FLOOR * held.background
    second = held.second.tocoo()
    found = np.einsum("ij,ij->i", shares[second.row], topics.T[second.col])
    return float(second.data @ np.log(found)) / float(second.data.sum())


def timed(function: Callable[[], object]) -> tuple[object, float]:
    begin = time.process_time()
    made = function()
    return made, time.process_time() - begin


def part_fit(n_topics: int, quick: bool) -> None:
    units, held = material()
    stream = stream_of_terms(units)
    counts = sparse.csr_matrix(units.counts[held.train])
    rows = []
    for backend in ("em",) if quick else ("em", "sklearn"):
        rounds = DEFAULT_ITERATIONS["lda", backend]
        fitted, seconds = timed(
            lambda backend=backend, rounds=rounds: fit_model(
                counts, model="lda", backend=backend, n_topics=n_topics, seed=0, max_iter=rounds
            )
        )
        name = f"fit_topics, {backend}, {fitted.n_iter} rounds"
        rows.append((name, seconds, score_completion(fitted.topic_terms, fitted.alpha, held), fitted.topic_terms))
    settings = ({"passes": 1}, {"passes": 5}, {"passes": 20}, {"passes": 20, "update_every": 0})
    for options in settings[: 2 if quick else None]:
        model, seconds = timed(gensim_fit(counts, n_topics, 0, **options))
        topics = np.asarray(model.get_topics(), dtype=float)
        score = max(score_completion(topics, np.asarray(model.alpha, dtype=float), held), own_score(model, held))
        rows.append((f"gensim LdaModel, {options}", seconds, score, topics))
    first = rows[0][1]
    print(f"{'':55}{'seconds':>8}{'ratio':>7}{'perplexity':>12}{'NPMI':>8}{'c_v':>7}{'FREX':>7}")
    for name, seconds, score, topics in rows:
        quality = quality_scores(topics, stream).mean()
        print(
            f"{name:55}{seconds:8.1f}{seconds / first:7.1f}{np.exp(-score):12.0f}{quality['npmi']:8.3f}"
            f"{quality['c_v']:7.3f}{quality['exclusivity']:7.3f}",
            flush=True,
        )


def part_seeds(n_topics: int) -> None:
    units, held = material()
    stream = stream_of_terms(units)
    counts = sparse.csr_matrix(units.counts[held.train])
    for name, n_seeds in (("em", 6), ("gensim, 20 passes, batch", 3)):
        found = []
        for seed in range(n_seeds):
            if name == "em":
                fitted = fit_model(counts, model="lda", backend="em", n_topics=n_topics, seed=seed, max_iter=200)
                topics = fitted.topic_terms
            else:
                model = gensim_fit(counts, n_topics, seed, passes=20, update_every=0)()
                topics = np.asarray(model.get_topics(), dtype=float)
            perplexity = np.exp(-score_completion(topics, np.full(n_topics, 1 / n_topics), held))
            found.append((perplexity, quality_scores(topics, stream)["npmi"].mean()))
        table = pd.DataFrame(found, columns=["perplexity", "npmi"])
        print(f"{name:26}", table.agg(["min", "mean", "max"]).round(3).to_dict("list"), flush=True)


def part_grid(numbers: list[int], jobs: int) -> None:
    """Started, killed after a third of the files, started again; the first process pays for reading too."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--run", folder, "--jobs", str(jobs), "--n", *map(str, numbers)]
        begin = time.perf_counter()
        first = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wanted = len(numbers) * 7 // 3
        while len(list(Path(folder).glob("*.npz"))) < wanted and first.poll() is None:
            time.sleep(0.2)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        there = len(list(Path(folder).glob("*.npz")))
        print(f"killed after {time.perf_counter() - begin:.0f} s with {there} of {len(numbers) * 7} fits", flush=True)
        subprocess.run(command, check=True)
        print(f"whole, both processes: {time.perf_counter() - begin:.0f} s on {jobs} cores", flush=True)


def run_grid(folder: str, numbers: list[int], jobs: int) -> None:
    corpus = corpus_of_clauses()
    begin = time.perf_counter()
    choice = topic_choice(corpus, n_topics=numbers, cache=folder, n_jobs=jobs, progress=True, **OPTIONS)  # type: ignore[arg-type]
    print(choice.numbers.round(3).to_string(index=False))
    print(choice, choice.settings)
    print(f"topic_choice: {time.perf_counter() - begin:.0f} s, {choice.runs['n_iter'].sum():,} rounds in all")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--topics", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--n", type=int, nargs="*", default=GRID)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        run_grid(given.run, given.n, given.jobs)
        return
    for part in given.only:
        print(f"--- {part}", flush=True)
        if part == "fit":
            part_fit(given.topics, given.quick)
        elif part == "seeds":
            part_seeds(given.topics)
        else:
            part_grid(list(given.n), given.jobs)


if __name__ == "__main__":
    main()

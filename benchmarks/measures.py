"""Time of every measure of diffusion on many documents, once passages are found.

    python benchmarks/measures.py [--documents 1000] [--chars 6000] [--pairs 50] [--only NAME ...] [--profile NAME]

Goal: all measures on 1,000 documents of 6,000 characters in at most 120 s on 2 cores, passages apart. The documents are
those of `simulate_diffusion`, 20 of one policy: a centre, three provinces and six prefectures, each with a plan and the plan
of the next period. Each copies two fifths of its superior's clauses and a tenth of a neighbour's, with edits, and with dates,
amounts, duties, places and agencies filled in anew, and renews a third of its own plan before. Seeds are fixed. More
documents are more policies: what the documents of one policy share does not grow with their number.

Each measure runs once over all documents. What is asked of one source (coverage) is asked of the first centre; what is asked
of a pair (alignment, changes, succession, added terms) is asked of the first `--pairs` pairs that the tree has, and the lost
original is rebuilt for one policy; the time of one such call is printed too, so that it can be multiplied. What writes files
is left out. The kind "reworded" is a line of its own, which does all of the line before again (that one is not in the total). Simulated
sentences, whose words are all equally common, are its worst case: no word tells few of them apart. Seconds are those of
the processor, and of the wall, which the goal is about: some measures use both cores, and the machine should not be shared.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import resource
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import fzanalytics as fz
from fzanalytics.base.numbering import format_number
from fzanalytics.evaluation.simulation.simulate import simulate_diffusion
from fzanalytics.texts.corpus import Corpus

GOAL = 120.0
#: Lines that the line behind them does again: not in the total.
CONTAINED = ("copying_kinds",)
LINEAGE = "模拟政策"


def make(n_documents: int, n_chars: int) -> tuple[Corpus, pd.DataFrame]:
    """A corpus of policies, and its documents with their superiors and the plans before."""
    words, parts, facts = 48, [], []
    for policy in range(round(n_documents / 20)):
        provinces = [f"模拟{format_number(3 * policy + at)}省" for at in (1, 2, 3)]  # titles tell the policies apart
        regions = ["全国", *provinces, *(f"{one}/{one[2:-1]}{two}市" for one in provinces for two in "甲乙")]
        ids = ["centre", "p01", "p02", "p03", *(f"p0{one}_0{two}" for one in (1, 2, 3) for two in (1, 2))]
        one = simulate_diffusion(
            tree=pd.DataFrame({"region": regions, "doc_id": ids}), n_clauses=round(n_chars / (2.35 * words)), n_sections=10, clause_words=words,
            copy_rate=0.4, kin_copying=0.1, edit_rate=0.02, blanks=("number", "date", "duty", "place", "agency"),
            fill_in=0.5, n_periods=2, renewal=0.3, cites=0.8, mentions=True, random_state=policy,
        )  # fmt: skip
        parts.append(_named(one.corpus, f"a{policy:03d}_"))
        own = one.jurisdictions[["doc_id", "superior", "previous", "period"]]
        facts.append(own.assign(**{name: _prefixed(own[name], f"a{policy:03d}_") for name in own.columns[:3]}))
    tables = {
        name: _in_one_piece(pd.concat([getattr(part, name) for part in parts], ignore_index=True))
        for name in ("documents", "clauses", "paragraphs", "mentions")
    }
    return Corpus(**tables), pd.concat(facts, ignore_index=True)


def _in_one_piece(table: pd.DataFrame) -> pd.DataFrame:
    """Columns of text as in a corpus that was read: where pyarrow is installed, those put together stay in many pieces."""
    text = [name for name in table if isinstance(table[name].dtype, pd.StringDtype)]
    return table.assign(**{name: pd.Series(table[name].tolist(), dtype=table[name].dtype) for name in text})


def _prefixed(ids: pd.Series, prefix: str) -> list[object]:
    return [prefix + one if isinstance(one, str) else pd.NA for one in ids]


def _named(corpus: Corpus, prefix: str) -> Corpus:
    """The corpus of one policy under names of its own."""
    names = {"doc_id", "clause_id", "paragraph_id", "parent_ids"}
    tables = {}
    for name in ("documents", "clauses", "paragraphs", "mentions"):
        table = getattr(corpus, name)
        table = table.assign(**{column: _prefixed(table[column], prefix) for column in names & set(table.columns)})
        tables[name] = table
    cited = tables["mentions"]["kind"] == "citation"
    refers = tables["mentions"]["refers_to"].astype(object)
    tables["mentions"]["refers_to"] = refers.where(~cited, pd.Series(_prefixed(refers, prefix), dtype=object))
    tables["documents"]["lineage"] = f"{LINEAGE}{prefix}"
    return Corpus(**tables)


def measures(
    corpus: Corpus, facts: pd.DataFrame, passages: pd.DataFrame, n_pairs: int
) -> dict[str, tuple[int, Callable[[], Any]]]:
    """Each measure with how often it is run, in the order of the documentation."""
    documents, centre, lineage = corpus.documents, "a000_centre", f"{LINEAGE}a000_"
    pairs = facts.dropna(subset="superior")[["superior", "doc_id"]].values.tolist()[:n_pairs]
    plans = facts.dropna(subset="previous")[["previous", "doc_id"]].values.tolist()[:n_pairs]
    texts = dict(zip(corpus.held["doc_id"], corpus.held["text"], strict=True))
    first = facts.loc[(facts["period"] == 1) & facts["doc_id"].str.startswith("a000_"), "doc_id"].tolist()
    below = [name for name in first if name != centre]
    wave = documents[documents["doc_id"].isin(facts.loc[facts["period"] == 1, "doc_id"])]
    roster = wave.loc[wave["doc_id"].isin(below), ["region", "level"]]
    days = pd.date_range("2016-01-31", periods=24, freq="90D")
    units = pd.DataFrame(
        [(f"u{unit:02d}", policy, time) for policy in range(len(texts) // 25)
         for unit, time in enumerate(np.random.default_rng(policy).exponential(100, 25))],
        columns=["unit", "policy", "time"],
    )  # fmt: skip

    @cache
    def matrix() -> pd.DataFrame:
        return fz.coverage_matrix(corpus, centre, passages=passages)

    @cache
    def kinds() -> pd.DataFrame:
        return fz.copying_kinds(corpus, passages=passages, min_similarity=None)

    @cache
    def sources() -> pd.DataFrame:
        return fz.infer_sources(corpus)

    @cache
    def lags() -> pd.DataFrame:
        return fz.lag_table(wave, lineage=lineage, roster=roster)

    @cache
    def lines() -> pd.DataFrame:
        return fz.flows(corpus, passages=passages)

    @cache
    def successions() -> list[pd.DataFrame]:
        return [fz.succession(corpus, *pair, passages=passages) for pair in plans]

    # what another measure is made from stands before it, and is counted once
    return {
        "borrowing_share": (1, lambda: fz.borrowing_share(passages, corpus, paragraphs=corpus)),
        "align_pair": (len(pairs), lambda: [fz.align_pair(texts[a], texts[b]) for a, b in pairs]),
        "passage_spread": (1, lambda: fz.passage_spread(passages, corpus)),
        "passage_blanks": (1, lambda: fz.passage_blanks(passages, corpus)),
        "passage_changes": (1, lambda: fz.passage_changes(passages, corpus)),
        "find_boilerplate": (1, lambda: fz.find_boilerplate(corpus)),
        "find_slogans": (1, lambda: fz.find_slogans(corpus)),
        "coverage_matrix": (1, matrix),
        "coverage_curve": (1, lambda: fz.coverage_curve(matrix())),
        "coverage_baselines": (1, lambda: fz.coverage_baselines(corpus, centre, passages=passages)),
        "unmatched_paragraphs": (1, lambda: fz.unmatched_paragraphs(corpus, centre, passages=passages)),
        "attribution": (1, lambda: fz.attribution(corpus, passages=passages)),
        "attribution, clauses": (1, lambda: fz.attribution(corpus, passages=passages, unit="clause")),
        "proxy_text_spans": (1, lambda: fz.proxy_text_spans(corpus, passages=passages)),
        "overlap_baselines": (1, lambda: fz.overlap_baselines(corpus, passages=passages)),
        "baseline_documents": (1, lambda: fz.baseline_documents(corpus)),
        "copying_kinds": (1, kinds),
        "copying_kinds, reworded": (1, lambda: fz.copying_kinds(corpus, passages=passages)),
        "copied_blanks": (1, lambda: fz.copied_blanks(kinds(), corpus)),
        "copying_shares": (1, lambda: fz.copying_shares(kinds())),
        "copying_curve": (1, lambda: fz.copying_curve(kinds())),
        "reinvention": (1, lambda: fz.reinvention(corpus, passages=passages, pool_size=5)),
        "clause_novelty": (1, lambda: fz.clause_novelty(corpus, passages=passages, pool_size=5)),
        "clause_changes": (len(pairs), lambda: [fz.clause_changes(corpus, *one, passages=passages) for one in pairs]),
        "specificity": (1, lambda: fz.specificity(corpus)),
        "flows": (1, lines),
        "flow_edges": (1, lambda: fz.flow_edges(corpus, passages=passages)),
        "flow_totals": (1, lambda: fz.flow_totals(lines())),
        "find_sources": (1, lambda: fz.find_sources(corpus, doc_id=pairs[-1][1])),
        "infer_sources": (1, sources),
        "lineage_graph": (1, lambda: fz.lineage_graph(sources(), corpus)),
        "infer_cascade_network": (1, lambda: fz.infer_cascade_network(units)),
        "timeline": (1, lambda: fz.timeline(corpus)),
        "lag_table": (1, lags),
        "adoption_status": (1, lambda: fz.adoption_status(wave, roster, lineage=lineage, at=list(days))),
        "turnbull": (1, lambda: fz.turnbull(lags()[lags()["since_centre"]], n_resamples=199)),
        "event_history": (
            1, lambda: fz.event_history(wave, roster, lineage=lineage, start="2016-01-01", end="2021-12-31", freq="Q", first_known_is_first=True)
        ),
        "succession": (len(plans), successions),
        "succession_shares": (len(plans), lambda: [fz.succession_shares(one) for one in successions()]),
        "added_terms": (len(plans), lambda: [fz.added_terms(corpus, *pair) for pair in plans]),
        "citation_edges": (1, lambda: fz.citation_edges(corpus)),
        "compare_citations": (1, lambda: fz.compare_citations(corpus, passages)),
        "reconstruct": (1, lambda: fz.reconstruct(corpus, doc_ids=below)),
        "tfidf_similarity": (1, lambda: fz.tfidf_similarity(corpus)),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--chars", type=int, default=6000)
    parser.add_argument("--pairs", type=int, default=50)
    parser.add_argument("--profile", default="")
    parser.add_argument("--only", nargs="+", default=[])
    given = parser.parse_args()
    begin = time.process_time()
    corpus, facts = make(given.documents, given.chars)
    n, n_chars = len(corpus.held), int(corpus.held["n_chars"].sum())
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; {n} documents, {n_chars / n:,.0f} characters each; "
          f"made in {time.process_time() - begin:.0f} s")  # fmt: skip
    begin, wall = time.process_time(), time.perf_counter()
    passages = fz.find_passages(corpus, min_chars=12)
    print(f"find_passages, not in the total: {time.process_time() - begin:.1f} s of the processor, "
          f"{time.perf_counter() - wall:.1f} s; {len(passages):,} passages", flush=True)  # fmt: skip
    total = walls = 0.0
    for name, (times, work) in measures(corpus, facts, passages, given.pairs).items():
        if given.only and name not in given.only:
            continue
        if given.profile == name:
            profile = cProfile.Profile(time.process_time)  # the machine may be shared
            profile.runcall(work)
            pstats.Stats(profile).sort_stats("cumtime").print_stats(25)
            continue
        begin, wall = time.process_time(), time.perf_counter()
        work()
        spent, passed = time.process_time() - begin, time.perf_counter() - wall
        if name not in CONTAINED:
            total, walls = total + spent, walls + passed
        print(
            f"{name:24} {times:5}x  {spent:8.2f} s  wall {passed:8.2f} s"
            + (f"  {1000 * spent / times:7.1f} ms each" if times > 1 else ""),
            flush=True,
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    verdict = (
        "" if given.documents != 1000 or given.only else f"   goal {GOAL:.0f}: {'kept' if walls <= GOAL else 'MISSED'}"
    )
    print(f"all measures: {total:.1f} s of the processor, wall {walls:.1f} s; peak memory {peak:,.0f} MB{verdict}")


if __name__ == "__main__":
    main()

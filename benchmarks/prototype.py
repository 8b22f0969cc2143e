"""Rebuild the parents of the law families from their descendants, and compare with voting and with the best descendant.

    python benchmarks/prototype.py --data FOLDER [--out FILE.csv]

FOLDER holds the folder law_families (registry.csv, raw/). The parent is taken away; only descendants whose version is
younger than the version of the parent that is held are used. The best descendant and the best k of the voting are chosen
by the truth, which the rebuilt text is not. Constants were set on air and heritage_town; the other families are reported
apart. Families other than the registry's run the same way.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import pandas as pd

from fzanalytics.measures.lineage.proto_scores import (
    prototype_letters,
    score_grams,
    score_prototype,
    split_letters,
    vote_ngrams,
)
from fzanalytics.measures.lineage.prototype import reconstruct
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.datasets import LAW_FAMILIES, fetch_law_family

SET_ON = ("air", "heritage_town")
KINDS = ("gram", "character", "sentence", "paired")


def rebuild_family(corpus: Corpus, parent: str) -> pd.DataFrame:
    """Scores of every method for one parent; empty if fewer than two provinces have younger descendants."""
    documents = corpus.documents.set_index("doc_id")
    truth, dated = str(documents.loc[parent, "text"]), documents.loc[parent, "dated"]
    younger = documents[(documents["level"] != "national") & (documents["dated"] > dated)]
    n_lines = younger["region"].str.split("/").str[0].nunique()
    if n_lines < 2:
        return pd.DataFrame()
    texts = list(younger["text"])
    rows = []
    for k in (1, 2, 3, 4):
        rows.append({"method": "voting", "option": k, "seconds": 0.0, **score_prototype(vote_ngrams(texts, k), truth)})
    for doc_id, text in zip(younger.index, texts, strict=True):
        rows.append(
            {"method": "descendant", "option": doc_id, "seconds": 0.0, **score_prototype(split_letters(text), truth)}
        )
    for least in (2, 1):
        begin = time.perf_counter()
        rebuilt = reconstruct(
            corpus, doc_ids=list(younger.index), min_witnesses=least, title=str(documents.loc[parent, "title"])
        )
        seconds = time.perf_counter() - begin
        scores = score_prototype(prototype_letters(rebuilt.stretches), truth)
        rows.append({"method": "prototype", "option": least, "seconds": seconds, **scores})
    return pd.DataFrame(rows).assign(parent=parent, n_documents=len(younger), n_lines=n_lines)


def vote_among_all(corpus: Corpus, parent: str) -> float:
    """The best 6-gram F1 of the voting, over k, among all descendants whatever their date."""
    documents = corpus.documents.set_index("doc_id")
    texts, true = (
        list(documents.loc[documents["level"] != "national", "text"]),
        split_letters(documents.loc[parent, "text"]),
    )
    return max(score_grams(vote_ngrams(texts, k), true).f1 for k in (1, 2, 3, 4))


def best_of(table: pd.DataFrame) -> pd.DataFrame:
    """Of each method the best F1 of each kind, chosen by the truth for voting and descendants; prototypes by option."""
    name = table["method"].where(table["method"] != "prototype", "prototype " + table["option"].astype(str))
    columns = [f"{kind}_f1" for kind in KINDS]
    return table.groupby(["family", "parent", name.rename("method")])[columns].max()


def main() -> int:
    """Run all families and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    tables = []
    known = pd.Series(dtype=float)
    for family in LAW_FAMILIES:
        corpus = fetch_law_family(family, path=options.data / "law_families")
        for parent in corpus.documents.loc[corpus.documents["level"] == "national", "doc_id"]:
            table = rebuild_family(corpus, parent)
            known[parent] = vote_among_all(corpus, parent)
            if len(table):
                tables.append(table.assign(family=family))
    table = pd.concat(tables, ignore_index=True)
    best = best_of(table).round(3)
    write = sys.stdout.write
    write(best.swaplevel("parent", "method").sort_index().to_string() + "\n")
    groups = {"set on": best.index.get_level_values("family").isin(SET_ON)}
    groups |= {"others": ~groups["set on"], "all": groups["set on"] | True}
    for name, rows in groups.items():
        means = best[rows].groupby("method").mean()
        ratios = (means / means.loc["voting"]).round(2).add_suffix(" ratio")
        write(f"\n{name}: mean F1, and its ratio to the best voting\n")
        write(pd.concat([means.round(3), ratios], axis=1).to_string() + "\n")
    write("\nvoting among all descendants, older ones too: best 6-gram F1\n" + known.round(2).to_string() + "\n")
    write(f"\nslowest: {table['seconds'].max():.1f} s\n")
    if options.out:
        table.to_csv(options.out, index=False, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

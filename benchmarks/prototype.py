"""Rebuild the parents of the law families from their descendants, and compare with voting and with the best descendant.

    python benchmarks/prototype.py --data FOLDER [--out FILE.csv]

FOLDER holds the folder law_families (registry.csv, edges.csv, raw/). A family is a national law with all its descendants, or
a provincial one with at least four cities that name it as their basis; there each city is a line. The parent is taken away;
only descendants whose version is younger than the version of the parent that is held are used. Every method is scored by the
same function (`score_prototype`). The best descendant and the best k of the voting are chosen by the truth, which the
rebuilt text is not: "voting" takes the best k of each family and each score, "voting, one k" the k of the best mean over the
families. The ceiling knows the truth, too: sentences of the descendants, those first of whose letters most stand in the
parent, of the best of five lengths.

What was chosen on what: the numbers of the odds were fitted on the families of `SET_ON`. That the two odds are averaged was
chosen by leaving out one subject at a time, on all families; the spread by which sentences come in (`proto_kin`), of whose
numbers none was fitted, and the three numbers of length and phrases (`SHORTEST`, `LIKELIER`, `MIN_TRUST`) by looking at all
families. So the families apart from `SET_ON` are reported apart, but took part in these choices; none is unseen. At the
end: how far the confidence of a stretch is the share of its letters that stand in the parent, in runs of six. Families
other than the registry's run the same way.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.evaluation.prototype_scores import (
    VOTE_GRAM,
    grams_of,
    prototype_letters,
    score_prototype,
    split_letters,
    vote_ngrams,
)
from fzanalytics.measures.lineage.proto_units import letters_of
from fzanalytics.measures.lineage.prototype import reconstruct
from fzanalytics.texts.datasets import LAW_FAMILIES, fetch_law_family

SET_ON = ("air", "city_appearance", "heritage_town")
LEAST_CITIES = 4
CEILING_SIZES = (0.5, 0.75, 1.0, 1.5, 2.0)
BINS = (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.001)
KINDS = ("gram", "character", "sentence", "paired")


class Family(NamedTuple):
    """A parent and those of its descendants that are younger; younger: doc_id, text, region and more."""

    topic: str
    level: str
    parent: str
    title: str
    truth: str
    younger: pd.DataFrame


def read_families(folder: Path) -> Iterator[Family]:
    """Families with descendants in at least two independent lines."""
    edges = pd.read_csv(folder / "edges.csv", encoding="utf-8")
    for topic in LAW_FAMILIES:
        documents = fetch_law_family(topic, path=folder).documents
        for row in documents.itertuples(index=False):
            younger = documents[documents["dated"] > row.dated]
            if row.level == "national":
                younger = younger[younger["level"] != "national"]
            elif row.level == "province":
                cities = set(edges.loc[edges["parent_id"] == row.doc_id, "child_id"])
                younger = younger[younger["doc_id"].isin(cities)]
                younger = younger.assign(region=younger["region"].str.split("/").str[-1])
                younger = younger.iloc[: len(younger) if len(younger) >= LEAST_CITIES else 0]
            else:
                continue
            if younger["region"].str.split("/").str[0].nunique() >= 2:
                yield Family(topic, row.level, row.doc_id, row.title, str(row.text), younger.reset_index(drop=True))


def rebuild_family(family: Family) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores of every method for one parent, and (confidence, letters, letters that stand in the parent) by stretch."""
    truth, younger = family.truth, family.younger
    texts = list(younger["text"])
    rows = []
    for k in (1, 2, 3, 4):
        rows.append({"method": "voting", "option": k, "seconds": 0.0, **score_prototype(vote_ngrams(texts, k), truth)})
    for doc_id, text in zip(younger["doc_id"], texts, strict=True):
        rows.append(
            {"method": "descendant", "option": doc_id, "seconds": 0.0, **score_prototype(split_letters(text), truth)}
        )
    for k, scores in enumerate(score_ceiling(texts, truth)):
        rows.append({"method": "ceiling", "option": k, "seconds": 0.0, **scores})
    for least in (2, 1):
        begin = time.perf_counter()
        rebuilt = reconstruct(younger, doc_ids=list(younger["doc_id"]), min_witnesses=least, title=family.title)
        seconds = time.perf_counter() - begin
        scores = score_prototype(prototype_letters(rebuilt.stretches), truth)
        rows.append({"method": "prototype", "option": least, "seconds": seconds, **scores})
        if least == 2:
            right = check_stretches(rebuilt.stretches, truth)
    lines = younger["region"].str.split("/").str[0].nunique()
    about = {"family": family.topic, "parent": family.parent, "n_documents": len(younger), "n_lines": lines}
    about |= {"national": family.level == "national"}
    return pd.DataFrame(rows).assign(**about), right.assign(family=family.topic)


def score_ceiling(texts: list[str], truth: str) -> list[pd.Series]:
    """Scores of the sentences that stand in the parent most, by length of the text; what is said already is left out."""
    true = grams_of(split_letters(truth))
    sentences = sorted({one for text in texts for one in split_letters(text)})
    ranked = sorted(sentences, key=lambda one: (-float(np.mean(mark_found(one, true))), one))
    length = float(np.median([len(letters_of(text)) for text in texts]))
    said: set[str] = set()
    chosen: list[str] = []
    rows = []
    for one in ranked:
        grams = grams_of([one])
        if len(grams & said) > len(grams) / 2:
            continue
        said |= grams
        chosen.append(one)
        if len(rows) < len(CEILING_SIZES) and sum(map(len, chosen)) >= CEILING_SIZES[len(rows)] * length:
            rows.append(score_prototype(chosen, truth))
    return rows


def mark_found(letters: str, true: set[str]) -> NDArray[np.bool_]:
    """Which letters stand in runs of the true text."""
    found = np.zeros(len(letters), dtype=bool)
    for i in range(len(letters) - VOTE_GRAM + 1):
        found[i : i + VOTE_GRAM] |= letters[i : i + VOTE_GRAM] in true
    return found


def check_stretches(stretches: pd.DataFrame, truth: str) -> pd.DataFrame:
    """Of each sentence its confidence, its letters, and those of them that stand in the parent in runs of six."""
    true = grams_of(split_letters(truth))
    rows = []
    for row in stretches[stretches["kind"] == "sentence"].itertuples(index=False):
        found = mark_found(letters_of(row.text), true)
        rows.append({"confidence": row.confidence, "letters": len(found), "found": int(found.sum())})
    return pd.DataFrame(rows)


def best_of(table: pd.DataFrame) -> pd.DataFrame:
    """Of each method the best F1 of each kind, chosen by the truth for voting and descendants; prototypes by option."""
    name = table["method"].where(table["method"] != "prototype", "prototype " + table["option"].astype(str))
    columns = [f"{kind}_f1" for kind in KINDS]
    return table.groupby(["family", "parent", name.rename("method")])[columns].max()


def vote_alike(table: pd.DataFrame) -> pd.DataFrame:
    """Mean F1 of the voting with one k for all families, of each kind the k with the highest."""
    columns = [f"{kind}_f1" for kind in KINDS]
    means = table[table["method"] == "voting"].groupby("option")[columns].mean()
    return means.max().to_frame("voting, one k").T


def calibrate(checks: pd.DataFrame) -> pd.DataFrame:
    """By bins of confidence: letters, mean confidence and the share found, of the families set on and of the others."""
    named = checks.assign(
        families=np.where(checks["family"].isin(SET_ON), "set on", "others"),
        bin=pd.cut(checks["confidence"], list(BINS), right=False),
        weight=checks["confidence"] * checks["letters"],
    )
    sums = named.groupby(["families", "bin"], observed=True)[["letters", "weight", "found"]].sum()
    return pd.DataFrame(
        {
            "letters": sums["letters"],
            "confidence": sums["weight"] / sums["letters"],
            "found": sums["found"] / sums["letters"],
        }
    )


def main() -> int:
    """Run all families and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    tables, checks = [], []
    for family in read_families(options.data / "law_families"):
        table, right = rebuild_family(family)
        tables.append(table)
        checks.append(right)
    table = pd.concat(tables, ignore_index=True)
    best = best_of(table).round(3)
    write = sys.stdout.write
    write(best.swaplevel("parent", "method").sort_index().to_string() + "\n")
    groups = {"set on": best.index.get_level_values("family").isin(SET_ON)}
    national = best.index.get_level_values("parent").isin(table.loc[table["national"], "parent"])
    groups |= {"others": ~groups["set on"], "national": national, "all": national | True}
    for name, rows in groups.items():
        parents = best[rows].index.get_level_values("parent")
        means = pd.concat([best[rows].groupby("method").mean(), vote_alike(table[table["parent"].isin(parents)])])
        ratios = (means / means.loc["voting"]).round(2).add_suffix(" ratio")
        write(f"\n{name}: mean F1, and its ratio to the best voting\n")
        write(pd.concat([means.round(3), ratios], axis=1).to_string() + "\n")
    write("\nconfidence of the stretches, and share of their letters that stand in the parent in runs of six\n")
    write(calibrate(pd.concat(checks)).round(2).to_string() + "\n")
    write(f"\nslowest: {table['seconds'].max():.1f} s\n")
    if options.out:
        table.to_csv(options.out, index=False, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

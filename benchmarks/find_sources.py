"""Recall of `find_sources` on the legal bases that article 1 of a law names, against TF-IDF in the same run.

    FZANALYTICS_DATA=... python benchmarks/find_sources.py

A child is a law or regulation whose legal basis (制定依据) is held and older; the pool is every document whose held version
is older than the child's; any listed parent is a hit; titles and 《》 are masked for every method. The legal basis
need not be the textual source: a peer that the child copied is a miss here. A legal basis is always above the child, which is
known beforehand: so each ranking is also given with all superiors first. Who looks for a legal basis should do so; a
source may be a peer.

Last, how often p of `infer_sources` is small where the source sought is not there: each document beside those of the other
families only, so that no more than the subject or the school of drafting can be shared.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

import fzanalytics as fz
from fzanalytics.measures.diffusion.succession import part_of_corpus
from fzanalytics.measures.inputs import compared_texts
from fzanalytics.measures.reuse.passages import is_above
from fzanalytics.measures.reuse.sources import document_grams, masked_pieces, rank_sources
from fzanalytics.measures.vocabulary.formulas import adjust_p


def family_corpus(folder: Path) -> tuple[fz.Corpus, dict[str, set[str]]]:
    """The corpus of all families, and the parents of each child whose order in time is valid."""
    registry = pd.read_csv(folder / "registry.csv", dtype=str, encoding="utf-8")
    texts = [(folder / "raw" / f"{doc_id}.md").read_text(encoding="utf-8") for doc_id in registry["doc_id"]]
    given = registry[["doc_id", "title", "level", "region"]].assign(dated=registry["version_date"], text=texts)
    edges = pd.read_csv(folder / "edges.csv", dtype=str, encoding="utf-8")
    valid = edges[edges["order"] == "held_version_older"]
    parents = valid.groupby("child_id")["parent_id"].agg(set).to_dict()
    return fz.read_corpus(given), parents


def recall(parents: dict[str, set[str]], ranking: Callable[[str], list[str]]) -> tuple[float, float]:
    hits = [[source in parents[child] for source in ranking(child)] for child in parents]
    return float(np.mean([any(hit[:1]) for hit in hits])), float(np.mean([any(hit[:5]) for hit in hits]))


def superiors_first(ranking: Callable[[str], list[str]], regions: dict[str, str]) -> Callable[[str], list[str]]:
    """The same ranking with the documents of superiors in front."""
    return lambda child: sorted(ranking(child), key=lambda one: not is_above(regions[one], regions[child]))


def p_without_family(corpus: fz.Corpus, families: pd.Series) -> pd.Series:
    """p of the source of each document among those of other families, where there is one."""
    found = []
    for doc_id, family in families.items():
        others = [one for one in families.index if families[one] != family]
        found.append(fz.infer_sources(part_of_corpus(corpus, [*others, doc_id]), targets=[doc_id], n_permutations=199))
    return pd.concat(found)["p"].dropna()


def main() -> None:
    place = os.environ.get("FZANALYTICS_DATA")
    if not place:
        raise SystemExit("FZANALYTICS_DATA must name the folder that holds law_families; it is not set.")
    corpus, parents = family_corpus(Path(place) / "law_families")
    dates = corpus.documents.set_index("doc_id")["dated"]
    pool = {child: [one for one in dates.index if dates[one] < dates[child]] for child in parents}
    regions = corpus.documents.set_index("doc_id")["region"].to_dict()
    grams = document_grams(corpus.documents)
    ranked = {child: rank_sources(child, pool[child], grams, regions) for child in parents}

    titles = corpus.documents.set_index("doc_id")["title"]
    texts = {one: "".join(masked_pieces(text, titles[one])) for one, text in compared_texts(corpus).items()}
    place_of = {one: i for i, one in enumerate(texts)}

    def by_cosine(sublinear: bool) -> Callable[[str], list[str]]:
        vectors = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=sublinear)
        matrix = vectors.fit_transform(["".join(filter(str.isalnum, text)) for text in texts.values()])
        cosine = (matrix @ matrix.T).toarray()
        return lambda child: sorted(pool[child], key=lambda one: -cosine[place_of[child], place_of[one]])

    rankings = {
        "find_sources (score)": lambda child: ranked[child]["source"].tolist(),
        "shared runs only": lambda child: (
            ranked[child].sort_values("shared", ascending=False, kind="stable")["source"].tolist()
        ),
        "TF-IDF, characters 2-3": by_cosine(False),
        "TF-IDF, characters 2-3, sublinear": by_cosine(True),
    }
    print(f"{len(parents)} children, {np.mean([len(p) for p in pool.values()]):.1f} older documents each")
    for name, ranking in rankings.items():
        at_1, at_5 = recall(parents, ranking)
        first_1, first_5 = recall(parents, superiors_first(ranking, regions))
        print(f"{name:36s} recall@1 {at_1:.3f}   recall@5 {at_5:.3f}   superiors first {first_1:.3f} {first_5:.3f}")
    registry = pd.read_csv(Path(place) / "law_families" / "registry.csv", dtype=str, encoding="utf-8")
    p = p_without_family(corpus, registry.set_index("doc_id")["family"])
    small, adjusted = (p <= 0.05).mean(), (adjust_p(p) <= 0.05).mean()
    print(f"family removed: {len(p)} with p; p <= .05: {small:.3f}; p_adjusted <= .05: {adjusted:.3f}")


if __name__ == "__main__":
    main()

"""How far the proxy for the centre is a lower bound: law families whose national law is taken away.

    python benchmarks/proxy.py --data FOLDER [--draws 20]

FOLDER holds the folder law_families (registry.csv, raw/). Of each family the national law and the regulations whose version
is younger than its own. For each of these: the true share of its characters that are in passages shared with the law, and
the share that the proxy gives once the law is not held (`attribution`: text that at least `min_witnesses` other provinces
share). Of each family and at least 2, 3 and 5 provinces: how many texts have a proxy; how often its share is at most the true
one, which a lower bound would always be; the mean of the two shares; and how much of the proxy the law has, of all
characters of the proxy. First with all provinces that there are, then with three drawn at random for each text and draw.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

import fzanalytics as fz
from fzanalytics.measures.attribution.origins import PairSpans, find_witnesses
from fzanalytics.measures.attribution.proxy import proxy_mask
from fzanalytics.measures.inputs import compared_texts
from fzanalytics.measures.reuse.order import DocumentFacts
from fzanalytics.measures.reuse.reduced import text_characters
from fzanalytics.texts.datasets import LAW_FAMILIES

ASKED = (2, 3, 5)
DRAWN = 3


def shares_of(topic: str, folder: Path, n_draws: int) -> Iterator[dict[str, object]]:
    """The true share of each text and that of each proxy, for each national law of the family."""
    corpus = fz.fetch_law_family(topic, path=folder)
    texts, facts = compared_texts(corpus), DocumentFacts(corpus.documents)
    passages = fz.find_passages(corpus)
    spans = PairSpans(passages, facts.ids)
    national = [doc_id for doc_id in facts.ids if facts.level[doc_id] == 0]
    for law in national:
        younger = {name for name in facts.ids if facts.level[name] > 0 and facts.before(law, name)}
        rng = np.random.default_rng(1)
        for name in sorted(younger):
            carries = text_characters(texts[name])
            true = spans.mask(name, len(carries), [law]) & carries
            found = find_witnesses(name, facts)
            every = {
                place: kept for place, others in found.items() if (kept := [one for one in others if one in younger])
            }
            places = sorted(every)
            some = [rng.choice(places, DRAWN, replace=False) for _ in range(n_draws if len(places) > DRAWN else 0)]
            for witnesses, who in [(every, "all"), *(({one: every[one] for one in drawn}, "drawn") for drawn in some)]:
                for asked in ASKED:
                    if len(witnesses) < asked or not carries.any():
                        continue
                    proxy = proxy_mask(name, texts[name], witnesses, spans, asked) & carries
                    yield {
                        "family": topic, "law": law, "doc_id": name, "provinces": who, "min_witnesses": asked,
                        "n_witnesses": len(witnesses), "true": true.sum() / carries.sum(),
                        "stated": proxy.sum() / carries.sum(), "n_proxy": proxy.sum(), "n_right": (proxy & true).sum(),
                    }  # fmt: skip


def tell(rows: pd.DataFrame) -> pd.DataFrame:
    """One line for each group: the mean over texts, and how often the bound holds."""
    held = rows["stated"] <= rows["true"]
    groups = rows.assign(held=held).groupby(["provinces", "min_witnesses", "family"], sort=False)
    table = groups.agg(
        texts=("doc_id", "nunique"), witnesses=("n_witnesses", "mean"), stated=("stated", "mean"), true=("true", "mean"),
        bound_holds=("held", "mean"), n_proxy=("n_proxy", "sum"), n_right=("n_right", "sum"),
    ).reset_index()  # fmt: skip
    table["of_the_law"] = table["n_right"] / table["n_proxy"].where(table["n_proxy"] > 0)
    return table.drop(columns=["n_proxy", "n_right"]).sort_values(["provinces", "min_witnesses", "family"])


def main() -> int:
    """Run all families and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--draws", type=int, default=20)
    given = parser.parse_args()
    folder = given.data / "law_families"
    rows = pd.DataFrame([row for topic in LAW_FAMILIES for row in shares_of(topic, folder, given.draws)])
    write = sys.stdout.write
    write(tell(rows).round(2).to_string(index=False) + "\n\nall families, each text alike\n")
    write(tell(rows.assign(family="all")).round(2).to_string(index=False) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

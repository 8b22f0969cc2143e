"""Cleaning, structure and extraction of a million characters on one core, and how the time grows.

    [FZANALYTICS_DATA=...] python benchmarks/facts.py [--chars 1000000]

Goal: at most 20 s for a million characters, in line with the length. With FZANALYTICS_DATA the texts are city reports, State
Council documents and laws; without it the bundled plans, again and again. Processor time of `read_corpus`, all stages
of it, a text a row.
"""

from __future__ import annotations

import argparse
import os
import time
from itertools import cycle
from pathlib import Path

import pandas as pd

import fzanalytics as fz


def texts_of(n_chars: int) -> list[str]:
    """Texts of so many characters together, the last one cut."""
    folder = os.environ.get("FZANALYTICS_DATA")
    if folder:
        paths = [
            path for kind in ("city_reports/txt", "state_council/txt") for path in sorted(Path(folder, kind).iterdir())
        ]
        paths += sorted(Path(folder, "law_families", "raw").glob("*.md"))
        source = [path.read_text(encoding="utf-8") for path in paths]
    else:
        source = fz.load_sample().held["text"].tolist()
    chosen: list[str] = []
    for text in cycle(source):
        chosen.append(text[: n_chars - sum(map(len, chosen))])
        if sum(map(len, chosen)) >= n_chars:
            return chosen
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chars", type=int, default=1_000_000)
    options = parser.parse_args()
    fz.load_sample()  # dictionaries and tables are read once
    base = 0.0
    for n_chars in (options.chars // 4, options.chars // 2, options.chars):
        table = pd.DataFrame({"text": texts_of(n_chars)})
        begin = time.process_time()
        corpus = fz.read_corpus(table)
        seconds = time.process_time() - begin
        base = base or seconds
        print(
            f"{n_chars:>9,} characters, {len(table):>3} documents: {seconds:6.2f} s ({seconds / base:4.1f} times the first), "
            f"{len(corpus.clauses):,} clauses, {len(corpus.mentions):,} mentions"
        )
    print("goal 20 s: " + ("kept" if seconds <= 20 * options.chars / 1_000_000 else "MISSED"))


if __name__ == "__main__":
    main()

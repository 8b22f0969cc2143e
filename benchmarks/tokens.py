"""Cutting and counting a million characters: jieba alone, and the engine of this package, in one run; and agreement.

    python benchmarks/tokens.py [--runs 3]

The text is the bundled documents, with FZANALYTICS_DATA set also the law families, city reports and State Council
documents, one behind another, repeated to a million characters if they are fewer. "plain jieba" is jieba with the same
dictionary and the model for unknown words, counting with a Counter. Times are processor time; both start warm, and the
cost of the start is printed beside. Agreement is counted over all of the material, not over the million.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import fzanalytics as fz
from fzanalytics.features.engines import choose_engine, cut_words, jieba_tokenizer
from fzanalytics.features.matrices import count_matrix
from fzanalytics.features.tokens import PolicyAnalyzer

LENGTH, UNIT = 1_000_000, 5_000


def material() -> list[str]:
    texts = list(fz.load_sample().held["text"])
    if shared := os.environ.get("FZANALYTICS_DATA"):
        for folder in ("law_families", "city_reports", "state_council"):
            paths = [path for path in sorted(Path(shared, folder).rglob("*")) if path.suffix in {".md", ".txt"}]
            texts += [path.read_text(encoding="utf-8") for path in paths]
    return texts


def seconds(act: Callable[[], object]) -> float:
    begin = time.process_time()
    act()
    return time.process_time() - begin


def plain(texts: list[str]) -> Counter[str]:
    cut = jieba_tokenizer(()).cut
    return Counter(word for text in texts for word in cut(text, HMM=True))


def levelled(texts: list[str]) -> Counter[str]:
    return Counter(word for text in texts for word in cut_words(text, (), "auto"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    texts = material()
    joined = "\n".join(texts)
    million = (joined * (LENGTH // len(joined) + 1))[:LENGTH]
    units = [million[begin : begin + UNIT] for begin in range(0, LENGTH, UNIT)]
    print(f"Python {sys.version.split()[0]}, processor time, median of {runs} runs over {LENGTH:,} characters")
    start = seconds(lambda: jieba_tokenizer(()))
    print(f"start: jieba {start:.2f} s, the other engine {seconds(lambda: choose_engine('auto')):.2f} s more")
    print(f"engine: {choose_engine('auto')}")
    assert plain(units) == levelled(units), "the engines differ"
    jobs: dict[str, Callable[[], object]] = {
        "plain jieba, counted": lambda: plain(units),
        "same tokens, counted": lambda: levelled(units),
        "count_matrix, jieba": lambda: count_matrix(units, analyzer=PolicyAnalyzer(engine="jieba")),
        "count_matrix": lambda: count_matrix(units, analyzer=PolicyAnalyzer()),
    }
    times = {name: statistics.median(seconds(job) for _ in range(runs)) for name, job in jobs.items()}
    base = times["plain jieba, counted"]
    for name, taken in times.items():
        print(f"{name:22} {taken:6.2f} s   {taken / base:5.2f} of plain jieba")
    kept = times["same tokens, counted"] <= base / 2 and times["count_matrix"] <= base / 2
    print(f"goal, at most 0.50: {'kept' if kept else 'MISSED'}")
    differing = sum(list(cut_words(text, (), "jieba")) != list(cut_words(text, (), "auto")) for text in texts)
    n_chars, n_tokens = len(joined), sum(1 for text in texts for _ in cut_words(text, (), "auto"))
    print(f"agreement: {differing} of {len(texts)} texts differ ({n_chars:,} characters, {n_tokens:,} tokens)")


if __name__ == "__main__":
    main()

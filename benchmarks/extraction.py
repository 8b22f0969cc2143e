"""Processor time of the extractors over a million characters, and how it grows with length.

    python benchmarks/extraction.py [--runs 3]

The text is the bundled documents one behind another until the length is reached; with FZANALYTICS_DATA set, those of
law_families are mixed in. Adversarial texts repeat what starts a pattern without ending it; for them the script prints
the ratio of the times at 300,000 and 30,000 characters: about 10 is linear, about 100 quadratic.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import fzanalytics as fz
from fzanalytics.texts.extraction.deadlines import find_deadlines
from fzanalytics.texts.extraction.obligation import find_obligations
from fzanalytics.texts.extraction.quantities import find_quantities

LENGTH, ADVERSARIAL_LENGTH = 1_000_000, 300_000
FINDERS: dict[str, Callable[[str], object]] = {
    "deadlines": lambda text: find_deadlines(text, document={}),
    "quantities": find_quantities,
    "obligation": find_obligations,
}
ADVERSARIAL = (
    "1", "年", "2017年", "20", "每", "每年", "《", "“", "2017年3月至", "自", "之日起", "一", "一百万", "不少于", "要", "1 ", "1,",
    "百分之", "(2015年", "2017-", "今年", "应", "〔2015〕", "十三五", "1年内", "翻", " ", "　", "达到", "2017年,已", "《》", "月底",
)  # fmt: skip


def ordinary_text(length: int) -> str:
    texts = [text for text in fz.load_sample().documents["text"] if isinstance(text, str)]
    if shared := os.environ.get("FZANALYTICS_DATA"):
        paths = sorted(Path(shared, "law_families", "raw").rglob("*.md"))[:40]
        texts += [path.read_text(encoding="utf-8") for path in paths]
    joined = "\n".join(texts)
    return (joined * (length // len(joined) + 1))[:length]


def seconds(find: Callable[[str], object], text: str) -> float:
    begin = time.process_time()
    find(text)
    return time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    text = ordinary_text(LENGTH)
    print(f"Python {sys.version.split()[0]}, median of {runs} runs over {len(text):,} characters")
    total = 0.0
    for name, find in FINDERS.items():
        times = [seconds(find, text) for _ in range(runs)]
        total += statistics.median(times)
        print(f"{name:12} {statistics.median(times):7.3f} s   ({min(times):.3f}, {max(times):.3f})")
    print(f"{'all':12} {total:7.3f} s   goal 3: {'kept' if total <= 3 else 'MISSED'}")
    for name, find in FINDERS.items():
        slowest = []
        for unit in ADVERSARIAL:
            short, long = (
                seconds(find, (unit * (length // len(unit) + 1))[:length])
                for length in (ADVERSARIAL_LENGTH // 10, ADVERSARIAL_LENGTH)
            )
            slowest.append((long, long / short, unit))
        for long, ratio, unit in sorted(slowest, reverse=True)[:5]:
            print(f"{name:12} {unit!r:12} {long:7.3f} s   {ratio:5.1f} times the time of a tenth")


if __name__ == "__main__":
    main()

"""How much of shifted text comes back: clean documents damaged on purpose, read again with a model that never saw them.

    python benchmarks/byte_shift.py [--most 8]

Each document is damaged as a real page was (`damage_bytes`) and repaired with a character model learned from the
other documents and the clean lines of the damaged one (which the repair of a corpus uses as well). Printed: damaged lines,
the share of them that are right to the last character, and the share of the characters that were read again and are right,
by certainty. With FZANALYTICS_DATA, State Council documents are damaged, too.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections import Counter
from pathlib import Path

import fzanalytics as fz
from fzanalytics.base.offsets import Edit, apply_edits
from fzanalytics.evaluation.damage import damage_bytes
from fzanalytics.texts.cleaning.byteshift import learn_characters, repair_byte_shift
from fzanalytics.texts.cleaning.fixers import count_damaged_lines

NOTE = re.compile(r"\([a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{1,6}\)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=8, help="State Council documents to damage (default 8)")
    most = parser.parse_args().most
    texts = fz.load_sample().held.set_index("doc_id")["text"].to_dict()
    names = [name for name in texts if not name.startswith("henan")]
    folder = Path(os.environ.get("FZANALYTICS_DATA", "")) / "state_council" / "txt"
    if os.environ.get("FZANALYTICS_DATA") and folder.is_dir():
        for path in sorted(folder.iterdir()):
            texts[path.stem] = fz.clean(path.read_text(encoding="utf-8"))
        names += sorted(set(texts) - set(names) - {n for n in texts if n.startswith("henan")})[:most]
    total: Counter[str] = Counter()
    for name in names:
        total += report(name, {n: t for n, t in texts.items() if n != name}, texts[name])
    show("all", total)


def report(name: str, others: dict[str, str], text: str) -> Counter[str]:
    begin = time.perf_counter()
    damaged = damage_bytes(
        "\n".join("　　" + line.strip() for line in text.split("\n") if line.strip()), random_state=0
    )
    clean_lines = [line for line in damaged.text.split("\n") if not count_damaged_lines(line) and "?" not in line]
    model = learn_characters([*others.values(), "\n".join(NOTE.sub("", line) for line in clean_lines)])
    repairs, failed = repair_byte_shift(damaged.text, model)
    mended, _ = apply_edits(damaged.text, [Edit(*repair[:3]) for repair in repairs])
    counts: Counter[str] = Counter(not_explained=len(failed))
    spans = list(zip(damaged.faults["begin"], damaged.faults["end"], strict=True))
    faults = {damaged.text.count("\n", 0, begin) for begin, _ in spans}
    certainty = Counter(repair.certainty for repair in repairs for _ in repair.replacement)
    counts.update({f"{key} characters": n for key, n in certainty.items()})
    for index, (new, truth) in enumerate(zip(mended.split("\n"), damaged.truth.split("\n"), strict=True)):
        new, truth = comparable(new), comparable(truth)
        if index not in faults:
            counts["clean lines changed"] += new != truth
            continue
        counts["lines"] += 1
        counts["lines right"] += new == truth
        same = sum(a == b for a, b in zip(new, truth, strict=False)) if len(new) == len(truth) else common(new, truth)
        counts["characters"] += len(truth)
        counts["characters right"] += same
        if new != truth and counts["shown"] < 3:
            counts["shown"] += 1
            i = next((i for i, (a, b) in enumerate(zip(new, truth, strict=False)) if a != b), min(len(new), len(truth)))
            print(f"    line {index}: {new[max(0, i - 6) : i + 8]!r}, in truth {truth[max(0, i - 6) : i + 8]!r}")
    counts["read again"] = sum(certainty.values())
    show(name, counts, time.perf_counter() - begin)
    return counts


def comparable(line: str) -> str:
    """Without notes and spaces, with full-width forms that came back made half-width, as the page has them."""
    line = line.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF01})
    return "".join(NOTE.sub("", line).split())


def common(a: str, b: str) -> int:
    from rapidfuzz.distance import LCSseq

    return LCSseq.similarity(a, b)


def show(name: str, counts: Counter[str], seconds: float | None = None) -> None:
    lines, again = max(counts["lines"], 1), max(counts["read again"], 1)
    wrong = counts["characters"] - counts["characters right"]
    print(
        f"{name:24} {counts['lines']:4} lines damaged, {counts['lines right'] / lines:6.1%} right, "
        f"{again:6} characters read again, {1 - wrong / again:7.2%} right "
        f"(exact {counts['exact characters']}, model {counts['model characters']}, inferred {counts['inferred characters']}); "
        f"{counts['not_explained']} lines not explained, {counts['clean lines changed']} clean lines changed"
        + (f", {seconds:.1f} s" if seconds is not None else "")
    )


if __name__ == "__main__":
    main()

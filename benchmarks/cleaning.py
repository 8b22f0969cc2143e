"""Time of the cleaning by length: a million characters of each kind of text, and adversarial repetition.

    python benchmarks/cleaning.py [--characters 1000000]

Printed for each text: seconds for n/4 and n characters, and their ratio (4 is linear; 16 would be quadratic). Goal:
1,000,000 characters in at most 8 s on one core, and a ratio of at most 8. The material is the bundled corpus repeated, and with
FZANALYTICS_DATA its State Council documents, city reports and laws.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

import fzanalytics as fz
from fzanalytics.evaluation.damage import damage_bytes, misread, plant_slips, plant_widths, wrap_lines
from fzanalytics.texts.cleaning.byteshift import clean_shifted, learn_characters
from fzanalytics.texts.cleaning.slips import find_slips

UNITS = [
    "（", "(", " ", "\n", "\f", "- ", "# ", "**", "?", "?。", "\ufffd", "锟斤拷", "Õþ", "å›", "鏀", "鏀垮簻", "2２", "（a", "a）", "３\n",
    "首页 > ", "打印", "来源：", "建設", "設(shè)", "甲。乙", "20l", "\n\f1", "<!-- ", "依法行政，", "“中 ", "《中 ",
]  # fmt: skip
GOAL_SECONDS, GOAL_RATIO = 8.0, 8.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--characters", type=int, default=1_000_000)
    n = parser.parse_args().characters
    files = fz.load_sample().files.set_index("source")["raw_text"]
    sound = "\n".join(text for name, text in files.items() if not name.startswith("henan"))
    texts = {"bundled, clean": sound, "Henan, Traditional with notes": files["henan_province_2021.txt"]}
    folder = os.environ.get("FZANALYTICS_DATA")
    for name, pattern in [("State Council", "state_council/txt/*"), ("city reports", "city_reports/txt/*")]:
        if folder:
            texts[name] = "\n".join(p.read_text(encoding="utf-8") for p in sorted(Path(folder).glob(pattern)))
    if folder:
        laws = sorted(Path(folder).glob("law_families/raw/*"))
        texts["laws, Markdown"] = "\n".join(p.read_text(encoding="utf-8") for p in laws)
    texts["UTF-8 read as Latin-1"] = misread(sound).text
    texts["UTF-8 read as GBK"] = misread(sound, read="gb18030").text
    texts["wrapped"] = wrap_lines(sound).text
    texts["pages"] = "\n\f".join(wrap_lines(sound).text[i : i + 900] + f"\n— {i} —" for i in range(0, 90_000, 900))
    texts["widths mixed"] = plant_widths(sound, share=0.5, random_state=0).text
    for name, text in texts.items():
        measure(name, text, n, fz.clean)
    model = learn_characters([sound])
    shifted = damage_bytes(sound, random_state=0).text
    measure("bytes shifted, with repair", shifted, n, lambda text: clean_shifted(text, model))
    planted = plant_slips(sound, random_state=0).text
    measure("slips, find_slips", planted, n, lambda text: find_slips(pd.DataFrame({"doc_id": ["a"], "text": [text]})))
    for unit in UNITS:
        measure(f"{unit!r} repeated", unit, n, fz.clean)
    measure("one line of 5 MB", "依法行政，加快建设法治政府", 1_700_000, fz.clean)


def measure(name: str, text: str, n: int, job: Callable[[str], object]) -> None:
    times = []
    for length in (n // 4, n):
        own = (text * (length // len(text) + 1))[:length]
        begin = time.process_time()
        job(own)
        times.append(time.process_time() - begin)
    ratio = times[1] / max(times[0], 0.01)
    # what takes less than a tenth of a second is too short for a ratio
    missed = times[1] > GOAL_SECONDS * n / 1_000_000 or (ratio > GOAL_RATIO and times[1] > 0.1)
    print(
        f"{name:32} {times[0]:7.2f} s {times[1]:7.2f} s   ratio {ratio:5.1f}{'   MISSED' if missed else ''}", flush=True
    )


if __name__ == "__main__":
    main()

"""Time and memory of `find_passages`, each part in a fresh process.

    FZANALYTICS_DATA=... python benchmarks/passages.py [--only laws large growth ratio bounds] [--jobs 2]

laws     2.3 million characters in 143 documents, all pairs: at most 10 s on 2 cores
large    20 million characters in 3,400 documents, all pairs: at most 180 s and 4 GB
growth   1, 2, 4, 8, 16 million characters of the same kind: time beside characters and matched characters
ratio    `find_passages` against a plain loop of `align_pair` over the 630 pairs of 36 city reports, and whether both
         find as many passages
bounds   one phrase ten thousand times, two books that are the same and nearly so, 10,000 copies of a notice
         (equal, and with a number filled in), one character a million times

How the corpora are made. laws: 136 laws of six families (FZANALYTICS_DATA/law_families) and the bundled documents;
to each law sentences of city reports and State Council documents are added, drawn with a seed, up to 2.3 million.
large, growth: families of 25 documents of about 5,900 characters. A family has 8,000 characters of sentences drawn
from all of that material; in each family the characters are exchanged for others, one for one, so that families
share no text but formulas (or 20 million characters drawn from 1.9 million would be nothing but copies). A document
draws 60 % of its text from its family, every second sentence of it with one to three characters replaced, left out or
put in; 5 % from 2,000 formulas common to all families, the first far more often than the last (rank ** -1); the rest
is of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

import fzanalytics as fz
from fzanalytics.base.tables import empty_table
from fzanalytics.texts.corpus import Corpus

PARTS = ("laws", "large", "growth", "ratio", "bounds")


def corpus_of(texts: dict[str, str]) -> Corpus:
    documents = pd.DataFrame({"doc_id": list(texts), "text": list(texts.values())})
    year = pd.to_datetime("2000-01-01") + pd.to_timedelta(np.arange(len(texts)) % 7000, unit="D")
    documents = documents.assign(
        level="province", region=[f"{name}省" for name in texts], lineage="l", earliest=year, latest=year,
        period_end=2020, parent_ids=None, held=True, n_chars=documents["text"].str.len(),
    )  # fmt: skip
    return Corpus(documents, empty_table("clauses"), empty_table("paragraphs"))


def material() -> tuple[dict[str, str], list[str]]:
    """The laws by name, and the sentences of all else."""
    folder = Path(os.environ["FZANALYTICS_DATA"])
    laws = {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / "law_families/raw").glob("*.md"))}
    others = [*sorted((folder / "city_reports/txt").glob("*")), *sorted((folder / "state_council/txt").glob("*"))]
    return laws, sentences(path.read_text(encoding="utf-8") for path in others)


def sentences(texts) -> list[str]:
    return [one for text in texts for one in re.findall(r"[^。；\n]{12,120}[。；]", text)]


def laws_143() -> dict[str, str]:
    laws, others = material()
    rng = np.random.default_rng(0)
    sample = fz.load_sample().documents
    texts = {**laws, **dict(zip(sample["doc_id"], sample["text"], strict=True))}
    texts = {name: text for name, text in texts.items() if text}
    texts["others"] = "".join(others[:1000])
    lacking = 2_300_000 - sum(map(len, texts.values()))
    added: dict[str, list[str]] = {name: [] for name in laws}
    while lacking > 0:
        one = others[int(rng.integers(len(others)))]
        added[list(laws)[int(rng.integers(len(laws)))]].append(edited(one, rng))
        lacking -= len(one)
    return {name: text + "".join(added.get(name, ())) for name, text in texts.items()}


def edited(sentence: str, rng: np.random.Generator) -> str:
    if rng.random() < 0.5:
        return sentence
    letters = list(sentence)
    for _ in range(int(rng.integers(1, 4))):
        at, kind = int(rng.integers(len(letters))), int(rng.integers(3))
        letters[at : at + (kind != 2)] = [chr(int(rng.integers(0x4E00, 0x9FA0)))] * (kind != 1)
    return "".join(letters)


def families(n_chars: int, seed: int = 0) -> dict[str, str]:
    laws, others = material()
    pool = [*sentences(laws.values()), *others]
    rng = np.random.default_rng(seed)
    formulas = [pool[at] for at in rng.permutation(len(pool))[:2000]]
    weights = 1 / np.arange(1, len(formulas) + 1)
    weights /= weights.sum()
    texts: dict[str, str] = {}
    while len(texts) * 5_900 < n_chars:
        stock = renamed(draw(pool, 8_000, rng), rng)
        for _ in range(25):
            parts = [edited(one, rng) for one in draw(stock, 3_540, rng)]
            parts += [formulas[at] for at in rng.choice(len(formulas), 295 // 45 + 1, p=weights)]
            parts += renamed(draw(pool, 5_900 - sum(map(len, parts)), rng), rng)
            texts[f"d{len(texts):05}"] = "".join(parts[at] for at in rng.permutation(len(parts)))
    return dict(list(texts.items())[: -(-n_chars // 5_900)])


def draw(pool: list[str], n_chars: int, rng: np.random.Generator) -> list[str]:
    drawn: list[str] = []
    while n_chars > 0:
        drawn.append(pool[int(rng.integers(len(pool)))])
        n_chars -= len(drawn[-1])
    return drawn


def renamed(parts: list[str], rng: np.random.Generator) -> list[str]:
    letters = np.arange(0x4E00, 0x4E00 + 20_000)
    table = dict(zip(letters.tolist(), rng.permutation(letters).tolist(), strict=True))
    return [part.translate(table) for part in parts]


def measured(texts: dict[str, str], jobs: int, **options: object) -> dict[str, object]:
    corpus = corpus_of(texts)
    base = resource.getrusage(resource.RUSAGE_SELF)
    begin = time.perf_counter()
    passages = fz.find_passages(corpus, n_jobs=jobs, **options)
    wall = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "documents": len(texts), "characters": sum(map(len, texts.values())), "passages": len(passages),
        "pairs": len(passages.groupby(["source", "target"])), "matched": int(passages["n_chars"].sum()),
        "wall_s": round(wall, 2),
        "cpu_s": round(after.ru_utime + after.ru_stime - base.ru_utime - base.ru_stime, 2),
        "peak_mb": round(after.ru_maxrss / 1024), "before_mb": round(base.ru_maxrss / 1024),
    }  # fmt: skip


def part_ratio(jobs: int) -> dict[str, object]:
    """The 36 city reports: both ways, in one process."""
    folder = Path(os.environ["FZANALYTICS_DATA"]) / "city_reports/txt"
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*"))}
    result = measured(texts, jobs)
    begin = time.process_time()
    names = sorted(texts)
    found = sum(len(fz.align_pair(texts[a], texts[b])) for at, a in enumerate(names) for b in names[at + 1 :])
    plain = time.process_time() - begin
    return {**result, "plain_cpu_s": round(plain, 2), "ratio": round(plain / float(result["cpu_s"]), 1), "plain": found}


def bounded() -> dict[str, dict[str, str]]:
    rng = np.random.default_rng(0)
    phrase = "加强党的领导推进依法行政建设法治政府维护公平。"
    laws, others = material()
    book = "".join(renamed([*laws.values(), *others], rng))[:1_000_000]
    edited_book = "".join(
        chr(int(rng.integers(0x4E00, 0x9FA0))) if at % 97 == 0 else one for at, one in enumerate(book)
    )
    notice = "".join(others[:25])[:1_000]
    mixed = "".join(phrase + one for one in renamed(draw(others, 300_000, rng), rng))
    return {
        "phrase 10,000 and 9,000 times": {"a": phrase * 10_000, "b": phrase * 9_000, "c": mixed},
        "two identical books": {"a": book, "b": book},
        "two nearly identical books": {"a": book, "b": edited_book},
        "10,000 copies": {f"n{at:05}": notice for at in range(10_000)},
        "10,000 filled-in copies": {f"n{at:05}": f"{notice[:500]}第{at:05}号{notice[500:]}" for at in range(10_000)},
        "one character": {"a": "一" * 1_000_000, "b": "一" * 999_000, "c": "一" * 500_000},
    }


def run(part: str, jobs: int) -> dict[str, object]:
    name, _, detail = part.partition(":")
    if name == "laws":
        return measured(laws_143(), jobs)
    if name == "ratio":
        return part_ratio(jobs)
    if name == "bounds":
        return measured(bounded()[detail], jobs)
    return measured(families(20_060_000 if name == "large" else int(detail) * 1_000_000), jobs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--part", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        print(json.dumps(run(given.part, given.jobs), ensure_ascii=False))
        return
    steps = {
        "growth": [f"growth:{size}" for size in (1, 2, 4, 8, 16)],
        "bounds": [f"bounds:{name}" for name in bounded()] if "bounds" in given.only else [],
    }
    for part in [step for name in given.only for step in steps.get(name, [name])]:
        command = [sys.executable, __file__, "--part", part, "--jobs", str(given.jobs)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        line = done.stdout.strip().split("\n")[-1] if not done.returncode else done.stderr[-2000:]
        print(f"{part}: {line}", flush=True)
        for told in [
            told for told in done.stderr.split("\n") if "places of the corpus" in told or "listed with" in told
        ]:
            print(f"    told: {told}", flush=True)


if __name__ == "__main__":
    main()

"""Random and mutated documents through reading, cleaning, structure and extraction: nothing but the documented errors.

    pip install atheris
    python benchmarks/fuzz.py --seconds 3600 [--what text|file]

Runs on Linux with CPython 3.11 to 3.13 (atheris has no wheels elsewhere). "text" hands decoded text to `read_corpus`;
"file" writes the bytes under each ending that has a reader. A finding stops the run with its input beside it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["fzanalytics"]):
    import pandas as pd

    import fzanalytics as fz

    fz.read_corpus(pd.DataFrame({"text": ["一、目标。2017年底前完成。（市政府负责）"]}))

SEEDS = [path.read_bytes()[:4000] for path in sorted(Path("data/raw").glob("*.txt"))]
ENDINGS = (".txt", ".html", ".docx", ".pdf", ".md", ".csv", ".xlsx")


def check_text(data: bytes) -> None:
    """The tables of a text hold what they say."""
    text = data.decode("utf-8", "replace")
    try:
        corpus = fz.read_corpus(pd.DataFrame({"text": [text]}))
    except ValueError:
        return
    for row in corpus.documents[corpus.documents["held"]].itertuples():
        own = corpus.mentions[corpus.mentions["doc_id"] == row.doc_id]
        for mention in own.itertuples():
            assert row.text[mention.begin : mention.end] == mention.text
        clauses = corpus.clauses[corpus.clauses["doc_id"] == row.doc_id]
        assert clauses["clause_id"].is_unique
        assert (clauses["begin"].to_numpy()[1:] >= clauses["end"].to_numpy()[:-1]).all()


def check_file(data: bytes) -> None:
    """A file of any ending is read, or told of in one sentence."""
    ending = ENDINGS[data[0] % len(ENDINGS)] if data else ".txt"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        path.write_bytes(data[1:])
        try:
            fz.read_corpus(path)
        except ValueError:
            return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--what", choices=["text", "file"], default="text")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as seeds:
        for number, seed in enumerate(SEEDS):
            Path(seeds, str(number)).write_bytes(seed)
        limits = [f"-max_total_time={options.seconds}", "-max_len=6000", "-timeout=60", "-rss_limit_mb=4000"]
        atheris.Setup([sys.argv[0], *limits, seeds], check_text if options.what == "text" else check_file)
        atheris.Fuzz()


if __name__ == "__main__":
    main()

"""The command line: `fzanalytics reproduce`, `analyze PATH --out DIR`, `check DIR`, `show PATH A B`, `evaluate --gold PATH`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from fzanalytics import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; default: those of the process.

    Returns
    -------
    int
        0 if all went well, 1 if files do not agree with their manifest (`check`), 2 for a fault that the message
        on standard error tells.

    Examples
    --------
    >>> main(["analyze", "no/such/folder", "--out", "results", "--quiet"])
    2
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows console may be set to GBK
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (ValueError, OSError) as error:
        print(f"fzanalytics: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("fzanalytics: interrupted; the results that were there before are whole", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fzanalytics",
        description="Who copied what from whom, how fast, and what they changed, in Chinese policy documents.",
    )
    parser.add_argument("--version", action="version", version=f"fzanalytics {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND")
    parser.set_defaults(run=lambda _: _help(parser))

    reproduce = commands.add_parser("reproduce", help="make the figures and tables of the bundled corpus")
    reproduce.add_argument("--out", default="figures", metavar="DIR", help="where to write (default: figures)")
    reproduce.add_argument(
        "--add",
        action="append",
        default=[],
        metavar="PATH",
        help="a further file or folder, e.g. the official text of the national outline; may be given again",
    )
    reproduce.set_defaults(run=_reproduce)

    analyze = commands.add_parser("analyze", help="the same for a folder, a file or an Excel table of your own")
    analyze.add_argument("path", metavar="PATH", help="a folder of texts, or a CSV or Excel table with a text column")
    analyze.add_argument("--out", required=True, metavar="DIR", help="where to write")
    analyze.add_argument("--metadata", metavar="FILE", help="a CSV or Excel table of what is known of the documents")
    analyze.add_argument("--text-column", metavar="NAME", help="the column of the table that holds the texts")
    analyze.set_defaults(run=_analyze)
    for command in (reproduce, analyze):
        command.add_argument(
            "--topics", type=int, metavar="K", help="number of topics (default: the largest whose topics all come back)"
        )
        command.add_argument("--seed", type=int, default=0, help="of everything random (default: 0)")
        command.add_argument(
            "--formats", default="png,svg,pdf", metavar="LIST", help="of the figures (default: png,svg,pdf)"
        )
        command.add_argument("--quiet", action="store_true", help="no progress bar and no report")

    check = commands.add_parser("check", help="compare a folder of results with its MANIFEST.json")
    check.add_argument("directory", metavar="DIR")
    check.set_defaults(run=_check)

    show = commands.add_parser("show", help="two documents side by side: what they share, and the words that differ")
    show.add_argument("path", metavar="PATH", help="a folder or table of texts, or `sample` for the bundled corpus")
    show.add_argument("documents", nargs=2, metavar="DOC", help="their doc_ids")
    show.add_argument("--min-chars", type=int, default=20, metavar="N", help="fewest characters of a passage")
    show.add_argument("--html", metavar="FILE", help="write a web page instead of printing")
    show.add_argument("--language", choices=["en", "zh"], default="en", help="of the labels")
    show.set_defaults(run=_show)

    evaluate = commands.add_parser("evaluate", help="precision, recall and F1 of the mentions against gold files")
    evaluate.add_argument("--gold", required=True, metavar="PATH", help="a gold file, or a folder of *.tsv")
    evaluate.add_argument(
        "--corpus",
        action="append",
        default=[],
        metavar="PATH",
        help="a folder or a file of the texts; may be given again (default: the bundled corpus)",
    )
    evaluate.add_argument("--misses", action="store_true", help="also list every miss, false alarm and wrong answer")
    evaluate.set_defaults(run=_evaluate)
    return parser


def _help(parser: argparse.ArgumentParser) -> int:
    parser.print_help()
    return 0


def _reproduce(options: argparse.Namespace) -> int:
    from fzanalytics.output.pipeline import reproduce

    report = reproduce(
        options.out,
        add=options.add,
        n_topics=options.topics,
        random_state=options.seed,
        formats=_formats(options.formats),
        progress=not options.quiet,
    )
    if not options.quiet:
        print(report)
    return 0


def _analyze(options: argparse.Namespace) -> int:
    from fzanalytics.output.pipeline import analyze

    report = analyze(
        options.path,
        options.out,
        metadata=options.metadata,
        text_column=options.text_column,
        n_topics=options.topics,
        random_state=options.seed,
        formats=_formats(options.formats),
        progress=not options.quiet,
    )
    if not options.quiet:
        print(report)
    return 0


def _formats(text: str) -> list[str]:
    return [name.strip().lower() for name in text.split(",") if name.strip()]


def _check(options: argparse.Namespace) -> int:
    from fzanalytics.output.manifest import check_manifest

    found = check_manifest(Path(options.directory))
    different = found[found["status"] != "same"]
    for row in different.itertuples(index=False):
        print(f"{row.status}: {row.file}")
    print(f"{len(found) - len(different)} of {len(found)} files are as MANIFEST.json says")
    return 1 if len(different) else 0


def _show(options: argparse.Namespace) -> int:
    from fzanalytics.base.files import write_text_atomically
    from fzanalytics.output.reading import show_passages
    from fzanalytics.texts.corpus import read_corpus
    from fzanalytics.texts.datasets import load_sample

    corpus = load_sample() if options.path == "sample" else read_corpus(options.path)
    view = show_passages(corpus, *options.documents, min_chars=options.min_chars, language=options.language)
    if options.html:
        page = f"<!DOCTYPE html><html lang='zh'><meta charset='utf-8'><title>fzanalytics</title>{view._repr_html_()}</html>"
        write_text_atomically(options.html, page)
    else:
        print(view.as_text(colour=sys.stdout.isatty()))
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from fzanalytics.evaluation.gold_scores import evaluate_gold
    from fzanalytics.texts.corpus import read_corpus
    from fzanalytics.texts.datasets import load_sample

    corpus = read_corpus(options.corpus[0], add=options.corpus[1:]) if options.corpus else load_sample()
    scores = evaluate_gold(corpus, options.gold)
    for name, table in scores.table.groupby("set", sort=False):
        print(f"{name}{' figures: rules were written on these documents' if name == 'training' else ''}")
        print(table.drop(columns="set").to_string(index=False, float_format="%.3f", na_rep="-"))
    if options.misses:
        for row in scores.disagreements.itertuples(index=False):
            print(
                f"{row.doc_id} {row.begin} {row.kind} {row.fault}: gold [{row.gold}] found [{row.found}] in {row.context}"
            )
    for doc_id in scores.not_evaluated:
        print(f"not evaluated, its text is not in the corpus: {doc_id}")
    return 0 if len(scores.table) else 1

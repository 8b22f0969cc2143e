"""From a corpus to the figures and tables of a paper, in one call: the main job.

Every step loads what earlier ones made, calls one public function, and saves. A step that a corpus does not allow
(one document has no similarity) is left out and named in the report.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import pandas as pd

from fzanalytics.base.files import sha256_of, staged_directory
from fzanalytics.base.resources import data_path
from fzanalytics.output.manifest import MadeFile, build_manifest, write_manifest
from fzanalytics.output.plots.names import document_labels
from fzanalytics.output.plots.style import Format, save_figure
from fzanalytics.output.steps import Step, list_figures, list_tables
from fzanalytics.output.tables import write_table
from fzanalytics.output.work import N_JOBS, Settings, Work, main_source
from fzanalytics.texts.corpus import Corpus, read_corpus
from fzanalytics.texts.datasets import load_sample

LANGUAGES: tuple[Literal["en", "zh"], ...] = ("en", "zh")
#: English names of the bundled documents; the Chinese ones come from the region.
SAMPLE_LABELS = {
    "national_outline_2015": "National outline 2015-2020",
    "national_outline_2021": "National outline 2021-2025",
    "hebei_province_2016": "Hebei (province)",
    "shijiazhuang_city_2016": "Shijiazhuang (prefecture)",
    "qingyuan_city_2017": "Qingyuan (prefecture)",
    "xiahe_county_2017": "Xiahe (county)",
    "henan_province_2021": "Henan (province)",
    "henan_province_2021#2": "Henan, assessment (province)",
    "gansu_2016": "Gansu (province)",
    "gannan_2017": "Gannan (prefecture)",
    "guangdong_2016": "Guangdong (province)",
    "henan_2016": "Henan 2016-2020 (province)",
    "rule_of_law_plan_2020": "National plan 2020-2025",
    "rule_of_law_society_2020": "National society outline 2020-2025",
    "henan_assessment_2015": "Henan, assessment 2015 (province)",
}


#: And of the policies that they belong to.
SAMPLE_LINEAGES = {
    "法治政府建设": "law-based government",
    "法治建设考核": "assessment of rule of law",
    "依法行政考核": "assessment of lawful administration",
    "法治中国建设": "rule of law in China",
    "法治社会建设": "law-based society",
}


@dataclass(frozen=True)
class Report:
    """What a run made and what it noticed.

    Attributes
    ----------
    corpus : Corpus
    directory : Path
        Where the files are.
    files : list of str
        Relative to `directory`, in the order in which they were made.
    notes : list of str
        What was left out or is worth knowing, one sentence each.
    """

    corpus: Corpus
    directory: Path
    files: list[str]
    notes: list[str]

    def __str__(self) -> str:
        figures = sorted({Path(name).stem for name in self.files if name.endswith((".png", ".svg", ".pdf"))})
        tables = [name for name in self.files if name.endswith(".csv")]
        lines = [
            str(self.corpus),
            f"Made {len(self.files)} files in {self.directory}: {len(figures)} figures "
            f"({', '.join(figures)}), {len(tables)} tables, MANIFEST.json.",
        ]
        if self.notes:
            lines += ["Noticed:", *(f"- {note}" for note in self.notes)]
        return "\n".join(lines)


def reproduce(
    out: str | Path = "figures",
    *,
    add: str | Path | Sequence[str | Path] = (),
    n_topics: int | None = None,
    random_state: int = 0,
    formats: Sequence[str] = ("png", "svg", "pdf"),
    progress: bool = False,
) -> Report:
    """Make the figures and tables of the bundled corpus.

    Parameters
    ----------
    out : path
        The folder for the results. They are moved into place when all are there: an interrupted run leaves the old
        ones whole.
    add : path or sequence of paths
        Further texts; see `load_sample`. The official text of a national outline takes the place of the proxy.
    n_topics : int, optional
        Topics of figure 3; without it `choose_n_topics` decides, by stability.
    random_state : int
        Seed of all that is random; the same seed and versions give the same bytes.
    formats : sequence of {"png", "svg", "pdf"}
        Of the figures.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Report

    Examples
    --------
    The whole takes about a minute; options are checked before anything is done.

    >>> reproduce("figures", formats=["gif"])
    Traceback (most recent call last):
    ...
    ValueError: `formats` must be one or more of png, svg, pdf; got gif.
    """
    settings = Settings(n_topics, random_state, _check_formats(formats), progress, SAMPLE_LABELS, SAMPLE_LINEAGES)
    _check_numbers(settings)
    corpus = load_sample(add=add)
    further = [doc_id for doc_id in corpus.documents["doc_id"] if doc_id not in SAMPLE_LABELS]
    notes = [
        f"{doc_id} was added as a further document; to put it in the place of one that is named but not held, "
        "name the file after that one's doc_id, e.g. national_outline_2015.txt"
        for doc_id in further
    ]
    return _run(corpus, Path(out), settings, notes)


def analyze(
    source: str | Path | pd.DataFrame,
    out: str | Path,
    *,
    metadata: str | Path | pd.DataFrame | None = None,
    text_column: str | None = None,
    labels: Mapping[str, str] | None = None,
    n_topics: int | None = None,
    random_state: int = 0,
    formats: Sequence[str] = ("png", "svg", "pdf"),
    progress: bool = False,
) -> Report:
    """Make the same figures and tables for a folder, a file or a table of your own.

    Parameters
    ----------
    source, metadata, text_column
        See `read_corpus`.
    out : path
        The folder for the results.
    labels : mapping of doc_id to text, optional
        Names of the documents in English figures; without it their doc_id.
    n_topics, random_state, formats, progress
        See `reproduce`.

    Returns
    -------
    Report

    Raises
    ------
    FileNotFoundError, ValueError
        If there is nothing to analyse; see `read_corpus`.

    Examples
    --------
    >>> import tempfile
    >>> texts = pd.DataFrame({"text": ["河北省实施方案\\n1.全面清理行政审批事项，推行网上办理。"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = analyze(texts, folder, formats=["png"])
    ...     "tables/clauses.csv" in report.files
    True
    """
    settings = Settings(n_topics, random_state, _check_formats(formats), progress, dict(labels or {}))
    _check_numbers(settings)
    corpus = read_corpus(source, metadata=metadata, text_column=text_column, progress=progress)
    return _run(corpus, Path(out), settings)


def _check_formats(formats: Sequence[str]) -> tuple[Format, ...]:
    known = get_args(Format)
    unknown = [name for name in formats if name not in known]
    if unknown or not formats:
        raise ValueError(f"`formats` must be one or more of {', '.join(known)}; got {', '.join(formats) or 'none'}.")
    return tuple(name for name in known if name in formats)


def _check_numbers(settings: Settings) -> None:
    if settings.n_topics is not None and settings.n_topics < 2:
        raise ValueError(f"`n_topics` must be at least 2; got {settings.n_topics}.")
    if settings.random_state < 0:
        raise ValueError(f"`random_state` must be at least 0; got {settings.random_state}.")


# ---------------------------------------------------------------- the run


def _run(corpus: Corpus, out: Path, settings: Settings, notes: Sequence[str] = ()) -> Report:
    work = Work(corpus, settings, list(notes))
    made: list[MadeFile] = []
    inputs = _inputs(corpus)
    with staged_directory(out) as stage:
        (stage / "tables").mkdir()
        for step, (files, notes) in _results(work, stage):
            seed = settings.random_state if "seed" in step.depends else None
            made += [MadeFile(file, step.function, options, sorted(inputs), seed) for file, options in files]
            work.notes += notes
        write_manifest(stage, build_manifest(stage, made, inputs=inputs))
    return Report(corpus, out, [item.file for item in made], [*_notes_on(work), *_gathered(work.notes)])


#: The files that a step made, each with the options that it depends on, and what it noticed.
Result = tuple[list[tuple[str, dict[str, object]]], list[str]]


def _results(work: Work, stage: Path) -> Iterator[tuple[Step, Result]]:
    """Tables first, one after the other, for figures need them; then figures, on two cores where there are."""
    from joblib import Parallel, delayed
    from joblib.externals.loky import get_reusable_executor

    tables, figures = list_tables(), list_figures()
    with _bar(len(tables) + len(figures), work.settings.progress) as bar:
        for step in tables:
            bar.set_description(step.name)
            yield step, _attempt(step.name, _save_table, work, stage)
            bar.update()
        bar.set_description("figures")
        work.prepare_figures()
        get_reusable_executor().shutdown()  # workers that fitted topics keep what they loaded; figures need none of it
        drawn = Parallel(n_jobs=N_JOBS, return_as="generator")(
            delayed(_attempt)(step.name, _save_figure, work, stage) for step in figures
        )
        for step, result in zip(figures, drawn, strict=True):
            yield step, result
            bar.update()


def _bar(total: int, progress: bool) -> Any:
    from tqdm.auto import tqdm

    return tqdm(total=total, unit="step", disable=not progress)


def _attempt(name: str, save: Callable[[Step, Work, Path, list[str]], Any], work: Work, stage: Path) -> Result:
    """One step; what a corpus does not allow becomes a note. Named, not handed over, since a step cannot be pickled."""
    step = next(step for step in [*list_tables(), *list_figures()] if step.name == name)
    notes: list[str] = []
    with _warnings_as(notes):
        try:
            return save(step, work, stage, notes), notes
        except ValueError as error:
            return [], [*notes, f"{name}{_ABOUT}not made: {error}"]


def _parameters(work: Work, depends: tuple[str, ...]) -> dict[str, object]:
    values: dict[str, object] = {}
    if "n_topics" in depends:
        values["n_topics"] = work.n_topics
    if "source" in depends:
        values["source"] = main_source(work.corpus)
    return values


def _save_table(step: Step, work: Work, stage: Path, notes: list[str]) -> list[tuple[str, dict[str, object]]]:
    file = f"tables/{step.name}.csv"
    written = write_table(step.make(work), stage / file)
    if written.n_neutralised:
        notes.append(f"{file}{_ABOUT}cells that a spreadsheet would run as a formula got an apostrophe in front")
    return [(file, _parameters(work, step.depends))]


def _save_figure(step: Step, work: Work, stage: Path, notes: list[str]) -> list[tuple[str, dict[str, object]]]:
    files: list[tuple[str, dict[str, object]]] = []
    for language in LANGUAGES:
        own = work.settings.labels if language == "en" else None
        names = document_labels(work.corpus.documents, language=language, labels=own)
        drawn = step.make(work, language=language, labels=names)
        for path in save_figure(drawn, stage / f"{step.name}_{language}", formats=work.settings.formats):
            files.append((path.name, {**_parameters(work, step.depends), "language": language}))
    return files


def _inputs(corpus: Corpus) -> dict[str, str]:
    """SHA-256 of the files of the corpus, and of the package's own tables that the results depend on."""
    own = ("documents.csv", "events.csv", "regions.csv", "policy_words.txt", "stop_words.txt")
    files = {f"corpus/{row.source}": str(row.sha256) for row in corpus.files.itertuples(index=False)}
    return {**files, **{f"data/{name}": sha256_of(data_path(name)) for name in own}}


class _Collector(logging.Handler):
    def __init__(self, notes: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.notes = notes

    def emit(self, record: logging.LogRecord) -> None:
        self.notes.append(record.getMessage())


@contextmanager
def _warnings_as(notes: list[str]) -> Iterator[None]:
    """What the measures warn of or log in this run becomes a note of its report; other warnings stay what they are."""
    package = logging.getLogger("fzanalytics")
    collector = _Collector(notes)
    package.addHandler(collector)
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        try:
            yield
        finally:
            package.removeHandler(collector)
    for one in given:
        if issubclass(one.category, UserWarning):
            notes.append(str(one.message))
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


#: Parts what a note is about from what it says, so that notes that say the same can be gathered.
_ABOUT = ": "
#: Notes of one kind that are written out; of more only the number is told.
_WRITTEN_OUT = 3


def _gathered(notes: Sequence[str]) -> list[str]:
    """Notes that say the same of several things, in one line."""
    about: dict[str, list[str]] = {}
    for note in dict.fromkeys(notes):
        name, found, what = note.partition(_ABOUT)
        about.setdefault(what if found else note, []).append(name if found else "")
    return [f"{_few(names)}{_ABOUT}{what}" if any(names) else what for what, names in about.items()]


def _few(names: Sequence[str]) -> str:
    rest = len(names) - _WRITTEN_OUT
    return ", ".join(names[:_WRITTEN_OUT]) + (f" and {rest} more" if rest > 0 else "")


def _notes_on(work: Work) -> list[str]:
    """What a reader of the figures must know, in the order in which they would ask."""
    corpus = work.corpus
    notes = []
    for kind, rows in corpus.problems.groupby("kind", sort=False):
        shown = rows.head(_WRITTEN_OUT).itertuples(index=False)
        notes += [_sentence(row.message, row.doc_id, row.source) for row in shown]
        if len(rows) > _WRITTEN_OUT:
            notes.append(f"{len(rows) - _WRITTEN_OUT} more of the kind '{kind}' are in tables/problems.csv")
    local = corpus.held[corpus.held["level"] != "national"]
    of_theirs = corpus.documents["lineage"].isin(local["lineage"].dropna())  # no centre of a policy without local texts
    national = corpus.documents[(corpus.documents["level"] == "national") & of_theirs]
    held = national.loc[national["held"], "doc_id"].astype(str).tolist()
    if held:
        notes.append(
            f"{_few(held)} held: figures and attribution use the text of the centre, no proxy stands in for it"
        )
    missing = national.loc[~national["held"], "doc_id"].astype(str).tolist()
    if missing:
        notes.append(
            f"not held: {_few(missing)}; text that independent provinces share stands in as a proxy where there are two"
        )
    if "topics" in work.__dict__:
        loss = work.topics.loss
        notes.append(
            f"topics rest on {loss['n_tokens']:,} of {loss['n_words']:,} words; left out: {loss['n_stopped']:,} stop words, "
            f"{loss['n_short']:,} of one character, {loss['n_masked']:,} in names, {loss['n_rare'] + loss['n_common']:,} "
            f"too rare or too common; {loss['n_empty_units']} of {loss['n_units']} paragraphs have no word left"
        )
    return notes


def _sentence(message: str, doc_id: object, source: object) -> str:
    """A problem with the name of what it is about in front, if the message does not begin with it."""
    name = str(doc_id if pd.notna(doc_id) else source if pd.notna(source) else "")
    return message if not name or message.startswith(name) else f"{name}: {message}"

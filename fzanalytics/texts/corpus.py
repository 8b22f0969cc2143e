"""The corpus: from a folder or a table to documents, clauses, paragraphs, mentions, and what was noticed on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from fzanalytics.base.offsets import OffsetMap
from fzanalytics.base.tables import empty_table, make_table, require_columns, type_documents
from fzanalytics.texts.cleaning.byteshift import clean_shifted, learn_characters
from fzanalytics.texts.cleaning.fixers import Cleaned, clean_with_log, count_damaged_lines
from fzanalytics.texts.cleaning.slips import apply_slips
from fzanalytics.texts.documents.catalogue import read_catalogue
from fzanalytics.texts.documents.problems import list_same_texts, list_text_problems, problem
from fzanalytics.texts.documents.records import Records, index_records
from fzanalytics.texts.documents.rows import Piece, claim_id, describe_document, list_not_held, split_file
from fzanalytics.texts.documents.sources import part_doubles, read_path, read_rows, rows_given
from fzanalytics.texts.extraction.extract import extract_mentions
from fzanalytics.texts.reading.files import RawFile
from fzanalytics.texts.relations import fill_from_corpus, fill_mentions
from fzanalytics.texts.structure.clauses import find_clauses, find_paragraphs


@dataclass(frozen=True)
class Corpus:
    """Documents and what was found in them; five tables and the files as they came.

    Attributes
    ----------
    documents : DataFrame, shape (D, 26)
        One row a document, held or not; the columns are `fzanalytics.base.tables.COLUMNS["documents"]`.
    clauses : DataFrame, shape (C, 12)
        One row a numbered clause; see `find_clauses`.
    paragraphs : DataFrame, shape (P, 9)
        One row a paragraph that carries its own number or responsibility bracket; see `find_paragraphs`.
    mentions : DataFrame, 12 columns
        One row a deadline, agency, citation, place, quantity or word of obligation: doc_id, clause_id, kind, value, role,
        not_before, not_after (days, inclusive), refers_to (the doc_id or region_code meant), evidence, begin, end, text.
    problems : DataFrame
        doc_id, source, kind, count, message: all that was left out, doubted or damaged.
    repairs : DataFrame
        doc_id, fixer, raw_begin, raw_end, before, after, certainty: the log of the cleaning. certainty is "exact", or,
        where bytes were lost, "model" (the likeliest reading) or "inferred" (a swallowed character).
    files : DataFrame
        source, encoding (docx or pdf for such files), sha256, raw_text: one row a file that was read.

    Examples
    --------
    >>> import fzanalytics as fz
    >>> corpus = fz.load_sample()
    >>> corpus
    Corpus: 6 documents held, 9 named but not held; ... 3 problems
    """

    documents: pd.DataFrame
    clauses: pd.DataFrame
    paragraphs: pd.DataFrame
    mentions: pd.DataFrame = field(default_factory=lambda: empty_table("mentions"))
    problems: pd.DataFrame = field(default_factory=lambda: empty_table("problems"))
    repairs: pd.DataFrame = field(default_factory=lambda: empty_table("repairs"))
    files: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["source", "encoding", "sha256", "raw_text"], dtype=object)
    )

    @property
    def held(self) -> pd.DataFrame:
        """The documents whose text is at hand."""
        return self.documents[self.documents["held"].astype(bool)]

    def __repr__(self) -> str:
        return (
            f"Corpus: {len(self.held)} documents held, {len(self.documents) - len(self.held)} named but not held; "
            f"{len(self.clauses)} clauses, {len(self.paragraphs)} paragraphs, "
            f"{int(self.held['n_chars'].sum()):,} characters; {len(self.problems)} problems"
        )


def read_corpus(
    source: str | Path | pd.DataFrame,
    *,
    metadata: str | Path | pd.DataFrame | None = None,
    text_column: str | None = None,
    add: str | Path | Sequence[str | Path] = (),
    skip_fixers: Iterable[str] = (),
    slips: pd.DataFrame | None = None,
    progress: bool = False,
) -> Corpus:
    """Read a folder of files, one file, or a table with a text column.

    Parameters
    ----------
    source : path or DataFrame
        A folder (with subfolders) of TXT files in any usual encoding, Markdown, Word (DOCX), PDF with a text layer, and
        web pages (HTML, MHT); one such file; a CSV or Excel table with one document a row; or such a table as a
        DataFrame.
    metadata : path or DataFrame, optional
        What is known of the documents: columns of the documents table, or their usual Chinese names (标题, 层级, 地区,
        文号, 成文日期, ...), matched by source, doc_id or title. It wins over what the texts tell. Without it a file
        documents.csv, documents.xlsx, metadata.csv or metadata.xlsx in the folder is taken. A row without a
        file, with held = no, stands for a document that is known but not at hand; when its text is dropped
        into the folder, the row becomes the document.
    text_column : str, optional
        The column of a table that holds the texts; without it the first of text, 正文, 全文, 内容, 文本, content.
    add : path or sequence of paths
        Further files or folders to read along with `source`. They change nothing in how the others are read.
    skip_fixers : iterable of str
        Fixers of the cleaning to leave out; see `clean`, and "byte_shift", which needs a corpus to learn from.
    slips : DataFrame, optional
        Slips of machine reading (OCR) to correct: the rows of `find_slips` that you keep after reading them. Without it
        nothing is corrected.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Corpus
        What cannot be read, is doubled or contradicts itself is a row in `problems`; the rest is analysed.

    Raises
    ------
    TypeError
        If `source` is neither a path nor a DataFrame.
    FileNotFoundError
        If `source`, `metadata` or an `add` does not exist.
    ValueError
        If there is nothing to read in it.

    Notes
    -----
    A document needs no metadata: title, kind, issuers, number, level, region, period and bounds on the date are read
    from the text, with the basis of each date recorded. What the text does not tell stays missing.

    Examples
    --------
    >>> import pandas as pd
    >>> corpus = read_corpus(pd.DataFrame({"text": ["清远市法治政府建设实施方案\\n一、总体要求\\n到2020年建成。"]}))
    >>> corpus.documents.loc[0, ["title", "level", "region"]].tolist()
    ['清远市法治政府建设实施方案', 'prefecture', '广东省/清远市']
    """
    problems: list[dict[str, object]] = []
    rows: list[dict[str, object]] = []
    if not isinstance(source, str | Path | pd.DataFrame):
        raise TypeError(
            f"`source` must be a path or a DataFrame; got {type(source).__name__}. Give one folder or file."
        )
    if isinstance(source, pd.DataFrame):
        raws, rows = read_rows(source, text_column, "table", problems), rows_given(source, text_column, "table")
    else:
        raws, rows, metadata = read_path(Path(source), text_column, metadata, problems)
    n_own = len(raws)
    for place in map(Path, [add] if isinstance(add, str | Path) else add):
        more, more_rows, _ = read_path(place, text_column, empty_table("documents"), problems)
        folder = place.name if place.is_dir() else place.resolve().parent.name
        more, more_rows = part_doubles(more, more_rows, {raw.source for raw in raws}, folder)
        raws, rows = raws + more, rows + more_rows
    tables = [pd.DataFrame(rows)] if rows else []
    catalogues = [read_catalogue(table, problems) for table in [*tables, *([] if metadata is None else [metadata])]]
    if not raws:
        reasons = "; ".join(str(problem["message"]) for problem in problems[:3])
        raise ValueError(
            f"`source` must hold at least one readable document; none found in {_name(source)}. "
            + (
                f"What was noticed: {reasons}"
                if reasons
                else "Put TXT, DOCX, PDF or HTML files into it, or give a table with a text column."
            )
        )
    return _assemble(raws, n_own, catalogues, problems, frozenset(skip_fixers), slips, progress)


def _name(source: object) -> str:
    return "the table" if isinstance(source, pd.DataFrame) else str(source)


# ---------------------------------------------------------------- from raw texts to tables


def _assemble(
    raws: list[RawFile],
    n_own: int,
    catalogues: list[pd.DataFrame],
    problems: list[dict[str, object]],
    skip_fixers: frozenset[str],
    slips: pd.DataFrame | None,
    progress: bool,
) -> Corpus:
    names = Counter(raw.name for raw in raws)
    default_ids = {raw.source: raw.name if names[raw.name] == 1 else raw.source.strip() for raw in raws}
    records = [index_records(catalogue, default_ids) for catalogue in catalogues]
    used: list[set[int]] = [set() for _ in records]
    pieces = _split_files(raws, _clean_all(raws, n_own, skip_fixers, progress), default_ids, problems)
    documents, tables = _read_documents(pieces, records, used, slips, problems)
    if not documents:
        raise ValueError(f"`source` must hold at least one readable document; {problems[-1]['message']}.")
    problems += list_same_texts(documents)
    mentions = _join("mentions", tables["mentions"])
    documents += list_not_held(records, used, {str(row["doc_id"]) for row in documents}, problems)
    table = fill_from_corpus(type_documents(make_table("documents", documents)), mentions, problems)
    return Corpus(
        documents=table,
        clauses=_join("clauses", tables["clauses"]),
        paragraphs=_join("paragraphs", tables["paragraphs"]),
        mentions=fill_mentions(mentions, table),
        problems=make_table("problems", problems),
        repairs=_join("repairs", tables["repairs"]),
        files=pd.DataFrame(
            [(raw.source, raw.encoding, raw.sha256, raw.text) for raw in raws],
            columns=["source", "encoding", "sha256", "raw_text"],
        ),
    )


def _split_files(
    raws: list[RawFile], cleaned: list[Cleaned], default_ids: dict[str, str], problems: list[dict[str, object]]
) -> Iterator[Piece]:
    """The documents of all files; a file of which cleaning leaves nothing is none."""
    for raw, one in zip(raws, cleaned, strict=True):
        if one.text.strip():
            yield from split_file(raw, one, default_ids[raw.source])
        else:
            message = f"{raw.source}: nothing is left of it but remains of a web page; remove it"
            problems.append(problem("unreadable", message, source=raw.source))


def _read_documents(
    pieces: Iterable[Piece],
    records: list[Records],
    used: list[set[int]],
    slips: pd.DataFrame | None,
    problems: list[dict[str, object]],
) -> tuple[list[dict[str, object]], dict[str, list[pd.DataFrame]]]:
    """The rows of the documents, and what was found in each: clauses, paragraphs, mentions, repairs."""
    documents: list[dict[str, object]] = []
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in ("clauses", "paragraphs", "mentions", "repairs")}
    taken: set[str] = set()
    for piece in pieces:
        row = describe_document(piece, records, used, problems)
        doc_id = row["doc_id"] = claim_id(str(row["doc_id"]), taken)
        documents.append(row)
        text, offsets, corrected = _correct_slips(doc_id, piece.text, piece.offsets, slips)
        row.update(text=text, n_chars=len(text))
        clauses = find_clauses(doc_id, text, offsets)
        tables["clauses"].append(clauses)
        paragraphs = find_paragraphs(doc_id, text, clauses, offsets)
        tables["paragraphs"].append(paragraphs)
        tables["mentions"].append(extract_mentions(doc_id, text, clauses, document=row))
        tables["repairs"] += [piece.repairs.assign(doc_id=doc_id), corrected]
        problems += list_text_problems(doc_id, piece.raw, text, clauses, paragraphs, piece.repairs)
    return documents, tables


def _correct_slips(
    doc_id: str, text: str, offsets: OffsetMap, slips: pd.DataFrame | None
) -> tuple[str, OffsetMap, pd.DataFrame]:
    """The text with the readings that a user kept, its offsets, and their log."""
    if slips is None:
        return text, offsets, empty_table("repairs")
    require_columns(slips, ["doc_id", "begin", "end", "found", "reading"], name="slips")
    own = slips[slips["doc_id"] == doc_id]
    if own.empty:
        return text, offsets, empty_table("repairs")
    done = apply_slips(text, own, offsets=offsets)
    return done.text, done.offsets, done.repairs.assign(doc_id=doc_id)


def _clean_all(raws: list[RawFile], n_own: int, skip: frozenset[str], progress: bool) -> list[Cleaned]:
    """Clean every text; then, with what the clean ones teach, those whose bytes were shifted.

    Texts that were added teach nothing, so that the others are read as they are without them.
    """
    own = skip - {"byte_shift"}
    cleaned = [clean_with_log(raw.text, skip=own) for raw in _bar(raws, progress)]
    shifted = [i for i, raw in enumerate(raws) if count_damaged_lines(raw.text)] if own == skip else []
    if shifted:
        others = [i for i in range(len(raws)) if i not in set(shifted)]
        model = learn_characters(cleaned[i].text for i in [*shifted, *others] if i < n_own)
        for i in shifted:
            cleaned[i] = clean_shifted(raws[i].text, model, skip=own)
    return cleaned


def _bar(raws: list[RawFile], progress: bool) -> Iterable[RawFile]:
    if not progress:
        return raws
    from tqdm.auto import tqdm

    return tqdm(raws, desc="read", unit="file")  # type: ignore[no-any-return]


def _join(name: str, parts: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if not part.empty]
    if not filled:
        return empty_table(name)
    table = pd.concat(filled, ignore_index=True)
    return table.reindex(columns=empty_table(name).columns)

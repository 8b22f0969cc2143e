"""The corpus: from a folder or a table to documents, clauses, paragraphs, mentions, and what was noticed on the way."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from fzanalytics.base.offsets import OffsetMap
from fzanalytics.base.tables import COLUMNS, empty_table, make_table, require_columns, type_documents
from fzanalytics.texts.catalogue import (
    Records,
    doubt_place,
    find_record,
    index_records,
    label_of,
    merge_dates,
    problem,
    read_catalogue,
)
from fzanalytics.texts.cleaning.byteshift import clean_shifted, learn_characters
from fzanalytics.texts.cleaning.fixers import Cleaned, clean_with_log, count_damaged_lines, count_lost_characters
from fzanalytics.texts.cleaning.slips import apply_slips
from fzanalytics.texts.dating import date_document
from fzanalytics.texts.extraction.extract import extract_mentions
from fzanalytics.texts.metadata import Metadata, name_kind, name_lineage, read_metadata, split_documents
from fzanalytics.texts.reading.files import USUAL_ENCODINGS, RawFile
from fzanalytics.texts.reading.sources import part_doubles, read_path, read_rows, rows_given
from fzanalytics.texts.regions import Region, settle_region
from fzanalytics.texts.relations import fill_from_corpus, fill_mentions
from fzanalytics.texts.structure.clauses import find_clauses, find_paragraphs
from fzanalytics.texts.structure.oddities import tell_oddities
from fzanalytics.texts.structure.paragraphs import MAX_OUTSIDE, MIN_OUTSIDE, share_outside
from fzanalytics.texts.titles import normalise_title


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
    documents: list[dict[str, object]] = []
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in ("clauses", "paragraphs", "mentions", "repairs")}
    taken: set[str] = set()
    for raw, cleaned in zip(raws, _clean_all(raws, n_own, skip_fixers, progress), strict=True):
        if not cleaned.text.strip():
            message = f"{raw.source}: nothing is left of it but remains of a web page; remove it"
            problems.append(problem("unreadable", message, source=raw.source))
            continue
        page_date = _page_date(cleaned.repairs)
        first, page = 0, read_metadata("")
        for number, (begin, end) in enumerate(split_documents(cleaned.text), start=1):
            text = cleaned.text[begin:end]
            offsets = cleaned.offsets.slice(begin, end)
            default_id = default_ids[raw.source] if number == 1 else f"{default_ids[raw.source]}#{number}"
            told = read_metadata(text, raw.name)
            page = told if number == 1 else page
            if not told.issuers:  # what heads a page is of all documents on it
                told = told._replace(issuers=page.issuers, issuer_type=page.issuer_type, wrapper=page.wrapper)
            row = _describe(text, told, raw, default_id, page_date, records, used, problems)
            doc_id = row["doc_id"] = _unique(str(row["doc_id"]), taken)
            documents.append(row)
            text, offsets, corrected = _correct_slips(doc_id, text, offsets, slips)
            row.update(text=text, n_chars=len(text))
            clauses = find_clauses(doc_id, text, offsets)
            tables["clauses"].append(clauses)
            paragraphs = find_paragraphs(doc_id, text, clauses, offsets)
            tables["paragraphs"].append(paragraphs)
            tables["mentions"].append(extract_mentions(doc_id, text, clauses, document=row))
            last = offsets.span(0, len(text))[1] if end < len(cleaned.text) else len(raw.text) + 1
            inside = cleaned.repairs["raw_begin"].between(first, last, inclusive="left")
            tables["repairs"] += [cleaned.repairs[inside].assign(doc_id=doc_id), corrected]
            first = last
            problems += _look_for_problems(doc_id, raw, text, clauses, paragraphs, cleaned.repairs[inside])
    if not documents:
        raise ValueError(f"`source` must hold at least one readable document; {problems[-1]['message']}.")
    problems += _find_duplicates(documents)
    mentions = _join("mentions", tables["mentions"])
    documents += _not_held(records, used, taken, problems)
    table = fill_from_corpus(type_documents(make_table("documents", documents)), mentions, problems)
    mentions = fill_mentions(mentions, table)
    return Corpus(
        documents=table,
        clauses=_join("clauses", tables["clauses"]),
        paragraphs=_join("paragraphs", tables["paragraphs"]),
        mentions=mentions,
        problems=make_table("problems", problems),
        repairs=_join("repairs", tables["repairs"]),
        files=pd.DataFrame(
            [(raw.source, raw.encoding, raw.sha256, raw.text) for raw in raws],
            columns=["source", "encoding", "sha256", "raw_text"],
        ),
    )


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


def _unique(doc_id: str, taken: set[str]) -> str:
    """A doc_id that no document has yet: a second one of a name is told apart by a count."""
    number = 1
    while (name := doc_id if number == 1 else f"{doc_id}~{number}") in taken:
        number += 1
    taken.add(name)
    return name


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


def _page_date(repairs: pd.DataFrame) -> str:
    lines = repairs.loc[repairs["fixer"] == "web_remains", "before"]
    return next((line for line in lines if "时间" in line or "日期" in line), "")


def _describe(
    text: str,
    told: Metadata,
    raw: RawFile,
    default_id: str,
    page_date: str,
    records: list[Records],
    used: list[set[int]],
    problems: list[dict[str, object]],
) -> dict[str, object]:
    """The row of a document: what the text tells, overruled by what the metadata say."""
    region, other, doubt = settle_region(text, told.title, told.issuers, told.doc_number, raw.name)
    place = region.path if region else ""
    bounds = date_document(text, region=place, doc_number=told.doc_number, page_date=page_date, title=told.title)
    row: dict[str, object] = {
        "doc_id": default_id,
        "title": told.title,
        **_place(region),
        "issuers": told.issuers or pd.NA,
        "issuer_type": told.issuer_type or pd.NA,
        "doc_number": told.doc_number or pd.NA,
        "kind": told.kind or pd.NA,
        "wrapper": told.wrapper or pd.NA,
        "lineage": name_lineage(told.title) or pd.NA,
        "dated": bounds.earliest if bounds.earliest is not None and bounds.earliest == bounds.latest else pd.NaT,
        "earliest": bounds.earliest,
        "latest": bounds.latest,
        "date_basis": bounds.basis or pd.NA,
        "date_note": bounds.note or pd.NA,
        "period_start": told.period_start,
        "period_end": told.period_end,
        "parent_ids": pd.NA,
    }
    for table, places in zip(records, used, strict=True):
        number = find_record(table, raw.source, default_id, (told.title, raw.name), places)
        if number is None:
            continue
        places.add(number)
        record = table.rows[number]
        _check_hash(record, raw, default_id, problems)
        _check_title(record, raw, default_id, text, problems)
        given = {key: value for key, value in record.items() if not pd.isna(value) and key in _GIVEN}  # type: ignore[call-overload]
        given.update(merge_dates(row, given))
        if "title" in given and told.title == raw.name:  # a title that is given tells more than the name of a file
            row.update(_told_by_title(str(given["title"])))
        if other is not None and given.get("level") == other.level and not {"region", "region_code"} & given.keys():
            row.update(_place(other))
        if {"level", "region", "region_code"} & given.keys():
            doubt = ""
        row.update(given)
        problems += [
            problem("doubtful metadata", f"{row['doc_id']}: {wrong}", row["doc_id"], source=raw.source)
            for wrong in doubt_place(given, row)
        ]
    if not pd.isna(row["date_basis"]):  # type: ignore[call-overload]
        row["date_basis"] = ";".join(dict.fromkeys(str(row["date_basis"]).split(";")))
    if doubt:
        message = f"{row['doc_id']}: {doubt}; give its level in the metadata"
        problems.append(problem("ambiguous region", message, row["doc_id"], source=raw.source))
    row.update(held=True, text=text, source=raw.source, sha256=raw.sha256, n_chars=len(text))
    return row


def _place(region: Region | None) -> dict[str, object]:
    names = (pd.NA, pd.NA, pd.NA) if region is None else (region.level, region.path, region.code)
    return dict(zip(("level", "region", "region_code"), names, strict=True))


def _told_by_title(title: str) -> dict[str, object]:
    return {"kind": name_kind(title) or pd.NA, "lineage": name_lineage(title) or pd.NA}


#: What metadata may say of a document whose text is at hand.
_GIVEN = frozenset(COLUMNS["documents"]) - {"held", "text", "source", "sha256", "n_chars"}


def _check_hash(record: dict[str, object], raw: RawFile, doc_id: str, problems: list[dict[str, object]]) -> None:
    recorded = record.get("sha256")
    if isinstance(recorded, str) and recorded.lower() != raw.sha256:
        message = f"{raw.source}: its bytes are not those that the metadata were made for (SHA-256 differs)"
        problems.append(problem("changed file", message, doc_id=doc_id, source=raw.source))


#: Where a text bears its title, if it does.
_OPENING = 4000


def _check_title(
    record: dict[str, object], raw: RawFile, doc_id: str, text: str, problems: list[dict[str, object]]
) -> None:
    """Whether a text is that of the row it was taken for, which was not at hand before: a file may have a wrong name."""
    title = record.get("title")
    if record.get("held") is not False or not isinstance(title, str):
        return
    words, opening = (re.sub(r"\W", "", part) for part in (normalise_title(title), text[:_OPENING]))
    words = re.split(r"\d", words)[0]
    doc_id, number = str(record.get("doc_id") or doc_id), record.get("doc_number")
    numbers = isinstance(number, str) and re.sub(r"\W", "", number) in opening
    if words not in opening and not numbers:
        message = (
            f"{raw.source}: was taken for {doc_id} by the name of its file, but its opening has neither that title "
            f"({title}) nor its number; is it that document?"
        )
        problems.append(problem("doubtful match", message, doc_id=doc_id, source=raw.source))


def _look_for_problems(
    doc_id: str, raw: RawFile, text: str, clauses: pd.DataFrame, paragraphs: pd.DataFrame, repairs: pd.DataFrame
) -> list[dict[str, object]]:
    found = []
    shifted = repairs[repairs["fixer"] == "byte_shift"]
    if len(shifted):
        begins = [0, *(i + 1 for i, character in enumerate(raw.text) if character == "\n")]
        lines = len({bisect_right(begins, begin) for begin in shifted["raw_begin"]})
        unsure = shifted["certainty"].value_counts()
        message = (
            f"{lines} lines had their bytes shifted within GBK and were read again from them; "
            f"{unsure.get('model', 0)} characters are the likeliest reading, {unsure.get('inferred', 0)} are inferred "
            "(corpus.repairs lists them)"
        )
        found.append(problem("repaired text", message, doc_id=doc_id, source=raw.source, count=lines))
    if clauses.empty:
        message = "no numbered clause was found; each line of at least 15 characters serves as a paragraph"
        found.append(problem("no numbering", message, doc_id=doc_id, source=raw.source))
    if (share := share_outside(text, paragraphs)) > MAX_OUTSIDE and share * len(text) >= MIN_OUTSIDE:
        message = (
            f"{share:.0%} of its text stands in no paragraph (an opening, a part without numbers, tables, a signature): "
            "coverage, specificity and topics by paragraph do not see it"
        )
        found.append(problem("outside paragraphs", message, doc_id=doc_id, source=raw.source))
    for count, message in tell_oddities(clauses):
        found.append(problem("numbering", message, doc_id=doc_id, source=raw.source, count=count))
    damaged = count_damaged_lines(text)
    if damaged:
        message = (
            f"{damaged} lines carry traces of a broken encoding and stay as they are; clauses they open are not found"
        )
        found.append(problem("damaged text", message, doc_id=doc_id, source=raw.source, count=damaged))
    if raw.encoding not in USUAL_ENCODINGS:
        message = f"the encoding was guessed as {raw.encoding}; read a few lines, and save the file as UTF-8"
        found.append(problem("guessed encoding", message, doc_id=doc_id, source=raw.source))
    lost = count_lost_characters(text)
    if lost:
        message = (
            f"{lost} places lost characters for good (U+FFFD, 锟斤拷; read as {raw.encoding}); they stay as they are"
        )
        found.append(problem("undecoded", message, doc_id=doc_id, source=raw.source, count=lost))
    return found


def _find_duplicates(documents: list[dict[str, object]]) -> list[dict[str, object]]:
    first: dict[str, str] = {}
    found = []
    for row in documents:
        key = "".join(str(row["text"]).split())
        if key in first:
            message = (
                f"has the same text as {first[key]}; both are kept, so shares between them mean nothing: remove one of "
                "the files (or one of the rows, if the texts come from a table)"
            )
            found.append(problem("same text", message, doc_id=row["doc_id"], source=row["source"]))
        else:
            first[key] = str(row["doc_id"])
    return found


def _not_held(
    records: list[Records], used: list[set[int]], taken: set[str], problems: list[dict[str, object]]
) -> list[dict[str, object]]:
    """The rows of the metadata to which no text was found."""
    rows = []
    for table, places in zip(records, used, strict=True):
        for i, row in enumerate(table.rows):
            if i in places:
                continue
            doc_id = _unique(label_of(row, i), taken)
            if row.get("held") is not False:
                message = (
                    f"{doc_id}: no text was found for this row of the metadata; say held = no if it is not at hand"
                )
                problems.append(problem("missing text", message, doc_id))
            known = {key: row.get(key, pd.NA) for key in _GIVEN}
            if not pd.isna(row["title"]):  # type: ignore[call-overload]
                known |= {key: told for key, told in _told_by_title(str(row["title"])).items() if pd.isna(known[key])}  # type: ignore[call-overload]
            given = {key: value for key, value in known.items() if not pd.isna(value)}  # type: ignore[call-overload]
            problems += [
                problem("doubtful metadata", f"{doc_id}: {wrong}", doc_id) for wrong in doubt_place(given, known)
            ]
            rows.append({**known, "doc_id": doc_id, "held": False, "text": "", "n_chars": 0})
    return rows

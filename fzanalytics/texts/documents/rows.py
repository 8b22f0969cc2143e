"""From a cleaned file to its documents, and to the row of each: what it tells, overruled by what the metadata say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.offsets import OffsetMap
from fzanalytics.base.tables import COLUMNS
from fzanalytics.texts.cleaning.fixers import Cleaned
from fzanalytics.texts.dating import date_document
from fzanalytics.texts.documents.catalogue import doubt_place, label_of
from fzanalytics.texts.documents.metadata import (
    Metadata,
    name_kind,
    name_lineage,
    name_zone,
    read_metadata,
    split_documents,
)
from fzanalytics.texts.documents.problems import check_hash, check_title, problem
from fzanalytics.texts.documents.records import Records, doubt_dates, find_record, merge_dates
from fzanalytics.texts.reading.files import RawFile
from fzanalytics.texts.regions import Region, settle_region

#: What metadata may say of a document whose text is at hand.
_GIVEN = frozenset(COLUMNS["documents"]) - {"held", "text", "source", "sha256", "n_chars"}


class Piece(NamedTuple):
    """One document of a file: its clean text, what was repaired in it, and what its head tells.

    `doc_id` is what it is called if no metadata say otherwise, `page_date` what a web page says of its own date.
    """

    doc_id: str
    raw: RawFile
    text: str
    offsets: OffsetMap
    repairs: pd.DataFrame
    told: Metadata
    page_date: str


def split_file(raw: RawFile, cleaned: Cleaned, default_id: str) -> Iterator[Piece]:
    """The documents of a file, in reading order; most files are one.

    Parameters
    ----------
    raw : RawFile
    cleaned : Cleaned
        Its clean text.
    default_id : str
        What its first document is called; the others get a count behind it.
    """
    page_date = _page_date(cleaned.repairs)
    first, page = 0, read_metadata("")
    for number, (begin, end) in enumerate(split_documents(cleaned.text), start=1):
        text = cleaned.text[begin:end]
        offsets = cleaned.offsets.slice(begin, end)
        told = read_metadata(text, raw.name)
        page = told if number == 1 else page
        if not told.issuers:  # what heads a page is of all documents on it
            told = told._replace(issuers=page.issuers, issuer_type=page.issuer_type, wrapper=page.wrapper)
        last = offsets.span(0, len(text))[1] if end < len(cleaned.text) else len(raw.text) + 1
        inside = cleaned.repairs["raw_begin"].between(first, last, inclusive="left")
        doc_id = default_id if number == 1 else f"{default_id}#{number}"
        yield Piece(doc_id, raw, text, offsets, cleaned.repairs[inside], told, page_date)
        first = last


def _page_date(repairs: pd.DataFrame) -> str:
    lines = repairs.loc[repairs["fixer"] == "web_remains", "before"]
    return next((line for line in lines if "时间" in line or "日期" in line), "")


def claim_id(doc_id: str, taken: set[str]) -> str:
    """A doc_id that no document has yet, added to `taken`: a second one of a name is told apart by a count.

    Examples
    --------
    >>> taken = {"plan"}
    >>> claim_id("plan", taken), claim_id("plan", taken), claim_id("law", taken)
    ('plan~2', 'plan~3', 'law')
    """
    number = 1
    while (name := doc_id if number == 1 else f"{doc_id}~{number}") in taken:
        number += 1
    taken.add(name)
    return name


# ---------------------------------------------------------------- the row of a document that is held


def describe_document(
    piece: Piece, records: list[Records], used: list[set[int]], problems: list[dict[str, object]]
) -> dict[str, object]:
    """The row of a document: what the text tells, overruled by what the metadata say.

    Parameters
    ----------
    piece : Piece
    records : list of Records
        The tables of metadata; a later one overrules those before it.
    used : list of set of int
        For each of them the rows that found their document; that of this document joins them.
    problems : list
        What is doubtful is appended to it.

    Returns
    -------
    dict
        Columns of the documents table.
    """
    raw, told = piece.raw, piece.told
    region, other, doubt = settle_region(piece.text, told.title, told.issuers, told.doc_number, raw.name)
    row = _tell_of_text(piece, region)
    if not doubt and region is not None and (zone := name_zone(told.title)):
        doubt = f"its title names {zone}, which is in no table of jurisdictions; taken as a document of {region.path}"
    for table, places in zip(records, used, strict=True):
        number = find_record(table, raw.source, piece.doc_id, (told.title, raw.name), places)
        if number is None:
            continue
        places.add(number)
        record = table.rows[number]
        problems += check_hash(record, raw, piece.doc_id) + check_title(record, raw, piece.doc_id, piece.text)
        given = _said({key: value for key, value in record.items() if key in _GIVEN})
        contradiction = doubt_dates(row, given)
        given.update(merge_dates(row, given))
        if "title" in given and told.title == raw.name:  # a title that is given tells more than the name of a file
            row.update(_told_by_title(str(given["title"])))
        if other is not None and given.get("level") == other.level and not {"region", "region_code"} & given.keys():
            row.update(_place(other))
        if {"level", "region", "region_code"} & given.keys():
            doubt = ""
        row.update(given)
        problems += _doubt_metadata(row["doc_id"], given, row, raw.source)
        if contradiction:
            message = f"{row['doc_id']}: {contradiction}"
            problems.append(problem("contradicting dates", message, row["doc_id"], source=raw.source))
    if not pd.isna(row["date_basis"]):  # type: ignore[call-overload]
        row["date_basis"] = ";".join(dict.fromkeys(str(row["date_basis"]).split(";")))
    if doubt:
        message = f"{row['doc_id']}: {doubt}; give its level in the metadata"
        problems.append(problem("ambiguous region", message, row["doc_id"], source=raw.source))
    return row


def _tell_of_text(piece: Piece, region: Region | None) -> dict[str, object]:
    """The row of a document as its text alone tells it."""
    raw, text, told = piece.raw, piece.text, piece.told
    place = region.path if region else ""
    bounds = date_document(text, region=place, doc_number=told.doc_number, page_date=piece.page_date, title=told.title)
    return {
        "doc_id": piece.doc_id,
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
        "held": True,
        "text": text,
        "source": raw.source,
        "sha256": raw.sha256,
        "n_chars": len(text),
    }


def _place(region: Region | None) -> dict[str, object]:
    names = (pd.NA, pd.NA, pd.NA) if region is None else (region.level, region.path, region.code)
    return dict(zip(("level", "region", "region_code"), names, strict=True))


def _told_by_title(title: str) -> dict[str, object]:
    return {"kind": name_kind(title) or pd.NA, "lineage": name_lineage(title) or pd.NA}


def _said(row: Mapping[str, object]) -> dict[str, object]:
    """The columns of a row that say something."""
    return {key: value for key, value in row.items() if not pd.isna(value)}  # type: ignore[call-overload]


def _doubt_metadata(
    doc_id: object, given: Mapping[str, object], row: Mapping[str, object], source: object = pd.NA
) -> list[dict[str, object]]:
    return [
        problem("doubtful metadata", f"{doc_id}: {wrong}", doc_id, source=source) for wrong in doubt_place(given, row)
    ]


# ---------------------------------------------------------------- rows of documents that are not held


def list_not_held(
    records: list[Records], used: list[set[int]], taken: set[str], problems: list[dict[str, object]]
) -> list[dict[str, object]]:
    """The rows of the metadata to which no text was found.

    Parameters
    ----------
    records : list of Records
    used : list of set of int
        For each of them the rows that found their document.
    taken : set of str
        The doc_ids that documents have; the new ones join them.
    problems : list
        Rows that do not say held = no, and what is doubtful, are appended to it.
    """
    rows = []
    for table, places in zip(records, used, strict=True):
        for i, row in enumerate(table.rows):
            if i in places:
                continue
            doc_id = claim_id(label_of(row, i), taken)
            if row.get("held") is not False:
                message = (
                    f"{doc_id}: no text was found for this row of the metadata; say held = no if it is not at hand"
                )
                problems.append(problem("missing text", message, doc_id))
            known = {key: row.get(key, pd.NA) for key in _GIVEN}
            if not pd.isna(row["title"]):  # type: ignore[call-overload]
                known |= {key: told for key, told in _told_by_title(str(row["title"])).items() if pd.isna(known[key])}  # type: ignore[call-overload]
            problems += _doubt_metadata(doc_id, _said(known), known)
            rows.append({**known, "doc_id": doc_id, "held": False, "text": "", "n_chars": 0})
    return rows

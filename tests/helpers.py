"""Corpora made by hand, for tests that need to know the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import pandas as pd

from fzanalytics.base.tables import COLUMNS, DATE_COLUMNS, empty_table
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.regions import NATION

_YEARS = ("period_start", "period_end")


def make_corpus(texts: Mapping[str, str], *, documents: Mapping[str, Mapping[str, object]] | None = None) -> Corpus:
    """A corpus of the given texts, every column of every table filled.

    Each line that holds something is one paragraph and one clause; a line that starts with "（" opens a
    section, and is a paragraph of it like the others. Lines before the first such line have section "".

    Parameters
    ----------
    texts : mapping of doc_id to text
        The documents that are held.
    documents : mapping of doc_id to columns, optional
        Columns to set in the documents table; dates may be strings, `parent_ids` a list, `parent_ids=None`
        is missing. A doc_id without a text becomes a row that is not held. Unless set, a document is of
        level "province", of a region of its own ("{doc_id}省"), lineage
        "法治政府建设", 2016 to 2020, undated.
    """
    given = {doc_id: dict(columns) for doc_id, columns in (documents or {}).items()}
    ids = [*texts, *(doc_id for doc_id in given if doc_id not in texts)]
    rows = [_document(doc_id, texts.get(doc_id), given.get(doc_id, {})) for doc_id in ids]
    table = pd.DataFrame(rows, columns=list(COLUMNS["documents"]))
    for column in DATE_COLUMNS:
        table[column] = pd.to_datetime(table[column]).astype("datetime64[ns]")
    for column in _YEARS:
        table[column] = table[column].astype("Int64")
    table["held"] = table["held"].astype(bool)
    clauses: list[dict[str, object]] = []
    paragraphs: list[dict[str, object]] = []
    for doc_id, text in texts.items():
        for line in _lines(doc_id, text):
            clauses.append({column: line[column] for column in COLUMNS["clauses"]})
            paragraphs.append({column: line[column] for column in COLUMNS["paragraphs"]})
    return Corpus(
        documents=table,
        clauses=_table("clauses", clauses),
        paragraphs=_table("paragraphs", paragraphs),
        mentions=empty_table("mentions"),
    )


def _table(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS[name])) if rows else empty_table(name)


def _document(doc_id: str, text: str | None, given: Mapping[str, object]) -> dict[str, object]:
    unknown = set(given) - set(COLUMNS["documents"])
    if unknown:
        raise ValueError(f"`documents` must use columns of the documents table; got {sorted(unknown)}.")
    level = given.get("level", "province")
    row: dict[str, object] = {
        "doc_id": doc_id,
        "title": doc_id,
        "level": level,
        "region": NATION if level == "national" else f"{doc_id}省",
        "region_code": "000000",
        "issuers": f"{doc_id}人民政府",
        "issuer_type": "government",
        "doc_number": pd.NA,
        "kind": "实施方案",
        "wrapper": pd.NA,
        "lineage": "法治政府建设",
        **dict.fromkeys(DATE_COLUMNS, pd.NaT),
        "date_basis": pd.NA,
        "period_start": 2016,
        "period_end": 2020,
        "parent_ids": pd.NA,
        "held": text is not None,
        "text": text or "",
        "source": f"{doc_id}.txt",
        "sha256": hashlib.sha256((text or "").encode("utf-8")).hexdigest(),
        "n_chars": len(text or ""),
    }
    row.update(given)
    parents = row["parent_ids"]
    if parents is None:
        row["parent_ids"] = pd.NA
    elif isinstance(parents, Iterable) and not isinstance(parents, str):
        row["parent_ids"] = ";".join(parents)
    return row


def _lines(doc_id: str, text: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    section, begin, number = "", 0, 0
    for line in text.split("\n"):
        end = begin + len(line)
        if line.strip():
            number += 1
            opens = line.startswith("（")
            if opens:
                section = line[: line.find("）") + 1] or line
            path = section if opens else f"{section}/{number}".lstrip("/")
            clause_id = f"{doc_id}#{path}"
            rows.append(
                {
                    "doc_id": doc_id,
                    "clause_id": clause_id,
                    "paragraph_id": f"{clause_id}¶{number}",
                    "path": path,
                    "depth": 1 if opens or not section else 2,
                    "number": number,
                    "numbering": "（一）" if opens else "1.",
                    "heading": line if opens else "",
                    "section": section,
                    "text": line,
                    "begin": begin,
                    "end": end,
                    "raw_begin": begin,
                    "raw_end": end,
                }
            )
        begin = end + 1
    return rows

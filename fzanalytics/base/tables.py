"""The tables that are handed from room to room, known by their columns.

A table is a plain DataFrame; its columns are its contract and are listed here once.
Offsets are in characters, half-open, into the clean text of a document.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

#: Raised whenever a column changes its name or its meaning.
SCHEMA_VERSION = 2

#: From the centre down; a department has the level of its government.
LEVELS = ("national", "province", "prefecture", "county", "township")

#: How a date is known. A deadline inside a text is never one of them.
DATE_BASES = ("stated", "given", "cited elsewhere", "from what it cites", "what it looks back on", "page date")

DATE_COLUMNS = ("dated", "published", "effective", "earliest", "latest")

#: The columns of each table, in order.
COLUMNS: dict[str, tuple[str, ...]] = {
    "documents": (
        "doc_id", "title", "level", "region", "region_code", "issuers", "issuer_type",
        "doc_number", "kind", "wrapper", "lineage", "dated", "published", "effective",
        "earliest", "latest", "date_basis", "date_note", "period_start", "period_end", "parent_ids",
        "held", "text", "source", "sha256", "n_chars",
    ),
    "clauses": (
        "doc_id", "clause_id", "path", "depth", "number", "numbering", "heading", "text",
        "begin", "end", "raw_begin", "raw_end",
    ),
    "paragraphs": (
        "doc_id", "paragraph_id", "clause_id", "section", "text", "begin", "end",
        "raw_begin", "raw_end",
    ),
    "mentions": (
        "doc_id", "clause_id", "kind", "value", "role", "not_before", "not_after", "refers_to", "evidence",
        "begin", "end", "text",
    ),
    "problems": ("doc_id", "source", "kind", "count", "message"),
    "repairs": ("doc_id", "fixer", "raw_begin", "raw_end", "before", "after", "certainty"),
    "passages": (
        "source", "target", "source_begin", "source_end", "target_begin", "target_end",
        "n_chars", "identity", "order", "n_blanks", "n_edits", "n_documents", "n_regions", "slogan_share",
    ),
}  # fmt: skip

#: What a measure asks of a passages table; the other columns tell more of each passage.
PASSAGE_COLUMNS = COLUMNS["passages"][:9]


def empty_table(name: str) -> pd.DataFrame:
    """A table of the given name with its columns and no rows.

    Examples
    --------
    >>> list(empty_table("problems").columns)
    ['doc_id', 'source', 'kind', 'count', 'message']
    """
    return pd.DataFrame({column: pd.Series(dtype=object) for column in COLUMNS[name]})


def make_table(name: str, rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """A table from rows, with the columns of its contract in their order.

    A column that no row fills is there and missing; a column outside the contract is kept at the end.
    """
    if not rows:
        return empty_table(name)
    table = pd.DataFrame(list(rows))
    extra = [column for column in table.columns if column not in COLUMNS[name]]
    return table.reindex(columns=[*COLUMNS[name], *extra])


def table_of_texts(rows: Sequence[Sequence[object]], columns: Sequence[str]) -> pd.DataFrame:
    """A table from rows whose texts may hold half a character (a lone surrogate).

    Where pyarrow is installed, pandas 3 keeps text in Arrow, which refuses such a character: a column with one is object.

    Examples
    --------
    >>> table_of_texts([("法\\ud800", 1)], ["text", "n"])["text"].tolist() == ["法\\ud800"]
    True
    """
    try:
        return pd.DataFrame(list(rows), columns=list(columns))
    except UnicodeEncodeError:
        return pd.DataFrame(dict(zip(columns, map(_column, zip(*rows, strict=True)), strict=True)))


def _column(values: Sequence[object]) -> pd.Series:
    try:
        return pd.Series(values)
    except UnicodeEncodeError:
        return pd.Series(values, dtype=object)


def type_documents(table: pd.DataFrame) -> pd.DataFrame:
    """A documents table with the types of its contract, whatever it was made from.

    Parameters
    ----------
    table : DataFrame
        With the columns of "documents"; it is not changed.

    Returns
    -------
    DataFrame
        Dates are datetime64, what is no date is missing; period_start and period_end are Int64, held is bool, n_chars is
        int unless one is missing.

    Examples
    --------
    >>> row = {"doc_id": "a", "dated": "2016-05-01", "period_end": "2020", "held": True, "n_chars": 12.0}
    >>> typed = type_documents(make_table("documents", [row]))
    >>> typed["dated"].dt.year.tolist(), typed["period_end"].tolist(), typed["n_chars"].tolist()
    ([2016], [2020], [12])
    """
    table = table.copy()
    for column in DATE_COLUMNS:
        table[column] = pd.to_datetime(table[column], errors="coerce")
    for column in ("period_start", "period_end"):
        table[column] = pd.to_numeric(table[column], errors="coerce").astype("Int64")
    table["held"] = table["held"].astype(bool)
    if table["n_chars"].notna().all():
        table["n_chars"] = table["n_chars"].astype("int64")
    return table


def require_columns(table: pd.DataFrame, columns: Sequence[str], *, name: str) -> None:
    """Raise a ValueError that names every missing column at once; a TypeError if it is no table."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"`{name}` must be a DataFrame; got {type(table).__name__}.")
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ValueError(
            f"`{name}` must have the columns {', '.join(columns)}; "
            f"missing: {', '.join(missing)}; it has: {', '.join(map(str, table.columns)) or 'none'}."
        )

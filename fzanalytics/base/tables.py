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
DATE_BASES = ("stated", "cited elsewhere", "from what it cites", "page date")

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


def require_columns(table: pd.DataFrame, columns: Sequence[str], *, name: str) -> None:
    """Raise a ValueError that names every missing column at once."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ValueError(
            f"`{name}` must have the columns {', '.join(columns)}; "
            f"missing: {', '.join(missing)}; it has: {', '.join(map(str, table.columns)) or 'none'}."
        )

"""The table of mentions: what a document says by when, by whom, of whom, where and how much, each with its place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.tables import COLUMNS, empty_table


class Mention(NamedTuple):
    """One thing mentioned; begin and end are characters of the clean text, end excluded; None where it does not apply.

    clause_id is given only where a mention holds for another clause than that it stands in: a shared list of agencies.
    """

    kind: str
    value: str
    role: str | None
    begin: int
    end: int
    not_before: pd.Timestamp | None = None
    not_after: pd.Timestamp | None = None
    refers_to: str | None = None
    evidence: str | None = None
    clause_id: str | None = None


def dated_mention(
    role: str,
    begin: int,
    end: int,
    not_before: pd.Timestamp | None,
    not_after: pd.Timestamp | None,
    *,
    evidence: str | None = None,
) -> Mention:
    """A deadline with its days; the value is made of them, both sides parted by a slash."""
    value = "/".join(f"{date:%Y-%m-%d}" for date in (not_before, not_after) if date is not None)
    return Mention("deadline", value, role, begin, end, not_before, not_after, None, evidence)


def mention_table(doc_id: str, text: str, clauses: pd.DataFrame, mentions: Iterable[Mention]) -> pd.DataFrame:
    """Mentions as rows, each in the clause it stands in, or holds for; missing before the first clause.

    Parameters
    ----------
    doc_id : str
    text : str
        Clean text.
    clauses : DataFrame, shape (C, 12)
    mentions : iterable of Mention

    Returns
    -------
    DataFrame
        The columns of `COLUMNS["mentions"]`, sorted by place, then by kind.

    Examples
    --------
    >>> empty = pd.DataFrame({"begin": [], "clause_id": []})
    >>> mention_table("a", "《立法法》", empty, [Mention("citation", "《立法法》", "body", 0, 5)])["text"].tolist()
    ['《立法法》']
    """
    begins, clause_ids = clauses["begin"].tolist(), clauses["clause_id"].tolist()
    ordered = sorted(mentions, key=lambda one: (one.begin, one.end, one.kind, one.value))
    if not ordered:
        return empty_table("mentions")
    columns = {
        name: [pd.NA if value is None else value for value in values]
        for name, values in zip(Mention._fields, zip(*ordered, strict=True), strict=True)
    }
    stands_in = [bisect_right(begins, one.begin) for one in ordered]
    table = {
        **columns,
        "doc_id": [doc_id] * len(ordered),
        "clause_id": [
            one.clause_id or (clause_ids[inside - 1] if inside else pd.NA)
            for one, inside in zip(ordered, stands_in, strict=True)
        ],
        "not_before": [pd.NaT if one.not_before is None else one.not_before for one in ordered],
        "not_after": [pd.NaT if one.not_after is None else one.not_after for one in ordered],
        "text": [text[one.begin : one.end] for one in ordered],
    }
    return pd.DataFrame({name: table[name] for name in COLUMNS["mentions"]})

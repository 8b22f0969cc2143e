"""When documents came, and how long after those they declare, with bounds where dates are not known."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.measures.inputs import require_table
from fzanalytics.measures.reuse.passages import split_ids
from fzanalytics.texts.corpus import Corpus

logger = logging.getLogger(__name__)

_TIMELINE = ("doc_id", "title", "level", "region", "earliest", "latest", "date_basis", "held", "status")
_LAGS = ("source", "target", "source_level", "target_level", "lag_days_low", "lag_days_high", "contradiction")


def timeline(documents: pd.DataFrame | Corpus) -> pd.DataFrame:
    """All documents in order of time, held or not.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        The documents table.

    Returns
    -------
    DataFrame, D rows
        doc_id, title, level, region; earliest, latest: the bounds of the day of issue, NaT where open; date_basis;
        held; status: "adopted" (the text is held), "named, not held" (another document declares it, or its date is
        known from elsewhere) or "unknown". Sorted by earliest, or latest where that is open, then by latest and
        doc_id; documents without any date come last.

    Raises
    ------
    ValueError
        If a column is missing.
    TypeError
        If `documents` is no table.

    Notes
    -----
    A document that is not held is not a non-adoption: "unknown" is never one. The order of rows whose intervals
    overlap is a place on a page, not an order in time; for that see `order_of_documents`.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> timeline(load_sample().documents)["doc_id"].iloc[0]
    'national_outline_2015'
    """
    documents = require_table(documents, name="documents")
    require_columns(documents, (*_TIMELINE[:-1], "parent_ids"), name="documents")
    table = documents[list(_TIMELINE[:-1])].copy()
    named = {parent for cell in documents["parent_ids"] for parent in split_ids(cell)}
    dated = table["earliest"].notna() | table["latest"].notna()
    table["status"] = "unknown"
    table.loc[table["doc_id"].isin(named) | dated, "status"] = "named, not held"
    table.loc[table["held"].astype(bool), "status"] = "adopted"
    first = pd.to_datetime(table["earliest"]).fillna(pd.to_datetime(table["latest"]))
    table = table.assign(first=first).sort_values(["first", "latest", "doc_id"], na_position="last")
    return table.drop(columns="first").reset_index(drop=True)


def lag_table(documents: pd.DataFrame | Corpus) -> pd.DataFrame:
    """Days from each declared superior to the document that declares it, as bounds.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        The documents table. Documents that are not held count too, if they are dated.

    Returns
    -------
    DataFrame, one row for each document and each of its parent_ids that has a row
        source (the parent), target, source_level (the clock: since the centre, since the province, ...),
        target_level; lag_days_low, lag_days_high: the lag in days lies between them. A target is not older than
        what it declares, so lag_days_low is at least 0, and 0 where a date is missing; lag_days_high is NaN where
        open. contradiction: the dates say that the source is younger than the target; lag_days_low is then NaN
        and lag_days_high below 0. Sorted by target, source.

    Raises
    ------
    ValueError
        If a column is missing.
    TypeError
        If `documents` is no table.

    Notes
    -----
    An open bound is not a long lag. Lags of documents that happen to be held are no adoption curve: that takes a
    roster of all that could adopt.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"doc_id": ["p", "c"], "level": ["province", "county"], "parent_ids": [None, "p"],
    ...      "earliest": pd.to_datetime(["2016-01-01", "2016-06-01"]), "latest": pd.to_datetime(["2016-03-01", None])})
    >>> lag_table(table)[["source", "target", "lag_days_low", "lag_days_high"]].values.tolist()
    [['p', 'c', 92.0, nan]]
    """
    documents = require_table(documents, name="documents")
    require_columns(documents, ("doc_id", "level", "earliest", "latest", "parent_ids"), name="documents")
    facts = documents.set_index("doc_id")
    rows, absent = [], 0
    for target, cell in zip(documents["doc_id"], documents["parent_ids"], strict=True):
        for source in sorted(set(split_ids(cell))):
            if source not in facts.index or source == target:
                absent += 1
                continue
            s, t = facts.loc[source], facts.loc[target]
            low, high = _days(s["latest"], t["earliest"]), _days(s["earliest"], t["latest"])
            contradiction = high < 0
            low = float("nan") if contradiction else float(np.nanmax([low, 0.0]))
            rows.append((source, target, s["level"], t["level"], low, high, contradiction))
    if absent:
        logger.warning("%d declared superiors have no row of their own and no lag.", absent)
    return pd.DataFrame(rows, columns=list(_LAGS)).sort_values(["target", "source"], ignore_index=True)


def _days(begin: object, end: object) -> float:
    if pd.isna(begin) or pd.isna(end):  # type: ignore[call-overload]
        return float("nan")
    return float((pd.Timestamp(end) - pd.Timestamp(begin)).days)  # type: ignore[arg-type]

"""How broadly a policy is adopted: of all jurisdictions at risk, never a count alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import numpy as np
import pandas as pd

from fzanalytics.measures.adoption.dates import Dates, dated_documents
from fzanalytics.measures.adoption.roster import Roster, first_adoptions, is_first_vouched, join_roster, read_roster
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.regions import region_above

logger = logging.getLogger(__name__)

Day: TypeAlias = str | date | pd.Timestamp

_COUNTS = ("n_adopted", "n_known_not", "n_unknown", "n_at_risk")
_COLUMNS = ("lineage", "level", "at", *_COUNTS, "breadth", "breadth_low", "breadth_high", "n_missing")


def adoption_status(
    documents: pd.DataFrame | Corpus,
    roster: Roster | None,
    *,
    lineage: str,
    at: Day | Sequence[Day],
    first_known_is_first: bool = False,
    dates: Dates = None,
) -> pd.DataFrame:
    """Breadth: the share of the jurisdictions at risk that have adopted a policy by a day, with its bounds.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        doc_id, level, region, lineage, earliest, latest; if there held and parent_ids. See `first_adoptions`.
    roster : DataFrame, "provinces", "prefectures", "counties", or None
        All jurisdictions at risk; see `read_roster`. None: there is none, and every number is NA.
    lineage : str
        The policy.
    at : day, or several
        A row for each, and for each level of the roster.
    first_known_is_first : bool
        You vouch that the first known document of each jurisdiction is the first there was: before it, it had not
        adopted. Not so for a jurisdiction of which the table lists a document without any date.
    dates : {"version", "first_enacted"}, optional
        Of laws: the day of the version held, or that of the first enactment, which is the day of adoption. Without it the
        former, with a warning if the latter is known and differs; see `dated_documents`.

    Returns
    -------
    DataFrame
        lineage, level, at; n_adopted: latest of the first document is on that day or before, whatever the day in its
        interval. n_known_not: *not yet by that day*, whatever came later: the roster's not_adopted_by is on the day or
        after, or, with `first_known_is_first`, earliest of the first known document is after the day. n_unknown: all
        others: no document and no such date; a not_adopted_by that is before the day; a first known document that is
        younger, since an earlier one may not be held; an interval that spans the day; a bound that is open on the side
        that matters. n_at_risk: the sum of the three, those
        whose entry is not after and whose exit is not before the day;
        breadth_low = n_adopted / n_at_risk (no unknown has adopted), breadth_high (all unknowns have), both in [0, 1];
        breadth, where the two are one, else NaN; n_missing: regions with a document of this policy that are not on
        the roster though others of the same superior and level are. All NA without a roster. If n_missing is above 0
        the roster is not complete: the counts are given, the three shares are NaN, and a warning names the regions.

    Raises
    ------
    ValueError
        If a column is missing, `at` is no day, `dates` is unknown, or the roster and the documents contradict one another.

    Notes
    -----
    Between the bounds nothing is known: the middle is no estimate. They are no confidence interval either. A document
    that is not held is not a non-adoption: a jurisdiction is unknown before its first known document, unless the
    roster or `first_known_is_first` says more. Documents of regions on no level and below no superior of the roster are left out.

    Examples
    --------
    Of four provinces one adopted in 2016, one had not by the end of 2018, of two nothing is known:

    >>> documents = pd.DataFrame({
    ...     "doc_id": ["a"], "level": "province", "region": "河北省", "lineage": "x",
    ...     "earliest": pd.to_datetime(["2016-01-01"]), "latest": pd.to_datetime(["2016-12-31"])})
    >>> roster = pd.DataFrame({
    ...     "region": ["河北省", "河南省", "山东省", "山西省"], "level": "province",
    ...     "not_adopted_by": [None, "2018-12-31", None, None]})
    >>> table = adoption_status(documents, roster, lineage="x", at=["2015-12-31", "2016-06-30", "2017-12-31"])
    >>> table[["n_adopted", "n_known_not", "n_unknown", "breadth_low", "breadth_high"]].values.tolist()
    [[0, 1, 3, 0.0, 0.75], [0, 1, 3, 0.0, 0.75], [1, 1, 2, 0.25, 0.75]]
    """
    days = _days_of(at)
    documents = dated_documents(documents, dates=dates, lineage=lineage)
    if roster is None:
        first = first_adoptions(documents, lineage=lineage)
        logger.warning("Breadth is NA without a roster of all jurisdictions at risk.")
        levels = [level for level in dict.fromkeys(first["level"].dropna()) if level != "national"]
        empty = dict.fromkeys((*_COUNTS, "n_missing"), pd.NA)
        rows = [{"lineage": lineage, "level": level, "at": day, **empty} for day in days for level in levels]
        return _typed(rows)
    table = join_roster(documents, read_roster(roster), lineage=lineage)
    vouched = is_first_vouched(documents, table["region"], lineage=lineage, first_known_is_first=first_known_is_first)
    table["vouched"] = vouched.to_numpy()
    missing = _missing(first_adoptions(documents, lineage=lineage), table)
    if missing:
        logger.warning(
            "The roster is not complete: %d regions with a document of %s are not on it though their neighbours are "
            "(%s); breadth is NA.", len(missing), lineage, ", ".join(list(missing)[:5]),
        )  # fmt: skip
    rows = []
    for day in days:
        for level, group in table.groupby("level", sort=False):
            n_missing = sum(one == level for one in missing.values())
            rows.append({"lineage": lineage, "level": level, "at": day, **_counts(group, day), "n_missing": n_missing})
    return _typed(rows)


def _days_of(at: Day | Sequence[Day]) -> list[pd.Timestamp]:
    given = [at] if isinstance(at, str | date) else list(at)
    days = pd.to_datetime(pd.Series(given, dtype=object), errors="coerce")
    if len(days) == 0 or days.isna().any():
        raise ValueError(f"`at` must be a day or several; got {at!r}. Write '2018-12-31'.")
    return [pd.Timestamp(day).normalize() for day in days]


def _counts(table: pd.DataFrame, day: pd.Timestamp) -> dict[str, int]:
    at_risk = ~(table["entry"] > day) & ~(table["exit"] < day)
    adopted = at_risk & (table["latest"] <= day)
    known_not = at_risk & ((table["vouched"] & (table["earliest"] > day)) | (table["not_adopted_by"] >= day))
    n, yes, no = int(at_risk.sum()), int(adopted.sum()), int(known_not.sum())
    return {"n_adopted": yes, "n_known_not": no, "n_unknown": n - yes - no, "n_at_risk": n}


def _missing(first: pd.DataFrame, roster: pd.DataFrame) -> dict[str, str]:
    """Regions with a document, not on the roster though a region of the same superior and level is."""
    listed = set(roster["region"])
    families = set(zip(roster["superior"], roster["level"], strict=True))
    return {
        str(region): str(level)
        for region, level in first["level"].items()
        if region not in listed and (region_above(str(region)), level) in families
    }


def _typed(rows: list[dict[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame(rows).reindex(columns=list(_COLUMNS))
    for column in (*_COUNTS, "n_missing"):
        table[column] = table[column].astype("Int64")
    complete = (table["n_missing"] == 0).fillna(False).to_numpy(dtype=bool) & (table["n_at_risk"] > 0).fillna(False)
    n = table["n_at_risk"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    low = table["n_adopted"].to_numpy(dtype=float, na_value=np.nan)
    high = low + table["n_unknown"].to_numpy(dtype=float, na_value=np.nan)
    complete = complete.to_numpy(dtype=bool)
    for column, count in (("breadth_low", low), ("breadth_high", high)):
        table[column] = np.where(complete, count / np.where(complete, n, 1.0), np.nan)
    table["breadth"] = table["breadth_low"].where(table["breadth_low"] == table["breadth_high"])
    table["at"] = pd.to_datetime(table["at"])
    return table

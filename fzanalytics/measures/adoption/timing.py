"""When documents came, and how long after those they declare, with bounds where dates are not known."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.measures.adoption.dates import Dates, dated_documents
from fzanalytics.measures.adoption.roster import (
    Roster,
    canonical_region,
    first_adoptions,
    is_evidence,
    join_roster,
    read_roster,
)
from fzanalytics.measures.inputs import read_day, require_table
from fzanalytics.measures.reuse.order import split_ids
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.regions import NATION, region_above

logger = logging.getLogger(__name__)

_TIMELINE = ("doc_id", "title", "level", "region", "earliest", "latest", "date_basis", "held", "status")
_LAGS = (
    "source", "target", "source_level", "target_level", "lag_days_low", "lag_days_high", "contradiction",
    "since_centre", "since_superior", "declared", "region", "status",
)  # fmt: skip


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


def lag_table(
    documents: pd.DataFrame | Corpus,
    *,
    lineage: str | None = None,
    roster: Roster | None = None,
    at: str | pd.Timestamp | None = None,
    dates: Dates = None,
) -> pd.DataFrame:
    """Days from the centre's and the superior's document to that of a jurisdiction, as bounds: two clocks.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        doc_id, level, earliest, latest, parent_ids; for the clock of the superior region; if there held. Documents
        that are not held count too, if they are dated.
    lineage : str, optional
        Without it, each document is timed against those it declares: a jurisdiction of several documents, or of one
        that declares several, is in several rows, which `turnbull` refuses. With it, the first known document of each
        jurisdiction (`first_adoptions`) against the first of the centre and the first of its immediate superior,
        declared or not; needs region and lineage, not parent_ids.
    roster : DataFrame, or "provinces", "prefectures", "counties", optional
        With `lineage`: all jurisdictions at risk (`read_roster`), each with its rows; those without a document too.
    at : day, optional
        The day on which the documents were gathered: an open `latest` of an existing document ends there, since
        what is at hand is not younger.
    dates : {"version", "first_enacted"}, optional
        Of laws: the day of the version held, or that of the first enactment, which is the day of adoption. Without it the
        former, with a warning if the latter is known and differs; see `dated_documents`.

    Returns
    -------
    DataFrame, one row for each document and each of its parent_ids that has a row, or for each jurisdiction and clock
        source, target, source_level (the clock: since the centre, since the province, ...),
        target_level; lag_days_low, lag_days_high: the lag in days lies between them, both included; NaN where open.
        A target is not older than what it declares, so lag_days_low of a declared source is at least 0, and 0 where
        a date is missing; else a lag may be negative: the locality came first. By first enactments it may be so of a
        declared source too, since the version that declares may be younger than the first.
        contradiction: a source is declared, but the dates say that it is younger than the target; lag_days_low
        is then NaN and lag_days_high below 0.
        since_centre, since_superior: which clock the row is; for a province both, since its superior is the centre;
        neither for a grandparent below the centre. since_superior is NA where a region is not known.
        declared; region of the target; status: "adopted"; "known non-adopter", with target NA and the lag not below
        lag_days_low (the roster's not_adopted_by has passed), open above; "unknown", both bounds NaN.
        Where the centre or the superior has no dated document the bounds are NaN; where it has none at all source is
        NA. With `lineage`, one document of the centre without a first possible day (earliest is NaT) opens
        lag_days_high of every row of that clock, since it might be the first of all; a warning names it. Sorted by target, source; those without a target last, by region.

    Raises
    ------
    ValueError
        If a column is missing, a date is no day, `roster` is given without `lineage`, or `dates` is unknown.
    TypeError
        If `documents` is no table.

    Notes
    -----
    The date of the version held is no date of adoption: a province whose regulation of 1999 was amended in 2014 adopted in
    1999. A document that is held without any letter of text (a garbled file) counts as any other, by what its row
    tells; a warning names it.

    An open bound is not a long lag, and a document that is not held is not a non-adoption. Lags of documents that
    happen to be held are no adoption curve: that takes a roster of all that could adopt. One lineage may have come
    in several waves: give the documents of one period, ``documents[documents["period_end"] == 2020]``. Of the bundled
    corpus as a whole the outline of 2021 is such a document of the centre, of which only the last possible day is known.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"doc_id": ["p", "c"], "level": ["province", "county"], "parent_ids": [None, "p"],
    ...      "earliest": pd.to_datetime(["2016-01-01", "2016-06-01"]), "latest": pd.to_datetime(["2016-03-01", None])})
    >>> lag_table(table)[["source", "target", "lag_days_low", "lag_days_high"]].values.tolist()
    [['p', 'c', 92.0, nan]]
    >>> lag_table(table, at="2016-12-31")["lag_days_high"].tolist()
    [365.0]

    The first enactments of one family of regulations, on the clock of the centre:

    >>> from fzanalytics.texts.datasets import load_law_registry
    >>> registry = load_law_registry().rename(columns={"family": "lineage"})
    >>> registry["earliest"] = registry["latest"] = registry["version_date"]
    >>> lags = lag_table(registry, lineage="business_env", roster="provinces", dates="first_enacted")
    >>> lags["status"].value_counts().to_dict()
    {'unknown': 25, 'adopted': 6}
    """
    if roster is not None and lineage is None:
        raise ValueError("`roster` must come with `lineage`; got no lineage. Name the policy that is adopted.")
    documents = require_table(documents, name="documents")
    require_columns(documents, ("doc_id", "level", "earliest", "latest"), name="documents")
    documents = dated_documents(documents, dates=dates, lineage=lineage)
    if at is not None:
        closed = documents["latest"].isna() & is_evidence(documents)
        documents = documents.assign(latest=documents["latest"].mask(closed, read_day(at, name="at")))
    ordered = dates != "first_enacted"  # only versions come in the order in which they declare one another
    if lineage is not None:
        return _sorted(_lags_of_jurisdictions(documents, lineage, roster, ordered=ordered))
    return _sorted(_lags_declared(documents, ordered=ordered))


def _sorted(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(_LAGS))
    table["since_superior"] = table["since_superior"].astype("boolean")
    for column in ("contradiction", "since_centre", "declared"):
        table[column] = table[column].astype(bool)
    for column in ("lag_days_low", "lag_days_high"):
        table[column] = table[column].astype(float)
    return table.sort_values(["target", "region", "source"], na_position="last", ignore_index=True, kind="stable")


def _lags_declared(documents: pd.DataFrame, *, ordered: bool) -> list[tuple[object, ...]]:
    """A row for each document and each of those it declares."""
    require_columns(documents, ("doc_id", "level", "earliest", "latest", "parent_ids"), name="documents")
    facts = documents.set_index("doc_id")
    regions = facts.get("region", pd.Series(dtype=object)).dropna()
    places = {one: canonical_region(str(name)) for one, name in regions.items()}
    places |= dict.fromkeys(facts.index[facts["level"] == "national"], NATION)
    exists = dict(zip(documents["doc_id"], is_evidence(documents), strict=True))
    rows: list[tuple[object, ...]] = []
    absent = 0
    for target, cell in zip(documents["doc_id"], documents["parent_ids"], strict=True):
        for source in sorted(set(split_ids(cell))):
            if source not in facts.index or source == target:
                absent += 1
                continue
            s, t = facts.loc[source], facts.loc[target]
            known = source in places and target in places
            superior = region_above(places[target]) == places[source] if known else pd.NA
            rows.append(
                (
                    *(source, target, s["level"], t["level"], *_bounds(s, t, declared=ordered)),
                    *(s["level"] == "national", superior, True, places.get(target, pd.NA)),
                    "adopted" if exists[target] else "unknown",
                )
            )
    if not rows and not absent:
        logger.warning(
            "No document declares a superior, so no lag is known; for the adopters of one policy give `lineage`."
        )
    if absent:
        logger.warning("%d declared superiors have no row of their own and no lag.", absent)
    return rows


def _lags_of_jurisdictions(
    documents: pd.DataFrame, lineage: str, roster: Roster | None, *, ordered: bool
) -> list[tuple[object, ...]]:
    """A row for each jurisdiction and each of its clocks."""
    first = first_adoptions(documents, lineage=lineage)
    _warn_of_open_starts(documents, first, lineage)
    units = _roster_of(first) if roster is None else read_roster(roster)
    rows: list[tuple[object, ...]] = []
    for unit in join_roster(documents, units, lineage=lineage).to_dict("records"):
        for region in dict.fromkeys((NATION, unit["superior"])):
            source = first.loc[region] if region in first.index else None
            declares = split_ids(first.loc[unit["region"], "parent_ids"]) if unit["region"] in first.index else []
            declared = source is not None and source["doc_id"] in declares
            rows.append(
                (
                    pd.NA if source is None else source["doc_id"],
                    unit["doc_id"],
                    pd.NA if source is None else source["level"],
                    unit["level"],
                    *_bounds_of_unit(source, unit, declared=declared and ordered),
                    *(region == NATION, region == unit["superior"], declared, unit["region"], unit["status"]),
                )
            )
    return rows


def _roster_of(first: pd.DataFrame) -> pd.DataFrame:
    """The adopters themselves as a roster; one without a level is on it too."""
    regions = [region for region, level in first["level"].items() if level != "national" and region != NATION]
    if not regions:
        return read_roster("provinces").head(0)
    listed = pd.DataFrame({"region": regions, "level": "province"})
    return read_roster(listed).assign(level=first["level"].reindex(regions).to_numpy())


def _warn_of_open_starts(documents: pd.DataFrame, first: pd.DataFrame, lineage: str) -> None:
    """Name the documents whose open first day, and nothing else, leaves open when a source came."""
    dated = dict(zip(documents["doc_id"], documents["earliest"], strict=True))
    chosen = documents[(documents["lineage"] == lineage) & is_evidence(documents) & documents["earliest"].isna()]
    regions = [canonical_region(str(name)) for name in chosen["region"]]
    for region in dict.fromkeys(one for one in regions if one in first.index):
        below = [
            name for name in first.index if region_above(str(name)) == region or (region == NATION and name != NATION)
        ]
        if below and not pd.isna(dated[first.loc[region, "doc_id"]]):
            names = [str(name) for name, one in zip(chosen["doc_id"], regions, strict=True) if one == region]
            logger.warning(
                "%s: no first possible day is known of %s, which may be older than %s: lag_days_high is open on that "
                "clock. Give the documents of one period, or `earliest`.",
                region, ", ".join(names[:5]), first.loc[region, "doc_id"],
            )  # fmt: skip


def _bounds_of_unit(source: pd.Series | None, unit: dict[Any, Any], *, declared: bool) -> tuple[float, float, bool]:
    if source is None or unit["status"] == "unknown":
        return float("nan"), float("nan"), False
    if unit["status"] == "known non-adopter":
        return _days(source["latest"], unit["not_adopted_by"]) + 1, float("nan"), False
    return _bounds(source, unit, declared=declared)


def _bounds(source: pd.Series, target: pd.Series | dict[Any, Any], *, declared: bool) -> tuple[float, float, bool]:
    """The bounds of a lag; of a declared source it is at least 0, or the dates contradict it."""
    low, high = _days(source["latest"], target["earliest"]), _days(source["earliest"], target["latest"])
    if not declared:
        return low, high, False
    if high < 0:
        return float("nan"), high, True
    return float(np.nanmax([low, 0.0])), high, False


def _days(begin: object, end: object) -> float:
    if pd.isna(begin) or pd.isna(end):  # type: ignore[call-overload]
        return float("nan")
    return float((pd.Timestamp(end) - pd.Timestamp(begin)).days)  # type: ignore[arg-type]

"""The rows that an adoption curve is estimated from: of one clock, one a jurisdiction, with bounds in days."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.measures.adoption.roster import canonical_region

logger = logging.getLogger(__name__)

Floats = NDArray[np.float64]


def check_clock(intervals: pd.DataFrame) -> None:
    """Lags since the centre and since the superior are no one curve; a province's are both at once."""
    clocks = [name for name in ("since_centre", "since_superior") if name in intervals.columns]
    rows = {name: intervals[name].astype("boolean").fillna(False).to_numpy(dtype=bool) for name in clocks}
    if not rows or any(held.all() for held in rows.values()):
        return
    told = " and ".join(f"{int(held.sum())} rows {name}" for name, held in rows.items())
    raise ValueError(
        f"`intervals` must have one clock, the same in every row; got {len(intervals)} rows, {told}. "
        f"Take the rows of one: {' or '.join(f'lags[lags[{name!r}]]' for name in clocks)}."
    )


def leave_out_contradictions(intervals: pd.DataFrame) -> pd.DataFrame:
    """The rows whose dates do not contradict what is declared."""
    if "contradiction" not in intervals.columns:
        return intervals
    wrong = intervals["contradiction"].astype("boolean").fillna(False).to_numpy(dtype=bool)
    if wrong.any():
        logger.warning("%d of %d rows contradict what they declare and are left out.", wrong.sum(), len(wrong))
    return intervals[~wrong]


def check_once(intervals: pd.DataFrame) -> None:
    """Raise a ValueError if a jurisdiction is in several rows."""
    unknown = pd.Series(None, index=intervals.index, dtype=object)
    regions, targets = (intervals.get(column, unknown).astype(object) for column in ("region", "target"))
    names = regions.map(lambda name: canonical_region(str(name)), na_action="ignore")
    times = names.where(names.notna(), targets).value_counts()
    twice = times[times > 1]
    if len(twice):
        told = ", ".join(f"{name} ({count} rows)" for name, count in twice.head().items())
        raise ValueError(
            f"`intervals` must have each jurisdiction once; got {len(twice)} in several rows: {told}. Take the rows of "
            "lag_table(..., lineage=...), which has the first adoption of each."
        )


def open_rows(
    intervals: pd.DataFrame, ends: Floats, used: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of the rows used are adopters of an open date, and which had not adopted; a curve without these is told of."""
    open_above = np.isinf(ends)
    adopted = np.zeros(len(ends), dtype=bool)
    if "status" in intervals.columns:
        adopted = (intervals["status"][used] == "adopted").fillna(False).to_numpy(dtype=bool)
    is_open, censored = open_above & adopted, open_above & ~adopted
    if not censored.any():
        logger.warning(
            "No row is a known non-adopter: this is the curve of adopters, and reaches 1 by construction%s.",
            f" ({is_open.sum()} of them on a day of which only the lower bound is known)" if is_open.any() else "",
        )
    return is_open, censored


def find_bounds(intervals: pd.DataFrame, low: str, high: str) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Lower and upper bounds of the rows that have one, with infinities for open ends, and which rows these are."""
    try:
        begins, ends = (intervals[name].astype("Float64").to_numpy(float, na_value=np.nan) for name in (low, high))
    except (TypeError, ValueError) as error:
        raise ValueError(f"`{low}` and `{high}` must be numbers of days; got other values ({error}).") from None
    used = ~((np.isnan(begins) | np.isneginf(begins)) & (np.isnan(ends) | np.isposinf(ends)))
    wrong = intervals.index[(begins > ends) | np.isposinf(begins) | np.isneginf(ends)]
    if len(wrong):
        raise ValueError(
            f"`{low}` must not be above `{high}`; got that in the rows {', '.join(map(str, wrong[:5]))}"
            f"{' and others' if len(wrong) > 5 else ''}. Mend the dates, or leave out contradictions."
        )
    if not used.any():
        raise ValueError(
            f"`intervals` must have a row with a bound; got {len(intervals)} rows, none with one. Date them."
        )
    if not used.all():
        logger.warning("%d of %d rows have no bound and are left out: they are unknown.", (~used).sum(), len(used))
    begins, ends = begins[used], ends[used]
    return np.where(np.isnan(begins), -np.inf, begins), np.where(np.isnan(ends), np.inf, ends), used

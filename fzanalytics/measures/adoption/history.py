"""Event history: one row a jurisdiction and period while it is at risk, for models in statsmodels or R."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.files import write_bytes_atomically
from fzanalytics.base.options import check_number
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.base.tables import require_columns
from fzanalytics.measures.adoption.dates import Dates, dated_documents
from fzanalytics.measures.adoption.roster import (
    Roster,
    canonical_region,
    first_adoptions,
    is_first_vouched,
    join_roster,
    read_roster,
)
from fzanalytics.measures.inputs import read_day
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.regions import province_of

logger = logging.getLogger(__name__)

Rule = Literal["latest", "earliest", "midpoint", "imputed"]
Frequency = Literal["M", "Q", "Y"]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_UNVOUCHED = "adopted, but not known to have not adopted before"
_RULES = ("latest", "earliest", "midpoint", "imputed")
_COLUMNS = (
    "region", "region_code", "level", "province", "superior", "imputation", "period", "period_start", "period_end",
    "duration", "event", "superior_adopted", "share_siblings", "n_siblings_adopted", "n_siblings_known", "n_siblings",
)  # fmt: skip


def event_history(
    documents: pd.DataFrame | Corpus,
    roster: Roster,
    *,
    lineage: str,
    start: str | pd.Timestamp,
    end: str | pd.Timestamp,
    freq: Frequency = "Y",
    rule: Rule = "latest",
    n_imputations: int = 5,
    first_known_is_first: bool = False,
    covariates: pd.DataFrame | None = None,
    dummies: bool = False,
    dates: Dates = None,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """One row a jurisdiction and period at risk, with whether it adopted in that period.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        doc_id, level, region, lineage, earliest, latest; if there held and parent_ids. Those of superiors too.
    roster : DataFrame, or "provinces", "prefectures", "counties"
        All jurisdictions at risk; see `read_roster`.
    lineage : str
        The policy.
    start, end : day
        Observation runs from the period of `start` to that of `end`, both whole.
    freq : {"M", "Q", "Y"}
        Months, quarters or years.
    rule : {"latest", "earliest", "midpoint", "imputed"}
        The day of adoption within its interval. "imputed": a day drawn evenly from the interval, `n_imputations` times;
        fit the model to each imputation and combine by Rubin's rules.
    n_imputations : int
        Copies of the table under "imputed".
    first_known_is_first : bool
        You vouch that the first known document of each jurisdiction is the first there was: it is at risk up to it,
        and its period is that of adoption. Not so for a jurisdiction of which the table lists a document without any
        date. Without it only the roster's not_adopted_by says that a jurisdiction had not adopted, for adopters too.
    covariates : DataFrame, optional
        region, period (as in the result: 2016, 2016Q1, 2016-01; without it the values hold for all periods), and the
        variables. Lag them yourself.
    dummies : bool
        Add a column period_... for each period but the first, 1 in that period.
    dates : {"version", "first_enacted"}, optional
        Of laws: the day of the version held, or that of the first enactment, which is the day of adoption. Without it the
        former, with a warning if the latter is known and differs; see `dated_documents`.
    random_state : int, Generator or None
        For "imputed"; same int, same table.

    Returns
    -------
    DataFrame
        region, region_code, level, province (the first part of the region, to cluster on), superior; imputation (from
        1); period, period_start, period_end; duration (periods at risk so far, from 1); event (1 in the period of
        adoption, the last row of a jurisdiction; else 0).
        Of the periods before, so that nothing of the period itself explains it: superior_adopted (1 or 0);
        n_siblings (others on the roster with the same superior and level), n_siblings_known (those of known status),
        n_siblings_adopted, and share_siblings = n_siblings_adopted / n_siblings_known. NaN where not known, never 0.
        Then covariates and dummies. Sorted by imputation, region, period.

    Raises
    ------
    ValueError
        If an option, a column or a date is not as said above.

    Notes
    -----
    Who is at risk: adopters until their adoption, if they are known not to have adopted before it (by
    `first_known_is_first`, or by a not_adopted_by that reaches to the end of the period before); the others, and known
    non-adopters, through the last period that ends by their not_adopted_by; from the period of `entry` on, and through the last whole period before `exit`. Those who adopted
    before `start` or before their entry are not at risk (left truncation), and the unknown are in no risk set: a
    document that is not held is not a non-adoption. A day of adoption that the rule cannot tell (an open end) makes
    no event: the jurisdiction is at risk up to the last period of which it is known that it had not adopted (with
    `first_known_is_first`, that before its `earliest`); if there is none it is left out. Numbers of all of these are in `attrs["left_out"]` and in a warning.

    A history of adopters alone ends in an event in each case: its hazards are those of adopters. Periods without an
    event have no estimate under period dummies: join periods or use duration.

    Examples
    --------
    >>> documents = pd.DataFrame({
    ...     "doc_id": ["n", "a"], "level": ["national", "province"], "region": ["全国", "河北省"], "lineage": "x",
    ...     "earliest": pd.to_datetime(["2015-12-01", "2017-02-01"]),
    ...     "latest": pd.to_datetime(["2015-12-27", "2017-03-01"])})
    >>> roster = pd.DataFrame({
    ...     "region": ["河北省", "河南省", "山西省"], "level": "province", "not_adopted_by": [None, "2018-12-31", None]})
    >>> years = {"lineage": "x", "start": "2016-01-01", "end": "2018-12-31"}
    >>> table = event_history(documents, roster, first_known_is_first=True, **years)
    >>> table[["region", "period", "event", "share_siblings", "superior_adopted"]].values.tolist()
    [['河北省', '2016', 0, 0.0, 1.0], ['河北省', '2017', 1, 0.0, 1.0], ['河南省', '2016', 0, 0.0, 1.0],
     ['河南省', '2017', 0, 0.0, 1.0], ['河南省', '2018', 0, 1.0, 1.0]]

    Without that word nothing tells that Hebei had no document before 2017; known is that it had one from then on:

    >>> event_history(documents, roster, **years)[["region", "period", "share_siblings"]].fillna(-1).values.tolist()
    [['河南省', '2016', -1.0], ['河南省', '2017', -1.0], ['河南省', '2018', 1.0]]

    A complementary log-log model, the discrete form of proportional hazards, clustered by province. Invented: in each
    of 30 provinces four units, which adopt after one to four years:

    >>> import statsmodels.api as sm
    >>> import statsmodels.formula.api as smf
    >>> units = pd.DataFrame({"region": [f"省{p}/市{u}" for p in range(30) for u in range(4)], "level": "prefecture"})
    >>> generator = np.random.default_rng(0)
    >>> adopted = pd.to_datetime(pd.Series(2012 + generator.integers(1, 5, size=len(units))).astype(str) + "-06-30")
    >>> texts = units.assign(doc_id=units["region"], lineage="x", earliest=adopted, latest=adopted)
    >>> rows = event_history(
    ...     texts, units, lineage="x", start="2013-01-01", end="2015-12-31", first_known_is_first=True)
    >>> model = smf.glm(
    ...     "event ~ C(period) + share_siblings", rows, family=sm.families.Binomial(sm.families.links.CLogLog()))
    >>> fit = model.fit(cov_type="cluster", cov_kwds={"groups": pd.factorize(rows["province"])[0]})
    >>> int(fit.nobs) == len(rows), list(fit.params.index)
    (True, ['Intercept', 'C(period)[T.2014]', 'C(period)[T.2015]', 'share_siblings'])

    The same in R, from the file that `write_event_history` makes::

        d <- read.csv("history.csv", fileEncoding = "UTF-8", colClasses = c(region_code = "character"))
        m <- glm(event ~ factor(period) + share_siblings, family = binomial("cloglog"), data = d)
        lmtest::coeftest(m, vcov. = sandwich::vcovCL(m, cluster = ~province))
    """
    _check_options(freq, rule, n_imputations)
    periods = _periods(start, end, freq)
    documents = dated_documents(documents, dates=dates, lineage=lineage)
    units = join_roster(documents, read_roster(roster), lineage=lineage)
    first = first_adoptions(documents, lineage=lineage)
    generator = make_generator(random_state, "event history")
    copies: list[pd.DataFrame] = []
    left_out: dict[str, int] = {}
    known = _known(units, first)
    known["vouched"] = is_first_vouched(
        documents, known.index, lineage=lineage, first_known_is_first=first_known_is_first
    )
    for number in range(1, (n_imputations if rule == "imputed" else 1) + 1):
        rows, left_out = _one_history(units, _states(known, rule, generator, periods), periods)
        copies.append(rows.assign(imputation=number))
    table = pd.concat(copies, ignore_index=True)
    table = table.sort_values(["imputation", "region", "period_start"], ignore_index=True)[list(_COLUMNS)]
    if covariates is not None:
        table = _with_covariates(table, covariates)
    if dummies:
        for period in periods[1:]:
            table[f"period_{period}"] = (table["period"] == str(period)).astype(int)
    if any(left_out.values()):
        told = ", ".join(f"{count} {why}" for why, count in left_out.items() if count)
        logger.warning("Of %d jurisdictions not (or not wholly) in the event history: %s.", len(units), told)
    if left_out.get(_UNVOUCHED):
        logger.warning(
            "%d adopters have no event, since nothing says that they had not adopted before their first known document: "
            "give not_adopted_by in the roster, or `first_known_is_first=True` if you vouch for it.",
            left_out[_UNVOUCHED],
        )
    table.attrs["left_out"] = left_out
    return table


def write_event_history(table: pd.DataFrame, path: str | Path) -> Path:
    """Write an event history as CSV that pandas and R read alike.

    Parameters
    ----------
    table : DataFrame
        From `event_history`.
    path : str or Path

    Returns
    -------
    Path
        The file: UTF-8 without a mark, one line a row, days as 2016-01-31, missing as NA.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = write_event_history(pd.DataFrame({"region": ["河北省"], "event": [1], "x": [None]}), f"{folder}/h.csv")
    ...     file.read_text(encoding="utf-8")
    'region,event,x\\n河北省,1,NA\\n'
    """
    text = table.to_csv(index=False, na_rep="NA", date_format="%Y-%m-%d", lineterminator="\n")
    return write_bytes_atomically(path, text.encode("utf-8"))


def _check_options(freq: str, rule: str, n_imputations: int) -> None:
    if freq not in ("M", "Q", "Y"):
        raise ValueError(f"`freq` must be 'M', 'Q' or 'Y'; got {freq!r}. Take 'Y' for years.")
    if rule not in _RULES:
        raise ValueError(f"`rule` must be 'latest', 'earliest', 'midpoint' or 'imputed'; got {rule!r}. Take 'latest'.")
    check_number(n_imputations, name="n_imputations", within="[1, inf)", whole=True, remedy="Take 5.")


def _periods(start: str | pd.Timestamp, end: str | pd.Timestamp, freq: str) -> pd.PeriodIndex:
    first, last = read_day(start, name="start"), read_day(end, name="end")
    if first > last:
        raise ValueError(f"`start` must be a day not after `end`; got {start} and {end}. Turn them.")
    return pd.period_range(first.to_period(freq), last.to_period(freq), freq=freq)


def _day_in(early: pd.Series, late: pd.Series, rule: str, generator: np.random.Generator) -> pd.Series:
    """The day of adoption by rule; NaT where an end that the rule needs is open."""
    if rule == "latest":
        return late.copy()
    if rule == "earliest":
        return early.copy()
    span = (late - early).dt.days
    if rule == "midpoint":
        return early + pd.to_timedelta(span // 2, unit="D")
    drawn = pd.Series(np.floor(generator.random(len(span)) * (span.to_numpy(float) + 1)), index=span.index)
    return early + pd.to_timedelta(drawn, unit="D")


def _known(units: pd.DataFrame, first: pd.DataFrame) -> pd.DataFrame:
    """Bounds of the adoption of every jurisdiction that counts, superiors outside the roster too, indexed by region."""
    dates = ["earliest", "latest", "not_adopted_by"]
    known = units.set_index("region")[dates]
    others = first.loc[~first.index.isin(known.index), ["earliest", "latest"]].reindex(columns=dates)
    if others.empty:
        return known
    return pd.concat([known, others.astype(dict.fromkeys(dates, known["earliest"].dtype))])


class _States(NamedTuple):
    """Of each region: day of its first known document by rule; first period (from 0) by which it has surely adopted; last
    one at the end of which it surely had not. inf and -inf where there is none."""

    day: pd.Series
    adopted_in: pd.Series
    not_by: pd.Series


def _states(known: pd.DataFrame, rule: str, generator: np.random.Generator, periods: pd.PeriodIndex) -> _States:
    day = _day_in(known["earliest"], known["latest"], rule, generator)
    at = _index(day, periods)
    adopted_in = at.fillna(_index(known["latest"], periods)).fillna(np.inf)
    before = (_index(known["earliest"], periods) - 1).where(known["vouched"])
    undated = pd.concat([before, _whole(known["not_adopted_by"], periods)], axis=1)
    not_by = (at - 1).where(known["vouched"]).fillna(undated.max(axis=1)).fillna(-np.inf)
    return _States(day, adopted_in, not_by)


def _index(days: pd.Series, periods: pd.PeriodIndex) -> pd.Series:
    """The period of a day, counted from the first; NaN for a missing day."""
    numbers = [np.nan if pd.isna(day) else pd.Period(day, freq=periods.freq).ordinal for day in days]
    return pd.Series(numbers, index=days.index, dtype=float) - periods[0].ordinal


def _whole(days: pd.Series, periods: pd.PeriodIndex) -> pd.Series:
    """The last period that has ended by the end of a day."""
    return _index(days + pd.Timedelta(days=1), periods) - 1


def _one_history(units: pd.DataFrame, states: _States, periods: pd.PeriodIndex) -> tuple[pd.DataFrame, dict[str, int]]:
    """The rows of all jurisdictions, and how many of these are left out, or cut, and why."""
    regions, n = units["region"], len(periods)
    day = states.day.reindex(regions).reset_index(drop=True)
    at = _index(day, periods).to_numpy()
    entry, leave = units["entry"], units["exit"]
    begin = np.maximum(_index(entry, periods).fillna(0).to_numpy(), 0)
    before = (at < begin) | (day < entry).to_numpy()
    not_by = states.not_by.reindex(regions).to_numpy()
    unvouched = ~np.isnan(at) & ~before & (not_by < at - 1)
    dated = ~np.isnan(at) & ~unvouched & ~(day > leave).to_numpy()
    last = np.where(dated, at, np.fmin(not_by, _whole(leave, periods).to_numpy()))
    place = np.arange(n)
    at_risk = (place >= begin[:, None]) & (place <= last[:, None]) & ~before[:, None]
    events = at_risk & dated[:, None] & (place == at[:, None])
    adopted = (units["status"] == "adopted").to_numpy()
    unknown = (units["status"] == "unknown").to_numpy()
    nothing = ~at_risk.any(axis=1)
    left_out = {
        "unknown": int(unknown.sum()),
        "adopted before": int((adopted & before).sum()),
        "adopted on a day that the rule cannot tell": int((adopted & np.isnan(at)).sum()),
        _UNVOUCHED: int((adopted & unvouched).sum()),
        "without a period at risk": int((nothing & ~unknown & ~before & ~(adopted & (np.isnan(at) | unvouched))).sum()),
    }
    row, column = np.nonzero(at_risk)
    table = units[["region", "region_code", "level", "superior"]].iloc[row].reset_index(drop=True)
    table["province"] = [province_of(region) for region in table["region"]]
    table["period"] = np.array([str(period) for period in periods], dtype=object)[column]
    table["period_start"] = periods.start_time[column]
    table["period_end"] = periods.end_time.normalize()[column]
    table["duration"] = column - begin[row].astype(int) + 1
    table["event"] = events[row, column].astype(int)
    for name, values in _neighbours(units, states, n).items():
        table[name] = values[row, column]
    return table, left_out


def _neighbours(units: pd.DataFrame, states: _States, n: int) -> dict[str, NDArray[np.generic]]:
    """Of each jurisdiction and period: what its superior and its siblings had done in the periods before."""
    place = np.arange(n)
    yes, known = _before(states, units["region"], place)
    group = units.groupby(["superior", "level"], sort=False, dropna=False).ngroup().to_numpy()
    n_others = (np.bincount(group)[group] - 1)[:, None] + np.zeros((1, n), dtype=int)
    n_yes, n_known = (_of_others(flags, group) for flags in (yes, known))
    above_yes, above_known = _before(states, units["superior"], place)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(n_known > 0, n_yes / n_known, np.nan)
    return {
        "superior_adopted": np.where(above_known, above_yes.astype(float), np.nan),
        "share_siblings": share,
        "n_siblings_adopted": n_yes,
        "n_siblings_known": n_known,
        "n_siblings": n_others,
    }


def _before(states: _States, regions: pd.Series, place: NDArray[np.int64]) -> tuple[Flags, Flags]:
    """Whether each region had adopted before each period, and whether that is known."""
    adopted_in = states.adopted_in.reindex(regions).fillna(np.inf).to_numpy()[:, None]
    not_by = states.not_by.reindex(regions).fillna(-np.inf).to_numpy()[:, None]
    yes = adopted_in < place
    return yes, yes | (not_by >= place - 1)


def _of_others(flags: Flags, group: NDArray[np.int64]) -> NDArray[np.int64]:
    sums = np.zeros((group.max() + 1, flags.shape[1]), dtype=np.int64)
    np.add.at(sums, group, flags.astype(np.int64))
    return sums[group] - flags


def _with_covariates(table: pd.DataFrame, covariates: pd.DataFrame) -> pd.DataFrame:
    require_columns(covariates, ["region"], name="covariates")
    keys = ["region", *(["period"] if "period" in covariates.columns else [])]
    added = covariates.assign(region=[canonical_region(str(name)) for name in covariates["region"]])
    if "period" in keys:
        added["period"] = added["period"].astype(str)
    taken = sorted((set(added.columns) - set(keys)) & set(table.columns))
    twice = [" ".join(map(str, row)) for row in added.loc[added.duplicated(keys), keys].itertuples(index=False)]
    if taken or twice:
        faults = [f"{name} is a column of the history" for name in taken] + [f"{one} stands twice" for one in twice[:5]]
        raise ValueError(
            f"`covariates` must have one row for {' and '.join(keys)}, and names of their own; got: {'; '.join(faults)}."
        )
    merged = table.merge(added, on=keys, how="left")
    missing = int(merged[[name for name in added.columns if name not in keys]].isna().any(axis=1).sum())
    if missing:
        logger.warning("%d of %d rows lack a covariate; models leave such rows out.", missing, len(merged))
    return merged

"""From the names of covariates to the columns of a regression: groups, numbers, and pairs of them that interact.

Shape letters: D documents, p columns of the design.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_list
from fzanalytics.base.tables import require_columns
from fzanalytics.measures.vocabulary.units import group_table, order_groups
from fzanalytics.texts.corpus import Corpus

Floats = NDArray[np.float64]

_NAME = re.compile(r"[^\W\d]\w*")

#: At most so many values of a number are tabled, unless `at` names them.
GRID = 7


@dataclass(frozen=True)
class Design:
    """The columns of a regression, for any table of covariates.

    Attributes
    ----------
    mains : tuple of str
        The covariates in their order.
    pairs : tuple of (str, str)
        Those that interact; both are among `mains`.
    groups : dict of str to tuple of str
        The values of each covariate that is a group, the reference first.
    centres : dict of str to float
        The mean of each covariate that is a number; columns are deviations from it.
    """

    mains: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    groups: Mapping[str, tuple[str, ...]]
    centres: Mapping[str, float]

    def columns(self, table: pd.DataFrame) -> Floats:
        """The design of a table of covariates, shape (D, p); the first column is 1."""
        blocks = {name: self._block(name, table[name]) for name in self.mains}
        crossed = [
            (blocks[first][:, :, None] * blocks[second][:, None, :]).reshape(len(table), -1)
            for first, second in self.pairs
        ]
        return np.column_stack([np.ones(len(table)), *blocks.values(), *crossed])

    def _block(self, name: str, values: pd.Series) -> Floats:
        if name in self.centres:
            return values.to_numpy(dtype=float)[:, None] - self.centres[name]
        return np.equal.outer(values.to_numpy(dtype=object), np.array(self.groups[name][1:], dtype=object)).astype(
            float
        )


def read_formula(formula: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The covariates of a formula, and the pairs of them that interact.

    Parameters
    ----------
    formula : str
        Names joined by "+"; "*" between two names adds both and their interaction.

    Raises
    ------
    ValueError
        If it is anything else.

    Examples
    --------
    >>> read_formula("level + period")
    (('level', 'period'), ())
    >>> read_formula("issuer_type + level * year")
    (('issuer_type', 'level', 'year'), (('level', 'year'),))
    """
    mains: list[str] = []
    pairs: list[tuple[str, str]] = []
    for term in str(formula).split("+"):
        names = [name.strip() for name in term.split("*")]
        if len(names) > 2 or len(set(names)) < len(names) or not all(_NAME.fullmatch(name) for name in names):
            raise ValueError(
                f"`formula` must be names of covariates joined by '+', two that interact by '*'; got {formula!r}. "
                "For instance 'level + period' or 'level * year'."
            )
        mains += [name for name in names if name not in mains]
        if len(names) == 2 and (names[0], names[1]) not in pairs:
            pairs.append((names[0], names[1]))
    return tuple(mains), tuple(pairs)


def covariates_of(documents: pd.DataFrame | Corpus, names: tuple[str, ...]) -> pd.DataFrame:
    """The covariates of each document, groups as text and numbers as float, missing where they are not known.

    Parameters
    ----------
    documents : DataFrame or Corpus
        With doc_id and what the covariates are made from.
    names : tuple of str
        "level", "region", "province", "period", or any column of the documents; "year" is a number: the middle of the
        bounds on the date of issue, in years, missing where a bound is open. A column of numbers is a number.

    Returns
    -------
    DataFrame, shape (D, covariates)
        Indexed by doc_id.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "doc_id": ["a", "b"], "region": ["河北省/石家庄市", "河北省"], "earliest": ["2016-01-01", "2016-05-01"],
    ...     "latest": ["2017-01-01", None], "n_chars": [10, 20]})
    >>> covariates_of(table, ("province", "year", "n_chars")).to_dict("index")
    {'a': {'province': '河北省', 'year': 2016.5, 'n_chars': 10.0}, 'b': {'province': '河北省', 'year': nan, 'n_chars': 20.0}}
    """
    table = documents.documents if isinstance(documents, Corpus) else documents
    require_columns(table, ["doc_id"], name="documents")
    if table["doc_id"].duplicated().any():
        doubled = sorted(table.loc[table["doc_id"].duplicated(), "doc_id"].astype(str))
        raise ValueError(
            f"`documents` must have each doc_id once; got {doubled[0]} more than once. Leave out the others."
        )
    columns: dict[str, Any] = {}
    for name in names:
        if name == "year":
            require_columns(table, ("earliest", "latest"), name="documents")
            columns[name] = (_years(table["earliest"]) + _years(table["latest"])) / 2
        elif name in table.columns and _is_number(table[name]):
            columns[name] = pd.to_numeric(table[name]).astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        elif name not in table.columns and name not in ("period", "province"):
            raise ValueError(
                f"`formula` must name columns of `documents`, 'province', 'period' or 'year'; got {name!r}. "
                f"There are: {', '.join(map(str, table.columns))}."
            )
        else:
            columns[name] = group_table(table, name).to_numpy(dtype=object)
    return pd.DataFrame(columns, index=pd.Index(table["doc_id"].astype(str), name="doc_id"))


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _years(dates: pd.Series) -> Floats:
    """Dates as years and parts of them; NaN if missing."""
    known = pd.to_datetime(dates, errors="coerce")
    begin = pd.to_datetime(known.dt.year.astype("Int64").astype("string") + "-01-01", errors="coerce")
    length = np.where(known.dt.is_leap_year.fillna(False).to_numpy(dtype=bool), 366.0, 365.0)
    days = (known - begin).dt.days.to_numpy(dtype=float, na_value=np.nan)
    return np.asarray(known.dt.year.to_numpy(dtype=float, na_value=np.nan) + days / length, dtype=float)


def make_design(table: pd.DataFrame, formula: str, reference: Mapping[str, str] | None = None) -> Design:
    """The design of complete covariates; the reference of a group is its first value, from the centre down or sorted.

    Raises
    ------
    ValueError
        If `reference` names what is no group or none of its values.

    Examples
    --------
    >>> table = pd.DataFrame({"level": ["county", "province", "county"], "year": [2015.0, 2016.0, 2017.0]})
    >>> design = make_design(table, "level * year")
    >>> design.groups["level"], design.columns(table).astype(int).tolist()
    (('province', 'county'), [[1, 1, -1, -1], [1, 0, 0, 0], [1, 1, 1, 1]])
    """
    mains, pairs = read_formula(formula)
    numbers = [name for name in mains if pd.api.types.is_float_dtype(table[name])]
    groups = {name: order_groups(table[name]) for name in mains if name not in numbers}
    for name, value in (reference or {}).items():
        if value not in groups.get(name, []):
            known = "; ".join(f"{one}: {', '.join(values)}" for one, values in groups.items())
            raise ValueError(
                f"`reference` must name groups and one value of each ({known or 'there are none'}); got {name}: {value}."
            )
        groups[name] = [value, *(other for other in groups[name] if other != value)]
    return Design(
        mains=mains,
        pairs=pairs,
        groups={name: tuple(values) for name, values in groups.items()},
        centres={name: float(table[name].mean()) for name in numbers},
    )


class Question(NamedTuple):
    """A contrast before it is worked out.

    names : what it is called; parts : signs and what is fixed there, to be added up; documents : those of the groups in
    question, shape (D,).
    """

    names: dict[str, Any]
    parts: tuple[tuple[int, dict[str, Any]], ...]
    documents: NDArray[np.bool_]

    @property
    def is_share(self) -> bool:
        """Whether it is a share and not a difference."""
        return len(self.parts) == 1


def group_sizes(design: Design, table: pd.DataFrame, question: Question, clusters: NDArray[Any]) -> tuple[int, int]:
    """How many clusters the groups in question have together, and the smallest of them alone.

    Examples
    --------
    >>> table = pd.DataFrame({"level": ["province", "province", "county"]})
    >>> design = make_design(table, "level")
    >>> (question,) = effect_questions(design, table)
    >>> group_sizes(design, table, question, np.array(["a", "b", "c"]))
    (3, 1)
    """
    groups = [len(set(clusters[_inside(table, fixed, design)])) for _, fixed in question.parts]
    return len(set(clusters[question.documents])), min(groups)


def contrast_row(design: Design, table: pd.DataFrame, weights: Floats, question: Question) -> Floats:
    """The combination of coefficients, shape (p,): means over the documents as observed, with what is fixed set so."""
    rows = [
        sign * np.average(design.columns(table.assign(**fixed)), axis=0, weights=weights)
        for sign, fixed in question.parts
    ]
    return np.asarray(np.sum(rows, axis=0))


def _inside(table: pd.DataFrame, fixed: Mapping[str, Any], design: Design) -> NDArray[np.bool_]:
    """The documents of the groups that are named; a number has no documents of its own."""
    inside = np.ones(len(table), dtype=bool)
    for name, value in fixed.items():
        if name in design.groups:
            inside &= table[name].to_numpy(dtype=object) == value
    return inside


def _values(design: Design, table: pd.DataFrame, name: str, at: Mapping[str, Sequence[float]]) -> list[Any]:
    """Where shares are told along a covariate."""
    if name in design.groups:
        return list(order_groups(pd.Series(design.groups[name], dtype=object)))
    if name in at:
        return check_list(at[name], name="at", remedy="Write numbers for each name, as in {'year': [2015, 2020]}.")
    found = np.unique(table[name].to_numpy(dtype=float))
    return [float(value) for value in (found if len(found) <= GRID else np.linspace(found[0], found[-1], GRID))]


def share_questions(design: Design, table: pd.DataFrame, at: Mapping[str, Sequence[float]]) -> list[Question]:
    """The shares at each value of each covariate, and where two that interact meet; `names` are the covariates.

    Raises
    ------
    ValueError
        If `at` names what is no number, or gives none.
    """
    unknown = sorted(set(at) - set(design.centres))
    if unknown:
        raise ValueError(
            f"`at` must name covariates that are numbers, {', '.join(design.centres) or 'none here'}; "
            f"got {', '.join(unknown)}. Leave them out."
        )
    cells: list[dict[str, Any]] = [{name: value} for name in design.mains for value in _values(design, table, name, at)]
    for first, second in design.pairs:
        for one in _values(design, table, first, at):
            for other in _values(design, table, second, at):
                cell = {first: one, second: other}
                if _is_seen(design, table, cell, at):
                    cells.append(cell)
    return [Question(cell, ((1, cell),), _inside(table, cell, design)) for cell in cells]


def _is_seen(design: Design, table: pd.DataFrame, cell: Mapping[str, Any], at: Mapping[str, Sequence[float]]) -> bool:
    """Whether groups meet in a document, and a number lies among those of the group (unless it was asked for)."""
    inside = table[_inside(table, cell, design)]
    numbers = [name for name in cell if name in design.centres and name not in at]
    return len(inside) > 0 and all(inside[name].min() <= cell[name] <= inside[name].max() for name in numbers)


def effect_questions(design: Design, table: pd.DataFrame) -> list[Question]:
    """The differences along each covariate, then within each group of one that it interacts with, then between these.

    `names` are covariate, within, value and against; see `topic_prevalence`.
    """
    questions = [one for name in design.mains for one in _steps(design, table, name, {})]
    for pair in design.pairs:
        for by in (name for name in pair if name in design.groups):
            other = pair[1] if by == pair[0] else pair[0]
            within = {value: _steps(design, table, other, {by: value}) for value in design.groups[by]}
            questions += [one for found in within.values() for one in found]
        if pair[0] in design.groups or pair[1] in design.groups:
            questions += _differences(design, table, pair)
    return questions


def _steps(design: Design, table: pd.DataFrame, name: str, within: Mapping[str, Any]) -> list[Question]:
    """From the reference to each other value of a group, or +1 of a number; within a group only where both are seen."""
    where = ", ".join(f"{other}: {value}" for other, value in within.items())
    names = {"covariate": name, "within": where}
    if name in design.centres:
        start = design.centres[name]
        parts = ((1, {**within, name: start + 1}), (-1, {**within, name: start}))
        return [Question({**names, "value": "+1", "against": ""}, parts, _inside(table, within, design))]
    reference, *values = design.groups[name]
    found = []
    for value in values:
        one, other = {**within, name: value}, {**within, name: reference}
        inside, beside = _inside(table, one, design), _inside(table, other, design)
        if not within or (inside.any() and beside.any()):
            naming = {**names, "value": value, "against": reference}
            found.append(Question(naming, ((1, one), (-1, other)), inside | beside))
    return found


def _differences(design: Design, table: pd.DataFrame, pair: tuple[str, str]) -> list[Question]:
    """How much the steps of one covariate differ between the reference and the other groups of the one it interacts with."""
    by, other = pair if pair[0] in design.groups else (pair[1], pair[0])
    reference, *values = design.groups[by]
    found = []
    for value in values:
        bases = {
            (one.names["value"], one.names["against"]): one for one in _steps(design, table, other, {by: reference})
        }
        for one in _steps(design, table, other, {by: value}):
            key = (one.names["value"], one.names["against"])
            if key in bases:
                step = f"+1 {other}" if not key[1] else f"{key[0]} − {key[1]}"
                names = {"covariate": " * ".join(pair), "within": step, "value": value, "against": reference}
                parts = (*one.parts, *((-sign, fixed) for sign, fixed in bases[key].parts))
                found.append(Question(names, parts, one.documents | bases[key].documents))
    return found

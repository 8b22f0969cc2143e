"""From the names of covariates to the columns of a regression: groups, numbers, and pairs of them that interact.

Shape letters: D documents, p columns of the design.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.tables import empty_table, require_columns
from fzanalytics.measures.vocabulary.units import group_documents, order_groups
from fzanalytics.texts.corpus import Corpus

Floats = NDArray[np.float64]

_NAME = re.compile(r"[^\W\d]\w*")


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
    whole = Corpus(table.assign(held=True), empty_table("clauses"), empty_table("paragraphs"))
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
            columns[name] = group_documents(whole, name).to_numpy(dtype=object)
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


def make_design(table: pd.DataFrame, formula: str) -> Design:
    """The design of complete covariates; the reference of a group is its first value, from the centre down or sorted.

    Examples
    --------
    >>> table = pd.DataFrame({"level": ["county", "province", "county"], "year": [2015.0, 2016.0, 2017.0]})
    >>> design = make_design(table, "level * year")
    >>> design.groups["level"], design.columns(table).astype(int).tolist()
    (('province', 'county'), [[1, 1, -1, -1], [1, 0, 0, 0], [1, 1, 1, 1]])
    """
    mains, pairs = read_formula(formula)
    numbers = [name for name in mains if pd.api.types.is_float_dtype(table[name])]
    return Design(
        mains=mains,
        pairs=pairs,
        groups={name: tuple(order_groups(table[name])) for name in mains if name not in numbers},
        centres={name: float(table[name].mean()) for name in numbers},
    )

"""Jurisdictions at a date: what was renamed, merged, split or moved since 2015 (data/region_changes.csv).

The table of jurisdictions (data/regions.csv) is the state of January 2021. A state before it is had by taking back the
changes listed after the date, a later one by making them. The Ministry's lists follow a change by up to two years.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.resources import read_data
from fzanalytics.texts.regions import NATION, Region, line_up, name_region, regions_by_code

_BASE = "2021-01"
_MONTHS_OF_LAG = 24


class Change(NamedTuple):
    """One row of data/region_changes.csv; "" where a side is missing."""

    listed: str
    kind: str
    old_code: str
    old_name: str
    old_superior: str
    new_code: str
    new_name: str
    new_superior: str
    source: str


class Place(NamedTuple):
    """A region that a name stands for at a date; how ("in force", "listed 2016-12", "until 2017-11: ..."); codes up to its province."""

    region: Region
    evidence: str
    line: tuple[str, ...]


@cache
def _changes() -> tuple[Change, ...]:
    table = read_data("region_changes.csv")
    return tuple(Change(*row) for row in table.itertuples(index=False))


def load_region_changes() -> pd.DataFrame:
    """Changes of jurisdictions since 2015.

    Returns
    -------
    DataFrame
        listed (month of the first list that has the change, YYYY-MM; the change itself is some months older), kind
        ("renamed": one for one, with a new name, code or superior; "dissolved": merged into others; "created"),
        old_code, old_name, old_superior, new_code, new_name, new_superior ("" where a side is missing), source.

    Examples
    --------
    >>> changes = load_region_changes().set_index("old_name")
    >>> changes.loc["即墨市", ["listed", "new_name", "new_code"]].tolist()
    ['2017-11', '即墨区', '370215']
    """
    return pd.DataFrame(_changes())


class _State(NamedTuple):
    by_code: dict[str, tuple[str, str, str]]
    by_name: dict[str, tuple[str, ...]]


@cache
def _state(n_changes: int) -> _State:
    """Codes and names after the first n changes."""
    by_code = dict(regions_by_code())
    changes = _changes()
    n_base = sum(change.listed <= _BASE for change in changes)
    for change in reversed(changes[n_changes:n_base]):  # taken back
        _replace(by_code, change.new_code, change.new_name, change.old_code, change.old_name, change.old_superior)
    for change in changes[n_base:n_changes]:  # made
        _replace(by_code, change.old_code, change.old_name, change.new_code, change.new_name, change.new_superior)
    by_name: dict[str, tuple[str, ...]] = {}
    for code, (name, _, _) in by_code.items():
        for form in _forms(name):
            by_name[form] = (*by_name.get(form, ()), code)
    return _State(by_code, by_name)


def _replace(
    by_code: dict[str, tuple[str, str, str]], gone: str, gone_name: str, code: str, name: str, superior: str
) -> None:
    if gone and by_code.get(gone, ("",))[0] == gone_name:
        del by_code[gone]
    if code:
        by_code[code] = (
            name,
            "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county",
            superior,
        )


_PEOPLES = (
    "维吾尔", "哈萨克", "蒙古族", "蒙古", "藏族", "回族", "壮族", "苗族", "侗族", "土家族",
    "布依族", "彝族", "傣族", "景颇族", "傈僳族", "白族", "哈尼族", "羌族", "朝鲜族", "柯尔克孜",
    "瑶族", "仫佬族", "毛南族", "黎族", "畲族", "仡佬族", "水族", "佤族", "拉祜族", "布朗族",
    "纳西族", "普米族", "独龙族", "怒族", "东乡族", "保安族", "撒拉族", "裕固族", "土族", "满族",
    "锡伯", "塔吉克", "各族",
)  # fmt: skip


@cache
def _forms(name: str) -> tuple[str, ...]:
    """The full name, and for autonomous prefectures and counties the usual one: 甘南州, 积石山县."""
    for ending, short in (("自治州", "州"), ("自治县", "县")):
        if name.endswith(ending):
            stem = name.removesuffix(ending)
            while people := next((one for one in _PEOPLES if stem.endswith(one)), ""):
                stem = stem.removesuffix(people)
            return (name, stem + short) if len(stem) >= 2 else (name,)
    return (name,)


def _month(date: pd.Timestamp | str | None) -> str:
    return _BASE if date is None or pd.isna(date) else f"{pd.Timestamp(date):%Y-%m}"


@cache
def _n_changes(month: str) -> int:
    return sum(change.listed <= month for change in _changes())


def regions_at(date: pd.Timestamp | str | None) -> pd.DataFrame:
    """All jurisdictions at a date.

    Parameters
    ----------
    date : Timestamp, str or None
        From 2015 on; None is January 2021.

    Returns
    -------
    DataFrame
        code, name, level, superior.

    Examples
    --------
    >>> old, new = regions_at("2016-01-01"), regions_at("2018-01-01")
    >>> [one[one["name"].isin(["章丘市", "章丘区"])]["name"].tolist() for one in (old, new)]
    [['章丘市'], ['章丘区']]
    """
    by_code = _state(_n_changes(_month(date))).by_code
    rows = [(code, *by_code[code]) for code in sorted(by_code)]
    return pd.DataFrame(rows, columns=["code", "name", "level", "superior"])


def region_at(name: str, date: pd.Timestamp | str | None = None) -> list[Place]:
    """The jurisdictions that a full name stands for at a date.

    Parameters
    ----------
    name : str
        A name with its 省, 市, 县, 区, ...; 甘南州 for 甘南藏族自治州 too.
    date : Timestamp, str or None
        None is January 2021.

    Returns
    -------
    list of Place
        Those in force. Where there is none: those that the lists bring within two years after the date (the lists lag),
        else those that bore the name before it, under the code of their successor ("until 2017-11: 即墨区"). Several
        places may bear one name; an empty list means none is known.

    Examples
    --------
    >>> [(place.region.code, place.region.path) for place in region_at("即墨市", "2016-06-01")]
    [('370282', '山东省/青岛市/即墨市')]
    >>> [(place.region.code, place.evidence) for place in region_at("即墨市", "2019-06-01")]
    [('370215', 'until 2017-11: 即墨区')]
    >>> len(region_at("鼓楼区")), region_at("不存在县")
    (4, [])
    """
    month = _month(date)
    n_changes = _n_changes(month)
    state = _state(n_changes)
    if codes := state.by_name.get(name):
        return [_place(state, code, "in force") for code in codes]
    changes = _changes()
    horizon = f"{pd.Timestamp(month) + pd.DateOffset(months=_MONTHS_OF_LAG):%Y-%m}"
    for i, change in enumerate(changes[n_changes:], start=n_changes):
        if change.new_name == name and change.listed <= horizon:
            return [_place(_state(i + 1), change.new_code, f"listed {change.listed}")]
    for i in range(n_changes - 1, -1, -1):
        change = changes[i]
        if change.old_name == name:
            if change.new_code in state.by_code:
                return [_place(state, change.new_code, f"until {change.listed}: {change.new_name}")]
            return [_place(_state(i), change.old_code, f"until {change.listed}: dissolved")]
    return []


@cache
def known_names() -> frozenset[str]:
    """All full names that any state since 2015 knows."""
    names: set[str] = set()
    for change in _changes():
        names |= {form for name in (change.old_name, change.new_name) if name for form in _forms(name)}
    return frozenset(names | set(_state(_n_changes(_BASE)).by_name) - {NATION})


def _place(state: _State, code: str, evidence: str) -> Place:
    return Place(name_region(code, state.by_code), evidence, line_up(code, state.by_code))


def line_of_command(code: str, date: pd.Timestamp | str | None = None) -> tuple[str, ...]:
    """The codes from a jurisdiction up to its province, itself first; empty if the code is not in force.

    Examples
    --------
    >>> line_of_command("623027", "2017-10-18")
    ('623027', '623000', '620000')
    """
    return line_up(code, _state(_n_changes(_month(date))).by_code)

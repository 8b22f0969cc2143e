"""Numbers that are given as options: what is none, or out of its range, is told in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np


def check_number(
    value: object, *, name: str, remedy: str, within: str = "(-inf, inf)", whole: bool = False, optional: bool = False
) -> None:
    """Raise a ValueError unless an option is a number in its range.

    Parameters
    ----------
    value : object
        As it was given. A text, True or False, NaN and whatever else is no number are refused.
    name : str
        Of the option.
    remedy : str
        What to take: a sentence.
    within : str
        The range as an interval: a square bracket where the bound is allowed itself, a round one where not.
    whole : bool
        Only whole numbers; 5.0 is none, as it is none to `range`.
    optional : bool
        None is allowed too.

    Raises
    ------
    ValueError
        Name, rule, value, remedy.

    Examples
    --------
    >>> check_number(5, name="window", within="[1, inf)", whole=True, remedy="Take 5.")
    >>> check_number(0, name="window", within="[1, inf)", whole=True, remedy="Take 5.")
    Traceback (most recent call last):
    ...
    ValueError: `window` must be at least 1; got 0. Take 5.
    >>> check_number(None, name="window", within="[1, inf)", whole=True, remedy="Take 5.")
    Traceback (most recent call last):
    ...
    ValueError: `window` must be a whole number of at least 1; got None. Take 5.
    """
    if fault := number_fault(value, name=name, remedy=remedy, within=within, whole=whole, optional=optional):
        raise ValueError(fault)


def number_fault(
    value: object, *, name: str, remedy: str, within: str = "(-inf, inf)", whole: bool = False, optional: bool = False
) -> str:
    """What `check_number` would say, or nothing: for functions that tell all faults at once.

    Examples
    --------
    >>> number_fault(1.5, name="level", within="(0, 1)", remedy="Take 0.95.")
    '`level` must be above 0 and below 1; got 1.5. Take 0.95.'
    >>> number_fault("high", name="share", within="(0, 0.5]", remedy="Take 0.1.")
    "`share` must be a number above 0 and at most 0.5; got 'high'. Take 0.1."
    >>> number_fault(None, name="top", within="[1, inf)", whole=True, optional=True, remedy="Take 10.")
    ''
    """
    if optional and value is None:
        return ""
    kinds = (int, np.integer) if whole else (int, float, np.integer, np.floating)
    is_number = isinstance(value, kinds) and not isinstance(value, bool) and value == value
    low, high = (float(bound) for bound in within[1:-1].split(","))
    if is_number:
        above = value >= low if within[0] == "[" else value > low  # type: ignore[operator]
        if above and (value <= high if within[-1] == "]" else value < high):  # type: ignore[operator]
            return ""
    rule = _rule(within)
    if not is_number or value in (float("inf"), float("-inf")):
        rule = _joined("a whole number" if whole else "a number", rule)
    shown = value if isinstance(value, int | float | np.number | np.bool_) else repr(value)
    return f"`{name}` must be {rule}; got {shown}. {remedy}"


def _rule(within: str) -> str:
    """The range in words; as an interval if both bounds are in it."""
    low, high = (bound.strip() for bound in within[1:-1].split(","))
    words = [] if low == "-inf" else [f"at least {low}" if within[0] == "[" else f"above {low}"]
    if high != "inf":
        words.append(f"at most {high}" if within[-1] == "]" else f"below {high}")
    return f"in {within}" if len(words) == 2 and within[0] + within[-1] == "[]" else " and ".join(words)


def _joined(kind: str, rule: str) -> str:
    return f"{kind} of {rule}" if rule.startswith("at ") else f"{kind} {rule}".rstrip()


def check_list(values: object, *, name: str, remedy: str, within: str = "(-inf, inf)") -> list[float]:
    """The numbers of an option that takes several, or a ValueError.

    Parameters
    ----------
    values : object
        As they were given; what can be gone through, and is no text and no mapping.
    name, remedy, within : str
        As for `check_number`, which is asked of each.

    Returns
    -------
    list of float
        It can be read more than once.

    Raises
    ------
    ValueError
        If it is no list, or for the first that is no number in the range.

    Examples
    --------
    >>> check_list((0.5, 1), name="thresholds", within="(0, 1]", remedy="Take 0.1 to 0.9.")
    [0.5, 1.0]
    >>> check_list(0.5, name="thresholds", within="(0, 1]", remedy="Take 0.1 to 0.9.")
    Traceback (most recent call last):
    ...
    ValueError: `thresholds` must be a list of numbers above 0 and at most 1; got 0.5. Take 0.1 to 0.9.
    """
    if not isinstance(values, Iterable) or isinstance(values, str | bytes | Mapping):
        rule = _joined("a list of numbers", _rule(within))
        raise ValueError(f"`{name}` must be {rule}; got {values!r}. {remedy}")
    listed = list(values)
    for value in listed:
        check_number(value, name=name, within=within, remedy=remedy)
    return [float(value) for value in listed]


def check_jobs(n_jobs: object) -> None:
    """Raise a ValueError unless it is a number of processes as joblib takes it: None is 1, -1 all cores, 0 is none."""
    remedy = "Take 1, or -1 for all cores."
    check_number(n_jobs, name="n_jobs", whole=True, optional=True, remedy=remedy)
    if n_jobs == 0:
        raise ValueError(f"`n_jobs` must not be 0; got 0. {remedy}")


def check_level(level: object) -> None:
    """Raise a ValueError unless a nominal coverage lies between 0 and 1."""
    check_number(level, name="level", within="(0, 1)", remedy="Take 0.95.")

"""Numbers that are given as options: what is none, or out of its range, is told in one sentence."""

from __future__ import annotations

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
        kind = "a whole number" if whole else "a number"
        rule = f"{kind} of {rule}" if rule.startswith("at ") else f"{kind} {rule}".rstrip()
    shown = value if isinstance(value, int | float | np.number | np.bool_) else repr(value)
    return f"`{name}` must be {rule}; got {shown}. {remedy}"


def _rule(within: str) -> str:
    """The range in words; as an interval if both bounds are in it."""
    low, high = (bound.strip() for bound in within[1:-1].split(","))
    words = [] if low == "-inf" else [f"at least {low}" if within[0] == "[" else f"above {low}"]
    if high != "inf":
        words.append(f"at most {high}" if within[-1] == "]" else f"below {high}")
    return f"in {within}" if len(words) == 2 and within[0] + within[-1] == "[]" else " and ".join(words)


def check_level(level: object) -> None:
    """Raise a ValueError unless a nominal coverage lies between 0 and 1."""
    check_number(level, name="level", within="(0, 1)", remedy="Take 0.95.")

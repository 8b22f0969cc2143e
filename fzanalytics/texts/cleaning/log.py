"""What a fixer is, what a cleaned text is, and how a log of repairs is replayed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import pandas as pd

from fzanalytics.base.offsets import Edit, OffsetMap


class Fixer(NamedTuple):
    """A fault and what repairs it."""

    name: str
    find: Callable[[str], list[Edit]]
    certainty: Literal["exact", "inferred"] = "exact"


class Cleaned(NamedTuple):
    """A clean text, the way back to the raw one, and the log.

    repairs has the columns fixer, raw_begin, raw_end (characters of the raw text), before, after, certainty.
    """

    text: str
    offsets: OffsetMap
    repairs: pd.DataFrame


def apply_repairs(text: str, repairs: pd.DataFrame) -> str:
    """Replay a log of repairs, or a part of it.

    Parameters
    ----------
    text : str
        The raw text that the log was made for.
    repairs : DataFrame
        Rows of `explain_cleaning`, in their order; rows may be left out, and so the repairs that they stand for.

    Returns
    -------
    str
        With all rows, what `clean` returns.

    Raises
    ------
    ValueError
        If the text does not read as the log says.

    Examples
    --------
    >>> from fzanalytics import explain_cleaning
    >>> text = "到 2020 年"
    >>> apply_repairs(text, explain_cleaning(text)), apply_repairs(text, explain_cleaning(text).iloc[:1])
    ('到2020年', '到2020 年')
    """
    cells = list(text)  # what each raw character has become; a replacement stands in the first cell of its stretch
    columns = ("raw_begin", "raw_end", "before", "after")
    for begin, end, before, after in zip(*(repairs[column].tolist() for column in columns), strict=True):
        now = "".join(cells[begin:end])
        if now != before:
            raise ValueError(
                f"`repairs` must be the log of this text, rows that build on one another together; "
                f"characters {begin} to {end} read {now!r}, the log says {before!r}. Make the log anew."
            )
        cells[begin:end] = [after] + [""] * (end - begin - 1)
    return "".join(cells)

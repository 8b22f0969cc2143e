"""Which days measures of time take: those of the version held, or those of the first enactment."""

from __future__ import annotations

import logging
import re
from typing import Literal, TypeAlias

import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.measures.inputs import read_days, require_table
from fzanalytics.texts.corpus import Corpus

logger = logging.getLogger(__name__)

#: None is "version", with a warning where first enactments are known that differ.
Dates: TypeAlias = Literal["version", "first_enacted"] | None

_NOTE = re.compile(r"first enacted (\d{4}-\d{2}-\d{2})")
_LETTER = re.compile(r"\w")


def dated_documents(
    documents: pd.DataFrame | Corpus, *, dates: Dates = None, lineage: str | None = None
) -> pd.DataFrame:
    """The documents with the bounds that a measure of time is to take.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        earliest and latest: those of the version held. If there level, lineage, first_enacted (a day), date_note, in
        which `read_corpus` notes the first enactment of a law that tells it, held and text.
    dates : {"version", "first_enacted"}, optional
        "version": as they are. "first_enacted": the day of the first enactment; where it is not known, or after the
        version held, the version is an upper bound of it: earliest is open, latest stays. None: as they are, with a
        warning if first enactments are known that differ.
    lineage : str, optional
        The policy that is asked of; warnings and errors are of its documents.

    Returns
    -------
    DataFrame, D rows
        earliest, latest as datetime64; a missing level is None.

    Raises
    ------
    ValueError
        If a date is no day, `dates` is none of these, or no first enactment is known where it is asked for.

    Notes
    -----
    The text that is held is that of its version, so measures of text take its date. A jurisdiction adopted when it
    first enacted; a later version is an amendment. A version's date is only an upper bound of the day of adoption.

    Examples
    --------
    >>> table = pd.DataFrame({"doc_id": ["a"], "earliest": "2014-04-15", "latest": "2014-04-15", "first_enacted": "1999-03-26"})
    >>> dated_documents(table, dates="first_enacted")[["earliest", "latest"]].astype(str).values.tolist()
    [['1999-03-26', '1999-03-26']]
    """
    if dates not in (None, "version", "first_enacted"):
        raise ValueError(
            f"`dates` must be 'version' or 'first_enacted'; got {dates!r}. 'first_enacted' for laws that were amended."
        )
    documents = require_table(documents, name="documents")
    require_columns(documents, ("doc_id", "earliest", "latest"), name="documents")
    table = documents.assign(**{name: read_days(documents[name], name=name) for name in ("earliest", "latest")})
    if "level" in table:
        levels = table["level"].astype(object)
        table["level"] = levels.where(levels.notna(), None)
    asked = pd.Series(True, index=table.index)
    if lineage is not None and "lineage" in table:
        asked = table["lineage"].astype(object).eq(lineage).fillna(False).astype(bool)
    _warn_of_empty_texts(table[asked])
    first = _first_enactments(table)
    if dates == "first_enacted":
        return _by_first(table, first, asked)
    differs = asked & first.notna() & ~((table["earliest"] == first) & (table["latest"] == first))
    if dates is None and differs.any():
        logger.warning(
            "%d of %d documents have a first enactment that is not the date of the version held, which is taken here and "
            "is no date of adoption: give `dates=\"first_enacted\"`, or `dates=\"version\"` if it is meant.",
            differs.sum(), asked.sum(),
        )  # fmt: skip
    return table


def _first_enactments(table: pd.DataFrame) -> pd.Series:
    """The day of the first enactment, from its column, or else from the note on the date; NaT where not known."""
    noted = pd.Series(pd.NaT, index=table.index, dtype="datetime64[ns]")
    if "date_note" in table:
        found = [_NOTE.search(note) if isinstance(note, str) else None for note in table["date_note"]]
        days = pd.Series([match[1] if match else None for match in found], index=table.index, dtype=object)
        noted = pd.to_datetime(days, errors="coerce")
    if "first_enacted" not in table:
        return noted
    given = read_days(table["first_enacted"], name="first_enacted")
    return given.fillna(noted)


def _by_first(table: pd.DataFrame, first: pd.Series, asked: pd.Series) -> pd.DataFrame:
    """The documents by their first enactment, as far as that is known."""
    if asked.any() and not first[asked].notna().any():
        raise ValueError(
            '`documents` must tell a first enactment for `dates="first_enacted"`; got none, neither as first_enacted nor in '
            'date_note. Add the column first_enacted, or take `dates="version"`.'
        )
    late = first > table["latest"]
    unknown = asked & (first.isna() | late)
    if unknown.any():
        logger.warning(
            "%d of %d documents have no known first enactment, or one after the version held (%s); the latter is an upper "
            "bound of it, and the lower one is open.",
            unknown.sum(), asked.sum(), ", ".join(table.loc[unknown, "doc_id"].astype(str).head()),
        )  # fmt: skip
    first = first.mask(late)
    return table.assign(earliest=first, latest=first.fillna(table["latest"]))


def _warn_of_empty_texts(table: pd.DataFrame) -> None:
    """Name the documents that are held without a text: they count, since a file without text is a document, too."""
    if not {"held", "text"} <= set(table.columns):
        return
    held = table[table["held"].astype(bool)]
    empty = [not isinstance(text, str) or _LETTER.search(text) is None for text in held["text"]]
    if any(empty):
        logger.warning(
            "%d documents are held without any letter of text (%s); they count as documents, by what their rows tell. Leave "
            "out the rows of those that are none.",
            sum(empty), ", ".join(held.loc[empty, "doc_id"].astype(str).head()),
        )  # fmt: skip

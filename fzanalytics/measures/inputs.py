"""What the measures are given: a corpus or its tables, and the texts as they are compared."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from numbers import Number
from typing import Literal

import pandas as pd

from fzanalytics.base.tables import LEVELS, require_columns
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.documents.catalogue import LEVEL_NAMES
from fzanalytics.texts.structure.clauses import blank_responsibility

_SPANS = ("source", "target", "source_begin", "source_end", "target_begin", "target_end")


def require_corpus(corpus: object) -> Corpus:
    """The corpus itself, or one sentence that says what to do.

    Raises
    ------
    TypeError
        If it is anything else.
    ValueError
        If a doc_id is no text, or not of one document, `held` is missing for one, a level is none of `LEVELS` (it may be
        missing), or `earliest` or `latest` is no day.

    Examples
    --------
    >>> require_corpus("corpora/plans")
    Traceback (most recent call last):
    ...
    TypeError: `corpus` must be a Corpus; got str. Read one with read_corpus.
    """
    if not isinstance(corpus, Corpus):
        raise TypeError(f"`corpus` must be a Corpus; got {type(corpus).__name__}. Read one with read_corpus.")
    _check_documents(corpus.documents)
    return corpus


def _check_documents(documents: pd.DataFrame) -> None:
    """Raise a ValueError unless each document has a name of its own, as text, and is held or not."""
    if "doc_id" in documents:
        ids = documents["doc_id"].tolist()
        if wrong := [one for one in ids if not isinstance(one, str)]:
            raise ValueError(
                f"`doc_id` must be text; got {wrong[0]!r} ({type(wrong[0]).__name__}). "
                "Take astype(str) in all tables that have it."
            )
        if len(set(ids)) < len(ids):
            twice = sorted({one for one, n in Counter(ids).items() if n > 1})
            raise ValueError(
                f"`doc_id` must name one document each; got {', '.join(twice[:5])} more than once ({len(twice)} in all). "
                "Leave one row of each."
            )
    if "held" in documents and documents["held"].dtype != bool:
        odd = [one for one in documents["held"].tolist() if not isinstance(one, bool)]
        if odd:
            raise ValueError(f"`held` must be True or False for each document; got {odd[0]!r}. Fill it in.")
    if "level" in documents:
        check_levels(documents["level"], name="documents")
    for column in ("earliest", "latest"):
        if column in documents:
            read_days(documents[column], name=column)


def check_levels(levels: pd.Series, *, name: str) -> None:
    """Raise a ValueError unless each level is one of `LEVELS` or missing.

    Measures compare levels as words, so that another word for one of them ("国家级") would count as another level.

    Examples
    --------
    >>> check_levels(pd.Series(["province", None]), name="documents")
    >>> check_levels(pd.Series(["省级", "planet"]), name="documents")
    Traceback (most recent call last):
    ...
    ValueError: `level` of `documents` must be one of national, province, prefecture, county, township, or missing; got '省级' (province), 'planet'. Translate them, as in table["level"].replace({'省级': 'province'}); read_corpus does so for its `metadata`.
    """
    known = dict.fromkeys(one for one in levels.tolist() if not pd.isna(one))
    odd = [one for one in known if one not in LEVELS]
    if odd:
        names = {one: LEVEL_NAMES.get(str(one).strip().lower(), "") for one in odd[:10]}
        told = [f"{one!r} ({name})" if name else repr(one) for one, name in names.items()]
        more = f" and {len(odd) - 10} more" if len(odd) > 10 else ""
        example = {one: level for one, level in names.items() if level} or {odd[0]: "province"}
        raise ValueError(
            f"`level` of `{name}` must be one of {', '.join(LEVELS)}, or missing; got {', '.join(told)}{more}. Translate "
            f'them, as in table["level"].replace({example!r}); read_corpus does so for its `metadata`.'
        )


def read_days(days: pd.Series, *, name: str) -> pd.Series:
    """A column of days as datetime64, NaT where one is missing.

    Raises
    ------
    ValueError
        If there is something else in it; a number is no day.

    Examples
    --------
    >>> read_days(pd.Series(["2016-05-01", None]), name="earliest").isna().tolist()
    [False, True]
    >>> read_days(pd.Series(["2016-05-01", "soon"]), name="earliest")
    Traceback (most recent call last):
    ...
    ValueError: `earliest` must be days, all written alike, or missing; got 'soon'. Write them as 2020-12-31.
    """
    if pd.api.types.is_datetime64_any_dtype(days):
        return days
    numbers = pd.Series([isinstance(one, Number) and not pd.isna(one) for one in days], index=days.index, dtype=bool)
    with warnings.catch_warnings():  # pandas warns where it cannot tell how they are written: these are told below
        warnings.simplefilter("ignore", UserWarning)
        read = pd.to_datetime(days.astype(object).mask(numbers), errors="coerce")
    wrong = dict.fromkeys(days[days.notna() & read.isna()].tolist())
    if wrong:
        raise ValueError(
            f"`{name}` must be days, all written alike, or missing; got {', '.join(map(repr, list(wrong)[:5]))}"
            f"{f' and {len(wrong) - 5} more' if len(wrong) > 5 else ''}. Write them as 2020-12-31."
        )
    return read


def require_table(table: object, *, name: Literal["documents", "paragraphs", "passages", "matrix"]) -> pd.DataFrame:
    """A table as it is given, or that of a corpus if the corpus is given in its place.

    Parameters
    ----------
    table : DataFrame or Corpus
    name : {"documents", "paragraphs", "passages", "matrix"}
        The name of the parameter. A corpus has documents and paragraphs, the others are found by a function.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        For documents as in `require_corpus`.

    Examples
    --------
    >>> require_table("plans", name="passages")
    Traceback (most recent call last):
    ...
    TypeError: `passages` must be a DataFrame; got str. Take what find_passages returns.
    """
    if isinstance(table, Corpus) and name in ("documents", "paragraphs"):
        table = table.documents if name == "documents" else table.paragraphs
    if isinstance(table, pd.DataFrame):
        if name == "documents":
            _check_documents(table)
        return table
    if name in ("documents", "paragraphs"):
        remedy = f"Take corpus.{name} of a corpus read with read_corpus"
    else:
        remedy = f"Take what {'find_passages' if name == 'passages' else 'coverage_matrix'} returns"
    raise TypeError(f"`{name}` must be a DataFrame; got {type(table).__name__}. {remedy}.")


def require_passages(passages: object, texts: Mapping[str, str], *, all_known: bool = False) -> pd.DataFrame:
    """A table of passages that lie within these texts.

    Parameters
    ----------
    passages : DataFrame
        As `find_passages` gives them.
    texts : mapping of doc_id to str
        Of the documents held.
    all_known : bool
        Refuse rows that join other documents; without it they are let pass if any row joins two of these.

    Raises
    ------
    TypeError
        If it is no table.
    ValueError
        If a column is missing, no row joins two of the documents, or one does not lie within its texts: then it was found
        in another corpus, or before the texts were changed.

    Examples
    --------
    >>> spans = {"source_begin": [0], "source_end": [4], "target_begin": [0], "target_end": [4]}
    >>> table = pd.DataFrame({"source": ["a"], "target": ["b"], **spans})
    >>> len(require_passages(table, {"a": "依法行政", "b": "依法行政。"}))
    1
    >>> require_passages(table, {"a": "依法行政", "b": "依法"})
    Traceback (most recent call last):
    ...
    ValueError: `passages` must lie within their texts; got 0 to 4 in the 2 characters of b. Find them again in this corpus.
    """
    table = require_table(passages, name="passages")
    require_columns(table, _SPANS, name="passages")
    lengths = {name: len(text) for name, text in texts.items()}
    sizes = {side: table[side].astype(str).map(lengths) for side in ("source", "target")}
    known = (sizes["source"].notna() & sizes["target"].notna()).to_numpy()
    if len(table) and not (known.all() if all_known else known.any()):
        first = table.loc[~known].iloc[0]
        raise ValueError(
            f"`passages` must be of documents that the corpus holds; got {(~known).sum()} of {len(table)} that are not (the "
            f"first joins {first['source']!r} and {first['target']!r}). Take the corpus that find_passages was given."
        )
    for side, size in sizes.items():
        begin, end = (table[f"{side}_{edge}"].to_numpy(dtype=float, na_value=float("nan")) for edge in ("begin", "end"))
        wrong = known & ~((begin >= 0) & (end >= begin) & (end <= size.to_numpy(dtype=float)))
        for at in wrong.nonzero()[0][:1].tolist():
            raise ValueError(
                f"`passages` must lie within their texts; got {begin[at]:.0f} to {end[at]:.0f} in the {size.iloc[at]:.0f} "
                f"characters of {table[side].iloc[at]}. Find them again in this corpus."
            )
    return table


def read_ignore(ignore: object) -> pd.DataFrame | list[object] | None:
    """What is to count as no text, so that it can be read more than once.

    Parameters
    ----------
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        One phrase may stand alone.

    Raises
    ------
    TypeError
        If it is none of these. What it holds is checked with the texts at hand, by `leave_out`.

    Examples
    --------
    >>> read_ignore("依法行政"), read_ignore(iter([("a", 0, 2)]))
    (['依法行政'], [('a', 0, 2)])
    """
    if ignore is None or isinstance(ignore, pd.DataFrame):
        return ignore
    if not isinstance(ignore, Iterable):
        raise TypeError(
            f"`ignore` must be a DataFrame of spans (doc_id, begin, end), or hold spans or phrases; got "
            f"{type(ignore).__name__}. Put one span into a list."
        )
    return [ignore] if isinstance(ignore, str) else list(ignore)


def read_day(value: object, *, name: str) -> pd.Timestamp:
    """A day that was given as an option, without a time zone.

    Raises
    ------
    ValueError
        If it is no day; a number is none.

    Examples
    --------
    >>> read_day("2020-12-31", name="at")
    Timestamp('2020-12-31 00:00:00')
    >>> read_day("soon", name="at")
    Traceback (most recent call last):
    ...
    ValueError: `at` must be a day; got 'soon'. Write it as 2020-12-31.
    """
    day = pd.NaT if isinstance(value, int | float) else pd.to_datetime(value, errors="coerce")  # type: ignore[call-overload]
    if not isinstance(day, pd.Timestamp) or pd.isna(day):
        raise ValueError(f"`{name}` must be a day; got {value!r}. Write it as 2020-12-31.")
    return day.tz_localize(None)


def compared_texts(documents: pd.DataFrame | Corpus) -> dict[str, str]:
    """The texts of the documents held as they are compared: without the brackets of those responsible.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        The documents table: doc_id, text, held.

    Returns
    -------
    dict of doc_id to str
        Each as long as the clean text, offsets are the same; see `blank_responsibility`. The brackets name who is
        responsible: they are a formula of the genre and differ by locality, so they are no shared text. All
        measures of shared text count them neither as shared nor as text, in numerators and in denominators.

    Examples
    --------
    >>> table = pd.DataFrame({"doc_id": ["a", "b"], "text": ["公开。（省法制办负责）", ""], "held": [True, False]})
    >>> compared_texts(table)
    {'a': '公开。         '}
    """
    table = require_table(documents, name="documents")
    held = table[table["held"].astype(bool)]
    return {
        str(doc_id): blank_responsibility("" if pd.isna(text) else str(text))
        for doc_id, text in zip(held["doc_id"], held["text"], strict=True)
    }

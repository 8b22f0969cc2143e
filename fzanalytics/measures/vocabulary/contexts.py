"""Keywords in context: every occurrence of a word or pattern, with its place and its surroundings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from re import _parser as _regex  # type: ignore[attr-defined]
from typing import Any, Literal

import numpy as np
import pandas as pd

from fzanalytics.base.options import check_number
from fzanalytics.measures.inputs import require_corpus
from fzanalytics.texts.corpus import Corpus

Order = Literal["text", "left", "right"]

#: The columns of the table, in order.
COLUMNS = ("doc_id", "clause_id", "begin", "end", "left", "keyword", "right")

#: A pattern may cost so many steps on the whole corpus at the worst: some seconds.
_MAX_STEPS = 1_000_000_000


def keywords_in_context(
    corpus: Corpus,
    keyword: str,
    *,
    regex: bool = False,
    window: int = 20,
    sort: Order = "text",
    doc_ids: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Every occurrence of a keyword, with what stands before and after it.

    Parameters
    ----------
    corpus : Corpus
        Held documents are searched.
    keyword : str
        Text to find as it is written; or, with ``regex=True``, a regular expression, applied line by line.
    regex : bool
        A pattern that could run for minutes is refused before it starts.
    window : int
        Characters on either side, at least 0; fewer at the ends of a text.
    sort : "text", "left" or "right"
        In the order of the corpus; by what stands before, read backwards from the keyword; by keyword and what follows.
    doc_ids : iterable of str, optional
        Search only these documents.

    Returns
    -------
    DataFrame, one row an occurrence
        doc_id, clause_id (NA outside of clauses), begin, end (characters of the clean text, half-open), left, keyword,
        right: slices of the text, line ends included, so that text[begin:end] == keyword. Occurrences of
        one keyword do not overlap.

    Raises
    ------
    ValueError
        If the keyword is empty or no regular expression, a pattern is too costly, an option is out of its range, or a
        document is not held.

    Examples
    --------
    >>> from fzanalytics import read_corpus
    >>> texts = ["一、加强网络监督，接受网络监督。\\n二、公布负面清单。", "一、完善网络监督渠道。\\n二、接受社会监督。"]
    >>> corpus = read_corpus(pd.DataFrame({"doc_id": ["a", "b"], "text": texts}))
    >>> found = keywords_in_context(corpus, "网络监督", window=3)
    >>> found[["clause_id", "begin", "end", "left", "keyword", "right"]].values.tolist()[2]
    ['b#一', 4, 8, '、完善', '网络监督', '渠道。']
    >>> keywords_in_context(corpus, "(.*清单)*", regex=True)
    Traceback (most recent call last):
    ...
    ValueError: `keyword` must not repeat a repetition or a choice; got '(.*清单)*'. Spell it out, or bound it once as in .{0,20}.
    """
    if not isinstance(keyword, str) or not keyword:
        raise ValueError(f"`keyword` must be a text that is not empty; got {keyword!r}. Name what to look for.")
    check_number(window, name="window", within="[0, inf)", whole=True, remedy="Take 20.")
    if sort not in ("text", "left", "right"):
        raise ValueError(f"`sort` must be 'text', 'left' or 'right'; got {sort!r}.")
    texts = _texts(corpus, doc_ids)
    pattern = _checked(keyword, texts.values()) if regex else re.compile(re.escape(keyword))
    clauses = dict(list(corpus.clauses.groupby("doc_id")))
    rows: list[tuple[Any, ...]] = []
    for doc_id, text in texts.items():
        spans = list(_spans(pattern, text, by_line=regex))
        owners = _clauses_at([begin for begin, _ in spans], clauses.get(doc_id))
        for (begin, end), clause_id in zip(spans, owners, strict=True):
            left, right = text[max(begin - window, 0) : begin], text[end : end + window]
            rows.append((doc_id, clause_id, begin, end, left, text[begin:end], right))
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"begin": "int64", "end": "int64"})
    if sort == "left":
        backwards = pd.Series([left[::-1] for left in table["left"]], dtype=object)
        table = table.iloc[np.argsort(backwards.to_numpy(), kind="stable")]
    elif sort == "right":
        table = table.sort_values(["keyword", "right"], kind="stable")
    return table.reset_index(drop=True)


def _texts(corpus: Corpus, doc_ids: Iterable[str] | None) -> dict[str, str]:
    held = require_corpus(corpus).held
    texts = dict(zip(held["doc_id"].astype(str), held["text"].astype(str), strict=True))
    if doc_ids is None:
        return texts
    wanted = [doc_ids] if isinstance(doc_ids, str) else list(doc_ids)
    unknown = [one for one in wanted if one not in texts]
    if unknown:
        raise ValueError(f"`doc_ids` must name documents that are held; got {', '.join(map(repr, unknown[:5]))}.")
    return {one: texts[one] for one in wanted}


def _spans(pattern: re.Pattern[str], text: str, *, by_line: bool) -> Iterator[tuple[int, int]]:
    """Where a pattern matches; empty matches are none."""
    begin = 0
    for line in text.splitlines(keepends=True) if by_line else [text]:
        for match in pattern.finditer(line.rstrip("\r\n") if by_line else line):
            if match.end() > match.start():
                yield begin + match.start(), begin + match.end()
        begin += len(line)


def _clauses_at(begins: list[int], clauses: pd.DataFrame | None) -> list[Any]:
    """The clause in which each place stands, or NA."""
    if clauses is None or clauses.empty:
        return [pd.NA] * len(begins)
    table = clauses.sort_values("begin", kind="stable")
    starts, ends, ids = table["begin"].to_numpy(int), table["end"].to_numpy(int), table["clause_id"].to_numpy(object)
    places = np.searchsorted(starts, begins, side="right") - 1
    return [ids[at] if at >= 0 and begin < ends[at] else pd.NA for at, begin in zip(places, begins, strict=True)]


# ---------------------------------------------------------------- patterns that cannot run away


def _checked(keyword: str, texts: Iterable[str]) -> re.Pattern[str]:
    """The pattern, if its worst case on these texts is bearable."""
    try:
        pattern = re.compile(keyword)
        tree = _regex.parse(keyword)
    except re.error as error:
        raise ValueError(
            f"`keyword` must be a regular expression; got {keyword!r}, which is none ({error}). "
            "Leave out `regex` to look for it as it is written."
        ) from None
    lines = [len(line) for text in texts for line in text.splitlines()]
    longest, total = max(lines, default=1), sum(lines)
    if _contains_nested(tree):
        raise ValueError(
            f"`keyword` must not repeat a repetition or a choice; got {keyword!r}. "
            "Spell it out, or bound it once as in .{0,20}."
        )
    if total * _cost(tree, longest) > _MAX_STEPS:
        raise ValueError(
            f"`keyword` must be quick on {total:,} characters in lines of up to {longest:,}; got {keyword!r}, which may "
            "not be. Bound its repetitions, as in .{0,20}."
        )
    return pattern


def _parts(argument: Any) -> Iterator[Any]:
    """The patterns inside the argument of one operation."""
    if isinstance(argument, _regex.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for one in argument:
            yield from _parts(one)


def _is_repeat(operation: Any) -> bool:
    return "REPEAT" in str(operation)


def _contains_nested(tree: Any, *, repeated: bool = False) -> bool:
    """Whether something that may match in several ways is repeated."""
    for operation, argument in tree:
        varies = str(operation) == "BRANCH" or (_is_repeat(operation) and argument[0] != argument[1])
        if repeated and varies:
            return True
        inside = repeated or (_is_repeat(operation) and int(argument[1]) > 1)
        if any(_contains_nested(part, repeated=inside) for part in _parts(argument)):
            return True
    return False


def _cost(tree: Any, longest: int) -> int:
    """At most so many ways to try the pattern at one place: repetitions multiply, choices add."""
    cost = 1
    for operation, argument in tree:
        inner = [_cost(part, longest) for part in _parts(argument)]
        if str(operation) == "BRANCH":
            cost *= sum(inner)
        else:
            for one in inner:
                cost *= one
        if _is_repeat(operation):
            cost *= max(1, min(int(argument[1]), longest))
    return cost

"""How strongly a text obliges: words that bind, forbid or encourage, and the strength of each clause.

The words with their strength, their source and what must not stand beside them are in data/obligation_words.csv.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.resources import read_data
from fzanalytics.base.tables import require_columns
from fzanalytics.texts.extraction.mentions import Mention
from fzanalytics.texts.extraction.wording import prepare

ROLES = ("binding", "prohibiting", "soft")
_COLUMNS = ("doc_id", "clause_id", "n_binding", "n_prohibiting", "n_soft", "strength")


class _Words(NamedTuple):
    words: re.Pattern[str]
    roles: dict[str, str]
    imperative: re.Pattern[str]


def find_obligations(text: str) -> list[Mention]:
    """Words of obligation, with their strength.

    Parameters
    ----------
    text : str
        Clean text.

    Returns
    -------
    list of Mention
        kind "obligation", in order of place, without overlap; value is the word, role one of

        - "binding": 应当, 必须, 须, 要, 一律, 确保, 务必;
        - "prohibiting": 不得, 禁止, 严禁, 不准, 杜绝;
        - "soft": 鼓励, 支持, 探索, 引导, 倡导, 可以, 允许.

    Notes
    -----
    A word counts only by itself: 要 is not found in 重要, 要求 or 纲要, nor 应 in 应急, nor 支持 as a noun (政策支持). Words in 《》
    and in short quotes (“两个确保”) are names. The list is in data/obligation_words.csv with the source of each. It
    says how an act is worded, not whether anyone is held to it.

    Examples
    --------
    >>> text = "各级政府要完善制度，重要事项应当公开，不得以罚代管，鼓励探索创新，提供政策支持。"
    >>> [(one.value, one.role) for one in find_obligations(text)]
    [('要', 'binding'), ('应当', 'binding'), ('不得', 'prohibiting'), ('鼓励', 'soft'), ('探索', 'soft')]
    """
    prepared = prepare(text, blank_quotes=True)
    listed = _words()
    mentions = []
    for found in listed.words.finditer(prepared.text):
        begin, end = prepared.span(*found.span())
        mentions.append(Mention("obligation", found[0], listed.roles[found[0]], begin, end))
    return mentions


@cache
def _words() -> _Words:
    """The list as one pattern, longer words first."""
    table = read_data("obligation_words.csv")
    rows = table.to_dict("records")
    strong = sorted((row for row in rows if row["role"] in ROLES), key=lambda row: -len(row["word"]))
    imperative = "|".join(row["word"] for row in rows if row["role"] == "imperative")
    return _Words(
        re.compile("|".join(_pattern(row) for row in strong)),
        {row["word"]: row["role"] for row in strong},
        re.compile(rf"(?:^|[,。;:\n])(?:{imperative})"),
    )


def _pattern(row: dict[str, str]) -> str:
    """A word with what must not stand before it, what must not, and what must, stand behind it."""
    # the word comes first, so that the search can leap to where one begins
    word = re.escape(row["word"])
    left = "".join(f"(?<!{_any(before)}{word})" for before in row["not_after"].split("|") if before)
    right = f"(?!{_any(row['not_before'])})" if row["not_before"] else ""
    only = f"(?={_any(row['only_before'])})" if row["only_before"] else ""
    return f"{word}{left}{right}{only}"


def _any(words: str) -> str:
    marks = str.maketrans("，；：（）", ",;:()")  # as in the prepared text
    return "|".join(re.escape(word.translate(marks)) for word in words.split("|"))


def obligation_strength(clauses: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """How strongly each clause obliges.

    Parameters
    ----------
    clauses : DataFrame, shape (C, 12)
    mentions : DataFrame
        The mentions of the same documents; those of kind "obligation" count.

    Returns
    -------
    DataFrame, shape (C, 6)
        doc_id, clause_id, n_binding, n_prohibiting, n_soft (words in the clause's own text, not in its sub-clauses) and
        strength: "binding" (words that bind or forbid only), "soft" (soft words only), "mixed" (both), "bare imperative"
        (none, but a sentence or part of one opens with a verb that orders: 完善…, 全面推行…), "descriptive" (none of
        these), "heading" (a clause without a sentence of its own). In the order of `clauses`.

    Raises
    ------
    ValueError
        If a column is missing.

    Notes
    -----
    Only counts of words: two words of a clause may speak of different duties. "bare imperative" is read from a list of
    opening verbs, so that a description that opens with one of them (完善的制度是…) passes for an order.

    Examples
    --------
    >>> clauses = pd.DataFrame(
    ...     {"doc_id": "a", "clause_id": ["1", "2", "3"], "text": ["应当公开，不得隐瞒。", "完善制度。", "总体要求"]}
    ... )
    >>> mentions = pd.DataFrame(
    ...     {"doc_id": "a", "clause_id": ["1", "1"], "kind": "obligation", "role": ["binding", "prohibiting"]}
    ... )
    >>> obligation_strength(clauses, mentions)["strength"].tolist()
    ['binding', 'bare imperative', 'heading']
    """
    require_columns(clauses, ("doc_id", "clause_id", "text"), name="clauses")
    require_columns(mentions, ("doc_id", "clause_id", "kind", "role"), name="mentions")
    words = mentions[(mentions["kind"] == "obligation") & mentions["clause_id"].notna()]
    counted = words.groupby(["doc_id", "clause_id", "role"]).size().to_dict()
    rows = []
    for doc_id, clause_id, text in zip(clauses["doc_id"], clauses["clause_id"], clauses["text"], strict=True):
        counts = [int(counted.get((doc_id, clause_id, role), 0)) for role in ROLES]
        rows.append((doc_id, clause_id, *counts, _strength(counts, str(text))))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _strength(counts: Iterable[int], text: str) -> str:
    binding, prohibiting, soft = counts
    if binding or prohibiting:
        return "mixed" if soft else "binding"
    if soft:
        return "soft"
    ready = prepare(text.strip()).text
    orders = _words().imperative.search(ready) is not None
    if not re.search(r"[。;,]", ready.rstrip("。;:")) and not (orders and ready.endswith("。")):
        return "heading"
    return "bare imperative" if orders else "descriptive"

"""What is dropped between a text and its terms, in numbers and with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd

from fzanalytics.features.matrices import check_texts, counts_of_terms
from fzanalytics.features.tokens import PolicyAnalyzer
from fzanalytics.features.words import stop_word_reasons

_REASONS = {
    "words": "tokens with a letter or Chinese character",
    "short": "shorter than min_chars",
    "masked": "names taken out before the text is cut",
    "min_df": "in fewer texts than min_df",
    "max_df": "in more texts than max_df",
    "kept": "columns of the matrix",
}
_OWN = "a stop word of the caller's own"


def describe_tokens(
    texts: Iterable[str],
    *,
    analyzer: PolicyAnalyzer | None = None,
    min_df: int | float = 1,
    max_df: int | float = 1.0,
) -> pd.DataFrame:
    """How many tokens and types each step drops, why, and how many texts it leaves empty.

    Parameters
    ----------
    texts : iterable of str
        D texts.
    analyzer : PolicyAnalyzer, optional
        Default: `PolicyAnalyzer()`.
    min_df, max_df : int or float
        As for `count_matrix`.

    Returns
    -------
    DataFrame
        One row a step, in order: words, masked, short, stopped (one row for each group of the list), min_df, max_df, kept.
        step; group (of stop words, else ""); reason; n_tokens and n_types (dropped there, but all of them for "words"
        and what is left for "kept"); token_share, of all words, in [0, 1]; n_empty: texts of the D that have no term
        once this step is done. Tokens of the steps between add up: words = dropped + kept. Types need not: a term can
        be masked in one place and kept in another.

    Raises
    ------
    ValueError
        If there is no text, or a text is not a str, or no term is left.

    Examples
    --------
    >>> table = describe_tokens(["加强行政复议，在2017年", "推进工作"])
    >>> table.loc[table["n_tokens"] > 0, ["step", "group", "n_tokens", "n_empty"]].values.tolist()
    [['words', '', 6, 0], ['short', '', 2, 0], ['stopped', 'genre_verbs', 2, 0], ['stopped', 'genre_nouns', 1, 1],
    ['kept', '', 1, 1]]
    """
    listed = check_texts(texts)
    analyze = PolicyAnalyzer() if analyzer is None else analyzer
    sorted_words = [list(analyze.sort_words(text)) for text in listed]
    reasons = stop_word_reasons()
    group_of = dict(zip(reasons["word"].str.lower(), reasons["group"], strict=True))
    why = dict(zip(reasons["group"], reasons["reason"], strict=True))
    kept = [[word for word, fate in row if fate == "kept"] for row in sorted_words]
    left = set(counts_of_terms(kept, min_df=min_df, max_df=max_df).vocabulary)
    too_common = _common(kept, max_df) - left
    steps: list[tuple[str, str]] = [("masked", ""), ("short", "")]
    steps += [("stopped", name) for name in [*why, "own"]] + [("min_df", ""), ("max_df", ""), ("kept", "")]
    dropped: dict[tuple[str, str], Counter[str]] = {step: Counter() for step in steps}
    remaining = np.zeros((len(listed), len(steps) + 1), dtype=np.int64)
    place = {step: number for number, step in enumerate(steps, start=1)}
    for number, row in enumerate(sorted_words):
        for word, fate in row:
            key = _step_of(word, fate, group_of, left, too_common)
            dropped[key][word] += 1
            remaining[number, : place[key]] += 1
    rows = [_row("words", "", _REASONS["words"], sum(dropped.values(), Counter()), int((remaining[:, 0] == 0).sum()))]
    for step, name in steps:
        reason = why.get(name, _OWN) if step == "stopped" else _REASONS[step]
        column = -2 if step == "kept" else place[step, name]
        rows.append(_row(step, name, reason, dropped[step, name], int((remaining[:, column] == 0).sum())))
    table = pd.DataFrame(rows)
    n_words = int(table["n_tokens"].iloc[0])
    table.insert(5, "token_share", table["n_tokens"] / n_words if n_words else np.nan)
    return table


def _step_of(word: str, fate: str, group_of: dict[str, str], left: set[str], too_common: set[str]) -> tuple[str, str]:
    if fate == "stopped":
        return "stopped", group_of.get(word, "own")
    if fate != "kept":
        return fate, ""
    if word in left:
        return "kept", ""
    return ("max_df" if word in too_common else "min_df"), ""


def _common(kept: list[list[str]], max_df: int | float) -> set[str]:
    """Terms in more texts than max_df."""
    in_texts = Counter(word for row in kept for word in set(row))
    most = max_df if isinstance(max_df, int) else max_df * len(kept)
    return {word for word, n in in_texts.items() if n > most}


def _row(step: str, group: str, reason: str, words: Counter[str], n_empty: int) -> dict[str, object]:
    return {
        "step": step,
        "group": group,
        "reason": reason,
        "n_tokens": words.total(),
        "n_types": len(words),
        "n_empty": n_empty,
    }

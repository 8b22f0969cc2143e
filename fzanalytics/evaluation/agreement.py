"""How far two people who annotated the same text agree."""

from __future__ import annotations

import math

import pandas as pd

from fzanalytics.base.options import check_number
from fzanalytics.evaluation.gold import GOLD_ROLES
from fzanalytics.evaluation.gold_scores import evaluate_mentions, known


def annotator_agreement(first: pd.DataFrame, second: pd.DataFrame, n_chars: int) -> pd.DataFrame:
    """How far two annotators who did not see each other's work agree, by kind.

    Parameters
    ----------
    first, second : DataFrame
        What each annotated, of the same documents or parts; see `place_gold`.
    n_chars : int
        Characters that both have read, summed over the documents.

    Returns
    -------
    DataFrame
        kind, n_first, n_second, n_right, f1, lenient_f1, kappa.

    Notes
    -----
    f1 takes the first as gold and is that of `evaluate_mentions`; 2 n_right / (n_first + n_second) is the share of
    agreement where spans that nobody marked cannot be counted (Hripcsak and Rothschild 2005). kappa is Cohen's, over characters: each
    has one label, its role within a mention of this kind or none; kappa = (observed - expected) / (1 - expected), expected from
    the shares of the labels of each annotator. Headings have the single label "heading". Most characters have no label, so
    kappa is not raised by them but by agreement on the few that have; NaN if nobody marked anything.

    References
    ----------
    Cohen (1960), A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20, 37-46.
    Hripcsak and Rothschild (2005), Agreement, the F-measure, and reliability in information retrieval, JAMIA 12, 296-298.
    """
    check_number(n_chars, name="n_chars", whole=True, remedy="Count the whole part.")
    scores = evaluate_mentions(second, first)
    rows = []
    for row in scores.itertuples(index=False):
        ours, theirs = (table[table["kind"] == row.kind] for table in (first, second))
        rows.append(
            (row.kind, row.n_gold, row.n_found, row.n_right, row.f1, row.lenient_f1, _kappa(ours, theirs, n_chars))
        )
    return pd.DataFrame(rows, columns=["kind", "n_first", "n_second", "n_right", "f1", "lenient_f1", "kappa"])


def _kappa(first: pd.DataFrame, second: pd.DataFrame, n_chars: int) -> float:
    one, other = _labels(first), _labels(second)
    both = {*one, *other}
    if len(both) > n_chars:
        raise ValueError(
            f"`n_chars` must be at least the characters marked, {len(both)}; got {n_chars}. Count the whole part."
        )
    agree = sum(one.get(place, "") == other.get(place, "") for place in both) + n_chars - len(both)
    shares = [
        {label: sum(value == label for value in labels.values()) for label in set(labels.values())}
        | {"": n_chars - len(labels)}
        for labels in (one, other)
    ]
    expected = sum(count * shares[1].get(label, 0) for label, count in shares[0].items()) / n_chars**2
    return float((agree / n_chars - expected) / (1 - expected)) if expected < 1 else math.nan


def _labels(table: pd.DataFrame) -> dict[tuple[str, int], str]:
    labels = {}
    for row in table.itertuples(index=False):
        label = known(row.role) if GOLD_ROLES[str(row.kind)] else str(row.kind)
        for place in range(int(row.begin), int(row.end)):
            labels[(str(row.doc_id), place)] = label
    return labels

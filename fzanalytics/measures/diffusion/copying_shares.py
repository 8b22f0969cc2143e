"""How many sentences are copied in which way: shares of each text, with their intervals, and over the threshold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_level, check_list
from fzanalytics.base.tables import require_columns
from fzanalytics.measures.characters import block_of
from fzanalytics.measures.diffusion.copying import BORROWED, KINDS
from fzanalytics.measures.sections import add_status, clause_resampling_interval, interval_status


def copying_shares(kinds: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """How many sentences of each document are of each kind, and how many of the borrowed ones are filled-in forms.

    Parameters
    ----------
    kinds : DataFrame
        From `copying_kinds`.
    level : float
        Nominal coverage of the intervals; see `clause_resampling_interval`; the blocks are the sections of the target.

    Returns
    -------
    DataFrame, one row a target
        target; one count a kind: n_verbatim, n_fill_in, n_edited, n_reworded, n_slogan, n_own, n_short; n_sentences: all
        but the short ones and the slogans; n_borrowed: verbatim, fill-in and edited; borrowed_share = n_borrowed /
        n_sentences and fill_in_share = n_fill_in / n_borrowed, both in [0, 1], NaN where the denominator is 0; n_earlier:
        documents that might be a source, if `kinds` has it. Without `source` borrowed_share grows with their number: only
        targets with as many can be compared, or those of one `source`. resampling_low, resampling_high, resampling_status: of
        borrowed_share, over the n_sections sections that have a sentence of n_sentences, see `borrowing_share`; NaN if
        `kinds` has no section. fill_in_low, fill_in_high, fill_in_status: of fill_in_share, over the sections that have a
        borrowed one.

    Examples
    --------
    >>> kinds = pd.DataFrame({"target": "t", "kind": ["verbatim", "fill-in", "edited", "edited", "own", "short", "slogan"]})
    >>> copying_shares(kinds)[["n_sentences", "n_borrowed", "borrowed_share", "fill_in_share"]].values.tolist()
    [[5.0, 4.0, 0.8, 0.25]]
    """
    require_columns(kinds, ("target", "kind"), name="kinds")
    counts = pd.crosstab(kinds["target"], kinds["kind"]).reindex(columns=list(KINDS), fill_value=0)
    table = counts.rename(columns=lambda kind: f"n_{kind.replace('-', '_')}")
    table["n_borrowed"] = counts[list(BORROWED)].sum(axis=1)
    table["n_sentences"] = table["n_borrowed"] + counts["reworded"] + counts["own"]
    table["borrowed_share"] = table["n_borrowed"] / table["n_sentences"].replace(0, np.nan)
    table["fill_in_share"] = table["n_fill_in"] / table["n_borrowed"].replace(0, np.nan)
    if "n_earlier" in kinds:
        table["n_earlier"] = kinds.groupby("target")["n_earlier"].first()
    columns = ["resampling_low", "resampling_high", "n_sections", "fill_in_low", "fill_in_high", "n_fill_in_sections"]
    table[columns] = _limits_of_shares(kinds, table.index, level)
    table["fill_in_status"] = interval_status(table["fill_in_share"], table.pop("n_fill_in_sections"))
    table["n_sections"] = table["n_sections"].astype("Int64")
    return add_status(table, "borrowed_share").rename_axis(columns=None).reset_index()


def _limits_of_shares(kinds: pd.DataFrame, targets: pd.Index, level: float) -> NDArray[np.float64]:
    """Of each target, for its borrowed share and for its fill-in share: the limits, and the sections they rest on."""
    check_level(level)
    found = np.full((len(targets), 6), np.nan)
    if "section" not in kinds:
        return found
    parts = dict(iter(kinds[["target", "kind", "section"]].groupby("target", sort=False)))
    for at, target in enumerate(targets):
        kind = parts[target]["kind"].to_numpy(dtype=str)
        section = np.array([block_of(name) for name in parts[target]["section"].fillna("").astype(str)], dtype=str)
        borrowed, counted = np.isin(kind, BORROWED), ~np.isin(kind, ("short", "slogan"))
        for first, tops, bottoms in ((0, borrowed, counted), (3, kind == "fill-in", borrowed)):
            _, *limits = clause_resampling_interval(tops, bottoms, section, level=level)
            found[at, first : first + 3] = (*limits, len(np.unique(section[bottoms])))
    return found


def copying_curve(
    kinds: pd.DataFrame, thresholds: Sequence[float] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
) -> pd.DataFrame:
    """The shares of `copying_shares` that hang on the threshold of edited sentences, over that threshold.

    Parameters
    ----------
    kinds : DataFrame
        From `copying_kinds`.
    thresholds : sequence of float
        Each in (0, 1].

    Returns
    -------
    DataFrame, one row a target and threshold
        target, threshold, n_edited, n_borrowed, n_sentences, borrowed_share (falls with the threshold), fill_in_share
        (rises with it). Sentences that are reworded at the threshold of `kinds` count by their share here.

    Examples
    --------
    >>> kinds = pd.DataFrame({"target": "t", "kind": ["fill-in", "edited", "own"], "share": [1.0, 0.6, 0.3]})
    >>> copying_curve(kinds, [0.2, 0.5, 0.9])["fill_in_share"].round(2).tolist()
    [0.33, 0.5, 1.0]
    """
    require_columns(kinds, ("target", "kind", "share"), name="kinds")
    tables = []
    for threshold in check_list(thresholds, name="thresholds", within="(0, 1]", remedy="Take 0.1 to 0.9."):
        cut = kinds["kind"].isin(["edited", "reworded", "own"])
        again = np.where(kinds["share"] >= threshold, "edited", "own")
        table = copying_shares(kinds[["target"]].assign(kind=np.where(cut, again, kinds["kind"])))
        tables.append(table.assign(threshold=threshold))
    columns = ["target", "threshold", "n_edited", "n_borrowed", "n_sentences", "borrowed_share", "fill_in_share"]
    empty = pd.DataFrame(columns=columns)
    table = pd.concat(tables, ignore_index=True)[columns] if tables else empty
    return table.sort_values(["target", "threshold"], ignore_index=True)

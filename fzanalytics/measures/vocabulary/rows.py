"""What is compared: rows of counts with their documents, units, sections and groups, and the prior of their terms.

Shape letters: R rows, V vocabulary.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from fzanalytics.measures.similarity import Unit
from fzanalytics.measures.vocabulary.formulas import Floats
from fzanalytics.measures.vocabulary.units import Groups, Pieces, group_pieces, sum_rows, warn_left_out
from fzanalytics.texts.corpus import Corpus

Count = Literal["tokens", "units"]
Prior: TypeAlias = Literal["background", "uniform"] | pd.Series


class Rows(NamedTuple):
    """What is counted: counts, shape (R, V); totals (R,); which document, unit, section and group each row is of."""

    counts: sparse.csr_matrix
    totals: Floats
    documents: NDArray[Any]
    units: NDArray[Any]
    blocks: NDArray[Any]
    groups: NDArray[Any]


def make_rows(corpus: Corpus, pieces: Pieces, by: Groups, count: Count, unit: Unit) -> Rows:
    """The pieces as they are; or each unit once, with 1 for every term that it has."""
    groups = group_pieces(corpus, pieces, by)
    documents, units = pieces.table["doc_id"].to_numpy(str), pieces.table["unit_id"].to_numpy(str)
    blocks = pieces.table["block"].to_numpy()
    if isinstance(by, str) or callable(by):
        warn_left_out(groups, pieces.table["doc_id"])
    values = groups.to_numpy(object)
    if count == "tokens":
        totals = np.asarray(pieces.counts.sum(axis=1), dtype=float).ravel()
        return Rows(pieces.counts, totals, documents, units, blocks, values)
    names, first = np.unique(units, return_index=True)
    codes = np.searchsorted(names, units)
    present = sum_rows(pieces.counts, codes, len(names))
    present.data = np.minimum(present.data, 1)
    blocks = documents[first] if unit == "document" else blocks[first]
    return Rows(present, np.ones(len(names)), documents[first], names, blocks, values[first])


def prior_counts(rows: Rows, vocabulary: NDArray[Any], prior: Prior, alpha0: float | None) -> tuple[Floats, float]:
    """alpha of every term, shape (V,), and alpha0."""
    everything = float(rows.totals.sum())
    strength = everything / len(set(rows.documents)) if alpha0 is None else float(alpha0)
    if isinstance(prior, pd.Series):
        given = np.maximum(prior.reindex(vocabulary).fillna(0).to_numpy(float), 0.5)
        others = prior[~prior.index.isin(vocabulary)].sum()
        return strength * given / (given.sum() + float(others)), strength
    if prior == "background":
        shares = np.asarray(rows.counts.sum(axis=0), dtype=float).ravel() / everything
        return strength * np.minimum(shares, 1 - 0.5 / everything), strength
    if prior == "uniform":
        return np.full(len(vocabulary), strength / len(vocabulary)), strength
    raise ValueError(f"`prior` must be 'background', 'uniform' or a Series of counts by term; got {prior!r}.")


def sum_side(rows: Rows, side: NDArray[np.bool_], kept: NDArray[np.int64]) -> Floats:
    """Counts of the kept terms on one side, shape (kept,)."""
    return np.asarray(rows.counts[np.flatnonzero(side)].sum(axis=0), dtype=float).ravel()[kept]


def sum_by(
    rows: Rows,
    side: NDArray[np.bool_],
    labels: NDArray[Any],
    kept: NDArray[np.int64],
    names: NDArray[Any] | None = None,
) -> tuple[sparse.csr_matrix, Floats]:
    """Counts and totals of one side, summed by label."""
    names = np.unique(labels[side]) if names is None else names
    codes = np.searchsorted(names, labels[side])
    counts = sum_rows(rows.counts[np.flatnonzero(side)][:, kept], codes, len(names))
    totals = np.bincount(codes, weights=rows.totals[side], minlength=len(names))
    return counts, totals.astype(float)


def documents_with(rows: Rows, side: NDArray[np.bool_], kept: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many documents of one side have each kept term, shape (kept,)."""
    counts, _ = sum_by(rows, side, rows.documents, kept)
    return np.asarray((counts > 0).sum(axis=0), dtype=np.int64).ravel()

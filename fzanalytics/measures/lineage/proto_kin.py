"""How far apart the witnesses of a sentence are: kin by what their documents share as a whole, not by the map.

What documents have that otherwise share little is more likely to come from above than what near kin have, which may have
taken it from each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from fzanalytics.measures.lineage.consensus import Group, equal_blocks
from fzanalytics.measures.lineage.proto_units import Unit
from fzanalytics.measures.lineage.proto_votes import RUNS, find_runs, spread_over_letters

#: Documents that share less than this are not farther apart for it.
LEAST_ALIKE = 0.05
_BLOCK = 4096


def find_spreads(units: Sequence[Unit], groups: Sequence[Group]) -> NDArray[np.float64]:
    """Of each group how far apart its witnesses are: of the variants, and of the runs through the letters of the base.

    Examples
    --------
    >>> texts = ["依法公开决策", "广泛听取意见", "及时报告结果"]
    >>> held = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 2)]  # (text, document): the first two documents are kin
    >>> units = [Unit(doc, doc, 0.0, 0, "sentence", texts[k], texts[k]) for k, doc in held]
    >>> groups = [Group((2 * k, 2 * k + 1), np.full(6, 2), np.zeros(6), np.ones(6, dtype=bool)) for k in range(3)]
    >>> find_spreads(units, groups).round(2).tolist()
    [0.14, 0.14, 0.37]
    """
    distances = measure_distances(units, groups)
    variants = mean_distances(_variant_shares(units, groups, len(distances)), distances)
    runs = _run_distances(units, distances)
    return variants + np.array([runs[group.base].mean() for group in groups])


def measure_distances(units: Sequence[Unit], groups: Sequence[Group]) -> NDArray[np.float64]:
    """Of each two documents -log of the cosine of the groups they have, each by the letters of its base; 0 for kin alike.

    Examples
    --------
    >>> units = [Unit(doc, doc, 0.0, 0, "sentence", text, text) for doc, text in enumerate(["公开决策", "公开决策", "听取意见"])]
    >>> votes = np.full(4, 2)
    >>> groups = [Group(members, votes, votes * 0.0, votes > 0) for members in [(0, 1), (2,)]]
    >>> measure_distances(units, groups).round(2).tolist()
    [[0.0, 0.0, 3.0], [0.0, 0.0, 3.0], [3.0, 3.0, 0.0]]
    """
    rows = np.repeat(np.arange(len(groups)), [len(group.members) for group in groups])
    docs = np.array([units[m].doc for group in groups for m in group.members], dtype=np.int64)
    size = np.array([len(units[group.base].letters) for group in groups], dtype=np.float64)
    n_docs = max((unit.doc for unit in units), default=-1) + 1
    has = sp.csr_matrix((np.sqrt(size)[rows], (rows, docs)), shape=(len(groups), n_docs))
    shared = (has.T @ has).toarray()
    own = np.sqrt(np.maximum(np.diag(shared), 1e-9))
    distances = np.abs(np.log(np.clip(shared / np.outer(own, own), LEAST_ALIKE, 1.0)))
    np.fill_diagonal(distances, 0.0)
    return np.asarray(distances)


def mean_distances(has: sp.csr_matrix, distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each row the mean distance of two documents drawn with their weights in it; both may be the same.

    References
    ----------
    Rao (1982), Diversity and dissimilarity coefficients: the quadratic entropy.

    Examples
    --------
    >>> mean_distances(sp.csr_matrix([[1.0, 1.0], [1.0, 0.0]]), np.array([[0.0, 3.0], [3.0, 0.0]])).tolist()
    [1.5, 0.0]
    """
    found = np.zeros(has.shape[0])
    for begin in range(0, has.shape[0], _BLOCK):
        part = has[begin : begin + _BLOCK].toarray()
        part /= np.maximum(part.sum(axis=1, keepdims=True), 1e-9)
        found[begin : begin + _BLOCK] = ((part @ distances) * part).sum(axis=1)
    return found


def _variant_shares(units: Sequence[Unit], groups: Sequence[Group], n_docs: int) -> sp.csr_matrix:
    """Groups by documents: the share of the letters of the base that the variant of the document has."""
    rows, docs, shares = [], [], []
    for k, group in enumerate(groups):
        base = units[group.base].letters
        for member in group.members:
            blocks = [(0, len(base))] if member == group.base else equal_blocks(base, units[member].letters)
            rows.append(k)
            docs.append(units[member].doc)
            shares.append(sum(end - begin for begin, end in blocks) / len(base))
    return sp.csr_matrix((shares, (rows, docs)), shape=(len(groups), n_docs))


def _run_distances(units: Sequence[Unit], distances: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Of each letter of each unit the distance of the documents that have a run through it, of the runs farthest apart.

    The mean over `RUNS`; 0 where one document alone has them.
    """
    size = np.array([len(unit.letters) for unit in units], dtype=np.int64)
    docs = np.repeat(np.array([unit.doc for unit in units], dtype=np.int64), size)
    total = np.zeros(len(docs))
    for n in RUNS:
        at, number = find_runs(units, n)
        width, n_runs = len(distances), int(number.max(initial=-1)) + 1
        pairs = np.unique(number * width + docs[at])
        has = sp.csr_matrix((np.ones(len(pairs)), (pairs // width, pairs % width)), shape=(n_runs, width))
        total += spread_over_letters(at, mean_distances(has, distances)[number], n, np.zeros(len(docs)))
    return np.split(total / len(RUNS), np.cumsum(size)[:-1])

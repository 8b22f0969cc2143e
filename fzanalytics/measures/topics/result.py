"""The result of a topic model: shares of terms, units and documents, and what was left out.

Shape letters: D documents, C units (paragraphs, clauses or documents), V vocabulary, K topics.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from fzanalytics.measures.topics.models import top_indices


@dataclass(frozen=True)
class TopicResult:
    """A fitted topic model, the same for every model and library.

    Topics are numbered from 1 by prevalence, the largest share of tokens first.

    Attributes
    ----------
    topic_terms : DataFrame, shape (K, V)
        Share of each term in a topic; rows sum to 1.
    unit_topics : DataFrame, shape (C, K)
        Share of each topic in a unit; rows sum to 1. Units without a term of the vocabulary are left out (`empty`); a
        unit to which NMF gave no weight is NaN.
    document_topics : DataFrame, shape (D, K)
        Means of the units of a document, weighted by their tokens; rows sum to 1, NaN for a held document without any.
    units : DataFrame, shape (C, 2)
        doc_id and n_tokens of each unit.
    coherence : DataFrame, one row a topic
        c_v in [0, 1] and npmi in [-1, 1] of the top 10 terms on the units; higher is more coherent.
    loss : Series of int
        Words, types and units that did not get into the model, see `prepare_units`.
    empty : tuple of str
        The units that are left out.
    settings : dict
        Everything that the result depends on beside the corpus; `converged` is False if NMF ran out of rounds.
    unit_weights : DataFrame, shape (C, K), or None
        For LDA the parameters of the Dirichlet posterior of the shares of each unit: the prior plus the tokens that the
        model gives to the topic; rows sum to the tokens of the unit plus the sum of the prior, and divided by that sum
        are `unit_topics`. None for NMF, which has no posterior.
    """

    topic_terms: pd.DataFrame
    unit_topics: pd.DataFrame
    document_topics: pd.DataFrame
    units: pd.DataFrame
    coherence: pd.DataFrame
    loss: pd.Series
    empty: tuple[str, ...]
    settings: dict[str, Any]
    unit_weights: pd.DataFrame | None = None

    def top_terms(self, n: int = 10, *, relevance: float = 1.0) -> pd.DataFrame:
        """The heaviest terms of each topic.

        Parameters
        ----------
        n : int
            Terms a topic.
        relevance : float
            1 ranks by share in the topic; lower values favour terms that are rarer elsewhere (Sievert and Shirley 2014;
            they suggest 0.6).

        Returns
        -------
        DataFrame
            Columns topic, rank (from 1), term, weight (share of the term in the topic, whatever the ranking).
        """
        if n < 1 or not 0 <= relevance <= 1:
            raise ValueError(
                f"`n` must be at least 1 and `relevance` in [0, 1]; got {n!r} and {relevance!r}. Use the defaults."
            )
        shares = self.topic_terms.to_numpy()
        scores = shares
        if relevance < 1:
            everywhere = self.prevalence.to_numpy() @ shares
            with np.errstate(divide="ignore", invalid="ignore"):
                logs = np.log(shares)
                scores = np.nan_to_num(logs - (1 - relevance) * np.log(everywhere), nan=-np.inf)
        order = top_indices(scores, n)
        terms = self.topic_terms.columns.to_numpy()
        rows = [
            (topic, rank, terms[column], shares[position, column])
            for position, topic in enumerate(self.topic_terms.index)
            for rank, column in enumerate(order[position], start=1)
        ]
        return pd.DataFrame(rows, columns=["topic", "rank", "term", "weight"])

    @property
    def prevalence(self) -> pd.Series:
        """Share of each topic in all tokens, shape (K,); sums to 1."""
        everything = pd.Series("all", index=self.document_topics.index)
        return self.shares_by(everything).loc["all"].rename("prevalence")

    def shares_by(self, groups: Mapping[str, object] | pd.Series) -> pd.DataFrame:
        """Topic shares of groups of documents, such as levels, weighted by tokens.

        Parameters
        ----------
        groups : mapping or Series of doc_id to group
            Documents that are missing there are left out.

        Returns
        -------
        DataFrame, shape (groups, K)
            Rows sum to 1.
        """
        given = dict(groups.items())
        return weighted_shares(self.unit_topics, self.units["n_tokens"], self.units["doc_id"].map(given))

    def __repr__(self) -> str:
        """Counts, and what was left out."""
        settings, loss = self.settings, self.loss
        return (
            f"TopicResult({settings['model']} by {settings['backend']}: {len(self.topic_terms)} topics, "
            f"{len(self.unit_topics)} {settings['unit']}s of {self.units['doc_id'].nunique()} documents, "
            f"{loss['n_types']} terms; {loss['n_tokens']} of {loss['n_words']} words used, "
            f"{loss['n_empty_units']} empty {settings['unit']}s left out)"
        )


def weighted_shares(unit_topics: pd.DataFrame, weights: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Means of the units of each group by weight, without units that are NaN; groups in order of appearance."""
    known = unit_topics.notna().all(axis=1) & groups.notna()
    weighted = unit_topics[known].mul(weights[known], axis=0).groupby(groups[known], sort=False).sum()
    return weighted.div(weighted.sum(axis=1), axis=0)

"""The result of a topic model: shares of terms, units and documents, and what was left out.

Shape letters: D documents, C units (paragraphs, clauses, passages or documents), V vocabulary, K topics.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from fzanalytics.base.options import check_number
from fzanalytics.base.tables import require_columns
from fzanalytics.measures.topics.quality import COHERENCE_TERMS, top_columns, top_indices
from fzanalytics.measures.topics.units import TopicUnits


@dataclasses.dataclass(frozen=True)
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
        c_v in [0, 1] and npmi in [-1, 1] of the top 10 terms on the units, exclusivity in (0, 1] of the same terms
        (FREX); higher is better. recurs: whether the topic came back in the runs of `check_topics`, NA before.
    loss : Series of int
        Words, types and units that did not get into the model, see `prepare_units`.
    empty : tuple of str
        The units that are left out.
    settings : dict
        Everything that the result depends on beside the corpus; `converged` is False if the rounds ran out.
    unit_weights : DataFrame, shape (C, K), or None
        For LDA the parameters of the Dirichlet posterior of the shares of each unit: the prior plus the tokens that the
        model gives to the topic; rows sum to the tokens of the unit plus the sum of the prior, and divided by that sum
        are `unit_topics`. None for NMF, which has no posterior.
    seeds : DataFrame or None
        With seed words, one row a seeded topic: topic, name, terms (in the vocabulary), missing (not in it).
    recurrence : DataFrame or None
        From `check_topics`, one row a topic: how like it the matched topics of other runs are, and recurs.
    material : TopicUnits or None
        What the model was fitted to, for `check_topics`.
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
    seeds: pd.DataFrame | None = None
    recurrence: pd.DataFrame | None = None
    material: TopicUnits | None = dataclasses.field(default=None, repr=False, compare=False)

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
            Columns topic, rank (from 1), term, weight (share of the term in the topic, whatever the ranking), recurs
            (whether the topic came back in other runs; NA until `check_topics` has looked).

        Raises
        ------
        ValueError
            If an option is out of range.
        """
        check_number(n, name="n", whole=True, remedy="It is a number of terms, at least 1, such as 10.")
        check_number(relevance, name="relevance", remedy="It is in [0, 1], such as 0.6.")
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
        return self._flag(pd.DataFrame(rows, columns=["topic", "rank", "term", "weight"]))

    @property
    def prevalence(self) -> pd.Series:
        """Share of each topic in all tokens, shape (K,); sums to 1."""
        everything = pd.Series("all", index=self.document_topics.index)
        return self.shares_by(everything).loc["all"].rename("prevalence")

    @property
    def recurs(self) -> pd.Series:
        """Whether each topic came back in other runs, shape (K,), boolean; NA where `check_topics` has not looked."""
        topics = self.topic_terms.index
        if self.recurrence is None:
            return pd.Series(pd.NA, index=topics, dtype="boolean", name="recurs")
        return self.recurrence.set_index("topic")["recurs"].astype("boolean").reindex(topics)

    @property
    def topics(self) -> pd.DataFrame:
        """One row a topic: topic, name (of a seeded topic, else NA), terms (top 10), prevalence, c_v, npmi, exclusivity, recurs."""
        names = {} if self.seeds is None else dict(zip(self.seeds["topic"], self.seeds["name"], strict=True))
        index = self.topic_terms.index
        columns = self.topic_terms.columns.to_numpy()
        tops = top_columns(self.topic_terms.to_numpy(), COHERENCE_TERMS)
        table = pd.DataFrame(
            {
                "topic": index,
                "name": pd.array([names.get(topic, pd.NA) for topic in index], dtype="string"),
                "terms": [" ".join(map(str, columns[top])) for top in tops],
                "prevalence": self.prevalence.to_numpy(),
            }
        )
        scores = self.coherence.drop(columns="recurs", errors="ignore")
        return self._flag(table.merge(scores, on="topic", how="left"))

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

    def share_table(self, groups: Mapping[str, object] | pd.Series | None = None) -> pd.DataFrame:
        """Topic shares of documents, or of groups of them, one row a group and topic, with the flag of the topic.

        Parameters
        ----------
        groups : mapping or Series of doc_id to group, optional
            As for `shares_by`; without it each document stands for itself.

        Returns
        -------
        DataFrame
            Columns group (doc_id without `groups`), topic, share (those of a group sum to 1; NaN for a document
            without a term), recurs.
        """
        label = "doc_id" if groups is None else "group"
        wide = self.document_topics if groups is None else self.shares_by(groups)
        table = pd.DataFrame(
            {
                label: np.repeat(wide.index.to_numpy(), len(wide.columns)),
                "topic": np.tile(wide.columns.to_numpy(), len(wide)),
                "share": wide.to_numpy().ravel(),
            }
        )
        return self._flag(table)

    def with_recurrence(self, recurrence: pd.DataFrame) -> TopicResult:
        """This result with its topics flagged in every table.

        Parameters
        ----------
        recurrence : DataFrame
            One row for each topic of this result: topic, recurs, and terms if there, which must be its top 10.

        Raises
        ------
        ValueError
            If the rows are of other topics.
        """
        require_columns(recurrence, ("topic", "recurs"), name="recurrence")
        same = sorted(recurrence["topic"]) == sorted(self.topic_terms.index)
        if same and "terms" in recurrence.columns:
            own = dict(zip(self.topics["topic"], self.topics["terms"], strict=True))
            same = dict(zip(recurrence["topic"], recurrence["terms"], strict=True)) == own
        if not same:
            raise ValueError(
                f"`recurrence` must have one row for each of the {len(self.topic_terms)} topics of this result; got "
                f"{len(recurrence)} rows of other topics. Make it by `check_topics`."
            )
        flagged = dataclasses.replace(self, recurrence=recurrence)
        return dataclasses.replace(flagged, coherence=flagged._flag(self.coherence))

    def _flag(self, table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(recurs=table["topic"].map(self.recurs).astype("boolean"))

    def __repr__(self) -> str:
        """Counts, and what was left out."""
        settings, loss = self.settings, self.loss
        known = self.recurs.dropna()
        checked = f"; {int(known.sum())} of {len(known)} topics come back" if len(known) else ""
        return (
            f"TopicResult({settings['model']} by {settings['backend']}: {len(self.topic_terms)} topics, "
            f"{len(self.unit_topics)} {settings['unit']}s of {self.units['doc_id'].nunique()} documents, "
            f"{loss['n_types']} terms; {loss['n_tokens']} of {loss['n_words']} words used, "
            f"{loss['n_empty_units']} empty {settings['unit']}s left out{checked})"
        )


def weighted_shares(unit_topics: pd.DataFrame, weights: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Means of the units of each group by weight, without units that are NaN; groups in order of appearance."""
    known = unit_topics.notna().all(axis=1) & groups.notna()
    weighted = unit_topics[known].mul(weights[known], axis=0).groupby(groups[known], sort=False).sum()
    return weighted.div(weighted.sum(axis=1), axis=0)

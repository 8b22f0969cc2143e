"""The results of the main job that several steps share: each computed once, when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import pandas as pd
from joblib import cpu_count

from fzanalytics.base.tables import LEVELS
from fzanalytics.features.tokens import PolicyAnalyzer
from fzanalytics.measures.attribution.attribution import attribution
from fzanalytics.measures.diffusion.coverage import coverage_curve, coverage_matrix
from fzanalytics.measures.diffusion.flow_edges import flow_edges
from fzanalytics.measures.lineage.prototype import Prototype, reconstruct
from fzanalytics.measures.prevalence.covariates import TopicPrevalence, topic_prevalence
from fzanalytics.measures.reuse.passages import find_passages
from fzanalytics.measures.similarity import tfidf_similarity
from fzanalytics.measures.topics.fitting import fit_topics
from fzanalytics.measures.topics.result import TopicResult
from fzanalytics.measures.topics.stability import choose_n_topics, topic_stability
from fzanalytics.measures.vocabulary.keyness import distinctive_terms
from fzanalytics.output.plots.style import Format
from fzanalytics.texts.corpus import Corpus

#: Figure 3 draws NMF: on a few hundred paragraphs its topics come back over seeds, those of LDA hardly do. The
#: table of stability holds both, so that a reader can judge.
DRAWN_MODEL: Literal["nmf", "lda"] = "nmf"
#: The numbers of topics that are tried with each model.
GRIDS: dict[Literal["nmf", "lda"], tuple[int, ...]] = {"nmf": (4, 6, 8, 10, 12), "lda": (4, 8, 12)}
#: Processes for work that splits; no result depends on it.
N_JOBS = min(2, cpu_count())
#: More paragraphs than this are not drawn in one heat map.
MAX_HEAT_MAP = 1500


@dataclass(frozen=True)
class Settings:
    """What a run depends on beside the corpus."""

    n_topics: int | None
    random_state: int
    formats: tuple[Format, ...]
    progress: bool
    labels: Mapping[str, str]
    lineages: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Work:
    """The results that several steps share, computed when first asked for."""

    corpus: Corpus
    settings: Settings
    notes: list[str] = field(default_factory=list)

    def prepare_figures(self) -> None:
        """Compute here what only figures need, so that the processes that draw load no dictionary and no model."""
        for name in ("paragraph_similarity", "flagged_topics", "prevalence", "vocabulary", "prototype"):
            with suppress(ValueError):  # the figure that asks for it tells why it cannot be
                getattr(self, name)

    @cached_property
    def passages(self) -> pd.DataFrame:
        """Shared passages of all pairs."""
        return find_passages(self.corpus, n_jobs=N_JOBS if len(self.corpus.held) > 20 else 1)

    @cached_property
    def similarity(self) -> pd.DataFrame:
        """Documents, names masked."""
        if len(self.corpus.held) < 2:
            raise ValueError("two documents are needed to compare any")
        return tfidf_similarity(self.corpus, mask=("place", "agency"))

    @cached_property
    def paragraph_similarity(self) -> pd.DataFrame:
        """Paragraphs, names masked."""
        n = len(self.corpus.paragraphs)
        if not 2 <= n <= MAX_HEAT_MAP:
            raise ValueError(f"{n} paragraphs do not make one heat map (2 to {MAX_HEAT_MAP} do)")
        return tfidf_similarity(self.corpus, unit="paragraph", mask=("place", "agency"))

    @cached_property
    def stability(self) -> pd.DataFrame:
        """Both models over the grid of K."""
        most = max(2, len(self.corpus.paragraphs) // 3)  # a topic of fewer than three paragraphs says nothing
        asked = [] if self.settings.n_topics is None else [self.settings.n_topics]
        grids = {model: sorted({*(k for k in grid if k <= most), *asked} or {2}) for model, grid in GRIDS.items()}
        tables = [
            topic_stability(
                self.corpus, model=model, n_topics=grid, random_state=self.settings.random_state, n_jobs=N_JOBS
            )
            for model, grid in grids.items()
        ]
        return pd.concat(
            [table.assign(model=model) for model, table in zip(GRIDS, tables, strict=True)], ignore_index=True
        )

    @cached_property
    def drawn_stability(self) -> pd.DataFrame:
        """The stability of the model that figure 3 draws."""
        return self.stability[self.stability["model"] == DRAWN_MODEL]

    @cached_property
    def n_topics(self) -> int:
        """K as asked for, else by the rule of `choose_n_topics`."""
        return self.settings.n_topics or choose_n_topics(self.drawn_stability)

    @cached_property
    def topics(self) -> TopicResult:
        """The model that figure 3 draws."""
        return fit_topics(
            self.corpus, model=DRAWN_MODEL, n_topics=self.n_topics, random_state=self.settings.random_state
        )

    @cached_property
    def recurrence(self) -> pd.DataFrame | None:
        """Which of the drawn topics come back; None if the runs do not lead to the drawn topics at all."""
        table = topic_stability(
            self.corpus,
            model=DRAWN_MODEL,
            n_topics=[self.n_topics],
            by="topic",
            random_state=self.settings.random_state,
        )
        terms = self.topics.top_terms(10).groupby("topic")["term"].agg(" ".join)
        return table if terms.tolist() == table["terms"].tolist() else None

    @cached_property
    def flagged_topics(self) -> TopicResult:
        """The model that figure 3 draws; topics that do not come back are flagged in its tables."""
        return self.topics if self.recurrence is None else self.topics.with_recurrence(self.recurrence)

    @cached_property
    def prevalence(self) -> TopicPrevalence:
        """Shares of the topics by level."""
        return topic_prevalence(self.flagged_topics, self.corpus, random_state=self.settings.random_state)

    @cached_property
    def vocabulary(self) -> pd.DataFrame:
        """What words distinguish the levels of these documents, names masked."""
        analyzer = PolicyAnalyzer(mask=("place", "agency"))
        return distinctive_terms(self.corpus, by="level", analyzer=analyzer, random_state=self.settings.random_state)

    @cached_property
    def source(self) -> str:
        """The document whose clauses figure 4 follows."""
        found = main_source(self.corpus)
        if found is None:
            raise ValueError("no two documents of one policy are held, so none can be covered by another")
        return found

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """Its paragraphs in the other documents."""
        return coverage_matrix(self.corpus, self.source)

    @cached_property
    def curve(self) -> pd.DataFrame:
        """Coverage over the threshold."""
        return coverage_curve(self.coverage)

    @cached_property
    def flow_edges(self) -> pd.DataFrame:
        """Every pair of a text and a document before it."""
        return flow_edges(self.corpus, passages=self.passages, intervals=True)

    @cached_property
    def prototype(self) -> Prototype:
        """The common ancestor of the documents of the policy that `main_source` belongs to, rebuilt."""
        documents = self.corpus.documents
        first = documents.set_index("doc_id").loc[self.source]
        same = documents["lineage"].eq(first["lineage"]) & (
            documents["period_end"].isna()
            if pd.isna(first["period_end"])
            else documents["period_end"].eq(first["period_end"])
        )
        national = documents[same & documents["level"].eq("national")]
        below = documents[same & documents["held"].astype(bool) & documents["level"].ne("national")]
        title = str(national["title"].iloc[0]) if len(national) else f"{first['lineage']}（共同祖本）"
        return reconstruct(self.corpus, doc_ids=below["doc_id"].tolist(), title=title)

    @cached_property
    def attribution(self) -> pd.DataFrame:
        """Of every local text."""
        return attribution(self.corpus, passages=self.passages)


def main_source(corpus: Corpus) -> str | None:
    """The document whose clauses figure 4 follows: the highest of a policy that is held, of these the earliest.

    A policy is a lineage with the year its period ends; that with the most documents held is taken.

    Parameters
    ----------
    corpus : Corpus

    Returns
    -------
    str or None
        None if no policy has two documents held.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> main_source(load_sample())
    'hebei_province_2016'
    """
    held = corpus.held.dropna(subset=["lineage"])
    groups = [group for _, group in held.groupby(["lineage", "period_end"], dropna=False, sort=True) if len(group) > 1]
    if not groups:
        return None
    rank = {level: i for i, level in enumerate(LEVELS)}
    largest = max(groups, key=len)
    first = largest.assign(rank=largest["level"].map(rank).fillna(len(LEVELS))).sort_values(
        ["rank", "earliest", "doc_id"], na_position="last"
    )
    return str(first["doc_id"].iloc[0])

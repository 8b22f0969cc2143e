"""The steps of the main job: each file, the public function behind it, and what it is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pandas as pd
from joblib import cpu_count

from fzanalytics.base.tables import LEVELS
from fzanalytics.features.tokens import PolicyAnalyzer
from fzanalytics.measures.adoption.timing import lag_table, timeline
from fzanalytics.measures.diffusion.attribution import attribution, proxy_text_spans
from fzanalytics.measures.diffusion.baselines import overlap_baselines
from fzanalytics.measures.diffusion.coverage import coverage_curve, coverage_matrix, unmatched_paragraphs
from fzanalytics.measures.diffusion.evidence import compare_citations
from fzanalytics.measures.diffusion.flows import flow_edges
from fzanalytics.measures.diffusion.strength import specificity
from fzanalytics.measures.lineage.follows import infer_sources
from fzanalytics.measures.lineage.prototype import Prototype, reconstruct
from fzanalytics.measures.reuse.passages import borrowing_share, find_passages, order_of_documents
from fzanalytics.measures.similarity import cluster_order, tfidf_similarity
from fzanalytics.measures.topics.fitting import choose_n_topics, fit_topics, topic_stability
from fzanalytics.measures.topics.result import TopicResult
from fzanalytics.measures.vocabulary.keyness import distinctive_terms
from fzanalytics.output.plots.attribution import plot_attribution
from fzanalytics.output.plots.corpus import plot_corpus, plot_timeline
from fzanalytics.output.plots.coverage import plot_coverage, plot_coverage_curve
from fzanalytics.output.plots.mentions import plot_mentions
from fzanalytics.output.plots.network import plot_network
from fzanalytics.output.plots.prototype import plot_prototype
from fzanalytics.output.plots.ribbons import plot_ribbons
from fzanalytics.output.plots.similarity import plot_paragraph_similarity, plot_similarity
from fzanalytics.output.plots.style import Format
from fzanalytics.output.word_plots.distinctive import plot_distinctive_terms
from fzanalytics.output.word_plots.topics import plot_topics
from fzanalytics.texts.corpus import Corpus

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Figure 7 draws every line of so few documents; of more only the best source of each.
MAX_TANGLE = 12
N_RESAMPLES = 999
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
        for name in ("paragraph_similarity", "recurrence", "vocabulary", "prototype"):
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
        return coverage_curve(self.coverage, random_state=self.settings.random_state)

    @cached_property
    def flow_edges(self) -> pd.DataFrame:
        """Every pair of a text and a document before it."""
        return flow_edges(
            self.corpus, passages=self.passages, n_resamples=N_RESAMPLES, random_state=self.settings.random_state
        )

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
        return attribution(self.corpus, passages=self.passages, random_state=self.settings.random_state)


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


# ---------------------------------------------------------------- what is made


class Step(NamedTuple):
    """A file to make: its name, the public function behind it, how it is made, the settings that it depends on."""

    name: str
    function: str
    make: Callable[..., Any]
    depends: tuple[str, ...]


def list_tables() -> list[Step]:
    """The tables, each written as CSV."""
    steps: list[tuple[str, str, Callable[[Work], pd.DataFrame], tuple[str, ...]]] = [
        ("documents", "read_corpus", lambda w: w.corpus.documents.drop(columns=["text"]), ()),
        ("clauses", "read_corpus", lambda w: w.corpus.clauses.drop(columns=["text"]), ()),
        ("problems", "read_corpus", lambda w: w.corpus.problems, ()),
        ("repairs", "explain_cleaning", _count_repairs, ()),
        ("mentions", "read_corpus", lambda w: w.corpus.mentions, ()),
        ("order", "order_of_documents", lambda w: order_of_documents(w.corpus.documents), ()),
        ("timeline", "timeline", lambda w: timeline(w.corpus.documents), ()),
        ("lags", "lag_table", lambda w: lag_table(w.corpus.documents), ()),
        ("similarity", "tfidf_similarity", lambda w: w.similarity, ()),
        ("topic_shares", "fit_topics", lambda w: w.topics.document_topics, ("n_topics", "seed")),
        ("topic_terms", "fit_topics", lambda w: w.topics.top_terms(15), ("n_topics", "seed")),
        ("topic_coherence", "fit_topics", lambda w: w.topics.coherence, ("n_topics", "seed")),
        ("topic_stability", "topic_stability", lambda w: w.stability, ("n_topics", "seed")),
        ("vocabulary", "distinctive_terms", lambda w: w.vocabulary, ("seed",)),
        ("passages", "find_passages", _passages_with_text, ()),
        ("borrowing", "borrowing_share", _borrowing, ("seed",)),
        ("coverage", "coverage_matrix", lambda w: w.coverage, ("source",)),
        ("coverage_curve", "coverage_curve", lambda w: w.curve, ("source", "seed")),
        ("unmatched", "unmatched_paragraphs", lambda w: unmatched_paragraphs(w.corpus, w.source), ("source",)),
        ("attribution", "attribution", lambda w: w.attribution, ("seed",)),
        ("specificity", "specificity", lambda w: specificity(w.corpus), ()),
        ("citations_and_overlap", "compare_citations", lambda w: compare_citations(w.corpus, w.passages), ()),
        ("flow_edges", "flow_edges", lambda w: w.flow_edges, ("seed",)),
        ("overlap_baselines", "overlap_baselines", lambda w: overlap_baselines(w.corpus, passages=w.passages), ()),
        (
            "inferred_sources",
            "infer_sources",
            lambda w: infer_sources(w.corpus, random_state=w.settings.random_state),
            ("seed",),
        ),
        ("prototype", "reconstruct", lambda w: w.prototype.stretches, ("source",)),
        ("prototype_dropped", "reconstruct", lambda w: w.prototype.dropped, ("source",)),
        ("proxy", "proxy_text_spans", lambda w: proxy_text_spans(w.corpus, passages=w.passages), ()),
    ]
    return [Step(*step) for step in steps]


def list_figures() -> list[Step]:
    """The figures, each made once a language."""
    steps: list[tuple[str, str, Callable[..., Axes | Figure], tuple[str, ...]]] = [
        (
            "fig1_corpus",
            "plot_corpus",
            lambda w, **k: plot_corpus(w.corpus.documents, lineages=w.settings.lineages, **k),
            (),
        ),
        ("fig1_timeline", "plot_timeline", lambda w, **k: plot_timeline(timeline(w.corpus.documents), **k), ()),
        ("fig2_similarity", "plot_similarity", _draw_similarity, ()),
        (
            "fig2_paragraphs",
            "plot_paragraph_similarity",
            lambda w, **k: plot_paragraph_similarity(w.paragraph_similarity, w.corpus.paragraphs, masked=True, **k),
            (),
        ),
        (
            "fig3_topics",
            "plot_topics",
            lambda w, **k: plot_topics(
                w.topics, w.drawn_stability, documents=w.corpus.documents, recurrence=w.recurrence, **k
            ),
            ("n_topics", "seed"),
        ),
        (
            "fig4_coverage",
            "plot_coverage",
            lambda w, **k: plot_coverage(w.coverage, paragraphs=w.corpus.paragraphs, clauses=w.corpus.clauses, **k),
            ("source",),
        ),
        (
            "fig4_curve",
            "plot_coverage_curve",
            lambda w, **k: plot_coverage_curve(w.curve, source=w.source, **k),
            ("source", "seed"),
        ),
        (
            "fig5_attribution",
            "plot_attribution",
            lambda w, **k: plot_attribution(w.attribution, documents=w.corpus.documents, **k),
            ("seed",),
        ),
        ("fig6_ribbons", "plot_ribbons", _draw_ribbons, ("source",)),
        (
            "fig7_network",
            "plot_network",
            lambda w, **k: plot_network(
                w.flow_edges, w.corpus.documents, best=1 if len(w.corpus.held) > MAX_TANGLE else None, **k
            ),
            ("seed",),
        ),
        (
            "fig9_vocabulary",
            "plot_distinctive_terms",
            lambda w, **k: plot_distinctive_terms(w.vocabulary, language=k["language"]),
            ("seed",),
        ),
        (
            "fig10_mentions",
            "plot_mentions",
            lambda w, **k: plot_mentions(specificity(w.corpus), w.corpus.mentions, documents=w.corpus.documents, **k),
            (),
        ),
        (
            "fig11_prototype",
            "plot_prototype",
            lambda w, **k: plot_prototype(w.prototype.stretches, w.corpus.documents, **k),
            ("source",),
        ),
    ]
    return [Step(*step) for step in steps]


def _count_repairs(work: Work) -> pd.DataFrame:
    counts = work.corpus.repairs.groupby(["doc_id", "fixer"]).size()
    return counts.rename("repairs").reset_index()


def _passages_with_text(work: Work) -> pd.DataFrame:
    texts = work.corpus.held.set_index("doc_id")["text"]
    table = work.passages
    return table.assign(
        source_text=[texts[p.source][p.source_begin : p.source_end] for p in table.itertuples()],
        target_text=[texts[p.target][p.target_begin : p.target_end] for p in table.itertuples()],
    )


def _borrowing(work: Work) -> pd.DataFrame:
    corpus, seed = work.corpus, work.settings.random_state
    return borrowing_share(work.passages, corpus.documents, paragraphs=corpus.paragraphs, random_state=seed)


def _draw_similarity(work: Work, **options: Any) -> Axes | Figure:
    _, linkage = cluster_order(work.similarity)
    return plot_similarity(work.similarity, linkage=linkage, masked=True, **options)


def _draw_ribbons(work: Work, **options: Any) -> Axes | Figure:
    """The source and the document that shares most with it, in characters."""
    table = work.passages
    both = table[(table["source"] == work.source) | (table["target"] == work.source)]
    others = both["target"].where(both["source"] == work.source, both["source"])
    if both.empty:
        raise ValueError(f"no document shares a passage with {work.source}")
    target = both.groupby(others)["n_chars"].sum().idxmax()
    return plot_ribbons(table, work.corpus.documents, work.source, str(target), clauses=work.corpus.clauses, **options)

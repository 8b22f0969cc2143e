"""The steps of the main job: each file, the public function behind it, and what it is made from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from fzanalytics.measures.adoption.timing import lag_table, timeline
from fzanalytics.measures.attribution.attribution import proxy_text_spans
from fzanalytics.measures.attribution.baselines import overlap_baselines
from fzanalytics.measures.diffusion.copying import copying_kinds
from fzanalytics.measures.diffusion.copying_shares import copying_shares
from fzanalytics.measures.diffusion.coverage import unmatched_paragraphs
from fzanalytics.measures.diffusion.coverage_baselines import coverage_baselines
from fzanalytics.measures.diffusion.evidence import compare_citations
from fzanalytics.measures.diffusion.flows import flows
from fzanalytics.measures.diffusion.novelty import reinvention
from fzanalytics.measures.diffusion.strength import specificity
from fzanalytics.measures.lineage.follows import infer_sources
from fzanalytics.measures.reuse.passages import borrowing_share, order_of_documents
from fzanalytics.measures.similarity import cluster_order
from fzanalytics.output.plots.attribution import plot_attribution
from fzanalytics.output.plots.corpus import plot_corpus, plot_timeline
from fzanalytics.output.plots.coverage import plot_coverage, plot_coverage_curve
from fzanalytics.output.plots.mentions import plot_mentions
from fzanalytics.output.plots.names import Language
from fzanalytics.output.plots.network import plot_network
from fzanalytics.output.plots.prototype import plot_prototype
from fzanalytics.output.plots.ribbons import plot_ribbons
from fzanalytics.output.plots.similarity import plot_paragraph_similarity, plot_similarity
from fzanalytics.output.word_plots.distinctive import plot_distinctive_terms
from fzanalytics.output.word_plots.prevalence import plot_topic_prevalence
from fzanalytics.output.word_plots.topics import name_topics, plot_topics
from fzanalytics.output.work import Work

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Figure 7 draws every line of so few documents; of more only the best source of each.
MAX_TANGLE = 12


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
        ("topic_terms", "fit_topics", lambda w: w.flagged_topics.top_terms(15), ("n_topics", "seed")),
        ("topic_coherence", "fit_topics", lambda w: w.flagged_topics.coherence, ("n_topics", "seed")),
        ("topic_prevalence", "topic_prevalence", lambda w: w.prevalence.shares, ("n_topics", "seed")),
        ("topic_effects", "topic_prevalence", lambda w: w.prevalence.effects, ("n_topics", "seed")),
        ("topic_stability", "topic_stability", lambda w: w.stability, ("n_topics", "seed")),
        ("vocabulary", "distinctive_terms", lambda w: w.vocabulary, ("seed",)),
        ("passages", "find_passages", _passages_with_text, ()),
        ("borrowing", "borrowing_share", _borrowing, ()),
        ("coverage", "coverage_matrix", lambda w: w.coverage, ("source",)),
        ("coverage_curve", "coverage_curve", lambda w: w.curve, ("source",)),
        ("coverage_baselines", "coverage_baselines", lambda w: coverage_baselines(w.corpus, w.source), ("source",)),
        ("unmatched", "unmatched_paragraphs", lambda w: unmatched_paragraphs(w.corpus, w.source), ("source",)),
        ("attribution", "attribution", lambda w: w.attribution, ()),
        ("copying", "copying_shares", _copying, ("source",)),
        ("reinvention", "reinvention", lambda w: reinvention(w.corpus, passages=w.passages, pool_size=1), ()),
        ("flows", "flows", lambda w: flows(w.corpus, passages=w.passages), ()),
        ("specificity", "specificity", lambda w: specificity(w.corpus), ()),
        ("citations_and_overlap", "compare_citations", lambda w: compare_citations(w.corpus, w.passages), ()),
        ("flow_edges", "flow_edges", lambda w: w.flow_edges, ()),
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
        ("fig3_prevalence", "plot_topic_prevalence", _draw_prevalence, ("n_topics", "seed")),
        (
            "fig4_coverage",
            "plot_coverage",
            lambda w, **k: plot_coverage(
                w.coverage, paragraphs=w.corpus.paragraphs, clauses=w.corpus.clauses, documents=w.corpus.documents, **k
            ),
            ("source",),
        ),
        (
            "fig4_curve",
            "plot_coverage_curve",
            lambda w, **k: plot_coverage_curve(w.curve, source=w.source, **k),
            ("source",),
        ),
        (
            "fig5_attribution",
            "plot_attribution",
            lambda w, **k: plot_attribution(w.attribution, documents=w.corpus.documents, **k),
            (),
        ),
        ("fig6_ribbons", "plot_ribbons", _draw_ribbons, ("source",)),
        (
            "fig7_network",
            "plot_network",
            lambda w, **k: plot_network(
                w.flow_edges, w.corpus.documents, best=1 if len(w.corpus.held) > MAX_TANGLE else None, **k
            ),
            (),
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
    return borrowing_share(work.passages, work.corpus, paragraphs=work.corpus)


def _copying(work: Work) -> pd.DataFrame:
    """Of one source, so that targets can be compared; without likeness of words, which takes long in a large corpus."""
    return copying_shares(copying_kinds(work.corpus, source=work.source, min_similarity=None))


def _draw_similarity(work: Work, **options: Any) -> Axes | Figure:
    _, linkage = cluster_order(work.similarity)
    return plot_similarity(work.similarity, linkage=linkage, masked=True, **options)


def _draw_prevalence(work: Work, *, language: Language, **_: Any) -> Axes | Figure:
    names = name_topics(work.topics.top_terms(3))
    return plot_topic_prevalence(work.prevalence, names=names, language=language)


def _draw_ribbons(work: Work, **options: Any) -> Axes | Figure:
    """The source and the document that shares most with it, in characters."""
    table = work.passages
    both = table[(table["source"] == work.source) | (table["target"] == work.source)]
    others = both["target"].where(both["source"] == work.source, both["source"])
    if both.empty:
        raise ValueError(f"no document shares a passage with {work.source}")
    target = both.groupby(others)["n_chars"].sum().idxmax()
    return plot_ribbons(table, work.corpus.documents, work.source, str(target), clauses=work.corpus.clauses, **options)

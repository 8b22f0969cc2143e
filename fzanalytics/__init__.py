"""fzanalytics: who copied what from whom, how fast, and what they changed, in Chinese policy documents.

The names below are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

#: Where each public name lives, in the order in which data flows.
_HOMES = {
    "Corpus": "texts.corpus",
    "read_corpus": "texts.corpus",
    "load_sample": "texts.datasets",
    "fetch_law_family": "texts.datasets",
    "load_law_registry": "texts.datasets",
    "load_regions": "texts.regions",
    "clean": "texts.cleaning.fixers",
    "explain_cleaning": "texts.cleaning.fixers",
    "find_slips": "texts.cleaning.slips",
    "apply_slips": "texts.cleaning.slips",
    "find_parts": "texts.structure.parts",
    "obligation_strength": "texts.extraction.obligation",
    "tokenize": "features.tokens",
    "PolicyAnalyzer": "features.tokens",
    "load_policy_words": "features.tokens",
    "load_stop_words": "features.tokens",
    "mask_names": "features.masks",
    "mask_text": "features.masks",
    "count_matrix": "features.matrices",
    "tfidf_matrix": "features.matrices",
    "tfidf_similarity": "measures.similarity",
    "cluster_order": "measures.similarity",
    "fit_topics": "measures.topics.fitting",
    "topic_stability": "measures.topics.fitting",
    "choose_n_topics": "measures.topics.fitting",
    "TopicResult": "measures.topics.result",
    "overlap_baselines": "measures.diffusion.baselines",
    "baseline_documents": "measures.diffusion.baselines",
    "flows": "measures.diffusion.flows",
    "flow_edges": "measures.diffusion.flows",
    "flow_totals": "measures.diffusion.flows",
    "infer_sources": "measures.lineage.follows",
    "lineage_graph": "measures.lineage.graph",
    "to_graphml": "measures.lineage.graph",
    "to_gexf": "measures.lineage.graph",
    "infer_cascade_network": "measures.lineage.cascades",
    "reconstruct": "measures.lineage.prototype",
    "Prototype": "measures.lineage.prototype",
    "distinctive_terms": "measures.vocabulary.keyness",
    "term_frequency": "measures.vocabulary.trends",
    "collocations": "measures.vocabulary.collocations",
    "collocates": "measures.vocabulary.collocations",
    "keywords_in_context": "measures.vocabulary.contexts",
    "term_lens": "measures.vocabulary.lens",
    "TermLens": "measures.vocabulary.lens",
    "align_pair": "measures.reuse.alignment",
    "find_passages": "measures.reuse.passages",
    "order_of_documents": "measures.reuse.passages",
    "borrowing_share": "measures.reuse.passages",
    "find_sources": "measures.reuse.sources",
    "passage_blanks": "measures.reuse.blanks",
    "passage_changes": "measures.reuse.changes",
    "passage_spread": "measures.reuse.spread",
    "find_boilerplate": "measures.reuse.spread",
    "find_slogans": "measures.reuse.spread",
    "load_authority_phrases": "measures.reuse.spread",
    "coverage_matrix": "measures.diffusion.coverage",
    "coverage_curve": "measures.diffusion.coverage",
    "unmatched_paragraphs": "measures.diffusion.coverage",
    "attribution": "measures.diffusion.attribution",
    "proxy_text_spans": "measures.diffusion.attribution",
    "timeline": "measures.adoption.timing",
    "lag_table": "measures.adoption.timing",
    "read_roster": "measures.adoption.roster",
    "adoption_table": "measures.adoption.roster",
    "adoption_status": "measures.adoption.breadth",
    "turnbull": "measures.adoption.turnbull",
    "event_history": "measures.adoption.history",
    "write_event_history": "measures.adoption.history",
    "plant_passages": "evaluation.plant",
    "Planted": "evaluation.plant",
    "score_passages": "evaluation.score",
    "false_claims": "evaluation.claims",
    "draw_pairs": "evaluation.coding.pairs",
    "pair_scores": "evaluation.coding.pairs",
    "write_coding_sheet": "evaluation.coding.sheets",
    "read_codes": "evaluation.coding.sheets",
    "load_coded_sample": "evaluation.coding.sheets",
    "coding_agreement": "evaluation.coding.agreement",
    "judge_measure": "evaluation.coding.judging",
    "class_shares": "evaluation.coding.judging",
    "plot_corpus": "output.plots.corpus",
    "plot_timeline": "output.plots.corpus",
    "plot_similarity": "output.plots.similarity",
    "plot_paragraph_similarity": "output.plots.similarity",
    "plot_topics": "output.plots.topics",
    "plot_topic_shares": "output.plots.topics",
    "plot_top_terms": "output.plots.topics",
    "plot_topic_stability": "output.plots.topics",
    "plot_coverage": "output.plots.coverage",
    "plot_coverage_curve": "output.plots.coverage",
    "plot_attribution": "output.plots.attribution",
    "plot_adoption_curve": "output.plots.adoption",
    "plot_lags": "output.plots.adoption",
    "plot_prototype": "output.plots.prototype",
    "plot_network": "output.plots.network",
    "plot_distinctive_terms": "output.plots.vocabulary",
    "plot_term_lens": "output.plots.vocabulary",
    "plot_ribbons": "output.plots.ribbons",
    "document_labels": "output.plots.style",
    "save_figure": "output.plots.style",
    "show_passages": "output.reading",
    "write_table": "output.tables",
    "read_table": "output.tables",
    "reproduce": "output.pipeline",
    "analyze": "output.pipeline",
    "Report": "output.pipeline",
    "main_source": "output.steps",
    "check_manifest": "output.manifest",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'fzanalytics' has no attribute {name!r}")
    value = getattr(import_module(f"fzanalytics.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

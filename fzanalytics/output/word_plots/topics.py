"""Figure 3: what the documents are about, in which words, and how far the topics come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.output.plots.names import LEVEL_NAMES, Language, level_name, order_by_level, pick, short, shown_labels
from fzanalytics.output.plots.style import (
    GREY,
    SEQUENTIAL,
    axes_or_new,
    fitting_size,
    in_house_style,
    ink_on,
    new_figure,
    set_font,
)
from fzanalytics.output.word_plots.topic_choice import plot_topic_stability

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from fzanalytics.measures.topics.result import TopicResult

#: A level has a row of its own only with documents of so many regions: fewer are these regions, not the level.
MIN_REGIONS = 3
#: Of topics that do not come back.
_UNSTABLE_BAR = "#D0D0D0"


def name_topics(top_terms: pd.DataFrame, *, n_terms: int = 3) -> dict[Any, str]:
    """A label for each topic from its heaviest terms; a label, not an interpretation.

    Parameters
    ----------
    top_terms : DataFrame
        Columns topic, rank, term.
    n_terms : int
        Terms a label.

    Returns
    -------
    dict of topic to str
        In the order of the topics.

    Raises
    ------
    ValueError
        If a column is missing.

    Examples
    --------
    >>> name_topics(pd.DataFrame({"topic": [1, 1], "rank": [2, 1], "term": ["执法", "行政"]}))
    {1: 'T1 行政 · 执法'}
    """
    require_columns(top_terms, ("topic", "rank", "term"), name="top_terms")
    ordered = top_terms.sort_values(["topic", "rank"], kind="stable")
    return {
        topic: f"T{topic} {' · '.join(part['term'].head(n_terms))}"
        for topic, part in ordered.groupby("topic", sort=False)
    }


@in_house_style
def plot_topics(
    result: TopicResult,
    stability: pd.DataFrame,
    *,
    documents: pd.DataFrame | None = None,
    recurrence: pd.DataFrame | None = None,
    n_terms: int = 8,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> Figure:
    """Figure 3: shares of topics by document and level, their top terms, stability against K, in one figure.

    Parameters
    ----------
    result : TopicResult
        From `fit_topics`.
    stability : DataFrame
        From `topic_stability`, one row a number of topics.
    documents : DataFrame, optional
        Columns doc_id, level, region: orders the documents, and adds a row for each level of which at least
        `MIN_REGIONS` regions have a document in the model.
    recurrence : DataFrame, optional
        From `topic_stability(by="topic")` with the model, number of topics and seed of `result`, since its topics
        must be those of `result`: columns n_topics, topic, recurs. Topics that do not recur are grey and marked. Left
        out, the flags of `result` itself are drawn, if `check_topics` has looked.
    n_terms : int
        Terms shown a topic.
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional

    Returns
    -------
    Figure
        With three axes, (a) to (c); each can be drawn alone, on axes of your own, by `plot_topic_shares`,
        `plot_top_terms` and `plot_topic_stability`.

    Raises
    ------
    ValueError
        If a column is missing, or `recurrence` is of other topics than `result`.

    Notes
    -----
    Shares are of these documents only. The runs in (c) start at random, and so do those behind `recurrence`: topics
    of models with a fixed start would come back always, and mean nothing by it. Under each head in (b) stands the
    NPMI of the topic's top terms, in [-1, 1].

    Examples
    --------
    >>> from fzanalytics import load_sample
    >>> from fzanalytics.measures.topics.fitting import fit_topics
    >>> from fzanalytics.measures.topics.stability import topic_stability
    >>> corpus = load_sample()
    >>> result = fit_topics(corpus, model="nmf", n_topics=4)
    >>> stability = topic_stability(corpus, model="nmf", n_topics=(4, 6), n_seeds=2)
    >>> len(plot_topics(result, stability, documents=corpus.documents).axes)
    3
    """
    chosen = len(result.topic_terms)
    if recurrence is None and getattr(result, "recurrence", None) is not None:
        recurrence = result.topics.assign(n_topics=chosen)
    _check_recurrence(recurrence, list(result.topic_terms.index))
    terms = result.top_terms(n_terms)
    by_level = None if documents is None else _shares_of_levels(result, documents)
    n_rows = len(result.document_topics) + (0 if by_level is None else len(by_level))
    top, bottom = 2.2 + min(0.27 * n_rows, 50), 1.0 + 0.2 * n_terms
    figure = new_figure(11.4, top + bottom)
    grid = figure.add_gridspec(2, 2, height_ratios=[top, bottom], width_ratios=[1.75, 1])
    plot_topic_shares(
        result.document_topics,
        documents=documents,
        by_level=by_level,
        names=name_topics(terms),
        recurrence=recurrence,
        ax=figure.add_subplot(grid[0, 0]),
        language=language,
        labels=labels,
    )
    plot_topic_stability(stability, n_topics=chosen, ax=figure.add_subplot(grid[0, 1]), language=language)
    marks = result.coherence if recurrence is None else recurrence
    plot_top_terms(terms, recurrence=marks, ax=figure.add_subplot(grid[1, :]), language=language)
    for letter, ax in zip("acb", figure.axes, strict=False):
        ax.set_title(f"({letter}) {ax.get_title(loc='left')}")
    model = str(result.settings.get("model", "")).upper()
    english, chinese = (f"{model}, K = {chosen}", f"{model}，K={chosen}") if model else (f"K = {chosen}", f"K={chosen}")
    title = pick(language, f"Topics ({english}); these documents only", f"主题（{chinese}）；仅就本语料而言")
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    set_font(figure)
    return figure


def _check_recurrence(recurrence: pd.DataFrame | None, topics: list[Any]) -> None:
    if recurrence is None:
        return
    require_columns(recurrence, ("n_topics", "topic", "recurs"), name="recurrence")
    numbers = sorted(set(recurrence["n_topics"]))
    if numbers != [len(topics)] or sorted(recurrence["topic"]) != sorted(topics):
        found = ", ".join(map(str, numbers)) or "none"
        raise ValueError(
            f"`recurrence` must have one row for each of the {len(topics)} topics of `result`; got {len(recurrence)} "
            f'rows, n_topics {found}. Make it by `topic_stability(by="topic")` with the same number of topics.'
        )


def _shares_of_levels(result: TopicResult, documents: pd.DataFrame) -> pd.DataFrame:
    """Topic shares of the levels of which enough regions have a document."""
    require_columns(documents, ("doc_id", "level", "region"), name="documents")
    known = documents[documents["doc_id"].isin(result.document_topics.dropna(how="all").index)]
    regions = known.groupby("level")["region"].nunique()
    enough = set(regions[regions >= MIN_REGIONS].index)
    shown = known[known["level"].isin(enough)]
    return result.shares_by(dict(zip(shown["doc_id"], shown["level"], strict=True)))


def _unstable(recurrence: pd.DataFrame | None) -> set[Any]:
    """The topics that do not come back; none where nothing is known of it."""
    if recurrence is None or "recurs" not in recurrence.columns:
        return set()
    comes_back = recurrence["recurs"].astype("boolean").fillna(True).to_numpy(dtype=bool)
    return set(recurrence.loc[~comes_back, "topic"])


@in_house_style
def plot_topic_shares(
    document_topics: pd.DataFrame,
    *,
    documents: pd.DataFrame | None = None,
    by_level: pd.DataFrame | None = None,
    names: Mapping[Any, str] | None = None,
    recurrence: pd.DataFrame | None = None,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Figure 3a: the share of each topic in each document, from the centre down, and in each level.

    Parameters
    ----------
    document_topics : DataFrame, shape (D, K)
        Rows sum to 1, labelled by doc_id; NaN (hatched) for a document without a term of the vocabulary.
    documents : DataFrame, optional
        Columns doc_id, level: the order of the rows.
    by_level : DataFrame, shape (levels, K), optional
        The same by level, drawn below.
    names : mapping of topic to text, optional
        See `name_topics`.
    recurrence : DataFrame, optional
        Columns topic, recurs: topics that do not recur are grey and marked as not stable.
    ax : Axes, optional
        Drawn on; else a new figure.
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is no row.

    Examples
    --------
    >>> shares = pd.DataFrame([[0.25, 0.75]], index=["a"], columns=[1, 2])
    >>> [text.get_text() for text in plot_topic_shares(shares).texts]
    ['25', '75']
    """
    if document_topics.empty:
        raise ValueError("`document_topics` must have at least one row; got none. Fit topics to a corpus first.")
    table, captions, boundary = _rows_of_shares(document_topics, documents, by_level, language, labels)
    topics = list(document_topics.columns)
    ax = axes_or_new(ax, 3.4 + 0.6 * len(topics), 1.9 + min(0.3 * len(table), 50))
    values = table.to_numpy(dtype=float)
    darkest = max(0.1, float(np.nanmax(values, initial=0)))
    unstable = _unstable(recurrence)
    grey = np.array([topic in unstable for topic in topics])
    for cmap, shown in ((SEQUENTIAL, ~grey), ("Greys", grey)):
        if shown.any():
            cells = np.where(shown, values, np.nan)
            ax.imshow(cells, cmap=cmap, vmin=0, vmax=darkest, interpolation="none", aspect="auto")
    ax.patch.set(hatch="////", edgecolor=GREY, facecolor="white")
    for (i, j), value in np.ndenumerate(values):
        if not np.isnan(value):
            colour = ink_on(value / darkest)
            ax.text(j, i, f"{100 * value:.0f}", ha="center", va="center", color=colour, fontsize=8)
    if boundary:
        ax.axhline(boundary - 0.5, color="black", linewidth=1)
    mark = pick(language, " (not stable)", "（不稳定）")
    heads = [(names or {}).get(topic, f"T{topic}") + (mark if topic in unstable else "") for topic in topics]
    ax.set_xticks(range(len(topics)), labels=heads, rotation=30, ha="right", rotation_mode="anchor")
    for text, is_grey in zip(ax.get_xticklabels(), grey, strict=True):
        text.set_color(GREY if is_grey else "black")
    ax.set_yticks(range(len(table)), labels=captions)
    ax.tick_params(length=0)
    ax.tick_params(axis="y", labelsize=fitting_size(len(table), min(0.27 * len(table), 50)))
    if boundary:
        title = pick(language, "Share of topics by document and level, %", "各文件与各层级的主题占比（%）")
    else:
        title = pick(language, "Share of topics by document, %", "各文件的主题占比（%）")
    ax.set_title(title)
    set_font(ax)
    return ax


@in_house_style
def plot_top_terms(
    top_terms: pd.DataFrame,
    *,
    recurrence: pd.DataFrame | None = None,
    ax: Axes | None = None,
    language: Language = "en",
) -> Axes:
    """Figure 3b: the heaviest terms of each topic, a column a topic, bars as long as their weights.

    Parameters
    ----------
    top_terms : DataFrame
        Columns topic, rank (from 1), term, weight (share of the term in the topic), as `TopicResult.top_terms` gives.
    recurrence : DataFrame, optional
        Columns topic and, if there, recurs (topics that do not are grey and marked as not stable) and npmi (printed
        under each head). `TopicResult.coherence` will do too.
    ax : Axes, optional
        Drawn on; else a new figure.
    language : "en" or "zh"

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a column is missing or there is no row.

    Examples
    --------
    >>> table = pd.DataFrame({"topic": [1], "rank": [1], "term": ["执法"], "weight": [0.05]})
    >>> [text.get_text() for text in plot_top_terms(table).texts]
    ['执法']
    """
    require_columns(top_terms, ("topic", "rank", "term", "weight"), name="top_terms")
    if top_terms.empty:
        raise ValueError("`top_terms` must have at least one row; got none. Ask for at least one term a topic.")
    topics = list(dict.fromkeys(top_terms["topic"]))
    n_ranks = int(top_terms["rank"].max())
    ax = axes_or_new(ax, 1.0 + 1.3 * len(topics), 0.8 + 0.2 * n_ranks)
    place = {topic: i for i, topic in enumerate(topics)}
    longest = max(float(top_terms["weight"].max()), 1e-12)
    left = top_terms["topic"].map(place).to_numpy(dtype=float)
    rank = top_terms["rank"].to_numpy(dtype=float)
    width = 0.92 * top_terms["weight"].to_numpy(dtype=float) / longest
    unstable = _unstable(recurrence)
    fills = [_UNSTABLE_BAR if topic in unstable else "#9ECAE1" for topic in top_terms["topic"]]
    inks = [GREY if topic in unstable else "black" for topic in top_terms["topic"]]
    ax.barh(rank, width, left=left, height=0.86, color=fills, edgecolor="none")
    for x, y, term, ink in zip(left, rank, top_terms["term"], inks, strict=True):
        ax.text(x + 0.02, y, short(str(term), 9), ha="left", va="center", fontsize=8, color=ink)
    heads = _heads_of_terms(topics, recurrence, language)
    ax.set_xticks(np.arange(len(topics)) + 0.04, labels=heads, ha="left")
    for text, topic in zip(ax.get_xticklabels(), topics, strict=True):
        text.set_color(GREY if topic in unstable else "black")
    ax.xaxis.tick_top()
    ax.set_xlim(-0.03, len(topics))
    ax.set_ylim(n_ranks + 0.6, 0.4)
    ax.set_yticks(range(1, n_ranks + 1), labels=[str(n) for n in range(1, n_ranks + 1)])
    ax.set_ylabel(pick(language, "rank", "排名"))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title(
        pick(
            language,
            f"Top terms of each topic (longest bar: {longest:.1%} of the topic)",
            f"各主题的高权重词（最长条：占该主题{longest:.1%}）",
        )
    )
    set_font(ax)
    return ax


def _heads_of_terms(topics: list[Any], recurrence: pd.DataFrame | None, language: Language) -> list[str]:
    """T1, whether it is not stable, and below it its NPMI where it is known."""
    unstable = _unstable(recurrence)
    mark = pick(language, " not stable", " 不稳定")
    heads = [f"T{topic}{mark if topic in unstable else ''}" for topic in topics]
    if recurrence is None or "npmi" not in recurrence.columns:
        return heads
    scores = dict(zip(recurrence["topic"], recurrence["npmi"].astype(float), strict=True))
    values = [scores.get(topic, float("nan")) for topic in topics]
    shown = ["NA" if np.isnan(value) else f"{value:.2f}".replace("-", "−") for value in values]
    return [f"{head}\nNPMI {value}" for head, value in zip(heads, shown, strict=True)]


def _rows_of_shares(
    document_topics: pd.DataFrame,
    documents: pd.DataFrame | None,
    by_level: pd.DataFrame | None,
    language: Language,
    labels: Mapping[str, str] | None,
) -> tuple[pd.DataFrame, list[str], int]:
    """Rows of documents, then of levels; their captions; and where the levels begin (0: nowhere)."""
    ids: Sequence[Any] = list(document_topics.index)
    levels: dict[Any, Any] = {}
    if documents is not None:
        require_columns(documents, ("doc_id", "level"), name="documents")
        levels = dict(zip(documents["doc_id"], documents["level"], strict=True))
        rank = {doc_id: i for i, doc_id in enumerate(order_by_level(documents))}
        ids = sorted(ids, key=lambda one: rank.get(str(one), len(rank)))
    table = document_topics.loc[list(ids)]
    captions = shown_labels(ids, labels)
    if by_level is None or by_level.empty:
        return table, captions, 0
    known = [level for level in LEVEL_NAMES["en"] if level in by_level.index]
    order = [*known, *(level for level in by_level.index if level not in known)]
    for level in order:
        n = sum(levels.get(one) == level for one in ids)
        captions.append(f"{level_name(level, language)} ({n})")
    return pd.concat([table, by_level.loc[order, list(table.columns)]]), captions, len(ids)

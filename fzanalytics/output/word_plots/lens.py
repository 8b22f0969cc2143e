"""One word through a lens: when and where it is used, its company, and the sentences it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.output.plots.names import Language, document_labels, fitting_names, level_name, pick, short, width_of
from fzanalytics.output.plots.style import (
    COLOURS,
    GREY,
    LEVEL_COLOURS,
    axes_or_new,
    fitting_size,
    in_house_style,
    new_figure,
    set_font,
    spread,
    subtitle,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from fzanalytics.measures.vocabulary.lens import TermLens

_DOCUMENTS = ("doc_id", "level", "count", "n", "rate", "text_low", "text_high", "earliest", "latest")
_LEVELS = ("group", "count", "n", "rate", "text_low", "text_high", "low", "high", "of_documents", "n_jurisdictions")
#: More documents are drawn, but not named.
_MAX_NAMED = 24
#: Font size of contexts, in points.
_TYPE = 8.5


@in_house_style
def plot_term_lens(
    lens: TermLens,
    *,
    n_collocates: int = 10,
    n_contexts: int = 12,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> Figure:
    """One word: its frequency by document in time and by level, its company, and the sentences it stands in.

    Parameters
    ----------
    lens : TermLens
        From `term_lens`.
    n_collocates, n_contexts : int
        Rows of (c) and (d); the contexts are taken at even steps through the corpus.
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional

    Returns
    -------
    Figure
        Four axes, (a) to (d); each can be drawn alone by `plot_term_documents`, `plot_term_levels`,
        `plot_collocates` and `plot_contexts`.

    Raises
    ------
    ValueError
        If a table of the lens lacks a column.

    Notes
    -----
    Grey bars are Poisson limits: the sampling of text. They tell nothing of other localities.

    Examples
    --------
    >>> from fzanalytics.measures.vocabulary.lens import term_lens
    >>> from fzanalytics.texts.datasets import load_sample
    >>> [ax.get_title(loc="left")[:3] for ax in plot_term_lens(term_lens(load_sample(), "复议")).axes]
    ['(a)', '(b)', '(c)', '(d)']
    """
    figure = new_figure(12.5, 4.0 + 1.2 + 0.21 * max(n_collocates, n_contexts))
    grid = figure.add_gridspec(2, 1, height_ratios=[4.0, 1.2 + 0.21 * max(n_collocates, n_contexts)])
    above, below = grid[0].subgridspec(1, 2, width_ratios=[2.2, 1]), grid[1].subgridspec(1, 2, width_ratios=[1, 2.2])
    axes = [figure.add_subplot(one) for one in (above[0], above[1], below[0], below[1])]
    plot_term_documents(lens.documents, ax=axes[0], language=language, labels=labels)
    plot_term_levels(lens.levels, ax=axes[1], language=language)
    plot_collocates(lens.collocates, n_terms=n_collocates, ax=axes[2], language=language)
    step = max(1, -(-len(lens.contexts) // max(n_contexts, 1)))
    names = _names(lens.documents, language, labels)
    plot_contexts(lens.contexts.iloc[::step], n_rows=n_contexts, ax=axes[3], language=language, labels=names)
    for letter, ax in zip("abcd", axes, strict=True):
        ax.set_title(f"({letter}) {ax.get_title(loc='left')}", pad=18)
    count, n = int(lens.documents["count"].sum()), int(lens.documents["n"].sum())
    figure.suptitle(
        pick(
            language,
            f"{lens.word}: {count} times in {n:,} characters of these documents",
            f"“{lens.word}”：本语料{n:,}字中出现{count}次",
        ),
        x=0.01,
        ha="left",
        fontsize=12,
    )
    set_font(figure)
    return figure


def _names(documents: pd.DataFrame, language: Language, labels: Mapping[str, str] | None) -> dict[str, str]:
    names = document_labels(documents.drop_duplicates("doc_id"), language=language, labels=labels)
    return dict(zip(names, fitting_names(list(names.values())), strict=True))


@in_house_style
def plot_term_documents(
    documents: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Rate of a word in each document against its date: bounds of the date across, Poisson limits upright.

    Parameters
    ----------
    documents : DataFrame
        As `TermLens.documents`: doc_id, level, count, n, rate, text_low, text_high, earliest, latest.
    ax : Axes, optional
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional

    Returns
    -------
    Axes
        An open date runs to the edge with an arrowhead; documents without any date stand on the right of a dotted line.
    """
    require_columns(documents, _DOCUMENTS, name="documents")
    if documents.empty:
        raise ValueError("`documents` must have at least one row; got none. Read a corpus first.")
    ax = axes_or_new(ax, 8.0, 3.8)
    table = documents.reset_index(drop=True)
    left, right, margin = _span(table)
    colours = [LEVEL_COLOURS.get(str(level), GREY) for level in table["level"]]
    middles = []
    for row, colour in zip(table.to_dict("records"), colours, strict=True):
        begin, end = _day(row["earliest"]), _day(row["latest"])
        if begin is None and end is None:
            begin = end = middle = margin
        else:
            middle = (begin + end) / 2 if begin is not None and end is not None else float(begin or end or 0)
        middles.append(middle)
        y = float(row["rate"])
        ends = [left if begin is None else begin, right if end is None else end]
        ax.plot(ends, [y, y], color=colour, linewidth=1.2, zorder=2)
        for edge, is_open, mark in ((left, begin is None, "<"), (right, end is None, ">")):
            if is_open:
                ax.plot([edge], [y], marker=mark, color=colour, markersize=5, linestyle="none", zorder=3)
        ax.vlines(middle, row["text_low"], row["text_high"], color="#BBBBBB", linewidth=3, capstyle="butt", zorder=1)
        ax.plot([middle], [y], marker="o", color=colour, markersize=6, linestyle="none", zorder=4)
    top = 1.08 * max(float(np.nanmax(table["text_high"])), 1e-9)
    ax.set_ylim(-0.02 * top, top)
    edge = margin + (right - left) * 0.06 if (table["earliest"].isna() & table["latest"].isna()).any() else right
    if edge > right:
        ax.axvline((right + margin) / 2, color=GREY, linewidth=0.8, linestyle=":")
    ax.set_xlim(left, edge)
    _year_ticks(ax, left, right, margin if edge > right else None, language)
    if len(table) <= _MAX_NAMED:
        _name_points(ax, table, middles, colours, edge, top, _names(table, language, labels))
    ax.set_ylabel(pick(language, "per 10,000 characters", "每万字次数"))
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_title(pick(language, "By document and date of issue", "各文件（按成文日期）"))
    subtitle(
        ax,
        pick(
            language, "grey: sampling of text (Poisson), not of localities", "灰色：文本抽样的泊松区间，不推及其他地区"
        ),
    )
    set_font(ax)
    return ax


def _day(date: Any) -> float | None:
    from matplotlib.dates import date2num

    return None if pd.isna(date) else float(date2num(np.datetime64(pd.Timestamp(date), "D")))


def _span(table: pd.DataFrame) -> tuple[float, float, float]:
    """The edges of the axes, in days, and where documents without a date stand."""
    days = [day for date in [*table["earliest"], *table["latest"]] if (day := _day(date)) is not None]
    first, last = (min(days), max(days)) if days else (16801.0, 16801.0)
    width = max(last - first, 365.0)
    left, right = first - 0.08 * width, last + 0.12 * width
    return left, right, right + 0.08 * width


def _year_ticks(ax: Axes, left: float, right: float, margin: float | None, language: Language) -> None:
    from matplotlib.dates import num2date

    years = range(num2date(left).year, num2date(right).year + 1)
    step = max(1, len(years) // 8)
    ticks = {_day(f"{year}-01-01"): str(year) for year in years if year % step == 0}
    ticks = {place: name for place, name in ticks.items() if place is not None and left <= place <= right}
    if margin is not None:
        ticks[margin] = pick(language, "date\nunknown", "日期\n不详")
    ax.set_xticks([place for place in ticks if place is not None], labels=list(ticks.values()))


def _name_points(
    ax: Axes,
    table: pd.DataFrame,
    middles: list[float],
    colours: list[str],
    edge: float,
    top: float,
    names: Mapping[str, str],
) -> None:
    """Names on the right, in the order of the points, joined to them by thin lines."""
    order = sorted(range(len(table)), key=lambda i: (float(table.loc[i, "rate"]), -middles[i]))
    rates = [float(table.loc[i, "rate"]) for i in order]
    size = fitting_size(len(order), 3.0, largest=8)
    places = spread(rates, gap=top * size * 1.35 / 72 / 3.0, low=0.0, high=0.97 * top)
    for i, rate, place in zip(order, rates, places, strict=True):
        ax.annotate(
            names[str(table.loc[i, "doc_id"])],
            (middles[i], rate),
            xytext=(1.025, place),
            textcoords=ax.get_yaxis_transform(),
            va="center",
            fontsize=size,
            color=colours[i] if colours[i] not in (LEVEL_COLOURS["county"], LEVEL_COLOURS["township"]) else "black",
            arrowprops={"arrowstyle": "-", "color": "#BBBBBB", "linewidth": 0.6, "shrinkA": 1, "shrinkB": 4},
            annotation_clip=False,
        )


@in_house_style
def plot_term_levels(
    levels: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: Language = "en",
    names: Mapping[str, str] | None = None,
) -> Axes:
    """Rate of a word in each group, with its denominators.

    Parameters
    ----------
    levels : DataFrame
        Of one term, from `term_frequency`.
    ax : Axes, optional
    language : "en" or "zh"
    names : mapping of group to text, optional

    Returns
    -------
    Axes
        Grey bars: the sampling of text. Coloured bars: other jurisdictions, where there are at least 30.
    """
    require_columns(levels, _LEVELS, name="levels")
    if levels.empty:
        raise ValueError("`levels` must have at least one row; got none. Choose groups that the documents have.")
    ax = axes_or_new(ax, 3.6, 3.8)
    captions = []
    for place, row in enumerate(levels.to_dict("records")):
        colour = LEVEL_COLOURS.get(str(row["group"]), COLOURS[0])
        ax.vlines(place, row["text_low"], row["text_high"], color="#BBBBBB", linewidth=7, capstyle="butt", zorder=1)
        if not pd.isna(row["low"]):
            ax.vlines(place, row["low"], row["high"], color=colour, linewidth=1.6, zorder=2)
        ax.plot([place], [row["rate"]], marker="o", color=colour, markersize=7, linestyle="none", zorder=3)
        name = (names or {}).get(str(row["group"]), level_name(row["group"], language))
        n, of = int(row["count"]), int(row["of_documents"])
        captions.append(pick(language, f"{name}\n{n} times\n{of} doc.", f"{name}\n{n}次\n{of}份"))
    ax.set_xticks(range(len(captions)), labels=captions)
    ax.set_xlim(-0.6, len(captions) - 0.4)
    ax.set_ylim(0, 1.08 * max(float(np.nanmax(levels[["text_high", "high"]].to_numpy(float))), 1e-9))
    ax.tick_params(axis="x", length=0)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_ylabel(pick(language, "per 10,000 characters", "每万字次数"))
    ax.set_title(pick(language, "By level", "各层级"))
    set_font(ax)
    return ax


@in_house_style
def plot_collocates(
    collocates: pd.DataFrame, *, n_terms: int = 10, ax: Axes | None = None, language: Language = "en"
) -> Axes:
    """The company of a word: bars of G2, with how often each stands before and after it.

    Parameters
    ----------
    collocates : DataFrame
        From `collocates`.
    n_terms : int
    ax : Axes, optional
    language : "en" or "zh"

    Returns
    -------
    Axes
    """
    require_columns(collocates, ("term", "count_before", "count_after", "g2"), name="collocates")
    ax = axes_or_new(ax, 4.0, 1.2 + 0.21 * n_terms)
    part = collocates.head(n_terms)
    places = np.arange(len(part), dtype=float)
    ax.barh(places, part["g2"].to_numpy(float), height=0.8, color="#9ECAE1", edgecolor="none")
    for y, row in zip(places, part.itertuples(index=False), strict=True):
        sides = pick(
            language,
            f" {row.count_before} before, {row.count_after} after",
            f" 前{row.count_before}后{row.count_after}",
        )
        ax.text(0, y, sides, va="center", fontsize=7.5)
    ax.set_yticks(places, labels=[short(str(term), 10) for term in part["term"]])
    ax.set_ylim(max(n_terms, 1) - 0.5, -0.5)
    if part.empty:
        ax.set_xticks([])
        ax.text(0.5, 0.5, pick(language, "no company above chance", "无显著搭配"), transform=ax.transAxes, ha="center")
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.set_xlabel("G²")
    ax.set_title(pick(language, "Its company", "搭配词"))
    set_font(ax)
    return ax


@in_house_style
def plot_contexts(
    contexts: pd.DataFrame,
    *,
    n_rows: int = 12,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Occurrences one above the other, the keyword in the middle, the document on the left.

    Parameters
    ----------
    contexts : DataFrame
        From `keywords_in_context`; the first `n_rows` are drawn.
    n_rows : int
    ax : Axes, optional
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional

    Returns
    -------
    Axes
    """
    require_columns(contexts, ("doc_id", "left", "keyword", "right"), name="contexts")
    ax = axes_or_new(ax, 8.0, 1.2 + 0.21 * n_rows)
    part = contexts.head(n_rows)
    for y, row in enumerate(part.itertuples(index=False)):
        word = str(row.keyword)
        aside = 0.5 * _TYPE * width_of(word) + 3
        name = (labels or {}).get(str(row.doc_id), str(row.doc_id))
        ax.text(-25, y, short(name, 24), ha="left", va="center", fontsize=7, color=GREY)
        ax.text(0, y, word, ha="center", va="center", fontsize=_TYPE, color=COLOURS[5])
        for text, way, align in ((row.left, -1, "right"), (row.right, 1, "left")):
            shift: dict[str, Any] = {"xytext": (way * aside, 0), "textcoords": "offset points"}
            ax.annotate(_one_line(text), (0, y), ha=align, va="center", fontsize=_TYPE, **shift)
    ax.set_xlim(-25, 18)
    ax.set_ylim(max(n_rows, 1) - 0.5, -0.5)
    ax.set_axis_off()
    ax.set_title(pick(language, f"In context ({len(part)} shown)", f"上下文（示{len(part)}处）"))
    set_font(ax)
    return ax


def _one_line(text: object) -> str:
    return " ".join(str(text).split())

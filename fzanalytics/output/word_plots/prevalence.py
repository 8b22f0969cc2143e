"""Topic over time and level: how prevalent each topic is in documents of each group, with its intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.output.plots.names import Language, level_name, pick, short
from fzanalytics.output.plots.style import (
    COLOURS,
    GREY,
    LEVEL_COLOURS,
    LINE_STYLES,
    MARKERS,
    axes_or_new,
    in_house_style,
    new_figure,
    set_font,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from fzanalytics.measures.prevalence.covariates import TopicPrevalence

_SHARES = ("topic", "share", "low", "high", "text_low", "text_high", "n_documents", "n_clusters", "scope")
_PANELS_A_ROW = 3
_MAX_PANELS = 12
#: How far groups stand apart at one place of a group axis.
_DODGE = 0.16


@in_house_style
def plot_topic_prevalence(
    prevalence: TopicPrevalence,
    *,
    x: str | None = None,
    by: str = "level",
    topics: Sequence[Any] | None = None,
    names: Mapping[Any, str] | None = None,
    language: Language = "en",
) -> Figure:
    """The share of each topic by level, and over time where the two interact; a panel a topic.

    Parameters
    ----------
    prevalence : TopicPrevalence
        From `topic_prevalence`, such as with ``formula="level * period"`` or "level * year".
    x : str, optional
        The covariate along the axis: a number gives lines with bands, a group gives points. Default: the one that `by`
        interacts with, else `by` itself.
    by : str
        The covariate that colours stand for.
    topics : sequence, optional
        Which topics, in which order; default all, at most 12.
    names : mapping of topic to text, optional
        Such as from `name_topics`.
    language : "en" or "zh"

    Returns
    -------
    Figure
        One axes a topic, all with the same scale; each can be drawn alone by `plot_prevalence_of_topic`.

    Raises
    ------
    ValueError
        If a covariate or topic is unknown, or there is no row.

    Notes
    -----
    Coloured bars or bands are the intervals for other jurisdictions, where there are any; grey bars tell how far the
    figures of these documents are uncertain because shares are estimated from their words, and nothing of others.

    Examples
    --------
    >>> from fzanalytics import fit_topics, load_sample
    >>> from fzanalytics.measures.prevalence.covariates import topic_prevalence
    >>> corpus = load_sample()
    >>> found = topic_prevalence(fit_topics(corpus, model="nmf", n_topics=4), corpus)
    >>> figure = plot_topic_prevalence(found)
    >>> len(figure.axes), figure.get_suptitle()
    (4, 'Share of topics by level; grey: uncertainty of the estimate from words; these documents only')
    """
    shares = prevalence.shares
    along = _axis(shares, x, by)
    known = list(dict.fromkeys(shares["topic"]))
    unknown = [topic for topic in topics or () if topic not in known]
    if unknown:
        raise ValueError(
            f"`topics` must be topics of `prevalence`, {', '.join(map(str, known))}; got {', '.join(map(str, unknown))}."
        )
    every = list(known if topics is None else topics)
    if not every or shares["share"].isna().all():
        raise ValueError(
            "`prevalence` must have a share of a topic to draw; got none. Name a topic, or fit more documents."
        )
    chosen = every[:_MAX_PANELS]
    columns = 2 if len(chosen) == 4 else min(_PANELS_A_ROW, len(chosen))
    n_rows = -(-len(chosen) // columns)
    figure = new_figure(3.9 * columns, 0.9 + 2.5 * n_rows)
    rows = _rows(shares, along, by)
    bounds = rows.loc[rows["topic"].isin(chosen), ["share", "high", "text_high"]].to_numpy(float)
    top = min(1.08 * max(float(np.nanmax(bounds)), 0.01), 1.05)
    lowest = min(0.0, float(np.nanmin(rows[["share", "low"]].to_numpy(float))) - 0.01)
    for place, topic in enumerate(chosen, start=1):
        ax = figure.add_subplot(n_rows, columns, place)
        plot_prevalence_of_topic(prevalence, topic, x=along, by=by, ax=ax, names=names, language=language)
        ax.set_ylim(lowest, top)
        if (place - 1) % columns:
            ax.set_ylabel("")
    cut = ""
    if len(every) > len(chosen):
        cut = pick(language, f"; {len(chosen)} of {len(every)} topics", f"；共{len(every)}个主题，示{len(chosen)}个")
    title = _title(along, by, language) + _bars_in_words(rows, prevalence.settings, language) + cut
    figure.suptitle(title, x=0.01, ha="left", fontsize=10.5)
    if along != by:
        groups = list(dict.fromkeys(rows[by]))
        handles = [_handle(group, i, language) for i, group in enumerate(groups)]
        figure.legend(handles=handles, loc="outside lower left", ncols=min(6, len(handles)), frameon=False)
    set_font(figure)
    return figure


@in_house_style
def plot_prevalence_of_topic(
    prevalence: TopicPrevalence,
    topic: Any,
    *,
    x: str | None = None,
    by: str = "level",
    ax: Axes | None = None,
    names: Mapping[Any, str] | None = None,
    language: Language = "en",
) -> Axes:
    """The share of one topic; see `plot_topic_prevalence`.

    Parameters
    ----------
    prevalence : TopicPrevalence
    topic : label of a topic
    x, by : str
    ax : Axes, optional
        Drawn on; else a new figure.
    names : mapping of topic to text, optional
    language : "en" or "zh"

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a covariate or the topic is unknown.
    """
    along = _axis(prevalence.shares, x, by)
    rows = _rows(prevalence.shares, along, by)
    rows = rows[rows["topic"] == topic]
    if rows.empty:
        raise ValueError(f"`topic` must be a topic of `prevalence`; got {topic!r}. See prevalence.shares.")
    ax = axes_or_new(ax, 4.2, 3.0)
    if along != by and pd.api.types.is_float_dtype(prevalence.shares[along]):
        _draw_lines(ax, rows, along, by, language)
    else:
        every = _rows(prevalence.shares, along, along)[along]
        places = [place for place in dict.fromkeys(every) if place in set(rows[along])]
        _draw_points(ax, rows, places, along, by, language)
    percent = np.arange(0, 101, 10)
    ax.set_yticks(percent / 100, labels=[str(tick) for tick in percent])
    bounds = rows[["share", "low", "high", "text_high"]].to_numpy(float)
    ax.set_ylim(min(0.0, float(np.nanmin(bounds)) - 0.01), min(1.08 * max(float(np.nanmax(bounds)), 0.01), 1.05))
    ax.set_ylabel(pick(language, "share of topic, %", "主题占比（%）"))
    ax.spines[["top", "right"]].set_visible(False)
    unstable = "recurs" in rows.columns and bool((~rows["recurs"].fillna(True).astype(bool)).any())
    mark = pick(language, " (not stable)", "（不稳定）") if unstable else ""
    ax.set_title(short((names or {}).get(topic, f"T{topic}"), 26) + mark, color=GREY if unstable else "black")
    set_font(ax)
    return ax


def _axis(shares: pd.DataFrame, x: str | None, by: str) -> str:
    """The covariate along the axis."""
    require_columns(shares, _SHARES, name="prevalence.shares")
    covariates = list(shares.columns[1 : shares.columns.get_loc("share")])
    wrong = [name for name in (by, x) if name is not None and name not in covariates]
    if wrong:
        raise ValueError(
            f"`x` and `by` must be covariates of `prevalence`, {', '.join(covariates)}; got {', '.join(wrong)}. "
            "Name them in the formula of topic_prevalence."
        )
    if x is not None:
        if x != by and _rows(shares, x, by).empty:
            raise ValueError(
                f"`x` and `by` must interact, or there are no shares for both; got {x!r} and {by!r}. "
                f"Use formula='{by} * {x}' in topic_prevalence."
            )
        return x
    joined = [name for name in covariates if name != by and not _rows(shares, name, by).empty]
    return joined[0] if joined else by


def _rows(shares: pd.DataFrame, along: str, by: str) -> pd.DataFrame:
    """The shares of the covariates drawn, the others averaged over."""
    covariates = list(shares.columns[1 : shares.columns.get_loc("share")])
    wanted = [shares[name].notna() == (name in (along, by)) for name in covariates]
    return shares[np.logical_and.reduce(wanted)]


def _colour(group: object, place: int) -> str:
    return LEVEL_COLOURS.get(str(group), COLOURS[place % len(COLOURS)])


def _name(value: object, language: Language) -> str:
    text = str(value)
    if text.startswith("to ") and text[3:].isdigit():
        return pick(language, f"to {text[3:]}", f"至{text[3:]}")
    return level_name(value, language)


def _handle(group: object, place: int, language: Language) -> Any:
    from matplotlib.lines import Line2D

    style: dict[str, Any] = {
        "marker": MARKERS[place % len(MARKERS)],
        "linestyle": LINE_STYLES[place % len(LINE_STYLES)],
    }
    return Line2D([], [], color=_colour(group, place), label=_name(group, language), **style)


def _draw_points(ax: Axes, rows: pd.DataFrame, places: list[Any], along: str, by: str, language: Language) -> None:
    """Points with bars at the values of a group, in their order."""
    groups = list(dict.fromkeys(rows[by]))
    for number, group in enumerate(groups):
        part = rows[rows[by] == group]
        shift = 0.0 if along == by else _DODGE * (number - (len(groups) - 1) / 2)
        at = np.array([places.index(value) for value in part[along]], dtype=float) + shift
        order = np.argsort(at)
        part, at, colour = part.iloc[order], at[order], _colour(group, number)
        none = part["low"].isna().to_numpy()
        width = 16 if along == by else 9
        ax.vlines(at, part["text_low"], part["text_high"], color="#CCCCCC", linewidth=width, capstyle="butt", zorder=1)
        ax.vlines(at[~none], part["low"][~none], part["high"][~none], color=colour, linewidth=1.5, zorder=2)
        ax.plot(
            at, part["share"].to_numpy(float), color=colour, marker=MARKERS[number % len(MARKERS)], markersize=5,
            linestyle=LINE_STYLES[number % len(LINE_STYLES)], linewidth=0.8, zorder=3,
        )  # fmt: skip
    if along == by:
        counts = dict(zip(rows[by], rows["n_documents"], strict=True))
        labels = [f"{_name(one, language)}\n{counts[one]}{pick(language, ' doc.', '份')}" for one in places]
    else:
        labels = [_name(one, language) for one in places]
    ax.set_xticks(range(len(places)), labels=labels)
    ax.set_xlim(-0.5, len(places) - 0.5)
    ax.tick_params(axis="x", length=0)


def _draw_lines(ax: Axes, rows: pd.DataFrame, along: str, by: str, language: Language) -> None:
    """A line a group along a number, with a band."""
    for number, group in enumerate(dict.fromkeys(rows[by])):
        part = rows[rows[by] == group].sort_values(along)
        at, share = part[along].to_numpy(float), part["share"].to_numpy(float)
        colour = _colour(group, number)
        known = part["low"].notna().to_numpy()
        ax.fill_between(
            at[known], part["low"].to_numpy(float)[known], part["high"].to_numpy(float)[known], color=colour,
            alpha=0.15, linewidth=0, zorder=1,
        )  # fmt: skip
        for bound in ("low", "high"):
            ax.plot(at[known], part[bound].to_numpy(float)[known], color=colour, linewidth=0.6, zorder=2)
        if not known.any():
            ax.vlines(at, part["text_low"], part["text_high"], color="#CCCCCC", linewidth=3, capstyle="butt", zorder=1)
        ax.plot(
            at, share, color=colour, linestyle=LINE_STYLES[number % len(LINE_STYLES)], linewidth=1.6,
            marker=MARKERS[number % len(MARKERS)], markersize=4, zorder=3,
        )  # fmt: skip
    whole = [int(tick) for tick in ax.get_xticks() if float(tick).is_integer()]
    first, last = float(rows[along].min()), float(rows[along].max())
    shown = [tick for tick in whole if first - 0.5 <= tick <= last + 0.5]
    if shown:
        ax.set_xticks(shown, labels=[str(tick) for tick in shown])
    ax.set_xlabel(pick(language, along, {"year": "年份", "time": "时间"}.get(along, along)))
    ax.tick_params(axis="x", colors=GREY)


def _title(along: str, by: str, language: Language) -> str:
    chinese = {"level": "层级", "period": "规划期", "year": "年份", "region": "地区", "province": "省份"}
    if along == by:
        return pick(language, f"Share of topics by {by}", f"各{chinese.get(by, by)}的主题占比")
    return pick(
        language,
        f"Share of topics by {by} and {along}",
        f"各{chinese.get(by, by)}的主题占比（按{chinese.get(along, along)}）",
    )


def _bars_in_words(rows: pd.DataFrame, settings: Mapping[str, Any], language: Language) -> str:
    """What the bars are, and of whom the figure speaks."""
    parts = []
    if rows["low"].notna().any():
        percent = f"{100 * float(settings['level']):g}{pick(language, ' %', '%')}"
        scope = next(one for one in rows.loc[rows["low"].notna(), "scope"])
        parts.append(pick(language, f"bars: {percent} intervals, other {scope}",
                          f"区间：推及其他{'辖区' if scope == 'jurisdictions' else '单位'}的{percent}置信区间"))  # fmt: skip
    parts.append(pick(language, "grey: uncertainty of the estimate from words", "灰色：由词语估计占比的不确定性"))
    if rows["low"].isna().all():
        parts.append(pick(language, "these documents only", "仅就本语料而言"))
    return pick(language, "; ", "；").join(["", *parts])

"""The figure of the choice of K: held-out text, coherence, exclusivity and stability against the number of topics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.output.plots.names import Language, pick
from fzanalytics.output.plots.style import (
    COLOURS,
    GREY,
    LINE_STYLES,
    MARKERS,
    axes_or_new,
    in_house_style,
    legend_below,
    new_figure,
    set_font,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Columns of the stability table that are drawn, with their names in both languages.
_SCORES = {
    "cosine_mean": ("stability: cosine of matched topics", "稳定性：匹配主题的余弦"),
    "recurring_share": ("share of topics that recur", "重现主题的比例"),
    "c_v": ("coherence c_v", "一致性 c_v"),
    "npmi": ("coherence NPMI", "一致性 NPMI"),
}

#: The panels of the choice: title, whether the axis is a share from 0 to 1, and the lines (column, name), each in both
#: languages.
_PANELS: dict[str, tuple[tuple[str, str], dict[str, tuple[str, str]]]] = {
    "perplexity": (
        ("Held-out perplexity (lower is better)", "留出困惑度（越低越好）"),
        {"perplexity": ("mean over seeds", "各种子均值")},
    ),
    "coherence": (
        ("Coherence (higher is better)", "一致性（越高越好）"),
        {"c_v": ("c_v", "c_v"), "npmi": ("NPMI", "NPMI")},
    ),
    "exclusivity": (
        ("Exclusivity of top terms (higher is better)", "高权重词的排他性（越高越好）"),
        {"exclusivity": ("FREX, mean over topics", "FREX 均值")},
    ),
    "stability": (
        ("Stability (higher is steadier)", "稳定性（越高越稳）"),
        {
            "cosine_mean": ("cosine over seeds", "种子间余弦"),
            "sample_cosine_mean": ("cosine over samples of units", "重抽样间余弦"),
            "recurring_share": ("topics that recur in all fits", "在所有拟合中重现的主题"),
            "found_share": ("topics found again, mean over fits", "主题重现比例（各拟合均值）"),
        },
    ),
}


@in_house_style
def plot_topic_choice(
    numbers: pd.DataFrame,
    *,
    n_topics: int | None = None,
    language: Language = "en",
) -> Figure:
    """The choice of K in one figure: four criteria against the number of topics, each on a scale of its own.

    Parameters
    ----------
    numbers : DataFrame
        The `numbers` of `topic_choice`: n_topics, cosine_mean, recurring_share and as many as there are of perplexity
        (with perplexity_min, perplexity_max), c_v, npmi, exclusivity, sample_cosine_mean, found_share.
    n_topics : int, optional
        The number that was chosen, marked by a dotted line in every panel.
    language : "en" or "zh"

    Returns
    -------
    Figure
        Two by two axes: (a) held-out perplexity with the range over seeds, (b) coherence, (c) exclusivity,
        (d) stability. A panel whose column is missing says so.

    Raises
    ------
    ValueError
        If a column is missing, there is no row, or `n_topics` is not among the numbers.

    Notes
    -----
    Whiskers are the lowest and the highest of the seeds, not an interval. The panels need not agree, and no line says
    which number is true: the dotted one says which was taken.

    Examples
    --------
    >>> table = pd.DataFrame({"n_topics": [4, 6], "cosine_mean": [0.9, 0.8], "recurring_share": [1.0, 0.5]})
    >>> [len(ax.lines) for ax in plot_topic_choice(table.assign(npmi=[0.1, 0.2]), n_topics=4).axes]
    [1, 2, 1, 3]
    """
    require_columns(numbers, ("n_topics", "cosine_mean", "recurring_share"), name="numbers")
    if numbers.empty:
        raise ValueError("`numbers` must have at least one row; got none. Try at least one number of topics.")
    if n_topics is not None and n_topics not in set(numbers["n_topics"]):
        tried = ", ".join(map(str, numbers["n_topics"]))
        raise ValueError(f"`n_topics` must be one of the numbers that were tried ({tried}); got {n_topics!r}.")
    table = numbers.sort_values("n_topics")
    figure = new_figure(8.6, 6.4)
    for letter, (name, (title, lines)), ax in zip(
        "abcd", _PANELS.items(), figure.subplots(2, 2, sharex=True).flat, strict=True
    ):
        _draw_criterion(ax, table, name, lines, language)
        if n_topics is not None:
            ax.axvline(n_topics, color=GREY, linewidth=1, linestyle=":", zorder=1)
        ax.set_title(f"({letter}) {pick(language, *title)}", loc="left")
    for ax in figure.axes[2:]:
        ax.set_xlabel(pick(language, "number of topics K", "主题数 K"))
    taken = "" if n_topics is None else pick(language, f"; dotted: K = {n_topics}", f"；虚线：K={n_topics}")
    heading = pick(language, f"Choosing the number of topics{taken}", f"主题数的选择{taken}")
    figure.suptitle(heading, x=0.01, ha="left", fontsize=12)
    set_font(figure)
    return figure


def _draw_criterion(
    ax: Axes, table: pd.DataFrame, panel: str, lines: dict[str, tuple[str, str]], language: Language
) -> None:
    """One panel: its lines with markers, whiskers of the seeds for perplexity, a legend where there are several."""
    numbers = table["n_topics"].to_numpy(dtype=float)
    known = [column for column in lines if column in table.columns and table[column].notna().any()]
    for i, column in enumerate(known):
        style: dict[str, Any] = {"color": COLOURS[i], "linestyle": LINE_STYLES[i], "marker": MARKERS[i]}
        label = pick(language, *lines[column])
        ax.plot(numbers, table[column].to_numpy(dtype=float), markersize=5, label=label, **style)
    if panel == "perplexity" and known and {"perplexity_min", "perplexity_max"} <= set(table.columns):
        low, high = table["perplexity_min"].to_numpy(dtype=float), table["perplexity_max"].to_numpy(dtype=float)
        name = pick(language, "lowest and highest seed", "各种子的最低与最高")
        ax.vlines(numbers, low, high, color=COLOURS[0], linewidth=1, label=name)
    if not known:
        words = pick(language, "not measured", "未测量")
        ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color=GREY)
        ax.set_yticks([])
    else:
        _scale(ax, panel, table[known].to_numpy(dtype=float))
        ax.legend(frameon=False, fontsize=8, loc="best")
    _label_numbers(ax, numbers)
    ax.spines[["top", "right"]].set_visible(False)


def _scale(ax: Axes, panel: str, values: np.ndarray[Any, Any]) -> None:
    """Shares from 0 to 1 (NPMI may lie below); perplexity and exclusivity as far as they go, since only their order tells."""
    if panel in ("coherence", "stability"):
        lowest = min(0.0, float(np.nanmin(values)))
        ticks = [tick for tick in (-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1) if tick >= lowest - 0.25]
        ax.set_yticks(ticks, labels=[f"{tick:g}".replace("-", "−") for tick in ticks])
        ax.set_ylim(lowest - 0.05, 1.05)


def _label_numbers(ax: Axes, numbers: Sequence[float] | np.ndarray[Any, Any]) -> None:
    ax.set_xticks(numbers, labels=[f"{number:g}" for number in numbers])


@in_house_style
def plot_topic_stability(
    stability: pd.DataFrame,
    *,
    n_topics: int | None = None,
    ax: Axes | None = None,
    language: Language = "en",
) -> Axes:
    """Figure 3c: stability over seeds, and coherence, against the number of topics.

    Parameters
    ----------
    stability : DataFrame
        As `topic_stability` returns it: columns n_topics, cosine_mean, and as many of cosine_min, recurring_share, c_v
        and npmi as there are.
    n_topics : int, optional
        The number that is drawn elsewhere, marked by a dotted line.
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

    Notes
    -----
    The runs that are compared start at random. It shows how far topics hang on where a run starts, not which number of topics is true.

    Examples
    --------
    >>> table = pd.DataFrame({"n_topics": [4, 6], "cosine_mean": [0.9, 0.8], "c_v": [0.4, 0.5]})
    >>> len(plot_topic_stability(table).lines)
    2
    """
    require_columns(stability, ("n_topics", "cosine_mean"), name="stability")
    if stability.empty:
        raise ValueError("`stability` must have at least one row; got none. Try at least one number of topics.")
    table = stability.sort_values("n_topics")
    numbers = table["n_topics"].to_numpy(dtype=float)
    ax = axes_or_new(ax, 4.4, 3.6)
    lowest = 0.0
    for i, (column, wording) in enumerate(_SCORES.items()):
        if column not in table.columns:
            continue
        values = table[column].to_numpy(dtype=float)
        lowest = min(lowest, float(np.nanmin(values, initial=0.0)))
        style: dict[str, Any] = {"color": COLOURS[i], "linestyle": LINE_STYLES[i], "marker": MARKERS[i]}
        ax.plot(numbers, values, markersize=5, label=pick(language, *wording), **style)
    if "cosine_min" in table.columns:
        worst = table["cosine_min"].to_numpy(dtype=float)
        ax.vlines(numbers, worst, table["cosine_mean"].to_numpy(dtype=float), color=COLOURS[0], linewidth=0.8)
        ax.scatter(numbers, worst, marker="_", s=36, color=COLOURS[0], linewidth=0.8)
    if n_topics is not None:
        name = pick(language, "K drawn", "图中所用K")
        ax.axvline(n_topics, color=GREY, linewidth=1, linestyle=":", zorder=1, label=name)
    ticks = [tick for tick in (-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1) if tick >= lowest - 0.25]
    ax.set_yticks(ticks, labels=[f"{tick:g}".replace("-", "−") for tick in ticks])
    ax.set_ylim(lowest - 0.05, 1.03)
    ax.set_xticks(numbers, labels=[f"{number:g}" for number in numbers])
    ax.set_xlabel(pick(language, "number of topics K", "主题数 K"))
    legend_below(ax, ax.get_legend_handles_labels()[0], columns=1, points=36)
    ax.spines[["top", "right"]].set_visible(False)
    whisker = pick(language, "; whisker: worst match", "；须线：最差匹配") if "cosine_min" in table.columns else ""
    ax.set_title(pick(language, f"Stability against K{whisker}", f"稳定性与主题数{whisker}"))
    set_font(ax)
    return ax

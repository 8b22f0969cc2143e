"""Figure 10: how strongly each text obliges, by when, and whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.output.plots.names import Language, ids_by_level, pick, shown_labels
from fzanalytics.output.plots.style import (
    COLOURS,
    GREY,
    PALE,
    axes_or_new,
    fitting_size,
    in_house_style,
    legend_below,
    set_font,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Strengths in the order in which they are stacked: colour, hatch, ink of the number, name in both languages.
_STRENGTHS: dict[str, tuple[str, str | None, str, str, str]] = {
    "n_binding": (COLOURS[0], None, "white", "binding (应当, 必须, 不得)", "应当、必须、不得"),
    "n_mixed": (COLOURS[4], "////", "black", "binding and soft", "兼有"),
    "n_bare_imperative": ("#D9D9D9", None, "black", "bare imperative", "无标记祈使句"),
    "n_soft": (COLOURS[1], "....", "black", "soft (鼓励, 支持, 探索)", "鼓励、支持、探索"),
    "n_descriptive": ("white", None, "black", "descriptive", "陈述"),
}
_RATES = (
    ("deadlines_per_clause", "n_deadlines", COLOURS[5], "dated deadlines", "有日期的期限"),
    ("quantities_per_clause", "n_quantities", COLOURS[3], "quantities", "数量指标"),
    ("agencies_per_clause", "n_agencies", COLOURS[2], "agencies named as responsible", "具名责任单位"),
)
_DATED = ("deadline", "period", "start")
_BAR = 0.56


@in_house_style
def plot_mentions(
    specificity: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    documents: pd.DataFrame | None = None,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Figure 10: strength of obligation, deadlines, amounts and agencies of each document.

    One lane a document, three panels: the shares of its clauses by how strongly they oblige; its dated deadlines, one
    mark a last day, larger for several on one day, with the number of them, or that there is none; deadlines,
    quantities and named agencies per clause, with their numbers.

    Parameters
    ----------
    specificity : DataFrame
        As `specificity` returns it.
    mentions : DataFrame
        The mentions table; those of kind "deadline" with a last day are drawn.
    documents : DataFrame, optional
        Columns doc_id, level: orders the lanes from the centre down.
    ax : Axes, optional
        Its place is taken by the three panels, which are its child axes; else a new figure.
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a column is missing, or there is no row.

    Notes
    -----
    Clauses are as finely numbered as each text numbers them: shares compare better than rates. Words of obligation are
    counted, not duties.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "doc_id": ["a"], "n_clauses": 4, "n_binding": 2, "n_mixed": 0, "n_bare_imperative": 1, "n_soft": 1,
    ...     "n_descriptive": 0, "n_deadlines": 1, "n_quantities": 0, "n_agencies": 8, "deadlines_per_clause": 0.25,
    ...     "quantities_per_clause": 0.0, "agencies_per_clause": 2.0})
    >>> mentions = pd.DataFrame({"doc_id": ["a"], "kind": "deadline", "role": "deadline",
    ...                          "not_after": pd.to_datetime(["2017-12-31"])})
    >>> len(plot_mentions(table, mentions).child_axes)
    3
    """
    _check(specificity, mentions)
    ids = ids_by_level(specificity["doc_id"], documents)
    height = min(0.62 * len(ids), 60)
    ax = axes_or_new(ax, 12.6, 2.2 + height)
    ax.set_axis_off()
    rows = specificity.set_index(specificity["doc_id"].astype(str)).loc[ids]
    size = fitting_size(2 * len(ids), height, largest=7.5)
    panels = [ax.inset_axes(bounds) for bounds in ((0, 0, 0.36, 1), (0.41, 0, 0.27, 1), (0.73, 0, 0.27, 1))]
    _draw_strengths(panels[0], rows, size, language)
    _draw_deadlines(panels[1], mentions, rows, size, language)
    _draw_rates(panels[2], rows, size, language)
    for panel in panels:
        panel.set_ylim(len(ids) - 0.5, -0.5)
        panel.set_yticks(range(len(ids)), labels=[""] * len(ids))
        panel.tick_params(axis="y", length=0)
        panel.spines[["top", "right", "left"]].set_visible(False)
    panels[0].set_yticks(range(len(ids)), labels=shown_labels(ids, labels))
    for text in panels[0].get_yticklabels():
        text.set_fontsize(fitting_size(len(ids), height))
    title = "How strongly each text obliges, by when, and whom"
    ax.set_title(pick(language, title, "各文本的义务强度、期限与责任单位"), pad=34)
    set_font(ax.figure)
    return ax


def _check(specificity: pd.DataFrame, mentions: pd.DataFrame) -> None:
    rates = [name for rate in _RATES for name in rate[:2]]
    require_columns(specificity, ["doc_id", "n_clauses", *_STRENGTHS, *rates], name="specificity")
    require_columns(mentions, ["doc_id", "kind", "role", "not_after"], name="mentions")
    if specificity.empty:
        raise ValueError("`specificity` must have at least one row; got none. No document has clauses.")


def _draw_strengths(ax: Axes, rows: pd.DataFrame, size: float, language: Language) -> None:
    """Stacked bars of clauses by strength, each with its number."""
    from matplotlib.patches import Patch

    handles = []
    left = np.zeros(len(rows))
    total = rows["n_clauses"].to_numpy(dtype=float)
    for column, (colour, hatch, ink, *name) in _STRENGTHS.items():
        counts = rows[column].to_numpy(dtype=float)
        shares = np.divide(counts, total, out=np.zeros(len(rows)), where=total > 0)
        ax.barh(
            range(len(rows)), shares, left=left, height=_BAR, color=colour, hatch=hatch, edgecolor=GREY, linewidth=0.5
        )
        for lane, (share, count) in enumerate(zip(shares, counts, strict=True)):
            if share >= 0.06:
                box = {"facecolor": colour, "edgecolor": "none", "pad": 1} if hatch else None
                middle = left[lane] + share / 2
                ax.text(middle, lane, f"{count:.0f}", ha="center", va="center", color=ink, fontsize=size, bbox=box)
        left += shares
        handles.append(Patch(facecolor=colour, hatch=hatch, edgecolor=GREY, label=pick(language, *name)))
    ax.set_xlim(0, 1.004)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], labels=["0", "25", "50", "75", "100"])
    ax.set_xlabel(pick(language, "share of clauses, % (numbers: clauses)", "条款占比（%），数字为条款数"))
    ax.set_title(pick(language, "Obligation", "义务强度"), fontsize=9)
    legend_below(ax, handles, columns=2, points=36)


def _draw_deadlines(ax: Axes, mentions: pd.DataFrame, rows: pd.DataFrame, size: float, language: Language) -> None:
    """Dated deadlines in time, or that there are none."""
    ids = list(rows.index)
    dated = mentions[(mentions["kind"] == "deadline") & mentions["role"].isin(_DATED) & mentions["not_after"].notna()]
    dated = dated[dated["doc_id"].astype(str).isin(ids)]
    lane = {doc_id: at for at, doc_id in enumerate(ids)}
    ax.set_title(
        pick(language, "Dated deadlines (larger: several on one day)", "有日期的期限（圆越大，同日期限越多）"),
        fontsize=9,
    )
    for at in range(len(ids)):
        ax.axhline(at, color=PALE, linewidth=5, zorder=0)
    if dated.empty:
        _say_none(ax, rows, language)
        return
    days = pd.to_datetime(dated["not_after"])
    counts = dated.assign(day=days, lane=dated["doc_id"].astype(str).map(lane)).groupby(["lane", "day"]).size()
    marks = counts.rename("n").reset_index()
    years = marks["day"].dt.year + (marks["day"].dt.day_of_year - 1) / 365.25
    n = marks["n"].to_numpy(dtype=float)
    ax.scatter(
        years, marks["lane"], s=14 + 9 * (n - 1), facecolor=COLOURS[5], alpha=0.65, edgecolor="white", linewidth=0.6
    )
    ax.margins(x=0.08)
    low, high = _whole_years(years)
    ax.set_xlim(low, high)
    step = max(1, int(np.ceil((high - low) / 6)))
    ticks = np.arange(int(np.ceil(low)), int(high) + 1, step)
    ax.set_xticks(ticks, labels=[str(tick) for tick in ticks])
    totals = marks.groupby("lane")["n"].sum()
    for at in range(len(ids)):
        ax.annotate(
            f"{int(totals.get(at, 0))}", (1, at), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", va="center", fontsize=size, color=GREY, annotation_clip=False,
        )  # fmt: skip
    ax.set_xlabel(
        pick(
            language, "last day, ticks: 1 January (numbers: those with one)", "截止日，刻度为1月1日（数字为有截止日者）"
        )
    )


def _say_none(ax: Axes, rows: pd.DataFrame, language: Language) -> None:
    """A panel without dates has no axis of time; it tells how many limits without a date there are, if that is known."""
    said = [pick(language, "no deadline with a last day in these documents", "这些文件中没有载明截止日的期限")]
    for column, *name in (
        ("n_relative", "time limits from an event on", "相对期限"), ("n_recurring", "recurring deadlines", "周期性期限"),
    ):  # fmt: skip
        if column in rows:
            said.append(pick(language, f"{name[0]}: {rows[column].sum():.0f}", f"{name[1]}：{rows[column].sum():.0f}"))
    ax.set_xlim(0, 1)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 4}
    ax.text(
        0.5, 0.5, "\n".join(said), transform=ax.transAxes, ha="center", va="center", color=GREY, fontsize=9, bbox=box
    )


def _whole_years(years: pd.Series[Any]) -> tuple[float, float]:
    return float(np.floor(years.min())) - 0.1, float(np.ceil(years.max())) + 0.25


def _draw_rates(ax: Axes, rows: pd.DataFrame, size: float, language: Language) -> None:
    """Deadlines, quantities and agencies per clause."""
    from matplotlib.patches import Patch

    handles = []
    thick = _BAR / len(_RATES)
    longest = max(float(np.nanmax(rows[rate].to_numpy(dtype=float), initial=0)) for rate, *_ in _RATES) or 1.0
    for i, (rate, count, colour, *name) in enumerate(_RATES):
        values = rows[rate].to_numpy(dtype=float)
        lanes = np.arange(len(rows)) + (i - 1) * thick
        ax.barh(lanes, np.nan_to_num(values), height=thick * 0.9, color=colour)
        for lane, value, number in zip(lanes, values, rows[count], strict=True):
            shown = "NA" if np.isnan(value) else f"{value:.2f} ({int(number)})"
            x = 0.0 if np.isnan(value) else value
            ax.text(x + 0.015 * longest, lane, shown, va="center", fontsize=min(size, 6.5), color=GREY)
        handles.append(Patch(facecolor=colour, label=pick(language, *name)))
    ax.set_xlim(0, 1.32 * longest)
    ax.set_xlabel(pick(language, "per clause (in brackets: in all)", "每条条款（括号内为总数）"))
    ax.set_title(pick(language, "Specificity", "具体程度"), fontsize=9)
    legend_below(ax, handles, columns=2, points=36)

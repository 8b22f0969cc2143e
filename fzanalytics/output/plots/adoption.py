"""Figure 8: the adoption curve, and the lags it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.measures.adoption.turnbull import Turnbull
from fzanalytics.output.plots.intervals import draw_bar, draw_open
from fzanalytics.output.plots.names import LEVEL_NAMES, Language, fitting_names, pick
from fzanalytics.output.plots.style import (
    COLOURS,
    GREY,
    LEVEL_COLOURS,
    axes_or_new,
    fitting_size,
    in_house_style,
    legend_below,
    set_font,
    subtitle,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Clock = Literal["centre", "superior"]

_LAGS = (
    "source", "target", "target_level", "lag_days_low", "lag_days_high", "region", "status",
    "since_centre", "since_superior",
)  # fmt: skip
_BOX = "#9CC4E4"
_BAND = "#E3E3E3"
_INK = COLOURS[0]
_UNKNOWN: dict[str, Any] = {"facecolor": "white", "edgecolor": "#8A8A8A", "hatch": "////", "linewidth": 0.0}


@in_house_style
def plot_adoption_curve(
    result: Turnbull,
    *,
    ax: Axes | None = None,
    language: Language = "en",
    since: Clock = "centre",
    n_unknown: int | None = None,
) -> Axes:
    """Figure 8: the share of jurisdictions that has adopted, by days since the start of the clock.

    The line is the estimate where it is determined. Inside an innermost interval only the rise is known, not its
    course: a shaded box stands there, from the lower to the upper bound. Ticks on the lower bound are jurisdictions
    that had not adopted by that day, and of which nothing later is known (right-censored); the row under the axis is the
    number at risk. Where the share of these is all that is left, the line ends: a hatched field from there to the edge says
    that it may rise or not, since they may never adopt. Adopters of whose date only the lower bound is known have no
    tick, and are counted apart under the title.

    Parameters
    ----------
    result : Turnbull
        As `turnbull` returns it.
    ax : Axes, optional
        Drawn on; else a new figure.
    language : "en" or "zh"
    since : "centre" or "superior"
        The clock, for the label of the axis.
    n_unknown : int, optional
        Jurisdictions of unknown status, for the line under the title; default: the rows that were left out.

    Returns
    -------
    Axes
        Horizontal: days. Vertical: share in [0, 1].

    Raises
    ------
    TypeError
        If `result` is not a Turnbull.
    ValueError
        If no bound of it is a day, or `since` is unknown.

    Notes
    -----
    The curve speaks of jurisdictions of known status only. A box is no confidence interval: it is what the dates leave
    open; the grey band, if there is one, is the bootstrap interval.

    Examples
    --------
    >>> from fzanalytics.measures.adoption.turnbull import turnbull
    >>> lags = pd.DataFrame({"lag_days_low": [0, 1, 5, 4], "lag_days_high": [2, 3, 5, float("nan")]})
    >>> ax = plot_adoption_curve(turnbull(lags))
    >>> ax.get_xlabel()
    "Days since the centre's document"
    """
    if not isinstance(result, Turnbull):
        raise TypeError(f"`result` must be a Turnbull; got {type(result).__name__}. Take what turnbull returns.")
    if since not in ("centre", "superior"):
        raise ValueError(f"`since` must be 'centre' or 'superior'; got {since!r}. Name the clock of the lags.")
    curve = result.curve
    if curve.empty:
        raise ValueError("`result` must have at least one bound that is a day; got none. Date the documents.")
    ax = axes_or_new(ax, 7.2, 4.4)
    left, right = _limits(result)
    ax.set_xlim(left, right)
    ax.set_ylim(0, 1.02)
    banded = _draw_lines(ax, result, left, right)
    boxes = _draw_boxes(ax, result, left, right)
    open_from = _never_known_from(result)
    if open_from is not None:
        _draw_unknown(ax, result, open_from, right)
    _draw_at_risk(ax, result, language)
    _label_curve(ax, result, language, since, n_unknown)
    handles = _handles_of_curve(
        language, boxes=boxes, censored=len(result.censored) > 0, unknown=open_from is not None, banded=banded
    )
    legend_below(ax, handles, columns=2, points=58)
    set_font(ax)
    return ax


@in_house_style
def plot_lags(
    lags: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: Language = "en",
    since: Clock = "centre",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Lags as intervals: a horizontal bar for each document, from its lowest to its highest possible lag.

    A disc is an exact lag. Towards an open end the bar fades to the edge of the axes, where an arrowhead stands. Known non-adopters are hollow
    and open to the right from the last day on which they are known not to have adopted. Rows without any bound are
    not drawn; their number is told under the title.

    Parameters
    ----------
    lags : DataFrame
        As `lag_table` returns it.
    ax : Axes, optional
        Drawn on; else a new figure.
    language : "en" or "zh"
    since : "centre" or "superior"
        The clock; rows of the other are left out.
    labels : mapping of doc_id (or of region, where there is no document) to text, optional
        Default: in Chinese the last part of the region, in English the doc_id, or the region where there is none.

    Returns
    -------
    Axes
        Horizontal: days, negative where the document is older than the source. Vertical: a lane for each row, sorted
        by lower bound.

    Raises
    ------
    TypeError
        If `lags` is no table, or `labels` is no mapping.
    ValueError
        If a column is missing, `since` is unknown, or no row of that clock has a bound.

    Notes
    -----
    A long bar is a date that is little known, not a slow adoption. Of a document with several sources on one clock
    each has a lane.

    Examples
    --------
    >>> from fzanalytics.measures.adoption.timing import lag_table
    >>> documents = pd.DataFrame({
    ...     "doc_id": ["n", "p"], "level": ["national", "province"], "parent_ids": [None, "n"],
    ...     "earliest": pd.to_datetime(["2015-12-27", "2016-06-01"]), "latest": pd.to_datetime(["2015-12-27", None])})
    >>> [label.get_text() for label in plot_lags(lag_table(documents)).get_yticklabels()]
    ['p']
    """
    from matplotlib.ticker import StrMethodFormatter

    require_columns(lags, _LAGS, name="lags")
    if labels is not None and not isinstance(labels, Mapping):
        raise TypeError(
            f"`labels` must be a mapping of doc_id (or region) to text; got {type(labels).__name__}. "
            "Write {'hebei_2016': '河北'}."
        )
    if since not in ("centre", "superior"):
        raise ValueError(f"`since` must be 'centre' or 'superior'; got {since!r}. Name the clock of the lags.")
    rows = lags[lags[f"since_{since}"].fillna(False).astype(bool)]
    shown = rows[rows["lag_days_low"].notna() | rows["lag_days_high"].notna()]
    if shown.empty:
        raise ValueError(
            f"`lags` must have a row since the {since} with a bound; got {len(rows)} rows without. Date them."
        )
    first = shown["lag_days_low"].fillna(shown["lag_days_high"])
    shown = shown.assign(_first=first).sort_values(["_first", "lag_days_high", "target", "region"])
    ax = axes_or_new(ax, 7.2, 1.6 + min(0.26 * len(shown), 50))
    span = _span_of(shown)
    for lane, row in enumerate(shown.to_dict("records")):
        _draw_lag(ax, row, lane, span)
    ax.axvline(0, color="black", linewidth=0.8, zorder=1)
    names = fitting_names(_names_of(shown, language, labels or {}))
    ax.set_yticks(range(len(shown)), labels=names)
    for text in ax.get_yticklabels():
        text.set_fontsize(fitting_size(len(shown), min(0.26 * len(shown), 50)))
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlim(span)
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.grid(axis="x", color="#D9D9D9", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    ax.set_xlabel(_clock_label(language, since))
    ax.set_title(pick(language, "Lags of the documents", "文件出台时滞"))
    n_hidden = len(rows) - len(shown)
    subtitle(
        ax,
        pick(
            language,
            f"{len(shown)} shown; {n_hidden} without a known bound",
            f"所示{len(shown)}项；时滞无从界定的{n_hidden}项",
        )
        if n_hidden
        else "",
    )
    legend_below(ax, _handles_of_lags(shown, language), columns=3)
    set_font(ax)
    return ax


def _held(before: float, values: pd.Series) -> np.ndarray:
    """Values of a step line with one before the first day and the last one kept to the edge."""
    return np.concatenate([[before], values, values.tail(1)])


def _never_known_from(result: Turnbull) -> float | None:
    """The day from which on nothing is known of the share that is left, some of which may never adopt; None if there is none."""
    masses = result.intervals
    begins = masses.loc[(masses["mass"] > 0) & np.isposinf(masses["end"]), "begin"]
    return float(begins.iloc[0]) if len(begins) and result.n_censored else None


def _draw_lines(ax: Axes, result: Turnbull, left: float, right: float) -> bool:
    """The two bounds of the curve as far as it is known, with the bootstrap band and the ticks; whether there is a band."""
    curve, masses = result.curve, result.intervals
    days = np.concatenate([[left], curve["day"].to_numpy(), [right]])
    open_from = _never_known_from(result)
    known = days <= (right if open_from is None else open_from)
    top = 1.0 if open_from is None else 1 - float(masses.loc[np.isposinf(masses["end"]), "mass"].sum())
    banded = bool(curve["interval_low"].notna().any())
    if banded:
        low, high = (_held(0.0, curve[f"interval_{end}"]) for end in ("low", "high"))
        ax.fill_between(days[known], low[known], high[known], step="post", facecolor=_BAND, edgecolor="none", zorder=1)
    before = float(masses.loc[np.isneginf(masses["begin"]), "mass"].sum())
    bounds = (_held(0.0, curve["adopted_low"]), np.minimum(_held(before, curve["adopted_high"]), top))
    for values in bounds:
        ax.plot(days[known], values[known], drawstyle="steps-post", color=_INK, linewidth=1.4, zorder=4)
    ticks = result.censored[(result.censored >= left) & (result.censored <= right)].to_numpy()
    if len(ticks):
        heights = bounds[0][np.searchsorted(days, ticks, side="right") - 1]
        marks: dict[str, Any] = {"marker": "|", "markersize": 8, "markeredgewidth": 1.2, "color": "black"}
        ax.plot(ticks, heights, linestyle="none", zorder=5, **marks)
    return banded


def _draw_unknown(ax: Axes, result: Turnbull, begin: float, right: float) -> None:
    """A hatched field over all that the share may be from a day on."""
    from matplotlib.patches import Rectangle

    masses = result.intervals
    mass = float(masses.loc[np.isposinf(masses["end"]), "mass"].sum())
    ax.add_patch(Rectangle((begin, 1 - mass), right - begin, mass, **_UNKNOWN, zorder=2))


def _limits(result: Turnbull) -> tuple[float, float]:
    """The stretch of days that is drawn: all bounds and 0, with room where an end is open."""
    days = np.concatenate([result.curve["day"].to_numpy(), result.censored[result.censored >= 0].to_numpy(), [0.0]])
    width = max(float(days.max() - days.min()), 1.0)
    is_open = result.intervals["mass"] > 0
    opens_left = bool((is_open & np.isneginf(result.intervals["begin"])).any())
    more = 0.06 if _never_known_from(result) is None else 0.2
    return float(days.min()) - (0.08 if opens_left else 0.02) * width, float(days.max()) + more * width


def _draw_boxes(ax: Axes, result: Turnbull, left: float, right: float) -> bool:
    """A box for each innermost interval with mass that is longer than a day, and in which it is adopted; whether there is one."""
    from matplotlib.patches import Rectangle

    base, drawn = 0.0, False
    for begin, end, mass in result.intervals.itertuples(index=False):
        if mass > 0 and end > begin and not (np.isposinf(end) and result.n_censored):
            begin, end = max(begin, left), min(end, right)
            ax.add_patch(
                Rectangle((begin, base), end - begin, mass, facecolor=_BOX, edgecolor="none", alpha=0.75, zorder=2)
            )
            drawn = True
        base += mass
    return drawn


def _draw_at_risk(ax: Axes, result: Turnbull, language: Language) -> None:
    """The number at risk at each tick, in a row under the axis."""
    from matplotlib.ticker import MaxNLocator

    left, right = ax.get_xlim()
    ticks = [tick for tick in MaxNLocator(6, integer=True).tick_values(left, right) if left <= tick <= right]
    ax.set_xticks(ticks, labels=[f"{tick:,.0f}" for tick in ticks])
    for tick in ticks:
        ax.annotate(
            str(result.at_risk(tick)),
            (tick, 0),
            xycoords=ax.get_xaxis_transform(),
            xytext=(0, -34),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=8,
            color=GREY,
            annotation_clip=False,
        )
    ax.annotate(
        pick(language, "at risk", "在险数"),
        (0, 0),
        xycoords="axes fraction",
        xytext=(-6, -34),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=8,
        color=GREY,
        annotation_clip=False,
    )


def _clock_label(language: Language, since: str) -> str:
    if since == "centre":
        return pick(language, "Days since the centre's document", "距中央文件的天数")
    return pick(language, "Days since the immediate superior's document", "距直接上级文件的天数")


def _label_curve(ax: Axes, result: Turnbull, language: Language, since: str, n_unknown: int | None) -> None:
    from matplotlib.ticker import PercentFormatter

    ax.set_xlabel(_clock_label(language, since), labelpad=4)
    ax.set_ylabel(pick(language, "Share that has adopted", "已出台文件的比例"))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_title(pick(language, "Adoption curve", "政策采纳曲线"))
    note = _note_of_curve(result, language, result.n_left_out if n_unknown is None else n_unknown)
    subtitle(ax, note)
    if "\n" in note:
        ax.set_title(ax.get_title(loc="left"), pad=30)


def _note_of_curve(result: Turnbull, language: Language, unknown: int) -> str:
    """Of whom the curve speaks; a second line if adopters of an open date or contradictions are to be told of."""
    known = pick(
        language,
        f"{result.n} jurisdictions of known status, {result.n_censored} right-censored; {unknown} unknown, left out",
        f"状态已知的地区{result.n}个，其中右删失{result.n_censored}个；另有{unknown}个状态不明，未计入",
    )
    further = []
    if result.n_open:
        further.append(
            pick(
                language,
                f"adopters of open date: {result.n_open}",
                f"已采纳而日期上界不明者{result.n_open}个",
            )
        )
    if result.n_contradictions:
        further.append(
            pick(
                language,
                f"contradictory dates, left out: {result.n_contradictions}",
                f"日期矛盾者{result.n_contradictions}个，未计入",
            )
        )
    if not result.n_censored:
        caution = pick(language, "adopters only: ends at 100 % by construction", "仅含已采纳者，终点必为100%")
        if further:
            further.append(caution)
        else:
            known += pick(language, "; ", "；") + caution
    return "\n".join([known, pick(language, "; ", "；").join(further)]) if further else known


def _handles_of_curve(language: Language, *, boxes: bool, censored: bool, unknown: bool, banded: bool) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [
        Line2D(
            [],
            [],
            color=_INK,
            linewidth=1.4,
            label=pick(language, "NPMLE (Turnbull)", "非参数极大似然估计（Turnbull）"),
        )
    ]
    if boxes:
        text = pick(language, "rises in here, day not determined", "区间内上升，具体日期无法确定")
        handles.append(Patch(facecolor=_BOX, alpha=0.75, label=text))
    if censored:
        text = pick(language, "not known beyond (right-censored)", "此后情况不明（右删失）")
        handles.append(Line2D([], [], color="black", marker="|", markersize=8, linestyle="none", label=text))
    if unknown:
        text = pick(language, "not known: they may never adopt", "情况不明：可能始终未采纳")
        handles.append(Patch(**_UNKNOWN, label=text))
    if banded:
        handles.append(Patch(facecolor=_BAND, label=pick(language, "bootstrap interval", "自助法区间")))
    return handles


def _span_of(shown: pd.DataFrame) -> tuple[float, float]:
    """The stretch of days on the axis: all bounds and 0, and room for open ends."""
    days = pd.concat([shown["lag_days_low"], shown["lag_days_high"]]).dropna()
    low, high = min(float(days.min()), 0.0), max(float(days.max()), 0.0)
    width = max(high - low, 30.0)
    opens_left, opens_right = shown["lag_days_low"].isna().any(), shown["lag_days_high"].isna().any()
    return low - (0.12 if opens_left else 0.03) * width, high + (0.12 if opens_right else 0.03) * width


def _draw_lag(ax: Axes, row: Mapping[Any, Any], lane: int, span: tuple[float, float]) -> None:
    colour = LEVEL_COLOURS.get(str(row["target_level"]), GREY)
    held = row["status"] == "adopted"
    face = colour if held else "white"
    low, high = row["lag_days_low"], row["lag_days_high"]
    width = span[1] - span[0]
    if low == high or (pd.notna(low) and pd.notna(high) and high - low < width / 150):
        ax.plot([(low + high) / 2], [lane], "o", markersize=6, markerfacecolor=face, markeredgecolor=colour, zorder=4)
        return
    if pd.isna(low) or pd.isna(high):
        known, edge = (high, span[0]) if pd.isna(low) else (low, span[1])
        draw_open(ax, lane, known, edge, colour, tip=0.018 * width, held=held)
        return
    draw_bar(ax, lane, low, high, colour, held=held)


def _names_of(shown: pd.DataFrame, language: Language, labels: Mapping[str, str]) -> list[str]:
    """A name for each lane; the source follows where one target has several on the clock."""
    keys = shown["target"].where(shown["target"].notna(), shown["region"]).astype(str)
    names = []
    for key, region in zip(keys, shown["region"], strict=True):
        place = str(region).rpartition("/")[2] if pd.notna(region) else key
        names.append(labels.get(key, place if language == "zh" else key))
    plain = pd.Series(names, index=shown.index)
    several = keys.duplicated(keep=False) | plain.duplicated(keep=False) & (language == "zh")
    sources = shown["source"].astype(str).where(keys.duplicated(keep=False), keys)
    return [
        f"{name} · {labels.get(source, source)}" if twice else name
        for name, source, twice in zip(names, sources, several, strict=True)
    ]


def _handles_of_lags(shown: pd.DataFrame, language: Language) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    levels = set(shown["target_level"])
    handles: list[Any] = [
        Patch(facecolor=colour, edgecolor=colour, label=LEVEL_NAMES[language][level])
        for level, colour in LEVEL_COLOURS.items()
        if level in levels
    ]
    point: dict[str, Any] = {"linestyle": "none", "markeredgecolor": GREY, "markersize": 7}
    if (shown["lag_days_low"] == shown["lag_days_high"]).any():
        text = pick(language, "lag known to the day", "时滞确定到日")
        handles.append(Line2D([], [], marker="o", markerfacecolor=GREY, label=text, **point))
    if shown["lag_days_low"].isna().any() or shown["lag_days_high"].isna().any():
        text = pick(language, "open end (fades to the edge)", "一端未定（渐淡至图边）")
        handles.append(Line2D([], [], marker=">", markerfacecolor=GREY, label=text, **point))
    if (shown["status"] == "known non-adopter").any():
        text = pick(language, "known not to have adopted so far", "已知尚未采纳")
        handles.append(Patch(facecolor="white", edgecolor=GREY, label=text))
    return handles

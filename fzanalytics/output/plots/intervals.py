"""Intervals in time, drawn in lanes: of which both bounds are known, one, or none; and the axis of years below them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fzanalytics.output.plots.names import Language, pick
from fzanalytics.output.plots.style import GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAR = 0.42  # thickness of an interval, in lanes
_STEPS = 24  # in which an open end fades


class Span:
    """The stretch of time on the horizontal axis, in days, and where things without a date stand."""

    def __init__(self, documents: pd.DataFrame) -> None:
        """Measure it from the columns earliest and latest."""
        bounds = pd.concat([documents["earliest"], documents["latest"]]).dropna()
        if bounds.empty:
            self.first = self.last = _days(pd.Timestamp("2000-01-01"))
        else:
            self.first, self.last = _days(bounds.min()), _days(bounds.max())
        self.dated = not bounds.empty
        self.width = max(self.last - self.first, 365.0)
        self.open = 0.07 * self.width
        self.undated = bool((documents["earliest"].isna() & documents["latest"].isna()).any())
        opens_left = bool((documents["earliest"].isna() & documents["latest"].notna()).any())
        opens_right = bool((documents["latest"].isna() & documents["earliest"].notna()).any())
        self.left = self.first - (2 * self.open if opens_left else 0.5 * self.open)
        self.right = self.last + (2 * self.open if opens_right else 0.5 * self.open)
        self.margin = self.right + 0.07 * self.width


def _days(date: pd.Timestamp) -> float:
    from matplotlib.dates import date2num

    return float(date2num(np.datetime64(date, "D")))


def draw_interval(ax: Axes, row: Mapping[Any, Any], lane: float, span: Span, colour: str) -> tuple[float, float]:
    """Bar, disc or fading bar of one document; the left and right end, in days, of where lines may join it."""
    held, early, late = bool(row["held"]), row["earliest"], row["latest"]
    face = colour if held else "white"
    mark: dict[str, Any] = {"markerfacecolor": face, "markeredgecolor": colour, "linestyle": "none", "zorder": 4}
    if pd.isna(early) and pd.isna(late):
        ax.plot([span.margin], [lane], marker="s", markersize=7, **mark)
        return span.margin, span.margin
    if pd.isna(early) or pd.isna(late):
        known, edge = (_days(late), span.left) if pd.isna(early) else (_days(early), span.right)
        draw_open(ax, lane, known, edge, colour, tip=0.3 * span.open, held=held)
        return tuple(sorted((known, known + np.sign(edge - known) * 0.5 * span.open)))
    left, right = _days(early), _days(late)
    if right - left < span.width / 120:
        ax.plot([(left + right) / 2], [lane], marker="o", markersize=7, **mark)
        return left, right
    draw_bar(ax, lane, left, right, colour, held=held)
    return left, right


def draw_bar(ax: Axes, lane: float, left: float, right: float, colour: str, *, held: bool) -> None:
    """A bar between two known bounds: filled, or hollow."""
    from matplotlib.patches import Rectangle

    face = colour if held else "white"
    bar = Rectangle((left, lane - BAR / 2), right - left, BAR, facecolor=face, edgecolor=colour, linewidth=1.1)
    bar.set_zorder(3)
    ax.add_patch(bar)


def draw_open(ax: Axes, lane: float, known: float, edge: float, colour: str, *, tip: float, held: bool) -> None:
    """A bar that begins at the known bound and fades to the edge of the axes, with an arrowhead there."""
    from matplotlib.collections import LineCollection, PolyCollection
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Polygon

    way = 1 if edge > known else -1
    places = np.linspace(known, edge - way * tip, _STEPS + 1)
    low, high = lane - BAR / 2, lane + BAR / 2
    shades = [to_rgba(colour, alpha) for alpha in np.linspace(0.95, 0.12, _STEPS).round(3)]
    pieces = list(pairwise(places.tolist()))
    if held:
        corners = [[(a, low), (b, low), (b, high), (a, high)] for a, b in pieces]
        ax.add_collection(PolyCollection(corners, facecolors=shades, linewidths=0, zorder=3), autolim=False)
    else:
        lines = [[(a, y), (b, y)] for y in (low, high) for a, b in pieces]
        faded = LineCollection(lines, colors=[*shades, *shades], linewidths=1.1, capstyle="butt", zorder=3)
        ax.add_collection(faded, autolim=False)
    ax.plot([known, known], [low, high], color=colour, linewidth=1.4, solid_capstyle="projecting", zorder=3)
    head = [(edge - way * tip, lane - 0.62 * BAR), (edge, lane), (edge - way * tip, lane + 0.62 * BAR)]
    face = colour if held else "white"
    ax.add_patch(Polygon(head, closed=True, facecolor=face, edgecolor=colour, linewidth=1.1, zorder=3))


def draw_time(ax: Axes, span: Span, language: Language) -> None:
    """Ticks at the turn of years (or quarters), and the margin of the documents without a date."""
    ticks: dict[float, str] = {}
    if span.dated:
        ticks = _ticks(span)
    if span.undated:
        ax.axvline((span.right + span.margin) / 2, color=GREY, linewidth=0.8, linestyle=":")
        ticks[span.margin] = pick(language, "date\nunknown", "日期\n不详")
    ax.set_xticks(list(ticks), labels=list(ticks.values()))
    ax.set_xlim(span.left, span.margin + 0.05 * span.width if span.undated else span.right)
    for place in ticks:
        if place != span.margin:
            ax.axvline(place, color="#D9D9D9", linewidth=0.6, zorder=1)
    ax.set_xlabel(pick(language, "Date of issue (1 January of each year marked)", "成文日期（竖线为每年1月1日）"))


def _ticks(span: Span) -> dict[float, str]:
    from matplotlib.dates import num2date

    first, last = num2date(span.left).year, num2date(span.right).year
    step = max(1, (last - first) // 10)
    years = [year for year in range(first, last + 2) if year % step == 0]
    places = {_days(pd.Timestamp(year=year, month=1, day=1)): str(year) for year in years}
    return {place: name for place, name in places.items() if span.left <= place <= span.right}

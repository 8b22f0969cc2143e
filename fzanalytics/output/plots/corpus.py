"""Figure 1, the corpus map, and the dated timeline: documents as intervals in time."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.measures.reuse.order import split_ids
from fzanalytics.output.plots.style import (
    COLOURS,
    GREY,
    LEVEL_COLOURS,
    LEVEL_NAMES,
    PALE,
    Language,
    axes_or_new,
    document_labels,
    fitting_names,
    fitting_size,
    in_house_style,
    legend_below,
    level_name,
    order_by_level,
    pick,
    set_font,
    width_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DAY = np.timedelta64(1, "D")
_BAR = 0.42  # thickness of an interval, in lanes
_STEPS = 24  # in which an open end fades

_BASES_ZH = {
    "stated": "文中载明",
    "cited elsewhere": "他文引用",
    "from what it cites": "据所引文件或会议",
    "page date": "网页日期",
}


@in_house_style
def plot_corpus(
    documents: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    lineages: Mapping[str, str] | None = None,
) -> Axes:
    """Figure 1: the documents by level of government, time and lineage, those not held included.

    Each document has a lane. A bar spans the interval in which it was issued, a disc stands for a known day; where
    one end is open the bar fades to the edge of the axes, where an arrowhead stands. Marks are filled if the text is held, hollow if it is only known of. Documents of which
    neither bound is known stand in a margin. Thin arrows lead from a declared superior to its subordinate.

    Parameters
    ----------
    documents : DataFrame
        Columns doc_id, level, earliest, latest, held, parent_ids; for the legend lineage, period_end; for Chinese
        labels region. One row a document.
    ax : Axes, optional
        Drawn on; else a new figure.
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional
        Names to show instead of the default ones; see `document_labels`.
    lineages : mapping of lineage to text, optional
        English glosses for the legend, e.g. {"法治政府建设": "law-based government"}; not used in Chinese.

    Returns
    -------
    Axes
        The horizontal axis is in days as matplotlib counts them, the vertical one in lanes.

    Raises
    ------
    ValueError
        If a column is missing, there is no document, or a document begins after its end.

    Notes
    -----
    It shows what is declared: a parent that a text does not name is not drawn, and a bar is what is known of a date,
    no spread of a distribution.

    Examples
    --------
    >>> documents = pd.DataFrame({
    ...     "doc_id": ["a"], "level": ["province"], "earliest": pd.to_datetime(["2016-01-01"]),
    ...     "latest": pd.to_datetime(["2016-12-31"]), "held": [True], "parent_ids": [pd.NA]})
    >>> plot_corpus(documents).get_title(loc="left")
    'Corpus map: 1 document held, 0 known of but not held'
    """
    _check(documents)
    lanes = _lanes(documents)
    ax = axes_or_new(ax, 8.4, 1.5 + _height_of(len(lanes)))
    span = _Span(documents)
    colours = _colours_of_families(documents)
    anchors = {}
    for row in documents.to_dict("records"):
        doc_id = str(row["doc_id"])
        colour = colours.get(_family(row, language="en"), GREY)
        anchors[doc_id] = _draw_document(ax, row, lanes[doc_id], span, colour)
    _draw_edges(ax, documents, anchors, lanes)
    _draw_levels(ax, documents, lanes, span, language)
    _label_lanes(ax, documents, lanes, document_labels(documents, language=language, labels=labels))
    _draw_time(ax, span, language)
    _legend(ax, documents, colours, language, lineages or {})
    n_held = int(documents["held"].astype(bool).sum())
    others = len(documents) - n_held
    plural = "" if n_held == 1 else "s"
    ax.set_title(
        pick(
            language,
            f"Corpus map: {n_held} document{plural} held, {others} known of but not held",
            f"语料图谱：已入库文件{n_held}份，已知而未入库{others}份",
        )
    )
    set_font(ax)
    return ax


@in_house_style
def plot_timeline(
    timeline: pd.DataFrame,
    *,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """The documents in order of time, with the bounds of each date and how it is known.

    Parameters
    ----------
    timeline : DataFrame
        Columns doc_id, level, earliest, latest, held, date_basis, in order of time (as `timeline` returns them); for
        Chinese labels region.
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
        If a column is missing, there is no document, or a document begins after its end.

    Notes
    -----
    Bars that overlap have no known order: which stands above the other then tells nothing.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "doc_id": ["a"], "level": ["county"], "earliest": pd.to_datetime(["2017-10-18"]),
    ...     "latest": [pd.NaT], "held": [True], "date_basis": ["from what it cites"]})
    >>> [text.get_text() for text in plot_timeline(table).texts]
    ['not before 2017-10-18 · from what it cites']
    """
    _check(timeline, extra=("date_basis",))
    lanes = {str(doc_id): lane for lane, doc_id in enumerate(timeline["doc_id"])}
    ax = axes_or_new(ax, 8.4, 1.4 + _height_of(len(lanes)))
    span = _Span(timeline)
    colours = {level: colour for level, colour in LEVEL_COLOURS.items() if level in set(timeline["level"])}
    for row in timeline.to_dict("records"):
        lane = lanes[str(row["doc_id"])]
        _draw_document(ax, row, lane, span, colours.get(str(row["level"]), GREY))
        ax.text(
            1.025,
            lane,
            _bounds_in_words(row, language),
            transform=ax.get_yaxis_transform(),
            va="center",
            fontsize=min(7.5, _size_of(len(lanes))),
        )
    _label_lanes(ax, timeline, lanes, document_labels(timeline, language=language, labels=labels))
    _draw_time(ax, span, language)
    handles = [_swatch(colour, LEVEL_NAMES[language][level]) for level, colour in colours.items()]
    legend_below(ax, [*handles, *_shapes(timeline, language, lineage=False)], columns=4)
    ax.set_title(pick(language, "Timeline: bounds of the date of issue", "时间线：成文日期的上下界"))
    set_font(ax)
    return ax


def _check(documents: pd.DataFrame, extra: tuple[str, ...] = ()) -> None:
    needed = ("doc_id", "level", "earliest", "latest", "held", *(extra or ("parent_ids",)))
    require_columns(documents, needed, name="timeline" if extra else "documents")
    if documents.empty:
        raise ValueError("`documents` must have at least one row; got none. Read a corpus first.")
    wrong = documents.loc[documents["earliest"] > documents["latest"], "doc_id"]
    if len(wrong):
        raise ValueError(
            f"`earliest` must not be after `latest`; got that in {', '.join(map(str, wrong))}. Mend the dates."
        )


def _height_of(n_lanes: int) -> float:
    return min(0.3 * n_lanes, 50)


def _size_of(n_lanes: int) -> float:
    return fitting_size(n_lanes, _height_of(n_lanes))


class _Span:
    """The stretch of time on the horizontal axis, in days, and where things without a date stand."""

    def __init__(self, documents: pd.DataFrame) -> None:
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


def _lanes(documents: pd.DataFrame) -> dict[str, int]:
    """A lane for each document: levels from the centre down, within a level in order of time, undated last."""
    ranks = {doc_id: i for i, doc_id in enumerate(order_by_level(documents))}
    levels = dict(zip(documents["doc_id"].astype(str), documents["level"], strict=True))
    known = documents["earliest"].fillna(documents["latest"])
    times = dict(zip(documents["doc_id"].astype(str), known, strict=True))
    first_of_level: dict[object, int] = {}
    for doc_id, rank in ranks.items():
        first_of_level.setdefault(levels[doc_id], rank)
    ordered = sorted(
        ranks, key=lambda one: (first_of_level[levels[one]], pd.isna(times[one]), str(times[one]), ranks[one])
    )
    return {doc_id: lane for lane, doc_id in enumerate(ordered)}


def _family(row: Mapping[Any, Any], *, language: Language) -> str:
    """Policy and period, the family of a document; empty if the policy is not known."""
    lineage, end = row.get("lineage"), row.get("period_end")
    if lineage is None or pd.isna(lineage):
        return ""
    if end is None or pd.isna(end):
        return str(lineage)
    return f"{lineage} {pick(language, 'to ', '至')}{int(end)}"


def _colours_of_families(documents: pd.DataFrame) -> dict[str, str]:
    """Colours for the most frequent families, as many as can be told apart; the others are grey."""
    families = pd.Series([_family(row, language="en") for row in documents.to_dict("records")])
    counts = families[families != ""].value_counts(sort=False)
    ordered = sorted(counts.index, key=lambda family: (-counts[family], family))
    return dict(zip(ordered, COLOURS, strict=False))


def _draw_document(ax: Axes, row: Mapping[Any, Any], lane: float, span: _Span, colour: str) -> tuple[float, float]:
    """Bar, disc or fading bar of one document; the left and right end, in days, of where lines may join it."""
    from matplotlib.patches import Rectangle

    held, early, late = bool(row["held"]), row["earliest"], row["latest"]
    face = colour if held else "white"
    mark: dict[str, Any] = {"markerfacecolor": face, "markeredgecolor": colour, "linestyle": "none", "zorder": 4}
    if pd.isna(early) and pd.isna(late):
        ax.plot([span.margin], [lane], marker="s", markersize=7, **mark)
        return span.margin, span.margin
    if pd.isna(early) or pd.isna(late):
        known, edge = (_days(late), span.left) if pd.isna(early) else (_days(early), span.right)
        _draw_open(ax, lane, known, edge, colour, tip=0.3 * span.open, held=held)
        return tuple(sorted((known, known + np.sign(edge - known) * 0.5 * span.open)))
    left, right = _days(early), _days(late)
    if right - left < span.width / 120:
        ax.plot([(left + right) / 2], [lane], marker="o", markersize=7, **mark)
        return left, right
    bar = Rectangle((left, lane - _BAR / 2), right - left, _BAR, facecolor=face, edgecolor=colour, linewidth=1.1)
    bar.set_zorder(3)
    ax.add_patch(bar)
    return left, right


def _draw_open(ax: Axes, lane: float, known: float, edge: float, colour: str, *, tip: float, held: bool) -> None:
    """A bar that begins at the known bound and fades to the edge of the axes, with an arrowhead there."""
    from matplotlib.collections import LineCollection, PolyCollection
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Polygon

    way = 1 if edge > known else -1
    places = np.linspace(known, edge - way * tip, _STEPS + 1)
    low, high = lane - _BAR / 2, lane + _BAR / 2
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
    head = [(edge - way * tip, lane - 0.62 * _BAR), (edge, lane), (edge - way * tip, lane + 0.62 * _BAR)]
    face = colour if held else "white"
    ax.add_patch(Polygon(head, closed=True, facecolor=face, edgecolor=colour, linewidth=1.1, zorder=3))


def _draw_edges(
    ax: Axes, documents: pd.DataFrame, anchors: Mapping[str, tuple[float, float]], lanes: Mapping[str, int]
) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.2, foreground="white")]  # so that a line over a bar is seen to pass it
    for child, value in zip(documents["doc_id"].astype(str), documents["parent_ids"], strict=True):
        for parent in split_ids(value):
            if parent not in anchors or parent == child:
                continue
            down = 1 if lanes[child] > lanes[parent] else -1
            start = (sum(anchors[parent]) / 2, lanes[parent] + down * _BAR / 2)
            stop = (sum(anchors[child]) / 2, lanes[child] - down * _BAR / 2)
            arrow = FancyArrowPatch(
                start,
                stop,
                arrowstyle="-|>",
                mutation_scale=7,
                connectionstyle=f"arc3,rad={0.06 + 0.035 * min(abs(lanes[child] - lanes[parent]), 6):.3f}",
                shrinkA=0,
                shrinkB=1,
                color="#4D4D4D",
                linewidth=0.8,
                path_effects=halo,
                zorder=5,
            )
            ax.add_patch(arrow)


def _draw_levels(ax: Axes, documents: pd.DataFrame, lanes: Mapping[str, int], span: _Span, language: Language) -> None:
    """A band behind the lanes of each level, with its name on the right."""
    levels = dict(zip(documents["doc_id"].astype(str), documents["level"], strict=True))
    bands: dict[str, list[int]] = {}
    for doc_id, lane in lanes.items():
        bands.setdefault(level_name(levels[doc_id], language), []).append(lane)
    for number, (name, inside) in enumerate(bands.items()):
        if number % 2 == 0:
            ax.axhspan(min(inside) - 0.5, max(inside) + 0.5, facecolor=PALE, edgecolor="none", zorder=0)
        middle = (min(inside) + max(inside)) / 2
        ax.text(1.02, middle, name, transform=ax.get_yaxis_transform(), va="center", ha="left")


def _label_lanes(ax: Axes, documents: pd.DataFrame, lanes: Mapping[str, int], names: Mapping[str, str]) -> None:
    held = dict(zip(documents["doc_id"].astype(str), documents["held"].astype(bool), strict=True))
    ax.set_yticks(list(lanes.values()), labels=fitting_names([names[doc_id] for doc_id in lanes]))
    for doc_id, text in zip(lanes, ax.get_yticklabels(), strict=True):
        text.set(color="black" if held[doc_id] else GREY, fontsize=_size_of(len(lanes)))
    ax.set_ylim(len(lanes) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)


def _draw_time(ax: Axes, span: _Span, language: Language) -> None:
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


def _ticks(span: _Span) -> dict[float, str]:
    from matplotlib.dates import num2date

    first, last = num2date(span.left).year, num2date(span.right).year
    step = max(1, (last - first) // 10)
    years = [year for year in range(first, last + 2) if year % step == 0]
    places = {_days(pd.Timestamp(year=year, month=1, day=1)): str(year) for year in years}
    return {place: name for place, name in places.items() if span.left <= place <= span.right}


def _bounds_in_words(row: Mapping[Any, Any], language: Language) -> str:
    early, late = row["earliest"], row["latest"]
    if pd.isna(early) and pd.isna(late):
        dates = pick(language, "unknown", "不详")
    elif pd.isna(late):
        dates = pick(language, f"not before {early:%Y-%m-%d}", f"不早于{early:%Y-%m-%d}")
    elif pd.isna(early):
        dates = pick(language, f"not after {late:%Y-%m-%d}", f"不晚于{late:%Y-%m-%d}")
    elif late - early < _DAY:
        dates = f"{early:%Y-%m-%d}"
    else:
        dates = f"{early:%Y-%m-%d} – {late:%Y-%m-%d}"
    basis = row.get("date_basis")
    parts = [] if basis is None or pd.isna(basis) else str(basis).split(";")
    known = pick(language, ", ".join(parts), "、".join(_BASES_ZH.get(part, part) for part in parts))
    return f"{dates} · {known}" if known else dates


def _swatch(colour: str, name: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(facecolor=colour, edgecolor=colour, label=name)


def _shapes(documents: pd.DataFrame, language: Language, *, lineage: bool) -> list[Any]:
    """The legend of shapes, of those only that occur."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    held = documents["held"].astype(bool)
    open_end = documents["earliest"].isna() ^ documents["latest"].isna()
    exact = (documents["latest"] - documents["earliest"]) < pd.Timedelta(days=1)
    point: dict[str, Any] = {"linestyle": "none", "markeredgecolor": GREY}
    shapes: list[Any] = []
    if held.any():
        text = pick(language, "text held", "已入库")
        shapes.append(Patch(facecolor=GREY, edgecolor=GREY, label=text))
    if (~held).any():
        text = pick(language, "known of, not held", "已知而未入库")
        shapes.append(Patch(facecolor="white", edgecolor=GREY, label=text))
    if exact.any():
        text = pick(language, "day known", "日期确定")
        shapes.append(Line2D([], [], marker="o", markersize=7, markerfacecolor=GREY, label=text, **point))
    if open_end.any():
        text = pick(language, "open end (fades to the edge)", "一端未定（渐淡至图边）")
        shapes.append(Line2D([], [], marker=">", markersize=7, markerfacecolor=GREY, label=text, **point))
    if lineage and any(split_ids(value) for value in documents["parent_ids"]):
        text = pick(language, "declared superior → subordinate", "文中列明的上级文件 → 下级文件")
        shapes.append(Line2D([], [], color=GREY, linewidth=0.8, label=text))
    return shapes


def _legend(
    ax: Axes, documents: pd.DataFrame, colours: Mapping[str, str], language: Language, lineages: Mapping[str, str]
) -> None:
    names: dict[str, str] = {}
    for row in documents.to_dict("records"):
        policy, name = str(row.get("lineage")), _family(row, language=language)
        if language == "en" and policy in lineages:
            name = name.replace(policy, f"{policy} ({lineages[policy]})", 1)
        names[_family(row, language="en")] = name
    handles = [_swatch(colour, names[family]) for family, colour in colours.items()]
    shapes = _shapes(documents, language, lineage=True)
    longest = max(width_of(handle.get_label()) for handle in [*handles, *shapes])
    legend_below(ax, [*handles, *shapes], columns=min(4, max(1, int(76 / (longest + 5)))))

"""Figure 1, the corpus map, and the dated timeline: documents as intervals in time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.measures.reuse.order import split_ids
from fzanalytics.output.plots.intervals import BAR, Span, draw_interval, draw_time
from fzanalytics.output.plots.names import (
    LEVEL_NAMES,
    Language,
    document_labels,
    fitting_names,
    level_name,
    order_by_level,
    pick,
    width_of,
)
from fzanalytics.output.plots.style import (
    COLOURS,
    GREY,
    LEVEL_COLOURS,
    PALE,
    axes_or_new,
    fitting_size,
    in_house_style,
    legend_below,
    set_font,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DAY = np.timedelta64(1, "D")

_BASES_ZH = {
    "stated": "文中载明",
    "given": "用户给定",
    "cited elsewhere": "他文引用",
    "from what it cites": "据所引文件或会议",
    "what it looks back on": "据所回顾年份",
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
    span = Span(documents)
    colours = _colours_of_families(documents)
    anchors = {}
    for row in documents.to_dict("records"):
        doc_id = str(row["doc_id"])
        colour = colours.get(_family(row, language="en"), GREY)
        anchors[doc_id] = draw_interval(ax, row, lanes[doc_id], span, colour)
    _draw_edges(ax, documents, anchors, lanes)
    _draw_levels(ax, documents, lanes, span, language)
    _label_lanes(ax, documents, lanes, document_labels(documents, language=language, labels=labels))
    draw_time(ax, span, language)
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
    span = Span(timeline)
    colours = {level: colour for level, colour in LEVEL_COLOURS.items() if level in set(timeline["level"])}
    for row in timeline.to_dict("records"):
        lane = lanes[str(row["doc_id"])]
        draw_interval(ax, row, lane, span, colours.get(str(row["level"]), GREY))
        ax.text(
            1.025,
            lane,
            _bounds_in_words(row, language),
            transform=ax.get_yaxis_transform(),
            va="center",
            fontsize=min(7.5, _size_of(len(lanes))),
        )
    _label_lanes(ax, timeline, lanes, document_labels(timeline, language=language, labels=labels))
    draw_time(ax, span, language)
    handles = [_swatch(colour, LEVEL_NAMES[language][level]) for level, colour in colours.items()]
    legend_below(ax, [*handles, *_shapes(timeline, language, lineage=False)], columns=4)
    ax.set_title(pick(language, "Timeline: bounds of the date of issue", "时间线：成文日期的上下界"))
    set_font(ax)
    return ax


def _check(documents: pd.DataFrame, extra: tuple[str, ...] = ()) -> None:
    needed = ("doc_id", "level", "earliest", "latest", "held", *(extra or ("parent_ids",)))
    name = "timeline" if extra else "documents"
    require_columns(documents, needed, name=name)
    if documents.empty:
        raise ValueError(f"`{name}` must have at least one row; got none. Read a corpus first.")
    wrong = documents.loc[documents["earliest"] > documents["latest"], "doc_id"]
    if len(wrong):
        raise ValueError(
            f"`earliest` must not be after `latest`; got that in {', '.join(map(str, wrong))}. Mend the dates."
        )


def _height_of(n_lanes: int) -> float:
    return min(0.3 * n_lanes, 50)


def _size_of(n_lanes: int) -> float:
    return fitting_size(n_lanes, _height_of(n_lanes))


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
            start = (sum(anchors[parent]) / 2, lanes[parent] + down * BAR / 2)
            stop = (sum(anchors[child]) / 2, lanes[child] - down * BAR / 2)
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


def _draw_levels(ax: Axes, documents: pd.DataFrame, lanes: Mapping[str, int], span: Span, language: Language) -> None:
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

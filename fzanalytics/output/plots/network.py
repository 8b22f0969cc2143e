"""Figure 7: along which lines text is shared, from the centre down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fzanalytics.base.tables import LEVELS, require_columns
from fzanalytics.measures.attribution.pools import MIN_POOL
from fzanalytics.output.plots.names import Language, level_name, middle_out, pick, shown_labels, width_of
from fzanalytics.output.plots.style import (
    COLOURS,
    GREY,
    LEVEL_COLOURS,
    axes_or_new,
    in_house_style,
    legend_below,
    set_font,
    subtitle,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Order in time supports a direction; "unknown" does not.
_ORDERED = ("declared", "earlier", "superior")
_WIDEST = 5.0  # points, for a share of 1
_THINNEST = 0.5
_ROW = 1.0
_MAX_ROW = 14  # documents of one level side by side; more stand in several rows
_STAGGER = 0.30
#: Of lines without an excess over common ancestry; paler than the grey of the legend.
_NO_EXCESS = "#ABABAB"

#: Colour and name in both languages of the lines, by flow.
_LINES: dict[str, tuple[str, str, str]] = {
    "vertical down": (COLOURS[0], "down the line of command", "自上而下"),
    "vertical up": (COLOURS[5], "up the line of command", "自下而上"),
    "horizontal, same province": (COLOURS[3], "same level, same province", "同级（同省）"),
    "horizontal, other province": (COLOURS[1], "same level, other province", "同级（跨省）"),
    "diagonal": (COLOURS[7], "other level, no line of command", "斜向（不同级、无隶属）"),
    "own earlier": (COLOURS[2], "own earlier document", "本地此前文件"),
}


@in_house_style
def plot_network(
    edges: pd.DataFrame,
    documents: pd.DataFrame,
    *,
    min_share: float = 0.0,
    best: int | None = None,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Figure 7: documents in layers by level, the centre above, joined by what they share.

    The wider a line, the larger the share of the target that it shares with the source; the colour tells the flow. An
    arrow stands only where order in time, a declaration or, down the line of command, rank puts the source first; else it is
    a dashed line. A line is grey where the excess over common ancestry is known and not above 0: documents of no kin share as
    much. A document that is not held is a hollow circle: it has no line, whatever it passed on.

    Parameters
    ----------
    edges : DataFrame
        As `flow_edges` returns it: source, target, flow, order, share; and, if there, ancestry_excess and n_ancestry (how
        many lines have a baseline of three documents or more is told under the title). Of the two rows of a pair of order
        "unknown" the one with the larger share is drawn.
    documents : DataFrame
        doc_id, level, region, held. Those not held are drawn if a document names them in parent_ids (a column that may
        be left out).
    min_share : float
        Lines below this share are left out, and counted under the title; in [0, 1].
    best : int, optional
        So many lines into each target at most, those of the largest share; None for all.
    ax : Axes, optional
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a column is missing, there is no document, an edge names an unknown document, or an option is out of its range.

    Notes
    -----
    Shared with, not drawn from: the baseline is in the table (ancestry_excess; a coloured line without one may be no more
    than a grey one). Within a layer documents stand by region,
    so that a province stands together; a layer of many is in several rows.

    Examples
    --------
    >>> documents = pd.DataFrame({
    ...     "doc_id": ["a", "b"], "level": ["province", "prefecture"], "region": ["甲省", "甲省/乙市"], "held": True})
    >>> edges = pd.DataFrame(
    ...     [("a", "b", "vertical down", "earlier", 0.4)], columns=["source", "target", "flow", "order", "share"])
    >>> len(plot_network(edges, documents).patches)
    1
    """
    require_columns(edges, ["source", "target", "flow", "order", "share"], name="edges")
    require_columns(documents, ["doc_id", "level", "region", "held"], name="documents")
    _check(edges, documents, min_share, best)
    shown = _shown(documents)
    lines, n_left = _lines(edges, min_share, best)
    rows = _rows(shown)
    places = _places(rows)
    widest = max((len(row) for _, row in rows), default=1)
    ax = axes_or_new(ax, max(7.5, 0.98 * widest + 1.6), max(3.4, 1.15 * len(rows) + 1.9))
    for line in sorted(lines.to_dict("records"), key=lambda one: (one["share"], one["source"], one["target"])):
        _draw_line(ax, line, places)
    _draw_documents(ax, shown, places, rows, language, labels)
    _frame(ax, rows, widest, language)
    ax.set_title(pick(language, "Text shared between documents, by level", "各级文件之间的共有文本"), pad=22)
    subtitle(ax, _told(lines, shown, n_left, min_share, best, language))
    legend_below(ax, _handles(lines, shown, language), columns=3 if widest < 9 else 5, points=8)
    set_font(ax.figure)
    return ax


def _check(edges: pd.DataFrame, documents: pd.DataFrame, min_share: float, best: int | None) -> None:
    if documents.empty:
        raise ValueError("`documents` must have at least one row; got none. Read a corpus first.")
    strangers = sorted((set(edges["source"]) | set(edges["target"])) - set(documents["doc_id"]))
    if strangers:
        raise ValueError(f"`edges` must join documents of `documents`; got {', '.join(map(repr, strangers[:5]))}.")
    unknown = sorted(set(edges["flow"].astype(str)) - set(_LINES))
    if unknown:
        raise ValueError(f"`edges` must have flows of flow_edges; got {', '.join(map(repr, unknown))}.")
    if not 0 <= min_share <= 1:
        raise ValueError(f"`min_share` must be at least 0 and at most 1; got {min_share}. Take 0.1.")
    if best is not None and best < 1:
        raise ValueError(f"`best` must be at least 1, or None for all; got {best}. Take 1.")


def _shown(documents: pd.DataFrame) -> pd.DataFrame:
    """Documents that are held, and those that these name as their superiors."""
    held = documents["held"].astype(bool)
    named: set[str] = set()
    if "parent_ids" in documents.columns:
        cells = documents.loc[held, "parent_ids"]
        named = {part.strip() for cell in cells if isinstance(cell, str) for part in cell.split(";")}
    shown = documents[held | documents["doc_id"].isin(named)].copy()
    shown["region"] = shown["region"].where(shown["region"].notna(), "").astype(str)
    # no level (None, NaN or NA, as pandas will have it) stands below the lowest
    shown["rank"] = (
        shown["level"].map({level: rank for rank, level in enumerate(LEVELS)}).fillna(len(LEVELS)).astype(int)
    )
    return shown.sort_values(["rank", "region", "doc_id"], ignore_index=True)


def _lines(edges: pd.DataFrame, min_share: float, best: int | None) -> tuple[pd.DataFrame, int]:
    """The lines to draw, and how many were left out."""
    known = edges[edges["share"] > 0].copy()
    known["pair"] = [min(pair) + "\t" + max(pair) for pair in zip(known["source"], known["target"], strict=True)]
    known = known.sort_values(["share", "source", "target"], ascending=[False, True, True])
    once = known.drop_duplicates("pair")
    drawn = once[once["share"] >= min_share]
    if best is not None:
        drawn = drawn.groupby("target", sort=False).head(best)
    return drawn, len(once) - len(drawn)


def _rows(shown: pd.DataFrame) -> list[tuple[int, list[str]]]:
    """Rows from above: rank of the level, and documents; a level of many is cut into rows of equal length."""
    rows = []
    for rank, part in shown.groupby("rank", sort=True):
        ids = part["doc_id"].astype(str).tolist()
        pieces = -(-len(ids) // _MAX_ROW)
        rows += [(int(str(rank)), [str(one) for one in piece]) for piece in np.array_split(np.array(ids), pieces)]
    return rows


def _places(rows: Sequence[tuple[int, list[str]]]) -> dict[str, tuple[float, float]]:
    """x and y of each document; neighbours of a crowded row stand at two heights, so that lines and names find room."""
    places, y = {}, 0.0
    for at, (rank, row) in enumerate(rows):
        if at:
            y -= _ROW if rows[at - 1][0] != rank else 0.85 * _ROW
        shift = 0.5 if at and rows[at - 1][0] == rank and len(row) == len(rows[at - 1][1]) else 0.0
        for place, one in enumerate(row):
            x = place - (len(row) - 1) / 2 + shift
            places[one] = (x, y - _STAGGER * (place % 2 if len(row) > 7 else 0))
    return places


def _draw_line(ax: Axes, line: Mapping[str, Any], places: Mapping[str, tuple[float, float]]) -> None:
    from matplotlib.patches import FancyArrowPatch

    ordered = line["order"] in _ORDERED
    start, end = places[str(line["source"])], places[str(line["target"])]
    width = max(_THINNEST, _WIDEST * float(line["share"]))
    flat = abs(start[1] - end[1]) < 0.5 * _ROW
    bow = min(0.28, 0.8 / max(abs(end[0] - start[0]), 1.0))  # long lines along a row must not leave the figure
    curve = (bow if start[0] < end[0] else -bow) if flat else 0.06
    head = 4.5 + 1.3 * width
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle=f"-|>,head_length={head / 10:.2f},head_width={head / 22:.2f}" if ordered else "-",
            mutation_scale=10,
            connectionstyle=f"arc3,rad={curve}",
            linewidth=width,
            linestyle="-" if ordered else (0, (3, 2)),
            color=_NO_EXCESS if _no_excess(line) else _LINES[line["flow"]][0],
            alpha=0.35 + 0.5 * min(1.0, 2 * float(line["share"])),
            shrinkA=6,
            shrinkB=7,
            zorder=1 + float(line["share"]),
        )
    )


def _no_excess(line: Mapping[str, Any]) -> bool:
    """Whether documents that are no kin share as much with the target; False where that is not known."""
    excess = line.get("ancestry_excess")
    return excess is not None and bool(pd.notna(excess)) and float(excess) <= 0


def _draw_documents(
    ax: Axes, shown: pd.DataFrame, places: Mapping[str, tuple[float, float]], rows: Sequence[tuple[int, list[str]]],
    language: Language, labels: Mapping[str, str] | None,
) -> None:  # fmt: skip
    crowded = {one for _, row in rows for one in row if len(row) > 7}
    names = shown_labels(shown["doc_id"], labels)
    for document, name in zip(shown.itertuples(index=False), names, strict=True):
        x, y = places[str(document.doc_id)]
        colour = LEVEL_COLOURS.get(str(document.level), GREY)
        face = colour if document.held else "white"
        ax.plot(
            [x], [y], marker="o", markersize=9, markerfacecolor=face, markeredgecolor=colour, markeredgewidth=1.4,
            linestyle="none", zorder=4, gid=str(document.doc_id),
        )  # fmt: skip
        size = 6.5 if str(document.doc_id) in crowded else 8.0
        text = ax.annotate(
            _broken(name, *((9.0, 3) if size < 7 else (7.2, 4))), (x, y), xytext=(0, -8), textcoords="offset points", ha="center", va="top",
            fontsize=size, linespacing=1.05, color="black" if document.held else GREY, zorder=5, annotation_clip=False,
        )  # fmt: skip
        text.set_bbox({"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6})


def _broken(name: str, ems: float, n_lines: int) -> str:
    """A name on at most so many lines of about so many ems, broken at spaces and underlines or where it must be."""
    pieces: list[str] = []
    for word in name.replace("_", "_ ").replace("·", "· ").split(" "):
        if pieces and width_of(f"{pieces[-1]} {word}") <= ems:
            pieces[-1] += word if pieces[-1].endswith("_") else f" {word}"
        else:
            pieces.append(word)
    cut = [part.strip() for piece in pieces for part in _cut(piece, ems)]
    if len(cut) <= n_lines:
        return "\n".join(cut)
    # its end tells it apart as much as its beginning
    return _broken(middle_out(name, min(width_of(name) - 1, n_lines * ems)), ems, n_lines)


def _cut(piece: str, ems: float) -> list[str]:
    parts = [""]
    for character in piece:
        if width_of(parts[-1] + character) > ems:
            parts.append("")
        parts[-1] += character
    return parts


def _frame(ax: Axes, rows: Sequence[tuple[int, list[str]]], widest: int, language: Language) -> None:
    heights: dict[int, list[float]] = {}
    y = 0.0
    for at, (rank, _) in enumerate(rows):
        if at:
            y -= _ROW if rows[at - 1][0] != rank else 0.85 * _ROW
        heights.setdefault(rank, []).append(y)
    left = -(widest - 1) / 2 - 1.0
    for rank, ys in heights.items():
        name = level_name(LEVELS[rank] if rank < len(LEVELS) else None, language)
        ax.text(left, float(np.mean(ys)), name, ha="right", va="center", fontsize=9, color=GREY)
    ax.set_xlim(left - 0.55, (widest - 1) / 2 + 1.0)
    ax.set_ylim(y - 0.75, 0.35)
    ax.set_axis_off()


def _told(
    lines: pd.DataFrame, shown: pd.DataFrame, n_left: int, min_share: float, best: int | None, language: Language
) -> str:
    n_arrows = int(lines["order"].isin(_ORDERED).sum())
    n_held = int(shown["held"].astype(bool).sum())
    rules_en = [f"below {min_share:.0%}"] * bool(min_share > 0) + [f"not among the {best} largest of a target"] * bool(
        best
    )
    rules_zh = [f"占比低于{min_share:.0%}"] * bool(min_share > 0) + [f"非该文件最大的{best}条"] * bool(best)
    plurals = ["" if n == 1 else "s" for n in (n_held, len(lines))]
    en = f"{n_held} document{plurals[0]} held; {len(lines)} line{plurals[1]}, {n_arrows} of them with a direction"
    zh = f"已入库文件{n_held}份；连线{len(lines)}条，其中{n_arrows}条可定先后"
    if "n_ancestry" in lines and len(lines):
        n_judged = int((lines["n_ancestry"] >= MIN_POOL).sum())
        en = f"{en}, {n_judged} with a baseline of {MIN_POOL} or more"
        zh = f"{zh}，{n_judged}条有{MIN_POOL}份以上文件的基线"
    if n_left:
        en, zh = f"{en}; {n_left} left out ({' or '.join(rules_en)})", f"{zh}；略去{n_left}条（{'或'.join(rules_zh)}）"
    return pick(language, en, zh)


def _handles(lines: pd.DataFrame, shown: pd.DataFrame, language: Language) -> list[Any]:
    from matplotlib.lines import Line2D

    grey = [_no_excess(line) for line in lines.to_dict("records")]
    there = {flow for flow, none in zip(lines["flow"], grey, strict=True) if not none}
    handles: list[Any] = [
        Line2D([], [], color=colour, linewidth=2.5, label=pick(language, en, zh))
        for flow, (colour, en, zh) in _LINES.items()
        if flow in there
    ]
    handles += [
        Line2D([], [], color=GREY, linewidth=_WIDEST * share, label=pick(language, f"{share:.0%} of the target", f"占{share:.0%}"))
        for share in (0.1, 0.5)
        if len(lines)
    ]  # fmt: skip
    if any(grey):
        told = pick(language, "no more than documents of no kin share", "不高于共同来源基线")
        handles.append(Line2D([], [], color=_NO_EXCESS, linewidth=2.5, label=told))
    if (~lines["order"].isin(_ORDERED)).any():
        undecided = pick(language, "order not known: no arrow", "先后不明：无箭头")
        handles.append(Line2D([], [], color=GREY, linewidth=1.5, linestyle=(0, (3, 2)), label=undecided))
    if not shown["held"].astype(bool).all():
        missing = pick(language, "not held: NA, not zero", "未入库：缺失，非零")
        hollow = Line2D(
            [], [], marker="o", markersize=8, markerfacecolor="white", markeredgecolor=GREY, linestyle="none"
        )
        hollow.set_label(missing)
        handles.append(hollow)
    return handles

"""Figure 6: what two documents share, and what moved where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.output.plots.names import Language, pick, short, shown_labels
from fzanalytics.output.plots.style import (
    COLOURS,
    GREY,
    axes_or_new,
    fitting_size,
    in_house_style,
    legend_below,
    set_font,
    spread,
    subtitle,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SPANS = ("source", "target", "source_begin", "source_end", "target_begin", "target_end", "n_chars")
_IN_PLACE, _MOVED = COLOURS[0], COLOURS[5]
_BAR = 0.035
_HEIGHT = 9.0
_LABEL_GAP = 0.024
_MAX_LABELS = 36


@in_house_style
def plot_ribbons(
    passages: pd.DataFrame,
    documents: pd.DataFrame,
    source: str,
    target: str,
    *,
    clauses: pd.DataFrame | None = None,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Figure 6: ribbons between the places of each passage that two documents share.

    The source is the bar on the left, the target that on the right, both from the first character above to the last
    below; a ribbon joins the two places of a passage. Ribbons that keep the source's order (the longest such chain,
    in characters) are blue, those that moved are orange and hatched. Grey stretches of a bar are in no passage.

    Parameters
    ----------
    passages : DataFrame, P rows
        As `find_passages` returns it; those of other documents are left out. Passages where the two stand the other way
        round are turned.
    documents : DataFrame
        doc_id, n_chars.
    source, target : str
        doc_ids.
    clauses : DataFrame, optional
        The clauses table: the headings of the two highest levels are written beside the bars.
    ax : Axes, optional
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a column is missing, or a document is not in `documents`.

    Notes
    -----
    Shared with, not drawn from. A passage that stands twice in a document has a ribbon for each place. The two bars have
    one height whatever the lengths of the texts: lengths are written above them.

    Examples
    --------
    >>> passages = pd.DataFrame({
    ...     "source": "a", "target": "b", "source_begin": [0, 50], "source_end": [40, 90],
    ...     "target_begin": [60, 10], "target_end": [100, 50], "n_chars": [40, 38]})
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "n_chars": [100, 120]})
    >>> len(plot_ribbons(passages, documents, "a", "b").patches)
    8
    """
    from matplotlib.patches import Patch

    require_columns(passages, _SPANS, name="passages")
    require_columns(documents, ["doc_id", "n_chars"], name="documents")
    lengths = documents.set_index(documents["doc_id"].astype(str))["n_chars"]
    for name, doc_id in (("source", source), ("target", target)):
        if doc_id not in lengths.index:
            raise ValueError(f"`{name}` must be a document of `documents`; got {doc_id!r}.")
    both = _between(passages, source, target)
    moved = ~_longest_chain(both)
    ax = axes_or_new(ax, 11.0, _HEIGHT)
    sizes = {"source": max(int(lengths[source]), 1), "target": max(int(lengths[target]), 1)}
    _draw_bars(ax, both, sizes)
    for row, is_moved in sorted(zip(both.itertuples(index=False), moved, strict=True), key=lambda one: one[1]):
        _draw_ribbon(ax, row, sizes, moved=bool(is_moved))
    names = shown_labels([source, target], labels)
    if clauses is not None:
        for side, doc_id, x, align in (("source", source, -0.02, "right"), ("target", target, 1.02, "left")):
            _write_headings(ax, clauses[clauses["doc_id"] == doc_id], sizes[side], x, align)
    for x, name, side in ((0.0, names[0], "source"), (1.0, names[1], "target")):
        length = pick(language, f"{sizes[side]:,} characters", f"{sizes[side]:,}字")
        ax.text(x, -0.012, f"{name}\n{length}", ha="center", va="bottom", linespacing=1.3)
    ax.set_xlim(-0.85, 1.85)
    ax.set_ylim(1.005, -0.075)
    ax.set_axis_off()
    n, n_moved = len(both), int(moved.sum())
    ax.set_title(pick(language, "Passages that two documents share", "两份文件的相同段落及其位置"), pad=22)
    subtitle(
        ax,
        pick(
            language,
            f"{n} passages, {int(both['n_chars'].sum()):,} characters; {n_moved} stand in another order",
            f"相同段落{n}处，共{int(both['n_chars'].sum()):,}字；其中{n_moved}处顺序有变",
        ),
    )
    handles = [
        Patch(facecolor=_IN_PLACE, alpha=0.45, label=pick(language, "in the source's order", "顺序相同")),
        Patch(facecolor=_MOVED, alpha=0.6, hatch="////", label=pick(language, "moved", "位置变动")),
        Patch(facecolor="#D9D9D9", label=pick(language, "in no shared passage", "无相同段落")),
    ]
    legend_below(ax, handles, columns=3, points=6)
    set_font(ax.figure)
    return ax


def _between(passages: pd.DataFrame, source: str, target: str) -> pd.DataFrame:
    """The passages of the two, each with `source` as its source."""
    as_is = passages[(passages["source"] == source) & (passages["target"] == target)]
    turned = passages[(passages["source"] == target) & (passages["target"] == source)]
    other = {column: column.replace("source", "target") for column in _SPANS if column.startswith("source")}
    turned = turned.rename(columns={**other, **{value: key for key, value in other.items()}})
    both = pd.concat([as_is[list(_SPANS)], turned[list(_SPANS)]], ignore_index=True)
    return both.sort_values(["source_begin", "target_begin"], ignore_index=True)


def _longest_chain(both: pd.DataFrame) -> np.ndarray:
    """Which passages make the chain of most characters in which both sides rise."""
    begins, weights = both["target_begin"].to_numpy(int), both["n_chars"].to_numpy(int)
    best, before = weights.astype(np.int64), np.full(len(both), -1)
    for place in range(len(both)):
        earlier = np.flatnonzero(begins[:place] <= begins[place])
        if len(earlier):
            one = earlier[np.argmax(best[earlier])]
            best[place] += best[one]
            before[place] = one
    chain = np.zeros(len(both), dtype=bool)
    place = int(np.argmax(best)) if len(both) else -1
    while place >= 0:
        chain[place] = True
        place = int(before[place])
    return chain


def _draw_bars(ax: Axes, both: pd.DataFrame, sizes: Mapping[str, int]) -> None:
    from matplotlib.patches import Rectangle

    for side, x in (("source", -_BAR), ("target", 1.0)):
        ax.add_patch(Rectangle((x, 0), _BAR, 1, facecolor="#D9D9D9", edgecolor="none"))
        for begin, end in zip(both[f"{side}_begin"], both[f"{side}_end"], strict=True):
            ax.add_patch(
                Rectangle((x, begin / sizes[side]), _BAR, (end - begin) / sizes[side], facecolor=GREY, edgecolor="none")
            )


def _draw_ribbon(ax: Axes, row: Any, sizes: Mapping[str, int], *, moved: bool) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    a, b = row.source_begin / sizes["source"], row.source_end / sizes["source"]
    c, d = row.target_begin / sizes["target"], row.target_end / sizes["target"]
    points = [(0, a), (0.45, a), (0.55, c), (1, c), (1, d), (0.55, d), (0.45, b), (0, b), (0, a)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    colour = _MOVED if moved else _IN_PLACE
    ax.add_patch(
        PathPatch(
            Path(points, codes),
            facecolor=colour,
            edgecolor=colour,
            linewidth=0.3,
            alpha=0.6 if moved else 0.4,
            hatch="////" if moved else None,
        )
    )


def _write_headings(ax: Axes, clauses: pd.DataFrame, size: int, x: float, align: str) -> None:
    require_columns(clauses, ["path", "depth", "heading", "begin"], name="clauses")
    chosen = clauses[clauses["depth"] <= 2]
    if len(chosen) > _MAX_LABELS:
        chosen = clauses[clauses["depth"] == 1].head(_MAX_LABELS)
    if chosen.empty:
        return
    places = (chosen["begin"] / size).tolist()
    shown = spread(places, gap=_LABEL_GAP, low=0.0, high=1.0)
    size_of_type = fitting_size(2 * len(chosen), _HEIGHT, largest=7.5)
    edge = -_BAR if align == "right" else 1 + _BAR
    for clause, place, y in zip(chosen.itertuples(index=False), places, shown, strict=True):
        heading = short(f"{str(clause.path).split('/')[-1]} {clause.heading}", 22)
        far = x - 0.05 if align == "right" else x + 0.05
        ax.plot([edge, far + (0.01 if align == "right" else -0.01)], [place, y], color="#BBBBBB", lw=0.5)
        weight = "bold" if clause.depth == 1 else "normal"
        ax.text(far, y, heading, ha=align, va="center", fontsize=size_of_type, color=GREY, fontweight=weight)

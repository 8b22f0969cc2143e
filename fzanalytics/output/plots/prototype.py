"""Figure 11: which stretch of a rebuilt ancestor has which witnesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.output.plots.names import Language, fitting_names, pick, short, shown_labels
from fzanalytics.output.plots.style import (
    GREY,
    PALE,
    SEQUENTIAL,
    axes_or_new,
    fitting_size,
    in_house_style,
    set_font,
    spread,
    subtitle,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = ("begin", "end", "text", "kind", "n_witnesses", "witnesses", "confidence")
_HEIGHT = 9.0
_WIDTH = 7.5
_WIDER = 0.16
_GAP = 0.35
_COUNTS = 1.6
_MAX_HEADINGS = 45
_LABEL_GAP = 0.02


@in_house_style
def plot_prototype(
    stretches: pd.DataFrame,
    documents: pd.DataFrame | None = None,
    *,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Figure 11: the rebuilt text from above to below, a column a witness, shaded where the witness has the stretch.

    Parameters
    ----------
    stretches : DataFrame
        `Prototype.stretches`: begin, end, text, kind, n_witnesses, witnesses, confidence.
    documents : DataFrame, optional
        doc_id and region: columns of one province stand together, with a gap before the next; without it each stands alone.
    ax : Axes, optional
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional

    Returns
    -------
    Axes
        The darker a cell, the higher the confidence in its stretch; the bar on the right is as long as the stretch has
        independent witnesses (provinces). Headings of the rebuilt text stand on the left.

    Raises
    ------
    ValueError
        If a column is missing or there is no stretch.

    Notes
    -----
    A shaded cell says that the witness has a variant of the sentence, not that every word of it. What is blank in all but
    one column of a province may still be its province's own.

    Examples
    --------
    >>> stretches = pd.DataFrame({"begin": [0, 30], "end": [30, 80], "text": ["甲" * 30, "乙" * 50], "kind": "sentence",
    ...     "n_witnesses": [2, 2], "witnesses": ["a;b", "a;c"], "confidence": [0.4, 0.6]})
    >>> [text.get_text() for text in plot_prototype(stretches).get_xticklabels()]
    ['a', 'b', 'c', 'provinces']
    """
    require_columns(stretches, _COLUMNS, name="stretches")
    if stretches.empty:
        raise ValueError("`stretches` must have a row at least; got none. Lower `min_witnesses`, or add documents.")
    columns, places = _columns(stretches, documents)
    right = places[-1] + 1 + _GAP
    ax = axes_or_new(ax, _WIDTH + _WIDER * max(0, len(columns) - 4), _HEIGHT)
    ends = (int(stretches["begin"].min()), int(stretches["end"].max()))
    _draw_columns(ax, stretches, dict(zip(columns, places, strict=True)), ends)
    most = int(stretches["n_witnesses"].max())
    _draw_counts(ax, stretches, right, most)
    _write_headings(ax, stretches[stretches["kind"] != "sentence"], ends)
    ax.set_xlim(-0.1, right + _COUNTS + 0.1)
    ax.set_ylim(ends[1], ends[0])
    names = fitting_names(shown_labels(columns, labels), ems=13)
    ax.set_xticks(
        [place + 0.5 for place in places] + [right + _COUNTS / 2], [*names, pick(language, "provinces", "省份数")]
    )
    ax.tick_params(
        axis="x",
        length=0,
        labelrotation=35 if len(columns) < 12 else 90,
        labelsize=fitting_size(len(columns) + 3, _WIDTH),
    )
    for label in ax.get_xticklabels():
        label.set_horizontalalignment("right" if len(columns) < 12 else "center")
    ax.tick_params(axis="y", length=0, labelleft=False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_title(pick(language, "The rebuilt text and its witnesses", "重构文本各段的见证文件"), pad=20)
    several = float((stretches["end"] - stretches["begin"])[stretches["n_witnesses"] >= 3].sum())
    share = several / float((stretches["end"] - stretches["begin"]).sum())
    n_sentences = int((stretches["kind"] == "sentence").sum())
    subtitle(
        ax,
        pick(
            language,
            f"{n_sentences} sentences; {share:.0%} of the characters with three witnesses or more",
            f"共{n_sentences}句；{share:.0%}的文字有三个以上相互独立的见证（以省计）",
        ),
    )
    _add_scale(ax, language)
    set_font(ax.figure)
    return ax


def _columns(stretches: pd.DataFrame, documents: pd.DataFrame | None) -> tuple[list[str], list[float]]:
    """The witnesses, those of a province together, and the left edge of each."""
    found = sorted({doc_id for cell in stretches["witnesses"] for doc_id in str(cell).split(";")})
    region: dict[str, str] = {}
    if documents is not None:
        require_columns(documents, ["doc_id", "region"], name="documents")
        known = documents.dropna(subset=["region"])
        region = dict(zip(known["doc_id"].astype(str), known["region"].astype(str), strict=True))
    found.sort(key=lambda doc_id: (region.get(doc_id, "~"), doc_id))
    places, at, before = [], 0.0, None
    for doc_id in found:
        line = region.get(doc_id, doc_id).split("/")[0]
        at += _GAP if before not in (None, line) else 0.0
        places.append(at)
        at, before = at + 1, line
    return found, places


def _draw_columns(ax: Axes, stretches: pd.DataFrame, place: Mapping[str, float], ends: Sequence[int]) -> None:
    import matplotlib as mpl
    from matplotlib.collections import PolyCollection
    from matplotlib.patches import Rectangle

    for x in place.values():
        ax.add_patch(
            Rectangle((x + 0.04, ends[0]), 0.92, ends[1] - ends[0], facecolor=PALE, edgecolor="none", zorder=0)
        )
    boxes, values = [], []
    for row in stretches.itertuples(index=False):
        for doc_id in str(row.witnesses).split(";"):
            x = place[doc_id]
            boxes.append([(x + 0.04, row.begin), (x + 0.96, row.begin), (x + 0.96, row.end), (x + 0.04, row.end)])
            values.append(float(row.confidence))
    colours = mpl.colormaps[SEQUENTIAL](0.2 + 0.8 * np.clip(values, 0, 1))
    ax.add_collection(PolyCollection(boxes, facecolors=colours, edgecolors="white", linewidths=0.25))


def _draw_counts(ax: Axes, stretches: pd.DataFrame, x: float, most: int) -> None:
    from matplotlib.collections import PolyCollection

    width = _COUNTS / max(most, 1)
    boxes = [
        [(x, row.begin), (x + width * row.n_witnesses, row.begin), (x + width * row.n_witnesses, row.end), (x, row.end)]
        for row in stretches.itertuples(index=False)
    ]
    ax.add_collection(PolyCollection(boxes, facecolors=GREY, edgecolors="white", linewidths=0.25))
    for n in range(1, most + 1):
        ax.axvline(x + width * n, color="white", lw=0.8)
    for n in {1, most}:
        ax.annotate(
            str(n), (x + width * n, 1), xycoords=("data", "axes fraction"), xytext=(0, 2), textcoords="offset points",
            ha="center", va="bottom", fontsize=7, color=GREY,
        )  # fmt: skip


def _write_headings(ax: Axes, headings: pd.DataFrame, ends: Sequence[int]) -> None:
    if len(headings) > _MAX_HEADINGS:
        headings = headings[headings["kind"] == "heading"].head(_MAX_HEADINGS)
    if headings.empty:
        return
    size = ends[1] - ends[0]
    places = ((headings["begin"] - ends[0]) / size).tolist()
    shown = spread(places, gap=_LABEL_GAP, low=0.005, high=0.995)
    points = fitting_size(2 * len(headings), _HEIGHT, largest=7.5)
    for row, place, y in zip(headings.itertuples(index=False), places, shown, strict=True):
        ax.plot([-0.5, -0.12], [ends[0] + y * size, ends[0] + place * size], color="#BBBBBB", lw=0.5, clip_on=False)
        if row.kind == "heading":
            ax.axhline(row.begin, color=GREY, lw=0.6, zorder=3)
        ax.annotate(
            short(str(row.text), 24), (-0.55, ends[0] + y * size), ha="right", va="center", fontsize=points, color=GREY,
            fontweight="bold" if row.kind == "heading" else "normal", annotation_clip=False,
        )  # fmt: skip


def _add_scale(ax: Axes, language: Language) -> None:
    import matplotlib as mpl
    from matplotlib.colors import LinearSegmentedColormap

    colours = mpl.colormaps[SEQUENTIAL](np.linspace(0.2, 1.0, 64))
    scale = mpl.cm.ScalarMappable(mpl.colors.Normalize(0, 1), LinearSegmentedColormap.from_list("confidence", colours))
    bar = ax.figure.colorbar(scale, ax=ax, shrink=0.25, aspect=14, pad=0.02, anchor=(0.0, 0.98))
    bar.set_label(pick(language, "confidence", "可信度"))
    bar.ax.tick_params(labelsize=7)
    bar.outline.set_visible(False)  # type: ignore[operator]

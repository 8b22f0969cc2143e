"""Figure 4: which paragraphs of a source other documents share, and at which threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.output.plots.names import Language, pick, short, shown_labels, width_of
from fzanalytics.output.plots.style import (
    COLOURS,
    GREY,
    LINE_STYLES,
    MARKERS,
    SEQUENTIAL,
    axes_or_new,
    fitting_size,
    in_house_style,
    ink_on,
    set_font,
    spread,
    subtitle,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage
#: Bands of more documents would hide one another.
_MAX_BANDS = 8
_ENDS = ("resampling_low", "resampling_high")

#: Height that the name of a section takes, in inches, and in rows of a figure with many.
_LABEL_INCHES, _LABEL_ROWS = 0.24, 1.9


@in_house_style
def plot_coverage(
    matrix: pd.DataFrame,
    *,
    paragraphs: pd.DataFrame | None = None,
    clauses: pd.DataFrame | None = None,
    threshold: float = 0.5,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    documents: pd.DataFrame | None = None,
    note: bool = True,
) -> Axes:
    """Figure 4a: the paragraphs of a source, in reading order, by other document; darker where more is shared.

    Parameters
    ----------
    matrix : DataFrame
        One row a paragraph of the source and other document, as `coverage_matrix` returns it: columns
        source_paragraph, target, score in [0, 1], missing where nothing can be said (hatched); and, if there,
        source, section and order ("unknown" where either text may be the older one). Rows in reading order.
    paragraphs : DataFrame, optional
        Columns doc_id, paragraph_id, section: the source and the sections where `matrix` does not tell them.
    clauses : DataFrame, optional
        Columns doc_id, path, heading: names the sections.
    threshold : float
        In [0, 1]. Cells that reach it carry a dot, their share stands above each column; marked on the colour bar.
    ax : Axes, optional
        Drawn on; else a new figure.
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional
    documents : DataFrame, optional
        Columns doc_id, level, lineage, period_end, held: whether a common ancestor can be missing.
    note : bool
        Says below that shared text may come from a common ancestor, and, given `documents`, that this is not held. Given
        `documents` it is left out where the source is national, or a national document of its policy is held.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a column is missing, there is no row, the threshold is out of range, or a cell is there twice.

    Notes
    -----
    A dark cell is text shared with the source, perhaps through a common ancestor: no proof that it was drawn from it.

    Examples
    --------
    >>> matrix = pd.DataFrame({"source_paragraph": ["a#1", "a#2"], "target": ["b", "b"], "score": [0.9, 0.2]})
    >>> [text.get_text() for text in plot_coverage(matrix).texts]
    ['50 %']
    """
    matrix = _with_sections(matrix, paragraphs)
    grid = _grid(matrix, threshold)
    rows, targets = list(grid.index), list(grid.columns)
    names = shown_labels(targets, labels)
    above = 0.08 * max(width_of(name) for name in names)  # inches that slanting names take
    body = max(2.6, 1.4 + 0.07 * len(rows), _LABEL_INCHES * len(_section_starts(matrix, rows)))
    ax = axes_or_new(ax, min(5.2 + 0.75 * len(targets), 30), above + min(body, 24))
    values = grid.to_numpy(dtype=float)
    image = ax.imshow(values, cmap=SEQUENTIAL, vmin=0, vmax=1, interpolation="none", aspect="auto")
    ax.patch.set(hatch="////", edgecolor=GREY, facecolor="white")
    _mark_covered(ax, values, threshold)
    orders = _orders(matrix, targets, labels, language)
    _label_targets(ax, values, names, orders, threshold)
    _label_sections(ax, matrix, rows, clauses)
    _draw_bar(ax, image, threshold, len(rows), language)
    ax.set_title(_title_of_matrix(matrix, labels, language))
    _write_notes(ax, values, threshold, _note_of_ancestor(matrix, documents, language) if note else "", language)
    set_font(ax)
    return ax


@in_house_style
def plot_coverage_curve(
    curve: pd.DataFrame,
    *,
    threshold: float | None = 0.5,
    source: str | None = None,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Figure 4b: the share of a source's paragraphs that others share, over the threshold that defines it.

    Parameters
    ----------
    curve : DataFrame
        As `coverage_curve` returns it: columns target, threshold, coverage, resampling_low, resampling_high,
        all shares in [0, 1]; and, if there, source.
    threshold : float, optional
        The one used elsewhere, marked by a line.
    source : str, optional
        doc_id of the document whose paragraphs are counted, named in the title; default: as `curve` tells it.
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
        If a column is missing or there is no row.

    Notes
    -----
    The bands are clause-resampling intervals: how far a share rests on single sections of these documents, nothing
    about others. Of more than eight documents they would hide one another, and are not drawn.

    Examples
    --------
    >>> curve = pd.DataFrame({
    ...     "target": ["b", "b"], "threshold": [0.0, 1.0], "coverage": [1.0, 0.2],
    ...     "resampling_low": [1, 0.1], "resampling_high": [1, 0.3]})
    >>> len(plot_coverage_curve(curve, threshold=None).lines)
    1
    """
    require_columns(curve, ("target", "threshold", "coverage", *_ENDS), name="curve")
    if curve.empty:
        raise ValueError("`curve` must have at least one row; got none. No document is later than the source.")
    targets = list(dict.fromkeys(curve["target"]))
    names = shown_labels(targets, labels)
    width = 5.8 + max(0.0, max(map(width_of, names)) - 14) / 9  # the legend, on the right, must find room
    ax = axes_or_new(ax, width, max(4.0, min(0.8 + 0.19 * len(targets), 40)))
    banded = len(targets) <= _MAX_BANDS
    for i, (target, name) in enumerate(zip(targets, names, strict=True)):
        part = curve[curve["target"] == target].sort_values("threshold")
        x = part["threshold"].to_numpy(dtype=float)
        colour, turn = COLOURS[i % len(COLOURS)], i + i // len(COLOURS)  # no two lines alike up to 64
        if banded:
            low, high = (part[end].to_numpy(dtype=float) for end in _ENDS)
            ax.fill_between(x, low, high, color=colour, alpha=0.15, linewidth=0)
        ax.plot(
            x,
            part["coverage"].to_numpy(dtype=float),
            color=colour,
            linestyle=LINE_STYLES[turn % len(LINE_STYLES)],
            marker=MARKERS[turn % len(MARKERS)],
            markevery=max(1, len(x) // 8),
            markersize=4.5,
            label=name,
        )
    if threshold is not None:
        ax.axvline(threshold, color=GREY, linewidth=0.8, linestyle=":")
    ticks = [0, 0.25, 0.5, 0.75, 1]
    ax.set_xticks(ticks, labels=[f"{tick:g}" for tick in ticks])
    ax.set_yticks(ticks, labels=[f"{100 * tick:.0f}" for tick in ticks])
    ax.set_xlim(-0.01, 1.01)
    ax.set_ylim(-0.02, 1.02)
    ax.set_xlabel(pick(language, "threshold: share of a paragraph that is shared", "阈值：段落中共有部分的比例"))
    ax.set_ylabel(pick(language, "paragraphs at or above the threshold, %", "达到阈值的段落占比（%）"))
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.02, 1), borderaxespad=0)
    ax.spines[["top", "right"]].set_visible(False)
    if source is None and "source" in curve.columns:
        source = str(curve["source"].iloc[0])
    name = pick(language, "the source", "源文件") if source is None else shown_labels([source], labels)[0]
    ax.set_title(
        pick(
            language,
            f"Share of {name}'s paragraphs found in each document, by threshold",
            f"{name}各段落见于下列文件的比例（按阈值）",
        )
    )
    if curve[[*_ENDS]].notna().all(axis=1).any():
        told = pick(language, "shading: clause-resampling interval", "阴影：按节重抽样区间")
        left = pick(language, "clause-resampling intervals are in the table", "按节重抽样区间见数据表")
        status = curve["resampling_status"] if "resampling_status" in curve else pd.Series(dtype=str)
        if status.str.contains("fewer than 30").any():
            told += pick(
                language, " (fewer than 30 sections: coverage not estimable)", "（不足三十节，覆盖概率无法估计）"
            )
        elif status.str.contains("share beyond").any():
            told += pick(
                language, " (beyond 5 to 95 %: coverage not estimable)", "（占比在5%—95%之外：覆盖概率无法估计）"
            )
        subtitle(ax, told if banded else left)
    set_font(ax)
    return ax


def _with_sections(matrix: pd.DataFrame, paragraphs: pd.DataFrame | None) -> pd.DataFrame:
    """The matrix with the columns source and section, if they are known at all."""
    if paragraphs is None or "source_paragraph" not in matrix.columns:
        return matrix
    require_columns(paragraphs, ("doc_id", "paragraph_id", "section"), name="paragraphs")
    known = paragraphs.drop_duplicates("paragraph_id").set_index("paragraph_id")
    added = {"source": "doc_id", "section": "section"}
    return matrix.assign(
        **{
            name: matrix["source_paragraph"].map(known[column])
            for name, column in added.items()
            if name not in matrix.columns
        }
    )


def _grid(matrix: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Scores by paragraph (rows, in reading order) and other document (columns, the most covered first)."""
    require_columns(matrix, ("source_paragraph", "target", "score"), name="matrix")
    if matrix.empty:
        raise ValueError("`matrix` must have at least one row; got none. No document is later than the source.")
    if not 0 <= threshold <= 1:
        raise ValueError(f"`threshold` must be in [0, 1]; got {threshold}. 0.5 means half of a paragraph.")
    twice = matrix[matrix.duplicated(["source_paragraph", "target"])]
    if len(twice):
        raise ValueError(
            f"`matrix` must have one row a paragraph and document; got {twice['source_paragraph'].iloc[0]} "
            f"and {twice['target'].iloc[0]} twice. Give one source at a time."
        )
    rows = list(dict.fromkeys(matrix["source_paragraph"]))
    targets = list(dict.fromkeys(matrix["target"]))
    values = matrix.set_index(["source_paragraph", "target"])["score"].astype(float)
    cells = values.reindex(pd.MultiIndex.from_product([rows, targets])).to_numpy()
    grid = pd.DataFrame(cells.reshape(len(rows), len(targets)), index=rows, columns=targets)
    shares = (grid >= threshold).sum() / grid.notna().sum().clip(lower=1)
    return grid[list(shares.sort_values(ascending=False, kind="stable").index)]


def _share(values: np.ndarray, threshold: float) -> str:
    known = values[~np.isnan(values)]
    return f"{(known >= threshold).mean():.0%}".replace("%", " %") if len(known) else "NA"


#: {} is the source; where it is not known, "it".
_ORDERS: dict[str, tuple[str, str]] = {
    "declared": ("names it\nas basis", "列为依据"),
    "earlier": ("later\nthan it", "晚于{}"),
    "superior": ("below it", "{}下级"),
    "unknown": ("order\nunknown", "先后不明"),
}


def _orders(
    matrix: pd.DataFrame, targets: list[str], labels: Mapping[str, str] | None, language: Language
) -> list[str]:
    """How it is known that a target comes after the source."""
    if "order" not in matrix.columns:
        return [""] * len(targets)
    source = short(shown_labels(matrix["source"].iloc[:1], labels)[0], 6) if "source" in matrix.columns else "其"
    orders = matrix.drop_duplicates("target").set_index("target")["order"].astype(str)
    words = {order: pick(language, *wording).format(source) for order, wording in _ORDERS.items()}
    return [words.get(orders[target], orders[target]) for target in targets]


def _label_targets(ax: Axes, values: np.ndarray, names: list[str], orders: list[str], threshold: float) -> None:
    """Above each column its share and order in time, and above that the name of its document, slanting."""
    heads = [_share(values[:, j], threshold) for j in range(len(names))]
    heads = [f"{order}\n{share}" if order else share for order, share in zip(orders, heads, strict=True)]
    widest = max(width_of(line) for head in heads for line in head.split("\n"))
    column = 72 * 0.6 * _inches_of(ax) / len(names)  # the rest is for the sections and the colour bar
    size = min(7.5, column / (widest + 1))
    for j, head in enumerate(heads):
        ax.annotate(
            head,
            (j, 1),
            xycoords=ax.get_xaxis_transform(),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=size,
            linespacing=1.25,
        )
    ax.set_xticks(range(len(names)), labels=names)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.tick_params(axis="x", pad=7 + 1.35 * size * max(head.count("\n") + 1 for head in heads))
    angle = 45 if column > 30 else 90
    for text in ax.get_xticklabels():
        text.set(rotation=angle, ha="left", va="bottom", rotation_mode="anchor", fontsize=fitting_size(len(names), 20))


def _inches_of(ax: Axes) -> float:
    """The width of what the axes may fill, before labels: their part of the figure."""
    spec = ax.get_subplotspec()
    whole = float(ax.figure.get_figure(root=True).get_size_inches()[0])  # type: ignore[union-attr]
    return whole if spec is None else whole * len(spec.colspan) / spec.get_gridspec().ncols


def _note_of_ancestor(matrix: pd.DataFrame, documents: pd.DataFrame | None, language: Language) -> str:
    """What to say of a common ancestor: nothing where it is held, or the source itself."""
    if documents is None or "source" not in matrix.columns:
        return pick(language, "shared text may come from a common ancestor", "共有文字可能源自共同的上级文件")
    require_columns(documents, ("doc_id", "level", "lineage", "period_end", "held"), name="documents")
    source = documents[documents["doc_id"].astype(str) == str(matrix["source"].iloc[0])]
    for level, lineage, end in source[["level", "lineage", "period_end"]].itertuples(index=False):
        if level == "national":
            return ""
        centre = documents[(documents["level"] == "national") & documents["held"].astype(bool)]
        same = (centre["lineage"] == lineage) & (
            (centre["period_end"] == end) | (centre["period_end"].isna() & pd.isna(end))
        )
        if same.fillna(False).any():
            return ""
    return pick(
        language,
        "common ancestor not held: shared text may come from it",
        "共同的上级文件未入库：共有文字可能源自该文件",
    )


def _write_notes(ax: Axes, values: np.ndarray, threshold: float, note: str, language: Language) -> None:
    """Below the axes: how to read the numbers above the columns, and what the cells do not show."""
    share = _share(values[:, 0], threshold)
    notes = []
    if share != "NA":
        notes.append(
            pick(
                language,
                f"Above the first column: {share} of paragraphs ≥ {threshold:g} (●)",
                f"首列上方：{share} 段落≥{threshold:g}（●）",
            )
        )
    if np.isnan(values).any():
        notes.append(pick(language, "hatched: nothing to compare", "斜线：无可比文字"))
    if note:
        notes.append(note)
    ax.set_xlabel("\n".join(notes), loc="left", fontsize=8, linespacing=1.4, color="#333333")
    ax.xaxis.set_label_position("bottom")


def _mark_covered(ax: Axes, values: np.ndarray, threshold: float) -> None:
    rows, columns = np.nonzero(np.nan_to_num(values, nan=-1) >= threshold)
    colours = [ink_on(values[i, j]) for i, j in zip(rows, columns, strict=True)]
    ax.scatter(columns, rows, s=3, c=colours, linewidths=0, zorder=3)


def _label_sections(ax: Axes, matrix: pd.DataFrame, rows: list[str], clauses: pd.DataFrame | None) -> None:
    """A line between sections, and the name of each beside its rows; without sections every row is named."""
    if "section" not in matrix.columns:
        ax.set_yticks(range(len(rows)), labels=[short(one, 30) for one in rows])
        return
    sections, starts = _sections(matrix, rows), _section_starts(matrix, rows)
    for start in starts[1:]:
        ax.axhline(start - 0.5, color=GREY, linewidth=0.6)
    ends = [*starts[1:], len(rows)]
    headings = _headings(clauses, matrix["source"].iloc[0] if "source" in matrix.columns else None)
    names = [short(_name_of_section(sections[start], headings), 26) for start in starts]
    middles = [(start + end - 1) / 2 for start, end in zip(starts, ends, strict=True)]
    gap = min(_LABEL_ROWS, (len(rows) - 1) / max(len(starts) - 1, 1))
    ax.set_yticks(spread(middles, gap=gap, low=0, high=len(rows) - 1), labels=names)


def _sections(matrix: pd.DataFrame, rows: list[str]) -> list[str]:
    """The section of each row, "" for none."""
    if "section" not in matrix.columns:
        return [""] * len(rows)
    known = matrix.drop_duplicates("source_paragraph").set_index("source_paragraph")["section"]
    return ["" if pd.isna(known[one]) else str(known[one]) for one in rows]


def _section_starts(matrix: pd.DataFrame, rows: list[str]) -> list[int]:
    """The rows with which a section begins."""
    sections = _sections(matrix, rows)
    return [i for i in range(len(rows)) if i == 0 or sections[i] != sections[i - 1]]


def _headings(clauses: pd.DataFrame | None, doc_id: object) -> dict[str, str]:
    if clauses is None:
        return {}
    require_columns(clauses, ("doc_id", "path", "heading"), name="clauses")
    own = clauses[clauses["doc_id"] == doc_id]
    return {
        str(path): heading.strip()
        for path, heading in zip(own["path"], own["heading"], strict=True)
        if isinstance(heading, str)
    }


def _name_of_section(section: str, headings: Mapping[str, str]) -> str:
    number = section.replace("/", "")
    heading = headings.get(section, "").rstrip("。.;； ")
    own = section.rpartition("/")[2]
    if heading.startswith(own) and heading:
        return heading
    return f"{number} {heading}" if heading[:1].isdecimal() else f"{number}{heading}"


def _draw_bar(ax: Axes, image: AxesImage, threshold: float, n_rows: int, language: Language) -> None:
    height = 1.0 if n_rows < 35 else 0.4
    beside = ax.inset_axes((1.04, 1 - height, 0.04, height))
    bar = ax.figure.colorbar(image, cax=beside)
    ticks = sorted({0.0, 0.25, 0.5, 0.75, 1.0, threshold})
    names = [f"{tick:g}" if tick != threshold else f"{tick:g} ●" for tick in ticks]
    bar.set_ticks(ticks, labels=names)
    bar.ax.axhline(threshold, color="black", linewidth=1.2)
    bar.set_label(pick(language, "share of the paragraph that is shared", "段落共有比例"), labelpad=8)


def _title_of_matrix(matrix: pd.DataFrame, labels: Mapping[str, str] | None, language: Language) -> str:
    name = pick(language, "the source", "源文件")
    if "source" in matrix.columns:
        name = shown_labels(matrix["source"].iloc[:1], labels)[0]
    return pick(language, f"Share of each paragraph of {name} that is also in", f"{name}各段落与下列文件的共有比例")

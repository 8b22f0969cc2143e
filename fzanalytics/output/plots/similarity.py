"""Figure 2: how alike documents, and their paragraphs, are in their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.cluster import hierarchy

from fzanalytics.base.tables import require_columns
from fzanalytics.output.plots.names import Language, pick, shown_labels
from fzanalytics.output.plots.style import (
    GREY,
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


@in_house_style
def plot_similarity(
    similarity: pd.DataFrame,
    *,
    linkage: np.ndarray | None = None,
    order: Sequence[str] | None = None,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    masked: bool = False,
) -> Axes:
    """Figure 2a: TF-IDF similarity of documents as a heat map with its numbers, and their clustering above it.

    Parameters
    ----------
    similarity : DataFrame of float, shape (D, D)
        Symmetric, labelled by doc_id on both sides; see `tfidf_similarity`.
    linkage : ndarray, shape (D - 1, 4), optional
        As SciPy and `cluster_order` give it, on the rows of `similarity`. Orders the rows and is drawn as a tree whose
        height is 1 - similarity.
    order : sequence of doc_id, optional
        The order of the rows where no `linkage` is given; default: as in the table.
    ax : Axes, optional
        Drawn on; else a new figure. The tree and the colour bar stand just outside of it.
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional
        Names to show; see `document_labels`.
    masked : bool
        True says below the title that the names of places and agencies were masked; the table does not tell.

    Returns
    -------
    Axes
        Of the heat map.

    Raises
    ------
    ValueError
        If the table is not square, its labels differ, or linkage or order do not fit it.

    Notes
    -----
    Likeness of vocabulary, without direction: it cannot tell who drew on whom.

    Examples
    --------
    >>> similarity = pd.DataFrame([[1, 0.8], [0.8, 1]], index=["a", "b"], columns=["a", "b"])
    >>> [text.get_text() for text in plot_similarity(similarity).texts]
    ['1.00', '0.80', '0.80', '1.00']
    """
    _check_square(similarity)
    ids = _ordered(similarity, linkage, order)
    size = min(3.2 + 0.55 * len(ids), 16)
    ax = axes_or_new(ax, size + 1.2, size)
    values = similarity.loc[ids, ids].to_numpy(dtype=float)
    image = _draw_heat(ax, values)
    names = shown_labels(ids, labels)
    ax.set_xticks(range(len(ids)), labels=names, rotation=40, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(ids)), labels=names)
    ax.tick_params(labelsize=fitting_size(len(ids), 0.7 * size))
    if len(ids) <= 20:
        _write_values(ax, values)
    _draw_bar(ax, image, pick(language, "cosine of TF-IDF", "TF-IDF 余弦相似度"))
    title = pick(language, "TF-IDF similarity of documents", "文件的 TF-IDF 相似度")
    tree = linkage if linkage is not None and len(ids) > 1 else None
    top = ax if tree is None else _draw_tree(ax, tree, language)
    top.set_title(title)
    average = pick(language, "tree: average linkage", "聚类：平均连接法")
    empty = pick(language, "hatched: document without terms", "斜线：无词项的文件")
    subtitle(top, _remarks(values, masked, "" if tree is None else average, empty, language))
    set_font(ax)
    return ax


@in_house_style
def plot_paragraph_similarity(
    similarity: pd.DataFrame,
    paragraphs: pd.DataFrame,
    *,
    order: Sequence[str] | None = None,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    masked: bool = False,
) -> Axes:
    """Figure 2b: TF-IDF similarity of paragraphs, by document and in reading order.

    A dark diagonal away from the main one is a stretch that two documents share in the same order.

    Parameters
    ----------
    similarity : DataFrame of float, shape (C, C)
        Symmetric, labelled by paragraph_id (or clause_id) on both sides.
    paragraphs : DataFrame
        Columns doc_id and paragraph_id (or clause_id), in reading order.
    order : sequence of doc_id, optional
        The order of the documents; default: as in `paragraphs`.
    ax : Axes, optional
        Drawn on; else a new figure.
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional
    masked : bool
        As in `plot_similarity`.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the table is not square, or a paragraph of it is not in `paragraphs`.

    Notes
    -----
    Short paragraphs that share a set phrase are alike too: read it with the passages, not instead of them.

    Examples
    --------
    >>> similarity = pd.DataFrame([[1, 0.8], [0.8, 1]], index=["a#1", "b#1"], columns=["a#1", "b#1"])
    >>> paragraphs = pd.DataFrame({"doc_id": ["a", "b"], "paragraph_id": ["a#1", "b#1"]})
    >>> [text.get_text() for text in plot_paragraph_similarity(similarity, paragraphs).get_yticklabels()]
    ['a · 1', 'b · 1']
    """
    _check_square(similarity)
    counts, ids = _by_document(similarity, paragraphs, order)
    ax = axes_or_new(ax, 7.6, 6.4)
    values = similarity.loc[ids, ids].to_numpy(dtype=float)
    image = _draw_heat(ax, values)
    ends = np.cumsum(list(counts.values()))
    starts = ends - list(counts.values())
    for place in ends[:-1]:
        for line in (ax.axhline, ax.axvline):
            line(place - 0.5, color="#D55E00", linewidth=min(0.8, 12 / len(counts)))  # many must not hide the cells
    middles = spread(list((starts + ends - 1) / 2), gap=len(ids) / 40, low=0, high=len(ids) - 1)
    names = shown_labels(counts, labels)
    ax.set_xticks(middles, labels=names, rotation=40, ha="right", rotation_mode="anchor")
    ax.set_yticks(middles, labels=[f"{name} · {n}" for name, n in zip(names, counts.values(), strict=True)])
    ax.tick_params(length=0, labelsize=fitting_size(len(counts), 4.5))
    _draw_bar(ax, image, pick(language, "cosine of TF-IDF", "TF-IDF 余弦相似度"))
    reading = pick(language, "paragraphs in reading order →", "段落（按行文顺序）→")
    ax.set_xlabel(reading)
    ax.set_title(
        pick(
            language,
            "TF-IDF similarity of paragraphs (number after the name)",
            "段落的 TF-IDF 相似度（名称后为段落数）",
        )
    )
    empty = pick(language, "hatched: paragraph without terms", "斜线：无词项的段落")
    subtitle(ax, _remarks(values, masked, "", empty, language))
    set_font(ax)
    return ax


def _check_square(similarity: pd.DataFrame) -> None:
    if similarity.shape[0] != similarity.shape[1] or list(similarity.index) != list(similarity.columns):
        raise ValueError(
            "`similarity` must be square, with the same labels on both sides; "
            f"got the shape {similarity.shape}. Use the table of `tfidf_similarity` as it is."
        )
    if similarity.empty:
        raise ValueError("`similarity` must have at least one row; got none. Add documents.")
    if not similarity.index.is_unique:
        twice = similarity.index[similarity.index.duplicated()].unique()
        raise ValueError(
            f"`similarity` must have each label once; got {', '.join(map(str, twice[:5]))} twice. Rename them."
        )


def _ordered(similarity: pd.DataFrame, linkage: np.ndarray | None, order: Sequence[str] | None) -> list[str]:
    ids = [str(label) for label in similarity.index]
    if linkage is not None:
        if len(linkage) != len(ids) - 1:
            raise ValueError(
                f"`linkage` must have {len(ids) - 1} rows for {len(ids)} documents; got {len(linkage)}. "
                "Make it by `cluster_order` from the same table."
            )
        return [ids[i] for i in hierarchy.leaves_list(linkage)] if len(ids) > 1 else ids
    if order is not None:
        if sorted(order) != sorted(ids):
            raise ValueError(
                f"`order` must name each document of `similarity` once; got {', '.join(order)}. "
                f"The documents are {', '.join(ids)}."
            )
        return list(order)
    return ids


def _by_document(
    similarity: pd.DataFrame, paragraphs: pd.DataFrame, order: Sequence[str] | None
) -> tuple[dict[str, int], list[str]]:
    """Paragraphs per document, and the ids of all in drawing order."""
    label = "paragraph_id" if "paragraph_id" in paragraphs.columns else "clause_id"
    require_columns(paragraphs, ("doc_id", label), name="paragraphs")
    known = paragraphs[paragraphs[label].isin(set(similarity.index))]
    lacking = set(similarity.index) - set(known[label])
    if lacking:
        raise ValueError(
            f"`paragraphs` must hold every row of `similarity`; {len(lacking)} are missing, "
            f"e.g. {min(map(str, lacking))}. Use the tables of one corpus."
        )
    documents = list(dict.fromkeys(known["doc_id"])) if order is None else list(order)
    unknown = set(known["doc_id"]) - set(documents)
    if unknown:
        raise ValueError(
            f"`order` must name every document; missing: {', '.join(sorted(map(str, unknown)))}. Add them."
        )
    groups = {doc_id: known.loc[known["doc_id"] == doc_id, label].tolist() for doc_id in documents}
    filled = {doc_id: ids for doc_id, ids in groups.items() if ids}
    return {doc_id: len(ids) for doc_id, ids in filled.items()}, [one for ids in filled.values() for one in ids]


def _draw_heat(ax: Axes, values: np.ndarray) -> AxesImage:
    image = ax.imshow(values, cmap=SEQUENTIAL, vmin=0, vmax=1, interpolation="none", aspect="equal")
    ax.patch.set(hatch="////", edgecolor=GREY, facecolor="white")  # shows through where a value is missing
    return image


def _remarks(values: np.ndarray, masked: bool, tree: str, empty: str, language: Language) -> str:
    """What the reader must know of the numbers: masked names, the tree, and rows without a value if there are."""
    names = pick(language, "places and agencies masked", "地名与机构名已屏蔽") if masked else ""
    hatched = empty if np.isnan(values).any() else ""
    return pick(language, "; ", "；").join(part for part in (names, tree, hatched) if part)


def _write_values(ax: Axes, values: np.ndarray) -> None:
    for (i, j), value in np.ndenumerate(values):
        if not np.isnan(value):
            colour = ink_on(value)
            ax.text(j, i, f"{value:.2f}", ha="center", va="center", color=colour, fontsize=8)


def _draw_bar(ax: Axes, image: AxesImage, name: str) -> None:
    """A colour bar beside the axes, as tall as they are, with fixed ticks."""
    beside = ax.inset_axes((1.03, 0, 0.035, 1))
    bar = ax.figure.colorbar(image, cax=beside)
    bar.set_ticks([0, 0.25, 0.5, 0.75, 1], labels=["0", "0.25", "0.5", "0.75", "1"])
    bar.set_label(name)


def _draw_tree(ax: Axes, linkage: np.ndarray, language: Language) -> Axes:
    """The tree above the heat map, its leaves over the columns."""
    above: Any = ax.inset_axes((0, 1.02, 1, 0.22))
    tree = hierarchy.dendrogram(linkage, no_plot=True)
    for places, heights in zip(tree["icoord"], tree["dcoord"], strict=True):
        above.plot((np.asarray(places) - 5) / 10, heights, color="black", linewidth=1)
    above.set_xlim(-0.5, len(linkage) + 0.5)
    top = max(float(linkage[:, 2].max()), 1e-9)
    above.set_ylim(0, top * 1.06)
    above.set_xticks([])
    above.set_yticks([0, top], labels=["0", f"{top:.2f}"])
    above.set_ylabel(pick(language, "1 − cosine", "1 − 余弦"), rotation=0, ha="right", va="center")
    above.spines[["top", "right", "bottom"]].set_visible(False)
    return above

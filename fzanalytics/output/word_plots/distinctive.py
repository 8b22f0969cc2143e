"""Figure 9: which words distinguish groups of documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.output.plots.names import Language, level_name, pick, short
from fzanalytics.output.plots.style import (
    COLOURS,
    GREY,
    LEVEL_COLOURS,
    PALE,
    axes_or_new,
    in_house_style,
    new_figure,
    set_font,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_TERMS = (
    "group", "against", "term", "rate", "rate_against", "n_documents", "of_documents", "log_odds", "z",
    "section_low", "section_high", "low", "high", "n", "scope",
)  # fmt: skip
_PANELS_A_ROW = 3
_MAX_PANELS = 12


@in_house_style
def plot_distinctive_terms(
    terms: pd.DataFrame,
    *,
    n_terms: int = 10,
    groups: Sequence[str] | None = None,
    language: Language = "en",
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Figure 9: the most distinctive terms of each group, with their uncertainty and frequency; a panel a group.

    Parameters
    ----------
    terms : DataFrame
        From `distinctive_terms`.
    n_terms : int
        Terms a group, by z; only those that it uses more.
    groups : sequence of str, optional
        Which groups, in which order; default all as they come, at most 12 panels.
    language : "en" or "zh"
    names : mapping of group to text, optional
        Names of your own.

    Returns
    -------
    Figure
        One axes a group and comparison; each can be drawn alone by `plot_distinctive_group`.

    Raises
    ------
    ValueError
        If a column is missing, a group is unknown, or there is none.

    Notes
    -----
    Ranked by z, placed by log-odds: a rare word far to the right may stand below a frequent one. Hollow: in one
    document of the group. With few documents, level, province and period are confounded.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "group": ["county"], "against": ["rest"], "term": ["救助"], "rate": [28.6], "rate_against": [2.7],
    ...     "n_documents": [1], "of_documents": [1], "log_odds": [1.6], "z": [2.7], "section_low": [-0.2],
    ...     "section_high": [3.2], "low": [float("nan")], "high": [float("nan")], "n": [2096],
    ...     "scope": ["these documents"]})
    >>> plot_distinctive_terms(table).axes[0].get_title(loc="left")
    'County: 1 document, 2,096 words'
    """
    from matplotlib.lines import Line2D

    _check_terms(terms, groups)
    pairs = terms[["group", "against"]].drop_duplicates().itertuples(index=False, name=None)
    chosen = [pair for pair in pairs if groups is None or pair[0] in groups]
    if groups is not None:
        chosen.sort(key=lambda pair: list(groups).index(pair[0]))
    n_chosen, chosen = len(chosen), chosen[:_MAX_PANELS]
    columns = min(_PANELS_A_ROW, len(chosen))
    n_rows = -(-len(chosen) // columns)
    figure = new_figure(4.7 * columns, 0.9 + n_rows * (1.0 + 0.23 * n_terms))
    for place, (group, against) in enumerate(chosen, start=1):
        part = terms[(terms["group"] == group) & (terms["against"] == against)]
        ax = figure.add_subplot(n_rows, columns, place)
        plot_distinctive_group(part, group, n_terms=n_terms, ax=ax, language=language, names=names)
    cut = ""
    if n_chosen > len(chosen):
        cut = pick(
            language,
            f"; {len(chosen)} of {n_chosen} comparisons shown",
            f"；共{n_chosen}组比较，示前{len(chosen)}组",
        )
    figure.get_layout_engine().set(w_pad=0.12)  # type: ignore[union-attr,call-arg]
    figure.suptitle(
        pick(language, "Distinctive vocabulary", "特色词汇") + _whiskers_in_words(terms, language) + cut,
        x=0.01,
        ha="left",
        fontsize=10.5,
    )
    marks: dict[str, Any] = {"linestyle": "none", "marker": "o", "markeredgecolor": GREY, "markersize": 6}
    handles = [
        Line2D(
            [],
            [],
            markerfacecolor=GREY,
            label=pick(language, "in several documents of the group", "见于本组多份文件"),
            **marks,
        ),
        Line2D(
            [],
            [],
            markerfacecolor="white",
            label=pick(language, "in one document of the group", "仅见于本组一份文件"),
            **marks,
        ),
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=2, frameon=False)
    set_font(figure)
    return figure


def _check_terms(terms: pd.DataFrame, groups: Sequence[str] | None) -> None:
    require_columns(terms, _TERMS, name="terms")
    if terms.empty:
        raise ValueError("`terms` must have at least one row; got none. Lower `min_count` of distinctive_terms.")
    unknown = sorted(set(groups or ()) - set(terms["group"])) or ["none"] * (groups is not None and not len(groups))
    if unknown:
        raise ValueError(
            f"`groups` must be groups of `terms`, {', '.join(dict.fromkeys(terms['group']))}; got {', '.join(unknown)}."
        )


def _whiskers_in_words(terms: pd.DataFrame, language: Language) -> str:
    """What the bars are; nothing if there are none."""
    parts = []
    if terms["low"].notna().any():
        parts.append(pick(language, "bars: other jurisdictions (jackknife)", "须线：以辖区为单位的刀切区间"))
    elif terms["section_low"].notna().any():
        parts.append(
            pick(language, "bars: each section of these documents left out once", "须线：逐节剔除，不推及其他文件")
        )
    if (terms["scope"] == "these documents").any():
        parts.append(pick(language, "these documents only", "仅就本语料而言"))
    return pick(language, "; ", "；").join(["", *parts])


@in_house_style
def plot_distinctive_group(
    terms: pd.DataFrame,
    group: str,
    *,
    n_terms: int = 10,
    ax: Axes | None = None,
    language: Language = "en",
    names: Mapping[str, str] | None = None,
) -> Axes:
    """The most distinctive terms of one group: log-odds with bars; z, rates and documents beside them.

    Parameters
    ----------
    terms : DataFrame
        From `distinctive_terms`; of several comparisons of the group the first is drawn.
    group : str
    n_terms : int
    ax : Axes, optional
        Drawn on; else a new figure.
    language : "en" or "zh"
    names : mapping of group to text, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a column is missing or the group is unknown.
    """
    _check_terms(terms, [group])
    part = terms[terms["group"] == group]
    part = part[(part["against"] == part["against"].iloc[0]) & (part["z"] > 0)].nlargest(n_terms, "z", keep="first")
    whole = terms[terms["group"] == group].iloc[0]
    ax = axes_or_new(ax, 4.7, 1.0 + 0.23 * n_terms)
    colour = LEVEL_COLOURS.get(group, COLOURS[0])
    low, high = (part[f"section_{end}"].where(part[end].isna(), part[end]) for end in ("low", "high"))
    places = np.arange(len(part), dtype=float)
    values = part["log_odds"].to_numpy(float)
    ax.hlines(places, low.to_numpy(float), high.to_numpy(float), color=colour, linewidth=1.4, zorder=2)
    several = (part["n_documents"] > 1).to_numpy()
    for chosen, face in ((several, colour), (~several, "white")):
        style: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 6, "markeredgecolor": colour}
        ax.plot(values[chosen], places[chosen], markerfacecolor=face, zorder=3, **style)
    ax.axvline(0, color=GREY, linewidth=0.8, zorder=1)
    for place in places[::2]:
        ax.axhspan(place - 0.5, place + 0.5, facecolor=PALE, edgecolor="none", zorder=0)
    ax.set_yticks(places, labels=[short(str(term), 10) for term in part["term"]])
    ax.set_ylim(max(n_terms, 1) - 0.5, -0.5)
    _write_columns(ax, part, places, language)
    ax.set_xlabel(pick(language, "log-odds ratio", "对数优势比"))
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.set_title(_title_of_group(whole, group, language, names), pad=16)
    set_font(ax)
    return ax


def _title_of_group(row: pd.Series, group: str, language: Language, names: Mapping[str, str] | None) -> str:
    def name(one: str) -> str:
        return (names or {}).get(one, level_name(one, language))

    n, words = int(row["of_documents"]), int(row["n"])
    other = (
        ""
        if row["against"] == "rest"
        else pick(language, f" against {name(row['against'])}", f"对{name(row['against'])}")
    )
    plural = "" if n == 1 else "s"
    return pick(
        language,
        f"{name(group)}{other}: {n} document{plural}, {words:,} words",
        f"{name(group)}{other}：{n}份文件，{words:,}词",
    )


def _write_columns(ax: Axes, part: pd.DataFrame, places: np.ndarray, language: Language) -> None:
    """z, rates and documents on the right of the axes, in points from them: however wide they become."""
    columns = {
        20: ("z", [f"{value:.1f}" for value in part["z"]]),
        74: (pick(language, "per 10,000\nhere : others", "每万词\n本组 : 其他"), _rates(part)),
        106: (
            pick(language, "docu-\nments", "文件"),
            [f"{n}/{of}" for n, of in zip(part["n_documents"], part["of_documents"], strict=True)],
        ),
    }
    for x, (head, cells) in columns.items():
        for y, cell in zip(places, cells, strict=True):
            _write_beside(ax, cell, x, y, va="center", fontsize=7.5)
        _write_beside(ax, head, x, -0.7, va="bottom", color=GREY, fontsize=7, linespacing=1.1)


def _write_beside(ax: Axes, text: str, points: float, y: float, **style: Any) -> None:
    ax.annotate(
        text,
        (1, y),
        xytext=(points, 0),
        xycoords=ax.get_yaxis_transform(),
        textcoords="offset points",
        ha="right",
        **style,
    )


def _rates(part: pd.DataFrame) -> list[str]:
    return [f"{ours:.0f} : {theirs:.0f}" for ours, theirs in zip(part["rate"], part["rate_against"], strict=True)]

"""Figure 5: what each local text shares with its superior and with the centre."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.output.style import (
    COLOURS,
    GREY,
    PALE,
    Language,
    axes_or_new,
    fitting_size,
    in_house_style,
    legend_below,
    order_by_level,
    pick,
    set_font,
    shown_labels,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = (
    "doc_id", "part", "share", "low", "high", "bound_low", "bound_high", "status", "superior", "superior_held",
    "centre", "n_witnesses",
)  # fmt: skip

#: In the order in which they are stacked: colour, and name in both languages.
_PARTS: dict[str, tuple[str, str, str]] = {
    "superior only": (COLOURS[0], "superior only", "仅与上级共有"),
    "superior and centre": (COLOURS[3], "superior and centre", "与上级和中央共有"),
    "centre only": (COLOURS[1], "centre only", "仅与中央共有"),
    "neither": ("#E3E3E3", "in no source held", "不见于已入库来源"),
}
_BAR = 0.4
_STEP = 0.105  # between the whiskers below a bar, in lanes
_OPEN_HATCH = "////"


@in_house_style
def plot_attribution(
    attribution: pd.DataFrame,
    *,
    documents: pd.DataFrame | None = None,
    ax: Axes | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Figure 5: shares of each text that it shares with its superior, the centre, both, or neither.

    A stacked bar a document, of the parts that can be estimated. Below it a whisker for each part: its
    clause-resampling interval, drawn from where the part begins (of the last one, from where it ends). A part whose source is not held is no zero: it is
    named on the right as NA, with the least and the greatest it can be, and the estimated parts of that document are
    hatched, since the missing source may have them too. A document without any source is one empty hatched bar.

    Parameters
    ----------
    attribution : DataFrame
        As `attribution` returns it: columns doc_id, part, share, low, high, bound_low, bound_high, status, superior,
        superior_held, centre, n_witnesses.
    documents : DataFrame, optional
        Columns doc_id, level: orders the bars from the centre down.
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
        If a column is missing, there is no row, or a part is unknown or there twice.

    Notes
    -----
    Shared with, not copied from. Whether the centre is held or a proxy stands in, and with how many witnesses, is
    written under each name; bars with proxies of different numbers of witnesses cannot be compared.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "doc_id": "a", "part": ["superior only", "superior and centre", "centre only", "neither"],
    ...     "share": [0.4, 0.1, 0.1, 0.4], "low": 0.05, "high": 0.5, "bound_low": 0, "bound_high": 1,
    ...     "status": "estimated", "superior": "b", "superior_held": True, "centre": "proxy", "n_witnesses": 2})
    >>> [text.get_text() for text in plot_attribution(table).texts][:4]
    ['40', '10', '10', '40']
    """
    _check(attribution)
    ids = _ordered(attribution, documents)
    height = min(0.78 * len(ids), 100)
    ax = axes_or_new(ax, 9.2, 1.9 + height)
    names = dict(zip(ids, shown_labels(ids, labels), strict=True))
    captions = []
    for lane, doc_id in enumerate(ids):
        rows = attribution[attribution["doc_id"] == doc_id].set_index("part").to_dict("index")
        _draw_bar_of(ax, lane, rows, language)
        first = next(iter(rows.values()))
        captions.append(f"{names[doc_id]}\n{_sources_in_words(first, labels, language)}")
    ax.set_yticks(range(len(ids)), labels=captions)
    for text in ax.get_yticklabels():
        text.set(linespacing=1.3, fontsize=fitting_size(4 * len(ids), height))
    ax.set_ylim(len(ids) - 0.3, -0.4)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    ax.set_xticks(ticks, labels=[f"{100 * tick:.0f}" for tick in ticks])
    ax.set_xlim(0, 1.002)
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.set_xlabel(pick(language, "share of the text's characters, %", "占该文字符数的比例（%）"))
    ax.set_title(
        pick(language, "What each text shares with its superior and the centre", "各文本与其上级和中央文件的共有部分")
    )
    _explain(ax, attribution, language)
    set_font(ax)
    return ax


def _check(attribution: pd.DataFrame) -> None:
    require_columns(attribution, _COLUMNS, name="attribution")
    if attribution.empty:
        raise ValueError("`attribution` must have at least one row; got none. No local document is held.")
    unknown = set(attribution["part"]) - set(_PARTS)
    if unknown:
        raise ValueError(
            f"`part` must be one of {', '.join(_PARTS)}; got {', '.join(sorted(map(str, unknown)))}. "
            "Use the table of `attribution` as it is."
        )
    twice = attribution[attribution.duplicated(["doc_id", "part"])]
    if len(twice):
        raise ValueError(
            f"`attribution` must have each part of a document once; got {twice['doc_id'].iloc[0]} twice. Drop one."
        )


def _ordered(attribution: pd.DataFrame, documents: pd.DataFrame | None) -> list[str]:
    ids = list(dict.fromkeys(attribution["doc_id"].astype(str)))
    if documents is None:
        return ids
    require_columns(documents, ("doc_id", "level"), name="documents")
    rank = {doc_id: i for i, doc_id in enumerate(order_by_level(documents))}
    return sorted(ids, key=lambda one: rank.get(one, len(rank)))


def _draw_bar_of(ax: Axes, lane: int, rows: Mapping[Hashable, dict[Any, Any]], language: Language) -> None:
    """The bar of one document, the whiskers below it, and the parts that are NA beside it."""
    missing = [part for part in _PARTS if part in rows and rows[part]["status"] == "not available"]
    known = [part for part in _PARTS if part in rows and rows[part]["status"] == "estimated"]
    if not known:
        ax.barh(lane, 1, height=_BAR, facecolor="white", edgecolor=GREY, hatch=_OPEN_HATCH, linewidth=0.8)
        word = pick(language, "no source held: NA (0–100 %)", "来源均未入库：NA（0–100 %）")
        box = {"facecolor": "white", "edgecolor": "none", "pad": 2}
        ax.text(0.5, lane, word, ha="center", va="center", fontsize=8, bbox=box)
        return
    left = 0.0
    for number, part in enumerate(known):
        row, colour = rows[part], _PARTS[part][0]
        share = float(row["share"])
        hatch = _OPEN_HATCH if missing else None
        ax.barh(lane, share, left=left, height=_BAR, facecolor=colour, edgecolor="white", hatch=hatch, linewidth=0.8)
        if share >= 0.035:
            box = {"facecolor": colour, "edgecolor": "none", "pad": 1}
            ink = "white" if part in ("superior only", "superior and centre") else "black"
            ax.text(
                left + share / 2, lane, f"{100 * share:.0f}", ha="center", va="center", color=ink, fontsize=8, bbox=box
            )
        if pd.notna(row["low"]) and pd.notna(row["high"]):
            start, way = (left + share, -1) if part == "neither" else (left, 1)  # the last part ends at the right
            places = [start + way * float(row[name]) for name in ("low", "share", "high")]
            _draw_whisker(ax, lane + _BAR / 2 + _STEP * (number + 0.6), places, colour)
        left += share
    for number, part in enumerate(missing):
        low, high = float(rows[part]["bound_low"]), float(rows[part]["bound_high"])
        name = pick(language, *_PARTS[part][1:])
        word = f"{name}: NA ({100 * low:.0f}–{100 * high:.0f} %)"
        y = lane + 0.24 * (number - (len(missing) - 1) / 2)
        ax.text(1.015, y, word, transform=ax.get_yaxis_transform(), va="center", fontsize=7.5, color="#333333")


def _draw_whisker(ax: Axes, y: float, places: list[float], colour: str) -> None:
    """An interval, with a tick at the share itself."""
    ink = GREY if colour == _PARTS["neither"][0] else colour
    ax.plot([places[0], places[-1]], [y, y], color=ink, linewidth=1.6, solid_capstyle="butt", clip_on=False)
    ax.plot(places, [y] * 3, color=ink, linestyle="none", marker="|", markersize=4.5, clip_on=False)


def _sources_in_words(row: Mapping[Any, Any], labels: Mapping[str, str] | None, language: Language) -> str:
    """Which superior, held or not; and whether the centre is held, or a proxy with how many witnesses."""
    superior, held = row["superior"], bool(row["superior_held"])
    centre, n = str(row["centre"]), int(row["n_witnesses"])
    if row["status"] == "not applicable":
        first = pick(language, "superior: the centre", "上级即中央")
    elif superior is None or pd.isna(superior):
        first = pick(language, "superior: unknown", "上级文件不明")
    else:
        name = shown_labels([superior], labels)[0]
        state = pick(language, "held", "已入库") if held else pick(language, "not held: NA", "未入库：NA")
        first = pick(language, f"superior: {name}, {state}", f"上级：{name}，{state}")
    seconds = {
        "held": pick(language, "centre: text held", "中央：原文已入库"),
        "proxy": pick(language, f"centre: proxy, {n} witnesses", f"中央：代理文本，见证{n}省"),
    }
    second = seconds.get(centre, pick(language, "centre: not held, no proxy: NA", "中央：未入库且无代理：NA"))
    return f"{first}\n{second}"


def _explain(ax: Axes, attribution: pd.DataFrame, language: Language) -> None:
    """The legend, and what the reader must know before he compares."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [
        Patch(facecolor=colour, edgecolor=GREY, linewidth=0.5, label=pick(language, english, chinese))
        for part, (colour, english, chinese) in _PARTS.items()
        if ((attribution["part"] == part) & (attribution["status"] == "estimated")).any()
    ]
    if attribution[["low", "high"]].notna().all(axis=1).any():
        text = pick(language, "clause-resampling interval", "条款重抽样区间")
        handles.append(Line2D([], [], color=GREY, linewidth=1.6, marker="|", markersize=6, label=text))
    if (attribution["status"] == "not available").any():
        text = pick(
            language, "a source is not held: NA; it may have these parts too", "有来源未入库：NA，其或亦含此部分"
        )
        handles.append(Patch(facecolor=PALE, edgecolor=GREY, hatch=_OPEN_HATCH, linewidth=0.5, label=text))
    legend_below(ax, handles, columns=3, points=38)
    notes = [pick(language, "Shared with, not copied from.", "“共有”不等于“抄自”。")]
    if (attribution["centre"] == "proxy").any():
        notes.append(
            pick(
                language,
                "Proxy for the centre: text shared by independent other provinces; a lower bound, grows with their number.",
                "中央代理文本：其他各省独立共有的文字，为下限，随见证省数增加。",
            )
        )
    ax.annotate(
        "\n".join(notes),
        (0, 0),
        xycoords="axes fraction",
        xytext=(0, -78),
        textcoords="offset points",
        va="top",
        fontsize=7.5,
        linespacing=1.4,
        color="#333333",
    )

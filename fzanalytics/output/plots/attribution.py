"""Figure 5: what each local text shares with its superior and with the centre."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from fzanalytics.base.tables import LEVELS, require_columns
from fzanalytics.output.plots.names import Language, ids_by_level, pick, short, shown_labels
from fzanalytics.output.plots.style import (
    COLOURS,
    GREY,
    PALE,
    axes_or_new,
    fitting_size,
    in_house_style,
    legend_below,
    set_font,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLUMNS = (
    "doc_id", "part", "share", "resampling_low", "resampling_high", "bound_low", "bound_high", "status", "superior",
    "superior_held", "centre", "n_witnesses",
)  # fmt: skip

#: In the order in which they are stacked: colour, and name in both languages.
_PARTS: dict[str, tuple[str, str, str]] = {
    "superior only": (COLOURS[0], "superior only", "仅与上级共有"),
    "superior and centre": (COLOURS[3], "superior and centre", "与上级和中央共有"),
    "centre only": (COLOURS[1], "centre only", "仅与中央共有"),
    "neither": ("#E3E3E3", "in no source held", "不见于已入库来源"),
}
#: What a share is where the other source is missing: part and status, name in both languages.
_WIDER: dict[tuple[str, str], tuple[str, str]] = {
    ("centre only", "superior not held"): ("centre, superior or not", "与中央共有（上级不明）"),
    ("superior only", "centre not available"): ("superior, centre or not", "与上级共有（中央不明）"),
}
#: Parts without a share: drawn as no segment.
_WITHOUT_SHARE = ("not available", "not applicable")
_BAR = 0.5
_LINE = 0.2  # from a line of the table to the next, in lanes
_HATCH = "////"
#: Behind an interval of which it is not known how often such intervals hold.
_UNJUDGED = "°"
#: The columns of the table: points from the right edge of the axes, alignment, heading in both languages.
_TABLE: tuple[tuple[int, Literal["left", "right"], str, str], ...] = (
    (26, "left", "part", "部分"),
    (160, "right", "share", "占比"),
    (207, "right", "interval", "区间"),
    (254, "right", "bounds", "上下界"),
)


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

    A stacked bar a document, of the parts that have a share. A part that is estimated is solid; one that is a bound
    only, or lacks a source, is hatched, and its number says ≥ or ≤ where it is a bound. A document without any
    source is one empty hatched bar. On the right a table, one line a part: the share, its clause-resampling interval
    in brackets, and, unless it is estimated, the bounds of what it can be. A part whose source is not at hand is NA
    there, and no zero.

    Parameters
    ----------
    attribution : DataFrame
        As `attribution` returns it: columns doc_id, part, share, resampling_low, resampling_high, bound_low,
        bound_high, status, superior, superior_held, centre, n_witnesses; and, if there, younger, not_held.
    documents : DataFrame, optional
        Columns doc_id, level: orders the bars from the centre down; with lineage and period_end, policy by policy.
    ax : Axes, optional
        Drawn on; else a new figure. The table stands just outside of it, about 3.6 inches wide.
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
    Shared with, not copied from. Whether the centre is held or a proxy stands in, and with how many other provinces,
    is written under each name; bars with proxies of different numbers of provinces cannot be compared. So is a superior's
    document that is surely younger than the text, and therefore no source of it.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "doc_id": "a", "part": ["superior only", "superior and centre", "centre only", "neither"],
    ...     "share": [0.4, 0.1, 0.1, 0.4], "resampling_low": 0.05, "resampling_high": 0.5,
    ...     "bound_low": [0, 0.1, 0.1, 0], "bound_high": [0.4, 0.5, 0.5, 0.4],
    ...     "status": [f"{side} bound by proxy" for side in ("upper", "lower", "lower", "upper")],
    ...     "superior": "b", "superior_held": True, "centre": "proxy", "n_witnesses": 2})
    >>> [text.get_text() for text in plot_attribution(table).texts][:9]
    ['≤40', '≥10', '≥10', '≤40', '■', 'superior only', '≤40', '[5–50]', '0–40']
    """
    _check(attribution)
    ids = _in_order(attribution["doc_id"], documents)
    height = min(0.86 * len(ids), 100)
    ax = axes_or_new(ax, 12.2, 2.5 + height)
    names = dict(zip(ids, shown_labels(ids, labels), strict=True))
    size = fitting_size(5 * len(ids), height, largest=7.5)
    captions = []
    for lane, doc_id in enumerate(ids):
        rows = attribution[attribution["doc_id"] == doc_id].set_index("part").to_dict("index")
        _draw_bar_of(ax, lane, rows, language)
        _write_lines(ax, lane, rows, size, language)
        first = next(iter(rows.values()))
        captions.append(f"{names[doc_id]}\n{_sources_in_words(first, labels, language)}")
    for x, align, *heading in _TABLE:
        _write(ax, x, -0.64, pick(language, *heading), align, size, color=GREY)
    ax.set_yticks(range(len(ids)), labels=captions)
    for text in ax.get_yticklabels():
        text.set(linespacing=1.3, fontsize=fitting_size(4 * len(ids), height))
    ax.set_ylim(len(ids) - 0.4, -0.75)
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


def _in_order(doc_ids: pd.Series, documents: pd.DataFrame | None) -> list[str]:
    """Policy by policy, and in each of them from the centre down, by region; as far as `documents` tells."""
    ids = ids_by_level(doc_ids, documents)
    if documents is None or not {"lineage", "period_end"} <= set(documents.columns):
        return ids
    rank = {level: at for at, level in enumerate(LEVELS)}
    known = documents.assign(doc_id=documents["doc_id"].astype(str)).drop_duplicates("doc_id").set_index("doc_id")

    def key(doc_id: str) -> tuple[bool, str, float, int, str]:
        if doc_id not in known.index:
            return True, "", float("inf"), len(rank), ""
        row = known.loc[doc_id]
        lineage, end, region = row["lineage"], row["period_end"], row.get("region")
        return (
            pd.isna(lineage), "" if pd.isna(lineage) else str(lineage), float("inf") if pd.isna(end) else float(end),
            rank.get(row["level"], len(rank)), "" if pd.isna(region) else str(region),
        )  # fmt: skip

    return sorted(ids, key=key)


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


def _draw_bar_of(ax: Axes, lane: int, rows: Mapping[Hashable, dict[Any, Any]], language: Language) -> None:
    """The bar of one document: a segment for each part that has a share."""
    shown = [part for part in _PARTS if part in rows and rows[part]["status"] not in _WITHOUT_SHARE]
    if not shown:
        ax.barh(lane, 1, height=_BAR, facecolor="white", edgecolor=GREY, hatch=_HATCH, linewidth=0.8)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 2}
        word = pick(language, "no source held: NA", "来源均未入库：NA")
        ax.text(0.5, lane, word, ha="center", va="center", fontsize=8, bbox=box)
        return
    left = 0.0
    for part in shown:
        row, colour = rows[part], _PARTS[part][0]
        share = float(row["share"])
        hatch = None if row["status"] == "estimated" else _HATCH
        ax.barh(lane, share, left=left, height=_BAR, facecolor=colour, edgecolor="white", hatch=hatch, linewidth=0.8)
        if share >= 0.05:
            box = {"facecolor": colour, "edgecolor": "none", "pad": 1.5}
            ink = "white" if part in ("superior only", "superior and centre") else "black"
            ax.text(
                left + share / 2, lane, _number(part, row), ha="center", va="center", color=ink, fontsize=8, bbox=box
            )
        left += share


def _number(part: str, row: Mapping[Any, Any]) -> str:
    """The share in per cent, after ≥ or ≤ where it is a bound of what its name says."""
    if row["status"] in _WITHOUT_SHARE:
        return "NA"
    missing = row["status"] in ("superior not held", "centre not available")
    at_most = str(row["status"]).startswith("upper bound") or (
        missing and part == "neither"
    )  # a missing source can only add
    sign = "≤" if at_most else ("≥" if str(row["status"]).startswith("lower bound") else "")
    return f"{sign}{100 * float(row['share']):.0f}"


def _write_lines(ax: Axes, lane: int, rows: Mapping[Hashable, dict[Any, Any]], size: float, language: Language) -> None:
    """The table beside a bar, a line a part, with a patch of its colour."""
    shown = [part for part in _PARTS if part in rows and rows[part]["status"] != "not applicable"]
    for number, part in enumerate(shown):
        row = rows[part]
        y = lane + _LINE * (number - (len(shown) - 1) / 2)
        cells = [pick(language, *_WIDER.get((part, str(row["status"])), _PARTS[part][1:])), _number(part, row)]
        for prefix, brackets in (("resampling", "[]"), ("bound", ("", ""))):
            ends = row[f"{prefix}_low"], row[f"{prefix}_high"]
            needed = prefix == "resampling" or row["status"] != "estimated"
            known = needed and all(pd.notna(end) for end in ends)
            mark = _UNJUDGED if prefix == "resampling" and _is_unjudged(row) else ""
            cells.append(f"{brackets[0]}{100 * ends[0]:.0f}–{100 * ends[1]:.0f}{brackets[1]}{mark}" if known else "")
        _write(ax, 14, y, "■", "left", size, color=_PARTS[part][0])
        for (x, align, *_), cell in zip(_TABLE, cells, strict=True):
            if cell:
                _write(ax, x, y, cell, align, size)


def _write(
    ax: Axes, x: float, y: float, text: str, align: Literal["left", "right"], size: float, *, color: str = "#333333"
) -> None:
    """A text so many points to the right of the axes, at the height of a lane."""
    ax.annotate(
        text,
        (1, y),
        xycoords=ax.get_yaxis_transform(),
        xytext=(x, 0),
        textcoords="offset points",
        ha=align,
        va="center",
        fontsize=size,
        color=color,
        annotation_clip=False,
    )


def _sources_in_words(row: Mapping[Any, Any], labels: Mapping[str, str] | None, language: Language) -> str:
    """Which superior, held or not; whether the centre is held, or a proxy stands in; and which of both is younger."""
    younger = [one for one in str(row.get("younger") or "").split(";") if one]
    superior, held = row["superior"], bool(row["superior_held"])
    centre, n = str(row["centre"]), int(row["n_witnesses"])
    if row["status"] == "not applicable":
        first = pick(language, "superior: the centre", "上级即中央")
    elif (superior is None or pd.isna(superior)) and younger:
        first = pick(language, "superior: none that is older", "无早于本文的上级文件")
    elif superior is None or pd.isna(superior):
        first = pick(language, "superior: unknown", "上级文件不明")
    else:
        superiors = str(superior).split(";")
        others, name = len(superiors) - 1, shown_labels(superiors[:1], labels)[0]
        name += pick(language, f" and {others} more", f"等{others + 1}件") if others else ""
        missing = set(superiors) & set(str(row.get("not_held") or "").split(";"))
        part = pick(language, "partly held", "部分入库") if missing else pick(language, "held", "已入库")
        state = part if held else pick(language, "not held", "未入库")
        first = pick(language, f"superior: {name}, {state}", f"上级：{name}，{state}")
    seconds = {
        "held": pick(language, "centre: text held", "中央：原文已入库"),
        "partly held": pick(language, "centre: partly held", "中央：部分文件已入库"),
        "proxy": pick(language, f"centre: proxy, {n} other provinces", f"中央：代理文本（{n}个外省见证）"),
    }
    none = pick(language, "centre: not held, no proxy", "中央：未入库且无代理文本")
    if younger:
        none = pick(language, "centre: none held that is older, no proxy", "中央：无早于本文的入库文件，亦无代理文本")
    lines = [first, seconds.get(centre, none)]
    if younger:
        names = pick(language, ", ", "、").join(short(name, 18) for name in shown_labels(younger, labels))
        lines.append(pick(language, f"younger, not used: {names}", f"晚于本文，未采用：{names}"))
    return "\n".join(lines)


def _explain(ax: Axes, attribution: pd.DataFrame, language: Language) -> None:
    """The legend, and what the reader must know before he compares."""
    from matplotlib.patches import Patch

    drawn = attribution[~attribution["status"].isin(_WITHOUT_SHARE)]
    handles: list[Any] = [
        Patch(facecolor=colour, edgecolor=GREY, linewidth=0.5, label=pick(language, english, chinese))
        for part, (colour, english, chinese) in _PARTS.items()
        if (drawn["part"] == part).any()
    ]
    if (~attribution["status"].isin(["estimated", "not applicable"])).any():
        text = pick(language, "a bound, or a source is not held", "仅为上下界，或有来源未入库")
        handles.append(Patch(facecolor=PALE, edgecolor=GREY, hatch=_HATCH, linewidth=0.5, label=text))
    legend_below(ax, handles, columns=5, points=38)
    ax.annotate(
        "\n".join(_notes(attribution, language)),
        (0, 0),
        xycoords="axes fraction",
        xytext=(0, -60),
        textcoords="offset points",
        va="top",
        fontsize=7.5,
        linespacing=1.4,
        color="#333333",
    )


def _notes(attribution: pd.DataFrame, language: Language) -> list[str]:
    states = set(attribution["status"])
    notes = [pick(language, "Shared with, not copied from.", "“共有”不等于“抄自”。")]
    if (attribution["centre"] == "proxy").any():
        notes.append(
            pick(
                language,
                "Proxy for the centre: text that documents of at least two other provinces share; a lower bound if all of it "
                "comes from the centre; it grows with their number.",
                "中央代理文本：至少两个外省的文件共有的文字；若其全部源自中央，则为下限；随见证省数增加。",
            )
        )
    if states - {"estimated", "not applicable"}:
        notes.append(
            pick(
                language,
                "≥ at least, ≤ at most (with a proxy: on that condition); bounds: what the share can be, given the texts that "
                "are not held.",
                "≥：至少；≤：至多（有代理文本者以上述条件为前提）；上下界：若未入库的文本补齐，占比可能的范围。",
            )
        )
    if states & {"superior not held", "centre not available"}:
        notes.append(
            pick(
                language,
                '"or not": a source that is not held may have this part too.',
                "“不明”：未入库的来源，该来源也可能含此部分。",
            )
        )
    if attribution[["resampling_low", "resampling_high"]].notna().all(axis=1).any():
        notes.append(
            pick(
                language,
                "[interval]: clause-resampling interval of the number shown: how far it rests on single sections.",
                "[区间]：所示数值的按节重抽样区间，反映其对个别章节的依赖程度。",
            )
        )
        if any(_is_unjudged(row) for row in attribution.to_dict("records")):
            notes.append(
                pick(
                    language,
                    f"{_UNJUDGED} fewer than 30 sections, or a share beyond 5 to 95 %: coverage of the interval not estimable.",
                    f"{_UNJUDGED} 不足三十节，或占比在5%—95%之外：区间的覆盖概率无法估计。",
                )
            )
    return notes


def _is_unjudged(row: Mapping[Any, Any]) -> bool:
    return str(row.get("resampling_status", "")).startswith("coverage not estimable")

"""What figures call things: the two languages, levels, documents; and names that fit beside what they name."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.texts.regions import NATION

Language = Literal["en", "zh"]

LEVEL_NAMES: dict[Language, dict[str, str]] = {
    "en": {
        "national": "National",
        "province": "Province",
        "prefecture": "Prefecture",
        "county": "County",
        "township": "Township",
    },
    "zh": {"national": "中央", "province": "省级", "prefecture": "地级", "county": "县级", "township": "乡级"},
}


def pick(language: Language, en: str, zh: str) -> str:
    """The wording in the language of the figure.

    Examples
    --------
    >>> pick("zh", "Level", "层级")
    '层级'
    """
    return zh if language == "zh" else en


def level_name(level: object, language: Language) -> str:
    """The name of a level of government; another group stands for itself, a missing one is unknown.

    Examples
    --------
    >>> level_name("county", "zh"), level_name("2016", "en"), level_name(pd.NA, "en")
    ('县级', '2016', 'Unknown')
    """
    if not _text(level):
        return pick(language, "Unknown", "不明")
    return LEVEL_NAMES[language].get(str(level), str(level))


def document_labels(
    documents: pd.DataFrame, *, language: Language = "en", labels: Mapping[str, str] | None = None
) -> dict[str, str]:
    """A short name for each document, no two alike.

    In Chinese the last part of the region (河北省, 石家庄市), with the period, the year, the kind, the policy or the doc_id
    where that is not enough to tell documents apart; for the centre always kind and period (中央 实施纲要 2015–2020). In
    English the doc_id, since a romanised name cannot be derived safely.

    Parameters
    ----------
    documents : DataFrame
        Columns doc_id; for Chinese also region, and if there level, period_start, period_end, earliest, latest, kind, lineage.
    language : "en" or "zh"
    labels : mapping of doc_id to text, optional
        Names of your own; these win. May be in part.

    Returns
    -------
    dict of doc_id to text

    Examples
    --------
    >>> documents = pd.DataFrame({
    ...     "doc_id": ["a", "b", "c"], "region": ["河北省", "河南省", "河南省"], "period_end": [2020, 2020, 2025]})
    >>> document_labels(documents, language="zh")
    {'a': '河北省', 'b': '河南省 至2020', 'c': '河南省 至2025'}
    >>> document_labels(documents, labels={"a": "Hebei"})["a"]
    'Hebei'
    """
    ids = [str(value) for value in documents["doc_id"]]
    names = dict(zip(ids, ids, strict=True))
    if language == "zh" and "region" in documents.columns:
        names = _chinese_labels(documents, ids)
    return {doc_id: (labels or {}).get(doc_id, names[doc_id]) for doc_id in ids}


def _chinese_labels(documents: pd.DataFrame, ids: Sequence[str]) -> dict[str, str]:
    rows = documents.to_dict("records")
    places = [_place(row) or doc_id for row, doc_id in zip(rows, ids, strict=True)]
    periods = [_period(row) for row in rows]
    years = [_year(row) for row in rows]
    kinds = [_text(row.get("kind")) for row in rows]
    both = [_joined(*parts) for parts in zip(kinds, periods, strict=True)]
    lineages = [_joined(_text(row.get("lineage")), kind) for row, kind in zip(rows, kinds, strict=True)]
    names: dict[str, str] = {}
    for i, doc_id in enumerate(ids):
        peers = [j for j in range(len(ids)) if places[j] == places[i]]
        national = places[i] == "中央"
        tries = [both] if national else [periods, years, kinds, both]
        tries = [additions for additions in tries if _tell_apart([additions[j] for j in peers])]
        if tries:
            addition = tries[0][i]
        else:  # no one addition parts them all: the first that parts this one from the others
            alone = [one[i] for one in (both, lineages) if one[i] and [one[j] for j in peers].count(one[i]) == 1]
            addition = alone[0] if alone else doc_id
        names[doc_id] = places[i] if len(peers) == 1 and not national else _joined(places[i], addition)
    return names


def _place(row: Mapping[Hashable, Any]) -> str:
    """The last part of the region; the centre for the whole country."""
    name = _text(row.get("region")).rpartition("/")[2]
    return "中央" if name == NATION or _text(row.get("level")) == "national" else name


def _year(row: Mapping[Hashable, Any]) -> str:
    """The year of the document, if its dates lie in one."""
    years = {str(row[name])[:4] for name in ("earliest", "latest") if name in row and pd.notna(row[name])}
    known = all(pd.notna(row.get(name)) for name in ("earliest", "latest"))
    return years.pop() if known and len(years) == 1 else ""


def _tell_apart(additions: Sequence[str]) -> bool:
    return all(additions) and len(set(additions)) == len(additions)


def _period(row: Mapping[Hashable, Any]) -> str:
    start, end = _text(row.get("period_start")), _text(row.get("period_end"))
    if start and end:
        return f"{start}–{end}"
    return f"至{end}" if end else (f"{start}起" if start else "")


def _text(value: object) -> str:
    """A cell as text; missing is empty, and a year is without its decimals."""
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def order_by_level(documents: pd.DataFrame) -> list[str]:
    """doc_ids from the centre down, within a level in the order given; unknown levels last.

    Examples
    --------
    >>> order_by_level(pd.DataFrame({"doc_id": ["a", "b"], "level": ["county", "province"]}))
    ['b', 'a']
    """
    ranks = {level: rank for rank, level in enumerate(LEVEL_NAMES["en"])}
    levels = [ranks.get(level, len(ranks)) for level in documents["level"]]
    ids = [str(value) for value in documents["doc_id"]]
    return [ids[i] for i in sorted(range(len(ids)), key=lambda i: levels[i])]


def ids_by_level(ids: Iterable[object], documents: pd.DataFrame | None) -> list[str]:
    """Each of the ids once, from the centre down where `documents` tells the levels, else in the order given.

    Examples
    --------
    >>> ids_by_level(["a", "b", "a"], pd.DataFrame({"doc_id": ["a", "b"], "level": ["county", "province"]}))
    ['b', 'a']
    """
    unique = list(dict.fromkeys(map(str, ids)))
    if documents is None:
        return unique
    require_columns(documents, ("doc_id", "level"), name="documents")
    rank = {doc_id: i for i, doc_id in enumerate(order_by_level(documents))}
    return sorted(unique, key=lambda one: rank.get(one, len(rank)))


def short(text: str, n_chars: int) -> str:
    """At most `n_chars` characters, the last an ellipsis if something was cut.

    Examples
    --------
    >>> short("依法全面履行政府职能", 6)
    '依法全面履…'
    """
    return text if len(text) <= n_chars else f"{text[: n_chars - 1]}…"


def width_of(text: str) -> float:
    """About how wide a line of text is, in times its font size: 1 for a Chinese character, half of it for others.

    Examples
    --------
    >>> width_of("法治 to")
    3.5
    """
    return sum(1.0 if ord(character) > 0x2E80 else 0.5 for character in text)


def shown_labels(ids: Iterable[object], labels: Mapping[str, str] | None) -> list[str]:
    """The names to show for ids, none so long that it leaves no room; an id without a name stands for itself.

    Examples
    --------
    >>> shown_labels(["a", "b"], {"a": "Hebei"})
    ['Hebei', 'b']
    """
    return fitting_names([(labels or {}).get(str(one), str(one)) for one in ids])


def fitting_names(names: Sequence[str], *, ems: float = 22) -> list[str]:
    """Names at most so many times their font size wide: cut at the end, or in the middle if that tells them apart.

    Names that no cut tells apart stay whole.

    Examples
    --------
    >>> fitting_names(["法治政府建设实施方案", "县"], ems=6), fitting_names(["plan_of_2016", "plan_of_2021"], ems=4)
    (['法治政府建…', '县'], ['pl…2016', 'pl…2021'])
    """
    ends = [_without(name, ems, tail=0) for name in names]
    middles = [middle_out(name, ems) for name in names]
    whole = len(set(names))
    tries = (ends, middles) if len(names) > 1 else (middles,)
    return next((tried for tried in tries if len(set(tried)) == whole), list(names))


def middle_out(name: str, ems: float) -> str:
    """A name at most so many times its font size wide, an ellipsis in the place of its middle if need be.

    Examples
    --------
    >>> middle_out("plan_of_2016", 4)
    'pl…2016'
    """
    return _without(name, ems, tail=ems / 2)


def _without(name: str, ems: float, *, tail: float) -> str:
    """The name without what does not fit before its last `tail` ems."""
    if width_of(name) <= ems:
        return name
    last = next((i for i in range(len(name)) if width_of(name[i:]) <= tail), len(name))
    room = ems - width_of(name[last:]) - 1
    first = max((i for i in range(last) if width_of(name[:i]) <= room), default=0)
    return f"{name[:first]}…{name[last:]}"

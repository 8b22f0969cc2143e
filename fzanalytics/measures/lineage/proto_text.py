"""From groups of variants to the text of the ancestor: wording, slots, order, numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.numbering import show_number
from fzanalytics.features.masks import mask_names
from fzanalytics.measures.lineage.consensus import Group
from fzanalytics.measures.lineage.proto_units import Unit, letters_of, phrases_of

#: A name of a place or an agency that only one line has is replaced by a slot.
SLOTS = {"place": "〔地名〕", "agency": "〔机关〕"}
#: Least share of the letters of a phrase that several lines have; a phrase with less is left out.
MIN_SHARED = 0.3
_OPENING, _CLOSING = "“《（〔‘〈「『", "”》）〕’〉」』"
_STOPS = "，。；：！？、,;:"
_SWEEPS = 40
#: So many places back a sentence is looked for that stands in the same clause.
_REACH = 12


class Stretch(NamedTuple):
    """A sentence or heading of the rebuilt text: number of its group, wording, kind."""

    group: int
    text: str
    kind: str


def word_stretch(unit: Unit, group: Group, *, min_witnesses: int = 2) -> str:
    """The wording of a group: the base without what its own line alone has, names of one line as slots.

    Examples
    --------
    >>> text = "石家庄市人民政府应当公开行政决策"
    >>> unit = Unit(0, 0, 0.0, 0, "sentence", text + "。", text)
    >>> votes = np.array([1] * 8 + [2] * 8)
    >>> word_stretch(unit, Group((0, 1), votes, votes * 0.0, votes > 0))
    '〔机关〕应当公开行政决策。'
    """
    lone = bool((group.votes < min_witnesses).all())
    shared = (group.votes >= min_witnesses) | lone
    keep = _whole_phrases(unit, shared, group.trusted)
    if not keep.any():
        return ""
    place = [i for i, character in enumerate(unit.text) if character.isalnum()]
    stays = np.zeros(len(unit.text), dtype=bool)
    stays[np.array(place)[keep]] = True
    votes = np.zeros(len(unit.text), dtype=np.int64)
    votes[place] = group.votes
    slot: dict[int, tuple[int, str]] = {}
    for name in mask_names(unit.text):
        part = slice(name.begin, name.end)
        if name.kind == "agency" and lone:
            continue
        if stays[part].any() and (votes[part][votes[part] > 0] < min_witnesses).any():
            slot[name.begin] = (name.end, SLOTS[name.kind])
    return _joined(unit.text, stays, slot)


def _whole_phrases(unit: Unit, shared: NDArray[np.bool_], trusted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which letters stay: those of trusted phrases of which lines share enough, and of their items all but the lone."""
    keep = np.zeros(len(shared), dtype=bool)
    for begin, end in phrases_of(unit.text):
        if shared[begin:end].mean() < MIN_SHARED or not trusted[begin:end].any():
            continue
        keep[begin:end] = True
        items = [
            (begin + first, begin + last)
            for first, last in phrases_of(_letters_and_commas(unit.text, begin, end), "、")
        ]
        for first, last in items[1:-1]:
            if not shared[first:last].any():
                keep[first:last] = False
    return keep


def _letters_and_commas(text: str, begin: int, end: int) -> str:
    """The part of a text from its begin-th to its end-th letter, with its marks."""
    places = [i for i, character in enumerate(text) if character.isalnum()]
    return text[places[begin] : places[end - 1] + 1]


def _joined(text: str, stays: NDArray[np.bool_], slot: dict[int, tuple[int, str]]) -> str:
    """The letters that stay with the marks between them, without marks that follow a mark or miss their partner."""
    out: list[str] = []
    i = 0
    while i < len(text):
        if i in slot:
            end, token = slot[i]
            if not (out and out[-1] == token):
                out.append(token)
            i = end
            continue
        character = text[i]
        if stays[i]:
            out.append(character)
        elif not character.isalnum():
            after = bool(stays[i + 1 : i + 2].any()) or (i + 1) in slot
            before = bool(out) and (i == 0 or bool(stays[i - 1]) or not text[i - 1].isalnum())
            if character in _OPENING:
                if after:
                    out.append(character)
            elif before and not (character in _STOPS and out[-1][-1] in _STOPS):
                out.append(character)
        i += 1
    joined = _paired("".join(out)).strip("，、；：,;:")
    joined = re.sub(r"(?<=[\u4e00-\u9fff]),", "，", joined)
    return joined + text[-1] if text[-1] in "。；！？" and joined and joined[-1] not in "。；！？" else joined


def _paired(text: str) -> str:
    """Without brackets and quotes that have no partner."""
    drop: set[int] = set()
    for opening, closing in zip(_OPENING, _CLOSING, strict=True):
        waiting: list[int] = []
        for i, character in enumerate(text):
            if character == opening:
                waiting.append(i)
            elif character == closing:
                if waiting:
                    waiting.pop()
                else:
                    drop.add(i)
        drop.update(waiting)
    return "".join(character for i, character in enumerate(text) if i not in drop)


def order_stretches(groups: Sequence[Group], units: Sequence[Unit]) -> list[int]:
    """Numbers of the groups in the order on which most lines agree.

    Start is the median, over lines, of the relative places; then neighbours change places while more lines have them
    the other way round. The same for every order of the documents.
    """
    places: list[dict[int, float]] = []
    docs: list[dict[int, float]] = []
    for group in groups:
        by_line: dict[int, list[float]] = {}
        for member in group.members:
            by_line.setdefault(units[member].line, []).append(units[member].at)
        places.append({line: float(np.median(sorted(at))) for line, at in by_line.items()})
        docs.append({units[member].doc: units[member].at for member in group.members})
    line_of = {unit.doc: unit.line for unit in units}
    start = [
        (float(np.median(sorted(place.values()))), units[groups[k].base].letters, k) for k, place in enumerate(places)
    ]
    order = [k for *_, k in sorted(start)]
    for _ in range(_SWEEPS):
        moved = False
        for i in range(len(order) - 1):
            if _votes_against(docs[order[i]], docs[order[i + 1]], line_of) > 0:
                order[i], order[i + 1] = order[i + 1], order[i]
                moved = True
        if not moved:
            break
    rank = {k: i for i, k in enumerate(order)}
    clause = _clauses(groups, units, order)
    place_of: dict[int, list[int]] = {}
    for k in order:
        place_of.setdefault(clause[k], []).append(rank[k])
    middle = {one: (float(np.median(ranks)), ranks[0]) for one, ranks in place_of.items()}
    return sorted(order, key=lambda k: (middle[clause[k]], rank[k]))


def _clauses(groups: Sequence[Group], units: Sequence[Unit], order: Sequence[int]) -> dict[int, int]:
    """The clause of each group: groups that follow within `_REACH` and that most lines have in one clause."""
    where = [{units[m].doc: (units[m].clause, units[m].line) for m in groups[k].members} for k in order]
    clause = {k: i for i, k in enumerate(order)}
    for i, k in enumerate(order):
        if units[groups[k].base].kind != "sentence":
            continue
        for j in range(max(0, i - _REACH), i):
            if units[groups[order[j]].base].kind != "sentence" or clause[order[j]] == clause[k]:
                continue
            lines: dict[int, int] = {}
            for doc in where[i].keys() & where[j].keys():
                (one, line), (other, _) = where[i][doc], where[j][doc]
                lines[line] = lines.get(line, 0) + (1 if one == other else -1)
            if sum((votes > 0) - (votes < 0) for votes in lines.values()) > 0:
                clause[k] = clause[order[j]]
                break
    return clause


def _votes_against(first: dict[int, float], second: dict[int, float], line_of: dict[int, int]) -> int:
    """How many more lines have the second before the first than the other way round."""
    lines: dict[int, int] = {}
    for doc in first.keys() & second.keys():
        lines[line_of[doc]] = lines.get(line_of[doc], 0) + (1 if second[doc] < first[doc] else -1)
    return sum((votes > 0) - (votes < 0) for votes in lines.values())


def lay_out_text(
    stretches: Sequence[Stretch], groups: Sequence[Group], units: Sequence[Unit], title: str, *, statute: bool
) -> tuple[str, list[tuple[int, int, int]]]:
    """The text and, of each stretch, (begin, end, number of its group); headings and clauses numbered anew."""
    parts, at = [title + "\n"], len(title) + 1
    spans: list[tuple[int, int, int]] = []
    chapters = sections = clauses = 0
    open_clauses: set[tuple[int, int]] = set()
    for stretch in stretches:
        own = {(units[m].doc, units[m].clause) for m in groups[stretch.group].members}
        if stretch.kind == "section":
            sections += 1
            number = (show_number("第一节", sections) + "　") if statute else show_number("（一）", sections)
            lead, open_clauses = "\n" + number, set()
            clauses = clauses if statute else 0
        elif stretch.kind == "heading":
            chapters, sections = chapters + 1, 0
            number = (show_number("第一章", chapters) + "　") if statute else show_number("一、", chapters) + "、"
            lead, open_clauses = "\n" + number, set()
            clauses = clauses if statute else 0
        elif open_clauses & own:
            lead = ""
            open_clauses |= own
        else:
            clauses += 1
            lead = "\n" + ((show_number("第一条", clauses) + "　") if statute else f"{clauses}. ")
            open_clauses = own
        parts += [lead, stretch.text]
        at += len(lead)
        spans.append((at, at + len(stretch.text), stretch.group))
        at += len(stretch.text)
    return "".join(parts), spans


def stretch_rows(
    text: str,
    spans: Sequence[tuple[int, int, int]],
    groups: Sequence[Group],
    units: Sequence[Unit],
    doc_ids: Sequence[str],
    lines: Sequence[str],
) -> pd.DataFrame:
    """One row a stretch: see `Prototype.stretches`."""
    rows = []
    for begin, end, k in spans:
        group = groups[k]
        wording = letters_of(text[begin:end])
        others = sorted({units[m].text for m in group.members if units[m].letters != wording})
        rows.append(
            {
                "begin": begin,
                "end": end,
                "text": text[begin:end],
                "kind": units[group.base].kind,
                "n_witnesses": group.n_lines,
                "lines": ";".join(sorted({lines[line] for _, line in group.witnesses})),
                "witnesses": ";".join(sorted({doc_ids[doc] for doc, _ in group.witnesses})),
                "confidence": round(group.confidence, 4),
                "variants": "｜".join(others),
            }
        )
    return pd.DataFrame(
        rows, columns=["begin", "end", "text", "kind", "n_witnesses", "lines", "witnesses", "confidence", "variants"]
    )

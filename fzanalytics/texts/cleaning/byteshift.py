"""Lines whose bytes were shifted within GBK, put back.

The fault is common in the wild. A page in GBK was cut at the bytes of 。 ！ ？ (A1A3, A3A1, A3BF) by a program blind to
the borders of characters. Where such a pair of bytes straddled two characters, an orphan byte is left in front of
it, shown as "?", and everything behind is read one byte off, until an ASCII character sets it right again: the line
（一）指導思想。 became ?。ㄒ唬┲笇枷?。 The orphan may have swallowed an ASCII character behind it. Pairs of bytes
that are no character stand as private-use code points, so that no byte is lost: this module must see them before
anything strips or normalises them.

It is undone by going back to bytes, with an unknown byte for each orphan, and reading them again from the
start of the line: a beam search for the likeliest sequence of characters under a small character model, learned
from the undamaged lines of the corpus. All that is read from known bytes is exact; what an unknown byte stood for is the
model's choice; what was swallowed is inferred. The log says which is which.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.offsets import Edit, apply_edits
from fzanalytics.texts.cleaning.encodings import count_damaged_lines, fix_encoding
from fzanalytics.texts.cleaning.fixers import clean_with_log
from fzanalytics.texts.cleaning.log import Cleaned
from fzanalytics.texts.cleaning.scripts import is_simplified, is_traditional
from fzanalytics.texts.cleaning.shift_model import CharacterModel, learn_characters
from fzanalytics.texts.cleaning.shift_search import TONED, Certainty, Link, Notes, read_line

__all__ = ["Certainty", "CharacterModel", "ShiftRepair", "clean_shifted", "learn_characters", "repair_byte_shift"]

_ORDER: tuple[Certainty, ...] = ("exact", "model", "inferred")
#: Characters that another fault explains, from which on it is not this one.
_MISREAD = 20
_NOTED = re.compile(rf"([\u3400-\u9fff])[(（]([{TONED}]{{1,6}})[)）]")
_ORDERED = re.compile(r"^[\s\u3000]*[(（](\d{1,2})[)）]")
_HIGHER = re.compile(r"^[\s\u3000]*(?:\d{1,2}[.．、]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）])")


class ShiftRepair(NamedTuple):
    """One character of the damaged text and what is put in its place ("" takes it out)."""

    begin: int
    end: int
    replacement: str
    certainty: Certainty


def repair_byte_shift(text: str, model: CharacterModel) -> tuple[list[ShiftRepair], list[int]]:
    """Read the damaged lines of a text again from their bytes.

    Parameters
    ----------
    text : str
        As it came: nothing stripped, normalised or converted.
    model : CharacterModel
        Learned from undamaged text, see `learn_characters`.

    Returns
    -------
    (list of ShiftRepair, list of int)
        One repair a character that changes, in order, none that overlap; and the lines (from 0) that are damaged and
        could not be read in any way that the fault explains: they stay as they are. Both are empty for a text
        without traces of the fault.

    Notes
    -----
    A swallowed figure in brackets at the head of a line (（?)) is taken from the order of the list, and its
    certainty is "inferred", as is that of every other swallowed character.

    Examples
    --------
    >>> model = learn_characters(["　（一）指导思想。", "　（二）主要原则。"])
    >>> repairs, failed = repair_byte_shift("　?。ㄒ唬┲笇\\ue7a9枷?。", model)
    >>> "".join(repair.replacement for repair in repairs), failed
    ('　（一）指導思想', [])
    """
    if not count_damaged_lines(text) or _was_misread(text):
        return [], []
    repairs: list[ShiftRepair] = []
    failed: list[int] = []
    notes = _learn_notes(text)
    traditional = sum(map(is_traditional, text)) > sum(map(is_simplified, text))
    begin, last_number = 0, 0
    for index, line in enumerate(text.split("\n")):
        body = line.rstrip("\r")
        links = read_line(body, model, notes, traditional=traditional) if "?" in body else None
        if links is not None:
            own = _differences(body, links)
            own, last_number = _number_in_order(body, own, last_number)
            repairs += [repair._replace(begin=repair.begin + begin, end=repair.end + begin) for repair in own]
        else:
            if count_damaged_lines(body):
                failed.append(index)
            last_number = _number_of(body, last_number)
        begin += len(line) + 1
    return repairs, failed


def clean_shifted(raw: str, model: CharacterModel, *, skip: Collection[str] = ()) -> Cleaned:
    """`clean_with_log` for a text whose bytes were shifted: first read again, then cleaned, in one log.

    Parameters
    ----------
    raw : str
        As it came.
    model : CharacterModel
        See `learn_characters`.
    skip : collection of str
        Fixers to leave out; see `clean`.

    Returns
    -------
    Cleaned
        Offsets and repairs lead to `raw`. The fixer of the characters that were read again is "byte_shift"; their
        certainty is "exact", "model" or "inferred".
    """
    repairs, _ = repair_byte_shift(raw, model)
    mended, step = apply_edits(raw, [Edit(*repair[:3]) for repair in repairs])
    cleaned = clean_with_log(mended, skip=skip)
    shift = pd.DataFrame(
        [("byte_shift", r.begin, r.end, raw[r.begin : r.end], r.replacement, r.certainty) for r in repairs],
        columns=cleaned.repairs.columns,
    )
    spans = [
        step.span(begin, end)
        for begin, end in zip(cleaned.repairs["raw_begin"], cleaned.repairs["raw_end"], strict=True)
    ]
    own = cleaned.repairs.assign(raw_begin=[span[0] for span in spans], raw_end=[span[1] for span in spans])
    return Cleaned(cleaned.text, step.then(cleaned.offsets), pd.concat([shift, own], ignore_index=True))


def _was_misread(text: str) -> bool:
    """Whether a text shows another fault with the same traces: UTF-8 read as GBK."""
    return sum(len(edit.replacement) for edit in fix_encoding(text)) >= _MISREAD


def _learn_notes(text: str) -> Notes:
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if "?" not in line:
            for character, note in _NOTED.findall(line):
                found.setdefault(note, set()).add(character)
    return {note: frozenset(characters) for note, characters in found.items()}


def _differences(line: str, links: list[Link]) -> list[ShiftRepair]:
    """Character by character: what begins in its place, or nothing."""
    read: list[list[Link]] = [[] for _ in line]
    for link in links:
        read[link.place].append(link)
    repairs = []
    for place, (old, found) in enumerate(zip(line, read, strict=True)):
        if len(found) == 1 and found[0].character == old:
            continue
        new = "".join(link.character for link in found)
        if new != old:
            least_sure = max((_ORDER.index(link.certainty) for link in found), default=0)
            repairs.append(ShiftRepair(place, place + 1, new, _ORDER[least_sure]))
    return repairs


def _apply(line: str, repairs: list[ShiftRepair]) -> str:
    characters = list(line)
    for repair in repairs:
        characters[repair.begin] = repair.replacement
    return "".join(characters)


def _number_of(line: str, last: int) -> int:
    """The number of a list that a line carries on: (3) gives 3, a heading of a higher rank 0, other text the last one."""
    match = _ORDERED.match(line)
    if match:
        return int(match[1])
    return 0 if _HIGHER.match(line) else last


def _number_in_order(line: str, repairs: list[ShiftRepair], last: int) -> tuple[list[ShiftRepair], int]:
    """A swallowed figure that heads a line gets its value from the number of the item before it."""
    match = _ORDERED.match(_apply(line, repairs))
    if match is None:
        return repairs, _number_of(_apply(line, repairs), last)
    expected = str(last + 1)
    mended = []
    for repair in repairs:
        inside = repair.certainty == "inferred" and repair.begin < 12
        if inside and len(expected) == len(match[1]) and repair.replacement[-1:].isdecimal():
            # of two figures only the first can have been swallowed
            repair = repair._replace(replacement=repair.replacement[:-1] + expected[0])
        mended.append(repair)
    return mended, _number_of(_apply(line, mended), last)

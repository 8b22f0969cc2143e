"""Which mentions of two paragraphs belong together: by place, by value, by business, by the letters of their text."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from fzanalytics.measures.reuse.reduced import reduce_text

Ints = NDArray[np.int64]
Row = dict[Hashable, Any]
Pair = tuple[Row | None, Row | None]

#: Shorter runs of equal letters hold two clauses together by chance.
_MIN_BLOCK = 2
_SUFFIX = re.compile(r"(?:委员会办公室|领导小组办公室|委员会|办公室|办公厅|管理局|监督局|局|厅|委|办|部|处|科)$")
_OWNER = re.compile(r"^(?:[省市县区州旗](?=[^级直以]))?(?:人民政府|政府|委(?=.{2}))?")
_END = re.compile(r"[。；;！？\n]")


class Paragraph(NamedTuple):
    """A paragraph as a stretch of its document, its letters with their places, and its mentions."""

    begin: int
    text: str
    letters: str
    places: Ints
    mentions: list[Row]


class Alignment(NamedTuple):
    """Two paragraphs laid against each other: runs of equal letters (begin, end, begin on the other side), in order.

    shared: by id of a mention, whether half of the letters of its sentence are in the runs. places: names of places, which
    are no part of what an agency is for.
    """

    blocks: list[tuple[int, int, int]]
    shared: dict[int, bool]
    places: re.Pattern[str] | None


def align_paragraphs(source: Paragraph, target: Paragraph, places: re.Pattern[str] | None) -> Alignment:
    """The two with the fewest edits (Levenshtein)."""
    steps = Levenshtein.opcodes(source.letters, target.letters)
    blocks = [
        (step.src_start, step.src_end, step.dest_start)
        for step in steps
        if step.tag == "equal" and step.src_end - step.src_start >= _MIN_BLOCK
    ]
    shared = {id(one): _shares_sentence(one, source, blocks) for one in source.mentions}
    shared |= {id(one): _shares_sentence(one, target, _turned(blocks)) for one in target.mentions}
    return Alignment(blocks, shared, places)


def pair_mentions(source: Paragraph, target: Paragraph, kind: str, alignment: Alignment) -> Iterator[Pair]:
    """The mentions of a kind of two paragraphs, each with its counterpart, or None if it has none.

    What has none among the mentions of the other side and yet stands in its text was missed by the extraction there. Its
    counterpart is then made up, with role and days not known (`_unread`). Words of obligation are no names, 应当 elsewhere is
    another duty: they must stand in the same place.
    """
    left = [one for one in source.mentions if one["kind"] == kind]
    right = [one for one in target.mentions if one["kind"] == kind]
    if kind == "agency":
        pairs = list(_pair_agencies(left, right, alignment.places))
    else:
        pairs = list(_pair_places(left, right, source, target, alignment))
    alone = [one for one, other in pairs if other is None and one is not None]
    others = [other for one, other in pairs if one is None and other is not None]
    yield from (pair for pair in pairs if pair[0] is not None and pair[1] is not None)
    same = [*((one, None) for one in alone), *((None, one) for one in others)]
    for one, other in same if kind == "obligation" else _pair_same(alone, others):
        if other is None and one is not None:
            span = _projected(*_letters_of(one, source), alignment.blocks, len(target.letters))
            other = _unread(one, target, right, span)
        elif one is None and other is not None:
            span = _projected(*_letters_of(other, target), _turned(alignment.blocks), len(source.letters))
            one = _unread(other, source, left, span)
        yield one, other


def _turned(blocks: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    return [(there, there + end - begin, begin) for begin, end, there in blocks]


def _pair_same(left: list[Row], right: list[Row]) -> Iterator[Pair]:
    """Mentions of one value, and then of one text, wherever they stand; the others alone."""
    free, waiting = list(right), list(left)
    for key in (lambda one: one["value"], lambda one: _letters(str(one["text"]))):
        rest = []
        for one in waiting:
            found = next((other for other in free if key(other) == key(one)), None)
            if found is None:
                rest.append(one)
            else:
                free = [other for other in free if other is not found]
                yield one, found
        waiting = rest
    yield from ((one, None) for one in waiting)
    yield from ((None, other) for other in free)


def _unread(mention: Row, other: Paragraph, known: list[Row], span: tuple[int, int]) -> Row | None:
    """A mention that the other paragraph has in its text and not among its mentions, or None.

    An agency counts wherever its name stands; a date or an amount only beside those that are known there, since the same one
    may be said twice; a word of obligation only in the stretch that is its place there.
    """
    low, high = span if mention["kind"] == "obligation" else (0, len(other.letters))
    taken = [] if mention["kind"] == "agency" else [_letters_of(one, other) for one in known]
    for letters in dict.fromkeys(_letters(str(mention[name])) for name in ("text", "value")):
        at = other.letters.find(letters, low, high) if letters else -1
        while at >= 0 and any(begin < at + len(letters) and end > at for begin, end in taken):
            at = other.letters.find(letters, at + 1, high)
        if at >= 0:
            begin, end = int(other.places[at]), int(other.places[at + len(letters) - 1]) + 1
            unknown: Row = {"role": pd.NA, "not_before": pd.NaT, "not_after": pd.NaT, "text": other.text[begin:end]}
            return {**mention, **unknown, "begin": other.begin + begin, "end": other.begin + end}
    return None


def _letters(text: str) -> str:
    return "".join(map(chr, reduce_text(text)[0]))


def _letters_of(mention: Row, paragraph: Paragraph) -> tuple[int, int]:
    """First letter and end of a mention; both at the end of the paragraph if it stands outside of it."""
    edges = np.searchsorted(paragraph.places, [mention["begin"] - paragraph.begin, mention["end"] - paragraph.begin])
    return int(edges[0]), int(edges[1])


def _shares_sentence(mention: Row, paragraph: Paragraph, blocks: list[tuple[int, int, int]]) -> bool:
    """Whether half of the letters of its sentence are in the blocks."""
    begin, end = int(mention["begin"]) - paragraph.begin, int(mention["end"]) - paragraph.begin
    if not 0 <= begin < len(paragraph.text):
        return False
    stops = [match.start() for match in _END.finditer(paragraph.text)]
    first = max((stop + 1 for stop in stops if stop < begin), default=0)
    last = min((stop for stop in stops if stop >= end), default=len(paragraph.text))
    low, high = (int(edge) for edge in np.searchsorted(paragraph.places, [first, last]))
    n = sum(max(0, min(high, b) - max(low, a)) for a, b, _ in blocks)
    return 2 * n >= high - low > 0


def _pair_places(
    left: list[Row], right: list[Row], source: Paragraph, target: Paragraph, alignment: Alignment
) -> Iterator[Pair]:
    """Mentions that stand in the same place of the alignment, and are the same or in sentences that both sides share."""
    blocks, shared, _ = alignment
    free = list(right)
    for one in left:
        low, high = _projected(*_letters_of(one, source), blocks, len(target.letters))
        likely = [o for o in free if o["value"] == one["value"] or (shared[id(one)] and shared[id(o)])]
        spans = ((other, _letters_of(other, target)) for other in likely)
        found = next((other for other, (begin, end) in spans if begin < high and end > low), None)
        if found is not None:
            free = [other for other in free if other is not found]
        yield one, found
    for other in free:
        yield None, other


def _projected(begin: int, end: int, blocks: list[tuple[int, int, int]], size: int) -> tuple[int, int]:
    """The stretch of the target between the equal letters before and behind a stretch of the source."""
    low, high = 0, size
    for first, last, there in blocks:
        if first < begin:
            low = there + min(last, begin) - first
        if last > end:
            high = there + max(first, end) - first
            break
    return low, high


def _pair_agencies(left: list[Row], right: list[Row], places: re.Pattern[str] | None) -> Iterator[Pair]:
    """Agencies of the same business, in order."""
    free = list(right)
    for one in left:
        found = next((other for other in free if _business(other, places) == _business(one, places)), None)
        if found is not None:
            free = [other for other in free if other is not found]
        yield one, found
    for other in free:
        yield None, other


def _business(mention: Row, places: re.Pattern[str] | None) -> str:
    """What an agency is for: its name without place, owner and the word for its rank."""
    name = str(mention["value"])
    plain = places.sub("", name) if places is not None else name
    plain = _OWNER.sub("", plain)
    return _SUFFIX.sub("", plain) or name

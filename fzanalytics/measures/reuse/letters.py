"""The texts of a corpus as one sequence of letters in which every shared run can be looked for at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import number_fault
from fzanalytics.base.tables import require_columns
from fzanalytics.features.masks import NAME_CLASSES, NameClass, class_spans
from fzanalytics.measures.inputs import read_ignore
from fzanalytics.measures.reuse.alignment import LINK_CHARS
from fzanalytics.measures.reuse.reduced import Ints, reduce_text

#: Zeros between two texts, so that no window of one reaches into the next.
_MARGIN = 80
#: Zeros at both ends: the widest window that is compared at once.
WIDEST = 4096
#: The code of a masked name is this and the number of its class.
MASK_BASE = 0x110000
_MIX = np.uint64(0x9E3779B97F4A7C15)
_PLACE = np.uint64(0x200000000)


class Letters(NamedTuple):
    """What of one text is compared: m letters, each with its place in the text, half-open.

    A letter is a code point, or a number above all code points for a name that was masked by its class. Of a masked
    name also a number that equal names share, and the characters it has; 0 and 1 for a letter that is none.
    """

    codes: Ints
    begins: Ints
    ends: Ints
    names: NDArray[np.uint64]
    sizes: Ints


class Names(NamedTuple):
    """The masked names of all texts, in the order of their places.

    before: how many stand before each place; number: equal names by equal numbers; longer: characters of a name beyond
    the first, summed up to each name (one more entry than names). All empty if nothing is masked.
    """

    before: NDArray[np.int32]
    number: Ints
    longer: Ints


class Side(NamedTuple):
    """All texts seen in one direction.

    codes: letters by rank, 0 between texts; grams: each four letters as one number; marks: 16 bits of that number,
    mixed, for a quick look: unequal marks mean unequal letters.
    """

    codes: NDArray[np.unsignedinteger]
    grams: NDArray[np.uint64]
    marks: NDArray[np.uint16]


class Layout(NamedTuple):
    """All texts one after the other, in the order in which `align_pair` takes two of them: the shorter first.

    ids: names of the D texts in that order; first: where each begins; size: its letters; doc: the text of each
    place; masked: the rank from which on letters are masked names; names: what these are; ahead, back: the sequence in
    both directions.
    """

    ids: list[str]
    first: Ints
    size: Ints
    doc: NDArray[np.int32]
    masked: int
    names: Names
    ahead: Side
    back: Side


def read_letters(text: str, names: Sequence[tuple[int, int, int]] = ()) -> Letters:
    """The letters of a text, names replaced by their class.

    Parameters
    ----------
    text : str
        n characters.
    names : sequence of (begin, end, class number)
        In order, without overlap; a name becomes one letter.

    Examples
    --------
    >>> letters = read_letters("甲县 A 级", [(0, 2, 0)])
    >>> letters.codes.tolist(), letters.begins.tolist(), letters.ends.tolist()
    ([1114112, 97, 32423], [0, 3, 5], [2, 4, 6])
    """
    codes, places = reduce_text(text)
    if not len(names) or not len(codes):
        return Letters(codes, places, places + 1, np.zeros(len(codes), np.uint64), np.ones(len(codes), np.int64))
    spans = np.array(names, dtype=np.int64).reshape(-1, 3)
    at = np.searchsorted(spans[:, 0], places, side="right") - 1
    inside = (at >= 0) & (places < spans[at, 1])
    opens = inside & np.r_[True, at[1:] != at[:-1]]
    keep = ~inside | opens
    firsts = np.flatnonzero(keep)
    sizes = np.diff(np.r_[firsts, len(codes)])
    mixed = (
        codes.astype(np.uint64) + (np.arange(len(codes)) - np.repeat(firsts, sizes)).astype(np.uint64) * _PLACE
    ) * _MIX
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX
    named = np.where(opens[keep], np.add.reduceat(mixed ^ (mixed >> np.uint64(32)), firsts), np.uint64(0))
    codes = np.where(opens, MASK_BASE + spans[at, 2], codes)[keep]
    begins = np.where(opens, spans[at, 0], places)[keep]
    return Letters(codes, begins, np.where(opens, spans[at, 1], places + 1)[keep], named, sizes)


def read_masked(text: str, classes: Sequence[NameClass] = ()) -> Letters:
    """The letters of a text with the names of some classes masked.

    Examples
    --------
    >>> len(read_masked("到2017年，河北省", ["date", "place"]).codes)
    3
    """
    return read_letters(text, _named_spans(text, tuple(classes)) if classes else ())


@lru_cache(maxsize=2048)
def _named_spans(text: str, classes: tuple[NameClass, ...]) -> tuple[tuple[int, int, int], ...]:
    """Names and the numbers of their classes: kept, since several measures ask for those of the same texts."""
    return tuple((begin, end, NAME_CLASSES.index(name)) for begin, end, name in class_spans(text, classes=classes))


def leave_out(texts: Mapping[str, str], ignore: pd.DataFrame | Iterable[object] | None) -> dict[str, str]:
    """The texts with what is to be ignored made blank; offsets stay.

    Parameters
    ----------
    texts : mapping of doc_id to str
    ignore : DataFrame, or iterable of str or of (doc_id, begin, end), optional
        A table or rows of spans (doc_id, begin, end), or phrases, which are left out wherever they stand, whatever
        their punctuation, spaces, width and case.

    Raises
    ------
    ValueError
        If a span is not in its text, or a phrase carries no text.

    Examples
    --------
    >>> leave_out({"a": "坚持依法，行政！公开"}, ["依法行政"])
    {'a': '坚持     ！公开'}
    >>> leave_out({"a": "依法行政"}, [("a", 0, 2)])
    {'a': '  行政'}
    """
    ignore = read_ignore(ignore)
    if ignore is None:
        return dict(texts)
    phrases, spans = _split_ignored(texts, ignore)
    result = {}
    for doc_id, text in texts.items():
        found = [*spans.get(doc_id, ()), *(_find_phrases(text, phrases) if phrases else ())]
        if found:
            letters = list(text)
            for begin, end in found:
                letters[begin:end] = " " * (end - begin)
            text = "".join(letters)
        result[doc_id] = text
    return result


def _split_ignored(
    texts: Mapping[str, str], ignore: pd.DataFrame | list[object]
) -> tuple[list[str], dict[str, list[tuple[int, int]]]]:
    if isinstance(ignore, pd.DataFrame):
        columns = ["doc_id", "begin", "end"]
        require_columns(ignore, columns, name="ignore")
        ignore = list(ignore[columns].itertuples(index=False, name=None))
    phrases: list[str] = []
    spans: dict[str, list[tuple[int, int]]] = {}
    faults: list[str] = []
    for one in ignore:
        if isinstance(one, str):
            codes = reduce_text(one)[0]
            phrases.append("".join(map(chr, codes.tolist())))
            faults += [repr(one)] * (not len(codes))
            continue
        span = tuple(one) if isinstance(one, Iterable) else ()
        if _is_span(span, texts):
            spans.setdefault(str(span[0]), []).append((int(span[1]), int(span[2])))
        else:
            faults.append(repr(one))
    if faults:
        raise ValueError(
            f"`ignore` must be phrases that carry text, or spans (doc_id, begin, end) inside the texts of held "
            f"documents; got {'; '.join(faults[:10])}. Take begin and end from a table of the same corpus."
        )
    return phrases, spans


def _is_span(span: tuple[Any, ...], texts: Mapping[str, str]) -> bool:
    """Whether it is (doc_id, begin, end) inside of one of the texts."""
    if len(span) != 3 or str(span[0]) not in texts:
        return False
    inside = f"[0, {len(texts[str(span[0])])}]"
    return not any(number_fault(edge, name="", remedy="", within=inside) for edge in span[1:]) and span[1] <= span[2]


def _find_phrases(text: str, phrases: list[str]) -> list[tuple[int, int]]:
    codes, places = reduce_text(text)
    reduced = codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    found = []
    for phrase in phrases:
        at = reduced.find(phrase)
        while at >= 0:
            found.append((int(places[at]), int(places[at + len(phrase) - 1]) + 1))
            at = reduced.find(phrase, at + 1)
    return found


def lay_out(letters: Mapping[str, Letters]) -> Layout:
    """One sequence of all texts, those of equal letters next to each other.

    Examples
    --------
    >>> layout = lay_out({"b": read_letters("乙乙。丙"), "a": read_letters("甲")})
    >>> layout.ids, layout.size.tolist(), layout.ahead.codes[layout.first[1] :][:4].tolist()
    (['a', 'b'], [1, 3], [2, 2, 1, 0])
    """
    # Big-endian bytes are in the order of their numbers.
    order = sorted(
        letters, key=lambda name: (len(letters[name].codes), letters[name].codes.astype(">u4").tobytes(), name)
    )
    size = np.array([len(letters[name].codes) for name in order], dtype=np.int64)
    first = WIDEST + np.cumsum(size + _MARGIN) - size - _MARGIN
    total = int(first[-1] + size[-1]) + WIDEST if len(order) else 2 * WIDEST
    alphabet = _alphabet(letters.values())
    masked = int(np.searchsorted(alphabet, MASK_BASE)) + 1
    codes: NDArray[np.unsignedinteger] = np.zeros(total, dtype=np.uint16 if len(alphabet) < 0xFFFF else np.uint32)
    doc = np.full(total, -1, dtype=np.int32)
    for index, name in enumerate(order):
        place = slice(int(first[index]), int(first[index] + size[index]))
        codes[place] = np.searchsorted(alphabet, letters[name].codes) + 1
        doc[place] = index
    names = _gather_names([letters[name] for name in order], codes, masked)
    return Layout(order, first, size, doc, masked, names, *_both_sides(codes, len(alphabet) + 1))


def _gather_names(letters: Sequence[Letters], codes: NDArray[np.unsignedinteger], masked: int) -> Names:
    none = np.zeros(0, dtype=np.int64)
    is_name = codes >= masked
    if not is_name.any():
        return Names(none.astype(np.int32), none, none)
    parts = [np.flatnonzero(one.codes >= MASK_BASE) for one in letters]
    known = np.concatenate([one.names[part] for one, part in zip(letters, parts, strict=True)])
    sizes = np.concatenate([one.sizes[part] for one, part in zip(letters, parts, strict=True)])
    before = np.zeros(len(codes) + 1, dtype=np.int32)
    np.cumsum(is_name, out=before[1:], dtype=np.int32)
    number = np.unique(known, return_inverse=True)[1].astype(np.int64)
    return Names(before, number, np.r_[0, np.cumsum(sizes - 1)])


def same_names(layout: Layout, a: Ints, b: Ints, n: Ints) -> Ints:
    """Characters, beyond the one that each letter counts, of masked names that runs of equal letters have in common.

    Parameters
    ----------
    layout : Layout
    a, b, n : ndarray of int
        Runs: first places and letters.
    """
    result = np.zeros(len(a), dtype=np.int64)
    if not len(layout.names.before):
        return result
    before, number, longer = layout.names
    first, count = before[a].astype(np.int64), before[a + n] - before[a]
    rows = np.flatnonzero(count)
    shift = before[b[rows]] - first[rows]
    which = np.repeat(np.arange(len(rows)), count[rows])
    serial = np.arange(len(which)) - np.repeat(np.cumsum(count[rows]) - count[rows], count[rows])
    here = first[rows][which] + serial
    same = number[here] == number[here + shift[which]]
    here, which = here[same], which[same]
    np.add.at(result, rows[which], longer[here + 1] - longer[here])
    return result


def in_characters(layout: Layout, places: Ints) -> Ints:
    """Places in a sequence in which every masked name stands in full; the same places if nothing is masked."""
    if not len(layout.names.before):
        return places
    return places + layout.names.longer[layout.names.before[places]]


def _alphabet(letters: Iterable[Letters]) -> Ints:
    seen = np.zeros(MASK_BASE + len(NAME_CLASSES), dtype=bool)
    for one in letters:
        seen[one.codes] = True
    return np.flatnonzero(seen)


def _both_sides(codes: NDArray[np.unsignedinteger], base: int) -> tuple[Side, Side]:
    wide = codes.astype(np.uint64)
    for step in (1, 2):
        if base**2 >= 2**64:  # more characters than two of them fit into one number: by rank instead
            distinct, place = np.unique(wide, return_inverse=True)
            wide, base = place.astype(np.uint64), len(distinct)
        wide = wide[:-step] * np.uint64(base) + wide[step:]
        base **= 2
    full = codes > 0
    whole = full[:-3] & full[1:-2] & full[2:-1] & full[3:]
    grams = np.zeros(len(codes), dtype=np.uint64)
    grams[: len(wide)] = np.where(whole, wide + np.uint64(1), np.uint64(0))
    marks = ((grams * _MIX) >> np.uint64(48)).astype(np.uint16)
    reverse = np.zeros_like(grams)
    reverse[: len(wide)] = grams[: len(wide)][::-1]
    reverse_marks = np.zeros_like(marks)
    reverse_marks[: len(wide)] = marks[: len(wide)][::-1]
    return Side(codes, grams, marks), Side(codes[::-1].copy(), reverse, reverse_marks)


def gram_keys(side: Side, places: Ints, n: int) -> tuple[NDArray[np.uint64], list[Ints]]:
    """A number for the n-gram at each place, and the steps at which fours of it tell it exactly."""
    steps = [*range(0, n - LINK_CHARS + 1, LINK_CHARS)]
    if steps[-1] != n - LINK_CHARS:
        steps.append(n - LINK_CHARS)
    key = np.zeros(len(places), dtype=np.uint64)
    for step in steps:
        key = (key ^ (key >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) + side.grams[places + step] * _MIX
    return key ^ (key >> np.uint64(32)), steps


def equal_lengths(codes: NDArray[np.unsignedinteger], a: Ints, b: Ints, known: int = 0) -> Ints:
    """How many equal letters follow from each pair of places, of which `known` are known to be equal.

    Examples
    --------
    >>> codes = np.r_[np.zeros(WIDEST), 1, 2, 3, 0, 1, 2, 4, np.zeros(WIDEST)].astype(np.uint16)
    >>> equal_lengths(codes, np.array([WIDEST]), np.array([WIDEST + 4])).tolist()
    [2]
    """
    length = np.full(len(a), known, dtype=np.int64)
    live, width = np.arange(len(a)), 24
    while len(live):
        windows = np.lib.stride_tricks.sliding_window_view(codes, width)
        rows = max(1, (1 << 21) // width)
        going = []
        for begin in range(0, len(live), rows):
            part = live[begin : begin + rows]
            x = windows[a[part] + length[part]]
            equal = (x == windows[b[part] + length[part]]) & (x > 0)
            stop = equal.argmin(axis=1)
            whole = equal[np.arange(len(part)), stop]
            length[part] += np.where(whole, width, stop)
            going.append(part[whole])
        live = np.concatenate(going)
        width = min(WIDEST, width * 4)
    return length

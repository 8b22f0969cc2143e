"""Sentences, and text that documents share to the letter: what nobody planted and nobody can call a false claim.

Written apart from the package's aligner, so that the evaluation does not rest on the code that it evaluates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_number

Ints = NDArray[np.int64]

#: What every table of stretches of two documents has.
SPANS = ("source", "target", "source_begin", "source_end", "target_begin", "target_end")
#: A run of so many equal characters is shared text, whoever wrote it.
NATURAL_CHARS = 12
_COLUMNS = (*SPANS, "n_chars")
_UNIT = re.compile(r"[^。！？；，：\n]*[。！？；，：\n]+[”’）〕》\n]*|[^。！？；，：\n]+$")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def carries_text(text: str) -> NDArray[np.bool_]:
    """Which characters of a text are counted: letters, digits and Han, but no punctuation and no spaces.

    Examples
    --------
    >>> carries_text("第 1 条，").tolist()
    [True, False, True, False, True, False]
    """
    return np.fromiter((character.isalnum() for character in text), dtype=bool, count=len(text))


def equal_runs(
    sources: Mapping[str, str], targets: Mapping[str, str], *, n_chars: int = 12, within: bool = False
) -> pd.DataFrame:
    """All stretches that a source and a target have in common to the letter.

    Parameters
    ----------
    sources, targets : mapping of doc_id to str
        Texts; of two documents that are in both only (a, b) with a < b is looked at.
    n_chars : int
        Fewest characters in a row, at least 1; punctuation and spaces neither count nor break a run.
    within : bool
        Compare a document that is in both also with itself, each repetition once.

    Returns
    -------
    DataFrame
        source, target, source_begin, source_end, target_begin, target_end (offsets in characters, half-open), n_chars
        (counted characters). Runs cannot be made longer; sorted by document and place. All of them: a formula that
        stands p times in one text and q times in the other gives p * q rows, so the cost is characters plus rows.

    Examples
    --------
    >>> equal_runs({"a": "总则。依法行政，公开"}, {"b": "依法行政公开！"}, n_chars=6).values.tolist()
    [['a', 'b', 3, 10, 0, 6, 6]]
    """
    check_number(n_chars, name="n_chars", within="[1, inf)", whole=True, remedy="Take 12.")
    left, right = _Grams(sources, n_chars), _Grams(targets, n_chars)
    at_a, at_b = _meet(left, right)
    doc_a, doc_b = left.doc[at_a], right.doc[at_b]
    names_a, names_b = np.array(left.ids, dtype=object), np.array(right.ids, dtype=object)
    both = set(left.ids) & set(right.ids)
    if both:
        shared_a = np.array([name in both for name in left.ids], dtype=bool)
        shared_b = np.array([name in both for name in right.ids], dtype=bool)
        rank = {name: place for place, name in enumerate(sorted({*left.ids, *right.ids}))}
        rank_a, rank_b = (np.array([rank[name] for name in side.ids]) for side in (left, right))
        same = rank_a[doc_a] == rank_b[doc_b]
        keep = ~(shared_a[doc_a] & shared_b[doc_b]) | (rank_a[doc_a] < rank_b[doc_b])
        keep = np.where(same, within & (left.places[at_a] < right.places[at_b]), keep)
        at_a, at_b, doc_a, doc_b = at_a[keep], at_b[keep], doc_a[keep], doc_b[keep]
    if not len(at_a):
        return pd.DataFrame({column: pd.Series(dtype=object) for column in _COLUMNS})
    order = np.lexsort((at_a, at_a - at_b, doc_b, doc_a))
    at_a, at_b, doc_a, doc_b = at_a[order], at_b[order], doc_a[order], doc_b[order]
    new = (np.diff(at_a) != 1) | (np.diff(at_b) != 1) | (np.diff(doc_a) != 0) | (np.diff(doc_b) != 0)
    first = np.flatnonzero(np.r_[True, new])
    last = np.r_[first[1:] - 1, len(at_a) - 1]
    table = pd.DataFrame(
        {
            "source": names_a[doc_a[first]],
            "target": names_b[doc_b[first]],
            "source_begin": left.places[at_a[first]],
            "source_end": left.places[at_a[last] + n_chars - 1] + 1,
            "target_begin": right.places[at_b[first]],
            "target_end": right.places[at_b[last] + n_chars - 1] + 1,
            "n_chars": last - first + n_chars,
        }
    )
    return table.sort_values(list(SPANS), ignore_index=True)


def units(text: str) -> list[tuple[int, int]]:
    """Begins and ends of the stretches between marks of punctuation, each with the marks that close it.

    Examples
    --------
    >>> units("依法行政，公开。\\n二、")
    [(0, 5), (5, 9), (9, 11)]
    """
    return [match.span() for match in _UNIT.finditer(text)]


def ends_sentence(unit: str) -> bool:
    """Whether a unit closes a sentence, or a part of one that could stand alone.

    Examples
    --------
    >>> ends_sentence("公开。”"), ends_sentence("依法行政，")
    (True, False)
    """
    return re.search(r"[。！？；\n]", unit) is not None


def sentences(text: str) -> list[tuple[int, int]]:
    """Begins and ends of the sentences of a text; together they are the whole text.

    Examples
    --------
    >>> sentences("依法行政，公开。二、")
    [(0, 8), (8, 10)]
    """
    borders = [end for begin, end in units(text) if ends_sentence(text[begin:end])]
    if not borders or borders[-1] != len(text):
        borders.append(len(text))
    return list(zip([0, *borders], borders, strict=False))


def drop_sentences(texts: Mapping[str, str], spans: pd.DataFrame) -> tuple[dict[str, str], pd.DataFrame]:
    """Texts without the sentences that touch one of the spans.

    Parameters
    ----------
    texts : mapping of doc_id to str
    spans : DataFrame
        doc_id, begin, end.

    Returns
    -------
    kept : dict of doc_id to str
    dropped : DataFrame
        doc_id, text: the sentences taken out, in order.

    Examples
    --------
    >>> spans = pd.DataFrame([("a", 1, 2)], columns=["doc_id", "begin", "end"])
    >>> drop_sentences({"a": "公开。依法行政。"}, spans)[0]
    {'a': '依法行政。'}
    """
    at = {doc_id: group[["begin", "end"]].to_numpy() for doc_id, group in spans.groupby("doc_id")}
    kept: dict[str, str] = {}
    dropped: list[tuple[str, str]] = []
    for doc_id, text in texts.items():
        parts = []
        for begin, end in sentences(text):
            if doc_id in at and ((at[doc_id][:, 0] < end) & (begin < at[doc_id][:, 1])).any():
                dropped.append((doc_id, text[begin:end]))
            else:
                parts.append(text[begin:end])
        kept[doc_id] = "".join(parts)
    return kept, pd.DataFrame(dropped, columns=["doc_id", "text"])


class _Grams:
    """All n-grams of the counted characters of some texts, none of them across two texts."""

    def __init__(self, texts: Mapping[str, str], n_chars: int) -> None:
        self.ids = sorted(texts)
        codes, places, docs = [], [], []
        for number, doc_id in enumerate(self.ids):
            text = texts[doc_id]
            counted = np.flatnonzero(carries_text(text))
            points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
            codes.append(points[counted].astype(np.uint64))
            places.append(counted)
            docs.append(np.full(len(counted), number))
        empty = [np.zeros(0, dtype=np.int64)]
        self.codes = np.concatenate([*codes, np.zeros(0, dtype=np.uint64)])
        self.places: Ints = np.concatenate([*places, *empty]).astype(np.int64)
        self.doc: Ints = np.concatenate([*docs, *empty]).astype(np.int64)
        size = max(0, len(self.codes) - n_chars + 1)
        self.keys = np.zeros(size, dtype=np.uint64)
        for step in range(n_chars):
            self.keys = (self.keys + self.codes[step : step + size] + np.uint64(1)) * _FACTOR
            self.keys ^= self.keys >> np.uint64(29)
        inside = self.doc[:size] == self.doc[n_chars - 1 :] if size else np.zeros(0, dtype=bool)
        self.starts: Ints = np.flatnonzero(inside).astype(np.int64)
        self.n_chars = n_chars

    def is_equal(self, at: Ints, other: _Grams, at_other: Ints) -> NDArray[np.bool_]:
        """Whether n-grams are equal, character by character: a hash alone proves nothing."""
        equal = np.ones(len(at), dtype=bool)
        for step in range(self.n_chars):
            equal &= self.codes[at + step] == other.codes[at_other + step]
        return equal


def _meet(left: _Grams, right: _Grams) -> tuple[Ints, Ints]:
    """All pairs of places of equal n-grams."""
    order = right.starts[np.argsort(right.keys[right.starts], kind="stable")]
    sorted_keys = right.keys[order]
    keys = left.keys[left.starts]
    low, high = np.searchsorted(sorted_keys, keys, "left"), np.searchsorted(sorted_keys, keys, "right")
    counts = high - low
    at_a = np.repeat(left.starts, counts)
    within = np.arange(len(at_a)) - np.repeat(np.cumsum(counts) - counts, counts)
    at_b = order[np.repeat(low, counts) + within]
    equal = left.is_equal(at_a, right, at_b)
    return at_a[equal], at_b[equal]

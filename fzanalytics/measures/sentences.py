"""The sentences of a corpus, where each stands whole in other documents, and which are most like it in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pandas as pd
from joblib import effective_n_jobs
from numpy.typing import NDArray
from scipy import sparse

from fzanalytics.base.numbering import read_marker
from fzanalytics.features.masks import NAME_CLASSES
from fzanalytics.features.matrices import counts_of_terms, weigh_tfidf
from fzanalytics.features.tokens import PolicyAnalyzer
from fzanalytics.measures.inputs import compared_texts, require_corpus
from fzanalytics.measures.reuse.letters import MASK_BASE, Letters, read_masked
from fzanalytics.measures.reuse.reduced import number_grams, reduce_text
from fzanalytics.measures.reuse.spread import find_slogans
from fzanalytics.texts.corpus import Corpus

Ints = NDArray[np.int64]

#: A sentence that is looked for as a whole has at least so many letters.
WHOLE_CHARS = 8
_STOP = re.compile(r"[。！？!?；;\n]")
_MIX = np.uint64(0x9E3779B97F4A7C15)
#: A sentence is told apart if it has so many characters outside of names.
MIN_UNMASKED = 15
#: From this share of authority phrases on a sentence is a slogan.
SLOGAN_SHARE = 0.5
#: A sentence of fewer different terms is like too many.
MIN_TERMS = 3
_BLOCK = 512
#: So many sentences at once have the same sources, and are set beside so many others at once.
_SLICE = 1 << 13
_COLUMNS = 1 << 12
#: What the rounding of sums of small numbers may amount to.
_SLACK = 1e-5
#: To weigh a pair costs as much as so many steps of a product of sparse matrices.
_WEIGHING = 60
#: Odd, and its inverse modulo 2**64.
_BASE = 0xD1342543DE82EF95
_INVERSE = pow(_BASE, -1, 1 << 64)


def split_sentences(corpus: Corpus) -> pd.DataFrame:
    """The sentences of the documents held, without their numbers and without the brackets of those responsible.

    Parameters
    ----------
    corpus : Corpus

    Returns
    -------
    DataFrame
        doc_id, paragraph_id and section of the paragraph it stands in (NA and "" outside of all), begin, end:
        characters, half-open, into the clean text. A sentence ends at 。！？； or at the end of a line; its end mark and
        a clause number in front of it are left out. In the order of the corpus and of places.

    Examples
    --------
    >>> from fzanalytics.base.tables import empty_table
    >>> documents = pd.DataFrame({"doc_id": ["a"], "text": ["1.清理审批事项；公开目录。（省法制办负责）"], "held": [True]})
    >>> table = split_sentences(Corpus(documents, empty_table("clauses"), empty_table("paragraphs")))
    >>> table[["begin", "end"]].values.tolist()
    [[2, 8], [9, 13]]
    """
    texts = compared_texts(require_corpus(corpus))
    table = corpus.paragraphs
    all_ids, all_sections = table["paragraph_id"].tolist(), table["section"].fillna("").astype(str).tolist()
    all_begins, all_ends = (table[side].to_numpy(dtype=np.int64) for side in ("begin", "end"))
    paragraphs = {str(key): rows for key, rows in table.groupby("doc_id", sort=False).indices.items()}
    columns: dict[str, list[object]] = {name: [] for name in ("doc_id", "paragraph_id", "section", "begin", "end")}
    for doc_id, text in texts.items():
        own = paragraphs.get(doc_id, np.zeros(0, dtype=np.int64))
        own = own[np.argsort(all_begins[own])]
        begins, ends = all_begins[own], all_ends[own]
        ids, sections = [all_ids[row] for row in own.tolist()], [all_sections[row] for row in own.tolist()]
        spans = np.array(_spans(text), dtype=np.int64).reshape(-1, 2)
        at = np.searchsorted(begins, spans[:, 0], side="right") - 1
        inside = (at >= 0) & (spans[:, 0] < np.r_[ends, 0][at])
        found = np.where(inside, at, -1).tolist()
        columns["doc_id"] += [doc_id] * len(spans)
        columns["paragraph_id"] += [ids[one] if one >= 0 else pd.NA for one in found]
        columns["section"] += [sections[one] if one >= 0 else "" for one in found]
        columns["begin"] += spans[:, 0].tolist()
        columns["end"] += spans[:, 1].tolist()
    return pd.DataFrame(columns).astype({"begin": "int64", "end": "int64"})


def _spans(text: str) -> list[tuple[int, int]]:
    spans = []
    begin = 0
    for stop in [*(match.start() for match in _STOP.finditer(text)), len(text)]:
        line = text[begin:stop]
        marker = read_marker(line[:60])
        first = begin + (marker.end if marker is not None else 0)
        words = text[first:stop]
        first += len(words) - len(words.lstrip())
        last = first + len(words.strip())
        if any(map(str.isalnum, text[first:last])):
            spans.append((first, last))
        begin = stop + 1
    return spans


class SentenceFacts:
    """What is known of each sentence and of the letters of each document."""

    def __init__(self, corpus: Corpus, texts: dict[str, str], phrases: pd.DataFrame | Iterable[str] | None) -> None:
        """Read the letters, the names and the authority phrases of the texts as compared."""
        self.texts, self.ids = texts, list(texts)
        self.table = split_sentences(corpus)
        self.doc = self.table["doc_id"].map({name: at for at, name in enumerate(self.ids)}).to_numpy(dtype=np.int64)
        self.begin, self.end = (self.table[side].to_numpy(dtype=np.int64) for side in ("begin", "end"))
        slogans = {str(key): part for key, part in find_slogans(corpus, phrases=phrases).groupby("doc_id")}
        self.masked: list[Letters] = []
        self.plain: list[tuple[Ints, Ints]] = []
        self.own: list[Ints] = []  # letters before each place that stand outside of authority phrases
        size = (len(self.table),)
        self.first, self.last, self.first_plain, self.last_plain = (np.zeros(size, np.int64) for _ in range(4))
        self.n_chars, self.n_unmasked, self.n_own = (np.zeros(size, np.int64) for _ in range(3))
        firsts = np.searchsorted(self.doc, np.arange(len(texts) + 1)).tolist()
        for (doc_id, text), first, last in zip(texts.items(), firsts, firsts[1:], strict=False):
            self._read(slice(first, last), text, slogans.get(doc_id))

    def _read(self, rows: slice, text: str, slogans: pd.DataFrame | None) -> None:
        masked, plain = read_masked(text, NAME_CLASSES), reduce_text(text)
        begin, end = self.begin[rows], self.end[rows]
        carries = np.zeros(len(text), dtype=np.int64)
        carries[plain[1]] = 1
        outside = carries.copy()
        for first, last in slogans[["begin", "end"]].to_numpy(int) if slogans is not None else ():
            outside[first:last] = 0
        unnamed = np.r_[0, np.cumsum(masked.codes < MASK_BASE)]
        before, own = np.r_[0, np.cumsum(carries)], np.r_[0, np.cumsum(outside)]
        self.first[rows] = np.searchsorted(masked.begins, begin)
        self.last[rows] = np.searchsorted(masked.begins, end)
        self.first_plain[rows], self.last_plain[rows] = before[begin], before[end]
        self.n_chars[rows], self.n_own[rows] = before[end] - before[begin], own[end] - own[begin]
        self.n_unmasked[rows] = unnamed[self.last[rows]] - unnamed[self.first[rows]]
        self.masked.append(masked)
        self.plain.append(plain)
        self.own.append(own)

    @property
    def is_slogan(self) -> NDArray[np.bool_]:
        """Made of authority phrases by `SLOGAN_SHARE` or more."""
        return self.n_own <= (1 - SLOGAN_SHARE) * self.n_chars

    @property
    def is_told(self) -> NDArray[np.bool_]:
        """Neither a slogan nor too short."""
        return ~self.is_slogan & (self.n_unmasked >= MIN_UNMASKED)


class Whole(NamedTuple):
    """Where sentences stand whole: row of the sentence, document, first letter in that document."""

    row: Ints
    doc: Ints
    place: Ints


def find_whole(letters: Mapping[str, Ints], doc: Ints, first: Ints, last: Ints) -> Whole:
    """All places, in other documents, at which the letters of a sentence stand one after the other.

    Parameters
    ----------
    letters : mapping of doc_id to ndarray of int
        What is compared of each of the D documents: code points, or numbers that stand for masked names.
    doc, first, last : ndarray of int, shape (S,)
        Number of the document of each sentence, its first letter there and the one behind its last.

    Returns
    -------
    Whole
        Sorted by row, document and place. A sentence of fewer than `WHOLE_CHARS` letters is not looked for.

    Notes
    -----
    A sentence is looked for where its rarest run of eight letters stands. Sequences are compared by a polynomial of
    their letters modulo 2**64, so that two different ones pass for equal with a chance of the order of 2**-64.

    Examples
    --------
    >>> letters = {name: np.array([*map(ord, text)]) for name, text in {"a": "依法全面履行政府职能", "b": "要依法全面履行政府职能"}.items()}
    >>> [column.tolist() for column in find_whole(letters, np.array([0]), np.array([0]), np.array([10]))]
    [[0], [1], [1]]
    """
    arrays = list(letters.values())
    sizes = np.array([len(one) for one in arrays], dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    joined = np.concatenate([*arrays, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    begin, end = starts[doc] + first, starts[doc] + last
    rows = np.flatnonzero(last - first >= WHOLE_CHARS)
    if not len(rows) or len(joined) < WHOLE_CHARS:
        return Whole(*(np.zeros(0, dtype=np.int64),) * 3)
    grams = number_grams(joined, WHOLE_CHARS)
    order, low, count = _rank(grams)
    anchor = _rarest(count, begin[rows], end[rows] - WHOLE_CHARS + 1)
    row, place = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    powers = _Powers(joined)
    for part in np.array_split(np.arange(len(rows)), 1 + int(count[anchor].sum()) // 2_000_000):
        found = _equal(powers, order, low, count, rows[part], anchor[part], begin, end)
        row.append(found[0])
        place.append(found[1])
    rows, places = np.concatenate(row), np.concatenate(place)
    docs = np.searchsorted(starts, places, side="right") - 1
    # empty documents share their start with the next: the last of them is the one that has the letter
    keep = (docs != doc[rows]) & (places - starts[docs] + (end - begin)[rows] <= sizes[docs])
    rows, docs, places = rows[keep], docs[keep], places[keep]
    sorted_ = np.lexsort((places, docs, rows))
    return Whole(rows[sorted_], docs[sorted_], (places - starts[docs])[sorted_])


def _rank(grams: NDArray[np.uint64]) -> tuple[Ints, Ints, Ints]:
    """The order that sorts runs; of each run the place in it of the first that is equal, and how many are."""
    order = np.argsort(grams, kind="stable")
    ranked = grams[order]
    begins = np.r_[True, ranked[1:] != ranked[:-1]]
    group = np.cumsum(begins) - 1
    low, count = np.empty(len(grams), dtype=np.int64), np.empty(len(grams), dtype=np.int64)
    low[order] = np.flatnonzero(begins)[group]
    count[order] = np.bincount(group)[group]
    return order, low, count


def _rarest(count: Ints, begin: Ints, end: Ints) -> Ints:
    """The place with the smallest count, the first of several, in each range [begin, end); none is empty."""
    keys = np.r_[np.minimum(count, 1 << 22) << 40 | np.arange(len(count)), np.iinfo(np.int64).max]
    return np.minimum.reduceat(keys, np.column_stack([begin, end]).ravel())[::2] & ((1 << 40) - 1)


def _equal(
    powers: _Powers, order: Ints, low: Ints, count: Ints, rows: Ints, anchor: Ints, begin: Ints, end: Ints
) -> tuple[Ints, Ints]:
    """Sentences and places of all their occurrences, themselves included."""
    n = count[anchor]
    which = np.repeat(np.arange(len(rows)), n)
    serial = np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n)
    place = order[low[anchor][which] + serial] - (anchor - begin[rows])[which]
    size = (end - begin)[rows][which]
    inside = (place >= 0) & (place + size < len(powers.sums))
    which, place, size = which[inside], place[inside], size[inside]
    same = powers.of(place, size) == powers.of(begin[rows], (end - begin)[rows])[which]
    return rows[which[same]], place[same]


class _Powers:
    """The polynomial of every stretch of a sequence."""

    def __init__(self, codes: Ints) -> None:
        """Sum the letters up, each with its power of the inverse of the base."""
        n = len(codes)
        mixed = codes.astype(np.uint64) * _MIX
        mixed ^= mixed >> np.uint64(29)
        mixed *= _MIX
        self.powers = np.cumprod(np.r_[np.uint64(1), np.full(n, _BASE, dtype=np.uint64)], dtype=np.uint64)
        down = np.cumprod(np.r_[np.uint64(1), np.full(n, _INVERSE, dtype=np.uint64)], dtype=np.uint64)
        self.sums = np.r_[np.uint64(0), np.cumsum(mixed * down[:n], dtype=np.uint64)]

    def of(self, begin: Ints, size: Ints) -> NDArray[np.uint64]:
        """Equal for equal stretches."""
        return (self.sums[begin + size] - self.sums[begin]) * self.powers[begin]


def most_alike(
    texts: Mapping[str, str], sentences: pd.DataFrame, masked: Sequence[Letters], asked: NDArray[np.bool_],
    allowed: NDArray[np.int8], floor: float,
) -> tuple[Ints, Ints, NDArray[np.float64], Ints]:  # fmt: skip
    """The most similar sentence of an allowed document for each sentence asked for.

    Parameters
    ----------
    texts : mapping of doc_id to str
        The D texts as compared.
    sentences : DataFrame, S rows
        doc_id, begin, end, in the order of `texts`.
    masked : sequence of Letters, one a document
        Names are left out of what is compared.
    asked : ndarray of bool, shape (S,)
    allowed : ndarray of int, shape (D, D)
        0 where the document of the column is no source for that of the row.
    floor : float
        Least cosine, in (0, 1].

    Returns
    -------
    row, other : ndarray of int
        Sentences asked for to which an allowed one is so like, and the most like of these (the first of several, in the
        order of `sentences`).
    cosine : ndarray of float, in [floor, 1]
        Cosine of TF-IDF over words, weighed over all S sentences.
    n_documents : ndarray of int
        Documents with a sentence that is so like.

    Notes
    -----
    Exact, without setting each beside each: what two sentences so like share among the commonest words of either, as
    many as are together shorter than `floor`, is not enough, so they share one of the other words (Bayardo, Ma and Srikant
    2007, prefix filtering), and only such pairs are weighed. Where words hardly differ in how common they are, those left
    out are half as long, and the other words must make up the other half. Sentences of the same words are weighed once.
    """
    ids = list(texts)
    doc = sentences["doc_id"].map({name: at for at, name in enumerate(ids)}).to_numpy(dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    blanked = {name: _without_names(text, letters) for (name, text), letters in zip(texts.items(), masked, strict=True)}
    text, terms = _cut_once(blanked, sentences)
    terms = [one if len(set(one)) >= MIN_TERMS else [] for one in terms]
    enough = np.array([bool(one) for one in terms], dtype=bool)[text]
    rows = np.flatnonzero(asked & enough)
    if not len(rows):
        return none, none, np.zeros(0), none
    weights = weigh_tfidf(counts_of_terms([terms[one] for one in text]).matrix)[np.unique(text, return_index=True)[1]]
    cuts = [_Cut(length, _without_common(weights, length)) for length in (floor, floor / 2)]
    # Sentences with as many documents to come from stand together, so that the others are not looked at in vain.
    rows = rows[np.argsort(np.count_nonzero(allowed, axis=1)[doc[rows]], kind="stable")]
    parts = []
    for some in np.array_split(rows, 1 + len(rows) // _SLICE):
        sources = np.flatnonzero((allowed[np.unique(doc[some])] != 0).any(axis=0)[doc] & enough)
        one, like, cosine = _alike(weights, cuts, np.unique(text[some]), np.unique(text[sources]), floor)
        pair, at = _holders(one, text, some)
        again, other = _holders(like[pair], text, sources)
        pair, at = pair[again], at[again]
        keep = allowed[doc[at], doc[other]] != 0
        parts.append((at[keep], other[keep], cosine[pair[keep]]))
    at, other, cosine = (np.concatenate(column) for column in zip((none, none, np.zeros(0)), *parts, strict=True))
    order = np.lexsort((other, -cosine.round(12), at))
    at, other, cosine = at[order], other[order], cosine[order]
    first = np.flatnonzero(np.r_[True, at[1:] != at[:-1]][: len(at)])
    pairs = np.unique(at * len(ids) + doc[other])
    n_documents = np.unique(pairs // len(ids), return_counts=True)[1]
    return at[first], other[first], cosine[first], n_documents


def _cut_once(texts: Mapping[str, str], sentences: pd.DataFrame) -> tuple[Ints, list[list[str]]]:
    """Which text each sentence has, of those that differ, in the order in which they come; and the terms of each text."""
    columns = (sentences[column].tolist() for column in ("doc_id", "begin", "end"))
    known: dict[str, int] = {}
    text = [
        known.setdefault(texts[str(name)][begin:end], len(known)) for name, begin, end in zip(*columns, strict=True)
    ]
    return np.array(text, dtype=np.int64), [*map(PolicyAnalyzer(), known)]


class _Cut(NamedTuple):
    """Weights without the commonest terms of each text, which are together shorter than `length`."""

    length: float
    weights: sparse.csr_matrix


def _without_common(weights: sparse.csr_matrix, length: float) -> sparse.csr_matrix:
    """The rows without their commonest terms, as many as are together shorter than `length`."""
    n_holders = np.bincount(weights.indices, minlength=weights.shape[1])
    row = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    order = np.lexsort((weights.indices, -n_holders[weights.indices], row))  # one order of terms for all rows
    squares = np.cumsum(weights.data[order] ** 2)
    reached = squares - np.r_[0.0, squares][weights.indptr[:-1]][row]
    kept = np.sort(order[reached >= length**2 - 1e-9])
    indptr = np.r_[0, np.cumsum(np.bincount(row[kept], minlength=weights.shape[0]))]
    data = weights.data[kept].astype(np.float32)
    return sparse.csr_matrix((data, weights.indices[kept], indptr), shape=weights.shape)


def _alike(
    weights: sparse.csr_matrix, cuts: list[_Cut], rows: Ints, columns: Ints, floor: float
) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Texts of the rows, those of the columns that each is as like as `floor`, and how like; none is missing.

    A term that both have and one has lost is common, and so has been lost by the one that has lost more terms than the
    other: what both have lost is less than the length cut off.
    """
    cut = _cheaper(cuts, rows, columns)
    least = floor - cut.length - _SLACK
    parts = [(some, cut.weights[some].T.tocsr()) for some in np.array_split(columns, 1 + len(columns) // _COLUMNS)]

    def search(block: Ints) -> list[tuple[Ints, Ints, NDArray[np.float64]]]:
        kept, found = cut.weights[block], [(block[:0], block[:0], np.zeros(0))]
        for some, turned in parts:
            product = kept @ turned
            likely = np.flatnonzero(product.data >= least)
            one = block[np.searchsorted(product.indptr, likely, side="right") - 1]
            other = some[product.indices[likely]]
            cosine = np.minimum(np.asarray(weights[one].multiply(weights[other]).sum(axis=1)).ravel(), 1.0)
            near = cosine >= floor
            found.append((one[near], other[near], cosine[near]))
        return found

    with ThreadPoolExecutor(effective_n_jobs(-1)) as pool:  # a product leaves the interpreter to the other threads
        found = [part for of in pool.map(search, np.array_split(rows, 1 + len(rows) // _BLOCK)) for part in of]
    one, other, cosine = (np.concatenate(column) for column in zip(*found, strict=True))
    return one, other, cosine


def _cheaper(cuts: list[_Cut], rows: Ints, columns: Ints) -> _Cut:
    """The longer cut if weighing all that share a term after it costs less than the product after the shorter."""
    steps = []
    for cut in cuts:
        n_holders = np.bincount(cut.weights[columns].indices, minlength=cut.weights.shape[1])
        steps.append(n_holders[cut.weights[rows].indices].sum())
    return cuts[0] if steps[0] * _WEIGHING <= steps[1] else cuts[1]


def _holders(texts: Ints, text: Ints, sentences: Ints) -> tuple[Ints, Ints]:
    """For each of these texts the sentences that have it: place in `texts` and sentence."""
    own = sentences[np.argsort(text[sentences], kind="stable")]
    low, high = (np.searchsorted(text[own], texts, side=side) for side in ("left", "right"))
    place = np.repeat(np.arange(len(texts)), high - low)
    serial = np.arange(len(place)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    return place, own[low[place] + serial]


def _without_names(text: str, letters: Letters) -> str:
    """The text with blanks in place of masked names."""
    signs = list(text)
    for at in np.flatnonzero(letters.codes >= MASK_BASE).tolist():
        begin, end = int(letters.begins[at]), int(letters.ends[at])
        signs[begin:end] = " " * (end - begin)
    return "".join(signs)

"""Terms that no dictionary holds, found in the corpus itself and offered to the reader: nothing is added silently.

A term holds together inside (its parts meet more often than chance would have it) and is free outside (many different
characters stand before and behind it).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from fzanalytics.base.options import check_number
from fzanalytics.features.engines import jieba_tokenizer
from fzanalytics.features.words import Words, as_words
from fzanalytics.texts.corpus import Corpus

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

COLUMNS = ("term", "count", "n_documents", "cohesion", "entropy_left", "entropy_right", "known")
# Characters of grammar, at whose side a term neither begins nor ends: of, and, or, to, at, by, each, its, not, shall ...
_EDGES = "的了和与及或等在对为是有将把被以于从由到按各其该并不应可要能已也都而但之所者中上下内后前"
_FIRST, _LAST = "\u4e00", "\u9fd5"


class _Text(NamedTuple):
    """All texts behind one another: code points, whether Chinese, and number of the text; one break between texts."""

    codes: Ints
    is_chinese: np.ndarray[Any, np.dtype[np.bool_]]
    owner: Ints


def discover_terms(
    corpus: Corpus | Iterable[str],
    *,
    words: Words = (),
    min_count: int = 5,
    min_documents: int = 1,
    min_chars: int = 2,
    max_chars: int = 8,
    min_cohesion: float = 4.0,
    min_entropy: float = 1.0,
    include_known: bool = False,
) -> pd.DataFrame:
    """Runs of Chinese characters that behave like words.

    Parameters
    ----------
    corpus : Corpus or iterable of str
        The held documents, or D texts.
    words : str, Path or iterable of str
        Terms that count as known beside jieba's dictionary and the policy dictionary.
    min_count, min_documents : int
        Rarer terms are left out; counts are of occurrences, overlapping ones too.
    min_chars, max_chars : int
        Length in characters.
    min_cohesion : float
        In bits, see below.
    min_entropy : float
        In bits, for either side.
    include_known : bool
        List also what a dictionary holds.

    Returns
    -------
    DataFrame
        term; count; n_documents; cohesion: pointwise mutual information of the two parts where the term is weakest, in
        bits, higher is firmer (0: parts meet by chance); entropy_left, entropy_right: of the characters beside it, in
        bits, in [0, log2 count], higher is freer, where a break (punctuation, end, a letter) counts as a new character
        each time; known. Firmest and freest first: ordered by cohesion + the smaller entropy.

    Raises
    ------
    ValueError
        If there is no text, or an option is out of range.

    Notes
    -----
    What is listed is offered: choose from it, and give the choice to ``PolicyAnalyzer(words=...)`` or keep it in a file.
    A term that occurs only inside a longer one has no entropy on one side, and so is left out. Set phrases of the
    genre pass as well as terms: frequency and form do not tell them apart. Thresholds are not tuned. Terms that begin or end with
    a character of grammar (的, 和, 不, ...) are left out.

    References
    ----------
    Church and Hanks (1990), Word association norms, mutual information, and lexicography, for cohesion; Feng, Chen, Deng
    and Zheng (2004), Accessor variety criteria for Chinese word extraction, for freedom outside, there counted and here
    measured by entropy.

    Examples
    --------
    >>> texts = ["推行局队合一体制", "实行局队合一改革，局队合一", "全面局队合一后", "有的局队合一的"]
    >>> discover_terms(texts, min_count=4, min_cohesion=2)[["term", "count", "n_documents"]].values.tolist()
    [['局队合一', 5, 4]]
    """
    _check_options(min_count, min_documents, min_chars, max_chars, min_cohesion, min_entropy)
    text = _join(_texts_of(corpus))
    entries = jieba_tokenizer(as_words(words)).FREQ
    found = _candidates(text, min_count, max_chars)
    rows: list[tuple[object, ...]] = []
    n_positions = int(text.is_chinese.sum())
    for n_chars in range(min_chars, max_chars + 1):
        rows += _rows_of(text, found, n_chars, n_positions, (min_documents, min_cohesion, min_entropy))
    table = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    table["known"] = np.array([bool(entries.get(term)) for term in table["term"]], dtype=bool)
    if not include_known:
        table = table[~table["known"]]
    score = table["cohesion"] + table[["entropy_left", "entropy_right"]].min(axis=1)
    order = pd.DataFrame({"score": -score.round(9), "term": table["term"]}).sort_values(["score", "term"]).index
    return table.loc[order].reset_index(drop=True)


def _candidates(text: _Text, min_count: int, max_chars: int) -> list[tuple[Ints, Ints]]:
    """For each length from 1: a number for the run that begins at each place, and its count there; 0 if it is rare.

    A run can be frequent only if both runs one character shorter are; so each length is built from the last, and what
    is rare is never counted again.
    """
    numbers = np.where(text.is_chinese, text.codes, 0)
    found = [(numbers, np.bincount(numbers)[numbers] * (numbers > 0))]
    for _ in range(1, max_chars):
        previous, counts = found[-1]
        frequent = counts >= min_count
        places = np.flatnonzero(frequent[:-1] & frequent[1:])
        numbers, counts = np.zeros_like(previous), np.zeros_like(previous)
        if len(places):
            keys = previous[places] * (int(previous.max()) + 1) + previous[places + 1]
            _, inverse, n_each = np.unique(keys, return_inverse=True, return_counts=True)
            numbers[places], counts[places] = inverse.ravel() + 1, n_each[inverse.ravel()]
            numbers[counts < min_count] = 0
            counts[counts < min_count] = 0
        found.append((numbers, counts))
    return found


def _rows_of(
    text: _Text,
    found: list[tuple[Ints, Ints]],
    n_chars: int,
    n_positions: int,
    limits: tuple[int, float, float],
) -> list[tuple[object, ...]]:
    """The rows of the terms of one length that pass."""
    numbers, counts = found[n_chars - 1]
    places = np.flatnonzero(numbers)
    if not len(places):
        return []
    _, first, inverse = np.unique(numbers[places], return_index=True, return_inverse=True)
    inverse, begins = inverse.ravel(), places[first]
    left = _entropies(text, places - 1, inverse)
    right = _entropies(text, places + n_chars, inverse)
    pairs = np.unique(np.column_stack([inverse, text.owner[places]]), axis=0)
    n_documents = np.bincount(pairs[:, 0], minlength=len(first))
    cohesion = _cohesions(found, begins, n_chars, n_positions)
    min_documents, min_cohesion, min_entropy = limits
    passed = (n_documents >= min_documents) & (cohesion >= min_cohesion) & (np.minimum(left, right) >= min_entropy)
    rows: list[tuple[object, ...]] = []
    for term in np.flatnonzero(passed):
        begin = int(begins[term])
        string = "".join(map(chr, text.codes[begin : begin + n_chars]))
        if string[0] not in _EDGES and string[-1] not in _EDGES:
            values = (int(counts[begin]), int(n_documents[term]))
            rows.append((string, *values, float(cohesion[term]), float(left[term]), float(right[term])))
    return rows


def _cohesions(found: list[tuple[Ints, Ints]], begins: Ints, n_chars: int, n_positions: int) -> Floats:
    """Mutual information of the two parts at the weakest place, in bits."""
    if n_chars == 1:
        return np.zeros(len(begins))
    whole = found[n_chars - 1][1][begins].astype(float)
    products = [
        found[cut - 1][1][begins].astype(float) * found[n_chars - cut - 1][1][begins + cut] for cut in range(1, n_chars)
    ]
    return np.log2(whole * n_positions / np.max(products, axis=0))


def _entropies(text: _Text, beside: Ints, terms: Ints) -> Floats:
    """Entropy of the characters at `beside` for each term; each break is a character of its own."""
    n_terms = int(terms.max()) + 1
    symbols = np.where(text.is_chinese[beside], text.codes[beside], 0x110000 + np.arange(len(beside)))
    keys, n_each = np.unique(terms * (0x110000 + len(beside)) + symbols, return_counts=True)
    owners = keys // (0x110000 + len(beside))
    totals = np.bincount(owners, weights=n_each, minlength=n_terms)
    shares = n_each / totals[owners]
    entropies: Floats = np.bincount(owners, weights=-shares * np.log2(shares), minlength=n_terms).astype(float)
    return np.abs(entropies)


def _join(texts: list[str]) -> _Text:
    joined = "\n" + "".join(f"{text}\n" for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    lengths = [1, *(len(text) + 1 for text in texts)]
    owner = np.repeat(np.arange(-1, len(texts)), lengths)
    return _Text(codes, (codes >= ord(_FIRST)) & (codes <= ord(_LAST)), owner)


def _texts_of(corpus: Corpus | Iterable[str]) -> list[str]:
    if isinstance(corpus, str):
        raise ValueError("`corpus` must be a Corpus or several texts; got one str. Put it into a list.")
    texts = list(corpus.held["text"]) if isinstance(corpus, Corpus) else list(corpus)
    if not texts or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"`corpus` must hold at least one text, each a str; got {len(texts)}. Drop missing texts.")
    return texts


def _check_options(
    min_count: int, min_documents: int, min_chars: int, max_chars: int, min_cohesion: float, min_entropy: float
) -> None:
    remedy = "Use the default."
    for name, value in (
        ("min_count", min_count), ("min_documents", min_documents), ("min_chars", min_chars), ("max_chars", max_chars),
    ):  # fmt: skip
        check_number(value, name=name, whole=True, remedy=remedy)
    check_number(min_cohesion, name="min_cohesion", remedy=remedy)
    check_number(min_entropy, name="min_entropy", remedy=remedy)
    if min_count < 2 or min_documents < 1:
        raise ValueError(
            f"`min_count` must be at least 2 and `min_documents` at least 1; got {min_count} and {min_documents}. "
            "A run that occurs once shows nothing of its limits."
        )
    if not 2 <= min_chars <= max_chars <= 20:
        raise ValueError(
            f"`min_chars` and `max_chars` must be in order, from 2 to 20; got {min_chars} and {max_chars}. "
            "Use the defaults."
        )

"""Simple finders of shared text, to stand beside `find_passages` in one run.

Each takes texts and pairs and gives a table of passages, so that `score_passages` treats all alike. They are what is used
where nothing better is at hand; none is tuned to planted text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_number
from fzanalytics.evaluation.equal import SPANS, carries_text, sentences
from fzanalytics.features.tokens import tokenize

Pairs = Iterable[tuple[str, str]]
Ints = NDArray[np.int64]

_COLUMNS = (*SPANS, "n_chars", "identity")


class _Sentence(NamedTuple):
    begin: int
    end: int
    text: str


def difflib_passages(texts: Mapping[str, str], pairs: Pairs, *, min_chars: int = 20) -> pd.DataFrame:
    """Matching blocks of Python's difflib: equal text only, in one order.

    Parameters
    ----------
    texts : mapping of doc_id to str
    pairs : iterable of (source, target)
    min_chars : int
        Fewest characters that carry text in a block.

    Returns
    -------
    DataFrame, P rows
        source, target, source_begin, source_end, target_begin, target_end (offsets in characters, half-open), n_chars,
        identity (1). Blocks never cross: text that was moved is found once at most.

    Notes
    -----
    `SequenceMatcher(autojunk=False)` on the characters that carry text, which it compares one pair at a time in up to
    quadratic time.

    Examples
    --------
    >>> texts = {"a": "总则。依法公开重大行政决策。", "b": "依法公开，重大行政决策！"}
    >>> difflib_passages(texts, [("a", "b")], min_chars=8).values.tolist()
    [['a', 'b', 3, 13, 0, 11, 10, 1.0]]
    """
    from difflib import SequenceMatcher

    check_number(min_chars, name="min_chars", within="[1, inf)", whole=True, remedy="Take 20.")
    places = {doc_id: np.flatnonzero(carries_text(text)) for doc_id, text in texts.items()}
    letters = {doc_id: "".join(texts[doc_id][at] for at in places[doc_id]) for doc_id in texts}
    rows: list[tuple[object, ...]] = []
    for source, target in pairs:
        matcher = SequenceMatcher(None, letters[source], letters[target], autojunk=False)
        for block in matcher.get_matching_blocks():
            if block.size >= min_chars:
                at, on = places[source], places[target]
                rows.append(
                    (source, target, at[block.a], at[block.a + block.size - 1] + 1,
                     on[block.b], on[block.b + block.size - 1] + 1, block.size, 1.0)
                )  # fmt: skip
    return _table(rows)


def tfidf_passages(
    texts: Mapping[str, str], pairs: Pairs, *, min_similarity: float = 0.5, min_chars: int = 10
) -> pd.DataFrame:
    """Pairs of sentences with a high TF-IDF cosine.

    Parameters
    ----------
    texts : mapping of doc_id to str
    pairs : iterable of (source, target)
    min_similarity : float
        Least cosine, in (0, 1].
    min_chars : int
        Sentences with fewer characters that carry text are left out.

    Returns
    -------
    DataFrame, P rows
        As `difflib_passages`; n_chars is that of the shorter sentence of each pair, identity the cosine. Pairs that
        follow one another in both texts are one passage, identity the mean by characters.

    Notes
    -----
    Words by jieba, sublinear counts, idf over all sentences (scikit-learn's TfidfVectorizer). It finds whole sentences only.

    Examples
    --------
    >>> texts = {"a": "总则。各级政府依法公开重大行政决策。", "b": "粮食增产。各级政府公开重大行政决策。"}
    >>> tfidf_passages(texts, [("a", "b")]).iloc[:, :6].values.tolist()
    [['a', 'b', 3, 17, 5, 17]]
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    cut = {doc_id: _sentences(text, min_chars) for doc_id, text in texts.items()}
    every = [sentence.text for found in cut.values() for sentence in found]
    if not every:
        return _table([])
    vectorizer = TfidfVectorizer(analyzer=_words, sublinear_tf=True)
    matrix = vectorizer.fit_transform(every)
    stops = dict(zip(cut, np.cumsum([len(found) for found in cut.values()]), strict=True))
    rows: list[tuple[object, ...]] = []
    for source, target in pairs:
        a, b = (matrix[stops[doc_id] - len(cut[doc_id]) : stops[doc_id]] for doc_id in (source, target))
        similarity = (a @ b.T).tocoo()
        high = similarity.data >= min_similarity
        hits = zip(similarity.row[high], similarity.col[high], similarity.data[high], strict=True)
        rows += _joined(source, target, cut[source], cut[target], hits)
    return _table(rows)


def containment_passages(
    texts: Mapping[str, str], pairs: Pairs, *, n: int = 5, min_containment: float = 0.5, min_chars: int = 10
) -> pd.DataFrame:
    """Pairs of sentences of which one holds many of the character n-grams of the other.

    Parameters
    ----------
    texts : mapping of doc_id to str
    pairs : iterable of (source, target)
    n : int
        Length of the n-grams, in characters that carry text.
    min_containment : float
        Least share, in (0, 1], of the distinct n-grams of the sentence that has fewer of them.
    min_chars : int
        Sentences with fewer characters that carry text are left out.

    Returns
    -------
    DataFrame, P rows
        As `difflib_passages`; n_chars is that of the shorter sentence of each pair, identity the containment. Pairs that
        follow one another in both texts are one passage, identity the mean by characters.

    References
    ----------
    Broder, A. (1997). On the resemblance and containment of documents. SEQUENCES '97, 21-29.

    Examples
    --------
    >>> texts = {"a": "总则。各级政府依法公开重大行政决策。", "b": "粮食增产。各级政府公开重大行政决策。"}
    >>> containment_passages(texts, [("a", "b")])["identity"].round(2).tolist()
    [0.5]
    """
    from scipy.sparse import csr_matrix

    cut = {doc_id: _sentences(text, max(min_chars, n)) for doc_id, text in texts.items()}
    numbers: dict[str, int] = {}
    indices: dict[str, list[list[int]]] = {}
    for doc_id, found in cut.items():
        indices[doc_id] = [
            sorted({numbers.setdefault(gram, len(numbers)) for gram in _grams(sentence.text, n)}) for sentence in found
        ]
    matrices = {}
    for doc_id, lists in indices.items():
        starts = np.r_[0, np.cumsum([len(grams) for grams in lists])].astype(np.int64)
        columns = np.array([number for grams in lists for number in grams], dtype=np.int64)
        matrices[doc_id] = csr_matrix(
            (np.ones(len(columns), dtype=np.int64), columns, starts), shape=(len(lists), max(1, len(numbers)))
        )
    rows: list[tuple[object, ...]] = []
    for source, target in pairs:
        shared = (matrices[source] @ matrices[target].T).tocoo()
        fewest = [
            min(len(indices[source][i]), len(indices[target][j])) for i, j in zip(shared.row, shared.col, strict=True)
        ]
        share = shared.data / np.array(fewest, dtype=float)
        high = share >= min_containment
        rows += _joined(
            source, target, cut[source], cut[target], zip(shared.row[high], shared.col[high], share[high], strict=True)
        )
    return _table(rows)


def smith_waterman_passages(
    texts: Mapping[str, str],
    pairs: Pairs,
    *,
    match: int = 3,
    mismatch: int = -2,
    gap: int = -3,
    min_chars: int = 20,
    most: int = 1,
) -> pd.DataFrame:
    """The best local alignments of two texts as sequences of words.

    Parameters
    ----------
    texts : mapping of doc_id to str
    pairs : iterable of (source, target)
    match, mismatch, gap : int
        Score of two equal words, of two others, and of a word left out.
    min_chars : int
        Fewest characters in matched words; an alignment with fewer is none.
    most : int
        Alignments a pair, each found after the matched words of those before are taken out. The method gives 1.

    Returns
    -------
    DataFrame, P rows
        As `difflib_passages`; n_chars: characters of matched words, identity: matched words over aligned places.

    Notes
    -----
    Words by jieba, those without a character that carries text left out. Row by row on NumPy: time and memory grow
    with the product of the two lengths.

    References
    ----------
    Linder, F., Desmarais, B., Burgess, M. and Giraudy, E. (2020). Text as policy: measuring policy similarity through
    bill text reuse. Policy Studies Journal 48(2), 546-574. The scores 3, -2, -3 are theirs.

    Smith, T. and Waterman, M. (1981). Identification of common molecular subsequences. Journal of Molecular Biology
    147(1), 195-197.

    Examples
    --------
    >>> texts = {"a": "总则。各级政府依法公开重大行政决策。", "b": "粮食增产。各级政府应当公开重大行政决策。"}
    >>> smith_waterman_passages(texts, [("a", "b")], min_chars=10).iloc[:, :7].values.tolist()
    [['a', 'b', 3, 17, 5, 19, 12]]
    """
    for name, score, usual in (("match", match, 3), ("mismatch", mismatch, -2), ("gap", gap, -3)):
        check_number(score, name=name, whole=True, remedy=f"Take {usual}.")
    for name, count, usual in (("min_chars", min_chars, 20), ("most", most, 1)):
        check_number(count, name=name, within="[1, inf)", whole=True, remedy=f"Take {usual}.")
    words = {doc_id: _word_spans(text) for doc_id, text in texts.items()}
    numbers: dict[str, int] = {}
    codes = {
        doc_id: np.array([numbers.setdefault(texts[doc_id][a:b], len(numbers)) for a, b in spans], dtype=np.int64)
        for doc_id, spans in words.items()
    }
    rows: list[tuple[object, ...]] = []
    for source, target in pairs:
        a, b = codes[source].copy(), codes[target].copy()
        for _ in range(most):
            path = _local_alignment(a, b, match, mismatch, gap)
            equal = [(i, j) for i, j in path if i >= 0 and j >= 0 and a[i] == b[j]]
            spans_a, spans_b = words[source], words[target]
            n_chars = sum(spans_a[i][1] - spans_a[i][0] for i, _ in equal)
            if n_chars < min_chars:
                break
            (i, j), (k, m) = equal[0], equal[-1]
            rows.append((source, target, spans_a[i][0], spans_a[k][1], spans_b[j][0], spans_b[m][1],
                         n_chars, len(equal) / len(path)))  # fmt: skip
            for i, j in equal:
                a[i], b[j] = -1, -2
    return _table(rows)


BASELINES: dict[str, Callable[..., pd.DataFrame]] = {
    "difflib": difflib_passages,
    "tfidf cosine": tfidf_passages,
    "5-gram containment": containment_passages,
    "smith-waterman": smith_waterman_passages,
}


def _local_alignment(a: Ints, b: Ints, match: int, mismatch: int, gap: int) -> list[tuple[int, int]]:
    """The steps (place in a, place in b) of the best local alignment, -1 for a word left out; [] if there is none."""
    if not len(a) or not len(b):
        return []
    # 0: the alignment begins here; 1: two words; 2: a word of `a` is left out; 3: one of `b` is.
    moves = np.zeros((len(a), len(b)), dtype=np.int8)
    above = np.zeros(len(b) + 1, dtype=np.int64)
    slope = -gap * np.arange(len(b) + 1)
    best, at = 0, (0, 0)
    for i, code in enumerate(a):
        pair = above[:-1] + np.where(b == code, match, mismatch)
        drop = above[1:] + gap
        row = np.r_[0, np.maximum(np.maximum(pair, drop), 0)]
        row = np.maximum.accumulate(row + slope) - slope
        here = row[1:]
        moves[i] = np.where(here == 0, 0, np.where(here == pair, 1, np.where(here == drop, 2, 3)))
        top = int(here.argmax())
        if here[top] > best:
            best, at = int(here[top]), (i, top)
        above = row
    path = []
    i, j = at
    while best and i >= 0 and j >= 0 and (move := moves[i, j]):
        path.append((i if move != 3 else -1, j if move != 2 else -1))
        i, j = i - (move != 3), j - (move != 2)
    return path[::-1]


def _words(text: str) -> list[str]:
    return [token.text for token in tokenize(text) if any(map(str.isalnum, token.text))]


def _word_spans(text: str) -> list[tuple[int, int]]:
    return [(token.begin, token.end) for token in tokenize(text) if any(map(str.isalnum, token.text))]


def _sentences(text: str, min_chars: int) -> list[_Sentence]:
    """The sentences of a text from their first to their last character that carries text."""
    found = []
    for begin, end in sentences(text):
        counted = np.flatnonzero(carries_text(text[begin:end]))
        if len(counted) >= min_chars:
            first, last = begin + int(counted[0]), begin + int(counted[-1]) + 1
            found.append(_Sentence(first, last, text[first:last]))
    return found


def _grams(text: str, n: int) -> Iterator[str]:
    letters = "".join(filter(str.isalnum, text))
    return (letters[at : at + n] for at in range(len(letters) - n + 1))


def _joined(
    source: str, target: str, a: list[_Sentence], b: list[_Sentence], hits: Iterable[tuple[int, int, float]]
) -> list[tuple[object, ...]]:
    """Rows for pairs of sentences; those that follow one another in both texts are one."""
    values = {(int(i), int(j)): float(value) for i, j, value in hits}
    rows: list[tuple[object, ...]] = []
    for i, j in sorted(values):
        if (i - 1, j - 1) in values:
            continue
        n = 1
        while (i + n, j + n) in values:
            n += 1
        sizes = [min(_size(a[i + step]), _size(b[j + step])) for step in range(n)]
        mean = float(np.average([values[i + step, j + step] for step in range(n)], weights=sizes))
        rows.append((source, target, a[i].begin, a[i + n - 1].end, b[j].begin, b[j + n - 1].end, sum(sizes), mean))
    return rows


def _size(sentence: _Sentence) -> int:
    return int(carries_text(sentence.text).sum())


def _table(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    table = table.astype({**dict.fromkeys(_COLUMNS[2:7], "int64"), "identity": float})
    return table.sort_values(list(SPANS), ignore_index=True)

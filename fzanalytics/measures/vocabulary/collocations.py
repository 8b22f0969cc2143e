"""Which words keep company: pairs within a few words of each other, and the company of one word.

Shape letters: N places of words in the corpus, V vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_number
from fzanalytics.features.tokens import Analyzer, PolicyAnalyzer, load_stop_words
from fzanalytics.measures.inputs import require_corpus
from fzanalytics.measures.similarity import Unit, unit_texts
from fzanalytics.measures.vocabulary.formulas import keyness_g2, log_ratio
from fzanalytics.texts.corpus import Corpus

Sort = Literal["g2", "npmi", "pmi", "t", "count"]

#: Words on the two sides of a pause or bracket are no neighbours; those on the two sides of a quotation mark are.
_PAUSE = re.compile(r"[，。；：！？、,;:!?\n\r（）()《》〈〉【】\[\]…—]+")


class _Places(NamedTuple):
    """Every word of the corpus in order: its number in `vocabulary`, its stretch between pauses, its document."""

    words: NDArray[np.int64]
    stretches: NDArray[np.int64]
    documents: NDArray[np.int64]
    vocabulary: NDArray[Any]


def collocations(
    corpus: Corpus,
    *,
    window: int = 1,
    min_count: int = 5,
    unit: Unit = "document",
    analyzer: Analyzer | None = None,
    ignore: Collection[str] | None = None,
    min_chars: int = 2,
    sort: Sort = "g2",
) -> pd.DataFrame:
    """Pairs of words that stand near each other more often than their frequencies let expect.

    Parameters
    ----------
    corpus : Corpus
        Held documents take part.
    window : int
        The second word is at most so many words after the first; 1: right after it. Never across a pause (，。、；：and
        the like), a bracket or a line end.
    min_count : int
        Pairs with fewer occurrences are not listed.
    unit : "document", "clause" or "paragraph"
        Whose text is read.
    analyzer : callable str -> list of str, optional
        Default: `PolicyAnalyzer(stop_words=None, min_chars=1)`, so that a word keeps its place even if it is ignored.
    ignore : collection of str, optional
        Words that are in no listed pair, as the analyzer gives them. Default: the stop words of the package.
    min_chars : int
        Nor are shorter words.
    sort : "g2", "npmi", "pmi", "t" or "count"
        From the highest; pairs rarer than expected come last with "g2".

    Returns
    -------
    DataFrame, one row a pair in this order of its words
        first, second, count (O); count_first, count_second: pairs with that word in that place (R, C); n_pairs (N);
        expected (E = R C / N); pmi = log2(O / E); npmi = ln(O / E) / -ln(O / N), in [-1, 1], 1 for words that
        occur only together; g2 of the table of all pairs, at least 0; t = (O - E) / sqrt(O); n_documents with the pair.

    Raises
    ------
    ValueError
        If an option is out of range, or no text has two words in a row.

    Notes
    -----
    Scores rank pairs within one corpus: no p-value is given, since pairs of one text are no independent draws. PMI
    favours the rare, g2 and t the frequent.

    References
    ----------
    Church and Hanks (1990), Word association norms, mutual information, and lexicography (PMI); Bouma (2009),
    Normalized (pointwise) mutual information in collocation extraction; Dunning (1993) (g2); Evert (2005), The
    statistics of word cooccurrences, on the table of pairs.

    Examples
    --------
    >>> from fzanalytics import load_sample
    >>> table = collocations(load_sample())
    >>> table[["first", "second"]].head(3).agg("".join, axis=1).tolist()
    ['法治河南', '经济社会发展', '人民群众']
    """
    _check_counts(window=(window, 1), min_count=(min_count, 5), min_chars=(min_chars, 2))
    if sort not in ("g2", "npmi", "pmi", "t", "count"):
        raise ValueError(f"`sort` must be 'g2', 'npmi', 'pmi', 't' or 'count'; got {sort!r}.")
    places = _places(corpus, unit, PolicyAnalyzer(stop_words=None, min_chars=1) if analyzer is None else analyzer)
    firsts, seconds, documents = _pairs(places, window)
    if not len(firsts):
        raise ValueError("`corpus` must hold two words in a row; got none. Relax the analyzer (stop words, min_chars).")
    size = len(places.vocabulary)
    codes, counts = np.unique(firsts * size + seconds, return_counts=True)
    in_place = [np.bincount(one, minlength=size) for one in (firsts, seconds)]
    both = np.unique(np.stack([firsts * size + seconds, documents]), axis=1)[0]
    n_documents = np.unique(both, return_counts=True)[1]
    listed = _listed(places.vocabulary, ignore, min_chars)
    kept = (counts >= min_count) & listed[codes // size] & listed[codes % size]
    first, second = codes[kept] // size, codes[kept] % size
    table = pd.DataFrame(
        {
            "first": places.vocabulary[first],
            "second": places.vocabulary[second],
            **_association(counts[kept], in_place[0][first], in_place[1][second], len(firsts)),
            "n_documents": n_documents[kept],
        }
    )
    score = table[sort].where((sort != "g2") | (table["count"] >= table["expected"]), -table[sort])
    order = table.assign(score=score).sort_values(["score", "count"], ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def collocates(
    corpus: Corpus,
    word: str,
    *,
    window: int = 5,
    min_count: int = 3,
    unit: Unit = "document",
    analyzer: Analyzer | None = None,
    ignore: Collection[str] | None = None,
    min_chars: int = 2,
) -> pd.DataFrame:
    """The company of one word: what stands near it more often than elsewhere.

    Parameters
    ----------
    corpus : Corpus
    word : str
        A word as the analyzer gives it, or in small letters; the default analyzer keeps it whole.
    window : int
        So many words before and after it, within pauses and brackets as for `collocations`.
    min_count : int
        Words with fewer occurrences near it are not listed.
    unit, analyzer, ignore, min_chars
        As for `collocations`.

    Returns
    -------
    DataFrame, one row a word, by g2 from the highest, those rarer than elsewhere left out
        term, count (near the word, a place that is near two of its occurrences once), count_before, count_after (the
        side; a place between two occurrences is on both), n (places near it), count_elsewhere, n_elsewhere,
        log_ratio (binary log of the ratio of rates), g2, n_documents in which it stands near. Empty if the word does not occur.

    Raises
    ------
    ValueError
        If the word is empty, or an option is out of range.

    Examples
    --------
    >>> from fzanalytics import read_corpus
    >>> texts = ["一、加强网络监督，接受网络监督。\\n二、公布负面清单。", "一、完善网络监督渠道。\\n二、接受社会监督。"]
    >>> corpus = read_corpus(pd.DataFrame({"doc_id": ["a", "b"], "text": texts}))
    >>> collocates(corpus, "监督", min_count=1)[["term", "count", "count_before", "count_after"]].values.tolist()
    [['网络', 3, 3, 0], ['渠道', 1, 0, 1]]
    """
    _check_counts(window=(window, 5), min_count=(min_count, 3), min_chars=(min_chars, 2))
    if not word:
        raise ValueError("`word` must not be empty; got ''. Name one word.")
    analyze = PolicyAnalyzer(words=[word], stop_words=None, min_chars=1) if analyzer is None else analyzer
    places = _places(corpus, unit, analyze)
    is_word = np.array([one in (word, word.lower()) for one in places.vocabulary], dtype=bool)[places.words]
    after, before = _near(places, is_word, window), _near(places, is_word, -window)
    near, is_other = (after | before) & ~is_word, ~is_word
    size = len(places.vocabulary)
    count, everywhere = (np.bincount(places.words[one], minlength=size) for one in (near, is_other))
    n, rest = int(near.sum()), int(is_other.sum()) - int(near.sum())
    kept = np.flatnonzero((count >= min_count) & _listed(places.vocabulary, ignore, min_chars))
    ours, others = count[kept], everywhere[kept] - count[kept]
    both = np.unique(np.stack([places.words[near], places.documents[near]]), axis=1)[0]
    table = pd.DataFrame(
        {
            "term": places.vocabulary[kept],
            "count": ours,
            "count_before": np.bincount(places.words[before & is_other], minlength=size)[kept],
            "count_after": np.bincount(places.words[after & is_other], minlength=size)[kept],
            "n": n,
            "count_elsewhere": others,
            "n_elsewhere": rest,
            "log_ratio": log_ratio(ours, n, others, rest),
            "g2": keyness_g2(ours, n, others, rest),
            "n_documents": np.bincount(both, minlength=size)[kept],
        }
    )
    attracted = table[table["log_ratio"] > 0]
    return attracted.sort_values(["g2", "count"], ascending=False, kind="stable").reset_index(drop=True)


def _check_counts(**options: tuple[object, int]) -> None:
    """Each option with what it is by default."""
    for name, (value, usual) in options.items():
        check_number(value, name=name, within="[1, inf)", whole=True, remedy=f"Take {usual}.")


def _places(corpus: Corpus, unit: Unit, analyze: Analyzer) -> _Places:
    texts = unit_texts(require_corpus(corpus), unit)
    if unit == "document":
        owners = texts.index.astype(str).to_numpy()
    else:
        table = corpus.clauses if unit == "clause" else corpus.paragraphs
        owners = table.set_index(f"{unit}_id")["doc_id"].loc[texts.index].astype(str).to_numpy()
    codes = pd.factorize(owners)[0]
    words: list[str] = []
    stretches: list[int] = []
    documents: list[int] = []
    number = 0
    for text, code in zip(texts, codes, strict=True):
        for stretch in _PAUSE.split(str(text)):
            found = analyze(stretch) if stretch else []
            words += found
            stretches += [number] * len(found)
            documents += [int(code)] * len(found)
            number += 1
    vocabulary, numbers = np.unique(np.array(words, dtype=object), return_inverse=True)
    return _Places(
        numbers.astype(np.int64), np.array(stretches, dtype=np.int64), np.array(documents, dtype=np.int64), vocabulary
    )


def _pairs(places: _Places, window: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """First word, second word and document of every pair at most `window` words apart."""
    parts = []
    for distance in range(1, window + 1):
        at = np.flatnonzero(places.stretches[:-distance] == places.stretches[distance:])
        parts.append((places.words[at], places.words[at + distance], places.documents[at]))
    firsts, seconds, documents = (np.concatenate(one) for one in zip(*parts, strict=True))
    return firsts, seconds, documents


def _near(places: _Places, is_word: NDArray[np.bool_], window: int) -> NDArray[np.bool_]:
    """Places at most `window` words after the word, or before it if negative, in its stretch."""
    near = np.zeros(len(is_word), dtype=bool)
    at = np.flatnonzero(is_word)
    for step in range(1, abs(window) + 1):
        other = at + (step if window > 0 else -step)
        inside = (other >= 0) & (other < len(is_word))
        same = places.stretches[at[inside]] == places.stretches[other[inside]]
        near[other[inside][same]] = True
    return near


def _listed(vocabulary: NDArray[Any], ignore: Collection[str] | None, min_chars: int) -> NDArray[np.bool_]:
    ignored = load_stop_words() if ignore is None else frozenset([ignore] if isinstance(ignore, str) else ignore)
    return np.array([len(word) >= min_chars and word not in ignored for word in vocabulary], dtype=bool)


def _association(
    observed: NDArray[np.int64], firsts: NDArray[np.int64], seconds: NDArray[np.int64], n_pairs: int
) -> dict[str, Any]:
    """Counts and scores of pairs, from O, R, C and N."""
    expected = firsts * seconds / n_pairs
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.log(observed / expected)
        npmi = np.where(observed < n_pairs, information / -np.log(observed / n_pairs), 1.0)
    return {
        "count": observed,
        "count_first": firsts,
        "count_second": seconds,
        "n_pairs": n_pairs,
        "expected": expected,
        "pmi": information / np.log(2),
        "npmi": npmi,
        "g2": keyness_g2(observed, firsts, seconds - observed, n_pairs - firsts),
        "t": (observed - expected) / np.sqrt(observed),
    }

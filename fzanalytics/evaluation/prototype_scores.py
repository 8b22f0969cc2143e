"""How near a rebuilt text comes to the true one, and what plain voting and the best descendant reach."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from rapidfuzz.distance import Indel

from fzanalytics.measures.lineage.proto_units import letters_of

#: Letters of the runs that vote, and the shortest run of equal letters that counts as found.
VOTE_GRAM = 6
#: Two sentences are one if at least this share of their letters is the same in the same order.
SAME_SENTENCE = 0.5
_SHORTEST = 4
_CANDIDATES = 8


class Scores(NamedTuple):
    """Precision, recall and F1, each in [0, 1]."""

    precision: float
    recall: float
    f1: float


def _scores(right: float, found: float, true: float) -> Scores:
    precision, recall = right / found if found else 0.0, right / true if true else 0.0
    return Scores(precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0)


def split_letters(text: str) -> list[str]:
    """The sentences of a text in letters, those of at least four.

    Examples
    --------
    >>> split_letters("第一条　应当公开。否则无效；无\\n效")
    ['第一条应当公开', '否则无效']
    """
    parts = (letters_of(part) for part in re.split(r"[。；！？\n]", text))
    return [part for part in parts if len(part) >= _SHORTEST]


def grams_of(sentences: Sequence[str], n: int = VOTE_GRAM) -> set[str]:
    """The runs of n letters within sentences."""
    return {one[i : i + n] for one in sentences for i in range(len(one) - n + 1)}


def vote_ngrams(texts: Sequence[str], k: int, n: int = VOTE_GRAM) -> list[str]:
    """Plain voting: the stretches of the texts all of whose n-grams stand in at least k of them, each said once.

    Examples
    --------
    >>> vote_ngrams(["依法公开重大决策事项。", "应当依法公开重大决策。"], 2)
    ['依法公开重大决策']
    """
    sentences = [split_letters(text) for text in texts]
    counts = Counter(gram for one in sentences for gram in grams_of(one, n))
    said: set[str] = set()
    stretches = []
    for sentence in (one for part in sentences for one in part):
        new = np.zeros(len(sentence), dtype=bool)
        for i in range(len(sentence) - n + 1):
            gram = sentence[i : i + n]
            if counts[gram] >= k and gram not in said:
                new[i : i + n] = True
                said.add(gram)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], new.astype(np.int8), [0]])))
        stretches += [sentence[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return stretches


def score_grams(found: Sequence[str], true: Sequence[str]) -> Scores:
    """Scores over the distinct runs of six letters; order does not count."""
    a, b = grams_of(found), grams_of(true)
    return _scores(len(a & b), len(a), len(b))


def score_characters(found: Sequence[str], true: Sequence[str]) -> Scores:
    """Scores over letters: those in common runs of at least six, the longest first, each letter used once.

    What moved elsewhere counts as found; what is said twice counts once.

    References
    ----------
    Wise (1993), String similarity via greedy string tiling and running Karp-Rabin matching: the tiles.

    Examples
    --------
    >>> score_characters(["应当依法公开决策", "依法公开决策"], ["依法公开决策并听取意见"])[:2]
    (0.42857142857142855, 0.5454545454545454)
    """
    a, b = "\n".join(found), "\n".join(true)
    used_a, used_b = np.zeros(len(a), dtype=bool), np.zeros(len(b), dtype=bool)
    heap = [(-n, i, j) for i, j, n in _common_runs(a, b)]
    heapq.heapify(heap)
    right = 0
    while heap:
        size, i, j = heapq.heappop(heap)
        free = ~(used_a[i : i - size] | used_b[j : j - size])
        if free.all():
            used_a[i : i - size] = used_b[j : j - size] = True
            right -= size
            continue
        edges = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(np.int8), [0]])))
        for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            if end - begin >= VOTE_GRAM:
                heapq.heappush(heap, (begin - end, i + begin, j + begin))
    return _scores(right, sum(map(len, found)), sum(map(len, true)))


def _common_runs(a: str, b: str) -> list[tuple[int, int, int]]:
    """All maximal common runs of at least `VOTE_GRAM` letters within lines: (place in a, place in b, length)."""
    places: dict[str, list[int]] = {}
    for j in range(len(b) - VOTE_GRAM + 1):
        places.setdefault(b[j : j + VOTE_GRAM], []).append(j)
    runs = []
    for i in range(len(a) - VOTE_GRAM + 1):
        gram = a[i : i + VOTE_GRAM]
        for j in places.get(gram, ()) if "\n" not in gram else ():
            if i and j and a[i - 1] == b[j - 1] != "\n":
                continue
            n = VOTE_GRAM
            while i + n < len(a) and j + n < len(b) and a[i + n] == b[j + n] != "\n":
                n += 1
            runs.append((i, j, n))
    return runs


def score_sentences(found: Sequence[str], true: Sequence[str]) -> tuple[Scores, Scores]:
    """Scores over sentences, and over the letters that paired sentences share in their order.

    A sentence is paired with one true sentence at most, most letters first, if 2 * letters shared (in blocks of two or
    more) / letters of both is at least `SAME_SENTENCE`.

    Examples
    --------
    >>> score_sentences(["应当依法公开决策", "设立公开日"], ["必须依法公开决策"])[0]
    Scores(precision=0.5, recall=1.0, f1=0.6666666666666666)
    """
    holders: dict[str, list[int]] = {}
    for j, sentence in enumerate(true):
        for gram in sorted(grams_of([sentence], 3)):
            holders.setdefault(gram, []).append(j)
    pairs = []
    for i, sentence in enumerate(found):
        near = Counter(j for gram in sorted(grams_of([sentence], 3)) for j in holders.get(gram, ()))
        for j, _ in sorted(near.items(), key=lambda one: (-one[1], one[0]))[:_CANDIDATES]:
            blocks = (op.src_end - op.src_start for op in Indel.opcodes(sentence, true[j]) if op.tag == "equal")
            shared = sum(size for size in blocks if size >= 2)
            if 2 * shared >= SAME_SENTENCE * (len(sentence) + len(true[j])):
                pairs.append((-shared, i, j))
    taken_found: set[int] = set()
    taken_true: set[int] = set()
    right = 0
    for shared, i, j in sorted(pairs):
        if i not in taken_found and j not in taken_true:
            taken_found.add(i)
            taken_true.add(j)
            right -= shared
    by_sentence = _scores(len(taken_found), len(found), len(true))
    return by_sentence, _scores(right, sum(map(len, found)), sum(map(len, true)))


def score_prototype(found: Sequence[str], truth: str) -> pd.Series:
    """All scores of a rebuilt text (its sentences in letters) against the true one.

    The same for every method: a rebuilt text, a voted one, a descendant (`split_letters` of it) are scored alike.

    - gram: distinct runs of six letters, wherever they stand (a set; what is said twice counts once).
    - character: letters in common runs of at least six, wherever they stand, each letter used once (tiles, no bag of
      letters and no alignment of the whole).
    - sentence: sentences that are paired with a true one, at most one each, of which half the letters are the same in order.
    - paired: the letters that paired sentences share in their order.

    None asks whether the sentences stand in the true order.

    Returns
    -------
    Series of float
        gram_, character_, sentence_ and paired_ with precision, recall and f1; paired: letters of paired sentences.
    """
    true = split_letters(truth)
    by_sentence, paired = score_sentences(found, true)
    scores = {
        "gram": score_grams(found, true),
        "character": score_characters(found, true),
        "sentence": by_sentence,
        "paired": paired,
    }
    return pd.Series(
        {f"{name}_{field}": getattr(one, field) for name, one in scores.items() for field in Scores._fields}
    )


def prototype_letters(stretches: pd.DataFrame) -> list[str]:
    """The sentences of a rebuilt text in letters, without the numbers and the slots that were put in.

    Examples
    --------
    >>> prototype_letters(pd.DataFrame({"text": ["〔机关〕应当公开决策。", "总则"]}))
    ['应当公开决策']
    """
    text = "\n".join(str(text) for text in stretches["text"])
    return split_letters(re.sub("〔(?:地名|机关|日期)〕", "", text))

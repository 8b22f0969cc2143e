"""What was changed inside a shared passage, in words: inserted, dropped, replaced."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, compress
from typing import NamedTuple

import pandas as pd
from rapidfuzz.distance import Levenshtein

from fzanalytics.features.engines import cut_words
from fzanalytics.features.words import JIEBA_CHARACTERS
from fzanalytics.measures.inputs import compared_texts, require_corpus, require_passages
from fzanalytics.measures.reuse.reduced import reduce_text
from fzanalytics.texts.corpus import Corpus

_SPANS = ("source", "target", "source_begin", "source_end", "target_begin", "target_end")
_COLUMNS = (
    "passage", "source", "target", "change", "source_text", "target_text",
    "source_begin", "source_end", "target_begin", "target_end",
)  # fmt: skip
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code).isalnum()}
#: A word is cut off another one if it has so many characters.
_SHORTEST_PART = 2
# What jieba cuts by itself, whatever stands around it; other characters that carry text are words of their own.
_STRETCH = re.compile(rf"[{JIEBA_CHARACTERS}]+|[^\W_]")
_NAMES = {"replace": "replaced", "delete": "dropped", "insert": "inserted"}


def passage_changes(passages: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """The words that differ between the two sides of each passage.

    Parameters
    ----------
    passages : DataFrame, P rows
        As `find_passages` gives them.
    corpus : Corpus
        The corpus they were found in.

    Returns
    -------
    DataFrame
        passage (the index of its row), source, target; change: "replaced", "dropped" (the source has it, the target
        has not) or "inserted"; source_text, target_text ("" on the side that has nothing), and their places
        source_begin, source_end, target_begin, target_end in the clean texts (begin == end where there is
        nothing). One row a stretch of changed words, in the order of passages and places.

    Notes
    -----
    The fewest words are changed that turn one side into the other (Levenshtein distance over jieba's words). Punctuation,
    spaces, width and the brackets of those responsible are no change. Where source and target are in no known order,
    "dropped" and "inserted" only say which side lacks the words.

    Examples
    --------
    >>> import fzanalytics as fz
    >>> corpus = fz.load_sample()
    >>> passages = fz.find_passages(corpus, pairs=[("hebei_province_2016", "shijiazhuang_city_2016")])
    >>> changes = passage_changes(passages, corpus)
    >>> changes.loc[changes["source_text"] == "我省", ["change", "target_text"]].values.tolist()
    [['replaced', '石家庄市'], ['replaced', '我市'], ['replaced', '我市']]
    """
    texts = compared_texts(require_corpus(corpus))
    passages = require_passages(passages, texts, all_known=True)
    columns = [passages[column].tolist() for column in _SPANS]
    narrow = {name: texts[name].translate(_NARROW) for name in {*columns[0], *columns[1]}}
    differing = [
        (index, *row)
        for index, row in zip(passages.index, zip(*columns, strict=True), strict=True)
        if narrow[row[0]][row[2] : row[3]] != narrow[row[1]][row[4] : row[5]]
    ]
    words = {name: _TextWords(narrow[name]) for name in {name for row in differing for name in row[1:3]}}
    rows: list[tuple[object, ...]] = []
    for index, one, other, a_begin, a_end, b_begin, b_end in differing:
        source, target = agree_on_words(words[one].between(a_begin, a_end), words[other].between(b_begin, b_end))
        for change, left, right in changed_words(source, target):
            a, b = source.place(left, a_end), target.place(right, b_end)
            rows.append((index, one, other, change, texts[one][a[0] : a[1]], texts[other][b[0] : b[1]], *a, *b))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


class Words(NamedTuple):
    """Words in order, and where each begins."""

    texts: list[str]
    begins: list[int]

    def place(self, part: slice, end: int) -> tuple[int, int]:
        """Where some of them stand; for none of them, the empty place in front of the next, or the end."""
        if part.start == part.stop:
            begin = self.begins[part.start] if part.start < len(self.begins) else end
            return begin, begin
        last = part.stop - 1
        return self.begins[part.start], self.begins[last] + len(self.texts[last])


class _TextWords:
    """The words of a text that carry text.

    jieba cuts each stretch between punctuation marks for itself: so those that lie inside of a part have the words of
    the whole text, and those at its ends are cut anew.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        stretches = [match.span() for match in _STRETCH.finditer(text)]
        self._begins, self._ends = [begin for begin, _ in stretches], [end for _, end in stretches]
        self._words = _cut_text(text)

    def between(self, begin: int, end: int) -> Words:
        """The words of a part."""
        low = bisect_left(self._begins, begin)
        high = max(low, bisect_right(self._ends, end))
        first, last = 0, 0
        if low < high:
            first = bisect_left(self._words.begins, self._begins[low])
            last = bisect_left(self._words.begins, self._ends[high - 1])
        texts, begins = self._words.texts[first:last], self._words.begins[first:last]
        if low and self._ends[low - 1] > begin:  # a stretch that begins before; it may go on behind the end
            part = _cut_stretch(self._text[begin : min(self._ends[low - 1], end)])
            texts, begins = part.texts + texts, [begin + at for at in part.begins] + begins
        if high < len(self._begins) and self._begins[high] < end:
            part = _cut_stretch(self._text[self._begins[high] : end])
            texts, begins = texts + part.texts, begins + [self._begins[high] + at for at in part.begins]
        return Words(texts, begins)


def _cut_text(text: str) -> Words:
    words = list(cut_words(text, (), "auto"))
    told = [word.isalnum() or any(map(str.isalnum, word)) for word in words]
    return Words([*compress(words, told)], [*compress(accumulate(map(len, words), initial=0), told)])


_cut_stretch = lru_cache(maxsize=1 << 16)(_cut_text)


def agree_on_words(source: Words, target: Words) -> tuple[Words, Words]:
    """Cut words of either side where the other side shows that they are made of several.

    jieba cuts by what stands around: 公众参与 is one word, 公众广泛参与 are three. A word of one side that
    another word of the other side begins or ends with is cut off there, so that only 广泛 is a change.

    Examples
    --------
    >>> agree_on_words(Words(["公众参与"], [0]), Words(["公众", "广泛参与"], [0, 2]))[0]
    Words(texts=['公众', '参与'], begins=[0, 2])
    """
    of_source, of_target = set(source.texts), set(target.texts)
    return _cut(source, of_source, of_target), _cut(target, of_target, of_source)


def _cut(words: Words, own: set[str], others: set[str]) -> Words:
    """Words that the other side has not, cut where one of the other side's words ends or begins."""
    strange = {word for word in own - others if len(word) > _SHORTEST_PART}
    if not strange:
        return words
    cut = Words([], [])
    done = 0
    for place in [at for at, word in enumerate(words.texts) if word in strange]:
        parts = _parts(words.texts[place], others)
        cut.texts.extend([*words.texts[done:place], *parts])
        cut.begins.extend([*words.begins[done:place], *accumulate(map(len, parts[:-1]), initial=words.begins[place])])
        done = place + 1
    return Words(cut.texts + words.texts[done:], cut.begins + words.begins[done:])


def _parts(word: str, others: set[str]) -> list[str]:
    """A word in parts: the longest that it begins with or, without one, ends with is cut off, and so on behind it."""
    parts: list[str] = []
    while word not in others:
        sizes = range(len(word) - 1, _SHORTEST_PART - 1, -1)
        at = next((size for size in sizes if word[:size] in others), 0) or next(
            (len(word) - size for size in sizes if word[-size:] in others), 0
        )
        if not at:
            break
        parts.append(word[:at])
        word = word[at:]
    return [*parts, word]


def changed_words(source: Words, target: Words) -> Iterator[tuple[str, slice, slice]]:
    """The fewest changes that turn one list of words into another.

    Parameters
    ----------
    source, target : Words

    Yields
    ------
    (str, slice, slice)
        "replaced", "dropped" or "inserted", and which words of the source and of the target it befell.

    Examples
    --------
    >>> words = lambda text: Words(text.split(), [])
    >>> list(changed_words(words("鼓励 公开 信息"), words("应当 公开 信息")))
    [('replaced', slice(0, 1, None), slice(0, 1, None))]
    """
    left, right = ([*map(_folded, words.texts)] for words in (source, target))
    merged: list[list[int]] = []
    for step in Levenshtein.opcodes(left, right):
        if step.tag == "equal":
            continue
        if merged and merged[-1][1] == step.src_start and merged[-1][3] == step.dest_start:
            merged[-1][1], merged[-1][3] = step.src_end, step.dest_end
        else:
            merged.append([step.src_start, step.src_end, step.dest_start, step.dest_end])
    for a, b, c, d in merged:
        tag = "replace" if b > a and d > c else "delete" if b > a else "insert"
        yield _NAMES[tag], slice(a, b), slice(c, d)


@lru_cache(maxsize=65536)
def _folded(word: str) -> str:
    return "".join(map(chr, reduce_text(word)[0]))

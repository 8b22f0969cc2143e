"""What was changed inside a shared passage, in words: inserted, dropped, replaced."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

import pandas as pd
from rapidfuzz.distance import Levenshtein

from fzanalytics.base.tables import require_columns
from fzanalytics.features.tokens import Token, tokenize
from fzanalytics.features.words import JIEBA_CHARACTERS
from fzanalytics.measures.inputs import compared_texts, require_corpus, require_table
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
    passages = require_table(passages, name="passages")
    require_columns(passages, _SPANS, name="passages")
    texts = compared_texts(require_corpus(corpus))
    columns = [passages[column].tolist() for column in _SPANS]
    narrow = {name: texts[name].translate(_NARROW) for name in {*columns[0], *columns[1]}}
    differing = [
        (index, *row)
        for index, row in zip(passages.index, zip(*columns, strict=True), strict=True)
        if narrow[row[0]][row[2] : row[3]] != narrow[row[1]][row[4] : row[5]]
    ]
    asked: dict[str, list[tuple[int, int]]] = {}
    for _, one, other, *spans in differing:
        asked.setdefault(one, []).append((spans[0], spans[1]))
        asked.setdefault(other, []).append((spans[2], spans[3]))
    words = {name: _Words(narrow[name], spans) for name, spans in asked.items()}
    rows: list[tuple[object, ...]] = []
    for index, one, other, a_begin, a_end, b_begin, b_end in differing:
        source, target = agree_on_words(words[one].between(a_begin, a_end), words[other].between(b_begin, b_end))
        for change, left, right in changed_words(source, target):
            a, b = _place(source, left, a_end), _place(target, right, b_end)
            rows.append((index, one, other, change, texts[one][a[0] : a[1]], texts[other][b[0] : b[1]], *a, *b))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


class _Words:
    """The words of some parts of a text that carry text, with their places.

    jieba cuts each stretch between punctuation marks for itself: those that lie inside of a part are cut once for all
    parts, those at its ends anew.
    """

    def __init__(self, text: str, parts: list[tuple[int, int]]) -> None:
        self._text = text
        stretches = [match.span() for match in _STRETCH.finditer(text)]
        self._begins, self._ends = [begin for begin, _ in stretches], [end for _, end in stretches]
        depth = [0] * (len(stretches) + 1)
        for low, high in (self._inside(*part) for part in parts):
            depth[low] += 1
            depth[high] -= 1
        self._words: list[Token] = []
        self._first = [0]  # how many words stand before each stretch
        for (begin, end), n_parts in zip(stretches, accumulate(depth), strict=False):
            if n_parts:
                self._words += _placed(text[begin:end], begin)
            self._first.append(len(self._words))

    def _inside(self, begin: int, end: int) -> tuple[int, int]:
        """The stretches that lie inside of a part: the first, and the one behind the last."""
        low = bisect_left(self._begins, begin)
        return low, max(low, bisect_right(self._ends, end))

    def between(self, begin: int, end: int) -> list[Token]:
        """The words of one of the parts."""
        low, high = self._inside(begin, end)
        words = self._words[self._first[low] : self._first[high]]
        if low and self._ends[low - 1] > begin:  # one that begins before; it may go on behind the end
            words = _placed(self._text[begin : min(self._ends[low - 1], end)], begin) + words
        if high < len(self._begins) and self._begins[high] < end:
            words += _placed(self._text[self._begins[high] : end], self._begins[high])
        return words


def _placed(stretch: str, at: int) -> list[Token]:
    return [Token(word, at + begin, at + end) for word, begin, end in _cut_stretch(stretch)]


@lru_cache(maxsize=1 << 17)
def _cut_stretch(stretch: str) -> tuple[Token, ...]:
    """The words of one stretch, which many texts have."""
    return tuple(token for token in tokenize(stretch) if any(map(str.isalnum, token.text)))


def agree_on_words(source: list[Token], target: list[Token]) -> tuple[list[Token], list[Token]]:
    """Cut words of either side where the other side shows that they are made of several.

    jieba cuts by what stands around: 公众参与 is one word, 公众广泛参与 are three. A word of one side that
    another word of the other side begins or ends with is cut off there, so that only 广泛 is a change.

    Examples
    --------
    >>> source, target = agree_on_words([Token("公众参与", 0, 4)], [Token("公众", 0, 2), Token("广泛参与", 2, 6)])
    >>> [token.text for token in source]
    ['公众', '参与']
    """
    of_source, of_target = ({token.text for token in side} for side in (source, target))
    return _cut(source, of_target), _cut(target, of_source)


def _cut(words: list[Token], others: set[str]) -> list[Token]:
    """Words that the other side has not, cut where one of the other side's words ends or begins."""
    strange = [at for at, word in enumerate(words) if word.text not in others and len(word.text) > _SHORTEST_PART]
    if not strange:
        return words
    cut: list[Token] = []
    done = 0
    for place in strange:
        cut += words[done:place]
        done = place + 1
        waiting = [words[place]]
        while waiting:
            word = waiting.pop()
            sizes = range(len(word.text) - 1, _SHORTEST_PART - 1, -1) if word.text not in others else ()
            at = next((size for size in sizes if word.text[:size] in others), 0) or next(
                (len(word.text) - size for size in sizes if word.text[-size:] in others), 0
            )
            if at:
                waiting.append(Token(word.text[at:], word.begin + at, word.end))
                word = Token(word.text[:at], word.begin, word.begin + at)
            cut.append(word)
    return cut + words[done:]


def changed_words(source: list[Token], target: list[Token]) -> Iterator[tuple[str, slice, slice]]:
    """The fewest changes that turn one list of words into another.

    Parameters
    ----------
    source, target : list of Token

    Yields
    ------
    (str, slice, slice)
        "replaced", "dropped" or "inserted", and which words of the source and of the target it befell.

    Examples
    --------
    >>> words = lambda text: [Token(word, 0, 0) for word in text.split()]
    >>> list(changed_words(words("鼓励 公开 信息"), words("应当 公开 信息")))
    [('replaced', slice(0, 1, None), slice(0, 1, None))]
    """
    left, right = ([_folded(token.text) for token in tokens] for tokens in (source, target))
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


def _place(words: list[Token], part: slice, end: int) -> tuple[int, int]:
    """Where words stand; for none of them, the empty place in front of the next."""
    if part.start == part.stop:
        place = words[part.start].begin if part.start < len(words) else end
        return place, place
    return words[part.start].begin, words[part.stop - 1].end

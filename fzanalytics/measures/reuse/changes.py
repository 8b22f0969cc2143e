"""What was changed inside a shared passage, in words: inserted, dropped, replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import pandas as pd
from rapidfuzz.distance import Levenshtein

from fzanalytics.base.tables import require_columns
from fzanalytics.features.tokens import Token, tokenize
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
_SENTENCE = re.compile(r"[^。；\n]*[。；\n]?")
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
    rows: list[tuple[object, ...]] = []
    for index, passage in zip(passages.index, passages[list(_SPANS)].itertuples(index=False), strict=True):
        source, target = agree_on_words(
            _words(texts[passage.source], passage.source_begin, passage.source_end),
            _words(texts[passage.target], passage.target_begin, passage.target_end),
        )
        for change, left, right in changed_words(source, target):
            a, b = _stretch(source, left, passage.source_end), _stretch(target, right, passage.target_end)
            rows.append(
                (
                    index, passage.source, passage.target, change,
                    texts[passage.source][a[0] : a[1]], texts[passage.target][b[0] : b[1]], *a, *b,
                )
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def _words(text: str, begin: int, end: int) -> list[Token]:
    """The words of a stretch that carry text, with their places in the whole."""
    found: list[Token] = []
    for part in _SENTENCE.finditer(text, begin, end):
        first = part.start()
        found += [Token(word, first + a, first + b) for word, a, b in _words_of(part.group())]
    return found


@lru_cache(maxsize=65536)
def _words_of(sentence: str) -> tuple[Token, ...]:
    """The words of one sentence, which many passages have: no word goes over the end of a sentence."""
    return tuple(token for token in tokenize(sentence.translate(_NARROW)) if any(map(str.isalnum, token.text)))


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
    parts = {word for word in others if len(word) >= _SHORTEST_PART}
    cut: list[Token] = []
    waiting = words[::-1]
    while waiting:
        word = waiting.pop()
        sizes = range(len(word.text) - 1, _SHORTEST_PART - 1, -1) if word.text not in others else ()
        at = next((size for size in sizes if word.text[:size] in parts), 0) or next(
            (len(word.text) - size for size in sizes if word.text[-size:] in parts), 0
        )
        if at:
            waiting.append(Token(word.text[at:], word.begin + at, word.end))
            word = Token(word.text[:at], word.begin, word.begin + at)
        cut.append(word)
    return cut


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


def _stretch(words: list[Token], part: slice, end: int) -> tuple[int, int]:
    """Where words stand; for none of them, the empty place in front of the next."""
    if part.start == part.stop:
        place = words[part.start].begin if part.start < len(words) else end
        return place, place
    return words[part.start].begin, words[part.stop - 1].end

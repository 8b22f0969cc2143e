"""Words of a Chinese text: slices of it, by jieba with a dictionary of policy terms.

jieba is the reference; the faster rjieba is used where it is installed and gives the same words (see `engines`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from fzanalytics.base.options import check_number
from fzanalytics.features.engines import Engine, check_engine, cut_words
from fzanalytics.features.masks import MASK_TOKENS, check_kinds, mask_names
from fzanalytics.features.words import (
    StopWords,
    Words,
    as_stop_words,
    as_words,
    load_policy_words,
    load_stop_words,
    stop_set,
)

__all__ = [
    "Analysis",
    "Analyzer",
    "Fate",
    "PolicyAnalyzer",
    "Token",
    "Words",
    "load_policy_words",
    "load_stop_words",
    "tokenize",
]

_WORD_CHARACTER = re.compile(r"[^\W\d_]")

Analyzer = Callable[[str], list[str]]
Fate = Literal["kept", "short", "stopped", "masked"]


class Token(NamedTuple):
    """One token: `text == source[begin:end]`."""

    text: str
    begin: int
    end: int


class Analysis(NamedTuple):
    """The terms of one text, and how many of its words are not among them.

    `n_words` counts tokens with at least one letter or Chinese character, each masked name once; `n_short`,
    `n_stopped` and `n_masked` say why the others were left out: n_words == len(terms) + their sum.
    """

    terms: list[str]
    n_words: int
    n_short: int
    n_stopped: int
    n_masked: int


def tokenize(text: str, *, words: Words = (), engine: Engine = "auto") -> list[Token]:
    """Cut a text into words, whitespace and punctuation included.

    jieba's hidden Markov model for unknown words is on: words of the genre that no dictionary holds (罚缴, 诉访) stay
    whole with it, and dissolve into single characters, which most analyses drop, without it. Its price is an
    occasional pair across a word boundary in a damaged text.

    Parameters
    ----------
    text : str
        Any text; nothing is normalised.
    words : str, Path or iterable of str
        Terms to keep whole, beside the policy dictionary of the package: a file (as `load_policy_words` reads it)
        or the words. A str is a file's path.
    engine : "auto", "jieba" or "rjieba"
        What cuts; the words are the same, rjieba is faster. "auto" takes it where it is installed.

    Returns
    -------
    list of Token
        In order, without gaps: ``"".join(token.text for token in tokens) == text``. Offsets in characters,
        half-open. A stretch of 2,000 characters without any break is cut there.

    Raises
    ------
    ValueError
        If a word of `words` holds a character at which jieba always cuts (、 or a space), or there is no such engine.

    Examples
    --------
    >>> [token.text for token in tokenize("加快建设法治政府，完善行政复议制度。")]
    ['加快', '建设', '法治政府', '，', '完善', '行政复议', '制度', '。']
    >>> tokenize("行政复议")
    [Token(text='行政复议', begin=0, end=4)]
    >>> [token.text for token in tokenize("推行局队合一体制", words=["局队合一"])]
    ['推行', '局队合一', '体制']
    """
    tokens: list[Token] = []
    begin = 0
    for word in cut_words(text, as_words(words), check_engine(engine)):
        tokens.append(Token(word, begin, begin + len(word)))
        begin += len(word)
    return tokens


@dataclass(frozen=True)
class PolicyAnalyzer:
    """Text to terms, for scikit-learn's ``analyzer=`` and everything here that counts words.

    A callable str -> list of str: immutable, hashable, cloned and pickled as its options alone, so that it gives the
    same terms in every process.

    Parameters
    ----------
    words : str, Path or iterable of str
        Terms to keep whole beside the policy dictionary; a str is a file's path.
    stop_words : "policy", None, Path or iterable of str
        The list of the package; none; a file; or the words themselves.
    mask : "place", "agency" or both
        Names to take out before the text is cut, see `mask_names`.
    min_chars : int
        Shorter words are dropped; at least 1.
    mask_tokens : bool
        Leave 〔地名〕 and 〔机构〕 among the terms where a name was masked; by default nothing is left, because a class
        token that stands in every responsibility bracket would itself make texts look alike.
    engine : "auto", "jieba" or "rjieba"
        What cuts, see `tokenize`. The terms are the same for each, so analyzers that differ in it alone are equal.

    Notes
    -----
    Words are tokens with a letter or Chinese character; numbers and punctuation are not. Latin letters are lowered.

    Raises
    ------
    ValueError
        If an option is none of these.

    Examples
    --------
    >>> analyzer = PolicyAnalyzer(mask=("place", "agency"))
    >>> analyzer("健全行政复议案件审理机制。（市法制办、市编委办负责）")
    ['行政复议案件', '审理']
    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> TfidfVectorizer(analyzer=analyzer).fit(["完善人民调解", "人民调解员"]).get_feature_names_out().tolist()
    ['人民调解', '人民调解员']
    """

    words: Any = ()
    stop_words: Any = "policy"
    mask: Any = ()
    min_chars: int = 2
    mask_tokens: bool = False
    engine: Engine = field(default="auto", compare=False)

    def __post_init__(self) -> None:
        """Turn files and iterables into tuples once, and check."""
        remedy = "Use 1 to keep words of one character."
        check_number(self.min_chars, name="min_chars", within="[1, inf)", whole=True, remedy=remedy)
        object.__setattr__(self, "words", as_words(self.words))
        object.__setattr__(self, "mask", check_kinds(self.mask, name="mask"))
        check_engine(self.engine)
        object.__setattr__(self, "stop_words", as_stop_words(self.stop_words))

    def __call__(self, text: str) -> list[str]:
        """Give the terms of a text, in order, with repetitions."""
        return [word for word, fate in self.sort_words(text) if fate == "kept"]

    def analyze(self, text: str) -> Analysis:
        """Give the terms of a text with what was left out.

        Examples
        --------
        >>> PolicyAnalyzer().analyze("加强行政复议工作，在2017年")
        Analysis(terms=['行政复议'], n_words=5, n_short=2, n_stopped=2, n_masked=0)
        """
        terms: list[str] = []
        counts: dict[str, int] = {"short": 0, "stopped": 0, "masked": 0}
        for word, fate in self.sort_words(text):
            if fate == "kept":
                terms.append(word)
            else:
                counts[fate] += 1
        return Analysis(
            terms,
            len(terms) + sum(counts.values()),
            counts["short"],
            counts["stopped"],
            counts["masked"],
        )

    def sort_words(self, text: str) -> Iterator[tuple[str, Fate]]:
        """Give every word of a text, in lower case and in order, with what becomes of it.

        Examples
        --------
        >>> list(PolicyAnalyzer().sort_words("加强行政复议，在2017年"))
        [('加强', 'stopped'), ('行政复议', 'kept'), ('在', 'short'), ('年', 'short')]
        """
        fates = _fates(self.stop_words, self.min_chars)
        begin = 0
        spans = mask_names(text, kinds=self.mask) if self.mask else []
        for span in [*spans, None]:
            end = len(text) if span is None else span.begin
            for word in cut_words(text[begin:end], self.words, self.engine):
                if told := fates[word]:
                    yield told
            if span is not None:
                begin = span.end
                if self.mask_tokens:
                    yield MASK_TOKENS[span.kind], "kept"
                else:
                    yield text[span.begin : span.end].lower(), "masked"


class _Fates(dict[str, tuple[str, Fate] | None]):
    """The term and the fate of each word, found out when it is first met; None for what is no word."""

    def __init__(self, stop_words: StopWords, min_chars: int) -> None:
        super().__init__()
        self._stopped, self._min_chars = stop_set(stop_words), min_chars

    def __missing__(self, word: str) -> tuple[str, Fate] | None:
        if len(self) >= 1 << 20:
            self.clear()
        term = word.lower()
        fate: Fate = "short" if len(word) < self._min_chars else "stopped" if term in self._stopped else "kept"
        self[word] = (term, fate) if _WORD_CHARACTER.search(word) else None
        return self[word]


@lru_cache(maxsize=8)
def _fates(stop_words: StopWords, min_chars: int) -> _Fates:
    return _Fates(stop_words, min_chars)

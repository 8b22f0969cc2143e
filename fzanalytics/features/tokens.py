"""Words of a Chinese text: slices of it, by jieba with a dictionary of policy terms.

jieba is used through a tokenizer of this module's own. Its dictionary is read straight into memory: jieba's usual
start writes a cache file into the shared temporary folder and reports on its logger, and neither happens here.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from fzanalytics.base.resources import data_path
from fzanalytics.features.masks import MASK_TOKENS, check_kinds, mask_names

# The characters that jieba keeps together before it consults a dictionary: it cuts at all others.
_JIEBA_CHARACTERS = r"\u4E00-\u9FD5a-zA-Z0-9+#&._%\-"
_ENTRY = re.compile(rf"[{_JIEBA_CHARACTERS}]+")
# A stretch without any break: cut here, so that jieba's Viterbi search (quadratic in unknown stretches) stays fast.
_MAX_STRETCH = 2000
_LONG_STRETCH = re.compile(rf"[{_JIEBA_CHARACTERS}]{{{_MAX_STRETCH}}}")
_WORD_CHARACTER = re.compile(r"[^\W\d_]")

Words = str | Path | Iterable[str]
Analyzer = Callable[[str], list[str]]


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


def tokenize(text: str, *, words: Words = ()) -> list[Token]:
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

    Returns
    -------
    list of Token
        In order, without gaps: ``"".join(token.text for token in tokens) == text``. Offsets in characters,
        half-open. A stretch of 2,000 characters without any break is cut there.

    Raises
    ------
    ValueError
        If a word of `words` holds a character at which jieba always cuts (、 or a space).

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
    for word in _cut(text, _as_words(words)):
        tokens.append(Token(word, begin, begin + len(word)))
        begin += len(word)
    return tokens


def load_policy_words(path: str | Path | None = None) -> tuple[str, ...]:
    """The policy dictionary of the package, or another of the same form.

    One entry a line in UTF-8; "#" at the start of a line or after a space opens a comment.

    Examples
    --------
    >>> "法治政府" in load_policy_words()
    True
    """
    groups = _read_groups(data_path("policy_words.txt") if path is None else Path(path))
    return tuple(dict.fromkeys(word for words in groups.values() for word in words))


def load_stop_words(path: str | Path | None = None, *, without: Iterable[str] = ()) -> frozenset[str]:
    """The stop words of the package, or a file of the same form, as a set to extend with ``|``.

    Parameters
    ----------
    path : str or Path, optional
        A UTF-8 file, one word a line; lines "## name | reason" open a group.
    without : iterable of str
        Groups to leave out, so that their words are kept in the text. The package's are function_words,
        genre_verbs, genre_nouns, responsibility_formula, numerals_and_time, place_level_words.

    Raises
    ------
    ValueError
        If `without` names a group that the file does not have.

    Examples
    --------
    >>> "加强" in load_stop_words(), "加强" in load_stop_words(without=["genre_verbs"])
    (True, False)
    """
    groups = _read_groups(data_path("stop_words.txt") if path is None else Path(path))
    left_out = {without} if isinstance(without, str) else set(without)
    unknown = sorted(left_out - set(groups))
    if unknown:
        raise ValueError(
            f"`without` must name groups of the file ({', '.join(groups)}); got {', '.join(unknown)}. "
            "Spell them as the file's ## lines do."
        )
    return frozenset(word for name, words in groups.items() if name not in left_out for word in words)


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

    def __post_init__(self) -> None:
        """Turn files and iterables into tuples once, and check."""
        if self.min_chars < 1:
            raise ValueError(
                f"`min_chars` must be at least 1; got {self.min_chars}. Use 1 to keep words of one character."
            )
        object.__setattr__(self, "words", _as_words(self.words))
        object.__setattr__(self, "mask", check_kinds(self.mask, name="mask"))
        object.__setattr__(self, "stop_words", _as_stop_words(self.stop_words))

    def __call__(self, text: str) -> list[str]:
        """Give the terms of a text, in order, with repetitions."""
        return self.analyze(text).terms

    def analyze(self, text: str) -> Analysis:
        """Give the terms of a text with what was left out.

        Examples
        --------
        >>> PolicyAnalyzer().analyze("加强行政复议工作，在2017年")
        Analysis(terms=['行政复议'], n_words=5, n_short=2, n_stopped=2, n_masked=0)
        """
        stop_words = _stop_set(self.stop_words)
        terms: list[str] = []
        counts = {"short": 0, "stopped": 0, "masked": 0}
        begin = 0
        spans = mask_names(text, kinds=self.mask) if self.mask else []
        for span in [*spans, None]:
            end = len(text) if span is None else span.begin
            for word in _cut(text[begin:end], self.words):
                if not _WORD_CHARACTER.search(word):
                    continue
                if len(word) < self.min_chars:
                    counts["short"] += 1
                elif (term := word.lower()) in stop_words:
                    counts["stopped"] += 1
                else:
                    terms.append(term)
            if span is not None:
                begin = span.end
                if self.mask_tokens:
                    terms.append(MASK_TOKENS[span.kind])
                else:
                    counts["masked"] += 1
        return Analysis(
            terms,
            len(terms) + sum(counts.values()),
            counts["short"],
            counts["stopped"],
            counts["masked"],
        )


def _cut(text: str, words: tuple[str, ...]) -> Iterable[str]:
    """The words of a text, in order, as slices."""
    cut = _tokenizer(words).cut
    for piece in _pieces(text):
        yield from cut(piece, HMM=True)


def _pieces(text: str) -> Iterable[str]:
    """The text, cut where a stretch without any break grows too long."""
    begin = 0
    for match in _LONG_STRETCH.finditer(text):
        yield text[begin : match.end()]
        begin = match.end()
    yield text[begin:]


def _as_words(words: Words) -> tuple[str, ...]:
    """Extra words as a sorted tuple (the key of a tokenizer), each one that jieba can keep whole."""
    listed = load_policy_words(words) if isinstance(words, str | Path) else tuple(words)
    refused = [word for word in listed if not isinstance(word, str) or not _ENTRY.fullmatch(word)]
    if refused:
        raise ValueError(
            "`words` must be made of Chinese characters, letters, digits and + # & . _ % -; "
            f"got {', '.join(map(repr, refused[:5]))}. Split them at the other characters."
        )
    return tuple(sorted(set(listed)))


def _as_stop_words(stop_words: Any) -> Literal["policy"] | frozenset[str] | None:
    if stop_words is None or isinstance(stop_words, frozenset):
        return stop_words
    if isinstance(stop_words, Path):
        return load_stop_words(stop_words)
    if isinstance(stop_words, str):
        if stop_words == "policy":
            return "policy"
        raise ValueError(
            f"`stop_words` must be 'policy', None, a Path or a collection of words; got {stop_words!r}. "
            "Wrap a single word in a list, and a file's name in pathlib.Path."
        )
    return frozenset(stop_words)


@lru_cache(maxsize=8)
def _stop_set(stop_words: Literal["policy"] | frozenset[str] | None) -> frozenset[str]:
    if stop_words == "policy":
        return load_stop_words()
    return frozenset() if stop_words is None else frozenset(word.lower() for word in stop_words)


def _read_groups(path: Path) -> Mapping[str, list[str]]:
    """The words of a list by group, in the order of the file."""
    groups: dict[str, list[str]] = {}
    name = ""
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.startswith("##"):
            name = line.lstrip("#").split("|")[0].strip()
        entry = re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()
        if entry:
            groups.setdefault(name, []).append(entry)
    return groups


@lru_cache(maxsize=4)
def _tokenizer(words: tuple[str, ...]) -> Any:
    """A tokenizer of its own with the policy dictionary and these words.

    Words are added from short to long, so that a long term is weighed against the short ones inside it, and in one
    order, so that equal sets of words give equal tokens.
    """
    tokenizer = _jieba().Tokenizer()
    frequencies, total = _base_dictionary()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(frequencies), total, True
    for word in sorted({*load_policy_words(), *words}, key=lambda word: (len(word), word)):
        tokenizer.add_word(word)
    return tokenizer


@lru_cache(maxsize=1)
def _base_dictionary() -> tuple[dict[str, int], int]:
    tokenizer = _jieba().Tokenizer()
    frequencies, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    return frequencies, total


def _jieba() -> Any:
    """jieba, imported where it is needed; what it and pkg_resources warn of on import is not the user's to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    return jieba

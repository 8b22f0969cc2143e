"""The two engines that cut words, levelled so that they give the same ones: jieba, and rjieba where it is installed.

jieba is the reference: what it gives is right by definition. rjieba, the same method in Rust, is eight times as fast
on stretches of Chinese characters. By itself it differs from jieba in three things, and each is levelled here:

- it keeps numbers and Latin words with marks whole (2015-2020), and counts rarer Chinese characters among those that
  it does not cut at: so it is given stretches of plain Chinese characters only. Where signs stand among them (到2017年底),
  it finds the words of the dictionary, with a character that is in no word for each sign, and what is in none of them is
  cut by jieba's model of unknown words; jieba cuts a stretch with a word of the dictionary that has signs itself (4S店);
- its dictionary need not be that of the jieba installed: so it is filled with jieba's, word by word, with the
  frequencies that jieba gives to added words;
- the sum of all frequencies decides near ties (中 | 岛 or 中岛), and jieba counts a word that is added again twice: so
  a word that no text can hold makes up the difference.

`check_engine` compares the two on a probe before rjieba is used, so that a release that cuts otherwise is not.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Literal, NamedTuple, get_args

from fzanalytics.features.words import JIEBA_CHARACTERS, load_policy_words

Engine = Literal["auto", "jieba", "rjieba"]

# A stretch without any break: cut here, so that jieba's Viterbi search (quadratic in unknown stretches) stays fast.
_MAX_STRETCH = 2000
_LONG_STRETCH = re.compile(rf"[{JIEBA_CHARACTERS}]{{{_MAX_STRETCH}}}")
# Stretches and what lies between them, in turn; of the latter jieba makes single characters, but \r\n one token.
_STRETCHES = re.compile(rf"([{JIEBA_CHARACTERS}]+)")
_PLAIN_MARK = re.compile(r"[a-zA-Z0-9+#&._%\-]")
_BETWEEN = re.compile(r"\r\n|.", re.DOTALL)
_LAST_CHARACTER = "\u9fa5"
# Stands in no stretch, so it changes nothing but the sum of frequencies.
_NO_WORD = "\ue000"
# Near ties, characters without a word, names, runs of single characters, long terms, signs.
_PROBE = (
    "摩尔体积中岛几十头", "加快建设法治政府如期基本建成", "推行局队合一罚缴分离诉访分离", "龘靐齉爩鱻麤灪", "一二三四五六七八九十",
    "不不不的的的了了了", "健全行政执法和刑事司法衔接机制", "南京市长江大桥", "习近平新时代中国特色社会主义思想", "瓿鬯彝罍",
    "小明硕士毕业于中国科学院计算所", "我们中出了一个叛徒", "各县市区人民政府市政府各部门负责", "杭研大厦网易来到",
    "到2017年底前建成20个以上的4S店",
)  # fmt: skip


def cut_words(text: str, words: tuple[str, ...], engine: Engine) -> Iterator[str]:
    """The words of a text, in order, as slices of it: the same for every engine.

    Parameters
    ----------
    text : str
        Any text.
    words : tuple of str
        Words to keep whole beside the policy dictionary; sorted, so that equal sets share a tokenizer.
    engine : "auto", "jieba" or "rjieba"
        See `check_engine`.

    Examples
    --------
    >>> list(cut_words("建设法治政府，2015-2020年", (), "auto"))
    ['建设', '法治政府', '，', '2015', '-', '2020', '年']
    """
    if choose_engine(engine, words) == "jieba":
        reference = jieba_tokenizer(words)
        for piece in _pieces(text):
            yield from reference.cut(piece, HMM=True)
        return
    fast = _rjieba_tokenizer(words).cut
    for piece in _pieces(text):
        yield from _cut_levelled(piece, fast, words)


def check_engine(engine: str) -> Engine:
    """The name of an engine, checked.

    Parameters
    ----------
    engine : str
        "jieba"; "rjieba"; or "auto", which takes rjieba where it is installed and passes the probe.

    Raises
    ------
    ValueError
        If there is no such engine.
    ImportError
        If it is not installed.

    Examples
    --------
    >>> check_engine("auto")
    'auto'
    """
    if engine not in get_args(Engine):
        raise ValueError(f"`engine` must be 'auto', 'jieba' or 'rjieba'; got {engine!r}. Use 'auto'.")
    if engine == "rjieba" and not _is_there():
        raise ImportError(
            "`engine` must be installed; got 'rjieba', which is not. Install rjieba, or use 'auto': "
            "the words are the same."
        )
    return engine  # type: ignore[return-value]


@lru_cache(maxsize=16)
def choose_engine(engine: Engine, words: tuple[str, ...] = ()) -> Literal["jieba", "rjieba"]:
    """The engine that is used: for "auto" rjieba where it is installed and cuts the probe as jieba does.

    Raises
    ------
    RuntimeError
        If "rjieba" is asked for and the release installed cuts otherwise.

    Examples
    --------
    >>> choose_engine("jieba")
    'jieba'
    """
    if engine == "jieba" or (engine == "auto" and not _is_there()):
        return "jieba"
    fast, reference = _rjieba_tokenizer(words).cut, jieba_tokenizer(words).cut
    wrong = [text for text in (*_PROBE, *words) if _cut_levelled(text, fast, words) != list(reference(text, HMM=True))]
    if not wrong:
        return "rjieba"
    if engine == "rjieba":
        raise RuntimeError(
            f"`engine` must cut as jieba does; the rjieba installed does not ({wrong[0]}). Use engine='jieba'."
        )
    return "jieba"


@lru_cache(maxsize=4)
def jieba_tokenizer(words: tuple[str, ...]) -> Any:
    """A jieba tokenizer of its own with the policy dictionary and these words.

    Words are added from short to long, so that a long term is weighed against the short ones inside it, and in one
    order, so that equal sets of words give equal tokens.
    """
    tokenizer = _jieba().Tokenizer()
    frequencies, total = _base_dictionary()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(frequencies), total, True
    for word in sorted({*load_policy_words(), *words}, key=lambda word: (len(word), word)):
        tokenizer.add_word(word)
    return tokenizer


@lru_cache(maxsize=4)
def _rjieba_tokenizer(words: tuple[str, ...]) -> Any:
    """rjieba with the very dictionary of the jieba tokenizer; one a process, as its instances do not pickle."""
    from rjieba import Jieba

    reference = jieba_tokenizer(words)
    tokenizer = Jieba.empty()
    add, total = tokenizer.add_word, 0
    for word, frequency in reference.FREQ.items():
        if frequency:
            add(word, frequency, None)
            total += frequency
    if reference.total > total:
        add(_NO_WORD, reference.total - total, None)
    return tokenizer


def _cut_levelled(piece: str, fast: Callable[[str], list[str]], words: tuple[str, ...]) -> list[str]:
    """The words of a piece: plain Chinese stretches by the fast engine, the others by jieba."""
    is_mixed = _PLAIN_MARK.search
    parts = _STRETCHES.split(piece)
    found = [*_between(parts[0])]
    for stretch, between in zip(parts[1::2], parts[2::2], strict=True):
        found += _cut_mixed(stretch, words) if is_mixed(stretch) else fast(stretch)
        found += _between(between)
    return found


def _cut_mixed(stretch: str, words: tuple[str, ...]) -> Iterator[str]:
    """The words of a stretch with signs in it: those of the dictionary by rjieba, what lies between by jieba's model.

    A sign is to jieba a character without a word, as `blank` is to rjieba, so the best way through both is the same.
    """
    signs = _signs(words)
    if signs.word.search(stretch):
        yield from jieba_tokenizer(words).cut(stretch, HMM=True)
        return
    begin = end = 0  # of the characters since the last word of the dictionary
    for word in _rjieba_tokenizer(words).cut(_PLAIN_MARK.sub(signs.blank, stretch), hmm=False):
        if len(word) > 1:
            yield from _cut_unknown(stretch[begin:end], words)
            yield stretch[end : end + len(word)]
            begin = end + len(word)
        end += len(word)
    yield from _cut_unknown(stretch[begin:end], words)


class _Signs(NamedTuple):
    """Which words of the dictionary have signs (never, if there is none), and a character that no word has."""

    word: re.Pattern[str]
    blank: str


@lru_cache(maxsize=4)
def _signs(words: tuple[str, ...]) -> _Signs:
    known = [word for word, frequency in jieba_tokenizer(words).FREQ.items() if frequency]
    mixed = [re.escape(word) for word in known if _PLAIN_MARK.search(word)]
    characters = set().union(*known)
    blank = next(char for char in map(chr, range(ord(_LAST_CHARACTER), 0, -1)) if char not in characters)
    return _Signs(re.compile("|".join(mixed) or r"(?!)"), blank)


@lru_cache(maxsize=1 << 16)
def _cut_unknown(characters: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """Characters that are in no word of the best way, as jieba goes on from there; kept, since they come again."""
    if len(characters) < 2 or jieba_tokenizer(words).FREQ.get(characters):
        return tuple(characters)
    from jieba import finalseg

    return tuple(finalseg.cut(characters))


def _between(text: str) -> list[str] | str:
    return _BETWEEN.findall(text) if "\r\n" in text else text


def _pieces(text: str) -> Iterator[str]:
    """The text, cut where a stretch without any break grows too long."""
    begin = 0
    for match in _LONG_STRETCH.finditer(text):
        yield text[begin : match.end()]
        begin = match.end()
    yield text[begin:]


@lru_cache(maxsize=1)
def _base_dictionary() -> tuple[dict[str, int], int]:
    """jieba's own dictionary, read into memory: jieba's start would write a cache file and log."""
    tokenizer = _jieba().Tokenizer()
    frequencies, total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    return frequencies, total


def _jieba() -> Any:
    """jieba, imported where it is needed; what it and pkg_resources warn of on import is not the user's to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    return jieba


def _is_there() -> bool:
    return find_spec("rjieba") is not None

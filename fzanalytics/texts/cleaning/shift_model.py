"""Bytes of GBK and the characters they make, and how likely one character is behind others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import log
from operator import itemgetter

import numpy as np

from fzanalytics.texts.cleaning.scripts import to_simplified


@cache
def bytes_of(character: str) -> tuple[int, ...] | None:
    """The bytes that a character was read from under code page 936, user-defined and undefined pairs included.

    Pairs without a character were shown as private-use code points in a fixed order. Python's gb18030 follows a later
    standard, which gave some of them to real characters; these are put back here.
    """
    code = ord(character)
    if code < 0x80:
        return (code,)
    if 0xE000 <= code <= 0xE4C5:  # user-defined 1 and 2: rows AA-AF and F8-FE, 94 pairs each
        row, cell = divmod(code - 0xE000 if code <= 0xE233 else code - 0xE234, 94)
        return (0xAA if code <= 0xE233 else 0xF8) + row, 0xA1 + cell
    if 0xE4C6 <= code <= 0xE765:  # user-defined 3: rows A1-A7 below A1, 96 pairs each, 7F left out
        row, cell = divmod(code - 0xE4C6, 96)
        return 0xA1 + row, _skip_7f(0x40 + cell)
    if 0xE7E7 <= code <= 0xE7F3:
        return 0xA9, 0x89 + code - 0xE7E7
    if 0xE815 <= code <= 0xE864:
        return 0xFE, _skip_7f(0x50 + code - 0xE815)
    try:
        data = character.encode("gb18030" if 0xE000 <= code <= 0xF8FF else "gbk")
    except UnicodeEncodeError:
        return None
    return tuple(data) if len(data) == 2 else None


def _skip_7f(byte: int) -> int:
    return byte + (byte >= 0x7F)


@cache
def gbk_characters() -> tuple[dict[tuple[int, int], str], dict[int, list[str]], dict[int, list[str]]]:
    """Characters by their two bytes, by the second alone, and by the first alone (second from 81 on: an orphan's)."""
    pairs: dict[tuple[int, int], str] = {}
    by_trail: dict[int, list[str]] = {}
    by_lead: dict[int, list[str]] = {}
    trails = (*range(0x40, 0x7F), *range(0x80, 0xFF))
    for lead in range(0x81, 0xFF):
        row = b"".join(bytes((lead, trail)) + b"\n" for trail in trails).decode("gbk", errors="replace")
        for trail, character in zip(trails, row.split("\n"), strict=False):
            if len(character) != 1 or character == "\ufffd":  # no character has these bytes
                continue
            pairs[lead, trail] = character
            by_trail.setdefault(trail, []).append(character)
            if trail >= 0x81:
                by_lead.setdefault(lead, []).append(character)
    return pairs, by_trail, by_lead


START, END = "\n\n", "\n"
_BITS = 21  # of a code point: three of them make one whole number


@cache
def fold(character: str) -> str:
    """A character as the model knows it: Simplified, and half-width where it has such a form."""
    code = ord(character)
    if code == 0x3000:
        return " "
    if 0xFF01 <= code <= 0xFF5E:
        return chr(code - 0xFEE0)
    return to_simplified(character)


@dataclass
class CharacterModel:
    """How often characters follow one another: interpolated trigrams (Witten and Bell 1991).

    Attributes
    ----------
    counts : list of Counter
        Of sequences of one, two and three characters, folded: Simplified, half-width.
    followers : list of Counter
        How many different characters follow a sequence of one and two.
    """

    counts: list[Counter[str]] = field(default_factory=lambda: [Counter(), Counter(), Counter()])
    followers: list[Counter[str]] = field(default_factory=lambda: [Counter(), Counter()])
    known: dict[tuple[str, str], float] = field(default_factory=dict)
    total: int = 0

    def log_probability(self, history: str, character: str) -> float:
        """Of a folded character after two others."""
        key = (history, character)
        value = self.known.get(key)
        if value is None:
            value = self.known[key] = log(self._probability(history, character))
        return value

    def _probability(self, history: str, character: str) -> float:
        if not self.total:
            self.total = self.counts[0].total()
        total, types = self.total, len(self.counts[0]) + 8000
        probability = (self.counts[0][character] + 0.05) / (total + 0.05 * types)
        for n in (1, 2):
            context = history[-n:]
            seen, kinds = self.counts[n - 1][context], self.followers[n - 1][context]
            if kinds and len(context) == n:
                probability = (self.counts[n][context + character] + kinds * probability) / (seen + kinds)
        return probability


def learn_characters(texts: Iterable[str], *, most: int = 2_000_000) -> CharacterModel:
    """Learn a character model from clean texts; what stands behind a lost character in a line is left out.

    Parameters
    ----------
    texts : iterable of str
        Of the same genre: a few ten thousand characters are enough to choose well.
    most : int
        Characters after which no further text is taken.

    Examples
    --------
    >>> model = learn_characters(["指导思想", "指导意见"])
    >>> model.log_probability("指导", "思") > model.log_probability("指导", "政")
    True
    """
    lines: list[str] = []
    n_characters = 0
    for text in texts:
        for line in text.splitlines():
            sound = line.partition("?")[0]  # behind a lost character nothing is sure
            if sound.strip():
                lines.append(START + "".join(map(fold, sound)) + (END if sound == line else ""))
        n_characters += len(text)
        if n_characters >= most:
            break
    counts = [_count(lines, n) for n in (1, 2, 3)]
    return CharacterModel(counts, [Counter(map(itemgetter(slice(n)), counts[n])) for n in (1, 2)])


def _count(lines: Sequence[str], n: int) -> Counter[str]:
    """How often n characters stand one behind the other in a line."""
    codes = np.frombuffer("".join(lines).encode("utf-32-le"), dtype="<u4").astype(np.int64)
    whose = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    length = max(len(codes) - n + 1, 0)
    packed = codes[:length]
    for i in range(1, n):
        packed = packed << _BITS | codes[i : i + length]
    inside = whose[:length] == whose[n - 1 :]  # not over the end of a line
    kinds, numbers = np.unique(packed[inside], return_counts=True)
    spelt = np.stack([kinds >> _BITS * (n - 1 - i) & (1 << _BITS) - 1 for i in range(n)], axis=1)
    text = spelt.astype("<u4").tobytes().decode("utf-32-le")
    return Counter(dict(zip((text[i : i + n] for i in range(0, len(text), n)), numbers.tolist(), strict=True)))

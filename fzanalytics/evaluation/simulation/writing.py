"""Sentences made of policy words, and how a copyist changes them; every character knows where it was first written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from fzanalytics.features.tokens import load_policy_words

BlankClass = Literal["number", "date", "place", "agency", "duty"]
CopyKind = Literal["verbatim", "fill-in", "edited"]
#: Texts that were written apart share no run of so many characters inside of their sentences.
UNIQUE_CHARS = 5
#: A vocabulary has at least so many words, or sentences would soon repeat each other.
MIN_WORDS = 100
#: Characters that no writer wrote: numbers of clauses, punctuation.
NO_ORIGIN = -1

_HAN = re.compile(r"[\u4e00-\u9fff]{2,8}")
_TRIES = 200
# What is filled in: short, so that two dates that are the same by chance make no passage.
_PLACES = ("河北省", "河南省", "甘肃省", "广东省", "山东省", "四川省", "浙江省", "湖南省")
_AGENCIES = ("司法局", "财政局", "公安局", "审计局", "民政局", "教育局", "商务局", "信访局")
# shall, must; encourage, support: what binds and what does not
_DUTIES = ("应当", "必须", "鼓励", "支持")


class Token(NamedTuple):
    """A word, a blank or a mark of punctuation; origin is the number of its first character, or `NO_ORIGIN`."""

    text: str
    origin: int
    kind: Literal["word", "blank", "mark"]
    blank: BlankClass | None = None


@dataclass(frozen=True)
class Clause:
    """One clause as it stands in one document.

    root is the number of the clause it descends from (its own, if it is new); writers are the documents it has been
    in, the first writer first, this document last; "" is the common ancestor that nobody holds.
    """

    tokens: tuple[Token, ...]
    root: int
    writers: tuple[str, ...]

    def render(self) -> tuple[str, list[int]]:
        """The text and, for each of its characters, the number under which it was first written."""
        text = "".join(token.text for token in self.tokens)
        origins = [
            NO_ORIGIN if token.origin == NO_ORIGIN else token.origin + at
            for token in self.tokens
            for at in range(len(token.text))
        ]
        return text, origins

    def blanks(self) -> list[tuple[BlankClass, int, int]]:
        """Class, begin and end, in the rendered text, of each blank; a copy has the same ones in the same order."""
        ends = np.cumsum([len(token.text) for token in self.tokens]).tolist()
        return [
            (token.blank, end - len(token.text), end)
            for token, end in zip(self.tokens, ends, strict=True)
            if token.blank is not None
        ]


def simulation_words() -> list[str]:
    """The words that simulated sentences are made of: halves of the policy dictionary's words, two characters each.

    Examples
    --------
    依法行政 (administration by law) gives two:

    >>> words = simulation_words()
    >>> "依法" in words, "行政" in words, {len(word) for word in words}
    (True, True, {2})
    """
    return list(_halves())


@lru_cache(maxsize=1)
def _halves() -> tuple[str, ...]:
    whole = [word for word in load_policy_words() if len(word) in (2, 4, 6) and _HAN.fullmatch(word)]
    return tuple(sorted({word[at : at + 2] for word in whole for at in range(0, len(word), 2)}))


def check_vocabulary(vocabulary: Iterable[str] | None) -> list[str]:
    """The words in their order, or one sentence on what is wrong with them."""
    if vocabulary is None:
        return simulation_words()
    words = list(dict.fromkeys(vocabulary))
    wrong = [word for word in words if not isinstance(word, str) or not _HAN.fullmatch(word)]
    if wrong or len(words) < MIN_WORDS:
        got = f"{len(wrong)} others, such as {wrong[0]!r}" if wrong else f"{len(words)} words"
        raise ValueError(
            f"`vocabulary` must be at least {MIN_WORDS} different words of 2 to 8 Han characters; got {got}. "
            "Leave it out for the policy dictionary."
        )
    return words


class Writer:
    """Writes new clauses and copies old ones; it never writes the same five characters in a row twice."""

    def __init__(
        self,
        words: Sequence[str],
        *,
        clause_words: int,
        edit_rate: float,
        fill_in: float,
        blanks: Sequence[BlankClass],
        rng: np.random.Generator,
    ) -> None:
        """See `simulate_diffusion` for the options."""
        self._words = list(words)
        self._n_words = clause_words
        self._edit_rate, self._fill_in, self._blanks = edit_rate, fill_in, tuple(blanks)
        self._rng = rng
        self._seen: set[str] = set()
        self.n_characters = 0
        self._n_clauses = 0

    def new_clause(self, writer: str) -> Clause:
        """A clause that nobody wrote before."""
        tokens: list[Token] = []
        tail = ""
        pause = int(self._rng.integers(4, 8))
        for at in range(self._n_words):
            word = self._draw(tail)
            tail = (tail + word)[-(UNIQUE_CHARS - 1) :]
            tokens.append(self._token(word, "word"))
            if self._blanks and at % 12 == 6:
                tokens.append(self._filled(self._blanks[(at // 12 + self._n_clauses) % len(self._blanks)]))
                tail = ""
            if at + 1 == self._n_words or at % (3 * pause) == 3 * pause - 1:
                tokens.append(Token("。", NO_ORIGIN, "mark"))
            elif at % pause == pause - 1:
                tokens.append(Token("，", NO_ORIGIN, "mark"))
        self._n_clauses += 1
        return Clause(tuple(tokens), self._n_clauses - 1, (writer,))

    def heading(self) -> tuple[str, list[int]]:
        """Four new words for the head of a section."""
        words, tail = [], ""
        for _ in range(4):
            words.append(self._draw(tail))
            tail = (tail + words[-1])[-(UNIQUE_CHARS - 1) :]
        token = self._token("".join(words), "word")
        return token.text, list(range(token.origin, token.origin + len(token.text)))

    def copy(self, clause: Clause, writer: str) -> tuple[Clause, CopyKind]:
        """The clause as it stands in the next document, and what was done to it."""
        kind: CopyKind = "verbatim"
        refill = bool(self._rng.random() < self._fill_in)
        tokens: list[Token] = []
        draws = self._rng.random(len(clause.tokens))
        for token, draw in zip(clause.tokens, draws, strict=True):
            if token.kind == "blank" and refill and token.blank is not None:
                new = self._filled(token.blank)
                same = new.text == token.text
                tokens.append(token if same else new)
                kind = kind if same or kind == "edited" else "fill-in"
            elif token.kind == "word" and draw < self._edit_rate:
                tokens += self._edited(token, draw / self._edit_rate)
                kind = "edited"
            else:
                tokens.append(token)
        return Clause(tuple(tokens), clause.root, (*clause.writers, writer)), kind

    def _edited(self, token: Token, draw: float) -> list[Token]:
        """Half of the edits replace a word, a quarter drop it, a quarter put one in behind it."""
        if draw < 0.25:
            return []
        if draw < 0.5:
            return [token, self._token(self._other(token.text), "word")]
        return [self._token(self._other(token.text), "word")]

    def _other(self, word: str) -> str:
        """A word that has no character in common with this one."""
        for _ in range(_TRIES):
            other = self._words[int(self._rng.integers(len(self._words)))]
            if not set(other) & set(word):
                return other
        raise ValueError("`vocabulary` must have words without a character in common; found none. Give more words.")

    def _draw(self, tail: str) -> str:
        """The next word: with what stands before it, it makes no run of five characters that was written before."""
        for _ in range(_TRIES):
            word = self._words[int(self._rng.integers(len(self._words)))]
            text = tail + word
            runs = [text[at : at + UNIQUE_CHARS] for at in range(len(text) - UNIQUE_CHARS + 1)]
            if not any(run in self._seen for run in runs) and len(set(runs)) == len(runs):
                self._seen.update(runs)
                return word
        raise ValueError(
            f"`vocabulary` must have more words for so much text; got {len(self._words)}, and "
            f"{len(self._seen)} runs of {UNIQUE_CHARS} characters are used. Give more words, or ask for fewer clauses."
        )

    def _token(self, text: str, kind: Literal["word", "blank"], blank: BlankClass | None = None) -> Token:
        self.n_characters += len(text)
        return Token(text, self.n_characters - len(text), kind, blank)

    def _filled(self, blank: BlankClass) -> Token:
        rng = self._rng
        if blank == "number":
            text = f"{int(rng.integers(11, 99))}%"
        elif blank == "date":
            text = f"{int(rng.integers(2016, 2026))}年{int(rng.integers(1, 10))}月"
        else:
            names = {"place": _PLACES, "agency": _AGENCIES, "duty": _DUTIES}[blank]
            text = names[int(rng.integers(len(names)))]
        return self._token(text, "blank", blank)

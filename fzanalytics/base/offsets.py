"""Offsets that lead from a cleaned text back to the text as it came.

A cleaning step replaces some stretches of a text. An `OffsetMap` remembers, for every character of the new
text, the stretch of the old text that it stands for; maps of successive steps are composed into one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Edit(NamedTuple):
    """Replace `text[begin:end]` (at least one character) by `replacement`, which may be empty."""

    begin: int
    end: int
    replacement: str


@dataclass(frozen=True)
class OffsetMap:
    """For each of n characters of a text, the stretch [begins, ends) of the original it stands for.

    Attributes
    ----------
    begins, ends : ndarray of int, shape (n,)
        Characters of the original; both never fall.
    """

    begins: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def identity(cls, length: int) -> OffsetMap:
        """The map of a text that nothing was done to."""
        return cls(np.arange(length, dtype=np.int64), np.arange(1, length + 1, dtype=np.int64))

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """The stretch of the original that `text[begin:end]` stands for.

        An empty stretch leads to an empty stretch, at the place where the text before it ends.
        """
        if begin >= end:
            at = int(self.ends[begin - 1]) if begin > 0 and len(self.ends) else 0
            return at, at
        return int(self.begins[begin]), int(self.ends[end - 1])

    def slice(self, begin: int, end: int) -> OffsetMap:
        """The map of `text[begin:end]` taken as a text of its own, still into the whole original."""
        return OffsetMap(self.begins[begin:end], self.ends[begin:end])

    def then(self, later: OffsetMap) -> OffsetMap:
        """One map for two steps: `later` leads into the text that this map describes."""
        return OffsetMap(self.begins[later.begins], self.ends[later.ends - 1])


def apply_edits(text: str, edits: Iterable[Edit]) -> tuple[str, OffsetMap]:
    """Carry out edits that do not overlap.

    Parameters
    ----------
    text : str
        n characters.
    edits : iterable of Edit
        In any order; each replaces at least one character.

    Returns
    -------
    (str, OffsetMap)
        The new text, and for each of its characters the stretch of `text` it stands for. All characters
        of a replacement stand for the whole stretch replaced, unless both have one length: then one for one.

    Raises
    ------
    ValueError
        If two edits overlap, or one is empty or leaves the text.

    Examples
    --------
    >>> new, offsets = apply_edits("〔 2015 〕36号", [Edit(1, 2, ""), Edit(6, 7, "")])
    >>> new
    '〔2015〕36号'
    >>> offsets.span(0, 6)
    (0, 8)
    """
    pieces: list[str] = []
    begins: list[NDArray[np.int64]] = []
    ends: list[NDArray[np.int64]] = []
    position = same = 0  # from `same` on, characters have stood for one another, one for one
    for edit in sorted(edits):
        if not position <= edit.begin < edit.end <= len(text):
            raise ValueError(
                f"`edits` must lie within the text, replace something and not overlap; got {edit} "
                f"after position {position} in a text of {len(text)} characters."
            )
        pieces += [text[position : edit.begin], edit.replacement]
        size = len(edit.replacement)
        if size != edit.end - edit.begin:
            kept = np.arange(same, edit.begin, dtype=np.int64)
            begins += [kept, np.full(size, edit.begin, dtype=np.int64)]
            ends += [kept + 1, np.full(size, edit.end, dtype=np.int64)]
            same = edit.end
        position = edit.end
    tail = np.arange(same, len(text), dtype=np.int64)
    return (
        "".join([*pieces, text[position:]]),
        OffsetMap(np.concatenate([*begins, tail]), np.concatenate([*ends, tail + 1])),
    )

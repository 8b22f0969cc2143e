"""Patterns found by what is rare in them: one that may begin almost anywhere is tried only near a word that tells of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Sought(NamedTuple):
    """A pattern that is slow to search for, and how to find the few places where it may match.

    `pattern` begins with a number, an optional part or a look behind. `core` begins with fixed characters, so that the
    search can leap to it; wherever `pattern` matches, `core` does, at most `reach` characters behind its beginning.
    """

    pattern: re.Pattern[str]
    core: re.Pattern[str]
    reach: int

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The matches of the pattern, the leftmost first and without overlap: those of `pattern.finditer(text)`."""
        end = 0
        for hit in self.core.finditer(text):
            for begin in range(max(end, hit.start() - self.reach), hit.start() + 1):
                if found := self.pattern.match(text, begin):
                    end = found.end()
                    yield found
                    break


def sought(pattern: str, *, core: str, reach: int) -> Sought:
    """A pattern to be found by its core; see `Sought`.

    Examples
    --------
    >>> days = sought(r"(?<!第)(?:不超过)?\\d{1,3}日内", core="日内", reach=6)
    >>> [found[0] for found in days.finditer("应在30日内答复，不超过5日内办结")]
    ['30日内', '不超过5日内']
    """
    return Sought(re.compile(pattern), re.compile(core), reach)

"""One sentence from its variants: who has it, and which of its letters independent lines share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel
from tqdm.auto import tqdm

from fzanalytics.measures.lineage.proto_units import Likeness, Unit

#: Least share of the runs of the smaller unit that two variants of one sentence have in common.
MIN_CONTAINED = 0.5
#: Least share of the runs of both together.
MIN_ALIKE = 0.25
#: A shorter run of equal letters within an aligned pair is chance.
MIN_BLOCK = 3
#: Odds that a letter is the ancestor's: of one line that has it; times this for each further line; for each without it.
ODDS_ONE = 0.3
ODDS_WITH = 2.2
ODDS_WITHOUT = 0.8
#: Times this to the power (share of the sentences around that several lines have - `USUAL_NEAR`).
ODDS_NEAR = 2.5
USUAL_NEAR = 0.4
_NEAR = 3
#: A letter with more doubt than this speaks against a variant as the base.
BREAK_EVEN = 0.7
#: Candidates for the base of a group.
_BASES = 6


class Group(NamedTuple):
    """Variants of one sentence, one unit a document at most.

    members: numbers of the units, the base first; votes: independent lines that have each letter of the base; doubt:
    that each letter is the ancestor's, in [0, 1].
    """

    members: tuple[int, ...]
    votes: NDArray[np.int64]
    doubt: NDArray[np.float64]

    @property
    def base(self) -> int:
        """The variant whose wording is taken."""
        return self.members[0]


def doubt_of(votes: NDArray[np.int64], n_lines: int, near: float = USUAL_NEAR) -> NDArray[np.float64]:
    """Doubt that letters are the ancestor's, from the independent lines that have them and those that have not.

    Parameters
    ----------
    votes : ndarray of int
        Independent lines that have the letter, from 1 to `n_lines`.
    n_lines : int
        All independent lines.
    near : float
        Share of the sentences around that several lines have, in [0, 1].

    Returns
    -------
    ndarray of float
        1 / (1 + odds), in (0, 1); odds = 0.3 * 2.2 ** (votes - 1) * 0.8 ** (n_lines - votes) * 2.5 ** (near - 0.4). The
        numbers are rounded shares of sentences found again in the parents of two law families.

    Examples
    --------
    >>> (1 - doubt_of(np.array([1, 2, 3]), 3)).round(2).tolist(), (1 - doubt_of(np.array([2]), 6)).round(2).tolist()
    ([0.16, 0.35, 0.59], [0.21])
    """
    odds = ODDS_ONE * ODDS_WITH ** (votes - 1) * ODDS_WITHOUT ** (n_lines - votes) * ODDS_NEAR ** (near - USUAL_NEAR)
    return np.asarray(1 / (1 + odds))


def group_units(units: Sequence[Unit], likeness: Likeness, *, progress: bool = False) -> list[Group]:
    """Groups of variants; every unit is in one group, most of them alone in their own.

    The unit with most support from other lines opens a group and takes in of each document the unit most like it.
    """
    alike = [_alike(i, units, likeness) for i in range(len(units))]
    support = np.array([_support(i, units, alike[i]) for i in range(len(units))])
    order = sorted(
        range(len(units)),
        key=lambda i: (-support[i] * len(units[i].letters) ** 0.5, units[i].letters, units[i].line, units[i].at),
    )
    free = np.ones(len(units), dtype=bool)
    sets: list[list[int]] = []
    for i in order:
        if not free[i]:
            continue
        best: dict[int, tuple[float, int]] = {}
        for j, score in alike[i]:
            if free[j]:
                best[units[j].doc] = max(best.get(units[j].doc, (0.0, 1)), (score, -j))
        members = [i, *(-j for _, j in sorted(best.values(), key=lambda one: (-one[0], units[-one[1]].letters)))]
        free[members] = False
        sets.append(members)
    near = _near(units, sets)
    n_lines = len({unit.line for unit in units})
    bar = tqdm(sets, desc="vote", unit="group", disable=not progress)
    return [_choose_base(members, units, near, n_lines) for members in bar]


def _alike(i: int, units: Sequence[Unit], likeness: Likeness) -> list[tuple[int, float]]:
    """Units that may be variants of the i-th, and how alike they are."""
    part = slice(likeness.shared.indptr[i], likeness.shared.indptr[i + 1])
    others, shared = likeness.shared.indices[part], likeness.shared.data[part]
    small = np.minimum(likeness.size[i], likeness.size[others])
    both = likeness.size[i] + likeness.size[others] - shared
    keep = (shared >= MIN_CONTAINED * small) & (shared >= MIN_ALIKE * both)
    scores = zip(others[keep].tolist(), (shared[keep] / both[keep]).tolist(), strict=True)
    return [(j, score) for j, score in scores if (units[j].kind == "sentence") == (units[i].kind == "sentence")]


def _support(i: int, units: Sequence[Unit], alike: list[tuple[int, float]]) -> float:
    best: dict[int, float] = {}
    for j, score in alike:
        if units[j].line != units[i].line:
            best[units[j].line] = max(best.get(units[j].line, 0.0), score)
    return sum(sorted(best.values()))


def _near(units: Sequence[Unit], sets: list[list[int]]) -> NDArray[np.float64]:
    """For each unit the share of the units around it, in its document, that several lines have."""
    shared = np.zeros(len(units))
    for members in sets:
        if len({units[m].line for m in members}) > 1:
            shared[members] = 1
    doc = np.array([unit.doc for unit in units])
    total, count = np.zeros(len(units)), np.zeros(len(units))
    for shift in range(1, min(_NEAR, len(units) - 1) + 1):
        same = doc[shift:] == doc[:-shift]
        total[shift:] += shared[:-shift] * same
        total[:-shift] += shared[shift:] * same
        count[shift:] += same
        count[:-shift] += same
    return np.divide(total, count, out=np.zeros(len(units)), where=count > 0)


def _choose_base(members: Sequence[int], units: Sequence[Unit], near: NDArray[np.float64], n_lines: int) -> Group:
    """The variant that holds most of what independent lines share, with the votes for its letters."""
    around = float(np.mean(sorted(near[list(members)])))
    found = []
    for m in members[:_BASES]:
        votes = vote(units[m], [units[k] for k in members])
        doubt = doubt_of(votes, n_lines, around)
        found.append((-round(float((BREAK_EVEN - doubt).sum()), 9), units[m].letters, units[m].doc, m, votes, doubt))
    _, _, _, base, votes, doubt = min(found, key=lambda one: one[:3])
    return Group((base, *(m for m in members if m != base)), votes, doubt)


def vote(base: Unit, members: Sequence[Unit]) -> NDArray[np.int64]:
    """The independent lines, its own among them, that have each letter of the base in its place."""
    lines: dict[int, NDArray[np.bool_]] = {}
    for text, line in sorted({(unit.letters, unit.line) for unit in members if unit.line != base.line}):
        has = lines.setdefault(line, np.zeros(len(base.letters), dtype=bool))
        for begin, end in equal_blocks(base.letters, text):
            has[begin:end] = True
    return 1 + sum(lines.values(), np.zeros(len(base.letters), dtype=np.int64))


def equal_blocks(a: str, b: str) -> list[tuple[int, int]]:
    """Stretches of `a` that stand in `b` in the same order, each of at least `MIN_BLOCK` letters.

    Examples
    --------
    >>> equal_blocks("市人民政府应当公开", "县级以上人民政府可以公开")
    [(1, 5)]
    """
    least = min(MIN_BLOCK, len(a))
    return [
        (op.src_start, op.src_end)
        for op in Indel.opcodes(a, b)
        if op.tag == "equal" and op.src_end - op.src_start >= least
    ]

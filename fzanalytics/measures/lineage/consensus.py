"""One sentence from its variants: who has it, and which of its letters independent lines share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel
from tqdm.auto import tqdm

from fzanalytics.measures.lineage.proto_units import Likeness, Unit, phrases_of
from fzanalytics.measures.lineage.proto_votes import Votes, count_votes, find_holders

#: Least share of the runs of the smaller unit that two variants of one sentence have in common.
MIN_CONTAINED = 0.5
#: Least share of the runs of both together.
MIN_ALIKE = 0.25
#: A shorter run of equal letters within an aligned pair is chance.
MIN_BLOCK = 3
#: Odds that a letter is the ancestor's by the variants of its sentence: of one line that has it; times this for each
#: further line; for each without it; and to the power (share of the sentences around that several lines have - 0.4).
ODDS_ONE = 0.3
ODDS_WITH = 2.2
ODDS_WITHOUT = 0.8
ODDS_NEAR = 2.5
USUAL_NEAR = 0.4
_NEAR = 3
#: The same by runs of letters, wherever they stand: of one line in a document that shares nothing; times the lines to this
#: power; and to the power of the quality of the document. Rounded from a logistic fit on three families of laws.
RUN_ONE = 0.03
RUN_POWER = 3.0
RUN_QUALITY = 6.5
#: A letter with more doubt than this speaks against a variant as the base.
BREAK_EVEN = 0.5
#: A phrase (between commas) stays if it is at least so sure as the surest phrase of its sentence, times this.
MIN_TRUST = 0.5


class Group(NamedTuple):
    """Variants of one sentence, one unit a document at most.

    members: numbers of the units, the base first; votes: independent lines that have each letter of the base in a variant,
    or in a run of letters elsewhere if only one line has variants; doubt: that each letter is the ancestor's, in [0, 1];
    trusted: which letters lie in phrases that come in (`trusted_phrases`); witnesses: (document, line) of all that have a
    variant, or a third of the letters of the base elsewhere.
    """

    members: tuple[int, ...]
    votes: NDArray[np.int64]
    doubt: NDArray[np.float64]
    trusted: NDArray[np.bool_]
    witnesses: tuple[tuple[int, int], ...] = ()

    @property
    def base(self) -> int:
        """The variant whose wording is taken."""
        return self.members[0]

    @property
    def n_lines(self) -> int:
        """Independent lines among the witnesses."""
        return len({line for _, line in self.witnesses})

    @property
    def confidence(self) -> float:
        """Mean over the letters of its trusted phrases of 1 - doubt."""
        return float(1 - self.doubt[self.trusted].mean())


def run_odds(lines: NDArray[np.float64], quality: float) -> NDArray[np.float64]:
    """Odds that letters are the ancestor's, from the lines that have the runs through them (`count_votes`)."""
    return np.asarray(RUN_ONE * lines**RUN_POWER * RUN_QUALITY**quality)


def doubt_of(
    votes: NDArray[np.int64],
    n_lines: int,
    lines: NDArray[np.float64],
    *,
    quality: float = 1.0,
    near: float = USUAL_NEAR,
) -> NDArray[np.float64]:
    """Doubt that letters are the ancestor's: by the variants of their sentence, and by runs of letters anywhere.

    Parameters
    ----------
    votes : ndarray of int
        Independent lines that have the letter in a variant, from 1 to `n_lines`.
    n_lines : int
        All independent lines.
    lines : ndarray of float
        Independent lines that have the runs of letters through it, at least 1 (`count_votes`).
    quality : float
        Share of the best of its documents that other lines have, relative to the best of all, in [0, 1].
    near : float
        Share of the sentences around that several lines have, in [0, 1].

    Returns
    -------
    ndarray of float
        1 / (1 + odds), in (0, 1); odds is the geometric mean of 0.3 * 2.2 ** (votes - 1) * 0.8 ** (n_lines - votes) *
        2.5 ** (near - 0.4) and 0.03 * lines ** 3 * 6.5 ** quality.

    Examples
    --------
    >>> votes = np.array([1, 2, 3])
    >>> (1 - doubt_of(votes, 3, votes * 1.0)).round(2).tolist()
    [0.16, 0.48, 0.73]
    """
    variant = ODDS_ONE * ODDS_WITH ** (votes - 1) * ODDS_WITHOUT ** (n_lines - votes) * ODDS_NEAR ** (near - USUAL_NEAR)
    return np.asarray(1 / (1 + np.sqrt(variant * run_odds(lines, quality))))


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
    votes, near = count_votes(units), _near(units, sets)
    line_of = {unit.doc: unit.line for unit in units}
    n_lines = len(set(line_of.values()))
    bar = tqdm(sets, desc="vote", unit="group", disable=not progress)
    groups = [_choose_base(members, units, votes, near, n_lines) for members in bar]
    holders = find_holders(units, [group.base for group in groups])
    return [
        group._replace(
            witnesses=tuple((doc, line_of[doc]) for doc in sorted({*held, *(units[m].doc for m in group.members)}))
        )
        for group, held in zip(groups, holders, strict=True)
    ]


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


def _choose_base(
    members: Sequence[int], units: Sequence[Unit], votes: Votes, near: NDArray[np.float64], n_lines: int
) -> Group:
    """The variant that holds most of what independent lines share, with the votes for its letters."""
    quality = {m: float(votes.quality[units[m].doc]) for m in members}
    doubts = {m: 1 / (1 + run_odds(votes.lines[m], quality[m])) for m in members}
    base = min(
        members,
        key=lambda m: (-round(float((BREAK_EVEN - doubts[m]).sum()), 9), units[m].letters, units[m].doc),
    )
    aligned = vote(units[base], [units[m] for m in members])
    around = float(np.mean(sorted(near[list(members)])))
    doubt = doubt_of(aligned, n_lines, votes.lines[base], quality=max(quality.values()), near=around)
    others = tuple(m for m in members if m != base)
    trusted = trusted_phrases(units[base], doubt)
    return Group((base, *others), aligned if (aligned > 1).any() else votes.shared[base], doubt, trusted)


def trusted_phrases(unit: Unit, doubt: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which letters lie in phrases that are at least `MIN_TRUST` as sure as the surest phrase of the sentence.

    Examples
    --------
    >>> unit = Unit(0, 0, 0.0, 0, "sentence", "应当公开，并报本府。", "应当公开并报本府")
    >>> trusted_phrases(unit, np.array([0.2] * 4 + [0.7] * 4)).tolist()
    [True, True, True, True, False, False, False, False]
    """
    phrases = phrases_of(unit.text)
    trust = np.array([1 - doubt[begin:end].mean() for begin, end in phrases])
    stays = trust >= MIN_TRUST * trust.max()
    return np.repeat(stays, [end - begin for begin, end in phrases])


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

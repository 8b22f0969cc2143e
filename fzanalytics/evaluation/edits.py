"""Which passage is planted where, and how it is changed.

Names are refilled, words replaced, stretches dropped or put in, sentences moved; nothing is taken twice.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from fzanalytics.base.resources import data_path
from fzanalytics.evaluation.equal import NATURAL_CHARS, carries_text, ends_sentence, equal_runs, sentences, units
from fzanalytics.features.masks import NAME_CLASSES, class_spans
from fzanalytics.features.tokens import tokenize
from fzanalytics.texts.structure.clauses import blank_responsibility

PlantKind = Literal["verbatim", "masked", "reordered", "replaced", "deleted", "inserted", "mixed"]
PLANT_KINDS: tuple[PlantKind, ...] = get_args(PlantKind)

Operation = Literal["masked", "replaced", "deleted", "inserted"]
OPERATIONS: tuple[Operation, ...] = ("masked", "replaced", "deleted", "inserted")

#: No edit touches so many counted characters at either end of a piece: beyond an edit at the very edge, what is left
#: of the passage cannot be told from chance, so that the truth itself would be in doubt.
EDGE_CHARS = 5
#: A stretch that is dropped or put in has so many characters.
STRETCH_CHARS = (2, 12)

#: A passage is cut into at most so many pieces when its sentences are moved.
MAX_PIECES = 6
#: Of a planted passage at most this share lies in runs of `NATURAL_CHARS` that stand elsewhere in the sources too.
REPEATED_SHARE = 0.1
_TRIES, _TRIES_A_LENGTH = 10_000, 200

_STRETCH = re.compile(r"[\u4E00-\u9FFF]{2,12}(?=[，。；、])")


class Change(NamedTuple):
    """Put `after` in the place of `text[begin:end]`; one of the two is empty if words are put in or dropped."""

    begin: int
    end: int
    after: str
    operation: Operation


def load_substitutes() -> dict[str, str]:
    """Words of policy documents and a word that can stand in their place, both ways, from `synonyms_policy.csv`.

    Examples
    --------
    >>> words = load_substitutes()
    >>> words["加强"], words["强化"]
    ('强化', '加强')
    """
    with data_path("synonyms_policy.csv").open(encoding="utf-8", newline="") as file:
        given = {row["word"]: row["substitute"] for row in csv.DictReader(file)}
    back = {substitute: word for word, substitute in reversed(given.items())}
    return back | given


def cut_pieces(text: str, least: int, most_pieces: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """A passage cut at sentence ends into pieces of at least `least` counted characters; [] if it gives only one."""
    counted = np.r_[0, np.cumsum(carries_text(text))]
    size = max(least, int(counted[-1]) // int(rng.integers(2, most_pieces + 1)))
    pieces, begin = [], 0
    for _, border in sentences(text):
        if counted[border] - counted[begin] >= size:
            pieces.append((begin, border))
            begin = border
    if pieces and begin < len(text):
        if counted[-1] - counted[begin] >= least:
            pieces.append((begin, len(text)))
        else:
            pieces[-1] = (pieces[-1][0], len(text))
    return pieces if len(pieces) > 1 else []


def permute(n: int, rng: np.random.Generator) -> list[int]:
    """An order of n >= 2 pieces in which none is followed by the one that followed it.

    Examples
    --------
    >>> permute(2, np.random.default_rng(0))
    [1, 0]
    """
    for _ in range(200):
        order = rng.permutation(n).tolist()
        if all(after != before + 1 for before, after in pairwise(order)):
            return order
    return list(range(n))[::-1]


class Editor:
    """Makes the changes of one planting: it holds what names and stretches are refilled with, and the dictionary."""

    def __init__(
        self, hosts: Iterable[str], *, edit_share: float, replaced_share: float, substitutes: Mapping[str, str]
    ) -> None:
        """Collect names and stretches from the hosts."""
        self.edit_share, self.replaced_share, self.substitutes = edit_share, replaced_share, dict(substitutes)
        names: dict[str, set[str]] = {name: set() for name in NAME_CLASSES}
        stretches: set[str] = set()
        for text in hosts:
            for begin, end, name in class_spans(text):
                names[name].add(text[begin:end])
            stretches.update(_STRETCH.findall(text))
        self.names = {kind: sorted(found) for kind, found in names.items()}
        self.stretches = sorted(stretches)

    def change(
        self, text: str, operations: Iterable[Operation], rng: np.random.Generator, *, share: float = 1.0
    ) -> list[Change]:
        """Changes of a piece in order, none within its edges; an operation that finds nothing to change makes none."""
        makers: dict[str, Callable[[str, np.random.Generator, float], list[Change]]] = {
            "masked": self._refill, "replaced": self._replace, "deleted": self._delete, "inserted": self._insert,
        }  # fmt: skip
        counted = np.flatnonzero(carries_text(text))
        if len(counted) <= 2 * EDGE_CHARS:
            return []
        low, high = int(counted[EDGE_CHARS - 1]) + 1, int(counted[-EDGE_CHARS])
        changes: list[Change] = []
        for operation in operations:
            for change in makers[operation](text, rng, share):
                inside = low <= change.begin <= change.end <= high
                if inside and not any(_touch(change, other) for other in changes):
                    changes.append(change)
        return sorted(changes)

    def _refill(self, text: str, rng: np.random.Generator, share: float) -> list[Change]:
        changes = []
        for begin, end, name in class_spans(text):
            pool = self.names[name]
            after = pool[int(rng.integers(len(pool)))] if pool else text[begin:end]
            if after != text[begin:end]:
                changes.append(Change(begin, end, after, "masked"))
        return changes

    def _replace(self, text: str, rng: np.random.Generator, share: float) -> list[Change]:
        known = [token for token in tokenize(text) if token.text in self.substitutes]
        if not known:
            return []
        n = max(1, round(self.replaced_share * share * len(known)))
        chosen = rng.choice(len(known), size=n, replace=False)
        return [
            Change(known[i].begin, known[i].end, self.substitutes[known[i].text], "replaced") for i in sorted(chosen)
        ]

    def _delete(self, text: str, rng: np.random.Generator, share: float) -> list[Change]:
        begins = [token.begin for token in tokenize(text)] + [len(text)]
        changes: list[Change] = []
        for size in self._sizes(text, rng, share):
            first = int(rng.integers(1, max(2, len(begins) - 1)))
            begin, end = begins[first], next((at for at in begins[first:] if at >= begins[first] + size), len(text))
            change = Change(begin, end, "", "deleted")
            if end - begin <= STRETCH_CHARS[1] and not any(_touch(change, other) for other in changes):
                changes.append(change)
        return changes

    def _insert(self, text: str, rng: np.random.Generator, share: float) -> list[Change]:
        begins = [token.begin for token in tokenize(text)][1:]
        if not begins or not self.stretches:
            return []
        at = {begins[int(rng.integers(len(begins)))] for _ in self._sizes(text, rng, share)}
        return [
            Change(begin, begin, self.stretches[int(rng.integers(len(self.stretches)))], "inserted")
            for begin in sorted(at)
        ]

    def _sizes(self, text: str, rng: np.random.Generator, share: float) -> list[int]:
        """Lengths of stretches that make up the edited share of a text, one at least."""
        low, high = STRETCH_CHARS
        n = max(1, round(self.edit_share * share * len(text) * 2 / (low + high)))
        return rng.integers(low, high + 1, size=n).tolist()


def _touch(change: Change, other: Change) -> bool:
    """Whether two changes overlap or meet: they would be one."""
    return change.begin <= other.end and other.begin <= change.end


def apply_changes(text: str, changes: Iterable[Change]) -> tuple[str, list[tuple[int, int]]]:
    """The changed text, and where in it each change stands.

    Examples
    --------
    >>> apply_changes("依法行政", [Change(0, 2, "", "deleted"), Change(4, 4, "工作", "inserted")])
    ('行政工作', [(0, 0), (2, 4)])
    """
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    done = length = 0
    for change in changes:
        parts += [text[done : change.begin], change.after]
        length += change.begin - done
        places.append((length, length + len(change.after)))
        length += len(change.after)
        done = change.end
    return "".join([*parts, text[done:]]), places


class Piece(NamedTuple):
    """A stretch of a source with the changes it gets; offsets of the changes within the piece."""

    begin: int
    end: int
    changes: list[Change]


class Plan(NamedTuple):
    """One passage: where it comes from, what becomes of it, where it goes."""

    number: int
    kind: PlantKind
    source: str
    pieces: list[Piece]
    host: str
    border: int


class Planner:
    """Draws passages, edits and places; keeps what is taken."""

    def __init__(
        self,
        texts: Mapping[str, str],
        roles: Mapping[str, list[str]],
        editor: Editor,
        lengths: tuple[int, int],
        rng: np.random.Generator,
    ) -> None:
        """Measure the sources and list the borders of the hosts."""
        self.texts, self.editor, self.lengths, self.rng = texts, editor, lengths, rng
        self.free: dict[str, NDArray[np.bool_]] = {}
        self.repeated: dict[str, NDArray[np.bool_]] = {}
        self.counted: dict[str, NDArray[np.int64]] = {}
        self.units: dict[str, list[tuple[int, int]]] = {}
        self.starts: list[tuple[str, int]] = []
        repeated = equal_runs(*[{i: texts[i] for i in roles["source"]}] * 2, n_chars=NATURAL_CHARS, within=True)
        for source in roles["source"]:
            text = texts[source]
            blank = blank_responsibility(text)
            self.free[source] = np.fromiter((a == b for a, b in zip(text, blank, strict=True)), bool, count=len(text))
            self.repeated[source] = np.zeros(len(text), dtype=bool)
            self.counted[source] = np.r_[0, np.cumsum(carries_text(text))]
            self.units[source] = spans = units(text)
            opens = [place == 0 or ends_sentence(text[slice(*spans[place - 1])]) for place in range(len(spans))]
            for side in ("source", "target"):
                columns = [f"{side}_begin", f"{side}_end"]
                for begin, end in repeated.loc[repeated[side] == source, columns].itertuples(index=False):
                    self.repeated[source][begin:end] = True
            self.starts += [(source, place) for place, is_start in enumerate(opens) if is_start]
        self.borders = [
            (host, end)
            for host in roles["host"]
            for begin, end in units(texts[host])
            if ends_sentence(texts[host][begin:end]) and end < len(texts[host])
        ]

    def plan(self, kinds: Sequence[PlantKind]) -> list[Plan]:
        """One plan for each kind."""
        if len(self.borders) < len(kinds):
            raise ValueError(
                f"`hosts` must have a sentence border for each passage; got {len(self.borders)} for {len(kinds)}. "
                "Give more hosts, or lower `n_passages`."
            )
        places = self.rng.permutation(len(self.borders))[: len(kinds)].tolist()
        plans = []
        for number, (kind, place) in enumerate(zip(kinds, places, strict=True)):
            source, pieces = self._draw(kind, number)
            plans.append(Plan(number, kind, source, pieces, *self.borders[place]))
        return plans

    def _draw(self, kind: PlantKind, number: int) -> tuple[str, list[Piece]]:
        low, high = np.log(self.lengths)
        wanted = 0.0
        for attempt in range(_TRIES if self.starts else 0):
            if attempt % _TRIES_A_LENGTH == 0:  # long passages are harder to place, and must not be rarer for it
                wanted = float(np.exp(self.rng.uniform(low, high)))
            source, unit = self.starts[int(self.rng.integers(len(self.starts)))]
            span = self._span(source, unit, wanted)
            if span is None:
                continue
            pieces = self._edit(kind, self.texts[source][span[0] : span[1]], span[0])
            if pieces and all(self._kept(source, piece) >= self.lengths[0] for piece in pieces):
                self.free[source][span[0] : span[1]] = False
                return source, pieces
        raise ValueError(
            f"`n_passages` must fit into the sources; no room or no match for passage {number + 1} ({kind}). "
            "Give longer sources, lower `n_passages` or leave this kind out."
        )

    def _span(self, source: str, unit: int, wanted: float) -> tuple[int, int] | None:
        """The free stretch from a unit on whose length comes closest to the one wanted, if it comes near."""
        spans, counted = self.units[source], self.counted[source]
        begin = spans[unit][0]
        sizes = [int(counted[end] - counted[begin]) for _, end in spans[unit : unit + 200]]
        best = min(range(len(sizes)), key=lambda place: abs(sizes[place] - wanted))
        end = spans[unit + best][1]
        fits = self.lengths[0] <= sizes[best] <= self.lengths[1] and abs(sizes[best] - wanted) <= 0.25 * wanted
        own = self.repeated[source][begin:end].mean() <= REPEATED_SHARE
        return (begin, end) if fits and own and self.free[source][begin:end].all() else None

    def _edit(self, kind: PlantKind, text: str, begin: int) -> list[Piece]:
        """The pieces in their new order with their changes; [] if the passage does not lend itself to the kind."""
        operations = tuple(operation for operation in OPERATIONS if operation == kind)
        share = 1.0
        moved = kind == "reordered"
        if kind == "mixed":
            names = [*OPERATIONS, "reordered"]
            chosen = set(self.rng.choice(names, size=int(self.rng.integers(2, len(names) + 1)), replace=False))
            operations, moved, share = tuple(o for o in OPERATIONS if o in chosen), "reordered" in chosen, 0.5
        cuts = cut_pieces(text, self.lengths[0], MAX_PIECES, self.rng) if moved else [(0, len(text))]
        if not cuts:
            return []
        pieces = []
        for place in permute(len(cuts), self.rng) if moved else [0]:
            first, last = cuts[place]
            changes = self.editor.change(text[first:last], operations, self.rng, share=share)
            pieces.append(Piece(begin + first, begin + last, changes))
        made = {change.operation for piece in pieces for change in piece.changes}
        enough = len(made) + moved >= 2 if kind == "mixed" else len(made) == len(operations)
        return pieces if enough else []

    def _kept(self, source: str, piece: Piece) -> int:
        """Counted characters of a piece that no change touches."""
        counted = self.counted[source]
        lost = sum(int(counted[piece.begin + c.end] - counted[piece.begin + c.begin]) for c in piece.changes)
        return int(counted[piece.end] - counted[piece.begin]) - lost

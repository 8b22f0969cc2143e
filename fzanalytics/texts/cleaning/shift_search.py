"""The likeliest reading of a line whose bytes were shifted within GBK: a beam search over its bytes.

What the fault does, and what becomes of the reading, is told in `fzanalytics.texts.cleaning.byteshift`.
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from fzanalytics.texts.cleaning.scripts import is_simplified, is_traditional
from fzanalytics.texts.cleaning.shift_model import START, CharacterModel, bytes_of, fold, gbk_characters

Certainty = Literal["exact", "model", "inferred"]
#: Hypotheses kept at every place of a line, and how far behind the best one of them may be (natural logarithm).
BEAM, MARGIN = 40, 45.0
#: Readings of an unknown byte that are followed, and those of them tried with each character it may have swallowed.
_READINGS, _WITH_SWALLOWED = 16, 6
# log-probabilities of readings that the bytes allow but the fault does not call for
_LITERAL, _SWALLOWED, _FULL_WIDTH, _OTHER_SCRIPT, _UNREADABLE = -14.0, -3.0, -4.0, -6.0, -1.0
_UNKNOWN_NOTE, _UNPAIRED = -3.0, -8.0
#: Marks that come in pairs within a line, and what each adds to the marks that are open.
_PAIRED = {"“": (1, 0), "”": (-1, 0), "《": (0, 1), "》": (0, -1)}
_SWALLOWED_CHARACTERS = "0123456789,.:;-+%ABN"
#: The letters of a reading in pinyin, as a class of characters.
TONED = "a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_NOTE = re.compile(rf"[(（]([{TONED}]{{1,6}})[)）]")
_NOTE_REST = re.compile(rf"([{TONED}]{{1,6}})[)）]")
#: Notes put behind characters (設(shè)), by their sound: the characters that bear each in undamaged lines.
Notes = dict[str, frozenset[str]]


class Link(NamedTuple):
    """A character that was read, where its first byte stands, and the one before it."""

    before: Link | None
    character: str
    place: int
    certainty: Certainty


class _Hypothesis(NamedTuple):
    """A reading of a line up to a place: its score, the last two characters, a first byte and marks still open."""

    score: float
    history: str
    last: Link | None
    pending: int | None  # a byte, or _UNKNOWN
    since: int
    unpaired: tuple[int, int] = (0, 0)


_UNKNOWN = -1


def read_line(line: str, model: CharacterModel, notes: Notes, *, traditional: bool) -> list[Link] | None:
    """The likeliest reading of a line, in order; None if there is none that the fault explains.

    Parameters
    ----------
    line : str
        As it came, without its end.
    model : CharacterModel
    notes : Notes
        The readings that undamaged lines of the text put behind characters.
    traditional : bool
        Whether the text is written in Traditional characters.
    """
    return _Search(line, model, notes, traditional=traditional).run()


class _Search:
    """One line, read again from its bytes."""

    def __init__(self, line: str, model: CharacterModel, notes: Notes, *, traditional: bool) -> None:
        self.line, self.model, self.notes, self.traditional = line, model, notes, traditional
        self.pairs, self.by_trail, self.by_lead = gbk_characters()
        self.floor = -math.inf

    def run(self) -> list[Link] | None:
        """The likeliest reading, or None if there is none."""
        agenda: list[dict[tuple[object, ...], _Hypothesis]] = [{} for _ in range(len(self.line) + 1)]
        agenda[0][()] = _Hypothesis(0.0, START, None, None, 0)
        for place in range(len(self.line)):
            if not agenda[place]:
                continue
            best = heapq.nlargest(BEAM, agenda[place].values(), key=_score)
            agenda[place].clear()
            if len(best) == 1 and best[0].pending is None and self.line[place] != "?":
                found, next_place = self._run_ahead(best[0], place)
                agenda[next_place][()] = found
                continue
            orphan = self.line[place] == "?"
            for now in best:
                if now.score < best[0].score - MARGIN:
                    break
                self.floor = _least_kept(agenda[place + 1]) if orphan else -math.inf
                for found, next_place in self._read(now, place):
                    key = (found.history, found.pending, found.unpaired)
                    other = agenda[next_place].get(key)
                    if other is None or other.score < found.score:
                        agenda[next_place][key] = found
        whole = [found for found in agenda[-1].values() if found.pending is None]
        if not whole:
            return None
        link = max(whole, key=lambda found: found.score + _UNPAIRED * sum(map(abs, found.unpaired))).last
        links: list[Link] = []
        while link is not None:
            links.append(link)
            link = link.before
        return links[::-1]

    def _run_ahead(self, now: _Hypothesis, place: int) -> tuple[_Hypothesis, int]:
        """Where only one reading is left and it is in step, all up to the next orphan stands for itself."""
        end = self.line.find("?", place)
        end = len(self.line) if end < 0 else end
        heard = _NOTE.sub("", self.line[max(place, end - 40) : end])
        unpaired = now.unpaired
        for character in self.line[place:end]:
            if change := _PAIRED.get(character):
                unpaired = unpaired[0] + change[0], unpaired[1] + change[1]
        history = (now.history + "".join(map(fold, heard)))[-2:]
        return now._replace(history=history, last=self._keep(now.last, place, end), unpaired=unpaired), end

    def _read(self, now: _Hypothesis, place: int) -> Iterator[tuple[_Hypothesis, int]]:
        character = self.line[place]
        if note := _NOTE.match(self.line, place):
            yield self._pass_note(now, place, note.end()), note.end()
        data = bytes_of(character)
        if data is None:  # never was in GBK: it can only stand for itself
            if now.pending is None:
                yield self._emit(now, character, place, "exact", _UNREADABLE), place + 1
            return
        for found in self._bytes(now, data, place, _LITERAL if character == "?" else 0.0):
            yield found, place + 1
        if now.pending is not None and 0x21 <= ord(character) <= 0x7E:
            # a full-width form that was made half-width after the damage
            for found in self._bytes(now, (0xA3, ord(character) + 0x80), place, _FULL_WIDTH):
                yield found, place + 1
        if character == "?":
            note = _NOTE_REST.match(self.line, place + 1)
            found_in = self._orphan(now, place) if note is None else self._orphan_of_note(now, place, note)
            yield from found_in

    def _pass_note(self, now: _Hypothesis, place: int, end: int) -> _Hypothesis:
        """A note is kept as it is between two characters, and dropped in the midst of one."""
        if now.pending is not None:
            return now
        return now._replace(last=self._keep(now.last, place, end))

    def _keep(self, last: Link | None, place: int, end: int) -> Link | None:
        for i in range(place, end):
            last = Link(last, self.line[i], i, "exact")
        return last

    def _orphan(self, now: _Hypothesis, place: int) -> Iterator[tuple[_Hypothesis, int]]:
        """An unknown byte: the first of a character, or the second, and then it may have swallowed an ASCII character."""
        if now.pending is None:
            yield now._replace(pending=_UNKNOWN, since=place), place + 1
        elif now.pending != _UNKNOWN:
            read = self._likeliest(now, self.by_lead.get(now.pending, []))
            yield from ((found, place + 1) for found in read)
            if not self.line[place + 1 : place + 2].isascii():
                return  # a figure alone between characters would leave no trace to tell it by
            for found in read[:_WITH_SWALLOWED]:
                if found.score + _SWALLOWED < self.floor:
                    continue
                for swallowed in _SWALLOWED_CHARACTERS:
                    likelihood = self.model.log_probability(found.history, swallowed)
                    if found.score + _SWALLOWED + likelihood >= self.floor:
                        yield self._emit(found, swallowed, place, "inferred", _SWALLOWED), place + 1

    def _orphan_of_note(self, now: _Hypothesis, place: int, note: re.Match[str]) -> Iterator[tuple[_Hypothesis, int]]:
        """An orphan that swallowed the bracket of a note: the note tells which byte it was."""
        exact = False
        for character in sorted(self.notes.get(note[1], ())):
            data = bytes_of(character)
            if data is None or len(data) != 2:
                continue
            if now.pending is None:
                # the note was put behind two bytes that look like its character, in the midst of another one
                before = bytes_of(now.last.character) if now.last else None
                if before and before[-1] == data[0]:
                    exact = True
                    yield now._replace(pending=data[1], since=place), note.end()
            elif now.pending == data[0]:
                exact = True
                yield self._keep_note(self._emit(now, character, now.since, "exact", 0.0), place, note.end())
        if exact:
            return
        if now.pending is None:  # the same for a character that bears its note nowhere else
            yield now._replace(score=now.score + _UNKNOWN_NOTE, pending=_UNKNOWN, since=place), note.end()
        elif now.pending != _UNKNOWN:
            for read in self._likeliest(now, self.by_lead.get(now.pending, [])):
                yield self._keep_note(read._replace(score=read.score + _UNKNOWN_NOTE), place, note.end())

    def _keep_note(self, now: _Hypothesis, place: int, end: int) -> tuple[_Hypothesis, int]:
        opened = Link(now.last, "(", place, "exact")
        return now._replace(last=self._keep(opened, place + 1, end)), end

    def _bytes(self, now: _Hypothesis, data: tuple[int, ...], place: int, cost: float) -> Iterator[_Hypothesis]:
        """Known bytes, one after the other."""
        states = [now._replace(score=now.score + cost)]
        for byte in data:
            states = [found for state in states for found in self._byte(state, byte, place)]
        yield from states

    def _byte(self, now: _Hypothesis, byte: int, place: int) -> Iterator[_Hypothesis]:
        if now.pending is None:
            if byte < 0x80:
                yield self._emit(now, chr(byte), place, "exact", 0.0)
            else:
                yield now._replace(pending=byte, since=place)
        elif now.pending == _UNKNOWN:
            yield from self._likeliest(now, self.by_trail.get(byte, []))
        elif (now.pending, byte) in self.pairs:
            yield self._emit(now, self.pairs[now.pending, byte], now.since, "exact", 0.0)

    def _likeliest(self, now: _Hypothesis, characters: list[str]) -> list[_Hypothesis]:
        """The characters that an unknown byte may have made, the likeliest first."""

        probability, history, traditional = self.model.log_probability, now.history, self.traditional

        def likelihood(character: str) -> float:
            return probability(history, fold(character)) + _foreign(character, traditional)

        chosen = heapq.nlargest(_READINGS, characters, key=likelihood)
        return [self._emit(now, one, now.since, "model", _foreign(one, traditional)) for one in chosen]

    def _emit(self, now: _Hypothesis, character: str, place: int, certainty: Certainty, cost: float) -> _Hypothesis:
        folded = fold(character)
        score = now.score + cost + self.model.log_probability(now.history, folded)
        link = Link(now.last, character, place, certainty)
        unpaired = now.unpaired
        if change := _PAIRED.get(character):
            unpaired = unpaired[0] + change[0], unpaired[1] + change[1]
        return _Hypothesis(score, (now.history + folded)[-2:], link, None, place, unpaired)


@cache
def _foreign(character: str, traditional: bool) -> float:
    """The cost of a character of the other script (a Traditional text has no Simplified ones), or of a wide figure."""
    other = is_simplified(character) if traditional else is_traditional(character)
    wide = character > "\uff00" and character.isalnum()
    return _OTHER_SCRIPT if other or wide else 0.0


def _score(found: _Hypothesis) -> float:
    return found.score


def _least_kept(waiting: dict[tuple[object, ...], _Hypothesis]) -> float:
    """The score below which a hypothesis has no place in the beam any more."""
    if len(waiting) < BEAM:
        return -math.inf
    return heapq.nlargest(BEAM, map(_score, waiting.values()))[-1]

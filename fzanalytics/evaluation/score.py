"""How well found passages agree with planted ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.tables import require_columns
from fzanalytics.evaluation.claims import check_spans
from fzanalytics.evaluation.equal import SPANS, carries_text

Ints = NDArray[np.int64]
#: Two stretches whose `difflib` ratio is so high say the same.
ECHO_RATIO = 0.6

Average = Literal["macro", "micro"]

SCORE_COLUMNS = (
    "kind", "n_truth", "n_detected", "n_found", "n_false", "n_left_out", "precision", "recall", "f1", "granularity",
    "plagdet", "begin_error_median", "begin_error_mean", "end_error_median", "end_error_mean",
)  # fmt: skip


def score_passages(
    found: pd.DataFrame,
    truth: pd.DataFrame,
    *,
    documents: pd.DataFrame,
    natural: pd.DataFrame | None = None,
    average: Average = "macro",
) -> pd.DataFrame:
    """Precision, recall, granularity and PlagDet of found passages, by kind of edit and over all.

    Parameters
    ----------
    found : DataFrame, P rows
        source, target, source_begin, source_end, target_begin, target_end, as `find_passages` gives them; which of
        the two documents is called source makes no difference.
    truth : DataFrame
        Columns as found, and kind; from `plant_passages`.
    documents : DataFrame, D rows
        doc_id, text, as planted. With a column role ("source" or "host") only passages between a source and a host are
        judged: what sources share among themselves, and hosts, was not planted.
    natural : DataFrame, optional
        Columns as found: equal text that nobody planted, from `plant_passages`.
    average : {"macro", "micro"}
        macro: each case and each detection counts as one, as in equations 1 and 2 of the paper. micro: each
        character counts as one.

    Returns
    -------
    DataFrame, one row a kind and a last row "all"
        kind, n_truth, n_detected (cases with a detection), n_found (detections judged), n_false (those that detect
        nothing; in the row "all"), n_left_out (those left out as natural or as echoes; in the row "all"), precision, recall, f1, granularity,
        plagdet, and the distance of begins and ends: begin_error_median, begin_error_mean, end_error_median,
        end_error_mean in characters. precision, recall, f1, plagdet in [0, 1], higher is better; granularity at least
        1, and 1 is best; NaN where there is nothing to divide by (precision without a detection, granularity and
        errors without a detected case). f1 and plagdet are 0 if nothing is detected.

    Raises
    ------
    ValueError
        If a column is missing, a document is not in the table, or a passage leaves its text.

    Notes
    -----
    Potthast et al. take a case s = (its stretch of the source, its stretch of the target) as the set of characters of
    both, and a detection r likewise. r detects s if the documents are the same and r overlaps s in the source and in
    the target. Let s ⊓ r be the characters in both if r detects s, else none. With S cases and R detections::

        precision    =  1/|R|  sum over r of  |union over s of (s ⊓ r)| / |r|
        recall       =  1/|S|  sum over s of  |union over r of (s ⊓ r)| / |s|
        granularity  =  1/|S_R|  sum over s in S_R of |R_s|
                        S_R the detected cases, R_s the detections of s
        F1           =  2 * precision * recall / (precision + recall)
        PlagDet      =  F1 / log2(1 + granularity)

    micro-averaged, precision is |union of all s ⊓ r| / |union of all r|, recall |union of all s ⊓ r| / |union of all s|,
    each pair of documents by itself.

    What differs here. Only characters that carry text count (letters, digits, Han): no one can say to whom the full
    stop belongs. Natural characters of a detection (in a natural run that it overlaps on both sides, and outside of
    the cases it detects) are taken out of |r|; a detection that detects nothing is left out if at least half of
    its characters, on either side, are natural. So is an echo: a detection that detects nothing, at least half of
    whose target lies in planted pieces, and whose two sides agree (`difflib` ratio at least 0.6). The source
    says there again what the planted passage says, and that is no work of the planter. In the row of a kind, R are the detections that detect a
    case of it, and of those that detect nothing as many as its share of the cases: a false claim has no kind.

    The distances are those between the begins (ends) of a case and of the detection that shares most with it, in
    characters that carry text, the mean of source and target; 0 is best.

    References
    ----------
    Potthast, M., Stein, B., Barrón-Cedeño, A. and Rosso, P. (2010). An evaluation framework for plagiarism detection.
    COLING 2010: Posters, 997-1005.

    Examples
    --------
    A case of 10 characters, found in two parts of 4 and 5; precision 1, recall 0.9, granularity 2:

    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "text": ["依法公开重大行政决策", "依法公开重大行政决策"]})
    >>> truth = pd.DataFrame([("a", "b", 0, 10, 0, 10, "verbatim")], columns=[*SPANS, "kind"])
    >>> found = pd.DataFrame([("a", "b", 0, 4, 0, 4), ("a", "b", 5, 10, 5, 10)], columns=list(SPANS))
    >>> scores = score_passages(found, truth, documents=documents).set_index("kind")
    >>> scores.loc["all", ["precision", "recall", "f1", "granularity", "plagdet"]].astype(float).round(3).tolist()
    [1.0, 0.9, 0.947, 2.0, 0.598]
    """
    if average not in ("macro", "micro"):
        raise ValueError(f"`average` must be 'macro' or 'micro'; got {average!r}. Take 'macro', as the paper does.")
    require_columns(found, SPANS, name="found")
    require_columns(truth, [*SPANS, "kind"], name="truth")
    require_columns(documents, ["doc_id", "text"], name="documents")
    texts = {str(i): str(text) for i, text in zip(documents["doc_id"], documents["text"], strict=True)}
    judged = _judged(found, documents)
    tables = {"found": judged, "truth": truth, **({} if natural is None else {"natural": natural})}
    for name, table in tables.items():
        check_spans(table, texts, name)
    matching = _Matching(judged, truth, natural, texts)
    kinds = list(dict.fromkeys(truth["kind"]))
    rows = [matching.score(kind, average) for kind in kinds if len(kinds) > 0] + [matching.score(None, average)]
    return pd.DataFrame(rows, columns=list(SCORE_COLUMNS))


def _judged(found: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """The passages between a source and a host, the source first."""
    if "role" not in documents:
        return found[list(SPANS)]
    roles = dict(zip(documents["doc_id"].astype(str), documents["role"], strict=True))
    first, second = found["source"].astype(str).map(roles), found["target"].astype(str).map(roles)
    turned = found.rename(columns=dict(zip(SPANS, (SPANS[1], SPANS[0], *SPANS[4:], *SPANS[2:4]), strict=True)))
    straight = ((first == "source") & (second == "host")).to_numpy(dtype=bool)
    back = ((first == "host") & (second == "source")).to_numpy(dtype=bool)
    return pd.concat([found.loc[straight, list(SPANS)], turned.loc[back, list(SPANS)]], ignore_index=True)


def _ruler(text: str) -> Ints:
    """At each place of a text, how many characters before it carry text."""
    return np.r_[0, np.cumsum(carries_text(text))].astype(np.int64)


@dataclass
class _Case:
    """A planted piece in characters that carry text: pair, spans on both sides, what was found of it."""

    kind: str
    pair: tuple[str, str]
    span: tuple[int, int, int, int]
    detections: list[int]
    errors: tuple[float, float] = (np.nan, np.nan)
    recall: float = 0.0


@dataclass
class _Detection:
    """A found passage likewise: what of it is right, what of it is to be judged, and the kinds it detects."""

    pair: tuple[str, str]
    span: tuple[int, int, int, int]
    kinds: set[str]
    right: int = 0
    size: int = 0
    left_out: bool = False
    right_at: tuple[Ints, Ints] | None = None
    judged_at: tuple[Ints, Ints] | None = None


class _Matching:
    """Cases and detections, each with what it shares with the others."""

    def __init__(
        self, found: pd.DataFrame, truth: pd.DataFrame, natural: pd.DataFrame | None, texts: Mapping[str, str]
    ) -> None:
        rulers = {doc_id: _ruler(text) for doc_id, text in texts.items()}
        self.cases = [
            _Case(str(kind), pair, span, [])
            for (pair, span), kind in zip(_measured(truth, rulers), truth["kind"], strict=True)
        ]
        self.detections = [_Detection(pair, span, set()) for pair, span in _measured(found, rulers)]
        runs: dict[tuple[str, str], list[tuple[int, int, int, int]]] = defaultdict(list)
        for pair, span in _measured(natural, rulers) if natural is not None else []:
            runs[pair].append(span)
        cases_of: dict[tuple[str, str], list[_Case]] = defaultdict(list)
        planted: dict[str, list[tuple[int, int, int, int]]] = defaultdict(list)
        for case in self.cases:
            cases_of[case.pair].append(case)
            planted[case.pair[1]].append(case.span)
        sides = found[list(SPANS)].itertuples(index=False)
        for number, (detection, row) in enumerate(zip(self.detections, sides, strict=True)):
            self._judge(number, detection, cases_of[detection.pair], np.array(runs[detection.pair]).reshape(-1, 4))
            if not detection.kinds and not detection.left_out:
                inside = _inside(*detection.span[2:], np.array(planted[detection.pair[1]]).reshape(-1, 4), 2)
                source, target, a, a_end, b, b_end = row
                detection.left_out = bool(2 * inside.sum() >= len(inside)) and _agree(
                    texts[str(source)][a:a_end], texts[str(target)][b:b_end]
                )
        for case in self.cases:
            self._measure(case)

    def _judge(self, number: int, detection: _Detection, cases: Iterable[_Case], runs: Ints) -> None:
        """Which cases a detection detects, and what of it is right, natural or false."""
        right, known = [], []
        mine = [case for case in cases if _overlap(case.span, detection.span)]
        span = np.array(detection.span)
        near = runs[(runs[:, 0] < span[1]) & (span[0] < runs[:, 1]) & (runs[:, 2] < span[3]) & (span[2] < runs[:, 3])]
        for place in (0, 2):
            begin, end = detection.span[place], detection.span[place + 1]
            right.append(_inside(begin, end, np.array([case.span for case in mine]).reshape(-1, 4), place))
            known.append(_inside(begin, end, near, place) & ~right[-1])
        for case in mine:
            case.detections.append(number)
            detection.kinds.add(case.kind)
        detection.right = int(sum(side.sum() for side in right))
        detection.size = int(sum((~side).sum() for side in known))
        halves = all(2 * side.sum() >= len(side) for side in known)
        detection.left_out = (not mine and halves) or not detection.size
        detection.right_at = tuple(  # type: ignore[assignment]
            np.flatnonzero(side) + detection.span[place] for side, place in zip(right, (0, 2), strict=True)
        )
        detection.judged_at = tuple(  # type: ignore[assignment]
            np.flatnonzero(~side) + detection.span[place] for side, place in zip(known, (0, 2), strict=True)
        )

    def _measure(self, case: _Case) -> None:
        """Recall of a case, and how far off the best of its detections begins and ends."""
        spans = [self.detections[number].span for number in case.detections]
        if not spans:
            return
        table = np.array(spans)
        hit = [int(_inside(case.span[place], case.span[place + 1], table, place).sum()) for place in (0, 2)]
        case.recall = sum(hit) / (case.span[1] - case.span[0] + case.span[3] - case.span[2])
        best = max(spans, key=lambda span: (_shared(case.span, span), -abs(span[0] - case.span[0])))
        off = [abs(mine - theirs) for mine, theirs in zip(case.span, best, strict=True)]
        case.errors = ((off[0] + off[2]) / 2, (off[1] + off[3]) / 2)

    def score(self, kind: str | None, average: Average) -> tuple[Any, ...]:
        """One row of the table."""
        cases = [case for case in self.cases if kind is None or case.kind == kind]
        counted = [detection for detection in self.detections if not detection.left_out]
        true = [d for d in counted if (d.kinds if kind is None else kind in d.kinds)]
        false = [d for d in counted if not d.kinds]
        share = 1.0 if kind is None else len(cases) / len(self.cases)
        if average == "macro":
            n = len(true) + share * len(false)
            precision = sum(d.right / d.size for d in true) / n if n else np.nan
            recall = sum(case.recall for case in cases) / len(cases) if cases else np.nan
        else:
            right, claimed = _places(true, "right_at"), _places(true, "judged_at")
            size = len(claimed) + share * len(_places(false, "judged_at") - claimed)
            precision = len(right) / size if size else np.nan
            recall = _micro_recall(cases, self.detections)
        hits = [case for case in cases if case.detections]
        granularity = sum(len(case.detections) for case in hits) / len(hits) if hits else np.nan
        f1 = 2 * precision * recall / (precision + recall) if hits and precision + recall > 0 else 0.0
        plagdet = f1 / np.log2(1 + granularity) if hits else 0.0
        errors = np.array([case.errors for case in hits]).reshape(-1, 2)
        begin, end = ((np.median(side), np.mean(side)) if len(side) else (np.nan, np.nan) for side in errors.T)
        n_left_out = sum(d.left_out for d in self.detections) if kind is None else 0
        name = "all" if kind is None else kind
        return (
            name, len(cases), len(hits), len(true) + (len(false) if kind is None else 0),
            len(false) if kind is None else 0, n_left_out, precision, recall, f1, granularity, plagdet, *begin, *end,
        )  # fmt: skip


def _measured(
    table: pd.DataFrame, rulers: Mapping[str, Ints]
) -> list[tuple[tuple[str, str], tuple[int, int, int, int]]]:
    """Pair and spans of each row, in characters that carry text."""
    rows = []
    for source, target, a, a_end, b, b_end in table[list(SPANS)].itertuples(index=False):
        ruler_a, ruler_b = rulers[str(source)], rulers[str(target)]
        span = (int(ruler_a[a]), int(ruler_a[a_end]), int(ruler_b[b]), int(ruler_b[b_end]))
        rows.append(((str(source), str(target)), span))
    return rows


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]


def _shared(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> int:
    return min(a[1], b[1]) - max(a[0], b[0]) + min(a[3], b[3]) - max(a[2], b[2])


def _agree(source: str, target: str) -> bool:
    """Whether two stretches have most of their text in common, in order."""
    a, b = ("".join(filter(str.isalnum, text)) for text in (source, target))
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= ECHO_RATIO


def _inside(begin: int, end: int, spans: Ints, place: int) -> NDArray[np.bool_]:
    """Which characters of [begin, end) lie in one of the spans; begins in column `place`, ends in the next."""
    inside = np.zeros(end - begin, dtype=bool)
    for first, last in spans[:, place : place + 2].tolist():
        inside[max(0, first - begin) : max(0, last - begin)] = True
    return inside


def _places(
    detections: Iterable[_Detection], attribute: Literal["right_at", "judged_at"]
) -> set[tuple[tuple[str, str], int, int]]:
    """Characters in any of the detections, each pair of documents by itself."""
    return {
        (detection.pair, side, place)
        for detection in detections
        for side, at in enumerate(getattr(detection, attribute))
        for place in at.tolist()
    }


def _micro_recall(cases: Iterable[_Case], detections: list[_Detection]) -> float:
    hit: dict[tuple[str, str, int], set[int]] = defaultdict(set)
    all_of: dict[tuple[str, str, int], set[int]] = defaultdict(set)
    for case in cases:
        for side, place in enumerate((0, 2)):
            key = (*case.pair, side)
            span = range(case.span[place], case.span[place + 1])
            all_of[key].update(span)
            for number in case.detections:
                other = detections[number].span
                hit[key].update(range(max(span.start, other[place]), min(span.stop, other[place + 1])))
    total = sum(map(len, all_of.values()))
    return sum(map(len, hit.values())) / total if total else np.nan

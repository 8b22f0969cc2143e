"""The units that are compared when an ancestor is rebuilt: sentences and headings of its descendants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from fzanalytics.measures.reuse.reduced import number_grams
from fzanalytics.texts.dating import find_lower_bound
from fzanalytics.texts.structure.clauses import blank_responsibility, find_clauses

#: Letters of the runs by which two units are compared.
UNIT_GRAM = 3
#: Fewer letters are no unit, except in a heading.
MIN_LETTERS = 6
MIN_HEADING = 2
_MAX_HEADING = 40
_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？]?")
_CHAPTERS = ("第一编", "第一章", "第一节")
_ARTICLE = "第一条"
_COUNT = "[一二三四五六七八九十百零〇0-9]{1,5}"
# what a locality writes where the centre writes something else; each is bounded, so that all are linear
_OWN_ACT = re.compile(
    rf"(?:本条例|本办法|本规定|本法)(?:第{_COUNT}[条款项](?:第{_COUNT}[款项]){{0,2}}[、和至或及]?){{0,4}}"
)
_COUNTERPARTS = (
    (re.compile(r"(?<!基)本(?:省|市|自治区|自治州|州|自治县|县|区)(?=行政区域)"), "本"),
    (re.compile(r"(?:根据|依据|依照)[^。；]{0,160}，结合本(?:省|市|自治区|州|县|区)[^，。；]{0,6}，(?=制定本)"), ""),
    (re.compile(r"^(?:本省|本市|本州|本县|本区|省|市)(?=[建实推鼓支加完健保优])"), "国家"),
    # the day of its own coming into force: the ancestor has another, and no date is given to it
    (
        re.compile(
            r"(?<=自)[0-9一二三四五六七八九十〇零○]{2,4}年[^，。；]{1,7}日(?=起(?:正式)?(?:施行|实施|执行|生效)[。；]?$)"
        ),
        "〔日期〕",
    ),
    (re.compile(r"在?(?<![基健安])(?:[本全我](?:省|市(?!场)|州|县))(?:范围内|[内的])?"), ""),
)


class Unit(NamedTuple):
    """A sentence or a heading of one witness.

    doc: number of the document; line: number of the independent line; at: place in the reading order of the document,
    in [0, 1); clause: number of the clause or article within the document; kind: "heading" (of the first rank), "section" (a heading below it) or "sentence"; text: with
    national counterparts for local phrases, without the brackets of those responsible; letters: what of it is compared.
    """

    doc: int
    line: int
    at: float
    clause: int
    kind: str
    text: str
    letters: str


def letters_of(text: str) -> str:
    """The letters and digits of a text.

    Examples
    --------
    >>> letters_of("甲、乙。")
    '甲乙'
    """
    return "".join(character for character in text if character.isalnum())


def phrases_of(text: str, marks: str = "，,；;：:") -> list[tuple[int, int]]:
    """The phrases of a sentence: stretches between marks, counted in letters.

    Examples
    --------
    >>> phrases_of("违反规定的，由主管部门处罚。")
    [(0, 5), (5, 12)]
    """
    found, begin, at = [], 0, 0
    for character in text:
        if character in marks and at > begin:
            found.append((begin, at))
            begin = at
        at += character.isalnum()
    return [*found, (begin, at)] if at > begin else found


def national_wording(text: str, *, own_name: str = "") -> str:
    """A sentence as the centre would word it, where a local phrase has a fixed counterpart.

    Parameters
    ----------
    text : str
    own_name : str
        What the ancestor calls itself (本法, 本条例); "" leaves the local word.

    Returns
    -------
    str
        References to the act's own articles lose the article's number, which differs by locality; 本市行政区域 becomes
        本行政区域; 本省 or 本市 as the one who acts becomes 国家, elsewhere it is left out with 全省, 我市. The day on which
        the act comes into force becomes 〔日期〕.

    Examples
    --------
    >>> national_wording("违反本条例第三十五条第一款规定的，处罚款。", own_name="本法")
    '违反本法规定的，处罚款。'
    >>> national_wording("本市鼓励创新。"), national_wording("本省行政区域内的活动")
    ('国家鼓励创新。', '本行政区域内的活动')
    >>> national_wording("本条例自2021年1月1日起施行。", own_name="本法")
    '本法自〔日期〕起施行。'
    """
    text = _OWN_ACT.sub(lambda match: own_name or re.match("本条例|本办法|本规定|本法", match[0])[0], text)  # type: ignore[index]
    for pattern, counterpart in _COUNTERPARTS:
        text = pattern.sub(counterpart, text)
    return text


def read_units(
    documents: pd.DataFrame,
    lines: Mapping[str, int],
    *,
    clauses: pd.DataFrame | None = None,
    before: pd.Timestamp | None = None,
    own_name: str = "",
) -> tuple[list[Unit], list[tuple[str, str, str]]]:
    """The units of all documents in their order, and what was left out as too young: (doc_id, text, reason).

    Parameters
    ----------
    documents : DataFrame, D rows
        doc_id, text.
    lines : mapping of doc_id to int
        The independent line that each document belongs to.
    clauses : DataFrame, optional
        The clauses of the corpus; found anew where a document has none.
    before : Timestamp, optional
        A sentence that names what is younger is left out.
    own_name : str
        See `national_wording`.
    """
    units: list[Unit] = []
    young: list[tuple[str, str, str]] = []
    for doc, (doc_id, text) in enumerate(zip(documents["doc_id"].astype(str), documents["text"], strict=True)):
        own = clauses[clauses["doc_id"] == doc_id] if clauses is not None else None
        pieces = _pieces(find_clauses(doc_id, text) if own is None or own.empty else own, text)
        for at, (clause, kind, piece) in enumerate(pieces):
            reason = _too_young(piece, before)
            if reason:
                young.append((doc_id, piece, reason))
                continue
            wording = national_wording(piece, own_name=own_name)
            letters = letters_of(wording)
            if len(letters) >= (MIN_LETTERS if kind == "sentence" else MIN_HEADING):
                units.append(Unit(doc, lines[doc_id], at / len(pieces), clause, kind, wording, letters))
    return units, young


def _pieces(clauses: pd.DataFrame, text: str) -> list[tuple[int, str, str]]:
    """(number of the clause, kind, text) of every heading and sentence."""
    if clauses.empty:
        return [(n, "sentence", piece) for n, line in enumerate(text.splitlines()) for piece in _sentences(line)]
    statute = bool((clauses["numbering"] == _ARTICLE).any())
    found: list[tuple[int, str, str]] = []
    number, article = -1, ""
    paths = [*clauses["path"].astype(str), ""]
    for row, following in zip(clauses.itertuples(index=False), paths[1:], strict=True):
        parts = str(row.path).split("/")
        top = "/".join(parts[: next((i + 1 for i, part in enumerate(parts) if part.endswith("条")), len(parts))])
        if top != article or not statute:
            number, article = number + 1, top
        body = blank_responsibility(str(row.text))
        short = not statute and len(body.strip()) <= _MAX_HEADING and not re.search("[，；]", body)
        if row.numbering in _CHAPTERS or (short and (row.depth == 1 or following.startswith(f"{row.path}/"))):
            kind = "section" if row.numbering == _CHAPTERS[-1] or (short and row.depth > 1) else "heading"
            found.append((number, kind, re.sub(r"[。：:]$", "", body.strip() if short else str(row.heading))))
        else:
            found += [(number, "sentence", piece) for piece in _sentences(body)]
    return found


def _sentences(text: str) -> list[str]:
    return [piece for match in _SENTENCE.finditer(text) if (piece := re.sub(r"\s+", "", match[0]))]


def _too_young(text: str, before: pd.Timestamp | None) -> str:
    if before is None:
        return ""
    date, note = find_lower_bound(text)
    return note if date is not None and date > before else ""


def _codes(unit: Unit) -> NDArray[np.int64]:
    """Code points; a heading, which may have two letters (总则), with a mark at either end."""
    ends = [2] if unit.kind != "sentence" else []
    return np.array([*ends, *map(ord, unit.letters), *ends], dtype=np.int64)


class Likeness(NamedTuple):
    """shared: distinct runs that two units of different documents share, sparse; size: runs of each unit."""

    shared: sp.csr_matrix
    size: NDArray[np.int64]


def compare_units(units: Sequence[Unit]) -> Likeness:
    """Count the runs of `UNIT_GRAM` letters that units of different documents share.

    A run in more than a tenth of all units (人民政) says nothing of likeness and is left out.
    """
    grams = [np.unique(number_grams(_codes(unit), UNIT_GRAM)) for unit in units]
    numbers, columns = np.unique(np.concatenate([*grams, np.zeros(0, np.uint64)]), return_inverse=True)
    rows = np.repeat(np.arange(len(units)), [len(one) for one in grams])
    keep = (np.bincount(columns, minlength=len(numbers)) <= max(50, len(units) // 10))[columns]
    matrix = sp.csr_matrix(
        (np.ones(int(keep.sum()), np.int32), (rows[keep], columns[keep])), shape=(len(units), len(numbers))
    )
    shared = (matrix @ matrix.T).tocoo()
    doc = np.array([unit.doc for unit in units], dtype=np.int64)
    other = doc[shared.row] != doc[shared.col]
    part = sp.csr_matrix((shared.data[other], (shared.row[other], shared.col[other])), shape=shared.shape)
    part.sort_indices()
    return Likeness(part, np.asarray(matrix.sum(axis=1), dtype=np.int64).ravel())

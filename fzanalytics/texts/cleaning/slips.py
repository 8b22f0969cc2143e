"""Slips of optical character recognition: suspects found by comparison with the rest of a corpus.

A slip (立泱 for 立法, 清理212作 for 清理工作) makes a sequence of characters that stands nowhere else and is no word, where
the same phrase elsewhere has a usual word. So it takes a corpus to see one, and a reader to decide: nothing here
changes a text but by request.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from fzanalytics.base.offsets import Edit, OffsetMap, apply_edits
from fzanalytics.base.tables import require_columns
from fzanalytics.texts.cleaning.log import Cleaned

if TYPE_CHECKING:
    from fzanalytics.texts.corpus import Corpus

_COLUMNS = ("doc_id", "begin", "end", "found", "reading", "evidence", "witnesses", "context", "score")
_HAN = re.compile("[\u4e00-\u9fff]")
_PIECE = re.compile("[\u4e00-\u9fff]|[0-9A-Za-z]{2,3}|[A-Za-z]")
#: Characters to the left and to the right that must be the same elsewhere, the longest contexts first.
_CONTEXTS = ((3, 3), (4, 2), (2, 4), (3, 2), (2, 3), (2, 2), (3, 1), (1, 3), (1, 2), (2, 1))
_RARE = 2
# 20l 7年, 2O17年, 1l月: letters among the figures of a date
_DATE = re.compile(r"(?<![0-9A-Za-z|])[0-9lIOo|](?:[0-9lIOo|]| (?=[0-9lIOo|])){1,5}(?= ?[年月日])")
_FIGURES = str.maketrans("lI|Oo", "11100")
_FIGURE_SCORE = 0.9


class _Suspect(NamedTuple):
    doc_id: str
    begin: int
    end: int


def find_slips(corpus: Corpus | pd.DataFrame, *, min_evidence: int = 1, min_score: float = 0.5) -> pd.DataFrame:
    """Suspected slips of character recognition, with the likely reading and its evidence. Nothing is changed.

    Parameters
    ----------
    corpus : Corpus or DataFrame
        D documents; as a table with the columns doc_id and text (clean text).
    min_evidence : int
        How often, at least, the likely reading stands in the same context.
    min_score : float
        In [0, 1]; suspects below it are left out.

    Returns
    -------
    DataFrame, one row a suspect, the surest first
        doc_id; begin, end (characters of the clean text, end excluded); found; reading; evidence (how often the reading
        stands in the longest context that has one); witnesses (the documents, joined by "; "); context (with "_"
        for the suspect); score in [0, 1], higher is surer: evidence / (evidence + what else stands in that context + how
        often the suspected characters stand elsewhere in the corpus, in usual company + 1).

    Raises
    ------
    ValueError
        If a column is missing, or an option out of range.

    Notes
    -----
    A suspect is one Chinese character, or one to three letters or figures between Chinese characters, that makes
    with its neighbours no word and no sequence that stands more than twice in the corpus; its reading is one
    character that makes a usual word there, and stands between the same neighbours elsewhere (three characters in all at
    least). Letters among the figures of a date (20l 7年) need no evidence. It cannot see a slip that makes another
    word (己 for 已 at the end of a phrase), nor one in a phrase that stands once.

    Examples
    --------
    >>> import pandas as pd
    >>> texts = ["完善政府立泱项目论证", "政府立法项目公开", "年度立法项目", "地方立法项目计划"]
    >>> table = pd.DataFrame({"doc_id": list("abcd"), "text": texts})
    >>> find_slips(table)[["doc_id", "begin", "found", "reading", "evidence"]].values.tolist()
    [['a', 5, '泱', '法', 1]]
    """
    if min_evidence < 1 or not 0 <= min_score <= 1:
        raise ValueError(
            f"`min_evidence` must be at least 1 and `min_score` in [0, 1]; got {min_evidence} and {min_score}. "
            "Use 1 and 0.5 where in doubt."
        )
    texts = _texts_of(corpus)
    rows = list(_slips_in_dates(texts))
    suspects = _rare_spans(texts)
    contexts = _look_up(texts, suspects)
    usual = Counter(piece for text in texts.values() for piece in _PIECE.findall(text))
    usual.subtract(texts[doc_id][begin:end] for doc_id, begin, end in suspects)
    for suspect in suspects:
        row = _best_reading(texts, suspect, contexts, usual)
        if row is not None and row["evidence"] >= min_evidence and row["score"] >= min_score:  # type: ignore[operator]
            rows.append(row)
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    return table.sort_values(
        ["score", "evidence", "doc_id", "begin"], ascending=[False, False, True, True]
    ).reset_index(drop=True)


def apply_slips(text: str, slips: pd.DataFrame, *, offsets: OffsetMap | None = None) -> Cleaned:
    """Put the readings of suspects that were kept into the clean text of one document.

    Parameters
    ----------
    text : str
        The clean text that the suspects were found in.
    slips : DataFrame
        Rows of `find_slips` for this document, those that a reader kept.
    offsets : OffsetMap, optional
        Leads from `text` to the raw one.

    Returns
    -------
    Cleaned
        The text, offsets and repairs (fixer "ocr_slips", certainty "inferred"), which lead to `text`, or with `offsets` to
        the raw text.

    Raises
    ------
    ValueError
        If a column is missing, or the text does not read as a row says.

    Examples
    --------
    >>> import pandas as pd
    >>> slips = pd.DataFrame({"begin": [1], "end": [2], "found": ["泱"], "reading": ["法"]})
    >>> apply_slips("立泱项目", slips).text
    '立法项目'
    """
    require_columns(slips, ("begin", "end", "found", "reading"), name="slips")
    rows = []
    for begin, end, found, reading in slips[["begin", "end", "found", "reading"]].itertuples(index=False):
        if text[begin:end] != found:
            raise ValueError(
                f"`slips` must be those of this text; characters {begin} to {end} read {text[begin:end]!r}, "
                f"the table says {found!r}. Find them anew."
            )
        rows.append((int(begin), int(end), found, reading))
    new, step = apply_edits(text, [Edit(begin, end, reading) for begin, end, _, reading in rows])
    way = OffsetMap.identity(len(text)) if offsets is None else offsets
    columns = ["fixer", "raw_begin", "raw_end", "before", "after", "certainty"]
    log = [("ocr_slips", *way.span(begin, end), found, reading, "inferred") for begin, end, found, reading in rows]
    return Cleaned(new, way.then(step), pd.DataFrame(log, columns=columns))


def _texts_of(corpus: Corpus | pd.DataFrame) -> dict[str, str]:
    table = corpus if isinstance(corpus, pd.DataFrame) else corpus.held
    require_columns(table, ("doc_id", "text"), name="corpus")
    return dict(zip(table["doc_id"].astype(str), table["text"].astype(str), strict=True))


# ---------------------------------------------------------------- letters among the figures of a date


def _slips_in_dates(texts: dict[str, str]) -> Iterator[dict[str, object]]:
    for doc_id, text in texts.items():
        for match in _DATE.finditer(text):
            found, reading = match[0], match[0].translate(_FIGURES).replace(" ", "")
            unit = text[match.end() : match.end() + 2].lstrip(" ")[:1]
            if not any(c.isdigit() for c in found) or all(c.isdigit() or c == " " for c in found):
                continue
            if not _is_date(reading, unit):
                continue
            others = {other: body.count(reading + unit) for other, body in texts.items() if reading + unit in body}
            yield {
                "doc_id": doc_id, "begin": match.start(), "end": match.end(), "found": found, "reading": reading,
                "evidence": sum(others.values()), "witnesses": "; ".join(others), "context": f"_{unit}",
                "score": _FIGURE_SCORE,
            }  # fmt: skip


def _is_date(figures: str, unit: str) -> bool:
    if unit == "年":
        return len(figures) == 4 and figures[:2] in ("19", "20")
    return len(figures) <= 2 and 1 <= int(figures) <= (12 if unit == "月" else 31)


# ---------------------------------------------------------------- characters out of place


@cache
def _words() -> frozenset[str]:
    """The words of two characters in the dictionary of jieba."""
    from pathlib import Path

    import jieba

    lines = Path(jieba.__file__).with_name("dict.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(line[:2] for line in lines if line[2:3] == " ")


def _rare_spans(texts: dict[str, str]) -> list[_Suspect]:
    """Characters that make no word and no usual sequence with either neighbour."""
    words = _words()
    pairs: Counter[str] = Counter()
    for text in texts.values():
        pairs.update(map("".join, pairwise(text)))
    found = []
    for doc_id, text in texts.items():
        for match in _PIECE.finditer(text):
            begin, end = match.span()
            if not begin > 0 or end >= len(text):
                continue
            before, after = text[begin - 1 : begin + 1], text[end - 1 : end + 1]
            if pairs[before] > _RARE or pairs[after] > _RARE or before in words or after in words:
                continue
            if _HAN.match(before) or _HAN.match(after[-1]):
                found.append(_Suspect(doc_id, begin, end))
    return found


_Key = tuple[int, str]


def _keys(text: str, begin: int, end: int) -> Iterator[_Key]:
    """The contexts of a stretch, within its line: how long the left one is, and both."""
    for left, right in _CONTEXTS:
        key = text[max(0, begin - left) : begin] + text[end : end + right]
        if len(key) == left + right and "\n" not in key:
            yield left, key


def _look_up(texts: dict[str, str], suspects: list[_Suspect]) -> dict[_Key, dict[str, Counter[str]]]:
    """What single characters stand in the contexts of the suspects: by context, by character, by document."""
    wanted = {key for doc_id, begin, end in suspects for key in _keys(texts[doc_id], begin, end)}
    heads = {left: {key[:left] for n, key in wanted if n == left} for left in {left for left, _ in wanted}}
    found: dict[_Key, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for doc_id, text in texts.items():
        for left, known in heads.items():
            rights = sorted({right for other, right in _CONTEXTS if other == left})
            for i in range(left, len(text) - 1):
                head = text[i - left : i]
                if head in known:
                    for right in rights:
                        key = left, head + text[i + 1 : i + 1 + right]
                        if key in wanted:
                            found[key][text[i]][doc_id] += 1
    return found


def _best_reading(
    texts: dict[str, str],
    suspect: _Suspect,
    contexts: dict[_Key, dict[str, Counter[str]]],
    usual: Counter[str],
) -> dict[str, object] | None:
    """The reading in the longest context that has one."""
    doc_id, begin, end = suspect
    text, words = texts[doc_id], _words()
    found = text[begin:end]
    for left, key in _keys(text, begin, end):
        readings = {
            character: documents
            for character, documents in contexts.get((left, key), {}).items()
            if character != found
            and _HAN.match(character)
            and (text[begin - 1] + character in words or character + text[end] in words)
        }
        if not readings:
            continue
        reading = max(sorted(readings), key=lambda character: readings[character].total())
        evidence = readings[reading].total()
        others = sum(documents.total() for documents in contexts[left, key].values()) - evidence - (len(found) == 1)
        return {
            "doc_id": doc_id, "begin": begin, "end": end, "found": found, "reading": reading, "evidence": evidence,
            "witnesses": "; ".join(sorted(readings[reading])), "context": f"{key[:left]}_{key[left:]}",
            "score": round(evidence / (evidence + others + usual[found] + 1), 3),
        }  # fmt: skip
    return None

"""What is odd in the numbering of a document: for its reader to look at, never corrected."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

import pandas as pd

from fzanalytics.base.numbering import NUMBERINGS
from fzanalytics.texts.structure.markers import SPOKEN

#: What can be odd, with the sentence that tells of it.
ODDITIES = {
    "missing": "a number is missing before",
    "twice": "a number comes twice in a row at",
    "restart": "the numbering begins anew without a new parent at",
    "order": "a number is out of order at",
    "jump": "a level that the document has elsewhere is left out above",
}
_MAX_PLACES = 5


def find_oddities(clauses: pd.DataFrame) -> pd.DataFrame:
    """Gaps, doubles, new beginnings and jumps in the numbering of one document.

    Parameters
    ----------
    clauses : DataFrame, shape (C, 12)
        As `find_clauses` gives them, of one document.

    Returns
    -------
    DataFrame
        oddity (a key of `ODDITIES`), clause_id, path, message; in reading order, by oddity.

    Notes
    -----
    Numbers of a kind are counted within their parent. They may go on from parent to parent (（五） of the second 一、 after （四）
    of the first, articles through all chapters) or begin anew in each; either is sound. A number that neither goes on nor begins
    anew has one missing before it. An inserted article (第十条之一) takes no number of its own. A level is left out where a
    clause stands directly below a parent below which others of its kind do not, but have a level between.
    What is found may be a slip of the document, of whoever copied it, or of the reading of its numbers.

    Examples
    --------
    >>> from fzanalytics.texts.structure.clauses import find_clauses
    >>> find_oddities(find_clauses("a", "一、目标\\n三、任务\\n（一）改革\\n（一）开放"))[["oddity", "path"]].values.tolist()
    [['missing', '三'], ['twice', '三/（一）']]
    >>> find_oddities(find_clauses("a", "一、目标\\n（一）甲\\n（二）乙\\n二、任务\\n（三）丙")).empty
    True
    """
    table = pd.DataFrame(_oddities(clauses), columns=["oddity", "clause_id", "path"])
    table["message"] = table["oddity"].map(ODDITIES) + " " + table["path"]
    return table


def _oddities(clauses: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Oddity, clause_id and path of each, sorted by oddity."""
    rows: list[tuple[str, str, str]] = []
    last_in: dict[tuple[str, str], int] = {}  # of each parent and kind
    last_of: dict[tuple[str, str], int] = {}  # of each kind, in the document or one attachment
    ids: list[str] = []  # clause_ids from the root to the clause before
    for clause_id, path, depth, number, numbering in _columns(clauses):
        ids = ids[: depth - 1]
        parent = ids[-1] if ids else ""
        ids.append(clause_id)
        root = path.partition("/")[0] if path.startswith("附") else ""
        if numbering in ("第一款", "附件", *SPOKEN) or numbering.startswith("1.1"):
            continue
        before, any_before = last_in.get((parent, numbering)), last_of.get((root, numbering))
        oddity = _judge(number, before, any_before, numbering, "之" in path.rpartition("/")[2])
        if oddity:
            rows.append((oddity, clause_id, path))
        last_in[parent, numbering] = last_of[root, numbering] = number
    rows += [("jump", clause_id, path) for clause_id, path in _find_jumps(clauses)]
    rows.sort(key=lambda row: list(ODDITIES).index(row[0]))
    return rows


def tell_oddities(clauses: pd.DataFrame) -> list[tuple[int, str]]:
    """The oddities of one document, gathered: how often each, and a sentence with the first places.

    Examples
    --------
    >>> from fzanalytics.texts.structure.clauses import find_clauses
    >>> tell_oddities(find_clauses("a", "一、目标\\n三、任务"))
    [(1, 'a number is missing before 三')]
    """
    told = []
    for oddity, rows in groupby(_oddities(clauses), key=itemgetter(0)):
        places = [path for _, _, path in rows]
        more = f" and {len(places) - _MAX_PLACES} more" if len(places) > _MAX_PLACES else ""
        told.append((len(places), f"{ODDITIES[oddity]} {', '.join(places[:_MAX_PLACES])}{more}"))
    return told


def _columns(clauses: pd.DataFrame) -> Iterable[tuple[str, str, int, int, str]]:
    names = ("clause_id", "path", "depth", "number", "numbering")
    return zip(*(clauses[name].tolist() for name in names), strict=True)


def _judge(number: int, before: int | None, any_before: int | None, numbering: str, inserted: bool) -> str:
    """The oddity of a number, given the one before it in its parent and the one before it anywhere; "" if it has none."""
    if inserted:
        return ""
    if numbering == "第一条" and any_before is not None:
        before = any_before  # articles count through
    if before is None:
        return "" if number in (0, 1, (any_before or 0) + 1) else "missing"
    if number == before + 1:
        return ""
    if number == before:
        return "twice"
    if number > before:
        return "missing"
    return "restart" if number == 1 else "order"


def _find_jumps(clauses: pd.DataFrame) -> list[tuple[str, str]]:
    """The first of the clauses that stand directly below a parent while most of their kind have a level between."""
    chains: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    kinds: list[str] = []
    parents: list[str] = []
    told: set[str] = set()
    for clause_id, path, depth, _, numbering in _columns(clauses):
        kinds, parents = [*kinds[: depth - 1], numbering], [*parents[: depth - 1], clause_id]
        if depth < 2 or numbering not in ("一、", "（一）", "1."):
            continue
        above = parents[-2]
        if above not in told:
            told.add(above)
            chains.setdefault(tuple(kinds[-2:]), []).append((clause_id, path))
    jumps = []
    for (upper, lower), places in chains.items():
        for between in NUMBERINGS[NUMBERINGS.index(upper) + 1 : NUMBERINGS.index(lower)]:
            usual = len(chains.get((between, lower), ())) if (upper, between) in chains else 0
            if usual > len(places):
                jumps += places
                break
    return jumps

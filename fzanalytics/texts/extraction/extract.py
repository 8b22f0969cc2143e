"""All that is extracted from one document, in one table."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping

import pandas as pd

from fzanalytics.texts.extraction.agencies import find_agencies
from fzanalytics.texts.extraction.agency_lists import LABEL, find_brackets
from fzanalytics.texts.extraction.citations import find_cited
from fzanalytics.texts.extraction.deadlines import find_deadlines
from fzanalytics.texts.extraction.mentions import Mention, mention_table
from fzanalytics.texts.extraction.obligation import find_obligations
from fzanalytics.texts.extraction.places import find_places
from fzanalytics.texts.extraction.quantities import find_quantities


def extract_mentions(doc_id: str, text: str, clauses: pd.DataFrame, *, document: Mapping[str, object]) -> pd.DataFrame:
    """The mentions of one document.

    Parameters
    ----------
    doc_id : str
    text : str
        Clean text.
    clauses : DataFrame, shape (C, 12)
    document : mapping
        What is known of the document: the columns of the documents table.

    Returns
    -------
    DataFrame
        The columns of `COLUMNS["mentions"]`, sorted by place.
    """
    agencies = find_agencies(text, document=document)
    mentions = [*find_cited(text, clauses, document=document), *agencies, *find_places(text, document=document)]
    mentions += [mention._replace(clause_id=clause) for mention, clause in share_lists(text, clauses, agencies)]
    mentions += [*find_deadlines(text, document=document), *find_quantities(text), *find_obligations(text)]
    return mention_table(doc_id, text, clauses, mentions)


# ---------------------------------------------------------------- lists that serve several clauses


def share_lists(text: str, clauses: pd.DataFrame, mentions: list[Mention]) -> list[tuple[Mention, str]]:
    """Lists that stand once for several clauses: the further clauses that they cover.

    Parameters
    ----------
    text : str
    clauses : DataFrame, shape (C, 12)
    mentions : list of Mention
        As `find_agencies` gives them.

    Returns
    -------
    list of (Mention, clause_id)
        One pair for each agency and each clause that its list covers, other than the clause it stands in. Covered are
        clauses without a list of their own: those below a heading that ends with a list; those beside the last one,
        where the list stands on a line of its own or says 以上, and no other of them has one.

    Examples
    --------
    >>> from fzanalytics.texts.structure.clauses import find_clauses
    >>> text = "（一）审批改革（市编办负责）\\n1.清理事项。\\n2.公开清单。"
    >>> clauses = find_clauses("a", text)
    >>> agencies = find_agencies(text, document={"region": "广东省/清远市"})
    >>> [(mention.value, clause) for mention, clause in share_lists(text, clauses, agencies)]
    [('清远市机构编制委员会办公室', 'a#（一）/1'), ('清远市机构编制委员会办公室', 'a#（一）/2')]
    """
    if clauses.empty or not mentions:
        return []
    begins, ids, paths = clauses["begin"].tolist(), clauses["clause_id"].tolist(), clauses["path"].tolist()
    own: dict[int, list[Mention]] = {}
    for mention in mentions:
        inside = bisect_right(begins, mention.begin) - 1
        if inside >= 0:
            own.setdefault(inside, []).append(mention)
    parents = [path.rpartition("/")[0] for path in paths]
    siblings: dict[int, list[int]] = {}
    top: dict[str, int] = {}
    below: dict[int, list[int]] = {}
    for i, path in enumerate(paths):
        parent = top.get(parents[i], -1)
        siblings.setdefault(parent, []).append(i)
        if parent >= 0:
            below.setdefault(parent, []).append(i)
        top[path] = i
    pairs: list[tuple[Mention, str]] = []
    for i in sorted(own):
        if i in below:
            heading = [mention for mention in own[i] if _ends_heading(text, begins[i], mention)]
            pairs += [(mention, ids[j]) for j in _descendants(i, below, own) for mention in heading]
    for group in siblings.values():
        last = group[-1]
        if len(group) < 2 or last not in own or any(i in own for i in group[:-1]):
            continue
        shared = [mention for mention in own[last] if _stands_alone(text, mention)]
        pairs += [(mention, ids[i]) for i in group[:-1] if i not in below for mention in shared]
    return pairs


def _descendants(i: int, below: dict[int, list[int]], own: dict[int, list[Mention]]) -> list[int]:
    found, waiting = [], list(reversed(below.get(i, [])))
    while waiting:
        j = waiting.pop()
        if j not in own:
            found.append(j)
            waiting.extend(reversed(below.get(j, [])))
    return found


def _ends_heading(text: str, begin: int, mention: Mention) -> bool:
    """Whether a mention stands in the bracket or behind the label that ends the heading of a clause."""
    end = text.find("\n", begin)
    line = text[begin : len(text) if end < 0 else end].rstrip("。 \t\u3000")
    brackets = [(first, last) for first, last in find_brackets(line) if last == len(line)]
    return bool(brackets) and begin + brackets[-1][0] < mention.begin < begin + len(line)


def _stands_alone(text: str, mention: Mention) -> bool:
    """Whether the line of a list holds nothing but the list, or says that it is for what stands above it."""
    first = text.rfind("\n", 0, mention.begin) + 1
    end = text.find("\n", mention.end)
    line = text[first : len(text) if end < 0 else end].strip(" \t\u3000。")
    alone = any(begin == 0 and end == len(line) for begin, end in find_brackets(line))
    return alone or bool(LABEL.match(line)) or bool(re.match(r"(?:以上|上述|本[节部章])", line))

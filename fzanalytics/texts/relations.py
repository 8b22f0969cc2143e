"""Second pass over the documents of a corpus: what they tell of one another."""

from __future__ import annotations

import re
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.tables import LEVELS, require_columns
from fzanalytics.texts.doc_numbers import normalise_number, year_of_number
from fzanalytics.texts.documents.problems import problem
from fzanalytics.texts.regions import find_region, strip_region
from fzanalytics.texts.titles import normalise_title


def fill_from_corpus(
    documents: pd.DataFrame, mentions: pd.DataFrame, problems: list[dict[str, object]]
) -> pd.DataFrame:
    """Second pass over the documents: parents, numbers and dates that only other documents tell.

    Parameters
    ----------
    documents : DataFrame, shape (D, 26)
    mentions : DataFrame
        Citations.
    problems : list
        Superiors that do not exist or are younger than their child are appended to it.

    Returns
    -------
    DataFrame, shape (D, 26)
        A document that another one cites with its number gets that number, and the year in it as bounds on its date
        (basis "cited elsewhere"). A document of a higher level that is named in another's opening is its parent, and so is
        the legal basis of a statute, which its article 1 names (根据《…》，制定本条例). That bounds no date: the law is named,
        and the version that is held may be younger.
    """
    table = documents.copy()
    resolved = _resolve_citations(table, mentions)
    for row in resolved.itertuples(index=False):
        if row.number and pd.isna(table.at[row.cited, "doc_number"]):
            table.at[row.cited, "doc_number"] = row.number
        _bound_by_number(table, row.cited, problems)
    order = {level: i for i, level in enumerate(LEVELS)}
    named = pd.concat([resolved.loc[resolved["role"] == "opening", ["citing", "cited"]], _legal_bases(table, mentions)])
    for child, group in named.groupby("citing"):
        if not pd.isna(table.at[child, "parent_ids"]):
            continue
        level = order.get(table.at[child, "level"], 0)
        parents = [i for i in dict.fromkeys(group["cited"]) if order.get(table.at[i, "level"], len(LEVELS)) < level]
        if parents:
            table.at[child, "parent_ids"] = ";".join(str(table.at[i, "doc_id"]) for i in parents)
    _check_parents(table, problems)
    _check_levels_known(table, problems)
    return table


# ---------------------------------------------------------------- from a citation to a document


class Answer(NamedTuple):
    """What a citation leads to: row of the document (None: none, or several), tier, evidence, rows of all candidates."""

    row: int | None
    tier: str
    evidence: str
    candidates: tuple[int, ...] = ()


class _Index(NamedTuple):
    numbers: dict[str, list[int]]
    titles: dict[str, list[int]]
    cores: dict[str, list[int]]
    table: pd.DataFrame


_KINSHIP = re.compile(r"\((?:试行|暂行|修订|修正)\)$")
_YEARS = re.compile(r"\((\d{4})-(\d{4})年\)")
_NATION_BEFORE = re.compile(r"^(?:中华人民共和国|中国共产党)")
_ISSUER_BEFORE = re.compile(r"^[^关]{2,40}?(?=关于)")


def _core(title: str) -> tuple[str, str, tuple[str, ...]]:
    """A title without issuer, place, years and （试行）; its place, and its years."""
    years = _YEARS.search(title)
    bare = _KINSHIP.sub("", _YEARS.sub("", title))
    bare = _NATION_BEFORE.sub("", bare)
    issuer = _ISSUER_BEFORE.match(bare)
    place = ""
    if issuer:
        region = find_region(issuer[0])
        bare, place = bare[issuer.end() :], region.path if region else ""
    stripped = strip_region(bare)
    if stripped != bare:
        region = find_region(bare[: len(bare) - len(stripped)])
        bare, place = stripped, region.path if region else bare[: len(bare) - len(stripped)]
    return bare, place, years.groups() if years else ()


def _index(table: pd.DataFrame) -> _Index:
    numbers: dict[str, list[int]] = {}
    titles: dict[str, list[int]] = {}
    cores: dict[str, list[int]] = {}
    doubles = _same_again(table)
    for i, (title, number) in enumerate(zip(table["title"], table["doc_number"], strict=True)):
        if i in doubles:  # a file that is there twice: the first is meant
            continue
        if not pd.isna(number) and (normal := normalise_number(str(number))):
            numbers.setdefault(normal, []).append(i)
        if not pd.isna(title) and (normal := normalise_title(str(title))):
            titles.setdefault(normal, []).append(i)
            cores.setdefault(_core(normal)[0], []).append(i)
    return _Index(numbers, titles, cores, table)


def _same_again(table: pd.DataFrame) -> set[int]:
    """The rows with title and text of one before them."""
    if "text" not in table.columns:
        return set()
    seen: set[tuple[str, str]] = set()
    again = set()
    for i, (title, text) in enumerate(zip(table["title"], table["text"], strict=True)):
        words = "" if pd.isna(text) else "".join(str(text).split())
        key = ("" if pd.isna(title) else normalise_title(str(title)), words)
        if words and key in seen:
            again.add(i)
        seen.add(key)
    return again


def _answer(index: _Index, title: str, number: str, *, citing: int | None = None) -> Answer:
    """The document with a number; else with exactly a title; else with a title that differs in nothing but its frame."""
    found = [i for i in index.numbers.get(number, []) if i != citing] if number else []
    if found:
        return _decide(found, "number", f"number {number}")
    found = [i for i in index.titles.get(title, []) if i != citing] if title else []
    fitting, misfit = _fitting(index, found, number, citing)
    if fitting:
        return _decide(fitting, "title", f"title {title}")
    if found:
        return Answer(None, "contradicted", misfit, tuple(found))
    if not title:
        return Answer(None, "not found", "")
    core, place, years = _core(title)
    if len(core) < _MIN_CORE:
        return Answer(None, "not found", "")
    close, differs = [], ""
    for i in index.cores.get(core, []):
        other = normalise_title(str(index.table["title"].iloc[i]))
        _, other_place, other_years = _core(other)
        home = _text(index.table, "region", i)
        if i == citing or (years and other_years and years != other_years):
            continue
        if place and (other_place or home) and place not in (other_place, home):
            continue
        if not place and other_place:  # a title without a place is not that of any place
            continue
        close.append(i)
        differs = other
    fitting, misfit = _fitting(index, close, number, citing)
    if fitting:
        return _decide(fitting, "title variant", f"title {title}, there {differs}")
    return Answer(None, "contradicted" if close else "not found", misfit, tuple(close))


_MIN_CORE = 4


def _fitting(index: _Index, found: list[int], number: str, citing: int | None) -> tuple[list[int], str]:
    """Those that can be meant: not with another number, not younger than the text that cites."""
    kept, misfit = [], ""
    latest = index.table["latest"].iloc[citing] if citing is not None else pd.NaT
    for i in found:
        other = normalise_number(_text(index.table, "doc_number", i))
        earliest = index.table["earliest"].iloc[i]
        if number and other and other != number:
            misfit = f"cited as {number}, but its number is {other}"
        elif not pd.isna(latest) and not pd.isna(earliest) and earliest > latest:
            misfit = (
                f"not older than {earliest:%Y-%m-%d}, and the text that cites it not younger than {latest:%Y-%m-%d}"
            )
        else:
            kept.append(i)
    return kept, misfit


def _text(table: pd.DataFrame, column: str, i: int) -> str:
    value = table[column].iloc[i]
    return "" if pd.isna(value) else str(value)


def _decide(found: list[int], tier: str, evidence: str) -> Answer:
    if len(found) == 1:
        return Answer(found[0], tier, evidence, (found[0],))
    return Answer(None, "ambiguous", f"{evidence}: {len(found)} documents", tuple(found))


def resolve_citations(citations: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Which document each citation means, exact before loose, with what decides.

    Parameters
    ----------
    citations : DataFrame
        Mentions; rows of kind "citation" count. Columns doc_id (the citing document, in `documents`, or unknown) and
        value (《title》number, or a number alone).
    documents : DataFrame, shape (D, 26)
        Held or not.

    Returns
    -------
    DataFrame
        One row a citation, with its index: doc_id, value, refers_to (doc_id, NA where nothing or more than one answers),
        tier, evidence, candidates (doc_ids, joined by ";"). The tiers, in the order in which they are tried:

        =============  ==================================================================================
        number         the same 发文字号
        title          exactly the same title once spellings are levelled (`normalise_title`)
        title variant  the same but for issuer or 中华人民共和国 before it, for the years, for （试行）, or the
                       name of the place where both are of one place
        ambiguous      more than one document answers at a tier; none is chosen
        contradicted   title found, but with another number, or younger than the citing text
        not found
        =============  ==================================================================================

    Notes
    -----
    A title inside another one decides nothing: 行政复议法 is not 行政复议法实施条例. A document does not cite itself. Cannot
    be told: which of several versions of a law is meant, unless dates leave one.

    Examples
    --------
    >>> documents = pd.DataFrame({"doc_id": ["law", "rules"], "title": ["中华人民共和国行政复议法", "行政复议法实施条例"],
    ...     "doc_number": pd.NA, "region": "全国", "earliest": pd.NaT, "latest": pd.NaT})
    >>> citations = pd.DataFrame({"doc_id": "a", "value": ["《行政复议法》", "《行政复议》"], "kind": "citation"})
    >>> resolve_citations(citations, documents)[["refers_to", "tier"]].values.tolist()
    [['law', 'title variant'], [<NA>, 'not found']]
    """
    require_columns(citations, ["doc_id", "value"], name="citations")
    require_columns(documents, ["doc_id", "title", "doc_number", "region", "earliest", "latest"], name="documents")
    if "kind" in citations.columns:
        citations = citations[citations["kind"] == "citation"]
    index = _index(documents)
    ids = documents["doc_id"].tolist()
    place = {doc_id: i for i, doc_id in enumerate(ids)}
    seen: dict[tuple[object, str], Answer] = {}
    rows = []
    for doc_id, value in zip(citations["doc_id"], citations["value"], strict=True):
        key = (doc_id, str(value))
        if key not in seen:
            title, _, number = str(value).removeprefix("《").rpartition("》")
            seen[key] = _answer(index, title, number, citing=place.get(doc_id))
        answer = seen[key]
        refers_to = pd.NA if answer.row is None else ids[answer.row]
        rows.append(
            (doc_id, value, refers_to, answer.tier, answer.evidence, ";".join(ids[i] for i in answer.candidates))
        )
    columns = ["doc_id", "value", "refers_to", "tier", "evidence", "candidates"]
    return pd.DataFrame(rows, columns=columns, index=citations.index, dtype=object)


def fill_mentions(mentions: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Mentions with `refers_to` and `evidence` of their citations, once all documents are known.

    Parameters
    ----------
    mentions : DataFrame
        The columns of `COLUMNS["mentions"]`.
    documents : DataFrame, shape (D, 26)

    Returns
    -------
    DataFrame
        A copy. For a citation `refers_to` is the doc_id of the document meant, or missing; evidence is "tier: what
        decides", behind "short form; " where the text says 《纲要》 for a title that it gives elsewhere. Other kinds are
        left as they are.

    Examples
    --------
    >>> import fzanalytics as fz
    >>> corpus = fz.load_sample()
    >>> filled = fill_mentions(corpus.mentions, corpus.documents)
    >>> filled.loc[filled["refers_to"] == "hebei_province_2016", "evidence"].tolist()
    ['number: number 冀发〔2016〕24号']
    """
    filled = mentions.copy()
    answers = resolve_citations(mentions, documents)
    if answers.empty:
        return filled
    for column in ("refers_to", "evidence"):
        filled[column] = filled[column].astype(object)
    form = filled.loc[answers.index, "evidence"].astype(object)
    short = ["short form; " if str(value).startswith("short form") else "" for value in form]
    words = [
        f"{tier}: {evidence}" if evidence else tier
        for tier, evidence in zip(answers["tier"], answers["evidence"], strict=True)
    ]
    filled.loc[answers.index, "refers_to"] = answers["refers_to"]
    filled.loc[answers.index, "evidence"] = [before + after for before, after in zip(short, words, strict=True)]
    return filled


def _resolve_citations(table: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Rows of citing and cited documents, with the number that the citation gives."""
    citations = mentions[(mentions["kind"] == "citation") & (mentions["role"] != "own")]
    answers = resolve_citations(citations, table)
    index = {doc_id: i for i, doc_id in table["doc_id"].items()}
    rows = [
        (index[doc_id], index[refers_to], str(value).rpartition("》")[2], role)
        for doc_id, value, refers_to, tier, role in zip(
            *(answers[column] for column in ("doc_id", "value", "refers_to", "tier")), citations["role"], strict=True
        )
        if tier in ("number", "title")  # a variant of a title is told, but makes no parent
    ]
    return pd.DataFrame(rows, columns=["citing", "cited", "number", "role"])


# 为了…，根据《…》，结合本市实际，制定本条例
_BASIS_BEFORE = re.compile(r"(?:根据|依据|依照|按照)[^。；;\n]*$")
_BASIS_BEHIND = re.compile(r"[^。；;\n]{0,300}?制定本(?:法|条例|办法|规定|细则|规则|决定|规程)")
_LONGEST_BASIS = 300


def _legal_bases(table: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    """Rows of statutes and what their article 1 is based on, where it is held and of one of their superior jurisdictions.

    A version that is younger than the statute counts: the law is meant, not the version.
    """
    first = mentions["clause_id"].astype("string").str.contains("[#/]第一条$").fillna(False).astype(bool)
    wanted = mentions[first & (mentions["kind"] == "citation") & (mentions["role"] != "own")]
    answers = resolve_citations(wanted, table)
    index = {doc_id: i for i, doc_id in table["doc_id"].items()}
    rows = []
    for answer, mention in zip(answers.itertuples(index=False), wanted.itertuples(index=False), strict=True):
        younger = answer.tier == "contradicted" and answer.evidence.startswith("not older than")
        if answer.tier in ("number", "title"):
            cited = index[answer.refers_to]
        elif younger and answer.candidates in index and _same_title(table, index[answer.candidates], answer.value):
            cited = index[answer.candidates]
        else:
            continue
        citing = index[answer.doc_id]
        text = str(table.at[citing, "text"])
        begin, end = int(mention.begin), int(mention.end)
        is_basis = _BASIS_BEFORE.search(text[max(0, begin - _LONGEST_BASIS) : begin]) and _BASIS_BEHIND.match(text, end)
        if is_basis and _lies_above(table, cited, citing):
            rows.append((citing, cited))
    return pd.DataFrame(rows, columns=["citing", "cited"], dtype=int)


def _same_title(table: pd.DataFrame, i: int, value: object) -> bool:
    title = str(value).removeprefix("《").rpartition("》")[0]
    return normalise_title(_text(table, "title", i)) == title


def _lies_above(table: pd.DataFrame, cited: int, citing: int) -> bool:
    """Whether a document is the nation's, or of a jurisdiction above that of another."""
    if table.at[cited, "level"] == "national":
        return True
    above, own = _text(table, "region", cited), _text(table, "region", citing)
    return bool(above) and own.startswith(f"{above}/")


def _bound_by_number(table: pd.DataFrame, i: int, problems: list[dict[str, object]]) -> None:
    number = table.at[i, "doc_number"]
    year = None if pd.isna(number) else year_of_number(str(number))
    if year is None or not (pd.isna(table.at[i, "earliest"]) or pd.isna(table.at[i, "latest"])):
        return
    bounds = {"earliest": pd.Timestamp(year, 1, 1), "latest": pd.Timestamp(year, 12, 31)}
    if table.at[i, "earliest"] > bounds["latest"] or table.at[i, "latest"] < bounds["earliest"]:
        message = (
            f"{table.at[i, 'doc_id']}: cited as {number}, which does not fit its other dates; the number is not used"
        )
        problems.append(problem("contradicting dates", message, table.at[i, "doc_id"]))
        return
    earlier = table.at[i, "earliest"] > bounds["earliest"] or table.at[i, "latest"] < bounds["latest"]
    table.at[i, "earliest"] = max(bounds["earliest"], table["earliest"].fillna(bounds["earliest"])[i])
    table.at[i, "latest"] = min(bounds["latest"], table["latest"].fillna(bounds["latest"])[i])
    for column, words in (("date_basis", "cited elsewhere"), ("date_note", f"another document cites it as {number}")):
        before = str(table.at[i, column]) if earlier and not pd.isna(table.at[i, column]) else ""
        table.at[i, column] = ";".join(filter(None, [before, words]))


def _check_parents(table: pd.DataFrame, problems: list[dict[str, object]]) -> None:
    """Superiors by doc_id, else by exact title or number; those that are not there or younger are listed."""
    by_id = table.set_index("doc_id")
    index = _index(table)
    for i, row in table.iterrows():
        if pd.isna(row["parent_ids"]):
            continue
        kept = []
        for parent in str(row["parent_ids"]).replace("；", ";").split(";"):
            parent = parent.strip()
            if parent not in by_id.index:
                found = _answer(index, normalise_title(parent), normalise_number(parent)).row
                parent = str(table["doc_id"].iloc[found]) if found is not None else parent
            if parent not in by_id.index or parent == row["doc_id"]:
                message = (
                    f"{row['doc_id']}: its superior {parent!r} is not among the other documents; the link is left out"
                )
                problems.append(problem("missing superior", message, row["doc_id"]))
                continue
            if by_id.at[parent, "earliest"] > row["latest"]:
                message = (
                    f"{row['doc_id']}: its superior {parent} is younger ({by_id.at[parent, 'earliest']:%Y-%m-%d} at the "
                    f"earliest, it itself {row['latest']:%Y-%m-%d} at the latest); the link is kept, the direction is not used"
                )
                problems.append(problem("superior younger than its child", message, row["doc_id"]))
            kept.append(parent)
        table.at[i, "parent_ids"] = ";".join(kept) if kept else pd.NA


def _check_levels_known(table: pd.DataFrame, problems: list[dict[str, object]]) -> None:
    for doc_id in table.loc[table["held"] & table["level"].isna(), "doc_id"]:
        message = f"{doc_id}: neither title, issuer nor number tells its level; give it in a metadata table"
        problems.append(problem("level unknown", message, doc_id))

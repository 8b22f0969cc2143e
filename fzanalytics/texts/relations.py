"""Second pass over the documents of a corpus: what they tell of one another."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from fzanalytics.base.tables import LEVELS
from fzanalytics.texts.catalogue import problem
from fzanalytics.texts.dating import normalise_number
from fzanalytics.texts.metadata import normalise_title


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
        (basis "cited elsewhere"). A document of a higher level that is named in another's opening is its parent.
    """
    table = documents.copy()
    resolved = _resolve_citations(table, mentions)
    for row in resolved.itertuples(index=False):
        if row.number and pd.isna(table.at[row.cited, "doc_number"]):
            table.at[row.cited, "doc_number"] = row.number
        _bound_by_number(table, row.cited, problems)
    order = {level: i for i, level in enumerate(LEVELS)}
    for child, group in resolved[resolved["role"] == "opening"].groupby("citing"):
        if not pd.isna(table.at[child, "parent_ids"]):
            continue
        level = order.get(table.at[child, "level"], 0)
        parents = [i for i in dict.fromkeys(group["cited"]) if order.get(table.at[i, "level"], len(LEVELS)) < level]
        if parents:
            table.at[child, "parent_ids"] = ";".join(str(table.at[i, "doc_id"]) for i in parents)
    _check_parents(table, problems)
    _check_levels_known(table, problems)
    return table


def _resolver(table: pd.DataFrame) -> Callable[[str, str], int | None]:
    """Who finds the document of the corpus with a number, else with exactly a title; nothing by containment."""
    numbers = {normalise_number(str(value)): i for i, value in table["doc_number"].items() if not pd.isna(value)}
    titles: dict[str, list[int]] = {}
    for i, title in table["title"].items():
        if not pd.isna(title):
            titles.setdefault(normalise_title(str(title)), []).append(int(str(i)))

    def find(title: str, number: str) -> int | None:
        found = numbers.get(number) if number else None
        with_title = titles.get(title, [])
        return found if found is not None else with_title[0] if len(with_title) == 1 else None

    return find


def _resolve_citations(table: pd.DataFrame, mentions: pd.DataFrame) -> pd.DataFrame:
    find = _resolver(table)
    index = {doc_id: i for i, doc_id in table["doc_id"].items()}
    rows = []
    for mention in mentions[mentions["kind"] == "citation"].itertuples(index=False):
        title, _, number = str(mention.value).removeprefix("《").rpartition("》")
        found = find(title, number)
        citing = index[mention.doc_id]
        if found is not None and found != citing:
            rows.append((citing, found, number, mention.role))
    return pd.DataFrame(rows, columns=["citing", "cited", "number", "role"])


def _bound_by_number(table: pd.DataFrame, i: int, problems: list[dict[str, object]]) -> None:
    number = table.at[i, "doc_number"]
    if (
        pd.isna(number)
        or "〔" not in str(number)
        or not (pd.isna(table.at[i, "earliest"]) or pd.isna(table.at[i, "latest"]))
    ):
        return
    year = int(str(number).split("〔")[1][:4])
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
    find = _resolver(table)
    for i, row in table.iterrows():
        if pd.isna(row["parent_ids"]):
            continue
        kept = []
        for parent in str(row["parent_ids"]).replace("；", ";").split(";"):
            parent = parent.strip()
            if parent not in by_id.index:
                found = find(normalise_title(parent), normalise_number(parent))
                parent = str(table.at[found, "doc_id"]) if found is not None else parent
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

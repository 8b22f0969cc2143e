"""Rows of metadata, each given to the document that it is of, and the dates of both brought together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from fzanalytics.texts.reading.files import readable_name
from fzanalytics.texts.titles import normalise_title


@dataclass(frozen=True)
class Records:
    """The rows of a table of metadata, to be found by file, doc_id or title.

    Attributes
    ----------
    rows : list of dict
    by_file, by_id, by_title : dict
        Places in `rows`; by_title holds only rows that no file of the corpus claims by its name.
    """

    rows: list[dict[str, object]]
    by_file: dict[str, list[int]]
    by_id: dict[str, int]
    by_title: dict[str, list[int]]


def index_records(catalogue: pd.DataFrame, default_ids: Mapping[str, str]) -> Records:
    """Make the rows of a catalogue easy to find.

    Parameters
    ----------
    catalogue : DataFrame
        As `read_catalogue` gives it.
    default_ids : mapping of source to doc_id
        The files of the corpus, and what their documents are called if nobody says otherwise.
    """
    rows: list[dict[str, object]] = catalogue.to_dict("records")
    records = Records(rows, {}, {}, {})
    by_name: dict[str, list[str]] = {}
    for source in default_ids:
        by_name.setdefault(_parts(source)[-1], []).append(source)
    ids = set(default_ids.values())
    for i, row in enumerate(rows):
        file = _find_file(row["source"], by_name)
        if file:
            records.by_file.setdefault(file, []).append(i)
        elif row["doc_id"] in ids or not isinstance(row["title"], str):
            records.by_id[str(row["doc_id"])] = i
        else:
            records.by_title.setdefault(normalise_title(row["title"]), []).append(i)
            records.by_id[str(row["doc_id"])] = i
    return records


def _parts(source: str) -> list[str]:
    return [part.strip() for part in readable_name(source).replace("\\", "/").split("/")]


def _find_file(given: object, by_name: Mapping[str, list[str]]) -> str:
    """The file of the corpus that a row names: raw/plan.txt is plan.txt, where no other plan.txt comes nearer."""
    if not isinstance(given, str):
        return ""
    parts = _parts(given)[::-1]
    matches = []
    for source in by_name.get(parts[0], []):
        own = _parts(source)[::-1]
        if all(left == right for left, right in zip(parts, own, strict=False)):
            matches.append((len(own) == len(parts), min(len(own), len(parts)), source))
    matches.sort()
    if not matches or (len(matches) > 1 and matches[-1][:2] == matches[-2][:2]):
        return ""
    return matches[-1][2]


def find_record(records: Records, source: str, doc_id: str, titles: Sequence[str], used: set[int]) -> int | None:
    """The place in `records.rows` of the row that a document belongs to: by its file, by its doc_id, by one of its titles.

    The name of its file may serve as a title. Of several rows for one file (a file may hold several documents) the one with the document's title or doc_id
    is taken, else the first that is free. A row that is not held is found by its title, and so becomes the document
    when its text is at hand.
    """
    wanted = list(dict.fromkeys(normalise_title(title) for title in titles if title))
    own = [i for i in records.by_file.get(source, []) if i not in used]
    for i in own:
        given = records.rows[i]["title"]
        if records.rows[i]["doc_id"] == doc_id or (isinstance(given, str) and normalise_title(given) in wanted):
            return i
    if own:
        return own[0]
    by_id = records.by_id.get(doc_id)
    if by_id is not None and by_id not in used:
        return by_id
    by_title = [i for title in wanted for i in records.by_title.get(title, []) if i not in used]
    return by_title[0] if len(by_title) == 1 else None


def _states_day(row: Mapping[str, object], latest: object) -> bool:
    """Whether a text states a day that is not after a given bound, such as the day of its publication: then it stands."""
    day = row["earliest"]
    return not pd.isna(day) and day == row["latest"] and bool(day <= latest)  # type: ignore[call-overload,operator]


def _given_span(sides: Mapping[str, object]) -> bool:
    """Whether metadata give a first and a last possible day that differ, such as those of a year."""
    return len(sides) == 2 and bool(sides["earliest"] < sides["latest"])  # type: ignore[operator]


def doubt_dates(row: Mapping[str, object], given: Mapping[str, object]) -> str:
    """Where a year or a month that metadata give does not hold the day that the text states; "" where nothing contradicts."""
    sides = {side: given[side] for side in ("earliest", "latest") if side in given}
    day = row["earliest"]
    if not _given_span(sides) or not _states_day(row, pd.Timestamp.max):
        return ""
    if sides["earliest"] <= day <= sides["latest"]:  # type: ignore[operator]
        return ""
    return (
        f"its date is given as {sides['earliest']:%Y-%m-%d} to {sides['latest']:%Y-%m-%d}, but its text states {day:%Y-%m-%d} "
        f"({row['date_note']}); what is given counts"
    )


def merge_dates(row: dict[str, object], given: dict[str, object]) -> dict[str, object]:
    """Bounds, basis ("given") and note where metadata give a bound: theirs, and of the text's the side that they leave open.

    A day that the text states stays what it is if only a last possible day is given, and it is not after that, or if a
    year or another span is given that holds it.
    """
    both = ("earliest", "latest")
    sides = {side: given[side] for side in both if side in given}
    if not sides:
        return {}
    first = sides.get("earliest", pd.Timestamp.min)
    narrows = ("earliest" not in sides or _given_span(sides)) and _states_day(row, sides["latest"])
    if narrows and row["earliest"] >= first:  # type: ignore[operator]
        return {"dated": row["earliest"], **{key: row[key] for key in (*both, "date_basis", "date_note")}}
    words = {"date_basis": "given", "date_note": "metadata"}
    told = {column: [str(given.get(column, word))] for column, word in words.items()}
    for side in [side for side in both if side not in given]:
        bounds = {**sides, side: row[side]}
        kept = not pd.isna(row[side]) and bounds["earliest"] <= bounds["latest"]  # type: ignore[call-overload,operator]
        sides[side] = row[side] if kept else pd.NaT
        for column in told:
            if kept and not pd.isna(row[column]) and row[column] not in told[column]:  # type: ignore[call-overload]
                told[column].append(str(row[column]))
    dated = sides["earliest"] if sides["earliest"] == sides["latest"] else pd.NaT
    return {"dated": dated, **sides, **{column: ";".join(parts) for column, parts in told.items()}}

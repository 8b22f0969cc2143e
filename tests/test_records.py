"""Rows of metadata: each is given to the right document, and its dates are brought together with those of the text."""

from __future__ import annotations

import pandas as pd

from fzanalytics.texts.documents.catalogue import read_catalogue
from fzanalytics.texts.documents.records import doubt_dates, find_record, index_records, merge_dates


def rows_of(*rows: dict[str, object], files: dict[str, str]) -> dict[str, object]:
    """For each file, the place of its row; titles are the names of the files in upper case."""
    records = index_records(read_catalogue(pd.DataFrame(list(rows)), []), files)
    used: set[int] = set()
    found = {}
    for source, doc_id in files.items():
        place = find_record(records, source, doc_id, [doc_id.upper()], used)
        if place is not None:
            used.add(place)
        found[source] = place
    return found


def test_by_file() -> None:
    rows = [{"source": "raw/b/plan.txt"}, {"source": "a/plan.txt"}, {"source": "C:\\data\\x.txt"}]
    files = {"a/plan.txt": "a/plan.txt", "b/plan.txt": "b/plan.txt", "x.txt": "x"}
    assert rows_of(*rows, files=files) == {"a/plan.txt": 1, "b/plan.txt": 0, "x.txt": 2}


def test_a_bare_name_of_two_files_is_not_guessed() -> None:
    files = {"a/plan.txt": "a/plan.txt", "b/plan.txt": "b/plan.txt"}
    assert rows_of({"source": "plan.txt"}, files=files) == {"a/plan.txt": None, "b/plan.txt": None}
    assert rows_of({"source": "plan.txt"}, files={**files, "plan.txt": "plan.txt"})["plan.txt"] == 0


def test_a_title_takes_no_row_of_another_file() -> None:
    """The row of b.txt has the title of a.txt: it stays with b.txt, whatever file is read first."""
    for files in ({"a.txt": "a", "b.txt": "b"}, {"b.txt": "b", "a.txt": "a"}):
        assert rows_of({"doc_id": "b", "title": "A"}, files=files) == {"a.txt": None, "b.txt": 0}
        assert rows_of({"source": "b.txt", "title": "A"}, files=files) == {"a.txt": None, "b.txt": 0}


def test_by_title_if_it_is_the_only_one() -> None:
    assert rows_of({"title": "A"}, {"title": "B"}, files={"a.txt": "a"}) == {"a.txt": 0}
    assert rows_of({"title": "A"}, {"title": "A"}, files={"a.txt": "a"}) == {"a.txt": None}


def test_two_documents_of_one_file_by_title_then_in_order() -> None:
    table = read_catalogue(pd.DataFrame({"source": ["x.txt", "x.txt"], "title": ["考核方案", "实施方案"]}), [])
    records = index_records(table, {"x.txt": "x"})
    assert find_record(records, "x.txt", "x", ["实施方案"], set()) == 1
    assert find_record(records, "x.txt", "x", ["别的"], set()) == 0
    assert find_record(records, "x.txt", "x#2", ["别的"], {0}) == 1
    assert find_record(records, "x.txt", "x#2", ["别的"], {0, 1}) is None


# ---------------------------------------------------------------- dates of the metadata and of the text

EARLY, LATE = pd.Timestamp("2016-11-01"), pd.Timestamp("2022-03-20")
TOLD: dict[str, object] = {"earliest": EARLY, "latest": LATE, "date_basis": "page date", "date_note": "page"}


def test_no_dates_given_changes_nothing() -> None:
    assert merge_dates(TOLD, {"title": "x"}) == {}


def test_both_sides_given_leave_nothing_of_the_text() -> None:
    day = pd.Timestamp("2017-01-26")
    merged = merge_dates(TOLD, {"earliest": day, "latest": day, "dated": day})
    assert merged == {"dated": day, "earliest": day, "latest": day, "date_basis": "given", "date_note": "metadata"}


DAY = pd.Timestamp("2020-03-27")
STATED: dict[str, object] = {
    "earliest": DAY,
    "latest": DAY,
    "date_basis": "stated",
    "date_note": "passed on 2020-03-27",
}
YEAR: dict[str, object] = {"earliest": pd.Timestamp("2020-01-01"), "latest": pd.Timestamp("2020-12-31")}


def test_a_day_that_the_text_states_stands_in_the_year_that_is_given() -> None:
    merged = merge_dates(STATED, YEAR)
    assert merged == {"dated": DAY, **STATED}
    assert merge_dates(STATED, YEAR | {"latest": DAY}) == {"dated": DAY, **STATED}  # on the edge
    assert doubt_dates(STATED, YEAR) == ""
    other = {"earliest": pd.Timestamp("2020-03-01"), "latest": pd.Timestamp("2020-03-01")}
    assert merge_dates(STATED, other)["dated"] == other["earliest"]  # a day that is given wins
    assert merge_dates(TOLD, YEAR)["latest"] == YEAR["latest"]  # a text that states no day is bounded by the year


def test_a_year_that_contradicts_the_text_wins_and_is_told() -> None:
    year: dict[str, object] = {"earliest": pd.Timestamp("2021-01-01"), "latest": pd.Timestamp("2021-12-31")}
    assert merge_dates(STATED, year)["latest"] == year["latest"]
    assert "its text states 2020-03-27" in doubt_dates(STATED, year)
    assert doubt_dates(TOLD, year) == "" and doubt_dates(STATED, {"latest": year["latest"]}) == ""


def test_one_side_given_keeps_the_other_with_its_basis() -> None:
    merged = merge_dates(TOLD, {"earliest": pd.Timestamp("2017-01-01"), "date_basis": "cited elsewhere"})
    assert merged["latest"] == LATE and pd.isna(merged["dated"])  # type: ignore[call-overload]
    assert (merged["date_basis"], merged["date_note"]) == ("cited elsewhere;page date", "metadata;page")


def test_a_side_that_contradicts_the_metadata_goes() -> None:
    merged = merge_dates(TOLD, {"earliest": pd.Timestamp("2023-01-01")})
    assert pd.isna(merged["latest"]) and merged["date_basis"] == "given"  # type: ignore[call-overload]

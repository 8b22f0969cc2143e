"""What there is to read: folders, files and tables, and what of them is passed over with a word."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from fzanalytics.texts.documents.sources import part_doubles, read_path, read_rows, rows_given
from fzanalytics.texts.reading.files import RawFile

PLAN = "清远市法治政府建设实施方案\n一、总体要求\n到2020年建成。"


def kinds(problems: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(problem["kind"], problem["source"]) for problem in problems]


def test_a_folder_of_all_sorts(tmp_path: Path) -> None:
    for name, data in {
        "a.txt": PLAN.encode("gbk"),
        "sub/deeper/b.TXT": PLAN.encode("utf-16"),
        "c.md": PLAN.encode(),
        "README.md": b"about this folder",
        "empty.txt": b"",
        "image.txt": b"\x89PNG\r\n\x1a\n" + bytes(50),
        "scan.pdf": b"%PDF-1.7",
        "noending": b"x",
        "codes.csv": "代码,名称\n1,甲\n".encode(),
        "texts.csv": f"标题,正文\n甲,{PLAN.splitlines()[0]}\n乙,\n".encode(),
        "broken.xlsx": b"no workbook",
        "documents.csv": b"doc_id,title\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    problems: list[dict[str, object]] = []
    raws, rows, metadata = read_path(tmp_path, None, None, problems)
    assert [(raw.source, raw.encoding) for raw in raws] == [
        ("a.txt", "gb18030"), ("c.md", "utf-8"), ("sub/deeper/b.TXT", "utf-16"), ("texts.csv#1", "table")
    ]  # fmt: skip
    assert metadata == tmp_path / "documents.csv"
    assert [row["标题"] for row in rows] == ["甲", "乙"]  # the other columns of a table are metadata here, too
    assert sorted(kinds(problems), key=str) == [
        ("not read", "codes.csv"), ("not read", "noending"), ("unreadable", "broken.xlsx"),
        ("unreadable", "empty.txt"), ("unreadable", "image.txt"), ("unreadable", "scan.pdf"), ("unreadable", "texts.csv#2"),
    ]  # fmt: skip
    assert all(str(problem["source"]).split("#")[0] in str(problem["message"]) for problem in problems)


def test_missing_path(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"`source` must be a folder or file that exists; got .*nothing"):
        read_path(tmp_path / "nothing", None, None, [])


def test_a_broken_table_as_source(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    with pytest.raises(ValueError, match=r"`source` must be a readable table; a.xlsx: it cannot be read as a table"):
        read_path(tmp_path / "a.xlsx", None, None, [])


def test_rows_with_any_index_and_type() -> None:
    table = pd.DataFrame({"text": pd.Categorical(["甲", "乙", None]), "doc_id": [7, None, "c"]}, index=[9, 9, 3])
    problems: list[dict[str, object]] = []
    raws = read_rows(table, None, "table", problems)
    assert [(raw.name, raw.text) for raw in raws] == [("7", "甲"), ("table_2", "乙")]
    assert [row["source"] for row in rows_given(table, None, "table")] == ["table#1", "table#2", "table#3"]
    assert kinds(problems) == [("unreadable", "table#3")]


def test_a_row_that_says_it_is_not_held_needs_no_text() -> None:
    table = pd.DataFrame({"text": ["", "甲"], "held": ["no", "yes"]})
    problems: list[dict[str, object]] = []
    assert len(read_rows(table, None, "table", problems)) == 1 and not problems


def test_half_characters_become_replacement_characters() -> None:
    raw = read_rows(pd.DataFrame({"text": ["法\ud800治\ud83d\ude00"]}, dtype=object), None, "table", [])[0]
    assert raw.text == "法\ufffd治😀"


def test_table_without_text() -> None:
    with pytest.raises(ValueError, match="`source` must have the columns text; missing: text; it has: title"):
        read_rows(pd.DataFrame({"title": ["a"]}), None, "table", [])


def test_one_name_in_two_folders_is_told_apart() -> None:
    raw = RawFile("plan.txt", "plan", "x", "utf-8", "")
    raws, rows = part_doubles(
        [raw, RawFile("b.txt", "b", "x", "utf-8", "")], [{"source": "plan.txt"}], {"plan.txt"}, "more"
    )
    assert [raw.source for raw in raws] == ["more/plan.txt", "b.txt"] and rows == [{"source": "more/plan.txt"}]

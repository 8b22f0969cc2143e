"""Bytes become text, or one sentence says why not."""

from __future__ import annotations

import codecs
import os
import random
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.texts.reading.files import (
    UnreadableFile,
    decode,
    find_text_column,
    list_files,
    read_bytes,
    read_table_file,
    read_text_bytes,
    readable_name,
)

SIMPLIFIED = "河北省法治政府建设实施方案\n一、总体要求\n到2020年，基本建成职能科学、权责法定的法治政府。"
TRADITIONAL = "河南省法治政府建設實施方案\n一、總體要求\n到2025年，政府行為全面納入法治軌道。"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_simplified(encoding: str) -> None:
    assert decode(SIMPLIFIED.encode(encoding))[0] == SIMPLIFIED


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "gb18030", "utf-16-be"])
def test_traditional(encoding: str) -> None:
    assert decode(TRADITIONAL.encode(encoding))[0] == TRADITIONAL


def test_utf16_be_with_mark() -> None:
    assert decode(codecs.BOM_UTF16_BE + SIMPLIFIED.encode("utf-16-be")) == (SIMPLIFIED, "utf-16")


@pytest.mark.parametrize("text", ["通知", "联通", "河北省", "关于印发方案", "2016年通知", "公告"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_one_short_line(text: str, encoding: str) -> None:
    """The GBK bytes of 通知 (notice) are valid UTF-8 as well."""
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize("text", ["the rule of law", "A·B", "§1", "déjà vu, très élevé", "㐀𠀀法治政府建设"])
def test_utf8_of_other_kinds(text: str) -> None:
    assert decode(text.encode()) == (text, "utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_cut_within_the_last_character(encoding: str) -> None:
    text, _ = decode(SIMPLIFIED.encode(encoding)[:-1])
    assert text[:-1] == SIMPLIFIED[:-1] and text[-1] == "\ufffd"


@pytest.mark.parametrize(
    ("encoding", "at"), [("utf-8", 20), ("utf-8", 40), ("utf-8", 61), ("gb18030", 20), ("gb18030", 40)]
)
def test_a_broken_byte_in_the_middle(encoding: str, at: int) -> None:
    data = SIMPLIFIED.encode(encoding)
    text, found = decode(data[:at] + b"\xff" + data[at:])
    assert found == encoding and 1 <= text.count("\ufffd") <= 3
    assert text[-10:] == SIMPLIFIED[-10:]


def test_a_byte_lost_within_gbk_costs_the_rest_of_its_line() -> None:
    """There every character behind it is shifted, until the line ends; the other lines are whole."""
    data = (SIMPLIFIED + "\n").encode("gb18030") * 5
    text, found = decode(data[:61] + data[62:])
    assert found == "gb18030" and text.endswith((SIMPLIFIED + "\n") * 4)


def test_a_wrong_mark_is_told() -> None:
    with pytest.raises(UnreadableFile, match="byte-order mark says utf-8-sig, but its bytes do not"):
        decode(codecs.BOM_UTF8 + SIMPLIFIED.encode("gb18030") * 3)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_unreadable(data: bytes) -> None:
    try:
        text, _ = decode(data)
    except UnreadableFile:
        return
    assert isinstance(text, str)
    text.encode("utf-8")  # nothing that no file could hold


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_length_does_not_matter(encoding: str) -> None:
    assert decode((SIMPLIFIED * 5000).encode(encoding))[0] == SIMPLIFIED * 5000


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (codecs.BOM_UTF16_LE, "empty"),
        ("　\n".encode(), "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "binary"),
        (b"PK\x03\x04" + bytes(100), "binary"),
        (b"%PDF-1.7\n" + SIMPLIFIED.encode(), "binary"),
        (bytes(1000), "binary"),
        (random.Random(0).randbytes(4000), "binary"),
    ],
)
def test_unreadable_files(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(UnreadableFile, match=reason):
        read_text_bytes(read_bytes(path), "a.txt")


def test_a_folder_under_the_name_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        read_text_bytes(read_bytes(tmp_path / "a.txt"), "a.txt")


def test_a_stray_nul_is_no_reason_to_refuse(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(SIMPLIFIED * 10 + "\x00", encoding="utf-8")
    assert read_text_bytes(read_bytes(path), "a.txt").encoding == "utf-8"


def test_files_are_listed_in_one_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a.txt", ".hidden.txt", "~$lock.xlsx", ".git/x.txt", "e\u0301.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    assert [name for _, name in list_files(tmp_path)] == ["a.txt", "a/z.txt", "b.txt", "é.txt"]


def test_names_that_are_not_utf8() -> None:
    assert readable_name(os.fsdecode("实施方案.txt".encode("gbk"))) == "实施方案.txt"
    assert readable_name(os.fsdecode(b"\xff\xfe.txt")).encode("utf-8")
    assert readable_name("e\u0301.txt") == "é.txt"


def test_tables_are_text_all_through(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("题名,正文,地区代码,空\n甲,=1+1,010100,NA\n".encode("gbk"))
    table = read_table_file(path)
    assert table.iloc[0].tolist() == ["甲", "=1+1", "010100", "NA"]
    assert find_text_column(table) == "正文"


@pytest.mark.parametrize(("name", "data"), [("a.xlsx", b"not a workbook"), ("a.csv", b""), ("a.csv", b'a,b\n"x')])
def test_broken_tables(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UnreadableFile, match=r"it (cannot be read as a table|is not text|is empty)"):
        read_table_file(tmp_path / name)


def test_text_column() -> None:
    assert find_text_column(pd.DataFrame(columns=["Text", "正文"])) == "Text"
    assert find_text_column(pd.DataFrame(columns=["title"])) is None
    with pytest.raises(
        ValueError, match=r"`text_column` must be a column of the table; got 'body'. The table has: title"
    ):
        find_text_column(pd.DataFrame(columns=["title"]), "body")

"""Numbers of clauses in all spellings, and what only looks like one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzanalytics.base.numbering import NUMBERINGS, format_number, parse_number, read_marker, show_number

CASES = json.loads((Path(__file__).parent / "cases" / "markers.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("line", "numbering", "number", "heading"), CASES["markers"])
def test_marker(line: str, numbering: str, number: int, heading: str) -> None:
    marker = read_marker(line)
    assert marker is not None
    assert (marker.numbering, marker.number) == (numbering, number)
    assert line[marker.end :].rstrip("*") == heading


@pytest.mark.parametrize(("line", "gloss"), CASES["no_markers"])
def test_no_marker(line: str, gloss: str) -> None:
    assert read_marker(line) is None, gloss


def test_every_numbering_is_read_in_some_case() -> None:
    read = {numbering for _, numbering, _, _ in CASES["markers"]}
    # those that only their neighbours prove: test_structure_plans.py; 款 has no number at all
    in_context = {"附件", "第一款", "1.1", "1.1.1", "1.1.1.1", "一是", "第一，"}
    assert set(NUMBERINGS) - read == {"第一编", "第一节"} | in_context
    assert [read_marker(f"{name} 总则").numbering for name in ("第一编", "第一节")] == ["第一编", "第一节"]  # type: ignore[union-attr]


@given(st.integers(1, 9999))
def test_numbers_come_back(number: int) -> None:
    assert parse_number(format_number(number)) == number
    assert parse_number(str(number)) == number
    full_width = str(number).translate({ord("0") + i: ord("０") + i for i in range(10)})
    assert parse_number(full_width) == number


@pytest.mark.parametrize("text", ["", "法", "一法", "1a"])
def test_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=f"`text` must be a whole number .*; got {text!r}"):
        parse_number(text)


@pytest.mark.parametrize("number", [0, -1, 10_000])
def test_number_out_of_range(number: int) -> None:
    with pytest.raises(ValueError, match=f"`number` must be from 1 to 9999; got {number}"):
        format_number(number)


@given(st.text(alphabet="一二十百千之〇壹（）()〔.、．，1２30 \u3000年第章条①⒈㈠*#法", max_size=12))
def test_any_line_is_read_or_not(line: str) -> None:
    """Nothing is raised, the marker lies in the line, and its number can be shown."""
    marker = read_marker(line)
    if marker is not None:
        assert 0 < marker.end <= len(line)
        assert show_number(marker.numbering, marker.number)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (10, "十"),
        (11, "十一"),
        (110, "一百一十"),
        (111, "一百一十一"),
        (1000, "一千"),
        (1001, "一千零一"),
        (1010, "一千零一十"),
        (1260, "一千二百六十"),
        (2005, "二千零五"),
        (9999, "九千九百九十九"),
    ],
)
def test_numbers_by_hand(number: int, text: str) -> None:
    assert format_number(number) == text and parse_number(text) == number


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("第一千二百六十条　本法自2021年1月1日起施行。", "第一千二百六十条"),  # the last article of the Civil Code
        ("第十条之一 国家鼓励", "第十条之一"),
        ("**第二条**  本法所称", "第二条"),
        ("第 二 条 本法", "第二条"),
        ("第12条 本法", "第十二条"),
        ("第十条第二款规定的", None),
        ("第十条规定", None),  # only order can tell; see find_marks
    ],
)
def test_articles(line: str, shown: str | None) -> None:
    marker = read_marker(line)
    assert (marker and show_number(*marker[:2], marker.inserted)) == shown

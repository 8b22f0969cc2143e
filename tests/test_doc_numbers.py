"""Document numbers: found in a text, in any of their spellings, and written in one."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzanalytics.texts.doc_numbers import DOC_NUMBER, find_doc_numbers, normalise_number


@pytest.mark.parametrize(
    "spelling",
    [
        "冀发〔2016〕24号",
        "贯彻落实冀发〔２０１６〕24号",
        "(冀发[2016]24号)",
        "根据冀发〔 2016 〕第 024 号",
        "冀发（2016）24号",
        "冀发［2016］24号",
    ],
)
def test_normalise_number(spelling: str) -> None:
    assert normalise_number(spelling) == "冀发〔2016〕24号"


def test_no_number() -> None:
    assert normalise_number("2016年24号") == ""


@given(st.text(alphabet="国发据〔〕[（)2019号第1 字\n", max_size=60))
def test_document_numbers_are_those_that_the_pattern_finds(text: str) -> None:
    assert [m.span() for m in find_doc_numbers(text)] == [m.span() for m in DOC_NUMBER.finditer(text)]


def test_two_numbers_without_a_mark_between_them_are_two() -> None:
    text = "国发〔2016〕1号粤府〔2017〕3号"
    assert [m[0] for m in find_doc_numbers(text)] == ["国发〔2016〕1号", "粤府〔2017〕3号"]


@pytest.mark.parametrize("unit", ["2016", "中发", "中发〔", "年", " ", "2016年1月1日会议"])
def test_time_is_linear(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    begin = time.perf_counter()
    normalise_number(text)
    assert time.perf_counter() - begin < 10

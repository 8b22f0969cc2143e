"""Quantities: amounts with a unit and their comparator, and numbers that are no amounts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.texts.extraction.quantities import find_quantities
from fzanalytics.texts.numbers import read_number, show_value

CASES = json.loads((Path(__file__).parent / "cases" / "quantities.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["found"], ids=lambda case: case["text"])
def test_found(case: dict[str, object]) -> None:
    text = str(case["text"])
    assert [[text[one.begin : one.end], one.role, one.value] for one in find_quantities(text)] == case["expected"]


@pytest.mark.parametrize("text", CASES["left out"])
def test_left_out(text: str) -> None:
    assert find_quantities(text) == []


# All amounts of Xiahe's plan, read line by line.
XIAHE = [
    "= 1..2 名", ">= 2 件", ">= 0.6", "= 1", "= 1 名", ">= 1 次", "= 2 期", ">= 1 次", ">= 5 人", ">= 2 人", ">= 1 次", ">= 2 次", ">= 0.1",
]  # fmt: skip


def test_bundled_document() -> None:
    text = fz.load_sample().documents.set_index("doc_id").loc["xiahe_county_2017", "text"]
    assert [one.value for one in find_quantities(text)] == XIAHE


@given(st.text(alphabet="0123456789.,%％百分之一二两十万亿个项年月日次元以上不少于第“”《》 \n", max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(text: str) -> None:
    end = 0
    for one in find_quantities(text):
        assert end <= one.begin < one.end <= len(text)
        assert one.role in {"change", "target", "measure"}
        assert one.value.split(" ")[0] in {"=", ">=", ">", "<=", "<", "~"}
        end = one.end


@given(st.integers(0, 10**6), st.sampled_from(["", "万", "亿"]))
def test_scales(number: int, scale: str) -> None:
    assert read_number(f"{number}{scale}") == number * {"": 1, "万": 10**4, "亿": 10**8}[scale]
    assert show_value(number * 10**8) == str(number * 10**8)


@pytest.mark.parametrize(
    "unit", ["1", "1.", "1,", "1,111", "百分之", "一", "百万亿", "不少于", "1个", "第1", "1-", "达到"]
)
def test_repetition_costs_in_proportion(unit: str) -> None:
    short, long = (len(find_quantities(unit * n)) for n in (300, 3000))
    assert long <= 10 * short + 10

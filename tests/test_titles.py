"""Titles in 《》 and their one spelling."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.texts.titles import normalise_title, title_spans


def test_titles_compare_equal_across_spellings() -> None:
    spellings = [
        "法治政府建设实施纲要（2015—2020年）",
        "法治政府建设实施纲要(2015-2020 年)",
        "法治政府建设实施纲要（２０１５年—2020年）",
        "国务院办公厅转发《法治政府建设实施纲要（2015－2020年）》的通知",
        "中共中央、国务院关于印发《法治政府建设实施纲要（2015－2020年）》的通知",
    ]
    assert len(set(map(normalise_title, spellings))) == 1
    assert normalise_title("法治政府建设实施纲要（2021—2025年）") != normalise_title(spellings[0])


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("", []),
        ("《甲》和《乙》", ["《甲》", "《乙》"]),
        ("《关于印发《甲》的通知》", ["《关于印发《甲》的通知》"]),
        ("《甲\n乙》", []),  # a title ends with its line
        ("》《甲》", ["《甲》"]),
        ("《未完《甲》", ["《甲》"]),
    ],
)
def test_title_spans(text: str, titles: list[str]) -> None:
    assert [text[begin:end] for begin, end in title_spans(text)] == titles


def _slow_spans(text: str) -> list[tuple[int, int]]:
    """Pairs of signs by depth, line by line; those within another one left out."""
    pairs, done = [], 0
    for line in text.split("\n"):
        opened: list[int] = []
        for i, sign in enumerate(line):
            if sign == "《":
                opened.append(done + i)
            elif sign == "》" and opened:
                pairs.append((opened.pop(), done + i + 1))
        done += len(line) + 1
    return sorted(one for one in pairs if not any(a < one[0] and one[1] < b for a, b in pairs))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="《》甲\n", max_size=40))
def test_fast_spans_are_those_of_the_slow_way(text: str) -> None:
    assert title_spans(text) == _slow_spans(text)


def test_a_stretch_that_is_too_long_is_no_title_but_what_stands_in_it_is() -> None:
    text = f"《{'甲' * 20}《乙》》"
    assert title_spans(text, longest=10) == [(21, 24)]
    assert title_spans(text, longest=len(text)) == [(0, len(text))]


@pytest.mark.parametrize("unit", ["《", "》", "《甲", "《甲》"])
def test_time_is_linear(unit: str) -> None:
    text = (unit * 50_000)[:50_000]
    begin = time.perf_counter()
    title_spans(text)
    normalise_title("印发" + text)
    assert time.perf_counter() - begin < 10

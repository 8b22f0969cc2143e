"""Patterns found by a core: the matches are those of the plain search."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.extraction import citations, deadlines, intervals, recurrence, wording
from fzanalytics.texts.searching import Sought, sought

OWN = sought(r"(?<!第)(?:不超)?[1-3]{1,3}日?内(?!容)", core="内(?!容)", reach=6)
ALL = {
    f"{module.__name__.rpartition('.')[2]}.{name}": one
    for module in (citations, deadlines, intervals, recurrence, wording)
    for name, one in vars(module).items()
    if isinstance(one, Sought)
}
# words of the patterns themselves, so that chance makes their matches and near misses
WORDS = (
    "三五十半两12月日天年个季度周旬前后内中底末之以起的、,。至—“”《在到每近第工作日小时分钟全面完成办结评估调度报告一次三日内一年后"
    "本届任期上半年季度末月底年底春节国庆今年明汛开学过渡期世纪下简称为左右时间实现建成"
)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="第不超123日内容", max_size=40))
def test_the_matches_are_those_of_finditer(text: str) -> None:
    assert [one.span() for one in OWN.finditer(text)] == [one.span() for one in OWN.pattern.finditer(text)]


def test_the_leftmost_match_comes_first_and_none_overlaps() -> None:
    assert [one[0] for one in OWN.finditer("不超12日内3内内容1日内")] == ["不超12日内", "3内", "1日内"]
    assert list(OWN.finditer("没有数目")) == []


def _pieces(text: str) -> list[str]:
    return re.findall(r"[\u4e00-\u9fff]{2,4}|.", text)


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_core_finds_what_its_pattern_does(name: str, sample: Corpus) -> None:
    one = ALL[name]

    @settings(max_examples=80, deadline=None)
    @given(st.lists(st.sampled_from([*WORDS, *set(_pieces(WORDS))]), max_size=60).map("".join))
    def check(text: str) -> None:
        assert [found.span() for found in one.finditer(text)] == [found.span() for found in one.pattern.finditer(text)]

    check()
    for text in sample.held["text"]:
        ready = wording.prepare(text).text
        assert [found.span() for found in one.finditer(ready)] == [
            found.span() for found in one.pattern.finditer(ready)
        ]


def test_a_long_number_is_within_reach() -> None:
    number = "一百二十三万四千五百六十"  # twelve signs, the most that a number has
    text = f"至少{number}个工作日以前,自公布之日起{number}个工作日以后,{number}个工作日时间以内。"
    for name in ("recurrence._AROUND", "recurrence._WITHIN"):
        assert (
            [one[0] for one in ALL[name].finditer(text)] == [one[0] for one in ALL[name].pattern.finditer(text)] != []
        )

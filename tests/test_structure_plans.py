"""Numbers of plans that only their neighbours prove: within lines, in decimals, spoken; and what must not be taken for one."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.texts.structure.clauses import find_clauses, find_paragraphs

CASES = json.loads((Path(__file__).parent / "cases" / "structure.json").read_text(encoding="utf-8"))


def paths(text: str) -> list[str]:
    return find_clauses("a", text)["path"].tolist()


@pytest.mark.parametrize(("text", "expected", "gloss"), CASES["trees"])
def test_tree(text: str, expected: list[str], gloss: str) -> None:
    assert paths(text) == expected, gloss


@pytest.mark.parametrize(("line", "gloss"), CASES["no_clauses"])
def test_no_clause(line: str, gloss: str) -> None:
    assert paths(f"一、甲\n{line}\n二、乙") == ["一", "二"], gloss


def test_own_texts_of_a_list_within_a_line() -> None:
    clauses = find_clauses("a", "一、改革\n1.推进甲，包括：（1）清理；（2）公开。2.推进乙。一是巡查；二是考核。")
    assert clauses["path"].tolist() == ["一", "一/1", "一/1/(1)", "一/1/(2)", "一/2", "一/2/一是", "一/2/二是"]
    assert clauses["text"].tolist() == ["改革", "推进甲，包括：", "清理；", "公开。", "推进乙。", "巡查；", "考核。"]
    assert clauses["numbering"].tolist() == ["一、", "1.", "(1)", "(1)", "1.", "一是", "一是"]


def test_paragraphs_of_a_line_with_several_items() -> None:
    """1. and 2. are paragraphs of their own; （1） and 一是 stay in theirs."""
    text = (
        "一、改革\n1.推进简政放权改革，包括：（1）清理审批事项；（2）公开权力清单。2.推进监管改革。一是巡查；二是考核。"
    )
    paragraphs = find_paragraphs("a", text, find_clauses("a", text))
    assert paragraphs["text"].tolist() == [
        "1.推进简政放权改革，包括：（1）清理审批事项；（2）公开权力清单。",
        "2.推进监管改革。一是巡查；二是考核。",
    ]
    assert paragraphs["clause_id"].tolist() == ["a#一/1", "a#一/2"]


def test_a_numbered_sentence_is_a_paragraph_and_no_heading() -> None:
    text = (
        "一、简政放权。\n（一）清理事项。\n各部门应当全面清理行政许可事项，向社会公布。\n（二）市场监管部门不得擅自设立行政许可事项。\n（三）加强事中事后监管工作。\n"
        "1.建立健全随机抽查对象名录库；\n2.建立健全执法检查人员名录库；\n二、组织领导和监督考核工作要求"
    )
    found = find_paragraphs("a", text, find_clauses("a", text))["text"].tolist()
    assert found == [
        "各部门应当全面清理行政许可事项，向社会公布。",  # its heading stays a heading
        "（二）市场监管部门不得擅自设立行政许可事项。",
        "1.建立健全随机抽查对象名录库；",
        "2.建立健全执法检查人员名录库；",
    ]  # what heads other clauses, and what has no stop, is none


def test_goals_and_measures_are_labels() -> None:
    """Qingyuan: 目标 and 措施 within a section are no level of the tree, and no paragraph."""
    text = "一、任务\n（一）职能。\n目标：政企分开，职能转变到位。\n措施：\n1．改革。落实中央和省的部署。\n2．监管。落实监管责任和要求。"
    clauses = find_clauses("a", text)
    assert clauses["path"].tolist() == ["一", "一/（一）", "一/（一）/1", "一/（一）/2"]
    paragraphs = find_paragraphs("a", text, clauses)
    assert paragraphs["text"].str[:2].tolist() == ["目标", "1．", "2．"]


def test_section_is_the_block_of_resampling() -> None:
    text = "第一章 总则\n1.改革。落实中央和省的部署。\n第二章 任务\n第一节 放权\n1.改革。落实中央和省的部署要求。"
    paragraphs = find_paragraphs("a", text, find_clauses("a", text))
    assert paragraphs["section"].tolist() == ["第一章", "第二章"]


_PIECES = [
    "一、", "（一）", "1.", "(1)", "①", "1.1", "1.1　", "一是", "；二是", "第一，", "第二，", "第一条", "第二条 ", "第一章 ", "附件", "附件1：",
    "\n", "。", "；", "：", "　", "改革", "“", "”", "2017年1月2日", "目录", "（市政府负责）", "印发",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
def test_any_text_has_a_consistent_tree(text: str) -> None:
    clauses = find_clauses("a", text)
    assert clauses["clause_id"].is_unique
    assert (clauses["depth"] == clauses["path"].str.count("/") + 1).all()
    spans = list(zip(clauses["begin"], clauses["end"], clauses["text"], strict=True))
    assert all(begin < end <= len(text) and text[begin:end].endswith(own) for begin, end, own in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    paragraphs = find_paragraphs("a", text, clauses)
    assert all(left <= right for left, right in pairwise(paragraphs["begin"]))
    ends = list(zip(paragraphs["end"], paragraphs["begin"][1:], strict=False))
    assert all(end <= begin for end, begin in ends)


@pytest.mark.parametrize(
    "unit",
    [
        "。1.", "（一）", "。（一）", "（", "）", "；一是", "一是甲\n二是乙\n", "1.1.", "1.1 甲\n", "第一条 甲。\n乙。\n", "①", "“", "：“\n", "附件\n",
        "附件：1.表\n", "目录\n", "第一章 甲\n", "2017年1月2日\n", "（2017年通过\n", "（市政府负责）", "第一条", "。第一条 ", "第　", "某市：\n",
    ],
)  # fmt: skip
def test_time_is_linear(unit: str) -> None:
    """60,000 characters of anything take a second or so; the square of their number would take hours."""
    text = "一、甲。\n" + (unit * 60_000)[:60_000]
    begin = time.perf_counter()
    find_paragraphs("a", text, find_clauses("a", text))
    assert time.perf_counter() - begin < 12

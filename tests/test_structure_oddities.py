"""Oddities of numbering: found where they are, and nowhere else."""

from __future__ import annotations

import pandas as pd
import pytest

from fzanalytics.texts.corpus import read_corpus
from fzanalytics.texts.datasets import load_sample
from fzanalytics.texts.structure.clauses import find_clauses
from fzanalytics.texts.structure.oddities import ODDITIES, find_oddities, tell_oddities


def odd(text: str) -> list[tuple[str, str]]:
    table = find_oddities(find_clauses("a", text))
    return list(zip(table["oddity"], table["path"], strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一、甲\n三、乙", [("missing", "三")]),
        ("二、甲\n三、乙", [("missing", "二")]),
        ("一、甲\n一、乙", [("twice", "一")]),
        ("一、甲\n二、乙\n一、丙", [("restart", "一")]),
        ("一、甲\n四、乙\n三、丙", [("missing", "四"), ("order", "三")]),
        ("一、甲\n（一）乙\n二、丙\n（三）丁", [("missing", "二/（三）")]),
        ("第一条 甲。\n第三条 乙。\n第二条 丙。", [("missing", "第三条"), ("order", "第二条")]),
        ("第一章 甲\n第一条 甲。\n第二章 乙\n第三条 乙。", [("missing", "第二章/第三条")]),
        ("一、甲\n（一）乙\n1.丙\n（二）丁\n2.戊\n二、己\n3.庚", [("jump", "二/3")]),
    ],
)
def test_odd(text: str, expected: list[tuple[str, str]]) -> None:
    assert odd(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一、甲\n二、乙",
        "一、甲\n（一）乙\n（二）丙\n二、丁\n（一）戊",  # begins anew in each
        "一、甲\n（一）乙\n（二）丙\n二、丁\n（三）戊",  # goes on
        "一、甲\n1.乙\n二、丙\n（一）丁",  # levels differ, but none is usual
        "〇、引言\n一、甲",
        "第一条 甲。\n第一条之一 乙。\n第二条 丙。",
        "第一章 甲\n第一条 甲。\n第二章 乙\n第二条 乙。",
        "一、甲\n附件1\n一、乙\n附件2\n一、丙",
        "一、甲。一是乙；二是丙。\n二、丁。一是戊；二是己。",
        "1 总则\n1.1 目的\n1.2 依据\n2 机构\n2.1 指挥部",
    ],
)
def test_sound(text: str) -> None:
    assert odd(text) == []


def test_many_are_gathered() -> None:
    text = "\n".join(f"{2 * i + 1}.甲" for i in range(20))
    [(count, message)] = tell_oddities(find_clauses("a", text))
    assert count == 19 and message == "a number is missing before 3, 5, 7, 9, 11 and 14 more"


def test_rows_of_problems() -> None:
    corpus = read_corpus(pd.DataFrame({"text": ["某市实施方案\n一、甲\n三、乙\n三、丙"]}))
    rows = corpus.problems.query("kind == 'numbering'")
    assert rows["message"].tolist() == [f"{ODDITIES['missing']} 三", f"{ODDITIES['twice']} 三"]
    assert rows["count"].tolist() == [1, 1]


def test_bundled_documents_are_sound_but_for_one_jump() -> None:
    """Qingyuan's 三、 has 45. directly below it, where its other 1. stand below （一）; looked up by eye."""
    rows = load_sample().problems.query("kind == 'numbering'")
    assert rows["doc_id"].tolist() == ["qingyuan_city_2017"]
    assert rows["message"].tolist() == [f"{ODDITIES['jump']} 三/45"]

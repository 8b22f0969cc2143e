"""Words of obligation: their borders, their strength, and the strength of a clause."""

from __future__ import annotations

import csv
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.base.resources import data_path
from fzanalytics.texts.extraction.mentions import mention_table
from fzanalytics.texts.extraction.obligation import ROLES, find_obligations, obligation_strength

with data_path("obligation_words.csv").open(encoding="utf-8", newline="") as handle:
    ROWS = list(csv.DictReader(handle))
STRONG = [row for row in ROWS if row["role"] in ROLES]


def words(text: str) -> list[str]:
    return [one.value for one in find_obligations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("各级政府应当公开", ["应当"]),
        ("政策相应当地情况", []),
        ("各级政府要带头", ["要"]),
        ("都要进行考试", ["要"]),
        ("要用法治思维", ["要"]),
        ("重要事项需要主要领导按要求明确要素，会议纪要、摘要、纲要，只要必要", []),
        ("不要搞形式", ["不要"]),
        ("不得以罚代管", ["不得"]),
        ("不得不停止", []),
        ("严禁下达指标，禁止收费", ["严禁", "禁止"]),
        ("禁止性规定", []),
        ("必须守法，必须品", ["必须"]),
        ("发布前须经审查，必须知道须知", ["须", "必须"]),
        ("均应进行评估", ["应"]),
        ("应急应对应用应诉，适应供应反应响应效应相应", []),
        ("做到应上尽上", []),
        ("不应当收费", ["不应"]),
        ("一律取消，千篇一律", ["一律"]),
        ("锚定“两个确保”，确保完成", ["确保"]),  # the quoted one is a name
        ("鼓励创新，设立鼓励奖", ["鼓励"]),
        ("提供政策支持，得到群众支持，加大支持力度", []),
        ("支持企业投资，鼓励和支持社会力量", ["支持", "鼓励", "支持"]),
        ("营造全社会关心、支持和参与的氛围", []),
        ("舆论引导，发挥引导作用，引导群众", ["引导"]),
        ("探索性改革，积极探索整合", ["探索"]),
        ("有条件的地方可以先行，可由部门决定，可靠可行，不可", ["可以", "可"]),
        ("大有可为，许可证", []),
        ("根据《关于鼓励支持发展的意见》", []),
    ],
)  # fmt: skip
def test_borders_of_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("row", STRONG, ids=lambda row: row["word"])
def test_every_word_of_the_list(row: dict[str, str]) -> None:
    after = row["only_before"].split("|")[0] or "做"
    found = find_obligations(f"机关{row['word']}{after}事")
    assert [(one.value, one.role) for one in found] == [(row["word"], row["role"])]
    assert row["source"] and row["gloss"]
    for before in filter(None, row["not_after"].split("|")):
        assert row["word"] not in words(f"。{before}{row['word']}{after}事"), before
    for behind in filter(None, row["not_before"].split("|")):
        assert row["word"] not in words(f"机关{row['word']}{behind}"), behind


def test_no_word_is_listed_twice() -> None:
    listed = [word for row in STRONG for word in row["word"].split("|")]
    assert len(listed) == len(set(listed))


@given(st.text(alphabet="应当须要不得重求支持政策一律“”《》。，\n 可以由", max_size=50))
@settings(max_examples=150, deadline=None)
def test_spans_are_the_words(text: str) -> None:
    end = 0
    for one in find_obligations(text):
        assert re.sub(r"\s", "", text[one.begin : one.end]) == one.value
        assert one.begin >= end
        end = one.end


def strength(text: str) -> str:
    clauses = pd.DataFrame({"doc_id": ["a"], "clause_id": ["a#1"], "text": [text], "begin": [0]})
    table = obligation_strength(clauses, mention_table("a", text, clauses, find_obligations(text)))
    assert table.shape == (1, 6)
    return str(table["strength"][0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("各部门应当公开，不得隐瞒。", "binding"),
        ("严禁收费。", "binding"),
        ("鼓励创新。", "soft"),
        ("各部门要公开，鼓励创新。", "mixed"),
        ("完善制度，加强监督。", "bare imperative"),
        ("目标。全面推行清单管理。", "bare imperative"),
        ("本方案所称机关，是指政府部门。", "descriptive"),
        ("总体要求", "heading"),
        ("满意度调查。", "heading"),
        ("加强组织领导", "heading"),
        ("", "heading"),
    ],
)
def test_strength_of_a_clause(text: str, expected: str) -> None:
    assert strength(text) == expected


def test_clauses_of_the_sample() -> None:
    corpus = fz.load_sample()
    clauses = corpus.clauses[corpus.clauses["doc_id"] == "shijiazhuang_city_2016"]
    text = corpus.documents.set_index("doc_id").loc["shijiazhuang_city_2016", "text"]
    found = find_obligations(text)
    mentions = mention_table("shijiazhuang_city_2016", text, clauses, found)
    table = obligation_strength(clauses, mentions)
    assert table["clause_id"].tolist() == clauses["clause_id"].tolist()
    counted = table[["n_binding", "n_prohibiting", "n_soft"]].to_numpy().sum()
    assert counted == mentions["clause_id"].notna().sum() > 60
    assert (table["strength"] == "descriptive").sum() <= 3


def test_missing_columns_are_named() -> None:
    with pytest.raises(ValueError, match="clause_id"):
        obligation_strength(pd.DataFrame({"doc_id": [], "text": []}), pd.DataFrame())


@pytest.mark.parametrize("unit", ["要", "应", "不", "《", "“", "支持", "一律", "应当"])
def test_repetition_costs_in_proportion(unit: str) -> None:
    short, long = (len(find_obligations(unit * n)) for n in (300, 3000))
    assert long <= 10 * short + 10

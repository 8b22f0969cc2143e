"""What was changed inside a shared passage, in words."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.features.tokens import Token
from fzanalytics.measures.reuse.changes import changed_words, passage_changes
from helpers import make_corpus

SOURCE = "到2017年底，各级政府应当建立重大行政决策公众参与机制，健全专家论证和风险评估制度。"


def changes(source, target):
    corpus = make_corpus({"a": source, "b": target})
    return passage_changes(fz.find_passages(corpus, min_chars=12), corpus)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("2017", "2018", ("replaced", "2017", "2018")),  # a deadline put off
        ("应当", "可以", ("replaced", "应当", "可以")),  # "shall" softened to "may"
        ("公众参与", "公众广泛参与", ("inserted", "", "广泛")),
        ("重大行政决策", "行政决策", ("dropped", "重大", "")),
    ],
)
def test_one_change_is_one_row(old, new, expected):
    found = changes("甲乙丙丁戊己庚辛" + SOURCE, SOURCE.replace(old, new))
    assert found[["change", "source_text", "target_text"]].values.tolist() == [list(expected)]


def test_places_lead_back_to_both_texts():
    target = "第三条　" + SOURCE.replace("应当", "必须").replace("专家", "专业人士")
    corpus = make_corpus({"a": SOURCE, "b": target})
    found = passage_changes(fz.find_passages(corpus, min_chars=12), corpus)
    assert len(found) == 2
    for row in found.itertuples():
        assert SOURCE[row.source_begin : row.source_end] == row.source_text
        assert target[row.target_begin : row.target_end] == row.target_text


@pytest.mark.parametrize(
    "target", [SOURCE, SOURCE.replace("，", ""), SOURCE.replace("2017", "２０１７"), SOURCE[:-1] + "（省法制办负责）"]
)
def test_punctuation_width_and_brackets_of_those_responsible_are_no_change(target):
    assert changes(SOURCE, target).empty


def test_no_passages_no_changes():
    found = changes("完全不同", "毫无关系")
    assert found.empty and list(found.columns)[:4] == ["passage", "source", "target", "change"]


def test_the_passage_is_named_by_its_index():
    corpus = make_corpus({"a": SOURCE, "b": SOURCE.replace("应当", "必须")})
    passages = fz.find_passages(corpus, min_chars=12).set_index(pd.Index([41]))
    assert passage_changes(passages, corpus)["passage"].tolist() == [41]


words = st.lists(st.sampled_from(["政府", "应当", "公开", "信息", "鼓励"]), max_size=12)


@given(words, words)
@settings(max_examples=80, deadline=None)
def test_the_changes_turn_one_side_into_the_other(left, right):
    source, target = ([Token(word, 0, 0) for word in side] for side in (left, right))
    rebuilt, done = [], 0
    for change, a, b in changed_words(source, target):
        assert (change == "dropped") == (b.start == b.stop) and (change == "inserted") == (a.start == a.stop)
        rebuilt += left[done : a.start] + right[b]
        done = a.stop
    assert rebuilt + left[done:] == right


def test_what_lacks_a_column_is_refused():
    with pytest.raises(ValueError, match="missing: target_end"):
        passage_changes(
            fz.find_passages(make_corpus({"a": "甲", "b": "乙"})).drop(columns="target_end"), make_corpus({"a": "甲"})
        )

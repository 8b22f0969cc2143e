"""What was changed inside a shared passage, in words."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.features.tokens import Token, tokenize
from fzanalytics.measures.inputs import compared_texts
from fzanalytics.measures.reuse.changes import _SPANS, Words, agree_on_words, changed_words, passage_changes
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
    source, target = Words(left, [0] * len(left)), Words(right, [0] * len(right))
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


def slow_words(text, begin, end):
    """The words of each sentence cut by itself, without those that carry no text."""
    narrow = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code).isalnum()}
    found = []
    for part in re.finditer(r"[^。；\n]+", text[begin:end]):
        at = begin + part.start()
        words = [token for token in tokenize(part.group().translate(narrow)) if any(map(str.isalnum, token.text))]
        found += [Token(word, at + first, at + last) for word, first, last in words]
    return found


def as_words(tokens):
    return Words([token.text for token in tokens], [token.begin for token in tokens])


def slow_cut(words, others):
    """Each word that the other side lacks, cut where a word of the other side ends or begins: one cut at a time."""
    waiting, cut = words[::-1], []
    while waiting:
        word = waiting.pop()
        sizes = range(len(word.text) - 1, 1, -1) if word.text not in others else ()
        ways = [size for size in sizes if word.text[:size] in others] + [
            len(word.text) - size for size in sizes if word.text[-size:] in others
        ]
        if ways:
            waiting.append(Token(word.text[ways[0] :], word.begin + ways[0], word.end))
            word = Token(word.text[: ways[0]], word.begin, word.begin + ways[0])
        cut.append(word)
    return cut


def test_stretches_cut_once_for_all_passages_are_sentences_cut_one_by_one(sample):
    passages = fz.find_passages(sample, min_chars=12)
    passages = passages.iloc[::7]
    texts, rows = compared_texts(sample), []
    for index, one in zip(passages.index, passages.itertuples(), strict=True):
        source = slow_words(texts[one.source], one.source_begin, one.source_end)
        target = slow_words(texts[one.target], one.target_begin, one.target_end)
        agreed = slow_cut(source, {word.text for word in target}), slow_cut(target, {word.text for word in source})
        assert agree_on_words(as_words(source), as_words(target)) == tuple(map(as_words, agreed))
        source, target = map(as_words, agreed)
        for change, left, right in changed_words(source, target):
            written = ["".join(side) for side in (source.texts[left], target.texts[right])]
            rows.append((index, change, *written))
    found = passage_changes(passages, sample)
    places = [("source", "source_begin", "source_end"), ("target", "target_begin", "target_end")]
    cut = [
        [
            "".join(word.text for word in slow_words(texts[doc], begin, end))
            for doc, begin, end in found[list(names)].values
        ]
        for names in places
    ]
    assert list(zip(found["passage"], found["change"], *cut, strict=True)) == rows and len(rows) > 20


def test_passages_that_begin_and_end_within_a_word_and_a_stretch():
    text = "各级政府应当在2017年底前依法公开Ａ级重大行政决策，听取公众意见"
    corpus = make_corpus({"a": text, "b": text.replace("重大", "一般").replace("2017", "2018")})
    for begin in range(0, 12):
        for end in range(begin + 4, len(text)):
            spans = pd.DataFrame([("a", "b", begin, end, begin, end)], columns=list(_SPANS))
            found = passage_changes(spans, corpus)
            source, target = (slow_words(one, begin, end) for one in corpus.documents["text"])
            rows = [
                (change, *source.place(a, end), *target.place(b, end))
                for source, target in [agree_on_words(as_words(source), as_words(target))]
                for change, a, b in changed_words(source, target)
            ]
            assert [*found[["change", *_SPANS[2:]]].itertuples(index=False, name=None)] == rows

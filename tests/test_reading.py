"""Two documents side by side."""

import re
from html.parser import HTMLParser

import pytest

import fzanalytics as fz
from fzanalytics.output.reading import show_passages
from helpers import make_corpus

TEXT = "各级政府应当建立重大行政决策公众参与机制，健全专家论证和风险评估制度。"
OTHER = TEXT.replace("应当", "<b>必须</b>")


def corpus():
    return make_corpus(
        {"b": "（一）前言。\n" + OTHER, "a": TEXT},
        documents={"a": {"earliest": "2015-01-01", "latest": "2015-01-01"}, "b": {"earliest": "2016-01-01"}},
    )


def test_source_and_target_follow_from_dates_whatever_the_order_of_the_names():
    for names in (("a", "b"), ("b", "a")):
        view = show_passages(corpus(), *names)
        assert (view.source, view.target, len(view.rows)) == ("a", "b", 1)


def test_the_pieces_are_the_text_and_the_changed_words_are_marked():
    view = show_passages(corpus(), "a", "b")
    row = view.rows.iloc[0]
    text = corpus().documents.set_index("doc_id")["text"]["b"]
    assert "".join(piece for piece, _ in row["target_pieces"]) == text[row["target_begin"] : row["target_end"]]
    assert [piece for piece, changed in row["source_pieces"] if changed] == ["应当"]
    assert row["target_clause"] == "（一）/2" and row["source_clause"] == "1"
    assert "【应当】" in str(view) and "\033[1;4m应当" in view.as_text(colour=True)


def test_the_html_is_whole_and_escapes_what_stands_in_the_texts():
    html = show_passages(corpus(), "a", "b")._repr_html_()
    assert "<b>" not in html and "&lt;" in html
    open_tags: list[str] = []

    class Check(HTMLParser):
        def handle_starttag(self, tag, attrs):
            open_tags.append(tag)

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    Check().feed(html)
    assert open_tags == []
    assert len(re.findall("<td", html)) == 2


def test_nothing_shared_is_said_and_not_an_error():
    view = show_passages(make_corpus({"a": "甲" * 30, "b": "乙" * 30}), "a", "b", language="zh")
    assert "没有相同段落" in view._repr_html_() and "没有相同段落" in str(view)


def test_passages_that_were_found_before_are_shown():
    passages = fz.find_passages(corpus())
    view = show_passages(corpus(), "a", "b", passages=passages)
    assert view.rows["passage"].tolist() == passages.index.tolist()
    with pytest.raises(ValueError, match="options of find_passages do nothing; got min_chars"):
        show_passages(corpus(), "a", "b", passages=passages, min_chars=12)


def test_faults_are_told():
    with pytest.raises(ValueError, match="`b` must be a document that is held; got 'c'"):
        show_passages(corpus(), "a", "c")
    with pytest.raises(ValueError, match="`language` must be 'en' or 'zh'"):
        show_passages(corpus(), "a", "b", language="de")

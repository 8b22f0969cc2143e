"""Fill-in-the-blank copies: names masked by class, found, counted and listed."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.features.masks import NAME_CLASSES, check_classes, class_spans
from fzanalytics.measures.reuse.blanks import passage_blanks
from fzanalytics.measures.reuse.letters import read_letters
from fzanalytics.measures.reuse.passages import find_passages
from helpers import make_corpus

# by {date}, {place} shall complete the reform; {agency} and {agency} report; {number} items are cut
FORM = "到{}，{}全面完成改革任务，由{}会同{}研究提出意见并按程序报批，取消下放审批事项{}项以上，切实方便群众办事创业。"
ONE = ("2017年6月", "河北省", "省财政厅", "省发展改革委", "25")
TWO = ("2018年", "甘肃省", "市财政局", "市住房和城乡建设局", "1,130")
KINDS = ("date", "place", "agency", "agency", "number")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到2017年底", [("2017年", "date")]),
        ("２０１７年１月２６日印发", [("２０１７年１月２６日", "date")]),
        ("二〇一七年六月三十日前", [("二〇一七年六月三十日", "date")]),
        ("每年3月份", [("3月份", "date")]),
        ("第三十八条、第12号", [("第三十八", "number"), ("第12", "number")]),
        ("三十个部门，25.5%，百分之九十", [("三十", "number"), ("25.5%", "number"), ("百分之九十", "number")]),
        ("统一思想，一律公开，千方百计，三公经费", []),  # 一, 千, 百, 三 in words
        ("河北省2017年", [("河北省", "place"), ("2017年", "date")]),
    ],
)
def test_class_spans(text, expected):
    assert [(text[begin:end], name) for begin, end, name in class_spans(text)] == expected


def test_classes_are_checked():
    assert check_classes(["date", "place"], name="mask") == ("place", "date")
    with pytest.raises(ValueError, match=r"`mask` must hold only 'place', 'agency', 'number', 'date'; got 'person'"):
        find_passages(make_corpus({"a": "文"}), mask=["person"])


@given(st.text("省市第一十百〇0２9年月日.,%河北个项局委厅、 ", max_size=60), st.sets(st.sampled_from(NAME_CLASSES)))
def test_spans_are_in_order_inside_and_of_the_classes_asked_for(text, classes):
    end = 0
    for begin, stop, name in class_spans(text, classes=classes):
        assert end <= begin < stop <= len(text) and name in classes
        end = stop


@pytest.mark.parametrize("unit", ["1", "一", "第", "2017年", "1,", "十日", "第一"])
def test_class_spans_take_linear_time(unit):
    class_spans("省")
    seconds = []
    for n in (4_000, 40_000):
        runs = []
        for _ in range(2):  # the lesser, since a collection of garbage may fall in one
            started = time.process_time()
            class_spans(unit * n, classes=["number", "date"])
            runs.append(time.process_time() - started)
        seconds.append(min(runs))
    assert seconds[1] < 60 * seconds[0] + 0.2  # a quadratic one takes a hundred times as long


def test_masked_letters_keep_their_places():
    read = read_letters("（甲县）A，乙县。", [(1, 3, 0), (6, 8, 0)])
    assert read.codes[[0, 2]].tolist() == [0x110000] * 2
    assert list(zip(read.begins.tolist(), read.ends.tolist(), strict=True)) == [(1, 3), (4, 5), (6, 8)]


@pytest.fixture
def form():
    rng = np.random.default_rng(0)
    own = ["".join(map(chr, rng.integers(0x4E00, 0x9F00, 50))) for _ in range(2)]
    return make_corpus({"a": own[0] + FORM.format(*ONE), "b": FORM.format(*TWO) + own[1]})


def test_a_filled_in_form_is_one_passage_with_its_blanks(form):
    (row,) = find_passages(form, mask=NAME_CLASSES).itertuples()
    texts = form.documents.set_index("doc_id")["text"]
    assert texts["a"][row.source_begin : row.source_end] == FORM.format(*ONE)[:-1]
    assert texts["b"][row.target_begin : row.target_end] == FORM.format(*TWO)[:-1]
    assert (row.identity, row.n_blanks, row.n_edits) == (1, 5, 0)
    blanks = passage_blanks(find_passages(form, mask=NAME_CLASSES), form)
    assert blanks["passage"].tolist() == [0] * 5
    expected = sorted(zip(KINDS, ONE, TWO, strict=True), key=lambda row: FORM.format(*ONE).find(row[1]))
    assert blanks[["kind", "source_text", "target_text"]].values.tolist() == [list(row) for row in expected]
    for blank in blanks.itertuples():
        assert texts["a"][blank.source_begin : blank.source_end] == blank.source_text
        assert texts["b"][blank.target_begin : blank.target_end] == blank.target_text


def test_without_a_mask_the_form_is_torn(form):
    table = find_passages(form)
    assert (table["n_blanks"] == 0).all() and (len(table) != 1 or table["n_edits"].min() > 2)


def test_only_the_classes_asked_for_are_masked(form):
    (row,) = find_passages(form, mask=["place", "date"], min_identity=0.5).itertuples()
    assert row.n_blanks == 2 and row.n_edits > 0
    blanks = passage_blanks(find_passages(form, mask=["place", "date"], min_identity=0.5), form, mask=["place", "date"])
    assert blanks["kind"].tolist() == ["date", "place"]


def test_a_class_matches_no_other_class():
    before, after = "各地各部门要认真贯彻落实", "关于全面推进依法行政工作的各项部署"
    corpus = make_corpus({"a": f"{before}河北省{after}", "b": f"{before}2017年{after}"})
    (row,) = find_passages(corpus, mask=NAME_CLASSES).itertuples()
    assert (row.n_blanks, row.n_edits) == (0, 1)


def test_the_same_names_are_no_blanks_whatever_their_width():
    texts = {"a": FORM.format(*ONE), "b": FORM.format("２０１７年 6月", *ONE[1:])}
    (row,) = find_passages(make_corpus(texts), mask=NAME_CLASSES).itertuples()
    assert (row.n_blanks, row.n_edits, row.identity) == (0, 0, 1)


@pytest.mark.parametrize(
    "text",
    ["以上意见如无不妥，请批转各地区、各部门贯彻执行", "由省财政厅会同省发展改革委、省司法厅于2017年6月30日前报河北省"],
)
def test_masking_loses_nothing_of_a_verbatim_copy(text):
    """A name that is the same on both sides counts in full, so a short passage that is full of them is long enough."""
    rng = np.random.default_rng(0)
    own = ["".join(map(chr, rng.integers(0x4E00, 0x9F00, 50))) for _ in range(2)]
    corpus = make_corpus({"a": f"{own[0]}。{text}", "b": f"{own[1]}。{text}"})
    (plain,) = find_passages(corpus).itertuples(index=False)
    (masked,) = find_passages(corpus, mask=NAME_CLASSES).itertuples(index=False)
    assert masked == plain and plain.n_chars > 20


def test_a_name_that_differs_counts_as_one_character():
    a, b = FORM.format(*ONE), FORM.format(ONE[0], "甘肃省", *ONE[2:])
    (same,) = find_passages(make_corpus({"a": a, "b": a}), mask=NAME_CLASSES).itertuples()
    (row,) = find_passages(make_corpus({"a": a, "b": b}), mask=NAME_CLASSES).itertuples()
    assert (row.n_blanks, row.identity, same.n_chars - row.n_chars) == (1, 1, len("河北省") - 1)
    lists = ["河北省、2017年、省财政厅、25.5%、第三、", "甘肃省、2018年、市公安局、13.1%、第四、"]
    assert len(find_passages(make_corpus({"a": lists[0] * 3, "b": lists[1] * 3}), mask=NAME_CLASSES)) == 0


def test_copies_that_differ_in_their_names_alone_are_each_compared():
    names = ["河北省", "河北省", "甘肃省"]
    texts = {f"d{at}": FORM.format("2017年", name, *ONE[2:]) for at, name in enumerate(names)}
    table = find_passages(make_corpus(texts), mask=NAME_CLASSES)
    assert table[["source", "target", "n_blanks"]].values.tolist() == [
        ["d0", "d1", 0],
        ["d0", "d2", 1],
        ["d1", "d2", 1],
    ]
    assert passage_blanks(table, make_corpus(texts))["passage"].tolist() == [1, 2]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_blanks_are_counted_as_they_are_listed(seed):
    rng = np.random.default_rng(seed)
    names = ["河北省", "甘肃省", "2017年", "2018年6月", "省财政厅", "25.5%", "第三"]
    words = ["全面推进依法行政", "加快建设法治政府", "切实维护公平正义", "健全完善工作机制", "，", "改革"]
    stock = [str(rng.choice(names if rng.random() < 0.3 else words)) for _ in range(30)]
    texts = {}
    for name in "abc":
        parts = [str(rng.choice(names)) if part in names and rng.random() < 0.5 else part for part in stock]
        begin = int(rng.integers(0, 15))
        texts[name] = "".join(parts[begin : begin + 15])
    corpus = make_corpus(texts)
    table = find_passages(corpus, mask=NAME_CLASSES, min_chars=12)
    blanks = passage_blanks(table, corpus)
    assert (
        np.bincount(blanks["passage"].to_numpy(dtype=int), minlength=len(table)).tolist() == table["n_blanks"].tolist()
    )
    assert (blanks["source_text"] != blanks["target_text"]).all()
    joined = blanks.merge(table, left_on="passage", right_index=True, suffixes=("", "_of"))
    assert (joined["source_begin"] >= joined["source_begin_of"]).all()
    assert (joined["target_end"] <= joined["target_end_of"]).all()


def test_no_passages_no_blanks_and_foreign_ones_are_refused(form):
    empty = passage_blanks(find_passages(form).iloc[:0], form)
    assert len(empty) == 0 and list(empty.columns)[:4] == ["passage", "source", "target", "kind"]
    table = pd.DataFrame([("a", "x", 0, 1, 0, 1)], columns=list(empty.columns[1:3]) + list(empty.columns[4:8]))
    with pytest.raises(
        ValueError, match=r"`passages` must be of documents that the corpus holds; got 1 of 1 that are not"
    ):
        passage_blanks(table, form)

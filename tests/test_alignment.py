"""The aligner against brute force, planted passages and hand-worked pairs."""

from __future__ import annotations

import difflib
import logging
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fzanalytics.measures.reuse import alignment
from fzanalytics.measures.reuse.alignment import align_pair
from fzanalytics.measures.reuse.reduced import common_runs, reduce_text, text_characters

SMALL = st.text(alphabet="ab", max_size=40) | st.text(alphabet="依法行政", max_size=40)
LOOSE = {"min_chars": 4, "seed_chars": 4, "max_gap": 4, "min_identity": 0.6}


def reduced(text: str) -> str:
    return "".join(map(chr, reduce_text(text)[0]))


def codes(text: str) -> np.ndarray:
    return np.array([ord(character) for character in text], dtype=np.int64)


def runs_by_hand(a: str, b: str, n: int) -> list[list[int]]:
    """Every maximal run of at least n equal characters, by looking at every pair of places."""
    runs = []
    for i in range(len(a)):
        for j in range(len(b)):
            if a[i] != b[j] or (i and j and a[i - 1] == b[j - 1]):
                continue
            length = 0
            while i + length < len(a) and j + length < len(b) and a[i + length] == b[j + length]:
                length += 1
            if length >= n:
                runs.append([i, j, length])
    return runs


def invented(n_chars: int, seed: int) -> str:
    """Text of rare characters in which no run of two or three repeats by chance."""
    rng = np.random.default_rng(seed)
    return "".join(map(chr, rng.integers(0x4E00 + 5000 * (seed % 4), 0x4E00 + 5000 * (seed % 4 + 1), n_chars)))


# --- reduction -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第 1 条，", "第1条"),
        ("（ＡＢｃ１）", "abc1"),
        ("①〔2015〕36号", "①201536号"),
        ("——“”《》…\n\t　", ""),
        ("", ""),
        ("𠀀。a", "𠀀a"),  # a Han character beyond the first plane is one character
    ],
)
def test_reduction_keeps_what_carries_text(text, expected):
    assert reduced(text) == expected


@given(st.text(max_size=60))
def test_reduction_places_lead_back(text):
    folded, places = reduce_text(text)
    assert np.flatnonzero(text_characters(text)).tolist() == places.tolist()
    assert len(folded) == len(places) == sum(character.isalnum() for character in text)
    for code, place in zip(folded, places, strict=True):
        assert chr(code) == text[place] or ord(text[place]) > 0xFF00 or text[place] in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


# --- exact runs against brute force ----------------------------------------------------------------------------


@settings(max_examples=300)
@given(SMALL, SMALL, st.integers(1, 6))
@example("", "ab", 2)
@example("a" * 12, "a" * 9, 3)
def test_common_runs_equal_brute_force(a, b, n):
    assert common_runs(codes(a), codes(b), n).tolist() == runs_by_hand(a, b, n)


@settings(max_examples=200)
@given(SMALL, SMALL, st.integers(1, 5))
def test_capped_runs_are_some_of_the_true_ones(a, b, n):
    true = runs_by_hand(a, b, n)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fzanalytics.measures.reuse.reduced.MAX_OCCURRENCES", 3)
        found = common_runs(codes(a), codes(b), n).tolist()
    assert all(run in true for run in found)
    assert len(found) == len({tuple(run) for run in found})
    if true:
        assert found  # in order, but not nothing


@given(SMALL)
def test_capped_runs_of_equal_texts_hold_the_whole_text(a):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fzanalytics.measures.reuse.reduced.MAX_OCCURRENCES", 1)
        found = common_runs(codes(a), codes(a), 2).tolist()
    assert [0, 0, len(a)] in found or len(a) < 2


def test_common_runs_hold_the_longest_of_difflib():
    a, b = "推进依法行政建设法治政府", "法治政府建设要推进依法行政"
    match = difflib.SequenceMatcher(None, a, b, autojunk=False).find_longest_match()
    assert [match.a, match.b, match.size] in common_runs(codes(a), codes(b), 3).tolist()


@given(st.lists(st.integers(0, 3), max_size=12), st.lists(st.integers(0, 3), max_size=12))
def test_common_subsequence_equals_the_table(a, b):
    table = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1, j + 1] = table[i, j] + 1 if x == y else max(table[i, j + 1], table[i + 1, j])
    assert alignment._common_subsequence(a, b) == table[-1, -1]


# --- hand-worked pairs -------------------------------------------------------------------------------------------


def test_identical_texts_are_one_passage():
    text = "全面推进依法行政，加快建设法治政府，维护社会公平正义。"  # advance law-based administration ...
    assert align_pair(text, text) == [(0, len(text) - 1, 0, len(text) - 1, 24, 1.0)]


def test_no_common_run_gives_nothing():
    assert align_pair(invented(500, 0), invented(500, 1)) == []
    assert align_pair("", "") == align_pair("依法行政" * 9, "") == []


def test_punctuation_spaces_width_and_case_do_not_hide_a_match():
    a = "力争到2017年年底，法治政府建设的制度机制基本健全；ＡＰＰ公开"  # by the end of 2017 ... basically sound
    b = "前言。力争到 2017 年年底法治政府建设的制度机制、基本健全 app公开。"
    (passage,) = align_pair(a, b)
    assert passage[:4] == (0, len(a), 3, len(b) - 1)
    assert passage.identity == 1 and passage.n_chars == len(reduced(a))


def test_identity_and_matched_characters_by_hand():
    """Ten characters, one of two replaced, ten characters: 20 runs + 1 in the gap, spans of 22 and 22."""
    a, b = (
        "甲乙丙丁戊己庚辛壬癸" + "左右" + "子丑寅卯辰巳午未申酉",
        "甲乙丙丁戊己庚辛壬癸" + "左上" + "子丑寅卯辰巳午未申酉",
    )
    (passage,) = align_pair(a, b)
    assert passage == (0, 22, 0, 22, 21, pytest.approx(42 / 44))


def test_insertion_and_deletion_stay_inside_a_passage():
    a = "进一步优化市县政府机构设置职能配置工作流程"  # further improve the set-up of government bodies ...
    b = a[:10] + "（含开发区）" + a[10:15] + a[17:]  # five characters inserted, two left out
    (passage,) = align_pair(a, b, min_chars=16)
    assert passage == (0, len(a), 0, len(b), len(a) - 2, pytest.approx(2 * 19 / (21 + 23)))


def test_a_gap_longer_than_max_gap_is_bridged_by_passages_alone():
    """21 and 40 characters put in between two passages in line; beyond twice max_gap, or off the line, they are two."""
    left, right = invented(60, 0), invented(60, 1)
    spans = lambda a, b, **options: [passage[:2] for passage in align_pair(a, b, **options)]  # noqa: E731
    for gap in (21, 40):
        assert spans(left + right, left + invented(gap, 2) + right) == [(0, 120)]
    assert spans(left + right, left + invented(41, 2) + right) == [(0, 60), (60, 120)]
    assert spans(left + right, left + invented(21, 2) + right, max_gap=10) == [(0, 60), (60, 120)]
    # A run of 19 after as long a gap is no passage of its own.
    assert spans(left + right[:19], left + invented(21, 2) + right[:19]) == [(0, 60)]
    # Both sides: up to max_gap on the one that lacks less.
    both = [invented(21, 2), invented(21, 3)]
    assert spans(left + both[0][:20] + right, left + both[1] + right) == [(0, 140)]
    assert spans(left + both[0] + right, left + both[1] + right) == [(0, 60), (81, 141)]


def test_passages_in_line_are_not_joined_into_one_of_too_low_an_identity():
    left, right = invented(30, 0), invented(30, 1)
    b = left + invented(40, 2) + right
    assert len(align_pair(left + right, b, min_identity=0.75)) == 1  # 120 of 160
    assert len(align_pair(left + right, b, min_identity=0.76)) == 2


def test_the_nearer_of_two_that_could_follow_is_joined():
    left, right = invented(60, 0), invented(60, 1)
    b = left + invented(22, 2) + right + invented(3, 3) + right
    found = [passage[:4] for passage in align_pair(left + invented(1, 6) + right, b)]
    assert found == [(0, 121, 0, 142), (61, 121, 145, 205)]


def test_a_chain_of_low_identity_is_cut_at_its_worst_gap():
    left, right = invented(30, 0), invented(30, 1)
    a, b = left + invented(18, 2) + right, left + invented(18, 3) + right
    assert len(align_pair(a, b, min_identity=60 / 78)) == 1
    assert [passage[4:] for passage in align_pair(a, b, min_identity=61 / 78)] == [(30, 1.0), (30, 1.0)]


@pytest.mark.parametrize(("gap", "end"), [(14, 44), (15, 30)])
def test_a_link_is_at_least_half_as_long_as_its_gap(gap, end):
    """Seven characters after a gap, and seven more behind them that bear them out; neither is a seed."""
    left, middle, right = invented(30, 0), invented(7, 1), invented(7, 3)
    a, b = left + middle + right, left + invented(gap, 2) + middle + "新" + right
    assert [passage.a_end for passage in align_pair(a, b)] == [end]


@pytest.mark.parametrize(("length", "end"), [(5, 30), (6, 36)])
def test_an_end_must_pay_for_its_gap(length, end):
    """Ten characters are put in; five equal ones after them, twice five, are no more than that."""
    left, right = invented(30, 0), invented(length, 1)
    a, b = left + right, left + invented(10, 2) + right
    assert [passage.a_end for passage in align_pair(a, b)] == [end]
    mirrored = align_pair(a[::-1], b[::-1])
    assert [len(a) - passage.a_begin for passage in mirrored] == [end]


def test_a_link_that_does_not_pay_is_kept_if_what_follows_does():
    left, middle, right = invented(30, 0), invented(5, 1), invented(12, 3)
    a, b = left + middle + right, left + invented(10, 2) + middle + "新" + right
    assert [passage.a_end for passage in align_pair(a, b)] == [47]
    assert [passage.a_end for passage in align_pair(a[:35], b[:45])] == [30]


def test_what_is_new_in_a_passage_must_be_long_enough_for_one():
    period = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
    assert len(align_pair(period * 3, period * 3 + period[:19])) == 1
    assert len(align_pair(period * 3, period * 3 + period[:20])) == 2


def test_a_phrase_beyond_the_end_does_not_tell_a_passage_twice():
    """The passage ends in a phrase that stands a little further on in one text as well."""
    phrase = "提高公共产品和服务的供给"  # the supply of public goods and services
    a = invented(100, 0) + phrase + invented(40, 1)
    b = invented(100, 0) + phrase + "新" + phrase + invented(40, 2)
    assert [passage[:4] for passage in align_pair(a, b)] == [(0, 112, 0, 112)]


def test_a_passage_inside_another_is_not_told():
    """The longest seed grows to one side only; a shorter one, later, into all of it."""
    kept = [alignment._Piece((5, 30), (5, 30), 25, 0), alignment._Piece((0, 40), (0, 45), 40, 5)]
    beside = alignment._Piece((5, 30), (50, 75), 25, 0)
    assert alignment._outermost([*kept, beside, kept[1], beside]) == [kept[1], beside]


def test_shorter_than_min_chars_is_left_out():
    common = invented(19, 0)
    a, b = common + invented(40, 1), invented(40, 2) + common
    assert align_pair(a, b) == []
    assert [passage.n_chars for passage in align_pair(a, b, min_chars=19)] == [19]


def test_reordered_passages_are_all_found():
    pieces = [invented(40, 0), invented(40, 1), invented(40, 2)]
    a, b = "".join(pieces), "".join(pieces[index] for index in (2, 0, 1))
    found = [passage[:4] for passage in align_pair(a, b)]
    assert found == [(0, 80, 40, 120), (80, 120, 0, 40)]


@pytest.mark.parametrize(("times_a", "times_b"), [(1, 3), (3, 1), (2, 3)])
def test_a_repeated_passage_is_found_at_every_place(times_a, times_b):
    piece = invented(40, 0)
    a = "".join(piece + invented(30, 1 + 4 * index) for index in range(times_a))
    b = "".join(piece + invented(30, 2 + 4 * index) for index in range(times_b))
    found = align_pair(a, b)
    assert {passage.a_begin for passage in found} == {70 * index for index in range(times_a)}
    assert {passage.b_begin for passage in found} == {70 * index for index in range(times_b)}
    assert all(passage.n_chars == 40 for passage in found)


# --- properties ----------------------------------------------------------------------------------------------------


@settings(max_examples=300)
@given(SMALL, SMALL)
def test_mirror_image(a, b):
    mirrored = sorted((p.b_begin, p.b_end, p.a_begin, p.a_end, *p[4:]) for p in align_pair(b, a, **LOOSE))
    assert [tuple(passage) for passage in align_pair(a, b, **LOOSE)] == mirrored


@settings(max_examples=300)
@given(SMALL, SMALL)
def test_every_passage_keeps_its_promises(a, b):
    for passage in align_pair(a, b, **LOOSE):
        span_a, span_b = a[passage.a_begin : passage.a_end], b[passage.b_begin : passage.b_end]
        assert passage.n_chars >= 4 and 0.6 <= passage.identity <= 1
        assert passage.identity == 2 * passage.n_chars / (len(span_a) + len(span_b))
        assert passage.n_chars <= longest_common_subsequence(span_a, span_b)
        assert (passage.identity == 1) == (span_a == span_b)
        assert runs_by_hand(span_a, span_b, 4)


@settings(max_examples=200)
@given(SMALL, SMALL)
def test_every_seed_long_enough_lies_in_a_passage_or_was_passed_over(a, b):
    """Nothing that is an unbroken run of min_chars may be lost: but for min_chars - 1, both sides cover it."""
    passages = align_pair(a, b, **LOOSE)
    seen_a = {place for passage in passages for place in range(passage.a_begin, passage.a_end)}
    seen_b = {place for passage in passages for place in range(passage.b_begin, passage.b_end)}
    for begin_a, begin_b, n in runs_by_hand(a, b, 4):
        assert len(set(range(begin_a, begin_a + n)) - seen_a) < 4
        assert len(set(range(begin_b, begin_b + n)) - seen_b) < 4


def longest_common_subsequence(a: str, b: str) -> int:
    row = [0] * (len(b) + 1)
    for x in a:
        above = row[:]
        for j, y in enumerate(b):
            row[j + 1] = above[j] + 1 if x == y else max(above[j + 1], row[j])
    return row[-1]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(20, 200), st.integers(0, 3))
def test_planted_passages_are_recovered(seed, length, edits):
    """A stretch of one text, at least 20 characters between its edits, is planted elsewhere in another."""
    rng = np.random.default_rng(seed)
    a, b = invented(600, 0), invented(600, 1)
    edits = min(edits, length // 40)
    begin, at = int(rng.integers(0, 600 - length)), int(rng.integers(0, 600))
    piece = list(a[begin : begin + length])
    for index in range(edits):
        piece[(index + 1) * length // (edits + 1)] = "★新"[index % 2]
    b = b[:at] + "".join(piece) + b[at:]
    (passage,) = align_pair(a, b)
    assert passage[:2] == (begin, begin + length)
    assert passage[2:4] == (at, at + length)
    assert passage.n_chars == length - edits


# --- options, bounds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_chars": 5}, "`min_chars` must be at least `seed_chars` \\(8\\); got 5"),
        ({"seed_chars": 3}, "`seed_chars` must be at least 4; got 3"),
        ({"min_identity": 0.0}, "`min_identity` must be above 0 and at most 1; got 0.0"),
        ({"min_identity": 1.1}, "`min_identity` must be above 0"),
        ({"max_gap": -1}, "`max_gap` must be at least 0; got -1"),
    ],
)
def test_options_out_of_range(options, message):
    with pytest.raises(ValueError, match=message):
        align_pair("依法行政", "依法行政", **options)


def test_a_phrase_thousands_of_times_is_bounded_and_told(caplog):
    phrase = "加强党的领导推进依法行政建设法治政府维护公平。"  # slogans run together
    started = time.perf_counter()
    with caplog.at_level(logging.WARNING):
        passages = align_pair(phrase * 10_000, phrase * 9_000)
        assert align_pair(phrase * 5_000, phrase * 5_000)[0].identity == 1
    assert time.perf_counter() - started < 5
    assert passages[0].n_chars == 9_000 * 22
    assert "22 of 22 shared character sequences occur too often" in caplog.text


def test_a_million_characters_against_a_plan():
    rng = np.random.default_rng(0)
    words = rng.integers(0x4E00, 0x4E00 + 800, 1_000_000)
    plan = words[400_000:415_000].copy()
    plan[::50] = 0x9FA0
    started = time.perf_counter()
    passages = align_pair("".join(map(chr, words)), "".join(map(chr, plan)))
    assert time.perf_counter() - started < 8
    assert [(p.a_begin, p.a_end, p.n_chars) for p in passages] == [(400_001, 415_000, 14_700)]

"""The baselines: each must find what it can find, so that a comparison with them is fair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.evaluation.baselines import (
    BASELINES,
    _local_alignment,
    containment_passages,
    difflib_passages,
    smith_waterman_passages,
    tfidf_passages,
)
from fzanalytics.evaluation.equal import SPANS

# Gloss: "All levels of government shall publish major administrative decisions by law and hear the opinions of the public."
SHARED = "各级政府应当依法公开重大行政决策，广泛听取社会公众意见"
TEXTS = {
    "a": f"总则先行。{SHARED}。附则另行规定，自公布之日起施行。",
    "b": f"粮食生产获得丰收。城乡道路更加通畅。{SHARED}！",
    "c": "教育事业蓬勃发展。卫生服务能力持续增强，居民健康水平提高。",
}
PAIRS = [("a", "b"), ("a", "c")]


@pytest.mark.parametrize("name", BASELINES)
def test_each_finds_a_copied_sentence_and_claims_nothing_else(name):
    found = BASELINES[name](TEXTS, PAIRS)
    assert found.columns.tolist() == [*SPANS, "n_chars", "identity"]
    begin, at = TEXTS["a"].index(SHARED), TEXTS["b"].index(SHARED)
    expected = ["a", "b", begin, begin + len(SHARED), at, at + len(SHARED)]
    assert found[list(SPANS)].values.tolist() == [expected]
    assert found["identity"].tolist() == pytest.approx([1])


@pytest.mark.parametrize("name", BASELINES)
def test_nothing_to_find(name):
    for texts in ({"a": "", "b": "依法行政。"}, {"a": "。，", "b": ""}):
        assert BASELINES[name](texts, [("a", "b")]).empty
    assert BASELINES[name](TEXTS, []).empty


@pytest.mark.parametrize("name", BASELINES)
def test_the_same_for_every_order_of_pairs(name):
    texts = TEXTS | {"d": TEXTS["b"]}
    pairs = [("a", "b"), ("a", "d"), ("b", "d")]
    one, other = BASELINES[name](texts, pairs), BASELINES[name](dict(reversed(texts.items())), pairs[::-1])
    assert one[list(SPANS)].values.tolist() == other[list(SPANS)].values.tolist()
    assert len(one) >= 3


def test_difflib_finds_the_longer_of_two_moved_stretches_only():
    first, second = "甲乙丙丁戊己庚辛壬癸子丑", "天地玄黄宇宙洪荒日月盈昃辰宿列张"
    found = difflib_passages({"a": first + second, "b": second + first}, [("a", "b")], min_chars=10)
    assert found["n_chars"].tolist() == [len(second)]


def test_a_sentence_with_a_word_changed_is_found_by_words_not_by_blocks():
    changed = SHARED.replace("公开", "公布")
    texts = {"a": f"{SHARED}。", "b": f"{changed}。"}
    assert difflib_passages(texts, [("a", "b")]).empty
    for find in (tfidf_passages, containment_passages, smith_waterman_passages):
        assert find(texts, [("a", "b")])["source_end"].tolist() == [len(SHARED)]


@pytest.mark.parametrize("find", [tfidf_passages, containment_passages])
def test_sentences_that_follow_one_another_in_both_texts_are_one_passage(find):
    other = "统筹推进城乡义务教育一体化改革发展"
    third = "健全农产品质量安全监督管理制度"
    texts = {"a": f"{SHARED}。{other}。{third}。", "b": f"{third}。{SHARED}。{other}。"}
    found = find(texts, [("a", "b")])
    n = len(f"{SHARED}。{other}")
    assert found[list(SPANS[2:])].values.tolist() == [
        [0, n, len(third) + 1, len(third) + 1 + n],
        [n + 1, n + 1 + len(third), 0, len(third)],
    ]
    assert found["identity"].tolist() == pytest.approx([1, 1])


def test_thresholds_hold():
    texts = {"a": f"{SHARED}。", "b": f"{SHARED[:12]}，各地自行安排经费和人员编制。"}
    value = tfidf_passages(texts, [("a", "b")], min_similarity=0.01)["identity"].iloc[0]
    assert 0.01 < value < 1
    assert len(tfidf_passages(texts, [("a", "b")], min_similarity=value - 1e-6)) == 1
    assert tfidf_passages(texts, [("a", "b")], min_similarity=value + 1e-6).empty
    share = containment_passages(texts, [("a", "b")], min_containment=0.01)["identity"].iloc[0]
    # 12 shared characters hold 8 of the 5-grams; the shorter sentence has 25 characters, so 21
    assert share == pytest.approx(8 / 21)
    assert containment_passages(texts, [("a", "b")], min_containment=share + 1e-6).empty


def test_smith_waterman_gives_one_alignment_and_more_if_asked():
    gap = "甲、" * 40
    texts = {"a": f"{SHARED}。{gap}。{TEXTS['c']}", "b": f"{TEXTS['c']}{SHARED}。"}
    one = smith_waterman_passages(texts, [("a", "b")])
    both = smith_waterman_passages(texts, [("a", "b")], most=5)
    assert len(one) == 1
    assert len(both) == 2
    assert {tuple(row) for row in one.values.tolist()} < {tuple(row) for row in both.values.tolist()}


def best_score(a, b, match, mismatch, gap):
    """Smith-Waterman cell by cell."""
    table = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            pair = table[i - 1, j - 1] + (match if a[i - 1] == b[j - 1] else mismatch)
            table[i, j] = max(0, pair, table[i - 1, j] + gap, table[i, j - 1] + gap)
    return int(table.max())


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 3), max_size=12), st.lists(st.integers(0, 3), max_size=12))
def test_the_row_wise_alignment_has_the_score_of_the_cell_by_cell_one(a, b):
    path = _local_alignment(np.array(a, dtype=np.int64), np.array(b, dtype=np.int64), 3, -2, -3)
    total = sum(-3 if i < 0 or j < 0 else 3 if a[i] == b[j] else -2 for i, j in path)
    assert total == best_score(a, b, 3, -2, -3)
    for side in (0, 1):
        places = [step[side] for step in path if step[side] >= 0]
        assert places == list(range(places[0], places[-1] + 1)) if places else not path

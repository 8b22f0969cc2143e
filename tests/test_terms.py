"""Term discovery: by hand, against a slow oracle, planted terms found, nothing added by itself."""

from __future__ import annotations

import math
import random
import re
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.features.terms import COLUMNS, discover_terms
from fzanalytics.features.tokens import PolicyAnalyzer

EVERYTHING = {"min_cohesion": -99.0, "min_entropy": 0.0, "include_known": True}


def slow_terms(texts: list[str], min_count: int, max_chars: int) -> dict[str, tuple[float, ...]]:
    """The definitions, word for word."""
    grams: Counter[str] = Counter()
    documents: dict[str, set[int]] = {}
    beside: dict[str, tuple[list[str], list[str]]] = {}
    breaks = 0
    for number, text in enumerate(texts):
        for run in re.finditer("[\u4e00-\u9fd5]+", text):
            for begin in range(run.start(), run.end()):
                for end in range(begin + 1, min(begin + max_chars, run.end()) + 1):
                    gram = text[begin:end]
                    grams[gram] += 1
                    documents.setdefault(gram, set()).add(number)
                    sides = beside.setdefault(gram, ([], []))
                    for side, inside, at in ((0, begin > run.start(), begin - 1), (1, end < run.end(), end)):
                        breaks += 1
                        sides[side].append(text[at] if inside else f"break {breaks}")
    n_positions = sum(n for gram, n in grams.items() if len(gram) == 1)

    def entropy(symbols: list[str]) -> float:
        return -sum(n / len(symbols) * math.log2(n / len(symbols)) for n in Counter(symbols).values())

    return {
        gram: (
            n,
            len(documents[gram]),
            min(math.log2(n * n_positions / (grams[gram[:k]] * grams[gram[k:]])) for k in range(1, len(gram))),
            entropy(beside[gram][0]),
            entropy(beside[gram][1]),
        )
        for gram, n in grams.items()
        if n >= min_count and len(gram) > 1
    }


# No character of grammar among these, so that the two list the same.
@given(texts=st.lists(st.text(st.sampled_from("甲乙丙丁，A\n"), max_size=40), min_size=1, max_size=4))
@settings(max_examples=120, deadline=None)
def test_fast_equals_slow(texts: list[str]) -> None:
    found = discover_terms(texts, min_count=2, max_chars=5, **EVERYTHING)  # type: ignore[arg-type]
    expected = slow_terms(texts, 2, 5)
    assert set(found["term"]) == set(expected)
    for row in found.itertuples(index=False):
        assert list(row[1:6]) == pytest.approx(list(expected[row[0]]), abs=1e-9)


def test_by_hand() -> None:
    # 甲乙 three times among 9 characters: log2(3 * 9 / (3 * 3)); before it a break twice and 丙, behind it 丙, 丁, break.
    found = discover_terms(["甲乙丙。丙甲乙丁", "甲乙"], min_count=3, **EVERYTHING)  # type: ignore[arg-type]
    assert list(found.columns) == list(COLUMNS)
    assert found["term"].tolist() == ["甲乙"]
    row = found.iloc[0]
    assert (row["count"], row["n_documents"]) == (3, 2)
    assert row["cohesion"] == pytest.approx(math.log2(3))
    assert row["entropy_left"] == row["entropy_right"] == pytest.approx(math.log2(3))


def test_a_planted_term_is_found_whole_and_its_parts_are_not() -> None:
    rng = random.Random(1)
    ground = "推进改革落实责任完善制度加强监督健全机制规范程序提高能力强化保障依法办理公开透明"
    texts = ["".join(rng.choice(ground) if rng.random() < 0.95 else "罴鼋獬豸" for _ in range(400)) for _ in range(4)]
    found = discover_terms(texts, min_count=8)
    assert found["term"].iloc[0] == "罴鼋獬豸"
    assert not {"罴鼋", "鼋獬", "獬豸", "罴鼋獬", "鼋獬豸"} & set(found["term"])
    assert not found["known"].any()


def test_chance_alone_offers_nothing() -> None:
    rng = random.Random(2)
    ground = [chr(0x4E00 + 7 * n) for n in range(40)]
    text = "".join(rng.choice(ground) for _ in range(20_000))
    assert discover_terms([text], include_known=True).empty


def test_known_terms_are_marked_or_left_out() -> None:
    texts = ["建设法治政府，局队合一改革", "推进法治政府，实行局队合一", "法治政府建设，局队合一后"] * 2
    options = {"min_count": 5, "min_cohesion": 1.0, "min_entropy": 0.5}
    everything = discover_terms(texts, include_known=True, **options).set_index("term")["known"]  # type: ignore[arg-type]
    assert everything["法治政府"] and not everything["局队合一"]
    assert "法治政府" not in set(discover_terms(texts, **options)["term"])  # type: ignore[arg-type]
    assert "局队合一" not in set(discover_terms(texts, words=["局队合一"], **options)["term"])  # type: ignore[arg-type]


def test_terms_are_offered_and_not_added() -> None:
    sample = fz.load_sample()
    before = PolicyAnalyzer()(sample.held["text"].iloc[0])
    found = discover_terms(sample, min_documents=2)
    assert PolicyAnalyzer()(sample.held["text"].iloc[0]) == before
    assert len(found) > 50 and (found["n_documents"] >= 2).all() and not found["known"].any()
    assert (found["cohesion"] >= 4).all() and (found[["entropy_left", "entropy_right"]].min(axis=1) >= 1).all()
    # units and enterprises; typical cases
    assert {"企事业单位", "典型案例"} <= set(found["term"])
    chosen = PolicyAnalyzer(words=["典型案例"])
    assert "典型案例" in chosen("公布典型案例")


def test_order_of_texts_does_not_matter_and_no_term_begins_with_grammar() -> None:
    texts = fz.load_sample().held["text"].tolist()
    found = discover_terms(texts, min_count=8)
    pd.testing.assert_frame_equal(found, discover_terms(texts[::-1], min_count=8))
    assert not found["term"].str.match("[的和与不]").any() and not found["term"].str.contains("[的和与不]$").any()


@pytest.mark.parametrize(
    ("corpus", "options", "message"),
    [
        ("一个", {}, "`corpus` must be a Corpus or several texts; got one str"),
        ([], {}, "`corpus` must hold at least one text"),
        (["甲", None], {}, "`corpus` must hold at least one text, each a str"),
        (["甲"], {"min_count": 1}, "`min_count` must be at least 2"),
        (["甲"], {"min_chars": 5, "max_chars": 4}, "`min_chars` and `max_chars` must be in order"),
    ],
)
def test_bad_input_is_one_sentence(corpus: object, options: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        discover_terms(corpus, **options)  # type: ignore[arg-type]


def test_texts_without_chinese_give_an_empty_table() -> None:
    found = discover_terms(["", "abc 123", "\n"])
    assert found.empty and list(found.columns) == list(COLUMNS)

"""Scores of found passages, worked out by hand from the formulas of Potthast et al. (2010)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.evaluation.claims import false_claims, genre_texts, shuffled_texts
from fzanalytics.evaluation.equal import SPANS, equal_runs
from fzanalytics.evaluation.plant import plant_passages
from fzanalytics.evaluation.score import score_passages

Span = tuple[str, str, int, int, int, int]


def letters(n: int, first: int) -> str:
    return "".join(map(chr, range(first, first + n)))


TEXTS = {"a": letters(200, 0x4E00), "b": letters(200, 0x5E00), "c": letters(200, 0x6E00)}
DOCUMENTS = pd.DataFrame({"doc_id": list(TEXTS), "text": list(TEXTS.values()), "role": ["source", "host", "host"]})


def spans(*rows: Span) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(SPANS))


def cases(*rows: tuple[str, Span]) -> pd.DataFrame:
    return spans(*(row for _, row in rows)).assign(kind=[kind for kind, _ in rows])


def score(found: pd.DataFrame, truth: pd.DataFrame, **options) -> pd.DataFrame:
    documents = options.pop("documents", DOCUMENTS)
    return score_passages(found, truth, documents=documents, **options).set_index("kind")


# --- by hand ---------------------------------------------------------------------------------------------------

# Two cases. s1: 10 + 10 characters, found by r1 (first 6 of both sides, and 2 before on either side) and by r2 (the last 3);
# s2: 20 + 20, not found. r3: 10 + 10 characters of nothing.
S1, S2 = ("a", "b", 10, 20, 50, 60), ("a", "c", 30, 50, 100, 120)
R1, R2, R3 = ("a", "b", 8, 16, 48, 56), ("a", "b", 17, 20, 57, 60), ("a", "c", 100, 110, 10, 20)
TRUTH = cases(("verbatim", S1), ("masked", S2))
FOUND = spans(R1, R2, R3)


def test_macro_averages_by_hand():
    row = score(FOUND, TRUTH).loc["all"]
    # r1: 12 of its 16 characters are right, r2: 6 of 6, r3: 0 of 20
    assert row["precision"] == pytest.approx((12 / 16 + 1 + 0) / 3)
    # s1: 6 + 3 of 10 on both sides, s2: none
    assert row["recall"] == pytest.approx((18 / 20 + 0) / 2)
    assert row["granularity"] == 2  # the one case that is detected is detected twice
    f1 = 2 * (7 / 12) * 0.45 / (7 / 12 + 0.45)
    assert row["f1"] == pytest.approx(f1)
    assert row["plagdet"] == pytest.approx(f1 / math.log2(3))
    assert row[["n_truth", "n_detected", "n_found", "n_false"]].tolist() == [2, 1, 3, 1]


def test_micro_averages_by_hand():
    row = score(FOUND, TRUTH, average="micro").loc["all"]
    assert row["precision"] == pytest.approx((12 + 6) / (16 + 6 + 20))
    assert row["recall"] == pytest.approx(18 / (20 + 40))


def test_a_kind_bears_its_share_of_the_false_claims():
    table = score(FOUND, TRUTH)
    # r3 detects nothing; half of the cases are verbatim, so half of it counts there
    assert table.loc["verbatim", "precision"] == pytest.approx((12 / 16 + 1) / 2.5)
    assert table.loc["verbatim", "recall"] == pytest.approx(0.9)
    assert table.loc["masked", "precision"] == 0
    assert table.loc["masked", ["recall", "f1", "plagdet"]].tolist() == [0, 0, 0]
    assert math.isnan(table.loc["masked", "granularity"])


def test_distances_of_begins_and_ends_are_those_of_the_best_detection():
    row = score(FOUND, TRUTH).loc["all"]
    assert row[["begin_error_median", "begin_error_mean"]].tolist() == [2, 2]
    assert row[["end_error_median", "end_error_mean"]].tolist() == [4, 4]


def test_a_perfect_finding():
    row = score(TRUTH, TRUTH).loc["all"]
    assert row[["precision", "recall", "f1", "granularity", "plagdet"]].tolist() == [1, 1, 1, 1, 1]
    assert row[["begin_error_mean", "end_error_mean"]].tolist() == [0, 0]


def test_nothing_found():
    row = score(spans(), TRUTH).loc["all"]
    assert row[["recall", "f1", "plagdet"]].tolist() == [0, 0, 0]
    assert math.isnan(row["precision"])
    assert math.isnan(row["granularity"])


def test_overlap_on_one_side_only_detects_nothing():
    row = score(spans(("a", "b", 10, 20, 100, 110)), TRUTH).loc["all"]
    assert row[["n_detected", "n_false", "precision"]].tolist() == [0, 1, 0]


def test_a_detection_of_two_cases_gets_the_characters_of_both():
    truth = cases(("verbatim", ("a", "b", 0, 10, 0, 10)), ("verbatim", ("a", "b", 20, 30, 20, 30)))
    row = score(spans(("a", "b", 0, 30, 0, 30)), truth).loc["all"]
    assert row["precision"] == pytest.approx(40 / 60)
    assert row[["recall", "granularity"]].tolist() == [1, 1]


def test_direction_makes_no_difference():
    turned = spans(*((t, s, c, d, a, b) for s, t, a, b, c, d in FOUND.itertuples(index=False)))
    pd.testing.assert_frame_equal(score(turned, TRUTH), score(FOUND, TRUTH))


def test_passages_among_sources_or_among_hosts_are_not_judged():
    among = spans(R1, R2, R3, ("b", "c", 0, 50, 0, 50))
    pd.testing.assert_frame_equal(score(among, TRUTH), score(FOUND, TRUTH))
    assert score(among, TRUTH, documents=DOCUMENTS.drop(columns="role")).loc["all", "n_false"] == 2


def test_punctuation_at_the_ends_counts_for_nothing():
    texts = {"a": "，" + TEXTS["a"][:10] + "。\n", "b": "、、" + TEXTS["a"][:10] + "！"}
    documents = pd.DataFrame({"doc_id": ["a", "b"], "text": list(texts.values())})
    truth = cases(("verbatim", ("a", "b", 1, 11, 2, 12)))
    row = score(spans(("a", "b", 0, 13, 0, 13)), truth, documents=documents).loc["all"]
    assert row[["precision", "recall", "begin_error_mean", "end_error_mean"]].tolist() == [1, 1, 0, 0]


# --- neither right nor wrong ------------------------------------------------------------------------------------


def test_a_natural_detection_is_left_out():
    natural = spans(("a", "c", 101, 109, 11, 19))
    row = score(FOUND, TRUTH, natural=natural).loc["all"]
    assert row[["n_found", "n_false", "n_left_out"]].tolist() == [2, 0, 1]
    assert row["precision"] == pytest.approx((12 / 16 + 1) / 2)


def test_a_detection_that_is_natural_in_its_smaller_part_stays_without_that_part():
    natural = spans(("a", "c", 100, 104, 10, 14))
    assert score(FOUND, TRUTH, natural=natural).loc["all", "n_false"] == 1
    row = score(FOUND, TRUTH, natural=natural, average="micro").loc["all"]
    assert row["precision"] == pytest.approx(18 / (16 + 6 + 12))


def test_natural_text_beside_a_case_is_taken_out_of_its_detection():
    natural = spans(("a", "b", 8, 10, 48, 50))
    row = score(spans(R1), cases(("verbatim", S1)), natural=natural).loc["all"]
    assert row["precision"] == 1


def test_natural_text_of_another_place_excuses_nothing():
    natural = spans(("a", "c", 101, 109, 150, 158))
    assert score(FOUND, TRUTH, natural=natural).loc["all", "n_false"] == 1


def test_an_echo_is_left_out_and_a_claim_on_unlike_text_is_not():
    # the source says at 100 again what it says at 10; the host has it once, planted
    text = TEXTS["a"][:100] + TEXTS["a"][10:30] + TEXTS["a"][120:]
    documents = pd.DataFrame({"doc_id": ["a", "b"], "text": [text, TEXTS["b"][:50] + TEXTS["a"][10:30]]})
    truth = cases(("verbatim", ("a", "b", 10, 30, 50, 70)))
    echo, unlike = ("a", "b", 100, 120, 50, 70), ("a", "b", 140, 160, 50, 70)
    found = spans(("a", "b", 10, 30, 50, 70), echo, unlike)
    row = score(found, truth, documents=documents).loc["all"]
    assert row[["n_found", "n_false", "n_left_out"]].tolist() == [2, 1, 1]
    elsewhere = ("a", "b", 100, 120, 0, 20)
    assert score(spans(elsewhere), truth, documents=documents).loc["all", "n_left_out"] == 0


# --- bounds ----------------------------------------------------------------------------------------------------

span = st.tuples(st.integers(0, 150), st.integers(1, 49), st.integers(0, 150), st.integers(1, 49))
passage = st.tuples(st.sampled_from("bc"), span).map(
    lambda p: ("a", p[0], p[1][0], p[1][0] + p[1][1], p[1][2], p[1][2] + p[1][3])
)


def plain_sets(row: Span) -> set[tuple[str, str, int]]:
    source, target, a, a_end, b, b_end = row
    return {(source + target, "s", i) for i in range(a, a_end)} | {(source + target, "t", i) for i in range(b, b_end)}


def plain_scores(found: list[Span], truth: list[Span]) -> tuple[float, float, float]:
    """Precision, recall, granularity with sets of characters, letter by letter as in the paper."""

    def detects(r: Span, s: Span) -> bool:
        shared = plain_sets(r) & plain_sets(s)
        return {side for _, side, _ in shared} == {"s", "t"}

    precision = np.mean([
        len(set().union(*(plain_sets(r) & plain_sets(s) for s in truth if detects(r, s)))) / len(plain_sets(r))
        for r in found
    ])  # fmt: skip
    recall = np.mean([
        len(set().union(*(plain_sets(r) & plain_sets(s) for r in found if detects(r, s)))) / len(plain_sets(s))
        for s in truth
    ])  # fmt: skip
    numbers = [sum(detects(r, s) for r in found) for s in truth]
    detected = [n for n in numbers if n]
    return float(precision), float(recall), float(np.mean(detected)) if detected else math.nan


@settings(max_examples=60, deadline=None)
@given(st.lists(passage, min_size=1, max_size=6), st.lists(passage, min_size=1, max_size=6))
def test_scores_agree_with_sets_of_characters(found, truth):
    row = score(spans(*found), cases(*(("verbatim", case) for case in truth))).loc["all"]
    if row["n_left_out"]:  # texts differ in every character, so nothing can be an echo
        raise AssertionError
    expected = plain_scores(found, truth)
    assert row[["precision", "recall", "granularity"]].astype(float).tolist() == pytest.approx(expected, nan_ok=True)
    assert 0 <= row["plagdet"] <= row["f1"] <= 1


@settings(max_examples=30, deadline=None)
@given(st.lists(passage, min_size=1, max_size=6), st.lists(passage, min_size=1, max_size=6))
def test_micro_averages_agree_with_sets_of_characters(found, truth):
    row = score(spans(*found), cases(*(("verbatim", case) for case in truth)), average="micro").loc["all"]
    right, claimed = set(), set().union(*map(plain_sets, found))
    for r in found:
        for s in truth:
            shared = plain_sets(r) & plain_sets(s)
            if {side for _, side, _ in shared} == {"s", "t"}:
                right |= shared
    assert row["precision"] == pytest.approx(len(right) / len(claimed))
    assert row["recall"] == pytest.approx(len(right) / len(set().union(*map(plain_sets, truth))))


def test_planted_truth_scored_against_itself_is_perfect():
    source = {"s": "".join(letters(30, 0x4E00 + 40 * i) + "。" for i in range(40))}
    host = {"h": "".join(letters(30, 0x7E00 + 40 * i) + "。" for i in range(30))}
    planted = plant_passages(source, host, kinds=["verbatim", "reordered"], n_passages=6, lengths=(20, 200))
    table = score(planted.truth, planted.truth, documents=planted.documents, natural=planted.natural)
    assert (table[["precision", "recall", "plagdet"]] == 1).all(axis=None)


# --- false claims -----------------------------------------------------------------------------------------------


def test_false_claims_by_hand():
    same = letters(25, 0x9000)
    texts = {"a": TEXTS["a"][:50] + same, "b": TEXTS["b"][:50] + same, "c": TEXTS["c"][:50] + "，，，"}
    # of the 30 characters on either side, the last 25 are equal
    found = spans(("a", "b", 45, 75, 45, 75), ("b", "a", 0, 10, 0, 10), ("c", "a", 0, 5, 0, 5))
    table = false_claims(found, texts).set_index(["a", "b"])
    assert table.loc[("a", "b")].tolist() == [150, 80, 50, 30, 200]
    assert table.loc[("a", "c")].tolist() == [125, 10, 0, 10, 80]
    assert table.loc[("b", "c"), "n_claimed"] == 0
    only = false_claims(found, pd.DataFrame({"doc_id": list(texts), "text": list(texts.values())}), pairs=[("c", "a")])
    assert only[["a", "b", "n_false"]].values.tolist() == [["a", "c", 10]]
    assert false_claims(found, texts, equal_chars=26).loc[0, "n_equal"] == 0


def test_a_character_that_is_claimed_twice_counts_once():
    table = false_claims(spans(("a", "b", 0, 10, 0, 10), ("a", "b", 5, 12, 5, 12)), TEXTS)
    assert table.loc[0, "n_claimed"] == 24


def test_genre_texts_have_no_run_in_common_and_lose_no_other_sentence():
    own = {doc_id: ["".join(text[i : i + 20]) + "。" for i in range(0, 100, 20)] for doc_id, text in TEXTS.items()}
    shared = letters(13, 0x9000) + "。"
    texts = {
        doc_id: "".join([*lines[:2], shared if doc_id != "c" else "", *lines[2:]]) for doc_id, lines in own.items()
    }
    kept = genre_texts(texts, n_chars=12)
    assert kept == {doc_id: "".join(lines) for doc_id, lines in own.items()}
    assert equal_runs(kept, kept, n_chars=12).empty
    assert genre_texts(texts, n_chars=14) == texts


def test_shuffled_texts_keep_words_and_lose_passages():
    import fzanalytics as fz

    text = "加快建设法治政府，完善行政复议制度。推进综合执法，加强监督检查，落实执法责任，公开执法信息。" * 3
    shuffled = shuffled_texts({"a": text, "b": text}, random_state=1)
    assert sorted(shuffled["a"]) == sorted(text)
    assert [i for i, c in enumerate(shuffled["a"]) if c == "。"] != []
    assert shuffled["a"] != shuffled["b"]
    assert shuffled == shuffled_texts({"b": text, "a": text}, random_state=1)
    assert len(fz.align_pair(text, text)) > 0
    assert fz.align_pair(text[:47], shuffled["a"][:47]) == []


# --- faults -----------------------------------------------------------------------------------------------------


def test_all_faults_of_a_table_are_told_at_once():
    wrong = spans(("a", "b", 5, 5, 0, 10), ("a", "b", 0, 10, 190, 201), ("a", "x", 0, 1, 0, 1))
    with pytest.raises(ValueError, match="`found` must hold stretches of the documents; got 1 source spans") as caught:
        score(wrong, TRUTH, documents=DOCUMENTS.drop(columns="role"))
    assert "target not among the documents: x; 1 target spans" in str(caught.value)


@pytest.mark.parametrize("name", ["found", "truth"])
def test_missing_columns_are_told(name):
    tables = {"found": FOUND, "truth": TRUTH}
    tables[name] = tables[name].drop(columns="target_end")
    with pytest.raises(ValueError, match=f"`{name}` must have the columns .* missing: target_end"):
        score(**tables)


def test_an_unknown_average_is_told():
    with pytest.raises(ValueError, match="`average` must be 'macro' or 'micro'; got 'mean'"):
        score(FOUND, TRUTH, average="mean")

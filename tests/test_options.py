"""What is no number, or none in its range, is told in one sentence: by the checker, and by all functions that ask."""

from __future__ import annotations

import inspect
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.base.options import check_jobs, check_level, check_list, check_number, number_fault
from fzanalytics.evaluation import damage
from fzanalytics.evaluation.agreement import annotator_agreement
from fzanalytics.evaluation.baselines import difflib_passages, smith_waterman_passages
from fzanalytics.evaluation.claims import genre_texts
from fzanalytics.evaluation.equal import equal_runs
from fzanalytics.evaluation.simulation.power import exact_interval
from fzanalytics.measures.prevalence.regression import plan_contrasts
from helpers import make_corpus

SPANS = ["source", "target", "source_begin", "source_end", "target_begin", "target_end"]
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("value", "options", "rule"),
    [
        (0, {"within": "[1, inf)", "whole": True}, "at least 1; got 0"),
        (2.5, {"within": "[1, inf)", "whole": True}, "a whole number of at least 1; got 2.5"),
        (5.0, {"whole": True}, "a whole number; got 5.0"),
        (True, {"within": "[1, inf)", "whole": True}, "a whole number of at least 1; got True"),
        (np.True_, {"within": "(0, inf)"}, "a number above 0; got True"),
        (None, {"within": "(0, inf)"}, "a number above 0; got None"),
        ("a", {"within": "(0, 1)"}, "a number above 0 and below 1; got 'a'"),
        (NAN, {"within": "[0, 1]"}, "a number in [0, 1]; got nan"),
        (np.float64("nan"), {}, "a number; got nan"),
        (INF, {"within": "[0, inf)"}, "a number of at least 0; got inf"),
        (-INF, {}, "a number; got -inf"),
        (0, {"within": "(0, 0.5]"}, "above 0 and at most 0.5; got 0"),
        (np.float64(0.75), {"within": "(0, 0.5]"}, "above 0 and at most 0.5; got 0.75"),
        (-0.1, {"within": "[0, 1]"}, "in [0, 1]; got -0.1"),
        (1, {"within": "(0, 1)"}, "above 0 and below 1; got 1"),
        (1, {"within": "(-inf, 1)"}, "below 1; got 1"),
        (2, {"within": "(-inf, 1]"}, "at most 1; got 2"),
        ("2", {"within": "(-inf, 1]"}, "a number of at most 1; got '2'"),
        ([1], {"optional": True}, "a number; got [1]"),
        (pd.NA, {"optional": True}, "a number; got <NA>"),
        (Fraction(1, 2), {}, "a number; got Fraction(1, 2)"),
        (0.5 + 0j, {}, "a number; got (0.5+0j)"),
    ],
)
def test_what_is_told(value, options, rule):
    expected = f"`size` must be {rule}. Take 3."
    assert number_fault(value, name="size", remedy="Take 3.", **options) == expected
    with pytest.raises(ValueError) as caught:
        check_number(value, name="size", remedy="Take 3.", **options)
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("value", "options"),
    [
        (1, {"within": "[1, inf)", "whole": True}),
        (np.int32(7), {"within": "[1, inf)", "whole": True}),
        (10**400, {"within": "[1, inf)", "whole": True}),
        (np.float32(0.5), {"within": "(0, 0.5]"}),
        (0, {"within": "[0, 1]"}),
        (1, {"within": "[0, 1]"}),
        (-3.5, {}),
        (INF, {"within": "[0, inf]"}),
        (None, {"optional": True, "whole": True}),
    ],
)
def test_what_is_taken(value, options):
    assert number_fault(value, name="size", remedy="Take 3.", **options) == ""
    check_number(value, name="size", remedy="Take 3.", **options)


def test_a_level():
    check_level(0.9)
    with pytest.raises(ValueError, match=r"^`level` must be above 0 and below 1; got 95. Take 0.95.$"):
        check_level(95)


@pytest.mark.parametrize("value", [0.5, None, "0.5", b"1", {0.5: 1}])
def test_a_list_that_is_none(value):
    with pytest.raises(ValueError) as caught:
        check_list(value, name="cuts", within="(0, 1]", remedy="Take 0.5.")
    assert str(caught.value) == f"`cuts` must be a list of numbers above 0 and at most 1; got {value!r}. Take 0.5."


@pytest.mark.parametrize(
    ("within", "words"), [("[0, inf)", " of at least 0"), ("[0, 1]", " in [0, 1]"), ("[-inf, inf]", "")]
)
def test_the_range_of_a_list_in_words(within, words):
    with pytest.raises(ValueError) as caught:
        check_list(None, name="cuts", within=within, remedy="Take 0.5.")
    assert str(caught.value) == f"`cuts` must be a list of numbers{words}; got None. Take 0.5."


def test_a_list():
    given = iter((np.float32(0.5), 1))
    assert check_list(given, name="cuts", remedy="Take 0.5.") == [0.5, 1.0]
    assert check_list(pd.Series([1, 2]), name="cuts", remedy="Take 0.5.") == [1.0, 2.0]
    assert check_list([], name="cuts", remedy="Take 0.5.") == []
    with pytest.raises(ValueError, match=r"^`cuts` must be above 0 and at most 1; got 2\. Take 0\.5\.$"):
        check_list([0.5, 2, "a"], name="cuts", within="(0, 1]", remedy="Take 0.5.")
    with pytest.raises(ValueError, match=r"^`cuts` must be a number; got 'a'\. Take 0\.5\.$"):
        check_list([0.5, "a"], name="cuts", remedy="Take 0.5.")


def test_a_number_of_processes():
    for value in (None, 1, -1, np.int64(2)):
        check_jobs(value)
    with pytest.raises(ValueError, match=r"^`n_jobs` must not be 0; got 0\. Take 1, or -1 for all cores\.$"):
        check_jobs(0)


# --------------------------------------------------------- the functions that ask for numbers

#: The rooms that are swept; the others have tests of their own.
ROOMS = ("fzanalytics.measures.", "fzanalytics.evaluation.", "fzanalytics.features.terms")
NUMBERS = {"int", "float", "int | None", "float | None"}
#: Other values that an option takes, all of them tested below.
TAKEN = {"max_years": [INF], "observed": [NAN, INF]}
TEXTS = {
    "a": "加强网络监督，接受网络监督。\n公布负面清单，推进依法行政。",
    "b": "完善网络监督渠道。\n接受社会监督，公开行政决策。",
}


def _calls():
    """How each function is called, but for its numbers."""
    corpus = make_corpus(TEXTS, documents={"b": {"level": "county"}})
    lags = pd.DataFrame({"lag_days_low": [0, 1, 5, 4], "lag_days_high": [2, 3, 5, NAN]})
    rows = [(unit, policy, policy + at) for policy in range(4) for at, unit in enumerate("abc")]
    adoptions = pd.DataFrame(rows, columns=["unit", "policy", "time"])
    roster = pd.DataFrame({"region": ["a省"], "level": "province"})
    days = {"lineage": "法治政府建设", "start": "2016-01-01", "end": "2018-12-31"}
    topics = {"n_topics": 2, "min_df": 1, "analyzer": list}
    grid = {**topics, "n_topics": (2,), "n_seeds": 2}
    fitted = fz.fit_topics(corpus, **topics)
    return {
        "TopicResult.top_terms": (fitted.top_terms, (), {}),
        "check_topics": (fz.check_topics, (fitted,), {}),
        "collocates": (fz.collocates, (corpus, "监督"), {}),
        "collocations": (fz.collocations, (corpus,), {}),
        "discover_terms": (fz.discover_terms, (corpus,), {}),
        "distinctive_terms": (fz.distinctive_terms, (corpus,), {}),
        "event_history": (fz.event_history, (corpus, roster), days),
        "find_sources": (fz.find_sources, (corpus,), {"doc_id": "a"}),
        "fit_topics": (fz.fit_topics, (corpus,), topics),
        "heldout_perplexity": (fz.heldout_perplexity, (corpus,), topics),
        "infer_cascade_network": (fz.infer_cascade_network, (adoptions,), {}),
        "infer_sources": (fz.infer_sources, (corpus,), {}),
        "keywords_in_context": (fz.keywords_in_context, (corpus, "监督"), {}),
        "term_frequency": (fz.term_frequency, (corpus, "监督"), {}),
        "term_lens": (fz.term_lens, (corpus, "监督"), {}),
        "topic_choice": (fz.topic_choice, (corpus,), grid),
        "topic_stability": (fz.topic_stability, (corpus,), grid),
        "turnbull": (fz.turnbull, (lags,), {}),
        **_calls_of_reuse(corpus),
        **_calls_of_statistics(corpus, fitted),
        **_calls_of_evaluation(corpus),
    }


def _calls_of_reuse(corpus):
    found = {"passages": fz.find_passages(corpus)}
    kinds = pd.DataFrame({"target": "t", "kind": ["edited", "own"], "share": [0.6, 0.3]})
    matrix = pd.DataFrame({"source": "s", "target": "t", "section": list("ab"), "score": [1, 0.6], "order": "earlier"})
    return {
        "added_terms": (fz.added_terms, (corpus, "a", "b"), {}),
        "align_pair": (fz.align_pair, tuple(TEXTS.values()), {}),
        "attribution": (fz.attribution, (corpus,), found),
        "baseline_documents": (fz.baseline_documents, (corpus,), {}),
        "borrowing_share": (fz.borrowing_share, (found["passages"], corpus.documents), {}),
        "clause_changes": (fz.clause_changes, (corpus, "a", "b"), {}),
        "clause_novelty": (fz.clause_novelty, (corpus,), found),
        "compare_citations": (fz.compare_citations, (corpus,), found),
        "copying_kinds": (fz.copying_kinds, (corpus,), found),
        "copying_shares": (fz.copying_shares, (kinds,), {}),
        "coverage_baselines": (fz.coverage_baselines, (corpus, "a"), found),
        "coverage_curve": (fz.coverage_curve, (matrix,), {}),
        "coverage_matrix": (fz.coverage_matrix, (corpus, "a"), found),
        "find_boilerplate": (fz.find_boilerplate, (corpus,), {}),
        "find_passages": (fz.find_passages, (corpus,), {}),
        "flow_edges": (fz.flow_edges, (corpus,), found),
        "flows": (fz.flows, (corpus,), found),
        "overlap_baselines": (fz.overlap_baselines, (corpus,), found),
        "proxy_text_spans": (fz.proxy_text_spans, (corpus,), found),
        "reconstruct": (fz.reconstruct, (corpus,), {}),
        "reinvention": (fz.reinvention, (corpus,), found),
        "succession": (fz.succession, (corpus, "a", "b"), {}),
        "tfidf_similarity": (fz.tfidf_similarity, (corpus,), {}),
        "unmatched_paragraphs": (fz.unmatched_paragraphs, (corpus, "a"), found),
    }


def _calls_of_statistics(corpus, fitted):
    blocks = ([1, 2], [4, 4], ["a", "b"])
    return {
        "clause_resampling_interval": (fz.clause_resampling_interval, blocks, {}),
        "draw_document_shares": (fz.draw_document_shares, (fitted, ["a"]), {}),
        "excess_interval": (fz.excess_interval, ([1, 2], [0, 1], [4, 4]), {}),
        "permutation_p": (fz.permutation_p, (), {"null": [1.0, 2.0]}),
        "population_interval": (fz.population_interval, ([0.5, 0.2], None, ["a", "b"]), {}),
        "topic_prevalence": (fz.topic_prevalence, (fitted, corpus), {"formula": "level"}),
    }


def _calls_of_evaluation(corpus):
    codes = pd.DataFrame({"pair_id": ["p1", "p2"], "code": ["same", "unrelated"]})
    pairs = pd.DataFrame({"pair_id": ["p1"], "source_text": ["公开。"], "target_text": ["公布。"]})
    spans = pd.DataFrame([("a", "b", 0, 4, 0, 4)], columns=SPANS)
    small = {"n_provinces": 1, "n_prefectures": 0, "n_clauses": 2, "n_sections": 1}
    return {
        "class_shares": (fz.class_shares, (codes,), {}),
        "coding_agreement": (fz.coding_agreement, (codes, codes), {}),
        "draw_pairs": (fz.draw_pairs, (corpus,), {"n": 8}),
        "false_claims": (fz.false_claims, (spans, TEXTS), {}),
        "judge_measure": (fz.judge_measure, (codes, pd.Series({"p1": 0.9, "p2": 0.1})), {}),
        "plant_passages": (fz.plant_passages, ({"a": TEXTS["a"]}, {"b": TEXTS["b"]}), {}),
        "power": (fz.power, (lambda simulation: 0.5, small), {}),
        "simulate_diffusion": (fz.simulate_diffusion, (), small),
        "simulate_policy_text": (fz.simulate_policy_text, (), {"n_jurisdictions": 1, "n_paragraphs": 1}),
        "write_coding_sheet": (fz.write_coding_sheet, (pairs, "never-written.csv"), {}),
    }


@pytest.fixture(scope="module")
def calls():
    return _calls()


def _numbers_of(function):
    """Options that are numbers, and whether each may be None."""
    return {
        name: one.annotation.endswith("None") or name in ("random_state", "n_jobs")
        for name, one in inspect.signature(function).parameters.items()
        if one.annotation in NUMBERS or name == "random_state"
    }


def _public():
    found = {"TopicResult.top_terms": fz.TopicResult.top_terms}
    for name in fz.__all__:
        one = getattr(fz, name)
        home = getattr(one, "__module__", None) or ""
        if inspect.isfunction(one) and home.startswith(ROOMS):
            found[name] = one
    return {name: _numbers_of(one) for name, one in found.items() if _numbers_of(one)}


CASES = [
    (name, option, value)
    for name, options in _public().items()
    for option, optional in options.items()
    for value in (None, "a", NAN, True, [2], INF)
    if not (value is None and optional) and not any(value is one for one in TAKEN.get(option, ()))
]


def test_all_functions_with_numbers_are_swept(calls):
    assert set(calls) == set(_public()) and len(CASES) > 800


@pytest.mark.parametrize(("name", "option", "value"), CASES)
def test_what_is_no_number_is_told_by_name(calls, name, option, value):
    """Not by Python's own TypeError from somewhere inside, and not by a table of something else."""
    function, given, options = calls[name]
    with pytest.raises(ValueError, match=rf"^`{option}` must .*; got .*\w.*\.$"):
        function(*given, **{**options, option: value})


def test_what_is_taken_beside_finite_numbers(calls):
    for name in ("baseline_documents", "coverage_baselines", "flows", "overlap_baselines"):
        function, given, options = calls[name]
        assert isinstance(function(*given, **options, max_years=INF), pd.DataFrame)
    assert fz.permutation_p(INF, [1.0, 2.0]) == 1 / 3 and np.isnan(fz.permutation_p(NAN, [1.0, 2.0]))


@pytest.mark.parametrize("value", [None, 0.5, "a"])
@pytest.mark.parametrize("name", ["copying_curve", "coverage_curve"])
def test_thresholds_are_a_list(calls, name, value):
    table = calls["coverage_curve"][1][0] if name == "coverage_curve" else calls["copying_shares"][1][0]
    with pytest.raises(
        ValueError, match=r"^`thresholds` must be a list of numbers above 0 and at most 1; got .*\. Take"
    ):
        getattr(fz, name)(table, value)
    with pytest.raises(ValueError, match=r"^`thresholds` must be a number above 0 and at most 1; got 'a'\. Take"):
        getattr(fz, name)(table, [0.5, "a"])
    several = getattr(fz, name)(table, iter([0.2, 0.5]))
    assert several["threshold"].tolist() == [0.2, 0.5]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("judge_measure", {"thresholds": 0.5}, "`thresholds` must be a list of numbers; got 0.5"),
        ("judge_measure", {"thresholds": ["a"]}, "`thresholds` must be a number; got 'a'"),
        ("draw_pairs", {"tfidf_edges": None}, "`tfidf_edges` must be a list of numbers; got None"),
        ("draw_pairs", {"coverage_edges": [0.1, "a", 0.5]}, "`coverage_edges` must be a number; got 'a'"),
        ("plant_passages", {"lengths": None}, "`lengths` must be the fewest and the most characters .* got None"),
        (
            "plant_passages",
            {"lengths": (20, "a")},
            "`lengths` must be the fewest and the most characters .* got .20, 'a'",
        ),
        ("plant_passages", {"lengths": (20, 30, 40)}, "`lengths` must be the fewest and the most characters"),
        ("simulate_diffusion", {"lag_days": None}, "`lag_days` must be a number above 0; got None"),
        ("simulate_diffusion", {"lag_days": (1, None)}, "`lag_days` must be the fewest and the most days"),
        ("simulate_policy_text", {"n_jurisdictions": None}, "`n_jurisdictions` must be a whole number; got None"),
        (
            "simulate_policy_text",
            {"n_jurisdictions": {"province": 1.5}},
            "`n_jurisdictions` must be a whole number; got 1.5",
        ),
        ("simulate_policy_text", {"towards": [0.5, "a"], "drift": 0.1}, "`towards` must be a number; got 'a'"),
        ("simulate_policy_text", {"towards": 1, "drift": 0.1}, "`towards` must be a list of numbers; got 1"),
    ],
)
def test_numbers_within_lists_and_pairs(calls, name, options, message):
    function, given, usual = calls[name]
    with pytest.raises(ValueError, match=f"^{message}"):
        function(*given, **{**usual, **options})


@pytest.mark.parametrize("value", [None, "a", NAN, True, [2], INF])
@pytest.mark.parametrize(
    ("function", "given", "option"),
    [
        (damage.damage_bytes, ("甲。",), "swallow"),
        (damage.wrap_lines, ("甲。",), "columns"),
        (damage.plant_widths, ("2020年",), "share"),
        (damage.plant_slips, ("依法。",), "share"),
        (difflib_passages, (TEXTS, [("a", "b")]), "min_chars"),
        *(
            (smith_waterman_passages, (TEXTS, [("a", "b")]), one)
            for one in ("match", "mismatch", "gap", "min_chars", "most")
        ),
        (exact_interval, (1, 10), "level"),
        (equal_runs, (TEXTS, TEXTS), "n_chars"),
        (genre_texts, (TEXTS,), "n_chars"),
        (annotator_agreement, (pd.DataFrame(), pd.DataFrame()), "n_chars"),
        (plan_contrasts, ([[1.0]], [[1.0]], ["a"]), "alike"),
    ],
)
def test_numbers_of_functions_that_have_no_place_at_the_top(function, given, option, value):
    with pytest.raises(ValueError, match=rf"^`{option}` must .*; got .*\w.*\.$"):
        function(*given, **{option: value})


@pytest.mark.parametrize("value", [None, "a", NAN, True, 0, 1.5])
def test_characters_of_an_analyzer(value):
    with pytest.raises(ValueError, match=r"^`min_chars` must be .*at least 1; got .*\. Use 1 to keep"):
        fz.PolicyAnalyzer(min_chars=value)


@pytest.mark.parametrize("function", [fz.topic_choice, fz.topic_stability])
@pytest.mark.parametrize("value", [None, 8, 2.5, "a", ()])
def test_numbers_of_topics_are_several(function, value):
    with pytest.raises(ValueError, match=r"^`n_topics` must be several whole numbers; got .* For one, write"):
        function(make_corpus(TEXTS), n_topics=value)


@pytest.mark.parametrize("name", ["topic_choice", "find_passages"])
def test_no_processes_are_refused(calls, name):
    function, given, options = calls[name]
    with pytest.raises(ValueError, match=r"^`n_jobs` must not be 0; got 0. Take 1"):
        function(*given, **options, n_jobs=0)

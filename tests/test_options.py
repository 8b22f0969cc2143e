"""What is no number, or none in its range, is told in one sentence: by the checker, and by all functions that ask."""

from __future__ import annotations

import inspect
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.base.options import check_level, check_number, number_fault
from helpers import make_corpus

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


# --------------------------------------------------------- the functions that ask for numbers

#: The rooms that are swept; the others have tests of their own.
ROOMS = ("adoption", "vocabulary", "topics", "lineage.follows", "lineage.cascades", "reuse.sources")
NUMBERS = {"int", "float", "int | None", "float | None"}
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
        if inspect.isfunction(one) and home.removeprefix("fzanalytics.measures.").startswith(ROOMS):
            found[name] = one
    return {name: _numbers_of(one) for name, one in found.items() if _numbers_of(one)}


CASES = [
    (name, option, value)
    for name, options in _public().items()
    for option, optional in options.items()
    for value in (None, "a", NAN, True, [2], INF)
    if not (value is None and optional)
]


def test_all_functions_with_numbers_are_swept(calls):
    assert set(calls) == set(_public()) and len(CASES) > 300


@pytest.mark.parametrize(("name", "option", "value"), CASES)
def test_what_is_no_number_is_told_by_name(calls, name, option, value):
    """Not by Python's own TypeError from somewhere inside, and not by a table of something else."""
    function, given, options = calls[name]
    with pytest.raises(ValueError, match=rf"^`{option}` must .*; got .*\w.*\.$"):
        function(*given, **{**options, option: value})


@pytest.mark.parametrize("function", [fz.topic_choice, fz.topic_stability])
@pytest.mark.parametrize("value", [None, 8, 2.5, "a", ()])
def test_numbers_of_topics_are_several(function, value):
    with pytest.raises(ValueError, match=r"^`n_topics` must be several whole numbers; got .* For one, write"):
        function(make_corpus(TEXTS), n_topics=value)


def test_no_processes_are_refused(calls):
    function, given, options = calls["topic_choice"]
    with pytest.raises(ValueError, match=r"^`n_jobs` must not be 0; got 0. Take 1"):
        function(*given, **options, n_jobs=0)

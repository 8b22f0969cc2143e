"""From which document a text was likely drawn."""

import numpy as np
import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.measures.reuse.sources import document_grams, find_sources, rank_sources
from helpers import make_corpus

# A national law, two provinces that draw on it, a city that draws on its province; each with words of its own.
LAW = "国家对大气污染防治实行目标责任制和考核评价制度，逐步削减污染物排放总量。"
OWN = "本省建立重污染天气预警会商机制并向社会公开应急响应等级与措施清单。"
OTHER = "外省鼓励企业采用清洁能源替代燃煤锅炉并按规定给予资金补助和税收优惠。"
CITY = "市区两级财政安排专项资金用于淘汰高排放车辆以及餐饮油烟在线监测设施。"


def corpus():
    return make_corpus(
        {
            "nation": LAW,
            "a": LAW + OWN,
            "b": LAW + OTHER,
            "city": LAW + OWN + CITY,
            "young": LAW + OWN + CITY,
        },
        documents={
            "nation": {"level": "national", "earliest": "2010-01-01", "latest": "2010-01-01"},
            "a": {"region": "甲省", "earliest": "2012-01-01", "latest": "2012-01-01"},
            "b": {"region": "乙省", "earliest": "2012-01-01", "latest": "2012-01-01"},
            "city": {"level": "prefecture", "region": "甲省/丙市", "earliest": "2014-01-01", "latest": "2014-01-01"},
            "young": {"level": "prefecture", "region": "乙省/丁市", "earliest": "2016-01-01", "latest": "2016-01-01"},
        },
    )


def test_the_superior_comes_first_and_neighbours_get_what_no_superior_explains():
    found = find_sources(corpus(), doc_id="city").set_index("source")
    assert list(found.index) == ["a", "nation", "b"]
    assert found.loc["b", "score"] == 0 and found.loc["b", "shared"] == found.loc["nation", "shared"] > 0.2
    assert found["relation"].to_dict() == {"a": "superior", "nation": "superior", "b": "other"}
    assert set(found["order"]) == {"earlier"}


def test_shares_are_those_counted_by_hand():
    grams = {
        "target": np.array([1, 2, 3, 4, 5], dtype=np.uint64),
        "above": np.array([1, 2, 9], dtype=np.uint64),
        "beside": np.array([2, 3, 4], dtype=np.uint64),
    }
    regions = {"target": "甲省/丙市", "above": "甲省", "beside": "乙省"}
    found = rank_sources("target", ["beside", "above"], grams, regions)
    assert found.values.tolist() == [["above", "superior", 0.4, 0.4, 2], ["beside", "other", 0.4, 0.6, 3]] or (
        found.values.tolist() == [["beside", "other", 0.4, 0.6, 3], ["above", "superior", 0.4, 0.4, 2]]
    )
    assert found["source"].tolist() == ["beside", "above"]  # equal scores: the one that shares more


def test_a_surely_younger_document_is_no_candidate_and_an_undated_one_is():
    assert "young" not in find_sources(corpus(), doc_id="city", top=None)["source"].tolist()
    documents = corpus().documents.copy()
    documents.loc[documents["doc_id"] == "young", ["earliest", "latest"]] = pd.NaT
    loose = fz.Corpus(documents, corpus().clauses, corpus().paragraphs)
    found = find_sources(loose, doc_id="city").set_index("source")
    assert found.loc["young", "order"] == "unknown"
    assert found.index[0] == "a"  # what a superior explains speaks for no neighbour, however alike


def test_without_regions_the_score_is_the_share():
    documents = corpus().documents.assign(region=pd.NA, level=pd.NA)
    found = find_sources(fz.Corpus(documents, corpus().clauses, corpus().paragraphs), doc_id="city")
    assert found["relation"].isna().all()
    assert (found["score"] == found["shared"]).all()


def test_a_text_that_is_not_in_the_corpus():
    text = "丙市大气污染防治办法\n" + LAW + OTHER
    found = find_sources(corpus(), text=text, top=2)
    assert found["source"].tolist()[0] == "b"
    assert len(found) == 2


def test_titles_in_brackets_give_nothing_away_unless_asked_for():
    texts = {
        "a": "《关于推进综合行政执法体制改革的指导意见》已经印发。",
        "b": "根据《关于推进综合行政执法体制改革的指导意见》办理。",
    }
    shared = make_corpus(texts)
    assert find_sources(shared, doc_id="b")["n_shared"].tolist() == [0]
    assert find_sources(shared, doc_id="b", mask_titles=False)["n_shared"].tolist()[0] > 10


def test_punctuation_width_and_brackets_of_those_responsible_do_not_count():
    shared = make_corpus({"a": "１．全面清理行政审批事项，（省编委办负责）", "b": "1全面清理，行政审批、事项"})
    grams = document_grams(shared.documents)
    assert grams["a"].tolist() == grams["b"].tolist()


def test_the_order_of_the_documents_does_not_matter():
    there = corpus()
    turned = fz.Corpus(there.documents.iloc[::-1].reset_index(drop=True), there.clauses, there.paragraphs)
    pd.testing.assert_frame_equal(find_sources(there, doc_id="city"), find_sources(turned, doc_id="city"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "`doc_id` or `text` must be given"),
        ({"doc_id": "a", "text": "b"}, "not both"),
        ({"doc_id": "nowhere"}, "must be a document that is held; got 'nowhere'. Held are: a, b, city"),
        ({"text": "  "}, "`text` must be a text that is not empty"),
        ({"doc_id": "a", "top": 0}, "`top` must be at least 1"),
    ],
)
def test_errors_say_what_to_do(options, message):
    with pytest.raises(ValueError, match=message):
        find_sources(corpus(), **options)


def test_something_else_than_a_corpus():
    with pytest.raises(TypeError, match="read_corpus"):
        find_sources("corpora")


def test_an_empty_target_shares_nothing():
    found = find_sources(make_corpus({"a": LAW, "b": "。。"}), doc_id="b")
    assert found[["score", "shared", "n_shared"]].values.tolist() == [[0, 0, 0]]


# "Each department shall strengthen leadership and make sure that all tasks are carried out": stands in every plan.
FORMULA = "各部门要切实加强组织领导，明确责任分工，确保各项任务落到实处。"


def formulaic():
    return make_corpus(
        {"a": OWN + FORMULA, "b": OTHER + FORMULA.replace("，", "、"), "c": CITY + FORMULA + LAW, "d": LAW}
    )


@pytest.mark.parametrize(
    ("ignore", "n_runs"),
    [
        # 34 characters of the law and 33 of the city's own
        (FORMULA, 64),
        ([FORMULA], 64),
        ([("c", len(CITY), len(CITY + FORMULA))], 64),
        (pd.DataFrame({"doc_id": ["c"], "begin": [len(CITY)], "end": [len(CITY + FORMULA)]}), 64),
        # and 28 of the formula, if it is ignored where it comes from
        ([("a", len(OWN), len(OWN + FORMULA)), ("b", len(OTHER), len(OTHER + FORMULA))], 92),
    ],
)
def test_what_is_ignored_no_longer_counts(ignore, n_runs):
    """Without it two documents share the formula alone with the target, and one its law."""
    before = find_sources(formulaic(), doc_id="c").set_index("source")["n_shared"]
    assert before.to_dict() == {"d": 31, "a": 25, "b": 25}
    after = find_sources(formulaic(), doc_id="c", ignore=ignore).set_index("source")
    assert after["n_shared"].to_dict() == {"d": 31, "a": 0, "b": 0}
    assert after.loc["d", "shared"] == pytest.approx(31 / n_runs)


def test_a_formula_is_ignored_in_a_text_that_is_not_in_the_corpus():
    found = find_sources(formulaic(), text=CITY + FORMULA, ignore=[FORMULA]).set_index("source")["n_shared"]
    assert found["a"] == found["b"] == found["d"] == 0 and found["c"] > 20


def test_what_is_ignored_is_as_if_it_were_blank():
    there = formulaic()
    blank = there.documents.assign(text=[text.replace(FORMULA, " " * len(FORMULA)) for text in there.documents["text"]])
    blank.loc[1, "text"] = OTHER + " " * len(FORMULA)
    ignored, erased = document_grams(there.documents, ignore=[FORMULA]), document_grams(blank)
    assert {name: runs.tolist() for name, runs in ignored.items()} == {
        name: runs.tolist() for name, runs in erased.items()
    }


def test_a_phrase_inside_a_title_leaves_the_rest_of_it_masked():
    """The title and the document named in 《》 are found before anything is made blank."""
    title = "甲省大气污染防治目标责任制考核评价实施办法"
    texts = {"a": title + OWN, "b": f"依照《{title}》办理。" + CITY}
    there = make_corpus(texts, documents={"a": {"title": title}})
    for ignore in (None, ["目标责任制考核"], ["《甲省大气"], ["办法》办理"]):
        assert find_sources(there, doc_id="b", ignore=ignore)["n_shared"].tolist() == [0]


@pytest.mark.parametrize(
    ("ignore", "error", "message"),
    [
        (["，。"], ValueError, "`ignore` must be phrases that carry text, or spans .*; got '，。'"),
        ([("c", 0, 999)], ValueError, r"`ignore` must be .*; got \('c', 0, 999\)"),
        (pd.DataFrame({"doc_id": ["c"]}), ValueError, "`ignore` must have the columns doc_id, begin, end"),
        (3, TypeError, "`ignore` must be a DataFrame of spans .*; got int. Put one span into a list"),
    ],
)
def test_what_cannot_be_ignored(ignore, error, message):
    with pytest.raises(error, match=message):
        find_sources(formulaic(), doc_id="c", ignore=ignore)

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

"""Boilerplate, authority phrases, and how widely a passage is shared."""

import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.measures.reuse.spread import (
    find_boilerplate,
    find_slogans,
    load_authority_phrases,
    passage_spread,
    root_of,
)
from helpers import make_corpus

FORMULA = "各级各部门要高度重视加强组织领导确保各项任务落到实处"
SUBJECTS = {
    "air": "严格控制燃煤锅炉新增容量并对超标排放企业实施停产整治",
    "school": "完善义务教育阶段课后服务经费保障机制并保障教师权益",
    "road": "加快农村公路提档升级并健全专业养护与群众养护相结合体制",
}


def corpus(**given):
    texts = {
        "a": SUBJECTS["air"] + "。" + FORMULA + "。",
        "b": SUBJECTS["school"] + "。" + FORMULA + "，再接再厉。",
        "c": SUBJECTS["road"] + "；" + FORMULA,
        "d": SUBJECTS["air"] + "。",
    }
    documents = {
        "a": {"region": "甲省", "lineage": "大气"},
        "b": {"region": "乙省", "lineage": "教育"},
        "c": {"region": "丙省", "lineage": "公路"},
        "d": {"region": "甲省/丁市", "lineage": "大气", "level": "prefecture"},
    }
    for key, value in given.items():
        documents[key].update(value)
    return make_corpus(texts, documents=documents)


def test_a_formula_of_unrelated_policies_is_boilerplate_and_a_shared_subject_is_not():
    found = find_boilerplate(corpus())
    assert found["doc_id"].tolist() == ["a", "b", "c"]
    assert set(found["text"]) == {FORMULA}
    assert found[["n_documents", "n_lineages"]].values.tolist() == [[3, 3]] * 3


@pytest.mark.parametrize("change", [{"c": {"lineage": "教育"}}, {"c": {"region": "乙省/某市"}}])
def test_two_policies_or_two_jurisdictions_are_not_three(change):
    assert find_boilerplate(corpus(**change)).empty


def test_a_corpus_of_one_policy_has_no_boilerplate_that_spread_could_show():
    one = {key: {"lineage": "大气"} for key in "abc"}
    assert find_boilerplate(corpus(**one), min_lineages=2).empty


def test_a_short_stretch_is_left():
    assert find_boilerplate(corpus(), min_chars=len(FORMULA)).shape[0] == 3
    assert find_boilerplate(corpus(), min_chars=len(FORMULA) + 1).empty


def test_a_passage_counts_documents_and_independent_jurisdictions():
    there = corpus()
    passages = fz.find_passages(there, min_chars=20)
    spread = passage_spread(passages, there).set_index(["source", "target"])
    formula, subject = spread.loc[("a", "b")], spread.loc[("a", "d")]
    assert formula[["n_documents", "n_regions"]].tolist() == [3, 3]
    assert subject[["n_documents", "n_regions"]].tolist() == [2, 1]  # a city and its province are one jurisdiction


def test_the_share_of_slogans_by_hand():
    slogan, own = "以习近平同志为核心的党中央", "统筹安排全省机关事业单位编外人员清理规范工作"
    there = make_corpus({"a": slogan + "，" + own + "。", "b": slogan + own})
    spread = passage_spread(fz.find_passages(there, min_chars=20), there)
    assert spread["slogan_share"].tolist() == [pytest.approx(len(slogan) / len(slogan + own))]


def test_slogans_are_found_behind_punctuation_width_and_quotation_marks():
    there = make_corpus({"a": "按照｢五位一体｣总体布局，和“五位一体”、总体布局"})
    found = find_slogans(there, phrases=["“五位一体”总体布局"])
    assert len(found) == 2
    text = there.documents["text"].iloc[0]
    assert [text[b:e] for b, e in found[["begin", "end"]].values] == ["五位一体｣总体布局", "五位一体”、总体布局"]


def test_a_users_phrases_join_the_list(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("phrase,kind\n放管服改革,local\n", encoding="utf-8")
    own = load_authority_phrases(str(path))
    assert own.iloc[-1][["phrase", "kind"]].tolist() == ["放管服改革", "local"]
    assert len(load_authority_phrases(["放管服改革"])) == len(own)
    assert len(load_authority_phrases(["全面依法治国"])) == len(own) - 1  # it is there already


def test_the_shipped_list_is_whole():
    phrases = load_authority_phrases()
    assert phrases["phrase"].is_unique and phrases[["phrase", "kind", "source"]].notna().all().all()
    assert phrases["since"].dropna().str.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])").all()
    assert phrases["phrase"].str.len().min() >= 5


def test_options_out_of_range():
    with pytest.raises(ValueError, match="`min_chars` must be at least 8; got 7"):
        find_boilerplate(corpus(), min_chars=7)
    with pytest.raises(ValueError, match="`min_regions` must be at least 1"):
        find_boilerplate(corpus(), min_regions=0)


def test_nothing_shared_and_nothing_held():
    there = make_corpus({"a": "短", "b": ""})
    assert passage_spread(fz.find_passages(there), there)["n_documents"].tolist() == []
    assert find_boilerplate(there).empty and find_slogans(there).empty


def test_missing_regions_are_one_unknown_jurisdiction():
    there = corpus(b={"region": pd.NA}, c={"region": pd.NA})
    assert find_boilerplate(there, min_regions=3).empty
    assert root_of(pd.NA) == ""

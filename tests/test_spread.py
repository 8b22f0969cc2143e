"""Boilerplate, authority phrases, and how widely a passage is shared."""

import numpy as np
import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.measures.reuse import spread
from fzanalytics.measures.reuse.reduced import reduce_text
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
    wide = passage_spread(passages, there).set_index(["source", "target"])
    formula, subject = wide.loc[("a", "b")], wide.loc[("a", "d")]
    assert formula[["n_documents", "n_regions"]].tolist() == [3, 3]
    assert subject[["n_documents", "n_regions"]].tolist() == [2, 1]  # a city and its province are one jurisdiction


def test_the_share_of_slogans_by_hand():
    slogan, own = "以习近平同志为核心的党中央", "统筹安排全省机关事业单位编外人员清理规范工作"
    there = make_corpus({"a": slogan + "，" + own + "。", "b": slogan + own})
    wide = passage_spread(fz.find_passages(there, min_chars=20), there)
    assert wide["slogan_share"].tolist() == [pytest.approx(len(slogan) / len(slogan + own))]


def spread_by_hand(passages, there, phrases):
    """Every run of eight characters looked up in every text."""
    held = there.held.set_index("doc_id")
    plain = {doc_id: "".join(map(chr, reduce_text(text)[0])) for doc_id, text in held["text"].items()}
    rows = []
    for row in passages.itertuples():
        own = "".join(map(chr, reduce_text(held.loc[row.source, "text"][row.source_begin : row.source_end])[0]))
        holders = [{key for key in plain if own[at : at + 8] in plain[key]} for at in range(len(own) - 7)]
        counts = [(len(one), len({root_of(held.loc[key, "region"]) for key in one})) for one in holders]
        documents, regions = (sorted(side)[len(side) // 2] for side in zip(*counts, strict=True))
        inside = [False] * len(own)
        for phrase in phrases:
            for at in range(len(own)):
                if own.startswith(phrase, at):
                    inside[at : at + len(phrase)] = [True] * len(phrase)
        rows.append([documents, regions, sum(inside) / len(own)])
    return rows


@pytest.mark.parametrize("chunk", [1 << 22, 5])
def test_spread_equals_what_is_counted_by_hand(chunk, monkeypatch):
    monkeypatch.setattr(spread, "_CHUNK", chunk)
    rng = np.random.default_rng(0)
    stock = ["推进依法行政建设法治政府", "坚持党的领导", "维护社会公平正义", "，", "深化改革", "保障公民权利"]
    texts = {f"d{at}": "".join(rng.choice(stock, 14)) for at in range(7)}
    documents = {name: {"region": str(rng.choice(["甲省", "甲省/某市", "乙省", "全国"]))} for name in texts}
    documents["d3"]["region"] = pd.NA
    there = make_corpus(texts, documents=documents)
    found = fz.find_passages(there, min_chars=8)
    assert len(found) > 15
    phrases = ["坚持党的领导", "领导维护", "行政建设法治", "法治政府"]
    expected = spread_by_hand(found, there, phrases)
    columns = ["n_documents", "n_regions", "slogan_share"]
    got = passage_spread(found, there, phrases=phrases)[columns].values.tolist()
    # A phrase that stands half inside a passage counts with that half; by hand only whole ones were counted.
    assert [row[:2] for row in got] == [row[:2] for row in expected]
    assert all(0 <= one[2] - other[2] < 0.5 for one, other in zip(got, expected, strict=True))
    assert sum(one == other for one, other in zip(got, expected, strict=True)) > len(got) / 2


def test_find_passages_tells_of_the_same_spread():
    """Whatever pairs are looked at, whatever is masked or left out."""
    there = fz.load_sample()
    columns = ["n_documents", "n_regions", "slogan_share"]
    for options in (
        {},
        {"pairs": [("hebei_province_2016", "xiahe_county_2017")]},
        {"mask": ["date"]},
        {"ignore": ["党的领导"]},
    ):
        found = fz.find_passages(there, **options)
        pd.testing.assert_frame_equal(passage_spread(found.drop(columns=columns), there), found)
    assert found["n_documents"].max() >= 3 and found["slogan_share"].max() > 0.5


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

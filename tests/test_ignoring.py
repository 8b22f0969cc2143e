"""What is to be ignored is no text: in no vector, no count, no pair of paragraphs, and in no denominator."""

from __future__ import annotations

import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.measures.ignoring import without_ignored
from helpers import make_corpus

# 以人民为中心的发展思想, "the idea of development with the people in the centre": shared by all, and copied from nobody
SLOGAN = "坚持以人民为中心的发展思想"
OWN = ("各部门应当于2018年底前公开执法信息并接受监督", "各单位可以开展巡回审判进乡村活动和业务培训")


@pytest.fixture(scope="module")
def corpus():
    """a and b share a slogan only, spaced and punctuated otherwise, which is a clause of its own in a."""
    texts = [f"一、{SLOGAN}。\n二、{OWN[0]}。", f"一、坚持以人民为中心，的发展思想，{OWN[1]}。"]
    table = pd.DataFrame(
        {"doc_id": ["a", "b"], "text": texts, "region": ["甲省", "乙省"], "level": ["province", "county"]}
    )
    return fz.read_corpus(table)


def test_places_stay_and_all_tables_are_blank_there(corpus):
    left = without_ignored(corpus, [SLOGAN])
    for whole, text in zip(corpus.documents["text"], left.documents["text"], strict=True):
        assert len(whole) == len(text) and all(one in (other, " ") for other, one in zip(whole, text, strict=True))
    assert not left.documents["text"].str.contains("人民").any()
    texts = left.documents.set_index("doc_id")["text"]
    for row in left.paragraphs.itertuples():
        assert row.text == texts[row.doc_id][row.begin : row.end]
    assert [text.strip(" 。，") for text in left.clauses["text"]] == ["", *OWN]
    assert corpus.clauses["text"].str.contains("人民").any()  # the corpus that was given stays as it is
    assert without_ignored(corpus, None) is corpus


def test_mentions_there_are_none(corpus):
    begin = corpus.documents["text"].iloc[0].index("2018年")
    left = without_ignored(corpus, [("a", begin, begin + 3)])
    kinds = [set(one.mentions.loc[one.mentions["doc_id"] == "a", "kind"]) for one in (corpus, left)]
    assert kinds[0] - kinds[1] == {"deadline"}


def test_likeness_is_that_of_the_rest(corpus):
    for unit, pair in (("document", ("a", "b")), ("clause", ("a#一", "b#一"))):
        whole, rest = (fz.tfidf_similarity(corpus, unit=unit, ignore=one) for one in (None, SLOGAN))
        assert whole.loc[pair] > 0.2 and not rest.loc[pair] > 0, unit
    assert rest.loc[["a#一"]].isna().all(axis=None)  # a clause that is nothing else has no terms


def test_clauses_that_are_nothing_else_are_in_no_denominator(corpus):
    begin, end = (corpus.documents["text"].iloc[0].index(edge) for edge in ("2018", "公开"))
    whole, rest = (
        fz.specificity(corpus, ignore=one).set_index("doc_id").loc["a"] for one in (None, [SLOGAN, ("a", begin, end)])
    )
    columns = ["n_clauses", "n_deadlines", "deadlines_per_clause", "binding_share"]
    assert whole[columns].tolist() == [2, 1, 0.5, 0.5] and rest[columns].tolist() == [1, 0, 0, 1]
    assert fz.clause_specificity(corpus, ignore=SLOGAN)["strength"].iloc[0] == "heading"


def test_paragraphs_that_share_a_slogan_only_are_no_pair():
    shared = "各部门应当依法公开执法信息并接受社会监督"
    texts = {
        "s": f"{SLOGAN}，必须加强党的领导。\n{shared}。",
        "t": f"{SLOGAN}，鼓励创新。\n{shared}。",
        "u": "应当公开信息。",
    }
    corpus = make_corpus(texts)
    corpus = fz.read_corpus(corpus.documents[["doc_id", "text"]])
    options = [
        {},
        {"ignore": SLOGAN},
        {"ignore": [(one, 0, len(SLOGAN)) for one in "stu" if one != "u"] + [("u", 0, 2)]},
    ]
    whole, *others = (fz.clause_changes(corpus, "s", "t", **one) for one in options)
    assert set(whole["source_text"].dropna()) == {"必须", "应当"}
    for rest in others:  # spans of other documents are for other pairs
        assert set(rest["source_text"].dropna()) == {"应当"} and rest["target_text"].tolist() == ["应当"]
    with pytest.raises(ValueError, match=r"`ignore` must be phrases that carry text, or spans"):
        fz.clause_changes(corpus, "s", "t", ignore=[("x", 0, 2)])


def test_words_of_a_slogan_are_counted_nowhere(corpus):
    whole, rest = (fz.term_frequency(corpus, ["人民", "公开"], by="doc_id", ignore=one) for one in (None, SLOGAN))
    assert whole["count"].tolist() == [1, 1, 1, 0] and rest["count"].tolist() == [0, 1, 0, 0]
    assert whole["n"].iloc[0] - rest["n"].iloc[0] == len(SLOGAN)
    whole, rest = (
        fz.distinctive_terms(corpus, min_count=1, n_permutations=0, ignore=one).query("group == 'province'")
        for one in (None, SLOGAN)
    )
    assert "发展" in set(whole["term"]) and "发展" not in set(rest["term"])
    assert rest["n"].iloc[0] < whole["n"].iloc[0] and rest["n_against"].iloc[0] < whole["n_against"].iloc[0]


@pytest.mark.parametrize("wrong", [("a", 0, 10_000), ("x", 0, 1), "，。"])
def test_what_is_no_text_of_the_corpus_is_refused(corpus, wrong):
    for call in (fz.tfidf_similarity, fz.specificity, fz.clause_specificity, fz.distinctive_terms):
        with pytest.raises(ValueError, match=r"`ignore` must be phrases that carry text, or spans"):
            call(corpus, ignore=[wrong])
    with pytest.raises(TypeError, match=r"`ignore` must be a DataFrame of spans"):
        fz.specificity(corpus, ignore=3)

"""Tokens are slices; policy terms stay whole; the analyzer is one thing for scikit-learn, pickle and every process."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from fzanalytics.base.resources import data_path
from fzanalytics.features.tokens import (
    PolicyAnalyzer,
    load_policy_words,
    load_stop_words,
    tokenize,
)
from fzanalytics.features.words import load_place_words

CHINESE = st.text(
    alphabet=st.sampled_from("法治政府行政复议的了。，（）《〈 \n\r\t1２aB+-%𠀀〇\ue000权力清单"), max_size=60
)


@given(text=st.one_of(st.text(max_size=60), CHINESE))
@settings(max_examples=150, deadline=None)
def test_tokens_are_slices_without_gaps(text: str) -> None:
    tokens = tokenize(text)
    assert "".join(token.text for token in tokens) == text
    assert all(text[token.begin : token.end] == token.text != "" for token in tokens)
    assert [token.begin for token in tokens[1:]] == [token.end for token in tokens[:-1]]


# The sentences are from plans; each names set terms (law-based government, administrative reconsideration, lists of
# powers, ...) that jieba's own dictionary cuts.
@pytest.mark.parametrize(
    ("sentence", "terms"),
    [
        ("加快建设法治政府，如期基本建成。", ["法治政府"]),
        ("加强行政复议工作，完善行政裁决、行政调解制度", ["行政复议", "行政裁决", "行政调解"]),
        ("推行权力清单、责任清单、负面清单制度", ["权力清单", "责任清单", "负面清单"]),
        ("全面落实行政执法公示制度和重大行政执法决定法制审核制度", ["行政执法公示制度", "行政执法", "法制审核"]),
        ("推进“互联网+监管”和“放管服”改革", ["互联网+监管", "放管服"]),
        ("健全终身责任追究制度及责任倒查机制", ["终身责任追究制度", "责任倒查机制"]),
    ],
)
def test_policy_terms_stay_whole(sentence: str, terms: list[str]) -> None:
    found = [token.text for token in tokenize(sentence)]
    assert [term for term in terms if term not in found] == []


def test_every_policy_word_is_whole_by_itself() -> None:
    cut = [word for word in load_policy_words() if len(tokenize(word)) != 1]
    assert cut == []


def test_policy_terms_of_the_sample_are_whole() -> None:
    # An occurrence of a term is a token, lies inside a longer one, or is torn by its neighbours (政府|失信行为).
    import fzanalytics as fz

    text = "\n".join(fz.load_sample().paragraphs["text"])
    owner = [token for token in tokenize(text) for _ in token.text]
    whole = inside = torn = 0
    for word in load_policy_words():
        begin = text.find(word)
        while begin >= 0:
            end = begin + len(word)
            if owner[begin] != owner[end - 1]:
                torn += 1
            elif owner[begin].text == word:
                whole += 1
            else:
                inside += 1
            begin = text.find(word, end)
    assert whole > 4000
    assert torn < 0.03 * whole, (whole, inside, torn)


def test_extra_words_by_list_and_by_file(tmp_path: Path) -> None:
    sentence = "一般实行局队合一体制"  # bureau and brigade in one
    assert "局队合一" not in [token.text for token in tokenize(sentence)]
    file = tmp_path / "words.txt"
    file.write_text("# comment\n## group | reason\n局队合一 # bureau and brigade in one\n\n", encoding="utf-8")
    for words in (["局队合一"], {"局队合一", "法治政府"}, file, str(file)):
        assert "局队合一" in [token.text for token in tokenize(sentence, words=words)]
    assert "局队合一" not in [token.text for token in tokenize(sentence)], "extra words leak into the default"


def test_order_of_extra_words_does_not_matter() -> None:
    words = ["服务型行政执法示范点", "执法示范", "行政执法示范", "示范点"]
    text = "培育服务型行政执法示范点，推进行政执法示范"
    assert tokenize(text, words=words) == tokenize(text, words=words[::-1])


@pytest.mark.parametrize("word", ["双随机、一公开", "有 空格", "", 7])
def test_words_that_jieba_would_cut_are_refused(word: object) -> None:
    with pytest.raises(ValueError, match="`words` must be made of Chinese characters"):
        tokenize("双随机、一公开", words=[word])  # type: ignore[list-item]


@pytest.mark.parametrize("piece", ["瓿", "一", "行政复议"])
def test_a_text_without_any_break_stays_fast(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    begin = time.perf_counter()
    tokens = tokenize(text)
    assert "".join(token.text for token in tokens) == text
    assert time.perf_counter() - begin < 8


def test_lists_hold_each_word_once_and_say_why() -> None:
    for name in ("policy_words.txt", "stop_words.txt"):
        lines = data_path(name).read_text(encoding="utf-8").splitlines()
        words = [line.split(" #")[0].strip() for line in lines if line.strip() and not line.startswith("#")]
        assert sorted(words) == sorted(set(words)), name
        assert all("|" in line for line in lines if line.startswith("##")), name
        assert next(line for line in lines if line).startswith("#"), name
    assert not set(load_policy_words()) & load_stop_words(without=["place_level_words", "responsibility_formula"])


def test_place_words_keep_jurisdictions_whole() -> None:
    places = load_place_words()
    assert len(places) > 3000 and all(len(name) > 2 for name in places)
    assert set(load_place_words(levels="province")) < set(places)
    cut = [name for name in places if len(tokenize(name)) > 1]
    assert len(cut) > 50, "jieba needs no list any more"
    assert [name for name in places if len(tokenize(name, words=places)) > 1] == []
    with pytest.raises(ValueError, match="`levels` must be among province, prefecture and county; got town"):
        load_place_words(levels=["town"])


def test_stop_word_groups() -> None:
    everything = load_stop_words()
    kept = load_stop_words(without=["genre_verbs"])
    assert {"加强", "完善", "健全", "推进"} <= everything - kept
    assert "以及" in kept
    with pytest.raises(ValueError, match=r"`without` must name groups of the file .*genre_verbs.*; got verbs"):
        load_stop_words(without=["verbs"])


def test_analyzer_by_hand() -> None:
    text = "加强行政复议工作。（市法制局、各有关部门负责）2017年APP"
    assert PolicyAnalyzer()(text) == ["行政复议", "法制局", "app"]
    assert PolicyAnalyzer(mask="agency")(text) == ["行政复议", "app"]
    assert PolicyAnalyzer(mask=["agency"], mask_tokens=True)(text) == ["行政复议", "〔机构〕", "〔机构〕", "app"]
    assert PolicyAnalyzer(stop_words=None, mask="agency")(text) == ["加强", "行政复议", "工作", "负责", "app"]
    assert PolicyAnalyzer(stop_words=["app"], mask="agency")(text) == ["加强", "行政复议", "工作", "负责"]
    assert "年" in PolicyAnalyzer(stop_words=None, min_chars=1)(text)


@given(text=CHINESE)
@settings(max_examples=60, deadline=None)
def test_analysis_accounts_for_every_word(text: str) -> None:
    for mask in ((), ("place", "agency")):
        found = PolicyAnalyzer(mask=mask).analyze(text)
        assert found.n_words == len(found.terms) + found.n_short + found.n_stopped + found.n_masked


def test_analyzer_options_are_checked() -> None:
    with pytest.raises(ValueError, match="`min_chars` must be at least 1; got 0"):
        PolicyAnalyzer(min_chars=0)
    with pytest.raises(ValueError, match="`mask` must hold only 'place' and 'agency'; got 'date'"):
        PolicyAnalyzer(mask=["date"])
    with pytest.raises(ValueError, match="`stop_words` must be 'policy', None"):
        PolicyAnalyzer(stop_words="english")


def test_analyzer_in_a_pipeline_cloned_and_pickled() -> None:
    texts = ["完善行政复议审理机制", "行政复议办案", "推进政务公开", "政府信息公开平台"]
    analyzer = PolicyAnalyzer(words=["审理机制"], mask=("place",))
    pipeline = make_pipeline(TfidfVectorizer(analyzer=analyzer), MultinomialNB())
    pipeline.fit(texts, [0, 0, 1, 1])
    again = pickle.loads(pickle.dumps(pipeline))
    fresh = clone(pipeline).fit(texts, [0, 0, 1, 1])
    new = ["行政复议公信力", "政府信息公开目录"]
    assert pipeline.predict(new).tolist() == again.predict(new).tolist() == fresh.predict(new).tolist() == [0, 1]
    assert pickle.loads(pickle.dumps(analyzer)) == analyzer
    assert len(pickle.dumps(analyzer)) < 10_000, "the tokenizer travels with the pickle"


def test_same_tokens_in_a_process_with_another_hash_seed() -> None:
    text = "健全行政执法和刑事司法衔接机制，罚缴分离，局队合一，河北特色。"
    code = (
        "import sys; sys.stdout.reconfigure(encoding='utf-8');"
        "from fzanalytics.features.tokens import PolicyAnalyzer;"
        f"print('|'.join(PolicyAnalyzer(words={{'局队合一', '衔接机制'}}, mask=('place', 'agency'))({text!r})))"
    )
    expected = "|".join(PolicyAnalyzer(words=["衔接机制", "局队合一"], mask=("agency", "place"))(text))
    root = Path(__file__).parents[1]
    for seed in ("1", "77"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        assert done.stdout.strip() == expected
        assert done.stderr == "", "jieba or pkg_resources talks"


def test_nothing_is_written_logged_or_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fzanalytics.features import engines

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for cached in (engines.choose_engine, engines.jieba_tokenizer, engines._rjieba_tokenizer, engines._base_dictionary):
        cached.cache_clear()
    handlers = list(logging.getLogger().handlers)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tokenize("法治政府")
    import jieba

    assert list(tmp_path.iterdir()) == []
    assert logging.getLogger().handlers == handlers
    assert not jieba.dt.initialized, "the tokenizer that all users of jieba share has been touched"

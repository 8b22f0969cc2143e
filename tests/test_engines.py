"""jieba and rjieba give the same words: on the bundled documents, on real material and on hostile text."""

from __future__ import annotations

import os
import pickle
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.features import engines
from fzanalytics.features.engines import check_engine, choose_engine, cut_words, jieba_tokenizer
from fzanalytics.features.tokens import PolicyAnalyzer, tokenize
from fzanalytics.features.words import load_policy_words

# Chinese, the edges of jieba's range, rarer blocks, numbers, marks, line ends, private use.
HOSTILE = "法治政府行政复议中岛的了一二〇年月县市不一丁龥龦鿕鿖鿿㐀䶿豈𠀀12０aBé.%+#&_-，。、（）《》“” \n\r\t\u3000\ue000\u200b〔"
PLAIN_MARKS = "0123456789aZ.%+#&_-"


def slow(text: str, words: tuple[str, ...] = ()) -> list[str]:
    return list(cut_words(text, words, "jieba"))


def fast(text: str, words: tuple[str, ...] = ()) -> list[str]:
    return list(cut_words(text, words, "rjieba"))


def test_the_bundled_documents_are_cut_alike() -> None:
    texts = fz.load_sample().held["text"]
    assert texts.str.len().sum() > 70_000
    for text in texts:
        assert fast(text) == slow(text)


def test_real_material_is_cut_alike() -> None:
    folder = os.environ.get("FZANALYTICS_DATA")
    if not folder:
        pytest.skip("FZANALYTICS_DATA is not set: no real material")
    files = sorted(path for kind in ("*.txt", "*.md") for path in Path(folder).rglob(kind))[::9]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)[:400_000]
    assert len(text) > 100_000
    assert fast(text) == slow(text)


@given(text=st.one_of(st.text(st.sampled_from(HOSTILE), max_size=80), st.text(max_size=40)))
@settings(max_examples=300, deadline=None)
def test_hostile_text_is_cut_alike(text: str) -> None:
    assert fast(text) == slow(text)


@given(text=st.text(st.sampled_from(PLAIN_MARKS + "年第号"), max_size=40))
@settings(max_examples=150, deadline=None)
def test_numbers_and_latin_words_are_cut_alike(text: str) -> None:
    assert fast(text) == slow(text)


@pytest.mark.parametrize(
    "text",
    [
        "2015-2020年",
        "state_council",
        "中发〔2015〕36号",
        "3.14%的a.b",
        "a\r\n\r\nb\n\r",
        "龦法治",
        "𠀀法治𠀀",
        "法治\ud800政府",
        "",
    ],
)
def test_known_differences_are_levelled(text: str) -> None:
    assert fast(text) == slow(text)
    assert "".join(fast(text)) == text


def test_random_words_and_characters_are_cut_alike() -> None:
    # Words of jieba's dictionary in a random order make near ties, rare characters reach the Markov model's floor.
    rng = random.Random(5)
    dictionary = [word for word, frequency in jieba_tokenizer(()).FREQ.items() if frequency and len(word) > 1]
    rare = [chr(code) for code in range(0x4E00, 0x9FD6)]
    for _ in range(1500):
        text = "".join(rng.choice(rng.choice((dictionary, rare))) for _ in range(rng.randint(1, 12)))
        assert fast(text) == slow(text), text


def test_signs_among_characters_are_cut_alike() -> None:
    # The best way through a stretch and what jieba's model makes of the rest hang on the signs, whichever they are.
    rng = random.Random(7)
    dictionary = [word for word, frequency in jieba_tokenizer(()).FREQ.items() if frequency]
    rare = [chr(code) for code in range(0x4E00, 0x9FD6)]
    words = ("2017年底前", "第1批")
    for _ in range(3000):
        parts = [rng.choice(rng.choice((dictionary, rare, "0123456789", "%.-_+#&AaBbST", words))) for _ in range(14)]
        text = "".join(parts)
        assert fast(text) == slow(text), text
        assert fast(text, words) == slow(text, words), text


def test_a_near_tie_hangs_on_the_sum_of_frequencies() -> None:
    assert slow("摩尔体积中岛几十头") == fast("摩尔体积中岛几十头") == ["摩尔体积", "中岛", "几十头"]


def test_extra_words_are_cut_alike() -> None:
    words = ("互联网+监管", "局队合一", "法治政府", "体制")
    text = "推进“互联网+监管”，实行局队合一体制，建设法治政府示范市" * 3
    assert fast(text, words) == slow(text, words)
    assert "局队合一" in fast(text, words)


def test_stretches_longer_than_the_limit_are_cut_alike() -> None:
    for piece in ("行政复议的", "龘", "2015年", "a"):
        text = piece * (4_100 // len(piece))
        assert fast(text) == slow(text)


def test_analyzers_do_not_depend_on_the_engine() -> None:
    text = "健全行政执法和刑事司法衔接机制。（市法制办、市编委办负责）2015-2020年"
    one, other = PolicyAnalyzer(engine="jieba", mask="agency"), PolicyAnalyzer(engine="rjieba", mask="agency")
    assert one.analyze(text) == other.analyze(text)
    assert one == other and hash(one) == hash(other)
    again = pickle.loads(pickle.dumps(other))
    assert again.engine == "rjieba" and again(text) == other(text)
    assert tokenize(text, engine="jieba") == tokenize(text, engine="rjieba") == tokenize(text)


def test_auto_takes_rjieba_only_where_it_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_engine("auto") == "rjieba"

    class Other:
        def cut(self, text: str, hmm: bool = True) -> list[str]:
            return list(text)

    choose_engine.cache_clear()
    monkeypatch.setattr(engines, "_rjieba_tokenizer", lambda words: Other())
    try:
        assert choose_engine("auto") == "jieba"
        assert list(cut_words("法治政府", (), "auto")) == ["法治政府"]
        with pytest.raises(RuntimeError, match=r"`engine` must cut as jieba does; the rjieba installed does not"):
            choose_engine("rjieba")
    finally:
        choose_engine.cache_clear()


def test_without_rjieba_jieba_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    choose_engine.cache_clear()
    monkeypatch.setattr(engines, "_is_there", lambda: False)
    try:
        assert choose_engine("auto") == "jieba"
        with pytest.raises(ImportError, match="`engine` must be installed; got 'rjieba'"):
            check_engine("rjieba")
    finally:
        choose_engine.cache_clear()


def test_engines_are_named() -> None:
    with pytest.raises(ValueError, match="`engine` must be 'auto', 'jieba' or 'rjieba'; got 'pkuseg'"):
        PolicyAnalyzer(engine="pkuseg")  # type: ignore[arg-type]


def test_every_policy_word_is_whole_with_both() -> None:
    text = "，".join(load_policy_words())
    assert fast(text) == slow(text)

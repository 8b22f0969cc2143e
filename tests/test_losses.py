"""What is dropped adds up, and each stop word has its reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.features.losses import describe_tokens
from fzanalytics.features.matrices import count_matrix
from fzanalytics.features.tokens import PolicyAnalyzer, load_stop_words
from fzanalytics.features.words import stop_word_reasons

PIECES = ["加强", "行政复议", "，", "2017年", "工作", "政务公开", "市法制办", "在", "以及", "法治政府", ""]


def test_the_sample_adds_up() -> None:
    texts = fz.load_sample().paragraphs["text"]
    analyzer = PolicyAnalyzer(mask=("place", "agency"))
    table = describe_tokens(texts, analyzer=analyzer, min_df=2, max_df=0.5)
    matrix = count_matrix(texts, analyzer=analyzer, min_df=2, max_df=0.5)
    kept = table[table["step"] == "kept"].iloc[0]
    assert kept["n_tokens"] == matrix.matrix.sum() and kept["n_types"] == matrix.matrix.shape[1]
    assert kept["n_empty"] == (matrix.matrix.sum(axis=1) == 0).sum() > 0
    assert table["n_tokens"].iloc[0] == table["n_tokens"].iloc[1:].sum()
    assert table["token_share"].iloc[1:].sum() == pytest.approx(1)
    assert table["n_empty"].is_monotonic_increasing
    analyses = [analyzer.analyze(text) for text in texts]
    by_step = table.groupby("step")["n_tokens"].sum()
    assert by_step["words"] == sum(analysis.n_words for analysis in analyses)
    assert by_step["short"] == sum(analysis.n_short for analysis in analyses)
    assert by_step["stopped"] == sum(analysis.n_stopped for analysis in analyses)
    assert by_step["masked"] == sum(analysis.n_masked for analysis in analyses) > 0
    assert by_step["min_df"] > 0 and (table["reason"] != "").all()


@given(
    texts=st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), min_size=1, max_size=5),
    max_df=st.sampled_from([0.5, 1.0, 2]),
)
@settings(max_examples=50, deadline=None)
def test_tokens_always_add_up(texts: list[str], max_df: int | float) -> None:
    try:
        matrix = count_matrix(texts, max_df=max_df)
    except ValueError:
        with pytest.raises(ValueError, match="must"):
            describe_tokens(texts, max_df=max_df)
        return
    table = describe_tokens(texts, max_df=max_df).set_index(["step", "group"])
    assert table.loc["words", "n_tokens"].iloc[0] == table["n_tokens"].iloc[1:].sum()
    assert table.loc[("kept", ""), "n_tokens"] == matrix.matrix.sum()
    assert table.loc[("kept", ""), "n_empty"] == (matrix.matrix.sum(axis=1) == 0).sum()


def test_by_hand() -> None:
    table = describe_tokens(["加强行政复议", "加强", "行政复议与政务公开"], max_df=1).set_index(["step", "group"])
    assert table.loc[("stopped", "genre_verbs"), ["n_tokens", "n_types", "n_empty"]].tolist() == [2, 1, 1]
    assert table.loc[("max_df", ""), ["n_tokens", "n_types", "n_empty"]].tolist() == [2, 1, 2]
    assert table.loc[("kept", ""), ["n_tokens", "n_types", "n_empty"]].tolist() == [1, 1, 2]
    own = describe_tokens(["加强行政复议", "政务公开"], analyzer=PolicyAnalyzer(stop_words=["行政复议"]))
    row = own[own["group"] == "own"].iloc[0]
    assert (row["n_tokens"], row["reason"]) == (1, "a stop word of the caller's own")


def test_every_stop_word_has_a_reason(tmp_path: Path) -> None:
    reasons = stop_word_reasons()
    assert set(reasons["word"]) == load_stop_words()
    assert (reasons["reason"].str.len() > 10).all() and (reasons["group"] != "").all()
    assert reasons["word"].is_unique
    file = tmp_path / "own.txt"
    file.write_text("甲\n## verbs | because\n乙 # why\n", encoding="utf-8")
    assert stop_word_reasons(file).values.tolist() == [["甲", "", ""], ["乙", "verbs", "because"]]

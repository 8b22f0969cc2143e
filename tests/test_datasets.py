"""The bundled corpus is there, whole, and says what it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.datasets import load_sample


@cache
def sample() -> Corpus:
    return load_sample()


def test_six_held_and_nine_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # from any folder
    corpus = load_sample()
    assert corpus.held["doc_id"].tolist() == [
        "hebei_province_2016", "henan_province_2021", "henan_province_2021#2", "qingyuan_city_2017",
        "shijiazhuang_city_2016", "xiahe_county_2017",
    ]  # fmt: skip
    missing = corpus.documents[~corpus.documents["held"]]
    assert set(missing["doc_id"]) == {
        "national_outline_2015",
        "national_outline_2021",
        "gansu_2016",
        "gannan_2017",
        "guangdong_2016",
        "henan_2016",
        "henan_assessment_2015",
        "rule_of_law_plan_2020",
        "rule_of_law_society_2020",
    }
    assert (missing["text"] == "").all() and (missing["n_chars"] == 0).all() and missing["sha256"].isna().all()
    assert (corpus.held["text"].str.len() == corpus.held["n_chars"]).all()


def test_types_are_those_of_the_contract() -> None:
    documents = sample().documents
    for column in ("dated", "published", "effective", "earliest", "latest"):
        assert documents[column].dtype.kind == "M"
    for column in ("period_start", "period_end"):
        assert documents[column].dtype == "Int64"
    assert documents["held"].dtype == bool and documents["doc_id"].is_unique


def test_dates_and_parents() -> None:
    documents = sample().documents.set_index("doc_id")
    assert documents.at["shijiazhuang_city_2016", "parent_ids"].split(";")[0] == "hebei_province_2016"
    assert documents.at["xiahe_county_2017", "earliest"] == pd.Timestamp("2017-10-18")
    assert pd.isna(documents.at["xiahe_county_2017", "latest"])  # its deadlines of April 2017 bound nothing
    assert documents.at["qingyuan_city_2017", "dated"] == pd.Timestamp("2017-01-26")


def test_problems_are_the_shifted_bytes_of_henan_and_a_level_left_out_in_qingyuan() -> None:
    problems = sample().problems
    assert problems[["source", "kind"]].values.tolist() == [
        ["henan_province_2021.txt", "repaired text"],
        ["henan_province_2021.txt", "repaired text"],
        ["qingyuan_city_2017.txt", "numbering"],
    ]
    assert "三/45" in problems["message"].iloc[2]


def test_missing_addition() -> None:
    with pytest.raises(FileNotFoundError, match=r"`source` must be a folder or file that exists; got .*no\.txt"):
        load_sample(add=["no.txt"])

"""What goes out comes back to the last bit: CSV, Parquet, MatrixMarket, gensim; and what pyLDAvis asks for."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import fzanalytics as fz
from fzanalytics.features.interchange import (
    from_gensim,
    read_matrix,
    read_topics,
    to_gensim,
    to_pyldavis,
    write_matrix,
    write_topics,
)
from fzanalytics.features.matrices import TermMatrix, count_matrix, counts_of_terms, tfidf_matrix

SUFFIXES = [".csv", ".parquet", ".mtx"]
# Terms as files find them hardest: quotes, commas, what programs read as missing, numbers, spaces, rare characters.
TERMS = ["NA", "nan", "1", "1.0", "null", "a,b", 'a"b', "'", "甲", "𠀀", "# x", " ", "TRUE", "-", "=1+1"]


def need(suffix: str) -> None:
    if suffix == ".parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed: the extra parquet")


def same(one: TermMatrix, other: TermMatrix) -> bool:
    return (
        one.vocabulary.tolist() == other.vocabulary.tolist()
        and one.matrix.dtype == other.matrix.dtype
        and one.matrix.shape == other.matrix.shape
        and one.matrix.toarray().tobytes() == other.matrix.toarray().tobytes()
    )


@pytest.fixture(scope="module")
def topics() -> Any:
    return fz.fit_topics(fz.load_sample(), model="nmf", n_topics=4)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("weigh", [count_matrix, tfidf_matrix])
def test_the_sample_comes_back(suffix: str, weigh: Any, tmp_path: Path) -> None:
    need(suffix)
    held = fz.load_sample().held.iloc[:3]
    matrix = weigh(held["text"])
    files = write_matrix(matrix, tmp_path / f"m{suffix}", doc_ids=held["doc_id"])
    again, doc_ids = read_matrix(tmp_path / f"m{suffix}")
    assert same(matrix, again) and doc_ids == held["doc_id"].tolist()
    assert sorted(files) == sorted(tmp_path.iterdir())
    before = [file.read_bytes() for file in files]
    write_matrix(again, tmp_path / f"m{suffix}", doc_ids=doc_ids)
    assert before == [file.read_bytes() for file in files], "the bytes depend on more than the matrix"


@pytest.mark.parametrize("suffix", [".csv", ".mtx"])
@given(
    rows=st.lists(st.lists(st.sampled_from(TERMS), max_size=5), min_size=1, max_size=5).filter(any),
    scale=st.sampled_from([1, 0.1, 1 / 3, 1e-300, 1e22]),
)
@settings(max_examples=40, deadline=None)
def test_hard_terms_and_numbers_come_back(suffix: str, rows: list[list[str]], scale: float) -> None:
    matrix, vocabulary = counts_of_terms(rows)
    matrix = TermMatrix(sparse.csr_matrix(matrix * scale), vocabulary)
    with TemporaryDirectory() as folder:
        write_matrix(matrix, Path(folder) / f"m{suffix}", doc_ids=[f"NA{n}" for n in range(len(rows))])
        again, doc_ids = read_matrix(Path(folder) / f"m{suffix}")
    assert same(matrix, again)
    assert doc_ids == [f"NA{n}" for n in range(len(rows))]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_empty_texts_and_default_names(suffix: str, tmp_path: Path) -> None:
    need(suffix)
    matrix = counts_of_terms([["甲", "NA"], [], ["甲"]])
    write_matrix(matrix, tmp_path / f"m{suffix}")
    again, doc_ids = read_matrix(tmp_path / f"m{suffix}")
    assert same(matrix, again) and doc_ids == ["1", "2", "3"]


def test_the_files_are_those_that_r_reads(tmp_path: Path) -> None:
    matrix = counts_of_terms([["甲", "乙", "甲"], []])
    write_matrix(matrix, tmp_path / "m.mtx", doc_ids=["a", "b"])
    lines = (tmp_path / "m.mtx").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "%%MatrixMarket matrix coordinate integer general"
    assert next(line for line in lines if not line.startswith("%")).split() == ["2", "2", "2"]
    assert (tmp_path / "m.terms.csv").read_bytes().decode() == "term\n乙\n甲\n"
    assert (tmp_path / "m.documents.csv").read_bytes().decode() == "doc_id\na\nb\n"
    write_matrix(matrix, tmp_path / "m.csv", doc_ids=["a", "b"])
    assert (tmp_path / "m.csv").read_bytes().decode() == "doc_id,乙,甲\na,1,2\nb,0,0\n"


@pytest.mark.parametrize(
    ("name", "doc_ids", "message"),
    [
        ("m.xlsx", ["a", "b"], r"`path` must end in \.csv, \.parquet or \.mtx; got 'm\.xlsx'"),
        ("m.csv", ["a", "a"], "`doc_ids` must be 2 different str of one line"),
        ("m.csv", ["a"], "`doc_ids` must be 2 different str"),
        ("m.mtx", ["a", "b\n"], "`doc_ids` must be 2 different str of one line"),
        ("m.csv", ["a", 2], "`doc_ids` must be 2 different str"),
        ("m.csv", ["a", "doc_id"], "none of them 'doc_id'"),
    ],
)
def test_bad_names_are_refused(name: str, doc_ids: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        write_matrix(counts_of_terms([["甲"], []]), tmp_path / name, doc_ids=doc_ids)
    assert list(tmp_path.iterdir()) == []


def test_a_huge_full_table_is_refused(tmp_path: Path) -> None:
    matrix = TermMatrix(sparse.csr_matrix((60_000, 1_000), dtype=np.int64), np.array([f"t{n}" for n in range(1_000)]))
    with pytest.raises(
        ValueError, match=r"at most 50,000,000 cells for a full table; got 60,000 × 1,000\. Write \.mtx"
    ):
        write_matrix(matrix, tmp_path / "m.csv")
    write_matrix(matrix, tmp_path / "m.mtx")
    assert same(read_matrix(tmp_path / "m.mtx")[0], matrix)


def test_without_pyarrow_the_message_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"Install fzanalytics\[parquet\]"):
        write_matrix(counts_of_terms([["甲"]]), tmp_path / "m.parquet")


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_topics_come_back(suffix: str, topics: Any, tmp_path: Path) -> None:
    need(suffix)
    files = write_topics(topics, tmp_path / "topics", suffix=suffix)
    assert [file.name for file in files] == [
        f"{name}{suffix}" for name in ("topic_terms", "unit_topics", "document_topics", "units")
    ]
    again = read_topics(tmp_path / "topics", suffix=suffix)
    for name in ("topic_terms", "unit_topics", "document_topics"):
        one, other = getattr(topics, name), getattr(again, name)
        assert one.to_numpy().tobytes() == other.to_numpy().tobytes(), name
        assert one.index.tolist() == other.index.tolist() and one.columns.tolist() == other.columns.tolist()
        assert one.index.name == other.index.name and one.columns.name == other.columns.name
    assert again.units["doc_id"].tolist() == topics.units["doc_id"].tolist()
    assert again.units["n_tokens"].tolist() == topics.units["n_tokens"].tolist()


def test_missing_shares_stay_missing(tmp_path: Path) -> None:
    shares = pd.DataFrame([[0.5, 0.5], [np.nan, np.nan]], index=pd.Index(["a", "NA"], name="doc_id"), columns=[1, 2])
    terms = pd.DataFrame([[0.1, 0.9], [1.0, 0.0]], index=pd.Index([1, 2], name="topic"), columns=["NA", "1"])
    units = pd.DataFrame({"doc_id": ["a", "NA"], "n_tokens": [3, 4]}, index=pd.Index(["a", "NA"], name="document_id"))
    result = SimpleNamespace(topic_terms=terms, unit_topics=shares, document_topics=shares, units=units)
    write_topics(result, tmp_path)
    again = read_topics(tmp_path)
    assert np.array_equal(again.document_topics.to_numpy(), shares.to_numpy(), equal_nan=True)
    assert again.document_topics.index.tolist() == ["a", "NA"] == again.units["doc_id"].tolist()
    assert again.topic_terms.columns.tolist() == ["NA", "1"]


def test_gensim_and_back() -> None:
    from gensim.corpora import Dictionary

    texts = [["乙", "甲", "乙"], [], ["甲", "丙"]]
    matrix = counts_of_terms(texts)
    bags, dictionary = to_gensim(matrix)
    assert same(from_gensim(bags, dictionary), matrix)
    own = Dictionary(texts)
    assert same(from_gensim([own.doc2bow(text) for text in texts], own), matrix)
    by_term = {term: (own.dfs[number], own.cfs[number]) for term, number in own.token2id.items()}
    assert {t: (dictionary.dfs[n], dictionary.cfs[n]) for t, n in dictionary.token2id.items()} == by_term
    assert (dictionary.num_docs, dictionary.num_pos, dictionary.num_nnz) == (own.num_docs, own.num_pos, own.num_nnz)
    assert [dictionary.doc2bow(text) for text in texts] == bags
    with pytest.raises(ValueError, match="`dictionary` must hold every id of the corpus; 1 are not there, such as 9"):
        from_gensim([[(9, 1)]], dictionary)


def test_gensim_trains_on_it_and_all_zero_columns_stay() -> None:
    from gensim.models import LdaModel

    matrix = TermMatrix(sparse.csr_matrix([[1, 0, 2], [0, 0, 1]]), np.array(["a", "b", "c"], dtype=object))
    bags, dictionary = to_gensim(matrix)
    assert same(from_gensim(bags, dictionary), matrix)
    assert LdaModel(bags, id2word=dictionary, num_topics=2, random_state=0).get_topics().shape == (2, 3)


def test_pyldavis_input_keeps_its_rules(topics: Any) -> None:
    sample = fz.load_sample()
    counts = count_matrix(sample.held["text"])
    for given_counts in (None, counts):
        made = to_pyldavis(topics, counts=given_counts)
        n_units, n_topics = made["doc_topic_dists"].shape
        assert made["topic_term_dists"].shape == (n_topics, len(made["vocab"])) == (4, len(made["term_frequency"]))
        assert len(made["doc_lengths"]) == n_units and (np.asarray(made["doc_lengths"]) > 0).all()
        assert np.allclose(made["topic_term_dists"].sum(axis=1), 1) and np.allclose(
            made["doc_topic_dists"].sum(axis=1), 1
        )
    assert made["term_frequency"].tolist() == [
        int(counts.matrix[:, counts.vocabulary.tolist().index(term)].sum()) for term in made["vocab"]
    ]
    expected = to_pyldavis(topics)["term_frequency"]
    assert expected.sum() == pytest.approx(made["doc_lengths"].sum())
    with pytest.raises(ValueError, match="`counts` must hold every term of the model"):
        to_pyldavis(topics, counts=counts_of_terms([["甲"]]))


def test_pyldavis_takes_it(topics: Any) -> None:
    pyldavis = pytest.importorskip("pyLDAvis", reason="pyLDAvis is not installed")
    prepared = pyldavis.prepare(**to_pyldavis(topics), sort_topics=False, n_jobs=1)
    assert prepared.topic_coordinates.shape[0] == 4

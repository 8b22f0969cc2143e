"""Matrices and topics out to other programs and in again, without loss: CSV, Parquet, MatrixMarket, gensim, pyLDAvis.

Shape letters: D texts, C units, V vocabulary, K topics. Files are UTF-8, written whole or not at all. How R reads each
in one line stands in the docstrings.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
from scipy import sparse

from fzanalytics.base.files import write_bytes_atomically, write_text_atomically
from fzanalytics.features.matrices import TermMatrix

Bags = list[list[tuple[int, Any]]]
# Cells of a full table: beyond it a CSV file is of no use to anybody, and MatrixMarket holds only what is not zero.
MAX_CELLS = 50_000_000
# Numbers as they were written; from pandas 3 on they are read so anyway.
_EXACT: dict[str, Any] = {"float_precision": "round_trip"} if int(pd.__version__.split(".")[0]) < 3 else {}
_TOPIC_TABLES = ("topic_terms", "unit_topics", "document_topics")


class Topics(Protocol):
    """What is read of a topic model here; a `TopicResult` is one."""

    topic_terms: pd.DataFrame
    unit_topics: pd.DataFrame
    document_topics: pd.DataFrame
    units: pd.DataFrame


class TopicTables(NamedTuple):
    """The tables of a topic model as files hold them: the attributes of a `TopicResult` of the same names."""

    topic_terms: pd.DataFrame
    unit_topics: pd.DataFrame
    document_topics: pd.DataFrame
    units: pd.DataFrame


def write_matrix(matrix: TermMatrix, path: str | Path, *, doc_ids: Iterable[str] | None = None) -> list[Path]:
    """Write a documents-by-terms matrix; `read_matrix` gives it back to the last bit.

    Parameters
    ----------
    matrix : TermMatrix
        Counts or weights, shape (D, V), and the terms.
    path : str or Path
        The suffix is the format: .csv and .parquet are full tables, doc_id and one column a term; .mtx is MatrixMarket,
        which holds only what is not zero, and beside it NAME.documents.csv and NAME.terms.csv name rows and columns.
    doc_ids : iterable of str, optional
        D names; by default "1", "2", ...

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If names are not unique, or the suffix is another, or a full table would have over 50 million cells.
    ImportError
        If pyarrow is not installed (.parquet).

    Notes
    -----
    In R, one line each::

        read.csv("counts.csv", row.names = 1, check.names = FALSE, fileEncoding = "UTF-8")
        arrow::read_parquet("counts.parquet")
        Matrix::readMM("counts.mtx")   # then dimnames from read.csv("counts.documents.csv") and counts.terms.csv

    Examples
    --------
    >>> import tempfile
    >>> from fzanalytics.features.matrices import count_matrix
    >>> counts = count_matrix(["行政复议与行政调解", "行政复议"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_matrix(counts, Path(folder) / "counts.csv", doc_ids=["甲县", "乙县"])
    ...     print(files[0].read_text(encoding="utf-8"))
    doc_id,行政复议,行政调解
    甲县,1,1
    乙县,1,0
    """
    counts, terms = sparse.csr_matrix(matrix.matrix), [str(term) for term in matrix.vocabulary]
    rows = [str(row + 1) for row in range(counts.shape[0])] if doc_ids is None else list(doc_ids)
    _check_names(rows, counts.shape[0], "doc_ids")
    _check_names(terms, counts.shape[1], "vocabulary")
    if (suffix := _suffix(path)) == ".mtx":
        return _write_mtx(counts, rows, terms, Path(path))
    if counts.shape[0] * counts.shape[1] > MAX_CELLS:
        raise ValueError(
            f"`matrix` must have at most {MAX_CELLS:,} cells for a full table; got {counts.shape[0]:,} × "
            f"{counts.shape[1]:,}. Write .mtx."
        )
    table = pd.DataFrame(counts.toarray(), index=pd.Index(rows, name="doc_id"), columns=terms)
    return [_write_table(table, Path(path), suffix)]


def read_matrix(path: str | Path) -> tuple[TermMatrix, list[str]]:
    """Read a matrix that `write_matrix` wrote, or a file of the same form.

    Parameters
    ----------
    path : str or Path
        .csv, .parquet or .mtx with its two files of names.

    Returns
    -------
    TermMatrix, list of str
        The matrix, columns as in the file, and the names of the rows.

    Raises
    ------
    ValueError
        If names are not unique, or do not fit the matrix.

    Examples
    --------
    >>> import tempfile
    >>> from fzanalytics.features.matrices import count_matrix
    >>> counts = count_matrix(["行政复议与行政调解", "行政复议"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = write_matrix(counts, Path(folder) / "counts.mtx", doc_ids=["甲县", "乙县"])
    ...     again, doc_ids = read_matrix(Path(folder) / "counts.mtx")
    >>> again.matrix.toarray().tolist(), again.vocabulary.tolist(), doc_ids
    ([[1, 1], [1, 0]], ['行政复议', '行政调解'], ['甲县', '乙县'])
    """
    if (suffix := _suffix(path)) == ".mtx":
        from scipy.io import mminfo, mmread

        kind = np.int64 if mminfo(str(path))[4] == "integer" else np.float64
        counts = sparse.csr_matrix(mmread(str(path))).astype(kind)
        rows, terms = (_read_names(file, name) for file, name in _names_of(Path(path)))
    else:
        table = _read_table(Path(path), suffix)
        counts = sparse.csr_matrix(table.to_numpy())
        rows, terms = list(table.index), list(table.columns)
    _check_names(rows, counts.shape[0], "doc_ids")
    _check_names(terms, counts.shape[1], "vocabulary")
    return TermMatrix(counts, np.array(terms, dtype=object)), rows


def write_topics(result: Topics, folder: str | Path, *, suffix: str = ".csv") -> list[Path]:
    """Write the tables of a topic model, one file each; `read_topics` gives them back to the last bit.

    Parameters
    ----------
    result : TopicResult
        As `fit_topics` gives.
    folder : str or Path
        Made if it is not there. Files topic_terms (a row a topic), unit_topics, document_topics and units.
    suffix : ".csv" or ".parquet"
        The format.

    Returns
    -------
    list of Path
        The files written.

    Notes
    -----
    In R: ``read.csv("topic_terms.csv", row.names = 1, check.names = FALSE, fileEncoding = "UTF-8")``, or
    ``arrow::read_parquet("topic_terms.parquet")``. An empty cell is NA.

    Raises
    ------
    ValueError
        If `suffix` is neither.

    Examples
    --------
    >>> import tempfile
    >>> import fzanalytics as fz
    >>> result = fz.fit_topics(fz.load_sample(), model="nmf", n_topics=4, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     names = [path.name for path in write_topics(result, folder)]
    ...     again = read_topics(folder)
    >>> names[0], bool((again.topic_terms.to_numpy() == result.topic_terms.to_numpy()).all())
    ('topic_terms.csv', True)
    """
    if suffix not in (".csv", ".parquet"):
        raise ValueError(f"`suffix` must be '.csv' or '.parquet'; got {suffix!r}. Use '.csv'.")
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for name in (*_TOPIC_TABLES, "units"):
        table = getattr(result, name)
        labelled = table.set_axis(table.columns.astype(str), axis=1)
        written.append(_write_table(labelled, place / f"{name}{suffix}", suffix))
    return written


def read_topics(folder: str | Path, *, suffix: str = ".csv") -> TopicTables:
    """Read the tables that `write_topics` wrote; an example stands there.

    Parameters
    ----------
    folder : str or Path
        Where they lie.
    suffix : ".csv" or ".parquet"
        The format they were written in.

    Returns
    -------
    TopicTables
        topic_terms (K, V), unit_topics (C, K), document_topics (D, K), units (C rows); topics are numbered by int.

    Raises
    ------
    FileNotFoundError
        If one of the four files is not there.
    """
    tables = {name: _read_table(Path(folder) / f"{name}{suffix}", suffix) for name in (*_TOPIC_TABLES, "units")}
    terms = tables["topic_terms"]
    terms.index, terms.columns = terms.index.astype(int), pd.Index(list(terms.columns), name="term", dtype=object)
    for name in ("unit_topics", "document_topics"):
        tables[name].columns = pd.Index([int(topic) for topic in tables[name].columns], name="topic")
    return TopicTables(**tables)


def to_gensim(matrix: TermMatrix) -> tuple[Bags, Any]:
    """Bags of words and the Dictionary of gensim.

    Parameters
    ----------
    matrix : TermMatrix
        Counts, shape (D, V).

    Returns
    -------
    list of list of (int, int), gensim.corpora.Dictionary
        A bag a text, ids in order; an empty text is an empty bag. Ids are columns of the matrix.

    Examples
    --------
    >>> from fzanalytics.features.matrices import counts_of_terms
    >>> bags, dictionary = to_gensim(counts_of_terms([["甲", "乙", "甲"], []]))
    >>> bags, dictionary.token2id
    ([[(0, 1), (1, 2)], []], {'乙': 0, '甲': 1})
    """
    from gensim.corpora import Dictionary

    counts = sparse.csr_matrix(matrix.matrix, copy=True)
    counts.eliminate_zeros()
    counts.sort_indices()
    bags = [
        list(zip(counts.indices[begin:end].tolist(), counts.data[begin:end].tolist(), strict=True))
        for begin, end in zip(counts.indptr[:-1], counts.indptr[1:], strict=True)
    ]
    dictionary = Dictionary()
    dictionary.token2id = {str(term): number for number, term in enumerate(matrix.vocabulary)}
    in_texts, in_all = np.bincount(counts.indices, minlength=counts.shape[1]), np.asarray(counts.sum(axis=0)).ravel()
    dictionary.dfs = {number: int(count) for number, count in enumerate(in_texts)}
    dictionary.cfs = dict(enumerate(in_all.tolist()))
    dictionary.num_docs, dictionary.num_nnz = counts.shape[0], int(counts.nnz)
    dictionary.num_pos = counts.sum().item()
    return bags, dictionary


def from_gensim(corpus: Iterable[Sequence[tuple[int, float]]], dictionary: Any) -> TermMatrix:
    """The matrix of a gensim corpus, terms in code point order; the inverse of `to_gensim`.

    Parameters
    ----------
    corpus : iterable of list of (int, number)
        D bags.
    dictionary : gensim.corpora.Dictionary or mapping of int to str
        Terms by id; terms that no bag holds keep their column.

    Raises
    ------
    ValueError
        If a bag has an id that the dictionary does not.

    Examples
    --------
    >>> from_gensim([[(7, 2)], []], {7: "甲", 3: "乙"}).matrix.toarray().tolist()
    [[0, 2], [0, 0]]
    """
    terms = {int(number): str(dictionary[number]) for number in dictionary}
    order = {number: column for column, number in enumerate(sorted(terms, key=lambda number: terms[number]))}
    bags = [list(bag) for bag in corpus]
    unknown = sorted({number for bag in bags for number, _ in bag} - set(order))
    if unknown:
        raise ValueError(
            f"`dictionary` must hold every id of the corpus; {len(unknown)} are not there, such as {unknown[0]}. "
            "Give the dictionary that the corpus was made with."
        )
    rows = [row for row, bag in enumerate(bags) for _ in bag]
    columns = [order[number] for bag in bags for number, _ in bag]
    values = np.array([value for bag in bags for _, value in bag] or np.empty(0, np.int64))
    matrix = sparse.csr_matrix((values, (rows, columns)), shape=(len(bags), len(order)))
    return TermMatrix(matrix, np.array([terms[number] for number in order], dtype=object))


def to_pyldavis(result: Topics, *, counts: TermMatrix | None = None) -> dict[str, Any]:
    """The arguments of ``pyLDAvis.prepare``.

    Parameters
    ----------
    result : TopicResult
        As `fit_topics` gives.
    counts : TermMatrix, optional
        The counts behind it. Without them the frequencies that the model expects stand in: token counts of the units
        times topic shares times term shares.

    Returns
    -------
    dict
        topic_term_dists (K, V) and doc_topic_dists (C, K), rows sum to 1; doc_lengths (C,); vocab (V,);
        term_frequency (V,). Units without any topic weight are left out.

    Raises
    ------
    ValueError
        If `counts` lacks a term of the model.

    Examples
    --------
    ``pyLDAvis.save_html(pyLDAvis.prepare(**to_pyldavis(result), sort_topics=False), "topics.html")``

    >>> import fzanalytics as fz
    >>> given = to_pyldavis(fz.fit_topics(fz.load_sample(), model="nmf", n_topics=4, random_state=0))
    >>> given["topic_term_dists"].shape == (4, len(given["vocab"]))
    True
    """
    known = result.unit_topics.notna().all(axis=1).to_numpy()
    shares = result.unit_topics.to_numpy()[known]
    lengths = result.units["n_tokens"].to_numpy()[known]
    topic_terms = result.topic_terms.to_numpy()
    terms = [str(term) for term in result.topic_terms.columns]
    if counts is None:
        frequency = lengths @ shares @ topic_terms
    else:
        column = {str(term): number for number, term in enumerate(counts.vocabulary)}
        missing = [term for term in terms if term not in column]
        if missing:
            raise ValueError(
                f"`counts` must hold every term of the model; {len(missing)} are not there, such as {missing[0]!r}. "
                "Count with the analyzer of the model."
            )
        frequency = np.asarray(counts.matrix.sum(axis=0)).ravel()[[column[term] for term in terms]]
    return {
        "topic_term_dists": topic_terms,
        "doc_topic_dists": shares,
        "doc_lengths": lengths,
        "vocab": terms,
        "term_frequency": frequency,
    }


def _suffix(path: str | Path) -> str:
    suffix = Path(path).suffix.lower()
    if suffix not in (".csv", ".parquet", ".mtx"):
        raise ValueError(f"`path` must end in .csv, .parquet or .mtx; got {Path(path).name!r}. Change the suffix.")
    return suffix


def _check_names(names: Sequence[Any], n: int, name: str) -> None:
    """Names of rows or columns: so many, str, one line, each once, and none that of the column of names."""
    wrong = [label for label in names if not isinstance(label, str) or not label or set(label) & {"\r", "\n", "\0"}]
    if len(names) != n or wrong or len(set(names)) != n or "doc_id" in names:
        reason = f"{len(names)} of them, {len(set(names))} different" + (f", {wrong[0]!r} among them" if wrong else "")
        raise ValueError(
            f"`{name}` must be {n} different str of one line, none of them 'doc_id'; got {reason}. Name each once."
        )


def _write_table(table: pd.DataFrame, path: Path, suffix: str) -> Path:
    if suffix == ".csv":
        text = table.to_csv(lineterminator="\n")
        return write_text_atomically(path, text)
    _need_pyarrow()
    stream = io.BytesIO()
    table.reset_index().to_parquet(stream, engine="pyarrow", index=False)
    return write_bytes_atomically(path, stream.getvalue())


def _read_table(path: Path, suffix: str) -> pd.DataFrame:
    """A table as it was written; the first column is the index, of str, and names stay as they are ("NA" is one)."""
    if suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header = next(csv.reader(stream))
            table = pd.read_csv(
                stream,
                header=None,
                dtype={0: object} | {column: object for column, name in enumerate(header) if name == "doc_id"},
                keep_default_na=False,
                na_values=[""],
                **_EXACT,
            )
        table.columns = pd.Index(header, dtype=object)
    else:
        _need_pyarrow()
        table = pd.read_parquet(path, engine="pyarrow")
        header = list(table.columns)
    names = pd.Index(table[header[0]].astype(str).tolist(), name=header[0], dtype=object)
    return table.drop(columns=header[0]).set_axis(names, axis=0)


def _write_mtx(counts: sparse.csr_matrix, rows: list[str], terms: list[str], path: Path) -> list[Path]:
    """MatrixMarket by rows, numbers in the fewest digits that give them back: the same bytes on every version."""
    entries = sparse.csr_matrix(counts, copy=True)
    entries.sum_duplicates()
    field = "integer" if np.issubdtype(entries.dtype, np.integer) else "real"
    found = entries.tocoo()
    lines = [f"%%MatrixMarket matrix coordinate {field} general", f"{len(rows)} {len(terms)} {found.nnz}"]
    triples = zip(found.row.tolist(), found.col.tolist(), found.data.tolist(), strict=True)
    lines += [f"{row + 1} {column + 1} {value!r}" for row, column, value in triples]
    files = [write_text_atomically(path, "\n".join(lines) + "\n")]
    for (file, name), labels in zip(_names_of(path), (rows, terms), strict=True):
        text = pd.Series(labels, name=name).to_csv(index=False, lineterminator="\n")
        files.append(write_text_atomically(file, text))
    return files


def _names_of(path: Path) -> list[tuple[Path, str]]:
    return [(path.with_suffix(".documents.csv"), "doc_id"), (path.with_suffix(".terms.csv"), "term")]


def _read_names(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = csv.reader(stream)
    return [row[header.index(name)] for row in rows]


def _need_pyarrow() -> None:
    if find_spec("pyarrow") is None:
        raise ImportError(
            "`path` must end in .csv or .mtx without pyarrow; got .parquet. Install fzanalytics[parquet]."
        )

"""Corpora that come with the package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fzanalytics.base.resources import data_path
from fzanalytics.texts.corpus import Corpus, read_corpus


def load_sample(*, add: str | Path | Sequence[str | Path] = (), progress: bool = False) -> Corpus:
    """The bundled corpus: five files of implementation plans for a law-based government (法治政府建设实施方案).

    Parameters
    ----------
    add : path or sequence of paths
        Further files or folders. The text of a document that the corpus names but does not hold takes the place
        of its row: add the official text of the national outline of 2015, and the national tier is the real one.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Corpus
        Six documents held (Henan's file holds two) of Hebei, Shijiazhuang, Qingyuan, Xiahe and Henan, and nine that
        they name but that are not at hand, among them both national outlines.

    Raises
    ------
    FileNotFoundError
        If an `add` does not exist, or the installation is damaged.

    Examples
    --------
    >>> corpus = load_sample()
    >>> corpus.held["doc_id"].tolist()[:3]
    ['hebei_province_2016', 'henan_province_2021', 'henan_province_2021#2']
    >>> corpus.clauses.query("numbering == '1.'").groupby("doc_id").size().to_dict()["shijiazhuang_city_2016"]
    58
    """
    return read_corpus(data_path("raw"), metadata=data_path("documents.csv"), add=add, progress=progress)

"""The data files are found, wherever the package lies."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from fzanalytics.base.resources import data_path


def test_found_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert data_path("documents.csv").is_file() and data_path("raw").is_dir() and data_path().is_dir()
    assert Path(os.curdir).resolve() not in data_path().resolve().parents


def test_missing_file() -> None:
    with pytest.raises(
        FileNotFoundError, match=r"`nothing.csv` must be among the data files.*Install the package again"
    ):
        data_path("nothing.csv")


def test_documents_agree_with_the_files() -> None:
    """data/raw is never edited: its bytes are those that the metadata were made for."""
    table = pd.read_csv(data_path("documents.csv"), dtype=str, encoding="utf-8")
    held = table[table["held"] == "yes"]
    assert len(held) == 6 and held["source"].nunique() == 5
    for source, digest in zip(held["source"], held["sha256"], strict=True):
        assert sha256(data_path(source).read_bytes()).hexdigest() == digest
    assert {path.name for path in data_path("raw").iterdir()} == {Path(source).name for source in held["source"]}


def test_every_parent_exists_and_stands_above() -> None:
    table = pd.read_csv(data_path("documents.csv"), dtype=str, encoding="utf-8").set_index("doc_id")
    order = {level: i for i, level in enumerate(("national", "province", "prefecture", "county"))}
    pairs = [
        (child, parent) for child, parents in table["parent_ids"].dropna().items() for parent in parents.split(";")
    ]
    assert len(pairs) >= 8
    for child, parent in pairs:
        assert parent in table.index
        assert order[table.at[parent, "level"]] < order[table.at[child, "level"]]

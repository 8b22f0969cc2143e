"""Where the package's own data files are: inside the installed package, else in the checkout."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pandas as pd


def data_path(name: str = "") -> Path:
    """The path of a file or folder of the package's data.

    A wheel carries the repository's `data/` as `fzanalytics.data`; an editable install and a bare checkout
    do not, so there the folder beside the package serves.

    Parameters
    ----------
    name : str
        Relative to the data folder, e.g. "documents.csv" or "raw".

    Raises
    ------
    FileNotFoundError
        If neither place holds it: the installation is damaged.

    Examples
    --------
    >>> data_path("documents.csv").name
    'documents.csv'
    """
    folders = _data_folders()
    for folder in folders:
        path = folder / name
        if path.exists():
            return path
    raise FileNotFoundError(
        f"`{name}` must be among the data files of fzanalytics; it is in none of "
        f"{', '.join(str(folder) for folder in folders)}. Install the package again."
    )


def read_data(name: str) -> pd.DataFrame:
    """A table of the package's data; every cell is text, "" where it is empty.

    Examples
    --------
    >>> read_data("regions.csv").loc[0, "name"]
    '全国'
    """
    return pd.read_csv(data_path(name), dtype=str, keep_default_na=False, encoding="utf-8")


def _data_folders() -> list[Path]:
    package = Path(__file__).resolve().parent.parent
    folders = [package / "data"]
    spec = find_spec("fzanalytics.data") if not folders[0].is_dir() else None
    if spec is not None and spec.submodule_search_locations:
        folders.extend(Path(place) for place in spec.submodule_search_locations)
    folders.append(package.parent / "data")
    return folders

"""MANIFEST.json: what a folder of results holds, and what it was made with."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import numpy as np
import pandas as pd

from fzanalytics import __version__
from fzanalytics.base.files import MANIFEST_NAME, is_inside, sha256_of, write_text_atomically
from fzanalytics.base.fonts import font_file

#: Raised whenever a key of the manifest changes its name or its meaning.
MANIFEST_VERSION = 1

_PACKAGES = (
    "numpy", "pandas", "scipy", "scikit-learn", "gensim", "jieba", "matplotlib", "OpenCC", "zhplot",
)  # fmt: skip


@dataclass(frozen=True)
class MadeFile:
    """How one file of a result came to be.

    Attributes
    ----------
    file : str
        Name relative to the folder of results, with / between folders.
    function : str
        The public function that made it, e.g. "plot_corpus".
    parameters : mapping
        Its options; numbers, texts, True/False, None, lists and mappings of these.
    inputs : sequence of str
        Names of the inputs it was made from, as in the `inputs` of `build_manifest`.
    seed : int, optional
        The random state, where one was used.
    """

    file: str
    function: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    inputs: Sequence[str] = ()
    seed: int | None = None


def versions() -> dict[str, str]:
    """The versions that results depend on: Python, this package, and the libraries, read without importing them.

    Examples
    --------
    >>> "python" in versions() and "pandas" in versions()
    True
    """
    found = {"python": platform.python_version(), "fzanalytics": __version__}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def build_manifest(
    directory: str | Path,
    made: Sequence[MadeFile],
    *,
    inputs: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Describe the files of a folder: checksum, function, parameters, inputs, seed; and once the versions.

    The same files give the same manifest: there is no clock, user, machine or absolute path in it, and keys
    are sorted. It is returned, not written: see `write_manifest`.

    Parameters
    ----------
    directory : str or Path
        The folder of results.
    made : sequence of MadeFile
        One for each file.
    inputs : mapping of name to SHA-256, optional
        What the results were made from, by relative names with / between folders; see `sha256_of`.

    Returns
    -------
    dict
        Keys manifest_version, versions, fonts, inputs (name -> SHA-256), files (name -> sha256, function,
        parameters, inputs (name -> SHA-256), seed).

    Raises
    ------
    ValueError
        If a file is missing, named twice, outside the folder, made from an unknown input, or if a parameter
        holds an absolute path or something that JSON cannot hold. All faults are named at once.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "a.csv").write_bytes(b"1")
    ...     made = MadeFile("a.csv", "write_table", {"digits": 6}, inputs=["raw/a.txt"])
    ...     manifest = build_manifest(folder, [made], inputs={"raw/a.txt": sha256_of(b"text")})
    >>> sorted(manifest["files"]["a.csv"])
    ['function', 'inputs', 'parameters', 'seed', 'sha256']
    """
    folder = Path(directory)
    digests = dict(inputs or {})
    faults = [f"the input {name!r} is not a relative name" for name in digests if not is_inside(name)]
    files: dict[str, object] = {}
    for item in made:
        faults += _faults_of(item, folder, files, digests)
        if is_inside(item.file) and (folder / item.file).is_file():
            files[item.file] = {
                "sha256": sha256_of(folder / item.file),
                "function": item.function,
                "parameters": _plain(item.parameters, item.file, faults),
                "inputs": {name: digests.get(name) for name in sorted(item.inputs)},
                "seed": None if item.seed is None else int(item.seed),
            }
    if faults:
        raise ValueError(
            f"`made` must describe files of the folder by relative names; got {len(faults)} fault(s): "
            f"{'; '.join(faults)}. Mend these entries."
        )
    font = font_file()
    return {
        "manifest_version": MANIFEST_VERSION,
        "versions": versions(),
        "fonts": {font.name: sha256_of(font)},
        "inputs": dict(sorted(digests.items())),
        "files": dict(sorted(files.items())),
    }


def _faults_of(item: MadeFile, folder: Path, files: Mapping[str, object], digests: Mapping[str, str]) -> list[str]:
    if not is_inside(item.file):
        return [f"{item.file!r} is not a relative name"]
    faults = [f"{item.file} was made from {name!r}, unknown" for name in item.inputs if name not in digests]
    if item.file in files:
        faults.append(f"{item.file} is named twice")
    if not (folder / item.file).is_file():
        faults.append(f"{item.file} is not there")
    return faults


def _plain(value: object, file: str, faults: list[str]) -> object:
    """A value as JSON can hold it; what cannot be held, or tells of the machine, is a fault."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part, file, faults) for key, part in sorted(value.items())}
    if isinstance(value, set | frozenset):
        return sorted(str(part) for part in value)
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(part, file, faults) for part in value]
    if isinstance(value, np.generic):
        return _plain(value.item(), file, faults)
    if isinstance(value, str | PurePath):
        text = value.as_posix() if isinstance(value, PurePath) else value
        if PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute():
            faults.append(f"a parameter of {file} holds the absolute path {text}")
        return text
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else str(value)
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    faults.append(f"a parameter of {file} is a {type(value).__name__}, which JSON cannot hold")
    return None


def write_manifest(directory: str | Path, manifest: Mapping[str, object]) -> Path:
    """Write `MANIFEST.json` into the folder, whole or not at all; the same manifest gives the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_manifest(folder, build_manifest(folder, [])).name
    'MANIFEST.json'
    """
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    return write_text_atomically(Path(directory) / MANIFEST_NAME, f"{text}\n")


def read_manifest(directory: str | Path) -> dict[str, dict[str, object]]:
    """The manifest of a folder.

    Raises
    ------
    FileNotFoundError
        If the folder has none.
    ValueError
        If it is not a manifest.
    """
    file = Path(directory) / MANIFEST_NAME
    if not file.is_file():
        raise FileNotFoundError(
            f"`directory` must hold a {MANIFEST_NAME}; got {directory}. Make the results first, "
            "for example by `fzanalytics reproduce`."
        )
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        wrong = [name for name, entry in content["files"].items() if not isinstance(entry["sha256"], str)]
    except (ValueError, KeyError, TypeError, AttributeError):
        wrong = ["files"]
    if wrong:
        raise ValueError(
            f"{MANIFEST_NAME} must name files and their SHA-256; got something else in {directory} "
            f"({', '.join(wrong[:5])}). Make the results again."
        )
    return dict(content)


def check_manifest(directory: str | Path) -> pd.DataFrame:
    """Compare the files of a folder with its manifest.

    Parameters
    ----------
    directory : str or Path
        A folder with a `MANIFEST.json`.

    Returns
    -------
    DataFrame
        Columns file, status ("same", "changed" or "missing"), sorted by file. Files that the manifest does
        not list are not told of: they are the user's own. It cannot tell why a file changed.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no manifest, or it is not one.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "a.csv").write_bytes(b"1")
    ...     _ = write_manifest(folder, build_manifest(folder, [MadeFile("a.csv", "write_table")]))
    ...     check_manifest(folder).values.tolist()
    [['a.csv', 'same']]
    """
    folder = Path(directory)
    files = read_manifest(folder)["files"]
    rows = []
    for name in sorted(files):
        entry = files[name]
        listed = entry["sha256"] if isinstance(entry, dict) else None
        if not is_inside(name) or not (folder / name).is_file():
            status = "missing"
        else:
            status = "same" if sha256_of(folder / name) == listed else "changed"
        rows.append((name, status))
    return pd.DataFrame(rows, columns=["file", "status"])

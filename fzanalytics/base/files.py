"""Files that are written whole or not at all, and their checksums."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

#: The name of the file that lists what a folder of results holds.
MANIFEST_NAME = "MANIFEST.json"


def sha256_of(source: str | Path | bytes) -> str:
    """The SHA-256 of a file, or of bytes.

    Parameters
    ----------
    source : str, Path or bytes
        A string is a path, never content.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> sha256_of(b"")[:8]
    'e3b0c442'
    """
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with Path(source).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_bytes_atomically(path: str | Path, data: bytes, *, sync: bool = False) -> Path:
    """Write a file so that a reader sees the old content or the new, never a part.

    Parameters
    ----------
    path : str or Path
        The folder must exist; a symbolic link is followed.
    data : bytes
        The whole content.
    sync : bool
        Wait until the disk has it, so that not even a power cut leaves a part.

    Returns
    -------
    Path
        The path as given.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_bytes_atomically(Path(folder) / "a.txt", "法治".encode()).read_text(encoding="utf-8")
    '法治'
    """
    target = Path(path).resolve()
    if not target.parent.is_dir():
        raise FileNotFoundError(f"`path` must be in a folder that exists; got {path}. Make the folder first.")
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with beside.open("xb") as stream:
            stream.write(data)
            if sync:
                stream.flush()
                os.fsync(stream.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return Path(path)


def write_text_atomically(path: str | Path, text: str, *, encoding: str = "utf-8", sync: bool = False) -> Path:
    r"""Write a text file whole or not at all; line ends are kept as they are on every system.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_text_atomically(Path(folder) / "a.txt", "一\n二").read_bytes().count(b"\r")
    0
    """
    return write_bytes_atomically(path, text.encode(encoding), sync=sync)


def listed_files(directory: str | Path) -> dict[str, str]:
    """Name -> SHA-256 of the files that the manifest of a folder lists; empty without a readable manifest.

    Names that lead out of the folder are left out, whoever wrote the manifest.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     listed_files(folder)
    {}
    """
    try:
        content = json.loads((Path(directory) / MANIFEST_NAME).read_text(encoding="utf-8"))
        files = content["files"]
        pairs = {str(name): str(entry["sha256"]) for name, entry in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {name: digest for name, digest in pairs.items() if is_inside(name)}


def is_inside(name: str) -> bool:
    r"""Whether a name, with / between folders, stays in the folder that it is relative to.

    Examples
    --------
    >>> is_inside("zh/figure_1.png"), is_inside("../a"), is_inside("/etc/a"), is_inside("C:\\a"), is_inside("")
    (True, False, False, False, False)
    """
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and not set(name) & {"\\", ":"}


@contextmanager
def staged_directory(target: str | Path) -> Iterator[Path]:
    """Make a folder of results beside the old one, and move it into place only when all of it is there.

    Write into the folder that the `with` statement gives. If the block ends well, its files replace those of
    the same name in `target`, and files of the old result that the new one does not make are removed. If it
    raises or is interrupted, `target` is as it was, and nothing is left beside it.

    A file counts as one of the old result only if `MANIFEST.json` in `target` lists it and it still has the
    checksum listed there: a file that the user put there, or changed, is never removed. Files move one by
    one, the manifest last; a failure on the way undoes the moves made. Only a kill of the process in that
    moment can leave new files beside old ones, which `check_manifest` then shows as changed.

    Parameters
    ----------
    target : str or Path
        Made, with the folders above it, if it is not there. A symbolic link is followed.

    Yields
    ------
    Path
        An empty folder on the same disk as `target`.

    Raises
    ------
    NotADirectoryError
        If `target` is a file.
    FileExistsError
        If the result has a file where `target` has a folder, or the other way round.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with staged_directory(Path(folder) / "figures") as stage:
    ...         _ = write_text_atomically(stage / "table.csv", "1")
    ...     sorted(path.name for path in Path(folder).rglob("*"))
    ['figures', 'table.csv']
    """
    folder = Path(target).resolve()
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"`target` must be a folder; got the file {target}. Name another folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    room = _room_for_work(folder)
    stage, old = room / "new", room / "old"
    try:
        stage.mkdir(parents=True)
        yield stage
        _check_kinds(stage, folder)
        _move_into_place(stage, folder, old)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _room_for_work(folder: Path) -> Path:
    """A name beside the folder; inside it where its parent is another disk or closed to us."""
    inside = folder.exists() and (os.path.ismount(folder) or not os.access(folder.parent, os.W_OK))
    parent = folder if inside else folder.parent
    return parent / f".{folder.name}.{secrets.token_hex(4)}.part"


def _files_of(folder: Path) -> list[str]:
    """Every file below a folder, names with /, sorted, the manifest last."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()]
    return sorted(names, key=lambda name: (name == MANIFEST_NAME, name))


def _check_kinds(stage: Path, folder: Path) -> None:
    """Refuse before the first move what would fail in the middle."""
    for path in sorted(stage.rglob("*")):
        there = folder / path.relative_to(stage)
        if there.exists() and there.is_dir() != path.is_dir():
            kind = "folder" if there.is_dir() else "file"
            raise FileExistsError(
                f"`target` must not hold a {kind} named {path.relative_to(stage).as_posix()}, "
                f"where the result has one of the other kind. Move it away, or name another folder."
            )


def _move_into_place(stage: Path, folder: Path, old: Path) -> None:
    """Move the staged files over the old ones and remove stale ones; undo all of it if one fails."""
    made = _files_of(stage)
    stale = {
        name: digest
        for name, digest in listed_files(folder).items()
        if name not in made and name != MANIFEST_NAME and (folder / name).is_file()
    }
    was_there = folder.exists()
    folder.mkdir(exist_ok=True)
    done: list[str] = []
    try:
        for name in [*stale, *made]:
            there, kept = folder / name, old / name
            if name in stale and sha256_of(there) != stale[name]:
                continue
            kept.parent.mkdir(parents=True, exist_ok=True)
            there.parent.mkdir(parents=True, exist_ok=True)
            if there.exists():
                _keep(there, kept)
            done.append(name)
            if name in stale:
                there.unlink()
            else:
                (stage / name).replace(there)
    except BaseException:
        for name in reversed(done):
            _put_back(folder / name, old / name)
        if not was_there:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    for name in sorted(stale, key=len, reverse=True):
        _remove_if_empty((folder / name).parent, folder)


def _keep(there: Path, kept: Path) -> None:
    """A second name for the old file, or a copy where the disk knows no hard links."""
    try:
        kept.hardlink_to(there)
    except OSError:
        shutil.copy2(there, kept)


def _put_back(there: Path, kept: Path) -> None:
    if kept.exists():
        kept.replace(there)
    else:
        there.unlink(missing_ok=True)


def _remove_if_empty(folder: Path, root: Path) -> None:
    while folder != root and root in folder.parents:
        with suppress(OSError):
            folder.rmdir()
        if folder.exists():
            return
        folder = folder.parent

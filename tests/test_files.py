from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from fzanalytics.base import files
from fzanalytics.base.files import (
    MANIFEST_NAME,
    is_inside,
    listed_files,
    sha256_of,
    staged_directory,
    write_bytes_atomically,
    write_text_atomically,
)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def publish(folder: Path, content: dict[str, str]) -> None:
    """A result of the given files, with a manifest that lists them."""
    with staged_directory(folder) as stage:
        for name, text in content.items():
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            write_text_atomically(stage / name, text)
        entries = {name: {"sha256": sha256_of(stage / name)} for name in content}
        write_text_atomically(stage / MANIFEST_NAME, json.dumps({"files": entries}))


def test_sha256_of_a_file_and_of_its_bytes_is_the_known_one(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, appendix B.1
    assert sha256_of(tmp_path / "a") == sha256_of(str(tmp_path / "a")) == sha256_of(b"abc") == known
    assert sha256_of(b"abd") == hashlib.sha256(b"abd").hexdigest() != known


def test_write_replaces_the_whole_file_and_leaves_nothing_beside_it(tmp_path):
    file = tmp_path / "a.txt"
    write_bytes_atomically(file, b"long old content")
    assert write_bytes_atomically(file, b"new", sync=True) == file
    assert tree(tmp_path) == {"a.txt": b"new"}


def test_text_keeps_its_line_ends(tmp_path):
    write_text_atomically(tmp_path / "a.txt", "一\n二\r\n三")
    assert (tmp_path / "a.txt").read_bytes() == "一\n二\r\n三".encode()


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / "a.txt"
    write_bytes_atomically(file, b"old")

    def fail(self, target):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_bytes_atomically(file, b"new")
    assert tree(tmp_path) == {"a.txt": b"old"}


def test_write_into_a_folder_that_is_not_there_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"`path` must be in a folder that exists; got .*Make the folder"):
        write_bytes_atomically(tmp_path / "no" / "a.txt", b"")


@pytest.mark.skipif(os.name == "nt", reason="needs rights on Windows")
def test_a_symbolic_link_is_followed(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_bytes_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_staged_files_appear_only_at_the_end(tmp_path):
    target = tmp_path / "deep" / "figures"
    with staged_directory(target) as stage:
        (stage / "zh").mkdir()
        (stage / "zh" / "a.png").write_bytes(b"1")
        assert not target.exists()
        assert stage.stat().st_dev == tmp_path.stat().st_dev
    assert tree(tmp_path) == {"deep/figures/zh/a.png": b"1"}


@pytest.mark.parametrize("fault", [RuntimeError, KeyboardInterrupt, SystemExit, GeneratorExit])
@pytest.mark.parametrize("there", [True, False])
def test_an_interrupted_block_leaves_the_old_result_whole(tmp_path, fault, there):
    target = tmp_path / "figures"
    if there:
        publish(target, {"a.csv": "old", "b.csv": "old"})
    before = tree(tmp_path)
    with pytest.raises(fault), staged_directory(target) as stage:
        (stage / "a.csv").write_bytes(b"new")
        raise fault
    assert tree(tmp_path) == before
    assert target.exists() == there
    assert {path.name for path in tmp_path.iterdir()} <= {"figures"}


@pytest.mark.parametrize("at", range(7))
@pytest.mark.parametrize("fault", [OSError, KeyboardInterrupt])
def test_a_failure_while_moving_undoes_the_moves(tmp_path, monkeypatch, at, fault):
    target = tmp_path / "figures"
    publish(target, {"a.csv": "old", "sub/b.csv": "old", "stale.csv": "old"})
    (target / "mine.txt").write_bytes(b"mine")
    before = tree(tmp_path)
    with staged_directory(tmp_path / "other") as stage:
        pass
    steps = iter(range(100))
    real_replace, real_unlink = Path.replace, Path.unlink
    failed = []

    def step(self):
        if "new" not in self.parts and self.name != "stale.csv":
            return
        if next(steps) == at and not failed:
            failed.append(self)
            raise fault

    def replace(self, there):
        step(self)
        return real_replace(self, there)

    def unlink(self, missing_ok=False):
        step(self)
        return real_unlink(self, missing_ok=missing_ok)

    (tmp_path / "other").rmdir()
    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(Path, "unlink", unlink)
    try:
        with staged_directory(target) as stage:
            for name in ["a.csv", "c.csv", MANIFEST_NAME]:
                (stage / name).write_bytes(b"new")
    except fault:
        assert tree(tmp_path) == before
    else:
        assert not failed, "a failure was swallowed"
        assert (target / "a.csv").read_bytes() == b"new"
    assert bool(failed) == (at < 4)  # stale.csv, a.csv, c.csv and the manifest: the four moves


def test_stale_files_go_only_if_listed_and_unchanged(tmp_path):
    target = tmp_path / "figures"
    publish(target, {"a.csv": "1", "sub/stale.csv": "2", "edited.csv": "3"})
    (target / "edited.csv").write_bytes(b"by hand")
    (target / "mine.txt").write_bytes(b"mine")
    (target / "sub2").mkdir()
    publish(target, {"a.csv": "new"})
    left = tree(target)
    assert set(left) == {"a.csv", "edited.csv", "mine.txt", MANIFEST_NAME}
    assert (left["a.csv"], left["edited.csv"], left["mine.txt"]) == (b"new", b"by hand", b"mine")
    assert not (target / "sub").exists()  # emptied by us
    assert (target / "sub2").exists()  # empty, but not ours


def test_without_a_manifest_nothing_is_removed(tmp_path):
    target = tmp_path / "figures"
    target.mkdir()
    (target / "old.csv").write_bytes(b"1")
    publish(target, {"a.csv": "1"})
    assert set(tree(target)) == {"a.csv", "old.csv", MANIFEST_NAME}


def test_a_manifest_cannot_reach_out_of_its_folder(tmp_path):
    outside = tmp_path / "precious.txt"
    outside.write_bytes(b"precious")
    target = tmp_path / "figures"
    target.mkdir()
    names = ["../precious.txt", str(outside), "sub/../../precious.txt"]
    entries = {name: {"sha256": sha256_of(outside)} for name in names}
    write_text_atomically(target / MANIFEST_NAME, json.dumps({"files": entries}))
    assert listed_files(target) == {}
    publish(target, {"a.csv": "1"})
    assert outside.read_bytes() == b"precious"


@pytest.mark.parametrize("content", ["", "[]", "{", '{"files": []}', '{"files": {"a": 1}}', "\x00"])
def test_a_broken_manifest_lists_nothing(tmp_path, content):
    (tmp_path / MANIFEST_NAME).write_text(content, encoding="utf-8")
    assert listed_files(tmp_path) == {}


def test_a_file_where_the_folder_should_be_is_refused_before_the_work(tmp_path):
    (tmp_path / "figures").write_bytes(b"1")
    with (
        pytest.raises(NotADirectoryError, match="`target` must be a folder; got the file"),
        staged_directory(tmp_path / "figures"),
    ):
        raise AssertionError("the block must not run")
    assert tree(tmp_path) == {"figures": b"1"}


def test_a_folder_where_a_file_should_go_is_refused_before_the_first_move(tmp_path):
    target = tmp_path / "figures"
    publish(target, {"a.csv": "old"})
    (target / "b.csv").mkdir()
    before = tree(tmp_path)
    with pytest.raises(FileExistsError, match=r"must not hold a folder named b\.csv"):
        publish(target, {"a.csv": "new", "b.csv": "new"})
    assert tree(tmp_path) == before


def test_where_the_disk_knows_no_hard_links_the_old_file_is_copied(tmp_path, monkeypatch):
    target = tmp_path / "figures"
    publish(target, {"a.csv": "old"})

    def refuse(self, there):
        raise OSError("no hard links")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    publish(target, {"a.csv": "new"})
    assert (target / "a.csv").read_bytes() == b"new"


def test_inside_a_closed_parent_the_work_is_done_in_the_folder(tmp_path, monkeypatch):
    target = tmp_path / "figures"
    target.mkdir()
    monkeypatch.setattr(files.os.path, "ismount", lambda path: True)
    with staged_directory(target) as stage:
        assert target in stage.parents
        (stage / "a.csv").write_bytes(b"1")
    assert tree(target) == {"a.csv": b"1"}
    assert [path.name for path in target.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("name", "inside"),
    [("a.csv", True), ("zh/a.csv", True), ("图一.png", True), ("..", False), ("a/../../b", False), ("/a", False)],
)
def test_is_inside(name, inside):
    assert is_inside(name) is inside

from __future__ import annotations

import getpass
import json
import re
import socket
from pathlib import Path

import numpy as np
import pytest

from fzanalytics.base.files import MANIFEST_NAME, sha256_of
from fzanalytics.output.manifest import (
    MadeFile,
    build_manifest,
    check_manifest,
    read_manifest,
    versions,
    write_manifest,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "zh").mkdir()
    (tmp_path / "a.csv").write_bytes(b"1")
    (tmp_path / "zh" / "b.png").write_bytes(b"2")
    return tmp_path


MADE = [
    MadeFile("zh/b.png", "plot_topics", {"n_topics": 8, "language": "zh", "scale": np.float64(0.5)}, ["raw/b"], 7),
    MadeFile("a.csv", "write_table", {"digits": 6}, ["raw/b", "raw/a"]),
]
INPUTS = {"raw/b": sha256_of(b"beta"), "raw/a": sha256_of(b"alpha")}


def test_each_file_has_its_checksum_function_parameters_inputs_and_seed(folder):
    files = build_manifest(folder, MADE, inputs=INPUTS)["files"]
    assert list(files) == ["a.csv", "zh/b.png"]
    assert files["zh/b.png"] == {
        "sha256": sha256_of(b"2"),
        "function": "plot_topics",
        "parameters": {"language": "zh", "n_topics": 8, "scale": 0.5},
        "inputs": {"raw/b": sha256_of(b"beta")},
        "seed": 7,
    }
    assert files["a.csv"]["seed"] is None
    assert list(files["a.csv"]["inputs"]) == ["raw/a", "raw/b"]


def test_two_builds_give_the_same_bytes_whatever_the_order(folder):
    first = write_manifest(folder, build_manifest(folder, MADE, inputs=INPUTS)).read_bytes()
    turned = dict(reversed(INPUTS.items()))
    again = write_manifest(folder, build_manifest(folder, MADE[::-1], inputs=turned)).read_bytes()
    assert first == again
    assert first.endswith(b"}\n")
    assert b"\r" not in first


def test_no_clock_user_host_or_path_in_it(folder):
    text = write_manifest(folder, build_manifest(folder, MADE, inputs=INPUTS)).read_text(encoding="utf-8")
    assert str(folder) not in text
    assert socket.gethostname() not in text
    assert getpass.getuser() not in re.sub(r'"[0-9a-f]{64}"', "", text)
    assert not re.search(r"20\d\d-\d\d-\d\d|\d\d:\d\d", text)
    assert '"/' not in text


def test_versions_of_what_results_depend_on():
    names = "python fzanalytics numpy pandas scipy scikit-learn gensim jieba matplotlib OpenCC zhplot"
    assert list(versions()) == names.split()
    assert versions()["numpy"] == np.__version__


def test_the_font_is_named_by_its_checksum(folder):
    fonts = build_manifest(folder, [])["fonts"]
    assert list(fonts) == ["NotoSansSC-Regular.ttf"]
    assert re.fullmatch("[0-9a-f]{64}", fonts["NotoSansSC-Regular.ttf"])


def test_check_tells_same_changed_and_missing_and_is_silent_on_other_files(folder):
    write_manifest(folder, build_manifest(folder, MADE, inputs=INPUTS))
    (folder / "mine.txt").write_bytes(b"mine")
    assert check_manifest(folder)["status"].tolist() == ["same", "same"]
    (folder / "a.csv").write_bytes(b"changed")
    (folder / "zh" / "b.png").unlink()
    table = check_manifest(folder)
    assert list(table.columns) == ["file", "status"]
    assert table.values.tolist() == [["a.csv", "changed"], ["zh/b.png", "missing"]]


def test_check_does_not_look_outside_the_folder(folder):
    outside = folder.parent / "outside.txt"
    outside.write_bytes(b"1")
    entry = {"files": {"../outside.txt": {"sha256": sha256_of(b"1")}}}
    (folder / MANIFEST_NAME).write_text(json.dumps(entry), encoding="utf-8")
    assert check_manifest(folder)["status"].tolist() == ["missing"]
    outside.unlink()


def test_all_faults_are_named_at_once(folder):
    made = [
        MadeFile("no.csv", "write_table"),
        MadeFile("a.csv", "write_table", {"path": "/home/somebody/corpus"}),
        MadeFile("a.csv", "write_table", {"path": Path("/home/somebody"), "drive": "C:\\Users"}),
        MadeFile("../x", "write_table"),
        MadeFile("zh/b.png", "plot", {"ax": object()}, ["unknown"]),
    ]
    with pytest.raises(ValueError, match="`made` must describe files of the folder by relative names") as caught:
        build_manifest(folder, made, inputs={"/abs": sha256_of(b"")})
    for fault in [
        "no.csv is not there",
        "a.csv is named twice",
        "'../x' is not a relative name",
        "the input '/abs' is not a relative name",
        "holds the absolute path /home/somebody/corpus",
        "holds the absolute path C:\\Users",
        "is a object, which JSON cannot hold",
        "zh/b.png was made from 'unknown', unknown",
    ]:
        assert fault in str(caught.value)


def test_a_slash_inside_a_parameter_is_no_path(folder):
    made = MadeFile("a.csv", "plot", {"path": "二/（一）/3", "kinds": ("place", "agency"), "limit": float("inf")})
    parameters = build_manifest(folder, [made])["files"]["a.csv"]["parameters"]
    assert parameters == {"kinds": ["place", "agency"], "limit": "inf", "path": "二/（一）/3"}


def test_without_a_manifest_or_with_a_broken_one_the_remedy_is_named(folder):
    with pytest.raises(FileNotFoundError, match=r"must hold a MANIFEST\.json; got .*fzanalytics reproduce"):
        read_manifest(folder)
    for content in ["", "[]", '{"files": {"a.csv": {}}}', '{"files": {"a.csv": {"sha256": 1}}}']:
        (folder / MANIFEST_NAME).write_text(content, encoding="utf-8")
        with pytest.raises(ValueError, match=r"MANIFEST\.json must name files and their SHA-256.*again"):
            check_manifest(folder)

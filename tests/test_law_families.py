"""Law families: fetched from a server that the test starts, or read from a local copy."""

import hashlib
import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest

from fzanalytics.texts.datasets import LAW_FAMILIES, fetch_law_family, load_law_registry

LAWS = {
    "法/发明法.md": ("national", "全国", "2010-01-01", "# 发明法\n\n第一条 为了鼓励发明，制定本法。\n\n第二条 国家保护发明人的权利。\n"),
    "甲/甲省发明条例(2012).md": ("province", "甲省", "2012-05-01", "# 甲省发明条例\n\n第一条 根据《发明法》，制定本条例。\n\n第二条 本省保护发明人的权利。\n"),
    "甲/丙市发明办法.md": ("prefecture", "甲省/丙市", "2014-05-01", "# 丙市发明办法\n\n第一条 根据《甲省发明条例》，制定本办法。\n"),
}  # fmt: skip


@pytest.fixture
def collection(tmp_path):
    folder = tmp_path / "collection"
    for name, (_, _, _, text) in LAWS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode("utf-8"))
    return folder


@pytest.fixture
def registry():
    return pd.DataFrame(
        {
            "doc_id": [f"T{i}" for i in range(3)],
            "family": "invention",
            "title": [Path(name).stem.split("(")[0] for name in LAWS],
            "level": [law[0] for law in LAWS.values()],
            "region": [law[1] for law in LAWS.values()],
            "version_date": [law[2] for law in LAWS.values()],
            "first_enacted": ["1990-01-01", None, None],
            "path": list(LAWS),
            "sha256": [hashlib.sha256(law[3].encode("utf-8")).hexdigest() for law in LAWS.values()],
        }
    )


class Recorder(SimpleHTTPRequestHandler):
    asked: ClassVar[list[str]] = []
    broken_after: int | None = None

    def do_GET(self):
        type(self).asked.append(self.path)
        if self.broken_after is not None and len(self.asked) > self.broken_after:
            self.connection.close()
            return
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def server(collection):
    class Own(Recorder):
        asked: ClassVar[list[str]] = []

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Own, directory=str(collection))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/", Own
        running.shutdown()


def test_a_family_is_fetched_checked_and_described(server, registry, tmp_path):
    url, handler = server
    corpus = fetch_law_family("invention", base_url=url, registry=registry, cache=tmp_path / "cache")
    table = corpus.documents.set_index("doc_id")
    assert table["level"].to_dict() == {"T0": "national", "T1": "province", "T2": "prefecture"}
    assert table.loc["T1", "dated"] == pd.Timestamp("2012-05-01") and table.loc["T1", "lineage"] == "invention"
    assert "first enacted 1990-01-01" in table.loc["T0", "date_note"]
    assert table["first_enacted"].dtype.kind == "M" and table["first_enacted"].isna().tolist() == [False, True, True]
    assert table.loc["T0", "first_enacted"] == pd.Timestamp("1990-01-01") != table.loc["T0", "dated"]
    assert table.loc["T1", "text"].count("第二条") == 1
    assert len(handler.asked) == 3


def test_what_is_in_the_cache_is_not_fetched_again(server, registry, tmp_path):
    url, handler = server
    for _ in range(2):
        fetch_law_family("invention", base_url=url, registry=registry, cache=tmp_path / "cache")
    assert len(handler.asked) == 3


def test_a_broken_download_goes_on_where_it_stopped(server, registry, tmp_path):
    url, handler = server
    handler.broken_after = 2
    with pytest.raises(ConnectionError, match=r"after 2 of 3 files, which are kept.*path="):
        fetch_law_family("invention", base_url=url, registry=registry, cache=tmp_path / "cache")
    kept = sorted(path.name for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert len(kept) == 2  # nothing half-written
    handler.broken_after, handler.asked[:] = None, []
    assert len(fetch_law_family("invention", base_url=url, registry=registry, cache=tmp_path / "cache").held) == 3
    assert len(handler.asked) == 1


def test_a_changed_file_is_refused_and_not_kept(server, registry, collection, tmp_path):
    (collection / "法/发明法.md").write_text("另一部法律", encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"发明法.md must be the file that the registry describes; its SHA-256 differs"
    ):
        fetch_law_family("invention", base_url=server[0], registry=registry, cache=tmp_path / "cache")
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_a_file_that_the_server_lacks(server, registry, collection, tmp_path):
    (collection / "甲/丙市发明办法.md").unlink()
    with pytest.raises(FileNotFoundError, match=r"has no file 甲/丙市发明办法.md .*404"):
        fetch_law_family("invention", base_url=server[0], registry=registry, cache=tmp_path / "cache")


def test_no_network_is_said_plainly(registry, tmp_path):
    with pytest.raises(ConnectionError, match=r"cannot be reached .*give a local copy"):
        fetch_law_family("invention", base_url="http://127.0.0.1:9/", registry=registry, cache=tmp_path / "cache")


@pytest.mark.parametrize("layout", ["as published", "by doc_id", "raw"])
def test_a_local_copy_needs_no_network(layout, registry, collection, tmp_path):
    folder = collection
    if layout != "as published":
        folder = tmp_path / "copy"
        inside = folder / "raw" if layout == "raw" else folder
        inside.mkdir(parents=True)
        for row in registry.itertuples():
            (inside / f"{row.doc_id}.md").write_bytes((collection / row.path).read_bytes())
    assert len(fetch_law_family("invention", path=folder, registry=registry).held) == 3


def test_a_local_copy_that_lacks_or_changed_files(registry, collection):
    (collection / "法/发明法.md").write_text("另一部法律", encoding="utf-8")
    with pytest.raises(ValueError, match=r"SHA-256 differs: 发明法.md"):
        fetch_law_family("invention", path=collection, registry=registry)
    (collection / "法/发明法.md").unlink()
    with pytest.raises(FileNotFoundError, match=r"missing in .*: 法/发明法.md"):
        fetch_law_family("invention", path=collection, registry=registry)


def test_several_families_make_one_corpus(registry, collection):
    registry.loc[2, "family"] = "another"
    corpus = fetch_law_family("invention", "another", "invention", path=collection, registry=registry)
    assert corpus.documents["doc_id"].tolist() == ["T0", "T1", "T2"]
    assert corpus.documents["lineage"].tolist() == ["invention", "invention", "another"]
    assert len(fetch_law_family("another", path=collection, registry=registry).documents) == 1
    with pytest.raises(ValueError, match=r"must be one of another, invention; got 'none'"):
        fetch_law_family("invention", "none", path=collection, registry=registry)


def test_a_registry_may_lack_first_enactments(collection, registry):
    corpus = fetch_law_family("invention", path=collection, registry=registry.drop(columns="first_enacted"))
    assert "first_enacted" not in corpus.documents and len(corpus.held) == 3
    nothing = fetch_law_family("invention", path=collection, registry=registry.assign(first_enacted=None))
    assert nothing.documents["first_enacted"].dtype.kind == "M" and nothing.documents["first_enacted"].isna().all()


def test_an_unknown_family_and_a_registry_that_lacks_columns(registry):
    with pytest.raises(ValueError, match=r"`name` must be one of air, business_env, .*; got 'water'"):
        fetch_law_family("water")
    with pytest.raises(ValueError, match="missing: sha256"):
        fetch_law_family("invention", registry=registry.drop(columns="sha256"))


def test_the_registry_is_whole():
    registry = load_law_registry()
    assert registry["sha256"].str.fullmatch("[0-9a-f]{64}").all() and registry["doc_id"].is_unique
    assert set(registry["family"]) == set(LAW_FAMILIES)
    assert (registry[registry["role"] == "parent"]["level"] == "national").all()


@pytest.mark.skipif("FZANALYTICS_DATA" not in os.environ, reason="FZANALYTICS_DATA does not name the law families")
@pytest.mark.parametrize("name", sorted(LAW_FAMILIES))
def test_the_real_files_are_those_of_the_registry(name):
    corpus = fetch_law_family(name, path=Path(os.environ["FZANALYTICS_DATA"]) / "law_families")
    rows = load_law_registry().query("family == @name")
    assert corpus.held["doc_id"].tolist() == rows["doc_id"].tolist()
    assert (corpus.held.groupby("doc_id")["n_chars"].first() > 500).all()

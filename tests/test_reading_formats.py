"""Which reader a file needs, and what the folder says of the files that none reads."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reading_pdf import PLAN, printed
from test_reading_web import INDEX, LINES, TITLE, in_container, page
from test_reading_word import archive, document, lists, p

from fzanalytics.texts.corpus import read_corpus
from fzanalytics.texts.documents.sources import read_path
from fzanalytics.texts.reading import files, formats
from fzanalytics.texts.reading.files import UnknownFormat, UnreadableFile
from fzanalytics.texts.reading.formats import SUFFIXES, find_kind, is_known_format, read_document
from fzanalytics.texts.reading.markdown import read_front

DATA = os.environ.get("FZANALYTICS_DATA")
needs_data = pytest.mark.skipif(not DATA, reason="FZANALYTICS_DATA is not set")

WORD = document(p("清远市法治政府建设实施方案") + p("总体要求", 0) + p("到2020年建成。", 1), numbering=lists())
WORD_TEXT = "清远市法治政府建设实施方案\n一、总体要求\n（一）到2020年建成。\n"
PAGE = page(in_container("id='zoom'"), around=INDEX).encode()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def read(folder: Path, name: str, data: bytes) -> files.RawFile:
    (folder / name).write_bytes(data)
    return read_document(folder / name, name)


# ---------------------------------------------------------------- the first bytes decide


@pytest.mark.parametrize("suffix", [".docx", ".doc", ".wps", ".txt", "", ".pdf"])
def test_a_word_document_under_any_ending(tmp_path: Path, suffix: str) -> None:
    raw = read(tmp_path, f"a{suffix}", WORD)
    assert (raw.text, raw.encoding) == (WORD_TEXT, "docx")
    assert [note.kind for note in raw.notes] == (["wrong ending"] if suffix not in (".docx", "") else [])


@pytest.mark.parametrize("suffix", [".html", ".htm", ".shtml", ".doc", ".txt", "", ".pdf"])
@pytest.mark.parametrize("lead", [b"", b"\xef\xbb\xbf\r\n", b"<!-- saved -->\n", b'<?xml version="1.0"?>\n'])
def test_a_page_under_any_ending(tmp_path: Path, suffix: str, lead: bytes) -> None:
    raw = read(tmp_path, f"a{suffix}", lead + PAGE)
    assert raw.text.splitlines() == [TITLE, *LINES]
    assert [note.kind for note in raw.notes] == (["wrong ending"] if suffix in (".doc", ".txt", ".pdf") else [])


@pytest.mark.parametrize("suffix", [".pdf", ".doc", ".txt", ""])
def test_a_pdf_under_any_ending(tmp_path: Path, suffix: str) -> None:
    assert read(tmp_path, f"a{suffix}", printed(*PLAN)).text == "\f".join("\n".join(lines) for lines in PLAN) + "\n"


def test_plain_text_as_doc_and_text_about_pages(tmp_path: Path) -> None:
    raw = read(tmp_path, "a.doc", WORD_TEXT.encode("gbk"))
    assert (raw.text, raw.encoding) == (WORD_TEXT, "gb18030")
    assert "it is plain text under the name of .doc" in raw.notes[0].message
    for text in ("<通知> 各县", "a < b </p>", "《条例》<p>"):
        assert read(tmp_path, "a.txt", text.encode()).text == text
    assert read(tmp_path, "a.md", b"<div align=center>x</div>\n# y").notes == ()


@pytest.mark.parametrize(
    ("data", "suffix", "reason"),
    [
        (OLE, ".doc", "Word's old format, which is not read; open it with Word or WPS and save it as .docx"),
        (OLE + "Workbook".encode("utf-16-le"), ".doc", "Excel workbook in the old format"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), ".docx", "it is encrypted"),
        (b"{\\rtf1\\ansi x}", ".doc", "RTF, which is not read; .* save it as .docx"),
        (archive({"OFD.xml": "x"}), ".doc", "OFD, which is not read; .* save it as PDF"),
        (archive({"content.xml": "x"}), ".wps", "OpenDocument, which is not read; .* save it as .docx"),
        (archive({"xl/workbook.xml": "x"}), ".docx", "Excel workbook; give it the ending .xlsx"),
        (archive({"a.txt": "x"}), ".doc", "ZIP archive; unpack it"),
        (random.Random(0).randbytes(3000), ".doc", "no format that is read; open it with Word"),
        (random.Random(0).randbytes(3000), ".html", "no format that is read"),
    ],
)
def test_formats_that_are_not_read_name_the_remedy(tmp_path: Path, data: bytes, suffix: str, reason: str) -> None:
    with pytest.raises(UnknownFormat, match=reason):
        read(tmp_path, f"a{suffix}", data)


def test_a_file_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.docx").write_bytes(WORD)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UnreadableFile, match=r"cannot be opened \(Permission denied\); check its permissions"):
        read_document(tmp_path / "a.docx", "a.docx")


def test_a_document_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "_MAX_DOCUMENT", 100)
    with pytest.raises(UnreadableFile, match="the limit for a Word document is 100; split it"):
        read(tmp_path, "a.docx", WORD)


def test_a_workbook_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_UNPACKED", 2_000)
    pd.DataFrame({"正文": ["甲" * 50] * 100}).to_excel(tmp_path / "a.xlsx")
    with pytest.raises(UnreadableFile, match=r"it unpacks to .* the limit is 2,000"):
        files.read_table_file(tmp_path / "a.xlsx")


HEADS = [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html>", b"{\\rtf", OLE, b"\xff\xfe", b"MIME-Version: 1.0\nmultipart/related",
         b"<?xml version='1.0'?><!DOCTYPE html [<!ENTITY a 'b'>]>", WORD[:300], b"\xef\xbb\xbf"]  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(HEADS), st.sampled_from(sorted({*SUFFIXES, "", ".dat"})))
def test_any_bytes_under_any_ending_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, head: bytes, suffix: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(head + data)
    try:
        raw = read_document(path, f"any{suffix}")
    except UnreadableFile as error:
        assert str(error) and "\n" not in str(error)
        return
    raw.text.encode("utf-8", "surrogatepass" if raw.encoding.startswith("utf-16") else "strict")


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx"])
@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_as_a_table_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    for head in (b"", b"PK\x03\x04", b"a,b\n"):
        path.write_bytes(head + data)
        try:
            files.read_table_file(path)
        except UnreadableFile:
            continue


# ---------------------------------------------------------------- folders


def listed(problems: list[dict[str, object]]) -> dict[object, object]:
    return {problem["source"]: problem["kind"] for problem in problems}


def test_a_folder_as_it_was_downloaded(tmp_path: Path) -> None:
    for name, data in {
        "a.docx": WORD, "b.htm": PAGE, "c.pdf": printed(*PLAN), "d.doc": PAGE, "e": WORD, "f.通知": printed(*PLAN), "g.doc": OLE,
        "h.rtf": b"{\\rtf1 x}", "i.ofd": archive({"OFD.xml": "x"}), "j.wps": OLE, "k.jpg": b"\xff\xd8\xff", "l": b"x", "m.rar": WORD,
        "n.xls": OLE, "o.docx": b"PK", "p.dat": b"x",
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(data)
    (tmp_path / "q.docx").symlink_to(tmp_path / "q.docx")  # leads nowhere
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    problems: list[dict[str, object]] = []
    raws, rows, _ = read_path(tmp_path, None, None, problems)
    assert [raw.source for raw in raws] == ["a.docx", "b.htm", "c.pdf", "d.doc", "e", "f.通知"]
    assert [row["source"] for row in rows] == ["b.htm", "d.doc"]
    assert listed(problems) == {
        "d.doc": "wrong ending", "g.doc": "not read", "h.rtf": "not read", "i.ofd": "not read", "j.wps": "not read",
        "k.jpg": "not read", "l": "not read", "m.rar": "not read", "n.xls": "not read", "o.docx": "unreadable", "p.dat": "not read",
    }  # fmt: skip
    said = {problem["source"]: problem["message"] for problem in problems}
    assert "save it as .docx" in str(said["h.rtf"]) and "save it as PDF" in str(said["i.ofd"])
    assert (
        "run OCR" in str(said["k.jpg"])
        and "unpack it" in str(said["m.rar"])
        and "save it as .xlsx" in str(said["n.xls"])
    )


def test_a_folder_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "甲").mkdir()
    (tmp_path / "a.txt").write_text("通知", encoding="utf-8")
    walk = os.walk

    def closed(top: object, onerror: object = None) -> object:
        onerror(PermissionError(13, "Permission denied", str(tmp_path / "甲")))  # type: ignore[operator]
        return walk(top)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "walk", closed)
    problems: list[dict[str, object]] = []
    read_path(tmp_path, None, None, problems)
    assert [problem["message"] for problem in problems] == ["甲: the folder cannot be opened; check its permissions"]


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode("方案.docx".encode("gbk"))).write_bytes(WORD)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    raws, _, _ = read_path(tmp_path, None, None, [])
    assert [(raw.source, raw.name) for raw in raws] == [("方案.docx", "方案")]


def test_what_a_page_says_reaches_the_documents(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(PAGE)
    row = read_corpus(tmp_path).documents.loc[0]
    assert (
        row["doc_number"] == "国发〔2021〕30号"
        and row["issuers"] == "国务院;国务院办公厅"
        and row["issuer_type"] == "government"
    )
    assert row["dated"] == row["earliest"] == row["latest"] == pd.Timestamp("2021-12-14")
    assert row["published"] == pd.Timestamp("2022-01-27") and row["date_basis"] == "stated"
    assert row["title"] == "“十四五”市场监管现代化规划" or row["title"] == TITLE


def test_the_day_of_publication_is_an_upper_bound_only(tmp_path: Path) -> None:
    index = "<div>发布日期：2017年2月6日</div>"
    undated = in_container("id='zoom'").replace("2021年12月14日", "").replace("国发〔2021〕30号", "")
    (tmp_path / "a.html").write_text(page(undated, around=index), encoding="utf-8")
    row = read_corpus(tmp_path).documents.loc[0]
    assert pd.isna(row["dated"]) and row["latest"] == row["published"] == pd.Timestamp("2017-02-06")
    assert "page date" in row["date_basis"]


def test_a_day_that_the_text_states_stands_within_the_bound_of_its_page(tmp_path: Path) -> None:
    index = "<div>发布日期：2022年1月27日</div>"
    (tmp_path / "a.html").write_text(page(in_container("id='zoom'"), around=index), encoding="utf-8")
    row = read_corpus(tmp_path).documents.loc[0]
    assert row["dated"] == row["latest"] == pd.Timestamp("2021-12-14") and row["date_basis"] == "stated"
    assert row["published"] == pd.Timestamp("2022-01-27")


def test_metadata_of_the_user_win_over_the_page(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(PAGE)
    given = pd.DataFrame({"source": ["a.html"], "issuers": ["某机关"], "成文日期": ["2021-12-01"], "标题": ["规划"]})
    row = read_corpus(tmp_path, metadata=given).documents.loc[0]
    assert (row["issuers"], row["title"], row["doc_number"]) == ("某机关", "规划", "国发〔2021〕30号")
    assert row["dated"] == pd.Timestamp("2021-12-01") and row["date_note"] == "metadata"


def test_a_page_published_before_it_was_dated(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(PAGE.replace("2022年01月27日".encode(), "2020年01月27日".encode()))
    corpus = read_corpus(tmp_path)
    assert corpus.documents.loc[0, "dated"] == pd.Timestamp("2021-12-14") and pd.isna(
        corpus.documents.loc[0, "published"]
    )
    assert "before it was dated" in corpus.problems.loc[corpus.problems["kind"] == "unreadable date", "message"].item()


def test_tables_and_pages_in_one_folder_keep_their_metadata(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(PAGE)
    pd.DataFrame({"标题": ["甲方案"], "正文": [WORD_TEXT], "文号": ["甲发〔2017〕1号"]}).to_csv(
        tmp_path / "t.csv", index=False, encoding="utf-8"
    )
    documents = read_corpus(tmp_path).documents.set_index("source")
    assert documents.loc["t.csv#1", ["title", "doc_number"]].tolist() == ["甲方案", "甲发〔2017〕1号"]
    assert documents.loc["a.html", "doc_number"] == "国发〔2021〕30号"


def test_offsets_lead_back_to_the_text_that_the_reader_gave(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(WORD)
    corpus = read_corpus(tmp_path)
    raw = corpus.files.loc[0, "raw_text"]
    assert corpus.clauses["path"].tolist() == ["一", "一/（一）"]
    for clause in corpus.clauses.itertuples():
        assert raw[clause.raw_begin : clause.raw_end].endswith(clause.text) and clause.text


# ---------------------------------------------------------------- the public law collection


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ("2016年5月31日 台州市第四届人民代表大会常务委员会第四十三次会议通过\n\n2016年7月29日 浙江省第十二届人民代表大会常务委员会第三十一次会议批准\n\n"
         "2016年8月9日 台州市第四届人民代表大会常务委员会公告第37号公布\n\n2016年10月1日 施行",
         {"dated": "2016-07-29", "first_enacted": "2016-05-31", "published": "2016-08-09", "effective": "2016-10-01",
          "issuers": "台州市人民代表大会常务委员会"}),
        ("2019年10月8日 国务院第66次常务会议通过\n\n2019年10月22日 中华人民共和国国务院令第722号公布",
         {"dated": "2019-10-22", "first_enacted": "2019-10-08", "published": "2019-10-22", "issuers": "国务院"}),
        ("1996年9月6日 北京市第十届人民代表大会第三次会议通过\n\n1996年12月1日 施行\n\n2011年5月27日 北京市第十三届人民代表大会常务委员会第二十五次会议修订",
         {"dated": "2011-05-27", "first_enacted": "1996-09-06", "issuers": "北京市人民代表大会"}),
        ("2015年2月8日 市十四届人大五次会议通过", {"dated": "2015-02-08", "first_enacted": "2015-02-08"}),
        ("", {}),
    ],
)  # fmt: skip
def test_the_front_of_a_law(front: str, told: dict[str, str]) -> None:
    text = f"# 某市条例\n\n{front}\n\n<!-- INFO END -->\n\n第一条 根据2001年1月1日施行的法律制定。"
    assert read_front(text) == {"title": "某市条例", **told}
    assert read_front(text.replace("<!-- INFO END -->", "")) == {} == read_front(text[1:])


@needs_data
def test_every_law_of_the_collection() -> None:
    """Against a registry that others made from the names of the files: the day of the version held is that of its publication."""
    folder = Path(str(DATA)) / "law_families"
    registry = pd.read_csv(folder / "registry.csv", dtype=str, encoding="utf-8")
    fronts = [read_front((folder / "raw" / f"{name}.md").read_text(encoding="utf-8")) for name in registry["doc_id"]]
    told = pd.DataFrame(fronts, index=registry.index)
    assert (told["title"] == registry["title"]).all()
    dated = told["dated"].notna()
    assert dated.sum() == 135 and (told["first_enacted"] == registry["first_enacted"])[dated].all()
    lag = (pd.to_datetime(registry["version_date"]) - pd.to_datetime(told["dated"])).dt.days[dated]
    assert lag.between(0, 120).sum() >= 129  # 6 fronts stop before the last amendment, or the name of the file is wrong
    assert told["issuers"].notna().sum() >= 134  # one front is empty, one calls its congress 市人大


# ---------------------------------------------------------------- cost


def test_no_reader_loads_its_library_before_it_is_needed() -> None:
    code = "import sys, fzanalytics as fz; fz.load_sample(); print(sorted({'lxml', 'pypdfium2', 'docx', 'trafilatura'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        cwd=Path(formats.__file__).parents[3],
    )
    assert done.stdout.strip() == "[]"


def test_kinds_are_told_by_few_bytes(tmp_path: Path) -> None:
    assert find_kind(b"x") == "text" and find_kind(PAGE) == "web"
    (tmp_path / "a").write_bytes(b"\0" * 10_000 + WORD)
    assert not is_known_format(tmp_path / "a") and not is_known_format(tmp_path / "missing")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w"):
        pass
    with pytest.raises(UnknownFormat):
        find_kind(b"PK\x03\x04" + out.getvalue(), ".doc")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_plain_text_under_the_name_of_a_page_keeps_its_lines(tmp_path: Path, encoding: str) -> None:
    text = "北京市优化营商环境条例\n（2020年3月27日通过）\n第一条　为了优化营商环境，经营成本<1万元的也适用。\n"
    for name in ("a.htm", "b.html"):
        raw = read(tmp_path, name, text.encode(encoding))
        assert raw.text == text and [note.kind for note in raw.notes] == ["wrong ending"]
    page = f"{text}<br>第二条"  # one tag, far down, makes a page
    assert [note.kind for note in read(tmp_path, "c.htm", page.encode(encoding)).notes] != ["wrong ending"]

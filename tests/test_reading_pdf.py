"""PDF: the text layer page by page; what has none, or is none, says so."""

from __future__ import annotations

import io
import zlib
from functools import cache

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from fzanalytics.base.fonts import chinese_font
from fzanalytics.texts.reading import pdf
from fzanalytics.texts.reading.files import UnreadableFile
from fzanalytics.texts.reading.pdf import read_pdf


@cache
def printed(*pages: tuple[str, ...]) -> bytes:
    """A PDF with these lines on its pages, the characters with their Unicode values as programs write them."""
    out = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}), PdfPages(out) as file:
        for lines in pages:
            figure = Figure(figsize=(6, 8))
            for i, line in enumerate(lines):
                figure.text(0.1, 0.9 - i * 0.05, line, fontproperties=chinese_font())
            file.savefig(figure)
    return out.getvalue()


PLAN = (("清远市法治政府建设实施方案", "一、总体要求", "到2020年，基本建成", "法治政府。"), ("（一）目标", "— 2 —"))


def written(content: bytes, *, count: int = 1, extra: bytes = b"", compress: bool = False) -> bytes:
    """The smallest PDF file by hand: `count` pages with one content stream."""
    stream, kind = (zlib.compress(content, 9), b"/Filter/FlateDecode") if compress else (content, b"")
    kids = b" ".join(b"%d 0 R" % (i + 10) for i in range(count))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        3: b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(stream), kind, stream),
        4: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 3 0 R/Resources<</Font<</F 4 0 R>>>>>>"
    objects |= {i + 10: page for i in range(count)}
    body, offsets = b"%PDF-1.4\n", {}
    for number, text in objects.items():
        offsets[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % (number, offset) for number, offset in offsets.items())
    end = b"xref\n0 1\n0000000000 65535 f \n%strailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF"
    return body + end % (table, count + 10, extra, len(body))


HELLO = b"BT /F 12 Tf 50 200 Td (article one) Tj 0 -20 Td (article two) Tj ET"


def test_chinese_text_reads_back_page_by_page() -> None:
    raw = read_pdf(printed(*PLAN), "sub/方案.pdf")
    assert raw.text == "\f".join("\n".join(lines) for lines in PLAN) + "\n"
    assert (raw.source, raw.name, raw.encoding, raw.notes, dict(raw.told)) == ("sub/方案.pdf", "方案", "pdf", (), {})


def test_columns_come_in_the_order_in_which_they_were_drawn() -> None:
    two = b"BT /F 10 Tf 20 250 Td (a1) Tj 0 -20 Td (a2) Tj ET BT /F 10 Tf 160 250 Td (b1) Tj 0 -20 Td (b2) Tj ET"
    assert read_pdf(written(two), "a.pdf").text.split() == ["a1", "a2", "b1", "b2"]


def test_a_scan_has_no_text_layer() -> None:
    with pytest.raises(UnreadableFile, match="no text layer: run OCR first"):
        read_pdf(written(b"0 0 100 100 re f"), "a.pdf")
    with pytest.raises(UnreadableFile, match="no text layer: run OCR first"):
        read_pdf(written(b""), "a.pdf")


def test_pages_that_are_pictures_are_told() -> None:
    out = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}), PdfPages(out) as file:
        for text in ("甲乙丙丁", "", "戊己庚辛"):
            figure = Figure(figsize=(3, 3))
            figure.text(0.1, 0.5, text, fontproperties=chinese_font())
            figure.patch.set_facecolor("0.9")
            file.savefig(figure, facecolor="0.9")
    raw = read_pdf(out.getvalue(), "a.pdf")
    assert raw.text == "甲乙丙丁\f\f戊己庚辛\n"
    assert [(note.kind, note.count) for note in raw.notes] == [("incomplete text", 1)]
    assert "1 of 3 pages are pictures without a text layer (page 2)" in raw.notes[0].message


def test_a_font_without_characters_is_told() -> None:
    """A font whose glyphs no table maps to characters gives private-use ones: text for the eye only."""
    odd, fine = "\ue123" * 10, "法治" * 10
    assert pdf._NO_CHARACTER.findall(odd + fine + "\f\n") == ["\ue123"] * 10

    for text, refused in ((odd, True), (odd[:1] + fine, False)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pdf, "_read_pages", lambda _, text=text: ([text], [], []))
            if refused:
                with pytest.raises(UnreadableFile, match="does not tell which characters its fonts show"):
                    read_pdf(written(HELLO), "a.pdf")
            else:
                assert [note.kind for note in read_pdf(written(HELLO), "a.pdf").notes] == ["undecoded"]


def test_an_encrypted_file_is_told() -> None:
    encrypt = b"/Encrypt<</Filter/Standard/V 1/R 2/O<" + b"00" * 32 + b">/U<" + b"11" * 32 + b">/P -4>>/ID[<00><00>]"
    with pytest.raises(UnreadableFile, match="it is encrypted; save it without a password"):
        read_pdf(written(HELLO, extra=encrypt), "a.pdf")


# ---------------------------------------------------------------- hostile files


@pytest.mark.parametrize(
    "data", [b"%PDF", b"%PDF-1.7\n" + bytes(500), written(HELLO)[:150], b"%PDF-1.7\nstream\n\x78\x9c" * 50]
)
def test_broken_files_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="broken PDF file"):
        read_pdf(data, "a.pdf")


def test_a_broken_table_of_contents_is_survived() -> None:
    data = written(HELLO)
    for damaged in (data.replace(b"startxref", b"startxxxx"), data.replace(b"0000000000", b"9999999999"), data[:-20]):
        assert read_pdf(damaged, "a.pdf").text.splitlines() == ["article one", "article two"]


def test_too_many_pages() -> None:
    with pytest.raises(UnreadableFile, match="it has 5,001 pages, the limit is 5,000; split it"):
        read_pdf(written(HELLO, count=5_001), "a.pdf")


def test_a_claim_of_many_pages_costs_nothing() -> None:
    data = written(HELLO).replace(b"/Count 1", b"/Count 100000")
    with pytest.raises(UnreadableFile, match=r"it has 100,000 pages|broken"):
        read_pdf(data, "a.pdf")


def test_too_much_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_CHARS", 15)
    with pytest.raises(UnreadableFile, match="more than 15 characters"):
        read_pdf(written(HELLO), "a.pdf")


@pytest.mark.parametrize("nested", [False, True])
def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch, nested: bool) -> None:
    monkeypatch.setattr(pdf, "MAX_STREAM", 10_000_000)
    content = b" " * 10_000_001
    data = written(zlib.compress(content, 9) if nested else content, compress=True)
    assert len(data) < 20_000
    with pytest.raises(UnreadableFile, match="a part of it unpacks to more than"):
        read_pdf(data, "a.pdf")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=30), st.integers(0, 3000), st.booleans())
def test_damaged_files_are_read_or_refused(noise: bytes, at: int, chinese: bool) -> None:
    data = printed(*PLAN) if chinese else written(HELLO)
    at %= len(data)
    try:
        text = read_pdf(data[:at] + noise + data[at + len(noise) :], "a.pdf").text
    except UnreadableFile:
        return
    text.encode("utf-8")

"""DOCX: what a reader of the printed page would read, numbers of lists included, and nothing else."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.base.numbering import format_number, parse_number
from fzanalytics.texts.reading import word
from fzanalytics.texts.reading.files import UnreadableFile
from fzanalytics.texts.reading.word import read_word
from fzanalytics.texts.reading.wordnumbers import _FORMATS, circled, roman, show

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LEVELS = [
    ("chineseCountingThousand", "%1、", "nothing"), ("chineseCounting", "（%2）", "nothing"), ("decimal", "%3.", "tab"),
    ("decimalEnclosedCircle", "%4", "nothing"),
]  # fmt: skip


def document(body: str, *, numbering: str = "", styles: str = "", **more: str) -> bytes:
    """A Word document with nothing but the parts given."""
    parts = {"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"}
    if numbering:
        parts["word/numbering.xml"] = f"<w:numbering {W}>{numbering}</w:numbering>"
    if styles:
        parts["word/styles.xml"] = f"<w:styles {W}>{styles}</w:styles>"
    return archive({**parts, **more})


def archive(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return out.getvalue()


def p(text: str, level: int | None = None, *, number_id: int = 1, properties: str = "") -> str:
    numbers = "" if level is None else f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number_id}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}{numbers}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def levels(specification: list[tuple[str, str, str]] = LEVELS) -> str:
    return "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:suff w:val="{gap}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for i, (style, text, gap) in enumerate(specification)
    )


def lists(definition: str = "", instances: str = "") -> str:
    return (
        f'<w:abstractNum w:abstractNumId="0">{definition or levels()}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>' + instances
    )


def lines(data: bytes) -> list[str]:
    return read_word(data, "a.docx").text.splitlines()


def test_a_document_made_by_a_library() -> None:
    made = docx.Document()
    made.add_paragraph("清远市法治政府建设实施方案")
    made.add_paragraph("甲", style="List Number")
    table = made.add_table(2, 2)
    for cell, text in zip(
        [c for row in table.rows for c in row.cells], ["任务", "单位", "清理", "司法局"], strict=True
    ):
        cell.text = text
    made.add_paragraph("乙", style="List Number")
    made.add_paragraph("丙", style="List Bullet")
    made.sections[0].header.paragraphs[0].text = "页眉"  # a header is no text
    out = io.BytesIO()
    made.save(out)
    raw = read_word(out.getvalue(), "sub/方案.docx")
    assert raw.text.splitlines() == ["清远市法治政府建设实施方案", "1.甲", "任务\t单位", "清理\t司法局", "2.乙", "丙"]
    assert (raw.source, raw.name, raw.encoding, raw.notes) == ("sub/方案.docx", "方案", "docx", ())


def test_numbers_that_word_writes_stand_in_the_text() -> None:
    """The trap of official documents: 一、 and （一） are often in no run at all."""
    body = (
        p("总体要求", 0) + p("目标", 1) + p("原则", 1) + p("改革", 2) + p("2017年完成", 2) + p("甲", 3) + p("乙", 3)
        + p("不编号") + p("任务", 0) + p("监管", 1) + p("检查", 2)
    )  # fmt: skip
    assert lines(document(body, numbering=lists())) == [
        "一、总体要求", "（一）目标", "（二）原则", "1.改革", "2. 2017年完成", "①甲", "②乙", "不编号", "二、任务", "（一）监管", "1.检查",
    ]  # fmt: skip


def test_articles_count_on_across_chapters() -> None:
    """第一条 goes on in the next chapter: its level never restarts (lvlRestart 0)."""
    chapter, article = levels(
        [("chineseCountingThousand", "第%1章", "tab"), ("chineseCountingThousand", "第%2条", "space")]
    ).split("</w:lvl>")[:2]
    article = article.replace("<w:numFmt", '<w:lvlRestart w:val="0"/><w:numFmt')
    body = p("总则", 0) + p("为了", 1) + p("本法", 1) + p("职责", 0) + p("政府", 1)
    assert lines(document(body, numbering=lists(f"{chapter}</w:lvl>{article}</w:lvl>"))) == [
        "第一章 总则", "第一条 为了", "第二条 本法", "第二章 职责", "第三条 政府",
    ]  # fmt: skip


def test_a_list_that_starts_anew_and_one_that_goes_on() -> None:
    again = '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    further = '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>'
    body = p("甲", 0) + p("乙", 0) + p("丙", 0, number_id=3) + p("丁", 0, number_id=2) + p("戊", 0, number_id=2)
    assert lines(document(body, numbering=lists(instances=again + further))) == [
        "一、甲",
        "二、乙",
        "三、丙",
        "一、丁",
        "二、戊",
    ]


def test_a_level_without_its_superior_and_decimal_levels() -> None:
    definition = levels([("chineseCounting", "%1、", "nothing"), ("decimal", "%1.%2", "tab")])
    assert lines(document(p("甲", 1) + p("乙", 1), numbering=lists(definition))) == ["一.1 甲", "一.2 乙"]
    plain = definition.replace('<w:numFmt w:val="decimal"/>', '<w:numFmt w:val="decimal"/><w:isLgl/>')
    assert lines(document(p("总", 0) + p("甲", 1), numbering=lists(plain))) == ["一、总", "1.1 甲"]


def test_numbers_by_style() -> None:
    definition = levels().replace(
        '<w:numFmt w:val="chineseCounting"/>', '<w:pStyle w:val="H2"/><w:numFmt w:val="chineseCounting"/>'
    )
    styles = (
        '<w:style w:type="paragraph" w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:basedOn w:val="H1"/><w:pPr><w:numPr><w:ilvl w:val="1"/>'
        '<w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H1a"><w:basedOn w:val="H1"/></w:style>'
    )
    of_style = '<w:pStyle w:val="{}"/>'.format
    body = (
        p("总体要求", properties=of_style("H1")) + p("目标", properties=of_style("H2")) + p("任务", properties=of_style("H1a"))
        + p("不编号", 0, number_id=0, properties=of_style("H1"))
    )  # fmt: skip
    data = document(body, numbering=lists(definition), styles=styles)
    assert lines(data) == ["一、总体要求", "（一）目标", "二、任务", "不编号"]


def test_an_empty_paragraph_shows_no_number_and_takes_none() -> None:
    assert lines(document(p("甲", 0) + p("", 0) + p("乙", 0), numbering=lists())) == ["一、甲", "", "二、乙"]


@pytest.mark.parametrize("style", sorted(_FORMATS))
def test_every_style_counts_without_doubles(style: str) -> None:
    shown = [show(number, style) for number in range(1, 11)]
    assert len(set(shown)) == 10 and all(shown)


@given(st.integers(1, 9999))
def test_chinese_numbers_read_back(number: int) -> None:
    assert parse_number(show(number, "chineseCounting")) == number
    assert show(number, "chineseCountingThousand") == format_number(number)


def test_numbers_in_circles_and_roman_figures() -> None:
    assert [circled(n) for n in (1, 20, 21, 35, 36, 50)] == ["①", "⑳", "㉑", "㉟", "㊱", "㊿"]
    assert [roman(n) for n in (1, 4, 9, 14, 40, 90, 400)] == ["i", "iv", "ix", "xiv", "xl", "xc", "cd"]
    assert show(0, "decimal") == "0" and show(10**6, "chineseCounting") == "1000000"


def test_tracked_changes() -> None:
    body = (
        "<w:p><w:r><w:t>到</w:t></w:r><w:del><w:r><w:delText>2018</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>2020</w:t></w:r></w:ins><w:r><w:t>年</w:t></w:r></w:p>"
        # the end of a paragraph was deleted: it runs on into the next
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前</w:t></w:r></w:p>" + p("后")
    )
    raw = read_word(document(body), "a.docx")
    assert raw.text == "到2020年\n前后\n"
    assert [(note.kind, note.count) for note in raw.notes] == [("left out", 1)]
    assert "deletions" in raw.notes[0].message


def test_what_is_not_text_is_left_out_and_counted() -> None:
    body = (
        "<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r><w:r><w:footnoteReference w:id='3'/></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>可见</w:t></w:r>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
    )
    raw = read_word(document(body), "a.docx")
    assert raw.text == "正文可见\n"
    assert sorted((note.count, note.message.split()[1]) for note in raw.notes) == [(1, "stretches"), (2, "footnotes")]


def test_embedded_files_are_told() -> None:
    assert [note.count for note in read_word(document("<w:altChunk/>" + p("正文")), "a.docx").notes] == [1]


def test_characters_of_layout_and_links() -> None:
    body = (
        "<w:p><w:hyperlink><w:r><w:t>甲</w:t></w:r></w:hyperlink><w:r><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>"
        "<w:sdt><w:sdtContent><w:r><w:t>丁</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:r><w:ruby><w:rt><w:r><w:t>shè</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>設</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"
    )
    assert lines(document(body)) == ["甲\t乙", "丙丁設"]


def test_a_text_box_is_read_once() -> None:
    """Word writes it twice, for its newer and its older self."""
    box = f"<w:txbxContent>{p('清府〔2017〕5号')}</w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = (
        f"<w:p><w:r><mc:AlternateContent {mc}><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}"
        f"</w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>正文</w:t></w:r></w:p><w:p><w:r><w:pict>{box}</w:pict></w:r></w:p>"
    )
    assert lines(document(body)) == ["正文", "清府〔2017〕5号", "", "清府〔2017〕5号"]


def test_tables() -> None:
    def cell(*paragraphs: str) -> str:
        return "<w:tc>" + "".join(map(p, paragraphs)) + "</w:tc>"

    def row(*cells: str, properties: str = "") -> str:
        return f"<w:tr>{properties}{''.join(cells)}</w:tr>"

    inner = f"<w:tbl>{row(cell('子'), cell('丑'))}</w:tbl>"
    body = (
        f"<w:tbl>{row(cell('任务'), cell(''), cell('单位'))}{row(cell('一、甲', '二、乙'), cell('丙'))}"
        f"{row(cell('删'), properties='<w:trPr><w:del/></w:trPr>')}{row('<w:tc>' + inner + p('') + '</w:tc>')}</w:tbl>"
        + p("后")
    )
    assert lines(document(body)) == ["任务\t\t单位", "一、甲", "二、乙", "丙", "子\t丑", "后"]


def test_the_strict_edition_of_the_format() -> None:
    strict = W.replace(
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    data = archive({"word/document.xml": f"<w:document {strict}><w:body>{p('正文')}</w:body></w:document>"})
    assert lines(data) == ["正文"]


def test_the_main_part_may_have_another_name() -> None:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="/word/document2.xml"/></Relationships>'
    )
    parts = {"_rels/.rels": rels, "word/document2.xml": f"<w:document {W}><w:body>{p('正文')}</w:body></w:document>"}
    assert lines(archive(parts)) == ["正文"]


# ---------------------------------------------------------------- hostile files

LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(9)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK", "files of the type .docx must be ZIP archives"),
        (b"PK\x03\x04" + bytes(200), "this one is broken"),
        (archive({"xl/workbook.xml": "<x/>"}), "this one is not"),
        (archive({"word/document.xml": "<w:document"}), "this one is broken"),
        (archive({"word/document.xml": ""}), "this one is broken"),
        (document(p("")), "it holds no text"),
        (archive({"word/document.xml": f"{LAUGHS}<w:document {W}><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>"}),
         "declares entities|broken"),
        (archive({"word/document.xml": f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document {W}><w:body>'
                  "<w:p><w:r><w:t>正文&a;</w:t></w:r></w:p></w:body></w:document>"}), "declares entities"),
        (document(p("正文"), numbering='<!DOCTYPE'), "broken"),
        (archive({"word/document.xml": f"<w:document {W}>" + "<w:p>" * 5000 + "</w:p>" * 5000 + "</w:document>"}), "broken"),
    ],
    ids=range(10),
)  # fmt: skip
def test_refused(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read_word(data, "a.docx")


def test_a_bomb_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word, "MAX_PART", 1_000_000)
    data = archive({"word/document.xml": f"<w:document {W}>" + " " * 1_000_001 + "</w:document>"})
    assert len(data) < 5_000
    with pytest.raises(UnreadableFile, match="unpacks to more than"):
        read_word(data, "a.docx")


def test_a_picture_of_any_size_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word, "MAX_PART", 10_000)
    data = document(p("正文"), **{"word/media/image1.png": "\0" * 10_001})
    assert lines(data) == ["正文"]


def test_an_encrypted_part_is_told() -> None:
    data = bytearray(document(p("正文")))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + at] |= 1
    with pytest.raises(UnreadableFile, match="encrypted"):
        read_word(bytes(data), "a.docx")


def test_a_megabyte_in_one_paragraph() -> None:
    assert len(read_word(document(p("法治" * 500_000)), "a.docx").text) == 1_000_001


PARTS = st.sampled_from(["<w:p>", "</w:p>", "<w:tbl>", "<w:tr>", "<w:tc>", "</w:tc>", "</w:tr>", "</w:tbl>", p("甲", 0), p("乙", 7),
                         "<w:r><w:t>丙</w:t></w:r>", "<w:del>", "</w:del>", '<w:numPr/>', "&#x2028;"])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PARTS, max_size=12).map("".join), st.binary(max_size=20), st.integers(0, 400))
def test_damaged_documents_are_read_or_refused(body: str, noise: bytes, at: int) -> None:
    data = document(body + p("末", 1), numbering=lists())
    for damaged in (data, data[:at] + noise + data[at + len(noise) :], data[: len(data) - at]):
        try:
            text = read_word(damaged, "a.docx").text
        except UnreadableFile:
            continue
        text.encode("utf-8")

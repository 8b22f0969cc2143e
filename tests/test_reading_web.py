"""Web pages: the document without the page around it, and what the page says of it."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from fzanalytics.texts.reading import web
from fzanalytics.texts.reading.files import UnreadableFile
from fzanalytics.texts.reading.markup import count_own, render, visible_text
from fzanalytics.texts.reading.web import decode_page, read_web, strip_markup

TITLE = "国务院关于印发“十四五”市场监管现代化规划的通知"
LINES = [
    "国发〔2021〕30号",
    "各省、自治区、直辖市人民政府：",
    "　　现将《“十四五”市场监管现代化规划》印发给你们，请认真贯彻执行。",
    "国务院",
    "2021年12月14日",
    "一、总体要求",
    "（一）指导思想。坚持稳中求进工作总基调，以人民为中心。",
    "任务\t责任单位",
    "完善信用监管\t市场监管总局、发展改革委",
    "二、重点任务",
    "1. 优化营商环境",
    "2. 加强监管",
]
BODY = """
<p>国发〔2021〕30号</p><p>各省、自治区、直辖市人民政府：</p>
<p>　　现将《“十四五”市场监管现代化规划》印发给你们，<span>请认真
贯彻执行</span>。</p><p style="text-align:right">国务院<br>2021年12月14日</p><p>&nbsp;</p>
<div><strong>一、总体要求</strong></div><p>（一）<b>指导思想。</b>坚持稳中求进工作总基调，以人民为中心。</p>
<table><tbody><tr><th>任务</th><th>责任单位</th></tr><tr><td><p>完善信用监管</p></td><td>市场监管总局、发展改革委</td></tr></tbody></table>
<p>二、重点任务</p><ol><li>优化营商环境</li><li><p>加强监管</p></li></ol><script>var 脚本 = "不读";</script>
<p style="display: none">隐藏的字</p>
""".replace("请认真\n", "请认真")
NAVIGATION = (
    "<div class='nav'><ul>" + "".join(f"<li><a href='#'>{x}</a></li>" for x in ("首页", "政务公开", "互动交流", "走进清远"))
    + "</ul></div><div class='crumb'>当前位置：<a>首页</a> &gt; <a>政务公开</a> &gt; 正文</div>"
)  # fmt: skip
SHARE = "<div class='share'>【字体：<a>大</a> <a>中</a> <a>小</a>】 打印 分享到：<a>微信</a><a>微博</a></div>"
FOOTER = (
    "<div><h3>相关链接</h3><ul><li><a>关于印发某方案的通知</a></li><li><a>图解：市场监管规划</a></li><li><a>解读</a></li></ul></div>"
    "<div class='footer'>版权所有：清远市人民政府 粤ICP备05070829号 网站标识码4418000001<br>您是第1234567位访客</div>"
)
INDEX = f"""<table class="bd1"><tr><td><b>索 引 号：</b></td><td>000014349/2021-00123</td><td><b>主题分类：</b></td><td>市场监管</td></tr>
<tr><td><b>发文机关：</b></td><td>国务院　国务院办公厅</td><td><b>成文日期：</b></td><td>2021年12月14日</td></tr>
<tr><td><b>标　　题：</b></td><td colspan=3>{TITLE}</td></tr>
<tr><td><b>发文字号：</b></td><td>国发〔 2021 〕 30号</td><td><b>发布日期：</b></td><td>2022年01月27日</td></tr></table>"""
TOLD = {
    "title": TITLE, "doc_number": "国发〔2021〕30号", "issuers": "国务院;国务院办公厅", "dated": "2021-12-14",
    "published": "2022-01-27",
}  # fmt: skip


def page(main: str, *, head: str = "", around: str = "", charset: str = "utf-8") -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset='{charset}'><title>政策文件_清远市人民政府门户网站</title>{head}"
        f"<style>p {{color: red}}</style></head><body>{NAVIGATION}<div class='main'>{around}{SHARE}{main}</div>{FOOTER}</body></html>"
    )


def in_container(attribute: str) -> str:
    return f"<div {attribute}>{BODY}</div>"


# ---------------------------------------------------------------- the main text


@pytest.mark.parametrize(
    "attribute",
    ["id='UCAP-CONTENT'", "class='TRS_Editor'", "class='view TRS_UEDITOR trs_paper_default'", "class='pages_content'",
     "id='vsb_content'", "class='article-content'", "id='zoom'"],
)  # fmt: skip
def test_the_document_stands_in_a_known_container(attribute: str) -> None:
    raw = read_web(page(in_container(attribute), around=INDEX).encode(), "sub/规划.html")
    assert raw.text.splitlines() == [TITLE, *LINES]
    assert dict(raw.told) == TOLD and raw.notes == ()
    assert (raw.source, raw.name, raw.encoding) == ("sub/规划.html", "规划", "utf-8")


@pytest.mark.parametrize("attribute", ["", "class='wrap'", "class='con2'"])
def test_without_a_known_container_the_main_text_is_guessed_and_that_is_told(attribute: str) -> None:
    raw = read_web(page(in_container(attribute), around=INDEX).encode(), "a.html")
    assert raw.text.splitlines() == [TITLE, *LINES]
    assert dict(raw.told) == TOLD
    assert [note.kind for note in raw.notes] == ["guessed main text"]


def test_parts_of_one_document_in_several_containers() -> None:
    halves = f"<div class='TRS_Editor'><p>{'甲' * 40}</p><div class='TRS_Editor'><p>{'乙' * 40}</p></div></div>"
    halves += f"<div class='TRS_Editor'><p>{'丙' * 40}</p></div>"
    assert read_web(page(halves).encode(), "a.html").text.splitlines() == ["甲" * 40, "乙" * 40, "丙" * 40]


def test_an_index_within_the_container_is_told_and_is_no_text() -> None:
    raw = read_web(page(f"<div class='TRS_Editor'>{INDEX}{BODY}</div>").encode(), "a.html")
    assert raw.text.splitlines() == [TITLE, *LINES] and dict(raw.told) == TOLD


def test_a_table_of_the_document_is_no_index() -> None:
    table = "<table><tr><td>标题</td><td>发布日期</td></tr><tr><td>甲</td><td>2020年1月2日</td></tr></table>"
    raw = read_web(page(f"<div class='TRS_Editor'>{BODY}{table}</div>").encode(), "a.html")
    assert raw.text.splitlines()[-2:] == ["标题\t发布日期", "甲\t2020年1月2日"]
    assert "published" not in raw.told


def test_text_beside_the_container_is_told_as_loss() -> None:
    raw = read_web(
        page(in_container("class='TRS_Editor'") + f"<div class='more'><p>{'附件内容。' * 300}</p></div>").encode(),
        "a.html",
    )
    assert [note.kind for note in raw.notes] == ["incomplete text"]
    assert "characters that the page holds outside of links" in raw.notes[0].message


# ---------------------------------------------------------------- what the page says of the document


def test_meta_tags() -> None:
    head = f'<meta name="ArticleTitle" content="{TITLE}"><meta name="PubDate" content="2022-01-27 16:00"><meta name="ContentSource" content="新华社">'
    raw = read_web(page(in_container("class='TRS_Editor'"), head=head).encode(), "a.html")
    assert dict(raw.told) == {"title": TITLE, "published": "2022-01-27"}  # a source is no issuer, a page's day no date


@pytest.mark.parametrize(
    "index",
    [
        "<ul><li><span>索引号：</span>x</li><li><span>发布机构：</span>清远市人民政府</li><li><span>文号：</span>清府〔2017〕5号</li>"
        "<li>成文日期：2017-01-26</li><li>公开日期：2017-02-06</li></ul>",
        "<div><b>发布机构</b>：清远市人民政府</div><div>【成文日期】：2017年1月26日　【发布日期】：2017年2月6日</div><p>文　号：清府〔2017〕5号</p>",
        "<table><tr><td>发文机关</td><td>清远市人民政府</td><td>发文字号</td><td>清府[2017]5号</td></tr>"
        "<tr><td>成文时间</td><td>2017/1/26</td><td>发布时间</td><td>2017-02-06 10:20</td></tr></table>",
        "<dl><dt>发文单位：</dt><dd>清远市人民政府</dd><dt>文号：</dt><dd>清府〔2017〕5号</dd><dt>成文日期：</dt><dd>2017-01-26</dd>"
        "<dt>发布日期：</dt><dd>2017-02-06</dd></dl>",
    ],
)  # fmt: skip
def test_the_index_in_its_forms(index: str) -> None:
    told = read_web(page(in_container("class='TRS_Editor'"), around=index).encode(), "a.html").told
    assert {key: told[key] for key in ("issuers", "doc_number", "dated", "published")} == {
        "issuers": "清远市人民政府", "doc_number": "清府〔2017〕5号", "dated": "2017-01-26", "published": "2017-02-06"
    }  # fmt: skip


def test_an_entry_without_a_value_says_nothing() -> None:
    index = "<table><tr><td>索引号：</td><td>x</td><td>文号：</td><td></td><td>成文日期：</td><td>无</td><td>发文机关：</td><td>-</td></tr></table>"
    assert not {"doc_number", "dated", "issuers"} & set(
        read_web(page(in_container("id='zoom'"), around=index).encode(), "a").told
    )


def test_the_line_below_a_title() -> None:
    line = "<div>发布时间：2022-01-27 15:36 &nbsp;来源：市府办 浏览次数：12</div>"
    assert read_web(page(in_container("id='zoom'"), around=line).encode(), "a.html").told == {"published": "2022-01-27"}


def test_title_of_a_heading_or_of_the_window() -> None:
    raw = read_web(page(in_container("id='zoom'"), around=f"<h1>{TITLE}</h1>").encode(), "a.html")
    assert raw.told["title"] == TITLE and raw.text.startswith(TITLE + "\n国发")
    window = page(in_container("id='zoom'")).replace("政策文件_清远", f"{TITLE}_清远")
    assert read_web(window.encode(), "a.html").told["title"] == TITLE
    assert (
        "title" not in read_web(page(in_container("id='zoom'")).encode(), "a.html").told
    )  # 政策文件: a column of the site


def test_a_title_that_the_text_repeats_in_other_marks_is_not_doubled() -> None:
    main = f"<div id='zoom'><p>{TITLE.replace('“', '《').replace('”', '》')}</p>{BODY}</div>"
    assert read_web(page(main, around=INDEX).encode(), "a.html").text.splitlines()[1:] == LINES


# ---------------------------------------------------------------- encodings and forms


@pytest.mark.parametrize(
    ("encoding", "declared", "found"),
    [("utf-8", "utf-8", "utf-8"), ("gb18030", "gb2312", "gb18030"), ("gbk", "GBK", "gb18030"), ("utf-8", "gb2312", "utf-8"),
     ("big5", "big5", "big5"), ("utf-16", "utf-16", "utf-16"), ("utf-8-sig", "gbk", "utf-8-sig"), ("gb18030", "nonsense", "gb18030")],
)  # fmt: skip
def test_encodings(encoding: str, declared: str, found: str) -> None:
    text = page(
        f"<div id='zoom'><p>{'法治政府建設實施方案' * 9}</p></div>"
        if encoding == "big5"
        else in_container("id='zoom'"),
        charset=declared,
    )
    if encoding == "big5":
        text = (
            text.replace(NAVIGATION, "")
            .replace(FOOTER, "")
            .replace(SHARE, "")
            .replace("政策文件_清远市人民政府门户网站", "")
        )
    raw = read_web(text.encode(encoding), "a.html")
    assert raw.encoding == found
    assert raw.text.splitlines() == (["法治政府建設實施方案" * 9] if encoding == "big5" else LINES)


def test_declared_in_the_http_way() -> None:
    data = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><p>法治</p>'.encode("gbk")
    assert decode_page(data)[1] == "gb18030"


def test_a_page_saved_with_its_pictures() -> None:
    body = base64.encodebytes(page(in_container("id='zoom'")).encode("gb18030")).decode()
    data = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\nContent-Type: text/html; charset="gb2312"\n'
        f"Content-Transfer-Encoding: base64\n\n{body}\n--x\nContent-Type: image/png\n\nxx\n--x--\n"
    )
    data_without_declaration = data.replace("utf-8", "")
    assert read_web(data_without_declaration.encode(), "a.mht").text.splitlines() == LINES
    with pytest.raises(UnreadableFile, match="saved web page without the page itself"):
        read_web(b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n\n--x--", "a.mht")


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("<p>甲<p>乙", ["甲", "乙"]),
        ("<div>甲<br>乙<br/><br/>丙</div>", ["甲", "乙", "丙"]),
        ("<div>甲 \n 乙<span> 丙</span>　丁</div>", ["甲 乙 丙　丁"]),
        ("<pre>一、甲\n  二、乙</pre>", ["一、甲", "二、乙"]),
        ("<table><tr><td><p>一、甲</p><p>二、乙</p></td><td>丙</td></tr><tr><td></td><td>丁</td></tr></table>", ["一、甲", "二、乙", "丙", "\t丁"]),
        ("<table><tr><td><table><tr><td>甲</td><td>乙</td></tr></table></td></tr></table>", ["甲\t乙"]),
        ("<ol type=A><li>甲<li value=5>乙<li>丙</ol>", ["A. 甲", "E. 乙", "F. 丙"]),
        ("<ol style='list-style-type: cjk-ideographic'><li>甲<li>乙</ol>", ["一、甲", "二、乙"]),
        ("<ol style='list-style:none'><li>一、甲</ol>", ["一、甲"]),
        ("<ul><li>甲<li>乙</ul>", ["甲", "乙"]),
        ("<div>甲<select><option>乙</select><noscript>丙</noscript><!-- 丁 --></div>", ["甲"]),
        ("<p>H<sub>2</sub>O，第<b>一</b>条</p>", ["H2O，第一条"]),
        ("<ruby>設<rp>(</rp><rt>shè</rt><rp>)</rp></ruby>", ["設"]),
    ],
)  # fmt: skip
def test_lines(source: str, lines: list[str]) -> None:
    parser = html.HTMLParser(remove_comments=True)
    assert render(html.document_fromstring(f"<body>{source}</body>", parser=parser)) == lines


# ---------------------------------------------------------------- hostile pages


def test_a_page_of_script_only() -> None:
    for body in (
        "<script>document.write('正文')</script>",
        "<div id=app></div>",
        "",
        "<div style='display:none'>正文</div>",
    ):
        with pytest.raises(UnreadableFile, match=r"without text, filled by a script|without a main text"):
            read_web(f"<html><head><title>法治政府建设方案</title></head><body>{body}</body></html>".encode(), "a.html")


def test_entities_are_not_expanded() -> None:
    laughs = "<!DOCTYPE html [<!ENTITY a '哈哈'><!ENTITY b '&a;&a;&a;'><!ENTITY c SYSTEM 'file:///etc/passwd'>]>"
    text = read_web(
        f"{laughs}<html><body><div id=zoom><p>{'法治' * 30}&b;&c;</p></div></body></html>".encode(), "a.html"
    ).text
    assert "哈哈" not in text and "root:" not in text and "法治" * 30 in text


def test_deep_nesting_is_survived_or_told() -> None:
    inner = "<p>" + "法治政府" * 100 + "</p>"
    for tags in (
        ("<div>", "</div>"),
        ("<b>", "</b>"),
        ("<table><tr><td>", "</td></tr></table>"),
        ("<ul><li>", "</li></ul>"),
    ):
        try:
            raw = read_web(f"<html><body>{tags[0] * 3000}{inner}{tags[1] * 3000}</body></html>".encode(), "a.html")
        except UnreadableFile:
            continue
        assert "法治政府" * 100 in raw.text or "incomplete text" in [note.kind for note in raw.notes]


def test_megabytes_in_one_line_and_control_characters() -> None:
    body = "<div id=zoom><p>" + "法治\x00\x0b\x1b" * 300_000 + "</p></div>"
    text = read_web(f"<html><body>{body}</body></html>".encode(), "a.html").text
    assert text.count("法治") == 300_000 and not set(text) & {"\x00", "\x0b", "\x1b"}


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "MAX_PAGE", 100)
    with pytest.raises(UnreadableFile, match="the limit for a web page is 100"):
        read_web(page(BODY).encode(), "a.html")


@pytest.mark.parametrize(
    "unit", ["<script>", "<!--", "<", "<a", "<style>", "</script", "<!---->x", "&lt;", "【标题", "发布日期："]
)
def test_markup_is_stripped_in_one_pass(unit: str) -> None:
    """Counted, not timed: every character is looked at by one search, whatever is not closed."""
    calls = 0

    class Counted:
        def __init__(self, pattern: object) -> None:
            self.pattern = pattern

        def search(self, text: str, place: int) -> object:
            nonlocal calls
            match = self.pattern.search(text, place)
            calls += (match.end() if match else len(text)) - place
            return match

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web, "_OPENING", Counted(web._OPENING))
        patch.setattr(web, "_CLOSING", {key: Counted(value) for key, value in web._CLOSING.items()})
        source = unit * 20_000
        strip_markup(source)
    assert calls <= 3 * len(source)


def test_own_text_is_what_stands_outside_of_links() -> None:
    root = html.fromstring("<div>甲 乙<a>丙</a>丁<p>戊<script>己</script>庚</p></div>")
    counts = count_own(root)
    assert counts[root] == 5 and counts[root.find("p")] == 2 and root.find("a") not in counts
    assert visible_text(root).replace(" ", "") == "甲乙丙丁戊庚"


PIECES = st.sampled_from(
    ["<div>", "</div>", "<p>", "</p>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<ol>", "<li>", "<br>", "<script>", "<!--",
     "-->", "<pre>", "</pre>", "正文内容。" * 8, "成文日期：", "2017年1月26日", "标题", "<div id=zoom>", "<a href=x>链接</a>", "\x00", "&#0;", "&#xD800;",
     "<title>", "<svg>", "<select>", "</html>", "<frameset>", "<body>", "<html>"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_any_page_is_read_or_refused(source: str, encoding: str) -> None:
    try:
        raw = read_web(source.encode(encoding), "a.html")
    except UnreadableFile:
        return
    raw.text.encode("utf-8")
    assert raw.text.strip()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for before in (b"", b"<html><body>", b"MIME-Version: 1.0\nContent-Type: text/html\n\n"):
        try:
            read_web(before + data, "a.html").text.encode("utf-8")
        except UnreadableFile:
            continue

"""Pages of government sites: the document without the page around it, in paragraphs.

The containers that the usual programs of such sites write the document into are looked for first: what stands in them
is the document, complete and with its tables. Only where there is none the lowest element with most of the text is
taken, without the lists of links and the like in it, and a problem row says so. Libraries that find main texts by their
look were tried: they lose the numbers of lists, join the lines of a signature, and keep the index.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from itertools import islice
from typing import TYPE_CHECKING, Any

from fzanalytics.base.files import sha256_of
from fzanalytics.texts.reading.files import Note, RawFile, UnreadableFile, decode, is_archived_page, stem_of
from fzanalytics.texts.reading.markup import count_own, render, visible_text
from fzanalytics.texts.reading.webmeta import is_index_table, read_page

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_PAGE = 20_000_000

#: ids and classes that hold the document and nothing else, the surer first; in small letters.
CONTAINERS = (
    "ucap-content", "trs_editor", "trs_ueditor", "view trs_ueditor", "vsb_content", "v_news_content", "wp_articlecontent",
    "ivs_content", "trout-region-content", "js_content", "rich_media_content", "custom_unionstyle", "zwcontent",
    "pages_content", "article-content", "article_content", "articlecontent", "article_con", "article-con", "arti_content",
    "news_content", "newscontent", "news-content", "xxgk_content", "xl_content", "detail_content", "detail-content",
    "details-content", "content_body", "contentbody", "bodytext", "maintext", "main-txt", "conttext", "con_text",
    "text_content", "zoomcon", "zoom", "conzt", "article-body", "article_body",
)  # fmt: skip
_MIN_CHARS = 30
_KEPT = 0.6  # of what stands outside of links; less is told
_LITTLE = 0.25
_LONGEST_LIST = 20_000
_MIN_LOSS = 400  # the index and the imprint of a page have so many characters
_DESCEND = 0.75
_FEWEST = 10
_HEAD = 1500
_CHARSET = re.compile(rb"charset\s{0,4}=\s{0,4}[\"']?\s{0,4}([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_DECLARED = re.compile(
    r"utf-?8|gb18030|hz-gb-2312|hz|big5|big5-hkscs|shift_jis|euc-jp|euc-kr|windows-125[0-8]|iso-8859-(?:[1-9]|1[01345])|us-ascii"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SURE_UTF8 = 20


def read_web(data: bytes, source: str) -> RawFile:
    """Read a page of a web site (HTML, or MHT as a browser saves it).

    Parameters
    ----------
    data : bytes
    source : str
        Its path relative to the corpus.

    Returns
    -------
    RawFile
        The title and the number that the page gives its document, each in a line, where the text does not begin with
        them; then its text, one line a paragraph, the cells of a table row parted by tabs. `told` has what the page
        says of the document in its own tables and meta tags; `notes` say so where much of the page was left out.

    Raises
    ------
    UnreadableFile
        If it is larger than `MAX_PAGE` bytes or holds no text, as pages do that a script fills.
    """
    if len(data) > MAX_PAGE:
        raise UnreadableFile(f"it has {len(data):,} bytes, the limit for a web page is {MAX_PAGE:,}; split it")
    page = data if not is_archived_page(data) else _page_of_archive(data)
    text, encoding = decode_page(page)
    root = _parse(text)
    if root is None or not visible_text(root).strip():
        raise UnreadableFile(
            "it is a page without text, filled by a script; open it in a browser and save the text as TXT"
        )
    counts = count_own(root)
    elements, known = find_main(root, counts)
    told = read_page(root, elements, whole=not known)
    around = None if known else _around(counts, elements)
    lines = [
        line
        for element in elements
        for line in render(element, skip=lambda part: is_index_table(part) or (around is not None and around(part)))
    ]
    body = "\n".join(lines)
    if len("".join(body.split())) < _FEWEST:
        raise UnreadableFile("it is a page without a main text; copy the text out of the browser and save it as TXT")
    head = _bare(body[:_HEAD])
    above = [told[key] for key in ("title", "doc_number") if key in told and _bare(told[key]) not in head]
    raw = "\n".join([*above, body])
    notes = _doubts(root, counts[root], body, text, known=known)
    return RawFile(source, stem_of(source), f"{raw}\n", encoding, sha256_of(data), told=told, notes=notes)


def _page_of_archive(data: bytes) -> bytes:
    for part in message_from_bytes(data, policy=policy.compat32).walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            charset = (part.get_content_charset() or "").encode("ascii", "ignore")
            if isinstance(content, bytes) and content.strip():
                return content if _CHARSET.search(content[:4000]) else b"<meta charset=" + charset + b">" + content
    raise UnreadableFile("it is a saved web page without the page itself; save it anew as HTML")


def decode_page(data: bytes) -> tuple[str, str]:
    """The text of a page and its encoding: what the bytes show comes before what the page says of itself.

    Examples
    --------
    >>> decode_page('<meta charset="gb2312"><p>法治政府</p>'.encode("gb18030"))
    ('<meta charset="gb2312"><p>法治政府</p>', 'gb18030')
    """
    said = _CHARSET.search(data[:8000])
    declared = said[1].decode("ascii").lower() if said else ""
    if declared in ("gb2312", "gbk", "gb_2312-80", "x-gbk"):
        declared = "gb18030"
    if not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = ""
        if text and (declared in ("", "utf-8", "utf8") or sum(c > "\x7f" for c in text) >= _SURE_UTF8):
            return _CONTROL.sub(" ", text), "utf-8"
        if _DECLARED.fullmatch(declared):
            text = data.decode(declared, errors="replace")
            if text.count("\ufffd") <= max(4, len(text) // 100):
                return _CONTROL.sub(" ", text), declared.replace("utf8", "utf-8")
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) or b"\0" in data[:1000]
    # tags are ASCII in every encoding, and would outweigh the text
    _, encoding = decode(data if marked else strip_markup(data.decode("latin-1")).encode("latin-1"))
    return _CONTROL.sub(" ", data.decode(encoding, errors="replace")), encoding


def _parse(text: str) -> HtmlElement | None:
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None


# ---------------------------------------------------------------- the main text


def find_main(root: HtmlElement, counts: dict[Any, int]) -> tuple[list[Any], bool]:
    """The elements that hold the document, and whether they are known to hold nothing else.

    counts is what `count_own` tells of the root.
    """
    containers = _known_containers(root, counts)
    return (containers, True) if containers else ([_densest(root, counts)], False)


def _known_containers(root: HtmlElement, counts: dict[Any, int]) -> list[Any]:
    """The elements of the first kind of container that holds a text; several of a kind together, in order."""
    named: dict[str, list[Any]] = {}
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag in ("body", "html", "input", "a", "script"):
            continue
        names = {str(element.get("id") or "").strip().lower(), *str(element.get("class") or "").lower().split()[:20]}
        for name in names & _CONTAINER_SET:
            named.setdefault(name, []).append(element)
    best: list[Any] = []
    for name in CONTAINERS:
        candidates = named.get(name, [])
        inside = set(candidates)
        outer = [e for e in candidates if not any(above in inside for above in e.iterancestors())]
        holding = [e for e in outer if counts.get(e, 0) >= _MIN_CHARS]
        if holding:
            best = holding
            break
    return best


_CONTAINER_SET = frozenset(CONTAINERS)


def _densest(root: HtmlElement, counts: dict[Any, int]) -> Any:
    """The lowest element with most of the text outside of links."""
    body = root.find("body")
    element: Any = root if body is None else body
    least = max(_DESCEND * counts.get(element, 0), _MIN_CHARS)
    while True:
        children = [part for part in element if part in counts and part.tag not in ("p", "table", "tbody")]
        best = max(children, key=counts.__getitem__, default=None)
        if best is None or counts[best] < least:
            return element
        element = best


def _around(counts: dict[Any, int], main: list[Any]) -> Callable[[Any], bool]:
    """Whether an element stands around a text: a list of links, navigation, tools, imprint. It holds little of the text."""
    most = _LITTLE * sum(counts.get(element, 0) for element in main)

    def stands_around(element: Any) -> bool:
        own = counts.get(element, 0)
        if own > most or element.tag in ("a", "p", "td", "tr", "body"):
            return False
        names = f"{element.get('id') or ''} {element.get('class') or ''}"[:200].lower()
        if element.tag in ("nav", "footer", "aside") or _AROUND.search(names):
            return True
        if element.tag not in ("div", "ul", "dl", "table", "section") or len(list(islice(element.iter("a"), 3))) < 3:
            return False
        return own < len("".join(visible_text(element, limit=_LONGEST_LIST).split())) / 2

    return stands_around


_AROUND = re.compile(
    r"(?<![a-z])(?:nav|menu|crumbs?|breadcrumbs?|foot|footer|share|related|copyright|sidebar|position|toolbar|qrcode|search"
    r"|login|banner|logo|dqwz|weizhi|ewm|friendlink|xgwj|xgjd|xglj)(?![a-z])"
)


def _bare(text: str) -> str:
    """Its characters and figures only: marks differ between a title and the index that repeats it."""
    return _MARKS.sub("", text)


_MARKS = re.compile(r"[\W_]+")


def _doubts(root: HtmlElement, whole: int, body: str, source: str, *, known: bool) -> tuple[Note, ...]:
    kept = len("".join(body.split()))
    notes = []
    if not known:
        message = (
            "no usual container of a document is on this page; its main text was guessed; compare it with the page"
        )
        notes.append(Note("guessed main text", message))
    if kept < _KEPT * whole and whole - kept > _MIN_LOSS:
        message = (
            f"the main text is {kept:,} of {whole:,} characters that the page holds outside of links; "
            "if the rest belongs to the document, save its text as TXT"
        )
        notes.append(Note("incomplete text", message))
    written = len(_HAN.findall(strip_markup(source)))
    parsed = len(_HAN.findall(visible_text(root, hidden=True)))
    if written > 200 and parsed < written // 2:
        message = f"the page is nested or broken so that only {parsed:,} of {written:,} Chinese characters were found"
        notes.append(Note("incomplete text", message))
    return tuple(notes)


_HAN = re.compile("[\u4e00-\u9fff]")
_OPENING = re.compile(r"<(!--|script\b|style\b)?", re.IGNORECASE)
_CLOSING = {"!--": re.compile("-->"), "script": re.compile("</script", re.IGNORECASE),
            "style": re.compile("</style", re.IGNORECASE), "": re.compile("[<>]")}  # fmt: skip


def strip_markup(source: str) -> str:
    """A page without its tags, comments, scripts and styles, by the simplest of rules: one pass, no tree.

    Examples
    --------
    >>> strip_markup("<p>法治<!-- x --><script>var a = '<p>';</script>政府</p>")
    '法治政府'
    """
    parts: list[str] = []
    place = 0
    for _ in range(len(source)):
        opening = _OPENING.search(source, place)
        if opening is None:
            break
        parts.append(source[place : opening.start()])
        kind = (opening[1] or "").lower()
        closing = _CLOSING[kind].search(source, opening.end())
        if closing is None:
            return "".join(parts)
        place = closing.end() if kind == "!--" else closing.start()
        if not kind and source[place] == ">":
            place += 1
    parts.append(source[place:])
    return "".join(parts)

"""Which reader a file needs: its first bytes decide, its ending only where they say nothing.

Pages saved as .doc or .txt, Word documents without an ending: on the sites of governments the ending is often wrong.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path, PurePosixPath

from fzanalytics.texts.reading.files import (
    TEXT_SUFFIXES,
    Note,
    RawFile,
    UnknownFormat,
    UnreadableFile,
    is_archived_page,
    is_binary,
    read_bytes,
    read_text_bytes,
)

WORD_SUFFIXES = (".docx", ".docm", ".dotx")
WEB_SUFFIXES = (".html", ".htm", ".shtml", ".xhtml", ".mht", ".mhtml", ".jsp", ".aspx", ".php")
#: Endings of files that are opened because what is in them is often another format, which can be read.
OTHER_SUFFIXES = (".doc", ".wps", ".rtf")
#: Endings of all files that `read_document` may read, tables apart.
SUFFIXES = (*TEXT_SUFFIXES, *WORD_SUFFIXES, ".pdf", *WEB_SUFFIXES, *OTHER_SUFFIXES)

_AS_WORD = "open it with Word or WPS and save it as .docx"
#: What to do with the formats that are not read.
REMEDIES = {
    **dict.fromkeys((".doc", ".wps", ".rtf", ".odt", ".wpt", ".dot", ".pages", ".ceb", ".caj"), _AS_WORD),
    ".ofd": "open it with an OFD reader and save it as PDF or .docx",
    **dict.fromkeys((".xls", ".et", ".ods", ".xlsb"), "open it with Excel or WPS and save it as .xlsx"),
    **dict.fromkeys((".zip", ".rar", ".7z", ".gz", ".tar"), "unpack it into the folder"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".gif"), "run OCR and save the text as TXT"),
    **dict.fromkeys((".ppt", ".pptx", ".dps"), "save its text as TXT"),
}
_NAMES = {"word": "a Word document", "pdf": "a PDF", "web": "a web page", "text": "plain text"}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_DOCUMENT = 300_000_000
_HEAD = 4000
_LEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,2000}(?:<\?xml[^<>]{0,200}\?>\s{0,200})?(?:<!--[^<>]{0,500}-->\s{0,200})?")
_PAGE = re.compile(rb"<(?:!doctype\s{1,5}html|html|head|body)\b", re.IGNORECASE)
_PIECE = re.compile(
    rb"<(?:div|p|table|title|meta|script|style|link|span|center|font|h[1-6])\b[^<>]{0,500}>", re.IGNORECASE
)
# without any, a page is plain text that somebody gave the name of a page
_TAG = re.compile(rb"<(?:!|/?[a-z][a-z0-9]{0,15}(?:\s[^<>]{0,2000})?/?>)", re.IGNORECASE)


def is_known_format(path: Path) -> bool:
    """Whether the first bytes of a file, whose ending says nothing, are those of a format that is read."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError):
        return False
    return (
        b"%PDF-" in head[:1024]
        or head.startswith((b"PK\x03\x04", _OLE))
        or is_archived_page(head)
        or _is_page(head, "")
    )


def read_document(path: Path, source: str) -> RawFile:
    """Read a file of any kind but a table.

    Parameters
    ----------
    path : Path
    source : str
        Its path relative to the corpus.

    Returns
    -------
    RawFile
        If the file is not what its ending says, a note says so.

    Raises
    ------
    UnreadableFile
        If it is of a format that is not read, or cannot be read; the message says what to do.
    """
    suffix = PurePosixPath(source).suffix.lower()
    data = read_bytes(path)
    kind = find_kind(data, suffix)
    if kind == "text":
        raw = read_text_bytes(data, source)
        if suffix == ".md":
            from fzanalytics.texts.reading.markdown import read_front

            raw = replace(raw, told=read_front(raw.text))
    elif len(data) > _MAX_DOCUMENT:
        raise UnreadableFile(f"it has {len(data):,} bytes, the limit for {_NAMES[kind]} is {_MAX_DOCUMENT:,}; split it")
    else:
        try:
            raw = _reader(kind)(data, source)
        except RecursionError:
            raise UnreadableFile("its parts are nested too deeply; save its text as TXT") from None
    expected = _expected(suffix)
    if expected and kind != expected:
        message = f"it is {_NAMES[kind]} under the name of {suffix}; read as what it is"
        raw = replace(raw, notes=(Note("wrong ending", message), *raw.notes))
    return raw


def _reader(kind: str) -> Callable[[bytes, str], RawFile]:
    """The reader of a format, loaded when the first such file comes: most folders hold one or two formats."""
    if kind == "word":
        from fzanalytics.texts.reading.word import read_word

        return read_word
    if kind == "pdf":
        from fzanalytics.texts.reading.pdf import read_pdf

        return read_pdf
    from fzanalytics.texts.reading.web import read_web

    return read_web


def _expected(suffix: str) -> str:
    if suffix in (".doc", ".wps", ".rtf"):
        return "another"
    for suffixes, kind in ((TEXT_SUFFIXES, "text"), (WORD_SUFFIXES, "word"), ((".pdf",), "pdf"), (WEB_SUFFIXES, "web")):
        if suffix in suffixes:
            return kind
    return ""


def find_kind(data: bytes, suffix: str = "") -> str:
    """The format of a file: "word", "pdf", "web" or "text".

    Parameters
    ----------
    data : bytes
    suffix : str
        Its ending, in small letters, for what the bytes leave open.

    Raises
    ------
    UnreadableFile
        If it is of a format that is not read.

    Examples
    --------
    >>> find_kind(b"%PDF-1.7", ".doc"), find_kind(b"<html><body>x</body></html>", ".txt"), find_kind(b"x", ".txt")
    ('pdf', 'web', 'text')
    """
    if b"%PDF-" in data[:1024] and not data.startswith(b"PK"):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_archive(data, suffix)
    if data.startswith(_OLE):
        raise UnknownFormat(_old_office(data))
    head = data[:_HEAD]
    if head.lstrip().startswith(b"{\\rtf"):
        raise UnknownFormat(f"it is RTF, which is not read; {_AS_WORD}")
    if is_archived_page(head) or _is_page(head, suffix):
        return "web"
    if suffix in WORD_SUFFIXES:
        return "word"  # its reader says what is wrong
    if suffix == ".pdf":
        return "pdf"
    if suffix in (*WEB_SUFFIXES, ".doc", ".wps", ".rtf", "") and is_binary(data):
        raise UnknownFormat(f"it is of no format that is read; {REMEDIES.get(suffix, 'save it as TXT')}")
    return "web" if suffix in WEB_SUFFIXES and _TAG.search(_narrow(data)) else "text"


def _narrow(data: bytes) -> bytes:
    """Bytes in which ASCII can be sought: those of UTF-16 without their zeros."""
    return data[2:].replace(b"\0", b"") if data.startswith((b"\xff\xfe", b"\xfe\xff")) else data


def _is_page(head: bytes, suffix: str) -> bool:
    lead = _LEAD.match(head)
    place = lead.end() if lead else 0
    if (narrow := _narrow(head)) is not head:
        head, place = narrow, 0
    if _PAGE.match(head, place):
        return True
    return suffix != ".md" and bool(_PIECE.match(head, place)) and b"</" in head


def _kind_of_archive(data: bytes, suffix: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {name.replace("\\", "/") for name in archive.namelist()[:100_000]}
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        names = set()
    if any(name.startswith("word/") for name in names):
        return "word"
    if any(name.startswith("xl/") for name in names):
        raise UnknownFormat("it is an Excel workbook; give it the ending .xlsx")
    if any(name.upper() == "OFD.XML" for name in names):
        raise UnknownFormat(f"it is OFD, which is not read; {REMEDIES['.ofd']}")
    if "content.xml" in names:
        raise UnknownFormat(f"it is OpenDocument, which is not read; {_AS_WORD}")
    if suffix in WORD_SUFFIXES:
        return "word"
    if suffix in TEXT_SUFFIXES:
        raise UnreadableFile("it is a binary file under the name of a text: a ZIP archive; unpack it into the folder")
    raise UnknownFormat("it is a ZIP archive; unpack it into the folder")


def _old_office(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "it is encrypted; open it with its password and save it without"
    if "Workbook".encode("utf-16-le") in data:
        return f"it is an Excel workbook in the old format; {REMEDIES['.xls']}"
    return f"it is a binary file in Word's old format, which is not read; {_AS_WORD}"

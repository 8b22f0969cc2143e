"""PDF: the text layer, page by page. A scan has none, and its characters are not guessed here."""

from __future__ import annotations

import re
import zlib
from typing import Any

from fzanalytics.base.files import sha256_of
from fzanalytics.texts.reading.files import Note, RawFile, UnreadableFile, stem_of

MAX_PAGES = 5_000
MAX_CHARS = 30_000_000
#: No stream within a PDF may unpack to more: pages of text are kilobytes, the largest fonts some ten million bytes.
MAX_STREAM = 300_000_000
_FIRST_STEP, _CHUNK = 512, 4_000_000
_NESTED = 3
_MAX_TOTAL = 2_000_000_000
_DICTIONARY = 300

#: Between pages; the cleaning finds their borders by it.
PAGE_BREAK = "\f"

# what stands where a font tells no characters: private use, controls, the replacement character
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\uffff\U000f0000-\U0010ffff]")
_UNREAD_MOST, _UNREAD_SOME = 0.3, 0.02
_STREAM = re.compile(rb"stream\r?\n(?=[\x08-\x78][\x01\x5e\x9c\xda\x80-\xff])")


def read_pdf(data: bytes, source: str) -> RawFile:
    r"""Read the text layer of a PDF.

    Parameters
    ----------
    data : bytes
    source : str
        Its path relative to the corpus.

    Returns
    -------
    RawFile
        The lines of the pages as they are laid out, in the order in which the file draws them (columns one after the
        other, if the program that made it wrote them so), a form feed between pages. Lines are not joined, page
        numbers and running heads not taken out: that is the cleaning's. Pages that are pictures are told in `notes`.

    Raises
    ------
    UnreadableFile
        If it is broken, encrypted, or has no text layer, more than `MAX_PAGES` pages or more than `MAX_CHARS`
        characters.
    """
    import pypdfium2

    _check_streams(data)
    try:
        document = pypdfium2.PdfDocument(data)
    except (pypdfium2.PdfiumError, ValueError, RuntimeError, OSError) as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise UnreadableFile("it is encrypted; save it without a password") from None
        raise UnreadableFile("it is a broken PDF file; open it with a PDF viewer and print it as PDF anew") from None
    try:
        pages, scans, broken = _read_pages(document)
    finally:
        document.close()
    text = PAGE_BREAK.join(pages)
    written = len("".join(text.split()))
    if not written:
        if broken:
            raise UnreadableFile("none of its pages can be read; open it with a PDF viewer and print it as PDF anew")
        raise UnreadableFile("no text layer: run OCR first, and give the text as TXT or DOCX")
    notes = []
    unread = len(_NO_CHARACTER.findall(text)) / written
    if unread > _UNREAD_MOST:
        raise UnreadableFile(
            f"its text layer does not tell which characters its fonts show ({unread:.0%} of them); "
            "run OCR, and give the text as TXT or DOCX"
        )
    if unread > _UNREAD_SOME:
        notes.append(Note("undecoded", f"its fonts do not tell {unread:.0%} of the characters; compare with the page"))
    if scans:
        listed = ", ".join(map(str, scans[:10])) + (", …" if len(scans) > 10 else "")
        message = f"{len(scans)} of {len(pages)} pages are pictures without a text layer (page {listed}); run OCR"
        notes.append(Note("incomplete text", message, len(scans)))
    if broken:
        message = f"{len(broken)} of {len(pages)} pages cannot be read (page {', '.join(map(str, broken[:10]))})"
        notes.append(Note("incomplete text", message, len(broken)))
    return RawFile(source, stem_of(source), f"{text}\n", "pdf", sha256_of(data), notes=tuple(notes))


def _read_pages(document: Any) -> tuple[list[str], list[int], list[int]]:
    """The texts of the pages, and the numbers of those that are pictures, and of those that are broken."""
    import pypdfium2

    count = len(document)
    if count > MAX_PAGES:
        raise UnreadableFile(f"it has {count:,} pages, the limit is {MAX_PAGES:,}; split it")
    pages: list[str] = []
    scans: list[int] = []
    broken: list[int] = []
    total = 0
    for number in range(1, count + 1):
        try:
            page = document[number - 1]
            try:
                text, has_objects = _read_page(page)
            finally:
                page.close()
        except (pypdfium2.PdfiumError, ValueError, RuntimeError, OSError):
            text, has_objects = "", False
            broken.append(number)
        if not text.strip() and has_objects:
            scans.append(number)
        total += len(text)
        if total > MAX_CHARS:
            raise UnreadableFile(f"it has more than {MAX_CHARS:,} characters; split it")
        pages.append(text)
    return pages, scans, broken


def _read_page(page: Any) -> tuple[str, bool]:
    """Its text, and whether anything is drawn on it."""
    import pypdfium2.raw as pdfium

    layer = page.get_textpage()
    try:
        text = layer.get_text_range() if layer.count_chars() else ""
    finally:
        layer.close()
    # a line end is \r\n there, a hyphen at the end of a line U+FFFE
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "-").replace("\f", "\n")
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    return text.strip("\n"), pdfium.FPDFPage_CountObjects(page) > 0


def _check_streams(data: bytes) -> None:
    """Refuse a file that hides gigabytes in compressed streams, before a library unpacks them.

    Pictures are passed over: nobody unpacks them for their text.
    """
    total = 0
    for match in _STREAM.finditer(data):
        if b"/Image" not in data[max(0, match.start() - _DICTIONARY) : match.start()]:
            total += _check_stream(data, match.end(), _NESTED)
        if total > _MAX_TOTAL:
            raise UnreadableFile(f"it unpacks to more than {_MAX_TOTAL:,} bytes; split it")


def _check_stream(data: bytes, begin: int, depth: int) -> int:
    """How many bytes a stream unpacks to, as far as it can be unpacked."""
    view = memoryview(data)[begin:]
    unpacker = zlib.decompressobj()
    size, first, place, step = 0, b"", 0, _FIRST_STEP
    try:
        while place < len(view) and not unpacker.eof:
            # small pieces first: what an unpacker does not use of a piece it copies, and there may be many streams
            rest: bytes | memoryview = view[place : place + step]
            place, step = place + step, min(2 * step, _CHUNK)
            while rest and not unpacker.eof:
                chunk = unpacker.decompress(rest, _CHUNK)
                rest = unpacker.unconsumed_tail
                first = first or chunk
                size += len(chunk)
                if size > MAX_STREAM:
                    raise UnreadableFile(
                        f"a part of it unpacks to more than {MAX_STREAM:,} bytes; print it as PDF anew"
                    )
    except zlib.error:
        return size  # another filter, or broken: the library says so
    if depth and first[:1] == b"\x78":
        size += _check_stream(first, 0, depth - 1)
    return size

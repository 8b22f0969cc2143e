"""DOCX: the paragraphs of a Word document in the order in which they are read, with the numbers that Word writes.

The file is read part by part with a limit on what is unpacked, instead of by a library that loads all of it: pictures
are never touched, and what stands only in the markup (automatic numbers, tracked changes, text boxes) is not lost.
"""

from __future__ import annotations

import lzma
import posixpath
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fzanalytics.base.files import sha256_of
from fzanalytics.texts.reading.files import Note, RawFile, UnreadableFile, stem_of
from fzanalytics.texts.reading.wordnumbers import Numbering, attribute, child, name_of

if TYPE_CHECKING:
    from lxml.etree import _Element

#: No part of a Word document is unpacked beyond this: a thousand pages are about 20 MB of markup.
MAX_PART = 80_000_000

# what Python's zipfile raises over a damaged archive
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
           KeyError, zlib.error, lzma.LZMAError)  # fmt: skip
_SKIPPED = frozenset({
    "del", "moveFrom", "rPr", "pPr", "sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "rt", "rubyPr",
    "delText", "instrText", "delInstrText", "drawing", "pict", "object", "AlternateContent", "oMathParaPr", "fldChar",
    "footnoteReference", "endnoteReference", "commentReference", "annotationRef", "Fallback",
})  # fmt: skip
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOTES = {
    "footnoteReference": "footnotes are not part of the text; they are left out",
    "endnoteReference": "endnotes are not part of the text; they are left out",
    "del": "deletions that Word keeps on record are left out, its insertions are read",
    "altChunk": "files that are embedded as text are not read; open it with Word and save it as .docx anew",
    "vanish": "stretches of hidden text are left out",
}


def read_word(data: bytes, source: str) -> RawFile:
    """Read a Word document in its newer format (DOCX).

    Parameters
    ----------
    data : bytes
    source : str
        Its path relative to the corpus.

    Returns
    -------
    RawFile
        One line a paragraph, in the order of the document. A number that Word writes by itself stands before its
        paragraph. The cells of a table row are parted by tabs, or stand in lines of their own where one holds several
        paragraphs. A text box follows the paragraph that it hangs on. Headers, footers, comments, footnotes and
        deleted text are left out; what is left out is counted in `notes`.

    Raises
    ------
    UnreadableFile
        If it is no such document, is broken, or unpacks to more than `MAX_PART` bytes.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            main = _main_part(archive)
            if main is None:
                raise UnreadableFile(
                    "files of the type .docx must be ZIP archives with a Word document inside; this one is not. "
                    "Open it with the program that made it and save it as .docx"
                )
            folder = posixpath.dirname(main)
            body = _parse(archive, main)
            numbering = Numbering(
                _parse_if_there(archive, f"{folder}/numbering.xml"), _parse_if_there(archive, f"{folder}/styles.xml")
            )
    except UnreadableFile:
        raise
    except RecursionError:
        raise
    except _BROKEN as error:
        raise _unreadable(error) from None
    walk = _Walk(numbering)
    lines = list(walk.blocks(body))
    walk.left_out["altChunk"] = sum(1 for _ in body.iter("{*}altChunk"))
    text = "\n".join(lines)
    if not text.strip():
        raise UnreadableFile("it holds no text, perhaps only pictures; run OCR on them, or put the text into it")
    notes = tuple(Note("left out", f"{n} {_NOTES[kind]}", n) for kind, n in walk.left_out.items() if n)
    return RawFile(source, stem_of(source), f"{text}\n", "docx", sha256_of(data), notes=notes)


def _unreadable(error: Exception) -> UnreadableFile:
    if "password" in str(error) or "encrypted" in str(error):
        return UnreadableFile("it is encrypted; save it without a password")
    return UnreadableFile(
        f"files of the type .docx must be ZIP archives with a Word document inside; this one is broken "
        f"({' '.join(str(error).split())[:80]}). Open it with Word and save it as .docx anew"
    )


def _main_part(archive: zipfile.ZipFile) -> str | None:
    """The part with the text: the one that the package names, or the usual one."""
    names = set(archive.namelist())
    if "_rels/.rels" in names:
        for relation in _parse(archive, "_rels/.rels"):
            if str(relation.get("Type", "")).endswith("/officeDocument"):
                target = str(relation.get("Target", "")).lstrip("/")
                if target in names and PurePosixPath(target).parts[0] == "word":
                    return target
    return "word/document.xml" if "word/document.xml" in names else None


def _parse_if_there(archive: zipfile.ZipFile, name: str) -> _Element | None:
    return _parse(archive, name) if name in archive.namelist() else None


def _parse(archive: zipfile.ZipFile, name: str) -> _Element:
    """A part of the document as a tree; entities are not resolved, nothing is fetched."""
    from lxml import etree

    with archive.open(name) as part:
        data = part.read(MAX_PART + 1)
    if len(data) > MAX_PART:
        raise UnreadableFile(f"its part {name} unpacks to more than {MAX_PART:,} bytes; split it")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        tree = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"{name}: {error}") from None
    if tree.getroottree().docinfo.doctype:
        raise UnreadableFile(f"its part {name} declares entities of its own, as no word processor does; save it anew")
    return tree


class _Walk:
    """One pass through a document, counting what is left out."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.left_out: Counter[str] = Counter()

    def blocks(self, parent: _Element) -> Iterator[str]:
        """The lines of paragraphs and tables below an element."""
        pending: list[str] = []  # paragraphs whose end was deleted run on into the next
        for element in _flatten(parent):
            if name_of(element) == "p":
                text, boxes = self.paragraph(element)
                mark = child(element, "pPr", "rPr")
                pending.append(text)
                if mark is None or (child(mark, "del") is None and child(mark, "moveFrom") is None):
                    yield "".join(pending)
                    pending = []
                yield from boxes
            else:
                yield from self.table(element)
        if pending:
            yield "".join(pending)

    def paragraph(self, element: _Element) -> tuple[str, list[str]]:
        """The text of a paragraph with its number, and the lines of the text boxes that hang on it."""
        parts: list[str] = []
        boxes: list[_Element] = []
        self._runs(element, parts, boxes)
        text = "".join(parts)
        if text.strip() or boxes:  # Word numbers an empty paragraph, too; nobody reads it
            label = self.numbering.label(element)
            if label[-1:] == "." and text[:1].isdigit():
                label += " "
            text = label + text
        return text, [line for box in boxes for line in self.blocks(box)]

    def _runs(self, element: _Element, parts: list[str], boxes: list[_Element]) -> None:
        for part in element:
            name = name_of(part)
            if name == "t":
                parts.append(part.text or "")
            elif name in _CHARACTERS:
                parts.append(_CHARACTERS[name])
            elif name in ("drawing", "pict", "object", "AlternateContent"):
                boxes += _text_boxes(part)
            elif name in _SKIPPED:
                if name in _NOTES:
                    self.left_out[name] += 1
            elif name == "r" and _is_hidden(part):
                self.left_out["vanish"] += any(True for _ in part.iter("{*}t"))
            elif name != "p":
                self._runs(part, parts, boxes)

    def table(self, element: _Element) -> Iterator[str]:
        """One line a row, cells parted by tabs; or one line a paragraph where a cell holds several."""
        for row in _flatten(element, ("tr",)):
            if child(row, "trPr", "del") is not None:
                self.left_out["del"] += 1
                continue
            cells = [[line for line in self.blocks(cell) if line.strip()] for cell in _flatten(row, ("tc",))]
            if all(len(cell) <= 1 for cell in cells):
                line = "\t".join("".join(cell).replace("\n", " ") for cell in cells)
                if line.strip():
                    yield line.rstrip("\t")
            else:
                yield from (line for cell in cells for line in cell)


def _flatten(parent: _Element, names: tuple[str, ...] = ("p", "tbl")) -> Iterator[_Element]:
    """The nearest elements of these names below one, through content controls and insertions."""
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        name = name_of(element)
        if name in names:
            yield element
        elif name not in _SKIPPED:
            stack += reversed(element)


def _text_boxes(element: _Element) -> list[_Element]:
    """The contents of the text boxes below a drawing, in its first version where it has two."""
    boxes: list[_Element] = []
    stack = [element]
    while stack:
        part = stack.pop()
        name = name_of(part)
        if name == "txbxContent":
            boxes.append(part)
        elif name == "AlternateContent":
            choices = [choice for choice in part if name_of(choice) == "Choice"] or list(part)
            stack += choices[:1]
        else:
            stack += reversed(part)
    return boxes


def _is_hidden(run: _Element) -> bool:
    vanish = child(run, "rPr", "vanish")
    return vanish is not None and attribute(vanish, "val") not in ("0", "false", "off")

"""From files to raw text: encodings found out, tables with a text column read, and what cannot be read told.

A reader gives the text as it came, decoded and otherwise untouched; cleaning is the next stage's.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path, PurePosixPath

import pandas as pd

from fzanalytics.base.files import sha256_of

TEXT_SUFFIXES = (".txt", ".text", ".md")
TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm")
#: A text file larger than this is refused: no official document has a hundred million characters.
MAX_BYTES = 400_000_000
#: No archive (XLSX) is unpacked to more than this.
MAX_UNPACKED = 500_000_000

#: Names that the text column of a table goes by; the first that is there is taken.
TEXT_COLUMNS = ("text", "正文", "全文", "内容", "文本", "content", "fulltext", "full_text")


class UnreadableFile(ValueError):
    """A file that gives no text; the message says which rule it breaks and what to do."""


class UnknownFormat(UnreadableFile):
    """A file of a format that is not read; the message says what to make of it."""


@dataclass(frozen=True)
class Note:
    """What a reader left out or doubts, of a file that it did read: a row of the table of problems."""

    kind: str
    message: str
    count: int = 1


@dataclass(frozen=True)
class RawFile:
    """One file as it came: its path relative to the corpus, its text, its encoding and the hash of its bytes.

    told is what the file itself says of its document (title, doc_number, issuers, dated, published, effective);
    notes is what its reader left out or doubts. The encoding of what is no text file is its format.
    """

    source: str
    name: str
    text: str
    encoding: str
    sha256: str
    told: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def stem_of(source: str) -> str:
    """What a document is called after its file: the file's name without ending, and without blanks around it.

    A semicolon, which parts the doc_ids in a cell, is written in full width.

    Examples
    --------
    >>> stem_of("plans/ 山东省.txt"), stem_of("a;b.txt")
    ('山东省', 'a；b')
    """
    return (PurePosixPath(source).stem.strip() or PurePosixPath(source).name).replace(";", "；")


_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be")
#: What `decode` finds out by rule; another encoding is a guess. The texts of a table are decoded already.
USUAL_ENCODINGS = frozenset({*_CANDIDATES, *(encoding for _, encoding in _BOMS), "table", "docx", "pdf"})
_MARKS = frozenset("，。、；：？！“”‘’《》〈〉（）〔〕【】—…·　★●①②③④⑤⑥⑦⑧⑨⑩")
_WORD = re.compile("[\u4e00-\u9fff]{2}")
_PLAUSIBLE = 0.75
_MAX_BROKEN, _MAX_LOSS = 4, 0.01  # a byte broken in the middle of a character costs up to three
_SAMPLE = 20_000


def decode(data: bytes) -> tuple[str, str]:
    """Decode the bytes of a text file, finding out their encoding.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    (str, str)
        The text and the encoding: a byte-order mark decides; else UTF-8 if it is valid and most of its characters are
        ASCII or Chinese in daily use (the GBK of 通知 is valid UTF-8, too); else, of UTF-8, GB18030, Big5 and UTF-16, the
        one that gives the largest share of characters in daily use. What is broken stands as U+FFFD, if it is
        at most four characters or one in a hundred.

    Raises
    ------
    UnreadableFile
        If the bytes are no text in any of them.

    Examples
    --------
    >>> decode("法治政府建设".encode("gbk"))
    ('法治政府建设', 'gb18030')
    >>> decode("法治政府建設實施方案".encode("big5"))
    ('法治政府建設實施方案', 'big5')
    >>> decode("法治政府建设".encode("utf-8")[:-1])
    ('法治政府建\ufffd', 'utf-8')
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            marked = _decode_leniently(data, encoding)
            if marked is None:
                raise UnreadableFile(
                    f"its byte-order mark says {encoding}, but its bytes do not; save it anew as UTF-8"
                )
            return marked, encoding
    valid = _decode_strictly(data) if data.count(0) <= _MAX_LOSS * len(data) else None
    if valid is not None and _is_familiar(valid[:_SAMPLE]):
        return valid, "utf-8"
    best, at_best, encoding = None, _PLAUSIBLE, ""
    for candidate in _CANDIDATES:
        text = _decode_leniently(data, candidate)
        score = _plausibility(text[:_SAMPLE]) if text is not None else 0.0
        if score > at_best or (score == at_best and best is None):
            best, at_best, encoding = text, score, candidate
    if best is not None and (valid is None or _WORD.search(best)):
        return best, encoding
    return (valid, "utf-8") if valid is not None else _guess(data)


def _decode_strictly(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _decode_leniently(data: bytes, encoding: str) -> str | None:
    """The text with U+FFFD for what is broken, or None where that is more than a byte here and there."""
    text = data.decode(encoding, errors="replace")
    return text if text.count("\ufffd") <= max(_MAX_BROKEN, _MAX_LOSS * len(text)) else None


def _is_familiar(text: str) -> bool:
    """Whether most visible characters are ASCII or in daily use in Chinese."""
    visible = {one: count for one, count in Counter(text).items() if not one.isspace()}
    familiar = sum(count for one, count in visible.items() if one.isascii() or _in_daily_use(one))
    return familiar >= _PLAUSIBLE * sum(visible.values())


def _guess(data: bytes) -> tuple[str, str]:
    """What the rules above leave: foreign encodings, for which a library looks at the statistics."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best() if b"\x00" not in data else None
    if best is not None:
        text = _decode_leniently(data, best.encoding)
        if text is not None:
            return text, best.encoding
    raise UnreadableFile("it is not text in any usual encoding; convert it to UTF-8 text")


def _plausibility(text: str) -> float:
    """Share of a text's characters beyond printable ASCII that are in daily use.

    These are marks and the first level of GB 2312 or Big5.
    """
    beyond = [c for c in text if ord(c) > 127 or not (c.isprintable() or c.isspace())]
    if text.count("\x00") > _MAX_LOSS * len(text):
        return 0.0
    if not beyond:
        return 1.0 if text.strip() else 0.0
    return sum(map(_in_daily_use, beyond)) / len(beyond)


@cache
def _in_daily_use(character: str) -> bool:
    if character in _MARKS:
        return True
    for encoding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            lead = character.encode(encoding)[0]
        except UnicodeEncodeError:
            continue
        if first <= lead <= last:
            return True
    return False


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a file.

    Raises
    ------
    UnreadableFile
        If it is empty, too large, or cannot be opened.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise UnreadableFile(f"it has {size:,} bytes, the limit is {limit:,}; split it")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableFile(f"it cannot be opened ({reason}); check its permissions") from None
    if not data.strip():
        raise UnreadableFile("it is empty; remove it or put the text into it")
    return data


def read_text_bytes(data: bytes, source: str) -> RawFile:
    """Read the bytes of a text file.

    Parameters
    ----------
    data : bytes
    source : str
        Its path relative to the corpus.

    Raises
    ------
    UnreadableFile
        If it is blank, binary, or text in no usual encoding.

    Examples
    --------
    >>> raw = read_text_bytes("法治政府建设".encode("gbk"), "plans/a.txt")
    >>> raw.name, raw.text, raw.encoding
    ('a', '法治政府建设', 'gb18030')
    """
    if is_binary(data):
        raise UnreadableFile("it is a binary file under the name of a text; convert it to text")
    text, encoding = decode(data)
    if not text.strip("\ufeff \t\r\n\u3000"):
        raise UnreadableFile("it is empty; remove it or put the text into it")
    return RawFile(source, stem_of(source), text, encoding, sha256_of(data))


_MAGIC = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf")


def is_binary(data: bytes) -> bool:
    """Whether bytes are those of another kind of file, or of none, but not of a text."""
    if data.startswith(_MAGIC):
        return True
    head = data[:8192]
    if data.startswith(tuple(mark for mark, _ in _BOMS)):
        return False
    zeros = head.count(0)
    looks_utf16 = any(head[parity::2].count(0) > 0.9 * zeros for parity in (0, 1))
    control = sum(0 < byte < 9 or 13 < byte < 32 for byte in head)
    return control > 0.1 * len(head) or (zeros > _MAX_LOSS * len(head) and not looks_utf16)


def is_archived_page(data: bytes) -> bool:
    """Whether bytes are a page that a browser saved with its pictures (MHT)."""
    head = data[:2000].lower()
    return b"mime-version:" in head and (b"multipart/related" in head or b"text/html" in head)


def list_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """The files of a folder and its subfolders with their relative names, sorted.

    Hidden and temporary files, and results of earlier runs, are left out.

    A name is in NFC; one that is not UTF-8 (unpacked from a ZIP file of a Chinese Windows) is read as GB18030.
    """
    made = _results_of_earlier_runs(folder)
    found = [path for path in folder.rglob("*") if path.is_file() and path not in made]
    for name, path in sorted((readable_name(path.relative_to(folder).as_posix()), path) for path in found):
        if not any(part.startswith((".", "~$")) for part in name.split("/")):
            yield path, name


def list_closed_folders(folder: Path) -> list[str]:
    """The subfolders that cannot be looked into, by their relative names."""
    closed: list[str] = []

    def note(error: OSError) -> None:
        closed.append(readable_name(Path(os.path.relpath(error.filename, folder)).as_posix()))

    for _ in os.walk(folder, onerror=note):
        pass
    return sorted(closed)


def _results_of_earlier_runs(folder: Path) -> set[Path]:
    """Files that a MANIFEST.json in the folder lists as made by this package: results are no documents."""
    made: set[Path] = set()
    for manifest in folder.rglob("MANIFEST.json"):
        try:
            content = json.loads(manifest.read_text(encoding="utf-8"))
            if "manifest_version" in content:
                made |= {manifest, *(manifest.parent / str(name) for name in content["files"])}
        except (OSError, ValueError, TypeError, KeyError):
            continue  # another program's
    return made


def readable_name(name: str) -> str:
    """A file's name as text that every file can hold, in NFC.

    Examples
    --------
    >>> import os
    >>> readable_name(os.fsdecode("实施方案.txt".encode("gbk")))
    '实施方案.txt'
    """
    if not name.isascii() and any("\ud800" <= character <= "\udfff" for character in name):
        name = name.encode("utf-8", "surrogateescape").decode("gb18030", "replace")
    return unicodedata.normalize("NFC", name)


def check_archive(data: bytes) -> None:
    """Refuse an archive whose parts would unpack to more than any document needs.

    The sizes that an archive declares are binding: Python unpacks no more of a part than was declared.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile:
        return  # another reader says what is wrong with it
    if size > MAX_UNPACKED:
        raise UnreadableFile(f"it unpacks to {size:,} bytes, the limit is {MAX_UNPACKED:,}; split it")


def read_table_file(path: Path) -> pd.DataFrame:
    """A CSV or Excel file as a table of text, nothing converted; empty cells are "".

    Raises
    ------
    UnreadableFile
        If it cannot be read as a table.
    """
    data = read_bytes(path)
    try:
        if path.suffix.lower() in (".csv", ".tsv"):
            text, _ = decode(data)
            separator = "\t" if path.suffix.lower() == ".tsv" else ","
            table = pd.read_csv(StringIO(text.lstrip("\ufeff")), dtype=str, keep_default_na=False, sep=separator)
        else:
            check_archive(data)
            table = pd.read_excel(BytesIO(data), dtype=str, keep_default_na=False)
    except UnreadableFile:
        raise
    except Exception as error:  # the readers of tables raise whatever their parsers do
        reason = re.sub(r"\s+", " ", str(error))[:120]
        raise UnreadableFile(f"it cannot be read as a table ({reason}); save it anew as CSV or XLSX") from None
    return table.rename(columns=lambda column: str(column).strip()).fillna("")


def find_text_column(table: pd.DataFrame, column: str | None = None) -> str | None:
    """The column of a table that holds the texts: the one named, else the first of the usual names."""
    if column is not None:
        if column not in table.columns:
            raise ValueError(
                f"`text_column` must be a column of the table; got {column!r}. "
                f"The table has: {', '.join(map(str, table.columns))}."
            )
        return column
    by_lower = {str(name).lower(): str(name) for name in table.columns}
    return next((by_lower[name] for name in TEXT_COLUMNS if name in by_lower), None)

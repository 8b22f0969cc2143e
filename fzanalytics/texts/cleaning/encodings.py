"""Text that was read in the wrong encoding."""

from __future__ import annotations

import re
from functools import cache

from fzanalytics.base.offsets import Edit
from fzanalytics.texts.cleaning.characters import HAN
from fzanalytics.texts.cleaning.shift_model import bytes_of, gbk_characters

_MARKS = frozenset("—·•–")  # as Windows writes marks of GB 2312, and those that come in their place
_LEAD, _TRAIL = frozenset((0xE2, 0xE3, *range(0xE4, 0xEA), 0xEF)), range(0x80, 0xC0)
#: Characters that GBK has of Latin-1: they stand in sound Chinese text (××市, lǜ, 30°).
_OF_GBK = frozenset("¤§¨°±·×÷àáèéêìíòóùúü")
#: Sure characters after which a single wrong one is believed.
_ENOUGH = 20


@cache
def is_common(character: str) -> bool:
    """Whether a character is a mark or sign of Chinese text or one of the 3,755 in daily use (GB 2312, first level)."""
    if character in _MARKS:
        return True
    try:
        lead = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return "0" <= character <= "9" or 0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xD7


def fix_encoding(text: str) -> list[Edit]:
    """Stretches that were read in the wrong encoding, read again from their bytes.

    UTF-8 read as GBK (鏀垮簻 for 政府) or as Latin-1 or Windows-1252 (å›½åŠ¡é™¢ for 国务院), and GBK read as these
    (ÕþÎñ for 政务). A stretch is changed only if all of it reads as characters in daily use and it holds what sound
    text does not: letters that GBK lacks, or characters out of use. A character whose bytes were partly lost
    on the way ("?", U+FFFD) becomes U+FFFD, to be counted; the remains 锟斤拷 hold nothing to restore, and stay.

    Examples
    --------
    >>> [edit.replacement for edit in fix_encoding("鏀垮簻 and ÕþÎñ and å›½åŠ¡é™¢")]
    ['政府', '政务', '国务院']
    """
    edits = _utf8_as_gbk(text)
    if _WESTERN.search(text):
        shadow = _blank(text.translate(_TO_BYTES), edits)
        western = _utf8_as_latin(shadow)
        edits += western + _gbk_as_latin(text, _blank(shadow, western))
    return sorted(edits)


def _blank(text: str, edits: list[Edit]) -> str:
    """The text with spaces where edits are."""
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : edit.begin], " " * (edit.end - edit.begin)]
        done = edit.end
    return "".join([*pieces, text[done:]])


# ---------------------------------------------------------------- read as Latin-1 or Windows-1252


def _windows_1252() -> dict[int, int]:
    """The byte of each character that Windows-1252 has in place of a control character."""
    found = {}
    for byte in range(0x80, 0xA0):
        try:
            found[ord(bytes((byte,)).decode("cp1252"))] = byte
        except UnicodeDecodeError:
            continue
    return found


_TO_BYTES = _windows_1252()
_WESTERN = re.compile("[\u00a1-\u00fe][\u0080-\u00ff" + "".join(map(chr, _TO_BYTES)) + "?\ufffd]")
_UTF8_UNIT = "[\xe2-\xe9\xef][\x80-\xbf]{2}"
_LOST = "[\xe2-\xe9\xef](?:\ufffd[\x80-\xbf]|[\x80-\xbf]?[?\ufffd])"
_UTF8_RUN = re.compile(f"{_UTF8_UNIT}(?:{_UTF8_UNIT}|[\xc2-\xdf][\x80-\xbf]|{_LOST})*")
_LOST_UNIT = re.compile(_LOST)
_GBK_RUN = re.compile("(?:[\x81-\xfe][\x80-\xfe])+(?:[\x81-\xfe][@-~](?:[\x81-\xfe][\x80-\xfe])+)*")


def _reads_well(read: str) -> bool:
    """Whether at least four in five characters are in daily use, and the rest at least Chinese ones; lost ones aside."""
    uncommon = [c for c in read if c != "\ufffd" and not c.isascii() and not is_common(c)]
    return 5 * len(uncommon) <= len(read) and all("\u4e00" <= c <= "\u9fff" for c in uncommon)


def _believed(sure: list[Edit], doubtful: list[Edit]) -> list[Edit]:
    return sorted(sure + doubtful) if sum(len(edit.replacement) for edit in sure) >= _ENOUGH else sure


def _utf8_as_latin(shadow: str) -> list[Edit]:
    sure: list[Edit] = []
    doubtful: list[Edit] = []
    for match in _UTF8_RUN.finditer(shadow):
        pieces = _LOST_UNIT.sub("?", match[0]).encode("latin-1", "replace")
        read = pieces.decode("utf-8", "replace").replace("?", "\ufffd")
        if _reads_well(read):
            (sure if len(read) > 1 else doubtful).append(Edit(*match.span(), read))
    return _believed(sure, doubtful)


def _gbk_as_latin(text: str, shadow: str) -> list[Edit]:
    sure: list[Edit] = []
    doubtful: list[Edit] = []
    for match in _GBK_RUN.finditer(shadow):
        try:
            read = match[0].encode("latin-1").decode("gbk")
        except UnicodeDecodeError:
            continue
        if not _reads_well(read):
            continue
        begin, end = match.span()
        foreign = any(c not in _OF_GBK and ord(c) < 0x100 for c in text[begin:end])
        several = len(set(read)) > 1 and any("\u4e00" <= c <= "\u9fff" for c in read)
        (sure if foreign and several else doubtful).append(Edit(begin, end, read))
    return _believed(sure, doubtful)


# ---------------------------------------------------------------- read as GBK


@cache
def _utf8_in_gbk() -> re.Pattern[str]:
    """A run of characters of GBK whose bytes may be UTF-8: it opens with a first byte and one that continues it."""
    first, inside = ["€"], ["€"]
    for (lead, trail), character in gbk_characters()[0].items():
        if lead in _LEAD and trail in _TRAIL:
            first.append(character)
        if (lead in _TRAIL or lead in _LEAD) and (trail in _TRAIL or trail in _LEAD or trail < 0x7F):
            inside.append(character)
    for code in range(0xE000, 0xE766):  # pairs without a character
        data = bytes_of(chr(code))
        if data and len(data) == 2 and data[0] in _TRAIL and (data[1] in _LEAD or data[1] in _TRAIL):
            inside.append(chr(code))
    return re.compile(f"[{''.join(first[1:])}](?:[{''.join(inside)}]+[?\ufffd]?|[?\ufffd])")


_UTF8_BYTES = re.compile(rb"(?:(?!\xef\xbf\xbd)[\xe2-\xe9\xef][\x80-\xbf]{2}|[\x40-\x7e])+")


def _utf8_as_gbk(text: str) -> list[Edit]:
    if text.isascii():
        return []
    sure: list[Edit] = []
    doubtful: list[Edit] = []
    for match in _utf8_in_gbk().finditer(text):
        n, read = _read_gbk_run(match[0])
        whole = sum(c != "\ufffd" and not c.isascii() for c in read)
        rare = sum(not is_common(c) for c in match[0][:n])
        if (
            read
            and 3 * rare >= n
            and _reads_well(read)
            and 2 * sum(not is_common(c) for c in read if c != "\ufffd") < rare
        ):
            (sure if whole > 1 else doubtful).append(Edit(match.start(), match.start() + n, read))
    return _believed(sure, doubtful)


def _read_gbk_run(run: str) -> tuple[int, str]:
    """How many characters at the head of a run read as UTF-8, a last one that was cut included, and what they read."""
    lost = run[-1] in "?\ufffd"
    data, borders = bytearray(), {0: 0}
    for n, character in enumerate(run[:-1] if lost else run, start=1):
        data += b"\x80" if character == "€" else bytes(bytes_of(character) or b"")
        borders[len(data)] = n
    match = _UTF8_BYTES.match(data)
    end = match.end() if match else 0
    if lost and len(data) - end in (1, 2) and data[end] in _LEAD:
        return len(run), data[:end].decode("utf-8") + "\ufffd"
    read = data[:end].decode("utf-8")
    while end not in borders:  # a character may reach beyond what can be read
        end -= len(read[-1].encode("utf-8"))
        read = read[:-1]
    return borders[end], read


# ---------------------------------------------------------------- what is lost

_GONE = re.compile("\ufffd|锟斤拷|(?:烫烫){2,}|(?:屯屯){2,}")


def count_lost_characters(text: str) -> int:
    """Places where a text lost characters for good: U+FFFD, and what becomes of it (锟斤拷, 烫烫烫烫, 屯屯屯屯).

    Returns
    -------
    int
        At least 0; each 锟斤拷 stands for two characters lost and counts once.

    Examples
    --------
    >>> count_lost_characters("法治锟斤拷锟斤拷建\ufffd")
    3
    """
    return sum(1 for _ in _GONE.finditer(text))


# ---------------------------------------------------------------- damage that is only counted

# private use, Bopomofo, the replacement character, a corner of a box within a word; a half question mark before a full stop
_SURE_DAMAGE = re.compile(rf"[\ue000-\uf8ff\u3100-\u312f\ufffd]|(?<=[{HAN}])[\u2504-\u257f](?=[{HAN}])|\?[。，！？]")
# a half question mark that replaced a character; by itself it might be a question
_LIKELY_DAMAGE = re.compile(rf"(?<=[{HAN}、“（(])\?+(?=[{HAN}a-zA-Z0-9,，《“)）])")


def count_damaged_lines(text: str) -> int:
    """Lines with traces of a broken encoding: private-use or Bopomofo characters, "?" in place of a character.

    Returns
    -------
    int
        Lines, at least 0. It counts traces and repairs nothing: such lines stay as they are. A question mark
        between characters counts only where the text has surer traces as well.

    Examples
    --------
    >>> count_damaged_lines("?。ㄒ唬┲笇枷?\\n（一）指导思想。\\n真的吗？")
    1
    """
    if not _SURE_DAMAGE.search(text):
        return 0
    return sum(1 for line in text.splitlines() if _SURE_DAMAGE.search(line) or _LIKELY_DAMAGE.search(line))

"""Single characters that do not belong to a text, or stand in it in an odd form."""

from __future__ import annotations

import re

from fzanalytics.base.offsets import Edit

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
SPACE = r"[ \t\u00a0\u2000-\u2002\u2004-\u200a\u202f\u205f]"
# the wide spaces U+3000 and U+2003 are layout: they indent, and part paragraphs and dates
ANY_SPACE = SPACE[:-1] + r"\u2003\u3000]"

# ---------------------------------------------------------------- characters that nobody sees

# the form feed U+000C is left: it is the border of a page, see `fix_page_remains`
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]+"
)
HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")


def fix_invisible(text: str) -> list[Edit]:
    """Zero-width, control, direction and variation characters: left by word processors and web pages, never content.

    Half a character (a lone surrogate), which no file can hold, becomes U+FFFD.
    """
    halves = [Edit(*m.span(), "\ufffd") for m in HALF_CHARACTER.finditer(text)]
    return [Edit(*m.span(), "") for m in _INVISIBLE.finditer(text)] + halves


def fix_line_ends(text: str) -> list[Edit]:
    """Line ends of other systems become a line feed."""
    return [Edit(*m.span(), "\n") for m in _LINE_ENDS.finditer(text)]


# ---------------------------------------------------------------- pinyin notes

_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_TONE = re.compile(f"[{_TONED}]")
_PINYIN_NOTE = re.compile(
    rf"(?<=[{HAN}])(?:{ANY_SPACE}*[(（]{ANY_SPACE}*(?=[a-zü{_TONED}]{{1,6}}{ANY_SPACE}*[)）])"
    rf"[a-zü]*[{_TONED}][a-zü]*{ANY_SPACE}*[)）])+",
)


def fix_pinyin_notes(text: str) -> list[Edit]:
    """A reading in brackets behind a character, as some sites insert it: 設(shè) becomes 設.

    Only one syllable with one tone mark, in lower case and directly behind a Chinese character, counts:
    abbreviations such as 维生素(vc) or 中国(CN) stay.
    """
    if not _TONE.search(text):
        return []
    return [Edit(*m.span(), "") for m in _PINYIN_NOTE.finditer(text)]


# ---------------------------------------------------------------- full-width and half-width

_NUMBER = re.compile(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]+(?:[.．][0-9０-９]+)*[%％]?")
_HALF, _FULL = re.compile("[0-9A-Za-z]"), re.compile("[０-９Ａ-Ｚａ-ｚ]")
_TO_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SMALL_PER_CENT = re.compile("(?<=[0-9０-９])﹪")
_OPEN_HALF = re.compile(r"\([^()（）\n]{0,200}）")
_CLOSE_HALF = re.compile(r"（[^()（）\n]{0,200}\)")
_ITEM = re.compile(r"[^0-9a-z一二三四五六七八九十][0-9a-z一二三四五六七八九十]{1,2}$")


def fix_widths(text: str) -> list[Edit]:
    """Full-width and half-width forms mixed within one number, one word or one pair of brackets.

    `２０17年` becomes `2017年`, `（市、区)` becomes `（市、区）`; the small form ﹪ behind a figure becomes `%`.

    Only such a mix is a fault. A text that writes `２０１７年`, `１．` or `5％` throughout keeps its hand, so that a quotation
    reads as the document does: Chinese punctuation is never touched, and measures and masks level widths for themselves.
    A half-width bracket that may close the number of an item (`（包括1)甲`) stays.
    """
    edits = [Edit(*m.span(), "%") for m in _SMALL_PER_CENT.finditer(text)]
    if not text.isascii():
        for match in _NUMBER.finditer(text):
            if _HALF.search(match[0]) and _FULL.search(match[0]):
                edits.append(Edit(*match.span(), match[0].translate(_TO_HALF)))
        edits += [Edit(m.start(), m.start() + 1, "（") for m in _OPEN_HALF.finditer(text)]
        edits += [Edit(m.end() - 1, m.end(), "）") for m in _CLOSE_HALF.finditer(text) if not _ITEM.search(m[0][:-1])]
    return edits

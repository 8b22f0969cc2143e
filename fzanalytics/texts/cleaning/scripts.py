"""Traditional characters and other writings of the same character."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from unicodedata import normalize

from fzanalytics.base.offsets import Edit
from fzanalytics.texts.cleaning.characters import HALF_CHARACTER


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC

    return OpenCC("tw2s").convert  # type: ignore[no-any-return]


@cache
def to_simplified(character: str) -> str:
    """One character in Simplified writing."""
    return _converter()(character)[:1] or character


@cache
def is_traditional(character: str) -> bool:
    """Whether a character exists in Traditional writing only (GB 2312 holds the Simplified standard)."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return "\u3400" <= character <= "\u9fff" and _converter()(character) != character
    return False


@cache
def is_simplified(character: str) -> bool:
    """Whether a character exists in Simplified writing only (Big5 holds the Traditional standard)."""
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        try:
            character.encode("gb2312")
        except UnicodeEncodeError:
            return False
        return "\u4e00" <= character <= "\u9fff"
    return False


def fix_traditional(text: str) -> list[Edit]:
    """Traditional characters become Simplified, character for character, in lines written in Traditional.

    A line is Traditional if more of its characters exist in Traditional writing only than in Simplified
    writing only. So a quoted Traditional name in a Simplified line stays, and so do 著作 or 乾 in
    Simplified texts, which a blind conversion changes. In a line that is Simplified as a whole, a sentence counts by
    itself if at least four of its characters are Traditional, and more than twice as many as are Simplified.
    """
    traditional = set(filter(is_traditional, set(text)))
    if not traditional:
        return []
    edits: list[Edit] = []
    begin = 0
    for line in text.splitlines(keepends=True):
        if not traditional.isdisjoint(line):
            edits += _simplify_line(line, begin)
        begin += len(line)
    return edits


_SENTENCE = re.compile("[^。；！？]+[。；！？]*")
_MIN_TRADITIONAL = 4


def _simplify_line(line: str, begin: int) -> list[Edit]:
    traditional = sum(map(is_traditional, line))
    if traditional > sum(map(is_simplified, line)):
        return _simplify(line, begin)
    if traditional < _MIN_TRADITIONAL:
        return []
    edits: list[Edit] = []
    for sentence in _SENTENCE.finditer(line):
        traditional = sum(map(is_traditional, sentence[0]))
        if traditional >= _MIN_TRADITIONAL and traditional > 2 * sum(map(is_simplified, sentence[0])):
            edits += _simplify(sentence[0], begin + sentence.start())
    return edits


def _simplify(text: str, begin: int) -> list[Edit]:
    text = HALF_CHARACTER.sub("\ufffd", text)
    simplified = _converter()(text)
    if len(simplified) != len(text):  # a phrase changed its length: fall back to single characters
        simplified = "".join(_converter()(character)[:1] or character for character in text)
    return [
        Edit(begin + i, begin + i + 1, new)
        for i, (old, new) in enumerate(zip(text, simplified, strict=True))
        if old != new
    ]


# ---------------------------------------------------------------- variants of one character

#: Old and Japanese glyphs of characters that Simplified and Traditional write alike; radicals that PDF files show for
#: characters (the Kangxi radicals and the compatibility forms come from Unicode's own tables).
_VARIANTS = dict(
    zip(
        "吿淸卽旣槪敎靑硏眞値囯歩⺠⻓⻅⻋⻔⻛⻢⻥⻩⻰⻬⻚⻝⺟⻘⻄⻆⻉⻜⻣⻦⻮⻳⻁",
        "告清即既概教青研真值国步民长见车门风马鱼黄龙齐页食母青西角贝飞骨鸟齿龟虎",
        strict=True,
    )
)
_VARIANT = re.compile(
    "["
    + "".join(_VARIANTS)
    + "\u2f00-\u2fd5\uf900-\ufa0b\ufa10\ufa12\ufa15-\ufa1e\ufa20\ufa22\ufa25-\ufa26\ufa2a-\ufaff]+"
)


def fix_variants(text: str) -> list[Edit]:
    """Another code point of the same character: ⽂件 becomes 文件, 卽 becomes 即.

    Files in PDF show Kangxi radicals and compatibility forms for whole characters, which no search finds. Variants
    that a name may be written with on purpose (峯, 喆) stay.
    """
    edits = []
    for match in _VARIANT.finditer(text):
        for i, character in enumerate(match[0], start=match.start()):
            usual = _VARIANTS.get(character) or normalize("NFKC", character)
            if usual != character and len(usual) == 1:
                edits.append(Edit(i, i + 1, usual))
    return edits

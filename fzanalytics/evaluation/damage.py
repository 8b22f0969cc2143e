"""Clean text damaged as files in the wild are, with the truth kept: what the repairs are measured on."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from fzanalytics.base.options import check_number
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.texts.cleaning.shift_model import bytes_of

#: Characters behind which the program of the byte-shift fault put their reading, as seen in clean lines of a damaged page.
NOTES = {
    pair[0]: pair[1:]
    for pair in [
        "優yōu",
        "內nèi",
        "創chuàng",
        "務wù",
        "區qū",
        "協xié",
        "執zhí",
        "態tài",
        "應yīng",
        "戰zhàn",
        "據jù",
        "數shù",
        "業yè",
        "構gòu",
        "權quán",
        "現xiàn",
        "環huán",
        "產chǎn",
        "發fā",
        "監jiān",
        "礎chǔ",
        "穩wěn",
        "節jié",
        "結jié",
        "絡luò",
        "統tǒng",
        "經jīng",
        "網wǎng",
        "續xù",
        "聯lián",
        "衛wèi",
        "規guī",
        "設shè",
        "調diào",
        "貿mào",
        "質zhì",
        "轉zhuǎn",
        "鄉xiāng",
        "醫yī",
        "鎮zhèn",
        "關guān",
        "預yù",
        "領lǐng",
        "養yǎng",
        "機jī",
        "導dǎo",
    ]
}
_CUTS = re.compile(rb"(\xa1\xa3|\xa3\xa1|\xa3\xbf)")  # the bytes of 。 ！ ？, wherever they stand
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF01}

#: Shapes that character recognition takes for one another: the right one and the wrong one.
CONFUSIONS = {
    "法": "泱", "责": "贡", "工": "212", "关": "炎", "考": "巧", "治": "冶", "政": "攻", "府": "俯", "制": "剖", "进": "迸",
    "规": "觇", "行": "衍", "管": "菅", "理": "埋", "务": "雾", "权": "杈", "监": "蓝", "执": "抉", "实": "买", "市": "巿",
}  # fmt: skip


class Damaged(NamedTuple):
    """A damaged text and what it was.

    Attributes
    ----------
    text : str
        Damaged.
    truth : str
        What a repair should give back.
    faults : DataFrame
        One row a fault: begin, end (characters of the damaged text, end excluded), found (what stands there), truth.
    """

    text: str
    truth: str
    faults: pd.DataFrame


# ---------------------------------------------------------------- bytes shifted within GBK


def damage_bytes(
    text: str,
    *,
    notes: dict[str, str] | None = None,
    swallow: float = 1.0,
    half_width: bool = True,
    random_state: RandomState = None,
) -> Damaged:
    """A text as a program blind to the borders of characters leaves it: bytes shifted within GBK.

    Parameters
    ----------
    text : str
        Clean; Simplified text is written in Traditional first. Characters that GBK lacks are left out.
    notes : dict, optional
        Characters and the readings put behind the two bytes of each, wherever these stand; `NOTES` without it.
    swallow : float
        In [0, 1]: the chance that an orphan byte swallows a figure or an opening bracket behind it.
    half_width : bool
        Whether full-width forms (but for ！) were made half-width after the damage, as on the page known.
    random_state : int, Generator or None
        For what is swallowed.

    Returns
    -------
    Damaged
        truth has the lines of the damaged text, in Traditional, without notes, half-width where asked. faults has one row
        a damaged line.

    Notes
    -----
    The fault: the bytes were cut at A1A3, A3A1 and A3BF (。 ！ ？), also where such a pair straddles two characters; the
    byte left over stands as "?", and all behind it up to the next ASCII character is read one byte off.

    Examples
    --------
    >>> damaged = damage_bytes("　　（一）指导思想。高举旗帜。", random_state=0)
    >>> damaged.truth
    '　　(一)指導思想。高舉旗幟。'
    >>> "?" in damaged.text, len(damaged.faults)
    (True, 1)
    """
    check_number(swallow, name="swallow", within="[0, 1]", remedy="Take 1.")
    from opencc import OpenCC

    generator = make_generator(random_state, "damage bytes")
    traditional = OpenCC("s2tw").convert(text).encode("gbk", "ignore").decode("gbk")
    lines, truths, rows, begin = [], [], [], 0
    for line in traditional.split("\n"):
        damaged, whole = _damage_line(line, NOTES if notes is None else notes, swallow, generator), line
        if half_width:
            damaged, whole = damaged.translate(_HALF_WIDTH), whole.translate(_HALF_WIDTH)
        if damaged.count("?") > line.count("?"):
            rows.append((begin, begin + len(damaged), damaged, whole))
        lines.append(damaged)
        truths.append(whole)
        begin += len(damaged) + 1
    return Damaged("\n".join(lines), "\n".join(truths), _faults(rows))


def _faults(rows: list[tuple[int, int, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["begin", "end", "found", "truth"])


def _damage_line(line: str, notes: dict[str, str], swallow: float, generator: np.random.Generator) -> str:
    data = line.encode("gbk")
    for character, note in notes.items():
        pair = character.encode("gbk")
        data = data.replace(pair, pair + f"({note})".encode("gbk"))
    pieces = _CUTS.split(data)
    return "".join(
        piece.decode("gbk") if _CUTS.fullmatch(piece) else _read_with_loss(piece, swallow, generator)
        for piece in pieces
    )


@cache
def _private_use() -> dict[tuple[int, int], str]:
    """Private-use characters by the pairs of bytes that they stand for."""
    pairs = ((bytes_of(chr(code)), chr(code)) for code in range(0xE000, 0xE865))
    return {(pair[0], pair[1]): character for pair, character in pairs if pair and len(pair) == 2}


def _read_with_loss(data: bytes, swallow: float, generator: np.random.Generator) -> str:
    """Bytes read as code page 936: an orphan is "?", and may swallow a figure or a bracket behind it."""
    out, i = [], 0
    while i < len(data):
        lead, trail = data[i], data[i + 1] if i + 1 < len(data) else None
        if lead < 0x80:
            out.append(chr(lead))
            i += 1
        elif trail is None or trail < 0x40 or trail == 0x7F:
            out.append("?")
            may = trail is not None and (0x30 <= trail <= 0x39 or trail == 0x28)
            i += 2 if may and generator.random() < swallow else 1
        else:
            try:
                out.append(bytes((lead, trail)).decode("gbk"))
            except UnicodeDecodeError:
                out.append(_private_use().get((lead, trail), "?"))
            i += 2
    return "".join(out)


# ---------------------------------------------------------------- faults planted here and there


def misread(
    text: str,
    *,
    written: Literal["utf-8", "gb18030"] = "utf-8",
    read: Literal["gb18030", "latin-1", "cp1252"] = "latin-1",
) -> Damaged:
    """A text written in one encoding and read in another; bytes that the other lacks become U+FFFD.

    Examples
    --------
    >>> misread("政府", read="gb18030").text, misread("政务", written="gb18030").text
    ('鏀垮簻', 'ÕþÎñ')
    """
    damaged = text.encode(written, "replace").decode(read, "replace")
    return Damaged(damaged, text, _faults([(0, len(damaged), damaged, text)]))


def wrap_lines(text: str, *, columns: int = 56, indent: str = "　　") -> Damaged:
    """Each paragraph (a line that is not empty) broken into lines of one width; a Chinese character has two columns.

    A closing mark hangs over rather than open a line.

    Examples
    --------
    >>> wrap_lines("依法行政，加快建设", columns=8, indent="").text
    '依法行政，\\n加快建设'
    """
    check_number(columns, name="columns", within="[4, inf)", whole=True, remedy="Take 56.")
    paragraphs = [indent + line.strip() for line in text.split("\n") if line.strip()]
    lines: list[str] = []
    rows, begin = [], 0
    for paragraph in paragraphs:
        start, used = len(lines), 0
        lines.append("")
        for character in paragraph:
            size = 1 if character.isascii() else 2
            if used + size > columns and character not in "，。；：、！？）》”":
                lines.append("")
                used = 0
            lines[-1] += character
            used += size
        found = "\n".join(lines[start:])
        if found != paragraph:
            rows.append((begin, begin + len(found), found, paragraph))
        begin += len(found) + 1
    return Damaged("\n".join(lines), "\n".join(paragraphs), _faults(rows))


def plant_widths(text: str, *, share: float = 0.1, random_state: RandomState = None) -> Damaged:
    """One figure of a share of the numbers (of two figures at least) made full-width.

    Examples
    --------
    >>> plant_widths("到2020年", share=1.0, random_state=0).truth
    '到2020年'
    """
    check_number(share, name="share", within="[0, 1]", remedy="Take 0.1.")
    generator = make_generator(random_state, "widths")
    chosen = []
    for match in re.finditer("[0-9]{2,}", text):
        if generator.random() < share:
            at = int(generator.integers(match.start(), match.end()))
            chosen.append((at, text[at], chr(ord(text[at]) + 0xFEE0)))
    return _plant(text, chosen)


def plant_slips(text: str, *, share: float = 0.002, random_state: RandomState = None) -> Damaged:
    """A share of the characters that recognition confuses (`CONFUSIONS`) replaced by the wrong ones.

    Examples
    --------
    >>> damaged = plant_slips("依法行政", share=1.0, random_state=0)
    >>> damaged.text, damaged.faults["found"].tolist()
    ('依泱衍攻', ['泱', '衍', '攻'])
    """
    check_number(share, name="share", within="[0, 1]", remedy="Take 0.002.")
    generator = make_generator(random_state, "slips")
    chosen = [
        (i, character, CONFUSIONS[character])
        for i, character in enumerate(text)
        if character in CONFUSIONS and generator.random() < share
    ]
    return _plant(text, chosen)


def _plant(text: str, chosen: list[tuple[int, str, str]]) -> Damaged:
    """Put wrong stretches in the place of single characters; the rows lead into the damaged text."""
    pieces, rows, done, moved = [], [], 0, 0
    for at, right, wrong in chosen:
        pieces += [text[done:at], wrong]
        rows.append((at + moved, at + moved + len(wrong), wrong, right))
        done, moved = at + 1, moved + len(wrong) - 1
    return Damaged("".join([*pieces, text[done:]]), text, _faults(rows))

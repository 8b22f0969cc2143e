"""Repair of texts as they come, one fixer for one fault, every repair on record.

A fixer takes a text and returns the edits it would make; nothing else changes a text. So a repair can be
counted, listed, left out by name, and led back to the place in the file where it happened. A clean text passes
unchanged. Fixers are deliberately narrow: what they cannot be sure of, they leave alone.

Damage that only the rest of a corpus can undo (bytes shifted within GBK) is counted here and repaired in a second pass,
see `fzanalytics.texts.cleaning.byteshift`.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from fzanalytics.base.offsets import OffsetMap, apply_edits
from fzanalytics.base.tables import table_of_texts
from fzanalytics.texts.cleaning.characters import fix_invisible, fix_line_ends, fix_pinyin_notes, fix_widths
from fzanalytics.texts.cleaning.encodings import count_damaged_lines, count_lost_characters, fix_encoding
from fzanalytics.texts.cleaning.lines import fix_wrapped_lines
from fzanalytics.texts.cleaning.log import Cleaned, Fixer, apply_repairs
from fzanalytics.texts.cleaning.pages import fix_markdown, fix_page_remains, fix_web_remains
from fzanalytics.texts.cleaning.scripts import fix_traditional, fix_variants
from fzanalytics.texts.cleaning.spaces import fix_stray_spaces

__all__ = [
    "FIXERS",
    "Cleaned",
    "Fixer",
    "apply_repairs",
    "clean",
    "clean_with_log",
    "count_damaged_lines",
    "count_lost_characters",
    "explain_cleaning",
]

#: In the order in which they run. What was read in the wrong encoding comes first: its bytes are in characters that
#: nobody sees. Traditional characters come after the pinyin notes, which stand between them, and before the remains of
#: web pages, which are recognised in Simplified. Lines are joined when nothing stands between them any more.
FIXERS: tuple[Fixer, ...] = (
    Fixer("encoding", fix_encoding),
    Fixer("invisible", fix_invisible),
    Fixer("line_ends", fix_line_ends),
    Fixer("page_remains", fix_page_remains, "inferred"),
    Fixer("markdown", fix_markdown),
    Fixer("pinyin_notes", fix_pinyin_notes),
    Fixer("traditional", fix_traditional),
    Fixer("variants", fix_variants),
    Fixer("widths", fix_widths),
    Fixer("stray_spaces", fix_stray_spaces),
    Fixer("web_remains", fix_web_remains),
    Fixer("wrapped_lines", fix_wrapped_lines, "inferred"),
)
#: A repair may lay open another fault (a page number between two halves of a sentence): the fixers run until none finds
#: anything, at most so often.
_ROUNDS = 5
_COLUMNS = ("fixer", "raw_begin", "raw_end", "before", "after", "certainty")


def clean_with_log(text: str, *, skip: Collection[str] = ()) -> Cleaned:
    """Clean a text and keep the log and the way back.

    Parameters
    ----------
    text : str
        As it came, decoded.
    skip : collection of str
        Names of fixers to leave out: "encoding", "invisible", "line_ends", "page_remains", "markdown", "pinyin_notes",
        "traditional", "variants", "widths", "stray_spaces", "web_remains", "wrapped_lines".

    Returns
    -------
    Cleaned
        text, offsets (one entry a character of the clean text) and repairs (one row a repair).

    Raises
    ------
    ValueError
        If `skip` names a fixer that does not exist.

    Examples
    --------
    >>> cleaned = clean_with_log("到 2020 年,建設(shè)法治政府")
    >>> cleaned.text
    '到2020年,建设法治政府'
    >>> cleaned.repairs["fixer"].value_counts().to_dict()
    {'stray_spaces': 2, 'pinyin_notes': 1, 'traditional': 1}
    >>> begin = cleaned.text.index("法治")
    >>> cleaned.offsets.span(begin, begin + 2)
    (16, 18)
    """
    unknown = sorted(set(skip) - {fixer.name for fixer in FIXERS})
    if unknown:
        raise ValueError(
            f"`skip` must name fixers ({', '.join(fixer.name for fixer in FIXERS)}); got {', '.join(unknown)}. "
            "Use () to leave out none."
        )
    offsets = OffsetMap.identity(len(text))
    rows: list[tuple[str, int, int, str, str, str]] = []
    for _ in range(_ROUNDS):
        n_before = len(rows)
        for fixer in FIXERS:
            edits = fixer.find(text) if fixer.name not in skip else []
            if not edits:
                continue
            for edit in edits:
                raw_begin, raw_end = offsets.span(edit.begin, edit.end)
                before = text[edit.begin : edit.end]
                rows.append((fixer.name, raw_begin, raw_end, before, edit.replacement, fixer.certainty))
            text, step = apply_edits(text, edits)
            offsets = offsets.then(step)
        if len(rows) == n_before:
            break
    return Cleaned(text, offsets, table_of_texts(rows, _COLUMNS))


def clean(text: str, *, skip: Collection[str] = ()) -> str:
    """A text with the usual faults of official documents from the web repaired.

    Parameters
    ----------
    text : str
        As it came, decoded.
    skip : collection of str
        Fixers to leave out, by name.

    Returns
    -------
    str
        A clean text comes back unchanged. `explain_cleaning` lists what was done.

    Examples
    --------
    >>> clean("( 四 ) 推进严格规范公正文明执法")
    '(四) 推进严格规范公正文明执法'
    >>> clean("中共清远市委  清远市人民政府")
    '中共清远市委  清远市人民政府'
    """
    return clean_with_log(text, skip=skip).text


def explain_cleaning(text: str, *, skip: Collection[str] = ()) -> pd.DataFrame:
    """What `clean` does to a text, one row a repair.

    Parameters
    ----------
    text : str
        As it came, decoded.
    skip : collection of str
        Fixers to leave out, by name.

    Returns
    -------
    DataFrame
        Columns fixer, raw_begin, raw_end (characters of `text`, end excluded), before, after, certainty. A later fixer
        sees what an earlier one has left, so `before` may differ from the stretch of the raw text.

    Examples
    --------
    >>> explain_cleaning("中发〔 2015 〕36号")[["fixer", "raw_begin", "raw_end"]].values.tolist()
    [['stray_spaces', 3, 4], ['stray_spaces', 8, 9]]
    """
    return clean_with_log(text, skip=skip).repairs

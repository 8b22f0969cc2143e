"""Problems of a corpus: what is doubtful, doubled or damaged in its texts and metadata, one row each."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping

import pandas as pd

from fzanalytics.texts.cleaning.fixers import count_damaged_lines, count_lost_characters
from fzanalytics.texts.reading.files import USUAL_ENCODINGS, RawFile
from fzanalytics.texts.structure.oddities import tell_oddities
from fzanalytics.texts.structure.paragraphs import MAX_OUTSIDE, MIN_OUTSIDE, share_outside
from fzanalytics.texts.titles import normalise_title


def problem(
    kind: str, message: str, doc_id: object = pd.NA, *, source: object = pd.NA, count: int = 1
) -> dict[str, object]:
    """A row of the table of problems."""
    return {"doc_id": doc_id, "source": source, "kind": kind, "count": count, "message": message}


# ---------------------------------------------------------------- of one text


def list_text_problems(
    doc_id: str, raw: RawFile, text: str, clauses: pd.DataFrame, paragraphs: pd.DataFrame, repairs: pd.DataFrame
) -> list[dict[str, object]]:
    """What is doubtful in the text of one document: its bytes, its numbering, what stands outside its paragraphs.

    Parameters
    ----------
    doc_id : str
    raw : RawFile
        The file that it is from.
    text : str
        Clean text.
    clauses, paragraphs, repairs : DataFrame
        Of this document alone.
    """
    found = [
        *_tell_shifted(raw, repairs),
        *_tell_structure(text, clauses, paragraphs),
        *_tell_damage(raw, text),
    ]
    return [problem(kind, message, doc_id, source=raw.source, count=count) for kind, message, count in found]


#: Kind, message and count of a problem.
_Told = tuple[str, str, int]


def _tell_shifted(raw: RawFile, repairs: pd.DataFrame) -> list[_Told]:
    shifted = repairs[repairs["fixer"] == "byte_shift"]
    if shifted.empty:
        return []
    begins = [0, *(i + 1 for i, character in enumerate(raw.text) if character == "\n")]
    lines = len({bisect_right(begins, begin) for begin in shifted["raw_begin"]})
    unsure = shifted["certainty"].value_counts()
    message = (
        f"{lines} lines had their bytes shifted within GBK and were read again from them; "
        f"{unsure.get('model', 0)} characters are the likeliest reading, {unsure.get('inferred', 0)} are inferred "
        "(corpus.repairs lists them)"
    )
    return [("repaired text", message, lines)]


def _tell_structure(text: str, clauses: pd.DataFrame, paragraphs: pd.DataFrame) -> list[_Told]:
    found: list[_Told] = []
    if not any(map(str.isalnum, text)):
        message = "it has no letter of text; it counts as a document all the same: remove the file, or read it anew"
        found.append(("no text", message, 1))
    elif clauses.empty:
        message = "no numbered clause was found; each line of at least 15 characters serves as a paragraph"
        found.append(("no numbering", message, 1))
    if (share := share_outside(text, paragraphs)) > MAX_OUTSIDE and share * len(text) >= MIN_OUTSIDE:
        message = (
            f"{share:.0%} of its text stands in no paragraph (an opening, a part without numbers, tables, a signature): "
            "coverage, specificity and topics by paragraph do not see it"
        )
        found.append(("outside paragraphs", message, 1))
    found += [("numbering", message, count) for count, message in tell_oddities(clauses)]
    return found


def _tell_damage(raw: RawFile, text: str) -> list[_Told]:
    found: list[_Told] = []
    if damaged := count_damaged_lines(text):
        message = (
            f"{damaged} lines carry traces of a broken encoding and stay as they are; clauses they open are not found"
        )
        found.append(("damaged text", message, damaged))
    if raw.encoding not in USUAL_ENCODINGS:
        message = f"the encoding was guessed as {raw.encoding}; read a few lines, and save the file as UTF-8"
        found.append(("guessed encoding", message, 1))
    if lost := count_lost_characters(text):
        message = (
            f"{lost} places lost characters for good (U+FFFD, 锟斤拷; read as {raw.encoding}); they stay as they are"
        )
        found.append(("undecoded", message, lost))
    return found


# ---------------------------------------------------------------- of several texts


def list_same_texts(documents: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """The documents, rows with doc_id, source and text, that have the same text as one before them."""
    first: dict[str, str] = {}
    found = []
    for row in documents:
        key = "".join(str(row["text"]).split())
        if key in first:
            message = (
                f"has the same text as {first[key]}; both are kept, so shares between them mean nothing: remove one of "
                "the files (or one of the rows, if the texts come from a table)"
            )
            found.append(problem("same text", message, doc_id=row["doc_id"], source=row["source"]))
        else:
            first[key] = str(row["doc_id"])
    return found


# ---------------------------------------------------------------- of a text and the row of metadata it was taken for


def check_hash(record: Mapping[str, object], raw: RawFile, doc_id: str) -> list[dict[str, object]]:
    """Whether a file is the one that its row of metadata was made for."""
    recorded = record.get("sha256")
    if not isinstance(recorded, str) or recorded.lower() == raw.sha256:
        return []
    message = f"{raw.source}: its bytes are not those that the metadata were made for (SHA-256 differs)"
    return [problem("changed file", message, doc_id=doc_id, source=raw.source)]


#: Where a text bears its title, if it does.
_OPENING = 4000


def check_title(record: Mapping[str, object], raw: RawFile, doc_id: str, text: str) -> list[dict[str, object]]:
    """Whether a text is that of the row it was taken for, which was not at hand before: a file may have a wrong name."""
    title = record.get("title")
    if record.get("held") is not False or not isinstance(title, str):
        return []
    words, opening = (re.sub(r"\W", "", part) for part in (normalise_title(title), text[:_OPENING]))
    words = re.split(r"\d", words)[0]
    doc_id, number = str(record.get("doc_id") or doc_id), record.get("doc_number")
    numbers = isinstance(number, str) and re.sub(r"\W", "", number) in opening
    if words in opening or numbers:
        return []
    message = (
        f"{raw.source}: was taken for {doc_id} by the name of its file, but its opening has neither that title "
        f"({title}) nor its number; is it that document?"
    )
    return [problem("doubtful match", message, doc_id=doc_id, source=raw.source)]

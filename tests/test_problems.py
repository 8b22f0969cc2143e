"""Problems of a corpus: each is told once, with its count, and a sound text has none."""

from __future__ import annotations

import pandas as pd
import pytest

from fzanalytics.base.offsets import OffsetMap
from fzanalytics.base.tables import COLUMNS, empty_table
from fzanalytics.texts.cleaning.fixers import clean_with_log
from fzanalytics.texts.documents.problems import (
    check_hash,
    check_title,
    list_same_texts,
    list_text_problems,
    problem,
)
from fzanalytics.texts.documents.rows import claim_id, split_file
from fzanalytics.texts.reading.files import RawFile
from fzanalytics.texts.structure.clauses import find_clauses, find_paragraphs

SOUND = "某市工作方案\n一、到2020年建成制度。\n二、到2030年全面落实。"  # "a plan: by 2020 built, by 2030 carried out"


def raw_of(text: str, encoding: str = "utf-8") -> RawFile:
    return RawFile("plan.txt", "plan", text, encoding, "ab" * 32)


def told(text: str, encoding: str = "utf-8", repairs: pd.DataFrame | None = None) -> dict[str, tuple[int, str]]:
    offsets = OffsetMap.identity(len(text))
    clauses = find_clauses("plan", text, offsets)
    paragraphs = find_paragraphs("plan", text, clauses, offsets)
    log = empty_table("repairs") if repairs is None else repairs
    found = list_text_problems("plan", raw_of(text, encoding), text, clauses, paragraphs, log)
    assert {row["doc_id"] for row in found} <= {"plan"} and {row["source"] for row in found} <= {"plan.txt"}
    return {str(row["kind"]): (int(str(row["count"])), str(row["message"])) for row in found}


def test_a_problem_is_a_row_of_its_table() -> None:
    assert set(problem("numbering", "odd")) == set(COLUMNS["problems"])


def test_a_sound_text_has_none() -> None:
    assert told(SOUND) == {}


@pytest.mark.parametrize(
    ("text", "encoding", "kind", "count", "words"),
    [
        ("没有编号的一份文件，讲的是事情。\n", "utf-8", "no numbering", 1, "at least 15 characters"),
        ("。。。\n——\n", "utf-8", "no text", 1, "no letter of text"),
        (SOUND.replace("二、", "三、"), "utf-8", "numbering", 1, "missing"),
        (SOUND, "cp949", "guessed encoding", 1, "as cp949"),
        ("甲" * 3000 + "\n" + SOUND, "utf-8", "outside paragraphs", 1, "stands in no paragraph"),
    ],
)
def test_each_is_told_alone(text: str, encoding: str, kind: str, count: int, words: str) -> None:
    found = told(text, encoding)
    assert list(found) == [kind] and found[kind][0] == count and words in found[kind][1]


def test_lost_characters_are_told_of_their_lines_and_places() -> None:
    found = told(SOUND.replace("制度", "\ufffd，\ufffd"))
    assert {kind: count for kind, (count, _) in found.items()} == {"damaged text": 1, "undecoded": 2}


def test_shifted_lines_are_counted_by_line_and_certainty() -> None:
    rows = [(8, "exact"), (9, "model"), (21, "inferred")]  # two characters of the second line, one of the third
    log = pd.DataFrame(rows, columns=["raw_begin", "certainty"]).assign(fixer="byte_shift")
    count, message = told(SOUND, repairs=log)["repaired text"]
    assert count == 2 and "1 characters are the likeliest reading, 1 are inferred" in message
    assert told(SOUND, repairs=log.assign(fixer="spaces")) == {}


def test_the_same_text_but_for_its_blanks_is_told_of_each_but_the_first() -> None:
    texts = {"a": "甲 乙", "b": "丙", "c": "甲\n乙", "d": "甲乙"}
    rows = [{"doc_id": name, "source": f"{name}.txt", "text": text} for name, text in texts.items()]
    found = list_same_texts(rows)
    assert [(row["doc_id"], row["source"]) for row in found] == [("c", "c.txt"), ("d", "d.txt")]
    assert all("has the same text as a;" in str(row["message"]) for row in found)


@pytest.mark.parametrize("sha256", ["ab" * 32, "AB" * 32, pd.NA, None])
def test_a_file_is_the_one_that_its_row_was_made_for(sha256: object) -> None:
    assert check_hash({"sha256": sha256}, raw_of(SOUND), "plan") == []
    assert [row["kind"] for row in check_hash({"sha256": "cd" * 32}, raw_of(SOUND), "plan")] == ["changed file"]


def test_only_a_row_that_was_not_held_asks_for_its_title() -> None:
    record = {"doc_id": "x", "title": "别的条例", "held": False}
    (row,) = check_title(record, raw_of(SOUND), "plan", SOUND)
    assert row["kind"] == "doubtful match" and row["doc_id"] == "x"
    assert check_title({**record, "held": True}, raw_of(SOUND), "plan", SOUND) == []
    assert check_title({**record, "title": "某市 工作方案"}, raw_of(SOUND), "plan", SOUND) == []
    assert (
        check_title({**record, "doc_number": "某发〔2020〕1号"}, raw_of(SOUND), "plan", f"某发[2020]1号\n{SOUND}") == []
    )


def test_a_file_of_two_documents_is_split_with_its_repairs() -> None:
    one = "某市{}\n《某市{}》全文如下。\n一、目标 。\n"
    text = "".join(one.format(kind, kind) for kind in ("实施方案", "考核方案"))
    cleaned = clean_with_log(text)
    pieces = list(split_file(raw_of(text), cleaned, "plan"))
    assert [piece.doc_id for piece in pieces] == ["plan", "plan#2"]
    assert "".join(piece.text for piece in pieces) == cleaned.text
    assert [piece.told.title for piece in pieces] == ["某市实施方案", "某市考核方案"]
    assert sum(len(piece.repairs) for piece in pieces) == len(cleaned.repairs)


def test_a_doc_id_is_given_once() -> None:
    taken: set[str] = set()
    assert [claim_id("a", taken) for _ in range(3)] == ["a", "a~2", "a~3"] and taken == {"a", "a~2", "a~3"}

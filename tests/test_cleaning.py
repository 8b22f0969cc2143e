"""Repairs are made where they are due, nowhere else, and on record."""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.base.resources import data_path
from fzanalytics.texts.cleaning.encodings import is_common
from fzanalytics.texts.cleaning.fixers import (
    FIXERS,
    apply_repairs,
    clean,
    clean_with_log,
    count_damaged_lines,
    count_lost_characters,
    explain_cleaning,
)

NAMES = [fixer.name for fixer in FIXERS]
CASES = json.loads((Path(__file__).parent / "cases" / "cleaning.json").read_text(encoding="utf-8"))
# what faults are made of: marks, spaces, pinyin notes, Traditional characters, remains of pages, wrong encodings
PIECES = [
    *"设計说 　\u2003\t\n\r()（）〔〕《》“”，。；,;:+2019年号1.、a中国發",
    *(
        "(shè)",
        " ( shè ) ",
        "\u200b",
        "发表时间:2022-03-20",
        "打印",
        "\u2028",
        "到 2020 年",
        "设为首页",
        "\ud800",
        "建設實施",
    ),
    *(
        "\f",
        "- 3 -\n",
        "\n7\n\f",
        "# ",
        "<!-- x -->",
        "**",
        "２0",
        "（x)",
        "鏀垮簻",
        "ÕþÎñ",
        "å›½åŠ¡é™¢",
        "锟斤拷",
        "⽂",
        "首页 > 甲",
    ),
    *("\n依法行政，加快建设法治政府，根据", "\n制定本方案。各部门要认真组织实施"),
    "，各级各部门要结合实际制定具体措施，明确时间进度安排和成果形式，切实抓好 落实。",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=15).map("".join)
SHARED = os.environ.get("FZANALYTICS_DATA")


@pytest.mark.parametrize("case", CASES, ids=[f"{case['fixer']}: {case['comment']}" for case in CASES])
def test_case(case: dict[str, str]) -> None:
    others = [name for name in NAMES if name != case["fixer"]]
    assert clean(case["input"], skip=others) == case["expected"]
    if case["input"] != case["expected"]:
        assert clean(case["input"], skip=[case["fixer"]]) != clean(case["input"])


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["input"] == case["expected"]], ids=lambda c: c["comment"]
)
def test_negative_case_passes_all_fixers(case: dict[str, str]) -> None:
    assert clean(case["input"]) == case["input"]


def test_every_fixer_has_positive_and_negative_cases() -> None:
    for name, changes in product(NAMES, (True, False)):
        assert any(c["fixer"] == name and (c["input"] != c["expected"]) == changes for c in CASES), (name, changes)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_clean_is_idempotent(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sets(st.sampled_from(NAMES)))
def test_log_can_be_replayed(text: str, skip: set[str]) -> None:
    repairs = explain_cleaning(text, skip=skip)
    assert apply_repairs(text, repairs) == clean(text, skip=skip)
    assert repairs.empty == (clean(text, skip=skip) == text)


def test_a_single_repair_can_be_left_out() -> None:
    text = "到 2020 年"
    assert apply_repairs(text, explain_cleaning(text).iloc[1:]) == "到 2020年"


def test_a_log_of_another_text_is_refused() -> None:
    with pytest.raises(ValueError, match="`repairs` must be the log of this text"):
        apply_repairs("到了2020 年", explain_cleaning("到 2020 年"))


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sets(st.sampled_from(NAMES)))
def test_offsets_lead_back(text: str, skip: set[str]) -> None:
    """A character that no repair touched stands in the raw text where the offsets say; the order is kept."""
    cleaned = clean_with_log(text, skip=skip)
    touched = set()
    for row in cleaned.repairs.itertuples():
        touched.update(range(row.raw_begin, row.raw_end))
    last = 0
    for i, character in enumerate(cleaned.text):
        begin, end = cleaned.offsets.span(i, i + 1)
        assert last <= begin < end <= len(text)
        last = begin
        if not touched & set(range(begin, end)):
            assert text[begin:end] == character


def test_offsets_of_an_unchanged_stretch_within_a_changed_text() -> None:
    raw = "設(shè)為首頁\n到 2020 年,建設(shè)法治政府"
    cleaned = clean_with_log(raw)
    assert cleaned.text == "\n到2020年,建设法治政府"
    begin = cleaned.text.index("法治政府")
    raw_begin, raw_end = cleaned.offsets.span(begin, begin + 4)
    assert raw[raw_begin:raw_end] == "法治政府"


def test_unknown_fixer() -> None:
    with pytest.raises(ValueError, match=r"`skip` must name fixers .*; got ocr"):
        clean("法治", skip=["ocr"])


@pytest.mark.parametrize("name", ["hebei_province_2016", "qingyuan_city_2017", "xiahe_county_2017"])
def test_clean_bundled_text_is_unchanged(name: str) -> None:
    text = (data_path("raw") / f"{name}.txt").read_text(encoding="utf-8")
    assert explain_cleaning(text).empty


def test_shijiazhuang_loses_spaces_only() -> None:
    text = (data_path("raw") / "shijiazhuang_city_2016.txt").read_text(encoding="utf-8")
    repairs = explain_cleaning(text)
    assert set(repairs["fixer"]) == {"stray_spaces"}
    assert "".join(clean(text).split()) == "".join(text.split())
    assert "中发〔2015〕36号" in clean(text) and "中发〔 2015" in text


@pytest.mark.skipif(not SHARED, reason="FZANALYTICS_DATA is not set: the texts of other sources are not at hand")
@pytest.mark.parametrize("folder", ["state_council", "city_reports"])
def test_clean_foreign_text_is_unchanged(folder: str) -> None:
    """At most two repairs a document, each of them a single stray space between characters or behind a mark.

    All have been read: five in 66 documents.
    """
    for path in sorted((Path(str(SHARED)) / folder / "txt").iterdir()):
        text = path.read_text(encoding="utf-8")
        repairs = explain_cleaning(text)
        assert len(repairs) <= 2, path.name
        assert set(repairs["before"]) <= {" "}, path.name


def test_every_repair_of_the_law_collection_was_read(real_data: Path) -> None:
    """136 files: signs of Markdown, and 42 repairs beyond them, each read and right."""
    counts: Counter[str] = Counter()
    for path in sorted((real_data / "law_families" / "raw").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        counts.update(explain_cleaning(text)["fixer"])
        cleaned = clean(text)
        assert "#" not in cleaned and "<!--" not in cleaned
        articles = r"^(?:\*\*)?第[一二三四五六七八九十百零〇]+条\s"
        assert len(re.findall(articles, text, re.MULTILINE)) == len(re.findall(articles, cleaned, re.MULTILINE))
    assert set(counts) == {"markdown", "invisible", "stray_spaces", "widths"}
    assert counts.total() - counts["markdown"] == 42


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA0), min_size=6, max_size=30), st.booleans())
def test_what_was_read_as_latin_comes_back(text: str, windows: bool) -> None:
    """Characters in daily use, in UTF-8 or GBK, read as Latin-1 or Windows-1252."""
    common = "".join(filter(is_common, text)) + "政务公开"
    for encoding in ("utf-8", "gb2312"):
        read = common.encode(encoding).decode("latin-1")
        if windows:
            read = "".join(c if c < "\x80" or c > "\x9f" else _as_windows(c) for c in read)
        assert clean(f"\n{read}\n") == f"\n{common}\n"


def _as_windows(character: str) -> str:
    try:
        return character.encode("latin-1").decode("cp1252")
    except UnicodeDecodeError:
        return character


def test_certainty_says_what_is_inferred() -> None:
    repairs = explain_cleaning("依法\n— 3 —\n到 2020 年")
    assert dict(zip(repairs["fixer"], repairs["certainty"], strict=True)) == {
        "page_remains": "inferred",
        "stray_spaces": "exact",
    }


def wrap(paragraph: str, columns: int) -> list[str]:
    """Lines of so many columns, as a page shows them: a Chinese character has two, and no mark opens a line."""
    lines, used = [""], 0
    for character in paragraph:
        size = 1 if character.isascii() else 2
        if used + size > columns and character not in "，。；：、）》”":
            lines.append("")
            used = 0
        lines[-1] += character
        used += size
    return lines


@pytest.mark.parametrize(("width", "indent", "least"), [(20, "　　", 1.0), (28, "", 0.85), (40, "　　", 1.0)])
def test_a_wrapped_document_is_joined_again(width: int, indent: str, least: float) -> None:
    """Hebei's plan, each paragraph broken into lines of so many characters.

    All come back whole if they are indented; without indents a last line that is full leaves it open.
    """
    text = (data_path("raw") / "hebei_province_2016.txt").read_text(encoding="utf-8")
    paragraphs = [indent + line.strip() for line in text.splitlines() if line.strip()]
    wrapped = "\n".join(line for paragraph in paragraphs for line in wrap(paragraph, 2 * width))
    joined = clean(wrapped).split("\n")
    right = len(set(joined) & set(paragraphs))
    assert right >= least * len(paragraphs)


def test_lost_characters_are_counted() -> None:
    assert count_lost_characters("法治锟斤拷锟斤拷建设\ufffd烫烫烫烫") == 4
    assert count_lost_characters("开水烫烫的，屯屯乡") == 0


def test_damage_is_counted_not_repaired() -> None:
    damaged = "?。ㄒ唬┲笇枷?"  # （一）指导思想 shifted by one byte
    assert count_damaged_lines(f"{damaged}\n（一）指导思想。\n真的吗？不是") == 1
    assert clean(damaged) == damaged
    assert count_damaged_lines("真的吗?不是") == 0


@pytest.mark.parametrize("text", ["┌──┬──┐\n│甲│乙│\n└──┴──┘", "2016─2020年", "一━━━二"])
def test_a_drawn_table_is_no_damage(text: str) -> None:
    assert count_damaged_lines(text) == 0


PATHOLOGICAL = [
    "（",
    "《",
    " ",
    "1.1.1.",
    "一、一、",
    "中 ",
    "中 中。",
    "“中 ",
    "設(",
    "設 (",
    "2 ",
    "20 ",
    "中,",
    "来源：",
    "字体 ",
    "\t1 ",
    "\f",
    "3\n\f",
    "- ",
    "# ",
    "\n# ",
    "<!-- ",
    "**",
    "2２",
    "（a",
    "(",
    "Õþ",
    "å›",
    "鏀",
    "鏀垮",
    "\n依法行政，加快建设法治政府，",
    "首页 > ",
    "打印",
    "\n",
]


@pytest.mark.parametrize("unit", PATHOLOGICAL)
def test_time_is_linear(unit: str) -> None:
    """Fifty thousand characters of one fault; a quadratic expression would take half a minute."""
    begin = time.perf_counter()
    clean((unit * 50_000)[:50_000] + "。")
    assert time.perf_counter() - begin < 5

"""The parts of a document, each told by its layout; attachments and notices told apart from the body."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.texts.cleaning.fixers import clean
from fzanalytics.texts.datasets import load_sample
from fzanalytics.texts.structure.clauses import find_clauses
from fzanalytics.texts.structure.parts import PARTS, find_parts

NOTICE = "某市人民政府关于印发\n《某市监管实施方案》的通知\n某政发〔2017〕3号\n各县（市、区）人民政府：\n现将《某市监管实施方案》印发给你们，请认真执行。\n"
ENDING = "某市人民政府\n2017年3月1日\n（此件公开发布）\n"
PLAN = "某市监管实施方案\n为加强监管，制定本方案。\n一、目标\n到2020年建成。\n二、任务\n（一）改革。深化改革。（市编委办负责）\n"


def parts_of(text: str) -> list[tuple[str, str, str]]:
    parts = find_parts(text)
    return list(zip(parts["within"], parts["part"], parts["text"].str[:4], strict=True))


def paths(text: str) -> list[str]:
    return find_clauses("a", text)["path"].tolist()


def test_a_plan_by_itself() -> None:
    text = (
        PLAN.replace("监管实施方案\n", "监管实施方案\n某政发〔2017〕3号\n各县人民政府：\n", 1)
        + "各县要抓好落实。\n"
        + ENDING
    )
    assert parts_of(text) == [
        ("document", "title", "某市监管"),
        ("document", "number", "某政发〔"),
        ("document", "addressee", "各县人民"),
        ("document", "opening", "为加强监"),
        ("document", "body", "一、目标"),
        ("document", "closing", "各县要抓"),
        ("document", "signature", "某市人民"),
        ("document", "date", "2017"),
        ("document", "note", "（此件公"),
    ]
    clauses = find_clauses("a", text)
    assert clauses["text"].iloc[-1] == "改革。深化改革。（市编委办负责）"


@pytest.mark.parametrize("link", ["", "附件：某市监管实施方案\n"])
@pytest.mark.parametrize("head", ["", "附件\n", "附件1\n"])
def test_a_plan_below_its_notice(link: str, head: str) -> None:
    """The plan is the document, whether it stands below the date or is attached."""
    text = NOTICE + link + ENDING + head + PLAN
    assert paths(text) == ["一", "二", "二/（一）"]
    own = [(part, words) for within, part, words in parts_of(text) if within == "document"]
    assert own == [("title", "某市监管"), ("opening", "为加强监"), ("body", "一、目标")]
    assert {"wrapper", "document"} == {within for within, _, _ in parts_of(text)}


def test_an_order_before_a_statute() -> None:
    text = "某市人民政府令\n第7号\n《某市办法》已经通过，现予公布。\n市长　张三\n2017年3月1日\n某市办法\n第一条　为了监管，制定本办法。\n第二条　施行。"
    assert paths(text) == ["第一条", "第二条"]
    assert [part for within, part, _ in parts_of(text) if within == "wrapper"] == [
        "title", "number", "body", "signature", "date"
    ]  # fmt: skip


def test_a_notice_with_tasks_and_a_table() -> None:
    """The notice has clauses: it is the document, and its attachments are attachments."""
    text = (
        "某市人民政府关于印发任务分工的通知\n各县人民政府：\n现将有关事项通知如下：\n一、改革\n二、监管。加强监管。\n附件：1.任务表\n2.名单\n"
        + ENDING
        + "附件1\n任务表\n一、改革\n（一）清理\n附件2\n名单\n张三　李四"
    )
    assert paths(text) == ["一", "二", "附件1", "附件1/一", "附件1/一/（一）", "附件2"]
    clauses = find_clauses("a", text).set_index("path")
    assert clauses.at["二", "text"] == "监管。加强监管。" and clauses.at["附件1", "text"] == "任务表"
    assert clauses.at["附件2", "text"] == "名单\n张三　李四" and clauses.at["附件2", "numbering"] == "附件"
    listed = find_parts(text).query("part == 'attachment list'")["text"].tolist()
    assert listed == ["附件：1.任务表\n2.名单"]


@pytest.mark.parametrize(
    "spelling", ["附件", "附件1", "附件 1：", "附件一", "【附件】", "附件2：任务表", "附表1", "附录"]
)
def test_spellings_of_attachments(spelling: str) -> None:
    clauses = find_clauses("a", f"一、甲。\n二、乙。\n{spelling}\n一、丙")
    assert clauses["path"].tolist()[:2] == ["一", "二"] and clauses["path"].iloc[-1].startswith("附")
    assert clauses["numbering"].tolist()[2] == "附件"


@pytest.mark.parametrize(
    "line",
    [
        "附件所列事项由各部门负责。",
        "详见附件1。",
        "附件1中的事项，由各部门负责。",
        "附：说明如下，由各部门负责解释。",
        "附近居民",
    ],
)
def test_no_attachment(line: str) -> None:
    assert paths(f"一、甲。\n{line}\n二、乙。") == ["一", "二"]


def test_a_file_that_begins_with_its_attachment() -> None:
    assert paths("附件\n" + PLAN) == ["一", "二", "二/（一）"]


def test_contents_give_no_clauses() -> None:
    contents = "某市规划\n目　录\n第一章　总则……1\n第二章　任务……12\n附则……20\n"
    body = "第一章　总则\n一、目标\n第二章　任务\n附则\n"
    assert paths(contents + body) == ["第一章", "第一章/一", "第二章"]
    # without the heading 目录
    chapters = "某法\n第一章　总则\n第二章　任务\n第三章　附则\n第一章　总则\n第一条　甲。\n第二章　任务\n第三章　附则\n第二条　乙。"
    assert paths(chapters) == ["第一章", "第一章/第一条", "第二章", "第三章", "第三章/第二条"]


def test_last_clause_without_siblings_is_whole() -> None:
    """The last 一、 is a heading, and the others have sections of their own: all that follows is its text."""
    text = "一、甲\n（一）乙。丙。\n（二）丁。戊。\n二、实施\n各县要落实。\n各部门要支持。"
    assert find_clauses("a", text)["text"].iloc[-1] == "实施\n各县要落实。\n各部门要支持。"


def test_nothing_to_part() -> None:
    assert find_parts("").empty and find_parts("\n　\n").empty
    assert parts_of("今天天气很好。") == [("document", "body", "今天天气")]


def test_bundled_parts() -> None:
    texts = load_sample().held.set_index("doc_id")["text"]
    qingyuan = find_parts(texts["qingyuan_city_2017"])
    wrapper = qingyuan[qingyuan["within"] == "wrapper"].set_index("part")["text"]
    assert wrapper["addressee"].startswith("各县（市、区）党委") and wrapper["date"] == "2017年1月26日"
    assert wrapper["signature"].split() == ["中共清远市委", "清远市人民政府"]
    assert find_parts(texts["xiahe_county_2017"])["part"].tolist() == ["title", "opening", "body", "closing"]
    for text in texts:
        assert not find_parts(text)["within"].str.startswith("附").any()


_PIECES = ["附件", "附件1\n", "附件：1.表\n", "2017年1月2日\n", "某市人民政府\n", "\n", "一、甲\n", "印发", "各县：\n", "目录\n", "第一章 甲\n", "。", "（此件公开发布）\n"]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
def test_parts_tile_the_text(text: str) -> None:
    parts = find_parts(text)
    assert set(parts["part"]) <= set(PARTS)
    at = 0
    for part in parts.itertuples():
        assert not text[at : part.begin].strip() and part.text == text[part.begin : part.end] == part.text.strip()
        at = part.end
    assert not text[at:].strip()


# ---------------------------------------------------------------- documents no rule was made for


WRAPPED = {"SC003", "SC007", "SC033", "SC041", "SC047", "SC051"}  # as read by eye


def test_state_council(real_data: Path) -> None:
    """Number, date and addressee where the manifest or the eye says; the notices that wrap another document."""
    import pandas as pd

    manifest = pd.read_csv(real_data / "state_council" / "manifest.csv", dtype=str, encoding="utf-8").set_index(
        "doc_id"
    )
    wrapped, no_number, no_date = set(), set(), set()
    for file in sorted((real_data / "state_council" / "txt").glob("*.txt")):
        parts = find_parts(clean(file.read_text(encoding="utf-8")))
        if (parts["within"] == "wrapper").any():
            wrapped.add(file.stem)
        numbers = "".join(parts.loc[parts["part"] == "number", "text"])
        if str(manifest.at[file.stem, "doc_number"]) not in numbers:
            no_number.add(file.stem)
        if not (parts["part"] == "date").any():
            no_date.add(file.stem)
    assert wrapped == WRAPPED
    assert no_number <= {"SC025", "SC033"}  # SC025 has its number on the line of its title, SC033 is an order: 第707号
    assert no_date == set()


def test_work_reports_of_cities(real_data: Path) -> None:
    """Speeches: a greeting, no signature; numbers in order but for three reports (see their oddities)."""
    from fzanalytics.texts.structure.oddities import find_oddities

    odd = set()
    for file in sorted((real_data / "city_reports" / "txt").glob("*.txt")):
        text = clean(file.read_text(encoding="utf-8"))
        parts = find_parts(text)
        assert not set(parts["part"]) & {"signature", "attachment list", "contents"}, file.stem
        clauses = find_clauses("a", text)
        assert len(clauses) > 2 and set(parts["within"]) == {"document"}
        if len(find_oddities(clauses)):
            odd.add(file.stem)
    assert odd == {"GR125", "GR133", "GR137"}

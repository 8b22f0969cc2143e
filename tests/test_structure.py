"""The clause tree and the paragraphs: the expected counts, in every spelling, each at its place."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.base.numbering import format_number
from fzanalytics.texts.cleaning.fixers import clean
from fzanalytics.texts.corpus import Corpus, read_corpus
from fzanalytics.texts.datasets import load_sample
from fzanalytics.texts.structure.clauses import (
    blank_responsibility,
    find_clauses,
    find_paragraphs,
    is_responsible,
    split_lines,
)
from fzanalytics.texts.structure.paragraphs import MAX_OUTSIDE, MIN_OUTSIDE, share_outside

# 一、/（一）/1. as counted by hand
COUNTS = {
    "hebei_province_2016": (3, 13, 57),
    "shijiazhuang_city_2016": (3, 12, 58),
    "xiahe_county_2017": (3, 14, 37),
    "qingyuan_city_2017": (4, 12, 48),
}
# how many 1. stand below each （一）, in order; Hebei begins anew in each, Qingyuan's 45 to 48 stand below 三 itself
BELOW = {
    "hebei_province_2016": {
        "一/（二）": 5,
        "二/（一）": 8,
        "二/（二）": 5,
        "二/（三）": 6,
        "二/（四）": 6,
        "二/（五）": 6,
    }
    | {"二/（六）": 5, "二/（七）": 4, "三/（一）": 3, "三/（二）": 2, "三/（三）": 4, "三/（四）": 3},
    "shijiazhuang_city_2016": {
        "二/（一）": 10,
        "二/（二）": 6,
        "二/（三）": 4,
        "二/（四）": 12,
        "二/（五）": 8,
        "二/（六）": 6,
    }
    | {"二/（七）": 4, "三/（一）": 3, "三/（二）": 2, "三/（三）": 3},
    "xiahe_county_2017": {
        "二/（一）": 8,
        "二/（二）": 2,
        "二/（三）": 6,
        "二/（四）": 6,
        "二/（五）": 6,
        "二/（六）": 5,
        "二/（七）": 4,
    },
    "qingyuan_city_2017": {
        "二/（一）": 11,
        "二/（二）": 6,
        "二/（三）": 6,
        "二/（四）": 6,
        "二/（五）": 6,
        "二/（六）": 5,
    }
    | {"二/（七）": 4, "三": 4},
}


@cache
def sample() -> Corpus:
    return load_sample()


def text_of(doc_id: str) -> str:
    documents = sample().documents.set_index("doc_id")
    return str(documents.at[doc_id, "text"])


def counts(clauses: pd.DataFrame) -> tuple[int, int, int]:
    size = clauses["numbering"].value_counts()
    return size.get("一、", 0), size.get("（一）", 0), size.get("1.", 0)


@pytest.mark.parametrize("doc_id", COUNTS)
def test_counts_and_places(doc_id: str) -> None:
    clauses = sample().clauses.query("doc_id == @doc_id")
    assert counts(clauses) == COUNTS[doc_id]
    arabic = clauses[clauses["numbering"] == "1."]
    below = arabic["path"].str.rpartition("/")[0].value_counts(sort=False)
    assert below.to_dict() == BELOW[doc_id]
    assert clauses["clause_id"].is_unique
    assert (clauses["depth"] == clauses["path"].str.count("/") + 1).all()
    if doc_id == "hebei_province_2016":
        assert all(
            group["number"].tolist() == list(range(1, len(group) + 1))
            for _, group in arabic.groupby(arabic["path"].str.rpartition("/")[0])
        )
    else:
        assert arabic["number"].tolist() == list(range(1, COUNTS[doc_id][2] + 1))


# ---------------------------------------------------------------- respelled variants

_HEAD = re.compile(
    r"^(?P<han>[一二三四五六七八九十]+)、\s*|^[（(]\s*(?P<sub>[一二三四五六七八九十]+)\s*[）)]\s*|^(?P<arabic>\d+)[.．]\s*",
    re.M,
)
_FULL = str.maketrans("0123456789", "０１２３４５６７８９")


def respell(text: str, han: str = "{}、", sub: str = "（{}）", arabic: str | Callable[[int], str] = "{}.") -> str:
    """A text with its numbers written in another way."""

    def spell(match: re.Match[str]) -> str:
        if match["han"]:
            return han.format(match["han"])
        if match["sub"]:
            return sub.format(match["sub"])
        return arabic.format(match["arabic"]) if isinstance(arabic, str) else arabic(int(match["arabic"]))

    return _HEAD.sub(spell, text)


VARIANTS: dict[str, Callable[[str], str]] = {
    **{
        f"一 as {han}": lambda t, han=han: respell(t, han=han)
        for han in ("{} 、", "{}．", "{}.", "　　{}、", "{}， ", "{}、　")
    },
    **{
        f"（一） as {sub}": lambda t, sub=sub: respell(t, sub=sub)
        for sub in (
            "({})",
            "( {} )",
            "〔{}〕",
            "（ {} ）",
            "（{})",
            "【{}】",
            "　　（{}）、",
            "\u2003（{}） ",
            "［{}］",
        )
    },
    **{
        f"1. as {arabic}": lambda t, arabic=arabic: respell(t, arabic=arabic)
        for arabic in ("{}．", "{}、", "{} .", "{}. ", "{} ．", "　　{}.", "{}，", "{}.　", "\t{}、 ")
    },
    "1. as １．": lambda t: respell(t, arabic=lambda n: f"{n}．".translate(_FULL)),
    "1. as １、": lambda t: respell(t, arabic=lambda n: f"{n}、".translate(_FULL)),
    "1. as ⒈ where there is a sign": lambda t: respell(t, arabic=lambda n: chr(0x2487 + n) if n <= 20 else f"{n}."),
    "（一） as ㈠ where there is a sign": lambda t: re.sub(
        r"^（([一二三四五六七八九十])）",
        lambda m: chr(0x321F + "一二三四五六七八九十".index(m[1]) + 1),
        respell(t),
        flags=re.M,
    ),
    "other line ends": lambda t: t.replace("\n", "\r\n"),
    "without blank lines": lambda t: re.sub(r"\n\s*\n", "\n", t),
    "with blank lines": lambda t: t.replace("\n", "\n\n　\n"),
    "indented": lambda t: re.sub(r"^", "　　", t, flags=re.M),
    "indented with em spaces": lambda t: re.sub(r"^", "\u2003\u2003", t, flags=re.M),
    "all at once": lambda t: respell(t, "　{} 、", "　( {} )", lambda n: f"　{n}．".translate(_FULL)).replace(
        "\n", "\r\n"
    ),
}


@pytest.mark.parametrize("doc_id", COUNTS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_respelled(doc_id: str, variant: str) -> None:
    text = VARIANTS[variant](text_of(doc_id))
    clauses = find_clauses(doc_id, clean(text))
    original = sample().clauses.query("doc_id == @doc_id")
    assert clauses["path"].tolist() == original["path"].tolist()


@pytest.mark.parametrize("variant", VARIANTS)
def test_variants_do_vary(variant: str) -> None:
    assert sum(VARIANTS[variant](text_of(doc_id)) != text_of(doc_id) for doc_id in COUNTS) >= 3


@pytest.mark.parametrize("doc_id", COUNTS)
@pytest.mark.parametrize("restart", [True, False])
def test_renumbered(doc_id: str, restart: bool) -> None:
    """Arabic numbers that begin anew in each section, or run on through the document."""
    number, lines = 0, []
    for line in respell(text_of(doc_id)).split("\n"):
        if restart and re.match(r"[（一二三四五六七八九十]", line) and _HEAD.match(line):
            number = 0
        if re.match(r"\d+\.", line):
            number += 1
            line = re.sub(r"^\d+", str(number), line)
        lines.append(line)
    clauses = find_clauses(doc_id, "\n".join(lines))
    assert counts(clauses) == COUNTS[doc_id]
    assert clauses["path"].is_unique
    below = clauses.loc[clauses["numbering"] == "1.", "path"].str.rpartition("/")[0].value_counts(sort=False)
    assert below.to_dict() == BELOW[doc_id]


def test_as_items_in_brackets() -> None:
    """1. written as (1) is another way of numbering, at the same place in the tree."""
    text = respell(text_of("xiahe_county_2017"), arabic="（{}）")
    clauses = find_clauses("a", text)
    assert clauses["numbering"].value_counts().to_dict() == {"(1)": 37, "（一）": 14, "一、": 3}
    assert clauses["depth"].value_counts().to_dict() == {3: 37, 2: 14, 1: 3}


def test_damaged_headings_break_nothing() -> None:
    """Henan: ten 一、 in the plan, seven in the scheme; of the damaged （一） only those that can be read."""
    clauses = sample().clauses
    plan = clauses.query("doc_id == 'henan_province_2021' and numbering == '一、'")
    scheme = clauses.query("doc_id == 'henan_province_2021#2' and numbering == '一、'")
    assert plan["number"].tolist() == list(range(1, 11)) and scheme["number"].tolist() == list(range(1, 8))


# ---------------------------------------------------------------- spans

TABLES = ["clauses", "paragraphs"]


@pytest.mark.parametrize("table", TABLES)
def test_spans_are_in_order_and_lead_back(table: str) -> None:
    corpus = sample()
    documents = corpus.documents.set_index("doc_id")
    raw = corpus.files.set_index("source")["raw_text"]
    for doc_id, rows in getattr(corpus, table).groupby("doc_id"):
        text, cells = documents.at[doc_id, "text"], list(raw[documents.at[doc_id, "source"]])
        for repair in corpus.repairs.query("fixer == 'byte_shift' and doc_id == @doc_id").itertuples():
            cells[repair.raw_begin] = repair.after  # what only the rest of the corpus could read
        file = cells
        end = raw_end = 0
        for row in rows.itertuples():
            assert end <= row.begin < row.end <= len(text) and raw_end <= row.raw_begin < row.raw_end <= len(file)
            end, raw_end = row.end, row.raw_end
            assert text[row.begin : row.end].endswith(row.text)
            if table == "paragraphs":
                assert text[row.begin : row.end] == row.text
            # the raw stretch, cleaned on its own, reads as the clean one
            assert "".join(clean("".join(file[row.raw_begin : row.raw_end])).split()) == "".join(
                text[row.begin : row.end].split()
            )


def test_paragraphs_lie_in_their_clauses() -> None:
    corpus = sample()
    joined = corpus.paragraphs.merge(corpus.clauses, on="clause_id", suffixes=("", "_clause"))
    assert len(joined) == len(corpus.paragraphs)
    # what is counted within a sentence (一是) stays in the paragraph of its clause
    ends = corpus.clauses["end"].where(corpus.clauses["numbering"] == "一是").groupby(corpus.clauses["doc_id"]).max()
    wider = joined["end"] > joined["end_clause"]
    assert joined.loc[wider, "clause_id"].tolist() == ["henan_province_2021#2#五/（六）"]
    assert joined.loc[wider, "end"].tolist() == ends.dropna().tolist()
    assert (joined["begin"] >= joined["begin_clause"]).all()
    assert all(path.startswith(section) for path, section in zip(joined["path"], joined["section"], strict=True))


@pytest.mark.parametrize(
    ("doc_id", "closing"),
    [
        ("hebei_province_2016", "各级各部门要结合实际，制定实施意见"),
        ("shijiazhuang_city_2016", "各级各部门要结合实际,制定具体措施"),
        ("xiahe_county_2017", "各乡镇、各部门要高度重视法治政府建设工作"),
        ("qingyuan_city_2017", "各有关部门、各县（市、区）人民政府要根据职责"),
    ],
)
def test_closing_belongs_to_no_clause(doc_id: str, closing: str) -> None:
    at = text_of(doc_id).rindex(closing)
    for table in TABLES:
        rows = getattr(sample(), table).query("doc_id == @doc_id")
        assert rows["end"].max() <= at


def test_hand_worked_tree() -> None:
    text = "实施方案\n一、总体要求\n（一）目标。到2020年建成。\n二、任务\n1.改革。深化改革。（市编委办负责）\n2.监管。\n加强监管。（市工商局负责）\n特此通知。"
    clauses = find_clauses("a", text)
    assert clauses["clause_id"].tolist() == ["a#一", "a#一/（一）", "a#二", "a#二/1", "a#二/2"]
    assert clauses["text"].tolist() == [
        "总体要求",
        "目标。到2020年建成。",
        "任务",
        "改革。深化改革。（市编委办负责）",
        "监管。\n加强监管。（市工商局负责）",
    ]
    assert clauses["heading"].tolist() == ["总体要求", "目标", "任务", "改革", "监管"]


def test_a_number_that_comes_twice_keeps_two_rows() -> None:
    clauses = find_clauses("a", "一、总则\n二、任务\n其他\n一、表格\n二、说明")
    assert clauses["clause_id"].tolist() == ["a#一", "a#二", "a#一~2", "a#二~2"]


def test_document_without_numbers() -> None:
    text = "关于加强工作的通知\n各部门要认真贯彻落实上级决策部署，确保取得实效。\n完。"
    clauses = find_clauses("a", text)
    paragraphs = find_paragraphs("a", text, clauses)
    assert clauses.empty and list(clauses.columns)
    assert paragraphs["text"].tolist() == ["各部门要认真贯彻落实上级决策部署，确保取得实效。"]
    assert paragraphs["section"].tolist() == [""] and paragraphs["clause_id"].isna().all()


@pytest.mark.parametrize(
    "line",
    [
        "落实。（省法制办、省编委办负责）",
        "落实。（县审改办牵头，县发改局、县人社局等部门按职责分工负责）",
        "落实。(市法制办牵头,各县(市、区)政府、市政府各部门分别负责)",
        "落实。（各乡镇及县直各部门按职责分工负责实）",
        "落实（各有关部门负责）。",
        "落实。（省委组织部、省人力资源社会保障厅负责)",
        # the one of many where the convention is explained: 下同 (and so below), after a sentence on who leads
        "改革。（省编委办，县级以上政府按职责分工分别负责。除分别负责外，列在首位的为牵头部门，下同）",
        "改革。（省编委办负责，下同）",
        "改革。（县法制办牵头。下同。）",
        "改革。（县法制办牵头）",
    ],
)
def test_responsible(line: str) -> None:
    assert is_responsible(line)


@pytest.mark.parametrize(
    "line",
    [
        "（以下简称《省实施纲要》）",
        "（2017—2020年）",
        "到2020年（含2020年）",
        "各县（市、区）",
        "（省政府另有规定。从其规定。执行部门）",
        "（市、区，下同）",  # a definition, not a duty
        "（各县（市、区）人民政府，下同）",
        "（省政府各部门以下统称部门，下同）",
        "（省政府另有规定。由牵头部门执行，下同）",
        "（省法制办负责。从其规定）",
        "（省法制办负责。除另有规定外，市政府部门）",
        "下同）",
        "",
        "）",
        "（",
        "负责",
    ],
)
def test_not_responsible(line: str) -> None:
    assert not is_responsible(line)


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("落实。（省法制办负责）", "落实。________"),
        ("落实（各部门负责）。\n\n　公开。(市政府负责) ", "落实_______。\n\n　公开。_______ "),
        # a bracket within a bracket
        ("落实。〔市编办、各县（市、区）政府负责〕\n公开", "落实。" + "_" * 17 + "\n公开"),
        # several in a row; only those at the end of a line
        ("公开。（省法制办负责）（各市政府配合）", "公开。" + "_" * 16),
        ("公开（省法制办负责）信息。", None),
        ("加强备案（含登记）。", None),
        ("各县（市、区）", None),
        ("（省法制办\n负责）", None),
        ("", None),
    ],
)
def test_blank_responsibility(text: str, blank: str | None) -> None:
    assert blank_responsibility(text) == (text if blank is None else blank.replace("_", " "))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["（省法制办负责）", "（含", "）", "（", "负责", "落实", "。", "\n", " ", "　", "〔市政府负责〕", "文"]
        ),
        max_size=20,
    ).map("".join)
)
def test_blanking_keeps_every_offset(text: str) -> None:
    blank = blank_responsibility(text)
    assert len(blank) == len(text) and blank_responsibility(blank) == blank
    assert all(after in (before, " ") for before, after in zip(text, blank, strict=True))
    assert blank.count("\n") == text.count("\n")
    assert not any(is_responsible(line.text) for line in split_lines(blank))


def test_bundled_brackets_are_blank() -> None:
    """The share of each text that the brackets make up, the one that explains the convention among them."""
    documents = sample().held.set_index("doc_id")["text"]
    blank = documents.map(blank_responsibility)
    share = 1 - blank.str.replace(" ", "").str.len() / documents.str.replace(" ", "").str.len()
    assert share.round(2).to_dict() == {
        "hebei_province_2016": 0.19, "qingyuan_city_2017": 0.13, "shijiazhuang_city_2016": 0.12,
        "xiahe_county_2017": 0.09, "henan_province_2021": 0, "henan_province_2021#2": 0,
    }  # fmt: skip
    assert "下同" not in blank["hebei_province_2016"]


def test_bundled_brackets_are_found() -> None:
    """Nearly every task of the plans of 2016 and 2017 names who is responsible; Hebei's by the line."""
    paragraphs = sample().paragraphs
    share = paragraphs.assign(found=paragraphs["text"].map(is_responsible)).groupby("doc_id")["found"].mean()
    assert (share[["hebei_province_2016", "shijiazhuang_city_2016", "xiahe_county_2017"]] > 0.85).all(), share


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["一、", "（一）", "1.", "法治政府建设", "\n", "　", "（市政府负责）", "。", "措施：", "?。", "(1)"]
        ),
        max_size=25,
    ).map("".join)
)
def test_any_text_has_a_consistent_tree(text: str) -> None:
    clauses = find_clauses("a", text)
    paragraphs = find_paragraphs("a", text, clauses)
    assert clauses["clause_id"].is_unique and paragraphs["paragraph_id"].is_unique
    for rows in (clauses, paragraphs):
        spans = list(zip(rows["begin"], rows["end"], strict=True))
        assert all(begin < end for begin, end in spans)
        assert all(left[1] <= right[0] for left, right in pairwise(spans))
    for line in split_lines(text):
        assert text[line.begin : line.end] == line.text == line.text.strip()


@pytest.mark.parametrize(
    "unit", ["（", "）", "1.1.1.", "一、一、", "一、\n", "1.\n", "（一）\n", "（市政府负责）\n", "一 一 ", "\n", "　"]
)
def test_time_is_linear(unit: str) -> None:
    text = (unit * 40_000)[:40_000]
    begin = time.perf_counter()
    find_paragraphs("a", text, find_clauses("a", text))
    is_responsible(text + "负责）")
    assert time.perf_counter() - begin < 5


def test_a_deep_list_of_many_clauses() -> None:
    text = "\n".join(f"（{format_number(i)}）加强第{i}项工作，确保取得实效。" for i in range(1, 500))
    assert find_clauses("a", text)["number"].tolist() == list(range(1, 500))


def test_the_share_outside_the_paragraphs_is_of_written_characters_each_once() -> None:
    text = "甲乙 丙丁\n\n　戊己庚辛"
    table = pd.DataFrame({"begin": [0, 1], "end": [2, 4]})  # 甲乙 and, overlapping, 乙 丙: three of eight
    assert share_outside(text, table) == 1 - 3 / 8
    assert share_outside(text, table.iloc[:0]) == 1 and share_outside(" \n", table.iloc[:0]) == 0
    assert share_outside(text, pd.DataFrame({"begin": [0], "end": [len(text)]})) == 0


@pytest.mark.parametrize(("lines", "outside"), [(1, False), (10, False), (30, True)])
def test_a_text_of_which_much_is_in_no_paragraph_is_a_problem(lines: int, outside: bool) -> None:
    review = "过去一年，全市上下团结奋斗，各项工作取得新的成绩。\n" * lines
    text = f"某市工作报告\n{review}一、主要任务\n" + "全面推进依法行政，完善行政决策程序，加强规范性文件的管理。\n" * 8
    corpus = read_corpus(pd.DataFrame({"text": [text]}))
    share = share_outside(corpus.documents.loc[0, "text"], corpus.paragraphs)
    assert (share > MAX_OUTSIDE) == (lines >= 10)  # ten lines are a long opening of a short text
    assert (share * len(text) >= MIN_OUTSIDE) == outside
    found = corpus.problems[corpus.problems["kind"] == "outside paragraphs"]
    assert len(found) == outside
    if outside:
        assert found["message"].iloc[0].startswith(f"{share:.0%} of its text stands in no paragraph")


def test_the_sample_stands_in_its_paragraphs(sample: Corpus) -> None:
    for doc_id, text in zip(sample.held["doc_id"], sample.held["text"], strict=True):
        assert share_outside(text, sample.paragraphs[sample.paragraphs["doc_id"] == doc_id]) < 0.1
    assert "outside paragraphs" not in set(sample.problems["kind"])

"""What changes along a borrowed clause, on mentions made by hand, and how specific clauses are."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.base.tables import make_table
from fzanalytics.measures.diffusion.strength import clause_changes, clause_specificity, specificity
from fzanalytics.texts.corpus import read_corpus
from helpers import make_corpus

DATES = {
    "s": {"latest": "2016-01-01", "region": "河北省"},
    "t": {"earliest": "2017-01-01", "region": "河北省/石家庄市"},
}


def corpus_with(source, target, mentions, documents=DATES):
    """Mentions are (doc_id, kind, text, value, role, further columns) of words that stand once in their document."""
    corpus = make_corpus({"s": source, "t": target}, documents=documents)
    rows = []
    for doc_id, kind, text, value, role, *more in mentions:
        whole = {"s": source, "t": target}[doc_id]
        assert whole.count(text) == 1
        begin = whole.index(text)
        own = corpus.clauses[corpus.clauses["doc_id"] == doc_id]
        clause = own[(own["begin"] <= begin) & (own["end"] > begin)]["clause_id"].item()
        row = {"doc_id": doc_id, "clause_id": clause, "kind": kind, "value": value, "role": role, "begin": begin}
        rows.append({**row, "end": begin + len(text), "text": text, **(more[0] if more else {})})
    mentions = make_table("mentions", rows)
    dates = {column: pd.to_datetime(mentions[column]) for column in ("not_before", "not_after")}
    return replace(corpus, mentions=mentions.assign(**dates))


def until(day):
    return {"not_after": day}


@pytest.fixture(scope="module")
def planted():
    """应当 softened to 鼓励; 2017 postponed to 2018; two training courses became three; a bureau gave way to another."""
    source = "\n".join([
        "各级行政机关应当依法公开行政执法信息，接受社会监督。",
        "行政执法案卷评查工作于2017年底前全部完成，每年组织不少于2次业务培训。（省财政厅牵头，省审计厅配合）",
        "建立重大行政决策合法性审查机制，未经审查的不得提交讨论。必须加强政府信息公开平台的建设。",
    ])  # fmt: skip
    target = "\n".join([
        "各级行政机关鼓励依法公开行政执法信息，接受社会监督。",
        "行政执法案卷评查工作于2018年底前全部完成，每年组织不少于3次业务培训。（市财政局负责，市教育局配合）",
        "建立重大行政决策合法性审查机制，未经审查的提交讨论。探索开展巡回审判进乡村活动。",
    ])  # fmt: skip
    return corpus_with(
        source,
        target,
        [
            ("s", "obligation", "应当", "应当", "binding"),
            ("t", "obligation", "鼓励", "鼓励", "soft"),
            ("s", "deadline", "2017年底前", "2017-12-31", "deadline", until("2017-12-31")),
            ("t", "deadline", "2018年底前", "2018-12-31", "deadline", until("2018-12-31")),
            ("s", "quantity", "不少于2次", ">= 2 次", "target"),
            ("t", "quantity", "不少于3次", ">= 3 次", "target"),
            ("s", "agency", "省财政厅", "河北省财政厅", "lead"),
            ("s", "agency", "省审计厅", "河北省审计厅", "support"),
            ("t", "agency", "市财政局", "石家庄市财政局", "responsible"),
            ("t", "agency", "市教育局", "石家庄市教育局", "support"),
            ("s", "obligation", "不得", "不得", "prohibiting"),
            ("s", "obligation", "必须", "必须", "binding"),
            ("t", "obligation", "探索", "探索", "soft"),
        ],
    )


def test_what_was_planted_is_told(planted):
    table = clause_changes(planted, "s", "t")
    keys = ["kind", "source_value", "target_value", "change", "direction"]
    shown = [tuple(None if pd.isna(cell) else cell for cell in row) for row in table[keys].astype(object).to_numpy()]
    assert shown == [
        ("obligation", "应当", "鼓励", "changed", "softer"),
        ("deadline", "2017-12-31", "2018-12-31", "changed", "later"),
        ("quantity", ">= 2 次", ">= 3 次", "changed", "higher"),
        ("agency", "河北省财政厅", "石家庄市财政局", "changed", None),  # the same business in another role
        ("agency", "河北省审计厅", None, "dropped", None),
        ("agency", None, "石家庄市教育局", "added", None),
        ("obligation", "不得", None, "dropped", "softer"),  # from a sentence that is kept otherwise
        ("obligation", "必须", None, "dropped", None),  # with its sentence
        ("obligation", None, "探索", "added", None),
    ]
    assert table.loc[[1, 2], ["days", "amount"]].sum().tolist() == [365, 1]
    assert table["in_shared_sentence"].tolist() == [True] * 3 + [False] * 3 + [True, False, False]
    assert table["order"].unique().tolist() == ["earlier"]


def test_places_lead_to_the_words(planted):
    texts = planted.documents.set_index("doc_id")["text"]
    for row in clause_changes(planted, "s", "t").itertuples():
        if not pd.isna(row.source_text):
            assert texts["s"][row.source_begin : row.source_end] == row.source_text
        if not pd.isna(row.target_text):
            assert texts["t"][row.target_begin : row.target_end] == row.target_text


def test_the_reverse_is_harder_earlier_and_lower():
    source, target = (
        "各县可以公开本地行政执法信息，2018年底前完成率达到90%。",
        "各县必须公开本地行政执法信息，2016年底前完成率达到80%。",
    )
    corpus = corpus_with(source, target, [
        ("s", "obligation", "可以", "可以", "soft"), ("t", "obligation", "必须", "必须", "binding"),
        ("s", "deadline", "2018年底前", "2018-12-31", "deadline", until("2018-12-31")),
        ("t", "deadline", "2016年底前", "2016-12-31", "deadline", until("2016-12-31")),
        ("s", "quantity", "达到90%", "= 0.9", "target"), ("t", "quantity", "达到80%", "= 0.8", "target"),
    ])  # fmt: skip
    table = clause_changes(corpus, "s", "t")
    assert table["direction"].tolist() == ["harder", "earlier", "lower"]
    assert table["days"][1] == -730 and table["amount"][2] == pytest.approx(-0.1)


def test_what_stays_is_kept_wherever_the_text_around_it_goes():
    source = "各级政府应当在2017年底前清理规范性文件，并向社会公布清理结果。"
    target = "全市各级政府及其部门应当认真组织，在2017年底前清理规范性文件，并及时向社会公布清理结果。"
    corpus = corpus_with(source, target, [
        (doc_id, kind, text, value, role, *more)
        for doc_id in "st"
        for kind, text, value, role, *more in (
            ("obligation", "应当", "应当", "binding"), ("deadline", "2017年底前", "2017-12-31", "deadline", until("2017-12-31")),
        )
    ])  # fmt: skip
    table = clause_changes(corpus, "s", "t")
    assert table["change"].tolist() == ["kept", "kept"] and table["direction"].isna().all()
    assert table["days"][1] == 0 and np.isnan(table["amount"]).all()


def test_other_units_and_recurring_deadlines_have_no_difference():
    source, target = (
        "每年组织2次业务培训和案卷评查活动并通报，每季度报告。",
        "每年组织3场业务培训和案卷评查活动并通报，每年报告。",
    )
    corpus = corpus_with(source, target, [
        ("s", "quantity", "2次", "= 2 次", "target"), ("t", "quantity", "3场", "= 3 场", "target"),
        ("s", "deadline", "每季度", "R/P3M", "recurring"), ("t", "deadline", "每年报告", "R/P1Y", "recurring"),
    ])  # fmt: skip
    table = clause_changes(corpus, "s", "t").set_index("kind")
    assert table["change"].tolist() == ["changed", "changed"]
    assert np.isnan(table.loc["quantity", "amount"]) and np.isnan(table.loc["deadline", "days"])
    assert table["direction"].isna().all()


def test_a_paragraph_that_two_share_has_its_additions_once():
    half, other = "各级行政机关依法公开行政执法信息并接受监督", "重大行政决策经过公众参与和专家论证后作出"
    target = f"{half}；{other}；同时必须报告。"
    corpus = corpus_with(f"{half}。\n{other}。", target, [("t", "obligation", "必须", "必须", "binding")])
    table = clause_changes(corpus, "s", "t")
    assert table["change"].tolist() == ["added"] and table["target_value"].tolist() == ["必须"]


def test_a_shared_list_holds_for_each_of_its_clauses():
    """A mention whose clause is another than the one it stands in counts for the paragraph of that clause."""
    source = "各级行政机关依法公开行政执法信息并接受监督。\n重大行政决策经过公众参与和专家论证后作出。（省财政厅负责）"
    target = "各级行政机关依法公开行政执法信息并接受监督。\n重大行政决策经过公众参与和专家论证后作出。"
    corpus = corpus_with(source, target, [("s", "agency", "省财政厅", "河北省财政厅", "responsible")])
    twice = pd.concat([corpus.mentions.assign(clause_id="s#1"), corpus.mentions], ignore_index=True)
    table = clause_changes(replace(corpus, mentions=twice), "s", "t")
    assert table[["source_paragraph", "change"]].values.tolist() == [["s#1¶1", "dropped"], ["s#2¶2", "dropped"]]


LIST = "重大行政决策经过公众参与和专家论证后作出，2018年底前完成，应当向社会公布。（{}）"


@pytest.mark.parametrize("turned", [False, True])
def test_what_stands_in_the_paired_text_is_neither_dropped_nor_added(turned):
    """The extraction read a list of agencies, a date and a duty on one side only, though both texts have them."""
    texts = [LIST.format("财政局、 审计局负责"), LIST.format("审计局、财政局、教育局分别负责")]
    read, unread = ("t", "s") if turned else ("s", "t")
    mentions = [
        (read, "agency", "财政局", "石家庄市财政局", "lead"),
        (read, "agency", "审计局", "审计局", "support"),
        (read, "deadline", "2018年底前", "2018-12-31", "deadline", until("2018-12-31")),
        (read, "obligation", "应当", "应当", "binding"),
        ("t", "agency", "教育局", "教育局", "support"),
    ]
    corpus = corpus_with(*texts, mentions)
    table = clause_changes(corpus, "s", "t").set_index(f"{'target' if turned else 'source'}_text")
    known = table.loc[["财政局", "审计局", "2018年底前", "应当"]]
    assert known["change"].tolist() == ["kept"] * 4 and known["direction"].isna().all() and known["days"].isna().all()
    side, other = ("target", "source") if turned else ("source", "target")
    assert known[f"{side}_role"].notna().all() and known[f"{other}_role"].isna().all()
    whole = corpus.documents.set_index("doc_id").loc[unread, "text"]
    begins, ends = known[f"{other}_begin"], known[f"{other}_end"]
    assert [whole[begin:end] for begin, end in zip(begins, ends, strict=True)] == known.index.tolist()
    assert table[table["change"] != "kept"]["target_value"].tolist() == ["教育局"]  # in no text of the other side


def test_a_date_or_duty_that_is_said_less_often_is_dropped_and_one_moved_is_kept():
    source = "各级行政机关2018年底前公开执法信息并接受监督，2018年底前必须完成清理，可以委托评估。"
    target = "各级行政机关必须公开执法信息并接受监督，完成清理，委托评估于2018年底前。"
    corpus = make_corpus({"s": source, "t": target}, documents=DATES)
    rows = []
    for doc_id, kind, text, role in (
        ("s", "deadline", "2018年底前", "deadline"), ("s", "deadline", "2018年底前", "deadline"), ("t", "deadline", "2018年底前", "deadline"),
        ("s", "obligation", "必须", "binding"),
    ):  # fmt: skip
        whole = source if doc_id == "s" else target
        begin = whole.index(text, max([row["end"] for row in rows if row["doc_id"] == doc_id], default=0))
        row = {"doc_id": doc_id, "clause_id": f"{doc_id}#1", "kind": kind, "value": text, "role": role}
        rows.append({**row, "begin": begin, "end": begin + len(text), "text": text, **until("2018-12-31")})
    mentions = make_table("mentions", rows)
    dates = {column: pd.to_datetime(mentions[column]) for column in ("not_before", "not_after")}
    table = clause_changes(replace(corpus, mentions=mentions.assign(**dates)), "s", "t", threshold=0.1)
    assert sorted(table[["kind", "change"]].itertuples(index=False, name=None)) == [
        ("deadline", "dropped"), ("deadline", "kept"), ("obligation", "dropped"),
    ]  # fmt: skip


def test_faults(planted):
    with pytest.raises(ValueError, match=r"^`source` must be the doc_id of a held document; got 'x'"):
        clause_changes(planted, "x", "t")
    with pytest.raises(ValueError, match=r"^`target` must be another document than `source`"):
        clause_changes(planted, "s", "s")
    with pytest.raises(ValueError, match=r"^`target` must not come before `source`; got 's', which comes before 't'\."):
        clause_changes(planted, "t", "s")
    with pytest.raises(TypeError, match="`corpus` must be a Corpus"):
        clause_changes(planted.documents, "s", "t")


# How specific --------------------------------------------------------------------------------------------------------------


def test_counts_per_clause_by_hand(planted):
    rows = clause_specificity(planted).set_index("clause_id")
    assert (
        rows["strength"].tolist()[::2] == ["binding", "binding", "descriptive"] and rows["strength"].iloc[3] == "soft"
    )
    assert rows["n_deadlines"].tolist() == [0, 1, 0, 0, 1, 0]
    assert rows["n_agencies"].tolist() == [0, 2, 0, 0, 2, 0]
    assert rows["n_targets"].tolist() == [0, 1, 0, 0, 1, 0]


def test_shares_have_their_denominator(planted):
    table = specificity(planted).set_index("doc_id")
    counts = ["n_binding", "n_mixed", "n_bare_imperative", "n_soft", "n_descriptive"]
    assert (table[counts].sum(axis=1) == table["n_clauses"]).all() and (table["n_clauses"] == 3).all()
    assert table.loc["s", "binding_share"] == pytest.approx(2 / 3) and table.loc["t", "soft_share"] == pytest.approx(
        2 / 3
    )
    assert table.loc["s", "agencies_per_clause"] == pytest.approx(2 / 3)
    assert table["deadlines_per_clause"].tolist() == pytest.approx([1 / 3, 1 / 3])


def test_what_stands_in_a_heading_is_in_no_rate():
    """完成清理 (finish the clearing by the end of 2018) as the mere heading of a clause: told, and not counted below the line."""
    text = "一、2018年底前清理\n1.各部门应当于2019年底前完成评估。\n2.各部门应当公开。"
    corpus = read_corpus(pd.DataFrame({"doc_id": ["a"], "text": [text]}))
    each = clause_specificity(corpus).set_index("clause_id")
    heading = each[each["strength"] == "heading"]
    assert heading["n_deadlines"].tolist() == [1]
    row = specificity(corpus).iloc[0]
    assert row[["n_clauses", "n_deadlines", "n_in_headings"]].tolist() == [2, 1, 1]
    assert row["deadlines_per_clause"] == 0.5


def test_classes_of_agencies_are_not_named_and_one_name_counts_once(planted):
    evidence = planted.mentions.assign(
        evidence=["class" if value == "河北省财政厅" else "exact" for value in planted.mentions["value"]]
    )
    doubled = pd.concat([evidence, evidence[evidence["kind"] == "agency"]], ignore_index=True)
    table = specificity(replace(planted, mentions=doubled)).set_index("doc_id")
    assert table["n_agencies"].to_dict() == {"s": 1, "t": 2}


def test_recurring_limits_are_counted_apart(planted):
    recurring = planted.mentions.assign(role=planted.mentions["role"].replace({"deadline": "recurring"}))
    table = specificity(replace(planted, mentions=recurring)).set_index("doc_id")
    assert table.loc["s", ["n_deadlines", "n_recurring", "n_relative"]].tolist() == [0, 1, 0]


def test_time_limits_of_a_law_are_neither_dated_nor_recurring():
    text = "第一条 行政机关应当自受理之日起三十日内作出决定，并在十个工作日内送达。\n第二条 各部门应当每年三月底前公开报告，并说明情况。"
    corpus = read_corpus(pd.DataFrame({"doc_id": ["a"], "text": [text]}))
    row = specificity(corpus).iloc[0]
    assert row[["n_deadlines", "n_recurring", "n_relative", "n_in_headings"]].tolist() == [0, 1, 2, 0]
    assert row["deadlines_per_clause"] == 0
    heading = read_corpus(
        pd.DataFrame({"doc_id": ["a"], "text": ["一、三十日内清理\n1.各部门应当公开。\n2.各部门应当评估。"]})
    )
    assert specificity(heading).iloc[0][["n_relative", "n_in_headings"]].tolist() == [0, 1]


@pytest.mark.skipif("FZANALYTICS_DATA" not in os.environ, reason="FZANALYTICS_DATA does not name the law families")
@pytest.mark.parametrize(
    ("clause", "is_deadline"),
    [
        ("本市优化营商环境若干规定及其配套办法自{}起施行。", False),
        ("本市优化营商环境若干规定及其配套办法自{}起正式实施", False),
        ("本市优化营商环境若干规定中证明事项告知承诺制自{}起在全市推行。", True),  # a task that begins
    ],
)
def test_entry_into_force_is_no_deadline(clause, is_deadline):
    """A city's rules come into force later than the province's: nobody was given more time."""
    texts = [
        f"某省规定\n第一条 为了优化营商环境，制定本规定。\n第二条 {clause.format(day)}"
        for day in ("2020年1月1日", "2021年7月1日")
    ]
    rows = pd.DataFrame({"doc_id": ["s", "t"], "text": texts, "dated": ["2019-10-22", "2021-06-30"]})
    corpus = read_corpus(rows)
    roles = corpus.mentions.loc[corpus.mentions["kind"] == "deadline", "role"].tolist()
    assert roles == ["start", "start"]
    changes = clause_changes(corpus, "s", "t")
    found = changes.loc[changes["kind"] == "deadline", ["change", "direction", "days"]].values.tolist()
    assert found == ([["changed", "later", 547.0]] if is_deadline else [])
    assert clause_specificity(corpus)["n_deadlines"].sum() == (2 if is_deadline else 0)


def test_a_law_that_was_revised_has_words_that_grew_harder():
    """上海市优化营商环境条例, 2020 and 2024: 可以 became 应当 in several articles."""
    from fzanalytics.texts.datasets import fetch_law_family, load_law_registry

    registry = load_law_registry()
    registry = registry[registry["doc_id"].isin(["L00025", "L00026"])]
    path = Path(os.environ["FZANALYTICS_DATA"]) / "law_families"
    corpus = fetch_law_family("business_env", path=path, registry=registry)
    table = clause_changes(corpus, "L00025", "L00026")
    pairs = table[(table["change"] == "changed") & (table["kind"] == "obligation")]
    assert (
        (pairs["source_value"] == "可以") & (pairs["target_value"] == "应当") & (pairs["direction"] == "harder")
    ).sum() >= 3
    assert (table["change"] == "kept").sum() > 100


@pytest.mark.skipif("FZANALYTICS_DATA" not in os.environ, reason="FZANALYTICS_DATA does not name the law families")
def test_no_agency_of_a_law_is_dropped_or_added_that_stands_in_the_paired_paragraph():
    corpus = fz.fetch_law_family("air", path=Path(os.environ["FZANALYTICS_DATA"]) / "law_families")
    texts = corpus.paragraphs.set_index("paragraph_id")["text"]
    held = corpus.held.sort_values("earliest")
    n = 0
    for target in held.loc[(held["level"] == "province") & (held["earliest"] > "2018-11-01"), "doc_id"].head(4):
        changes = clause_changes(corpus, "L02588", target)
        for row in changes[changes["change"].isin(["dropped", "added"]) & (changes["kind"] == "agency")].itertuples():
            gone = row.change == "dropped"
            assert (row.source_text if gone else row.target_text) not in texts[
                row.target_paragraph if gone else row.source_paragraph
            ]
            n += 1
    assert n > 10

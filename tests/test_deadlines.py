"""Deadlines: dated intervals, and what is told apart from them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.texts.extraction import deadlines, intervals, obligation, quantities, recurrence, wording
from fzanalytics.texts.extraction.deadlines import find_deadlines
from fzanalytics.texts.extraction.intervals import read_span
from fzanalytics.texts.extraction.mentions import Mention
from fzanalytics.texts.extraction.wording import prepare
from fzanalytics.texts.numbers import read_number

CASES = json.loads((Path(__file__).parent / "cases" / "deadlines.json").read_text(encoding="utf-8"))


def document(given: dict[str, str]) -> dict[str, object]:
    return {key: pd.Timestamp(value) for key, value in given.items()}


def shown(text: str, one: Mention) -> list[str | None]:
    dates = [None if date is None else f"{date:%Y-%m-%d}" for date in (one.not_before, one.not_after)]
    return [text[one.begin : one.end], one.role, one.value, *dates]


@pytest.mark.parametrize("case", CASES["found"], ids=lambda case: case["text"])
def test_found(case: dict[str, object]) -> None:
    text = str(case["text"])
    found = find_deadlines(text, document=document(case.get("document", {})))  # type: ignore[arg-type]
    assert [shown(text, one) for one in found] == case["expected"]


@pytest.mark.parametrize("case", CASES["left out"], ids=lambda case: case["text"])
def test_left_out(case: dict[str, object]) -> None:
    assert find_deadlines(str(case["text"]), document=document(case.get("document", {}))) == []  # type: ignore[arg-type]


# Invented sentences for each rule; REPORT is one of early 2024, LETTER of 21 December 2018, SUMMER of 12 August 2018.
REPORT = {"earliest": pd.Timestamp("2024-01-01"), "latest": pd.Timestamp("2024-12-31")}
LETTER = {"dated": pd.Timestamp("2018-12-21")}
SUMMER = {"dated": pd.Timestamp("2018-08-12")}

RULES = [
    # a bare month or day that carries a task, its year from the document
    (REPORT, "确保环线十月通车、支线10月全线通车。", [("10月", "period", "2024-10-01", "2024-10-31")]),
    (REPORT, "确保9号线5月1日开通运营。", [("5月1日", "period", "2024-05-01", "2024-05-01")]),
    (REPORT, "4—6月组织自查，7月至9月整改。", [("4—6月", "period", "2024-04-01", "2024-06-30"), ("7月至9月", "period", "2024-07-01", "2024-09-30")]),
    (REPORT, "宣传发动（3月1日至3月15日）。", [("3月1日至3月15日", "period", "2024-03-01", "2024-03-15")]),
    (REPORT, "3月、6月底前分别报送。", [("3月", "period", "2024-03-01", "2024-03-31"), ("6月底前", "deadline", None, "2024-06-30")]),
    (REPORT, "二季度末完成，上半年底前开馆。", [("二季度末", "deadline", None, "2024-06-30"), ("上半年底前", "deadline", None, "2024-06-30")]),
    (REPORT, "6月30日24时前关停，12月31日（含）前拆除。", [("6月30日24时前", "deadline", None, "2024-06-30"), ("12月31日（含）前", "deadline", None, "2024-12-31")]),
    (REPORT, "年中建成投用。", [("年中", "period", "2024-06-01", "2024-06-30")]),
    ({}, "确保支线10月全线通车。", []),
    (REPORT, "1月2日，省领导来市调研。", []),
    (REPORT, "3月召开的全会作出部署。", []),
    (LETTER, "4月和9月组织专家组勘察。", []),
    (REPORT, "1—11月份，指标稳步回升。", []),
    # 今年: a task or none
    (REPORT, "今年我市发展的主要预期目标是：地区生产总值同比增长8%左右。", [("今年", "period", "2024-01-01", "2024-12-31")]),
    (REPORT, "今年重点办好10件实事。", [("今年", "period", "2024-01-01", "2024-12-31")]),
    (REPORT, "今年重点任务是稳增长，今年工作的总体思路是求进。", []),
    (REPORT, "今明两年新建泵站6座。", [("今明两年", "period", "2024-01-01", "2025-12-31")]),
    (SUMMER, "今年3月，专家到现场调查。上半年，两省开展会商。", []),
    (SUMMER, "今年9月底前办结。", [("今年9月底前", "deadline", None, "2018-09-30")]),
    # a year that follows from another one is relative where that is not told
    ({}, "应当在取得所得的次年6月30日前结清。", [("次年6月30日前", "relative", None, None)]),
    ({}, "2018年启动，次年6月底前验收。", [("2018年", "period", "2018-01-01", "2018-12-31"), ("次年6月底前", "deadline", None, "2019-06-30")]),
    ({}, "于次年3月1日至6月30日内汇算，次月15日内申报。", [("次年3月1日至6月30日内", "relative", None, None), ("次月15日内", "relative", None, None)]),
    ({}, "研究拟定次年年度计划草案。", []),
    # lists of years
    (LETTER, "到2020年、2025年分别达到70%、75%。", [("到2020年", "deadline", None, "2020-12-31"), ("2025年", "deadline", None, "2025-12-31")]),
    (LETTER, "2019、2020年各建成一批。", [("2019", "period", "2019-01-01", "2019-12-31"), ("2020年", "period", "2020-01-01", "2020-12-31")]),
    # the noun that a year modifies; what is over
    (REPORT, "实施2024年重点技改清单。", []),
    (LETTER, "按照2019年全国两会部署，偿还2019年到期的债券，实现2019年建成的目标。", [("2019年", "period", "2019-01-01", "2019-12-31")]),
    (LETTER, "根据2018年落实情况予以奖补。", []),
    (LETTER, "2018年，各地情况总体平稳。", []),
    (LETTER, "2018年全面建立台账。", [("2018年", "period", "2018-01-01", "2018-12-31")]),
    (REPORT, "筹备2025年省运会，迎接2024年文明城市测评。", []),
    (REPORT, "2024年举办全国智能博览会。", [("2024年", "period", "2024-01-01", "2024-12-31")]),
    (LETTER, "2019年度要完成三成。", [("2019年度", "period", "2019-01-01", "2019-12-31")]),
    (SUMMER, "“十三五”期间，全国新建了一批站点。", []),
    (LETTER, "“十四五”时期是攻坚期，“十四五”期间建成。", [("“十四五”期间", "period", "2021-01-01", "2025-12-31")]),
    # starts
    (LETTER, "从2019年秋季学期开始试用。", [("从2019年秋季学期开始", "start", "2019-09-01", None)]),
    (LETTER, "即日起受理。", [("即日起", "start", "2018-12-21", None)]),
    ({"dated": pd.Timestamp("2018-11-30")}, "2019年3月1日施行", [("2019年3月1日", "start", "2019-03-01", None)]),
    # times with a name
    ({}, "春节前发放，主汛期前除险，“七一”前通车。", [("春节前", "deadline", None, None), ("主汛期前", "deadline", None, None), ("“七一”前", "deadline", None, None)]),
    ({}, "到本世纪中叶建成强国。", [("到本世纪中叶", "deadline", None, "2050-12-31")]),
    (REPORT, "2025年春节前发放，明年汛期前除险。", [("2025年春节前", "deadline", None, None), ("明年汛期前", "deadline", None, None)]),
    (REPORT, "确保上半年增长6%，上半年增长5%。", [("上半年", "period", "2024-01-01", "2024-06-30")]),
    (REPORT, "本月底前、当月底前报送。", [("本月底前", "deadline", None, None), ("当月底前", "deadline", None, None)]),
    ({}, "春节前夕慰问，开学前后检查，防汛前线待命，做好汛前检查。", []),
    ({}, "到本届政府任期末完成。", [("到本届政府任期末", "relative", None, None)]),
    # a feast of the sun has a day, one of the moon none
    (REPORT, "国庆节前下线，明年五一前开园，元旦前通车。", [("国庆节前", "deadline", None, "2024-10-01"), ("明年五一前", "deadline", None, "2025-05-01"), ("元旦前", "deadline", None, "2025-01-01")]),
    (LETTER, "国庆节前整改，中秋节前发放。", [("国庆节前", "deadline", None, "2019-10-01"), ("中秋节前", "deadline", None, None)]),
    ({}, "2025年国庆节前投用，国庆节前验收。", [("2025年国庆节前", "deadline", None, "2025-10-01"), ("国庆节前", "deadline", None, None)]),
    # the first quarters of a year; part of a plan; a season; a century
    (REPORT, "力争前三季度完成全年投资任务。", [("前三季度", "period", "2024-01-01", "2024-09-30")]),
    (REPORT, "前三季度，全市工业增加值增长6%。", []),
    ({"dated": pd.Timestamp("2005-03-03")}, "拟在“十五”后两年安排课题。“十五”前三年已完成评估。", [("“十五”后两年", "period", "2004-01-01", "2005-12-31")]),
    (REPORT, "“十五五”前两年建成，购置二十五辆。", [("“十五五”前两年", "period", "2026-01-01", "2027-12-31")]),
    (REPORT, "新校区秋季搬迁招生，四季投用，开展秋季招生。", [("秋季", "period", None, None)]),
    ({}, "为在下世纪初实现目标打基础，本世纪初以来持续活跃。", [("下世纪初", "period", None, None)]),
    (REPORT, "从今年起，三年内完成；自2025年5月1日起，三十日内报送。", [("从今年起", "start", "2024-01-01", None), ("三年内", "relative", None, None), ("自2025年5月1日起", "start", "2025-05-01", None), ("三十日内", "relative", None, None)]),
    # what is thought likely is no task
    ({"dated": pd.Timestamp("1997-02-04")}, "1997年，我国大陆发生强震的可能性较大。", []),
    ({"dated": pd.Timestamp("1997-02-04")}, "1997年，要尽可能提高覆盖率。", [("1997年", "period", "1997-01-01", "1997-12-31")]),
    (SUMMER, "预计今年可生产出第一根曲轴。", []),
    # entry into force: of this document, on a day that is known
    ({"dated": pd.Timestamp("2017-01-26")}, "本条例自公布之日起施行。", [("自公布之日起", "start", None, None)]),
    ({"dated": pd.Timestamp("2017-01-26")}, "本办法自发布之日起30日后施行。", [("自发布之日起30日后", "start", None, None)]),
    ({"published": pd.Timestamp("2017-02-01")}, "本条例自公布之日起30日后施行。", [("自公布之日起30日后", "start", "2017-03-03", None)]),
    (LETTER, "本通知自印发之日起施行。", [("自印发之日起", "start", "2018-12-21", None)]),
    ({}, "本条例自2013年7月1日起施行。2003年1月1日起施行的《条例》同时废止。", [("自2013年7月1日起", "start", "2013-07-01", None)]),
    ({}, "预备项目是计划当年要提请审议的项目。", []),
    ({"dated": pd.Timestamp("2018-11-30")}, "2019年5月1日正式实施；1998年3月1日施行的《办法》废止。", [("2019年5月1日", "start", "2019-05-01", None)]),
    # steps of a plan: a bare month or range before a comma and what is done; days of which 前 closes the list
    (REPORT, "12月份，对完成情况进行验收。3月，市场回暖。", [("12月份", "period", "2024-12-01", "2024-12-31")]),
    (REPORT, "6月1日—10日，开展自查；6月11日至20日，组织抽查。", [("6月1日—10日", "period", "2024-06-01", "2024-06-10"), ("6月11日至20日", "period", "2024-06-11", "2024-06-20")]),
    (REPORT, "9月正式招生，10月启用。", [("9月", "period", "2024-09-01", "2024-09-30"), ("10月", "period", "2024-10-01", "2024-10-31")]),
    (LETTER, "分别于2019年6月30日、12月31日前完成。", [("2019年6月30日", "deadline", None, "2019-06-30"), ("12月31日前", "deadline", None, "2019-12-31")]),
    (LETTER, "报名截止时间为2019年4月30日。", [("2019年4月30日", "deadline", None, "2019-04-30")]),
    (LETTER, "自2019年1月1日起至2020年12月31日止，暂停征收。", [("自2019年1月1日起至2020年12月31日止", "period", "2019-01-01", "2020-12-31")]),
    (LETTER, "2019年度内完成。", [("2019年度内", "deadline", None, "2019-12-31")]),
    # parts of a plan, with 时期 and without; the order of 时期末
    (REPORT, "到“十四五”时期末达到30%。", [("到“十四五”时期末", "deadline", None, "2025-12-31")]),
    (REPORT, "在“十五五”时期前两年完成。", [("“十五五”时期前两年", "period", "2026-01-01", "2027-12-31")]),
    # starts without a year take 从; seasons and feasts with 来临, 学期 and quotation marks
    (REPORT, "从今年起连续补助，下半年起推开。", [("从今年起", "start", "2024-01-01", None), ("下半年起", "start", "2024-07-01", None)]),
    (REPORT, "汛期来临前清淤，汛前加固，雨季前完工，“十一”前通车，今秋投用。", [("汛期来临前", "deadline", None, None), ("汛前", "deadline", None, None), ("雨季前", "deadline", None, None), ("“十一”前", "deadline", None, "2024-10-01"), ("今秋", "period", None, None)]),
    (REPORT, "秋季学期开学前投用。", [("秋季学期开学前", "deadline", None, None)]),
    # which things are meant, an address, a comparison, what the year faces
    (LETTER, "对2018年12月31日前已备案的项目给予补助；对2019年1月1日以后新登记的企业免征。", []),
    (REPORT, "围绕实现今年目标，实现2024年各项目标任务，去年底开工的项目续建。", []),
    (REPORT, "今年的增长目标设定为6%左右，今年的工作重点是稳增长。", [("今年", "period", "2024-01-01", "2024-12-31")]),
    (REPORT, "2024年，我市发展面临的机遇和挑战并存。今年，外部环境依然严峻。", []),
    ({}, "距2030年还有六年时间。", []),
    (REPORT, "截至2024年底，力争建成百个；截至2023年底，建成十个。", [("截至2024年底", "deadline", None, "2024-12-31")]),
]  # fmt: skip


def test_the_rules_one_by_one() -> None:
    for known, text, expected in RULES:
        found = [
            (text[one.begin : one.end], one.role, *(None if day is None else f"{day:%Y-%m-%d}" for day in one[5:7]))
            for one in find_deadlines(text, document=known)
        ]
        assert found == expected, text


LENGTHS = [
    ("一般问题5个工作日办结，疑难问题十五个工作日答复。", ["5个工作日", "十五个工作日"]),
    ("两年实现全覆盖，力争三年翻一番、五年翻两番。", ["两年", "三年", "五年"]),
    ("一年打基础、两年上台阶、三年见成效。", ["一年", "两年", "三年"]),
    ("树立“一年打基础、两年上台阶、三年见成效”的目标。", []),  # quoted: a name
    ("连续三年实现增长，五年完成了改造，2020年基本建成。", []),
    ("自受理之日起分别于五个工作日、八个工作日内办结。", ["五个工作日", "八个工作日内"]),
    ("应当自批准之日起十日内在报纸上刊载。", ["自批准之日起十日内"]),
    ("三年内在全市推开。激发十年内在动力。", ["三年内"]),
    ("应当在举行听证会二十日前公告，方案实施前一个月报备。", ["二十日前", "前一个月"]),
    ("选定代表，并在举行听证会三日前通知，会议审议三十日前，可以分送。", ["三日前", "三十日前"]),
    ("三十日前的记录应当移交，十天前开工。", []),
    ("公示期为三个月，最长为一年。许可证有效期最长不超过五年。", ["三个月", "一年"]),
    ("记录应当保存三年以上备查，经批准可以延长十日。", ["三年", "十日"]),
    ("为企业预留不少于3个月的过渡期。", ["3个月"]),
    ("未在三年内入地的，责令改正；六个月内未开工的土地收回。", []),
    ("应当在五日内对未登记的车辆作出处理。", ["五日内"]),
    ("三年内无不良记录的企业，取得后3年内有效。", []),
    ("30分钟内响应，1小时内可达，2小时内上报。", ["30分钟内", "2小时内"]),
    ("当日产生的垃圾应当当日清运，当日二十时至二十四时内运离。", ["当日", "当日二十时至二十四时内"]),
    ("可以自责令改正之日的次日起连续处罚。", ["自责令改正之日的次日起"]),
    ("未来五年，是关键时期。未来3—5年，建成百个。", ["未来3—5年"]),
    ("再用三到五年时间补齐，经过三年攻坚，使用5年以上。", ["用三到五年时间", "经过三年攻坚"]),
    ("半个月内反馈，半天内到岗，花两年时间建成，5年左右实现翻番。", ["半个月内", "半天内", "花两年时间", "5年左右"]),
    ("本办法自2019年1月1日起施行，有效期5年。", ["5年"]),
    ("可以在接到处罚决定通知书之日起十五日内申请复议。", ["接到处罚决定通知书之日起十五日内"]),
    ("应当自取得资质、资格之日起30日内备案，自本条例实施之日起，两年内改造。", ["自取得资质、资格之日起30日内", "自本条例实施之日起，两年内"]),
    ("力争三年技改全覆盖，三年再造一个新城。", ["三年", "三年"]),
    ("利用3年左右时间消除，适用3年时间的标准。", ["利用3年左右时间"]),
    ("一年起步、三年成势、五年成型。", ["一年", "三年", "五年"]),
    ("试点自明年开始，为期一年；开展为期三年的行动。", ["一年"]),
    ("给予十五日宽限期，开会前十日发出通知。", ["十五日", "前十日"]),
    ("办理时限：5个工作日。承诺时限10日。", ["5个工作日", "10日"]),
    ("排污许可证的有效期由部门确定，最长不超过五年。广告设置期限不超过六年。", []),
    ("三年内有下列情形之一的，不予受理。贷款期限不超过3年，劳动合同期限不少于1年，试用期不超过六个月。", []),
    ("自受理申请之日起不超过十个工作日，两次会议间隔不少于一个月。", ["自受理申请之日起不超过十个工作日", "一个月"]),
    ("自接到通知书之日起十五日内不申请复议、不起诉又不履行的，强制执行。考前十五日内禁止施工。", ["前十五日内"]),
    ("各省、自治区要在本意见印发之日起30日内制定办法。", ["印发之日起30日内"]),
    ("建筑垃圾应当日产日清，垃圾应当当日清运。", ["当日"]),
]  # fmt: skip

ROUNDS = [
    ("实行月调度、季通报、半年总结。", ["R/P1M", "R/P3M", "R/P6M"]),
    ("坚持“日排查、周调度、月汇总”制度。", []),  # quoted: the name of a system
    ("本月通报，下半年总结，3月调度，周边报告。", []),
    ("坚持按月调度、按季度通报、逐月公示。", ["R/P1M", "R/P3M", "R/P1M"]),
    ("做到月月有活动。", ["R/P1M"]),
    ("落实5年一周期的轮训，一年一评估。", ["R/P5Y", "R/P1Y"]),
    ("每学期至少一次，每学年评定，每旬一报。", ["R/P6M", "R/P1Y", "R/P10D"]),
    ("每个季度第1个月的20日前报送。", ["R/P3M"]),
    ("防火期为每年的11月1日至次年的4月30日。", ["R/P1Y --11-01/--04-30"]),
    ("道路清扫于每日早六时前结束，每周五通报，每周一次。", ["R/P1D", "R/P1W", "R/P1W"]),
    ("每季度结束后15日内报送，一季一通报，报送半年总结。", ["R/P3M", "R/P3M"]),
    ("每月月底前汇总，每2小时一报，每小时65蒸吨的锅炉。", ["R/P1M end", "R/PT2H"]),
    ("每人每月补贴500元，每月奖励先进。", ["R/P1M"]),
    ("平均每两天新增一家，逾期的每日加收滞纳金。", []),
    ("并处每日每平方米三元罚款，处以每日五十元的罚款。", []),
]


@pytest.mark.parametrize(("text", "expected"), LENGTHS, ids=lambda case: str(case)[:12])
def test_lengths_of_time(text: str, expected: list[str]) -> None:
    assert [
        text[one.begin : one.end] for one in find_deadlines(text, document={}) if one.role == "relative"
    ] == expected


@pytest.mark.parametrize(("text", "expected"), ROUNDS, ids=lambda case: str(case)[:12])
def test_rounds(text: str, expected: list[str]) -> None:
    assert [one.value for one in find_deadlines(text, document={}) if one.role == "recurring"] == expected


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("报告\n——2023年2月3日在某市第九届人民代表大会第二次会议上\n各位代表：", 2023),
        ("各位代表：\n刚刚过去的2022年，极不平凡。", 2023),
        ("各位代表：\n今年是中华人民共和国成立75周年。", 2024),
        ("各位代表：\n今年是我市建市75周年。", None),
    ],
)
def test_the_year_of_a_report_from_its_words(text: str, year: int | None) -> None:
    assert intervals.read_own_date({}, text=prepare(text).text).year == year


def test_the_past_part_ends_without_a_heading() -> None:
    text = "一、2023年工作回顾\n超七成事项1日内办结。\n“十四五”的关键一年，做好今年工作意义重大。\n每月开展讲座。"
    assert [one.value for one in find_deadlines("报告\n" + text, document={})] == ["R/P1M"]
    undated = "报告\n一、过去五年工作回顾\n每月召开座谈会。\n二、今后五年工作\n每季度通报。"
    assert [one.value for one in find_deadlines(undated, document={})] == ["P5Y", "R/P3M"]


def test_evidence_says_what_was_chosen() -> None:
    one = find_deadlines("2017年2月30日前完成", document={})[0]
    assert one.not_after == pd.Timestamp("2017-02-28")
    assert one.evidence == "2月 of 2017 has no day 30: clipped"
    one = find_deadlines("2017年3月底前挂牌，6月底前运行。", document={})[1]
    assert (one.value, one.evidence) == ("2017-06-30", "year named before in the same line")


def test_evidence_says_that_a_bare_unit_is_included() -> None:
    notes = [one.evidence for one in find_deadlines("2018年3月前报送，2020年前建成，2018年3月底前公布", document={})]
    assert notes == ["前: the month that it names is included", "前: the year that it names is included", None]


def test_the_year_of_a_report_comes_from_its_headings() -> None:
    text = "一、2023年工作回顾\n2023年新建学校十所。\n二、2024年工作安排\n6月底前建成，2024年新增二十所。"
    for document in ({}, {"earliest": pd.Timestamp("2022-10-22"), "latest": pd.NaT}):
        found = find_deadlines("报告\n" + text, document=document)
        assert [(one.role, f"{one.not_after:%Y-%m-%d}") for one in found] == [
            ("deadline", "2024-06-30"),
            ("period", "2024-12-31"),
        ]
    later = {"earliest": pd.Timestamp("2025-03-01")}  # what the document cites says otherwise
    assert find_deadlines("报告\n" + text, document=later)[0].not_after is None


def test_missing_dates_are_no_dates() -> None:
    nothing = {"dated": pd.NaT, "earliest": None, "latest": pd.NA}
    one = find_deadlines("年底前完成", document=nothing)[0]
    assert (one.role, one.not_before, one.not_after) == ("deadline", None, None)
    assert find_deadlines("2016年出台", document=nothing)[0].value == "2016"


# Every line of the output was read against the text; every 年 with a year outside 《》 and the title is among them.
COUNTS = {
    "hebei_province_2016": {"deadline": 36, "period": 8, "recurring": 8, "relative": 2, "start": 1},
    "henan_province_2021": {"deadline": 14, "recurring": 3, "relative": 1},
    "henan_province_2021#2": {"recurring": 1, "relative": 1},
    "qingyuan_city_2017": {"deadline": 9, "period": 1, "recurring": 7, "relative": 1},
    "shijiazhuang_city_2016": {"deadline": 5, "period": 2, "recurring": 7, "relative": 1, "start": 2},
    "xiahe_county_2017": {"deadline": 17, "period": 9, "recurring": 7, "start": 3},
}


def test_bundled_documents(sample: fz.Corpus) -> None:
    documents = sample.documents.set_index("doc_id")
    for doc_id, expected in COUNTS.items():
        row = documents.loc[doc_id]
        found = find_deadlines(row["text"], document=row.to_dict())
        assert pd.Series([one.role for one in found]).value_counts().to_dict() == expected, doc_id
        assert [(one.begin, one.end) for one in found] == sorted((one.begin, one.end) for one in found)


@given(
    st.lists(
        st.sampled_from(
            [
                *"2017年月日前到至自起每底末初季度第一三十五“”《》（）()〔〕-—，。；\n lO0半内天中旬今后未来",
                "十三五",
                "春节",
                "每季度首月",
                "次月",
                "当日",
                "经过",
                "实现",
                "成立75周年",
                "2 0 1 7",
            ]
        ),
        max_size=40,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(pieces: list[str]) -> None:
    text = "".join(pieces)
    end = 0
    for one in find_deadlines(text, document={"dated": pd.Timestamp("2017-01-26")}):
        assert end <= one.begin < one.end <= len(text)
        assert "\n" not in text[one.begin : one.end]
        assert one.role in {"deadline", "period", "start", "recurring", "relative"}
        if one.not_before is not None and one.not_after is not None:
            assert one.not_before <= one.not_after
        end = one.end


@given(st.text(alphabet="a 年２\u3000《》“”（）\n1", max_size=60))
@settings(max_examples=150, deadline=None)
def test_prepared_text_leads_back(text: str) -> None:
    prepared = prepare(text)
    for place, character in enumerate(prepared.text):
        begin, end = prepared.span(place, place + 1)
        assert end == begin + 1
        if character not in "\x00 ":
            assert prepare(text[begin]).text == character


@pytest.mark.parametrize("year", [2015, 2016])
@pytest.mark.parametrize("month", range(1, 13))
def test_ends_of_months(year: int, month: int) -> None:
    span = read_span(year, {"month": str(month), "tail": "底"})
    assert span is not None
    assert (span.last + pd.Timedelta(days=1)).day == 1
    assert span.last.month == month


@given(st.integers(0, 9999))
def test_numbers_are_read_back(number: int) -> None:
    figures = "零一二三四五六七八九"
    written, pending = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            written += ("零" if pending and written else "") + figures[digit] + unit
            pending = False
        else:
            pending = True
    assert read_number(written or "零") == number
    assert read_number(str(number)) == number


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "年",
        "2017年",
        "每",
        "《",
        "《》",
        "自",
        "2017年3月至",
        "十",
        "1 ",
        "1年内",
        "之日起",
        "(2015年",
        "今年",
        "十三五",
    ],
)
def test_what_is_found_is_local(unit: str) -> None:
    """Ten times the text gives at most ten times the mentions, and none longer than a clause."""
    short, long = find_deadlines(unit * 300, document={}), find_deadlines(unit * 3000, document={})
    assert len(long) <= 10 * len(short) + 10
    assert all(one.end - one.begin <= 80 for one in long)


def repeats(pattern: object, inside: int = 1) -> list[int]:
    """The most often that anything in a parsed pattern can be repeated, loops within loops multiplied."""
    found = []
    for name, argument in pattern:  # type: ignore[attr-defined]
        if str(name) in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
            times = inside * int(argument[1])
            found += [times, *repeats(argument[2], times)]
        elif str(name) == "BRANCH":
            found += [count for branch in argument[1] for count in repeats(branch, inside)]
        elif str(name) == "SUBPATTERN":
            found += repeats(argument[3], inside)
        elif str(name) in {"ASSERT", "ASSERT_NOT"}:
            found += repeats(argument[1], inside)
    return found


@pytest.mark.parametrize(
    "module", [wording, intervals, deadlines, recurrence, quantities, obligation], ids=lambda m: m.__name__
)
def test_every_pattern_is_bounded(module: ModuleType) -> None:
    """No pattern can read more than some hundred characters from where it starts, so the time is linear in the text."""
    patterns = {name: value for name, value in vars(module).items() if isinstance(value, re.Pattern)}
    if module is obligation:
        patterns |= {"words": module._words().words, "imperative": module._words().imperative}
    assert patterns or module is intervals
    for name, pattern in patterns.items():
        if name == "_SPACES":  # a run of one class, never tried twice
            continue
        assert max(repeats(re._parser.parse(pattern.pattern, pattern.flags)), default=0) <= 200, name  # type: ignore[attr-defined]


def test_an_open_pattern_would_be_seen() -> None:
    assert max(repeats(re._parser.parse("(?:a{1,20}b{1,30})*"))) > 200  # type: ignore[attr-defined]
    assert max(repeats(re._parser.parse("(?:a{1,20}){1,30}"))) == 600  # type: ignore[attr-defined]


def test_figures_of_other_scripts_raise_nothing() -> None:
    assert find_deadlines("2〇\u06621年底前，\u0662017年", document={}) == []
    assert (
        find_deadlines("自公布之日起十万亿日后施行", document={"dated": pd.Timestamp("2017-01-26")})[0].not_before
        is None
    )


def test_of_two_headings_of_the_same_form_the_first_is_told():
    text = "各位代表：\n一、2023年主要工作\n三季度全部开工。\n二、2024年主要目标和重点工作\n今年，我们将健全机制。三季度开工。\n"
    found = [(text[one.begin : one.end], str(one.not_before)[:10]) for one in find_deadlines(text, document={})]
    assert found == [("今年", "2024-01-01"), ("三季度", "2024-07-01")]


@pytest.mark.parametrize("text", ["年度内在境内居住累计不超过90天的，由雇主支付。", "居留累计不超过180天。"])
def test_what_is_meant_is_no_time_limit(text):
    assert not find_deadlines(text, document={})

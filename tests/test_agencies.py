"""Responsible agencies: in every spelling of a list, with their role, and none where no one has a duty."""

from __future__ import annotations

import json
import re
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.texts.agency_names import is_agency, is_class, load_agencies, resolve_agency
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.datasets import load_sample
from fzanalytics.texts.extraction.agencies import find_agencies
from fzanalytics.texts.extraction.agency_lists import find_brackets
from fzanalytics.texts.extraction.extract import share_lists
from fzanalytics.texts.structure.clauses import find_clauses, is_responsible, split_lines

CASES = json.loads((Path(__file__).parent / "cases" / "agencies.json").read_text(encoding="utf-8"))
DUTY = r"除分别负责外，列在首位的为牵头部门，下同|等(?:各?有关)?部门|按职责分工(?:分别)?负[责贡]实?|牵头(?:负责)?|配合落实|负责|及"


@cache
def sample() -> Corpus:
    return load_sample()


def document(place: str) -> dict[str, str]:
    return {"region": place, "level": "national" if place == "全国" else "province"}


def found(text: str, place: str) -> list[list[str]]:
    mentions = find_agencies(text, document=document(place))
    return [[text[m.begin : m.end], m.value, str(m.role), str(m.evidence)] for m in mentions]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cases(case: dict[str, Any]) -> None:
    assert found(case["text"], case["place"]) == case["found"]


FIRST_LEADS = (
    "甲。（省编委办，县级以上政府按职责分工分别负责。除分别负责外，列在首位的为牵头部门，下同）\n"
    "乙。（省法制办、省编委办负责）\n丙。（省司法厅负责）\n丁。（省财政厅、省审计厅按职责分工分别负责）"
)


def test_the_first_leads_where_the_document_says_so() -> None:
    assert [(name, role) for name, _, role, _ in found(FIRST_LEADS, "河北省")] == [
        ("省编委办", "each"),
        ("县级以上政府", "each"),
        ("省法制办", "lead"),
        ("省编委办", "joint"),
        ("省司法厅", "responsible"),  # alone: no one to lead
        ("省财政厅", "each"),  # left out by the rule itself
        ("省审计厅", "each"),
    ]
    assert [role for _, _, role, _ in found("乙。（省法制办、省编委办负责）\n" + FIRST_LEADS, "河北省")][:2] == [
        "responsible"
    ] * 2
    everywhere = "乙。（省法制办、省编委办负责）\n各项任务排在第一位的为牵头单位。"
    assert [role for _, _, role, _ in found(everywhere, "河北省")] == ["lead", "joint"]
    own_words = (
        "乙。（省法制办、省编委办按职责分工负责）\n丙。（省财政厅，省司法厅配合）\n各项任务排在第一位的为牵头单位。"
    )
    assert [role for _, _, role, _ in found(own_words, "河北省")] == ["lead", "each", "support", "support"]


def test_a_list_at_a_heading_covers_what_stands_below_it() -> None:
    text = "（一）审批改革（市编办、市司法局负责）\n1.清理事项。\n2.公开清单。（市财政局负责）\n3.评估。\n（二）执法\n1.公示。"
    clauses = find_clauses("a", text)
    agencies = find_agencies(text, document={"region": "广东省/清远市"})
    shared = [(text[m.begin : m.end], clause) for m, clause in share_lists(text, clauses, agencies)]
    assert shared == [(name, f"a#（一）/{number}") for number in (1, 3) for name in ("市编办", "市司法局")]


def test_a_list_on_a_line_of_its_own_covers_all_items_above_it() -> None:
    text = "（一）审批\n1.清理事项。\n2.公开清单。\n（市编办负责）\n（二）执法\n1.公示。（市司法局负责）\n2.记录。（市司法局负责）"
    clauses = find_clauses("a", text)
    agencies = find_agencies(text, document={"region": "广东省/清远市"})
    assert [(m.value, clause) for m, clause in share_lists(text, clauses, agencies)] == [
        ("清远市机构编制委员会办公室", "a#（一）/1")
    ]


def test_a_list_that_ends_an_item_covers_that_item_alone() -> None:
    text = "（一）审批\n1.清理事项。\n2.公开清单。（市编办负责）"
    clauses = find_clauses("a", text)
    agencies = find_agencies(text, document={"region": "广东省/清远市"})
    assert len(agencies) == 1 and share_lists(text, clauses, agencies) == []


def test_above_items_are_covered_by_words() -> None:
    text = "（一）审批\n1.清理事项。\n2.公开清单。\n以上各项由市编办负责。"
    clauses = find_clauses("a", text)
    agencies = find_agencies(text, document={"region": "广东省/清远市"})
    assert [clause for _, clause in share_lists(text, clauses, agencies)] == ["a#（一）/1"]


def test_every_list_of_the_sample_is_read() -> None:
    """What is left of each bracket without its agencies is separators and words of duty."""
    counts = {}
    for row in sample().held.itertuples(index=False):
        mentions = find_agencies(row.text, document=row._asdict())
        counts[row.doc_id] = len(mentions)
        for line in split_lines(row.text):
            if not is_responsible(line.text):
                continue
            inside = [(m.begin - line.begin, m.end - line.begin) for m in mentions if line.begin <= m.begin < line.end]
            begin, end = list(find_brackets(line.text))[-1]
            rest = line.text[begin:end]
            for first, last in reversed(inside):
                if first > begin:
                    rest = rest[: first - begin] + rest[last - begin :]
            assert not re.sub(DUTY, "", rest).strip("（）()〔〕、，,．。 "), rest
    assert counts == {
        "hebei_province_2016": 391,
        "henan_province_2021": 6,
        "henan_province_2021#2": 17,
        "qingyuan_city_2017": 259,
        "shijiazhuang_city_2016": 203,
        "xiahe_county_2017": 153,
    }
    xiahe = sample().held.set_index("doc_id").loc["xiahe_county_2017"]
    mentions = find_agencies(xiahe["text"], document=xiahe)
    assert [xiahe["text"][m.begin : m.end] for m in mentions][:6] == [
        "县审改办",
        "县发改局",
        "县人社局",
        "县审改办",
        "县发改局",
        "县财政局",
    ]
    assert [m.role for m in mentions][:6] == ["lead", "each", "each", "lead", "each", "each"]


@pytest.mark.parametrize(
    ("name", "region", "value", "tier"),
    [
        ("省发改委", "河北省", "河北省发展和改革委员会", "short form"),
        ("省人社厅", "河北省", "河北省人力资源和社会保障厅", "short form"),
        ("市住建局", "河北省/石家庄市", "石家庄市住房和城乡建设局", "short form"),
        ("市政务办", "河北省/石家庄市", "石家庄市政务服务管理办公室", "short form"),
        ("县编办", "甘肃省/甘南藏族自治州/夏河县", "夏河县机构编制委员会办公室", "short form"),
        ("州财政局", "甘肃省/甘南藏族自治州", "甘南藏族自治州财政局", "exact"),
        ("市法院", "北京市", "北京市高级人民法院", "short form"),
        ("区法院", "北京市/朝阳区", "朝阳区人民法院", "short form"),
        ("市民政局", "河北省/石家庄市", "石家庄市民政局", "exact"),
        ("市财政局", "河北省/石家庄市/辛集市", "辛集市财政局", "exact"),  # a city that is a county: the nearest
        ("市财政局", "河北省/石家庄市/正定县", "石家庄市财政局", "exact"),
        ("省纪委", "河北省", "中共河北省纪律检查委员会", "short form"),
        ("团省委", "河北省", "共青团河北省委员会", "short form"),
        ("中央依法治国办", "河北省", "中央全面依法治国委员会办公室", "short form"),
        ("财政厅", "河北省", "财政厅", "unresolved"),
        ("县水电局", "甘肃省/甘南藏族自治州/夏河县", "县水电局", "unresolved"),
        ("区财政局", "广西壮族自治区", "区财政局", "unresolved"),
    ],
)
def test_resolve(name: str, region: str, value: str, tier: str) -> None:
    assert resolve_agency(name, region=region) == (value, tier)


def test_names_and_classes() -> None:
    assert is_agency("省法制办") and not is_agency("（含备案）") and not is_agency("做好协调工作") and not is_agency("")
    assert is_class("各级党校") and is_class("省政府有关部门") and not is_class("市公安局") and not is_class("各")


def test_table_of_short_forms() -> None:
    table = load_agencies()
    assert not table.duplicated(["short", "level"]).any() and table.ne("").drop(columns="level").all().all()
    assert set(table["level"]) == {"", "province", "prefecture", "county", "party", "government", "national"}


@pytest.mark.parametrize(
    "unit",
    [
        "（",
        "（省",
        "省法制办、",
        "由市司法局",
        "按职责分工分别",
        "负责",
        "各县（市、区）",
        "省委",
        "和",
        "牵头",
        "等部门",
        "责任单位：",
        "、",
        "分别",
        "（省法制办负责）",
    ],
)
def test_time_is_linear(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        begin = time.perf_counter()
        find_agencies(text, document=document("河北省"))
        return time.perf_counter() - begin

    assert seconds(15_000) < 8


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="省市县法制办财政局、，。（）()和及与由负责牵头配合按职责分工等部门各\n：单位 1", max_size=200))
def test_mentions_lie_in_the_text(text: str) -> None:
    mentions = find_agencies(text, document=document("河北省"))
    places = [(m.begin, m.end) for m in mentions]
    assert places == sorted(set(places))
    assert all(0 <= begin < end <= len(text) and text[begin:end].strip() == text[begin:end] for begin, end in places)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("（国务院有关部门，各省、自治区、直辖市人民政府负责）", ["国务院有关部门", "各省、自治区、直辖市人民政府"]),
        ("（各乡镇、县直各执法部门按职责分工负责）", ["各乡镇", "县直各执法部门"]),
        ("（财政部、税务总局按职责分工负责，2018年底前完成）", ["财政部", "税务总局"]),
        ("（责任领导：张三；责任单位：财政部）", ["财政部"]),
        ("中国气象局和水利部按职责分工负责预警。", ["中国气象局", "水利部"]),
        ("国务院应急办负责督导。", ["国务院应急办"]),
        ("牵头部门：司法部  配合部门：财政部、民政部", ["司法部", "财政部", "民政部"]),
        ("国务院要求教育部负责落实", []),
        ("由生态环境部门责令改正，由公安部门处罚", ["生态环境部门", "公安部门"]),  # 部门, not 部
        ("应当由全国人民代表大会制定，最高人民法院应当公布", ["全国人民代表大会"]),
        ("由财政部审核，税务总局要抓好落实", ["财政部"]),  # the second is a plain subject
        ("各地区、各有关部门要高度重视", []),
        ("司法部负责制定基本格式，负责制度建设", ["司法部"]),
        ("（财政部、商务部等和各有关省级人民政府负责）", ["财政部", "商务部", "各有关省级人民政府"]),
        ("（科技部、教育部等有关部门和单位负责）", ["科技部", "教育部"]),
        ("（生态环境部、市场监管总局指导）开展检查。", ["生态环境部", "市场监管总局"]),
        ("由省级以上人民政府卫生健康主管部门责令改正", ["省级以上人民政府卫生健康主管部门"]),
        ("先由起草部门审核机构进行审核", ["起草部门审核机构"]),  # not 起草部门
        ("草案由国务院法制机构审查", ["国务院法制机构"]),
        ("由国务院组织有关部门检查", ["国务院"]),
        ("经财政部会同有关部门批准", ["财政部", "有关部门"]),
        ("教育部为牵头单位", ["教育部"]),
        # organs by what they do, that no table holds
        ("（三）城市管理主管部门、综合行政执法主管部门负责扬尘监管", ["城市管理主管部门", "综合行政执法主管部门"]),
        ("第九条 市、县（区）人民政府生态环境主管部门负责监测", ["市、县（区）人民政府生态环境主管部门"]),
        ("由市或者区生态环境部门责令改正", ["市或者区生态环境部门"]),
        ("由城乡建设主管部门或者应急管理部门报请决定", ["城乡建设主管部门", "应急管理部门"]),
        ("由市、县（市）人民政府划定", ["市、县（市）人民政府"]),
        ("法制审核机构对审核意见负责", ["法制审核机构"]),
        ("第十八条 县（区）人民政府应当设置张贴栏，并负责日常管理", ["县（区）人民政府"]),
        ("领导小组办公室设在生态环境部，负责日常工作", ["领导小组办公室"]),
        ("要相应指定有关部门负责管理", ["有关部门"]),
        ("军队有关部门负责清理，由你省人民政府负责协助", ["军队有关部门", "你省人民政府"]),
        ("地方政府负责组织实施", ["地方政府"]),
        # names that stand for one another's ends
        ("教育、公安、民政等部门负责落实", ["教育", "公安", "民政"]),
        ("应当会同交通运输、水利等部门制定目录", ["交通运输", "水利"]),
        ("由省级教育部门会同人力资源社会保障、财政部门制定", ["省级教育部门", "人力资源社会保障、财政部门"]),
        ("各级教育、卫生、民政部门要分工负责", ["各级教育、卫生、民政部门"]),
        ("北京市、河北省人民政府负责落实", ["北京市、河北省人民政府"]),
        ("教育部门、财政部门和其他有关部门在职责范围内，分别负责", ["教育部门", "财政部门", "其他有关部门"]),
        ("国务院有关部门和地方各级人民政府按照职责分工落实", ["国务院有关部门", "地方各级人民政府"]),
        ("由外交部和总参谋部统一归口管理", ["外交部", "总参谋部"]),
        ("国务院自由贸易试验区工作部际联席会议办公室要加强督促检查", ["国务院自由贸易试验区工作部际联席会议办公室"]),
        # brackets that hold more than names
        ("压减。（司法部负责，2019年6月底前完成）", ["司法部"]),
        ("压减。（2019年底前完成，教育部负责）", ["教育部"]),
        ("压减。（教育部、财政部等9个部门按职责分工负责）", ["教育部", "财政部"]),
        ("压减。（生态环境部指导，试点城市政府负责落实。以下均需试点城市政府落实）", ["生态环境部", "试点城市政府"]),
        ("压减。（教育部、科技部）推进。（财政部）", ["教育部", "科技部", "财政部"]),
        ("压减（教育部牵头），加强管理", ["教育部"]),
        ("任务。（教育部牵头，各省（区、市）、各地负责）", ["教育部", "各省（区、市）", "各地"]),
        ("主要责任单位：教育部", ["教育部"]),
        # a role and no name, a meeting, enterprises, words of action, bodies that are no organs
        ("主管单位负责推进", []),
        ("用人单位、检测机构、金融机构、高水平研发机构负责", []),
        ("加强执法部门协同，形成部门负责机制", []),
        ("推动政府部门联合监管，提高政府部门组织实施能力", []),
        ("各部门要密切配合，信息互联互通", []),
        ("由财政部、大学、研究所、地勘局、防治工作指挥部等单位专家组成的专家组", []),
        ("由国务院总理签署", []),
        ("省级数字经济园区，分别达到64家和6家", []),
        ("建立由事业编制、发展改革、财政等单位参加的机制", []),
        # persons, members of a body, descriptions
        ("办公室主任由教育部副部长兼任，联络员由各成员单位有关负责同志担任", []),
        ("联席会议由教育部、财政部等9个部门组成", []),
        ("下放由县级政府实施更有效的行政审批事项，完善服务", []),
        ("健全公安机关、检察机关、审判机关各司其职的体制", []),
        ("各部门要互通信息，密切配合", []),
        ("大余丫山、章贡区郁孤台分别获评国家级旅游度假区", []),  # 台 ends names of offices, too
    ],
)
def test_names_of_central_lists(text: str, names: list[str]) -> None:
    assert [name for name, *_ in found(text, "全国")] == names


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("交通运输部牵头，公安部、商务部参与", {"交通运输部": "lead", "公安部": "support", "商务部": "support"}),
        ("参加单位：财政部；联合单位财政部", {"财政部": "support"}),
        ("财政部会同税务总局制定", {"财政部": "lead", "税务总局": "joint"}),
        ("财政部要加强指导，会同有关部门检查", {"财政部": "lead", "有关部门": "joint"}),  # the subject is far
        ("有关部门要提高认识，积极配合", {"有关部门": "support"}),
        ("国务院各部门按照职责分工抓好落实", {"国务院各部门": "each"}),
        ("各成员单位按照职责分工，参与考核", {"各成员单位": "support"}),
        ("教育部、财政部分别负责", {"教育部": "each", "财政部": "each"}),
        ("任务。（由教育部牵头，会同财政部等部门落实）", {"教育部": "lead", "财政部": "joint"}),
        ("任务。（教育部牵头，会同有关部门）", {"教育部": "lead", "有关部门": "joint"}),
        ("任务。（教育部（牵头）、财政部负责）", {"教育部": "lead", "财政部": "responsible"}),
        ("国务院教育行政部门会同有关部门制定", {"国务院教育行政部门": "lead", "有关部门": "joint"}),
        ("教育部、财政部共同负责", {"教育部": "joint", "财政部": "joint"}),
        ("教育部要发挥牵头作用", {"教育部": "lead"}),
        ("国务院办公厅要加强督促检查", {"国务院办公厅": "responsible"}),
        ("地方各级人民政府对本地区工作负总责", {"地方各级人民政府": "responsible"}),
        ("各级党委、政府负责", {"各级党委、政府": "responsible"}),  # one mention: the second cannot stand alone
        ("各级党校、行政学院负责", {"各级党校、行政学院": "responsible"}),
        ("教育、财政部门按职责分工负责", {"教育、财政部门": "each"}),
        ("市直有关部门和县级政府负责", {"市直有关部门": "responsible", "县级政府": "responsible"}),
    ],
)
def test_roles_as_the_guideline_has_them(text: str, roles: dict[str, str]) -> None:
    assert {name: role for name, _, role, _ in found(text, "全国")} == roles


def test_long_sentences_are_read_in_linear_time() -> None:
    """Ten times the text, about ten times the work: matches are counted, not seconds."""
    for piece in ("由有关部门", "各部门要，", "教育、财政部门、", "会同", "（省财政厅"):
        few, many = (len(found(piece * n, "全国")) for n in (40, 400))
        assert many <= 12 * max(few, 1)


# a list that 等部门 closes is whole, though no table holds 数据, 城乡水务 and the like
@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "第二条 本省商务、政务服务、市场监管、司法行政、知识产权等部门应当按照各自职责，做好工作。",
            ["商务", "政务服务", "市场监管", "司法行政", "知识产权"],
        ),
        ("公安、知识产权、数据等部门应当按照各自职责，做好工作", ["公安", "知识产权", "数据"]),  # the last is unknown
        ("大数据、公安、财政等主管部门按照职责分工负责", ["大数据", "公安", "财政"]),  # the first
        ("公安、城乡水务、税务等有关部门负责", ["公安", "城乡水务", "税务"]),
        ("会同公安、数据、卫生等部门制定", ["公安", "数据", "卫生"]),
        ("由公安、数据、教育等行政主管部门负责", ["公安", "数据", "教育"]),
        ("市和区公安、交通、建设以及海事等行政管理部门根据各自职责监督", ["市和区公安", "交通", "建设", "海事"]),
        ("发展改革、生态环境和交通运输等部门按照职责负责", ["发展改革", "生态环境", "交通运输"]),
        (
            "市、县（区）人民政府发展改革、财政、海洋发展等部门按照职责分工负责",
            ["市、县（区）人民政府发展改革", "财政", "海洋发展"],
        ),
        ("县级以上人民政府发展改革、财政、数据等部门应当按照职责落实", ["县级以上人民政府发展改革、财政、数据"]),
        ("发展改革、经济和信息化、财政等部门负责", ["发展改革", "经济和信息化", "财政"]),  # not 由, nor 经
        ("任务。（市发改、财政、数据等部门负责）", ["市发改", "财政", "数据"]),
        ("各级人力资源社会保障部门、数据部门负责", ["各级人力资源社会保障部门", "数据部门"]),
        ("任务。（各级人力资源社会保障部门负责）", ["各级人力资源社会保障部门"]),
        ("工业、质监、工商等有关部门予以配合", ["工业", "质监", "工商"]),
        # what is no agency does not get in: words before a comma, action, things, and lists of which nothing is known
        ("优化营商环境，公安、数据、教育等部门负责", ["公安", "数据", "教育"]),
        ("提升服务能力、公安、数据等部门负责", []),
        ("推进公开、监管、服务等部门负责的机制", []),
        ("机关、团体、企业、事业等单位按照各自职责落实", []),
        ("医院、学校、幼儿园等单位负责", []),
        ("供水、供电、供气等单位按照职责配合", []),
        ("由教育、机关事务、数据等单位组成的小组", []),
    ],
)
def test_one_unknown_member_does_not_cut_a_list(text: str, names: list[str]) -> None:
    assert [name for name, *_ in found(text, "河南省/驻马店市")] == names


def test_a_shared_head_ends_with_its_sentence() -> None:
    text = "市财政局负责经费。教育、公安等部门按照职责分工负责。市场监管、公安等部门按照职责分工负责。"
    values = [value for _, value, *_ in found(text, "河北省/石家庄市")]
    assert values == ["石家庄市财政局", "教育", "公安", "市场监管", "公安"]
    shared = "市财政、公安等部门按照职责分工负责。"
    assert [value for _, value, *_ in found(shared, "河北省/石家庄市")] == ["石家庄市财政局", "石家庄市公安局"]

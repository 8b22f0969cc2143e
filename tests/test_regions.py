"""The table of jurisdictions is whole, and names lead to places only where they decide."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from fzanalytics.base.tables import LEVELS
from fzanalytics.texts.corpus import read_corpus
from fzanalytics.texts.region_changes import Change, line_of_command, load_region_changes, region_at, regions_at
from fzanalytics.texts.regions import (
    PROVINCE_SIGNS,
    find_region,
    infer_region,
    load_regions,
    read_place_names,
    region_of,
    settle_region,
    strip_region,
)


def test_table_is_whole() -> None:
    regions = load_regions()
    assert regions["code"].is_unique and regions["code"].str.fullmatch(r"\d{6}").all()
    assert (regions["level"] == "province").sum() == 34
    assert set(regions["superior"]) - {""} <= set(regions["code"])
    assert regions.loc[regions["superior"] == "", "level"].tolist() == ["national"]
    level = regions.set_index("code")["level"]
    below = regions[regions["superior"] != ""]
    rank = below["level"].map(LEVELS.index)
    assert (rank > below["superior"].map(level).map(LEVELS.index)).all()
    assert set(below.loc[below["level"] == "province", "superior"]) == {"000000"}
    assert below.loc[below["level"] == "prefecture", "superior"].map(level).eq("province").all()
    assert regions["name"].str.strip().ne("").all() and regions["short"].str.len().ge(1).all()


def test_superiors_do_not_come_from_digits() -> None:
    assert region_of("110101").path == "北京市/东城区"  # a district of a municipality: below the province itself
    assert region_of("419001").path == "河南省/济源市"  # run by the province


def test_table_cannot_be_spoilt() -> None:
    table = load_regions()
    table.loc[:, "name"] = "x"
    assert load_regions().loc[0, "name"] == "全国"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("河北省石家庄市法治政府建设实施方案", "河北省/石家庄市"),
        ("石家庄市人民政府", "河北省/石家庄市"),
        ("中共清远市委", "广东省/清远市"),
        ("甘肃省/甘南藏族自治州/夏河县", "甘肃省/甘南藏族自治州/夏河县"),
        ("夏河县法治政府建设实施方案", "甘肃省/甘南藏族自治州/夏河县"),
        ("全国", "全国"),
        ("吉林省吉林市", "吉林省/吉林市"),
        ("吉林", "吉林省"),
        ("关于印发《河南省实施方案》", "河南省"),
    ],
)
def test_found(text: str, path: str) -> None:
    region = find_region(text)
    assert region is not None and region.path == path


@pytest.mark.parametrize("text", ["", "鼓楼区", "城市管理条例", "法治政府建设", "市中区", "《"])
def test_not_guessed(text: str) -> None:
    """鼓楼区 is a district of four cities; 城市 is a city in general."""
    assert find_region(text) is None


def test_the_superior_decides_between_namesakes() -> None:
    assert find_region("江苏省南京市鼓楼区").path == "江苏省/南京市/鼓楼区"  # type: ignore[union-attr]
    assert find_region("福州市鼓楼区").path == "福建省/福州市/鼓楼区"  # type: ignore[union-attr]


def test_unknown_code() -> None:
    with pytest.raises(KeyError, match=r"`code` must be a code of data/regions.csv; got '999999'"):
        region_of("999999")


def test_evidence_in_order() -> None:
    assert infer_region("河南省实施方案", "中共河北省委")[1] == "title"
    assert infer_region("实施方案", "中共河北省委")[1] == "issuer"
    assert infer_region("实施方案", "", "冀发〔2016〕24号") == (region_of("130000"), "document number")
    assert infer_region("实施方案", "", "国办发〔2016〕24号")[0] == region_of("000000")
    assert infer_region("实施方案", "", "", "清远市方案")[1] == "file name"
    assert infer_region("实施方案") == (None, "")


def test_signs_are_provinces() -> None:
    assert {region_of(code).level for code in PROVINCE_SIGNS.values()} == {"province"}
    assert len(set(PROVINCE_SIGNS.values())) == 31


def test_time_is_linear() -> None:
    begin = time.perf_counter()
    for unit in ("吉林", "河北省", "中共", "《"):
        find_region(unit * 50_000)
        strip_region(unit * 20_000)
    assert time.perf_counter() - begin < 10


def test_changes_lead_from_one_state_to_the_other() -> None:
    changes = load_region_changes()
    assert changes["listed"].is_monotonic_increasing and changes["listed"].str.fullmatch(r"20\d\d-\d\d").all()
    assert changes["source"].ne("").all() and set(changes["kind"]) == {"renamed", "dissolved", "created"}
    assert (changes["old_code"].ne("") | changes["new_code"].ne("")).all()
    base = load_regions()[["code", "name", "level", "superior"]].sort_values("code", ignore_index=True)
    assert regions_at("2021-01-31").equals(base)
    for listed, group in changes.groupby("listed"):
        before = dict(regions_at(pd.Timestamp(listed) - pd.Timedelta(days=1))[["code", "name"]].to_numpy())
        after = dict(regions_at(listed)[["code", "name"]].to_numpy())
        for change in group.itertuples(index=False):
            _check(change, before, after)


def _check(change: Change, before: dict[str, str], after: dict[str, str]) -> None:
    if change.old_code:
        assert before[change.old_code] == change.old_name
        assert after.get(change.old_code) != change.old_name
    if change.new_code:
        assert after[change.new_code] == change.new_name


@pytest.mark.parametrize("date", ["2015-01-15", "2016-06-01", "2017-11-30", "2019-05-01", "2021-06-01", "2024-01-01"])
def test_every_state_is_whole(date: str) -> None:
    regions = regions_at(date)
    assert regions["code"].is_unique
    assert set(regions["superior"]) - {""} <= set(regions["code"])
    rank = regions["level"].map(LEVELS.index)
    above = regions["superior"].map(dict(zip(regions["code"], rank, strict=True)))
    assert (rank[regions["superior"] != ""] > above.dropna()).all()
    assert (regions["level"] == "province").sum() == 34


@pytest.mark.parametrize(
    ("name", "date", "path", "evidence"),
    [
        ("静海县", "2015-06-01", "天津市/静海县", "in force"),
        ("静海区", "2016-06-01", "天津市/静海区", "in force"),
        ("崇明县", "2015-06-01", "上海市/崇明县", "in force"),
        ("即墨市", "2017-01-01", "山东省/青岛市/即墨市", "in force"),
        ("即墨市", "2018-01-01", "山东省/青岛市/即墨区", "until 2017-11: 即墨区"),
        ("即墨区", "2016-12-01", "山东省/青岛市/即墨区", "listed 2017-11"),  # the lists follow the change
        ("莱芜市", "2018-01-01", "山东省/莱芜市", "in force"),
        ("莱芜区", "2020-01-01", "山东省/济南市/莱芜区", "in force"),
        ("莱芜市", "2020-01-01", "山东省/莱芜市", "until 2019-01: dissolved"),
        ("林芝地区", "2015-01-15", "西藏自治区/林芝地区", "in force"),
        ("钱塘区", "2022-01-01", "浙江省/杭州市/钱塘区", "in force"),
        ("甘南州", None, "甘肃省/甘南藏族自治州", "in force"),
    ],
)
def test_region_at(name: str, date: str | None, path: str, evidence: str) -> None:
    places = region_at(name, date)
    assert [(place.region.path, place.evidence) for place in places] == [(path, evidence)]


def test_names_of_no_place_at_a_date() -> None:
    assert region_at("临平区", "2016-01-01") == [] and region_at("不存在县") == []
    assert len(region_at("鼓楼区", "2016-01-01")) == 4
    assert line_of_command("370181", "2020-01-01") == ()
    assert line_of_command("110118", "2020-01-01") == ("110118", "110000")


def test_names_at_the_head_of_a_text() -> None:
    assert [name for name, _, _ in read_place_names("河北省石家庄市法制办")] == ["河北省", "石家庄市"]
    assert read_place_names("法制办") == [] and read_place_names("") == []


CITY = "吉林法治政府建设实施方案\n根据省委部署，吉林市人民政府决定在全市推进，市委负责。\n一、目标\n到2020年建成法治政府的基本框架。"
PROVINCE = "吉林法治政府建设实施方案\n各市人民政府、各市委：省人民政府决定在全省推进。\n一、目标\n到2020年建成法治政府的基本框架。"


@pytest.mark.parametrize(
    ("text", "title", "path", "other"),
    [
        (CITY, "吉林法治政府建设实施方案", "吉林省/吉林市", "吉林省"),
        (PROVINCE, "吉林法治政府建设实施方案", "吉林省", "吉林省/吉林市"),
        ("到2020年建成。", "吉林法治政府建设实施方案", "吉林省", "吉林省/吉林市"),  # nothing decides
        ("全" * 2000 + CITY, "吉林方案", "吉林省", "吉林省/吉林市"),  # too far from the head
        ("在全州推进，州委负责。", "海南法治建设方案", "青海省/海南藏族自治州", "海南省"),
        (CITY, "吉林省法治政府建设实施方案", "吉林省", None),  # named in full
        (PROVINCE, "吉林市法治政府建设实施方案", "吉林省/吉林市", None),
        (CITY, "中共吉林省委关于印发方案的通知", "吉林省", None),
        (CITY, "河北法治政府建设实施方案", "河北省", None),  # 河北区 of Tianjin is no prefecture
        (CITY, "法治政府建设实施方案", None, None),
    ],
)
def test_a_bare_name_of_two_places_is_settled_by_the_text(
    text: str, title: str, path: str | None, other: str | None
) -> None:
    region, left, doubt = settle_region(text, title)
    assert (region.path if region else None) == path
    assert (left.path if left else None) == other and bool(doubt) == (other is not None)
    by_name = settle_region(text, "", name=title)
    assert by_name == (region, left, doubt)
    if other:
        assert f"taken as {path}, " in doubt


def test_a_city_may_speak_of_its_province_more_often_than_of_itself() -> None:
    text = "我代表市人民政府向大会报告工作。我市经济居全省第三，全省领先；全省唯一，获省委肯定。"
    assert settle_region(text, "吉林政府工作报告")[0].path == "吉林省/吉林市"
    assert settle_region(text.replace("市", "省"), "吉林政府工作报告")[0].path == "吉林省"
    assert settle_region("全市场流通，全省推进。全市场监管。", "吉林政府工作报告")[0].path == "吉林省"


def test_a_choice_between_two_places_is_a_problem_unless_the_metadata_make_it() -> None:
    texts = pd.DataFrame(
        {"doc_id": list("abcd"), "text": [CITY, PROVINCE, PROVINCE + "\n", CITY.replace("吉林", "吉林省", 1)]}
    )
    told = pd.DataFrame({"doc_id": ["c"], "level": ["prefecture"]})
    corpus = read_corpus(texts, metadata=told)
    rows = corpus.documents.set_index("doc_id")
    assert rows["region"].tolist() == ["吉林省/吉林市", "吉林省", "吉林省/吉林市", "吉林省"]
    assert rows["level"].tolist() == ["prefecture", "province", "prefecture", "province"]
    assert rows["region_code"].tolist() == ["220200", "220000", "220200", "220000"]
    found = corpus.problems[corpus.problems["kind"] == "ambiguous region"]
    assert found["doc_id"].tolist() == ["a", "b"]
    assert found["message"].str.contains("taken as 吉林省.*; give its level in the metadata").all()


@pytest.mark.parametrize("column", ["region", "region_code"])
def test_a_region_in_the_metadata_wins_without_a_problem(column: str) -> None:
    told = pd.DataFrame({"doc_id": ["a"], column: ["吉林省" if column == "region" else "220000"]})
    corpus = read_corpus(pd.DataFrame({"doc_id": ["a"], "text": [CITY]}), metadata=told)
    assert corpus.documents.loc[0, "region_code"] == "220000"
    assert "ambiguous region" not in set(corpus.problems["kind"])

"""The table of jurisdictions is whole, and names lead to places only where they decide."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from fzanalytics.base.tables import LEVELS
from fzanalytics.texts.region_changes import Change, line_of_command, load_region_changes, region_at, regions_at
from fzanalytics.texts.regions import (
    PROVINCE_SIGNS,
    find_region,
    infer_region,
    load_regions,
    read_place_names,
    region_of,
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

"""The table of jurisdictions is whole, and names lead to places only where they decide."""

from __future__ import annotations

import time

import pytest

from fzanalytics.base.tables import LEVELS
from fzanalytics.texts.regions import PROVINCE_SIGNS, find_region, infer_region, load_regions, region_of, strip_region


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

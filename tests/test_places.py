"""Places: full names, with the code in force at the date, and no place in an ordinary word."""

from __future__ import annotations

import time
from functools import cache
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.datasets import load_sample
from fzanalytics.texts.extraction.places import find_places


@cache
def sample() -> Corpus:
    return load_sample()


def found(text: str, code: str = "000000", date: str | None = None) -> list[tuple[str, str | None, str | None]]:
    document = {"region_code": code, "dated": pd.NaT if date is None else pd.Timestamp(date)}
    return [(m.value, m.refers_to, m.role) for m in find_places(text, document=document)]


@pytest.mark.parametrize(
    ("text", "code", "date", "expected"),
    [
        ("推广威县经验", "130000", "2016-06-01", [("威县", "130533", "subordinate")]),
        (
            "在河北省石家庄市试点",
            "130100",
            "2016-06-01",
            [("河北省", "130000", "superior"), ("石家庄市", "130100", "own")],
        ),
        (
            "支持唐山市和济南市",
            "130100",
            "2016-06-01",
            [("唐山市", "130200", "same province"), ("济南市", "370100", "elsewhere")],
        ),
        ("甘南州", "623027", "2017-10-18", [("甘南藏族自治州", "623000", "superior")]),
        # renames and mergers: the code of the date
        ("章丘市", "370100", "2016-06-01", [("章丘市", "370181", "subordinate")]),
        ("章丘区", "370100", "2017-06-01", [("章丘区", "370114", "subordinate")]),
        (
            "密云县和密云区",
            "110000",
            "2015-06-01",
            [("密云县", "110228", "subordinate"), ("密云区", "110118", "subordinate")],
        ),
        ("莱芜市", "370000", "2018-06-01", [("莱芜市", "371200", "subordinate")]),
        (
            "杭州市江干区",
            "330000",
            "2020-06-01",
            [("杭州市", "330100", "subordinate"), ("江干区", "330104", "subordinate")],
        ),
        (
            "杭州市临平区",
            "330000",
            "2022-06-01",
            [("杭州市", "330100", "subordinate"), ("临平区", "330113", "subordinate")],
        ),
        # several bear the name
        ("鼓楼区", "320100", None, [("鼓楼区", "320106", "subordinate")]),
        ("鼓楼区", "000000", None, [("鼓楼区", None, None)]),
        ("福州市鼓楼区", "000000", None, [("福州市", "350100", "subordinate"), ("鼓楼区", "350102", "subordinate")]),
        (
            "长春市要落实。朝阳区也要。",
            "000000",
            None,
            [("长春市", "220100", "subordinate"), ("朝阳区", "220104", "subordinate")],
        ),
        # agencies, titles and ordinary words
        ("河北省财政厅、石家庄市人民政府、中共甘南州委", "130000", None, []),
        ("《河北省定价目录》", "130000", None, []),
        (
            "示范县，沿海城市，新兴城市，管理县级事务，责任县，省和县，老城区改造，平安区域，贫困山区，应当会同县政府，穿越城区道路，古城区",
            "000000",
            None,
            [],
        ),
        ("石家庄市民，石家庄市级，人民银行清远市中心支行", "000000", None, []),
        ("长安、和平、新城、法治河南、依法治省", "000000", None, []),
        ("各市县，我省，全市，自治区", "000000", None, []),
    ],
)
def test_found(text: str, code: str, date: str | None, expected: list[tuple[str, str | None, str | None]]) -> None:
    assert found(text, code, date) == expected


def test_evidence() -> None:
    def evidence(text: str, code: str) -> list[str | None]:
        return [m.evidence for m in find_places(text, document={"region_code": code})]

    assert evidence("鼓楼区", "000000") == ["ambiguous"]
    assert evidence("南京市鼓楼区", "000000")[1] == "behind 南京市"
    assert evidence("南京市很大。鼓楼区", "000000")[1] == "named before: 南京市"
    assert evidence("鼓楼区", "320100") == ["own jurisdiction"]
    assert evidence("即墨市", "000000") == ["only one of that name; until 2017-11: 即墨区"]


def test_sample_names_itself_and_one_county() -> None:
    others = []
    for row in sample().held.itertuples(index=False):
        mentions = find_places(row.text, document=row._asdict())
        assert any(mention.role == "own" for mention in mentions)
        others += [(row.doc_id, mention.value) for mention in mentions if mention.role != "own"]
    assert others == [("hebei_province_2016", "威县")]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="河北省石家庄市即墨区县鼓楼和平《》、。城州甘南自治朝阳", max_size=80))
def test_any_text(text: str) -> None:
    mentions = find_places(text, document={"region_code": "130000"})
    places = [(m.begin, m.end) for m in mentions]
    assert places == sorted(places) and all(a[1] <= b[0] for a, b in pairwise(places))
    assert all(m.refers_to is None or m.refers_to.isdigit() for m in mentions)


@pytest.mark.parametrize(
    "unit", ["市", "河北省", "鼓楼区", "《", "自治", "城市", "南京市鼓楼区", "威县、唐山市、朝阳区"]
)
def test_time_is_linear(unit: str) -> None:
    begin = time.perf_counter()
    find_places((unit * 15_000)[:15_000], document={"region_code": "130000"})
    assert time.perf_counter() - begin < 10

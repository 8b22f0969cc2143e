"""Names of places and agencies: found whole, nothing else taken for one, in linear time."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.features.masks import mask_names, mask_text


def names(text: str, kind: str | None = None) -> list[str]:
    return [text[span.begin : span.end] for span in mask_names(text) if kind in (None, span.kind)]


# Text, places. Full names, autonomous units by their usual short form, short names where only a place can stand.
@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("夏河县法治政府建设", ["夏河县"]),
        ("突出河北特色，法治广东建设", ["河北", "广东"]),
        ("河北", ["河北"]),  # at the end of the text
        ("石家庄的经验、清远特色", ["石家庄", "清远"]),
        ("绿色夏河、文化夏河、魅力夏河", ["夏河", "夏河", "夏河"]),
        ("甘南藏族自治州和甘南州", ["甘南藏族自治州", "甘南州"]),
        ("推广威县等经验", ["威县"]),  # a county with a name of two characters
        ("河北省石家庄市赵县", ["河北省", "石家庄市", "赵县"]),
        ("全国、全省、我市、各县", []),
        ("提高县级政府能力，市和县政府，财政和县级统筹", []),  # 高县, 和县, 政和县 by chance
        ("推进新型城区建设，城区、郊区管理", []),  # 城区 and 郊区 are districts and everyday words
        ("事项城市公示，新兴城市，适应城市化", []),  # 项城市, 兴城市, 应城市 by chance
        ("黄河南岸治理", []),  # the south bank of the Yellow River, not Henan
        ("社会资本合作模式，安定团结，平安建设，大同社会", []),  # 合作, 安定, 平安, 大同 are places and words
    ],
)
def test_places(text: str, places: list[str]) -> None:
    assert names(text, "place") == places


@pytest.mark.parametrize(
    ("text", "agencies"),
    [
        ("（省编委办、省发展改革委，县级以上政府按职责分工分别负责）", ["省编委办", "省发展改革委", "县级以上政府"]),
        ("〔市编办、市人力资源社会保障局等有关部门，各县（市、区）人民政府〕", ["市编办", "市人力资源社会保障局", "有关部门", "各县（市、区）人民政府"]),
        ("(市住房和城乡建设局 等部门, 各县(市、区)政府)", ["市住房和城乡建设局", "各县(市、区)政府"]),
        ("县政府法制办公室牵头，各乡镇、县直各执法部门", ["县政府法制办公室", "各乡镇", "县直各执法部门"]),
        ("省委全面依法治省委员会办公室、省法治政府建设领导小组办公室", ["省委全面依法治省委员会办公室", "省法治政府建设领导小组办公室"]),
        ("党中央、国务院以及省委、省政府", ["党中央", "国务院", "省委", "省政府"]),
        ("石家庄市行政审批局，人行石家庄中心支行", ["石家庄市行政审批局", "人行石家庄中心支行"]),
        ("中共清远市委  清远市人民政府", ["中共清远市委", "清远市人民政府"]),
        ("市政府顾问管理办公室（市人力资源社会保障局）", ["市政府顾问管理办公室（市人力资源社会保障局）"]),
        ("各级政府及其部门", ["各级政府及其部门"]),
        ("〔市残工委、市妇儿工委〕", ["市残工委", "市妇儿工委"]),  # not in any list: found between list marks
        # Subject matter, no names:
        ("法治政府，服务型政府，政府立法，政府采购，行政执法部门", []),
        ("市场监管，委托执法，公安部署，宣传部队，审批办理，行政审批办法", []),
        ("我省政府规章、市政府网站建设、各级政府信息公开", []),
        ("支持人民法院依法受理，自觉接受人大监督", []),
        ("社区委员会、居民委员会", []),
    ],
)  # fmt: skip
def test_agencies(text: str, agencies: list[str]) -> None:
    assert names(text, "agency") == agencies


def test_kinds_are_separate() -> None:
    text = "石家庄市财政局在石家庄市"  # the place inside an agency belongs to the agency
    assert [span.kind for span in mask_names(text)] == ["agency", "place"]
    assert [text[span.begin : span.end] for span in mask_names(text, kinds=["place"])] == ["石家庄市", "石家庄市"]
    assert [text[span.begin : span.end] for span in mask_names(text, kinds=["agency"])] == ["石家庄市财政局"]
    assert mask_names(text, kinds=()) == []
    with pytest.raises(ValueError, match="`kinds` must hold only 'place' and 'agency'; got 'date'"):
        mask_names(text, kinds=["date"])  # type: ignore[list-item]


def test_mask_text() -> None:
    assert mask_text("清远市法制局、清远市") == "〔机构〕、〔地名〕"
    assert mask_text("清远市法制局、清远市", kinds=["place"]) == "〔地名〕法制局、〔地名〕"
    assert mask_text("") == ""


def test_fill_in_the_blank_sentences_become_one() -> None:
    # The same clause in a prefecture and a county: different before masking, equal after.
    one, other = "由清远市财政局报清远市人民政府批准", "由夏河县财政局报夏河县人民政府批准"
    assert one != other
    assert mask_text(one) == mask_text(other)


@given(
    st.text(alphabet=st.sampled_from("省市县区委局办厅部政府人民的法制河北石家庄城和（）、，各级有关门财"), max_size=60)
)
@settings(max_examples=300, deadline=None)
def test_spans_are_in_order_inside_and_apart(text: str) -> None:
    spans = mask_names(text)
    assert all(0 <= span.begin < span.end <= len(text) for span in spans)
    assert all(left.end <= right.begin for left, right in pairwise(spans))


@pytest.mark.parametrize(
    "piece", ["市", "省市县委办", "市政府及其有关", "河北省财政局、", "各县（市、区）", "人行石", "县级以上地方"]
)
def test_time_grows_with_length_only(piece: str) -> None:
    """A quadratic step would take sixteen times as long; the least of three runs, since a collection of garbage may fall in one."""
    mask_names("甲")
    times = []
    for size in (20_000, 80_000):
        runs = []
        for _ in range(3):
            begin = time.process_time()
            mask_names(piece * (size // len(piece)))
            runs.append(time.process_time() - begin)
        times.append(min(runs))
    assert times[1] < 10 * times[0] + 0.3


def test_responsibility_brackets_of_the_sample() -> None:
    # In the bundled corpus no bureau is left over inside the brackets that name who answers for a clause.
    import re

    import fzanalytics as fz

    left = total = 0
    for text in fz.load_sample().paragraphs["text"]:
        bracket = re.search(
            r"[（(〔]([^（(〔]*(?:局|委|办|厅)[^（(〔]*)(?:负责|落实|部门|政府)[^（(〔]*[）)〕]\s*$", text
        )
        if bracket is None:
            continue
        total += 1
        masked = mask_text(bracket.group())
        left += bool(re.search(r"[省市县][^〔〕、，]{1,10}(?:局|委|办|厅)(?=[、，）〕])", masked))
    assert total > 100
    assert left <= 0.02 * total

"""Names of agencies: from the short form of a list (省编委办) to the full name (河北省机构编制委员会办公室), by level and place.

The short forms are a table (data/agencies.csv). What it does not hold is not guessed: the name stays as it is written.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal, NamedTuple

import pandas as pd

from fzanalytics.base.resources import read_data
from fzanalytics.texts.regions import NATION, read_place_names
from fzanalytics.texts.structure.lines import CLOSING, OPENING

Tier = Literal["exact", "short form", "class", "unresolved"]
MAX_NAME = 40

# what an agency's name ends with
_LAST = re.compile(
    r"(?:[委办局厅部院府会处署行社台馆站所队校团联室]|中心|公司|集团|部门|单位|机构|机关|乡镇|[乡镇]|街道|学|高校"
    r"|党组|人大|政协|科协|示范区|开发区|园区|新区|企业)$"
)
_NO_NAME = re.compile(
    r"[的了是被对把将《》。：:“”\"\n\t 0-9]|以及|其他(?!责任|有关|相关|部门|单位)|等$|负责|完成|工作$"
)
# a class: 各有关部门, 县级以上政府, 省政府有关部门, 各级党校, 市直各单位
_CLASS_HEAD = re.compile(
    r"各|地方各级|有关|相关|县级|省级|县以上|市级|市县|市（|县（|区（|县区|区县|省直|市直|县直|区直|州直|省、市|乡镇|镇街|街道|全[省市县区州]|国务院(?:各|有关|相关)|其[他它]"
)
_CLASS_INSIDE = re.compile(r"^.{0,24}?(?:各|有关|相关)[^、，,]{0,12}(?:部门|单位|机构|机关|政府|企业|成员)")
_CLASS_END = re.compile(
    r"(?:部门|单位|机构|机关|政府|党委|党校|学院|高校|企业|乡镇|街道|地区|地方|市|县|区|办事处|主体)$"
)
_LOCALITIES = re.compile(
    r"各(?:有关|相关)?(?:地|[省市州县](?:（[^（）]{1,12}）)|市州|县区|县市区|地市)|(?:你|贵)[省市区县部委局办署院行会]"
)
_ASIDE = re.compile(r"（(?:含|包括|除|不含)[^（）]*）")
_LEVEL = re.compile(
    r"(?:自治区|[省市县区州旗])(?!场|民(?![政宗族委防])|域|容|级|际|情|外(?![办事汇])|内|长|政(?![府法策协务]))"
)


# branches of central banks bear the place in their middle: 人行石家庄中心支行, 清远银监分局
_BRANCH = re.compile(
    r"(?:(?:中国)?人(?:民银)?行(?P<bank>[\u4e00-\u9fff]{2,8})(?P<office>中心支行|支行|分行)|(?P<place>[\u4e00-\u9fff]{2,8})银监分局)"
)

_CENTRAL = re.compile(
    r"(?:国务院|国家|中央|全国|中国)[\u4e00-\u9fff]{2,20}(?:办|局|部|委|署|会|院|中心|总社|联|办公[厅室])"
)
_ZONE = re.compile(r"[\u4e00-\u9fff]{2,6}(?:示范区|实验区|开发区|高新区|新区|自贸区)(?:管委会)?")


class _Known(NamedTuple):
    """Full names by short form, for each level."""

    local: dict[tuple[str, str], str]
    full: frozenset[str]


@cache
def _known() -> _Known:
    table = load_agencies()
    local = {
        (short, level): full for short, level, full in zip(table["short"], table["level"], table["full"], strict=True)
    }
    return _Known(local, frozenset(table["full"]))


def load_agencies() -> pd.DataFrame:
    """Short forms of agencies and the full names they stand for.

    Returns
    -------
    DataFrame
        short, full (both without the place), level ("" at every local level; "province", "prefecture", "county" only
        there; "party" behind 省委 and "government" behind 省政府; "national" for central bodies, whose full name is
        whole), source (where the name comes from, and its time where it ended).

    Examples
    --------
    >>> agencies = load_agencies().set_index("short")
    >>> agencies.loc["编委办", "full"].tolist()[0]
    '机构编制委员会办公室'
    """
    return read_data("agencies.csv")


@lru_cache(maxsize=16_384)
def is_agency(name: str) -> bool:
    """Whether an item of a list of responsible agencies has the form of an agency's name or of a class of agencies.

    Examples
    --------
    >>> [is_agency(name) for name in ("省法制办", "各县（市、区）政府", "做好工作", "2016—2020年")]
    [True, True, False, False]
    """
    bare = _without_alias(name)
    if not 2 <= len(bare) <= MAX_NAME or _NO_NAME.search(bare):
        return False
    return _LAST.search(bare) is not None or is_class(bare) or _stem(bare) is not None or is_bare_stem(bare)


def is_bare_stem(name: str) -> bool:
    """Whether a name lacks its 局 or 委 alone, as those of 市发改、财政、住建等部门 do.

    Examples
    --------
    >>> is_bare_stem("市发改"), is_bare_stem("住建"), is_bare_stem("市发改委")
    (True, True, False)
    """
    bare = name[1:] if len(name) > 2 and name[0] in "省市县区州旗" else name
    return any((bare + ending, "") in _known().local for ending in ("局", "厅", "委"))


def is_class(name: str) -> bool:
    """Whether a name stands for several bodies that it does not name one by one.

    Examples
    --------
    >>> [is_class(name) for name in ("各乡镇", "省政府有关部门", "县级以上政府", "省法制办")]
    [True, True, True, False]
    """
    plain = _ASIDE.sub("", _full_width(name))
    if _LOCALITIES.fullmatch(plain):
        return True
    return bool((_CLASS_HEAD.match(plain) and _CLASS_END.search(plain)) or _CLASS_INSIDE.match(plain[:MAX_NAME]))


# organs by what they do, of no level: 行政机关, 政府法制机构, 公安机关, 市场监管部门
_GENERIC_STEM = (
    "行政|政府|司法|司法行政|公安|检察|审判|监察|审计|财政|税务|民政|教育|主管|监管|监督|执法|行政执法|业务|职能|法制|编制|机构编制|人事|组织|宣传|决策|起草|制定|复议"
    "|行政复议|应诉|承办|审批|许可|价格|物价|质量监督|质检|工商|环保|国土资源|城乡规划|规划|卫生|文化|旅游|体育|商务|农业|林业|水利|交通|工业和信息化|科技|网信|金融|统计"
    "|气象|应急|应急管理|市场监管|牵头|责任|主办|登记|认证|征收|拨款|发证|考核|党政|国家|权力|立法"
    "|铁路|民航|海关|海事|边防|消防|地震|测绘|安监|公路|港口|渔业|畜牧|粮食|药品|卫生健康|医保|劳动|劳动保障|民族|宗教|侨务|广电|新闻出版|知识产权|电力|能源|煤炭|通信|邮政|质监|计划|经贸"
    "|外经贸|建设|园林|城管|国土|土地|环境保护|海洋|林草|草原|农机|移民|扶贫|人防|计划生育|供销|银行|外事|自然资源和规划|住房和城乡建设|文物|城市管理|生态环境|交通运输|退役军人"
)
_GENERIC = re.compile(
    rf"(?:(?:上级|上一级|同级|本级|下级|基层|地方|省级|市级|县级|乡镇|国务院|各级)?(?:政府|人民政府)?(?:(?P<stem>{_GENERIC_STEM})|(?P<other>[\u4e00-\u9fff]{{2,8}}?)))"
    r"(?:行政)?(?:主管|管理|监督管理)?(?:部门|机关|机构|主体|单位)"
)
_MEMBERS = re.compile(
    r"[\u4e00-\u9fff]{2,24}(?:领导小组|委员会|联席会议|指挥部)成员单位|[\u4e00-\u9fff]{0,24}(?:领导小组|联席会议|指挥部)办公室"
)


@lru_cache(maxsize=16_384)
def is_generic(name: str) -> bool:
    """Whether a name stands for organs by what they do, without a place: 行政机关, 民政部门, 领导小组成员单位.

    Examples
    --------
    >>> [is_generic(name) for name in ("行政机关", "政府法制机构", "民政部门", "健全行政机关", "省财政厅")]
    [True, True, True, False, False]
    """
    first, _, last = name.rpartition("、")
    if first:  # 教育、财政部门
        return all(is_generic(stem + "部门") for stem in first.split("、")) and is_generic(last)
    match = _GENERIC.fullmatch(name)
    if match is None:
        return _MEMBERS.fullmatch(name) is not None
    if match["stem"] in ("牵头", "责任") or name in ("主管单位", "主办单位", "承办单位"):  # a role, and nobody is named
        return False
    if name.endswith("金融机构"):
        return False
    return match["stem"] is not None or is_bare_stem(match["other"])


# 市容环境卫生行政主管部门, 起草部门审核机构, 市或者区生态环境部门: an organ by what it does, with no word of action in its name
_OFFICE = re.compile(
    r"(?:(?:省|市|设区的市|县|区|自治[区州县]|直辖市|[、或（）()]|或者){1,8}[\u4e00-\u9fff]{0,24}?|[\u4e00-\u9fff]{2,24})"
    r"(?:部门|机关|机构|委员会|办公室|领导小组|联席会议|指挥部|办事处|管委会|人民政府)"
    r"|(?:地方|当地|属地|市县|区县|县区|试点地区|试点城市)政府"
)
_LEVELS_OR = re.compile("^[省市县区、设的自治州]{1,8}或者?")
_NO_OFFICE = re.compile(
    r"[要须由对向把使让给于为从至到比并可能等无已未凡若如按依就在其该某此这任没不以及与或的了是被将所]|(?<!数)据|经(?![济贸信])|(?<!国)有|应当|建立|健全|完善|加强|推动|推进|推行|促进|督促|指导|配合|协助|支持|组织(?!部|委)|鼓励|引导"
    r"|强化|落实|实行|明确|设立|成立|组建|开展|做好|确保|提高|加快|会同|牵头|负责|承担|参与|联合|共同|统一|接受|提请|报请|报送|提交|根据|通过|发挥|充分|切实|积极|各类|社会|企业"
    r"|中介|医疗机构|金融机构|服务机构|评估机构|检测机构|检验机构|教育机构|培训机构|养老机构|经营机构|认证机构|投资机构|担保机构|第三方|研发机构|科研机构|创新机构|形成|优化|深化|一个|多个|几个|部门间|跨|整合|撤销|调整|派驻|制定(?!机关)|编制(?!部门|机关|机构|委)|全国人民代表大会$"
)


@lru_cache(maxsize=16_384)
def is_office(name: str) -> bool:
    """Whether a stretch of text is the name of an organ by what it does, that no table needs to hold.

    Examples
    --------
    >>> names = "市容环境卫生行政主管部门", "起草部门审核机构", "市或者区生态环境部门", "加强执法部门", "用人单位", "检测机构"
    >>> [is_office(name) for name in names]
    [True, True, True, False, False, False]
    """
    return len(name) <= 30 and bool(_OFFICE.fullmatch(name)) and not _NO_OFFICE.search(_LEVELS_OR.sub("", name))


@lru_cache(maxsize=16_384)
def resolve_agency(name: str, *, region: str = "", level: str = "") -> tuple[str, Tier]:
    """The full name of an agency, and how it was found.

    Parameters
    ----------
    name : str
        As written: 省编委办, 市政府办公室, 各县（市、区）人民政府.
    region : str
        Path of the document's jurisdiction: 河北省/石家庄市. 省, 市, 县 before a name are read by it.
    level : str
        Level of the document; a bare name (财政部) is that of a central body in national documents only.

    Returns
    -------
    (str, str)
        Full name with its place, and the tier: "exact" (the name is written in full, but for the place), "short form"
        (from data/agencies.csv), "class" (several bodies; brackets and 政府 are levelled), "unresolved" (as written:
        the table does not hold the name, or the document's place does not tell which 市 is meant).

    Examples
    --------
    >>> resolve_agency("省编委办", region="河北省")
    ('河北省机构编制委员会办公室', 'short form')
    >>> resolve_agency("市法院", region="河北省/石家庄市"), resolve_agency("县水电局", region="甘肃省/甘南藏族自治州/夏河县")
    (('石家庄市中级人民法院', 'short form'), ('县水电局', 'unresolved'))
    >>> resolve_agency("各县(市、区)人民政府")
    ('各县（市、区）政府', 'class')
    """
    written = re.sub(r"\s+", "", name)
    if is_class(written) or is_generic(written):
        return class_value(written), "class"
    bare = _without_alias(written)
    if bare.startswith("团") and (match := re.fullmatch(r"团(省|市|县|区|州|旗)委", bare)):
        place = _place_of(match[1], region)
        return (f"共青团{place}委员会", "short form") if place else (bare, "unresolved")
    if (central := _known().local.get((bare, "national"))) is not None and (
        level == "national"
        or bare.startswith(("国家", "中央", "国务院", "全国", "最高", "中国", "中华"))
        or bare.endswith(("部", "总局", "署"))
    ):
        return central, "exact" if central == bare else "short form"
    if match := _BRANCH.fullmatch(bare):
        if match["bank"]:
            return f"中国人民银行{match['bank']}{match['office']}", "short form"
        return f"中国银行业监督管理委员会{match['place']}监管分局", "short form"
    place, rest, rank = _split_place(bare, region)
    full = _complete(place, rest, rank) if place and rest else None
    if full is None:
        return bare, "unresolved"
    return full, "exact" if _written_in_full(rest, full) else "short form"


def class_value(name: str) -> str:
    """A class in one spelling: full-width brackets, 政府 for 人民政府, no （含…）.

    Examples
    --------
    >>> class_value("各市(含定州、辛集市)、县(市、区)人民政府")
    '各市、县（市、区）政府'
    """
    return _ASIDE.sub("", _full_width(re.sub(r"\s+", "", name))).replace("人民政府", "政府")


def has_place(name: str, region: str = "") -> bool:
    """Whether a name begins with a place or a level and what follows is the name of an agency.

    Examples
    --------
    >>> [has_place(name, "河北省/石家庄市") for name in ("市法制办", "河北省财政厅", "市场监管部门", "检察机关")]
    [True, True, False, False]
    """
    bare = _without_alias(name)
    if (bare, "national") in _known().local:
        return True
    if _BRANCH.fullmatch(bare) or _ZONE.fullmatch(bare) or _CENTRAL.fullmatch(bare):
        return True
    match = _LEVEL.match(bare)
    place, rest, _ = _split_place(bare, region)
    if match:
        rest = bare[match.end() :]
    elif not place:
        return False
    return bool(rest) and (
        _stem(rest) is not None
        or rest in ("委", "政府", "人民政府")
        or (_LAST.search(rest) is not None and len(rest) >= 2 and not rest.endswith(("机关", "机构", "部门", "单位")))
    )


_BODY = re.compile(r"(?:委(?![托派任员屈])|党委|人民政府|政府|人大|政协|人民代表大会|人民法院|法院|人民检察院|检察院)")


def is_body_behind(text: str, position: int) -> bool:
    """Whether the name of an agency follows a place: 河北省|财政厅, 石家庄市|人民政府.

    Examples
    --------
    >>> is_body_behind("河北省财政厅负责", 3), is_body_behind("河北省境内", 3)
    (True, False)
    """
    if _BODY.match(text, position):
        return True
    return any(_stem(text[position : position + length]) is not None for length in range(2, 14))


def _written_in_full(rest: str, full: str) -> bool:
    return rest == "人民政府" or (full.endswith(rest) and rest in _known().full)


def _full_width(name: str) -> str:
    return name.translate(str.maketrans("()[]〔〕,", "（）（）（），"))


def _without_alias(name: str) -> str:
    """市委党校（行政学院）: the second name plate is left out."""
    name = re.sub(r"\s+", "", name)
    if name and name[-1] in CLOSING and not re.search(r"[（(〔][^（()）]*[、,，][^（()）]*[)）〕]$", name):
        first = max((name.rfind(sign) for sign in OPENING), default=-1)
        return name[:first] if first > 1 else name
    return name


def _stem(name: str) -> str | None:
    for level in ("", "national", "province", "county"):
        if (found := _known().local.get((name, level))) is not None:
            return found
    for head, level in (("委", "party"), ("政府", "government"), ("人民政府", "government")):
        if name.startswith(head) and (found := _known().local.get((name[len(head) :], level))) is not None:
            return found
    return None


def _split_place(name: str, region: str) -> tuple[str, str, str]:
    """Name of the place, what follows it, and the level: 市法制办 is (石家庄市, 法制办, prefecture)."""
    party = name.startswith("中共")
    bare = name.removeprefix("中共")
    match = _LEVEL.match(bare)
    if match:
        place = _place_of(match[0], region)
        return place, bare[match.end() :], _rank_of(place, region)
    names = read_place_names(bare)
    if not names:
        return "", name, ""
    place, end, rank = names[-1]
    rest = bare[end:]
    return place, ("委" + rest.removeprefix("委") if party and rest[:1] == "委" else rest), rank


def _place_of(word: str, region: str) -> str:
    """Which place 省, 市, 县, 区, 州 or 旗 before a name means: the nearest one of that name in the document's path."""
    for place in reversed([part for part in region.split("/") if part and part != NATION]):
        if place.endswith(word) and (word != "区" or not place.endswith("自治区")):
            return place
    return ""


def _rank_of(place: str, region: str) -> str:
    parts = region.split("/")
    if place not in parts:
        return ""
    depth = parts.index(place)
    if depth == 0:
        return "province"
    municipality = parts[0] in ("北京市", "天津市", "上海市", "重庆市")
    return "prefecture" if depth == 1 and not municipality else "county"


def _complete(place: str, rest: str, rank: str) -> str | None:
    local = _known().local
    if rest in ("委", "委员会"):
        return f"中共{place}委员会"
    if rest in ("政府", "人民政府"):
        return f"{place}人民政府"
    for head in ("人民政府", "政府"):
        if rest.startswith(head):
            inner = rest[len(head) :]
            found = local.get((inner, "government")) or local.get((inner, ""))
            return f"{place}人民政府{found.removeprefix('人民政府')}" if found else None
    if rest.startswith("委") and not rest.startswith("委员会"):
        found = local.get((rest[1:], "party"))
        return f"中共{place}委{found}" if found else None
    found = local.get((rest, rank)) or local.get((rest, ""))
    if found is None:
        return None
    if found.startswith("中共"):
        return f"中共{place}{found.removeprefix('中共')}"
    return f"中共{place}{found}" if found.startswith("委") else f"{place}{found}"

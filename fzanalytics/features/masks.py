"""Names of places and agencies in a text, found so that they can be set aside.

Two plans that share every sentence but name different cities and bureaus are one text with the blanks filled in.
Places come from the table of jurisdictions, agencies from rules on how Chinese agencies are named. Both work on one
text at a time, in time linear in its length: every pattern is bounded.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fzanalytics.texts.regions import NATION, load_regions

MaskKind = Literal["place", "agency"]

#: What stands in a text for a name that was masked: [place name], [agency].
MASK_TOKENS: dict[str, str] = {"place": "〔地名〕", "agency": "〔机构〕"}


NameClass = Literal["place", "agency", "number", "date"]
#: What differs between a form and its filled-in copies; the order is their number.
NAME_CLASSES: tuple[NameClass, ...] = ("place", "agency", "number", "date")


class NameSpan(NamedTuple):
    """A name, half-open in characters of the text, and its kind."""

    begin: int
    end: int
    kind: MaskKind


def mask_names(text: str, *, kinds: Iterable[MaskKind] = ("place", "agency")) -> list[NameSpan]:
    """Find the names of places and agencies.

    Parameters
    ----------
    text : str
        Clean text.
    kinds : "place", "agency" or both
        What to find.

    Returns
    -------
    list of NameSpan
        In order, without overlap. A place that is part of an agency's name belongs to the agency
        (石家庄市行政审批局). Full names of jurisdictions are found anywhere, those of two characters or made of
        everyday words (和县, 城市) only between boundaries, short names (石家庄, 河北) if they have three characters, are
        provinces, or stand in a phrase that only takes a place (河北特色, 法治广东).

    Raises
    ------
    ValueError
        If `kinds` holds anything else.

    Notes
    -----
    Rules, not a trained model: precision is put first, so that subject matter is not lost. Not found: short names of
    counties and prefectures in free text, one-character names (冀, 粤, 驻清), villages and townships, schools and firms.
    Generic bodies that plans name instead of a bureau (各级政府, 有关部门, 各县（市、区）人民政府) count as agencies;
    courts, congresses and party schools do so only with a level before them (省法院).

    Examples
    --------
    >>> text = "推广威县等经验。（省编委办、省法制办负责）"
    >>> [(text[span.begin:span.end], span.kind) for span in mask_names(text)]
    [('威县', 'place'), ('省编委办', 'agency'), ('省法制办', 'agency')]
    """
    wanted = check_kinds(kinds, name="kinds")
    places = list(_find_places(text)) if wanted else []
    agencies = _find_agencies(text, places) if "agency" in wanted else []
    spans = [NameSpan(begin, end, "agency") for begin, end in agencies]
    if "place" in wanted:
        begins = [begin for begin, _ in agencies]
        for begin, end in places:
            position = bisect_right(begins, begin) - 1
            if position < 0 or agencies[position][1] <= begin:
                spans.append(NameSpan(begin, end, "place"))
    return sorted(spans)


def mask_text(text: str, *, kinds: Iterable[MaskKind] = ("place", "agency")) -> str:
    """Replace names by 〔地名〕 and 〔机构〕.

    Parameters
    ----------
    text : str
        Clean text.
    kinds : iterable of "place", "agency"
        Which names; see `mask_names`.

    Returns
    -------
    str
        Of another length than `text`, so offsets do not hold in it; those of `mask_names` do.

    Raises
    ------
    ValueError
        If a kind is neither.

    Examples
    --------
    >>> mask_text("石家庄市的经验（市法制办负责）")
    '〔地名〕的经验（〔机构〕负责）'
    """
    parts: list[str] = []
    begin = 0
    for span in mask_names(text, kinds=kinds):
        parts += [text[begin : span.begin], MASK_TOKENS[span.kind]]
        begin = span.end
    return "".join([*parts, text[begin:]])


def class_spans(text: str, *, classes: Iterable[NameClass] = NAME_CLASSES) -> list[tuple[int, int, NameClass]]:
    """Where a text names a place, an agency, a number or a date.

    Parameters
    ----------
    text : str
        Clean text.
    classes : of "place", "agency", "number" and "date"
        What to find.

    Returns
    -------
    list of (begin, end, class)
        In order, without overlap. Names as in `mask_names`, whose spans win over those of dates, and dates over those
        of numbers: 2017年 is a date, 石家庄市 a place. Dates: 2017年, 6月底 without its 底, 二〇一七年六月三十日. Numbers:
        in Arabic figures with their 第 and %; in Chinese figures after 第 and before a word that counts (三十个).

    Raises
    ------
    ValueError
        If `classes` holds anything else.

    Examples
    --------
    >>> text = "第三条 到2017年6月底，河北省新增25.5%"
    >>> [(text[begin:end], name) for begin, end, name in class_spans(text)]
    [('第三', 'number'), ('2017年6月', 'date'), ('河北省', 'place'), ('25.5%', 'number')]
    """
    wanted = check_classes(classes, name="classes")
    kinds: list[MaskKind] = [kind for kind in ("place", "agency") if kind in wanted]  # type: ignore[misc]
    found: list[tuple[int, int, NameClass]] = list(mask_names(text, kinds=kinds)) if kinds else []
    for name, pattern in (("date", _DATE), ("number", _NUMBER)):
        if name in wanted:
            begins = [begin for begin, _, _ in found]
            for match in pattern.finditer(text):
                begin, end = match.span()
                at = bisect_right(begins, begin) - 1
                free = at < 0 or found[at][1] <= begin
                if free and (at + 1 == len(begins) or begins[at + 1] >= end):
                    found.append((begin, end, name))  # type: ignore[arg-type]
            found.sort()
    return [(begin, end, name) for begin, end, name in found]


def check_classes(classes: Iterable[str], *, name: str) -> tuple[NameClass, ...]:
    """The classes in their order, or a ValueError that names the option."""
    given = {classes} if isinstance(classes, str) else set(classes)
    if unknown := sorted(map(str, given - set(NAME_CLASSES))):
        raise ValueError(
            f"`{name}` must hold only {', '.join(map(repr, NAME_CLASSES))}; got {', '.join(map(repr, unknown))}. "
            f"Use None for no masking."
        )
    return tuple(one for one in NAME_CLASSES if one in given)


def check_kinds(kinds: Iterable[str], *, name: str) -> tuple[MaskKind, ...]:
    """The kinds as a sorted tuple, or a ValueError that names the option."""
    given = {kinds} if isinstance(kinds, str) else set(kinds)
    unknown = sorted(map(str, given - set(MASK_TOKENS)))
    if unknown:
        raise ValueError(
            f"`{name}` must hold only 'place' and 'agency'; got {', '.join(map(repr, unknown))}. Use () for no masking."
        )
    return tuple(kind for kind in MASK_TOKENS if kind in given)  # type: ignore[misc]


# Places -----------------------------------------------------------------------------------------------------------

Safety = Literal["sure", "province", "bounded", "phrase"]

# Everyday words (built-up area, suburb, mining area, ...) that are also the names of districts: never masked.
_NOUNS = frozenset({NATION, "城区", "郊区", "矿区", "东区", "西区"})
# Districts and counties whose characters also meet by chance (新城区建设, 财政和县级): masked between boundaries only.
_LOOSE = re.compile(r"..|.城市|.和[县市区]|新城区|[市城]中区|[市城][南北]区")
# Short names that are everyday words as well; they are never masked without their 市, 区 or 县.
_ORDINARY = re.compile(
    "和平|安定|平安|大同|开封|通化|中山|四平|朝阳|向阳|新华|团结|永定|长寿|富裕|友好|安康|吉安|新建|平定|"
    "和政|民和|共和|新城|城中|市中|城关|开平|兴安|安全|建设|文化|普安|广平|安宁|长安|保定|建华|建邺|建宁|"
    "惠民|利民|为民|新民|和顺|太平|东方|东风|前进|红旗|胜利|光明|海南|新兴|宁静|长治|太和|仁和|泰和|政和|"
    "平和|集安|昌平|新安|永安|公安|双江|安化|宣化|德化|从化|开化|奉化|兴化|敦化|怀化|遵化|绥化|隆化|彰化|"
    "善化|固安|武安|迁安|延安|静安|台安|镇安|合作|诚信|阳光|互助|尚志|高要|高明|三水|三原|三门|大通|交口|"
    "交城|信用"
)
_HAN = r"\u4E00-\u9FFF"
_LEFT_PHRASE = (
    "中共",
    "信用",
    "法治",
    "绿色",
    "文化",
    "魅力",
    "和谐",
    "幸福",
    "美丽",
    "平安",
    "数字",
    "视察",
    "推广",
    "突出",
)
_RIGHT_PHRASE = ("特色", "银监分局", "中心支行", "海关", "州委", "州政府")
_RIGHT_BOUNDARY = re.compile(
    rf"$|[^{_HAN}]|等|的|人民政府|政府|人民法院|人民检察院|委(?![员托])|县委|市委|区委|经验|模式"
)
_LEFT_BOUNDARY = re.compile(rf"(?:^|[^{_HAN}]|推广|中共|视察)$")
# 黄河南岸 (the south bank) is no Henan; 市场 (market) no city; 区域 no district.
_NOT_AFTER = ("场", "域", "岸", "麓", "侧")
_NOT_BEFORE = ("黄", "长", "大", "运")


@lru_cache(maxsize=1)
def _places() -> tuple[dict[str, Safety], dict[str, tuple[int, ...]]]:
    """Names with how safe they are, and the lengths of those that begin with two characters."""
    table = load_regions()
    names: dict[str, Safety] = {}
    for name, short, level in zip(table["name"], table["short"], table["level"], strict=True):
        if level == "national" or name in _NOUNS:
            continue
        names[name] = "bounded" if len(name) == 2 or _LOOSE.fullmatch(name) else "sure"
        if level == "province":
            names[short] = "province"
        elif len(short) >= 3:
            names.setdefault(short, "sure")
        elif len(short) == 2 and not _ORDINARY.fullmatch(short):
            names.setdefault(short, "phrase")
        # Autonomous units are often named without their nationality: 甘南藏族自治州, 甘南州.
        for suffix in ("州", "县"):
            if name.endswith("自治" + suffix) and len(short) >= 2 and not short.endswith("和"):
                names.setdefault(short + suffix, "sure")
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[:2], set()).add(len(name))
    return names, {begin: tuple(sorted(sizes, reverse=True)) for begin, sizes in lengths.items()}


@lru_cache(maxsize=1)
def _beginnings() -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.bool_]]:
    """A number for each character that is the first, and the second, of a name; and which of them meet in one."""
    _, lengths = _places()
    sides = [sorted({begin[side] for begin in lengths}) for side in (0, 1)]
    one, two = np.zeros(0x110000, dtype=np.int16), np.zeros(0x110000, dtype=np.int16)
    for numbers, letters in zip((one, two), sides, strict=True):
        numbers[[ord(letter) for letter in letters]] = np.arange(1, len(letters) + 1)
    meet = np.zeros((len(sides[0]) + 1, len(sides[1]) + 1), dtype=bool)
    for begin in lengths:
        meet[one[ord(begin[0])], two[ord(begin[1])]] = True
    return one, two, meet


def _find_places(text: str) -> Iterator[tuple[int, int]]:
    """Longest first at every position, left to right, by look-up: linear, at most a dozen look-ups a character."""
    names, lengths = _places()
    one, two, meet = _beginnings()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    last_end = 0
    for begin in np.flatnonzero(meet[one[codes[:-1]], two[codes[1:]]]).tolist():
        if begin < last_end:
            continue
        for length in lengths[text[begin : begin + 2]]:
            name = text[begin : begin + length]
            # At the end of the text the slice is shorter than asked for; its own length comes up later.
            if len(name) < length or name not in names:
                continue
            if _is_safe(text, begin, begin + length, names[name], last_end):
                last_end = begin + length
                yield begin, last_end
                break


def _is_safe(text: str, begin: int, end: int, safety: Safety, last_end: int) -> bool:
    before, after = text[max(0, begin - 2) : begin], text[end : end + 5]
    if after.startswith(_NOT_AFTER):
        return False
    if safety == "sure":
        return True
    if safety == "province":
        return not before.endswith(_NOT_BEFORE)
    follows_place = begin == last_end and begin > 0
    if safety == "bounded":
        left = follows_place or _LEFT_BOUNDARY.search(before) is not None
        return left and (follows_place or _RIGHT_BOUNDARY.match(after) is not None)
    return before.endswith(_LEFT_PHRASE) or after.startswith(_RIGHT_PHRASE)


# Agencies ---------------------------------------------------------------------------------------------------------

# What agencies are for, in the forms that their names take. Longer forms first where one begins another.
_STEM = (
    r"(?:"
    r"全面依法治[省市县]|依法治[国省市县]|法治政府建设|社会信用体系建设|农牧林业|农业农村|农牧|农业|"
    r"林业和草原|林业|水利|水务|水电|海洋|发展和?改革|发展研究|发改|财政|审计|统计|国家?税务|地方税务|"
    r"国税|地税|税务|物价|金融工作|金融|国资|国有资产监督管理|人力资源和?社会保障|人社|公务员|"
    r"住房和?城乡建设管理|住房和?城乡建设|住建|城乡规划|规划|城市管理|城管|城市管理综合执法|执法|自然资源|"
    r"国土资源|国土|生态环境|环境保护|环保|交通运输|交通|公安交通管理|公安|国家安全|司法行政|司法|信访|"
    r"应急管理|经济和信息化|工业和信息化|工信|商务|工商行政管理|工商质监|工商|质量技术监督|质监|"
    r"市场监督管理|市场监管|食品药品监督管理|食品药品监管|食药监|药监|安全生产监督管理|安全监管|安监|"
    r"卫生健康|卫生和?计划生育|卫生计生|卫计|卫健|卫生|医疗保障|医保|教育|科学技术|科技|体育|民政|"
    r"民族宗教|民宗|民委|宗教|文化广电新闻出版|文化广电和旅游|文化和旅游|文广新|文广|文化|旅游|"
    r"新闻出版广电|广电|监察|纪委监|纪律检查|组织|宣传|统战|统一战线工作|政法|政策研究|直属机关工作|直工|"
    r"高校工|机构编制|编制|编|审改|综治|维稳|法制|文明|网信|扶贫|考核|督查|目标|政府顾问管理|行政审批|"
    r"行政服务|政务服务|大数据|公共资源交易|机关事务|档案|保密|外事|侨务|台湾事务|人民防空|人防|气象|地震|"
    r"邮政|烟草|银监|保监|证监|仲裁|残|老龄|妇女儿童工作|防汛抗旱|供销|决策咨询|政府新闻|政府法制|政府"
    r")"
)
# Told first, so that the list is gone through only where it may begin.
_FIRST = "".join(sorted({stem[0] for stem in _STEM[3:-1].split("|")}))
_STEM = f"(?=[{_FIRST}]){_STEM}"
_FIRST += "县设市国中省区州盟旗乡镇人"
_SUFFIX = (
    r"(?:(?:工作)?领导小组(?:办公室)?|咨询委员会|委员会(?:办公室)?|办公[室厅]|管理局|监督局|分局|总局|局(?![部限面势长])"
    r"|委办(?![理事])|委(?![员托派任内以])|办(?![理法公事案学好结证件税矿实成得会班])|厅(?![局级])"
    r"|部(?![署门分队位委级])|部门(?![规利])|服务中心|交易中心|研究中心|中心(?=[、，,；;）)〕和及等牵负]|$)|室(?=[、，,；;）)〕（(]|$))"
)
_UNIT = r"(?:县[（(]市、区[）)]|设区市|市县|市、县|国家|中央|[省市县区州盟旗乡镇])"
_NO_CITY = r"(?<![城都])"
_OWNER = rf"(?:{_NO_CITY}{_UNIT}(?:委(?![员托派])|(?:人民)?政府)?|中共|国务院|人民政府)"
_GOVERNMENT = (
    r"政府(?!立法|规章|性|采购|购买|投资|信息|定价|诚信|守信|失信|绩效|职能|网站|治理|管理|服务|指导价|事权|部门间"
    r"|主导|监管|法治|常务会|全体会|会议|督查|新闻|工作人员|执行职责|与社会)"
)
_RANGE = r"(?:各级|县级以上(?:地方)?(?:各级)?|上一?级|下一?级|本级|同级|各?设区市|各?乡镇|各?市县|地方各级|所属|基层)"
_WHICH = r"(?:各级|各|有关|相关|所属|其他|直属|组成|责任|执法|职能|工作|成员|国家|及其|的)"
_AGENCY = re.compile(
    "|".join(
        (
            # 党中央、国务院 and the party committees: 省委, 县委.
            r"党中央|中共中央|国务院(?:办公厅|有关部门|各部门|部门)?",
            # A known business with an agency's suffix, with or without an owner: 省发展改革委, 县政府法制办公室, 综治办.
            rf"(?=[{_FIRST}])(?<!行政){_OWNER}{{0,2}}{_STEM}{_SUFFIX}(?:[（(]{_OWNER}{{0,2}}{_STEM}{_SUFFIX}[）)])?",
            # Any business at all, if an owner stands before it and list marks around it: 、省残联委、.
            rf"(?=[省市县州])(?<![{_HAN}]){_NO_CITY}[省市县州](?![场民容域级委政直])(?:(?![的向在对将要年月每等])[{_HAN}]){{2,10}}?"
            rf"(?:局|厅|委员会|委|办公室|办|总队|支队|大队|中心)(?=[、，,；;）)〕\]\s]|等部门|牵头|负责|配合|$)",
            # Governments and what belongs to them: 各县（市、区）人民政府, 省政府有关部门.
            rf"(?=[各县设市国中省区州盟旗乡镇上下本同地所基])(?:各)?(?:{_NO_CITY}{_UNIT}|{_RANGE})(?:两级|三级)?(?:地方)?(?:各级)?(?:人民)?{_GOVERNMENT}"
            rf"(?:(?:及|和)?(?:其|{_WHICH}){{0,3}}部门)?",
            rf"(?=[省市县区州]){_NO_CITY}[省市县区州](?:人民政府|委(?![员托派以内任]))",
            # Courts and procuratorates of a level; branches of the central bank.
            rf"(?=[省市县区州]){_NO_CITY}[省市县区州](?:人民)?(?:法院|检察院)",
            rf"(?:中国)?(?:人民银行|人行)[{_HAN}]{{2,8}}?(?:中心支行|分行|支行)|[{_HAN}]{{2,3}}(?:银监|证监|保监)分局",
            # Bodies without a name: 各有关部门, 市直各执法部门, 各乡镇.
            r"(?:省|市|县|区|州)直(?:属)?(?:机关|有关|各){0,2}(?:执法)?(?:部门|单位)",
            r"各级各(?:有关)?部门|各地区、?各(?:有关)?部门|各地、?各(?:有关)?(?:部门|单位)|各(?:有关|责任|执法|职能|成员)?部门(?!规)",
            r"(?<![各本他级])(?:有关|相关|其他有关)部门|各乡镇(?:及|、|和)?|各县[（(]市、区[）)]",
        )
    )
)


def _find_agencies(text: str, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Agencies in order, each with the place that its name begins with or goes around."""
    joined: list[tuple[int, int]] = []
    place = 0
    for match in _AGENCY.finditer(text):
        begin, end = match.span()
        if text[end - 1] in "及、和":
            end -= 1
        while place < len(places) and places[place][1] < begin:
            place += 1
        # A name in one piece with places before or around its beginning: 甘南州人民政府, 人行石家庄中心支行.
        while place < len(places) and places[place][0] <= end and places[place][1] >= begin:
            if places[place][0] >= end:
                break
            begin, end = min(begin, places[place][0]), max(end, places[place][1])
            place += 1
        if text[max(0, begin - 2) : begin] == "中共":
            begin -= 2
        if joined and begin < joined[-1][1]:
            left, right = joined.pop()
            begin, end = min(left, begin), max(right, end)
        joined.append((begin, end))
    return joined


# Dates and numbers --------------------------------------------------------------------------------------------------

_DIGIT = "[0-9０-９]"
_HAN_DIGIT = "[〇零○一二三四五六七八九]"
_HAN_DIGITS = "[〇零○一二三四五六七八九十百千两]"
_DAY = rf"(?:{_DIGIT}{{1,2}}|[一二三四五六七八九十]{{1,3}})[ \u3000]?[日号]"
_MONTH = rf"(?:{_DIGIT}{{1,2}}|[一二三四五六七八九十]{{1,2}})[ \u3000]?月(?:份|[ \u3000]?{_DAY})?"
_DATE = re.compile(
    rf"(?<!{_DIGIT})(?:(?:{_DIGIT}{{4}}|{_HAN_DIGIT}{{4}})[ \u3000]?年(?:[ \u3000]?{_MONTH})?|{_MONTH}|{_DIGIT}{{1,2}}[ \u3000]?日)"
)
_NUMBER = re.compile(
    rf"第?{_DIGIT}+(?:[.．,，]{_DIGIT}+)?[%％‰]?"
    rf"|第{_HAN_DIGITS}{{1,9}}"
    rf"|{_HAN_DIGITS}{{1,9}}(?=[个项家件名人次倍天部])"
    rf"|百分之{_HAN_DIGITS}{{1,9}}"
)

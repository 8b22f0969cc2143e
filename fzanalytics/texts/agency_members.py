"""Members of lists of agencies: what names one organ or a class of them, beside what merely stands in a list."""

from __future__ import annotations

import re

from fzanalytics.texts.agency_names import (
    has_place,
    is_agency,
    is_bare_stem,
    is_class,
    is_generic,
    is_office,
    resolve_agency,
)

DEPARTMENTS = re.compile(
    r"(?<![\u4e00-\u9fff])由?(?P<head>地方各级|地方|各级|县级以上|市县|基层)?(?P<list>(?:[\u4e00-\u9fff]{2,9}、){1,8}[\u4e00-\u9fff]{2,9}?)(?P<end>等?(?:主管|行政)?部门)"
)


def is_department_list(name: str) -> bool:
    """Whether a name is a list of stems behind one head: 各级农业、水利 of 各级农业、水利等部门.

    Examples
    --------
    >>> is_department_list("各级教育、卫生、民政部门"), is_department_list("各级加强、改进部门")
    (True, False)
    """
    match = DEPARTMENTS.fullmatch(name if name.endswith("部门") else name + "部门")
    if match is None or not match["head"]:
        return False
    return are_departments(match["list"].split("、"))


def is_stem(name: str) -> bool:
    """Whether a table tells that a name without 局 or 部门 is an organ's: 教育 of 教育、公安、海关等部门.

    Examples
    --------
    >>> is_stem("教育"), is_stem("教育体育"), is_stem("城乡水务")
    (True, True, False)
    """
    if is_bare_stem(name) or (len(name) <= 9 and is_generic(name + "部门")):
        return True
    cuts = range(2, len(name) - 1) if len(name) <= 9 else ()
    return any(is_bare_stem(name[:cut]) and is_bare_stem(name[cut:]) for cut in cuts)


_NO_MEMBER = re.compile(
    r"(?:学校|幼儿园|医院|[院园馆站场所]|团体|公司|机构|机关|部门|单位|代表|专家|群众|等|以上|各级|有关|相关|其[他它])$"
)


def may_be_stem(name: str) -> bool:
    """Whether a name that no table holds has the form of one in a list of departments: short, with no word of action.

    Examples
    --------
    >>> [may_be_stem(name) for name in ("数据", "城乡水务", "加强监管", "幼儿园")]
    [True, True, False, False]
    """
    if not 2 <= len(name) <= 9 or _NO_MEMBER.search(name):
        return False
    return is_office(name + "部门")


def are_departments(names: list[str], *, closed_by: str = "部门", n_full: int = 0) -> bool:
    """Whether the members of a list closed by 部门 or 单位 are organs: the known ones vouch for the few that no table holds.

    n_full: further members, which have whole names of organs.

    Examples
    --------
    >>> are_departments(["公安", "税务", "数据"]), are_departments(["加强", "改进"]), are_departments(["供水", "供电", "通信"])
    (True, False, False)
    """
    n_known, n = n_full + sum(is_stem(name) for name in names), n_full + len(names)
    if not all(is_stem(name) or may_be_stem(name) for name in names):
        return False
    if closed_by == "单位":  # 学校, 供电: a unit need not be an organ
        return n - n_known <= (1 if n_known >= 3 else 0)
    return 2 * n_known >= n or n_known >= 2


_PLACES = re.compile(
    r"(?:[\u4e00-\u9fff]{2,7}(?:省|市|自治区|州|县|区)、){1,30}[\u4e00-\u9fff]{2,7}(?:省|市|自治区|州|县|区)(?:人民)?政府"
)
_STRICT_CLASS = re.compile(
    r"(?:各|军队|地方各级|县级以上|县以上|(?:所在地|发生地|当地|属地|所属)?(?:[市县区乡镇]（|市、?县|乡镇|街道|当地)|有关|相关|[省市县]政府(?:各|有关|相关)|[省市县区州]直(?:各|有关|相关)?|国务院(?:各|有关|相关)|省级|市级|县级|其[他它])"
    r".{0,20}(?:部门|成员单位|单位|机构|机关|政府|党委|党校|学院|企业|乡镇|街道|地区|地方|办事处|主体|[市州县]|(?<![园景社街片校])区)(?:[（(][^（()）]{1,12}[)）])?"
)
NO_CLASS = re.compile(r"[要应须按,，]|根据|(?<!其他)责任|牵头|承担|领导[下干]|组织(?!部)")
_LOCALITY = re.compile(r"各地|各省[（(][^（()）]{1,12}[)）]|(?:你|贵)[省市区县部委局办署院行会]")
_NO_BODY = re.compile(r"[要须]|会同|应当|督促|指导|配合|支持|组织(?!部)")


def is_strict(name: str, region: str, level: str) -> bool:
    """Whether a stretch of running text is an agency's name and nothing else.

    Examples
    --------
    >>> is_strict("省财政厅", "河北省", ""), is_strict("指导省财政厅", "河北省", "")
    (True, False)
    """
    if (
        is_department_list(name)
        or name in ("人民法院", "人民检察院", "领导小组", "联席会议")
        or _LOCALITY.fullmatch(name)
    ):
        return True
    if not is_agency(name) or len(name) < 3:
        return False
    if is_class(name):
        return bool(_STRICT_CLASS.fullmatch(name)) and not NO_CLASS.search(name)
    if is_generic(name) or _PLACES.fullmatch(name):
        return True
    if _NO_BODY.search(name):
        return False
    tier = resolve_agency(name, region=region, level=level)[1]
    return tier in ("exact", "short form") or (has_place(name, region) and len(name) <= 24) or is_office(name)

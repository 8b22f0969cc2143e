"""Responsible agencies with their role: in brackets at the end of a task, behind 责任单位：, and in running text.

Only a body with a duty counts. Agencies as objects of a text (对行政机关, 人民法院的判决) are not found, nor is 行政机关
as such. A name that the table of short forms does not hold is kept as it is written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping

import pandas as pd

from fzanalytics.texts.agency_names import MAX_NAME, has_place, is_agency, is_bare_stem, is_class, resolve_agency
from fzanalytics.texts.extraction.agency_lists import (
    LABEL,
    MAX_TAIL,
    ROLES,
    Item,
    find_brackets,
    read_bracket,
    read_list,
    split_list,
    strip_et_al,
)
from fzanalytics.texts.extraction.mentions import Mention

#: in one place for the whole document: 除分别负责外，列在首位的为牵头部门，下同
_FIRST_LEADS = re.compile(
    r"(?:(?:列|排|排名)(?:在|于)?(?:首位|第一位|第一|最前面?)|(?:首位|第一位|第一个|第一家))(?:的|者)?(?:单位|部门)?(?:均|都)?(?:为|是|负责)牵头"
)


def find_agencies(text: str, clauses: pd.DataFrame, *, document: Mapping[str, object]) -> list[Mention]:
    """The agencies that a document makes responsible, each with its role and its place.

    Parameters
    ----------
    text : str
        Clean text.
    clauses : DataFrame, shape (C, 12)
        Not looked at: clauses of shared lists are told by `share_lists`.
    document : mapping
        `region` and `level` are used: they tell which 省 and which 市 is meant.

    Returns
    -------
    list of Mention
        kind "agency"; value is the full name with its place where data/agencies.csv or the text tell it, a class in one
        spelling (各县（市、区）政府), else the name as written; evidence is the tier of that answer ("exact", "short form",
        "class", "unresolved"). begin and end are those of the name alone, a second name plate in brackets included. role:

        ============  ====================================================================
        lead          牵头, 主办; the first of a list where the document says that the first leads
        joint         参加, 参与, 共同, 会同
        support       配合, 协助
        each          按职责分工分别负责, 各负其责
        responsible   负责 and no more, or a bare list
        ============  ====================================================================

    Notes
    -----
    Where the first of a list leads, that holds for lists of two and more without a role of their own; the one agency of
    a list of one is "responsible". Cannot be seen: who is meant by 牵头部门 or 责任单位 without a name.

    Examples
    --------
    >>> text = "1.清理审批事项。（省编委办牵头，省财政厅等部门配合）"
    >>> [(m.value, m.role) for m in find_agencies(text, pd.DataFrame(), document={"region": "河北省", "level": "province"})]
    [('河北省机构编制委员会办公室', 'lead'), ('河北省财政厅', 'support')]
    """
    region, level = _known(document, "region"), _known(document, "level")
    first_leads = _first_leads(text)
    found: dict[tuple[int, int], str] = {}
    covered: list[tuple[int, int]] = []
    for begin, end in find_brackets(text):
        items = read_bracket(text, begin, end, region)
        if items:
            covered.append((begin, end))
            for item in _lead_first(items, begin, first_leads):
                found.setdefault((item.begin, item.end), item.role)
    for begin, end in _sentences(text, covered):
        for item in _labelled(text, begin, end) or _running(text, begin, end, region, level):
            found.setdefault((item.begin, item.end), item.role)
    mentions = []
    head, tier = "", ""
    for (begin, end), role in sorted(found.items()):
        value, tier = resolve_agency(text[begin:end], region=region, level=level)
        if tier == "unresolved" and head == "各级" and text[begin - 1 : begin] == "、":  # 各级党校、行政学院
            value, tier = head + value, "class"
        elif tier == "unresolved":  # 省发展改革委、财政厅; 市发改、财政、住建等部门: the head is shared
            value, tier = _with_shared_head(text, begin, end, head, region, level) or (value, tier)
        if text[begin] in "省市县区州旗各":
            head = "各级" if text.startswith("各级", begin) else text[begin] if text[begin] in "省市县区州旗" else ""
        mentions.append(Mention("agency", value, role, begin, end, evidence=tier))
    return mentions


def share_lists(text: str, clauses: pd.DataFrame, mentions: list[Mention]) -> list[tuple[Mention, str]]:
    """Lists that stand once for several clauses: the further clauses that they cover.

    Parameters
    ----------
    text : str
    clauses : DataFrame, shape (C, 12)
    mentions : list of Mention
        As `find_agencies` gives them.

    Returns
    -------
    list of (Mention, clause_id)
        One pair for each agency and each clause that its list covers, other than the clause it stands in. Covered are
        clauses without a list of their own: those below a heading that ends with a list; those beside the last one,
        where the list stands on a line of its own or says 以上, and no other of them has one.

    Examples
    --------
    >>> from fzanalytics.texts.structure.clauses import find_clauses
    >>> text = "（一）审批改革（市编办负责）\\n1.清理事项。\\n2.公开清单。"
    >>> clauses = find_clauses("a", text)
    >>> agencies = find_agencies(text, clauses, document={"region": "广东省/清远市"})
    >>> [(mention.value, clause) for mention, clause in share_lists(text, clauses, agencies)]
    [('清远市机构编制委员会办公室', 'a#（一）/1'), ('清远市机构编制委员会办公室', 'a#（一）/2')]
    """
    if clauses.empty or not mentions:
        return []
    begins, ids, paths = clauses["begin"].tolist(), clauses["clause_id"].tolist(), clauses["path"].tolist()
    own: dict[int, list[Mention]] = {}
    for mention in mentions:
        inside = bisect_right(begins, mention.begin) - 1
        if inside >= 0:
            own.setdefault(inside, []).append(mention)
    parents = [path.rpartition("/")[0] for path in paths]
    siblings: dict[int, list[int]] = {}
    top: dict[str, int] = {}
    below: dict[int, list[int]] = {}
    for i, path in enumerate(paths):
        parent = top.get(parents[i], -1)
        siblings.setdefault(parent, []).append(i)
        if parent >= 0:
            below.setdefault(parent, []).append(i)
        top[path] = i
    pairs: list[tuple[Mention, str]] = []
    for i in sorted(own):
        if i in below:
            heading = [mention for mention in own[i] if _ends_heading(text, begins[i], mention)]
            pairs += [(mention, ids[j]) for j in _descendants(i, below, own) for mention in heading]
    for group in siblings.values():
        last = group[-1]
        if len(group) < 2 or last not in own or any(i in own for i in group[:-1]):
            continue
        shared = [mention for mention in own[last] if _stands_alone(text, mention)]
        pairs += [(mention, ids[i]) for i in group[:-1] if i not in below for mention in shared]
    return pairs


def _descendants(i: int, below: dict[int, list[int]], own: dict[int, list[Mention]]) -> list[int]:
    found, waiting = [], list(reversed(below.get(i, [])))
    while waiting:
        j = waiting.pop()
        if j not in own:
            found.append(j)
            waiting.extend(reversed(below.get(j, [])))
    return found


def _ends_heading(text: str, begin: int, mention: Mention) -> bool:
    """Whether a mention stands in the bracket or behind the label that ends the heading of a clause."""
    end = text.find("\n", begin)
    line = text[begin : len(text) if end < 0 else end].rstrip("。 \t\u3000")
    brackets = [(first, last) for first, last in find_brackets(line) if last == len(line)]
    return bool(brackets) and begin + brackets[-1][0] < mention.begin < begin + len(line)


def _stands_alone(text: str, mention: Mention) -> bool:
    """Whether the line of a list holds nothing but the list, or says that it is for what stands above it."""
    first = text.rfind("\n", 0, mention.begin) + 1
    end = text.find("\n", mention.end)
    line = text[first : len(text) if end < 0 else end].strip(" \t\u3000。")
    alone = any(begin == 0 and end == len(line) for begin, end in find_brackets(line))
    return alone or bool(LABEL.match(line)) or bool(re.match(r"(?:以上|上述|本[节部章])", line))


def _known(document: Mapping[str, object], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def _first_leads(text: str) -> tuple[int, bool] | None:
    """From where on the first of a list leads, and whether lists with 分别负责 are left out."""
    match = _FIRST_LEADS.search(text)
    if match is None:
        return None
    around = text[max(0, match.start() - 300) : match.end() + 12]
    here = text.rfind("\n", 0, match.start()) + 1 if "下同" in text[match.end() : match.end() + 12] else 0
    return here, "分别负责外" in around or "各负其责外" in around


def _lead_first(items: list[Item], begin: int, rule: tuple[int, bool] | None) -> list[Item]:
    if rule is None or begin < rule[0] or len(items) < 2 or any(item.role == "lead" for item in items):
        return items
    if rule[1] and any(item.role == "each" for item in items):
        return items
    if items[0].role in ("responsible", "each", "joint"):
        return [items[0]._replace(role="lead"), *items[1:]]
    return items


_SHARED = re.compile(r"[\u4e00-\u9fff]{2,12}")


def _with_shared_head(text: str, begin: int, end: int, head: str, region: str, level: str) -> tuple[str, str] | None:
    """财政厅 behind 省发展改革委; 财政 between 市发改 and 住建等部门: with the head, and 局 or 厅 where it is left out."""
    name = text[begin:end]
    if not _SHARED.fullmatch(name) or not region or head == "各级":
        return None
    inherits = name[0] not in "省市县区州旗各"
    if inherits and (not head or text[begin - 1 : begin] not in "、和及与"):
        return None
    whole = (head if inherits else "") + name
    for ending in ("", "厅", "局", "委"):
        if ending and (ending == "厅") != whole.startswith(("省", "自治区")) and ending != "委":
            continue
        value, tier = resolve_agency(whole + ending, region=region, level=level)
        if tier in ("exact", "short form"):
            return value, "short form" if ending or inherits else tier
    return None


# ---------------------------------------------------------------- running text

_STOPS = re.compile(r"[。；;！？!?\n]")
_VERB = re.compile(
    r"(?:组织实施|组织落实|负责(?!人|制|清单|单位|部门|同志|任)|牵头(?!部门|单位|人|抓总的)|配合(?!部门|单位)|协助|各负其责|各司其职"
    r"|参加|(?:按照?|根据|依据)(?:各自)?(?:职责|职能|考核|任务)?(?:分工|权限)|根据职责|按职责|会同)"
)
_MODALS = re.compile(
    r"(?:(?:要|应当|应|须|必须|具体|分别|共同|依法|统一|积极|密切|主动|全力|切实|认真|联合|具体组织|按照?职责分工|按照?各自职责|按照?职责|按照?分工|根据职责"
    r"|按职责)[,，]?){1,3}$"
)
_BY = re.compile(r"由")
_MUST = re.compile(r"(?:要|应当|应)(?=[\u4e00-\u9fff])")
_MAX_LEFT = 240


def _sentences(text: str, covered: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Stretches between full stops, semicolons, ends of lines and the brackets that were read."""
    edges = [0, *(match.start() for match in _STOPS.finditer(text)), len(text)]
    stops = sorted([(edge, edge + 1) for edge in edges[1:-1]] + covered)
    first = 0
    for begin, end in [*stops, (len(text), len(text))]:
        if begin - first >= 4:
            yield first, begin
        first = max(first, end)


def _labelled(text: str, begin: int, end: int) -> list[Item]:
    """责任单位：市司法局、市财政局 outside of brackets."""
    match = LABEL.search(text, begin, end)
    if match is None or text[max(begin, match.start() - 1) : match.start()].strip() not in ("", *"，,。；;（(【、*"):
        return []
    items, _ = read_list(text, match.start(), end)
    return [item for item in items if is_agency(text[item.begin : item.end])]


def _running(text: str, begin: int, end: int, region: str, level: str) -> list[Item]:
    """Named agencies and classes before a verb of duty: 市司法局牵头, 省委统战部负责…的考核, 由市编办、市财政局审核."""
    found: dict[tuple[int, int], str] = {}
    for match in _VERB.finditer(text, begin, end):
        left = text[max(begin, match.start() - _MAX_LEFT) : match.start()]
        modal = _MODALS.search(left[-MAX_TAIL:])
        words = (modal[0] if modal else "") + match[0]
        bare = len(left) - (len(modal[0]) if modal else 0)
        names = _names_before(text, match.start() - len(left), match.start() - len(left) + bare, region, level)
        if not names:
            continue
        if match[0] == "会同":
            for span in names:
                found.setdefault(span, "lead")
            for span in _names_behind(text, match.end(), end, region, level):
                found.setdefault(span, "joint")
            continue
        if match[0] in ("配合", "协助") and re.match(
            r"[^，。]{0,2}(?:检察|人民法院|国家|上级)", text[match.end() : end]
        ):
            continue
        role = next((role for pattern, role in ROLES if pattern.search(words)), "responsible")
        if re.match(r"牵头推动|并?履行", text[match.end() : match.end() + 4]) and role == "lead":
            role = "each"
        for span in names:
            found.setdefault(span, role)
    for match in _BY.finditer(text, begin, end):
        for span in _names_behind(text, match.end(), end, region, level):
            if _is_office(text[slice(*span)], region, level):
                found.setdefault(span, "responsible")
    for match in _MUST.finditer(text, begin, end):
        names = _names_before(text, max(begin, match.start() - _MAX_LEFT), match.start(), region, level)
        for span in names:
            if _is_office(text[slice(*span)], region, level):
                found.setdefault(span, "responsible")
    return [Item(*span, role) for span, role in sorted(found.items())]


def _names_before(text: str, begin: int, end: int, region: str, level: str) -> list[tuple[int, int]]:
    """The agencies that stand directly before a place in a sentence, joined by 、 or 和; none if another word does."""
    names: list[tuple[int, int]] = []
    for first, last in reversed(split_list(text, begin, end)):
        piece = text[first:last]
        by = max(piece.rfind(sign, 0, max(0, len(piece) - 2)) for sign in "由：:")
        start = first + by + 1 if by >= 0 else first
        name = strip_et_al(text[start:last])
        if not _is_strict(name, region, level) and not is_bare_stem(name):
            break
        names.append((start, start + len(name)))
        if by >= 0:
            break
    names.reverse()
    while names and is_bare_stem(text[slice(*names[0])]) and text[names[0][0]] not in "省市县区州旗":
        names.pop(0)  # 财政 with no 市发改 before it
    return names


def _names_behind(text: str, begin: int, end: int, region: str, level: str) -> list[tuple[int, int]]:
    """The agencies that follow a place, the last one cut off where its name ends: 市编办、市财政局审核."""
    names = []
    for first, last in split_list(text, begin, min(end, begin + _MAX_LEFT)):
        name = strip_et_al(text[first:last])
        whole = resolve_agency(name, region=region, level=level)[1] in ("exact", "short form")
        if whole or (is_class(name) and _is_strict(name, region, level)):
            names.append((first, first + len(name)))
            continue
        for length in range(min(MAX_NAME // 2, last - first), 2, -1):
            name = text[first : first + length]
            if text[first + length : first + length + 1] in ("门", "员"):  # 生态环境部 is not meant by 生态环境部门
                continue
            if resolve_agency(name, region=region, level=level)[1] in ("exact", "short form"):
                names.append((first, first + length))
                break
        break
    return names


_STRICT_CLASS = re.compile(
    r"(?:各|地方各级|县级以上|县以上|有关|相关|[省市县]政府(?:各|有关|相关)|[省市县区州]直(?:各|有关|相关)?|国务院(?:各|有关|相关)|省级|市级|县级)"
    r".{0,20}(?:部门|单位|机构|机关|政府|党委|党校|学院|企业|乡镇|街道|地区|地方|办事处|主体|[市州县区])(?:[（(][^（()）]{1,12}[)）])?"
)
_NO_CLASS = re.compile(r"[要应须按,，]|根据|责任|牵头|承担|领导[下干]|行政机关")

# congresses and courts have powers, not tasks of a plan; of governments and committees themselves 由 and 要 tell too little
_NO_OFFICE = re.compile(r"人民代表大会|人大|法院|检察院|(?:政府|委|委员会|中心|新区|示范区|站|所|厕所|平台)$")


def _is_office(name: str, region: str, level: str) -> bool:
    """Whether a name is that of one office, for the weaker signs of a duty: 由…审核, …要抓好."""
    if is_class(name) or is_bare_stem(name):
        return False
    if resolve_agency(name, region=region, level=level)[1] in ("exact", "short form"):
        return not re.search(r"人民代表大会|人大|法院|检察院|政府$|[省市县区州旗]委$", name)
    return not _NO_OFFICE.search(name)


_NO_BODY = re.compile(r"[要须]|应当|督促|指导|配合|支持|组织(?!部)")


def _is_strict(name: str, region: str, level: str) -> bool:
    """Whether a stretch of running text is an agency's name and nothing else."""
    if not is_agency(name) or len(name) < 3:
        return False
    if is_class(name):
        return bool(_STRICT_CLASS.fullmatch(name)) and not _NO_CLASS.search(name)
    if _NO_BODY.search(name):
        return False
    tier = resolve_agency(name, region=region, level=level)[1]
    return tier in ("exact", "short form") or (has_place(name, region) and len(name) <= 24)

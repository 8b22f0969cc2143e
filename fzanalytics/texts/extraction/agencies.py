"""Responsible agencies with their role: in brackets at the end of a task, behind 责任单位：, and in running text.

Only a body with a duty counts. Agencies as objects of a text (对行政机关, 人民法院的判决) are not found, nor is 行政机关
as such. A name that the table of short forms does not hold is kept as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fzanalytics.texts.agency_members import (
    NO_CLASS,
    are_departments,
    is_department_list,
    is_stem,
    is_strict,
    may_be_stem,
)
from fzanalytics.texts.agency_names import (
    MAX_NAME,
    has_place,
    is_agency,
    is_bare_stem,
    is_class,
    is_generic,
    is_office,
    resolve_agency,
)
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


def find_agencies(text: str, *, document: Mapping[str, object]) -> list[Mention]:
    """The agencies that a document makes responsible, each with its role and its place.

    Parameters
    ----------
    text : str
        Clean text.
    document : mapping
        `region` and `level` are used: they tell which 省 and which 市 is meant.

    Returns
    -------
    list of Mention
        kind "agency"; value is the full name with its place where data/agencies.csv or the text tell it, a class in one
        spelling (各县（市、区）政府), else the name as written; evidence is the tier of that answer ("exact", "short form",
        "class", "unresolved"). begin and end are those of the name alone, a second name plate in brackets included. role:

        ============  ====================================================================
        lead          牵头, 主办; A of A会同B; the first of a list where the document says that the first leads
        joint         共同, 联合; B of A会同B; the others of a list whose first leads so, unless their own words say more
        support       配合, 协助, 协同, 参与, 参加
        each          按职责分工负责, 分别负责, 各负其责
        responsible   负责, 由A办理, 组织实施 and no more, or a bare list
        ============  ====================================================================

    Notes
    -----
    A word that gives a part in a task is needed: of a plain subject (各级政府要加强领导) it is not known whether more is meant
    than that. A name that no table holds is taken by its form (城市管理主管部门, 起草部门审核机构), beside a strong word of role
    alone. Where the first of a list leads, that holds for lists of two and more without a leader of their own, and
    not for those that 除分别负责外 leaves out; the one agency of a list of one is "responsible". Cannot be seen: who is meant by 牵头部门 or 责任单位 without a name.

    Examples
    --------
    >>> text = "1.清理审批事项。（省编委办牵头，省财政厅等部门配合）"
    >>> [(m.value, m.role) for m in find_agencies(text, document={"region": "河北省", "level": "province"})]
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
        labelled = _lead_first(_labelled(text, begin, end), begin, first_leads)
        for item in labelled or _running(text, begin, end, region, level):
            found.setdefault((item.begin, item.end), item.role)
    mentions = []
    head, tier, behind = "", "", 0
    for (begin, end), role in sorted(found.items()):
        if _STOPS.search(text, behind, begin):  # the head of a list does not reach into the next sentence
            head = ""
        behind = max(behind, end)
        value, tier = resolve_agency(text[begin:end], region=region, level=level)
        if tier == "unresolved" and head == "各级" and text[begin - 1 : begin] == "、":  # 各级党校、行政学院
            value, tier = head + value, "class"
        elif tier == "unresolved":  # 省发展改革委、财政厅; 市发改、财政、住建等部门: the head is shared
            value, tier = _with_shared_head(text, begin, end, head, region, level) or (value, tier)
        if text[begin] in "省市县区州旗各" and not text.startswith("市场", begin):
            head = "各级" if text.startswith("各级", begin) else text[begin] if text[begin] in "省市县区州旗" else ""
        mentions.append(Mention("agency", value, role, begin, end, evidence=tier))
    return mentions


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
    if (rule[1] and any(item.role == "each" for item in items)) or items[0].role == "support":
        return items
    others = [item._replace(role="joint") if item.role == "responsible" else item for item in items[1:]]
    return [items[0]._replace(role="lead"), *others]


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
_NOT_CHARGED = "(?!人|制(?![定订作])|清单|单位|部门|同志|任|的)"
# every way begins with a fixed character, so that the search can leap to it
_VERB = re.compile(
    rf"(?:组织实施|组织落实|督促检查|督促落实|对[^，。；、,;\n]{{2,30}}负责{_NOT_CHARGED}|负责{_NOT_CHARGED}|对[^，。；、,;\n]{{2,24}}负总责|负总责|牵头(?!部门|单位|人|抓总的|机关)|配合(?!部门|单位)|协助|协同"
    r"|各负其责|各司其职|参加|参与(?![度者率权方])|承办(?!单位|部门|人)|主办(?!单位|部门)|会同"
    + "".join(rf"|{word}(?:各自)?(?:职责|职能|考核|任务)?(?:分工|权限)" for word in ("按照?", "根据", "依据"))
    + "".join(rf"|{word}(?:各自)?职[责能]" for word in ("根据", "结合", "按照?"))
    + "".join(
        rf"|{word}(?![是为体点会国达增占居获到评]|参[与加]|配合|协助|负责|牵头|承办)"
        for word in ("分别", "共同", "联合")
    )
    + "|加强督促(?:检查|落实)"
    + "".join(rf"|{word}(?:总?牵头|主办|责任|配合|协办|参加)(?:单位|部门)" for word in ("为", "是", "作为"))
    + ")"
)
_TAKES_PART = re.compile(r"(?<=工)[,，]?[^。；;、\n]{0,8}参[与加]")
_MODALS = re.compile(
    r"(?:(?:并|予以|要|应当|应|须|必须|分工|具体|分别|共同|依法|统一|积极|密切|主动|全力|切实|认真|联合|具体组织|继续|发挥|承担|(?:抓|做)好|在(?:各自)?职[责权]范围内|(?:依照|依据|结合|围绕)[^，。；、,;由]{2,12}"
    r"|(?:按照?|根据)(?:各自)?(?:职[责能])?(?:分工)?)[,，]?){1,3}$"
)
_BY = re.compile(r"(?<![自理事缘])由(?![于此来衷])")
# 由县级政府实施的事项 describes, and gives no part in a task
# 由教育部负责同志担任, 由教育部、财政部等9个部门组成: a person, a body and its members
_PERSON = re.compile(
    r"(?:主要|有关|相关)?(?:负责人|负责同志|领导)|分管|副?(?:总理|主席|部长|主任|省长|市长|县长|区长|厅长|局长|院长|书记|司长|处长|秘书长)|[^，。；,;\n]{0,24}(?:同志|人员|专家|代表)(?:担任|兼任)|[^，。；,;\n]{0,90}(?:组成|构成)(?!部分)"
)
_DESCRIBES = re.compile(
    r"[^，。；,;\n]{0,40}的[^，。；,;、的\n]{0,6}(?:事项|行为|案件|职权|职责|项目|文件|会议|公文|工作机制|体制|制度|格局)(?=[，。；,;、\n]|$)"
)
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
    if text.find("：", begin, end) < 0 and text.find(":", begin, end) < 0:
        return []
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
        if not names and not (words.startswith("并") and match[0] == "组织实施"):
            names = _far_subject(text, begin, match.start() - len(left) + bare, match.start(), region, level)
        if match[0] == "会同":
            for span in names:
                found.setdefault(span, "lead")
            for span in _names_behind(text, match.end(), end, region, level):
                found.setdefault(span, "joint")
            continue
        if not names:
            continue
        if match[0] in ("配合", "协助") and re.match(
            r"[^，。]{0,2}(?:检察|人民法院|国家|上级)", text[match.end() : end]
        ):
            continue
        if (
            match[0] == "配合"
            and "密切" in words
            and not re.match(r"[\u4e00-\u9fff]", text[match.end() : match.end() + 1])
        ):
            continue  # 各部门要密切配合: mutual
        if part := _TAKES_PART.match(text, match.end(), end):  # 按照职责分工，参与考核
            words += part[0]
        role = next((role for pattern, role in ROLES if pattern.search(words)), "responsible")
        if re.match(r"牵头推动|并?履行", text[match.end() : match.end() + 4]) and role == "lead":
            role = "each"
        if match[0] in ("分别", "共同", "联合") and not all(
            _is_known(text[slice(*span)], region, level) and text[span[1] - 1] not in "）)区县市州" for span in names
        ):
            continue  # 三处景区分别获评: too weak a word for a name that no table holds
        if match[0] in ("参加", "参与", "协同") and any(
            _by_form_alone(text[slice(*span)], region, level) for span in names
        ):
            continue
        for span in names:
            found.setdefault(span, role)
    for match in _BY.finditer(text, begin, end):
        names = _names_behind(text, match.end(), end, region, level)
        behind = names[-1][1] if names else end
        if names and not _DESCRIBES.match(text, behind, end) and not _PERSON.match(text, behind, end):
            for span in names:
                found.setdefault(span, "responsible")
    return [Item(*span, role) for span, role in sorted(found.items())]


# 各有关部门要提高认识，积极配合: the subject stands at the head of the sentence
_DUTY = re.compile(r"(?:要|应当|应|须|必须|设在)(?=[\u4e00-\u9fff])")


def _far_subject(text: str, begin: int, part: int, verb: int, region: str, level: str) -> list[tuple[int, int]]:
    """Who has the duty whose word opens a later part of the sentence; none where that is not plain, or where 密切配合 is mutual."""
    if part - begin > 2 * _MAX_LEFT or text[part - 1 : part] not in (*"，,",) or "密切" in text[part:verb]:
        return []
    duty = _DUTY.search(text, begin, min(part, begin + _MAX_LEFT))
    if duty is None or any(sign in text[duty.end() : part] for sign in "：:"):
        return []
    names = _names_before(text, begin, duty.start(), region, level)
    ahead = text[begin : names[0][0]].strip(" \t\u3000。；;！？!?\n") if names else ""
    return names if names and (not ahead or _NUMBER_HEAD.fullmatch(ahead)) else []


def _names_before(text: str, begin: int, end: int, region: str, level: str) -> list[tuple[int, int]]:
    """The agencies that stand directly before a place in a sentence, joined by 、 or 和; none if another word does."""
    names: list[tuple[int, int]] = []
    listed = _LISTED.search(text[max(begin, end - 16) : end])
    if listed and (members := _members_before(text, begin, end, region, level, listed[0])):
        return members
    for first, last in reversed(split_list(text, begin, end)):
        if number := _NUMBER_HEAD.match(text, first, last):
            first = number.end()
        piece = text[first:last]
        by = max(piece.rfind(sign, 0, max(0, len(piece) - 2)) for sign in "由：:")
        if piece[max(0, by - 1) : by + 1] in ("自由", "理由", "事由"):  # 自由贸易试验区
            by = -1
        if (appointed := _APPOINTS.search(piece)) and appointed.end() - 1 > by:  # 指定有关部门负责
            by = appointed.end() - 1
        start = first + by + 1 if by >= 0 else first
        if text[start : start + 1] == "经" and is_strict(
            text[start + 1 : last], region, level
        ):  # 经财政部会同有关部门批准
            start, by = start + 1, 0
        name = strip_et_al(text[start:last])
        stem = is_stem(name) if listed else is_bare_stem(name)
        if not stem and not is_strict(name, region, level):
            joined = text[last : last + 1] in (*"、和与及",)
            if names and joined and _BODY_END.search(piece):
                names.clear()  # 健全公安机关、检察机关…的体制: the list has another word at its head
            listed = None if joined else listed
            break
        names.append((start, start + len(name)))
        if by >= 0:
            break
    names.reverse()
    if len(names) > 1 and listed and text.startswith("等", names[-1][1]):  # 教育、公安、民政等部门
        return names
    while names and is_bare_stem(text[slice(*names[0])]) and text[names[0][0]] not in "省市县区州旗":
        names.pop(0)  # 财政 with no 市发改 before it
    return names


def _members_before(text: str, begin: int, end: int, region: str, level: str, closer: str) -> list[tuple[int, int]]:
    """A list that 等部门 closes, whole, though a table may not hold each name in it: 本省商务、政务服务、数据等部门."""
    spans: list[tuple[int, int]] = []
    end -= len(closer)
    pieces = split_list(text, begin, end)
    for at in range(len(pieces) - 1, -1, -1):
        first, last = pieces[at]
        if at < len(pieces) - 1 and text[last : last + 1] not in (*"、和及与",) and not text.startswith("以及", last):
            break
        if spans and _LEVEL_HEAD.fullmatch(text[first:last]):  # 市和|区公安
            spans[0] = (first, spans[0][1])
            break
        for pattern in (_NUMBER_HEAD, _BY, _OWN_PLACE):
            if head := pattern.match(text, first, last):
                first = head.end()
        name = text[first:last]
        halves = [(first + m[0], first + m[1]) for m in _halves(name, region, level)]
        if not halves:
            return []
        spans[:0] = halves
    names = [text[slice(*span)] for span in spans]
    stems = [_GOVERNMENT.split(name)[-1] for name in names if not is_strict(name, region, level)]
    n_full = len(names) - len(stems)
    if len(names) < 2 or not are_departments(stems, closed_by=closer[-2:], n_full=n_full):
        return []
    whole = (spans[0][0], spans[-1][1])  # 各级农业、水利 is one name: the second cannot stand alone
    return [whole] if is_department_list(text[slice(*whole)]) else spans


def _halves(name: str, region: str, level: str) -> list[tuple[int, int]]:
    """Where the one name of a piece stands, or the two that 和 joins; none if a piece is no name."""

    def is_member(half: str) -> bool:
        return is_stem(half) or is_strict(half, region, level) or may_be_stem(half)

    left, joint, right = name.partition("和")
    two = joint and is_stem(left) and is_stem(right) and not is_bare_stem(name)  # 生态环境和交通运输
    if is_member(name) and not two:
        return [(0, len(name))]
    if government := _GOVERNMENT.search(name):
        owner, stem = name[: government.end()], name[government.end() :]
        if is_stem(stem) and is_strict(owner, region, level):  # 市、县（区）人民政府发展改革
            return [(0, len(name))]
    for sign in _JOINT.finditer(name):
        if is_member(name[: sign.start()]) and is_member(name[sign.end() :]):
            return [(0, sign.start()), (sign.end(), len(name))]
    return []


def _names_behind(text: str, begin: int, end: int, region: str, level: str) -> list[tuple[int, int]]:
    """The agencies that follow a place, the last one cut off where its name ends: 市编办、市财政局审核."""
    names = []
    whole_list = _DEPARTMENTS_AT.match(text, begin, end)  # 会同人力资源社会保障、财政部门
    stems_of_list = [stem + "部门" for stem in whole_list["list"].split("、")] if whole_list else []
    if whole_list and all(stem.count("部门") == 1 and (is_generic(stem) or is_office(stem)) for stem in stems_of_list):
        return [whole_list.span()]
    if stems := _STEMS_AT.match(text, begin, min(end, begin + _MAX_LEFT)):  # 会同交通运输、水利等部门
        spans = [(m.start(), m.end()) for m in _STEM.finditer(text, begin, stems.end("list"))]
        if are_departments([text[slice(*span)] for span in spans], closed_by=stems[0][-2:]):
            return spans
    for first, last in split_list(text, begin, min(end, begin + _MAX_LEFT)):
        name = strip_et_al(text[first:last])
        whole = resolve_agency(name, region=region, level=level)[1] in ("exact", "short form")
        whole = whole or is_generic(name) or is_office(name)
        if whole or (is_class(name) and is_strict(name, region, level)):
            names.append((first, first + len(name)))
            continue
        if (prefix := _CLASS_AT.match(text, first, last)) and not NO_CLASS.search(prefix[0]):
            names.append(prefix.span())
            break
        if (prefix := _GENERIC_AT.match(text, first, last)) and is_generic(prefix[0]):
            names.append(prefix.span())
            break
        for length in range(min(MAX_NAME // 2, last - first), 2, -1):
            name = text[first : first + length]
            if text[first + length : first + length + 1] in ("门", "员"):  # 生态环境部 is not meant by 生态环境部门
                continue
            if resolve_agency(name, region=region, level=level)[1] in ("exact", "short form"):
                meeting = _MEETING.match(text, first + length, last)
                names.append((first, meeting.end() if meeting else first + length))
                break
        else:
            if (prefix := _OFFICE_AT.match(text, first, last)) and is_office(prefix[0]):
                names.append(prefix.span())
        break
    return names


_NUMBER_HEAD = re.compile(
    r"(?:[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、]|第[一二三四五六七八九十百零\d]{1,6}条|[一二三四五六七八九十]是)\s*"
)
_APPOINTS = re.compile(r"(?:指定|责成|委托|授权|安排|明确)(?=[\u4e00-\u9fff]{3,24}$)")
_STEM = re.compile(r"[\u4e00-\u9fff]+")
_LISTED = re.compile(r"等(?:其他)?(?:有关|相关|行政|主管|管理|监督){0,3}(?:部门|单位)$")
# before the first of a list: 本省商务、公安等部门; 以及 and the like before the last
_OWN_PLACE = re.compile(r"(?:本|我|全)[省市县区州旗](?:各级)?")
_JOINT = re.compile(r"以及|及其|[和及与]")
_LEVEL_HEAD = re.compile("[省市县区州旗]")
_GOVERNMENT = re.compile(r"(?:人民)?政府")
_STEMS_AT = re.compile(
    r"(?P<list>(?:[\u4e00-\u9fff]{2,9}、){0,8}[\u4e00-\u9fff]{2,9}?)等(?:有关|相关|行政|主管|管理|监督){0,3}(?:部门|单位)"
)
_DEPARTMENTS_AT = re.compile(r"(?P<list>(?:[\u4e00-\u9fff]{2,9}、){1,8}[\u4e00-\u9fff]{2,9}?)(?<!等)部门")
_MEETING = re.compile(r"(?:全体|常务|办公|主任)会议")
# a class at the head of a clause: 由有关部门依法处理, 由县级以上政府法制机构审查
# 起草部门 is not meant by 起草部门审核机构; 会同 and the like end the name
_OWN_BODY = r"(?!(?:(?!会同|组织|负责|统筹|指导|[对向与和将在按])[\u4e00-\u9fff]){0,6}(?:机构|部门|机关|单位))"
_CLASS_AT = re.compile(
    r"(?:地方)?(?:各级(?:党委[、和]政府|地方人民政府|人民政府|政府|党委|党组织|领导机关|行政机关)"
    r"|各(?:[省市州县区乡镇旗级、（）()]|设区的?|辖|自治区|直辖市|地方){1,14}(?:人民政府|政府|党委|街道)"
    r"|(?:(?:省、自治区、直辖市|设区的市级?|省级?|市级?|[省市县]级?以上|县级|乡镇|地方|当地|所在地|本级|同级|上级|上一级|试点城市|试点地区|各级)){1,3}(?:人民政府|政府)"
    r"|(?:各级|各|有关|相关|[省市县]级?以上|省级|市级|县级|上级|上一级|同级|本级|本|所在|国务院|地方|(?:人民)?政府|[省市县区州]直|行政|法制|审批|其|其他){1,3}"
    r"[^，。；：、,;:\s的由要应须对和与]{0,8}?(?:部门|单位|机构|机关))"
    rf"{_OWN_BODY}(?![负主领工][责要导作])"
)
_GENERIC_AT = re.compile(
    r"[^，。；：、,;:\s的由要应须对和与]{2,20}?(?:成员单位|部门|机关|机构|主体|办公室)"
    + _OWN_BODY
    + "(?![负主领工][责要导作])"
)
_OFFICE_AT = re.compile(
    r"[\u4e00-\u9fff、（）()]{2,28}?(?:部门|机关|机构|委员会|办公室|领导小组|联席会议|指挥部|办事处|管委会|人民政府)"
    + _OWN_BODY
    + "(?![负主领工][责要导作])"
)
# what a piece of a list ends with if a body is its object: 健全公安机关
_BODY_END = re.compile(r"(?:部门|机关|机构|单位|政府|[局委办厅部院会署])$")


def _is_known(name: str, region: str, level: str) -> bool:
    return resolve_agency(name, region=region, level=level)[1] != "unresolved"


def _by_form_alone(name: str, region: str, level: str) -> bool:
    """Whether nothing but the form of a name tells that it is one: too little beside 参与 and the like."""
    return is_office(name) and not (_is_known(name, region, level) or has_place(name, region) or is_generic(name))

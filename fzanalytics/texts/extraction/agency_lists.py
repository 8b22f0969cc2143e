"""Lists of responsible agencies: where they stand in brackets, how they are cut into names, and the role of each name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from fzanalytics.texts.agency_members import DEPARTMENTS, are_departments, may_be_stem
from fzanalytics.texts.agency_names import MAX_NAME, has_place, is_agency, is_class, is_generic, resolve_agency
from fzanalytics.texts.structure.lines import CLOSING, MAX_BRACKET, OPENING

# ---------------------------------------------------------------- words of duty

#: what a list, or a part of it, ends with; 负贡 is a common slip of the scanner
_TAIL = re.compile(
    r"(?:等(?:[一二三四五六七八九十\d]{1,3}[个家]?)?(?:其他)?(?:各|有关|相关){0,2}(?:部门|单位|地方|机构|方面)?)?"
    r"(?:要|应当|应)?(?:(?:按照?|根据|依据|依照)(?:各自)?的?(?:职责|职能|任务)?的?(?:分工|权限|范围)?)?"
    r"(?:分别|共同|具体|各自|积极|密切|主动|全力|持续|组织|统一|联合|做好|抓好){0,3}"
    r"(?:总?牵头|负[责贡]|负总责|配合|协助|协同|协办|主办|承办|参加|参与|支持|落实|实施|执行|承担|各负其责|各司其职|推进|指导|监督|督导|督促){1,3}"
    r"(?:实|工作|推进|落实)?$"
)
MAX_TAIL = 40
_ET_AL = re.compile(
    r"等?(?:[一二三四五六七八九十\d]{1,3}[个家]?)?(?:各有关|有关|相关|各)?(?:等|部门|单位|地方|机构)(?:[和及、](?:单位|部门|地方))?$"
)
ROLES = (
    (re.compile(r"牵头|主办"), "lead"),
    (re.compile(r"配合|协助|协同|协办|支持|参加|参与"), "support"),
    (re.compile(r"共同|联合|会同"), "joint"),
    (re.compile(r"分别|职责|职能|分工|各自|各负其责|各司其职|根据|按"), "each"),
    (re.compile(r"负|落实|实施|承|执行|抓好|推进|指导|监督|督"), "responsible"),
)
LABEL = re.compile(
    r"(?:主要)?(?:(牵头|主办|主责|总牵头)|(配合|协办|协助|协同|支持)|(参加|参与)|(责任|负责|承办|实施|落实))"
    r"(?:单位|部门|处室|机关)(?:及(?:责任人|负责人))?\s*[：:]\s*"
)
_LABEL_ROLES = ("lead", "support", "support", "responsible")
_AND_SO_BELOW = re.compile(r"[，,；;。]\s*(?:以)?下同$")


# what else stands in a bracket of responsibility: 2019年6月底前完成, 持续推进, 适用范围：浙江自贸试验区
_NO_NAME_OF_A_LIST = re.compile(r"(?:\d|年|月|日).{0,6}(?:前|底|完成|起)|完成|推进|持续|长期|启动|时限|范围")
_LEADS = re.compile(r"[（(](?:总?牵头|主办)(?:单位|部门)?[)）]$")


class Item(NamedTuple):
    """One name of a list with its role; begin and end in the text."""

    begin: int
    end: int
    role: str


# ---------------------------------------------------------------- brackets


def find_brackets(text: str) -> Iterator[tuple[int, int]]:
    """Outermost brackets within a line; brackets of different kinds may close one another."""
    stack: list[int] = []
    for match in re.finditer(r"[（(〔\[【）)〕\]】\n]", text):
        sign = match[0]
        if sign == "\n":
            stack.clear()
        elif sign in OPENING:
            stack.append(match.start())
        elif stack:
            first = stack.pop()
            if not stack and match.end() - first <= MAX_BRACKET:
                yield first, match.end()


def read_bracket(text: str, begin: int, end: int, region: str) -> list[Item]:
    """The agencies of a bracket, if it is a list of those responsible; else none."""
    content_end = end - 1
    content = text[begin + 1 : content_end]
    stop = content.find("。")
    if 0 <= stop < len(content.rstrip()) - 1:  # a sentence behind the list: 。除分别负责外，列在首位的为牵头部门，下同
        if not re.search(r"下同|牵头|负责|以下|不再", content[stop:]):
            return []
        content_end = begin + 1 + stop
    elif below := _AND_SO_BELOW.search(content):
        content_end = begin + 1 + below.start()
    if "简称" in content or "《" in content or not content.strip():
        return []
    every, duty = read_list(text, begin + 1, content_end)
    items = [item for item in every if is_agency(text[item.begin : item.end])]
    others = [text[item.begin : item.end] for item in every if item not in items]
    n_others = sum(not _NO_NAME_OF_A_LIST.search(other) for other in others)
    if not items or (len(items) <= n_others and not LABEL.search(content)):
        return []
    items = [item for item in every if item in items or _is_member(text, item, content_end)]
    names = [text[item.begin : item.end] for item in items]
    before, behind = text[:begin].rstrip(" \t\u3000")[-1:], text[end : end + 1]
    ends_line = behind in ("", "\n") or text[end : end + 2] in ("。\n", "。")
    own_place = before in ("", *'。；;！”"』）)〕') or behind in ("。", "；", ";") or ends_line
    if behind in (*"，,",) and all(is_class(name) or has_place(name, region) for name in names):
        own_place = True
    known = sum(is_class(name) or has_place(name, region) for name in names)
    if duty:
        good = own_place
    else:
        sure = known == len(names) and len(every) == len(names) and before in (*"。；;",)
        good = (ends_line or sure) and known * 5 >= len(names) * 4
        good = good and (is_class(names[0]) or has_place(names[0], region))
        good = good and (len(names) > 1 or before in ("", *'。；;！”"'))
    return items if good else []


def read_list(text: str, begin: int, end: int) -> tuple[list[Item], bool]:
    """Names with roles of a list of responsible agencies, and whether a word of duty was there."""
    items: list[Item] = []
    waiting: list[tuple[int, int]] = []
    label, after_joint, duty = "", False, False

    def settle(role: str) -> None:
        items.extend(Item(first, last, role) for first, last in waiting)
        waiting.clear()

    for first, last in split_list(text, begin, end):
        if match := LABEL.match(text, first, last):
            settle(label or "responsible")
            label, duty, after_joint = _LABEL_ROLES[(match.lastindex or 4) - 1], True, False
            first = match.end()
        piece = text[first:last]
        role, piece = _take_tail(piece)
        if leads := _LEADS.search(piece):  # 教育部（牵头）
            items.append(Item(first, first + leads.start(), "lead"))
            duty = True
            continue
        if piece.startswith(("会同", "并会同")):
            skip = piece.index("同") + 1
            piece, first, after_joint, duty = piece[skip:], first + skip, True, True
        lead = re.match(r"(?:具体)?由|其中", piece)
        skip = lead.end() if lead else 0
        piece, first = piece[skip:], first + skip
        at = piece.find("会同")
        if at > 1:
            waiting.append((first, first + at))
            settle("lead")
            after_joint, duty = True, True
            piece, first = piece[at + 2 :], first + at + 2
        name = strip_et_al(piece)
        if name:
            waiting.append((first, first + len(name)))
        if role:
            settle(label or ("joint" if after_joint else role))
            after_joint, duty = False, True
    settle(label or ("joint" if after_joint else "responsible"))
    return items, duty


# what follows a member of a list that 等部门 closes: the others, and the words that close it
_CLOSED = re.compile(r"(?:、[\u4e00-\u9fff]{2,12}?){0,8}?等(?:其他)?(?:有关|相关|行政|主管){0,2}部门")


def _is_member(text: str, item: Item, end: int) -> bool:
    """Whether a name that no table holds stands in a list that 等部门 closes: 数据 of 市发改、财政、数据等部门."""
    return may_be_stem(text[item.begin : item.end]) and _CLOSED.match(text, item.end, end) is not None


def _take_tail(piece: str) -> tuple[str, str]:
    """The role that a piece of a list ends with ("" if none), and the piece without those words."""
    piece = piece.rstrip("。. ")
    head = max(0, len(piece) - MAX_TAIL)
    match = _TAIL.search(piece[head:])
    if not match:
        return "", piece
    words = match[0]
    role = next(role for pattern, role in ROLES if pattern.search(words))
    return role, piece[: head + match.start()]


def strip_et_al(name: str) -> str:
    """市财政局等部门 is 市财政局; 各有关部门 stays."""
    name = name.strip(" \t\u3000.。")
    at = name.rfind("等", max(0, len(name) - 11))
    if at >= 0 and _ET_AL.fullmatch(name[at:]):
        name = name[:at]
    return name.strip()


def split_list(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """The pieces of a list: at 、，；， and at 和, 及, 与 between two names; not within brackets, nor in 各市、县（市、区）政府."""
    cuts, depth, first = [], 0, begin
    joined = _joined_departments(text, begin, end)
    labels = {
        match.start() for match in LABEL.finditer(text, begin, end) if text[match.start() - 1 : match.start()].isspace()
    }
    for i in range(begin, end):
        if i in labels and depth == 0:
            cuts.append((first, i))
            first = i
        sign = text[i]
        if sign in OPENING:
            depth += 1
        elif sign in CLOSING:
            depth = max(0, depth - 1)
        elif depth == 0 and sign in "、，,；;。．\n" and i not in joined:
            cuts.append((first, i))
            first = i + 1
    cuts.append((first, end))
    pieces: list[tuple[int, int]] = []
    for first, last in cuts:
        if pieces and _belongs_to(text[slice(*pieces[-1])].strip(), text[first:last].strip()):
            pieces[-1] = (pieces[-1][0], last)
        else:
            pieces += _split_and(text, first, last)
    return [_trim(text, *piece) for piece in pieces if text[slice(*piece)].strip()]


def _joined_departments(text: str, begin: int, end: int) -> set[int]:
    """The 、 of 各级教育、卫生、民政部门, whose names cannot stand alone; those of 教育、卫生等部门 can."""
    places: set[int] = set()
    for match in DEPARTMENTS.finditer(text, begin, end):
        if match["end"].startswith("等") and not match["head"]:
            continue
        stems = match["list"].split("、")
        if "部门" in match["list"]:
            continue
        if are_departments(stems) if match["head"] else all(is_generic(stem + "部门") for stem in stems):
            places.update(i for i in range(*match.span("list")) if text[i] == "、")
    return places


# 各市（含定州、辛集市）、县（市、区）政府 is one class, not two
_LOCAL_HEAD = re.compile(
    r"各(?:省|市|州|盟|区|县|地|旗|乡|镇|省辖市|设区的?市|地级市|地区|市州|自治区|[、,]){1,6}(?:[（(][^（()）]{1,30}[)）])?"
)
_LOCAL_REST = re.compile(
    r"(?:(?:省直管)?(?:县|区|市|自治区)(?:[（(][^（()）]{1,30}[)）]|级)?|直辖市|镇|街道)(?:人民政府|政府|党委|街道)?(?=$|[负按牵配参要根分共等落组])"
)
# 各级党委、政府; 各级党校、行政学院、干部学院: the second cannot stand without the word before the first
_ALL_HEAD = re.compile(
    r"(?:地方)?(?:各级|县级以上)(?:[^，。；：\s]{0,2}(?:党委|党校|行政学院|人大|政府|纪委))(?:[、和及][^、和及]{2,5}){0,3}"
)
# 由市、县（市、区）环境保护主管部门
_LEVELS = re.compile(r"(?:第[一二三四五六七八九十百零\d]{1,6}条\s*)?由?(?:省|市|设区的市|自治州|区|省、自治区)")
_PLACE = re.compile(r"(?:^|[、由])[\u4e00-\u9fff]{2,7}(?:省|市|自治区)$")
_PLACE_BODY = re.compile(r"[\u4e00-\u9fff]{2,7}(?:省|市|自治区)(?:(?:人民)?政府)?(?=$|[负按牵配参要根分共应会])")
_LEVEL_BODY = re.compile(
    r"(?:县|区|市|自治[区州县]|直辖市)(?:[（(][^（()）]{1,8}[)）])?(?:人民政府|政府|[\u4e00-\u9fff]{2,12}?(?:部门|机关|机构))"
)
_DEPARTMENT = re.compile(r"(?!各|有关|相关|其他)[\u4e00-\u9fff]{2,8}(?<!等)部门(?=$|[负按牵配参要根分共应会])")
_BARE_BODY = re.compile(
    r"(?:党委|人民政府|政府|人大|政协|党校|行政学院|干部学院|社会主义学院|纪委|监委)(?=$|[负按牵配参要根分共等落组])"
)


def _belongs_to(before: str, name: str) -> bool:
    """Whether a piece of a list is the rest of the name before it."""
    if _LOCAL_HEAD.fullmatch(before) and _LOCAL_REST.match(name):
        return True
    if _ALL_HEAD.fullmatch(before) and _BARE_BODY.match(name):
        return True
    if _PLACE.search(before) and not re.match("各|有关|相关|县级|市级|省级", before) and _PLACE_BODY.match(name):
        return True  # 北京市、上海市人民政府
    if _LEVELS.fullmatch(before) and _LEVEL_BODY.match(name):
        return True
    whole = _DEPARTMENT.match(name)  # 教育、财政部门
    stems = re.split("[、和及]", re.sub(r"^(?:县级以上|各级|市级|省级|有关|相关)", "", before))
    return bool(whole and all(is_generic(stem + "部门") and "部门" not in stem for stem in stems))


_AND = re.compile(r"以及|[和及与](?!其(?![他它]))|或者?")
_OR_BODY = re.compile(r"[\u4e00-\u9fff（）]{2,16}?(?:部门|机关|机构|人民政府|委员会)")
_BEFORE_OR = re.compile(r"(?:部门|机关|机构|政府|委员会|[局委厅])$")
_LONGEST_HEAD = 14
_BEFORE_AND = re.compile(
    r"(?:[委办局厅部院府会处署行室镇联）)]|中心|部门|单位|乡镇|街道|公司|法院|[县区市]|等(?:部门|单位)?)$"
)
_BEHIND_AND = re.compile(
    r"(?:[省市县区州旗镇乡各]|有关|相关|其[他它](?:负有)?[^的]{0,10}部门|国家|中央|国务院|中国|全国|最高|地方(?:各级|人民政府|政府|党委))"
)


def _split_and(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    pieces, first = [], begin
    for match in _AND.finditer(text, begin, end):
        left, right = text[first : match.start()].strip(), text[match.end() : min(end, match.end() + MAX_NAME)]
        if text.count("（", begin, match.start()) != text.count("）", begin, match.start()):
            continue
        if match[0].startswith("或"):
            if _BEFORE_OR.search(left) and _OR_BODY.match(right):
                pieces.append((first, match.start()))
                first = match.end()
            continue
        behind = strip_et_al(_take_tail(right)[1])
        if _BEFORE_AND.search(left) and (
            _BEHIND_AND.match(right)
            or resolve_agency(behind, level="national")[1] in ("exact", "short form")
            or (left.endswith("部") and _begins_with_body(right))
        ):
            pieces.append((first, match.start()))
            first = match.end()
    return [*pieces, (first, end)]


def _begins_with_body(words: str) -> bool:
    """外交部和|总参谋部统一归口管理: a central body, whatever follows it."""
    return any(
        resolve_agency(words[:length], level="national")[1] in ("exact", "short form")
        for length in range(3, min(_LONGEST_HEAD, len(words)) + 1)
    )


def _trim(text: str, begin: int, end: int) -> tuple[int, int]:
    while begin < end and text[begin] in " \t\u3000\n":
        begin += 1
    while end > begin and text[end - 1] in " \t\u3000\n":
        end -= 1
    return begin, end

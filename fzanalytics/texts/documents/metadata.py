"""What a document says of itself: title, kind, issuers, number, wrapper, period, policy family, cited documents."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from fzanalytics.base.numbering import read_marker
from fzanalytics.texts.doc_numbers import DOC_NUMBER, normalise_number
from fzanalytics.texts.regions import strip_region
from fzanalytics.texts.structure.clauses import Line, split_lines
from fzanalytics.texts.structure.history import cut_history, read_history
from fzanalytics.texts.structure.parts import list_parts

#: Kinds of documents by the end of their title, the more special before the more general.
KINDS = (
    "实施方案", "工作方案", "行动方案", "考核方案", "试点方案", "总体方案", "建设方案", "方案",
    "实施纲要", "规划纲要", "纲要", "行动计划", "工作计划", "三年行动计划", "计划", "发展规划", "规划",
    "实施细则", "细则", "实施办法", "管理办法", "暂行办法", "办法", "管理规定", "规定", "暂行条例", "条例",
    "实施意见", "指导意见", "若干意见", "意见", "工作要点", "要点", "工作报告", "报告", "通知", "通报", "公告", "通告",
    "决定", "决议", "命令", "批复", "答复", "议案", "复函", "函", "公报", "纪要", "准则", "规则", "标准", "目录", "清单", "指南", "措施", "法",
)  # fmt: skip
_YEAR_AT_HEAD = re.compile(r"^(?:19|20)\d{2}年度?")
# behind a place: 深圳经济特区, 海南自由贸易港 are the city and the province; the corps and named new areas are no jurisdictions of
# the table; none where the rest names no policy (贵安新区条例)
_SPECIAL = re.compile(r"^(?:经济特区|自由贸易港)(?=[\u4e00-\u9fff]{4})")
_ZONE = re.compile(
    r"^(?:生产建设兵团(?:第[一二三四五六七八九十]{1,3}师)?|(?!城市|产业|工业|经济|高新|旅游|开放)[\u4e00-\u9fff]{2}新区|舟山群岛新区)(?=[\u4e00-\u9fff]{4})"
)
#: What is left of a title such as 政府工作报告 names no policy; the whole then does.
_NO_SUBJECT = ("政府", "人民政府")
_KIND_END = re.compile(rf"({'|'.join(KINDS)})(?:\s*[（(][^（()）]{{1,30}}[)）])*$")
# 关于印发《…》的通知 around a document, or 中共中央 国务院印发《…》 above it
_NOTICE = re.compile(
    r"(?:关于)?(?:印发|转发|批转|发布)\s*[《〈<](.{1,300}?)(?:[》〉>]?\s*的(?:通知|公告|函)|[》〉>])", re.DOTALL
)
_YEARS = re.compile(r"[（(]?\s*((?:19|20)\d{2})\s*年?\s*[-—–－~～至]+\s*((?:19|20)\d{2})\s*年?\s*[)）]?")
_UNTIL = re.compile(r"(?:到|至|确保|力争)\s*(20\d{2})\s*年")
_TITLE_MARKS = re.compile(r"[。；;]|[：:]$")
_SECOND_DOCUMENT = re.compile(r"^\s*《([^》\n]{4,60})》\s*全文如下[。：:]?\s*$", re.MULTILINE)
_HEAD_CHARACTERS = 6000


class Metadata(NamedTuple):
    """What the head of a document tells; "" or None where it tells nothing."""

    title: str
    kind: str
    issuers: str
    issuer_type: str
    doc_number: str
    wrapper: str
    period_start: int | None
    period_end: int | None


def split_documents(text: str) -> list[tuple[int, int]]:
    """The stretches of a file that are documents of their own.

    A page that publishes several plans at once announces each by a line 《…》全文如下; the second and later ones
    begin at their title above that line. Any other text is one document.

    Examples
    --------
    >>> text = "实施方案\\n《实施方案》全文如下。\\n一、目标。\\n考核方案\\n《考核方案》全文如下。\\n一、对象。"
    >>> [text[begin:end].split("\\n")[0] for begin, end in split_documents(text)]
    ['实施方案', '考核方案']
    """
    lines = split_lines(text)
    starts = [0]
    announced = [i for i, line in enumerate(lines) if _SECOND_DOCUMENT.match(line.text)]
    for before, first in pairwise(announced):
        while (
            first > before + 1 and not _TITLE_MARKS.search(lines[first - 1].text) and len(lines[first - 1].text) <= 60
        ):
            first -= 1
        starts.append(lines[first].begin)
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def read_metadata(text: str, name: str = "") -> Metadata:
    """What a document tells of itself at its head.

    Parameters
    ----------
    text : str
        Clean text of one document.
    name : str
        The file's name, which serves as title where the text has none.

    Returns
    -------
    Metadata
        Nothing is guessed: what the head does not tell is "" or None.

    Examples
    --------
    >>> told = read_metadata("夏河县法治政府建设实施方案\\n\\n（2017—2020年）\\n为贯彻落实全面推进依法治国重大战略部署。")
    >>> told.title, told.kind, told.period_start, told.period_end
    ('夏河县法治政府建设实施方案（2017—2020年）', '实施方案', 2017, 2020)
    """
    head = text[:_HEAD_CHARACTERS]
    lines = _title_block(head)
    block = "".join(line.text.strip("#* ★") for line in lines)
    notice = _NOTICE.search(block)
    announced = _SECOND_DOCUMENT.search(head)
    issuers = _issuers_of_lead(head)
    wrapper = "web page" if issuers else ""
    if announced:
        title = announced[1]
    elif notice and "《" not in block[max(0, notice.start() - 40) : notice.start()]:
        title = re.sub(r"\s+", "", notice[1])
        issuers = _issuers(block[: notice.start()])
        wrapper = f"{''.join(issuers)}{notice[0]}"
    else:
        title = _title(lines, name)
    number = next((normalise_number(line.text) for line in lines if _is_number_line(line.text)), "")
    if not wrapper:
        told = _read_layout(text)
        issuers, wrapper = issuers or told.issuers or _issuers_of_title(told.wrapper or title), told.wrapper
        title, number = told.title or title, number or told.number
        if (history := read_history(text)) is not None:
            issuers, number = issuers or [history.issuer][: bool(history.issuer)], number or history.number
    title = cut_history(title)
    start, end = _period(title, text)
    return Metadata(title, name_kind(title), ";".join(issuers), issuer_type_of(issuers), number, wrapper, start, end)


class _Layout(NamedTuple):
    """What the layout tells: title and wrapper where a notice stands around the document, the issuers who signed."""

    title: str
    wrapper: str
    issuers: list[str]
    number: str


def _read_layout(text: str) -> _Layout:
    texts: dict[tuple[str, str], str] = {}
    for one in list_parts(text):
        key = one.within, one.part
        texts[key] = texts.get(key, "") + text[one.begin : one.end]
    wrapper = re.sub(r"\s+", "", texts.get(("wrapper", "title"), ""))
    title = re.sub(r"\s+", "", texts.get(("document", "title"), "")) if wrapper else ""
    signature = texts.get(("wrapper" if wrapper else "document", "signature"), "")
    order = re.fullmatch(r"第(\d{1,4})号", texts.get(("wrapper", "number"), ""))
    number = f"国令第{order[1]}号" if order and wrapper.endswith("国务院令") else ""
    return _Layout(title, wrapper if title else "", _issuers(signature), number)


def _issuers_of_title(title: str) -> list[str]:
    """国务院、中央军委关于…的批复, 某市人民政府令: who speaks in a title."""
    match = re.match(r"([\u4e00-\u9fff、\s]{2,60}?)(?:关于|令(?:$|第))", title)
    return _issuers(match[1].replace("、", " ")) if match else []


_PROSE = re.compile(r"[。；]|^(?:为|根据|按照|近日|日前)")
_NO_TITLE = re.compile(r"^(?:总理|主席|委员长|省长|市长|县长|主任)|^[^\u4e00-\u9fff]*$|[：:]$|^[（(]")


def _title_block(head: str) -> list[Line]:
    """The lines before the first sentence and the first clause, at most twenty."""
    lines: list[Line] = []
    for line in split_lines(head)[:20]:
        if lines and (_PROSE.search(line.text) or read_marker(line.text)):
            break
        lines.append(line)
    return lines


def _is_number_line(line: str) -> bool:
    match = DOC_NUMBER.search(line)
    return bool(match and len(line.strip("（()） ")) <= len(match[0]) + 6) or bool(
        match and _KIND_END.search(line[: match.start()].rstrip())
    )


def _title(lines: list[Line], name: str) -> str:
    """The first line, or two or three lines in a row, that end like the title of a document."""
    for i, line in enumerate(lines[:12]):
        if _NO_TITLE.search(line.text):
            continue
        joined = ""
        for following in lines[i : i + 3]:
            joined = cut_history(joined + DOC_NUMBER.sub("", following.text.strip("#* ★")).strip())
            if len(joined) > 80 or _TITLE_MARKS.search(joined):
                break
            if _KIND_END.search(joined):
                return joined + _years_below(lines, following)
    first = cut_history(lines[0].text.strip("#* ★")) if lines else ""
    return first if first and not read_marker(first) and len(first) <= 60 and not _TITLE_MARKS.search(first) else name


def _years_below(lines: list[Line], title: Line) -> str:
    """（2017—2020年） on the line below a title belongs to it; （2020年3月27日某市…通过） does not."""
    index = lines.index(title) + 1
    below = cut_history(lines[index].text) if index < len(lines) else ""
    return below if re.fullmatch(r"[（(][^（()）]*\d{4}[^（()）]*[)）]", below) else ""


_ISSUER = re.compile(
    r"中共中央办公厅|中共中央|国务院办公厅|国务院|中央军委办公厅|中央军委|全国人民代表大会常务委员会|全国人民代表大会"
    r"|(?:中共)?[\u4e00-\u9fff]{2,14}?(?:委员会办公[厅室]|委办公[厅室]|人民政府办公[厅室]|人民政府|委员会|省委|市委|县委|区委|州委|厅|局)"
)


def _issuers(text: str) -> list[str]:
    found = _ISSUER.findall(re.sub(r"[★\s]+", "", text))
    return [issuer for issuer in dict.fromkeys(found) if not issuer.startswith(("关于", "各"))]


_LEAD = re.compile(r"(?:近日|日前|[0-9]+月[0-9]+日)[,，]([\u4e00-\u9fff、]{4,60}?)(?:联合)?印发了?《")


def _issuers_of_lead(head: str) -> list[str]:
    """近日,中共河南省委、河南省人民政府印发了《…》: the sentence with which a page introduces a document."""
    match = _LEAD.search(head[:1500])
    return _issuers(match[1].replace("、", " ")) if match else []


def issuer_type_of(issuers: list[str]) -> str:
    """party, government, joint or congress, by the names of the issuers; "" if there are none.

    Examples
    --------
    >>> issuer_type_of(["中共清远市委", "清远市人民政府"]), issuer_type_of(["国务院"]), issuer_type_of([])
    ('joint', 'government', '')
    """
    types = set()
    for issuer in issuers:
        if "人大" in issuer or "人民代表大会" in issuer:
            types.add("congress")
        elif issuer.startswith("中共") or re.search(r"[省市县区州]委(?:办公[厅室])?$", issuer):
            types.add("party")
        else:
            types.add("government")
    if {"party", "government"} <= types:
        return "joint"
    return min(types) if types else ""


def _period(title: str, text: str) -> tuple[int | None, int | None]:
    """The years a plan is for: those of its title; else the last year of its goals, named early in the text."""
    match = _YEARS.search(title)
    if match and int(match[1]) <= int(match[2]):
        return int(match[1]), int(match[2])
    own = re.sub(r"《[^》]*》|〈[^〉]*〉", "", text[:_HEAD_CHARACTERS])
    years = [int(year) for year in _UNTIL.findall(own[:2500])]
    return None, max(years) if years else None


def name_lineage(title: str) -> str:
    """The policy family that a title names: without the place, the years and the kind of document.

    Examples
    --------
    >>> name_lineage("石家庄市法治政府建设实施方案"), name_lineage("法治政府建设实施纲要（2015—2020年）")
    ('法治政府建设', '法治政府建设')
    >>> name_lineage("上海市大气污染防治条例"), name_lineage("2024年三亚市政府工作报告")
    ('大气污染防治', '政府工作报告')
    >>> name_lineage("深圳经济特区优化营商环境条例"), name_lineage("河北雄安新区法治政府建设实施方案")
    ('优化营商环境', '法治政府建设')
    """
    core = _behind_place(title)
    core = _ZONE.sub("", _SPECIAL.sub("", core))
    kind = _KIND_END.search(core)
    stem = (core[: kind.start()] if kind else core).removesuffix("的")
    if stem in _NO_SUBJECT:
        return core
    return re.sub(r"^(?:实施|印发|进一步)+", "", stem)


def name_zone(title: str) -> str:
    """A new area, or the corps, whose document a title names, though no table of jurisdictions holds it; "" if none.

    Examples
    --------
    >>> name_zone("河北雄安新区法治政府建设实施方案"), name_zone("贵州贵安新区条例"), name_zone("上海市浦东新区法治政府建设实施方案")
    ('雄安新区', '', '')
    """
    zone = _ZONE.match(_behind_place(title))
    return zone[0] if zone else ""


def _behind_place(title: str) -> str:
    """A title without notice, brackets, years and places at its head."""
    core = re.sub(r"[（(][^（()）]*[)）]", "", re.sub(r"\s+", "", title))
    notice = _NOTICE.search(title)
    if notice:
        core = re.sub(r"[（(][^（()）]*[)）]", "", re.sub(r"\s+", "", notice[1]))
    core = re.sub(r"^.*?关于", "", core)
    core = core.removeprefix("中华人民共和国")
    return _YEAR_AT_HEAD.sub("", strip_region(_YEAR_AT_HEAD.sub("", core)))


def name_kind(title: str) -> str:
    """The kind of document that a title ends in; "" if in none that is known.

    Examples
    --------
    >>> name_kind("石家庄市法治政府建设实施方案"), name_kind("中华人民共和国立法法")
    ('实施方案', '法')
    """
    kind = _KIND_END.search(title)
    return kind[1] if kind else ""

"""Cited documents: by 《》, by 发文字号, and by the short form that the text itself gives (以下简称《实施纲要》)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from typing import Literal, NamedTuple

import pandas as pd

from fzanalytics.texts.doc_numbers import find_doc_numbers, normalise_number
from fzanalytics.texts.extraction.mentions import Mention
from fzanalytics.texts.searching import sought
from fzanalytics.texts.titles import normalise_title, title_spans

Role = Literal["opening", "body", "own"]

_MAX_TITLE = 160
#: The number that follows a title: （冀发〔2016〕24号）, （中发〔2015〕36号，以下简称《实施纲要》）.
_NUMBER_BEHIND = re.compile(r"[）)]{0,2}\s{0,3}[（(]\s{0,3}([^（()）\n]{2,40}?号)")
_SHORT_FORM = sought(
    r"(?:以下|下)?(?:统一)?(?:简称|称|称为)[为:：]?\s{0,3}[《“\"〈‘]([^《》”\"〈〉’\n]{2,30})[》”\"〉’]",
    core="称",
    reach=5,
)
_SHORT_BEHIND = 60
_PERIODICAL = re.compile(r"(?:日报|晚报|早报|时报|周报|(?:委员会|国务院|政府)公报|周刊|月刊|杂志|新闻联播|焦点访谈)$")
# a title that says no more than its kind
_MAX_SHORT = 6
_KIND_WORDS = (
    "方案|纲要|计划|规划|细则|办法|规定|条例|意见|要点|报告|通知|决定|决议|准则|规则|标准|目录|清单|指南|措施|法"
)
_SHORT = re.compile(rf"(?:实施|行动|工作|若干|指导|省|市|县|国家|中央){{0,2}}(?:{_KIND_WORDS})")
#: 《 without 》: the title ends with the word of its kind
_UNCLOSED = re.compile(rf"《[^《》，。；：、\n（）()]{{3,60}}?(?:{_KIND_WORDS})(?=[，。；、：\n（(]|$)")
# books, plays and the like, which the words around them tell; a title that ends with the kind of a document is none
_WORK_BEFORE = re.compile(
    r"(?:[剧歌曲书画]|电影|影片|丛书|图书|专著|小说|杂志|演艺|节目|栏目|纪录片|作品|展览|歌舞|音乐会|大戏|文库|志书|出版)(?:《[^《》\n]{1,30}》[、和]?){0,4}$"
)
_WORK_BEHIND = re.compile(
    r"(?:《[^《》\n]{1,30}》|[、和]){0,6}(?:等\d{0,3}[部首篇个]?)?(?:[^，。；、《》\n]{0,4}(?:剧目|作品|剧|演艺|演出|首演|公演|上演|出版|热播|展演|电影|图书|节目|歌曲|文库)"
    r"|[^，。；\n]{0,12}(?:演艺|演出|艺术节|文华奖|群星奖|五个一工程|剧目奖|展演|播出|上映))"
)
_IS_DOCUMENT = re.compile(
    rf"(?:{_KIND_WORDS}|协定|协议|公约|议定书|宣言|白皮书|蓝皮书|章程|制度|请示|名单|名录|手册|守则|公约|令|书)(?:[（(][^（()）]{{1,30}}[)）])?$"
)
_STATUTE = re.compile(r"(?:法|条例|办法|规定|细则|纲要|规划)(?:[（(][^（()）]{1,12}[)）])?$")
_YEARS = re.compile(r"\(?(?:(?:19|20)\d{2})(?:年)?-(?:19|20)\d{2}年?\)?")


class Citation(NamedTuple):
    """A document named in a text: title and number normalised ("" where there is none); form is "title", "number" or "short form"."""

    begin: int
    end: int
    title: str
    number: str
    form: str


def find_cited(
    text: str, clauses: pd.DataFrame, *, document: Mapping[str, object], keep_own: bool = False
) -> list[Mention]:
    """The documents that a text cites.

    Parameters
    ----------
    text : str
        Clean text.
    clauses : DataFrame, shape (C, 12)
    document : mapping
        `title` and `doc_number` are used: a text that names itself cites nothing.
    keep_own : bool
        Give places where the text names itself too, with role "own"; otherwise they are left out.

    Returns
    -------
    list of Mention
        kind "citation"; value is 《title》number, the title without the notice around it and in one spelling, the number
        alone where there is no title; role "opening" before the first clause, else "body"; evidence "title", "number" or
        "short form" (the title stands elsewhere in the text, which says 以下简称).

    Notes
    -----
    The place where a short form is introduced (以下简称《实施纲要》) is part of the citation before it, and none of its own.
    Newspapers and broadcasts in 《》 are no documents.

    Examples
    --------
    >>> text = "根据《法治政府建设实施纲要（2015—2020年）》（中发〔2015〕36号，以下简称《纲要》）\\n一、目标。完成《纲要》的任务，落实国发〔2016〕1号文件。"
    >>> clauses = pd.DataFrame({"begin": [text.index("一、")]})
    >>> [(m.value, m.role, m.evidence) for m in find_cited(text, clauses, document={})]
    [('《法治政府建设实施纲要(2015-2020年)》中发〔2015〕36号', 'opening', 'title'), \
('《法治政府建设实施纲要(2015-2020年)》中发〔2015〕36号', 'body', 'short form'), ('国发〔2016〕1号', 'body', 'number')]
    """
    first = clauses["begin"].min() if len(clauses) else len(text)
    title, number = document.get("title"), document.get("doc_number")
    own_title = normalise_title(title) if isinstance(title, str) else ""
    own_number = normalise_number(number) if isinstance(number, str) else ""
    mentions = []
    for cited in read_citations(text):
        own = _is_own(cited, own_title, own_number)
        if own and not keep_own:
            continue
        role: Role = "own" if own else "opening" if cited.begin < first else "body"
        value = f"《{cited.title}》{cited.number}" if cited.title else cited.number
        mentions.append(Mention("citation", value, role, cited.begin, cited.end, evidence=cited.form))
    return mentions


def read_citations(text: str) -> list[Citation]:
    """All documents named in a text, its own title and number included, in order of place.

    A short form means the document that the text says it does (以下简称); one that nobody introduced, such as 《纲要》, the only
    document named before whose title ends with it. Where two end so, the short form stays as it is.

    Examples
    --------
    >>> [(cited.title, cited.number) for cited in read_citations("《立法法、行政处罚法》和粤府〔2016〕3号")]
    [('立法法', ''), ('行政处罚法', ''), ('', '粤府〔2016〕3号')]
    """
    titled = _titled(text)
    meant, introduced = _short_forms(text, titled)
    found = []
    endings: dict[str, dict[str, Citation]] = {}
    for cited in titled:
        if cited.begin in introduced:
            continue
        target = meant.get(cited.title) or _only_ending(cited, endings)
        if target is not None and not cited.number and cited.begin > target.begin:
            cited = cited._replace(title=target.title, number=target.number, form="short form")
        elif len(cited.title) > _MAX_SHORT:
            _remember(cited, endings)
        found.append(cited)
    begins = [cited.begin for cited in titled]
    for match in find_doc_numbers(text):
        before = bisect_left(begins, match.end()) - 1
        inside = before >= 0 and match.start() < titled[before].end
        # a second number in the bracket behind a title is a citation too
        if inside and normalise_number(match[0]) == titled[before].number:
            continue
        if inside and text.find("》", match.start(), titled[before].end) >= 0:
            continue
        number = normalise_number(match[0])
        begin = match.start() + match[0].find(number.partition("〔")[0])
        found.append(Citation(begin, match.end(), "", number, "number"))
    return sorted(found)


def _remember(cited: Citation, endings: dict[str, dict[str, Citation]]) -> None:
    """Note a document under each ending of its title; a second one shows that an ending does not tell, a third adds nothing."""
    bare = _YEARS.sub("", cited.title)
    for length in range(1, _MAX_SHORT + 1):
        known = endings.setdefault(bare[-length:], {})
        if (bare in known and cited.number and not known[bare].number) or (bare not in known and len(known) < 2):
            known[bare] = cited


def _only_ending(cited: Citation, endings: Mapping[str, Mapping[str, Citation]]) -> Citation | None:
    """The one document named before that 《纲要》 can mean; None if there are several, or none."""
    if cited.number or not _SHORT.fullmatch(cited.title):
        return None
    known = endings.get(cited.title, {})
    return next(iter(known.values())) if len(known) == 1 else None


def _titled(text: str) -> list[Citation]:
    citations: list[Citation] = []
    spans = title_spans(text)
    closed = {begin for begin, _ in spans}
    spans += [
        match.span() for match in _UNCLOSED.finditer(text) if match.start() not in closed and _is_free(match, spans)
    ]
    for begin, end in sorted(spans):
        written = text[begin + 1 : end].removesuffix("》")
        if not 2 <= len(written.strip()) <= _MAX_TITLE or _PERIODICAL.search(written):
            continue
        if _is_work(text, begin, end, written):
            continue
        behind = _NUMBER_BEHIND.match(text, end)
        number = normalise_number(behind[1]) if behind else ""
        if behind and number:
            end = _end_of_bracket(text, behind.end())
        parts = re.split("、", written)
        if len(parts) > 1 and not number and "关于" not in written and all(map(_STATUTE.search, parts)):
            at = begin + 1
            for part in parts:
                citations.append(Citation(at, at + len(part), normalise_title(part), "", "title"))
                at += len(part) + 1
            continue
        citations.append(Citation(begin, end, normalise_title(written), number, "title"))
    return citations


def _is_work(text: str, begin: int, end: int, title: str) -> bool:
    """Whether a title is that of a book or a play: 戏剧《城里的月光》等3部文艺作品."""
    if "关于" in title or _IS_DOCUMENT.search(title):
        return False
    return bool(_WORK_BEFORE.search(text[max(0, begin - 80) : begin]) or _WORK_BEHIND.match(text, end))


def _is_free(match: re.Match[str], spans: list[tuple[int, int]]) -> bool:
    at = bisect_left(spans, match.span())
    return (at == 0 or spans[at - 1][1] <= match.start()) and (at == len(spans) or match.end() <= spans[at][0])


def _end_of_bracket(text: str, position: int) -> int:
    """Behind the bracket that closes after a number, if little else stands in it; else behind the number."""
    match = re.compile(r"[^（()）\n]{0,40}[)）]").match(text, position)
    return match.end() if match else position


def _short_forms(text: str, titled: list[Citation]) -> tuple[dict[str, Citation], set[int]]:
    """Which document a short form means, and the places where 《》 introduces one."""
    meant: dict[str, Citation] = {}
    introduced: set[int] = set()
    begins = [cited.begin for cited in titled]
    for match in _SHORT_FORM.finditer(text):
        sign = match.start(1) - 1
        introduced.add(sign)
        before = bisect_left(begins, match.start()) - 1
        near = match.start() - _SHORT_BEHIND
        while before >= 0 and titled[before].begin in introduced and titled[before].end >= near:
            before -= 1
        if before >= 0 and titled[before].end >= near and "\n" not in text[titled[before].end : match.start()]:
            meant.setdefault(normalise_title(match[1]), titled[before])
    return meant, introduced


def _is_own(cited: Citation, own_title: str, own_number: str) -> bool:
    if cited.number and own_number:
        return cited.number == own_number
    if not cited.title or not own_title or cited.form == "short form":
        return False
    if cited.title == own_title:
        return True
    bare_cited, bare_own = _YEARS.sub("", cited.title), _YEARS.sub("", own_title)
    years = _YEARS.search(cited.title), _YEARS.search(own_title)
    if bare_cited == bare_own and not all(years) and not cited.number:
        return years[0] is None  # 《方案（2016—2020年）》 in a plan without years may be an earlier one
    return len(cited.title) <= 4 and bare_own.endswith(cited.title)  # 《方案》, without a word on what is meant

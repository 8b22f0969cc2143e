"""Cited documents: by 《》, by 发文字号, and by the short form that the text itself gives (以下简称《实施纲要》)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from typing import Literal, NamedTuple

import pandas as pd

from fzanalytics.texts.dating import DOC_NUMBER, normalise_number
from fzanalytics.texts.extraction.mentions import Mention

Role = Literal["opening", "body", "own"]

_MAX_TITLE = 160
#: The number that follows a title: （冀发〔2016〕24号）, （中发〔2015〕36号，以下简称《实施纲要》）.
_NUMBER_BEHIND = re.compile(r"[）)]{0,2}\s{0,3}[（(]\s{0,3}([^（()）\n]{2,40}?号)")
_SHORT_FORM = re.compile(
    r"(?:以下|下)?(?:统一)?(?:简称|称|称为)[为:：]?\s{0,3}[《“\"〈‘]([^《》”\"〈〉’\n]{2,30})[》”\"〉’]"
)
_SHORT_BEHIND = 60
_PERIODICAL = re.compile(r"(?:日报|晚报|早报|时报|周报|(?:委员会|国务院|政府)公报|周刊|月刊|杂志|新闻联播|焦点访谈)$")
_STATUTE = re.compile(r"(?:法|条例|办法|规定|细则|纲要|规划)(?:[（(][^（()）]{1,12}[)）])?$")
_YEARS = re.compile(r"\(?(?:(?:19|20)\d{2})(?:年)?-(?:19|20)\d{2}年?\)?")
_STATE = re.compile(r"\((?:试行|暂行|草案|修订|修正|[^()]{0,12}征求意见稿)\)$")


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

    Examples
    --------
    >>> [(cited.title, cited.number) for cited in read_citations("《立法法、行政处罚法》和粤府〔2016〕3号")]
    [('立法法', ''), ('行政处罚法', ''), ('', '粤府〔2016〕3号')]
    """
    titled = _titled(text)
    meant, introduced = _short_forms(text, titled)
    found = []
    for cited in titled:
        if cited.begin in introduced:
            continue
        target = meant.get(cited.title)
        if target is not None and not cited.number and cited.begin > target.begin:
            cited = cited._replace(title=target.title, number=target.number, form="short form")
        found.append(cited)
    begins = [cited.begin for cited in titled]
    for match in DOC_NUMBER.finditer(text):
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


def _titled(text: str) -> list[Citation]:
    citations: list[Citation] = []
    for begin, end in title_spans(text):
        written = text[begin + 1 : end - 1]
        if not 2 <= len(written.strip()) <= _MAX_TITLE or _PERIODICAL.search(written):
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


def title_spans(text: str) -> list[tuple[int, int]]:
    """Outermost 《》 within a line; a sign that is never closed opens nothing."""
    spans: list[tuple[int, int]] = []
    stack: list[int] = []
    for match in re.finditer(r"[《》\n]", text):
        if match[0] == "\n":
            stack.clear()
        elif match[0] == "《":
            stack.append(match.start())
        elif stack:
            begin = stack.pop()
            while spans and spans[-1][0] > begin:
                spans.pop()
            spans.append((begin, match.end()))
    return [span for i, span in enumerate(spans) if i + 1 == len(spans) or spans[i + 1][0] >= span[1]]


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


def find_citations(text: str) -> list[tuple[int, int, str, str]]:
    """The documents that a text names in 《》, with their number where one follows.

    Returns
    -------
    list of (int, int, str, str)
        begin, end, title (without the notice around it, brackets of inner titles normalised), number or "".

    Examples
    --------
    >>> text = "根据《关于印发〈河北省法治政府建设实施方案〉的通知》(冀发〔2016〕24号)"
    >>> find_citations(text)[0][2:]
    ('河北省法治政府建设实施方案', '冀发〔2016〕24号')
    """
    return [(cited.begin, cited.end, cited.title, cited.number) for cited in _titled(text)]


_TITLE_SIGNS = str.maketrans(
    dict(zip("（）［］【】，：", "()()(),:", strict=True))
    | dict.fromkeys("—–－～‐‑―﹣−─", "-")
    | dict.fromkeys("〈《＜", "<")
    | dict.fromkeys("〉》＞", ">")
    | {chr(ord("０") + i): str(i) for i in range(10)}
)


def normalise_title(title: str) -> str:
    """A title without the notice around it, spaces, and differences of brackets, digits and dashes, for comparison.

    Examples
    --------
    >>> normalise_title("中共中央 国务院关于印发〈法治政府建设实施纲要（2015-2020 年）〉的通知")
    '法治政府建设实施纲要(2015-2020年)'
    """
    title = re.sub(r"[\s\u200b\ufeff]+", "", title)
    if "印发" in title or "转发" in title:
        inner = re.search(r"[〈<《＜]([^〈〉<>《》＜＞]{4,80})[〉>》＞]?", title)
        if inner:
            title = inner[1]
        elif "印发" in title:
            title = title.partition("印发")[2].removesuffix("的通知")
    title = re.sub(r"-+", "-", title.translate(_TITLE_SIGNS))
    return re.sub(r"(\d{4})年?-(\d{4})年", r"\1-\2年", title).strip("<>")

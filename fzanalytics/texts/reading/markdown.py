"""Markdown of the public law collection: what stands between a law's title and its text."""

from __future__ import annotations

import re

END_OF_FRONT = "<!-- INFO END -->"
_FRONT_CHARS = 20_000
_TITLE = re.compile(r"\A[\ufeff\s]*#[ \t]+(\S[^\n]{0,200})")
_DATE = re.compile(r"((?:19|20)\d{2})年\s{0,2}(\d{1,2})月\s{0,2}(\d{1,2})日")
_PASSED = re.compile(r"通过|批准|修正|修订|修改|制定|令(?:第[^，。\s]{1,12}号)?\s?(?:公布|发布)")
_PUBLIC = re.compile(r"公布|发布|公告")
_IN_FORCE = re.compile(r"^[ \t\u3000起]*(?:施行|实施|生效)")
_BODY = re.compile(
    r"^\s*(?:经)?((?:(?!第)[\u4e00-\u9fff]){0,16}?)\s?第?[一二三四五六七八九十]{1,4}届"
    r"([\u4e00-\u9fff]{0,8}?(?:人民代表大会常务委员会|人民代表大会|人大常委会|人大))"
)
_STATE_COUNCIL = re.compile(r"^\s*(?:中华人民共和国)?国务院(?:令|第)")


def read_front(text: str) -> dict[str, str]:
    """What a law of the collection says of itself above its text.

    Parameters
    ----------
    text : str
        A Markdown file that opens with "# title", lists its dates, and ends that list with <!-- INFO END -->.

    Returns
    -------
    dict of str
        title; dated, the date of the version held: the last day on which it was passed, approved or amended; published
        and effective, if they are told of that version; issuers, who passed it first; first_enacted. Empty for any other
        text. Dates are as in 2017-01-26.

    Examples
    --------
    >>> front = "# 市容条例\\n\\n2016年5月31日 市人大通过\\n\\n2018年7月1日 修正\\n\\n<!-- INFO END -->\\n第一条 为了管理。"
    >>> read_front(front)
    {'title': '市容条例', 'dated': '2018-07-01', 'first_enacted': '2016-05-31'}
    """
    end = text.find(END_OF_FRONT, 0, _FRONT_CHARS)
    title = _TITLE.match(text)
    if title is None or end < 0:
        return {}
    told = {"title": title[1].strip()}
    events = _events(text[title.end() : end])
    passed = [day for day, action in events if _PASSED.search(action) and not _IN_FORCE.search(action)]
    if passed:
        told["dated"] = max(passed)
        told["first_enacted"] = min(passed)
    since = told.get("dated", "")
    for name, pattern in (("published", _PUBLIC), ("effective", _IN_FORCE)):
        days = [day for day, action in events if pattern.search(action) and day >= since]
        if days:
            told[name] = max(days)
    issuer = next((name for _, action in events if (name := _issuer(action))), "")
    return told | ({"issuers": issuer} if issuer else {})


def _events(front: str) -> list[tuple[str, str]]:
    """Days, and what was done on each."""
    matches = list(_DATE.finditer(front))
    ends = [*(match.start() for match in matches[1:]), len(front)][: len(matches)]
    events = []
    for match, end in zip(matches, ends, strict=True):
        year, month, day = match.groups()
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            events.append((f"{year}-{int(month):02d}-{int(day):02d}", front[match.end() : end]))
    return events


def _issuer(action: str) -> str:
    """Who passed it: 杭州市第十二届人民代表大会常务委员会第五次会议通过 names 杭州市人民代表大会常务委员会."""
    if _STATE_COUNCIL.match(action):
        return "国务院"
    body = _BODY.match(action)
    if body is None or "批准" in action.partition("会议")[2][:4] or len(body[1]) == 1:
        return ""
    name = (body[1] + body[2]).replace("人大常委会", "人民代表大会常务委员会")
    return f"{name[:-2]}人民代表大会" if name.endswith("人大") else name

"""What breaks a document into stretches: a table of contents, the attachments, and the notice around it."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from fzanalytics.base.numbering import parse_number, read_marker
from fzanalytics.texts.structure.lines import Line

FIGURE = "[0-9０-９一二三四五六七八九十〇○Ｏ零]"
DATE = re.compile(rf"[（(]?{FIGURE}{{4}}\s?年\s?{FIGURE}{{1,3}}\s?月\s?{FIGURE}{{1,3}}\s?日[)）]?$")
_CONTENTS = re.compile(r"[#*\s]*目\s{0,6}[录次]\s*[*：:]*$")
_PAGE = " \t\u3000\u00a0.．…·-—（()）0123456789０１２３４５６７８９"
NOTE = re.compile(
    r"[（(](?:此件|本文|联系人|此页|本件)[^）)]{0,80}[)）]$|(?:抄送|主题词|印发份数|公开方式|信息公开选项|公开属性)[：:].{0,300}$"
)
# 附件, 附件1, 附件 2：…, 附表三; 附： alone
_ATTACHMENT = re.compile(
    r"[#*\s【\[]{0,6}附\s{0,2}(?P<word>[件录表])?\s{0,2}[（(]?(?P<number>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})?[)）]?(?:[－\-—之][0-9一二三]{1,2})?"
    r"[】\]]?\s{0,4}(?:(?P<colon>[：:.．、])\s{0,4}|$|(?<=\s))(?P<title>.{0,80})$"
)
_LISTED = re.compile(r"(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})\s?[.．、]")
_NOTICE = re.compile(r"(?:印发|转发|批转|发布|公布|下发)")
_ORDER = re.compile(r"令\s*(?:[（(〔]|第|$)|公告$|现公布|现予公布")
PROSE = re.compile(r"[。；]")
MAX_SIGNATURE, MAX_TITLE, _MAX_LIST = 30, 60, 40


# ---------------------------------------------------------------- contents


def _key(line: str) -> str:
    """An entry of a table of contents, and the heading it stands for, without spaces and page numbers."""
    return re.sub(r"[\s#*]+", "", line[:200].rstrip(_PAGE))


def find_contents(lines: Sequence[Line], part: list[str]) -> None:
    """Give the lines of a table of contents their part: from 目录, or chapters in a row, to where the first entry comes again."""
    start = next((i for i, line in enumerate(lines[:200]) if _CONTENTS.match(line.text)), None)
    first = None
    if start is not None:
        first = start + 1
    else:  # chapters in a row
        for i, line in enumerate(lines[:60]):
            if (
                _is_chapter(line.text)
                and i + 2 < len(lines)
                and all(_is_chapter(one.text) for one in lines[i + 1 : i + 3])
            ):
                start = first = i
                break
    if start is None or first is None or first >= len(lines):
        return
    key = _key(lines[first].text)
    end = next((i for i in range(first + 1, min(len(lines), 2000)) if key and _key(lines[i].text) == key), None)
    if end is None and first == start:
        return
    for i in range(start, end if end is not None else first):
        part[i] = "contents"


def _is_chapter(line: str) -> bool:
    marker = read_marker(line)
    return marker is not None and marker.numbering in ("第一编", "第一章", "第一节") and len(line) <= MAX_TITLE


# ---------------------------------------------------------------- attachments


def find_attachments(lines: Sequence[Line], part: list[str]) -> list[tuple[int, str]]:
    """Where attachments begin, with their names; lines of the list of attachments get their part."""
    starts: list[tuple[int, str]] = []
    seen_body = False
    i = 0
    while i < len(lines):
        line = lines[i].text
        match = _ATTACHMENT.match(line) if len(line) <= 100 and not part[i] else None
        if match is None or not (match["word"] or match["colon"]) or not seen_body:
            seen_body = seen_body or bool(PROSE.search(line)) or (not part[i] and read_marker(line) is not None)
            i += 1
            continue
        end = _end_of_list(lines, i, match["title"]) if match["title"] and match["colon"] else i
        if end > i:
            part[i:end] = ["attachment list"] * (end - i)
            i = end
        elif PROSE.search(match["title"]) or (match["title"] and not match["colon"] and not match["number"]):
            i += 1  # 附件所列事项…。 is a sentence
        else:
            word = f"附{match['word'] or '件'}"
            starts.append((i, f"{word}{parse_number(match['number'])}" if match["number"] else word))
            i += 1
    return starts


def _end_of_list(lines: Sequence[Line], first: int, title: str) -> int:
    """The line behind a list of attachments, 附件：1.… and what is below; `first` if it is none but an attachment itself."""
    numbered = _LISTED.match(title) is not None
    i = first + 1
    while i < len(lines) and i - first <= _MAX_LIST:
        line = lines[i].text
        entry = (numbered and _LISTED.match(line)) or _ATTACHMENT.match(line[:101])
        if not entry or PROSE.search(line) or len(line) > MAX_TITLE + 20:
            break
        if re.match(r"\s*附\s*[件录表]?\s*[0-9０-９一二三四五六七八九十]*\s*$", line):
            break
        i += 1
    # a list is followed by the signature and the date, by notes, by the attachments, or by nothing
    for after in range(i, min(i + 6, len(lines))):
        line = lines[after].text
        if DATE.match(line) or NOTE.match(line) or (after == i and re.match(r"附\s*[件录表]", line)):
            return i
        if len(line) > MAX_SIGNATURE or PROSE.search(line):
            return first
    return i if i >= len(lines) else first


def name_attachments(starts: Sequence[tuple[int, str]]) -> list[str]:
    """The names of attachments; one that comes again is told apart by a count."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for _, name in starts:
        seen[name] += 1
        names.append(f"{name}~{seen[name]}" if seen[name] > 1 else name)
    return names


# ---------------------------------------------------------------- the notice around a document


def end_of_wrapper(lines: Sequence[Line], part: Sequence[str], starts: Sequence[tuple[int, str]]) -> int:
    """The index of the first line of the document that a notice or an order makes known; 0 if there is no notice."""
    head = "".join(line.text for line in lines[:8])
    if not _NOTICE.search(head) and not _ORDER.search(head):
        return 0
    last = starts[0][0] if starts else len(lines)
    for i in range(1, min(last, 80)):
        if not DATE.match(lines[i].text):
            continue
        begin = i + 1
        while begin < last and (NOTE.match(lines[begin].text) or part[begin] == "attachment list"):
            begin += 1
        if last - begin < 3 or not _is_title(lines, part, begin):
            continue
        return begin
    return 0


def is_bare_notice(lines: Sequence[Line]) -> bool:
    """Whether a notice of promulgation, told by its title, says nothing in clauses of its own."""
    title = "".join(line.text for line in itertools.takewhile(lambda line: not PROSE.search(line.text), lines[:8]))
    return (
        _NOTICE.search(title) is not None and len(lines) <= 40 and not any(read_marker(line.text) for line in lines[3:])
    )


def _is_title(lines: Sequence[Line], part: Sequence[str], begin: int) -> bool:
    """Whether one to three short lines without a full stop stand here, and a text below them."""
    line = lines[begin].text
    if len(line) > MAX_TITLE or PROSE.search(line) or line.endswith(("：", ":")) or read_marker(line):
        return False
    return any(
        len(one.text) > 25 or read_marker(one.text) or part[begin + 1 + i] == "contents"
        for i, one in enumerate(lines[begin + 1 : begin + 8])
    )

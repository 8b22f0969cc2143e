"""Remains of pages: of web sites, of paper, of Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fzanalytics.base.offsets import Edit

# ---------------------------------------------------------------- web pages

_GAP = r"[ \t\u00a0\u3000]"
#: Buttons and signs of a page, alone or in a row.
_BUTTON = (
    "设为首页|加入收藏|收藏本站|收藏本页|网站首页|打印本页|打印文本|关闭窗口|关闭本页|关闭页面|返回顶部|返回首页|回到顶部|打印|关闭|收藏|"
    "我要纠错|无障碍阅读|无障碍浏览|长者模式|长者版|手机版|网站地图|联系我们|关于我们|网站声明|"
    "扫一扫在手机打开当前页|扫一扫在手机打开当前页面|扫一扫分享本页|扫一扫|用微信扫描二维码|分享至好友和朋友圈"
)
_WEB_LINE = re.compile(
    rf"""^{_GAP}*(?:
        【?(?:{_BUTTON})】?(?:{_GAP}*[|｜/·]?{_GAP}*【?(?:{_BUTTON})】?){{0,30}}
      | (?:发表|发布|更新|发文|录入)(?:时间|日期)[ \t\u00a0]*[:：][ \t\u00a0]*[12]\d{{3}}[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}.{{0,80}}
      | (?:信息|文章|稿件)?来源[:：].{{0,40}}(?:浏览|点击|字体|发布|时间).{{0,60}}
      | 【?(?:信息|文章|稿件)?来源[:：][^。；，\n]{{1,30}}】?
      | 【?(?:责任)?编辑[:：][^。；，\n]{{0,20}}】?
      | (?:浏览|点击|阅读)(?:次数|量|数)[:：].{{0,30}}
      | [【\[]?字体(?:大小)?[:：]?(?:[^\u4e00-\u9fff\n]{{0,6}}[特大中小默认]){{2,5}}[^\u4e00-\u9fff\n]{{0,6}}(?:打印|关闭)?.{{0,12}}
      | 分享(?:到|至)?(?:[:：].{{0,30}}|{_GAP}*(?:微信|微博|QQ|朋友圈).{{0,24}})?
      | (?:[上下]一[篇条]|(?:您)?(?:(?:现在)?所在的?|当前的?)位置)[ \u3000]*[:：].{{0,80}}
      | 首页(?:{_GAP}*(?:[>＞»›→]|>>){_GAP}*[^>＞»›→\n。；]{{1,30}}){{1,8}}
      | 网站不良信息.{{0,120}}
      | (?:版权所有|网站标识码|Copyright|[^\n。]{{0,12}}(?:ICP备|公网安备)).{{0,120}}
      | (?:主办|承办|技术支持)(?:单位)?[:：].{{0,80}}(?:版权|ICP备|网安备|标识码).{{0,80}}
    ){_GAP}*$""",
    re.VERBOSE,
)
_LINKS = re.compile(
    rf"^{_GAP}*【?(?:相关(?:链接|阅读|稿件|文章|信息|新闻|报道)|延伸阅读|推荐阅读|热点推荐){_GAP}*[:：]?】?{_GAP}*$"
)
_LONGEST_WEB_LINE = 260
#: Lines of a document's own at its head and its tail among which remains of the page are looked for.
_HEAD, _TAIL, _MOST_PROSE, _PROSE = 10, 12, 2, 60
_MOST_LINKS = 12


class _Line(NamedTuple):
    """A line without its end."""

    begin: int
    end: int
    text: str


def _lines(text: str) -> list[_Line]:
    lines, begin = [], 0
    for line in text.split("\n"):
        lines.append(_Line(begin, begin + len(line), line))
        begin += len(line) + 1
    return lines


def fix_web_remains(text: str) -> list[Edit]:
    """Lines of a web page that are no part of the document: navigation, page date, sharing, imprint.

    They are looked for at the head and at the tail only, among the document's first ten and last twelve lines of its
    own, and no deeper than its second paragraph of prose. A whole line goes or stays. What the line said (the page's
    date) is kept in the log. The list below a line 相关链接 (related links) goes as well, if it ends the text.
    """
    lines = _lines(text)
    found = {line for line in _zone(lines, _HEAD) if _is_web(line.text)}
    tail = list(_zone(lines[::-1], _TAIL))
    found |= {line for line in tail if _is_web(line.text)}
    links: list[_Line] = []
    for line in tail:  # from the last line up
        if _LINKS.match(line.text):
            found |= {line, *links}
            break
        if line.text.strip() and line not in found:
            links.append(line)
            if len(links) > _MOST_LINKS or len(line.text) > 60 or line.text.rstrip().endswith(("。", "；", "日")):
                break
    return [Edit(line.begin, line.end, "") for line in sorted(found) if line.text]


def _is_web(line: str) -> bool:
    return len(line) <= _LONGEST_WEB_LINE and _WEB_LINE.match(line) is not None


def _zone(lines: Iterable[_Line], most: int) -> Iterator[_Line]:
    """Lines from a border of the text on, as far as remains of a page may stand."""
    own = prose = 0
    for line in lines:
        yield line
        if line.text.strip() and not _is_web(line.text):
            own += 1
            prose += len(line.text) >= _PROSE and "。" in line.text
        if own >= most or prose >= _MOST_PROSE:
            return


# ---------------------------------------------------------------- pages of paper

_PAGE_NUMBER = re.compile(
    rf"""^{_GAP}*(?:
        [-－—–―─~～·•]{{1,3}}{_GAP}*[0-9０-９]{{1,4}}{_GAP}*[-－—–―─~～·•]{{1,3}}
      | 第{_GAP}*[0-9０-９]{{1,4}}{_GAP}*页(?:{_GAP}*[,，/／|（(]?{_GAP}*共{_GAP}*[0-9０-９]{{1,4}}{_GAP}*页{_GAP}*[)）]?)?
      | [Pp]age{_GAP}*[0-9]{{1,4}}(?:{_GAP}*(?:of|/){_GAP}*[0-9]{{1,4}})?
    ){_GAP}*$""",
    re.VERBOSE,
)
_BARE_NUMBER = re.compile(rf"^{_GAP}*[0-9０-９]{{1,4}}(?:{_GAP}*[/／]{_GAP}*[0-9０-９]{{1,4}})?{_GAP}*$")
_FIGURES = re.compile("[0-9０-９]+")
_BORDER_LINES, _LONGEST_HEADER = 2, 60


def fix_page_remains(text: str) -> list[Edit]:
    """Page numbers, and the running heads and feet of pages, which part a paragraph that goes over two pages.

    A line that only holds a marked number (— 3 —, 第3页 共10页) goes wherever it stands. All else needs borders of
    pages, for which a reader of PDF puts form feeds: at a border a bare number goes, and so does a line that stands,
    but for its figures, at the same border of at least three pages and of two in five. The first page keeps such a
    line if it opens it, which makes it the title. The border itself becomes a line end.
    """
    if "\f" in text:
        return _at_borders(text)
    edits = []
    for line in _lines(text):
        if _is_page_number(line.text):
            begin, end = line.begin, min(line.end + 1, len(text))
            edits.append(Edit(begin, end, ""))
    return edits


def _is_page_number(line: str) -> bool:
    return len(line) <= _LONGEST_HEADER and _PAGE_NUMBER.match(line) is not None


def _at_borders(text: str) -> list[Edit]:
    pages: list[list[_Line]] = []
    begin = 0
    for part in text.split("\f"):
        lines = (_Line(begin + line.begin, begin + line.end, line.text) for line in _lines(part))
        pages.append([line for line in lines if line.text.strip()])
        begin += len(part) + 1
    pages = [page for page in pages if page]
    running = _running_lines(pages)
    edits, done = [], 0
    for number, page in enumerate(pages):
        body = _body(page, running, first=number == 0)
        for line in body:
            if _is_page_number(line.text):  # in the midst of a page: two pages of paper on one
                edits.append(Edit(line.begin, line.end, ""))
        if not body:
            continue
        if text[done : body[0].begin].strip(" \t\u00a0\u3000\n"):  # the form feed counts
            edits.append(Edit(done, body[0].begin, "\n" if done else ""))
        done = body[-1].end
    rest = text[done:]
    if rest.strip(" \t\u00a0\u3000\n"):
        edits.append(Edit(done, len(text), "\n" if "\n" in rest and done else ""))
    return edits


def _key(line: str) -> str:
    return _FIGURES.sub("#", "".join(line.split()))


def _running_lines(pages: list[list[_Line]]) -> set[tuple[bool, str]]:
    """Lines, figures left out, that stand at the same border of many pages: (whether at the head, line)."""
    counts: Counter[tuple[bool, str]] = Counter()
    for page in pages:
        borders: list[tuple[bool, list[_Line]]] = [(True, page[:_BORDER_LINES]), (False, page[-_BORDER_LINES:])]
        counts.update({(head, _key(line.text)) for head, lines in borders for line in lines})
    least = max(3, 0.4 * len(pages))
    return {key for key, count in counts.items() if count >= least and len(key[1]) <= _LONGEST_HEADER}


def _body(page: list[_Line], running: set[tuple[bool, str]], *, first: bool) -> list[_Line]:
    """The lines of a page without what its head and its foot bear."""

    def goes(line: _Line, head: bool) -> bool:
        text = line.text
        return (head, _key(text)) in running or _is_page_number(text) or bool(_BARE_NUMBER.match(text[:40]))

    begin, end = 0, len(page)
    title = first and (True, _key(page[0].text)) in running
    if title and sum(_key(line.text) == _key(page[0].text) for line in page) == 1:
        return [page[0], *_body(page[1:], running, first=False)] if len(page) > 1 else page
    while begin < min(_BORDER_LINES, end) and goes(page[begin], True):
        begin += 1
    while end > max(begin, len(page) - _BORDER_LINES) and goes(page[end - 1], False):
        end -= 1
    return page[begin:end]


# ---------------------------------------------------------------- Markdown

_HEADING = re.compile(r"^(?:#{1,6}[ \t]+)+", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*<!--[^\n<>]{0,200}-->[ \t]*(?:\n|\Z)", re.MULTILINE)
_BOLD = re.compile(r"(?<![\w*])\*\*([^*\s\n][^*\n]{0,200})\*\*(?!\*)")


def fix_markdown(text: str) -> list[Edit]:
    """Signs of Markdown: those of headings (##), comments on a line of their own, and stars around a stretch.

    Only in a text that is Markdown: one with a comment, or with two headings at least. So a number sign in
    other texts stays, and so do the stars of a name left out (张**).
    """
    headings = [Edit(*m.span(), "") for m in _HEADING.finditer(text)]
    comments = [Edit(*m.span(), "") for m in _COMMENT.finditer(text)]
    if not comments and len(headings) < 2:
        return []
    edits = headings + comments
    taken = {edit.begin for edit in comments}
    for match in _BOLD.finditer(text):
        if match.start() not in taken:
            edits += [Edit(match.start(), match.start() + 2, ""), Edit(match.end() - 2, match.end(), "")]
    return edits

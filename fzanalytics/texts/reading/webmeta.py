"""What a page says of its document: the index table of government sites, and their meta tags."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from fzanalytics.texts.dating import parse_date
from fzanalytics.texts.doc_numbers import normalise_number
from fzanalytics.texts.reading.markup import render, visible_text

#: What sites call the entries of their index, the surer first; the page's own date is never the date of issue.
LABELS: dict[str, tuple[str, ...]] = {
    "title": ("标题", "信息名称", "文件名称", "公文名称", "信息标题", "文件标题"),
    "doc_number": ("发文字号", "文件编号", "发布文号", "文件字号", "公文文号", "发文文号", "文件号", "文号"),
    "issuers": ("发文机关", "发文机构", "发文单位", "制发机关", "制定机关", "发布机构", "发布机关", "发布单位"),
    "dated": ("成文日期", "成文时间", "发文日期", "发文时间", "制发日期", "签发日期"),
    "published": ("发布日期", "发布时间", "公布日期", "发表时间", "公开日期", "公开时间", "生成日期", "生成时间"),
    "effective": ("施行日期", "实施日期", "生效日期", "施行时间", "实施时间", "生效时间"),
}
_OTHERS = (
    "索引号", "主题分类", "信息分类", "分类", "主题词", "关键词", "有效性", "文件状态", "时效性", "失效日期", "体裁分类", "来源",
    "信息来源", "稿源", "作者", "责任编辑", "浏览次数", "点击次数", "阅读次数", "字体", "字号", "统一编号", "统一登记号", "公开方式",
    "公开范围", "公开形式", "废止日期", "服务对象", "主办单位", "打印", "分享", "更新时间", "效力", "组配分类", "载体类型",
)  # fmt: skip
_FIELD_OF = {label: name for name, labels in LABELS.items() for label in labels}
# 标　　题, 索 引 号: wide or plain blanks between the characters of a label
_ALL = "|".join(
    r"[\s\u3000]{0,9}".join(label) for label in sorted([*_FIELD_OF, *_OTHERS], key=lambda label: (-len(label), label))
)
_ENTRY = re.compile(rf"({_ALL})[】\]]?[\s\u3000]{{0,9}}[:：]")
_BARE = re.compile(rf"[【\[]?({_ALL})[】\]]?")
_NOTHING = re.compile(r"[\s\-—–/\\.。*无暂空]*")
_MIN_ENTRIES = 3
_MAX_INDEX = 1500
_MAX_CELL = 600
_SITE = re.compile(r"\s*(?:[_|｜—–]|--| - ).*$")
_NO_TITLE = re.compile(
    r"^(?:首页|正文|详情|内容|政府信息公开|政策文件|信息公开)$|(?:网|网站|门户|政府|平台|专栏|栏目)$"
)

_TITLE_TAGS = ("articletitle", "og:title", "dc.title", "title")
_DATE_TAGS = ("pubdate", "publishdate", "publish_date", "article:published_time", "dc.date")


def read_page(root: Any, main: Collection[Any], *, whole: bool = False) -> dict[str, str]:
    """What a page says of its document outside of the document's text.

    Parameters
    ----------
    root : element of the page
    main : collection of elements
        Those that hold the document: what stands there is text, unless it is an index table.
    whole : bool
        Look into these as well, because they may be more than the document.

    Returns
    -------
    dict of str
        title, doc_number, issuers (several joined by ";"), dated (成文日期), published (发布日期), effective: those that it
        tells. Dates are as in 2017-01-26. The index comes before the meta tags, and these before headings.
    """
    inside = set() if whole else set(main)
    told = _read_entries(_cells(render(root, skip=lambda element: element in inside)))
    for element in main:
        for table in element.iter("table", "ul", "dl"):
            if is_index_table(table):
                told = {**_read_entries(_cells(render(table))), **told}
    tags = _meta_tags(root)
    title = told.get("title") or next((tags[tag] for tag in _TITLE_TAGS if _is_title(tags.get(tag, ""))), "")
    title = title or _heading(root)
    if title:
        told["title"] = title
    if "published" not in told:
        days = [day for tag in _DATE_TAGS if (day := _day(tags.get(tag, "")))]
        if days:
            told["published"] = days[0]
    return {name: told[name] for name in LABELS if name in told}


def is_index_table(element: Any) -> bool:
    """Whether an element is the index of a document (索引号, 发文机关, 成文日期, ...) and no part of it."""
    if element.tag not in ("table", "ul", "dl") or element.getparent() is None:
        return False
    text = visible_text(element, limit=_MAX_INDEX)
    if len(text) >= _MAX_INDEX:
        return False
    labels = set()
    for cell in _cells(render(element)):
        bare = _BARE.fullmatch(cell)
        labels |= set(map(_without_blanks, [bare[1]] if bare else _ENTRY.findall(cell)))
    return (len(labels) >= _MIN_ENTRIES and "索引号" in labels) or len(labels & _FIELD_OF.keys()) >= _MIN_ENTRIES


def _cells(lines: list[str]) -> list[str]:
    return [cell.strip() for line in lines for cell in line.split("\t") if cell.strip()]


def _without_blanks(label: str) -> str:
    return "".join(label.split())


def _read_entries(cells: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    rank: dict[str, int] = {}
    for label, given in _entries(cells):
        name = _FIELD_OF.get(label)
        value = _value(name, given) if name else ""
        if name and value and (name not in found or LABELS[name].index(label) < rank[name]):
            found[name], rank[name] = value, LABELS[name].index(label)
    return found


def _entries(cells: list[str]) -> Iterator[tuple[str, str]]:
    """Labels and what stands behind each: in its cell, or in the next."""
    for i, cell in enumerate(cells):
        following = cells[i + 1] if i + 1 < len(cells) else ""
        if len(cell) > _MAX_CELL:
            continue
        bare = _BARE.fullmatch(cell)
        if bare:
            yield _without_blanks(bare[1]), "" if _opens_entry(following) else following
            continue
        entries = list(_ENTRY.finditer(cell))
        for entry, end in zip(entries, [*(e.start() for e in entries[1:]), len(cell)], strict=False):
            value = cell[entry.end() : end].strip()
            if not value and end == len(cell) and not _opens_entry(following):
                value = following
            yield _without_blanks(entry[1]), value


def _opens_entry(cell: str) -> bool:
    return bool(_BARE.fullmatch(cell) or _ENTRY.match(cell))


def _value(name: str, given: str) -> str:
    """An entry as the documents table takes it, "" if it says nothing."""
    given = given.strip(" \u3000\t\u00a0【】[]|｜")
    if _NOTHING.fullmatch(given) or len(given) > _MAX_CELL:
        return ""
    if name in ("dated", "published", "effective"):
        return _day(given)
    if name == "doc_number":
        number = normalise_number(given)
        return number or (given if len(given) <= 30 and given.endswith("号") else "")
    if name == "issuers":
        parts = [part for part in re.split(r"[\s\u3000、,，;；]+", given) if len(part) >= 2]
        return ";".join(parts) if len(given) <= 100 else ""
    return given if _is_title(given) else ""


def _day(text: str) -> str:
    day = parse_date(text[:60])
    return f"{day:%Y-%m-%d}" if day is not None else ""


def _meta_tags(root: Any) -> dict[str, str]:
    tags: dict[str, str] = {}
    for element in root.iter("meta"):
        name = str(element.get("name") or element.get("property") or "").strip().lower()
        content = " ".join(str(element.get("content") or "").split())
        if name and content and len(content) <= _MAX_CELL:
            tags.setdefault(name, content)
    return tags


def _is_title(text: str) -> bool:
    return 4 <= len(text) <= 300 and bool(re.search("[\u4e00-\u9fff]", text)) and not _NO_TITLE.search(text)


def _heading(root: Any) -> str:
    """The title in a heading of the page, or the one that the browser shows without the site's name."""
    for tag in ("ucaptitle", "h1"):
        headings = [" ".join(visible_text(element).split()) for element in root.iter(tag)]
        titles = [heading for heading in headings if _is_title(heading)]
        if len(set(titles)) == 1:
            return titles[0]
    shown = next((" ".join((element.text or "").split()) for element in root.iter("title")), "")
    title = _SITE.sub("", shown[:300])
    return title if _is_title(title) and len(title) >= 8 else ""

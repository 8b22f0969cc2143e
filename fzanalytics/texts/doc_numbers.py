"""Numbers of documents (发文字号, 国发〔2016〕1号): where they stand in a text, and their one spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: 〔2016〕 in a 发文字号, in any of its brackets.
DOC_NUMBER = re.compile(
    r"((?:(?![据照依见和及与由于按以])[\u4e00-\u9fff]){1,10})\s*[〔\[﹝［(（]\s*((?:[1１][9９]|[2２][0０])\d{2})\s*[〕\]﹞］)）]\s*(?:第\s*)?(\d{1,4})\s*号"
)
#: Where a document number may be: looked for first, since few places have it.
_BRACKETED = re.compile(r"[〔\[﹝［(（]\s*(?:[1１][9９]|[2２][0０])\d{2}\s*[〕\]﹞］)）]\s*(?:第\s*)?\d{1,4}\s*号")
_BEFORE_BRACKET = 30
# words of the sentence that run into a number: 贯彻落实国发〔2016〕1号
_BEFORE_SIGN = re.compile(
    r"^.*(?:落实|贯彻|执行|实施|遵照|参照|印发|转发|下发|发布|公布|废止|修改|修订|通知|意见|办法|规定|方案|文件|的|原|其中)(?=[\u4e00-\u9fff])"
)


def find_doc_numbers(text: str) -> Iterator[re.Match[str]]:
    """The document numbers (发文字号) in a text, as matches of `DOC_NUMBER`.

    Examples
    --------
    >>> [match[0] for match in find_doc_numbers("按照国发〔2016〕1号、粤府〔2017〕3 号办理")]
    ['国发〔2016〕1号', '粤府〔2017〕3 号']
    """
    end = 0
    for bracketed in _BRACKETED.finditer(text):
        begin = max(end, bracketed.start() - _BEFORE_BRACKET)
        if match := DOC_NUMBER.search(text, begin, bracketed.end()):
            end = match.end()
            yield match


def normalise_number(text: str) -> str:
    """A 发文字号 in its official spelling, or "" if the text holds none.

    Examples
    --------
    >>> normalise_number("(冀发〔 2016 〕 24 号)")
    '冀发〔2016〕24号'
    """
    match = DOC_NUMBER.search(text)
    return f"{_BEFORE_SIGN.sub('', match[1])}〔{int(match[2])}〕{int(match[3])}号" if match else ""


def year_of_number(number: str) -> int | None:
    """The year in a 发文字号 in its official spelling; None if it has none.

    Examples
    --------
    >>> year_of_number("冀发〔2016〕24号"), year_of_number("国令第588号")
    (2016, None)
    """
    year = number.partition("〔")[2][:4]
    return int(year) if year.isdigit() else None

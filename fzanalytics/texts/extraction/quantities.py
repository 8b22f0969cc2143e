"""How much and how many: percentages, counts with a unit, money, and the words that make a target of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from fzanalytics.texts.extraction.mentions import Mention
from fzanalytics.texts.extraction.wording import Claims, prepare
from fzanalytics.texts.numbers import ARABIC_NUMBER, HAN_FIGURES, HAN_NUMBER, read_number, show_value

_NUMBER = rf"{ARABIC_NUMBER}[百千万亿]{{0,2}}|{HAN_NUMBER}(?:点[〇零一二三四五六七八九]{{1,4}})?"
# what is counted or measured, the longer before the shorter; glossed in groups: people, acts, things, places, papers, money, measures
_UNITS = (
    "人次|户次|台次|件次|车次|架次|人天|人年|名|人(?![大民口均才员事体力工文们])|位(?!一体|置)|户(?!籍|外)",
    "次(?!性|数|年|日|序)|场(?!所|馆|地|景)|期(?!间|末|限|内|满)|轮|批(?!准|复|评)|趟",
    "项|件(?!事)|个百分点|个工作日|个月|个(?!别|体|人|性|案)|种|类(?!型)|条(?!件|例|款)|起(?!草|诉|步)|例|宗|笔|套|台|辆|架|艘|只|头|株|棵|枚|颗|张|把|支|队|组(?!织)",
    "家(?!庭|长)|所(?!有|在|属)|处(?!理|罚|置|级)|座|栋|幢|间|层(?!级|面)|床|孔|口(?!岸)|门(?!类)|节|课时|学时|学分|分钟|分(?!别|类|级|工|管|局|开|析|支|步|子|之|点)",
    "份|部(?!门|分|署|委|级|队)|本(?!级|部|地|市|省|县|单位)|册|篇|卷|页|字|幅|首",
    "美元|欧元|港元|日元|元|角|块钱",
    "平方公里|平方千米|平方米|立方米|公里|千米|厘米|毫米|米|公顷|亩|标准箱|标准煤|吨|公斤|斤|千克|克|千瓦时|千伏安|千瓦|兆瓦|度电|蒲式耳|升",
    "小时|秒|天|日(?!常|报|前|内|起|益)|周(?!年|边|岁)|岁|年(?!度|底|末|初|内|前|后|来|起|间|代|以来|级|均|级|限|之)",
    "标箱|人份|剂|具|艘次|倍",
)
_UNIT = "|".join(_UNITS)
_AT_LEAST = "不少于|不低于|不得少于|不得低于|不小于|至少|最少|最低"
_MORE = "超过|突破|高于|多于|大于|逾"
_AT_MOST = "不超过|不得超过|不高于|不得高于|不多于|不得多于|不大于|最多|至多|最高"
_LESS = "低于|少于|不足|不到|不满|小于"
_ABOUT = "大约|约|近|左右"
_COMPARATORS = {
    **dict.fromkeys(_AT_LEAST.split("|"), ">="),
    **dict.fromkeys(_MORE.split("|"), ">"),
    **dict.fromkeys(_AT_MOST.split("|"), "<="),
    **dict.fromkeys(_LESS.split("|"), "<"),
    **dict.fromkeys(_ABOUT.split("|"), "~"),
}
_REACH = "达到|达|实现|完成|确保|力争|控制在|保持在|稳定在|提高到|提升到|增加到|降低到|降到|降至|提高至|提升至|增至|增加至|压缩到|压缩至|压减到|压减至|缩短到|缩短至|减少到|减至"
_CHANGE = (
    "增长|提高|提升|增加|新增|上升|扩大|压减|压缩|减少|下降|降低|缩减|缩短|精简|削减|下调|上调|翻|同比增长|同比下降"
)
# before the number: a word of change or of reaching, then one of comparison; behind it: 以上, 以内, 左右
_BEFORE = re.compile(
    rf"(?:(?P<verb>{_REACH}|{_CHANGE})(?:了|率)?的?)?"
    rf"(?P<compare>{_AT_LEAST}|{_AT_MOST}|{_MORE}|{_LESS}|大约|约|近)?[到至]?$"
)
_QUANTITY = re.compile(
    rf"(?<![\d.第{HAN_FIGURES}\x00/])(?<!\d,)(?:(?P<percent>(?P<whole>[百千万]|[二三四五六七八九十]{{1,2}})分之(?P<of>[{HAN_FIGURES}]{{1,6}}(?:点[{HAN_FIGURES}]{{1,4}})?|\d{{1,3}}(?:\.\d{{1,4}})?))"
    rf"|(?P<n>{_NUMBER})(?P<more>余|多(?!次|项|方|种|元|层|样|部|个))?"
    rf"(?:(?:[-—–~～至到]|%[-—–~～至到])(?P<n2>{_NUMBER}))?(?P<more2>余|多)?(?P<scale>[百千万亿]{{1,2}})?"
    rf"(?P<unit>%|‰|{_UNIT}))"
    rf"(?P<after>\(?(?:含)?(?:及)?(?:以上|以下|以内|之内|左右|上下)(?!述|级|文)|(?<=[个元人吨里亩])多)?"
)
# 二万元以上五万元以下: the upper end of a range whose lower one goes before
_UPPER = re.compile(rf"百分之(?P<percent>[{HAN_FIGURES}]{{1,8}})以下|(?P<n>{_NUMBER})(?P<unit>%|‰|{_UNIT})以下")
_AFTER = {"以上": ">=", "以下": "<=", "以内": "<=", "之内": "<=", "左右": "~", "上下": "~", "多": ">"}
# Chinese numbers name sets and manners more often than amounts (三项制度, 一个窗口, 两条线); with these units they do not
_COUNTED = frozenset(
    [
        "次",
        "期",
        "场",
        "名",
        "人",
        "件",
        "家",
        "所",
        "户",
        "份",
        "篇",
        "元",
        "学时",
        "课时",
        "小时",
        "人次",
        "公里",
        "亩",
        "吨",
        "平方米",
    ]
)
_TIMES = frozenset({"小时", "天", "日", "周", "个月", "年", "个工作日", "岁", "秒"})  # 分钟 sets no date
_LIMITS = re.compile(r"(?:期限?|时间|时限|期限?为|满|聘期)$")
_EVERY = re.compile(r"每[^,。;\n]{0,20}$")
# 至少选择两件: the comparison stands a few words before the number
_EARLIER = re.compile(rf"(?P<compare>{_AT_LEAST}|{_AT_MOST})[\u4e00-\u9fff]{{1,10}}$")
_TARGET = re.compile(
    r"(?:达到|力争|确保|实现|完成|建成|不少于|不低于|至少|目标|控制在|要|应当?|须|必须)[^,。;:\n]{0,16}$"
)
_TOLD = re.compile(r"(?<![为除])了[^,。;\n]{0,12}$|已[^,。;\n]{0,16}$|(?:累计|共)[^,。;\n]{0,6}$|同比[^,。;\n]{0,4}$")
_PENALTY = re.compile(r"^的?(?:[^。;,\n]{0,6})(?:罚款|罚金|拘留|徒刑)")
_DOUBLED = re.compile(r"翻(?P<n>[一两二三四])番")


def find_quantities(text: str) -> list[Mention]:
    """Amounts with a unit, and what is to be done with them.

    Parameters
    ----------
    text : str
        Clean text.

    Returns
    -------
    list of Mention
        kind "quantity", in order of place, without overlap. value is a comparator (=, >=, >, <=, <, ~ for about), a
        number or two joined by "..", and a unit: ">= 0.95" (percentages are shares), ">= 2 次", "= 3 项",
        "= 10000000 元", "= 0.5 pp" (points of a percentage), "* 4" (doubled twice). role is

        - "change": by how much something grows or shrinks (压减30%, 增长5%左右);
        - "target": what is to be reached or kept to (达到90%, 不少于2次, 95%以上, 控制在5%以内);
        - "measure": any other amount, and all that is told as done (已完成3项, 达到了90%).

        The words that compare and the verb directly before belong to the span.

    Notes
    -----
    No quantity: numbers without a unit, ordinals (第一, 第三条), dates, clause numbers, 文号, what stands in 《》 or short in “”
    (“四个意识”), and Chinese numbers that name a set or a manner (三项制度, 一个窗口, 两条底线): a Chinese number counts only
    with a word of comparison, or if it is two or more of what is usually counted (两期, 三名). 一次 counts with 每 before it.
    A stretch of days, months or years counts only with a word of comparison or of term (不少于30日, 聘期3至5年); as a limit
    (30日内) it is a deadline. 以上, 以下 and 以内 include the number (Civil Code, article 1259).

    Examples
    --------
    >>> text = "每年举办不少于2次培训，按时办结率达到95%以上，证明材料压减30%，选取3个部门、1000万元。"
    >>> for one in find_quantities(text):
    ...     print(text[one.begin : one.end], one.role, one.value)
    不少于2次 target >= 2 次
    达到95%以上 target >= 0.95
    压减30% change = 0.3
    3个 measure = 3 个
    1000万元 measure = 10000000 元
    """
    prepared = prepare(text, blank_quotes=True)
    claims = Claims(len(prepared.text))
    mentions = []
    for one in sorted(_quantities(prepared.text), key=lambda mention: mention.begin):
        if claims.claim(one.begin, one.end):
            begin, end = prepared.span(one.begin, one.end)
            mentions.append(one._replace(begin=begin, end=end))
    return mentions


def _quantities(text: str) -> Iterator[Mention]:
    for found in _DOUBLED.finditer(text):
        times = read_number(found["n"])
        yield Mention("quantity", f"* {2 ** int(times or 1)}", "change", *found.span())
    for found in _QUANTITY.finditer(text):
        before = text[max(0, found.start() - 40) : found.start()]
        words = _read_words(found, before)
        numbers = _numbers(found)
        if not numbers or not _counts(found, before, words):
            continue
        end = found.end()
        if (
            words.after == "以上"
            and (upper := _UPPER.match(text, end))
            and (highest := _highest(found, upper)) is not None
        ):
            numbers, words, end = [numbers[0], highest], words._replace(sign="=", after=""), upper.end()
        value = f"{words.sign} {'..'.join(show_value(number) for number in numbers)}{_named_unit(found)}"
        yield Mention("quantity", value, _role(before, words, text[end : end + 12]), found.start() - words.taken, end)


class _Words(NamedTuple):
    """The words around a number: verb, comparison, what stands behind it, and the characters taken before it."""

    verb: str | None
    compare: str | None
    after: str
    sign: str
    taken: int


def _read_words(found: re.Match[str], before: str) -> _Words:
    words = _BEFORE.search(before[-14:])
    verb, compare = (words["verb"], words["compare"]) if words else (None, None)
    taken = len(words[0]) if words and (verb or compare) else 0
    if compare is None and (earlier := _EARLIER.search(before[-16:])):
        compare = earlier["compare"]
    after = (found["after"] or "").lstrip("(含及")
    more = ">" if found["more"] or found["more2"] else "="
    return _Words(verb, compare, after, _AFTER.get(after) or _COMPARATORS.get(compare or "") or more, taken)


def _counts(found: re.Match[str], before: str, words: _Words) -> bool:
    """Whether a number with a unit is an amount, and not a name, a date or a number of a list."""
    if found["percent"] or found["unit"] in {"%", "‰"}:
        return True
    unit, compared = found["unit"], bool(words.compare or words.after)
    arabic = found["n"][0].isdigit()
    value = read_number(found["n"]) or 0
    if unit in {"名", "位"} and before.endswith("前"):
        return False
    if unit in _TIMES:
        if unit == "年" and value > 100:
            return False
        term = arabic and (unit == "小时" or bool(found["n2"]) or _LIMITS.search(before) is not None)
        return compared or term
    if arabic or compared or unit in {"个百分点", "倍"}:
        return True
    if unit == "次" and value < 3:  # 一次性, 二次污染; 每年一次
        return value == 1 and _EVERY.search(before) is not None
    return value >= 2 and unit in _COUNTED


def _numbers(found: re.Match[str]) -> list[float]:
    """The number or the two ends of a range, as shares if they are percentages; empty if one cannot be read."""
    if found["percent"]:
        share = read_number(found["of"])
        whole = read_number(found["whole"]) or {"万": 10000}.get(found["whole"])
        return [] if share is None or not whole else [share / whole]
    scale = {"%": 0.01, "‰": 0.001}.get(found["unit"], 1) * (read_number(f"一{found['scale'] or ''}") or 1)
    numbers = [read_number(number) for number in (found["n"], found["n2"]) if number]
    return [number * scale for number in numbers if number is not None] if None not in numbers else []


def _highest(found: re.Match[str], upper: re.Match[str]) -> float | None:
    """The upper end of a range, if it is in the unit of the lower one."""
    if bool(found["percent"]) != bool(upper["percent"]) or (upper["unit"] or "") != (found["unit"] or ""):
        return None
    number = read_number(upper["percent"] or upper["n"])
    scale = 0.01 if upper["percent"] else {"%": 0.01, "‰": 0.001}.get(upper["unit"], 1)
    return None if number is None else number * scale


def _named_unit(found: re.Match[str]) -> str:
    unit = found["unit"] or ""
    return {"": "", "%": "", "‰": "", "个百分点": " pp"}.get(unit, f" {unit}")


def _role(before: str, words: _Words, behind: str) -> str:
    reached = words.verb is not None and words.verb in _REACH.split("|")
    if _TOLD.search(before):
        return "change" if words.verb and not reached else "measure"
    if words.verb and not reached:
        return "change"
    if _PENALTY.search(behind):
        return "measure"
    # 二十吨以下的锅炉 describes; 95%以上 sets a target
    bounded = words.after == "以上" and not behind.startswith("的")
    bounded = bounded or (words.after in {"以下", "以内", "之内"} and not re.match(r"[\u4e00-\u9fff]", behind))
    compared = _COMPARATORS.get(words.compare or "") in {">=", "<="}
    return "target" if reached or compared or bounded or _TARGET.search(before) else "measure"

"""How often and how soon: what recurs (每年第一季度) and what counts from an event (30日内), in the style of ISO 8601.

The values are made of these parts:

    value     = "R/" duration [" " place]  |  ["-"] duration [".." duration] [" (working)"]
    duration  = "P" n ("Y" | "M" | "W" | "D")  |  "PT" n ("H" | "M")
    place     = unit | unit "/" unit | unit "," unit    where in each round: in that unit (from one to the other, in both),
                                                        or by that day
    place     = "end"                         the last day of each round
    unit      = "Q" 1..4 | "H" 1..2 | "--" MM | "--" MM "-" DD | "---" DD     quarter, half year, month, day of a year, of a month

每年12月底前 is "R/P1Y --12-31", 每月5日前 "R/P1M ---05", 每两年 "R/P2Y", 半年内 "P6M", 提前5日 "-P5D". 每季度末 is "R/P3M end".
A school term (学期) counts as half a year, 旬 as ten days. 次月15日内, 当日, 本届任期内 have the words themselves for a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fzanalytics.texts.extraction.intervals import PARTS, read_span
from fzanalytics.texts.extraction.mentions import Mention
from fzanalytics.texts.extraction.wording import DONE, Claims, is_quoted
from fzanalytics.texts.numbers import HAN_NUMBER, read_number, show_value
from fzanalytics.texts.searching import sought

_LEAP_YEAR = 2024  # so that 每年2月底 keeps its 29th day
_PART = PARTS.replace("%", "1")
# what is done by rounds: 月调度, 按季通报, 一年一评估
_ROUND = (
    "调度|通报|报告|盘点|会商|研判|督查|督导|督办|考核|点评|晾晒|讲评|汇报|小结|总结|评估|分析|整改|公示|公布|公开|清零|销号|排名"
    "|检查|巡查|例会|推进|报送|上报|汇总|统计|更新|发布|研究|开展|召开|组织"
)
_EVERY = re.compile(
    rf"(?<!平均)每隔?(?P<n>\d{{1,3}}|[半一二两三四五六七八九十]{{1,3}})?个?(?P<unit>年度|年|季度|季|月|周|星期|日(?!常)|天|工作日|学期|学年|旬|小时(?=[一1]?(?:次|报|调度|更新|通报|监测|巡)))"
    rf"(?:(?:(?<=年)|(?<=年度))的?(?:{_PART})(?:(?P<join>[至到—~-]|底?[、和及与])(?:(?:次年|翌年|第二年)的?)?(?:{PARTS.replace('%', '2')}))?|(?<=月|度)的?(?P<date>\d{{1,2}})日|(?<=季度)(?:的?(?:首月|末月|第[一二三1-3]个月)的?(?:\d{{1,2}}日)?)|[月季]?(?P<end>底|末|初|中旬|上旬|下旬)|(?<=[日天])(?:[早晚]|[上下]午|凌晨)?(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[时点](?=[之以]?前)|(?:(?<=周)|(?<=期))[一二三四五六日天](?![次轮])|(?:终了|结束)(?:之|以)?后的?(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})(?:日|天|个工作日)(?:之|以)?内)?"
    rf"(?P<by>之前|以前|前(?!期))?(?P<once>[一1]次)?(?!(?:补[贴助]|资助|奖励|工资)?(?:\d[\d.,]{{0,9}}|{HAN_NUMBER})[万亿]?元|加[收处罚]|每(?:平方|人|户|吨|辆|车|次|天)|[约可](?:实现|节|增|减|产|带|新增|达))"
)
_ONCE = sought(
    r"(?<![\d每一二两三四五六七八九十第全近前去])(?P<n>\d{1,2}|[半一两二三四五])?(?P<unit>年|个?季度?|个?月|周)"
    r"(?:(?:(?<=[半一两三四五个].)(?:安排|召开|开展|组织|进行|举行|修订|调整|评估|报告|通报))?(?P<once>[一1]次)|(?<=[一两三]年)[两二三四]次"
    rf"|(?<=[\d半一两二三四五].)(?:为?一个?(?:周期|轮)(?!的?建设)|一(?:{_ROUND}|评(?!选)|巡|清(?!二楚)|轮换)))",
    core="[年季度月周](?=安排|召开|开展|组织|进行|举行|修订|调整|评估|报告|通报|[一1两二三四]次|为?一)",
    reach=4,
)
_MONTHLY = re.compile(
    rf"(?<![\u4e00-\u9fff])按(?P<unit>季度?|月|周)(?=[\u4e00-\u9fff])(?![份度期])|[按逐](?P<unit2>季度?|月|周|旬|半年|年度?)(?=(?:{_ROUND}))"
)
# 月调度、季通报; 月月有活动; in quotation marks it is a name: “日排查、周调度、月汇总”制度
_BY_ROUNDS = sought(
    rf"(?<![\d〇一二三四五六七八九十百每本当上下同今近该个首第逐按整前后半送交\x00])(?:(?P<unit>周(?!边)|旬|月|季度?|半年|半月|双[周月]|(?<=[、,])年)(?=(?:{_ROUND.removesuffix('|研究|开展|召开|组织')}))"
    r"|(?P<twice>月月|季季|周周)(?=[\u4e00-\u9fff]))",
    core=rf"[周旬月季度年](?=[月季周]|{_ROUND})",
    reach=2,
)
_UNIT = r"个?工作日|个?自然日|日|天|个?小时|分钟|个?月|周|个?星期|年|个?季度"
_DAYS = r"个?工作日|日|天|个?小时|个月"
_NUMBER = rf"\d{{1,4}}|半|{HAN_NUMBER}"
_LOW = r"(?:(?P<low>\d{1,4}|[一二两三四五六七八九十]{1,3})[-—–~～至到])?"
_INSIDE = (
    r"(?:之内|以内|内(?![容部外涵]|设(?:的)?(?:[机处科司室]|置的)|在(?:的|要求|联系|动力|逻辑|机制|规律|因素|需)))"
)
_WITHIN = sought(
    rf"(?<![\d.年月第一二两三四五六七八九十百\x00]){_LOW}(?P<n>{_NUMBER})(?P<unit>{_UNIT})(?P<half>半)?(?:时间{_INSIDE}|时间里|{_INSIDE})",
    core="内|时间里",
    reach=26,
)
# 五个工作日、八个工作日内: each of the list
_LISTED = sought(
    rf"(?<![\d.年月第一二两三四五六七八九十百\x00])(?P<n>{_NUMBER})(?P<unit>{_DAYS})(?=(?:[、和或](?:{_NUMBER})(?:{_DAYS})){{1,4}}{_INSIDE})",
    core="[日天时月](?=[、和或])",
    reach=15,
)
# 一般问题5个工作日办结; 两年实现全覆盖
_UNTIL_DONE = sought(
    rf"(?<![\d.年月第一二两三四五六七八九十百近续时用前历达满上下]){_LOW}(?P<n>{_NUMBER})(?:(?P<unit>个?工作日|日|天|个?小时|分钟)(?=(?:办结|办理完|办好|办成|办妥|答复|回复|反馈|审结|送达|完成(?:办理|审|核)))"
    r"|(?P<unit2>年)(?:左右)?(?:的?时间)?(?=[\u4e00-\u9fff]{0,4}全覆盖|(?:基本|全面|全部|率先|力争|总体)?(?:实现|完成|建成|达到|翻[一两]?番|倍增(?!计划|行动|工程)|再造|见效|见成效|大变样|上台阶|成势|成型)))",
    core="[日天时钟年](?=[办答回反审送完左的时基全率力总实建达翻倍再见大上成]|[\u4e00-\u9fff]{1,4}全覆盖)",
    reach=20,
)
_NOT_UNTIL = re.compile(r"(?:连续|过去|近|最近|提前|累计|历时|不足|仅|只|经过|去年|超|以来)$")
# “一年打基础、两年上台阶、三年见成效”
_SERIES = re.compile(
    r"(?P<a>一年)[\u4e00-\u9fff]{2,8}[、,](?P<b>[两二三]年)[\u4e00-\u9fff]{2,8}(?:[、,](?P<c>[三五]年)[\u4e00-\u9fff]{2,8})?(?:[、,](?P<d>五年)[\u4e00-\u9fff]{2,8})?"
)
_BEFORE = re.compile(rf"提前(?:至少)?(?P<n>{_NUMBER})(?P<unit>{_UNIT})|(?<!\d)(?P<n2>\d{{1,2}})个工作日(?:之|以)?前")
_AHEAD_OF_PLAN = re.compile(
    r"(?:以上)?(?:全面|超额|顺利|基本)?(?:完成|实现|达到|达成|竣工|投产|建成|开通|通车|交付|退出|脱贫|摘帽)"
)
# 会议举行的三十日前, 会议召开前7日, 公布三十日后施行, 实施一年后; not 三年前, which tells of the past
_AROUND = sought(
    rf"(?P<before>(?P<event>的|举行|召开|届满|开始|到期|施工|开工|审议|表决|期满|使用|实施|施行|前|至少)?(?<![\d.年月第一二两三四五六七八九十百])(?P<n>{_NUMBER})(?P<unit>{_DAYS})(?:之|以)?前)(?!述|款|的)"
    rf"|(?<=[行开满期始工用议决布止业闭除束施会考])前(?P<n3>{_NUMBER})(?P<unit3>{_DAYS})(?:之内|以内|内)?"
    rf"|(?P<after>(?<=[布行施准成束满业日的])起?(?P<n2>{_NUMBER})(?P<unit2>个?工作日|日|天|个月|年)(?:之|以)?后)(?![续来])",
    core=rf"前(?:(?<=[日天时月之以]前)|(?={_NUMBER}))|后(?<=[日天月年之以]后)",
    reach=20,
)
_DUTY = re.compile(r"应当?|必须|须|不得|可以")
_DUTY_NEXT = re.compile(r",[^,。;\n]{0,16}?(?:应当|必须|须|可以)")
_AT_EVENT = re.compile(r"并?[在于](?!此|这)[^,。;\n]{3,30}$")  # 并在举行听证会三日前
# 压缩至5个工作日; 试点期限为3年, 暂定两年: a length that a duty has to keep
_CUT_TO = re.compile(
    rf"(?:压缩|缩短|压减|缩减|控制|减少)(?:至|到|在|为)(?P<limit>(?P<n>{_NUMBER})(?P<unit>个?工作日|日|天|个?小时|分钟|个月)(?:之内|以内|内|左右)?)"
)
_LASTS = re.compile(
    rf"(?P<share>分(?P<n2>[两二三四五六])年)(?=[^。;,\n]{{0,4}}(?:完成|实施|推进|落实|到位|建成|安排|投入))|(?:法定|承诺|试点|试运行|试行|过渡|公示|公开|公告|整改|改革|政策|执行|办理|办结|审批|审核|审查|答复|存档)(?:工作)?[^。;\n]{{0,8}}?(?:期限?|时间|时限|(?<=试行))(?:一般)?(?:暂定|定|原则上)?[为:]?(?P<limit>(?P<n>{_NUMBER})(?P<unit>个?工作日|日|天|个月|年))(?!以上)"
)
# 公示期为三个月,最长为一年; 至少保存一年; 经批准可以延长三十日
_AT_MOST = re.compile(
    rf"(?:最[长短]|最多)(?:时限|期限|时间)?(?:为|不(?:得)?(?:超过|少于))(?P<limit>(?P<n>{_NUMBER})(?P<unit>{_DAYS}|年))"
)
_KEPT = re.compile(
    rf"(?:保存|保留|留存|储存|存储|存档|保管)(?:期限?|时间)?(?:应当)?(?:至少|不少于|不低于|为|期)?(?P<limit>(?P<n>{_NUMBER})(?P<unit>{_DAYS}|年))(?!(?:以上)?的)"
)
# 试点自2019年1月起,为期一年
_FOR = re.compile(rf"为期(?P<limit>(?P<n>{_NUMBER})(?P<unit>{_DAYS}|年))(?!的)")
_GRACE = sought(
    rf"(?<![\d一二三四五六七八九十百零])(?P<limit>(?P<n>{_NUMBER})(?P<unit>{_DAYS}))的?(?:宽限|过渡|缓冲|适应)期",
    core="宽限期|过渡期|缓冲期|适应期",
    reach=17,
)
_EXTENDED = re.compile(
    rf"(?:可以?|批准,?|同意,?)(?:再|适当|依法)?延长(?:期限)?(?:至)?(?P<limit>(?P<n>{_NUMBER})(?P<unit>{_DAYS}))(?!以上)"
)
_USING = re.compile(
    rf"(?<![使费信租运适采专日启作公套停])(?:利用|(?<!利)[用花以]){_LOW}(?P<n>{_NUMBER})(?P<unit>年|个月|天)(?:左右)?(?:的?时间|(?=[,，]|基本|全面|实现|完成|建成|推动|推进))"
    rf"|(?:经过|通过){_LOW.replace('low', 'low2')}(?P<n2>{_NUMBER})(?P<unit2>年|个月)(?:左右)?(?:的?(?:时间|努力|奋斗|攻坚|建设|整治))"
)
_AHEAD = re.compile(
    rf"(?:今后|未来|接下来)的?{_LOW}(?P<n>\d{{1,2}}|{HAN_NUMBER})(?P<unit>年|个月)(?:时间)?(?:之内|内|间)?(?![来前]|,?是)"
)
# a length that a duty has to keep: 公开期限不少于30日, 本意见有效期5年; not that of a licence, a course or a term of work
_AT_LEAST = re.compile(
    rf"(?:(?:期限?|时间|期间|提前|间隔)(?:应当?|一般|均|原则上|最长|最短|最多|累计){{0,2}},?(?:不(?:得|能)?(?:少于|低于|短于|超过|多于|长于)|至少)"
    rf"|(?:本[\u4e00-\u9fff]{{1,6}}|(?:施行|实施|执行),)有效期(?:限)?为?|至少(?:保存|保留|留存|公示|公开|公告)|(?P<bare>不(?:得)?(?:少于|低于|短于|超过)))"
    rf"(?P<limit>(?P<n>{_NUMBER})(?P<unit>个?工作日|个?自然日|日|天|个?小时|分钟|个月|年))"
)
_ALLOWED = re.compile("的(?:过渡|缓冲|适应|调整|整改|公示|公告|准备)")
_COURSE = re.compile(
    r"每次|每天|每人|培训|学习|训练|授课|研修|轮训|实训|实践|休假|假期|拘留|(?<!行,)(?<!施,)有效期|年龄|工龄|任期|任职|合同|贷款|借款|试用|停工|居住|居留"
)
_TERM = sought(
    r"(?:在)?(?P<term>(?:本届(?:[\u4e00-\u9fff]{1,6})?)?任期(?:之|以)?内|[到至]?本届[\u4e00-\u9fff]{0,6}?(?:任期(?:末|结束[时前]?|届满[时前]?)|期末))(?![^。，,;；\n]{0,6}(?:发生|出现|受到|因|被))",
    core="任期|本届",
    reach=2,
)
# 次月15日内, 下月底前; 当日清运; 自责令改正之日的次日起
_NEXT_MONTH = re.compile(
    r"(?:[次翌]|下个?)(?:一个)?月(?:(?:\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])[日号](?:之|以)?[前内]?|(?:底|末|初|上旬|中旬|下旬)(?:之|以)?前?)"
)
_SAME_DAY = re.compile(
    r"(?<![\d月起每应])(?:当[日天]|[次翌]日)(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})[时点](?:[至到-](?:\d{1,2}|[一二三四五六七八九十]{1,3})[时点])?)?(?:之|以)?(?:前|内(?![容部外]))?(?=(?:全部|及时|就)?(?:清运|运[离走至]|清理|清扫|清除|办结|办理|完成|送达|报告|上报|报送|答复|回复|处理|公布|发还|反馈|受理|移送|录入|结清))"
)
_NEXT_DAY_ON = re.compile(r"[自从](?:(?![自从])[^,。;、\n]){1,25}[次翌]日起")
_FROM_EVENT = re.compile(r"[自从](?![治行主愿然动事业今明\d])(?:(?![自从])[^,。;\n]){1,36}起的?,?$")
_AFTER_EVENT = re.compile(
    r"(?:印发|发布|公布|颁布|下发|施行|实施|收到|接到|受理|作出|签订|签署|成立|结束|届满|完成|批准|通过|立案|送达|任命|登记|备案|生效|开工|竣工"
    r"|评审|验收|到期|变更|届满)(?:[\u4e00-\u9fff]{0,20}之日起|[\u4e00-\u9fff]{0,6}(?:之日)?(?:之|以)?后的?)$"
)
_PAST = re.compile(r"(?:近|最近|过去|前|上|这|连续|此前|同)$")
# 一年内发生多起重大违法行政案件, 六个月内未开工的: a condition, no time limit
_CONDITION = re.compile(
    r"[^,。;\n]{0,4}?(?:发生|出现|累计|连续|受到|受过|被|曾|再次|两次|多次|三次|因|有效|有下列|有以下|无(?!偿|条件|害|障|缝)|没有|未)"
)
_UNMET_BEFORE = re.compile(r"(?:未|没有|无法|不能|未能|尚未|逾期)(?:在|于|自[^,。;\n]{0,30})?$")
_UNMET_BEHIND = re.compile(
    r"[^。;,\n]{0,16}?(?:未|没有|无法|不能|仍|拒不|无正当理由|不(?:申请|提出|提起|起诉|履行|缴纳))[^。;,\n]{0,40}的(?=[,:;]|土地|树|项目|单位|企业|人员)"
)
# 毕业2年内, 成立5年内的企业: who is meant, not by when
_STATUS = re.compile(
    r"(?:从业|任职|毕业|离校|成立|注册|登记|退役|退伍|回国|创办|创业|出生|入职|转业|脱贫|获释|释放|首次)(?:后|之日起|满)?的?$"
)
_STATUS_BEHIND = re.compile(
    r"(?:未就业|高校|毕业|的?(?:普通)?高校|的(?:企业|人员|退役|大学|初创|小微|幼儿|婴幼儿|儿童))"
)
# 30分钟内到达, 1小时内可达: how far it is, unless somebody is called
_TRAVEL = re.compile(
    r"(?:可(?:到|达|以到)|通达|直达|互通|步行|车程|通勤|生活圈|服务圈|经济圈|交通圈|的?(?:核酸)?[^,。;\n]{0,4}圈)"
)


def find_recurring(text: str, claims: Claims) -> Iterator[Mention]:
    """What is to be done in every round of a period: role "recurring", without dates.

    Examples
    --------
    >>> texts = "每年第一季度报告", "每年12月底前公布", "每两年一次", "每月5日前", "每半年", "按季度通报", "月调度、季通报"
    >>> [one.value for text in texts for one in find_recurring(text, Claims(len(text)))]
    ['R/P1Y Q1', 'R/P1Y --12-31', 'R/P2Y', 'R/P1M ---05', 'R/P6M', 'R/P3M', 'R/P1M', 'R/P3M']
    """
    for found in _EVERY.finditer(text):
        duration = _duration(found["n"], found["unit"])
        place = _place(found)
        if duration and claims.claim(*found.span()):
            yield Mention("deadline", f"R/{duration}{' ' if place else ''}{place}", "recurring", *found.span())
    for pattern in (_ONCE, _MONTHLY, _BY_ROUNDS):
        for found in pattern.finditer(text):
            groups = found.groupdict()
            if pattern is _BY_ROUNDS and is_quoted(text, found.start()):
                continue
            unit = groups["unit"] or groups.get("unit2") or groups["twice"][0]
            duration = _duration(groups.get("n"), unit)
            if duration and claims.claim(*found.span()):
                yield Mention("deadline", f"R/{duration}", "recurring", *found.span())


def _place(found: re.Match[str]) -> str:
    """Where in the round: the grammar's place, or nothing."""
    if found["date"]:
        day = int(found["date"])
        return f"---{day:02d}" if 1 <= day <= 31 else ""
    if found["end"]:
        return "end" if found["end"] in "底末" else ""
    first = _unit({name: found[name + "1"] for name in ("part", "month", "day", "tail")})
    second = _unit({name: found[name + "2"] for name in ("part", "month", "day", "tail")})
    return f"{first}{',' if found['join'][-1] in '、和及与' else '/'}{second}" if first and second else first


def _unit(parts: dict[str, str | None]) -> str:
    span = read_span(_LEAP_YEAR, parts) if parts["month"] or parts["part"] else None
    if span is None or (parts["part"] or "")[:1] in ("度", "内"):
        return ""
    value = span.value.replace(f"{_LEAP_YEAR}-", "")
    if value[0] in "QH":
        return value
    return "/".join(f"--{day}" for day in value.split("/"))


def find_durations(text: str, claims: Claims) -> Iterator[Mention]:
    """Time limits that count from an event, or back from one: role "relative", without dates.

    Examples
    --------
    >>> texts = "应当自收到申请之日起20日内答复", "印发后三个月内", "15个工作日内", "半年内", "提前5日公告", "一年内发生两起"
    >>> [(text[one.begin : one.end], one.value) for text in texts for one in find_durations(text, Claims(len(text)))]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('自收到申请之日起20日内', 'P20D'), ('印发后三个月内', 'P3M'), ('15个工作日内', 'P15D (working)'), ('半年内', 'P6M'),
     ('提前5日', '-P5D')]
    """
    for find in (_ahead, _within, _ahead_of_event, _at_least, _around, _lengths, _words, _until_done):
        for value, begin, end in find(text):
            if value and claims.claim(begin, end):
                yield Mention("deadline", value, "relative", begin, end)


_Found = tuple[str, int, int]  # value, begin, end


def _ahead(text: str) -> Iterator[_Found]:
    """今后三年, 未来3—5年."""
    for found in _AHEAD.finditer(text):
        yield _from_to(found), *found.span()


def _within(text: str) -> Iterator[_Found]:
    """30日内, with the event from which it counts; 五个工作日、八个工作日内."""
    for found in _WITHIN.finditer(text):
        begin, end = found.span()
        before = text[max(0, begin - 40) : begin]
        if _PAST.search(before) or _is_condition(text, found["unit"], before, end):
            continue
        if found["unit"] in {"年", "个月", "月"} and (_STATUS.search(before) or _STATUS_BEHIND.match(text, end)):
            continue
        if found["unit"][-2:] in {"小时", "分钟"} and _TRAVEL.match(text, end):
            continue
        if event := _FROM_EVENT.search(before) or _AFTER_EVENT.search(before[-28:]):
            begin -= len(event[0])
        yield _from_to(found, half=bool(found["half"])), begin, end
    for found in _LISTED.finditer(text):
        yield _duration(found["n"], found["unit"]), *found.span()


def _is_condition(text: str, unit: str, before: str, end: int) -> bool:
    """Whether nobody has to keep a time limit: 一年内发生两起, 未在三年内入地的; a duty named before it keeps it."""
    if unit == "年" and _CONDITION.match(text, end):
        return True
    clause = re.split("[,。;:\n]", before)[-1]
    return bool(_UNMET_BEFORE.search(clause)) or (
        not _DUTY.search(clause) and _UNMET_BEHIND.match(text, end + text.startswith(",", end)) is not None
    )


def _ahead_of_event(text: str) -> Iterator[_Found]:
    """提前5日."""
    for found in _BEFORE.finditer(text):
        if not _AHEAD_OF_PLAN.match(text, found.end()):
            duration = _duration(found["n"] or found["n2"], found["unit"] or "工作日")
            yield duration and f"-{duration}", *found.span()


def _at_least(text: str) -> Iterator[_Found]:
    """不少于30日, 最长不超过15日."""
    for found in _AT_LEAST.finditer(text):
        clause = text[max(0, found.start() - 16) : found.start("limit")]
        own = found[0].startswith("本")
        long = found["bare"] and found["unit"] in {"年", "个月"} and not _ALLOWED.match(text, found.end())
        if (own or not (_COURSE.search(clause) or _is_licence(text, found))) and not long:
            event = _FROM_EVENT.search(text[max(0, found.start() - 40) : found.start()])  # 自受理之日起不超过十日
            begin = found.start() - len(event[0]) if event and found["bare"] else found.start("limit")
            yield _duration(found["n"], found["unit"]), begin, found.end("limit")


def _is_licence(text: str, found: re.Match[str]) -> bool:
    """许可证的有效期由…合理确定,最长不超过五年: years, in a sentence on how long a licence holds."""
    sentence = re.split(r"[。;\n]", text[max(0, found.start() - 80) : found.start("limit")])[-1]
    return found["unit"] == "年" and re.search("证[^,]{0,4}有效期|(?:使用|设置)期限", sentence) is not None


def _around(text: str) -> Iterator[_Found]:
    """会议举行的三十日前, 公布三十日后."""
    for found in _AROUND.finditer(text):
        if _AHEAD_OF_PLAN.match(text, found.end()):
            continue
        if found["n"] and not found["event"]:
            clause = re.split("[,。;\n]", text[max(0, found.start() - 40) : found.start("n")])[-1]
            due = _DUTY.search(clause) or _AT_EVENT.match(clause) or (clause and _DUTY_NEXT.match(text, found.end()))
            if not due:
                continue
        number = found["n"] or found["n3"]
        duration = _duration(number or found["n2"], found["unit"] or found["unit3"] or found["unit2"])
        begin = found.start("n") if found["n"] else found.start() if number else found.start("n2")
        yield duration and f"{'-' if number else ''}{duration}", begin, found.end()


def _lengths(text: str) -> Iterator[_Found]:
    """压缩至5个工作日, 试点期限为3年, 分三年, 保存一年, 可以延长十日, 用3年时间."""
    for pattern in (_CUT_TO, _LASTS, _AT_MOST, _KEPT, _EXTENDED, _FOR, _GRACE):
        for found in pattern.finditer(text):
            if found.groupdict().get("share"):
                yield _duration(found["n2"], "年"), *found.span("share")
            elif pattern in (_CUT_TO, _LASTS) or not (
                _COURSE.search(text[max(0, found.start() - 12) : found.start()]) or _is_licence(text, found)
            ):
                yield _duration(found["n"], found["unit"]), *found.span("limit")
    for found in _USING.finditer(text):
        if found["n"]:
            yield _from_to(found), *found.span()
        elif not DONE.match(text, found.end()):
            low = _duration(found["low2"], found["unit2"]) + ".." if found["low2"] else ""
            yield low + _duration(found["n2"], found["unit2"]), *found.span()


def _words(text: str) -> Iterator[_Found]:
    """本届任期内, 次月15日内, 当日清运: the words stand for the value."""
    for found in _TERM.finditer(text):
        yield found["term"], *found.span("term")
    for pattern in (_NEXT_MONTH, _SAME_DAY, _NEXT_DAY_ON):
        for found in pattern.finditer(text):
            yield found[0], *found.span()


def _until_done(text: str) -> Iterator[_Found]:
    """5个工作日办结, 两年实现全覆盖, 一年打基础、两年上台阶 (in quotation marks a name)."""
    for found in _SERIES.finditer(text):
        for name in "abcd":
            if found[name] and not is_quoted(text, found.start()):
                yield _duration(found[name][0], "年"), *found.span(name)
    for found in _UNTIL_DONE.finditer(text):
        if found["unit2"] and (len(found["n"]) > 2 or is_quoted(text, found.start())):  # 2020年建成
            continue
        before = text[max(0, found.start() - 12) : found.start()]
        if not _NOT_UNTIL.search(before) and not (found["unit2"] and DONE.match(text, found.end())):
            yield _from_to(found, unit=found["unit"] or found["unit2"]), *found.span()


def _from_to(found: re.Match[str], *, half: bool = False, unit: str = "") -> str:
    """30日内 is P30D, 3至5年内 P3Y..P5Y."""
    unit = unit or found["unit"]
    highest = _duration(found["n"], unit, half=half)
    lowest = _duration(found["low"], unit) if found["low"] else ""
    return f"{lowest}..{highest}" if lowest and highest else highest


def _duration(number: str | None, unit: str, *, half: bool = False) -> str:
    """A duration in ISO 8601, working days marked; "" if it is none."""
    value = read_number(number) if number else 1
    if value is None or value <= 0 or value > 9999:
        return ""
    value += 0.5 if half else 0
    unit = unit.removeprefix("个")
    factor, unit = _SAME_AS.get(unit, (1, unit))
    value *= factor
    if unit in {"年", "年度"} and value != int(value):
        value, unit = value * 12, "月"
    if value == 0.5 and unit in _HALVES:
        return _HALVES[unit]
    if value != int(value):
        return ""
    letters = {"年": "Y", "年度": "Y", "月": "M", "周": "W", "星期": "W", "小时": "H", "分钟": "M"}
    letter = letters.get(unit, "D")
    working = " (working)" if unit == "工作日" else ""
    return f"{'PT' if unit in {'小时', '分钟'} else 'P'}{show_value(value)}{letter}{working}"


_SAME_AS = {
    "季度": (3, "月"),
    "季": (3, "月"),
    "半年": (6, "月"),
    "学期": (6, "月"),
    "学年": (1, "年"),
    "旬": (10, "日"),
}
_SAME_AS |= {"半月": (15, "日"), "双周": (2, "周"), "双月": (2, "月")}
_HALVES = {"小时": "PT30M", "天": "PT12H", "日": "PT12H", "月": "P15D"}

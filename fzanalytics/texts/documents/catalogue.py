"""Metadata that a user brings: read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from fzanalytics.base.tables import COLUMNS, DATE_COLUMNS, LEVELS, empty_table
from fzanalytics.texts.dating import parse_date
from fzanalytics.texts.documents.problems import problem
from fzanalytics.texts.reading.files import UnreadableFile, read_table_file, stem_of
from fzanalytics.texts.regions import find_region, region_of, regions_by_code

#: Names that users give the columns, and what they are called here.
COLUMN_NAMES = {
    "标题": "title", "题名": "title", "文件名称": "title", "名称": "title", "层级": "level", "级别": "level",
    "行政层级": "level", "地区": "region", "区域": "region", "行政区": "region", "地区代码": "region_code",
    "行政区划代码": "region_code", "发文机关": "issuers", "发文机构": "issuers", "机关": "issuers", "issuer": "issuers",
    "文号": "doc_number", "发文字号": "doc_number", "文种": "kind", "成文日期": "dated", "发文日期": "dated",
    "日期": "dated", "date": "dated", "issued": "dated", "发布日期": "published", "公布日期": "published", "施行日期": "effective",
    "实施日期": "effective", "政策": "lineage", "政策族": "lineage", "上级文件": "parent_ids", "parent_id": "parent_ids",
    "superior": "parent_ids", "文件": "source", "文件名": "source", "file": "source", "filename": "source", "path": "source",
    "编号": "doc_id", "id": "doc_id", "已入库": "held", "是否入库": "held",
}  # fmt: skip

#: Titles by name, or files: files, if the values end like those of files; else another column of titles goes first.
_LOOSE_NAMES = ("文件名称", "名称")
_FILE_NAME = re.compile(r"\.[A-Za-z]{2,5}(?:#\d+)?$")

LEVEL_NAMES = {
    "国家": "national", "国家级": "national", "中央": "national", "全国": "national", "central": "national",
    "省": "province", "省级": "province", "直辖市": "province", "自治区": "province", "provincial": "province",
    "市": "prefecture", "市级": "prefecture", "地级": "prefecture", "地级市": "prefecture", "地市级": "prefecture", "地市": "prefecture", "设区市": "prefecture", "设区的市": "prefecture",
    "州": "prefecture", "city": "prefecture", "municipal": "prefecture", "县": "county", "县级": "county", "区": "county",
    "区县": "county", "区县级": "county", "区级": "county", "district": "county", "乡": "township", "镇": "township", "乡镇": "township",
    "乡镇级": "township", "街道": "township", "town": "township",
}  # fmt: skip

#: Those of them that a message names.
_USUAL_LEVELS = ("中央", "省级", "直辖市", "地级市", "县级", "乡镇")

_NO = ("no", "false", "0", "0.0", "否", "n")


def is_no(value: object) -> bool:
    """Whether a cell says no: no, false, 0, 否."""
    return str(value).strip().lower() in _NO


def read_catalogue(metadata: str | Path | pd.DataFrame, problems: list[dict[str, object]]) -> pd.DataFrame:
    """Metadata as a table with the columns of documents; doubtful values are left out and listed.

    Parameters
    ----------
    metadata : path or DataFrame
        One row a document; columns under their names here or their usual Chinese ones, any order, any subset.
    problems : list
        What is doubtful is appended to it.

    Returns
    -------
    DataFrame
        The given columns that documents have, cleaned; at least doc_id, source and title.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file is not there, or is no table.
    """
    if isinstance(metadata, pd.DataFrame):
        table = metadata.copy()
    else:
        path = Path(metadata)
        if not path.is_file():
            raise FileNotFoundError(
                f"`metadata` must be a CSV or Excel file that exists; got {str(path)!r}. Check the spelling."
            )
        try:
            table = read_table_file(path)
        except UnreadableFile as error:
            raise ValueError(f"`metadata` must be a readable table; {path.name}: {error}.") from None
    table = _join_columns(_name_columns(table), problems)
    known = [column for column in COLUMNS["documents"] if column in table.columns]
    if others := [str(column) for column in table.columns if column not in known]:
        message = f"columns of the metadata that no document has, left out: {', '.join(others)}"
        problems.append(problem("unused columns", message, count=len(others)))
    table = table[known].astype(object).map(_as_text).astype(object).reset_index(drop=True)
    table = table[~table.isna().all(axis=1)].reset_index(drop=True)
    if table.empty:
        return empty_table("documents")
    for column in ("doc_id", "source", "title", "region", "region_code", "level"):
        if column not in table.columns:
            table[column] = pd.Series(pd.NA, index=table.index, dtype=object)
    table = _drop_doubles(table, problems)
    _check_levels(table, problems)
    _check_regions(table, problems)
    _check_dates(table, problems)
    _check_years(table, problems)
    if "held" in table.columns:
        table["held"] = [not is_no(value) for value in table["held"]]
    return table


def _name_columns(table: pd.DataFrame) -> pd.DataFrame:
    """The columns under their names here; loosely named ones last."""
    names = [str(name).strip() for name in table.columns]
    loose = [name in _LOOSE_NAMES for name in names]
    found = []
    for at, name in enumerate(names):
        values = table.iloc[:, at].dropna().astype(str).str.strip()
        files = loose[at] and len(values) > 0 and values.map(lambda value: bool(_FILE_NAME.search(value))).mean() > 0.5
        found.append("source" if files else COLUMN_NAMES.get(name, name))
    order = sorted(range(len(names)), key=lambda at: loose[at])
    return table.iloc[:, order].set_axis([found[at] for at in order], axis=1)


def _join_columns(table: pd.DataFrame, problems: list[dict[str, object]]) -> pd.DataFrame:
    """Columns under two names of one thing (标题 and title) become one: the first that says something counts."""
    doubled = table.columns[table.columns.duplicated()].unique()
    joined = table.loc[:, ~table.columns.duplicated()].astype(object)
    for name in doubled:
        said = table[name].astype(object).map(_as_text)
        joined[name] = said.bfill(axis=1).iloc[:, 0]
        differ = (said.notna() & said.ne(joined[name], axis=0)).fillna(False).any(axis=1)
        if name in COLUMNS["documents"] and name not in ("doc_id", "source") and differ.any():  # these are made, too
            message = f"the metadata have {said.shape[1]} columns for {name}, which differ in {differ.sum()} rows; the first counts"
            problems.append(problem("doubtful metadata", message, count=int(differ.sum())))
    return joined


def _as_text(value: object) -> object:
    """A cell as text: lists joined by ";", whole numbers without ".0", what is blank missing."""
    if isinstance(value, list | tuple | set):
        return ";".join(str(part).strip() for part in value) or pd.NA
    if pd.isna(value):  # type: ignore[call-overload]
        return pd.NA
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or pd.NA


_ROW_OF_TABLE = re.compile(r"#(\d+)$")


def label_of(row: Mapping[str, object], number: int) -> str:
    """What to call a row of the metadata: its doc_id, else the stem of its file, its title, or its place."""
    file = stem_of(str(row["source"])) if not pd.isna(row["source"]) else ""  # type: ignore[call-overload]
    if file and (place := _ROW_OF_TABLE.search(str(row["source"]))):  # 条例汇总.xlsx#2 becomes 条例汇总_2
        file = f"{file}_{place[1]}"
    names = (row["doc_id"], file, row["title"])
    return next((str(name) for name in names if not pd.isna(name) and name), f"row_{number + 1}")  # type: ignore[call-overload]


def _labels(table: pd.DataFrame) -> list[str]:
    return [label_of(row, i) for i, row in enumerate(table.to_dict("records"))]


def _drop_doubles(table: pd.DataFrame, problems: list[dict[str, object]]) -> pd.DataFrame:
    """Of rows with one doc_id the first keeps it; the others go, unless they are of another file."""
    doubled = table["doc_id"].duplicated() & table["doc_id"].notna()
    for doc_id in table.loc[doubled, "doc_id"].unique():
        message = f"{doc_id}: `doc_id` must be unique; it stands in the metadata more than once. The first row keeps it"
        problems.append(problem("metadata", message, doc_id))
    same_file = table.duplicated(["doc_id", "source"])
    table = table[~(doubled & (same_file | table["source"].isna()))].copy()
    table.loc[table["doc_id"].duplicated(), "doc_id"] = pd.NA
    return table.reset_index(drop=True)


def _check_levels(table: pd.DataFrame, problems: list[dict[str, object]]) -> None:
    levels = []
    for doc_id, value in zip(_labels(table), table["level"], strict=True):
        level = LEVEL_NAMES.get(str(value).strip().lower(), str(value).strip().lower()) if not pd.isna(value) else pd.NA
        if not pd.isna(level) and level not in LEVELS:
            message = (
                f"{doc_id}: `level` must be one of {', '.join(LEVELS)}, or of {', '.join(_USUAL_LEVELS)}; got {value!r}. "
                "The title decides instead"
            )
            problems.append(problem("unknown level", message, doc_id))
            level = pd.NA
        levels.append(level)
    table["level"] = levels


def _check_regions(table: pd.DataFrame, problems: list[dict[str, object]]) -> None:
    """A region that the table of jurisdictions knows gets its full path, code and level; another stays as it was given."""
    regions, codes, levels = [], [], []
    for doc_id, value, code, level in zip(
        _labels(table), table["region"], table["region_code"], table["level"], strict=True
    ):
        known = None if pd.isna(level) else str(level)
        found = find_region(str(value), level=known) if not pd.isna(value) else None
        if found is None and not pd.isna(value):
            message = (
                f"{doc_id}: `region` {value!r} is not in the table of jurisdictions, or not unique in it; kept as given"
            )
            problems.append(problem("unknown region", message, doc_id))
        regions.append(found.path if found else value)
        codes.append(code if not pd.isna(code) else found.code if found else pd.NA)
        levels.append(level if not pd.isna(level) else found.level if found else pd.NA)
    table["region"], table["region_code"], table["level"] = regions, codes, levels


def _check_dates(table: pd.DataFrame, problems: list[dict[str, object]]) -> None:
    """Dates become dates; a year or a month as date of issue becomes bounds; none is issued after it was published."""
    labels = _labels(table)
    public = pd.Series(pd.NaT, index=table.index, dtype="datetime64[us]")
    for column in [column for column in DATE_COLUMNS if column in table.columns]:
        known = [None if pd.isna(value) else _read_span(str(value)) for value in table[column]]
        spans = list(known)
        for i, span in enumerate(known):
            vague = column in ("published", "effective") and span is not None and span[0] != span[1]
            if (span is None or vague) and not pd.isna(table.at[i, column]):
                rule = f"`{column}` must be a date such as 2017-01-26; got {table.at[i, column]!r}"
                remedy = "Only its last day bounds the date of issue" if vague else "Taken as unknown"
                problems.append(problem("unreadable date", f"{labels[i]}: {rule}. {remedy}", labels[i]))
                spans[i] = None
        if column == "published":
            public = pd.Series([span[1] if span else pd.NaT for span in known], dtype="datetime64[us]")
        firsts = pd.Series([span[0] if span else pd.NaT for span in spans], dtype="datetime64[us]")
        lasts = pd.Series([span[1] if span else pd.NaT for span in spans], dtype="datetime64[us]")
        table[column] = lasts if column == "latest" else firsts
        if column == "dated":
            table["dated"] = firsts.where(firsts == lasts)
            bounds = {"earliest": firsts, "latest": lasts}
    if "dated" in table.columns:
        for column, bound in bounds.items():
            table[column] = table[column].fillna(bound) if column in table.columns else bound
    if public.notna().any():
        latest = table["latest"] if "latest" in table.columns else pd.Series(pd.NaT, index=table.index)
        table["latest"] = latest.where(latest <= public, public).fillna(latest)
    if {"earliest", "latest"} <= set(table.columns):
        for i in table.index[table["earliest"] > table["latest"]]:
            message = f"{labels[i]}: `earliest` must not be after `latest`; got {table.at[i, 'earliest']:%Y-%m-%d} and "
            message += f"{table.at[i, 'latest']:%Y-%m-%d}. Both are taken as unknown"
            problems.append(problem("unreadable date", message, labels[i]))
            table.loc[i, ["earliest", "latest"]] = pd.NaT
    for i in range(len(table)):
        if doubt := _doubt_dates(table.loc[i]):
            problems.append(problem("doubtful metadata", f"{labels[i]}: {doubt}{_KEPT}", labels[i]))


#: What a message on a doubtful value ends with.
_KEPT = ". It is kept; correct it"
_FOUNDED = pd.Timestamp(1949, 10, 1)


def _doubt_dates(row: pd.Series) -> str:
    """What is wrong with dates that can be read: none is of before the People's Republic, none lies ahead."""
    for column in ("earliest", "published", "latest"):
        day = row.get(column, pd.NaT)
        if column != "latest" and day > pd.Timestamp.today():
            return f"its date ({column} {day:%Y-%m-%d}) lies in the future"
        if column != "earliest" and day < _FOUNDED:
            return f"its date ({column} {day:%Y-%m-%d}) is before 1949"
    return ""


def doubt_place(given: Mapping[str, object], row: Mapping[str, object]) -> list[str]:
    """Where the level or the region that metadata give contradicts the table of jurisdictions or the title.

    Parameters
    ----------
    given : mapping
        What the metadata say of the document.
    row : mapping
        The document as it stands with it: title, level, region, region_code.

    Returns
    -------
    list of str
        What contradicts, one sentence each; none where nothing does or the jurisdiction is not in the table.

    Notes
    -----
    A township, and a new area or development zone (新区, 开发区), is not in the table: below its county or city it is no
    contradiction.

    Examples
    --------
    >>> row = {"title": "青岛市消防条例", "level": "province", "region": "山东省/青岛市", "region_code": "370200"}
    >>> doubt_place({"level": "province"}, row)[0].split(". ")[0]
    'its `level` is given as province, but 山东省/青岛市 is of the level prefecture'
    """
    doubts = []
    code, level, title = str(row["region_code"]), row["level"], str(row["title"])
    known = regions_by_code().get(code)
    if known is not None and "level" in given and level in LEVELS and level != region_of(code).level:
        own = region_of(code)
        below = LEVELS.index(str(level)) > LEVELS.index(own.level)
        if not (below and (level == "township" or _ZONE.search(f"{title}{row['region']}"))):
            doubts.append(f"its `level` is given as {level}, but {own.path} is of the level {own.level}{_KEPT}")
    if known is not None and "region" in given:
        region = str(given["region"])
        named = find_region(title, level=None if pd.isna(level) else str(level))  # type: ignore[call-overload]
        if named is not None and not f"{region}/".startswith(f"{named.path}/"):
            doubts.append(f"its `region` is given as {region}, but its title ({title}) names {named.path}{_KEPT}")
    return doubts


_ZONE = re.compile("新区|开发区|高新区|示范区|度假区|园区|保税区|管理区")


_YEAR_OR_MONTH = re.compile(r"((?:19|20)\d{2})\s*[-/.年]?\s*(?:(\d{1,2})\s*月?)?")


#: Not sure to the day, as the cell itself says.
_DOUBTFUL = re.compile(r"[?？约]|左右|前后|不详|不明|\b(?:circa|about|approx|not stated|unknown)", re.IGNORECASE)


def _read_span(value: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last day of a date, a month or a year as people write it; None if it is none of them."""
    day = parse_date(f"{value[:4]}-{value[4:6]}-{value[6:]}" if re.fullmatch(r"\d{8}", value) else value)
    if day is not None and not _DOUBTFUL.search(value):
        return day, day
    match = _YEAR_OR_MONTH.fullmatch(value)
    if match is None or not 1 <= int(match[2] or 1) <= 12:
        return None
    first = pd.Timestamp(int(match[1]), int(match[2] or 1), 1)
    return first, first + (pd.offsets.MonthEnd(1) if match[2] else pd.offsets.YearEnd(1))


def _check_years(table: pd.DataFrame, problems: list[dict[str, object]]) -> None:
    for column in [column for column in ("period_start", "period_end") if column in table.columns]:
        years = []
        for label, value in zip(_labels(table), table[column], strict=True):
            match = re.fullmatch(r"((?:19|20)\d{2})年?", str(value))
            if match is None and not pd.isna(value):
                message = f"{label}: `{column}` must be a year such as 2020; got {value!r}. Taken as unknown"
                problems.append(problem("unreadable date", message, label))
            years.append(int(match[1]) if match else pd.NA)
        table[column] = pd.Series(years, dtype="Int64")

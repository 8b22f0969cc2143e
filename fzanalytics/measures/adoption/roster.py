"""Who is at risk of adopting a policy, and what the documents tell of each: adopted, known not to have, or unknown."""

from __future__ import annotations

from functools import cache
from typing import Literal, TypeAlias

import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.measures.adoption.dates import Dates, dated_documents
from fzanalytics.measures.inputs import check_levels, require_table
from fzanalytics.measures.reuse.order import split_ids
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.regions import find_region, load_regions, region_above, region_of

Roster: TypeAlias = pd.DataFrame | Literal["provinces", "prefectures", "counties"]

_LEVEL_OF = {"provinces": "province", "prefectures": "prefecture", "counties": "county"}
_OWN_GOVERNMENTS = ("710000", "810000", "820000")
_ROSTER = ("region", "region_code", "level", "superior", "not_adopted_by", "entry", "exit")
_DATES = ("not_adopted_by", "entry", "exit")
_DAY = pd.Timedelta(days=1)


def read_roster(roster: Roster) -> pd.DataFrame:
    """A roster of the jurisdictions at risk, in one form.

    Parameters
    ----------
    roster : DataFrame, or "provinces", "prefectures", "counties"
        All jurisdictions that could adopt, those without a document included. As a table: region (a path from the
        province down, 甘肃省/甘南藏族自治州/夏河县, or a name that leads to one) or region_code (or code); level; and
        if known not_adopted_by (the last day up to which the jurisdiction is known not to have adopted), entry and
        exit (first and last day at risk), superior (path). As a name: the units of that level in data/regions.csv,
        without Taiwan, Hong Kong and Macau, which no policy of the mainland's line of command reaches.

    Returns
    -------
    DataFrame, one row a jurisdiction
        region (path), region_code (NA if not given), level, superior (path; "全国" above a province), not_adopted_by,
        entry, exit. In the order given.

    Raises
    ------
    ValueError
        If columns are missing, a region stands twice or is missing, has no level or an unknown one, or a code is unknown.
    TypeError
        If `roster` is neither.

    Notes
    -----
    That a roster is complete cannot be read off it; `adoption_status` finds only the plainest gaps.

    Examples
    --------
    >>> provinces = read_roster("provinces")
    >>> len(provinces), provinces["superior"].unique().tolist()
    (31, ['全国'])
    >>> read_roster(pd.DataFrame({"region": ["石家庄市"], "level": "prefecture"}))[["region", "superior"]].values.tolist()
    [['河北省/石家庄市', '河北省']]
    """
    if isinstance(roster, str):
        roster = _named_roster(roster)
    if not isinstance(roster, pd.DataFrame):
        raise TypeError(
            f"`roster` must be a DataFrame, 'provinces', 'prefectures' or 'counties'; got {type(roster).__name__}. "
            "List every jurisdiction that could adopt, one a row."
        )
    table, name = _given_roster(roster)
    faults: list[str] = []
    if n_unnamed := int(table[name].isna().sum()):
        raise ValueError(f"`roster` must name each jurisdiction; got {n_unnamed} rows without {name}. Fill them in.")
    if name == "region_code":
        codes = table["region_code"].astype(str)
        unknown = sorted(set(codes) - _known_codes())
        if unknown:
            raise ValueError(
                f"`roster` must use codes of data/regions.csv; unknown: {', '.join(unknown[:5])}. "
                "Give the column region, a path from the province down, in place of region_code."
            )
        table["region"] = [region_of(code).path for code in codes]
    else:
        table["region"] = [canonical_region(str(region)) for region in table["region"]]
    table["superior"] = [
        region_above(region) if pd.isna(superior) else canonical_region(str(superior))
        for region, superior in zip(table["region"], table["superior"], strict=True)
    ]
    for column in _DATES:
        days = pd.to_datetime(table[column], errors="coerce")
        if len(wrong := table.loc[days.isna() & table[column].notna(), column]):
            faults.append(f"{column} is no day: {', '.join(map(repr, wrong.head().tolist()))}")
        table[column] = days
    twice = table.loc[table["region"].duplicated(), "region"].tolist()
    if twice:
        faults.append(f"twice there: {', '.join(twice[:5])}")
    if table["level"].isna().any():
        faults.append(f"without a level: {', '.join(table.loc[table['level'].isna(), 'region'].head())}")
    if table.empty:
        faults.append("no row")
    if faults:
        raise ValueError(f"`roster` must list each jurisdiction once, with its level; got {'; '.join(faults)}.")
    return table


def _given_roster(roster: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The columns of a roster, and by which of them it names its jurisdictions."""
    given = roster.rename(columns={} if "region_code" in roster.columns else {"code": "region_code"})
    names = [name for name in ("region", "region_code") if name in given.columns]
    if missing := [
        *(["level"] if "level" not in given.columns else []),
        *([] if names else ["region (or region_code)"]),
    ]:
        raise ValueError(
            f"`roster` must have the columns level and region (or region_code); missing: {', '.join(missing)}; it has: "
            f"{', '.join(map(str, given.columns)) or 'none'}. A region is a path from the province down."
        )
    check_levels(given["level"], name="roster")
    return given.reindex(columns=list(_ROSTER)).reset_index(drop=True), names[0]


def _named_roster(name: str) -> pd.DataFrame:
    if name not in _LEVEL_OF:
        raise ValueError(
            f"`roster` must be a DataFrame, 'provinces', 'prefectures' or 'counties'; got {name!r}. "
            "List every jurisdiction that could adopt, one a row."
        )
    regions = load_regions()
    chosen = regions[(regions["level"] == _LEVEL_OF[name]) & ~regions["code"].isin(_OWN_GOVERNMENTS)]
    return pd.DataFrame(
        {
            "region": [region_of(code).path for code in chosen["code"]],
            "region_code": chosen["code"].to_numpy(),
            "level": chosen["level"].to_numpy(),
        }
    )


@cache
def _known_codes() -> frozenset[str]:
    return frozenset(load_regions()["code"])


@cache
def canonical_region(text: str) -> str:
    """The path of a place, if the name leads to one and to all of it; else the name as it is.

    Examples
    --------
    >>> canonical_region("石家庄市"), canonical_region("鼓楼区"), canonical_region("甲省/乙市")
    ('河北省/石家庄市', '鼓楼区', '甲省/乙市')
    """
    found = find_region(text)
    if found is None:
        return text
    whole = found.path.replace("/", "") == text.replace("/", "")
    last = text.rpartition("/")[2]
    return found.path if whole or ("/" not in text and found.path.rpartition("/")[2].startswith(last)) else text


def first_adoptions(documents: pd.DataFrame | Corpus, *, lineage: str) -> pd.DataFrame:
    """The first known document of a policy in each region, as an interval of days.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        doc_id, level, region, lineage, earliest, latest; if there held (else all are) and parent_ids.
    lineage : str
        The policy.

    Returns
    -------
    DataFrame, one row a region, indexed by its path
        level; doc_id, the document with the lowest upper bound; earliest, latest: the first adoption lies between
        them, both days included, NaT where open; n_documents; parent_ids of that document. Documents not held count
        if they are dated or declared by another; others are no evidence. One that is held counts whatever its text: an
        empty or garbled one too, since what time is told of is the document and not its text (`lag_table` and the others
        name it in a warning).

    Raises
    ------
    ValueError
        If a column is missing or no document has that lineage.

    Notes
    -----
    That the first document known is the first there was is for the user to vouch for; so is that the lineage is one
    policy: give the documents of one period to study one wave.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = first_adoptions(load_sample(), lineage="法治政府建设")
    >>> table.loc["河南省", ["doc_id", "n_documents"]].tolist() == ["henan_2016", 2]
    True
    """
    documents = require_table(documents, name="documents")
    require_columns(documents, ("doc_id", "level", "region", "lineage", "earliest", "latest"), name="documents")
    own = documents["lineage"].astype(object).eq(lineage).to_numpy(dtype=bool)
    if not own.any():
        known = ", ".join(sorted(set(documents["lineage"].dropna().astype(str)))) or "none"
        raise ValueError(f"`lineage` must be a lineage of `documents`: {known}; got {lineage!r}.")
    chosen = documents[own & is_evidence(documents).to_numpy(dtype=bool) & documents["region"].notna().to_numpy()]
    table = pd.DataFrame(
        {
            "region": [canonical_region(str(name)) for name in chosen["region"]],
            "level": chosen["level"].to_numpy(),
            "doc_id": chosen["doc_id"].to_numpy(),
            "earliest": pd.to_datetime(chosen["earliest"]).to_numpy(),
            "latest": pd.to_datetime(chosen["latest"]).to_numpy(),
            "parent_ids": chosen["parent_ids"].to_numpy() if "parent_ids" in chosen else pd.NA,
        }
    )
    table["_early"] = table["earliest"].fillna(pd.Timestamp("1800-01-01"))  # an open end may be the first of all
    table = table.sort_values(["region", "latest", "_early", "doc_id"], na_position="last")
    groups = table.groupby("region")
    first = table.drop_duplicates("region").set_index("region")
    first["earliest"] = groups["earliest"].min().mask(table["earliest"].isna().groupby(table["region"]).any())
    first["latest"] = groups["latest"].min()
    first["n_documents"] = groups.size()
    return first[["level", "doc_id", "earliest", "latest", "n_documents", "parent_ids"]]


def is_evidence(documents: pd.DataFrame) -> pd.Series:
    """Which documents are known to exist: held, dated, or declared by another.

    Examples
    --------
    >>> table = pd.DataFrame({"doc_id": ["a", "b"], "held": [True, False], "earliest": pd.NaT, "latest": pd.NaT})
    >>> is_evidence(table).tolist()
    [True, False]
    """
    if "held" not in documents.columns:
        return pd.Series(True, index=documents.index)
    known = documents["held"].astype(bool) | documents["earliest"].notna() | documents["latest"].notna()
    if "parent_ids" in documents.columns:
        named = {parent for cell in documents["parent_ids"] for parent in split_ids(cell)}
        known |= documents["doc_id"].isin(named)
    return known


def is_first_vouched(
    documents: pd.DataFrame | Corpus, regions: pd.Index | pd.Series, *, lineage: str, first_known_is_first: bool
) -> pd.Series:
    """Whether the first known document of each region may be read as the first there was, so that it had none before.

    Only if the user says so, and no document of that region and policy is listed of which not even a date is known.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "doc_id": ["a", "b"], "level": "province", "region": "河南省", "lineage": "x", "held": [True, False],
    ...     "earliest": pd.to_datetime(["2021-08-20", None]), "latest": pd.to_datetime(["2022-03-20", None])})
    >>> is_first_vouched(table, pd.Index(["河南省", "河北省"]), lineage="x", first_known_is_first=True).tolist()
    [False, True]
    """
    documents = require_table(documents, name="documents")
    listed = documents[(documents["lineage"] == lineage) & documents["region"].notna() & ~is_evidence(documents)]
    undated = {canonical_region(str(name)) for name in listed["region"]}
    return pd.Series([first_known_is_first and region not in undated for region in regions], index=regions, dtype=bool)


def adoption_table(
    documents: pd.DataFrame | Corpus, roster: Roster, *, lineage: str, dates: Dates = None
) -> pd.DataFrame:
    """What is known of each jurisdiction at risk: when it adopted, or until when it had not.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        See `first_adoptions`.
    roster : DataFrame, or "provinces", "prefectures", "counties"
        See `read_roster`.
    lineage : str
        The policy.
    dates : {"version", "first_enacted"}, optional
        Of laws: the day of the version held, or that of the first enactment, which is the day of adoption. Without it the
        former, with a warning if the latter is known and differs; see `dated_documents`.

    Returns
    -------
    DataFrame, one row a jurisdiction of the roster
        region, region_code, level, superior, status, doc_id, earliest, latest, not_adopted_by, entry, exit. status:
        "adopted" (a document is held, dated or declared); "known non-adopter" (the roster says until when, in
        not_adopted_by); "unknown". earliest and latest are those of the first *known* document; earliest is raised to the
        day after not_adopted_by.

    Raises
    ------
    ValueError
        If columns are missing, or the roster says that a jurisdiction had not adopted on a day when its document was
        there already.

    Notes
    -----
    A document that is not held is not a non-adoption: without a date in the roster a jurisdiction without a document
    is unknown; and so is, for the days before its first known document, one with a document.

    Examples
    --------
    >>> documents = pd.DataFrame({
    ...     "doc_id": ["a"], "level": "province", "region": "河北省", "lineage": "x",
    ...     "earliest": pd.to_datetime(["2016-01-01"]), "latest": pd.to_datetime(["2016-12-31"])})
    >>> roster = pd.DataFrame({
    ...     "region": ["河北省", "河南省", "山东省"], "level": "province", "not_adopted_by": [None, "2018-12-31", None]})
    >>> adoption_table(documents, roster, lineage="x")["status"].tolist()
    ['adopted', 'known non-adopter', 'unknown']
    """
    documents = dated_documents(documents, dates=dates, lineage=lineage)
    return join_roster(documents, read_roster(roster), lineage=lineage)


def join_roster(documents: pd.DataFrame, roster: pd.DataFrame, *, lineage: str) -> pd.DataFrame:
    """The same for documents with the dates that are to be taken, and a roster as `read_roster` gives it.

    Examples
    --------
    >>> documents = pd.DataFrame({
    ...     "doc_id": ["a"], "level": None, "region": "河北省", "lineage": "x", "earliest": pd.NaT, "latest": pd.NaT})
    >>> join_roster(documents, read_roster("provinces"), lineage="x")["status"].value_counts().to_dict()
    {'unknown': 30, 'adopted': 1}
    """
    table = roster.copy()
    first = first_adoptions(documents, lineage=lineage).reindex(table["region"])
    for column in ("doc_id", "earliest", "latest"):
        table[column] = first[column].to_numpy()
    adopted, known = table["doc_id"].notna(), table["not_adopted_by"].notna()
    clash = table[adopted & (table["latest"] <= table["not_adopted_by"])]
    if len(clash):
        cases = [
            f"{row.region} (not by {row.not_adopted_by:%Y-%m-%d}, but {row.doc_id} not after {row.latest:%Y-%m-%d})"
            for row in clash.head().itertuples()
        ]
        raise ValueError(f"`roster` must agree with `documents` on not_adopted_by; got {'; '.join(cases)}.")
    raised = table["not_adopted_by"] + _DAY
    late = adopted & known & ~(table["earliest"] >= raised)
    table["earliest"] = table["earliest"].where(~late, raised)
    table["status"] = "unknown"
    table.loc[known, "status"] = "known non-adopter"
    table.loc[adopted, "status"] = "adopted"
    order = ("region", "region_code", "level", "superior", "status", "doc_id", "earliest", "latest", *_DATES)
    return table[list(order)]

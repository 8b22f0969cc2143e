"""Simulated diffusion: who copied which clause from whom and when is known, so that measures can be held to it.

On real documents nobody knows who copied what. Here a tree of jurisdictions writes plans one after another: each takes
clauses from its superior, from a neighbour, from an old text that nobody holds, and writes the rest itself. What a
measure finds can then be set beside what happened, and a study can ask beforehand how much it could see (`power`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import get_args

import numpy as np
import pandas as pd

from fzanalytics.base.files import sha256_of
from fzanalytics.base.numbering import format_number
from fzanalytics.base.options import check_number, number_fault
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.base.tables import COLUMNS, LEVELS, make_table, require_columns, type_documents
from fzanalytics.evaluation.simulation.spread import Rates, Spread
from fzanalytics.evaluation.simulation.truth import Simulation
from fzanalytics.evaluation.simulation.writing import BlankClass, Writer, check_vocabulary
from fzanalytics.measures.inputs import read_day
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.extraction.extract import extract_mentions
from fzanalytics.texts.regions import NATION, region_above
from fzanalytics.texts.relations import fill_mentions

Lag = float | tuple[int, int] | Callable[[np.random.Generator], float]

_UNITS = ("省", "市", "县", "乡")
_COPIES = (
    "target", "target_paragraph", "source", "source_paragraph", "relation", "kind", "source_begin", "source_end",
    "target_begin", "target_end", "n_chars", "n_unchanged", "root",
)  # fmt: skip
_FILLS = (
    "target", "target_paragraph", "source", "source_paragraph", "blank", "source_text", "target_text", "source_begin",
    "source_end", "target_begin", "target_end",
)  # fmt: skip
_CLAUSES = ("doc_id", "paragraph_id", "section", "begin", "end", "root", "writers")


def simulate_diffusion(
    *,
    tree: pd.DataFrame | None = None,
    n_provinces: int = 4,
    n_prefectures: int = 2,
    n_counties: int = 0,
    n_clauses: int = 30,
    n_sections: int = 6,
    clause_words: int = 30,
    copy_rate: float = 0.4,
    kin_copying: float = 0.1,
    common_ancestors: float = 0.0,
    innovation: float | None = None,
    edit_rate: float = 0.05,
    blanks: Sequence[BlankClass] = (),
    fill_in: float = 1.0,
    lag_days: Lag = 180.0,
    start: str | pd.Timestamp = "2015-12-27",
    date_window: int = 0,
    n_periods: int = 1,
    period_years: int = 5,
    renewal: float = 0.5,
    centre_held: bool = True,
    declare: bool = True,
    cites: float = 0.0,
    mentions: bool = False,
    vocabulary: Iterable[str] | None = None,
    random_state: RandomState = 0,
) -> Simulation:
    """Let a policy spread down a tree of jurisdictions, and write down who copied what from whom, and when.

    Parameters
    ----------
    tree : DataFrame, optional
        The jurisdictions, in place of the numbers: column region, a path ("全国", "甲省", "甲省/乙市"), each with the
        region above it; doc_id and level if they are to be other than those made here.
    n_provinces, n_prefectures, n_counties : int
        Provinces; prefectures of each province; counties of each prefecture. Each writes one document, as the centre does.
    n_clauses, n_sections : int
        Clauses of each document, and the （一） sections that they stand in.
    clause_words : int
        Words of a new clause, of two characters each unless `vocabulary` says otherwise.
    copy_rate, kin_copying, common_ancestors : float
        Where each clause of a document comes from, as probabilities: from its immediate superior's document; from one
        earlier document of the same superior (one for each document, drawn at random: the kin it follows); from an older
        text that is in no corpus, which the centre draws on too. No clause comes twice into one document.
    innovation : float, optional
        Share of new clauses. The four must sum to 1; without it, it is what is left. Where there is nothing to copy
        from (the first of its kin; all clauses are used), a clause is new, so it is the least.
    edit_rate : float
        For each word of a copied clause, the probability that the copyist replaces it (half), drops it (a quarter)
        or puts a word behind it (a quarter); in [0, 1).
    blanks : of "number", "date", "place", "agency", "duty"
        Classes of names in clauses, one after every twelve words, taking turns; none by default. "duty" is a word that
        binds (应当, 必须) or does not (鼓励, 支持).
    fill_in : float
        Probability that a copyist fills in a clause's blanks anew.
    lag_days : float, (int, int), or function
        Days from the superior's document to the own one, at least 1: exponential with this mean; uniform between the
        two, both included; or what the function draws from a generator; rounded up.
    start : date
        Of the centre's document.
    date_window : int
        The documents table knows each date only as an interval of so many days that holds it; 0: to the day.
    n_periods : int
        Plans that each jurisdiction writes one after another: the policy comes in so many waves, each from the centre down.
    period_years : int
        Years from the centre's plan to its next, at least 1.
    renewal : float
        Share of the clauses of a later plan that it takes from the jurisdiction's own plan of the period before; the rates
        above hold for the others. In [0, 1].
    centre_held : bool
        Whether the centre's text is in the corpus.
    declare : bool
        Whether each document declares its superior's (parent_ids).
    cites : float
        Probability that a document names its superior's in its opening, 据《...》; with the title
        before it, that is a run of up to eleven characters that siblings share.
    mentions : bool
        Extract the mentions of the texts, as `read_corpus` does; without it the table is empty, and it is faster.
    vocabulary : iterable of str, optional
        Words of 2 to 8 Han characters, at least 100; without it two-character halves of the words of the policy dictionary.
    random_state : int, Generator or None
        Same int, same simulation.

    Returns
    -------
    Simulation
        corpus; jurisdictions, one row a document: doc_id, region, level, superior, kin (the document followed, or NA),
        date, lag_days (since the superior's), lag_days_centre, period (from 1), previous (the jurisdiction's plan of the
        period before), cites (the document named). copies, one row a copied clause: target, target_paragraph, source,
        source_paragraph (NA for the common ancestor), relation ("superior", "kin", "ancestor", "own"), kind ("verbatim", "fill-in":
        only blanks changed, "edited"), spans in both (offsets in characters, half-open, without the number; NA for the
        ancestor), n_chars (text-carrying characters of the copy), n_unchanged, root. clauses: doc_id, paragraph_id,
        section, begin, end, root (clauses of one root descend from one clause), writers (doc_ids the clause went through,
        first to last; "" is the ancestor). fills, one row a blank of a copied clause: target, target_paragraph, source,
        source_paragraph, blank (its class), source_text, target_text, and the spans of both. origins: by character. Methods `shares`, `coverage`, `attribution`
        and `mask` give what the measures of these names should find.

    Raises
    ------
    ValueError
        If an option is out of its range; all faults of the rates are told at once.

    Notes
    -----
    *What is equal by chance*: within sentences, texts written apart share no run of five characters
    (`UNIQUE_CHARS`), blanks aside; across the border of two sentences, where a copied clause meets a new
    neighbour, and in edited words, longer ones are possible but rare. A passage of `find_passages` holds a run of
    eight.

    *What it cannot show*: the sentences have the words of policy and no grammar, everyone is as bold a copyist as
    everyone else, clauses are independent, and nobody rewrites in other words. A measure that recovers the truth here
    may still miss it in real documents; one that misses it here is not to be used there.

    Examples
    --------
    >>> simulation = simulate_diffusion(n_provinces=2, n_prefectures=1, n_clauses=10, copy_rate=0.5, kin_copying=0.0)
    >>> simulation
    Simulation: 5 documents, 50 clauses, ... copied (...)
    >>> row = simulation.copies.iloc[0]
    >>> row["source"], row["target"], row["relation"]
    ('centre', 'p01', 'superior')
    """
    shares = {"fill_in": fill_in, "renewal": renewal, "cites": cites}
    rates = _check(copy_rate, kin_copying, common_ancestors, innovation, edit_rate, shares, blanks)
    for name, value, least in (
        ("n_provinces", n_provinces, 1), ("n_prefectures", n_prefectures, 0), ("n_counties", n_counties, 0),
        ("n_clauses", n_clauses, 1), ("n_sections", n_sections, 1), ("clause_words", clause_words, 8),
        ("date_window", date_window, 0), ("n_periods", n_periods, 1), ("period_years", period_years, 1),
    ):  # fmt: skip
        check_number(value, name=name, within=f"[{least}, inf)", whole=True, remedy="Take the default.")
    rng = make_generator(random_state, "simulate_diffusion")
    table = _tree(n_provinces, n_prefectures, n_counties) if tree is None else _given_tree(tree)
    table = _date_periods(table, read_day(start, name="start"), n_periods, period_years, lag_days, rng)
    named = rng.random(len(table)) < cites if cites else np.zeros(len(table), dtype=bool)
    table["cites"] = table["superior"].where(named, pd.NA)
    writer = Writer(
        check_vocabulary(vocabulary),
        clause_words=clause_words,
        edit_rate=edit_rate,
        fill_in=fill_in,
        blanks=blanks,
        rng=rng,
    )
    spread = Spread(table, writer, rates, n_clauses, min(n_sections, n_clauses), renewal, rng)
    spread.run()
    return _result(spread, _documents(table, spread.texts, date_window, centre_held, declare, rng), mentions)


def _check(
    copy_rate: float, kin: float, ancestors: float, innovation: float | None, edit_rate: float,
    shares: Mapping[str, float], blanks: Sequence[str],
) -> Rates:  # fmt: skip
    given = {"copy_rate": copy_rate, "kin_copying": kin, "common_ancestors": ancestors}
    unfit = [number_fault(value, name=name, within="[0, 1]", remedy="") for name, value in given.items()]
    unfit.append(number_fault(innovation, name="innovation", within="[0, 1]", optional=True, remedy=""))
    if not any(unfit):
        unfit.append(_fault_of_sum(sum(given.values()), innovation))
    unfit.append(number_fault(edit_rate, name="edit_rate", within="[0, 1)", remedy=""))
    unfit += [number_fault(value, name=name, within="[0, 1]", remedy="") for name, value in shares.items()]
    faults = [fault.removesuffix(". ") for fault in unfit if fault]
    classes = get_args(BlankClass)
    if isinstance(blanks, str) or set(blanks) - set(classes):
        faults.append(f"`blanks` must be a list of {', '.join(map(repr, classes))}; got {blanks!r}")
    if faults:
        raise ValueError("; ".join(faults) + ". Leave them out for the defaults.")
    return Rates(copy_rate, kin, ancestors)


def _fault_of_sum(total: float, innovation: float | None) -> str:
    if innovation is None and total > 1 + 1e-9:
        return f"`copy_rate`, `kin_copying` and `common_ancestors` must sum to at most 1; got {total:g}"
    if innovation is not None and abs(total + innovation - 1) > 1e-9:
        return f"the three rates of copying and `innovation` must sum to 1; got {total + innovation:g}"
    return ""


def _tree(n_provinces: int, n_prefectures: int, n_counties: int) -> pd.DataFrame:
    """Invented jurisdictions in the order of the tree, each behind its superior."""
    rows = [("centre", NATION, "national")]

    def grow(doc_id: str, region: str, depth: int) -> None:
        sizes = (n_provinces, n_prefectures, n_counties)
        for number in range(1, sizes[depth] + 1 if depth < len(sizes) else 1):
            own = f"p{number:02d}" if not depth else f"{doc_id}_{number:02d}"
            name = f"模拟{format_number(number)}{_UNITS[depth]}"
            path = name if not depth else f"{region}/{name}"
            rows.append((own, path, LEVELS[depth + 1]))
            grow(own, path, depth + 1)

    grow("centre", NATION, 0)
    return _with_superiors(pd.DataFrame(rows, columns=["doc_id", "region", "level"]))


def _given_tree(tree: pd.DataFrame) -> pd.DataFrame:
    """The jurisdictions of a user, superiors first."""
    require_columns(tree, ["region"], name="tree")
    table = pd.DataFrame({"region": tree["region"].astype(str).to_numpy()})
    depth = np.array([0 if region == NATION else region.count("/") + 1 for region in table["region"]])
    levels = [LEVELS[min(one, len(LEVELS) - 1)] for one in depth]
    table["level"] = tree["level"].astype(str).to_numpy() if "level" in tree else levels
    names = ["centre" if region == NATION else region.replace("/", "_") for region in table["region"]]
    table["doc_id"] = tree["doc_id"].astype(str).to_numpy() if "doc_id" in tree else names
    table = table.iloc[np.argsort(depth, kind="stable")].reset_index(drop=True)
    known = set(table["region"])
    orphans = sorted(one for one in known if one != NATION and region_above(one) not in known)
    doubled = sorted(table.loc[table.duplicated("region") | table.duplicated("doc_id"), "region"])
    if NATION not in known or orphans or doubled:
        raise ValueError(
            f"`tree` must have {NATION}, and each region once with the region above it; got {len(table)} rows"
            + (f", none for what is above {', '.join(orphans[:5])}" if orphans else "")
            + (f", doubled: {', '.join(doubled[:5])}" if doubled else "")
            + ". Add the missing rows."
        )
    wrong = ~table["level"].isin(LEVELS) | ((table["level"] == LEVELS[0]) != (table["region"] == NATION))
    if wrong.any():
        got = "; ".join(f"{row.region}: {row.level}" for row in table[wrong].head(5).itertuples())
        raise ValueError(
            f"`tree` must have levels of {', '.join(LEVELS)}, the first for {NATION} alone; got {got}. Leave `level` out."
        )
    return _with_superiors(table)


def _with_superiors(table: pd.DataFrame) -> pd.DataFrame:
    ids = dict(zip(table["region"], table["doc_id"], strict=True))
    superior = [pd.NA if region == NATION else ids[region_above(region)] for region in table["region"]]
    return table.assign(superior=pd.Series(superior, dtype=object))


def _date_periods(
    tree: pd.DataFrame, start: pd.Timestamp, n_periods: int, years: int, lag_days: Lag, rng: np.random.Generator
) -> pd.DataFrame:
    """The documents of all periods, in order of time; those of later periods bear its number (p01-2)."""
    parts: list[pd.DataFrame] = []
    for period in range(1, n_periods + 1):
        table = tree.assign(period=period, previous=pd.Series([pd.NA] * len(tree), dtype=object))
        if period > 1:
            table["previous"] = parts[-1].set_index("region")["doc_id"].reindex(table["region"]).to_numpy()
            table["doc_id"] = table["doc_id"] + f"-{period}"
            table["superior"] = [one if pd.isna(one) else f"{one}-{period}" for one in table["superior"]]
        begin = start + pd.DateOffset(years=years * (period - 1))
        parts.append(_date(table, begin, lag_days, rng))
    table = pd.concat(parts).sort_values(["date", "doc_id"], kind="stable", ignore_index=True)
    for column in ("superior", "previous"):
        table[column] = table[column].astype(object).where(table[column].notna(), pd.NA)
    return table


def _date(table: pd.DataFrame, start: pd.Timestamp, lag_days: Lag, rng: np.random.Generator) -> pd.DataFrame:
    """The day of each document, behind that of its superior; in order of time."""
    days: dict[str, int] = {}
    lags: list[float] = []
    for doc_id, superior in zip(table["doc_id"], table["superior"], strict=True):
        lag = 0 if pd.isna(superior) else _draw_lag(lag_days, rng)
        days[doc_id] = lag if pd.isna(superior) else days[superior] + lag
        lags.append(np.nan if pd.isna(superior) else lag)
    since = table["doc_id"].map(days)
    table = table.assign(
        date=start + pd.to_timedelta(since, unit="D"), lag_days=lags, lag_days_centre=since.astype(float)
    )
    table.loc[table["superior"].isna(), "lag_days_centre"] = np.nan
    return table.sort_values(["date", "doc_id"], kind="stable", ignore_index=True)


def _draw_lag(lag_days: Lag, rng: np.random.Generator) -> int:
    if callable(lag_days):
        drawn = float(lag_days(rng))
    elif isinstance(lag_days, tuple):
        faults = [number_fault(days, name="lag_days", within="[1, inf)", whole=True, remedy="") for days in lag_days]
        if len(lag_days) != 2 or any(faults) or lag_days[0] > lag_days[1]:
            raise ValueError(
                f"`lag_days` must be the fewest and the most days, at least 1; got {lag_days}. Take 180.0."
            )
        drawn = float(rng.integers(lag_days[0], lag_days[1] + 1))
    else:
        check_number(lag_days, name="lag_days", within="(0, inf)", remedy="Take 180.0.")
        drawn = float(rng.exponential(lag_days))
    if not np.isfinite(drawn) or drawn < 0:
        raise ValueError(f"`lag_days` must give days of at least 0; got {drawn}. Mend the function.")
    return max(1, int(np.ceil(drawn)))


def _documents(
    table: pd.DataFrame,
    texts: Mapping[str, str],
    window: int,
    centre_held: bool,
    declare: bool,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The documents table, as `read_corpus` would make it."""
    rows: list[dict[str, object]] = []
    years = table[table["superior"].isna()].set_index("period")["date"].dt.year.to_dict()
    columns = ["doc_id", "region", "level", "superior", "date", "period"]
    for doc_id, region, level, superior, date, period in table[columns].itertuples(index=False):
        earliest = date - pd.Timedelta(days=int(rng.integers(window + 1)))
        held = centre_held or region != NATION
        text = texts[doc_id] if held else ""
        rows.append(
            {
                "doc_id": doc_id, "title": texts[doc_id].split("\n", 1)[0], "level": level, "region": region,
                "issuer_type": "government", "kind": "实施方案", "lineage": "模拟政策",
                "dated": pd.NaT if window else date, "earliest": earliest, "latest": earliest + pd.Timedelta(days=window),
                "date_basis": "stated", "period_start": years[period] + 1,
                "period_end": years[period] + 5, "parent_ids": superior if declare else pd.NA, "held": held,
                "text": text, "source": f"{doc_id}.txt", "sha256": sha256_of(text.encode("utf-8")),
                "n_chars": len(text),
            }
        )  # fmt: skip
    return type_documents(make_table("documents", rows))


def _mentions(documents: pd.DataFrame, clauses: pd.DataFrame) -> pd.DataFrame:
    """What is extracted from the texts held."""
    parts = []
    for row in documents[documents["held"]].to_dict("records"):
        own = clauses[clauses["doc_id"] == row["doc_id"]]
        parts.append(extract_mentions(row["doc_id"], row["text"], own, document=row))
    return fill_mentions(pd.concat(parts, ignore_index=True), documents)


def _result(spread: Spread, documents: pd.DataFrame, mentions: bool) -> Simulation:
    """The corpus and its truth."""
    held = set(documents.loc[documents["held"], "doc_id"])
    tables = []
    for name, rows in (("clauses", spread.clause_rows), ("paragraphs", spread.paragraph_rows)):
        wanted = [{key: row[key] for key in COLUMNS[name]} for row in rows if row["doc_id"] in held]
        tables.append(make_table(name, wanted))
    if mentions:
        tables.append(_mentions(documents, tables[0]))
    columns = ["doc_id", "region", "level", "superior", "kin", "date", "lag_days", "lag_days_centre", "period", "previous",
               "cites"]  # fmt: skip
    return Simulation(
        corpus=Corpus(documents, *tables),
        jurisdictions=spread.table.assign(kin=spread.table["doc_id"].map(spread.kin))[columns],
        copies=pd.DataFrame(spread.copies, columns=list(_COPIES)).astype(
            {"source_begin": "Int64", "source_end": "Int64"}
        ),
        clauses=pd.DataFrame(spread.rows, columns=list(_CLAUSES)),
        fills=pd.DataFrame(spread.fills, columns=list(_FILLS)).astype(
            dict.fromkeys(["source_begin", "source_end"], "Int64")
        ),
        origins=spread.origins,
    )

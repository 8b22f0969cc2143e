"""What words distinguish levels, regions, periods, or any groups of documents or clauses.

Shape letters: D documents, C units, R rows that are counted, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats
from tqdm.auto import tqdm

from fzanalytics.base.options import check_level, check_number
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.features.tokens import Analyzer
from fzanalytics.measures.ignoring import without_ignored
from fzanalytics.measures.resampling import MIN_BLOCKS, MIN_CLUSTERS
from fzanalytics.measures.similarity import Unit
from fzanalytics.measures.vocabulary.dispersion import deviation_of_proportions, juilland_d
from fzanalytics.measures.vocabulary.formulas import (
    Floats,
    adjust_p,
    keyness_chi2,
    keyness_g2,
    log_odds_ratio,
    log_ratio,
    percent_difference,
)
from fzanalytics.measures.vocabulary.rows import (
    Count,
    Prior,
    Rows,
    documents_with,
    make_rows,
    prior_counts,
    sum_by,
    sum_side,
)
from fzanalytics.measures.vocabulary.uncertainty import (
    Sides,
    jackknife_se,
    relabelling_p,
    section_interval,
)
from fzanalytics.measures.vocabulary.units import (
    JURISDICTIONS,
    THESE_DOCUMENTS,
    Groups,
    count_pieces,
    group_documents,
    jurisdictions_of,
    order_groups,
)
from fzanalytics.texts.corpus import Corpus

Against = Literal["rest", "each"]


class _Options(NamedTuple):
    """What every comparison of one table shares; `kept` are the terms in the table, `alpha` is of these."""

    vocabulary: NDArray[Any]
    kept: NDArray[np.int64]
    alpha: Floats
    alpha0: float
    jurisdictions: dict[str, str]
    strata: dict[str, str]
    n_resamples: int
    n_permutations: int
    level: float
    random_state: RandomState


def distinctive_terms(
    corpus: Corpus,
    *,
    by: Groups = "level",
    against: Against = "rest",
    unit: Unit = "document",
    count: Count = "tokens",
    prior: Prior = "background",
    alpha0: float | None = None,
    analyzer: Analyzer | None = None,
    min_count: int = 5,
    strata: Groups | None = None,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    n_resamples: int = 499,
    n_permutations: int = 9999,
    level: float = 0.95,
    random_state: RandomState = 0,
    progress: bool = False,
) -> pd.DataFrame:
    """Terms that a group of documents uses more, or less, than the others.

    Parameters
    ----------
    corpus : Corpus
        Held documents take part.
    by : str, Series, mapping or callable
        The groups: "level", "region", "province", "period", "year", a column of the documents, a Series of groups by
        doc_id (or by clause_id, with ``unit="clause"``), or a function of a row of the documents table; see
        `group_documents`. Documents of no group are left out, with a warning.
    against : "rest" or "each"
        Compare each group with all others together, or with every other one.
    unit : "document", "clause" or "paragraph"
        Whose text is counted, and what the parts of the dispersion are. Clauses leave out titles and preambles.
    count : "tokens" or "units"
        Occurrences of a term of all words; or units that have it of all units, which a single clause full of
        one word cannot drive (keyness by clause: ``unit="clause", count="units"``).
    prior : "background", "uniform" or Series
        What a group says before it is read: the shares of terms in the whole corpus, the same share for all terms, or
        counts by term of a background of your own (a term that it lacks counts as half an occurrence).
    alpha0 : float, optional
        How many words (or units) the prior is worth. Default: the mean of a document, so that every group is
        read as if one average document of the background stood beside it. More draws rare terms towards 0.
    analyzer : callable str -> list of str, optional
        Default: `PolicyAnalyzer()`. Take ``PolicyAnalyzer(mask=("place", "agency"))``, or names lead every list.
    min_count : int
        Terms with fewer occurrences (or units) in the two sides together are not listed. They stay in the totals.
    strata : str, Series, mapping or callable, optional
        Permute only among jurisdictions that agree in it, such as "level" for ``by="period"``; in several columns by a function,
        ``lambda row: (row["level"], row["kind"])``. None: p holds nothing fixed, see the notes.
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        What is no text: spans, such as those of `find_slogans`, or phrases. Its words are counted nowhere.
    n_resamples : int
        0 leaves section_low and section_high out. Any other number has no further effect: no section is drawn at random, as
        in `clause_resampling_interval`; it is taken so that calls for the earlier interval stay valid.
    n_permutations : int
        Relabellings of jurisdictions; 0 leaves p out.
    level : float
        Share of the intervals, in (0, 1).
    random_state : int, Generator or None
        Same int, same table.
    progress : bool
        Show a progress bar.

    Returns
    -------
    DataFrame, one row a group, comparison and term, by z from the highest
        group, against ("rest" or a group), term.
        count, n, rate; count_against, n_against, rate_against : occurrences, all words, and the first per 10,000 of
        the second; of units with ``count="units"``.
        n_documents, of_documents; n_documents_against, of_documents_against : documents with the term, and all.
        log_odds, se, z : see `log_odds_ratio`; above 0: more in the group.
        section_low, section_high : clause-resampling interval of log_odds, each section of either side left out once
        (`section_interval`): how far it rests on single sections of these documents. NaN with fewer than 5 sections on a
        side. Nothing about other documents.
        low, high : interval of log_odds for other such jurisdictions (jackknife of whole jurisdictions, t with one
        less than those of the smaller side).
        log_ratio, percent_diff : effect sizes. g2, chi2 : keyness, without direction.
        p : permutation of whole jurisdictions, two-sided. p_g2 : of g2, as if each word were drawn by itself,
        which finds too much in texts. p_adjusted, p_g2_adjusted : corrected by Benjamini and Hochberg for all rows.
        Like low and high all NaN with fewer than 30 jurisdictions on either side, which hold nothing for others.
        juilland_d (1 even, 0 in one part), dp, dp_norm (0 even, near 1 in one part) : over the units of the group.
        n_jurisdictions : on both sides together. scope : "jurisdictions", or "these documents" where either side has
        fewer than 30; reason : "" or that it has.

    Raises
    ------
    ValueError
        If an option is out of range, there are not two groups, or no term is left.

    Notes
    -----
    In a handful of documents level, province and period go together: a term of the prefectures may be one of
    their provinces or years. The table then says "these documents", and z only ranks. Documents of unknown region
    count as one jurisdiction.

    *p* asks whether labels could have changed places among all jurisdictions (where one is on both sides, within each). So
    without `strata` a difference of date, level or genre that goes with the groups makes it small as well as one of the groups
    themselves: name these as strata, other than what is compared. There is no default, since levels cannot be compared
    within levels, and strata in which all are of one group tell nothing: p is NaN if there are no others.

    References
    ----------
    Monroe, Colaresi and Quinn (2008), Fightin' Words, Political Analysis 16(4), with the prior of equation 23;
    Lijffijt et al. (2016), Significance testing of word frequencies in corpora, on why words are not draws.

    Examples
    --------
    >>> from fzanalytics import PolicyAnalyzer, load_sample
    >>> analyzer = PolicyAnalyzer(mask=("place", "agency"))
    >>> table = distinctive_terms(load_sample(), analyzer=analyzer, n_resamples=0)
    >>> top = table.groupby("group", sort=False).head(1).set_index("group")
    >>> int(top.loc["county", "n_documents"]), top.loc["county", "scope"], bool(table["p"].isna().all())
    (1, 'these documents', True)
    """
    _check(against, count, alpha0, min_count, n_resamples, n_permutations, level, random_state)
    corpus = without_ignored(corpus, ignore)
    pieces = count_pieces(corpus, unit=unit, analyzer=analyzer)
    rows = make_rows(corpus, pieces, by, count, unit)
    order = order_groups(pd.Series(rows.groups))
    if len(order) < 2:
        raise ValueError(f"`by` must give at least two groups; got {', '.join(order) or 'none'}. Choose another.")
    alpha, strength = prior_counts(rows, pieces.vocabulary, prior, alpha0)
    grouped = np.asarray([one is not None for one in rows.groups])
    totals = np.asarray(rows.counts[np.flatnonzero(grouped)].sum(axis=0)).ravel()
    kept = np.flatnonzero(totals >= min_count)
    if not len(kept):
        raise ValueError(
            f"`min_count` must leave at least one term; got {min_count}, the most frequent has {totals.max()}."
        )
    options = _Options(
        pieces.vocabulary[kept],
        kept,
        alpha[kept],
        strength,
        jurisdictions_of(corpus).to_dict(),
        {} if strata is None else group_documents(corpus, strata).fillna("").to_dict(),
        n_resamples,
        n_permutations,
        level,
        random_state,
    )
    pairs = list(_pairs(order, against))
    bar = tqdm(pairs, desc="compare", unit="comparison", disable=not progress)
    table = pd.concat([_compare(rows, options, group, other) for group, other in bar], ignore_index=True)
    table = table[table["count"] + table["count_against"] >= min_count].reset_index(drop=True)
    table["p_adjusted"], table["p_g2_adjusted"] = adjust_p(table["p"]), adjust_p(table["p_g2"])
    return table[list(COLUMNS)]


#: The columns of the table, in order.
COLUMNS = (
    "group", "against", "term", "count", "n", "rate", "count_against", "n_against", "rate_against",
    "n_documents", "of_documents", "n_documents_against", "of_documents_against",
    "log_odds", "se", "z", "section_low", "section_high", "low", "high",
    "log_ratio", "percent_diff", "g2", "chi2", "p", "p_adjusted", "p_g2", "p_g2_adjusted",
    "juilland_d", "dp", "dp_norm", "n_jurisdictions", "scope", "reason",
)  # fmt: skip


def _check(
    against: str, count: str, alpha0: float | None, min_count: int, n_resamples: int, n_permutations: int, level: float,
    random_state: RandomState,
) -> None:  # fmt: skip
    for name, value, choices in (("against", against, ("rest", "each")), ("count", count, ("tokens", "units"))):
        if value not in choices:
            raise ValueError(f"`{name}` must be {choices[0]!r} or {choices[1]!r}; got {value!r}.")
    for name, number, least in (
        ("min_count", min_count, 1),
        ("n_resamples", n_resamples, 0),
        ("n_permutations", n_permutations, 0),
    ):
        check_number(number, name=name, within=f"[{least}, inf)", whole=True, remedy="Leave it at its default.")
    words = "It is a number of words, such as 500."
    check_number(alpha0, name="alpha0", within="(0, inf)", optional=True, remedy=words)
    check_level(level)
    make_generator(random_state)


def _pairs(order: list[str], against: Against) -> Iterator[tuple[str, str | None]]:
    for group in order:
        if against == "rest":
            yield group, None
        else:
            yield from ((group, other) for other in order if other != group)


def _compare(rows: Rows, options: _Options, group: str, other: str | None) -> pd.DataFrame:
    """The rows of the table for one group and what it is compared with."""
    known = np.asarray([one is not None for one in rows.groups])
    ours = rows.groups == group
    theirs = known & ~ours if other is None else rows.groups == other
    a, n = sum_side(rows, ours, options.kept), float(rows.totals[ours].sum())
    b, m = sum_side(rows, theirs, options.kept), float(rows.totals[theirs].sum())
    odds = log_odds_ratio(a, n, b, m, options.alpha, options.alpha0)
    columns: dict[str, Any] = {
        "group": group,
        "against": "rest" if other is None else other,
        "term": options.vocabulary,
        "count": a.astype(np.int64),
        "n": int(n),
        "rate": 10_000 * a / n if n else np.nan,
        "count_against": b.astype(np.int64),
        "n_against": int(m),
        "rate_against": 10_000 * b / m if m else np.nan,
        **odds._asdict(),
        "log_ratio": log_ratio(a, n, b, m),
        "percent_diff": percent_difference(a, n, b, m),
        "g2": keyness_g2(a, n, b, m),
        "chi2": keyness_chi2(a, n, b, m),
    }
    for suffix, side in (("", ours), ("_against", theirs)):
        columns[f"n_documents{suffix}"] = documents_with(rows, side, options.kept)
        columns[f"of_documents{suffix}"] = len(set(rows.documents[side]))
    columns |= _dispersion(rows, ours, options.kept)
    columns["section_low"], columns["section_high"] = _section_interval(rows, ours, theirs, options)
    columns |= _population(rows, ours, theirs, options, odds.log_odds, columns["g2"], group, other)
    return pd.DataFrame(columns).sort_values("z", ascending=False, kind="stable")


def _dispersion(rows: Rows, side: NDArray[np.bool_], kept: NDArray[np.int64]) -> dict[str, Floats]:
    counts, sizes = sum_by(rows, side, rows.units, kept)
    dp = deviation_of_proportions(counts, sizes)
    share = sizes[sizes > 0] / max(sizes.sum(), 1)
    norm = dp / (1 - share.min()) if len(share) > 1 else dp
    return {"juilland_d": juilland_d(counts, sizes), "dp": dp, "dp_norm": norm}


def _log_odds_of(options: _Options, *, scaled: bool = False) -> Any:
    """The statistic that sections or jurisdictions are left out of, or relabelled for: log_odds, or z."""

    def statistic(part: slice, a: Any, n: Any, b: Any, m: Any) -> Any:
        found = log_odds_ratio(a, n, b, m, options.alpha[part], options.alpha0)
        return found.z if scaled else found.log_odds

    return statistic


def _section_interval(
    rows: Rows, ours: NDArray[np.bool_], theirs: NDArray[np.bool_], options: _Options
) -> tuple[Floats, Floats]:
    sides = Sides(*sum_by(rows, ours, rows.blocks, options.kept), *sum_by(rows, theirs, rows.blocks, options.kept))
    n_blocks = min(int((sides.totals > 0).sum()), int((sides.totals_against > 0).sum()))
    if not options.n_resamples or n_blocks < MIN_BLOCKS:
        nothing = np.full(len(options.kept), np.nan)
        return nothing, nothing
    return section_interval(sides, _log_odds_of(options), level=options.level)


def _population(
    rows: Rows,
    ours: NDArray[np.bool_],
    theirs: NDArray[np.bool_],
    options: _Options,
    log_odds: Floats,
    g2: Floats,
    group: str,
    other: str | None,
) -> dict[str, Any]:
    """What other jurisdictions would show: interval and p-values, or NaN where either side has too few."""
    places = np.asarray([options.jurisdictions[one] for one in rows.documents])
    names = np.unique(places[ours | theirs])
    joint = Sides(*sum_by(rows, ours, places, options.kept, names), *sum_by(rows, theirs, places, options.kept, names))
    sizes = int((joint.totals > 0).sum()), int((joint.totals_against > 0).sum())
    nothing = np.full(len(options.kept), np.nan)
    enough = min(sizes) >= MIN_CLUSTERS
    found: dict[str, Any] = {"low": nothing, "high": nothing, "p": nothing, "p_g2": nothing}
    if enough:
        found["p_g2"] = stats.chi2.sf(g2, 1)
        margin = jackknife_se(joint, _log_odds_of(options)) * stats.t.ppf((1 + options.level) / 2, min(sizes) - 1)
        found["low"], found["high"] = log_odds - margin, log_odds + margin
    if enough and options.n_permutations:
        found["p"] = _permuted(joint, names, rows, places, options, f"{group}|{other or ''}")
    reason = "" if enough else f"fewer than {MIN_CLUSTERS} jurisdictions{' on a side' * (len(names) >= MIN_CLUSTERS)}"
    scope = JURISDICTIONS if enough else THESE_DOCUMENTS
    return {**found, "n_jurisdictions": len(names), "scope": scope, "reason": reason}


def _permuted(
    joint: Sides, names: NDArray[Any], rows: Rows, places: NDArray[Any], options: _Options, purpose: str
) -> Floats:
    """Jurisdictions change labels within strata; where one is on both sides, its own two sides change places."""
    at, at_against = np.flatnonzero(joint.totals > 0), np.flatnonzero(joint.totals_against > 0)
    counts = sparse.vstack([joint.counts[at], joint.counts_against[at_against]], format="csr")
    totals = np.concatenate([joint.totals[at], joint.totals_against[at_against]])
    labels = np.arange(len(totals)) < len(at)
    strata = names[np.concatenate([at, at_against])]
    if not set(at) & set(at_against):
        given = {
            place: "|".join(sorted({options.strata.get(one, "") for one in rows.documents[places == place]}))
            for place in names
        }
        strata = np.asarray([given[place] for place in strata])
    return relabelling_p(
        counts,
        totals,
        labels,
        strata,
        _log_odds_of(options, scaled=True),
        n_permutations=options.n_permutations,
        generator=make_generator(options.random_state, "distinctive permutations", purpose),
    )

"""How prevalent topics are by level, region and period: shares regressed on covariates, with intervals that hold.

Shape letters: D documents, C units (paragraphs, clauses or documents), K topics, J clusters, Q contrasts, M draws.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from fzanalytics.base.options import check_level, check_number
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.measures.inputs import require_table
from fzanalytics.measures.prevalence.draws import average_of_units, document_draws
from fzanalytics.measures.prevalence.formula import (
    Question,
    contrast_row,
    covariates_of,
    effect_questions,
    group_sizes,
    make_design,
    read_formula,
    share_questions,
)  # fmt: skip
from fzanalytics.measures.prevalence.regression import Contrasts, plan_contrasts
from fzanalytics.measures.resampling import MIN_CLUSTERS, wilson_limits
from fzanalytics.measures.topics.result import TopicResult
from fzanalytics.measures.vocabulary.units import JURISDICTIONS, THESE_DOCUMENTS
from fzanalytics.texts.corpus import Corpus

Floats = NDArray[np.float64]
Weights = Literal["document", "token"]
Uncertainty = Literal["clusters", "composition"]

#: Below so many Satterthwaite degrees of freedom an interval is not to be trusted (Pustejovsky and Tipton 2018).
MIN_FREEDOM = 4.0
#: A variance of rounding errors.
_SAME = 1e-24

_NUMBERS = (
    "se",
    "df",
    "low",
    "high",
    "text_low",
    "text_high",
    "n_documents",
    "n_clusters",
    "scope",
    "reason",
    "recurs",
)
_EFFECTS = ("topic", "covariate", "within", "value", "against", "difference", *_NUMBERS)


@dataclass(frozen=True)
class TopicPrevalence:
    """What `topic_prevalence` returns.

    Attributes
    ----------
    shares : DataFrame
        One row a topic and value of a covariate, or of two that interact; see `topic_prevalence`.
    effects : DataFrame
        One row a topic and difference.
    left_out : tuple of str
        Documents without topics or without a covariate.
    settings : dict
        Everything that the tables depend on beside the topics and the documents.
    """

    shares: pd.DataFrame
    effects: pd.DataFrame
    left_out: tuple[str, ...]
    settings: dict[str, Any]

    def __repr__(self) -> str:
        """Counts, and whether anything is said of others."""
        known = int(self.effects["low"].notna().sum())
        return (
            f"TopicPrevalence({self.settings['formula']}): {self.shares['topic'].nunique()} topics, "
            f"{self.settings['n_documents']} documents in {self.settings['n_clusters']} clusters "
            f"({self.settings['cluster']}); {known} of {len(self.effects)} differences have an interval; "
            f"{len(self.left_out)} documents left out"
        )


def topic_prevalence(
    result: TopicResult,
    documents: pd.DataFrame | Corpus,
    *,
    formula: str = "level",
    reference: Mapping[str, str] | None = None,
    weights: Weights = "document",
    cluster: str = "region",
    uncertainty: Uncertainty = "clusters",
    min_clusters: int = MIN_CLUSTERS,
    level: float = 0.95,
    at: Mapping[str, Sequence[float]] | None = None,
    n_draws: int = 200,
    random_state: RandomState = 0,
) -> TopicPrevalence:
    """Regress the topic shares of documents on their level, region, period or other covariates.

    Parameters
    ----------
    result : TopicResult
        From `fit_topics`. Units are taken together by document, weighted by their tokens, so that the likeness of units of
        one document is allowed for whatever it is.
    documents : DataFrame or Corpus
        The documents table: doc_id, the covariates and the column of clusters.
    formula : str
        Covariates joined by "+"; two that interact by "*", as in "level * year". Names: "level", "region", "province",
        "period", any column of the documents, and "year", a number: the middle of the bounds on the date. Columns of
        numbers are numbers, all others groups.
    reference : mapping of covariate to value, optional
        What the other values of a group are set against; default the first, from the centre down or sorted. The centre
        is a single jurisdiction, so differences from it have no interval: then take {"level": "province"}.
    weights : "document" or "token"
        Each document counts once, or as many times as it has tokens; with "token" and one group the shares are those of
        `TopicResult.shares_by`.
    cluster : str
        What was sampled: "region" (the jurisdiction), "province", "doc_id" or any column. Documents of one cluster may be
        as alike as they like. Missing values count as one cluster.
    uncertainty : "clusters" or "composition"
        What `se`, `low` and `high` hold: see the notes.
    min_clusters : int
        With fewer clusters in any of the groups that a row is about there is no interval; at least `MIN_CLUSTERS` (30).
    level : float
        Nominal coverage, in (0, 1). With K topics, 1 - 0.05 / K holds for all together.
    at : mapping of name to numbers, optional
        Where shares are told along a covariate that is a number; default its values, or seven even steps if there are more.
    n_draws : int
        Draws of the shares, at least 2.
    random_state : int, Generator or None
        Of the draws. Same int, same tables.

    Returns
    -------
    TopicPrevalence
        `shares`, one row a topic and value of each covariate, then of each pair that interacts and meets in the documents:
        topic; a column for each covariate, missing where the row is an average over it as observed; share in [0, 1]
        (a straight line in a number may leave it).
        `effects`, one row a topic and difference: covariate, within (a group of the other covariate, or ""), value,
        against (the reference; "" for a number, whose effect is that of +1); difference in [-1, 1], positive: more in value.
        Where two interact also covariate "level * year", within "+1 year": by how much the step differs between two levels.
        Both: se, df (Satterthwaite), low and high: the interval for other jurisdictions of the kind; text_low and text_high:
        how far these documents' own figure is uncertain because shares are estimated from so few words (they hold the
        figure, also where draws lie to one side of it); n_documents and n_clusters of the groups in question; scope:
        "jurisdictions" (or the clusters' name), or "these documents" where there is no interval; reason: why there is none;
        recurs: whether the topic comes back, NA before `check_topics`.

    Raises
    ------
    TypeError
        If `documents` is neither table nor corpus.
    ValueError
        If an option is out of range, a covariate is unknown, or fewer than two documents are left.

    Notes
    -----
    *Estimand*: the mean topic share of documents of the group, over the jurisdictions that these are drawn from, with the
    topics as they were fitted; for differences, other covariates held as observed. They are associations: nothing here
    makes level or time a cause.

    *Intervals*: ordinary (with "token", weighted) least squares; CR2 variances by cluster; Student's t with
    Satterthwaite degrees of freedom, at least 4 or there is none; shares by Wilson's formula with these, so that they
    stay in [0, 1]. There is none, with its reason, with fewer than `min_clusters` clusters in a group: a share is about its
    own, a difference about both sides, a trend about the documents it is drawn through. Nor is there one where one cluster
    alone carries a part. Shares vary between documents of a group for two reasons, because documents differ and because shares
    are estimated; residuals hold both, so that the second needs no addition. The method of composition
    (``uncertainty="composition"``; R's stm, estimateEffect with uncertainty "Global") draws shares from their posterior,
    regresses each draw, and adds the variance between draws: it counts the error of shares up to three times, which is
    harmless in long documents and too wide in short ones. See `benchmarks/covariates.py`.

    *Draws*: see `draw_document_shares`. They take topics as known and words as independent: text_low to text_high is too narrow
    rather than too wide. NMF's shares are of weights, no probabilities.

    *What it cannot show*: topics fitted to other documents would be others; that is in no interval. A topic model knows
    nothing of levels and draws documents of few words towards its average, differences with them.

    References
    ----------
    Roberts, Stewart and Airoldi (2016), A model of text for experimentation in the social sciences (method of
    composition); Treier and Jackman (2008), Democracy as a latent variable; Pustejovsky and Tipton (2018), Small-sample methods
    for cluster-robust variance estimation; Wilson (1927), Probable inference.

    Examples
    --------
    >>> from fzanalytics import fit_topics, load_sample
    >>> corpus = load_sample()
    >>> found = topic_prevalence(fit_topics(corpus, model="nmf", n_topics=4), corpus)
    >>> found
    TopicPrevalence(level): 4 topics, 6 documents in 5 clusters (region); 0 of 8 differences have an interval; 0 ...
    >>> found.effects[["covariate", "value", "against", "scope"]].iloc[0].tolist()
    ['level', 'prefecture', 'province', 'these documents']
    >>> found.effects["reason"].unique().tolist()
    ['fewer than 30 clusters']
    """
    _check_options(weights, uncertainty, min_clusters, level, n_draws)
    table, clusters, left_out = _documents_in_use(result, documents, formula, cluster)
    shares, tokens = _document_shares(result, list(table.index))
    counted = tokens if weights == "token" else np.ones(len(table))
    design = make_design(table, formula, reference)
    questions = [*share_questions(design, table, at or {}), *effect_questions(design, table)]
    n_shares = sum(one.is_share for one in questions)
    contrasts = np.array([contrast_row(design, table, counted, one) for one in questions])
    plan = plan_contrasts(design.columns(table), contrasts, clusters, weights=counted)
    estimates, variances = plan.estimates(shares), plan.variances(shares)
    draws = _draw_estimates(
        result, list(table.index), plan, n_draws, make_generator(random_state, "topic prevalence"),
        with_variances=uncertainty == "composition",
    )  # fmt: skip
    if draws.variances is not None:
        variances = draws.variances
    limits = np.quantile(draws.estimates, [(1 - level) / 2, (1 + level) / 2], axis=0, method="weibull")
    reasons = _reasons(plan, min_clusters, [group_sizes(design, table, one, clusters) for one in questions])
    topics = list(result.unit_topics.columns)
    recurs = result.recurs.reindex(topics).to_dict()
    scope = {"region": JURISDICTIONS, "province": "provinces", "doc_id": "documents"}.get(cluster, cluster)
    rows = [
        _row(i, k, topic, question, estimates, variances, limits, plan.freedom[i], reasons[i], clusters, level, scope)
        for i, question in enumerate(questions)
        for k, topic in enumerate(topics)
    ]
    settings = {
        "formula": formula, "weights": weights, "cluster": cluster, "uncertainty": uncertainty, "level": level,
        "min_clusters": min_clusters, "n_draws": n_draws, "n_documents": len(table),
        "n_clusters": len(set(clusters)), "reference": {name: values[0] for name, values in design.groups.items()},
        "draws": _kind_of_draws(result),
    }  # fmt: skip
    return TopicPrevalence(
        shares=_table(rows[: n_shares * len(topics)], ["topic", *design.mains, "share", *_NUMBERS], recurs),
        effects=_table(rows[n_shares * len(topics) :], list(_EFFECTS), recurs),
        left_out=left_out,
        settings=settings,
    )


def _document_shares(result: TopicResult, doc_ids: list[str]) -> tuple[Floats, Floats]:
    """Shares of the documents, shape (D, K), and their tokens, shape (D,)."""
    average, known = average_of_units(result, doc_ids)
    units = result.units[known]
    tokens = units["n_tokens"].groupby(units["doc_id"].astype(str).to_numpy()).sum().reindex(doc_ids)
    return np.asarray(average @ result.unit_topics.to_numpy(dtype=float)[known]), tokens.to_numpy(dtype=float)


def _kind_of_draws(result: TopicResult) -> str:
    if result.unit_weights is not None:
        return "posterior"
    return "tokens" if result.material is None else "bootstrap"


def _check_options(weights: str, uncertainty: str, min_clusters: int, level: float, n_draws: int) -> None:
    for name, value, choices in (
        ("weights", weights, ("document", "token")), ("uncertainty", uncertainty, ("clusters", "composition")),
    ):  # fmt: skip
        if value not in choices:
            raise ValueError(f"`{name}` must be '{choices[0]}' or '{choices[1]}'; got {value!r}. Use the default.")
    remedy = "Nothing can be said of others from so few."
    check_number(min_clusters, name="min_clusters", within=f"[{MIN_CLUSTERS}, inf)", whole=True, remedy=remedy)
    check_level(level)
    check_number(n_draws, name="n_draws", within="[2, inf)", whole=True, remedy="Take 200.")


def _documents_in_use(
    result: TopicResult, documents: pd.DataFrame | Corpus, formula: str, cluster: str
) -> tuple[pd.DataFrame, NDArray[Any], tuple[str, ...]]:
    """Covariates and clusters of the documents that have topics and all covariates, and which have not."""
    table = require_table(documents, name="documents")
    names, _ = read_formula(formula)
    taken = sorted({"topic", "share", *_NUMBERS} & set(names))
    if taken:
        raise ValueError(
            f"`formula` must not name columns of the result; got {', '.join(taken)}. Rename them in `documents`."
        )
    if cluster != "province" and cluster not in table.columns:
        raise ValueError(
            f"`cluster` must be 'region', 'province', 'doc_id' or a column of `documents`; got {cluster!r}. "
            "Use 'doc_id' where jurisdictions are not known."
        )
    known_of = covariates_of(table, tuple(dict.fromkeys([*names, cluster])))
    covariates, whole = known_of[list(names)], known_of[cluster]
    places = whole.astype(object).where(whole.notna(), "?").astype(str)
    full = result.unit_topics.notna().all(axis=1).to_numpy(dtype=bool)
    known = set(result.units.loc[full, "doc_id"].astype(str))
    complete = covariates.notna().all(axis=1)
    ids = [str(doc_id) for doc_id in result.document_topics.index]
    used = [one for one in ids if one in known and bool(complete.get(one, False))]
    left_out = tuple(one for one in ids if one not in set(used))
    if len(used) < 2:
        raise ValueError(
            f"`documents` must give at least two documents with topics and all of {', '.join(names)}; got {len(used)} of "
            f"{len(ids)}. Fill in the columns."
        )
    if left_out:
        shown = ", ".join(left_out[:5]) + (" ..." if len(left_out) > 5 else "")
        warnings.warn(f"{len(left_out)} documents lack topics or a covariate and are left out: {shown}.", stacklevel=3)
    return covariates.loc[used], places.loc[used].to_numpy(dtype=object), left_out


class _Draws(NamedTuple):
    """Estimates of each draw, shape (M, Q, K), and the variances by composition, shape (Q, K), if asked for."""

    estimates: Floats
    variances: Floats | None


def _draw_estimates(
    result: TopicResult, doc_ids: list[str], plan: Contrasts, n: int, generator: np.random.Generator, *,
    with_variances: bool,
) -> _Draws:  # fmt: skip
    estimates, within = [], []
    for drawn in document_draws(result, doc_ids, n, generator):
        estimates.append(plan.estimates(drawn))
        if with_variances:
            within.append(plan.variances(drawn))
    stacked = np.array(estimates)
    if not with_variances:
        return _Draws(stacked, None)
    return _Draws(stacked, np.mean(within, axis=0) + (1 + 1 / n) * stacked.var(axis=0, ddof=1))


def _reasons(plan: Contrasts, min_clusters: int, sizes: list[tuple[int, int]]) -> list[str]:
    """Why a contrast has no interval, "" if it has one; sizes: clusters in all its groups, and in the smallest."""
    reasons = []
    for estimable, alone, freedom, (n, least) in zip(plan.estimable, plan.alone, plan.freedom, sizes, strict=True):
        if not estimable:
            reasons.append("not to be told apart in these documents")
        elif least < min_clusters:
            reasons.append(f"fewer than {min_clusters} clusters{' in a group' * (n >= min_clusters)}")
        elif alone:
            reasons.append("rests on a single cluster")
        elif not freedom >= MIN_FREEDOM - 1e-6:
            reasons.append(f"fewer than {MIN_FREEDOM:g} degrees of freedom")
        else:
            reasons.append("")
    return reasons


def _table(rows: list[dict[str, Any]], columns: list[str], recurs: Mapping[Any, Any]) -> pd.DataFrame:
    """The rows with whether their topics come back."""
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(recurs=pd.array([recurs[topic] for topic in table["topic"]], dtype="boolean"))


def _row(
    i: int, k: int, topic: Any, question: Question, estimates: Floats, variances: Floats, limits: Floats,
    freedom: float, reason: str, clusters: NDArray[Any], level: float, scope: str,
) -> dict[str, Any]:  # fmt: skip
    estimate, variance = float(estimates[i, k]), float(variances[i, k])
    low = high = se = float("nan")
    if not reason and variance <= _SAME:
        reason = "the shares do not differ"
    if not reason:
        se = float(np.sqrt(variance))
        low, high = _interval(estimate, variance, float(student.ppf((1 + level) / 2, freedom)), question.is_share)
    return {
        "topic": topic,
        **question.names,
        "share" if question.is_share else "difference": estimate,
        "se": se,
        "df": float("nan") if reason else freedom,
        "low": low,
        "high": high,
        "text_low": min(estimate, max(float(limits[0, i, k]), 0.0 if question.is_share else -1.0)),
        "text_high": max(estimate, min(float(limits[1, i, k]), 1.0)),
        "n_documents": int(question.documents.sum()),
        "n_clusters": len(set(clusters[question.documents])),
        "scope": THESE_DOCUMENTS if reason else scope,
        "reason": reason,
    }


def _interval(estimate: float, variance: float, quantile: float, is_share: bool) -> tuple[float, float]:
    """Student's for a difference; Wilson's with Student's quantile for a share, unless a line led it out of (0, 1)."""
    half = quantile * float(np.sqrt(variance))
    if not is_share or not 0 < estimate < 1:
        return estimate - half, estimate + half
    low, high = wilson_limits(estimate, half**2 / (estimate * (1 - estimate)))
    return float(low), float(high)

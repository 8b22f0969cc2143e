"""The citation graph beside the overlap graph: who names whom, and who shares text with whom."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from fzanalytics.base.options import check_number
from fzanalytics.base.tables import COLUMNS, require_columns
from fzanalytics.measures.diffusion.novelty import shared_pieces
from fzanalytics.measures.inputs import require_corpus
from fzanalytics.measures.reuse.order import DocumentFacts, order_of_documents, split_ids
from fzanalytics.measures.reuse.passages import shared_texts
from fzanalytics.measures.reuse.reduced import text_characters
from fzanalytics.texts.corpus import Corpus

_SPANS = ("source", "target", "source_begin", "source_end", "target_begin", "target_end")
_EDGE_COLUMNS = ("source", "target", "n_mentions", "in_opening", "declared", "evidence", "source_held", "order")
_COLUMNS = (
    "source", "target", "order", "cites", "n_mentions", "in_opening", "cites_through", "shares", "share", "n_chars",
    "n_target_chars", "finding", "threshold",
)  # fmt: skip


def citation_edges(corpus: Corpus) -> pd.DataFrame:
    """Which documents of the corpus name which others.

    Parameters
    ----------
    corpus : Corpus
        With its mentions.

    Returns
    -------
    DataFrame, one row an edge
        source: the document that is named, held or not; target: the document that names it, as in all tables of who
        may have drawn on whom; n_mentions; in_opening: named where the legal basis stands: before its first clause,
        or in article 1 (第一条) of a statute; declared: source is among the target's parent_ids; evidence: how the
        first mention was understood; source_held; order: "declared" or "earlier" if the source comes first, "superior"
        if dates do not decide and it ranks above, "later" if it comes after (a date is wrong, or a later version is
        meant), else "unknown". By source and target. Mentions of itself are
        left out, and those of documents that are not in the documents table: they are in corpus.mentions.

    Raises
    ------
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    To name is not to draw on: a statute is named for its authority, a plan for its task.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> edges = citation_edges(load_sample())
    >>> edges[edges["in_opening"] & (edges["source"] == "national_outline_2015")]["target"].tolist()[:2]
    ['hebei_province_2016', 'qingyuan_city_2017']
    """
    mentions = require_corpus(corpus).mentions
    require_columns(mentions, COLUMNS["mentions"], name="corpus.mentions")
    facts = DocumentFacts(corpus.documents)
    cited = mentions[(mentions["kind"] == "citation") & mentions["refers_to"].isin(facts.ids)]
    cited = cited[(cited["refers_to"].astype(str) != cited["doc_id"].astype(str)) & cited["doc_id"].isin(facts.ids)]
    cited = cited.assign(opening=(cited["role"] == "opening") | _in_article_one(cited, corpus.clauses))
    parents = dict(zip(corpus.documents["doc_id"].astype(str), corpus.documents["parent_ids"], strict=True))
    rows = []
    for (source, target), part in cited.groupby(["refers_to", "doc_id"], sort=True):
        first = part.sort_values("begin")["evidence"].iloc[0]
        opening = bool(part["opening"].any())
        declared = str(source) in split_ids(parents[str(target)])
        order = _order(facts, str(source), str(target))
        rows.append((source, target, len(part), opening, declared, first, facts.held[str(source)], order))
    table = pd.DataFrame(rows, columns=list(_EDGE_COLUMNS))
    return table.astype({"n_mentions": "int64", "in_opening": bool, "declared": bool, "source_held": bool})


def _in_article_one(mentions: pd.DataFrame, clauses: pd.DataFrame) -> pd.Series:
    """Which mentions stand in the first article of a document, if no clause but its own chapter stands before it."""
    articles = clauses[clauses["path"].astype(str).str.rsplit("/").str[-1] == "第一条"]
    spans: dict[object, tuple[int, int]] = {}
    for doc_id, part in clauses[clauses["doc_id"].isin(articles["doc_id"])].groupby("doc_id"):
        first = articles[articles["doc_id"] == doc_id].nsmallest(1, "begin").iloc[0]
        before = part.loc[part["begin"] < first["begin"], "path"].astype(str)
        if all(str(first["path"]).startswith(f"{path}/") for path in before):
            spans[doc_id] = (int(first["begin"]), int(first["end"]))
    inside = [
        doc_id in spans and spans[doc_id][0] <= begin < spans[doc_id][1]
        for doc_id, begin in zip(mentions["doc_id"], mentions["begin"], strict=True)
    ]
    return pd.Series(inside, index=mentions.index, dtype=bool)


def _order(facts: DocumentFacts, source: str, target: str) -> str:
    first, _, order = facts.order(source, target)
    return order if order == "unknown" or first == source else "later"


def compare_citations(
    corpus: Corpus,
    passages: pd.DataFrame | None = None,
    *,
    min_share: float = 0.05,
    min_chars: int = 100,
    ignore: pd.DataFrame | Iterable[object] | None = None,
) -> pd.DataFrame:
    """Where the citation graph and the overlap graph agree, and where they do not.

    Parameters
    ----------
    corpus : Corpus
        With its mentions.
    passages : DataFrame, optional
        From `find_passages` over all pairs; found here if None, of 20 characters or more.
    min_share : float
        A target shares with a source if at least this share of it is in common passages, in [0, 1],
    min_chars : int
        and at least so many characters.
    ignore : optional
        What is no text, neither shared nor to be shared, as in `find_passages`: spans, such as those of `find_slogans`, or
        phrases.

    Returns
    -------
    DataFrame, one row a pair that cites or shares
        - source, target, order (as in `citation_edges`): a pair that shares and is of unknown order has two rows.
        - cites, n_mentions, in_opening; cites_through: the target names a document that names the source, or so on (NA
          where it names it itself).
        - shares; share in [0, 1], n_chars, n_target_chars: see `borrowing_share`; NA where the source is not held.
        - finding: "cites and shares"; "cites, does not share"; "shares, does not cite"; "cites, source not held"; "cites,
          text not held" (the target's); threshold: `min_share`.

    Raises
    ------
    ValueError
        If a threshold is out of its range, or `passages` lacks a column.
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    "shares, does not cite" is no hidden borrowing by itself: both may have it from the document that both cite; see
    cites_through, and the baselines of overlap. "cites, does not share" is no contradiction either: a law is a basis
    in competence before it is one in text. The threshold decides at the border: look at share.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = compare_citations(load_sample())
    >>> pair = table[(table["source"] == "hebei_province_2016") & (table["target"] == "shijiazhuang_city_2016")]
    >>> pair["finding"].tolist()
    ['cites and shares']
    """
    _check(corpus, min_share, min_chars)
    edges = citation_edges(corpus)
    texts, passages = shared_texts(corpus, passages, ignore)
    facts = DocumentFacts(corpus.documents)
    keys = ["source", "target"]
    table = edges[[*keys, "n_mentions", "in_opening"]].merge(
        _shares(corpus, texts, passages, edges), on=keys, how="outer"
    )
    table["cites"] = table["n_mentions"].notna()
    table["shares"] = (table["share"] >= min_share) & (table["n_chars"] >= min_chars)
    table = table[table["cites"] | table["shares"]].sort_values(keys, ignore_index=True)
    table["n_mentions"] = table["n_mentions"].fillna(0).astype("int64")
    table["in_opening"] = table["in_opening"].eq(True)
    pairs = list(zip(table["source"].astype(str), table["target"].astype(str), strict=True))
    table["order"] = pd.Series([_order(facts, *pair) for pair in pairs], dtype=object)
    through = _through(edges)
    table["cites_through"] = [
        pd.NA if cites else source in through.get(target, set())
        for cites, (source, target) in zip(table["cites"], pairs, strict=True)
    ]
    table["finding"] = [
        _finding(cites, shares, facts.held[source], facts.held[target])
        for cites, shares, (source, target) in zip(table["cites"], table["shares"], pairs, strict=True)
    ]
    table["threshold"] = float(min_share)
    table["shares"] = table["shares"].astype("boolean").mask(table["share"].isna())
    whole = dict.fromkeys(["n_chars", "n_target_chars"], "Int64")
    return table[list(_COLUMNS)].astype({**whole, "share": float})


def _check(corpus: Corpus, min_share: float, min_chars: int) -> None:
    require_corpus(corpus)
    check_number(min_share, name="min_share", remedy="Take 0.05.")
    if not 0 <= min_share <= 1:
        raise ValueError(f"`min_share` must be from 0 to 1; got {min_share}. Take 0.05.")
    check_number(min_chars, name="min_chars", within="[0, inf)", whole=True, remedy="Take 100.")


def _shares(corpus: Corpus, texts: dict[str, str], passages: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Shares, as in `borrowing_share`, of all pairs that cite or have passages, if their order allows or is unknown."""
    ids = list(texts)
    place = {doc_id: at for at, doc_id in enumerate(ids)}
    order = order_of_documents(corpus.documents)
    allowed = np.zeros((len(ids), len(ids)), dtype=np.int8)
    first, second = (order[side].map(place).to_numpy(dtype=np.int64) for side in ("source", "target"))
    unknown = (order["order"] == "unknown").to_numpy()
    allowed[second, first] = 1
    allowed[first[unknown], second[unknown]] = 1
    cited = edges[edges["source"].isin(place) & edges["target"].isin(place)]
    a, b = (cited[side].map(place).to_numpy(dtype=np.int64) for side in ("source", "target"))
    allowed[b, a] = 1
    pieces = shared_pieces(passages, ids, allowed)
    counts = [np.r_[0, np.cumsum(text_characters(text))] for text in texts.values()]
    sizes = np.array([len(one) for one in counts], dtype=np.int64)
    carried, start = np.concatenate([np.zeros(0, np.int64), *counts]), np.cumsum(sizes) - sizes
    n = carried[start[pieces.target] + pieces.end] - carried[start[pieces.target] + pieces.begin]
    shared = np.bincount(pieces.target * len(ids) + pieces.source, weights=n, minlength=len(ids) ** 2)
    pairs = np.union1d(np.flatnonzero(shared), b * len(ids) + a)
    target, source = np.divmod(pairs, max(len(ids), 1))
    total = carried[start + sizes - 1][target] if len(pairs) else pairs
    names = np.array(ids, dtype=object)
    share = np.divide(shared[pairs], total, out=np.full(len(pairs), np.nan), where=total > 0)
    columns = {"share": share, "n_chars": shared[pairs].astype(np.int64), "n_target_chars": total}
    return pd.DataFrame({"source": names[source], "target": names[target], **columns})


def _through(edges: pd.DataFrame) -> dict[str, set[str]]:
    """For each document all that it names through others, itself left out."""
    named: dict[str, set[str]] = {}
    for source, target in zip(edges["source"].astype(str), edges["target"].astype(str), strict=True):
        named.setdefault(target, set()).add(source)
    reached: dict[str, set[str]] = {}
    for start, first in named.items():
        seen: set[str] = set()
        waiting = [further for one in first for further in named.get(one, ())]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting += named.get(one, ())
        reached[start] = seen - {start}
    return reached


def _finding(cites: bool, shares: bool, source_held: bool, target_held: bool) -> str:
    if not source_held:
        return "cites, source not held"
    if not target_held:
        return "cites, text not held"
    if cites:
        return "cites and shares" if shares else "cites, does not share"
    return "shares, does not cite"

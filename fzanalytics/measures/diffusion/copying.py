"""How sentences were copied: word by word, with the blanks filled in, edited, in other words, or as slogans."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from fzanalytics.base.options import check_number
from fzanalytics.features.masks import NAME_CLASSES
from fzanalytics.measures.diffusion.blanks import read_blanks
from fzanalytics.measures.diffusion.coverage import COVERAGE_MIN_CHARS
from fzanalytics.measures.diffusion.novelty import ORDER_RANKS, Pieces, allowed_sources, shared_pieces
from fzanalytics.measures.inputs import compared_texts, require_corpus, require_passages
from fzanalytics.measures.reuse.letters import MASK_BASE
from fzanalytics.measures.reuse.passages import find_passages
from fzanalytics.measures.sentences import Ints, SentenceFacts, find_whole, most_alike
from fzanalytics.texts.corpus import Corpus

KINDS = ("verbatim", "fill-in", "edited", "reworded", "slogan", "own", "short")
#: What counts as borrowed: the words stand in the source. Rewording is a likeness, slogans are a channel of their own.
BORROWED = ("verbatim", "fill-in", "edited")

logger = logging.getLogger(__name__)

_COLUMNS = (
    "target", "paragraph_id", "section", "begin", "end", "text", "kind", "source", "order", "n_sources", "n_earlier", "share",
    "similarity", "n_chars", "n_unmasked", "slogan_share", "n_blanks", "source_begin", "source_end",
)  # fmt: skip
_SPANS = ("source", "target", "source_begin", "source_end", "target_begin", "target_end")
_NONE = np.zeros(0, dtype=np.int64)
#: In strings of letters a masked name is this sign of private use, plus the number of its class.
_NAME_SIGN = 0xF0000


def copying_kinds(
    corpus: Corpus,
    *,
    source: str | None = None,
    passages: pd.DataFrame | None = None,
    threshold: float = 0.5,
    min_similarity: float | None = 0.6,
    phrases: pd.DataFrame | Iterable[str] | None = None,
) -> pd.DataFrame:
    """Each sentence that has an earlier document to come from, and how it is shared with the best of them.

    Parameters
    ----------
    corpus : Corpus
    source : str, optional
        doc_id of a held document: only it may be the source, and documents of unknown order to it are looked at too.
        Without it any document may that comes before ("declared", "earlier", or "superior", where dates do not decide).
    passages : DataFrame, optional
        From `find_passages` over all pairs, best with `mask`. If None they are found here, with `min_chars` =
        `COVERAGE_MIN_CHARS` (12 and not the 20 of measures of whole texts, since sentences are compared) and all four
        classes of names masked.
    threshold : float
        A sentence is edited from a source if at least this share of it is shared, in (0, 1].
    min_similarity : float, optional
        A sentence is reworded if its cosine to a sentence of the source is at least this, in (0, 1]; None: this kind
        is not looked for.
    phrases : optional
        Authority phrases; see `find_slogans`.

    Returns
    -------
    DataFrame, one row a sentence (see `split_sentences`), by document and place
        - target, paragraph_id, section, begin, end (characters, half-open, into the clean text), text.
        - kind: the first of these that holds. "slogan": at least half of it is authority phrases. "short":
          fewer than 15 characters outside of names, too few to tell. "verbatim": it stands whole in the
          source, but for punctuation, spaces, width and case. "fill-in": so it does once places, agencies, numbers
          and dates are masked, and not before; `copied_blanks` tells what was written into the blanks. "edited": share
          is at least `threshold`. "reworded": similarity is at least `min_similarity`. "own": none of these.
        - source: the document that it is shared with; of several the one with the better kind, then the higher share,
          then the declared, the superior, the first by doc_id; NA for "slogan", "short" and "own". order: see
          `order_of_documents`. n_sources: documents with which it would be of the same kind. Where that is above 1
          the source is one of several, not the one. n_earlier: documents that might be the source of the target.
        - share in [0, 1] of the sentence's characters outside of authority phrases that are in runs of equal letters (or
          names of one class) within passages shared with the source (with the best of them, for "own"): what was put in
          between two runs of a passage is not shared; similarity: cosine of TF-IDF, for "reworded", else NaN;
          n_chars: characters that carry text; n_unmasked: those outside of names; slogan_share in [0, 1].
        - n_blanks: names that differ, for "fill-in". source_begin, source_end: the sentence's place in the source, for
          "edited" of what the passage that holds most of it has there, for "reworded" of the like sentence.

        Directional. Sentences of documents without any earlier one are left out.

    Raises
    ------
    ValueError
        If `source` is not held, a threshold is out of its range, or `passages` lacks a column.
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    Shared with, not proven to be drawn from: both may have it from a third document, held or not. "own" means: found in no
    earlier document that is held. Names are found by rules, and one that these miss makes an edit out of a blank.
    "reworded" is a likeness of words, weighed within this corpus, and finds subjects as well as copies. For the
    sensitivity to `threshold` see `copying_curve`.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = copying_kinds(load_sample(), source="hebei_province_2016", min_similarity=None)
    >>> counts = table[table["target"] == "shijiazhuang_city_2016"]["kind"].value_counts()
    >>> bool(counts["verbatim"] > counts["fill-in"] > 0)
    True
    """
    _check(corpus, source, threshold, min_similarity)
    texts = compared_texts(corpus)
    ids = list(texts)
    allowed = allowed_sources(corpus, ids, source)
    if not allowed.any():
        logger.warning(
            "No document is known to be a source of another: of %d held, %d are dated on both sides. Give dates "
            "(metadata), or name a source.", len(ids), int((corpus.held["earliest"].notna() & corpus.held["latest"].notna()).sum()),
        )  # fmt: skip
    if passages is None:
        passages = find_passages(corpus, min_chars=COVERAGE_MIN_CHARS, mask=NAME_CLASSES)
    passages = require_passages(passages, texts)
    facts = SentenceFacts(corpus, texts, phrases)
    found = pd.concat(
        [_whole(facts, allowed), _partial(facts, allowed, passages)], ignore_index=True
    )  # one row a sentence and a source that shares some of it
    best = _best(found, facts, allowed, threshold)
    table = _name_kinds(facts, best, threshold)
    if min_similarity is not None:
        _add_reworded(table, facts, allowed, min_similarity)
    return _finish(table, facts, allowed, corpus)


def _check(corpus: Corpus, source: str | None, threshold: float, min_similarity: float | None) -> None:
    held = sorted(require_corpus(corpus).held["doc_id"].astype(str))
    if source is not None and source not in held:
        raise ValueError(
            f"`source` must be the doc_id of a held document; got {source!r}. Held are: {', '.join(held)}."
        )
    remedy = "Take the default."
    check_number(threshold, name="threshold", within="(0, 1]", remedy=remedy)
    check_number(min_similarity, name="min_similarity", within="(0, 1]", optional=True, remedy=remedy)


def _found(row: Ints, source: Ints, rank: object, share: object, begin: Ints, end: Ints) -> pd.DataFrame:
    columns = {"row": row, "source": source, "rank": rank, "share": share, "begin": begin, "end": end}
    return pd.DataFrame(columns).astype({"rank": "int64", "share": float})


def _whole(facts: SentenceFacts, allowed: NDArray[np.int8]) -> pd.DataFrame:
    """Sentences that stand whole in an allowed source: rank 2 as they are, 1 with names masked; the first place."""
    wanted = np.flatnonzero(facts.is_told & (allowed[facts.doc] != 0).any(axis=1))
    doc = facts.doc[wanted]
    plain = find_whole(
        dict(zip(facts.ids, (codes for codes, _ in facts.plain), strict=True)),
        doc, facts.first_plain[wanted], facts.last_plain[wanted],
    )  # fmt: skip
    masked = find_whole(
        dict(zip(facts.ids, (one.codes for one in facts.masked), strict=True)),
        doc, facts.first[wanted], facts.last[wanted],
    )  # fmt: skip
    edges = [
        [(places, places + 1) for _, places in facts.plain],
        [(one.begins, one.ends) for one in facts.masked],
    ]
    tables = []
    for rank, found, sides in ((2, plain, edges[0]), (1, masked, edges[1])):
        row = wanted[found.row]
        ok = allowed[facts.doc[row], found.doc] != 0
        row, source, place = row[ok], found.doc[ok], found.place[ok]
        size = (facts.last_plain - facts.first_plain if rank == 2 else facts.last - facts.first)[row]
        begin, end = _places(sides, source, place, size)
        tables.append(_found(row, source, rank, 1.0, begin, end))
    table = pd.concat(tables, ignore_index=True)
    return table.sort_values(["row", "source", "rank"], ascending=[True, True, False], kind="stable").drop_duplicates(
        ["row", "source"]
    )


def _places(sides: list[tuple[Ints, Ints]], doc: Ints, place: Ints, size: Ints) -> tuple[Ints, Ints]:
    """Where letters begin and end in the texts of their documents."""
    begins = np.concatenate([_NONE, *(one for one, _ in sides)])
    ends = np.concatenate([_NONE, *(one for _, one in sides)])
    start = np.cumsum([0, *(len(one) for one, _ in sides)])[doc]
    return begins[start + place], ends[start + place + size - 1]


class _Runs(NamedTuple):
    """Runs of equal letters within passages: numbers of the texts; letters in the target, half-open; first of the source."""

    target: Ints
    source: Ints
    first: Ints
    last: Ints
    twin: Ints
    passage: Ints


def _runs_of(pieces: Pieces, facts: SentenceFacts) -> _Runs:
    """The runs of at least two equal letters within passages, by the fewest edits, names of one class being equal.

    What was put in between two of them belongs to the passage, but not to what a sentence shares.
    """
    signs = [np.where(one.codes < MASK_BASE, one.codes, one.codes - MASK_BASE + _NAME_SIGN) for one in facts.masked]
    letters = ["".join(map(chr, one.tolist())) for one in signs]
    rows: list[tuple[int, ...]] = []
    for target, source, begin, end, other_begin, other_end, passage in zip(
        *(one.tolist() for one in pieces), strict=True
    ):
        here, there = facts.masked[target], facts.masked[source]
        a, b = np.searchsorted(here.begins, (begin, end)).tolist()
        c, d = np.searchsorted(there.begins, (other_begin, other_end)).tolist()
        one, other = letters[target][a:b], letters[source][c:d]
        blocks = _blocks(one, other) if one != other else [(0, len(one), 0)] * bool(one)
        rows += [(target, source, a + first, a + last, c + twin, passage) for first, last, twin in blocks]
    return _Runs(*np.array(rows, dtype=np.int64).reshape(-1, len(_Runs._fields)).T)


def _blocks(target: str, source: str) -> list[tuple[int, int, int]]:
    """Runs of at least two letters that both have, by the fewest edits: begin and end in the target, begin in the source."""
    steps = Levenshtein.opcodes(target, source)
    return [
        (step.src_start, step.src_end, step.dest_start)
        for step in steps
        if step.tag == "equal" and step.src_end - step.src_start > 1
    ]


def _partial(facts: SentenceFacts, allowed: NDArray[np.int8], passages: pd.DataFrame) -> pd.DataFrame:
    """Share of each sentence in runs shared with each allowed source, and where the passage with most of them has these."""
    runs = _runs_of(shared_pieces(passages, facts.ids, allowed), facts)
    keys = facts.doc * (1 << 40) + facts.first
    low = np.searchsorted(keys, runs.target * (1 << 40) + runs.first, side="right") - 1
    low = np.maximum(low, np.searchsorted(facts.doc, runs.target))
    high = np.searchsorted(keys, runs.target * (1 << 40) + runs.last)
    n = np.maximum(high - low, 0)
    run = np.repeat(np.arange(len(n)), n)
    row = low[run] + np.arange(len(run)) - np.repeat(np.cumsum(n) - n, n)
    first, last = np.maximum(facts.first[row], runs.first[run]), np.minimum(facts.last[row], runs.last[run])
    keep = (first < last) & facts.is_told[row]
    row, run, first, size = row[keep], run[keep], first[keep], (last - first)[keep]
    edges = [(one.begins, one.ends) for one in facts.masked]
    begin, end = _places(edges, facts.doc[row], first, size)
    own = np.concatenate([_NONE, *facts.own])
    start = np.cumsum([0, *(len(one) for one in facts.own)])[facts.doc[row]]
    shared = own[start + end] - own[start + begin]
    twins = _places(edges, runs.source[run], runs.twin[run] + first - runs.first[run], size)
    table = _found(row, runs.source[run], 0, shared, *twins).assign(passage=runs.passage[run])
    how = {"rank": "first", "share": "sum", "begin": "min", "end": "max"}
    table = table.groupby(["row", "source", "passage"], as_index=False).agg(how)
    table = table.sort_values(["row", "source", "share"], ascending=[True, True, False], kind="stable")
    total = table.groupby(["row", "source"])["share"].transform("sum")
    table["share"] = total / np.maximum(facts.n_own[table["row"].to_numpy()], 1)
    return table.drop_duplicates(["row", "source"])


def _best(found: pd.DataFrame, facts: SentenceFacts, allowed: NDArray[np.int8], threshold: float) -> pd.DataFrame:
    """The best source of each sentence, by row; n_sources counts those of the same kind."""
    table = found.sort_values(["row", "source", "rank"], ascending=[True, True, False], kind="stable")
    table = table.drop_duplicates(["row", "source"])
    table["order"] = allowed[facts.doc[table["row"].to_numpy()], table["source"].to_numpy()]
    name = np.argsort(np.argsort(np.array(facts.ids, dtype=object)))
    table["name"] = name[table["source"].to_numpy()]
    kind = np.where(table["rank"] > 0, table["rank"], np.where(table["share"] >= threshold, 0, -1))
    table["n_sources"] = table.assign(kind=kind).groupby(["row", "kind"])["source"].transform("size")
    keys = ["row", "rank", "share", "order", "name"]
    return table.sort_values(keys, ascending=[True, False, False, False, True]).drop_duplicates("row").set_index("row")


def _name_kinds(facts: SentenceFacts, best: pd.DataFrame, threshold: float) -> pd.DataFrame:
    table = facts.table.rename(columns={"doc_id": "target"})
    rank, share = best["rank"].reindex(table.index), best["share"].reindex(table.index).fillna(0.0)
    table["kind"] = np.select(
        [facts.is_slogan, ~facts.is_told, rank == 2, rank == 1, share >= threshold],
        ["slogan", "short", "verbatim", "fill-in", "edited"], default="own",
    )  # fmt: skip
    borrowed = table["kind"].isin(BORROWED)
    table["share"] = share
    for column in ("source", "n_sources", "begin", "end"):
        name = f"source_{column}" if column in ("begin", "end") else column
        table[name] = best[column].reindex(table.index).astype("Int64").where(borrowed)
    table["similarity"] = np.nan
    return table


def _add_reworded(table: pd.DataFrame, facts: SentenceFacts, allowed: NDArray[np.int8], min_similarity: float) -> None:
    """Where a sentence of no other kind is like one of an allowed source: the most like."""
    asked = (table["kind"] == "own").to_numpy() & (allowed[facts.doc] != 0).any(axis=1)
    row, other, cosine, n_docs = most_alike(facts.texts, facts.table, facts.masked, asked, allowed, min_similarity)
    table.loc[row, "similarity"] = cosine
    table.loc[row, "kind"] = "reworded"
    table.loc[row, "source"] = facts.doc[other]
    table.loc[row, "n_sources"] = n_docs
    table.loc[row, "source_begin"] = facts.begin[other]
    table.loc[row, "source_end"] = facts.end[other]


def _finish(table: pd.DataFrame, facts: SentenceFacts, allowed: NDArray[np.int8], corpus: Corpus) -> pd.DataFrame:
    texts = dict(zip(corpus.held["doc_id"].astype(str), corpus.held["text"].astype(str), strict=True))
    targets = zip(table["target"], table["begin"], table["end"], strict=True)
    table["text"] = [texts[doc_id][begin:end] for doc_id, begin, end in targets]
    table["n_chars"], table["n_unmasked"] = facts.n_chars, facts.n_unmasked
    table["n_earlier"] = np.count_nonzero(allowed, axis=1)[facts.doc]
    table["slogan_share"] = 1 - facts.n_own / np.maximum(facts.n_chars, 1)
    has = table["source"].notna().to_numpy()
    source = table["source"].fillna(0).to_numpy(dtype=np.int64)
    names = {**{rank: name for name, rank in ORDER_RANKS.items()}, -1: "unknown", 0: "unknown"}
    orders = [names[int(rank)] for rank in allowed[facts.doc, source]]
    table["order"] = pd.Series(orders, index=table.index, dtype=object).where(has, pd.NA)
    table["source"] = pd.Series([facts.ids[at] for at in source], index=table.index, dtype=object).where(has, pd.NA)
    table = table[(allowed[facts.doc] != 0).any(axis=1)].reset_index(drop=True)
    letters = dict(zip(facts.ids, facts.masked, strict=True))
    counts = pd.Series([blank[0] for blank in read_blanks(table, facts.texts, letters)], dtype=object).value_counts()
    table["n_blanks"] = counts.reindex(table.index, fill_value=0).astype("int64")
    return table[list(_COLUMNS)]

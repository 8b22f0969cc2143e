"""How sentences were copied: word by word, with the blanks filled in, edited, in other words, or as slogans."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from fzanalytics.base.tables import require_columns
from fzanalytics.features.masks import NAME_CLASSES
from fzanalytics.measures.diffusion.coverage import COVERAGE_MIN_CHARS
from fzanalytics.measures.diffusion.novelty import ORDER_RANKS, Pieces, allowed_sources, shared_pieces
from fzanalytics.measures.inputs import compared_texts, require_corpus, require_passages
from fzanalytics.measures.resampling import check_level
from fzanalytics.measures.reuse.letters import MASK_BASE, Letters, read_masked
from fzanalytics.measures.reuse.passages import find_passages
from fzanalytics.measures.reuse.reduced import reduce_text
from fzanalytics.measures.sections import add_status, clause_resampling_interval
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
_BLANK_COLUMNS = ("source", "target", "begin", "end", "source_begin")
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
    for name, value in (("threshold", threshold), ("min_similarity", min_similarity)):
        if value is not None and not 0 < value <= 1:
            raise ValueError(f"`{name}` must be above 0 and at most 1; got {value}. Take the default.")


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
    counts = pd.Series([blank[0] for blank in _read_blanks(table, facts.texts, letters)], dtype=object).value_counts()
    table["n_blanks"] = counts.reindex(table.index, fill_value=0).astype("int64")
    return table[list(_COLUMNS)]


def copied_blanks(kinds: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """What was written into the blanks of sentences that are fill-in copies.

    Parameters
    ----------
    kinds : DataFrame
        From `copying_kinds`; rows of other kinds are passed over.
    corpus : Corpus
        The same.

    Returns
    -------
    DataFrame, one row a blank
        sentence (index of the row of `kinds`), source, target; name: "place", "agency", "number" or "date";
        source_text, target_text: what is written there; source_begin, source_end, target_begin, target_end:
        characters, half-open, into the clean texts. In order of `kinds` and of places.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> corpus = load_sample()
    >>> kinds = copying_kinds(corpus, source="hebei_province_2016", min_similarity=None)
    >>> blanks = copied_blanks(kinds, corpus)
    >>> bool((blanks["source_text"] != blanks["target_text"]).all()), "agency" in set(blanks["name"])
    (True, True)
    """
    require_columns(kinds, (*_BLANK_COLUMNS, "kind"), name="kinds")
    texts = compared_texts(require_corpus(corpus))
    filled = kinds.loc[kinds["kind"] == "fill-in", ["source", "target"]].astype(str)
    letters = {doc_id: read_masked(texts[doc_id], NAME_CLASSES) for doc_id in {*filled["source"], *filled["target"]}}
    names = ["sentence", "source", "target", "name", "source_text", "target_text"]
    places = ["source_begin", "source_end", "target_begin", "target_end"]
    blanks = _read_blanks(kinds, texts, letters)
    return pd.DataFrame(blanks, columns=[*names, *places]).astype(dict.fromkeys(places, "int64"))


def _read_blanks(
    kinds: pd.DataFrame, texts: Mapping[str, str], letters: Mapping[str, Letters]
) -> list[tuple[object, ...]]:
    """The rows of `copied_blanks`."""
    rows = kinds[kinds["kind"] == "fill-in"]
    blanks: list[tuple[object, ...]] = []
    columns = (rows[column].tolist() for column in _BLANK_COLUMNS)
    for index, source, target, begin, end, source_begin in zip(rows.index, *columns, strict=True):
        here, there = letters[target], letters[source]
        a, a_end = np.searchsorted(here.begins, [begin, end]).tolist()
        b = int(np.searchsorted(there.ends, source_begin, side="right"))
        for i in np.flatnonzero(here.codes[a:a_end] >= MASK_BASE).tolist():
            spans = [(int(one.begins[at]), int(one.ends[at])) for one, at in ((there, b + i), (here, a + i))]
            written = [texts[doc][slice(*span)] for doc, span in zip((source, target), spans, strict=True)]
            if written[0] == written[1] or _reduced(written[0]) == _reduced(written[1]):
                continue
            name = NAME_CLASSES[int(here.codes[a + i]) - MASK_BASE]
            blanks.append((index, source, target, name, *written, *spans[0], *spans[1]))
    return blanks


@lru_cache(maxsize=4096)
def _reduced(name: str) -> tuple[int, ...]:
    return tuple(reduce_text(name)[0].tolist())


def copying_shares(kinds: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """How many sentences of each document are of each kind, and how many of the borrowed ones are filled-in forms.

    Parameters
    ----------
    kinds : DataFrame
        From `copying_kinds`.
    level : float
        Nominal coverage of the intervals; see `clause_resampling_interval`; the blocks are the sections of the target.

    Returns
    -------
    DataFrame, one row a target
        target; one count a kind: n_verbatim, n_fill_in, n_edited, n_reworded, n_slogan, n_own, n_short; n_sentences: all
        but the short ones and the slogans; n_borrowed: verbatim, fill-in and edited; borrowed_share = n_borrowed /
        n_sentences and fill_in_share = n_fill_in / n_borrowed, both in [0, 1], NaN where the denominator is 0; n_earlier:
        documents that might be a source, if `kinds` has it. Without `source` borrowed_share grows with their number: only
        targets with as many can be compared, or those of one `source`. resampling_low, resampling_high, resampling_status: of
        borrowed_share, over the n_sections sections that have a sentence of n_sentences, see `borrowing_share`; NaN if
        `kinds` has no section. fill_in_low, fill_in_high: of fill_in_share, over the sections that have a borrowed one.

    Examples
    --------
    >>> kinds = pd.DataFrame({"target": "t", "kind": ["verbatim", "fill-in", "edited", "edited", "own", "short", "slogan"]})
    >>> copying_shares(kinds)[["n_sentences", "n_borrowed", "borrowed_share", "fill_in_share"]].values.tolist()
    [[5.0, 4.0, 0.8, 0.25]]
    """
    require_columns(kinds, ("target", "kind"), name="kinds")
    counts = pd.crosstab(kinds["target"], kinds["kind"]).reindex(columns=list(KINDS), fill_value=0)
    table = counts.rename(columns=lambda kind: f"n_{kind.replace('-', '_')}")
    table["n_borrowed"] = counts[list(BORROWED)].sum(axis=1)
    table["n_sentences"] = table["n_borrowed"] + counts["reworded"] + counts["own"]
    table["borrowed_share"] = table["n_borrowed"] / table["n_sentences"].replace(0, np.nan)
    table["fill_in_share"] = table["n_fill_in"] / table["n_borrowed"].replace(0, np.nan)
    if "n_earlier" in kinds:
        table["n_earlier"] = kinds.groupby("target")["n_earlier"].first()
    columns = ["resampling_low", "resampling_high", "n_sections", "fill_in_low", "fill_in_high"]
    table[columns] = _limits_of_shares(kinds, table.index, level)
    table["n_sections"] = table["n_sections"].astype("Int64")
    return add_status(table, "borrowed_share").rename_axis(columns=None).reset_index()


def _limits_of_shares(kinds: pd.DataFrame, targets: pd.Index, level: float) -> NDArray[np.float64]:
    """Of each target the limits of its borrowed share, the sections they rest on, and the limits of its fill-in share."""
    check_level(level)
    found = np.full((len(targets), 5), np.nan)
    if "section" not in kinds:
        return found
    parts = dict(iter(kinds[["target", "kind", "section"]].groupby("target", sort=False)))
    for at, target in enumerate(targets):
        kind, section = (
            parts[target]["kind"].to_numpy(dtype=str),
            parts[target]["section"].fillna("").to_numpy(dtype=str),
        )
        borrowed, counted = np.isin(kind, BORROWED), ~np.isin(kind, ("short", "slogan"))
        found[at, :2] = clause_resampling_interval(borrowed, counted, section, level=level)[1:]
        found[at, 2] = len(np.unique(section[counted]))
        found[at, 3:] = clause_resampling_interval(kind == "fill-in", borrowed, section, level=level)[1:]
    return found


def copying_curve(
    kinds: pd.DataFrame, thresholds: Sequence[float] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
) -> pd.DataFrame:
    """The shares of `copying_shares` that hang on the threshold of edited sentences, over that threshold.

    Parameters
    ----------
    kinds : DataFrame
        From `copying_kinds`.
    thresholds : sequence of float
        Each in (0, 1].

    Returns
    -------
    DataFrame, one row a target and threshold
        target, threshold, n_edited, n_borrowed, n_sentences, borrowed_share (falls with the threshold), fill_in_share
        (rises with it). Sentences that are reworded at the threshold of `kinds` count by their share here.

    Examples
    --------
    >>> kinds = pd.DataFrame({"target": "t", "kind": ["fill-in", "edited", "own"], "share": [1.0, 0.6, 0.3]})
    >>> copying_curve(kinds, [0.2, 0.5, 0.9])["fill_in_share"].round(2).tolist()
    [0.33, 0.5, 1.0]
    """
    require_columns(kinds, ("target", "kind", "share"), name="kinds")
    tables = []
    for threshold in thresholds:
        if not 0 < threshold <= 1:
            raise ValueError(f"`thresholds` must be above 0 and at most 1; got {threshold}. Take 0.1 to 0.9.")
        cut = kinds["kind"].isin(["edited", "reworded", "own"])
        again = np.where(kinds["share"] >= threshold, "edited", "own")
        table = copying_shares(kinds[["target"]].assign(kind=np.where(cut, again, kinds["kind"])))
        tables.append(table.assign(threshold=float(threshold)))
    columns = ["target", "threshold", "n_edited", "n_borrowed", "n_sentences", "borrowed_share", "fill_in_share"]
    empty = pd.DataFrame(columns=columns)
    table = pd.concat(tables, ignore_index=True)[columns] if tables else empty
    return table.sort_values(["target", "threshold"], ignore_index=True)

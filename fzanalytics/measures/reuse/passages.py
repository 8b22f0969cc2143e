"""Which passages the documents of a corpus share."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from fzanalytics.base.options import check_jobs, check_number
from fzanalytics.base.tables import PASSAGE_COLUMNS
from fzanalytics.features.masks import NameClass, check_classes
from fzanalytics.measures.inputs import compared_texts, read_ignore, require_corpus, require_passages
from fzanalytics.measures.reuse.alignment import check_options
from fzanalytics.measures.reuse.blanks import find_blanks, local_spans
from fzanalytics.measures.reuse.chains import Chains, grow_chains
from fzanalytics.measures.reuse.letters import Layout, Letters, in_characters, lay_out, leave_out, read_masked
from fzanalytics.measures.reuse.order import (
    DocumentFacts,
    PairChoice,
    PairsGiven,
    is_above,
    order_of_documents,
    split_ids,
)
from fzanalytics.measures.reuse.reduced import Ints, reduce_text
from fzanalytics.measures.reuse.seeds import Runs, find_runs, mapped, pair_numbers
from fzanalytics.measures.reuse.shares import SharedSpans, borrowing_share
from fzanalytics.measures.reuse.spread import spread_columns
from fzanalytics.texts.corpus import Corpus

__all__ = [
    "SEED_CHARS", "DocumentFacts", "SharedSpans", "borrowing_share", "find_passages", "is_above",
    "order_of_documents", "shared_texts", "split_ids",
]  # fmt: skip

logger = logging.getLogger(__name__)

#: A passage holds an unbroken run of so many characters.
SEED_CHARS = 8
#: Most characters, on either side, between two runs of one passage.
MAX_GAP = 20
#: Of documents with one and the same text, so many are listed with every other document, the rest with the first.
MAX_COPIES = 50
#: Runs that are grown together.
_BLOCK = 250_000

_COLUMNS = (*PASSAGE_COLUMNS, "n_blanks", "n_edits", "n_documents", "n_regions", "slogan_share")


class Copies(NamedTuple):
    """Documents by text: those of the u-th text are member[start[u] : start[u] + size[u]]."""

    member: Ints
    start: Ints
    size: Ints


def find_passages(
    corpus: Corpus,
    *,
    min_chars: int = 20,
    min_identity: float = 0.7,
    pairs: PairsGiven = None,
    mask: Iterable[NameClass] | None = None,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    n_jobs: int = 1,
    progress: bool = False,
) -> pd.DataFrame:
    """All passages that documents of a corpus share, with offsets in both and the order of the two.

    Parameters
    ----------
    corpus : Corpus
        D documents of which the held ones are aligned, each with each.
    min_chars : int
        Fewest matched characters of a passage, at least `SEED_CHARS` (8). Punctuation and spaces do not count, nor do
        the brackets of those responsible. With `mask` a masked name that differs counts as one character.
    min_identity : float
        Least identity of a passage, in (0, 1].
    pairs : optional
        Which pairs of documents matter; only these are aligned. A rule by name, or a tuple of rules that must all
        hold: "all"; "earlier": order is "declared" or "earlier"; "superior": source's region is in the line of
        command above target's; "other region": both regions are known and differ. Or an iterable of (doc_id, doc_id);
        or a function of two rows of the documents table, source and target, that is asked once for each pair that
        shares a run. Which of the two is the source follows from dates and levels in every case.
    mask : of "place", "agency", "number" and "date", optional
        Names of these classes are replaced by their class before anything is looked for: a name is one character that
        equals every other name of its class. So a copy with other names filled in is found, and n_blanks counts
        them. A name that differs counts as one character in n_chars and `min_chars`: a list of agencies is not shared for
        being a list of agencies. One that is the same on both sides is shared text and counts in full, so that masking
        finds no less of a verbatim copy.
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        Boilerplate that is no text, as if it were blank; phrases wherever they stand, whatever their punctuation.
    n_jobs : int
        Threads, and with `mask` processes (joblib) that look for names; -1 for all cores. The result is the same for
        every number.
    progress : bool
        Show a bar.

    Returns
    -------
    DataFrame, P rows
        source, target, source_begin, source_end, target_begin, target_end: offsets in characters, half-open, into
        the clean texts; n_chars: matched characters; identity in (0, 1]: see `align_pair`; order: see
        `order_of_documents`; where it is "unknown", source and target are no direction; n_blanks: matched names that
        differ (`passage_blanks` lists them), 0 without `mask`; n_edits: places between the matched runs at which the
        two texts differ otherwise. So a passage is verbatim if both are 0, filled in if only n_blanks is not, else
        edited. n_documents, n_regions: in how many documents of the corpus (all that are held, whatever `pairs` says)
        and in how many independent jurisdictions at least half of its runs of eight characters stand; slogan_share in
        [0, 1]: share of the source's characters that stand in an authority phrase; all three as `passage_spread` counts
        them, which also takes phrases of your own. Sorted by source, target and places. The same for every order of the
        documents.

    Raises
    ------
    ValueError
        If an option is out of its range, or a pair names a document that is not held.
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    A passage is text that two documents share. That one drew it from the other takes order in time and a
    baseline: both may have it from a third, and formulas of the genre are shared by all. The definition is that
    of `align_pair` with `seed_chars` = `SEED_CHARS` for each pair, found over the whole corpus at once
    (`find_runs`, `grow_chains`), up to two caps, each of which is told by a warning where it bites:

    - Eight characters that stand in more than `MAX_PLACES` (900) places of the corpus are paired in order only: the
      first place in a text with the first in the next text that has them, and so on. A passage that holds any
      other eight characters in one of its runs may be found from these; one of nothing else is listed for some pairs
      of documents, not for all. The number falls where it would make more than `MAX_PLACE_PAIRS` pairs of places.
    - Documents of one and the same text are aligned once. Of more than `MAX_COPIES` (50) of them the first (by date,
      then doc_id) are listed with every other document, the rest with the first of their kind; with an explicit list
      of pairs each pair that is named.

    Time grows with characters and with what is shared, not with pairs of documents.

    The brackets that name those responsible （省法制办负责） are no shared text (`compared_texts`): they are blank in
    both texts before these are aligned. A passage runs on behind such a bracket only if the two texts do; its
    span then holds the bracket, which counts in neither n_chars nor identity.

    Examples
    --------
    >>> from fzanalytics.base.tables import empty_table
    >>> texts = ["甲省。各级政府应当依法公开重大行政决策，广泛听取意见。", "乙市：各级政府应当依法公开重大行政决策广泛听取意见！"]
    >>> documents = pd.DataFrame(
    ...     {"doc_id": ["a", "b"], "text": texts, "level": ["province", "prefecture"], "region": ["甲省", "乙省/乙市"],
    ...      "lineage": "l", "earliest": pd.NaT, "latest": pd.NaT, "period_end": 2020, "parent_ids": None, "held": True})
    >>> corpus = Corpus(documents, empty_table("clauses"), empty_table("paragraphs"))
    >>> find_passages(corpus).astype(object).values.tolist()
    [['a', 'b', 3, 26, 3, 25, 22, 1.0, 'unknown', 0, 0, 2, 2, 0.0]]
    """
    whole = compared_texts(require_corpus(corpus))
    texts = leave_out(whole, ignore)
    _check_min_chars(min_chars)
    check_options(min_chars, min_identity, SEED_CHARS, MAX_GAP)
    check_jobs(n_jobs)
    choice = PairChoice(pairs, corpus.documents, texts)
    names = [str(choice.orders.ids[at]) for at in choice.members() if choice.orders.ids[at] in texts]
    classes = check_classes(mask or (), name="mask")
    threads = _threads(n_jobs)
    letters = dict(zip(names, _read_all([texts[name] for name in names], classes, threads), strict=True))
    layout, copies = _gather(letters, choice)
    runs = _find_runs(layout, copies, choice, min_chars, threads)
    chains = _grow(layout, runs, min_chars, min_identity, threads, progress)
    table = _table(texts, letters, layout, copies, choice, chains, min_chars)
    plain = {} if classes or ignore is not None else letters
    reduced = {
        name: (plain[name].codes, plain[name].begins) if name in plain else reduce_text(text)
        for name, text in whole.items()
    }
    return table.assign(**spread_columns(table, reduced, corpus.held))[list(_COLUMNS)]


def shared_texts(
    corpus: Corpus, passages: pd.DataFrame | None, ignore: pd.DataFrame | Iterable[object] | None
) -> tuple[dict[str, str], pd.DataFrame]:
    """What a measure of shared text starts from: the texts as compared, and the passages in them.

    Parameters
    ----------
    corpus : Corpus
    passages : DataFrame, optional
        From `find_passages` over *all* pairs; found here if None, with its defaults.
    ignore : optional
        What is no text: blank in the texts, and in no passage that is found here.

    Returns
    -------
    texts, passages : dict of doc_id to str, DataFrame

    Raises
    ------
    TypeError
        If `corpus` is no Corpus, `passages` no table, or `ignore` nothing of the kind.
    ValueError
        If `passages` are not of these texts, or `ignore` has a span that is not in its text, or a phrase without text.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> texts, passages = shared_texts(load_sample(), None, "依法行政")
    >>> len(texts), any("依法行政" in text for text in texts.values()), passages.empty
    (6, False, False)
    """
    ignore = read_ignore(ignore)
    texts = leave_out(compared_texts(require_corpus(corpus)), ignore)
    found = find_passages(corpus, ignore=ignore) if passages is None else passages
    return texts, require_passages(found, texts)


def _check_min_chars(min_chars: int) -> None:
    check_number(min_chars, name="min_chars", whole=True, remedy="Take 20, or 12 for short clauses.")
    if min_chars < SEED_CHARS:
        raise ValueError(
            f"`min_chars` must be at least {SEED_CHARS}, the length of the unbroken run that every passage holds; "
            f"got {min_chars}. Take 20, or 12 for short clauses."
        )


def _threads(n_jobs: int) -> int:
    from joblib import effective_n_jobs

    return int(effective_n_jobs(n_jobs))


def _read_all(texts: list[str], classes: tuple[NameClass, ...], threads: int) -> list[Letters]:
    if not classes or threads == 1 or len(texts) < 2 * threads:
        return [read_masked(text, classes) for text in texts]
    from joblib import Parallel, delayed

    return list(Parallel(n_jobs=threads)(delayed(read_masked)(text, classes) for text in texts))


def _gather(letters: dict[str, Letters], choice: PairChoice) -> tuple[Layout, Copies]:
    """The different texts, and which documents have each."""
    groups: dict[bytes, list[int]] = {}
    for name, one in letters.items():
        key = one.codes.astype(np.uint32).tobytes() + one.names.tobytes() * bool(one.names.any())
        groups.setdefault(key, []).append(choice.place[name])
    earliest = choice.orders.earliest
    sets = [sorted(group, key=lambda at: (np.nan_to_num(earliest[at], nan=np.inf), at)) for group in groups.values()]
    members = {str(choice.orders.ids[group[0]]): group for group in sets}
    layout = lay_out({name: letters[name] for name in members})
    size = np.array([len(members[name]) for name in layout.ids], dtype=np.int64)
    member = np.array([at for name in layout.ids for at in members[name]], dtype=np.int64)
    return layout, Copies(member, np.cumsum(size) - size, size)


def _find_runs(layout: Layout, copies: Copies, choice: PairChoice, min_chars: int, threads: int) -> Runs:
    first, several = copies.member[copies.start], copies.size > 1

    def wanted(a: Ints, b: Ints) -> np.ndarray:
        return several[a] | several[b] | choice.matter(first[a], first[b])

    hubs = None
    if (chosen := choice.hubs()) is not None:
        is_hub = np.zeros(len(choice.place), dtype=bool)
        is_hub[chosen] = True
        hubs = np.logical_or.reduceat(is_hub[copies.member], copies.start) if len(copies.start) else None
    runs = find_runs(layout, n=SEED_CHARS, enough=min_chars, max_gap=MAX_GAP, wanted=wanted, hubs=hubs, threads=threads)
    if runs.capped:
        logger.warning(
            "%d sequences of %d characters stand in more than %d places of the corpus and were paired in order only; "
            "passages made of nothing else are not listed for every pair of documents.",
            runs.capped, SEED_CHARS, runs.cap,
        )  # fmt: skip
    return runs


def _grow(
    layout: Layout, runs: Runs, min_chars: int, min_identity: float, threads: int, progress: bool
) -> list[Chains]:
    """Passages of blocks of whole pairs of texts."""
    from tqdm.auto import tqdm

    pair = pair_numbers(layout, runs.a, runs.b)
    starts = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]][: len(pair)])
    edges = [0]
    for start in starts[np.searchsorted(starts, np.arange(_BLOCK, len(pair), _BLOCK)) % max(1, len(starts))].tolist():
        if start > edges[-1]:
            edges.append(start)
    edges.append(len(pair))

    def work(bounds: tuple[int, int]) -> Chains:
        part = runs._replace(**{side: getattr(runs, side)[slice(*bounds)] for side in ("a", "b", "n")})
        return grow_chains(
            layout, part, min_chars=min_chars, min_identity=min_identity, seed_chars=SEED_CHARS, max_gap=MAX_GAP
        )

    blocks = list(pairwise(edges))
    found = mapped(work, blocks, threads)
    return list(tqdm(found, total=len(blocks), desc="find_passages", disable=not progress))


def _table(
    texts: dict[str, str], letters: dict[str, Letters], layout: Layout, copies: Copies, choice: PairChoice, found: list[Chains],
    min_chars: int,
) -> pd.DataFrame:  # fmt: skip
    """Rows of all documents that have these texts, in the direction of their order."""
    chains = Chains(*(np.concatenate(column) for column in zip(*found, strict=True)))
    a, b = (layout.doc[begin].astype(np.int64) for begin in (chains.a_begin, chains.b_begin))
    if choice.listed is None:
        row, x, y = _members(a, b, np.minimum(copies.size, MAX_COPIES), copies)
        own = _own_pairs(layout, copies, max(min_chars, SEED_CHARS))
    else:
        row, x, y, own = _named_pairs(layout, a, b, copies, choice, max(min_chars, SEED_CHARS))
    here, there = layout.first[a], layout.first[b]
    spans = np.column_stack(
        [chains.a_begin - here, chains.a_end - here, chains.b_begin - there, chains.b_end - there,
         chains.matched, chains.lost, chains.gaps]
    )[row]  # fmt: skip
    own_x, own_y, text = own
    size, worth = layout.size[text], _characters(layout)[text]
    zeros = np.zeros_like(size)
    x, y = np.r_[x, own_x], np.r_[y, own_y]
    spans = np.concatenate([spans, np.column_stack([zeros, size, zeros, size, worth, zeros, zeros])])
    if (copies.size > 1).any():
        keep = choice.matter(x, y)
        x, y, spans = x[keep], y[keep], spans[keep]
    table = _named(letters, choice, x, y, spans)
    if layout.masked < int(layout.ahead.codes.max(initial=0)) + 1:
        table["n_blanks"] = _count_blanks(texts, letters, layout, copies, choice, table)
    return table


def _count_blanks(
    texts: dict[str, str], letters: dict[str, Letters], layout: Layout, copies: Copies, choice: PairChoice,
    table: pd.DataFrame,
) -> Ints:  # fmt: skip
    text_of = _text_of(copies, len(choice.place))
    names = table["source"].tolist(), table["target"].tolist()
    x, y = (text_of[[choice.place[name] for name in side]] for side in names)
    spans = np.column_stack([local_spans(table, letters, side) for side in ("source", "target")])
    row, _, _ = find_blanks(layout, letters, texts, x, y, spans, names, MAX_GAP)
    return np.bincount(row, minlength=len(table))


def _members(a: Ints, b: Ints, listed: Ints, copies: Copies) -> tuple[Ints, Ints, Ints]:
    """Row of the passage and the two documents, for all documents that have the texts."""
    count = listed[a] * listed[b]
    row = np.repeat(np.arange(len(a)), count)
    serial = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    x = copies.member[copies.start[a][row] + serial // listed[b][row]]
    return row, x, copies.member[copies.start[b][row] + serial % listed[b][row]]


def _named_pairs(
    layout: Layout, a: Ints, b: Ints, copies: Copies, choice: PairChoice, enough: int
) -> tuple[Ints, Ints, Ints, tuple[Ints, Ints, Ints]]:
    """What `_members` and `_own_pairs` tell, of pairs of documents that are listed."""
    assert choice.listed is not None
    x, y = np.divmod(choice.listed, len(choice.place))
    text_of = _text_of(copies, len(choice.place))
    turned = text_of[x] > text_of[y]
    x, y = np.where(turned, y, x), np.where(turned, x, y)
    key = text_of[x] * len(copies.size) + text_of[y]
    order = np.argsort(key, kind="stable")
    x, y, key = x[order], y[order], key[order]
    begin = np.searchsorted(key, a * len(copies.size) + b)
    count = np.searchsorted(key, a * len(copies.size) + b, side="right") - begin
    row = np.repeat(np.arange(len(a)), count)
    at = np.arange(len(row)) - np.repeat(np.cumsum(count) - count - begin, count)
    same = np.flatnonzero(text_of[x] == text_of[y])
    text = text_of[x[same]]
    long = (layout.size[text] >= SEED_CHARS) & (_characters(layout)[text] >= enough)
    return row, x[at], y[at], (x[same[long]], y[same[long]], text[long])


def _text_of(copies: Copies, documents: int) -> Ints:
    text_of = np.full(documents, -1, dtype=np.int64)
    text_of[copies.member] = np.repeat(np.arange(len(copies.size)), copies.size)
    return text_of


def _characters(layout: Layout) -> Ints:
    """Characters of each text, masked names in full."""
    return in_characters(layout, layout.first + layout.size) - in_characters(layout, layout.first)


def _own_pairs(layout: Layout, copies: Copies, enough: int) -> tuple[Ints, Ints, Ints]:
    """Pairs of documents with one and the same text, and the text."""
    xs, ys, texts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    many = np.flatnonzero((copies.size > 1) & (layout.size >= SEED_CHARS) & (_characters(layout) >= enough))
    for at in many.tolist():
        group = copies.member[copies.start[at] : copies.start[at] + copies.size[at]]
        one, two = np.triu_indices(min(len(group), MAX_COPIES), 1)
        xs += [group[one], np.full(max(0, len(group) - MAX_COPIES), group[0])]
        ys += [group[two], group[MAX_COPIES:]]
        texts.append(np.full(len(xs[-2]) + len(xs[-1]), at))
    if len(over := np.flatnonzero(copies.size > MAX_COPIES)):
        logger.warning(
            "%d texts are those of more than %d documents each (%d documents in all): only the first %d of each are "
            "listed with other documents, the rest with the first of their kind, so that shares of the rest are too low. Leave copies out.",
            len(over), MAX_COPIES, int(copies.size[over].sum()), MAX_COPIES,
        )  # fmt: skip
    return np.concatenate(xs), np.concatenate(ys), np.concatenate(texts)


def _named(letters: dict[str, Letters], choice: PairChoice, x: Ints, y: Ints, spans: Ints) -> pd.DataFrame:
    """The table from documents and spans in letters."""
    orders = choice.orders
    source, target, kind = orders.order(x, y)
    turned = source != x
    spans[turned] = spans[turned][:, [2, 3, 0, 1, 4, 5, 6]]
    order = np.lexsort((spans[:, 3], spans[:, 2], spans[:, 1], spans[:, 0], target, source))
    source, target, kind, spans = source[order], target[order], kind[order], spans[order]
    size = np.zeros(len(orders.ids), dtype=np.int64)
    for name, one in letters.items():
        size[choice.place[name]] = len(one.codes)
    first = np.cumsum(size) - size
    sorted_letters = [letters[name] for name in orders.ids if name in letters]
    begins = np.concatenate([np.zeros(0, np.int64), *(one.begins for one in sorted_letters)])
    ends = np.concatenate([np.zeros(0, np.int64), *(one.ends for one in sorted_letters)])
    a_begin, a_end, b_begin, b_end, matched, lost, gaps = spans.T
    columns = {
        "source": orders.ids[source],
        "target": orders.ids[target],
        "source_begin": begins[first[source] + a_begin],
        "source_end": ends[first[source] + a_end - 1],
        "target_begin": begins[first[target] + b_begin],
        "target_end": ends[first[target] + b_end - 1],
        "n_chars": matched,
        "identity": 2 * matched / (2 * matched + lost),
        "order": np.array(orders.KINDS, dtype=object)[kind],
        "n_blanks": np.zeros(len(matched), dtype=np.int64),
        "n_edits": gaps,
    }
    return pd.DataFrame(columns).astype(dict.fromkeys(["source", "target", "order"], str))

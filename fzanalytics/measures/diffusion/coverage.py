"""Which paragraphs of a document are found again in which other documents, and which are not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_level, check_list, check_number
from fzanalytics.base.tables import require_columns
from fzanalytics.measures.characters import block_of
from fzanalytics.measures.inputs import compared_texts, read_ignore, require_corpus, require_passages, require_table
from fzanalytics.measures.reuse.alignment import counterparts
from fzanalytics.measures.reuse.letters import leave_out
from fzanalytics.measures.reuse.passages import SharedSpans, find_passages, order_of_documents
from fzanalytics.measures.reuse.reduced import text_characters
from fzanalytics.measures.sections import add_status, clause_resampling_interval
from fzanalytics.texts.corpus import Corpus

#: Fewest matched characters of a passage when coverage finds its own: clauses are short.
COVERAGE_MIN_CHARS = 12

_SPANS = ("source", "target", "source_begin", "source_end", "target_begin", "target_end")
_COLUMNS = (
    "source", "source_paragraph", "section", "target", "target_paragraph", "score", "n_matched", "hull_begin",
    "hull_end", "covered", "order",
)  # fmt: skip


def coverage_matrix(
    corpus: Corpus,
    source: str,
    *,
    passages: pd.DataFrame | None = None,
    threshold: float = 0.5,
    ignore: pd.DataFrame | Iterable[object] | None = None,
) -> pd.DataFrame:
    """Each paragraph of a source against each document that does not come before it.

    Parameters
    ----------
    corpus : Corpus
        The unit is the paragraph that carries its own number or responsibility bracket; the bracket itself is no
        part of what is compared (`compared_texts`).
    source : str
        doc_id of a held document.
    passages : DataFrame, optional
        From `find_passages`. If None they are found here, with `min_identity` = 0.7 and `min_chars` =
        `COVERAGE_MIN_CHARS`: 12 and not the 20 of measures of whole texts, since paragraphs are compared.
    threshold : float
        A paragraph is covered if its score is at least this, in (0, 1].
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        What is no text, neither shared nor to be shared: spans, such as those of `find_slogans`, or phrases.

    Returns
    -------
    DataFrame, one row for each paragraph of the source (in reading order) and each target (by doc_id)
        source, source_paragraph, section, target; target_paragraph: the paragraph of the target with the highest
        score (the first of several), NA if none shares anything; score in [0, 1]: text-carrying characters of the
        source's paragraph that lie in passages and have their counterpart in that paragraph (n_matched), over all
        of them, NaN if it has none; hull_begin, hull_end: from the first of those counterparts to the last, in
        characters, half-open, into the target's text: a hull, much of which may be unmatched; covered; order: see
        `order_of_documents`.
        Directional: a share *of the source's paragraph*. Targets are all held documents but those that come
        before the source (in time, "declared" or "earlier", or by rank, "superior"); where order is "unknown" nothing is known of the
        direction.

    Raises
    ------
    ValueError
        If `source` is not a held document, or `threshold` is out of its range.
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    A covered paragraph has a counterpart in the target; both may have it from a third document, and a formula of
    the genre covers a short paragraph by itself. A paragraph that the target spreads over two of its own counts
    with the larger part only. Show the curve over the threshold (`coverage_curve`) beside any one threshold.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> matrix = coverage_matrix(load_sample(), "hebei_province_2016")
    >>> sorted(matrix["target"].unique())[-1]
    'xiahe_county_2017'
    """
    check_source(corpus, source)
    check_threshold(threshold)
    targets = targets_of(corpus, source)
    ignore = read_ignore(ignore)
    if passages is None:
        passages = own_passages(corpus, source, targets, ignore)
    passages = require_passages(passages, compared_texts(corpus))
    spans, sides = SharedSpans(passages), read_paragraphs(corpus, [source, *targets], ignore)
    rows: list[tuple[object, ...]] = []
    for target, order in sorted(targets.items()):
        for match in match_paragraphs(sides[source], sides[target], spans):
            rows.append((source, *match[:2], target, *match[2:], match.score >= threshold, order))
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    return table.astype(
        {"score": float, "n_matched": "int64", "hull_begin": "Int64", "hull_end": "Int64", "covered": bool}
    )


def coverage_curve(
    matrix: pd.DataFrame,
    thresholds: Sequence[float] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Share of the source's paragraphs that each target covers, over the threshold.

    Parameters
    ----------
    matrix : DataFrame
        From `coverage_matrix`.
    thresholds : sequence of float
        Each in (0, 1].
    level : float
        Nominal coverage of the interval; see `clause_resampling_interval`; the blocks are the sections of the source.

    Returns
    -------
    DataFrame, one row for each target and threshold
        target, threshold; coverage in [0, 1]: paragraphs of the source whose score is at least the threshold over
        all of its paragraphs that carry text (a share of paragraphs, long and short alike; falls with the
        threshold); resampling_low, resampling_high: clause-resampling interval over the n_sections sections of the source;
        resampling_status: what it is worth, see `borrowing_share`; n_paragraphs; order.

    Examples
    --------
    >>> matrix = pd.DataFrame({"source": "s", "target": "t", "section": list("aabb"), "score": [1, 0.6, 0.2, 0],
    ...                        "order": "earlier"})
    >>> coverage_curve(matrix, [0.5, 0.9])[["threshold", "coverage", "n_paragraphs"]].values.tolist()
    [[0.5, 0.5, 4.0], [0.9, 0.25, 4.0]]
    """
    require_columns(require_table(matrix, name="matrix"), ("target", "section", "score", "order"), name="matrix")
    cuts = check_list(thresholds, name="thresholds", within="(0, 1]", remedy="Take 0.1 to 0.9.")
    check_level(level)
    rows = []
    known = matrix[matrix["score"].notna()]
    for (target, order), group in known.groupby(["target", "order"], sort=True):
        scores = group["score"].to_numpy(dtype=float)
        sections = np.array([block_of(section) for section in group["section"].fillna("").astype(str)], dtype=str)
        for threshold in cuts:
            triple = clause_resampling_interval(scores >= threshold, np.ones(len(scores)), sections, level=level)
            rows.append((target, threshold, *triple, len(np.unique(sections)), len(scores), order))
    columns = ["resampling_low", "resampling_high", "n_sections", "n_paragraphs", "order"]
    table = pd.DataFrame(rows, columns=["target", "threshold", "coverage", *columns])
    return add_status(table, "coverage")


def unmatched_paragraphs(
    corpus: Corpus,
    source: str,
    *,
    passages: pd.DataFrame | None = None,
    threshold: float = 0.5,
    ignore: pd.DataFrame | Iterable[object] | None = None,
) -> pd.DataFrame:
    """The paragraphs without a counterpart, both ways: only in the source, only in the target.

    Parameters
    ----------
    corpus, source, passages, threshold, ignore
        As for `coverage_matrix`.

    Returns
    -------
    DataFrame
        target; side: "only in source" (a paragraph of the source that no paragraph of the target covers) or "only in
        target" (a paragraph of the target that no paragraph of the source covers); doc_id and paragraph_id of the
        paragraph, section, text (with its bracket of those responsible, which is not compared); score in [0, 1), of
        the paragraph's own characters; order. By target, the source's side first, in reading order.

    Notes
    -----
    Only where order is "declared", so that the target names the source as its basis, may "only in source" be read as
    dropped and "only in target" as added. "earlier" says that the source is older, not that the target followed it;
    "superior" that it ranks above it, where dates do not decide; "unknown" not even that. Only "declared" and "earlier"
    are order in time. And a paragraph said in other words throughout is unmatched too: it is
    not shown that its content is missing.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = unmatched_paragraphs(load_sample(), "hebei_province_2016")
    >>> sorted(table["side"].unique())
    ['only in source', 'only in target']
    """
    check_source(corpus, source)
    check_threshold(threshold)
    targets = targets_of(corpus, source)
    ignore = read_ignore(ignore)
    if passages is None:
        passages = own_passages(corpus, source, targets, ignore)
    passages = require_passages(passages, compared_texts(corpus))
    spans, sides = SharedSpans(passages), read_paragraphs(corpus, [source, *targets], ignore)
    texts = dict(zip(corpus.paragraphs["paragraph_id"], corpus.paragraphs["text"], strict=True))
    rows = []
    for target, order in sorted(targets.items()):
        for side, doc_id, other in (("only in source", source, target), ("only in target", target, source)):
            for match in match_paragraphs(sides[doc_id], sides[other], spans):
                if match.score < threshold:
                    paragraph = match.paragraph
                    rows.append((target, side, doc_id, paragraph, match.section, texts[paragraph], match.score, order))
    columns = ["target", "side", "doc_id", "paragraph_id", "section", "text", "score", "order"]
    return pd.DataFrame(rows, columns=columns)


def check_source(corpus: Corpus, source: str) -> None:
    """Raise a ValueError unless it is a document held."""
    require_corpus(corpus)
    held = sorted(corpus.held["doc_id"].astype(str))
    if source in held:
        return
    if source in set(corpus.documents["doc_id"].astype(str)):
        raise ValueError(
            f"`source` must be a held document; {source!r} is not held, only named by others. Drop its text into "
            f"the corpus folder as {source}.txt and read the corpus again. Held are: {', '.join(held)}."
        )
    raise ValueError(f"`source` must be the doc_id of a held document; got {source!r}. Held are: {', '.join(held)}.")


def check_threshold(threshold: float) -> None:
    """Raise a ValueError unless it is above 0 and at most 1."""
    check_number(threshold, name="threshold", within="(0, 1]", remedy="Take 0.5.")


def targets_of(corpus: Corpus, source: str) -> dict[str, str]:
    """The held documents that do not come before the source, and the order of the pair."""
    order = order_of_documents(corpus.documents)
    after = order[order["source"] == source]
    open_ = order[(order["target"] == source) & (order["order"] == "unknown")]
    return {**dict(zip(after["target"], after["order"], strict=True)), **dict.fromkeys(open_["source"], "unknown")}


def own_passages(
    corpus: Corpus, source: str, targets: Iterable[str], ignore: pd.DataFrame | Iterable[object] | None
) -> pd.DataFrame:
    """The passages of a source and others that coverage finds for itself."""
    pairs = [(source, target) for target in targets]
    return find_passages(corpus, min_chars=COVERAGE_MIN_CHARS, pairs=pairs, ignore=ignore)


class Match(NamedTuple):
    """A paragraph and the best paragraph of the other document, NA if there is none; the hull lies in the latter."""

    paragraph: str
    section: str
    other: object
    score: float
    n_matched: int
    hull_begin: object
    hull_end: object


def match_paragraphs(here: Paragraphs, there: Paragraphs, spans: SharedSpans) -> list[Match]:
    """For each paragraph of one document its best match in another, in reading order.

    Parameters
    ----------
    here, there : Paragraphs
        From `read_paragraphs`.
    spans : SharedSpans
        The passages of the two.
    """
    shared = shared_counts(here, there, spans)
    best: dict[int, int] = {}
    for row, ((paragraph, _), count) in enumerate(zip(shared.links.tolist(), shared.counts.tolist(), strict=True)):
        if paragraph not in best or count > shared.counts[best[paragraph]]:
            best[paragraph] = row
    rows: list[Match] = []
    for number, (paragraph, section, size) in enumerate(zip(here.ids, here.sections, here.sizes, strict=True)):
        if number not in best:
            rows.append(Match(paragraph, section, pd.NA, 0.0 if size else float("nan"), 0, pd.NA, pd.NA))
            continue
        row = best[number]
        other, count, hull = int(shared.links[row, 1]), int(shared.counts[row]), shared.hulls[row].tolist()
        rows.append(Match(paragraph, section, there.ids[other], count / size, count, *hull))
    return rows


class SharedCounts(NamedTuple):
    """What the paragraphs of one document share with those of another, L pairs of paragraphs that share something.

    links : shape (L, 2), the numbers of the two paragraphs, sorted. counts : shape (L,), text-carrying characters of the
    first that lie in passages and have their counterpart in the second, each once. hulls : shape (L, 2), from the first of
    those counterparts to the last, half-open, into the text of the other document.
    """

    links: NDArray[np.int64]
    counts: NDArray[np.int64]
    hulls: NDArray[np.int64]


def shared_counts(here: Paragraphs, there: Paragraphs, spans: SharedSpans) -> SharedCounts:
    """How much of each paragraph of one document stands in each paragraph of another; see `match_paragraphs`."""
    x, y = _shared_characters(here.text, there.text, spans.pairs(here.doc_id, there.doc_id))
    p, q = here.number[x], there.number[y]
    inside = (p >= 0) & (q >= 0)
    x, y, link = x[inside], y[inside], p[inside] * len(there.ids) + q[inside]
    keys, rows = np.unique(link, return_inverse=True)
    once = np.unique(rows * len(here.text) + x)
    counts = np.bincount(once // max(len(here.text), 1), minlength=len(keys))
    hulls = np.column_stack([np.full(len(keys), len(there.text)), np.zeros(len(keys), dtype=np.int64)])
    np.minimum.at(hulls[:, 0], rows, y)
    np.maximum.at(hulls[:, 1], rows, y + 1)
    return SharedCounts(np.column_stack(np.divmod(keys, max(len(there.ids), 1))), counts, hulls)


class Paragraphs(NamedTuple):
    """The paragraphs of one document.

    text: as compared; ids, sections, sizes (characters that carry text): one a paragraph; number: that of the paragraph
    that each character lies in, else -1.
    """

    doc_id: str
    text: str
    ids: list[str]
    sections: list[str]
    sizes: list[int]
    number: NDArray[np.int64]


def read_paragraphs(
    corpus: Corpus, doc_ids: Iterable[str], ignore: pd.DataFrame | Iterable[object] | None = None
) -> dict[str, Paragraphs]:
    """The paragraphs of some documents held, as they are compared; `ignore` as in `coverage_matrix`."""
    documents, wanted = corpus.documents, set(doc_ids)
    texts = compared_texts(documents[documents["doc_id"].astype(str).isin(wanted)])
    if ignore is not None:
        texts = {key: text for key, text in leave_out(compared_texts(corpus), ignore).items() if key in wanted}
    groups = {str(key): part for key, part in corpus.paragraphs.groupby("doc_id", sort=False)}
    sides = {}
    for doc_id, text in texts.items():
        rows = groups.get(doc_id, corpus.paragraphs.iloc[:0]).sort_values(["begin", "end"])
        number = np.full(len(text), -1, dtype=np.int64)
        carries = np.r_[0, np.cumsum(text_characters(text))]
        sizes = []
        for at, (begin, end) in enumerate(zip(rows["begin"], rows["end"], strict=True)):
            number[int(begin) : int(end)] = at
            sizes.append(int(carries[int(end)] - carries[int(begin)]))
        ids, sections = rows["paragraph_id"].astype(str).tolist(), rows["section"].fillna("").astype(str).tolist()
        sides[doc_id] = Paragraphs(doc_id, text, ids, sections, sizes, number)
    return sides


def _shared_characters(
    source: str, target: str, passages: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places in source of the text-carrying characters inside passages, and of their counterparts in target."""
    x, y = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for begin, end, other_begin, other_end in passages.tolist():
        side, other = source[begin:end], target[other_begin:other_end]
        if text_characters(other).any():
            x.append(begin + np.flatnonzero(text_characters(side)))
            y.append(other_begin + counterparts(side, other))
    return np.concatenate(x), np.concatenate(y)

"""Text that stands in for the centre's: shared by independent provinces."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fzanalytics.measures.attribution.origins import MIN_WITNESSES, PairSpans
from fzanalytics.measures.characters import covered_spans
from fzanalytics.measures.reuse.reduced import text_characters

#: A stretch of the proxy has at least so many text-carrying characters: shorter ones are words, not text.
MIN_PROXY_CHARS = 12

Mask = NDArray[np.bool_]


def _province_masks(
    doc_id: str, n_chars: int, witnesses: Mapping[str, list[str]], spans: PairSpans
) -> NDArray[np.bool_]:
    """Which characters of a document each of the provinces shares; shape (provinces, n_chars)."""
    masks = [spans.mask(doc_id, n_chars, others) for others in witnesses.values()]
    return np.array(masks, dtype=bool).reshape(len(masks), n_chars)


def proxy_mask(
    doc_id: str, text: str, witnesses: Mapping[str, list[str]], spans: PairSpans, min_witnesses: int = MIN_WITNESSES
) -> Mask:
    """Which text-carrying characters are in a stretch that the same `min_witnesses` provinces share."""
    places = np.flatnonzero(text_characters(text))
    masks = _province_masks(doc_id, len(text), witnesses, spans)[:, places]
    starts = np.zeros(0, dtype=bool)
    if len(places) >= MIN_PROXY_CHARS:
        starts = _long_enough(masks).sum(axis=0) >= min_witnesses
    inside = np.zeros(len(places) + 1, dtype=np.int64)
    np.add.at(inside, np.flatnonzero(starts), 1)
    np.add.at(inside, np.flatnonzero(starts) + MIN_PROXY_CHARS, -1)
    proxy = np.zeros(len(text), dtype=bool)
    proxy[places[np.cumsum(inside[:-1]) > 0]] = True
    return proxy


def _long_enough(masks: Mask) -> Mask:
    """Where a run of `MIN_PROXY_CHARS` begins, in each row."""
    length = 1
    while length < MIN_PROXY_CHARS:
        step = min(length, MIN_PROXY_CHARS - length)
        masks = masks[:, :-step] & masks[:, step:]
        length += step
    return masks


def proxy_rows(
    doc_id: str, text: str, compared: str, witnesses: Mapping[str, list[str]], spans: PairSpans,
    min_witnesses: int = MIN_WITNESSES,
) -> list[tuple[object, ...]]:  # fmt: skip
    """The stretches of the proxy; `text` is shown, `compared` is what counts."""
    if len(witnesses) < min_witnesses:
        return []
    places = np.flatnonzero(text_characters(compared))
    counts = _province_masks(doc_id, len(text), witnesses, spans)[:, places].sum(axis=0)
    documents = sorted(other for others in witnesses.values() for other in others)
    shares = {other: spans.mask(doc_id, len(text), [other])[places] for other in documents}
    rows: list[tuple[object, ...]] = []
    for first, last in covered_spans(proxy_mask(doc_id, compared, witnesses, spans, min_witnesses)[places]):
        begin, end = int(places[first]), int(places[last - 1]) + 1
        names = ";".join(other for other in documents if shares[other][first:last].any())
        rows.append((doc_id, begin, end, text[begin:end], int(np.min(counts[first:last])), names))
    return rows

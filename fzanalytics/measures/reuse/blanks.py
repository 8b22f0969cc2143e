"""What was written into the blanks of a passage: names of one class that differ between its two sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from fzanalytics.features.masks import NAME_CLASSES, NameClass, check_classes
from fzanalytics.measures.inputs import compared_texts, require_corpus, require_passages
from fzanalytics.measures.reuse.letters import MASK_BASE, Layout, Letters, equal_lengths, lay_out, read_masked
from fzanalytics.measures.reuse.reduced import Ints, reduce_text
from fzanalytics.measures.reuse.seeds import follow
from fzanalytics.texts.corpus import Corpus

_SPANS = ("source", "target", "source_begin", "source_end", "target_begin", "target_end")
_COLUMNS = (
    "passage", "source", "target", "kind", "source_begin", "source_end", "target_begin", "target_end", "source_text",
    "target_text",
)  # fmt: skip


def passage_blanks(passages: pd.DataFrame, corpus: Corpus, *, mask: Iterable[NameClass] = NAME_CLASSES) -> pd.DataFrame:
    """Every place at which a passage has a name of the same class on both sides, but not the same name.

    Parameters
    ----------
    passages : DataFrame, P rows
        From `find_passages`.
    corpus : Corpus
        The same.
    mask : of "place", "agency", "number" and "date"
        The same as was given to `find_passages`, or its blanks are not found again.

    Returns
    -------
    DataFrame, one row a blank
        passage: index of the row of `passages`; source, target; kind: "place", "agency", "number" or "date";
        source_begin, source_end, target_begin, target_end: where the two names stand, in characters, half-open, into
        the clean texts; source_text, target_text: what is written there. In order of `passages`, then of places in
        the source. As many rows a passage as its n_blanks.

    Raises
    ------
    ValueError
        If a column is missing, `mask` holds anything else, or a passage is of a document that is not held.

    Notes
    -----
    Names are found by rules (`class_spans`), and a name that these miss on one side is no blank but an edit. The two
    sides are laid against each other from their first characters on (`align_pair`, rule 3, to the right).

    Examples
    --------
    >>> from fzanalytics.base.tables import empty_table
    >>> text = "{}要在{}前完成改革任务，全面推进依法行政，加快建设法治政府。"
    >>> texts = [text.format("河北省", "2017年"), text.format("甘肃省", "2018年6月")]
    >>> documents = pd.DataFrame({"doc_id": ["a", "b"], "text": texts, "held": True})
    >>> corpus = Corpus(documents, empty_table("clauses"), empty_table("paragraphs"))
    >>> passages = pd.DataFrame([("a", "b", 0, 35, 0, 37)], columns=list(_SPANS))
    >>> passage_blanks(passages, corpus)[["kind", "source_text", "target_text"]].values.tolist()
    [['place', '河北省', '甘肃省'], ['date', '2017年', '2018年6月']]
    """
    classes = check_classes(mask, name="mask")
    texts = compared_texts(require_corpus(corpus))
    passages = require_passages(passages, texts, all_known=True)
    ids = passages[["source", "target"]].astype(str)
    named = sorted(set(ids["source"]) | set(ids["target"]))
    letters = {name: read_masked(texts[name], classes) for name in named}
    layout = lay_out(letters)
    place = {name: at for at, name in enumerate(layout.ids)}
    docs = {side: np.array([place[name] for name in ids[side]], dtype=np.int64) for side in ("source", "target")}
    spans = np.column_stack([local_spans(passages, letters, side) for side in ("source", "target")])
    row, a, b = find_blanks(layout, letters, texts, docs["source"], docs["target"], spans)
    return _blank_table(passages, texts, letters, layout, row, a, b)


def local_spans(passages: pd.DataFrame, letters: Mapping[str, Letters], side: str) -> Ints:
    """First letter and end of each passage in one of its documents."""
    result = np.zeros((len(passages), 2), dtype=np.int64)
    begins, ends = (passages[f"{side}_{edge}"].to_numpy(dtype=np.int64) for edge in ("begin", "end"))
    names = passages[side].astype(str).to_numpy()
    for name in np.unique(names):
        rows = np.flatnonzero(names == name)
        result[rows, 0] = np.searchsorted(letters[name].ends, begins[rows], side="right")
        result[rows, 1] = np.searchsorted(letters[name].begins, ends[rows], side="left")
    return result


def find_blanks(
    layout: Layout, letters: Mapping[str, Letters], texts: Mapping[str, str], x: Ints, y: Ints, spans: Ints,
    names: tuple[list[str], list[str]] | None = None, max_gap: int = 20,
) -> tuple[Ints, Ints, Ints]:  # fmt: skip
    """Rows of passages and places (in the letters of their documents) of names that differ.

    Parameters
    ----------
    layout, letters, texts
    x, y : ndarray of int, shape (P,)
        Texts of the layout.
    spans : ndarray of int, shape (P, 4)
        First letter and end in x, then in y.
    names : (list of str, list of str), optional
        The documents, where several have one text of the layout.
    """
    a, b = layout.first[x] + spans[:, 0], layout.first[y] + spans[:, 2]
    end_a, end_b = layout.first[x] + spans[:, 1], layout.first[y] + spans[:, 3]
    turned = a > b  # the text that comes first in the layout is taken first, as ever
    row, at_a, at_b = _matched_names(
        layout, np.where(turned, b, a), np.where(turned, a, b), np.where(turned, end_b, end_a),
        np.where(turned, end_a, end_b), max_gap,
    )  # fmt: skip
    at_a, at_b = np.where(turned[row], at_b, at_a), np.where(turned[row], at_a, at_b)
    at_a, at_b = at_a - layout.first[x[row]], at_b - layout.first[y[row]]
    ids_x, ids_y = names or ([layout.ids[at] for at in x.tolist()], [layout.ids[at] for at in y.tolist()])
    written = _names_as_numbers(letters, texts, {*ids_x, *ids_y})
    differ = [
        written[ids_x[k]][i] != written[ids_y[k]][j]
        for k, i, j in zip(row.tolist(), at_a.tolist(), at_b.tolist(), strict=True)
    ]
    keep = np.array(differ, dtype=bool)
    order = np.lexsort((at_a[keep], row[keep]))
    return row[keep][order], at_a[keep][order], at_b[keep][order]


def _names_as_numbers(
    letters: Mapping[str, Letters], texts: Mapping[str, str], ids: Iterable[str]
) -> dict[str, dict[int, int]]:
    """Of each document and place of a masked name a number, equal if what is written there is, but for its width and case."""
    numbers: dict[str, int] = {}
    found = {}
    for name in ids:
        one = letters[name]
        reduced = reduce_text(texts[name])[0].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        first = np.cumsum(one.sizes) - one.sizes
        places = np.flatnonzero(one.codes >= MASK_BASE)
        found[name] = {
            at: numbers.setdefault(reduced[begin : begin + size], len(numbers))
            for at, begin, size in zip(places.tolist(), first[places].tolist(), one.sizes[places].tolist(), strict=True)
        }
    return found


def _matched_names(layout: Layout, a: Ints, b: Ints, end_a: Ints, end_b: Ints, max_gap: int) -> tuple[Ints, Ints, Ints]:
    """Pairs of masked names in the runs of passages: row, places in both texts."""
    side = layout.ahead
    masked = np.r_[0, np.cumsum(side.codes >= layout.masked)]
    places = np.flatnonzero(side.codes >= layout.masked)
    parts = []
    rows = np.flatnonzero(masked[end_a] > masked[a])
    x, y = a[rows], b[rows]
    n = equal_lengths(side.codes, x, y)
    paths, at = follow(layout, x + n, y + n, max_gap)
    while len(rows):
        n = np.minimum(n, np.minimum(end_a[rows] - x, end_b[rows] - y))
        n = np.maximum(n, 0)
        count = masked[x + n] - masked[x]
        which = np.repeat(np.arange(len(rows)), count)
        serial = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
        here = places[masked[x][which] + serial]
        parts.append((rows[which], here, here - x[which] + y[which]))
        live = (paths.link[at] >= 0) & (x + n < end_a[rows]) & (y + n < end_b[rows])
        rows, at = rows[live], at[live]
        x, y, n = paths.a[at] + paths.gap_a[at], paths.b[at] + paths.gap_b[at], paths.n[at]
        inside = (x < end_a[rows]) & (y < end_b[rows])
        rows, x, y, n, at = rows[inside], x[inside], y[inside], n[inside], paths.link[at[inside]]
    if not parts:
        return (np.zeros(0, dtype=np.int64),) * 3
    row, here, there = (np.concatenate(column) for column in zip(*parts, strict=True))
    return row, here, there


def _blank_table(
    passages: pd.DataFrame, texts: Mapping[str, str], letters: Mapping[str, Letters], layout: Layout, row: Ints,
    a: Ints, b: Ints,
) -> pd.DataFrame:  # fmt: skip
    sides = [passages[side].astype(str).to_numpy()[row].tolist() for side in ("source", "target")]
    labels = passages.index.to_numpy()[row].tolist()
    rows = []
    for label, source, target, i, j in zip(labels, *sides, a.tolist(), b.tolist(), strict=True):
        one, other = letters[source], letters[target]
        spans = (int(one.begins[i]), int(one.ends[i]), int(other.begins[j]), int(other.ends[j]))
        kind = NAME_CLASSES[int(one.codes[i]) - MASK_BASE]
        rows.append(
            (label, source, target, kind, *spans, texts[source][slice(*spans[:2])], texts[target][slice(*spans[2:])])
        )
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    whole = ["source_begin", "source_end", "target_begin", "target_end"]
    return table.astype({**dict.fromkeys(whole, "int64"), **dict.fromkeys(["kind", "source_text", "target_text"], str)})

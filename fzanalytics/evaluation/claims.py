"""How much a finder of passages claims where nothing was copied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_number
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.base.tables import require_columns
from fzanalytics.evaluation.equal import NATURAL_CHARS, SPANS, carries_text, drop_sentences, equal_runs
from fzanalytics.features.tokens import tokenize

Ints = NDArray[np.int64]


def genre_texts(texts: Mapping[str, str], *, n_chars: int = NATURAL_CHARS) -> dict[str, str]:
    """Documents without the sentences that any two of them have in common: what is left is the genre.

    Parameters
    ----------
    texts : mapping of doc_id to str
    n_chars : int
        A sentence is dropped if it touches a run of so many characters that another document has too.

    Returns
    -------
    dict of doc_id to str
        Real text with the words and the style of the genre, of which no two have a run of `n_chars` equal characters within
        a sentence in common.

    Examples
    --------
    >>> genre_texts({"a": "各位代表：全市经济平稳增长。谢谢大家。", "b": "粮食丰收。全市经济平稳增长。"}, n_chars=6)
    {'a': '谢谢大家。', 'b': '粮食丰收。'}
    """
    runs = equal_runs(texts, texts, n_chars=n_chars)
    columns = ["doc_id", "begin", "end"]
    sides = [runs[[side, f"{side}_begin", f"{side}_end"]].set_axis(columns, axis=1) for side in ("source", "target")]
    return drop_sentences(texts, pd.concat(sides))[0]


def false_claims(
    found: pd.DataFrame,
    documents: pd.DataFrame | Mapping[str, str],
    *,
    pairs: Iterable[tuple[str, str]] | None = None,
    equal_chars: int = 20,
) -> pd.DataFrame:
    """What is claimed between documents that have nothing but their genre in common.

    Parameters
    ----------
    found : DataFrame, P rows
        As in `score_passages`.
    documents : DataFrame, D rows, or mapping of doc_id to text
        doc_id, text: documents that have nothing but their genre in common; see `genre_texts`.
    pairs : iterable of (doc_id, doc_id), optional
        The pairs that were searched; without it each with each.
    equal_chars : int
        A run of so many equal characters is a fact, whoever wrote it first, and no false claim.

    Returns
    -------
    DataFrame, one row a pair
        a, b (a < b), n_chars (characters of both documents), n_claimed (those inside a passage of the pair), n_equal
        (those of them in an equal run of at least `equal_chars`), n_false = n_claimed - n_equal, and
        per_thousand = 1000 * n_false / n_chars, in [0, 1000], 0 is best. Only characters that carry text count.
        The rate of a corpus is 1000 * sum of n_false / sum of n_chars.

    Raises
    ------
    ValueError
        If a column is missing, a document is not in the table, or a passage leaves its text.

    Notes
    -----
    Real documents of one genre do share text: formulas, slogans, whole sentences of a common superior. An aligner that
    reports a run of 20 equal characters is right, and what to make of it is another question (see n_equal). False in
    the sense of this function is all the rest: what was stitched together from shorter pieces, and the edges of
    passages that were drawn too far. On documents as they are, most of that is formula with a word changed, which is
    shared text as well: the rate is an upper bound and says little. So give `genre_texts`, which share no run of 12
    characters; `shuffled_texts`, where all order is gone, give a lower bound.

    Examples
    --------
    >>> texts = {"a": "全市经济稳定增长，人民生活改善。", "b": "全市经济保持增长，农民生活改善。"}
    >>> found = pd.DataFrame([("a", "b", 0, 15, 0, 15)], columns=list(SPANS))
    >>> false_claims(found, texts).values.tolist()
    [['a', 'b', 28, 28, 0, 28, 1000.0]]
    >>> false_claims(found, texts, equal_chars=4)[["n_claimed", "n_equal", "n_false"]].values.tolist()
    [[28, 18, 10]]
    """
    check_number(equal_chars, name="equal_chars", within="[1, inf)", whole=True, remedy="Take 20.")
    require_columns(found, SPANS, name="found")
    if isinstance(documents, pd.DataFrame):
        require_columns(documents, ["doc_id", "text"], name="documents")
        documents = dict(zip(documents["doc_id"].astype(str), documents["text"].astype(str), strict=True))
    check_spans(found, documents, "found")
    counted = {doc_id: carries_text(text) for doc_id, text in documents.items()}
    ids = sorted(documents)
    if pairs is None:
        wanted = [(a, b) for place, a in enumerate(ids) for b in ids[place + 1 :]]
    else:
        wanted = sorted({(min(pair), max(pair)) for pair in pairs})
    claimed = _by_pair(found)
    equal = _by_pair(equal_runs(documents, documents, n_chars=equal_chars))
    rows = []
    for a, b in wanted:
        n_chars = int(counted[a].sum() + counted[b].sum())
        n_claimed = n_equal = 0
        for doc_id, place in ((a, 0), (b, 2)):
            inside = _painted(len(counted[doc_id]), claimed.get((a, b)), place) & counted[doc_id]
            n_claimed += int(inside.sum())
            n_equal += int((inside & _painted(len(inside), equal.get((a, b)), place)).sum())
        n_false = n_claimed - n_equal
        rows.append((a, b, n_chars, n_claimed, n_equal, n_false, 1000 * n_false / n_chars if n_chars else np.nan))
    return pd.DataFrame(rows, columns=["a", "b", "n_chars", "n_claimed", "n_equal", "n_false", "per_thousand"])


def shuffled_texts(texts: Mapping[str, str], *, random_state: RandomState = 0) -> dict[str, str]:
    """Texts with their words in another order: the words of the genre, and nothing else that could be shared.

    Parameters
    ----------
    texts : mapping of doc_id to str
    random_state : int, Generator or None

    Returns
    -------
    dict of doc_id to str
        Each text as long as before, its words (jieba) drawn in a random order; marks of punctuation and white space stay
        where they are in the sequence.

    Examples
    --------
    >>> shuffled = shuffled_texts({"a": "全面推进依法行政，加强监督。"})["a"]
    >>> sorted(shuffled) == sorted("全面推进依法行政，加强监督。"), len(shuffled)
    (True, 14)
    """
    shuffled = {}
    for doc_id in sorted(texts):
        rng = make_generator(random_state, "shuffled_texts", doc_id)
        words = [token.text for token in tokenize(texts[doc_id])]
        places = [place for place, word in enumerate(words) if any(map(str.isalnum, word))]
        moved = [words[place] for place in rng.permutation(places).tolist()]
        for place, word in zip(places, moved, strict=True):
            words[place] = word
        shuffled[doc_id] = "".join(words)
    return shuffled


def check_spans(table: pd.DataFrame, texts: Mapping[str, str], name: str) -> None:
    """Raise a ValueError that names all faults of a table of passages at once."""
    faults = []
    for side in ("source", "target"):
        lengths = table[side].astype(str).map({doc_id: len(text) for doc_id, text in texts.items()})
        if lengths.isna().any():
            strangers = sorted(set(table.loc[lengths.isna(), side].astype(str)))[:3]
            faults.append(f"{side} not among the documents: {', '.join(strangers)}")
        begins, ends = table[f"{side}_begin"].astype("int64"), table[f"{side}_end"].astype("int64")
        outside = (begins < 0) | (begins >= ends) | (ends > lengths.astype(float))
        if outside.any():
            faults.append(f"{int(outside.sum())} {side} spans empty or outside the text")
    if faults:
        raise ValueError(
            f"`{name}` must hold stretches of the documents; got {'; '.join(faults)}. "
            "Give the documents that the passages were found in."
        )


def _by_pair(table: pd.DataFrame) -> dict[tuple[str, str], Ints]:
    """Spans by pair (a, b) with a < b: rows begin, end in a, begin, end in b."""
    parts: dict[tuple[str, str], list[Ints]] = defaultdict(list)
    for (source, target), group in table.groupby(["source", "target"], sort=False):
        spans = group[list(SPANS[2:])].to_numpy(dtype=np.int64)
        key, turned = ((source, target), spans) if source <= target else ((target, source), spans[:, [2, 3, 0, 1]])
        parts[str(key[0]), str(key[1])].append(turned)
    return {key: np.concatenate(spans) for key, spans in parts.items()}


def _painted(length: int, spans: Ints | None, place: int) -> NDArray[np.bool_]:
    """Which characters lie inside a span; begins in column `place`, ends in the next."""
    steps = np.zeros(length + 1, dtype=np.int64)
    if spans is not None:
        np.add.at(steps, spans[:, place], 1)
        np.add.at(steps, spans[:, place + 1], -1)
    return np.cumsum(steps[:-1]) > 0

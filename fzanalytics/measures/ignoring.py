"""A corpus without its slogans or other boilerplate: blank in every text, and without what is mentioned there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from fzanalytics.measures.inputs import read_ignore, require_corpus
from fzanalytics.measures.reuse.letters import leave_out
from fzanalytics.texts.corpus import Corpus


def without_ignored(corpus: Corpus, ignore: pd.DataFrame | Iterable[object] | None) -> Corpus:
    """The corpus as if what is to be ignored were blank, so that any measure can be taken without it.

    Parameters
    ----------
    corpus : Corpus
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        What is no text, as in `find_passages`: spans, such as those of `find_slogans`, or phrases, which are left out wherever
        they stand, whatever their punctuation.

    Returns
    -------
    Corpus
        Blank there in the texts of documents, paragraphs and clauses, whose places stay; mentions that lie there, even in
        part, are left out. The same corpus if nothing is to be ignored. Measures that count characters with the white space
        among them count the blanks too.

    Raises
    ------
    TypeError
        If `corpus` is no Corpus, or `ignore` nothing of the kind.
    ValueError
        If `ignore` has a span that is not in its text, or a phrase without text.

    Examples
    --------
    >>> from fzanalytics import read_corpus
    >>> corpus = read_corpus(pd.DataFrame({"doc_id": ["a"], "text": ["一、依法行政\\n各部门应当依法行政，公开信息。"]}))
    >>> without_ignored(corpus, "依法行政").documents["text"].item()
    '一、    \\n各部门应当    ，公开信息。'
    """
    ignore = read_ignore(ignore)
    if ignore is None:
        return require_corpus(corpus)
    held = require_corpus(corpus).held
    whole = dict(zip(held["doc_id"].astype(str), held["text"].astype(str), strict=True))
    texts = leave_out(whole, ignore)
    documents = corpus.documents.copy()
    documents["text"] = [
        texts.get(str(doc_id), text) for doc_id, text in zip(documents["doc_id"], documents["text"], strict=True)
    ]
    return replace(
        corpus,
        documents=documents,
        paragraphs=_cut_again(corpus.paragraphs, whole, texts),
        clauses=_cut_again(corpus.clauses, whole, texts),
        mentions=_mentions_left(corpus.mentions, whole, texts),
    )


def ignored_of(
    corpus: Corpus, ignore: pd.DataFrame | Iterable[object] | None, doc_ids: Iterable[str]
) -> pd.DataFrame | list[object] | None:
    """What is to be ignored in some documents of a corpus: all phrases, and the spans of these.

    Spans of documents that the corpus does not hold stay too, so that whoever takes them says so.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> spans = [("xiahe_county_2017", 0, 2), ("qingyuan_city_2017", 0, 2), ("?", 0, 2), "依法行政"]
    >>> ignored_of(load_sample(), spans, ["qingyuan_city_2017"])
    [('qingyuan_city_2017', 0, 2), ('?', 0, 2), '依法行政']
    """
    ignore = read_ignore(ignore)
    if ignore is None:
        return None
    others = set(corpus.held["doc_id"].astype(str)) - set(doc_ids)
    if isinstance(ignore, pd.DataFrame):
        return ignore[~ignore["doc_id"].astype(str).isin(others)] if "doc_id" in ignore else ignore
    return [
        one for one in ignore if isinstance(one, str) or not isinstance(one, tuple | list) or str(one[0]) not in others
    ]


def _cut_again(table: pd.DataFrame, whole: dict[str, str], texts: dict[str, str]) -> pd.DataFrame:
    """Paragraphs or clauses with their own text cut from the new texts; of a clause it begins behind the number."""
    cut = []
    for doc_id, begin, text in zip(table["doc_id"].astype(str), table["begin"], table["text"], strict=True):
        at = whole[doc_id].find(str(text), int(begin)) if doc_id in whole else -1
        cut.append(text if at < 0 else texts[doc_id][at : at + len(text)])
    return table.assign(text=pd.Series(cut, index=table.index, dtype=table["text"].dtype))


def _mentions_left(mentions: pd.DataFrame, whole: dict[str, str], texts: dict[str, str]) -> pd.DataFrame:
    kept = [
        str(doc_id) not in whole
        or whole[str(doc_id)][int(begin) : int(end)] == texts[str(doc_id)][int(begin) : int(end)]
        for doc_id, begin, end in zip(mentions["doc_id"], mentions["begin"], mentions["end"], strict=True)
    ]
    return mentions[np.array(kept, dtype=bool)]

"""With which of the documents held a text shares most."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from fzanalytics.base.options import check_number
from fzanalytics.measures.inputs import compared_texts, read_ignore, require_corpus
from fzanalytics.measures.reuse.letters import leave_out
from fzanalytics.measures.reuse.passages import DocumentFacts, is_above
from fzanalytics.measures.reuse.reduced import Grams, number_grams, reduce_text
from fzanalytics.texts.corpus import Corpus, read_corpus

#: Two texts share a stretch of so many characters, or they do not. Short enough to see edited copies.
GRAM_CHARS = 4
_CITED = re.compile(r"《[^《》\n]{1,120}(?:《[^《》\n]{1,120}》[^《》\n]{0,60})?》")
_COLUMNS = ("source", "title", "level", "region", "relation", "order", "score", "shared", "n_shared")
_TEXT_ID = "\0text"


def find_sources(
    corpus: Corpus,
    *,
    doc_id: str | None = None,
    text: str | None = None,
    top: int | None = 10,
    mask_titles: bool = True,
    ignore: pd.DataFrame | Iterable[object] | None = None,
) -> pd.DataFrame:
    """The documents that a text shares most with, of those that may have come before it.

    Parameters
    ----------
    corpus : Corpus
        D documents, of which the held ones are candidates.
    doc_id : str, optional
        A document of the corpus; those that are surely younger (target.latest < source.earliest), and it itself, are
        no candidates.
    text : str, optional
        A text that is not in the corpus; its place and date are read from its own head, as `read_corpus` does.
        Give either `doc_id` or `text`.
    top : int, optional
        So many rows at most; None for all candidates.
    mask_titles : bool
        Leave out what stands in 《》, and the documents' own titles, so that it is the text that decides and not the
        names of documents.
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        Boilerplate that is no text, as if it were blank, in the target and in the sources; phrases wherever they stand,
        whatever their punctuation. Spans are of documents held, as those of `find_boilerplate` or `find_slogans`.

    Returns
    -------
    DataFrame
        source, title, level, region; relation: "superior" (its jurisdiction is in the line of command above the
        target's), "subordinate", "same" or "other", missing where a region is; order: see `order_of_documents`;
        "unknown" where neither dates nor levels put the source first; score, shared in [0, 1], n_shared. Sorted by score, then shared, both falling.

        - shared: share of the target's distinct runs of four characters that are in the source;
        - score: the same for a superior; for every other source, only runs count that no superior among the
          candidates holds. What two neighbours have from the same superior is no evidence that one copied the
          other. It is an excess over that superior only, and over no ancestor that is not held.
        - n_shared: the count behind shared.

    Raises
    ------
    TypeError
        If `corpus` is no Corpus, or `ignore` is nothing of the kind.
    ValueError
        If not exactly one of `doc_id` and `text` is given, the document is not held, the text is empty, `top` is no
        whole number of at least 1, or `ignore` has a span that is not in its text, or a phrase without text.

    Notes
    -----
    Linear in the length of the corpus. Rank is no proof: the source itself may not be held, and a formula of the
    genre counts like any other words unless it is ignored. Where no region is known, or no superior is held, score
    equals shared. Directional: the length of the source does not count against it, unlike with a cosine.

    Examples
    --------
    >>> import fzanalytics as fz
    >>> corpus = fz.load_sample()
    >>> found = find_sources(corpus, doc_id="shijiazhuang_city_2016", top=2)
    >>> found[["source", "relation", "order"]].values.tolist()[0]
    ['hebei_province_2016', 'superior', 'declared']
    """
    corpus = require_corpus(corpus)
    if (doc_id is None) == (text is None):
        raise ValueError(
            "`doc_id` or `text` must be given, and not both. Name a document of the corpus, or give a text."
        )
    check_number(top, name="top", within="[1, inf)", whole=True, optional=True, remedy="Take 10, or None for all.")
    documents = corpus.documents
    if text is not None:
        documents, doc_id = _with_text(documents, text), _TEXT_ID
    held = set(documents.loc[documents["held"].astype(bool), "doc_id"].astype(str))
    if doc_id not in held:
        raise ValueError(f"`doc_id` must be a document that is held; got {doc_id!r}. Held are: {_some(held)}.")
    facts = DocumentFacts(documents)
    candidates = [one for one in facts.ids if one in held and one != doc_id and not facts.before(str(doc_id), one)]
    grams = document_grams(documents, mask_titles=mask_titles, ignore=ignore)
    found = rank_sources(str(doc_id), candidates, grams, facts.region)
    table = found.merge(
        documents[["doc_id", "title", "level", "region"]].rename(columns={"doc_id": "source"}), on="source", how="left"
    )
    known = [facts.order(one, str(doc_id)) for one in table["source"]]
    table["order"] = [
        order if first == one else "unknown" for (first, _, order), one in zip(known, table["source"], strict=True)
    ]
    return table.loc[:, list(_COLUMNS)].head(len(table) if top is None else top)


def _with_text(documents: pd.DataFrame, text: str) -> pd.DataFrame:
    """The documents with one more, read from a text that is not among them."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"`text` must be a text that is not empty; got {text!r}.")
    own = read_corpus(pd.DataFrame({"text": [text]})).held.head(1).assign(doc_id=_TEXT_ID, parent_ids=pd.NA)
    columns = {column: pd.concat([documents[column], own[column]], ignore_index=True) for column in documents.columns}
    return pd.DataFrame(columns)


def _some(ids: set[str]) -> str:
    return ", ".join(sorted(ids)[:8]) + (", ..." if len(ids) > 8 else "")


def document_grams(
    documents: pd.DataFrame, *, mask_titles: bool = True, ignore: pd.DataFrame | Iterable[object] | None = None
) -> dict[str, Grams]:
    """The distinct runs of four characters of each document held, as sorted numbers.

    Parameters
    ----------
    documents : DataFrame, D rows
    mask_titles : bool
        Leave out what stands in 《》 and the document's own title.
    ignore : optional
        What is no text, as in `find_passages`.

    Returns
    -------
    dict of doc_id to ndarray of uint64
        Rising. The same run has the same number in every document. Runs do not cross what is masked, punctuation
        and spaces do not count, nor does what is ignored: runs cross it, as they cross a space.

    Examples
    --------
    >>> table = pd.DataFrame({"doc_id": ["a"], "title": ["通知"], "text": ["依法行政，依法行政"], "held": [True]})
    >>> len(document_grams(table)["a"])
    4
    """
    titles = {str(key): value for key, value in zip(documents["doc_id"], documents["title"], strict=True)}
    grams = {}
    texts = compared_texts(documents)
    for doc_id, text in leave_out(texts, read_ignore(ignore)).items():
        spans = _unmasked(texts[doc_id], titles[doc_id]) if mask_titles else [(0, len(text))]
        pieces = [text[begin:end] for begin, end in spans]
        grams[doc_id] = np.unique(np.concatenate([number_grams(reduce_text(piece)[0], GRAM_CHARS) for piece in pieces]))
    return grams


def masked_pieces(text: str, title: object = None) -> list[str]:
    """What is left of a text between the documents named in 《》 and the first place of its own title.

    Examples
    --------
    >>> masked_pieces("条例 根据《立法法》制定条例", "条例")
    ['', ' 根据', '制定条例']
    """
    return [text[begin:end] for begin, end in _unmasked(text, title)]


def _unmasked(text: str, title: object) -> list[tuple[int, int]]:
    """Where these pieces stand."""
    at = text.find(title) if isinstance(title, str) and title else -1
    size = len(title) if isinstance(title, str) and at >= 0 else 0
    marked = f"{text[:at]}《0》{text[at + size :]}" if size else text
    edges = [0, *(edge for found in _CITED.finditer(marked) for edge in found.span()), len(marked)]
    edges = [edge + size - 3 if size and edge > at else edge for edge in edges]
    return list(zip(edges[::2], edges[1::2], strict=True))


def rank_sources(
    target: str, candidates: list[str], grams: Mapping[str, Grams], regions: Mapping[str, str | None]
) -> pd.DataFrame:
    """Candidates by how much of a target they hold that no superior among them does.

    Parameters
    ----------
    target : str
    candidates : list of str
    grams : mapping of doc_id to ndarray
        As `document_grams` gives them.
    regions : mapping of doc_id to str or None
        Jurisdictions as paths, "全国" above all.

    Returns
    -------
    DataFrame
        source, relation, score, shared, n_shared; see `find_sources`.
    """
    own = grams[target]
    here = {one: np.isin(own, grams[one], assume_unique=True) for one in candidates}
    explained = np.zeros(len(own), dtype=bool)
    for one in candidates:
        if is_above(regions[one], regions[target]):
            explained |= here[one]
    rows = []
    for one in candidates:
        relation = _relation(regions[one], regions[target])
        counted = here[one] if relation is not pd.NA and relation == "superior" else here[one] & ~explained
        n = max(len(own), 1)
        rows.append((one, relation, counted.sum() / n, here[one].sum() / n, int(here[one].sum())))
    table = pd.DataFrame(rows, columns=["source", "relation", "score", "shared", "n_shared"])
    return table.sort_values(["score", "shared", "source"], ascending=[False, False, True], ignore_index=True)


def _relation(source: str | None, target: str | None) -> object:
    if source is None or target is None:
        return pd.NA
    if source == target:
        return "same"
    return "superior" if is_above(source, target) else "subordinate" if is_above(target, source) else "other"

"""What a later text keeps, changes, drops and adds against earlier ones, by clause and in its vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.numbering import read_marker
from fzanalytics.base.options import check_number
from fzanalytics.base.tables import require_columns
from fzanalytics.features.matrices import counts_of_terms, weigh_tfidf
from fzanalytics.features.tokens import PolicyAnalyzer
from fzanalytics.features.words import Words
from fzanalytics.measures.diffusion.coverage import COVERAGE_MIN_CHARS, Paragraphs, match_paragraphs, read_paragraphs
from fzanalytics.measures.ignoring import ignored_of
from fzanalytics.measures.inputs import compared_texts, require_corpus, require_table
from fzanalytics.measures.reuse.letters import leave_out
from fzanalytics.measures.reuse.order import DocumentFacts, split_ids
from fzanalytics.measures.reuse.passages import find_passages
from fzanalytics.measures.reuse.reduced import reduce_text
from fzanalytics.measures.reuse.shares import SharedSpans
from fzanalytics.measures.vocabulary.new_terms import new_terms
from fzanalytics.texts.corpus import Corpus

_COLUMNS = (
    "side", "doc_id", "paragraph_id", "section", "status", "other_doc_id", "other_paragraph", "score", "shared_paragraph",
    "similarity", "similar_paragraph", "n_chars", "text", "other_text", "comparison",
)  # fmt: skip
_TERM_COLUMNS = ("term", "n_later", "n_paragraphs", "per_10k", "n_earlier", "comparison")


def succession(
    corpus: Corpus,
    earlier: str | Sequence[str],
    later: str,
    *,
    passages: pd.DataFrame | None = None,
    threshold: float = 0.5,
    ignore: pd.DataFrame | Iterable[object] | None = None,
) -> pd.DataFrame:
    """Which clauses of a later text are kept, changed or new against earlier ones, and which of theirs are dropped.

    Parameters
    ----------
    corpus : Corpus
    earlier : str or sequence of str
        doc_ids of one or more held documents that do not surely come after the later one.
    later : str
        doc_id of a held document.
    passages : DataFrame, optional
        From `find_passages` over these documents. If None they are found here, with `min_chars` = `COVERAGE_MIN_CHARS`, 12 and
        not the 20 of measures of whole texts, since paragraph is set beside paragraph.
    threshold : float
        A paragraph is changed, and not dropped or new, if its score is at least this, in (0, 1].
    ignore : optional
        What is no text, neither shared nor to be shared, as in `find_passages`: paragraphs that differ in nothing else are
        kept.

    Returns
    -------
    DataFrame, one row a paragraph of each document, the earlier ones first, in reading order
        - side: "earlier" or "later"; doc_id, paragraph_id, section, n_chars (characters that carry text), text.
        - status: "kept" (a paragraph of the other side is the same but for its number, punctuation, spaces, width and
          the brackets of those responsible), "changed" (score is at least `threshold`), "dropped" (earlier side) or "new"
          (later side).
        - other_doc_id, other_paragraph, other_text: its counterpart, NA for "dropped" and "new"; score in [0, 1]: share of
          the paragraph's own characters found in it (in the best one, for "dropped" and "new": shared_paragraph, NA where
          nothing is shared), NaN without text. Words put in between in a passage count as shared; `copying_kinds` tells edits.
        - similarity in [0, 1] and similar_paragraph: for "dropped" and "new", the most like paragraph of the other side by
          the cosine of TF-IDF; NaN and NA without a common term. Look there, and at shared_paragraph, before you call a
          clause dropped: it may have been said anew.
        - comparison: "succession", if there is one earlier document, of the same region and lineage, and of an earlier
          period (or, where a period is not known, surely older, or declared by the later one); else "comparison of
          these documents", which says nothing about what anyone dropped or added.

    Raises
    ------
    ValueError
        If a document is not held, an earlier one surely comes after the later one, or `threshold` is out of range.
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    Two clauses merged into one are both changed, with one counterpart; one that was split is found in its larger part.
    An empty change of law is possible too: what is dropped here may be said in another document.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = succession(load_sample(), "hebei_province_2016", "henan_province_2021")
    >>> table["comparison"].unique().tolist(), sorted(table["status"].unique())
    (['comparison of these documents'], ['changed', 'dropped', 'new'])
    """
    whole = require_corpus(corpus)
    olds, corpus = _checked(whole, earlier, later, threshold)
    ignore = ignored_of(whole, ignore, [*olds, later])
    if passages is None:
        pairs = [(old, later) for old in olds]
        passages = find_passages(corpus, min_chars=COVERAGE_MIN_CHARS, pairs=pairs, ignore=ignore)
    else:
        passages = between(passages, olds, [later])
    spans, sides = SharedSpans(passages), read_paragraphs(corpus, [*olds, later], ignore)
    table = _paragraphs(corpus, [*olds, later], ignore)
    sides_of = [*(("earlier", old) for old in olds), ("later", later)]
    parts = []
    for side, doc_id in sides_of:
        others = [later] if side == "earlier" else olds
        parts.append(_matched(table, side, others, _best_of(sides, doc_id, others, spans), threshold))
    found = pd.concat(parts, ignore_index=True)
    _add_similar(found)
    found["comparison"] = _name_comparison(corpus, olds, later)
    return found[list(_COLUMNS)].astype({"score": float, "similarity": float})


def between(passages: pd.DataFrame, ones: Iterable[str], others: Iterable[str]) -> pd.DataFrame:
    """The passages between one of the first and one of the second documents, whichever is the source.

    Examples
    --------
    >>> passages = pd.DataFrame({"source": ["a", "b", "c"], "target": ["b", "c", "a"]})
    >>> between(passages, ["a"], ["b", "c"]).index.tolist()
    [0, 2]
    """
    require_columns(require_table(passages, name="passages"), ("source", "target"), name="passages")
    here, there = ([passages[side].isin(list(names)) for side in ("source", "target")] for names in (ones, others))
    return passages[(here[0] & there[1]) | (here[1] & there[0])]


def part_of_corpus(corpus: Corpus, doc_ids: Iterable[str]) -> Corpus:
    """The corpus as if no other text were held; whom these documents declare, and who these do, stays known.

    What is asked of a pair takes no longer in a large corpus than in a small one.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> part = part_of_corpus(load_sample(), ["shijiazhuang_city_2016"])
    >>> part.held["doc_id"].tolist(), "hebei_province_2016" in set(part.documents["doc_id"])
    (['shijiazhuang_city_2016'], True)
    """
    wanted, documents = set(doc_ids), corpus.documents
    ids = documents["doc_id"].astype(str)
    parents = dict(zip(ids, documents["parent_ids"], strict=True))
    known, waiting = set(wanted), list(wanted)
    while waiting:
        above = set(split_ids(parents.get(waiting.pop()))) - known
        known |= above
        waiting += above
    chosen = documents[ids.isin(known)]
    chosen = chosen.assign(held=chosen["held"].astype(bool) & chosen["doc_id"].astype(str).isin(wanted))
    tables = {name: getattr(corpus, name) for name in ("clauses", "paragraphs", "mentions")}
    rows = {name: table[table["doc_id"].isin(wanted)] for name, table in tables.items()}
    return replace(corpus, documents=chosen, **rows)


def _checked(corpus: Corpus, earlier: str | Sequence[str], later: str, threshold: float) -> tuple[list[str], Corpus]:
    """The earlier documents as a list, and the part of the corpus that is asked of."""
    held = set(require_corpus(corpus).held["doc_id"].astype(str))
    olds = [earlier] if isinstance(earlier, str) else list(dict.fromkeys(earlier))
    if not olds:
        raise ValueError("`earlier` must name at least one document; got none. Name the plan that came before.")
    for name, doc_ids in (("earlier", olds), ("later", [later])):
        for doc_id in doc_ids:
            if doc_id not in held:
                raise ValueError(
                    f"`{name}` must be held documents; got {doc_id!r}. Held are: {', '.join(sorted(held))}."
                )
    check_number(threshold, name="threshold", within="(0, 1]", remedy="Take 0.5.")
    part = part_of_corpus(corpus, [*olds, later])
    if later in olds:
        raise ValueError(f"`earlier` and `later` must be different documents; both name {later}.")
    facts = DocumentFacts(part.documents)
    wrong = [old for old in olds if facts.before(later, old)]
    if wrong:
        raise ValueError(f"`earlier` must not come after `later` ({later}); got {', '.join(wrong)}. Turn them round.")
    return olds, part


def _name_comparison(corpus: Corpus, olds: list[str], later: str) -> str:
    facts = DocumentFacts(corpus.documents)
    (old, *more) = olds
    one = not more and facts.region[old] is not None and facts.region[old] == facts.region[later]
    same = one and facts.lineage[old] is not None and facts.lineage[old] == facts.lineage[later]
    periods = facts.period[old], facts.period[later]
    if None in periods:
        follows = facts.order(old, later)[::2] in ((old, "earlier"), (old, "declared"))
    else:
        follows = periods[0] < periods[1]
    return "succession" if same and follows else "comparison of these documents"


def _paragraphs(
    corpus: Corpus, doc_ids: list[str], ignore: pd.DataFrame | Iterable[object] | None = None
) -> pd.DataFrame:
    """The paragraphs of these documents, with their letters behind the number and outside of brackets."""
    texts = leave_out(compared_texts(corpus), ignore)
    table = corpus.paragraphs[corpus.paragraphs["doc_id"].isin(doc_ids)].sort_values(["doc_id", "begin"])
    table = table[["doc_id", "paragraph_id", "section", "text", "begin", "end"]].reset_index(drop=True)
    bare, letters = [], []
    for doc_id, begin, end in zip(table["doc_id"], table["begin"], table["end"], strict=True):
        text = texts[str(doc_id)][int(begin) : int(end)]
        marker = read_marker(text[:60].split("\n", 1)[0])
        bare.append(text[marker.end :] if marker is not None else text)
        letters.append("".join(map(chr, reduce_text(bare[-1])[0].tolist())))
    return table.assign(bare=bare, letters=letters, n_chars=[len(one) for one in letters])


def _same_text(table: pd.DataFrame) -> list[list[int]]:
    """For each paragraph the places of all with the same letters; none for one without letters."""
    groups: dict[str, list[int]] = {}
    for at, letters in enumerate(table["letters"]):
        if letters:
            groups.setdefault(letters, []).append(at)
    return [groups.get(letters, []) for letters in table["letters"]]


def _matched(
    table: pd.DataFrame, side: str, others: list[str], best: dict[str, _Best], threshold: float
) -> pd.DataFrame:
    """The paragraphs of one document with their status and their counterpart."""
    ids, texts = table["paragraph_id"].tolist(), table["text"].tolist()
    docs = table["doc_id"].astype(str).tolist()
    place = {name: at for at, name in enumerate(ids)}
    same = _same_text(table)
    rows: list[tuple[object, ...]] = []
    for paragraph, (score, other_doc, other) in best.items():
        twin = next((one for one in same[place[paragraph]] if docs[one] in others), None)
        if twin is not None:
            rows.append((side, "kept", docs[twin], ids[twin], 1.0, texts[twin], ids[twin]))
        elif score >= threshold:
            rows.append((side, "changed", other_doc, other, score, texts[place[str(other)]], other))
        else:
            status, shared = "dropped" if side == "earlier" else "new", other if score > 0 else pd.NA
            rows.append((side, status, pd.NA, pd.NA, score, pd.NA, shared))
    names = ["side", "status", "other_doc_id", "other_paragraph", "score", "other_text", "shared_paragraph"]
    found = pd.DataFrame(rows, columns=names)
    own = table.iloc[[place[paragraph] for paragraph in best]].reset_index(drop=True)
    return pd.concat([found, own], axis=1)


class _Best(NamedTuple):
    """The best match of a paragraph: its score, and the document and paragraph it is in."""

    score: float
    other_doc: object
    other: object


def _best_of(sides: dict[str, Paragraphs], doc_id: str, others: list[str], spans: SharedSpans) -> dict[str, _Best]:
    """For each paragraph its best match among several documents."""
    best: dict[str, _Best] = {}
    for other in others:
        for match in match_paragraphs(sides[doc_id], sides[other], spans):
            known = best.get(match.paragraph)
            if known is None or match.score > known.score:
                best[match.paragraph] = _Best(match.score, other, match.other)
    return best


def _add_similar(found: pd.DataFrame) -> None:
    """The most like paragraph of the other side of those that are dropped or new."""
    found["similarity"], found["similar_paragraph"] = np.nan, pd.Series(pd.NA, index=found.index, dtype=object)
    analyze = PolicyAnalyzer(mask=("place", "agency"))
    terms = [analyze(text) for text in found["bare"]]
    if not any(terms):
        return
    weights = weigh_tfidf(counts_of_terms(terms).matrix)
    later = (found["side"] == "later").to_numpy()
    for status, theirs in (("dropped", later), ("new", ~later)):
        rows, columns = np.flatnonzero(found["status"] == status), np.flatnonzero(theirs)
        if not len(rows) or not len(columns):
            continue
        cosines: NDArray[np.float64] = (weights[rows] @ weights[columns].T).toarray()
        best = np.argmax(cosines, axis=1)
        value = np.minimum(cosines[np.arange(len(rows)), best], 1.0)
        known = value > 0
        found.loc[rows[known], "similarity"] = value[known]
        names = found["paragraph_id"].to_numpy(dtype=object)[columns[best[known]]]
        found.loc[rows[known], "similar_paragraph"] = names


def succession_shares(table: pd.DataFrame) -> pd.DataFrame:
    """How many paragraphs of each side are kept, changed, dropped, new.

    Parameters
    ----------
    table : DataFrame
        From `succession`.

    Returns
    -------
    DataFrame, one row a side and status that can be there
        side, status, n, n_paragraphs (of the side, those with text), share = n / n_paragraphs in [0, 1], n_chars,
        char_share: the same by characters; comparison. The shares of a side sum to 1.

    Examples
    --------
    >>> table = pd.DataFrame({"side": ["earlier", "earlier", "later"], "status": ["kept", "dropped", "kept"],
    ...                       "n_chars": [30, 10, 30], "comparison": "succession"})
    >>> succession_shares(table)[["side", "status", "n", "share", "char_share"]].values.tolist()[:3]
    [['earlier', 'kept', 1, 0.5, 0.75], ['earlier', 'changed', 0, 0.0, 0.0], ['earlier', 'dropped', 1, 0.5, 0.25]]
    """
    rows = []
    for side, last in (("earlier", "dropped"), ("later", "new")):
        own = table[(table["side"] == side) & (table["n_chars"] > 0)]
        size, length = len(own), int(own["n_chars"].sum())
        for status in ("kept", "changed", last):
            part = own[own["status"] == status]
            n, n_chars = len(part), int(part["n_chars"].sum())
            shares = (n / size, n_chars / length) if size else (np.nan, np.nan)
            name = own["comparison"].iloc[0] if size else pd.NA
            rows.append((side, status, n, size, shares[0], n_chars, shares[1], name))
    columns = ["side", "status", "n", "n_paragraphs", "share", "n_chars", "char_share", "comparison"]
    return pd.DataFrame(rows, columns=columns)


def added_terms(
    corpus: Corpus,
    earlier: str | Sequence[str],
    later: str,
    *,
    words: Words = (),
    min_count: int = 3,
    max_earlier: int = 0,
    ignore: pd.DataFrame | Iterable[object] | None = None,
) -> pd.DataFrame:
    """Terms of a later text that earlier ones do not have.

    Parameters
    ----------
    corpus : Corpus
    earlier, later
        As for `succession`.
    words : str, Path or iterable of str
        Terms to keep whole beside the policy dictionary, as for `PolicyAnalyzer`; a str is a file's path.
    min_count : int
        Fewest times a term stands in the paragraphs of the later text, at least 1.
    max_earlier : int
        Most times it stands in the earlier ones together.
    ignore : optional
        What is no text, as in `find_passages`.

    Returns
    -------
    DataFrame, one row a term, most frequent first
        term; n_later: times in the paragraphs of the later text; n_paragraphs of it that have the term; per_10k: times per
        10,000 words of these; n_earlier: times in the earlier texts; comparison: see `succession`.

    Raises
    ------
    ValueError
        If `min_count` is below 1 or `max_earlier` below 0, or as for `succession`.

    Notes
    -----
    Words are those of a dictionary, counted where they are cut as one. What no dictionary holds (经营主体, cut 经营 and 主体) is
    listed if it is firm inside and free outside as a term of `discover_terms`, counted as written; at least twice, whatever
    `min_count` is. A word that stands only within such a term, and a run that holds another new term, are not listed beside
    it. Names of places and agencies, numbers of articles, and what stands outside of all paragraphs (titles, notes of
    enactment) are left out. A short or single earlier text lacks many terms by chance: a term is new against *these* texts,
    not in the language of policy.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> terms = added_terms(load_sample(), ["hebei_province_2016", "xiahe_county_2017"], "henan_province_2021")
    >>> "习近平法治思想" in set(terms["term"])
    True
    """
    olds, part = _checked(corpus, earlier, later, 0.5)
    for name, value, least in (("min_count", min_count, 1), ("max_earlier", max_earlier, 0)):
        check_number(value, name=name, within=f"[{least}, inf)", whole=True, remedy="Take the default.")
    texts = leave_out(compared_texts(part), ignored_of(corpus, ignore, [*olds, later]))
    own = part.paragraphs[part.paragraphs["doc_id"] == later]
    paragraphs = [texts[later][int(begin) : int(end)] for begin, end in zip(own["begin"], own["end"], strict=True)]
    terms, size = new_terms(
        [texts[old] for old in olds], paragraphs, words=words, min_count=min_count, max_earlier=max_earlier
    )
    comparison = _name_comparison(part, olds, later)
    rows = [
        (one.term, one.n_later, one.n_paragraphs, 10_000 * one.n_later / size, one.n_earlier, comparison)
        for one in terms
    ]
    return pd.DataFrame(rows, columns=list(_TERM_COLUMNS))

"""What many share is no trace of copying: boilerplate, authority phrases, and how widely each passage is shared."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from fzanalytics.base.resources import data_path
from fzanalytics.base.tables import require_columns
from fzanalytics.measures.inputs import compared_texts, require_corpus, require_table
from fzanalytics.measures.reuse.alignment import reduce_text
from fzanalytics.measures.reuse.grams import number_grams
from fzanalytics.texts.corpus import Corpus

#: A run of so many characters is a unit of spread.
SPREAD_CHARS = 8
_PHRASE_COLUMNS = ("phrase", "kind", "since", "source")


def load_authority_phrases(extra: str | Iterable[str] = ()) -> pd.DataFrame:
    """The fixed authority phrases (slogans) that come with the package, and those of a user.

    Parameters
    ----------
    extra : path or iterable of str
        A CSV file with the column phrase (kind, since, source if you have them), or phrases.

    Returns
    -------
    DataFrame
        phrase; kind: theory, banner, leadership, congress, strategy, loyalty, connective, or "user"; since: year and
        month from which on it was in use; source: the text or meeting that set it. One row a phrase.

    Notes
    -----
    The list was compiled for this package; it is made of what official texts repeat word by word, and is not
    complete. `find_boilerplate` finds by spread what no list knows.

    Examples
    --------
    >>> phrases = load_authority_phrases(["放管服改革"])
    >>> phrases.loc[phrases["phrase"] == "“四个全面”战略布局", "kind"].item(), phrases["kind"].iloc[-1]
    ('strategy', 'user')
    """
    table = pd.read_csv(data_path("authority_phrases.csv"), dtype=str, encoding="utf-8")
    if isinstance(extra, str):
        own = pd.read_csv(extra, dtype=str, encoding="utf-8-sig")
        require_columns(own, ["phrase"], name="extra")
    else:
        own = pd.DataFrame({"phrase": [str(phrase) for phrase in extra]})
    own = own.reindex(columns=list(_PHRASE_COLUMNS))
    own["kind"] = own["kind"].astype(object).where(own["kind"].notna(), "user")
    return pd.concat([table, own], ignore_index=True).drop_duplicates("phrase", ignore_index=True)


def find_slogans(corpus: Corpus, *, phrases: pd.DataFrame | Iterable[str] | None = None) -> pd.DataFrame:
    """Where fixed authority phrases stand.

    Parameters
    ----------
    corpus : Corpus
        D documents.
    phrases : DataFrame or iterable of str, optional
        Phrases, or a table with the column phrase; without it those of `load_authority_phrases`.

    Returns
    -------
    DataFrame
        doc_id, begin, end (characters of the clean text, half-open), phrase; one row a place, sorted. Punctuation,
        spaces and width do not hide a phrase; where one phrase stands in a longer one, both have a row.

    Examples
    --------
    >>> import fzanalytics as fz
    >>> found = find_slogans(fz.load_sample(), phrases=["四个全面战略布局"])
    >>> found.loc[found["doc_id"] == "hebei_province_2016", "phrase"].tolist()
    ['四个全面战略布局']
    """
    texts = compared_texts(require_corpus(corpus))
    if phrases is None:
        phrases = load_authority_phrases()
    listed = phrases["phrase"] if isinstance(phrases, pd.DataFrame) else phrases
    wanted = {"".join(map(chr, reduce_text(str(phrase))[0])): str(phrase) for phrase in listed}
    wanted.pop("", None)
    rows = []
    for doc_id, text in texts.items():
        codes, places = reduce_text(text)
        reduced = "".join(map(chr, codes))
        for plain, phrase in wanted.items():
            at = reduced.find(plain)
            while at >= 0:
                rows.append((doc_id, int(places[at]), int(places[at + len(plain) - 1]) + 1, phrase))
                at = reduced.find(plain, at + len(plain))
    table = pd.DataFrame(rows, columns=["doc_id", "begin", "end", "phrase"])
    return table.sort_values(["doc_id", "begin", "end"], ignore_index=True)


def find_boilerplate(
    corpus: Corpus, *, min_chars: int = 12, min_lineages: int = 3, min_regions: int = 3
) -> pd.DataFrame:
    """Stretches that documents of unrelated policies share: formulas of the genre, found by their spread.

    Parameters
    ----------
    corpus : Corpus
        D documents; their `lineage` tells the policy, `region` the jurisdiction.
    min_chars : int
        Shortest stretch in characters, without punctuation; at least 8.
    min_lineages, min_regions : int
        It stands in documents of at least so many policies, and of so many independent jurisdictions (`root_of`).

    Returns
    -------
    DataFrame
        doc_id, begin, end (half-open), text, n_documents, n_lineages: the smallest numbers along the stretch. One row
        a place, sorted; fit for `ignore=` of `find_passages`. Empty where the corpus has too few policies: in a
        corpus of one policy nothing can be told from its common ancestor by spread.

    Raises
    ------
    ValueError
        If `min_chars` is below 8, or another option below 1.

    Examples
    --------
    >>> import fzanalytics as fz
    >>> find_boilerplate(fz.load_sample(), min_lineages=2, min_regions=2)["doc_id"].nunique() >= 2
    True
    """
    corpus = require_corpus(corpus)
    if min_chars < SPREAD_CHARS:
        raise ValueError(f"`min_chars` must be at least {SPREAD_CHARS}; got {min_chars}. Take 12.")
    for name, value in (("min_lineages", min_lineages), ("min_regions", min_regions)):
        if value < 1:
            raise ValueError(f"`{name}` must be at least 1; got {value}. Take 3.")
    counts = _Spread(corpus)
    rows = []
    for doc_id, text in counts.texts.items():
        documents, lineages, roots = counts.of_runs(doc_id)
        common = (lineages >= min_lineages) & (roots >= min_regions)
        edges = np.flatnonzero(np.diff(np.r_[False, common, False]))
        places = counts.places[doc_id]
        for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            if last - first + SPREAD_CHARS - 1 >= min_chars:
                begin, end = int(places[first]), int(places[last + SPREAD_CHARS - 2]) + 1
                fewest = int(documents[first:last].min()), int(lineages[first:last].min())
                rows.append((doc_id, begin, end, text[begin:end], *fewest))
    table = pd.DataFrame(rows, columns=["doc_id", "begin", "end", "text", "n_documents", "n_lineages"])
    return table.sort_values(["doc_id", "begin"], ignore_index=True)


def passage_spread(
    passages: pd.DataFrame, corpus: Corpus, *, phrases: pd.DataFrame | Iterable[str] | None = None
) -> pd.DataFrame:
    """How many documents and jurisdictions share each passage, and how much of it is slogan.

    Parameters
    ----------
    passages : DataFrame, P rows
        As `find_passages` gives them.
    corpus : Corpus
        The corpus they were found in.
    phrases : DataFrame or iterable of str, optional
        See `find_slogans`.

    Returns
    -------
    DataFrame, P rows
        The passages with three columns filled anew: n_documents, n_regions: at least half of the passage's runs of eight
        characters (in the source) stand word by word in so many documents, and in so many independent
        jurisdictions (`root_of`: a province with all below it is one, the centre another), those of the
        passage included; slogan_share in [0, 1]: share of the source's characters, punctuation left out, that stand
        in an authority phrase.

    Notes
    -----
    What is shared by many is likelier a formula or a common ancestor's text than one's copy of another's. The
    numbers grow with the corpus: compare them within one corpus only.

    Examples
    --------
    >>> import fzanalytics as fz
    >>> corpus = fz.load_sample()
    >>> spread = passage_spread(fz.find_passages(corpus), corpus)
    >>> int(spread["n_documents"].min()) >= 1, bool(spread["slogan_share"].between(0, 1).all())
    (True, True)
    """
    passages = require_table(passages, name="passages")
    require_columns(passages, ["source", "source_begin", "source_end"], name="passages")
    counts = _Spread(require_corpus(corpus))
    slogans = {str(key): part for key, part in find_slogans(corpus, phrases=phrases).groupby("doc_id")}
    documents = np.ones(len(passages), dtype=np.int64)
    roots, share = documents.copy(), np.zeros(len(passages))
    sources = passages["source"].astype(str).to_numpy()
    begins, ends = passages["source_begin"].to_numpy(int), passages["source_end"].to_numpy(int)
    for doc_id in dict.fromkeys(sources):
        rows = np.flatnonzero(sources == doc_id)
        places = counts.places[doc_id]
        first, last = np.searchsorted(places, begins[rows]), np.searchsorted(places, ends[rows])
        of_documents, _, of_roots = counts.of_runs(doc_id)
        inside = np.zeros(len(places) + 1, dtype=np.int64)
        for begin, end in slogans[doc_id][["begin", "end"]].to_numpy(int) if doc_id in slogans else ():
            inside[np.searchsorted(places, begin) : np.searchsorted(places, end)] = 1
        inside = np.r_[0, np.cumsum(inside)]
        share[rows] = (inside[last] - inside[first]) / np.maximum(last - first, 1)
        for row, begin, end in zip(rows.tolist(), first.tolist(), last.tolist(), strict=True):
            runs = slice(begin, max(end - SPREAD_CHARS + 1, begin))
            if len(of_documents[runs]):
                documents[row] = _held_by_half(of_documents[runs])
                roots[row] = _held_by_half(of_roots[runs])
    return passages.assign(n_documents=documents, n_regions=roots, slogan_share=share)


def _held_by_half(counts: np.ndarray) -> int:
    """The largest number that at least half of the counts reach."""
    return int(np.partition(counts, len(counts) // 2)[len(counts) // 2])


def root_of(region: object) -> str:
    """The independent jurisdiction of a region: its province, with all below it; the centre is one of its own.

    Examples
    --------
    >>> root_of("甘肃省/甘南藏族自治州/夏河县"), root_of("全国"), root_of(None)
    ('甘肃省', '全国', '')
    """
    return region.split("/")[0] if isinstance(region, str) else ""


class _Spread:
    """In how many documents, policies and independent jurisdictions each run of a corpus stands."""

    def __init__(self, corpus: Corpus) -> None:
        self.texts = compared_texts(corpus)
        held = corpus.held.assign(doc_id=corpus.held["doc_id"].astype(str)).set_index("doc_id")
        self.places, self.grams = {}, {}
        for doc_id, text in self.texts.items():
            codes, self.places[doc_id] = reduce_text(text)
            self.grams[doc_id] = number_grams(codes, SPREAD_CHARS)
        distinct = [np.unique(self.grams[doc_id]) for doc_id in self.texts]
        sizes = [len(one) for one in distinct]
        every = np.concatenate([*distinct, np.zeros(0, dtype=np.uint64)])
        self.known, place = np.unique(every, return_inverse=True)
        self.n_documents = np.bincount(place, minlength=len(self.known))
        lineage = held["lineage"].where(held["lineage"].notna(), "").reindex(list(self.texts))
        region = held["region"].map(root_of).reindex(list(self.texts))
        self.n_lineages = self._distinct(place, np.repeat(pd.factorize(lineage)[0], sizes))
        self.n_roots = self._distinct(place, np.repeat(pd.factorize(region)[0], sizes))

    def _distinct(self, place: np.ndarray, group: np.ndarray) -> np.ndarray:
        pairs = np.unique(place.astype(np.int64) * (int(group.max(initial=0)) + 1) + group)
        return np.bincount(pairs // (int(group.max(initial=0)) + 1), minlength=len(self.known))

    def of_runs(self, doc_id: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Documents, policies and jurisdictions that hold each run of a document, in its order."""
        at = np.searchsorted(self.known, self.grams[doc_id])
        return self.n_documents[at], self.n_lineages[at], self.n_roots[at]

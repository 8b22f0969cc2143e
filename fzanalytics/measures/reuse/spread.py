"""What many share is no trace of copying: boilerplate, authority phrases, and how widely each passage is shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from fzanalytics.base.options import check_number
from fzanalytics.base.resources import data_path
from fzanalytics.base.tables import require_columns
from fzanalytics.measures.inputs import compared_texts, require_corpus, require_passages
from fzanalytics.measures.reuse.reduced import Ints, number_grams, reduce_text
from fzanalytics.texts.corpus import Corpus

#: A run of so many characters is a unit of spread.
SPREAD_CHARS = 8
_CHUNK = 1 << 22
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
    wanted = _plain_phrases(phrases)
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
    check_number(min_chars, name="min_chars", within=f"[{SPREAD_CHARS}, inf)", whole=True, remedy="Take 12.")
    for name, value in (("min_lineages", min_lineages), ("min_regions", min_regions)):
        check_number(value, name=name, within="[1, inf)", whole=True, remedy="Take 3.")
    texts = compared_texts(corpus)
    counts = _Spread({doc_id: reduce_text(text) for doc_id, text in texts.items()}, corpus.held)
    n_lineages = counts.lineages()
    rows = []
    for doc_id, text in texts.items():
        at = int(counts.first[counts.number[doc_id]])
        runs = slice(at, at + max(len(counts.places[doc_id]) - SPREAD_CHARS + 1, 0))
        documents, lineages, roots = counts.n_documents[runs], n_lineages[runs], counts.n_roots[runs]
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
        The passages with the three columns filled anew that `find_passages` fills too: n_documents, n_regions: at least half of the passage's runs of eight
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
    texts = compared_texts(require_corpus(corpus))
    passages = require_passages(passages, texts, all_known=True)
    reduced = {doc_id: reduce_text(text) for doc_id, text in texts.items()}
    return passages.assign(**spread_columns(passages, reduced, corpus.held, phrases=phrases))


def spread_columns(
    passages: pd.DataFrame, reduced: Mapping[str, tuple[Ints, Ints]], held: pd.DataFrame, *,
    phrases: pd.DataFrame | Iterable[str] | None = None,
) -> dict[str, np.ndarray]:  # fmt: skip
    """The three columns of `passage_spread`, from letters that were read before (`reduce_text`)."""
    counts = _Spread(reduced, held)
    sources = passages["source"].astype(str).to_numpy()
    first, last = (counts.at(sources, passages[f"source_{edge}"].to_numpy(dtype=np.int64)) for edge in ("begin", "end"))
    inside = np.r_[0, np.cumsum(_in_phrases(counts.codes, _plain_phrases(phrases)))]
    return {
        "n_documents": _held_by_half(counts.n_documents, first, last),
        "n_regions": _held_by_half(counts.n_roots, first, last),
        "slogan_share": (inside[last] - inside[first]) / np.maximum(last - first, 1),
    }


def _held_by_half(counts: np.ndarray, first: Ints, last: Ints) -> Ints:
    """For each passage the largest number that at least half of its runs reach; 1 if it has none."""
    size = np.maximum(last - first - SPREAD_CHARS + 1, 0)
    spans, row = np.unique((size << 40) | first, return_inverse=True)
    begin, size = spans & ((1 << 40) - 1), spans >> 40
    result = np.ones(len(spans), dtype=np.int64)
    edges = np.flatnonzero(np.r_[True, size[1:] != size[:-1], True]) if len(size) else np.zeros(1, dtype=np.int64)
    for low, high in pairwise(edges.tolist()):
        width = int(size[low])
        windows = np.lib.stride_tricks.sliding_window_view(counts, max(width, 1))
        step = max(1, _CHUNK // max(width, 1))
        for at in range(low, high, step) if width else ():
            part = slice(at, min(at + step, high))
            result[part] = np.partition(windows[begin[part]], width // 2, axis=1)[:, width // 2]
    return result[row]


def _plain_phrases(phrases: pd.DataFrame | Iterable[str] | None) -> dict[str, str]:
    """Phrases as they are compared, each with how it was given."""
    if phrases is None:
        phrases = load_authority_phrases()
    listed = phrases["phrase"] if isinstance(phrases, pd.DataFrame) else phrases
    wanted = {"".join(map(chr, reduce_text(str(phrase))[0])): str(phrase) for phrase in listed}
    wanted.pop("", None)
    return wanted


def _in_phrases(codes: Ints, phrases: Iterable[str]) -> np.ndarray:
    """Which letters stand in one of some phrases."""
    wanted = [[ord(letter) for letter in phrase] for phrase in phrases]
    begins = np.zeros(0x110001, dtype=bool)
    begins[[phrase[0] for phrase in wanted]] = True
    candidates = np.flatnonzero(begins[codes])
    candidates = candidates[np.argsort(codes[candidates], kind="stable")]
    known = codes[candidates]
    depth = np.zeros(len(codes) + 1, dtype=np.int64)
    for phrase in wanted:
        at = candidates[np.searchsorted(known, phrase[0]) : np.searchsorted(known, phrase[0], side="right")]
        for step, letter in enumerate(phrase[1:], start=1):
            at = at[at + step < len(codes)]
            at = at[codes[at + step] == letter]
        np.add.at(depth, at, 1)
        np.add.at(depth, at + len(phrase), -1)
    return np.cumsum(depth[:-1]) > 0


def root_of(region: object) -> str:
    """The independent jurisdiction of a region: its province, with all below it; the centre is one of its own.

    Examples
    --------
    >>> root_of("甘肃省/甘南藏族自治州/夏河县"), root_of("全国"), root_of(None)
    ('甘肃省', '全国', '')
    """
    return region.split("/")[0] if isinstance(region, str) else ""


class _Spread:
    """In how many documents, policies and independent jurisdictions each run of a corpus stands.

    codes: the letters of all documents, those of one jurisdiction next to each other, a zero after each document;
    n_documents, n_roots: of the run that begins at each of them (1 where none does).
    """

    def __init__(self, reduced: Mapping[str, tuple[Ints, Ints]], held: pd.DataFrame) -> None:
        held = held.assign(doc_id=held["doc_id"].astype(str)).set_index("doc_id")
        region = held["region"].map(root_of).reindex(list(reduced)).to_dict()
        self.ids = sorted(reduced, key=lambda doc_id: (region[doc_id], doc_id))
        self.held = held.reindex(self.ids)
        none = np.zeros(1, dtype=np.int64)
        self.codes = np.concatenate([none, *(part for doc_id in self.ids for part in (reduced[doc_id][0], none))])
        self.size = np.array([len(reduced[doc_id][0]) for doc_id in self.ids], dtype=np.int64)
        self.first = np.cumsum(self.size + 1) - self.size
        self.number = {doc_id: at for at, doc_id in enumerate(self.ids)}
        self.places = {doc_id: reduced[doc_id][1] for doc_id in self.ids}
        root = pd.factorize(pd.Series([region[doc_id] for doc_id in self.ids], dtype=object))[0]
        self._count(np.asarray(root, dtype=np.int64))

    def _count(self, root: Ints) -> None:
        fits = np.maximum(self.size - SPREAD_CHARS + 1, 0)
        doc = np.repeat(np.arange(len(self.ids)), fits)
        place = np.arange(len(doc)) + np.repeat(self.first - np.cumsum(fits) + fits, fits)
        grams = number_grams(self.codes, SPREAD_CHARS)[place] if len(place) else np.zeros(0, dtype=np.uint64)
        # Stable: the documents of a run come in their order, so that those of one jurisdiction stay together.
        order = np.argsort(grams, kind="stable")
        grams, doc, self._place = grams[order], doc[order], place[order]
        new = np.r_[True, grams[1:] != grams[:-1]][: len(grams)]
        self._doc, self._group = doc, np.cumsum(new) - 1
        self.n_documents = self._spread_out(new, doc)
        self.n_roots = self._spread_out(new, root[doc])

    def _spread_out(self, new: np.ndarray, kind: Ints) -> np.ndarray:
        """How many kinds the runs that are equal have, at each of their places; kinds come in order in each."""
        first = new.copy()
        first[1:] |= kind[1:] != kind[:-1]
        result = np.ones(len(self.codes), dtype=np.int32)
        result[self._place] = np.bincount(self._group[first], minlength=0)[self._group]
        return result

    def lineages(self) -> np.ndarray:
        """The policies, at each place."""
        lineage = self.held["lineage"].astype(object).where(self.held["lineage"].notna(), "")
        kind = np.asarray(pd.factorize(lineage)[0], dtype=np.int64)[self._doc]
        order = np.lexsort((kind, self._group))
        kind, group = kind[order], self._group[order]
        first = np.r_[True, (group[1:] != group[:-1]) | (kind[1:] != kind[:-1])][: len(group)]
        result = np.ones(len(self.codes), dtype=np.int32)
        result[self._place] = np.bincount(group[first], minlength=0)[self._group]
        return result

    def at(self, names: np.ndarray, places: Ints) -> Ints:
        """Where in `codes` the first letter at or after a place of a document stands."""
        result = np.zeros(len(names), dtype=np.int64)
        order = np.argsort(names, kind="stable")
        edges = np.flatnonzero(np.r_[True, names[order][1:] != names[order][:-1]][: len(order)])
        for rows in np.split(order, edges[1:]) if len(order) else ():
            doc_id = names[rows[0]]
            result[rows] = self.first[self.number[doc_id]] + np.searchsorted(self.places[doc_id], places[rows])
        return result

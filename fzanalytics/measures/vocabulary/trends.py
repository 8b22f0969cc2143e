"""How frequent a word is, by level, year, document or any group, with its denominators and intervals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.options import check_level, check_number
from fzanalytics.features.tokens import Analyzer, PolicyAnalyzer
from fzanalytics.measures.ignoring import without_ignored
from fzanalytics.measures.inputs import require_corpus
from fzanalytics.measures.resampling import MIN_CLUSTERS, population_interval
from fzanalytics.measures.vocabulary.uncertainty import poisson_limits
from fzanalytics.measures.vocabulary.units import (
    JURISDICTIONS,
    THESE_DOCUMENTS,
    Groups,
    group_documents,
    jurisdictions_of,
    order_groups,
    warn_left_out,
)
from fzanalytics.texts.corpus import Corpus

Terms = str | Iterable[str] | Mapping[str, Iterable[str]]
Of = Literal["characters", "tokens"]

#: The columns of the table, in order.
COLUMNS = (
    "group", "term", "count", "n", "rate", "n_documents", "of_documents", "n_jurisdictions",
    "text_low", "text_high", "low", "high", "scope", "earliest", "latest",
)  # fmt: skip


def term_frequency(
    corpus: Corpus,
    terms: Terms,
    *,
    by: Groups = "level",
    of: Of = "characters",
    per: float = 10_000,
    analyzer: Analyzer | None = None,
    ignore: pd.DataFrame | Iterable[object] | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Occurrences of terms for so much text, by group.

    Parameters
    ----------
    corpus : Corpus
        Held documents take part.
    terms : str, iterable of str, or mapping of name to iterable of str
        Words or phrases. A mapping counts the forms of a concept together (the longest first, none twice).
    by : str, Series, mapping or callable
        "level", "year", "period", "region", "province", "doc_id", any column of the documents, ...: see
        `group_documents`. A document whose bounds lie in two years is of neither: it is in a group "2016–2017".
    of : "characters" or "tokens"
        Counted in the clean text as written (inside longer words too: 法治 in 法治政府), for `per` characters of it,
        white space included; or as words that the analyzer gives, for `per` of its words.
    per : float
        The amount of text that a rate is for.
    analyzer : callable str -> list of str, optional
        With ``of="tokens"``; default `PolicyAnalyzer()`, which leaves out stop words, in the denominator too.
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        What is no text: spans, such as those of `find_slogans`, or phrases. It is neither counted nor part of what the
        rate is for.
    level : float
        Nominal coverage of the intervals, in (0, 1).

    Returns
    -------
    DataFrame, one row a group and term, also where the count is 0
        group, term, count, n (characters or tokens of the group), rate (count / n x per, NaN without text);
        n_documents with the term, of_documents; n_jurisdictions that have text.
        text_low, text_high : the rate if the group went on writing so, word by word (`poisson_limits`): the sampling of
        text, not of localities.
        low, high : the rate in all jurisdictions of which those of the group are a random sample: that of
        `population_interval`, all documents of a jurisdiction together; NaN with fewer than 30 of them, or where the
        count is 0.
        scope : "jurisdictions", or "these documents" where there are fewer.
        earliest, latest : bounds of the dates of issue in the group; NaT if one document's is open.
        Groups from the centre down, or sorted; terms in the order given.

    Raises
    ------
    ValueError
        If there is no term, or an option is out of range.

    Examples
    --------
    >>> from fzanalytics import read_corpus
    >>> texts = ["一、加强网络监督，接受网络监督。\\n二、公布负面清单。", "一、完善网络监督渠道。\\n二、接受社会监督。"]
    >>> corpus = read_corpus(pd.DataFrame({"doc_id": ["a", "b"], "text": texts, "level": ["province", "county"]}))
    >>> table = term_frequency(corpus, "网络监督", per=100)
    >>> table[["group", "count", "n", "of_documents", "scope"]].values.tolist()
    [['province', 2, 26, 1, 'these documents'], ['county', 1, 21, 1, 'these documents']]
    """
    named = _named(terms)
    if of not in ("characters", "tokens"):
        raise ValueError(f"`of` must be 'characters' or 'tokens'; got {of!r}.")
    check_number(per, name="per", within="(0, inf)", remedy="Take 10000.")
    check_level(level)
    whole = require_corpus(corpus).held["text"].astype(str)
    corpus = without_ignored(corpus, ignore)
    held = corpus.held
    counts, sizes = _count(held["text"].astype(str).tolist(), named, of, analyzer)
    if of == "characters" and ignore is not None:
        sizes -= np.array(
            [_n_blanked(*texts) for texts in zip(whole, held["text"].astype(str), strict=True)], dtype=sizes.dtype
        )
    groups = group_documents(corpus, by)
    if isinstance(by, str) or callable(by):
        warn_left_out(groups, pd.Series(groups.index))
    places = jurisdictions_of(corpus).to_numpy(str)
    rows: list[dict[str, Any]] = []
    for group in order_groups(groups):
        inside = (groups == group).to_numpy()
        common = _of_group(held[inside], sizes[inside], places[inside])
        for column, term in enumerate(named):
            rates = _rates(counts[inside, column], sizes[inside], places[inside], per, level)
            rows.append({"group": group, "term": term, **common, **rates})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _n_blanked(text: str, left: str) -> int:
    return sum(one != other for one, other in zip(text, left, strict=True))


def _named(terms: Terms) -> dict[str, tuple[str, ...]]:
    """Each term with its forms."""
    if isinstance(terms, Mapping):
        named = {str(name): tuple([forms] if isinstance(forms, str) else forms) for name, forms in terms.items()}
    else:
        named = {term: (term,) for term in ([terms] if isinstance(terms, str) else terms)}
    if not named or not all(forms and all(forms) for forms in named.values()):
        raise ValueError(f"`terms` must hold at least one word, and none may be empty; got {terms!r}.")
    return named


def _count(
    texts: list[str], named: Mapping[str, tuple[str, ...]], of: Of, analyzer: Analyzer | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts, shape (D, terms), and the size of each text, shape (D,)."""
    if of == "characters":
        patterns = [_alternatives(forms) for forms in named.values()]
        rows = [[sum(1 for _ in pattern.finditer(text)) for pattern in patterns] for text in texts]
        return np.array(rows, dtype=np.int64).reshape(len(texts), -1), np.array([len(text) for text in texts])
    analyze: Callable[[str], list[str]] = PolicyAnalyzer() if analyzer is None else analyzer
    forms_of = [{form.lower() for form in forms} for forms in named.values()]
    words = [analyze(text) for text in texts]
    rows = [[sum(word in forms for word in one) for forms in forms_of] for one in words]
    counts = np.array(rows, dtype=np.int64).reshape(len(texts), -1)
    _warn_never_words(texts, named, counts)
    return counts, np.array([len(one) for one in words])


def _alternatives(forms: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(form) for form in sorted(set(forms), key=lambda form: (-len(form), form))))


def _warn_never_words(texts: list[str], named: Mapping[str, tuple[str, ...]], counts: NDArray[np.int64]) -> None:
    """A term that is written but never a word of the analyzer would be a silent 0."""
    import warnings

    for column, (name, forms) in enumerate(named.items()):
        if not counts[:, column].any() and any(form in text for text in texts for form in forms):
            warnings.warn(
                f"{name} stands in the texts but is never a word of the analyzer, so its count is 0. "
                "Add it with PolicyAnalyzer(words=[...]), or count of='characters'.",
                stacklevel=4,
            )


def _of_group(documents: pd.DataFrame, sizes: NDArray[np.int64], places: NDArray[Any]) -> dict[str, Any]:
    n_places = len(set(places[sizes > 0]))
    bounds = {}
    for column, best in (("earliest", "min"), ("latest", "max")):
        dates = documents[column]
        bounds[column] = pd.NaT if dates.isna().any() else getattr(dates, best)()
    return {
        "n": int(sizes.sum()),
        "of_documents": len(documents),
        "n_jurisdictions": n_places,
        "scope": JURISDICTIONS if n_places >= MIN_CLUSTERS else THESE_DOCUMENTS,
        **bounds,
    }


def _rates(
    counts: NDArray[np.int64], sizes: NDArray[np.int64], places: NDArray[Any], per: float, level: float
) -> dict[str, Any]:
    total, size = int(counts.sum()), int(sizes.sum())
    text_low, text_high = poisson_limits([total], [size / per], level=level)
    # a word has a character or more, so that words for a character, or for a word, are a share
    shares = np.divide(counts, sizes, out=np.full(len(sizes), np.nan), where=sizes > 0)
    found = population_interval(shares, sizes, places, level=level)
    return {
        "count": total,
        "rate": per * total / size if size else float("nan"),
        "n_documents": int((counts > 0).sum()),
        "text_low": float(text_low[0]),
        "text_high": float(text_high[0]),
        "low": per * found.low,
        "high": per * found.high,
    }

"""Simulated policy text of known topics: which words make up a topic, and its share at each level, are planted.

On real documents nobody knows the topics. Here paragraphs are written word by word from topics that are known, in
shares that are known by level and period, so that a topic model and its prevalence can be held to them.

Shape letters: D documents, C paragraphs, V vocabulary, K topics.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.files import sha256_of
from fzanalytics.base.numbering import format_number
from fzanalytics.base.options import check_list, check_number, number_fault
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.base.tables import LEVELS, make_table, require_columns, type_documents
from fzanalytics.features.tokens import PolicyAnalyzer, load_policy_words
from fzanalytics.measures.prevalence.covariates import TopicPrevalence
from fzanalytics.measures.topics.models import match_topics
from fzanalytics.measures.topics.result import TopicResult
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.regions import NATION

Floats = NDArray[np.float64]

_FIRST_YEAR, _PERIOD_YEARS = 2011, 5
_SENTENCE_WORDS = 8
_OFFICES = ("中心", "大厅", "机关", "部门", "机构", "委员会")
_UNITS = {"prefecture": "市", "county": "县", "township": "乡"}
#: Shares that are planted unless others are given: topics 1 to 4 by level.
_SHARES = {
    "province": (0.45, 0.25, 0.20, 0.10),
    "prefecture": (0.30, 0.30, 0.25, 0.15),
    "county": (0.15, 0.30, 0.30, 0.25),
}


@dataclass(frozen=True)
class SimulatedTopics:
    """A corpus and the topics it was written from; see `simulate_policy_text`.

    Attributes
    ----------
    corpus : Corpus
        One paragraph, and clause, a line.
    topic_terms : DataFrame, shape (K, V)
        Share of each word in a planted topic; rows sum to 1.
    shares : DataFrame
        level, period, topic, share: the planted mean shares, of all documents that might have been written.
    document_topics : DataFrame, shape (D, K)
        The share of the words of each document that were written from each topic.
    unit_topics : DataFrame, shape (C, K)
        The same of each paragraph.
    """

    corpus: Corpus
    topic_terms: pd.DataFrame
    shares: pd.DataFrame
    document_topics: pd.DataFrame = field(repr=False)
    unit_topics: pd.DataFrame = field(repr=False)

    def __repr__(self) -> str:
        return (
            f"SimulatedTopics: {len(self.topic_terms)} topics of {self.topic_terms.shape[1]} words in "
            f"{len(self.document_topics)} documents, {len(self.unit_topics)} paragraphs"
        )

    def match(self, result: TopicResult) -> pd.DataFrame:
        """Pair the topics of a fit with the planted ones, so that the sum of cosines of their words is largest.

        Parameters
        ----------
        result : TopicResult
            With as many topics as were planted.

        Returns
        -------
        DataFrame, one row a planted topic
            planted, topic (of the fit), cosine in [0, 1] (1: the same words in the same shares).

        Raises
        ------
        ValueError
            If the fit has another number of topics.
        """
        if len(result.topic_terms) != len(self.topic_terms):
            raise ValueError(
                f"`result` must have the {len(self.topic_terms)} topics that were planted; got "
                f"{len(result.topic_terms)}. Fit with n_topics={len(self.topic_terms)}."
            )
        words = self.topic_terms.columns.union(result.topic_terms.columns)
        planted, found = (
            table.reindex(columns=words, fill_value=0.0).to_numpy(dtype=float)
            for table in (self.topic_terms, result.topic_terms)
        )
        partner, cosine = match_topics(planted, found)
        topics = result.topic_terms.index.to_numpy()
        return pd.DataFrame({"planted": self.topic_terms.index, "topic": topics[partner], "cosine": cosine})

    def compare(self, found: TopicPrevalence, matches: pd.DataFrame) -> pd.DataFrame:
        """Set the shares by level (and period) that were found beside those that were planted.

        Parameters
        ----------
        found : TopicPrevalence
            Of a formula with "level", and with "period" if the two interact.
        matches : DataFrame
            From `match`.

        Returns
        -------
        DataFrame
            level, period (missing where it was averaged over), planted, topic, truth, share, low, high, text_low,
            text_high, held: whether low to high holds the truth; missing without an interval.

        Raises
        ------
        ValueError
            If `found` has no shares by level.
        """
        require_columns(found.shares, ["topic", "level", "share"], name="found.shares")
        rows = found.shares[found.shares["level"].notna()].copy()
        if "period" not in rows.columns:
            rows["period"] = pd.Series(None, index=rows.index, dtype=object)
        rows["planted"] = rows["topic"].map(dict(zip(matches["topic"], matches["planted"], strict=True)))
        by_cell = self.shares.set_index(["level", "period", "topic"])["share"].to_dict()
        by_level = self.shares.groupby(["level", "topic"])["share"].mean().to_dict()
        rows["truth"] = [
            by_level[level, topic] if pd.isna(period) else by_cell[level, period, topic]
            for level, period, topic in zip(rows["level"], rows["period"], rows["planted"], strict=True)
        ]
        held = (rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"])
        rows["held"] = held.astype("boolean").where(rows["low"].notna(), pd.NA)
        columns = [
            "level",
            "period",
            "planted",
            "topic",
            "truth",
            "share",
            "low",
            "high",
            "text_low",
            "text_high",
            "held",
        ]
        return rows[columns].reset_index(drop=True)


def simulate_policy_text(
    *,
    shares: pd.DataFrame | None = None,
    n_jurisdictions: int | Mapping[str, int] = 30,
    n_documents: int = 1,
    towards: Sequence[float] | None = None,
    drift: float = 0.0,
    n_paragraphs: int = 20,
    paragraph_words: int = 40,
    between: float = 30.0,
    within: float = 60.0,
    focus: float = 1.0,
    n_terms: int = 40,
    common: float = 0.1,
    vocabulary: Iterable[str] | None = None,
    random_state: RandomState = 0,
) -> SimulatedTopics:
    """Write policy text from planted topics, in planted shares by level and period.

    Parameters
    ----------
    shares : DataFrame, optional
        The mean share of each topic (columns) at each level (rows): rows sum to 1. Default: four topics at three levels.
    n_jurisdictions : int or mapping of level to int
        Jurisdictions of each level; of "national" there is one, whatever the number for all. With fewer than 30 no population
        interval is given of a level.
    n_documents : int
        Documents of each jurisdiction, one a period of five years, the first 2011 to 2015.
    towards, drift : K shares, float
        From each period to the next all levels move by `drift` of the way from their shares of the first period to
        `towards`, which is asked for then.
    n_paragraphs, paragraph_words : int
        Paragraphs of a document; words of a paragraph (mean of a Poisson, at least 5).
    between, within : float
        How alike jurisdictions of a level, and documents of a jurisdiction, are: the size of the Dirichlet distributions of
        their shares; above 0, larger is more alike.
    focus : float
        The same of paragraphs about their document; with 1, most paragraphs have one or two topics.
    n_terms : int
        Words that only one topic has, with weights that fall as 1 / (rank + 15).
    common : float
        Share of the words of each topic that are drawn evenly from the whole vocabulary; in [0, 1).
    vocabulary : iterable of str, optional
        Words that `PolicyAnalyzer` gives back as they are, at least K times `n_terms`. Default: such words of the policy
        dictionary.
    random_state : int, Generator or None
        Same int, same text.

    Returns
    -------
    SimulatedTopics

    Raises
    ------
    ValueError
        If an option is out of its range.

    Notes
    -----
    Words stand apart by commas, so that any segmenter gives them back. The text has the words of policy and no grammar,
    and topics are as a topic model takes them to be: a model that fails here fails anywhere, one that succeeds here may
    still fail on real text.

    Examples
    --------
    >>> simulation = simulate_policy_text(n_jurisdictions=2, n_paragraphs=3)
    >>> simulation
    SimulatedTopics: 4 topics of ... words in 6 documents, 18 paragraphs
    >>> simulation.shares.head(2).round(2).values.tolist()
    [['province', 'to 2015', 1, 0.45], ['province', 'to 2015', 2, 0.25]]
    """
    planted = pd.DataFrame(_SHARES, index=range(1, 5)).T if shares is None else shares
    sizes = _check(planted, n_jurisdictions, n_documents, towards, drift)
    _check_numbers(n_paragraphs, paragraph_words, between, within, focus, n_terms, common)
    rng = make_generator(random_state, "simulate_policy_text")
    topic_terms = _topic_terms(len(planted.columns), n_terms, common, vocabulary, rng)
    goal = np.zeros(len(planted.columns)) if towards is None else np.asarray(towards, dtype=float)
    rows: list[dict[str, object]] = []
    lines: list[dict[str, object]] = []
    written: list[NDArray[np.int64]] = []
    number = 0  # of the jurisdiction; none is in another's province
    for level, base in zip(planted.index, planted.to_numpy(dtype=float), strict=True):
        for _ in range(sizes[level]):
            number += 1
            place = _dirichlet(between * base, rng)
            for period in range(n_documents):
                moved = (1 - drift * period) * place + drift * period * goal
                row = _describe(str(level), number, period, rng)
                text, topics, own = _write(row, _dirichlet(within * moved, rng), topic_terms, n_paragraphs,
                                           paragraph_words, focus, rng)  # fmt: skip
                rows.append(row | {"text": text, "n_chars": len(text), "sha256": sha256_of(text.encode("utf-8"))})
                lines += own
                written += topics
    return _result(planted, rows, lines, written, topic_terms, [drift * i for i in range(n_documents)], goal)


def topic_words() -> list[str]:
    """Words of the policy dictionary that the default analyzer gives back as they are, places and agencies masked.

    Examples
    --------
    >>> "规范性文件" in topic_words(), "司法部" in topic_words()
    (True, False)
    """
    return list(_words_given_back())


@lru_cache(maxsize=1)
def _words_given_back() -> tuple[str, ...]:
    analyze = PolicyAnalyzer(mask=("place", "agency"))
    # a name of an office is masked or not by what stands beside it
    words = {word for word in load_policy_words() if not word.endswith(_OFFICES)}
    return tuple(sorted(word for word in words if analyze(f"{word}。") == [word]))


def _check(
    shares: pd.DataFrame, n_jurisdictions: int | Mapping[str, int], n_documents: int, towards: Sequence[float] | None,
    drift: float,
) -> dict[str, int]:  # fmt: skip
    """Jurisdictions of each level."""
    counts = n_jurisdictions.values() if isinstance(n_jurisdictions, Mapping) else [n_jurisdictions]
    unfit = [number_fault(one, name="n_jurisdictions", whole=True, remedy="") for one in counts]
    unfit.append(number_fault(n_documents, name="n_documents", whole=True, remedy=""))
    unfit.append(number_fault(drift, name="drift", remedy=""))
    if any(unfit):
        raise ValueError("".join(unfit) + "Leave them out for the defaults.")
    if towards is not None:
        check_list(towards, name="towards", remedy="Leave it out for the default.")
    values = shares.to_numpy(dtype=float)
    faults = []
    if not set(shares.index) <= set(LEVELS) or shares.index.has_duplicates or shares.empty:
        faults.append(
            f"`shares` must have levels as rows, each of {', '.join(LEVELS)} at most once; got {', '.join(map(str, shares.index))}"
        )
    if not ((values > 0).all() and np.allclose(values.sum(axis=1), 1)):
        faults.append("`shares` must be above 0, rows summing to 1")
    if isinstance(n_jurisdictions, Mapping):
        sizes = {str(level): int(n_jurisdictions.get(level, 0)) for level in shares.index}
    else:
        n = int(n_jurisdictions)
        sizes = {str(level): min(n, 1) if level == LEVELS[0] else n for level in shares.index}
    if sizes.get(LEVELS[0], 1) > 1:
        faults.append(f"`n_jurisdictions` must have one {LEVELS[0]}, there is one centre; got {sizes[LEVELS[0]]}")
    if min(sizes.values(), default=0) < 1 or n_documents < 1:
        faults.append(
            f"`n_jurisdictions` of each level and `n_documents` must be at least 1; got {sizes} and {n_documents}"
        )
    if not 0 <= drift * (n_documents - 1) <= 1:
        faults.append(
            f"`drift` times the periods after the first must be in [0, 1]; got {drift} for {n_documents} periods"
        )
    if (towards is None) != (drift == 0):
        faults.append("`towards` and `drift` must be given together")
    elif towards is not None and (
        len(towards) != shares.shape[1] or not np.isclose(sum(towards), 1) or min(towards) < 0
    ):
        faults.append(f"`towards` must be {shares.shape[1]} shares that sum to 1; got {list(towards)}")
    if faults:
        raise ValueError("; ".join(faults) + ". Leave them out for the defaults.")
    return sizes


def _check_numbers(
    n_paragraphs: int, words: int, between: float, within: float, focus: float, n_terms: int, common: float
) -> None:
    for name, value, low in (
        ("n_paragraphs", n_paragraphs, 1), ("paragraph_words", words, 5), ("n_terms", n_terms, 1),
    ):  # fmt: skip
        check_number(value, name=name, within=f"[{low}, inf)", whole=True, remedy="Take the default.")
    for name, size in (("between", between), ("within", within), ("focus", focus)):
        check_number(size, name=name, within="(0, inf)", remedy="Take the default.")
    check_number(common, name="common", within="[0, 1)", remedy="Take the default.")


def _topic_terms(
    n_topics: int, n_terms: int, common: float, vocabulary: Iterable[str] | None, rng: np.random.Generator
) -> pd.DataFrame:
    words = topic_words() if vocabulary is None else list(dict.fromkeys(vocabulary))
    if len(words) < n_topics * n_terms:
        raise ValueError(
            f"`vocabulary` must have at least {n_topics * n_terms} words, `n_terms` for each topic; got {len(words)}. "
            "Plant fewer words a topic."
        )
    own = rng.permutation(len(words))[: n_topics * n_terms].reshape(n_topics, n_terms)
    weights = 1 / (np.arange(n_terms) + 16.0)
    values = np.full((n_topics, len(words)), common / len(words))
    for topic, columns in enumerate(own):
        values[topic, columns] += (1 - common) * weights / weights.sum()
    index = pd.RangeIndex(1, n_topics + 1, name="topic")
    return pd.DataFrame(values, index=index, columns=pd.Index(words, name="term", dtype=object))


def _dirichlet(sizes: Floats, rng: np.random.Generator) -> Floats:
    drawn = np.maximum(rng.standard_gamma(sizes), 1e-12)
    return np.asarray(drawn / drawn.sum())


def _describe(level: str, number: int, period: int, rng: np.random.Generator) -> dict[str, object]:
    """The row of a document, without its text."""
    region = NATION if level == "national" else f"模拟{format_number(number)}省"
    if level in _UNITS:
        region += f"/模拟{_UNITS[level]}"
    start = _FIRST_YEAR + _PERIOD_YEARS * period
    date = pd.Timestamp(year=start, month=1, day=1) + pd.Timedelta(days=int(rng.integers(365)))
    doc_id = f"{level}{number:02d}_{start}"
    return {
        "doc_id": doc_id, "title": f"{region.rpartition('/')[2]}实施方案", "level": level, "region": region,
        "issuer_type": "government", "kind": "实施方案", "lineage": "模拟政策", "dated": date, "earliest": date,
        "latest": date, "date_basis": "stated", "period_start": start, "period_end": start + _PERIOD_YEARS - 1,
        "held": True, "source": f"{doc_id}.txt",
    }  # fmt: skip


def _write(
    row: Mapping[str, object], shares: Floats, topic_terms: pd.DataFrame, n_paragraphs: int, n_words: int,
    focus: float, rng: np.random.Generator,
) -> tuple[str, list[NDArray[np.int64]], list[dict[str, object]]]:  # fmt: skip
    """The text of a document, the words of each topic in each paragraph, and the lines."""
    words, terms = topic_terms.columns.to_numpy(), topic_terms.to_numpy()
    text = f"{row['title']}\n"
    counts: list[NDArray[np.int64]] = []
    lines: list[dict[str, object]] = []
    for number in range(1, n_paragraphs + 1):
        own = rng.multinomial(max(5, int(rng.poisson(n_words))), _dirichlet(focus * shares, rng))
        drawn = np.concatenate([rng.choice(len(words), size=n, p=terms[topic]) for topic, n in enumerate(own)])
        said = [str(words[at]) for at in rng.permutation(drawn)]
        sentences = [said[at : at + _SENTENCE_WORDS] for at in range(0, len(said), _SENTENCE_WORDS)]
        line = f"{number}." + "".join(f"{'，'.join(one)}。" for one in sentences)
        begin, end = len(text), len(text) + len(line)
        clause_id = f"{row['doc_id']}#{number}"
        lines.append({
            "doc_id": row["doc_id"], "clause_id": clause_id, "paragraph_id": f"{clause_id}¶1", "section": str(number),
            "path": str(number), "depth": 1, "number": number, "numbering": "1.", "heading": "", "text": line,
            "begin": begin, "end": end, "raw_begin": begin, "raw_end": end,
        })  # fmt: skip
        counts.append(own)
        text += f"{line}\n"
    return text, counts, lines


def _result(
    planted: pd.DataFrame, rows: list[dict[str, object]], lines: list[dict[str, object]],
    written: list[NDArray[np.int64]], topic_terms: pd.DataFrame, moves: list[float], goal: Floats,
) -> SimulatedTopics:  # fmt: skip
    tables = [make_table(name, lines)[list(make_table(name, []).columns)] for name in ("clauses", "paragraphs")]
    units = pd.Index([str(line["paragraph_id"]) for line in lines], name="paragraph_id")
    counts = pd.DataFrame(np.array(written), index=units, columns=topic_terms.index)
    totals = counts.groupby(tables[1]["doc_id"].to_numpy(), sort=False).sum().rename_axis("doc_id")
    cells = [
        (
            str(level),
            f"to {_FIRST_YEAR + _PERIOD_YEARS * (i + 1) - 1}",
            topic,
            float((1 - move) * base + move * goal[k]),
        )
        for level, values in zip(planted.index, planted.to_numpy(dtype=float), strict=True)
        for i, move in enumerate(moves)
        for k, (topic, base) in enumerate(zip(topic_terms.index, values, strict=True))
    ]
    return SimulatedTopics(
        corpus=Corpus(type_documents(make_table("documents", rows)), *tables),
        topic_terms=topic_terms,
        shares=pd.DataFrame(cells, columns=["level", "period", "topic", "share"]),
        document_topics=totals.div(totals.sum(axis=1), axis=0),
        unit_topics=counts.div(counts.sum(axis=1), axis=0),
    )

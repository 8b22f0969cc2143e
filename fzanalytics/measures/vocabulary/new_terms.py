"""Which terms one text has and others lack: words of the dictionaries, and runs of characters that behave like words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fzanalytics.features.engines import jieba_tokenizer
from fzanalytics.features.masks import mask_names
from fzanalytics.features.terms import discover_terms
from fzanalytics.features.tokens import PolicyAnalyzer
from fzanalytics.features.words import Words

#: The number of an article, paragraph or chapter, at the head of one or where one is cited: 第九十条, 第二款.
_NUMBER = re.compile(r"第[〇零一二三四五六七八九十百千两\d]+[条款项目章节编](?:之[一二三四五六七八九十\d]+)?")


class NewTerm(NamedTuple):
    """A term, its counts in the later and the earlier texts, and the paragraphs that have it."""

    term: str
    n_later: int
    n_paragraphs: int
    n_earlier: int


def new_terms(
    earlier: Sequence[str], paragraphs: Sequence[str], *, words: Words = (), min_count: int = 3, max_earlier: int = 0
) -> tuple[list[NewTerm], int]:
    """The terms of some paragraphs that earlier texts lack.

    Parameters
    ----------
    earlier, paragraphs : sequence of str
        What came before; the paragraphs of what came later.
    words : str, Path or iterable of str
        Terms to keep whole, as for `PolicyAnalyzer`.
    min_count, max_earlier : int
        At least so often in the paragraphs, at most so often in the earlier texts.

    Returns
    -------
    terms, n_words : list of NewTerm, most frequent first; words of the paragraphs

    Notes
    -----
    A word of a dictionary is counted where it is cut as one. What no dictionary holds is counted as written, and must pass as
    a term of `discover_terms`: firm inside, free outside. A word that stands only inside a longer new term is part of that; a
    run that holds another new term is no new term beside it, and one that opens with a stop word (加强监督), or holds little
    else, is a phrase. Names of places and agencies and numbers of articles are none.

    Examples
    --------
    >>> other = "各级人民政府应当依法公开行政执法信息，接受社会监督，完善工作机制，提高服务水平，推进依法行政。"
    >>> texts = ["支持经营主体发展。", "保护经营主体。", "对经营主体的服务", "第九条 经营主体可以申请"]
    >>> new_terms(["支持市场主体发展。"], [other, *texts])[0]
    [NewTerm(term='经营主体', n_later=4, n_paragraphs=4, n_earlier=0)]
    """
    analyze = PolicyAnalyzer(words=words, mask=("place", "agency"))
    before, after = ([_without_names(text) for text in texts] for texts in (earlier, paragraphs))
    cut = [analyze(text) for text in after]
    known = jieba_tokenizer(analyze.words).FREQ
    counts = Counter(word for one in cut for word in one)
    olds = Counter(word for text in before for word in analyze(text))
    holders = Counter(word for one in cut for word in set(one))
    found = {
        word: NewTerm(word, n, holders[word], olds[word])
        for word, n in counts.items()
        if n >= min_count and olds[word] <= max_earlier and known.get(word)
    }
    runs: dict[str, NewTerm] = {}
    for run in _runs(after, analyze, min_count):
        n, old = (sum(text.count(run) for text in texts) for texts in (after, before))
        if n >= min_count and old <= max_earlier:
            runs[run] = NewTerm(run, n, sum(run in text for text in after), old)
    terms = _without_parts(found, runs)
    return sorted(terms, key=lambda one: (-one.n_later, one.term)), counts.total()


def _without_names(text: str) -> str:
    """The text with a break in place of each number of an article and each name of a place or agency."""
    text = _NUMBER.sub(lambda match: "\n" * len(match.group()), text)
    letters = list(text)
    for span in mask_names(text, kinds=("place", "agency")):
        letters[span.begin : span.end] = "\n" * (span.end - span.begin)
    return "".join(letters)


def _runs(texts: list[str], analyze: PolicyAnalyzer, min_count: int) -> Iterable[str]:
    """Runs that no dictionary holds; stop words may stand last (主体 in 经营主体), not first (加强), nor alone (本规定)."""
    if not texts:
        return
    for run in discover_terms(texts, words=analyze.words, min_count=max(2, min_count))["term"]:
        fates = [fate for _, fate in analyze.sort_words(run)]
        if fates[0] != "stopped" and ("kept" in fates or "stopped" not in fates):
            yield run


def _without_parts(words: dict[str, NewTerm], runs: dict[str, NewTerm]) -> list[NewTerm]:
    """Without words that stand only inside of longer runs, and without runs around another new term."""
    terms = {**words, **runs}
    parts = {
        one.term
        for one in terms.values()
        for run in runs.values()
        if one.term != run.term and one.term in run.term and run.n_later * run.term.count(one.term) >= one.n_later
    }
    left = [one for one in terms.values() if one.term not in parts]
    return [
        one
        for one in left
        if one.term not in runs or not any(other.term != one.term and other.term in one.term for other in left)
    ]

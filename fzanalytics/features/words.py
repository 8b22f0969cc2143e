"""Lists of words: the policy dictionary and the stop words, with a reason for each group, and the user's own.

Both are files of one form: UTF-8, one word a line, "#" opens a comment, "## name | reason" opens a group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from fzanalytics.base.resources import data_path
from fzanalytics.texts.regions import load_regions

# What jieba keeps together before it consults a dictionary: it cuts at all other characters.
JIEBA_CHARACTERS = r"\u4E00-\u9FD5a-zA-Z0-9+#&._%\-"
_ENTRY = re.compile(rf"[{JIEBA_CHARACTERS}]+")

Words = str | Path | Iterable[str]
StopWords = Literal["policy"] | frozenset[str] | None


def load_policy_words(path: str | Path | None = None) -> tuple[str, ...]:
    """The policy dictionary of the package, or another of the same form.

    One entry a line in UTF-8; "#" at the start of a line or after a space opens a comment.

    Examples
    --------
    >>> "法治政府" in load_policy_words()
    True
    """
    groups = _read_groups(data_path("policy_words.txt") if path is None else Path(path))
    return tuple(dict.fromkeys(word for words in groups.values() for word in words))


def load_place_words(*, levels: Iterable[str] = ("province", "prefecture", "county")) -> tuple[str, ...]:
    """Full names of jurisdictions of mainland China, for ``words=``, so that none is cut.

    They are not in the dictionary by default: there are over 3,000, and short names are words as well (城关, 朝阳).
    To take names out rather than keep them whole, see `mask_names`.

    Parameters
    ----------
    levels : iterable of str
        "province", "prefecture", "county".

    Raises
    ------
    ValueError
        If a level is none of these.

    Examples
    --------
    >>> "夏河县" in load_place_words(levels=["county"]), "夏河县" in load_place_words(levels=["province"])
    (True, False)
    """
    wanted = {levels} if isinstance(levels, str) else set(levels)
    regions = load_regions()
    known = {"province", "prefecture", "county"}
    if not wanted <= known:
        raise ValueError(
            f"`levels` must be among province, prefecture and county; got {', '.join(sorted(wanted - known))}. "
            "Leave the others out."
        )
    names = regions.loc[regions["level"].isin(list(wanted)), "name"]
    return tuple(sorted({name for name in names if len(name) > 2 and _ENTRY.fullmatch(name)}))


def load_stop_words(path: str | Path | None = None, *, without: Iterable[str] = ()) -> frozenset[str]:
    """The stop words of the package, or a file of the same form, as a set to extend with ``|``.

    Parameters
    ----------
    path : str or Path, optional
        A UTF-8 file, one word a line; lines "## name | reason" open a group.
    without : iterable of str
        Groups to leave out, so that their words are kept in the text. The package's are function_words,
        genre_verbs, genre_nouns, responsibility_formula, numerals_and_time, place_level_words.

    Raises
    ------
    ValueError
        If `without` names a group that the file does not have.

    Examples
    --------
    >>> "加强" in load_stop_words(), "加强" in load_stop_words(without=["genre_verbs"])
    (True, False)
    """
    groups = _read_groups(data_path("stop_words.txt") if path is None else Path(path))
    left_out = {without} if isinstance(without, str) else set(without)
    unknown = sorted(left_out - set(groups))
    if unknown:
        raise ValueError(
            f"`without` must name groups of the file ({', '.join(groups)}); got {', '.join(unknown)}. "
            "Spell them as the file's ## lines do."
        )
    return frozenset(word for name, words in groups.items() if name not in left_out for word in words)


def stop_word_reasons(path: str | Path | None = None) -> pd.DataFrame:
    """Every stop word with its group and the reason for the group.

    Returns
    -------
    DataFrame
        word, group, reason; in the order of the file. The reason is what follows | in the ## line, or "".

    Examples
    --------
    >>> reasons = stop_word_reasons().set_index("word")
    >>> reasons.loc["以及", "reason"]
    'particles, conjunctions, pronouns, adverbs of degree: grammar, no topic'
    """
    file = data_path("stop_words.txt") if path is None else Path(path)
    heads = [line.lstrip("#") for line in file.read_text(encoding="utf-8-sig").splitlines() if line.startswith("##")]
    reasons = {name.strip(): reason.strip() for name, _, reason in (head.partition("|") for head in heads)}
    rows = [(word, name, reasons.get(name, "")) for name, words in _read_groups(file).items() for word in words]
    return pd.DataFrame(rows, columns=["word", "group", "reason"])


def as_words(words: Words) -> tuple[str, ...]:
    """Extra words as a sorted tuple (the key of a tokenizer), each one that jieba can keep whole."""
    listed = load_policy_words(words) if isinstance(words, str | Path) else tuple(words)
    refused = [word for word in listed if not isinstance(word, str) or not _ENTRY.fullmatch(word)]
    if refused:
        raise ValueError(
            "`words` must be made of Chinese characters, letters, digits and + # & . _ % -; "
            f"got {', '.join(map(repr, refused[:5]))}. Split them at the other characters."
        )
    return tuple(sorted(set(listed)))


def as_stop_words(stop_words: Any) -> StopWords:
    """The option `stop_words` in its one form: "policy", a set or None."""
    if stop_words is None or isinstance(stop_words, frozenset):
        return stop_words
    if isinstance(stop_words, Path):
        return load_stop_words(stop_words)
    if isinstance(stop_words, str):
        if stop_words == "policy":
            return "policy"
        raise ValueError(
            f"`stop_words` must be 'policy', None, a Path or a collection of words; got {stop_words!r}. "
            "Wrap a single word in a list, and a file's name in pathlib.Path."
        )
    return frozenset(stop_words)


@lru_cache(maxsize=8)
def stop_set(stop_words: StopWords) -> frozenset[str]:
    """The words of the option, in lower case."""
    if stop_words == "policy":
        return load_stop_words()
    return frozenset() if stop_words is None else frozenset(word.lower() for word in stop_words)


def _read_groups(path: Path) -> Mapping[str, list[str]]:
    """The words of a list by group, in the order of the file."""
    groups: dict[str, list[str]] = {}
    name = ""
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if line.startswith("##"):
            name = line.lstrip("#").split("|")[0].strip()
        entry = re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()
        if entry:
            groups.setdefault(name, []).append(entry)
    return groups

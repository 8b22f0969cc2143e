"""What was written into the blanks of sentences that are fill-in copies."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.features.masks import NAME_CLASSES
from fzanalytics.measures.inputs import compared_texts, require_corpus
from fzanalytics.measures.reuse.letters import MASK_BASE, Letters, read_masked
from fzanalytics.measures.reuse.reduced import reduce_text
from fzanalytics.texts.corpus import Corpus

_BLANK_COLUMNS = ("source", "target", "begin", "end", "source_begin")


def copied_blanks(kinds: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """What was written into the blanks of sentences that are fill-in copies.

    Parameters
    ----------
    kinds : DataFrame
        From `copying_kinds`; rows of other kinds are passed over.
    corpus : Corpus
        The same.

    Returns
    -------
    DataFrame, one row a blank
        sentence (index of the row of `kinds`), source, target; name: "place", "agency", "number" or "date";
        source_text, target_text: what is written there; source_begin, source_end, target_begin, target_end:
        characters, half-open, into the clean texts. In order of `kinds` and of places.

    Examples
    --------
    >>> from fzanalytics.measures.diffusion.copying import copying_kinds
    >>> from fzanalytics.texts.datasets import load_sample
    >>> corpus = load_sample()
    >>> kinds = copying_kinds(corpus, source="hebei_province_2016", min_similarity=None)
    >>> blanks = copied_blanks(kinds, corpus)
    >>> bool((blanks["source_text"] != blanks["target_text"]).all()), "agency" in set(blanks["name"])
    (True, True)
    """
    require_columns(kinds, (*_BLANK_COLUMNS, "kind"), name="kinds")
    texts = compared_texts(require_corpus(corpus))
    filled = kinds.loc[kinds["kind"] == "fill-in", ["source", "target"]].astype(str)
    letters = {doc_id: read_masked(texts[doc_id], NAME_CLASSES) for doc_id in {*filled["source"], *filled["target"]}}
    names = ["sentence", "source", "target", "name", "source_text", "target_text"]
    places = ["source_begin", "source_end", "target_begin", "target_end"]
    blanks = read_blanks(kinds, texts, letters)
    return pd.DataFrame(blanks, columns=[*names, *places]).astype(dict.fromkeys(places, "int64"))


def read_blanks(
    kinds: pd.DataFrame, texts: Mapping[str, str], letters: Mapping[str, Letters]
) -> list[tuple[object, ...]]:
    """The rows of `copied_blanks`."""
    rows = kinds[kinds["kind"] == "fill-in"]
    blanks: list[tuple[object, ...]] = []
    columns = (rows[column].tolist() for column in _BLANK_COLUMNS)
    for index, source, target, begin, end, source_begin in zip(rows.index, *columns, strict=True):
        here, there = letters[target], letters[source]
        a, a_end = np.searchsorted(here.begins, [begin, end]).tolist()
        b = int(np.searchsorted(there.ends, source_begin, side="right"))
        for i in np.flatnonzero(here.codes[a:a_end] >= MASK_BASE).tolist():
            spans = [(int(one.begins[at]), int(one.ends[at])) for one, at in ((there, b + i), (here, a + i))]
            written = [texts[doc][slice(*span)] for doc, span in zip((source, target), spans, strict=True)]
            if written[0] == written[1] or _reduced(written[0]) == _reduced(written[1]):
                continue
            name = NAME_CLASSES[int(here.codes[a + i]) - MASK_BASE]
            blanks.append((index, source, target, name, *written, *spans[0], *spans[1]))
    return blanks


@lru_cache(maxsize=4096)
def _reduced(name: str) -> tuple[int, ...]:
    return tuple(reduce_text(name)[0].tolist())

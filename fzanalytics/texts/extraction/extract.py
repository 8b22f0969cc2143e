"""All that is extracted from one document, in one table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from fzanalytics.texts.extraction.deadlines import find_deadlines
from fzanalytics.texts.extraction.mentions import Mention, mention_table
from fzanalytics.texts.extraction.obligation import find_obligations
from fzanalytics.texts.extraction.quantities import find_quantities
from fzanalytics.texts.metadata import find_citations


def extract_mentions(
    doc_id: str, text: str, clauses: pd.DataFrame, paragraphs: pd.DataFrame, *, document: Mapping[str, object]
) -> pd.DataFrame:
    """The mentions of one document.

    Parameters
    ----------
    doc_id : str
    text : str
        Clean text.
    clauses : DataFrame, shape (C, 12)
    paragraphs : DataFrame, shape (P, 9)
    document : mapping
        What is known of the document: the columns of the documents table.

    Returns
    -------
    DataFrame
        The columns of `COLUMNS["mentions"]`, sorted by place.
    """
    first = clauses["begin"].min() if len(clauses) else len(text)
    mentions = [
        Mention("citation", f"《{title}》{number}", "opening" if begin < first else "body", begin, end)
        for begin, end, title, number in find_citations(text)
    ]
    mentions += [*find_deadlines(text, document=document), *find_quantities(text), *find_obligations(text)]
    return mention_table(doc_id, text, clauses, mentions)

"""All that is extracted from one document, in one table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from fzanalytics.texts.extraction.agencies import find_agencies
from fzanalytics.texts.extraction.agency_lists import share_lists
from fzanalytics.texts.extraction.citations import find_cited
from fzanalytics.texts.extraction.deadlines import find_deadlines
from fzanalytics.texts.extraction.mentions import mention_table
from fzanalytics.texts.extraction.obligation import find_obligations
from fzanalytics.texts.extraction.places import find_places
from fzanalytics.texts.extraction.quantities import find_quantities


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
    agencies = find_agencies(text, clauses, document=document)
    mentions = [*find_cited(text, clauses, document=document), *agencies, *find_places(text, document=document)]
    mentions += [mention._replace(clause_id=clause) for mention, clause in share_lists(text, clauses, agencies)]
    mentions += [*find_deadlines(text, document=document), *find_quantities(text), *find_obligations(text)]
    return mention_table(doc_id, text, clauses, mentions)

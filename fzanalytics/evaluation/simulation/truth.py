"""What happened in a simulation, and what each measure should find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.tables import LEVELS
from fzanalytics.evaluation.simulation.writing import NO_ORIGIN
from fzanalytics.measures.reuse.reduced import text_characters
from fzanalytics.texts.corpus import Corpus

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Simulation:
    """A corpus and the truth about it; see `simulate_diffusion` for the columns.

    Attributes
    ----------
    corpus : Corpus
    jurisdictions : DataFrame, one row a document
    copies : DataFrame, one row a copied clause
    clauses : DataFrame, one row a clause
    fills : DataFrame, one row a blank of a copied clause
    origins : dict of doc_id to ndarray of int, shape (n_chars,)
        For each character of a text the number under which it was first written; -1 for punctuation, numbers of
        clauses and the title. Two characters of one number are one character, copied.
    """

    corpus: Corpus
    jurisdictions: pd.DataFrame
    copies: pd.DataFrame
    clauses: pd.DataFrame
    fills: pd.DataFrame
    origins: Mapping[str, NDArray[np.int64]] = field(repr=False)

    def mask(self, target: str, sources: Iterable[str]) -> Mask:
        """Which characters of the target stand, by descent, in at least one of the sources too; shape (n_chars,)."""
        own = self.origins[target]
        shared = np.zeros(len(own), dtype=bool)
        for source in sources:
            shared |= np.isin(own, self.origins[source])
        return shared & (own != NO_ORIGIN)

    def shares(self) -> pd.DataFrame:
        """The true share of each text that stands in each other one.

        Returns
        -------
        DataFrame, one row for each ordered pair of documents held
            source, target; n_chars: characters that both have by descent; n_target_chars: all of the target's that carry
            text; share = n_chars / n_target_chars in [0, 1]; with_edits: the same with all characters of clauses that
            descend from one clause, which is the most that a finder of passages may count; drawn: the part of share that
            the target has *through* the source, directly or by others; ancestry = share - drawn: both have it from
            elsewhere.
        """
        held = self._held()
        sizes = {doc_id: int(text_characters(text).sum()) for doc_id, text in held.items()}
        groups = {str(doc_id): part for doc_id, part in self.clauses.groupby("doc_id", sort=False)}
        roots = {doc_id: set(groups[doc_id]["root"]) for doc_id in held}
        rows = []
        for target, text in held.items():
            carries, own = text_characters(text), groups[target]
            spans = list(zip(own["begin"], own["end"], own["root"], own["writers"].str.split(";"), strict=True))
            for source in held:
                if source == target:
                    continue
                mask = self.mask(target, [source])
                wide = mask.copy()
                through = 0
                for begin, end, root, writers in spans:
                    if root in roots[source]:
                        wide[begin:end] = carries[begin:end]
                        through += int(mask[begin:end].sum()) * (source in writers)
                n, size = int(mask.sum()), sizes[target]
                rows.append(
                    (source, target, n, size, n / size, wide.sum() / size, through / size, (n - through) / size)
                )
        columns = ["source", "target", "n_chars", "n_target_chars", "share", "with_edits", "drawn", "ancestry"]
        return pd.DataFrame(rows, columns=columns).sort_values(["source", "target"], ignore_index=True)

    def coverage(self, source: str) -> pd.DataFrame:
        """For each paragraph of a source and each other document the true best match.

        Returns
        -------
        DataFrame, one row for each paragraph (in reading order) and target (by doc_id)
            source, source_paragraph, target; target_paragraph, NA if none; score in [0, 1]: the share of the paragraph's
            characters that the best paragraph of the target has by descent, as in `coverage_matrix`.
        """
        texts, paragraphs = self._held(), self.corpus.paragraphs
        parts = {str(doc_id): part for doc_id, part in paragraphs.groupby("doc_id", sort=False)}
        carries = text_characters(texts[source])
        rows = []
        for target in sorted(set(texts) - {source}):
            theirs = parts[target]
            place = np.full(len(texts[target]), -1)
            for at, (begin, end) in enumerate(zip(theirs["begin"], theirs["end"], strict=True)):
                place[begin:end] = at
            where = dict(zip(self.origins[target].tolist(), place.tolist(), strict=True))
            own = parts[source]
            for name, begin, end in zip(own["paragraph_id"], own["begin"], own["end"], strict=True):
                origins = self.origins[source][begin:end]
                found = [where.get(one, -1) for one in origins[origins != NO_ORIGIN].tolist()]
                counts = np.bincount([at for at in found if at >= 0], minlength=1)
                best, size = int(counts.argmax()), int(carries[begin:end].sum())
                other = theirs["paragraph_id"].iloc[best] if counts[best] else pd.NA
                rows.append((source, name, target, other, counts[best] / size if size else np.nan))
        return pd.DataFrame(rows, columns=["source", "source_paragraph", "target", "target_paragraph", "score"])

    def attribution(self) -> pd.DataFrame:
        """The true parts of each text below the centre, as in `attribution` with its default sets.

        Returns
        -------
        DataFrame
            doc_id, part ("superior only", "superior and centre", "centre only", "neither"), share in [0, 1]. For a province
            the centre is the superior: "centre only" and "neither". The centre, that of
            the document's period, counts whether it is held or not.
        """
        rows: list[tuple[str, str, float]] = []
        table = self.jurisdictions.set_index("doc_id")
        centres = {period: str(name) for name, period in table.loc[table["level"] == LEVELS[0], "period"].items()}
        texts = self._held()
        for doc_id in (name for name in table.index if name in texts and name not in centres.values()):
            carries, centre = text_characters(texts[doc_id]), centres[table.loc[doc_id, "period"]]
            up, top = (self.mask(doc_id, [one]) & carries for one in (table.loc[doc_id, "superior"], centre))
            if table.loc[doc_id, "superior"] == centre:
                parts = {"centre only": top, "neither": carries & ~top}
            else:
                parts = {"superior only": up & ~top, "superior and centre": up & top, "centre only": top & ~up,
                         "neither": carries & ~up & ~top}  # fmt: skip
            rows += [(doc_id, part, float(mask.sum() / carries.sum())) for part, mask in parts.items()]
        return pd.DataFrame(rows, columns=["doc_id", "part", "share"])

    def _held(self) -> dict[str, str]:
        held = self.corpus.held
        return dict(zip(held["doc_id"].astype(str), held["text"].astype(str), strict=True))

    def __repr__(self) -> str:
        kinds = self.copies["kind"].value_counts()
        told = ", ".join(f"{kinds[kind]} {kind}" for kind in ("verbatim", "fill-in", "edited") if kind in kinds)
        return (
            f"Simulation: {len(self.jurisdictions)} documents, {len(self.clauses)} clauses, {len(self.copies)} copied"
            + (f" ({told})" if told else "")
        )

"""How a policy spreads: documents written one after another, each from those before it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.numbering import format_number
from fzanalytics.evaluation.simulation.writing import NO_ORIGIN, Clause, Writer
from fzanalytics.measures.reuse.reduced import text_characters


class Rates(NamedTuple):
    """Where the clauses of a document come from; the rest is new."""

    superior: float
    kin: float
    ancestor: float
    own: float = 0.0

    def later(self, renewal: float) -> Rates:
        """The rates of a plan that has a plan before it: so much of that one, the others in proportion."""
        kept = 1 - renewal
        return Rates(self.superior * kept, self.kin * kept, self.ancestor * kept, renewal)


class Placed(NamedTuple):
    """A clause in the document it stands in; begin and end are without its number."""

    clause: Clause
    paragraph: str | None
    begin: int
    end: int


class Spread:
    """Writes the documents one after another."""

    def __init__(
        self,
        table: pd.DataFrame,
        writer: Writer,
        rates: Rates,
        n_clauses: int,
        n_sections: int,
        renewal: float,
        rng: np.random.Generator,
    ) -> None:
        """Take the documents in order of time: doc_id, region, superior, previous, cites, date."""
        self.table, self.writer, self.rates, self.rng = table, writer, rates, rng
        self.n_clauses, self.n_sections, self.renewal = n_clauses, n_sections, renewal
        self.texts: dict[str, str] = {}
        self.origins: dict[str, NDArray[np.int64]] = {}
        self.placed: dict[str, list[Placed]] = {}
        self.kin: dict[str, object] = {}
        self.copies: list[tuple[object, ...]] = []
        self.fills: list[tuple[object, ...]] = []
        self.rows: list[tuple[object, ...]] = []
        self.paragraph_rows: list[dict[str, object]] = []
        self.clause_rows: list[dict[str, object]] = []

    def run(self) -> None:
        """All documents in order of time."""
        n = self.n_clauses if self.rates.ancestor else 0
        ancestor = [Placed(self.writer.new_clause(""), None, 0, 0) for _ in range(n)]
        dates = dict(zip(self.table["doc_id"], self.table["date"], strict=True))
        named = self.table[["doc_id", "region", "period"]].itertuples(index=False)
        titles = {doc_id: _title(region, period) for doc_id, region, period in named}
        columns = ["doc_id", "superior", "previous", "cites"]
        for doc_id, superior, previous, cited in self.table[columns].itertuples(index=False):
            above = superior if isinstance(superior, str) else None
            siblings = self.table.loc[self.table["superior"] == above, "doc_id"] if above else []
            earlier = [one for one in siblings if one in self.placed and dates[one] < dates[doc_id]]
            kin = earlier[int(self.rng.integers(len(earlier)))] if earlier and self.rates.kin else None
            self.kin[doc_id] = kin if kin else pd.NA
            before = previous if isinstance(previous, str) and previous in self.placed else None
            sources = [("superior", above, self.placed.get(above or "", [])),
                       ("kin", kin, self.placed.get(kin or "", [])), ("ancestor", None, ancestor),
                       ("own", before, self.placed.get(before or "", []))]  # fmt: skip
            head = f"{titles[doc_id]}\n" + (f"据《{titles[cited]}》。\n" if isinstance(cited, str) else "")
            rates = self.rates.later(self.renewal) if isinstance(previous, str) else self.rates
            self._write(doc_id, head, self._choose(sources, rates))

    def _write(self, doc_id: str, head: str, chosen: list[tuple[str, str | None, Placed] | None]) -> None:
        text, origins = head, [NO_ORIGIN] * len(head)
        placed: list[Placed] = []
        section = ""
        for at, pick in enumerate(chosen):
            number = at * self.n_sections // self.n_clauses + 1
            if section != f"（{format_number(number)}）":
                section, first = f"（{format_number(number)}）", at
                heading, marks = self.writer.heading()
                self._row(doc_id, section, section, number, 1, "（一）", heading, len(text), len(section))
                text += f"{section}{heading}\n"
                origins += [NO_ORIGIN] * len(section) + marks + [NO_ORIGIN]
            own = at - first + 1
            clause, kind = self.writer.copy(pick[2].clause, doc_id) if pick else (self.writer.new_clause(doc_id), "new")
            body, marks = clause.render()
            name = self._row(doc_id, f"{section}/{own}", section, own, 2, "1.", body, len(text), len(f"{own}."))
            begin = len(text) + len(f"{own}.")
            text += f"{own}.{body}\n"
            origins += [NO_ORIGIN] * len(f"{own}.") + marks + [NO_ORIGIN]
            placed.append(Placed(clause, name, begin, begin + len(body)))
            writers = ";".join(clause.writers)
            self.rows.append((doc_id, name, section, begin, begin + len(body), clause.root, writers))
            if pick is not None:
                self._copied(doc_id, placed[-1], kind, *pick)
        self.texts[doc_id], self.placed[doc_id] = text, placed
        self.origins[doc_id] = np.array(origins, dtype=np.int64)

    def _choose(
        self, sources: list[tuple[str, str | None, list[Placed]]], rates: Rates
    ) -> list[tuple[str, str | None, Placed] | None]:
        """For each clause the one it is copied from, or None; clauses of one source keep their order."""
        shares = np.array([*rates, max(0.0, 1 - sum(rates))])
        drawn = self.rng.choice(len(shares), size=self.n_clauses, p=shares / shares.sum())
        chosen: list[tuple[str, str | None, Placed] | None] = [None] * self.n_clauses
        used: set[int] = set()
        for number, (relation, name, clauses) in enumerate(sources):
            slots = np.flatnonzero(drawn == number)
            free = [at for at, one in enumerate(clauses) if one.clause.root not in used]
            picked = sorted(self.rng.permutation(free)[: len(slots)].tolist())
            for slot, at in zip(slots.tolist(), picked, strict=False):
                chosen[slot] = (relation, name, clauses[at])
                used.add(clauses[at].clause.root)
        return chosen

    def _row(
        self, doc_id: str, path: str, section: str, number: int, depth: int, numbering: str, body: str, begin: int, skip: int
    ) -> str:  # fmt: skip
        """A row of the clauses and one of the paragraphs; the name of the paragraph."""
        clause_id, inner = f"{doc_id}#{path}", begin + skip
        end = inner + len(body)
        row = {
            "doc_id": doc_id, "clause_id": clause_id, "paragraph_id": clause_id, "path": path, "depth": depth,
            "number": number, "numbering": numbering, "heading": body if depth == 1 else "", "section": section,
        }  # fmt: skip
        self.clause_rows.append({**row, "text": body, "begin": inner, "end": end, "raw_begin": inner, "raw_end": end})
        if depth == 2:
            self.paragraph_rows.append(
                {**row, "text": body, "begin": inner, "end": end, "raw_begin": inner, "raw_end": end}
            )
        return clause_id

    def _copied(self, target: str, new: Placed, kind: str, relation: str, source: str | None, old: Placed) -> None:
        text, origins = new.clause.render()
        before = set(old.clause.render()[1]) - {NO_ORIGIN}
        spans = (old.begin, old.end) if source else (pd.NA, pd.NA)
        self.copies.append(
            (target, new.paragraph, source or pd.NA, old.paragraph or pd.NA, relation, kind, *spans, new.begin, new.end,
             int(text_characters(text).sum()), sum(one in before for one in origins), new.clause.root)
        )  # fmt: skip
        old_text = old.clause.render()[0]
        for (blank, first, last), (_, begin, end) in zip(old.clause.blanks(), new.clause.blanks(), strict=True):
            where = (old.begin + first, old.begin + last) if source else (pd.NA, pd.NA)
            self.fills.append(
                (target, new.paragraph, source or pd.NA, old.paragraph or pd.NA, blank, old_text[first:last],
                 text[begin:end], *where, new.begin + begin, new.begin + end)
            )  # fmt: skip


def _title(region: str, period: int) -> str:
    """模拟一省方案, and its plan of the next period 模拟一省第二期方案."""
    again = f"第{format_number(period)}期" if period > 1 else ""
    return f"{region.rsplit('/', 1)[-1]}{again}方案"

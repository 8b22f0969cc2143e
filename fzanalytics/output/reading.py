"""To read two documents side by side: what they share, where, and the words that differ."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from html import escape
from typing import Literal

import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.measures.inputs import require_corpus
from fzanalytics.measures.reuse.changes import passage_changes
from fzanalytics.measures.reuse.passages import find_passages
from fzanalytics.texts.corpus import Corpus

#: Pale grounds that differ in hue for the colour-blind and in nothing on paper: numbers tell the rows apart there.
_GROUNDS = ("#e8f1fa", "#fdf3dc", "#e5f4ec", "#f6e9f3")
_CELL = "vertical-align:top;text-align:left;padding:6px 10px;border:1px solid #ccc;white-space:pre-wrap;width:50%"
_MARK = "background:#ffd9a0;color:#000;text-decoration:underline"
_BOLD, _PLAIN = "\033[1;4m", "\033[0m"
_WORDS = {
    "en": ("passages", "characters shared", "identity", "clause", "shares no passage with"),
    "zh": ("处相同段落", "个相同字符", "一致率", "条款", "没有相同段落："),
}


@dataclass(frozen=True)
class PassageView:
    """Two documents side by side; Jupyter shows it as a table, `print` as text.

    Attributes
    ----------
    source, target : str
        doc_ids.
    rows : DataFrame
        passage, source_begin, source_end, target_begin, target_end, n_chars, identity, source_clause, target_clause,
        source_pieces, target_pieces: lists of (text, changed).
    language : {"en", "zh"}
        Of the labels.
    """

    source: str
    target: str
    rows: pd.DataFrame
    language: Literal["en", "zh"] = "en"

    def _repr_html_(self) -> str:
        head = "".join(f"<th style='text-align:left'>{escape(one)}</th>" for one in (self.source, self.target))
        body = "".join(
            f"<tr style='background:{_GROUNDS[number % len(_GROUNDS)]};color:#000'>"
            + "".join(self._cell(row, side, number + 1) for side in ("source", "target"))
            + "</tr>"
            for number, row in enumerate(self.rows.to_dict("records"))
        )
        return (
            f"<p>{escape(self._summary())}</p><table style='border-collapse:collapse;width:100%;table-layout:fixed'>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def _cell(self, row: dict[str, object], side: str, number: int) -> str:
        pieces = "".join(
            f"<mark style='{_MARK}'>{escape(text)}</mark>" if changed else escape(text)
            for text, changed in row[f"{side}_pieces"]  # type: ignore[attr-defined]
        )
        return f"<td style='{_CELL}'><small>{escape(self._place(row, side, number))}</small>\n{pieces}</td>"

    def _place(self, row: dict[str, object], side: str, number: int) -> str:
        _, shared, identity, clause, _ = _WORDS[self.language]
        place = f"[{number}] {row[f'{side}_begin']}–{row[f'{side}_end']}"
        where = f" · {clause} {row[f'{side}_clause']}" if row[f"{side}_clause"] else ""
        return f"{place}{where} · {row['n_chars']} {shared} · {identity} {row['identity']:.2f}"

    def _summary(self) -> str:
        many, shared, _, _, none = _WORDS[self.language]
        if self.rows.empty:
            return f"{self.source} {none} {self.target}"
        return f"{self.source} → {self.target}: {len(self.rows)} {many}, {int(self.rows['n_chars'].sum())} {shared}"

    def __str__(self) -> str:
        return self.as_text()

    def as_text(self, *, colour: bool = False) -> str:
        """The passages one after another, source above target, with the changed words marked.

        Parameters
        ----------
        colour : bool
            Mark by the control codes of a terminal; else by 【 】.

        Returns
        -------
        str
        """
        opening, closing = (_BOLD, _PLAIN) if colour else ("【", "】")
        lines = [self._summary()]
        for number, row in enumerate(self.rows.to_dict("records"), start=1):
            lines.append("")
            for side, name in (("source", self.source), ("target", self.target)):
                pieces = "".join(
                    f"{opening}{text}{closing}" if changed else text
                    for text, changed in row[f"{side}_pieces"]  # type: ignore[attr-defined]
                )
                lines += [f"{name} {self._place(row, side, number)}", f"    {' '.join(pieces.split())}"]
        return "\n".join(lines)


def show_passages(
    corpus: Corpus,
    a: str,
    b: str,
    *,
    passages: pd.DataFrame | None = None,
    language: Literal["en", "zh"] = "en",
    **options: object,
) -> PassageView:
    """Two documents side by side: each passage they share, its place in both, and the words that differ.

    Parameters
    ----------
    corpus : Corpus
    a, b : str
        doc_ids; which of them is the source follows from dates and levels.
    passages : DataFrame, optional
        What `find_passages` returned; without it the passages of these two are sought.
    language : {"en", "zh"}
        Of the labels.
    **options
        For `find_passages`, such as min_chars.

    Returns
    -------
    PassageView
        Shown as a table in Jupyter, as text by `print`; `rows` holds what it shows. In the order of the source.

    Raises
    ------
    ValueError
        If a document is not held, `language` is another, or both `passages` and options are given.

    Examples
    --------
    >>> import fzanalytics as fz
    >>> view = show_passages(fz.load_sample(), "hebei_province_2016", "shijiazhuang_city_2016", min_chars=200)
    >>> view.source, len(view.rows) > 0
    ('hebei_province_2016', True)
    """
    corpus = require_corpus(corpus)
    held = set(corpus.held["doc_id"].astype(str))
    for name, doc_id in (("a", a), ("b", b)):
        if doc_id not in held:
            raise ValueError(f"`{name}` must be a document that is held; got {doc_id!r}. See corpus.held['doc_id'].")
    if language not in _WORDS:
        raise ValueError(f"`language` must be 'en' or 'zh'; got {language!r}.")
    if passages is None:
        passages = find_passages(corpus, pairs=[(a, b)], **options)  # type: ignore[arg-type]
    elif options:
        raise ValueError(f"`passages` are given, so options of find_passages do nothing; got {', '.join(options)}.")
    require_columns(passages, ["source", "target", "source_begin", "target_begin", "n_chars"], name="passages")
    both = passages[passages["source"].isin([a, b]) & passages["target"].isin([a, b])]
    both = both.sort_values(["source_begin", "target_begin"])
    source, target = (both["source"].iloc[0], both["target"].iloc[0]) if len(both) else (a, b)
    changes = passage_changes(both, corpus)
    texts = corpus.held.assign(doc_id=corpus.held["doc_id"].astype(str)).set_index("doc_id")["text"].to_dict()
    rows = both[["source_begin", "source_end", "target_begin", "target_end", "n_chars", "identity"]].copy()
    rows.insert(0, "passage", both.index)
    for side, doc_id in (("source", source), ("target", target)):
        changed = {
            index: list(zip(part[f"{side}_begin"], part[f"{side}_end"], strict=True))
            for index, part in changes.groupby("passage")
        }
        rows[f"{side}_clause"] = _clauses_at(corpus, doc_id, both[f"{side}_begin"])
        spans = zip(both.index, both[f"{side}_begin"], both[f"{side}_end"], strict=True)
        rows[f"{side}_pieces"] = [
            _pieces(texts[doc_id], begin, end, changed.get(index, [])) for index, begin, end in spans
        ]
    return PassageView(str(source), str(target), rows.reset_index(drop=True), language)


def _pieces(text: str, begin: int, end: int, changed: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    pieces, done = [], begin
    for first, last in changed:
        pieces += [(text[done:first], False), (text[first:last], True)]
        done = last
    return [piece for piece in [*pieces, (text[done:end], False)] if piece[0]]


def _clauses_at(corpus: Corpus, doc_id: str, begins: pd.Series) -> list[str]:
    own = corpus.clauses[corpus.clauses["doc_id"] == doc_id].sort_values("begin")
    starts, paths = own["begin"].tolist(), own["path"].tolist()
    return [paths[place - 1] if (place := bisect_right(starts, begin)) else "" for begin in begins]

"""Corpora of known text reuse: passages of real documents set into others, with the truth of where and how.

What a finder of passages misses or makes up cannot be read off real documents, because nobody knows all that they
share. Here passages of one set of documents (sources) are set into others (hosts) at sentence borders, as they are or
edited, and every place is written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fzanalytics.base.options import check_number, number_fault
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.base.tables import COLUMNS, empty_table, require_columns, type_documents
from fzanalytics.evaluation.edits import (
    PLANT_KINDS,
    Change,
    Editor,
    Plan,
    Planner,
    PlantKind,
    apply_changes,
    load_substitutes,
)
from fzanalytics.evaluation.equal import NATURAL_CHARS, SPANS, carries_text, drop_sentences, equal_runs
from fzanalytics.texts.corpus import Corpus

TRUTH_COLUMNS = ("passage", "piece", *SPANS, "kind", "n_chars", "n_changes")
CHANGE_COLUMNS = ("passage", "piece", *SPANS, "operation", "before", "after")


@dataclass(frozen=True)
class Planted:
    """A corpus with planted passages and all that is known of them; see `plant_passages` for the columns.

    Attributes
    ----------
    documents : DataFrame, D rows
        The documents table with the texts as planted, and a column role: "source" or "host".
    truth : DataFrame, one row a planted piece
    changes : DataFrame, one row an edit inside a piece
    natural : DataFrame, one row a run of equal characters that nobody planted
    dropped : DataFrame, one row a sentence that was taken out of a host: doc_id, text
    """

    documents: pd.DataFrame
    truth: pd.DataFrame
    changes: pd.DataFrame
    natural: pd.DataFrame
    dropped: pd.DataFrame

    @property
    def corpus(self) -> Corpus:
        """The documents as a corpus, for `find_passages`; no clauses are looked for."""
        return Corpus(self.documents.drop(columns="role"), empty_table("clauses"), empty_table("paragraphs"))

    @property
    def texts(self) -> dict[str, str]:
        """The texts by doc_id."""
        return dict(zip(self.documents["doc_id"], self.documents["text"], strict=True))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every source with every host: the pairs that the score judges."""
        sources, hosts = (
            self.documents.loc[self.documents["role"] == role, "doc_id"].tolist() for role in ("source", "host")
        )
        return [(source, host) for source in sources for host in hosts]

    def __repr__(self) -> str:
        kinds = self.truth.groupby("kind", sort=False).size()
        return (
            f"Planted: {self.truth['passage'].nunique()} passages as {len(self.truth)} pieces in "
            f"{int((self.documents['role'] == 'host').sum())} hosts from "
            f"{int((self.documents['role'] == 'source').sum())} sources "
            f"({', '.join(f'{n} {kind}' for kind, n in kinds.items())}); "
            f"{len(self.dropped)} sentences dropped, {len(self.natural)} natural runs"
        )


def plant_passages(
    sources: pd.DataFrame | Corpus | Mapping[str, str],
    hosts: pd.DataFrame | Corpus | Mapping[str, str],
    *,
    kinds: Sequence[PlantKind] = PLANT_KINDS,
    n_passages: int = 140,
    lengths: tuple[int, int] = (20, 600),
    edit_share: float = 0.1,
    replaced_share: float = 0.5,
    substitutes: Mapping[str, str] | None = None,
    keep_shared: bool = False,
    random_state: RandomState = 0,
) -> Planted:
    """Set passages of some documents into others and write down the truth.

    Parameters
    ----------
    sources, hosts : DataFrame, Corpus, or mapping of doc_id to text
        Documents that passages are taken from, and documents they are set into: columns doc_id and text of the
        documents table, others are kept. No doc_id may be in both. Nothing is changed in place.
    kinds : sequence of {"verbatim", "masked", "reordered", "replaced", "deleted", "inserted", "mixed"}
        How passages are edited; they take turns.
        verbatim: not at all. masked: names of places and agencies, numbers and dates (`class_spans`) give way to others of
        their class found in the hosts. reordered: cut at sentence ends into 2 to 6 pieces of at least `lengths[0]` characters, of
        which none is followed by the one that followed it. replaced: words give way to others of a dictionary.
        deleted, inserted: stretches of 2 to 12 characters are dropped at word borders, or put in from the hosts.
        mixed: at least two of the edits above at once, each at half its share.
    n_passages : int
        Passages in all, dealt out to the kinds in turn.
    lengths : (int, int)
        Fewest and most characters of a passage in its source, drawn with uniform logarithm. The fewest also hold for
        what stays unchanged of each piece, so that a finder with `min_chars` at `lengths[0]` can find everything.
        Only characters that carry text are counted (letters, digits, Han).
    edit_share : float
        Characters dropped or put in per character of the passage, in (0, 0.5]; one stretch at least.
    replaced_share : float
        Share of the words known to the dictionary that are replaced, in (0, 1]; one at least.
    substitutes : mapping of str to str, optional
        The dictionary; without it the package's `synonyms_policy.csv`, both ways.
    keep_shared : bool
        Leave the hosts as they are. By default sentences of a host are dropped that have a run of 12 equal characters
        with any source; without this, real reuse stands beside the planted one.
    random_state : int, Generator or None
        The same seed plants the same passages, whatever the order of the documents.

    Returns
    -------
    Planted
        documents: the documents table and role. truth, one row a piece (a passage is one piece unless reordered):
        passage, piece, source, target, source_begin, source_end, target_begin, target_end (offsets in characters,
        half-open, from the first to the last character that carries text), kind, n_chars (unchanged characters that
        carry text), n_changes. changes: passage, piece, source, target, and the spans of each edit with operation
        ("masked", "replaced", "deleted", "inserted"), before and after. natural: runs of at least 12 equal
        characters of a source and a host that nobody planted (`equal_runs`). dropped: the sentences taken out of the
        hosts, doc_id and text.

    Raises
    ------
    ValueError
        If an option is out of its range, a doc_id is doubled, or the documents are too short for what is asked.

    Notes
    -----
    Passages begin where a sentence begins and end at a mark of punctuation; each stretch of a source is used once, each
    border of a host once. Not taken are stretches of which more than a tenth lies in runs of 12 characters that
    stand elsewhere in the sources too, since a copy of them would have several sources, and brackets of those responsible (`blank_responsibility`). No
    edit touches the first or last five characters of a piece, where the truth itself would be in doubt. Short
    passages are rare among the kinds that need room for an edit or two sentences.

    Real documents share text before anything is planted. What they share to the letter is dropped from the hosts, or,
    with `keep_shared`, listed as natural; natural is also what the edits made equal by chance. `score_passages` counts
    natural runs neither as right nor as wrong. What is nearly equal (a formula with a word changed) is not known, and
    a finder that reports it is charged with a false claim: precision is a lower bound.

    What it cannot show: how real copyists edit. Rewriting in other words is not planted at all.

    Examples
    --------
    全面推进政务公开，… (publish government affairs …) is set into a report on grain:

    >>> source = {"国": "总则先行。全面推进政务公开，坚持以公开为常态、不公开为例外。附则另行规定。"}
    >>> host = {"市": "粮食生产再获丰收。城乡道路更加通畅。"}
    >>> planted = plant_passages(source, host, kinds=["verbatim"], n_passages=1, lengths=(20, 24), random_state=1)
    >>> planted
    Planted: 1 passages as 1 pieces in 1 hosts from 1 sources (1 verbatim); 0 sentences dropped, 0 natural runs
    >>> row = planted.truth.iloc[0]
    >>> planted.texts["市"][row["target_begin"] : row["target_end"]]
    '全面推进政务公开，坚持以公开为常态、不公开为例外'
    >>> import fzanalytics as fz
    >>> fz.find_passages(planted.corpus)[["source_begin", "source_end"]].values.tolist()
    [[5, 29]]
    """
    _check(kinds, n_passages, lengths, edit_share, replaced_share)
    table = _documents(sources, hosts)
    texts = dict(zip(table["doc_id"], table["text"], strict=True))
    roles = {role: sorted(table.loc[table["role"] == role, "doc_id"]) for role in ("source", "host")}
    shared = pd.DataFrame(columns=["doc_id", "text"])
    if not keep_shared:
        given = [{doc_id: texts[doc_id] for doc_id in roles[role]} for role in ("source", "host")]
        runs = equal_runs(*given, n_chars=NATURAL_CHARS)[["target", "target_begin", "target_end"]]
        kept, shared = drop_sentences(given[1], runs.set_axis(["doc_id", "begin", "end"], axis=1))
        texts |= kept
    editor = Editor(
        [texts[host] for host in roles["host"]],
        edit_share=edit_share,
        replaced_share=replaced_share,
        substitutes=load_substitutes() if substitutes is None else substitutes,
    )
    rng = make_generator(random_state, "plant_passages")
    plans = Planner(texts, roles, editor, lengths, rng).plan([kinds[i % len(kinds)] for i in range(n_passages)])
    planted, truth, changes = _carry_out(texts, plans)
    texts |= planted
    table = table.assign(text=table["doc_id"].map(texts))
    table["n_chars"] = table["text"].str.len()
    table.loc[table["role"] == "host", "sha256"] = pd.NA
    natural = _natural({i: texts[i] for i in roles["source"]}, {i: texts[i] for i in roles["host"]}, truth)
    return Planted(table, truth, changes, natural, shared)


def _check(
    kinds: Sequence[str], n_passages: int, lengths: tuple[int, int], edit_share: float, replaced_share: float
) -> None:
    unknown = [kind for kind in kinds if kind not in PLANT_KINDS] if not isinstance(kinds, str) else [kinds]
    if unknown or not len(kinds):
        raise ValueError(
            f"`kinds` must be a list of {', '.join(PLANT_KINDS)}; got {kinds!r}. Wrap a single kind in a list."
        )
    check_number(n_passages, name="n_passages", within="[1, inf)", whole=True, remedy="Take 20 for each kind.")
    ends = list(lengths) if isinstance(lengths, Iterable) else []
    faults = [number_fault(end, name="lengths", within="[12, inf)", whole=True, remedy="") for end in ends]
    if len(ends) != 2 or any(faults) or ends[0] > ends[1]:
        raise ValueError(
            f"`lengths` must be the fewest and the most characters of a passage, at least 12; got {lengths}. "
            "Take (20, 600)."
        )
    check_number(edit_share, name="edit_share", within="(0, 0.5]", remedy="Take 0.1.")
    check_number(replaced_share, name="replaced_share", within="(0, 1]", remedy="Take 0.5.")


def _documents(
    sources: pd.DataFrame | Corpus | Mapping[str, str], hosts: pd.DataFrame | Corpus | Mapping[str, str]
) -> pd.DataFrame:
    """Both sets as one documents table with every column of the contract, and their role."""
    parts = []
    for given, name, role in ((sources, "sources", "source"), (hosts, "hosts", "host")):
        if isinstance(given, Corpus):
            table = given.held
        elif isinstance(given, pd.DataFrame):
            require_columns(given, ["doc_id", "text"], name=name)
            table = given[given["held"].astype(bool)] if "held" in given else given
        else:
            table = pd.DataFrame({"doc_id": list(given), "text": list(given.values())})
        if table.empty:
            raise ValueError(f"`{name}` must hold at least one document; got none. Give a table with texts.")
        parts.append(table.assign(doc_id=table["doc_id"].astype(str), role=role, held=True))
    ids = [doc_id for part in parts for doc_id in part["doc_id"]]
    if doubled := sorted({doc_id for doc_id in ids if ids.count(doc_id) > 1}):
        raise ValueError(
            f"`sources` and `hosts` must have doc_ids of their own; doubled: {', '.join(doubled[:5])}. Rename them."
        )
    extra = dict.fromkeys(column for part in parts for column in part.columns if column not in COLUMNS["documents"])
    columns = [*COLUMNS["documents"], *extra]
    rows = [row for part in parts for row in part.astype(object).to_dict("records")]
    table = pd.DataFrame([{column: row.get(column, pd.NA) for column in columns} for row in rows], columns=columns)
    return type_documents(table.assign(held=True))


def _carry_out(texts: Mapping[str, str], plans: Iterable[Plan]) -> tuple[dict[str, str], pd.DataFrame, pd.DataFrame]:
    """The hosts with the passages in their places, the truth and the changes."""
    parts: dict[str, list[str]] = {}
    done: dict[str, int] = {}
    length: dict[str, int] = {}
    truth: list[tuple[object, ...]] = []
    edits: list[tuple[object, ...]] = []
    for plan in sorted(plans, key=lambda plan: (plan.host, plan.border)):
        host = parts.setdefault(plan.host, [])
        before = texts[plan.host][done.get(plan.host, 0) : plan.border]
        at = length.get(plan.host, 0) + len(before)
        host.append(before)
        for number, piece in enumerate(plan.pieces):
            original = texts[plan.source][piece.begin : piece.end]
            new, places = apply_changes(original, piece.changes)
            row = (plan.number, number, plan.source, plan.host)
            truth.append((*row, *_trimmed(original, piece.begin), *_trimmed(new, at), plan.kind,
                          _unchanged(original, piece.changes), len(piece.changes)))  # fmt: skip
            for change, (begin, end) in zip(piece.changes, places, strict=True):
                edits.append((*row, piece.begin + change.begin, piece.begin + change.end, at + begin, at + end,
                              change.operation, original[change.begin : change.end], change.after))  # fmt: skip
            host.append(new)
            at += len(new)
        done[plan.host], length[plan.host] = plan.border, at
    planted = {host: "".join([*parts[host], texts[host][done[host] :]]) for host in parts}
    by_place = ["passage", "piece", "source_begin"]
    return (
        planted,
        pd.DataFrame(truth, columns=list(TRUTH_COLUMNS)).sort_values(by_place, ignore_index=True),
        pd.DataFrame(edits, columns=list(CHANGE_COLUMNS)).sort_values(by_place, ignore_index=True),
    )


def _trimmed(text: str, offset: int) -> tuple[int, int]:
    """From the first to the last character that carries text."""
    counted = np.flatnonzero(carries_text(text))
    return offset + int(counted[0]), offset + int(counted[-1]) + 1


def _unchanged(text: str, changes: Iterable[Change]) -> int:
    counted = carries_text(text)
    for change in changes:
        counted[change.begin : change.end] = False
    return int(counted.sum())


def _natural(sources: Mapping[str, str], hosts: Mapping[str, str], truth: pd.DataFrame) -> pd.DataFrame:
    """Runs of equal characters that do not run along a planted piece of their pair."""
    runs = equal_runs(sources, hosts, n_chars=NATURAL_CHARS)
    keep = np.ones(len(runs), dtype=bool)
    pieces = {pair: group[list(SPANS[2:])].to_numpy() for pair, group in truth.groupby(["source", "target"])}
    for place, (source, target, a, a_end, b, b_end) in enumerate(runs[list(SPANS)].itertuples(index=False)):
        rows = pieces.get((source, target))
        if rows is not None:
            along = (rows[:, 0] < a_end) & (a < rows[:, 1]) & (rows[:, 2] < b_end) & (b < rows[:, 3])
            keep[place] = not along.any()
    return runs[keep].reset_index(drop=True)

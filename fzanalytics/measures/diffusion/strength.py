"""What changes along a borrowed clause, and how specific clauses are: duties, deadlines, amounts, agencies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from fzanalytics.base.tables import COLUMNS, require_columns
from fzanalytics.measures.diffusion.coverage import coverage_matrix
from fzanalytics.measures.diffusion.succession import between, part_of_corpus
from fzanalytics.measures.ignoring import ignored_of, without_ignored
from fzanalytics.measures.inputs import require_corpus
from fzanalytics.measures.pairing import Paragraph, Row, align_paragraphs, pair_mentions
from fzanalytics.measures.reuse.reduced import reduce_text
from fzanalytics.texts.corpus import Corpus
from fzanalytics.texts.extraction.obligation import obligation_strength

MENTION_KINDS = ("obligation", "deadline", "quantity", "agency")
_ROLE_RANK = {"soft": 0, "binding": 1, "prohibiting": 1}
_COLUMNS = (
    "source", "target", "source_paragraph", "target_paragraph", "order", "score", "kind", "change", "direction",
    "source_value", "target_value", "source_role", "target_role", "days", "amount", "in_shared_sentence",
    "source_begin", "source_end", "target_begin", "target_end", "source_text", "target_text",
)  # fmt: skip
_AMOUNT = re.compile(r"^(?P<compare>>=|<=|>|<|~|=|\*) (?P<number>\d+(?:\.\d+)?)(?: (?P<unit>\S+))?$")
# 自2020年1月1日起施行。 with nothing that is put into effect behind it: of a document, and no task
_FORCE = re.compile(r"\s*起?(?:正式)?(?:施行|试行|实施|执行|生效)(?=[^\w\s]|\s*(?:\n|$))")


def clause_changes(
    corpus: Corpus,
    source: str,
    target: str,
    *,
    passages: pd.DataFrame | None = None,
    threshold: float = 0.5,
    ignore: pd.DataFrame | Iterable[object] | None = None,
) -> pd.DataFrame:
    """What became of the duties, deadlines, amounts and agencies of each clause that a target shares with a source.

    Parameters
    ----------
    corpus : Corpus
        With its mentions.
    source, target : str
        doc_ids of held documents; the target must not come before the source.
    passages, threshold
        As for `coverage_matrix` (12 characters or more if they are found here, since paragraph is set beside paragraph,
        and not the 20 of measures of whole texts): its covered paragraphs and their best matches are compared.
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        What is no text, neither shared nor to be shared: spans, such as those of `find_slogans`, or phrases. Mentions
        there are none.

    Returns
    -------
    DataFrame, one row a mention that is kept, changed, dropped or added, by paragraph of the source
        - source, target, source_paragraph, target_paragraph, order, score: of the pair, see `coverage_matrix`.
        - kind: "obligation", "deadline", "quantity" or "agency"; change: "kept", "changed" (another stands in its place),
          "dropped" or "added". The day on which a document comes into force (自2020年1月1日起施行) is no deadline.
        - direction: "softer" or "harder" (应当 became 鼓励, or a word that binds was dropped from, a soft one added to, a
          sentence that is shared otherwise; and the reverse), "later" or "earlier", "higher" or "lower", else NA.
        - source_value, target_value, source_role, target_role: of the two mentions, NA on the side that has none.
        - days: the target's last day minus the source's (first day, where only that is known), NaN if either is not
          known; amount: the target's number minus the source's, in their unit (shares for percentages), NaN if the units
          differ or there is none.
        - in_shared_sentence: at least half of the letters of its sentence stand in the other paragraph too. False for
          what went or came with a whole sentence.
        - source_begin, source_end, target_begin, target_end, source_text, target_text: where and what they are.

    Raises
    ------
    ValueError
        If a document is not held, the target comes before the source, or `threshold` is out of its range.
    TypeError
        If `corpus` is no Corpus.

    Notes
    -----
    The two paragraphs are laid against each other with the fewest edits (Levenshtein). Two mentions of a kind belong
    together if they stand in the same place of it, and are equal or both in shared sentences; agencies, if they are the
    same business wherever they stand (省财政厅 and 市财政局). What is left belongs to the same value or text elsewhere in the
    other paragraph; and if the extraction found it on one side only, it is kept where its text stands on the other (an agency
    anywhere, a date or amount beside those found there, a word of obligation in the same place), with role and days not
    known there. A change of an agency is one of its role. Several words in one rewritten stretch are paired in order, which
    may be by chance. What the extraction misses on both sides is not seen, and a softer
    word does not show a softer rule. Where order is "unknown" or "earlier" a change is a difference, and not known to be
    the target's doing.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> changes = clause_changes(load_sample(), "hebei_province_2016", "shijiazhuang_city_2016")
    >>> changes[(changes["kind"] == "deadline") & (changes["change"] == "changed")]["direction"].dropna().unique().tolist()
    ['later']
    """
    _check(corpus, source, target)
    ignore = ignored_of(corpus, ignore, [source, target])
    if passages is not None:
        passages = between(passages, [source], [target])
    corpus = part_of_corpus(corpus, [source, target])
    matrix = coverage_matrix(corpus, source, passages=passages, threshold=threshold, ignore=ignore)
    corpus = without_ignored(corpus, ignore)
    pairs = matrix[(matrix["target"] == target) & matrix["covered"]]
    if matrix.empty or target not in set(matrix["target"]):
        raise ValueError(
            f"`target` must not come before `source`; got {target!r}, which comes before {source!r}. Turn them round."
        )
    sides = {doc_id: _Side(corpus, doc_id) for doc_id in (source, target)}
    places = _place_names(corpus, (source, target))
    rows: list[Row] = []
    for pair in pairs.to_dict("records"):
        here, there = (
            sides[source].paragraph(pair["source_paragraph"]),
            sides[target].paragraph(pair["target_paragraph"]),
        )
        shown: Row = {key: pair[key] for key in _COLUMNS[:6]}
        rows += [{**shown, **change} for change in _changes(here, there, places)]
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    numbers = {**dict.fromkeys(["source_begin", "source_end", "target_begin", "target_end"], "Int64")}
    return _once(table).astype({**numbers, "days": float, "amount": float, "in_shared_sentence": bool})


def _check(corpus: Corpus, source: str, target: str) -> None:
    held = sorted(require_corpus(corpus).held["doc_id"].astype(str))
    for name, doc_id in (("source", source), ("target", target)):
        if doc_id not in held:
            raise ValueError(
                f"`{name}` must be the doc_id of a held document; got {doc_id!r}. Held are: {', '.join(held)}."
            )
    if source == target:
        raise ValueError(f"`target` must be another document than `source`; got {target!r} twice. Choose two.")


def _once(table: pd.DataFrame) -> pd.DataFrame:
    """Each mention of the target added once, and only if no other paragraph of the source has it."""
    keys = ["kind", "target_begin", "target_end", "target_value", "target_role"]
    here = list(table[keys].astype(object).itertuples(index=False, name=None))
    added = (table["change"] == "added").to_numpy()
    paired = {
        key for key, new, text in zip(here, added, table["target_text"], strict=True) if not new and not pd.isna(text)
    }
    seen: set[object] = set()
    keep = []
    for key, new in zip(here, added, strict=True):
        keep.append(not new or (key not in paired and key not in seen))
        if new:
            seen.add(key)
    return table[np.array(keep, dtype=bool)].reset_index(drop=True)


class _Side:
    """The paragraphs of one document, each with the mentions that hold for it."""

    def __init__(self, corpus: Corpus, doc_id: str) -> None:
        held = corpus.held
        (self.text,) = held.loc[held["doc_id"].astype(str) == doc_id, "text"].astype(str)
        own = corpus.paragraphs[corpus.paragraphs["doc_id"] == doc_id].sort_values("begin")
        self.spans = dict(zip(own["paragraph_id"], zip(own["begin"], own["end"], strict=True), strict=True))
        require_columns(corpus.mentions, COLUMNS["mentions"], name="corpus.mentions")
        mentions = corpus.mentions[(corpus.mentions["doc_id"] == doc_id) & corpus.mentions["kind"].isin(MENTION_KINDS)]
        clauses = corpus.clauses[corpus.clauses["doc_id"] == doc_id]
        self.mentions = _by_paragraph(mentions[~_in_force(mentions, {doc_id: self.text})], clauses, own)

    def paragraph(self, paragraph_id: str) -> Paragraph:
        begin, end = map(int, self.spans[paragraph_id])
        text = self.text[begin:end]
        codes, places = reduce_text(text)
        return Paragraph(begin, text, "".join(map(chr, codes)), places, self.mentions.get(paragraph_id, []))


def _in_force(mentions: pd.DataFrame, texts: Mapping[str, str]) -> pd.Series:
    """Which mentions are the day on which a document comes into force."""
    ends = mentions.loc[(mentions["kind"] == "deadline") & (mentions["role"] == "start"), ["doc_id", "end"]]
    found = [
        bool(_FORCE.match(texts.get(str(doc_id), ""), int(end)))
        for doc_id, end in zip(ends["doc_id"], ends["end"], strict=True)
    ]
    return pd.Series(found, index=ends.index, dtype=bool).reindex(mentions.index, fill_value=False)


def _by_paragraph(mentions: pd.DataFrame, clauses: pd.DataFrame, paragraphs: pd.DataFrame) -> dict[str, list[Row]]:
    """Mentions by the paragraph they stand in; one that holds for another clause, by the last paragraph of that."""
    spans = dict(zip(clauses["clause_id"], zip(clauses["begin"], clauses["end"], strict=True), strict=True))
    begins, ends = (paragraphs[side].to_numpy(dtype=np.int64) for side in ("begin", "end"))
    ids = paragraphs["paragraph_id"].tolist()
    found: dict[str, list[Row]] = {}
    for row in mentions.sort_values(["begin", "end"]).to_dict("records"):
        place = int(row["begin"])
        span = spans.get(row["clause_id"]) if isinstance(row["clause_id"], str) else None
        if span is not None and not span[0] <= place < span[1]:
            place = int(span[1]) - 1
        at = int(np.searchsorted(begins, place, side="right")) - 1
        if at >= 0 and place < ends[at]:
            found.setdefault(ids[at], []).append(row)
    return found


def _changes(source: Paragraph, target: Paragraph, places: re.Pattern[str] | None) -> Iterator[Row]:
    """What became of the mentions of two paragraphs."""
    alignment = align_paragraphs(source, target, places)
    for kind in MENTION_KINDS:
        for one, other in pair_mentions(source, target, kind, alignment):
            known = [id(mention) for mention in (one, other) if id(mention) in alignment.shared]
            shared = alignment.shared[known[0]]
            yield {**_compare(kind, one, other, shared), "in_shared_sentence": shared}


def _place_names(corpus: Corpus, doc_ids: tuple[str, ...]) -> re.Pattern[str] | None:
    documents = corpus.documents
    regions = documents.loc[documents["doc_id"].astype(str).isin(doc_ids), "region"].dropna().astype(str)
    names = {part for region in regions for part in region.split("/") if part}
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True))) if names else None


def _compare(kind: str, one: Row | None, other: Row | None, shared: bool) -> Row:
    """One row of the table, without the pair of paragraphs."""
    row: Row = {"kind": kind, "direction": pd.NA, "days": np.nan, "amount": np.nan}
    for side, mention in (("source", one), ("target", other)):
        for column in ("value", "role", "begin", "end", "text"):
            row[f"{side}_{column}"] = pd.NA if mention is None else mention[column]
    if one is None or other is None:
        row["change"] = "added" if one is None else "dropped"
        role = _ROLE_RANK.get(str((one or other or {})["role"])) if kind == "obligation" and shared else None
        if role is not None:
            row["direction"] = "harder" if (role == 1) == (one is None) else "softer"
        return row
    if kind == "agency":
        same = pd.isna(one["role"]) or pd.isna(other["role"]) or one["role"] == other["role"]
    else:
        same = one["value"] == other["value"]
    row["change"] = "kept" if same else "changed"
    if kind == "obligation":
        steps = [_ROLE_RANK.get(str(mention["role"]), 0) for mention in (one, other) if not pd.isna(mention["role"])]
        row["direction"] = {1: "harder", -1: "softer", 0: pd.NA}[steps[-1] - steps[0]]
    if kind == "deadline":
        row["days"] = _days_between(one, other)
        row["direction"] = "later" if row["days"] > 0 else "earlier" if row["days"] < 0 else pd.NA
    if kind == "quantity":
        row["amount"] = _amount_between(str(one["value"]), str(other["value"]))
        row["direction"] = "higher" if row["amount"] > 0 else "lower" if row["amount"] < 0 else pd.NA
    return row


def _days_between(one: Row, other: Row) -> float:
    for edge in ("not_after", "not_before"):
        if not pd.isna(one[edge]) and not pd.isna(other[edge]):
            return float((pd.Timestamp(other[edge]) - pd.Timestamp(one[edge])).days)
    return float("nan")


def _amount_between(one: str, other: str) -> float:
    left, right = _AMOUNT.match(one), _AMOUNT.match(other)
    if left is None or right is None or left["unit"] != right["unit"] or "*" in (left["compare"], right["compare"]):
        return float("nan")
    return round(float(right["number"]) - float(left["number"]), 9)


# How specific -----------------------------------------------------------------------------------------------------------

_COUNTS = ("n_deadlines", "n_recurring", "n_relative", "n_quantities", "n_targets", "n_agencies")
_STRENGTHS = ("binding", "mixed", "bare imperative", "soft", "descriptive")


def clause_specificity(corpus: Corpus, *, ignore: pd.DataFrame | Iterable[object] | None = None) -> pd.DataFrame:
    """How strongly each clause obliges, and how many deadlines, amounts and named agencies it has.

    Parameters
    ----------
    corpus : Corpus
        With its mentions.
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        What is no text: spans, such as those of `find_slogans`, or phrases. A clause that is nothing else is a mere heading,
        in no share; what is mentioned there is not counted.

    Returns
    -------
    DataFrame, one row a clause
        The columns of `obligation_strength`; n_deadlines (dated: deadlines, periods, starts), n_recurring (每年三月底前),
        n_relative (time limits from an event on, without a date: 三十日内), n_quantities, n_targets (amounts to be
        reached), n_agencies (different agencies made responsible that are named, not classes such as 各级政府). The day of
        coming into force is no deadline. A list of agencies that stands once for several clauses counts in each.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = clause_specificity(load_sample())
    >>> bool((table["n_agencies"] > 0).any()), bool((table["n_deadlines"] >= 0).all())
    (True, True)
    """
    corpus = without_ignored(corpus, ignore)
    mentions = corpus.mentions
    require_columns(mentions, COLUMNS["mentions"], name="corpus.mentions")
    table = obligation_strength(corpus.clauses, mentions)
    held = corpus.held
    mentions = mentions[~_in_force(mentions, dict(zip(held["doc_id"].astype(str), held["text"], strict=True)))]
    dated = mentions["role"].isin(["deadline", "period", "start"])
    named = mentions[(mentions["kind"] == "agency") & (mentions["evidence"] != "class").fillna(True)]
    parts = {
        "n_deadlines": mentions[(mentions["kind"] == "deadline") & dated],
        "n_recurring": mentions[(mentions["kind"] == "deadline") & (mentions["role"] == "recurring")],
        "n_relative": mentions[(mentions["kind"] == "deadline") & (mentions["role"] == "relative")],
        "n_quantities": mentions[mentions["kind"] == "quantity"],
        "n_targets": mentions[(mentions["kind"] == "quantity") & (mentions["role"] == "target")],
        "n_agencies": named.drop_duplicates(["doc_id", "clause_id", "value"]),
    }
    keys = pd.MultiIndex.from_frame(table[["doc_id", "clause_id"]].astype(object))
    for name, part in parts.items():
        counts = part[part["clause_id"].notna()].groupby(["doc_id", "clause_id"]).size()
        known = {key: int(n) for key, n in counts.items()}
        table[name] = [known.get(key, 0) for key in keys]
    return table


def specificity(corpus: Corpus, *, ignore: pd.DataFrame | Iterable[object] | None = None) -> pd.DataFrame:
    """Shares of clauses by strength, and deadlines, amounts and named agencies per clause, of each document.

    Parameters
    ----------
    corpus : Corpus
        With its mentions.
    ignore : DataFrame (doc_id, begin, end), iterable of such spans, or of phrases, optional
        What is no text: spans, such as those of `find_slogans`, or phrases. A clause that is nothing else is a mere heading,
        in no share; what is mentioned there is not counted.

    Returns
    -------
    DataFrame, one row a document with clauses
        doc_id; n_clauses: clauses that are no mere headings. All that follows is of these clauses alone, above the line
        of division and below it: n_binding, n_mixed, n_bare_imperative, n_soft, n_descriptive: clauses by
        `obligation_strength`, and binding_share, soft_share in [0, 1] (mixed ones are in neither); n_deadlines,
        n_recurring, n_relative, n_quantities, n_targets, n_agencies: sums, see `clause_specificity`; deadlines_per_clause
        (of dated deadlines alone: most laws have none, and time limits from an event on, which are in n_relative),
        quantities_per_clause, agencies_per_clause: at least 0, NaN without such clauses. n_in_headings: the deadlines,
        amounts and agencies of mere headings, which are in no other number (none in the bundled corpus).

    Notes
    -----
    A law binds by time limits (三十日内), a plan by dates (2020年底前): compare each with its kind. Counts hang on how finely
    a text is numbered: compare documents of one genre. What stands before the first clause is not counted. These
    documents, and no sample of others: no interval is given.

    Examples
    --------
    >>> from fzanalytics.texts.datasets import load_sample
    >>> table = specificity(load_sample()).set_index("doc_id")
    >>> bool(table.loc["hebei_province_2016", "deadlines_per_clause"] > table.loc["henan_province_2021", "deadlines_per_clause"])
    True
    """
    clauses = clause_specificity(corpus, ignore=ignore)
    counted = clauses[clauses["strength"] != "heading"]
    table = pd.DataFrame({"n_clauses": counted.groupby("doc_id").size()})
    table = table.reindex(pd.Index(clauses["doc_id"].unique(), name="doc_id"), fill_value=0)
    for strength in _STRENGTHS:
        n = counted[counted["strength"] == strength].groupby("doc_id").size()
        table[f"n_{strength.replace(' ', '_')}"] = n.reindex(table.index, fill_value=0)
    per = table["n_clauses"].replace(0, np.nan)
    table["binding_share"], table["soft_share"] = table["n_binding"] / per, table["n_soft"] / per
    sums = counted.groupby("doc_id")[list(_COUNTS)].sum()
    table = table.join(sums.reindex(table.index, fill_value=0))
    for name in ("deadlines", "quantities", "agencies"):
        table[f"{name}_per_clause"] = table[f"n_{name}"] / per
    headings = clauses[clauses["strength"] == "heading"].set_index("doc_id")
    n = headings[[name for name in _COUNTS if name != "n_targets"]].sum(axis=1).groupby(level=0).sum()
    table["n_in_headings"] = n.reindex(table.index, fill_value=0).astype(int)
    return table.reset_index()

"""How well what was found agrees with what annotators read: precision, recall, F1, and the disagreements.

Spans are matched one to one within a document and a kind: first the pairs that agree in all that the kind asks for, then
the pairs that merely overlap, the longer overlap first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.tables import require_columns
from fzanalytics.evaluation.gold import GOLD_COLUMNS, GOLD_ROLES, GoldFile, gold_span, place_gold, read_gold
from fzanalytics.measures.resampling import wilson_limits
from fzanalytics.texts.corpus import Corpus

_Z = 1.959963984540054  # 97.5 % of a normal distribution
_NUMBER = re.compile(r"[〔\[［【(（]\s*((?:19|20)\d\d)\s*[〕\]］】)）]\s*第?\s*(\d{1,5})\s*号")
_MARKER = re.compile(
    r"\s*(?:第\s*[一二三四五六七八九十百零〇\d]+\s*[编章节条款项]|[（(〔\[]\s*[一二三四五六七八九十百\d０-９]+\s*[）)〕\]][、．.]?"
    r"|\d{1,3}(?:[.．]\d{1,3}){1,4}[.．、]?(?!\d)|[一二三四五六七八九十百]+\s*[、．.是要]|[\d０-９]+\s*[、．.﹒。)）]|[\u2460-\u249b\u3220-\u3229\u3251-\u325f])\s*"
)

#: What has no number of its own: attachments, and the unnumbered paragraphs (款) of an article.
_NO_NUMBER = re.compile(r"附[件录表]?\d*|第[一二三四五六七八九十百]+款")
_STOP = re.compile(r"[。：；！？:;!?]")
_MOST_HEADING = 40


class Scores(NamedTuple):
    """What `evaluate_gold` returns."""

    table: pd.DataFrame
    disagreements: pd.DataFrame
    not_evaluated: list[str]


# ---------------------------------------------------------------- what was found


def found_mentions(corpus: Corpus) -> pd.DataFrame:
    """The mentions and headings of a corpus in the form of the gold.

    Parameters
    ----------
    corpus : Corpus

    Returns
    -------
    DataFrame
        doc_id, kind, value, role, not_before, not_after, begin, end, text. Headings come from the clauses: value is the
        path, role the depth, the span goes from the number to the end of the heading. A list of agencies that serves
        several clauses counts once.
    """
    texts = dict(zip(corpus.held["doc_id"], corpus.held["text"], strict=True))
    rows = []
    for clause in corpus.clauses.itertuples(index=False):
        parts = str(clause.path).split("/")
        if _NO_NUMBER.fullmatch(parts[-1]):
            continue
        numbers = [part for part in parts if not _NO_NUMBER.fullmatch(part)]
        begin = int(clause.begin)
        end = begin + len(_written_heading(texts[clause.doc_id], begin))
        path, depth = "/".join(numbers), str(len(numbers))
        rows.append(
            (clause.doc_id, "heading", path, depth, pd.NaT, pd.NaT, begin, end, texts[clause.doc_id][begin:end])
        )
    mentions = corpus.mentions[corpus.mentions["kind"].isin(list(GOLD_ROLES))].reindex(columns=list(GOLD_COLUMNS))
    table = pd.DataFrame([*mentions.itertuples(index=False, name=None), *rows], columns=list(GOLD_COLUMNS))
    return table.drop_duplicates(["doc_id", "kind", "begin", "end", "role", "value"], ignore_index=True)


def _written_heading(text: str, begin: int) -> str:
    """A number and its heading words as the guideline takes them: to the first stop, if that is forty characters at most."""
    line = text[begin : begin + 400].partition("\n")[0]
    number = _MARKER.match(line)
    after = number.end() if number else 0
    words = _STOP.split(line[after:], maxsplit=1)[0]
    if len(re.sub(r"\s", "", words)) > _MOST_HEADING:
        return line[:after].rstrip()
    return (line[:after] + words).rstrip()


# ---------------------------------------------------------------- matching


def _is_right(gold: dict[str, object], found: dict[str, object]) -> bool:
    """Whether an overlapping pair agrees in what its kind asks for."""
    kind = gold["kind"]
    if kind == "agency":
        return (gold["begin"], gold["end"], known(gold["role"])) == (
            found["begin"],
            found["end"],
            known(found["role"]),
        )
    if kind == "deadline":
        sides = ("not_before", "not_after")
        return known(gold["role"]) == known(found["role"]) and all(
            pd.isna(gold[side]) or gold[side] == found[side]  # type: ignore[call-overload]
            for side in sides
        )
    if kind == "citation":
        return same_document(known(gold["value"]), known(found["value"]))
    words = heading_words(str(gold["text"]))
    return known(gold["value"]) == known(found["value"]) and words in ("", heading_words(str(found["text"])))


def known(value: object) -> str:
    """A value as text, "" where it is missing."""
    return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]


def heading_words(text: str) -> str:
    """A heading without its number and without spaces.

    Examples
    --------
    >>> heading_words("（一）工作 目标"), heading_words("１．"), heading_words("一是")
    ('工作目标', '', '')
    """
    return re.sub(r"[\s*#]", "", _MARKER.sub("", text, count=1))


def same_document(first: str, second: str) -> bool:
    """Whether two values of citations name one document: equal numbers if both have one, else equal titles.

    Parameters
    ----------
    first, second : str
        "title|number" or "《title》number", either part may be missing.

    Notes
    -----
    Titles are compared without spaces, kinds of brackets and dashes, and the notice around them. The number is
    compared from its issuer's code to 号.

    Examples
    --------
    >>> same_document("法治政府建设实施纲要（2015—2020年）|中发〔2015〕36号", "《法治政府建设实施纲要(2015-2020年)》")
    True
    >>> same_document("实施纲要|中发〔2015〕36号", "《实施纲要》中发〔2015〕37号")
    False
    """
    (title, number), (other_title, other_number) = _document(first), _document(second)
    if number and other_number:
        return number == other_number
    return bool(title) and title == other_title


def _document(value: str) -> tuple[str, str]:
    value = "".join(value.split()).translate({0xFF10 + i: str(i) for i in range(10)})
    head, bar, tail = value.partition("|")
    if not bar:
        inside = value.rfind("》")
        head, tail = (value[: inside + 1], value[inside + 1 :]) if inside >= 0 else ("", value)
        if inside < 0 and not _NUMBER.search(value):
            head, tail = value, ""
    number = _NUMBER.search(tail)
    code = re.sub(r"^.*[（(，,]", "", tail[: number.start()]) if number else ""
    return _even_title(head), f"{code}〔{number[1]}〕{int(number[2])}号" if number else ""


def _even_title(title: str) -> str:
    wrapped = re.search(r"(?:印发|转发|批转|公布|发布)[《〈<＜](.+)[》〉>＞]的?(?:通知|决定|公告)", title)
    bare = re.search(r"(?:关于)(?:印发|转发|批转)([^《〈<＜》〉>＞]+)的通知[》]?$", title)
    title = wrapped[1] if wrapped else bare[1] if bare else title
    title = re.sub(r"[《》〈〉<>＜＞]", "", title).translate(str.maketrans("（）〔〕［］", "()()()"))
    return re.sub(r"[—–－~～\-]+", "-", title)


def match_mentions(found: pd.DataFrame, gold: pd.DataFrame) -> pd.DataFrame:
    """Pairs of gold and found, one to one, and what is left over on each side.

    Parameters
    ----------
    found, gold : DataFrame
        doc_id, kind, value, role, not_before, not_after, begin, end, text.

    Returns
    -------
    DataFrame
        gold, found (row numbers, counted from 0, or -1), doc_id, kind, right (bool: they agree in all that is asked).
    """
    for name, table in (("found", found), ("gold", gold)):
        require_columns(table, GOLD_COLUMNS, name=name)
    pairs: list[tuple[int, int, str, str, bool]] = []
    found_rows, gold_rows = _by_document_and_kind(found), _by_document_and_kind(gold)
    for key in sorted({*found_rows, *gold_rows}):
        ours, theirs = gold_rows.get(key, []), found_rows.get(key, [])
        overlaps = []
        for i, one in ours:
            for j, other in theirs:
                shared = min(int(one["end"]), int(other["end"])) - max(int(one["begin"]), int(other["begin"]))  # type: ignore[call-overload]
                if shared > 0:
                    overlaps.append((not _is_right(one, other), -shared, i, j))
        free_gold, free_found = {i for i, _ in ours}, {j for j, _ in theirs}
        for wrong, _, i, j in sorted(overlaps):
            if i in free_gold and j in free_found:
                pairs.append((i, j, *key, not wrong))
                free_gold.remove(i)
                free_found.remove(j)
        pairs += [(i, -1, *key, False) for i in sorted(free_gold)]
        pairs += [(-1, j, *key, False) for j in sorted(free_found)]
    return pd.DataFrame(pairs, columns=["gold", "found", "doc_id", "kind", "right"])


def _by_document_and_kind(table: pd.DataFrame) -> dict[tuple[str, str], list[tuple[int, dict[str, object]]]]:
    groups: dict[tuple[str, str], list[tuple[int, dict[str, object]]]] = {}
    for i, row in enumerate(table[list(GOLD_COLUMNS)].to_dict("records")):
        groups.setdefault((str(row["doc_id"]), str(row["kind"])), []).append((i, {str(k): v for k, v in row.items()}))
    return groups


# ---------------------------------------------------------------- scores


def evaluate_mentions(found: pd.DataFrame, gold: pd.DataFrame, *, by_document: bool = False) -> pd.DataFrame:
    """Precision, recall and F1 of what was found, by kind.

    Parameters
    ----------
    found, gold : DataFrame
        doc_id, kind, value, role, not_before, not_after, begin, end, text; see `found_mentions` and `place_gold`. Both
        of the same documents, or parts of them.
    by_document : bool
        One row a document and kind.

    Returns
    -------
    DataFrame
        kind, n_gold, n_found, n_right, precision, precision_low, precision_high, recall, recall_low, recall_high, f1,
        lenient_precision, lenient_recall, lenient_f1; all shares in [0, 1], NaN where nothing can be counted.

    Notes
    -----
    Right, by kind. agency: the same span and role. deadline: spans overlap, the same role, and the same day on every side
    that the gold closes. citation: spans overlap, the same document (number, or title evened out). heading: the same
    place, path and words. Lenient: the spans overlap. The intervals are Wilson's, 95 %. They take mentions for independent draws;
    mentions of one document are alike, so they are too narrow as a statement on other documents.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212.

    Examples
    --------
    >>> from fzanalytics.evaluation.gold import parse_gold, place_gold
    >>> gold = place_gold(parse_gold("# doc_id: a\\n1\\tagency\\t省编委办\\teach\\n1\\tagency\\t省法制办\\teach"), "省编委办、省法制办")
    >>> evaluate_mentions(gold.head(1), gold)[["kind", "n_gold", "precision", "recall"]].values.tolist()
    [['agency', 2, 1.0, 0.5]]
    """
    pairs = match_mentions(found, gold)
    keys = ["doc_id", "kind"] if by_document else ["kind"]
    rows = []
    for key, group in pairs.groupby(keys, sort=True):
        n_gold, n_found = int((group["gold"] >= 0).sum()), int((group["found"] >= 0).sum())
        right = int(group["right"].sum())
        touched = int(((group["gold"] >= 0) & (group["found"] >= 0)).sum())
        (low, high), (recall_low, recall_high) = wilson_interval(right, n_found), wilson_interval(right, n_gold)
        rows.append(
            {
                **dict(zip(keys, key if isinstance(key, tuple) else (key,), strict=True)),
                "n_gold": n_gold,
                "n_found": n_found,
                "n_right": right,
                "precision": _share(right, n_found),
                "precision_low": low,
                "precision_high": high,
                "recall": _share(right, n_gold),
                "recall_low": recall_low,
                "recall_high": recall_high,
                "f1": _share(2 * right, n_gold + n_found),
                "lenient_precision": _share(touched, n_found),
                "lenient_recall": _share(touched, n_gold),
                "lenient_f1": _share(2 * touched, n_gold + n_found),
            }
        )
    return pd.DataFrame(rows, columns=[*keys, *_SCORE_COLUMNS])


_SCORE_COLUMNS = (
    "n_gold", "n_found", "n_right", "precision", "precision_low", "precision_high", "recall", "recall_low",
    "recall_high", "f1", "lenient_precision", "lenient_recall", "lenient_f1",
)  # fmt: skip


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def wilson_interval(n_right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson (1927); NaN for n = 0.

    Examples
    --------
    >>> [round(side, 4) for side in wilson_interval(8, 10)]
    [0.4902, 0.9433]
    """
    if not 0 <= n_right <= n:
        raise ValueError(f"`n_right` must be from 0 to n; got {n_right} of {n}. Count again.")
    if n == 0:
        return math.nan, math.nan
    low, high = wilson_limits(n_right / n, _Z**2 / n)
    return float(low), float(high)


def disagreements(found: pd.DataFrame, gold: pd.DataFrame, texts: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Every miss, false alarm and wrong answer, for reading.

    Parameters
    ----------
    found, gold : DataFrame
        As in `evaluate_mentions`.
    texts : mapping of doc_id to clean text, optional
        For the context.

    Returns
    -------
    DataFrame
        doc_id, kind, fault ("missed", "false alarm", "wrong"), begin, end (of the gold, else of what was found), gold, found
        (text, role and value of each; "" if there is none), context (15 characters on each side); sorted by place.
    """
    found, gold = found.reset_index(drop=True), gold.reset_index(drop=True)
    rows = []
    for pair in match_mentions(found, gold).itertuples(index=False):
        if pair.right:
            continue
        row = gold.loc[pair.gold] if pair.gold >= 0 else found.loc[pair.found]
        begin, end = int(row["begin"]), int(row["end"])
        text = (texts or {}).get(str(row["doc_id"]), "")
        rows.append(
            {
                "doc_id": row["doc_id"],
                "kind": row["kind"],
                "fault": "missed" if pair.found < 0 else "false alarm" if pair.gold < 0 else "wrong",
                "begin": begin,
                "end": end,
                "gold": _show(gold.loc[pair.gold]) if pair.gold >= 0 else "",
                "found": _show(found.loc[pair.found]) if pair.found >= 0 else "",
                "context": text[max(0, begin - 15) : end + 15].replace("\n", "⏎"),
            }
        )
    columns = ["doc_id", "kind", "fault", "begin", "end", "gold", "found", "context"]
    return pd.DataFrame(rows, columns=columns).sort_values(["doc_id", "begin", "end", "kind"], ignore_index=True)


def _show(row: pd.Series) -> str:
    days = [f"{day:%Y-%m-%d}" if not pd.isna(day) else ".." for day in (row["not_before"], row["not_after"])]
    interval = "" if days == ["..", ".."] else "/".join(days)
    value = interval or (known(row["value"]) if row["kind"] != "deadline" else "")
    return " | ".join(part for part in (str(row["text"]), known(row["role"]), value) if part)


# ---------------------------------------------------------------- gold files against a corpus


def evaluate_gold(corpus: Corpus, gold: str | Path | Iterable[GoldFile]) -> Scores:
    """Score a corpus against gold files; each document only in the part and the kinds that were annotated.

    Parameters
    ----------
    corpus : Corpus
    gold : path or iterable of GoldFile
        A gold file, a folder of them, or what `read_gold` gives.

    Returns
    -------
    Scores
        table: set ("training", "held out"), then the columns of `evaluate_mentions`. disagreements: as that function gives
        them, with set. not_evaluated: the doc_id of each gold file whose document is not in the corpus.

    Raises
    ------
    ValueError
        If an annotation has no place in the text of its document.
    """
    files = read_gold(gold) if isinstance(gold, str | Path) else list(gold)
    texts = dict(zip(corpus.held["doc_id"].astype(str), corpus.held["text"], strict=True))
    all_found = found_mentions(corpus)
    tables, faults = [], []
    for name in dict.fromkeys(file.part_of_corpus for file in files):
        here = [file for file in files if file.part_of_corpus == name and file.doc_id in texts]
        if not here:
            continue
        placed = _concat([place_gold(file, texts[file.doc_id]) for file in here])
        found = _concat([found_in_part(all_found, file, texts[file.doc_id]) for file in here])
        tables.append(evaluate_mentions(found, placed).assign(set=name))
        faults.append(disagreements(found, placed, texts).assign(set=name))
    table = _concat(tables) if tables else pd.DataFrame(columns=["kind", *_SCORE_COLUMNS, "set"])
    wrong = _concat(faults) if faults else pd.DataFrame()
    return Scores(
        table=table[["set", "kind", *_SCORE_COLUMNS]],
        disagreements=wrong,
        not_evaluated=[file.doc_id for file in files if file.doc_id not in texts],
    )


def found_in_part(found: pd.DataFrame, gold: GoldFile, text: str) -> pd.DataFrame:
    """What was found in the part and of the kinds that a gold file covers."""
    begin, end = gold_span(gold, text)
    here = found["begin"].between(begin, end - 1) & found["kind"].isin(gold.kinds) & (found["doc_id"] == gold.doc_id)
    return found[here].reset_index(drop=True)


def _concat(tables: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]

"""Gold annotations: what an annotator (a person or a language model) read in a document, in a plain file placed in its text.

One file a document, columns parted by tabs: line, kind, text, role, value, occurrence. A line counts from 1 in the clean
text, blank lines included; `text` is the exact string in it. Sealing a file adds a hash of each line named: the
annotations then find their places in a clean text whose lines have moved or changed elsewhere. The rules of
annotation are in tests/gold/guideline.md; scores are in `fzanalytics.evaluation.gold_scores`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.files import sha256_of

#: What is annotated, with the roles of each kind; none where the role is free (depth of a heading) or not used.
GOLD_ROLES: dict[str, tuple[str, ...]] = {
    "deadline": ("deadline", "period", "start", "recurring", "relative"),
    "agency": ("lead", "joint", "support", "each", "responsible"),
    "citation": (),
    "heading": (),
}

#: Documents that rules were written on give training figures; the others the result.
GOLD_SETS = ("training", "held out")

GOLD_COLUMNS = ("doc_id", "kind", "value", "role", "not_before", "not_after", "begin", "end", "text")

_COLUMNS = ("line", "kind", "text", "role", "value", "occurrence", "line_hash")
_HEADER = ("doc_id", "set", "kinds", "part", "annotator", "n_chars", "sha256", "part_hashes")
_INTERVAL = re.compile(r"(\.\.|\d{4}-\d\d-\d\d)/(\.\.|\d{4}-\d\d-\d\d)")
_NONE = ("", "-")


class Annotation(NamedTuple):
    """One row of a gold file; `occurrence` is 0 where the file leaves it out, `line_hash` "" before sealing."""

    line: int
    kind: str
    text: str
    role: str
    value: str
    occurrence: int
    line_hash: str


@dataclass(frozen=True)
class GoldFile:
    """The annotations of one document.

    Attributes
    ----------
    doc_id : str
    rows : tuple of Annotation
    kinds : tuple of str
        The kinds that were annotated; others are not scored.
    part : tuple of (int, int) or None
        First and last line that were annotated, or None for the whole text.
    part_hashes : tuple of (str, str) or None
        Hashes of the first and the last line of the part that are not blank, once sealed.
    part_of_corpus : {"training", "held out"}
        Whether rules were written on this document.
    header : mapping
        doc_id, set, kinds, part, annotator and, once sealed, n_chars, sha256 of the clean text, part_hashes.
    remarks : tuple of str
        The other lines that start with "#", such as doubts of the annotator.
    """

    doc_id: str
    rows: tuple[Annotation, ...]
    kinds: tuple[str, ...]
    part: tuple[int, int] | None
    part_hashes: tuple[str, str] | None
    part_of_corpus: str
    header: Mapping[str, str]
    remarks: tuple[str, ...] = ()


# ---------------------------------------------------------------- reading and writing


def read_gold(path: str | Path) -> list[GoldFile]:
    """Read one gold file, or all *.tsv of a folder in the order of their names.

    Parameters
    ----------
    path : path
        A file in UTF-8. Lines that start with "#" are the header ("# name: value"; doc_id is required, set, kinds,
        part, annotator are usual) or remarks; the others hold line, kind, text, role, value, occurrence, parted by
        tabs. "-" or nothing stands for no role or no value.

    Returns
    -------
    list of GoldFile

    Raises
    ------
    FileNotFoundError
        If there is no such file, or no *.tsv in the folder.
    ValueError
        All faults of a file at once, each with its line.
    """
    path = Path(path)
    files = sorted(path.glob("*.tsv")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise FileNotFoundError(f"`gold` must be a gold file or a folder of *.tsv; got {path}. Check the path.")
    return [parse_gold(file.read_text(encoding="utf-8-sig"), name=file.name) for file in files]


def parse_gold(text: str, *, name: str = "gold") -> GoldFile:
    """The annotations that a gold file holds; see `read_gold`.

    Examples
    --------
    >>> gold = parse_gold("# doc_id: a\\n# set: held out\\n3\\tdeadline\\t2017年年底前\\tdeadline\\t../2017-12-31")
    >>> gold.doc_id, gold.rows[0].line, gold.rows[0].value
    ('a', 3, '../2017-12-31')
    """
    header: dict[str, str] = {}
    remarks: list[str] = []
    rows: list[Annotation] = []
    faults: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r")
        if line.startswith("#"):
            key, _, value = line.lstrip("# ").partition(":")
            if key.strip() in _HEADER:
                header.setdefault(key.strip(), value.strip())
            else:
                remarks.append(line.lstrip("# "))
        elif line.strip() and not line.startswith("line\t"):
            try:
                rows.append(_read_row(line))
            except ValueError as error:
                faults.append(f"line {number}: {error}")
    part = re.fullmatch(r"(\d+)\s*[-–—]\s*(\d+)", header.get("part", ""))
    lines = (int(part[1]), int(part[2])) if part else None
    kinds = tuple(kind.strip() for kind in header["kinds"].split(",")) if "kinds" in header else tuple(GOLD_ROLES)
    faults = [*_header_faults(header, kinds, lines, rows), *faults]
    if faults:
        raise ValueError(f"{name} must be a gold file without faults; got {'; '.join(faults)}. Correct these lines.")
    hashes = header.get("part_hashes", "").split()
    return GoldFile(
        doc_id=header["doc_id"],
        rows=tuple(rows),
        kinds=kinds,
        part=lines,
        part_hashes=(hashes[0], hashes[1]) if len(hashes) == 2 else None,
        part_of_corpus=header.get("set", GOLD_SETS[0]),
        header=header,
        remarks=tuple(remarks),
    )


def _header_faults(
    header: Mapping[str, str], kinds: tuple[str, ...], part: tuple[int, int] | None, rows: list[Annotation]
) -> list[str]:
    faults = [] if "doc_id" in header else ["the header has no doc_id"]
    if header.get("set", GOLD_SETS[0]) not in GOLD_SETS:
        faults.append(f"set must be one of {', '.join(GOLD_SETS)}; got {header['set']!r}")
    unknown = [kind for kind in kinds if kind not in GOLD_ROLES]
    if unknown:
        faults.append(f"kinds must be of {', '.join(GOLD_ROLES)}; got {', '.join(unknown)}")
    if part is None and header.get("part", "all") != "all":
        faults.append(f"part must be 'all' or FIRST-LAST; got {header['part']!r}")
    for row in rows:
        if part is not None and not part[0] <= row.line <= part[1]:
            faults.append(f"line {row.line} is outside the part")
        if row.kind not in kinds and not unknown:
            faults.append(f"line {row.line} is of kind {row.kind}, which is not among the kinds")
    return faults


def _read_row(line: str) -> Annotation:
    cells = [*line.split("\t"), *[""] * len(_COLUMNS)][: len(_COLUMNS)]
    number, kind, text, role, value, occurrence, line_hash = cells
    kind, role, value = kind.strip(), role.strip(), value.strip()
    role, value = ("" if cell in _NONE else cell for cell in (role, value))
    if not number.strip().isdecimal() or int(number) < 1:
        raise ValueError(f"the number of the line must be a whole number from 1; got {number!r}")
    if kind not in GOLD_ROLES:
        raise ValueError(f"kind must be one of {', '.join(GOLD_ROLES)}; got {kind!r}")
    if not text.strip():
        raise ValueError("there is no text")
    if GOLD_ROLES[kind] and role not in GOLD_ROLES[kind]:
        raise ValueError(f"the role of a {kind} must be one of {', '.join(GOLD_ROLES[kind])}; got {role!r}")
    if kind == "deadline":
        _read_interval(value)
    if kind in ("citation", "heading") and not value:
        raise ValueError(f"a {kind} must have a value ({'the title' if kind == 'citation' else 'its path'})")
    if occurrence.strip() not in _NONE and not occurrence.strip().isdecimal():
        raise ValueError(f"occurrence must be a whole number; got {occurrence!r}")
    count = 0 if occurrence.strip() in _NONE else int(occurrence)
    return Annotation(int(number), kind, text, role, value, count, line_hash.strip())


def _read_interval(value: str) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """The first and the last day; None where a side is open."""
    if not value:
        return None, None
    match = _INTERVAL.fullmatch(value)
    if match is None:
        raise ValueError(f"the value of a deadline must be like 2016-01-01/2017-12-31 or ../2017-12-31; got {value!r}")
    first, last = (None if side == ".." else pd.Timestamp(side) for side in match.groups())
    if first is not None and last is not None and last < first:
        raise ValueError(f"a deadline must not end before it begins; got {value!r}")
    return first, last


def format_gold(gold: GoldFile) -> str:
    """A gold file as text, as `parse_gold` reads it.

    Examples
    --------
    >>> text = "# doc_id: a\\nline\\tkind\\ttext\\trole\\tvalue\\toccurrence\\n3\\tagency\\t省编委办\\teach\\t-\\t-\\n"
    >>> parse_gold(format_gold(parse_gold(text))) == parse_gold(text)
    True
    """
    lines = [f"# {key}: {value}" for key, value in gold.header.items()]
    lines += [f"# {remark}" for remark in gold.remarks]
    lines.append("\t".join(_COLUMNS if gold.rows and gold.rows[0].line_hash else _COLUMNS[:-1]))
    for row in gold.rows:
        cells = [str(row.line), row.kind, row.text, row.role or "-", row.value or "-", str(row.occurrence or "-")]
        lines.append("\t".join([*cells, row.line_hash] if row.line_hash else cells))
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- placing


def seal_gold(gold: GoldFile, text: str) -> GoldFile:
    """The same annotations, checked against the text they were written on, with the hash of each line named.

    Parameters
    ----------
    gold : GoldFile
    text : str
        The clean text whose lines the annotators counted.

    Returns
    -------
    GoldFile
        Header with n_chars, sha256 and, for a part, the hashes of its ends; every row with its line_hash. No text of
        the document but the annotated strings is in it.

    Raises
    ------
    ValueError
        If an annotation is not found; see `place_gold`.
    """
    place_gold(replace(gold, rows=tuple(row._replace(line_hash="") for row in gold.rows), part_hashes=None), text)
    lines = text.split("\n")
    header = {key: value for key, value in gold.header.items() if key not in ("n_chars", "sha256", "part_hashes")}
    header |= {"n_chars": str(len(text)), "sha256": sha256_of(text.encode("utf-8"))}
    hashes = None
    if gold.part is not None:
        filled = [hash_line(line) for line in lines[gold.part[0] - 1 : gold.part[1]] if line.strip()]
        hashes = (filled[0], filled[-1])
        header["part_hashes"] = " ".join(hashes)
    rows = tuple(row._replace(line_hash=hash_line(lines[row.line - 1])) for row in gold.rows)
    return replace(gold, rows=rows, header=header, part_hashes=hashes)


def hash_line(line: str) -> str:
    """The first twelve signs of the SHA-256 of a line without its white space.

    Examples
    --------
    >>> hash_line("一、总体要求") == hash_line(" 一、 总体要求　")
    True
    """
    return sha256_of("".join(line.split()).encode("utf-8"))[:12]


def place_gold(gold: GoldFile, text: str) -> pd.DataFrame:
    """Where the annotations stand in a clean text.

    Parameters
    ----------
    gold : GoldFile
    text : str
        The clean text of the document, that of the day of annotation or a later one.

    Returns
    -------
    DataFrame
        doc_id, kind, value, role, not_before, not_after, begin, end, text; one row an annotation, sorted by place.

    Raises
    ------
    ValueError
        If a string is not found, or stands more than once in its line and no occurrence is given: all such rows are
        named at once.

    Notes
    -----
    A sealed line is looked for by its hash; where several lines have it, the nearest is taken. A line that has itself
    changed is the nearest one that holds every string annotated in it. Before sealing the number of the line counts.

    Examples
    --------
    >>> gold = parse_gold("# doc_id: a\\n2\\tagency\\t省编委办\\teach")
    >>> place_gold(gold, "一、审批\\n（省编委办按职责分工分别负责）")[["begin", "end", "text"]].values.tolist()
    [[6, 10, '省编委办']]
    """
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    homes = _home_lines(gold, lines)
    counts = Counter((row.line, row.kind, row.text) for row in gold.rows)
    seen: Counter[tuple[int, str, str]] = Counter()
    faults: list[str] = []
    placed: list[dict[str, object]] = []
    for row in gold.rows:
        key = (row.line, row.kind, row.text)
        seen[key] += 1
        home = homes[row.line]
        columns = [] if home is None else _occurrences(lines[home], row.text)
        # as many rows as occurrences: one each, in order
        which = row.occurrence or (seen[key] if counts[key] == len(columns) else 1 if len(columns) == 1 else 0)
        if not 1 <= which <= len(columns):
            faults.append(f"line {row.line} {row.kind} {row.text!r} ({len(columns)} times in the line)")
            continue
        begin = starts[home] + columns[which - 1]  # type: ignore[index]
        not_before, not_after = _read_interval(row.value) if row.kind == "deadline" else (None, None)
        placed.append(
            {
                "doc_id": gold.doc_id,
                "kind": row.kind,
                "value": row.value or pd.NA,
                "role": row.role or pd.NA,
                "not_before": not_before or pd.NaT,
                "not_after": not_after or pd.NaT,
                "begin": begin,
                "end": begin + len(row.text),
                "text": row.text,
            }
        )
    faults += _doubles(placed)
    if faults:
        raise ValueError(
            f"the gold of {gold.doc_id} must have each string once in its line, or say which occurrence; "
            f"got {len(faults)} at fault: {'; '.join(faults)}. Correct the string, its line or its occurrence."
        )
    table = pd.DataFrame(placed, columns=list(GOLD_COLUMNS))
    return table.sort_values(["begin", "end", "kind"], ignore_index=True)


def _occurrences(line: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(text), line)]


def _doubles(placed: list[dict[str, object]]) -> list[str]:
    counts = Counter((row["kind"], row["begin"], row["end"], row["text"]) for row in placed)
    return [
        f"{kind} {text!r} is annotated {count} times at one place"
        for (kind, _, _, text), count in counts.items()
        if count > 1
    ]


def _home_lines(gold: GoldFile, lines: list[str]) -> dict[int, int | None]:
    """For each line number of the gold file the index of that line in this text, or None."""
    strings: dict[int, set[str]] = {}
    hashes: dict[int, str] = {}
    for row in gold.rows:
        strings.setdefault(row.line, set()).add(row.text)
        hashes[row.line] = row.line_hash
    places: dict[str, list[int]] = {}
    for i, line in enumerate(lines):
        places.setdefault(hash_line(line), []).append(i)
    homes: dict[int, int | None] = {}
    drift = 0
    for number in sorted(strings):
        if not hashes[number]:
            homes[number] = number - 1 if number <= len(lines) else None
            continue
        candidates = places.get(hashes[number]) or [
            i for i, line in enumerate(lines) if all(string in line for string in strings[number])
        ]
        expected = number - 1 + drift
        home = min(candidates, key=lambda i: (abs(i - expected), i), default=None)
        homes[number] = home
        if home is not None:
            drift = home - (number - 1)
    return homes


def gold_span(gold: GoldFile, text: str) -> tuple[int, int]:
    """Where the annotated part begins and ends in a clean text, in characters, end excluded.

    Raises
    ------
    ValueError
        If the ends of the part are not in the text.
    """
    if gold.part is None:
        return 0, len(text)
    lines = text.split("\n")
    first, last = gold.part[0] - 1, gold.part[1] - 1
    if gold.part_hashes is not None:
        hashes = [hash_line(line) for line in lines]
        ends = []
        for wanted, expected in zip(gold.part_hashes, (first, last), strict=True):
            near = [i for i, found in enumerate(hashes) if found == wanted]
            if not near:
                raise ValueError(
                    f"the gold of {gold.doc_id} must have the ends of its part {gold.part[0]}-{gold.part[1]} in the text; "
                    "got a text without them. Seal the gold file again."
                )
            ends.append(min(near, key=lambda i: (abs(i - expected), i)))
        first, last = ends
    begin = sum(len(line) + 1 for line in lines[:first])
    return begin, begin + sum(len(line) + 1 for line in lines[first : last + 1]) - 1

"""The sheet that a coder fills in, there and back: CSV as spreadsheets write it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from fzanalytics.base.files import write_text_atomically
from fzanalytics.base.resources import data_path
from fzanalytics.base.seeds import RandomState, make_generator
from fzanalytics.base.tables import require_columns

#: The five classes, from most alike to least; the codes 1 to 5 stand for them in this order.
CLASSES = ("same", "adapted", "same subject", "slogan only", "unrelated")

#: 相同, 改写, 同主题, 仅口号, 无关: the same in Chinese.
CHINESE_CLASSES = ("相同", "改写", "同主题", "仅口号", "无关")

SHEET_COLUMNS = ("pair_id", "text_a", "text_b", "code", "note")

_NAMES = {
    **{str(number): name for number, name in enumerate(CLASSES, start=1)},
    **{name: name for name in CLASSES},
    **dict(zip(CHINESE_CLASSES, CLASSES, strict=True)),
}
_WORKBOOK = b"PK\x03\x04"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CodedSample(NamedTuple):
    """Pairs with their design (see `draw_pairs`), and the codes of the first and second coder (see `read_codes`)."""

    pairs: pd.DataFrame
    codes: pd.DataFrame
    second: pd.DataFrame


def write_coding_sheet(pairs: pd.DataFrame, path: str | Path, *, random_state: RandomState = 0) -> Path:
    """Write a blind sheet: two texts side by side, and an empty column for the code.

    Parameters
    ----------
    pairs : DataFrame
        From `draw_pairs` or `load_coded_sample`; only pair_id and the two texts are used.
    path : path
        CSV in UTF-8 with the mark that spreadsheets know it by. An existing file is not overwritten, for it may
        hold codes.
    random_state : int, Generator or None
        Order of the rows, and which text stands on which side. Take another for each coder.

    Returns
    -------
    Path
        Of the file; columns pair_id, text_a, text_b, code, note. It holds no score, stratum, document or date.

    Raises
    ------
    FileExistsError
        If the file is there.
    ValueError
        If a column is missing, or a pair_id comes twice.

    Notes
    -----
    A cell that a spreadsheet would take for a formula is written with an apostrophe before it. The texts name
    places and agencies, so a coder who knows the documents may know them again: blind to scores, not to sources.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> pairs = pd.DataFrame({"pair_id": ["p001"], "source_text": ["公开。"], "target_text": ["公布。"]})
    >>> with TemporaryDirectory() as folder:
    ...     path = write_coding_sheet(pairs, Path(folder) / "sheet.csv")
    ...     path.read_text(encoding="utf-8-sig").splitlines()[0]
    'pair_id,text_a,text_b,code,note'
    """
    require_columns(pairs, ("pair_id", "source_text", "target_text"), name="pairs")
    if pairs["pair_id"].duplicated().any():
        twice = pairs.loc[pairs["pair_id"].duplicated(), "pair_id"].astype(str).tolist()
        raise ValueError(f"`pairs` must have each pair_id once; twice: {', '.join(twice[:10])}. Drop the copies.")
    path = Path(path)
    if path.exists():
        raise FileExistsError(f"`path` must be a new file; {path} is there and may hold codes. Take another name.")
    generator = make_generator(random_state, "coding sheet")
    rows = pairs.iloc[generator.permutation(len(pairs))]
    swapped = generator.random(len(pairs)) < 0.5
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(SHEET_COLUMNS)
    texts = rows[["pair_id", "source_text", "target_text"]].itertuples(index=False)
    for (pair_id, one, other), swap in zip(texts, swapped.tolist(), strict=True):
        left, right = (other, one) if swap else (one, other)
        writer.writerow([pair_id, _plain(str(left)), _plain(str(right)), "", ""])
    return write_text_atomically(path, out.getvalue(), encoding="utf-8-sig")


def read_codes(path: str | Path | pd.DataFrame) -> pd.DataFrame:
    """Read the codes of a sheet that was filled in.

    Parameters
    ----------
    path : path, or DataFrame
        A sheet that is a table already, or its file: CSV in UTF-8 (with or without mark), UTF-16 or GB 18030 (GBK),
        with commas, semicolons or tabs, or the first sheet of an XLSX workbook: whatever a spreadsheet saved. It needs
        the columns pair_id and code; note is kept, others are not read. A code is a class of `CLASSES`, its number 1 to
        5, or its Chinese name in the protocol (`CHINESE_CLASSES`: 相同, 改写, 同主题, 仅口号, 无关); case, width and blanks do not
        matter.

    Returns
    -------
    DataFrame
        pair_id, code (a class, NA where the cell is empty), note; sorted by pair_id.

    Warns
    -----
    UserWarning
        If cells are empty; it names the pairs.

    Raises
    ------
    TypeError
        If `path` is neither a path nor a DataFrame.
    ValueError
        All faults at once: unknown codes, pairs that come twice; or columns are missing.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "sheet.csv"
    ...     _ = path.write_text("pair_id;code;note\\np002;改写;\\np001;１;sure\\n", encoding="gb18030")
    ...     read_codes(path)[["pair_id", "code"]].values.tolist()
    [['p001', 'same'], ['p002', 'adapted']]
    """
    if isinstance(path, pd.DataFrame):
        name, rows = "the table", _rows_of(path)
    elif isinstance(path, str | Path):
        name, rows = str(path), _rows(Path(path).read_bytes(), str(path))
    else:
        raise TypeError(
            f"`path` must be a path or a DataFrame; got {type(path).__name__}. Give the file that was filled in."
        )
    return _codes_of(rows, name)


def _codes_of(rows: list[tuple[str, str, str]], source: str) -> pd.DataFrame:
    """The codes of the rows of a sheet; its faults are told at once, and its empty cells."""
    faults, seen, table = [], set(), []
    for line, (pair_id, cell, note) in enumerate(rows, start=2):
        name = _NAMES.get(_level(cell)) if cell else None
        if cell and name is None:
            faults.append(f"row {line}: code {cell!r} of {pair_id}")
        if pair_id in seen:
            faults.append(f"row {line}: {pair_id} comes twice")
        seen.add(pair_id)
        table.append((pair_id, pd.NA if name is None else name, note))
    if faults:
        raise ValueError(
            f"`codes` must be 1 to 5 or one of {', '.join(CLASSES)} ({'、'.join(CHINESE_CLASSES)}), each pair once; {source} "
            f"has {'; '.join(faults[:20])}. Mend these rows."
        )
    codes = pd.DataFrame(table, columns=["pair_id", "code", "note"]).sort_values("pair_id", ignore_index=True)
    empty = codes.loc[codes["code"].isna(), "pair_id"].tolist()
    if empty:
        warnings.warn(
            f"{len(empty)} of {len(codes)} pairs have no code: {', '.join(empty[:10])}. They are NA.", stacklevel=3
        )
    return codes


def load_coded_sample() -> CodedSample:
    """The 200 pairs of the bundled corpus that come coded with the package.

    Returns
    -------
    CodedSample
        pairs: as of `draw_pairs`; codes, second: two codings, each as of `read_codes`.

    Notes
    -----
    Both codings were made by language models that read the pairs by the protocol (data/coding/protocol.md), apart from each other
    and without scores, and by no human coder: they show how the tool is used and validate nothing. Their agreement is no
    agreement of people: two such readers err alike. The seed was 20261122; the weights are of the strata of that day.

    Examples
    --------
    >>> sample = load_coded_sample()
    >>> len(sample.pairs), len(sample.codes), int(sample.pairs["weight"].sum().round())
    (200, 200, 61573)
    >>> from fzanalytics.evaluation.coding.agreement import coding_agreement
    >>> kappa = coding_agreement(sample.codes, sample.second, design=sample.pairs).kappa
    >>> kappa.loc[kappa["weighting"] == "none", ["kappa", "low", "high"]].round(2).values.tolist()
    [[0.92, 0.86, 0.98]]
    """
    places = pd.read_csv(data_path("coding/sample_200.csv"), encoding="utf-8", keep_default_na=False)
    design = pd.read_csv(data_path("coding/design_200.csv"), encoding="utf-8")
    pairs = places.merge(design, on="pair_id", validate="one_to_one")
    return CodedSample(pairs, *(read_codes(data_path(f"coding/codes_{coder}.csv")) for coder in "ab"))


def _decode(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError(f"`codes` must be in UTF-8, UTF-16 or GB 18030; {name} is none. Save it as CSV UTF-8.")


def _rows_of(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """The same of a table."""
    cells = table.set_axis([str(name).strip().casefold() for name in table.columns], axis=1)
    require_columns(cells, ("pair_id", "code"), name="codes")
    texts = cells.reindex(columns=["pair_id", "code", "note"]).astype(object)
    texts = texts.where(texts.notna(), "").map(lambda cell: str(cell).strip())
    return [(pair_id, code, note) for pair_id, code, note in texts.itertuples(index=False) if pair_id]


def _rows(data: bytes, name: str) -> list[tuple[str, str, str]]:
    """pair_id, code and note of each row, whatever parts the columns."""
    found: list[str] = []
    for first, *rows in filter(None, _tables(data, name)):
        header = [cell.strip().casefold() for cell in first]
        if {"pair_id", "code"} <= set(header):
            places = [header.index(column) if column in header else -1 for column in ("pair_id", "code", "note")]
            cells = ([row[at].strip() if 0 <= at < len(row) else "" for at in places] for row in rows if any(row))
            return [(pair_id, code, note) for pair_id, code, note in cells if pair_id]
        found = header if len(header) > len(found) else found
    raise ValueError(
        f"`codes` must have the columns pair_id and code; {name} has {', '.join(found) or 'none'}. Keep the sheet's "
        "first row."
    )


def _tables(data: bytes, name: str) -> Iterator[list[list[str]]]:
    """The rows of the sheet, header first: of a workbook its first sheet, of text by each sign that may part columns."""
    if data.startswith(_WORKBOOK):
        table = pd.read_excel(io.BytesIO(data), dtype=str, header=None, keep_default_na=False)
        yield table.astype(str).values.tolist()
        return
    text, limit = _decode(data, name), csv.field_size_limit(len(data) + 1)
    try:
        for delimiter in (",", ";", "\t"):
            yield list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    finally:
        csv.field_size_limit(limit)


def _level(cell: str) -> str:
    """One spelling for what a coder may write: wide digits, 1.0, Same_Subject."""
    plain = unicodedata.normalize("NFKC", cell).strip().casefold().replace("_", " ").replace("-", " ")
    return re.sub(r"^([1-5])\.0$", r"\1", " ".join(plain.split()))


def _plain(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text

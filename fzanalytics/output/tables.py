"""Tables as CSV files that a spreadsheet opens rightly and that come back as they were."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from fzanalytics.base.files import write_bytes_atomically

#: Excel cuts a cell that is longer, in characters.
EXCEL_CELL_CHARS = 32_767

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
#: A spreadsheet runs a cell that starts with one of these (full-width forms: in East Asian settings).
_RUNS = "=+\\-@\t\r\n＝＋－＠"
_MUST_ESCAPE = re.compile(f"'*[{_RUNS}]")
_ESCAPED = re.compile(f"'+[{_RUNS}]")

_NEEDS_QUOTES = re.compile('[",\r\n]')
_FIELD = re.compile(r'(?:"((?:[^"]++|"")*+)"|([^",\r\n]*+))(,|\r?\n|\r|\Z)')

_INTEGER = re.compile(r"-?(0|[1-9]\d{0,17})")
_FLOAT = re.compile(r"-?(\d+(\.\d+)?(e[+-]?\d+)?|inf)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?)?")

#: Columns that stay text even if every cell looks like a number.
_TEXT_COLUMNS = frozenset(
    {
        "doc_id", "title", "region", "region_code", "doc_number", "clause_id", "paragraph_id", "path",
        "section", "heading", "text", "source", "target", "sha256", "value", "term", "before", "after",
    }
)  # fmt: skip


@dataclass(frozen=True)
class WrittenTable:
    """What was written, and what had to be done to it.

    Attributes
    ----------
    path : Path
        The file.
    n_rows : int
        Rows without the header.
    n_neutralised : int
        Text cells, names of columns included, that a spreadsheet would have run as a formula.
    n_too_long : int
        Cells longer than Excel can show (32,767 characters); the file holds them whole.
    """

    path: Path
    n_rows: int
    n_neutralised: int
    n_too_long: int


def write_table(table: pd.DataFrame, path: str | Path, *, digits: int = 6) -> WrittenTable:
    """Write a table as CSV: UTF-8 with a byte-order mark, so that Excel reads the Chinese, and `\\n` line ends.

    The same table gives the same bytes. Numbers with a fraction are rounded to `digits` significant digits;
    whole ones are written in full. Dates are ISO. Missing values and empty texts are both empty cells. A text
    that a spreadsheet would run as a formula (it starts with =, +, -, @, a tab or a line end) gets an
    apostrophe in front, which `read_table` takes away; numbers are left alone. An index that is not just
    0, 1, 2, ... is written as the first columns.

    Parameters
    ----------
    table : DataFrame
        Not changed.
    path : str or Path
        The file; replaced as a whole.
    digits : int
        Significant digits, 1 to 17.

    Returns
    -------
    WrittenTable
        The path, and counts of rows, neutralised cells and cells too long for Excel.

    Raises
    ------
    ValueError
        If `digits` is out of range, or `path` is named as a workbook (.xlsx, .xls, .ods).

    Examples
    --------
    >>> import tempfile
    >>> table = pd.DataFrame({"region": ["河北省", "=1+1"], "share": [1 / 3, -2.0]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = write_table(table, Path(folder) / "a.csv")
    ...     print(written.path.read_text(encoding="utf-8-sig"), written.n_neutralised)
    region,share
    河北省,0.333333
    '=1+1,-2.0
     1
    """
    if not 1 <= digits <= 17:
        raise ValueError(f"`digits` must be between 1 and 17; got {digits}. 6 is enough for a paper.")
    if Path(path).suffix.lower() in _WORKBOOKS:
        raise ValueError(
            f"`path` must name a CSV file; got {Path(path).name}. Take {Path(path).stem}.csv, which Excel opens rightly, or "
            "table.to_excel for a workbook."
        )
    whole = with_index_as_columns(table)
    columns = [whole.iloc[:, i].astype(object).tolist() for i in range(whole.shape[1])]
    header = [_escape(str(name)) for name in whole.columns]
    rows = [[_cell(value, digits) for value in row] for row in zip(*columns, strict=True)]
    lines = [_line([text for text, _ in row]) for row in [header, *rows]]
    data = "".join(lines).encode("utf-8", errors="backslashreplace")
    write_bytes_atomically(path, b"\xef\xbb\xbf" + data)
    cells = [cell for row in [header, *rows] for cell in row]
    return WrittenTable(
        path=Path(path),
        n_rows=len(rows),
        n_neutralised=sum(escaped for _, escaped in cells),
        n_too_long=sum(len(text) > EXCEL_CELL_CHARS for text, _ in cells),
    )


def with_index_as_columns(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an index that tells something as its first columns; a mere row count is dropped.

    Examples
    --------
    >>> list(with_index_as_columns(pd.DataFrame({"a": [1]}, index=["x"])).columns)
    ['id', 'a']
    """
    index = table.index
    if isinstance(index, pd.RangeIndex) and index.name is None:
        return table
    if index.nlevels == 1 and index.name is None:
        return table.rename_axis("id").reset_index() if "id" not in table.columns else table.reset_index()
    return table.reset_index(allow_duplicates=True)


def _escape(text: str) -> tuple[str, bool]:
    return (f"'{text}", True) if _MUST_ESCAPE.match(text) else (text, False)


def _cell(value: object, digits: int) -> tuple[str, bool]:
    """One cell as text, and whether it had to be neutralised."""
    if isinstance(value, str):
        return _escape(value)
    if value is None or value is pd.NA or value is pd.NaT:
        return "", False
    if isinstance(value, bool | np.bool_):
        return str(bool(value)), False
    if isinstance(value, int | np.integer):
        return str(int(value)), False
    if isinstance(value, float | np.floating):
        return _number(float(value), digits), False
    if isinstance(value, datetime):  # a pandas Timestamp is one
        text = value.isoformat()
        return text.removesuffix("T00:00:00"), False
    if isinstance(value, date):
        return value.isoformat(), False
    if isinstance(value, list | tuple | set | frozenset):
        parts = sorted(map(str, value)) if isinstance(value, set | frozenset) else map(str, value)
        return _escape(";".join(parts))
    return _escape(str(value))


def _line(cells: list[str]) -> str:
    """One line of the file; the csv module of Python 3.11 leaves a lone carriage return without quotes."""
    quoted = ['"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell for cell in cells]
    return (",".join(quoted) if quoted != [""] else '""') + "\n"


def _rows(content: str) -> list[list[str]]:
    """The cells of each line; the csv module refuses cells above 131,072 characters unless told globally."""
    rows: list[list[str]] = []
    row: list[str] = []
    place = 0
    while place < len(content):
        match = _FIELD.match(content, place)
        if match is None:
            return [*rows, [*row, content[place:], ""]]
        quoted, plain, stop = match.groups()
        row.append(plain if quoted is None else quoted.replace('""', '"'))
        if stop != ",":
            rows.append(row)
            row = []
        elif match.end() == len(content):
            rows.append([*row, ""])
        place = match.end()
    return rows


def _number(value: float, digits: int) -> str:
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value.is_integer() and abs(value) < 2**53:
        return f"{int(value)}.0"
    text = f"{value:.{digits}g}"
    return text if any(mark in text for mark in ".e") else f"{text}.0"


def read_table(path: str | Path, *, index: int = 0) -> pd.DataFrame:
    """Read a table that `write_table` wrote, and undo what it did for the spreadsheet.

    Parameters
    ----------
    path : str or Path
        A CSV file in UTF-8, with or without a byte-order mark.
    index : int
        How many of the first columns were the index.

    Returns
    -------
    DataFrame
        Columns of whole numbers, numbers, dates and True/False come back as such, all else as text; ids, titles,
        region codes and texts always as text. An empty cell is missing (an empty text does not come back).

    Raises
    ------
    ValueError
        If the file is not UTF-8, or a row has more cells than the header.

    Examples
    --------
    >>> import tempfile
    >>> table = pd.DataFrame({"title": ["=1+1"], "share": [0.5], "dated": pd.to_datetime(["2017-01-26"])})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = write_table(table, Path(folder) / "a.csv").path
    ...     read_table(file).equals(table)
    True
    """
    try:
        content = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"`path` must be a table in UTF-8; got {path}. Save it as CSV UTF-8.") from error
    rows = _rows(content)
    if not rows:
        return pd.DataFrame()
    header, body = rows[0], rows[1:]
    wrong = [number for number, row in enumerate(body, start=2) if len(row) != len(header)]
    if wrong:
        raise ValueError(
            f"`path` must have {len(header)} cells in every row; got another number in row(s) "
            f"{', '.join(map(str, wrong[:5]))} of {path}. Mend the quotation marks, or save it as CSV UTF-8."
        )
    names = [_unescape(name) for name in header]
    series = [_column(names[i], [row[i] for row in body]) for i in range(len(names))]
    table = pd.concat(series, axis=1) if series else pd.DataFrame()
    table.columns = pd.Index(names)
    return table.set_index(names[:index]) if index else table


def _unescape(text: str) -> str:
    return text[1:] if _ESCAPED.match(text) else text


def _column(name: str, cells: list[str]) -> pd.Series:
    """A column in the narrowest type that all its cells have."""
    values = [cell for cell in cells if cell]
    holes = len(values) < len(cells)
    if not values or name in _TEXT_COLUMNS:
        return pd.Series([_unescape(cell) if cell else None for cell in cells], dtype="str")
    if all(cell in {"True", "False"} for cell in values):
        flags = [None if not cell else cell == "True" for cell in cells]
        return pd.Series(flags, dtype="boolean" if holes else "bool")
    if all(_INTEGER.fullmatch(cell) for cell in values):
        whole = [int(cell) if cell else None for cell in cells]
        return pd.Series(whole, dtype="Int64" if holes else "int64")
    if all(_FLOAT.fullmatch(cell) for cell in values):
        return pd.Series([float(cell) if cell else math.nan for cell in cells], dtype="float64")
    if all(_DATE.fullmatch(cell) for cell in values):
        return pd.to_datetime(pd.Series([cell or None for cell in cells]), format="ISO8601")
    return pd.Series([_unescape(cell) if cell else None for cell in cells], dtype="str")

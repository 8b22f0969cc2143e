"""What there is to read: a folder, a file or a table becomes raw texts, and what else it says of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from fzanalytics.base.files import sha256_of
from fzanalytics.base.tables import require_columns
from fzanalytics.texts.documents.catalogue import is_no
from fzanalytics.texts.documents.metadata import issuer_type_of
from fzanalytics.texts.documents.problems import problem
from fzanalytics.texts.reading.files import (
    TABLE_SUFFIXES,
    TEXT_COLUMNS,
    RawFile,
    UnknownFormat,
    UnreadableFile,
    find_text_column,
    list_closed_folders,
    list_files,
    read_table_file,
    stem_of,
)
from fzanalytics.texts.reading.formats import REMEDIES, SUFFIXES, is_known_format, read_document
from fzanalytics.texts.regions import infer_region
from fzanalytics.texts.titles import normalise_title

#: Tables of these names in a folder are its metadata.
METADATA_NAMES = ("documents.csv", "documents.xlsx", "metadata.csv", "metadata.xlsx")

_TOLD_BY_ENDING = frozenset({*TABLE_SUFFIXES, *REMEDIES})


def read_path(
    path: Path,
    text_column: str | None,
    metadata: str | Path | pd.DataFrame | None,
    problems: list[dict[str, object]],
) -> tuple[list[RawFile], list[dict[str, object]], str | Path | pd.DataFrame | None]:
    """Raw texts, rows that describe them, and the metadata: those given, or found in the folder.

    The rows are the other columns of a table of texts, and what web pages and laws say of themselves.
    """
    if not path.exists():
        raise FileNotFoundError(
            f"`source` must be a folder or file that exists; got {str(path)!r}. Check the spelling."
        )
    if not path.is_dir() and not path.is_file():
        raise ValueError(
            f"`source` must be a folder or a regular file; {str(path)!r} is neither. Copy the texts into a folder."
        )
    if path.is_dir():
        if metadata is None:
            metadata = next((path / name for name in METADATA_NAMES if (path / name).is_file()), None)
        return *_from_folder(path, metadata, text_column, problems), metadata
    if path.suffix.lower() in TABLE_SUFFIXES:
        try:
            table = read_table_file(path)
        except UnreadableFile as error:
            raise ValueError(f"`source` must be a readable table; {path.name}: {error}.") from None
        return read_rows(table, text_column, path.name, problems), rows_given(table, text_column, path.name), metadata
    try:
        raw = read_document(path, path.name)
        return [raw], _from_file(raw, problems), metadata
    except UnreadableFile as error:
        problems.append(_refusal(error, path.name))
        return [], [], metadata


def _from_folder(
    folder: Path, metadata: object, text_column: str | None, problems: list[dict[str, object]]
) -> tuple[list[RawFile], list[dict[str, object]]]:
    raws: list[RawFile] = []
    rows: list[dict[str, object]] = []
    own = Path(metadata) if isinstance(metadata, str | Path) else None
    for path, relative in list_files(folder):
        if own is not None and path.resolve() == own.resolve():
            continue
        suffix = path.suffix.lower()
        if path.name.lower() in ("readme.md", "readme.txt"):
            continue
        try:
            if suffix in SUFFIXES or (suffix not in _TOLD_BY_ENDING and is_known_format(path)):
                raws.append(read_document(path, relative))
                rows += _from_file(raws[-1], problems)
            elif suffix in TABLE_SUFFIXES:
                table = read_table_file(path)
                column = text_column if text_column in table.columns else None
                if find_text_column(table, column) is None:
                    message = f"{relative}: a table without a text column ({', '.join(TEXT_COLUMNS[:4])}); not read"
                    if relative in METADATA_NAMES:
                        message = f"{relative}: ignored, since {_other_metadata(metadata)}"
                    problems.append(problem("not read", message, source=relative))
                else:
                    raws += read_rows(table, column, relative, problems)
                    rows += rows_given(table, column, relative)
            else:
                kind = f"of the type {suffix}" if suffix else "without an ending"
                raise UnknownFormat(f"files {kind} are not read; {REMEDIES.get(suffix, 'save it as TXT')}")
        except UnreadableFile as error:
            problems.append(_refusal(error, relative))
    for name in list_closed_folders(folder):
        message = f"{name}: the folder cannot be opened; check its permissions"
        problems.append(problem("unreadable", message, source=name))
    return raws, rows


def _other_metadata(metadata: object) -> str:
    """Why a table of metadata in a folder is not used."""
    if isinstance(metadata, pd.DataFrame) and metadata.empty:  # of a folder that is read along with another
        return "the folder is read along with another; give its rows in `metadata`"
    if isinstance(metadata, Path):
        return f"the metadata are taken from {metadata.name}"
    return "`metadata` was given"


def _refusal(error: UnreadableFile, source: str) -> dict[str, object]:
    kind = "not read" if isinstance(error, UnknownFormat) else "unreadable"
    return problem(kind, f"{source}: {error}", source=source)


def _from_file(raw: RawFile, problems: list[dict[str, object]]) -> list[dict[str, object]]:
    """What a file says of its document as a row of metadata; what its reader noticed becomes problems.

    The title is left to the text, where it stands at the head: there the document that a notice wraps is told from
    the notice. The day on which a page was published is an upper bound of the date, and no date.
    """
    problems += [
        problem(note.kind, f"{raw.source}: {note.message}", source=raw.source, count=note.count) for note in raw.notes
    ]
    told = dict(raw.told)
    first = told.pop("first_enacted", "")
    if normalise_title(told.get("title", "")) in normalise_title(raw.text[:_HEAD]):
        told.pop("title", None)
    dated, published = told.get("dated", ""), told.get("published", "")
    if dated and published and published < dated:
        message = f"{raw.source}: it says that it was published on {published}, before it was dated ({dated}); "
        problems.append(problem("unreadable date", message + "the former is left out", source=raw.source))
        del told["published"]
        published = ""
    if not told:
        return []
    row: dict[str, object] = {"source": raw.source, **told}
    if "issuers" in told:
        row["issuer_type"] = issuer_type_of(told["issuers"].split(";"))
        region, evidence = infer_region(raw.told.get("title", ""), told["issuers"])
        if region is not None and evidence == "issuer":  # of a law without a place in its title
            row |= {"region": region.path, "region_code": region.code, "level": region.level}
    if dated:
        note = "the file's own front matter" if first else "the page's own table"
        row |= {"date_basis": "stated", "date_note": f"{note}; first enacted {first}" if first else note}
    elif published:
        row |= {"date_basis": "page date", "date_note": f"page of {published}"}
    return [row]


_HEAD = 3000


def part_doubles(
    raws: list[RawFile], rows: list[dict[str, object]], taken: set[str], folder: str
) -> tuple[list[RawFile], list[dict[str, object]]]:
    """What is read along with a corpus gets its folder before its name, where that name is taken."""
    new = {raw.source: f"{folder}/{raw.source}" for raw in raws if raw.source in taken}
    return (
        [replace(raw, source=new.get(raw.source, raw.source)) for raw in raws],
        [{**row, "source": new.get(str(row["source"]), row["source"])} for row in rows],
    )


def read_rows(
    table: pd.DataFrame, text_column: str | None, source: str, problems: list[dict[str, object]]
) -> list[RawFile]:
    """The texts of a table, one a row; a row without text is listed, unless it says held = no."""
    column = find_text_column(table, text_column)
    if column is None:
        require_columns(table, ["text"], name="source")
    held = table["held"] if "held" in table.columns else pd.Series(True, index=table.index)
    texts = table[column].astype(object)
    raws = []
    for i, text in enumerate(map(str, texts.where(texts.notna(), ""))):  # an Arrow column cannot hold half a character
        place = f"{source}#{i + 1}"
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # a file cannot hold half a character
        if not text.strip() and is_no(held.iloc[i]):
            continue
        if not text.strip():
            problems.append(problem("unreadable", f"{place}: the text is empty", source=place))
            continue
        raws.append(
            RawFile(
                place,
                _row_id(table, i, source),
                text,
                "table",
                sha256_of(text.encode("utf-8")),
            )
        )
    return raws


def _row_id(table: pd.DataFrame, i: int, source: str) -> str:
    given = table["doc_id"].iloc[i] if "doc_id" in table.columns else ""
    own = str(given).strip().replace(";", "；") if pd.notna(given) else ""  # ; parts the doc_ids in a cell
    return own or f"{stem_of(source)}_{i + 1}"


def rows_given(table: pd.DataFrame, text_column: str | None, source: str) -> list[dict[str, object]]:
    """The other columns of a table of documents are its metadata, row by row."""
    others = table.drop(columns=[column for column in [find_text_column(table, text_column)] if column])
    return [
        {
            **{str(key): value for key, value in row.items()},
            "source": f"{source}#{i + 1}",
            "doc_id": _row_id(table, i, source),
        }
        for i, row in enumerate(others.to_dict("records"))
    ]

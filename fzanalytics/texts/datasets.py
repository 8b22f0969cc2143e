"""Corpora that come with the package, and those that it fetches."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from fzanalytics.base.files import sha256_of
from fzanalytics.base.resources import data_path
from fzanalytics.base.tables import require_columns
from fzanalytics.texts.corpus import Corpus, read_corpus

logger = logging.getLogger(__name__)

#: The public collection of laws, at the commit for which the registry's hashes hold.
LAW_COLLECTION = "https://raw.githubusercontent.com/LawRefBook/Laws/2f4c5c23716267af9dbebbbbd6cbbf732b101981/"
#: What the families are about: the lineage of their documents.
LAW_FAMILIES = {
    "air": "大气污染防治",
    "business_env": "优化营商环境",
    "city_appearance": "市容和环境卫生管理",
    "fire": "消防",
    "heritage_town": "历史文化名城名镇名村保护",
    "legislation": "制定地方性法规",
}
_REGISTRY_COLUMNS = ("doc_id", "family", "title", "level", "region", "version_date", "path", "sha256")
_TIMEOUT_SECONDS = 30


def load_sample(
    *, add: str | Path | Sequence[str | Path] = (), slips: pd.DataFrame | None = None, progress: bool = False
) -> Corpus:
    """The bundled corpus: five files of implementation plans for a law-based government (法治政府建设实施方案).

    Parameters
    ----------
    add : path or sequence of paths
        Further files or folders. The text of a document that the corpus names but does not hold takes the place
        of its row: add the official text of the national outline of 2015, and the national tier is the real one.
    slips : DataFrame, optional
        Slips of machine reading to correct; see `read_corpus`. Hebei's text has some.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Corpus
        Six documents held (Henan's file holds two) of Hebei, Shijiazhuang, Qingyuan, Xiahe and Henan, and nine that
        they name but that are not at hand, among them both national outlines.

    Raises
    ------
    FileNotFoundError
        If an `add` does not exist, or the installation is damaged.

    Examples
    --------
    >>> corpus = load_sample()
    >>> corpus.held["doc_id"].tolist()[:3]
    ['hebei_province_2016', 'henan_province_2021', 'henan_province_2021#2']
    >>> corpus.clauses.query("numbering == '1.'").groupby("doc_id").size().to_dict()["shijiazhuang_city_2016"]
    58
    """
    return read_corpus(data_path("raw"), metadata=data_path("documents.csv"), add=add, slips=slips, progress=progress)


def load_law_registry() -> pd.DataFrame:
    """The law families that `fetch_law_family` knows: one row a law or regulation.

    Returns
    -------
    DataFrame, shape (136, 11)
        doc_id, family, role (parent: the national law or State Council regulation; descendant), title, level, region,
        version_date (of the version held), first_enacted, path and sha256 in the public collection, bytes. Facts
        only: the texts are fetched.

    Examples
    --------
    >>> load_law_registry().groupby("family").size().to_dict()["fire"]
    13
    """
    return pd.read_csv(data_path("law_families.csv"), dtype=str, encoding="utf-8")


def fetch_law_family(
    name: str,
    *others: str,
    path: str | Path | None = None,
    cache: str | Path | None = None,
    base_url: str = LAW_COLLECTION,
    registry: pd.DataFrame | None = None,
    progress: bool = False,
) -> Corpus:
    """A family of laws on three real levels: the national law, and regulations of provinces and prefectures.

    Parameters
    ----------
    name : str
        "air", "business_env", "city_appearance", "fire", "heritage_town" or "legislation"; see `load_law_registry`.
    others : str
        Further families in the same corpus: the unrelated policies that a genre baseline needs.
    path : path, optional
        A local copy to read instead of the network: a checkout of the collection, or a folder with files named
        <doc_id>.md (in itself or in raw/).
    cache : path, optional
        Where fetched files are kept; without it the user's cache folder. A file that is there and whole is not fetched
        again, so a broken download goes on where it stopped.
    base_url : str
        Where the collection lies; the default is the commit that the hashes were made for.
    registry : DataFrame, optional
        Another registry: doc_id, family, title, level, region, version_date, path, sha256.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Corpus
        `dated` is the date of the version held (version_date): a version may be younger than the regulations that cite an
        earlier one. The documents have one column more, first_enacted, the day of the first enactment (NaT where the
        registry has none), which is that of adoption: `lag_table`, `adoption_status` and `event_history` take it by
        ``dates="first_enacted"``. `lineage` is the family, for a known one by its Chinese name.

    Raises
    ------
    ValueError
        If the family is unknown, or a file is not the one that the registry describes (SHA-256 differs).
    FileNotFoundError
        If the local copy lacks a file, or the collection does.
    ConnectionError
        If the network cannot be reached; the message says what to do.

    Notes
    -----
    Which law a regulation names as its legal basis (制定依据) in article 1 need not be the text it was drawn from.

    Examples
    --------
    >>> fetch_law_family("water")
    Traceback (most recent call last):
    ...
    ValueError: `name` must be one of air, business_env, city_appearance, fire, heritage_town, legislation; got 'water'. Use load_law_registry() to see them.
    """
    registry = load_law_registry() if registry is None else registry
    require_columns(registry, _REGISTRY_COLUMNS, name="registry")
    names = dict.fromkeys((name, *others))
    known = set(registry["family"])
    for one in names:
        if one not in known:
            raise ValueError(
                f"`name` must be one of {', '.join(sorted(known))}; got {one!r}. Use load_law_registry() to see them."
            )
    rows = registry[registry["family"].isin(list(names))]
    files = _local_files(rows, Path(path)) if path is not None else _fetched_files(rows, base_url, cache, progress)
    given = rows[["doc_id", "title", "level", "region"]].assign(
        lineage=[LAW_FAMILIES.get(family, family) for family in rows["family"]],
        dated=rows["version_date"],
        date_basis=rows["version_date"].notna().map({True: "stated", False: pd.NA}),
        date_note=[_note(first) for first in rows.get("first_enacted", pd.Series(pd.NA, index=rows.index))],
        text=[file.read_text(encoding="utf-8") for file in files],
    )
    return _with_first_dates(read_corpus(given), rows)


def _with_first_dates(corpus: Corpus, rows: pd.DataFrame) -> Corpus:
    """The corpus with the day of first enactment as one more column of its documents."""
    if "first_enacted" not in rows.columns:
        return corpus
    first = pd.to_datetime(rows.set_index("doc_id")["first_enacted"], errors="coerce")
    days = corpus.documents["doc_id"].map(first)
    return replace(corpus, documents=corpus.documents.assign(first_enacted=pd.to_datetime(days)))


def _note(first_enacted: object) -> object:
    return f"date of the version held; first enacted {first_enacted}" if isinstance(first_enacted, str) else pd.NA


def _local_files(rows: pd.DataFrame, folder: Path) -> list[Path]:
    """The files of a family in a local copy, each checked."""
    files, missing, differing = [], [], []
    for row in rows.itertuples(index=False):
        places = [folder / row.path, folder / f"{row.doc_id}.md", folder / "raw" / f"{row.doc_id}.md"]
        file = next((place for place in places if place.is_file()), None)
        if file is None:
            missing.append(row.path)
        elif sha256_of(file) != row.sha256:
            differing.append(file.name)
        else:
            files.append(file)
    if missing:
        raise FileNotFoundError(f"`path` must hold every file of the family; missing in {folder}: {_some(missing)}.")
    if differing:
        raise ValueError(
            f"`path` must hold the files that the registry describes; SHA-256 differs: {_some(differing)}. "
            "Take the collection at the commit named in LAW_COLLECTION."
        )
    return files


def _some(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _fetched_files(rows: pd.DataFrame, base_url: str, cache: str | Path | None, progress: bool) -> list[Path]:
    """The files of a family from the network, through a cache, each checked by its hash."""
    import pooch
    from requests.exceptions import HTTPError, RequestException
    from tqdm.auto import tqdm

    keeper = pooch.create(
        path=pooch.os_cache("fzanalytics") / "laws" if cache is None else Path(cache),
        base_url=base_url,
        registry={row.path: f"sha256:{row.sha256}" for row in rows.itertuples(index=False)},
        retry_if_failed=2,
    )
    pooch.get_logger().setLevel("WARNING")
    download = pooch.HTTPDownloader(timeout=_TIMEOUT_SECONDS)
    files: list[Path] = []
    for one in tqdm(rows["path"], desc="fetch", unit="file", disable=not progress):
        try:
            files.append(Path(keeper.fetch(one, downloader=download)))
        except HTTPError as error:
            raise FileNotFoundError(
                f"{base_url} has no file {one} ({error}). Give a local copy with `path=`."
            ) from None
        except RequestException as error:
            raise ConnectionError(
                f"{base_url} cannot be reached ({type(error).__name__}) after {len(files)} of {len(rows)} files, which "
                "are kept. Try again with a network, or give a local copy of the collection with `path=`."
            ) from None
        except ValueError:
            raise ValueError(
                f"{base_url}{one} must be the file that the registry describes; its SHA-256 differs. The file was not kept; "
                "take the collection at the commit named in LAW_COLLECTION."
            ) from None
    return files

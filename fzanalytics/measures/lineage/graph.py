"""The network of who follows whom, for networkx and Gephi."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from fzanalytics.base.files import write_bytes_atomically
from fzanalytics.base.tables import LEVELS, require_columns
from fzanalytics.measures.inputs import require_table
from fzanalytics.texts.corpus import Corpus

if TYPE_CHECKING:
    import networkx as nx  # type: ignore[import-untyped]

#: What is known of a document and goes with its node.
NODE_COLUMNS = ("title", "level", "region", "kind", "lineage", "doc_number", "date_basis")
_CLOCK = re.compile(rb' lastmodifieddate="[^"]*"')
_CREATOR = re.compile(rb"<creator>[^<]*</creator>")
_STEP = 100.0
#: Columns whose number is the weight of an edge, the first that is there.
_WEIGHTS = ("weight", "share", "score", "improvement")
#: Orders that are order in time; "superior" is a convention for documents that dates do not put in order.
_ORDERED = ("declared", "earlier")


def lineage_graph(
    edges: pd.DataFrame, documents: pd.DataFrame | Corpus, *, held_only: bool = True, weight: str | None = None
) -> nx.DiGraph:
    """A directed graph of documents, from source to target.

    Parameters
    ----------
    edges : DataFrame
        source, target, and whatever else is known of an edge: as `infer_sources`, `flow_edges` or `borrowing_share`
        return it. Rows without a source, or without a target, make no edge.
    documents : DataFrame or Corpus
        The documents table.
    held_only : bool
        Only documents that are held, and those that an edge names, become nodes.
    weight : str, optional
        The column of `edges` that is the weight of an edge; without it the first of weight, share, score and improvement.

    Returns
    -------
    networkx.DiGraph
        Nodes are doc_ids, sorted, with label (the title, or else the doc_id; where several have one title, the title and the
        doc_id), layer (0 national to 4 township, 5 unknown),
        held, earliest and latest (YYYY-MM-DD), and title, level, region, kind, lineage, doc_number, date_basis.
        Edges, sorted, have the other columns of `edges`; weight, a number, which Gephi and networkx know by this name (none
        if there is no such column; the greater, the more is shared: it is no distance); and, if they have order,
        ordered: whether order in time supports the direction ("declared" or "earlier"; with "superior" dates do not
        decide, and the higher document is only taken for the first). What is missing has no attribute, so that every
        attribute is text, a number or true or false.

    Raises
    ------
    TypeError
        If `edges` or `documents` is no table.
    ValueError
        If a column is missing, an edge names an unknown document, the same edge stands twice, or `weight` is no column of
        numbers.

    Notes
    -----
    An edge that is not `ordered` has a direction only because the table had to name one document first.

    Examples
    --------
    >>> from fzanalytics.measures.lineage.follows import infer_sources
    >>> from fzanalytics.texts.datasets import load_sample
    >>> corpus = load_sample()
    >>> graph = lineage_graph(infer_sources(corpus), corpus)
    >>> graph.edges["hebei_province_2016", "shijiazhuang_city_2016"]["ordered"], graph.nodes["hebei_province_2016"]["layer"]
    (True, 1)
    """
    import networkx as nx

    require_columns(edges, ["source", "target"], name="edges")
    documents = require_table(documents, name="documents")
    require_columns(documents, ["doc_id", "title", "level", "region", "earliest", "latest", "held"], name="documents")
    chosen = edges[edges["source"].notna() & edges["target"].notna()].astype({"source": str, "target": str})
    _check_edges(chosen, set(documents["doc_id"].astype(str)))
    named = set(chosen["source"]) | set(chosen["target"])
    graph = nx.DiGraph()
    for row in sorted(documents.to_dict("records"), key=lambda one: str(one["doc_id"])):
        if row["held"] or not held_only or str(row["doc_id"]) in named:
            graph.add_node(str(row["doc_id"]), **_node({str(key): value for key, value in row.items()}))
    _tell_labels_apart(graph)
    weight = _weight_column(chosen, weight)
    for row in chosen.sort_values(["source", "target"]).to_dict("records"):
        source, target = row.pop("source"), row.pop("target")
        known = {str(key): plain for key, value in row.items() if (plain := _plain(value)) is not None}
        if weight in known:
            known["weight"] = float(known[weight])
        if "order" in row:
            known["ordered"] = known.get("order") in _ORDERED
        graph.add_edge(source, target, **known)
    return graph


def _check_edges(edges: pd.DataFrame, known: set[str]) -> None:
    strangers = sorted((set(edges["source"]) | set(edges["target"])) - known)
    if strangers:
        raise ValueError(
            f"`edges` must join documents of `documents`; got {', '.join(map(repr, strangers[:5]))}. "
            "Give the table of the corpus that the edges come from."
        )
    twice = edges[edges.duplicated(["source", "target"])]
    if len(twice):
        first = twice.iloc[0]
        raise ValueError(
            f"`edges` must have each pair once; got {first['source']} to {first['target']} twice. Choose the rows to draw."
        )


def _tell_labels_apart(graph: nx.DiGraph) -> None:
    """Add the doc_id to the label of nodes that have it in common."""
    times = Counter(facts["label"] for _, facts in graph.nodes(data=True))
    for doc_id, facts in graph.nodes(data=True):
        if times[facts["label"]] > 1:
            facts["label"] = f"{facts['label']} · {doc_id}"


def _weight_column(edges: pd.DataFrame, weight: str | None) -> str:
    """The column that is the weight, or "" if there is none."""
    numbers = [name for name in edges.columns if is_numeric_dtype(edges[name]) and not is_bool_dtype(edges[name])]
    if weight is not None and weight not in numbers:
        raise ValueError(
            f"`weight` must be a column of numbers of `edges`: {', '.join(map(str, numbers)) or 'none'}; got {weight!r}."
        )
    return weight if weight is not None else next((name for name in _WEIGHTS if name in numbers), "")


def _require_graph(graph: object) -> None:
    import networkx as nx

    if not isinstance(graph, nx.Graph):
        raise TypeError(
            f"`graph` must be a networkx graph; got {type(graph).__name__}. Take what lineage_graph returns."
        )


def _node(row: dict[str, Any]) -> dict[str, object]:
    known = {column: plain for column in NODE_COLUMNS if (plain := _plain(row.get(column))) is not None}
    level = _plain(row["level"])
    layer = LEVELS.index(level) if level in LEVELS else len(LEVELS)
    dates = {
        column: f"{pd.Timestamp(row[column]):%Y-%m-%d}" for column in ("earliest", "latest") if pd.notna(row[column])
    }
    return {
        "label": known.get("title", str(row["doc_id"])),
        "layer": layer,
        "held": bool(row["held"]),
        **known,
        **dates,
    }


def _plain(value: object) -> str | int | float | bool | None:
    """A cell as text, a number or true or false; None if it is missing."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value)
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)


def layer_positions(graph: nx.DiGraph) -> dict[str, tuple[float, float]]:
    """Where nodes stand if each layer is a row, the centre above: x to the right, y upwards.

    Parameters
    ----------
    graph : networkx.DiGraph
        As `lineage_graph` returns it.

    Returns
    -------
    dict of doc_id to (x, y)
        Rows are centred on 0; within a row by region, then date, then doc_id, so that one province stands together.

    Raises
    ------
    TypeError
        If `graph` is no graph of networkx.
    ValueError
        If a node has no layer.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph()
    >>> graph.add_node("a", layer=0)
    >>> graph.add_nodes_from(["b", "c"], layer=1)
    >>> layer_positions(graph)
    {'a': (0.0, 0.0), 'b': (-50.0, -100.0), 'c': (50.0, -100.0)}
    """
    _require_graph(graph)
    rows: dict[int, list[str]] = {}
    nodes = graph.nodes
    if bare := [str(one) for one in nodes if "layer" not in nodes[one]]:
        raise ValueError(
            f"`graph` must have a layer for each node; got {len(bare)} without, such as {bare[0]}. Take what lineage_graph "
            "returns."
        )
    order = sorted(nodes, key=lambda one: (nodes[one].get("region", ""), nodes[one].get("earliest", ""), one))
    for one in order:
        rows.setdefault(nodes[one]["layer"], []).append(one)
    places = {
        one: (_STEP * (at - (len(row) - 1) / 2), 0.0 - _STEP * rank)
        for rank, (_, row) in enumerate(sorted(rows.items()))
        for at, one in enumerate(row)
    }
    return {one: places[one] for one in nodes}


def to_graphml(graph: nx.DiGraph, path: str | Path) -> Path:
    """Write a graph as GraphML, for Gephi, igraph and others; whole or not at all, the same bytes each time.

    Parameters
    ----------
    graph : networkx.DiGraph
    path : str or Path

    Returns
    -------
    Path
        The file. `networkx.read_graphml` reads nodes, edges and attributes back as they were.

    Raises
    ------
    TypeError
        If `graph` is no graph of networkx.

    Examples
    --------
    >>> import tempfile
    >>> import networkx as nx
    >>> graph = nx.DiGraph()
    >>> graph.add_edge("甲", "乙", share=0.5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nx.read_graphml(to_graphml(graph, f"{folder}/a.graphml")).edges["甲", "乙"]
    {'share': 0.5}
    """
    import networkx as nx

    _require_graph(graph)
    stream = io.BytesIO()
    nx.write_graphml_xml(graph, stream, encoding="utf-8", prettyprint=True)
    return write_bytes_atomically(path, stream.getvalue())


def to_gexf(graph: nx.DiGraph, path: str | Path) -> Path:
    """Write a graph as GEXF, for Gephi, with its layers as positions; whole or not at all, the same bytes each time.

    Parameters
    ----------
    graph : networkx.DiGraph
        As `lineage_graph` returns it.
    path : str or Path

    Returns
    -------
    Path
        The file. `networkx.read_gexf` reads nodes, edges and attributes back, with an id for each edge and the positions.

    Raises
    ------
    TypeError
        If `graph` is no graph of networkx.
    ValueError
        If a node has no layer.

    Examples
    --------
    >>> import tempfile
    >>> import networkx as nx
    >>> graph = nx.DiGraph()
    >>> graph.add_nodes_from(["甲", "乙"], layer=1)
    >>> graph.add_edge("甲", "乙", share=0.5)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nx.read_gexf(to_gexf(graph, f"{folder}/a.gexf")).edges["甲", "乙"]["share"]
    0.5
    """
    import networkx as nx

    places = layer_positions(graph)
    shown = graph.copy()
    for one, (x, y) in places.items():
        shown.nodes[one]["viz"] = {"position": {"x": x, "y": y, "z": 0.0}}
    stream = io.BytesIO()
    nx.write_gexf(shown, stream, encoding="utf-8", prettyprint=True, version="1.2draft")
    content = _CREATOR.sub(b"<creator>fzanalytics</creator>", _CLOCK.sub(b"", stream.getvalue()))
    return write_bytes_atomically(path, content)

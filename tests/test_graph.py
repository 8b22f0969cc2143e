"""The lineage graph and its files."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from fzanalytics.measures.diffusion.flow_edges import flow_edges
from fzanalytics.measures.lineage.follows import infer_sources
from fzanalytics.measures.lineage.graph import layer_positions, lineage_graph, to_gexf, to_graphml
from helpers import make_corpus

CORPUS = make_corpus(
    {"中央": "甲", "甲省方案": "乙", "乙市方案": "丙"},
    documents={
        "中央": {"level": "national", "earliest": "2015-12-27", "latest": "2015-12-27"},
        "乙市方案": {"level": "prefecture", "region": "甲省/乙市", "doc_number": "乙发〔2017〕1号"},
        "未入库": {"region": "丙省"},
    },
)
EDGES = pd.DataFrame(
    {
        "source": ["中央", "甲省方案", None],
        "target": ["甲省方案", "乙市方案", "中央"],
        "order": ["earlier", "unknown", None],
        "share": [0.25, 0.5, np.nan],
        "p": [np.nan, 0.04, np.nan],
        "n": [3, 4, 0],
    }
)


def test_nodes_and_edges_have_what_is_known():
    graph = lineage_graph(EDGES, CORPUS)
    assert list(graph.nodes) == sorted(["中央", "乙市方案", "甲省方案"])
    assert graph.nodes["中央"] == {
        "label": "中央", "layer": 0, "held": True, "title": "中央", "level": "national", "region": "全国", "kind": "实施方案",
        "lineage": "法治政府建设", "earliest": "2015-12-27", "latest": "2015-12-27",
    }  # fmt: skip
    assert graph.nodes["乙市方案"]["doc_number"] == "乙发〔2017〕1号" and graph.nodes["乙市方案"]["layer"] == 2
    assert dict(graph.edges["中央", "甲省方案"]) == {
        "order": "earlier", "share": 0.25, "n": 3, "weight": 0.25, "ordered": True,
    }  # fmt: skip
    assert graph.edges["甲省方案", "乙市方案"]["ordered"] is False and graph.edges["甲省方案", "乙市方案"]["p"] == 0.04
    assert graph.number_of_edges() == 2
    assert "未入库" in lineage_graph(EDGES, CORPUS, held_only=False).nodes


@pytest.mark.parametrize(
    ("order", "ordered"),
    [("declared", True), ("earlier", True), ("superior", False), ("unknown", False), (None, False)],
)
def test_only_order_in_time_is_order(order, ordered):
    """Where dates do not decide, the higher rank is no order in time."""
    edges = pd.DataFrame({"source": ["中央"], "target": ["乙市方案"], "order": [order]})
    assert lineage_graph(edges, CORPUS).edges["中央", "乙市方案"]["ordered"] is ordered


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_a_document_without_level_is_in_the_last_layer(missing):
    documents = CORPUS.documents.astype(object)
    documents.loc[documents["doc_id"] == "乙市方案", "level"] = missing
    node = lineage_graph(EDGES, documents).nodes["乙市方案"]
    assert node["layer"] == 5 and "level" not in node


def test_graphml_round_trip(tmp_path):
    graph = lineage_graph(EDGES, CORPUS)
    back = nx.read_graphml(to_graphml(graph, tmp_path / "谱系.graphml"))
    assert isinstance(back, nx.DiGraph)
    assert dict(back.nodes(data=True)) == dict(graph.nodes(data=True))
    assert {(a, b): d for a, b, d in back.edges(data=True)} == {(a, b): d for a, b, d in graph.edges(data=True)}


def test_gexf_round_trip(tmp_path):
    graph = lineage_graph(EDGES, CORPUS)
    before = {one: dict(attributes) for one, attributes in graph.nodes(data=True)}
    back = nx.read_gexf(to_gexf(graph, tmp_path / "谱系.gexf"))
    positions = layer_positions(graph)
    assert set(back) == set(graph) and graph.nodes == before  # the graph itself has no positions
    for one, known in back.nodes(data=True):
        place = known.pop("viz")["position"]
        assert (place["x"], place["y"]) == positions[one]
        assert known == graph.nodes[one]
    for source, target, known in back.edges(data=True):
        known.pop("id")
        assert known == graph.edges[source, target]


def test_files_repeat_byte_for_byte_and_tell_no_day(tmp_path):
    graph = lineage_graph(EDGES.iloc[::-1], CORPUS)
    for write in (to_graphml, to_gexf):
        one, other = write(graph, tmp_path / "1"), write(lineage_graph(EDGES, CORPUS), tmp_path / "2")
        assert one.read_bytes() == other.read_bytes()
        assert b"lastmodified" not in one.read_bytes() and "networkx" not in one.read_text(encoding="utf-8").lower()


def test_tables_of_the_package_make_graphs(sample, tmp_path):
    for edges in (infer_sources(sample), flow_edges(sample).drop_duplicates(["source", "target"])):
        graph = lineage_graph(edges, sample)
        assert len(graph) == len(sample.held) and graph.number_of_edges() == edges["source"].notna().sum()
        assert set(nx.read_graphml(to_graphml(graph, tmp_path / "x.graphml")).edges) == set(graph.edges)


def test_the_weight_of_an_edge(tmp_path):
    """Gephi and networkx read it by this name; it is a number of the table, the first usual one or the one named."""
    assert lineage_graph(EDGES, CORPUS, weight="n").edges["中央", "甲省方案"]["weight"] == 3
    assert "weight" not in lineage_graph(EDGES, CORPUS, weight="p").edges["中央", "甲省方案"]  # it is missing there
    plain = lineage_graph(EDGES.drop(columns="share"), CORPUS)
    assert not any("weight" in facts for _, _, facts in plain.edges(data=True))
    scored = EDGES.drop(columns="share").assign(score=[0.5, 0.25, None])
    file = to_gexf(lineage_graph(scored, CORPUS), tmp_path / "x.gexf").read_text(encoding="utf-8")
    assert 'weight="0.5"' in file and 'weight="0.25"' in file
    with pytest.raises(ValueError, match="`weight` must be a column of numbers of `edges`: share, p, n; got 'order'"):
        lineage_graph(EDGES, CORPUS, weight="order")


def test_nodes_of_one_title_have_labels_of_their_own():
    documents = CORPUS.documents.assign(title=["意见", "实施方案", "实施方案", "另一"])
    labels = {one: facts["label"] for one, facts in lineage_graph(EDGES, documents).nodes(data=True)}
    assert labels == {"中央": "意见", "甲省方案": "实施方案 · 甲省方案", "乙市方案": "实施方案 · 乙市方案"}
    assert lineage_graph(EDGES, documents).nodes["甲省方案"]["title"] == "实施方案"


@pytest.mark.parametrize("function", [to_graphml, to_gexf, lambda graph, path: layer_positions(graph)])
@pytest.mark.parametrize("given", [EDGES, "graph.graphml", None])
def test_what_is_no_graph(function, given, tmp_path):
    kind = type(given).__name__
    with pytest.raises(TypeError, match=rf"^`graph` must be a networkx graph; got {kind}\. Take what lineage_graph"):
        function(given, tmp_path / "x")
    assert not list(tmp_path.iterdir())


def test_a_graph_without_layers_has_no_places(tmp_path):
    with pytest.raises(ValueError, match="`graph` must have a layer for each node; got 2 without, such as a"):
        to_gexf(nx.DiGraph([("a", "b")]), tmp_path / "x.gexf")


def test_faults():
    with pytest.raises(ValueError, match="missing: target"):
        lineage_graph(EDGES.drop(columns="target"), CORPUS)
    with pytest.raises(ValueError, match="`edges` must join documents of `documents`; got '乙'"):
        lineage_graph(EDGES.replace("乙市方案", "乙"), CORPUS)
    with pytest.raises(ValueError, match="must have each pair once; got 中央 to 甲省方案 twice"):
        lineage_graph(pd.concat([EDGES, EDGES.head(1)]), CORPUS)

"""Figure 7, by the artists that are drawn."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch

from fzanalytics.measures.diffusion.flow_edges import flow_edges
from fzanalytics.output.plots.names import document_labels
from fzanalytics.output.plots.network import plot_network

# a library's own deprecations are for its makers; any other warning while drawing is ours
pytestmark = pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")

DOCUMENTS = pd.DataFrame(
    {
        "doc_id": ["n", "p", "c", "d", "lost"],
        "level": ["national", "province", "prefecture", "prefecture", "province"],
        "region": ["全国", "甲省", "甲省/乙市", "丙省/丁市", "丙省"],
        "held": [True, True, True, True, False],
        "parent_ids": [None, "n", "p", "lost", None],
    }
)
EDGES = pd.DataFrame(
    [
        ("n", "p", "vertical down", "declared", 0.5),
        ("p", "c", "vertical down", "earlier", 0.3),
        ("c", "d", "horizontal, other province", "unknown", 0.2),
        ("d", "c", "horizontal, other province", "unknown", 0.1),
        ("n", "d", "vertical down", "earlier", 0.0),
    ],
    columns=["source", "target", "flow", "order", "share"],
)


def arrows(ax):
    return [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]


def points(ax):
    return {line.get_gid(): line for line in ax.lines if line.get_gid()}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_arrow_only_where_order_supports_it(language):
    drawn = arrows(plot_network(EDGES, DOCUMENTS, language=language))
    assert len(drawn) == 3  # nothing is shared: no line; a pair without order: one line, the larger
    heads = [type(arrow.get_arrowstyle()).__name__ for arrow in drawn]
    assert sorted(heads) == ["Curve", "CurveFilledB", "CurveFilledB"]
    undecided = drawn[heads.index("Curve")]
    assert undecided.get_linestyle() != "-" and undecided.get_linewidth() == pytest.approx(5 * 0.2)


@pytest.mark.parametrize(
    ("language", "told"), [("en", "no more than documents of no kin share"), ("zh", "不高于共同来源基线")]
)
def test_what_is_no_excess_is_grey(language, told):
    edges = EDGES.assign(ancestry_excess=[0.1, 0.0, float("nan"), float("nan"), 0.0])
    ax = plot_network(edges, DOCUMENTS, language=language)
    colours = {round(arrow.get_linewidth() / 5, 2): to_hex(arrow.get_edgecolor()) for arrow in arrows(ax)}
    assert colours[0.3] == "#ababab" and "#ababab" not in (colours[0.5], colours[0.2])
    assert told in [text.get_text() for text in ax.get_legend().get_texts()]
    plain = plot_network(EDGES, DOCUMENTS, language=language)
    assert told not in [text.get_text() for text in plain.get_legend().get_texts()]


def test_width_goes_with_share():
    widths = sorted(arrow.get_linewidth() for arrow in arrows(plot_network(EDGES, DOCUMENTS)))
    assert widths == pytest.approx([5 * 0.2, 5 * 0.3, 5 * 0.5])


def test_layers_stand_below_one_another_and_what_is_not_held_is_hollow():
    drawn = points(plot_network(EDGES, DOCUMENTS))
    heights = {name: line.get_ydata()[0] for name, line in drawn.items()}
    assert heights["n"] > heights["p"] == heights["lost"] > heights["c"] == heights["d"]
    assert to_hex(drawn["lost"].get_markerfacecolor()) == "#ffffff"
    assert all(to_hex(drawn[name].get_markerfacecolor()) != "#ffffff" for name in "npcd")
    assert "lost" not in points(plot_network(EDGES, DOCUMENTS.drop(columns="parent_ids")))


def test_what_is_left_out_is_told():
    ax = plot_network(EDGES, DOCUMENTS, min_share=0.25, best=1)
    assert len(arrows(ax)) == 2
    assert any("1 left out (below 25% or not among the 1 largest of a target)" in text.get_text() for text in ax.texts)


def test_a_level_of_many_stands_in_rows_without_two_documents_in_one_place():
    ids = [f"d{at:02d}" for at in range(41)]
    documents = pd.DataFrame({"doc_id": ids, "level": "county", "region": [f"省/{one}" for one in ids], "held": True})
    edges = EDGES.head(0)
    drawn = points(plot_network(edges, documents))
    places = [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in drawn.values()]
    assert len(set(places)) == 41
    near = [(a, b) for a in places for b in places if a < b and abs(a[0] - b[0]) < 0.9 and abs(a[1] - b[1]) < 0.25]
    assert not near


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_a_document_without_level_or_region_stands_below_the_lowest(missing):
    documents = DOCUMENTS.astype(object)
    documents.loc[4] = ["lost", missing, missing, True, missing]
    drawn = points(plot_network(EDGES, documents))
    assert drawn["lost"].get_ydata()[0] < drawn["c"].get_ydata()[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_bundled_corpus(sample, language):
    names = document_labels(sample.documents, language=language)
    ax = plot_network(flow_edges(sample), sample.documents, language=language, labels=names)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_zorder() == 5]
    assert len(boxes) == len(points(ax)) >= 10
    told = {
        "en": "10 lines, 6 of them with a direction, 1 with a baseline of 3 or more",
        "zh": "1条有3份以上文件的基线",
    }
    assert any(told[language] in text.get_text() for text in ax.texts)
    for at, one in enumerate(boxes):  # no two names overlap
        assert not any(one.overlaps(other) for other in boxes[at + 1 :])


def test_faults():
    with pytest.raises(ValueError, match="missing: share"):
        plot_network(EDGES.drop(columns="share"), DOCUMENTS)
    with pytest.raises(ValueError, match="`edges` must join documents of `documents`; got 'c'"):
        plot_network(EDGES, DOCUMENTS[DOCUMENTS["doc_id"] != "c"])
    with pytest.raises(ValueError, match="`min_share` must be at least 0 and at most 1; got 2"):
        plot_network(EDGES, DOCUMENTS, min_share=2)
    with pytest.raises(ValueError, match="`best` must be at least 1, or None for all; got 0"):
        plot_network(EDGES, DOCUMENTS, best=0)
    with pytest.raises(ValueError, match="`edges` must have flows of flow_edges; got 'sideways'"):
        plot_network(EDGES.assign(flow="sideways"), DOCUMENTS)


def test_long_names_of_documents_are_told_apart():
    labels = {one: f"notice_of_the_provincial_government_on_law_based_government_{one}" for one in DOCUMENTS["doc_id"]}
    texts = [text.get_text().split("\n") for text in plot_network(EDGES, DOCUMENTS, labels=labels).texts]
    names = [lines for lines in texts if lines[0].startswith("notice")]
    assert len(names) == 5 and max(map(len, names)) <= 4
    assert {lines[-1].rpartition("_")[2] for lines in names} == set(DOCUMENTS["doc_id"])


def test_documents_without_a_line_a_level_or_at_all():
    alone = DOCUMENTS.head(1).assign(level=None, region=None)
    ax = plot_network(EDGES.iloc[:0], alone)
    assert {"n", "Unknown", "1 document held; 0 lines, 0 of them with a direction"} == {t.get_text() for t in ax.texts}
    assert not ax.get_legend().get_texts()
    with pytest.raises(ValueError, match=r"^`documents` must have at least one row; got none"):
        plot_network(EDGES.iloc[:0], DOCUMENTS.iloc[:0])

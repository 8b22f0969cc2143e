"""Figure 6, by the artists that are drawn."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch, Rectangle

from fzanalytics.output.plots.ribbons import plot_ribbons
from fzanalytics.output.plots.style import COLOURS

# a library's own deprecations are for its makers; any other warning while drawing is ours
pytestmark = pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")

DOCUMENTS = pd.DataFrame({"doc_id": ["a", "b", "c"], "n_chars": [1000, 500, 10]})
#          three in order and one that went from the end to the front
SPANS = [(0, 100, 50, 150, 90), (200, 300, 200, 300, 80), (400, 500, 350, 450, 70), (900, 960, 0, 40, 30)]


def passages(source="a", target="b"):
    rows = [(source, target, *span) for span in SPANS] + [("a", "c", 0, 5, 0, 5, 5)]
    columns = ["source", "target", "source_begin", "source_end", "target_begin", "target_end", "n_chars"]
    return pd.DataFrame(rows, columns=columns)


def ribbons(ax):
    return [patch for patch in ax.patches if isinstance(patch, PathPatch)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_moved_is_told_apart_by_colour_and_hatch(language):
    ax = plot_ribbons(passages(), DOCUMENTS, "a", "b", language=language)
    drawn = [(to_hex(patch.get_facecolor()).upper(), patch.get_hatch()) for patch in ribbons(ax)]
    assert drawn == [(COLOURS[0], None)] * 3 + [(COLOURS[5], "////")]


def test_a_ribbon_stands_where_its_passage_stands():
    ax = plot_ribbons(passages(), DOCUMENTS, "a", "b")
    heights = ribbons(ax)[1].get_path().vertices[:, 1]
    assert heights.min() == pytest.approx(0.2) and heights.max() == pytest.approx(0.6)
    bars = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert len(bars) == 2 + 2 * len(SPANS)


def test_passages_found_the_other_way_round_are_turned():
    turned = passages("b", "a")
    swap = {f"source_{end}": f"target_{end}" for end in ("begin", "end")}
    turned = turned.rename(columns={**swap, **{value: key for key, value in swap.items()}})
    one, other = (plot_ribbons(table, DOCUMENTS, "a", "b") for table in (passages(), turned))
    for left, right in zip(ribbons(one), ribbons(other), strict=True):
        assert left.get_path().vertices.tolist() == right.get_path().vertices.tolist()


def test_headings_of_two_levels_stand_beside_the_bars():
    clauses = pd.DataFrame(
        {
            "doc_id": ["a", "a", "b"],
            "path": ["一", "一/（一）", "二"],
            "depth": [1, 2, 1],
            "heading": ["总则", "目标", "任务"],
            "begin": [0, 10, 7],
        }
    )
    texts = [text.get_text() for text in plot_ribbons(passages(), DOCUMENTS, "a", "b", clauses=clauses).texts]
    assert {"一 总则", "（一） 目标", "二 任务"} <= set(texts)


def test_two_documents_that_share_nothing_are_two_bars():
    ax = plot_ribbons(passages(), DOCUMENTS, "b", "c")
    assert ribbons(ax) == [] and len(ax.patches) == 2


def test_long_names_stand_beside_each_other():
    ax = plot_ribbons(
        passages(), DOCUMENTS, "a", "b", labels={one: "notice_of_the_government_" * 4 + one for one in "ab"}
    )
    ax.figure.draw_without_rendering()
    left, right = (text.get_window_extent() for text in ax.texts if text.get_text().startswith("notice"))
    assert left.x1 < right.x0


def test_faults():
    with pytest.raises(ValueError, match="`target` must be a document of `documents`; got 'z'"):
        plot_ribbons(passages(), DOCUMENTS, "a", "z")
    with pytest.raises(ValueError, match="missing: n_chars"):
        plot_ribbons(passages().drop(columns="n_chars"), DOCUMENTS, "a", "b")

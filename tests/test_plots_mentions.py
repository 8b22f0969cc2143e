"""Figure 10, by the artists that are drawn."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from fzanalytics.output.plots.mentions import plot_mentions
from fzanalytics.output.plots.style import new_figure

# a library's own deprecations are for its makers; any other warning while drawing is ours
pytestmark = pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")

SPECIFICITY = pd.DataFrame(
    {
        "doc_id": ["county", "province"],
        "n_clauses": [4, 10],
        "n_binding": [2, 1],
        "n_mixed": [0, 2],
        "n_bare_imperative": [1, 3],
        "n_soft": [1, 4],
        "n_descriptive": [0, 0],
        "n_deadlines": [3, 0],
        "n_quantities": [1, 5],
        "n_agencies": [8, 0],
        "deadlines_per_clause": [0.75, 0.0],
        "quantities_per_clause": [0.25, 0.5],
        "agencies_per_clause": [2.0, 0.0],
    }
)
MENTIONS = pd.DataFrame(
    {
        "doc_id": ["county"] * 5 + ["other"],
        "kind": ["deadline"] * 4 + ["agency", "deadline"],
        "role": ["deadline", "deadline", "period", "recurring", "lead", "deadline"],
        "not_after": pd.to_datetime(["2017-12-31", "2017-12-31", "2020-12-31", None, None, "2030-01-01"]),
    }
)
DOCUMENTS = pd.DataFrame({"doc_id": ["county", "province"], "level": ["county", "province"]})


def bars(axes):
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_bars_are_shares_of_clauses_and_fill_the_lane(language):
    ax = plot_mentions(SPECIFICITY, MENTIONS, documents=DOCUMENTS, language=language)
    obligation = ax.child_axes[0]
    widths = [round(bar.get_width(), 6) for bar in bars(obligation)]
    assert widths == [0.1, 0.5, 0.2, 0, 0.3, 0.25, 0.4, 0.25, 0, 0]  # the province above the county
    assert sum(widths) == pytest.approx(2)
    numbers = [text.get_text() for text in obligation.texts]
    assert numbers == ["1", "2", "2", "3", "1", "4", "1"]
    assert [label.get_text() for label in obligation.get_yticklabels()] == ["province", "county"]


def test_a_mark_stands_at_each_last_day_and_is_larger_for_several():
    ax = plot_mentions(SPECIFICITY, MENTIONS)
    (marks,) = ax.child_axes[1].collections
    assert marks.get_offsets()[:, 1].tolist() == [0, 0]  # the recurring one has no day, the other document no lane
    assert marks.get_offsets()[:, 0].tolist() == pytest.approx([2018, 2021], abs=0.01)
    small, large = sorted(marks.get_sizes())
    assert large > small and marks.get_sizes().tolist() == [large, small]
    assert [text.get_text() for text in ax.child_axes[1].texts] == ["3", "0"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ["no deadline with a last day in these documents", "time limits from an event on: 7", "recurring deadlines: 1"]),
     ("zh", ["这些文件中没有载明截止日的期限", "相对期限：7", "周期性期限：1"])],
)  # fmt: skip
def test_without_dates_the_panel_says_so_and_has_no_axis_of_time(language, said):
    none = MENTIONS.assign(role="relative", not_after=pd.NaT)
    panel = plot_mentions(SPECIFICITY, none, language=language).child_axes[1]
    assert [text.get_text() for text in panel.texts] == said[:1]
    assert not panel.get_xticks().size and not panel.get_xlabel() and not panel.collections
    counted = SPECIFICITY.assign(n_relative=[3, 4], n_recurring=[1, 0])
    (text,) = plot_mentions(counted, none, language=language).child_axes[1].texts
    assert text.get_text().split("\n") == said
    # those of a document that is not drawn are none of these
    elsewhere = MENTIONS[MENTIONS["doc_id"] == "other"]
    assert not plot_mentions(SPECIFICITY, elsewhere, language=language).child_axes[1].get_xticks().size


def test_rates_are_drawn_with_their_numbers():
    panel = plot_mentions(SPECIFICITY, MENTIONS).child_axes[2]
    assert [bar.get_width() for bar in bars(panel)] == [0.75, 0, 0.25, 0.5, 2, 0]
    assert [text.get_text() for text in panel.texts][:3] == ["0.75 (3)", "0.00 (0)", "0.25 (1)"]


def test_missing_rates_are_na_and_no_zero():
    none = SPECIFICITY.assign(n_clauses=0, agencies_per_clause=float("nan"), deadlines_per_clause=float("nan"))
    none = none.assign(quantities_per_clause=float("nan"))
    panel = plot_mentions(none, MENTIONS.iloc[:0]).child_axes[2]
    assert {text.get_text() for text in panel.texts} == {"NA"}


def test_labels_and_given_axes():
    given = new_figure(10, 4).add_subplot()
    ax = plot_mentions(SPECIFICITY, MENTIONS, ax=given, labels={"county": "夏河县"})
    assert ax is given and not ax.axison
    assert ax.child_axes[0].get_yticklabels()[0].get_text() == "夏河县"


def test_every_text_is_in_the_chinese_font():
    from matplotlib.text import Text

    ax = plot_mentions(SPECIFICITY, MENTIONS, language="zh")
    ax.figure.draw_without_rendering()
    files = {text.get_fontproperties().get_file() for text in ax.figure.findobj(Text) if text.get_text()}
    assert len(files) == 1 and next(iter(files)).endswith("NotoSansSC-Regular.ttf")


def test_faults():
    with pytest.raises(ValueError, match=r"`specificity` must have the columns .*missing: n_soft"):
        plot_mentions(SPECIFICITY.drop(columns="n_soft"), MENTIONS)
    with pytest.raises(ValueError, match=r"`mentions` must have the columns .*missing: not_after"):
        plot_mentions(SPECIFICITY, MENTIONS.drop(columns="not_after"))
    with pytest.raises(ValueError, match=r"^`specificity` must have at least one row; got none"):
        plot_mentions(SPECIFICITY.iloc[:0], MENTIONS)
    with pytest.raises(ValueError, match="`language` must be 'en' or 'zh'; got 'fr'"):
        plot_mentions(SPECIFICITY, MENTIONS, language="fr")

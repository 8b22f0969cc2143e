"""Figure 8, by the artists that are drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text

from fzanalytics.base.fonts import font_file
from fzanalytics.measures.adoption.timing import lag_table
from fzanalytics.measures.adoption.turnbull import turnbull
from fzanalytics.output.plots.adoption import plot_adoption_curve, plot_lags
from fzanalytics.output.plots.style import LEVEL_COLOURS, new_figure, save_figure

# a library's own deprecations are for its makers; any other warning while drawing is ours
pytestmark = pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")

NAN = float("nan")


@pytest.fixture
def result():
    """Half of the mass in days 1 to 2, half on day 5; one is not known of after day 3, one not at all."""
    return turnbull(pd.DataFrame({"lag_days_low": [0, 1, 5, 4, NAN], "lag_days_high": [2, 3, 5, NAN, NAN]}))


@pytest.fixture
def lags():
    """Exact, open to the right, open to the left, a known non-adopter, and one without any bound."""
    return pd.DataFrame(
        {
            "source": "n",
            "target": ["a", "b", "c", pd.NA, pd.NA, "d"],
            "target_level": ["province", "province", "prefecture", "province", "province", "prefecture"],
            "lag_days_low": [30.0, 10.0, NAN, 200.0, NAN, 5.0],
            "lag_days_high": [30.0, NAN, 90.0, NAN, NAN, 120.0],
            "region": ["甲省", "乙省", "甲省/丙市", "丁省", "戊省", "甲省/己市"],
            "status": ["adopted", "adopted", "adopted", "known non-adopter", "unknown", "adopted"],
            "since_centre": True,
            "since_superior": pd.array([True, True, False, True, True, pd.NA], dtype="boolean"),
        }
    )


def texts_of(ax):
    return [text.get_text() for text in ax.figure.findobj(Text)]


def boxes(ax):
    return [
        (*patch.get_xy(), patch.get_width(), patch.get_height()) for patch in ax.patches if isinstance(patch, Rectangle)
    ]


def test_the_box_is_what_is_not_determined(result):
    ax = plot_adoption_curve(result)
    assert boxes(ax) == [pytest.approx((1, 0, 1, 0.5))]
    low, high = (line for line in ax.lines if line.get_drawstyle() == "steps-post")
    assert list(zip(low.get_xdata()[1:-1], low.get_ydata()[1:-1], strict=True)) == [
        (1, 0),
        (2, pytest.approx(0.5)),
        (5, pytest.approx(1)),
    ]
    assert high.get_ydata()[1] == pytest.approx(0.5)
    assert low.get_ydata()[-1] == pytest.approx(1)


def test_the_tick_of_the_censored_stands_on_the_curve(result):
    (tick,) = (line for line in plot_adoption_curve(result).lines if line.get_marker() == "|")
    assert tick.get_xdata().tolist() == [3] and tick.get_ydata()[0] == pytest.approx(0.5)


def test_the_numbers_at_risk_stand_under_their_ticks(result):
    ax = plot_adoption_curve(result)
    under = {note.xy[0]: note.get_text() for note in ax.texts if note.get_text().isdigit()}
    assert set(under) == set(ax.get_xticks())
    assert under[0] == "4" and under[3] == "3" and under[5] == "1"
    assert "at risk" in texts_of(ax)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "4 jurisdictions of known status, 1 right-censored; 1 unknown"),
        ("zh", "状态已知的地区4个，其中右删失1个；另有1个状态不明"),
    ],
)
def test_the_denominator_is_told(result, language, words):
    assert any(words in text for text in texts_of(plot_adoption_curve(result, language=language)))


def test_adopters_only_is_told():
    table = pd.DataFrame({"lag_days_low": [1.0, 5.0], "lag_days_high": [1.0, 5.0]})
    assert any("adopters only" in text for text in texts_of(plot_adoption_curve(turnbull(table))))


@pytest.mark.parametrize(
    ("language", "words", "caution"),
    [
        ("en", "3 jurisdictions of known status, 0 right-censored", "adopters only"),
        ("zh", "其中右删失0个", "仅含已采纳者"),
    ],
)
def test_adopters_of_an_open_date_are_not_right_censored(language, words, caution):
    """Two adopters with dates, one with a lower bound only; then the same row as a known non-adopter."""
    table = pd.DataFrame({"lag_days_low": [1.0, 5.0, 3.0], "lag_days_high": [1.0, 5.0, NAN], "status": "adopted"})
    ax = plot_adoption_curve(turnbull(table), language=language)
    (told,) = (text for text in texts_of(ax) if words in text)
    assert told.count("\n") == 1  # one line would run out of the figure
    assert caution in told and ("adopters of open date: 1" in told or "日期上界不明者1个" in told)
    assert not [line for line in ax.lines if line.get_marker() == "|"]
    table["status"] = ["adopted", "adopted", "known non-adopter"]
    others = texts_of(plot_adoption_curve(turnbull(table), language=language))
    assert not any(caution in text for text in others)


def test_open_ends_reach_the_edge():
    ax = plot_adoption_curve(turnbull(pd.DataFrame({"lag_days_low": [NAN, 8.0], "lag_days_high": [4.0, NAN]})))
    left, right = ax.get_xlim()
    assert boxes(ax) == [pytest.approx((left, 0, 4 - left, 0.5)), pytest.approx((8, 0.5, right - 8, 0.5))]
    lines = [line for line in ax.lines if line.get_drawstyle() == "steps-post"]
    assert [line.get_ydata()[0] for line in lines] == pytest.approx([0, 0.5])


@pytest.fixture
def censored():
    """Three of four have adopted by day 20; the others had not by days 24 and 29: 0.6 on the whole."""
    status = [*["adopted"] * 3, *["known non-adopter"] * 2]
    return turnbull(
        pd.DataFrame({"lag_days_low": [0, 10, 20, 25, 30], "lag_days_high": [0, 10, 20, NAN, NAN], "status": status})
    )


def test_the_line_ends_where_nothing_more_is_known(censored):
    """It does not rise to all: those who had not adopted when last known of may never do."""
    ax = plot_adoption_curve(censored)
    for line in (line for line in ax.lines if line.get_drawstyle() == "steps-post"):
        assert line.get_xdata()[-1] == 30 and max(line.get_ydata()) == pytest.approx(0.6)
    left, right = ax.get_xlim()
    (field,) = (patch for patch in ax.patches if isinstance(patch, Rectangle))
    assert (*field.get_xy(), field.get_width(), field.get_height()) == pytest.approx((30, 0.6, right - 30, 0.4))
    assert field.get_hatch() and right - 30 > 0.1 * (right - left)


@pytest.mark.parametrize(
    ("language", "unknown", "rises"),
    [("en", "not known: they may never adopt", "rises in here"), ("zh", "情况不明：可能始终未采纳", "区间内上升")],
)
def test_what_is_not_known_is_not_said_to_rise(censored, result, language, unknown, rises):
    told = texts_of(plot_adoption_curve(censored, language=language))
    assert unknown in told and not any(rises in text for text in told)
    told = texts_of(plot_adoption_curve(result, language=language))
    assert unknown not in told and any(rises in text for text in told)


def test_adopters_of_an_open_date_do_rise():
    table = pd.DataFrame({"lag_days_low": [1.0, 5.0], "lag_days_high": [1.0, NAN], "status": "adopted"})
    ax = plot_adoption_curve(turnbull(table))
    assert max(line.get_ydata()[-1] for line in ax.lines if line.get_drawstyle() == "steps-post") == pytest.approx(1)
    assert any("rises in here" in text for text in texts_of(ax))


def test_only_non_adopters():
    table = pd.DataFrame({"lag_days_low": [4.0, 9.0], "lag_days_high": NAN, "status": "known non-adopter"})
    ax = plot_adoption_curve(turnbull(table))
    assert all(max(line.get_ydata()) == 0 for line in ax.lines if line.get_drawstyle() == "steps-post")


def test_the_band_ends_with_the_line():
    days = np.random.default_rng(0).integers(0, 100, size=40).astype(float)
    table = pd.DataFrame({"lag_days_low": np.r_[days, 120.0], "lag_days_high": np.r_[days, NAN]})
    (band,) = plot_adoption_curve(turnbull(table, n_resamples=20)).collections
    assert band.get_paths()[0].vertices[:, 0].max() == 120


def test_the_band_is_there_if_there_is_an_interval():
    days = np.random.default_rng(0).integers(0, 100, size=40)
    table = pd.DataFrame({"lag_days_low": days, "lag_days_high": days})
    with_band = plot_adoption_curve(turnbull(table, n_resamples=20))
    assert sum(isinstance(one, PolyCollection) for one in with_band.collections) == 1
    assert "bootstrap interval" in texts_of(with_band)
    assert not plot_adoption_curve(turnbull(table)).collections


def test_lanes_of_lags(lags):
    ax = plot_lags(lags)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["d", "b", "a", "c", "丁省"]
    assert boxes(ax) == [pytest.approx((5, -0.21, 115, 0.42))]
    (dot,) = (line for line in ax.lines if line.get_marker() == "o")
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (30, 2)
    left, right = ax.get_xlim()
    tips = sorted(
        (round(patch.get_xy()[1][0], 6), int(patch.get_xy()[1][1]))
        for patch in ax.patches
        if isinstance(patch, Polygon)
    )
    assert tips == sorted([(round(right, 6), 1), (round(left, 6), 3), (round(right, 6), 4)])
    assert any("5 shown; 1 without a known bound" in text for text in texts_of(ax))


def test_a_known_non_adopter_is_hollow(lags):
    heads = {
        int(patch.get_xy()[1][1]): patch.get_facecolor()
        for patch in plot_lags(lags).patches
        if isinstance(patch, Polygon)
    }
    assert heads[4] == (1, 1, 1, 1) and heads[1] != (1, 1, 1, 1)


def test_the_clock_chooses_the_rows(lags):
    ax = plot_lags(lags, since="superior", language="zh", labels={"a": "甲"})
    assert [label.get_text() for label in ax.get_yticklabels()] == ["乙省", "甲", "丁省"]
    assert ax.get_xlabel() == "距直接上级文件的天数"


def test_one_target_with_two_sources_has_two_names(lags):
    twice = pd.concat([lags, lags.iloc[[0]].assign(source="m")])
    names = [label.get_text() for label in plot_lags(twice).get_yticklabels()]
    assert {"a · n", "a · m"} <= set(names) and len(set(names)) == len(names)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_fonts_and_files(result, lags, language, tmp_path):
    for number, ax in enumerate((plot_adoption_curve(result, language=language), plot_lags(lags, language=language))):
        assert {text.get_fontproperties().get_file() for text in ax.findobj(Text)} == {str(font_file())}
        one, two = (save_figure(ax, tmp_path / f"{number}{name}", formats=["svg"])[0] for name in "ab")
        assert one.read_bytes() == two.read_bytes()


def test_drawn_on_given_axes(result, lags):
    ax = new_figure(4, 3).add_subplot()
    assert plot_adoption_curve(result, ax=ax) is ax
    ax = new_figure(4, 3).add_subplot()
    assert plot_lags(lags, ax=ax) is ax


def test_the_bundled_corpus(sample):
    ax = plot_lags(lag_table(sample.documents), language="zh")
    assert len(ax.get_yticks()) == 8
    drawn = {patch.get_facecolor() for patch in ax.patches if isinstance(patch, Rectangle)}
    assert drawn == {to_rgba(LEVEL_COLOURS[level]) for level in ("province", "prefecture")}  # the county's end is open


@pytest.mark.parametrize(
    ("draw", "error", "message"),
    [
        (lambda result, lags: plot_adoption_curve(lags), TypeError, "`result` must be a Turnbull; got DataFrame"),
        (lambda result, lags: plot_adoption_curve(result, since="county"), ValueError, "`since` must be 'centre' or 'superior'; got 'county'"),
        (lambda result, lags: plot_lags(lags, since="county"), ValueError, "`since` must be 'centre' or 'superior'"),
        (lambda result, lags: plot_lags(lags.drop(columns="region")), ValueError, "missing: region"),
        (lambda result, lags: plot_lags(lags.iloc[[4]]), ValueError, "with a bound; got 1 rows without"),
        (lambda result, lags: plot_lags(lags, language="fr"), ValueError, "`language` must be"),
        (lambda result, lags: plot_lags(lags, labels=["a"]), TypeError, r"`labels` must be a mapping of doc_id .* got list"),
    ],
)  # fmt: skip
def test_errors(result, lags, draw, error, message):
    with pytest.raises(error, match=message):
        draw(result, lags)

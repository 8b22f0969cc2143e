"""Topic over time and level, by the artists that are drawn."""

import dataclasses

import numpy as np
import pytest
from matplotlib.colors import to_hex

from fzanalytics.evaluation.simulation.simulate_topics import simulate_policy_text
from fzanalytics.measures.prevalence.covariates import topic_prevalence
from fzanalytics.measures.topics.fitting import fit_topics
from fzanalytics.output.plots.style import LEVEL_COLOURS, save_figure
from fzanalytics.output.word_plots.prevalence import plot_prevalence_of_topic, plot_topic_prevalence

# a library's own deprecations are for its makers; any other warning while drawing is ours
pytestmark = pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def study():
    simulation = simulate_policy_text(
        n_jurisdictions=30, n_documents=2, towards=(0.1, 0.2, 0.3, 0.4), drift=0.5, n_paragraphs=3
    )
    return simulation, fit_topics(simulation.corpus, model="nmf", n_topics=4)


@pytest.fixture(scope="module")
def cells(study):
    return topic_prevalence(study[1], study[0].corpus, formula="level * period", n_draws=5)


@pytest.fixture(scope="module")
def lines(study):
    return topic_prevalence(study[1], study[0].corpus, formula="level * year", n_draws=5)


def rows_of(found, topic, *present):
    shares = found.shares[found.shares["topic"] == topic]
    covariates = [name for name in ("level", "period", "year") if name in shares]
    for name in covariates:
        shares = shares[shares[name].notna() == (name in present)]
    return shares


def test_a_panel_a_topic_with_points_and_bars_of_each_level_and_period(cells):
    figure = plot_topic_prevalence(cells, names={1: "T1 执法"})
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["T1 执法", "T2", "T3", "T4"]
    assert "by level and period; bars: 95 % intervals, other jurisdictions; grey" in figure.get_suptitle()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Province", "Prefecture", "County"]
    assert len({ax.get_ylim() for ax in figure.axes}) == 1
    ax, rows = figure.axes[0], rows_of(cells, 1, "level", "period")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["to 2015", "to 2020"]
    for line, level in zip(ax.lines, ("province", "prefecture", "county"), strict=True):
        own = rows[rows["level"] == level].sort_values("period")
        assert line.get_ydata() == pytest.approx(own["share"].to_numpy())
        assert to_hex(line.get_color()).upper() == LEVEL_COLOURS[level]
    bars = np.array([one[:, 1] for part in ax.collections[1::2] for one in part.get_segments()])
    expected = rows.sort_values(["level", "period"], key=lambda s: s.map(str), kind="stable")
    assert sorted(bars[:, 0]) == pytest.approx(sorted(expected["low"])) and len(bars) == 6
    assert sorted(bars[:, 1]) == pytest.approx(sorted(expected["high"]))
    places = np.array([line.get_xdata() for line in ax.lines])
    assert (np.diff(places, axis=0) > 0.1).all()  # groups stand beside each other


def test_a_number_gives_lines_with_bands(lines):
    ax = plot_prevalence_of_topic(lines, 2, language="zh")
    rows = rows_of(lines, 2, "level", "year")
    assert len(ax.lines) == 3 * 3  # a line, and both edges of its band
    own = rows[rows["level"] == "county"].sort_values("year")
    drawn = [line for line in ax.lines if to_hex(line.get_color()).upper() == LEVEL_COLOURS["county"]]
    assert drawn[0].get_ydata() == pytest.approx(own["low"].to_numpy())
    assert drawn[2].get_ydata() == pytest.approx(own["share"].to_numpy())
    assert ax.get_xlabel() == "年份" and ax.get_ylabel() == "主题占比（%）"
    assert {label.get_text() for label in ax.get_xticklabels()} <= {str(year) for year in range(2010, 2019)}


def test_of_few_documents_only_the_grey_bars_are_drawn_and_it_says_so(sample):
    found = topic_prevalence(fit_topics(sample, model="nmf", n_topics=4), sample, n_draws=20)
    figure = plot_topic_prevalence(found, language="zh")
    assert "仅就本语料而言" in figure.get_suptitle() and "置信区间" not in figure.get_suptitle()
    ax = figure.axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["省级\n3份", "地级\n2份", "县级\n1份"]
    grey = [part.get_segments()[0][:, 1].tolist() for part in ax.collections[::2]]
    rows = rows_of(found, 1, "level")
    assert np.array(grey) == pytest.approx(rows[["text_low", "text_high"]].to_numpy())
    assert all(len(part.get_segments()) == 0 for part in ax.collections[1::2])
    assert not figure.legends


def test_axes_topics_and_covariates_may_be_chosen(cells, lines):
    figure = plot_topic_prevalence(cells, x="level", topics=[3, 1], language="zh")
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["T3", "T1"]
    assert [line.get_ydata().tolist() for line in figure.axes[0].lines] == [
        [share] for share in rows_of(cells, 3, "level")["share"]
    ]
    turned = plot_prevalence_of_topic(cells, 1, x="level", by="period")
    assert [label.get_text() for label in turned.get_xticklabels()] == ["Province", "Prefecture", "County"]
    assert len(turned.lines) == 2
    with pytest.raises(ValueError, match="`topics` must be topics of `prevalence`, 1, 2, 3, 4; got 9"):
        plot_topic_prevalence(cells, topics=[9])
    with pytest.raises(ValueError, match="`x` and `by` must be covariates of `prevalence`, level, period; got year"):
        plot_topic_prevalence(cells, x="year")
    for options in ({"topics": []}, {}):
        shares = cells.shares if options else cells.shares.iloc[:0]
        with pytest.raises(ValueError, match="`prevalence` must have a share of a topic to draw; got none"):
            plot_topic_prevalence(dataclasses.replace(cells, shares=shares), **options)
    with pytest.raises(ValueError, match="`topic` must be a topic"):
        plot_prevalence_of_topic(cells, 9)


def test_covariates_that_do_not_interact_are_refused_together(study):
    found = topic_prevalence(study[1], study[0].corpus, formula="level + period", n_draws=2)
    with pytest.raises(ValueError, match=r"must interact.*formula='level . period'"):
        plot_topic_prevalence(found, x="period")
    assert len(plot_topic_prevalence(found).axes[0].lines) == 3


def test_topics_that_do_not_come_back_are_marked(cells):
    doubtful = cells.shares.assign(recurs=(cells.shares["topic"] != 2).astype("boolean"))
    figure = plot_topic_prevalence(dataclasses.replace(cells, shares=doubtful))
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["T1", "T2 (not stable)", "T3", "T4"]


def test_files_are_the_same_twice(cells, tmp_path):
    first, second = (
        save_figure(plot_topic_prevalence(cells, topics=[1], language="zh"), tmp_path / name, formats=["png"], dpi=50)
        for name in "ab"
    )
    assert first[0].read_bytes() == second[0].read_bytes()

"""Figure 9 and the lens of one word, by the artists that are drawn."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from fzanalytics.measures.vocabulary.keyness import distinctive_terms
from fzanalytics.measures.vocabulary.lens import term_lens
from fzanalytics.output.plots.style import LEVEL_COLOURS, save_figure
from fzanalytics.output.word_plots.distinctive import plot_distinctive_group, plot_distinctive_terms
from fzanalytics.output.word_plots.lens import (
    plot_collocates,
    plot_contexts,
    plot_term_documents,
    plot_term_lens,
    plot_term_levels,
)

# a library's own deprecations are for its makers; any other warning while drawing is ours
pytestmark = pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def terms(sample):
    return distinctive_terms(sample, n_resamples=19)


@pytest.fixture(scope="module")
def lens(sample):
    return term_lens(sample, "监督")


def texts_of(ax):
    return [text.get_text() for text in ax.texts]


def test_a_panel_a_group_and_a_row_a_term(terms):
    figure = plot_distinctive_terms(terms, n_terms=6)
    assert [ax.get_title(loc="left").split(":")[0] for ax in figure.axes] == ["Province", "Prefecture", "County"]
    for ax, group in zip(figure.axes, ("province", "prefecture", "county"), strict=True):
        top = terms[terms["group"] == group].nlargest(6, "z")
        assert [label.get_text() for label in ax.get_yticklabels()] == top["term"].tolist()
        assert f"{top['z'].iloc[0]:.1f}" in texts_of(ax)
        bars = ax.collections[0].get_segments()
        assert [bar[0][0] for bar in bars] == pytest.approx(top["section_low"].tolist())
        assert [bar[1][0] for bar in bars] == pytest.approx(top["section_high"].tolist())


def test_a_term_of_one_document_is_hollow(terms):
    ax = plot_distinctive_group(terms, "province", n_terms=12)
    top = terms[terms["group"] == "province"].nlargest(12, "z")
    full, hollow = ax.lines[0], ax.lines[1]
    assert to_hex(full.get_markerfacecolor()).upper() == LEVEL_COLOURS["province"]
    assert hollow.get_markerfacecolor() == "white"
    assert sorted(hollow.get_xdata()) == pytest.approx(sorted(top.loc[top["n_documents"] == 1, "log_odds"]))
    assert len(full.get_xdata()) + len(hollow.get_xdata()) == 12


def test_the_bars_are_named_and_those_of_jurisdictions_come_first(terms):
    assert "each section of these documents left out once" in plot_distinctive_terms(terms).get_suptitle()
    wide = terms.assign(low=terms["log_odds"] - 9, high=terms["log_odds"] + 9, scope="jurisdictions")
    figure = plot_distinctive_terms(wide, language="zh")
    assert "辖区" in figure.get_suptitle() and "仅就本语料" not in figure.get_suptitle()
    bar = figure.axes[0].collections[0].get_segments()[0]
    assert bar[1][0] - bar[0][0] == pytest.approx(18)
    none = terms.assign(section_low=float("nan"), section_high=float("nan"))
    assert "bars" not in plot_distinctive_terms(none).get_suptitle()


def test_groups_may_be_chosen_and_named(terms):
    figure = plot_distinctive_terms(terms, groups=["county", "province"], names={"county": "Xiahe"})
    assert [ax.get_title(loc="left").split(":")[0] for ax in figure.axes] == ["Xiahe", "Province"]
    with pytest.raises(ValueError, match="`groups` must be groups of `terms`, province, prefecture, county; got town"):
        plot_distinctive_terms(terms, groups=["town"])
    with pytest.raises(ValueError, match=r"`groups` must be groups of `terms`, .*; got none"):
        plot_distinctive_terms(terms, groups=[])
    many = pd.concat([terms.assign(group=f"g{i}") for i in range(5)])
    assert (
        "; 12 of 15 comparisons shown"
        in plot_distinctive_terms(pd.concat([many.assign(against=other) for other in "xyz"]), n_terms=1).get_suptitle()
    )
    with pytest.raises(ValueError, match="at least one row"):
        plot_distinctive_terms(terms.iloc[:0])
    with pytest.raises(ValueError, match="missing: z"):
        plot_distinctive_terms(terms.drop(columns="z"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_lens_has_four_parts_and_no_missing_glyph(lens, language, tmp_path):
    figure = plot_term_lens(lens, language=language)
    assert [ax.get_title(loc="left")[:3] for ax in figure.axes] == ["(a)", "(b)", "(c)", "(d)"]
    assert save_figure(figure, tmp_path / "lens", formats=["png"], dpi=40)[0].stat().st_size > 10_000


def test_dates_are_drawn_as_bounds(lens):
    ax = plot_term_documents(lens.documents)
    points = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_ydata()[0] for line in points] == pytest.approx(lens.documents["rate"].tolist())
    open_ends = [line for line in ax.lines if line.get_marker() == ">"]
    assert len(open_ends) == lens.documents["latest"].isna().sum() == 2
    assert set(lens.documents["doc_id"]) <= set(texts_of(ax))


def test_a_document_without_a_date_stands_aside(lens):
    undated = lens.documents.assign(earliest=pd.NaT, latest=pd.NaT)
    ax = plot_term_documents(undated)
    assert "date\nunknown" in [label.get_text() for label in ax.get_xticklabels()]
    places = {line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"}
    assert len(places) == 1


def test_levels_have_their_denominators(lens):
    ax = plot_term_levels(lens.levels)
    first = lens.levels.iloc[0]
    assert ax.get_xticklabels()[0].get_text() == f"Province\n{first['count']} times\n3 doc."
    assert ax.lines[0].get_ydata()[0] == pytest.approx(first["rate"])


def test_company_and_contexts(lens):
    ax = plot_collocates(lens.collocates, n_terms=5)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(lens.collocates["g2"].head(5).tolist())
    empty = plot_collocates(lens.collocates.iloc[:0], language="zh")
    assert texts_of(empty) == ["无显著搭配"]
    drawn = texts_of(plot_contexts(lens.contexts, n_rows=3))
    assert drawn.count("监督") == 3 and len(drawn) == 12


def test_a_word_that_is_nowhere_is_drawn_too(sample):
    figure = plot_term_lens(term_lens(sample, "没有这个词"))
    assert "0 times" in figure.get_suptitle()

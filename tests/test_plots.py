"""Figures, by the artists that are drawn; pixels are looked at by people."""

from __future__ import annotations

import io
import itertools
import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Polygon, Rectangle
from matplotlib.text import Text
from pandas.testing import assert_frame_equal
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from fzanalytics.base.fonts import MISSING_GLYPH, font_file
from fzanalytics.output.plots.attribution import plot_attribution
from fzanalytics.output.plots.corpus import plot_corpus, plot_timeline
from fzanalytics.output.plots.coverage import plot_coverage, plot_coverage_curve
from fzanalytics.output.plots.names import LEVEL_NAMES, document_labels, fitting_names, order_by_level, width_of
from fzanalytics.output.plots.similarity import plot_paragraph_similarity, plot_similarity
from fzanalytics.output.plots.style import (
    COLOURS,
    LEVEL_COLOURS,
    legend_below,
    new_figure,
    save_figure,
    set_font,
    spread,
)
from fzanalytics.output.word_plots.topics import (
    name_topics,
    plot_top_terms,
    plot_topic_shares,
    plot_topic_stability,
    plot_topics,
)

#: What a warning of matplotlib about fonts and layout would say; here it is a failure.
# a library's own deprecations are for its makers; any other warning while drawing is ours
pytestmark = pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")


def document(doc_id, level, region, earliest, latest, held, parents=pd.NA, **more):
    return {
        "doc_id": doc_id,
        "level": level,
        "region": region,
        "earliest": pd.Timestamp(earliest),
        "latest": pd.Timestamp(latest),
        "held": held,
        "parent_ids": parents,
        "lineage": "法治政府建设",
        "period_start": 2016,
        "period_end": 2020,
        "kind": "实施方案",
        "date_basis": "stated",
        **more,
    }


@pytest.fixture
def documents() -> pd.DataFrame:
    """Every way in which a date is known, and every level but the lowest."""
    table = pd.DataFrame(
        [
            document("hebei", "province", "河北省", "2016-01-01", "2016-12-31", True, "outline"),
            document("sjz", "prefecture", "河北省/石家庄市", "2016-11-01", None, True, "outline;hebei"),
            document("qingyuan", "prefecture", "广东省/清远市", "2017-01-26", "2017-01-26", True, "guangdong;nobody"),
            document("outline", "national", "全国", "2015-12-23", "2015-12-27", False, kind="实施纲要"),
            document("guangdong", "province", "广东省", None, "2017-01-26", False),
            document("henan", "province", "河南省", None, None, False),
            document("henan2", "province", "河南省", "2021-01-01", "2021-12-31", True, period_end=2025),
        ]
    )
    return table.astype({"period_start": "Int64", "period_end": "Int64"})


@pytest.fixture
def similarity() -> pd.DataFrame:
    values = np.array([[1, 0.9, 0.2], [0.9, 1, 0.3], [0.2, 0.3, 1]])
    return pd.DataFrame(values, index=list("abc"), columns=list("abc"))


@pytest.fixture
def paragraphs() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "doc_id": ["a"] * 4 + ["b"] * 2,
            "paragraph_id": ["a:1", "a:2", "a:3", "a:4", "b:1", "b:2"],
            "section": ["一/（一）", "一/（一）", "一/（二）", "二", "一", "一"],
        }
    )


@pytest.fixture
def clauses() -> pd.DataFrame:
    return pd.DataFrame(
        {"doc_id": ["a", "a", "b"], "path": ["一/（一）", "二", "一"], "heading": ["总体", "保障", "x"]}
    )


@pytest.fixture
def matrix() -> pd.DataFrame:
    cells = itertools.product(["b", "c"], SECTIONS)
    scores = [0.8, 0.2, 0.5, 0.0, np.nan, 0.9, 0.1, 1.0]
    rows = [("a", p, SECTIONS[p], t, s, ORDERS[t]) for (t, p), s in zip(cells, scores, strict=True)]
    return pd.DataFrame(rows, columns=["source", "source_paragraph", "section", "target", "score", "order"])


SECTIONS = {"a:1": "一/（一）", "a:2": "一/（一）", "a:3": "一/（二）", "a:4": "二"}
ORDERS = {"b": "declared", "c": "unknown"}


@pytest.fixture
def curve() -> pd.DataFrame:
    rows = [("a", t, x, c, c - 0.1, c + 0.1) for t in ["b", "c"] for x, c in [(0, 0.9), (0.5, 0.5), (1, 0.1)]]
    return pd.DataFrame(
        rows, columns=["source", "target", "threshold", "coverage", "resampling_low", "resampling_high"]
    )


@pytest.fixture
def top_terms() -> pd.DataFrame:
    terms = ["行政", "执法", "监督", "改革", "服务", "公开"]
    return pd.DataFrame(
        {"topic": [1, 1, 1, 2, 2, 2], "rank": [1, 2, 3] * 2, "term": terms, "weight": [0.2, 0.1, 0.05] * 2}
    )


@pytest.fixture
def stability() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "n_topics": [6, 4],
            "cosine_mean": [0.8, 0.9],
            "cosine_min": [0.4, 0.7],
            "recurring_share": [0.5, 1.0],
            "c_v": [0.4, 0.5],
            "npmi": [-0.1, 0.05],
        }
    )


@pytest.fixture
def shares() -> pd.DataFrame:
    return pd.DataFrame([[0.25, 0.75], [np.nan, np.nan]], index=["sjz", "hebei"], columns=[1, 2])


PARTS = ["superior only", "superior and centre", "centre only", "neither"]


PROXY = [f"{side} bound by proxy" for side in ("upper", "lower", "lower", "upper")]


@pytest.fixture
def parts() -> pd.DataFrame:
    """All sources held; a proxy; no superior; a province with a proxy, and one without any source; no centre."""
    nothing = "not available"
    local = ["not applicable"] * 2
    cases = {
        "qinhuangdao": ("hebei", True, "held", [0.3, 0.2, 0.1, 0.4], ["estimated"] * 4),
        "sjz": ("hebei", True, "proxy", [0.4, 0.1, 0.02, 0.48], PROXY),
        "qingyuan": ("guangdong", False, "proxy", [None, None, 0.2, 0.8], [nothing] * 2 + ["superior not held"] * 2),
        "hebei": ("outline", False, "proxy", [None, None, 0.3, 0.7], local + PROXY[2:]),
        "henan2": (pd.NA, False, nothing, [None] * 4, [*local, nothing, nothing]),
        "luoyang": (
            "henan2", True, nothing, [0.6, None, None, 0.4],
            ["centre not available", nothing, nothing, "centre not available"],
        ),
    }  # fmt: skip
    rows = []
    for doc_id, (superior, held, centre, shares, states) in cases.items():
        for part, share, status in zip(PARTS, shares, states, strict=True):
            value = np.nan if share is None else share
            interval = {"share": value, "resampling_low": value * 0.8, "resampling_high": min(value * 1.2, 1)}
            low, high = {
                "upper bound by proxy": (0, value), "lower bound by proxy": (value, 1), "estimated": (value, value),
            }.get(status, (0, 1))  # fmt: skip
            sources = {"superior": superior, "superior_held": held, "centre": centre, "n_witnesses": 2}
            bounds = {"bound_low": float(low), "bound_high": float(high)}
            rows.append({"doc_id": doc_id, "part": part, "status": status, **interval, **bounds, **sources})
    return pd.DataFrame(rows)


@pytest.fixture
def recurrence() -> pd.DataFrame:
    return pd.DataFrame({"n_topics": 2, "topic": [1, 2], "recurs": [True, False], "npmi": [0.12, -0.3]})


@pytest.fixture
def drawings(
    documents, similarity, paragraphs, clauses, matrix, curve, top_terms, stability, shares, parts, recurrence
):
    """Each plot function with its tables and options: what every one of them must obey is tested on all."""
    big = pd.DataFrame(np.eye(6), index=paragraphs["paragraph_id"], columns=paragraphs["paragraph_id"].tolist())
    return {
        "corpus": (plot_corpus, [documents], {"lineages": {"法治政府建设": "law-based government"}}),
        "timeline": (plot_timeline, [documents], {}),
        "similarity": (plot_similarity, [similarity], {"linkage": tree_of(similarity), "masked": True}),
        "paragraph_similarity": (plot_paragraph_similarity, [big, paragraphs], {"masked": True}),
        "coverage": (plot_coverage, [matrix], {"clauses": clauses}),
        "coverage_curve": (plot_coverage_curve, [curve], {}),
        "attribution": (plot_attribution, [parts], {"documents": documents}),
        "topic_shares": (plot_topic_shares, [shares], {"documents": documents, "recurrence": recurrence}),
        "top_terms": (plot_top_terms, [top_terms], {"recurrence": recurrence}),
        "topic_stability": (plot_topic_stability, [stability], {"n_topics": 4}),
    }


NAMES = [
    "corpus",
    "timeline",
    "similarity",
    "paragraph_similarity",
    "coverage",
    "coverage_curve",
    "attribution",
    "topic_shares",
    "top_terms",
    "topic_stability",
]
every_plot = pytest.mark.parametrize("name", NAMES)
both_languages = pytest.mark.parametrize("language", ["en", "zh"])


def tree_of(similarity: pd.DataFrame) -> np.ndarray:
    return hierarchy.linkage(squareform(1 - similarity.to_numpy(), checks=False), "average")


def settings_of_matplotlib() -> dict[str, object]:
    """All but the backend, which looking at it would choose."""
    return {key: mpl.rcParams[key] for key in mpl.rcParams if key != "backend"}


def texts_of(figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def shown_texts(figure: Figure) -> list[Text]:
    """Texts that are drawn, each with a size on the page."""
    figure.draw_without_rendering()
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def overlaps(texts: list[Text]) -> list[tuple[str, str]]:
    """Pairs of upright texts that cover each other by more than a hair."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts if text.get_rotation() in (0, 90)]
    pairs = itertools.combinations(boxes, 2)
    return [
        (a, b)
        for (a, box), (b, other) in pairs
        if min(box.x1, other.x1) - max(box.x0, other.x0) > 2 and min(box.y1, other.y1) - max(box.y0, other.y0) > 2
    ]


# --- what every figure obeys ----------------------------------------------------------------------------------


@every_plot
@both_languages
def test_every_text_is_in_the_packaged_font_and_no_glyph_is_missing(drawings, name, language, tmp_path):
    function, tables, options = drawings[name]
    figure = function(*tables, language=language, **options).figure
    save_figure(figure, tmp_path / name, formats=["png"], dpi=50)  # a glyph warning is an error here
    fonts = {text.get_fontproperties().get_file() for text in figure.findobj(Text)}
    assert fonts == {str(font_file())}


@every_plot
def test_inputs_are_not_changed(drawings, name):
    function, tables, options = drawings[name]
    before = [table.copy(deep=True) for table in tables]
    function(*tables, **options)
    for table, old in zip(tables, before, strict=True):
        assert_frame_equal(table, old)


@every_plot
def test_no_setting_of_matplotlib_stays_changed(drawings, name, tmp_path):
    function, tables, options = drawings[name]
    with mpl.rc_context({"font.size": 31, "axes.facecolor": "red", "svg.fonttype": "none"}):
        before = settings_of_matplotlib()
        drawn = function(*tables, **options)
        assert settings_of_matplotlib() == before
        if name == "top_terms":
            save_figure(drawn, tmp_path / name, formats=["svg"])
            assert settings_of_matplotlib() == before


@pytest.mark.parametrize("name", ["timeline", "coverage_curve", "attribution"])
def test_the_users_own_settings_do_not_reach_the_figure(drawings, name, tmp_path):
    function, tables, options = drawings[name]
    plain = save_figure(function(*tables, **options), tmp_path / "plain", formats=["png"], dpi=40)[0]
    loud = {"font.size": 31, "axes.facecolor": "red", "lines.linewidth": 9, "axes.grid": True, "savefig.dpi": 10}
    with mpl.rc_context(loud):
        own = save_figure(function(*tables, **options), tmp_path / "own", formats=["png"], dpi=40)[0]
    assert plain.read_bytes() == own.read_bytes()


@every_plot
def test_it_draws_on_given_axes_and_returns_them(drawings, name):
    function, tables, options = drawings[name]
    figure = new_figure(8, 6)
    left, right = figure.subplots(1, 2)
    assert function(*tables, ax=left, **options) is left
    assert left.get_title(loc="left") or left.child_axes
    assert not right.has_data()


@every_plot
def test_pyplot_knows_of_no_figure(drawings, name):
    import matplotlib.pyplot as plt

    function, tables, options = drawings[name]
    before = plt.get_fignums()
    function(*tables, **options)
    assert plt.get_fignums() == before


@every_plot
@both_languages
def test_no_text_covers_another(drawings, name, language):
    function, tables, options = drawings[name]
    texts = shown_texts(function(*tables, language=language, **options).figure)
    assert len(texts) > 3
    assert overlaps(texts) == []


@every_plot
def test_chinese_figures_have_no_english_sentence_and_the_other_way_round(drawings, name):
    function, tables, options = drawings[name]
    english, chinese = (function(*tables, language=language, **options).figure for language in ("en", "zh"))
    title = {language: " ".join(texts_of(figure)) for language, figure in [("en", english), ("zh", chinese)]}
    assert not any(word in title["zh"] for word in (" of ", " by ", "share", "date", "topic"))
    assert title["en"] != title["zh"]


@every_plot
def test_an_unknown_language_is_refused(drawings, name):
    function, tables, options = drawings[name]
    with pytest.raises(ValueError, match="`language` must be 'en' or 'zh'; got 'fr'"):
        function(*tables, language="fr", **options)


def test_the_tests_above_can_fail():
    figure = new_figure(3, 3)
    figure.text(0.5, 0.5, "one text")
    figure.text(0.5, 0.5, "upon another")
    assert overlaps(shown_texts(figure)) == [("one text", "upon another")]
    figure.text(0.1, 0.1, "\U00020bb7")
    with pytest.warns(UserWarning, match="Glyph"), warnings.catch_warnings():
        warnings.simplefilter("always")
        figure.savefig(io.BytesIO(), format="png")


def test_hundreds_of_documents_are_drawn_in_a_figure_that_can_be_saved(documents, parts, tmp_path):
    n = 180
    many = pd.concat([documents.head(1)] * n, ignore_index=True)
    many["doc_id"] = many["region"] = [f"文件{i}" for i in range(n)]
    square = pd.DataFrame(np.eye(n), index=many["doc_id"], columns=many["doc_id"].tolist())
    wide = pd.DataFrame({"source_paragraph": "a", "target": many["doc_id"], "score": 0.5})
    bars = pd.concat([parts[parts["doc_id"] == "sjz"].assign(doc_id=doc_id) for doc_id in many["doc_id"].head(140)])
    for drawn in [plot_corpus(many), plot_similarity(square), plot_coverage(wide), plot_attribution(bars)]:
        width, height = drawn.figure.get_size_inches()
        assert max(width, height) * 200 < 2**16 / 2
        assert width * height * 200**2 * 4 < 300e6
    assert overlaps([text for text in plot_corpus(many).get_yticklabels() if text.get_text()]) == []


#: As file names are that a scholar kept: alike for a whole line, told apart by the last characters.
LONG = {one: f"notice_of_the_provincial_government_on_law_based_government_{one}" for one in (
    "hebei", "sjz", "qingyuan", "outline", "guangdong", "henan", "henan2", "luoyang", "qinhuangdao", "a", "b", "c",
)}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("top_terms", "topic_stability")])
def test_long_names_are_told_apart_and_leave_room(drawings, name):
    function, tables, options = drawings[name]
    ax = function(*tables, labels=LONG, **options)
    texts = shown_texts(ax.figure)  # a layout that does not fit is a warning, and that an error
    assert overlaps(texts) == []
    assert ax.get_window_extent().width > 0.3 * ax.figure.bbox.width
    drawn, plain = (
        {line.split(" · ")[0] for text in shown for line in text.get_text().split("\n")}
        for shown in (texts, shown_texts(function(*tables, **options).figure))
    )
    cut = [line for line in drawn if line.startswith("notice") and "…" in line]
    ids = plain & set(LONG)
    assert ids and all(sum(line.endswith(f"_{one}") for line in cut) == 1 for one in ids)


def test_lines_of_forty_documents_leave_room_for_themselves(curve):
    one = curve[curve["target"] == "b"]
    for n in (1, 19, 40):
        table = pd.concat([one.assign(target=f"document_{number:02}") for number in range(n)])
        ax = plot_coverage_curve(table)
        assert overlaps(shown_texts(ax.figure)) == []
        assert ax.get_window_extent().height > 0.6 * ax.figure.bbox.height


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, ""])
def test_a_missing_level_is_unknown(documents, missing):
    table = documents.assign(level=pd.Series([missing] * len(documents), dtype=object))
    for language, name in (("en", "Unknown"), ("zh", "不明")):
        assert [text.get_text() for text in plot_corpus(table, language=language).texts] == [name]


@pytest.mark.parametrize("height", [1.6, 3.0, 12.0])
def test_the_legend_of_stability_stands_below_its_axis_however_tall(stability, height):
    ax = plot_topic_stability(stability, n_topics=4, ax=new_figure(5, height + 1.5).add_subplot())
    texts = shown_texts(ax.figure)
    assert overlaps(texts) == []
    gap = ax.xaxis.get_label().get_window_extent().y0 - ax.get_legend().get_window_extent().y1
    assert 0 <= gap * 72 / ax.figure.dpi < 20


@given(names=st.lists(st.text("ab_法治政府", min_size=1, max_size=40), min_size=1, max_size=6), ems=st.integers(3, 20))
def test_fitting_names_are_told_apart_as_before(names, ems):
    fitted = fitting_names(names, ems=ems)
    assert len(set(fitted)) == len(set(names))
    for name, shown in zip(names, fitted, strict=True):
        assert shown == name or (width_of(shown) <= ems < width_of(name) and "…" in shown)


# --- saving ---------------------------------------------------------------------------------------------------


def test_saving_twice_gives_the_same_bytes_in_every_format(documents, similarity, tmp_path):
    def make():
        figure = new_figure(6, 5)
        top, bottom = figure.subplots(2, 1)
        plot_corpus(documents, language="zh", ax=top)
        plot_similarity(similarity, ax=bottom)
        return figure

    figure = make()
    first = save_figure(figure, tmp_path / "first", dpi=80)
    assert [file.suffix for file in first] == [".png", ".svg", ".pdf"]
    for again in (save_figure(figure, tmp_path / "again", dpi=80), save_figure(make(), tmp_path / "anew", dpi=80)):
        for one, other in zip(first, again, strict=True):
            assert one.read_bytes() == other.read_bytes(), other.name


def test_files_tell_of_no_clock_program_or_path(documents, tmp_path):
    png, svg, pdf = save_figure(plot_corpus(documents), tmp_path / "figure", dpi=60)
    assert b"Software" not in png.read_bytes()
    assert b"Matplotlib" not in svg.read_bytes()
    assert b"<dc:date>" not in svg.read_bytes()
    assert b"<text" not in svg.read_bytes()  # outlines: it looks the same without the font
    for mark in (b"CreationDate", b"/Producer", b"/Creator"):
        assert mark not in pdf.read_bytes()
    assert str(tmp_path).encode() not in png.read_bytes() + svg.read_bytes() + pdf.read_bytes()


def test_a_name_with_a_dot_keeps_it(tmp_path):
    assert save_figure(new_figure(1, 1), tmp_path / "v1.2", formats=["png"])[0].name == "v1.2.png"


def test_an_unknown_format_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match="`formats` must be of png, svg and pdf; got jpg"):
        save_figure(new_figure(1, 1), tmp_path / "a", formats=["png", "jpg"])
    assert list(tmp_path.iterdir()) == []


def test_dollar_signs_and_private_characters_do_no_harm(tmp_path):
    figure = new_figure(2, 2)
    text = figure.text(0, 0, "$a_1$ 法\ue5e5治")
    set_font(figure)
    assert text.get_text() == f"$a_1$ 法{MISSING_GLYPH}治"
    assert not text.get_parse_math()
    save_figure(figure, tmp_path / "a", formats=["png"])


# --- labels ---------------------------------------------------------------------------------------------------


def test_chinese_labels_tell_documents_of_one_place_apart(documents):
    labels = document_labels(documents, language="zh")
    assert labels["sjz"] == "石家庄市"
    assert labels["outline"] == "中央 实施纲要 2016–2020"
    assert labels["henan"] == "河南省 2016–2020"
    assert labels["henan2"] == "河南省 2016–2025"
    assert len(set(labels.values())) == len(documents)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("河南省", "实施方案", 2020), ("河南省", "考核方案", pd.NA)], ["河南省 实施方案", "河南省 考核方案"]),
        ([("河南省", "实施方案", 2020), ("河南省", "实施方案", 2020)], ["河南省 d0", "河南省 d1"]),
        ([(pd.NA, "实施方案", 2020), ("河南省", "实施方案", 2020)], ["d0", "河南省"]),
        ([("河南省", "方案", 2020), ("河南省", "方案", 2025), ("河南省", "办法", 2025)], None),
        ([("全国", "纲要", 2020), ("全国", "纲要", 2025)], ["中央 纲要 至2020", "中央 纲要 至2025"]),
        ([("全国", "纲要", 2020)], ["中央 纲要 至2020"]),
        (
            [("河南省", "考核方案", pd.NA), ("河南省", "考核方案", pd.NA), ("河南省", "方案", 2025)],
            ["河南省 d0", "河南省 d1", "河南省 方案 至2025"],
        ),
    ],
)
def test_chinese_labels_by_kind_period_or_id(rows, expected):
    table = pd.DataFrame(rows, columns=["region", "kind", "period_end"])
    table["doc_id"] = [f"d{i}" for i in range(len(table))]
    labels = list(document_labels(table, language="zh").values())
    assert len(set(labels)) == len(labels)
    assert labels == (expected or ["河南省 方案 至2020", "河南省 方案 至2025", "河南省 办法 至2025"])


def test_policies_tell_documents_without_a_period_apart():
    table = pd.DataFrame(
        {"doc_id": ["a", "b"], "region": "河南省", "kind": "考核方案", "lineage": ["法治建设考核", "依法行政考核"]}
    )
    labels = document_labels(table, language="zh")
    assert labels == {"a": "河南省 法治建设考核 考核方案", "b": "河南省 依法行政考核 考核方案"}


def test_years_tell_versions_of_one_law_apart():
    days = pd.to_datetime(["2020-04-10", "2024-02-22", "2021-01-01"])
    table = pd.DataFrame({"doc_id": list("abc"), "region": ["上海市", "上海市", "北京市"], "kind": "条例"})
    table = table.assign(earliest=days, latest=days)
    assert document_labels(table, language="zh") == {"a": "上海市 2020", "b": "上海市 2024", "c": "北京市"}
    open_ = table.assign(latest=[pd.NaT, days[1], days[2]])
    assert document_labels(open_, language="zh")["a"] == "上海市 a"


def test_english_labels_are_ids_unless_named(documents):
    labels = document_labels(documents, labels={"hebei": "Hebei (province, 2016)"})
    assert (labels["hebei"], labels["sjz"]) == ("Hebei (province, 2016)", "sjz")


def test_documents_go_from_the_centre_down(documents):
    levels = documents.set_index("doc_id")["level"]
    assert [levels[one] for one in order_by_level(documents)] == [
        "national", *["province"] * 4, *["prefecture"] * 2,
    ]  # fmt: skip


@pytest.mark.parametrize("places", [[0, 0, 0], [5, 5.1, 5.2], [0, 9, 10], [10, 10, 10], [3]])
def test_spread_keeps_order_and_distance(places):
    moved = spread(places, gap=2, low=0, high=10)
    assert all(b - a >= 2 - 1e-9 for a, b in itertools.pairwise(moved))
    assert all(-1e-9 <= place <= 10 + 1e-9 for place in moved)


def test_colours_differ_in_grey():
    def lightness(colour: str) -> float:
        red, green, blue = mpl.colors.to_rgb(colour)
        return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2

    values = [lightness(colour) for colour in COLOURS[:4]]
    assert min(abs(a - b) for a, b in itertools.combinations(values, 2)) > 0.05
    assert all(abs(a - b) > 0.1 for a, b in itertools.pairwise(values))


def test_a_legend_stands_below_its_axes():
    figure = new_figure(4, 4)
    ax = figure.add_subplot()
    legend_below(ax, [ax.plot([0, 1], label="a")[0]], columns=1)
    figure.draw_without_rendering()
    assert ax.get_legend().get_window_extent().y1 < ax.get_window_extent().y0


# --- figure 1 and the timeline --------------------------------------------------------------------------------


def bars(ax) -> list[Rectangle]:
    """Intervals of which both ends are known: the bands of the levels are as wide as the axes."""
    return [patch for patch in ax.patches if type(patch) is Rectangle and patch.get_height() < 0.5]


def heads(ax) -> list[Polygon]:
    """The arrowheads of open ends."""
    return [patch for patch in ax.patches if type(patch) is Polygon]


def test_corpus_map_has_a_lane_for_each_document_and_a_mark_for_each_kind_of_date(documents):
    ax = plot_corpus(documents, language="en")
    names = [text.get_text() for text in ax.get_yticklabels()]
    assert names == ["outline", "hebei", "guangdong", "henan2", "henan", "sjz", "qingyuan"]
    assert len(bars(ax)) == 2  # hebei, henan2
    assert len(heads(ax)) == len(ax.collections) == 2  # guangdong and sjz
    marks = [line.get_marker() for line in ax.lines if line.get_marker() in ("o", "s")]
    assert sorted(marks) == ["o", "o", "s"]  # outline and qingyuan within days, henan unknown


def test_an_open_end_fades_to_the_edge_of_the_axes(documents):
    from matplotlib.dates import date2num

    known = documents[documents["doc_id"].isin(["sjz", "guangdong", "hebei"])]
    ax = plot_corpus(known)
    edges = ax.get_xlim()
    tips = sorted(float(x) for head in heads(ax) for x in head.get_xy()[:, 0] if x in edges)
    assert tips == pytest.approx(sorted(edges))
    for fading, colours in [(ax.collections[0], "get_facecolor"), (ax.collections[1], "get_edgecolor")]:
        alphas = [colour[3] for colour in getattr(fading, colours)()][:10]
        assert alphas == sorted(alphas, reverse=True)
        assert alphas[0] > alphas[-1]
    start = date2num(np.datetime64("2016-11-01"))
    places = np.concatenate([path.vertices[:, 0] for path in ax.collections[0].get_paths()])
    assert places.min() == pytest.approx(start)
    assert places.max() > start + 0.9 * (edges[1] - start)


def test_policies_and_levels_have_colours_of_their_own():
    assert not set(LEVEL_COLOURS.values()) & set(COLOURS)
    assert list(LEVEL_COLOURS) == list(LEVEL_NAMES["en"])


def test_the_legend_glosses_a_policy_in_english_only(documents):
    gloss = {"法治政府建设": "law-based government"}

    def legend(**options) -> list[str]:
        return [text.get_text() for text in plot_corpus(documents, **options).get_legend().get_texts()]

    assert legend()[0] == "法治政府建设 to 2020"
    assert legend(lineages=gloss)[:2] == [
        "法治政府建设 (law-based government) to 2020",
        "法治政府建设 (law-based government) to 2025",
    ]
    chinese = legend(lineages=gloss, language="zh")
    assert chinese[0] == "法治政府建设 至2020"
    assert "文中列明的上级文件 → 下级文件" in chinese


def test_corpus_map_draws_only_parents_that_it_knows(documents):
    ax = plot_corpus(documents)
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == 4  # outline-hebei, outline-sjz, hebei-sjz, guangdong-qingyuan; "nobody" is not there


def test_corpus_map_shows_what_is_not_held_hollow(documents):
    ax = plot_corpus(documents.assign(held=documents["doc_id"] != "hebei"))
    assert [tuple(bar.get_facecolor()) == (1, 1, 1, 1) for bar in bars(ax)] == [True, False]
    ax = plot_corpus(documents)
    assert [tuple(head.get_facecolor()) == (1, 1, 1, 1) for head in heads(ax)] == [False, True]  # sjz, guangdong


def test_an_interval_spans_its_bounds(documents):
    from matplotlib.dates import date2num

    ax = plot_corpus(documents[documents["doc_id"] == "hebei"])
    bar = bars(ax)[0]
    days = date2num(np.array(["2016-01-01", "2016-12-31"], dtype="datetime64[D]"))
    assert (bar.get_x(), bar.get_x() + bar.get_width()) == tuple(days)


def test_undated_documents_stand_in_a_margin_of_their_own(documents):
    with_margin = plot_corpus(documents)
    without = plot_corpus(documents[documents["doc_id"] != "henan"])
    assert "date\nunknown" in [text.get_text() for text in with_margin.get_xticklabels()]
    assert "date\nunknown" not in [text.get_text() for text in without.get_xticklabels()]


def test_a_corpus_without_any_date_is_drawn(documents):
    blank = documents.assign(earliest=pd.NaT, latest=pd.NaT)
    ax = plot_corpus(blank)
    assert [text.get_text() for text in ax.get_xticklabels()] == ["date\nunknown"]


def test_a_single_day_and_a_span_of_a_century_are_drawn(documents):
    one = documents[documents["doc_id"] == "qingyuan"]
    assert plot_corpus(one).get_title(loc="left") == "Corpus map: 1 document held, 0 known of but not held"
    long = documents.assign(earliest=pd.Timestamp("1900-05-01"), latest=pd.Timestamp("2020-01-01"))
    assert len(plot_corpus(long).get_xticks()) <= 14


def test_the_timeline_says_how_each_date_is_known(documents):
    words = [text.get_text() for text in plot_timeline(documents).texts]
    assert words == [
        "2016-01-01 – 2016-12-31 · stated",
        "not before 2016-11-01 · stated",
        "2017-01-26 · stated",
        "2015-12-23 – 2015-12-27 · stated",
        "not after 2017-01-26 · stated",
        "unknown · stated",
        "2021-01-01 – 2021-12-31 · stated",
    ]


def test_two_bases_are_translated_both(documents):
    table = documents.head(1).assign(date_basis="from what it cites;page date")
    text = plot_timeline(table, language="zh").texts[0].get_text()
    assert text.endswith("据所引文件或会议、网页日期")


def test_a_document_that_begins_after_its_end_is_refused(documents):
    wrong = documents.assign(latest=pd.Timestamp("2000-01-01"))
    with pytest.raises(ValueError, match=r"`earliest` must not be after `latest`; got that in hebei, sjz"):
        plot_corpus(wrong)
    with pytest.raises(ValueError, match=r"`documents` must have the columns .*missing: parent_ids"):
        plot_corpus(documents.drop(columns="parent_ids"))
    with pytest.raises(ValueError, match="must have at least one row"):
        plot_corpus(documents.head(0))
    with pytest.raises(ValueError, match=r"^`timeline` must have at least one row"):
        plot_timeline(documents.head(0))


# --- figure 2 -------------------------------------------------------------------------------------------------


def test_similarity_shows_every_number_in_the_order_of_the_tree(similarity):
    tree = tree_of(similarity)
    ax = plot_similarity(similarity, linkage=tree, labels={"a": "Hebei"})
    order = [similarity.index[i] for i in hierarchy.leaves_list(tree)]
    names = [{"a": "Hebei"}.get(one, one) for one in order]
    assert [text.get_text() for text in ax.get_yticklabels()] == names
    assert [text.get_text() for text in ax.get_xticklabels()] == names
    expected = [f"{value:.2f}" for value in similarity.loc[order, order].to_numpy().ravel()]
    assert [text.get_text() for text in ax.texts] == expected
    above = [child for child in ax.child_axes if len(child.lines) == 2]
    assert len(above) == 1  # two joins for three documents
    heights = sorted(float(max(line.get_ydata())) for line in above[0].lines)
    assert heights == pytest.approx([0.1, 0.75])  # 1 - 0.9, and the mean of 0.8 and 0.7


def test_a_missing_similarity_has_no_number_and_is_hatched(similarity):
    holed = similarity.copy()
    holed.loc["c"] = np.nan
    holed["c"] = np.nan
    ax = plot_similarity(holed)
    assert [text.get_text() for text in ax.texts][4:] == ["hatched: document without terms"]
    assert ax.patch.get_hatch()


def test_the_subtitle_names_masks_linkage_and_empty_rows(similarity, paragraphs):
    plain = plot_similarity(similarity)
    assert len(plain.texts) == 9
    ax = plot_similarity(similarity, linkage=tree_of(similarity), masked=True)
    (above,) = [child for child in ax.child_axes if child.get_title(loc="left")]
    assert [text.get_text() for text in above.texts] == ["places and agencies masked; tree: average linkage"]
    ids = paragraphs["paragraph_id"].tolist()
    table = pd.DataFrame(np.eye(6), index=ids, columns=ids)
    table.iloc[0] = table.iloc[:, 0] = np.nan
    ax = plot_paragraph_similarity(table, paragraphs, masked=True, language="zh")
    assert [text.get_text() for text in ax.texts] == ["地名与机构名已屏蔽；斜线：无词项的段落"]


def test_paragraphs_are_ordered_by_document_with_lines_between(paragraphs):
    ids = paragraphs["paragraph_id"].tolist()
    table = pd.DataFrame(np.eye(6), index=ids, columns=ids)
    ax = plot_paragraph_similarity(table, paragraphs, order=["b", "a"])
    assert [text.get_text() for text in ax.get_yticklabels()] == ["b · 2", "a · 4"]
    assert sorted(line.get_ydata()[0] for line in ax.lines)[-1] == 1.5
    mixed = table.sample(frac=1, random_state=0)
    again = plot_paragraph_similarity(mixed[mixed.index], paragraphs)
    assert np.array_equal(again.images[0].get_array(), np.eye(6))


def test_similarity_faults_are_named(similarity, paragraphs):
    with pytest.raises(ValueError, match=r"`similarity` must be square.*got the shape \(3, 2\)"):
        plot_similarity(similarity[["a", "b"]])
    with pytest.raises(ValueError, match="`linkage` must have 2 rows for 3 documents; got 1"):
        plot_similarity(similarity, linkage=np.zeros((1, 4)))
    with pytest.raises(ValueError, match="`order` must name each document of `similarity` once; got a"):
        plot_similarity(similarity, order=["a"])
    with pytest.raises(ValueError, match=r"`paragraphs` must hold every row of `similarity`; 3 are missing, e\.g\. a"):
        plot_paragraph_similarity(similarity, paragraphs)


# --- figure 3 -------------------------------------------------------------------------------------------------


def test_topics_are_named_by_their_heaviest_terms(top_terms):
    assert name_topics(top_terms.sample(frac=1, random_state=1)) == {
        1: "T1 行政 · 执法 · 监督",
        2: "T2 改革 · 服务 · 公开",
    }


def test_shares_are_in_the_order_of_levels_with_levels_below(shares, documents):
    by_level = pd.DataFrame([[0.5, 0.5]], index=["prefecture"], columns=[1, 2])
    ax = plot_topic_shares(shares, documents=documents, by_level=by_level)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["hebei", "sjz", "Prefecture (1)"]
    assert [text.get_text() for text in ax.texts] == ["25", "75", "50", "50"]  # hebei has no value
    assert len(ax.lines) == 1


def test_bars_are_as_long_as_the_weights(top_terms):
    ax = plot_top_terms(top_terms)
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == pytest.approx([0.92, 0.46, 0.23] * 2)
    assert [text.get_text() for text in ax.texts] == top_terms["term"].tolist()


def test_topics_that_do_not_come_back_are_marked(shares, top_terms, recurrence):
    ax = plot_topic_shares(shares, recurrence=recurrence)
    assert [text.get_text() for text in ax.get_xticklabels()] == ["T1", "T2 (not stable)"]
    assert [image.get_cmap().name for image in ax.images] == ["Blues", "Greys"]
    for image, column in zip(ax.images, [0, 1], strict=True):
        assert (~np.ma.getmaskarray(image.get_array())).any(axis=0).nonzero()[0].tolist() == [column]
    ax = plot_top_terms(top_terms, recurrence=recurrence, language="zh")
    assert [text.get_text() for text in ax.get_xticklabels()] == ["T1\nNPMI 0.12", "T2 不稳定\nNPMI −0.30"]
    fills = [mpl.colors.to_hex(bar.get_facecolor()) for bar in ax.patches]
    assert fills == ["#9ecae1"] * 3 + ["#d0d0d0"] * 3
    assert [text.get_text() for text in plot_top_terms(top_terms).get_xticklabels()] == ["T1", "T2"]


def test_stability_is_drawn_over_ordered_numbers_of_topics(stability):
    ax = plot_topic_stability(stability, n_topics=4)
    assert len(ax.lines) == 5  # four scores and the mark of the chosen number
    assert ax.get_legend().get_texts()[-1].get_text() == "K drawn"
    assert list(ax.lines[0].get_xdata()) == [4, 6]
    assert list(ax.lines[0].get_ydata()) == [0.9, 0.8]
    assert ax.get_ylim()[0] < -0.1
    assert len(plot_topic_stability(stability[["n_topics", "cosine_mean"]]).lines) == 1


@pytest.fixture(scope="module")
def topics(sample):
    from fzanalytics.measures.topics.fitting import fit_topics

    return fit_topics(sample, model="nmf", n_topics=4)


@pytest.fixture(scope="module")
def recurring() -> pd.DataFrame:
    return pd.DataFrame({"n_topics": 4, "topic": [1, 2, 3, 4], "recurs": [True, True, False, True], "npmi": 0.1})


@both_languages
def test_the_three_parts_make_one_figure(sample, topics, stability, recurring, language, tmp_path):
    labels = document_labels(sample.documents, language=language)
    figure = plot_topics(
        topics, stability, documents=sample.documents, recurrence=recurring, language=language, labels=labels
    )
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert [title[:3] for title in titles] == ["(a)", "(c)", "(b)"]
    title = {"en": "Topics (NMF, K = 4); these documents only", "zh": "主题（NMF，K=4）；仅就本语料而言"}
    assert figure.get_suptitle() == title[language]
    mark = {"en": " not stable", "zh": " 不稳定"}[language]
    heads_of_terms = [text.get_text() for text in figure.axes[2].get_xticklabels()]
    assert heads_of_terms == [f"T{n}{mark if n == 3 else ''}\nNPMI 0.10" for n in (1, 2, 3, 4)]
    assert overlaps(shown_texts(figure)) == []
    save_figure(figure, tmp_path / "a", formats=["png"], dpi=50)


def test_a_level_has_a_row_only_with_three_regions(sample, topics, stability):
    def rows(documents: pd.DataFrame) -> list[str]:
        figure = plot_topics(topics, stability, documents=documents)
        return [text.get_text() for text in figure.axes[0].get_yticklabels()]

    n = len(sample.held)
    assert len(rows(sample.documents)) == n  # two regions of a level at most
    many = sample.documents.assign(level="county")
    assert rows(many)[n:] == ["County (6)"]  # of five regions


def test_recurrence_must_be_of_the_drawn_topics(topics, stability, recurring):
    for wrong in (recurring.assign(n_topics=6), recurring.head(3), pd.concat([recurring] * 2)):
        with pytest.raises(ValueError, match="`recurrence` must have one row for each of the 4 topics"):
            plot_topics(topics, stability, recurrence=wrong)


# --- figure 4 -------------------------------------------------------------------------------------------------


def test_coverage_is_a_grid_in_reading_order_with_shares_above(matrix, clauses):
    ax = plot_coverage(matrix, clauses=clauses)
    values = ax.images[0].get_array().filled(np.nan)
    expected = [[np.nan, 0.8], [0.9, 0.2], [0.1, 0.5], [1.0, 0.0]]
    assert np.array_equal(values, expected, equal_nan=True)
    above = [text.get_text() for text in ax.texts]
    assert above == ["order\nunknown\n67 %", "names it\nas basis\n50 %"]  # of the three that are known, and of four
    assert [text.get_text() for text in ax.get_yticklabels()] == ["一（一）总体", "一（二）", "二保障"]
    assert ax.get_title(loc="left") == "Share of each paragraph of a that is also in"
    assert ax.get_xlabel().split("\n") == [
        "Above the first column: 67 % of paragraphs ≥ 0.5 (●)",
        "hatched: nothing to compare",
        "shared text may come from a common ancestor",
    ]
    assert "ancestor" not in plot_coverage(matrix, note=False).get_xlabel()
    dots = ax.collections[0].get_offsets()
    assert sorted(map(tuple, dots.tolist())) == [(0.0, 1.0), (0.0, 3.0), (1.0, 0.0), (1.0, 2.0)]


def test_a_higher_threshold_covers_less(matrix):
    one = matrix[matrix["target"] == "b"]
    for threshold, share in [(0.0, "100 %"), (0.6, "25 %"), (1.0, "0 %")]:
        assert plot_coverage(one, threshold=threshold).texts[0].get_text() == f"names it\nas basis\n{share}"


def test_chinese_headers_name_the_source(matrix):
    table = matrix.assign(order=matrix["target"].map({"b": "earlier", "c": "superior"}))
    ax = plot_coverage(table, language="zh", labels={"a": "河北省"})
    assert ax.get_title(loc="left") == "河北省各段落与下列文件的共有比例"
    assert [text.get_text() for text in ax.texts] == ["河北省下级\n67 %", "晚于河北省\n50 %"]
    assert ax.get_xlabel().startswith("首列上方：67 % 段落≥0.5（●）")
    assert ax.get_xlabel().endswith("共有文字可能源自共同的上级文件")


@both_languages
@pytest.mark.parametrize("n", [1, 5, 12, 30])
def test_headers_of_many_documents_do_not_collide(n, language):
    ids = [f"document of a prefecture {i:02}" for i in range(n)]
    table = pd.DataFrame(
        {"source": "a", "source_paragraph": "p", "target": ids, "score": 0.6, "order": ["earlier", "declared"][n % 2]}
    )
    ax = plot_coverage(table, language=language, labels={"a": "甘南藏族自治州"})
    shown_texts(ax.figure)
    assert overlaps(list(ax.texts)) == []


def test_sections_may_come_from_the_paragraphs(matrix, paragraphs, clauses):
    bare = matrix[["source_paragraph", "target", "score"]]
    ax = plot_coverage(bare, paragraphs=paragraphs, clauses=clauses)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["一（一）总体", "一（二）", "二保障"]


def test_a_matrix_of_three_columns_is_enough(matrix):
    ax = plot_coverage(matrix[["source_paragraph", "target", "score"]])
    assert [text.get_text() for text in ax.get_yticklabels()] == list(SECTIONS)


def test_the_curve_has_a_line_and_a_band_for_each_document(curve):
    ax = plot_coverage_curve(curve, threshold=None)
    assert len(ax.lines) == len(ax.collections) == 2
    assert len({line.get_linestyle() for line in ax.lines}) == 2  # told apart in grey
    assert ax.get_title(loc="left") == "Share of a's paragraphs found in each document, by threshold"
    chinese = plot_coverage_curve(curve.drop(columns="source"), source="a", labels={"a": "河北省"}, language="zh")
    assert chinese.get_title(loc="left") == "河北省各段落见于下列文件的比例（按阈值）"
    assert [text.get_text() for text in chinese.texts] == ["阴影：按节重抽样区间"]
    unknown = curve.assign(low=np.nan, high=np.nan)
    assert len(plot_coverage_curve(unknown).lines) == 3


def test_lines_of_many_documents_differ_and_have_no_bands(curve):
    one = curve[curve["target"] == curve["target"].iloc[0]]
    many = pd.concat([one.assign(target=f"d{number:02d}") for number in range(40)])
    ax = plot_coverage_curve(many, threshold=None)
    assert len({(line.get_color(), line.get_linestyle(), line.get_marker()) for line in ax.lines}) == 40
    assert not ax.collections and len(plot_coverage_curve(many[many["target"] < "d08"]).collections) == 8


@pytest.mark.parametrize(
    ("level", "held", "period", "told"),
    [
        ("province", False, 2020, True),
        ("province", True, 2020, False),
        ("province", True, 2025, True),
        ("national", False, 2020, False),
    ],
)
def test_the_ancestor_is_missing_only_where_it_is(matrix, level, held, period, told):
    known = pd.DataFrame(
        {
            "doc_id": ["a", "n"],
            "level": [level, "national"],
            "lineage": "甲",
            "period_end": [2020, period],
            "held": [True, held],
        }
    )
    said = "共同的上级文件未入库" in plot_coverage(matrix, documents=known, language="zh").get_xlabel()
    assert said == told


def test_coverage_faults_are_named(matrix, curve):
    with pytest.raises(ValueError, match=r"`matrix` must have the columns .*missing: score"):
        plot_coverage(matrix.drop(columns="score"))
    with pytest.raises(ValueError, match=r"`threshold` must be in \[0, 1\]; got 50"):
        plot_coverage(matrix, threshold=50)
    with pytest.raises(ValueError, match="one row a paragraph and document; got a:1 and b twice"):
        plot_coverage(pd.concat([matrix, matrix]))
    with pytest.raises(ValueError, match="`curve` must have at least one row"):
        plot_coverage_curve(curve.head(0))


# --- figure 5 -------------------------------------------------------------------------------------------------


def bar_widths(ax, lane: int) -> list[float]:
    rectangles = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    return [bar.get_width() for bar in rectangles if abs(bar.get_y() + bar.get_height() / 2 - lane) < 1e-9]


def lines_of(ax) -> list[str]:
    """The table beside the bars, line by line: cells at one height belong together."""
    lines: dict[float, list[str]] = {}
    for text in ax.texts:
        if getattr(text, "xyann", (0, 0))[0] > 14 and text.xy[0] == 1:  # not the patches of colour
            lines.setdefault(round(text.xy[1], 6), []).append(text.get_text())
    return [" ".join(cells) for _, cells in sorted(lines.items())]


def test_bars_are_the_shares_and_fill_the_whole(parts, documents):
    ax = plot_attribution(parts, documents=documents)
    names = [text.get_text().split("\n")[0] for text in ax.get_yticklabels()]
    assert names == ["hebei", "qingyuan", "sjz", "henan2", "qinhuangdao", "luoyang"]  # by policy, level, region
    assert bar_widths(ax, 0) == pytest.approx([0.3, 0.7])
    assert bar_widths(ax, 1) == pytest.approx([0.2, 0.8])
    assert bar_widths(ax, 2) == pytest.approx([0.4, 0.1, 0.02, 0.48])
    assert bar_widths(ax, 3) == [1]  # nothing is known: one empty bar, no zero
    assert bar_widths(ax, 4) == pytest.approx([0.3, 0.2, 0.1, 0.4])


def test_only_what_is_estimated_is_solid(parts):
    for doc_id, hatched in [("qinhuangdao", 0), ("sjz", 4), ("qingyuan", 2), ("hebei", 2), ("henan2", 1)]:
        ax = plot_attribution(parts[parts["doc_id"] == doc_id])
        assert sum(patch.get_hatch() is not None for patch in ax.patches) == hatched, doc_id


def test_numbers_say_which_bound_they_are(parts):
    def numbers(doc_id: str) -> list[str]:
        ax = plot_attribution(parts[parts["doc_id"] == doc_id])
        return [text.get_text() for text in ax.texts if not hasattr(text, "xyann")]

    assert numbers("qinhuangdao") == ["30", "20", "10", "40"]
    assert numbers("sjz") == ["≤40", "≥10", "≤48"]  # the narrow one stands in the table only
    assert numbers("qingyuan") == ["20", "≤80"]
    assert numbers("luoyang") == ["60", "≤40"]
    assert numbers("henan2") == ["no source held: NA"]


def test_the_table_has_a_line_a_part_with_interval_and_bounds(parts):
    def lines(doc_id: str, **options) -> list[str]:
        return lines_of(plot_attribution(parts[parts["doc_id"] == doc_id], **options))

    assert lines("qinhuangdao")[:2] == ["part share interval bounds", "superior only 30 [24–36]"]
    assert lines("sjz")[1:] == [
        "superior only ≤40 [32–48] 0–40",
        "superior and centre ≥10 [8–12] 10–100",
        "centre only ≥2 [2–2] 2–100",
        "in no source held ≤48 [38–58] 0–48",
    ]
    assert lines("qingyuan")[1:] == [
        "superior only NA 0–100",
        "superior and centre NA 0–100",
        "centre, superior or not 20 [16–24] 0–100",
        "in no source held ≤80 [64–96] 0–100",
    ]
    assert lines("henan2", language="zh")[1:] == ["仅与中央共有 NA 0–100", "不见于已入库来源 NA 0–100"]
    assert lines("luoyang", language="zh")[1] == "与上级共有（中央不明） 60 [48–72] 0–100"


def test_the_label_says_what_the_centre_is(parts, documents):
    captions = [text.get_text() for text in plot_attribution(parts, documents=documents).get_yticklabels()]
    assert captions[:4] == [
        "hebei\nsuperior: the centre\ncentre: proxy, 2 other provinces",
        "qingyuan\nsuperior: guangdong, not held\ncentre: proxy, 2 other provinces",
        "sjz\nsuperior: hebei, held\ncentre: proxy, 2 other provinces",
        "henan2\nsuperior: the centre\ncentre: not held, no proxy",
    ]
    chinese = plot_attribution(parts, documents=documents, language="zh").get_yticklabels()
    assert chinese[2].get_text() == "sjz\n上级：hebei，已入库\n中央：代理文本（2个外省见证）"


def test_the_label_says_that_a_superior_is_younger(parts):
    rows = parts[parts["doc_id"] == "luoyang"].assign(superior=pd.NA, superior_held=False, younger="henan2;law")
    caption = plot_attribution(rows).get_yticklabels()[0].get_text().split("\n")
    assert caption[1:] == [
        "superior: none that is older", "centre: none held that is older, no proxy", "younger, not used: henan2, law",
    ]  # fmt: skip
    chinese = plot_attribution(rows, language="zh", labels={"henan2": "河南省"}).get_yticklabels()[0].get_text()
    assert "上级文件不明" not in chinese and "晚于本文，未采用：河南省、law" in chinese


def test_bars_stand_policy_by_policy(parts, documents):
    mixed = documents.assign(lineage=["乙" if one in ("hebei", "sjz") else "甲" for one in documents["doc_id"]])
    names = [text.get_text().split("\n")[0] for text in plot_attribution(parts, documents=mixed).get_yticklabels()]
    assert names == ["hebei", "sjz", "qingyuan", "henan2", "qinhuangdao", "luoyang"]
    bare = documents[["doc_id", "level"]]
    names = [text.get_text().split("\n")[0] for text in plot_attribution(parts, documents=bare).get_yticklabels()]
    assert names[:2] == ["hebei", "henan2"]


def test_an_interval_that_is_not_estimable_is_left_out(parts):
    unknown = parts[parts["doc_id"] == "sjz"].assign(resampling_low=np.nan, resampling_high=np.nan)
    ax = plot_attribution(unknown)
    assert lines_of(ax)[1] == "superior only ≤40 0–40"
    assert "interval]" not in " ".join(texts_of(ax.figure))


@both_languages
def test_it_says_shared_not_copied(parts, language):
    texts = " ".join(texts_of(plot_attribution(parts, language=language).figure))
    assert {"en": "Shared with, not copied from.", "zh": "“共有”不等于“抄自”。"}[language] in texts
    proxy = {"en": "that documents of at least two other provinces share", "zh": "至少两个外省的文件共有的文字"}
    assert proxy[language] in texts


@both_languages
def test_no_text_covers_another_in_the_bundled_corpus(sample, language):
    """At the default size, with the labels that the main job gives."""
    from fzanalytics.measures.adoption.timing import timeline
    from fzanalytics.measures.attribution.attribution import attribution
    from fzanalytics.measures.reuse.passages import find_passages

    table = attribution(sample, passages=find_passages(sample))
    labels = document_labels(sample.documents, language=language)
    options = {"language": language, "labels": labels}
    for ax in [
        plot_corpus(sample.documents, **options),
        plot_timeline(timeline(sample.documents), **options),
        plot_attribution(table, documents=sample.documents, **options),
    ]:
        assert overlaps(shown_texts(ax.figure)) == []


def test_attribution_faults_are_named(parts):
    with pytest.raises(ValueError, match=r"`attribution` must have the columns .*missing: status"):
        plot_attribution(parts.drop(columns="status"))
    with pytest.raises(ValueError, match=r"`part` must be one of superior only, .*; got peers"):
        plot_attribution(parts.assign(part="peers"))
    with pytest.raises(ValueError, match="each part of a document once; got qinhuangdao twice"):
        plot_attribution(pd.concat([parts, parts]))


def test_names_of_sections_of_one_paragraph_each_do_not_lie_on_one_another():
    sections = [f"三/（{number}）" for number in "一二三四五六七八九"] + ["一", "二", "四", "五", "六", "七"]
    names = [f"a#{at}" for at in range(15)]
    facts = {"source": "a", "target": "b", "score": 0.1, "order": "unknown", "section": sections}
    ax = plot_coverage(pd.DataFrame({"source_paragraph": names, **facts}), language="zh")
    ax.figure.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in ax.get_yticklabels()), key=lambda box: box.y0)
    assert len(boxes) == 15
    assert all(lower.y1 <= upper.y0 for lower, upper in itertools.pairwise(boxes))

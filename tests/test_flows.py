"""Flows: the line between two jurisdictions, what is shared along it, and what is no flow."""

import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_attribution import rare

from fzanalytics.measures.attribution.baselines import overlap_baselines
from fzanalytics.measures.diffusion.flow_edges import flow_edges
from fzanalytics.measures.diffusion.flows import flow_totals, flows
from fzanalytics.measures.diffusion.lines import FLOWS, flow_of
from fzanalytics.measures.reuse.passages import borrowing_share, find_passages
from helpers import make_corpus

A, B, C, D, E, F = (rare(100, seed) for seed in range(40, 46))


def day(text):
    return {"earliest": text, "latest": text}


DOCUMENTS = {
    "nation": {"level": "national", **day("2015-01-01")},
    "province": {"region": "甲省", **day("2016-01-01")},
    "city": {"level": "prefecture", "region": "甲省/甲市", **day("2018-01-01")},
    "sister": {"level": "prefecture", "region": "甲省/乙市", **day("2017-01-01")},
    "far": {"level": "prefecture", "region": "丙省/丙市", **day("2017-01-01")},
    "county": {"level": "county", "region": "甲省/甲市/甲县", **day("2017-06-01")},
    "across": {"region": "丙省", **day("2016-06-01")},
    "before": {"level": "prefecture", "region": "甲省/甲市", **day("2012-01-01")},
    "undated": {"level": "prefecture", "region": "丁省/丁市"},
    "other": {"level": "prefecture", "region": "戊省/戊市", "lineage": "河长制", **day("2014-01-01")},
}
TEXTS = {
    "city": "\n".join([A, B, C, D, E, F]), "nation": A, "province": B + A[:50], "sister": C, "far": D, "county": E,
    "across": D[:60], "before": F, "undated": A, "other": A,
}  # fmt: skip


def corpus():
    return make_corpus(TEXTS, documents=DOCUMENTS)


@pytest.mark.parametrize(
    ("source", "target", "levels", "flow"),
    [
        ("全国", "甲省/甲市", ("national", "prefecture"), "vertical down"),
        ("甲省", "甲省/甲市", ("province", "prefecture"), "vertical down"),
        ("甲省/甲市", "甲省", ("prefecture", "province"), "vertical up"),
        ("甲省/甲市", "甲省/乙市", ("prefecture", "prefecture"), "horizontal, same province"),
        ("甲省/甲市", "乙省/乙市", ("prefecture", "prefecture"), "horizontal, other province"),
        ("甲省", "乙省", ("province", "province"), "horizontal, other province"),
        ("甲省", "乙省/乙市", ("province", "prefecture"), "diagonal"),
        ("甲省/甲市", "甲省/乙市/乙县", ("prefecture", "county"), "diagonal"),  # no line of command
        ("甲省", "甲省", ("province", "province"), "own earlier"),
        (None, "甲省", ("province", "province"), None),
        ("甲省", "乙省", (None, "province"), None),  # same level or not: who knows
        ("全国", "甲省", ("national", None), "vertical down"),
    ],
)
def test_lines(source, target, levels, flow):
    assert flow_of(source, target, *levels) == flow


def test_every_flow_by_hand():
    rows = flows(corpus()).query("target == 'city'").set_index("flow")
    assert rows.index.tolist() == list(FLOWS)
    assert rows["share"].tolist() == pytest.approx([200 / 600, 100 / 600, 100 / 600, 100 / 600, 60 / 600, 100 / 600])
    assert rows["n_sources"].tolist() == [2, 1, 1, 1, 1, 1]
    assert rows["n_undecided"].tolist() == [0, 0, 0, 1, 0, 0]  # the undated one is no source
    assert rows.loc["vertical down", "best_source"] == "province"
    assert rows.loc["vertical down", "best_share"] == pytest.approx(150 / 600)
    assert rows.loc["vertical down", "mean_share"] == pytest.approx(125 / 600)
    # D[:60] is shared by the far city and its province: it is of neither flow alone
    assert rows.loc["horizontal, other province", "share_only"] == pytest.approx(40 / 600)
    assert rows.loc["diagonal", "share_only"] == 0
    assert (rows["n_chars"] == 600).all() and rows["n_shared"].tolist() == [200, 100, 100, 100, 60, 100]


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA], ids=["None", "NaN", "NA"])
def test_a_level_that_is_not_known_is_in_no_flow_sideways(missing):
    whole = corpus()
    levels = whole.documents["level"].astype(object).where(whole.documents["doc_id"] != "far", missing)
    table = flows(replace(whole, documents=whole.documents.assign(level=levels)))
    rows = table[table["target"] == "city"].set_index("flow")
    assert rows.loc["horizontal, other province", "n_sources"] == 0 and rows.loc["vertical down", "n_sources"] == 2


def test_a_flow_without_a_source_is_missing_and_never_zero():
    table = flows(corpus())
    none = table[table["n_sources"] == 0]
    assert len(none) and none[["share", "share_only", "best_share", "ancestry_excess"]].isna().all(axis=None)
    assert none["best_source"].isna().all()
    assert table.query("target == 'before'")["n_sources"].sum() == 0  # the oldest
    up = table.query("target == 'nation' and flow == 'vertical up'").iloc[0]  # that one is older than the centre's
    assert up["n_sources"] == 1 and up["share"] == 0
    assert not (table["best_source"] == "other").any()  # another policy


def test_the_ancestry_baseline_leaves_the_sources_and_their_provinces_out():
    rows = flows(corpus()).query("target == 'city'").set_index("flow")
    # down: across, far, undated are no kin; two sources against two drawn of three
    assert rows.loc["vertical down", "n_ancestry"] == 3
    pairs = [D[:100], A + D[:60], A + D]  # (far, across), (undated, across), (undated, far)
    expected = np.mean([len(text) for text in pairs]) / 600
    assert rows.loc["vertical down", "ancestry_share"] == pytest.approx(expected)
    assert rows.loc["vertical down", "ancestry_excess"] == pytest.approx(200 / 600 - expected)
    assert rows.loc["horizontal, other province", "n_ancestry"] == 1  # undated; across is of the source's province


def test_edges_agree_with_borrowing_share(sample):
    passages = find_passages(sample)
    edges = flow_edges(sample, passages=passages).set_index(["source", "target"])
    shares = borrowing_share(passages, sample).set_index(["source", "target"])
    for column in ("share", "n_shared", "n_target_chars"):
        other = shares["n_chars" if column == "n_shared" else column].reindex(edges.index)
        np.testing.assert_allclose(edges[column].to_numpy(float), other.to_numpy(float))
    assert edges["order"].equals(shares["order"].reindex(edges.index).rename("order"))
    assert edges["resampling_low"].isna().all() and set(edges["resampling_status"]) == {"not asked for"}
    drawn = flow_edges(sample, passages=passages, intervals=True)
    known = drawn.dropna(subset="resampling_low")
    assert (
        len(known)
        and ((known["resampling_low"] <= known["share"]) & (known["share"] <= known["resampling_high"])).all()
    )


def test_one_source_has_one_excess_wherever_it_is_asked_for(sample):
    """Hebei over Shijiazhuang: of the flow, of the pair, and of the set of superiors; the interval moves with the level."""
    widths = []
    passages, ends = find_passages(sample), ["ancestry_excess", "ancestry_excess_low", "ancestry_excess_high"]
    ends += [f"genre_{name}" for name in ("excess", "share", "excess_low", "excess_high")] + ["n_genre"]
    for level in (0.95, 0.5):
        options = {"passages": passages, "level": level, "genre": ["henan_province_2021#2"]}
        flow = flows(sample, **options).set_index(["target", "flow"])
        edge = flow_edges(sample, intervals=True, **options).set_index(["source", "target"])
        base = overlap_baselines(sample, sets=["superior"], **options).set_index("doc_id")
        one = flow.loc[("shijiazhuang_city_2016", "vertical down")]
        pair, own = edge.loc[("hebei_province_2016", "shijiazhuang_city_2016")], base.loc["shijiazhuang_city_2016"]
        for other in (pair, own):
            np.testing.assert_allclose(one[ends].astype(float), other[ends].astype(float))
            assert one["resampling_status"] == other["resampling_status"]
            assert one["genre_reason"] == other["genre_reason"] == "one document is no distribution"
        assert one[ends[1]] < one[ends[0]] < one[ends[2]]
        widths.append(one[ends[2]] - one[ends[1]])
    assert widths[0] > widths[1]


def test_edges_by_hand():
    edges = flow_edges(corpus()).set_index(["source", "target"])
    assert edges.loc[("far", "city"), "flow"] == "horizontal, other province"
    assert edges.loc[("far", "city"), "share"] == pytest.approx(100 / 600)
    # without far and its province, undated alone is left
    assert edges.loc[("far", "city"), "n_ancestry"] == 1
    assert edges.loc[("far", "city"), "ancestry_share"] == pytest.approx(100 / 600)
    assert edges.loc[("province", "city"), "ancestry_share"] == pytest.approx((100 + 60 + 100) / 3 / 600)
    assert ("undated", "city") in edges.index and ("city", "undated") in edges.index  # order not known: both ways
    assert ("city", "far") not in edges.index and not any("other" in pair for pair in edges.index)


def test_edges_are_held_against_the_genre():
    edges = flow_edges(corpus(), genre=["other", "undated", "far"]).set_index(["source", "target"])
    # other and undated have A; far has D, and is no baseline for itself
    assert edges.loc[("province", "city"), ["n_genre", "genre_reason"]].tolist() == [3, ""]
    assert edges.loc[("province", "city"), "genre_share"] == pytest.approx(100 / 600)
    assert edges.loc[("far", "city"), "n_genre"] == 2 and edges.loc[("far", "city"), "genre_excess"] == 0
    assert edges.loc[("far", "city"), "genre_reason"] == "2 documents are no distribution"
    own = flow_edges(corpus()).set_index(["source", "target"])
    assert own.loc[("province", "city"), "n_genre"] == 1  # by rule: other, of the same kind on another policy
    assert flow_edges(corpus(), max_years=1).set_index(["source", "target"]).loc[("province", "city"), "n_genre"] == 0


def test_totals_have_their_denominators():
    table = flows(corpus())
    totals = flow_totals(table).set_index("flow")
    part = table[(table["flow"] == "vertical down") & (table["n_sources"] > 0)]
    assert totals.loc["vertical down", "share"] == pytest.approx(part["n_shared"].sum() / part["n_chars"].sum())
    assert (totals["n_targets"] + totals["n_without"] == len(TEXTS)).all()
    assert totals.loc["vertical down", "n_ancestry_targets"] == part["ancestry_excess"].notna().sum()


def test_a_count_in_disguise_is_told(caplog):
    # seven prefectures of different provinces, one after the other: each has another piece of all before it
    pieces = [rare(60, 50 + at) for at in range(7)]
    texts = {f"d{at}": "\n".join([rare(100, 60 + at), *pieces[:at], pieces[at]]) for at in range(7)}
    documents = {
        f"d{at}": {"level": "prefecture", "region": f"{at}省/{at}市", **day(f"2016-0{at + 1}-01")} for at in range(7)
    }
    with caplog.at_level(logging.WARNING):
        flows(make_corpus(texts, documents=documents))
    assert "horizontal, other province: share follows the number of sources" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        flows(corpus())
    assert "a count in disguise" not in caplog.text


def test_bundled_corpus(sample):
    table = flows(sample)
    row = table.set_index(["target", "flow"]).loc[("shijiazhuang_city_2016", "vertical down")]
    assert row["best_source"] == "hebei_province_2016" and row["resampling_low"] < row["share"] < row["resampling_high"]
    assert row["ancestry_excess"] > 0.2 and row["n_ancestry"] == 2
    assert table.loc[table["flow"] == "vertical up", "share"].isna().all()
    values = table[["share", "share_only", "mean_share"]].to_numpy()
    assert np.nanmin(values) >= 0 and np.nanmax(values) <= 1


def test_faults():
    with pytest.raises(TypeError, match="`corpus` must be a Corpus; got str"):
        flows("plans")
    with pytest.raises(TypeError, match="`flows` must be a DataFrame; got str"):
        flow_totals("flows")
    with pytest.raises(ValueError, match="missing: ancestry_excess"):
        flow_totals(flows(corpus()).drop(columns="ancestry_excess"))
    with pytest.raises(ValueError, match="`passages` must have the columns"):
        flows(corpus(), passages=pd.DataFrame({"source": []}))


def test_a_law_family(real_data):
    import fzanalytics as fz

    corpus = fz.fetch_law_family("fire", path=real_data / "law_families")
    table = flows(corpus)
    down = table[(table["flow"] == "vertical down") & (table["n_sources"] > 0)]
    assert len(down) >= 5 and down["ancestry_excess"].median() > 0
    edges = flow_edges(corpus)
    assert len(edges) == len(edges.drop_duplicates(["source", "target"])) and edges["share"].between(0, 1).all()

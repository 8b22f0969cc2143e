"""How much of a source is covered without borrowing: pools by hand, a world of common ancestry and one of copying."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_coverage import rare

from fzanalytics.evaluation.simulation.simulate import simulate_diffusion
from fzanalytics.measures.diffusion.coverage import coverage_curve, coverage_matrix
from fzanalytics.measures.diffusion.coverage_baselines import coverage_baselines
from fzanalytics.measures.reuse.passages import find_passages
from helpers import make_corpus

PARTS = [rare(80, seed) for seed in range(8)]
OWN = [rare(80, seed) for seed in range(8, 20)]
DATED = {"earliest": "2016-06-01", "latest": "2016-06-01"}
DOCUMENTS = {
    "source": {"region": "甲省", "earliest": "2016-01-01", "latest": "2016-01-01"},
    "city": {"level": "prefecture", "region": "甲省/甲市", **DATED},
    "sister": {"level": "prefecture", "region": "甲省/乙市", **DATED},  # of the source's province: kin
    "east": {"region": "东省", **DATED},
    "west": {"region": "西省", "earliest": "2015-01-01", "latest": "2015-01-01"},  # older than the source, and yet of the pool
    "water": {"level": "prefecture", "region": "水省/水市", "lineage": "河长制", **DATED},
    "rule": {"region": "规省", "lineage": "河长制", "kind": "条例", **DATED},
}  # fmt: skip
#: How many of the source's eight paragraphs each has, from the first on.
HELD = {"city": 6, "sister": 8, "east": 4, "west": 2, "water": 1, "rule": 8}


def corpus():
    texts = {name: "\n".join([*PARTS[:n], OWN[at]]) for at, (name, n) in enumerate(HELD.items())}
    lines = [f"（{number}）{part}" for number, part in zip("一二三四五六七八", PARTS, strict=True)]
    return make_corpus({"source": "\n".join(lines), **texts}, documents=DOCUMENTS)


@pytest.fixture(scope="module")
def table():
    return coverage_baselines(corpus(), "source").set_index("target")


def test_who_covers_what(table):
    city = table.loc["city"]
    assert (city["coverage"], city["n_paragraphs"], city["n_sections"], city["order"]) == (6 / 8, 8, 8, "earlier")
    # the sister is kin of both, the source is no witness against itself
    assert (city["n_ancestry"], city["ancestry_coverage"]) == (2, (4 + 2) / 2 / 8)
    assert city["ancestry_excess"] == pytest.approx(6 / 8 - 3 / 8)
    assert city["ancestry_excess_low"] < city["ancestry_excess"] < city["ancestry_excess_high"]
    # the rule is of another kind
    assert (city["n_genre"], city["genre_coverage"], city["genre_excess"]) == (1, 1 / 8, 5 / 8)
    assert city["genre_reason"] == "one document is no distribution"
    assert city["ancestry_reason"] == "2 documents are no distribution"


def test_what_comes_before_the_source_is_no_target_but_may_be_a_baseline(table):
    assert "west" not in table.index and table.loc["east", "ancestry_coverage"] == 2 / 8


def test_documents_of_the_sources_policy_are_no_genre(table):
    """Of a text on rivers all plans of the source's policy are unrelated, and yet they are kin of the source."""
    assert table.loc["water", "n_genre"] == 0 and table.loc["water", "genre_reason"] == "no such document held"
    assert np.isnan(table.loc["water", "genre_excess"])


def test_of_another_policy_there_is_no_common_ancestor(table):
    water = table.loc["water"]
    assert (water["n_ancestry"], water["ancestry_reason"]) == (0, "source and target are not known to be of one policy")
    assert np.isnan(water["ancestry_coverage"]) and np.isnan(water["ancestry_excess"])


def test_a_source_of_the_centre_is_the_common_ancestor_itself():
    """What other provinces have of it they drew from it: they are no baseline."""
    there = corpus()
    documents = there.documents.assign(
        level=there.documents["level"].where(there.documents["doc_id"] != "source", "national"),
        region=there.documents["region"].where(there.documents["doc_id"] != "source", "全国"),
    )
    table = coverage_baselines(replace(there, documents=documents), "source").set_index("target")
    own = table.loc[["city", "east"]]
    assert set(own["ancestry_reason"]) == {"the source is the common ancestor: the others drew on it, too"}
    assert own["ancestry_coverage"].isna().all() and (own["n_ancestry"] == 0).all()
    assert own.loc["city", "genre_coverage"] == 1 / 8  # the genre still is one


def test_who_declares_the_source_is_no_baseline():
    there = corpus()
    parents = ["source" if doc_id == "west" else None for doc_id in there.documents["doc_id"]]
    declared = replace(there, documents=there.documents.assign(parent_ids=pd.Series(parents, dtype=object)))
    city = coverage_baselines(declared, "source").set_index("target").loc["city"]
    assert (city["n_ancestry"], city["ancestry_coverage"]) == (1, 4 / 8)


def test_the_genre_may_be_named():
    named = coverage_baselines(corpus(), "source", genre=["rule"]).set_index("target")
    assert named.loc["city", ["n_genre", "genre_coverage"]].tolist() == [1, 1.0]
    assert named.loc["city", "genre_excess"] == pytest.approx(-2 / 8)


def test_coverage_is_that_of_the_curve(sample):
    """With passages of one's own and a threshold of one's own, too."""
    passages = find_passages(sample, min_chars=12)
    for threshold in (0.3, 0.7):
        found = coverage_baselines(sample, "hebei_province_2016", passages=passages, threshold=threshold, level=0.9)
        curve = coverage_curve(
            coverage_matrix(sample, "hebei_province_2016", passages=passages), [threshold], level=0.9
        )
        same = [
            "target",
            "coverage",
            "resampling_low",
            "resampling_high",
            "resampling_status",
            "n_sections",
            "n_paragraphs",
        ]
        pd.testing.assert_frame_equal(found[same], curve[same])


@pytest.mark.parametrize(("n_cities", "copied"), [(0, 0.0), (1, 0.6)])
def test_an_excess_tells_copying_from_a_common_ancestor(n_cities, copied):
    """Provinces that all draw on one text not held have no excess on the mean; cities that copy their province have one."""
    simulation = simulate_diffusion(
        n_provinces=8, n_prefectures=n_cities, n_clauses=40, n_sections=20, edit_rate=0.0, clause_words=15, centre_held=False,
        copy_rate=copied, kin_copying=0.0, common_ancestors=0.4, random_state=1,
    )  # fmt: skip
    places = simulation.jurisdictions.set_index("doc_id")
    first = places[places["level"] == "province"]["date"].idxmin()
    province = places["region"].str.split("/").str[0]
    roots = simulation.clauses.groupby("doc_id")["root"].agg(set)
    table = coverage_baselines(simulation.corpus, first).set_index("target")
    kin = [name for name in table.index if province[name] == province[first]] or list(table.index)
    for target in kin:
        pool = [name for name in roots.index if province[name] not in {province[target], province[first], "全国"}]
        shares = {name: len(roots[name] & roots[first]) / len(roots[first]) for name in [target, *pool]}
        expected = shares[target] - np.mean([shares[name] for name in pool])
        assert table.loc[target, "n_ancestry"] == len(pool)
        assert table.loc[target, "ancestry_excess"] == pytest.approx(expected, abs=0.03)
    mean = table.loc[kin, "ancestry_excess"].mean()
    assert mean > 0.1 if n_cities else abs(mean) < 0.02


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"source": "gone"}, "`source` must be the doc_id of a held document"),
        ({"source": "source", "threshold": 0}, "`threshold` must be above 0"),
        ({"source": "source", "level": 1}, "`level` must be above 0"),
        ({"source": "source", "genre": ["gone"]}, "`genre` must name documents that are held"),
        ({"source": "source", "max_years": -1}, "`max_years` must be at least 0"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(ValueError, match=message):
        coverage_baselines(corpus(), **options)


def test_a_phrase_alone_is_one_phrase():
    """Of the source's 80 letters 30 are shared; without the others all are, and half of these stand nowhere as a phrase."""
    texts = {"source": PARTS[0][:30] + OWN[0][:50], "city": PARTS[0][:30]}
    small = make_corpus(texts, documents={name: DOCUMENTS[name] for name in texts})
    for phrase, expected in ((OWN[0][:50], 1), (OWN[0][:50:2], 0)):
        one, listed = (coverage_baselines(small, "source", ignore=given) for given in (phrase, [phrase]))
        pd.testing.assert_frame_equal(one, listed, check_exact=True)
        assert one["coverage"].tolist() == [expected]


def test_a_source_without_targets_gives_an_empty_table():
    alone = make_corpus({"source": "\n".join(PARTS)})
    table = coverage_baselines(alone, "source")
    assert table.empty and "ancestry_excess_high" in table

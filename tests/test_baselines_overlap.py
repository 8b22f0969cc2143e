"""Baselines of overlap: which documents they are made of, and the excess, on corpora whose shares are known."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_attribution import rare

from fzanalytics.measures.attribution.baselines import baseline_documents, overlap_baselines
from fzanalytics.measures.attribution.origins import PairSpans
from fzanalytics.measures.attribution.pools import baseline_reason, chance_of_sharing
from fzanalytics.measures.attribution.proxy import proxy_mask
from fzanalytics.measures.reuse.passages import find_passages
from helpers import make_corpus

A, B, C, D = (rare(100, seed) for seed in range(30, 34))
DOCUMENTS = {
    "city": {"level": "prefecture", "region": "甲省/甲市", "earliest": "2017-01-01", "latest": "2017-01-01"},
    "province": {"region": "甲省", "earliest": "2016-01-01", "latest": "2016-01-01"},
    "sister": {"level": "prefecture", "region": "甲省/丁市"},  # of one province: kin
    "east": {"region": "东省"},
    "west": {"region": "西省"},
    "nation": {"level": "national"},
    "water": {"region": "水省", "lineage": "河长制", "earliest": "2016-05-01", "latest": "2016-05-01"},
    "old": {"region": "老省", "lineage": "河长制", "earliest": "1999-05-01", "latest": "1999-05-01"},
    "rule": {"region": "规省", "lineage": "河长制", "kind": "条例", "earliest": "2016-05-01", "latest": "2016-05-01"},
    "undated": {"region": "无省", "lineage": "河长制", "period_start": pd.NA, "period_end": pd.NA},
}
TEXTS = {
    "city": "\n".join([A, B, C, D]), "province": A + B + C, "sister": A + B + C + D, "east": A + rare(20, 35), "west": A + B,
    "nation": A, "water": D[:40] + rare(80, 36), "old": D, "rule": D, "undated": D,
}  # fmt: skip


def corpus(names=TEXTS):
    return make_corpus({name: TEXTS[name] for name in names}, documents={name: DOCUMENTS[name] for name in names})


def of_city(table, name):
    return table[(table["doc_id"] == "city") & (table["set"] == name)].iloc[0]


def test_who_is_in_the_baselines():
    table = baseline_documents(corpus())
    city = table[table["doc_id"] == "city"]
    assert city.loc[city["baseline"] == "genre", "document"].tolist() == [
        "water"
    ]  # same kind, other policy, near in time
    assert city.loc[city["baseline"] == "ancestry", "document"].tolist() == ["east", "west"]  # no kin, not the centre
    assert baseline_documents(corpus(), max_years=30).query("doc_id == 'city' and baseline == 'genre'")[
        "document"
    ].tolist() == ["old", "water"]


def test_the_excess_by_hand():
    row = of_city(overlap_baselines(corpus()), "superior")
    assert row["status"] == "held" and row["n_sources"] == 1 and row["n_chars"] == 400
    assert row["share"] == pytest.approx(0.75)
    assert row["n_ancestry"] == 2 and row["ancestry_share"] == pytest.approx((0.25 + 0.5) / 2)
    assert row["n_genre"] == 1 and row["genre_share"] == pytest.approx(0.1)
    assert row["ancestry_excess"] == pytest.approx(0.375) and row["genre_excess"] == pytest.approx(0.65)
    centre = of_city(overlap_baselines(corpus()), "centre")
    assert centre["share"] == pytest.approx(0.25) and centre["ancestry_excess"] == pytest.approx(0.25 - 0.375)


def test_a_small_baseline_is_told():
    assert [baseline_reason("held", 1, n) for n in (0, 1, 2, 3)] == [
        "no such document held", "one document is no distribution", "2 documents are no distribution", "",
    ]  # fmt: skip
    assert baseline_reason("held", 4, 3) == "3 documents, fewer than the 4 of the set"
    row = of_city(overlap_baselines(corpus()), "superior")
    assert row["genre_reason"] == "one document is no distribution" and row["ancestry_reason"] != ""


def test_nothing_held_is_missing_with_its_count():
    row = of_city(overlap_baselines(corpus(["city", "province"])), "superior")
    assert row["share"] == pytest.approx(0.75)
    assert row["n_genre"] == row["n_ancestry"] == 0
    assert np.isnan(row[["genre_share", "genre_excess", "ancestry_share", "ancestry_excess"]].astype(float)).all()
    row = of_city(overlap_baselines(corpus(["city", "east", "west"])), "superior")
    assert row["status"] == "not held" and np.isnan(row["share"]) and np.isnan(row["ancestry_excess"])
    proxy = of_city(overlap_baselines(corpus(["city", "east", "west"])), "centre")
    assert (
        proxy["ancestry_reason"] == "the proxy is made of the same documents"
        and row["ancestry_reason"] == "set not held"
    )
    assert proxy["status"] == "proxy" and proxy["share"] == pytest.approx(0.25) and np.isnan(proxy["ancestry_share"])


def test_clauses_sum_to_their_document():
    whole = overlap_baselines(corpus()).set_index(["doc_id", "set"])
    table = overlap_baselines(corpus(), unit="clause")
    for column in ("share", "genre_share", "ancestry_share", "ancestry_excess"):
        sums = (table[column] * table["n_chars"]).groupby([table["doc_id"], table["set"]]).sum(min_count=1)
        sizes = table["n_chars"].groupby([table["doc_id"], table["set"]]).sum()
        np.testing.assert_allclose((sums / sizes).to_numpy(), whole[column].reindex(sums.index).to_numpy(), atol=1e-12)
    clause = table[(table["clause_id"] == "city#2") & (table["set"] == "superior")].iloc[0]  # B: province, west
    assert clause["share"] == pytest.approx(1.0) and clause["ancestry_share"] == pytest.approx(0.5)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 10_000))
def test_the_chance_is_that_of_all_draws(n, k, seed):
    rng = np.random.default_rng(seed)
    spans = []
    for other in range(n):
        for _ in range(int(rng.integers(0, 4))):  # spans of one pair may overlap
            begin = int(rng.integers(0, 18))
            spans.append((f"d{other}", "t", 0, 1, begin, begin + int(rng.integers(1, 20 - begin))))
    columns = ["source", "target", "source_begin", "source_end", "target_begin", "target_end"]
    ids = ["t", *(f"d{other}" for other in range(n))]
    index = PairSpans(pd.DataFrame(spans, columns=columns), ids)
    pool = np.array([False] + [True] * n)
    chance = chance_of_sharing("t", 20, pool, k, index)
    if k > n:
        assert chance is None
        return
    draws = [index.mask("t", 20, chosen) for chosen in combinations(ids[1:], k)]
    np.testing.assert_allclose(chance, np.mean(draws, axis=0), atol=1e-9)


def test_bundled_corpus_has_no_genre_baseline_but_the_one_that_is_named(sample):
    passages = find_passages(sample)
    table = overlap_baselines(sample, passages=passages)
    assert (table["n_genre"] == 0).all() and table["genre_share"].isna().all()
    named = overlap_baselines(sample, passages=passages, genre=["henan_province_2021#2"])
    row = named[(named["doc_id"] == "shijiazhuang_city_2016") & (named["set"] == "superior")].iloc[0]
    assert row["n_genre"] == 1 and 0 <= row["genre_share"] < 0.1 < row["genre_excess"]
    assert row["genre_reason"] == "one document is no distribution"
    assert set(table.loc[table["status"] == "held", "genre_reason"]) == {"no such document held"}
    values = named[["share", "genre_share", "ancestry_share"]].to_numpy()
    assert np.nanmin(values) >= 0 and np.nanmax(values) <= 1


def test_faults():
    with pytest.raises(ValueError, match=r"`max_years` must be at least 0; got -1\. Take 5\."):
        overlap_baselines(corpus(), max_years=-1)
    with pytest.raises(ValueError, match="`genre` must name documents that are held; got 'none'"):
        overlap_baselines(corpus(), genre=["none"])
    with pytest.raises(ValueError, match="`sets` must be different ones of"):
        overlap_baselines(corpus(), sets=["kin"])
    with pytest.raises(TypeError, match="`corpus` must be a Corpus; got str"):
        baseline_documents("plans")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 5), st.integers(0, 10_000))
def test_the_proxy_is_that_of_all_pairs_of_provinces(n, seed):
    """Against the definition: a stretch of 12 or more characters that the same two provinces share."""
    rng = np.random.default_rng(seed)
    text = "".join("，" if rng.random() < 0.1 else "法" for _ in range(60))
    spans = []
    for other in range(n):
        for _ in range(3):
            begin = int(rng.integers(0, 40))
            spans.append((f"d{other}", "t", 0, 1, begin, begin + int(rng.integers(8, 20))))
    columns = ["source", "target", "source_begin", "source_end", "target_begin", "target_end"]
    index = PairSpans(pd.DataFrame(spans, columns=columns), ["t", *(f"d{other}" for other in range(n))])
    found = proxy_mask("t", text, {f"p{other}": [f"d{other}"] for other in range(n)}, index)
    places = [at for at, character in enumerate(text) if character == "法"]
    expected = np.zeros(60, dtype=bool)
    for one, other in combinations([index.mask("t", 60, [f"d{at}"]) for at in range(n)], 2):
        both = [at for at, place in enumerate(places) if one[place] and other[place]]
        for at in both:
            if all(at + step in both for step in range(12)):
                expected[places[at : at + 12]] = True
    assert found.tolist() == expected.tolist()

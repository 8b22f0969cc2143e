"""Fixed phrases can be left out of every measure: they are then no text, neither shared nor to be shared."""

import numpy as np
import pandas as pd
import pytest
from test_coverage import rare

import fzanalytics as fz
from helpers import make_corpus

SLOGAN = "全面贯彻习近平新时代中国特色社会主义思想，深入贯彻党的十九大精神"
COPIED, OWN, OTHER = rare(120, 1), [rare(80, seed) for seed in (2, 3, 4)], rare(100, 5)
DATES = {
    "province": {"region": "甲省", "earliest": "2016-01-01", "latest": "2016-01-01"},
    "city": {"level": "prefecture", "region": "甲省/甲市", "earliest": "2017-01-01", "latest": "2017-01-01"},
    "east": {"region": "东省", "earliest": "2016-06-01", "latest": "2016-06-01"},
    "west": {"region": "西省", "earliest": "2016-06-01", "latest": "2016-06-01"},
}


def corpus():
    """The city has a slogan that all have, and 120 characters of its province."""
    texts = {
        "province": f"{COPIED}\n{SLOGAN}\n{OWN[0]}",
        "city": f"{COPIED}\n{SLOGAN}\n{OTHER}",
        "east": f"{SLOGAN}\n{OWN[1]}",
        "west": f"{SLOGAN}\n{OWN[2]}",
    }
    return make_corpus(texts, documents=DATES)


def without():
    """The same with the slogan blank: what every measure should say if it is ignored."""
    there = corpus()
    texts = [text.replace(SLOGAN, " " * len(SLOGAN)) for text in there.documents["text"]]
    return make_corpus(dict(zip(there.documents["doc_id"], texts, strict=True)), documents=DATES)


MEASURES = {
    "borrowing_share": lambda c, **k: fz.borrowing_share(fz.find_passages(c), c, **k),
    "attribution": fz.attribution,
    "attribution, clauses": lambda c, **k: fz.attribution(c, unit="clause", **k).dropna(subset="clause_id"),
    "proxy_text_spans": fz.proxy_text_spans,
    "overlap_baselines": fz.overlap_baselines,
    "flows": fz.flows,
    "flow_edges": lambda c, **k: fz.flow_edges(c, intervals=True, **k),
    "compare_citations": lambda c, **k: fz.compare_citations(c, min_chars=10, **k),
    "reinvention": fz.reinvention,
}


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("ignore", [SLOGAN, [SLOGAN]])
def test_what_is_ignored_is_as_if_it_were_blank(name, ignore):
    found, expected = MEASURES[name](corpus(), ignore=ignore), MEASURES[name](without())
    if name == "attribution, clauses":  # the blank line is no clause of its own in the second corpus
        found, expected = found[found["n_chars"] > 0], expected[expected["n_chars"] > 0]
    skip = ["clause_id", "n_sections", "resampling_low", "resampling_high", "resampling_status"]
    numbers = [name for name in expected if name not in skip and not name.endswith(("_low", "_high"))]
    pd.testing.assert_frame_equal(
        found[numbers].reset_index(drop=True), expected[numbers].reset_index(drop=True), check_dtype=False
    )


def test_a_slogan_moves_the_share_and_leaving_it_out_moves_it_back():
    n = sum(one.isalnum() for one in SLOGAN)
    for ignore, shared in ((None, 120 + n), (SLOGAN, 120)):
        total = 120 + 100 + (n if ignore is None else 0)
        share = fz.borrowing_share(fz.find_passages(corpus()), corpus(), ignore=ignore)
        row = share[(share["source"] == "province") & (share["target"] == "city")].iloc[0]
        assert (row["n_chars"], row["n_target_chars"]) == (shared, total)
    proxies = [len(fz.proxy_text_spans(corpus(), ignore=ignore)) for ignore in (None, SLOGAN)]
    assert proxies[0] >= 1 and proxies[1] == 0


def test_paragraphs_that_differ_in_a_slogan_alone_are_kept():
    texts = {"old": f"{COPIED}{SLOGAN}\n{OWN[0]}", "new": f"{COPIED}\n{OWN[0]}"}
    days = {"old": {"region": "甲省", "latest": "2016-01-01"}, "new": {"region": "甲省", "earliest": "2020-01-01"}}
    there = make_corpus(texts, documents=days)
    plain = fz.succession(there, "old", "new").set_index(["side", "paragraph_id"])["status"]
    bare = fz.succession(there, "old", "new", ignore=SLOGAN).set_index(["side", "paragraph_id"])["status"]
    assert plain.tolist() == ["changed", "kept", "changed", "kept"] and set(bare) == {"kept"}


def test_given_passages_lose_what_is_ignored():
    passages = fz.find_passages(corpus())
    given = fz.attribution(corpus(), passages=passages, ignore=SLOGAN)["share"].to_numpy(dtype=float)
    np.testing.assert_allclose(given, fz.attribution(without())["share"].to_numpy(dtype=float))

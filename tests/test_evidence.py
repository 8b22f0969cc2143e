"""The citation graph beside the overlap graph, on mentions made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fzanalytics.base.tables import make_table
from fzanalytics.measures.diffusion.evidence import citation_edges, compare_citations
from fzanalytics.measures.reuse.passages import find_passages
from fzanalytics.texts.corpus import read_corpus
from helpers import make_corpus


def rare(n_chars, seed):
    rng = np.random.default_rng(seed)
    return "".join(map(chr, rng.integers(0x4E00 + 1000 * (seed % 20), 0x4E00 + 1000 * (seed % 20 + 1), n_chars)))


def cited(doc_id, refers_to, role="body", begin=0):
    return {"doc_id": doc_id, "kind": "citation", "value": f"《{refers_to}》", "role": role, "refers_to": refers_to,
            "evidence": "title: title", "begin": begin, "end": begin + 4, "text": "《甲乙》"}  # fmt: skip


@pytest.fixture(scope="module")
def planted():
    """b cites a and has its text; c has a's text and cites b only; d cites a and has text of its own; all cite x, not held."""
    common, own = rare(150, 1), [rare(150, seed) for seed in range(2, 6)]
    texts = {"a": common + own[0], "b": common + own[1], "c": common + own[2], "d": own[3]}
    years = {"a": 2012, "b": 2014, "c": 2016, "d": 2018}
    dates = {name: {"earliest": f"{year}-01-01", "latest": f"{year}-12-31"} for name, year in years.items()}
    corpus = make_corpus(
        texts, documents={**dates, "b": {**dates["b"], "parent_ids": ["a"]}, "x": {"level": "national"}}
    )
    mentions = [
        cited("b", "a", "opening"), cited("b", "a", begin=9), cited("c", "b"), cited("d", "a"), cited("a", "d"), cited("c", "x"),
        cited("a", "a"), {**cited("a", "b"), "refers_to": pd.NA}, {**cited("d", "c"), "kind": "place"},
    ]  # fmt: skip
    return replace(corpus, mentions=make_table("mentions", mentions))


def test_edges_are_those_of_citations_that_are_understood(planted):
    edges = citation_edges(planted)
    assert edges[["source", "target", "n_mentions"]].values.tolist() == [
        ["a", "b", 2], ["a", "d", 1], ["b", "c", 1], ["d", "a", 1], ["x", "c", 1],
    ]  # fmt: skip
    assert edges["order"].tolist() == ["declared", "earlier", "earlier", "later", "superior"]
    assert edges["in_opening"].tolist() == [True, False, False, False, False]
    assert edges["declared"].tolist() == [True, False, False, False, False]
    assert edges["source_held"].tolist() == [True, True, True, True, False]


STATUTE = """某市消防条例
第一章 总则
第一条 为了预防火灾，根据《中华人民共和国消防法》，制定本条例。
第二条 本市的消防工作适用《某省消防条例》。
第二章 职责
第三条 各单位应当履行《中华人民共和国消防法》规定的职责。"""


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        (STATUTE, ["law"]),
        (STATUTE.replace("第一章 总则\n", "").replace("第二章 职责\n", ""), ["law"]),  # no chapters
        (
            "一、总体要求\n推进消防工作。\n二、任务\n第一条 落实《中华人民共和国消防法》。\n第二条 落实《某省消防条例》。",
            [],
        ),
    ],
)
def test_the_legal_basis_of_a_statute_is_in_article_one(text, opening):
    """Fire regulations of a city: article 1 names the law, article 2 those of the province."""
    rows = [
        {
            "doc_id": "law",
            "title": "中华人民共和国消防法",
            "text": "中华人民共和国消防法\n第一条 为了预防火灾，制定本法。",
        },
        {"doc_id": "province", "title": "某省消防条例", "text": "某省消防条例\n第一条 为了预防火灾，制定本条例。"},
        {"doc_id": "city", "title": "某市消防条例", "text": text},
    ]
    edges = citation_edges(read_corpus(pd.DataFrame(rows)))
    assert set(edges["source"]) == {"law", "province"}
    assert edges.loc[edges["in_opening"], "source"].tolist() == opening


def test_where_the_two_graphs_disagree(planted):
    table = compare_citations(planted).set_index(["source", "target"])
    assert table["finding"].to_dict() == {
        ("a", "b"): "cites and shares",
        ("a", "c"): "shares, does not cite",
        ("a", "d"): "cites, does not share",
        ("b", "c"): "cites and shares",
        ("d", "a"): "cites, does not share",
        ("x", "c"): "cites, source not held",
    }
    assert table.loc[("a", "b"), ["share", "n_chars", "n_target_chars"]].tolist() == [0.5, 150, 300]
    assert bool(table.loc[("a", "c"), "cites_through"]) and pd.isna(table.loc[("a", "b"), "cites_through"])
    assert pd.isna(table.loc[("x", "c"), "share"]) and pd.isna(table.loc[("x", "c"), "shares"])
    assert table.loc[("a", "d"), "share"] == 0


def test_the_thresholds_decide_at_the_border(planted):
    passages = find_passages(planted)
    loose, strict = (compare_citations(planted, passages, min_share=share) for share in (0.5, 0.51))
    assert (loose["finding"] == "cites and shares").sum() == 2 and (strict["finding"] == "cites and shares").sum() == 0
    long = compare_citations(planted, passages, min_chars=151)
    assert not long["shares"].fillna(False).any() and set(strict["threshold"]) == {0.51}


def test_a_pair_of_unknown_order_stands_both_ways():
    common = rare(120, 7)
    table = compare_citations(make_corpus({"p": common, "q": common + rare(120, 8)}))
    rows = table[["source", "target", "share", "order", "finding"]].values.tolist()
    assert rows == [
        ["p", "q", 0.5, "unknown", "shares, does not cite"], ["q", "p", 1.0, "unknown", "shares, does not cite"],
    ]  # fmt: skip


def test_shares_are_those_of_borrowing_share():
    """On the bundled corpus, whose passages overlap."""
    import fzanalytics as fz
    from fzanalytics.measures.reuse.shares import borrowing_share

    corpus = fz.load_sample()
    passages = find_passages(corpus)
    table = compare_citations(corpus, passages, min_share=0, min_chars=1)
    keys = ["source", "target"]
    slow = borrowing_share(passages, corpus).set_index(keys)
    fast = table[table["share"].notna()].set_index(keys)
    assert len(fast) > 15
    columns = ["share", "n_chars", "n_target_chars"]
    assert fast[columns].to_numpy(dtype=float) == pytest.approx(slow.loc[fast.index, columns].to_numpy(dtype=float))
    missed = slow.index.difference(fast.index)
    assert (slow.loc[missed, "n_chars"] == 0).all()


def test_nothing_cited_and_nothing_shared():
    corpus = make_corpus({"p": rare(100, 1), "q": rare(100, 2)})
    assert compare_citations(corpus).empty and citation_edges(corpus).empty


def test_faults(planted):
    with pytest.raises(ValueError, match=r"^`min_share` must be from 0 to 1; got 2\."):
        compare_citations(planted, min_share=2)
    with pytest.raises(ValueError, match=r"^`min_chars` must be at least 0; got -1\."):
        compare_citations(planted, min_chars=-1)
    with pytest.raises(ValueError, match="missing: target_end"):
        compare_citations(planted, find_passages(planted).drop(columns="target_end"))
    with pytest.raises(TypeError, match="`corpus` must be a Corpus"):
        citation_edges(planted.documents)

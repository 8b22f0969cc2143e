"""Every measure of diffusion is held to what was planted by `simulate_diffusion`, with a tolerance that it could miss.

The tests here, `ELSEWHERE` and `NO_TRUTH` name every public measure: a new one without planted truth fails the first test.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.evaluation.prototype_scores import prototype_letters, score_prototype, split_letters
from fzanalytics.evaluation.simulation.simulate import simulate_diffusion
from fzanalytics.measures.diffusion.lines import FLOWS, flow_of
from fzanalytics.measures.reuse.reduced import text_characters

#: What stands between two copied clauses (their numbers, the heads of sections) is in their passage, and was copied by
#: nobody: at most this share of a text.
NUMBERS = 0.06

#: Measures that other test modules hold to planted truth.
ELSEWHERE = {
    "coverage_baselines": "test_coverage_baselines.py",  # the same, paragraph by paragraph
    "overlap_baselines": "test_simulate.py",  # common ancestry has no excess, copying has
    "find_boilerplate": "test_spread.py",  # three policies with one formula
    "find_slogans": "test_spread.py",
    "population_interval": "test_resampling.py",
    "clause_resampling_interval": "test_resampling.py",
    "excess_interval": "test_resampling.py",
    "interval_status": "test_resampling.py",
    "permutation_p": "test_resampling.py",
    "cluster_order": "test_similarity.py",
    "passage_changes": "test_changes.py",  # applied to one side they give the other
}
#: What has no truth of its own to be planted.
NO_TRUTH = {
    "added_terms": "counts words, by hand in test_succession.py",
    "baseline_documents": "lists documents",
    "adoption_table": "what lag_table and adoption_status read",
    "order_of_documents": "a rule on dates and levels, by hand in test_passages.py",
    "load_authority_phrases": "a list",
    "read_roster": "reads a table",
    "write_event_history": "writes a table",
    "to_graphml": "writes a graph",
    "to_gexf": "writes a graph",
    "Prototype": "what reconstruct returns",
}
ROOMS = ("measures.attribution", "measures.diffusion", "measures.adoption", "measures.lineage", "measures.reuse", "measures.similarity", "measures.resampling", "measures.sections")  # fmt: skip


def test_every_measure_has_planted_truth():
    names = {name for name, home in fz._HOMES.items() if home.startswith(ROOMS)}
    here = Path(__file__).read_text(encoding="utf-8")
    tested = {name for name in names if f"fz.{name}(" in here}
    assert names == tested | set(ELSEWHERE) | set(NO_TRUTH)
    for name, module in ELSEWHERE.items():
        assert f"{name}(" in (Path(__file__).parent / module).read_text(encoding="utf-8")


# -- the worlds --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world():
    """Two plans of each of ten jurisdictions, copied without an edit, some naming their superior's."""
    return simulate_diffusion(
        n_provinces=3, n_prefectures=2, n_clauses=24, copy_rate=0.5, kin_copying=0.2, edit_rate=0.0, n_periods=2,
        cites=0.6, mentions=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def passages(world):
    return fz.find_passages(world.corpus)


@pytest.fixture(scope="module")
def filled():
    """13 plans whose duties, dates and amounts half of the copyists' clauses change, and no other word."""
    return simulate_diffusion(
        n_provinces=6, n_prefectures=1, n_clauses=24, copy_rate=0.6, kin_copying=0.0, edit_rate=0.0,
        blanks=("number", "date", "duty"), fill_in=0.5, start="2015-06-01", lag_days=(10, 60), mentions=True, random_state=1,
    )  # fmt: skip


@pytest.fixture(scope="module")
def policies():
    """60 policies that spread down one tree of 13 jurisdictions: who adopted which of them when."""
    found = []
    for seed in range(60):
        table = simulate_diffusion(n_provinces=4, n_clauses=1, clause_words=8, random_state=seed).jurisdictions
        found.append(table.assign(policy=seed))
    return pd.concat(found, ignore_index=True)


@pytest.fixture(scope="module")
def adopters():
    """200 provinces, each after 30 to 400 days, known to 60 days."""
    return simulate_diffusion(
        n_provinces=200, n_prefectures=0, n_clauses=1, clause_words=8, lag_days=(30, 400), date_window=60
    )


def texts_of(simulation):
    return dict(zip(simulation.corpus.held["doc_id"], simulation.corpus.held["text"], strict=True))


def true_share(simulation, target, sources):
    """Share of a text that stands in at least one of the sources."""
    carries = text_characters(texts_of(simulation)[target])
    return simulation.mask(target, sources).sum() / carries.sum()


def earlier_of(simulation):
    """For each document those dated before it."""
    dates = simulation.jurisdictions.set_index("doc_id")["date"]
    return {name: dates.index[dates < date].tolist() for name, date in dates.items()}


def roots_of(simulation):
    return simulation.clauses.groupby("doc_id")["root"].agg(set)


# -- shared text -------------------------------------------------------------------------------------------------------


def test_passages_are_the_copied_clauses(world, passages):
    """By characters of all ordered pairs: what is found is planted, what is planted is found."""
    right = found = planted = 0
    for (source, target), part in passages.groupby(["source", "target"]):
        text = texts_of(world)[target]
        mask = np.zeros(len(text), dtype=bool)
        for begin, end in zip(part["target_begin"], part["target_end"], strict=True):
            mask[begin:end] = True
        true = world.mask(target, [source])
        mask &= text_characters(text)
        right, found, planted = right + (mask & true).sum(), found + mask.sum(), planted + true.sum()
    later = {(target, source) for target, sources in earlier_of(world).items() for source in sources}
    assert planted == sum(world.mask(target, [source]).sum() for target, source in later)
    assert right / found > 0.94  # the rest are numbers of clauses and heads of sections between two copied clauses
    assert right / planted > 0.99


def test_shares_of_pairs(world, passages):
    true = world.shares().set_index(["source", "target"])["share"]
    found = fz.borrowing_share(passages, world.corpus).set_index(["source", "target"])["share"]
    assert len(found) == 190
    assert (found - true.loc[found.index]).abs().max() < NUMBERS
    edges = fz.flow_edges(world.corpus, passages=passages).set_index(["source", "target"])["share"]
    assert (edges - true.loc[edges.index]).abs().max() < NUMBERS
    assert true.loc[edges.index].max() > 0.7


def test_a_pair_aligned(world):
    texts = texts_of(world)
    for target in ("p01", "p02", "p03"):
        found = fz.align_pair(texts["centre"], texts[target])
        mask = np.zeros(len(texts[target]), dtype=bool)
        for one in found:
            mask[one.b_begin : one.b_end] = True
        share = (mask & text_characters(texts[target])).sum() / text_characters(texts[target]).sum()
        assert share == pytest.approx(true_share(world, target, ["centre"]), abs=NUMBERS)


def test_coverage(world, passages):
    matrix = fz.coverage_matrix(world.corpus, "centre", passages=passages)
    true = world.coverage("centre")
    both = matrix.merge(true, on=["source_paragraph", "target"], suffixes=("", "_true"))
    assert len(both) == 24 * 19
    assert (both["score"] - both["score_true"]).abs().max() < 0.02
    planted = true.groupby("target")["score"].agg(lambda scores: (scores > 0.5).mean())
    assert planted.min() < 0.3 < 0.6 < planted.max()
    curve = fz.coverage_curve(matrix, [0.3, 0.8])
    for _, part in curve.groupby("threshold"):  # clauses are whole or not there
        assert part.set_index("target")["coverage"].to_dict() == pytest.approx(planted.to_dict())


def test_what_is_in_one_text_alone(world, passages):
    found = fz.unmatched_paragraphs(world.corpus, "centre", passages=passages)
    roots, names = roots_of(world), world.clauses.set_index("paragraph_id")["root"]
    for (target, side), part in found.groupby(["target", "side"]):
        other = "centre" if side == "only in target" else target
        own = target if side == "only in target" else "centre"
        planted = {name for name, root in names.items() if name.startswith(f"{own}#") and root not in roots[other]}
        assert set(part["paragraph_id"]) == planted


def test_attribution_in_two_periods(world, passages):
    found = fz.attribution(world.corpus, passages=passages)
    both = found.merge(world.attribution(), on=["doc_id", "part"], suffixes=("", "_true"))
    assert len(both) == 2 * (3 * 2 + 6 * 4)
    assert (both["share"] - both["share_true"]).abs().max() < NUMBERS
    assert (both.groupby("part")["share_true"].max() > 0.1).all()


def test_the_stand_in_of_a_centre_that_is_not_held():
    """What provinces share is of the centre's text: they copy from nobody else."""
    simulation = simulate_diffusion(
        n_provinces=6, n_prefectures=0, copy_rate=0.6, kin_copying=0.0, centre_held=False, edit_rate=0.0
    )
    found = fz.proxy_text_spans(simulation.corpus)
    right = total = 0
    for row in found.itertuples():
        carries = text_characters(texts_of(simulation)[row.doc_id])[row.begin : row.end]
        right += (simulation.mask(row.doc_id, ["centre"])[row.begin : row.end] & carries).sum()
        total += carries.sum()
    planted = sum(simulation.mask(name, ["centre"]).sum() for name in texts_of(simulation))
    assert right / total > 0.94
    assert 0.6 < right / planted < 1  # a lower bound


def test_spread_of_a_passage(world, passages):
    """Passages of one clause count the documents that have it."""
    found = fz.passage_spread(passages, world.corpus)
    holders = world.clauses.groupby("root")["doc_id"].agg(set)
    spans = dict(list(world.clauses.groupby("doc_id")))
    regions = world.jurisdictions.set_index("doc_id")["region"]
    n = 0
    for row in found.itertuples():
        own = spans[row.target]
        inside = own[(own["begin"] - 3 <= row.target_begin) & (row.target_end <= own["end"] + 3)]
        if len(inside) == 1 and row.n_chars >= 55:
            names = holders[inside["root"].iloc[0]]
            assert row.n_documents == len(names)
            assert row.n_regions == len({regions[name].split("/")[0] for name in names})
            n += 1
    assert n > 300


def test_alike_in_words(world):
    """Cosine ranks the pairs as what they share by descent does."""
    cosine = fz.tfidf_similarity(world.corpus)
    true = world.shares()
    found = [cosine.loc[a, b] for a, b in zip(true["source"], true["target"], strict=True)]
    assert pd.Series(found).rank().corr(true["share"].rank()) > 0.9


# -- novelty, flows ----------------------------------------------------------------------------------------------------


def test_novelty(world, passages):
    found = fz.reinvention(world.corpus, passages=passages).set_index("target")
    for target, earlier in earlier_of(world).items():
        if earlier:
            assert found.loc[target, "novelty"] == pytest.approx(1 - true_share(world, target, earlier), abs=NUMBERS)
    late = found["novelty"].drop("centre")
    assert late.min() < 0.2 < 0.5 < late.max()


def test_novelty_by_pools_of_two(world, passages):
    """The mean over all pairs of earlier documents, drawn out by hand."""
    found = fz.reinvention(world.corpus, passages=passages, pool_size=2).set_index("target")["novelty"]
    target = "p03_01-2"
    earlier = earlier_of(world)[target]
    pools = [(a, b) for at, a in enumerate(earlier) for b in earlier[at + 1 :]]
    true = np.mean([1 - true_share(world, target, pool) for pool in pools])
    assert found[target] == pytest.approx(true, abs=NUMBERS)
    assert true - (1 - true_share(world, target, earlier)) > 0.1  # a pool of two is another question


def test_novelty_by_clause(world, passages):
    """A clause is new if no document before has one of its root."""
    found = fz.clause_novelty(world.corpus, passages=passages).set_index("paragraph_id")["novelty"]
    roots, earlier = roots_of(world), earlier_of(world)
    for row in world.clauses.itertuples():
        if earlier[row.doc_id]:
            copied = any(row.root in roots[name] for name in earlier[row.doc_id])
            assert found[row.paragraph_id] < 0.02 if copied else found[row.paragraph_id] > 0.9


def test_flows_of_every_kind(world, passages):
    table = fz.flows(world.corpus, passages=passages).set_index(["target", "flow"])
    facts = world.jurisdictions.set_index("doc_id")
    seen = set()
    for target, earlier in earlier_of(world).items():
        lines = {
            name: flow_of(
                facts.loc[name, "region"],
                facts.loc[target, "region"],
                facts.loc[name, "level"],
                facts.loc[target, "level"],
            )
            for name in earlier
        }
        for flow in FLOWS:
            row, sources = table.loc[(target, flow)], [name for name, line in lines.items() if line == flow]
            others = [name for name in earlier if name not in sources]
            assert row["n_sources"] == len(sources)
            if not sources:
                assert np.isnan(row["share"])
                continue
            true = true_share(world, target, sources)
            assert row["share"] == pytest.approx(true, abs=NUMBERS)
            only = true_share(world, target, earlier) - (true_share(world, target, others) if others else 0)
            assert row["share_only"] == pytest.approx(only, abs=NUMBERS)
            if true > 0.2:
                seen.add(flow)
    assert seen == set(FLOWS)  # every flow was there to be found
    totals = fz.flow_totals(table.reset_index()).set_index("flow")
    down = [(t, s) for t, s in table["n_shared"].xs("vertical down", level="flow").items() if t != "centre" and s]
    true = np.mean([table.loc[(name, "vertical down"), "share"] for name, _ in down])
    assert totals.loc["vertical down", "share"] == pytest.approx(true, abs=0.05)


# -- who follows whom --------------------------------------------------------------------------------------------------


def test_the_tree_is_the_graph():
    """Each copies 60 % from its superior: sources and lineage graph are the tree."""
    simulation = simulate_diffusion(n_provinces=4, copy_rate=0.6, kin_copying=0.1, declare=False, random_state=3)
    tree = simulation.jurisdictions.dropna(subset="superior")
    found = fz.infer_sources(simulation.corpus, n_permutations=19)
    first = found.set_index("target")["source"]
    assert (first.loc[tree["doc_id"]].to_numpy() == tree["superior"].to_numpy()).mean() >= 0.9
    for row in tree.itertuples():
        assert fz.find_sources(simulation.corpus, doc_id=row.doc_id, top=1)["source"].tolist() == [row.superior]
    graph = fz.lineage_graph(found, simulation.corpus)
    planted = set(zip(tree["superior"], tree["doc_id"], strict=True))
    assert len(planted & set(graph.edges)) / len(graph.edges) >= 0.9
    assert all(graph.edges[edge]["ordered"] for edge in planted & set(graph.edges))


def test_the_own_plan_before_is_the_source():
    simulation = simulate_diffusion(n_provinces=3, n_clauses=40, copy_rate=0.3, n_periods=2, renewal=0.7)
    later = simulation.jurisdictions.dropna(subset="previous")
    found = fz.infer_sources(simulation.corpus, n_permutations=19).set_index("target")
    assert found.loc[later["doc_id"], "source"].tolist() == later["previous"].tolist()
    assert set(found.loc[later["doc_id"], "relation"]) == {"same"}


def test_networks_from_times_alone(policies):
    """60 policies run down 12 edges: 12 edges are inferred, nearly all of them these; of shuffled adopters few."""
    planted = set(
        zip(*policies.dropna(subset="superior")[["superior", "doc_id"]].drop_duplicates().to_numpy().T, strict=True)
    )
    table = policies.rename(columns={"doc_id": "unit", "date": "time"})
    found = fz.infer_cascade_network(table, n_edges=12, n_permutations=0)
    edges = set(zip(found["source"], found["target"], strict=True))
    assert len(planted) == 12
    assert len(edges & planted) >= 11
    shuffled = table.assign(unit=table.groupby("policy")["unit"].transform(lambda x: np.random.default_rng(int(x.index[0])).permutation(x)))  # fmt: skip
    chance = fz.infer_cascade_network(shuffled, n_edges=12, n_permutations=0)
    assert len(set(zip(chance["source"], chance["target"], strict=True)) & planted) <= 4


# -- succession, changes -----------------------------------------------------------------------------------------------


def test_succession(world):
    """Without edits a clause is kept if the plan before has its root, by whatever way, and new if not."""
    roots, names = roots_of(world), world.clauses.set_index("paragraph_id")["root"]
    shares = []
    for row in world.jurisdictions.dropna(subset="previous").iloc[:4].itertuples():
        table = fz.succession(world.corpus, row.previous, row.doc_id)
        assert set(table["comparison"]) == {"succession"}
        kept = [names[name] in roots[row.previous] & roots[row.doc_id] for name in table["paragraph_id"]]
        gone = table["side"].map({"earlier": "dropped", "later": "new"})
        assert table["status"].tolist() == np.where(kept, "kept", gone).tolist()
        same = table[table["status"] == "kept"]
        assert names[same["paragraph_id"]].tolist() == names[same["other_paragraph"]].tolist()
        told = fz.succession_shares(table).set_index(["side", "status"])["share"]
        assert told["later", "kept"] == pytest.approx(len(roots[row.previous] & roots[row.doc_id]) / 24)
        shares.append(told["later", "kept"])
    assert 0.3 < np.mean(shares) < 0.8  # half is renewed; more comes by the superior


def test_renewal_is_what_it_says():
    simulation = simulate_diffusion(
        n_provinces=20, n_prefectures=0, n_clauses=60, clause_words=8, copy_rate=0.4, kin_copying=0.0, n_periods=2, renewal=0.3
    )  # fmt: skip
    later = simulation.jurisdictions.dropna(subset="previous")
    late = later.loc[later["superior"].notna(), "doc_id"]
    counts = simulation.copies[simulation.copies["target"].isin(late)]["relation"].value_counts() / (60 * len(late))
    # a third of all is renewed; of the rest 40 % is the superior's; four standard errors of a binomial of 1,200
    assert counts.to_dict() == pytest.approx({"own": 0.3, "superior": 0.28}, abs=0.055)


def test_what_became_of_duties_deadlines_and_amounts(filled):
    """Each blank that was filled in anew is one change, of the planted direction, in its place.

    Among those that the extraction sees in both texts; in sentences without grammar it misses a duty before a comma.
    """
    planted = filled.fills[filled.fills["source"] == "centre"]
    seen = set(filled.corpus.mentions[["doc_id", "begin", "text"]].itertuples(index=False, name=None))
    sides = [
        planted[[side, f"{side}_begin", f"{side}_text"]].itertuples(index=False, name=None)
        for side in ("source", "target")
    ]
    both = np.array([one in seen and other in seen for one, other in zip(*sides, strict=True)])
    assert both.mean() > 0.9
    planted = planted[both]
    kinds = {"duty": "obligation", "date": "deadline", "number": "quantity"}
    rank = {"应当": 1, "必须": 1, "鼓励": 0, "支持": 0}
    right = {blank: [] for blank in kinds}
    directions = set()
    for target, part in planted.groupby("target"):
        found = fz.clause_changes(filled.corpus, "centre", target)
        found = {(row.kind, row.source_begin, row.target_begin): row for row in found.itertuples()}
        for row in part.itertuples():
            told = found.get((kinds[row.blank], row.source_begin, row.target_begin))
            if row.blank == "duty":
                step = rank[row.target_text] - rank[row.source_text]
                direction = {1: "harder", -1: "softer", 0: None}[step]
            else:
                old, new = (_amount(row.blank, text) for text in (row.source_text, row.target_text))
                words = ("later", "earlier") if row.blank == "date" else ("higher", "lower")
                direction = words[0] if new > old else words[1] if new < old else None
            change = "kept" if row.source_text == row.target_text else "changed"
            same = told is not None and told.change == change
            same = same and (pd.isna(told.direction) if direction is None else told.direction == direction)
            right[row.blank].append(same)
            directions.add(direction)
    assert directions == {"harder", "softer", "later", "earlier", "higher", "lower", None}
    for blank, hits in right.items():
        assert len(hits) > 30, blank
        assert np.mean(hits) > 0.97, blank


def _amount(blank, text):
    year, _, month = text.rstrip("月%").partition("年")
    return int(year) * 12 + int(month) if blank == "date" else int(year)


def test_how_specific(filled):
    """Each date, amount and word of duty that was written is counted."""
    found = fz.specificity(filled.corpus).set_index("doc_id")
    each = fz.clause_specificity(filled.corpus).set_index("clause_id")
    texts = filled.corpus.paragraphs.set_index("paragraph_id")["text"]
    for doc_id, text in texts_of(filled).items():
        assert found.loc[doc_id, "n_clauses"] in (24, 25, 26)  # a head of four words may hold one that binds
        dates, amounts = len(re.findall("年[0-9]+月", text)), len(re.findall("[0-9]%", text))
        counts = found.loc[doc_id, ["n_deadlines", "n_quantities"]]
        assert counts.tolist() == pytest.approx([dates, amounts], abs=2)  # dates to come, after the plan's own
        each_clause = (
            found.loc[doc_id, ["deadlines_per_clause", "quantities_per_clause"]] * found.loc[doc_id, "n_clauses"]
        )
        assert each_clause.tolist() == pytest.approx(counts.tolist())
    binding = texts.str.contains("应当|必须")
    soft = texts.str.contains("鼓励|支持")
    strength = each.loc[texts.index, "strength"]
    assert (strength[binding & ~soft] == "binding").mean() > 0.85  # another word of the clause may be soft by chance
    assert (strength[soft & ~binding] == "soft").mean() > 0.85
    assert (strength[~soft & ~binding] == "binding").mean() < 0.1


def test_what_was_written_into_the_blanks(filled):
    """Dates and amounts that differ are listed, by sentence and by passage, in their places."""
    kinds = fz.copying_kinds(filled.corpus, source="centre", min_similarity=None)
    listed = fz.copied_blanks(kinds, filled.corpus)
    fills = filled.fills[(filled.fills["source"] == "centre") & filled.fills["blank"].isin(["date", "number"])]
    changed = fills[fills["source_text"] != fills["target_text"]]
    columns = ["target", "source_begin", "target_begin", "source_text", "target_text"]
    planted = set(changed[columns].itertuples(index=False, name=None))
    found = set(listed[columns].itertuples(index=False, name=None))
    direct = {row for row in found if "_" not in row[0]}
    assert len(planted) > 30
    # others' are there too (a prefecture has the centre's clause by its province); a sentence whose duty was changed is edited
    assert len(direct - planted) / len(direct) < 0.1
    assert len(direct & planted) / sum("_" not in row[0] for row in planted) > 0.5
    masked = fz.find_passages(filled.corpus, mask=("number", "date"))
    blanks = fz.passage_blanks(masked, filled.corpus, mask=("number", "date"))
    blanks = set(blanks[blanks["source"] == "centre"][columns].itertuples(index=False, name=None))
    assert len(planted & blanks) / len(planted) > 0.95


def test_shares_of_kinds():
    """Sentences of copied clauses are borrowed, those of new ones are not; in half of the clauses all blanks are new."""
    simulation = simulate_diffusion(
        n_provinces=4, n_prefectures=0, n_clauses=60, clause_words=48, copy_rate=0.6, kin_copying=0.0, edit_rate=0.0,
        blanks=("number", "date"), fill_in=0.5,
    )  # fmt: skip
    kinds = fz.copying_kinds(simulation.corpus, min_similarity=None)
    shares = fz.copying_shares(kinds).set_index("target")
    copied = simulation.copies.set_index("target_paragraph")
    long_ones = kinds[kinds["n_unmasked"] >= 15].assign(
        copied=kinds["paragraph_id"].isin(copied.index), changed=kinds["paragraph_id"].map(copied["kind"])
    )
    for target, part in long_ones.groupby("target"):
        row = shares.loc[target]
        assert row["n_borrowed"] / (row["n_borrowed"] + row["n_own"]) == pytest.approx(part["copied"].mean(), abs=0.05)
        blanks = part["text"].str.contains("%|年") & (part["changed"] == "fill-in")
        assert row["fill_in_share"] == pytest.approx(blanks.sum() / part["copied"].sum(), abs=0.08)
    curve = fz.copying_curve(kinds, [0.2, 0.9])  # clauses are whole or not there: the threshold decides nothing
    assert curve.groupby("target").agg(np.ptp)["borrowed_share"].max() < 0.05


# -- citations ---------------------------------------------------------------------------------------------------------


def test_citations(world, passages):
    named = world.jurisdictions.dropna(subset="cites")
    planted = set(zip(named["cites"], named["doc_id"], strict=True))
    edges = fz.citation_edges(world.corpus)
    assert set(zip(edges["source"], edges["target"], strict=True)) == planted
    assert edges["in_opening"].all()
    table = fz.compare_citations(world.corpus, passages, min_share=0.5).set_index(["source", "target"])
    sharing = {
        (source, target)
        for target, sources in earlier_of(world).items()
        for source in sources
        if true_share(world, target, [source]) > 0.5
    }
    border = {pair for pair in sharing if true_share(world, pair[1], [pair[0]]) < 0.5 + NUMBERS}
    for finding, pairs in (
        ("cites and shares", planted & sharing), ("cites, does not share", planted - sharing),
        ("shares, does not cite", sharing - planted),
    ):  # fmt: skip
        found = set(table.index[table["finding"] == finding])
        assert found ^ pairs <= border | {
            pair for pair in found | pairs if abs(table.loc[pair, "share"] - 0.5) < NUMBERS
        }
        assert len(found & pairs) >= 1, finding


# -- time --------------------------------------------------------------------------------------------------------------


def _seen_until(simulation, day):
    """What is known on a day: the documents of that day or before, and who had not adopted by then."""
    documents, true = simulation.corpus.documents, simulation.jurisdictions.set_index("doc_id")
    date = documents["doc_id"].map(true["date"])
    known = documents[date <= day].copy()
    known["latest"] = known["latest"].clip(upper=day)
    below = documents["level"] != "national"
    roster = documents.loc[below, ["region", "level"]].assign(not_adopted_by=pd.NaT)
    roster.loc[date[below] > day, "not_adopted_by"] = day
    centre = known["level"] == "national"
    known.loc[centre, ["earliest", "latest"]] = date[0]
    return known, roster


def test_the_order_of_documents(world):
    assert fz.timeline(world.corpus)["doc_id"].tolist() == world.jurisdictions["doc_id"].tolist()


def test_breadth(adopters):
    true = adopters.jurisdictions.dropna(subset="superior")["date"]
    documents = adopters.corpus.documents
    roster = documents.loc[documents["level"] != "national", ["region", "level"]]
    days = pd.date_range("2016-01-01", "2017-03-01", freq="40D")
    table = fz.adoption_status(documents, roster, lineage="模拟政策", at=list(days), first_known_is_first=True)
    share = np.array([(true <= day).mean() for day in days])
    assert ((table["breadth_low"] <= share) & (share <= table["breadth_high"])).all()
    assert (table["breadth_high"] - table["breadth_low"]).max() < 0.25
    assert table["n_unknown"].max() > 10  # windows that span the day
    assert share.min() == 0 and share.max() == 1


def test_lags(adopters):
    table = fz.lag_table(adopters.corpus, lineage="模拟政策").set_index("target")
    true = adopters.jurisdictions.set_index("doc_id")["lag_days"].dropna().loc[table.index]
    assert len(table) == 200
    assert ((table["lag_days_low"] <= true) & (true <= table["lag_days_high"])).all()


def test_the_adoption_curve(adopters):
    """By day d (d - 29) / 371 of them have adopted; on day 260 observation ends, with a third still to come."""
    day = adopters.jurisdictions["date"].iloc[0] + pd.Timedelta(days=260)
    documents, roster = _seen_until(adopters, day)
    lags = fz.lag_table(documents, lineage="模拟政策", roster=roster)
    found = fz.turnbull(lags)
    assert 60 < found.n_censored < 95
    assert found.n == 200
    curve = found.curve[found.curve["day"] <= 260]
    true = ((curve["day"] - 29) / 371).clip(0, 1)
    error = 1.36 / 200**0.5  # Kolmogorov's 95 % for 200 exact days
    assert (curve["adopted_low"] - error <= true).all()
    assert (true <= curve["adopted_high"] + error).all()
    assert (curve["adopted_high"] - curve["adopted_low"]).mean() < 0.1
    assert curve["adopted_high"].max() > 0.4


def test_hazards():
    """Exponential lags of mean 400 days: in each quarter 1 - exp(-91.3 / 400) of those left adopt."""
    simulation = simulate_diffusion(
        n_provinces=400,
        n_prefectures=0,
        n_clauses=1,
        clause_words=8,
        lag_days=400.0,
        start="2015-12-31",
        random_state=2,
    )
    documents = simulation.corpus.documents
    roster = documents.loc[documents["level"] != "national", ["region", "level"]]
    rows = fz.event_history(
        documents, roster, lineage="模拟政策", start="2016-01-01", end="2017-12-31", freq="Q", first_known_is_first=True
    )
    true = 1 - np.exp(-91.3 / 400)
    assert rows["event"].mean() == pytest.approx(true, abs=0.03)  # about three standard errors of 1,500 rows
    early, late = (rows.loc[rows["duration"].between(*span), "event"].mean() for span in ((1, 4), (5, 8)))
    assert early == pytest.approx(late, abs=0.06)
    assert (rows["superior_adopted"] == 1).all()
    at = simulation.jurisdictions.set_index("region")["date"].dt.to_period("Q").astype(str)
    events = rows[rows["event"] == 1].set_index("region")["period"]
    assert events.tolist() == at.loc[events.index].tolist()


# -- the lost original -------------------------------------------------------------------------------------------------


def test_the_lost_original():
    """What two provinces have of it comes back; what one province wrote and its prefectures copied does not."""
    simulation = simulate_diffusion(
        n_provinces=6, n_prefectures=1, n_clauses=40, copy_rate=0.35, kin_copying=0.0, edit_rate=0.02, random_state=4
    )
    below = simulation.jurisdictions.dropna(subset="superior")["doc_id"].tolist()
    found = fz.reconstruct(simulation.corpus, doc_ids=below)
    true = texts_of(simulation)["centre"]
    scores = score_prototype(prototype_letters(found.stretches), true)
    lines = simulation.clauses.merge(simulation.jurisdictions[["doc_id", "region"]], on="doc_id")
    lines = lines[lines["doc_id"] != "centre"].assign(line=lines["region"].str.split("/").str[0])
    witnesses = lines.groupby("root")["line"].nunique()
    ancestral = simulation.clauses.loc[simulation.clauses["doc_id"] == "centre", "root"]
    planted = (witnesses.reindex(ancestral).fillna(0) >= 2).mean()
    assert 0.5 < planted < 0.9
    assert scores["character_recall"] == pytest.approx(planted, abs=0.12)
    assert scores["character_precision"] > 0.9
    singles = [split_letters(texts_of(simulation)[name]) for name in below]
    single = max(score_prototype(letters, true)["character_f1"] for letters in singles)
    assert scores["character_f1"] > 1.4 * single

"""Simulated diffusion: the truth is what the tables say, and the measures recover it."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.evaluation.simulation.power import exact_interval, power
from fzanalytics.evaluation.simulation.simulate import simulate_diffusion
from fzanalytics.evaluation.simulation.writing import NO_ORIGIN, UNIQUE_CHARS, simulation_words
from fzanalytics.measures.attribution.baselines import overlap_baselines
from fzanalytics.measures.diffusion.copying import copying_kinds
from fzanalytics.measures.diffusion.flows import flows
from fzanalytics.measures.diffusion.novelty import reinvention
from fzanalytics.measures.lineage.follows import infer_sources
from fzanalytics.measures.reuse.reduced import reduce_text, text_characters


@pytest.fixture(scope="module")
def plain():
    """Copies without an edit, three levels below the centre."""
    return simulate_diffusion(
        n_provinces=2, n_prefectures=2, n_counties=1, n_clauses=24, copy_rate=0.5, kin_copying=0.2, edit_rate=0.0
    )


@pytest.fixture(scope="module")
def plain_passages(plain):
    return fz.find_passages(plain.corpus)


@pytest.fixture(scope="module")
def edited():
    return simulate_diffusion(n_provinces=3, n_prefectures=2, copy_rate=0.6, edit_rate=0.08, random_state=3)


#: Numbers of clauses and heads of sections between two copied clauses count as edits within one passage: at most so much.
NUMBERS = 0.035


def texts_of(simulation):
    return dict(zip(simulation.corpus.held["doc_id"], simulation.corpus.held["text"], strict=True))


def runs(text, n):
    """All runs of n characters that carry text."""
    codes, _ = reduce_text(text)
    return {tuple(codes[at : at + n]) for at in range(len(codes) - n + 1)}


# -- the truth is true -------------------------------------------------------------------------------------------------


def test_same_seed_same_simulation():
    one, same, other = (simulate_diffusion(n_provinces=2, n_clauses=8, random_state=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one.corpus.documents, same.corpus.documents)
    pd.testing.assert_frame_equal(one.copies, same.copies)
    assert one.corpus.documents["text"].tolist() != other.corpus.documents["text"].tolist()


def test_texts_written_apart_share_no_run():
    simulation = simulate_diffusion(n_provinces=5, n_prefectures=3, copy_rate=0.0, kin_copying=0.0, random_state=4)
    assert simulation.copies.empty
    sentences = []  # per document, the runs inside of its clauses
    for doc_id, text in texts_of(simulation).items():
        spans = simulation.clauses[simulation.clauses["doc_id"] == doc_id]
        sentences.append(
            set().union(*(runs(text[b:e], UNIQUE_CHARS) for b, e in zip(spans["begin"], spans["end"], strict=True)))
        )
    assert all(one.isdisjoint(other) for one, other in itertools.combinations(sentences, 2))
    # and over borders of sentences none of eight, the seed of a passage
    whole = [runs(text, 8) for text in texts_of(simulation).values()]
    assert all(one.isdisjoint(other) for one, other in itertools.combinations(whole, 2))


def test_tables_name_places_of_the_texts(edited):
    texts = texts_of(edited)
    for row in edited.copies.itertuples():
        own = texts[row.target][row.target_begin : row.target_end]
        theirs = texts[row.source][row.source_begin : row.source_end]
        assert text_characters(own).sum() == row.n_chars
        assert (own == theirs) == (row.kind == "verbatim") == (row.n_unchanged == row.n_chars and own == theirs)
        paragraphs = edited.corpus.paragraphs.set_index("paragraph_id")
        assert paragraphs.loc[row.target_paragraph, "text"] == own
        assert paragraphs.loc[row.source_paragraph, "text"] == theirs
    for table in (edited.corpus.clauses, edited.corpus.paragraphs):
        assert [texts[d][b:e] for d, b, e in zip(table["doc_id"], table["begin"], table["end"], strict=True)] == table[
            "text"
        ].tolist()
    assert {"verbatim", "edited"} <= set(edited.copies["kind"])


def test_origins_are_characters_of_the_first_writer(edited):
    """Wherever a number stands, it is the same character."""
    known = {}
    for doc_id, text in texts_of(edited).items():
        assert len(edited.origins[doc_id]) == len(text)
        for character, origin in zip(text, edited.origins[doc_id].tolist(), strict=True):
            if origin != NO_ORIGIN:
                assert known.setdefault(origin, character) == character
    assert len(known) < sum(map(len, texts_of(edited).values()))  # some were copied


def test_no_clause_twice_in_a_document(plain):
    assert not plain.clauses.duplicated(["doc_id", "root"]).any()


def test_rates_are_what_they_say():
    simulation = simulate_diffusion(
        n_provinces=30, n_prefectures=0, n_clauses=100, clause_words=8, copy_rate=0.3, kin_copying=0.2,
        common_ancestors=0.1, innovation=0.4, random_state=5,
    )  # fmt: skip
    late = simulation.jurisdictions["doc_id"].iloc[2:]  # the first province has no kin
    counts = simulation.copies[simulation.copies["target"].isin(late)]["relation"].value_counts() / (100 * len(late))
    # binomial with n = 2900: four standard errors are below 0.04
    assert counts.to_dict() == pytest.approx({"superior": 0.3, "kin": 0.2, "ancestor": 0.1}, abs=0.04)


def test_edit_rate_is_what_it_says():
    simulation = simulate_diffusion(n_provinces=20, n_prefectures=0, copy_rate=0.8, kin_copying=0.0, edit_rate=0.2)
    copies = simulation.copies
    source = 60 * len(copies)  # 30 words of two characters, of which a fifth is edited, three quarters of these gone
    assert 1 - copies["n_unchanged"].sum() / source == pytest.approx(0.2 * 0.75, abs=0.02)


def test_time_runs_down_the_tree(plain):
    table = plain.jurisdictions.set_index("doc_id")
    below = table[table["superior"].notna()]
    since = (below["date"] - table.loc[below["superior"], "date"].to_numpy()).dt.days
    assert (since >= 1).all()
    assert since.tolist() == below["lag_days"].tolist()
    copied = plain.copies.dropna(subset="source")
    assert (table.loc[copied["source"], "date"].to_numpy() < table.loc[copied["target"], "date"].to_numpy()).all()


def test_writers_end_with_the_document(plain):
    writers = plain.clauses["writers"].str.split(";")
    assert writers.str[-1].tolist() == plain.clauses["doc_id"].tolist()
    copied = plain.copies.set_index("target_paragraph")["source"]
    last_but_one = plain.clauses.set_index("paragraph_id").loc[copied.index, "writers"].str.split(";").str[-2]
    assert last_but_one.tolist() == copied.tolist()


def test_fill_in_changes_only_blanks():
    simulation = simulate_diffusion(
        n_provinces=3, n_prefectures=0, copy_rate=0.8, kin_copying=0.0, edit_rate=0.0, blanks=("number", "agency")
    )
    assert set(simulation.copies["kind"]) <= {"fill-in", "verbatim"}
    assert (simulation.copies["kind"] == "fill-in").mean() > 0.9
    kept = simulate_diffusion(n_provinces=3, copy_rate=0.8, edit_rate=0.0, blanks=("number",), fill_in=0.0)
    assert set(kept.copies["kind"]) == {"verbatim"}


def test_fills_name_places_of_the_texts():
    simulation = simulate_diffusion(
        n_provinces=3, copy_rate=0.6, blanks=("duty", "date"), fill_in=0.5, common_ancestors=0.2, random_state=2
    )
    texts, fills = texts_of(simulation), simulation.fills
    for row in fills.itertuples():
        assert texts[row.target][row.target_begin : row.target_end] == row.target_text
        if not pd.isna(row.source):
            assert texts[row.source][row.source_begin : row.source_end] == row.source_text
    assert fills["source"].isna().any()  # those of the common ancestor
    changed = fills["source_text"] != fills["target_text"]
    filled = simulation.copies.loc[simulation.copies["kind"] == "fill-in", "target_paragraph"]
    assert set(filled) <= set(fills.loc[changed, "target_paragraph"])
    verbatim = simulation.copies.loc[simulation.copies["kind"] == "verbatim", "target_paragraph"]
    assert not set(verbatim) & set(fills.loc[changed, "target_paragraph"])
    assert set(fills.loc[fills["blank"] == "duty", "target_text"]) == {"应当", "必须", "鼓励", "支持"}


def test_periods_follow_one_another():
    simulation = simulate_diffusion(
        n_provinces=3, n_prefectures=1, lag_days=(10, 400), n_periods=3, period_years=4, cites=1.0, mentions=True
    )
    table = simulation.jurisdictions.set_index("doc_id")
    assert len(table) == 3 * 7
    assert table["period"].value_counts().to_dict() == {1: 7, 2: 7, 3: 7}
    assert table.loc["centre-3", "date"] == pd.Timestamp("2023-12-27")
    later = table.dropna(subset="previous")
    assert (table.loc[later["previous"], "region"].to_numpy() == later["region"].to_numpy()).all()
    assert (table.loc[later["previous"], "period"].to_numpy() == later["period"].to_numpy() - 1).all()
    below = table.dropna(subset="superior")
    assert (table.loc[below["superior"], "period"].to_numpy() == below["period"].to_numpy()).all()
    own = simulation.copies[simulation.copies["relation"] == "own"]
    assert (table.loc[own["target"], "previous"].to_numpy() == own["source"].to_numpy()).all()
    documents = simulation.corpus.documents.set_index("doc_id")
    assert documents.loc["p01-2", ["period_start", "period_end"]].tolist() == [2020, 2024]
    cited = simulation.corpus.mentions.query("kind == 'citation'").set_index("doc_id")["refers_to"]
    assert cited.sort_index().to_dict() == below["superior"].sort_index().to_dict()


def test_one_period_has_no_plan_before():
    simulation = simulate_diffusion(n_provinces=2, n_clauses=6)
    assert simulation.jurisdictions["previous"].isna().all()
    assert simulation.jurisdictions["cites"].isna().all()
    assert simulation.corpus.mentions.empty
    assert "own" not in set(simulation.copies["relation"])


def test_a_tree_of_ones_own():
    tree = pd.DataFrame({"region": ["甘肃省/甘南藏族自治州/夏河县", "甘肃省", "全国", "甘肃省/甘南藏族自治州"]})
    simulation = simulate_diffusion(tree=tree, n_clauses=6)
    table = simulation.jurisdictions.set_index("region")
    assert table["level"].to_dict() == {
        "全国": "national", "甘肃省": "province", "甘肃省/甘南藏族自治州": "prefecture", "甘肃省/甘南藏族自治州/夏河县": "county",
    }  # fmt: skip
    assert table.loc["甘肃省/甘南藏族自治州/夏河县", "superior"] == table.loc["甘肃省/甘南藏族自治州", "doc_id"]


# -- measures recover it -----------------------------------------------------------------------------------------------


def test_borrowing_share(plain, plain_passages):
    """Within `NUMBERS`: what stands between two copied clauses is in their passage, and was copied by nobody."""
    found = fz.borrowing_share(plain_passages, plain.corpus).merge(
        plain.shares(), on=["source", "target"], suffixes=("", "_true")
    )
    assert len(found) == 55  # eleven documents, all pairs, one direction each
    assert found["share_true"].max() > 0.4
    assert (found["share"] - found["share_true"]).abs().max() < NUMBERS


def test_borrowing_share_with_edits(edited):
    """Edits inside a passage count as shared, so what is found lies between the letters kept and the clauses copied."""
    passages = fz.find_passages(edited.corpus, min_chars=12)
    found = fz.borrowing_share(passages, edited.corpus).merge(
        edited.shares(), on=["source", "target"], suffixes=("", "_true")
    )
    assert (found["share"] > found["share_true"] - 0.03).all()
    assert (found["share"] < found["with_edits"] + NUMBERS).all()
    assert (found["with_edits"] - found["share_true"]).max() > 0.03


def test_coverage(plain):
    found = fz.coverage_matrix(plain.corpus, "centre")
    both = found.merge(plain.coverage("centre"), on=["source", "source_paragraph", "target"], suffixes=("", "_true"))
    assert len(both) == len(found) == 24 * 10
    assert (both["score"] - both["score_true"]).abs().max() < 0.02
    known = both[both["score_true"] > 0.1]  # a single character beside a copied clause has a place too
    assert known["target_paragraph"].tolist() == known["target_paragraph_true"].tolist()
    assert 0.1 < both["covered"].mean() < 0.9


def test_attribution_sets(plain, plain_passages):
    found = fz.attribution(plain.corpus, passages=plain_passages)
    both = found.merge(plain.attribution(), on=["doc_id", "part"], suffixes=("", "_true"))
    assert len(both) == 2 * 2 + 8 * 4  # two parts of a province, four of a prefecture or county
    assert set(both["status"]) == {"estimated"}
    assert (both["share"] - both["share_true"]).abs().max() < NUMBERS
    spread = both.groupby("part")["share_true"].max()
    assert (spread > 0.1).all()  # every part is there to be found
    assert plain.attribution().groupby("doc_id")["share"].sum().to_numpy() == pytest.approx(1.0)


def test_lags_are_exact(plain):
    table = fz.lag_table(plain.corpus)
    own = table[table["since_superior"].astype(bool)].set_index("target")
    true = plain.jurisdictions.set_index("doc_id")["lag_days"].dropna()
    assert own["lag_days_low"].sort_index().tolist() == true.sort_index().tolist()
    assert own["lag_days_high"].sort_index().tolist() == true.sort_index().tolist()


def test_lags_lie_within_their_bounds():
    simulation = simulate_diffusion(n_provinces=10, n_clauses=2, lag_days=(30, 90), date_window=40)
    table = fz.lag_table(simulation.corpus).query("since_superior == True").set_index("target")
    true = simulation.jurisdictions.set_index("doc_id")["lag_days"].dropna().loc[table.index]
    assert ((table["lag_days_low"] <= true) & (true <= table["lag_days_high"])).all()
    assert (table["lag_days_high"] - table["lag_days_low"] > 0).all()
    assert true.between(30, 90).all()


def test_planted_source_is_first():
    simulation = simulate_diffusion(n_provinces=4, n_prefectures=1, copy_rate=0.6, kin_copying=0.0, random_state=2)
    for row in simulation.jurisdictions.dropna(subset="superior").itertuples():
        assert fz.find_sources(simulation.corpus, doc_id=row.doc_id, top=1)["source"].tolist() == [row.superior]


def test_the_kin_that_was_followed_is_found():
    """24 provinces: each copies half of its text from one earlier province, none from the centre."""
    simulation = simulate_diffusion(
        n_provinces=24, n_prefectures=0, n_clauses=20, copy_rate=0.0, kin_copying=0.5, declare=False, random_state=6
    )
    followed = simulation.jurisdictions.dropna(subset="kin").set_index("doc_id")["kin"]
    found = infer_sources(simulation.corpus, n_permutations=199).set_index("target")
    assert (found.loc[followed.index, "source"] == followed).mean() >= 0.9
    late = found.loc[followed.index][found.loc[followed.index, "p"].notna()]
    assert len(late) >= 3
    assert (late["p"] <= 0.05).mean() >= 0.75


def test_kinds_of_copies():
    simulation = simulate_diffusion(
        n_provinces=3,
        n_prefectures=0,
        copy_rate=0.7,
        kin_copying=0.0,
        edit_rate=0.0,
        blanks=("date", "number"),
        fill_in=0.5,
    )
    kinds = copying_kinds(simulation.corpus, min_similarity=None)
    planted = simulation.copies.set_index("target_paragraph")["kind"]
    found = kinds[kinds["n_unmasked"] >= 20].assign(planted=kinds["paragraph_id"].map(planted))
    assert set(found.loc[found["planted"] == "verbatim", "kind"]) == {"verbatim"}
    filled = found.loc[found["planted"] == "fill-in", "kind"].value_counts(normalize=True)
    assert filled.get("fill-in", 0.0) > 0.6  # a sentence without a blank is verbatim
    assert set(filled.index) <= {"fill-in", "verbatim"}
    assert set(found.loc[found["planted"].isna(), "kind"]) <= {"own"}


def test_novelty_and_flows(plain, plain_passages):
    new = reinvention(plain.corpus, passages=plain_passages).set_index("target")["novelty"].dropna()
    dates = plain.jurisdictions.set_index("doc_id")["date"]
    for target, value in new.items():
        before = dates.index[dates < dates[target]]
        carries = text_characters(texts_of(plain)[target])
        assert value == pytest.approx(1 - plain.mask(target, before).sum() / carries.sum(), abs=NUMBERS)
    down = flows(plain.corpus, passages=plain_passages).query("flow == 'vertical down'").set_index("target")
    regions = plain.jurisdictions.set_index("doc_id")["region"]
    for target, row in down.iterrows():
        above = [name for name, one in regions.items() if one == "全国" or regions[target].startswith(one + "/")]
        above = [name for name in above if name != target]
        if above:
            carries = text_characters(texts_of(plain)[target])
            assert row["share"] == pytest.approx(plain.mask(target, above).sum() / carries.sum(), abs=NUMBERS)


def test_common_ancestry_is_no_copying():
    """All take from an old text, none from another: shares are there, drawn is 0, and so is the excess over ancestry."""
    excess = []
    for seed in range(4):
        simulation = simulate_diffusion(
            n_provinces=6, n_prefectures=0, copy_rate=0.0, kin_copying=0.0, common_ancestors=0.5, edit_rate=0.0,
            random_state=seed,
        )  # fmt: skip
        true = simulation.shares()
        assert true["share"].mean() > 0.15
        assert (true["drawn"] == 0).all()
        table = overlap_baselines(simulation.corpus, sets=("centre",))
        assert table["share"].mean() > 0.1
        excess.append(table["ancestry_excess"].mean())
    assert np.mean(excess) == pytest.approx(0, abs=0.05)
    copied = simulate_diffusion(n_provinces=8, n_prefectures=0, copy_rate=0.5, kin_copying=0.0, edit_rate=0.0)
    assert overlap_baselines(copied.corpus, sets=("centre",))["ancestry_excess"].mean() > 0.15
    assert copied.shares().query("source == 'centre'")["drawn"].min() > 0.2


def test_nothing_copied_nothing_found():
    simulation = simulate_diffusion(
        n_provinces=4, n_prefectures=3, copy_rate=0.0, kin_copying=0.0, blanks=("number", "date"), random_state=8
    )
    passages = fz.find_passages(simulation.corpus, min_chars=12)
    assert fz.borrowing_share(passages, simulation.corpus)["share"].max() < 0.01
    assert fz.coverage_matrix(simulation.corpus, "centre", passages=passages)["score"].max() < 0.5
    parts = fz.attribution(simulation.corpus, passages=passages)
    assert parts.loc[parts["part"] == "neither", "share"].min() > 0.99


def test_a_centre_that_is_not_held():
    simulation = simulate_diffusion(n_provinces=4, n_prefectures=0, centre_held=False, edit_rate=0.0, random_state=9)
    assert not simulation.corpus.documents.set_index("doc_id").loc["centre", "held"]
    assert "centre" not in set(simulation.corpus.paragraphs["doc_id"])
    parts = fz.attribution(simulation.corpus)
    found = parts[parts["part"] == "centre only"].set_index("doc_id")
    true = simulation.attribution().query("part == 'centre only'").set_index("doc_id")["share"]
    assert set(found["status"]) == {"lower bound by proxy"}  # the proxy: two of three others must have it
    assert (found["share"] <= true.loc[found.index] + 0.02).all()
    assert found["share"].max() > 0.05


# -- power -------------------------------------------------------------------------------------------------------------


def test_power_counts_what_is_found():
    def copied(simulation):
        return 1 / (1 + len(simulation.copies))

    designs = [{"n_provinces": 1, "n_prefectures": 0, "n_clauses": 4, "clause_words": 8, "copy_rate": rate,
                "kin_copying": 0.0} for rate in (0.0, 0.3, 1.0)]  # fmt: skip
    table = power(copied, designs, 15, alpha=0.4)
    # p <= 0.4 needs two copied clauses of four: never, 0.348 of the time, always
    assert table["power"].iloc[[0, 2]].tolist() == [0.0, 1.0]
    assert table["low"].iloc[1] < 0.348 < table["high"].iloc[1]
    assert table["copy_rate"].tolist() == [0.0, 0.3, 1.0]
    pd.testing.assert_frame_equal(table, power(copied, designs, 15, alpha=0.4))


def test_power_missing_is_not_found():
    design = {"n_provinces": 1, "n_prefectures": 0, "n_clauses": 2, "clause_words": 8}
    table = power(lambda simulation: np.nan, design, 3)
    assert table[["n_missing", "power"]].values.tolist() == [[3, 0.0]]
    assert power(lambda simulation: True, design, 3)["power"].tolist() == [1.0]


def test_exact_interval_by_hand():
    """0 of 10: the upper limit solves (1 - p) ** 10 = 0.025."""
    assert exact_interval(0, 10)[1] == pytest.approx(1 - 0.025**0.1)
    assert exact_interval(10, 10) == (pytest.approx(0.025**0.1), 1.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"copy_rate": 0.7, "kin_copying": 0.5}, "must sum to at most 1; got 1.2"),
        ({"innovation": 0.9}, "must sum to 1; got 1.4"),
        (
            {"copy_rate": -0.1, "edit_rate": 1.0},
            "`copy_rate` must be in .0, 1.; got -0.1; `edit_rate` must be at least 0",
        ),
        ({"fill_in": 2}, "`fill_in` must be in"),
        ({"renewal": 1.5, "cites": -1}, "`renewal` must be in .0, 1.; got 1.5; `cites` must be in .0, 1.; got -1"),
        ({"n_periods": 0}, "`n_periods` must be at least 1; got 0"),
        ({"period_years": 0}, "`period_years` must be at least 1; got 0"),
        ({"blanks": "date"}, "`blanks` must be a list of"),
        ({"n_provinces": 0}, "`n_provinces` must be at least 1; got 0"),
        ({"lag_days": -3.0}, "`lag_days` must be above 0; got -3.0"),
        ({"lag_days": (9, 3)}, "`lag_days` must be the fewest and the most days"),
        ({"lag_days": lambda rng: -1.0}, "`lag_days` must give days of at least 0; got -1.0"),
        ({"vocabulary": ["依法", "行政"]}, "`vocabulary` must be at least 100 different words .* got 2 words"),
        ({"vocabulary": [*simulation_words(), "law"]}, "got 1 others, such as 'law'"),
        (
            {"tree": pd.DataFrame({"region": ["全国", "甘肃省/甘南藏族自治州"]})},
            "none for what is above 甘肃省/甘南藏族自治州",
        ),
        ({"tree": pd.DataFrame({"region": ["全国", "甘肃省", "甘肃省"]})}, "doubled: 甘肃省"),
        (
            {"tree": pd.DataFrame({"region": ["全国", "甘肃省"], "level": ["national", "national"]})},
            "the first for 全国 alone; got 甘肃省: national",
        ),
        ({"tree": pd.DataFrame({"region": ["全国", "甘肃省"], "level": ["national", "state"]})}, "got 甘肃省: state"),
    ],
)
def test_wrong_options(options, message):
    with pytest.raises(ValueError, match=message):
        simulate_diffusion(**options)


def test_a_vocabulary_can_run_out():
    with pytest.raises(ValueError, match="`vocabulary` must have more words for so much text; got 100"):
        simulate_diffusion(vocabulary=simulation_words()[:100], clause_words=2000, n_clauses=100)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_simulations": 0}, "`n_simulations` must be at least 1; got 0"),
        ({"alpha": 1.0}, "`alpha` must be above 0 and below 1; got 1.0"),
        ({"measure": lambda simulation: 3.0}, r"`measure` must return p-values in \[0, 1\]; got 3.0"),
    ],
)
def test_wrong_power(options, message):
    given = {
        "measure": lambda simulation: 0.5,
        "design": {"n_provinces": 1, "n_clauses": 2},
        "n_simulations": 1,
        **options,
    }
    with pytest.raises(ValueError, match=message):
        power(**given)


def test_power_names_the_options_that_there_are():
    with pytest.raises(
        ValueError, match=r"`design` must name options of simulate_diffusion; got copyrate\. They are: .*copy_rate"
    ):
        power(lambda simulation: True, {"copyrate": 0.2}, 1)

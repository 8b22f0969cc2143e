"""Planted passages: the truth must be what stands in the texts, for every kind of edit."""

from __future__ import annotations

import csv
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.base.resources import data_path
from fzanalytics.evaluation.edits import (
    EDGE_CHARS,
    Change,
    Editor,
    apply_changes,
    cut_pieces,
    load_substitutes,
    permute,
)
from fzanalytics.evaluation.equal import NATURAL_CHARS, SPANS, carries_text, equal_runs, sentences
from fzanalytics.evaluation.plant import PLANT_KINDS, plant_passages
from fzanalytics.evaluation.score import score_passages
from fzanalytics.features.tokens import tokenize

# Words and names that the edits know, so that every kind finds something to change
# (Shijiazhuang, Hebei; the provincial bureau of justice; strengthen, advance, improve, ...).
VERBS = ["加强", "推进", "完善", "落实", "优化", "深化", "鼓励", "统筹"]
NAMES = ["石家庄市", "河北省", "省司法厅", "市财政局", "保定市", "各级政府"]


def make_text(seed: int, n_sentences: int = 40) -> str:
    """Sentences that no two seeds share runs of: common verbs and names among rare characters."""
    rng = np.random.default_rng(seed)
    low = 0x4E00 + 700 * (seed % 28)
    parts = []
    for _ in range(n_sentences):
        rare = ["".join(map(chr, rng.integers(low, low + 700, int(rng.integers(4, 9))))) for _ in range(4)]
        parts.append(f"{rare[0]}{rng.choice(VERBS)}{rare[1]}，{rare[2]}{rng.choice(NAMES)}的{rare[3]}。")
    return "".join(parts)


@pytest.fixture(scope="module")
def sources():
    return {f"s{seed}": make_text(seed) for seed in range(4)}


@pytest.fixture(scope="module")
def hosts():
    return {f"h{seed}": make_text(seed, 25) for seed in range(10, 14)}


@pytest.fixture(scope="module")
def planted(sources, hosts):
    return plant_passages(sources, hosts, n_passages=28, lengths=(20, 200), random_state=3)


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


# --- the truth -------------------------------------------------------------------------------------------------


def test_every_kind_is_planted_as_often_as_asked(planted):
    assert planted.truth.groupby("kind")["passage"].nunique().to_dict() == dict.fromkeys(PLANT_KINDS, 4)


def test_the_changes_turn_each_source_stretch_into_its_target_stretch(planted):
    texts = planted.texts
    for row in planted.truth.itertuples():
        own = planted.changes.query("passage == @row.passage and piece == @row.piece")
        changes = [
            Change(c.source_begin - row.source_begin, c.source_end - row.source_begin, c.after, c.operation)
            for c in own.itertuples()
        ]
        assert len(changes) == row.n_changes
        before = texts[row.source][row.source_begin : row.source_end]
        after, places = apply_changes(before, changes)
        assert after == texts[row.target][row.target_begin : row.target_end]
        for change, place in zip(own.itertuples(), places, strict=True):
            assert texts[row.source][change.source_begin : change.source_end] == change.before
            assert texts[row.target][change.target_begin : change.target_end] == change.after
            assert (change.target_begin - row.target_begin, change.target_end - row.target_begin) == place


def test_unchanged_characters_are_counted_and_never_below_the_fewest(planted):
    assert planted.truth["n_chars"].min() >= 20
    lost = planted.changes["before"].map(lambda text: len(letters(text)))
    lost = lost.groupby([planted.changes["passage"], planted.changes["piece"]]).sum()
    for row in planted.truth.itertuples():
        whole = len(letters(planted.texts[row.source][row.source_begin : row.source_end]))
        assert row.n_chars == whole - lost.get((row.passage, row.piece), 0)


def test_lengths_stay_within_their_bounds(planted):
    for _, passage in planted.truth.groupby("passage"):
        source = planted.texts[passage["source"].iloc[0]]
        n = sum(len(letters(source[a:b])) for a, b in passage[["source_begin", "source_end"]].to_numpy())
        assert 20 <= n <= 200


def test_lengths_are_spread_evenly_on_a_logarithmic_scale():
    source = {f"s{seed}": make_text(seed, 150) for seed in range(8)}
    planted = plant_passages(source, {"h": make_text(20, 120)}, kinds=["verbatim"], n_passages=90, lengths=(30, 270))
    n = planted.truth["n_chars"]
    # thirds of the logarithmic scale: 30 to 62, 62 to 130, 130 to 270
    shares = [(n < 62.4).mean(), n.between(62.4, 129.8).mean(), (n > 129.8).mean()]
    assert all(0.2 < share < 0.47 for share in shares), shares


def test_spans_begin_and_end_with_a_character_that_carries_text(planted):
    for row in planted.truth.itertuples():
        for doc_id, begin, end in (
            (row.source, row.source_begin, row.source_end),
            (row.target, row.target_begin, row.target_end),
        ):
            stretch = planted.texts[doc_id][begin:end]
            assert stretch[0].isalnum()
            assert stretch[-1].isalnum()


def test_no_edit_touches_the_ends_of_a_piece(planted):
    truth = planted.truth.set_index(["passage", "piece"])
    for change in planted.changes.itertuples():
        row = truth.loc[(change.passage, change.piece)]
        source = planted.texts[row["source"]]
        assert len(letters(source[row["source_begin"] : change.source_begin])) >= EDGE_CHARS
        assert len(letters(source[change.source_end : row["source_end"]])) >= EDGE_CHARS


# --- the kinds --------------------------------------------------------------------------------------------------


def test_each_kind_makes_only_its_own_changes(planted):
    kinds = planted.truth.drop_duplicates("passage").set_index("passage")["kind"]
    made = planted.changes.groupby("passage")["operation"].agg(set)
    for passage, kind in kinds.items():
        own = made.get(passage, set())
        pieces = int((planted.truth["passage"] == passage).sum())
        if kind == "mixed":
            assert len(own) + (pieces > 1) >= 2
        elif kind in ("verbatim", "reordered"):
            assert not own
            assert (pieces > 1) == (kind == "reordered")
        else:
            assert own == {kind}
            assert pieces == 1


def test_masked_names_are_refilled_with_other_names_of_the_hosts(planted, hosts):
    masked = planted.changes[planted.changes["operation"] == "masked"]
    assert len(masked)
    everything = "".join(hosts.values())
    for change in masked.itertuples():
        assert change.after != change.before
        assert change.after in everything


def test_words_are_replaced_by_those_of_the_dictionary(sources, hosts):
    planted = plant_passages(sources, hosts, kinds=["replaced"], n_passages=6, replaced_share=1.0, random_state=0)
    words = load_substitutes()
    assert all(words[change.before] == change.after for change in planted.changes.itertuples())


def test_the_dictionary_of_the_package_is_sound():
    with data_path("synonyms_policy.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    words = [row["word"] for row in rows]
    assert len(set(words)) == len(words) > 100
    for row in rows:
        assert list(row) == ["word", "substitute"]
        assert row["word"] != row["substitute"] != ""
        # a word that is cut in two is never replaced
        assert [token.text for token in tokenize(row["word"])] == [row["word"]]


def test_a_dictionary_of_ones_own_is_used(sources, hosts):
    planted = plant_passages(
        sources,
        hosts,
        kinds=["replaced"],
        n_passages=3,
        lengths=(60, 200),
        substitutes={"加强": "减弱"},
        random_state=0,
    )
    assert set(zip(planted.changes["before"], planted.changes["after"], strict=True)) == {("加强", "减弱")}


def test_pieces_stand_in_an_order_in_which_no_two_neighbours_stay_together(planted):
    for _, passage in planted.truth[planted.truth["kind"] == "reordered"].groupby("passage"):
        by_source = passage.sort_values("source_begin")["target_begin"].rank().astype(int).tolist()
        order = np.argsort(by_source).tolist()
        assert sorted(order) == list(range(len(order)))
        assert all(after != before + 1 for before, after in pairwise(order))
        assert (passage["target_begin"].diff().dropna() > 0).all()


@given(st.integers(2, 9), st.integers(0, 10_000))
def test_permute_parts_all_neighbours(n, seed):
    order = permute(n, np.random.default_rng(seed))
    assert sorted(order) == list(range(n))
    assert all(after != before + 1 for before, after in pairwise(order))


@given(st.text("依法行政，。；\n", max_size=80), st.integers(0, 100))
def test_pieces_make_up_the_passage_and_are_long_enough(text, seed):
    spans = sentences(text)
    assert "".join(text[begin:end] for begin, end in spans) == text
    pieces = cut_pieces(text, 8, 4, np.random.default_rng(seed))
    if pieces:
        assert len(pieces) > 1
        assert "".join(text[begin:end] for begin, end in pieces) == text
        assert all(carries_text(text[begin:end]).sum() >= 8 for begin, end in pieces)


def test_changes_of_one_piece_neither_overlap_nor_meet(hosts):
    editor = Editor(hosts.values(), edit_share=0.3, replaced_share=1.0, substitutes=load_substitutes())
    text = make_text(2, 6)
    rng = np.random.default_rng(0)
    made = set()
    for _ in range(30):
        changes = editor.change(text, ["masked", "replaced", "deleted", "inserted"], rng)
        made |= {change.operation for change in changes}
        assert all(first.end < second.begin for first, second in pairwise(changes))
    assert made == {"masked", "replaced", "deleted", "inserted"}


def test_the_edited_share_is_about_what_was_asked(sources, hosts):
    for kind, side in (("deleted", "before"), ("inserted", "after")):
        planted = plant_passages(
            sources, hosts, kinds=[kind], n_passages=8, lengths=(120, 250), edit_share=0.2, random_state=1
        )
        edited = planted.changes[side].str.len().sum()
        whole = (planted.truth["source_end"] - planted.truth["source_begin"]).sum()
        assert 0.1 < edited / whole < 0.3


# --- the corpus ----------------------------------------------------------------------------------------------


def test_hosts_without_the_planted_stretches_are_the_hosts_as_they_came(sources, hosts):
    planted = plant_passages(sources, hosts, kinds=["verbatim"], n_passages=8, lengths=(20, 100), random_state=1)
    for host, text in hosts.items():
        rest = planted.texts[host]
        for row in (
            planted.truth[planted.truth["target"] == host].sort_values("target_begin", ascending=False).itertuples()
        ):
            rest = rest[: row.target_begin] + rest[row.target_end :]
        assert letters(rest) == letters(text)
    assert all(planted.texts[source] == text for source, text in sources.items())


def test_passages_stand_at_sentence_borders(planted):
    for _, passage in planted.truth.groupby("passage"):
        text, begin = planted.texts[passage["target"].iloc[0]], passage["target_begin"].min()
        before = text[:begin].rstrip(" \n")
        assert before.endswith(("。", "！", "？", "；", "”", "）"))


def test_no_stretch_of_a_source_is_planted_twice(planted):
    for _, rows in planted.truth.groupby("source"):
        spans = rows[["source_begin", "source_end"]].sort_values("source_begin").to_numpy()
        assert (spans[1:, 0] >= spans[:-1, 1]).all()


def test_the_same_seed_plants_the_same_whatever_the_order(sources, hosts, planted):
    again = plant_passages(
        dict(reversed(sources.items())), dict(reversed(hosts.items())), n_passages=28, lengths=(20, 200), random_state=3
    )
    pd.testing.assert_frame_equal(again.truth, planted.truth)
    assert again.texts == planted.texts
    other = plant_passages(sources, hosts, n_passages=28, lengths=(20, 200), random_state=4)
    assert not other.truth.equals(planted.truth)


def test_documents_keep_their_columns_and_the_inputs_their_texts(sources, hosts):
    table = pd.DataFrame({"doc_id": list(sources), "text": list(sources.values()), "level": "national", "mine": 1})
    before = table.copy()
    planted = plant_passages(table, hosts, n_passages=7, random_state=0)
    pd.testing.assert_frame_equal(table, before)
    rows = planted.documents.set_index("doc_id")
    assert rows.loc["s0", ["level", "mine", "role"]].tolist() == ["national", 1, "source"]
    assert rows.loc["h10", "role"] == "host"
    assert (rows["n_chars"] == rows["text"].str.len()).all()
    assert set(planted.pairs) == {(source, host) for source in sources for host in hosts}


def test_the_planted_corpus_can_be_searched(planted):
    import fzanalytics as fz

    found = fz.find_passages(planted.corpus)
    pairs = set(map(frozenset, zip(found["source"], found["target"], strict=True)))
    assert pairs == set(map(frozenset, zip(planted.truth["source"], planted.truth["target"], strict=True)))


# --- what the documents share of themselves ----------------------------------------------------------------------


def test_sentences_that_a_host_shares_with_a_source_are_dropped_and_listed(sources, hosts):
    shared = sentences(sources["s1"])[3]
    sentence = sources["s1"][slice(*shared)]
    with_it = hosts | {"h10": hosts["h10"] + sentence}
    planted = plant_passages(sources, with_it, n_passages=7, random_state=0)
    assert planted.dropped.to_numpy().tolist() == [["h10", sentence]]
    assert planted.natural.empty
    kept = plant_passages(sources, with_it, n_passages=7, random_state=0, keep_shared=True)
    assert kept.dropped.empty
    natural = kept.natural.query("source == 's1' and target == 'h10'")
    assert (natural["n_chars"] >= NATURAL_CHARS).all()
    whole = letters(sentence)
    assert whole in {letters(kept.texts["h10"][row.target_begin : row.target_end]) for row in natural.itertuples()}


def test_what_two_sources_share_is_not_planted(sources, hosts):
    twins = {"s0": sources["s0"], "s1": sources["s0"] + make_text(5, 12)}
    planted = plant_passages(twins, hosts, kinds=["verbatim"], n_passages=4, lengths=(20, 80), random_state=0)
    assert set(planted.truth["source"]) == {"s1"}
    assert (planted.truth["source_begin"] >= len(sources["s0"])).all()


def test_brackets_of_those_responsible_are_not_planted(hosts):
    lines = [f"{sentence}（省司法厅负责）" for sentence in make_text(1, 30).split("。") if sentence]
    planted = plant_passages({"s": "\n".join(lines)}, hosts, kinds=["verbatim"], n_passages=5, lengths=(15, 40))
    assert not any("负责" in planted.texts[r.source][r.source_begin : r.source_end] for r in planted.truth.itertuples())


def test_equal_runs_are_all_there_and_cannot_be_longer():
    a, b = "甲乙丙丁，戊己。子丑", "丙丁戊己庚子丑丙丁戊己"
    runs = equal_runs({"a": a}, {"b": b}, n_chars=3)
    assert runs.iloc[:, 2:].to_numpy().tolist() == [[2, 7, 0, 4, 4], [2, 7, 7, 11, 4]]


@settings(max_examples=60)
@given(st.text("甲乙丙，", max_size=25), st.text("甲乙丙，", max_size=25), st.integers(1, 4))
def test_equal_runs_agree_with_a_plain_search(a, b, n):
    left, right = ([(i, c) for i, c in enumerate(text) if c.isalnum()] for text in (a, b))
    expected = []
    for i in range(len(left)):
        for j in range(len(right)):
            if i and j and left[i - 1][1] == right[j - 1][1]:
                continue
            size = 0
            while i + size < len(left) and j + size < len(right) and left[i + size][1] == right[j + size][1]:
                size += 1
            if size >= n:
                expected.append([left[i][0], left[i + size - 1][0] + 1, right[j][0], right[j + size - 1][0] + 1, size])
    assert sorted(equal_runs({"a": a}, {"b": b}, n_chars=n).iloc[:, 2:].to_numpy().tolist()) == sorted(expected)


def test_equal_runs_within_a_document_are_told_once():
    texts = {"a": "依法行政。依法行政", "b": "依法行政"}
    assert len(equal_runs(texts, texts, n_chars=4)) == 2
    within = equal_runs(texts, texts, n_chars=4, within=True)
    assert within.query("source == target")[list(SPANS[2:])].to_numpy().tolist() == [[0, 4, 5, 9]]


def test_a_source_or_a_host_without_text_is_no_obstacle(sources, hosts):
    planted = plant_passages(sources | {"s9": "", "s8": "。\n"}, hosts | {"h9": ""}, n_passages=7, random_state=0)
    assert planted.truth["passage"].nunique() == 7
    assert planted.texts["h9"] == planted.texts["s9"] == ""


# --- real documents ---------------------------------------------------------------------------------------------


def test_real_documents(real_data):
    import fzanalytics as fz

    sources, hosts = (
        {path.stem: path.read_text(encoding="utf-8") for path in sorted((real_data / part / "txt").glob("*.txt"))}
        for part in ("state_council", "city_reports")
    )
    hosts = {doc_id: hosts[doc_id] for doc_id in sorted(hosts)[:8]}
    planted = plant_passages(sources, hosts, n_passages=35, random_state=0)
    assert equal_runs(sources, {i: planted.texts[i] for i in hosts}).shape[0] > len(planted.natural)
    found = fz.find_passages(planted.corpus, pairs=planted.pairs)
    scores = score_passages(found, planted.truth, documents=planted.documents, natural=planted.natural)
    scores = scores.set_index("kind")["plagdet"]
    assert scores["verbatim"] > 0.9
    assert scores["all"] > 0.9
    # a finder that is blind to edits does worse, and the score says so
    exact = fz.find_passages(planted.corpus, pairs=planted.pairs, min_identity=1)
    less = score_passages(exact, planted.truth, documents=planted.documents, natural=planted.natural)
    assert less.set_index("kind").loc["replaced", "plagdet"] < scores["replaced"] - 0.1


# --- faults -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kinds": ["copied"]}, "`kinds` must be a list of verbatim, masked"),
        ({"kinds": "verbatim"}, "Wrap a single kind in a list"),
        ({"kinds": []}, "`kinds` must be"),
        ({"n_passages": 0}, "`n_passages` must be at least 1; got 0"),
        ({"lengths": (5, 100)}, "`lengths` must be the fewest and the most"),
        ({"lengths": (100, 50)}, "`lengths` must be"),
        ({"edit_share": 0}, "`edit_share` must be above 0"),
        ({"replaced_share": 1.5}, "`replaced_share` must be above 0"),
        ({"n_passages": 5000}, "`hosts` must have a sentence border for each passage"),
        ({"lengths": (5000, 6000), "n_passages": 5}, "`n_passages` must fit into the sources"),
    ],
)
def test_options_out_of_range_are_told(sources, hosts, options, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        plant_passages(sources, hosts, **options)


def test_a_doubled_doc_id_is_told(sources):
    with pytest.raises(ValueError, match="must have doc_ids of their own; doubled: s0"):
        plant_passages(sources, {"s0": "甲。"})


def test_no_documents_are_told(sources):
    with pytest.raises(ValueError, match="`hosts` must hold at least one document"):
        plant_passages(sources, {})

"""Topic models: planted topics are found, shares add up, seeds repeat, loss is counted."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.measures.topics.fitting import fit_topics
from fzanalytics.measures.topics.models import match_topics
from fzanalytics.measures.topics.quality import coherence_scores
from fzanalytics.measures.topics.result import TopicResult
from fzanalytics.measures.topics.stability import topic_stability
from fzanalytics.measures.topics.units import passage_texts, prepare_units
from fzanalytics.texts.corpus import Corpus
from helpers import make_corpus

MODELS = [("lda", "em"), ("lda", "sklearn"), ("lda", "gensim"), ("nmf", "sklearn")]
#: Three topics of eight terms of their own.
PLANTED = [[f"{letter}{number}" for number in range(8)] for letter in "abc"]


def split(text: str) -> list[str]:
    return text.split()


def planted_corpus(n_documents: int = 4, n_units: int = 30, seed: int = 3) -> tuple[Corpus, np.ndarray]:
    """Paragraphs of one main topic each (nine words in ten); document d leans to topic d modulo 3."""
    generator = np.random.default_rng(seed)
    texts, truth = {}, []
    for document in range(n_documents):
        lines = []
        for _ in range(n_units):
            lean = np.full(3, 0.2)
            lean[document % 3] = 0.6
            main = int(generator.choice(3, p=lean))
            truth.append(main)
            sources = np.where(generator.random(40) < 0.9, main, generator.integers(3, size=40))
            lines.append(" ".join(PLANTED[topic][generator.integers(8)] for topic in sources))
        texts[f"d{document}"] = "\n".join(lines)
    return make_corpus(texts), np.array(truth)


def fit(corpus: Corpus, model: str, backend: str, **options: object) -> TopicResult:
    chosen: dict[str, object] = {"n_topics": 3, "analyzer": split, "max_df": 1.0} | options
    return fit_topics(corpus, model=model, backend=backend, **chosen)  # type: ignore[arg-type]


def digest(result: TopicResult) -> str:
    coherence = result.coherence.drop(columns="recurs")
    arrays = (result.topic_terms, result.unit_topics, result.document_topics, coherence)
    return hashlib.sha256(b"".join(array.to_numpy().tobytes() for array in arrays)).hexdigest()


@pytest.mark.parametrize(("model", "backend"), MODELS)
def test_planted_topics_are_found(model: str, backend: str) -> None:
    corpus, truth = planted_corpus()
    result = fit(corpus, model, backend)
    tops = {frozenset(group["term"]) for _, group in result.top_terms(8).groupby("topic")}
    assert tops == {frozenset(terms) for terms in PLANTED}
    letters = {topic: group["term"].iloc[0][0] for topic, group in result.top_terms(1).groupby("topic")}
    found = result.unit_topics.idxmax(axis=1).map(letters)
    assert (found.to_numpy() == np.array(list("abc"))[truth]).mean() > 0.97
    shares = result.document_topics.rename(columns=letters)
    assert shares.idxmax(axis=1).tolist() == ["a", "b", "c", "a"]


@pytest.mark.parametrize(("model", "backend"), MODELS)
def test_shapes_sums_and_order(model: str, backend: str) -> None:
    corpus, _ = planted_corpus()
    result = fit(corpus, model, backend, n_topics=4)
    assert result.topic_terms.shape == (4, 24)
    assert result.unit_topics.shape == (120, 4)
    assert result.document_topics.shape == (4, 4)
    for table in (result.topic_terms, result.unit_topics, result.document_topics):
        assert np.allclose(table.sum(axis=1), 1)
        assert (table.to_numpy() >= 0).all()
    prevalence = result.prevalence.to_numpy()
    assert np.isclose(prevalence.sum(), 1)
    assert (np.diff(prevalence) <= 1e-9).all(), "topics are not in order of prevalence"
    assert result.coherence["topic"].tolist() == result.topic_terms.index.tolist() == [1, 2, 3, 4]
    assert result.coherence["c_v"].between(0, 1).all()
    assert result.coherence["npmi"].between(-1, 1).all()


@pytest.mark.parametrize(("model", "backend"), MODELS)
def test_same_seed_same_bits(model: str, backend: str) -> None:
    corpus, _ = planted_corpus(n_documents=2, n_units=15)
    first = digest(fit(corpus, model, backend, random_state=5))
    assert first == digest(fit(corpus, model, backend, random_state=5))
    if model == "lda":
        assert first != digest(fit(corpus, model, backend, random_state=6)), "the seed has no effect"


def test_same_bits_in_a_process_with_another_hash_seed() -> None:
    corpus, _ = planted_corpus(n_documents=2, n_units=15)
    expected = [digest(fit(corpus, model, backend)) for model, backend in MODELS]
    code = (
        "from test_topics import *;corpus, _ = planted_corpus(n_documents=2, n_units=15);"
        "print(*[digest(fit(corpus, model, backend)) for model, backend in MODELS])"
    )
    folder = Path(__file__).parent
    path = os.pathsep.join([str(folder), str(folder.parent), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": "12345", "PYTHONPATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split() == expected


def test_document_shares_are_weighted_by_tokens() -> None:
    # One long paragraph of a and two short ones of b: by paragraphs b would lead, by tokens a does.
    long, short = " ".join(PLANTED[0] * 6), " ".join(PLANTED[1])
    corpus = make_corpus({"x": f"{long}\n{short}\n{short}", "y": f"{short}\n{long}"})
    result = fit(corpus, "nmf", "sklearn", n_topics=2, min_df=1)
    leader = result.top_terms(1).set_index("topic")["term"].str[0]
    shares = result.document_topics.loc["x"].rename(index=leader.to_dict())
    assert shares["a"] == pytest.approx(48 / 64, abs=0.02)
    tokens = result.units["n_tokens"]
    by_hand = np.average(result.unit_topics[:3], axis=0, weights=tokens[:3])
    assert np.allclose(result.document_topics.loc["x"], by_hand)
    groups = result.shares_by({"x": "all", "y": "all"})
    assert np.allclose(groups.loc["all"], np.average(result.unit_topics, axis=0, weights=tokens))
    assert result.shares_by({"x": "one"}).index.tolist() == ["one"]


def test_loss_is_counted() -> None:
    text = "加强行政复议工作\n完善行政复议与人民调解\n人民调解\n的\n仲裁"
    corpus = make_corpus({"a": text, "b": "行政复议、人民调解\n行政复议、人民调解"}, documents={"c": {"title": "未见"}})
    result = fit_topics(corpus, n_topics=2, model="nmf", min_df=2, max_df=0.9)
    loss = result.loss
    # Paragraph four holds only a particle and paragraph five only a term that occurs once.
    assert (loss["n_units"], loss["n_empty_units"], result.empty) == (7, 2, ("a#4¶4", "a#5¶5"))
    assert (loss["n_types_seen"], loss["n_types_rare"], loss["n_types"]) == (3, 1, 2)
    assert loss["n_rare"] == 1
    parts = ["n_short", "n_stopped", "n_masked", "n_rare", "n_common", "n_tokens"]
    assert loss["n_words"] == loss[parts].sum()
    assert loss["n_types_seen"] == loss[["n_types_rare", "n_types_common", "n_types"]].sum()
    assert result.document_topics.index.tolist() == ["a", "b"]
    assert "2 empty paragraphs left out" in repr(result)


def test_document_without_terms_is_nan() -> None:
    corpus, _ = planted_corpus(n_documents=2, n_units=5)
    texts = dict(corpus.documents.set_index("doc_id")["text"]) | {"empty": "z"}
    result = fit(make_corpus(texts), "nmf", "sklearn", n_topics=2)
    assert result.document_topics.loc["empty"].isna().all()
    assert result.document_topics.drop("empty").notna().all(axis=None)


def test_too_few_rounds_are_warned_of() -> None:
    corpus, _ = planted_corpus(n_documents=2, n_units=15)
    with pytest.warns(UserWarning, match="`max_iter` 1 was too small for nmf to converge"):
        result = fit(corpus, "nmf", "sklearn", max_iter=1)
    assert result.settings["converged"] is False


def test_too_common_terms_are_dropped_and_counted() -> None:
    corpus = make_corpus({"a": "x a\nx b\nx a\nx b"})
    units = prepare_units(corpus, unit="paragraph", analyzer=split, min_df=2, max_df=0.5)
    assert units.vocabulary.tolist() == ["a", "b"]
    assert (units.loss["n_common"], units.loss["n_types_common"]) == (4, 1)
    assert units.terms == [["a"], ["b"], ["a"], ["b"]]


def test_top_terms_and_relevance() -> None:
    corpus, _ = planted_corpus()
    result = fit(corpus, "lda", "sklearn")
    table = result.top_terms(5)
    assert table.columns.tolist() == ["topic", "rank", "term", "weight", "recurs"]
    assert len(table) == 15 and table["rank"].tolist() == [1, 2, 3, 4, 5] * 3
    assert (table.groupby("topic")["weight"].diff().dropna() <= 0).all()
    lifted = result.top_terms(1, relevance=0.0).set_index("topic")["term"]
    lift = result.topic_terms / (result.prevalence.to_numpy() @ result.topic_terms.to_numpy())
    assert lifted.tolist() == lift.idxmax(axis=1).tolist()
    with pytest.raises(ValueError, match="`n` must be at least 1 and `relevance` in"):
        result.top_terms(0)


def test_coherence_tells_planted_from_mixed_topics() -> None:
    terms = [["a", "b", "c"]] * 20 + [["x", "y", "z"]] * 20
    scores = coherence_scores([["a", "b", "c"], ["a", "x", "b"], ["a"]], terms)
    assert scores.loc[0, "npmi"] == pytest.approx(1, abs=1e-6)
    assert scores.loc[0, "npmi"] > scores.loc[1, "npmi"]
    assert scores.loc[0, "c_v"] > scores.loc[1, "c_v"]
    assert scores.loc[2].isna().all()


ROWS = st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=1, max_size=4)


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_matching_a_permutation(rows: list[list[int]], random: object) -> None:
    first = np.array(rows, dtype=float) + 0.01
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    partner, cosine = match_topics(first, first[order])
    assert sorted(partner.tolist()) == list(range(len(rows)))
    assert np.allclose(cosine, 1)


def test_matching_is_one_to_one_and_best_in_sum() -> None:
    # Greedy would give the first row its nearest and leave the second nothing: the sum decides.
    first = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]])
    second = np.array([[1.0, 0.1, 0.0], [0.0, 0.0, 1.0]])
    partner, cosine = match_topics(first, second)
    assert partner.tolist() == [0, 1]
    assert cosine.tolist() == [pytest.approx(1 / np.hypot(1, 0.1)), 0]
    with pytest.raises(ValueError, match="`second` must have the shape of `first`"):
        match_topics(first, second[:1])


def test_stability_prefers_the_planted_number() -> None:
    corpus, _ = planted_corpus(n_units=20)
    options: dict[str, object] = {"analyzer": split, "max_df": 1.0, "n_topics": (3, 6)}
    table = topic_stability(corpus, **options).set_index("n_topics")  # type: ignore[arg-type]
    assert table.loc[3, "cosine_min"] > 0.95
    assert table.loc[3, "recurring_share"] == 1
    assert table.loc[6, "cosine_min"] < table.loc[3, "cosine_min"]
    assert table["n_pairs"].tolist() == [3, 3]
    topics = topic_stability(corpus, by="topic", **options)  # type: ignore[arg-type]
    assert topics.groupby("n_topics").size().to_dict() == {3: 3, 6: 6}
    assert topics.groupby("n_topics")["recurs"].sum().to_dict() == table["n_recurring"].to_dict()
    assert topics.loc[topics["n_topics"] == 6, "recurs"].sum() < 6, "no topic beyond the planted is flagged"


def test_first_run_of_stability_is_the_fit() -> None:
    corpus, _ = planted_corpus(n_documents=2, n_units=15)
    result = fit(corpus, "lda", "em", n_topics=4)
    topics = topic_stability(corpus, n_topics=(4,), n_seeds=2, by="topic", analyzer=split, max_df=1.0)
    terms = result.top_terms(10).groupby("topic")["term"].agg(" ".join)
    assert topics["terms"].tolist() == terms.tolist()
    assert np.allclose(topics["prevalence"], result.prevalence)
    again = topic_stability(corpus, n_topics=(4,), n_seeds=2, by="topic", analyzer=split, max_df=1.0)
    pd.testing.assert_frame_equal(topics, again, check_exact=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"model": "lsa"},
            "`model` and `backend` must be 'lda' by 'em' or 'lda' by 'sklearn' or .*; got 'lsa' by 'sklearn'",
        ),
        ({"model": "nmf", "backend": "gensim"}, "got 'nmf' by 'gensim'"),
        ({"n_topics": 1}, "`n_topics` must be a whole number of at least 2; got 1"),
        ({"n_topics": 99}, "`n_topics` must be at most the number of units and of terms; got 99 for 10 units"),
        ({"max_iter": 0}, "`max_iter` must be at least 1; got 0"),
        ({"min_df": 0}, r"`min_df` must be at least 1 and `max_df` in \(0, 1\]; got 0"),
        ({"min_df": 50}, r"`min_df` and `max_df` must leave at least one term; got 50 .*24 terms too rare"),
        ({"unit": "sentence"}, "`unit` must be 'document', 'paragraph', 'clause' or 'passage'; got 'sentence'"),
        ({"random_state": -1}, "`random_state` must be a whole number of at least 0"),
    ],
)
def test_bad_options(options: dict[str, object], message: str) -> None:
    corpus, _ = planted_corpus(n_documents=2, n_units=5)
    chosen = {"model": "lda", "backend": "sklearn"} | options
    with pytest.raises(ValueError, match=message):
        fit(corpus, **chosen)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_topics": 8}, "`n_topics` must be several whole numbers; got 8"),
        ({"n_seeds": 1}, "`n_seeds` must be at least 2; got 1"),
        ({"min_cosine": 2}, r"`min_cosine` must be in \[0, 1\]; got 2"),
        ({"by": "seed"}, "`by` must be 'n_topics' or 'topic'; got 'seed'"),
    ],
)
def test_bad_grid(options: dict[str, object], message: str) -> None:
    corpus, _ = planted_corpus(n_documents=1, n_units=5)
    with pytest.raises(ValueError, match=message):
        topic_stability(corpus, **options)  # type: ignore[arg-type]


def test_sample_topics_are_readable(sample: Corpus) -> None:
    # Known sections of the plans come out as topics: legislation, decisions, normative documents, enforcement.

    result = fit_topics(sample, model="nmf", n_topics=8)
    tops = [set(group["term"]) for _, group in result.top_terms(10).groupby("topic")]
    for section in (
        {"政府立法", "政府规章"},
        {"重大行政决策", "决策"},
        {"规范性文件", "备案审查"},
        {"行政执法", "执法"},
    ):
        assert any(section <= top for top in tops), section
    assert result.coherence["c_v"].mean() > 0.5
    assert len(result.unit_topics) + len(result.empty) == result.loss["n_units"]


@pytest.mark.parametrize("backend", ["em", "sklearn", "gensim"])
def test_posterior_weights_are_prior_and_tokens(backend: str) -> None:
    corpus, _ = planted_corpus(n_documents=2, n_units=10)
    result = fit(corpus, "lda", backend)
    weights = result.unit_weights
    assert weights is not None
    # The prior is 1/K for each topic, so that a row sums to the tokens and one.
    assert np.allclose(weights.sum(axis=1), result.units["n_tokens"] + 1)
    assert np.allclose(weights.div(weights.sum(axis=1), axis=0), result.unit_topics)
    assert weights.to_numpy().min() > 0.3
    assert fit(corpus, "nmf", "sklearn").unit_weights is None


def test_the_default_is_em_for_lda_and_sklearn_for_nmf() -> None:
    corpus, _ = planted_corpus(n_documents=2, n_units=10)
    lda = fit_topics(corpus, n_topics=3, analyzer=split, max_df=1.0)
    assert digest(lda) == digest(fit(corpus, "lda", "em")) and lda.settings["backend"] == "em"
    assert fit_topics(corpus, n_topics=3, model="nmf", analyzer=split, max_df=1.0).settings["backend"] == "sklearn"


@pytest.mark.parametrize("backend", ["em", "gensim"])
def test_seed_words_draw_a_topic_to_them(backend: str) -> None:
    corpus, _ = planted_corpus(n_documents=3, n_units=20)
    seeds = {"third": ["c0", "c1"], "first": ["a5", "zz"]}
    for random_state in range(3 if backend == "em" else 1):
        with pytest.warns(
            UserWarning, match=r"`seed_words` should be terms of the vocabulary; not in it: zz \(first\)"
        ):
            result = fit(corpus, "lda", backend, seed_words=seeds, random_state=random_state)
        assert result.seeds is not None
        table = result.seeds.set_index("name")
        assert table.loc["first", "missing"] == "zz" and table.loc["third", "terms"] == "c0 c1"
        for name, letter in (("third", "c"), ("first", "a")):
            top = result.top_terms(8)
            assert set(top.loc[top["topic"] == table.loc[name, "topic"], "term"].str[0]) == {letter}
        named = result.topics.dropna(subset=["name"]).set_index("name")["topic"]
        assert named.to_dict() == table["topic"].to_dict()
        assert result.settings["seed_words"] == seeds


def test_a_seeded_topic_forms_where_a_free_one_does_not() -> None:
    # One paragraph in forty is of the fourth kind, which two free topics have no room for.
    rare = " ".join(["r1", "r2", "r3"] * 4)
    corpus, _ = planted_corpus(n_documents=2, n_units=20)
    texts = corpus.documents.set_index("doc_id")["text"]
    mixed = make_corpus({"d0": texts["d0"] + "\n" + rare, "d1": texts["d1"] + "\n" + rare})
    free = fit(mixed, "lda", "em", n_topics=3)
    seeded = fit(mixed, "lda", "em", n_topics=3, seed_words={"rare": ["r1"]}, seed_weight=0.2)
    assert seeded.seeds is not None
    topic = int(seeded.seeds["topic"].iloc[0])
    top = seeded.top_terms(3)
    assert set(top.loc[top["topic"] == topic, "term"]) & {"r2", "r3"}
    for number in (1, 2, 3):
        top = free.top_terms(3)
        assert not set(top.loc[top["topic"] == number, "term"]) & {"r1", "r2", "r3"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed_words": {"a": ["a1"]}, "backend": "sklearn"}, "by 'em' or by 'gensim'; got 'lda' by 'sklearn'"),
        ({"seed_words": {}}, "`seed_words` must name at least one topic; got none"),
        ({"seed_words": {"a": "a1"}}, "`seed_words` must give a list of words for each topic; got 'a1' for 'a'"),
        ({"seed_words": {"a": ["zz"]}}, r"must hold a word of the vocabulary for each topic; got none for 'a' \(zz\)"),
        ({"seed_words": {name: ["a1"] for name in "wxyz"}}, "must name at most `n_topics` topics; got 4 for 3"),
        ({"seed_words": {"a": ["a1"]}, "seed_weight": 0}, r"`seed_weight` must be in \(0, 1\]; got 0"),
    ],
)
def test_bad_seed_words(options: dict[str, object], message: str) -> None:
    corpus, _ = planted_corpus(n_documents=2, n_units=5)
    with pytest.raises(ValueError, match=message):
        fit_topics(corpus, **({"n_topics": 3, "analyzer": split, "max_df": 1.0} | options))  # type: ignore[arg-type]


def test_passages_are_units_and_overlaps_count_once() -> None:
    corpus = make_corpus({"x": "a1 a2 a3\nb1 b2 b3", "y": "a1 a2 a3\nb1 b2 b3\nc1 c2 c3"})
    columns = ["source", "target", "source_begin", "source_end", "target_begin", "target_end"]
    rows = [("x", "y", 0, 8, 0, 8), ("z", "y", 0, 5, 3, 11), ("x", "y", 9, 17, 12, 17), ("y", "x", 0, 8, 0, 8)]
    passages = pd.DataFrame([*rows, rows[0]], columns=columns)
    table = passage_texts(corpus, passages)
    assert table.index.tolist() == ["x:0-8", "y:0-11", "y:12-17"]
    assert table["text"].tolist() == ["a1 a2 a3", "a1 a2 a3\nb1", "b2 b3"]
    assert table["doc_id"].tolist() == ["x", "y", "y"]
    result = fit(corpus, "lda", "em", n_topics=2, unit="passage", passages=passages, min_df=1)
    assert result.unit_topics.index.tolist() == table.index.tolist()
    assert result.units["n_tokens"].tolist() == [3, 4, 2]
    assert "3 passages of 2 documents" in repr(result)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"unit": "passage"},
            "`passages` must be given for unit 'passage' and for no other; got unit 'passage' without",
        ),
        ({"passages": pd.DataFrame()}, "got unit 'paragraph' with passages"),
        ({"unit": "passage", "passages": pd.DataFrame({"target": []})}, "`passages` must have.*target_begin"),
        (
            {"unit": "passage", "passages": pd.DataFrame({"target": ["q"], "target_begin": [0], "target_end": [1]})},
            "`passages` must be of held documents of `corpus`; got q",
        ),
        (
            {
                "unit": "passage",
                "passages": pd.DataFrame({"target": ["d0"], "target_begin": [0], "target_end": [10**6]}),
            },
            "`passages` must end within the text of their target; got 1 that do not",
        ),
    ],
)
def test_bad_passages(options: dict[str, object], message: str) -> None:
    corpus, _ = planted_corpus(n_documents=1, n_units=5)
    with pytest.raises(ValueError, match=message):
        fit_topics(corpus, n_topics=2, analyzer=split, max_df=1.0, **options)  # type: ignore[arg-type]


@pytest.mark.slow
def test_topics_of_real_passages(sample: Corpus) -> None:
    import fzanalytics as fz

    passages = fz.find_passages(sample, min_chars=20)
    result = fit_topics(sample, n_topics=3, unit="passage", passages=passages, max_df=0.9)
    assert set(result.units["doc_id"]) <= set(passages["target"])
    assert np.allclose(result.unit_topics.sum(axis=1), 1)
    assert result.loss["n_units"] <= len(passages)


@pytest.mark.parametrize("fit", [fz.fit_topics, fz.topic_stability, fz.topic_choice, fz.heldout_perplexity])
def test_what_is_no_corpus_is_told_so(fit):
    with pytest.raises(TypeError, match=r"`corpus` must be a Corpus; got list. Read one with read_corpus."):
        fit(["行政复议", "清理规范性文件"], n_topics=2 if fit in (fz.fit_topics, fz.heldout_perplexity) else [2])

"""The choice of K: the planted number stands out; resumable; the same bytes whatever the workers; flags in every table."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_topics import planted_corpus, split

from fzanalytics.measures.topics import runs
from fzanalytics.measures.topics.choice import TopicChoice, topic_choice
from fzanalytics.measures.topics.fitting import fit_topics
from fzanalytics.measures.topics.runs import Plan, Setup, one_run, set_up
from fzanalytics.measures.topics.stability import check_topics, choose_n_topics, topic_stability
from fzanalytics.measures.topics.units import prepare_units
from fzanalytics.output.plots.style import save_figure
from fzanalytics.output.word_plots.topic_choice import plot_topic_choice
from fzanalytics.output.word_plots.topics import plot_top_terms, plot_topics
from helpers import make_corpus

SMALL: dict[str, object] = {"n_topics": (2, 3), "n_seeds": 2, "n_resamples": 1, "analyzer": split, "max_df": 1.0}


@pytest.fixture(scope="module")
def corpus():
    return planted_corpus(n_documents=3, n_units=25)[0]


@pytest.fixture(scope="module")
def choice(corpus) -> TopicChoice:
    return topic_choice(corpus, **(SMALL | {"n_topics": (2, 3, 6), "n_seeds": 3, "n_resamples": 2}))  # type: ignore[arg-type]


def digest_of(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.npz"))}


def test_the_planted_number_stands_out(choice):
    table = choice.numbers.set_index("n_topics")
    assert table["perplexity"].idxmin() == 3
    assert (table["perplexity"] < choice.settings["perplexity_unigram"]).all()
    assert (table["perplexity_min"] <= table["perplexity"]).all() and (
        table["perplexity"] <= table["perplexity_max"]
    ).all()
    assert table.loc[3, "cosine_min"] > 0.95 and table.loc[3, "sample_cosine_min"] > 0.9
    assert table.loc[3, "recurring_share"] == 1 > table.loc[6, "recurring_share"]
    assert choice.n_topics == choose_n_topics(choice.numbers) == 3
    assert "K = 2, 3, 6; by the rule of recurrence 3" in repr(choice)


def test_every_topic_is_flagged_and_the_numbers_agree(choice):
    topics = choice.topics.groupby("n_topics")
    assert topics.size().to_dict() == {2: 2, 3: 3, 6: 6}
    assert topics["recurs"].sum().tolist() == choice.numbers["n_recurring"].tolist()
    least = choice.topics[["cosine_min", "sample_cosine_min"]].min(axis=1)
    assert choice.topics["recurs"].tolist() == (least >= 0.7).tolist()
    assert choice.topics["recurs"].tolist() == (choice.topics["found_share"] == 1).tolist()
    assert topics["found_share"].mean().tolist() == pytest.approx(choice.numbers["found_share"].tolist())
    assert (choice.numbers["found_share"] >= choice.numbers["recurring_share"]).all()
    assert choice.runs.groupby(["n_topics", "kind"]).size().tolist() == [2, 3] * 3  # samples, seeds
    seeds = choice.runs[choice.runs["kind"] == "seed"].groupby("n_topics")["perplexity"].mean()
    assert seeds.tolist() == pytest.approx(choice.numbers["perplexity"].tolist())


def test_a_grid_goes_on_where_it_stopped(corpus, tmp_path, monkeypatch):
    whole = topic_choice(corpus, **SMALL)  # type: ignore[arg-type]
    made: list[Plan] = []

    def counting(setup: Setup, plan: Plan):
        if len(made) == 4:
            raise KeyboardInterrupt
        made.append(plan)
        return one_run(setup, plan)

    monkeypatch.setattr(runs, "one_run", counting)
    with pytest.raises(KeyboardInterrupt):
        topic_choice(corpus, cache=tmp_path, **SMALL)  # type: ignore[arg-type]
    assert len(digest_of(tmp_path)) == 4
    made.clear()
    again = topic_choice(corpus, cache=tmp_path, **SMALL)  # type: ignore[arg-type]
    assert len(made) == 2 and len(digest_of(tmp_path)) == 6
    made.clear()
    topic_choice(corpus, cache=tmp_path, **SMALL)  # type: ignore[arg-type]
    assert made == []
    for name in ("numbers", "topics", "runs"):
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(again, name), check_exact=True)
    # Another text, option or seed is another run.
    for changed, options in (
        (planted_corpus(n_documents=3, n_units=25, seed=9)[0], {}),
        (corpus, {"max_iter": 3}),
        (corpus, {"random_state": 1}),
        (corpus, {"share": 0.2}),
        (corpus, {"backend": "sklearn"}),
    ):
        made.clear()
        made.append(Plan(0, "seed", 0, 0))
        topic_choice(changed, cache=tmp_path, **(SMALL | {"n_topics": (2,), "n_resamples": 0} | options))  # type: ignore[arg-type]
        assert len(made) == 3, options


def test_a_spoiled_file_is_made_anew(corpus, tmp_path, caplog):
    first = topic_choice(corpus, cache=tmp_path, **SMALL)  # type: ignore[arg-type]
    before = digest_of(tmp_path)
    names = sorted(before)
    (tmp_path / names[0]).write_bytes(b"")
    (tmp_path / names[1]).write_bytes((tmp_path / names[1]).read_bytes()[:300])
    again = topic_choice(corpus, cache=tmp_path, **SMALL)  # type: ignore[arg-type]
    assert caplog.text.count("its run is made anew") == 2
    assert digest_of(tmp_path) == before
    pd.testing.assert_frame_equal(first.topics, again.topics, check_exact=True)


def test_the_same_bytes_whatever_the_number_of_workers(corpus, tmp_path):
    tables = {
        jobs: topic_choice(corpus, cache=tmp_path / str(jobs), n_jobs=jobs, **SMALL)  # type: ignore[arg-type]
        for jobs in (1, 2)
    }
    assert digest_of(tmp_path / "1") == digest_of(tmp_path / "2")
    assert len(digest_of(tmp_path / "1")) == 6
    for name in ("numbers", "topics", "runs"):
        pd.testing.assert_frame_equal(getattr(tables[1], name), getattr(tables[2], name), check_exact=True)


@pytest.mark.slow
def test_the_same_bytes_in_processes_with_other_hash_seeds(tmp_path):
    code = (
        "import sys; from test_topics import *; from test_topics_choice import *;"
        "corpus = planted_corpus(n_documents=3, n_units=25)[0];"
        "topic_choice(corpus, cache=sys.argv[1], **SMALL);"
        "result = fit_topics(corpus, n_topics=3, analyzer=split, max_df=1.0, seed_words={'b': PLANTED[1][:2]});"
        "print(hashlib.sha256(result.topic_terms.to_numpy().tobytes() + result.unit_topics.to_numpy().tobytes()).hexdigest())"
    )
    folder = Path(__file__).parent
    path = os.pathsep.join([str(folder), str(folder.parent), os.environ.get("PYTHONPATH", "")])
    printed = [
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / seed)],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for seed in ("1", "4711")
    ]
    assert printed[0] == printed[1] and len(printed[0].strip()) == 64
    assert digest_of(tmp_path / "1") == digest_of(tmp_path / "4711") != {}


def test_samples_are_of_units_or_of_whole_documents():
    texts = {f"d{number:02}": f"a{number} b\na{number} b\na{number} b" for number in range(30)}
    units = prepare_units(make_corpus(texts), unit="paragraph", analyzer=split, min_df=1, max_df=1.0)
    setup = set_up(units, model="lda", backend="em", max_iter=1, resample="document")
    rows = runs._drawn(np.arange(90), setup, Plan(2, "sample", 1, 5))
    times = np.bincount(rows, minlength=90).reshape(30, 3)
    assert (times == times[:, :1]).all() and times.sum() == 90 and times.max() > 1
    drawn = runs._drawn(np.arange(90), setup._replace(resample="unit"), Plan(2, "sample", 1, 5))
    assert len(drawn) == 90 and (np.diff(drawn) >= 0).all()
    assert (np.bincount(drawn, minlength=90).reshape(30, 3).std(axis=1) > 0).any()


def test_flags_stand_in_every_table(corpus):
    result = fit_topics(corpus, n_topics=5, analyzer=split, max_df=1.0)
    assert result.recurs.isna().all() and result.top_terms(2)["recurs"].isna().all()
    checked = check_topics(result)
    assert result.recurs.isna().all(), "the result that was given has changed"
    recurs = checked.recurs
    assert recurs.dtype == "boolean" and 0 < recurs.sum() < 5, "of five topics of three planted some must be chance"
    tables = [checked.topics, checked.coherence, checked.top_terms(3), checked.share_table(), checked.recurrence]
    tables.append(checked.share_table({"d0": "x", "d1": "y", "d2": "y"}))
    for table in tables:
        assert table.set_index("topic")["recurs"].groupby(level=0).first().tolist() == recurs.tolist()
    least = checked.recurrence[["cosine_min", "sample_cosine_min"]].min(axis=1)
    assert (least >= 0.7).tolist() == recurs.tolist()
    assert f"{recurs.sum()} of 5 topics come back" in repr(checked)
    pd.testing.assert_frame_equal(checked.topic_terms, result.topic_terms, check_exact=True)


def test_a_sound_model_is_not_flagged(corpus):
    result = fit_topics(corpus, n_topics=3, analyzer=split, max_df=1.0, random_state=1)
    table = check_topics(result, n_seeds=1, n_resamples=0).recurrence
    assert table["recurs"].all() and table["sample_cosine_mean"].isna().all()


def test_long_shares_are_those_of_the_wide_table(corpus):
    result = fit_topics(corpus, n_topics=3, analyzer=split, max_df=1.0)
    table = result.share_table()
    assert table.columns.tolist() == ["doc_id", "topic", "share", "recurs"]
    assert np.array_equal(table["share"].to_numpy().reshape(-1, 3), result.document_topics.to_numpy())
    assert table["doc_id"].tolist() == np.repeat(result.document_topics.index, 3).tolist()


def test_seed_runs_are_those_of_stability_where_nothing_is_held_out(corpus, tmp_path):
    options = {"n_topics": (3,), "n_seeds": 2, "analyzer": split, "max_df": 1.0}
    topic_stability(corpus, cache=tmp_path, **options)  # type: ignore[arg-type]
    before = digest_of(tmp_path)
    topic_stability(corpus, cache=tmp_path, by="topic", **options)  # type: ignore[arg-type]
    assert digest_of(tmp_path) == before and len(before) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_topics": 8}, "`n_topics` must be several whole numbers; got 8"),
        ({"n_seeds": 1}, "`n_seeds` must be at least 2; got 1"),
        ({"n_resamples": -1}, "`n_resamples` must be at least 0; got -1"),
        ({"resample": "page"}, "`resample` must be 'unit' or 'document'; got 'page'"),
        ({"resample": "document"}, "`resample` 'document' must have at least 30 documents with terms; got 3"),
        ({"share": 0.9}, "`share` of units held out must be"),
        ({"min_cosine": 2}, r"`min_cosine` must be in \[0, 1\]; got 2"),
    ],
)
def test_bad_grids(corpus, options, message):
    with pytest.raises(ValueError, match=message):
        topic_choice(corpus, **(SMALL | options))


def test_bad_checks(corpus):
    result = fit_topics(corpus, n_topics=3, analyzer=split, max_df=1.0)
    with pytest.raises(ValueError, match="`n_seeds` and `n_resamples` must not both be 0"):
        check_topics(result, n_seeds=0, n_resamples=0)
    other = check_topics(fit_topics(corpus, n_topics=2, analyzer=split, max_df=1.0), n_resamples=0).recurrence
    with pytest.raises(ValueError, match="`recurrence` must have one row for each of the 3 topics"):
        result.with_recurrence(other)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_figure_shows_what_the_table_holds(choice, language, tmp_path):
    figure = plot_topic_choice(choice.numbers, n_topics=3, language=language)
    perplexity, coherence, exclusivity, stability = figure.axes
    assert perplexity.lines[0].get_ydata().tolist() == choice.numbers["perplexity"].tolist()
    whiskers = perplexity.collections[0].get_segments()
    assert [bar[:, 1].tolist() for bar in whiskers] == choice.numbers[
        ["perplexity_min", "perplexity_max"]
    ].to_numpy().tolist()
    assert [len(ax.lines) for ax in figure.axes] == [2, 3, 2, 5]
    assert coherence.lines[1].get_ydata().tolist() == choice.numbers["npmi"].tolist()
    assert stability.lines[2].get_ydata().tolist() == choice.numbers["recurring_share"].tolist()
    assert all(ax.lines[-1].get_xdata()[0] == 3 for ax in figure.axes)
    assert exclusivity.get_xlabel() == {"en": "number of topics K", "zh": "主题数 K"}[language]
    if language == "zh":  # the one with more glyphs
        first, second = (save_figure(figure, tmp_path / name, formats=["png"], dpi=50)[0] for name in "ab")
        assert first.read_bytes() == second.read_bytes()


def test_a_missing_criterion_says_so(choice):
    figure = plot_topic_choice(
        choice.numbers.drop(columns=["perplexity", "exclusivity"]).assign(sample_cosine_mean=np.nan)
    )
    assert [text.get_text() for text in figure.axes[0].texts] == ["not measured"]
    assert [len(ax.lines) for ax in figure.axes] == [0, 2, 0, 3]
    with pytest.raises(ValueError, match=r"`n_topics` must be one of the numbers that were tried \(2, 3, 6\); got 7"):
        plot_topic_choice(choice.numbers, n_topics=7)
    with pytest.raises(ValueError, match="`numbers` must have at least one row"):
        plot_topic_choice(choice.numbers.head(0))


def test_flags_of_the_result_are_drawn(corpus):
    result = fit_topics(corpus, n_topics=5, analyzer=split, max_df=1.0)
    stability = pd.DataFrame({"n_topics": [5], "cosine_mean": [0.5]})
    plain = " ".join(text.get_text() for ax in plot_topics(result, stability).axes for text in ax.get_xticklabels())
    assert "not stable" not in plain
    checked = check_topics(result)
    drawn = plot_topics(checked, stability)
    heads = [text.get_text() for text in drawn.axes[0].get_xticklabels()]
    assert ["not stable" in head for head in heads] == (~checked.recurs).tolist()
    heads = [
        text.get_text() for text in plot_top_terms(checked.top_terms(3), recurrence=checked.topics).get_xticklabels()
    ]
    assert ["not stable" in head for head in heads] == (~checked.recurs).tolist()

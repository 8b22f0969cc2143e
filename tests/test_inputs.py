"""What the measures accept, what they say of all else, and the texts as they are compared."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.base.tables import LEVELS
from fzanalytics.measures.inputs import (
    check_levels,
    compared_texts,
    read_day,
    read_days,
    read_ignore,
    require_corpus,
    require_passages,
    require_table,
)
from helpers import make_corpus


def test_a_corpus_is_handed_through():
    corpus = make_corpus({"a": "文"})
    assert require_corpus(corpus) is corpus
    assert require_table(corpus, name="documents") is corpus.documents
    assert require_table(corpus, name="paragraphs") is corpus.paragraphs
    assert require_table(corpus.documents, name="documents") is corpus.documents


@pytest.mark.parametrize("given", ["corpora/plans", 3, None, [], pd.DataFrame()])
def test_what_is_no_corpus(given):
    kind = type(given).__name__
    with pytest.raises(TypeError, match=rf"^`corpus` must be a Corpus; got {kind}\. Read one with read_corpus\.$"):
        require_corpus(given)


@pytest.mark.parametrize(
    ("given", "name", "message"),
    [
        ("x", "documents", "`documents` must be a DataFrame; got str. Take corpus.documents of a corpus read with rea"),
        (None, "paragraphs", "`paragraphs` must be a DataFrame; got NoneType. Take corpus.paragraphs of a corpus read"),
        (make_corpus({"a": "文"}), "passages", "`passages` must be a DataFrame; got Corpus. Take what find_passages r"),
        ([], "matrix", "`matrix` must be a DataFrame; got list. Take what coverage_matrix returns."),
    ],
)
def test_what_is_no_table(given, name, message):
    with pytest.raises(TypeError) as caught:
        require_table(given, name=name)
    assert str(caught.value).startswith(message)


def test_compared_texts_are_those_held_without_brackets():
    text = "落实（含备案）。（省法制办负责）\n公开。"
    corpus = make_corpus({"a": text, "b": ""}, documents={"n": {"level": "national"}})
    before = corpus.documents.copy()
    expected = {"a": "落实（含备案）。" + " " * 8 + "\n公开。", "b": ""}
    assert compared_texts(corpus) == compared_texts(corpus.documents) == expected
    pd.testing.assert_frame_equal(corpus.documents, before)


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("doc_id", [1, 2], r"`doc_id` must be text; got 1 \(int\)"),
        ("doc_id", ["a", "a"], r"`doc_id` must name one document each; got a more than once \(1 in all\)"),
        ("held", [True, float("nan")], "`held` must be True or False for each document; got nan"),
        ("held", [True, "False"], "`held` must be True or False for each document; got 'False'"),
    ],
)
def test_documents_have_a_name_of_their_own_and_are_held_or_not(column, values, message):
    corpus = make_corpus({"a": "文", "b": "文"})
    wrong = replace(corpus, documents=corpus.documents.assign(**{column: pd.Series(values, dtype=object)}))
    for measure in (require_corpus, fz.find_passages, compared_texts, fz.order_of_documents):
        with pytest.raises(ValueError, match=message):
            measure(wrong)


CHINESE = {"national": "国家级", "province": "省级", "prefecture": "地级市", "county": "县级", "township": "乡镇"}


@pytest.mark.parametrize(
    "measure",
    [
        require_corpus, fz.find_passages, fz.attribution, fz.order_of_documents, fz.timeline, fz.lag_table, fz.flows,
        lambda c: fz.lag_table(c.documents, lineage="法治政府建设"),
        lambda c: fz.adoption_status(c, "provinces", lineage="法治政府建设", at="2020-12-31"),
        lambda c: fz.event_history(c, "provinces", lineage="法治政府建设", start="2015-01-01", end="2020-12-31"),
        lambda c: fz.lineage_graph(pd.DataFrame({"source": ["n"], "target": ["a"]}), c),
    ],
)  # fmt: skip
def test_a_level_in_another_word_is_named_and_its_translation(measure):
    """Read as metadata it is translated; in a documents table it would be a level of its own, the centre an adopter."""
    corpus = make_corpus({"n": "文", "a": "文"}, documents={"n": {"level": "national"}})
    wrong = replace(corpus, documents=corpus.documents.assign(level=corpus.documents["level"].map(CHINESE)))
    with pytest.raises(ValueError) as caught:
        measure(wrong)
    told = str(caught.value)
    assert told.startswith(
        "`level` of `documents` must be one of national, province, prefecture, county, township, or miss"
    )
    assert "got '国家级' (national), '省级' (province)." in told
    assert "table[\"level\"].replace({'国家级': 'national', '省级': 'province'})" in told
    mended = wrong.documents["level"].replace({"国家级": "national", "省级": "province"})  # what the message says
    assert mended.tolist() == corpus.documents["level"].tolist()


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA])
def test_a_missing_level_is_let_pass(missing):
    check_levels(pd.Series([*LEVELS, missing], dtype=object), name="documents")
    check_levels(pd.Series([*LEVELS, missing]).astype("category"), name="documents")
    corpus = make_corpus({"n": TEXT, "a": TEXT}, documents={"n": {"level": "national"}})
    corpus = replace(corpus, documents=corpus.documents.assign(level=pd.Series(["national", missing], dtype=object)))
    for measure in (fz.find_passages, fz.attribution, fz.order_of_documents, fz.timeline, fz.lag_table):
        measure(corpus)
    assert set(fz.lag_table(corpus, lineage="法治政府建设")["target"]) == {"a"}


def test_many_unknown_levels_are_counted():
    with pytest.raises(
        ValueError, match=r"got '0', '1', .* and 2 more\. Translate them, .*replace\(\{'0': 'province'\}\)"
    ):
        check_levels(pd.Series([str(one) for one in range(12)]), name="documents")


@pytest.mark.parametrize(
    "given",
    [
        ["2016-05-01", None], ["2016/5/1", float("nan")], [pd.Timestamp("2016-05-01"), pd.NaT],
        [pd.Timestamp("2016-05-01").date(), None], [float("nan"), float("nan")], [],
    ],
)  # fmt: skip
def test_days_are_read_and_may_be_missing(given, recwarn):
    days = read_days(pd.Series(given, dtype=None if given else object), name="earliest")
    assert days.dtype.kind == "M" and days.isna().sum() >= len(given) - 1
    assert set(days.dropna()) <= {pd.Timestamp("2016-05-01")} and not recwarn


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["2016-05-01", "soon"], "got 'soon'"), ([2016, 2017], "got 2016, 2017"), (["2016-05-01", 2016.0], r"got 2016\.0"),
        (["2016-05-01", "2016-05"], "got '2016-05'"), ([str(one) for one in "abcdefg"], "got 'a', .*'e' and 2 more"),
    ],
)  # fmt: skip
def test_what_are_no_days_is_told(given, told, recwarn):
    with pytest.raises(
        ValueError, match=rf"^`latest` must be days, all written alike, or missing; {told}\. Write them as"
    ):
        read_days(pd.Series(given), name="latest")
    assert not recwarn


def test_days_of_documents_are_checked_for_all_measures():
    corpus = make_corpus({"a": "文", "b": "文"})
    wrong = replace(corpus, documents=corpus.documents.assign(latest=["2016-01-01", "soon"]))
    for measure in (require_corpus, fz.order_of_documents, fz.timeline, fz.lag_table):
        with pytest.raises(ValueError, match=r"`latest` must be days, .* got 'soon'"):
            measure(wrong)


TEXT = "各级政府应当依法公开重大行政决策事项并广泛听取公众意见，"
MEASURES = {
    "attribution": lambda c, p: fz.attribution(c, passages=p),
    "borrowing_share": lambda c, p: fz.borrowing_share(p, c),
    "clause_changes": lambda c, p: fz.clause_changes(c, "a", "b", passages=p),
    "compare_citations": lambda c, p: fz.compare_citations(c, p),
    "copying_kinds": lambda c, p: fz.copying_kinds(c, passages=p),
    "coverage_matrix": lambda c, p: fz.coverage_matrix(c, "a", passages=p),
    "flow_edges": lambda c, p: fz.flow_edges(c, passages=p),
    "flows": lambda c, p: fz.flows(c, passages=p),
    "infer_sources": lambda c, p: fz.infer_sources(c, score="passages", passages=p),
    "overlap_baselines": lambda c, p: fz.overlap_baselines(c, passages=p),
    "passage_blanks": lambda c, p: fz.passage_blanks(p, c),
    "passage_changes": lambda c, p: fz.passage_changes(p, c),
    "proxy_text_spans": lambda c, p: fz.proxy_text_spans(c, passages=p),
    "reinvention": lambda c, p: fz.reinvention(c, passages=p),
    "unmatched_paragraphs": lambda c, p: fz.unmatched_paragraphs(c, "a", passages=p),
}


@pytest.mark.parametrize("name", MEASURES)
def test_passages_of_other_texts_are_refused(name):
    whole, short = make_corpus({"a": TEXT, "b": f"第一条　{TEXT}"}), make_corpus({"a": TEXT, "b": TEXT[:9]})
    passages = fz.find_passages(whole)
    assert len(passages) == 1
    MEASURES[name](whole, passages)
    wrong = {
        "other_texts": passages,
        "negative": passages.assign(source_begin=-1),
        "missing": passages.assign(target_end=float("nan")),
    }
    for table in wrong.values():
        with pytest.raises(ValueError, match=r"^`passages` must lie within their texts; got "):
            MEASURES[name](short, table)
    if name == "clause_changes":  # looks at the rows of its pair only
        return
    with pytest.raises(
        ValueError, match=r"^`passages` must be of documents that the corpus holds; got 1 of 1 that are not"
    ):
        MEASURES[name](make_corpus({"x": TEXT, "y": TEXT, "a": "文"}), passages.assign(target="z"))


def test_passages_of_a_larger_corpus_are_let_pass():
    texts = {"a": TEXT, "b": TEXT}
    table = fz.find_passages(make_corpus({**texts, "c": TEXT}))
    assert len(require_passages(table, texts)) == 3
    with pytest.raises(ValueError, match="got 2 of 3 that are not"):
        require_passages(table, texts, all_known=True)


@pytest.mark.parametrize("given", ["soon", 0, float("nan"), None, "", pd.NaT, True])
def test_what_is_no_day(given):
    with pytest.raises(ValueError, match=r"^`at` must be a day; got .* Write it as 2020-12-31\.$"):
        read_day(given, name="at")


def test_a_day_has_no_time_zone():
    assert read_day("2020-12-31T00:00+08:00", name="at") == pd.Timestamp("2020-12-31")
    assert read_day(pd.Timestamp("2020-12-31", tz="UTC"), name="at") == pd.Timestamp("2020-12-31")


def test_what_is_ignored_can_be_read_twice():
    table = pd.DataFrame({"doc_id": ["a"], "begin": [0], "end": [2]})
    assert read_ignore(None) is None and read_ignore(table) is table
    assert read_ignore("依法行政") == ["依法行政"]  # one phrase, not four characters
    assert read_ignore(one for one in ("依法", ("a", 0, 2))) == ["依法", ("a", 0, 2)]
    with pytest.raises(
        TypeError, match=r"^`ignore` must be a DataFrame of spans .*; got int\. Put one span into a list"
    ):
        read_ignore(3)

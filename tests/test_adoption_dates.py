"""Measures of time take the day of the first enactment where it is asked for, and say so where it is not."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.measures.adoption.dates import dated_documents
from helpers import make_corpus

X = "法治政府建设"
#: doc_id: level, region, day of the version held, day of the first enactment
LAWS = {
    "n": ("national", "全国", "2021-04-29", "1998-04-29"),
    "henan": ("province", "河南省", "2014-04-15", "1999-03-26"),
    "beijing": ("province", "北京市", "1996-09-06", "1996-09-06"),
    "later": ("province", "北京市", "2011-05-27", "1996-09-06"),
    "shanghai": ("province", "上海市", "2020-03-19", None),
}
TABLE = pd.DataFrame(
    [(name, level, region, X, day, day, first) for name, (level, region, day, first) in LAWS.items()],
    columns=["doc_id", "level", "region", "lineage", "earliest", "latest", "first_enacted"],
)


def low_and_high(lags, target):
    row = lags[(lags["target"] == target) & lags["since_centre"]].iloc[0]
    return row["lag_days_low"], row["lag_days_high"]


def test_lags_from_first_enactment_to_first_enactment():
    """1998-04-29 to 1999-03-26 is 331 days, to 1996-09-06 it is -600; by the versions held -2571 and -9001."""
    by_first = fz.lag_table(TABLE, lineage=X, dates="first_enacted")
    assert low_and_high(by_first, "henan") == (331, 331)
    assert low_and_high(by_first, "beijing") == (-600, -600)
    by_version = fz.lag_table(TABLE, lineage=X, dates="version")
    assert low_and_high(by_version, "henan") == (-2571, -2571)
    assert low_and_high(by_version, "beijing") == (-9001, -9001)


def test_where_the_first_is_not_known_the_version_is_an_upper_bound(caplog):
    low, high = low_and_high(fz.lag_table(TABLE, lineage=X, dates="first_enacted"), "shanghai")
    assert np.isnan(low) and high == 7995  # 1998-04-29 to 2020-03-19
    assert "1 of 5 documents have no known first enactment, or one after the version held (shanghai)" in caplog.text


def test_a_first_enactment_after_the_version_held_is_none(caplog):
    table = TABLE.assign(first_enacted=TABLE["first_enacted"].mask(TABLE["doc_id"] == "henan", "2019-06-26"))
    dated = dated_documents(table, dates="first_enacted").set_index("doc_id")
    assert pd.isna(dated.loc["henan", "earliest"]) and dated.loc["henan", "latest"] == pd.Timestamp("2014-04-15")
    assert "2 of 5 documents" in caplog.text and "henan, shanghai" in caplog.text


def test_breadth_and_histories():
    roster = pd.DataFrame({"region": ["河南省", "北京市", "上海市", "河北省"], "level": "province"})
    options = {"lineage": X, "dates": "first_enacted"}
    assert fz.adoption_status(TABLE, roster, at="2010-12-31", **options)["n_adopted"].tolist() == [2]
    assert fz.adoption_status(TABLE, roster, at="2010-12-31", lineage=X)["n_adopted"].tolist() == [1]
    table = fz.adoption_table(TABLE, roster, **options).set_index("region")
    assert table.loc["河南省", "latest"] == pd.Timestamp("1999-03-26") and table.loc["河北省", "status"] == "unknown"
    history = fz.event_history(
        TABLE, roster, start="1996-01-01", end="2021-12-31", first_known_is_first=True, **options
    )
    events = history[history["event"] == 1].set_index("region")["period"].to_dict()
    assert events["河南省"] == "1999" and events["北京市"] == "1996"


MEASURES = [
    lambda table, **options: fz.lag_table(table, lineage=X, **options),
    lambda table, **options: fz.adoption_table(table, "provinces", lineage=X, **options),
    lambda table, **options: fz.adoption_status(table, None, lineage=X, at="2020-12-31", **options),
    lambda table, **options: fz.adoption_status(table, "provinces", lineage=X, at="2020-12-31", **options),
    lambda table, **options: fz.event_history(table, "provinces", lineage=X, start="1996", end="2021", **options),
]


@pytest.mark.parametrize("measure", MEASURES)
def test_dates_that_are_none_of_adoption_are_told_once(measure, caplog):
    measure(TABLE)
    told = [record.getMessage() for record in caplog.records if "first enactment" in record.getMessage()]
    assert len(told) == 1 and told[0].startswith("3 of 5 documents have a first enactment that is not the date")
    assert 'dates="first_enacted"' in told[0]
    caplog.clear()
    measure(TABLE, dates="version")
    measure(TABLE.drop(columns="first_enacted"))
    measure(TABLE.assign(first_enacted=TABLE["earliest"]))
    assert "first enactment" not in caplog.text


@pytest.mark.parametrize("measure", MEASURES)
def test_faults_of_the_option(measure):
    with pytest.raises(ValueError, match="`dates` must be 'version' or 'first_enacted'; got 'first'"):
        measure(TABLE, dates="first")
    with pytest.raises(ValueError, match=r"`documents` must tell a first enactment .* Add the column first_enacted"):
        measure(TABLE.drop(columns="first_enacted"), dates="first_enacted")


def test_other_policies_are_not_asked(caplog):
    """A lineage without first enactments beside one with them: warnings are of the one that is asked of."""
    plans = pd.DataFrame(
        {"doc_id": ["p"], "level": "province", "region": "河北省", "lineage": "y", "earliest": "2016-01-01"}
    )
    both = pd.concat([TABLE, plans.assign(latest="2016-01-01")], ignore_index=True)
    assert len(fz.lag_table(both, lineage="y")) == 1
    assert "first enactment" not in caplog.text
    with pytest.raises(ValueError, match="must tell a first enactment"):
        fz.lag_table(both, lineage="y", dates="first_enacted")


def test_the_note_of_a_law_that_was_read_from_its_file_tells_it_too():
    noted = TABLE.drop(columns="first_enacted").assign(
        date_note=[
            f"the file's own front matter; first enacted {one}" if one else "page" for one in TABLE["first_enacted"]
        ]
    )
    by_note, by_column = (fz.lag_table(table, lineage=X, dates="first_enacted") for table in (noted, TABLE))
    pd.testing.assert_frame_equal(by_note, by_column)


def test_by_first_enactments_a_declared_source_may_be_younger():
    """The version that declares is younger than the first: what it declares says nothing of the order of the first two."""
    table = TABLE.assign(parent_ids=["", "n", "n", "", ""])
    for lineage in (X, None):
        lags = fz.lag_table(table, lineage=lineage, dates="first_enacted")
        assert low_and_high(lags, "beijing") == (-600, -600) and not lags["contradiction"].any()
        lags = fz.lag_table(table, lineage=lineage, dates="version").set_index(["target", "source"])
        assert lags.loc[("beijing", "n"), "contradiction"].all()


def test_nothing_is_changed_in_place_and_a_corpus_stands_for_its_documents():
    corpus = make_corpus(
        {"n": "法", "a": "法"}, documents={"n": {"level": "national", "earliest": "2015-01-01", "latest": "2015-01-01"}}
    )
    corpus = replace(corpus, documents=corpus.documents.assign(first_enacted=["1998-04-29", None]))
    before = corpus.documents.copy()
    lags = fz.lag_table(corpus, lineage=X, dates="first_enacted")
    pd.testing.assert_frame_equal(lags, fz.lag_table(corpus.documents, lineage=X, dates="first_enacted"))
    pd.testing.assert_frame_equal(corpus.documents, before)


@pytest.mark.parametrize("text", ["。。。", "", "　\n——"])
def test_a_garbled_document_counts_and_is_named(text, caplog):
    """It is there, with a region and a date: that its text cannot be read does not undo the adoption."""
    dates = {"earliest": "2016-01-01", "latest": "2016-01-01"}
    corpus = make_corpus({"n": "法", "甲": text}, documents={"n": {"level": "national", **dates}, "甲": dates})
    with caplog.at_level(logging.WARNING):
        lags = fz.lag_table(corpus, lineage=X)
    assert lags["target"].tolist() == ["甲"] * len(lags) and set(lags["status"]) == {"adopted"}
    assert "1 documents are held without any letter of text (甲)" in caplog.text


def test_a_documents_table_without_levels_has_lags_and_no_fault():
    for missing in (None, np.nan, pd.NA):
        table = TABLE.assign(level=TABLE["level"].astype(object).mask(TABLE["doc_id"] == "henan", missing))
        lags = fz.lag_table(table, lineage=X, dates="version")
        assert low_and_high(lags, "henan") == (-2571, -2571)
        assert lags.loc[lags["target"] == "henan", "target_level"].isna().all()
        assert fz.adoption_status(table, None, lineage=X, at="2020-12-31")["level"].tolist() == ["province"]
        declared = fz.lag_table(table.assign(parent_ids=["", "n", "", "", ""]), dates="version")
        assert declared["target"].tolist() == ["henan"]


@pytest.mark.parametrize("column", ["earliest", "latest"])
@pytest.mark.parametrize("wrong", ["soon", "2016-13-45", 2016, "2016年5月"])
def test_what_is_no_day_is_named(column, wrong):
    table = TABLE.assign(**{column: [*TABLE[column][:-1], wrong]})
    with pytest.raises(ValueError, match=rf"`{column}` must be days, all written alike, or missing; got {wrong!r}\."):
        fz.lag_table(table, lineage=X)


def test_a_fetched_law_family_has_first_enactments_beside_the_dates_of_its_texts(caplog):
    """Registry: the oldest regulation is Shanghai's of 1995-10-27, 915 days before the law of 1998-04-29."""
    folder = os.environ.get("FZANALYTICS_DATA")
    if not folder:
        pytest.skip("set FZANALYTICS_DATA to the folder with the law families")
    corpus = fz.fetch_law_family("fire", path=Path(folder) / "law_families")
    registry = fz.load_law_registry().set_index("doc_id").loc[corpus.documents["doc_id"]]
    assert corpus.documents["first_enacted"].tolist() == pd.to_datetime(registry["first_enacted"]).tolist()
    assert corpus.documents["latest"].tolist() == pd.to_datetime(registry["version_date"]).tolist()
    lags = fz.lag_table(corpus, lineage="消防")
    assert (
        lags.loc[lags["since_centre"], "lag_days_high"].min() == -9001
    )  # of a regulation whose basis is held as amended
    assert lags.loc[lags["lag_days_high"] == -9001, "contradiction"].all()
    assert "12 of 13 documents have a first enactment that is not the date of the version held" in caplog.text
    lags = fz.lag_table(corpus, lineage="消防", dates="first_enacted")
    assert low_and_high(lags, "L00383") == (-600, -600) and lags["lag_days_low"].min() == -915
    counts = [
        fz.adoption_status(corpus, "provinces", lineage="消防", at="2010-12-31", dates=dates)["n_adopted"].item()
        for dates in ("version", "first_enacted")
    ]
    assert counts == [2, 7]

"""Rosters, what is known of each jurisdiction, and breadth with its bounds."""

from __future__ import annotations

import logging

import pandas as pd
import pytest

from fzanalytics.measures.adoption.breadth import adoption_status
from fzanalytics.measures.adoption.roster import adoption_table, canonical_region, first_adoptions, read_roster
from fzanalytics.texts.datasets import load_law_registry
from helpers import make_corpus

X = "法治政府建设"


def documents_of(**cells):
    """doc_id -> (region, earliest, latest[, more])."""
    given = {
        doc_id: {"region": region, "earliest": earliest, "latest": latest, **(more[0] if more else {})}
        for doc_id, (region, earliest, latest, *more) in cells.items()
    }
    return make_corpus(dict.fromkeys(cells, "文"), documents=given).documents


@pytest.fixture
def roster():
    return pd.DataFrame(
        {
            "region": ["河北省", "河南省", "山东省", "山西省", "陕西省"],
            "level": "province",
            "not_adopted_by": [None, "2018-12-31", None, None, "2016-06-30"],
        }
    )


@pytest.fixture
def documents():
    return documents_of(
        hebei=("河北省", "2016-03-01", "2016-09-30"),
        shaanxi=("陕西省", None, "2017-05-01"),
    )


def test_named_rosters_are_whole_levels():
    provinces = read_roster("provinces")
    assert len(provinces) == 31 and not set(provinces["region"]) & {"台湾省", "香港特别行政区", "澳门特别行政区"}
    counties = read_roster("counties").set_index("region")
    assert counties.loc["甘肃省/甘南藏族自治州/夏河县", "superior"] == "甘肃省/甘南藏族自治州"
    assert counties.loc["河南省/济源市", "superior"] == "河南省"
    assert len(read_roster("prefectures")) == 333


def test_a_roster_by_code_and_one_by_name_are_one():
    by_code = read_roster(pd.DataFrame({"code": ["130100", "441800"], "level": "prefecture"}))
    by_name = read_roster(pd.DataFrame({"region": ["石家庄市", "广东省清远市"], "level": "prefecture"}))
    assert by_code["region"].tolist() == by_name["region"].tolist() == ["河北省/石家庄市", "广东省/清远市"]
    assert by_code["superior"].tolist() == ["河北省", "广东省"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("鼓楼区", "鼓楼区"),  # several bear the name
        ("河北省/无名市", "河北省/无名市"),  # not in the table: stays
        ("河北", "河北省"),
        ("全国", "全国"),
    ],
)
def test_names_lead_to_paths_or_stay(name, path):
    assert canonical_region(name) == path


@pytest.mark.parametrize(
    ("roster", "error", "message"),
    [
        ("cities", ValueError, "`roster` must be a DataFrame, 'provinces', .* got 'cities'"),
        (3, TypeError, "`roster` must be a DataFrame.*got int"),
        (pd.DataFrame({"region": ["甲省", "甲省"], "level": [None, "province"]}), ValueError, "twice there: 甲省; without a level: 甲省"),
        (pd.DataFrame({"region": ["甲省", None], "level": "province"}), ValueError, "1 rows without region"),
        (pd.DataFrame({"code": ["130000", None], "level": "province"}), ValueError, "1 rows without region_code"),
        (pd.DataFrame({"code": ["999999"], "level": "county"}), ValueError, "unknown: 999999"),
        (pd.DataFrame({"region": [], "level": []}), ValueError, "got no row"),
        (pd.DataFrame({"region": ["甲省"]}), ValueError, "missing: level;"),
        (pd.DataFrame({"region": ["甲省"], "level": "省级"}), ValueError, r"`level` of `roster` must be .* got '省级' \(province\)"),
        (pd.DataFrame({"level": ["county"]}), ValueError, r"columns level and region \(or region_code\); missing: region \(or region_code\); it has: level"),
    ],
)  # fmt: skip
def test_faults_of_a_roster(roster, error, message):
    with pytest.raises(error, match=message):
        read_roster(roster)


def test_the_first_adoption_of_several_documents():
    """2016 or 2017, and 2015-07 at the latest: the first was issued by then, and not before 2015."""
    documents = documents_of(
        b=("河北省", "2016-01-01", "2017-12-31"),
        a=("河北省", "2015-01-01", "2015-07-01"),
        c=("河南省", "2016-01-01", None),
    )
    table = first_adoptions(documents, lineage=X)
    assert table.loc["河北省", ["doc_id", "n_documents"]].tolist() == ["a", 2]
    assert table.loc["河北省", "earliest"] == pd.Timestamp("2015-01-01")
    assert table.loc["河北省", "latest"] == pd.Timestamp("2015-07-01")
    assert pd.isna(table.loc["河南省", "latest"])


def test_an_open_document_leaves_the_first_adoption_open():
    documents = documents_of(a=("河北省", "2016-01-01", "2016-12-31"), b=("河北省", None, None))
    table = first_adoptions(documents, lineage=X)
    assert pd.isna(table.loc["河北省", "earliest"])
    assert table.loc["河北省", "latest"] == pd.Timestamp("2016-12-31")


def test_a_row_that_nothing_tells_of_is_no_adoption():
    corpus = make_corpus({"a": "文"}, documents={"a": {"region": "河北省"}, "listed": {"region": "河南省"}})
    assert first_adoptions(corpus, lineage=X).index.tolist() == ["河北省"]


def test_status_of_each_jurisdiction(documents, roster):
    table = adoption_table(documents, roster, lineage=X).set_index("region")
    assert table["status"].to_dict() == {
        "河北省": "adopted", "河南省": "known non-adopter", "山东省": "unknown", "山西省": "unknown", "陕西省": "adopted",
    }  # fmt: skip
    assert table.loc["陕西省", "earliest"] == pd.Timestamp("2016-07-01")  # not by 30 June: from 1 July on


def test_a_roster_that_contradicts_the_documents_is_told(documents, roster):
    roster["not_adopted_by"] = "2017-06-30"
    with pytest.raises(ValueError, match=r"河北省 \(not by 2017-06-30, but hebei not after 2016-09-30\); 陕西省"):
        adoption_table(documents, roster, lineage=X)


def test_breadth_by_hand(documents, roster):
    """Hebei is 2016-03 to 2016-09, Shaanxi 2016-07 to 2017-05, Henan not by the end of 2018."""
    days = ["2016-02-29", "2016-06-30", "2016-09-30", "2018-12-31", "2019-01-01"]
    names = ["n_adopted", "n_known_not", "n_unknown", "n_at_risk"]
    counts = adoption_status(documents, roster, lineage=X, at=days)[names].values.tolist()
    assert counts == [[0, 2, 3, 5], [0, 2, 3, 5], [1, 1, 3, 5], [2, 1, 2, 5], [2, 0, 3, 5]]
    table = adoption_status(documents, roster, lineage=X, at=days, first_known_is_first=True)
    counts = table[names].values.tolist()
    assert counts == [[0, 3, 2, 5], [0, 2, 3, 5], [1, 1, 3, 5], [2, 1, 2, 5], [2, 0, 3, 5]]
    assert table["breadth_low"].tolist() == pytest.approx([0, 0, 0.2, 0.4, 0.4])
    assert table["breadth_high"].tolist() == pytest.approx([0.4, 0.6, 0.8, 0.8, 1])
    assert table["breadth"].isna().all()


def test_breadth_is_a_number_only_where_all_is_known(documents, roster):
    known = roster.iloc[[0, 1, 4]]
    (row,) = adoption_status(documents, known, lineage=X, at="2017-12-31").itertuples()
    assert row.breadth == row.breadth_low == row.breadth_high == pytest.approx(2 / 3)


def test_who_has_left_or_not_come_yet_is_not_at_risk(documents, roster):
    roster["entry"] = [None, None, "2017-01-01", None, None]
    roster["exit"] = [None, None, None, "2016-12-31", None]
    table = adoption_status(documents, roster, lineage=X, at=["2016-12-31", "2017-01-01"])
    assert table["n_at_risk"].tolist() == [4, 4]
    assert adoption_status(documents, roster, lineage=X, at="2016-01-01")["n_at_risk"].tolist() == [4]
    assert adoption_status(documents, roster.iloc[:3], lineage=X, at="2016-01-01")["n_at_risk"].tolist() == [2]


def test_without_a_roster_all_is_na(documents, caplog):
    with caplog.at_level(logging.WARNING):
        table = adoption_status(documents, None, lineage=X, at="2017-12-31")
    numbers = ["n_adopted", "n_known_not", "n_unknown", "n_at_risk", "breadth", "breadth_low", "breadth_high"]
    assert len(table) == 1 and table[numbers].isna().all(axis=None)
    assert "NA without a roster" in caplog.text


def test_a_roster_with_a_gap_gives_no_share(documents, roster, caplog):
    with caplog.at_level(logging.WARNING):
        (row,) = adoption_status(documents, roster.iloc[:3], lineage=X, at="2018-01-01").itertuples()
    assert row.n_missing == 1 and row.n_adopted == 1
    assert pd.isna(row.breadth_low) and pd.isna(row.breadth_high)
    assert "陕西省" in caplog.text


def test_a_document_of_another_line_of_command_is_no_gap():
    documents = documents_of(
        a=("河北省/石家庄市", "2016-01-01", "2016-01-01", {"level": "prefecture"}),
        b=("河南省/郑州市", "2016-01-01", "2016-01-01", {"level": "prefecture"}),
    )
    roster = pd.DataFrame({"region": ["河北省/石家庄市", "河北省/唐山市"], "level": "prefecture"})
    (row,) = adoption_status(documents, roster, lineage=X, at="2018-01-01").itertuples()
    assert row.n_missing == 0 and row.breadth_low == 0.5 and row.breadth_high == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lineage": "y", "at": "2018-01-01"}, f"`lineage` must be a lineage of `documents`: {X}; got 'y'"),
        ({"lineage": X, "at": "never"}, "`at` must be a day or several; got 'never'"),
        ({"lineage": X, "at": []}, "`at` must be a day or several"),
    ],
)
def test_errors(documents, roster, options, message):
    with pytest.raises(ValueError, match=message):
        adoption_status(documents, roster, **options)


def test_the_law_families_do_not_tell_who_has_not():
    """Their registry holds adopters only: nothing but unknowns beside them, and breadth is between bounds."""
    registry = load_law_registry().rename(columns={"family": "lineage"})
    registry["earliest"] = registry["latest"] = pd.to_datetime(registry["first_enacted"])
    (row,) = adoption_status(registry, "provinces", lineage="fire", at="2023-12-31").itertuples()
    assert (row.n_adopted, row.n_known_not, row.n_unknown, row.n_at_risk) == (7, 0, 24, 31)
    assert (row.breadth_low, row.breadth_high) == (pytest.approx(7 / 31), 1)
    assert pd.isna(row.breadth)


def test_inputs_are_not_changed(documents, roster):
    before = documents.copy(), roster.copy()
    adoption_status(documents, roster, lineage=X, at="2018-01-01")
    pd.testing.assert_frame_equal(documents, before[0])
    pd.testing.assert_frame_equal(roster, before[1])


def test_a_document_that_is_not_held_is_no_non_adoption(documents, roster):
    """Henan's plan of 2021 is held; that of 2016 is listed, with and without a date."""
    roster["not_adopted_by"] = None
    options = {"roster": roster, "lineage": X, "at": ["2016-12-31", "2020-12-31"]}

    def of_henan(**more):
        documents = documents_of(henan=("河南省", "2021-08-20", "2022-03-20"))
        return adoption_status(documents, **options, **more)[["n_adopted", "n_known_not"]].values.tolist()

    old = {"held": False, "period_start": 2016, "period_end": 2020}
    assert of_henan() == [[0, 0], [0, 0]]
    assert of_henan(first_known_is_first=True) == [[0, 1], [0, 1]]
    listed = make_corpus(
        {"henan": "文"},
        documents={
            "henan": {"region": "河南省", "earliest": "2021-08-20", "latest": "2022-03-20"},
            "henan_2016": {"region": "河南省", **old},
        },
    )
    table = adoption_status(listed, **options, first_known_is_first=True)
    assert table["n_known_not"].tolist() == [0, 0]  # an undated one may be older
    listed.documents.loc[listed.documents["doc_id"] == "henan_2016", ["earliest", "latest"]] = pd.Timestamp(
        "2016-11-01"
    )
    for vouched in (False, True):
        table = adoption_status(listed, **options, first_known_is_first=vouched)
        assert table["n_adopted"].tolist() == [1, 1] and table["n_known_not"].tolist() == [0, 0]

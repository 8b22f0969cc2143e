"""Metadata of a user: read in many spellings, doubts listed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from fzanalytics.base.tables import COLUMNS, LEVELS
from fzanalytics.texts.corpus import read_corpus
from fzanalytics.texts.documents.catalogue import COLUMN_NAMES, LEVEL_NAMES, read_catalogue


def read(**columns: list[object]) -> tuple[pd.DataFrame, list[str]]:
    problems: list[dict[str, object]] = []
    table = read_catalogue(pd.DataFrame(columns), problems)
    return table, [f"{problem['kind']}: {problem['message']}" for problem in problems]


def test_names_lead_to_columns_and_levels() -> None:
    assert set(COLUMN_NAMES.values()) <= set(COLUMNS["documents"])
    assert set(LEVEL_NAMES.values()) <= set(LEVELS)


def test_names_of_files_are_no_titles() -> None:
    table, problems = read(文件名称=["甲.txt", "乙.docx"], 标题=["甲市办法", "乙市办法"])
    assert table["source"].tolist() == ["甲.txt", "乙.docx"] and table["title"].tolist() == ["甲市办法", "乙市办法"]
    assert not problems
    table, problems = read(文件名称=["甲市办法", "乙市办法"])
    assert table["title"].tolist() == ["甲市办法", "乙市办法"] and table["source"].isna().all() and not problems


def test_two_columns_of_one_thing_are_told_where_they_differ() -> None:
    table, problems = read(文件名称=["甲", "乙市办法"], 标题=["甲市办法", "乙市办法"])
    assert table["title"].tolist() == ["甲市办法", "乙市办法"]  # the loose name goes last, wherever it stands
    assert problems == [
        "doubtful metadata: the metadata have 2 columns for title, which differ in 1 rows; the first counts"
    ]


def test_chinese_columns_and_levels() -> None:
    table, problems = read(
        标题=["方案"],
        层级=["地级市"],
        地区=["石家庄市"],
        文号=["石发〔2017〕1号"],
        成文日期=["2017年1月26日"],
        备注=["x"],
    )
    row = table.iloc[0]
    assert (row["level"], row["region"], row["region_code"]) == ("prefecture", "河北省/石家庄市", "130100")
    assert row["dated"] == row["earliest"] == row["latest"] == pd.Timestamp("2017-01-26")
    assert "备注" not in table
    assert problems == ["unused columns: columns of the metadata that no document has, left out: 备注"]


def test_a_region_tells_its_level_and_wins_no_level_that_is_given() -> None:
    table, _ = read(doc_id=["a", "b"], region=["清远市", "清远市"], level=[None, "county"])
    assert table["level"].tolist() == ["prefecture", "county"]


def test_a_name_of_two_places_is_the_one_of_the_level_that_is_given() -> None:
    table, _ = read(doc_id=["a", "b", "c"], region=["吉林", "吉林", "吉林"], level=["地级市", "省级", None])
    assert table["region"].tolist() == ["吉林省/吉林市", "吉林省", "吉林省"]


def test_a_date_that_is_doubtful_by_its_own_words_is_none() -> None:
    doubtful = ["2024-01/02 (not stated per doc)", "2024-01-02?", "2024年1月2日左右", "约2024-01-02"]
    table, problems = read(doc_id=list("abcd"), issued=doubtful)
    assert table["dated"].isna().all() and len(problems) == 4


def test_all_doubts_are_listed_and_left_out() -> None:
    table, problems = read(
        doc_id=["a", "b", "c"], level=["planet", "省", None], region=["亚特兰蒂斯", "鼓楼区", None],
        dated=["not yet", "2017-02-30", "26.1.17"], period_end=["soon", "2020", None],
    )  # fmt: skip
    assert table["level"].isna().tolist() == [True, False, True]
    assert table["region"].tolist()[:2] == ["亚特兰蒂斯", "鼓楼区"]  # kept as given
    assert table["dated"].isna().all() and table["earliest"].isna().all()
    assert [text.split(":")[0] for text in problems] == [
        "unknown level",
        *["unknown region"] * 2,
        *["unreadable date"] * 4,
    ]
    assert problems[0] == (
        "unknown level: a: `level` must be one of national, province, prefecture, county, township, "
        "or of 中央, 省级, 直辖市, 地级市, 县级, 乡镇; got 'planet'. "
        "The title decides instead"
    )


@pytest.mark.parametrize(
    ("given", "first", "last"),
    [
        ("2017", "2017-01-01", "2017-12-31"),
        (2017, "2017-01-01", "2017-12-31"),
        (2017.0, "2017-01-01", "2017-12-31"),
        ("2017年", "2017-01-01", "2017-12-31"),
        ("2016年2月", "2016-02-01", "2016-02-29"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("20170126", "2017-01-26", "2017-01-26"),
        (pd.Timestamp("2017-01-26"), "2017-01-26", "2017-01-26"),
        ("2017/1/26 00:00:00", "2017-01-26", "2017-01-26"),
    ],
)
def test_a_year_or_a_month_is_no_date_but_bounds(given: object, first: str, last: str) -> None:
    table, problems = read(doc_id=["a"], dated=[given])
    assert (table.at[0, "earliest"], table.at[0, "latest"]) == (pd.Timestamp(first), pd.Timestamp(last))
    assert pd.isna(table.at[0, "dated"]) == (first != last) and not problems


def test_bounds_by_year() -> None:
    table, _ = read(doc_id=["a"], earliest=["2016"], latest=["2017"])
    assert (table.at[0, "earliest"], table.at[0, "latest"]) == (pd.Timestamp("2016-01-01"), pd.Timestamp("2017-12-31"))


def test_bounds_the_wrong_way_round() -> None:
    table, problems = read(doc_id=["a"], earliest=["2018-01-01"], latest=["2017-01-01"])
    assert table[["earliest", "latest"]].isna().all(axis=None)
    assert problems == [
        "unreadable date: a: `earliest` must not be after `latest`; got 2018-01-01 and 2017-01-01. Both are taken as unknown"
    ]


def test_doubled_doc_ids() -> None:
    table, problems = read(doc_id=["a", "a", "a"], title=["一", "二", "三"], source=["x.txt", None, "y.txt"])
    assert table["title"].tolist() == ["一", "三"]  # the second says nothing of its own; the third is another file's
    assert table["doc_id"].isna().tolist() == [False, True]
    assert len(problems) == 1 and "`doc_id` must be unique" in problems[0]


def test_cells_of_any_type() -> None:
    table, problems = read(
        doc_id=[1, 2.0, None, None],
        region_code=[130100, 130100.0, None, None],
        parent_ids=[["a", "b"], None, "", None],
        held=[True, 0, None, None],
    )
    assert table["doc_id"].tolist() == ["1", "2"]  # rows without anything are no rows
    assert table["region_code"].tolist() == ["130100", "130100"] and table.at[0, "parent_ids"] == "a;b"
    assert table["held"].tolist() == [True, False] and not problems


def test_the_table_given_is_not_changed() -> None:
    given = pd.DataFrame({"标题": ["甲"], "日期": ["2017"]})
    before = given.copy(deep=True)
    read_catalogue(given, [])
    pd.testing.assert_frame_equal(given, before)


def test_files(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="`metadata` must be a CSV or Excel file that exists; got"):
        read_catalogue(tmp_path / "no.csv", [])
    (tmp_path / "bad.xlsx").write_bytes(b"x")
    with pytest.raises(
        ValueError, match=r"`metadata` must be a readable table; bad.xlsx: it cannot be read as a table"
    ):
        read_catalogue(tmp_path / "bad.xlsx", [])
    (tmp_path / "empty.csv").write_text("doc_id,title\n", encoding="utf-8")
    assert read_catalogue(tmp_path / "empty.csv", []).empty
    pd.DataFrame({"标题": ["甲"], "日期": [pd.Timestamp("2017-01-26")]}).to_excel(tmp_path / "a.xlsx", index=False)
    assert read_catalogue(tmp_path / "a.xlsx", []).at[0, "dated"] == pd.Timestamp("2017-01-26")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"层级": "省级"}, "its `level` is given as province, but 山东省/青岛市 is of the level prefecture"),
        ({"层级": "县级"}, "its `level` is given as county, but 山东省/青岛市 is of the level prefecture"),
        ({"层级": "中央"}, "its `level` is given as national, but 山东省/青岛市 is of the level prefecture"),
        ({"层级": "市级"}, ""),
        ({"层级": "乡镇"}, ""),  # no township is in the table
        ({"地区": "烟台市"}, "its `region` is given as 山东省/烟台市, but its title (青岛市方案) names 山东省/青岛市"),
        ({"地区": "山东省"}, "its `region` is given as 山东省, but its title (青岛市方案) names 山东省/青岛市"),
        ({"地区": "青岛"}, ""),
        ({"地区": "青岛市黄岛区"}, ""),
        ({"日期": "1920"}, "its date (latest 1920-12-31) is before 1949"),
        ({"日期": "2935-01-01"}, "its date (earliest"),
        ({"发布日期": "1935-01-01"}, "its date (published 1935-01-01) is before 1949"),
        ({"日期": "2019"}, ""),
    ],
)
@pytest.mark.parametrize("held", [True, False])
def test_metadata_that_contradict_themselves_are_told_and_kept(given: dict[str, str], said: str, held: bool) -> None:
    text = "青岛市方案\n一、目标。\n二、任务。"
    given = {key: value.replace("2935", "2095") for key, value in given.items()}
    table = pd.DataFrame([{"doc_id": "a", "标题": "青岛市方案", "held": "yes" if held else "no", **given}])
    texts = pd.DataFrame({"doc_id": ["a"] if held else ["b"], "text": [text if held else "甲市方案\n一、目标。"]})
    if not held and "层级" in given:
        table["地区"] = "青岛市"
    corpus = read_corpus(texts, metadata=table)
    told = corpus.problems.query("kind == 'doubtful metadata'")
    assert told["message"].str.startswith(f"a: {said}").tolist() == [True] * bool(said)
    row = corpus.documents.set_index("doc_id").loc["a"]
    assert row["level"] == LEVEL_NAMES.get(given.get("层级", ""), row["level"])


def test_a_new_area_may_be_below_the_city_that_its_title_names() -> None:
    texts = pd.DataFrame({"text": ["青岛西海岸新区方案\n一、目标。"], "level": ["县级"]})
    assert "doubtful metadata" not in set(read_corpus(texts).problems["kind"])


def test_a_year_given_does_not_hide_the_day_that_a_text_states() -> None:
    text = "北京市优化营商环境条例\n（2020年3月27日北京市第十五届人民代表大会常务委员会第二十次会议通过）\n第一条　为了优化营商环境。"
    for year, dated in (("2020", "2020-03-27"), ("2021", None)):
        corpus = read_corpus(pd.DataFrame({"doc_id": ["bj"], "text": [text], "日期": [year]}))
        row = corpus.documents.loc[0]
        told = corpus.problems[corpus.problems["kind"] == "contradicting dates"]
        if dated:
            assert (f"{row['dated']:%Y-%m-%d}", row["date_basis"]) == (dated, "stated") and told.empty
        else:
            assert pd.isna(row["dated"]) and row["date_basis"] == "given"
            assert told["doc_id"].tolist() == ["bj"] and "its text states 2020-03-27" in told["message"].iloc[0]


def test_a_problem_of_a_row_of_a_table_names_its_document(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"编号": [1, 1], "全文": ["甲市消防条例\n第一条　甲。", "乙市消防条例\n第一条　乙。"], "日期": ["2020", "某日"]}
    )
    table.to_excel(tmp_path / "条例汇总.xlsx", index=False)
    corpus = read_corpus(tmp_path / "条例汇总.xlsx")
    told = corpus.problems.loc[corpus.problems["kind"] == "unreadable date", "doc_id"].tolist()
    assert told == ["条例汇总_2"] and set(told) <= set(corpus.documents["doc_id"])

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from fzanalytics.output.tables import EXCEL_CELL_CHARS, read_table, with_index_as_columns, write_table


def written(table: pd.DataFrame, folder, **options) -> str:
    return write_table(table, folder / "a.csv", **options).path.read_bytes().decode("utf-8-sig")


def test_excel_sees_utf8_and_git_sees_plain_line_ends(tmp_path):
    data = write_table(pd.DataFrame({"地区": ["河北省"]}), tmp_path / "a.csv").path.read_bytes()
    assert data == b"\xef\xbb\xbf" + "地区\n河北省\n".encode()


def test_every_kind_of_cell_as_worked_by_hand(tmp_path):
    table = pd.DataFrame(
        {
            "title": ["实施方案", "", None],
            "n_chars": [12345678, -5, 0],
            "share": [1 / 3, 0.25, math.nan],
            "total": [1234567.0, 1e-7, math.inf],
            "dated": pd.to_datetime(["2017-01-26", None, "2016-01-01"]),
            "period_end": pd.array([2020, None, 2025], dtype="Int64"),
            "held": [True, False, True],
            "words": [["行政", "执法"], (), None],
        }
    )
    assert written(table, tmp_path).splitlines() == [
        "title,n_chars,share,total,dated,period_end,held,words",
        "实施方案,12345678,0.333333,1234567.0,2017-01-26,2020,True,行政;执法",
        ",-5,0.25,1e-07,,,False,",
        ",0,,inf,2016-01-01,2025,True,",
    ]


@pytest.mark.parametrize(
    "cell",
    ["=1+1", '=HYPERLINK("http://x","y")', "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "-"],
)
def test_a_text_that_would_run_is_neutralised_and_comes_back(tmp_path, cell):
    table = pd.DataFrame({"title": [cell, "a"]})
    report = write_table(table, tmp_path / "a.csv")
    assert report.n_neutralised == 1
    assert pd.read_csv(report.path)["title"][0].startswith("'")
    assert_frame_equal(read_table(report.path), table)


@pytest.mark.parametrize("cell", ["1=1", "a-b", "'quoted'", "'", " =1", "（一）", "“引”", "2016-2020", "①"])
def test_a_harmless_text_is_left_alone(tmp_path, cell):
    table = pd.DataFrame({"title": [cell]})
    report = write_table(table, tmp_path / "a.csv")
    assert report.n_neutralised == 0
    assert_frame_equal(read_table(report.path), table)


def test_negative_numbers_are_numbers_not_formulas(tmp_path):
    table = pd.DataFrame({"npmi": [-0.25, 0.5], "shift": [-3, 3]})
    report = write_table(table, tmp_path / "a.csv")
    assert report.n_neutralised == 0
    assert "'" not in report.path.read_text(encoding="utf-8-sig")
    assert_frame_equal(read_table(report.path), table)


def test_names_of_columns_and_index_cells_are_neutralised_too(tmp_path):
    table = pd.DataFrame({"=cmd": [0.5]}, index=["@doc"])
    report = write_table(table, tmp_path / "a.csv")
    assert report.n_neutralised == 2
    assert report.path.read_text(encoding="utf-8-sig").splitlines() == ["id,'=cmd", "'@doc,0.5"]
    assert_frame_equal(read_table(report.path, index=1), table.rename_axis("id"))


def test_the_input_is_not_changed(tmp_path):
    table = pd.DataFrame({"title": ["=1", None], "share": [0.1234567, math.nan]}, index=["a", "b"])
    before = table.copy(deep=True)
    write_table(table, tmp_path / "a.csv")
    assert_frame_equal(table, before)


def test_a_square_matrix_keeps_its_names(tmp_path):
    table = pd.DataFrame(np.eye(2), index=["甲", "乙"], columns=["甲", "乙"])
    write_table(table, tmp_path / "a.csv")
    assert_frame_equal(read_table(tmp_path / "a.csv", index=1), table.rename_axis("id"))


def test_two_index_levels_and_a_row_count():
    table = pd.DataFrame({"x": [1, 2]}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", "n"]))
    assert list(with_index_as_columns(table).columns) == ["k", "n", "x"]
    plain = pd.DataFrame({"x": [1, 2, 3]})
    assert list(with_index_as_columns(plain).columns) == ["x"]
    assert list(with_index_as_columns(plain[plain["x"] > 1].reset_index(drop=True)).columns) == ["x"]


def test_codes_stay_text_and_dates_come_back_as_dates(tmp_path):
    table = pd.DataFrame(
        {"region_code": ["130000", "130100"], "earliest": pd.to_datetime(["2016-01-01", "2016-11-01"])}
    )
    write_table(table, tmp_path / "a.csv")
    back = read_table(tmp_path / "a.csv")
    assert back["region_code"].tolist() == ["130000", "130100"]
    assert back["earliest"].tolist() == table["earliest"].tolist()


def test_cells_too_long_for_excel_are_counted_and_kept(tmp_path):
    long = "法" * (EXCEL_CELL_CHARS + 1)
    report = write_table(pd.DataFrame({"text": [long, "短"]}), tmp_path / "a.csv")
    assert report.n_too_long == 1
    assert read_table(report.path)["text"][0] == long


def test_an_empty_table_keeps_its_columns(tmp_path):
    write_table(pd.DataFrame({"a": pd.Series(dtype=object)}), tmp_path / "a.csv")
    assert list(read_table(tmp_path / "a.csv").columns) == ["a"]
    assert read_table(tmp_path / "a.csv").empty


def test_faults_name_the_remedy(tmp_path):
    with pytest.raises(ValueError, match="`digits` must be between 1 and 17; got 0"):
        write_table(pd.DataFrame(), tmp_path / "a.csv", digits=0)
    (tmp_path / "gbk.csv").write_bytes("地区,名称".encode("gb18030"))
    with pytest.raises(ValueError, match=r"must be a table in UTF-8; got .*Save it as CSV UTF-8"):
        read_table(tmp_path / "gbk.csv")
    (tmp_path / "open.csv").write_text('a,b\n1,"2\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"got another number in row\(s\) 2"):
        read_table(tmp_path / "open.csv")
    (tmp_path / "torn.csv").write_text("a,b\n1,2\n3\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"must have 2 cells in every row; got another number in row\(s\) 3"):
        read_table(tmp_path / "torn.csv")


texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.text("'=+-@\t\r\n\", ;法", min_size=1, max_size=6),
)


@settings(max_examples=150, deadline=None)
@given(titles=st.lists(texts, min_size=1, max_size=6), numbers=st.data())
def test_what_is_written_comes_back_and_the_same_table_gives_the_same_bytes(tmp_path_factory, titles, numbers):
    folder = tmp_path_factory.mktemp("tables")
    floats = st.floats(-1e9, 1e9, allow_nan=False)
    shares = numbers.draw(st.lists(floats, min_size=len(titles), max_size=len(titles)))
    table = pd.DataFrame({"title": titles, "share": np.array(shares, dtype=float)})
    first = write_table(table, folder / "a.csv", digits=17)
    assert_frame_equal(read_table(first.path), table, check_exact=False, rtol=1e-12)
    again = write_table(read_table(first.path), folder / "b.csv", digits=17)
    assert first.path.read_bytes() == again.path.read_bytes()


def test_a_file_that_excel_saved_again_is_read(tmp_path):
    saved = '\ufeffdoc_id,title,share\r\na,"实施,方案\r\n(""一"")",0.5\r\nb,,1.0\r\n'
    (tmp_path / "a.csv").write_text(saved, encoding="utf-8", newline="")
    table = read_table(tmp_path / "a.csv")
    assert table["title"][0] == '实施,方案\r\n("一")'
    assert pd.isna(table["title"][1])
    assert table["share"].tolist() == [0.5, 1.0]


def test_a_text_of_a_million_characters_comes_back(tmp_path):
    table = pd.DataFrame({"text": ['"法",\n' * 200_000]})
    write_table(table, tmp_path / "a.csv")
    assert_frame_equal(read_table(tmp_path / "a.csv"), table)


def test_pandas_reads_the_same_cells(tmp_path):
    table = pd.DataFrame({"title": ['a"b', "c,d", "e\nf", "g"], "n": [1, 2, 3, 4]})
    write_table(table, tmp_path / "a.csv")
    assert_frame_equal(pd.read_csv(tmp_path / "a.csv", encoding="utf-8-sig"), table)


@pytest.mark.parametrize("name", ["借用比例.xlsx", "a.XLS", "a.ods"])
def test_no_csv_is_written_under_the_name_of_a_workbook(tmp_path, name):
    with pytest.raises(ValueError, match=r"`path` must name a CSV file; got .* table.to_excel"):
        write_table(pd.DataFrame({"a": [1]}), tmp_path / name)
    assert not list(tmp_path.iterdir())

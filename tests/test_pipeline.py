"""The main job: whole, repeatable, honest about what it left out, and never half-written."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.output import pipeline, steps
from fzanalytics.output.work import Settings, Work

ROOT = Path(__file__).resolve().parent.parent
# Enough numbered clauses for every step; "甲县" and the like are invented.
TASKS = [
    "深化行政审批制度改革，全面清理行政审批事项，规范行政审批行为，推行网上办理。",
    "推行权力清单制度，将政府职能、法律依据、职责权限向社会公开，实行动态管理。",
    "完善行政复议制度，健全行政复议案件审理机制，落实办案场所和有关装备保障。",
    "加强规范性文件监督管理，实行统一登记、统一编号、统一印发制度，定期清理。",
    "全面推进政务公开，坚持以公开为常态、不公开为例外，创新政务公开方式方法。",
    "健全行政执法人员资格管理制度，未经执法资格考试合格，不得从事执法活动。",
]


def plan(place, order, year=2020, extra=""):
    """A small plan: six numbered tasks in the order given."""
    lines = [
        f"{place}法治政府建设实施方案（2016—{year}年）",
        f"为推进依法行政，结合{place}实际，制定本方案。",
        "一、主要任务",
    ]
    lines += [f"{i}.{TASKS[k]}{extra}（市法制办负责）" for i, k in enumerate(order, start=1)]
    return "\n".join(lines)


@pytest.fixture
def folder(tmp_path):
    """Three plans in a folder, one of them in GBK and in a subfolder."""
    place = tmp_path / "mine"
    (place / "below").mkdir(parents=True)
    (place / "hebei.txt").write_text(plan("河北省", range(6)), encoding="utf-8")
    (place / "qingyuan.txt").write_text(plan("清远市", [3, 4, 5, 0, 1]), encoding="utf-8-sig")
    (place / "below" / "石家庄.txt").write_bytes(plan("石家庄市", [0, 1, 2, 5], extra="结合我市实际。").encode("gbk"))
    return place


def names_of(directory):
    return {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}


class TestReproduce:
    def test_every_figure_in_both_languages_and_three_formats_and_every_table(self, reproduced):
        names = names_of(reproduced)
        for step in steps.list_figures():
            for language in ("en", "zh"):
                for suffix in ("png", "svg", "pdf"):
                    assert f"{step.name}_{language}.{suffix}" in names
        for step in steps.list_tables():
            assert f"tables/{step.name}.csv" in names
        assert "MANIFEST.json" in names

    def test_the_manifest_describes_every_file_and_nothing_of_the_machine(self, reproduced):
        manifest = json.loads((reproduced / "MANIFEST.json").read_text(encoding="utf-8"))
        assert set(manifest["files"]) == names_of(reproduced) - {"MANIFEST.json"}
        assert (fz.check_manifest(reproduced)["status"] == "same").all()
        assert {"python", "numpy", "pandas", "scikit-learn", "gensim", "jieba", "matplotlib"} <= set(
            manifest["versions"]
        )
        for record in manifest["files"].values():
            assert {"sha256", "function", "parameters", "inputs", "seed"} <= set(record)
            assert hasattr(fz, record["function"])
        text = (reproduced / "MANIFEST.json").read_text(encoding="utf-8")
        assert str(Path.home()) not in text and str(reproduced) not in text and "/tmp" not in text

    def test_tables_open_in_excel_and_read_back(self, reproduced):
        for path in (reproduced / "tables").glob("*.csv"):
            assert path.read_bytes().startswith(b"\xef\xbb\xbf"), path.name
            assert len(fz.read_table(path).columns) > 1, path.name

    def test_no_private_use_characters_and_no_clock_in_vector_figures(self, reproduced):
        for path in reproduced.glob("*.svg"):
            assert "dc:date" not in path.read_text(encoding="utf-8")
        for path in reproduced.glob("*.pdf"):
            assert b"/CreationDate" not in path.read_bytes()

    @pytest.mark.parametrize("name", ["attribution", "borrowing", "coverage", "passages", "documents", "order", "lags"])
    def test_the_committed_tables_are_what_the_code_makes(self, reproduced, name):
        committed = ROOT / "figures" / "tables" / f"{name}.csv"
        pd.testing.assert_frame_equal(
            fz.read_table(committed), fz.read_table(reproduced / "tables" / f"{name}.csv"), rtol=1e-4
        )

    def test_the_committed_figures_are_there_as_png_only(self):
        names = {path.name for path in (ROOT / "figures").glob("fig*.png")}
        assert names == {f"{step.name}_{language}.png" for step in steps.list_figures() for language in ("en", "zh")}

    def test_shares_of_the_attribution_are_na_where_a_source_is_missing_and_never_zero(self, reproduced):
        table = fz.read_table(reproduced / "tables" / "attribution.csv")
        henan = table[table["doc_id"].str.startswith("henan")]
        assert henan["share"].isna().all() and (henan["centre"] == "not available").all()
        qingyuan = table[table["doc_id"] == "qingyuan_city_2017"].set_index("part")
        assert np.isnan(qingyuan.at["superior only", "share"])
        assert qingyuan.at["superior only", "bound_high"] > 0

    def test_the_official_text_of_the_outline_takes_the_place_of_the_proxy(self, tmp_path):
        official = tmp_path / "纲要.txt"
        text = "法治政府建设实施纲要（2015—2020年）\n一、总体要求\n（一）目标。\n" + "\n".join(
            f"{i}．{task}" for i, task in enumerate(TASKS, start=1)
        )
        official.write_text(text, encoding="gbk")
        corpus = fz.load_sample(add=[official])
        row = corpus.documents.set_index("doc_id").loc["national_outline_2015"]
        assert row["held"] and row["doc_number"] == "中发〔2015〕36号" and row["n_chars"] == len(text)
        table = fz.attribution(corpus)
        assert (table.loc[table["doc_id"] == "hebei_province_2016", "centre"] == "held").all()
        assert fz.main_source(corpus) == "national_outline_2015"
        notes = pipeline._notes_on(Work(corpus, Settings(4, 0, ("png",), False, {})))
        assert any(note.startswith("national_outline_2015 held") for note in notes)


class TestAnalyze:
    def test_a_folder_of_mixed_encodings_needs_no_metadata(self, folder, tmp_path):
        report = fz.analyze(folder, tmp_path / "out", formats=["png"], n_topics=2)
        documents = fz.read_table(tmp_path / "out" / "tables" / "documents.csv").set_index("doc_id")
        assert documents["level"].to_dict() == {"hebei": "province", "qingyuan": "prefecture", "石家庄": "prefecture"}
        assert "fig5_attribution_zh.png" in report.files
        assert str(report).count("Made") == 1

    @pytest.mark.slow
    def test_two_runs_give_the_same_bytes_in_every_format(self, folder, tmp_path):
        for name in ("a", "b"):
            fz.analyze(folder, tmp_path / name, n_topics=2)
        first, second = tmp_path / "a", tmp_path / "b"
        assert names_of(first) == names_of(second)
        for name in names_of(first):
            assert (first / name).read_bytes() == (second / name).read_bytes(), name

    def test_an_excel_table_with_metadata_in_chinese(self, tmp_path):
        table = pd.DataFrame(
            {
                "标题": ["河北省法治政府建设实施方案", "石家庄市法治政府建设实施方案"],
                "层级": ["省级", "地级市"],
                "成文日期": ["2016-08-01", "2017-01-05"],
                "正文": [plan("河北省", range(6)), plan("石家庄市", [2, 1, 0])],
            }
        )
        table.to_excel(tmp_path / "政策.xlsx", index=False)
        report = fz.analyze(tmp_path / "政策.xlsx", tmp_path / "out", text_column="正文", formats=["png"], n_topics=2)
        documents = report.corpus.documents
        assert documents["level"].tolist() == ["province", "prefecture"]
        assert documents["earliest"].dt.strftime("%Y-%m-%d").tolist() == ["2016-08-01", "2017-01-05"]

    def test_what_a_corpus_does_not_allow_is_said_and_the_rest_is_made(self, tmp_path, capfd):
        place = tmp_path / "one"
        place.mkdir()
        (place / "a.txt").write_text(plan("河北省", range(6)), encoding="utf-8")
        (place / "empty.txt").write_bytes(b"")
        (place / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
        report = fz.analyze(place, tmp_path / "out", formats=["png"], n_topics=2)
        out, err = capfd.readouterr()
        own = [line for line in err.splitlines() if "EncodingWarning" not in line and not line.startswith("  ")]
        assert out == "" and own == []  # no bar; what Python was asked to say of other libraries' encodings is not ours
        assert "tables/clauses.csv" in report.files and "fig1_corpus_en.png" in report.files
        assert any("fig2_similarity" in note and "not made" in note for note in report.notes)
        assert sum("empty.txt" in note or "picture.txt" in note for note in report.notes) == 2

    def test_warnings_of_the_measures_are_notes_and_others_stay_warnings(self):
        notes = []
        with pytest.warns(FutureWarning, match="of a library"), pipeline._warnings_as(notes):
            warnings.warn("two documents are few", UserWarning, stacklevel=1)
            warnings.warn("of a library", FutureWarning, stacklevel=1)
        assert notes == ["two documents are few"]

    def test_documents_without_numbering_and_with_one_text_twice(self, tmp_path):
        place = tmp_path / "odd"
        place.mkdir()
        text = "\n".join(TASKS)
        for name in ("a", "b", "c"):
            (place / f"{name}.txt").write_text(text if name != "c" else text[::-1], encoding="utf-8")
        report = fz.analyze(place, tmp_path / "out", formats=["png"], n_topics=2)
        kinds = report.corpus.problems["kind"].tolist()
        assert kinds.count("no numbering") == 3 and kinds.count("same text") == 1

    def test_cells_that_a_spreadsheet_would_run_are_written_as_text(self, tmp_path):
        table = pd.DataFrame(
            {"doc_id": ["=cmd|' /C calc'!A0", "b"], "text": [plan("河北省", range(6)), plan("清远市", range(6))]}
        )
        report = fz.analyze(table, tmp_path / "out", formats=["png"], n_topics=2)
        line = (tmp_path / "out" / "tables" / "documents.csv").read_text(encoding="utf-8-sig").splitlines()[1]
        assert line.startswith(("'=cmd", "\"'=cmd"))
        assert any("apostrophe" in note for note in report.notes)

    @pytest.mark.slow
    def test_an_interrupted_run_leaves_the_old_results_whole(self, folder, tmp_path, monkeypatch):
        out = tmp_path / "out"
        fz.analyze(folder, out, formats=["png"], n_topics=2)
        before = {name: (out / name).read_bytes() for name in names_of(out)}

        def interrupt(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr(steps, "borrowing_share", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fz.analyze(folder, out, formats=["png"], n_topics=3)
        assert {name: (out / name).read_bytes() for name in names_of(out)} == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "out"]

    @pytest.mark.slow
    def test_a_second_run_removes_its_own_old_files_and_nothing_of_the_user(self, folder, tmp_path):
        out = tmp_path / "out"
        fz.analyze(folder, out, formats=["png", "svg"], n_topics=2)
        (out / "notes.txt").write_text("mine", encoding="utf-8")
        fz.analyze(folder, out, formats=["png"], n_topics=2)
        assert (out / "notes.txt").exists() and not list(out.glob("*.svg"))

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"formats": ["gif"]}, "`formats` must be one or more of png, svg, pdf; got gif"),
            ({"n_topics": 1}, "`n_topics` must be at least 2; got 1"),
            ({"random_state": -1}, "`random_state` must be at least 0; got -1"),
        ],
    )
    def test_options_are_checked_before_anything_is_done(self, tmp_path, options, message):
        with pytest.raises(ValueError, match=message):
            fz.analyze(tmp_path, tmp_path / "out", **options)
        assert not (tmp_path / "out").exists()

    @pytest.mark.slow
    def test_results_inside_the_folder_are_not_read_as_documents(self, folder):
        for _ in range(2):
            report = fz.analyze(folder, folder / "results", formats=["png"], n_topics=2)
            assert len(report.corpus.held) == 3

    def test_an_empty_folder_is_one_clear_sentence(self, tmp_path):
        (tmp_path / "nothing").mkdir()
        with pytest.raises(ValueError, match="must hold at least one readable document"):
            fz.analyze(tmp_path / "nothing", tmp_path / "out")
        assert not (tmp_path / "out").exists()

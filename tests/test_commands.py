"""The command line: exit codes, messages, and what lands where."""

import subprocess
import sys

import pandas as pd
import pytest

from fzanalytics.output import pipeline
from fzanalytics.output.commands import main


def test_analyze_writes_and_reports(tmp_path, capsys):
    lines = [f"{i}.深化行政审批制度改革第{i}项，全面清理审批事项，推行网上办理，规范审批行为。" for i in range(1, 9)]
    pd.DataFrame({"正文": ["河北省实施方案\n" + "\n".join(lines), "清远市实施方案\n" + "\n".join(lines[2:])]}).to_csv(
        tmp_path / "表.csv", index=False, encoding="gbk"
    )
    arguments = [
        "analyze",
        str(tmp_path / "表.csv"),
        "--out",
        str(tmp_path / "out"),
        "--formats",
        "png",
        "--topics",
        "2",
    ]
    assert main(arguments) == 0
    printed = capsys.readouterr()
    assert "2 documents held" in printed.out and "Made" in printed.out and "Noticed" in printed.out
    assert (tmp_path / "out" / "MANIFEST.json").exists()
    assert main(["check", str(tmp_path / "out")]) == 0
    (tmp_path / "out" / "tables" / "documents.csv").write_bytes(b"changed")
    assert main(["check", str(tmp_path / "out")]) == 1
    assert "tables/documents.csv" in capsys.readouterr().out


@pytest.mark.parametrize("quiet", [True, False])
def test_quiet_shows_neither_a_bar_nor_the_report(tmp_path, capsys, monkeypatch, quiet):
    asked = {}
    monkeypatch.setattr(pipeline, "analyze", lambda *_, **options: asked.update(options) or "the report")
    assert main(["analyze", "a.txt", "--out", str(tmp_path / "out"), *["--quiet"] * quiet]) == 0
    assert capsys.readouterr() == ("" if quiet else "the report\n", "") and asked["progress"] is not quiet


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["analyze", "{tmp}/none", "--out", "{tmp}/out"], "`source` must be a folder or file that exists"),
        (["analyze", "{tmp}", "--out", "{tmp}/out"], "must hold at least one readable document"),
        (["analyze", "{tmp}", "--out", "{tmp}/out", "--formats", "gif"], "`formats` must be"),
        (["reproduce", "--add", "{tmp}/none.txt", "--out", "{tmp}/out"], "that exists"),
        (["check", "{tmp}"], "MANIFEST.json"),
    ],
)
def test_a_fault_is_one_sentence_on_standard_error(tmp_path, capsys, arguments, message):
    assert main([argument.replace("{tmp}", str(tmp_path)) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert message in printed.err and "Traceback" not in printed.err and printed.err.count("\n") == 1


def test_show_prints_two_documents_side_by_side_or_writes_a_page(tmp_path, capsys):
    names = ["sample", "hebei_province_2016", "shijiazhuang_city_2016"]
    assert main(["show", *names, "--min-chars", "150"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("hebei_province_2016 → shijiazhuang_city_2016") and "【" in printed
    assert main(["show", *names, "--min-chars", "150", "--html", str(tmp_path / "a.html"), "--language", "zh"]) == 0
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<mark" in page and "处相同段落" in page and capsys.readouterr().out == ""
    assert main(["show", "sample", "hebei_province_2016", "nowhere"]) == 2
    assert "must be a document that is held; got 'nowhere'" in capsys.readouterr().err


def test_the_module_runs_and_knows_its_version():
    import fzanalytics as fz

    done = subprocess.run(
        [sys.executable, "-m", "fzanalytics", "--version"], capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == f"fzanalytics {fz.__version__}"


def test_without_a_command_the_help_is_printed(capsys):
    assert main([]) == 0
    assert "reproduce" in capsys.readouterr().out

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from fzanalytics.base import fonts
from fzanalytics.base.fonts import MISSING_GLYPH, chinese_font, drawable, font_file, missing_glyphs

DATA = Path(__file__).parents[1] / "data" / "raw"

#: Numbering, brackets and marks of official documents, and what figures write: minus sign, arrows, dots.
MARKS = "〔〕（）㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩①②③④⑤⑥⑦⑧⑨⑩⑴⑵⑶《》〈〉“”‘’、。，；：．！？—–－·…×±≤≥→←↑↓−□■○●〓★%＝＋"


@pytest.fixture(scope="module")
def glyphs() -> set[int]:
    return set(TTFont(font_file()).getBestCmap())


def test_the_font_holds_the_marks_of_official_documents(glyphs):
    assert [mark for mark in MARKS if ord(mark) not in glyphs] == []


@pytest.mark.parametrize("name", ["hebei_province_2016", "shijiazhuang_city_2016", "xiahe_county_2017"])
def test_the_font_holds_every_character_of_the_documents(glyphs, name):
    text = (DATA / f"{name}.txt").read_bytes().decode("utf-8-sig")
    lacking = {char for char in text if ord(char) not in glyphs and not char.isspace()}
    assert {char for char in lacking if not "\ue000" <= char <= "\uf8ff"} <= {"\ufeff"}


def test_missing_glyphs_agrees_with_the_table_of_the_font(glyphs):
    text = MARKS + "法治政府建设\ue5e5\U00020bb7⟨"
    assert missing_glyphs(text) == "".join(char for char in text if ord(char) not in glyphs)
    assert set(missing_glyphs(text)) >= {"\ue5e5", "\U00020bb7"}


def test_drawable_marks_what_is_missing_and_changes_nothing_else():
    assert drawable("法\ue5e5治\n〔2016〕") == f"法{MISSING_GLYPH}治\n〔2016〕"
    assert drawable("没有问题") == "没有问题"  # "no problem"
    assert missing_glyphs(MISSING_GLYPH) == ""


def test_the_font_is_regular_and_read_as_a_file():
    properties = chinese_font()
    assert Path(properties.get_file()) == font_file()
    assert TTFont(font_file())["OS/2"].usWeightClass == 400


def test_a_font_of_ones_own(tmp_path):
    copy = tmp_path / "own.ttf"
    copy.write_bytes(font_file().read_bytes())
    assert Path(chinese_font(copy).get_file()) == copy
    with pytest.raises(FileNotFoundError, match="`path` must be a font file that exists; got"):
        chinese_font(tmp_path / "no.ttf")


def test_without_the_font_package_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r"zhplot.*not installed.*Run `pip install zhplot`"):
        chinese_font()


def test_a_font_package_without_its_font_is_told_apart(monkeypatch, tmp_path):
    class Spec:
        submodule_search_locations = (str(tmp_path),)

    monkeypatch.setattr(fonts, "find_spec", lambda name: Spec())
    with pytest.raises(FileNotFoundError, match="without NotoSansSC-Regular"):
        chinese_font()


def test_finding_the_font_does_not_import_its_package():
    code = (
        "import sys; from fzanalytics.base.fonts import chinese_font; import matplotlib; "
        "before = repr(matplotlib.rcParams.copy()); chinese_font(); "
        "assert 'zhplot' not in sys.modules and repr(matplotlib.rcParams.copy()) == before; "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])

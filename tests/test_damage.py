"""The simulator of faults: it damages as real files are damaged, keeps the truth, and the repairs undo it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.base.resources import data_path
from fzanalytics.evaluation.damage import damage_bytes, misread, plant_slips, plant_widths, wrap_lines
from fzanalytics.texts.cleaning.fixers import clean, count_damaged_lines, count_lost_characters

TEXT = (data_path("raw") / "qingyuan_city_2017.txt").read_text(encoding="utf-8")


def test_damage_looks_like_the_real_page():
    """A known line of the real file: （一）指導思想 behind two wide spaces becomes ?。ㄒ唬┲笇枷?, with a private-use pair."""
    damaged = damage_bytes("　　（一）指導思想。", notes={}, random_state=0)
    assert damaged.text.startswith("　?。ㄒ唬┲笇")
    assert "思想" not in damaged.text and damaged.text.endswith("?。")
    assert count_damaged_lines(damaged.text) == 1


def test_one_row_a_damaged_line():
    damaged = damage_bytes(TEXT, random_state=0)
    lines, truth = damaged.text.split("\n"), damaged.truth.split("\n")
    assert len(lines) == len(truth)
    for row in damaged.faults.itertuples():
        assert damaged.text[row.begin : row.end] == row.found in lines
        assert row.truth in truth
    assert len(damaged.faults) >= 3
    sound = damage_bytes("没有这些字节", notes={}, random_state=0)
    assert sound.faults.empty and sound.text == sound.truth


def test_a_figure_is_swallowed_or_not():
    swallowed = damage_bytes("　　（1）推進", notes={}, swallow=1.0, random_state=0).text
    kept = damage_bytes("　　（1）推進", notes={}, swallow=0.0, random_state=0).text
    assert "1" in kept and "1" not in swallowed
    with pytest.raises(ValueError, match=r"`swallow` must be in \[0, 1\]"):
        damage_bytes("甲", swallow=2)


def test_same_seed_same_damage():
    assert damage_bytes(TEXT, swallow=0.5, random_state=3).text == damage_bytes(TEXT, swallow=0.5, random_state=3).text
    assert plant_slips(TEXT, random_state=3).text == plant_slips(TEXT, random_state=3).text
    assert plant_slips(TEXT, share=0.05, random_state=3).text != plant_slips(TEXT, share=0.05, random_state=4).text


@settings(max_examples=50, deadline=None)
@given(st.text("依法行政政府20179，工作\n", max_size=60), st.integers(0, 5), st.floats(0, 1))
def test_planted_faults_lead_to_the_truth(text, seed, share):
    for plant in (plant_slips, plant_widths):
        damaged = plant(text, share=share, random_state=seed)
        pieces, done = [], 0
        for row in damaged.faults.itertuples():
            assert damaged.text[row.begin : row.end] == row.found != row.truth
            pieces += [damaged.text[done : row.begin], row.truth]
            done = row.end
        assert "".join([*pieces, damaged.text[done:]]) == damaged.truth == text


@pytest.mark.parametrize(("written", "read"), [("utf-8", "latin-1"), ("gb18030", "latin-1")])
def test_a_misread_document_comes_back_whole(written, read):
    damaged = misread(TEXT, written=written, read=read)
    assert damaged.text != damaged.truth
    assert clean(damaged.text) == clean(TEXT)
    assert count_lost_characters(clean(damaged.text)) == 0


def test_of_utf8_read_as_gbk_most_comes_back_and_the_lost_is_counted():
    """Where a line has an odd number of characters its last byte is lost; about a tenth of the text is not restored."""
    mended = clean(misread(TEXT, read="gb18030").text)
    assert "\ufffd" in mended
    words = ["依法行政", "法治政府", "行政执法", "领导小组"]
    for word in words:
        assert mended.count(word) >= 0.75 * TEXT.count(word) > 0


def test_planted_widths_are_levelled():
    damaged = plant_widths(TEXT, share=0.5, random_state=0)
    assert len(damaged.faults) >= 10
    assert clean(damaged.text) == clean(TEXT)


@pytest.mark.parametrize("columns", [40, 56, 70])
def test_wrapped_paragraphs_are_joined(columns):
    damaged = wrap_lines(TEXT, columns=columns)
    assert len(damaged.faults) >= 40
    joined = clean(damaged.text).split("\n")
    truth = clean(damaged.truth).split("\n")
    assert len(set(joined) & set(truth)) >= 0.98 * len(set(truth))


def test_wrap_lines_needs_a_width():
    with pytest.raises(ValueError, match="`columns` must be at least 4"):
        wrap_lines("甲", columns=2)


@pytest.mark.parametrize(
    ("head", "foot"),
    [(None, "— {} —"), ("河北省人民政府公报", "{}"), ("公报 2016年第{}期", "第 {} 页 共 30 页")],
)
def test_pages_of_a_pdf_are_put_together(head, foot):
    """Hebei's plan on pages of 22 lines, with running heads and numbers: every paragraph comes back whole."""
    text = (data_path("raw") / "hebei_province_2016.txt").read_text(encoding="utf-8")
    wrapped = wrap_lines(text, columns=56)
    lines = wrapped.text.split("\n")
    pages = [lines[i : i + 22] for i in range(0, len(lines), 22)]
    raw = "\f".join(
        "\n".join([*([head.format(i)] if head else []), *page, foot.format(i)]) for i, page in enumerate(pages, start=1)
    )
    paragraphs = clean(raw + "\n").rstrip("\n").split("\n")
    own = clean(wrapped.truth).split("\n")
    assert paragraphs[bool(head) :] == own  # a head that opens the first page may be the title, and stays
    assert len(pages) > 30

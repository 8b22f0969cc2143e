"""Figure 11: a cell for each witness of each stretch, darker for more confidence, in both languages."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest
from matplotlib.collections import PolyCollection

from fzanalytics.output.plots.prototype import plot_prototype
from fzanalytics.output.plots.style import save_figure

STRETCHES = pd.DataFrame(
    {
        "begin": [0, 10, 40, 90],
        "end": [8, 40, 90, 120],
        "text": ["总体要求", "甲" * 30, "乙" * 50, "丙" * 30],
        "kind": ["heading", "sentence", "sentence", "sentence"],
        "n_witnesses": [3, 2, 3, 2],
        "witnesses": ["a;b;d", "a;b;c", "a;b;c;d", "b;d"],
        "confidence": [0.6, 0.3, 0.9, 0.3],
    }
)
DOCUMENTS = pd.DataFrame({"doc_id": list("abcd"), "region": ["乙省", "甲省", "甲省/甲市", "丙省"]})


def cells(ax: object) -> PolyCollection:
    return next(one for one in ax.collections if isinstance(one, PolyCollection))  # type: ignore[attr-defined]


def test_a_cell_for_each_witness_and_darker_for_more_confidence() -> None:
    ax = plot_prototype(STRETCHES, DOCUMENTS)
    assert len(cells(ax).get_paths()) == 3 + 3 + 4 + 2
    light = cells(ax).get_facecolors()[:, :3].mean(axis=1)
    assert light[6] < light[0] < light[3]  # confidence 0.9, 0.6, 0.3
    assert "3 sentences; 49%" in " ".join(text.get_text() for text in ax.texts)
    assert ax.get_ylim() == (120, 0)


def test_documents_of_a_province_stand_together() -> None:
    ax = plot_prototype(STRETCHES, DOCUMENTS)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["d", "a", "b", "c", "provinces"]
    places = ax.get_xticks()
    assert places[3] - places[2] == pytest.approx(1) and places[2] - places[1] > 1


def test_long_names_of_witnesses_are_told_apart() -> None:
    labels = {one: f"notice_of_the_provincial_government_{one}" for one in "abcd"}
    ax = plot_prototype(STRETCHES, DOCUMENTS, labels=labels)
    names = [label.get_text() for label in ax.get_xticklabels()][:-1]
    assert [name[-2:] for name in names] == ["_d", "_a", "_b", "_c"] and all("…" in name for name in names)


def test_labels_headings_and_chinese() -> None:
    ax = plot_prototype(STRETCHES, language="zh", labels={"a": "河北省"})
    assert [label.get_text() for label in ax.get_xticklabels()] == ["河北省", "b", "c", "d", "省份数"]
    assert "总体要求" in [text.get_text() for text in ax.texts]
    assert ax.get_title(loc="left") == "重构文本各段的见证文件"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_glyph_is_missing_and_bytes_repeat(tmp_path, language) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        first = save_figure(plot_prototype(STRETCHES, DOCUMENTS, language=language), tmp_path / "a", formats=["png"])
        again = save_figure(plot_prototype(STRETCHES, DOCUMENTS, language=language), tmp_path / "b", formats=["png"])
    assert first[0].read_bytes() == again[0].read_bytes()


def test_errors() -> None:
    with pytest.raises(ValueError, match="missing: confidence"):
        plot_prototype(STRETCHES.drop(columns="confidence"))
    with pytest.raises(ValueError, match="`stretches` must have a row at least"):
        plot_prototype(STRETCHES.head(0))

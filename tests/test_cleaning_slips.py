"""Slips of character recognition: found in the real file, found when planted, applied only on request."""

import pandas as pd
import pytest

import fzanalytics as fz
from fzanalytics.evaluation.damage import plant_slips
from fzanalytics.texts.cleaning.fixers import apply_repairs, clean_with_log
from fzanalytics.texts.cleaning.slips import apply_slips, find_slips

HEBEI = "hebei_province_2016"


@pytest.fixture(scope="module")
def slips(sample):
    return find_slips(sample)


def test_the_slips_of_hebei_are_found(slips):
    """立法 (legislation), 负责 (be responsible), the year 2017, 清理工作 (clearing work), 有关部门 (departments concerned)."""
    own = slips[slips["doc_id"] == HEBEI]
    assert list(zip(own["found"], own["reading"], strict=True)).count(("贡", "责")) == 2
    assert {("泱", "法"), ("20l 7", "2017"), ("212", "工"), ("炎", "关")} <= set(
        zip(own["found"], own["reading"], strict=True)
    )


def test_the_suspects_of_the_sample_were_read(slips):
    """Thirteen, of which seven are slips (参考, for reference, is the seventh); of those from 0.9 on all five."""
    right = slips["found"].isin(["贡", "泱", "20l 7", "212", "炎", "巧"])
    assert (right.sum(), len(slips)) == (7, 13)
    assert right[slips["score"] >= 0.9].all() and (slips["score"] >= 0.9).sum() == 5


def test_offsets_and_witnesses_hold(sample, slips):
    texts = sample.held.set_index("doc_id")["text"]
    assert slips["score"].between(0, 1).all() and slips["score"].is_monotonic_decreasing
    for row in slips.itertuples():
        assert texts[row.doc_id][row.begin : row.end] == row.found
        left, right = row.context.split("_")
        assert sum(texts[name].count(left + row.reading + right) for name in row.witnesses.split("; ")) == row.evidence


def test_nothing_is_changed_but_by_request(sample, slips):
    text = sample.held.set_index("doc_id").at[HEBEI, "text"]
    kept = slips[(slips["doc_id"] == HEBEI) & (slips["found"] != "靠")]
    done = apply_slips(text, kept)
    assert "立法项目适应" in done.text and "清理工作。" in done.text and "2017年制定" in done.text
    assert set(done.repairs["fixer"]) == {"ocr_slips"} and set(done.repairs["certainty"]) == {"inferred"}
    assert apply_repairs(text, done.repairs.sort_values("raw_begin")) == done.text
    begin = done.text.index("清理工作。")
    assert text[slice(*done.offsets.span(begin, begin + 5))] == "清理212作。"
    assert apply_slips(text, kept.iloc[:0]).text == text


def test_offsets_lead_on_to_the_raw_text():
    raw = "到 2020 年，立泱项目"
    cleaned = clean_with_log(raw)
    begin = cleaned.text.index("泱")
    slips = pd.DataFrame({"begin": [begin], "end": [begin + 1], "found": ["泱"], "reading": ["法"]})
    done = apply_slips(cleaned.text, slips, offsets=cleaned.offsets)
    assert done.text == "到2020年，立法项目"
    span = done.offsets.span(begin, begin + 1)
    assert raw[slice(*span)] == "泱" and span == (done.repairs.at[0, "raw_begin"], done.repairs.at[0, "raw_end"])


def test_a_table_of_another_text_is_refused(slips):
    with pytest.raises(ValueError, match="`slips` must be those of this text"):
        apply_slips("别的文本", slips.iloc[:1])


def test_planted_slips_are_found(sample):
    """One confusion in a hundred places: at least a third is found, and of all suspects most are planted or known."""
    table = sample.held[["doc_id", "text"]].copy()
    known = find_slips(table)
    text = table.loc[table["doc_id"] == "qingyuan_city_2017", "text"].iloc[0]
    damaged = plant_slips(text, share=0.01, random_state=1)
    table.loc[table["doc_id"] == "qingyuan_city_2017", "text"] = damaged.text
    found = find_slips(table)
    own = found[found["doc_id"] == "qingyuan_city_2017"]
    planted = set(zip(damaged.faults["begin"], damaged.faults["truth"], strict=True))
    hits = planted & set(zip(own["begin"], own["reading"], strict=True))
    assert len(planted) >= 15
    assert len(hits) >= len(planted) / 3
    assert len(own) - len(hits) <= 3 + (known["doc_id"] == "qingyuan_city_2017").sum()


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("于20l7年完成", "2017"),
        ("到2O2O年", "2020"),
        ("自1l月起", "11"),
        ("于2017年完成", None),
        ("第l年", None),
        ("A1年级", None),
        ("l9年", None),
        ("2017 年", None),
    ],
)
def test_letters_among_figures(text, reading):
    found = find_slips(pd.DataFrame({"doc_id": ["a"], "text": [text]}))
    assert found["reading"].tolist() == ([] if reading is None else [reading])


def test_clean_texts_without_company_have_no_suspects():
    corpus = fz.read_corpus(pd.DataFrame({"text": ["关于推进依法行政的意见\n一、总体要求\n坚持依法行政。"]}))
    assert find_slips(corpus).empty


@pytest.mark.parametrize("options", [{"min_evidence": 0}, {"min_score": 1.5}])
def test_options_are_checked(options):
    with pytest.raises(ValueError, match="`min_evidence` must be at least 1"):
        find_slips(pd.DataFrame({"doc_id": ["a"], "text": ["甲"]}), **options)

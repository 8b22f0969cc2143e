"""Human judgement: the draw, the sheet there and back, agreement of coders, and a measure against codes."""

import csv
import io
import math
import re
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.base.resources import data_path
from fzanalytics.evaluation.coding import pairs as drawing
from fzanalytics.evaluation.coding.agreement import coding_agreement
from fzanalytics.evaluation.coding.judging import class_shares, judge_measure
from fzanalytics.evaluation.coding.pairs import PAIR_COLUMNS, draw_pairs, pair_scores
from fzanalytics.evaluation.coding.sheets import (
    CHINESE_CLASSES,
    CLASSES,
    SHEET_COLUMNS,
    load_coded_sample,
    read_codes,
    write_coding_sheet,
)
from fzanalytics.evaluation.coding.weights import Variance, most_unseen, sampling_weights, share_interval
from helpers import make_corpus

# 公开: publish; 复议: review; 培训: training; 审计: audit. The first lines are shared, the others are not.
SHARED = "各级政府应当依法公开重大行政决策的全部内容和执行情况。"
TEXTS = {
    "a": f"{SHARED}\n完善行政复议案件审理机制，加大实地调查力度。\n每年举办两期领导干部法治专题培训班，全员参加。",
    "b": f"{SHARED}\n对公共资金和国有资产实行审计全覆盖，结果公布。\n健全信访听证和依法终结等制度，规范工作程序。",
    "c": "落实行政复议决定网上公开制度，提高透明度水平。\n编制应急预案，提高防灾救灾减灾的能力和水平。\n加强仲裁工作的规范指导，提升仲裁公信力水平。",
}
LEVELS = {"a": {"level": "province"}, "b": {"level": "prefecture"}, "c": {"level": "prefecture"}}


@pytest.fixture(scope="module")
def small():
    return make_corpus(TEXTS, documents=LEVELS)


@pytest.fixture(scope="module")
def sample():
    return fz.load_sample()


@pytest.fixture(scope="module")
def passages(sample):
    return fz.find_passages(sample, min_chars=12)


@pytest.fixture(scope="module")
def drawn(sample, passages):
    return draw_pairs(sample, n=60, passages=passages, random_state=7)


def table(**codes):
    return pd.DataFrame({"pair_id": list(codes), "code": list(codes.values())})


def coded(names):
    return pd.DataFrame({"pair_id": [f"p{at:03d}" for at in range(len(names))], "code": list(names)})


def from_counts(counts):
    """Two codings that give a confusion table."""
    cells = [(a, b) for a, row in enumerate(counts) for b, n in enumerate(row) for _ in range(n)]
    return (coded([CLASSES[cell[side]] for cell in cells]) for side in (0, 1))


# ---------------------------------------------------------------- the draw


def test_a_census_has_every_pair_of_paragraphs_of_different_documents_once(small):
    pairs = draw_pairs(small, n=27, random_state=1)  # 3 pairs of documents, 3 x 3 paragraphs each
    assert list(pairs.columns) == list(PAIR_COLUMNS)
    assert set(pairs["weight"]) == {1.0}
    assert not pairs.duplicated(["source", "source_begin", "target", "target_begin"]).any()
    assert (pairs["source"] != pairs["target"]).all()
    for side in ("source", "target"):
        for row in pairs.to_dict("records"):
            assert TEXTS[row[side]][row[f"{side}_begin"] : row[f"{side}_end"]] == row[f"{side}_text"]


def test_the_strata_are_levels_and_likeness(small):
    pairs = draw_pairs(small, n=27, random_state=1)
    alike = pairs[pairs["source_text"] == pairs["target_text"]]
    assert alike["stratum"].tolist() == ["province/prefecture:3"]
    # 复议 stands in one paragraph of a and one of c; nothing but words of office in the others
    assert set(pairs.loc[pairs["source"].eq("b") & pairs["target"].eq("c"), "stratum"].str[:-2]) == {
        "prefecture/prefecture"
    }


def test_weights_add_up_to_the_population(sample, drawn):
    n = sample.paragraphs.groupby("doc_id").size()
    assert drawn["weight"].sum() == pytest.approx((n.sum() ** 2 - (n**2).sum()) / 2)
    assert (drawn["n_drawn"] == drawn.groupby("stratum")["pair_id"].transform("size")).all()
    assert not drawn.duplicated(["source", "source_begin", "target", "target_begin"]).any()


def test_a_pair_lies_in_the_band_that_its_scores_give(sample, passages, drawn):
    scores = pair_scores(sample, drawn, passages=passages)
    for (_, score), stratum in zip(scores.iterrows(), drawn["stratum"], strict=True):
        tfidf = sum(score["tfidf"] >= edge for edge in drawing.TFIDF_EDGES)
        coverage = sum(score["coverage_either"] >= edge for edge in drawing.COVERAGE_EDGES)
        assert int(stratum[-1]) == max(tfidf, coverage)


def test_the_number_of_a_pair_tells_nothing_of_its_stratum(drawn):
    bands = drawn.sort_values("pair_id")["stratum"].tolist()
    changes = sum(a != b for a, b in pairwise(bands))
    assert changes > 40  # sorted by stratum there would be 19


def test_same_seed_same_pairs_another_seed_others(small):
    one, other = (draw_pairs(small, n=10, random_state=3) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
    assert not one.equals(draw_pairs(small, n=10, random_state=4))


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.data())
def test_pairs_are_spread_equally_as_far_as_strata_reach(sizes, data):
    strata = {str(number): size for number, size in enumerate(sizes)}
    n = data.draw(st.integers(sum(min(2, size) for size in sizes), sum(sizes)))
    shares = drawing._allocate(strata, n)
    assert sum(shares.values()) == n
    assert all(min(2, strata[name]) <= got <= strata[name] for name, got in shares.items())
    open_ = [got for name, got in shares.items() if got < strata[name]]
    assert max(open_, default=0) - min(open_, default=0) <= 1
    assert all(got <= min(open_, default=got) + 1 or got == strata[name] for name, got in shares.items())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 3}, "`n` must be between"),
        ({"n": 28}, "27 .all pairs.; got 28"),
        ({"tfidf_edges": (0.4, 0.2, 0.1)}, "`tfidf_edges` must rise"),
        ({"coverage_edges": (0.2, 0.5, 1.0)}, "`coverage_edges` must rise, lie above 0 and below 1"),
        ({"tfidf_edges": (0.2,)}, "as many as the other"),
    ],
)
def test_what_cannot_be_drawn_is_refused(small, options, message):
    with pytest.raises(ValueError, match=message):
        draw_pairs(small, **{"n": 10, **options})


def test_a_corpus_of_one_document_or_too_many_paragraphs_is_refused(small, monkeypatch):
    with pytest.raises(ValueError, match="at least two documents with paragraphs; it holds 1"):
        draw_pairs(make_corpus({"a": TEXTS["a"]}))
    monkeypatch.setattr(drawing, "MAX_PARAGRAPHS", 8)
    with pytest.raises(ValueError, match=r"at most 8 paragraphs.*got 9"):
        draw_pairs(small, n=10)
    with pytest.raises(TypeError, match="`corpus` must be a Corpus"):
        draw_pairs("plans")


# ---------------------------------------------------------------- scores


def test_coverage_is_that_of_the_coverage_matrix(sample, passages):
    matrix = fz.coverage_matrix(sample, "hebei_province_2016", passages=passages).dropna(subset=["target_paragraph"])
    place = sample.paragraphs.set_index("paragraph_id")
    rows = matrix.iloc[::4]
    pairs = pd.DataFrame({"pair_id": [f"p{n}" for n in range(len(rows))]})
    for side in ("source", "target"):
        found = place.loc[rows[f"{side}_paragraph"]]
        pairs[side], pairs[f"{side}_begin"] = rows[side].to_numpy(), found["begin"].to_numpy()
        pairs[f"{side}_text"] = found["text"].to_numpy()
    scores = pair_scores(sample, pairs, passages=passages)
    assert len(scores) > 50
    np.testing.assert_allclose(scores["coverage"], rows["score"].to_numpy(), atol=1e-12)
    assert (scores["coverage_either"] >= scores["coverage"]).all()


def test_a_passage_whose_other_side_is_a_full_stop_shares_nothing(small):
    end = len(SHARED)  # with its line end; before it stands 。
    passages = pd.DataFrame(
        [["a", "b", 0, end, end - 1, end, end, 1.0, "earlier"]],
        columns=["source", "target", "source_begin", "source_end", "target_begin", "target_end", "n_chars", "identity",
                 "order"],
    )  # fmt: skip
    pair = pd.DataFrame([["p1", "a", 0, SHARED, "b", 0, SHARED]], columns=list(drawing._PLACE_COLUMNS))
    assert pair_scores(small, pair, passages=passages)["coverage"].tolist() == [0.0]
    matrix = fz.coverage_matrix(small, "a", passages=passages)
    assert matrix.loc[matrix["target"] == "b", "score"].tolist()[0] == 0.0


def test_scores_of_the_same_and_of_unlike_texts(small):
    pairs = draw_pairs(small, n=27)
    scores = pair_scores(small, pairs).loc[pairs["pair_id"]]
    alike = (pairs["source_text"] == pairs["target_text"]).to_numpy()
    assert scores.loc[alike].to_numpy().tolist() == [[1.0, 1.0, 1.0]]
    assert (scores.loc[~alike, "coverage"] == 0).all()


def test_a_text_that_has_moved_is_found_and_a_lost_one_is_told(small):
    pairs = draw_pairs(small, n=27)
    moved = make_corpus({**TEXTS, "a": "前言和说明文字，共二十个字，没有其他的内容。\n" + TEXTS["a"]}, documents=LEVELS)
    assert pair_scores(moved, pairs)["tfidf"].notna().all()
    gone = make_corpus({**TEXTS, "a": TEXTS["a"].replace("实地调查", "书面调查")}, documents=LEVELS)
    lost = pairs.loc[pairs["source_text"].str.contains("实地"), "pair_id"].tolist()
    with pytest.warns(UserWarning, match="6 of 27 pairs"):
        scores = pair_scores(gone, pairs)
    assert sorted(scores.index[scores["coverage"].isna()]) == sorted(lost)


# ---------------------------------------------------------------- the sheet


def read_sheet(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def test_the_sheet_is_blind(small, tmp_path):
    pairs = draw_pairs(small, n=27)
    path = write_coding_sheet(pairs, tmp_path / "sheet.csv", random_state=1)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")  # so that a spreadsheet reads it as UTF-8
    rows = read_sheet(path)
    assert tuple(rows[0]) == SHEET_COLUMNS
    assert {row["code"] + row["note"] for row in rows} == {""}
    by_id = pairs.set_index("pair_id")
    sides = []
    for row in rows:
        texts = by_id.loc[row["pair_id"], ["source_text", "target_text"]].tolist()
        assert sorted(texts) == sorted([row["text_a"], row["text_b"]])
        sides.append(row["text_a"] == texts[0])
    assert 5 < sum(sides) < 22  # neither side is the source's
    assert [row["pair_id"] for row in rows] != pairs["pair_id"].tolist()
    second = read_sheet(write_coding_sheet(pairs, tmp_path / "b.csv", random_state=2))
    assert [row["pair_id"] for row in rows] != [row["pair_id"] for row in second]
    assert {row["pair_id"] for row in rows} == {row["pair_id"] for row in second}


def test_a_sheet_with_codes_is_never_overwritten(small, tmp_path):
    pairs = draw_pairs(small, n=10)
    path = write_coding_sheet(pairs, tmp_path / "sheet.csv")
    with pytest.raises(FileExistsError, match="may hold codes"):
        write_coding_sheet(pairs, path)
    with pytest.raises(ValueError, match="each pair_id once; twice: p001"):
        write_coding_sheet(pd.concat([pairs, pairs.head(1)]), tmp_path / "other.csv")


def test_a_cell_is_no_formula_and_may_have_lines(tmp_path):
    pairs = pd.DataFrame({"pair_id": ["p1"], "source_text": ['=1+1，"公开"\n二'], "target_text": ["公布"]})
    row = read_sheet(write_coding_sheet(pairs, tmp_path / "s.csv", random_state=0))[0]
    assert {row["text_a"], row["text_b"]} == {'\'=1+1，"公开"\n二', "公布"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_a_spreadsheet_saved_is_read(tmp_path, encoding, delimiter):
    pairs = pd.DataFrame({"pair_id": ["p1", "p2"], "source_text": ["公开，甲；乙\n丙", "复议"], "target_text": "公布"})
    rows = read_sheet(write_coding_sheet(pairs, tmp_path / "sheet.csv"))
    for row in rows:
        row["code"], row["note"] = {"p1": ("2", "拿不准; 或 1"), "p2": ("无关", "")}[row["pair_id"]]
    out = io.StringIO()
    writer = csv.DictWriter(out, SHEET_COLUMNS, delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    (tmp_path / "back.csv").write_bytes(out.getvalue().encode(encoding))
    back = read_codes(tmp_path / "back.csv")
    assert back.values.tolist() == [["p1", "adapted", "拿不准; 或 1"], ["p2", "unrelated", ""]]


SPELLINGS = [("1", 0), ("２", 1), ("3.0", 2), (" Slogan  Only ", 3), ("same_subject", 2), ("UNRELATED", 4)]
SPELLINGS += [(name, number) for number, name in enumerate(CHINESE_CLASSES)]


@pytest.mark.parametrize(("cell", "number"), SPELLINGS)
def test_a_class_is_known_in_any_spelling(tmp_path, cell, number):
    (tmp_path / "s.csv").write_text(f"Pair_ID,Code\np1,{cell}\n", encoding="utf-8")
    assert read_codes(tmp_path / "s.csv")["code"].tolist() == [CLASSES[number]]


def test_the_names_of_the_protocol_are_known():
    """| 1 | same | 相同 | ...: its table of classes, in both languages, and the page on coding."""
    rows = re.findall(r"^\| ([1-5]) \| ([a-z ]+) \| (\S+) \|", data_path("coding/protocol.md").read_text("utf-8"), re.M)
    assert len(rows) == 5
    for row, name in zip(rows, CLASSES, strict=True):
        sheet = pd.DataFrame({"pair_id": ["p1", "p2", "p3"], "code": row})
        assert read_codes(sheet)["code"].tolist() == [name] * 3
    page = Path(__file__).parents[1] / "docs" / "measures" / "coding.md"
    if page.is_file():
        assert set(CHINESE_CLASSES) <= set(re.split(r"[()、，；]|\s", page.read_text(encoding="utf-8")))


def test_a_table_is_a_sheet():
    table = pd.DataFrame({"Pair_ID": ["p2", "p1", "p3", None], "text_a": "文", "Code": [2, "改写", None, 1]})
    before = table.copy()
    with pytest.warns(UserWarning, match="1 of 3 pairs have no code: p3") as told:
        codes = read_codes(table)
    assert codes[["pair_id", "code"]].values.tolist()[:2] == [["p1", "adapted"], ["p2", "adapted"]]
    assert codes["note"].tolist() == ["", "", ""] and told[0].filename == __file__
    pd.testing.assert_frame_equal(table, before)
    assert read_codes(codes.dropna()).equals(codes.dropna())  # its own table comes back
    with pytest.raises(ValueError, match="`codes` must have the columns pair_id, code; missing: code"):
        read_codes(table[["Pair_ID"]])
    with pytest.raises(
        ValueError, match=r"\(相同、改写、同主题、仅口号、无关\), each pair once; the table has row 3: code '6' of p1"
    ):
        read_codes(table.assign(Code=[2, 6, 1, 1]))


@pytest.mark.parametrize("given", [None, 3, ["same"], {"p1": 1}])
def test_what_is_no_sheet(given):
    with pytest.raises(TypeError, match=rf"^`path` must be a path or a DataFrame; got {type(given).__name__}\."):
        read_codes(given)


def test_all_faults_of_a_sheet_are_told_at_once(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("pair_id,code\np1,6\np2,similar\np3,1\np3,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"'6' of p1; row 3: code 'similar' of p2; row 5: p3 comes twice"):
        read_codes(path)
    path.write_text("id,code\np1,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"columns pair_id and code; .*has id, code"):
        read_codes(path)
    path.write_bytes(b"pair_id,code\n\xff\xff\xff,1\n")
    with pytest.raises(ValueError, match="UTF-8, UTF-16 or GB 18030"):
        read_codes(path)


def test_an_empty_cell_is_missing_and_told(tmp_path):
    (tmp_path / "s.csv").write_text("pair_id,code\np2,\np1,1\n,\n", encoding="utf-8")
    with pytest.warns(UserWarning, match="1 of 2 pairs have no code: p2"):
        codes = read_codes(tmp_path / "s.csv")
    assert codes["code"].isna().tolist() == [False, True]


# ---------------------------------------------------------------- the coded sample


def test_the_coded_sample_is_whole_and_still_in_the_corpus(sample, passages):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a text that is not found, a pair without a code
        pairs, codes, second = load_coded_sample()
        scores = pair_scores(sample, pairs, passages=passages)
    assert sorted(pairs["pair_id"]) == codes["pair_id"].tolist() == [f"p{n:03d}" for n in range(1, 201)]
    assert sorted(second["pair_id"]) == codes["pair_id"].tolist() and set(second["code"]) == set(CLASSES)
    assert set(pairs.columns) == set(PAIR_COLUMNS)
    assert pairs.groupby("stratum").size().tolist() == [10] * 20
    assert pairs["weight"].sum() == pytest.approx(61573)
    assert (pairs["weight"] == pairs["n_stratum"] / 10).all()
    assert set(codes["code"]) == set(CLASSES)
    texts = pairs[["source_text", "target_text"]].map(len).to_numpy()
    assert (pairs["source_end"] - pairs["source_begin"]).tolist() == texts[:, 0].tolist()
    # the codes were given without scores; a measure that means anything must rise with them
    mean = scores.join(codes.set_index("pair_id")).groupby("code")[["tfidf", "coverage"]].mean()
    assert (mean.loc["same"] > mean.loc["adapted"]).all()
    assert (mean.loc["adapted"] > mean.loc["same subject"]).all()
    assert (mean.loc["same subject"] > mean.loc["unrelated"]).all()


# ---------------------------------------------------------------- agreement


def test_kappa_of_a_table_worked_by_hand():
    # observed (20 + 15) / 50 = 0.7; expected 0.5 x 0.6 + 0.5 x 0.4 = 0.5
    result = coding_agreement(*from_counts([[20, 5], [10, 15]]))
    row = result.kappa.set_index("weighting").loc["none"]
    assert row[["n", "observed", "expected", "kappa"]].tolist() == pytest.approx([50, 0.7, 0.5, 0.4])
    assert row["low"] < 0.4 < row["high"]
    assert result.confusion.loc["same", "adapted"] == 5
    assert result.confusion.loc["adapted", "same"] == 10
    assert int(result.confusion.to_numpy().sum()) == 50
    same = result.classes.set_index("code").loc["same"]
    assert same[["n_a", "n_b", "n_both"]].tolist() == [25, 30, 20]
    assert same["agreement"] == pytest.approx(40 / 55)


FLEISS = [[106, 10, 4], [22, 28, 10], [2, 12, 6]]  # 200 patients, Fleiss, Cohen and Everitt (1969)


def test_the_example_of_fleiss_cohen_and_everitt():
    """Kappa 0.429 with variance 0.002885, as they print."""
    result = coding_agreement(*from_counts(FLEISS), classes=CLASSES[:3]).kappa.set_index("weighting")
    row = result.loc["none"]
    assert row["kappa"] == pytest.approx(0.429, abs=5e-4)
    assert row["error"] ** 2 == pytest.approx(0.002885 * 200 / 199, rel=2e-3)


def test_kappa_and_its_error_against_statsmodels():
    from statsmodels.stats import inter_rater as rater

    counts = np.array([[9, 3, 1, 0, 0], [2, 14, 4, 0, 1], [0, 5, 11, 2, 6], [0, 0, 1, 3, 2], [0, 0, 4, 1, 60]])
    result = coding_agreement(*from_counts(counts.tolist())).kappa.set_index("weighting")
    for name, weights in (("none", None), ("linear", "linear"), ("quadratic", "quadratic")):
        theirs = rater.cohens_kappa(counts, wt=weights)
        assert result.loc[name, "kappa"] == pytest.approx(theirs.kappa, abs=1e-9)
        # a variance with n - 1 below the line, theirs with n
        assert result.loc[name, "error"] == pytest.approx(
            theirs.std_kappa * math.sqrt(len_of(counts) / (len_of(counts) - 1)), rel=1e-6
        )


def len_of(counts):
    return int(np.sum(counts))


def jackknife_error(one, other, design):
    """Slow oracle: leave each pair out in its stratum."""
    kappas = {}
    for pair in one["pair_id"]:
        left = [codes[codes["pair_id"] != pair] for codes in (one, other)]
        kappas[pair] = coding_agreement(*left, design=design).kappa["kappa"].iloc[0]
    variance = 0.0
    for _, group in design.groupby("stratum"):
        values = np.array([kappas[pair] for pair in group["pair_id"]])
        n, size = len(values), group["n_stratum"].iloc[0]
        variance += (1 - n / size) * (n - 1) / n * ((values - values.mean()) ** 2).sum()
    return math.sqrt(variance)


def test_with_a_design_kappa_is_that_of_the_population():
    generator = np.random.default_rng(5)
    n = 45
    one = generator.integers(0, 5, n)
    other = np.where(generator.random(n) < 0.6, one, generator.integers(0, 5, n))
    codes_a, codes_b = (coded([CLASSES[k] for k in side]) for side in (one, other))
    sizes = np.repeat([60, 90, 3000], 15)
    design = pd.DataFrame({"pair_id": codes_a["pair_id"], "stratum": sizes.astype(str), "n_stratum": sizes})
    row = coding_agreement(codes_a, codes_b, design=design).kappa.iloc[0]
    weight = sizes / 15
    observed = weight[one == other].sum() / weight.sum()
    expected = sum(weight[one == k].sum() * weight[other == k].sum() for k in range(5)) / weight.sum() ** 2
    assert row["kappa"] == pytest.approx((observed - expected) / (1 - expected))
    assert row["error"] == pytest.approx(jackknife_error(codes_a, codes_b, design), rel=0.1)


def test_equal_weights_change_no_kappa():
    codes_a, codes_b = from_counts(FLEISS)
    design = pd.DataFrame({"pair_id": codes_a["pair_id"], "stratum": "all", "n_stratum": 10**9})
    plain, weighted = (coding_agreement(codes_a, codes_b, design=given).kappa for given in (None, design))
    pd.testing.assert_frame_equal(plain, weighted)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30))
@settings(max_examples=25, deadline=None)
def test_kappa_is_symmetric_and_within_its_bounds(cells):
    one, other = (coded([CLASSES[cell[side]] for cell in cells]) for side in (0, 1))
    there, back = (coding_agreement(*sides).kappa for sides in ((one, other), (other, one)))
    np.testing.assert_allclose(there.iloc[:, 2:], back.iloc[:, 2:], atol=1e-9)
    for row in there.itertuples():
        assert math.isnan(row.kappa) or -1 - 1e-9 <= row.kappa <= 1 + 1e-9
        assert math.isnan(row.low) or -1 <= row.low <= row.kappa <= row.high <= 1
    if all(a == b for a, b in cells) and len(set(cells)) > 1:
        assert there["kappa"].tolist() == pytest.approx([1, 1, 1])
        assert there["low"].isna().all()


def test_coders_who_know_one_class_only_have_no_kappa():
    result = coding_agreement(coded(["same"] * 4), coded(["same"] * 4))
    assert result.kappa["kappa"].isna().all()
    assert result.classes["agreement"].tolist()[0] == 1.0
    assert math.isnan(result.classes["agreement"].tolist()[1])


def test_what_one_coder_left_out_is_told():
    one, other = table(a="same", b="same", c=pd.NA), table(b="same", c="adapted")
    with pytest.warns(UserWarning, match="2 pairs were coded by one coder only"):
        assert coding_agreement(one, other).kappa["n"].tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="pairs in common"):
        coding_agreement(table(a="same"), table(b="same"))
    with pytest.raises(ValueError, match="a: 'similar'"):
        coding_agreement(table(a="similar"), table(a="same"))


# ---------------------------------------------------------------- a measure against codes


def test_precision_and_recall_worked_by_hand():
    # stratum x: 10 pairs, y: 90; two coded in each, so that they stand for 5 and for 45
    design = pd.DataFrame({"pair_id": list("abcd"), "stratum": list("xxyy"), "n_stratum": [10, 10, 90, 90]})
    codes = table(a="same", b="adapted", c="unrelated", d="same subject")
    scores = pd.Series({"a": 0.9, "b": 0.2, "c": 0.8, "d": 0.1})
    row = judge_measure(codes, scores, design=design, thresholds=[0.5]).iloc[0]
    assert row[["n_coded", "n_positive", "n_flagged", "n_hits"]].tolist() == [4, 2, 2, 1]
    assert row[["positives", "flagged"]].tolist() == [10, 50]
    assert row["precision"] == pytest.approx(5 / 50)
    assert row["recall"] == pytest.approx(5 / 10)
    assert row["f1"] == pytest.approx(2 * 0.1 * 0.5 / 0.6)
    # no pair of y is a missed positive: up to 90 x (1 - 0.05 ** (1 / 2)) of its pairs may be
    assert row["recall_floor"] == pytest.approx(5 / (10 + 90 * (1 - 0.05**0.5)))
    wider = judge_measure(codes, scores, design=design, thresholds=[0.5], positive=["same", "adapted", "same subject"])
    assert wider["recall"].iloc[0] == pytest.approx(5 / 55)


def test_the_curve_against_scikit_learn():
    from sklearn import metrics as metrics

    generator = np.random.default_rng(2)
    n = 60
    codes = coded(generator.choice(CLASSES, n))
    scores = pd.Series(generator.random(n).round(2), index=codes["pair_id"])
    sizes = np.repeat([50, 500], 30)
    design = pd.DataFrame({"pair_id": codes["pair_id"], "stratum": sizes.astype(str), "n_stratum": sizes})
    curve = judge_measure(codes, scores, design=design)
    precision, recall, cuts = metrics.precision_recall_curve(
        codes["code"].isin(["same", "adapted"]), scores.to_numpy(), sample_weight=sizes / 30
    )
    shared = np.isin(cuts, curve["threshold"])
    assert shared.all()
    np.testing.assert_allclose(curve["precision"], precision[:-1])
    np.testing.assert_allclose(curve["recall"], recall[:-1])


@given(st.lists(st.tuples(st.sampled_from(CLASSES), st.floats(0, 1) | st.just(math.nan)), min_size=2, max_size=20))
@settings(max_examples=25, deadline=None)
def test_every_figure_keeps_to_its_bounds(rows):
    codes = coded([name for name, _ in rows])
    scores = pd.Series([score for _, score in rows], index=codes["pair_id"])
    curve = judge_measure(codes, scores, thresholds=[0.25, 0.5, 0.75])
    assert curve["n_flagged"].is_monotonic_decreasing
    for name in ("precision", "recall", "f1"):
        value, low, high = curve[name], curve[f"{name}_low"], curve[f"{name}_high"]
        fine = value.isna() | ((low >= 0) & (low <= value + 1e-9) & (value <= high + 1e-9) & (high <= 1))
        assert fine.all()
    assert (curve["recall"].dropna().diff().dropna() <= 1e-12).all()
    assert curve["recall"].isna().all() == (not codes["code"].isin(["same", "adapted"]).any())


def test_a_pair_without_a_score_is_not_flagged_but_may_be_missed():
    row = judge_measure(table(a="same", b="same"), pd.Series({"a": 0.9, "b": np.nan}), thresholds=[0.0]).iloc[0]
    assert (row["n_flagged"], row["recall"]) == (1, 0.5)


def test_a_census_has_no_uncertainty():
    codes = table(a="same", b="unrelated", c="same")
    design = pd.DataFrame({"pair_id": list("abc"), "stratum": list("xxy"), "n_stratum": [2, 2, 1]})
    row = judge_measure(codes, pd.Series({"a": 1, "b": 1, "c": 0}), design=design, thresholds=[1]).iloc[0]
    assert row["precision"] == row["precision_low"] == row["precision_high"] == 0.5
    assert row["recall"] == row["recall_floor"] == 0.5


def test_faults_of_what_is_judged():
    codes, scores = table(a="same", b="same"), pd.Series({"a": 1.0})
    with pytest.raises(ValueError, match="1 are missing: b"):
        judge_measure(codes, scores)
    with pytest.raises(ValueError, match="`positive` must be of"):
        judge_measure(codes, scores, positive=["similar"])
    with pytest.raises(ValueError, match="`level` must be above 0"):
        class_shares(codes, level=1.0)
    design = pd.DataFrame({"pair_id": ["a"], "stratum": ["x"], "n_stratum": [3]})
    with pytest.raises(ValueError, match="`design` must have every coded pair; 1 are missing: b"):
        class_shares(codes, design=design)


def test_strata_without_codes_are_told_and_single_pairs_joined():
    design = pd.DataFrame({"pair_id": list("abcd"), "stratum": list("xyyz"), "n_stratum": [9, 8, 8, 5]})
    with pytest.warns(UserWarning, match="1 strata have no coded pair; their 5 pairs"):
        weights = sampling_weights(["a", "b", "c"], design)
    assert weights.weight.tolist() == [9, 4, 4]
    assert len(set(weights.stratum.tolist())) == 1  # one pair has no spread of its own
    assert weights.variance(np.array([1.0, 0.0, 0.0])).value > 0


SIZES, RATES = np.array([4000, 900, 300, 120]), np.array([0.01, 0.1, 0.5, 0.9])


def planted(generator, drawn_each):
    """A population of known codes and scores, and a stratified sample of it."""
    stratum = np.repeat(np.arange(4), SIZES)
    positive = generator.random(len(stratum)) < RATES[stratum]
    score = np.clip(0.2 * stratum + 0.25 * positive + generator.normal(0, 0.15, len(stratum)), 0, 1)
    chosen = np.concatenate(
        [generator.choice(np.flatnonzero(stratum == number), drawn_each, replace=False) for number in range(4)]
    )
    ids = [f"p{at}" for at in chosen]
    codes = pd.DataFrame({"pair_id": ids, "code": np.where(positive[chosen], "same", "unrelated")})
    design = pd.DataFrame({"pair_id": ids, "stratum": stratum[chosen].astype(str), "n_stratum": SIZES[stratum[chosen]]})
    flagged = score >= 0.5
    truth = [(positive & flagged).sum() / flagged.sum(), (positive & flagged).sum() / positive.sum(), positive.mean()]
    return codes, pd.Series(score[chosen], index=ids), design, truth


def test_planted_precision_and_recall_are_within_their_intervals():
    generator = np.random.default_rng(11)
    runs, inside, estimates, floors = 150, np.zeros(2), [], 0
    for _ in range(runs):
        codes, scores, design, truth = planted(generator, 60)
        row = judge_measure(codes, scores, design=design, thresholds=[0.5]).iloc[0]
        inside += [
            row["precision_low"] <= truth[0] <= row["precision_high"],
            row["recall_low"] <= truth[1] <= row["recall_high"],
        ]
        floors += row["recall_floor"] <= truth[1]
        estimates.append([row["precision"] - truth[0], row["positives"] / SIZES.sum() - truth[2]])
    assert (inside / runs >= 0.9).all(), inside / runs  # 95 %, less three standard errors of 150 runs
    assert floors / runs >= 0.95
    # the weights undo the strata: no bias beyond four standard errors of the mean
    error = np.std(estimates, axis=0) / math.sqrt(runs)
    assert (np.abs(np.mean(estimates, axis=0)) < 4 * error).all()


def test_shares_of_classes_add_up_and_bound_what_was_not_seen():
    codes, _, design, truth = planted(np.random.default_rng(3), 60)
    shares = class_shares(codes, design=design).set_index("code")
    assert shares["share"].sum() == pytest.approx(1)
    same = shares.loc["same"]
    assert same["low"] < same["share"] < same["high"] <= same["most"]
    assert same["low"] <= truth[2] <= same["most"]
    assert shares.loc["adapted", "share"] == 0
    assert shares.loc["adapted", "most"] > 0.02  # 240 pairs cannot say that there are none


# ---------------------------------------------------------------- bounds


def test_an_interval_of_a_share_worked_by_hand():
    # Clopper and Pearson: of 10 none, 1 - 0.025 ** (1 / 10)
    none = Variance(0.0, math.inf)
    assert share_interval(0.0, none, 10, 0.95) == (0.0, pytest.approx(1 - 0.025**0.1))
    assert share_interval(1.0, none, 10, 0.95) == (pytest.approx(0.025**0.1), 1.0)
    assert all(math.isnan(end) for end in share_interval(math.nan, none, 0, 0.95))
    options = [((0.0021, 99), True), ((0.0021, 2), True), ((0.021, 2), True)]
    ends = [share_interval(0.3, Variance(*given), 100, 0.95, capped=cap) for given, cap in options]
    assert ends[2][0] < ends[1][0] < ends[0][0] < 0.3 < ends[0][1] < ends[1][1] < ends[2][1]
    free, capped = (share_interval(0.3, Variance(1e-6, 99), 100, 0.95, capped=cap) for cap in (False, True))
    assert capped[0] < free[0] < free[1] < capped[1]


def test_a_variance_on_one_pair_far_off_is_worth_few_degrees():
    plain = sampling_weights([f"p{n}" for n in range(100)], None)
    even, lone = np.arange(100) % 2, np.arange(100) == 0
    assert plain.variance(even.astype(float)).value == pytest.approx(100 * 100 / 99 * 0.25)
    assert plain.variance(even.astype(float)).degrees > 100
    assert plain.variance(lone.astype(float)).degrees < 3  # a rare event seen k times is worth 2 k


def test_most_unseen_against_a_search():
    assert most_unseen([1000], [30], 0.95) == pytest.approx(1000 * (1 - 0.05 ** (1 / 30)))
    sizes, coded_ = [1000, 300], [10, 20]
    rate = np.linspace(0, 1, 4001)[:-1]
    # the other stratum's rate that leaves just 5 % to see none
    left = np.log(0.05) - coded_[0] * np.log1p(-rate)
    other = np.where(left < 0, 1 - np.exp(left / coded_[1]), np.nan)
    best = np.nanmax(sizes[0] * rate + sizes[1] * other)
    assert most_unseen(sizes, coded_, 0.95) == pytest.approx(max(best, 1000 * (1 - 0.05**0.1)), rel=1e-3)
    assert most_unseen([10], [10], 0.95) == 0.0
    assert most_unseen([], [], 0.95) == 0.0


def test_a_workbook_is_read_like_a_sheet(tmp_path):
    rows = pd.DataFrame({"Pair_ID": ["p002", "p001", "p003"], "text_a": ["甲", "=乙", ""], "code": ["改写", "1.0", ""]})
    rows.to_excel(tmp_path / "codes.xlsx", index=False)
    with pytest.warns(UserWarning, match="1 of 3 pairs have no code: p003"):
        codes = fz.read_codes(tmp_path / "codes.xlsx")
    assert codes["code"].tolist()[:2] == ["same", "adapted"] and codes["code"].isna().tolist() == [False, False, True]


def test_a_sheet_with_a_very_long_text_comes_back(tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("pair_id,text_a,code\np001," + "文" * 140_000 + ",same\n", encoding="utf-8")
    before = csv.field_size_limit()
    assert fz.read_codes(path)["code"].tolist() == ["same"] and csv.field_size_limit() == before


def test_an_empty_sheet_has_no_shares():
    with pytest.raises(ValueError, match="`codes` must have at least one pair with a code; got none"):
        fz.class_shares(pd.DataFrame({"pair_id": ["p001"], "code": [pd.NA]}))

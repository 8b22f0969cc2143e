"""Gold files and the scores: places, hand-worked figures, faults that must be told, and that a perfect result is one."""

import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.evaluation.agreement import annotator_agreement
from fzanalytics.evaluation.gold import (
    format_gold,
    gold_span,
    hash_line,
    parse_gold,
    place_gold,
    read_gold,
    seal_gold,
)
from fzanalytics.evaluation.gold_scores import (
    disagreements,
    evaluate_gold,
    evaluate_mentions,
    found_in_part,
    found_mentions,
    heading_words,
    match_mentions,
    same_document,
    wilson_interval,
)
from fzanalytics.output.commands import main

GOLD = Path(__file__).parent / "gold"

# a plan of seven lines: heading, blank, two clauses with a deadline, agencies (each; lead and support), a citation
TEXT = """河北省实施方案

一、主要任务
1.清理审批。2016年年底前完成，每年公布一次。（省编委办、省法制办按职责分工分别负责）
2.落实意见。落实《关于规范审批的意见》（冀政发〔2015〕29号）。（省财政厅牵头，省编委办配合）

（三）每年考核，每年公布。"""

ROWS = """# doc_id: a
# set: held out
# annotator: B
line\tkind\ttext\trole\tvalue\toccurrence
3\theading\t一、主要任务\t1\t一\t-
4\theading\t1.清理审批\t2\t一/1\t-
4\tdeadline\t2016年年底前\tdeadline\t../2016-12-31\t-
4\tdeadline\t每年\trecurring\t-\t-
4\tagency\t省编委办\teach\t-\t-
4\tagency\t省法制办\teach\t-\t-
5\theading\t2.落实意见\t2\t一/2\t-
5\tcitation\t《关于规范审批的意见》（冀政发〔2015〕29号\t-\t关于规范审批的意见|冀政发〔2015〕29号\t-
5\tagency\t省财政厅\tlead\t-\t-
5\tagency\t省编委办\tsupport\t-\t-
"""


@pytest.fixture
def gold():
    return parse_gold(ROWS)


@pytest.fixture
def placed(gold):
    return place_gold(gold, TEXT)


def change(table, at, **values):
    """A copy of the table with other values in one row."""
    table = table.copy()
    for column, value in values.items():
        table.loc[at, column] = value
    return table


# ---------------------------------------------------------------- the files


def test_each_annotation_stands_where_its_text_is(gold, placed):
    assert len(placed) == len(gold.rows) == 10
    for row in placed.itertuples():
        assert TEXT[row.begin : row.end] == row.text
    assert placed["begin"].is_monotonic_increasing
    first = placed[placed["kind"] == "deadline"].iloc[0]
    assert pd.isna(first["not_before"]) and first["not_after"] == pd.Timestamp("2016-12-31")


def test_a_file_is_written_as_it_is_read(gold):
    assert parse_gold(format_gold(gold)) == gold
    sealed = seal_gold(gold, TEXT)
    assert parse_gold(format_gold(sealed)) == sealed
    doubtful = parse_gold("# doubt: line 4, who leads\n# doubt: line 5\n" + ROWS)
    assert doubtful.remarks == ("doubt: line 4, who leads", "doubt: line 5")
    assert parse_gold(format_gold(seal_gold(doubtful, TEXT))).remarks == doubtful.remarks


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x\tagency\t省编委办\teach", "number of the line"),
        ("0\tagency\t省编委办\teach", "number of the line"),
        ("4\tplace\t河北\t-", "kind must be one of"),
        ("4\tagency\t省编委办\tleader", "the role of a agency must be one of lead"),
        ("4\tagency\t省编委办", "the role of a agency"),
        ("4\tdeadline\t2016年\tdeadline\t2016", "like 2016-01-01/2017-12-31"),
        ("4\tdeadline\t2016年\tperiod\t2016-12-31/2016-01-01", "must not end before it begins"),
        ("5\tcitation\t《意见》\t-\t-", "must have a value"),
        ("4\tagency\t \teach", "there is no text"),
        ("4\tagency\t省编委办\teach\t-\tfirst", "occurrence must be a whole number"),
    ],
)
def test_a_faulty_row_is_named(row, message):
    with pytest.raises(ValueError, match=message):
        parse_gold(f"# doc_id: a\n{row}")


def test_faults_of_the_header_are_named_with_those_of_the_rows():
    with pytest.raises(ValueError, match=r"no doc_id.*line 2: .*") as caught:
        parse_gold("# set: test\nx\tagency\t省编委办\teach")
    assert "set must be one of" in str(caught.value)
    with pytest.raises(ValueError, match="kinds must be of deadline, agency, citation, heading; got deadlines"):
        parse_gold("# doc_id: a\n# kinds: deadlines, agency")
    with pytest.raises(ValueError, match="line 4 is of kind agency, which is not among the kinds"):
        parse_gold("# doc_id: a\n# kinds: deadline\n4\tagency\t省编委办\teach")
    with pytest.raises(ValueError, match="part must be 'all' or FIRST-LAST"):
        parse_gold("# doc_id: a\n# part: first")
    with pytest.raises(ValueError, match="outside the part"):
        parse_gold("# doc_id: a\n# part: 1-3\n4\tagency\t省编委办\teach")


def test_every_string_that_is_not_in_its_line_is_told_at_once():
    gold = parse_gold("# doc_id: a\n3\tagency\t省编委办\teach\n99\tagency\t省法制办\teach\n4\tagency\t省法制办\teach")
    with pytest.raises(ValueError, match="got 2 at fault") as caught:
        place_gold(gold, TEXT)
    assert "line 3 agency '省编委办'" in str(caught.value) and "line 99" in str(caught.value)


def test_a_string_that_stands_twice_needs_its_occurrence_or_a_row_each():
    row = "7\tdeadline\t每年\trecurring\t-"
    with pytest.raises(ValueError, match="2 times in the line"):
        place_gold(parse_gold(f"# doc_id: a\n{row}\t-"), TEXT)
    line = TEXT.index("（三）")
    second = place_gold(parse_gold(f"# doc_id: a\n{row}\t2"), TEXT)
    assert second["begin"].tolist() == [TEXT.index("每年", line + 6)]
    both = place_gold(parse_gold(f"# doc_id: a\n{row}\t-\n{row}\t-"), TEXT)
    assert both["begin"].tolist() == [line + 3, line + 8]
    with pytest.raises(ValueError, match="annotated 2 times at one place"):
        place_gold(parse_gold(f"# doc_id: a\n{row}\t2\n{row}\t2"), TEXT)
    with pytest.raises(ValueError, match="2 times in the line"):
        place_gold(parse_gold(f"# doc_id: a\n{row}\t3"), TEXT)


def test_sealed_rows_find_their_lines_when_the_text_has_moved_and_changed(gold):
    sealed = seal_gold(gold, TEXT)
    later = "新的一行\n第二行\n" + TEXT.replace("\n\n", "\n").replace("完成，", "全部完成，")
    table = place_gold(sealed, later)
    assert [later[row.begin : row.end] for row in table.itertuples()] == table["text"].tolist()
    assert table["text"].tolist() == place_gold(gold, TEXT)["text"].tolist()
    with pytest.raises(ValueError, match="省法制办"):
        place_gold(sealed, later.replace("省法制办", "省司法厅"))


def test_of_equal_lines_the_nearest_is_taken():
    text = "\n".join(["省编委办负责", "其他", "省编委办负责", "其他", "省编委办负责"])
    sealed = seal_gold(parse_gold("# doc_id: a\n3\tagency\t省编委办\tresponsible"), text)
    assert place_gold(sealed, text)["begin"].tolist() == [text.index("省编委办", 5)]


def test_a_part_limits_what_is_scored():
    gold = seal_gold(parse_gold("# doc_id: a\n# part: 4-5\n4\tagency\t省编委办\teach"), TEXT)
    begin, end = gold_span(gold, TEXT)
    assert TEXT[begin:end] == "\n".join(TEXT.split("\n")[3:5])
    later = "标题\n" + TEXT
    assert gold_span(gold, later) == (begin + 3, end + 3)
    found = place_gold(parse_gold(ROWS), TEXT)
    inside = found_in_part(found, gold, TEXT)
    assert set(found["text"]) - set(inside["text"]) == {"一、主要任务"}
    with pytest.raises(ValueError, match="ends of its part"):
        gold_span(gold, "另一文本")


def test_a_sealed_file_holds_no_text_but_what_is_annotated(gold):
    written = format_gold(seal_gold(gold, TEXT))
    assert "按职责分工" not in written and hash_line(TEXT.split("\n")[3]) in written


@given(st.text(alphabet="省编委办法制财政厅、，。一二（）2016年底前 \n", max_size=120), st.data())
def test_any_piece_of_a_line_is_placed_where_it_was_taken(text, data):
    lines = [(i, line) for i, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        return
    number, line = data.draw(st.sampled_from(lines))
    begin = data.draw(st.integers(0, len(line) - 1))
    piece = line[begin : data.draw(st.integers(begin + 1, len(line)))]
    if not piece.strip():
        return
    before = [i for i in range(len(line)) if line.startswith(piece, i)]
    gold = parse_gold(f"# doc_id: a\n{number}\tagency\t{piece}\teach")
    if len(before) == 1:
        table = place_gold(seal_gold(gold, text), text)
        assert text[table["begin"][0] : table["end"][0]] == piece


# ---------------------------------------------------------------- the scores


def test_what_is_read_from_the_text_itself_scores_one(placed):
    table = evaluate_mentions(placed, placed).set_index("kind")
    assert (table[["precision", "recall", "f1", "lenient_f1"]] == 1).all(axis=None)
    assert table["n_gold"].to_dict() == {"agency": 4, "citation": 1, "deadline": 2, "heading": 3}
    assert disagreements(placed, placed).empty


def test_figures_worked_by_hand(placed):
    """Of 4 agencies 3 are found, 1 of them with another role, and 1 is invented: 2 right of 4 and 4."""
    agencies = placed[placed["kind"] == "agency"].reset_index(drop=True)
    invented = agencies.iloc[[0]].assign(begin=0, end=3, text="河北省")
    found = pd.concat([change(agencies.iloc[:3], 2, role="support"), invented], ignore_index=True)
    row = evaluate_mentions(found, agencies).iloc[0]
    assert row[["n_gold", "n_found", "n_right"]].tolist() == [4, 4, 2]
    assert row[["precision", "recall", "f1"]].tolist() == [0.5, 0.5, 0.5]
    assert row[["lenient_precision", "lenient_recall", "lenient_f1"]].tolist() == [0.75, 0.75, 0.75]
    faults = disagreements(found, agencies, {"a": TEXT})
    assert sorted(faults["fault"]) == ["false alarm", "missed", "wrong"]
    wrong = faults[faults["fault"] == "wrong"].iloc[0]
    assert (
        wrong["gold"] == "省财政厅 | lead" and wrong["found"] == "省财政厅 | support" and "省财政厅" in wrong["context"]
    )


@pytest.mark.parametrize(
    ("kind", "values", "right"),
    [
        ("agency", {"begin": -1}, False),  # a span that is not exact
        ("agency", {"role": "lead"}, False),
        ("agency", {"value": "another"}, True),
        ("deadline", {"begin": -1}, True),  # an overlap is enough
        ("deadline", {"not_before": pd.Timestamp("2016-01-01")}, True),  # the gold leaves this side open
        ("deadline", {"not_after": pd.Timestamp("2016-12-30")}, False),
        ("deadline", {"not_after": pd.NaT}, False),
        ("deadline", {"role": "period"}, False),
        ("citation", {"value": "《关于规范审批的意见》"}, True),  # the number is not told
        ("citation", {"value": "《关于规范审批的意见》冀政发[2015]29号"}, True),
        ("citation", {"value": "《关于规范审批的意见》冀政发〔2015〕30号"}, False),
        ("citation", {"value": "《另一意见》"}, False),
        ("citation", {"begin": -1}, True),
        ("heading", {"value": "二"}, False),
        ("heading", {"text": "一、主要 任务"}, True),
        ("heading", {"text": "一、任务"}, False),
        ("heading", {"role": "9"}, True),  # the path tells the depth
    ],
)
def test_what_counts_as_right(placed, kind, values, right):
    gold = placed[placed["kind"] == kind].iloc[[0]].reset_index(drop=True)
    shifts = {column: gold[column][0] + value for column, value in values.items() if column == "begin"}
    row = evaluate_mentions(change(gold, 0, **{**values, **shifts}), gold).iloc[0]
    assert row["f1"] == float(right) and row["lenient_f1"] == 1


def test_a_span_next_to_another_does_not_overlap_it(placed):
    agency = placed[placed["kind"] == "agency"].iloc[[0]].reset_index(drop=True)
    beside = change(agency, 0, begin=agency["end"][0], end=agency["end"][0] + 4)
    assert evaluate_mentions(beside, agency)["lenient_f1"].tolist() == [0]
    elsewhere = change(agency, 0, doc_id="b")
    assert evaluate_mentions(elsewhere, agency)["lenient_f1"].tolist() == [0]


def test_one_long_span_pays_for_one_annotation_only(placed):
    agencies = placed[placed["kind"] == "agency"].reset_index(drop=True).iloc[:2]
    long = change(agencies.iloc[[0]], 0, end=agencies["end"][1])
    row = evaluate_mentions(long, agencies).iloc[0]
    assert (row["n_right"], row["lenient_recall"], row["lenient_precision"]) == (0, 0.5, 1)


def test_a_right_pair_goes_before_a_longer_overlap(placed):
    agency = placed[placed["kind"] == "agency"].iloc[[0]]
    wide = agency.assign(begin=agency["begin"] - 2, end=agency["end"] + 2)
    pairs = match_mentions(pd.concat([wide, agency], ignore_index=True), agency.reset_index(drop=True))
    assert pairs[pairs["right"]][["gold", "found"]].values.tolist() == [[0, 1]]


def test_nothing_found_is_nothing_and_never_an_error(placed):
    table = evaluate_mentions(placed.head(0), placed).set_index("kind")
    assert (table["recall"] == 0).all() and table["precision"].isna().all() and (table["f1"] == 0).all()
    assert evaluate_mentions(placed.head(0), placed.head(0)).empty
    with pytest.raises(ValueError, match="`found` must have the columns"):
        evaluate_mentions(placed.drop(columns="role"), placed)


def test_documents_can_be_told_apart(placed):
    both = pd.concat([placed, placed.assign(doc_id="b")], ignore_index=True)
    table = evaluate_mentions(placed, both, by_document=True)
    recall = table.groupby("doc_id")["recall"].max()
    assert recall.to_dict() == {"a": 1, "b": 0}


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_interval_holds_the_share(n_right, more):
    n = n_right + more
    low, high = wilson_interval(n_right, n)
    if n == 0:
        assert math.isnan(low) and math.isnan(high)
    else:
        assert 0 <= low <= n_right / n + 1e-12 and n_right / n - 1e-12 <= high <= 1


def test_the_interval_is_that_of_wilson():
    """0 of 10: from 0 to z²/(n + z²)."""
    z = 1.959963984540054
    low, high = wilson_interval(0, 10)
    assert low == pytest.approx(0, abs=1e-12) and high == pytest.approx(z**2 / (10 + z**2))
    with pytest.raises(ValueError, match="`n_right` must be"):
        wilson_interval(3, 2)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("法治政府建设实施纲要（2015—2020年）", "《法治政府建设实施纲要(2015-2020 年)》", True),
        (
            "中共中央、国务院关于印发<法治政府建设实施纲要（2015-2020年）>的通知",
            "法治政府建设实施纲要（2015—2020年）",
            True,
        ),
        ("国务院关于印发质量发展纲要的通知", "质量发展纲要", True),
        ("|国发〔2015〕29号", "国发［２０１５］２９号", True),
        ("|国发〔2015〕29号", "国办发〔2015〕29号", False),
        ("|冀政发〔2015〕029号", "《意见》冀政发(2015)29号", True),
        ("行政复议法", "行政诉讼法", False),
        ("行政复议法", "", False),
        ("|国发〔2015〕29号", "《意见》", False),
        ("", "", False),
    ],
)
def test_when_two_citations_are_one_document(first, second, same):
    assert same_document(first, second) is same and same_document(second, first) is same


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("一、总体要求", "总体要求"),
        ("（十二）规范", "规范"),
        ("(3)规范", "规范"),
        ("５．规范", "规范"),
        ("①规范", "规范"),
        ("㈠规范", "规范"),
        ("一是加强", "加强"),
        ("第十二章 附则", "附则"),
        ("第三条", ""),
        ("二是", ""),
        ("12.", ""),
    ],
)
def test_the_words_of_a_heading_are_what_follows_its_number(text, words):
    assert heading_words(text) == words


# ---------------------------------------------------------------- two annotators


def test_annotators_who_agree_have_kappa_one_and_strangers_none(placed):
    same = annotator_agreement(placed, placed, len(TEXT))
    assert same["kappa"].tolist() == pytest.approx([1] * 4) and same["f1"].tolist() == [1] * 4
    other = annotator_agreement(placed, placed.head(0), len(TEXT))
    assert other["kappa"].tolist() == pytest.approx([0] * 4)


def test_kappa_worked_by_hand(placed):
    """20 characters; each marks 4, two of them shared: observed 16/20, expected (4·4 + 16·16)/400 = 0.68, kappa 0.375."""
    row = placed[placed["kind"] == "agency"].iloc[[0]]
    first, second = row.assign(begin=0, end=4), row.assign(begin=2, end=6)
    table = annotator_agreement(first, second, 20)
    assert table["kappa"].tolist() == pytest.approx([(0.8 - 0.68) / (1 - 0.68)])
    assert table["lenient_f1"].tolist() == [1] and table["f1"].tolist() == [0]
    assert annotator_agreement(first, second.assign(role="lead"), 20)["kappa"][0] < 0.375
    with pytest.raises(ValueError, match="`n_chars` must be"):
        annotator_agreement(first, second, 5)


# ---------------------------------------------------------------- with a corpus


@pytest.fixture
def corpus():
    return fz.read_corpus(pd.DataFrame({"doc_id": ["a"], "text": [TEXT]}))


def test_headings_of_a_corpus_are_found_with_their_places(corpus):
    found = found_mentions(corpus)
    text = corpus.documents.loc[0, "text"]
    assert (found["text"] == [text[b:e] for b, e in zip(found["begin"], found["end"], strict=True)]).all()
    headings = found[found["kind"] == "heading"]
    assert {"一、主要任务", "1.清理审批", "2.落实意见"} <= set(headings["text"])
    assert headings.set_index("text")["value"]["2.落实意见"] == "一/2"
    nothing = evaluate_gold(corpus, [])
    assert nothing.table.empty and nothing.disagreements.empty and nothing.not_evaluated == []


def test_a_corpus_is_scored_by_set_part_and_kind(corpus):
    rows = [line for line in ROWS.split("\n") if "\theading\t" in line]
    gold = parse_gold("\n".join(["# doc_id: a", "# set: held out", "# kinds: heading", "# part: 1-5", *rows]))
    elsewhere = parse_gold("# doc_id: b\n1\tagency\t省编委办\teach")
    scores = evaluate_gold(corpus, [gold, elsewhere])
    assert scores.table[["set", "kind", "n_gold", "n_found", "f1"]].values.tolist() == [
        ["held out", "heading", 3, 3, 1.0]
    ]
    assert scores.not_evaluated == ["b"] and scores.disagreements.empty


def test_the_command_prints_the_table_and_the_misses(tmp_path, capsys):
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "a.tsv").write_text(
        ROWS.replace("1.清理审批\t2\t一/1", "1.清理审批\t2\t一/9"), encoding="utf-8"
    )
    arguments = ["evaluate", "--gold", str(tmp_path / "gold"), "--corpus", str(tmp_path / "a.txt")]
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert "held out" in printed and "heading" in printed and "wrong" not in printed
    assert main([*arguments, "--misses"]) == 0
    assert "heading wrong: gold [1.清理审批 | 2 | 一/9]" in capsys.readouterr().out
    assert main(["evaluate", "--gold", str(tmp_path / "none"), "--corpus", str(tmp_path / "a.txt")]) == 2
    assert "`gold` must be a gold file" in capsys.readouterr().err


# ---------------------------------------------------------------- the gold of the project


def gold_files():
    return sorted(GOLD.glob("*.tsv"))


def open_files():
    return sorted((GOLD / "open").glob("*.tsv"))


@pytest.mark.parametrize("path", [*gold_files(), *open_files()], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_gold_is_sealed_and_has_its_place_in_the_clean_text(path, sample, request):
    (gold,) = read_gold(path)
    assert all(row.line_hash for row in gold.rows) and "n_chars" in gold.header
    held = sample.held.set_index("doc_id")["text"]
    if gold.doc_id in held:
        text = held[gold.doc_id]
    else:
        assert gold.part_of_corpus == ("training" if path.parent.name == "open" else "held out")
        folder = request.getfixturevalue("real_data")
        (source,) = [*folder.glob(f"*/txt/{gold.doc_id}.txt"), *folder.glob(f"law_families/raw/{gold.doc_id}.md")]
        text = fz.read_corpus(source).held["text"].iloc[0]
    table = place_gold(gold, text)
    begin, end = gold_span(gold, text)
    assert len(table) == len(gold.rows)
    assert (table["begin"] >= begin).all() and (table["end"] <= end).all()


FIRST = ("GR009", "GR097", "SC015", "SC033", "SC037", "SC041")

# F1 a little below that of the day on which the rules were brought in line with the guideline
TRAINING_FLOORS = {"agency": 0.985, "citation": 0.98, "deadline": 0.98, "heading": 0.99}
HELD_OUT_FLOORS = {"agency": 0.91, "citation": 0.94, "deadline": 0.95, "heading": 0.97}


def test_no_document_is_held_out_for_a_kind_on_which_it_is_open(sample):
    files = read_gold(GOLD)
    training = [gold for gold in files if gold.part_of_corpus == "training"]
    held_out = {(gold.doc_id, kind) for gold in files if gold.part_of_corpus == "held out" for kind in gold.kinds}
    opened = {(gold.doc_id, kind) for gold in read_gold(GOLD / "open") for kind in gold.kinds}
    assert sorted(gold.doc_id for gold in training) == sorted(sample.held["doc_id"])
    assert {doc_id for doc_id, kind in held_out if kind == "agency"} == set(FIRST)
    assert len({doc_id for doc_id, kind in held_out if kind == "deadline"}) == 18
    assert not held_out & opened and {doc_id for doc_id, _ in opened} >= set(FIRST)


def test_the_training_gold_is_found(sample):
    """Rules were written on these documents: a floor against loss, no statement on other documents."""
    gold = [file for file in read_gold(GOLD) if file.part_of_corpus == "training"]
    scores = evaluate_gold(sample, gold)
    assert scores.not_evaluated == [] and set(scores.table["set"]) == {"training"}
    f1 = scores.table.set_index("kind")["f1"]
    assert set(f1.index) == set(TRAINING_FLOORS)
    assert {kind: value for kind, value in f1.items() if value < TRAINING_FLOORS[kind]} == {}


def test_the_held_out_gold_is_found_as_well_as_reported(real_data):
    """Figures only: what is missed in these documents is not shown, so that no rule is written on it."""
    gold = [file for file in read_gold(GOLD) if file.part_of_corpus == "held out"]
    texts = {path.stem: path for path in [*real_data.glob("*/txt/*.txt"), *real_data.glob("law_families/raw/*.md")]}
    paths = [texts[file.doc_id] for file in gold]
    corpus = fz.read_corpus(paths[0], add=paths[1:])
    f1 = evaluate_gold(corpus, gold).table.set_index("kind")["f1"].round(3).to_dict()
    low = {kind: value for kind, value in f1.items() if value < HELD_OUT_FLOORS[kind]}
    assert low == {}

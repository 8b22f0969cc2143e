"""From a folder or a table to a corpus: whatever comes, the rest is analysed and the matter is listed."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.base.resources import data_path
from fzanalytics.measures.adoption.timing import lag_table
from fzanalytics.measures.diffusion.strength import specificity
from fzanalytics.measures.reuse.passages import find_passages
from fzanalytics.texts.corpus import Corpus, read_corpus
from fzanalytics.texts.datasets import load_sample

PLAN = "清远市法治政府建设实施方案\n一、总体要求\n（一）目标。\n1.改革。到2020年建成法治政府。（市法制局负责）\n2.监管。加强监管。（市工商局负责）"
OTHER = PLAN.replace("清远市", "韶关市").replace("加强", "强化")


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return folder


def kinds(corpus: Corpus) -> list[str]:
    return sorted(corpus.problems["kind"])


def row(corpus: Corpus, doc_id: str) -> pd.Series:
    return corpus.documents.set_index("doc_id").loc[doc_id]


# ---------------------------------------------------------------- folders


def test_folder_in_gbk_with_subfolders(tmp_path: Path) -> None:
    write(tmp_path, {"清远.txt": PLAN.encode("gbk"), "粤北/韶关.txt": OTHER.encode("gbk")})
    corpus = read_corpus(tmp_path)
    assert corpus.documents["doc_id"].tolist() == ["清远", "韶关"]
    assert corpus.documents["region"].tolist() == ["广东省/清远市", "广东省/韶关市"]
    assert corpus.documents["level"].tolist() == ["prefecture"] * 2
    assert (
        corpus.clauses.groupby("doc_id")["path"].agg(list).tolist()
        == [["一", "一/（一）", "一/（一）/1", "一/（一）/2"]] * 2
    )
    assert len(corpus.paragraphs) == 4 and corpus.problems.empty
    assert corpus.files["encoding"].tolist() == ["gb18030"] * 2


def test_one_name_in_two_folders(tmp_path: Path) -> None:
    write(tmp_path, {"e\u0301/plan.txt": PLAN, "b/plan.txt": OTHER, "c/other.txt": OTHER + "完。"})
    corpus = read_corpus(tmp_path)
    assert corpus.documents["doc_id"].tolist() == ["b/plan.txt", "other", "é/plan.txt"]  # NFC
    table = pd.DataFrame({"source": ["b/plan.txt", "é/plan.txt"], "lineage": ["乙", "甲"]})
    named = read_corpus(tmp_path, metadata=table)
    assert row(named, "b/plan.txt")["lineage"] == "乙" and row(named, "é/plan.txt")["lineage"] == "甲"


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError,
        match=r"`source` must hold at least one readable document; none found in .*Put TXT, DOCX, PDF or HTML files",
    ):
        read_corpus(tmp_path)
    write(tmp_path, {"a.txt": b"", "b.docx": b"PK"})
    with pytest.raises(ValueError, match=r"none found.*a.txt: it is empty.*b.docx: files of the type .docx"):
        read_corpus(tmp_path)
    with pytest.raises(ValueError, match="nothing is left of it but remains of a web page"):
        read_corpus(pd.DataFrame({"text": ["打印本页\n"]}))
    with pytest.raises(ValueError, match="none found in the table"):
        read_corpus(pd.DataFrame({"text": []}))
    with pytest.raises(FileNotFoundError, match="`source` must be a folder or file that exists"):
        read_corpus(tmp_path / "missing")
    with pytest.raises(TypeError, match="`source` must be a path or a DataFrame; got list"):
        read_corpus(["a.txt"])  # type: ignore[arg-type]


def test_bad_files_are_listed_and_the_rest_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"a.txt": PLAN, "b.txt": b"", "c.txt": b"\x89PNG\r\n\x1a\n" + bytes(99), "d.pdf": b"%PDF", "e.txt": "打印本页"},
    )
    corpus = read_corpus(tmp_path)
    assert corpus.documents["doc_id"].tolist() == ["a"]
    assert dict(zip(corpus.problems["source"], corpus.problems["kind"], strict=True)) == {
        "b.txt": "unreadable", "c.txt": "unreadable", "d.pdf": "unreadable", "e.txt": "unreadable"
    }  # fmt: skip


def test_two_files_with_the_same_text(tmp_path: Path) -> None:
    corpus = read_corpus(write(tmp_path, {"a.txt": PLAN, "b.txt": PLAN.replace("\n", "\r\n")}))
    assert kinds(corpus) == ["same text"] and len(corpus.held) == 2
    assert "has the same text as a" in corpus.problems.at[0, "message"]


def test_broken_bytes_are_counted(tmp_path: Path) -> None:
    corpus = read_corpus(write(tmp_path, {"a.txt": PLAN.encode("utf-8")[:-1], "b.txt": OTHER}))
    assert corpus.problems.query("kind == 'undecoded'")["count"].tolist() == [1]


def test_names_that_are_not_utf8_and_loops(tmp_path: Path) -> None:
    write(tmp_path, {"x.txt": PLAN})
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "实施方案.txt".encode("gbk")))).write_text(OTHER, encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    corpus = read_corpus(tmp_path)
    assert corpus.documents["doc_id"].tolist() == ["x", "实施方案"]
    corpus.documents.to_csv(tmp_path / "out.csv", encoding="utf-8")


def test_order_of_creation_does_not_matter(tmp_path: Path) -> None:
    files = {f"{name}.txt": PLAN.replace("清远", name) for name in ("韶关", "珠海", "中山", "佛山")}
    one = read_corpus(write(tmp_path / "1", dict(files)))
    two = read_corpus(write(tmp_path / "2", dict(reversed(files.items()))))
    for table in ("documents", "clauses", "paragraphs", "mentions", "problems", "repairs", "files"):
        pd.testing.assert_frame_equal(getattr(one, table), getattr(two, table))


def test_added_files_of_a_name_that_is_taken(tmp_path: Path) -> None:
    write(tmp_path, {"base/plan.txt": PLAN, "more/plan.txt": OTHER, "more/b.txt": OTHER + "完。"})
    for add in (tmp_path / "more", tmp_path / "more" / "plan.txt"):
        corpus = read_corpus(tmp_path / "base", add=[add])
        assert corpus.documents["doc_id"].is_unique and corpus.documents["source"].is_unique
        assert {"plan.txt", "more/plan.txt"} <= set(corpus.documents["source"])


# ---------------------------------------------------------------- tables


def test_excel_with_a_chinese_text_column(tmp_path: Path) -> None:
    path = tmp_path / "文件.xlsx"
    pd.DataFrame(
        {
            "编号": ["甲", "乙"],
            "标题": ["甲方案", None],
            "层级": ["市级", "州"],
            "地区": ["清远市", None],
            "发文日期": ["2017年1月26日", None],
            "正文": [PLAN, OTHER],
        }
    ).to_excel(path, index=False)
    corpus = read_corpus(path)
    assert corpus.documents["doc_id"].tolist() == ["甲", "乙"]
    assert corpus.documents["title"].tolist() == ["甲方案", "韶关市法治政府建设实施方案"]
    first = row(corpus, "甲")
    assert (first["dated"], first["date_basis"], first["date_note"]) == (
        pd.Timestamp("2017-01-26"),
        "given",
        "metadata",
    )
    assert first["level"] == "prefecture" and corpus.problems.empty
    named = read_corpus(path, text_column="正文")
    pd.testing.assert_frame_equal(named.documents, corpus.documents)


def test_formulas_are_text(tmp_path: Path) -> None:
    """What a spreadsheet would run is kept as it is here; output rooms guard what they write."""
    path = tmp_path / "a.csv"
    path.write_text('title,text\n"=HYPERLINK(""x"")","=1+1\n+2\n@SUM(A1)"\n', encoding="utf-8")
    corpus = read_corpus(path)
    assert corpus.documents.at[0, "title"] == '=HYPERLINK("x")'
    assert corpus.documents.at[0, "text"] == "=1+1\n+2\n@SUM(A1)"


def test_frame_with_any_index_is_not_changed() -> None:
    table = pd.DataFrame({"doc_id": [3, 5], "text": [PLAN, OTHER]}, index=[7, 7])
    before = table.copy(deep=True)
    corpus = read_corpus(table)
    pd.testing.assert_frame_equal(table, before)
    assert corpus.documents["doc_id"].tolist() == ["3", "5"] and corpus.documents.index.tolist() == [0, 1]


def test_doubled_doc_ids_of_a_table_are_parted() -> None:
    corpus = read_corpus(pd.DataFrame({"doc_id": ["a", "a"], "text": [PLAN, OTHER], "lineage": ["甲", "乙"]}))
    assert corpus.documents["doc_id"].is_unique and corpus.documents["lineage"].tolist() == ["甲", "乙"]
    assert kinds(corpus) == ["metadata"]


def test_half_characters_can_be_written(tmp_path: Path) -> None:
    corpus = read_corpus(pd.DataFrame({"text": ["法治\ud800政府\udc00建設實施方案。"]}, dtype=object))
    corpus.documents.to_csv(tmp_path / "a.csv", encoding="utf-8")
    assert corpus.problems.query("kind == 'undecoded'")["count"].tolist() == [2]


@pytest.mark.parametrize("backend", ["default", "numpy_nullable", "pyarrow"])
def test_a_corpus_kept_in_parquet_is_the_same(sample: Corpus, backend: str, tmp_path: Path) -> None:
    """Whatever types the tables come back in: texts in Arrow, missing as NA, whole numbers and days of Arrow."""
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: the extra parquet")
    kept = {}
    for name in ("documents", "clauses", "paragraphs", "mentions", "repairs", "files"):
        getattr(sample, name).to_parquet(tmp_path / name)
        options = {} if backend == "default" else {"dtype_backend": backend}
        kept[name] = pd.read_parquet(tmp_path / name, **options)
    again = replace(sample, **kept)
    assert repr(again) == repr(sample)

    def cells(table: pd.DataFrame) -> list[list[object]]:
        return table.astype(object).where(table.notna(), None).values.tolist()

    for measure in (find_passages, lag_table, specificity):
        assert cells(measure(again)) == cells(measure(sample)), measure.__name__
    asked = sample.documents.drop(columns="text"), again.documents.drop(columns="text")
    one, other = (read_corpus(sample.held[["doc_id", "text"]], metadata=table) for table in asked)
    assert len(one.mentions) > 1000
    for name in ("documents", "clauses", "mentions", "problems"):
        assert cells(getattr(one, name)) == cells(getattr(other, name)), name


def test_metadata_beside_a_table() -> None:
    """A table of its own wins over the columns beside the texts; what neither says is read from the text."""
    texts = pd.DataFrame({"doc_id": ["a", "b"], "text": [PLAN, OTHER], "lineage": ["甲", "甲"], "kind": ["办法", None]})
    corpus = read_corpus(
        texts, metadata=pd.DataFrame({"doc_id": ["b", "c"], "lineage": ["乙", "丙"], "held": [None, "no"]})
    )
    assert corpus.documents["lineage"].tolist() == ["甲", "乙", "丙"]
    assert corpus.documents["kind"].tolist()[:2] == ["办法", "实施方案"]
    assert corpus.documents["held"].tolist() == [True, True, False]


# ---------------------------------------------------------------- metadata


def test_metadata_win_and_doubts_are_listed(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": PLAN, "b.txt": OTHER})
    table = pd.DataFrame(
        [
            {
                "文件名": "a.txt",
                "层级": "星球",
                "地区": "亚特兰蒂斯",
                "日期": "某天",
                "上级文件": "nobody;b",
                "标题": "甲方案",
            },
            {"文件名": "b.txt", "层级": "市", "地区": "石家庄市", "日期": "2030", "上级文件": None, "标题": None},
            {"文件名": "gone.txt", "层级": "省", "地区": "河北省", "日期": None, "上级文件": None, "标题": "丢失"},
        ]
    )
    table.loc[0, "latest"] = "2017-12-31"
    table.to_csv(tmp_path / "documents.csv", index=False, encoding="gbk")
    corpus = read_corpus(tmp_path)
    assert kinds(corpus) == sorted(
        [
            "unknown level",
            "unknown region",
            "unreadable date",
            "missing superior",
            "superior younger than its child",
            "missing text",
            "doubtful metadata",  # 2030
            "doubtful metadata",  # 石家庄市, while the title names another
        ]
    )
    assert row(corpus, "a")["level"] == "prefecture" and row(corpus, "a")["title"] == "甲方案"
    assert row(corpus, "a")["parent_ids"] == "b" and row(corpus, "b")["region"] == "河北省/石家庄市"
    assert row(corpus, "b")["earliest"] == pd.Timestamp("2030-01-01") and row(corpus, "b")["latest"] == pd.Timestamp(
        "2030-12-31"
    )
    assert row(corpus, "gone")["held"] == np.False_ and row(corpus, "gone")["text"] == ""
    assert corpus.problems["message"].str.fullmatch(r"[^\n]+").all()


def test_superiors_by_title_or_number(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": PLAN, "b.txt": OTHER, "c.txt": OTHER + "完。"})
    table = pd.DataFrame(
        {
            "doc_id": ["a", "b", "c", "p"],
            "上级文件": ["广东省实施方案", "粤府[2016]1号", "广东省", None],
            "标题": [None, None, None, "广东省实施方案"],
        }
        | {"文号": [None, None, None, "粤府〔2016〕1号"], "held": ["yes", "yes", "yes", "no"]}
    )
    corpus = read_corpus(tmp_path, metadata=table)
    assert corpus.documents["parent_ids"].tolist()[:2] == ["p", "p"] and pd.isna(row(corpus, "c")["parent_ids"])
    assert kinds(corpus) == ["missing superior"]  # nothing is resolved by containment


def test_some_dates_given_the_others_told() -> None:
    text = "河北省实施方案\n贯彻党的十九大精神。\n一、目标。建成法治政府。"
    given = read_corpus(pd.DataFrame({"doc_id": ["a"], "text": [text], "latest": ["2018-06-30"]})).documents.iloc[0]
    assert (given["earliest"], given["latest"]) == (pd.Timestamp("2017-10-18"), pd.Timestamp("2018-06-30"))
    assert given["date_basis"] == "given;from what it cites" and given["date_note"].startswith("metadata;names 十九大")
    contradicted = read_corpus(pd.DataFrame({"text": [text], "latest": ["2016-06-30"]})).documents.iloc[0]
    assert pd.isna(contradicted["earliest"]) and contradicted["date_basis"] == "given"


def test_changed_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": PLAN})
    table = pd.DataFrame({"source": ["a.txt"], "sha256": ["0" * 64]})
    assert kinds(read_corpus(tmp_path, metadata=table)) == ["changed file"]
    good = read_corpus(tmp_path).documents.at[0, "sha256"]
    assert kinds(read_corpus(tmp_path, metadata=table.assign(sha256=good.upper()))) == []


def test_a_row_without_a_doc_id_leaves_the_name_of_the_file(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": PLAN})
    table = pd.DataFrame({"title": ["清远市法治政府建设实施方案"], "lineage": ["甲"]})
    corpus = read_corpus(tmp_path, metadata=table)
    assert corpus.documents[["doc_id", "lineage"]].values.tolist() == [["a", "甲"]] and corpus.problems.empty


# ---------------------------------------------------------------- what is not at hand


OUTLINE = (
    "中共中央 国务院印发\n法治政府建设实施纲要（2015—2020年）\n一、总体要求\n（一）指导思想。高举旗帜。\n2015年12月27日"
)


@pytest.mark.parametrize("name", ["anything.txt", "法治政府建设实施纲要.txt", "national_outline_2015.txt"])
def test_a_text_takes_the_place_of_its_row(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: OUTLINE})
    corpus = load_sample(add=[tmp_path / name])
    outline = row(corpus, "national_outline_2015")
    assert outline["held"] and outline["n_chars"] == len(OUTLINE) and outline["level"] == "national"
    assert outline["dated"] == pd.Timestamp("2015-12-27")  # the text states it, in the span that the row gives
    assert outline["date_basis"] == "stated" and outline["doc_number"] == "中发〔2015〕36号"
    assert len(corpus.held) == 7 and len(corpus.documents) == 15 and corpus.documents["doc_id"].is_unique
    assert "national_outline_2015" in set(corpus.clauses["doc_id"])
    assert "missing text" not in kinds(corpus)


def test_the_same_in_a_copied_folder(tmp_path: Path) -> None:
    shutil.copytree(data_path("raw"), tmp_path / "corpus")
    shutil.copy(data_path("documents.csv"), tmp_path / "corpus")
    same = read_corpus(tmp_path / "corpus")
    sample = load_sample()
    pd.testing.assert_frame_equal(same.documents, sample.documents)
    pd.testing.assert_frame_equal(same.paragraphs, sample.paragraphs)
    write(tmp_path / "corpus", {"法治政府建设实施纲要（2015—2020年）.txt": OUTLINE})
    assert row(read_corpus(tmp_path / "corpus"), "national_outline_2015")["held"]


def test_what_matches_no_row_is_a_new_document(tmp_path: Path) -> None:
    write(tmp_path, {"new.txt": PLAN.replace("清远", "韶关")})
    corpus = load_sample(add=[tmp_path])
    assert row(corpus, "new")["held"] and len(corpus.documents) == 16 and len(corpus.held) == 7


# ---------------------------------------------------------------- sizes and odd texts


@pytest.mark.parametrize(
    "line",
    [PLAN.replace("\n", "") * 2_500, (PLAN + "\n") * 2_500, "《a》（" * 75_000, "设" * 250_000],
    ids=["one line", "many lines", "brackets", "one character"],
)
def test_a_quarter_of_a_million_characters(line: str) -> None:
    begin = time.process_time()
    corpus = read_corpus(pd.DataFrame({"text": [line[:250_000], OTHER]}))
    assert time.process_time() - begin < 60  # a quadratic step would take hours
    assert len(corpus.held) == 2 and corpus.documents.at[0, "n_chars"] > 125_000


def test_without_numbering() -> None:
    corpus = read_corpus(
        pd.DataFrame({"text": ["关于加强工作的通知\n各部门要认真贯彻落实上级决策部署，确保取得实效。"]})
    )
    assert kinds(corpus) == ["level unknown", "no numbering"] and len(corpus.paragraphs) == 1


def test_second_document_of_a_file_leads_back_to_it() -> None:
    corpus = load_sample()
    documents = corpus.documents.set_index("doc_id")
    raw = corpus.files.set_index("source").at["henan_province_2021.txt", "raw_text"]
    first = corpus.paragraphs.query("doc_id == 'henan_province_2021'")["raw_end"].max()
    second = corpus.paragraphs.query("doc_id == 'henan_province_2021#2'")
    assert first < second["raw_begin"].min() and second["raw_end"].max() <= len(raw)
    assert documents.at["henan_province_2021#2", "text"].startswith("法治河南")
    repairs = corpus.repairs.query("doc_id == 'henan_province_2021#2'")
    assert repairs["raw_begin"].min() >= raw.index("法治河南(法治政府)", first)


def test_every_repair_is_of_one_document() -> None:
    corpus = load_sample()
    from fzanalytics.texts.cleaning.fixers import explain_cleaning

    for source, text in zip(corpus.files["source"], corpus.files["raw_text"], strict=True):
        ids = corpus.documents.loc[corpus.documents["source"] == source, "doc_id"]
        own = corpus.repairs[corpus.repairs["doc_id"].isin(ids)]
        if (own["fixer"] == "byte_shift").any():  # read again first: its log is replayed in test_byteshift
            continue
        assert len(own) == len(explain_cleaning(text))


def test_skipped_fixer_is_passed_on() -> None:
    corpus = read_corpus(pd.DataFrame({"text": ["法治政府建設實施方案"]}), skip_fixers=["traditional"])
    assert corpus.documents.at[0, "text"] == "法治政府建設實施方案"


def test_shown_in_numbers() -> None:
    assert repr(read_corpus(pd.DataFrame({"text": [PLAN]}))) == (
        f"Corpus: 1 documents held, 0 named but not held; 4 clauses, 2 paragraphs, {len(PLAN)} characters; 0 problems"
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(alphabet="一、（）1.\n 設《》中发〔2016〕号，。全文如下方案市\u3000\x00\ud800", max_size=60),
        min_size=1,
        max_size=3,
    )
)
def test_any_texts_are_a_corpus_or_one_sentence(texts: list[str]) -> None:
    try:
        corpus = read_corpus(pd.DataFrame({"text": texts}, dtype=object))
    except ValueError as error:
        assert str(error).startswith("`source` must hold at least one readable document")
        return
    assert corpus.documents["doc_id"].is_unique
    assert set(corpus.paragraphs["doc_id"]) | set(corpus.mentions["doc_id"]) <= set(corpus.documents["doc_id"])


def test_slips_of_machine_reading_are_corrected_only_on_request():
    from fzanalytics.texts.cleaning.slips import find_slips

    plain = load_sample()
    suspects = find_slips(plain)
    kept = suspects[(suspects["doc_id"] == "hebei_province_2016") & (suspects["found"] == "泱")]
    assert len(kept) == 1
    corrected = load_sample(slips=kept)
    texts = [corpus.documents.set_index("doc_id").at["hebei_province_2016", "text"] for corpus in (plain, corrected)]
    assert [text.count("立泱") for text in texts] == [1, 0] and texts[0].replace("泱", "法") == texts[1]
    log = corrected.repairs[corrected.repairs["fixer"] == "ocr_slips"]
    raw = corrected.files.set_index("source").at["hebei_province_2016.txt", "raw_text"]
    row = log.iloc[0]
    assert (raw[row["raw_begin"] : row["raw_end"]], row["after"]) == ("泱", "法")
    assert len(corrected.repairs) == len(plain.repairs) + 1


def test_a_given_title_tells_kind_and_policy_of_a_text_without_one(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "GR1.txt").write_text("各位代表：\n现在，我代表市人民政府向大会报告工作。", encoding="utf-8")
    metadata = pd.DataFrame(
        {"doc_id": ["GR1", "GR2"], "title": ["三亚政府工作报告（2024年初）", "石家庄市法治政府建设实施方案"]}
    )
    documents = read_corpus(tmp_path / "texts", metadata=metadata).documents.set_index("doc_id")
    assert documents[["kind", "lineage", "held"]].values.tolist() == [
        ["工作报告", "政府工作报告", True], ["实施方案", "法治政府建设", False]
    ]  # fmt: skip


def test_an_added_text_changes_nothing_in_the_others_and_must_bear_the_title_of_its_row(sample, tmp_path):
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    for folder, opening in ((right, "法治政府建设实施纲要\n（2015－2020年）"), (wrong, "政府工作报告\n各位代表：")):
        folder.mkdir()
        text = f"{opening}\n" + "一、总体要求\n深入推进依法行政，加快建设法治政府。\n" * 20
        (folder / "法治政府建设实施纲要（2015-2020年）.txt").write_text(text, encoding="utf-8")
    for folder, doubts in ((right, 0), (wrong, 1)):
        corpus = load_sample(add=folder)
        kinds = corpus.problems.set_index("kind")
        assert corpus.documents.set_index("doc_id").loc["national_outline_2015", "held"]
        assert (kinds.index == "doubtful match").sum() == doubts
        texts = corpus.documents.set_index("doc_id")["text"]
        for doc_id, text in zip(sample.held["doc_id"], sample.held["text"], strict=True):
            assert texts[doc_id] == text
    assert "is it that document?" in kinds.loc["doubtful match", "message"]


@pytest.mark.parametrize("ending", ["txt", "md", "html"])
def test_blanks_around_a_name_are_none_of_the_name(tmp_path: Path, ending: str) -> None:
    """The superior of documents.csv is found, whatever blanks a file or a cell has around its name."""
    words = "{}实施方案\n一、目标。到2020年建成法治政府。"
    (tmp_path / f" 山东省.{ending}").write_text(words.format("山东省"), encoding="utf-8")
    (tmp_path / f"青岛市 .{ending}").write_text(words.format("青岛市"), encoding="utf-8")
    table = pd.DataFrame({"文件": [f" 山东省.{ending}", f"青岛市 .{ending}"], "上级文件": ["", " 山东省"]})
    table.to_csv(tmp_path / "documents.csv", index=False)
    corpus = read_corpus(tmp_path)
    assert sorted(corpus.documents["doc_id"]) == ["山东省", "青岛市"]
    assert corpus.documents.set_index("doc_id").loc["青岛市", "parent_ids"] == "山东省"
    assert not set(corpus.problems["kind"]) & {"missing superior", "missing text", "metadata"}


def test_unused_metadata_of_a_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲市方案\n一、目标。", encoding="utf-8")
    (tmp_path / "documents.csv").write_text("doc_id,level\na,市级\n", encoding="utf-8")
    given = pd.DataFrame({"doc_id": ["a"], "level": ["县级"]})
    problems = read_corpus(tmp_path, metadata=given).problems
    assert "documents.csv: ignored, since `metadata` was given" in problems["message"].tolist()


def test_doubled_texts_are_told_with_a_remedy() -> None:
    problems = read_corpus(pd.DataFrame({"text": ["甲市方案\n一、目标。"] * 2})).problems
    assert problems.query("kind == 'same text'")["message"].str.contains("remove one of the files").tolist() == [True]

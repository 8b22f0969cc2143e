"""What a document tells of itself at its head."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd
import pytest

from fzanalytics.base.resources import data_path
from fzanalytics.texts.cleaning.fixers import clean
from fzanalytics.texts.corpus import Corpus, read_corpus
from fzanalytics.texts.documents.metadata import issuer_type_of, name_lineage, read_metadata, split_documents
from fzanalytics.texts.titles import normalise_title


@pytest.fixture(scope="module")
def inferred() -> Corpus:
    """The bundled files read without their metadata."""
    return read_corpus(data_path("raw"))


def test_inference_agrees_with_the_metadata(inferred: Corpus) -> None:
    table = pd.read_csv(data_path("documents.csv"), dtype=str, encoding="utf-8")
    table = table[table["held"] == "yes"].set_index("doc_id")
    documents = inferred.documents.set_index("doc_id").loc[table.index]
    assert documents["title"].map(normalise_title).tolist() == table["title"].map(normalise_title).tolist()
    for column in ("level", "region", "region_code", "kind"):
        assert documents[column].tolist() == table[column].tolist(), column
    plans = table.index[table["lineage"] == "法治政府建设"]  # the scheme's family is a matter of judgement
    assert len(plans) == 5 and set(documents.loc[plans, "lineage"]) == {"法治政府建设"}
    assert documents["period_end"].dropna().astype(str).tolist() == table["period_end"].dropna().tolist()
    assert documents["issuers"].dropna().to_dict().items() <= table["issuers"].dropna().to_dict().items()


def test_inferred_bounds_hold_those_of_the_metadata(inferred: Corpus) -> None:
    table = pd.read_csv(data_path("documents.csv"), dtype=str, encoding="utf-8")
    table = table[table["held"] == "yes"].set_index("doc_id")
    documents = inferred.documents.set_index("doc_id").loc[table.index]
    known = pd.to_datetime(table["earliest"])
    assert (documents["earliest"].isna() | (documents["earliest"] <= known)).all()
    latest = pd.to_datetime(table["latest"])
    assert (documents["latest"].isna() | (documents["latest"] >= latest)).all()
    assert documents.loc["qingyuan_city_2017", "dated"] == pd.Timestamp("2017-01-26")
    # Hebei's number and year are told by Shijiazhuang, which cites it
    assert documents.loc["hebei_province_2016", "doc_number"] == "冀发〔2016〕24号"
    assert documents.loc["hebei_province_2016", "date_basis"].endswith("cited elsewhere")
    assert documents.loc["shijiazhuang_city_2016", "parent_ids"] == "hebei_province_2016"


def test_notice_around_a_plan() -> None:
    text = "中共清远市委  清远市人民政府\n关于印发《清远市法治政府\n建设实施方案》的通知\n各县（市、区）：\n现将方案印发给你们。"
    told = read_metadata(text)
    assert told.title == "清远市法治政府建设实施方案"
    assert told.issuers == "中共清远市委;清远市人民政府" and told.issuer_type == "joint"
    assert told.wrapper.startswith("中共清远市委清远市人民政府关于印发")


def test_nothing_is_guessed() -> None:
    assert read_metadata("") == ("", "", "", "", "", "", None, None)
    told = read_metadata("今天天气很好。我们去公园。", "notes")
    assert (told.title, told.kind, told.issuers, told.doc_number) == ("notes", "", "", "")


def test_cited_number_is_not_the_own_number() -> None:
    assert read_metadata("石家庄市实施方案\n根据《河北省实施方案》（冀发〔2016〕24号），制定本方案。").doc_number == ""
    assert read_metadata("冀发〔2016〕24号\n河北省实施方案\n一、目标。").doc_number == "冀发〔2016〕24号"


@pytest.mark.parametrize(
    ("title", "lineage"),
    [
        ("石家庄市法治政府建设实施方案", "法治政府建设"),
        ("甘南藏族自治州法治政府建设实施方案（2017—2020年）", "法治政府建设"),
        ("中共中央 国务院关于印发《法治政府建设实施纲要（2015—2020年）》的通知", "法治政府建设"),
        ("中华人民共和国环境保护法", "环境保护"),
        ("汕头经济特区消防安全条例", "消防安全"),
        ("海南自由贸易港公平竞争条例", "公平竞争"),
        ("广州南沙新区条例", "南沙新区"),
        ("四川天府新区营商环境优化方案", "营商环境优化"),
        ("某省城市新区规划建设管理办法", "某省城市新区规划建设"),
        ("新疆生产建设兵团法治政府建设实施方案", "法治政府建设"),
        ("", ""),
    ],
)
def test_lineage(title: str, lineage: str) -> None:
    assert name_lineage(title) == lineage


def test_an_area_that_no_table_holds_is_told_unless_its_place_is_given() -> None:
    text = "河北雄安新区法治政府建设实施方案\n一、总体要求\n坚持依法行政，完善行政执法的工作机制和监督体系。\n"
    corpus = read_corpus(pd.DataFrame({"doc_id": ["a"], "text": [text]}))
    told = corpus.problems[corpus.problems["kind"] == "ambiguous region"]["message"].tolist()
    assert told == [
        "a: its title names 雄安新区, which is in no table of jurisdictions; taken as a document of 河北省; give its level in the metadata"
    ]
    given = read_corpus(
        pd.DataFrame({"doc_id": ["a"], "text": [text], "level": ["市级"], "region": ["河北省/雄安新区"]})
    )
    assert "ambiguous region" not in set(given.problems["kind"])


@pytest.mark.parametrize(
    ("issuers", "kind"),
    [
        (["中共河北省委"], "party"),
        (["河北省人民政府办公厅"], "government"),
        (["中共河北省委", "河北省人民政府"], "joint"),
        (["河北省人民代表大会常务委员会"], "congress"),
        ([], ""),
    ],
)
def test_issuer_type(issuers: list[str], kind: str) -> None:
    assert issuer_type_of(issuers) == kind


def test_one_document_unless_two_are_announced() -> None:
    text = "实施方案\n《实施方案》全文如下。\n一、目标。"
    assert split_documents(text) == [(0, len(text))]
    assert split_documents("") == [(0, 0)]
    both = f"{text}\n考核方案\n《考核方案》全文如下。\n一、对象。"
    (_, end), (begin, last) = split_documents(both)
    assert end == begin == both.index("考核方案") and last == len(both)


@pytest.mark.parametrize(
    "unit",
    [
        "关于印发",
        "关于印发《",
        "《",
        "《《》",
        "《中》（",
        "近日,",
        "省委",
        "人民政府",
        "方案\n",
        "《实施方案》全文如下。\n",
        "2015—",
        "（",
    ],
)
def test_time_is_linear(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    begin = time.perf_counter()
    read_metadata(text)
    split_documents(text)
    name_lineage(text[:6000])
    assert time.perf_counter() - begin < 10


@pytest.mark.parametrize(
    ("text", "title", "issuers", "wrapper"),
    [
        (
            "某省人民政府关于印发某省\n监管方案的通知\n某政发〔2017〕1号\n各市：\n现印发给你们。\n某省人民政府\n2017年1月2日\n某省监管方案\n一、甲\n二、乙",
            "某省监管方案", "某省人民政府", "某省人民政府关于印发某省监管方案的通知",
        ),
        ("国务院、中央军委关于同意建设的批复\n某部：\n同意建设。", "国务院、中央军委关于同意建设的批复", "国务院;中央军委", ""),
        ("对建议的答复\n代表：\n收悉。\n国务院办公厅\n2017年1月2日", "对建议的答复", "国务院办公厅", ""),
        ("某市方案\n一、由某市人民政府关于改革的办公室负责。", "某市方案", "", ""),
    ],
)  # fmt: skip
def test_layout_tells_issuers_and_wrapper(text: str, title: str, issuers: str, wrapper: str) -> None:
    told = read_metadata(text)
    assert (told.title, told.issuers, told.wrapper) == (title, issuers, wrapper)


def test_number_of_an_order() -> None:
    text = (
        "中华人民共和国国务院令\n第707号\n现公布《条例》。\n总理 某\n2018年12月18日\n某条例\n第一条　甲。\n第二条　乙。"
    )
    told = read_metadata(text)
    assert (told.doc_number, told.title, told.issuers, told.kind) == ("国令第707号", "某条例", "国务院", "条例")


def test_state_council(real_data: Path) -> None:
    """Against the manifest: own number, and issuers; an order and a number on the line of the title are among them."""
    manifest = pd.read_csv(real_data / "state_council" / "manifest.csv", dtype=str, encoding="utf-8").set_index(
        "doc_id"
    )
    wrong = {}
    for doc_id, row in manifest.iterrows():
        told = read_metadata(clean((real_data / "state_council" / "txt" / f"{doc_id}.txt").read_text(encoding="utf-8")))
        if (told.doc_number, told.issuers) != (row["doc_number"], row["issuer"].replace("、", ";")):
            wrong[doc_id] = told.doc_number
    assert wrong == {}


_ARTICLES = "\n第一条　为了优化营商环境，制定本条例。\n第二条　本条例适用。"


@pytest.mark.parametrize(
    ("head", "issuers", "number"),
    [
        ("（2020年3月27日北京市第十五届人民代表大会常务委员会第二十次会议通过）", "北京市人民代表大会常务委员会", ""),
        ("（2020年3月27日北京市第十五届人民代表大会\n常务委员会第二十次会议通过）", "北京市人民代表大会常务委员会", ""),
        ("2016年2月20日东营市第七届人民代表大会第五次会议审议通过", "东营市人民代表大会", ""),
        ("（2008年10月28日第十一届全国人民代表大会常务委员会第五次会议修订）", "全国人民代表大会常务委员会", ""),
        ("（2019年10月22日中华人民共和国国务院令第722号公布）", "国务院", "国令第722号"),
        ("（国务院令第722号公布，2019年10月22日）", "国务院", "国令第722号"),
        ("国务院令第722号公布", "国务院", "国令第722号"),
        ("（2019年3月1日浙江省人民政府令第378号公布）", "浙江省人民政府", ""),
    ],
)
def test_the_line_of_its_passage_tells_who_passed_a_law(head: str, issuers: str, number: str) -> None:
    told = read_metadata(f"优化营商环境条例\n{head}{_ARTICLES}")
    assert (told.title, told.issuers, told.doc_number) == ("优化营商环境条例", issuers, number)
    if "\n" not in head and head.startswith("（"):  # behind the title, on its line
        assert read_metadata(f"优化营商环境条例{head}{_ARTICLES}").title == "优化营商环境条例"


def test_years_below_a_title_stay() -> None:
    for below in ("（2017—2020年）", "（2018年修正）"):
        assert read_metadata(f"某市规划\n{below}\n第一条　目标。").title == f"某市规划{below}"


def test_laws_tell_title_level_and_date_without_metadata(real_data: Path) -> None:
    """136 laws as pages show them; the registry dates some by their promulgation, weeks later, and three wrongly."""
    folder = real_data / "law_families"
    registry = pd.read_csv(folder / "registry.csv", dtype=str)
    texts = []
    for doc_id in registry["doc_id"]:
        head, _, body = (folder / "raw" / f"{doc_id}.md").read_text(encoding="utf-8").partition("<!-- INFO END -->")
        title, *history = [line.strip("# ") for line in head.split("\n") if line.strip()]
        told = "\n（{}）".format("\n".join(history)) if history else ""
        texts.append(title + told + "".join(f"\n　　{line.lstrip('# ')}" for line in body.split("\n") if line.strip()))
    found = read_corpus(pd.DataFrame({"doc_id": registry["doc_id"], "text": texts})).documents
    assert found["title"].tolist() == registry["title"].tolist()
    assert found["level"].tolist() == registry["level"].tolist()
    assert found["dated"].notna().sum() == 135 and found["issuers"].notna().sum() == 135
    days = (pd.to_datetime(registry["version_date"]) - found["dated"]).dt.days
    assert (days == 0).sum() >= 69 and days.between(0, 92).sum() >= 129

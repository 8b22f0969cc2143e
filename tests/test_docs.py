"""The documentation names every public function, its links lead somewhere, and each measure page has all its parts."""

import json
import re
from pathlib import Path

import pytest

import fzanalytics as fz

ROOT = Path(__file__).resolve().parent.parent
MEASURES = sorted((ROOT / "docs" / "measures").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "README.zh.md", ROOT / "data" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PARTS = ("What it means", "Formula", "Range and direction", "Source", "What it cannot show", "Example", "Sensitivity")

# 一物一词: words that an earlier version had beside the one of the glossary
RETIRED = (
    "归因", "借用率", "借用份额", "再创造", "条款重抽样", "共有文段", "共有段落", "母本", "区别词", "遮蔽", "责任机关", "annotations by hand",
)  # fmt: skip


def read(path):
    return path.read_text(encoding="utf-8")


def headings(text):
    """The anchors of a page."""
    found = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_every_public_name_stands_in_the_index():
    index = read(ROOT / "docs" / "README.md")
    named = set(re.findall(r"`(\w+)`", index))
    public = {name for name in fz.__all__ if not name.startswith("_")}
    assert public - named == set()


def test_the_index_names_nothing_that_is_not_there():
    rows = [line for line in read(ROOT / "docs" / "README.md").splitlines() if line.startswith("| [")]
    assert len(rows) == len(MEASURES)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[3])} <= set(fz.__all__)


@pytest.mark.parametrize("path", MEASURES, ids=lambda path: path.stem)
def test_a_measure_page_has_all_its_parts_and_stands_in_the_index(path):
    text = read(path)
    parts = re.findall(r"^## (.+)$", text, re.M)
    assert [name for name in PARTS if not any(part.startswith(name) for part in parts)] == []
    assert re.search(r"^中文：", text, re.M) and ">>> " in text and "(../README.md" in text
    assert f"(measures/{path.name})" in read(ROOT / "docs" / "README.md")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    text = re.sub(r"```.*?```", "", read(path), flags=re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, anchor = link.partition("#")
        if target.startswith("http") or target.startswith("figures/"):  # the sdist has no figures
            continue
        other = (path.parent / target).resolve() if target else path
        assert other.exists(), link
        assert not anchor or anchor in headings(read(other)), link


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_take_public_names_from_the_top(path):
    taken = re.findall(r"^>>> from fzanalytics\.\S+ import (.+)$", read(path), re.M)
    assert {name.strip() for names in taken for name in names.split(",")} & set(fz.__all__) == set()


def test_both_readmes_map_the_same_figures_tables_and_chapters():
    english, chinese = read(ROOT / "README.md"), read(ROOT / "README.zh.md")
    for pattern in (
        r"^\| (\d+) [^|]*\|[^|]*(\d\d_\w+)[^|]*\| ([^|]*) \|",  # figure, notebook, functions
        r"^\| (`corpus\.\w+`) \|",
        r"^\$ (fzanalytics \w+|python -m \w+)",
        r"^>>> (shares|table|names|axes)\b",
    ):
        found = re.findall(pattern, english, re.M)
        assert found and found == re.findall(pattern, chinese, re.M), pattern
    assert set(re.findall(r"\((docs/\w+\.md|benchmarks/\w+\.md|data/\w+\.md)\)", english)) == set(
        re.findall(r"\((docs/\w+\.md|benchmarks/\w+\.md|data/\w+\.md)\)", chinese)
    )


def test_one_word_for_one_thing():
    texts = {path: read(path) for path in PAGES}
    for path in NOTEBOOKS:
        cells = json.loads(read(path))["cells"]
        texts[path] = "\n".join("".join(cell["source"]) for cell in cells)
    found = [(path.name, word) for path, text in texts.items() for word in RETIRED if word in text]
    assert found == []


def test_the_map_of_figures_has_the_functions_that_make_them():
    from fzanalytics.output.steps import list_figures

    rows = re.findall(r"^\| (\d+) [^|]*\|[^|]*\| ([^|]*) \|", read(ROOT / "README.md"), re.M)
    named = {}
    for number, functions in rows:
        named.setdefault(number, set()).update(re.findall(r"`(\w+)`", functions))
    made = {(re.match(r"fig(\d+)_", step.name)[1], step.function) for step in list_figures()}
    assert [(number, function) for number, function in sorted(made) if function not in named[number]] == []
    assert set(named) - {number for number, _ in made} == {"8"}  # which the text says
    assert set().union(*named.values()) <= set(fz.__all__)


def test_the_page_on_metadata_has_the_words_that_are_read():
    from fzanalytics.texts.documents.catalogue import COLUMN_NAMES, LEVEL_NAMES

    columns, levels = read(ROOT / "docs" / "metadata.md").split("| Level | words |")
    rows = [line.strip("| ").split(" | ") for line in columns.splitlines() if line.startswith("| ")][1:]
    named = {column for row in rows for column in row[0].split(", ")}
    others = [word for row in rows for word in re.split(", ", row[1]) if word.strip()]
    assert {COLUMN_NAMES.get(word, word) for word in others} <= named and len(others) > 15
    for line in re.findall(r"^\| (\w+) \| (.+) \|$", levels, re.M):
        assert {LEVEL_NAMES[word] for word in line[1].split(", ")} == {line[0]}

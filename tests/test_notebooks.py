"""The notebooks run from top to bottom, are thin, are stored without outputs, and make the figures of `reproduce`."""

import json
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_thin_and_stored_without_outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    for cell in code:
        assert cell["outputs"] == [] and cell["execution_count"] is None
        assert "def " not in "".join(cell["source"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_makes_the_figures_of_the_paper(path, tmp_path, reproduced, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    if path.stem == "06_law_family" and "FZANALYTICS_DATA" not in os.environ:
        pytest.skip("FZANALYTICS_DATA does not name the law families, which are fetched without it")

    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the checkout that is tested, also where another one is installed
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (tmp_path / "figures").mkdir()
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    made = sorted((tmp_path / "figures").glob("*.png"))
    assert made or path.stem in ("06_law_family", "07_topics_replication")  # their figures are not of `reproduce`
    for figure in made:
        assert figure.read_bytes() == (reproduced / figure.name).read_bytes(), figure.name

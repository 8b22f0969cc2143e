"""What is installed: the wheel and the sdist hold the code and the data, and the sample loads from any folder."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", errors="replace")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The wheel and the sdist of a copy of the project as git would hand it out."""
    import shutil

    source = tmp_path_factory.mktemp("source") / "project"
    wanted = [
        "fzanalytics",
        "data",
        "setup.cfg",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "MANIFEST.in",
        "CITATION.cff",
    ]
    source.mkdir()
    for name in wanted:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif place.exists():
            shutil.copy(place, source / name)
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), cwd=source)
    return {path.suffix: path for path in out.iterdir()}


def test_the_wheel_holds_code_types_and_data_and_nothing_else(built):
    names = set(zipfile.ZipFile(built[".whl"]).namelist())
    for path in ROOT.glob("fzanalytics/**/*.py"):
        assert path.relative_to(ROOT).as_posix() in names
    assert {"fzanalytics/py.typed", "fzanalytics/__init__.pyi"} <= names
    for path in ROOT.glob("data/raw/*.txt"):
        assert f"fzanalytics/data/raw/{path.name}" in names
    for path in [*ROOT.glob("data/*.csv"), *ROOT.glob("data/*.txt"), *ROOT.glob("data/*.md")]:
        assert f"fzanalytics/data/{path.name}" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"fzanalytics"}


def test_the_wheel_carries_the_five_files_byte_for_byte(built):
    wheel = zipfile.ZipFile(built[".whl"])
    for path in ROOT.glob("data/raw/*.txt"):
        assert wheel.read(f"fzanalytics/data/raw/{path.name}") == path.read_bytes()


def test_the_sdist_can_be_built_from(built):
    with tarfile.open(built[".gz"]) as sdist:
        names = {name.split("/", 1)[1] for name in sdist.getnames() if "/" in name}
    assert {"setup.cfg", "pyproject.toml", "data/documents.csv", "data/raw/hebei_province_2016.txt"} <= names


def test_the_sample_loads_from_the_wheel_in_any_folder(built, tmp_path):
    target = tmp_path / "site"
    run(
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--quiet",
        "--target",
        str(target),
        str(built[".whl"]),
        cwd=tmp_path,
    )
    code = (
        f"import sys; sys.path.insert(0, {str(target)!r}); import fzanalytics as fz; "
        "assert fz.__file__.startswith(sys.path[0]); corpus = fz.load_sample(); "
        "from fzanalytics.base.resources import data_path; assert str(data_path('raw')).startswith(sys.path[0]); "
        "print(len(corpus.held))"
    )
    assert run(sys.executable, "-I", "-c", code, cwd=tmp_path).strip() == "6"


def test_the_requirements_are_those_that_the_code_imports():
    """Every third-party module that the package imports is required by setup.cfg."""
    import ast
    import configparser

    names = {"sklearn": "scikit-learn", "opencc": "opencc", "charset_normalizer": "charset-normalizer"}
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    required = {
        line.split(">=")[0].strip().lower() for line in config["options"]["install_requires"].split("\n") if line
    }
    for path in ROOT.glob("fzanalytics/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for module in {module.split(".")[0] for module in modules}:
                if module in sys.stdlib_module_names or module == "fzanalytics":
                    continue
                assert names.get(module, module).lower() in required, f"{path.name} imports {module}"


def test_the_floors_that_are_tested_are_those_of_setup_cfg():
    import configparser

    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    allowed = {line for line in config["options"]["install_requires"].split("\n") if line}
    lines = (ROOT / "tests" / "floors.txt").read_text(encoding="utf-8").splitlines()
    assert {line.replace("==", ">=") for line in lines if not line.startswith("#")} == allowed

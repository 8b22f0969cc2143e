"""The rooms of the package: data flows one way, and importing the package costs nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import fzanalytics as fz

PACKAGE = Path(fz.__file__).parent
ROOMS = ["base", "texts", "features", "measures", "evaluation", "output"]
HEAVY = [
    "pandas",
    "numpy",
    "sklearn",
    "gensim",
    "matplotlib",
    "jieba",
    "opencc",
    "statsmodels",
    "scipy",
    "lxml",
    "pypdfium2",
]
LATE = {"sklearn", "gensim", "statsmodels", "matplotlib", "jieba", "lxml", "pypdfium2"}


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py") if room_of(path) in ROOMS)


def room_of(path):
    return path.relative_to(PACKAGE).parts[0]


def name_of(path):
    return path.relative_to(PACKAGE).as_posix()


def imported(path):
    """(module, whether at the top level) of every import in a file, those inside functions too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            yield node.module, id(node) in top


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_imports_from_its_own_room_or_from_those_above(path):
    own = ROOMS.index(room_of(path))
    for module, _ in imported(path):
        if module.startswith("fzanalytics."):
            room = module.split(".")[1]
            assert ROOMS.index(room) <= own, f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_heavy_libraries_are_imported_where_they_are_needed(path):
    for module, at_top in imported(path):
        assert not (at_top and module.split(".")[0] in LATE), f"{path.name} imports {module} at its top"


def test_no_room_is_more_than_a_dozen_files():
    for folder in {path.parent for path in modules()}:
        assert len(list(folder.glob("*.py"))) <= 13, folder
        assert len(folder.relative_to(PACKAGE).parts) <= 2, folder


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, fzanalytics; print(','.join(sorted(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent, encoding="utf-8"
    ).stdout.split(",")
    assert not set(HEAVY) & {name.split(".")[0] for name in loaded}


@pytest.mark.parametrize("name", fz.__all__)
def test_every_public_name_is_there_and_documented(name):
    value = getattr(fz, name)
    if name != "__version__":
        assert value.__doc__ and len(value.__doc__) > 100
        assert name in dir(fz)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        fz.no_such_name  # noqa: B018


def test_the_stub_names_what_the_package_has():
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    names = {
        alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    names |= {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
    assert names == set(fz.__all__)

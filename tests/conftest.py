"""What every test may rely on."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def sample():
    """The bundled corpus; nobody changes it."""
    import fzanalytics as fz

    return fz.load_sample()


@pytest.fixture(scope="session")
def real_data():
    """The folder of real material that FZANALYTICS_DATA names; without it the test is skipped."""
    folder = os.environ.get("FZANALYTICS_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("FZANALYTICS_DATA does not name a folder of real material")
    return Path(folder)


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory):
    """A folder with the results of the main job, made once."""
    import fzanalytics as fz

    folder = tmp_path_factory.mktemp("reproduced") / "figures"
    fz.reproduce(folder)
    return folder

"""What every test may rely on."""

import os
import time
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
    """A folder with the results of the main job, made once, also where the tests run in several processes."""
    import fzanalytics as fz

    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, done, failed = base / "main_job" / "figures", base / "main_job" / "done", base / "main_job" / "failed"
    try:
        folder.parent.mkdir()
    except FileExistsError:  # another process makes them
        while not done.exists():
            assert not failed.exists(), "`reproduce` failed in another process of this test run"
            time.sleep(0.2)
        return folder
    try:
        fz.reproduce(folder)
    except BaseException:
        failed.touch()
        raise
    done.touch()
    return folder

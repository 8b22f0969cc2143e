"""Time and memory of the main job, each part in a fresh process.

    python benchmarks/main_job.py [--runs 3]

Goals: `fzanalytics reproduce` at most 60 s and 1 GB on 2 cores, `import fzanalytics` at most 0.1 s, first
`load_sample()` at most 1.5 s. The script prints the median of the runs and whether it keeps the goal.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

IMPORT = "import time; t = time.perf_counter(); import fzanalytics; print(time.perf_counter() - t)"
SAMPLE = (
    "import time; t = time.perf_counter(); import fzanalytics as fz; fz.load_sample(); print(time.perf_counter() - t)"
)


def seconds_inside(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    return float(done.stdout.split()[-1])


def whole_command(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak memory (MB, the process and its largest child) of one command."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed with status {status}")
    per_mb = 1024 if sys.platform.startswith("linux") else 1024 * 1024
    return time.perf_counter() - begin, usage.ru_maxrss / per_mb


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    rows = [
        ("import fzanalytics [s]", 0.1, [seconds_inside(IMPORT) for _ in range(runs)]),
        ("first load_sample() [s]", 1.5, [seconds_inside(SAMPLE) for _ in range(runs)]),
    ]
    measured = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as out:
            measured.append(whole_command([sys.executable, "-m", "fzanalytics", "reproduce", "--out", out, "--quiet"]))
    rows.append(("reproduce, wall [s]", 60, [wall for wall, _ in measured]))
    rows.append(("reproduce, peak memory [MB]", 1000, [memory for _, memory in measured]))
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, median of {runs} runs (smallest, largest)")
    for name, goal, values in rows:
        middle = statistics.median(values)
        verdict = "kept" if middle <= goal else "MISSED"
        print(f"{name:30} {middle:10.3f}  ({min(values):.3f}, {max(values):.3f})   goal {goal}: {verdict}")


if __name__ == "__main__":
    main()

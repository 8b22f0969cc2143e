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
from pathlib import Path

IMPORT = "import time; t = time.perf_counter(); import fzanalytics; print(time.perf_counter() - t)"
SAMPLE = (
    "import time; t = time.perf_counter(); import fzanalytics as fz; fz.load_sample(); print(time.perf_counter() - t)"
)


def seconds_inside(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    return float(done.stdout.split()[-1])


def memory_of_tree(pid: int) -> float:
    """Memory (MB) of a process and all below it, shared pages counted once (Linux: proportional set size)."""
    total, waiting = 0.0, [pid]
    while waiting:
        at = waiting.pop()
        try:
            lines = Path(f"/proc/{at}/smaps_rollup").read_text(encoding="ascii").splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
            for task in Path(f"/proc/{at}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text(encoding="ascii").split()]
        except OSError:  # it has ended
            continue
    return total


def whole_command(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak memory (MB) of one command with all its processes."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, memory_of_tree(process.pid))
        time.sleep(0.25)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with status {process.returncode}")
    return time.perf_counter() - begin, peak


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

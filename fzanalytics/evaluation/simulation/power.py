"""How often a test would find what is there."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.stats import beta

from fzanalytics.base.options import check_level, check_number
from fzanalytics.base.seeds import RandomState, integer_seed
from fzanalytics.evaluation.simulation.simulate import simulate_diffusion
from fzanalytics.evaluation.simulation.truth import Simulation


def power(
    measure: Callable[[Simulation], float],
    design: Mapping[str, object] | Sequence[Mapping[str, object]],
    n_simulations: int = 200,
    *,
    alpha: float = 0.05,
    random_state: RandomState = 0,
    progress: bool = False,
) -> pd.DataFrame:
    """How often a test finds what was planted.

    Parameters
    ----------
    measure : function
        Takes a `Simulation`, returns a p-value in [0, 1]; NaN where the test cannot be done. A bool will do too: whether
        it was found.
    design : mapping, or sequence of mappings
        Options of `simulate_diffusion`; with several designs, a row for each.
    n_simulations : int
        Simulations of each design, at least 1.
    alpha : float
        Found is a p of at most this, in (0, 1).
    random_state : int, Generator or None
        Same int, same simulations.
    progress : bool
        Show a bar.

    Returns
    -------
    DataFrame, one row a design
        The options of the design; n_simulations; n_missing: how many gave NaN, which count as not found; power in
        [0, 1]: share of the simulations in which it was found; low, high: its 95 % interval (Clopper and Pearson).
        Without copying in the design, power is the rate of false alarms, which should not exceed alpha.

    Raises
    ------
    ValueError
        If an option is out of its range, or `measure` returns what is no p-value.

    Notes
    -----
    It is the power in simulated documents, whose clauses are independent and whose copyists are all alike: take it for an
    upper bound of what real documents allow.

    Examples
    --------
    >>> found = power(lambda simulation: len(simulation.copies) > 150, [{"copy_rate": 0.1}, {"copy_rate": 0.5}], 5)
    >>> found[["copy_rate", "power"]].values.tolist()
    [[0.1, 0.0], [0.5, 1.0]]
    """
    from tqdm.auto import tqdm

    check_number(n_simulations, name="n_simulations", within="[1, inf)", whole=True, remedy="Take 200.")
    check_number(alpha, name="alpha", within="(0, 1)", remedy="Take 0.05.")
    designs = [design] if isinstance(design, Mapping) else list(design)
    known = set(inspect.signature(simulate_diffusion).parameters)
    if unknown := sorted({str(name) for options in designs for name in options} - known):
        raise ValueError(
            f"`design` must name options of simulate_diffusion; got {', '.join(unknown)}. They are: {', '.join(sorted(known))}."
        )
    rows = []
    for number, options in enumerate(designs):
        values = []
        for at in tqdm(range(n_simulations), desc=f"design {number + 1}", unit="simulation", disable=not progress):
            seed = integer_seed(random_state, "power", number, at)
            given = measure(simulate_diffusion(**{"random_state": seed, **options}))  # type: ignore[arg-type]
            values.append(float(not given) if isinstance(given, bool | np.bool_) else float(given))
        p = np.array(values)
        if ((p < 0) | (p > 1)).any():
            raise ValueError(
                f"`measure` must return p-values in [0, 1]; got {p[(p < 0) | (p > 1)][0]}. Mend the function."
            )
        n, n_found = len(p), int((p <= alpha).sum())
        low, high = exact_interval(n_found, n)
        rows.append({**options, "n_simulations": n, "n_missing": int(np.isnan(p).sum()), "power": n_found / n,
                     "low": low, "high": high})  # fmt: skip
    return pd.DataFrame(rows)


def exact_interval(n_found: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """The interval of Clopper and Pearson for a share of independent trials.

    Examples
    --------
    >>> [round(value, 3) for value in exact_interval(0, 10)]
    [0.0, 0.308]
    """
    check_level(level)
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, n_found, n - n_found + 1)) if n_found else 0.0
    return low, float(beta.ppf(1 - tail, n_found + 1, n - n_found)) if n_found < n else 1.0

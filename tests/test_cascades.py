"""The network of cascades: by hand, against a search without short cuts, and on cascades whose edges are known."""

import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.measures.lineage.cascades import EPSILON, infer_cascade_network


def table(rows):
    return pd.DataFrame(rows, columns=["unit", "policy", "time"])


def simulated(n_units=20, n_edges=40, n_policies=300, *, seed=0, gap="exponential", passed=0.5, window=8.0):
    """Known edges at random; each policy starts at one unit and is passed on along them."""
    rng = np.random.default_rng(seed)
    every = [(a, b) for a in range(n_units) for b in range(n_units) if a != b]
    edges = [every[at] for at in rng.choice(len(every), n_edges, replace=False)]
    rows = []
    for policy in range(n_policies):
        times = {int(rng.integers(n_units)): 0.0}
        queue = list(times)
        while queue:
            unit = min(queue, key=times.get)
            queue.remove(unit)
            for a, b in edges:
                if a != unit or rng.random() > passed:
                    continue
                wait = (
                    rng.exponential()
                    if gap == "exponential"
                    else rng.rayleigh()
                    if gap == "rayleigh"
                    else rng.pareto(2) + 1
                )
                if times[unit] + wait < min(times.get(b, np.inf), window):
                    times[b] = times[unit] + wait
                    queue = [*(one for one in queue if one != b), b]
        rows += [(f"u{unit:02d}", policy, time) for unit, time in times.items()]
    return table(rows), {(f"u{a:02d}", f"u{b:02d}") for a, b in edges}


def test_improvement_by_hand():
    # one policy, gaps 1 and 3 from a to b and c, 2 from b to c; exponential with scale 2
    found = infer_cascade_network(table([("a", 1, 0), ("b", 1, 1), ("c", 1, 3)]), n_edges=9, scale=2, n_permutations=0)
    outside = -np.log(EPSILON)
    assert found[["source", "target"]].values.tolist() == [["a", "b"], ["b", "c"]]  # a to c adds nothing any more
    assert found["improvement"].tolist() == pytest.approx([outside - 0.5, outside - 1.0])
    assert found["median_gap"].tolist() == [1, 2] and found["p"].isna().all()
    assert found[["n_policies", "n_possible", "n_target_policies"]].values.tolist() == [[1, 1, 1], [1, 1, 1]]


def test_an_edge_that_is_less_likely_explains_nothing_more():
    # c could be from a (gap 3) or b (gap 2); in policy 2 b is not there
    rows = [("a", 1, 0), ("b", 1, 1), ("c", 1, 3), ("a", 2, 0), ("c", 2, 3)]
    found = infer_cascade_network(table(rows), n_edges=9, scale=2, n_permutations=0).set_index(["source", "target"])
    assert found.loc[("a", "c"), "n_possible"] == 2 and found.loc[("a", "c"), "n_policies"] == 1
    assert found.loc[("b", "c"), "improvement"] == pytest.approx(0.5)  # only the better gap of policy 1


@pytest.mark.parametrize(
    ("model", "density"),
    [
        ("exponential", lambda x: np.exp(-x)),
        ("rayleigh", lambda x: x * np.exp(-(x**2) / 2)),
        ("power law", lambda x: 1.5 * max(x, 1) ** -2.5),
    ],
)
def test_densities(model, density):
    for gap in (0.5, 3.0):
        found = infer_cascade_network(
            table([("a", 1, 0), ("b", 1, gap)]), model=model, scale=2, exponent=1.5, n_permutations=0
        )
        assert found["improvement"].item() == pytest.approx(np.log(density(gap / 2)) - np.log(EPSILON))


def slow_network(adoptions, n_edges, scale):
    """The same by the definition: every edge is tried in every round."""
    times = adoptions.pivot_table(index="policy", columns="unit", values="time")
    units, chosen, gains = sorted(times.columns), [], []

    def likelihood(edges):
        total = 0.0
        for _, row in times.iterrows():
            for target in units:
                weights = [
                    -(row[target] - row[source]) / scale - np.log(EPSILON)
                    for source, one in edges
                    if one == target and row[source] < row[target]
                ]
                total += max([0.0, *weights])
        return total

    for _ in range(n_edges):
        now = likelihood(chosen)
        tried = [(likelihood([*chosen, (a, b)]) - now, (a, b)) for a in units for b in units if a != b]
        gain, edge = max(tried, key=lambda one: one[0])
        if gain <= 0:
            break
        chosen.append(edge)
        gains.append(gain)
    return chosen, gains


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_lazy_search_is_the_plain_one(seed):
    adoptions, _ = simulated(5, 7, 6, seed=seed)
    if adoptions["unit"].nunique() < 2:
        return
    found = infer_cascade_network(adoptions, n_edges=6, scale=1.0, n_permutations=0)
    _, gains = slow_network(adoptions, 6, 1.0)
    assert found["improvement"].tolist() == pytest.approx(gains, abs=1e-6)
    assert (np.diff(found["improvement"]) <= 1e-9).all()


@pytest.mark.parametrize(
    ("gap", "model"), [("exponential", "exponential"), ("rayleigh", "rayleigh"), ("pareto", "power law")]
)
def test_known_edges_are_found(gap, model, capsys):
    adoptions, truth = simulated(gap=gap, seed=3)
    found = infer_cascade_network(adoptions, model=model, n_edges=len(truth), n_permutations=0)
    hits = len(truth & set(zip(found["source"], found["target"], strict=True)))
    with capsys.disabled():
        print(f"\n{model}: precision {hits / len(found):.2f}, recall {hits / len(truth):.2f}")
    assert hits / len(found) >= 0.8 and hits / len(truth) >= 0.8


def test_the_unit_of_time_and_the_order_of_rows_change_nothing():
    adoptions, _ = simulated(10, 20, 60)
    one = infer_cascade_network(adoptions, n_edges=15, n_permutations=19)
    dates = adoptions.assign(time=pd.Timestamp("2000-01-01") + pd.to_timedelta(adoptions["time"] * 100, unit="D"))
    other = infer_cascade_network(dates.sample(frac=1, random_state=1), n_edges=15, n_permutations=19)
    assert one[["source", "target"]].equals(other[["source", "target"]])
    assert one["improvement"].to_numpy() == pytest.approx(other["improvement"].to_numpy(), rel=1e-6)
    assert (one["median_gap"] * 100).to_numpy() == pytest.approx(other["median_gap"].to_numpy(), rel=1e-6)


def test_p_is_small_for_known_edges_and_stops_where_order_is_chance():
    adoptions, truth = simulated(10, 12, 500, seed=1)
    found = infer_cascade_network(adoptions, max_p=0.05, n_permutations=39)
    assert len(found) >= 3 and (found["p"] <= 0.05).all()
    assert set(zip(found["source"], found["target"], strict=True)) <= truth


def test_p_is_no_smaller_than_it_should_be_where_order_is_chance():
    rng = np.random.default_rng(5)
    values = []
    for at in range(150):
        rows = [(u, p, t) for p in range(8) for u, t in zip("abcdef", rng.exponential(size=6), strict=True)]
        values.append(infer_cascade_network(table(rows), n_permutations=19, random_state=at)["p"].min())
    for a in (0.05, 0.1, 0.2):  # with three standard errors of 150 draws
        assert np.mean(np.array(values) <= a) <= a + 3 * np.sqrt(a * (1 - a) / 150)
    assert np.mean(np.array(values) <= 0.5) > 0.3  # and it is not 1 throughout


def test_what_has_no_time_is_told_and_what_is_at_one_time_is_no_edge(caplog):
    rows = [("a", 1, 0), ("b", 1, 0), ("c", 1, None)]
    with caplog.at_level(logging.WARNING):
        found = infer_cascade_network(table(rows))
    assert found.empty and "1 of 3 adoptions" in caplog.text
    assert list(found.columns)[:3] == ["source", "target", "improvement"]


def test_faults():
    good = table([("a", 1, 0), ("b", 1, 1)])
    with pytest.raises(ValueError, match="missing: time"):
        infer_cascade_network(good.drop(columns="time"))
    with pytest.raises(ValueError, match=r"`time` must be days, .* got 'soon'"):
        infer_cascade_network(good.assign(time=["2016-01-01", "soon"]))
    with pytest.raises(ValueError, match="got 1 more, the first of them a with 1"):
        infer_cascade_network(pd.concat([good, good.head(1)]))
    with pytest.raises(ValueError, match=r"two units or more; got 1\. Add units\."):
        infer_cascade_network(good.head(1))
    with pytest.raises(ValueError, match=r"`model` must be .*; got 'normal'.*`n_edges` must be at least 1; got 0"):
        infer_cascade_network(good, model="normal", n_edges=0)
    for options in ({"scale": 0}, {"exponent": -1}, {"epsilon": 1}, {"max_p": 0}, {"n_permutations": -1}):
        with pytest.raises(ValueError, match=f"`{next(iter(options))}` must be"):
            infer_cascade_network(good, **options)

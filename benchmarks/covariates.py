"""How often the intervals of `topic_prevalence` hold what was planted.

    python benchmarks/covariates.py [--only shares trends words models] [--n 400]

shares  topic shares of documents are drawn directly: each jurisdiction has shares of its own about those of its level
        (Dirichlet), each of its documents about those, and each document's are seen through its words, whose topics are
        known. Truth: the planted mean shares of the levels, and their differences. Beside it what a plain sandwich (CR0 with
        the normal quantile) covers.
trends  the same with documents of several years, all levels moving at a steady pace towards one goal: slopes by level,
        their difference, and shares on the lines.
words   documents of few words, where the error of shares is the larger part: clusters alone beside the method of
        composition; and the figure of these documents (text_low to text_high) against what these documents truly are.
        A third of the simulations.
models  policy text by `simulate_policy_text`, topics fitted anew in every simulation and matched to the planted ones by
        cosine. An eighth of the simulations.

For each design the share of intervals that hold the truth, over simulations, topics and levels. Every level has 30 jurisdictions
or more: with fewer no interval is given. Designs within the claim (40 words a document or more) are marked "ok" where it is 93 to
97 %, "FAIL" else; the others are printed and not judged. "none": intervals that are refused, for too few degrees of freedom.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import norm

from fzanalytics.evaluation.simulation.simulate_topics import simulate_policy_text
from fzanalytics.measures.prevalence.covariates import topic_prevalence
from fzanalytics.measures.topics.fitting import fit_topics
from fzanalytics.measures.topics.result import TopicResult

PARTS = ("shares", "trends", "words", "models")
LOW, HIGH = 0.93, 0.97
LEVELS = ("province", "prefecture", "county")
#: Planted shares: a common topic, two middling ones, a rare one.
MEANS = {
    "province": np.array([0.50, 0.25, 0.20, 0.05]),
    "prefecture": np.array([0.35, 0.35, 0.20, 0.10]),
    "county": np.array([0.20, 0.40, 0.30, 0.10]),
}
#: Where all levels move to in the designs with a trend.
GOAL = np.array([0.10, 0.20, 0.30, 0.40])


def documents_of(sizes: tuple[int, ...], n_each: int | str, rng: np.random.Generator) -> pd.DataFrame:
    """Jurisdictions of each level, with a number of documents each, one a year."""
    rows = []
    for level, size in zip(LEVELS, sizes, strict=False):
        for number in range(size):
            n = int(rng.integers(1, 9)) if n_each == "1-8" else int(n_each)
            rows += [(f"{level}{number}", level, 2015.0 + i) for i in range(n)]
    table = pd.DataFrame(rows, columns=["region", "level", "time"])
    return table.assign(doc_id=[f"d{i}" for i in range(len(table))])


def dirichlet(means: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    drawn = rng.standard_gamma(np.maximum(size * means, 1e-3))
    return drawn / drawn.sum(axis=1, keepdims=True)


def result_of(
    table: pd.DataFrame, *, between: float, within: float, tokens: int, rng: np.random.Generator, trend: float = 0.0
) -> tuple[TopicResult, np.ndarray]:
    """Topics of documents, each one unit, as a fit would give them if it knew the topic of every token; true shares."""
    codes, _ = pd.factorize(table["region"])
    first = table.drop_duplicates("region")
    place = dirichlet(np.array([MEANS[level] for level in first["level"]]), between, rng)
    means = place[codes]
    moved = trend * (table["time"].to_numpy() - 2015)[:, None]
    means = (1 - moved) * means + moved * GOAL
    true = dirichlet(means, within, rng)
    n = np.maximum(rng.poisson(tokens, len(table)), 5)
    weights = rng.multinomial(n, true) + 0.25
    ids = pd.Index(table["doc_id"], name="doc_id")
    topics = pd.RangeIndex(1, 5, name="topic")
    posterior = pd.DataFrame(weights, index=ids, columns=topics)
    shares = posterior.div(posterior.sum(axis=1), axis=0)
    units = pd.DataFrame({"doc_id": ids.to_numpy(), "n_tokens": n}, index=ids)
    nothing = pd.DataFrame()
    result = TopicResult(
        nothing, shares, shares, units, nothing, pd.Series(dtype=int), (), {"model": "lda"}, unit_weights=posterior
    )
    return result, true


class Tally:
    """Intervals that hold the truth."""

    def __init__(self) -> None:
        self.held: list[bool] = []
        self.widths: list[float] = []
        self.n = 0

    def add(self, rows: pd.DataFrame, truths: np.ndarray, bounds: tuple[str, str] = ("low", "high")) -> None:
        low, high = (rows[bound].to_numpy(float) for bound in bounds)
        known = ~np.isnan(low)
        self.n += len(rows)
        self.held += list(((low <= truths) & (truths <= high))[known])
        self.widths += list((high - low)[known])

    def report(self, name: str, judged: bool, note: str = "") -> bool:
        share = float(np.mean(self.held)) if self.held else float("nan")
        good = LOW <= share <= HIGH
        mark = ("ok" if good else "FAIL") if judged else "-"
        none = 1 - len(self.held) / max(self.n, 1)
        width = float(np.median(self.widths)) if self.widths else float("nan")
        print(
            f"{name:68} covered {share:6.1%}  none {none:5.1%}  width {width:.3f}  {mark}  {note}".rstrip(), flush=True
        )
        return good or not judged


def truths_of(rows: pd.DataFrame) -> np.ndarray:
    return np.array([MEANS[level][topic - 1] for level, topic in zip(rows["level"], rows["topic"], strict=True)])


def differences_of(rows: pd.DataFrame) -> np.ndarray:
    return np.array([
        MEANS[one][topic - 1] - MEANS[other][topic - 1]
        for one, other, topic in zip(rows["value"], rows["against"], rows["topic"], strict=True)
    ])  # fmt: skip


def plain_sandwich(result: TopicResult, table: pd.DataFrame) -> Iterator[bool]:
    """Whether CR0 intervals with the normal quantile hold the shares of the levels."""
    for level, part in table.groupby("level", sort=False):
        y = result.unit_topics.loc[part["doc_id"]]
        sums = (y - y.mean()).groupby(part["region"].to_numpy()).sum() / len(y)
        half = norm.ppf(0.975) * np.sqrt((sums**2).sum())
        yield from (np.abs(y.mean() - MEANS[str(level)]) <= half).tolist()


SHARES = {
    "60 jurisdictions, 30 and 30, 1 document each": ((30, 30), 1),
    "60 jurisdictions, 30 and 30, 1-8 documents each": ((30, 30), "1-8"),
    "90 jurisdictions, 30, 30 and 30, 1-8 documents each": ((30, 30, 30), "1-8"),
    "120 jurisdictions, 30, 40 and 50, 1-8 documents each": ((30, 40, 50), "1-8"),
    "130 jurisdictions, 30 and 100, 4 documents each": ((30, 100), 4),
}


def shares(n: int) -> Iterator[bool]:
    for between in (8.0, 30.0):
        for name, (sizes, n_each) in SHARES.items():
            rng = np.random.default_rng([int(between), *sizes])
            levels, effects, rare, plain = Tally(), Tally(), Tally(), []
            for _ in range(n):
                table = documents_of(sizes, n_each, rng)
                result, _ = result_of(table, between=between, within=40.0, tokens=1500, rng=rng)
                found = topic_prevalence(result, table, n_draws=2)
                levels.add(found.shares, truths_of(found.shares))
                rows = found.shares[found.shares["topic"] == 4]
                rare.add(rows, truths_of(rows))
                effects.add(found.effects, differences_of(found.effects))
                plain += list(plain_sandwich(result, table))
            note = f"(plain sandwich: {np.mean(plain):.1%})"
            yield levels.report(f"{name}, Dirichlet {between:g}: shares", True, note)
            yield rare.report(f"{'':4}of these the rare topic", False)
            yield effects.report(f"{'':4}differences", True)


def trends(n: int) -> Iterator[bool]:
    for sizes, n_each in (((30, 30), 4), ((30, 60), "1-8")):
        rng = np.random.default_rng([5, *sizes])
        slopes, lines, between = Tally(), Tally(), Tally()
        for _ in range(n):
            table = documents_of(sizes, n_each, rng)
            result, _ = result_of(table, between=30.0, within=40.0, tokens=1500, trend=0.1, rng=rng)
            found = topic_prevalence(result, table, formula="level * time", at={"time": [2015, 2017]}, n_draws=2)
            rows = found.effects[found.effects["within"].str.startswith("level")]
            means = np.array([MEANS[one.removeprefix("level: ")] for one in rows["within"]])
            slopes.add(rows, (0.1 * (GOAL - means))[np.arange(len(rows)), rows["topic"] - 1])
            rows = found.effects[found.effects["covariate"] == "level * time"]
            between.add(rows, -0.1 * differences_of(rows))
            rows = found.shares[found.shares["level"].notna() & found.shares["time"].notna()]
            moved = 0.1 * (rows["time"].to_numpy(float) - 2015)
            lines.add(rows, (1 - moved) * truths_of(rows) + moved * GOAL[rows["topic"] - 1])
        yield slopes.report(f"{sizes} jurisdictions, {n_each} documents each: slopes by level", True)
        yield between.report(f"{'':4}differences of slopes", True)
        yield lines.report(f"{'':4}shares on the lines", True)


def words(n: int) -> Iterator[bool]:
    for tokens in (12, 40, 150, 1500):
        rng = np.random.default_rng([tokens])
        tallies = {name: Tally() for name in ("clusters", "composition", "text")}
        for _ in range(n // 3):
            table = documents_of((30, 30), 2, rng)
            result, true = result_of(table, between=60.0, within=60.0, tokens=tokens, rng=rng)
            for uncertainty in ("clusters", "composition"):
                found = topic_prevalence(result, table, uncertainty=uncertainty, n_draws=50)
                tallies[uncertainty].add(found.shares, truths_of(found.shares))
            own = pd.DataFrame(true, columns=result.unit_topics.columns).groupby(table["level"].to_numpy()).mean()
            rows = found.shares
            truths = np.array(
                [own.loc[level, topic] for level, topic in zip(rows["level"], rows["topic"], strict=True)]
            )
            tallies["text"].add(rows, truths, ("text_low", "text_high"))
        yield tallies["clusters"].report(f"{tokens} words a document: clusters", tokens >= 40)
        yield tallies["composition"].report(f"{'':4}method of composition", False)
        yield tallies["text"].report(f"{'':4}these documents themselves (text_low to text_high)", False)


def models(n: int) -> Iterator[bool]:
    for model in ("lda", "nmf"):
        levels, effects, own, cosines = Tally(), Tally(), Tally(), []
        for seed in range(n // 8):
            simulation = simulate_policy_text(n_jurisdictions=30, n_paragraphs=10, random_state=seed)
            result = fit_topics(simulation.corpus, model=model, n_topics=4, random_state=seed)
            matches = simulation.match(result)
            cosines += matches["cosine"].tolist()
            found = topic_prevalence(result, simulation.corpus)
            table = simulation.compare(found, matches)
            levels.add(table, table["truth"].to_numpy())
            planted = dict(zip(matches["topic"], matches["planted"], strict=True))
            means = simulation.shares.set_index(["level", "topic"])["share"]
            rows = found.effects
            effects.add(rows, np.array([
                means[one, planted[topic]] - means[other, planted[topic]]
                for one, other, topic in zip(rows["value"], rows["against"], rows["topic"], strict=True)
            ]))  # fmt: skip
            of_level = simulation.corpus.documents.set_index("doc_id")["level"]
            written = simulation.document_topics.groupby(of_level).mean()
            truths = [written.loc[level, topic] for level, topic in zip(table["level"], table["planted"], strict=True)]
            own.add(table, np.array(truths), ("text_low", "text_high"))
        note = f"(cosine with the planted topics: mean {np.mean(cosines):.3f}, least {np.min(cosines):.3f})"
        yield levels.report(f"{model.upper()} fitted anew, 90 documents, {n // 8} simulations: shares", False, note)
        yield effects.report(f"{'':4}differences", False)
        yield own.report(f"{'':4}these documents themselves (text_low to text_high)", False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--n", type=int, default=400)
    given = parser.parse_args()
    parts = {"shares": shares, "trends": trends, "words": words, "models": models}
    results = {part: list(parts[part](given.n)) for part in given.only}
    for part, good in results.items():
        print(f"{part}: {sum(good)} of {len(good)} lines as claimed or not judged")


if __name__ == "__main__":
    main()

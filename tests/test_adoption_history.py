"""The event history: who is at risk when, what the neighbours had done, and models that read it."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.measures.adoption.history import event_history, write_event_history
from fzanalytics.texts.datasets import load_law_registry

YEARS = {"lineage": "x", "start": "2015-01-01", "end": "2018-12-31", "first_known_is_first": True}


def table_of(*rows):
    """(region, level, earliest, latest) of documents of lineage x."""
    table = pd.DataFrame(rows, columns=["region", "level", "earliest", "latest"])
    for column in ("earliest", "latest"):
        table[column] = pd.to_datetime(table[column])
    return table.assign(doc_id=[f"d{i}" for i in range(len(table))], lineage="x")


def roster_of(*rows, level="province"):
    """(region, not_adopted_by, entry, exit)."""
    rows = [(*row, *[None] * (4 - len(row))) for row in rows]
    return pd.DataFrame(rows, columns=["region", "not_adopted_by", "entry", "exit"]).assign(level=level)


def events(history):
    """region -> (first period, last period, event in the last)."""
    groups = history.groupby("region")
    return {
        region: (group["period"].iloc[0], group["period"].iloc[-1], int(group["event"].sum()))
        for region, group in groups
    }


@pytest.fixture
def documents():
    return table_of(
        ("全国", "national", "2015-12-23", "2015-12-27"),
        ("甲省", "province", "2016-03-01", "2017-04-30"),
        ("乙省", "province", "2014-05-01", "2014-05-01"),  # before the window
        ("丙省", "province", "2019-02-01", "2019-02-01"),  # after it
        ("丁省", "province", "2017-06-01", None),
        ("戊省", "province", None, "2016-06-01"),
    )


@pytest.fixture
def roster():
    return roster_of(("甲省",), ("乙省",), ("丙省",), ("丁省",), ("戊省",), ("己省", "2017-06-30"), ("庚省",))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("latest", {"甲省": ("2015", "2017", 1), "戊省": ("2015", "2016", 1), "丁省": ("2015", "2016", 0)}),
        ("earliest", {"甲省": ("2015", "2016", 1), "丁省": ("2015", "2017", 1)}),
        ("midpoint", {"甲省": ("2015", "2016", 1), "丁省": ("2015", "2016", 0)}),
    ],
)
def test_who_is_at_risk_by_rule(documents, roster, rule, expected, caplog):
    with caplog.at_level(logging.WARNING):
        history = event_history(documents, roster, rule=rule, **YEARS)
    others = {"丙省": ("2015", "2018", 0), "己省": ("2015", "2016", 0)}
    assert events(history) == {**expected, **others}
    left_out = history.attrs["left_out"]
    assert left_out["unknown"] == 1 and left_out["adopted before"] == 1
    assert left_out["adopted on a day that the rule cannot tell"] == {"latest": 1, "earliest": 1, "midpoint": 2}[rule]
    assert "1 unknown, 1 adopted before" in caplog.text


def test_no_row_after_the_event_and_one_event_at_most(documents, roster):
    history = event_history(documents, roster, freq="Q", **{key: YEARS[key] for key in YEARS})
    for _, group in history.groupby("region"):
        assert group["event"].iloc[:-1].sum() == 0
        assert group["duration"].tolist() == list(range(1, len(group) + 1))
    assert history["period"].iloc[0] == "2015Q1"
    assert history["period_end"].iloc[0] == pd.Timestamp("2015-03-31")
    assert not history.duplicated(["region", "period"]).any()


def test_entry_exit_and_left_truncation():
    documents = table_of(
        ("甲省", "province", "2017-05-01", "2017-05-01"),
        ("乙省", "province", "2016-02-01", "2016-02-01"),
        ("丙省", "province", "2018-02-01", "2018-02-01"),
        ("丁省", "province", "2017-09-01", "2017-09-01"),
    )
    roster = roster_of(
        ("甲省", None, "2016-07-01", None),  # enters in 2016, adopts in 2017
        ("乙省", None, "2016-07-01", None),  # adopted before it entered
        ("丙省", None, None, "2017-06-30"),  # left before: 2016 is its last whole year
        ("丁省", None, None, "2017-12-31"),  # left after it adopted
    )
    history = event_history(documents, roster, **YEARS)
    assert events(history) == {"甲省": ("2016", "2017", 1), "丙省": ("2015", "2016", 0), "丁省": ("2015", "2017", 1)}
    assert history.attrs["left_out"]["adopted before"] == 1
    assert history.loc[history["region"] == "甲省", "duration"].tolist() == [1, 2]


def test_a_period_counts_only_if_all_of_it_is_known():
    history = event_history(
        table_of(("乙省", "province", "2016-01-01", "2016-01-01")),
        roster_of(("甲省", "2016-12-31"), ("丙省", "2016-12-30"), ("丁省", "2014-12-31")),
        **YEARS,
    )
    assert events(history) == {"甲省": ("2015", "2016", 0), "丙省": ("2015", "2015", 0)}
    assert history.attrs["left_out"]["without a period at risk"] == 1


def test_neighbours_by_hand():
    """Four prefectures of one province: one adopts in 2015, one in 2016, one had not by 2016, one is unknown."""
    documents = table_of(
        ("全国", "national", "2014-01-01", "2014-01-01"),
        ("甲省", "province", "2015-06-01", "2015-06-01"),
        ("甲省/一市", "prefecture", "2015-07-01", "2015-07-01"),
        ("甲省/二市", "prefecture", "2016-07-01", "2016-07-01"),
    )
    names = (("甲省/一市",), ("甲省/二市",), ("甲省/三市", "2016-12-31"), ("甲省/四市",), ("乙省/五市", "2016-12-31"))
    history = event_history(documents, roster_of(*names, level="prefecture"), **YEARS).set_index(["region", "period"])
    second = history.loc[("甲省/二市", "2016")]
    assert second[["n_siblings_adopted", "n_siblings_known", "n_siblings"]].tolist() == [1, 2, 3]
    assert second["share_siblings"] == 0.5
    assert history.loc[("甲省/二市", "2015"), "share_siblings"] == 0  # 一市 adopts in the same year: not before
    assert history.loc[("甲省/三市", "2016"), "share_siblings"] == 0.5
    assert history["superior_adopted"].loc["甲省/二市"].tolist() == [0, 1]  # lagged too
    alone = history.loc["乙省/五市"]
    assert alone["share_siblings"].isna().all() and (alone["n_siblings"] == 0).all()
    assert alone["superior_adopted"].isna().all()  # 乙省 is not held: unknown, not 0
    assert history.loc[("甲省/一市", "2015"), "province"] == "甲省"


def test_the_status_of_a_superior_with_an_open_date():
    """The province's document is of 2016-05 at the latest: before 2017 it surely had, before 2016 who knows."""
    documents = table_of(
        ("甲省", "province", None, "2016-05-01"), ("甲省/一市", "prefecture", "2018-01-01", "2018-01-01")
    )
    roster = roster_of(("甲省/一市",), level="prefecture")
    known = event_history(documents, roster, rule="earliest", **YEARS)["superior_adopted"].tolist()
    assert np.isnan(known[:2]).all() and known[2:] == [1, 1]


def slow_history(documents, roster, years):
    """Exact days, one row after another: the oracle of siblings and superiors."""
    day = dict(zip(documents["region"], documents["latest"], strict=True))
    none_by = dict(zip(roster["region"], pd.to_datetime(roster["not_adopted_by"]), strict=True))

    def before(region, year):
        """1, 0 or None: had it adopted before this year?"""
        if region in day:
            return int(day[region].year < year)
        until = none_by.get(region, pd.NaT)
        return 0 if pd.notna(until) and until >= pd.Timestamp(year - 1, 12, 31) else None

    rows = []
    for region in roster["region"]:
        for year in years:
            if region in day:
                if day[region].year < year:
                    break
            elif pd.isna(none_by[region]) or none_by[region] < pd.Timestamp(year, 12, 31):
                break
            superior = region.rpartition("/")[0] or "全国"
            others = [
                one for one in roster["region"] if one != region and (one.rpartition("/")[0] or "全国") == superior
            ]
            known = [before(one, year) for one in others if before(one, year) is not None]
            event = int(region in day and day[region].year == year)
            rows.append((region, str(year), event, sum(known), len(known), len(others), before(superior, year)))
    return sorted(rows)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["adopted", "not", "unknown"]), st.integers(2013, 2020)), min_size=8, max_size=8)
)
def test_fast_is_slow(drawn):
    regions = ["甲省", "乙省", "甲省/一市", "甲省/二市", "甲省/三市", "乙省/一市", "乙省/二市", "乙省/三市"]
    levels = ["prefecture" if "/" in region else "province" for region in regions]
    adopted = [
        (region, level, f"{year}-06-15", f"{year}-06-15")
        for region, level, (status, year) in zip(regions, levels, drawn, strict=True)
        if status == "adopted"
    ]
    documents = table_of(("全国", "national", "2015-05-05", "2015-05-05"), *adopted)
    until = [f"{year}-12-31" if status == "not" else None for status, year in drawn]
    roster = roster_of(*zip(regions, until, strict=True)).assign(level=levels)
    history = event_history(documents, roster, **YEARS)
    columns = ["region", "period", "event", "n_siblings_adopted", "n_siblings_known", "n_siblings", "superior_adopted"]
    fast = [tuple(None if pd.isna(cell) else cell for cell in row) for row in history[columns].itertuples(index=False)]
    assert sorted(fast) == slow_history(documents, roster, range(2015, 2019))


def test_imputations_stay_in_the_interval_and_repeat(documents, roster):
    options = {**YEARS, "rule": "imputed", "n_imputations": 20}
    history = event_history(documents, roster, random_state=1, **options)
    pd.testing.assert_frame_equal(history, event_history(documents, roster, random_state=1, **options))
    assert history["imputation"].unique().tolist() == list(range(1, 21))
    adopted = history[(history["region"] == "甲省") & (history["event"] == 1)]["period"]
    assert len(adopted) == 20 and set(adopted) == {"2016", "2017"}  # 306 of 426 days are in 2016
    assert 8 <= (adopted == "2016").sum() <= 19


def test_covariates_and_dummies(documents, roster, caplog):
    values = pd.DataFrame({"region": ["甲省", "甲省", "丙省"], "period": [2015, 2016, 2015], "gdp": [1.0, 2.0, 3.0]})
    with caplog.at_level(logging.WARNING):
        history = event_history(documents, roster, covariates=values, dummies=True, **YEARS).set_index(
            ["region", "period"]
        )
    assert history.loc[("甲省", "2016"), "gdp"] == 2 and pd.isna(history.loc[("丙省", "2016"), "gdp"])
    assert "rows lack a covariate" in caplog.text
    assert [name for name in history if name.startswith("period_2")] == ["period_2016", "period_2017", "period_2018"]
    assert history.loc[("甲省", "2016"), ["period_2016", "period_2017"]].tolist() == [1, 0]
    fixed = event_history(documents, roster, covariates=values[["region", "gdp"]].iloc[1:], **YEARS)
    assert fixed.loc[fixed["region"] == "甲省", "gdp"].eq(2).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"freq": "W"}, "`freq` must be 'M', 'Q' or 'Y'; got 'W'"),
        ({"rule": "mean"}, "`rule` must be 'latest', .* got 'mean'"),
        ({"n_imputations": 0}, "`n_imputations` must be at least 1"),
        ({"start": "2019-01-01"}, "`start` must be a day not after `end`"),
        ({"covariates": pd.DataFrame({"gdp": [1]})}, "`covariates` must have the columns region"),
        (
            {"covariates": pd.DataFrame({"region": ["甲省", "甲省"], "event": [1, 2]})},
            "event is a column of the history; 甲省 stands twice",
        ),
    ],
)
def test_errors(documents, roster, options, message):
    with pytest.raises(ValueError, match=message):
        event_history(documents, roster, **{**YEARS, **options})


def test_a_file_comes_back_as_it_was(documents, roster, tmp_path):
    history = event_history(documents, roster, freq="M", **{**YEARS, "end": "2015-12-31"})
    file = write_event_history(history, tmp_path / "history.csv")
    back = pd.read_csv(file, encoding="utf-8", parse_dates=["period_start", "period_end"])
    assert back["period"].tolist() == history["period"].tolist()
    assert back["event"].tolist() == history["event"].tolist()
    assert back["superior_adopted"].equals(history["superior_adopted"])
    assert (back["period_start"] == history["period_start"]).all()
    assert b"\r" not in file.read_bytes() and not file.read_bytes().startswith(b"\xef\xbb\xbf")


def test_hazards_of_a_saturated_model_are_events_over_at_risk():
    """200 prefectures of 40 provinces; a model with period dummies alone fits the raw hazards."""
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    generator = np.random.default_rng(1)
    regions = [f"省{p}/市{u}" for p in range(40) for u in range(5)]
    years = 2015 + generator.geometric(0.3, size=200) - 1
    documents = table_of(
        *((region, "prefecture", f"{year}-03-01", f"{year}-03-01") for region, year in zip(regions, years, strict=True))
    )
    history = event_history(documents, roster_of(*((region,) for region in regions), level="prefecture"), **YEARS)
    model = smf.glm("event ~ C(period) - 1", history, family=sm.families.Binomial(sm.families.links.CLogLog()))
    groups = pd.factorize(history["province"])[0]
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups})
    raw = [(years == year).sum() / (years >= year).sum() for year in range(2015, 2019)]
    assert np.allclose(1 - np.exp(-np.exp(fit.params)), raw, atol=1e-6)
    assert np.allclose(raw, 0.3, atol=0.12) and (fit.bse > 0).all()


def test_a_planted_pull_of_the_superior_is_found():
    """Prefectures adopt at 0.1 a quarter, at 0.3 once their province has: a ratio of hazards of about 3."""
    import statsmodels.formula.api as smf

    generator = np.random.default_rng(4)
    quarters = pd.period_range("2015Q1", "2018Q4", freq="Q")
    rows, names = [], []
    for p in range(60):
        own = int(generator.integers(0, 16))
        rows.append((f"省{p}", "province", quarters[own].start_time, quarters[own].start_time))
        for u in range(6):
            names.append((f"省{p}/市{u}", "2018-12-31"))
            for place, quarter in enumerate(quarters):
                if generator.random() < (0.3 if own < place else 0.1):
                    rows.append((f"省{p}/市{u}", "prefecture", quarter.start_time, quarter.start_time))
                    names[-1] = (f"省{p}/市{u}", None)
                    break
    history = event_history(table_of(*rows), roster_of(*names, level="prefecture"), freq="Q", **YEARS)
    fit = smf.logit("event ~ superior_adopted", history).fit(disp=0)
    odds = np.log(0.3 / 0.7) - np.log(0.1 / 0.9)
    assert fit.params["superior_adopted"] == pytest.approx(odds, abs=0.25)


def test_a_law_family_gives_adopters_only(caplog):
    registry = load_law_registry().rename(columns={"family": "lineage"})
    registry["earliest"] = registry["latest"] = pd.to_datetime(registry["first_enacted"])
    with caplog.at_level(logging.WARNING):
        history = event_history(
            registry, "prefectures", lineage="air", start="2000-01-01", end="2023-12-31", first_known_is_first=True
        )
    assert history.groupby("region")["event"].sum().eq(1).all()
    assert history.attrs["left_out"]["unknown"] == 333 - 25
    assert "308 unknown" in caplog.text


def test_a_document_that_is_not_held_is_no_non_adoption(caplog):
    """甲省 had not adopted by the end of 2016, 乙省 not by mid-2015; of 丙省 nothing is known before its document."""
    documents = table_of(
        ("全国", "national", "2014-01-01", "2014-01-01"),
        ("甲省", "province", "2017-05-01", "2017-05-01"),
        ("乙省", "province", "2017-05-01", "2017-05-01"),
        ("丙省", "province", "2017-05-01", "2017-05-01"),
    )
    roster = roster_of(("甲省", "2016-12-31"), ("乙省", "2016-06-30"), ("丙省",), ("丁省", "2018-12-31"))
    years = {**YEARS, "first_known_is_first": False}
    with caplog.at_level(logging.WARNING):
        history = event_history(documents, roster, **years)
    assert events(history) == {"甲省": ("2015", "2017", 1), "乙省": ("2015", "2015", 0), "丁省": ("2015", "2018", 0)}
    assert history.attrs["left_out"]["adopted, but not known to have not adopted before"] == 2
    assert "2 adopters have no event" in caplog.text and "first_known_is_first=True" in caplog.text
    last = history[history["region"] == "丁省"].set_index("period")
    assert last["n_siblings_known"].tolist() == [2, 2, 1, 3]  # from 2018 on all three have adopted
    assert last["superior_adopted"].tolist() == [1, 1, 1, 1]
    assert events(event_history(documents, roster, **YEARS))["丙省"] == ("2015", "2017", 1)


def test_a_superior_is_unknown_before_its_first_known_document():
    documents = table_of(("甲省", "province", "2016-05-01", "2016-05-01"))
    roster = roster_of(("甲省/一市", "2018-12-31"), level="prefecture")
    years = {**YEARS, "first_known_is_first": False}
    known = event_history(documents, roster, **years)["superior_adopted"].tolist()
    assert np.isnan(known[:2]).all() and known[2:] == [1, 1]
    assert event_history(documents, roster, **YEARS)["superior_adopted"].tolist() == [0, 0, 1, 1]

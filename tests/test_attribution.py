"""Attribution by overlap sets, rule by rule, on corpora whose shares are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fzanalytics.base.tables import PASSAGE_COLUMNS
from fzanalytics.measures.attribution.attribution import MIN_PROXY_CHARS, PARTS, attribution, proxy_text_spans
from fzanalytics.measures.reuse.passages import find_passages
from helpers import make_corpus


def rare(n_chars: int, seed: int) -> str:
    """Text of its own: no two seeds share a run."""
    rng = np.random.default_rng(seed)
    return "".join(map(chr, rng.integers(0x4E00 + 1000 * (seed % 20), 0x4E00 + 1000 * (seed % 20 + 1), n_chars)))


CENTRE, BOTH, SUPERIOR, LOCAL = (rare(100, seed) for seed in range(4))
#: The city's text: 100 characters from the centre only, 100 from both, 100 from the province only, 100 of its own.
CITY = "\n".join([CENTRE, BOTH, SUPERIOR, LOCAL])
PROVINCE = "\n".join([BOTH, SUPERIOR, rare(150, 4)])
NATION = "\n".join([rare(50, 5), CENTRE, BOTH])
DOCUMENTS = {
    "city": {"level": "prefecture", "region": "甲省/甲市"},
    "province": {"region": "甲省"},
    "nation": {"level": "national"},
    "east": {"region": "东省"},
    "west": {"region": "西省"},
}
#: What two other provinces hold of the centre's text: of `CENTRE` the first 60 characters in both, of `BOTH` 40.
EAST = rare(90, 6) + CENTRE[:60] + rare(30, 7) + BOTH[:80]
WEST = rare(40, 8) + CENTRE + rare(30, 9) + BOTH[40:]


def parts_of(texts, documents=None, doc_id="city", **options):
    documents = DOCUMENTS if documents is None else documents
    used = {key: value for key, value in documents.items() if key in texts or key in ("province", "nation")}
    table = attribution(make_corpus(texts, documents=used), **options)
    rows = table[table["doc_id"] == doc_id].set_index("part")
    assert rows.index.tolist() == list(PARTS)
    return rows


def test_both_sources_held():
    rows = parts_of({"city": CITY, "province": PROVINCE, "nation": NATION})
    assert rows["share"].tolist() == [0.25, 0.25, 0.25, 0.25]
    assert rows["bound_low"].tolist() == rows["bound_high"].tolist() == rows["share"].tolist()
    assert rows["superior"].unique().tolist() == ["province"] and rows["superior_held"].all()
    assert rows["centre"].unique().tolist() == ["held"] and (rows["status"] == "estimated").all()
    assert rows["n_chars"].unique().tolist() == [400]


def test_superior_held_and_a_proxy_of_two_witnesses():
    rows = parts_of({"city": CITY, "province": PROVINCE, "east": EAST, "west": WEST})
    # in both witnesses: 60 characters of CENTRE and 40 of BOTH; the province holds all of BOTH and SUPERIOR
    assert rows["share"].tolist() == [160 / 400, 40 / 400, 60 / 400, 140 / 400]
    assert rows["centre"].unique().tolist() == ["proxy"] and rows["n_witnesses"].unique().tolist() == [2]
    assert rows["witnesses"].unique().tolist() == ["east;west"]
    # the centre may hold all the rest: what is with it can only grow, what is without it only shrink
    assert rows["bound_low"].tolist() == [0, 40 / 400, 60 / 400, 0]
    assert rows["bound_high"].tolist() == [160 / 400, 200 / 400, 200 / 400, 140 / 400]
    assert rows["status"].tolist() == [
        "upper bound by proxy",
        "lower bound by proxy",
        "lower bound by proxy",
        "upper bound by proxy",
    ]


def test_the_true_centre_lies_within_the_bounds_of_the_proxy():
    proxy = parts_of({"city": CITY, "province": PROVINCE, "east": EAST, "west": WEST})
    true = parts_of({"city": CITY, "province": PROVINCE, "east": EAST, "west": WEST, "nation": NATION})
    assert true["centre"].unique().tolist() == ["held"]  # dropped in, it takes the place of the proxy
    assert true["n_witnesses"].unique().tolist() == [2]
    assert (proxy["bound_low"] <= true["share"]).all() and (true["share"] <= proxy["bound_high"]).all()


@pytest.mark.parametrize("named", [True, False])
def test_superior_not_held(named):
    documents = DOCUMENTS if named else {key: value for key, value in DOCUMENTS.items() if key != "province"}
    rows = parts_of({"city": CITY, "east": EAST, "west": WEST}, documents)
    assert rows["share"].isna().tolist() == [True, True, False, False]  # NA, never 0
    assert rows["share"].tolist()[2:] == [100 / 400, 300 / 400]
    assert rows["status"].tolist() == ["not available"] * 2 + ["superior not held"] * 2
    assert rows["bound_low"].tolist() == [0, 0, 0, 0]
    assert rows["bound_high"].tolist() == [0.75, 1, 1, 0.75]
    assert not rows["superior_held"].any()
    assert rows["superior"].isna().all() != named


def test_superior_not_held_but_the_centre():
    rows = parts_of({"city": CITY, "nation": NATION})
    assert rows["share"].isna().tolist() == [True, True, False, False]
    assert rows["status"].tolist() == ["not available"] * 2 + ["superior not held"] * 2
    assert rows["bound_low"].tolist() == [0, 0, 0, 0]
    assert rows["bound_high"].tolist() == [0.5, 0.5, 0.5, 0.5]


@pytest.mark.parametrize("missing", ["province", "nation", "both"])
def test_bounds_hold_the_truth_whatever_is_missing(missing):
    texts = {"city": CITY, "province": PROVINCE, "nation": NATION}
    true = parts_of(texts)["share"]
    for name in ("province", "nation") if missing == "both" else (missing,):
        del texts[name]
    rows = parts_of(texts)
    assert (rows["bound_low"] <= true).all() and (true <= rows["bound_high"]).all()
    assert not (rows["share"] == 0).any()


def test_centre_not_available():
    rows = parts_of({"city": CITY, "province": PROVINCE, "east": EAST})  # one other province is no proxy
    assert rows["centre"].unique().tolist() == ["not available"] and rows["n_witnesses"].unique().tolist() == [1]
    assert rows["share"].isna().tolist() == [False, True, True, False]
    assert rows["share"].tolist()[::3] == [0.5, 0.5]
    assert rows["status"].tolist() == [
        "centre not available", "not available", "not available", "centre not available",
    ]  # fmt: skip
    assert rows["bound_low"].tolist() == [0, 0, 0, 0]
    assert rows["bound_high"].tolist() == [0.5, 0.5, 0.5, 0.5]


def test_no_source_at_all_is_not_neither():
    rows = parts_of({"city": CITY})
    assert rows["share"].isna().all() and rows["resampling_low"].isna().all()
    assert (rows["status"] == "not available").all()
    assert rows["bound_low"].tolist() == [0] * 4 and rows["bound_high"].tolist() == [1] * 4


def test_kin_are_one_witness():
    documents = {**DOCUMENTS, "west": {"level": "prefecture", "region": "东省/西市"}}
    rows = parts_of({"city": CITY, "east": EAST, "west": WEST}, documents)
    assert rows["n_witnesses"].unique().tolist() == [1] and rows["centre"].unique().tolist() == ["not available"]
    documents["south"] = {"region": "南省"}
    rows = parts_of({"city": CITY, "east": EAST, "west": WEST, "south": CENTRE[:30]}, documents)
    # east and west are one province: together they share all of CENTRE, with south its first 30 characters
    assert rows["n_witnesses"].unique().tolist() == [2]
    assert rows.loc["centre only", "share"] == 30 / 400
    assert rows["witnesses"].iloc[0] == "east;south;west"


def test_own_province_is_no_witness():
    documents = {**DOCUMENTS, "sister": {"level": "prefecture", "region": "甲省/乙市"}}
    rows = parts_of({"city": CITY, "sister": CITY, "east": EAST}, documents)
    assert rows["n_witnesses"].unique().tolist() == [1]
    assert rows["witnesses"].unique().tolist() == ["east"]


def test_declared_kin_of_another_province_is_no_witness():
    documents = {**DOCUMENTS, "city": {**DOCUMENTS["city"], "parent_ids": ["east"]}}
    assert parts_of({"city": CITY, "east": EAST, "west": WEST}, documents)["n_witnesses"].iloc[0] == 1


@pytest.mark.parametrize(
    "column", [{"period_end": 2025}, {"lineage": "优化营商环境"}, {"lineage": None}, {"region": None}]
)
def test_another_period_or_policy_or_no_place_is_no_witness(column):
    documents = {**DOCUMENTS, "west": {**DOCUMENTS["west"], **column}}
    rows = parts_of({"city": CITY, "east": EAST, "west": WEST}, documents)
    assert rows["centre"].unique().tolist() == ["not available"]


def test_witnesses_of_a_policy_without_period():
    documents = {key: {**value, "period_end": None} for key, value in DOCUMENTS.items()}
    assert parts_of({"city": CITY, "east": EAST, "west": WEST}, documents)["centre"].iloc[0] == "proxy"


def test_witnesses_are_exempt_from_time():
    documents = {key: dict(value) for key, value in DOCUMENTS.items()}
    documents["city"]["latest"] = "2016-01-01"
    documents["east"]["earliest"] = documents["west"]["earliest"] = "2019-01-01"
    rows = parts_of({"city": CITY, "east": EAST, "west": WEST}, documents)
    assert rows.loc["centre only", "share"] == 0.25


def test_a_superior_that_is_surely_younger_is_not_used(caplog):
    documents = {key: dict(value) for key, value in DOCUMENTS.items()}
    documents["city"].update(latest="2016-01-01", parent_ids=["province", "nation"])
    documents["province"]["earliest"] = documents["nation"]["earliest"] = "2016-02-01"
    rows = parts_of({"city": CITY, "province": PROVINCE, "nation": NATION}, documents)
    assert rows["superior"].isna().all() and rows["share"].isna().all()
    assert rows["centre"].unique().tolist() == ["not available"]
    assert "surely younger" in caplog.text
    assert rows["younger"].unique().tolist() == ["nation;province"]
    documents["province"]["earliest"] = None
    rows = parts_of({"city": CITY, "province": PROVINCE, "nation": NATION}, documents)
    assert rows["superior"].unique().tolist() == ["province"] and rows["younger"].unique().tolist() == ["nation"]


def test_immediate_superior_is_the_nearest_region():
    texts = {"county": CITY, "city": PROVINCE, "province": CITY}
    documents = {
        "county": {"level": "county", "region": "甲省/甲市/甲县", "parent_ids": ["province"]},
        "city": DOCUMENTS["city"],
        "province": DOCUMENTS["province"],
    }
    assert parts_of(texts, documents, doc_id="county")["superior"].iloc[0] == "city"
    del texts["city"], documents["city"]
    assert parts_of(texts, documents, doc_id="county")["superior"].iloc[0] == "province"  # declared
    documents["county"]["parent_ids"] = None
    assert pd.isna(parts_of(texts, documents, doc_id="county")["superior"].iloc[0])  # the city's is not known


def test_superior_of_another_policy_only_if_it_is_declared():
    documents = {**DOCUMENTS, "province": {"region": "甲省", "lineage": "优化营商环境"}}
    texts = {"city": CITY, "province": PROVINCE}
    assert parts_of(texts, documents)["superior"].isna().all()
    documents["city"] = {**DOCUMENTS["city"], "parent_ids": ["province"]}
    rows = parts_of(texts, documents)
    assert rows["superior"].unique().tolist() == ["province"] and rows.loc["superior only", "share"] == 0.5
    # one of the same policy goes first, declared or not
    documents["plan"] = {"region": "甲省"}
    assert parts_of({**texts, "plan": rare(60, 11)}, documents)["superior"].unique().tolist() == ["plan"]


def test_a_scheme_has_for_its_centre_what_it_declares():
    """A province's scheme of its own lineage, which rests on a national plan of another one."""
    documents = {"province": {"region": "甲省", "lineage": "法治建设考核"}, "nation": {"level": "national"}}
    rows = parts_of({"province": PROVINCE}, documents, doc_id="province")
    assert rows["superior"].isna().all()  # neither known nor declared
    documents["province"]["parent_ids"] = ["nation"]
    rows = parts_of({"province": PROVINCE}, documents, doc_id="province")
    assert rows["superior"].unique().tolist() == ["nation"] and not rows["superior_held"].any()
    assert rows["status"].tolist() == ["not applicable"] * 2 + ["not available"] * 2
    rows = parts_of({"province": PROVINCE, "nation": NATION}, documents, doc_id="province")
    assert rows["centre"].unique().tolist() == ["held"] and rows.loc["centre only", "share"] == 100 / 350
    # a national document of its own policy that is not held is not made up for by one of another
    documents["own"] = {"level": "national", "lineage": "法治建设考核"}
    corpus = make_corpus({"province": PROVINCE, "nation": NATION}, documents=documents)
    rows = attribution(corpus)
    assert rows["superior"].unique().tolist() == ["own"] and rows["centre"].unique().tolist() == ["not available"]


def test_a_province_has_the_centre_for_its_superior():
    texts = {"province": PROVINCE, "nation": NATION}
    rows = parts_of(texts, doc_id="province")
    assert rows["status"].tolist() == ["not applicable"] * 2 + ["estimated"] * 2
    assert rows["share"].tolist()[2:] == [100 / 350, 250 / 350]
    assert rows["share"].isna().tolist()[:2] == rows["bound_low"].isna().tolist()[:2] == [True, True]
    assert rows["superior"].unique().tolist() == ["nation"] and rows["superior_held"].all()
    rows = parts_of({"province": PROVINCE, "east": EAST, "west": WEST}, doc_id="province")
    assert rows["superior"].unique().tolist() == ["nation"] and not rows["superior_held"].any()
    assert rows["share"].tolist()[2:] == [40 / 350, 310 / 350]
    assert rows["status"].tolist() == ["not applicable"] * 2 + ["lower bound by proxy", "upper bound by proxy"]
    assert rows["bound_low"].tolist()[2:] == [40 / 350, 0] and rows["bound_high"].tolist()[2:] == [1, 310 / 350]


def test_national_documents_have_no_rows():
    table = attribution(make_corpus({"nation": NATION, "city": CITY}, documents=DOCUMENTS))
    assert set(table["doc_id"]) == {"city"}
    assert len(attribution(make_corpus({}, documents={"nation": {"level": "national"}}))) == 0


def test_empty_text():
    rows = parts_of({"city": "", "province": PROVINCE, "nation": NATION})
    assert rows["share"].isna().all() and rows["bound_high"].isna().all()
    assert rows["n_chars"].unique().tolist() == [0]


def test_intervals_rest_on_sections():
    lines = [f"（{number}）{rare(60 + 7 * number, number)}" for number in range(8)]
    texts = {"city": "\n".join(lines), "province": "".join(lines[::2]), "nation": rare(60, 15)}
    rows = parts_of(texts)
    share, low, high = rows.loc["superior only", ["share", "resampling_low", "resampling_high"]]
    assert 0 < low < 0.3 < share < 0.5 and 0.65 < high < 1
    assert rows.loc["centre only", ["resampling_low", "resampling_high"]].isna().all()  # share 0: no section can differ
    assert parts_of(texts).equals(rows)  # nothing is drawn at random
    lower, higher = parts_of(texts, level=0.5).loc["superior only", ["resampling_low", "resampling_high"]]
    assert low < lower < share < higher < high


def test_proxy_text_spans():
    corpus = make_corpus({"city": CITY, "east": EAST, "west": WEST}, documents=DOCUMENTS)
    spans = proxy_text_spans(corpus)
    city = spans[spans["doc_id"] == "city"]
    assert city["text"].tolist() == [CENTRE[:60], BOTH[40:80]]
    assert city["witnesses"].unique().tolist() == ["east;west"] and (city["n_witnesses"] == 2).all()
    assert city["begin"].tolist() == [0, 141]
    rows = attribution(corpus)
    share = rows[(rows["doc_id"] == "city") & (rows["part"] == "centre only")]["share"].item()
    assert share == city["text"].str.len().sum() / 400


def test_more_witnesses_may_be_asked_for():
    documents = {**DOCUMENTS, "south": {"region": "南省"}}
    corpus = make_corpus({"city": CITY, "east": EAST, "west": WEST, "south": CENTRE[:40]}, documents=documents)
    city = [
        table[table["doc_id"] == "city"] for table in (proxy_text_spans(corpus, min_witnesses=n) for n in (2, 3, 4))
    ]
    assert [part["text"].tolist() for part in city] == [[CENTRE[:60], BOTH[40:80]], [CENTRE[:40]], []]
    shares, states = [], []
    for n in (2, 3, 4):
        rows = attribution(corpus, min_witnesses=n).set_index(["doc_id", "part"]).loc["city"]
        shares.append(rows.loc["centre only", "share"])
        states.append(rows["centre"].iloc[0])
    assert shares[:2] == [100 / 400, 40 / 400] and np.isnan(shares[2])
    assert states == ["proxy", "proxy", "not available"]
    for function in (attribution, proxy_text_spans):
        with pytest.raises(ValueError, match="`min_witnesses` must be at least 2; got 1"):
            function(corpus, min_witnesses=1)


def test_a_proxy_of_what_provinces_have_from_each_other_is_above_the_true_share():
    """The bound holds only if all that two other provinces share comes from the centre; the docs say so."""
    texts = {"city": CITY, "east": EAST + LOCAL, "west": WEST + LOCAL}
    proxy, true = parts_of(texts), parts_of({**texts, "nation": NATION})
    assert proxy.loc["centre only", "status"] == "superior not held"
    assert proxy.loc["centre only", "share"] == 200 / 400 > 150 / 400 < true.loc["centre only", "share"] + 0.01
    assert "if all that so many other provinces share comes from the centre" in " ".join(attribution.__doc__.split())


def passages_of(rows):
    """Passages of the city at the places given, with the beginning of the other document."""
    return pd.DataFrame(
        [(other, "city", 0, end - begin, begin, end, end - begin, 1.0, "unknown") for other, begin, end in rows],
        columns=list(PASSAGE_COLUMNS),
    )


@pytest.mark.parametrize(
    ("rows", "spans"),
    [
        # both share 12 characters, or only 11
        ([("east", 0, 30), ("west", 18, 60)], [(18, 30)]),
        ([("east", 0, 30), ("west", 19, 60)], []),
        # 11 shared with east and west, the next 11 with east and south: no two provinces share 12
        ([("east", 0, 22), ("west", 0, 11), ("south", 11, 22)], []),
        # 20 and 20 of two pairs are one stretch of 40
        ([("east", 0, 40), ("west", 0, 20), ("south", 20, 40)], [(0, 40)]),
        # two pieces of one passage apart by a character that nobody shares
        ([("east", 0, 23), ("west", 0, 11), ("west", 12, 23)], []),
        # the comma at 50 and the bracket from 90 do not end a stretch, but are no text of it
        ([("east", 44, 57), ("west", 44, 50), ("west", 51, 57)], [(44, 57)]),
        ([("east", 44, 56), ("west", 44, 50), ("west", 51, 56)], []),
        ([("east", 80, 105), ("west", 80, 105)], [(80, 105)]),
        ([("east", 86, 105), ("west", 86, 105)], []),
    ],
)
def test_short_stretches_are_no_proxy(rows, spans):
    assert MIN_PROXY_CHARS == 12
    text = rare(50, 0) + "，" + rare(39, 1) + "（市政府负责）\n" + rare(60, 2)
    assert text.index("（") == 90 and text.index("\n") == 97
    corpus = make_corpus(
        {"city": text, "east": "文" * 60, "west": "文" * 60, "south": "文" * 60},
        documents={**DOCUMENTS, "south": {"region": "南省"}},
    )
    found = proxy_text_spans(corpus, passages=passages_of(rows))
    assert [tuple(span) for span in found[["begin", "end"]].values.tolist()] == spans
    assert found["text"].tolist() == [text[begin:end] for begin, end in spans]
    assert (found["n_witnesses"] == 2).all()
    shares = attribution(corpus, passages=passages_of(rows)).set_index(["doc_id", "part"])
    outside = text[:50] + "，" + text[51:90] + " " * 7 + text[97:]
    n_chars = sum(character.isalnum() for begin, end in spans for character in outside[begin:end])
    assert shares.loc[("city", "centre only"), "share"] == pytest.approx(n_chars / 149)
    assert shares.loc[("city", "centre only"), "n_chars"] == 149


def test_status_says_what_the_share_is():
    """Whatever is missing: a bound is the bound, and only what is estimated is known."""
    texts = {"city": CITY, "province": PROVINCE, "nation": NATION, "east": EAST, "west": WEST}
    seen = set()
    for gone in [(), ("nation",), ("province",), ("nation", "province"), ("nation", "west"), ("province", "west")]:
        rows = parts_of({name: text for name, text in texts.items() if name not in gone})
        assert rows["share"].sum() == pytest.approx(1)
        for row in rows.itertuples():
            seen.add(row.status)
            known = row.bound_low == row.share == row.bound_high
            assert (row.status == "estimated") == known
            assert (row.status == "not available") == pd.isna(row.share)
            if row.status == "lower bound by proxy":
                assert row.share == row.bound_low < row.bound_high
            if row.status == "upper bound by proxy":
                assert row.bound_low < row.share == row.bound_high
    names = {
        "estimated",
        "lower bound by proxy",
        "upper bound by proxy",
        "superior not held",
        "centre not available",
        "not available",
    }
    assert seen == names


def test_what_is_no_corpus_is_told():
    for function in (attribution, proxy_text_spans):
        with pytest.raises(TypeError, match=r"^`corpus` must be a Corpus; got str\. Read one with read_corpus\.$"):
            function("corpora/plans")
        with pytest.raises(TypeError, match=r"^`passages` must be a DataFrame; got str\. Take what find_passages ret"):
            function(make_corpus({"city": CITY}), passages="passages")


def test_given_passages_and_found_ones_agree():
    corpus = make_corpus({"city": CITY, "province": PROVINCE, "east": EAST, "west": WEST}, documents=DOCUMENTS)
    pd.testing.assert_frame_equal(attribution(corpus), attribution(corpus, passages=find_passages(corpus)))


def test_bundled_corpus():
    from fzanalytics.texts.datasets import load_sample

    table = attribution(load_sample())
    given = table.dropna(subset=["share"])
    assert len(given) and np.allclose(given.groupby("doc_id")["share"].sum(), 1)
    assert "estimated" not in set(table["status"])  # no national text is held
    shares = table.set_index(["doc_id", "part"])
    assert shares.loc["shijiazhuang_city_2016", "superior"].unique().tolist() == ["hebei_province_2016"]
    assert shares.loc["shijiazhuang_city_2016", "witnesses"].iloc[0] == "qingyuan_city_2017;xiahe_county_2017"
    assert (
        shares.loc["qingyuan_city_2017", "witnesses"].iloc[0]
        == "hebei_province_2016;shijiazhuang_city_2016;xiahe_county_2017"
    )
    scheme = shares.loc["henan_province_2021#2"].iloc[0]
    assert (
        scheme["superior"]
        == scheme["not_held"]
        == "national_outline_2021;rule_of_law_plan_2020;rule_of_law_society_2020"
    )
    assert shares.loc["shijiazhuang_city_2016", "status"].tolist() == [
        "upper bound by proxy", "lower bound by proxy", "lower bound by proxy", "upper bound by proxy",
    ]  # fmt: skip
    assert shares.loc["xiahe_county_2017", "superior"].unique().tolist() == ["gannan_2017"]
    for henan in ("henan_province_2021", "henan_province_2021#2"):
        assert (shares.loc[henan, "centre"] == "not available").all() and shares.loc[henan, "share"].isna().all()
    known = table.dropna(subset=["share", "bound_low"])
    assert ((known["bound_low"] <= known["share"]) & (known["share"] <= known["bound_high"])).all()


# --- several documents of one source, and sources that are at hand in part ---


def test_all_documents_of_the_superior_count():
    documents = DOCUMENTS | {"more": {"region": "甲省"}}
    texts = {"city": CITY, "province": BOTH[:50] + rare(90, 10), "more": SUPERIOR + BOTH[50:], "nation": NATION}
    for names in (("province", "more"), ("more", "province")):  # whatever their ids are
        swapped = {"province": names[0], "more": names[1]}
        rows = parts_of({swapped.get(key, key): text for key, text in texts.items()}, documents)
        assert rows["share"].tolist() == [0.25, 0.25, 0.25, 0.25] and (rows["status"] == "estimated").all()
        assert rows["superior"].unique().tolist() == ["more;province"] and (rows["not_held"] == "").all()


@pytest.mark.parametrize(
    ("missing", "statuses"),
    [
        ({"gone": {"level": "national"}}, ["upper bound", "lower bound", "lower bound", "upper bound"]),
        ({"gone": {"region": "甲省"}}, ["lower bound", "lower bound", "upper bound", "upper bound"]),
        (
            {"gone": {"level": "national"}, "lost": {"region": "甲省"}},
            ["between bounds", "lower bound", "between bounds", "upper bound"],
        ),
    ],
    ids=["centre", "superior", "both"],
)
def test_a_source_held_in_part_makes_bounds(missing, statuses):
    """A further document of the source may hold anything: the parts are what they can be, and never an estimate."""
    texts = {"city": CITY, "province": PROVINCE, "nation": NATION}
    corpus = make_corpus(texts, documents={name: DOCUMENTS[name] for name in texts} | missing)
    rows = attribution(corpus).set_index(["doc_id", "part"]).loc["city"]
    assert rows["status"].tolist() == statuses and rows["share"].tolist() == [0.25] * 4
    assert rows["not_held"].unique().tolist() == [";".join(missing)]
    assert rows["centre"].unique().tolist() == ["partly held" if missing["gone"].get("level") else "held"]
    spans = zip(rows["status"], rows["bound_low"], rows["share"], rows["bound_high"], strict=True)
    for status, low, share, high in spans:
        assert (low == share) == (status == "lower bound") and (share == high) == (status == "upper bound")
    # whatever the missing text holds of the city's, the true shares lie within the bounds
    for extra in (LOCAL, SUPERIOR + CENTRE[:40], CITY.replace("\n", "")):
        held = texts | dict.fromkeys(missing, extra)
        true = attribution(make_corpus(held, documents={name: DOCUMENTS[name] for name in texts} | missing))
        true = true.set_index(["doc_id", "part"]).loc["city"]
        assert (true["status"] == "estimated").all()
        assert (rows["bound_low"] <= true["share"]).all() and (true["share"] <= rows["bound_high"]).all()


@pytest.mark.parametrize("name", ["city", "province"])
def test_a_period_that_is_not_known_contradicts_none(name):
    documents = {key: dict(DOCUMENTS[key]) for key in ("city", "province", "nation")}
    documents[name]["period_end"] = pd.NA
    rows = parts_of({"city": CITY, "province": PROVINCE, "nation": NATION}, documents)
    assert rows["superior"].unique().tolist() == ["province"] and rows["share"].tolist() == [0.25] * 4
    # but of two documents of the superior that of the same period is taken
    documents["city"]["period_end"], documents["province"]["period_end"] = 2020, pd.NA
    documents["plan"] = {"region": "甲省", "period_end": 2020}
    rows = parts_of({"city": CITY, "province": PROVINCE, "nation": NATION, "plan": SUPERIOR}, documents)
    assert rows["superior"].unique().tolist() == ["plan"]


def test_sources_whose_order_is_not_known_are_named():
    texts = {"city": CITY, "province": PROVINCE, "nation": NATION}
    assert parts_of(texts)["undecided"].unique().tolist() == ["nation;province"]
    dated = {key: dict(DOCUMENTS[key]) for key in texts}
    dated["city"] |= {"earliest": "2017-01-01", "latest": "2017-12-31", "parent_ids": ["nation"]}
    dated["province"] |= {"earliest": "2016-01-01", "latest": "2016-12-31"}
    assert parts_of(texts, dated)["undecided"].unique().tolist() == [""]
    dated["province"]["latest"] = "2017-06-01"  # it may be younger
    assert parts_of(texts, dated)["undecided"].unique().tolist() == ["province"]


# --- more sets, and clauses ---

COUNTY_DOCUMENTS = {
    "county": {"level": "county", "region": "甲省/甲市/甲县", "earliest": "2017-01-01", "latest": "2017-01-01"},
    "city": {"level": "prefecture", "region": "甲省/甲市"},
    "province": {"region": "甲省"},
    "nation": {"level": "national"},
    "peer": {"level": "county", "region": "乙省/乙市/乙县", "earliest": "2016-01-01", "latest": "2016-01-01"},
}
ALL_SETS = ("superior", "other superiors", "centre", "peers")
A, B, C, D, E = (rare(100, 10 + seed) for seed in range(5))


def county_parts(texts, sets=ALL_SETS):
    used = {key: value for key, value in COUNTY_DOCUMENTS.items() if key in texts}
    table = attribution(make_corpus(texts, documents=used), sets=sets)
    return table[table["doc_id"] == "county"].set_index("part")


def test_four_sets_have_sixteen_intersections_that_sum_to_one():
    texts = {
        "county": "\n".join([A, B, C, D, E]), "city": A + B, "province": B, "nation": C + A, "peer": D + A[:50],
    }  # fmt: skip
    rows = county_parts(texts)
    assert len(rows) == 16 and (rows["status"] == "estimated").all()
    shares = rows["share"][rows["share"] > 0].round(9).to_dict()
    assert shares == {
        "superior, centre and peers": 0.1,  # the first half of A
        "superior and centre": 0.1,
        "superior and other superiors": 0.2,
        "centre only": 0.2,
        "peers only": 0.2,
        "none": 0.2,
    }
    assert rows["share"].sum() == pytest.approx(1)
    assert rows["bound_low"].tolist() == pytest.approx(rows["share"].tolist())


@pytest.mark.parametrize("missing", ["city", "province", "nation", "peer"])
def test_a_set_that_is_not_held_is_missing_and_never_zero(missing):
    texts = {"county": "\n".join([A, B, C, D, E]), "city": A + B, "province": B, "nation": C + A, "peer": D}
    true = county_parts(texts)["share"]
    del texts[missing]
    rows = county_parts(texts)
    name = {"city": "superior", "province": "other superiors", "nation": "centre", "peer": "peers"}[missing]
    named = [
        name in part.replace("other superiors", "others") if name == "superior" else name in part for part in rows.index
    ]
    assert rows["share"].isna().tolist() == named
    assert rows["share"].sum() == pytest.approx(1)
    assert (rows["bound_low"] <= true + 1e-12).all() and (true <= rows["bound_high"] + 1e-12).all()
    expected = "centre not available" if name == "centre" else f"{name} not held"
    assert set(rows["status"]) == {"not available", expected}


def test_a_prefecture_has_no_other_superiors_and_a_younger_one_is_no_peer():
    documents = {
        "city": {"level": "prefecture", "region": "甲省/甲市", "earliest": "2016-05-01", "latest": "2016-05-01"},
        "late": {"level": "prefecture", "region": "乙省/乙市", "earliest": "2017-01-01", "latest": "2017-01-01"},
        "same": {"level": "prefecture", "region": "丙省/丙市"},
        "province": {"region": "甲省"},
    }
    corpus = make_corpus({"city": A + B, "late": A, "same": A, "province": B}, documents=documents)
    table = attribution(corpus, sets=ALL_SETS)
    rows = table[table["doc_id"] == "city"].set_index("part")
    assert (rows.loc[["other superiors" in part for part in rows.index], "status"] == "not applicable").all()
    assert rows.loc["peers only", "status"] == "not available"  # neither is known to be older
    late = table[table["doc_id"] == "late"].set_index("part")  # its own superior is not held, the city is older
    assert late.loc["centre and peers", "share"] == pytest.approx(1.0)  # and another province is a second witness
    assert late.loc["peers only", "status"] == "superior not held"


def test_the_two_sets_are_the_sums_of_the_four(sample):
    passages = find_passages(sample)
    two = attribution(sample, passages=passages).set_index(["doc_id", "part"])["share"]
    assert (
        attribution(sample, passages=passages, sets=("centre", "superior"))
        .set_index(["doc_id", "part"])["share"]
        .equals(two)
    )  # their order is fixed
    peers = attribution(sample, passages=passages, sets=("superior", "centre", "peers"))
    for (doc_id, part), share in two.dropna().items():
        rows = peers[(peers["doc_id"] == doc_id) & peers["share"].notna()]
        names = set(part.replace(" only", "").split(" and ")) - {"neither"}
        inside = [
            set(one.replace(" only", "").replace(", ", " and ").split(" and ")) - {"none", "peers"} == names
            for one in rows["part"]
        ]
        assert rows.loc[inside, "share"].sum() == pytest.approx(share)


def test_clauses_sum_to_their_document():
    texts = {"city": CITY + "\n落款", "province": PROVINCE, "east": EAST, "west": WEST}
    used = {key: value for key, value in DOCUMENTS.items() if key in texts}
    corpus = make_corpus(texts, documents=used)
    whole = attribution(corpus).set_index(["doc_id", "part"])
    table = attribution(corpus, unit="clause")
    assert list(table.columns[:3]) == ["doc_id", "clause_id", "part"]
    for column in ("share", "bound_low", "bound_high"):
        weighted = (table[column] * table["n_chars"]).groupby([table["doc_id"], table["part"]]).sum(min_count=1)
        size = table["n_chars"].groupby([table["doc_id"], table["part"]]).sum()
        expected = whole[column].reindex(weighted.index)
        np.testing.assert_allclose((weighted / size).to_numpy(), expected.to_numpy(), atol=1e-12)
    first = table[(table["doc_id"] == "city") & (table["part"] == "centre only")].iloc[0]
    assert first["clause_id"] == "city#1" and first["share"] == pytest.approx(0.6)  # of CENTRE, 60 in both witnesses
    assert table["resampling_low"].isna().all()


def test_text_outside_of_clauses_is_a_row_of_its_own(sample):
    table = attribution(sample, unit="clause")
    outside = table[table["clause_id"].isna()]
    assert len(outside) and (outside["n_chars"] > 0).all()
    sizes = table.drop_duplicates(["doc_id", "clause_id"]).groupby("doc_id")["n_chars"].sum()
    assert sizes.to_dict() == attribution(sample).groupby("doc_id")["n_chars"].first().to_dict()


def test_faults_of_sets_and_unit():
    corpus = make_corpus({"city": CITY})
    for sets in ((), ("centre", "centre"), ("nation",)):
        with pytest.raises(ValueError, match=r"^`sets` must be different ones of 'superior'"):
            attribution(corpus, sets=sets)
    with pytest.raises(ValueError, match="`unit` must be 'document' or 'clause'; got 'sentence'"):
        attribution(corpus, unit="sentence")


def test_a_proxy_for_a_centre_that_nobody_names_is_warned_of(caplog):
    text = "各位代表：现在，我代表人民政府向大会报告工作，请予审议，并请各位委员提出意见。"
    documents = {name: {"region": f"{name}省"} for name in ("甲", "乙", "丙")}
    attribution(make_corpus(dict.fromkeys(documents, text), documents=documents))
    assert "No document of the centre is held or named for the policy of 3 documents" in caplog.text
    caplog.clear()
    centre = {"centre": {"level": "national", "region": "全国"}}
    attribution(make_corpus(dict.fromkeys(documents, text), documents=documents | centre))
    assert "No document of the centre" not in caplog.text

"""Who follows whom: the same as the ranking it rests on, what is planted is found, and chance is told as chance."""

import numpy as np
import pandas as pd
import pytest

from fzanalytics.measures.lineage.chance import source_p
from fzanalytics.measures.lineage.follows import MIN_CANDIDATES, MIN_STRATUM, infer_sources
from fzanalytics.measures.reuse.passages import borrowing_share, find_passages
from fzanalytics.measures.reuse.sources import document_grams, find_sources, rank_sources
from helpers import make_corpus

SECTIONS, PIECES = 8, 3


def world(rng, n=24, *, copied=0.0):
    """Prefectures that each keep some of a common ancestor; the first also copies the second, its own words too."""
    alphabet = np.array([chr(0x4E00 + at) for at in range(15_000)])

    def words():
        return "".join(rng.choice(alphabet, 15))

    ancestor = [[words() for _ in range(PIECES)] for _ in range(SECTIONS)]
    keeps = rng.uniform(0.2, 0.8, n)
    texts = [
        [[piece if rng.random() < keep else words() for piece in section] for section in ancestor] for keep in keeps
    ]
    texts[0] = [
        [other if rng.random() < copied else piece for piece, other in zip(mine, theirs, strict=True)]
        for mine, theirs in zip(texts[0], texts[1], strict=True)
    ]
    written = {
        f"d{at:02d}": "\n".join(f"（{section}）" + "，".join(pieces) for section, pieces in enumerate(text))
        for at, text in enumerate(texts)
    }
    documents = {name: {"level": "prefecture", "region": f"{name}省/{name}市"} for name in written}
    return make_corpus(written, documents=documents)


def test_the_best_source_is_that_of_the_ranking(sample):
    found = infer_sources(sample).set_index("target")
    for target in sample.held["doc_id"]:
        ranked = find_sources(sample, doc_id=target, top=None)
        if target == "hebei_province_2016":  # Shijiazhuang names it as its superior: it cannot be its source
            assert (
                ranked["source"].tolist() == ["shijiazhuang_city_2016"]
                and found.loc[target, "note"] == "no candidate; declared but not held: national_outline_2015"
            )
            continue
        row = found.loc[target]
        assert row["n_candidates"] == len(ranked)
        assert [row["source"], row["relation"], row["order"]] == ranked.loc[0, ["source", "relation", "order"]].tolist()
        assert row["score"] == pytest.approx(ranked.loc[0, "score"]) and row["shared"] == pytest.approx(
            ranked.loc[0, "shared"]
        )


def test_the_best_source_is_that_of_the_ranking_among_many():
    corpus = world(np.random.default_rng(0))
    grams = document_grams(corpus.documents)
    regions = dict(zip(corpus.documents["doc_id"], corpus.documents["region"], strict=True))
    found = infer_sources(corpus, n_permutations=9).set_index("target")
    for target in grams:
        ranked = rank_sources(target, [one for one in grams if one != target], grams, regions)
        assert found.loc[target, ["source", "second"]].tolist() == ranked["source"].tolist()[:2]
        assert found.loc[target, "margin"] == pytest.approx(ranked["score"][0] - ranked["score"][1])


def test_by_passages_it_is_the_borrowing_share(sample):
    passages = find_passages(sample)
    found = infer_sources(sample, score="passages", passages=passages).set_index("target")
    shares = borrowing_share(passages, sample).set_index(["source", "target"])["share"]
    for target, row in found[found["source"].notna()].iterrows():
        assert row["shared"] == pytest.approx(shares[(row["source"], target)])


def test_margin_and_p_need_twenty_candidates():
    for n, enough in ((MIN_CANDIDATES, False), (MIN_CANDIDATES + 1, True)):
        row = infer_sources(world(np.random.default_rng(1), n), targets=["d00"], n_permutations=9).iloc[0]
        assert row["n_candidates"] == n - 1 and row["source"] is not None
        assert (row["margin"] >= 0) == enough and np.isfinite(row["p"]) == enough
        assert row["note"] == ("" if enough else "fewer than 20 candidates")


def test_without_regions_long_documents_do_not_stand_out_more_and_it_is_said():
    with_regions = world(np.random.default_rng(5), 24)
    documents = with_regions.documents.assign(region=pd.NA)
    without = type(with_regions)(documents, with_regions.clauses, with_regions.paragraphs)
    a, b = (infer_sources(one, n_permutations=99) for one in (with_regions, without))
    assert a["p"].notna().any() and a["p"].equals(b["p"])  # each document is of a province of its own in both
    assert set(b["note"]) == {"24 of 24 documents without a region"} and set(a["note"]) == {""}


def test_younger_ones_are_no_candidates_and_what_shares_nothing_is_no_source():
    texts = {"a": "甲乙丙丁戊己庚辛", "b": "甲乙丙丁戊己庚辛", "c": "子丑寅卯辰巳午未"}
    documents = {
        name: {"earliest": f"201{at}-01-01", "latest": f"201{at}-01-01"} for at, name in enumerate(("a", "b", "c"))
    }
    found = infer_sources(make_corpus(texts, documents=documents)).set_index("target")
    assert found["n_candidates"].tolist() == [0, 1, 2]
    assert found["note"].tolist()[::2] == ["no candidate", "shares nothing with any candidate"]
    assert found.loc["b", "source"] == "a" and found["source"].isna().tolist() == [True, False, True]


def test_a_source_alone_in_its_stratum_has_no_p():
    corpus = world(np.random.default_rng(2))
    documents = corpus.documents.assign(level=["prefecture", "province", *["prefecture"] * 22])
    documents.loc[1, "text"] = documents.loc[0, "text"]
    row = infer_sources(type(corpus)(documents, corpus.clauses, corpus.paragraphs), targets="d00").iloc[0]
    assert row["source"] == "d01" and row["n_stratum"] == 1 and np.isnan(row["p"]) and row["margin"] > 0.1
    assert row["note"] == "the source is alone in its stratum"


def test_p_needs_five_like_the_source():
    """The source is one of four, then of five counties; all others are prefectures."""
    corpus = world(np.random.default_rng(2), copied=0.9)
    for n, enough in ((MIN_STRATUM - 1, False), (MIN_STRATUM, True)):
        documents = corpus.documents.assign(level=["prefecture", *["county"] * n, *["prefecture"] * (23 - n)])
        few = type(corpus)(documents, corpus.clauses, corpus.paragraphs)
        row = infer_sources(few, targets="d00", n_permutations=19).iloc[0]
        assert (row["source"], row["n_stratum"]) == ("d01", n)
        assert np.isfinite(row["p"]) == enough and np.isfinite(row["margin"])
        assert row["note"] == ("" if enough else "fewer than 5 candidates like the source")


def test_p_is_corrected_for_the_targets():
    """Benjamini and Hochberg: p times the number of tests over its rank, never below that of a larger p."""
    found = infer_sources(world(np.random.default_rng(3), copied=0.8), n_permutations=39)
    p = np.sort(found["p"].dropna())
    slow = [min(1.0, *(p[at:] * len(p) / np.arange(at + 1, len(p) + 1))) for at in range(len(p))]
    tested = found.dropna(subset="p").sort_values("p")
    assert len(p) == 24 and tested["p_adjusted"].tolist() == pytest.approx(slow)
    assert (tested["p_adjusted"] >= tested["p"]).all() and (tested["p_adjusted"] > tested["p"]).any()
    alone = infer_sources(world(np.random.default_rng(3), 10), n_permutations=9)
    assert alone["p_adjusted"].isna().all() and list(found.columns).index("p_adjusted") == list(found).index("p") + 1


def test_a_source_that_holds_next_to_nothing_is_told():
    rng = np.random.default_rng(8)
    words = ["".join(map(chr, rng.integers(0x4E00, 0x9000, 300))) for _ in range(2)]
    for shared, told in ((10, True), (60, False)):
        row = infer_sources(make_corpus({"a": words[0], "b": words[1] + "。" + words[0][:shared]}), targets=["b"]).iloc[
            0
        ]
        assert row["source"] == "a" and ("less than 5 % shared" in row["note"]) == told


def test_documents_of_unknown_kind_are_no_stratum_of_their_own():
    """Nor does a missing kind or level hide the other."""
    corpus = world(np.random.default_rng(2))
    texts = corpus.documents["text"].tolist()
    levels = ["prefecture", "province", *["county", None] * 11]
    documents = corpus.documents.assign(kind=None, level=levels, text=[texts[0], texts[0], *texts[2:]])
    row = infer_sources(type(corpus)(documents, corpus.clauses, corpus.paragraphs), targets="d00").iloc[0]
    assert row["source"] == "d01" and row["n_stratum"] == 1


def test_what_was_copied_is_found_with_a_small_p_and_the_same_each_time():
    rng = np.random.default_rng(3)
    rows = [infer_sources(world(rng, copied=0.8), targets=["d00"], n_permutations=199).iloc[0] for _ in range(6)]
    assert all(row["source"] == "d01" for row in rows)
    assert np.median([row["p"] for row in rows]) <= 0.05
    corpus = world(np.random.default_rng(4), copied=0.5)
    one, other = (infer_sources(corpus, targets=["d00"], n_permutations=19, random_state=7) for _ in range(2))
    assert one.equals(other)


def test_p_is_no_smaller_than_it_should_be_without_copying():
    """Only a common ancestor, of which each keeps another share: the best of the candidates is chance."""
    rng = np.random.default_rng(5)
    values = np.array(
        [infer_sources(world(rng, 21), targets=["d00"], n_permutations=39)["p"].iloc[0] for _ in range(40)]
    )
    for a in (0.05, 0.1, 0.2):
        assert np.mean(values <= a) <= a + 3 * np.sqrt(a * (1 - a) / len(values))


@pytest.mark.parametrize("strata", [1, 3])
def test_p_of_labels_that_are_exchangeable(strata):
    rng = np.random.default_rng(6 + strata)
    values = []
    for _ in range(400):
        counts = rng.poisson(rng.uniform(0, 6, 8), size=(24, 8))
        labels = np.arange(24) % strata
        best = int(np.argmax(counts.sum(axis=1)))
        values.append(source_p(counts, labels, np.ones(24), best, n_permutations=39, rng=rng))
    for a in (0.05, 0.1, 0.2, 0.5):
        assert np.mean(np.array(values) <= a) <= a + 3 * np.sqrt(a * (1 - a) / len(values))
    assert np.mean(np.array(values) <= 0.5) > 0.1  # and it is not 1 throughout


def test_p_of_one_that_stands_out_in_every_section():
    rng = np.random.default_rng(9)
    counts = rng.poisson(3, size=(24, 10))
    counts[5] += 4
    labels = np.repeat([0, 1], 12)
    assert source_p(counts, labels, np.ones(24), 5, n_permutations=99, rng=rng) <= 0.05
    assert source_p(counts, labels, np.ones(24), 6, n_permutations=99, rng=rng) > 0.2
    tall = np.ones(24)
    tall[5] = counts[5].sum() / counts[6].sum()  # no more than it shares with everyone
    assert source_p(counts, labels, tall, 5, n_permutations=99, rng=rng) > 0.05


# "Each department shall strengthen leadership and make sure that all tasks are carried out": stands in every plan.
FORMULA = "各部门要切实加强组织领导，明确责任分工，确保各项任务落到实处。"


def formulaic():
    """The first copies 30 characters of the second; with the third it shares the longer formula alone."""
    rng = np.random.default_rng(11)
    words = ["".join(map(chr, rng.integers(0x4E00, 0x9000, 200))) for _ in range(3)]
    twice = FORMULA + "各级" + FORMULA[:-1] + "的要求。"
    texts = {"a": words[0] + twice + words[1][:30], "b": words[1], "c": words[2] + twice}
    return make_corpus(texts), twice


@pytest.mark.parametrize("score", ["grams", "passages"])
def test_a_formula_that_is_ignored_makes_no_source(score):
    corpus, twice = formulaic()
    options = {"targets": ["a"], "score": score}
    across = 3 if score == "grams" else 0  # runs of four characters, or characters
    for passages in (None, find_passages(corpus)) if score == "passages" else (None,):
        row = infer_sources(corpus, passages=passages, **options).iloc[0]
        assert (row["source"], row["second"]) == ("c", "b")
        row = infer_sources(corpus, passages=passages, ignore=[FORMULA[:-1], "各级", "的要求"], **options).iloc[0]
        assert row["source"] == "b" and pd.isna(row["second"])
        assert row["shared"] == pytest.approx((30 - across) / (230 - across))
        at = corpus.documents.loc[0, "text"].index(twice)
        spans = iter([("a", at, at + len(twice))])
        span = infer_sources(corpus, passages=passages, ignore=spans, **options).iloc[0]
        assert span[["source", "shared"]].tolist() == row[["source", "shared"]].tolist()


@pytest.mark.parametrize("score", ["grams", "passages"])
def test_what_is_ignored_is_as_if_it_were_blank(score):
    """In margin and p too, which count by sections."""
    corpus = world(np.random.default_rng(12), copied=0.8)
    phrase = corpus.documents.loc[1, "text"][4:19]  # a piece of the second, that others have from the ancestor
    blank = corpus.documents.assign(text=[text.replace(phrase, " " * len(phrase)) for text in corpus.documents["text"]])
    assert blank["text"].ne(corpus.documents["text"]).any()
    erased = type(corpus)(blank, corpus.clauses, corpus.paragraphs)
    options = {"targets": ["d00", "d01", "d02"], "score": score, "n_permutations": 19}
    ignored = infer_sources(corpus, ignore=[phrase], **options)
    pd.testing.assert_frame_equal(ignored, infer_sources(erased, **options))
    assert not ignored.equals(infer_sources(corpus, **options)) and ignored["p"].notna().any()


def test_what_cannot_be_ignored(sample):
    with pytest.raises(ValueError, match=r"`ignore` must be phrases that carry text, or spans .*; got '。'"):
        infer_sources(sample, ignore=["。"])
    with pytest.raises(TypeError, match=r"`ignore` must be a DataFrame of spans .*; got float"):
        infer_sources(sample, score="passages", ignore=0.5)


def test_faults(sample):
    with pytest.raises(ValueError, match="`score` must be 'grams' or 'passages'; got 'words'"):
        infer_sources(sample, score="words")
    with pytest.raises(ValueError, match="`targets` must be documents that are held; got 'national_outline_2015'"):
        infer_sources(sample, targets=["national_outline_2015"])
    with pytest.raises(ValueError, match="`n_permutations` must be at least 1; got 0"):
        infer_sources(sample, n_permutations=0)
    with pytest.raises(TypeError, match="`corpus` must be a Corpus; got str"):
        infer_sources("plans")


def test_a_law_family(real_data):
    import fzanalytics as fz

    corpus = fz.fetch_law_family("air", path=real_data / "law_families")
    found = infer_sources(corpus, n_permutations=99)
    assert len(found) == len(corpus.held)
    enough = found["n_candidates"] >= MIN_CANDIDATES
    assert enough.any() and found.loc[~enough, ["margin", "p"]].isna().all(axis=None)
    assert found.loc[enough, "margin"].between(0, 1).all() and found["p"].dropna().between(0.01, 1).all()
    # most prefectures with a province's regulation before them share most with their superior or with the national law
    assert (found["relation"] == "superior").sum() > len(found) / 2

"""Shares of documents, all pairs at once, against the plain way: one pair at a time."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fzanalytics as fz
from fzanalytics.measures.characters import covered_characters, section_labels
from fzanalytics.measures.inputs import compared_texts
from fzanalytics.measures.reuse.order import order_of_documents
from fzanalytics.measures.reuse.reduced import text_characters
from fzanalytics.measures.reuse.shares import SharedSpans, _intervals, borrowing_share
from fzanalytics.measures.sections import clause_resampling_interval, interval_status


def slow_shares(passages, corpus, paragraphs, level=0.95):
    """One pair at a time, one character at a time."""
    texts, spans, rows = compared_texts(corpus), SharedSpans(passages), []
    for first, second, kind in order_of_documents(corpus).itertuples(index=False):
        for source, target in [(first, second), (second, first)][: 2 if kind == "unknown" else 1]:
            carries = text_characters(texts[target])
            own = paragraphs[paragraphs["doc_id"] == target] if paragraphs is not None else corpus.paragraphs.iloc[:0]
            labels = section_labels(len(carries), own)
            shared = covered_characters(len(carries), *spans.of(target, source)) & carries
            tops, bottoms = np.bincount(labels, shared, minlength=1), np.bincount(labels, carries, minlength=1)
            triple = clause_resampling_interval(tops, bottoms, np.arange(len(tops)), level=level)
            sections = int((bottoms > 0).sum()) if paragraphs is not None else pd.NA
            (status,) = interval_status([triple[0]], [-1 if paragraphs is None else sections])
            rows.append((source, target, *triple, status, int(shared.sum()), int(carries.sum()), sections, kind))
    columns = [
        "source",
        "target",
        "share",
        "resampling_low",
        "resampling_high",
        "resampling_status",
        "n_chars",
        "n_target_chars",
        "n_sections",
        "order",
    ]
    table = pd.DataFrame(rows, columns=columns).astype({"n_sections": "Int64"})
    return table.sort_values(["source", "target"], ignore_index=True)


@pytest.mark.parametrize("given_paragraphs", [True, False])
def test_all_pairs_at_once_are_each_pair_by_itself(sample, given_paragraphs):
    passages = fz.find_passages(sample, min_chars=12)
    paragraphs = sample.paragraphs if given_paragraphs else None
    fast = borrowing_share(passages, sample, paragraphs=paragraphs, level=0.9)
    slow = slow_shares(passages, sample, paragraphs, level=0.9)
    pd.testing.assert_frame_equal(fast, slow, check_exact=True)
    assert fast["resampling_low"].notna().any() == given_paragraphs


def test_passages_that_overlap_and_those_written_the_other_way_round_count_once(sample):
    passages = fz.find_passages(sample, min_chars=12)
    turned = passages.rename(
        columns={
            a + end: b + end for a, b in (("source", "target"), ("target", "source")) for end in ("", "_begin", "_end")
        }
    )
    again = pd.concat([passages, turned.assign(source_end=turned["source_end"] - 3)], ignore_index=True)
    fast = borrowing_share(again, sample, paragraphs=sample)
    pd.testing.assert_frame_equal(fast, slow_shares(again, sample, sample.paragraphs), check_exact=True)
    pd.testing.assert_frame_equal(fast, borrowing_share(passages, sample, paragraphs=sample), check_exact=True)


@given(st.integers(1, 15), st.integers(1, 6), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_intervals_of_many_are_those_of_each(n_blocks, n_shares, seed):
    rng = np.random.default_rng(seed)
    bottoms = rng.integers(0, 40, n_blocks)
    tops = np.minimum(rng.integers(0, 60, (n_shares, n_blocks)), bottoms) * rng.integers(0, 2, (n_shares, 1))
    low, high = _intervals(tops, bottoms, 0.95)
    for at, top in enumerate(tops):
        _, *expected = clause_resampling_interval(top, bottoms, np.arange(n_blocks))
        np.testing.assert_array_equal([low[at], high[at]], expected)


def test_a_passage_outside_of_its_text_is_refused(sample):
    passages = fz.find_passages(sample, min_chars=12)
    wrong = passages.assign(target_end=passages["target_end"].where(passages.index != 3, 10**6))
    with pytest.raises(ValueError, match=r"`passages` must lie within their texts; got \d+ to 1000000"):
        borrowing_share(wrong, sample)

"""Which mentions of two paragraphs belong together: each stands in one pair, and none is lost."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzanalytics.measures.pairing import Paragraph, align_paragraphs, pair_mentions
from fzanalytics.measures.reuse.reduced import reduce_text

WORDS = ["财政局", "审计局", "三十日", "必须", "，", "公开信息", "加强"]


def paragraph(text, found, *, begin=0):
    """`found`: words of the text that are mentions, the first place of each."""
    codes, places = reduce_text(text)
    mentions = [
        {"kind": kind, "value": word, "text": word, "role": "lead", "begin": begin + text.index(word),
         "end": begin + text.index(word) + len(word), "not_before": pd.NaT, "not_after": pd.NaT}
        for kind, word in found
    ]  # fmt: skip
    return Paragraph(begin, text, "".join(map(chr, codes)), places, mentions)


def pairs_of(source, target, kind):
    return list(pair_mentions(source, target, kind, align_paragraphs(source, target, None)))


@settings(max_examples=60, deadline=None)
@given(*[st.lists(st.sampled_from(WORDS), min_size=1, max_size=8) for _ in range(2)], st.integers(0, 255))
def test_each_mention_is_in_one_pair_and_an_agency_that_is_written_is_never_alone(left, right, chosen):
    kinds = {"财政局": "agency", "审计局": "agency", "三十日": "deadline", "必须": "obligation"}
    sides = []
    for at, words in enumerate((left, right)):
        seen = [(kinds[word], word) for i, word in enumerate(kinds) if word in words and chosen >> (4 * at + i) & 1]
        sides.append(paragraph("".join(words), seen, begin=100 * at))
    source, target = sides
    for kind in ("agency", "deadline", "obligation"):
        pairs = pairs_of(source, target, kind)
        for side, own in enumerate(sides):
            ids = [id(pair[side]) for pair in pairs if pair[side] is not None]
            assert all(ids.count(id(one)) == 1 for one in own.mentions if one["kind"] == kind)
        for pair in pairs:
            for one, other, text in ((*pair, target.text), (*pair[::-1], source.text)):
                if one is not None and other is None and kind != "obligation":
                    assert one["text"] not in text


@pytest.mark.parametrize(
    ("target", "place"),
    [("由财政局负责", 1), ("由 财 政 局 负责", 2), ("由教育局负责", None), ("", None)],
)
def test_what_was_not_read_is_found_by_its_letters(target, place):
    source = paragraph("财政局牵头", [("agency", "财政局")])
    ((one, other),) = pairs_of(source, paragraph(target, [], begin=50), "agency")
    assert one["text"] == "财政局" and (other is None) == (place is None)
    if other is not None:
        assert other["begin"] == 50 + place and pd.isna(other["role"])
        assert target[other["begin"] - 50 : other["end"] - 50].replace(" ", "") == "财政局"


def test_a_word_of_obligation_must_stand_in_the_same_place():
    source = paragraph("各部门必须公开执法信息，接受监督。", [("obligation", "必须")])
    same, elsewhere = "各部门必须公开执法信息，接受监督。", "各部门公开执法信息，必须接受监督。"
    found = [pairs_of(source, paragraph(one, []), "obligation")[0][1] for one in (same, elsewhere)]
    assert found[0] is not None and found[1] is None

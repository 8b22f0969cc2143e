"""Laws of the way back: against naive replacement, and for steps that follow one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzanalytics.base.offsets import Edit, OffsetMap, apply_edits


@st.composite
def edited(draw: st.DrawFn, text: str | None = None) -> tuple[str, list[Edit]]:
    """A text and edits that do not overlap."""
    if text is None:
        text = draw(st.text(alphabet="法治政府 建设", max_size=20))
    edits, position = [], 0
    while position < len(text) and draw(st.booleans()):
        begin = draw(st.integers(position, len(text) - 1))
        end = draw(st.integers(begin + 1, len(text)))
        edits.append(Edit(begin, end, draw(st.text(alphabet="法xy", max_size=3))))
        position = end
    return text, edits


@given(edited())
def test_new_text_is_that_of_naive_replacement(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    naive = text
    for begin, end, replacement in sorted(edits, reverse=True):
        naive = naive[:begin] + replacement + naive[end:]
    assert apply_edits(text, reversed(edits))[0] == naive


@given(edited())
def test_untouched_characters_lead_back_to_themselves(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    new, offsets = apply_edits(text, edits)
    touched = {i for edit in edits for i in range(edit.begin, edit.end)}
    origins = [offsets.span(i, i + 1) for i in range(len(new))]
    kept = [begin for begin, end in origins if begin not in touched and end == begin + 1]
    assert kept == [i for i in range(len(text)) if i not in touched]
    assert all(text[begin] == new[i] for i, (begin, _) in enumerate(origins) if begin not in touched)


@given(edited(), st.data())
def test_span_is_monotone_and_covers(case: tuple[str, list[Edit]], data: st.DataObject) -> None:
    text, edits = case
    new, offsets = apply_edits(text, edits)
    begin = data.draw(st.integers(0, len(new)))
    end = data.draw(st.integers(begin, len(new)))
    inner = data.draw(st.integers(begin, end))
    first, last = offsets.span(begin, end)
    assert 0 <= first <= last <= len(text)
    if begin < inner < end:
        assert first <= offsets.span(begin, inner)[1] and offsets.span(inner, end)[0] <= last
        assert first == offsets.span(begin, inner)[0] and last == offsets.span(inner, end)[1]


@given(edited(), st.data())
def test_composition_is_one_step_after_the_other(case: tuple[str, list[Edit]], data: st.DataObject) -> None:
    text, edits = case
    middle, first = apply_edits(text, edits)
    _, more = data.draw(edited(middle))
    new, second = apply_edits(middle, more)
    both = first.then(second)
    for i in range(len(new)):
        assert both.span(i, i + 1) == first.span(*second.span(i, i + 1))


@given(edited())
def test_identity_is_neutral(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    new, offsets = apply_edits(text, edits)
    for same in (OffsetMap.identity(len(text)).then(offsets), offsets.then(OffsetMap.identity(len(new)))):
        assert (same.begins == offsets.begins).all() and (same.ends == offsets.ends).all()


def test_slice_still_leads_into_the_whole() -> None:
    new, offsets = apply_edits("a b c", [Edit(1, 2, ""), Edit(3, 4, "")])
    assert new == "abc" and offsets.slice(1, 3).span(0, 2) == (2, 5) == offsets.span(1, 3)


def test_hand_worked() -> None:
    new, offsets = apply_edits("第１２条", [Edit(1, 3, "12"), Edit(3, 4, "章节")])
    assert new == "第12章节"
    assert [offsets.span(i, i + 1) for i in range(5)] == [(0, 1), (1, 2), (2, 3), (3, 4), (3, 4)]
    assert offsets.span(2, 2) == (2, 2) and offsets.span(0, 0) == (0, 0)


@pytest.mark.parametrize(
    "edits", [[Edit(0, 2, ""), Edit(1, 3, "")], [Edit(1, 1, "x")], [Edit(2, 9, "")], [Edit(-1, 1, "")]]
)
def test_edits_that_cannot_be(edits: list[Edit]) -> None:
    with pytest.raises(
        ValueError, match="`edits` must lie within the text, replace something and not overlap; got Edit"
    ):
        apply_edits("法治政", edits)

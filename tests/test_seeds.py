"""One seed gives the same numbers for the same purpose, and others for another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fzanalytics.base.seeds import integer_seed, make_generator


def test_repeats_and_differs_by_label_and_seed() -> None:
    def draw(*arguments: Any) -> int:
        return int(make_generator(*arguments).integers(2**60))

    assert draw(0, "lda", 8) == draw(np.int64(0), "lda", "8")
    assert len({draw(0), draw(1), draw(0, "lda"), draw(0, "nmf"), draw(0, "lda", 8), draw(0, 8, "lda")}) == 6
    assert draw(None) != draw(None)


def test_a_generator_moves_on() -> None:
    generator = np.random.default_rng(0)
    assert make_generator(generator, "lda") is generator
    assert integer_seed(generator) != integer_seed(generator)


def test_integer_seeds_are_in_range() -> None:
    seeds = [integer_seed(seed, "x") for seed in range(200)]
    assert all(0 <= seed < 2**31 - 1 for seed in seeds) and len(set(seeds)) == 200


@pytest.mark.parametrize("wrong", [-1, 1.5, "0", True])
def test_wrong_seed(wrong: Any) -> None:
    with pytest.raises(ValueError, match=f"`random_state` must be a whole number .*; got {wrong!r}"):
        make_generator(wrong)

"""PolicyVectorizer is an estimator as scikit-learn understands it, and counts as the package does."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks

from fzanalytics.features.matrices import count_matrix, tfidf_matrix
from fzanalytics.features.tokens import PolicyAnalyzer
from fzanalytics.features.vectorizer import PolicyVectorizer

TEXTS = [
    "完善行政复议审理机制",
    "行政复议办案（市法制办负责）",
    "推进政务公开",
    "政府信息公开平台",
    "行政复议",
    "政务公开",
]
# Those of scikit-learn's checks that do not fit on arrays of numbers, which texts are not.
CHECKS = [
    "check_estimator_cloneable", "check_estimator_repr", "check_no_attributes_set_in_init",
    "check_get_params_invariance", "check_set_params", "check_parameters_default_constructible",
    "check_estimator_tags_renamed", "check_valid_tag_types", "check_mixin_order",
]  # fmt: skip


@pytest.mark.parametrize("name", CHECKS)
def test_the_checks_of_scikit_learn_hold(name: str) -> None:
    check: Any = getattr(estimator_checks, name, None)
    if check is None:
        pytest.skip(f"this scikit-learn has no {name}")
    check("PolicyVectorizer", PolicyVectorizer())


def test_check_estimator_passes() -> None:
    with pytest.warns(match="Can't test estimator"):  # what else it would check needs numbers
        estimator_checks.check_estimator(PolicyVectorizer())


@pytest.mark.parametrize(("weighting", "matrix_of"), [("count", count_matrix), ("tfidf", tfidf_matrix)])
def test_it_counts_as_the_package_does(weighting: str, matrix_of: Any) -> None:
    vectorizer = PolicyVectorizer(mask="agency", min_df=1, weighting=weighting)
    made = vectorizer.fit_transform(TEXTS)
    matrix, vocabulary = matrix_of(TEXTS, analyzer=PolicyAnalyzer(mask="agency"))
    assert vectorizer.get_feature_names_out().tolist() == vocabulary.tolist()
    assert made.toarray().tobytes() == matrix.toarray().tobytes()
    assert vectorizer.transform(TEXTS).toarray() == pytest.approx(made.toarray())
    assert vectorizer.fit(TEXTS).transform(["从未见过的词"]).nnz == 0


def test_a_grid_search_varies_what_is_dropped() -> None:
    labels = [0, 0, 1, 1, 0, 1]
    pipeline = make_pipeline(PolicyVectorizer(), MultinomialNB())
    grid = {"policyvectorizer__min_chars": [2, 3], "policyvectorizer__mask": [(), ("place", "agency")]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(TEXTS, labels)
    again = pickle.loads(pickle.dumps(search.best_estimator_))
    assert again.predict(TEXTS).tolist() == search.predict(TEXTS).tolist()


def test_cloned_unfitted_and_bad() -> None:
    vectorizer = PolicyVectorizer(words=["审理机制"]).fit(TEXTS)
    assert "审理机制" in vectorizer.vocabulary_
    fresh = clone(vectorizer)
    assert fresh.get_params() == vectorizer.get_params()
    with pytest.raises(NotFittedError):
        fresh.transform(TEXTS)
    with pytest.raises(ValueError, match="`weighting` must be 'count' or 'tfidf'; got 'log'"):
        PolicyVectorizer(weighting="log").fit(TEXTS)
    with pytest.raises(ValueError, match="`min_chars` must be at least 1"):
        PolicyVectorizer(min_chars=0).fit(TEXTS)


def test_a_pickle_is_read_in_another_process(tmp_path: Path) -> None:
    file = tmp_path / "vectorizer.pickle"
    file.write_bytes(pickle.dumps(PolicyVectorizer().fit(TEXTS)))
    code = f"import pickle; print(pickle.load(open({str(file)!r}, 'rb')).transform(['行政复议']).sum())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip() == "1"


def test_the_module_does_not_import_scikit_learn() -> None:
    code = "import sys, fzanalytics.features.vectorizer; print('sklearn' in sys.modules)"
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "False"

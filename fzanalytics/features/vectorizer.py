"""PolicyVectorizer: Chinese texts to counts or TF-IDF weights as a scikit-learn estimator with flat parameters.

It is scikit-learn's own `CountVectorizer` or `TfidfTransformer` behind a `PolicyAnalyzer`, so that a grid search can vary what
is masked and dropped together with the model. The class is made when it is first asked for, because scikit-learn takes
two seconds to import; it can be imported, cloned and pickled as any other.

Parameters: `words`, `stop_words`, `mask`, `min_chars`, `mask_tokens` as for `PolicyAnalyzer`; `min_df`, `max_df`,
`max_features` as for `count_matrix`; `weighting`, "count" or "tfidf". Fitted: `vocabulary_` (term to column). Methods
as of any transformer, with `get_feature_names_out` in code point order. Input is a sequence of str, output a CSR matrix
of shape (D, V).

Examples
--------
>>> from fzanalytics.features.vectorizer import PolicyVectorizer
>>> vectorizer = PolicyVectorizer(mask=("place", "agency"))
>>> vectorizer.fit_transform(["完善人民调解", "人民调解员"]).toarray().tolist()
[[1, 0], [0, 1]]
>>> vectorizer.get_feature_names_out().tolist()
['人民调解', '人民调解员']
>>> from sklearn.base import clone
>>> clone(vectorizer).set_params(min_chars=3).min_chars
3
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from fzanalytics.features.tokens import PolicyAnalyzer

if TYPE_CHECKING:
    PolicyVectorizer: Any


def __getattr__(name: str) -> Any:
    if name == "PolicyVectorizer":
        return _make_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@lru_cache(maxsize=1)
def _make_class() -> type:
    from sklearn.base import BaseEstimator, TransformerMixin
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.utils.validation import check_is_fitted

    class PolicyVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
        """Chinese texts to counts or TF-IDF weights, with the parameters of `PolicyAnalyzer` and `count_matrix`; `weighting` is
        "count" or "tfidf". A scikit-learn transformer: texts in, CSR matrix of shape (D, V) out. See the module for examples.
        """

        def __init__(
            self,
            *,
            words: Any = (),
            stop_words: Any = "policy",
            mask: Any = (),
            min_chars: int = 2,
            mask_tokens: bool = False,
            min_df: int | float = 1,
            max_df: int | float = 1.0,
            max_features: int | None = None,
            weighting: Literal["count", "tfidf"] = "count",
        ) -> None:
            self.words = words
            self.stop_words = stop_words
            self.mask = mask
            self.min_chars = min_chars
            self.mask_tokens = mask_tokens
            self.min_df = min_df
            self.max_df = max_df
            self.max_features = max_features
            self.weighting = weighting

        def fit(self, X: Any, y: Any = None) -> Any:
            """Learn the vocabulary (and the weights) of the texts."""
            self.fit_transform(X)
            return self

        def fit_transform(self, X: Any, y: Any = None) -> Any:
            """Learn, and give the matrix, shape (D, V)."""
            if self.weighting not in ("count", "tfidf"):
                raise ValueError(f"`weighting` must be 'count' or 'tfidf'; got {self.weighting!r}. Use 'count'.")
            names = ("words", "stop_words", "mask", "min_chars", "mask_tokens")
            analyzer = PolicyAnalyzer(**{name: getattr(self, name) for name in names})
            kind = CountVectorizer if self.weighting == "count" else TfidfVectorizer
            inner = kind(analyzer=analyzer, min_df=self.min_df, max_df=self.max_df, max_features=self.max_features)
            matrix = inner.fit_transform(X)
            self.vectorizer_ = inner
            self.vocabulary_ = {str(term): int(column) for term, column in inner.vocabulary_.items()}
            return matrix

        def transform(self, X: Any) -> Any:
            """Give the matrix of other texts, shape (D, V); terms never seen are left out."""
            check_is_fitted(self)
            return self.vectorizer_.transform(X)

        def get_feature_names_out(self, input_features: Any = None) -> Any:
            """Give the terms of the columns, shape (V,)."""
            check_is_fitted(self)
            return self.vectorizer_.get_feature_names_out()

        def __sklearn_tags__(self) -> Any:
            tags = super().__sklearn_tags__()
            tags.input_tags.string = True
            tags.input_tags.two_d_array = False
            return tags

        def _more_tags(self) -> dict[str, Any]:
            """The same before scikit-learn 1.6."""
            return {"X_types": ["string"]}

    PolicyVectorizer.__qualname__ = "PolicyVectorizer"
    return PolicyVectorizer

"""Which of two documents came first, and which pairs of them matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fzanalytics.base.tables import LEVELS, require_columns
from fzanalytics.measures.inputs import require_table
from fzanalytics.texts.corpus import Corpus

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_ORDER_COLUMNS = ("doc_id", "level", "region", "lineage", "earliest", "latest", "period_end", "parent_ids", "held")


def order_of_documents(documents: pd.DataFrame | Corpus, *, held_only: bool = True) -> pd.DataFrame:
    """Which of two documents came first, and how that is known.

    Parameters
    ----------
    documents : DataFrame, D rows, or Corpus
        The documents table, rows that are not held included: the line of declared superiors runs through them.
    held_only : bool
        Pairs of documents that are held only, or of all rows.

    Returns
    -------
    DataFrame, D * (D - 1) / 2 rows
        source, target, order; sorted by source and target, the same for every order of rows. order is the first
        of these that holds, with source the earlier or higher one:

        - "declared": target names source in its parent_ids, itself or through documents that are named in turn
          (held or not), and source is not surely younger than target;
        - "earlier": source.latest < target.earliest;
        - "superior": source's region is in the line of command above target's ("全国" is above all, "甘肃省" above
          "甘肃省/甘南藏族自治州"), both are of one lineage, and their periods, if both are known, end in one year;
        - "unknown": the dates do not decide. source is then the one of the higher level, then of the smaller
          doc_id. This is a place in a table and no direction.

    Notes
    -----
    Order in time is no proof that anything was drawn from the earlier text.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"doc_id": ["county", "province"], "level": ["county", "province"], "held": True,
    ...      "region": ["甘肃省/甘南藏族自治州/夏河县", "河北省"], "lineage": "法治政府建设",
    ...      "earliest": pd.to_datetime(["2017-10-18", "2016-01-01"]), "latest": pd.to_datetime([None, "2016-12-31"]),
    ...      "period_end": 2020, "parent_ids": None})
    >>> order_of_documents(table).values.tolist()
    [['province', 'county', 'earlier']]
    """
    documents = require_table(documents, name="documents")
    require_columns(documents, _ORDER_COLUMNS, name="documents")
    facts = DocumentFacts(documents)
    chosen = np.array([at for at, name in enumerate(facts.ids) if facts.held[name] or not held_only], dtype=np.int64)
    first, second = (chosen[side] for side in np.triu_indices(len(chosen), 1))
    return OrderTable(facts).table(first, second)


class DocumentFacts:
    """What order needs to know of each document, looked up once."""

    def __init__(self, documents: pd.DataFrame) -> None:
        """Take the documents table, rows that are not held included."""
        require_columns(documents, _ORDER_COLUMNS, name="documents")
        self.ids = sorted(documents["doc_id"].astype(str))
        table = documents.assign(doc_id=documents["doc_id"].astype(str)).set_index("doc_id")
        self.held = table["held"].astype(bool).to_dict()
        self.earliest = _days(table["earliest"])
        self.latest = _days(table["latest"])
        self.lineage = _known(table["lineage"])
        self.period = _known(table["period_end"])
        levels = {level: rank for rank, level in enumerate(LEVELS)}
        self.level = {doc_id: levels.get(level, len(LEVELS)) for doc_id, level in table["level"].items()}
        self.region = {
            doc_id: "全国" if self.level[doc_id] == 0 else region for doc_id, region in _known(table["region"]).items()
        }
        self.parents = {doc_id: split_ids(value) for doc_id, value in table["parent_ids"].items()}
        self.ancestors = {doc_id: _ancestors(doc_id, self.parents) for doc_id in self.ids}
        self._policies: dict[tuple[object, object], list[str]] = {}
        for doc_id in self.ids:
            self._policies.setdefault((self.lineage[doc_id], self.period[doc_id]), []).append(doc_id)

    def order(self, a: str, b: str) -> tuple[str, str, str]:
        """(source, target, order) of two documents."""
        if self._declared(a, b) != self._declared(b, a):
            return (a, b, "declared") if self._declared(a, b) else (b, a, "declared")
        if self.before(a, b) or self.before(b, a):
            return (a, b, "earlier") if self.before(a, b) else (b, a, "earlier")
        if self._superior(a, b) or self._superior(b, a):
            return (a, b, "superior") if self._superior(a, b) else (b, a, "superior")
        first, second = sorted([a, b], key=lambda doc_id: (self.level[doc_id], doc_id))
        return first, second, "unknown"

    def same_policy(self, doc_id: str) -> list[str]:
        """Other documents of the same lineage and period; none without a lineage."""
        if self.lineage[doc_id] is None:
            return []
        return [other for other in self._policies[self.lineage[doc_id], self.period[doc_id]] if other != doc_id]

    def perhaps_same_policy(self, doc_id: str) -> list[str]:
        """Other documents of the same lineage where the period of one of the two is not known."""
        lineage, period = self.lineage[doc_id], self.period[doc_id]
        if lineage is None:
            return []
        keys = [key for key in self._policies if key[0] == lineage and (period is None or key[1] is None)]
        return sorted(other for key in keys for other in self._policies[key] if other != doc_id)

    def before(self, a: str, b: str) -> bool:
        """Whether a is surely older than b (a missing date, NaN, decides nothing)."""
        return self.latest[a] < self.earliest[b]

    def _declared(self, a: str, b: str) -> bool:
        return a in self.ancestors[b] and not self.before(b, a)

    def _superior(self, a: str, b: str) -> bool:
        same = self.lineage[a] is not None and self.lineage[a] == self.lineage[b]
        periods = {self.period[a], self.period[b]} - {None}
        return same and len(periods) < 2 and is_above(self.region[a], self.region[b])


class OrderTable:
    """The same for many pairs at once; documents are known by their place in `DocumentFacts.ids`."""

    KINDS = ("declared", "earlier", "superior", "unknown")

    def __init__(self, facts: DocumentFacts) -> None:
        """Put the facts in arrays."""
        ids = facts.ids
        self.ids = np.array(ids, dtype=object)
        self.earliest = np.array([facts.earliest[name] for name in ids], dtype=float)
        self.latest = np.array([facts.latest[name] for name in ids], dtype=float)
        self.level = np.array([facts.level[name] for name in ids], dtype=np.int64)
        self.lineage = _numbers([facts.lineage[name] for name in ids])
        self.period = _numbers([facts.period[name] for name in ids])
        self.region = _numbers([facts.region[name] for name in ids])
        self.whole = np.array([facts.region[name] == "全国" for name in ids], dtype=bool)
        lines = [(facts.region[name] or "").split("/") for name in ids]
        self.depth = np.array([len(line) for line in lines], dtype=np.int64)
        deepest = max(map(len, lines), default=1)
        upper = [["/".join(line[:n]) if n <= len(line) else None for line in lines] for n in range(deepest + 1)]
        numbered = _numbers([name for column in upper for name in column]).reshape(deepest + 1, len(ids))
        self.upper = numbered  # the region of so many steps from the top that each document lies in
        place = {name: at for at, name in enumerate(ids)}
        pairs = [(place[one], place[name]) for name in ids for one in facts.ancestors[name] if one in place]
        self.declared = np.sort(np.array([a * len(ids) + b for a, b in pairs], dtype=np.int64))

    def order(self, a: Ints, b: Ints) -> tuple[Ints, Ints, Ints]:
        """(source, target, place in `KINDS`) of pairs of different documents; see `order_of_documents`."""
        kind = np.full(len(a), 3, dtype=np.int64)
        forward = (self.level[a] < self.level[b]) | ((self.level[a] == self.level[b]) & (a < b))
        for number, rule in ((2, self._superior), (1, self.before), (0, self._declares)):
            ahead, back = rule(a, b), rule(b, a)
            decides = ahead != back
            kind[decides] = number
            forward = np.where(decides, ahead, forward)
        return np.where(forward, a, b), np.where(forward, b, a), kind

    def table(self, a: Ints, b: Ints) -> pd.DataFrame:
        """Columns source, target, order of pairs of different documents, sorted."""
        source, target, kind = self.order(a, b)
        rows = np.lexsort((target, source))
        names = np.array(self.KINDS, dtype=object)
        columns = {"source": self.ids[source[rows]], "target": self.ids[target[rows]], "order": names[kind[rows]]}
        return pd.DataFrame(columns, dtype=str)

    def before(self, a: Ints, b: Ints) -> Bools:
        """Whether a is surely older than b."""
        return self.latest[a] < self.earliest[b]

    def above(self, a: Ints, b: Ints) -> Bools:
        """`is_above` of the regions."""
        known = (self.region[a] >= 0) & (self.region[b] >= 0) & (self.region[a] != self.region[b])
        line = (self.depth[a] < self.depth[b]) & (self.upper[self.depth[a], b] == self.upper[self.depth[a], a])
        return known & (self.whole[a] | line)

    def _declares(self, a: Ints, b: Ints) -> Bools:
        return _among(a * len(self.ids) + b, self.declared) & ~self.before(b, a)

    def _superior(self, a: Ints, b: Ints) -> Bools:
        same = (self.lineage[a] >= 0) & (self.lineage[a] == self.lineage[b])
        periods = (self.period[a] == self.period[b]) | (self.period[a] < 0) | (self.period[b] < 0)
        return same & periods & self.above(a, b)


def _numbers(values: list[Any]) -> Ints:
    """Equal values by equal numbers, None by -1."""
    seen: dict[Any, int] = {}
    return np.array([-1 if value is None else seen.setdefault(value, len(seen)) for value in values], dtype=np.int64)


def is_above(region: str | None, other: str | None) -> bool:
    """Whether one region is in the line of command above another; unknown regions are above and below nothing.

    Examples
    --------
    >>> is_above("甘肃省", "甘肃省/甘南藏族自治州/夏河县"), is_above("甘肃省", "甘肃省"), is_above("全国", "甘肃省")
    (True, False, True)
    """
    if region is None or other is None or region == other:
        return False
    return region == "全国" or other.startswith(region + "/")


def split_ids(value: object) -> list[str]:
    """The doc_ids in a cell such as "a;b", none if it is missing.

    Examples
    --------
    >>> split_ids("a; b"), split_ids(None)
    (['a', 'b'], [])
    """
    if not isinstance(value, str):
        return []
    return [part.strip() for part in value.split(";") if part.strip()]


def _days(dates: pd.Series) -> dict[str, float]:
    days = pd.to_datetime(dates)
    return ((days - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)).astype(float).to_dict()


def _known(values: pd.Series) -> dict[str, Any]:
    return {key: None if pd.isna(value) else value for key, value in values.items()}


def _ancestors(doc_id: str, parents: dict[str, list[str]]) -> set[str]:
    seen: set[str] = set()
    queue = list(parents[doc_id])
    while queue:
        parent = queue.pop()
        if parent not in seen:
            seen.add(parent)
            queue.extend(parents.get(parent, []))
    return seen - {doc_id}


def _among(values: Ints, known: Ints) -> Bools:
    """Which values are in a sorted array."""
    if not len(known):
        return np.zeros(len(values), dtype=bool)
    return known[np.minimum(np.searchsorted(known, values), len(known) - 1)] == values


PairRule = Literal["all", "earlier", "other region", "superior"]
#: Which pairs of documents matter, as it may be given: rules by name (several: all of them), pairs, or a function.
PairsGiven = PairRule | Iterable[PairRule] | Iterable[tuple[str, str]] | Callable[[pd.Series, pd.Series], bool] | None


class PairChoice:
    """Which pairs of held documents matter; documents are known by their place in `DocumentFacts.ids`."""

    def __init__(self, pairs: PairsGiven, documents: pd.DataFrame, held: Iterable[str]) -> None:
        """Take the option as it was given; all its faults are told at once."""
        self.orders = OrderTable(DocumentFacts(documents))
        self.place = {str(name): at for at, name in enumerate(self.orders.ids)}
        self.rules: tuple[str, ...] = ()
        self.listed: Ints | None = None
        self.judge: Callable[[pd.Series, pd.Series], bool] | None = None
        if pairs is None or isinstance(pairs, str):
            self.rules = _check_rules([] if pairs is None else [pairs])
        elif callable(pairs):
            self.judge = pairs
            self._table = documents.assign(doc_id=documents["doc_id"].astype(str)).set_index("doc_id", drop=False)
            self._judged: dict[int, bool] = {}
        else:
            given = list(pairs)
            if given and all(isinstance(one, str) for one in given):
                self.rules = _check_rules(given)
            else:
                wanted = [sorted(self.place[name] for name in pair) for pair in check_pairs(given, held)]
                self.listed = np.unique(np.array([a * len(self.place) + b for a, b in wanted], dtype=np.int64))

    def matter(self, a: Ints, b: Ints) -> Bools:
        """Whether each of these pairs matters."""
        if self.listed is not None:
            key = np.minimum(a, b) * len(self.place) + np.maximum(a, b)
            return _among(key, self.listed)
        if self.judge is not None:
            return self._ask(a, b)
        good = np.ones(len(a), dtype=bool)
        if self.rules in ((), ("all",)):
            return good
        source, target, kind = self.orders.order(a, b)
        for rule in self.rules:
            if rule == "earlier":
                good &= kind <= 1
            elif rule == "superior":
                good &= self.orders.above(source, target)
            elif rule == "other region":
                region = self.orders.region
                good &= (region[a] >= 0) & (region[b] >= 0) & (region[a] != region[b])
        return good

    def hubs(self) -> Ints | None:
        """Documents of which every pair that matters holds one, if these are few; else None."""
        if self.listed is None or not len(self.listed):
            return None
        a, b = np.divmod(self.listed, len(self.place))
        degree = np.bincount(np.r_[a, b], minlength=len(self.place))
        return np.unique(np.where((degree[a] > degree[b]) | ((degree[a] == degree[b]) & (a < b)), a, b))

    def members(self) -> Ints:
        """Documents that are in some pair that matters."""
        if self.listed is None:
            return np.arange(len(self.place))
        return np.unique(np.r_[np.divmod(self.listed, len(self.place))])

    def _ask(self, a: Ints, b: Ints) -> Bools:
        assert self.judge is not None
        source, target, _ = self.orders.order(a, b)
        key, place = np.unique(source * len(self.place) + target, return_inverse=True)
        for one in key.tolist():
            if one not in self._judged:
                x, y = divmod(one, len(self.place))
                rows = self._table.loc[self.orders.ids[x]], self._table.loc[self.orders.ids[y]]
                self._judged[one] = bool(self.judge(*rows))
        return np.array([self._judged[one] for one in key.tolist()], dtype=bool)[place]


def _check_rules(rules: list[Any]) -> tuple[str, ...]:
    unknown = sorted(set(rules) - set(get_args(PairRule)))
    if unknown:
        raise ValueError(
            f"`pairs` must be pairs of doc_ids, a function, or of {', '.join(map(repr, get_args(PairRule)))}; "
            f"got {', '.join(map(repr, unknown))}. Give several rules as a tuple; all of them must hold."
        )
    return tuple(sorted(set(rules) - {"all"}))


def check_pairs(pairs: Iterable[Any], held: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs as they are, or a ValueError that names all that are none.

    Examples
    --------
    >>> check_pairs([("a", "b")], ["a", "b", "c"])
    [('a', 'b')]
    """
    known = set(held)
    faults: list[str] = []
    good: list[tuple[str, str]] = []
    for pair in pairs:
        if isinstance(pair, str) or len(tuple(pair)) != 2 or len(set(pair)) != 2:
            faults.append(repr(pair))
        elif missing := [doc_id for doc_id in pair if doc_id not in known]:
            faults.append(f"{tuple(pair)!r} ({', '.join(map(repr, missing))} not held)")
        else:
            good.append((pair[0], pair[1]))
    if faults:
        raise ValueError(
            f"`pairs` must be pairs of two different held documents; got {'; '.join(faults)}. "
            f"Held are: {', '.join(sorted(known))}."
        )
    return good

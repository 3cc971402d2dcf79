"""Which rows of a list that is held whole are shown, and in which order: what is typed behind `/`, and what `s` goes through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Row = TypeVar("Row")

BETWEEN = "\0"
"""Stands between two texts of a row, so that no word is found across them."""


class Order(NamedTuple):
    """An order of a list.

    Example:
        >>> Order("by name", key=str.casefold).called
        'by name'
    """

    called: str
    """What people read, such as "newest first"."""
    key: Callable[[Any], Any] | None = None
    """What a row is put in order by; rows for which that is `None` stand behind all others. Without a key rows stay as they were read."""
    down: bool = False
    """The highest first."""


class Term(NamedTuple):
    """One thing that a row must have, or must not have."""

    column: str
    """The beginning of the names of the columns it may stand in; empty for any of them."""
    words: tuple[str, ...]
    """One of these must be there, in lower case."""
    out: bool = False
    """Rows that have it are left out."""


def terms(typed: str, columns: Iterable[str]) -> tuple[Term, ...]:
    """Return what a search asks of the rows of a list; all of it must hold.

    Args:
        typed: words, or words of one column such as `status:paused,ready`; `-` before one leaves out what has it.
        columns: the names of the columns there are; what stands before a colon and begins none of them is part of a word.

    Example:
        >>> terms("gpu -status:paused", ["name", "status"])
        (Term(column='', words=('gpu',), out=False), Term(column='status', words=('paused',), out=True))
    """
    return tuple(_term(each.casefold(), [name.casefold() for name in columns]) for each in typed.split())


def _term(word: str, columns: Sequence[str]) -> Term:
    out = word.startswith("-") and len(word) > 1
    word = word[out:]
    column, colon, rest = word.partition(":")
    words = tuple(each for each in rest.split(",") if each)
    if colon and column and words and any(name.startswith(column) for name in columns):
        return Term(column, words, out)
    return Term("", (word,), out)


def fits(wanted: Iterable[Term], texts: Mapping[str, str]) -> bool:
    """Say whether a row has all that is wanted, whatever its case.

    Args:
        wanted: what is asked for.
        texts: what stands in the row, by the names of its columns.

    Example:
        >>> fits(terms("GPU", ["name"]), {"name": "gpu-box"})
        True
    """
    folded = {name.casefold(): text.casefold() for name, text in texts.items()}
    return all(_has(term, folded) is not term.out for term in wanted)


def _has(term: Term, texts: Mapping[str, str]) -> bool:
    held = BETWEEN.join(text for name, text in texts.items() if name.startswith(term.column))
    return any(word in held for word in term.words)


def _by_itself(row: Any) -> bool:
    del row
    return False


def sifted(
    rows: Iterable[Row],
    wanted: Sequence[Term],
    texts: Callable[[Row], Mapping[str, str]],
    is_below: Callable[[Row], bool] = _by_itself,
) -> list[Row]:
    """Return the rows that fit, in the order given.

    A row below another one has what that one has, too; the other one is shown where one below it is.

    Args:
        rows: all of them.
        wanted: what is asked for.
        texts: says what stands in a row, by the names of its columns.
        is_below: says whether a row stands below the last one before it that does not.

    Example:
        >>> sifted(["otter", "lynx"], terms("-lynx", ["name"]), lambda name: {"name": name})
        ['otter']
    """
    if not wanted:
        return list(rows)
    found: list[Row] = []
    for top, below in _grouped(rows, is_below):
        own = texts(top)
        kept = [row for row in below if fits(wanted, _both(own, texts(row)))]
        if kept or fits(wanted, own):
            found += [top, *kept]
    return found


def ordered(rows: Iterable[Row], order: Order, is_below: Callable[[Row], bool] = _by_itself) -> list[Row]:
    """Return rows in an order; those below another one stay below it, in that order among themselves.

    Args:
        rows: what to put in order.
        order: how.
        is_below: as `sifted` takes it.

    Example:
        >>> ordered(["b", "", "a"], Order("by name", key=lambda text: text or None))
        ['a', 'b', '']
    """
    groups = dict(enumerate(_grouped(rows, is_below)))
    tops = _put(list(groups), order, lambda number: groups[number][0])
    return [row for number in tops for row in (groups[number][0], *_put(groups[number][1], order))]


def _grouped(rows: Iterable[Row], is_below: Callable[[Row], bool]) -> list[tuple[Row, list[Row]]]:
    found: list[tuple[Row, list[Row]]] = []
    for row in rows:
        if found and is_below(row):
            found[-1][1].append(row)
        else:
            found.append((row, []))
    return found


def _both(over: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    return {name: BETWEEN.join((over.get(name, ""), own.get(name, ""))) for name in {**over, **own}}


def _put(rows: list[Any], order: Order, of: Callable[[Any], Any] = lambda row: row) -> list[Any]:
    if order.key is None:
        return rows
    told = [(order.key(of(row)), row) for row in rows]
    known = [each for each in told if each[0] is not None]
    known.sort(key=lambda each: each[0], reverse=order.down)
    return [row for _, row in known] + [row for value, row in told if value is None]

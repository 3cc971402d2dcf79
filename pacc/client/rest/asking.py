"""What one request says: the names in its address, what follows the question mark, and its body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from enum import StrEnum

    from pacc.schemas.criteria import Criteria
    from pacc.store import Store

MOST = 200
"""How many rows a listing answers with unless told otherwise, as Prefect's does."""


class Refusal(Exception):
    """A request cannot be answered; `status` is HTTP's word for why.

    Args:
        status: between 400 and 499.
        detail: one sentence that begins in lower case.
    """

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Asked(NamedTuple):
    """One request."""

    store: Store
    names: tuple[str, ...]
    """The words that stand in the places of the address."""
    query: Mapping[str, str]
    """What follows the question mark."""
    body: Mapping[str, Any]
    """What is sent along."""


class Route(NamedTuple):
    """An address and who answers it."""

    method: str
    address: str
    """Its words; one in braces is the place of a name."""
    answer: Callable[[Asked], Any]
    status: int = 200


def wanted(
    asked: Asked, filters: Mapping[str, tuple[str, type[Criteria]]], *, sort: type[StrEnum] | None = None
) -> dict[str, Any]:
    """Return what a listing's body asks for as the arguments of a service.

    Args:
        asked: the request.
        filters: the fields that hold filters, with the argument each stands for and its kind.
        sort: the orders the listing knows, `None` where it has but one.

    Raises:
        Refusal: there is a field that the listing does not take, or a value that does not fit.
    """
    body = fields(asked, *filters, *(("sort",) if sort else ()), "limit", "offset")
    given: dict[str, Any] = {
        argument: made(kind, body[name], name)
        for name, (argument, kind) in filters.items()
        if body.get(name) is not None
    }
    if sort and body.get("sort") is not None:
        given["sort"] = one_of(sort, body["sort"])
    return {
        **given,
        "limit": whole(body, "limit", MOST),
        "offset": whole(body, "offset", 0),
    }


def fields(asked: Asked, *known: str) -> dict[str, Any]:
    """Return the fields of a body.

    Raises:
        Refusal: there is one besides those that are known.
    """
    unknown = [name for name in asked.body if name not in known]
    if unknown:
        takes = f"it takes {', '.join(known)}" if known else "it takes nothing"
        raise Refusal(422, f'"{unknown[0]}" is not taken here: {takes}')
    return dict(asked.body)


def made(kind: type[Criteria], value: Any, name: str) -> Criteria:
    """Return a filter made of what a body says.

    Raises:
        Refusal: it does not fit.
    """
    if not isinstance(value, dict):
        raise Refusal(422, f'"{name}" takes an object, such as {{"id": {{"any_": [...]}}}}')
    try:
        return kind(**value)
    except (TypeError, ValueError) as error:
        raise Refusal(422, f'"{name}" does not fit: {error}') from None


def one_of(kind: type[StrEnum], value: Any) -> StrEnum:
    """Return the member of an enumeration that a body names.

    Raises:
        Refusal: there is none of that name.
    """
    try:
        return kind(value)
    except ValueError:
        raise Refusal(422, f'"{value}" is none of {", ".join(kind)}') from None


def whole(body: Mapping[str, Any], name: str, default: int) -> int:
    """Return a number of a body, 0 or more.

    Raises:
        Refusal: it is none.
    """
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Refusal(422, f'"{name}" must be a whole number, 0 or more')
    return value


def required(body: Mapping[str, Any], name: str) -> Any:
    """Return a field of a body, or of a query, that has to be there.

    Raises:
        Refusal: it is not.
    """
    if body.get(name) is None:
        raise Refusal(422, f'"{name}" is missing')
    return body[name]

"""Finds who answers a request, and says in HTTP's words where nobody does."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from pacc.client.rest.asking import Asked, Refusal, Route
from pacc.client.rest.changing import CHANGES
from pacc.client.rest.reading import READS
from pacc.exceptions import ObjectAlreadyExists, ObjectNotFound, PaccException, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pacc.store import Store


class Answer(NamedTuple):
    """What comes back."""

    status: int
    """HTTP's number: below 300 it was done, 4xx it was refused."""
    content: Any
    """Records, or plain data; of a refusal `{"detail": ...}`."""


def routes() -> list[tuple[str, str]]:
    """Return every method with its address.

    >>> ("GET", "/flows/{id}") in routes()
    True
    """
    return [(route.method, f"/{route.address}") for route in _ROUTES]


def answer(store: Store, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
    """Answer one request.

    Args:
        store: what is asked about.
        method: GET, POST, PATCH or DELETE.
        path: Prefect's address, with or without `/api` before it; a query may follow.
        body: what is sent along.

    Raises:
        StoreError: the store cannot be used.

    >>> answer(store, "GET", "/flow_runs/none").status  # doctest: +SKIP
    404
    """
    try:
        route, names, query = _found(method.upper(), path)
        return Answer(route.status, route.answer(Asked(store, names, query, body or {})))
    except Refusal as refusal:
        return _refused(refusal.status, refusal)
    except StoreError:
        raise
    except ObjectNotFound as error:
        return _refused(404, error)
    except ObjectAlreadyExists as error:
        return _refused(409, error)
    except (PaccException, ValueError) as error:
        return _refused(422, error)


def _refused(status: int, why: Exception) -> Answer:
    return Answer(status, {"detail": str(why)})


def _found(method: str, path: str) -> tuple[Route, tuple[str, ...], dict[str, str]]:
    split = urlsplit(path)
    words = [unquote(word) for word in split.path.split("/") if word]
    words = words[1:] if words[:1] == ["api"] else words
    every = [(route, names) for route in _ROUTES if (names := _names(route, words)) is not None]
    fewest = min((len(names) for _, names in every), default=0)
    fitting = [(route, names) for route, names in every if len(names) == fewest]
    if not fitting:
        near = get_close_matches("/".join(words), [route.address for route in _ROUTES], n=1)
        raise Refusal(
            404, f'nothing answers "/{"/".join(words)}"' + (f'. Did you mean "/{near[0]}"?' if near else "")
        )
    for route, names in fitting:
        if route.method == method:
            return route, names, dict(parse_qsl(split.query))
    others = sorted({route.method for route, _ in fitting})
    raise Refusal(405, f'"/{"/".join(words)}" answers {" and ".join(others)}, not {method}')


def _names(route: Route, words: list[str]) -> tuple[str, ...] | None:
    """The words that stand in the places of an address, `None` where it is another one."""
    places = route.address.split("/")
    pairs = list(zip(places, words, strict=False))
    if len(places) != len(words) or any(place != word for place, word in pairs if place[0] != "{"):
        return None
    return tuple(word for place, word in pairs if place[0] == "{")


def _listed(asked: Asked) -> list[dict[str, str]]:
    del asked
    return [{"method": method, "path": path} for method, path in routes()]


_ROUTES = (*READS, *CHANGES, Route("GET", "routes", _listed))

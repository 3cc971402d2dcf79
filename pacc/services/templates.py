"""What placeholders mean that speak of the store: variables and blocks. The rest of templates is in `pacc._internal.templates`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacc._internal.templates import LEFT, MISSING, Placeholder, at_path, fill, first_of, look_up_in
from pacc.exceptions import InvalidValueError
from pacc.services import blocks, variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pacc.store import Store


def look_up_in_store(store: Store) -> Callable[[Placeholder], Any]:
    """Return the look-up of variables and blocks; everything else is left.

    `{{ prefect.variables.city }}` is the variable's value. `{{ prefect.blocks.secret.mine }}` is what the block holds, secrets in
    the clear: the value of a block that has but one field, `value`, and all fields of any other;
    `{{ prefect.blocks.aws-credentials.mine.region_name }}` is one of them. `pacc.` may stand for `prefect.`.

    Args:
        store: where they are kept.

    Raises:
        BlockNotFound: when it is asked about a block that is not there.
        InvalidValueError: when it is asked about a field that a block does not have.
        EncryptionKeyError: when the key of a block's secrets is missing or another one.
    """

    def look_up(placeholder: Placeholder) -> Any:
        if placeholder.kind == "variable":
            return variables.value_of(store, placeholder.path, MISSING)
        return _in_block(store, placeholder) if placeholder.kind == "block" else LEFT

    return look_up


def _in_block(store: Store, placeholder: Placeholder) -> Any:
    slug, _, rest = placeholder.path.partition(".")
    name, _, path = rest.partition(".")
    data = blocks.read_by_name(store, slug, name).data
    if not path:
        return data["value"] if data.keys() == {"value"} else data
    value = at_path(data, path)
    if value is MISSING:
        raise InvalidValueError(
            f'the block "{slug}/{name}" has no "{path}", which {placeholder.text} asks for'
        )
    return value


def resolve(
    store: Store,
    template: Any,
    values: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Any:
    """Return a copy of a template with everything in it filled: variables, blocks, values of steps, environment variables.

    Args:
        store: where variables and blocks are kept.
        template: text, or lists and dicts with text in them; see `pacc._internal.templates.fill`.
        values: what `{{ step_id.key }}` means; without them such placeholders are left.
        environ: what `{{ $NAME }}` means; without it such placeholders are left.

    Raises:
        BlockNotFound, InvalidValueError, EncryptionKeyError: as `look_up_in_store` says.

    Example:
        >>> resolve(store, "{{ prefect.variables.city }}")  # doctest: +SKIP
        'Ulm'
    """

    def left(placeholder: Placeholder) -> Any:
        return LEFT if values is None and placeholder.kind == "value" else given(placeholder)

    given = look_up_in(values or {}, environ)
    return fill(template, first_of(left, look_up_in_store(store)))

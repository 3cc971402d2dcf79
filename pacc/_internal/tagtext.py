"""Tags as the store keeps them: a JSON array in which a tag can be found as plain text, without asking JSON operators.

Inside a tag, quotes and commas are written as escapes. So every quote in the text begins or ends a tag, `"a"` stands nowhere but
where the tag `a` stands, and any JSON reader reads the array as usual.
"""

from __future__ import annotations

from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def tag_text(tag: str) -> str:
    r"""Return one tag as it stands in the array.

    >>> print(tag_text('5", raw'))
    "5\u0022\u002c raw"
    """
    inside = encode_basestring_ascii(tag)[1:-1]
    return f'"{inside.replace(chr(92) + chr(34), QUOTE).replace(",", COMMA)}"'


def tags_text(tags: Iterable[str]) -> str:
    """Return tags as the text of their column.

    >>> tags_text(["daily", "etl"])
    '["daily","etl"]'
    """
    return f"[{','.join(tag_text(str(tag)) for tag in tags)}]"


QUOTE = "\\u0022"
COMMA = "\\u002c"

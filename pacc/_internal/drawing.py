"""Names of users inside languages that draw graphs: escaped, so that a name is never read as anything else."""

from __future__ import annotations

from pacc._internal.visible import visible


def dot_text(text: str) -> str:
    r"""Return text for a quoted string of Graphviz's language.

    >>> dot_text('the "big" one')
    'the \\"big\\" one'
    """
    return visible(text).replace("\\", "\\\\").replace('"', '\\"')


def mermaid_text(text: str) -> str:
    """Return text for a quoted string of Mermaid: all but letters, digits and a few harmless signs as character codes.

    >>> mermaid_text("a & b")
    'a #38; b'
    """
    return "".join(
        char if char.isalnum() or char in " -_.,:×" else f"#{ord(char)};" for char in visible(text)
    )

r"""Artifacts from code: Markdown, tables, links, progress and images that a run makes for people to look at.

>>> made = create_markdown_artifact("# Weather\n\n25.9 degrees", key="weather-report")
>>> Artifact.get("weather-report").data
'# Weather\n\n25.9 degrees'

Artifacts of one key are versions of each other. In async code the plain names give something to await; those that begin with `a`
do everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pacc._internal.steps import awaitable
from pacc.context import FlowRunContext, TaskRunContext, either_colour
from pacc.exceptions import InvalidValueError
from pacc.schemas.artifacts import Artifact as StoredArtifact
from pacc.schemas.artifacts import checked_key, data_text
from pacc.services import artifacts
from pacc.settings import get_current_settings
from pacc.store import open_store

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.store import Store

__all__ = [
    "Artifact",
    "ImageArtifact",
    "LinkArtifact",
    "MarkdownArtifact",
    "ProgressArtifact",
    "TableArtifact",
    "acreate_image_artifact",
    "acreate_link_artifact",
    "acreate_markdown_artifact",
    "acreate_progress_artifact",
    "acreate_table_artifact",
    "aupdate_progress_artifact",
    "create_flow_run_artifact",
    "create_image_artifact",
    "create_link_artifact",
    "create_markdown_artifact",
    "create_progress_artifact",
    "create_table_artifact",
    "update_progress_artifact",
]


def _create(self: Artifact, client: Any = None) -> StoredArtifact:
    """Keep the artifact and return it as it is kept, with its id; it belongs to the run this code is in.

    Args:
        self: the artifact.
        client: Prefect's, and not needed: the store of the settings in force is used.

    Raises:
        InvalidNameError: it can have no such key. InvalidValueError: the data cannot be kept.

    >>> Artifact(key="answer", type="number", data=42).create().key
    'answer'
    """
    del client
    return _kept(self, _store())


def _get(cls: type[Artifact], key: str | None = None, client: Any = None) -> StoredArtifact | None:
    """Return the latest version of a key, `None` where there is none.

    Args:
        cls: unused; artifacts of every class are in one store.
        key: the key.
        client: Prefect's, and not needed.

    Raises:
        StoreError: the store cannot be read.

    >>> Artifact.get("nobody-made-this")
    """
    del cls, client
    return None if key is None else artifacts.latest(_store(), key)


def _get_or_create(
    cls: type[Artifact],
    /,
    key: str | None = None,
    description: str | None = None,
    data: Any = None,
    client: Any = None,
    **given: Any,
) -> tuple[StoredArtifact, bool]:
    """Return the latest version of a key, or else make one; the second value says whether it was made.

    Args:
        cls: what is made.
        key: the key.
        description: what it is, for people.
        data: its content.
        client: Prefect's, and not needed.
        **given: what else the class takes.

    Raises:
        InvalidNameError: it can have no such key. InvalidValueError: the data cannot be kept.

    >>> Artifact.get_or_create("answer", data=42)[0].data
    42
    """
    del client
    store = _store()
    found = None if key is None else artifacts.latest(store, key)
    if found is not None:
        return found, False
    wanted = {"key": key, "description": description, **given}
    return _kept(cls(**wanted, **({} if data is None else {"data": data})), store), True


def _format(self: Artifact) -> Any:
    """Return the artifact's content as it is kept.

    >>> LinkArtifact(link="https://pacc.example", link_text="pacc").format()
    '[pacc](https://pacc.example)'
    """
    return self.content()


class Artifact:
    """An artifact of any kind, made in code before it is kept.

    Args:
        key: what its versions have in common: lower-case letters, digits and `-`.
        type: what kind it is.
        description: what it is, for people.
        data: its content, whatever JSON can say.
        metadata_: facts about it, by name.
        flow_run_id: the flow run it belongs to; the one this code is in by default.
        task_run_id: the task run it belongs to; the one this code is in by default.

    Raises:
        InvalidNameError: it can have no such key.

    >>> Artifact(key="answer", type="number", data=42).data
    42
    """

    kind: ClassVar[str | None] = None
    """The kind of a class's artifacts, unless they say."""

    def __init__(
        self,
        *,
        key: str | None = None,
        type: str | None = None,
        description: str | None = None,
        data: Any = None,
        metadata_: dict[str, str] | None = None,
        flow_run_id: UUID | None = None,
        task_run_id: UUID | None = None,
    ) -> None:
        self.key = checked_key(key)
        self.type = type or self.kind
        self.description = description
        self.data = data
        self.metadata_ = metadata_
        self.flow_run_id = flow_run_id
        self.task_run_id = task_run_id

    create = either_colour(_create)
    get = classmethod(either_colour(_get))
    get_or_create = classmethod(either_colour(_get_or_create))
    format = either_colour(_format)
    acreate = awaitable(_create)
    aget = classmethod(awaitable(_get))
    aget_or_create = classmethod(awaitable(_get_or_create))
    aformat = awaitable(_format)

    def content(self) -> Any:
        """Return what is kept of it."""
        return self.data


class LinkArtifact(Artifact):
    """A link, kept as Markdown.

    Args:
        link: where it leads.
        link_text: what it says; the address itself by default.
        **given: what every artifact takes.

    >>> LinkArtifact(link="https://pacc.example").content()
    '[https://pacc.example](https://pacc.example)'
    """

    kind = "markdown"

    def __init__(self, *, link: str, link_text: str | None = None, **given: Any) -> None:
        super().__init__(**given)
        self.link = link
        self.link_text = link_text

    def content(self) -> str:
        """Return the link as Markdown."""
        return f"[{self.link_text or self.link}]({self.link})"


class MarkdownArtifact(Artifact):
    """A text in Markdown.

    Args:
        markdown: the text.
        **given: what every artifact takes.

    >>> MarkdownArtifact(markdown="# Weather").content()
    '# Weather'
    """

    kind = "markdown"

    def __init__(self, *, markdown: str, **given: Any) -> None:
        super().__init__(**given)
        self.markdown = markdown

    def content(self) -> str:
        """Return the text."""
        return self.markdown


class TableArtifact(Artifact):
    """A table; kept as JSON text, numbers that are none as `null`.

    Args:
        table: rows as dicts or lists, or columns as a dict of lists.
        **given: what every artifact takes.

    >>> TableArtifact(table=[{"city": "Ulm", "degrees": 25.9}]).content()
    '[{"city":"Ulm","degrees":25.9}]'
    """

    kind = "table"

    def __init__(self, *, table: dict[str, list[Any]] | list[Any], **given: Any) -> None:
        super().__init__(**given)
        self.table = table

    def content(self) -> str:
        """Return the table as JSON text."""
        if not isinstance(self.table, dict | list):
            raise InvalidValueError(
                f"a table is a list of rows or a dict of columns, not a {type(self.table).__name__}"
            )
        return data_text(self.table) or "[]"


class ProgressArtifact(Artifact):
    """How far something has come, in percent.

    Args:
        progress: percent; below 0 is 0, above 100 is 100.
        **given: what every artifact takes.

    >>> ProgressArtifact(progress=140).content()
    100.0
    """

    kind = "progress"

    def __init__(self, *, progress: float, **given: Any) -> None:
        super().__init__(**given)
        self.progress = progress

    def content(self) -> float:
        """Return the percentage, from 0 to 100."""
        return _percentage(self.progress)


class ImageArtifact(Artifact):
    """An image that lies somewhere.

    Args:
        image_url: where it lies.
        **given: what every artifact takes.

    >>> ImageArtifact(image_url="https://pacc.example/map.png").content()
    'https://pacc.example/map.png'
    """

    kind = "image"

    def __init__(self, *, image_url: str, **given: Any) -> None:
        super().__init__(**given)
        self.image_url = image_url

    def content(self) -> str:
        """Return where it lies."""
        return self.image_url


def _create_link_artifact(
    link: str,
    link_text: str | None = None,
    key: str | None = None,
    description: str | None = None,
    client: Any = None,
) -> UUID:
    """Make an artifact of a link and return its id.

    Args:
        link: where it leads.
        link_text: what it says; the address itself by default.
        key: what its versions have in common.
        description: what it is, for people.
        client: Prefect's, and not needed.

    Raises:
        InvalidNameError: it can have no such key.

    >>> made = create_link_artifact("https://pacc.example", link_text="pacc", key="home-page")
    """
    del client
    return _made(LinkArtifact(link=link, link_text=link_text, key=key, description=description))


def _create_markdown_artifact(markdown: str, key: str | None = None, description: str | None = None) -> UUID:
    """Make an artifact of a text in Markdown and return its id.

    Args:
        markdown: the text.
        key: what its versions have in common.
        description: what it is, for people.

    Raises:
        InvalidNameError: it can have no such key.

    >>> made = create_markdown_artifact("# Weather", key="weather-report")
    """
    return _made(MarkdownArtifact(markdown=markdown, key=key, description=description))


def _create_table_artifact(
    table: dict[str, list[Any]] | list[Any], key: str | None = None, description: str | None = None
) -> UUID:
    """Make an artifact of a table and return its id.

    Args:
        table: rows as dicts or lists, or columns as a dict of lists.
        key: what its versions have in common.
        description: what it is, for people.

    Raises:
        InvalidNameError: it can have no such key. InvalidValueError: the table cannot be kept.

    >>> made = create_table_artifact([{"city": "Ulm", "degrees": 25.9}], key="temperatures")
    """
    return _made(TableArtifact(table=table, key=key, description=description))


def _create_progress_artifact(
    progress: float, key: str | None = None, description: str | None = None
) -> UUID:
    """Make an artifact of how far something has come and return its id, by which it is updated.

    Args:
        progress: percent; below 0 is 0, above 100 is 100.
        key: what its versions have in common.
        description: what it is, for people.

    Raises:
        InvalidNameError: it can have no such key. InvalidValueError: it is no number.

    >>> made = create_progress_artifact(12.5, key="upload")
    """
    return _made(ProgressArtifact(progress=progress, key=key, description=description))


def _update_progress_artifact(
    artifact_id: UUID, progress: float, description: str | None = None, client: Any = None
) -> UUID:
    """Say how far something has come meanwhile; no new version is made.

    Args:
        artifact_id: what `create_progress_artifact` returned.
        progress: percent; below 0 is 0, above 100 is 100.
        description: what it is, for people; as before unless given.
        client: Prefect's, and not needed.

    Returns:
        The artifact's id.

    Raises:
        ObjectNotFound: there is no such progress artifact. InvalidValueError: it is no number.

    >>> made = update_progress_artifact(create_progress_artifact(12.5), 50)
    """
    del client
    percent = _percentage(progress)
    return artifacts.update(_store(), artifact_id, data=percent, description=description, type="progress").id


def _create_image_artifact(image_url: str, key: str | None = None, description: str | None = None) -> UUID:
    """Make an artifact of an image that lies somewhere and return its id.

    Args:
        image_url: where it lies: an address, or a file of this machine.
        key: what its versions have in common.
        description: what it is, for people.

    Raises:
        InvalidNameError: it can have no such key.

    >>> made = create_image_artifact("https://pacc.example/map.png", key="map")
    """
    return _made(ImageArtifact(image_url=image_url, key=key, description=description))


def _create_flow_run_artifact(
    key: str | None = None, data: Any = None, description: str | None = None, type: str | None = None
) -> UUID:
    """Make an artifact of whatever JSON can say and return its id; an older spelling of `Artifact(...).create()`.

    Args:
        key: what its versions have in common.
        data: its content.
        description: what it is, for people.
        type: what kind it is; `json` by default.

    Raises:
        InvalidNameError: it can have no such key. InvalidValueError: the data cannot be kept.

    >>> made = create_flow_run_artifact(key="error-details", data={"error": "no such city"})
    """
    return _made(Artifact(key=key, data=data, description=description, type=type or "json"))


create_link_artifact = either_colour(_create_link_artifact)
create_markdown_artifact = either_colour(_create_markdown_artifact)
create_table_artifact = either_colour(_create_table_artifact)
create_progress_artifact = either_colour(_create_progress_artifact)
update_progress_artifact = either_colour(_update_progress_artifact)
create_image_artifact = either_colour(_create_image_artifact)
create_flow_run_artifact = either_colour(_create_flow_run_artifact)
acreate_link_artifact = awaitable(_create_link_artifact)
acreate_markdown_artifact = awaitable(_create_markdown_artifact)
acreate_table_artifact = awaitable(_create_table_artifact)
acreate_progress_artifact = awaitable(_create_progress_artifact)
aupdate_progress_artifact = awaitable(_update_progress_artifact)
acreate_image_artifact = awaitable(_create_image_artifact)


def _made(artifact: Artifact) -> UUID:
    return _kept(artifact, _store()).id


def _kept(artifact: Artifact, store: Store) -> StoredArtifact:
    flow_run, task_run = FlowRunContext.get(), TaskRunContext.get()
    return artifacts.create(
        store,
        key=artifact.key,
        type=artifact.type,
        description=artifact.description,
        data=artifact.content(),
        metadata=artifact.metadata_,
        flow_run_id=artifact.flow_run_id or (flow_run.run.id if flow_run is not None else None),
        task_run_id=artifact.task_run_id or (task_run.run.id if task_run is not None else None),
    )


def _percentage(progress: float) -> float:
    try:
        percent = float(progress)
    except (TypeError, ValueError):
        raise InvalidValueError(f"progress is a number of percent, not {progress!r}") from None
    if percent != percent:  # noqa: PLR0124 - only what is no number differs from itself
        raise InvalidValueError("progress is a number of percent, and nan is none")
    return min(100.0, max(0.0, percent))


def _store() -> Store:
    return open_store(get_current_settings().home)

"""The client's methods for artifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacc._internal.steps import awaitable
from pacc.client.orchestration._base import OfStore
from pacc.services import artifacts

if TYPE_CHECKING:
    from uuid import UUID

    from pacc.schemas.artifacts import Artifact, ArtifactCollection, ArtifactCreate, ArtifactUpdate
    from pacc.schemas.filters import ArtifactCollectionFilter, ArtifactFilter, FlowRunFilter, TaskRunFilter
    from pacc.schemas.sorting import ArtifactCollectionSort, ArtifactSort


class ArtifactClient(OfStore):
    """What code that does not await asks and says about artifacts."""

    def create_artifact(self, artifact: ArtifactCreate) -> Artifact:
        """Make an artifact and return it."""
        return artifacts.create(
            self._store, key=artifact.key, type=artifact.type, description=artifact.description,
            data=artifact.data, metadata=artifact.metadata_, flow_run_id=artifact.flow_run_id,
            task_run_id=artifact.task_run_id,
        )  # fmt: skip

    def update_artifact(self, artifact_id: UUID, artifact: ArtifactUpdate) -> None:
        """Change what is given about an artifact; `ObjectNotFound` if there is none."""
        artifacts.update(
            self._store, artifact_id, data=artifact.data, description=artifact.description,
            metadata=artifact.metadata_,
        )  # fmt: skip

    def delete_artifact(self, artifact_id: UUID) -> None:
        """Remove an artifact; `ObjectNotFound` if there is none."""
        artifacts.delete(self._store, artifact_id)

    def read_artifacts(
        self,
        *,
        artifact_filter: ArtifactFilter | None = None,
        flow_run_filter: FlowRunFilter | None = None,
        task_run_filter: TaskRunFilter | None = None,
        sort: ArtifactSort | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Artifact]:
        """Return the artifacts that every filter given lets through, the newest first unless `sort` says otherwise."""
        return artifacts.select(
            self._store, artifact_filter=artifact_filter, flow_run_filter=flow_run_filter,
            task_run_filter=task_run_filter, sort=sort, limit=limit, offset=offset,
        )  # fmt: skip

    def read_latest_artifacts(
        self,
        *,
        artifact_filter: ArtifactCollectionFilter | None = None,
        flow_run_filter: FlowRunFilter | None = None,
        task_run_filter: TaskRunFilter | None = None,
        sort: ArtifactCollectionSort | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[ArtifactCollection]:
        """Return the latest version of each key that every filter given lets through."""
        return artifacts.select_latest(
            self._store, artifact_filter=artifact_filter, flow_run_filter=flow_run_filter,
            task_run_filter=task_run_filter, sort=sort, limit=limit, offset=offset,
        )  # fmt: skip


class ArtifactAsyncClient(OfStore):
    """The same for code that awaits, derived from `ArtifactClient`."""

    create_artifact = awaitable(ArtifactClient.create_artifact)
    update_artifact = awaitable(ArtifactClient.update_artifact)
    delete_artifact = awaitable(ArtifactClient.delete_artifact)
    read_artifacts = awaitable(ArtifactClient.read_artifacts)
    read_latest_artifacts = awaitable(ArtifactClient.read_latest_artifacts)

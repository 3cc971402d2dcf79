"""What the engine needs to know of a future: something submitted whose state and result are there later."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID


class FutureLike(ABC):
    """Stands for a run under way. Subclassed by `pacc.futures`; found by the engine anywhere in arguments and return values.

    A nominal base class rather than a protocol: user values that happen to have a `wait` must never be taken for one. All of it may
    be called from any thread.
    """

    __slots__ = ()

    is_anywhere: ClassVar[bool] = False
    """Whether it may be asked in any process, and so be sent to one."""

    @property
    @abstractmethod
    def task_run_id(self) -> UUID:
        """The id of the run it stands for."""

    @property
    @abstractmethod
    def state(self) -> Any:
        """The run's state at this moment. Asking for it once the run has ended counts as having looked at what it came to."""

    @abstractmethod
    def wait(self, timeout: float | None = None) -> None:
        """Return once the run is over, or after so many seconds."""

    @abstractmethod
    def add_done_callback(self, fn: Callable[[Any], None]) -> None:
        """Have a function called with the future as soon as the run is over, at once where it is already."""

    def last_state(self) -> Any:
        """Return the state the run came to, `None` while it goes on, without its counting as looked at."""
        state = self.state
        return state if state.is_final() else None

    def hurry(self) -> None:  # noqa: B027 - most have nothing to hurry
        """Called before someone waits without blocking: start the run elsewhere, if it would have to wait for this very thread."""

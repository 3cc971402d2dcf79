"""What every dialog is: a screen over another one, whose looks are read when the first of them is shown."""

from __future__ import annotations

from typing import ClassVar, Generic

from textual.screen import ModalScreen, ScreenResultType


class Modal(ModalScreen[ScreenResultType], Generic[ScreenResultType]):
    """A dialog. The rules for its parts are a file of their own: reading them takes as long as drawing a screen does."""

    CSS_PATH: ClassVar[str] = "../dialogs.tcss"

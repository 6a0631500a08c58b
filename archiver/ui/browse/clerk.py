"""Asks the desk from a thread of its own, so that a search never holds up the keys; the desk stays in that thread."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from typing import TypeVar

from archiver.ui.browse import Desk

Result = TypeVar("Result")


class Clerk:
    """Opens a desk when it is first asked, and closes it when it is dismissed."""

    def __init__(self, opened: Callable[[], AbstractContextManager[Desk]]) -> None:
        self._opened = opened
        self._thread = ThreadPoolExecutor(1, "desk")
        self._stack = ExitStack()
        self._desk: Desk | None = None

    async def ask(self, question: Callable[[Desk], Result]) -> Result:
        """The answer, when it is there."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._answer, question)

    def _answer(self, question: Callable[[Desk], Result]) -> Result:
        if self._desk is None:
            self._desk = self._stack.enter_context(self._opened())
        return question(self._desk)

    def dismiss(self) -> None:
        """Close the desk. Questions that still wait are not asked."""
        self._thread.submit(self._stack.close)
        self._thread.shutdown(wait=True, cancel_futures=False)

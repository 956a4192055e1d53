"""The pictures of one request, from the disk to the record that names them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from types import TracebackType

from models.xray import Picture
from service.front.turns import away
from service.leftovers import Leftovers
from service.store.pictures import PictureFolder, StoredPicture, media_type


class Keeping:
    """A context in which pictures are kept and their record handed over; whatever fails in it, or later, is put away.

    Nobody may remove the pictures before their record is on disk, or known not to be: `settle` says which.

    Args:
        pictures: As they were sent.
        folder: Where they are kept.
        leftovers: Takes those whose record was refused; None: `db purge` will find them.
    """

    def __init__(self, pictures: Sequence[Picture], folder: PictureFolder, leftovers: Leftovers | None) -> None:
        self._pictures, self._folder, self._leftovers = pictures, folder, leftovers
        self._kept: list[StoredPicture] = []
        self._held = contextlib.ExitStack()

    def __enter__(self) -> Keeping:
        """Hold off who removes pictures, if there are any.

        Raises:
            StoreUnavailable: The folder cannot be used.
        """
        if self._pictures:
            self._held.enter_context(self._folder.adding())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put away what was kept, where the record was never handed over."""
        if error is not None:
            self.settle(recorded=False)

    def keep(self) -> tuple[StoredPicture, ...]:
        """Write the pictures to the disk.

        Raises:
            StoreUnavailable: The disk is full or cannot be written.
        """
        for n, one in enumerate(self._pictures):
            with away():  # for the disk
                sha256 = self._folder.keep(one.data)
            self._kept.append(StoredPicture(n, one.view, sha256, len(one.data), media_type(one.data)))
        return tuple(self._kept)

    def settle(self, *, recorded: bool) -> None:
        """End it: the record is on disk, or it is known not to be."""
        if not recorded and self._leftovers:
            self._leftovers.add(one.sha256 for one in self._kept)
        self._held.close()

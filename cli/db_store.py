"""The store that a command works on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from features.errors import CheckFailed
from service.settings import Settings
from service.store.store import Store, existing_store


@contextmanager
def store_of_this_version() -> Iterator[Store]:
    """Open the store that is there, and close it.

    Raises:
        CheckFailed: There is none, or it is not of this version's form.
    """
    store = existing_store(Settings.from_environment(os.environ))
    if store is None:
        raise CheckFailed("There is no store yet; `parcel-screening db upgrade` makes it.")
    try:
        if not store.up_to_date():
            raise CheckFailed("The store is not of this version's form; run `parcel-screening db upgrade` first.")
        yield store
    finally:
        store.close()

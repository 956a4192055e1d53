"""What the store says when it cannot do its work."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from features.errors import ParcelScreeningError


class StoreUnavailable(ParcelScreeningError):
    """The database or the picture folder cannot be used now; nothing was recorded, and trying again later may work."""


class StoreInDoubt(StoreUnavailable):
    """The database was lost while it committed: what was handed over may be on record, or not. Repeating tells."""


@contextlib.contextmanager
def unavailable_when_failing() -> Iterator[None]:
    """Turn failures of the database or the disk into `StoreUnavailable`.

    A broken constraint or an impossible value passes through: a mistake of ours (or an answer), not an outage.
    """
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except (DBAPIError, PoolTimeout, OSError) as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()
        raise StoreUnavailable(
            f"The store cannot be used now ({cause[0] if cause else type(error).__name__})."
        ) from error

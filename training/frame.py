"""From records to what the model reads of them, by column, with the history replayed in time order."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from features.history import NO_HISTORY, History, entity_keys, summarise_keys
from features.indicators.register import raise_indicators
from features.patterns import LEVELS
from features.spec import FEATURE_SPEC, HISTORY
from features.tabular import history_values
from models.coded import Coded
from models.risk_frame import Observation, Observations, Rows, observe
from models.site import NO_SITE, Site
from training.data import Progress, Source
from training.entities import Entities, EntityColumn
from training.records import Record
from training.replay import TimeColumn, replay
from training.replay_counts import NEVER, Times

HISTORY_COLUMNS = np.array([FEATURE_SPEC.base_names.index(feature.name) for feature in HISTORY])
MICRO = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame(Observations):
    """n parcels ready for fitting or scoring, by column.

    Attributes:
        labels: The truth, bool of shape (n,); False where unknown.
        labelled: Whether it is known, bool of shape (n,).
        groups: Near-duplicate groups, int32 of shape (n,).
        times: Seconds since 1970, float64 of shape (n,); NaN where unknown.
        indicators: Number of indicators raised, float32 of shape (n,).
        entities: Entity keys.
        mail_class: The declared mail class.
    """

    labels: npt.NDArray[np.bool_]
    labelled: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int32]
    times: npt.NDArray[np.float64]
    indicators: Rows
    entities: Entities
    mail_class: Coded

    def __len__(self) -> int:
        return len(self.base)

    @property
    def origins(self) -> Coded:
        """Countries of origin of the parcels."""
        return self.codes["origin"]

    @property
    def route(self) -> Coded:
        """Origins with destinations."""
        return self.codes["route"]

    def take(self, places: npt.NDArray[np.integer]) -> Frame:
        """Return the rows at the given places (numbers, not marks)."""
        return Frame(
            base=self.base[places],
            texts=self.texts.take(places),
            codes={name: one.take(places) for name, one in self.codes.items()},
            numbers=self.numbers[places],
            labels=self.labels[places],
            labelled=self.labelled[places],
            groups=self.groups[places],
            times=self.times[places],
            indicators=self.indicators[places],
            entities=self.entities.take(places),
            mail_class=self.mail_class.take(places),
            patterns=self.patterns[places],
        )


def make_frame(
    source: Source,
    progress: Progress = lambda _: None,
    site: Site | None = None,
    *,
    histories: Progress = lambda _: None,
) -> Frame:
    """Read all that the model needs of a file's parcels.

    Args:
        source: The file.
        progress: Called after each row with the number of rows read.
        site: The site's own columns to read (a model's, where it will score them); None takes the file's.
        histories: Called after each parcel whose history was replayed with the number done.

    Raises:
        InputError: See `Source.records`.
    """
    return frame_of(source.records(progress), source.site if site is None else site, histories)


def frame_of(
    records: Iterable[Record],
    site: Site = NO_SITE,
    histories: Progress = lambda _: None,
) -> Frame:
    """Build the frame of records, which are read once and not kept; at least one."""
    builder = _Builder(site)
    for record in records:
        builder.add(record)
    return builder.finish(histories)


def without_history(frame: Frame, places: npt.NDArray[np.integer]) -> Frame:
    """Return the frame with the given rows as an empty store would show them."""
    base = frame.base.copy()
    for some, values in empty_histories(frame, places):
        base[np.ix_(some, HISTORY_COLUMNS)] = values
    return replace(frame, base=base)


def empty_histories(frame: Frame, places: npt.NDArray[np.integer]) -> Iterator[tuple[npt.NDArray[np.integer], Rows]]:
    """Yield (rows, the values of HISTORY that an empty store would give them), for the given rows in a few blocks.

    People named but never seen look the same whoever they are: one row of values a set of kinds is enough.
    """
    sets = frame.entities.kind_sets()
    for one in np.unique(sets[places]):
        kinds = [name for bit, name in enumerate(frame.entities.names) if int(one) >> bit & 1]
        nothing = summarise_keys([f"{kind}:" for kind in kinds], "", (), datetime.max)
        yield places[sets[places] == one], _history_row(nothing)


def _history_row(history: History) -> npt.NDArray[np.float32]:
    values = history_values(history)
    return np.array([values[feature.name] for feature in HISTORY], dtype=np.float32)


class _Builder:
    """Collects columns as arrays that grow in place, so that building a frame never needs twice its size."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._patterns = array("Q")
        self._base, self._numbers, self._indicators = array("f"), array("f"), array("f")
        self._labels = array("b")
        self._texts, self._mail_class, self._groups = Coder(), Coder(), Groups()
        self._codes: dict[str, Coder] = {}
        self._times, self._entities = TimeColumn(), EntityColumn()

    def add(self, record: Record) -> None:
        raised = raise_indicators(record.manifest)
        observation = observe(record.manifest, raised, NO_HISTORY, self._site)
        self._observed(observation)
        self._indicators.append(len({one.code for one in raised}))
        self._labels.append(-1 if record.label is None else int(record.label))
        self._mail_class.add(record.manifest.mail_class)
        self._groups.add(record.group)
        self._times.add(record)
        self._entities.add(entity_keys(record.manifest))

    def _observed(self, observation: Observation) -> None:
        self._base.frombytes(observation.base.tobytes())
        self._numbers.extend(observation.numbers)
        self._patterns.extend(observation.patterns)
        self._texts.add(observation.text or None)
        for name, value in observation.codes.items():
            self._codes.setdefault(name, Coder()).add(value)

    def finish(self, progress: Callable[[int], None]) -> Frame:
        entities, times = self._entities.finish(), self._times.finish()
        labels = np.frombuffer(self._labels, dtype=np.int8)
        base = _floats(self._base, len(labels))
        _fill_histories(base, entities, times, progress)
        return Frame(
            base=base,
            texts=self._texts.finish(),
            codes={name: one.finish() for name, one in self._codes.items()},
            numbers=_floats(self._numbers, len(labels)),
            patterns=np.frombuffer(self._patterns, dtype=np.uint64).reshape(len(labels), len(LEVELS)),
            labels=labels == 1,
            labelled=labels >= 0,
            groups=self._groups.finish(),
            times=np.where(times.at == NEVER, np.nan, times.at / MICRO),
            indicators=_floats(self._indicators, len(labels))[:, 0],
            entities=entities,
            mail_class=self._mail_class.finish(),
        )


class Coder:
    """Numbers texts in the order of their first appearance, one parcel after another."""

    def __init__(self) -> None:
        self._ids = array("i")
        self._places: dict[str, int] = {}

    def add(self, text: str | None) -> None:
        """Add the next parcel's text."""
        self._ids.append(-1 if text is None else self._places.setdefault(text, len(self._places)))

    def finish(self) -> Coded:
        """Return all of them."""
        return Coded(np.frombuffer(self._ids, dtype=np.int32), tuple(self._places))


class Groups:
    """Numbers groups, one parcel after another; a parcel without one is a group of its own."""

    def __init__(self) -> None:
        self._ids = array("i")
        self._named: dict[str, int] = {}
        self._next = 0

    def add(self, name: str | None) -> None:
        """Add the next parcel's group."""
        number = self._next if name is None else self._named.setdefault(name, self._next)
        self._next += number == self._next
        self._ids.append(number)

    def finish(self) -> npt.NDArray[np.int32]:
        """Return the numbers."""
        return np.frombuffer(self._ids, dtype=np.int32)


def _floats(column: array[float], rows: int) -> Rows:
    if not column:
        return np.empty((rows, 0), dtype=np.float32)  # NumPy has no view of an empty buffer
    return np.frombuffer(column, dtype=np.float32).reshape(rows, -1)


def _fill_histories(base: Rows, entities: Entities, times: Times, progress: Callable[[int], None]) -> None:
    for done, (place, history) in enumerate(replay(entities, times), start=1):
        base[place, HISTORY_COLUMNS] = _history_row(history)
        progress(done)

"""Changes of what the machine keeps: MachineState -> MachineState. Pure; the store writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypeVar

from msgspec.structs import replace

from matfw.settings.layers import Tables, keys_of, with_value, without
from matfw.settings.schema import Keys
from matfw.settings.state import PROFILE_TABLES, CellLine, MachineState


class _Forgotten:
    """Staged in the place of a value: what the console had set is to be forgotten."""


FORGOTTEN = _Forgotten()
T = TypeVar("T")
Staged: TypeAlias = Mapping[Keys, object]


def applied(state: MachineState, staged: Staged) -> MachineState:
    """Return state with staged changes in the layer that each belongs to."""
    for keys, value in staged.items():
        is_personal = state.profile is not None and keys[0] in PROFILE_TABLES
        layer = profile_tables(state) if is_personal else state.saved
        layer = without(layer, keys) if value is FORGOTTEN else with_value(layer, keys, value)
        if is_personal:
            state = replace(state, profiles={**state.profiles, str(state.profile): layer})
        else:
            state = replace(state, saved=layer)
    return state


def profile_tables(state: MachineState) -> Tables:
    """Return what the profile in use holds; nothing where none is."""
    return {} if state.profile is None else state.profiles[state.profile]


def console_keys(state: MachineState) -> list[Keys]:
    """Return what the console has set in the layers that a change would go to now."""
    personal = list(keys_of(profile_tables(state)))
    if state.profile is None:
        return list(keys_of(state.saved))
    return personal + [keys for keys in keys_of(state.saved) if keys[0] not in PROFILE_TABLES]


def calibrated(state: MachineState, lines: Mapping[str, CellLine], note: str) -> MachineState:
    """Return state with cells' lines in use; a cell's first one becomes its factory line."""
    now = {**state.calibration, **lines}
    notes = {**state.notes, "calibration": note}
    if "calibration" in state.notes:
        notes["previous_calibration"] = state.notes["calibration"]
    if not set(lines) <= set(state.factory_calibration):
        notes.setdefault("factory_calibration", note)
    return replace(
        state,
        calibration=now,
        previous_calibration=state.calibration,
        factory_calibration={**lines, **state.factory_calibration},
        notes=notes,
    )

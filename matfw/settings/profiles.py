"""Profiles, what is saved for one person: changes of MachineState. Pure; the store writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TypeVar

from msgspec.structs import replace

from matfw.errors import MatSettingsError
from matfw.judging.habits import Habits
from matfw.messages import Side
from matfw.settings.schema import did_you_mean, found
from matfw.settings.state import (
    NO_PROFILE,
    PROFILE_NAME_WORDS,
    HabitLine,
    MachineState,
    is_profile_name,
)

MAX_PROFILES = 200
T = TypeVar("T")


def check_profile_name(name: str) -> None:
    """Refuse a name that a profile may not have. Raises MatSettingsError."""
    if not is_profile_name(name):
        raise MatSettingsError(
            f"a profile must have {PROFILE_NAME_WORDS}, other than {NO_PROFILE} (got {found(name)})"
        )


def known_profile(state: MachineState, name: str) -> str:
    """Return the name of a profile that is there. Raises MatSettingsError."""
    if name not in state.profiles:
        raise MatSettingsError(f"{found(name)} is no profile: {did_you_mean(name, state.profiles)}")
    return name


def with_new_profile(state: MachineState, name: str) -> MachineState:
    """Return state with an empty profile, in use. Raises MatSettingsError."""
    if name in state.profiles:
        raise MatSettingsError(f"profile {name} exists: use it, or take another name")
    if len(state.profiles) >= MAX_PROFILES:
        raise MatSettingsError(f"there are {MAX_PROFILES} profiles: delete one first")
    return replace(state, profile=name, profiles={**state.profiles, name: {}})


def with_profile_in_use(state: MachineState, name: str | None) -> MachineState:
    """Return state with a profile in use; None or "none": none. Raises MatSettingsError."""
    used = None if name in (None, NO_PROFILE) else known_profile(state, str(name))
    return replace(state, profile=used)


def without_profile(state: MachineState, name: str) -> MachineState:
    """Return state without a profile and its habits. Raises MatSettingsError."""
    known_profile(state, name)
    return replace(
        state,
        profiles={key: kept for key, kept in state.profiles.items() if key != name},
        profile=None if state.profile == name else state.profile,
        habits={key: kept for key, kept in state.habits.items() if key != name},
    )


def renamed(state: MachineState, old: str, new: str) -> MachineState:
    """Return state with a profile and its habits under another name."""

    def moved(tables: Mapping[str, T]) -> dict[str, T]:
        return {new if name == old else name: kept for name, kept in tables.items()}

    return replace(
        state,
        profile=new if state.profile == old else state.profile,
        profiles=moved(state.profiles),
        habits=moved(state.habits),
    )


def learned(state: MachineState, side: Side, habits: Habits) -> MachineState:
    """Return state with the habits of the profile in use on a side."""
    key = state.profile or NO_PROFILE
    lines = dict(state.habits.get(key, {}))
    lines["left" if side is Side.LEFT else "right"] = HabitLine(**asdict(habits))
    return replace(state, habits={**state.habits, key: lines})


def unlearned(state: MachineState) -> MachineState:
    """Return state without the habits of the profile in use."""
    key = state.profile or NO_PROFILE
    return replace(state, habits={name: kept for name, kept in state.habits.items() if name != key})

"""The bench that is tested: pins and outputs as in matfw.toml, weights, a console's port; TOML."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from matfw.errors import MatSettingsError
from matfw.settings.checks import check
from matfw.settings.files import check_text, read_text
from matfw.settings.model import PortName, Settings
from matfw.settings.schema import MismatchError, Name, dotted

ADVICE = 'correct it; matfw/testing/README.md, "The bench file", has an example'

Kilograms = Annotated[float, Meta(ge=0.01, le=200)]


class BenchFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file; every key may be left out."""

    settings: Annotated[Settings, Meta(description="as in matfw.toml: layout, pins ...")] = (
        Settings()
    )
    weights: Annotated[dict[Name, Kilograms], Meta(description="what may be laid, kg")] = {}
    console: Annotated[
        PortName | None, Meta(description="where a matfw on real hardware has its console")
    ] = None

    def check(self) -> None:
        """Check what no single key can say. Raises MismatchError."""
        try:
            check(self.settings)
            self.settings.wiring()
        except MismatchError as error:
            where = dotted(error.keys)
            raise MismatchError(
                ("settings", *error.keys), str(error).removeprefix(where).strip(),
                ("settings", *error.also) if error.also else (), advice=error.advice,
                name=f"settings.{where}",
            ) from None  # fmt: skip
        if self.settings.hip_sensors.channels():
            raise MismatchError(
                ("settings", "hip_sensors"), "are not on this bench", advice="leave them out"
            )

    def kilograms(self, weight: str | float) -> float:
        """Return a weight's kilograms, by its name in the file or as they are."""
        if not isinstance(weight, str):
            return float(weight)
        if weight not in self.weights:
            known = ", ".join(self.weights) or "none"
            raise MatSettingsError(
                f"weights.{weight} is not in the bench file (it has: {known}): add it there"
            )
        return self.weights[weight]


def load_bench(path: Path | None) -> BenchFile:
    """Return the bench in a TOML file, the default wiring for None. Raises MatSettingsError."""
    if path is None:
        return BenchFile()
    return check_text(path, read_text(path), BenchFile, BenchFile.check, advice=ADVICE)

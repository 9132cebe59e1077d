"""Clean kilograms per cell -> load, moments and centre of pressure, whole and per plate.

The sum of loads and of loads times positions is the whole deck's equilibrium, exact for any
layout, hinged or not (hardware/deck.md "Geometry").
"""

from __future__ import annotations

from collections.abc import Sequence

from matfw.messages import Balance, Cell, CleanLoads, PlateBalance

MIN_LOAD_KG = 2.0  # below this the centre of pressure is noise divided by nothing (60 g a cell)


class Balances:
    """Weigh the deck and find where the weight is."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        """Take the cells in the frame's order; cells with equal `plate` are summed together."""
        self._places_mm = tuple((cell.x_mm, cell.y_mm) for cell in cells)
        names = tuple(dict.fromkeys(cell.plate for cell in cells))
        self._plates = tuple(
            (name, tuple(i for i, cell in enumerate(cells) if cell.plate == name)) for name in names
        )

    def update(self, clean: CleanLoads) -> Balance:
        """Return the balance; without every cell there is no sum, only the plates still whole."""
        loads = clean.loads_kg
        load_kg = x_kgmm = y_kgmm = 0.0
        for load, (x, y) in zip(loads, self._places_mm, strict=True):
            if load is None:
                break
            load_kg += load
            x_kgmm += load * x
            y_kgmm += load * y
        else:
            return self._whole(clean, load_kg, x_kgmm, y_kgmm)
        return Balance(
            t_s=clean.t_s,
            load_kg=None,
            x_kgmm=0.0,
            y_kgmm=0.0,
            x_mm=None,
            y_mm=None,
            plates=self._weigh_plates(loads),
            loads_kg=loads,
        )

    def reset(self) -> None:
        """Forget nothing: this stage has no memory."""

    def _whole(self, clean: CleanLoads, load_kg: float, x_kgmm: float, y_kgmm: float) -> Balance:
        """Return the balance of a mat that lacks no cell."""
        x_mm, y_mm = centre_of_pressure(load_kg, x_kgmm, y_kgmm)
        if len(self._plates) == 1:
            plates: tuple[PlateBalance, ...] = (
                PlateBalance(self._plates[0][0], load_kg, x_mm, y_mm),
            )
        else:
            plates = self._weigh_plates(clean.loads_kg)
        return Balance(
            t_s=clean.t_s,
            load_kg=load_kg,
            x_kgmm=x_kgmm,
            y_kgmm=y_kgmm,
            x_mm=x_mm,
            y_mm=y_mm,
            plates=plates,
            loads_kg=clean.loads_kg,
        )

    def _weigh_plates(self, loads: Sequence[float | None]) -> tuple[PlateBalance, ...]:
        plates = []
        for name, members in self._plates:
            load_kg = x_kgmm = y_kgmm = 0.0
            for i in members:
                load = loads[i]
                if load is None:
                    break
                x, y = self._places_mm[i]
                load_kg += load
                x_kgmm += load * x
                y_kgmm += load * y
            else:
                x_mm, y_mm = centre_of_pressure(load_kg, x_kgmm, y_kgmm)
                plates.append(PlateBalance(name, load_kg, x_mm, y_mm))
        return tuple(plates)


def centre_of_pressure(
    load_kg: float, x_kgmm: float, y_kgmm: float
) -> tuple[float | None, float | None]:
    """Return (x_mm, y_mm) of the load, or (None, None) below MIN_LOAD_KG.

    Source: moment balance, hardware/deck.md "Geometry".
    """
    if load_kg < MIN_LOAD_KG:
        return None, None
    return x_kgmm / load_kg, y_kgmm / load_kg

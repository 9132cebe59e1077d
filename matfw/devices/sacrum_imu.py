"""A 6-axis motion sensor on a belt over the sacrum: how far the pelvis has rolled back, degrees.

Mounting: the board flat on the sacrum, on the outside of the belt. One of its axes points out of
the back; the settings name it with its sign, "+z" for a board whose parts look outwards. Lying on
a side with the hips stacked that axis is level, and rolling back (the upper hip moves behind the
lower one) turns it to the floor, on the left side and on the right alike. So with f the measured
push of the ground, 1 g up at rest:

    roll = asin(-f_back / |f|)      > 0 rolled back, +90 on the back, -90 on the belly

How the board is turned about that axis does not matter to the roll. A board that leans by t along
the spine, as a sloping sacrum makes it, shows cos t of the roll and sin t of a hip hike.

Where the settings also name the axis that points to the head, the third one is the body's left,
back x head, and gravity tells the side lain on:

    left_up = asin(f_left / |f|)    -90 on the left side, +90 on the right one, 0 on back or belly

Plain gravity, no gyroscope: a lift of 2 s moves the sacrum with less than 0.1 m/s2 (0.4 deg), and
a gyroscope's own drift of up to 10 deg/s would have to be filtered out again. The three axes go
through one pole of FILTER_S, so that slow motion comes FILTER_S late, plus a reading period.

Zeroing at each rest is the line's business: a constant offset stays in the value.
"""

from __future__ import annotations

import math
from typing import Any

from matfw.devices.i2c import Bus, load_driver
from matfw.errors import MatSettingsError
from matfw.messages import Channel
from matfw.ports import HIP_SILENCE_S, SACRUM_CHANNELS, SIDE_CHANNELS, Clock

AXES = {
    f"{sign}{name}": (i, s) for i, name in enumerate("xyz") for sign, s in (("+", 1), ("-", -1))
}
ADDRESS = 0x6A  # 0x6B with SDO/SA0 high
WHO_AM_I = 0x0F
CHIPS = {  # what WHO_AM_I answers: the driver's module and class
    0x69: ("adafruit_lsm6ds.lsm6ds33", "LSM6DS33"),  # and the LSM6DS3
    0x6A: ("adafruit_lsm6ds.lsm6ds3trc", "LSM6DS3TRC"),  # and the LSM6DSL
    0x6B: ("adafruit_lsm6ds.ism330dhcx", "ISM330DHCX"),
    0x6C: ("adafruit_lsm6ds.lsm6dsox", "LSM6DSOX"),  # and the LSM6DSO
}
FILTER_S = 0.1
GRAVITY_MPS2 = 9.80665
NORM_G = (0.6, 1.4)  # beyond: a fall, a blow, a chip without its settings; lifting makes 0.02
SETTLE_S = 0.1  # after a start; 10 samples at the driver's 104 Hz
OPEN_LIMIT_S = 0.2  # a chip that answers is set up in some 15 ms
RETRY_S = 1.0  # a chip without a good sample for so long is set up again, again and again


class SacrumImu:
    """The pelvis's roll by an LSM6DS on I2C; fits `ports.HipSensor`.

    bus: for this sensor alone; closed with it. back_axis, head_axis: the board's axes out of the
    back and to the head; without the second the side is not known. Raises MatSettingsError for
    other axes, MatError where the driver is not installed. A sensor that does not answer is no
    error: it is None until it does.
    """

    def __init__(
        self,
        bus: Bus,
        clock: Clock,
        *,
        back_axis: str = "+z",
        head_axis: str | None = None,
        address: int = ADDRESS,
    ) -> None:
        if back_axis not in AXES:
            raise MatSettingsError(f"back_axis must be {', '.join(AXES)} (got {back_axis!r})")
        self._package = load_driver("adafruit_lsm6ds")
        back, sign = AXES[back_axis]
        self._up = [(back, -sign)]  # the axis, with its sign, whose elevation each column is
        self.channels: tuple[Channel, ...] = SACRUM_CHANNELS
        if head_axis is not None:
            self._up.append(left_axis(back_axis, head_axis))
            self.channels += SIDE_CHANNELS
        self._nothing: tuple[None, ...] = (None,) * len(self.channels)
        self._bus = bus
        self._clock = clock
        self._address = address
        self._chip: Any = None
        self._tried_s = self._good_s = self._new_s = self._settled_s = -math.inf
        self._raw: tuple[float, ...] | None = None
        self._smooth: tuple[float, ...] | None = None
        self._is_closed = False

    def read(self) -> tuple[float | None, ...]:
        """Return the roll, and left_up if it is known, in degrees; None without valid samples."""
        if self._is_closed or not self._is_open():
            return self._nothing
        self._bus.allow_s(OPEN_LIMIT_S)
        try:
            raw = tuple(self._chip.acceleration)
        except OSError:
            return self._nothing
        now_s = self._clock.now_s()
        if raw != self._raw:  # noise changes some bit of 48 every time, unless the chip hangs
            self._raw, self._new_s = raw, now_s
        if (
            now_s < self._settled_s
            or now_s - self._new_s >= HIP_SILENCE_S
            or not NORM_G[0] <= math.hypot(*raw) / GRAVITY_MPS2 <= NORM_G[1]
        ):
            return self._nothing
        self._filter(raw, now_s)
        return tuple(self._elevation_deg(axis, sign) for axis, sign in self._up)

    def close(self) -> None:
        """Stop the chip's measuring, if it answers, and give the bus back."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            if self._chip is not None:
                self._bus.allow_s(OPEN_LIMIT_S)
                self._chip.accelerometer_data_rate = self._package.Rate.RATE_SHUTDOWN
                self._chip.gyro_data_rate = self._package.Rate.RATE_SHUTDOWN
        except OSError:
            pass  # it is off, or away
        finally:
            self._bus.close()

    def _filter(self, raw: tuple[float, ...], now_s: float) -> None:
        if self._smooth is None:
            self._smooth = raw
        else:
            share = -math.expm1((self._good_s - now_s) / FILTER_S)
            self._smooth = tuple(
                old + share * (new - old) for old, new in zip(self._smooth, raw, strict=True)
            )
        self._good_s = now_s

    def _elevation_deg(self, axis: int, sign: int) -> float:
        """Return how far an axis points up."""
        assert self._smooth is not None
        level = sign * self._smooth[axis] / math.hypot(*self._smooth)
        return round(math.degrees(math.asin(max(-1.0, min(1.0, level)))), 2)

    def _is_open(self) -> bool:
        """Set the chip up if it has been without a good sample for RETRY_S."""
        now_s = self._clock.now_s()
        if now_s - max(self._tried_s, self._good_s) < RETRY_S:
            return self._chip is not None
        self._chip = None
        self._bus.allow_s(OPEN_LIMIT_S)
        try:
            self._chip = self._open()
        except (OSError, ValueError, RuntimeError):  # no answer, no such chip
            return False
        finally:
            self._tried_s = self._clock.now_s()
        self._settled_s = self._tried_s + SETTLE_S
        return True

    def _open(self) -> Any:
        answer = bytearray(1)
        self._bus.writeto_then_readfrom(self._address, bytes((WHO_AM_I,)), answer)
        if answer[0] not in CHIPS:
            raise ValueError(f"no LSM6DS: WHO_AM_I is 0x{answer[0]:02x}")
        module, name = CHIPS[answer[0]]
        self._package.sleep = self._bus.pause_s  # type: ignore[attr-defined]
        return getattr(load_driver(module), name)(self._bus, self._address)


def left_axis(back_axis: str, head_axis: str) -> tuple[int, int]:
    """Return the index and sign of the board's axis that points to the body's left.

    Raises MatSettingsError where the two are not two different axes of AXES.
    """
    if head_axis not in AXES or head_axis[1] == back_axis[1]:
        others = ", ".join(name for name in AXES if name[1] != back_axis[1])
        raise MatSettingsError(
            f"head_axis must be {others} while back_axis is {back_axis} (got {head_axis!r})"
        )
    (back, back_sign), (head, head_sign) = AXES[back_axis], AXES[head_axis]
    turn = 1 if (head - back) % 3 == 1 else -1  # x x y = z, and so on round; the other way -z
    return 3 - back - head, turn * back_sign * head_sign

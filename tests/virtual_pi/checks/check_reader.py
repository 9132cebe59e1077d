"""The two readers on a real GPIO device: a computer that is late, and Adafruit's driver."""

from __future__ import annotations

from tests.virtual_pi.pi import UNIT, VirtualPi

SETTINGS = "/etc/matfw/matfw.toml"
# Wakes a thousand times a second for a tenth of a millisecond, before everything else: another
# program with real-time priority, as people's own motor drivers are.
HOG = """
import os, time
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(90))
while True:
    end = time.perf_counter() + 0.00025
    while time.perf_counter() < end:
        pass
    time.sleep(0.0005)
"""


def test_torn_frames_are_the_computers_and_no_wires(pi: VirtualPi) -> None:
    since_s = pi.now_s()
    hog = pi.machine.start("python3", "-c", HOG)
    try:
        pi.wait_event(since_s, "reader", "late", limit_s=30.0)
    finally:
        pi.machine.kill(hog)
    blamed = [event for event in pi.events(since_s) if event.kind == "sensor"]
    assert not any(" lost" in event.what for event in blamed), blamed


def test_adafruits_reader_reads_too(pi: VirtualPi) -> None:
    before = pi.machine.read(SETTINGS)
    pi.machine.write(SETTINGS, b'reader = "adafruit"\n' + before)
    try:
        pi.machine.out("systemctl", "restart", UNIT)
        pi.wait_ready()
        pi.lay((12.0, 0.0, 0.0))
        pi.machine.pause(4.0)
        status = pi.console.ask("status")
        chips = pi.chips()
        assert abs(status["load_kg"] - 12.0) < 1.0
        assert status["rate_hz"] > 60.0
        # What it costs: the chips' own account, for the report.
        print("adafruit:", status["rate_hz"], status["bad_frames"], "of", status["frames"], chips)
    finally:
        pi.machine.write(SETTINGS, before)
        pi.machine.out("systemctl", "restart", UNIT)

"""A computer that is late, on a real GPIO device."""

from __future__ import annotations

from tests.virtual_pi.pi import VirtualPi

# Wakes some 190 times a second for a quarter of a millisecond, before everything else: another
# program with real-time priority, as people's own motor drivers are. A burst takes half a
# millisecond here, so one in seven is hit. Were it one in two, half a second without a value would
# come now and then, and with it lost cells.
HOG = """
import os, time
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(90))
while True:
    end = time.perf_counter() + 0.00025
    while time.perf_counter() < end:
        pass
    time.sleep(0.005)
"""
LEARNT_S = 10.0  # guest time after a start, by when the converters' rates are known


def test_torn_frames_are_the_computers_and_no_wires(pi: VirtualPi) -> None:
    pi.machine.pause(LEARNT_S)
    since_s = pi.now_s()
    hog = pi.machine.start("python3", "-c", HOG)
    try:
        pi.wait_event(since_s, "reader", "late", limit_s=30.0)
    finally:
        pi.machine.kill(hog)
    blamed = [event for event in pi.events(since_s) if event.kind == "sensor"]
    assert not any(" lost" in event.what for event in blamed), blamed

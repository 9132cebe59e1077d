"""Calibration: a known weight at a few places -> each cell's straight line. Pure, no I/O."""

"""Tests of the real devices, on mocked pins."""

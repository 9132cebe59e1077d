"""Tests of the firmware in service."""

"""Diagnosis: what the mat sends, and the computer it runs on -> what is wrong, and what to do."""

from matfw.diagnose.analysis import Diagnosis, Finding, analyse, stats_since

__all__ = ["Diagnosis", "Finding", "analyse", "stats_since"]

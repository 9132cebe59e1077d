"""matfw: firmware of a smart exercise mat for the side-lying leg raise."""

__version__ = "0.1.0"

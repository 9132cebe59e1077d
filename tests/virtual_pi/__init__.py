"""A virtual Raspberry Pi: matfw in a machine with a kernel, systemd and a serial port."""

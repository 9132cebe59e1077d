"""Whatever bytes come in, only matfw's own errors come out."""

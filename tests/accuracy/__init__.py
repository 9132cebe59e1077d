"""How well matfw counts, times and judges whole populations: `python -m tests.accuracy`.

All people are simulated; the timing of `mex` and the loads of `wii` and `kistler` are real. Nobody
has ever done a side-lying leg raise on load cells in public, so no figure here is a field figure.
"""

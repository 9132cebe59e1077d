"""The weights of `plausibility`: found by `python -m tests.accuracy.plausibility`, not by hand.

name: mean and standard deviation of the feature over the training movements, and the weights of
its standard score z and of z^2 - 1, natural log-odds.
"""

from types import MappingProxyType

BIAS = 1.557
WEIGHTS = MappingProxyType(
    {
        "log_s": (0.2776, 0.3395, -0.266, -0.458),
        "log_i": (0.1249, 0.2871, 0.192, -0.173),
        "below_deg": (1.3323, 1.5216, -0.177, -0.093),
        "push_share": (0.2975, 0.3561, -1.554, 0.092),
        "log_left_n": (1.1007, 0.7029, 0.707, 0.179),
        "log_left_nm": (0.2268, 0.8229, -0.037, -0.109),
        "unexplained_n": (0.2783, 0.3605, 0.177, -0.318),
        "unexplained_nm": (0.1366, 0.2361, -0.220, 0.229),
        "log_worst_left_n": (2.4533, 0.8620, 0.082, -0.395),
        "log_worst_left_nm": (1.4736, 0.9478, -0.076, -0.104),
        "top_differs_deg": (5.7924, 7.4244, -0.573, -0.149),
        "log_noise_scale": (0.1791, 0.2509, 0.516, 0.222),
        "top_deg": (38.8047, 10.5698, 0.495, -0.233),
        "log_up": (0.3296, 0.4471, -0.232, -0.089),
        "log_hold": (0.2554, 0.6614, 0.625, -0.402),
        "log_down": (0.4688, 0.4781, 0.353, 0.132),
        "step_n": (2.2078, 7.8146, 0.013, -0.153),
        "step_nm": (2.6297, 4.8764, 0.100, -0.241),
        "step_mm": (1.4845, 4.5010, -0.007, -0.008),
        "correlation": (0.5064, 0.6144, 0.643, -0.322),
        "log_slope": (0.0169, 0.7065, 0.261, -0.006),
        "log_unexplained_mm": (0.0924, 0.8243, -0.265, -0.367),
        "range_mm": (13.6682, 23.9614, 0.041, -0.105),
        "load_share": (0.0268, 0.0325, 0.022, 0.255),
        "impulse_s": (0.0124, 0.0432, 0.378, 0.343),
        "log_peak_n": (2.4399, 0.9375, 0.003, -0.164),
        "log_before_n": (0.2479, 0.8728, 0.325, -0.174),
        "log_before_nm": (-0.2549, 0.8236, 0.304, -0.027),
        "log_before_mm": (-0.5471, 0.8532, -0.179, -0.118),
    }
)

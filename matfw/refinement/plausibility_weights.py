"""The weights of `plausibility`: found by `python -m tests.accuracy.plausibility`, not by hand.

name: mean and standard deviation of the feature over the training movements, and the weights of
its standard score z and of z^2 - 1, natural log-odds.
"""

from types import MappingProxyType

BIAS = 1.616
WEIGHTS = MappingProxyType(
    {
        "log_s": (0.2776, 0.3395, -0.284, -0.418),
        "log_i": (0.1249, 0.2871, 0.206, -0.159),
        "below_deg": (1.3323, 1.5216, -0.141, -0.108),
        "push_share": (0.2975, 0.3561, -1.425, 0.049),
        "log_left_n": (0.9732, 0.8028, 0.677, 0.169),
        "log_left_nm": (0.0935, 0.9231, -0.043, -0.154),
        "unexplained_n": (0.2783, 0.3605, 0.146, -0.290),
        "unexplained_nm": (0.1366, 0.2361, -0.234, 0.258),
        "log_worst_left_n": (2.3520, 0.9542, 0.051, -0.321),
        "log_worst_left_nm": (1.3830, 1.0310, -0.086, -0.147),
        "top_differs_deg": (5.7924, 7.4244, -0.509, -0.152),
        "log_noise_scale": (-0.2134, 0.4662, 0.476, 0.172),
        "top_deg": (38.8047, 10.5698, 0.480, -0.248),
        "log_up": (0.3296, 0.4471, -0.124, -0.111),
        "log_hold": (0.2554, 0.6614, 0.615, -0.390),
        "log_down": (0.4688, 0.4781, 0.341, 0.089),
        "step_n": (2.2078, 7.8146, 0.079, -0.132),
        "step_nm": (2.6297, 4.8764, 0.037, -0.223),
        "step_mm": (1.4845, 4.5010, -0.048, 0.010),
        "correlation": (0.5064, 0.6144, 0.612, -0.350),
        "log_slope": (0.0169, 0.7065, 0.257, -0.019),
        "log_unexplained_mm": (-0.2073, 1.0192, -0.254, -0.429),
        "range_mm": (13.6682, 23.9614, 0.049, -0.050),
        "load_share": (0.0268, 0.0325, 0.044, 0.243),
        "impulse_s": (0.0124, 0.0432, 0.366, 0.288),
        "log_peak_n": (2.4399, 0.9375, -0.039, -0.137),
        "log_before_n": (-0.2345, 1.2757, 0.536, -0.485),
        "log_before_nm": (-0.7379, 1.1572, 0.351, 0.045),
        "log_before_mm": (-1.0040, 1.1503, -0.310, -0.085),
    }
)

# Coefficients of the complementary error function in native/kernels.inl, and what they cost in float32:
#   python3 tests/oracles/erfc.py
# erfc(z) = exp(-z^2) t P(t), t = 1 / (1 + p z), the form of Abramowitz and Stegun (1964), 7.1.26; P of degree 6 by weighted least squares, weights
# raised where the error is large until it is even. numpy alone.
import math
import numpy as np

P, DEGREE = 0.35, 7

z = np.linspace(0, 5.5, 3001)
t = 1 / (1 + P * z)
wanted = np.array([math.erfc(a) * math.exp(a * a) for a in z])
powers = np.stack([t ** (k + 1) for k in range(DEGREE)], 1)
weights = np.exp(-z * z) + 0.02
for _ in range(60):
    found, *_ = np.linalg.lstsq(powers * weights[:, None], wanted * weights, rcond=None)
    error = np.abs((powers @ found - wanted) * (np.exp(-z * z) + 0.02))
    weights *= 1 + 0.5 * error / error.max()
    weights /= weights.max()

print("t, t^2, ...:", ", ".join(f"{c:.9g}f" for c in found))
print(f"largest absolute error {np.abs((powers @ found - wanted) * np.exp(-z * z)).max():.1e}")

x = np.linspace(-8, 8, 160001).astype(np.float32)
f = np.float32
z32 = np.abs(x) * f(0.70710678)
t32 = f(1) / (f(1) + f(P) * z32)
q = np.zeros_like(x)
for c in reversed(found): q = q * t32 + f(c)
half = np.exp(-z32 * z32) * q * t32 * f(0.5)
ours = x * np.where(x < 0, half, f(1) - half)
exact = np.array([float(a) * 0.5 * math.erfc(-float(a) / math.sqrt(2)) for a in x])
print(f"gelu in float32: largest absolute error {np.abs(ours - exact).max():.1e}")

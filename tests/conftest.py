"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# No test asserts wall-clock time, and a busy machine is no defect: neither is a slow example, nor slow drawing.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

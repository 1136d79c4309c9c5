"""What holds for all tests."""

import signal

from hypothesis import HealthCheck, settings

# No test asserts wall-clock time, and a busy machine is no defect: neither is a slow example, nor slow drawing.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Started in the background of a script, everything ignores interrupts, and so do the commands that tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

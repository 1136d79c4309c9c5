"""Why a scenario is left out."""


class UnproducibleError(Exception):
    """No request can be made up that would prove it: the scenario is left out, and the reason is listed."""


class QuotaReachedError(UnproducibleError):
    """One more record would be more than a quota allows."""

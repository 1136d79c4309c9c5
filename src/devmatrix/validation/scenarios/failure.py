"""What stands between a scenario and its verdict."""


class ServiceFailure(Exception):
    """The service or its database did not answer: the scenario fails, the runner goes on."""

"""Which boundary values are sent: some of each sort, since together they are far too many for large documents."""

from collections import Counter
from typing import Any

from devmatrix.validation.fuzzing.job import Job

_PER_OPERATION = 8
_ALTOGETHER = 300
"""Both per example that was asked for."""
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


class Sample:
    """Takes the first few of each sort for each operation."""

    def __init__(self, job: Job) -> None:
        examples = job.fuzzing.examples
        operations = max(len(operations_of(job.openapi)), 1)
        most = min(_PER_OPERATION * examples, max(_ALTOGETHER * examples // operations, 2 * examples))
        self._most_of_mode = max(most // 2, 1)
        self._most_of_sort = max(most // 8, 1)
        self._taken: Counter[tuple[str, ...]] = Counter()

    def takes(self, case: Any) -> bool:  # noqa: ANN401 - schemathesis has no public name for it
        """Whether a case is sent."""
        if case.meta is None or case.meta.phase.name != "coverage":
            return True
        data = case.meta.phase.data
        mode = (case.operation.label, str(case.meta.generation.mode))
        sort = (*mode, str(data.scenario), str(data.parameter_location))
        if self._taken[mode] >= self._most_of_mode or self._taken[sort] >= self._most_of_sort:
            return False
        self._taken[mode] += 1
        self._taken[sort] += 1
        return True


def operations_of(openapi: dict[str, Any]) -> list[tuple[str, str]]:
    """Method and path of all operations of a document."""
    paths = openapi.get("paths")
    return [
        (method.upper(), path)
        for path, item in (paths.items() if isinstance(paths, dict) else ())
        if isinstance(item, dict)
        for method in item
        if method in _METHODS
    ]


def media_types_of(openapi: object) -> set[str]:
    """Media types of all bodies of requests (and of answers: that does no harm) of a document."""
    if isinstance(openapi, list):
        return {found for item in openapi for found in media_types_of(item)}
    if not isinstance(openapi, dict):
        return set()
    content = openapi.get("content")
    own = {name for name in content if "/" in name} if isinstance(content, dict) else set()
    return own.union(*(media_types_of(item) for item in openapi.values()))

"""What holds for the service as a whole: health, and how it refuses what is nowhere."""

from pydantic import JsonValue

from devmatrix.discovery.document import DiscoveryDocument, Level, OperationKind
from devmatrix.discovery.proofs.script import problem
from devmatrix.discovery.proofs.subject import Draft, Proof
from devmatrix.discovery.scenario import Expectation, Step


def service(document: DiscoveryDocument) -> list[Proof]:
    """Requirements about no entity in particular."""
    healthy: JsonValue = {"status": "ok"}
    health = tuple(
        Step(phase="when", text=text, method="GET", path=path, expect=Expectation(status=200, body=healthy))
        for text, path in (
            ("it is asked whether it lives", "/health/live"),
            ("and whether it is ready", "/health/ready"),
        )
    )
    return [
        Proof(
            Level.MUST,
            "The service says whether it is healthy",
            (),
            (Draft("the service is healthy", "happy", health),),
        ),
        Proof(
            Level.SHOULD,
            "What is nowhere is refused with a problem",
            (),
            (
                Draft("a path that is not there is not found", "error", (_nowhere(),)),
                *(
                    Draft("a method that is not there is not allowed", "error", (step,))
                    for step in _other_method(document)
                ),
            ),
        ),
    ]


def _nowhere() -> Step:
    return Step(
        phase="when",
        text="a path is asked for that is not there",
        method="GET",
        path="/a-path-that-is-not-there",
        expect=Expectation(status=404, body=problem(404), media_type="application/problem+json"),
    )


def _other_method(document: DiscoveryDocument) -> list[Step]:
    listed = next((item for item in document.operations if item.kind is OperationKind.LIST), None)
    if listed is None or any(item.path == listed.path and item.method == "PATCH" for item in document.operations):
        return []
    refused = Expectation(status=405, body=problem(405), media_type="application/problem+json", headers={"Allow": "*"})
    text = f"{listed.path} is patched as a whole"
    return [Step(phase="when", text=text, method="PATCH", path=listed.path, body={}, has_body=True, expect=refused)]

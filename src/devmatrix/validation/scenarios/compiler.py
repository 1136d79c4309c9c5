"""Takes a document, gives the text of pytest files that play its scenarios inside the delivered project."""

import re
import textwrap
from collections.abc import Iterator
from importlib import resources

from devmatrix.discovery.document import Actor, DiscoveryDocument, Level, Requirement
from devmatrix.discovery.scenario import Scenario, Step
from devmatrix.validation.scenarios.formatting import formatted
from devmatrix.validation.scenarios.literals import literal, pattern

FOLDER = "tests/scenarios"
_MOST_LINES = 400
_NAME_LENGTH = 72
_HELPERS = ("Api", "a", "page", "problem")
_ANYTHING = {"$match": "any"}


def compile_scenarios(document: DiscoveryDocument) -> dict[str, str]:
    """Path -> text of `tests/scenarios/`; the same document gives the same text.

    The project's own `tests/conftest.py` provides the fixtures `client` and `database` (the Protocols of support.py).
    """
    texts = {"actors.py": _actors_file(document.actors)}
    for collection, requirements in _by_collection(document).items():
        texts[f"test_{collection}.py"] = _test_file(requirements)
    clean = formatted(texts)
    files = {
        "__init__.py": '"""Scenarios of the requirements, compiled from the document: not to be edited by hand."""\n',
        "conftest.py": _CONFTEST,
        "support.py": resources.files("devmatrix.validation.scenarios").joinpath("support.py").read_text("utf-8"),
        "actors.py": clean["actors.py"],
    }
    for name in clean:
        if name != "actors.py":
            files.update(_parts(name, clean[name]))
    return {f"{FOLDER}/{name}": text for name, text in files.items()}


def _by_collection(document: DiscoveryDocument) -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for requirement in document.requirements:
        name = "service"
        if requirement.entities:
            plural = document.entity(requirement.entities[0]).plural
            name = plural if plural != "service" else "service_records"
        found.setdefault(name, []).append(requirement)
    return found


_CONFTEST = '''"""Fixtures of the scenarios: each starts from a database with the actors' accounts and nothing else."""

import pytest

from .actors import ACTORS
from .support import Api, Client, Database


@pytest.fixture(scope="session")
def tokens(client: Client, database: Database) -> dict[str, str]:
    """Sign in the actors, and remember the rows of that moment."""
    tokens: dict[str, str] = {}
    for name, sign_in in ACTORS.items():
        api = Api(client, tokens)
        sign_in(api)
        tokens[name] = str(api.captured["token"])
    database.snapshot()
    return tokens


@pytest.fixture
def api(client: Client, database: Database, tokens: dict[str, str]) -> Api:
    """One scenario's talk with the service."""
    database.restore()
    return Api(client, tokens)
'''


def _actors_file(actors: tuple[Actor, ...]) -> str:
    functions = "".join(
        f"def sign_in_{actor.name}(api: Api) -> None:\n{textwrap.indent(''.join(map(_call, actor.setup)), '    ')}\n\n"
        for actor in actors
    )
    table = ", ".join(f'"{actor.name}": sign_in_{actor.name}' for actor in actors)
    return (
        '"""How the actors of the scenarios sign in."""\n\nfrom collections.abc import Callable\n\n'
        f"{_imports(functions, always='Api')}{chr(10) * 2 if functions else chr(10)}"
        f"{functions}ACTORS: dict[str, Callable[[Api], None]] = {{{table}}}\n"
    )


def _imports(text: str, *, always: str = "") -> str:
    used = [name for name in _HELPERS if name == always or re.search(rf"\b{name}(\(|\) ->)", text)]
    return f"from .support import {', '.join(used)}\n"


def _test_file(requirements: list[Requirement]) -> str:
    return "\n\n".join(
        _function(requirement, scenario) for requirement in requirements for scenario in requirement.scenarios
    )


def _function(requirement: Requirement, scenario: Scenario) -> str:
    number = scenario.id.lower().replace("-", "").replace(".", "_")
    slug = re.sub(r"[^a-z0-9]+", "_", scenario.title.lower()).strip("_")[:_NAME_LENGTH].rstrip("_")
    body = "".join(map(_call, scenario.steps))
    return (
        f"def test_{number}_{slug}(api: Api) -> None:\n"
        f"    {_docstring(requirement, scenario)}\n{textwrap.indent(body, '    ')}"
    )


def _docstring(requirement: Requirement, scenario: Scenario) -> str:
    level = "must" if requirement.level is Level.MUST else "should"
    text = f"{scenario.id} ({level}, {scenario.kind}): {requirement.text}."
    lines = textwrap.wrap(text, 100, break_long_words=True)
    text = "\n    ".join(lines) + ("\n    " if len(lines) > 1 else "")
    text = text.replace('"""', "'''")
    return f'r"""{text}"""' if "\\" in text else f'"""{text}"""'


def _call(step: Step) -> str:
    expect = step.expect
    prepared = step.phase == "given" and expect.body == _ANYTHING and expect.has_body and step.raw is None
    text = step.text if prepared else f"{step.phase} {step.text}"
    arguments = [literal(text), literal(f"{step.method} {step.path}"), *_sent(step), f"status={expect.status}"]
    if not prepared:
        if expect.has_body:
            arguments.append(f"body={pattern(expect.body)}")
            usual = "application/problem+json" if expect.status >= 400 else "application/json"
            arguments += [f"media_type={literal(expect.media_type)}"] if expect.media_type != usual else []
        arguments += [f"expect_headers={literal(expect.headers)}"] if expect.headers else []
    arguments += [f"capture={literal(step.capture)}"] if step.capture else []
    return f"api.{'given' if prepared else 'step'}({', '.join(arguments)})\n"


def _sent(step: Step) -> Iterator[str]:
    if step.has_body:
        yield f"json={literal(step.body)}"
    if step.raw is not None:
        yield f"raw={literal(step.raw)}"
    if step.actor is not None:
        yield f"actor={literal(step.actor)}"
    if step.headers:
        yield f"headers={literal(step.headers)}"


def _parts(name: str, text: str) -> dict[str, str]:
    """The formatted functions, in as many files as it takes to keep each short."""
    functions = [f"def {part}".strip() + "\n" for part in re.split(r"^def ", text, flags=re.MULTILINE)[1:]]
    groups: list[list[str]] = [[]]
    lines = 0
    for function in functions:
        size = function.count("\n") + 2
        if groups[-1] and lines + size > _MOST_LINES - 8:
            groups.append([])
            lines = 0
        groups[-1].append(function)
        lines += size
    files: dict[str, str] = {}
    for number, group in enumerate(groups, start=1):
        body = "\n\n".join(group)
        part = name if number == 1 else name.replace(".py", f"_{number}.py")
        about = name.removeprefix("test_").removesuffix(".py").replace("_", " ")
        ending = f", part {number}" if number > 1 else ""
        files[part] = f'"""Scenarios of the {about}{ending}."""\n\n{_imports(body)}\n\n{body}'
    return files

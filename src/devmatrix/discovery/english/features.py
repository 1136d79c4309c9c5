"""What every built API has anyway, so that asking for it is understood: paging, documentation, tests, the stack."""

import re

from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.english.clauses import Reading

_ALWAYS = {
    "every list is paged, filtered, sorted and searched": (
        r"pagination|paging|paginated|filtering|filters|sorting|searching|(?:full[- ]text )?search"
    ),
    "the API documents itself with OpenAPI": r"(?:(?:api|interactive) )?documentation|docs|open ?api|swagger(?: ui)?",
    "the project has unit tests and scenarios": r"(?:(?:unit|automated|good) )?tests?|testing|test coverage",
    "input is validated": r"(?:(?:input|data|request) )?validation|validated input",
    "errors are problem+json": r"(?:consistent )?error (?:handling|messages)|problem\+json|rfc ?(?:7807|9457)",
    "the project has health endpoints": r"health(?: ?checks?| endpoints?)?",
    "the schema is migrated by Alembic": r"(?:database )?migrations|alembic",
    "the stack is FastAPI with SQLAlchemy and Pydantic": (
        r"python(?: 3(?:\.\d+)?)?|fastapi|sqlalchemy(?: 2)?|pydantic(?: v?2)?|uvicorn"
    ),
    "SQLite by default, PostgreSQL by DATABASE_URL": r"(?:postgres|postgresql|sqlite)(?: database)?",
    "the project has a Dockerfile": r"docker(?:file| support| image)?",
    "the project has a CI file": r"(?:github actions|ci|continuous integration)(?: file| pipeline)?",
    "the API speaks JSON over HTTP": r"json|rest|restful|http",
    "everything can be created, read, replaced, patched and deleted": (
        r"(?:(?:full|complete|all) )?crud(?: operations| endpoints| for (?:everything|all))?"
    ),
    "each write is one transaction": r"transactions",
}
_LEAD = re.compile(
    r"(?:(?:it|the (?:api|system|service|app|project))\s+(?:should|must|will|shall)?\s*(?:use|have|has"
    r"|include|support|supports|provide|come with|be written in|run on|speak)s?|"
    r"please use|use|using|with|include|including|add|support|provide|written in|built with|based on|in"
    r"|there (?:is|are)|all lists (?:are|have)|lists (?:are|have)|we need|i need)\s+",
    re.I,
)
_SPLIT = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*|\s+or\s+", re.I)

_FEATURE = re.compile(
    r"\s+(?:with|using|in|on|based\s+on|written\s+in)\s+(?P<feature>[\w .+-]{2,60}?)"
    r"(?=\s+(?:for|to|that|which|where|with|using)\s|\s*[,:]|\s*$)",
    re.I,
)
_MODEL = re.compile(
    r"\s*,?\s*(?:like|similar\s+to|modelled\s+on|inspired\s+by|in\s+the\s+style\s+of)\s+(?-i:[A-Z]\w*)(?:[.'’-]\w+)*"
    r"(?:\s+(?-i:[A-Z])\w*)?,?(?=\s+(?:with|for|to|that|where|which|but)\b)",
    re.I,
)


def read_feature(text: str, draft: Draft) -> Reading | None:
    """Features that are always there; None where one of them is another."""
    stripped = text.strip()
    lead = _LEAD.match(stripped)
    body = stripped[lead.end() :] if lead else stripped
    found: list[str] = []
    for part in _SPLIT.split(body):
        name = re.sub(r"^(?:an?|the|some|its|proper|good)\s+", "", part.strip().lower())
        meaning = next((meaning for meaning, words in _ALWAYS.items() if re.fullmatch(words, name)), None)
        if meaning is None:
            return None
        found.append(meaning)
    return Reading(len(text), f"always so: {'; '.join(dict.fromkeys(found))}")


def past_features(text: str, at: int, draft: Draft) -> int:
    """Past what every built API has, and past a model: "with PostgreSQL", "like Somebody's" before what is kept."""
    model = _MODEL.match(text, at)
    at = model.end() if model is not None and text[model.end() :].strip() else at
    while (match := _FEATURE.match(text, at)) is not None and read_feature(match["feature"], draft) is not None:
        at = match.end()
    return at


def is_modelled(text: str, at: int) -> bool:
    """Whether "like Somebody's" stands there, before what is kept."""
    return _MODEL.match(text, at) is not None

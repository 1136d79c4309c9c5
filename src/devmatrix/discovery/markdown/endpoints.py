"""Endpoint lines and tables: what they say is kept and who may; and whether the API that is built serves them."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from devmatrix.discovery.complete import reference_to
from devmatrix.discovery.document import DiscoveryDocument, Entity, FieldType, Operation, OperationKind
from devmatrix.discovery.drafts import AccessRule, Draft, EntityDraft, Who
from devmatrix.discovery.english.nouns import kept, whole_noun
from devmatrix.discovery.markdown.described import NO, YES
from devmatrix.discovery.markdown.matrices import who_of
from devmatrix.discovery.naming import human, is_plural, singular, snake
from devmatrix.discovery.phrases import CHANGES, CREATES, READS

_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
ENDPOINT = re.compile(
    rf"(?:curl\s+.*?-X\s+)?(?P<method>{_METHODS})\s*[:|]?\s+[\"']?(?:https?://[^/\s]+)?(?P<path>/[^\s`\"',;)?]*)"
    r"(?P<query>\?[^\s`\"',;)]*)?[\"']?(?P<rest>.*)$",
    re.S,
)
_PREFIX = re.compile(r"^/(?:api|rest|v\d+|api-v\d+)(?=/|$)")
_PARAMETER = re.compile(r"\{[^/]*\}|:\w+|<[^/<>]+>|\[\w+\]|\d+$")
_SIGNING = {"register": "sign up", "signup": "sign up", "sign-up": "sign up", "login": "sign in", "signin": "sign in"}
_ONLY = re.compile(
    r"\(?\b(?:(?P<role>[a-z]+)s?[ -]only|only\s+(?:for\s+)?(?:the\s+)?(?P<who>[a-z]+)|(?P<public>public|"
    r"no\s+auth(?:entication)?(?:\s+required)?)|"
    r"requires?\s+(?:an?\s+)?(?P<needs>auth(?:entication)?|login|token|admin)(?:\s+role)?)\b\)?",
    re.I,
)
_BY_METHOD = {
    "POST": CREATES, "GET": READS, "PUT": CHANGES, "PATCH": CHANGES, "DELETE": frozenset({OperationKind.DELETE}),
}  # fmt: skip
_PAGING = ("limit", "offset", "sort", "search")
_FILTERED = (
    FieldType.ENUM, FieldType.BOOLEAN, FieldType.REFERENCE, FieldType.INTEGER, FieldType.DATE, FieldType.UUID,
    FieldType.EMAIL, FieldType.STRING,
)  # fmt: skip
_RANGED = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT, FieldType.DATE, FieldType.DATETIME)
_SIMPLE = re.compile(r"[\W\d]*(?:[A-Za-zÀ-ÿ'’-]+[\s/]*){0,9}[.\s)]*$")
_RULING = re.compile(
    r"\b(?:must|only|if|when|unless|never|cannot|max|min|sorted|limit|every|each\s+time|also|sends?|notif\w+|email)\b",
    re.I,
)
_STATUS = re.compile(r"\b(?P<status>[1-5]\d\d)\b(?:\s+(?:OK|Created|No\s+Content))?")


@dataclass(frozen=True)
class Endpoint:
    """A method and a path as the page writes them, and what is said beside them."""

    method: str
    path: str
    query: str
    rest: str

    @property
    def bare(self) -> str:
        """The path without a prefix such as /api/v1."""
        path = self.path.rstrip("/") or "/"
        while (match := _PREFIX.match(path)) is not None:
            path = path[match.end() :]
        return path

    @property
    def segments(self) -> list[str]:
        """Segments of the path, parameters as {}."""
        return ["{}" if _PARAMETER.fullmatch(part) else part for part in self.bare.split("/") if part]


def endpoint_in(text: str) -> Endpoint | None:
    """The endpoint with which the text begins."""
    match = ENDPOINT.match(text.strip().lstrip("-*• "))
    if match is None:
        return None
    return Endpoint(match["method"], match["path"], (match["query"] or "")[1:], match["rest"].strip())


def prepare(endpoint: Endpoint, draft: Draft, access: str = "") -> None:
    """Let the draft keep what the endpoint speaks of, and take what it says of who may call it."""
    segments = endpoint.segments
    if segments and segments[-1].lower() in _SIGNING:
        draft.wants_accounts = draft.wants_accounts or "the page lists endpoints to sign in"
        return
    entity, parent = None, None
    for index, segment in enumerate(segments):
        if segment == "{}" or not re.fullmatch(r"[a-z][\w-]*", segment, re.I):
            continue
        words = segment.replace("-", " ").replace("_", " ")
        known = draft.resolve(words) or _of_other_plural(words, draft)
        last = index == len(segments) - 1 or segments[index + 1] == "{}"
        if known is None and last and is_plural(words.split()[-1].lower()) and _may_be_kept(words):
            known = draft.declare(words)
            if parent is not None:
                field = reference_to(parent)
                known.fields.setdefault(field.name, field)
        if known is not None and snake(words) != known.plural and index == 0:
            # The page says how the collection is called.
            known.plural = snake(words)
        entity, parent = (known or entity), (known or parent)
    who = _who(access) or _who_beside(endpoint.rest)
    acts = segments[-1:] not in (["{}"], []) and segments[-2:-1] == ["{}"] and draft.resolve(segments[-1]) is None
    if who is not None and entity is not None and not acts:
        draft.rules.append(AccessRule(who, _BY_METHOD.get(endpoint.method, READS), entity=entity.name, only=True))


def _of_other_plural(words: str, draft: Draft) -> EntityDraft | None:
    """The entity whose name begins the segment, where names are not English: Kurs of /kurse."""
    found = [item for item in draft.entities.values() if draft.foreign and snake(words).startswith(snake(item.name))]
    return max(found, key=lambda item: len(item.name), default=None)


def _may_be_kept(words: str) -> bool:
    noun = whole_noun(words)
    return noun is not None and kept(noun)


def _who(access: str) -> Who | None:
    text = access.strip().strip("*`_").lower()
    if not text or text in {"-", "–", "—"}:
        return None
    if text in NO or text in {"none", "public", "anyone"}:
        return who_of("public")
    if text in YES or text in {"bearer", "token", "jwt", "required", "bearer token", "auth", "login", "authenticated"}:
        return who_of("account")
    return who_of(text)


def _who_beside(rest: str) -> Who | None:
    match = _ONLY.search(rest)
    if match is None:
        return None
    if match["public"]:
        return who_of("public")
    word = match["role"] or match["who"] or match["needs"]
    return who_of("account" if word.lower().startswith(("auth", "login", "token", "user", "account")) else word)


def judge_endpoint(endpoint: Endpoint, document: DiscoveryDocument) -> tuple[bool, str, tuple[str, ...]]:
    """Whether the API serves it; what serves it, or what is served instead; and the entities that it is about."""
    served = _served(endpoint, document)
    if served is None:
        return _instead(endpoint, document)
    entities = (served.entity,) if served.entity else ()
    prefix = endpoint.path.rstrip("/")[: len(endpoint.path.rstrip("/")) - len(endpoint.bare)]
    became = f"served by {served.id}" + (f", without the prefix {prefix}" if prefix else "")
    wrong = [
        name for name, _ in parse_qsl(endpoint.query, keep_blank_values=True) if not _takes(served, name, document)
    ]
    if wrong:
        return (
            False,
            f"not understood: {served.id} takes no query parameter {', '.join(wrong)}; it pages by limit and offset,"
            " and filters by the names of fields",
            entities,
        )
    status = _STATUS.search(endpoint.rest)
    if status is not None and int(status["status"]) < 400 and int(status["status"]) != served.success_status:
        return False, f"contradicts: {served.id} answers {served.success_status}, and not {status['status']}", entities
    rest = _ONLY.sub("", _STATUS.sub("", endpoint.rest))
    if not _SIMPLE.match(rest) or _RULING.search(rest):
        return (
            False,
            f"not understood: {became}, but whether it does `{endpoint.rest.strip(' -–—:|')[:100]}` was not read",
            entities,
        )
    return True, became, entities


def _served(endpoint: Endpoint, document: DiscoveryDocument) -> Operation | None:
    wanted = [segment.replace("_", "-").lower() for segment in endpoint.segments]
    for operation in document.operations:
        shape = ["{}" if part.startswith("{") else part for part in operation.path.strip("/").split("/")]
        if operation.method == endpoint.method and shape == wanted:
            return operation
    return None


def _takes(operation: Operation, name: str, document: DiscoveryDocument) -> bool:
    if operation.kind not in {OperationKind.LIST, OperationKind.NESTED_LIST}:
        return False
    if name in _PAGING:
        return True
    entity = document.entity(operation.entity)
    for attribute in entity.attributes:
        if attribute.name == name and attribute.type in _FILTERED:
            return True
        if name in {f"{attribute.name}_min", f"{attribute.name}_max"} and attribute.type in _RANGED:
            return True
    return False


def _instead(endpoint: Endpoint, document: DiscoveryDocument) -> tuple[bool, str, tuple[str, ...]]:
    """What is served of what the endpoint is about."""
    segments = [segment for segment in endpoint.segments if segment != "{}"]
    about = next((found for segment in reversed(segments) if (found := _about(segment, document))), None)
    if about is None:
        return False, f"not understood: nothing serves {endpoint.method} {endpoint.path}", ()
    offered = [operation for operation in document.operations if operation.entity == about.name]
    same = [operation for operation in offered if operation.method == endpoint.method] or offered
    acts = [operation for operation in same if operation.kind is OperationKind.TRANSITION]
    if len(segments) > 1 and _about(segments[-1], document) is None and acts:
        same = acts
    listed = ", ".join(f"{operation.method} {operation.path}" for operation in same[:4])
    return (
        False,
        f"not understood: not served; of {human(about.plural)} there are {listed or 'no endpoints'}",
        (about.name,),
    )


def _about(segment: str, document: DiscoveryDocument) -> Entity | None:
    name = snake(segment)
    forms = {name, singular(name)}
    return next((item for item in document.entities if item.plural == name or snake(item.name) in forms), None)

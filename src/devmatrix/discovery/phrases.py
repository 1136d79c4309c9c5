"""Words for operations, as the notation and English sentences use them."""

from devmatrix.discovery.document import OperationKind as Kind
from devmatrix.discovery.verbs import base_verb

CRUD = frozenset({Kind.CREATE, Kind.LIST, Kind.READ, Kind.REPLACE, Kind.PATCH, Kind.DELETE})
READS = frozenset({Kind.LIST, Kind.READ, Kind.NESTED_LIST})
CHANGES = frozenset({Kind.REPLACE, Kind.PATCH, Kind.LINK, Kind.UNLINK})
CREATES = frozenset({Kind.CREATE, Kind.NESTED_CREATE})
WRITES = CREATES | CHANGES | {Kind.DELETE, Kind.TRANSITION}
EVERYTHING = READS | WRITES

_WORDS = {
    word: kinds
    for words, kinds in (
        ("read view see get show browse search access look find retrieve fetch", READS),
        ("list index", frozenset({Kind.LIST, Kind.NESTED_LIST})),
        ("create add post make submit insert open", CREATES),
        ("update edit change modify alter correct", CHANGES),
        ("replace put", frozenset({Kind.REPLACE})),
        ("patch", frozenset({Kind.PATCH})),
        ("delete remove destroy erase", frozenset({Kind.DELETE})),
        ("write manage administer maintain", WRITES),
        ("everything anything all crud", EVERYTHING),
    )
    for word in words.split()
}


def kinds_of(word: str, *, for_limit: bool = False) -> frozenset[Kind]:
    """The operations that a word stands for; with `for_limit`, `read` is that of one record alone. Empty if none."""
    lowered = word.lower()
    if for_limit and lowered in {"read", "get"}:
        return frozenset({Kind.READ})
    return _WORDS.get(lowered) or _WORDS.get(base_verb(lowered, _WORDS)) or frozenset()

"""The whole way from a document to what its operations are."""

from collections.abc import Callable

from devmatrix.discovery.openapi.classified import Classification, Classified
from devmatrix.discovery.openapi.classifying import account_rules, bulk_rules, deed_rules, record_rules, toggle_rules
from devmatrix.discovery.openapi.classifying.callers import Callers
from devmatrix.discovery.openapi.classifying.groups import Groups
from devmatrix.discovery.openapi.classifying.linking import with_associations
from devmatrix.discovery.openapi.classifying.resources import Atlas
from devmatrix.discovery.openapi.classifying.roles import Roles
from devmatrix.discovery.openapi.classifying.scene import K, Scene, Spot
from devmatrix.discovery.openapi.classifying.shapes import Shapes
from devmatrix.discovery.openapi.classifying.signing import find_signing
from devmatrix.discovery.openapi.classifying.tree import plant
from devmatrix.discovery.openapi.given import Given

Rule = Callable[[Spot], Classified | None]


def _unusual(spot: Spot) -> Classified | None:
    """HEAD and OPTIONS."""
    if spot.sight.given.method in ("HEAD", "OPTIONS"):
        return spot.verdict(K.CUSTOM, f"{spot.sight.given.method} is about the path itself")
    return None


_RULES: tuple[Rule, ...] = (
    _unusual,
    account_rules.signing,
    account_rules.joining,
    account_rules.password,
    account_rules.about_tokens,
    bulk_rules.upload,
    bulk_rules.download,
    account_rules.own_account,
    bulk_rules.count,
    bulk_rules.bulk,
    bulk_rules.search,
    toggle_rules.toggle,
    toggle_rules.pairing,
    toggle_rules.pairing_by_key,
    record_rules.collection,
    record_rules.record,
    record_rules.single,
    record_rules.view,
    record_rules.related,
    record_rules.values,
    record_rules.made_elsewhere,
    deed_rules.state,
)
"""In order: the first that knows decides."""


def classify(given: Given) -> Classification:
    """Every operation, with the resource that it is about and the rule that decided."""
    shapes = Shapes(given)
    tree = plant(given, shapes)
    signing = find_signing(tree)
    roles = Roles(tree, signing)
    groups = Groups(tree, roles, shapes)
    groups.account = Callers(groups, signing).join()
    signs_in = bool(signing.logins) or any(scheme.kind == "basic" for scheme in given.schemes)
    scene = Scene(shapes, tree, signing, roles, groups, Atlas(tree, roles, groups, shapes), signs_in)
    found = [_decide(scene.spot(sight)) for sight in tree.sights]
    return Classification(scene.atlas.resources(), with_associations(found))


def _decide(spot: Spot) -> Classified:
    for rule in _RULES:
        found = rule(spot)
        if found is not None:
            return found
    return spot.verdict(K.CUSTOM, "no rule says what it does to which record", verb=spot.word)

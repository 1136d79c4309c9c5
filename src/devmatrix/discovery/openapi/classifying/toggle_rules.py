"""Rules for associations that are put on and off: by whoever calls, or between two records."""

from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.openapi.classifying.evidence import Group
from devmatrix.discovery.openapi.classifying.forms import Holds
from devmatrix.discovery.openapi.classifying.roles import Role
from devmatrix.discovery.openapi.classifying.scene import K, Spot
from devmatrix.discovery.openapi.classifying.states import change_of, is_state_verb
from devmatrix.discovery.openapi.classifying.tree import Node, Sight
from devmatrix.discovery.openapi.classifying.words import TOGGLES, joined, one, same_root

_OPPOSITES = (("join", "leave"), ("subscribe", "cancel_subscription"), ("watch", "ignore"), ("attend", "leave"))
_UNDO = ("un", "dis", "de")


def _no_body(sight: Sight) -> bool:
    if sight.body.holds is Holds.RECORD and sight.body.record is not None and not sight.given.endpoint.body_required:
        return not any(item.required for item in sight.body.record.properties)
    return not sight.given.endpoint.body_required and sight.body.holds in (Holds.NOTHING, Holds.OTHER, Holds.NOTICE)


def toggle(spot: Spot) -> Classified | None:
    """The caller puts a mark on a record, or takes it off: POST or PUT and DELETE, or deeds that undo each other."""
    node = spot.sight.node
    holder = node.parent
    if node.is_parameter or holder is None or not holder.is_parameter or spot.method not in ("POST", "PUT", "DELETE"):
        return None
    target = spot.scene.atlas.group_at(holder.parent) if holder.parent is not None else None
    role = spot.scene.roles[node]
    if target is None or not _no_body(spot.sight) or role in (Role.SINGLE, Role.CALLER):
        return None
    if role is Role.COLLECTION and spot.scene.groups.of.get(node) is not None and _keeps_own(spot, node):
        return None
    name = joined(node.token.text)
    pair = _pair(node, name, spot.method)
    if pair is None:
        return None
    on, base = pair
    if _is_state(spot, target, base) or not _is_of_caller(spot, base):
        return None
    kind = K.LINK if on else K.UNLINK
    linked = spot.scene.groups.account
    why = "the caller puts a mark on the record" if on else "the caller takes a mark off the record"
    return spot.verdict(kind, why, group=target, of_caller=True, verb=base, linked=linked)


def _is_of_caller(spot: Spot, verb: str) -> bool:
    """Whether the mark may be the caller's: there is one, and the deed is not known for changing the record itself."""
    called = spot.sight.given.secured or spot.scene.groups.account is not None
    usual = one(verb) in TOGGLES or joined(verb) in TOGGLES
    return called and (usual or not is_state_verb(verb) or _counted(spot, verb))


def _counted(spot: Spot, verb: str) -> bool:
    """Whether the record shows how many have put the mark there."""
    shown = spot.group.shown if spot.group is not None else frozenset()
    return any(same_root(name.rpartition("_")[0] or "-", joined(verb)) for name in shown if name.endswith("_count"))


def _keeps_own(spot: Spot, node: Node) -> bool:
    """Whether records are made or found below: then the deeds here are about them."""
    makes = any(sight.method == "POST" and not _no_body(sight) for sight in node.sights)
    return makes or (node.record is not None and node.token.name not in TOGGLES)


def _pair(node: Node, name: str, method: str) -> tuple[bool, str] | None:
    """(on or off, the deed that puts it on)."""
    methods = {sight.method for sight in node.sights if _no_body(sight)}
    if "DELETE" in methods and methods & {"POST", "PUT"}:
        return method != "DELETE", node.token.text
    siblings = node.parent.children.values() if node.parent is not None else ()
    for other in siblings:
        word = joined(other.token.text)
        for prefix in _UNDO:
            if name == prefix + word or name == f"{prefix}_{word}":
                return False, other.token.text
            if word == prefix + name or word == f"{prefix}_{name}":
                return True, node.token.text
        for on, off in _OPPOSITES:
            if (word, name) == (on, off):
                return False, other.token.text
            if (name, word) == (on, off):
                return True, node.token.text
    if name in TOGGLES and method != "DELETE" and any(sight.given.secured for sight in node.sights):
        return True, node.token.text
    return None


def _is_state(spot: Spot, target: Group, verb: str) -> bool:
    """Whether the mark is the record's own: it shows as a state, and not as a flag that depends on who looks."""
    shown = max((form.record for form in target.answers if form.record), key=lambda s: len(s.properties), default=None)
    change = change_of(spot.scene.shapes, shown, verb, "")
    if shown is None or change is None:
        return False
    if isinstance(change[1], str):
        return True
    if one(verb) in TOGGLES or joined(verb) in TOGGLES:
        return False
    return is_state_verb(verb) and not _counted(spot, verb)


def pairing(spot: Spot) -> Classified | None:
    """Two records are put together, or taken apart: PUT, POST or DELETE of one below the other, without a body."""
    if not spot.at_record or spot.role is not Role.COLLECTION or spot.method not in ("PUT", "POST", "DELETE"):
        return None
    home = spot.home
    holder = _holder(spot, home)
    if home is None or home.record is None or holder is None or not _no_body(spot.sight):
        return None
    if any(sight.method in ("GET", "PATCH") and sight.answer.holds is Holds.RECORD for sight in home.record.sights):
        return None
    puts = any(sight.method in ("PUT", "POST") and _no_body(sight) for sight in home.record.sights)
    elsewhere = home not in spot.scene.groups.of
    borrowed = elsewhere or _is_borrowed(spot, home)
    by_key = any(key_in_body(spot.scene.spot(sight)) for sight in home.sights if sight.method == "POST")
    if not (puts or by_key or elsewhere) or not (borrowed or puts):
        return None
    return _paired(spot, holder, K.UNLINK if spot.method == "DELETE" else K.LINK)


def _paired(spot: Spot, holder: Group, kind: K, key_at: str = "") -> Classified:
    why = "puts two records together" if kind is K.LINK else "takes two records apart"
    if spot.of_caller and spot.home is not None and not spot.home.has_record_above():
        verb = spot.home.token.text
        return spot.verdict(kind, why, of_caller=True, linked=holder, verb=verb, key_at=key_at)
    shows_holder = spot.answer.holds is Holds.RECORD and spot.scene.atlas.group_of(spot.answer) is holder
    if key_at or shows_holder:
        return spot.verdict(kind, why, group=holder, linked=spot.group, key_at=key_at, of_caller=False)
    return spot.verdict(kind, why, linked=holder, of_caller=False)


def _holder(spot: Spot, home: Node | None) -> Group | None:
    """The kind of record above: found by a parameter, or the caller."""
    if home is None or home.parent is None:
        return None
    if spot.scene.roles[home.parent] is Role.CALLER:
        return spot.scene.groups.account
    if not home.parent.is_parameter:
        return None
    return spot.scene.atlas.group_at(next((node for node in home.parent.up() if not node.is_parameter), None))


def _is_borrowed(spot: Spot, home: Node) -> bool:
    """Whether records of the kind are kept elsewhere."""
    group = spot.scene.groups.of.get(home)
    if group is not None and group.is_account:
        return True
    return group is not None and any(node is not home and node.record is not None for node in group.nodes)


def key_in_body(spot: Spot) -> str:
    """Where the body of a POST gives nothing but the key of a record that is kept elsewhere; empty: it does not."""
    home = spot.home
    if home is None or not spot.at_home or spot.body.holds is not Holds.RECORD or not _is_borrowed(spot, home):
        return ""
    if spot.group is None or spot.body.record is None or len(spot.body.record.properties) != 1:
        return ""
    item = spot.body.record.properties[0]
    words = joined(item.name).split("_")
    owners = {word for name in spot.group.words for word in (name, name.split("_")[-1])} | {one(spot.resource or "")}
    named = words[0] in owners or "_".join(words[:-1]) in owners
    ends = words[-1] in ("id", "key", "uuid", "slug", "code", "username", "email", "name", "ref")
    if ends and (named or words == ["id"]) and spot.scene.shapes.is_scalar(item.shape):
        return f"{spot.body.at}/{item.name}"
    return ""


def pairing_by_key(spot: Spot) -> Classified | None:
    """POST of the key of a record below another one."""
    if spot.method != "POST":
        return None
    holder, key_at = _holder(spot, spot.home), key_in_body(spot)
    if holder is None or not key_at:
        return None
    return _paired(spot, holder, K.LINK, key_at)

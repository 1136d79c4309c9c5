"""Rules for who calls: signing in and out, one's own account."""

from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.openapi.classifying.forms import Holds
from devmatrix.discovery.openapi.classifying.roles import Role
from devmatrix.discovery.openapi.classifying.scene import K, Spot
from devmatrix.discovery.openapi.classifying.signing import takes_password


def signing(spot: Spot) -> Classified | None:
    """Logins, registrations and logouts that say so."""
    found = spot.scene.signing
    account = spot.scene.groups.account
    for sights, kind, why in (
        (found.logins, K.LOGIN, "takes a name and a password, and its path says so"),
        (found.registers, K.REGISTER, "makes an account, and its path says so"),
        (found.logouts, K.LOGOUT, "its path says so"),
    ):
        if any(spot.sight is one for one in sights):
            return spot.verdict(kind, why, group=account, of_caller=False)
    return None


def joining(spot: Spot) -> Classified | None:
    """An account that anybody can make, where accounts sign in."""
    if spot.group is None or spot.group is not spot.scene.groups.account or spot.method != "POST":
        return None
    found = spot.scene.signing
    open_to_all = not spot.sight.given.secured and spot.at_home and not spot.nested
    if open_to_all and spot.scene.signs_in and not found.registers and takes_password(spot.sight):
        return spot.verdict(K.REGISTER, "makes an account with a password, without credentials, and accounts sign in")
    return None


def password(spot: Spot) -> Classified | None:
    """Changing, forgetting and resetting passwords is no matter of properties."""
    last = next((node for node in spot.sight.node.up() if not node.is_parameter), None)
    words = [word for node in (*spot.tail, *([last] if last is not None else [])) for word in node.token.words]
    if not {"password", "passwords", "passwort", "forgot", "otp", "2fa", "mfa"} & set(words):
        return None
    return spot.verdict(K.CUSTOM, "about passwords", verb=spot.word)


def own_account(spot: Spot) -> Classified | None:
    """The caller's account itself."""
    if spot.role is not Role.CALLER or not spot.at_home or spot.group is not spot.scene.groups.account:
        return None
    why = "the caller's own account"
    body = spot.body.holds in (Holds.RECORD, Holds.OTHER) or (spot.own_query() and spot.body.holds is Holds.NOTHING)
    if spot.method == "GET":
        single = spot.answer.holds not in (Holds.RECORDS, Holds.VALUES, Holds.FILE, Holds.NUMBER, Holds.NUMBERS)
        return spot.verdict(K.CURRENT, why, of_caller=True) if single else None
    if spot.method == "DELETE":
        return spot.verdict(K.DELETE, why, of_caller=True)
    kind = {"PUT": K.CURRENT_REPLACE, "PATCH": K.CURRENT_PATCH, "POST": K.CURRENT_PATCH}.get(spot.method)
    if kind is None or not body or (spot.method == "POST" and not spot.is_own_body()):
        return None
    return spot.verdict(kind, why, of_caller=True)


def about_tokens(spot: Spot) -> Classified | None:
    """Refreshing and checking tokens."""
    words = set(split_words(spot.sight.given.path.rstrip("/").rpartition("/")[2]))
    if not {"refresh", "verify", "validate", "introspect", "revoke", "renew"} & words:
        return None
    below = {word for node in spot.sight.node.up() for word in node.token.words}
    if below & {"auth", "token", "tokens", "session", "sessions", "oauth", "oauth2", "jwt"}:
        return spot.verdict(K.CUSTOM, "about tokens")
    return None

"""Verbs: their base form, and the verb that leads to a state."""

from collections.abc import Container

from devmatrix.discovery.naming import snake

_IRREGULAR = dict(
    pair.split("/")
    for pair in """lent/lend sent/send paid/pay sold/sell taken/take given/give written/write lost/report_lost
    found/report_found broken/report_broken bought/buy kept/keep held/hold begun/begin done/finish made/make
    read/read built/build shown/show hidden/hide withdrawn/withdraw frozen/freeze chosen/choose overdue/mark_overdue
    won/win met/meet returned/return_item
    stopped/stop cancelled/cancel canceled/cancel planned/plan shipped/ship dropped/drop submitted/submit
    admitted/admit refunded/refund signed/sign""".split()
)
_STATES = dict(
    pair.split("/")
    for pair in """open/reopen in_progress/start ongoing/start running/start active/activate inactive/deactivate
    draft/withdraw_to_draft pending/set_pending new/reset available/make_available ready/make_ready
    on_hold/hold live/go_live final/finalize waiting/wait_for review/submit_for_review in_review/submit_for_review
    under_review/submit_for_review""".split()
)
DEEDS = frozenset(
    """place write create submit post upload file send publish organise organize host make add leave log track record
    share save propose pin draw list sell offer supply teach produce compose plan open set""".split()
)
"""What people do that makes the thing named after it, in the base form."""
_KEEP_E = ("v", "u", "z", "c", "g", "s")


def verb_for_state(state: str) -> str:
    """The verb of the transition that leads to a state: resolved -> resolve, in_progress -> start."""
    name = snake(state)
    if name in _STATES:
        return _STATES[name]
    if name in _IRREGULAR:
        return _IRREGULAR[name]
    first, _, rest = name.partition("_")
    if first.endswith("ed") and len(first) > 4:
        base = _without_ed(first)
        return f"{base}_{rest}" if rest else base
    return f"mark_{name}"


def _without_ed(word: str) -> str:
    if word.endswith("ied"):
        return f"{word[:-3]}y"
    stem = word[:-2]
    if stem.endswith(("ss", "ll", "ff", "zz")):
        return stem
    if len(stem) > 3 and stem[-1] == stem[-2]:
        return stem[:-1]
    if stem.endswith(
        ("x", "w", "y", "sh", "ch", "nt", "ct", "pt", "rt", "st", "nd", "ld", "rn", "ck", "er", "en", "el")
    ):
        return stem
    short_vowel = len(stem) > 2 and stem[-2] in "aeiou" and stem[-3] not in "aeiou"
    return f"{stem}e" if stem.endswith(_KEEP_E) or short_vowel or stem[-2:] in {"dl", "bl", "tl", "gl"} else stem


def base_verb(word: str, known: Container[str]) -> str:
    """The form of a verb that is known: borrows, borrowing and borrowed -> borrow; the word itself where none is."""
    for end, replacements in (("ies", ("y",)), ("es", ("", "e")), ("s", ("",)), ("ing", ("", "e")), ("ed", ("", "e"))):
        if not word.endswith(end):
            continue
        stem = word[: -len(end)]
        forms = [stem + replacement for replacement in replacements]
        if len(stem) > 2 and stem[-1] == stem[-2]:
            forms.append(stem[:-1])
        for form in forms:
            if form in known:
                return form
    return word

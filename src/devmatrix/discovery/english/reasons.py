"""Why a sentence was not understood: what is known and not built has a reason of its own."""

import re

_REASONS = {
    "a rule against the clock, and no such rule is built": (
        r"\bin\s+the\s+(?:future|past)\b|\b(?:before|after)\s+(?:today|now)\b|\b(?:older|younger|earlier|"
        r"later)\s+than\s+\d+\s+(?:day|hour|year)"
    ),
    "a message to people, and the API sends none": (
        r"\b(?:send|sends|sent|receive|receives|notif\w+|remind\w*|alert\w*)\b.*\b(?:e-?mails?|mails?|sms|"
        r"notifications?|reminders?|messages?|push|attendees|users?)\b"
    ),
    "something that happens by itself, and the API acts only when it is called": (
        r"\b(?:automatically|every\s+(?:day|night|hour|week|month|\d+\s+minutes)|nightly|daily|weekly|cron|"
        r"scheduled|expires?\s+after)\b"
    ),
    "a value that is computed, and every value is kept as it is sent": (
        r"\b(?:calculated|computed|derived|sum\s+of|average\s+of|total\s+of|number\s+of\s+\w+\s+is\s+shown)\b"
    ),
    "how fast or how available it must be, which no scenario measures": (
        r"\b\d+\s*(?:ms|milliseconds?|seconds?)\b|\b99(?:\.\d+)?\s*%|\bconcurrent\b|\blatency\b|\bthroughput\b|"
        r"\bscal(?:e|able|ability)\b"
    ),
    "a limit of how many there may be, and not of records that are kept and refer to others": (
        r"\b(?:at\s+most|no\s+more\s+than|up\s+to|a\s+maximum\s+of|max(?:imum|\.)?|more\s+than|limited\s+to|"
        r"only)\s+(?:\d+|one|two|three|four|five|ten)\s+"
        r"(?:[a-z-]+\s+){0,2}[a-z]+s?\b(?:\s+(?:per|for\s+each|at\s+(?:a|the\s+same)\s+time|at\s+once|each)\b.*)?$"
    ),
}


def reason_for(text: str) -> str | None:
    """What is known of a sentence that was not understood; None where nothing is."""
    plain = text.strip().rstrip(".!")
    return next((why for why, pattern in _REASONS.items() if re.search(pattern, plain, re.I)), None)

"""General words of APIs, and how names are compared."""

import re
from collections.abc import Iterable

from devmatrix.discovery.naming import singular, split_words

CREATED = frozenset(
    """created created_at created_on created_date created_time creation_date creation_time date_created time_created
    creation_timestamp inserted_at added_at added_on date_added registered_at joined_at posted_at submitted_at
    written_at issued_at placed_at ordered_at recorded_at received_at booked_at requested_at opened_at
    timestamp date datetime time create_time create_date created_timestamp date_time""".split()
)
UPDATED = frozenset(
    """updated updated_at updated_on updated_date updated_time update_time update_date date_updated last_updated
    last_update last_updated_at modified modified_at modified_on modified_date date_modified last_modified
    last_modified_at last_modified_date changed_at edited_at last_edited_at""".split()
)
TOKENS = frozenset("token access_token jwt auth_token id_token bearer_token session_token api_token api_key".split())
EXPIRES = frozenset("expires_in expires_in_seconds expiry expires ttl".split())
PEOPLE = frozenset(
    """author owner creator user account member created_by createdby poster uploader submitter reporter writer sender
    posted_by added_by uploaded_by owned_by submitted_by requested_by requester opened_by written_by""".split()
)
"""What the account that made a record is called in it."""
SEARCH = frozenset("q query search search_term search_text search_query keyword keywords term text s needle".split())
SIZE = frozenset(
    """limit per_page page_size size count top max_results take results_per_page items_per_page page_limit max
    max_items num_results page_count""".split()
)
OFFSET = frozenset("offset skip start start_index first_result page_offset".split())
PAGE = frozenset("page page_number page_no page_num page_index p".split())
CURSOR = frozenset(
    """cursor after starting_after page_token next_token next_cursor continuation continuation_token marker
    page_cursor page_after after_cursor next_page_token after_id since_id""".split()
)
SORT = frozenset("sort sort_by order_by ordering sorting sort_field sort_key sort_column orderby sortby order".split())
DIRECTION = frozenset("direction dir order sort_order sort_dir sort_direction order_dir order_direction".split())
ASCENDING = frozenset("asc ascending ascend up 1".split())
DESCENDING = frozenset("desc descending descend down -1".split())
NEWEST = re.compile(
    r"\b(newest|latest|most recent|recent(?:ly)?|reverse[- ]chronological|descending (?:order )?(?:of|by) creat)", re.I
)
OLDEST = re.compile(r"\b(oldest first|in chronological|order of creation)", re.I)
UNIQUE = re.compile(r"\b(unique|already (?:exists?|taken|in use|registered|used)|must not exist|no two)\b", re.I)
TAKEN = re.compile(
    r"\b(already (?:exists?|taken|in use|registered|used)|duplicate[ds]?|conflict\w*|not unique|taken|in use)\b", re.I
)
OWN = re.compile(
    r"\b(your|my|mine|own|owns|owner|owned|themsel\w+|belongs? to (?:the )?(?:you|(?:current|authenticated|logged.in)"
    r" user)|(?:current|authenticated|logged.in|signed.in) (?:user|account|caller|member|customer)['’]s)\b",
    re.I,
)
FEED = re.compile(r"\b(follow\w*|subscri\w*|watch\w*)\b", re.I)


def key(name: str) -> str:
    """A name in the one style in which names are compared: snake_case."""
    return "_".join(split_words(name))


def stem(word: str) -> str:
    """What is left of a verb or noun when its endings are off: favorited, favorites, favoriting -> favorit."""
    if word.endswith(("ption", "ptions")):
        return word[: word.rindex("ption")] + "b"
    for end in ("ings", "ing", "ers", "ied", "ies", "ed", "er", "es", "s", "e"):
        if word.endswith(end) and len(word) - len(end) >= 3:
            word = word[: -len(end)] + ("y" if end in ("ied", "ies") else "")
            break
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou" else word


_FILLERS = frozenset("is has have by me viewer current user am i you num number of total count counts n no".split())


def stems(name: str) -> frozenset[str]:
    """Stems of the words of a name that say something: isStarred -> star, favoritesCount -> favorit."""
    found = {stem(word) for word in split_words(name) if word not in _FILLERS}
    return frozenset(found)


def same_verb(one: str, other: str) -> bool:
    """Whether two names speak of the same deed: favorite and favorited, like and likesCount."""
    first, second = stems(one), stems(other)
    return bool(first) and first == second


def singular_key(name: str) -> str:
    """`key` with the last word in the singular."""
    words = split_words(name)
    return "_".join((*words[:-1], singular(words[-1]))) if words else ""


def says(pattern: re.Pattern[str], texts: Iterable[str]) -> bool:
    """Whether any of the texts has the pattern."""
    return any(pattern.search(text) for text in texts if text)

"""Names: snake_case, PascalCase, singular and plural, without a dictionary package (importing one takes a second)."""

import re
import unicodedata
from functools import lru_cache

_IRREGULAR = dict(
    pair.split("/")
    for pair in """person/people man/men woman/women child/children foot/feet tooth/teeth goose/geese mouse/mice ox/oxen
    criterion/criteria phenomenon/phenomena bacterium/bacteria curriculum/curricula alumnus/alumni cactus/cacti
    matrix/matrices vertex/vertices appendix/appendices index/indexes quiz/quizzes axis/axes die/dice
    leaf/leaves life/lives knife/knives wife/wives shelf/shelves half/halves wolf/wolves thief/thieves loaf/loaves
    calf/calves self/selves elf/elves bookshelf/bookshelves scarf/scarves
    movie/movies cookie/cookies calorie/calories zombie/zombies tie/ties pie/pies lie/lies selfie/selfies rookie/rookies
    brownie/brownies pixie/pixies hoodie/hoodies smoothie/smoothies specie/species_
    cache/caches headache/headaches toothache/toothaches niche/niches avalanche/avalanches moustache/moustaches
    shoe/shoes toe/toes canoe/canoes horseshoe/horseshoes
    hero/heroes potato/potatoes tomato/tomatoes echo/echoes veto/vetoes torpedo/torpedoes
    stomach/stomachs monarch/monarchs epoch/epochs lens/lenses gas/gases axe/axes bias/biases alias/aliases
    atlas/atlases
    canvas/canvases iris/irises menu/menus guru/gurus emu/emus""".split()
)
_SINGULAR_OF = {plural: singular for singular, plural in reversed(_IRREGULAR.items())}
_UNCOUNTABLE = frozenset(
    """sheep fish deer series species equipment news information staff furniture feedback money music rice aircraft
    spacecraft offspring moose salmon trout swine bison luggage baggage software hardware health auth homework knowledge
    traffic weather advice evidence data media metadata livestock personnel jewelry merchandise laundry mail chaos
    corps headquarters crossroads gallows means shrimp squid tuna cattle cod hovercraft""".split()
)
_ENDS_IN_US = frozenset(
    """bus status bonus virus campus focus census corpus genus chorus circus consensus octopus apparatus prospectus
    syllabus surplus walrus minibus omnibus abacus nexus plus thesaurus papyrus menopause""".split()
)
_TRANSLITERATED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "Ø": "O", "Ł": "L"})


def plural(word: str) -> str:
    """The plural of one lower-case word; itself where it has none."""
    if word in _UNCOUNTABLE or word in _SINGULAR_OF:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("woman") or (word.endswith("man") and word not in {"human", "german", "roman", "talisman"}):
        return f"{word[:-3]}men"
    if word.endswith("sis"):
        return f"{word[:-2]}es"
    if len(word) > 1 and word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"


def singular(word: str) -> str:
    """The singular of one lower-case word; itself where it is one."""
    if word in _UNCOUNTABLE or word in _IRREGULAR:
        return word
    if word in _SINGULAR_OF:
        return _SINGULAR_OF[word]
    if word.endswith("men") and len(word) > 4 and word not in {"specimen", "regimen", "abdomen", "acumen", "omen"}:
        return f"{word[:-2]}an"
    if not word.endswith("s") or word.endswith(("ss", "is", "us")) or len(word) < 3:
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y" if len(word) > 4 else word[:-1]
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("uses"):
        return word[:-2] if word[:-2] in _ENDS_IN_US else word[:-1]
    if word.endswith(("yses", "theses", "crises", "gnoses", "oases")):
        return f"{word[:-2]}is"
    return word[:-1]


def is_plural(word: str) -> bool:
    """Whether the word is a plural and not a singular too."""
    return singular(word) != word


@lru_cache(maxsize=32_768)  # every part of a large document asks for the same names
def split_words(name: str) -> tuple[str, ...]:
    """Lower-case words of a name in any style: "Parking permit", parkingPermit, PARKING_PERMIT, Größe."""
    plain = unicodedata.normalize("NFKD", name.translate(_TRANSLITERATED))
    plain = re.sub(r"[’']s?\b", "", plain)
    plain = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", plain)
    plain = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", plain)
    return tuple(re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)).lower()))


def snake(name: str) -> str:
    """snake_case of a name; empty where it has no letters that an identifier may begin with."""
    return "_".join(split_words(name)).lstrip("_0123456789")


def pascal(words: tuple[str, ...]) -> str:
    """PascalCase of lower-case words."""
    return "".join(word.capitalize() for word in words).lstrip("0123456789")


def entity_name(name: str) -> str:
    """Singular PascalCase: "parking permits" -> ParkingPermit; empty where nothing is left."""
    words = split_words(name)
    return pascal((*words[:-1], singular(words[-1]))) if words else ""


def plural_name(name: str) -> str:
    """snake_case plural of an entity's name: ParkingPermit -> parking_permits."""
    words = split_words(name)
    return "_".join((*words[:-1], plural(words[-1])))


def choice(text: str) -> str:
    """A choice as it stands on the wire: spaces become _, and only words all in capitals keep them."""
    value = re.sub(r"\s+", "_", text.strip())
    return value if value.isupper() else value.lower()


def human(name: str) -> str:
    """Words of a name with spaces between."""
    return " ".join(split_words(name))


def enumerate_words(items: list[str] | tuple[str, ...], *, shown: int = 12) -> str:
    """`a, b and c`; what goes beyond `shown` is counted."""
    rest = len(items) - shown
    if rest > 0:
        return f"{', '.join(items[:shown])} and {rest} more"
    return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))

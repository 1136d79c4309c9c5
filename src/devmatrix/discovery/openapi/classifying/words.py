"""General words of APIs: what says login, count or search, whatever the API is about."""

from functools import lru_cache

from devmatrix.discovery.naming import singular, split_words

_remembered = lru_cache(maxsize=1 << 14)
"""A document has the same few names a thousand times."""

CALLER = frozenset(
    """me self myself whoami who_am_i mine my current current_user logged_in_user authenticated_user my_account
    my_profile current_account my_user moi yo ich""".split()
)
"""Segments that stand for whoever calls."""
ACCOUNTS = frozenset("user account profile member me person people identity principal customer login auth".split())
"""Singular segments and schemas that may be the caller's account."""
LOGIN = frozenset(
    """login log_in signin sign_in logon log_on authenticate authentication auth session token tokens sessions
    access_token jwt get_token obtain_token create_token user_login login_user anmelden connexion
    iniciar_sesion entrar""".split()
)
LOGIN_NOUNS = frozenset("token login signin logon jwt".split())
LOGIN_PARTS = LOGIN_NOUNS | frozenset(
    "generate get obtain create request issue user customer admin member access auth bearer api new by with".split()
)
FIGURES = frozenset("report reports stats statistics statistik analytics metrics dashboard insights figures".split())
"""Below these stands what is calculated."""
LOGIN_VERBS = frozenset("login signin logon authenticate".split())
LOGOUT = frozenset(
    """logout log_out signout sign_out logoff log_off signoff sign_off user_logout logout_user abmelden deconnexion
    cerrar_sesion sair""".split()
)
SESSIONS = frozenset("session sessions token tokens auth".split())
REGISTER = frozenset(
    """register registration registrations signup sign_up enroll create_account new_account register_user user_register
    user_signup signup_user open_account registrieren inscription registro cadastro""".split()
)
PASSWORDS = frozenset(
    """password passwd pwd pass passcode passphrase pin user_password plain_password passwort kennwort contrasena clave
    senha wachtwoord mot_de_passe haslo losenord secret""".split()
)
OLD_PASSWORDS = frozenset("old current new previous existing confirm confirmation repeat reset".split())
TOKENS = frozenset(
    """token access_token jwt auth_token id_token bearer_token session_token api_token api_key session_id auth_key
    access_key bearer sessionid""".split()
)
SEARCH = frozenset(
    """search searches find lookup look_up query filter autocomplete suggest suggestions typeahead browse suche suchen
    recherche rechercher busqueda buscar pesquisa pesquisar cerca ricerca zoek sok""".split()
)
COUNT = frozenset("count counts total totals inventory anzahl".split())
BULK = frozenset("bulk batch batches many multiple mass all list array".split())
BULK_TAILS = frozenset("bulk batch batches many multiple mass import_many".split())
DELETES = frozenset("delete deletion remove destroy purge clear".split())
CREATES = frozenset("create add new insert make save register post upload import".split())
UPDATES = frozenset("update edit modify change set replace patch put save upsert".split())
READS = frozenset("get read show view fetch retrieve find details detail info describe load".split())
LISTS = frozenset("list all index listing get_all fetch_all find_all query".split())
TOGGLES = frozenset(
    """favorite favourite favorites favourites star stars starred follow following followers like likes liked love
    bookmark bookmarks watch watching subscribe subscription subscriptions join membership vote upvote downvote heart
    clap save saved wishlist mute block rsvp attend interested endorse recommend pin react""".split()
)
"""Deeds whose mark belongs to whoever does them, and not to the record."""
REPORTS = frozenset(
    """stats statistics statistic report summary analytics metrics dashboard balance usage insights
    health healthz healthcheck ping status version info ready readiness live liveness docs openapi""".split()
)
PAGING = frozenset(
    """meta metadata links link pagination paging page pages size count counts total totals number num of items results
    records elements limit offset skip next prev previous first last cursor token has more is per current from to href
    self empty sort sorted numberofelements pageable start end index after before range start_index hits rows all
    available url uri returned continuation included key query filters facets took at max maximum expand""".split()
)
"""What stands beside a list in an answer."""
NOTICE = frozenset(
    """status success code message messages error errors ok timestamp time request version api response warnings info
    detail details type object result description title resource authenticated authorized""".split()
)
"""What stands beside a record, or instead of one, and tells of the request."""
LIST_NAMES = frozenset(
    """data items results records content contents value values rows list entries elements collection result objects
    docs documents hits member members embedded""".split()
)
ID_WORDS = frozenset("id uuid guid key code slug number no nr ref identifier name handle username".split())
_SUFFIXES = frozenset(
    """dto response model schema entity view out output read resource representation object details detail full summary
    short brief compact list base in input request payload body create created update updated patch replace form
    write data info params spec attributes fields vm properties upsert eingabe ausgabe public private envelope
    wrapper single multiple preview basic simple extended partial minimal""".split()
)
_PREFIXES = frozenset(
    """new create update updated patch patched post put get add edit upsert paginated page list base simple full partial
    public private minimal basic single multiple input output delete replace modify change read write""".split()
)


def raw_name(name: str) -> tuple[str, ...]:
    """`bare_name`, in the number in which it is written."""
    bare, words = bare_name(name), split_words(name)
    return next((words[at : at + len(bare)] for at in range(len(words)) if _matches(words[at:], bare)), bare)


def _matches(words: tuple[str, ...], bare: tuple[str, ...]) -> bool:
    return len(words) >= len(bare) and (*words[: len(bare) - 1], singular(words[len(bare) - 1])) == bare


@_remembered
def words_of(name: str) -> frozenset[str]:
    """The words of a name, in no order."""
    return frozenset(split_words(name))


@_remembered
def joined(name: str) -> str:
    """A name in the one style in which names are compared: snake_case."""
    return "_".join(split_words(name))


@_remembered
def one(name: str) -> str:
    """`joined`, the last word in the singular."""
    words = split_words(name)
    return "_".join((*words[:-1], singular(words[-1]))) if words else ""


@_remembered
def bare_name(name: str) -> tuple[str, ...]:
    """Words of a schema's name without what says in which role it stands: NewArticleRequest -> article."""
    words = list(split_words(name))
    if len(words) > 2 and words[-2:] == ["list", "item"]:
        words = words[:-2]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    while len(words) > 1 and words[0] in _PREFIXES:
        words.pop(0)
    return (*words[:-1], singular(words[-1])) if words else ()


@_remembered
def listed(name: str) -> str:
    """The singular of what a list is called: tagList, tag_names, tags -> tag."""
    words = split_words(name)
    while len(words) > 1 and words[-1] in ("list", "names", "array", "set", "values"):
        words = words[:-1]
    return one("_".join(words))


def is_password(name: str, form: str = "") -> bool:
    """Whether a property is a password."""
    words = split_words(name)
    return form == "password" or "_".join(words) in PASSWORDS or (len(words) > 1 and words[-1] in ("password", "pwd"))


@_remembered
def is_token(name: str) -> bool:
    """Whether a property of an answer is a token to sign in with."""
    words = joined(name)
    return words in TOKENS or (words.endswith("_token") and not words.startswith(("next", "page", "prev", "refresh")))


def same_root(first: str, second: str) -> bool:
    """Whether two words are forms of one: cancel and cancelled, stornieren and storniert, open and reopen."""
    first, second = first.lower(), second.lower()
    if first == second:
        return True
    shared = 0
    for left, right in zip(first, second, strict=False):
        if left != right:
            break
        shared += 1
    shorter, longer = sorted((len(first), len(second)))
    return shared >= 3 and shared >= shorter - 2 and longer - shared <= 4 and shared * 2 > longer

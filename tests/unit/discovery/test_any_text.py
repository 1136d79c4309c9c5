"""Properties: any text gives a sound document or a RequestError, and nothing else."""

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devmatrix.discovery.composing import read
from devmatrix.discovery.text import pieces
from devmatrix.errors import RequestError
from tests.unit.discovery.reads import require_sound

_WORDS = """a an the each many only Book books member members loan loans status title price email owner
admins users can may must
have has belongs to borrows is be unique positive between 1 and 100 -> -( )-> : , ; . ? = | > >= ( ) [] / \"
\n - soft delete
states open closed string(3..10) int decimal(2) today + 14 delete by admin track manage their own before
after API for with of
class metadata id version Größe 2fa _x Model App Auth Docs sheep series people /^a+$/ <= .. not or per""".split(" ")

_texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(_WORDS), max_size=60).map(" ".join),
    st.lists(st.sampled_from(_WORDS), max_size=60).map("".join),
    st.lists(st.sampled_from(_WORDS), max_size=30).map(lambda words: "Track books. Book: title, " + " ".join(words)),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_texts)
def test_any_text_gives_a_sound_document_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(RequestError):
        require_sound(read(text))


@given(_texts)
def test_pieces_are_in_order_apart_and_cover_every_visible_character(text: str) -> None:
    end = 0
    covered: set[int] = set()
    for piece in pieces(text):
        assert end <= piece.start < piece.end
        assert text[piece.text_start : piece.text_start + len(piece.text)] == piece.text
        end = piece.end
        covered.update(range(piece.start, piece.end))
    assert all(character.isspace() for index, character in enumerate(text) if index not in covered)

"""Many records at once, counts, searches, files."""

import pytest

from tests.unit.discovery.openapi.classifying.sketches import differences, sketch

_KITES = """
    Kite {id:int, name, colour:red|blue, picture?}
    GET /kites -> [Kite]
    POST /kites {name} -> 201 Kite
    GET /kites/{id} -> Kite
"""

SKETCHES = {
    "bulk": """
        POST /kites/batch [{name}] -> 201 {accepted:int} | bulk_create Kite
        POST /kites/createWithList [Kite] -> Kite | bulk_create Kite
        POST /kites:bulk-create {kites:[{name}]} -> {kites:[Kite]} | bulk_create Kite
        POST /kites:bulk-delete {ids:[int]} -> {deleted:int} | bulk_delete Kite
        DELETE /kites | bulk_delete Kite
        PATCH /kites [Kite] -> [Kite] | custom
    """,
    "bulk, by words with more words": """
        POST /kites/create_many {kites:[{name}]} -> {job:{id}} | bulk_create Kite
        DELETE /kites/destroy_many?ids! -> {job:{id}} | bulk_delete Kite
    """,
    "count": """
        GET /kites/count?colour -> {count:int} | count Kite
        GET /store/inventory -> <int> "How many kites there are by colour" | count Kite
        GET /kites/{id}/balance -> int | custom
        GET /occupancy -> <num> | custom
    """,
    "search": """
        GET /kites/search?q! -> {items:[Kite], total:int} | search Kite
        GET /kites/findByColour?colour! -> [Kite] | search Kite
        GET /kites/by-colour/{colour} -> [Kite] | search Kite
        GET /kites/colour/{colour} -> [Kite] | search Kite
        POST /kites/suche {name?} -> [Kite] | search Kite
        GET /search/kites?q! -> {total_count:int, items:[Kite]} | search Kite
        GET /kites/newest -> [Kite] | list Kite
        GET /search?q! -> {kites:[Kite], places:[{name}]} | custom
    """,
    "files": """
        PUT /kites/{id}/picture file | upload Kite
        GET /kites/{id}/picture -> file | download Kite
        POST /kites/{id}/plans {title, plan:file} -> 201 {id, title} | upload Plan
        GET /kites/{id}/plans -> [{id, title}] | nested_list Plan
        GET /kites/{id}/plans/{planId} -> file | download Plan
        GET /kites/export -> file | download Kite
    """,
}


@pytest.mark.parametrize("text", SKETCHES.values(), ids=SKETCHES)
def test_many(text: str) -> None:
    assert differences(sketch(_KITES + text)) == []

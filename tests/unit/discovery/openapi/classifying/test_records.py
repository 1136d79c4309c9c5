"""Records in collections, below records, alone, and found by keys outside the path."""

import pytest

from tests.unit.discovery.openapi.classifying.sketches import differences, sketch

SKETCHES = {
    "schemas": """
        Kite {id~:int, name, span:num}
        KiteInput {name, span?:num}
        GET /kites?page&limit -> {items:[Kite], total:int} | list Kite
        POST /kites KiteInput -> 201 Kite | create Kite
        GET /kites/{kiteId} -> Kite | read Kite
        PUT /kites/{kiteId} KiteInput -> Kite | replace Kite
        PATCH /kites/{kiteId} {name?, span?:num} -> Kite | patch Kite
        DELETE /kites/{kiteId} | delete Kite
    """,
    "no schemas at all": """
        GET /api/v1/kites | list Kite
        POST /api/v1/kites | create Kite
        GET /api/v1/kites/{id} | read Kite
        PUT /api/v1/kites/{id} | replace Kite
        DELETE /api/v1/kites/{id} | delete Kite
        GET /api/v1/kites/{id}/flights | nested_list Flight
        GET /api/v1/flights/{flightId} | read Flight
    """,
    "nested, and served elsewhere too": """
        Pilot {id:int, name}
        Flight {id:int, pilotId:int, wind:num}
        GET /pilots/{pilotId} -> Pilot | read Pilot
        GET /pilots/{pilotId}/flights -> [Flight] | nested_list Flight
        POST /pilots/{pilotId}/flights {wind:num} -> 201 Flight | nested_create Flight
        GET /flights/{id} -> Flight | read Flight
        GET /flights -> [Flight] | list Flight
    """,
    "two parameters for one record": """
        Shelf {code, name}
        Slot {shelf, sku, quantity:int}
        GET /shelves/{shelf} -> Shelf | read Shelf
        GET /shelves/{shelf}/slots/{sku} -> Slot | nested_read Slot
        PUT /shelves/{shelf}/slots/{sku} {quantity:int} -> Slot | nested_replace Slot
        DELETE /shelves/{shelf}/slots/{sku} | nested_delete Slot
    """,
    "POST to a record": """
        Kite {id:int, name, span:num}
        GET /kites -> [Kite] | list Kite
        POST /kites/{id} {name?} -> Kite | patch Kite
    """,
    "key in the body or in the query": """
        Kite {id:int, name}
        POST /kite Kite -> Kite | create Kite
        PUT /kite Kite -> Kite | replace Kite
        DELETE /kite?id! | delete Kite
        GET /kite/{kiteId} -> Kite | read Kite
    """,
    "the only record of its kind": """
        Kite {id:int, name}
        GET /settings -> {theme, language} | read Settings
        PUT /settings {theme, language} -> {theme, language} | replace Settings
        GET /kites/{id} -> Kite | read Kite
        GET /kites/{id}/tail -> {length:num, colour} | nested_read Tail
        PATCH /kites/{id}/tail {length?:num, colour?} -> {length:num, colour} | nested_patch Tail
        GET /kites/{id}/drag -> {coefficient:num} | custom
    """,
    "a part of the record under its own path": """
        Kite {id:int, name, span:num}
        GET /kites -> [Kite] | list Kite
        GET /kites/{id} -> Kite | read Kite
        GET /kites/{id}/sheet -> Kite | read Kite
        PATCH /kites/{id}/sheet {name?, span?:num} -> Kite | patch Kite
        PUT /kites/{id}/name {name} -> Kite | patch Kite
    """,
    "made and never read": """
        POST /complaints {subject, text} -> 201 | create Complaint
        POST /subscribers {email} -> 201 {id, email} | create Subscriber
        POST /contact {name, text} -> {message} | custom
    """,
    "made under another name": """
        Booking {id, from, to, amount:num, bookedAt:date}
        GET /ledgers/{id}/bookings -> [Booking] | nested_list Booking
        POST /payments {from, to, amount:num} -> 201 Booking | create Booking
    """,
    "a part changes, and the whole answers": """
        Basket {id:int, rows:[BasketRow], total:num}
        BasketRow {id:int, article, amount:int}
        GET /basket -> Basket | read Basket
        POST /basket/rows {article, amount:int} -> 201 Basket | create BasketRow
        PUT /basket/rows/{rowId} {amount:int} -> Basket | replace BasketRow
    """,
    "not English": """
        Drachen {nummer:int, farbe, gebaut:date}
        GET /drachen?seite&groesse -> {inhalt:[Drachen], gesamt:int, seite:int} | list Drachen
        POST /drachen {farbe} -> 201 Drachen | create Drachen
        GET /drachen/{nummer} -> Drachen | read Drachen
        DELETE /drachen/{nummer} | delete Drachen
    """,
    "lists of values": """
        Kite {id:int, colours:[str], makerName}
        GET /kites -> [Kite] | list Kite
        GET /colours -> {colours:[str]} | list
        GET /winds -> [str] | custom
        GET /kites/{id}/days -> [date] | custom
    """,
    "what is no record": """
        Kite {id:int, name}
        GET /kites/{id} -> Kite | read Kite
        GET /health -> {status} | custom
        GET /version -> {version} | custom
        GET /kites/stats -> {mean:num, deviation:num} | custom
        POST /convert {metres:num} -> {feet:num} | custom
        OPTIONS /kites | custom
        HEAD /kites/{id} | custom
        GET /kites/{id}/starred -> 204 | custom
    """,
    "found by another key": """
        Kite {id:int, serial, name}
        GET /kites/{id} -> Kite | read Kite
        GET /kites/serial/{serial} -> Kite | read Kite
        GET /kites/by-name/{name} -> Kite | read Kite
    """,
    "lists that are calculated": """
        Kite {id:int, name}
        GET /kites/{id} -> Kite | read Kite
        GET /kites/{id}/lift?day! -> [{hour:int, newtons:num}] | custom
        GET /reports/repairs-by-month -> [{month, repairs:int}] | custom
    """,
    "only taken out of a list": """
        Kite {id:int, name}
        Winch {id:int, brand}
        GET /kites/{id} -> Kite | read Kite
        GET /winches/{id} -> Winch | read Winch
        DELETE /kites/{id}/winches/{winchId} | unlink Winch
    """,
    "another kind of record that belongs to this one": """
        Kite {id:int, makerId:int}
        Maker {id:int, name}
        GET /kites/{id} -> Kite | read Kite
        GET /makers/{id} -> Maker | read Maker
        GET /kites/{id}/maker -> Maker | nested_read Maker
        PUT /kites/{id}/maker {makerId:int} -> Kite | custom
    """,
}


@pytest.mark.parametrize("text", SKETCHES.values(), ids=SKETCHES)
def test_records(text: str) -> None:
    assert differences(sketch(text)) == []

"""Forms, served: lists and objects in them, as JSON and in parts, typed as their shapes say."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from devmatrix.discovery.openapi import read_openapi
from devmatrix.discovery.sources import Source
from devmatrix.validation.compatibility import differences, read_served
from tests.imported_parcels import PARCELS
from tests.integration.stacks.playing import failing, proven
from tests.integration.stacks.records.projects import materialise
from tests.integration.stacks.serving import serving

DOCUMENT = proven(read_openapi(Source(PARCELS, "parcels.yaml")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("parcels")
    materialise(place, DOCUMENT)
    return place


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    with serving(folder) as found:
        yield found


def test_all_scenarios_hold(folder: Path) -> None:
    assert failing(folder, DOCUMENT) == []


def test_the_served_document_takes_what_the_given_one_does(client: httpx.Client) -> None:
    served = read_served(client.get("/openapi.json").json())
    assert DOCUMENT.interface is not None
    assert [line for one in DOCUMENT.operations for line in differences(DOCUMENT.interface, one, served)] == []


def parcel(client: httpx.Client, **more: str | list[str]) -> httpx.Response:
    return client.post("/parcels", data={"label": "ab", **more})


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"metadata": '{"a": "b"}'}, {"metadata": {"a": "b"}}),
        ({"metadata[a]": "b", "metadata[1]": "c"}, {"metadata": {"a": "b", "1": "c"}}),
        ({"size[width]": "3", "size[unit]": "m"}, {"size": {"width": 3, "unit": "m"}}),
        ({"counts": '{"a": 1}'}, {"counts": {"a": 1}}),
        ({"counts[a]": "1"}, {"counts": {"a": 1}}),
        ({"notes": ["a", "b"]}, {"notes": ["a", "b"]}),
        ({"notes[]": ["a", "b"]}, {"notes": ["a", "b"]}),
        ({"codes[1]": "5", "codes[0]": "4"}, {"codes": [4, 5]}),
        ({"lines[0][sku]": "q", "lines[0][pieces]": "4"}, {"lines": [{"sku": "q", "pieces": 4}]}),
        ({"lines": '{"sku": "q"}'}, {"lines": [{"sku": "q"}]}),
        ({"anything[a][b]": "c"}, {"anything": {"a": {"b": "c"}}}),
        ({"anything": "as it is"}, {"anything": "as it is"}),
        ({"size": '{"width": 2}', "size[unit]": "m"}, {"size": {"width": 2}}),
        ({"[]": "1", "a[": "2"}, {}),
    ],
)
def test_parts_of_a_form_are_kept(
    client: httpx.Client, sent: Mapping[str, str | list[str]], kept: Mapping[str, object]
) -> None:
    response = parcel(client, **sent)
    assert response.status_code == 200, response.text
    found = {name: value for name, value in response.json().items() if name not in ("id", "label")}
    assert {name: value for name, value in found.items() if value is not None} == kept


@pytest.mark.parametrize(
    "sent",
    [
        {"metadata": "abc"},
        {"metadata": '{"a": 1}'},
        {"metadata": "[1]"},
        {"size[width]": "33"},
        {"size[width][x]": "3"},
        {"size": '{"width": "x"}'},
        {"codes": "a"},
        {"lines[a]": "1"},
        {"notes": ["a", "b", "c", "d"]},
        {"label[]": "ab", "label": ""},
    ],
)
def test_malformed_parts_are_refused(client: httpx.Client, sent: Mapping[str, str | list[str]]) -> None:
    assert parcel(client, **sent).status_code == 400


def test_a_form_without_files_comes_in_the_media_type_that_is_documented(client: httpx.Client) -> None:
    label, size = ("label", (None, "ab")), ("size", (None, '{"width": 2}'))
    response = client.post("/letters", files=[label, size])
    assert response.status_code == 200, response.text
    assert response.json()["size"] == {"width": 2}
    assert client.post("/letters", files=[label, ("size", (None, '{"width": "x"}'))]).status_code == 400
    assert client.post("/letters", data={"label": "ab"}).status_code == 415

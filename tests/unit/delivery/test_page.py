"""The page: harmless whatever the request says, self-contained, every link leads somewhere, and not too large."""

import re
import time
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from devmatrix.delivery import render_page
from devmatrix.delivery.page import duration, money
from tests.unit.delivery.samples import Sample, break_scenario, make_sample

HOSTILE = (
    "<script>alert(1)</script> shelf \"onload='x' {{ 7*7 }} {% raw %} </style><img src=//evil>"
    " \u202e reversed \x1b[0m \x00"
)


class Elements(HTMLParser):
    """What a browser would make of the page."""

    VOID = frozenset({"meta", "br", "link", "img", "input", "hr"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def page_of(sample: Sample) -> str:
    return render_page(sample.report(), sample.plan)


def test_a_hostile_request_stays_text() -> None:
    sample = break_scenario(make_sample(2, request=HOSTILE), "R-01.1", HOSTILE)
    requirements = tuple(
        requirement.model_copy(update={"id": f'"><b>{requirement.id}', "text": HOSTILE})
        for requirement in sample.document.requirements
    )
    document = sample.document.model_copy(update={"title": HOSTILE, "requirements": requirements})
    page = page_of(replace(sample, document=document, missing=(HOSTILE,)))
    elements = Elements(page)

    tags = {tag for tag, _ in elements.seen}
    assert not tags & {"script", "img", "iframe", "object", "form", "base", "link"}
    assert not any(name.startswith("on") for _, attributes in elements.seen for name in attributes)
    assert not elements.open
    text = "".join(elements.text)
    assert text.count("<script>alert(1)</script>") >= 3
    assert "{{ 7*7 }}" in text
    assert not re.search("[\x00-\x08\x1b\u202e]", page)


def test_nothing_is_fetched() -> None:
    elements = Elements(page_of(make_sample(2)))
    for _tag, attributes in elements.seen:
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
    policies = [attributes.get("content") or "" for tag, attributes in elements.seen if tag == "meta"]
    assert any("default-src 'none'" in policy for policy in policies)
    style = page_of(make_sample(1)).partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_every_link_leads_somewhere_and_every_anchor_is_unique() -> None:
    elements = Elements(page_of(break_scenario(make_sample(3), "R-03.1", "no")))
    anchors = [attributes["id"] for _, attributes in elements.seen if "id" in attributes]
    links = [(attributes["href"] or "")[1:] for tag, attributes in elements.seen if tag == "a"]
    assert len(anchors) == len(set(anchors))
    assert set(links) <= set(anchors)


def test_what_is_unproven_is_one_click_away() -> None:
    good, bad = page_of(make_sample(2)), page_of(break_scenario(make_sample(2), "R-03.1", "got 404, not 200"))
    assert "Jump to unproven" not in good
    assert "All 12 requirements are proven" in good
    assert 'href="#r3">Jump to unproven (1)' in bad
    opened = [attributes.get("id") for tag, attributes in Elements(bad).seen if "open" in attributes]
    assert "r3" in opened
    assert "r1" not in opened
    assert "got 404, not 200" in bad


def test_it_shows_what_a_requirement_rests_on() -> None:
    text = "".join(Elements(page_of(make_sample(2))).text)
    for part in ("R-01.1", "shelfs.service", "create_shelf", "Anyone may read.", "May titles repeat?", "4f1c00aa"):
        assert part in text
    assert "no rule reads this sentence" in text


def test_800_atoms_stay_light() -> None:
    sample = make_sample(30, scenarios=4, helpers=8)
    report = sample.report()
    assert report.atoms.total >= 800
    assert sum(len(requirement.scenarios) for requirement in report.requirements) >= 700
    began = time.process_time()
    page = render_page(report, sample.plan)
    assert time.process_time() - began < 2
    assert len(page.encode()) < 3_000_000
    assert len(report.model_dump_json()) < 3_000_000


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 ms"), (0.0123, "12 ms"), (0.9996, "1.0 s"), (11.44, "11.4 s"), (59.97, "1 min 00 s"), (125, "2 min 05 s")],
)
def test_durations_read_well(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(("usd", "said"), [(0, "$0.00"), (0.0012, "$0.0012"), (0.01, "$0.01"), (12.5, "$12.50")])
def test_money_reads_well(usd: float, said: str) -> None:
    assert money(usd) == said

"""The guided tour: every station is there for everybody, and all of it takes two minutes (UX-13)."""

import re

import pytest
from django.urls import reverse

from roundtable import tour

WORDS_A_MINUTE = 200


def _stations(client):
    """The pages of the tour, by following «Weiter» from the first to the last."""
    address = reverse("roundtable:tour")
    while address:
        page = client.get(address).content.decode()
        yield page
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found[1] if found else ""


@pytest.mark.django_db
def test_following_the_way_on_shows_every_station_once(client):
    pages = list(_stations(client))
    assert len(pages) == len(tour.STATIONS)
    for page, station in zip(pages, tour.STATIONS, strict=True):
        assert str(station.title) in page
        assert "alles erfunden" in page


@pytest.mark.django_db
def test_all_that_is_told_is_read_in_two_minutes(client):
    told = " ".join(str(part) for station in tour.STATIONS for part in (station.title, *station.words))
    assert len(told.split()) <= 2 * WORDS_A_MINUTE


@pytest.mark.django_db
@pytest.mark.parametrize("place", [0, 9, 10_000])
def test_there_is_no_station_before_the_first_and_after_the_last(client, place):
    assert client.get(f"/rundgang/{place}/").status_code == 404


@pytest.mark.django_db
def test_the_start_page_leads_to_it(client):
    assert reverse("roundtable:tour") in client.get("/").content.decode()

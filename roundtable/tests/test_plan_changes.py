"""What changed between two versions, word by word (RT-15)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from roundtable.paper import Paper
from roundtable.plan_changes import Changes, compare, count_words, diff
from roundtable.tests import papers


def between(old: Paper, new: Paper) -> Changes:
    return compare(old.content(), new.content())


def told(changes: Changes) -> dict[str, Any]:
    return {
        part.title: [(change.how, change.title, [label for label, _pieces in change.fields]) for change in part.changes]
        for part in changes.parts
    }


def test_words_are_told_as_the_same_new_or_gone() -> None:
    found = [(piece.how, piece.text) for piece in diff("Kurs im Büro, acht Halbtage", "Kurs im Büro, zehn Halbtage")]
    assert found == [("same", "Kurs im Büro, "), ("gone", "acht"), ("new", "zehn"), ("same", " Halbtage")]
    assert [(piece.how, piece.text) for piece in diff("", "Neu")] == [("new", "Neu")]
    other = [(piece.how, piece.text) for piece in diff("RAV Seeblick 1", "Sozialdienst Musterdorf")]
    assert other == [("gone", "RAV Seeblick 1"), ("new", "Sozialdienst Musterdorf")]


def test_no_letter_is_lost_or_added() -> None:
    old, new = "Zeile eins\nZeile  zwei, drei", "Zeile zwei\n\nund drei, vier"
    pieces = diff(old, new)
    assert "".join(piece.text for piece in pieces if piece.how != "new") == old
    assert "".join(piece.text for piece in pieces if piece.how != "gone") == new


def test_steps_are_known_again_by_their_key() -> None:
    old = papers.paper()
    new = papers.changed(old, 5, due=dt.date(2027, 4, 30), payer_label="Sozialdienst Musterdorf")
    new = replace(new, steps=[step for step in new.steps if step.key != 9])
    new.steps.append(replace(new.steps[0], key=11, what="Neue Wohnung suchen", after=None))
    changes = between(old, new)
    assert told(changes) == {
        "Handlungsplan": [
            ("same", "Kurs «Büro und Korrespondenz», acht Halbtage", ["zahlt", "bis"]),
            ("new", "Neue Wohnung suchen", ["Schritt", "verantwortlich", "bis"]),
            ("gone", "Jeden Freitag die Post ordnen und Fragen notieren", ["Schritt", "verantwortlich", "bis", "Ziel"]),
        ]
    }
    assert changes.short == [
        "Handlungsplan, geändert: Kurs «Büro und Korrespondenz», acht Halbtage (zahlt, bis)",
        "Handlungsplan, neu: Neue Wohnung suchen",
        "Handlungsplan, entfällt: Jeden Freitag die Post ordnen und Fragen notieren",
    ]
    assert count_words(changes) == "3 Änderungen."


def test_each_part_is_compared_and_nobody_elses() -> None:
    old = papers.paper()
    typed: dict[str, Any] = {
        "area__wohnen__state": "Zimmer bei der Mutter.",
        "income__1__amount": "3300",
        "sick__1__percent": "60",
        "decision__1__expected": "1.4.2027",
        "goal__1__measure": "Vertrag",
        "plain__text": "",
    }
    parts = told(between(old, papers.paper(**typed)))
    assert parts["Situation"] == [("same", "Wohnen", ["Heute"])]
    assert parts["Einkommen"] == [("same", "Arbeitslosenentschädigung", ["pro Monat"])]
    assert parts["Arbeitsunfähigkeit"] == [("same", "60\u00a0%", ["Grad"])]
    assert parts["Offene Entscheide"][0][2] == ["erwartet bis"]
    assert parts["Ziele"][0][2] == ["Erkennbar an"]
    assert parts["In einfachen Worten"][0][0] == "gone"
    assert "Handlungsplan" not in parts


def test_another_order_alone_is_said_to_be_that() -> None:
    old = papers.paper()
    changes = between(old, replace(old, steps=[*old.steps[1:], old.steps[0]]))
    assert changes.only_order
    assert changes.short == ["Die Reihenfolge der Schritte ist anders."]
    assert count_words(changes) == "Nur die Reihenfolge der Schritte ist anders."


def test_the_same_words_are_no_change() -> None:
    changes = between(papers.paper(), papers.paper())
    assert changes.parts == []
    assert not changes.only_order
    assert count_words(changes) == "Am Wortlaut hat sich nichts geändert."

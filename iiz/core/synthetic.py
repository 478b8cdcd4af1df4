"""Invented people: names put together from parts, valid AHV numbers, and the accounts of the demo.

No living person is meant. Knows nothing of the database, so that start scripts can read the logins from here.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from stdnum import ean

DEMO_PASSWORD = "demo-IIZ-2026"  # noqa: S105 - public on purpose
DEMO_HASH = (
    "argon2$argon2id$v=19$m=102400,t=2,p=8$aWl6ZGVtb2lpemRlbW9paXpkZW1vMA$vaO5yd4JMI79cUB7D0bq9lW/sJU6IL/V/ZSx5mZujVs"
)
"""The hash of :data:`DEMO_PASSWORD`, made once: a fresh one costs 180 ms per account."""


@dataclass(frozen=True)
class Login:
    """A demo account: the part before ``@demo.example``, the name, the offices with their roles, in words."""

    name: str
    first_name: str
    last_name: str
    offices: tuple[tuple[str, tuple[str, ...]], ...]
    words: str

    @property
    def email(self) -> str:
        """The address one logs in with."""
        return f"{self.name}@demo.example"


COORDINATION = "IIZ-Koordinationsstelle Kanton Luzern"
IV = "IV-Stelle Luzern"
RAV = "RAV Sursee"
SOCIAL_SERVICE = "Soziale Dienste Stadt Luzern"
SOBZ = "SoBZ Regionen Hochdorf und Sursee"
ELSEWHERE = "Sozialdienst Emmen"

LOGINS = (
    Login("koordination", "Katrin", "Seematter", ((COORDINATION, ("coordinator",)),), "IIZ-Koordinationsstelle"),
    Login("fuehrung", "Fabian", "Rosenstalder", ((COORDINATION, ("steering",)),), "Führungsgruppe"),
    Login("rav", "Reto", "Birkenhalder", ((RAV, ("caseworker",)),), "RAV, Fallführung"),
    Login(
        "rav-zeichnung",
        "Regula",
        "Tannbühler",
        ((RAV, ("contact", "signatory")),),
        "RAV, Ansprechperson und Unterschrift",
    ),
    Login("iv", "Jan", "Lindenmatter", ((IV, ("caseworker",)),), "IV-Stelle, Fallführung"),
    Login("iv-ansprechperson", "Irene", "Hofstalder", ((IV, ("contact",)),), "IV-Stelle, Ansprechperson"),
    Login("sozialdienst", "Nora", "Ahornhalder", ((SOCIAL_SERVICE, ("caseworker",)),), "Sozialdienst, Fallführung"),
    Login(
        "sozialdienst-zeichnung",
        "Silvan",
        "Eschenmoser",
        ((SOCIAL_SERVICE, ("contact", "signatory")),),
        "Sozialdienst, Ansprechperson und Unterschrift",
    ),
    Login(
        "sobz",
        "Salome",
        "Buchenstalder",
        ((SOBZ, ("contact", "caseworker")), ("Sozialdienst Kriens", ("caseworker",))),
        "SoBZ, Fallführung; auch für einen Sozialdienst tätig",
    ),
    Login("fremd", "Franziska", "Erlenbühler", ((ELSEWHERE, ("caseworker",)),), "andere Stelle, eigene Fälle"),
    Login("lesend", "Lukas", "Weidenhalder", ((SOCIAL_SERVICE, ("read_only",)),), "Sozialdienst, nur lesend"),
)


def _words(text: str) -> list[str]:
    return text.split()


WOMEN = _words(
    "Alina Andrea Anja Barbara Beatrice Carla Corinne Daniela Elena Elif Esther Fatima Gabriela Hanna Ivana Jelena "
    "Judith Karin Laura Lea Lena Luzia Maria Martina Milena Mirjam Monika Nadine Nina Olga Petra Priya Ramona Rahel "
    "Rita Ruth Sabrina Samira Sandra Selam Simone Sonja Stefanie Tamara Teresa Ursina Valentina Vera Yvonne Zoe"
)
MEN = _words(
    "Adrian Ahmed Alain Andreas Arben Beat Benjamin Bruno Christian Daniel David Dario Elias Emre Erich Fabio Felix "
    "Goran Hassan Hugo Ivan Jakob Jonas Josef Kevin Leon Luca Manuel Marco Mario Markus Martin Matteo Michael Nico "
    "Noah Oliver Pascal Patrick Paul Peter Rafael Robin Roland Samuel Sandro Simon Tesfay Thomas Urs"
)
BEFORE = _words(
    "Ahorn Amsel Birken Buchen Eichen Erlen Eschen Falken Föhren Hasel Holder Kirsch Lärchen Linden Meisen Nuss "
    "Rosen Schlehen Seiden Tannen Ulmen Weiden Wiesen Zirben"
)
AFTER = _words("acher bühler egger feldner gasser halder hofner lehner matter moser rainer stalder taler wanner")
STREETS = _words("Ahornweg Bachstrasse Bergstrasse Dorfstrasse Feldweg Gartenstrasse Kirchweg Seestrasse Talstrasse")


def ahv_number(serial: int) -> str:
    """The AHV number with valid check digit that belongs to ``serial`` (0 to 999 999 999)."""
    body = f"756{serial:09d}"
    return body + ean.calc_check_digit(body)


def client(rng: random.Random, serial: int, day: dt.date) -> dict[str, object]:
    """An invented client as the Antrag form would give it, of working age on ``day``."""
    sex = rng.choices(("w", "m", "x"), (48, 51, 1))[0]
    birth = day - dt.timedelta(days=round(365.25 * rng.triangular(19, 63, 43)))
    return {
        "first_name": rng.choice(WOMEN if sex == "w" else MEN),
        "last_name": last_name(rng),
        "birth_date": birth,
        "sex": sex,
        # A stride without common factor spreads the numbers; different serials never meet.
        "ahv_number": ahv_number(serial * 7_368_787 % 1_000_000_000),
        "street": f"{rng.choice(STREETS)} {rng.randint(1, 60)}",
        "postcode": "6000",
        "phone": "041 000 00 00",
    }


def last_name(rng: random.Random) -> str:
    """An invented family name."""
    return rng.choice(BEFORE) + rng.choice(AFTER)

"""How we write: language, templates, names, docstrings, and nothing left lying about."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from iiz.tests.tree import ROOT, sources, templates

NOT_OURS = {
    ".git",
    ".venv",
    "var",
    "node_modules",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}
SHARP_S = "\u00df"
UNTRANSLATED = ("core/gallery.html", "django/forms/", "components/canton.html")
"""Nobody but us sees the gallery of parts; forms hold no words; a canton is called the same in every language."""
ANONYMOUS_FORMS = {
    "account/login.html",
    "account/password_reset.html",
    "account/password_reset_from_key.html",
    "account/email_confirm.html",
    "account/signup.html",
    "mfa/authenticate.html",
}
"""Forms of people who are not logged in yet: there is nobody to act for."""
ACCOUNT_FORMS = ("account/", "mfa/", "components/who.html")
"""Forms about one's own account act for no institution; the switch names its own."""
WORDS_WITHOUT_LANGUAGE = {
    "IIZ",
    "PDF",
    "CHF",
    "CSV",
    "XLSX",
    "JSON",
    "Excel",
    "Optima",
    "Roundtable",
    "AHV",
    "QR",
    "IV",
    "RAV",
    "SH",
    "SoBZ",
}


def texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Name and text of each file of ours with one of ``suffixes``."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and path.suffix in suffixes and not NOT_OURS & set(parts) and path != Path(__file__):
            yield "/".join(parts), path.read_text(errors="replace")


def page_templates() -> Iterator[tuple[str, str]]:
    """Name and text of each template of a page; documents and mails apart."""
    for path in templates(ROOT):
        name = path.relative_to(ROOT / "templates").as_posix()
        if path.suffix == ".html" and "/pdf/" not in f"/{name}":
            yield name, path.read_text()


def lines_with(pattern: re.Pattern[str], text: str) -> list[str]:
    return [
        f"{number}: {line.strip()[:100]}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)
    ]


# Language ---------------------------------------------------------------------------------------------------


def test_swiss_spelling_everywhere():
    found = [
        f"{name}:{line}"
        for name, text in texts(".py", ".html", ".txt", ".po", ".md", ".css", ".js", ".yml", ".csv")
        for line in lines_with(re.compile(SHARP_S), text)
    ]
    assert not found, "\n" + "\n".join(found)


def test_the_catalogue_leaves_no_word_with_sharp_s_of_django_or_its_apps():
    """What the libraries bring in German is overridden where it is not Swiss."""
    from django.utils import translation

    with translation.override("de-ch"):
        catalogue = translation.trans_real.catalog()
        found = (
            sorted({str(text) for text in dict(catalogue.items()).values() if SHARP_S in str(text)})
            if hasattr(catalogue, "items")
            else []
        )
    shown = [text for text in found if "%" not in text]
    assert shown == []


class Words(HTMLParser):
    """Collects text and spoken attributes of a template whose tags are already taken out."""

    SPOKEN = {"alt", "title", "placeholder", "aria-label", "content", "data-confirm", "value"}

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in {"script", "style"}
        machine = tag == "meta" or (tag == "input" and dict(attrs).get("type") in {"hidden", "radio", "checkbox"})
        for name, value in attrs:
            if (
                value
                and name in self.SPOKEN
                and not machine
                and not (tag in {"button", "option", "input"} and name == "value")
            ):
                self.found.append(value)

    def handle_endtag(self, tag):
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self.silent:
            self.found.append(data)


def bare_words(text: str) -> list[str]:
    """Words of a template that stand outside of every translation tag."""
    text = re.sub(r"\{%\s*block \w+_(?:class|kind)\s*%\}.*?\{%\s*endblock\s*%\}", "", text)
    text = re.sub(r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}|<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}", "", text, flags=re.S)
    # German words given to a tag of ours as they are, not through _("…").
    given = [
        literal
        for tag, rest in re.findall(r"\{%\s*(\w+)(.*?)%\}", text, flags=re.S)
        if tag
        not in {
            "translate",
            "trans",
            "load",
            "url",
            "static",
            "include",
            "extends",
            "if",
            "elif",
            "block",
            "with",
            "now",
        }
        for before, literal in re.findall(r"""(_\()?"([^"]*)\"""", rest)
        if not before and literal not in WORDS_WITHOUT_LANGUAGE and re.search(r"[A-ZÄÖÜ][a-zäöü]{2,}", literal)
    ]
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.S)
    parser = Words()
    parser.feed(text)
    words = [word for part in parser.found for word in re.findall(r"[A-Za-zÄÖÜäöü]{2,}", part)]
    return [word for word in words if word not in WORDS_WITHOUT_LANGUAGE] + given


def test_every_german_word_in_a_template_can_be_translated():
    found = {
        name: words
        for name, text in page_templates()
        if not name.startswith(UNTRANSLATED) and (words := bare_words(text))
    }
    assert found == {}


def test_bare_words_are_found():
    assert bare_words('<p>Hallo {{ name }}</p>{% translate "Gut" %}<img alt="Bild">') == ["Hallo", "Bild"]
    assert bare_words('{% action "Antworten" url %}{% action _("Antworten") url %}{# Notiz #}') == ["Antworten"]
    assert bare_words("{% blocktranslate %}Guten Tag{% endblocktranslate %}") == []


# Templates --------------------------------------------------------------------------------------------------

MAIL_LAYOUT = "core/mail/"
"""Mail programs know no style sheets of ours: there the style stands in the line."""
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|<script(?![^>]*\bsrc=)|\son[a-z]+\s*=|javascript:|\{%\s*autoescape off|\|safe\b"
)


def test_no_inline_style_or_script_and_nothing_unescaped():
    own = [(name, text) for name, text in page_templates() if not name.startswith(("django/forms/", MAIL_LAYOUT))]
    found = [f"{name}:{line}" for name, text in own for line in lines_with(INLINE, text)]
    assert not found, "\n" + "\n".join(found)


POST_FORM = re.compile(r"<form\b[^>]*method=[\"']?post.*?</form>", re.S | re.I)


def test_every_form_that_posts_says_for_whom():
    found = []
    for name, text in page_templates():
        for form in POST_FORM.findall(text):
            alone = name in ANONYMOUS_FORMS or name.startswith(ACCOUNT_FORMS) or '"account_logout"' in form
            if "acting_field" not in form and not (alone and "csrf_token" in form):
                found.append(name)
    assert not found, "\n" + "\n".join(found)


# Code -------------------------------------------------------------------------------------------------------


def undocumented(path: Path) -> Iterator[str]:
    """Public modules, classes, functions and methods without a docstring."""
    tree = ast.parse(path.read_text())
    if tree.body and ast.get_docstring(tree) is None:
        yield "module"
    stack: list[tuple[ast.AST, str]] = [(tree, "")]
    while stack:
        owner, name = stack.pop()
        for node in getattr(owner, "body", []):
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
                continue
            inner = isinstance(node, ast.ClassDef) and node.name in {"Meta", "Params", "Media"}
            inherited = (
                name
                and not isinstance(node, ast.ClassDef)
                and node.name in {"ready", "handle", "add_arguments", "get_absolute_url"}
            )
            overload = any("overload" in ast.dump(mark) for mark in node.decorator_list)
            if not inner and not inherited and not overload and ast.get_docstring(node) is None:
                yield f"{name}{node.name}"
            if isinstance(node, ast.ClassDef) and not inner:
                stack.append((node, f"{node.name}."))


def test_whatever_others_call_has_a_docstring():
    found = [f"{path.relative_to(ROOT)}: {name}" for path in sources(ROOT) for name in undocumented(path)]
    assert not found, "\n" + "\n".join(found)


LEFT_OVERS = re.compile(
    r"\b(?:TO"
    + r"DO|FIX"
    + r"ME|XX"
    + r"X|HA"
    + r"CK)\b|breakpoint\(\)|\bpdb\b|console\.log|pytest\.mark\.(?:skip|xfail)|pytest\.skip\("
    r"|unittest\.mo" + r"ck|\bMagicMo" + r"ck\b|mocker\b"
)


def test_nothing_is_left_lying_about():
    found = [
        f"{name}:{line}"
        for name, text in texts(".py", ".html", ".css", ".js", ".md", ".txt")
        for line in lines_with(LEFT_OVERS, text)
    ]
    assert not found, "\n" + "\n".join(found)


HOW_IT_WAS_MADE = re.compile(
    r"\b(?:Clau"
    + r"de|Anthro"
    + r"pic|Chat"
    + r"GPT|GPT-?\d|Copi"
    + r"lot|LL"
    + r"M|sub-?ag"
    + r"ents?|language mod"
    + r"el|prom"
    + r"pt engineering)\b"
    r"|(?<![\w.])/wo" + r"rk/|(?<![\w.])/tm" + r"p/(?!iiz)|\bissue #?\d|\bissues show|pypi\.org|pythonhosted"
    r"|\b(?:this|previous|next|my) ses" + r"sion\b",
    re.I,
)


def test_nothing_tells_how_it_was_made_or_where():
    found = [
        f"{name}:{line}"
        for name, text in texts(
            ".py", ".html", ".css", ".js", ".md", ".txt", ".po", ".yml", ".toml", ".ini", ".service", ".sh", ""
        )
        for line in lines_with(HOW_IT_WAS_MADE, text)
    ]
    assert not found, "\n" + "\n".join(found)


def test_every_form_with_a_file_lets_it_in_by_the_one_way():
    """Past the check of its kind and the virus scanner; the gallery of parts takes nothing in."""
    forms = {path: path.read_text() for path in sources(ROOT) if path.name != "gallery.py"}
    found = [path for path, text in forms.items() if "forms.FileField(" in text and "files.receive(" not in text]
    assert found == []

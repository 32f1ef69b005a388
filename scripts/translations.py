"""Templates of the translations, and the languages brought up to them.

scripts/python scripts/translations.py DB               of a database with the addons
scripts/python scripts/translations.py DB WORDS.json    and new words filled in

WORDS.json is ``{msgid: {lang: msgstr}}``. What the template has no more is dropped,
what a language lacks is listed. The database has no demo data, whose names are
not translated.
"""

import json
import re
import sys
from contextlib import closing
from pathlib import Path

import databases
import environment as env
import polib
import psycopg2

PLACEHOLDER = re.compile(r"%\(\w+\)s|%s|%d|</?\w+")


def addons(database):
    """:returns: names of the repository's addons that the database has"""
    query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    with closing(psycopg2.connect(dbname=database)) as connection:
        with connection.cursor() as cursor:
            cursor.execute(query)
            installed = {name for (name,) in cursor.fetchall()}
    return sorted(
        path.parent.name
        for path in env.ROOT.glob("*/__manifest__.py")
        if (path.parent / "i18n").is_dir() and path.parent.name in installed
    )


def merge(template, path, words):
    """:returns: what has no translation yet"""
    lang = path.stem
    old = polib.pofile(str(path), wrapwidth=78)
    known = {entry.msgid: entry.msgstr for entry in old if not entry.fuzzy}
    new = polib.POFile(wrapwidth=78)
    new.metadata, new.header = old.metadata, old.header
    missing = []
    for entry in template:
        text = words.get(entry.msgid, {}).get(lang) or known.get(entry.msgid, "")
        if sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(
            PLACEHOLDER.findall(text)
        ):
            text = ""
        if not text:
            missing.append(entry.msgid)
        new.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=text,
                comment=entry.comment,
                tcomment=entry.tcomment,
                occurrences=entry.occurrences,
            )
        )
    new.save(str(path))
    return missing


def main(database, words=None):
    words = json.loads(Path(words).read_text()) if words else {}
    lacking = {}
    for addon in addons(database):
        databases.odoo(*("i18n", "export", "-d", database, addon), log="translations")
        folder = env.ROOT / addon / "i18n"
        template = polib.pofile(str(folder / f"{addon}.pot"))
        for path in sorted(folder.glob("*.po")):
            missing = merge(template, path, words)
            env.say(f"{addon} {path.stem}: {len(template)} terms, {len(missing)} lack")
            for msgid in missing:
                lacking.setdefault(msgid, []).append(path.stem)
    print(json.dumps(lacking, indent=1, ensure_ascii=False))
    return 1 if lacking else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        env.fail(__doc__)
    with env.errors_in_one_line():
        sys.exit(main(*sys.argv[1:]))

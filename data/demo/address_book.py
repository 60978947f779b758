#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills and reads the address book of the session bus it runs on, through Evolution Data Server.

    address_book.py import FILE.vcf      adds every vCard of the file
    address_book.py export EMAIL         prints the contact with that address as a vCard, its photo inlined
"""

import pathlib
import re
import sys
import urllib.parse

import gi

gi.require_version("EBook", "1.2")
gi.require_version("EBookContacts", "1.2")
gi.require_version("EDataServer", "1.2")
from gi.repository import EBook, EBookContacts, EDataServer, GLib  # noqa: E402


def open_book() -> EBook.BookClient:
    registry = EDataServer.SourceRegistry.new_sync(None)
    source = registry.ref_builtin_address_book()
    # GLib.MAXUINT32: do not wait for the connected state, which a local book never enters.
    return EBook.BookClient.connect_sync(source, GLib.MAXUINT32, None)


def import_file(path: str) -> None:
    text = pathlib.Path(path).read_text()
    cards = re.findall(r"BEGIN:VCARD.*?END:VCARD\r?\n?", text, re.DOTALL)
    contacts = [EBookContacts.Contact.new_from_vcard(card) for card in cards]
    open_book().add_contacts_sync(contacts, EBookContacts.BookOperationFlags.NONE, None)
    print(f"{len(contacts)} contacts")


def export(email: str) -> None:
    query = f'(is "email" "{email}")'
    _, found = open_book().get_contacts_sync(query, None)
    if not found:
        sys.exit(f"no contact has the address {email}")
    contact = found[0]
    photo = contact.get_property("photo")
    if photo is not None and photo.type == EBookContacts.ContactPhotoType.URI:
        # Evolution Data Server keeps photos as files of its own; a card that leaves carries its photo in it.
        contact.inline_local_photos()
    print(contact.to_string(getattr(EBookContacts.VCardFormat, "30")))


def main() -> None:
    commands = {"import": import_file, "export": export}
    if len(sys.argv) != 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](sys.argv[2])


if __name__ == "__main__":
    main()

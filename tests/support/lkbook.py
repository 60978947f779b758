# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes the own address book of the session that it runs in, through Evolution Data Server.

    lkbook.py add < VCARDS          prints the uids of the address book and of the contact, a line for each vCard
    lkbook.py show UID              prints the vCard, photo inline
    lkbook.py photo UID             prints the photo's bytes in hexadecimal; nothing where there is none
    lkbook.py set-photo UID FILE    sets the photo
"""

import re
import sys

import gi

gi.require_version("EBook", "1.2")
gi.require_version("EBookContacts", "1.2")
gi.require_version("EDataServer", "1.2")
from gi.repository import EBook, EBookContacts, EDataServer, Gio  # noqa: E402

# Do not wait for a backend to say that it is online: a local book never says so.
DO_NOT_WAIT = 0xFFFFFFFF


def connect():
    registry = EDataServer.SourceRegistry.new_sync(None)
    source = registry.ref_builtin_address_book()
    return source, EBook.BookClient.connect_sync(source, DO_NOT_WAIT, None)


def read_photo(contact):
    photo = contact.get_property("photo")
    if photo is None:
        return b""
    if photo.type == EBookContacts.ContactPhotoType.INLINED:
        return bytes(photo.get_inlined())
    return Gio.File.new_for_uri(photo.get_uri()).load_contents(None)[1]


def make_photo(data):
    photo = EBookContacts.ContactPhoto.new()
    # Inlined is what a new one is. PyGObject 3.50 sets no member of an enumeration.
    photo.set_inlined(data)
    photo.set_mime_type("image/jpeg")
    return photo


def main(command, *arguments):
    source, client = connect()
    if command == "add":
        cards = re.findall(r"BEGIN:VCARD.*?END:VCARD", sys.stdin.read(), re.DOTALL)
        contacts = [EBookContacts.Contact.new_from_vcard(card) for card in cards]
        _, uids = client.add_contacts_sync(contacts, EBookContacts.BookOperationFlags.NONE, None)
        for uid in uids:
            print(source.get_uid(), uid)
        return

    _, contact = client.get_contact_sync(arguments[0], None)
    if command == "show":
        contact.inline_local_photos()
        print(contact.to_string(EBookContacts.VCardFormat(1)))
    elif command == "photo":
        sys.stdout.write(read_photo(contact).hex())
    elif command == "set-photo":
        with open(arguments[1], "rb") as file:
            contact.set_property("photo", make_photo(file.read()))
        client.modify_contact_sync(contact, EBookContacts.BookOperationFlags.NONE, None)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])

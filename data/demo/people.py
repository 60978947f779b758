# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample people of the demo: Anna, who sits at the window, and whom she knows."""

import base64
import dataclasses
import pathlib

FACES = pathlib.Path("/usr/share/pixmaps/faces")


@dataclasses.dataclass(frozen=True)
class Person:
    name: str
    email: str
    phone: str
    group: str = ""
    face: str = ""
    """A file of FACES that stands in Anna's address book as the contact's photo."""
    picture: str = ""
    """A file of FACES that the person has published themselves."""


ANNA = Person("Anna Berg", "anna@example.org", "+4915112345601")
BERT = Person("Bert Ogawa", "bert@example.org", "+4915112345602", "Friends")

CONTACTS = [
    BERT,
    Person("Chiara Rossi", "chiara@example.com", "+393331234503", "Friends", "sunflower.jpg"),
    Person("David Mensah", "david@example.net", "+233241234504", "Work", "puppy.jpg"),
    Person("Elif Yılmaz", "elif@example.org", "+905321234505", "Work", "fish.jpg"),
    Person("فاطمة الزهراء", "fatima@example.org", "+212612345606", "Family", "yellow-rose.jpg"),
    Person("Greta Lindqvist", "greta@example.se", "+46701234607", "Friends", picture="penguin.jpg"),
    Person("山田 花子", "hanako@example.jp", "+819012345608", "", "flower.jpg"),
    Person("Ivan Novák", "ivan@example.cz", "+420601234609", "Work"),
    Person("Jean-Luc Moreau", "jeanluc@example.fr", "+33612345610", "Family", "sky.jpg"),
    Person("Kofi Asante", "kofi@example.org", "+233201234611", "Friends", "guitar.jpg"),
    Person("Lola García", "lola@example.es", "+34612345612", "Friends", "tomatoes.jpg"),
]

DEFAULT_PHOTO = FACES / "hummingbird.jpg"


def vcard(person: Person, with_face: bool = True) -> str:
    """A vCard 3.0 (RFC 2426) of a person."""
    first, _, last = person.name.rpartition(" ")
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"FN:{person.name}",
        f"N:{last};{first};;;",
        f"EMAIL;TYPE=HOME:{person.email}",
        f"TEL;TYPE=CELL:{person.phone}",
    ]
    if person.group:
        lines.append(f"CATEGORIES:{person.group}")
    if with_face and person.face and (FACES / person.face).is_file():
        data = base64.b64encode((FACES / person.face).read_bytes()).decode()
        lines.append(f"PHOTO;ENCODING=b;TYPE=JPEG:{data}")
    lines.append("END:VCARD")
    return "\r\n".join(_fold(line) for line in lines) + "\r\n"


def _fold(line: str) -> str:
    """Lines of at most 75 bytes, cut between characters (RFC 2426, 2.6)."""
    pieces, piece, length = [], "", 0
    for character in line:
        width = len(character.encode())
        if length + width > 74:
            pieces.append(piece)
            piece, length = "", 0
        piece += character
        length += width
    pieces.append(piece)
    return "\r\n ".join(pieces)

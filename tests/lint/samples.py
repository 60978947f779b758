# SPDX-License-Identifier: GPL-3.0-or-later
"""Small trees that break a rule, and ones like them that do not.

SAMPLES[rule]["fails"][what] is (the path that the rule must name, files); SAMPLES[rule]["passes"][what] is files.
"""

SPDX = "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"
SHELL = "#!/usr/bin/env bash\n# SPDX-License-Identifier: GPL-3.0-or-later\n"
PYTHON = "#!/usr/bin/env python3\n# SPDX-License-Identifier: GPL-3.0-or-later\n"


def c_file(path, text):
    return path, {path: SPDX + text}


def includes(path, header, owner):
    """A file of one library that includes a header of another."""
    return path, {path: f'{SPDX}#include "{header}"\n', owner: f"{SPDX}#pragma once\n"}


DESKTOP = """[Desktop Entry]
Name=Likeness
Exec=likeness
Type=Application
Icon=app.likeness.Likeness
Categories=GNOME;GTK;Network;
"""

METAINFO = """<?xml version="1.0" encoding="UTF-8"?>
<component type="desktop-application">
  <id>app.likeness.Likeness</id>
  <metadata_license>CC0-1.0</metadata_license>
  <project_license>GPL-3.0-or-later</project_license>
  <name>Likeness</name>
  <summary>Set the picture others see of you</summary>
  <description><p>Publishes the picture that the address books of other people show for you, and keeps it fresh.</p></description>
  <launchable type="desktop-id">app.likeness.Likeness.desktop</launchable>
  <url type="homepage">https://likeness.example/</url>
  <developer_name>The people of Likeness</developer_name>
  <content_rating type="oars-1.1"/>
  <releases><release version="0.1.0" date="2026-11-22"/></releases>
</component>
"""

SCHEMA = """<schemalist>
  <schema id="app.likeness.Likeness" path="/app/likeness/Likeness/">
    <key name="width" type="i"><default>{}</default><summary>Width</summary></key>
  </schema>
</schemalist>
"""

TEMPLATE = '<interface><template class="LkFace" parent="GtkWidget">{}</template></interface>\n'
GRESOURCE = "<gresources><gresource><file>face.ui</file></gresource></gresources>\n"
FACE_C = SPDX + """G_DEFINE_FINAL_TYPE (LkFace, lk_face, GTK_TYPE_WIDGET)
static void
lk_face_class_init (LkFaceClass *klass)
{
  gtk_widget_class_set_template_from_resource (klass, "/app/likeness/Likeness/face.ui");
}
"""

BUS_SERVICE = "[D-BUS Service]\nName=app.likeness.Likeness.Agent\nExec=@libexecdir@/likeness-agent\n"
UNIT = "[Unit]\nDescription=Likeness\n[Service]\nExecStart=@bindir@/likeness-server\n"

SAMPLES = {
    "include-direction": {
        "fails": {
            "common that includes media": includes("src/common/lk-a.c", "lk-recipe.h", "src/media/lk-recipe.h"),
            "media that includes contacts": includes("src/media/lk-a.c", "lk-contact.h", "src/contacts/lk-contact.h"),
            "media that includes the app": includes("src/media/lk-a.c", "lk-window.h", "src/app/lk-window.h"),
            "api that includes the server": includes("src/api/lk-a.c", "lk-store.h", "src/server/store/lk-store.h"),
            "api that includes media": includes("src/api/lk-a.c", "lk-still.h", "src/media/lk-still.h"),
            "contacts that includes api": includes("src/contacts/lk-a.c", "lk-client.h", "src/api/lk-client.h"),
            "the server that includes api": includes("src/server/lk-a.c", "lk-client.h", "src/api/lk-client.h"),
            "the server that renders": includes("src/server/lk-a.c", "lk-render.h", "src/media/lk-render.h"),
            "the agent that renders": includes("src/agent/lk-a.c", "lk-render.h", "src/media/lk-render.h"),
            "the agent that includes the app": includes("src/agent/lk-a.c", "lk-window.h", "src/app/lk-window.h"),
            "the app that includes the server": includes("src/app/lk-a.c", "lk-store.h", "src/server/store/lk-store.h"),
            "a path round the include directories": includes("src/api/lk-a.c", "../server/lk-store.h",
                                                             "src/server/store/lk-store.h"),
            "a library that is not of the layout": c_file("src/misc/lk-a.c", "int a;\n"),
        },
        "passes": {
            "media that includes common": includes("src/media/lk-a.c", "lk-manifest.h", "src/common/lk-manifest.h")[1],
            "the agent that reads a bundle": includes("src/agent/lk-a.c", "lk-bundle.h", "src/media/bundle/lk-bundle.h")[1],
            "the server that probes": includes("src/server/lk-a.c", "lk-probe.h", "src/media/bundle/lk-probe.h")[1],
            "the app that renders": includes("src/app/pages/lk-a.c", "lk-render.h", "src/media/lk-render.h")[1],
            "a header of its own that another library has too": {
                "src/app/lk-a.c": SPDX + '#include "lk-publisher.h"\n',
                "src/app/lk-publisher.h": SPDX, "src/server/blobs/lk-publisher.h": SPDX},
            "an include in a comment": {
                "src/common/lk-a.c": SPDX + '/*\n#include "lk-still.h"\n*/\n', "src/media/lk-still.h": SPDX},
        },
    },
    "confined-headers": {
        "fails": {
            "GTK in media": c_file("src/media/lk-a.c", "#include <gtk/gtk.h>\n"),
            "GDK in the agent": c_file("src/agent/lk-a.c", "#include <gdk/gdk.h>\n"),
            "Adwaita in api": c_file("src/api/lk-a.c", "#  include <adwaita.h>\n"),
            "libsoup in a handler": c_file("src/server/handlers/lk-handlers.c", "#include <libsoup/soup.h>\n"),
            "libcurl in HTTP": c_file("src/server/http/lk-exchange.c", "#include <curl/curl.h>\n"),
            "libsoup in the app": c_file("src/app/lk-a.c", "#include <libsoup/soup.h>\n"),
            "EDS in another address book": c_file("src/contacts/lk-address-book-file.c", "#include <libebook/libebook.h>\n"),
            "EDS's contacts in the agent": c_file("src/agent/lk-a.c", "#include <libebook-contacts/libebook-contacts.h>\n"),
            "libsecret in the client": c_file("src/api/lk-client.c", "#include <libsecret/secret.h>\n"),
            "SQLite in a handler": c_file("src/server/handlers/lk-handlers.c", "#include <sqlite3.h>\n"),
            "libcurl in the client": c_file("src/api/lk-client.c", "#include <curl/curl.h>\n"),
            "libarchive in the server": c_file("src/server/handlers/lk-service.c", "#include <archive.h>\n"),
            "GStreamer in the app": c_file("src/app/lk-a.c", "#include <gst/gst.h>\n"),
            "GStreamer in the recipe": c_file("src/media/recipe/lk-recipe.c", "#include <gst/gst.h>\n"),
        },
        "passes": {
            "each where it belongs": {
                "src/app/lk-window.h": SPDX + "#include <adwaita.h>\n#include <gtk/gtk.h>\n",
                "src/server/http/lk-exchange.h": SPDX + "#include <libsoup/soup.h>\n",
                "src/contacts/lk-address-book-eds.c": SPDX + "#include <libebook/libebook.h>\n",
                "src/contacts/lk-vcard.c": SPDX + "#include <libebook-contacts/libebook-contacts.h>\n",
                "src/api/lk-token-store-secret.c": SPDX + "#include <libsecret/secret.h>\n",
                "src/server/store/lk-sqlite.h": SPDX + "#include <sqlite3.h>\n",
                "src/media/bundle/lk-bundle.c": SPDX + "#include <archive.h>\n#include <gdk-pixbuf/gdk-pixbuf.h>\n",
            },
        },
    },
    "sql": {
        "fails": {
            "a query in a handler": c_file("src/server/handlers/lk-handlers.c", 'static const char *q = "SELECT id FROM pictures";\n'),
            "a table in the client": c_file("src/api/lk-a.c", 'run ("CREATE TABLE a (b)");\n'),
            "an insertion": c_file("src/server/lk-a.c", 'run ("INSERT INTO a VALUES (1)");\n'),
            "an update": c_file("src/server/lk-a.c", 'run ("UPDATE pictures SET a = 1");\n'),
            "a deletion": c_file("src/server/lk-a.c", 'run ("DELETE FROM pictures");\n'),
            "a pragma": c_file("src/server/lk-a.c", 'run ("PRAGMA journal_mode=WAL");\n'),
            "a transaction": c_file("src/server/store/lk-memory-store.c", 'run ("BEGIN IMMEDIATE");\n'),
        },
        "passes": {
            "the stores, methods of HTTP, and comments": {
                "src/server/store/lk-sqlite-store.c": SPDX + 'run ("SELECT id FROM pictures");\n',
                "src/server/handlers/lk-route.c": SPDX + '/* "SELECT x" is the store\'s */\nadd ("DELETE", "UPDATE", "Select one");\n',
            },
        },
    },
    "version-macros": {
        "fails": {
            "a version of GTK asked in a page": c_file("src/app/pages/lk-a.c", "#if GTK_CHECK_VERSION (4, 10, 0)\n#endif\n"),
            "a version of Adwaita asked in a widget": c_file("src/app/widgets/lk-a.c", "#if ADW_CHECK_VERSION (1, 5, 0)\n#endif\n"),
        },
        "passes": {
            "the same in compat": {"src/app/compat/lk-compat.c": SPDX + "#if GTK_CHECK_VERSION (4, 10, 0)\n#endif\n"},
        },
    },
    "deprecated": {
        "fails": {
            "a call": c_file("src/app/lk-a.c", "t = gdk_texture_new_for_pixbuf (p);\n"),
            "a type": c_file("src/app/lk-a.c", "static GtkStyleContext *context;\n"),
            "a widget in a template": ("ui/face.ui", {"ui/face.ui": TEMPLATE.format('<child><object class="AdwLeaflet"/></child>')}),
        },
        "passes": {
            "what stays": {"src/app/lk-a.c": SPDX + "gtk_style_context_add_provider_for_display (d, p, 1);\n"},
            "compat": {"src/app/compat/lk-a.c": SPDX + "gtk_show_uri (w, u, 0);\n"},
        },
    },
    "size": {
        "fails": {"801 lines": c_file("src/common/lk-a.c", "\n" * 800)},
        "passes": {"800 lines": {"src/common/lk-a.c": SPDX + "\n" * 799}},
    },
    "goto": {
        "fails": {"a jump": c_file("src/common/lk-a.c", "void a (void) { goto out; out: return; }\n")},
        "passes": {"the word": {"src/common/lk-a.c": SPDX + '/* goto there */ const char *a = "goto x";\n'}},
    },
    "pragma-once": {
        "fails": {"a guard by macro": c_file("src/common/lk-a.h", "#ifndef A\n#define A\n#endif\n")},
        "passes": {"the pragma": {"src/common/lk-a.h": SPDX + "#pragma once\n"}},
    },
    "own-header-first": {
        "fails": {"a file that hides what its header lacks": (
            "src/common/lk-a.c", {"src/common/lk-a.c": SPDX + '#include <gio/gio.h>\n#include "lk-a.h"\n',
                                  "src/common/lk-a.h": SPDX})},
        "passes": {"its own header, then others": {
            "src/common/lk-a.c": SPDX + '#include "lk-a.h"\n\n#include <gio/gio.h>\n', "src/common/lk-a.h": SPDX}},
    },
    "sleep": {
        "fails": {
            "a nap in C": c_file("src/agent/lk-a.c", "void a (void) { g_usleep (1000); }\n"),
            "a nap in a test": c_file("tests/common/test-a.c", "void a (void) { sleep (1); }\n"),
            "a nap in Python": ("tests/e2e/test_a.py", {"tests/e2e/test_a.py": PYTHON + "import time\n\n\ntime.sleep(1)\n"}),
            "a nap in shell": ("tests/a.sh", {"tests/a.sh": SHELL + "start &\nsleep 1\n"}),
            "a nap in a loop of shell": ("tests/a.sh", {"tests/a.sh": SHELL + "until ready; do sleep 0.1; done\n"}),
        },
        "passes": {
            "a reason on the line above": {
                "tests/support/wait.py": PYTHON + "# sleep: the bus tells nobody; bounded by the deadline\ntime.sleep(0.05)\n"},
            "a reason beside it": {"src/agent/lk-a.c": SPDX + "g_usleep (5); /* sleep: the clock's own step */\n"},
            "the word": {"src/agent/lk-a.c": SPDX + "/* sleep (1) would do */ lk_agent_sleep (self);\n"},
        },
    },
    "format": {
        "fails": {"another style": (
            "src/common/lk-a.c", {".clang-format": "BasedOnStyle: GNU\n", "src/common/lk-a.c": SPDX + "int a(int b){return b;}\n"})},
        "passes": {"GNU's": {".clang-format": "BasedOnStyle: GNU\n", "src/common/lk-a.c": SPDX + "static int a;\n"}},
    },
    "xml": {
        "fails": {
            "a template that ends early": ("ui/face.ui", {"ui/face.ui": "<interface><template>\n"}),
            "an icon with two roots": ("data/icon.svg", {"data/icon.svg": "<svg/><svg/>\n"}),
        },
        "passes": {"a template": {"ui/face.ui": TEMPLATE.format("")}},
    },
    "templates": {
        "fails": {
            "a template that is not listed": ("ui/face.ui", {
                "ui/a.gresource.xml": "<gresources/>", "ui/face.ui": TEMPLATE.format(""), "src/app/lk-face.c": FACE_C}),
            "an entry without a file": ("ui/a.gresource.xml", {"ui/a.gresource.xml": GRESOURCE}),
            "a template without a class": ("ui/face.ui", {"ui/a.gresource.xml": GRESOURCE, "ui/face.ui": TEMPLATE.format("")}),
            "a class that takes another template": ("ui/face.ui", {
                "ui/a.gresource.xml": GRESOURCE, "ui/face.ui": TEMPLATE.format(""),
                "src/app/lk-face.c": FACE_C.replace("face.ui", "other.ui")}),
        },
        "passes": {"template, entry and class": {
            "ui/a.gresource.xml": GRESOURCE, "ui/face.ui": TEMPLATE.format(""), "src/app/lk-face.c": FACE_C}},
    },
    "translatable": {
        "fails": {"a label in one language": (
            "ui/face.ui", {"ui/face.ui": TEMPLATE.format('<property name="label">Publish</property>')})},
        "passes": {"a label to translate, a name, a number": {"ui/face.ui": TEMPLATE.format(
            '<property name="label" translatable="yes">Publish</property><property name="name">page</property>'
            '<property name="label">3</property>')}},
    },
    "potfiles": {
        "fails": {
            "a source that is missing": ("po/POTFILES.in", {
                "po/POTFILES.in": "", "src/app/lk-a.c": SPDX + 'a = _("Publish");\n'}),
            "a plural that is missing": ("po/POTFILES.in", {
                "po/POTFILES.in": "", "src/app/lk-a.c": SPDX + 'a = ngettext ("%u person", "%u people", n);\n'}),
            "a template that is missing": ("po/POTFILES.in", {
                "po/POTFILES.in": "", "ui/a.ui": '<interface><p translatable="yes">A</p></interface>'}),
            "a desktop entry that is missing": ("po/POTFILES.in", {"po/POTFILES.in": "", "data/a.desktop.in": DESKTOP}),
            "an entry without a file": ("po/POTFILES.in", {"po/POTFILES.in": "src/app/lk-gone.c\n"}),
            "an entry with nothing to translate": ("po/POTFILES.in", {
                "po/POTFILES.in": "src/app/lk-a.c\n", "src/app/lk-a.c": SPDX + '/* _("no") */\n'}),
            "no list at all": ("po/POTFILES.in", {"src/app/lk-a.c": SPDX + 'a = C_("button", "Publish");\n'}),
        },
        "passes": {"a list that is true": {
            "po/POTFILES.in": "# comment\nsrc/app/lk-a.c\n", "src/app/lk-a.c": SPDX + 'a = _("Publish");\n',
            "src/app/lk-b.h": SPDX + "#define _(text) gettext (text)\n"}},
    },
    "desktop-entry": {
        "fails": {"an unknown type": ("data/a.desktop.in", {"data/a.desktop.in": DESKTOP.replace("=Application", "=Program")})},
        "passes": {"a valid entry": {"data/a.desktop.in": DESKTOP}},
    },
    "metainfo": {
        "fails": {"no summary": ("data/app.likeness.Likeness.metainfo.xml.in", {
            "data/app.likeness.Likeness.metainfo.xml.in": METAINFO.replace("summary>", "resume>")})},
        "passes": {"valid metainfo": {"data/app.likeness.Likeness.metainfo.xml.in": METAINFO}},
    },
    "schema": {
        "fails": {"a default of another type": ("data/a.gschema.xml", {"data/a.gschema.xml": SCHEMA.format("'wide'")})},
        "passes": {"a valid schema": {"data/a.gschema.xml": SCHEMA.format("360")}},
    },
    "json": {
        "fails": {"a comma too many": ("data/a.json", {"data/a.json": '{"a": 1,}\n'})},
        "passes": {"an object": {"data/a.json": '{"a": 1}\n'}},
    },
    "yaml": {
        "fails": {
            "a tab": ("data/a.yaml", {"data/a.yaml": "a:\n\tb: 1\n"}),
            "a key twice": ("data/a.yaml", {"data/a.yaml": "a: 1\nb: 2\na: 3\n"}),
        },
        "passes": {"a mapping that merges another": {"data/a.yaml": "a: &a {b: 1}\nc: {<<: *a, d: 2}\n"}},
    },
    "services": {
        "fails": {
            "a D-Bus service without a program": ("data/a.service.in", {"data/a.service.in": BUS_SERVICE.replace("Exec=", "Run=")}),
            "a unit without a program": ("data/b.service", {"data/b.service": "[Unit]\nDescription=Likeness\n"}),
        },
        "passes": {"both": {"data/a.service.in": BUS_SERVICE, "data/b.service.in": UNIT}},
    },
    "icons": {
        "fails": {
            "a template's": ("ui/a.ui", {"ui/a.ui": '<property name="icon-name">no-such-icon-symbolic</property>\n'}),
            "the code's": ("src/app/a.c", {"src/app/a.c": 'set_icon ("no-such-icon-symbolic");\n'}),
        },
        "passes": {"GNOME's and ours": {
            "ui/a.ui": '<property name="icon-name">app.likeness.Likeness</property>\n',
            "data/icons/app.likeness.Likeness.svg": "<svg/>\n",
            "src/app/a.c": 'set_icon ("open-menu-symbolic");\n'}},
    },
    "layout": {
        "fails": {
            "another folder": ("docs", {"docs/a.md": "# A\n"}),
            "another file": ("Makefile", {"Makefile": "all:\n"}),
        },
        "passes": {"the layout's": {"src/a": "", "README.md": "", ".gitignore": "", ".ci/run": "", "COPYING": ""}},
    },
    "licence": {
        "fails": {
            "C without one": ("src/common/lk-a.c", {"src/common/lk-a.c": "int a;\n"}),
            "C with it further down": ("src/common/lk-a.c", {"src/common/lk-a.c": "\n" + SPDX}),
            "a script without one": ("tests/a.sh", {"tests/a.sh": "#!/bin/sh\ntrue\n"}),
        },
        "passes": {"one in each": {"src/common/lk-a.c": SPDX, "tests/a.sh": SHELL, "tests/run": SHELL, "tests/a.py": PYTHON}},
    },
    "spelling": {
        "fails": {"a slip": ("README.md", {"README.md": "It will recieve a picture.\n"})},
        "passes": {"none": {"README.md": "It will receive a picture.\n"}},
    },
    "leftovers": {
        "fails": {
            "a note to nobody": c_file("src/common/lk-a.c", "/* TODO: later */\n"),
            "one in a text": ("README.md", {"README.md": "FIXME\n"}),
        },
        "passes": {"a note with its owner, a template of a name": {
            "src/common/lk-a.c": SPDX + '/* TODO(ada): when 4.10 is the floor */ a ("a-XXXXXX");\n'}},
    },
    "machine-paths": {
        "fails": {
            "a home": c_file("src/common/lk-a.c", '#define A "/home/ada/src"\n'),
            "root's": ("tests/a.py", {"tests/a.py": PYTHON + 'A = "/root/x"\n'}),
        },
        "passes": {"paths of the system": {"tests/a.py": PYTHON + 'A = "/usr/share/pixmaps/faces"\nB = f"{base}/work/a"\n'}},
    },
    "secrets": {
        "fails": {
            "a private key": ("tests/key.pem", {"tests/key.pem": "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n"}),
            "a token": ("data/demo/run", {"data/demo/run": SHELL + f"token=ghp_{'a1B2' * 9}\n"}),
            "a password in an address": ("data/a.conf", {"data/a.conf": "url=smtp://mail:Xk29fj3kd@mail.example\n"}),
        },
        "passes": {"an address, and a place for a password": {
            "data/a.conf": "url=https://example.org/\nother=smtp://user:password@mail.example\n"}},
    },
    "whitespace": {
        "fails": {
            "a conflict": ("README.md", {"README.md": "<<<<<<< HEAD\na\n"}),
            "space at a line's end": c_file("src/common/lk-a.c", "int a; \n"),
        },
        "passes": {"neither": {"README.md": "Likeness\n=======\n", "src/common/lk-a.c": SPDX + "int a;\n"}},
    },
    "python": {
        "fails": {"a script that does not compile": ("tests/a.py", {"tests/a.py": PYTHON + "def a(:\n"})},
        "passes": {"one that does": {"tests/a.py": PYTHON + "def a():\n    return 1\n"}},
    },
    "shell": {
        "fails": {
            "a script that does not parse": ("tests/a.sh", {"tests/a.sh": SHELL + "if true; then\n"}),
            "a word that splits": ("tests/a.sh", {"tests/a.sh": SHELL + 'rm -r $1\n'}),
        },
        "passes": {"one that is fine": {"tests/a.sh": SHELL + 'rm -r "$1"\n'}},
    },
}

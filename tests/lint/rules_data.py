# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules on templates, translations and data files. Each takes a Tree and yields what is wrong as "path:line: what"."""

import json
import pathlib
import posixpath
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree

from tree import Skip

TRANSLATED_CALL = (r"(?<![\w#])(_|N_|C_|NC_|gettext|ngettext|g_dgettext|g_dngettext|dgettext|dngettext|g_dpgettext2?"
                   r"|dpgettext2)\s*\(\s*(\"|[A-Z_]+\s*,)")
THEME = pathlib.Path("/usr/share/icons/Adwaita")
SPOKEN_PROPERTIES = {"label", "title", "subtitle", "tooltip-text", "placeholder-text", "description", "body",
                     "heading", "text"}


def _parse(tree, path):
    """The root of an XML file, and None, or None and what is wrong with it."""
    try:
        return xml.etree.ElementTree.fromstring(tree.text(path) or ""), None
    except xml.etree.ElementTree.ParseError as error:
        return None, f"{path}:{error.position[0]}: not well-formed: {error}"


def check_xml(tree):
    """templates, icons, schemas, metainfo and the GResource list are well-formed XML"""
    for path in tree.find(".ui", ".xml", ".svg", ".xml.in"):
        _, problem = _parse(tree, path)
        if problem:
            yield problem


def _resources(tree):
    """The files that the GResource lists name, as paths in the tree: {path: (list, line)}."""
    listed = {}
    for path in tree.find(".gresource.xml"):
        root, problem = _parse(tree, path)
        if problem:
            continue
        folder = posixpath.dirname(path)
        for element in root.iter("file"):
            listed[posixpath.normpath(posixpath.join(folder, (element.text or "").strip()))] = path
    return listed


def check_templates(tree):
    """each template is in the GResource list and has a class in src/app; each entry of the list is a file"""
    listed = _resources(tree)
    for path, source in listed.items():
        if path not in tree.paths:
            yield f"{source}:1: {path} is not there"
    code = "\n".join(tree.c_code(path) for path in tree.find(".c", under="src/app/"))
    for path in tree.find(".ui"):
        if path not in listed:
            yield f"{path}:1: not in the GResource list"
        root, problem = _parse(tree, path)
        if problem:
            continue
        for template in root.iter("template"):
            name = template.get("class")
            if not re.search(rf"\bG_DEFINE_(FINAL_|ABSTRACT_)?TYPE(_WITH_\w+)?\s*\(\s*{name}\b", code):
                yield f"{path}:1: no class {name} is defined in src/app"
            if f"/{path.rsplit('/', 1)[1]}\"" not in code:
                yield f"{path}:1: no class of src/app takes this template"


def check_translatable(tree):
    """text in a template that people read is marked translatable"""
    for path in tree.find(".ui"):
        root, problem = _parse(tree, path)
        if problem:
            continue
        for element in [*root.iter("property"), *root.iter("attribute")]:
            if element.get("name") not in SPOKEN_PROPERTIES or element.get("translatable"):
                continue
            if len(element) == 0 and not element.get("bind-source") and re.search(r"[^\W\d_]{2}", element.text or ""):
                yield f"{path}:1: {element.get('name')} \"{element.text.strip()}\" is not translatable"


def _has_translations(tree, path):
    if path.endswith((".c", ".h")):
        code = re.sub(r"^[ \t]*#[ \t]*define.*$", "", tree.c_code(path), flags=re.MULTILINE)
        return re.search(TRANSLATED_CALL, code) is not None
    if path.endswith(".ui"):
        return re.search(r'translatable="(yes|true|1)"', tree.text(path)) is not None
    if path.endswith(".gschema.xml"):
        return "<summary>" in tree.text(path)
    return path.endswith((".desktop.in", ".desktop.in.in", ".metainfo.xml.in", ".metainfo.xml.in.in"))


def check_potfiles(tree):
    """po/POTFILES.in names each file with text to translate, and no other"""
    listed = [line.strip() for line in tree.lines("po/POTFILES.in")
              if line.strip() and not line.lstrip().startswith("#")] if "po/POTFILES.in" in tree.paths else []
    for path in tree.find(".c", ".h", ".ui", ".gschema.xml", ".in"):
        if path.startswith(("src/", "ui/", "data/")) and _has_translations(tree, path) and path not in listed:
            yield f"po/POTFILES.in:1: {path} has text to translate and is not listed"
    for number, path in enumerate(listed, 1):
        if path not in tree.paths:
            yield f"po/POTFILES.in:{number}: {path} is not there"
        elif not _has_translations(tree, path):
            yield f"po/POTFILES.in:{number}: {path} has nothing to translate"
        if path in listed[:number - 1]:
            yield f"po/POTFILES.in:{number}: {path} is listed twice"


def _run_on_copies(tree, paths, command, complain):
    """Runs a validator on each file, copied under the name that it is installed by."""
    if paths and shutil.which(command[0]) is None:
        raise Skip(f"there is no {command[0]} here")
    with tempfile.TemporaryDirectory(prefix="likeness-lint-") as folder:
        for path in paths:
            name = re.sub(r"(\.in)+$", "", path.rsplit("/", 1)[1])
            copy = pathlib.Path(folder, name)
            copy.write_text(re.sub(r"@\w+@", "x", tree.text(path)), encoding="utf-8")
            outcome = subprocess.run([*command, copy], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                     check=False)
            if outcome.returncode != 0:
                yield f"{path}:1: {complain}: {' '.join(outcome.stdout.replace(folder + '/', '').split())[:600]}"


def check_desktop_entries(tree):
    """desktop entries are valid"""
    yield from _run_on_copies(tree, tree.find(".desktop", ".desktop.in", ".desktop.in.in"),
                              ["desktop-file-validate"], "not a valid desktop entry")


def _appstream_options():
    """Likeness has no web site to name. AppStream 1.0 warns of that; 0.16 does not know the warning by its name."""
    if shutil.which("appstreamcli") is None:
        return []
    version = subprocess.run(["appstreamcli", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [] if "version: 0." in version else ["--override=url-homepage-missing=info"]


def check_metainfo(tree):
    """metainfo is valid"""
    yield from _run_on_copies(tree, tree.find(".metainfo.xml", ".metainfo.xml.in", ".metainfo.xml.in.in"),
                              ["appstreamcli", "validate", "--no-net", *_appstream_options()], "not valid metainfo")


def check_schemas(tree):
    """settings schemas are valid"""
    paths = tree.find(".gschema.xml", ".gschema.xml.in")
    if paths and shutil.which("glib-compile-schemas") is None:
        raise Skip("there is no glib-compile-schemas here")
    for path in paths:
        with tempfile.TemporaryDirectory(prefix="likeness-lint-") as folder:
            name = path.rsplit("/", 1)[1].replace(".xml.in", ".xml")
            pathlib.Path(folder, name).write_text(re.sub(r"@\w+@", "x", tree.text(path)), encoding="utf-8")
            outcome = subprocess.run(["glib-compile-schemas", "--strict", "--dry-run", folder],
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            if outcome.returncode != 0:
                yield f"{path}:1: not a valid schema: {' '.join(outcome.stdout.replace(folder + '/', '').split())}"


def check_json(tree):
    """JSON files parse"""
    for path in tree.find(".json"):
        try:
            json.loads(tree.text(path) or "")
        except json.JSONDecodeError as error:
            yield f"{path}:{error.lineno}: not JSON: {error.msg}"


def check_yaml(tree):
    """YAML files parse, without a key given twice"""
    paths = tree.find(".yaml", ".yml")
    try:
        import yaml
    except ImportError:
        raise Skip("there is no Python module yaml here") from None

    class StrictLoader(yaml.SafeLoader):
        """A loader that takes no key twice, where YAML's own keeps the last."""

    def construct_mapping(loader, node):
        seen = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key_node.value!r} is given twice",
                                                        key_node.start_mark)
            if isinstance(key_node, yaml.ScalarNode):
                seen.add(key_node.value)
        loader.flatten_mapping(node)
        return dict(loader.construct_pairs(node, deep=True))

    StrictLoader.add_constructor("tag:yaml.org,2002:map", construct_mapping)
    for path in paths:
        try:
            for _ in yaml.load_all(tree.text(path) or "", Loader=StrictLoader):
                pass
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            yield f"{path}:{mark.line + 1 if mark else 1}: not YAML: {getattr(error, 'problem', error)}"


def check_services(tree):
    """D-Bus services and systemd units have the lines that make them start"""
    for path in tree.find(".service", ".service.in"):
        text = tree.text(path)
        needed = (r"^Name=\S", r"^Exec=\S") if "[D-BUS Service]" in text else (r"^\[Service\]$", r"^ExecStart=\S")
        for pattern in needed:
            if not re.search(pattern, text, re.MULTILINE):
                yield f"{path}:1: has no line like {pattern}"


def check_icons(tree):
    """each icon that templates and code name is ours or in the theme that GNOME comes with"""
    if not THEME.is_dir():
        raise Skip(f"{THEME} is not there")
    known = {path.rsplit("/", 1)[1].removesuffix(".svg") for path in tree.find(".svg")}
    known |= {path.stem for path in THEME.rglob("*.svg")}
    for path in [*tree.find(".ui"), *tree.find(".c", under="src/app/")]:
        pattern = r"name=\"icon-name\">([^<]+)<" if path.endswith(".ui") else r"\"([a-z-]+-symbolic)\""
        for number, line in enumerate(tree.lines(path), 1):
            for name in re.findall(pattern, line):
                if name not in known:
                    yield f"{path}:{number}: there is no icon {name}"


RULES = {
    "xml": check_xml,
    "templates": check_templates,
    "translatable": check_translatable,
    "potfiles": check_potfiles,
    "desktop-entry": check_desktop_entries,
    "metainfo": check_metainfo,
    "schema": check_schemas,
    "json": check_json,
    "yaml": check_yaml,
    "services": check_services,
    "icons": check_icons,
}

"""How the addon is built: which package may know which, how large things may get.

Nothing of Odoo runs here: the sources are read. What is beyond a limit today stands in
a dictionary below with its present number, which may only shrink. To see the numbers of
today:

    python tests/architecture/test_architecture.py
"""

import ast
import importlib.util
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDON = ROOT / "lead_distribution"

#: A package knows those before it; those of one line do not know each other.
LEVELS = (
    ("engine",),
    ("tools",),
    ("core",),
    ("pipeline",),
    ("offer", "manual", "customer", "intake", "outgoing"),
    ("follow_up", "task"),
    ("insight", "privacy"),
)
LEVEL_OF = {package: place for place, line in enumerate(LEVELS) for package in line}

#: ``{(file, what it must not know): why it does all the same}``
ARROWS = {}

LONGEST_FILE = 450
#: lines of the files that are longer; each number may only shrink
LONG_FILES = {}

LARGEST_CLASS = 45
#: methods of the classes that have more, by ``file:class``; may only shrink
LARGE_CLASSES = {}

#: Odoo's methods, which any package may extend
ODOO_METHODS = {
    "_action_done",
    "_check_access",
    "_merge_dependences",
    "_search",
    "copy",
    "copy_data",
    "create",
    "default_get",
    "init",
    "message_new",
    "unlink",
    "web_save",
    "write",
}
#: ``{(model, method): why}``: methods in two classes that are no hooks
DEFINED_TWICE = {
    ("lead.distribution.follow.up", "_activities_done"): (
        "what is done with a customer counts for its leads: response_time.py"
    ),
    ("lead.distribution.follow.up", "_messages_created"): (
        "what is written to a customer counts for its leads: response_time.py"
    ),
}

#: where alone an engine is made, besides the engine itself
ENGINE_MADE_IN = "models/pipeline/decision.py"

#: where alone a row of the ledger becomes an assignment, and how often it is written
#: there: of a lead, of a customer, and again when what released it is undone
ASSIGNED_IN = {
    "models/pipeline/apply.py": 1,
    "models/pipeline/apply_customers.py": 1,
    "models/core/lead_distribution_assignment.py": 1,
}
#: the model that alone takes leads from people, by what only it may call
TRANSITION = "lead.distribution.apply"
OF_TRANSITION = {"message_unsubscribe", "_close_rows", "_claim_offer"}

#: calls as superuser without a reason; may only shrink
SUDO_WITHOUT_REASON = 0
#: docstrings without a summary line; may only shrink
WITHOUT_SUMMARY = 0


def sources(*folders):
    """Return ``{path inside the addon: text}`` of what is no test."""
    return {
        path.relative_to(ADDON).as_posix(): path.read_text(encoding="utf-8")
        for folder in folders or ("",)
        for path in sorted(ADDON.joinpath(folder).rglob("*.py"))
        if "tests" not in path.relative_to(ADDON).parts
    }


CODE = sources("engine", "tools", "models")
TREES = {path: ast.parse(text) for path, text in CODE.items()}


def package_of(path):
    """Return the package of a file, None for those that hold no code of one."""
    parts = path.split("/")
    if parts[0] != "models":
        return parts[0]
    return parts[1] if len(parts) > 2 else None


# models --------------------------------------------------------------------


def literal(node):
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def named(node):
    """Read what a class of a model says of itself.

    :returns: ``(its _name or None, list of its _inherit)``
    """
    values = {}
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            values[line.targets[0].id] = line.value
    inherit = literal(values["_inherit"]) if "_inherit" in values else None
    inherit = [inherit] if isinstance(inherit, str) else list(inherit or ())
    return literal(values["_name"]) if "_name" in values else None, inherit


def classes():
    """Yield ``(path, class, its _name, its _inherit)`` of all classes."""
    for path, tree in TREES.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                yield path, node, *named(node)


#: the package of each model of ours; Odoo's own belong to none
OWNERS = {
    name: package_of(path)
    for path, _node, name, inherit in classes()
    if name and name not in inherit
}


def references(path):
    """Yield what a file knows of the addon: ``(line, what, its package)``."""
    folder = path.split("/")[:-1]
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = folder[: len(folder) - node.level + 1]
            base += node.module.split(".") if node.module else []
            for alias in node.names:
                target = [*base, alias.name]
                package = target[1] if target[0] == "models" else target[0]
                yield node.lineno, ".".join(target), package
        elif isinstance(node, ast.ImportFrom | ast.Import):
            for alias in node.names:
                name = f"{getattr(node, 'module', '') or ''}.{alias.name}".strip(".")
                if name.startswith("odoo.addons.lead_distribution."):
                    target = name.split(".")[3:]
                    package = target[-1 if len(target) < 2 else target[0] == "models"]
                    yield node.lineno, name, package
        elif isinstance(node, ast.Subscript):
            holder = getattr(node.value, "attr", getattr(node.value, "id", None))
            name = literal(node.slice)
            if holder == "env" and name in OWNERS:
                yield node.lineno, name, OWNERS[name]


def wrong_arrows():
    """Yield ``(path, line, what)`` of what points upwards or sideways."""
    for path in TREES:
        own = package_of(path)
        if own is None:
            continue
        for line, what, package in references(path):
            if package == own or package not in LEVEL_OF:
                continue
            if LEVEL_OF[package] >= LEVEL_OF[own]:
                yield path, line, what


# what may only shrink --------------------------------------------------------


def compare(present, listed, limit, advice):
    """Compare numbers that are beyond a limit with those that are listed.

    :param present: ``{what: number}``
    :param listed: the same, as it is allowed
    :param advice: what to do with what is too large
    :returns: a text of what is wrong, "" if nothing is
    """
    present = {what: number for what, number in present.items() if number > limit}
    lines = []
    for what, number in sorted(present.items()):
        allowed = listed.get(what, limit)
        if number > allowed:
            lines.append(f"{what}: {number}, at most {allowed}. {advice}")
    for what, number in sorted(listed.items()):
        now = present.get(what)
        if now is None:
            lines.append(f"{what}: not above {limit} any more. Take it off the list.")
        elif now < number:
            lines.append(f"{what}: {now} by now. Lower the number {number}.")
    return "\n".join(lines)


def file_sizes():
    return {path: len(text.splitlines()) for path, text in CODE.items()}


def class_sizes():
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return {
        f"{path}:{node.name}": sum(isinstance(each, functions) for each in node.body)
        for path, node, _name, _inherit in classes()
    }


def definitions():
    """Return ``{(model, method): [(path, function), ...]}``."""
    found = defaultdict(list)
    for path, node, name, inherit in classes():
        for model in [name] if name else inherit:
            for each in node.body:
                if isinstance(each, ast.FunctionDef):
                    found[model, each.name].append((path, each))
    return found


def calls_super(function):
    return any(
        isinstance(node, ast.Call) and getattr(node.func, "id", None) == "super"
        for node in ast.walk(function)
    )


def is_hook(functions):
    """Whether one definition is a hook's, and all others go on to it."""
    bases = [each for _path, each in functions if not calls_super(each)]
    return len(bases) == 1 and (ast.get_docstring(bases[0]) or "").startswith("Hook:")


def defined_twice():
    """Return ``{(model, method): paths}`` of those that are no hooks."""
    return {
        key: [f"{path}:{each.lineno}" for path, each in functions]
        for key, functions in definitions().items()
        if len(functions) > 1
        and key[1] not in ODOO_METHODS
        and not key[1].startswith("__")
        and not is_hook(functions)
    }


def engines_made():
    """Return ``{path: how often an engine is made there}``."""
    found = Counter()
    for path, text in sources().items():
        if path.startswith("engine/"):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", None))
                found[path] += name == "Engine"
    return {path: number for path, number in found.items() if number}


def assigned_written():
    """Return ``{path: how often}`` of ``"state": "assigned"`` in values to write."""
    found = Counter()
    for path, text in sources().items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                found[path] += any(
                    key is not None
                    and (literal(key), literal(value)) == ("state", "assigned")
                    for key, value in pairs
                )
    return {path: number for path, number in found.items() if number}


def transitions_elsewhere():
    """Yield ``(path:line, call)`` of what only the transition may do."""
    for path, node, name, inherit in classes():
        if TRANSITION in (name, *inherit) or name == "lead.distribution.assignment":
            continue
        if "lead.distribution.assignment" in inherit:
            continue
        for each in ast.walk(node):
            if isinstance(each, ast.Call):
                called = getattr(each.func, "attr", None)
                if called in OF_TRANSITION:
                    yield f"{path}:{each.lineno}", called


def sudo_without_reason():
    """Return the places, as ``path:line``."""
    path = ROOT / "scripts" / "check_sudo.py"
    spec = importlib.util.spec_from_file_location("check_sudo", path)
    check_sudo = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check_sudo)
    return [
        f"{path}:{line}"
        for path, text in sources().items()
        for line in check_sudo.missing(text)
    ]


def without_summary():
    """Return the places, as ``path:line``, of docstrings that begin with a field."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    found = []
    for path, text in sources().items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, documented):
                doc = ast.get_docstring(node)
                if doc is not None and (not doc or doc.startswith(":")):
                    found.append(f"{path}:{getattr(node, 'lineno', 1)}")
    return found


def counted(places, allowed, name, advice):
    """Compare a number of places with the one that is allowed, see :func:`compare`."""
    listed = {name: allowed} if allowed else {}
    problem = compare({name: len(places)}, listed, 0, advice)
    return problem and problem + "\n" + "\n".join(places)


# the checks ------------------------------------------------------------------


def test_models_are_found():
    """The other checks look at something."""
    assert OWNERS["lead.distribution"] == "pipeline"
    assert "crm.lead" not in OWNERS
    assert set(map(package_of, TREES)) - {None} == set(LEVEL_OF)
    path = "models/pipeline/decision.py"
    known = {(what, package) for _line, what, package in references(path)}
    assert ("engine.Engine", "engine") in known


def test_arrows():
    """Imports and models named go from later packages to earlier ones only."""
    found = list(wrong_arrows())
    lines = [
        f"{path}:{line}: {package_of(path)} must not know {what}. Let it call a hook "
        "(docstring: “Hook: ...”) that the later package extends, or move the code."
        for path, line, what in found
        if (path, what) not in ARROWS
    ]
    gone = set(ARROWS) - {(path, what) for path, _line, what in found}
    lines += [f"{each}: not so any more. Take it off ARROWS." for each in sorted(gone)]
    assert not lines, "\n".join(lines)


def test_file_sizes():
    """No file is long."""
    advice = "Move a subject of its own into a file of its own."
    problem = compare(file_sizes(), LONG_FILES, LONGEST_FILE, advice)
    assert not problem, problem


def test_class_sizes():
    """No class has many methods."""
    advice = "Move methods to the model that they are about, or make a step."
    problem = compare(class_sizes(), LARGE_CLASSES, LARGEST_CLASS, advice)
    assert not problem, problem


def test_defined_once():
    """Inside the addon no method replaces or extends another one, but for hooks."""
    found = defined_twice()
    lines = [
        f"{model}.{method}: {', '.join(paths)}. Rename one, or make the first a hook "
        "(docstring: “Hook: ...”) and let the others call super()."
        for (model, method), paths in sorted(found.items())
        if (model, method) not in DEFINED_TWICE
    ]
    gone = sorted(set(DEFINED_TWICE) - set(found))
    lines += [f"{each}: not so any more. Take it off DEFINED_TWICE." for each in gone]
    assert not lines, "\n".join(lines)


def test_engine_made_once():
    """There is one loop that decides."""
    assert engines_made() == {ENGINE_MADE_IN: 1}, (
        "Ask `lead.distribution.decision` for decisions; what differs goes in as data."
    )


def test_assigned_once():
    """Rows of the ledger become assignments in one place, whoever asks."""
    assert assigned_written() == ASSIGNED_IN, (
        f"Let `{TRANSITION}` give the lead: `_assign`, `_offer`, `_take_away`."
    )


def test_one_transition():
    """One place takes leads from people: what follows hangs there, for all ways."""
    lines = [
        f"{place}: {called} is for `{TRANSITION}` alone. Let it give or take the lead."
        for place, called in transitions_elsewhere()
    ]
    assert not lines, "\n".join(lines)


def test_sudo_has_reasons():
    """Beside each call as superuser stands why, see scripts/check_sudo.py."""
    advice = "Write `# sudo: why` beside or above it."
    name = "calls as superuser without a reason"
    problem = counted(sudo_without_reason(), SUDO_WITHOUT_REASON, name, advice)
    assert not problem, problem


def test_docstrings_have_summaries():
    """A docstring begins with a line that says what it is, fields come after."""
    advice = 'Begin with a summary: """What it does.'
    name = "docstrings without a summary line"
    problem = counted(without_summary(), WITHOUT_SUMMARY, name, advice)
    assert not problem, problem


def main():
    """Print the numbers of today, as they are listed above."""

    def listed(name, present, limit):
        above = {what: number for what, number in present.items() if number > limit}
        lines = [f'    "{what}": {number},' for what, number in sorted(above.items())]
        print("\n".join([f"{name} = {{", *lines, "}"]) if lines else f"{name} = {{}}")

    listed("LONG_FILES", file_sizes(), LONGEST_FILE)
    listed("LARGE_CLASSES", class_sizes(), LARGEST_CLASS)
    print(f"SUDO_WITHOUT_REASON = {len(sudo_without_reason())}")
    print(f"WITHOUT_SUMMARY = {len(without_summary())}")
    for path, line, what in wrong_arrows():
        print(f"arrow: {path}:{line} to {what}")
    for (model, method), paths in sorted(defined_twice().items()):
        print(f"twice: {model}.{method}: {', '.join(paths)}")


if __name__ == "__main__":
    main()

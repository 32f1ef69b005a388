"""Every call as superuser has its reason beside it.

Such a call is `.sudo()`, `.sudo(True)`, `.with_user(SUPERUSER_ID)`, or an environment
made with `su=True` or with SUPERUSER_ID; not `.sudo(False)`, which gives rights back. A
comment on one of the lines of its statement, or right above it, has the word `sudo:`
and then why: what is done there that the user may not do, and what holds them back.

    check_sudo.py FILE...

Prints a line for each call without, and ends with status 1 if there is any.
"""

import argparse
import ast
import io
import sys
import tokenize
from pathlib import Path

WORD = "sudo:"


def is_name(node, name):
    """Whether an expression is `name`, or an attribute of that name."""
    return name in (getattr(node, "id", None), getattr(node, "attr", None))


def is_superuser(node):
    return is_name(node, "SUPERUSER_ID") or (
        isinstance(node, ast.Constant) and node.value is not True and node.value == 1
    )


def is_sudo(node):
    """Whether an expression makes somebody the superuser."""
    if not isinstance(node, ast.Call):
        return False
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    if is_name(node.func, "sudo"):
        flag = node.args[0] if node.args else keywords.get("flag")
        return not (isinstance(flag, ast.Constant) and flag.value is False)
    if is_name(node.func, "with_user"):
        users = [*node.args, *keywords.values()]
        return any(is_superuser(user) for user in users)
    if is_name(node.func, "env") or is_name(node.func, "Environment"):
        flag = keywords.get("su")
        if flag and not (isinstance(flag, ast.Constant) and not flag.value):
            return True
        users = [*node.args, *(keywords.get(name) for name in ("user", "uid"))]
        return any(user is not None and is_superuser(user) for user in users)
    return False


def statements(tree):
    """:returns: pairs of a statement and the expressions that are its own, those of
    the statements inside of it aside"""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            yield node, list(own(node))


def own(node):
    for child in ast.iter_child_nodes(node):
        # what holds statements is no expression: an except clause, a case
        if not isinstance(child, ast.stmt):
            yield child
            yield from own(child)


def lines_of(statement, expressions):
    """:returns: first and last line; of a statement that holds others its head"""
    first, last = statement.lineno, statement.end_lineno
    if hasattr(statement, "body") or hasattr(statement, "cases"):
        first = min(
            [first, *(x.lineno for x in getattr(statement, "decorator_list", ()))]
        )
        last = max(
            [first, *(getattr(x, "end_lineno", None) or first for x in expressions)]
        )
    return first, last


def comments_of(text):
    """:returns: ``({line: comment}, lines with nothing else on them)``"""
    found, alone = {}, set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            found[token.start[0]] = token.string
            if not token.line[: token.start[1]].strip():
                alone.add(token.start[0])
    return found, alone


def missing(text):
    """:returns: lines of the calls as superuser without a reason, in order
    :raises SyntaxError: when it is no Python
    """
    comments, alone = comments_of(text)
    found = set()
    for statement, expressions in statements(ast.parse(text)):
        calls = [node for node in expressions if is_sudo(node)]
        if not calls:
            continue
        first, last = lines_of(statement, expressions)
        while first - 1 in alone:
            first -= 1
        said = [comments.get(number, "") for number in range(first, last + 1)]
        if not any(reason(comment) for comment in said):
            found.update(call.func.end_lineno for call in calls)
    return sorted(found)


def reason(comment):
    return comment.partition(WORD)[2].strip()


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/check_sudo.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", metavar="FILE")
    count = 0
    for name in parser.parse_args().files:
        text = Path(name).read_text(encoding="utf-8")
        for number in missing(text):
            count += 1
            line = text.splitlines()[number - 1].strip()
            print(f"{name}:{number}: no reason (`# {WORD} why`): {line}")
    if count:
        print(f"{count} calls as superuser without a reason")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())

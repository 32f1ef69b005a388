"""Make the demonstration database, show it, serve it.

SERVE=0 ends after the demonstration; PORT chooses the port (8069).
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time

import databases
import environment as env

MODULE = "lead_distribution"
DATABASE = f"{MODULE}_demo"
WELCOME = """
Odoo runs at http://localhost:{port}/odoo/crm (Ctrl-C stops it)
Log in with one of these names, which is its password too:
  manager      the distribution's manager
  nora, simon  leaders of the two offices
  anna, boris, clara, diego, elena, filip, mateo   North Office
  greta, hugo, ines, jakub, karla, lukas           South Office
  admin        the administrator
Its log: {log}"""


def choose_port():
    """PORT if given, else 8069 or the next free one."""
    wish = os.environ.get("PORT")
    if not wish:
        port = env.free_port(8069)
        if port != 8069:
            env.say(f"Port 8069 is taken, {port} is used instead.")
        return port
    if not wish.isdigit() or not 0 < int(wish) < 65536:
        raise env.Missing(f"PORT={wish} is not a port number")
    try:
        return env.free_port(int(wish), 1)
    except env.Missing:
        problem = f"port {wish} is taken or reserved"
        raise env.Missing(f"{problem}; take another: `make run PORT=8090`") from None


def build(database=DATABASE):
    """A fresh database with the addon, then the story told in demo/story.py."""
    databases.copy(databases.template((MODULE,), databases.template()), database)
    command = [sys.executable, "-m", "click_odoo", "-d", database, "--log-level=warn"]
    if code := subprocess.call([*command, str(env.ROOT / "demo" / "story.py")]):
        sys.exit(code)


def serve(port):
    log = env.LOGS / "server.log"
    command = [sys.executable, *env.ODOO_COMMAND, "-d", DATABASE]
    command += [f"--db-filter=^{DATABASE}$", f"--http-port={port}"]
    with log.open("ab") as handle:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=handle, stderr=subprocess.STDOUT
        )
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: server.terminate())
    try:
        host = os.environ["ODOO_HTTP_INTERFACE"]
        host = "127.0.0.1" if host in ("0.0.0.0", "") else host
        while server.poll() is None:
            try:
                socket.create_connection((host, port), 1).close()
                print(WELCOME.format(port=port, log=log), flush=True)
                break
            except OSError:
                time.sleep(0.2)
        code = server.wait()
    except KeyboardInterrupt:
        server.terminate()
        return 0 if server.wait() in (0, -signal.SIGTERM) else 1
    if code and code != -signal.SIGTERM:
        lines = log.read_text(errors="replace").splitlines()
        raise env.Missing(f"Odoo stopped: {lines[-1] if lines else ''} (log: {log})")
    return 0


def main():
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    text = "serve the existing database"
    parser.add_argument("--run", action="store_true", help=text)
    options = parser.parse_args()
    wants = options.run or os.environ.get("SERVE", "1") not in ("0", "no", "false")
    # Said before the work, not after it.
    port = choose_port() if wants else None
    if options.run and DATABASE not in databases.names():
        raise env.Missing(f"no database {DATABASE} yet: `make demo` makes it")
    if not options.run:
        build()
    return serve(port) if wants else 0


if __name__ == "__main__":
    with env.errors_in_one_line():
        sys.exit(main())

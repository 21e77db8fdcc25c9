"""The bridge's verbs. JSON in, JSON lines out."""

from __future__ import annotations

import argparse
import os
import sys

if sys.version_info < (3, 10):  # noqa: UP036 - the far interpreter is whatever the user named
    sys.stderr.write("farsim: the bridge needs Python 3.10 or newer\n")
    sys.exit(3)

from .errors import FarsimError


def main() -> None:
    """Runs one verb and exits with its status."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["simulate"]:
        from .simulator.simulator_process import run_simulator

        run_simulator(int(arguments[1]), int(arguments[2]))
    try:
        status = _run(_parser().parse_args(arguments))
    except FarsimError as error:
        import json

        print(json.dumps({"farsim": 1, "error": error.report()}), file=_error_stream(arguments), flush=True)
        status = 3
    sys.stdout.flush()
    os._exit(status)


def _error_stream(arguments: list[str]):
    # attach's standard output belongs to the session
    return sys.stderr if arguments[:1] == ["attach"] else sys.stdout


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bridge.pyz", description="The far side of farsim.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    start = verbs.add_parser("up", help="start a session; the order is JSON on standard input")
    start.add_argument("--foreground", action="store_true", help="stay until its end")
    for verb in ("attach", "down"):
        verbs.add_parser(verb).add_argument("session")
    logs = verbs.add_parser("logs")
    logs.add_argument("session")
    logs.add_argument("-n", "--lines", type=int, default=50)
    logs.add_argument("-f", "--follow", action="store_true")
    for verb in ("ps", "status"):
        verbs.add_parser(verb).add_argument("--over", action="store_true", help="those that are over")
    reap = verbs.add_parser("reap", help="end what is left over")
    reap.add_argument("sessions", nargs="*")
    reap.add_argument("--list", action="store_true", help="only say what that is")
    recorded = verbs.add_parser("recorded", help="say what a detached run has recorded")
    recorded.add_argument("session", nargs="?", default="")
    recorded.add_argument("--list", action="store_true", help="say of which runs nobody has fetched it")
    recorded.add_argument("--forget", action="store_true", help="remove it instead")
    join = verbs.add_parser("join", help="say where a session listens, and its token")
    join.add_argument("session", nargs="?", default="")
    join.add_argument("--order", default="", help="one that this order made and that waits for a client")
    join.add_argument("--engine", default="", help="with --order: else one with another env in this engine")
    join.add_argument("--busy", action="store_true", help="with --order: one too that has a client")
    verbs.add_parser("echo", help="answer what the near side measures a link with")
    doctor = verbs.add_parser("doctor", help="look at this machine")
    doctor.add_argument("packages", nargs="*")
    verbs.add_parser("environment", help="make the managed environment of the requirements on standard input")
    return parser


def _run(arguments: argparse.Namespace) -> int:
    verb = arguments.verb
    if verb == "up":
        from .verbs.up import up

        return up(sys.stdin.read(), arguments.foreground)
    if verb == "attach":
        from .verbs.attach import attach

        return attach(arguments.session)
    if verb == "environment":
        from .verbs.environment import make_environment

        return make_environment(sys.stdin.read())
    if verb == "echo":
        from .verbs.echo import echo

        return echo()
    if verb == "doctor":
        from .verbs.doctor import examine
        from .verbs.local_sessions import print_json

        print_json(examine(arguments.packages))
        return 0
    from .verbs import local_sessions

    if verb == "down":
        local_sessions.print_json(local_sessions.down(arguments.session))
    elif verb == "recorded":
        from .verbs.far_recording import forget, list_unfetched, look_at

        if arguments.list:
            local_sessions.print_json({"farsim": 1, "recordings": list_unfetched()})
            return 0
        text = sys.stdin.read()
        look = forget if arguments.forget else look_at
        local_sessions.print_json(look(arguments.session, text))
    elif verb == "logs":
        local_sessions.print_logs(arguments.session, arguments.lines, arguments.follow)
    elif verb == "reap":
        from .verbs.left_over import list_left_over, reap

        answer = {"left": list_left_over()} if arguments.list else {"reaped": reap(arguments.sessions)}
        local_sessions.print_json({"farsim": 1, **answer})
    elif verb == "join":
        from .verbs.join import join_equal, join_session

        if arguments.order:
            line = join_equal(arguments.order, arguments.busy, arguments.engine)
        else:
            line = join_session(arguments.session)
        local_sessions.print_json(line)
    else:
        list_them = local_sessions.list_over if arguments.over else local_sessions.show_sessions
        local_sessions.print_json({"farsim": 1, "sessions": list_them()})
    return 0


if __name__ == "__main__":
    main()

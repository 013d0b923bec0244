"""Puts the parts together: options, image, machine, and in the end what happened in plain words."""

import os
import shlex
import signal
import sys

from . import __version__, backtrace, command_line, image, options, qemu
from .errors import EXIT_CRASH, EXIT_LAUNCH, EXIT_TIMEOUT, LaunchError
from .session import Outcome, Session, Stopped

_LOG_LINES = 20


def say(text: str) -> None:
    """A message to the user, on stderr."""
    print(f"hermit-run: {text}", file=sys.stderr, flush=True)


def _ensure_standard_fds() -> None:
    """Opens what the caller has closed of 0, 1 and 2, so that no pipe gets one of these numbers."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(fd)


def _show_log(outcome: Outcome) -> None:
    if lines := outcome.log.lines(_LOG_LINES):
        say("last lines of the kernel log:")
        print("\n".join("  " + line for line in lines), file=sys.stderr)


def _show_processors(outcome: Outcome, path: str) -> None:
    """Where a machine that did not end was: the first thing to know about a hang."""
    processors = outcome.processors
    tool = backtrace.find_tool(sys.argv[0])
    places = backtrace.resolve([processor.address for processor in processors], path, tool)
    for processor, place in zip(processors, places):
        start = f"  core {processor.number} {'halted ' if processor.halted else ''}at "
        print("\n".join(backtrace.format_place(start, processor.address, place)), file=sys.stderr)


def _judge_crash(outcome: Outcome, path: str) -> int:
    report = outcome.report
    tool = backtrace.find_tool(sys.argv[0])
    first, *more = backtrace.describe(report.crash, path, tool)
    say(f"{path}: {first}")
    for line in more:
        print(line, file=sys.stderr)
    return report.status or EXIT_CRASH


def _shows_qemu(chosen: options.Options) -> bool:
    """Whether QEMU's own output goes to stderr as it comes: whoever passes options to QEMU wants to see it."""
    return chosen.verbose or bool(chosen.qemu)


def _judge_death(outcome: Outcome, chosen: options.Options) -> int:
    """The machine ended without a report."""
    path = chosen.image
    text = outcome.qemu_output.lines(_LOG_LINES)
    if outcome.qemu_status < 0:
        name = signal.Signals(-outcome.qemu_status).name
        say(f"QEMU was ended by {name}; {path} had not finished")
        status = EXIT_LAUNCH
    elif outcome.qemu_status == 1 and text:
        say("QEMU ended with an error" + (" (see above)" if _shows_qemu(chosen) else ", it says:"))
        status = EXIT_LAUNCH
    else:
        say(f"{path}: the machine stopped without reporting an exit status (triple fault, reset or "
            "power-off). --verbose shows the kernel log, --gdb lets you look inside.")
        status = EXIT_CRASH
    if not _shows_qemu(chosen):
        print("".join(f"  {line}\n" for line in text), end="", file=sys.stderr)
    _show_log(outcome)
    return status


def _write_report(outcome: Outcome, chosen: options.Options, status: int) -> None:
    from . import report  # costs start-up time, and few ask for it

    figures = outcome.report.figures
    if not figures:
        say("the machine has sent no report")
        return
    try:
        if not chosen.report:
            print("\n".join(report.render(figures, chosen.image)), file=sys.stderr)
            return
        with open(chosen.report, "w", encoding="utf-8") as file:
            file.write(report.as_json(figures, chosen.image, status))
    except (ValueError, KeyError) as error:
        say(f"the machine's report is incomplete: {error}")
    except OSError as error:
        say(f"cannot write the report to {chosen.report}: {error.strerror}")


def _check_report_file(chosen: options.Options) -> None:
    """LaunchError if the report cannot be written: rather now than after a long run."""
    if chosen.report and not chosen.dry_run:
        try:
            open(chosen.report, "a", encoding="utf-8").close()
        except OSError as error:
            raise LaunchError(f"cannot write the report to {chosen.report}: {error.strerror}") from None


def _judge(outcome: Outcome, chosen: options.Options) -> int:
    """The exit status; prints what the user has to know if the run was not an ordinary one."""
    report = outcome.report
    if report.crash:
        return _judge_crash(outcome, chosen.image)
    if report.status is not None:
        return report.status
    if outcome.timed_out:
        say(f"{chosen.image} had not finished after {chosen.timeout:g} seconds and was stopped (--timeout)")
        _show_processors(outcome, chosen.image)
        _show_log(outcome)
        return EXIT_TIMEOUT
    return _judge_death(outcome, chosen)


def _finish(outcome: Outcome, chosen: options.Options) -> int:
    """The exit status; prints what there is to say, and the report if one was asked for."""
    status = _judge(outcome, chosen)
    if chosen.report is not None:
        _write_report(outcome, chosen, status)
    return status


def _run(chosen: options.Options) -> int:
    found = image.inspect(chosen.image)
    image.check_memory(found, chosen.memory)
    program = qemu.find()
    # The log costs time on an emulated serial line; without --verbose only problems are written there.
    kernel_options = [qemu.CHANNELS, "log=info" if chosen.verbose else "log=warning",
                      *chosen.kernel]
    if chosen.report is not None:
        kernel_options.append("report")
        _check_report_file(chosen)
    shares_processors = chosen.cores > len(os.sched_getaffinity(0))
    env = command_line.environment(dict(os.environ), chosen.env, shares_processors)
    firmware = qemu.fast_firmware(program, chosen)
    append = command_line.build(kernel_options, env, chosen.image, chosen.arguments,
                                qemu.command_line_limit(firmware))

    def make_command(fds: qemu.ChannelFds, more: list[str] | None = None) -> list[bytes]:
        return qemu.command(program, firmware, chosen, append, fds, more or [])

    if chosen.dry_run:
        print(shlex.join(os.fsdecode(word) for word in make_command(qemu.ChannelFds(1, 2, 3, 4))))
        return 0
    if chosen.gdb_port is not None:
        say(f"waiting for a debugger: gdb {shlex.quote(chosen.image)} "
            f"-ex 'target remote 127.0.0.1:{chosen.gdb_port}' -ex 'hbreak main' -ex continue")
    session = Session(chosen.verbose, _shows_qemu(chosen), chosen.timeout, chosen.report is not None)
    if chosen.profile is not None:
        return _run_profiled(session, make_command, chosen, program)
    return _finish(session.run(make_command), chosen)


def _run_profiled(session: Session, make_command, chosen: options.Options, program: str) -> int:
    """Runs with QEMU's plugin; the profile comes last, whatever became of the program."""
    from . import profile  # costs start-up time, and only this option needs it
    demangler = backtrace.find_tool(sys.argv[0], profile.FILTERS)
    with profile.Profile(chosen.image, program, chosen.profile, demangler) as counted:
        outcome = session.run(lambda fds: make_command(fds, counted.qemu_options()))
        status = _finish(outcome, chosen)
        try:
            first, *table = counted.finish()
        except OSError as error:
            first, table = f"cannot write the profile {chosen.profile}: {error.strerror}", []
    say(first)
    for line in table:
        print(line, file=sys.stderr)
    return status


def _die_by(number: int) -> int:
    """Ends as a program ends that does not handle the signal, so that the caller sees it."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number


def main(words: list[str]) -> int:
    """Exit status of the whole command."""
    _ensure_standard_fds()
    try:
        chosen = options.parse(words)
        if chosen.show:
            print(options.USAGE if chosen.show == "help" else f"hermit-run {__version__} (Hermitage)", end="\n")
            return 0
        return _run(chosen)
    except LaunchError as error:
        say(str(error))
    except Stopped as stopped:
        return _die_by(stopped.number)
    except BrokenPipeError:
        return _die_by(signal.SIGPIPE)
    except OSError as error:
        say(f"cannot run the image: {error}")
    return EXIT_LAUNCH

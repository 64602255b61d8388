# terminal.py KEY|INT|TERM COMMAND...: runs a command on a terminal that nobody reads. Once it waits, presses Ctrl-C (KEY) or sends SIGINT or SIGTERM.
# Prints its exit code, -9 for one that had to be killed; what it wrote to the terminal goes to standard error afterwards.
import glob, os, pty, select, signal, sys, time

how, command = sys.argv[1], sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a background job inherits it ignored, and would wait for ever
    os.execvp(command[0], command)


def ended():
    return os.waitpid(child, os.WNOHANG)


def waits():
    """The signals' thread is there, and half a second passed without computing."""
    try:
        if not any(open(name).read() == ".NET SigHandler\n" for name in glob.glob(f"/proc/{child}/task/*/comm")):
            return False
        before = open(f"/proc/{child}/stat").read().split()[13:15]
        time.sleep(0.5)
        return before == open(f"/proc/{child}/stat").read().split()[13:15]
    except OSError:
        return False


done = (0, 0)
while done[0] == 0 and not waits():
    time.sleep(0.05)
    done = ended()
start = time.monotonic()
if done[0] == 0 and how == "KEY":
    os.write(terminal, b"\x03")
elif done[0] == 0:
    os.kill(child, getattr(signal, "SIG" + how))
while done[0] == 0 and time.monotonic() - start < 60:  # long, for a machine that is busy with other things
    time.sleep(0.02)
    done = ended()
if done[0] == 0:
    os.kill(child, signal.SIGKILL)
    done = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(done[1]))
while select.select([terminal], [], [], 0)[0]:
    try:
        sys.stderr.write(os.read(terminal, 65536).decode(errors="replace"))
    except OSError:
        break

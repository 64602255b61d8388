"""What Jinja itself makes of templates, set up as transformers does for chat templates; for tests/Anit.Models.Tests/Jinja.

    python3 jinja.py < CASES    CASES has {"template", "variables"} on each line; the answer is {"text"} or {"error"} on each line.
"""
import datetime
import json
import sys

from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2024, 7, 6, 15, 4, 5)


class Generation(Extension):
    """The block that marks what a model writes: a scope of its own, otherwise nothing."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def raise_exception(message):
    raise ValueError(message)


environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
environment.filters["tojson"] = tojson
environment.globals["raise_exception"] = raise_exception
environment.globals["strftime_now"] = NOW.strftime

templates = {}
for line in sys.stdin:
    case = json.loads(line)
    source = case["template"]
    try:
        if source not in templates:
            templates[source] = environment.from_string(source)
        answer = {"text": templates[source].render(case["variables"])}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(answer) + "\n")

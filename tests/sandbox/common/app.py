"""A Flask app that is made in a few milliseconds: tests make thousands of them."""

from collections.abc import Callable
from typing import Any, override

from flask import Flask
from werkzeug.routing import Rule


class PlainRule(Rule):
    """A route that is only ever matched.

    What writes its address out is code that werkzeug generates for every route, and that takes
    longer than all else; it is generated when somebody asks for an address, and nobody does.
    """

    @override
    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        def build(rule: PlainRule, /, **values: Any) -> tuple[str, str]:  # noqa: ANN401 - as werkzeug has it
            return Rule._compile_builder(rule, append_unknown)(rule, **values)  # noqa: SLF001 - its own

        return build


class SandboxApp(Flask):
    """The web application of a sandbox."""

    url_rule_class = PlainRule

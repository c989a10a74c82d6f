"""Web pages of a sandbox: plain HTML with a style sheet of its own, and nothing from elsewhere."""

from pathlib import Path

from flask import Blueprint, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent / "pages"
STYLE = "/_sandbox/style.css"
HTML = "text/html; charset=utf-8"
# A page that wants more than its own style sheet would show it at once.
NOTHING_ELSE = "default-src 'none'; style-src 'self'"


class Pages:
    """Fills in templates of a sandbox; what both vendors share stands beside this module."""

    def __init__(self, folder: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader([folder, HERE]), autoescape=True, undefined=StrictUndefined
        )
        self._environment.globals["style"] = STYLE

    def page(self, name: str, status: int = 200, /, **values: object) -> Response:
        """Return a page."""
        text = self._environment.get_template(name).render(values)
        response = Response(text, status, content_type=HTML)
        response.headers["Content-Security-Policy"] = NOTHING_ELSE
        response.headers["Cache-Control"] = "no-store"
        return response


def style_sheet() -> Blueprint:
    """Return the route of the style sheet."""
    routes = Blueprint("style", __name__)

    @routes.get(STYLE)
    def style() -> Response:
        return Response((HERE / "style.css").read_bytes(), content_type="text/css; charset=utf-8")

    return routes

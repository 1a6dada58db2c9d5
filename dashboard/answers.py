"""HTML answers: compressed where the browser takes it, never kept, and a page of words that needs nothing else."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dashboard import sessions
from dashboard.coding import accepted_coding, coded
from dashboard.document import document
from dashboard.shell import Shell
from dashboard.static_files import StaticFiles
from dashboard.view import BadAddress, language
from data.vocabulary import Language, Look

# Goes into the page without scripts itself, which comes in one piece.
LITE_STYLE = "/assets/css/lite.css"


def html_answer(request: Request, text: str, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding, Cookie"}
    body = text.encode()
    if accepted_coding(request.headers.get("accept-encoding", "")) == "br":
        headers["Content-Encoding"] = "br"
        body = coded(body, "br")
    return HTMLResponse(body, status_code=status, headers=headers)


def styles(files: StaticFiles) -> list[str]:
    """The base first, then ours."""
    names = (*files.names("/assets/vendor/", ".css"), *files.names("/assets/css/", ".css"))
    return [files.address(name) for name in names if name != LITE_STYLE]


def words_page(
    request: Request, lang: Language, title: str, body: str, status: int, again_seconds: int | None = None
) -> Response:
    """A page of words only; it needs no script and nothing from the store. `again_seconds`: it asks again by itself."""
    shell: Shell = request.app.state.shell
    text = document(
        lang=lang,
        look=Look.DARK if request.url.path == "/wall" else Look.LIGHT,
        title=f"{title} · Caudal",
        body=body,
        styles=styles(shell.files),
        again_seconds=again_seconds,
    )
    return html_answer(request, text, status)


def lang_of(request: Request) -> Language:
    """The language of a page that says no must not itself be a reason to say no."""
    shell: Shell = request.app.state.shell
    wanted = request.cookies.get(sessions.LANG_COOKIE)
    try:
        return language(request.query_params.get("lang"), wanted, shell.known)
    except BadAddress:
        return language(None, wanted, shell.known)

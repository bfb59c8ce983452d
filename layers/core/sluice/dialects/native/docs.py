"""/docs: Swagger UI over /openapi.json, all of it from here."""

import gzip
from functools import cache
from pathlib import Path

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice.dialects.native.describing import Fragment, answers_other, errors, operation, path_parameter
from sluice.errors import RouteNotFound

router = Router()

_FOLDER = Path(__file__).with_name("swagger")
_TYPES = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "start.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "favicon-32x32.png": "image/png",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
# Swagger UI writes styles into elements, and has its pictures in its style sheet.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


@router.get("/docs")
def docs() -> Response[str]:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache", **_SAFE}
    return Response(200, "text/html; charset=utf-8", _PAGE, headers)


@router.get("/docs/<name>")
def asset(name: str) -> Response[str]:
    if name not in _TYPES:
        raise RouteNotFound(f"There is nothing at GET /docs/{name[:100]}.")
    headers = {"Cache-Control": "public, max-age=86400", "Content-Encoding": "gzip", "Vary": "Accept-Encoding", **_SAFE}
    return Response(200, _TYPES[name], _packed(name), headers)  # type: ignore[arg-type]


@cache
def _packed(name: str) -> bytes:
    """Every browser takes gzip. Powertools sends bytes as base64, which API Gateway turns back."""
    return gzip.compress((_FOLDER / name).read_bytes(), 6, mtime=0)


def described() -> Fragment:
    page = operation(
        "getDocs", "This API, to be read and tried", answers_other(200, "A page", "text/html"), public=True
    )
    part = operation(
        "getDocsAsset", "A part of that page", {**answers_other(200, "The file"), **errors(404)}, public=True
    )
    return Fragment(
        {
            "/docs": {"get": page},
            "/docs/{name}": {"parameters": [path_parameter("name", {"enum": list(_TYPES)})], "get": part},
        }
    )

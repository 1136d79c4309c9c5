"""Serves the interpreter of documents over a Unix socket, its state in a SQLite file: arguments SOCKET FILE JSON."""

import json
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer

from devmatrix.discovery.document import DiscoveryDocument
from tests.reference_api import ReferenceApi


class Server(UnixStreamServer):
    """One connection after the other is enough for one client."""

    def __init__(self, socket: str, database: str, document: DiscoveryDocument, flaws: list[str]) -> None:
        self.api = ReferenceApi(document, flaws)
        self.database = sqlite3.connect(database, timeout=10)
        self.database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        self.database.execute("CREATE TABLE states (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        self.keep()
        super().__init__(socket, Handler)

    def load(self) -> None:
        rows = dict(self.database.execute("SELECT name, value FROM states").fetchall())
        self.api.tables = json.loads(rows["tables"])
        self.api.tokens = {token: (pair[0], pair[1]) for token, pair in json.loads(rows["tokens"]).items()}

    def keep(self) -> None:
        for name, value in (("tables", self.api.tables), ("tokens", self.api.tokens)):
            self.database.execute("INSERT OR REPLACE INTO states VALUES (?, ?)", (name, json.dumps(value)))
        self.database.commit()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def _answer(self) -> None:
        self.server.load()
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.server.api.request(self.command, self.path, headers=dict(self.headers.items()), content=content)
        self.server.keep()
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status_code != 204:
            self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def address_string(self) -> str:
        return "client"

    def log_message(self, format: str, *args: object) -> None:
        pass


if __name__ == "__main__":
    text = json.loads(Path(sys.argv[3]).read_text("utf-8"))
    served = Server(sys.argv[1], sys.argv[2], DiscoveryDocument.model_validate(text["document"]), text["flaws"])
    served.serve_forever()

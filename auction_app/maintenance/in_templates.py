"""The banner that every page has a place for."""

from flask import Flask, current_app
from markupsafe import Markup

from auction_app.maintenance.banner import banner
from auction_app.maintenance.board import Board

_EXTENSION = "maintenance"


def install_banner(app: Flask, board: Board) -> None:
    """Let templates use `maintenance_banner`."""
    app.extensions[_EXTENSION] = board
    app.add_template_global(maintenance_banner)


def maintenance_banner() -> Markup:
    """What the current request's page says of maintenance."""
    board: Board = current_app.extensions[_EXTENSION]
    return banner(board)

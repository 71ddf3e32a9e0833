"""The live process: tells browsers what happens on the item they look at."""

from auction_app.live.app import create_app, web_process

__all__ = ["create_app", "web_process"]

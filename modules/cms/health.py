"""Whether pictures can be kept."""

import os
from typing import Any

from flask import current_app

from wizamart.config import Settings


def check() -> dict[str, Any]:
    """Say so when the folder of pictures cannot be written to; it is made with the first picture."""
    settings: Settings = current_app.extensions["settings"]
    folder = settings.media_path
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not os.access(place, os.W_OK | os.X_OK):
        return {"status": "degraded", "message": f"{place} cannot be written to"}
    return {"status": "healthy"}

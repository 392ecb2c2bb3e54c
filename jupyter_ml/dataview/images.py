# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Thumbnails of image files."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.data_view import Thumbnail

if TYPE_CHECKING:
    from jupyter_ml.dataview.files import DataFile

__all__ = ["IMAGES", "thumbnail"]

IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")
"""Suffixes of image files."""
SIDE_PX = 128
MAX_BYTES = 32 * 1024**2
MAX_PIXELS = 64 * 1024**2


def thumbnail(file: DataFile) -> Thumbnail:
    """Return a thumbnail of an image with at most 128 x 128 pixels, or why there is none."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise UnavailableError("pillow is not installed, which reads images: pip install jupyter-ml[data]") from None

    found = {"name": file.name, "bytes": file.size}
    if file.size > MAX_BYTES:
        return Thumbnail(**found, error=f"more than {MAX_BYTES // 1024**2} MB")
    try:
        with file.open() as opened:
            content = io.BytesIO(opened.read(MAX_BYTES))
        with Image.open(content) as image:
            found |= {"width": image.width, "height": image.height}
            if image.width * image.height > MAX_PIXELS:
                return Thumbnail(**found, error=f"more than {MAX_PIXELS // 1024**2} million pixels")
            image.draft("RGB", (SIDE_PX, SIDE_PX))  # a JPEG is decoded in a smaller size
            small = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
            small.thumbnail((SIDE_PX, SIDE_PX))
    except UnidentifiedImageError:
        return Thumbnail(**found, error="not an image")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return Thumbnail(**found, error=" ".join(str(error).split())[:200] or type(error).__name__)
    output = io.BytesIO()
    kind = "PNG" if small.mode == "RGBA" else "JPEG"
    small.save(output, kind)
    text = base64.b64encode(output.getvalue()).decode()
    return Thumbnail(**found, source=f"data:image/{kind.lower()};base64,{text}")

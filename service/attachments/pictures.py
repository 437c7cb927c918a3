"""Looking at pictures from strangers: only ever in a process of its own (`service.work.own_process`), within limits."""

import io
import os
import sys
from pathlib import Path

import msgspec
from msgspec import Struct
from PIL import Image, ImageOps

MOST_PIXELS = 50_000_000
MOST_MEMORY_BYTES = 2**30
MOST_SECONDS = 20
THUMBNAIL_PIXELS = 512
_FORMATS = ("JPEG", "PNG", "WEBP")


class Look(Struct, frozen=True):
    """What a picture's header says; `problem` is the code of why it is not taken."""

    width: int = 0
    height: int = 0
    problem: str | None = None


def look(path: bytes) -> bytes:
    """A `Look` as JSON at the picture in this file. No pixel is unpacked."""
    _limit_this_process()
    try:
        with Image.open(Path(os.fsdecode(path)), formats=_FORMATS) as picture:
            width, height = picture.size
            pixels = width * height * getattr(picture, "n_frames", 1)
    except Image.DecompressionBombError:
        return msgspec.json.encode(Look(problem="image_too_large"))
    except Exception:  # noqa: BLE001 (a decoder may stumble over anything)
        return msgspec.json.encode(Look(problem="image_unreadable"))
    return msgspec.json.encode(Look(width, height, "image_too_large" if pixels > MOST_PIXELS else None))


def thumbnail(content: bytes) -> bytes:
    """A small JPEG, upright, drawn anew: nothing of the original's metadata or trailing bytes is in it."""
    _limit_this_process()
    with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
        picture.draft("RGB", (2 * THUMBNAIL_PIXELS, 2 * THUMBNAIL_PIXELS))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
        drawn, out = _on_white(upright), io.BytesIO()
        drawn.save(out, "JPEG", quality=80, optimize=True)
        return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """Only pixels: a new picture has no metadata to carry on."""
    drawn = Image.new("RGB", picture.size, "white")
    seen = picture.convert("RGBA")
    drawn.paste(seen, mask=seen.getchannel("A"))
    return drawn


def _limit_this_process() -> None:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 (there is none on Windows)

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))

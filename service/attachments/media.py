"""What kind of file it is, by its first bytes; the media type that its sender names must agree."""

from msgspec import Struct

HEAD_BYTES = 64


class Medium(Struct, frozen=True):
    """A kind of file that is kept. Pictures get thumbnails; everything is handed out as a download."""

    media_type: str
    extension: str
    is_picture: bool = False
    also_called: tuple[str, ...] = ()


JPEG = Medium("image/jpeg", "jpg", is_picture=True, also_called=("image/jpg", "image/pjpeg"))
PNG = Medium("image/png", "png", is_picture=True)
WEBP = Medium("image/webp", "webp", is_picture=True)
PDF = Medium("application/pdf", "pdf")
VIDEO = Medium("video/mp4", "mp4", also_called=("video/3gpp",))
AUDIO = Medium("audio/mp4", "m4a", also_called=("audio/m4a", "audio/x-m4a", "audio/aac"))
MEDIA = {medium.media_type: medium for medium in (JPEG, PNG, WEBP, PDF, VIDEO, AUDIO)}

_BRANDS = {
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"3gp4", b"3gp5"), VIDEO),
    b"M4A ": AUDIO,
}
_SAYS_NOTHING = {"", "application/octet-stream"}


def medium_of(head: bytes) -> Medium | None:
    """The kind of file that begins like this; None for what is not kept."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    return _BRANDS.get(head[8:12]) if head[4:8] == b"ftyp" else None


def is_called(medium: Medium, said: str | None) -> bool:
    """Whether the media type that the sender named fits, or none was named."""
    name = (said or "").partition(";")[0].strip().lower()
    return name in _SAYS_NOTHING or name == medium.media_type or name in medium.also_called

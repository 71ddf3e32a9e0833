"""Turn an uploaded file into a photo that is safe to show."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from auction_app.errors import PhotoRefused

LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 40_000_000
SMALLEST_SIDE = 100
LARGE, THUMBNAIL = 1600, 480
_FORMATS = ("JPEG", "PNG", "WEBP")


def take_photo(upload: bytes) -> tuple[tuple[int, int], dict[int, bytes]]:
    """Decode a JPEG, PNG or WebP and encode it anew: ((width, height), {longest side: JPEG}).

    Nothing of the file but its pixels survives: no EXIF (its turn is applied first), no place,
    no comments, no trailing archive. Raises PhotoRefused.
    """
    if not upload:
        raise PhotoRefused("missing")
    if len(upload) > LARGEST_BYTES:
        raise PhotoRefused("too_big")
    try:
        image = _decode(upload)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoRefused("too_many_pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise PhotoRefused("not_an_image") from error
    sizes = {side: _encode(image, side) for side in (LARGE, THUMBNAIL)}
    return image.size, sizes


def _decode(upload: bytes) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS
    with Image.open(BytesIO(upload), formats=_FORMATS) as image:
        # The header says how many pixels there will be before any is decoded.
        if image.width * image.height > LARGEST_PIXELS:
            raise PhotoRefused("too_many_pixels")
        if min(image.size) < SMALLEST_SIDE:
            raise PhotoRefused("too_small")
        image.draft("RGB", (LARGE, LARGE))  # a JPEG is decoded at an eighth, if that's enough
        image.load()
        turned = ImageOps.exif_transpose(image)
        turned.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
        return _on_white(turned)


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    page = Image.new("RGB", image.size, "white")
    layer = image.convert("RGBA")
    page.paste(layer, mask=layer.getchannel("A"))
    return page


def _encode(image: Image.Image, side: int) -> bytes:
    copy = image.copy()
    copy.info.clear()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = BytesIO()
    copy.save(out, "JPEG", quality=84, optimize=True, progressive=True)
    return out.getvalue()

"""A brush for simple still lifes: a wall, a table, soft shadows, rounded light."""

from collections.abc import Callable, Sequence
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

WIDTH, HEIGHT = 1280, 960
_FINE = 2  # everything is drawn twice as large, then reduced: smooth edges

Points = Sequence[tuple[float, float]]
Box = tuple[float, float, float, float]
Draw = Callable[[ImageDraw.ImageDraw], None]


class Painting:
    """A picture of WIDTH x HEIGHT in the making; all coordinates are in these units."""

    def __init__(self, wall: tuple[str, str], table: tuple[str, str], horizon: float) -> None:
        self._image = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE))
        self.gradient(self.box((0, 0, WIDTH, horizon)), wall)
        self.gradient(self.box((0, horizon, WIDTH, HEIGHT)), table)
        self.glow((WIDTH * 0.25, -200, WIDTH * 1.1, horizon), "#ffffff", 0.18)
        self.shade(self.box((0, horizon - 3, WIDTH, horizon + 3)), "#000000", 0.18, blur=4)

    def jpeg(self) -> bytes:
        """The finished picture."""
        out = BytesIO()
        self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(out, "JPEG", quality=90)
        return out.getvalue()

    def mask(self, draw: Draw) -> Image.Image:
        """A mask of what `draw` paints, in fine pixels."""
        mask = Image.new("L", self._image.size, 0)
        draw(ImageDraw.Draw(mask))
        return mask

    def box(self, box: Box) -> Image.Image:
        """The mask of a rectangle."""
        return self.mask(lambda d: d.rectangle(_fine(box), fill=255))

    def rounded(self, box: Box, radius: float) -> Image.Image:
        """The mask of a rectangle with round corners."""
        return self.mask(lambda d: d.rounded_rectangle(_fine(box), radius=radius * _FINE, fill=255))

    def ellipse(self, box: Box) -> Image.Image:
        """The mask of an ellipse."""
        return self.mask(lambda d: d.ellipse(_fine(box), fill=255))

    def ellipses(self, boxes: Sequence[Box]) -> Image.Image:
        """The mask of many ellipses."""

        def draw(d: ImageDraw.ImageDraw) -> None:
            for box in boxes:
                d.ellipse(_fine(box), fill=255)

        return self.mask(draw)

    def ring(self, box: Box, width: float) -> Image.Image:
        """The mask of an ellipse's rim."""
        return self.mask(lambda d: d.ellipse(_fine(box), outline=255, width=round(width * _FINE)))

    def polygon(self, points: Points) -> Image.Image:
        """The mask of a polygon."""
        return self.mask(lambda d: d.polygon(_fine_points(points), fill=255))

    def line(self, points: Points, width: float) -> Image.Image:
        """The mask of a line with round ends and corners."""

        def draw(d: ImageDraw.ImageDraw) -> None:
            fine, half = _fine_points(points), width * _FINE / 2
            d.line(fine, fill=255, width=round(width * _FINE), joint="curve")
            for x, y in (fine[0], fine[-1]):
                d.ellipse((x - half, y - half, x + half, y + half), fill=255)

        return self.mask(draw)

    def lines(self, lines: Sequence[Points], width: float) -> Image.Image:
        """The mask of many straight lines."""

        def draw(d: ImageDraw.ImageDraw) -> None:
            for points in lines:
                d.line(_fine_points(points), fill=255, width=round(width * _FINE))

        return self.mask(draw)

    def turned(self, profile: Points) -> Image.Image:
        """The mask of a body turned on a lathe: (y, half width) pairs around the middle of the
        picture, joined smoothly."""
        middle = WIDTH / 2
        right = [(middle + half, y) for y, half in smooth(profile)]
        return self.polygon(right + [(2 * middle - x, y) for x, y in reversed(right)])

    def fill(self, mask: Image.Image, color: str) -> None:
        """One colour."""
        if box := mask.getbbox():
            self._image.paste(color, box, mask.crop(box))

    def gradient(
        self,
        mask: Image.Image,
        colors: tuple[str, ...],
        *,
        across: bool = False,
        light_at: int = 96,
    ) -> None:
        """Two or three colours from top to bottom, or from left to right; of three the middle one
        lies at `light_at` of 255, as light falls on something round."""
        box = mask.getbbox()
        if box is None:
            return
        # One line of it is all there is to work out; the others are the same.
        width, height = box[2] - box[0], box[3] - box[1]
        ramp = Image.linear_gradient("L").resize((1, width if across else height))
        if across:
            ramp = ramp.transpose(Image.Transpose.ROTATE_90)
        first, last = colors[0], colors[-1]
        painted = (
            ImageOps.colorize(ramp, first, last, mid=colors[1], midpoint=light_at)
            if len(colors) == 3
            else ImageOps.colorize(ramp, first, last)
        )
        painted = painted.resize((width, height), Image.Resampling.NEAREST)
        self._image.paste(painted, box[:2], mask.crop(box))

    def shade(
        self,
        mask: Image.Image,
        color: str,
        strength: float,
        *,
        blur: float,
        within: Image.Image | None = None,
    ) -> None:
        """A soft patch of colour: a shadow or a highlight; only where `within` is, if given."""
        box = mask.getbbox()
        if box is None:
            return
        reach = round(blur * _FINE * 3)
        width, height = self._image.size
        x0, y0, x1, y1 = box
        area = (
            max(0, x0 - reach),
            max(0, y0 - reach),
            min(width, x1 + reach),
            min(height, y1 + reach),
        )
        soft = mask.crop(area).filter(ImageFilter.GaussianBlur(blur * _FINE))
        if within is not None:
            soft = ImageChops.multiply(soft, within.crop(area))
        self._image.paste(color, area, soft.point(lambda value: round(value * strength)))

    def glow(self, box: Box, color: str, strength: float) -> None:
        """Light that fades outwards."""
        x0, y0, x1, y1 = (round(value) for value in _fine(box))
        light = ImageOps.invert(Image.radial_gradient("L")).resize((x1 - x0, y1 - y0))
        light = light.point(lambda value: round(max(0, value - 75) * 255 / 180 * strength))
        self._image.paste(color, (x0, y0, x1, y1), light)


def _fine(box: Box) -> Box:
    x0, y0, x1, y1 = box
    return (x0 * _FINE, y0 * _FINE, x1 * _FINE, y1 * _FINE)


def _fine_points(points: Points) -> list[tuple[float, float]]:
    return [(x * _FINE, y * _FINE) for x, y in points]


def smooth(points: Points, steps: int = 16) -> list[tuple[float, float]]:
    """A Catmull-Rom curve through the points."""
    padded = [points[0], *points, points[-1]]
    curve = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            curve.append(
                (_spline(t, p0[0], p1[0], p2[0], p3[0]), _spline(t, p0[1], p1[1], p2[1], p3[1]))
            )
    return [*curve, points[-1]]


def _spline(t: float, a: float, b: float, c: float, d: float) -> float:
    bend = (2 * a - 5 * b + 4 * c - d) * t + (3 * b - a - 3 * c + d) * t * t
    return 0.5 * (2 * b + (c - a) * t + bend * t)

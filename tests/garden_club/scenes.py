"""The club's pictures, painted with discs and boxes."""

from collections.abc import Callable
from functools import cache

from tests.garden_club.jpeg import Pixel, encode

WIDTH, HEIGHT = 240, 176

SOIL, GRASS, LEAF = (112, 84, 60), (118, 158, 84), (66, 112, 62)
STEEL, SHADE, RUST = (196, 204, 210), (150, 160, 170), (150, 84, 50)
WOOD, WHITE, INK = (176, 128, 82), (244, 244, 240), (40, 40, 46)
RED, ORANGE, YELLOW, PINK = (206, 52, 40), (232, 138, 52), (246, 206, 84), (226, 150, 150)
DAWN, NOON, WINTER = (
    ((250, 206, 160), (150, 190, 222)),
    ((226, 240, 248), (120, 176, 224)),
    ((240, 240, 244), (176, 190, 208)),
)


class Canvas:
    """Rows of pixels under a sky that runs from *low* at the horizon to *high*."""

    def __init__(self, sky: tuple[Pixel, Pixel], ground: Pixel, horizon: int = 110) -> None:
        low, high = sky
        self.rows: list[list[Pixel]] = []
        for y in range(HEIGHT):
            band = y // 8 * 8
            colour = ground if y >= horizon else _mixed(high, low, min(band, horizon), horizon)
            self.rows.append([colour] * WIDTH)

    def box(self, left: int, top: int, right: int, bottom: int, colour: Pixel) -> None:
        for row in self.rows[max(top, 0) : bottom]:
            row[max(left, 0) : min(right, WIDTH)] = [colour] * (min(right, WIDTH) - max(left, 0))

    def disc(self, x: int, y: int, radius: int, colour: Pixel, squash: int = 100) -> None:
        """A disc; *squash* is its height in per cent of its width."""
        for down in range(-radius, radius + 1):
            if 0 <= (row := y + down * squash // 100) < HEIGHT:
                across = next(a for a in range(radius, -1, -1) if a * a + down * down <= radius * radius)
                self.box(x - across, row, x + across + 1, row + 1, colour)


def _mixed(first: Pixel, second: Pixel, part: int, whole: int) -> Pixel:
    red, green, blue = (a + (b - a) * part // whole for a, b in zip(first, second, strict=True))
    return red, green, blue


def _water_tank(canvas: Canvas, x: int, y: int) -> None:
    for left in (x + 8, x + 88):
        canvas.box(left, y + 52, left + 8, y + 104, WOOD)
    canvas.box(x - 2, y + 50, x + 106, y + 58, WOOD)
    canvas.disc(x + 26, y + 26, 26, STEEL)
    canvas.disc(x + 78, y + 26, 26, STEEL)
    canvas.box(x + 26, y, x + 78, y + 53, STEEL)
    canvas.box(x + 20, y + 42, x + 84, y + 50, SHADE)
    canvas.box(x + 46, y - 8, x + 60, y + 1, SHADE)
    canvas.box(x + 50, y + 58, x + 55, y + 68, RUST)


def before() -> Canvas:
    """Rubble, a tyre, and one dandelion that was there first."""
    canvas = Canvas(WINTER, SOIL)
    canvas.box(0, 78, 90, 110, (150, 112, 96))
    canvas.disc(160, 130, 22, INK, 60)
    canvas.disc(160, 130, 11, SOIL, 60)
    for x, y in ((30, 132), (64, 150), (96, 128), (120, 156), (206, 150)):
        canvas.box(x, y, x + 14, y + 8, (150, 150, 146))
    canvas.box(217, 118, 219, 140, LEAF)
    canvas.disc(218, 116, 6, YELLOW)
    return canvas


def tank() -> Canvas:
    """The tank on the van's side of the fence, still without a place."""
    canvas = Canvas(DAWN, GRASS)
    canvas.disc(196, 40, 18, YELLOW)
    _water_tank(canvas, 64, 46)
    return canvas


def seeds() -> Canvas:
    """Packets on the long table, each with its own colour."""
    canvas = Canvas((WOOD, WOOD), (196, 152, 104), 20)
    colours = (RED, YELLOW, LEAF, ORANGE, PINK, GRASS, WHITE)
    for n in range(20):
        x, y = 12 + n % 5 * 46, 26 + n // 5 * 38
        canvas.box(x, y, x + 32, y + 30, WHITE)
        canvas.box(x + 3, y + 3, x + 29, y + 18, colours[n * 3 % 7])
        canvas.disc(x + 16, y + 11, 5, colours[(n * 3 + 2) % 7])
    return canvas


def stand() -> Canvas:
    """Kofi's stand: no nail in it."""
    canvas = Canvas(NOON, GRASS)
    canvas.disc(120, 150, 90, LEAF, 40)
    for x in (66, 112, 158):
        canvas.box(x, 58, x + 10, 132, WOOD)
    for y in (52, 84, 116):
        canvas.box(58, y, 178, y + 8, (196, 148, 98))
    return canvas


def hose() -> Canvas:
    """The evidence."""
    canvas = Canvas((GRASS, GRASS), SOIL, 40)
    for x in range(0, WIDTH, 4):
        y = 100 + (x - 120) * (x - 120) // 400
        if not 108 <= x <= 128:
            canvas.disc(x, y, 9, (60, 128, 84))
    for x, y in ((110, 96), (116, 108), (126, 98)):
        canvas.disc(x, y, 3, (126, 170, 220))
    return canvas


def tomatoes() -> Canvas:
    """Exactly the right red."""
    canvas = Canvas((LEAF, LEAF), GRASS, 60)
    for x, y, radius in ((62, 70, 30), (128, 92, 36), (186, 62, 26), (84, 134, 28), (176, 140, 30)):
        canvas.disc(x, y, radius, RED, 88)
        canvas.disc(x - radius // 3, y - radius // 3, radius // 5, PINK)
        canvas.box(x - 2, y - radius, x + 2, y - radius // 2, LEAF)
        canvas.disc(x, y - radius * 7 // 10, radius // 3, LEAF, 40)
    return canvas


def snow() -> Canvas:
    """At the gate, without the key."""
    canvas = Canvas(WINTER, WHITE, 120)
    for x in range(24, 220, 24):
        canvas.box(x, 74, x + 10, 140, WOOD)
        canvas.disc(x + 5, 74, 6, WHITE)
    canvas.box(16, 90, 226, 97, WOOD)
    canvas.box(16, 118, 226, 125, WOOD)
    for n in range(60):
        canvas.disc(n * 89 % WIDTH, n * 53 % HEIGHT, 1 + n % 2, WHITE)
    return canvas


def cow() -> Canvas:
    """Half done: the eyelashes are to come."""
    canvas = Canvas(NOON, GRASS)
    _water_tank(canvas, 74, 46)
    for x, y, radius in ((100, 62, 11), (128, 84, 9), (146, 60, 8), (112, 90, 6)):
        canvas.disc(x, y, radius, INK, 80)
    canvas.disc(64, 58, 20, WHITE)
    canvas.disc(56, 68, 12, PINK, 70)
    canvas.disc(58, 52, 3, INK)
    canvas.disc(70, 52, 3, INK)
    canvas.disc(84, 44, 7, INK, 60)
    return canvas


def hive() -> Canvas:
    """One came out and looked."""
    canvas = Canvas(DAWN, GRASS)
    for n in range(3):
        canvas.box(70, 52 + n * 28, 170, 78 + n * 28, WOOD)
    canvas.box(62, 42, 178, 52, SHADE)
    canvas.box(104, 124, 136, 130, INK)
    canvas.disc(150, 120, 5, YELLOW, 70)
    canvas.box(149, 116, 152, 124, INK)
    return canvas


def squash() -> Canvas:
    """The grandmother, before the scale gave up."""
    canvas = Canvas((WOOD, WOOD), GRASS, 120)
    canvas.box(40, 132, 200, 150, STEEL)
    canvas.disc(120, 92, 58, ORANGE, 72)
    for x, y in ((86, 62), (119, 54), (152, 62)):
        canvas.box(x, y, x + 3, 184 - y, (206, 116, 42))
    canvas.box(114, 36, 126, 56, LEAF)
    return canvas


SCENES: dict[str, Callable[[], Canvas]] = {
    scene.__name__: scene for scene in (before, tank, seeds, stand, hose, tomatoes, snow, cow, hive, squash)
}


@cache
def picture(name: str) -> bytes:
    """The JPEG of the scene with this name."""
    return encode(SCENES[name]().rows)

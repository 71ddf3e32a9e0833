"""The still lifes of the demo."""

from math import cos, pi, sin

from PIL import Image

from auction_app.demo.paint import WIDTH, Painting, smooth

_BRASS = ("#6b4a16", "#f3d999", "#7a5518")
_STEEL = ("#4b545c", "#eef2f4", "#5a646c")
_MIDDLE = WIDTH / 2


def lamp() -> bytes:
    """A brass desk lamp that is on."""
    p = Painting(("#2f3f46", "#4d5f62"), ("#6b4a33", "#3f2a1d"), 690)
    p.glow((60, -40, 1220, 1000), "#ffd98a", 0.55)
    p.shade(p.ellipse((420, 772, 940, 850)), "#1a0f08", 0.75, blur=16)
    p.glow((330, 680, 950, 900), "#ffdf9e", 0.5)
    p.gradient(p.ellipse((470, 755, 810, 835)), _BRASS, across=True)
    p.gradient(
        p.turned([(690, 14), (720, 26), (752, 60), (778, 150), (795, 160)]), _BRASS, across=True
    )
    p.gradient(
        p.turned([(420, 11), (540, 11), (560, 26), (580, 12), (700, 14)]), _BRASS, across=True
    )
    p.shade(p.ellipse((475, 398, 805, 448)), "#fff3c4", 0.95, blur=3)
    shade = p.polygon([(540, 170), (740, 170), (842, 425), (438, 425)])
    p.gradient(shade, ("#0b3b35", "#2c9a86", "#082b27"), across=True, light_at=110)
    p.shade(
        p.polygon([(560, 170), (640, 170), (620, 425), (520, 425)]),
        "#bff5e6",
        0.35,
        blur=22,
        within=shade,
    )
    p.gradient(p.ellipse((438, 400, 842, 450)), ("#134f47", "#0a322d"))
    p.gradient(p.ellipse((470, 410, 810, 442)), ("#fff6d8", "#ffd775"))
    p.gradient(p.ellipse((540, 158, 740, 182)), ("#2c9a86", "#0b3b35"))
    p.gradient(p.turned([(122, 7), (138, 12), (150, 6), (168, 18)]), _BRASS, across=True)
    p.fill(p.line([(706, 440), (706, 520)], 2.5), "#c9a65a")
    p.fill(p.ellipse((699, 516, 713, 532)), "#f3d999")
    return p.jpeg()


def bicycle() -> bytes:
    """A green touring bicycle against a wall."""
    p = Painting(("#e4d8c4", "#cbbba1"), ("#8d8478", "#645c52"), 770)
    back, front, hub = (395, 650), (905, 650), 165
    p.shade(p.ellipse((230, 800, 1090, 850)), "#2b241c", 0.55, blur=14)
    shadow = p.line([back, (585, 655), (520, 430), (840, 410)], 10)
    p.shade(shadow, "#6d5d48", 0.35, blur=9)
    for x, y in (back, front):
        p.shade(
            p.ring((x - hub + 14, y - hub + 10, x + hub + 14, y + hub + 10), 12),
            "#6d5d48",
            0.4,
            blur=9,
        )
        turns = [spoke * pi / 9 for spoke in range(18)]
        spokes = [
            [(x, y), (x + (hub - 8) * cos(turn), y + (hub - 8) * sin(turn))] for turn in turns
        ]
        p.fill(p.lines(spokes, 1.4), "#8f979b")
        p.fill(p.ring((x - hub, y - hub, x + hub, y + hub), 13), "#26282a")
        p.fill(p.ring((x - hub + 13, y - hub + 13, x + hub - 13, y + hub - 13), 5), "#c6ccd0")
        p.gradient(p.ellipse((x - 15, y - 15, x + 15, y + 15)), _STEEL)
    crank, seat, head, fork = (595, 655), (530, 430), (830, 415), (842, 470)
    green = ("#2f8a5b", "#0f4a30")
    for tube in ([back, crank], [back, seat], [seat, crank], [crank, fork], [(536, 452), head]):
        p.gradient(p.line(tube, 15), green)
        p.shade(p.line([(x, y - 3) for x, y in tube], 2), "#b7f0cf", 0.5, blur=1.5)
    p.gradient(p.line([(822, 385), (846, 485), (868, 560), front], 13), green)
    p.gradient(p.line([seat, (516, 384)], 11), _STEEL)
    p.fill(p.line([(455, 380), (480, 370), (535, 372), (580, 380)], 26), "#5a3218")
    p.shade(p.line([(462, 372), (540, 366)], 6), "#c98d5e", 0.7, blur=4)
    p.gradient(p.line([(822, 385), (812, 345), (850, 330)], 11), _STEEL)
    p.gradient(
        p.line([(850, 330), (905, 322), (930, 352), (915, 392), (880, 400)], 12),
        ("#5a3218", "#3b1f0e"),
    )
    p.gradient(p.ring((crank[0] - 46, crank[1] - 46, crank[0] + 46, crank[1] + 46), 9), _STEEL)
    p.fill(p.line([(395, 633), (595, 611)], 3.5), "#3a3d40")
    p.fill(p.line([(395, 667), (595, 700)], 3.5), "#3a3d40")
    p.gradient(p.line([crank, (640, 735)], 9), _STEEL)
    p.fill(p.rounded((610, 729, 672, 745), 6), "#26282a")
    p.gradient(p.ellipse((582, 642, 608, 668)), _STEEL)
    return p.jpeg()


def camera() -> bytes:
    """A rangefinder camera of the fifties."""
    p = Painting(("#b9c4c0", "#92a29d"), ("#c9a47a", "#8f6b45"), 640)
    p.shade(p.rounded((270, 700, 1030, 800), 50), "#3b2712", 0.7, blur=22)
    body = p.rounded((280, 330, 1000, 760), 56)
    p.gradient(body, ("#2e3032", "#17181a"))
    grain = [
        (x, y, x + 5, y + 5) for y in range(470, 690, 11) for x in range(300 + y % 2 * 6, 985, 11)
    ]
    p.fill(p.ellipses(grain), "#101113")
    top = p.rounded((280, 322, 1000, 452), 46)
    p.gradient(top, ("#f5f7f8", "#c3cace", "#8b9499"))
    p.gradient(p.rounded((280, 700, 1000, 764), 34), ("#dfe4e6", "#838c91"))
    p.gradient(p.rounded((520, 272, 760, 342), 20), ("#ffffff", "#a9b2b7"))
    for left, wide in ((330, 84), (880, 92)):
        p.gradient(p.rounded((left, 288, left + wide, 332), 10), _STEEL, across=True)
    p.gradient(p.rounded((800, 300, 850, 330), 8), _STEEL, across=True)
    p.gradient(p.rounded((590, 356, 690, 416), 8), ("#20343c", "#6fa3b2"))
    p.gradient(p.rounded((340, 362, 430, 410), 8), ("#253a42", "#7fb3c0"))
    p.gradient(p.rounded((850, 362, 920, 410), 8), ("#253a42", "#7fb3c0"))
    p.shade(p.ellipse((455, 430, 850, 800)), "#000000", 0.5, blur=16)
    cx, cy = 640, 590
    for radius, colors in (
        (185, ("#f2f4f5", "#7b8489")),
        (168, ("#5b6368", "#dfe4e6")),
        (150, ("#1b1c1e", "#3a3c3f")),
        (128, ("#d5dade", "#6a7277")),
        (116, ("#0c0d0e", "#2a2c2f")),
        (86, ("#101826", "#2c4468")),
        (60, ("#0a1120", "#3c3468")),
        (30, ("#05070c", "#131a2a")),
    ):
        p.gradient(p.ellipse((cx - radius, cy - radius, cx + radius, cy + radius)), colors)
    turns = [mark * pi / 12 for mark in range(24)]
    marks = [[(cx + r * cos(turn), cy + r * sin(turn)) for r in (154, 164)] for turn in turns]
    p.fill(p.lines(marks, 2.5), "#2b2e31")
    p.shade(p.ellipse((585, 528, 640, 575)), "#cfe6ff", 0.85, blur=7)
    p.shade(p.ellipse((668, 620, 694, 644)), "#d9b8ff", 0.6, blur=5)
    p.shade(p.line([(310, 340), (960, 340)], 5), "#ffffff", 0.9, blur=3)
    return p.jpeg()


def vase() -> bytes:
    """A blue glazed vase with three poppies."""
    p = Painting(("#f0e3d2", "#dcc7ad"), ("#b08a68", "#7c5a3f"), 700)
    p.shade(p.ellipse((500, 808, 1010, 872)), "#3a2415", 0.6, blur=22)
    blossoms = ((505, 190, 1.0), (665, 120, 1.15), (800, 240, 0.9))
    for x, y, _ in blossoms:
        p.gradient(
            p.line([(640, 420), ((640 + x) / 2 + 12, (420 + y) / 2 + 40), (x, y)], 8),
            ("#5d8a4a", "#2f5a2c"),
        )
    p.gradient(p.polygon([(600, 360), (470, 300), (430, 350), (540, 380)]), ("#6f9d55", "#3b6a34"))
    p.gradient(p.polygon([(690, 370), (820, 350), (850, 390), (730, 395)]), ("#6f9d55", "#2f5a2c"))
    for x, y, size in blossoms:
        for petal in range(5):
            angle = petal * 2 * pi / 5 - 0.4
            px, py, r = x + 42 * size * cos(angle), y + 36 * size * sin(angle), 52 * size
            p.gradient(
                p.ellipse((px - r, py - r * 0.86, px + r, py + r * 0.86)), ("#f26b4d", "#b3261b")
            )
        p.shade(p.ellipse((x - 40, y - 34, x + 40, y + 34)), "#7d120c", 0.6, blur=12)
        p.fill(p.ellipse((x - 17 * size, y - 15 * size, x + 17 * size, y + 15 * size)), "#2b1a17")
        p.shade(p.ellipse((x - 9, y - 10, x + 3, y)), "#cdbb6a", 0.8, blur=3)
    body = p.turned(
        [(415, 70), (440, 62), (490, 58), (560, 120), (640, 172), (720, 168), (800, 110), (842, 92)]
    )
    p.gradient(body, ("#0e2f5c", "#5c9ad6", "#0a2346"), across=True, light_at=90)
    for top, bottom, color in ((596, 606, "#e9d9a8"), (700, 716, "#e9d9a8")):
        band = p.box((0, top, WIDTH, bottom))
        p.shade(band, color, 0.8, blur=1.5, within=body)
    for step in range(-7, 8):
        tip = _MIDDLE + 170 * sin(step * pi / 16)
        p.shade(
            p.polygon([(tip - 12, 685), (tip, 622), (tip + 12, 685)]),
            "#e9d9a8",
            0.65,
            blur=1.5,
            within=body,
        )
    p.shade(p.ellipse((530, 520, 590, 720)), "#ffffff", 0.6, blur=16, within=body)
    p.shade(p.box((0, 800, WIDTH, 850)), "#020a18", 0.5, blur=16, within=body)
    p.gradient(p.ellipse((570, 402, 710, 430)), ("#0a1c36", "#163f74"))
    p.fill(p.ring((568, 400, 712, 432), 4), "#7fb2e2")
    return p.jpeg()


def guitar() -> bytes:
    """A spruce-top guitar, lying on linen."""
    p = Painting(("#55636b", "#3d484f"), ("#43505a", "#2b343a"), 520)
    p.shade(p.box((0, 500, WIDTH, 540)), "#434f57", 1.0, blur=30)
    cy = 500
    bouts = ((170, 0), (184, 110), (250, 205), (345, 232), (450, 212), (545, 165))
    shoulders = ((620, 152), (695, 168), (770, 182), (835, 130), (858, 0))

    def body(grow: float) -> Image.Image:
        upper = smooth([(514 + (x - 514) * grow, y * grow) for x, y in (*bouts, *shoulders)])
        return p.polygon(
            [(x, cy - y) for x, y in upper] + [(x, cy + y) for x, y in reversed(upper)]
        )

    p.shade(body(1.03), "#0b0e10", 0.8, blur=24)
    p.gradient(body(1.025), ("#6a3514", "#3c1a08"))
    wood = body(1)
    p.gradient(wood, ("#f0c887", "#e2a95c", "#b97a34"))
    grain = [[(150, y), (880, y)] for y in range(260, 745, 8)]
    p.shade(p.lines(grain, 1.2), "#8a5522", 0.3, blur=0.8, within=wood)
    p.shade(p.ellipse((230, 300, 560, 430)), "#fff3d6", 0.5, blur=40, within=wood)
    p.fill(p.ellipse((545, cy - 72, 689, cy + 72)), "#7a4a20")
    p.fill(p.ring((552, cy - 65, 682, cy + 65), 4), "#f1dcb0")
    p.gradient(p.ellipse((560, cy - 57, 674, cy + 57)), ("#140a05", "#3a2112"))
    p.gradient(p.rounded((690, cy - 30, 1110, cy + 30), 4), ("#4a2a18", "#22120a"))
    for fret in range(13):
        at = 1100 - 750 * (1 - 2 ** (-fret / 12))  # each fret is a twelfth of an octave
        p.fill(p.box((at, cy - 30, at + 3, cy + 30)), "#d5d9db")
    for dot in (1000, 930, 868, 810):
        p.fill(p.ellipse((dot - 5, cy - 5, dot + 5, cy + 5)), "#efe9d8")
    p.gradient(
        p.polygon([(1110, cy - 34), (1245, cy - 52), (1252, cy + 52), (1110, cy + 34)]),
        ("#7b431c", "#4a220c"),
    )
    for peg in (1140, 1180, 1220):
        for side in (-1, 1):
            p.gradient(
                p.rounded((peg - 8, cy + side * 62 - 13, peg + 8, cy + side * 62 + 13), 6), _STEEL
            )
            p.fill(p.ellipse((peg - 6, cy + side * 28 - 6, peg + 6, cy + side * 28 + 6)), "#e8ecee")
    p.gradient(p.rounded((318, cy - 70, 356, cy + 70), 8), ("#4a2a18", "#22120a"))
    p.fill(p.box((344, cy - 44, 350, cy + 44)), "#f4efe0")
    for string in range(6):
        row = cy - 25 + string * 10
        p.shade(p.line([(336, row + 4), (1112, row + 4)], 1), "#1a0d05", 0.4, blur=1.5)
        p.fill(
            p.line([(336, row), (1200, row)], 2.2 - string * 0.2),
            "#e9edef" if string > 2 else "#d9b878",
        )
    return p.jpeg()


def watch() -> bytes:
    """A wrist watch with a leather strap, ten past ten."""
    p = Painting(("#3c3a46", "#2a2832"), ("#332f3a", "#1f1c24"), 480)
    p.shade(p.box((0, 440, WIDTH, 520)), "#2e2b35", 1.0, blur=40)
    p.glow((200, 40, 1080, 920), "#c9b8a0", 0.28)
    cx, cy = _MIDDLE, 480
    p.shade(p.rounded((500, -20, 830, 1000), 30), "#000000", 0.7, blur=26)
    strap = p.polygon(
        [
            (540, -20),
            (740, -20),
            (768, 240),
            (768, 720),
            (740, 980),
            (540, 980),
            (512, 720),
            (512, 240),
        ]
    )
    p.gradient(strap, ("#4a2412", "#9a5a30", "#3a1a0c"), across=True, light_at=100)
    stitches = [[(x, y), (x, y + 11)] for x in (556, 724) for y in range(-10, 980, 22)]
    p.fill(p.lines(stitches, 3), "#e3c9a0")
    p.shade(p.ellipse((cx - 268, cy - 250, cx + 280, cy + 282)), "#000000", 0.65, blur=20)
    p.gradient(p.rounded((cx + 236, cy - 30, cx + 286, cy + 30), 9), ("#f0d79a", "#7a5a20"))
    for radius, colors in (
        (252, ("#fff1c9", "#8a6524")),
        (236, ("#8a6524", "#f3dca2")),
        (222, ("#5c4212", "#caa04e")),
        (214, ("#fdfbf5", "#dfd8c8")),
    ):
        p.gradient(p.ellipse((cx - radius, cy - radius, cx + radius, cy + radius)), colors)
    for count, inner, width, color in ((60, 192, 2.5, "#55504a"), (12, 172, 9, "#8a6524")):
        turns = [step * 2 * pi / count for step in range(count)]
        ticks = [[(cx + r * sin(turn), cy - r * cos(turn)) for r in (inner, 200)] for turn in turns]
        p.fill(p.lines(ticks, width), color)
    p.fill(p.ring((cx - 52, cy + 68, cx + 52, cy + 172), 2), "#a89a80")
    p.fill(p.line([(cx, cy + 120), (cx + 26, cy + 92)], 2.5), "#34312c")
    for angle, length, width in ((305, 112, 13), (60, 166, 9)):
        turn = angle * pi / 180
        hand = [
            (cx - 24 * sin(turn), cy + 24 * cos(turn)),
            (cx + length * sin(turn), cy - length * cos(turn)),
        ]
        p.shade(p.line([(x + 6, y + 9) for x, y in hand], width), "#000000", 0.3, blur=4)
        p.fill(p.line(hand, width), "#2b2f3a")
    p.fill(p.line([(cx + 18, cy + 46), (cx - 66, cy - 168)], 3), "#a3301f")
    p.gradient(p.ellipse((cx - 13, cy - 13, cx + 13, cy + 13)), ("#fff1c9", "#8a6524"))
    glass = p.ellipse((cx - 214, cy - 214, cx + 214, cy + 214))
    p.shade(
        p.polygon(
            [(cx - 240, cy - 60), (cx - 60, cy - 240), (cx + 30, cy - 240), (cx - 240, cy + 40)]
        ),
        "#ffffff",
        0.35,
        blur=8,
        within=glass,
    )
    return p.jpeg()

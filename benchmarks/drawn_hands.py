"""Draw digits in the forms that are taught and written where MNIST was not made.

Each form is a few strokes through control points, in units of the digit's height, y
pointing down. A hand varies the control points, bends the strokes into curves, rounds
their corners, trembles, slants, stretches and presses; the pen is drawn antialiased, at
any height in pixels. Nobody's handwriting is in it.

Where the forms come from, besides the author's own knowledge of how people write:

- German school hands (Lateinische Ausgangsschrift, Vereinfachte Ausgangsschrift,
  Schulausgangsschrift, Grundschrift), and French, Italian and Latin American ones: the
  1 with an upstroke (flag), the barred 7, the open 4, the hooked 9, the tailed 0.
- Lettering of DIN 1451 and DIN 6776: the 1 with a straight flag, the straight-stemmed 6
  and 9, the closed 4, the flat-topped 3. The 4 shaped like lightning, with a short stem
  across its bar, is everyday German and Turkish handwriting.
- Palmer and Zaner-Bloser: the plain 1, the 2 with a loop, the 5 with a loose bar, the 7
  with a serif or a curved stem.
- D'Nealian: the plain slanted 1, the open 4, 6 and 9 in one stroke.
- Typewriters and print: the 1 with a base, the 8 of two circles; programmers, radio
  operators and the military: the slashed 0.
"""

import math
from functools import partial

import numpy as np
from scipy import ndimage

from skdigits._ink._framing import frame_ink

# Points at which each curve is sampled between two control points.
_SAMPLES = 6

# Smallest and largest radius of a pen, in units of the digit's height.
_RADIUS = 0.02, 0.095


# Forms. Each is a function of a generator of random numbers and returns strokes: lists
# of control points (x, y), or (x, y, True) where the stroke has a corner.


def _arc(centre, radii, start, sweep, n=8):
    """Place control points on an ellipse; degrees, clockwise from the right."""
    angles = np.deg2rad(start + np.linspace(0, sweep, n))
    return [
        (centre[0] + radii[0] * math.cos(a), centre[1] + radii[1] * math.sin(a))
        for a in angles
    ]


def _zero(rng, gap=(-30, 15), tail=False, slash=False, widest=0.42):
    """Draw an oval; between its ends are `gap` degrees, negative where they overlap."""
    width = rng.uniform(0.32, 0.48) if slash else rng.uniform(0.2, widest)
    start = rng.uniform(-110, -55)
    ring = _arc((0.5, 0.5), (width, 0.5), start, rng.uniform(*gap) - 360, 9)
    strokes = [ring]
    if tail:  # the joining stroke of cursive hands
        end = ring[-1]
        reach = rng.uniform(0.25, 0.6)
        ring += [
            (end[0] + 0.45 * reach, end[1] + rng.uniform(-0.02, 0.12)),
            (end[0] + reach, end[1] + rng.uniform(-0.08, 0.06)),
        ]
    if slash:
        across, up = width * rng.uniform(0.5, 1.4), rng.uniform(0.3, 0.6)
        sign = 1 if rng.random() < 0.85 else -1
        strokes.append(
            [(0.5 + sign * across, 0.5 - up), (0.5 - sign * across, 0.5 + up)]
        )
    return strokes


def _looped_zero(rng, place):
    """Draw an oval whose ends cross: "inside" it, as a loop, or "outside", as horns.

    At the top, or seldom at the bottom, as writers join one zero to the next.
    """
    width = rng.uniform(0.22, 0.5)
    start = rng.uniform(-115, -50)
    ring = _arc((0.5, 0.5), (width, 0.5), start, -360, 9)
    if place == "inside":
        # The pen goes on, inwards, and turns towards the side from which it came.
        first = math.radians(start)
        size = rng.uniform(0.12, 0.45)
        x, y = 0.5 + width * math.cos(first), 0.5 + 0.5 * math.sin(first)
        sign = rng.choice([-1, 1])
        curl = [
            (x - 0.45 * width, y + 0.35 * size),
            (0.5 - sign * 0.35 * width, y + size),
            (
                0.5 + sign * rng.uniform(0.2, 1.25) * width,
                y + rng.uniform(0.6, 1.1) * size,
            ),
        ]
        strokes = [ring + curl[: rng.integers(2, 4)]]
    else:
        out = rng.uniform(0.1, 0.3, 2)
        enters, leaves = ring[0], ring[-1]
        strokes = [
            [
                (enters[0] - out[0], enters[1] - rng.uniform(-0.02, 0.12)),
                *ring[:-1],
                leaves,
                (leaves[0] + out[1], leaves[1] - rng.uniform(-0.06, 0.1)),
            ]
        ]
    if rng.random() < 0.25:
        strokes = [[(x, 1 - y) for x, y in stroke] for stroke in strokes]
    return strokes


def _one(rng, flag=None, base=False):
    """Draw a stem; `flag`, if any, is the range of the flag's length."""
    bend = rng.normal(0, 0.02)
    apex, foot = (0.5, 0.0, True), (0.5 + rng.normal(0, 0.02), 1.0)
    stroke = [apex, (0.5 + bend, 0.5), foot]
    if flag:
        length = rng.uniform(*flag)
        # Degrees between flag and stem, and how far the flag sags. One that is flatter
        # or arched is the top of a 7.
        angle = math.radians(rng.uniform(18, min(58, 72 - 28 * length)))
        sag = abs(rng.normal(0, 0.06)) * length
        down, left = length * math.cos(angle), length * math.sin(angle)
        tip = (0.5 - left, down)
        stroke = [tip, (0.5 - left / 2 + sag, down / 2 + sag), *stroke]
    strokes = [stroke]
    if base:
        # On both sides of the stem: a base to the right alone is that of a 2.
        left, right = rng.uniform(0.15, 0.42, 2)
        y = foot[1] + rng.uniform(-0.04, 0.02)
        strokes.append(
            [(foot[0] - left, y), (foot[0] + right, y + rng.normal(0, 0.02))]
        )
    return strokes


def _looped_one(rng):
    """Draw a 1 in one stroke: up along a bow, through a narrow loop, and down."""
    width = rng.uniform(0.1, 0.24)
    cross = rng.uniform(0.6, 0.9)
    return [
        [
            (0.5 - rng.uniform(0.15, 0.4), cross + rng.uniform(0.0, 0.1)),
            (0.5, cross - 0.1),
            (0.5 + width, 0.25),
            (0.5 + 0.6 * width, 0.0),
            (0.5, 0.2),
            (0.5 - rng.uniform(0, 0.05), cross),
            (0.5 + rng.uniform(0.0, 0.12), 1.0),
        ]
    ]


def _two(rng, loop=0.0, curl=False):
    """Draw a 2; `loop` is the largest size of the loop at its lower left."""
    turn = rng.uniform(0.2, 0.32)  # how far down the arch reaches
    right = rng.uniform(0.62, 0.78)
    stroke = [(0.2, turn * rng.uniform(0.6, 1.1)), (0.44, 0.0), (right, turn)]
    if curl:
        stroke = [(0.3, turn + 0.1), (0.2, turn), *stroke[:1], *stroke[1:]]
        stroke[2] = (0.22, 0.12)
    waist = rng.uniform(0.4, 0.55)
    stroke += [(waist + 0.05, 0.62)]
    end = (rng.uniform(0.7, 0.95), 1 + rng.uniform(-0.08, 0.03))
    if loop:
        size = rng.uniform(0.3, 1) * loop
        stroke += [
            (0.26, 0.96),
            (0.16 - size / 4, 1 - 0.55 * size),
            (0.26 + size / 3, 1 - size),
            (0.45 + size / 2, 0.97 - size / 4),
            end,
        ]
    else:
        stroke += [(0.17, 1.0, True)]
        if rng.random() < 0.4:  # a wave instead of a straight base
            stroke += [(0.4, 0.93), (0.6, 0.98)]
        stroke += [end]
    return [stroke]


def _narrow_two(rng):
    """Draw a 2 with a small arch; its base lies to the right, unlike that of a 1."""
    right = rng.uniform(0.5, 0.68)
    arch = [(0.3, rng.uniform(0.1, 0.25)), (0.42, 0.0), (right, rng.uniform(0.1, 0.2))]
    corner = (rng.uniform(0.25, 0.4), 1.0, rng.random() < 0.8)
    middle = (0.5 * (right + corner[0]) + rng.uniform(0, 0.06), 0.55)
    end = (corner[0] + rng.uniform(0.3, 0.6), 1 + rng.uniform(-0.08, 0.02))
    return [[*arch, middle, corner, end]]


def _three(rng, flat=False, loop=False):
    """Draw a round 3 or one with a flat top, its waist pointed or with a small loop."""
    waist = rng.uniform(0.38, 0.5)
    reach = rng.uniform(0.3, 0.5)  # of the waist, from the left
    belly = rng.uniform(0.7, 0.85)
    end = (rng.uniform(0.1, 0.25), 1 - rng.uniform(0.02, 0.2))
    lower = [(belly, (1 + waist) / 2 + 0.02), (0.45, 1.0), end]
    if flat:
        top = rng.uniform(0.6, 0.85)
        upper = [
            (0.15, rng.uniform(0.0, 0.06)),
            (top, rng.uniform(0, 0.04), True),
            (reach, waist, True),
        ]
        return [[*upper, (reach + 0.2, waist + 0.03), *lower]]
    upper = [
        (0.18, rng.uniform(0.06, 0.2)),
        (0.45, 0.0),
        (rng.uniform(0.62, 0.78), waist / 2),
    ]
    if loop:
        size = rng.uniform(0.04, 0.1)
        middle = [(reach, waist - 0.02), (reach - size, waist + size / 2)]
        middle += [(reach, waist + size)]
        return [[*upper, *middle, *lower]]
    return [[*upper, (reach, waist, rng.random() < 0.8), *lower]]


def _four(rng, form):
    """Draw a 4: open or closed, with a corner or round, or shaped like lightning."""
    bar = rng.uniform(0.44 if "closed" in form else 0.52, 0.72)
    stem = rng.uniform(0.55, 0.75)
    right = stem + rng.uniform(0.12 if form == "closed, round" else 0.08, 0.35)
    lean = rng.normal(0.0, 0.05)
    slope = rng.normal(0, 0.03)
    left = rng.uniform(0.05, 0.15)
    if form == "closed":
        # One or two strokes; the apex is pointed, the bar reaches past the stem.
        apex = (stem + lean, 0.0, True)
        corner = (left, bar, True)
        foot = (stem - lean, 1.0)
        if rng.random() < 0.5:
            return [[apex, corner, (right, bar + slope)], [apex[:2], foot]]
        return [[corner[:2], apex, foot], [corner[:2], (right, bar + slope)]]
    if form == "closed, round":
        apex = (stem + lean, 0.0)
        # Its left arm is straight, so that the apex is pointed, unlike a 9's.
        knee = (left + 0.04, bar - rng.uniform(0.12, 0.2))
        along = rng.uniform(0.4, 0.6)
        bow = [apex, (along * apex[0] + (1 - along) * knee[0], (1 - along) * knee[1])]
        bow += [knee]
        bow += [(left + 0.1, bar), (stem, bar + slope), (right, bar + 1.5 * slope)]
        return [bow, [apex, (stem - lean, 1.0)]]
    if form == "lightning":
        # A long diagonal, a bar, and a short stem that crosses the bar.
        bar += 0.1
        right += 0.1
        middle = (right + left) / 2 + rng.uniform(0, 0.15)
        stem = [(middle + lean, bar - rng.uniform(0.12, 0.3)), (middle - lean, 1.0)]
        corner = (left, bar, rng.random() < 0.7)
        return [[(rng.uniform(0.4, 0.65), 0.0), corner, (right, bar + slope)], stem]
    arm = (left + rng.uniform(0.02, 0.2), rng.uniform(0.0, 0.15))
    # The gap at the top stays: the stem does not lean over to the arm.
    head = (max(stem + lean, arm[0] + 0.28), rng.uniform(0.0, 0.2))
    if form == "round":
        bow = [arm, (left, bar - 0.22), (left + 0.08, bar - 0.03)]
        bow += [((left + stem) / 2, bar + 0.02), (right, bar + slope - 0.05)]
    else:
        bow = [arm, (left, bar, True), (right, bar + slope)]
    return [bow, [head, (stem - lean, 1.0)]]


def _five(rng, bar="joined"):
    """Draw a 5, its bar "joined", "loose" or "curved" into the back (like an S)."""
    back = rng.uniform(0.2, 0.3)
    neck = rng.uniform(0.36, 0.5)
    belly = rng.uniform(0.68, 0.85)
    end = (rng.uniform(0.05, 0.2), 1 - rng.uniform(0.02, 0.16))
    tip = (rng.uniform(0.62, 0.95), rng.uniform(-0.08, 0.05))
    bowl = [(0.5, neck - 0.04), (belly, (1 + neck) / 2 - 0.03), (0.45, 1.0), end]
    corner = (back - rng.uniform(0, 0.08), neck, rng.random() < 0.7)
    if bar == "curved":
        middle = (back - 0.05, neck / 2 + 0.05)
        return [[tip, (0.45, 0.02), middle, (0.42, neck + 0.03), *bowl[1:]]]
    if bar == "joined":
        return [[tip, (back, 0.0, True), corner, *bowl]]
    aside, above = rng.uniform(-0.06, 0.14), rng.uniform(-0.1, 0.05)
    start = (back + aside, above + rng.normal(0, 0.02))
    return [[(back, 0.0), corner, *bowl], [start, (tip[0] + aside, tip[1] + above)]]


def _six(rng, stem="curved"):
    """Draw a 6, its stem "straight", "curved" or "curled" over the bowl."""
    top = rng.uniform(0.42, 0.58)  # of the bowl
    radius = rng.uniform(0.24, 0.38)
    middle = (top + 1) / 2
    centre = (0.5, middle)
    bowl = _arc(centre, (radius, 1 - middle), 180, -rng.uniform(310, 390), 8)
    left = 0.5 - radius
    if stem == "straight":
        start = [(rng.uniform(0.5, 0.85), 0.0), (left + 0.12, 0.4 * top + 0.2)]
    elif stem == "curved":
        start = [(rng.uniform(0.5, 0.75), 0.0), (left + 0.1, 0.35)]
        if rng.random() < 0.4:  # nearly upright
            start = [(left + rng.uniform(0.05, 0.15), 0.0), (left, 0.4)]
    else:
        reach = rng.uniform(0.6, 1.15)
        start = [(reach, rng.uniform(0.04, 0.2)), (0.3 + 0.4 * reach, 0.0)]
        start += [(left + 0.06, 0.3)]
    return [[*start, *bowl]]


def _seven(rng, serif=False, curved=False, bar=None, flag=False, hook=False):
    """Draw a 7.

    `bar` is the range of the height at which it is barred; a barred one may rise to its
    corner as steeply as the `flag` of a 1. The stem may end in a `hook` to the left.
    """
    left, right = rng.uniform(0.05, 0.25), rng.uniform(0.7, 0.9)
    # Unbarred and steeper, it would be the flag of a 1.
    slope = rng.uniform(10, 40) if flag else rng.uniform(-10, 10)
    left += 0.25 * flag
    rise = math.tan(math.radians(slope)) * (right - left) / 2
    corner = (right, -rise, True)
    foot = (rng.uniform(0.25, 0.6) + 0.2 * flag, 1.0)
    wave = rng.normal(0, 0.03)
    stroke = [(left, rise), (0.6 * left + 0.4 * right, 0.2 * rise + wave), corner]
    if serif:
        stroke[0] = (left, rise, rng.random() < 0.6)
        down = rng.uniform(0.08, 0.22)
        stroke.insert(0, (left - rng.uniform(-0.03, 0.06), rise + down))
    if curved:
        stroke += [(0.5 * (right + foot[0]) - rng.uniform(0.03, 0.14), 0.5)]
        if rng.random() < 0.3:
            stroke[-2] = corner[:2]
    stroke += [foot]
    if hook:
        reach = rng.uniform(0.08, 0.25)
        stroke += [
            (foot[0] - 0.5 * reach, 1 + rng.uniform(0.0, 0.05)),
            (foot[0] - reach, 1 - rng.uniform(0.02, 0.15)),
        ]
    if bar is None:
        return [stroke]
    y = rng.uniform(*bar)
    x = right + (foot[0] - right) * y - (0.06 if curved else 0)
    half = rng.uniform(0.13, 0.3)
    shift, slope = rng.normal(0, 0.05), rng.uniform(-0.1, 0.06)
    middle = [(x + shift, y + rng.normal(0, 0.02))] if rng.random() < 0.3 else []
    ends = (x + shift - half, y - slope / 2), (x + shift + half, y + slope / 2)
    return [stroke, [ends[0], *middle, ends[1]]]


def _cane(rng):
    """Draw a narrow 7 with an arch for a top."""
    width = rng.uniform(0.22, 0.55)
    right = 0.3 + width
    foot = right - rng.uniform(0.0, 0.4)
    stroke = [(0.3, rng.uniform(0.05, 0.26)), (0.3 + width / 2, 0.0)]
    return [
        [
            *stroke,
            (right, rng.uniform(0.07, 0.16)),
            ((right + foot) / 2, 0.5),
            (foot, 1.0),
        ]
    ]


def _eight(rng, form):
    """Draw an 8: "one stroke", "open" (its ends apart at the top) or "two circles"."""
    waist = rng.uniform(0.38, 0.52)
    if rng.random() < 0.2:
        upper, lower = rng.uniform(0.1, 0.17), rng.uniform(0.12, 0.2)
    else:
        upper, lower = rng.uniform(0.15, 0.28), rng.uniform(0.2, 0.36)
    if form == "two circles":
        gap = rng.uniform(-0.03, 0.03)
        first = _arc((0.5, waist / 2), (upper, waist / 2 + gap), -80, -365, 8)
        low = (1 + waist) / 2
        second = _arc((0.5, low), (lower, (1 - waist) / 2), -90, -365, 8)
        return [first, second]
    start = (0.5 + 0.6 * upper, rng.uniform(0.05, 0.1))
    end = (start[0] - 0.02, start[1] - 0.03)
    if form == "open":
        start = (0.5 + rng.uniform(0, 0.6) * upper, rng.uniform(0.03, 0.12))
        end = (0.5 + rng.uniform(1.1, 1.8) * upper, rng.uniform(-0.05, 0.1))
    return [
        [
            start,
            (0.5, 0.0),
            (0.5 - upper, waist / 2),
            (0.5, waist),
            (0.5 + lower, (1 + waist) / 2),
            (0.5, 1.0),
            (0.5 - lower, (1 + waist) / 2),
            (0.5, waist + 0.03),
            (0.5 + upper, waist * 0.55),
            end,
        ]
    ]


def _nine(rng, tail="straight", gap=(-30, 10)):
    """Draw a 9, its tail "straight", "curved", "hooked", or "flat" along the base."""
    low = rng.uniform(0.34, 0.58)  # bottom of the bowl
    radius = rng.uniform(0.2, 0.34)
    left, right = 0.5 - radius, 0.5 + radius
    opened = rng.uniform(*gap)
    # From the upper right, counterclockwise, up to the stem.
    bowl = _arc((0.5, low / 2), (radius, low / 2), -40 - opened, -(320 - opened), 8)
    if tail == "straight":
        top = (right, rng.uniform(0.05, 0.2), True)
        foot = (right - rng.uniform(-0.05, 0.25), 1.0)
        return [[*bowl[:-1], (right, low * 0.62), top, foot]]
    # The neck may go on to the right of the bowl.
    out = right + rng.uniform(-0.06, 0.06)
    stroke = [*bowl[:-1], (right, 0.45 * low), (out, low + 0.1)]
    if tail == "curved":
        return [[*stroke, (out - rng.uniform(0.1, 0.35), 1.0)]]
    out += rng.uniform(-0.08, 0.12)
    if tail == "flat":
        corner = (out, 0.95, rng.random() < 0.4)
        end = (left - rng.uniform(-0.2, 0.2), 1.0 + rng.normal(0, 0.03))
        return [[*stroke, corner, ((out + end[0]) / 2, 1.0), end]]
    if tail == "flicked":
        end = (out + rng.uniform(0.1, 0.45), 1 - rng.uniform(0.02, 0.16))
        low = (out - rng.uniform(0.0, 0.12), rng.uniform(0.9, 1.0))
        return [[*stroke, low, end]]
    middle = rng.uniform(0.3, 0.6)
    end = (left - rng.uniform(-0.15, 0.15), 1 - rng.uniform(0.06, 0.26))
    return [[*stroke, (out, 0.84), (middle, 1.0), end]]


def _hanging_nine(rng):
    """Draw a 9 whose stem hangs from the bottom of its bowl, not from its right."""
    low = rng.uniform(0.36, 0.6)
    radius = rng.uniform(0.16, 0.36)
    start = rng.uniform(20, 75)
    sweep = rng.choice([-1, 1]) * rng.uniform(335, 380)
    bowl = _arc((0.5, low / 2), (radius, low / 2), start, sweep, 9)
    x = bowl[-1][0] - rng.uniform(-0.05, 0.1)
    foot = (x - rng.uniform(-0.05, 0.25), 1.0)
    stroke = [*bowl, (x - rng.uniform(-0.03, 0.06), (low + 1) / 2), foot]
    if rng.random() < 0.3:
        stroke += [(foot[0] - rng.uniform(0.1, 0.25), rng.uniform(0.85, 0.98))]
    return [stroke]


# Forms of each digit, and how often each is drawn.
_FORMS = {
    0: {
        "closed": (_zero, 3),
        "open": (partial(_zero, gap=(15, 45)), 1),
        "tailed": (partial(_zero, gap=(-10, 5), tail=True), 1),
        "slashed": (partial(_zero, slash=True), 1),
    },
    1: {
        "plain": (_one, 2),
        "short flag": (partial(_one, flag=(0.15, 0.35)), 3),
        "flag": (partial(_one, flag=(0.3, 0.6)), 4),
        "long flag": (partial(_one, flag=(0.55, 0.95)), 2),
        "flag and base": (partial(_one, flag=(0.15, 0.55), base=True), 2),
        "base": (partial(_one, base=True), 0.5),
    },
    2: {
        "plain": (_two, 3),
        "curled": (partial(_two, curl=True), 1),
        "narrow": (_narrow_two, 2),
        "small loop": (partial(_two, loop=0.25), 1),
        "large loop": (partial(_two, loop=0.5), 1),
    },
    3: {
        "round": (_three, 3),
        "flat top": (partial(_three, flat=True), 2),
        "looped": (partial(_three, loop=True), 1),
    },
    4: {
        "open": (partial(_four, form="open"), 2),
        "round": (partial(_four, form="round"), 1),
        "closed": (partial(_four, form="closed"), 2),
        "closed, round": (partial(_four, form="closed, round"), 1),
        "lightning": (partial(_four, form="lightning"), 2),
    },
    5: {
        "joined": (_five, 2),
        "loose bar": (partial(_five, bar="loose"), 2),
        "curved": (partial(_five, bar="curved"), 1),
    },
    6: {
        "straight": (partial(_six, stem="straight"), 1),
        "curved": (_six, 2),
        "curled": (partial(_six, stem="curled"), 2),
    },
    7: {
        "plain": (_seven, 3),
        "curved": (partial(_seven, curved=True), 2),
        "serif": (partial(_seven, serif=True), 2),
        "barred": (partial(_seven, bar=(0.38, 0.58)), 3),
        "barred, serif": (partial(_seven, bar=(0.38, 0.58), serif=True), 1),
        "barred, curved": (partial(_seven, bar=(0.38, 0.6), curved=True), 1),
        "barred, flag": (partial(_seven, bar=(0.4, 0.7), flag=True), 2),
        "arched": (_cane, 3),
        "low bar": (partial(_seven, bar=(0.58, 0.75)), 1),
        "low bar, curved": (partial(_seven, bar=(0.58, 0.75), curved=True), 1),
        "low bar, curved, serif": (
            partial(_seven, bar=(0.58, 0.75), curved=True, serif=True),
            1,
        ),
    },
    8: {
        "one stroke": (partial(_eight, form="one stroke"), 2),
        "open": (partial(_eight, form="open"), 1),
        "two circles": (partial(_eight, form="two circles"), 1),
    },
    9: {
        "straight": (_nine, 2),
        "curved": (partial(_nine, tail="curved"), 1),
        "hooked": (partial(_nine, tail="hooked"), 3),
        "flat hook": (partial(_nine, tail="flat"), 2),
        "open": (partial(_nine, gap=(10, 35)), 1),
    },
}

# Forms of amounts written in haste, as on cheques. The detector and the network for ink
# see them; in the training of the reader they gain nothing.
_HASTY = {
    0: {
        "wide": (partial(_zero, widest=0.65), 1),
        "looped": (partial(_looped_zero, place="inside"), 2),
        "horned": (partial(_looped_zero, place="outside"), 1),
    },
    1: {"looped": (_looped_one, 0.5)},
    7: {
        "barred, hooked": (
            partial(_seven, bar=(0.38, 0.65), serif=True, curved=True, hook=True),
            1,
        ),
    },
    9: {
        "flicked": (partial(_nine, tail="flicked"), 1),
        "hanging": (_hanging_nine, 1.5),
    },
}
_ALL = {label: forms | _HASTY.get(label, {}) for label, forms in _FORMS.items()}
FORMS = {label: tuple(forms) for label, forms in _ALL.items()}


def hands(rng, n, *, labels=None, hasty=False):
    """Draw digits as MNIST frames them.

    Parameters
    ----------
    rng : numpy.random.Generator
    n : int
    labels : array-like of int, default=None
        Labels to draw from, each as often; None: 0 to 9.
    hasty : bool, default=False
        Also in the forms of amounts written in haste.

    Returns
    -------
    images : ndarray of shape (n, 28, 28), uint8
    drawn : ndarray of shape (n,), int
    """
    drawn = rng.choice(np.arange(10) if labels is None else labels, n)
    images = np.empty((n, 28, 28), np.uint8)
    for i, label in enumerate(drawn):
        # Some in so few pixels that the framing has to redraw the strokes.
        height = rng.integers(8, 20) if rng.random() < 0.15 else rng.integers(20, 60)
        form = _choose(_ALL[label], rng) if hasty else None
        ink = draw_strokes(label, form, rng, height)
        if rng.random() < 0.5:
            blur = rng.uniform(0.2, 0.8) * max(height / 40, 0.5)
            ink = ndimage.gaussian_filter(np.pad(ink, 2), blur)
        images[i] = frame_ink(ink)
    return images, drawn


def draw_bracket(rng):
    """Draw a round bracket, `(` or `)`, bent more than a 1 is.

    Returns
    -------
    ink : ndarray of shape (height, width), float32
        From 0, paper, to 1.
    """
    bend, t = rng.uniform(0.12, 0.32), np.linspace(0, 1, 7)
    side = rng.choice([-1, 1])
    x = side * bend * 4 * t * (1 - t) * rng.uniform(0.8, 1.1)
    points = np.column_stack([x, t])
    points += rng.normal(0, 0.012, points.shape)
    curves = [_interpolate(points, np.zeros(7, bool)) @ _affinity(0.05, rng).T]
    return _draw(curves, _press(curves, rng), int(rng.integers(20, 50)))


def draw_up_hand(rng):
    """Draw the hand of one person: a form of each digit, a slant and a pen.

    The control points of each form are shifted by a standard deviation of 6 % of the
    digit's height, which gives forms of the person's own; the digits of a tenth of such
    hands are read with more than a tenth of errors.

    Returns
    -------
    write : callable
        ``write(labels, rng)`` draws these digits in this hand, each a little different,
        and returns images of shape (n, 28, 28), uint8.
    """
    matrix, radius = _affinity(0.2, rng), rng.uniform(*_RADIUS)
    own = {}
    for label, forms in _FORMS.items():
        strokes = forms[_choose(forms, rng)][0](rng)
        own[label] = [
            [(*rng.normal(point[:2], 0.06), *point[2:]) for point in stroke]
            for stroke in strokes
        ]

    def write(labels, rng):
        images = np.empty((len(labels), 28, 28), np.uint8)
        for i, label in enumerate(labels):
            wobble = np.eye(2) + rng.normal(0, 0.06, (2, 2))
            curves = _write(own[int(label)], rng, matrix=wobble @ matrix)
            radii = _press(curves, rng, radius * np.exp(rng.normal(0, 0.1)))
            images[i] = frame_ink(_draw(curves, radii, rng.integers(24, 50)))
        return images

    return write


def draw_strokes(label, form, rng, height, radius=None):
    """Draw a digit with a random hand and pen.

    Parameters
    ----------
    label : int
    form : str or None
        One of ``FORMS[label]``; None draws one at random.
    rng : numpy.random.Generator
    height : int
        Pixels.
    radius : float or None
        Radius of the pen, in units of the height; None draws one at random.

    Returns
    -------
    ink : ndarray of shape (height, width), float32
        From 0, paper, to 1. Its first and last row and column hold ink.
    """
    label = int(label)
    if form is None:
        form = _choose(_FORMS[label], rng)
    # Wide ones would have the flag of a 7.
    stretch = 0.1 if label == 1 else 0.2
    strokes = _write(_ALL[label][form][0](rng), rng, stretch)
    return _draw(strokes, _press(strokes, rng, radius), height)


def _choose(forms, rng):
    """Draw the name of a form, as often as its weight says."""
    weights = np.cumsum([weight for _, weight in forms.values()])
    return list(forms)[np.searchsorted(weights, rng.random() * weights[-1])]


def _write(strokes, rng, stretch=0.1, matrix=None):
    """Write control points as a person would: curves with a style of their own.

    With a matrix, the digits are slanted and stretched by it, not at random.

    Returns
    -------
    curves : list of ndarray of shape (n_points, 2)
        About one unit high.
    """
    careless = rng.uniform(0.005, 0.03)  # how far the control points are missed
    rounding = rng.exponential(0.75)  # of corners, in samples
    tremor = rng.exponential(0.006)
    if matrix is None:
        matrix = _affinity(stretch, rng)
    curves = []
    for stroke in strokes:
        points = np.array([point[:2] for point in stroke], float)
        corners = np.array([len(point) > 2 and point[2] for point in stroke])
        curve = _interpolate(points + rng.normal(0, careless, points.shape), corners)
        shake = rng.normal(0, tremor, curve.shape)
        curve += 2.2 * ndimage.gaussian_filter1d(shake, 1.2, axis=0)
        if rounding > 0.3:
            smooth = ndimage.gaussian_filter1d(curve, rounding, axis=0, mode="nearest")
            smooth[0], smooth[-1] = curve[0], curve[-1]
            curve = smooth
        curves.append(curve @ matrix.T)
    return curves


def _affinity(stretch, rng):
    """Draw how a hand stretches, slants and turns."""
    aspect = np.exp(rng.normal(0, stretch))
    slant = rng.normal(0.1, 0.18)
    angle = math.radians(rng.normal(0, 4))
    turn = np.array(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
    )
    return turn @ [[aspect, -slant], [0, 1]]


def _interpolate(points, corners):
    """Sample a cubic spline through the points, with corners where they are marked.

    Cubic Hermite pieces; the tangent at a point is that of the parabola through it and
    its neighbours, and at ends and corners that of a natural end.
    """
    chords = np.diff(points, axis=0)
    lengths = np.maximum(np.hypot(*chords.T), 1e-3)[:, np.newaxis]
    slopes = chords / lengths
    tangents = np.zeros_like(points)
    tangents[1:-1] = (lengths[1:] * slopes[:-1] + lengths[:-1] * slopes[1:]) / (
        lengths[1:] + lengths[:-1]
    )
    ends = corners.copy()
    ends[[0, -1]] = True
    leaving, arriving = tangents[:-1].copy(), tangents[1:].copy()
    first, last = ends[:-1], ends[1:]
    leaving[first] = slopes[first]
    arriving[last] = slopes[last]
    natural_first = (3 * slopes - arriving) / 2
    natural_last = (3 * slopes - leaving) / 2
    leaving[first & ~last] = natural_first[first & ~last]
    arriving[last & ~first] = natural_last[last & ~first]

    t = np.arange(_SAMPLES)[:, np.newaxis, np.newaxis] / _SAMPLES
    pieces = (
        (1 + 2 * t) * (1 - t) ** 2 * points[:-1]
        + t * (1 - t) ** 2 * lengths * leaving
        + t**2 * (3 - 2 * t) * points[1:]
        + t**2 * (t - 1) * lengths * arriving
    )
    return np.vstack([pieces.swapaxes(0, 1).reshape(-1, 2), points[-1:]])


def _press(curves, rng, radius=None):
    """Draw the pen's radius at each point, in units of the digit's height."""
    if radius is None:
        radius = rng.uniform(*_RADIUS)
    pressure = rng.uniform(0, 0.25)
    nib, nib_angle = max(rng.normal(0, 0.15), 0), rng.uniform(0, math.pi)
    taper = rng.uniform(0, 0.6) if rng.random() < 0.3 else 0
    radii = []
    for curve in curves:
        n = len(curve)
        way = np.gradient(curve, axis=0)
        direction = np.arctan2(way[:, 1], way[:, 0])
        wave = np.sin(
            rng.uniform(0, 2 * math.pi) + rng.uniform(2, 9) * np.arange(n) / n
        )
        width = 1 + pressure * wave + nib * np.cos(2 * (direction - nib_angle))
        if taper:  # the pen is lifted while it still moves
            width *= 1 - taper * np.clip(np.arange(n) / n - 0.6, 0, 1) / 0.4
        radii.append(radius * np.clip(width, 0.3, 2))
    return radii


def _draw(curves, radii, height):
    """Draw lines of varying width, antialiased, `height` pixels high.

    Each piece of a line covers only the pixels about it: pixel by pixel the largest
    coverage is kept.
    """
    starts = np.concatenate([curve[:-1] for curve in curves])
    ends = np.concatenate([curve[1:] for curve in curves])
    r0 = np.concatenate([radius[:-1] for radius in radii])
    r1 = np.concatenate([radius[1:] for radius in radii])

    # The outermost ink, in units, comes to lie on the edge of the picture.
    points, reach = np.concatenate([starts, ends]), np.concatenate([r0, r1])
    low = (points - reach[:, np.newaxis]).min(0)
    high = (points + reach[:, np.newaxis]).max(0)
    scale = height / (high[1] - low[1])
    width = max(math.ceil((high[0] - low[0]) * scale - 0.2), 1)
    starts, ends, r0, r1 = (
        array.astype(np.float32)
        for array in (
            (starts - low) * scale,
            (ends - low) * scale,
            r0 * scale,
            r1 * scale,
        )
    )
    r0, r1 = np.maximum(r0, 0.35), np.maximum(r1, 0.35)

    way = ends - starts
    length = np.hypot(*way.T)
    half = math.ceil((length / 2 + np.maximum(r0, r1)).max() + 0.5)
    window = np.arange(-half, half + 1)
    # Counted with a margin, so that each piece's window lies within the canvas.
    middle = np.floor((starts + ends) / 2).astype(np.intp) + half + 1
    columns, rows = width + 2 * half + 3, height + 2 * half + 3
    window_centres = window.astype(np.float32) + np.float32(0.5)
    from_start = np.floor((starts + ends) / 2) - starts
    from_x = from_start[:, :1] + window_centres  # (n_pieces, n_window)
    from_y = from_start[:, 1:] + window_centres
    direction = way / np.maximum(length**2, np.float32(1e-6))[:, np.newaxis]
    along = (from_x * direction[:, :1])[:, np.newaxis]
    along = along + (from_y * direction[:, 1:])[:, :, np.newaxis]
    np.clip(along, 0, 1, out=along)
    way, growth = way[:, np.newaxis, np.newaxis], (r1 - r0)[:, np.newaxis, np.newaxis]
    distance = (from_x[:, np.newaxis] - along * way[..., 0]) ** 2
    distance += (from_y[:, :, np.newaxis] - along * way[..., 1]) ** 2
    cover = along * growth - np.sqrt(distance, out=distance)
    cover += (r0 + np.float32(0.5))[:, np.newaxis, np.newaxis]
    inked = cover > 0
    places = ((middle[:, 1:] + window) * columns)[:, :, np.newaxis]
    places = places + (middle[:, :1] + window)[:, np.newaxis]
    canvas = np.zeros(rows * columns, np.float32)
    np.maximum.at(canvas, places[inked], cover[inked])
    canvas = canvas.reshape(rows, columns)
    margin = half + 1
    return np.minimum(canvas[margin : margin + height, margin : margin + width], 1)

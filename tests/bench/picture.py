# SPDX-License-Identifier: BSD-3-Clause
"""Draws the ratios as one SVG picture: a bar per row and peer on a logarithmic axis, a mark at its target."""

import math
from xml.sax.saxutils import escape

WIDTH = 980
LEFT = 470  # room for what a row measures, and beside whom
RIGHT = 110  # room for the figure
ROW_HEIGHT = 26
TOP = 70
MET, NOT_MET, NO_PROMISE, INK = "#2a7f62", "#c0504d", "#7f8fa6", "#222222"


def text(x, y, content, anchor="start", size=13, color=INK):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
            f'fill="{color}">{escape(content)}</text>')


def line(x, y1, y2, color, width=1):
    return (f'<line x1="{x:.1f}" y1="{y1:.1f}" x2="{x:.1f}" y2="{y2:.1f}" '
            f'stroke="{color}" stroke-width="{width}"/>')


def axis_of(results):
    """From a power of ten to a power of ten, with 1 and every bar and mark in between."""
    values = [1.0, 10.0]
    for result in results:
        values += [value for value in (result["ratio"], result["at_least_ratio"]) if value]
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def bars_of(rows):
    """One per peer that a row was compared with."""
    return [{"label": f"{row['measures']} | {peer['peer']}", "ratio": peer["ratio"],
             "at_least_ratio": peer["at_least_ratio"], "met": row["met"]}
            for row in rows for peer in row["peers"] if peer["ratio"]]


def draw(rows, caption):
    """rows: as tests/bench/run writes them."""
    results = bars_of(rows)
    low, high = axis_of(results)
    span = WIDTH - LEFT - RIGHT
    bottom = TOP + ROW_HEIGHT * len(results)

    def place(ratio):
        return LEFT + span * (math.log10(ratio) - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{bottom + 50}" '
        f'viewBox="0 0 {WIDTH} {bottom + 50}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{bottom + 50}" fill="white"/>',
        text(20, 26, "Troupe beside others: how many times better", size=16),
        text(20, 46, caption, size=11, color="#666666"),
    ]
    for power in range(low, high + 1):
        x = place(10.0 ** power)
        parts.append(line(x, TOP - 6, bottom, "#999999" if power == 0 else "#dddddd"))
        parts.append(text(x, bottom + 18, f"{10.0 ** power:g}x", "middle", 11))
    for i, result in enumerate(results):
        y = TOP + ROW_HEIGHT * i
        color = {True: MET, False: NOT_MET, None: NO_PROMISE}[result["met"]]
        left, right = sorted((place(1.0), place(result["ratio"])))
        parts.append(text(LEFT - 10, y + 17, result["label"], "end", 12))
        parts.append(f'<rect x="{left:.1f}" y="{y + 4}" width="{max(right - left, 1):.1f}" '
                     f'height="{ROW_HEIGHT - 8}" fill="{color}"/>')
        if result["at_least_ratio"]:
            parts.append(line(place(result["at_least_ratio"]), y + 1, y + ROW_HEIGHT - 1, INK, 2))
        parts.append(text(WIDTH - RIGHT + 10, y + 17, f"{result['ratio']:.3g}x", size=12,
                          color=color))
    parts.append(text(20, bottom + 38, "Black mark: the ratio to reach. Green: everything that was "
                      "promised is met; red: something is not; grey: nothing was.", size=11,
                      color="#666666"))
    return "\n".join(parts + ["</svg>"]) + "\n"

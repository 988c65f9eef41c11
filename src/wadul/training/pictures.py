"""What a model confuses, and whether it knows when it is unsure, as pictures (SVG and PNG)."""

from __future__ import annotations

import io
from html import escape

from PIL import Image, ImageColor, ImageDraw, ImageFont

from wadul.training.metrics import Metrics

_CELL = 14
_FONT = 'font-family="system-ui, sans-serif" font-size="10"'
_INK, _RIGHT, _WRONG, _GRID = "#1f2933", "#2f7d4f", "#c2410c", "#e4e7eb"


def confusion(metrics: Metrics) -> str:
    """Rows are what the utterances are, columns what they were taken for; darker is more often."""
    labels = list(metrics.per_label)
    place = {label: at for at, label in enumerate(labels)}
    margin = 12 + 6 * max((len(label) for label in labels), default=0)
    size = margin + _CELL * len(labels) + 20
    cells = []
    for label, score in metrics.per_label.items():
        right = round(score.recall * score.support)
        if right:
            cells.append(
                _cell(margin, place[label], place[label], right, score.support, label, label)
            )
    for expected, predicted, count in metrics.confusions:
        support = metrics.per_label[expected].support
        cells.append(
            _cell(margin, place[expected], place[predicted], count, support, expected, predicted)
        )
    names = []
    for label, at in place.items():
        middle = margin + _CELL * at + _CELL * 0.72
        words = escape(label)
        names.append(f'<text x="{margin - 5}" y="{middle:.1f}" text-anchor="end">{words}</text>')
        names.append(
            f'<text transform="translate({middle:.1f} {margin - 5}) rotate(-90)">{words}</text>'
        )
    side = _CELL * len(labels)
    frame = f'<rect x="{margin}" y="{margin}" width="{side}" height="{side}" fill="none"'
    title = f"Baris: maksud sebenarnya. Kolom: dikira model. {metrics.utterances} kalimat uji."
    return _svg(size, size, title, [*names, *cells, f'{frame} stroke="{_GRID}"/>'])


def confusion_png(metrics: Metrics, scale: int = 2) -> bytes:
    """The same picture for documents and messages; `scale`: pixels for each of SVG's."""
    labels = list(metrics.per_label)
    place = {label: at for at, label in enumerate(labels)}
    font, small = ImageFont.load_default(10 * scale), ImageFont.load_default(8 * scale)
    margin = (12 + 6 * max((len(label) for label in labels), default=0)) * scale
    cell = _CELL * scale
    size = margin + cell * len(labels) + 20 * scale
    image = Image.new("RGB", (size, size), "white")
    draw = ImageDraw.Draw(image)
    for label, at in place.items():
        middle = margin + cell * at + cell // 2
        draw.text((margin - 5 * scale, middle), label, fill=_INK, font=font, anchor="rm")
        head = _upright(label, font, cell)
        image.paste(head, (margin + cell * at, margin - 5 * scale - head.height))
    title = f"Baris: maksud sebenarnya. Kolom: dikira model. {metrics.utterances} kalimat uji."
    draw.text((8 * scale, 4 * scale), title, fill=_INK, font=font)
    right = [
        (label, label, round(score.recall * score.support))
        for label, score in metrics.per_label.items()
    ]
    for expected, predicted, count in (*right, *metrics.confusions):
        if not count:
            continue
        support = metrics.per_label[expected].support
        strength = 0.35 + 0.65 * (count / support if support else 1.0)
        x, y = margin + cell * place[predicted], margin + cell * place[expected]
        colour = _mixed(_RIGHT if expected == predicted else _WRONG, strength)
        draw.rectangle((x, y, x + cell - 1, y + cell - 1), fill=colour)
        middle_of = (x + cell / 2, y + cell / 2)
        draw.text(middle_of, str(count), fill="white", font=small, anchor="mm")
    side = cell * len(labels)
    draw.rectangle((margin, margin, margin + side, margin + side), outline=_GRID)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _upright(
    label: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, cell: int
) -> Image.Image:
    """A label as a column's head, read from below."""
    length = int(font.getlength(label)) + 2
    strip = Image.new("RGB", (length, cell), "white")
    ImageDraw.Draw(strip).text((0, cell // 2), label, fill=_INK, font=font, anchor="lm")
    return strip.rotate(90, expand=True)


def _mixed(colour: str, strength: float) -> tuple[int, int, int]:
    """The colour on white."""
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return (
        round(255 - (255 - red) * strength),
        round(255 - (255 - green) * strength),
        round(255 - (255 - blue) * strength),
    )


def calibration(metrics: Metrics) -> str:
    """Each dot is a group of predictions: how sure the model was, and how often it was right."""
    side, margin = 300, 46
    scale = side - 2 * margin
    parts = [
        f'<rect x="{margin}" y="{margin}" width="{scale}" height="{scale}" fill="none" '
        f'stroke="{_GRID}"/>',
        f'<line x1="{margin}" y1="{side - margin}" x2="{side - margin}" y2="{margin}" '
        f'stroke="{_GRID}" stroke-dasharray="4 4"/>',
    ]
    largest = max((each.count for each in metrics.bins), default=1)
    for each in metrics.bins:
        x, y = margin + scale * each.confidence, side - margin - scale * each.accuracy
        radius = 3 + 9 * (each.count / largest) ** 0.5
        words = f"{each.count} kalimat: yakin {each.confidence:.0%}, benar {each.accuracy:.0%}"
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{_RIGHT}" '
            f'fill-opacity="0.75"><title>{words}</title></circle>'
        )
    middle = side / 2
    parts += [
        f'<text x="{middle}" y="{side - 14}" text-anchor="middle">keyakinan model</text>',
        f'<text transform="translate(18 {middle}) rotate(-90)" text-anchor="middle">'
        "yang benar</text>",
        f'<text x="{margin}" y="{side - 32}">0%</text>',
        f'<text x="{side - margin}" y="{side - 32}" text-anchor="end">100%</text>',
    ]
    title = f"Selisih keyakinan dan kenyataan: {metrics.calibration_error:.1%}"
    return _svg(side, side, title, parts)


def _cell(
    margin: int, row: int, column: int, count: int, support: int, expected: str, predicted: str
) -> str:
    colour = _RIGHT if row == column else _WRONG
    share = count / support if support else 1.0
    x, y = margin + _CELL * column, margin + _CELL * row
    words = escape(f"{expected} → {predicted}: {count} dari {support}")
    number = (
        f'<text x="{x + _CELL / 2}" y="{y + 10}" text-anchor="middle" fill="white" '
        f'font-size="8">{count}</text>'
    )
    return (
        f'<g><title>{words}</title><rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" '
        f'fill="{colour}" fill-opacity="{0.35 + 0.65 * share:.2f}"/>{number}</g>'
    )


def _svg(width: float, height: float, title: str, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-label="{escape(title)}">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n<g {_FONT} fill="{_INK}">\n'
        f'<text x="8" y="14" font-size="11">{escape(title)}</text>\n'
        + "\n".join(parts)
        + "\n</g>\n</svg>\n"
    )

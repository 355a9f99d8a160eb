"""The still slide that a lecture of the demonstration shows."""

from __future__ import annotations

from pathlib import Path

from lecture_script import Script

CANVAS = (1280, 720)  # drawn at this size …
ENCODED = (640, 360)  # … and encoded at this one

# background, panel, accent: one per lecture, by position in the sorted list
PALETTES = [
    ("#12263a", "#1b3a57", "#f4b942"),
    ("#1f2a24", "#2f4a3c", "#9fd8a4"),
    ("#2b1d2f", "#46304d", "#f2a1b3"),
    ("#10302f", "#1a4b49", "#7fd6c9"),
    ("#2a2118", "#473626", "#f0b878"),
    ("#1c2140", "#2c3566", "#a9b8ff"),
    ("#31191c", "#52292e", "#ff9f8a"),
    ("#18302a", "#254b40", "#d8e27a"),
    ("#222730", "#374050", "#8fd0f0"),
    ("#26203a", "#3d335e", "#cdb0f5"),
]


def load_font(size: int, bold: bool = False):
    """DejaVu where it is installed, otherwise the font that ships with Pillow."""
    from PIL import ImageFont

    try:
        return ImageFont.truetype("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf", size)
    except OSError:
        return ImageFont.load_default(size)


def wrap(draw, text: str, font, width: int) -> list[str]:
    """Greedy line wrapping by measured width."""
    lines, current = [], ""
    for word in text.split():
        trial = f"{current} {word}".strip()
        if current and draw.textlength(trial, font=font) > width:
            lines.append(current)
            current = word
        else:
            current = trial
    return lines + [current]


def draw_slide(script: Script, position: int, png_path: Path) -> None:
    """Draws the one still slide of a lecture."""
    from PIL import Image, ImageDraw

    background, panel, accent = PALETTES[position % len(PALETTES)]
    width, height = CANVAS
    image = Image.new("RGB", CANVAS, background)
    draw = ImageDraw.Draw(image)
    # a quiet pattern on the right: arcs of growing radius
    for step in range(4):
        radius = 150 + 130 * step
        draw.arc(
            (width - radius, height - radius, width + radius, height + radius), 180, 270, fill=panel, width=26
        )
    draw.rectangle((0, 0, 18, height), fill=accent)
    left = 96
    draw.text((left, 84), "Demonstração · Veredito", font=load_font(34), fill=accent)
    title_font = load_font(66, bold=True)
    y = 210
    for line in wrap(draw, script.title, title_font, width - 2 * left):
        draw.text((left, y), line, font=title_font, fill="#ffffff")
        y += 86
    draw.rectangle((left, y + 22, left + 120, y + 28), fill=accent)
    note_font = load_font(26)
    note = "voz sintética"
    note_width = round(draw.textlength(note, font=note_font))
    draw.rounded_rectangle(
        (left, height - 122, left + note_width + 44, height - 70),
        radius=26,
        fill=panel,
        outline=accent,
        width=2,
    )
    draw.text((left + 22, height - 113), note, font=note_font, fill="#ffffff")
    draw.text((left + note_width + 72, height - 113), str(script.year), font=note_font, fill="#c9d1d9")
    image.resize(ENCODED, Image.Resampling.LANCZOS).save(png_path)

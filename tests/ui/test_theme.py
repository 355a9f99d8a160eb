"""The settings of Streamlit that promises rest on, and the colours of the labels."""

import tomllib
from itertools import combinations
from pathlib import Path

import pytest

from dashboard.labels import STYLES, Label
from dashboard.ui.charts import SHADES
from dashboard.ui.labels import TONES, badge, badge_with_text, button_text

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text(encoding="utf-8"))

# Machado, Oliveira and Fernandes (2009), severity 1.0, for linear RGB.
SIMULATIONS = {
    "none": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
# CIE 1976 distance; about 2 is the least that anybody notices, 20 and more are different colours at a glance.
AT_A_GLANCE = 20.0
LEAST_LIGHTNESS_STEP = 5.0
READABLE = 4.5
"""Contrast of text with its ground that WCAG 2.2 asks for (1.4.3, level AA)."""


def linear(colour: str) -> tuple[float, ...]:
    """Return the linear RGB of a hex colour."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return tuple(one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)


def seen(colour: str, eyes: str) -> tuple[float, ...]:
    """Return the linear RGB that such eyes see instead of a colour."""
    rgb = linear(colour)
    return tuple(
        min(1.0, max(0.0, sum(weight * part for weight, part in zip(row, rgb, strict=True))))
        for row in SIMULATIONS[eyes]
    )


def lab(rgb: tuple[float, ...]) -> tuple[float, float, float]:
    """Return CIE L*a*b* (D65) of linear RGB."""
    red, green, blue = rgb
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    x, y, z = (t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2, from 1 to 21."""
    bright, dark = sorted(
        (
            sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))
            for colour in (one, other)
        ),
        reverse=True,
    )
    return (bright + 0.05) / (dark + 0.05)


def test_the_app_is_for_this_machine_and_tells_nobody() -> None:
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["browser"]["gatherUsageStats"] is False


def test_errors_show_no_details_and_reruns_do_not_wait_for_garbage() -> None:
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["runner"]["postScriptGC"] is False
    assert CONFIG["client"]["showSidebarNavigation"] is False


def test_there_is_a_light_and_a_dark_theme_with_the_same_names() -> None:
    light, dark = CONFIG["theme"]["light"], CONFIG["theme"]["dark"]
    assert set(light) == set(dark)
    assert lab(linear(light["backgroundColor"]))[0] > 90 > 30 > lab(linear(dark["backgroundColor"]))[0]


def test_the_label_colours_are_those_of_the_theme() -> None:
    light = CONFIG["theme"]["light"]
    assert {label: light[f"{TONES[label]}Color"] for label in Label} == {
        label: style.colour for label, style in STYLES.items()
    }
    first = CONFIG["theme"]["chartCategoricalColors"][: len(Label)]
    assert first == [STYLES[label].colour for label in (Label.CORRECT, Label.PARTIAL, Label.INCORRECT)]


@pytest.mark.parametrize("eyes", SIMULATIONS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_label_colours_can_be_told_apart_with_any_eyes(theme: str, eyes: str) -> None:
    colours = {label: lab(seen(CONFIG["theme"][theme][f"{TONES[label]}Color"], eyes)) for label in Label}
    for one, other in combinations(Label, 2):
        distance = sum((a - b) ** 2 for a, b in zip(colours[one], colours[other], strict=True)) ** 0.5
        assert distance > AT_A_GLANCE, (one, other, distance)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_label_colours_differ_in_lightness(theme: str) -> None:
    lightness = sorted(lab(linear(CONFIG["theme"][theme][f"{TONES[label]}Color"]))[0] for label in Label)
    assert min(b - a for a, b in zip(lightness, lightness[1:], strict=False)) > LEAST_LIGHTNESS_STEP, (
        lightness
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_on_its_ground(theme: str) -> None:
    colours = CONFIG["theme"][theme]
    assert contrast(colours["textColor"], colours["backgroundColor"]) > 7
    for label in Label:
        tone = TONES[label]
        for ground in (f"{tone}BackgroundColor", "backgroundColor", "secondaryBackgroundColor"):
            assert contrast(colours[f"{tone}TextColor"], colours[ground]) >= READABLE, (label, ground)


CAPTION = 0.6
"""How much of a caption's colour is the text's; the rest is the ground's."""


def mixed(text: str, ground: str, share: float) -> str:
    """Return the colour of text that lets the ground shine through."""
    parts = ((int(text[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(share * one + (1 - share) * other):02X}" for one, other in parts)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_captions_badges_and_filled_buttons_can_be_read(theme: str) -> None:
    colours = CONFIG["theme"][theme]
    ground = colours["backgroundColor"]
    assert contrast(mixed(colours["textColor"], ground, CAPTION), ground) >= READABLE
    assert contrast(colours["grayTextColor"], colours["grayBackgroundColor"]) >= READABLE
    assert contrast("#FFFFFF", colours["primaryColor"]) >= READABLE
    assert contrast(colours["primaryColor"], ground) > 3.5


@pytest.mark.parametrize("theme", SHADES)
def test_figures_in_the_confusion_matrix_can_be_read(theme: str) -> None:
    empty, full, ink = SHADES[theme]
    assert min(contrast(ink, shade) for shade in (empty, full)) >= READABLE


def test_a_label_is_never_shown_by_colour_alone() -> None:
    for label in Label:
        assert label.value in badge(label)
        assert label.value in badge_with_text(label)
        for is_given in (False, True):
            assert f"**{label.value}**" in button_text(label, is_given=is_given)
    assert badge("") == badge(None) == "–"
    assert "?" in badge("?")

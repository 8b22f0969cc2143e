"""The Chinese font: a file that comes with a package, so that a figure is the same on every machine."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

#: The mark that East Asian printers set for a type they do not have.
MISSING_GLYPH = "〓"


def font_file(path: str | Path | None = None) -> Path:
    """The font file: Noto Sans SC Regular (SIL Open Font License), from the package zhplot.

    The package is found, not imported: importing it changes global settings of matplotlib.

    Parameters
    ----------
    path : str or Path, optional
        A TrueType or OpenType file of your own instead. Figures then depend on the machine that has it.

    Raises
    ------
    FileNotFoundError
        If the file is not there.

    Examples
    --------
    >>> font_file().name
    'NotoSansSC-Regular.ttf'
    """
    if path is not None:
        if not Path(path).is_file():
            raise FileNotFoundError(
                f"`path` must be a font file that exists; got {path}. Leave it out to use the packaged font."
            )
        return Path(path)
    spec = find_spec("zhplot")
    folders = list(spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        file = Path(folder) / "fonts" / "NotoSansSC-Regular.ttf"
        if file.is_file():
            return file
    state = "without NotoSansSC-Regular.ttf" if folders else "not installed"
    raise FileNotFoundError(
        f"The Chinese font must come from the package zhplot (1.0 or newer); it is {state}. "
        "Run `pip install zhplot`, or give a font file by `path`."
    )


def chinese_font(path: str | Path | None = None) -> FontProperties:
    """Font properties for matplotlib that hold Chinese, on a machine without any Chinese font.

    There is one weight, Regular: a text set in bold looks the same.

    Parameters
    ----------
    path : str or Path, optional
        A font file of your own; default: the packaged one.

    Returns
    -------
    matplotlib.font_manager.FontProperties

    Raises
    ------
    FileNotFoundError
        If the file is not there.

    Examples
    --------
    >>> from pathlib import Path
    >>> Path(chinese_font().get_file()).name
    'NotoSansSC-Regular.ttf'
    """
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_file(path)))


@cache
def _characters_of(file: Path) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(file)).get_charmap())


def missing_glyphs(text: str, *, path: str | Path | None = None) -> str:
    """The characters of a text that the font cannot draw, each once, in order; line ends do not count.

    Examples
    --------
    >>> missing_glyphs("法治〔2016〕（一）")
    ''
    >>> len(missing_glyphs("法\ue5e5治\ue5e5"))  # a private-use character, left by a damaged encoding
    1
    """
    known = _characters_of(font_file(path))
    return "".join(dict.fromkeys(char for char in text if ord(char) not in known and char != "\n"))


def drawable(text: str, *, path: str | Path | None = None) -> str:
    """The text with every character that the font cannot draw replaced by the printer's mark 〓.

    Examples
    --------
    >>> drawable("法\ue5e5治")
    '法〓治'
    """
    lacking = missing_glyphs(text, path=path)
    return text.translate({ord(char): MISSING_GLYPH for char in lacking}) if lacking else text

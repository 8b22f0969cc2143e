"""What every figure shares: colours, the Chinese font, legends, and files that repeat byte for byte."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

from fzanalytics.base.files import write_bytes_atomically
from fzanalytics.base.fonts import drawable, font_file

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

Format = Literal["png", "svg", "pdf"]

#: Okabe and Ito (2008), Color Universal Design, in an order in which neighbours differ in lightness too.
COLOURS = ("#0072B2", "#E69F00", "#000000", "#009E73", "#56B4E9", "#D55E00", "#F0E442", "#CC79A7")

#: Levels are ordered, so their colours go from dark to light; none of them is one of `COLOURS`.
LEVEL_COLOURS = {
    "national": "#3B0F70",
    "province": "#8C2981",
    "prefecture": "#DE4968",
    "county": "#FE9F6D",
    "township": "#FCDA9B",
}

#: One hue, darker for more, in grey too; cells without a value are hatched.
SEQUENTIAL = "Blues"
LINE_STYLES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

GREY = "#666666"
PALE = "#F2F2F2"

#: In force while a figure is made: sizes in points, nothing taken from the user's own matplotlibrc.
_WHILE_DRAWING: dict[Any, Any] = {
    "font.size": 9,
    "axes.titlesize": 10.5,
    "axes.labelsize": 9,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.title_fontsize": 8,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.8,
    "text.usetex": False,
    "hatch.linewidth": 0.6,
    "figure.autolayout": False,
}

#: In force while a figure is saved. Glyphs as paths: an SVG looks the same where the font is not installed.
_WHILE_SAVING: dict[Any, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "fzanalytics",
    "svg.id": None,
    "svg.image_inline": True,
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "pdf.use14corefonts": False,
    "path.simplify": True,
    "path.simplify_threshold": 1 / 9,
    "path.sketch": None,
    "agg.path.chunksize": 0,
    "image.composite_image": True,
    "hatch.linewidth": 0.6,
    "savefig.transparent": False,
}

_METADATA: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}

P = ParamSpec("P")
R = TypeVar("R")


def in_house_style(function: Callable[P, R]) -> Callable[P, R]:
    """A plot function that draws with the settings of this package and leaves the user's own as they were."""

    @wraps(function)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        import matplotlib as mpl

        if kwargs.get("language", "en") not in ("en", "zh"):
            raise ValueError(
                f"`language` must be 'en' or 'zh'; got {kwargs['language']!r}. Other languages are not there yet."
            )
        defaults: dict[Any, Any] = {
            key: value for key, value in mpl.rcParamsDefault.items() if key not in _OF_THE_SCREEN
        }
        with mpl.rc_context({**defaults, **_WHILE_DRAWING}):
            return function(*args, **kwargs)

    return drawn


#: Settings of the window system, which drawing into a file does not touch.
_OF_THE_SCREEN = frozenset(
    {"backend", "backend_fallback", "interactive", "toolbar", "timezone", "webagg.port", "webagg.address"}
)


def ink_on(value: float) -> str:
    """The colour of a text on a cell of the sequential scale, value in [0, 1]."""
    return "white" if value > 0.62 else "black"


def new_figure(width: float, height: float) -> Figure:
    """An empty figure, in inches, that pyplot does not know of: nothing to close, nothing global."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def axes_or_new(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes as given, or those of a new figure of the given size in inches."""
    return new_figure(width, height).add_subplot() if ax is None else ax


def set_font(artist: Artist, *, path: str | Path | None = None) -> None:
    """Set the Chinese font on every text below an artist (axes, figure), keeping its size.

    Dollar signs stay dollar signs, and a character that the font lacks becomes 〓 rather than a warning.

    Examples
    --------
    >>> from fzanalytics.output.plots.style import new_figure
    >>> figure = new_figure(2, 2)
    >>> text = figure.text(0, 0, "法治政府")
    >>> set_font(figure)
    >>> text.get_fontproperties().get_file().endswith("NotoSansSC-Regular.ttf")
    True
    """
    from matplotlib.text import Text

    file = font_file(path)
    for text in artist.findobj(Text):
        _set_text(text, file)  # type: ignore[arg-type]


def _set_text(text: Text, file: Path) -> None:
    properties = text.get_fontproperties().copy()
    if properties.get_file() != str(file):
        properties.set_file(str(file))
        text.set_fontproperties(properties)
    text.set_parse_math(False)
    shown = drawable(text.get_text(), path=file)
    if shown != text.get_text():
        text.set_text(shown)


def save_figure(
    figure: Figure | Axes,
    path: str | Path,
    *,
    formats: Iterable[Format] = ("png", "svg", "pdf"),
    dpi: int = 200,
    font: str | Path | None = None,
) -> list[Path]:
    """Save a figure, each file whole or not at all, so that the same figure gives the same bytes.

    There is no clock, no random id and no name of a program in the files. Text is drawn as outlines in SVG
    (it looks the same everywhere, but cannot be searched) and embedded as TrueType in PDF. The layout is worked
    out at the first save and kept.

    Parameters
    ----------
    figure : Figure or Axes
        What a plot function returned.
    path : str or Path
        Without suffix; a dot in the name is kept.
    formats : iterable of "png", "svg", "pdf"
        One file each.
    dpi : int
        Dots per inch of PNG, and of images inside SVG and PDF.
    font : str or Path, optional
        A font file of your own; default: the packaged one.

    Returns
    -------
    list of Path
        The files, in the order of `formats`.

    Raises
    ------
    ValueError
        If a format is unknown.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = save_figure(new_figure(1, 1), Path(folder) / "figure_1", formats=["png", "svg"])
    ...     [file.name for file in files]
    ['figure_1.png', 'figure_1.svg']
    """
    import matplotlib as mpl

    whole = _figure_of(figure)
    wanted = list(formats)
    unknown = [name for name in wanted if name not in _METADATA]
    if unknown:
        raise ValueError(f"`formats` must be of png, svg and pdf; got {', '.join(unknown)}. Leave these out.")
    files: list[Path] = []
    settings = {key: value for key, value in _WHILE_SAVING.items() if key in mpl.rcParams}
    with mpl.rc_context(settings):
        whole.draw_without_rendering()
        set_font(whole, path=font)
        whole.draw_without_rendering()
        whole.set_layout_engine("none")  # a layout that is worked out anew moves by a hair each time
        for name in wanted:
            stream = io.BytesIO()
            whole.savefig(
                stream,
                format=name,
                dpi=dpi,
                metadata=_METADATA[name],
                facecolor="white",
                bbox_inches="tight",
                pad_inches=0.1,
            )
            files.append(write_bytes_atomically(f"{path}.{name}", stream.getvalue()))
    return files


def _figure_of(drawn: Figure | Axes) -> Figure:
    from matplotlib.axes import Axes

    found = drawn.figure if isinstance(drawn, Axes) else drawn
    while getattr(found, "figure", None) not in (None, found):  # a subfigure
        found = found.figure  # type: ignore[union-attr,assignment]
    return found  # type: ignore[return-value]


def legend_below(ax: Axes, handles: list[Any], *, columns: int, points: float = 46) -> None:
    """A legend below the axes, at the same distance in points however tall they are."""
    from matplotlib.transforms import ScaledTranslation

    below = ScaledTranslation(0, -points / 72, ax.figure.dpi_scale_trans)
    ax.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        bbox_transform=ax.transAxes + below,
        ncols=columns,
        frameon=False,
        borderaxespad=0,
    )


def subtitle(ax: Axes, text: str) -> None:
    """A second line between the title of the axes and the axes, smaller; nothing if the text is empty."""
    if not text:
        return
    ax.set_title(ax.get_title(loc="left"), pad=18)
    ax.annotate(
        text,
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 5),
        textcoords="offset points",
        va="bottom",
        fontsize=8,
        color="#333333",
        annotation_clip=False,
    )


def spread(places: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Places moved as little as needed to be at least `gap` apart, in order, and if they fit between low and high.

    Examples
    --------
    >>> spread([0, 0.5, 5], gap=1, low=0, high=6)
    [0.0, 1.0, 5.0]
    """
    if len(places) > 1:
        gap = min(gap, (high - low) / (len(places) - 1))
    moved: list[float] = []
    for place in places:
        moved.append(max(float(place), moved[-1] + gap if moved else low))
    ceiling = high
    for i in range(len(moved) - 1, -1, -1):
        moved[i] = min(moved[i], ceiling)
        ceiling = moved[i] - gap
    return moved


def fitting_size(n: int, inches: float, *, largest: float = 8) -> float:
    """Font size in points at which n labels fit above one another; a reader can enlarge, but not part them.

    Examples
    --------
    >>> fitting_size(10, 5), fitting_size(200, 5)
    (8, 1.5)
    """
    return min(largest, round(0.84 * 72 * inches / max(n, 1), 1))

"""Pictures as people have them: paths, Pillow pictures and arrays, one or many."""

import io
import re
import sys
import warnings
import zlib
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest
from PIL import EpsImagePlugin, Image, ImageCms, ImageOps, PngImagePlugin
from sklearn.pipeline import make_pipeline

from skdigits import CenterDigit, Flatten, _pictures, load_digit_reader, split_digits
from skdigits._pictures import check_picture, check_pictures, open_picture


@pytest.fixture(scope="module")
def colours():
    """Draw a blue 7 on yellow, not square, so that a turn shows."""
    pixels = np.full((60, 44, 3), (240, 230, 120), np.uint8)
    pixels[10:16, 8:34] = pixels[16:50, 26:32] = (20, 30, 140)
    return pixels


@pytest.fixture(scope="module")
def picture(colours):
    return Image.fromarray(colours)


@pytest.fixture
def path(picture, tmp_path):
    picture.save(tmp_path / "seven.png")
    return tmp_path / "seven.png"


def pixels_of(X):
    return list(check_pictures(X))


def test_a_list_may_mix_paths_pillow_pictures_and_arrays(path, picture, colours):
    X = [str(path), path, picture, Image.open(path), colours, colours.tolist()]
    for pixels in pixels_of(X):
        np.testing.assert_array_equal(pixels, colours)
    framed = CenterDigit().fit_transform(X)
    assert (framed == framed[0]).all()
    assert load_digit_reader().predict(X).tolist() == [7] * 6


def test_a_pipeline_opens_each_file_once_to_fit(path, monkeypatch):
    decode = Mock(wraps=_pictures._decode)
    monkeypatch.setattr(_pictures, "_decode", decode)
    make_pipeline(CenterDigit(), Flatten()).fit([path, path])
    assert decode.call_count == 2


@pytest.mark.parametrize(
    "container",
    [
        list,
        tuple,
        pd.Series,
        np.array,
        lambda paths: np.array([*map(str, paths)]),
        lambda paths: pd.Series([*map(str, paths)], index=["a", "b"]),
    ],
)
def test_paths_come_in_any_container(path, container):
    assert len(pixels_of(container([path, path]))) == 2


def test_an_array_of_objects_holds_pictures_of_any_size(picture, colours):
    X = np.empty(3, object)
    X[:] = picture, colours[:40], colours[..., 0]
    shapes = [pixels.shape for pixels in pixels_of(X)]
    assert shapes == [(60, 44, 3), (40, 44, 3), (60, 44, 1)]


def test_split_digits_takes_a_path_and_a_pillow_picture(path, picture, colours):
    expected = split_digits(colours)
    for given in (path, str(path), picture):
        for one, other in zip(split_digits(given), expected):
            np.testing.assert_array_equal(one, other)


MODES = ["1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK"]
MODES += ["YCbCr", "HSV", "LAB", "I", "F", "I;16", "I;16B"]


def convert(picture, mode):
    """Convert to any mode, also those that Pillow converts to on a detour."""
    if mode.startswith("I;16"):
        deep = np.asarray(picture.convert("L")).astype(np.uint16) * 257
        return Image.frombytes(
            mode, picture.size, deep.astype(f"{'<>'['B' in mode]}u2")
        )
    if mode == "LAB":
        srgb, lab = (ImageCms.createProfile(name) for name in ("sRGB", "LAB"))
        return ImageCms.profileToProfile(picture, srgb, lab, outputMode="LAB")
    if mode in ("P", "PA"):
        return picture.quantize(8).convert(mode)
    detour = {"La": "LA", "RGBa": "RGBA"}.get(mode)
    if mode == "F":
        return Image.fromarray(np.asarray(picture.convert("L"), np.float32) / 255)
    return (picture.convert(detour) if detour else picture).convert(mode)


@pytest.mark.parametrize("mode", MODES)
def test_a_pillow_picture_is_read_by_its_mode(picture, colours, mode):
    converted = convert(picture, mode)
    assert converted.mode == mode
    before = converted.tobytes()
    (pixels,) = pixels_of([converted])
    assert converted.tobytes() == before
    is_grey = mode[0] in "1LIF" and mode != "LAB"
    expected = np.asarray(picture.convert("L"))[..., np.newaxis] if is_grey else colours
    n_colours = 1 if is_grey else 3
    scale = {"F": 255, "I;16": 1 / 257, "I;16B": 1 / 257}.get(mode, 1)
    if mode == "1":
        expected = 255 * (expected > 100)
    difference = np.abs(scale * pixels[..., :n_colours].astype(float) - expected)
    # Hue and lightness are rounded to bytes; mode 1 is dithered.
    assert np.median(difference) < 5
    assert load_digit_reader().predict([converted]).tolist() == [7]


def test_transparent_pixels_stay_transparent(picture, colours):
    palette = picture.quantize(8)
    paper = palette.getpixel((0, 0))
    for info in (paper, bytes(0 if i == paper else 255 for i in range(8))):
        palette.info["transparency"] = info
        (pixels,) = pixels_of([palette])
        assert pixels.shape == (60, 44, 4)
        np.testing.assert_array_equal(pixels[..., 3] == 0, colours[..., 0] == 240)
    grey = picture.convert("L")
    grey.info["transparency"] = grey.getpixel((0, 0))
    (pixels,) = pixels_of([grey])
    np.testing.assert_array_equal(pixels[..., 3] == 0, colours[..., 0] == 240)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_files_and_pillow_pictures_are_turned_as_their_exif_says(
    picture, tmp_path, orientation
):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "turned.png"
    picture.save(path, exif=exif)
    with Image.open(path) as file:
        expected = np.asarray(ImageOps.exif_transpose(file))
        (pixels,) = pixels_of([file])
        np.testing.assert_array_equal(pixels, expected)
        np.testing.assert_array_equal(open_picture(path), expected)
        assert file.getexif()[0x0112] == orientation  # the picture given is unchanged
    if orientation > 4:
        assert expected.shape == (44, 60, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_tiff_of_raw_grey_is_turned_as_its_exif_says(picture, tmp_path, orientation):
    path = tmp_path / "turned.tif"
    picture.convert("L").save(path, tiffinfo={0x0112: orientation})
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture.convert("L").save(tmp_path / "turned.png", exif=exif)
    expected = open_picture(tmp_path / "turned.png")
    np.testing.assert_array_equal(open_picture(path), expected)


def damage_exif(path, place):
    """Put EXIF that cannot be parsed into a PNG."""
    content = path.read_bytes()
    text = b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n4\nnone\n")
    kind, data = (b"eXIf", b"garbage") if place == "eXIf" else (b"zTXt", text)
    chunk = io.BytesIO()
    PngImagePlugin.putchunk(chunk, kind, data)
    header = 33  # bytes of the signature and of IHDR, the first chunk
    path.write_bytes(content[:header] + chunk.getvalue() + content[header:])


@pytest.mark.parametrize("place", ["eXIf", "zTXt"])
def test_a_picture_with_damaged_exif_is_read_unturned_with_a_warning(
    path, colours, place
):
    damage_exif(path, place)
    with pytest.warns(UserWarning, match="EXIF cannot be read, so .* not rotated"):
        np.testing.assert_array_equal(open_picture(path), colours)


@pytest.mark.parametrize("kind", ["EPS", "IPTC"])
def test_a_file_that_may_be_a_program_is_not_opened(
    picture, tmp_path, monkeypatch, kind
):
    """Pillow runs Ghostscript on an EPS, also on one inside an IPTC file."""
    eps = io.BytesIO()
    picture.save(eps, "EPS")
    fields = [(3, 60, b"\1\0"), (3, 20, b"\x2c"), (3, 30, b"\x3c")]
    fields += [(3, 120, b"\5"), (8, 10, eps.getvalue())]
    iptc = b"".join(
        bytes([0x1C, record, number]) + len(data).to_bytes(2, "big") + data
        for record, number, data in fields
    )
    (tmp_path / "file").write_bytes({"EPS": eps.getvalue(), "IPTC": iptc}[kind])
    with Image.open(tmp_path / "file") as file:
        assert file.format == kind

    def run(*_, **__):
        raise AssertionError("Ghostscript is run")

    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", run)
    with pytest.raises(ValueError, match="not a picture that can be read"):
        open_picture(tmp_path / "file")


@pytest.mark.parametrize("factor", [100, -100])
def test_half_precision_holds_pictures_of_any_range(colours, factor):
    (image,) = CenterDigit().transform([colours * np.float64(factor)])
    (half,) = CenterDigit().transform([np.float16(colours.astype(float) * factor)])
    assert np.abs(half.astype(int) - image).max() <= 2


def test_only_one_picture_is_in_memory_at_a_time(path):
    pictures = check_pictures([path, "missing.png"])
    assert next(pictures).shape == (60, 44, 3)
    with pytest.raises(FileNotFoundError, match=r"missing\.png"):
        next(pictures)


def suggestion(error):
    """Return the expression that an error's message tells to give."""
    return re.search(r"give (.+?)[.;]( |$)", str(error.value)).group(1)


@pytest.mark.parametrize("kind", ["str", "Path", "Pillow", "array", "lists", "glob"])
def test_for_one_picture_the_error_advises_what_to_give(path, picture, colours, kind):
    X = {
        "str": str(path),
        "Path": path,
        "Pillow": picture,
        "array": colours,
        "lists": colours[..., 0].tolist(),
        "glob": path.parent.glob("*.png"),
    }[kind]
    reader = load_digit_reader()
    with pytest.raises(ValueError, match="give ") as error:
        reader.predict(X)
    names = {"X": X, "picture": X, "image": X, "list": list}
    if kind == "glob":
        names["X"] = path.parent.glob("*.png")
    assert reader.predict(eval(suggestion(error), names)).tolist() == [7]


@pytest.mark.parametrize("kind", ["array", "lists", "frame"])
def test_for_rows_of_pixels_the_error_advises_how_to_reshape_them(digits, kind):
    images = 15 * digits[0][:10].reshape(-1, 8, 8)
    expected = CenterDigit().transform(images)
    rows = images.reshape(10, 64)
    X = {"array": rows, "lists": rows.tolist(), "frame": pd.DataFrame(rows)}[kind]
    with pytest.raises(ValueError, match="for rows") as error:
        CenterDigit().transform(X)
    how = re.search(r"numpy.+\)", str(error.value)).group()
    assert how == "numpy.asarray(X).reshape(-1, 8, 8)"
    X = eval(how, {"numpy": np, "X": X}).astype(np.uint8)
    np.testing.assert_array_equal(CenterDigit().transform(X), expected)


@pytest.mark.parametrize("shape", [(1, 17, 1), (3, 17, 2), (5, 2, 4), (2, 1, 1)])
def test_a_stack_of_narrow_pictures_is_a_stack(shape):
    X = np.zeros(shape)
    assert len(CenterDigit(on_blank="keep").fit_transform(X)) == shape[0]


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_for_a_stack_that_may_be_one_picture_the_error_advises_for_both(width):
    X = np.zeros((20, 16, width), np.uint8)
    X[:, 4:12] = 255
    center = CenterDigit(on_blank="keep")
    for method in (center.fit, center.transform):
        with pytest.raises(
            ValueError, match="one image of 20 × 16 pixels with channels"
        ) as error:
            method(X)
    assert suggestion(error) == "[image]"
    assert center.transform([X]).shape == (1, 28, 28)
    assert str(error.value).endswith("for 20, X[..., numpy.newaxis].")
    assert center.transform(X[..., np.newaxis]).shape == (20, 28, 28)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([], r"X has no pictures: give at least 1\. split_digits finds none"),
        ([b"\x89PNG"], r"Picture 0 is bytes.*PIL\.Image\.open\(io\.BytesIO"),
        (b"\x89PNG", r"X is of type bytes"),
        ([["a.png", "b.png"]], r"Picture 0 must be a path.*Got list"),
        (np.array([["a.png"], ["b.png"]]), "give one column of it"),
        (pd.DataFrame({"path": ["a.png"]}), r"table.*give one column of it"),
    ],
)
def test_input_that_is_not_a_picture_raises_value_error_with_advice(X, message):
    with pytest.raises(ValueError, match=message):
        pixels_of(X)


def test_the_advice_for_encoded_bytes_works(path, colours):
    opened = Image.open(io.BytesIO(path.read_bytes()))
    np.testing.assert_array_equal(pixels_of([opened])[0], colours)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"1 2 3", "Picture 1, .*file.*: not a picture that can be read, such as PNG"),
        (b"", "not a picture that can be read"),
        (None, r"Picture 1, .*file.*may be damaged.*truncated"),
    ],
)
def test_the_error_names_a_file_that_is_not_a_picture(path, tmp_path, content, message):
    file = tmp_path / "file"
    file.write_bytes(path.read_bytes()[:150] if content is None else content)
    with pytest.raises(ValueError, match=message):
        pixels_of([path, file])


def test_the_error_names_a_pillow_picture_that_cannot_be_read(path, tmp_path):
    (tmp_path / "half.png").write_bytes(path.read_bytes()[:150])
    with (
        Image.open(tmp_path / "half.png") as file,
        pytest.raises(ValueError, match=r"Picture 1, <PIL.*may be damaged.*truncated"),
    ):
        pixels_of([path, file])
    with Image.open(path) as closed:
        pass
    with pytest.raises(ValueError, match=r"Picture 0, <PIL.*may be damaged \("):
        pixels_of([closed])


def test_a_missing_file_and_a_folder_raise_pythons_errors(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.png"):
        pixels_of([tmp_path / "none.png"])
    with pytest.raises(IsADirectoryError):
        split_digits(tmp_path)


def test_a_file_with_too_many_pixels_raises_and_pillows_warning_stays(
    path, monkeypatch
):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(ValueError, match="more than 0 megapixels; make the picture"):
        pixels_of([path])
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2000)
    with pytest.warns(Image.DecompressionBombWarning):
        pixels_of([path])
    with pytest.raises(Image.DecompressionBombWarning):  # tests turn it into an error
        pixels_of([path])


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "tiff", "bmp", "webp"])
def test_a_damaged_file_gives_pixels_or_a_value_error(picture, tmp_path, kind):
    file = io.BytesIO()
    picture.save(file, kind)
    rng = np.random.default_rng(0)
    path = tmp_path / f"damaged.{kind}"
    n_refused = 0
    for _ in range(150):
        content = bytearray(file.getvalue())
        for place in rng.integers(0, min(len(content), 400), 3):
            content[place] = rng.integers(256)
        path.write_bytes(
            content[: rng.integers(len(content)) if rng.random() < 0.3 else None]
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                assert check_picture(path).ndim == 3
            except ValueError:
                n_refused += 1
    assert n_refused > 10


def test_a_heic_file_is_read_with_pillow_heif(picture, colours, tmp_path):
    pillow_heif = pytest.importorskip("pillow_heif")
    path = tmp_path / "IMG_1.HEIC"
    pillow_heif.from_pillow(picture).save(path, quality=95)
    pixels = open_picture(path)
    assert np.median(np.abs(pixels - colours.astype(float))) < 6
    path.write_bytes(b"1 2 3")
    with pytest.raises(ValueError, match="not a picture that can be read"):
        open_picture(path)


def test_without_pillow_heif_a_heic_file_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    path = tmp_path / "IMG_1.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(50))
    monkeypatch.setattr(Image, "OPEN", {})
    monkeypatch.setattr(Image, "ID", [])
    with pytest.raises(ModuleNotFoundError, match="pip install pillow-heif"):
        pixels_of([path])


def test_an_avif_file_is_read_or_the_message_says_which_pillow_does(
    picture, colours, tmp_path, monkeypatch
):
    path = tmp_path / "seven.avif"
    if ".avif" in Image.registered_extensions():
        picture.save(path, quality=95)
        assert np.median(np.abs(open_picture(path) - colours.astype(float))) < 6
    path.write_bytes(b"\0\0\0\x18ftypavif" + bytes(50))
    monkeypatch.setattr(Image, "registered_extensions", dict)
    monkeypatch.setattr(Image, "OPEN", {})
    monkeypatch.setattr(Image, "ID", [])
    with pytest.raises(ImportError, match=r"Pillow 11\.3.*pip install --upgrade"):
        pixels_of([path])


def test_arrays_need_no_pillow(run_python):
    code = """
import sys
import numpy as np
sys.modules["PIL"] = None
from skdigits import load_digit_reader, split_digits
page = np.full((120, 90), 255, np.uint8)
page[20:80, 50:56] = 0
assert load_digit_reader().predict([page, page.tolist()]).tolist() == [1, 1]
assert len(split_digits(page)[0]) == 1
for function in (split_digits, lambda path: load_digit_reader().predict([path])):
    try:
        function("page.png")
    except ModuleNotFoundError as error:
        assert str(error).endswith(": pip install pillow"), error
    else:
        raise AssertionError
"""
    run_python("-c", code)

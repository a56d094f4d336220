"""An output folder is there in full or not at all."""

import pytest

import nnq
from nnq.output import atomic_folder


def test_the_folder_appears_when_the_body_is_done(tmp_path):
    with atomic_folder(tmp_path / "a" / "out") as folder:
        (folder / "manifest.json").write_text("{}")
        assert not (tmp_path / "a" / "out").exists()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["out"]


def test_after_an_exception_nothing_is_left(tmp_path):
    with pytest.raises(KeyError):
        with atomic_folder(tmp_path / "a" / "b" / "out") as folder:
            (folder / "model.o").write_text("half")
            raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_after_an_exception_the_earlier_output_is_still_there(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "manifest.json").write_text("old")
    with pytest.raises(nnq.Error, match="No space left"):
        with atomic_folder(out):
            raise OSError(28, "No space left on device")
    assert (out / "manifest.json").read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_an_earlier_output_is_replaced(tmp_path):
    for text in ("old", "new"):
        with atomic_folder(tmp_path / "out") as folder:
            (folder / "manifest.json").write_text(text)
    assert (tmp_path / "out" / "manifest.json").read_text() == "new"
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_a_folder_of_other_files_is_not_replaced(tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(nnq.Error, match="is no output of nnq"):
        with atomic_folder(tmp_path):
            pass
    assert (tmp_path / "thesis.tex").exists()

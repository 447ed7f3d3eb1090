"""Something is done when a module has been loaded, and not before."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from wschat.local.runtimes.when_loaded import when_loaded


def test_when_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is done once, at the end of the module, whoever loads it; other modules are loaded as ever."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "awaited.py").write_text("import other; name = other.name")
    (tmp_path / "other.py").write_text("name = 'other'")
    monkeypatch.syspath_prepend(str(tmp_path))
    before, done = [*sys.meta_path], list[str]()
    when_loaded("package.awaited", lambda: done.append(sys.modules["package"].awaited.name))
    assert import_module("other").name == "other"
    assert done == []
    for _ in range(2):
        import_module("package.awaited")
        assert done == ["other"]
    assert sys.meta_path == before


def test_absent() -> None:
    """A module that is not there is missed as ever."""
    when_loaded("no_such_module", lambda: pytest.fail("it was loaded"))
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        import_module("no_such_module")

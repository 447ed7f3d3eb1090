"""Lets a Python worker do something when the function has loaded a module, which many never do."""

import sys
from collections.abc import Callable
from typing import Any


class _Finder:
    """Comes before the others, until the module is looked for."""

    def __init__(self, module: str, then: Callable[[], object]) -> None:
        self._module, self._then = module, then

    def find_spec(self, name: str, *where: Any) -> Any:  # noqa: ANN401  as importlib has it
        """Have the others find the module, and let something be done once it has been executed."""
        if name != self._module:
            return None
        sys.meta_path.remove(self)
        spec = next(filter(None, (finder.find_spec(name, *where) for finder in sys.meta_path)), None)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def execute_then(module: Any) -> None:  # noqa: ANN401  any
                execute(module)
                package, _, last = name.rpartition(".")
                if package:
                    setattr(sys.modules[package], last, module)  # as importlib does, but later
                self._then()

            spec.loader.exec_module = execute_then  # type: ignore[method-assign]
        return spec


def when_loaded(module: str, then: Callable[[], object]) -> None:
    """Do something as soon as a module has been loaded, for the first time."""
    sys.meta_path.insert(0, _Finder(module, then))

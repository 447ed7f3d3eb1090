"""What others do besides talking: who comes and goes, and which rooms; of a burst only the first at once."""

from wschat.chat.machine.effects import News, NewsEvent, SetTimer, Timer
from wschat.chat.machine.state import Turn

WINDOW = 2.0  # seconds in which it becomes one line


def gather(turn: Turn, event: NewsEvent) -> None:
    """Tell of it at once, or with what else happens meanwhile."""
    gathered = turn.state.news
    if gathered is None:
        turn.emit(News((event,)), SetTimer(Timer.NEWS, WINDOW))
    turn.change(news=() if gathered is None else (*gathered, event))


def show(turn: Turn) -> None:
    """Tell of all that has been gathered."""
    if turn.state.news:
        turn.emit(News(turn.state.news))
        turn.change(news=())


def fired(turn: Turn, timer: Timer) -> None:
    """Tell of it, until a window has nothing: then the next is told at once."""
    match timer, turn.state.news:
        case Timer.NEWS, () | None:
            turn.change(news=None)
        case Timer.NEWS, _:
            show(turn)
            turn.emit(SetTimer(Timer.NEWS, WINDOW))

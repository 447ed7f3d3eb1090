"""What an observation shows, for tests: of a lab in which lessons are called after what they make."""

from wschat.chat.network.connection import Sign
from wschat.errors import WschatError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.signing import signer
from wschat.learn.observe.observe import observe
from wschat.learn.observe.scene import Scene, Sight
from wschat.target import Target


def scene(cloud: Cloud) -> Scene:
    """Return what is looked at, by whom the environment's credentials are."""

    def sign(url: str) -> Sign:
        return signer(url, Target())

    def command(name: str, url: str, signed: bool) -> str:  # noqa: FBT001  as `Scene` has it
        return f"wschat {name} --url {url}{' --sign' if signed else ''}"

    return Scene(cloud, sign, lambda resource: resource.replace(" ", "-"), command)


def seen(cloud: Cloud, see: str) -> list[tuple[str, str]]:
    """Make an observation; return who did what."""
    sights = list[Sight]()
    observe(scene(cloud), see, sights.append)
    times = [each.seconds for each in sights]
    assert times == sorted(times)
    return [(each.who, each.text) for each in sights]


def refused(cloud: Cloud, see: str) -> str:
    """Return what an observation says that can't be made."""
    try:
        found = seen(cloud, see)
    except WschatError as error:
        return f"{error.where}: {error.what}: {error.hint}"
    raise AssertionError(found)

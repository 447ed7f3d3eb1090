"""botocore's settings: where each of them stands, and whether it can be used, before a call is made by it."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.config import Config
from botocore.configloader import raw_config_parse
from botocore.exceptions import InvalidRegionError
from botocore.utils import validate_region_name

from wschat.errors import AccessError, UsageError
from wschat.lab.aws.errors import CALL_SETTINGS, CallSettings, note, translated
from wschat.lab.aws.setup.checks import check_certificates, check_endpoint, check_proxy
from wschat.lab.aws.texts.explanations import Explanation
from wschat.lab.aws.texts.refusals import REGIONS
from wschat.system.proxy import proxy_for
from wschat.target import is_here

MEND = "mend that file, or name another"
REGION = "give --region, for example --region eu-central-1, or set AWS_REGION"
PASTED = f"; what a Learner Lab lets you paste names none: it has {REGIONS}"
# fmt: off
READING: tuple[Explanation, ...] = (
    (AccessError, "ProfileNotFound", "", "there is no profile {profile!r}",
        "`aws configure list-profiles` names them; in the config file one begins with [profile NAME]"),
    (AccessError, "InvalidRegionError", "", "no region, or no valid one: {region_name!r}", REGION),
    (AccessError, "ConfigParseError", "\\\\ufeff|\ufeff", "it begins with a byte order mark",
        "save it as UTF-8 without that mark"),
    (AccessError, "ConfigParseError", "no section headers.*line: (\\d+)",
        "no [default] or other section stands above line {0}", MEND),
    (AccessError, "ConfigParseError", "line +(\\d+)\\]: (section|option) '([^']*)'",
        "the {1} {2} is there twice, again in line {0}", MEND),
    (AccessError, "ConfigParseError", "line +(\\d+)\\]", "line {0} is no `name = value`", MEND),
    (AccessError, "ConfigParseError", "can't decode", "it is not UTF-8", MEND),
    (AccessError, "ConfigParseError", "", "an indented line is no `name = value`", MEND),
    (AccessError, "builtins.OSError", "", "it can't be read: {reason}", MEND),
    (UsageError, "builtins.Exception", "", "a setting of AWS can't be used: {text}",
        "it stands in a variable that begins with AWS_, or in the AWS config file"),
)
# fmt: on
"""What people read of what botocore can't read, or can't make a client of; a file's lines may be secrets."""
VARIABLES: Mapping[str, Any] = botocore.session.Session.SESSION_VARIABLES | {
    "region": ("region", ["AWS_DEFAULT_REGION", "AWS_REGION"], None, None)
}
"""botocore's settings: the option in the file, the variables, the default, the type."""
FILES = {"config_file": "AWS_CONFIG_FILE", "credentials_file": "AWS_SHARED_CREDENTIALS_FILE"}
IN_SECONDS = Config(connect_timeout=5, retries={"mode": "standard", "total_max_attempts": 2})
"""How botocore's own clients call, those that get credentials: otherwise they try for minutes."""
SERVICE_IDS = {"logs": "cloudwatch_logs"}
"""Those of the services that are not named as boto3's clients."""
REQUESTS = "REQUESTS_CA_BUNDLE"  # botocore heeds it, too
SECRET = re.compile("secret|token$|key|password", re.IGNORECASE)


class Settings(botocore.session.Session):
    """A session of botocore: it knows where its settings stand, and tells of those that can't be used.

    A variable that is empty counts as none; AWS_REGION counts, which boto3 alone of all SDKs does not read.
    Whatever is on this machine is reached without a proxy.

    Attributes:
        came_from: where the credentials come from, once they are known.
    """

    def __init__(self, profile: str | None = None, region: str | None = None) -> None:
        """Read the files, and choose a profile and a region; what is not given is found there.

        Raises:
            AccessError: a file can't be read; there is no such profile, or no region that can be one.
        """
        given = {name: (key, _set(variables), *rest) for name, (key, variables, *rest) in VARIABLES.items()}
        super().__init__(given, profile=profile or None)
        if region:
            self.set_config_variable("region", region)
        self.came_from = ""
        for name in FILES:
            with translated(self.named(name), READING):
                self._read(self._path(name))
        with translated(self._source("profile") or self.file, READING):
            self.get_scoped_config()
        found = self.get_config_variable("region")
        if not found:
            raise AccessError(
                "no region, or no valid one", where="--region", hint=REGION + PASTED + self.absent
            )
        with translated(self._source("region"), READING):
            validate_region_name(found)
            if found != found.strip():  # which botocore overlooks at the end
                raise InvalidRegionError(region_name=found)

    @staticmethod
    def _read(path: Path) -> None:
        with suppress(FileNotFoundError, NotADirectoryError):
            path.stat()  # botocore takes a circle of links for no file
        if path.is_dir():
            raise AccessError("it is a directory, and should be a file", hint=MEND)
        if path.is_file():
            path.read_bytes()  # botocore takes one that can't be read for an empty one
            raw_config_parse(str(path))

    @property
    def file(self) -> str:
        """The path of the config file, and the variable that names it."""
        return self.named("config_file")

    def named(self, name: str) -> str:
        """Return the path of one of `FILES`, and the variable that names it."""
        return f"{self._path(name)}{_in(os.environ.get(FILES[name]) and FILES[name])}"

    @property
    def place(self) -> str:
        """The profile, and the file where it stands."""
        return f"profile {self.profile or 'default'} of {self.file}"

    @property
    def absent(self) -> str:
        """The variables that name a file that is not there, as the end of a sentence."""
        gone = [f"{each} names {os.environ[each]}" for name, each in FILES.items() if self._is_gone(name)]
        return "".join(f"; {each}, which is not there" for each in gone)

    def _is_gone(self, name: str) -> bool:
        return bool(os.environ.get(FILES[name])) and not self._path(name).exists()

    def _path(self, name: str) -> Path:
        return Path(os.path.expandvars(self.get_config_variable(name))).expanduser()

    def _source(self, name: str) -> str:
        """Return the option, the variable or the file that a setting is from; nothing if it is nowhere."""
        if name in self.instance_variables():
            return f"--{name}"
        key, variables, *_ = VARIABLES[name]
        if found := _set(variables):
            return found[0]
        return f"{key} of {self.place}" if key and key in self.get_scoped_config() else ""

    def endpoint(self, service: str) -> tuple[str, str]:
        """Return at which URL a service is asked in place of AWS's own, and where that stands; or nothing.

        The order is that of the AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
        """
        if self.get_config_variable("ignore_configured_endpoint_urls"):
            return "", ""
        scoped, name = self.get_scoped_config(), SERVICE_IDS.get(service, service.replace("-", "_"))
        section = scoped.get("services", "")
        own = self.full_config.get("services", {}).get(section, {}).get(name, {})
        variables = (f"AWS_ENDPOINT_URL_{name.upper()}", "AWS_ENDPOINT_URL")
        found = (
            *((os.environ.get(each), each) for each in variables),
            (own.get("endpoint_url"), f"endpoint_url of {name} in [services {section}] of {self.file}"),
            (scoped.get("endpoint_url"), f"endpoint_url of {self.place}"),
        )
        return next((url, where) for url, where in (*found, ("", "")) if url or not where)

    def create_client(self, service_name: str, *args: Any, **given: Any) -> Any:  # noqa: ANN401  botocore's
        """Make a client, once the settings that it goes by are found usable; its errors know them.

        Raises:
            UsageError: the endpoint, the proxy, the file of certificates or another setting can't be used.
            AccessError: there are no credentials, or no such region.
        """
        with self.reading():
            config = IN_SECONDS.merge(given.get("config") or Config())
            url, where = given.get("endpoint_url"), "--endpoint-url"
            if url is None:
                ignored = getattr(config, "ignore_configured_endpoint_urls", None)
                url, where = ("", "") if ignored else self.endpoint(service_name)
            if where:
                check_endpoint(url, where)
            if url and is_here(urlsplit(url).hostname or ""):
                config = config.merge(Config(proxies={}))
            path, _ = self._certificates()
            given |= {"config": config, "verify": path or True}
            client = super().create_client(service_name, *args, **given)
            by = self._call_settings(client.meta.endpoint_url, where or self._source("region"))
        self._leave(by, client.meta.events)
        return client

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Tell of botocore's errors as of those of a setting: the one that they speak of.

        Raises:
            UsageError: it can't be used.
            AccessError: it is a region that can't be one.
        """
        try:
            yield
        except Exception as error:
            with translated(self._named_in(str(error)), READING):
                raise

    def _call_settings(self, url: str, where: str) -> CallSettings:
        if proxy := proxy_for(url, urlsplit(url).scheme):
            check_proxy(proxy)
        path, source = self._certificates()
        if path and url.startswith("https:"):
            check_certificates(path, source)
        return CallSettings(
            endpoint=f"{url}{_in(where)}" + (f" through the proxy {proxy}" if proxy else ""),
            proxy=str(proxy),
            certificates=f"{path}{_in(source)}" if path else "the list that boto3 brings",
        )

    def _leave(self, by: CallSettings, events: Any) -> None:  # noqa: ANN401  botocore's
        """Leave on each error and refusal of a client's calls by which settings they were made."""

        def on_error(exception: Exception, **_: object) -> None:
            note(exception, replace(by, credentials=_in(self.came_from)))

        def on_answer(parsed: dict[str, Any], **_: object) -> None:
            if "Error" in parsed:
                parsed[CALL_SETTINGS] = replace(by, credentials=_in(self.came_from))

        events.register("after-call-error", on_error)
        events.register("after-call", on_answer)

    def _certificates(self) -> tuple[str, str]:
        """Return the file of certificates that are trusted in place of boto3's, and where that stands."""
        if path := self.get_config_variable("ca_bundle"):
            return path, self._source("ca_bundle")
        return os.environ.get(REQUESTS, ""), REQUESTS

    def _named_in(self, text: str) -> str:
        """Return which setting a text speaks of: the one with the longest value that stands there."""
        known = {f"--{name}": value for name, value in self.instance_variables().items()}
        known |= {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        for name, value in self.get_scoped_config().items():
            inner = value.items() if isinstance(value, dict) else [("", value)]
            known |= {f"{name} {key}".strip() + f" of {self.place}": each for key, each in inner}
        found = [
            (len(value), name)
            for name, value in known.items()
            if value and not SECRET.search(name) and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text)
        ]
        return max(found, default=(0, self.file))[1]


def _set(variables: str | list[str] | None) -> list[str]:
    """Return which of these variables are set, and not empty."""
    named = [variables] if isinstance(variables, str) else variables or []
    return [each for each in named if os.environ.get(each)]


def _in(brackets: str | None) -> str:
    return f" ({brackets})" if brackets else ""

"""How $disconnect is lost: for a third of the time API Gateway may not run the function."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from wschat.lab.aws.cloud import Cloud

EVERY_S, SILENT = 1.5, 1 / 3


@contextmanager
def silence(cloud: Cloud) -> Iterator[None]:
    """Take the permission away and give it back again and again; in the end it is there."""
    function = cloud.lab.name("Disconnect")
    (statement,) = json.loads(cloud.functions.get_policy(FunctionName=function)["Policy"])["Statement"]
    name, source = statement["Sid"], statement["Condition"]["ArnLike"]["AWS:SourceArn"]
    over = threading.Event()

    def come_and_go() -> None:
        while not over.wait(EVERY_S * (1 - SILENT)):
            cloud.functions.remove_permission(FunctionName=function, StatementId=name)
            over.wait(EVERY_S * SILENT)
            cloud.functions.add_permission(
                FunctionName=function,
                StatementId=name,
                Action=statement["Action"],
                Principal=statement["Principal"]["Service"],
                SourceArn=source,
            )

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()

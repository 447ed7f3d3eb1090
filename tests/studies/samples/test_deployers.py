"""Which samples are found in a checkout, and by what each is deployed."""

from pathlib import Path

import pytest

from tests.studies.samples.deployers import samples

SAMPLES = {
    "chat/websocket_chat.py": ("choices=['deploy']", "its own script"),
    "app/app.py": ("@app.on_ws_message()", "chalice deploy"),
    "other/app.py": ("@app.route('/')", None),
    "resources/packaged.yaml": ("Type: AWS::ApiGatewayV2::Stage\nCodeUri: s3://theirs", None),
    "docs/tutorials/wsecho.rst": ("chalice new-project echo", "chalice, as typed from its tutorial"),
    "docs/tutorials/basic.rst": ("chalice new-project basic", None),
    "template.yaml": ("Type: AWS::ApiGatewayV2::Stage", "aws cloudformation"),
    "resources/lab.yml": ("Type: AWS::ApiGatewayV2::Stage", "aws cloudformation"),
    "resources/functions.yml": ("Type: AWS::Serverless::Function", None),
}
CDK = Path(__file__).parent / "cdk"


def test_ours() -> None:
    """The one that stands here, of CDK, is found, too."""
    assert [(each.file, each.means) for each in samples(CDK)] == [(CDK / "cdk.json", "cdk deploy")]


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_found(tmp_path: Path, name: str) -> None:
    """What has a WebSocket API is found by a file of its, wherever that stands, and nothing else is."""
    text, means = SAMPLES[name]
    file = tmp_path / name
    (file.parent / ".chalice").mkdir(parents=True)
    file.write_text(text)
    found = [(each.file, each.means) for each in samples(tmp_path)]
    assert found == ([(file, means)] if means else [])

"""Sets by API what the template declares and MiniStack drops: the table's TTL, the API's CORS.

The values come from the built template, so nothing is declared twice; a stack that lacks them in
its template lacks them here too.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from local.cloud import Cloud, local_cloud
from local.settings import Settings


def set_what_was_dropped(settings: Settings) -> None:
    """Bring the deployed stack in line with its template."""
    text = (settings.build / "template.yaml").read_text(encoding="utf-8")
    resources: Mapping[str, Any] = yaml.safe_load(text)["Resources"]
    cloud = local_cloud(settings)
    _set_ttl(cloud, resources)
    _set_cors(cloud, resources)


def _set_ttl(cloud: Cloud, resources: Mapping[str, Any]) -> None:
    client = cloud.session.client("dynamodb", endpoint_url=cloud.endpoint_url, config=cloud.config)
    for name, table in cloud.resources("AWS::DynamoDB::Table").items():
        declared = resources[name]["Properties"].get("TimeToLiveSpecification")
        found = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if declared and found.get("TimeToLiveStatus") != "ENABLED":
            client.update_time_to_live(TableName=table, TimeToLiveSpecification=declared)


def _set_cors(cloud: Cloud, resources: Mapping[str, Any]) -> None:
    client = cloud.session.client(
        "apigatewayv2", endpoint_url=cloud.endpoint_url, config=cloud.config
    )
    values = cloud.parameters()
    for name, api in cloud.resources("AWS::ApiGatewayV2::Api").items():
        # SAM makes resources of its own, which the built template does not have yet.
        declared = resources.get(name, {}).get("Properties", {}).get("CorsConfiguration")
        if declared:
            resolved: Any = {key: _resolve(value, values) for key, value in declared.items()}
            client.update_api(ApiId=api, CorsConfiguration=resolved)


def _resolve(value: Any, parameters: Mapping[str, str]) -> Any:  # noqa: ANN401 - a template's value
    """Return a value with a reference to a list parameter replaced by that list."""
    if isinstance(value, Mapping) and "Ref" in value:
        return [each.strip() for each in parameters[value["Ref"]].split(",")]
    return value

"""The functions: their settings, their code, their logs."""

import re

from tests.unit.template.loader import ROOT, Template, as_list

LAYERS = ["${SharedLayer}", "${DependenciesLayer}"]
ALONE = {"ConsoleFunction"}  # needs nothing but our own package
SECRET_LIKE = re.compile(r"SECRET(?!S_PREFIX)|TOKEN|PASSWORD|CREDENTIAL|(?<!PUBLIC)_KEY|_AUTH")

CONTROLS = {"LogFormat": "JSON", "SystemLogLevel": "WARN", "ApplicationLogLevel": "INFO"}


def test_every_function_in_the_tree_is_deployed(template: Template) -> None:
    folders = {str(path.parent.relative_to(ROOT)) for path in ROOT.glob("functions/*/app.py")}
    deployed = {function["CodeUri"] for function in template.functions().values()}

    assert deployed == folders | {"console"}


def test_every_handler_is_where_lambda_looks_for_it(template: Template) -> None:
    functions = template.functions().values()

    assert {function["Handler"] for function in functions} == {"app.handler"}
    assert [f["CodeUri"] for f in functions if not (ROOT / f["CodeUri"] / "app.py").is_file()] == []


def test_all_functions_run_on_the_runtime_and_architecture_of_the_layers(
    template: Template,
) -> None:
    runtimes = {function["Runtime"] for function in template.functions().values()}
    architectures = [function["Architectures"] for function in template.functions().values()]
    layers = template.all("AWS::Serverless::LayerVersion").values()

    assert runtimes == {"python3.13"}
    assert architectures == [[{"Ref": "Architecture"}]] * len(architectures)
    assert [layer["CompatibleRuntimes"] for layer in layers] == [["python3.13"]] * len(layers)


def test_all_functions_have_both_layers_but_those_that_do_with_our_own(
    template: Template,
) -> None:
    layers = {
        name: [template.text(layer) for layer in function["Layers"]]
        for name, function in template.functions().items()
    }

    assert layers == {name: LAYERS[:1] if name in ALONE else LAYERS for name in layers}


def test_the_layers_are_built_by_their_recipes_for_the_architecture_of_the_functions(
    template: Template,
) -> None:
    """As a reference: with a literal, SAM's cache hands a local build's wheels to AWS."""
    architecture = {"Ref": "Architecture"}
    metadata = [
        template.document["Resources"][name].get("Metadata")
        for name in template.all("AWS::Serverless::LayerVersion")
    ]

    assert metadata == [{"BuildMethod": "makefile", "BuildArchitecture": architecture}] * 2
    assert template.document["Parameters"]["Architecture"]["Default"] == "arm64"


def test_every_layer_has_its_recipe(template: Template) -> None:
    layers = template.all("AWS::Serverless::LayerVersion").items()
    missing = [
        name
        for name, layer in layers
        if f"build-{name}:" not in (ROOT / layer["ContentUri"] / "Makefile").read_text()
    ]

    assert missing == []


def test_an_api_s_functions_end_before_its_caller_has_given_up(template: Template) -> None:
    """API Gateway waits for 30 s at most; whoever has no event of its own answers a caller."""
    seconds = {
        name: template.seconds(function["Timeout"])
        for name, function in template.functions().items()
        if "Events" not in function
    }

    assert max(seconds.values()) < 30


def test_a_request_is_in_flight_for_as_long_as_its_function_may_run(template: Template) -> None:
    """No longer: who died with it would keep its retries waiting. Nor shorter: two would do it."""
    known = {
        name: (
            template.seconds(function["Environment"]["Variables"]["WORKER_SECONDS"]),
            template.seconds(function["Timeout"]),
        )
        for name, function in template.functions().items()
        if "WORKER_SECONDS" in function["Environment"]["Variables"]
    }

    assert "SendFunction" in known
    assert [name for name, (seconds, timeout) in known.items() if seconds != timeout] == []


def test_every_function_writes_to_a_log_group_of_its_own(template: Template) -> None:
    groups = [
        template.text(function.get("LoggingConfig", {}).get("LogGroup"))
        for function in template.functions().values()
    ]

    assert sorted(groups) == sorted(f"${{{name}}}" for name in template.all("AWS::Logs::LogGroup"))


def test_logs_are_not_kept_for_ever(template: Template) -> None:
    days = {
        name: template.value(group.get("RetentionInDays"))
        for name, group in template.all("AWS::Logs::LogGroup").items()
    }

    assert days == dict.fromkeys(days, 14)


def test_the_emulator_s_address_is_absent_on_aws_not_empty(template: Template) -> None:
    """The SDK would take an empty one for an endpoint, and every call would fail."""
    expected = {"Fn::If": ["IsLocal", {"Ref": "AwsEndpointUrl"}, {"Ref": "AWS::NoValue"}]}
    addresses = [
        function["Environment"]["Variables"]["AWS_ENDPOINT_URL"]
        for function in template.functions().values()
    ]

    assert addresses == [expected] * len(addresses)


def test_nothing_uses_the_emulator_s_address_on_aws(template: Template) -> None:
    document = template.document

    assert list(uses_on_aws(document["Resources"], "AwsEndpointUrl")) == []
    assert list(uses_on_aws(document["Outputs"], "AwsEndpointUrl")) == []
    assert list(uses_on_aws(document["Globals"], "AwsEndpointUrl")) == []


def test_the_local_run_has_to_be_asked_for(template: Template) -> None:
    """Only there are providers reached over plain http."""
    assert template.document["Parameters"]["Environment"]["Default"] == "prod"
    assert template.document["Conditions"]["IsLocal"] == {
        "Fn::Equals": [{"Ref": "Environment"}, "local"]
    }


def test_no_function_gets_a_secret_in_its_environment(template: Template) -> None:
    """They read them from SSM at run time: an environment is shown to whoever sees the function."""
    named = [
        f"{name}: {variable}"
        for name, function in template.functions().items()
        for variable in function["Environment"]["Variables"]
        if SECRET_LIKE.search(variable)
    ]

    assert named == []


def test_no_secret_passes_through_the_template(template: Template) -> None:
    """Neither as a parameter nor resolved into a property, where it would be shown too."""
    parameters = [
        name
        for name, parameter in template.document["Parameters"].items()
        if parameter.get("NoEcho") or SECRET_LIKE.search(_upper(name))
    ]

    assert parameters == []
    assert "{{resolve:" not in str(template.document)


def test_every_parameter_is_used_and_says_what_it_takes(template: Template) -> None:
    body = str([template.document[part] for part in ("Conditions", "Globals", "Resources")])
    parameters = template.document["Parameters"]

    assert [
        name for name in parameters if f"'{name}'" not in body and f"${{{name}}}" not in body
    ] == []
    assert [name for name, parameter in parameters.items() if "Default" not in parameter] == []


def uses_on_aws(value: object, parameter: str) -> list[object]:
    """Return where a parameter is used, outside of what is there in the local run only."""
    match value:
        case {"Fn::If": ["IsLocal", _, other]}:
            return uses_on_aws(other, parameter)
        case {"Ref": name}:
            return [value] if name == parameter else []
        case {"Fn::Sub": text}:
            return [value] if f"${{{parameter}}}" in str(as_list(text)[0]) else []
        case dict():
            return [use for inner in value.values() for use in uses_on_aws(inner, parameter)]
        case list():
            return [use for inner in value for use in uses_on_aws(inner, parameter)]
        case _:
            return []


def _upper(camel_case: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", camel_case).upper()


def test_lambda_itself_logs_failures_only(template: Template) -> None:
    """Its lines on success cost as much as the invocations; at INFO metrics pass, not an SDK's."""
    for function in template.functions().values():
        controls = {name: function["LoggingConfig"].get(name) for name in CONTROLS}
        assert controls == CONTROLS

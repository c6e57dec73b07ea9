"""Least privilege: each function may make the calls that it makes, on what it makes them on.

The table below is the review: a role that is given more, or less, does not pass until it says so.
"""

from collections.abc import Iterator

from tests.unit.template.loader import Json, Template, as_list

TABLE = "${Table.Arn}"
STREAM = "${Table.StreamArn}"
QUEUES = {"${EmailQueue.Arn}", "${SmsQueue.Arn}", "${InAppQueue.Arn}"}
DEAD_LETTERS = "${DeadLetterQueue.Arn}"
_ACCOUNT = "${AWS::Region}:${AWS::AccountId}"
_SECRETS = f"arn:${{AWS::Partition}}:ssm:{_ACCOUNT}:parameter/${{AWS::StackName}}"
_SCHEDULES = f"arn:${{AWS::Partition}}:scheduler:{_ACCOUNT}:schedule"
SCHEDULES = f"{_SCHEDULES}/${{ScheduleGroup}}/*"
_IDENTITIES = f"arn:${{AWS::Partition}}:ses:{_ACCOUNT}:identity"
SOCKETS = (
    f"arn:${{AWS::Partition}}:execute-api:{_ACCOUNT}:${{WebSocketApi}}/live/POST/@connections/*"
)
NOT_A_TOPIC = "not arn:${AWS::Partition}:sns:*:*:*"

GRANTS: dict[str, dict[str, set[str]]] = {
    "AuthorizeFunction": {
        "dynamodb:GetItem": {TABLE},
        "ssm:GetParameter": {f"{_SECRETS}/token-secret"},
    },
    "SendFunction": {
        "dynamodb:DeleteItem": {TABLE},
        "dynamodb:GetItem": {TABLE},
        "dynamodb:PartiQLInsert": {TABLE},
        "dynamodb:PutItem": {TABLE},
        "dynamodb:Query": {TABLE},
        "dynamodb:UpdateItem": {TABLE},
        "iam:PassRole": {"${ScheduleRole.Arn}"},
        "scheduler:CreateSchedule": {SCHEDULES},
        "scheduler:DeleteSchedule": {SCHEDULES},
        "sqs:SendMessage": QUEUES,
        "execute-api:ManageConnections": {SOCKETS},
    },
    "ListFunction": {
        "dynamodb:GetItem": {TABLE},
        "dynamodb:Query": {TABLE},
    },
    "InboxFunction": {
        "dynamodb:DeleteItem": {TABLE},
        "dynamodb:GetItem": {TABLE},
        "dynamodb:Query": {TABLE},
        "dynamodb:UpdateItem": {TABLE},
        "execute-api:ManageConnections": {SOCKETS},
    },
    "UsersFunction": {
        "dynamodb:GetItem": {TABLE},
        "dynamodb:UpdateItem": {TABLE},
        "ssm:GetParameter": {f"{_SECRETS}/token-secret"},
    },
    "DeadLettersFunction": {
        "dynamodb:GetItem": {TABLE},
        "dynamodb:UpdateItem": {TABLE},
        "sqs:ChangeMessageVisibility": {DEAD_LETTERS},
        "sqs:DeleteMessage": {DEAD_LETTERS},
        "sqs:ReceiveMessage": {DEAD_LETTERS},
        "sqs:SendMessage": QUEUES - {"${InAppQueue.Arn}"},
    },
    "TemplatesFunction": {
        "dynamodb:DeleteItem": {TABLE},
        "dynamodb:GetItem": {TABLE},
        "dynamodb:PutItem": {TABLE},
        "dynamodb:Query": {TABLE},
    },
    "DispatchFunction": {
        "dynamodb:DeleteItem": {TABLE},
        "dynamodb:Query": {TABLE},
        "dynamodb:UpdateItem": {TABLE},
        "sqs:ChangeMessageVisibility": QUEUES,
        "sqs:DeleteMessage": QUEUES,
        "sqs:GetQueueAttributes": QUEUES,
        "sqs:ReceiveMessage": QUEUES,
        "sqs:SendMessage": {"${DeadLetterQueue.Arn}"},
        "ssm:GetParameter": {f"{_SECRETS}/mailgun-api-key", f"{_SECRETS}/twilio-auth-token"},
        "ses:SendEmail": {f"{_IDENTITIES}/${{SesIdentity}}", f"{_IDENTITIES}/${{EmailFrom}}"},
        "sns:Publish": {NOT_A_TOPIC},
        "execute-api:ManageConnections": {SOCKETS},
    },
    "WatchFunction": {
        "dynamodb:DescribeStream": {STREAM},
        "dynamodb:GetRecords": {STREAM},
        "dynamodb:GetShardIterator": {STREAM},
        "dynamodb:ListStreams": {STREAM},
        "dynamodb:PutItem": {TABLE},
    },
    "ReconcileFunction": {
        "dynamodb:DeleteItem": {TABLE},
        "dynamodb:GetItem": {TABLE},
        "dynamodb:PutItem": {TABLE},
        "dynamodb:Query": {TABLE},
        "dynamodb:UpdateItem": {TABLE},
        "sqs:ChangeMessageVisibility": {DEAD_LETTERS},
        "sqs:GetQueueAttributes": QUEUES - {"${InAppQueue.Arn}"},
        "sqs:ReceiveMessage": {DEAD_LETTERS},
    },
    "WsConnectFunction": {
        "dynamodb:DeleteItem": {TABLE},
        "dynamodb:PutItem": {TABLE},
        "execute-api:ManageConnections": {SOCKETS},
    },
    "WsInboxFunction": {
        "dynamodb:DeleteItem": {TABLE},
        "dynamodb:GetItem": {TABLE},
        "dynamodb:Query": {TABLE},
        "dynamodb:UpdateItem": {TABLE},
        "execute-api:ManageConnections": {SOCKETS},
    },
    "ConsoleFunction": {},
}

STARS = {
    SOCKETS: "an id is only known while its socket is open",
    NOT_A_TOPIC: "a phone number has no ARN; this grants everything that is no topic",
    SCHEDULES: "a schedule is named after its notification",
}


LOCAL_POLICY = "LocalGrants"
LOCAL_GRANTS = {
    "sqs:SendMessageBatch": QUEUES,  # on AWS it goes by SendMessage
    "dynamodb:BatchExecuteStatement": {"*"},  # on AWS each statement goes by its own action
    "scheduler:CreateSchedule": {f"{_SCHEDULES}/default/*"},  # the emulator knows no other group
    "scheduler:DeleteSchedule": {f"{_SCHEDULES}/default/*"},
}
LOCAL = {
    ("ses:SendEmail", "*"): "the emulator cannot tell the identity of a SendEmail",
}


SCHEDULER = "ScheduleRole"
"""The one role that is no function's: the scheduler puts messages onto the queues with it."""


def role_of(template: Template, function: str) -> str:
    return str(template.functions()[function]["Role"]["Fn::GetAtt"][0])


def statements(template: Template, role: str) -> Iterator[Json]:
    """Yield what a role grants, by its own policies and by those attached to it."""
    policies = list(template.resource(role).get("Policies", []))
    policies += [
        policy
        for name, policy in template.all("AWS::IAM::Policy").items()
        if {"Ref": role} in policy["Roles"] and name != LOCAL_POLICY
    ]
    for policy in policies:
        yield from as_list(policy["PolicyDocument"]["Statement"])


def resources(template: Template, statement: Json) -> set[str]:
    """Return what a statement is about on AWS."""
    named = as_list(on_aws(statement.get("Resource", [])))
    excluded = as_list(on_aws(statement.get("NotResource", [])))
    return set(map(template.text, named)) | {f"not {template.text(arn)}" for arn in excluded}


def on_aws(value: object) -> object:
    match value:
        case {"Fn::If": ["IsLocal", _, other]}:
            return other
        case _:
            return value


def in_the_local_run(value: object) -> list[object]:
    """Return what stands there in the local run, where that is something else than on AWS."""
    match value:
        case {"Fn::If": ["IsLocal", local, _]}:
            return as_list(local)
        case _:
            return []


def grants(template: Template, function: str) -> dict[str, set[str]]:
    granted: dict[str, set[str]] = {}
    for statement in statements(template, role_of(template, function)):
        for action in as_list(statement["Action"]):
            granted.setdefault(action, set()).update(resources(template, statement))
    return granted


def test_every_function_has_a_role_of_its_own(template: Template) -> None:
    roles = [role_of(template, function) for function in template.functions()]

    assert sorted([*roles, SCHEDULER]) == sorted(template.all("AWS::IAM::Role"))


def test_a_role_grants_what_its_function_does_and_nothing_else(template: Template) -> None:
    granted = {
        function: {
            action: arns
            for action, arns in grants(template, function).items()
            if not action.startswith("logs:")
        }
        for function in template.functions()
    }

    assert granted == GRANTS


def test_a_function_writes_into_its_own_log_group_alone(template: Template) -> None:
    """The ARN of a group ends in a star for its streams: AWS adds it, so it is not written here."""
    written = {
        function: {
            action: arns
            for action, arns in grants(template, function).items()
            if action.startswith("logs:")
        }
        for function in template.functions()
    }
    expected = {}
    for function, properties in template.functions().items():
        group = {f"${{{properties['LoggingConfig']['LogGroup']['Ref']}.Arn}}"}
        expected[function] = {"logs:CreateLogStream": group, "logs:PutLogEvents": group}

    assert written == expected


def test_no_role_grants_a_whole_service(template: Template) -> None:
    wide = [
        action
        for function in template.functions()
        for action in grants(template, function)
        if "*" in action
    ]

    assert wide == []


def test_a_star_stands_in_a_resource_only_where_nothing_narrower_exists(
    template: Template,
) -> None:
    starred = {
        arn
        for function in template.functions()
        for arns in grants(template, function).values()
        for arn in arns
        if "*" in arn
    }

    assert starred == STARS.keys()


def test_the_local_run_grants_more_only_where_the_emulator_needs_it(template: Template) -> None:
    """The emulator enforces the roles too, so that the end-to-end tests prove them."""
    more = {
        (action, template.text(arn))
        for role in template.all("AWS::IAM::Role")
        for statement in statements(template, role)
        for key in ("Resource", "NotResource")
        for arn in in_the_local_run(statement.get(key))
        for action in as_list(statement["Action"])
    }

    assert more == LOCAL.keys()


def test_everything_but_something_is_granted_for_text_messages_alone(template: Template) -> None:
    inverted = [
        statement["Action"]
        for role in template.all("AWS::IAM::Role")
        for statement in statements(template, role)
        if {"NotResource", "NotAction", "NotPrincipal"} & statement.keys()
    ]

    assert inverted == ["sns:Publish"]


def test_only_lambda_may_take_on_a_role(template: Template) -> None:
    trusted = [
        (statement["Action"], statement["Principal"])
        for name, role in template.all("AWS::IAM::Role").items()
        if name != SCHEDULER
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
    ]

    expected = ("sts:AssumeRole", {"Service": "lambda.amazonaws.com"})
    assert trusted == [expected] * len(template.functions())


def test_the_scheduler_may_put_messages_onto_the_queues_and_nothing_else(
    template: Template,
) -> None:
    role = template.resource(SCHEDULER)
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    (statement,) = statements(template, SCHEDULER)

    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }  # of this account: anybody's scheduler could be made to use it otherwise
    assert statement["Action"] == "sqs:SendMessage"
    assert resources(template, statement) == QUEUES | {DEAD_LETTERS}


def test_a_role_is_passed_on_to_the_scheduler_alone(template: Template) -> None:
    (passing,) = [
        statement
        for role in template.all("AWS::IAM::Role")
        for statement in statements(template, role)
        if "iam:PassRole" in as_list(statement["Action"])
    ]

    assert passing["Condition"] == {
        "StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}
    }


def test_what_the_emulator_alone_asks_for_is_granted_in_the_local_run_alone(
    template: Template,
) -> None:
    policy = template.document["Resources"][LOCAL_POLICY]
    granted = {
        action: resources(template, statement)
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        for action in as_list(statement["Action"])
    }

    assert policy["Condition"] == "IsLocal"
    assert policy["Properties"]["Roles"] == [{"Ref": "SendRole"}]
    assert granted == LOCAL_GRANTS


def test_no_role_has_policies_that_others_maintain(template: Template) -> None:
    """AWS's managed policies grant more than is used, and change without a review here."""
    with_managed = [
        name for name, role in template.all("AWS::IAM::Role").items() if "ManagedPolicyArns" in role
    ]
    with_sam = [name for name, own in template.functions().items() if "Policies" in own]

    assert with_managed + with_sam == []

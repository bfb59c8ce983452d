from local.sam import CONFIG, build_command, deploy_command, local_config


def test_the_stack_name_and_parameters_come_from_the_local_part_of_the_configuration() -> None:
    text = """
        version = 0.1
        [default.deploy.parameters]
        stack_name = "elsewhere"
        [local.deploy.parameters]
        stack_name = "sluice"
        parameter_overrides = ["RetentionDays=1", "AllowedSourceHosts=a=b"]
    """

    assert local_config(text) == ("sluice", {"RetentionDays": "1", "AllowedSourceHosts": "a=b"})


def test_parameters_may_also_be_one_line() -> None:
    text = """
        [local.deploy.parameters]
        stack_name = "sluice"
        parameter_overrides = 'RetentionDays="1" ModerationProvider=embedded'
    """

    assert local_config(text)[1] == {"RetentionDays": "1", "ModerationProvider": "embedded"}


def test_our_own_configuration_can_be_read() -> None:
    assert local_config(CONFIG.read_text())[0] == "sluice"


def test_a_deployment_takes_what_was_built_and_all_parameters() -> None:
    command = deploy_command("sluice", {"MediaBinPath": "/a b", "RetentionDays": "1"})

    assert command[command.index("--template-file") + 1] == (
        build_command()[build_command().index("--build-dir") + 1] + "/template.yaml"
    )
    assert command[-3:] == ["--parameter-overrides", "MediaBinPath=/a b", "RetentionDays=1"]

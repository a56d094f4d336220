"""What an option does is said in a sentence."""

import re

import click
import pytest

from nnq.cli import cli

OPTIONS = [(name, option) for name, command in cli.commands.items() for option in command.params if isinstance(option, click.Option)]


@pytest.mark.parametrize("option", [option for _, option in OPTIONS], ids=[f"{name}-{option.name}" for name, option in OPTIONS])
def test_the_help_of_an_option_is_a_sentence(option):
    assert re.fullmatch(r"[A-Z].*\.", option.help or "")


@pytest.mark.parametrize("command", cli.commands.values(), ids=cli.commands)
def test_the_help_of_a_command_begins_with_a_sentence(command):
    assert re.match(r"[A-Z].*[.:]", command.help.split("\n\n")[0], re.DOTALL)

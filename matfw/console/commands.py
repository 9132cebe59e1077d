"""THE TABLE of commands, gathered from where they are. `help` and completion come from it."""

from __future__ import annotations

from matfw.console import (
    calibrate_job,
    diagnose_job,
    history_commands,
    link_commands,
    mat_commands,
    plan_commands,
    settings_commands,
    workout_commands,
)
from matfw.console.command import CommandTable
from matfw.console.help_commands import help_row
from matfw.console.menu import menu_row

TABLE: CommandTable = CommandTable(
    (
        *mat_commands.COMMANDS,
        *calibrate_job.COMMANDS,
        *diagnose_job.COMMANDS,
        *workout_commands.COMMANDS,
        *plan_commands.COMMANDS,
        *history_commands.COMMANDS,
        *settings_commands.COMMANDS,
        help_row(lambda: TABLE),
        menu_row(lambda: TABLE),
        *link_commands.COMMANDS,
    )
)
COMMANDS = TABLE.commands

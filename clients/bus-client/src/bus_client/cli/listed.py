"""Groups of verbs that list when no verb is named: `bus topics` is `bus topics list`."""

import click


class ListedByDefault(click.Group):
    """Without a verb, or with options alone, it is `list`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with `list` put before what names no verb."""
        is_verb = bool(args) and (not args[0].startswith("-") or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if is_verb else ["list", *args])


class ListedByName(ListedByDefault):
    """Whose list takes a name: `bus attempts NAME` is `bus attempts list NAME`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with `list` put before a name."""
        is_name = bool(args) and not args[0].startswith("-") and args[0] not in self.commands
        return super().parse_args(ctx, ["list", *args] if is_name else args)

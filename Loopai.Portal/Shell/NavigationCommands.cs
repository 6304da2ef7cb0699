namespace Loopai.Portal.Shell;

/// <summary>The portal's own pages.</summary>
internal sealed class NavigationCommands : ICommandSource
{
    public ValueTask<IReadOnlyList<CommandItem>> FindAsync(string query, ShellState shell, CancellationToken ct) =>
        ValueTask.FromResult<IReadOnlyList<CommandItem>>(
        [
            .. Navigation.For(shell)
                .Where(item => item.Label.Contains(query, StringComparison.OrdinalIgnoreCase))
                .Select(item => new CommandItem(item.Label, item.Url, item.Icon, "Pages")),
        ]);
}

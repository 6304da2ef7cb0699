namespace Loopai.Portal.Shell;

/// <param name="Title">What people read.</param>
/// <param name="Href">Where choosing it leads.</param>
/// <param name="Icon">A name of IconShapes.</param>
/// <param name="Group">The heading it stands under: Pages, Tasks, Executions.</param>
/// <param name="Detail">A few words more.</param>
public sealed record CommandItem(string Title, string Href, string Icon, string Group, string? Detail = null);

/// <summary>Offers places to jump to. The palette asks every registered source and shows their answers in the order of registration.</summary>
public interface ICommandSource
{
    ValueTask<IReadOnlyList<CommandItem>> FindAsync(string query, ShellState shell, CancellationToken ct);
}

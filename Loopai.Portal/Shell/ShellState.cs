using Loopai.Core.Access;

namespace Loopai.Portal.Shell;

public sealed record ShellOrganization(string Slug, string Name);

/// <summary>What the shell shows around every page: where the viewer is, where else they may go, and who they are.</summary>
public sealed record ShellState(
    string OrganizationSlug,
    string OrganizationName,
    string Environment,
    IReadOnlyList<ShellOrganization> Organizations,
    IReadOnlyList<string> Environments,
    string UserName,
    string UserEmail)
{
    /// <summary>Who acts here; null where the shell is shown without an organization behind it.</summary>
    public Caller? Caller { get; init; }

    /// <summary>Since when the organization has its picture; null where it has none.</summary>
    public DateTimeOffset? LogoChangedAt { get; init; }

    /// <summary>Whether an owner came in by a password although the organization demands its provider.</summary>
    public bool IsBreakGlass { get; init; }

    /// <summary>Numbers beside navigation entries, by the entry's key.</summary>
    public IReadOnlyDictionary<string, long> Badges { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);
}

/// <summary>Places in the shell that a page may fill.</summary>
public static class ShellSections
{
    public const string Crumbs = "shell-crumbs";
    public const string Live = "shell-live";
    public const string Notifications = "shell-notifications";
}

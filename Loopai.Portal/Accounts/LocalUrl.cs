namespace Loopai.Portal.Accounts;

/// <summary>Where a person goes after signing in.</summary>
public static class LocalUrl
{
    /// <summary>Only a path of our own: an address that came with the link must not lead a person to another site.</summary>
    public static string OrHome(string? url) =>
        url is not null && url.StartsWith('/') && !url.StartsWith("//", StringComparison.Ordinal) && !url.Contains('\\', StringComparison.Ordinal)
        && !url.Any(char.IsControl) ? url : "/";
}

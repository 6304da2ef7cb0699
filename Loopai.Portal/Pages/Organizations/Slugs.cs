using System.Text.RegularExpressions;

namespace Loopai.Portal.Pages.Organizations;

/// <summary>Short names made of names.</summary>
public static partial class Slugs
{
    /// <summary>"Grün &amp; Co" → "gr-n-co": what URLs can show; an organization can be renamed, its slug is only an address.</summary>
    public static string Of(string name)
    {
        var slug = NotInSlug().Replace(name.ToLowerInvariant(), "-").Trim('-');
        slug = slug.Length > 0 && char.IsAsciiDigit(slug[0]) ? "o-" + slug : slug;
        return slug.Length < 2 ? "my-organization" : slug[..Math.Min(slug.Length, 40)].TrimEnd('-');
    }

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex NotInSlug();
}

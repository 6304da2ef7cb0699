namespace Loopai.Core.Schemas.Compilation;

/// <summary>
/// A URI reference in its parts, RFC 3986. System.Uri rewrites what it reads (escapes, ports, dots in URNs), whereas the
/// identifiers of schemas are compared as they are written.
/// </summary>
internal readonly record struct UriReference(string? Scheme, string? Authority, string Path, string? Query, string? Fragment)
{
    public static UriReference Parse(string text)
    {
        var fragment = CutAfter(ref text, '#');
        var query = CutAfter(ref text, '?');
        string? scheme = null;
        var colon = text.IndexOf(':');
        if (colon > 0 && IsScheme(text.AsSpan(0, colon)))
        {
            scheme = text[..colon].ToLowerInvariant();
            text = text[(colon + 1)..];
        }

        string? authority = null;
        if (text.StartsWith("//", StringComparison.Ordinal))
        {
            var end = text.IndexOf('/', 2);
            end = end < 0 ? text.Length : end;
            authority = text[2..end];
            text = text[end..];
        }

        return new UriReference(scheme, authority, text, query, fragment);
    }

    /// <summary>What a reference means when it is written in a resource with this URI (section 5.2.2).</summary>
    public UriReference Resolve(UriReference reference)
    {
        if (reference.Scheme is not null)
        {
            return reference with { Path = RemoveDots(reference.Path) };
        }

        if (reference.Authority is not null)
        {
            return reference with { Scheme = Scheme, Path = RemoveDots(reference.Path) };
        }

        if (reference.Path.Length == 0)
        {
            return this with { Query = reference.Query ?? Query, Fragment = reference.Fragment };
        }

        var path = reference.Path.StartsWith('/') ? reference.Path : Merge(reference.Path);
        return this with { Path = RemoveDots(path), Query = reference.Query, Fragment = reference.Fragment };
    }

    public UriReference WithoutFragment() => this with { Fragment = null };

    public override string ToString() => string.Concat(
        Scheme is null ? "" : Scheme + ":",
        Authority is null ? "" : "//" + Authority,
        Path,
        (Query is null ? "" : "?" + Query) + (Fragment is null ? "" : "#" + Fragment));

    private static string? CutAfter(ref string text, char separator)
    {
        var at = text.IndexOf(separator);
        if (at < 0)
        {
            return null;
        }

        var rest = text[(at + 1)..];
        text = text[..at];
        return rest;
    }

    private static bool IsScheme(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return char.IsAsciiLetter(text[0]);
    }

    private string Merge(string relative) =>
        Authority is not null && Path.Length == 0 ? "/" + relative : Path[..(Path.LastIndexOf('/') + 1)] + relative;

    private static string RemoveDots(string path)
    {
        var segments = path.Split('/');
        if (!segments.Any(segment => segment is "." or ".."))
        {
            return path;
        }

        var kept = new List<string>();
        foreach (var segment in segments)
        {
            if (segment == "..")
            {
                // Never above the root, which is the empty segment before the first slash.
                if (kept.Count > (path.StartsWith('/') ? 1 : 0))
                {
                    kept.RemoveAt(kept.Count - 1);
                }
            }
            else if (segment != ".")
            {
                kept.Add(segment);
            }
        }

        return string.Join('/', kept) + (segments[^1] is "." or ".." ? "/" : "");
    }
}

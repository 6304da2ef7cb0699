namespace Loopai.Core.Outbound;

/// <summary>
/// The one client for addresses that a tenant may set: discovery documents, webhooks, log collectors. It refuses private, loopback and link-local
/// addresses after the name is resolved, on redirects too, unless the operator allows them; only GET follows
/// redirects; an answer has at most 1 MB and ten seconds.
/// </summary>
public sealed class OutboundHttp(HttpClient client, bool allowsPlainText)
{
    /// <summary>On a request: which redirects may be followed; all, where it is not set. One that may not is the answer.</summary>
    public static readonly HttpRequestOptionsKey<Func<Uri, bool>> MayFollow = new("Loopai.MayFollow");

    public HttpClient Client { get; } = client;

    /// <summary>Whether <c>http://</c> may be asked for at all: only where private networks are allowed, for development.</summary>
    public bool AllowsPlainText { get; } = allowsPlainText;

    /// <summary>The address as something this client asks for, or null: absolute, https (or http where allowed), without user information.</summary>
    public Uri? Accept(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (AllowsPlainText && uri.Scheme == Uri.UriSchemeHttp))
        && uri.UserInfo.Length == 0
            ? uri
            : null;

    /// <summary>Whether a new address, where one is given, is another server's: what is secret between us and the old one is not told there.</summary>
    public static bool IsElsewhere(string before, string? after) =>
        after is not null && Uri.TryCreate(before, UriKind.Absolute, out var old) && Uri.TryCreate(after.Trim(), UriKind.Absolute, out var next)
        && Uri.Compare(old, next, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) != 0;
}

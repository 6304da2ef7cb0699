using System.Globalization;
using System.Net.Mail;
using System.Text.RegularExpressions;

namespace Loopai.Core.Identity.SignOn;

/// <summary>The domain of an address, in the one form in which domains are compared and kept: lower-case ASCII.</summary>
public static partial class EmailDomain
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>The domain, or null when this is no address that mail could be sent to: one @, no spaces, quotes or control characters.</summary>
    public static string? Of(string? email)
    {
        if (email is null || email.Length > 254 || email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '<' or '>' or ',' or ';'))
        {
            return null;
        }

        var at = email.IndexOf('@');
        return at > 0 && at == email.LastIndexOf('@') && MailAddress.TryCreate(email.TrimEnd('.'), out _) ? Normalize(email[(at + 1)..]) : null;
    }

    /// <summary>A domain as it is kept, or null when it is none: at least two labels, letters in the last.</summary>
    public static string? Normalize(string? domain)
    {
        try
        {
            var ascii = Idn.GetAscii((domain ?? "").Trim().TrimEnd('.').ToLowerInvariant());
            return ascii.Length <= 253 && Shape().IsMatch(ascii) ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$", RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}

using Loopai.Core.Audit;
using Loopai.Portal.Api;
using Microsoft.AspNetCore.WebUtilities;

namespace Loopai.Portal.Pages.Audit;

/// <summary>What the address of the audit log says. The page and its files read it alike; a value that cannot be read does not narrow.</summary>
public sealed record AuditUrlQuery
{
    public TimeRange Range { get; init; } = TimeRange.Parse(null, "30d");

    public string? Actor { get; init; }

    public string? Action { get; init; }

    public string? Object { get; init; }

    public string? Result { get; init; }

    public string? Address { get; init; }

    public string? Text { get; init; }

    /// <summary>Whether anything but the time narrows the list.</summary>
    public bool IsNarrowed => this with { Range = TimeRange.Parse(null, "30d") } != new AuditUrlQuery();

    public static AuditUrlQuery Parse(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        string? Value(string name) => values.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;
        return new AuditUrlQuery
        {
            Range = TimeRange.Parse(Value("range"), "30d"),
            Actor = Value("actor"),
            Action = Value("action"),
            Object = Value("object"),
            Result = Enum.GetValues<AuditResult>().Any(r => QueryWords.Of(r) == Value("result")) ? Value("result") : null,
            Address = System.Net.IPAddress.TryParse(Value("address"), out _) ? Value("address") : null,
            Text = Value("q"),
        };
    }

    public AuditFilter ToFilter(DateTimeOffset now)
    {
        var (from, to) = Range.At(now);
        return new AuditFilter
        {
            From = from,

            // A range that ends now has no end: what comes while it is read belongs to it.
            To = Range.Length is null ? to : null,
            Actor = Actor,
            Action = Action,
            Object = Object,
            Result = QueryWords.Parse<AuditResult>(Result, "result"),
            Address = Address,
            Text = Text,
        };
    }
}

using Loopai.Core.ApiKeys;

namespace Loopai.Portal.Pages.ApiKeys;

/// <summary>Keys in words.</summary>
public static class KeyWords
{
    /// <summary>What narrows the key beyond its permissions: "2 tasks · 1 network".</summary>
    public static string Bounds(ApiKey key)
    {
        string?[] bounds =
        [
            key.Tasks is { } tasks ? Format.Count(tasks.Count, "task") : null,
            key.AddressRanges is { } ranges ? Format.Count(ranges.Split(' ').Length, "network") : null,
        ];
        return string.Join(" · ", bounds.OfType<string>());
    }

    /// <summary>Where the last use came from.</summary>
    public static string LastAddress(ApiKey key) => key.Secrets.Where(s => s.LastUsedAt is not null).MaxBy(s => s.LastUsedAt)?.LastUsedFrom ?? "";
}

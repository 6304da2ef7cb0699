namespace Loopai.Portal.Components.Inputs;

/// <summary>Time zones to choose among.</summary>
public static class ZoneOptions
{
    public static readonly IReadOnlyList<Option> All =
    [
        .. TimeZoneInfo.GetSystemTimeZones().Where(zone => zone.HasIanaId && (zone.Id == "UTC" || zone.Id.Contains('/', StringComparison.Ordinal)))
            .Select(zone => new Option(zone.Id, zone.Id.Replace('_', ' '))).OrderBy(zone => zone.Value != "UTC").ThenBy(zone => zone.Value, StringComparer.Ordinal),
    ];

    /// <summary>The same with one that may not be among them.</summary>
    public static IReadOnlyList<Option> With(string? zone) => string.IsNullOrEmpty(zone) || All.Any(o => o.Value == zone) ? All : [new Option(zone, zone), .. All];
}

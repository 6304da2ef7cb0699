namespace Loopai.Core.Identity.Sessions;

/// <summary>A User-Agent in the words that a person knows their devices by.</summary>
public static class DeviceWords
{
    // The order matters: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    // Android calls itself Linux, and an iPhone calls itself "like Mac OS X".
    private static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ];

    /// <summary><c>Firefox on Linux</c>; what is not known by name is an unknown browser, or an unknown device.</summary>
    public static string Of(string? userAgent)
    {
        if (string.IsNullOrWhiteSpace(userAgent))
        {
            return "Unknown device";
        }

        var browser = NameIn(Browsers, userAgent);
        var system = NameIn(Systems, userAgent);
        return (browser, system) switch
        {
            (null, null) => "Unknown device",
            (null, _) => $"Unknown browser on {system}",
            (_, null) => browser,
            _ => $"{browser} on {system}",
        };
    }

    private static string? NameIn((string Mark, string Name)[] known, string text) =>
        known.FirstOrDefault(one => text.Contains(one.Mark, StringComparison.Ordinal)).Name;
}

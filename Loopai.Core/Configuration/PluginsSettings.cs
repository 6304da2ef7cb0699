namespace Loopai.Core.Configuration;

/// <summary>What the plugin marketplace of this installation asks for.</summary>
public sealed class PluginsSettings
{
    /// <summary>Whether only publishers whose domain is proved may show plugins to all organizations.</summary>
    public bool RequireVerifiedPublisher { get; init; }

    /// <summary>SHA-256 of packages and files that are known to be malicious, in hexadecimal, with commas between them.</summary>
    public string KnownBadHashes { get; init; } = "";
}

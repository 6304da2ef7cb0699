namespace Loopai.Core.Identity;

/// <summary>Where a request of a person came from.</summary>
/// <param name="Address">The client's IP address as text; null where there is none.</param>
/// <param name="UserAgent">What the client calls itself.</param>
public sealed record RequestOrigin(string? Address, string? UserAgent)
{
    /// <summary>Loopai itself: tests and jobs.</summary>
    public static RequestOrigin None { get; } = new(null, null);
}

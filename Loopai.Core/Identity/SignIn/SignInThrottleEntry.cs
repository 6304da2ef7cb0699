namespace Loopai.Core.Identity.SignIn;

/// <summary>How often signing in failed of late, for one account or one address. A row of the database, so that all instances count together.</summary>
public sealed class SignInThrottleEntry
{
    /// <summary>What is counted, and a hash of whose it is: of an address that may belong to nobody, nothing readable is kept.</summary>
    public required string Key { get; init; }

    public required int Failures { get; set; }

    public required DateTimeOffset LastFailureAt { get; set; }

    /// <summary>Until when nothing is tried; null while there were few failures.</summary>
    public DateTimeOffset? LockedUntil { get; set; }
}

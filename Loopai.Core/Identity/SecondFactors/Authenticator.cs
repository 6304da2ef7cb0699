namespace Loopai.Core.Identity.SecondFactors;

/// <summary>A person's authenticator app: the secret that it and the portal share.</summary>
public sealed class Authenticator
{
    public required Guid UserId { get; init; }

    /// <summary>Under Data Protection: a code can only be checked with the secret itself.</summary>
    public required string ProtectedSecret { get; set; }

    /// <summary>When the first code was right; null while it is being set up, and asked of nobody.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>The time step of the last code that was taken: a code counts once, and none before it any more.</summary>
    public long LastStep { get; set; }
}

/// <summary>A code that stands in for the second factor, once.</summary>
public sealed class RecoveryCode
{
    public required Guid UserId { get; init; }

    /// <summary>The code has 80 random bits, so a plain hash is as good as a slow one.</summary>
    public required byte[] Hash { get; init; }

    public DateTimeOffset? UsedAt { get; set; }
}

namespace Loopai.Core.Identity.Sessions;

/// <summary>One sign-in of a person, from its start to its end. The cookie only names it, so that ending the row ends the session everywhere.</summary>
public sealed class UserSession
{
    /// <summary>Of the names that a provider gives, in characters.</summary>
    public const int LongestProviderId = 256;

    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>How the person proved who they are.</summary>
    public required SignInMethod Method { get; init; }

    /// <summary>Whether something beyond a password was shown: a code, a passkey, or the identity provider's word for it.</summary>
    public bool SecondFactor { get; set; }

    /// <summary>Browser and system in words: <c>Firefox on Linux</c>.</summary>
    public required string Device { get; init; }

    /// <summary>The address that it was started from.</summary>
    public string? Address { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>To the minute.</summary>
    public required DateTimeOffset LastSeenAt { get; set; }

    /// <summary>When the person last proved who they are, by whatever means: at sign-in, or since when asked again.</summary>
    public required DateTimeOffset AuthenticatedAt { get; set; }

    /// <summary>
    /// When they last did so by a credential of this account; null while only an identity provider vouched. That one speaks for its organization, and
    /// must not be able to change the account, which may open others.
    /// </summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Why it ended: <c>signed_out</c>, <c>ended_by_person</c>, <c>password_changed</c>.</summary>
    public string? EndReason { get; set; }

    /// <summary>The organization whose identity provider vouched; null for a local sign-in.</summary>
    public Guid? SsoOrganizationId { get; init; }

    /// <summary>The connection to that provider.</summary>
    public Guid? SsoConnectionId { get; init; }

    /// <summary>The person's name at the provider.</summary>
    public string? SsoSubject { get; init; }

    /// <summary>The provider's own name for the session; its logout messages name it.</summary>
    public string? SsoSessionId { get; init; }

    /// <summary>Whether it still counts.</summary>
    public bool IsLive(DateTimeOffset now, TimeSpan idleLimit) => EndedAt is null && now - LastSeenAt < idleLimit;
}

/// <summary>How a session was started.</summary>
public enum SignInMethod
{
    Password,
    Passkey,
    Sso,
}

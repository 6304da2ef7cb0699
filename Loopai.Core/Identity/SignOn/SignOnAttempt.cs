using Loopai.Core.Data;

namespace Loopai.Core.Identity.SignOn;

/// <summary>What a round trip to a provider is for.</summary>
public enum SignOnPurpose
{
    /// <summary>To come in.</summary>
    SignIn,

    /// <summary>To see what would happen, and change nothing.</summary>
    Test,
}

/// <summary>A round trip that has begun: what the answer has to fit to. Taken once, by the browser that began it.</summary>
public sealed class SignOnAttempt : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ConnectionId { get; init; }

    /// <summary>SHA-256 of the handle that goes to the provider and back (OpenID Connect's <c>state</c>, SAML's request id).</summary>
    public required byte[] HandleHash { get; init; }

    /// <summary>SHA-256 of the secret that stays in a cookie of the browser.</summary>
    public required byte[] BrowserHash { get; init; }

    public required SignOnPurpose Purpose { get; init; }

    /// <summary>Where the person was going: a path of the portal.</summary>
    public required string ReturnPath { get; init; }

    /// <summary>The test that waits for the answer.</summary>
    public Guid? TestRunId { get; init; }

    /// <summary>What the protocol keeps until the answer comes, encrypted.</summary>
    public required string State { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A token, assertion or logout request that was taken. It is refused the second time, by every instance.</summary>
public sealed class UsedToken : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    public required Guid ConnectionId { get; init; }

    /// <summary>SHA-256 of the protocol's name for it.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>When the token is too old to be taken anyway.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

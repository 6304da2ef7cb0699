namespace Loopai.Core.Identity.SignOn;

/// <summary>What a protocol found out about a person, after it verified all it could. Nothing in it comes from anything unverified.</summary>
/// <param name="Subject">The provider's own, stable name for the person.</param>
/// <param name="Email">Their address, if the provider told one.</param>
/// <param name="EmailVerified">Whether the provider vouches for the address.</param>
/// <param name="DisplayName">Their name for people.</param>
/// <param name="Groups">Their groups, as the provider writes them.</param>
/// <param name="Claims">Everything that was said, for mapping rules and for the test's page.</param>
/// <param name="ProviderSessionId">The provider's name for its session, so that a logout there ends the session here.</param>
/// <param name="LogoutHint">What the provider wants to see again when the person signs out there; kept encrypted.</param>
public sealed record ExternalIdentity(
    string Subject, string? Email, bool EmailVerified, string? DisplayName, IReadOnlyList<string> Groups, IReadOnlyList<ExternalClaim> Claims,
    string? ProviderSessionId = null, string? LogoutHint = null);

/// <summary>One value of a claim or attribute; one with several values stands several times.</summary>
public sealed record ExternalClaim(string Name, string Value);

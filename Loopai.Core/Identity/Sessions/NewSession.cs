namespace Loopai.Core.Identity.Sessions;

/// <summary>What a session is started with.</summary>
/// <param name="UserId">Whose it is.</param>
/// <param name="Method">How the person proved who they are.</param>
/// <param name="SecondFactor">Whether more than a password was shown.</param>
/// <param name="Origin">Where from.</param>
/// <param name="Sso">The identity provider's part, where it was one.</param>
public sealed record NewSession(Guid UserId, SignInMethod Method, bool SecondFactor, RequestOrigin Origin, SsoSession? Sso = null);

/// <param name="OrganizationId">The organization whose provider it is.</param>
/// <param name="ConnectionId">The connection.</param>
/// <param name="Subject">The person's name at the provider.</param>
/// <param name="SessionId">The provider's name for its session; null when it has none.</param>
public sealed record SsoSession(Guid OrganizationId, Guid ConnectionId, string Subject, string? SessionId);

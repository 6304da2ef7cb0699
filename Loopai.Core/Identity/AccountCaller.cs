namespace Loopai.Core.Identity;

/// <summary>
/// A person who acts on their own account. Accounts stand beside organizations, so this is no <see cref="Access.Caller"/>: it holds no permission, and
/// none is needed for what is one's own.
/// </summary>
/// <param name="UserId">Whose account.</param>
/// <param name="SessionId">The session that the act comes from.</param>
/// <param name="Origin">Where from.</param>
public sealed record AccountCaller(Guid UserId, Guid SessionId, RequestOrigin Origin);

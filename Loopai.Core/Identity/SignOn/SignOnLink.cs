using Loopai.Core.Data;

namespace Loopai.Core.Identity.SignOn;

/// <summary>Who a provider's subject is here. A subject is one account for good; an account has one subject at a connection.</summary>
public sealed class SignOnLink : ITenantOwned
{
    public const int MaxSubjectLength = 255;

    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ConnectionId { get; init; }

    /// <summary>The provider's own name for the person: OpenID Connect's <c>sub</c>, SAML's NameID, a directory's object id.</summary>
    public required string Subject { get; init; }

    public required Guid UserId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastSignInAt { get; set; }

    /// <summary>What the provider wants to see again at a logout, encrypted; of the last sign-in.</summary>
    public string? LogoutHint { get; set; }
}

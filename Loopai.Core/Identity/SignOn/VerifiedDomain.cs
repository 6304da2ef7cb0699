using Loopai.Core.Data;

namespace Loopai.Core.Identity.SignOn;

/// <summary>A domain that an organization says is its own, and the proof. A domain is verified for one organization at a time.</summary>
public sealed class VerifiedDomain : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>As <see cref="EmailDomain.Normalize"/> writes it.</summary>
    public required string Domain { get; init; }

    /// <summary>What the TXT record has to carry.</summary>
    public required string Token { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when the proof stands; null while it is missing.</summary>
    public DateTimeOffset? VerifiedAt { get; set; }

    public DateTimeOffset? CheckedAt { get; set; }

    /// <summary>How many checks in a row did not find the record.</summary>
    public int FailedChecks { get; set; }

    /// <summary>What the last check found wrong.</summary>
    public string? LastFailure { get; set; }

    /// <summary>The text of the record that proves the domain.</summary>
    public string Record => $"loopai-verification={Token}";
}

using Loopai.Core.Data;

namespace Loopai.Core.Idempotency;

/// <summary>A request that carried an <c>Idempotency-Key</c>, and its answer once there is one.</summary>
public sealed class IdempotentRequest : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    /// <summary>Method, path and caller: the same key at another place is another request.</summary>
    public required string Scope { get; init; }

    public required string Key { get; init; }

    /// <summary>SHA-256 of the body.</summary>
    public required byte[] Fingerprint { get; init; }

    /// <summary>Null while the first request is still at work.</summary>
    public int? StatusCode { get; set; }

    public string? ContentType { get; set; }

    public string? Location { get; set; }

    /// <summary>The entity tag that the answer carried, quotes and all.</summary>
    public string? EntityTag { get; set; }

    public byte[]? Body { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; set; }
}

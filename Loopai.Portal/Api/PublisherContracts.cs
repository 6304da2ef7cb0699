using Loopai.Core.Plugins.Registry;

namespace Loopai.Portal.Api;

/// <summary>A publisher. Members, proof and offer are its organization's own, and absent for others and in lists.</summary>
public sealed record PublisherResponse(
    string Name, string DisplayName, string? Description, string? Website, bool IsPublic, bool IsVerified, string? VerifiedDomain, DateTimeOffset? VerifiedAt, DateTimeOffset? VerifiedUntil,
    int Plugins, PublisherRole? Role, int Revision, DateTimeOffset CreatedAt, IReadOnlyList<PublisherMemberResponse>? Members, PublisherProofResponse? Proof,
    DateTimeOffset? OfferedAt)
{
    public static PublisherResponse Of(PublisherItem item)
    {
        var p = item.Publisher;
        return new(
            p.Name, p.DisplayName, p.Description, p.Website, p.IsPublic, item.IsVerified, p.VerifiedDomain, p.VerifiedAt, p.VerifiedUntil, item.Plugins, item.Role, p.Revision, p.CreatedAt, null, null,
            null);
    }

    public static PublisherResponse Of(PublisherDetail detail) => !detail.IsOwn ? Of(detail.Item) : Of(detail.Item) with
    {
        Members = [.. detail.Members.Select(m => new PublisherMemberResponse(m.UserId, m.Name?.DisplayName, m.Name?.Email, m.Role, m.AddedAt))],
        Proof = detail.Proof is { } proof
            ? new PublisherProofResponse(proof.Domain, proof.RecordName, proof.Record, proof.FileUrl, proof.CheckedAt, proof.LastFailure) : null,
        OfferedAt = detail.Item.Publisher.OfferedAt,
    };
}

/// <summary>Somebody who publishes under a name.</summary>
public sealed record PublisherMemberResponse(Guid UserId, string? Name, string? Email, PublisherRole Role, DateTimeOffset AddedAt);

/// <summary>What proves a publisher's domain: a TXT record <c>record</c> at <c>recordName</c>, or a file with that line at <c>fileUrl</c>.</summary>
public sealed record PublisherProofResponse(string Domain, string RecordName, string Record, string FileUrl, DateTimeOffset? CheckedAt, string? LastFailure);

/// <summary>All publishers of an organization; there are few, so they come in one window.</summary>
public sealed record PublisherList(IReadOnlyList<PublisherResponse> Items, string? NextCursor);

/// <summary>A publisher that is offered.</summary>
public sealed record PublisherOffer(string Name, string DisplayName, DateTimeOffset? OfferedAt);

/// <summary>All that is offered.</summary>
public sealed record PublisherOfferList(IReadOnlyList<PublisherOffer> Items, string? NextCursor);

/// <summary>What somebody may do for a publisher.</summary>
public sealed record PublisherMemberRequest
{
    /// <summary><c>contributor</c> or <c>owner</c>.</summary>
    public string? Role { get; init; }
}

/// <summary>By what a publisher is to be verified.</summary>
public sealed record PublisherDomainRequest
{
    /// <summary>A domain, such as <c>acme.com</c>.</summary>
    public string? Domain { get; init; }
}

/// <summary>To whom a publisher is offered.</summary>
public sealed record PublisherOfferRequest
{
    /// <summary>The short name of the organization; an empty text takes the offer back.</summary>
    public string? Organization { get; init; }
}

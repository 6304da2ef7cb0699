using Loopai.Core.Data;

namespace Loopai.Core.Plugins.Registry;

/// <summary>A name under which an organization publishes plugins: the part before the dot of a plugin's key.</summary>
public sealed class Publisher : IPublicReadable
{
    public const int MaxDisplayNameLength = 100;
    public const int MaxDescriptionLength = 500;
    public const int MaxUrlLength = 500;

    /// <summary>The publisher of the plugins that come with Loopai; it belongs to no organization.</summary>
    public const string BuiltIn = "loopai";

    public required Guid Id { get; init; }

    /// <summary>Who owns it; <see cref="Guid.Empty"/> for Loopai's own.</summary>
    public required Guid OrganizationId { get; init; }

    /// <summary>Unique over the installation.</summary>
    public required string Name { get; init; }

    /// <summary>What its name looks like: two publishers never share it.</summary>
    public required string Skeleton { get; init; }

    public required string DisplayName { get; set; }

    public string? Description { get; set; }

    public string? Website { get; set; }

    /// <summary>Whether it has published something that all of the installation sees.</summary>
    public bool IsPublic { get; set; }

    /// <summary>The domain that proves who it is; null where none does.</summary>
    public string? VerifiedDomain { get; set; }

    public DateTimeOffset? VerifiedAt { get; set; }

    /// <summary>How the domain was proved; null while none is.</summary>
    public ProofMethod? VerifiedBy { get; set; }

    /// <summary>Until when the proof counts without being seen again.</summary>
    public DateTimeOffset? VerifiedUntil { get; set; }

    /// <summary>The organization that it is offered to.</summary>
    public Guid? OfferedToId { get; set; }

    public DateTimeOffset? OfferedAt { get; set; }

    /// <summary>Counts changes by people; the ETag.</summary>
    public int Revision { get; set; } = 1;

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>Whether its domain is proved, or it is Loopai's own.</summary>
    public bool IsVerified(DateTimeOffset now) => OrganizationId == Guid.Empty || VerifiedUntil > now;
}

/// <summary>How a domain is proved.</summary>
public enum ProofMethod
{
    /// <summary>A TXT record at <c>_loopai.</c> of the domain.</summary>
    Dns,

    /// <summary>A file at a well-known address of the domain.</summary>
    File,
}

/// <summary>A domain by which a publisher proves who it is, and how that went.</summary>
public sealed class PublisherProof : ITenantOwned
{
    public required Guid PublisherId { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>As <see cref="Identity.SignOn.EmailDomain.Normalize"/> writes it.</summary>
    public required string Domain { get; init; }

    /// <summary>What the record or the file has to carry.</summary>
    public required string Token { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? CheckedAt { get; set; }

    /// <summary>How many checks in a row found neither record nor file.</summary>
    public int FailedChecks { get; set; }

    /// <summary>What the last check found wrong.</summary>
    public string? LastFailure { get; set; }

    /// <summary>The text that proves the domain, as record and in the file.</summary>
    public string Record => $"loopai-verify={Token}";

    /// <summary>The name of the TXT record.</summary>
    public string RecordName => $"_loopai.{Domain}";

    /// <summary>The address of the file.</summary>
    public string FileUrl => $"https://{Domain}/.well-known/loopai-publisher.txt";
}

/// <summary>Somebody who publishes under a name.</summary>
public sealed class PublisherMember : ITenantOwned
{
    public required Guid PublisherId { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid UserId { get; init; }

    public required PublisherRole Role { get; set; }

    public required DateTimeOffset AddedAt { get; init; }
}

/// <summary>What a member of a publisher may do.</summary>
public enum PublisherRole
{
    /// <summary>Publishes, deprecates and yanks versions.</summary>
    Contributor,

    /// <summary>Also says who else may, proves the domain, and hands the name over.</summary>
    Owner,
}

/// <summary>A name that something was published under. It stays when that is gone, so that nobody else ever gets it.</summary>
public sealed class TakenName : ITenantOwned, IAppendOnly
{
    /// <summary>A publisher's name or a plugin's key.</summary>
    public required string Name { get; init; }

    public required Guid OrganizationId { get; init; }

    public required DateTimeOffset TakenAt { get; init; }
}

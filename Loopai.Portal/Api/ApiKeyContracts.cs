using Loopai.Core.ApiKeys;

namespace Loopai.Portal.Api;

/// <summary>What is asked of a new key.</summary>
public sealed record ApiKeyRequest
{
    public string? Name { get; init; }

    /// <summary><c>production</c>, <c>staging</c> or <c>dev</c>.</summary>
    public string? Environment { get; init; }

    public IReadOnlyList<string>? Permissions { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The only tasks that it may touch; left out for all.</summary>
    public IReadOnlyList<Guid>? TaskIds { get; init; }

    /// <summary>Networks that it may come from: <c>203.0.113.0/24</c>; left out for anywhere.</summary>
    public IReadOnlyList<string>? AddressRanges { get; init; }

    /// <summary>The service account that it belongs to; left out for whoever asks.</summary>
    public Guid? ServiceAccountId { get; init; }

    public CreateApiKey ToCreate() => new(Name, Environment, Permissions, ExpiresAt, TaskIds, AddressRanges, ServiceAccountId);
}

/// <summary>How a key is rotated.</summary>
public sealed record RotateRequest
{
    /// <summary>How long the old secret goes on: 0 to 744, 24 when left out.</summary>
    public int? OverlapHours { get; init; }
}

/// <summary>A key as the API shows it; <c>key</c> stands only in the answers to its creation and rotation.</summary>
public sealed record ApiKeyResponse(
    Guid Id, string Name, Guid EnvironmentId, string Environment, IReadOnlyList<string> Permissions, IReadOnlyCollection<Guid>? TaskIds,
    IReadOnlyList<string>? AddressRanges, string? Owner, Guid? OwnerId, Guid? ServiceAccountId, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt, bool IsOverAge, bool OwnerIsGone,
    IReadOnlyList<KeySecretResponse> Secrets, string? Key)
{
    public static ApiKeyResponse Of(ApiKeyEntry entry) => Of(entry.Key, entry.Environment, entry.Owner, entry.IsOverAge, entry.OwnerIsGone, null);

    public static ApiKeyResponse Of(CreatedApiKey created) => Of(created.Key, created.Environment, null, false, false, created.Text);

    private static ApiKeyResponse Of(ApiKey key, string environment, string? owner, bool isOverAge, bool ownerIsGone, string? text) => new(
        key.Id, key.Name, key.EnvironmentId, environment, key.Permissions.Split(' '), key.Tasks, key.AddressRanges?.Split(' '), owner, key.OwnerId, key.ServiceAccountId,
        key.CreatedBy, key.CreatedAt, key.ExpiresAt, key.RevokedAt, key.LastUsedAt, isOverAge, ownerIsGone, [.. key.Secrets.Select(KeySecretResponse.Of)], text);
}

/// <summary>A secret without what is secret about it.</summary>
public sealed record KeySecretResponse(
    Guid Id, string Hint, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt, string? LastUsedFrom)
{
    public static KeySecretResponse Of(ApiKeySecret secret) => new(
        secret.Id, secret.Hint, secret.CreatedAt, secret.ExpiresAt, secret.RevokedAt, secret.LastUsedAt, secret.LastUsedFrom);
}

/// <summary>All keys of an organization; there are few, so they come in one window.</summary>
public sealed record ApiKeyList(IReadOnlyList<ApiKeyResponse> Items, string? NextCursor);

/// <summary>What is asked of a new service account.</summary>
public sealed record ServiceAccountRequest
{
    public string? Name { get; init; }

    /// <summary>What it is for, and whom to ask.</summary>
    public string? Description { get; init; }
}

/// <summary>A service account as the API shows it.</summary>
public sealed record ServiceAccountResponse(Guid Id, string Name, string Description, int LiveKeys, string CreatedBy, DateTimeOffset CreatedAt)
{
    public static ServiceAccountResponse Of(ServiceAccount account, int liveKeys) => new(
        account.Id, account.Name, account.Description, liveKeys, account.CreatedBy, account.CreatedAt);
}

/// <summary>All service accounts; there are few, so they come in one window.</summary>
public sealed record ServiceAccountList(IReadOnlyList<ServiceAccountResponse> Items, string? NextCursor);

using System.Text.Json;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Portal.Api;

/// <summary>What can be changed of a connection; what is left out stays.</summary>
public record ConnectionChange
{
    public string? Name { get; init; }

    /// <summary>The protocol's settings, all of them.</summary>
    public JsonElement? Settings { get; init; }

    /// <summary>Secrets to set, by name; an empty one is taken away, those not named stay.</summary>
    public IReadOnlyDictionary<string, string>? Secrets { get; init; }

    /// <summary>Whether people of verified domains become members by signing in.</summary>
    public bool? AllowJustInTime { get; init; }

    public IReadOnlyList<MappingRequest>? Mapping { get; init; }

    public bool? Enabled { get; init; }

    public ConnectionDraft Draft() => new(
        Name, Settings, Secrets, AllowJustInTime,
        Mapping?.Select(r => new MappingRule(r.Claim ?? "", r.Value ?? "", r.Role, r.EnvironmentId, r.TaskId, r.TeamId)).ToList(), Enabled);
}

/// <summary>What a connection is made of.</summary>
public sealed record ConnectionRequest : ConnectionChange
{
    /// <summary>How the provider is spoken to.</summary>
    public SignOnKind? Kind { get; init; }

    /// <summary>The connection's id, a UUID; choose it to know the redirect URI beforehand. Left out, one is made.</summary>
    public Guid? Id { get; init; }
}

/// <summary>A rule: who has the value of the claim gets the role, or joins the team.</summary>
public sealed record MappingRequest
{
    /// <summary>A claim's name; <c>groups</c> stands for the person's groups.</summary>
    public string? Claim { get; init; }

    /// <summary>The value, or <c>*</c>.</summary>
    public string? Value { get; init; }

    public string? Role { get; init; }

    public Guid? EnvironmentId { get; init; }

    public Guid? TaskId { get; init; }

    public Guid? TeamId { get; init; }
}

/// <summary>A connection as the API shows it: of its secrets the names only.</summary>
public sealed record ConnectionResponse(
    Guid Id, SignOnKind Kind, string Name, bool Enabled, JsonElement Settings, IReadOnlyList<string> Secrets, bool AllowJustInTime,
    IReadOnlyList<MappingRule> Mapping, DateTimeOffset? TestedAt, bool? TestPassed, IReadOnlyDictionary<string, string> Addresses, int Revision,
    string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);

/// <summary>All connections of an organization; there are few, so they come in one window.</summary>
public sealed record ConnectionList(IReadOnlyList<ConnectionResponse> Items, string? NextCursor);

/// <summary>A dry run; <c>address</c> stands only in the answer to its beginning, <c>report</c> once it ended.</summary>
public sealed record TestResponse(
    Guid Id, string StartedBy, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, bool? Passed, string? Address, JsonElement? Report);

/// <summary>The last 500 who came in through a connection.</summary>
public sealed record PersonList(IReadOnlyList<LinkedPerson> Items, string? NextCursor);

/// <summary>The domain to claim.</summary>
public sealed record DomainRequest
{
    /// <summary>As it stands behind the @: <c>acme.com</c>.</summary>
    public string? Domain { get; init; }
}

/// <param name="Id">The claim.</param>
/// <param name="Domain">In lower-case ASCII.</param>
/// <param name="Record">The text of the TXT record that proves it, at the domain or at <c>_loopai.</c> beneath it.</param>
/// <param name="VerifiedAt">Since when the proof stands.</param>
/// <param name="CheckedAt">When it was looked for last.</param>
/// <param name="LastFailure">What was missing then.</param>
/// <param name="CreatedAt">When it was claimed.</param>
public sealed record DomainResponse(
    Guid Id, string Domain, string Record, DateTimeOffset? VerifiedAt, DateTimeOffset? CheckedAt, string? LastFailure, DateTimeOffset CreatedAt)
{
    public static DomainResponse Of(VerifiedDomain d) => new(d.Id, d.Domain, d.Record, d.VerifiedAt, d.CheckedAt, d.LastFailure, d.CreatedAt);
}

/// <summary>All domains of an organization; there are few, so they come in one window.</summary>
public sealed record DomainList(IReadOnlyList<DomainResponse> Items, string? NextCursor);

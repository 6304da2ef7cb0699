using Loopai.Core.Access;

namespace Loopai.Core.Plugins.Registry;

/// <summary>What a publisher is to be. Of a change, what is null stays; its name never changes.</summary>
public sealed record PublisherDefinition
{
    public string? Name { get; init; }

    /// <summary>How it is called in the marketplace.</summary>
    public string? DisplayName { get; init; }

    public string? Description { get; init; }

    /// <summary>Its place in the web, <c>https://</c>; an empty text for none.</summary>
    public string? Website { get; init; }
}

/// <summary>A publisher in a list.</summary>
/// <param name="Publisher">The publisher.</param>
/// <param name="IsVerified">Whether its domain is proved now.</param>
/// <param name="Plugins">How many plugins of it the caller sees.</param>
/// <param name="Role">What the caller is in it; null for nothing.</param>
public sealed record PublisherItem(Publisher Publisher, bool IsVerified, int Plugins, PublisherRole? Role);

/// <summary>A publisher with what only its own organization sees.</summary>
/// <param name="Item">The publisher.</param>
/// <param name="IsOwn">Whether it is the caller's organization's.</param>
/// <param name="Members">Who publishes under it; empty for others.</param>
/// <param name="Proof">The domain that is to prove it; null for none, and for others.</param>
public sealed record PublisherDetail(PublisherItem Item, bool IsOwn, IReadOnlyList<PublisherPerson> Members, PublisherProof? Proof);

/// <param name="UserId">The person.</param>
/// <param name="Name">How they are called; null for whoever left the organization.</param>
/// <param name="Role">What they may do.</param>
/// <param name="AddedAt">Since when.</param>
public sealed record PublisherPerson(Guid UserId, PersonName? Name, PublisherRole Role, DateTimeOffset AddedAt);

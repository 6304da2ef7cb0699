using System.Text.Json;

namespace Loopai.Core.Identity.SignOn;

/// <summary>What a connection is made of, or changed to; null leaves what there is.</summary>
/// <param name="Name">What people read on the sign-in page.</param>
/// <param name="Settings">The protocol's settings.</param>
/// <param name="Secrets">Secrets to set, by name; an empty one is taken away, those not named stay.</param>
/// <param name="AllowJustInTime">Whether newcomers become members.</param>
/// <param name="Mapping">What claims mean.</param>
/// <param name="Enabled">Whether people may come in through it.</param>
/// <param name="Id">A new connection's id, chosen beforehand so that its redirect URI is known before the provider tells the rest.</param>
public sealed record ConnectionDraft(
    string? Name = null, JsonElement? Settings = null, IReadOnlyDictionary<string, string>? Secrets = null, bool? AllowJustInTime = null,
    IReadOnlyList<MappingRule>? Mapping = null, bool? Enabled = null, Guid? Id = null);

/// <param name="UserId">The account.</param>
/// <param name="Email">Its address.</param>
/// <param name="Subject">The provider's name for the person.</param>
/// <param name="LastSignInAt">When they last came in through it.</param>
public sealed record LinkedPerson(Guid UserId, string? Email, string Subject, DateTimeOffset LastSignInAt);

/// <param name="Roles">The built-in roles and the organization's own.</param>
/// <param name="Environments">Where a role may be given.</param>
/// <param name="Teams">What people may join.</param>
public sealed record MappingChoices(IReadOnlyList<MappingChoice<string>> Roles, IReadOnlyList<MappingChoice<Guid>> Environments, IReadOnlyList<MappingChoice<Guid>> Teams);

/// <param name="Id">What the rule holds.</param>
/// <param name="Name">What people read.</param>
public sealed record MappingChoice<T>(T Id, string Name);

using Loopai.Core.Access;
using Loopai.Core.Organizations;

namespace Loopai.Portal.Pages.Members;

/// <summary>What a grant can be made of, and the words for one.</summary>
/// <param name="Roles">Every role.</param>
/// <param name="Environments">Every environment.</param>
/// <param name="Tasks">The tasks that the viewer sees: id and name.</param>
public sealed record GrantOptions(IReadOnlyList<Role> Roles, IReadOnlyList<OrganizationEnvironment> Environments, IReadOnlyDictionary<Guid, string> Tasks)
{
    /// <summary>Where a grant can reach: the organization, an environment or a task.</summary>
    public IReadOnlyList<Option> Places =>
    [
        new("", "Everywhere"),
        .. Environments.Select(e => new Option($"e:{e.Id}", $"In {e.Name}")),
        .. Tasks.OrderBy(t => t.Value, StringComparer.CurrentCultureIgnoreCase).Select(t => new Option($"t:{t.Key}", $"Task {t.Value}")),
    ];

    /// <summary>The roles that the caller could hand on, and those that are held already.</summary>
    public IReadOnlyList<Option> RolesFor(Caller caller, IEnumerable<string> held) =>
    [
        .. Roles.Where(role => held.Contains(role.Id, StringComparer.Ordinal) || caller.MayHandOn(role)).Select(role => new Option(role.Id, role.Name)),
    ];

    public string RoleName(string id) => Roles.FirstOrDefault(role => role.Id == id)?.Name ?? "a deleted role";

    /// <summary>Where it reaches, in words; null for everywhere.</summary>
    public string? PlaceName(GrantScope scope) =>
        scope.TaskId is { } task ? Tasks.GetValueOrDefault(task, "one task")
        : scope.EnvironmentId is { } environment ? Environments.FirstOrDefault(e => e.Id == environment)?.Name ?? "one environment"
        : null;

    public string Describe(string roleId, GrantScope scope) => PlaceName(scope) is { } place ? $"{RoleName(roleId)} · {place}" : RoleName(roleId);

    public static string PlaceOf(GrantScope scope) => scope.TaskId is { } task ? $"t:{task}" : scope.EnvironmentId is { } environment ? $"e:{environment}" : "";

    public static WantedGrant ToWanted(string roleId, string place) => new(
        roleId, place.StartsWith("e:", StringComparison.Ordinal) ? Guid.Parse(place[2..]) : null, place.StartsWith("t:", StringComparison.Ordinal) ? Guid.Parse(place[2..]) : null);
}

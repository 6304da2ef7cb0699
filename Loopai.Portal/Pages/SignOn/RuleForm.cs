using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Components.Inputs;

namespace Loopai.Portal.Pages.SignOn;

/// <summary>A mapping rule while somebody edits it. It gives one thing: a rule that gives a role and a team is shown as two.</summary>
public sealed class RuleForm
{
    private const string RolePrefix = "role:";
    private const string TeamPrefix = "team:";
    private const string TaskPrefix = "task:";

    public string Claim { get; set; } = AccessMapping.Groups;

    public string Value { get; set; } = "";

    /// <summary>The role or team, as the choice writes it.</summary>
    public string Gives { get; set; } = "";

    /// <summary>Where a role is given; empty for everywhere.</summary>
    public string Place { get; set; } = "";

    public bool GivesRole => Gives.StartsWith(RolePrefix, StringComparison.Ordinal);

    public static IEnumerable<RuleForm> Of(MappingRule rule)
    {
        var place = rule.TaskId is { } task ? TaskPrefix + task : rule.EnvironmentId?.ToString() ?? "";
        if (rule.Role is { } role)
        {
            yield return new RuleForm { Claim = rule.Claim, Value = rule.Value, Gives = RolePrefix + role, Place = place };
        }

        if (rule.TeamId is { } team)
        {
            yield return new RuleForm { Claim = rule.Claim, Value = rule.Value, Gives = TeamPrefix + team };
        }
    }

    public MappingRule ToRule() => new(
        Claim.Trim(), Value.Trim(), GivesRole ? Gives[RolePrefix.Length..] : null,
        GivesRole && Guid.TryParse(Place, out var environment) ? environment : null,
        GivesRole && Place.StartsWith(TaskPrefix, StringComparison.Ordinal) ? Guid.Parse(Place[TaskPrefix.Length..]) : null,
        Gives.StartsWith(TeamPrefix, StringComparison.Ordinal) ? Guid.Parse(Gives[TeamPrefix.Length..]) : null);

    /// <summary>What a rule may give.</summary>
    public static IReadOnlyList<Option> Gifts(MappingChoices choices) =>
    [
        .. choices.Roles.Select(role => new Option(RolePrefix + role.Id, role.Name)),
        .. choices.Teams.Select(team => new Option(TeamPrefix + team.Id, $"Team {team.Name}")),
    ];

    /// <summary>Where it may give it. A rule for one task is written in the API; it stays as it is.</summary>
    public IReadOnlyList<Option> Places(MappingChoices choices) =>
    [
        new("", "everywhere"), .. choices.Environments.Select(e => new Option(e.Id.ToString(), $"in {e.Name}")),
        .. Place.StartsWith(TaskPrefix, StringComparison.Ordinal) ? [new Option(Place, "on one task")] : Array.Empty<Option>(),
    ];
}

namespace Loopai.Core.Identity.SignOn;

/// <summary>"Who has this value of this claim gets that role, or joins that team."</summary>
/// <param name="Claim">A claim's or attribute's name; <see cref="AccessMapping.Groups"/> stands for the groups, however the protocol brings them.</param>
/// <param name="Value">The value, exactly; <c>*</c> for anybody who has the claim.</param>
/// <param name="Role">The role's key, or null.</param>
/// <param name="EnvironmentId">Only in this environment; null for the whole organization.</param>
/// <param name="TaskId">Only on this task.</param>
/// <param name="TeamId">The team to be in, or null.</param>
public sealed record MappingRule(string Claim, string Value, string? Role = null, Guid? EnvironmentId = null, Guid? TaskId = null, Guid? TeamId = null);

/// <summary>A role that the rules give, and where.</summary>
public sealed record MappedGrant(string Role, Guid? EnvironmentId = null, Guid? TaskId = null);

/// <param name="Grants">The roles, each once.</param>
/// <param name="Teams">The teams, each once.</param>
/// <param name="MatchedRules">Which rules applied, by their place.</param>
public sealed record MappedAccess(IReadOnlyList<MappedGrant> Grants, IReadOnlyList<Guid> Teams, IReadOnlyList<int> MatchedRules);

/// <summary>What claims mean here. Pure, so that a test run and a sign-in cannot differ.</summary>
public static class AccessMapping
{
    public const string Groups = "groups";
    public const string AnyValue = "*";

    public static MappedAccess Apply(IReadOnlyList<MappingRule> rules, ExternalIdentity identity)
    {
        var matched = Enumerable.Range(0, rules.Count).Where(place => Matches(rules[place], identity)).ToList();
        return new MappedAccess(
            [.. matched.Where(place => rules[place].Role is not null).Select(place => new MappedGrant(rules[place].Role!, rules[place].EnvironmentId, rules[place].TaskId)).Distinct()],
            [.. matched.Where(place => rules[place].TeamId is not null).Select(place => rules[place].TeamId!.Value).Distinct()],
            matched);
    }

    private static bool Matches(MappingRule rule, ExternalIdentity identity)
    {
        var values = identity.Claims.Where(claim => claim.Name == rule.Claim).Select(claim => claim.Value);
        if (rule.Claim == Groups)
        {
            values = values.Concat(identity.Groups);
        }

        return values.Any(value => rule.Value == AnyValue || rule.Value == value);
    }
}

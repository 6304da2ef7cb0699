using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Data;
using Loopai.Core.Organizations;

namespace Loopai.Core.Reports.Building.Sections;

/// <summary>Who may do what, at the time the report is made: members with their roles and teams, and keys with what they may do and when they were last used.</summary>
public sealed class AccessSection(MemberDirectory members, TeamService teams, RoleService roles, ApiKeyService keys) : ISectionSource
{
    public SectionKind Kind => SectionKind.Access;

    public string Title => "Access review";

    public async Task<SectionContent> ReadAsync(SectionContext context, ReportSection section, CancellationToken ct)
    {
        var caller = context.Caller;
        List<ReportBlock> blocks = [await PeopleAsync(caller, ct)];
        if (caller.May(Permissions.KeysRead))
        {
            blocks.Add(await KeysAsync(caller, ct));
        }

        return new SectionContent(
            section.Title.Length > 0 ? section.Title : Title, Kind, blocks,
            caller.May(Permissions.KeysRead) ? "As it was when the report was made." : "As it was when the report was made, without API keys, which take a permission to see.");
    }

    private async Task<TableBlock> PeopleAsync(Caller caller, CancellationToken ct)
    {
        var names = (await roles.ListAsync(caller, ct)).ToDictionary(r => r.Role.Id, r => r.Role.Name, StringComparer.Ordinal);
        var ofTeams = (await teams.ListAsync(caller, ct)).ToDictionary(t => t.Team.Id, t => t.Grants);
        var rows = new List<IReadOnlyList<object?>>();
        string? cursor = null;
        do
        {
            var page = await members.ListAsync(caller, new MemberFilter(), new PageRequest(PageRequest.MaxLimit, cursor), ct);
            rows.AddRange(page.Items.Select(m => (IReadOnlyList<object?>)
            [
                m.Name, m.Email, m.Status == MembershipStatus.Active ? "active" : "deactivated",
                Words([.. m.Grants, .. m.Teams.SelectMany(t => ofTeams.GetValueOrDefault(t.Id) ?? [])], names),
                string.Join(", ", m.Teams.Select(t => t.Name).Distinct(StringComparer.Ordinal)), m.JoinedAt,
            ]));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return new TableBlock([new("Person"), new("E-mail"), new("Status"), new("Roles"), new("Teams"), new("Member since", ValueKind.Day)], rows);
    }

    private static string Words(IReadOnlyList<Grant> grants, Dictionary<string, string> names) => string.Join(
        ", ",
        grants.Where(g => names.ContainsKey(g.RoleId))
            .Select(g => names[g.RoleId] + (g.TaskId is not null ? " (a task)" : g.EnvironmentId is not null ? " (an environment)" : "")).Distinct(StringComparer.Ordinal));

    private async Task<TableBlock> KeysAsync(Caller caller, CancellationToken ct) => new(
        [new("API key"), new("Of"), new("Environment"), new("May"), new("Last used", ValueKind.Time), new("Expires", ValueKind.Day)],
        [
            .. (await keys.ListAsync(caller, ct)).Where(k => k.Key.RevokedAt is null).Select(k => (IReadOnlyList<object?>)
            [
                k.Key.Name, k.Owner, k.Environment, k.Key.Permissions.Replace(" ", ", ", StringComparison.Ordinal), k.Key.Secrets.Max(s => s.LastUsedAt), k.Key.ExpiresAt,
            ]),
        ]);
}

using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.SignOn;

/// <summary>Connects an organization to its identity providers.</summary>
public sealed class ConnectionService(
    LoopaiData data, SignOnSecrets secrets, SessionService sessions, IEnumerable<ISignOnProtocol> protocols, TimeProvider time)
{
    private const int MaxConnections = 50;
    private readonly IReadOnlyDictionary<SignOnKind, ISignOnProtocol> _protocols = protocols.ToDictionary(p => p.Kind);

    public async Task<IReadOnlyList<SignOnConnection>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(caller, ct);
        return await db.SignOnConnections.AsNoTracking().OrderBy(c => c.CreatedAt).ThenBy(c => c.Id).ToListAsync(ct);
    }

    public async Task<SignOnConnection> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(caller, ct);
        return await FindAsync(db.SignOnConnections.AsNoTracking(), id, ct);
    }

    /// <summary>The names of the secrets that a connection has; their texts are nowhere to be had.</summary>
    public IReadOnlyList<string> SecretsOf(SignOnConnection connection) =>
        [.. secrets.Of(connection).Keys.Intersect(_protocols[connection.Kind].SecretNames).Order(StringComparer.Ordinal)];

    /// <summary>Connects a provider. Nobody comes in through it before it is enabled.</summary>
    public async Task<SignOnConnection> CreateAsync(Caller caller, SignOnKind kind, ConnectionDraft draft, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await data.DemandConfirmedAsync(caller, time.GetUtcNow(), ct);
        await using var db = await data.OpenAsync(caller, ct);
        if (await db.SignOnConnections.CountAsync(ct) >= MaxConnections)
        {
            throw new LimitExceededException("sign_on.too_many", $"An organization has at most {MaxConnections} connections. Delete one that is not used.");
        }

        var now = time.GetUtcNow();
        var connection = new SignOnConnection
        {
            Id = draft.Id is { } chosen && chosen != Guid.Empty ? chosen : Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, Kind = kind, Name = "", Settings = "{}", CreatedBy = caller.Name,
            CreatedAt = now, ChangedAt = now,
        };
        Apply(connection, draft with { Name = draft.Name ?? "", Settings = draft.Settings ?? JsonElement.Parse("{}") });
        await db.DemandHandOnAsync(caller, connection.MappingRules(), ct);
        db.SignOnConnections.Add(connection);
        db.Record(caller, "sign_on.connection_created", "sign_on_connection", connection.Id, Told(connection));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e) when (e.IsRace() && draft.Id is { } taken)
        {
            throw SignOnErrors.IdTaken(taken);
        }

        return connection;
    }

    /// <summary>Changes what the draft names.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="id">Which.</param>
    /// <param name="draft">What to change.</param>
    /// <param name="revision">The revision that the caller saw; null to change whatever there is.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<SignOnConnection> UpdateAsync(Caller caller, Guid id, ConnectionDraft draft, int? revision, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await data.DemandConfirmedAsync(caller, time.GetUtcNow(), ct);
        await using var db = await data.OpenAsync(caller, ct);
        var connection = await FindAsync(db.SignOnConnections, id, ct);
        if (revision is { } seen && seen != connection.Revision)
        {
            throw SignOnErrors.ChangedMeanwhile();
        }

        if (draft.Enabled == false)
        {
            await db.DemandAnotherWayInAsync(connection, ct);
        }

        var before = Told(connection);
        var isAnother = Apply(connection, draft);
        if (isAnother)
        {
            // Another authority knows other people under the same names: nobody's account may open to them.
            db.SignOnLinks.RemoveRange(await db.SignOnLinks.Where(l => l.ConnectionId == id).ToListAsync(ct));
        }

        if (draft.Mapping is not null || draft.Settings is not null)
        {
            // Whoever says which provider speaks says who the rules' people are.
            await db.DemandHandOnAsync(caller, connection.MappingRules(), ct);
        }

        db.Record(caller, "sign_on.connection_updated", "sign_on_connection", id,
            new { before, after = Told(connection), secrets = draft.Secrets?.Keys });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw SignOnErrors.ChangedMeanwhile();
        }

        if (isAnother)
        {
            await sessions.EndOfConnectionAsync(id, ct);
        }

        return connection;
    }

    /// <summary>Takes a connection away, with who is linked by it and the sessions that it began. People keep their accounts.</summary>
    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await data.DemandConfirmedAsync(caller, time.GetUtcNow(), ct);
        await using var db = await data.OpenAsync(caller, ct);
        var connection = await FindAsync(db.SignOnConnections, id, ct);
        await db.DemandAnotherWayInAsync(connection, ct);
        db.SignOnConnections.Remove(connection);
        db.Record(caller, "sign_on.connection_deleted", "sign_on_connection", id, Told(connection));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>What rules may give, for whoever writes them.</summary>
    public async Task<MappingChoices> ChoicesAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(caller, ct);
        return new MappingChoices(
            [.. (await db.RolesAsync(caller.OrganizationId, ct)).Values.Select(role => new MappingChoice<string>(role.Id, role.Name))],
            await db.Environments.OrderBy(e => e.Key).Select(e => new MappingChoice<Guid>(e.Id, e.Key)).ToListAsync(ct),
            await db.Teams.OrderBy(t => t.Name).Select(t => new MappingChoice<Guid>(t.Id, t.Name)).ToListAsync(ct));
    }

    /// <summary>Who came in through a connection, the last first.</summary>
    public async Task<IReadOnlyList<LinkedPerson>> PeopleAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(Caller.Installation, ct);
        return await db.SignOnLinks.Where(l => l.ConnectionId == id && l.OrganizationId == caller.OrganizationId)
            .OrderByDescending(l => l.LastSignInAt).ThenBy(l => l.Id).Take(500)
            .Join(db.Users, l => l.UserId, u => u.Id, (l, u) => new LinkedPerson(u.Id, u.Email, l.Subject, l.LastSignInAt))
            .ToListAsync(ct);
    }

    /// <summary>Forgets which subject an account is, so that its address may be linked to another; its sessions of this provider end.</summary>
    public async Task UnlinkAsync(Caller caller, Guid id, Guid userId, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(caller, ct);
        var link = await db.SignOnLinks.FirstOrDefaultAsync(l => l.ConnectionId == id && l.UserId == userId, ct)
            ?? throw SignOnErrors.NotLinked(userId);
        db.SignOnLinks.Remove(link);
        db.Record(caller, "sign_on.unlinked", "user", userId, new { connection = id, link.Subject });
        await db.SaveChangesAsync(ct);
        await sessions.EndOfProviderAsync(id, link.Subject, null, ct);
    }

    /// <summary>Writes the draft onto the connection; answers whether another authority speaks through it now.</summary>
    private bool Apply(SignOnConnection connection, ConnectionDraft draft)
    {
        var errors = new FieldErrors();
        errors
            .AddIf(draft.Name is { } name && (string.IsNullOrWhiteSpace(name) || name.Length > 200), "name", "Give the connection a name of at most 200 characters, such as Acme SSO.")
            .AddIf(!_protocols.ContainsKey(connection.Kind), "kind", $"Connections of the kind '{connection.Kind}' are not spoken here.");
        MappingChecks.Check(draft.Mapping, errors);
        var changedAuthority = _protocols.TryGetValue(connection.Kind, out var protocol) && ApplySettings(protocol, connection, draft, errors);
        var enabled = draft.Enabled ?? connection.Enabled;
        errors.AddIf(enabled && protocol is not null && !errors.Any && !IsSetUp(protocol, connection), "enabled", "Tell the connection its provider before you switch it on.");
        errors.ThrowIfAny("sign_on.invalid", "The connection cannot be kept like this.");

        connection.Name = draft.Name?.Trim() ?? connection.Name;
        connection.AllowJustInTime = draft.AllowJustInTime ?? connection.AllowJustInTime;
        connection.Mapping = draft.Mapping is null ? connection.Mapping : JsonSerializer.Serialize(draft.Mapping, JsonSerializerOptions.Web);
        connection.Enabled = enabled;
        connection.ChangedAt = time.GetUtcNow();
        connection.Revision++;
        return changedAuthority;
    }

    private bool ApplySettings(ISignOnProtocol protocol, SignOnConnection connection, ConnectionDraft draft, FieldErrors errors)
    {
        if (draft.Settings is null && draft.Secrets is null)
        {
            return false;
        }

        var kept = new Dictionary<string, string>(secrets.Of(connection), StringComparer.Ordinal);
        foreach (var (name, text) in draft.Secrets ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            errors.AddIf(!protocol.SecretNames.Contains(name), $"secrets.{name}", $"Such a connection has no secret '{name}'. It may have: {string.Join(", ", protocol.SecretNames)}.");
            if (string.IsNullOrEmpty(text) || !protocol.SecretNames.Contains(name))
            {
                kept.Remove(name);
            }
            else
            {
                kept[name] = text;
            }
        }

        var before = connection.Settings == "{}" ? null : protocol.Accept(JsonElement.Parse(connection.Settings), kept, new FieldErrors()).Authority;
        var accepted = protocol.Accept(draft.Settings ?? JsonElement.Parse(connection.Settings), kept, errors);
        connection.Settings = accepted.Json;
        if (draft.Secrets is not null)
        {
            connection.Secrets = kept.Count == 0 ? null : secrets.Protect(connection.OrganizationId, kept);
        }

        if (draft.Settings is not null)
        {
            // What was tested was something else.
            (connection.TestedAt, connection.TestPassed) = (null, null);
        }

        return before is not null && before != accepted.Authority;
    }

    private bool IsSetUp(ISignOnProtocol protocol, SignOnConnection connection) =>
        protocol.Accept(JsonElement.Parse(connection.Settings), secrets.Of(connection), new FieldErrors()).Authority is not null;

    private static async Task<SignOnConnection> FindAsync(IQueryable<SignOnConnection> connections, Guid id, CancellationToken ct) =>
        await connections.FirstOrDefaultAsync(c => c.Id == id, ct) ?? throw SignOnErrors.ConnectionNotFound(id);

    private static object Told(SignOnConnection connection) => new
    {
        connection.Name, connection.Kind, connection.Enabled, settings = JsonElement.Parse(connection.Settings), connection.AllowJustInTime,
        mapping = JsonElement.Parse(connection.Mapping),
    };
}

using System.Net;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;

namespace Loopai.Core.Audit;

/// <summary>Which events are wanted; what is null does not narrow.</summary>
public sealed record AuditFilter
{
    /// <summary>A person's or key's id, a kind (<c>user</c>, <c>key</c>, <c>system</c>), or part of a name.</summary>
    public string? Actor { get; init; }

    /// <summary>One action, or all that begin alike: <c>task.*</c>.</summary>
    public string? Action { get; init; }

    /// <summary>A kind (<c>task</c>), a kind with an id (<c>task:0198…</c>), or an id.</summary>
    public string? Object { get; init; }

    public AuditResult? Result { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? To { get; init; }

    public string? Address { get; init; }

    /// <summary>Part of a name, an id, a reason, a trace id, or of what was changed.</summary>
    public string? Text { get; init; }

    /// <exception cref="InvalidException">It cannot be meant like this.</exception>
    public AuditFilter Validated()
    {
        new FieldErrors()
            .AddIf(From >= To, "from", "'from' lies before 'to'.")
            .AddIf(Address is not null && !IPAddress.TryParse(Address, out _), "address", "address is an IP address, such as 203.0.113.7.")
            .AddIf(Action?.TrimEnd('*').Contains('*', StringComparison.Ordinal) == true, "action", "action is a name such as task.created, or the beginning of one with a star: task.*")
            .ThrowIfAny("audit.filter", "The log cannot be filtered like this.");
        return this;
    }

    internal IQueryable<AuditEvent> Apply(IQueryable<AuditEvent> rows)
    {
        rows = From is { } from ? rows.Where(e => e.At >= from) : rows;
        rows = To is { } to ? rows.Where(e => e.At < to) : rows;
        rows = Result is { } result ? rows.Where(e => e.Result == result) : rows;
        if (Address is not null && IPAddress.TryParse(Address, out var parsed))
        {
            var address = parsed.ToString();
            rows = rows.Where(e => e.Address == address);
        }

        return ByText(ByObject(ByAction(ByActor(rows))));
    }

    private IQueryable<AuditEvent> ByActor(IQueryable<AuditEvent> rows)
    {
        if (string.IsNullOrWhiteSpace(Actor))
        {
            return rows;
        }

        if (Guid.TryParse(Actor, out var id))
        {
            return rows.Where(e => e.ActorId == id || e.OnBehalfOfId == id);
        }

        var kind = Actor.ToLowerInvariant() switch { "user" or "person" => CallerKind.User, "key" or "api_key" => CallerKind.ApiKey, "system" => CallerKind.System, "directory" => CallerKind.Directory, _ => (CallerKind?)null };
        if (kind is { } known)
        {
            var word = known.ToString();
            return rows.Where(e => e.ActorKind == word);
        }

        var name = Actor.Trim().ToLowerInvariant();
        return rows.Where(e => e.ActorName.ToLower().Contains(name) || (e.OnBehalfOfName != null && e.OnBehalfOfName.ToLower().Contains(name)));
    }

    private IQueryable<AuditEvent> ByAction(IQueryable<AuditEvent> rows)
    {
        if (string.IsNullOrWhiteSpace(Action))
        {
            return rows;
        }

        var action = Action.Trim().ToLowerInvariant();
        if (!action.EndsWith('*'))
        {
            return rows.Where(e => e.Action == action);
        }

        var beginning = action.TrimEnd('*');
        return rows.Where(e => e.Action.StartsWith(beginning));
    }

    private IQueryable<AuditEvent> ByObject(IQueryable<AuditEvent> rows)
    {
        if (string.IsNullOrWhiteSpace(Object))
        {
            return rows;
        }

        var colon = Object.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0)
        {
            var (kind, id) = (Object[..colon], Object[(colon + 1)..]);
            return rows.Where(e => e.ObjectKind == kind && e.ObjectId == id);
        }

        var either = Object.Trim();
        return Guid.TryParse(either, out _) ? rows.Where(e => e.ObjectId == either) : rows.Where(e => e.ObjectKind == either || e.ObjectId == either);
    }

    private IQueryable<AuditEvent> ByText(IQueryable<AuditEvent> rows)
    {
        if (string.IsNullOrWhiteSpace(Text))
        {
            return rows;
        }

        var text = Text.Trim().ToLowerInvariant();
        return rows.Where(e => e.Action.Contains(text) || e.ActorName.ToLower().Contains(text) || e.ObjectId.Contains(text) || e.TraceId == text
            || (e.ObjectName != null && e.ObjectName.ToLower().Contains(text)) || (e.Reason != null && e.Reason.ToLower().Contains(text))
            || (e.Before != null && e.Before.ToLower().Contains(text)) || (e.After != null && e.After.ToLower().Contains(text))
            || (e.Details != null && e.Details.ToLower().Contains(text)));
    }
}

/// <summary>How a list of events is ordered.</summary>
public enum AuditSort
{
    Newest,
    Oldest,
}

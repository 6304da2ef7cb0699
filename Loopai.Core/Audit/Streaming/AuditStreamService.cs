using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Outbound;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Audit.Streaming;

/// <summary>Where an organization's audit log is carried to.</summary>
public sealed class AuditStreamService(LoopaiData data, OutboundHttp outbound, AuditStreamSecrets secrets, AuditStreamSender sender, TimeProvider time)
{
    public const int MaxStreams = 10;

    private const string Kind = "audit_stream";

    /// <summary>All streams of the organization with how far each is behind.</summary>
    public async Task<IReadOnlyList<AuditStreamState>> ListAsync(Caller caller, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditRead);
        await using var db = await data.OpenAsync(caller, ct);
        var last = await db.AuditLogs.Select(l => l.LastSequence).FirstOrDefaultAsync(ct);
        var streams = await db.AuditStreams.AsNoTracking().OrderBy(s => s.CreatedAt).ThenBy(s => s.Id).ToListAsync(ct);
        return streams.ConvertAll(s => new AuditStreamState(s, Math.Max(0, last - s.Cursor)));
    }

    /// <summary>Begins a stream. A webhook's secret is made here unless one is given; the answer is the only place where it stands.</summary>
    public async Task<CreatedAuditStream> CreateAsync(Caller caller, NewAuditStream request, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditManage);
        await using var db = await data.OpenAsync(caller, ct);
        var secret = string.IsNullOrEmpty(request.Secret) && request.Kind == AuditStreamKind.Webhook ? StandardWebhook.CreateSecret() : request.Secret ?? "";
        Check(request.Name, request.Url, request.Kind, secret)
            .AddIf(request.Kind is null, "kind", "Say what listens: webhook or splunk.")
            .ThrowIfAny("audit.stream_invalid", "The stream cannot be made like this.");
        if (await db.AuditStreams.CountAsync(ct) >= MaxStreams)
        {
            throw AuditErrors.TooManyStreams(MaxStreams);
        }

        var stream = new AuditStream
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = caller.OrganizationId,
            Name = request.Name!.Trim(),
            Kind = request.Kind!.Value,
            Url = request.Url!.Trim(),
            ProtectedSecret = secrets.Protect(secret),
            Cursor = request.FromStart ? 0 : await db.AuditLogs.Select(l => l.LastSequence).FirstOrDefaultAsync(ct),
            CreatedBy = caller.Name,
            CreatedAt = time.GetUtcNow(),
        };
        db.AuditStreams.Add(stream);
        db.Record(caller, "audit_stream.created", Kind, stream.Id, new { after = Shown(stream) });
        await db.SaveChangesAsync(ct);
        return new CreatedAuditStream(stream, secret);
    }

    /// <summary>Changes what is given. A stream that is switched on again tries at once, from where it stood.</summary>
    public async Task<AuditStream> UpdateAsync(Caller caller, Guid id, AuditStreamChange change, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditManage);
        await using var db = await data.OpenAsync(caller, ct);
        var stream = await FindAsync(db, id, ct);
        Check(change.Name ?? stream.Name, change.Url ?? stream.Url, stream.Kind, change.Secret ?? secrets.Unprotect(stream.ProtectedSecret))
            .AddIf(
                stream.Kind == AuditStreamKind.Splunk && change.Secret is null && OutboundHttp.IsElsewhere(stream.Url, change.Url), "secret",
                "The address is another server's, which is not told the token of this one. Give the token that the new one shows.")
            .ThrowIfAny("audit.stream_invalid", "The stream cannot be changed like this.");
        var before = Shown(stream);
        stream.Name = change.Name?.Trim() ?? stream.Name;
        stream.Url = change.Url?.Trim() ?? stream.Url;
        stream.ProtectedSecret = change.Secret is null ? stream.ProtectedSecret : secrets.Protect(change.Secret);
        stream.IsEnabled = change.IsEnabled ?? stream.IsEnabled;
        (stream.Attempts, stream.NextAttemptAt) = (0, null);
        db.Record(caller, "audit_stream.updated", Kind, stream.Id, new { before, after = Shown(stream), secretReplaced = change.Secret is not null });
        await db.SaveChangesAsync(ct);
        return stream;
    }

    /// <summary>Ends a stream.</summary>
    public async Task DeleteAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditManage);
        await using var db = await data.OpenAsync(caller, ct);
        var stream = await FindAsync(db, id, ct);
        db.AuditStreams.Remove(stream);
        db.Record(caller, "audit_stream.deleted", Kind, stream.Id, new { before = Shown(stream) });
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Sends one made-up event, which has no number, and tells what came of it.</summary>
    public async Task<AuditStreamTest> TestAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.AuditManage);
        await using var db = await data.OpenAsync(caller, ct);
        var stream = await FindAsync(db, id, ct);
        var made = new AuditEvent
        {
            Id = Guid.CreateVersion7(), OrganizationId = caller.OrganizationId, At = time.GetUtcNow(), Action = "audit_stream.tested",
            ActorKind = caller.Kind.ToString(), ActorId = caller.Id, ActorName = caller.Name, ObjectKind = Kind, ObjectId = $"{id}", ObjectName = stream.Name,
        };
        var error = await sender.SendAsync(stream, [new AuditRecord(made, 0, new byte[AuditText.HashLength])], ct);
        db.Record(caller, "audit_stream.tested", Kind, id, error is null ? AuditResult.Success : AuditResult.Failed, error, new { stream.Name });
        await db.SaveChangesAsync(ct);
        return new AuditStreamTest(error is null, error);
    }

    private FieldErrors Check(string? name, string? url, AuditStreamKind? kind, string secret) => new FieldErrors()
        .AddIf(string.IsNullOrWhiteSpace(name) || name.Length > 200, "name", "Give the stream a name of at most 200 characters.")
        .AddIf(outbound.Accept(url?.Trim()) is null || url?.Length > 500, "url", "Give a whole https:// address without a user name, of at most 500 characters.")
        .AddIf(kind == AuditStreamKind.Webhook && !StandardWebhook.IsSecret(secret), "secret", "A webhook's secret is whsec_ and 24 to 64 bytes in base64. Leave it out to have one made.")
        .AddIf(kind == AuditStreamKind.Splunk && (secret.Length is < 8 or > 200 || !secret.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')), "secret", "Give the token of the HTTP Event Collector, as Splunk shows it.");

    private static object Shown(AuditStream stream) => new { stream.Name, stream.Kind, stream.Url, stream.IsEnabled };

    private static async Task<AuditStream> FindAsync(LoopaiDbContext db, Guid id, CancellationToken ct) =>
        await db.AuditStreams.FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw AuditErrors.StreamNotFound(id);
}

/// <param name="Stream">The stream.</param>
/// <param name="Behind">How many events it has yet to carry.</param>
public sealed record AuditStreamState(AuditStream Stream, long Behind);

/// <param name="Name">What people call it.</param>
/// <param name="Kind">What listens.</param>
/// <param name="Url">Where.</param>
/// <param name="Secret">Splunk's token, or a webhook's own secret; null has one made.</param>
/// <param name="FromStart">Carries the whole log, instead of what comes from now on.</param>
public sealed record NewAuditStream(string? Name, AuditStreamKind? Kind, string? Url, string? Secret = null, bool FromStart = false);

/// <summary>What is left out stays.</summary>
public sealed record AuditStreamChange(string? Name = null, string? Url = null, string? Secret = null, bool? IsEnabled = null);

/// <param name="Stream">The stream.</param>
/// <param name="Secret">Its secret; shown once.</param>
public sealed record CreatedAuditStream(AuditStream Stream, string Secret);

/// <param name="Delivered">Whether the other end took the event.</param>
/// <param name="Error">What it said otherwise.</param>
public sealed record AuditStreamTest(bool Delivered, string? Error);

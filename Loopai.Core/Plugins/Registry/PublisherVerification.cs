using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Outbound;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Plugins.Registry;

/// <summary>Proves that a publisher is who has a domain: by a record in its DNS, or a file on its web server. Looked at again every day.</summary>
public sealed class PublisherVerification(LoopaiData data, IDnsTxtResolver dns, OutboundHttp outbound, PublisherService publishers, TimeProvider time)
{
    /// <summary>A record may be missing for a while, when a zone is moved, before the proof is lost.</summary>
    private const int ChecksUntilLost = 3;

    private const int MaxFileLength = 4_096;

    /// <summary>How long a proof counts that could not be looked at.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private static readonly TimeSpan CheckedEvery = TimeSpan.FromHours(24);

    /// <summary>Says by which domain the publisher is to be proved. Another domain than before takes another proof; the old one counts no more.</summary>
    public async Task<PublisherDetail> ClaimAsync(Caller caller, string name, string? domain, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        var claimed = EmailDomain.Normalize(domain)
            ?? throw new InvalidException("publisher.domain_invalid", "domain", "Give a domain of yours, such as acme.com.");
        await using var db = await data.OpenAsync(caller, ct);
        var publisher = await db.RequirePublisherAsync(caller, name, PublisherRole.Owner, ct);
        var proof = await db.PublisherProofs.FirstOrDefaultAsync(p => p.PublisherId == publisher.Id, ct);
        if (proof?.Domain != claimed)
        {
            if (proof is not null)
            {
                await db.PublisherProofs.Where(p => p.PublisherId == publisher.Id).ExecuteDeleteAsync(ct);
                db.ChangeTracker.Clear();
                publisher = await db.RequirePublisherAsync(caller, name, PublisherRole.Owner, ct);
            }

            Forget(publisher);
            db.PublisherProofs.Add(new PublisherProof
            {
                PublisherId = publisher.Id, OrganizationId = caller.OrganizationId, Domain = claimed, CreatedAt = time.GetUtcNow(),
                Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20)),
            });
            publisher.Revision++;
            db.Record(caller, "publisher.domain_claimed", PublisherService.Kind, publisher.Id, new { name, domain = claimed });
            await PublisherService.SaveAsync(db, ct);
        }

        return await publishers.GetAsync(caller, name, ct);
    }

    /// <summary>Looks for record and file now.</summary>
    /// <exception cref="ConflictException">Neither is there; the message says what was looked for.</exception>
    public async Task<PublisherDetail> VerifyAsync(Caller caller, string name, CancellationToken ct)
    {
        caller.Demand(Permissions.PluginsPublish);
        await using var db = await data.OpenAsync(caller, ct);
        var publisher = await db.RequirePublisherAsync(caller, name, PublisherRole.Owner, ct);
        var proof = await db.PublisherProofs.FirstOrDefaultAsync(p => p.PublisherId == publisher.Id, ct) ?? throw RegistryErrors.NoProof();
        if (!await CheckAsync(db, caller, publisher, proof, ct))
        {
            throw RegistryErrors.ProofMissing(proof.LastFailure!);
        }

        return await publishers.GetAsync(caller, name, ct);
    }

    /// <summary>Looks again at every proof whose turn it is; how many. Of several portals, one gets each.</summary>
    public async Task<int> CheckDueAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var before = now - CheckedEvery;
        List<PublisherProof> due;
        await using (var all = await data.OpenAsync(Caller.Installation, ct))
        {
            due = await all.PublisherProofs.AsNoTracking().Where(p => p.CheckedAt == null || p.CheckedAt < before).OrderBy(p => p.CheckedAt).Take(100).ToListAsync(ct);
        }

        foreach (var proof in due)
        {
            var caller = Caller.System(proof.OrganizationId);
            await using var db = await data.OpenAsync(caller, ct);
            if (await db.PublisherProofs.Where(p => p.PublisherId == proof.PublisherId && (p.CheckedAt == null || p.CheckedAt < before))
                .ExecuteUpdateAsync(set => set.SetProperty(p => p.CheckedAt, now), ct) == 1)
            {
                await CheckAsync(
                    db, caller, await db.Publishers.SingleAsync(p => p.Id == proof.PublisherId, ct), await db.PublisherProofs.SingleAsync(p => p.PublisherId == proof.PublisherId, ct), ct);
            }
        }

        return due.Count;
    }

    private async Task<bool> CheckAsync(LoopaiDbContext db, Caller caller, Publisher publisher, PublisherProof proof, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var was = publisher.IsVerified(now);
        proof.CheckedAt = now;
        var (found, fault) = await LookAsync(proof, ct);
        if (found is { } method)
        {
            (proof.FailedChecks, proof.LastFailure) = (0, null);
            (publisher.VerifiedDomain, publisher.VerifiedBy, publisher.VerifiedUntil) = (proof.Domain, method, now + Lifetime);
            publisher.VerifiedAt ??= now;
        }
        else
        {
            proof.LastFailure = fault ?? $"Neither the record '{proof.Record}' at {proof.RecordName} nor a file with it at {proof.FileUrl} is there. A new record may take some hours to be seen.";

            // That DNS or the server could not be asked says nothing about the domain; the proof runs out by itself.
            proof.FailedChecks += fault is null ? 1 : 0;
            if (proof.FailedChecks >= ChecksUntilLost || publisher.VerifiedUntil <= now)
            {
                Forget(publisher);
            }
        }

        if (was != publisher.IsVerified(now))
        {
            publisher.Revision++;
            db.Record(caller, was ? "publisher.verification_lost" : "publisher.verified", PublisherService.Kind, publisher.Id, new { publisher.Name, proof.Domain });
        }

        await PublisherService.SaveAsync(db, ct);
        return found is not null;
    }

    /// <summary>How the proof was found; otherwise why neither place could be asked, or null where they were and have it not.</summary>
    private async Task<(ProofMethod? Found, string? Fault)> LookAsync(PublisherProof proof, CancellationToken ct)
    {
        string? fault = null;
        try
        {
            if ((await dns.TxtAsync(proof.RecordName, ct)).Any(text => text.Trim() == proof.Record))
            {
                return (ProofMethod.Dns, null);
            }
        }
        catch (UnavailableException e)
        {
            fault = e.Message;
        }

        return await FileHasAsync(proof, ct) ? (ProofMethod.File, null) : (null, fault);
    }

    private async Task<bool> FileHasAsync(PublisherProof proof, CancellationToken ct)
    {
        try
        {
            // Not followed elsewhere: what another server says proves nothing about this one.
            using var answer = await outbound.Client.GetAsync(proof.FileUrl, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!answer.IsSuccessStatusCode || answer.RequestMessage?.RequestUri?.Host.Equals(proof.Domain, StringComparison.OrdinalIgnoreCase) != true)
            {
                return false;
            }

            await using var body = await answer.Content.ReadAsStreamAsync(ct);
            var text = new byte[MaxFileLength];
            var length = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, ct);
            return System.Text.Encoding.UTF8.GetString(text.AsSpan(0, length)).Split('\n').Any(line => line.Trim() == proof.Record);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException or LoopaiException)
        {
            return false;
        }
    }

    private static void Forget(Publisher publisher) =>
        (publisher.VerifiedDomain, publisher.VerifiedAt, publisher.VerifiedBy, publisher.VerifiedUntil) = (null, null, null, null);
}

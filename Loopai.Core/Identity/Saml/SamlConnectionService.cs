using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Audit;
using Loopai.Core.Data;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Saml.Metadata;
using Loopai.Core.Identity.Saml.Xml;
using Loopai.Core.Identity.Sessions;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Outbound;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.Saml;

/// <summary>Sets up a SAML connection: what it knows of its provider, and the certificates that it shows to it.</summary>
public sealed class SamlConnectionService(LoopaiData data, ConnectionService connections, SamlKeys keys, OutboundHttp outbound, TimeProvider time)
{
    /// <summary>The most characters of a metadata document.</summary>
    public const int MaxMetadata = HardenedXml.MaxMetadata;

    /// <summary>The settings and the certificates, the active ones first.</summary>
    public async Task<SamlSetup> GetAsync(Caller caller, Guid id, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await using var db = await data.OpenAsync(caller, ct);
        return await SetupAsync(await FindAsync(db, id, ct), ct);
    }

    /// <summary>Puts other settings in the place of those there are.</summary>
    public Task<SamlSetup> UpdateAsync(Caller caller, Guid id, SamlSettings settings, CancellationToken ct) => ChangeAsync(caller, id, _ => settings, ct);

    /// <summary>Reads the provider's metadata into the settings; demands and attribute names stay.</summary>
    /// <exception cref="InvalidException">It is no metadata of one identity provider.</exception>
    public Task<SamlSetup> ImportAsync(Caller caller, Guid id, string? xml, CancellationToken ct) =>
        ChangeAsync(caller, id, now => IdentityProviderMetadata.Import(xml ?? "", now) with { MetadataUrl = null }, ct);

    /// <summary>Fetches the provider's metadata, and remembers from where.</summary>
    /// <exception cref="InvalidException">The address is none to ask, nothing usable lies there, or it is no metadata.</exception>
    public async Task<SamlSetup> ImportFromAsync(Caller caller, Guid id, string? url, CancellationToken ct)
    {
        await GetAsync(caller, id, ct);
        var address = outbound.Accept(url) ?? throw SamlErrors.Metadata("Give the https address of the identity provider's metadata.");
        string xml;
        try
        {
            xml = await outbound.Client.GetStringAsync(address, ct);
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            throw SamlErrors.Metadata($"The metadata could not be fetched from {address.Host}. Check the address, or import the metadata as a file.");
        }

        return await ChangeAsync(caller, id, now => IdentityProviderMetadata.Import(xml, now) with { MetadataUrl = address.ToString() }, ct);
    }

    /// <summary>Makes the certificate that will follow the active one. The metadata lists both, so that the provider can be told before anything changes.</summary>
    public Task<SamlSetup> AddCertificateAsync(Caller caller, Guid id, SamlKeyUse use, CancellationToken ct) => ChangeKeysAsync(
        caller, id, "sign_on.certificate_added",
        ring => ring.Of(use).Count() >= SamlKeyRing.MaxOfUse
            ? throw SamlErrors.RolloverUnderWay()
            : ring with { Keys = [.. ring.Keys, SamlKey.Create($"Loopai {id}", use, active: false, time.GetUtcNow())] },
        ct);

    /// <summary>From now on messages are signed with this certificate, or are to be encrypted for it.</summary>
    public Task<SamlSetup> ActivateCertificateAsync(Caller caller, Guid id, Guid certificateId, CancellationToken ct) =>
        ChangeKeysAsync(caller, id, "sign_on.certificate_activated", ring => ring.Activate(Find(ring, certificateId)), ct);

    /// <summary>Ends a rollover: takes away the certificate that is not active.</summary>
    public Task<SamlSetup> RemoveCertificateAsync(Caller caller, Guid id, Guid certificateId, CancellationToken ct) => ChangeKeysAsync(
        caller, id, "sign_on.certificate_removed",
        ring => Find(ring, certificateId) is { Active: true } ? throw SamlErrors.CertificateActive() : ring with { Keys = [.. ring.Keys.Where(k => k.Id != certificateId)] },
        ct);

    /// <summary>Through the verb that changes connections of every kind, which knows what else a change of provider means.</summary>
    private async Task<SamlSetup> ChangeAsync(Caller caller, Guid id, Func<SamlSettings, SamlSettings> change, CancellationToken ct)
    {
        var before = await GetAsync(caller, id, ct);
        var settings = JsonSerializer.SerializeToElement(change(before.Settings), SignOnJson.Options);
        return await SetupAsync(await connections.UpdateAsync(caller, id, new ConnectionDraft(Settings: settings), before.Revision, ct), ct);
    }

    private async Task<SamlSetup> ChangeKeysAsync(Caller caller, Guid id, string action, Func<SamlKeyRing, SamlKeyRing> change, CancellationToken ct)
    {
        caller.Demand(Permissions.SignOnManage);
        await data.DemandConfirmedAsync(caller, time.GetUtcNow(), ct);
        await using var db = await data.OpenAsync(caller, ct);
        var connection = await FindAsync(db, id, ct);
        var before = await keys.OfAsync(connection, ct);
        var ring = change(before);
        connection.Secrets = keys.Write(connection, ring);
        connection.ChangedAt = time.GetUtcNow();
        connection.Revision++;
        db.Record(
            caller, action, "sign_on_connection", id, new { connection.Name, certificates = ring.Keys.Select(SamlCertificate.Of).Select(c => new { c.Use, c.Fingerprint, c.Active }) });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw SamlErrors.Changed();
        }

        return Setup(connection, ring);
    }

    private async Task<SamlSetup> SetupAsync(SignOnConnection connection, CancellationToken ct) => Setup(connection, await keys.OfAsync(connection, ct));

    private static async Task<SignOnConnection> FindAsync(LoopaiDbContext db, Guid id, CancellationToken ct) =>
        await db.SignOnConnections.FirstOrDefaultAsync(c => c.Id == id && c.Kind == SignOnKind.Saml, ct) ?? throw SamlErrors.NotFound(id);

    private static SamlKey Find(SamlKeyRing ring, Guid id) => ring.Keys.FirstOrDefault(k => k.Id == id) ?? throw SamlErrors.CertificateNotFound(id);

    private static SamlSetup Setup(SignOnConnection connection, SamlKeyRing ring) => new(
        connection.Id, connection.ReadSettings<SamlSettings>(),
        [.. ring.Keys.OrderBy(k => k.Use).ThenByDescending(k => k.Active).Select(SamlCertificate.Of)], connection.Revision);
}

/// <param name="ConnectionId">The connection.</param>
/// <param name="Settings">What it knows and demands.</param>
/// <param name="Certificates">What it shows to the provider.</param>
/// <param name="Revision">Counts changes.</param>
public sealed record SamlSetup(Guid ConnectionId, SamlSettings Settings, IReadOnlyList<SamlCertificate> Certificates, int Revision);

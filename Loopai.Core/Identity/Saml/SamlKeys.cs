using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Identity.SignOn;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Identity.Saml;

/// <summary>Finds a connection's keys among its secrets, and makes the first ones when somebody needs them.</summary>
public sealed class SamlKeys(LoopaiData data, SignOnSecrets secrets, TimeProvider time)
{
    internal async Task<SamlKeyRing> OfAsync(SignOnConnection connection, CancellationToken ct)
    {
        if (Read(connection) is { } ring)
        {
            return ring;
        }

        ring = SamlKeyRing.Create($"Loopai {connection.Id}", time.GetUtcNow());
        await using var db = await data.OpenAsync(Caller.System(connection.OrganizationId), ct);
        var before = connection.Secrets;
        var after = Write(connection, ring);
        var written = await db.SignOnConnections.Where(c => c.Id == connection.Id && c.Secrets == before).ExecuteUpdateAsync(set => set.SetProperty(c => c.Secrets, after), ct);

        // Another instance was first: its keys are the ones.
        return written == 1 ? ring : Read(await db.SignOnConnections.AsNoTracking().SingleAsync(c => c.Id == connection.Id, ct))
            ?? throw SamlErrors.KeysUnreadable();
    }

    /// <summary>The secrets of the connection with these keys in them, encrypted.</summary>
    internal string Write(SignOnConnection connection, SamlKeyRing ring) => secrets.Protect(
        connection.OrganizationId,
        new Dictionary<string, string>(secrets.Of(connection), StringComparer.Ordinal) { [SamlKeyRing.Secret] = ring.ToJson() });

    private SamlKeyRing? Read(SignOnConnection connection) => SamlKeyRing.Parse(secrets.Of(connection).GetValueOrDefault(SamlKeyRing.Secret));
}

using System.Threading.Channels;
using Loopai.Core.Access;
using Loopai.Core.Data;
using Loopai.Core.Plugins.Installations;
using Loopai.Core.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Loopai.Core.Plugins.Runtime;

/// <summary>Writes what validators said, many at a time. Where the database is slower than they are, they wait for it, and nobody waits for them.</summary>
internal sealed class VerdictWriter(LoopaiData data, ILogger log)
{
    private const int MaxWaiting = 200;
    private const int BatchSize = 50;

    private readonly Channel<PluginVerdict> _waiting = Channel.CreateBounded<PluginVerdict>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    public ValueTask AddAsync(PluginVerdict verdict, CancellationToken ct) => _waiting.Writer.WriteAsync(verdict, ct);

    /// <summary>Writes until the portal stops.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var verdicts = new List<PluginVerdict>();
        while (await _waiting.Reader.WaitToReadAsync(ct))
        {
            while (verdicts.Count < BatchSize && _waiting.Reader.TryRead(out var verdict))
            {
                verdicts.Add(verdict);
            }

            foreach (var organization in verdicts.GroupBy(v => v.OrganizationId))
            {
                await TryWriteAsync(organization.Key, [.. organization], ct);
            }

            verdicts.Clear();
        }
    }

    private async Task TryWriteAsync(Guid organization, IReadOnlyList<PluginVerdict> verdicts, CancellationToken ct)
    {
        try
        {
            await WriteAsync(organization, verdicts, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(e, "{Count} verdicts of plugins could not be written", verdicts.Count);
        }
    }

    private async Task WriteAsync(Guid organization, IReadOnlyList<PluginVerdict> verdicts, CancellationToken ct)
    {
        await using var db = await data.OpenAsync(Caller.System(organization), ct);
        db.PluginVerdicts.AddRange(verdicts);

        // Wrong answers may be many: where nobody has ever asked for news, none is written.
        if (verdicts.Any(v => v.Verdict == VerdictKind.Fail) && await db.WebhookOutboxes.AnyAsync(ct))
        {
            foreach (var v in verdicts.Where(v => v.Verdict == VerdictKind.Fail))
            {
                db.Publish(
                    organization, WebhookTypes.ValidationFailed,
                    new { validationId = v.Id, v.ExecutionId, v.TaskId, version = (int?)null, decidedBy = "plugin", plugin = v.Key, pluginVersion = v.Version, v.Reason, v.Score },
                    v.EnvironmentId, v.TaskId);
            }
        }

        await db.SaveChangesAsync(ct);
    }
}

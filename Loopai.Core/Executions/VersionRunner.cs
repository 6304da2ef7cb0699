using System.Text;
using System.Text.Json;
using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Microsoft.Extensions.Options;

namespace Loopai.Core.Executions;

/// <summary>Asks a version through the hot path's own catalog and programs, off the record.</summary>
public sealed class VersionRunner(ExecutionCatalog catalog, ExecutionService executions, IOptions<ExecutionSettings> settings) : IVersionRunner
{
    public async Task<VersionAnswer> RunAsync(Guid organizationId, Guid taskId, int version, string inputJson, CancellationToken ct)
    {
        var task = await catalog.FindAsync(Caller.System(organizationId), taskId);
        var program = task is null ? null : await catalog.FindProgramAsync(task, version);
        if (task is null || program is null)
        {
            return new VersionAnswer(ExecutionStatus.Error, null, $"There is no version {version} to ask.");
        }

        using var input = JsonDocument.Parse(inputJson);
        var run = await executions.RunAsync(task, program, input.RootElement, settings.Value.DefaultTimeoutMs, ct);
        return new VersionAnswer(run.Status, run.Output.IsEmpty ? null : Encoding.UTF8.GetString(run.Output.Span), run.Error)
        {
            Language = program.Language, LatencyUs = run.LatencyUs,
        };
    }
}

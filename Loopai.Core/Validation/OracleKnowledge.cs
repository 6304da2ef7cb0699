using Loopai.Core.Data;
using Loopai.Core.Executions;
using Microsoft.EntityFrameworkCore;

namespace Loopai.Core.Validation;

/// <summary>What the oracles need for a batch of validations, read in three queries: policies, inputs and the labels of those inputs.</summary>
internal sealed class OracleKnowledge
{
    private readonly Dictionary<Guid, SamplingPolicy> _policies;
    private readonly Dictionary<Guid, Execution> _executions;
    private readonly Dictionary<Guid, string> _hashes = [];
    private readonly Dictionary<(Guid TaskId, string Hash), string> _labels = [];

    private OracleKnowledge(Dictionary<Guid, SamplingPolicy> policies, Dictionary<Guid, Execution> executions) => (_policies, _executions) = (policies, executions);

    public static async Task<OracleKnowledge> LoadAsync(LoopaiDbContext db, List<ValidationRecord> batch, CancellationToken ct)
    {
        var taskIds = batch.Select(v => v.TaskId).Distinct().ToArray();
        var policies = await db.Tasks.AsNoTracking().Where(t => taskIds.Contains(t.Id)).Select(t => new { t.Id, t.Sampling }).ToDictionaryAsync(t => t.Id, t => t.Sampling, ct);
        var knowledge = new OracleKnowledge(policies, await db.ExecutionsOfAsync(batch, ct));
        await knowledge.LoadLabelsAsync(db, batch, ct);
        return knowledge;
    }

    public SamplingPolicy? PolicyOf(ValidationRecord validation) => _policies.GetValueOrDefault(validation.TaskId);

    public string? InputOf(ValidationRecord validation) => _executions.GetValueOrDefault(validation.ExecutionId)?.Input;

    /// <summary>The right output by the task's examples; null when they do not know the input.</summary>
    public string? LabelOf(ValidationRecord validation) =>
        _hashes.TryGetValue(validation.Id, out var hash) ? _labels.GetValueOrDefault((validation.TaskId, hash)) : null;

    private async Task LoadLabelsAsync(LoopaiDbContext db, List<ValidationRecord> batch, CancellationToken ct)
    {
        foreach (var validation in batch.Where(v => PolicyOf(v)?.Oracle is Oracle.Labels or Oracle.LabelsThenPerson))
        {
            if (InputOf(validation) is { } input)
            {
                _hashes[validation.Id] = Convert.ToHexString(CanonicalJson.Hash(input));
            }
        }

        if (_hashes.Count == 0)
        {
            return;
        }

        var taskIds = batch.Where(v => _hashes.ContainsKey(v.Id)).Select(v => v.TaskId).Distinct().ToArray();
        var hashes = _hashes.Values.Distinct(StringComparer.Ordinal).Select(Convert.FromHexString).ToArray();
        var examples = await db.Examples.AsNoTracking().Where(e => taskIds.Contains(e.TaskId) && hashes.Contains(e.InputHash))
            .Select(e => new { e.TaskId, e.InputHash, e.Output }).ToListAsync(ct);
        foreach (var example in examples)
        {
            _labels[(example.TaskId, Convert.ToHexString(example.InputHash))] = example.Output;
        }
    }
}

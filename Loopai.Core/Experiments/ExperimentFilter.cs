namespace Loopai.Core.Experiments;

/// <summary>Which experiments are wanted; what is null does not narrow.</summary>
public sealed record ExperimentFilter(Guid? TaskId = null, ExperimentStatus? Status = null, string? Search = null, bool Archived = false)
{
    internal IQueryable<Experiment> Apply(IQueryable<Experiment> rows)
    {
        if (TaskId is { } taskId)
        {
            rows = rows.Where(e => e.TaskId == taskId);
        }

        if (Status is { } status)
        {
            rows = rows.Where(e => e.Status == status);
        }
        else if (!Archived)
        {
            rows = rows.Where(e => e.Status != ExperimentStatus.Archived);
        }

        if (!string.IsNullOrWhiteSpace(Search))
        {
            var search = Search.Trim().ToLowerInvariant();
            rows = rows.Where(e => e.Name.ToLower().Contains(search) || e.Key.Contains(search) || e.Hypothesis.ToLower().Contains(search));
        }

        return rows;
    }
}

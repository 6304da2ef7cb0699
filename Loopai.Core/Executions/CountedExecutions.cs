namespace Loopai.Core.Executions;

/// <summary>Reads executions in order to count them.</summary>
internal static class CountedExecutions
{
    /// <summary>What roll-ups and usage are made of, without the texts, which are most of a row. What ran in the shadow is in no figure.</summary>
    public static IQueryable<Execution> ToBeCounted(this IQueryable<Execution> executions) => executions.Where(e => e.ShadowOf == null).Select(e => new Execution
    {
        Id = e.Id, OrganizationId = e.OrganizationId, EnvironmentId = e.EnvironmentId, TaskId = e.TaskId, Version = e.Version, Status = e.Status, Input = "",
        LatencyUs = e.LatencyUs, ExperimentId = e.ExperimentId, Variant = e.Variant, SampledBy = e.SampledBy, Source = e.Source, ApiKeyId = e.ApiKeyId,
        TeamId = e.TeamId, Cost = e.Cost, ExecutedAt = e.ExecutedAt,
    });
}

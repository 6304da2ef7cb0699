using Loopai.Core.Executions;

namespace Loopai.Core.Costs.Ledger;

/// <summary>What part of the ledger is meant.</summary>
public enum ScopeKind
{
    Key,
    Task,
    Team,
    Environment,
    Organization,
}

/// <param name="Kind">What kind of part.</param>
/// <param name="Id">Which one; of the organization, its own.</param>
public readonly record struct LedgerScope(ScopeKind Kind, Guid Id)
{
    internal IQueryable<ExecutionRollup> Apply(IQueryable<ExecutionRollup> rows)
    {
        var id = Id;
        return Kind switch
        {
            ScopeKind.Key => rows.Where(r => r.KeyId == id),
            ScopeKind.Task => rows.Where(r => r.TaskId == id),
            ScopeKind.Team => rows.Where(r => r.TeamId == id),
            ScopeKind.Environment => rows.Where(r => r.EnvironmentId == id),
            ScopeKind.Organization => rows,
        };
    }

    internal IQueryable<CostEntry> Apply(IQueryable<CostEntry> rows)
    {
        var id = Id;
        return Kind switch
        {
            ScopeKind.Key => rows.Where(e => e.KeyId == id),
            ScopeKind.Task => rows.Where(e => e.TaskId == id),
            ScopeKind.Team => rows.Where(e => e.TeamId == id),
            ScopeKind.Environment => rows.Where(e => e.EnvironmentId == id),
            ScopeKind.Organization => rows,
        };
    }
}

using Loopai.Core.Analytics;
using Loopai.Core.Data;
using Loopai.Core.Executions;
using Loopai.Infrastructure;
using Loopai.Infrastructure.Postgres;
using Loopai.Infrastructure.SqlServer;
using Loopai.Portal.Tests.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Loopai.Portal.Tests.SqlServer;

/// <summary>What can be known of the SQL Server half without a SQL Server.</summary>
public sealed class SqlServerSchemaTests
{
    [Fact]
    public void Migrations_OfBothProviders_AreUpToDateWithTheModel()
    {
        using var sqlServer = SqlServerMigrationContext.Create("Server=unused");
        using var postgres = PostgresMigrationContext.Create(new NpgsqlConnection("Host=unused"));
        sqlServer.Database.HasPendingModelChanges().ShouldBeFalse();
        postgres.Database.HasPendingModelChanges().ShouldBeFalse();
    }

    [Fact]
    public void Left_NotesOfDeadWriters_AreFoundByTheClockOfTheDatabase()
    {
        using var db = new LoopaiDbContext(SqlServerDbOptions.System("Server=unused").Options, organizationId: null);
        UncountedWorker.Left(db).ToQueryString().ShouldContain("DATEADD");
    }

    [Fact]
    public void Joined_Histograms_GoThereAndBackAsText()
    {
        using var db = new LoopaiDbContext(SqlServerDbOptions.System("Server=unused").Options, organizationId: null);
        db.ExecutionRollups.GroupBy(r => r.TaskId).Select(g => new { g.Key, Latencies = Histograms.Joined(g.Select(r => r.Latencies)) }).ToQueryString()
            .ShouldContain("CONVERT(varbinary(max), STRING_AGG(CONVERT(varchar(max), [e].[latencies], 2), '0000'), 2)");
    }

    [Fact]
    public void GenerateScript_MakesEveryTableOfTheModel()
    {
        using var db = SqlServerMigrationContext.Create("Server=unused");
        var script = db.GetService<IMigrator>().GenerateScript();
        foreach (var rules in TableRules.Of(db.Model))
        {
            script.ShouldContain($"CREATE TABLE [{rules.Table}] (");
        }
    }

    [Fact]
    public void SecurityScript_EveryTenantTable_HasFilterAndBlockPredicates()
    {
        using var db = SqlServerMigrationContext.Create("Server=unused");
        var script = string.Join('\n', SecurityScript.For(db.Model));
        foreach (var entity in TenantRows.TenantEntities(db.Model))
        {
            var table = entity.GetTableName();
            var policy = script[script.IndexOf($"CREATE SECURITY POLICY loopai.tenant_{table}\n", StringComparison.Ordinal)..].Split("STATE = ON")[0];
            policy.ShouldContain(
                typeof(IPublicReadable).IsAssignableFrom(entity.ClrType) ? "ADD FILTER PREDICATE loopai.may_see([organization_id], [is_public])" : "ADD FILTER PREDICATE loopai.may_reach(");
            foreach (var when in new[] { "AFTER INSERT", "AFTER UPDATE", "BEFORE UPDATE", "BEFORE DELETE" })
            {
                policy.ShouldMatch($@"ADD BLOCK PREDICATE loopai\.(?!may_see)\w+\(\[\w+\]\) ON dbo\.\[{table}\] {when}");
            }
        }

        script.ShouldContain("DENY UPDATE, DELETE ON dbo.[audit_events] TO loopai_runtime;");
        script.ShouldContain("loopai.may_drop([organization_id]) ON dbo.[audit_events] BEFORE DELETE");
    }

    /// <summary>SQL Server refuses a foreign key by which a delete could reach a table along two ways (error 1785); PostgreSQL does not.</summary>
    [Fact]
    public void ForeignKeys_ReachNoTableByTwoCascades()
    {
        using var db = SqlServerMigrationContext.Create("Server=unused");
        foreach (var start in db.Model.GetEntityTypes().Where(e => !e.IsOwned()))
        {
            var reached = Cascades(start, [start]).Select(e => e.GetTableName()).ToList();
            reached.ShouldBe(reached.Distinct(), $"deletes from {start.GetTableName()} cascade along two ways");
        }
    }

    [Fact]
    public void Commit_NamesColumnsOfTheModel()
    {
        using var db = SqlServerMigrationContext.Create("Server=unused");
        // The histogram is written by itself, and a validation that has just been sampled is neither claimed nor decided by anybody.
        string[] elsewhere = ["latencies", "claimed_until", "decided_by_id"];
        foreach (var entity in new[] { typeof(Core.Executions.Execution), typeof(Core.Executions.ExecutionRollup), typeof(Core.Validation.ValidationRecord) })
        {
            var table = db.Model.FindEntityType(entity)!;
            var target = SqlServerExecutionStore.Commit;
            target.ShouldContain($"dbo.[{table.GetTableName()}]");
            foreach (var property in table.GetProperties().Where(p => !elsewhere.Contains(p.GetColumnName())))
            {
                target.ShouldContain($"[{property.GetColumnName()}] {property.GetColumnType()}");
            }
        }
    }

    private static IEnumerable<IEntityType> Cascades(IEntityType from, HashSet<IEntityType> path) => from.GetReferencingForeignKeys()
        .Where(k => k.DeleteBehavior is DeleteBehavior.Cascade or DeleteBehavior.SetNull && !k.DeclaringEntityType.IsOwned())
        .SelectMany(k => path.Contains(k.DeclaringEntityType)
            ? [k.DeclaringEntityType, k.DeclaringEntityType]
            : Cascades(k.DeclaringEntityType, [.. path, k.DeclaringEntityType]).Prepend(k.DeclaringEntityType));
}

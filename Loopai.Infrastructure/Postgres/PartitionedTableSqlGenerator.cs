using Loopai.Core.Data;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations;

namespace Loopai.Infrastructure.Postgres;

/// <summary>Creates a table that the model marks as partitioned by day with PostgreSQL's declarative partitioning.</summary>
#pragma warning disable EF1001 // The base class's constructor takes the provider's singleton options, which are marked internal.
public sealed class PartitionedTableSqlGenerator(MigrationsSqlGeneratorDependencies dependencies, INpgsqlSingletonOptions options)
    : NpgsqlMigrationsSqlGenerator(dependencies, options)
#pragma warning restore EF1001
{
    protected override void Generate(CreateTableOperation operation, IModel? model, MigrationCommandListBuilder builder, bool terminate = true)
    {
        var column = model?.GetEntityTypes().FirstOrDefault(e => e.FindAnnotation(LoopaiModel.PartitionByDay) is not null && TableOf(e) == operation.Name)
            ?.FindAnnotation(LoopaiModel.PartitionByDay)?.Value as string;
        if (column is null)
        {
            base.Generate(operation, model, builder, terminate);
            return;
        }

        base.Generate(operation, model, builder, terminate: false);
        builder.Append($" PARTITION BY RANGE ({Dependencies.SqlGenerationHelper.DelimitIdentifier(column)})");
        builder.AppendLine(Dependencies.SqlGenerationHelper.StatementTerminator);
        EndStatement(builder);
    }

    private static string? TableOf(IReadOnlyEntityType entity) => entity.FindAnnotation("Relational:TableName")?.Value as string;
}

using Loopai.Core.Executions;
using Loopai.Infrastructure.Queries;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Loopai.Infrastructure.Postgres;

/// <summary><c>string_agg</c> takes bytes.</summary>
public sealed class PostgresHistogramTranslator(ISqlExpressionFactory sql) : HistogramTranslator
{
    protected override SqlExpression Joined(SqlExpression encoded) => sql.Function(
        "string_agg", [encoded, sql.Constant(LatencyHistogram.Separator.ToArray(), encoded.TypeMapping)], nullable: true, argumentsPropagateNullability: [false, false], typeof(byte[]),
        encoded.TypeMapping);
}

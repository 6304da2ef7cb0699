using Loopai.Core.Executions;
using Loopai.Infrastructure.Queries;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Loopai.Infrastructure.SqlServer;

/// <summary><c>STRING_AGG</c> takes text only: there and back in hexadecimal, style 2 of <c>CONVERT</c>.</summary>
public sealed class SqlServerHistogramTranslator(ISqlExpressionFactory sql) : HistogramTranslator
{
    protected override SqlExpression Joined(SqlExpression encoded)
    {
        var hex = Function("CONVERT", typeof(string), sql.Fragment("varchar(max)"), encoded, sql.Fragment("2"));
        var joined = Function("STRING_AGG", typeof(string), hex, sql.Fragment($"'{Convert.ToHexString(LatencyHistogram.Separator)}'"));
        return sql.ApplyTypeMapping(Function("CONVERT", typeof(byte[]), sql.Fragment("varbinary(max)"), joined, sql.Fragment("2")), encoded.TypeMapping);

        SqlExpression Function(string name, Type type, params SqlExpression[] arguments) =>
            sql.Function(name, arguments, nullable: true, argumentsPropagateNullability: arguments.Select(_ => false), type);
    }
}

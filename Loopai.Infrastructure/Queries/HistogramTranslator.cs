using System.Reflection;
using Loopai.Core.Analytics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Loopai.Infrastructure.Queries;

/// <summary>Says <see cref="Histograms.Joined"/> in a database's own words.</summary>
public abstract class HistogramTranslator : IAggregateMethodCallTranslator, IAggregateMethodCallTranslatorPlugin
{
    public IEnumerable<IAggregateMethodCallTranslator> Translators => [this];

    public SqlExpression? Translate(
        MethodInfo method, EnumerableExpression source, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger) =>
        method.DeclaringType == typeof(Histograms) && source.Selector is SqlExpression encoded ? Joined(encoded) : null;

    /// <param name="encoded">The column.</param>
    protected abstract SqlExpression Joined(SqlExpression encoded);
}

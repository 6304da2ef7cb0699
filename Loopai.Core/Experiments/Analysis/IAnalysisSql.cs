namespace Loopai.Core.Experiments.Analysis;

/// <summary>What of an analysis databases are told in different words.</summary>
public interface IAnalysisSql
{
    /// <summary>Told to the connection before the questions, so that it adds up a hundred thousand units in memory; null where there is nothing to tell.</summary>
    string? Preparation { get; }

    /// <summary>
    /// Latencies by variant, group of units and class: columns <c>variant</c>, <c>group</c> (0 to 63, a hash of the unit), <c>class</c> (the rounded-down logarithm of
    /// microseconds to the base 1.02) and <c>count</c>.
    /// </summary>
    FormattableString Latencies(AnalysisScope scope);

    /// <summary>Columns <c>unit</c> and <c>value</c>: a member of the input at each named unit's first execution, as text of up to 100 characters.</summary>
    FormattableString Segments(AnalysisScope scope, string member);
}

/// <summary>Which executions an analysis is of.</summary>
public sealed record AnalysisScope(Guid ExperimentId, Guid OrganizationId, Guid EnvironmentId, Guid TaskId, DateTimeOffset From, DateTimeOffset Until);

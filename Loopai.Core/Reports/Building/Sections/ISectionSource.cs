using Loopai.Core.Access;

namespace Loopai.Core.Reports.Building.Sections;

/// <summary>Turns a section as it was asked for into its figures. It asks services as the caller, so that nobody is told what they may not see.</summary>
public interface ISectionSource
{
    SectionKind Kind { get; }

    /// <summary>The heading where none was given.</summary>
    string Title { get; }

    Task<SectionContent> ReadAsync(SectionContext context, ReportSection section, CancellationToken ct);
}

/// <summary>What all sections of a report share.</summary>
public sealed record SectionContext(Caller Caller, ReportDefinition Definition, ReportPeriod Period, ReportPeriod? Before, TimeZoneInfo Zone)
{
    /// <summary>Whether a task stands in the report.</summary>
    public bool Covers(Guid taskId) => Definition.Tasks.Count == 0 || Definition.Tasks.Contains(taskId);
}

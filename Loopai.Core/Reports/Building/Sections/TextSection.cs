namespace Loopai.Core.Reports.Building.Sections;

/// <summary>Words of the report's author.</summary>
public sealed class TextSection : ISectionSource
{
    public SectionKind Kind => SectionKind.Text;

    /// <summary>Text brings its own headings.</summary>
    public string Title => "";

    public Task<SectionContent> ReadAsync(SectionContext context, ReportSection section, CancellationToken ct)
    {
        var markdown = section.Text ?? "";
        return Task.FromResult(new SectionContent(section.Title, Kind, [new TextBlock(SafeMarkdown.ToHtml(markdown), markdown)]));
    }
}

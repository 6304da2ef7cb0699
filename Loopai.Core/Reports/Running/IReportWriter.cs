using Loopai.Core.Reports.Building;

namespace Loopai.Core.Reports.Running;

/// <summary>Writes a document in one format.</summary>
public interface IReportWriter
{
    ReportFormat Format { get; }

    /// <summary>What this machine lacks for it, and how to get that; null when it lacks nothing.</summary>
    string? Missing { get; }

    /// <exception cref="Errors.UnavailableException">It cannot be written now.</exception>
    Task<ReportContent> WriteAsync(ReportDocument document, CancellationToken ct);
}

/// <param name="Content">The file.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Extension">Of its name, with the dot.</param>
public sealed record ReportContent(byte[] Content, string ContentType, string Extension);

/// <summary>Formats as they are asked for and kept.</summary>
public static class ReportFormats
{
    /// <summary>What people can ask for.</summary>
    public static readonly IReadOnlyList<ReportFormat> Files = [ReportFormat.Pdf, ReportFormat.Xlsx, ReportFormat.Csv];

    public static string Write(IEnumerable<ReportFormat> formats) => string.Join(' ', formats.Distinct().Order());

    public static IReadOnlyList<ReportFormat> Read(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<ReportFormat>)];
}

namespace Loopai.Core.Reports.Running;

/// <summary>Turns a whole HTML page, with everything in it that it needs, into paper or a picture.</summary>
public interface IPagePrinter
{
    /// <summary>What this machine lacks, and how to get it; null when it lacks nothing.</summary>
    string? Missing { get; }

    /// <summary>The page as PDF, with bookmarks and tags.</summary>
    /// <exception cref="Errors.UnavailableException">It could not be printed now.</exception>
    Task<byte[]> PdfAsync(string html, CancellationToken ct);

    /// <summary>The page's upper left corner as PNG, with two dots a pixel.</summary>
    /// <exception cref="Errors.UnavailableException">It could not be drawn now.</exception>
    Task<byte[]> PictureAsync(string html, int width, int height, CancellationToken ct);
}

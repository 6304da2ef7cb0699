namespace Loopai.Portal.Tests.Conformance;

/// <summary>The folder of shared conformance data, or null where this checkout has none beside it.</summary>
internal static class ConformanceData
{
    public static readonly string? Folder = Find();

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Loopai.sln")))
            {
                var data = Path.Combine(folder.FullName, "..", "shared", "conformance");
                return Directory.Exists(data) ? Path.GetFullPath(data) : null;
            }
        }

        return null;
    }
}

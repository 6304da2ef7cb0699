namespace Loopai.Portal.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    /// <summary>A file of the repository.</summary>
    public static string File(string name) => System.IO.Path.Combine(Path, name);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(System.IO.Path.Combine(folder.FullName, "Loopai.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Loopai.sln stands in no folder above the tests.");
        }

        return folder.FullName;
    }
}

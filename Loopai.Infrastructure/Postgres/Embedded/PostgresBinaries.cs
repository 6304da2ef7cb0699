using System.Globalization;
using System.Text.RegularExpressions;

namespace Loopai.Infrastructure.Postgres.Embedded;

/// <summary>One installed PostgreSQL: the folder of its programs and its major version.</summary>
internal sealed partial record PostgresBinaries(string Directory, int Major)
{
    private const string DebianRoot = "/usr/lib/postgresql";

    public string InitDb => Path.Combine(Directory, "initdb");

    public string Postgres => Path.Combine(Directory, "postgres");

    /// <summary>The installation that can open a cluster of <paramref name="clusterMajor"/>, or the first one for a new cluster.</summary>
    public static async Task<PostgresBinaries> FindAsync(IReadOnlyList<string>? directories, int? clusterMajor, string clusterDirectory, CancellationToken ct)
    {
        List<PostgresBinaries> found = [];
        foreach (var directory in (directories ?? DefaultDirectories()).Where(HasServer))
        {
            var installed = new PostgresBinaries(directory, await MajorAsync(directory, ct));
            if (clusterMajor is null || installed.Major == clusterMajor)
            {
                return installed;
            }

            found.Add(installed);
        }

        if (found.Count == 0)
        {
            throw new EmbeddedPostgresException(
                "PostgreSQL is not installed (looked for initdb and postgres on PATH and under /usr/lib/postgresql/*/bin). "
                + "Install it with `apt-get install -y postgresql`, or set Database:ConnectionString to a server of yours.");
        }

        var versions = string.Join(", ", found.Select(f => f.Major).Distinct().Order());
        throw new EmbeddedPostgresException(
            $"The database in {clusterDirectory} was made by PostgreSQL {clusterMajor}, but the installed version is {versions}. "
            + $"Install it with `apt-get install -y postgresql-{clusterMajor}`, or move the data over with pg_upgrade or pg_dump.");
    }

    private static IEnumerable<string> DefaultDirectories()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return System.IO.Directory.Exists(DebianRoot)
            ? path.Concat(System.IO.Directory.EnumerateDirectories(DebianRoot).OrderByDescending(VersionOfFolder).Select(d => Path.Combine(d, "bin")))
            : path;
    }

    private static int VersionOfFolder(string directory) =>
        int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    private static bool HasServer(string directory) =>
        File.Exists(Path.Combine(directory, "initdb")) && File.Exists(Path.Combine(directory, "postgres"));

    private static async Task<int> MajorAsync(string directory, CancellationToken ct)
    {
        var answer = await HostCommand.RunAsync([Path.Combine(directory, "postgres"), "--version"], ct);
        var version = MajorVersion().Match(answer.Output);
        return version.Success
            ? int.Parse(version.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
            : throw new EmbeddedPostgresException($"{directory}/postgres --version does not answer with a version: {answer.Output} {answer.Error}");
    }

    [GeneratedRegex(@"(?<=PostgreSQL\)\s+)\d+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MajorVersion();
}

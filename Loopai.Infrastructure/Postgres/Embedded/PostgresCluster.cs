using System.Globalization;
using System.Runtime.Versioning;

namespace Loopai.Infrastructure.Postgres.Embedded;

/// <summary>The files of the cluster: made once, and looked at before every start.</summary>
internal sealed record PostgresCluster(string Directory, PostgresBinaries Binaries)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Opens the cluster of a data folder, or makes it. Whoever calls holds the lock on the folder.</summary>
    [SupportedOSPlatform("linux")]
    public static async Task<PostgresCluster> OpenAsync(EmbeddedPostgresOptions options, string dataDirectory, CancellationToken ct)
    {
        var directory = Path.Combine(dataDirectory, "postgres");
        var major = await MajorAsync(directory, ct);
        var cluster = new PostgresCluster(directory, await PostgresBinaries.FindAsync(options.BinaryDirectories, major, directory, ct));
        if (major is null)
        {
            await cluster.InitializeAsync(options.Durable, ct);
        }
        else
        {
            await ClusterOwner.HandOverAsync(directory, ct);
        }

        return cluster;
    }

    private static async Task<int?> MajorAsync(string directory, CancellationToken ct)
    {
        try
        {
            if (!System.IO.Directory.Exists(directory) || !System.IO.Directory.EnumerateFileSystemEntries(directory).Any())
            {
                return null;
            }

            var version = (await File.ReadAllTextAsync(Path.Combine(directory, "PG_VERSION"), ct)).Trim();
            return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : throw NotACluster(directory);
        }
        catch (FileNotFoundException)
        {
            throw NotACluster(directory);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new EmbeddedPostgresException(
                $"The database folder {directory} belongs to another user: start the portal as that user (or as root), or chown it.", e);
        }
    }

    private static EmbeddedPostgresException NotACluster(string directory) => new(
        $"{directory} holds files but no PostgreSQL database (PG_VERSION is missing or damaged). "
        + "Restore it from a backup, or move it away to begin with an empty database.");

    /// <summary>Made beside its place and moved there when it is whole, so that an interrupted first start leaves nothing half.</summary>
    [SupportedOSPlatform("linux")]
    private async Task InitializeAsync(bool durable, CancellationToken ct)
    {
        var unfinished = Directory + ".unfinished";
        if (System.IO.Directory.Exists(unfinished))
        {
            System.IO.Directory.Delete(unfinished, recursive: true);
        }

        System.IO.Directory.CreateDirectory(unfinished, OwnerOnly);
        await ClusterOwner.HandOverAsync(unfinished, ct);

        // Trust is right here: the socket stands in a folder that nobody but the portal's user can enter.
        string[] command =
        [
            Binaries.InitDb, "--pgdata", ClusterOwner.OpenedDirectory, "--username", EmbeddedPostgres.OwnerRole, "--auth=trust",
            "--encoding=UTF8", "--locale=C.UTF-8", "--lc-messages=C", "--data-checksums", "--no-instructions",
            .. durable ? Array.Empty<string>() : ["--no-sync"],
        ];
        var made = await HostCommand.RunAsync(ClusterOwner.CommandLine(unfinished, command), ct);
        if (made.ExitCode != 0)
        {
            throw new EmbeddedPostgresException($"The database could not be made in {Directory}: {made.Error.Trim()} {made.Output.Trim()}");
        }

        if (System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory);
        }

        System.IO.Directory.Move(unfinished, Directory);
    }
}

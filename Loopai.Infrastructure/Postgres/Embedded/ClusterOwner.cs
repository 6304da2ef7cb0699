namespace Loopai.Infrastructure.Postgres.Embedded;

/// <summary>
/// As whom PostgreSQL runs. It refuses to run as root, so a portal that is root hands the files to the user that Debian's
/// package made and starts the server as that user; any other portal runs it as itself.
/// </summary>
internal static class ClusterOwner
{
    private const string User = "postgres";

    // An ordinary user of the machine cannot pass through /root, where a portal that is root often stands. So the data folder is
    // opened before the privileges go and named by its descriptor, which asks no permission of the folders above it.
    private const string OpenDirectoryThenRun = """exec 9<"$0" && exec "$@" """;

    /// <summary>The path of the data folder inside a command made by <see cref="CommandLine"/>.</summary>
    public const string OpenedDirectory = "/proc/self/fd/9";

    /// <summary>Starts <paramref name="command"/> as the cluster's owner with <paramref name="directory"/> open as <see cref="OpenedDirectory"/>.</summary>
    public static IEnumerable<string> CommandLine(string directory, IEnumerable<string> command)
    {
        IEnumerable<string> drop = Environment.IsPrivilegedProcess
            ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups"]
            : [];
        return ["/bin/sh", "-c", OpenDirectoryThenRun, directory, .. drop, .. command];
    }

    /// <summary>Gives the folder, with what is in it, to the cluster's owner.</summary>
    public static async Task HandOverAsync(string directory, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }

        const string ChownUnlessDone = """[ "$(stat -c %U "$0")" = "$1" ] || chown -R "$1:$1" "$0" """;
        var done = await HostCommand.RunAsync(["/bin/sh", "-c", ChownUnlessDone, directory, User], ct);
        if (done.ExitCode != 0)
        {
            throw new EmbeddedPostgresException(
                $"The portal runs as root, PostgreSQL must not, and {directory} could not be given to the user {User}: {done.Error.Trim()}");
        }
    }
}

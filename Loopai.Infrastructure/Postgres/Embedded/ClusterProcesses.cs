using System.Globalization;
using System.Runtime.InteropServices;

namespace Loopai.Infrastructure.Postgres.Embedded;

/// <summary>
/// The PostgreSQL processes that work in a data folder, whoever started them. PostgreSQL changes into its data folder, so the
/// kernel's own record tells; the pid file does not, since its number may have gone to another process by now.
/// </summary>
internal static class ClusterProcesses
{
    private const int SigInt = 2;
    private const int SigQuit = 3;
    private const int SigKill = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Ends a server that a killed portal left, ever less politely: fast shutdown, immediate shutdown, kill.</summary>
    /// <returns>True when there was one.</returns>
    public static async Task<bool> StopAsync(string clusterDirectory, CancellationToken ct)
    {
        if (Find(clusterDirectory).Count == 0)
        {
            return false;
        }

        foreach (var signal in new[] { SigInt, SigQuit, SigKill })
        {
            // The postmaster alone understands SIGINT as "shut down"; a backend whose postmaster is gone leaves by itself or at SIGQUIT.
            var postmaster = await PostmasterAsync(clusterDirectory, ct);
            foreach (var pid in Find(clusterDirectory).Where(pid => signal != SigInt || pid == postmaster))
            {
                _ = Kill(pid, signal);
            }

            if (await EmptyAsync(clusterDirectory, ct))
            {
                return true;
            }
        }

        throw new EmbeddedPostgresException($"A PostgreSQL server still works in {clusterDirectory} and could not be stopped.");
    }

    private static async Task<bool> EmptyAsync(string clusterDirectory, CancellationToken ct)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Poll)
        {
            if (Find(clusterDirectory).Count == 0)
            {
                return true;
            }

            await Task.Delay(Poll, ct);
        }

        return false;
    }

    private static List<int> Find(string clusterDirectory)
    {
        List<int> found = [];
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && WorksIn(process, clusterDirectory))
            {
                found.Add(pid);
            }
        }

        return found;
    }

    private static bool WorksIn(string process, string clusterDirectory)
    {
        try
        {
            return new FileInfo(process + "/cwd").LinkTarget == clusterDirectory && File.ReadAllText(process + "/comm").Trim() == "postgres";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It ended meanwhile, or is another user's.
        }
    }

    private static async Task<int?> PostmasterAsync(string clusterDirectory, CancellationToken ct)
    {
        try
        {
            var lines = await File.ReadAllLinesAsync(Path.Combine(clusterDirectory, "postmaster.pid"), ct);
            return int.Parse(lines[0], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);
}

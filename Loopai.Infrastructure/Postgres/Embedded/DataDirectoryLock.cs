using System.Globalization;

namespace Loopai.Infrastructure.Postgres.Embedded;

/// <summary>One portal a data folder: an exclusive lock that the kernel lets go of however the portal ends.</summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private readonly FileStream lockFile;
    private readonly string ownerFile;

    private DataDirectoryLock(FileStream lockFile, string ownerFile)
    {
        this.lockFile = lockFile;
        this.ownerFile = ownerFile;
    }

    public static async Task<DataDirectoryLock> TakeAsync(string dataDirectory, CancellationToken ct)
    {
        // The process id has a file of its own, since nobody else can open the locked one.
        var pidFile = Path.Combine(dataDirectory, "portal.pid");
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(dataDirectory, "portal.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new EmbeddedPostgresException(
                $"Another portal{await OwnerAsync(pidFile, ct)} is running on the data folder {dataDirectory}. "
                + "Stop it, or give this one a folder of its own (Portal:DataDirectory, or ./start.sh --data DIR).");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new EmbeddedPostgresException($"The data folder {dataDirectory} belongs to another user: start the portal as that user, or chown it.", e);
        }

        await File.WriteAllTextAsync(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), ct);
        return new DataDirectoryLock(held, pidFile);
    }

    public void Dispose()
    {
        File.Delete(ownerFile);
        lockFile.Dispose();
    }

    private static async Task<string> OwnerAsync(string pidFile, CancellationToken ct)
    {
        try
        {
            return $" (process {(await File.ReadAllTextAsync(pidFile, ct)).Trim()})";
        }
        catch (IOException)
        {
            return "";
        }
    }
}

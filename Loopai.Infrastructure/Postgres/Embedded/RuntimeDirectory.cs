using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace Loopai.Infrastructure.Postgres.Embedded;

/// <summary>
/// The private folder of the server's socket. A socket's path may not exceed 107 bytes, so it stands under /run or /tmp
/// and not in the data folder. The random part keeps other users of /tmp from taking the name first.
/// </summary>
internal static class RuntimeDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes a fresh folder, and removes those a killed portal left behind for the same data folder.</summary>
    [SupportedOSPlatform("linux")]
    public static string Create(string dataDirectory)
    {
        var parent = Environment.IsPrivilegedProcess && Directory.Exists("/run") ? "/run" : "/tmp";
        var prefix = "loopai-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataDirectory)))[..12];
        foreach (var stale in Directory.EnumerateDirectories(parent, prefix + "-*"))
        {
            Delete(stale);
        }

        var path = Path.Combine(parent, $"{prefix}-{RandomNumberGenerator.GetHexString(12, lowercase: true)}");
        Directory.CreateDirectory(path, OwnerOnly);
        return path;
    }

    public static void Delete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's folder of the same prefix, or one that is gone already: neither is in the way.
        }
    }
}

using System.Text;

namespace Loopai.Portal.Tests.Sandbox;

/// <summary>Finds the processes of one sandbox on the machine, by a number that stands on all their command lines.</summary>
internal static class SandboxProcesses
{
    private static int _last = 1_000_000 + Environment.ProcessId % 100_000 * 10;

    /// <summary>A value for <c>MaxOutputBytes</c> that no other sandbox uses.</summary>
    public static int NewMark() => Interlocked.Increment(ref _last);

    public static int Count(int mark) => Directory.EnumerateDirectories("/proc").Count(folder => CommandLine(folder).Contains($"\0{mark}\0"));

    /// <summary>Waits until there are none; how many are left when patience ends.</summary>
    public static async Task<int> CountOnceGoneAsync(int mark)
    {
        for (var looks = 0; looks < 100 && Count(mark) > 0; looks++)
        {
            await Task.Delay(50);
        }

        return Count(mark);
    }

    private static string CommandLine(string folder)
    {
        try
        {
            return char.IsAsciiDigit(folder[^1]) ? Encoding.UTF8.GetString(File.ReadAllBytes(folder + "/cmdline")) : "";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

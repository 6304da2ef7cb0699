using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>The programs of the machine that a sandbox is made of, and the words for the operator when one is missing.</summary>
/// <param name="Bubblewrap">Makes the namespaces.</param>
/// <param name="Prlimit">Sets the limits, inside the namespaces: the number of processes is counted per user namespace.</param>
/// <param name="Setpriv">When the portal is root: becomes nobody first, since Linux does not hold root to process limits.</param>
/// <param name="Interpreter">The interpreter of the language, with symbolic links followed.</param>
internal sealed record SandboxTools(string Bubblewrap, string Prlimit, string? Setpriv, string Interpreter)
{
    /// <summary>Finds the tools for a language; throws <see cref="SandboxUnavailableException"/> saying what to install.</summary>
    public static SandboxTools Find(ProgramLanguage language, SandboxOptions options)
    {
        if (!OperatingSystem.IsLinux() || !SystemCallFilter.IsSupported)
        {
            throw new SandboxUnavailableException("programs run in bubblewrap, which needs Linux on x64 or arm64");
        }

        return new SandboxTools(
            Demand("bubblewrap", "bubblewrap", options.BubblewrapPath, "/usr/bin/bwrap", "/usr/local/bin/bwrap"),
            Demand("prlimit", "util-linux", null, "/usr/bin/prlimit"),
            Native.geteuid() == 0 ? Demand("setpriv", "util-linux", null, "/usr/bin/setpriv") : null,
            language switch
            {
                ProgramLanguage.Python => FindInterpreter("Python", "python3", options.PythonPath, "/usr/bin/python3", "/usr/local/bin/python3"),
                ProgramLanguage.JavaScript => FindInterpreter("Node.js", "nodejs", options.NodePath, "/usr/bin/node", "/usr/local/bin/node"),
                ProgramLanguage.Model => throw new SandboxUnavailableException("model programs run in process, not in the sandbox"),
            });
    }

    private static string FindInterpreter(string name, string package, string? configured, params string[] usual)
    {
        var path = Demand(name, package, configured, usual);
        path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return path.StartsWith("/usr/", StringComparison.Ordinal)
            ? path
            : throw new SandboxUnavailableException($"{name} has to lie under /usr, which is all that the sandbox sees of the machine");
    }

    private static string Demand(string name, string package, string? configured, params string[] usual) =>
        (configured is null ? usual : [configured]).FirstOrDefault(File.Exists)
        ?? throw new SandboxUnavailableException($"{name} was not found; install it with: apt-get install {package}");
}

/// <summary>Programs cannot run here; the message says what an operator has to do.</summary>
internal sealed class SandboxUnavailableException(string message) : Exception(message);

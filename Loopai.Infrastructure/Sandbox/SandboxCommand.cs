using System.Globalization;
using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>The command line of a worker: who runs it, what it sees, what it may use, and the script it starts with.</summary>
internal static class SandboxCommand
{
    /// <summary>The user and group "nobody", which own nothing.</summary>
    private const string Nobody = "65534";

    /// <summary>The interpreters map their own code and reserve room beyond what a program allocates.</summary>
    private const int NodeOverheadMegabytes = 160;

    public static IReadOnlyList<string> For(WorkerKind kind, ProgramLanguage language, SandboxTools tools, SandboxOptions options) =>
    [
        .. Identity(tools),
        .. Namespaces(tools),
        .. Limits(tools, language, options),
        .. Interpreter(kind, language, tools, options),
        Number(options.MaxOutputBytes),
        Number(options.MemoryMegabytes),
    ];

    private static IEnumerable<string> Identity(SandboxTools tools) => tools.Setpriv is null
        ? []
        : [tools.Setpriv, $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "--inh-caps=-all", "--"];

    /// <summary>No /proc, /dev, /etc or /tmp, no shell and no tool: only the interpreter and its libraries, on a root that is read-only.</summary>
    private static IEnumerable<string> Namespaces(SandboxTools tools)
    {
        List<string> arguments =
        [
            tools.Bubblewrap, "--unshare-all", "--clearenv", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "sandbox",
            "--seccomp", "4",
        ];
        string[] libraries = tools.Interpreter.StartsWith("/usr/local/", StringComparison.Ordinal)
            ? ["/usr/lib", "/usr/lib64", "/usr/local/lib"]
            : ["/usr/lib", "/usr/lib64"];
        foreach (var path in libraries.Concat(["/usr/share/nodejs", "/usr/share/zoneinfo", "/etc/ld.so.cache"]))
        {
            arguments.AddRange(["--ro-bind-try", path, path]);
        }

        foreach (var path in new[] { tools.Prlimit, tools.Interpreter })
        {
            arguments.AddRange(["--ro-bind", path, path]);
        }

        // Where /lib is a directory of its own, as on Alpine, it is shown; where it is a link to /usr/lib, it stays one.
        foreach (var path in new[] { "/lib", "/lib64" })
        {
            arguments.AddRange(new DirectoryInfo(path).LinkTarget is { } target ? ["--symlink", target, path] : ["--ro-bind-try", path, path]);
        }

        // A portal that is installed among the libraries stays out of sight, with its settings.
        var portal = AppContext.BaseDirectory.TrimEnd('/');
        if (libraries.Any(path => portal.StartsWith(path + "/", StringComparison.Ordinal)))
        {
            arguments.AddRange(["--tmpfs", portal, "--remount-ro", portal]);
        }

        return [.. arguments, "--remount-ro", "/", "--chdir", "/", "--"];
    }

    private static IEnumerable<string> Limits(SandboxTools tools, ProgramLanguage language, SandboxOptions options) =>
    [
        tools.Prlimit,
        // V8 reserves gigabytes of addresses that it never fills, so Node.js is held to its writable memory instead.
        language == ProgramLanguage.Python
            ? $"--as={Megabytes(options.MemoryMegabytes)}"
            : $"--data={Megabytes(options.MemoryMegabytes + NodeOverheadMegabytes)}",
        $"--nproc={Number(options.Threads)}",
        $"--cpu={Number(options.CpuSeconds)}",
        $"--stack={Megabytes(8)}",
        "--nofile=64",
        "--fsize=0",
        "--core=0",
        "--memlock=0",
        "--msgqueue=0",
        "--",
    ];

    private static IEnumerable<string> Interpreter(WorkerKind kind, ProgramLanguage language, SandboxTools tools, SandboxOptions options) => language switch
    {
        ProgramLanguage.Python => [tools.Interpreter, "-I", "-S", "-E", "-B", "-X", "utf8", "-c", Script(kind.Script + ".py")],
        ProgramLanguage.JavaScript =>
        [
            tools.Interpreter, $"--max-old-space-size={Number(options.MemoryMegabytes)}", "--max-semi-space-size=8", "--no-addons", "--no-warnings",
            "--no-global-search-paths", "-e", Script(kind.Script + ".js"), "--",
        ],
        ProgramLanguage.Model => throw new ArgumentOutOfRangeException(nameof(language)),
    };

    private static string Script(string name)
    {
        using var stream = typeof(SandboxCommand).Assembly.GetManifestResourceStream($"Loopai.Sandbox.{name}")!;
        return new StreamReader(stream).ReadToEnd();
    }

    private static string Megabytes(int megabytes) => Number((long)megabytes << 20);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

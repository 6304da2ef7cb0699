using System.Collections.Concurrent;
using System.ComponentModel;
using Loopai.Core.Executions;
using Loopai.Core.Programs;

namespace Loopai.Infrastructure.Sandbox;

/// <summary>Whether programs can run here, found out by running one: that tools are installed does not mean that namespaces are permitted.</summary>
internal sealed class SandboxProbe(WorkerFactory factory)
{
    /// <summary>An operator who mends what was missing need not restart the portal.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<ProgramLanguage, Task<Finding>> _findings = [];

    private sealed record Finding(SandboxAvailability Availability, long At)
    {
        public bool IsStale => !Availability.IsAvailable && Environment.TickCount64 - At > LookAgain.TotalMilliseconds;
    }

    public SandboxAvailability Availability(ProgramLanguage language) =>
        Task.Run(() => AvailabilityAsync(language).AsTask()).GetAwaiter().GetResult();

    public async ValueTask<SandboxAvailability> AvailabilityAsync(ProgramLanguage language)
    {
        var finding = _findings.GetOrAdd(language, LookAsync);
        if (finding.IsFaulted || (finding.IsCompletedSuccessfully && finding.Result.IsStale))
        {
            _findings.TryRemove(KeyValuePair.Create(language, finding));
            finding = _findings.GetOrAdd(language, LookAsync);
        }

        return (await finding).Availability;
    }

    private async Task<Finding> LookAsync(ProgramLanguage language)
    {
        var reason = await ReasonAgainstAsync(language);
        return new Finding(new SandboxAvailability(reason is null, reason), Environment.TickCount64);
    }

    private async Task<string?> ReasonAgainstAsync(ProgramLanguage language)
    {
        try
        {
            var code = language == ProgramLanguage.Python ? "def execute(input): return input" : "function execute(input) { return input; }";
            var (worker, loaded) = await factory.StartAsync(new ProgramSource(Guid.Empty, language, code));
            _ = worker?.EndAsync();
            return loaded.Status == ExecutionStatus.Success ? null : Advise(loaded.Error ?? "");
        }
        catch (Exception failure) when (failure is SandboxUnavailableException or Win32Exception or IOException)
        {
            return failure.Message;
        }
    }

    private static string Advise(string error) =>
        error.Contains("namespace", StringComparison.OrdinalIgnoreCase) || error.Contains("uid map", StringComparison.OrdinalIgnoreCase)
        || error.Contains("not permitted", StringComparison.OrdinalIgnoreCase)
            ? "bubblewrap may not make user namespaces here. Permit them (sysctl user.max_user_namespaces=10000, kernel.unprivileged_userns_clone=1,"
              + " and on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0; in a container, a seccomp profile that allows them)"
              + " and try again in half a minute. It said: " + error
            : "the sandbox did not start: " + error;
}

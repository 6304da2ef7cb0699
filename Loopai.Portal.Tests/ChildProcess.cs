using Loopai.Portal.Tests.Api;
using Loopai.Portal.Tests.Postgres;
using Loopai.Portal.Tests.Sandbox;

namespace Loopai.Portal.Tests;

/// <summary>The entry point of the test assembly: tests start it as a process of its own, to kill it. The test runner does not come this way.</summary>
internal static class ChildProcess
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["embedded-postgres", var dataDirectory]:
                await PortalStandIn.RunAsync(dataDirectory);
                return 0;
            case ["hold-sandbox", var mark]:
                await SandboxHolder.RunAsync(mark);
                return 0;
            case ["portal-with", .. var settings]:
                await PortalProcess.RunWithAsync(settings);
                return 0;
            case ["portal", var dataDirectory]:
                await PortalProcess.RunAsync(dataDirectory);
                return 0;
            default:
                return 64;
        }
    }
}
